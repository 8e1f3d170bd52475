// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "tests/fixture.h"

/* A modem of the test's own on a pseudo terminal. It says OK to everything but what it is told to
 * hold; the rest of what it says, to the byte and in one write, says the test. */
typedef struct
{
  int master, slave;
  guint source;
  char *device;
  GString *input;
  const char *hold;  /* a glob of commands that it does not answer */
  const char *calls; /* what it answers to AT+CLCC besides OK; NULL: nothing */
  gboolean plain;    /* it knows no voice: the end of a stream is nothing to it */
  gboolean deaf;     /* it reads nothing: in the middle of a line no modem answers */
  GPtrArray *asked;  /* of char *: each line from the host, without the CR */
  void (*take) (gpointer user_data, const char *command); /* answers instead of it, unless NULL */
  gpointer user_data;
} Terminal;

/* Only the modem. */
Terminal *terminal_make (void);

/* Makes it line "home" of the fixture, in service, with @driver_name's driver. */
Terminal *terminal_new (Fixture *f, const char *driver_name);
Terminal *terminal_new_of (Fixture *f, const OhDriver *driver); /* which may be the test's own */
void terminal_free (Terminal *terminal);

void terminal_say (Terminal *terminal, const char *text); /* in one write */
void terminal_write (Terminal *terminal, const char *bytes, gsize n);
void terminal_unplug (Terminal *terminal);

/* Waits for a line matching @glob from the @from'th on; returns its index. */
guint terminal_until (Terminal *terminal, guint from, const char *glob);
