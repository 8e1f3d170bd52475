// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/at/channel-private.h"

#include "daemon/error.h"

/* A modem that did not answer in time: whether it lives, and when it may be spoken to again. */

#define SIGN_OF_LIFE_MS 1000
#define SIGN_OF_LIFE_TRIES 3
/* The late answers to what was given up must not be taken for the answer to the next command:
 * silence is waited for, longer while some are still owed. */
#define SETTLE_MS 100
#define OWED_MS 2500
#define UNASKED_MOST 32       /* a modem that says more results never falls silent */
#define LOOK_AGAIN_MS 30000   /* whether a mute modem has come back */
#define STREAM_SILENT_MS 1000 /* voice comes all the time, whatever is said in it */

static gboolean
on_look_again (gpointer user_data)
{
  oh_channel_look_for_life (user_data);
  return G_SOURCE_REMOVE;
}

void
oh_channel_look_again (OhChannel *channel)
{
  oh_channel_set_timer (channel, LOOK_AGAIN_MS, on_look_again);
}

static void
become_mute (OhChannel *channel)
{
  gboolean was_mute = channel->mute;

  channel->phase = PHASE_READY;
  channel->unasked = 0;
  channel->mute = TRUE;
  oh_channel_fail_all (channel, OH_ERROR_NOT_RESPONDING, "The modem does not answer");
  if (!was_mute)
    oh_channel_tell_health (channel, OH_CHANNEL_MUTE);
  if (channel->fd >= 0 && channel->phase == PHASE_READY)
    oh_channel_look_again (channel);
  oh_channel_pump (channel);
}

static gboolean on_no_sign_of_life (gpointer user_data);

static void
ask_for_life (OhChannel *channel)
{
  /* In voice receive it hears nothing else. */
  channel->owed += channel->in_voice ? 2 : 1;
  oh_channel_set_timer (channel, SIGN_OF_LIFE_MS, on_no_sign_of_life);
  if (channel->in_voice)
    oh_channel_put (channel, OH_END_OF_STREAM, "");
  oh_channel_put (channel, OH_SIGN_OF_LIFE, "\r");
}

static gboolean
on_no_sign_of_life (gpointer user_data)
{
  OhChannel *channel = user_data;

  channel->references++;
  if (--channel->looks_left > 0)
    ask_for_life (channel);
  else
    become_mute (channel);
  oh_channel_unref (channel);
  return G_SOURCE_REMOVE;
}

void
oh_channel_look_for_life (OhChannel *channel)
{
  channel->phase = PHASE_LOOKING;
  channel->looks_left = SIGN_OF_LIFE_TRIES;
  if (channel->lexer.mode == OH_LEXER_STREAM)
    oh_lexer_set_mode (&channel->lexer, OH_LEXER_DLE);
  oh_lexer_expect_echo (&channel->lexer, OH_SIGN_OF_LIFE);
  ask_for_life (channel);
}

static gboolean
on_settled (gpointer user_data)
{
  OhChannel *channel = user_data;

  channel->references++;
  channel->phase = PHASE_READY;
  channel->owed = channel->unasked = 0;
  channel->mute = channel->in_voice = FALSE;
  channel->counters->recoveries++;
  if (channel->running != NULL)
    g_queue_push_head (&channel->queue, g_steal_pointer (&channel->running));
  oh_channel_tell_health (channel, OH_CHANNEL_ANSWERS);
  oh_channel_pump (channel);
  oh_channel_unref (channel);
  return G_SOURCE_REMOVE;
}

void
oh_channel_settle (OhChannel *channel)
{
  channel->phase = PHASE_SETTLING;
  oh_channel_set_timer (channel, channel->owed > 0 ? OWED_MS : SETTLE_MS, on_settled);
}

void
oh_channel_take_late (OhChannel *channel)
{
  if (channel->owed > 0)
    channel->owed--;
  else
    channel->unasked++;
  if (channel->unasked <= UNASKED_MOST)
    oh_channel_settle (channel);
  else
    become_mute (channel);
}

/* What came since this was asked last is sign enough. */
static gboolean
is_silent (OhChannel *channel)
{
  gboolean silent = channel->heard.bytes == channel->heard_before;

  channel->heard_before = channel->heard.bytes;
  return silent;
}

/* The modem has left voice receive without a word, or lives no more. */
static gboolean
on_stream_silent (gpointer user_data)
{
  OhChannel *channel = user_data;

  if (channel->lexer.mode == OH_LEXER_STREAM && !is_silent (channel))
    return G_SOURCE_CONTINUE;
  channel->references++;
  oh_channel_end_stream_watch (channel);
  if (channel->lexer.mode == OH_LEXER_STREAM && channel->phase == PHASE_READY
      && channel->running == NULL)
    {
      channel->counters->timeouts++;
      oh_channel_look_for_life (channel);
      oh_channel_tell_health (channel, OH_CHANNEL_SILENT);
    }
  oh_channel_unref (channel);
  return G_SOURCE_REMOVE;
}

void
oh_channel_watch_stream (OhChannel *channel)
{
  oh_channel_end_stream_watch (channel);
  channel->heard_before = channel->heard.bytes;
  channel->stream_timer = g_timeout_source_new (STREAM_SILENT_MS);
  g_source_set_callback (channel->stream_timer, on_stream_silent, channel, NULL);
  g_source_attach (channel->stream_timer, g_main_context_get_thread_default ());
}

void
oh_channel_end_stream_watch (OhChannel *channel)
{
  if (channel->stream_timer == NULL)
    return;
  g_source_destroy (channel->stream_timer);
  g_clear_pointer (&channel->stream_timer, g_source_unref);
}

void
oh_channel_probe (OhChannel *channel)
{
  static const OhCommand how = { .limit_ms = 0 };

  if (channel->stream_timer != NULL || !is_silent (channel) || channel->running != NULL
      || channel->phase != PHASE_READY || channel->mute || !g_queue_is_empty (&channel->queue))
    return;
  channel->counters->probes++;
  oh_channel_send (channel, OH_SIGN_OF_LIFE, &how);
}
