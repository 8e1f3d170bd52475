// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "daemon/at/fields.h"
#include "daemon/modem.h"
#include "daemon/port.h"

/* What the files of the modem share: modem.c, modem-identity.c (who it says it is). */

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
  guint last_call;

  OhRequest *opening; /* while the port is probed */
  const OhDriver *const *candidate;
  void (*identified) (OhModem *modem);
  char manufacturer[OH_TEXT_MAX], model[OH_TEXT_MAX], revision[OH_TEXT_MAX];
};
