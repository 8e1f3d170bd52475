// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/at/channel-private.h"

/* A channel that a daemon leaves to the one that starts after it. */

/* The lexer as it is, with its half line: the two daemons are of one build, as the modem sees to.
 */
GVariant *
oh_channel_save (OhChannel *channel)
{
  const OhAtCommand *command = channel->running;
  GVariant *lexer
      = g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, &channel->lexer, sizeof channel->lexer, 1);
  GVariant *running = command == NULL || command->ends_stream
                          ? g_variant_new ("(sxuus)", "", G_GINT64_CONSTANT (0), 0, 0, "")
                          : g_variant_new ("(sxuus)", command->text, command->deadline,
                                           command->how.limit_ms, command->how.flags,
                                           command->how.prefix != NULL ? command->how.prefix : "");

  return g_variant_new ("(@ayuuub@(sxuus))", lexer, channel->phase, channel->owed,
                        channel->in_voice | channel->aborting << 1, channel->mute, running);
}

static void
take_running (OhChannel *channel, GVariant *saved)
{
  const char *text, *prefix;
  gint64 deadline;
  gint64 now = g_get_monotonic_time ();
  guint limit, flags;
  OhCommand how = { 0 };

  g_variant_get (saved, "(&sxuu&s)", &text, &deadline, &limit, &flags, &prefix);
  if (!g_str_has_prefix (text, "AT"))
    return;
  how.limit_ms = limit;
  how.flags = flags;
  how.prefix = *prefix != '\0' ? g_intern_string (prefix) : NULL;
  channel->running = oh_at_command_new (text, &how);
  limit = limit > 0 ? limit : OH_COMMAND_LIMIT_MS;
  channel->running->deadline = CLAMP (deadline, now, now + limit * G_GINT64_CONSTANT (1000));
}

OhChannel *
oh_channel_restore (int fd, GVariant *saved, const OhChannelFuncs *funcs, gpointer user_data,
                    OhChannelCounters *counters)
{
  OhChannel *channel = oh_channel_new (fd, OH_LEXER_TEXT, funcs, user_data, counters);
  g_autoptr (GVariant) lexer = g_variant_get_child_value (saved, 0);
  g_autoptr (GVariant) running = g_variant_get_child_value (saved, 5);
  guint phase, flags;

  g_variant_get (saved, "(@ayuuub@(sxuus))", NULL, &phase, &channel->owed, &flags, &channel->mute,
                 NULL);
  if (!oh_lexer_restore (&channel->lexer, g_variant_get_data (lexer), g_variant_get_size (lexer)))
    g_message ("The line that was half read is lost");
  channel->phase = MIN (phase, PHASE_SETTLING);
  channel->in_voice = (flags & 1) != 0;
  channel->aborting = (flags & 2) != 0;
  take_running (channel, running);
  oh_channel_resume (channel);
  return channel;
}

const char *
oh_channel_get_running (OhChannel *channel)
{
  return channel->running != NULL ? channel->running->text : NULL;
}

void
oh_channel_attend (OhChannel *channel, const OhCommand *how)
{
  guint limit = channel->running->how.limit_ms;

  channel->running->how = *how;
  channel->running->how.limit_ms = limit;
}
