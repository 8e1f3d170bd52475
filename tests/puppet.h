// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "daemon/at/fields.h"
#include "tests/fixture.h"

/* A driver whose strings the test pulls: it does nothing by itself and keeps what it is asked. */
typedef struct
{
  OhModem *modem;
  guint call;                              /* of the last request */
  OhRequest *dial, *answer, *drop, *digit; /* unsettled ones, to be settled with puppet_settle() */
  guint n_drops;
  char number[OH_NUMBER_MAX];
  gboolean drops_at_once; /* else drop() waits */
  int refuse_with;        /* an OhError with which dial() fails at once; -1: it waits */
} Puppet;

extern const OhDriver puppet_driver;

/* The one puppet there is; puppet_set_up() makes it line "home" of the fixture, in service. */
Puppet *puppet (void);
void puppet_set_up (Fixture *f, gconstpointer limits); /* NULL: the defaults */
void puppet_tear_down (Fixture *f, gconstpointer limits);

void puppet_settle (OhRequest **request, int error); /* -1: done */
guint puppet_ring (void);                            /* a new call; its number at the driver */
void puppet_emit_call (guint call, OhCallState state, OhReason reason, OhEndedBy ended_by);
void puppet_emit_party (guint call, const char *number);
void puppet_emit (OhEventKind kind, guint call);
void puppet_emit_line (OhLineState state, const char *reason);
void puppet_emit_digit (guint call, char digit);

/* Short times and low numbers, for puppet_set_up(). */
extern const OhLimits puppet_quick;

/* A request whose answer is looked at later. */
typedef struct
{
  gboolean done;
  char *error;        /* its last word */
  guint n_heard_then; /* what the listener had heard when the answer came */
  Listener *listener;
} Later;

void ask_later (GDBusConnection *client, const char *path, const char *interface,
                const char *method, GVariant *arguments, Later *later);
void ask_dial (Fixture *f, Later *later);

/* Until the driver has been asked: @request is one of the puppet's. */
gboolean is_asked (gpointer request);

GVariant *open_arguments (const char *path);
Listener *open_at (Fixture *f, GDBusConnection *client, const char *path);
