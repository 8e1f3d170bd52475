// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "daemon/at/channel.h"
#include "daemon/at/command.h"

/* What the two files of the channel share: channel.c, and channel-restart.c. */

typedef enum
{
  PHASE_READY,    /* commands are sent */
  PHASE_LOOKING,  /* SIGN_OF_LIFE was sent */
  PHASE_SETTLING, /* it was answered: waiting for silence */
} Phase;

struct _OhChannel
{
  guint references;
  int fd; /* -1: closed or lost */
  GSource *input, *output, *timer;
  GByteArray *unsent;
  OhLexer lexer;
  const OhChannelFuncs *funcs;
  gpointer user_data;
  OhChannelCounters *counters;
  GQueue queue;         /* of OhAtCommand */
  OhAtCommand *running; /* NULL, or waiting for its answer, or for another try */
  Phase phase;
  guint looks_left;
  guint owed; /* final results that may still come for what was given up */
  gboolean mute, aborting, trace;
  gboolean in_voice; /* the modem, for all we know */
};

/* Runs the clock that belongs to the state that was put in. */
void oh_channel_resume (OhChannel *channel);
