// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "daemon/at/channel.h"
#include "daemon/at/command.h"

/* What the files of the channel share: channel.c, channel-life.c and channel-restart.c. */

typedef enum
{
  PHASE_READY,    /* commands are sent */
  PHASE_LOOKING,  /* OH_SIGN_OF_LIFE was sent */
  PHASE_SETTLING, /* it was answered: waiting for silence */
} Phase;

struct _OhChannel
{
  guint references;
  int fd; /* -1: closed or lost */
  GSource *input, *output, *timer;
  GSource *stream_timer; /* while voice is received */
  guint64 heard_before;  /* bytes, when somebody looked last */
  OhChannelHeard heard;
  gint64 armed_at; /* the timer, for so long */
  guint armed_ms;
  GByteArray *unsent;
  OhLexer lexer;
  const OhChannelFuncs *funcs;
  gpointer user_data;
  OhChannelCounters *counters;
  GQueue queue;         /* of OhAtCommand */
  OhAtCommand *running; /* NULL, or waiting for its answer, or for another try */
  Phase phase;
  guint looks_left;
  guint owed;        /* final results that may still come for what was given up */
  guint unasked;     /* those that came besides while silence was waited for */
  const char *asked; /* what no line begins with that is not asked for; NULL: not known */
  gboolean mute, aborting, trace;
  gboolean in_voice; /* the modem, for all we know */
};

/* Runs the clock that belongs to the state that was put in. */
void oh_channel_resume (OhChannel *channel);

/* channel.c */
void oh_channel_unref (OhChannel *channel); /* a callback may close it: held meanwhile */
void oh_channel_set_timer (OhChannel *channel, guint after_ms, GSourceFunc func);
void oh_channel_tell_health (OhChannel *channel, OhChannelHealth health);
void oh_channel_fail_all (OhChannel *channel, int code, const char *text);
void oh_channel_put (OhChannel *channel, const char *text, const char *end);
void oh_channel_pump (OhChannel *channel); /* what is queued */

/* channel-life.c */
void oh_channel_watch_stream (OhChannel *channel); /* that has begun */
void oh_channel_end_stream_watch (OhChannel *channel);
void oh_channel_look_for_life (OhChannel *channel);
void oh_channel_look_again (OhChannel *channel); /* after a while */
void oh_channel_take_late (OhChannel *channel);  /* a final result of before */
void oh_channel_settle (OhChannel *channel);     /* silence is waited for, then commands are sent */
