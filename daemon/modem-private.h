// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "daemon/at/fields.h"
#include "daemon/modem.h"
#include "daemon/port.h"

/* What the files of the modem share: modem.c, modem-open.c (until it is known), modem-identity.c
 * (who it says it is). */

struct _OhModem
{
  const OhDriver *driver;
  OhModemSettings settings;
  const OhModemFuncs *funcs;
  gpointer user_data;
  OhVoiceFunc voice; /* NULL: nobody listens */
  gpointer voice_data;
  OhChannelCounters counters;

  OhPort *port;
  OhChannel *channel;
  gpointer state;
  gpointer kept; /* the state, while the machine sleeps */
  gboolean started, was_mute, roused, dozing;
  gboolean resets;   /* before it is asked anything */
  gboolean wants_id; /* of the device itself, before it is open */
  guint reset_timer;
  guint last_call;

  OhRequest *opening; /* while the port is probed */
  const OhDriver *const *candidate;
  gboolean asks_locked; /* the second round of candidates */
  void (*identified) (OhModem *modem);
  void (*id_known) (OhModem *modem);
  char id[16];
  char manufacturer[OH_TEXT_MAX], model[OH_TEXT_MAX], revision[OH_TEXT_MAX];
};

extern const OhChannelFuncs oh_modem_channel_funcs;

/* Asks for the IMEI, and makes an id of it; then calls @then, also if there is none. */
void oh_modem_ask_id (OhModem *modem, void (*then) (OhModem *modem));
