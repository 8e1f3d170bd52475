// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/at/channel-private.h"

#include <errno.h>
#include <glib-unix.h>
#include <string.h>
#include <unistd.h>

#include "daemon/at/fields.h"
#include "daemon/error.h"

#define READ_SIZE 4096
#define ABORT_MS 3000
#define END_OF_STREAM_MS 2000
#define DLE_ETX 0x03

void
oh_channel_unref (OhChannel *channel)
{
  if (--channel->references > 0)
    return;
  g_byte_array_unref (channel->unsent);
  g_free (channel);
}

static void
drop_source (GSource **source)
{
  if (*source == NULL)
    return;
  g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

void
oh_channel_tell_health (OhChannel *channel, OhChannelHealth health)
{
  if (channel->fd >= 0)
    channel->funcs->health (health, channel->user_data);
}

void
oh_channel_fail_all (OhChannel *channel, int code, const char *text)
{
  OhAtCommand *command = g_steal_pointer (&channel->running);
  GQueue queue = channel->queue;

  g_queue_init (&channel->queue);
  if (command != NULL)
    oh_at_command_fail (command, code, text);
  while ((command = g_queue_pop_head (&queue)) != NULL)
    oh_at_command_fail (command, code, text);
}

static void
close_port (OhChannel *channel)
{
  drop_source (&channel->input);
  drop_source (&channel->output);
  drop_source (&channel->timer);
  oh_channel_end_stream_watch (channel);
  close (channel->fd);
  channel->fd = -1;
}

static void
lose (OhChannel *channel)
{
  if (channel->fd < 0)
    return;
  channel->references++;
  close_port (channel);
  oh_channel_fail_all (channel, OH_ERROR_NO_DEVICE, "The modem is gone");
  if (channel->funcs != NULL)
    channel->funcs->lost (channel->user_data);
  oh_channel_unref (channel);
}

static void
tell_change (OhChannel *channel)
{
  if (channel->fd >= 0 && channel->funcs->changed != NULL)
    channel->funcs->changed (channel->user_data);
}

/* With every step there is another clock, and so another state. */
void
oh_channel_set_timer (OhChannel *channel, guint after_ms, GSourceFunc func)
{
  tell_change (channel);
  drop_source (&channel->timer);
  channel->armed_at = g_get_monotonic_time ();
  channel->armed_ms = after_ms;
  channel->timer = g_timeout_source_new (after_ms);
  g_source_set_callback (channel->timer, func, channel, NULL);
  g_source_attach (channel->timer, g_main_context_get_thread_default ());
}

static gboolean
is_fatal (int number)
{
  return number != EAGAIN && number != EINTR;
}

static gboolean
on_lost_while_writing (gpointer user_data)
{
  lose (user_data);
  return G_SOURCE_REMOVE;
}

static gboolean on_writable (int fd, GIOCondition condition, gpointer user_data);

static void
flush (OhChannel *channel)
{
  gssize n = write (channel->fd, channel->unsent->data, channel->unsent->len);

  if (n < 0 && is_fatal (errno))
    {
      /* Not from here: the caller of oh_channel_send() is not ready for it. */
      oh_channel_set_timer (channel, 0, on_lost_while_writing);
      return;
    }
  if (n > 0)
    g_byte_array_remove_range (channel->unsent, 0, n);
  if (channel->unsent->len == 0)
    drop_source (&channel->output);
  else if (channel->output == NULL)
    {
      channel->output = g_unix_fd_source_new (channel->fd, G_IO_OUT);
      g_source_set_callback (channel->output, G_SOURCE_FUNC (on_writable), channel, NULL);
      g_source_attach (channel->output, g_main_context_get_thread_default ());
    }
}

static gboolean
on_writable (int fd, GIOCondition condition, gpointer user_data)
{
  flush (user_data);
  return G_SOURCE_CONTINUE;
}

void
oh_channel_put (OhChannel *channel, const char *text, const char *end)
{
  if (channel->trace && g_str_has_prefix (text, "AT+CPIN="))
    g_debug ("> AT+CPIN=..."); /* a code is nobody's business */
  else if (channel->trace)
    g_debug ("> %s", *text == '\x10' ? "<DLE>!" : text);
  g_byte_array_append (channel->unsent, (const guint8 *)text, strlen (text));
  g_byte_array_append (channel->unsent, (const guint8 *)end, strlen (end));
  flush (channel);
}

static void
finish (OhChannel *channel, const OhReply *reply)
{
  OhAtCommand *command = g_steal_pointer (&channel->running);

  drop_source (&channel->timer);
  oh_lexer_expect_echo (&channel->lexer, NULL);
  channel->aborting = FALSE;
  if (reply->result == OH_RESULT_CONNECT && (command->how.flags & OH_COMMAND_STREAM))
    {
      oh_lexer_set_mode (&channel->lexer, OH_LEXER_STREAM);
      channel->in_voice = TRUE;
      oh_channel_watch_stream (channel);
    }
  oh_at_command_answer (command, reply);
}

static void
finish_late (OhChannel *channel)
{
  g_autoptr (GError) error
      = g_error_new (OH_ERROR, OH_ERROR_TIMEOUT, "The modem did not answer in time");

  finish (channel, &(OhReply){ .code = -1, .error = error });
}

static void start (OhChannel *channel, OhAtCommand *command);

static gboolean
on_overdue (gpointer user_data)
{
  OhChannel *channel = user_data;
  OhAtCommand *command = channel->running;
  gboolean ends_stream = command->ends_stream;
  gboolean probes = command->how.flags & OH_COMMAND_PROBE;
  gboolean again = --command->tries_left > 0 && !ends_stream;

  channel->in_voice |= (command->how.flags & OH_COMMAND_STREAM) != 0; /* its CONNECT may be lost */
  channel->references++;
  channel->counters->timeouts++;
  channel->owed++;
  if (ends_stream && channel->lexer.mode == OH_LEXER_STREAM)
    oh_lexer_set_mode (&channel->lexer, OH_LEXER_DLE);
  if (probes && again)
    start (channel, command);
  else
    {
      channel->phase = probes ? PHASE_SETTLING : PHASE_LOOKING; /* what the callback sends waits */
      if (!again)
        finish_late (channel);
      if (channel->fd >= 0 && probes)
        oh_channel_settle (channel);
      else if (channel->fd >= 0)
        {
          oh_channel_look_for_life (channel);
          oh_channel_tell_health (channel, OH_CHANNEL_LATE);
        }
    }
  oh_channel_unref (channel);
  return G_SOURCE_REMOVE;
}

static void
start (OhChannel *channel, OhAtCommand *command)
{
  guint limit = command->how.limit_ms > 0 ? command->how.limit_ms : OH_COMMAND_LIMIT_MS;

  channel->running = command;
  channel->counters->commands++;
  if (command->how.flags & OH_COMMAND_ASKED)
    channel->asked = command->how.prefix;
  g_ptr_array_set_size (command->lines, 0);
  oh_lexer_expect_echo (&channel->lexer, command->ends_stream ? NULL : command->text);
  command->deadline = g_get_monotonic_time () + limit * G_GINT64_CONSTANT (1000);
  oh_channel_set_timer (channel, limit, on_overdue);
  oh_channel_put (channel, command->text, command->ends_stream ? "" : "\r");
}

/* The next command that is still wanted, or NULL. */
static OhAtCommand *
take_next (OhChannel *channel)
{
  OhAtCommand *command;

  /* A callback may send, and so start another. */
  while (channel->running == NULL && (command = g_queue_pop_head (&channel->queue)) != NULL)
    {
      if (command->how.wanted == NULL || command->how.wanted (command->how.user_data))
        return command;
      oh_at_command_fail (command, OH_ERROR_CANCELLED, "The command is not wanted any more");
    }
  return NULL;
}

void
oh_channel_pump (OhChannel *channel)
{
  static const OhCommand end_of_stream = { .limit_ms = END_OF_STREAM_MS };
  OhAtCommand *command;

  if (channel->fd < 0 || channel->running != NULL || channel->phase != PHASE_READY
      || g_queue_is_empty (&channel->queue))
    return;
  if (channel->mute)
    {
      oh_channel_look_for_life (channel);
      return;
    }
  channel->references++; /* a callback may close it */
  command = take_next (channel);
  oh_channel_unref (channel);
  if (command != NULL && channel->lexer.mode == OH_LEXER_STREAM)
    {
      g_queue_push_head (&channel->queue, command);
      command = oh_at_command_new (OH_END_OF_STREAM, &end_of_stream);
      command->ends_stream = TRUE;
    }
  if (command != NULL)
    start (channel, command);
}

static void
add_information (OhChannel *channel, const char *line)
{
  if (!oh_at_command_add_line (channel->running, line))
    channel->counters->unknown_lines++;
}

static void
take_final (OhChannel *channel, OhResult result, int code)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_ref (channel->running->lines);
  gboolean settles = channel->owed > 0; /* this may be the answer to an earlier try */

  if (settles)
    channel->phase = PHASE_SETTLING;
  finish (channel, &(OhReply){ .result = result,
                               .code = code,
                               .n_lines = lines->len,
                               .lines = (const char *const *)lines->pdata });
  if (settles && channel->fd >= 0)
    oh_channel_settle (channel);
  else
    oh_channel_pump (channel);
}

/* A final result too many was taken for an answer, and each answer since for that to the next
 * command: the result that comes now is not the last. */
static void
note_behind (OhChannel *channel, const char *line)
{
  if (channel->asked != NULL && g_str_has_prefix (line, channel->asked)
      && channel->phase == PHASE_READY && channel->running != NULL)
    channel->owed = MAX (channel->owed, 1);
}

static void
take_line (OhChannel *channel, const char *line)
{
  int code;
  OhResult result = oh_lexer_classify (line, &code);
  gboolean plain
      = result == OH_RESULT_OK || result == OH_RESULT_ERROR || result == OH_RESULT_CME_ERROR;

  if (channel->trace)
    g_debug ("< %s", line);
  if (channel->phase != PHASE_READY && plain)
    oh_channel_take_late (channel);
  else if (channel->phase == PHASE_READY && channel->running != NULL
           && oh_at_command_is_final (channel->running, result))
    take_final (channel, result, code);
  else if (channel->phase == PHASE_READY && channel->running != NULL
           && oh_at_command_is_information (channel->running, result, line))
    add_information (channel, line);
  else if (plain)
    channel->counters->stray_results++;
  else
    {
      note_behind (channel, line);
      channel->funcs->line (line, channel->user_data);
    }
}

/* Noise to the call; who looks for the cause of bad sound wants to know. */
static void
count_lost_voice (OhChannel *channel, guint8 code)
{
  const struct
  {
    guint8 code;
    guint64 *count;
    const char *what;
  } kinds[] = { { 'u', &channel->counters->underruns, "underrun" },
                { 'o', &channel->counters->overruns, "overrun" },
                { 'Y', &channel->counters->voice_lost, "lost data" },
                { 'E', &channel->counters->voice_refused, "bad format" } };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      if (kinds[i].code != code)
        continue;
      ++*kinds[i].count;
      g_debug ("Voice: %s, %" G_GUINT64_FORMAT " so far", kinds[i].what, *kinds[i].count);
    }
}

static void
take_code (OhChannel *channel, guint8 code)
{
  if (channel->trace)
    g_debug ("< <DLE>%c", g_ascii_isgraph (code) ? code : '?');
  if (code == DLE_ETX)
    channel->in_voice = FALSE;
  count_lost_voice (channel, code);
  if (channel->funcs->code != NULL)
    channel->funcs->code (code, channel->user_data);
}

/* NMEA 0183: "$GPGGA,...*47" */
static void
note_line (OhChannel *channel, const char *line)
{
  channel->heard.lines++;
  channel->heard.sentences
      += line[0] == '$' && g_ascii_isupper (line[1]) && strchr (line, ',') != NULL;
}

static void
take_token (OhChannel *channel, OhToken token)
{
  switch (token)
    {
    case OH_TOKEN_LINE_CUT:
      channel->counters->truncated_lines++;
      note_line (channel, channel->lexer.text);
      take_line (channel, channel->lexer.text);
      break;
    case OH_TOKEN_ECHO:
      channel->heard.echoes++;
      break;
    case OH_TOKEN_LINE:
      note_line (channel, channel->lexer.text);
      take_line (channel, channel->lexer.text);
      break;
    case OH_TOKEN_DLE:
      take_code (channel, channel->lexer.code);
      break;
    case OH_TOKEN_STREAM_END:
      take_code (channel, DLE_ETX);
      break;
    case OH_TOKEN_NONE:
    case OH_TOKEN_PROMPT:
    case OH_TOKEN_SAMPLE:
    case OH_TOKEN_SAMPLE_TWO:
      break;
    }
}

/* Voice that has come and was not passed on. */
typedef struct
{
  guint8 bytes[READ_SIZE + 1]; /* <DLE><SUB> stands for two, and its <DLE> may have come before */
  gsize n;
} Samples;

static void
pass_samples (OhChannel *channel, Samples *samples)
{
  gsize n = samples->n;

  samples->n = 0;
  if (n > 0 && channel->fd >= 0)
    channel->funcs->voice (samples->bytes, n, channel->user_data);
}

/* TRUE when that is worth saving: any but the next sample of many. */
static gboolean
take_byte (OhChannel *channel, guint8 byte, Samples *samples)
{
  OhToken token = oh_lexer_feed (&channel->lexer, byte);
  guint n = token == OH_TOKEN_SAMPLE ? 1 : token == OH_TOKEN_SAMPLE_TWO ? 2 : 0;

  if (n == 0 && token != OH_TOKEN_NONE)
    {
      pass_samples (channel, samples); /* what was heard comes before what was said behind it */
      take_token (channel, token);
    }
  for (; n > 0 && channel->funcs->voice != NULL; n--)
    samples->bytes[samples->n++] = channel->lexer.code;
  return token != OH_TOKEN_NONE && token != OH_TOKEN_SAMPLE;
}

static gboolean
on_readable (int fd, GIOCondition condition, gpointer user_data)
{
  OhChannel *channel = user_data;
  guint8 bytes[READ_SIZE];
  gssize n = read (fd, bytes, sizeof bytes);
  gboolean changed = channel->lexer.mode != OH_LEXER_STREAM;
  Samples samples;

  samples.n = 0;
  if (n < 0 && !is_fatal (errno))
    return G_SOURCE_CONTINUE;
  channel->references++;
  if (n <= 0)
    lose (channel);
  else
    channel->heard.bytes += n;
  for (gssize i = 0; i < n && channel->fd >= 0; i++)
    changed |= take_byte (channel, bytes[i], &samples);
  pass_samples (channel, &samples);
  if (changed)
    tell_change (channel);
  oh_channel_unref (channel);
  return G_SOURCE_CONTINUE;
}

OhChannel *
oh_channel_new (int fd, OhLexerMode mode, const OhChannelFuncs *funcs, gpointer user_data,
                OhChannelCounters *counters)
{
  OhChannel *channel = g_new0 (OhChannel, 1);

  channel->references = 1;
  channel->fd = fd;
  channel->unsent = g_byte_array_new ();
  channel->funcs = funcs;
  channel->user_data = user_data;
  channel->counters = counters;
  channel->trace = !g_log_writer_default_would_drop (G_LOG_LEVEL_DEBUG, G_LOG_DOMAIN);
  g_queue_init (&channel->queue);
  oh_lexer_init (&channel->lexer, mode);
  channel->input = g_unix_fd_source_new (fd, G_IO_IN | G_IO_HUP | G_IO_ERR);
  g_source_set_callback (channel->input, G_SOURCE_FUNC (on_readable), channel, NULL);
  g_source_attach (channel->input, g_main_context_get_thread_default ());
  return channel;
}

void
oh_channel_resume (OhChannel *channel)
{
  gint64 left;

  if (channel->lexer.mode == OH_LEXER_STREAM)
    oh_channel_watch_stream (channel);
  if (channel->phase != PHASE_READY)
    oh_channel_settle (channel);
  else if (channel->running != NULL)
    {
      left = channel->running->deadline - g_get_monotonic_time ();
      oh_channel_set_timer (channel, MAX (left / 1000, 1), on_overdue);
    }
  else if (channel->mute)
    oh_channel_look_again (channel);
}

void
oh_channel_close (OhChannel *channel)
{
  if (channel->fd >= 0)
    close_port (channel);
  channel->funcs = NULL;
  oh_channel_fail_all (channel, OH_ERROR_CANCELLED, "The port was closed");
  oh_channel_unref (channel);
}

void
oh_channel_set_mode (OhChannel *channel, OhLexerMode mode)
{
  oh_lexer_set_mode (&channel->lexer, mode);
}

void
oh_channel_send (OhChannel *channel, const char *text, const OhCommand *how)
{
  OhAtCommand *command = oh_at_command_new (text, how);

  if (channel->fd < 0)
    {
      oh_at_command_fail (command, OH_ERROR_NO_DEVICE, "The modem is gone");
      return;
    }
  if (how->flags & OH_COMMAND_FIRST)
    g_queue_push_head (&channel->queue, command);
  else
    g_queue_push_tail (&channel->queue, command);
  oh_channel_pump (channel);
}

gboolean
oh_channel_abort (OhChannel *channel)
{
  if (!oh_channel_is_dialing (channel))
    return FALSE;
  if (!channel->aborting)
    {
      channel->aborting = TRUE;
      oh_channel_set_timer (channel, ABORT_MS, on_overdue);
      oh_channel_put (channel, "", "\r");
    }
  return TRUE;
}

gboolean
oh_channel_is_dialing (OhChannel *channel)
{
  return channel->phase == PHASE_READY && channel->running != NULL
         && oh_at_command_is_dialing (channel->running);
}

gboolean
oh_channel_is_stuck (OhChannel *channel)
{
  gboolean waits = channel->running != NULL || channel->phase != PHASE_READY || channel->mute;

  return channel->fd >= 0 && waits
         && g_get_monotonic_time () - channel->armed_at > 3000 * (gint64)channel->armed_ms;
}

gboolean
oh_channel_in_stream (OhChannel *channel)
{
  return channel->lexer.mode == OH_LEXER_STREAM;
}

const OhChannelHeard *
oh_channel_get_heard (OhChannel *channel)
{
  return &channel->heard;
}

void
oh_channel_unknown (OhChannel *channel, const char *line)
{
  char clean[OH_TEXT_MAX];

  oh_text_clean (line, clean);
  channel->counters->unknown_lines++;
  g_debug ("Unknown line: %s", clean);
}
