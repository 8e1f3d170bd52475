// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/channel-bench.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <pty.h>
#include <string.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

#include "daemon/error.h"
#include "tests/fixture.h"

typedef struct
{
  Bench *bench;
  char *text;
  guint answered;
} Asked;

static const char *const errors[OH_N_ERRORS] = {
  [OH_ERROR_NO_DEVICE] = "NO_DEVICE",
  [OH_ERROR_TIMEOUT] = "TIMEOUT",
  [OH_ERROR_NOT_RESPONDING] = "NOT_RESPONDING",
  [OH_ERROR_CANCELLED] = "CANCELLED",
};

static const char *const results[] = {
  [OH_RESULT_NONE] = "none",
  [OH_RESULT_OK] = "OK",
  [OH_RESULT_ERROR] = "ERROR",
  [OH_RESULT_CME_ERROR] = "CME",
  [OH_RESULT_CONNECT] = "CONNECT",
  [OH_RESULT_RING] = "RING",
  [OH_RESULT_NO_CARRIER] = "NO CARRIER",
  [OH_RESULT_NO_DIALTONE] = "NO DIALTONE",
  [OH_RESULT_BUSY] = "BUSY",
  [OH_RESULT_NO_ANSWER] = "NO ANSWER",
  [OH_RESULT_VCON] = "VCON",
  [OH_RESULT_RINGING] = "RINGING",
  [OH_RESULT_DELAYED] = "DELAYED",
  [OH_RESULT_BLACKLISTED] = "BLACKLISTED",
};

/* Takes @line. */
static void
hear (Bench *b, char *line)
{
  g_test_message ("%s", line);
  g_ptr_array_add (b->heard, line);
  if (b->ask_on != NULL && g_pattern_match_simple (b->ask_on, line))
    {
      b->ask_on = NULL;
      bench_ask (b, "AT+THEN", (OhCommand){ 0 });
    }
  if (b->close_on == NULL || !g_pattern_match_simple (b->close_on, line))
    return;
  b->close_on = NULL;
  oh_channel_close (g_steal_pointer (&b->channel));
}

static void
on_reply (const OhReply *reply, gpointer user_data)
{
  Asked *asked = user_data;
  g_autoptr (GPtrArray) lines = g_ptr_array_new ();
  g_autofree char *joined = NULL;
  g_autofree char *code = NULL;

  asked->answered++;
  if (reply->error != NULL)
    {
      g_assert_true (reply->error->domain == OH_ERROR);
      g_assert_cmpint (reply->result, ==, OH_RESULT_NONE);
      hear (asked->bench, g_strconcat (asked->text, ": ", errors[reply->error->code], NULL));
      return;
    }
  for (guint i = 0; i < reply->n_lines; i++)
    g_ptr_array_add (lines, (gpointer)reply->lines[i]);
  g_ptr_array_add (lines, NULL);
  joined = g_strjoinv ("|", (char **)lines->pdata);
  code = reply->code >= 0 ? g_strdup_printf (" %d", reply->code) : g_strdup ("");
  hear (asked->bench, g_strconcat (asked->text, ": ", results[reply->result], code,
                                   *joined != '\0' ? " " : "", joined, NULL));
}

static void
on_line (const char *line, gpointer user_data)
{
  hear (user_data, g_strconcat ("line ", line, NULL));
}

static void
on_code (guint8 code, gpointer user_data)
{
  hear (user_data, g_ascii_isgraph (code) ? g_strdup_printf ("code %c", code)
                                          : g_strdup_printf ("code %02x", code));
}

static void
on_health (OhChannelHealth health, gpointer user_data)
{
  static const char *const names[] = {
    [OH_CHANNEL_ANSWERS] = "answers", [OH_CHANNEL_LATE] = "late", [OH_CHANNEL_MUTE] = "mute"
  };

  hear (user_data, g_strconcat ("health ", names[health], NULL));
}

static void
on_lost (gpointer user_data)
{
  hear (user_data, g_strdup ("lost"));
}

static void
on_voice (const guint8 *samples, gsize n, gpointer user_data)
{
  Bench *b = user_data;

  g_string_append_len (b->voice, (const char *)samples, (gssize)n);
}

static const OhChannelFuncs funcs
    = { .line = on_line, .code = on_code, .voice = on_voice, .health = on_health, .lost = on_lost };

static int
open_terminal (Bench *b)
{
  struct termios mode;
  int slave;

  g_assert_cmpint (openpty (&b->modem, &slave, NULL, NULL, NULL), ==, 0);
  g_assert_cmpint (tcgetattr (slave, &mode), ==, 0);
  cfmakeraw (&mode);
  g_assert_cmpint (tcsetattr (slave, TCSANOW, &mode), ==, 0);
  return slave;
}

void
bench_set_up (Bench *b, BenchKind kind, OhLexerMode mode)
{
  int ends[2];

  memset (b, 0, sizeof *b);
  if (kind == BENCH_TERMINAL)
    ends[0] = open_terminal (b);
  else
    {
      g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM, 0, ends), ==, 0);
      b->modem = ends[1];
    }
  g_unix_set_fd_nonblocking (ends[0], TRUE, NULL);
  g_unix_set_fd_nonblocking (b->modem, TRUE, NULL);
  b->heard = g_ptr_array_new_with_free_func (g_free);
  b->asked = g_ptr_array_new ();
  b->sent = g_string_new (NULL);
  b->voice = g_string_new (NULL);
  b->channel = oh_channel_new (ends[0], mode, &funcs, b, &b->counters);
}

void
bench_tear_down (Bench *b)
{
  if (b->channel != NULL)
    oh_channel_close (b->channel);
  for (guint i = 0; i < b->asked->len; i++)
    {
      Asked *asked = b->asked->pdata[i];

      g_assert_cmpuint (asked->answered, ==, 1);
      g_free (asked->text);
      g_free (asked);
    }
  bench_unplug (b);
  g_assert_cmpuint (bench_count (b, "lost"), <=, 1);
  g_ptr_array_unref (b->asked);
  g_ptr_array_unref (b->heard);
  g_string_free (b->sent, TRUE);
  g_string_free (b->voice, TRUE);
}

void
bench_ask (Bench *b, const char *text, OhCommand how)
{
  Asked *asked = g_new0 (Asked, 1);

  asked->bench = b;
  asked->text = g_strdup (text);
  g_ptr_array_add (b->asked, asked);
  how.func = on_reply;
  how.user_data = asked;
  oh_channel_send (b->channel, text, &how);
}

void
bench_say_bytes (Bench *b, gconstpointer bytes, gsize n)
{
  gsize done = 0;

  while (done < n)
    {
      gssize written = write (b->modem, (const char *)bytes + done, n - done);

      if (written > 0)
        done += written;
      else
        {
          g_assert_true (errno == EAGAIN || errno == EINTR);
          g_main_context_iteration (NULL, FALSE);
        }
    }
}

void
bench_say (Bench *b, const char *text)
{
  bench_say_bytes (b, text, strlen (text));
}

void
bench_unplug (Bench *b)
{
  if (b->modem >= 0)
    close (b->modem);
  b->modem = -1;
}

static void
fetch (Bench *b)
{
  char bytes[4096];
  gssize n;

  while (b->modem >= 0 && (n = read (b->modem, bytes, sizeof bytes)) > 0)
    g_string_append_len (b->sent, bytes, n);
}

typedef struct
{
  Bench *bench;
  gsize length;
} Wanted;

static gboolean
has_sent (gpointer user_data)
{
  Wanted *wanted = user_data;

  fetch (wanted->bench);
  return wanted->bench->sent->len >= wanted->length;
}

void
bench_sent (Bench *b, const char *text)
{
  Wanted wanted = { b, strlen (text) };

  if (!spin_for (has_sent, &wanted))
    g_test_message ("nothing like \"%s\" was sent", text);
  g_assert_cmpstr (b->sent->str, ==, text);
  g_string_truncate (b->sent, 0);
}

void
bench_sent_nothing (Bench *b)
{
  fetch (b);
  g_assert_cmpstr (b->sent->str, ==, "");
}

static gboolean
has_heard_more (gpointer user_data)
{
  Bench *b = user_data;

  return b->heard->len > b->read;
}

void
bench_hears (Bench *b, const char *glob)
{
  const char *line;

  if (!spin_for (has_heard_more, b))
    g_error ("\"%s\" was not heard", glob);
  line = b->heard->pdata[b->read++];
  if (!g_pattern_match_simple (glob, line))
    g_error ("\"%s\" was heard in place of \"%s\"", line, glob);
}

void
bench_heard_nothing (Bench *b)
{
  if (b->heard->len > b->read)
    g_error ("\"%s\" was heard", (const char *)b->heard->pdata[b->read]);
}

guint
bench_count (const Bench *b, const char *glob)
{
  guint n = 0;

  for (guint i = 0; i < b->heard->len; i++)
    n += g_pattern_match_simple (glob, b->heard->pdata[i]);
  return n;
}
