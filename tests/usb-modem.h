// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "tests/terminal.h"

/* Modems on USB, as udev and sysfs tell of them: umockdev's, whose preload library is needed. Their
 * ports are pseudo terminals that answer as modems. */

typedef struct
{
  const char *name;   /* "ttyACM90" */
  const char *port;   /* "1-1" */
  const char *serial; /* "": none */
  const char *driver; /* OFFHOOK_DRIVER; "": not announced */
  const char *role;   /* OFFHOOK_PORT or "" */
  const char *number; /* of the interface */
} Place;

/* A USB modem: its device, its ttys. */
typedef struct
{
  Fixture *f;
  Terminal *terminal;
  const char *imei; /* NULL: it has none */
  gboolean mute;
  gboolean ignored; /* a rule keeps ModemManager from it */
  char *usb;        /* sysfs paths */
  char *tty;
  char *node, *file;    /* "/dev/ttyACM90", and where that is */
  const Place *sibling; /* another tty of it, which nobody plays; NULL: none */
  char *sibling_tty;
} Modem;

/* udev is at work on what comes. */
extern gboolean being_set_up;

Modem *modem_new (Fixture *f, const char *imei);
void modem_free (Modem *modem);

/* The node is there at once, the event with its rights comes behind it. */
void plug (Modem *modem, const Place *place);
void pull (Modem *modem);
void change (Modem *modem); /* udev has looked at it again */

/* Until the line @id is in @state; NULL: there is no such line. */
OhLine *until (Fixture *f, const char *id, const char *state);

/* What ExplainPorts says of @node, printed; "" if nothing. */
char *explain (Fixture *f, const char *node);
void assert_says (const char *text, const char *part);

/* g_test_run() where there are such devices. */
int run_with_testbed (void);
