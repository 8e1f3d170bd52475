// SPDX-License-Identifier: LGPL-2.1-or-later
#include <signal.h>

#include "tests/channel-bench.h"
#include "tests/fixture.h"

/* The device goes, or the channel is closed, at any time; and writes that have to wait. */

#define SOON 40 /* ms: a limit that is to pass */
#define LOOK "ATE0Q0V1\r"

static gboolean
is_lost (gpointer bench)
{
  return bench_count (bench, "lost") > 0;
}

static gboolean
is_mute (gpointer bench)
{
  return bench_count (bench, "health mute") > 0;
}

static void
begin_stream (Bench *b)
{
  bench_ask (b, "AT+VRX", (OhCommand){ .flags = OH_COMMAND_STREAM });
  bench_say (b, "\r\nCONNECT\r\n");
  bench_hears (b, "AT+VRX: CONNECT");
}

/* The ways into each state that a device can be lost in. */

static void
do_nothing (Bench *b)
{
}

static void
do_run (Bench *b)
{
  bench_ask (b, "AT+A", (OhCommand){ .tries = 3 });
  bench_ask (b, "AT+B", (OhCommand){ 0 });
  bench_ask (b, "AT+C", (OhCommand){ .flags = OH_COMMAND_FIRST });
  bench_sent (b, "AT+A\r");
}

static void
do_dial (Bench *b)
{
  bench_ask (b, "ATD5;", (OhCommand){ 0 });
  bench_ask (b, "AT+B", (OhCommand){ 0 });
  bench_sent (b, "ATD5;\r");
}

static void
do_abort (Bench *b)
{
  do_dial (b);
  g_assert_true (oh_channel_abort (b->channel));
  bench_sent (b, "\r");
}

static void
do_look (Bench *b)
{
  bench_ask (b, "AT+A", (OhCommand){ .tries = 2, .limit_ms = SOON });
  bench_ask (b, "AT+B", (OhCommand){ 0 });
  bench_sent (b, "AT+A\r" LOOK);
}

static void
do_settle (Bench *b)
{
  do_look (b);
  bench_say (b, "\r\nOK\r\n\r\nRING\r\n");
  bench_hears (b, "health late");
  bench_hears (b, "line RING");
}

static void
do_be_mute (Bench *b)
{
  do_look (b);
  spin_until (is_mute, b);
}

static void
do_look_when_mute (Bench *b)
{
  do_be_mute (b);
  bench_ask (b, "AT+C", (OhCommand){ 0 });
}

static void
do_end_stream (Bench *b)
{
  begin_stream (b);
  bench_ask (b, "AT+B", (OhCommand){ 0 });
  bench_sent (b, "AT+VRX\r\x10!");
}

static const struct
{
  const char *name;
  void (*enter) (Bench *b);
} states[] = {
  { "idle", do_nothing },        { "running", do_run },
  { "dialing", do_dial },        { "aborting", do_abort },
  { "looking", do_look },        { "settling", do_settle },
  { "mute", do_be_mute },        { "looking-when-mute", do_look_when_mute },
  { "in-stream", begin_stream }, { "ending-stream", do_end_stream },
};

static void
lose (BenchKind kind, guint state)
{
  guint asked;
  Bench b;

  bench_set_up (&b, kind, OH_LEXER_DLE);
  states[state].enter (&b);
  bench_unplug (&b);
  spin_until (is_lost, &b);
  asked = b.asked->len;
  /* "lost" is the last that is said. */
  g_assert_cmpstr (b.heard->pdata[b.heard->len - 1], ==, "lost");
  bench_ask (&b, "AT+LATE", (OhCommand){ 0 });
  bench_ask (&b, "ATA", (OhCommand){ .flags = OH_COMMAND_FIRST });
  g_assert_cmpuint (bench_count (&b, "AT+LATE: NO_DEVICE"), ==, 1);
  g_assert_cmpuint (bench_count (&b, "ATA: NO_DEVICE"), ==, 1);
  g_assert_cmpuint (bench_count (&b, "*: *"), ==, asked + 2);
  g_assert_false (oh_channel_abort (b.channel));
  bench_tear_down (&b);
}

static void
test_lost (gconstpointer user_data)
{
  lose (BENCH_SOCKET, GPOINTER_TO_UINT (user_data));
  lose (BENCH_TERMINAL, GPOINTER_TO_UINT (user_data));
}

/* A write finds it out first: never from inside oh_channel_send(), whose caller is not ready. */
static void
test_lost_while_writing (void)
{
  Bench b;

  bench_set_up (&b, BENCH_TERMINAL, OH_LEXER_TEXT);
  bench_unplug (&b);
  bench_ask (&b, "AT+A", (OhCommand){ 0 });
  bench_ask (&b, "AT+B", (OhCommand){ 0 });
  bench_heard_nothing (&b);
  bench_hears (&b, "AT+A: NO_DEVICE");
  bench_hears (&b, "AT+B: NO_DEVICE");
  bench_hears (&b, "lost");
  bench_tear_down (&b);
}

static void
test_closed (gconstpointer user_data)
{
  guint heard;
  Bench b;

  bench_set_up (&b, BENCH_SOCKET, OH_LEXER_DLE);
  states[GPOINTER_TO_UINT (user_data)].enter (&b);
  heard = bench_count (&b, "*: *");
  oh_channel_close (g_steal_pointer (&b.channel));
  g_assert_cmpuint (bench_count (&b, "*: CANCELLED"), ==, b.asked->len - heard);
  g_assert_cmpuint (bench_count (&b, "lost"), ==, 0);
  bench_tear_down (&b);
}

/* Each callback closes the channel; of the rest of what was read nothing is told, and what is
 * queued is answered. */
static void
close_inside (const char *on, const char *say, BenchKind kind, OhCommand how)
{
  guint at;
  Bench b;

  bench_set_up (&b, kind, OH_LEXER_DLE);
  b.close_on = on;
  bench_ask (&b, "AT+A", how);
  bench_ask (&b, "AT+B", (OhCommand){ 0 });
  if (say != NULL)
    bench_say (&b, say);
  else
    bench_unplug (&b);
  while (b.channel != NULL)
    g_main_context_iteration (NULL, TRUE);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  for (at = 0; !g_pattern_match_simple (on, b.heard->pdata[at]); at++)
    ;
  for (at++; at < b.heard->len; at++)
    g_assert_true (g_pattern_match_simple ("AT+?: *", b.heard->pdata[at]));
  bench_tear_down (&b);
}

static void
test_close_inside (void)
{
  OhCommand soon = { .limit_ms = SOON };
  OhCommand again = { .limit_ms = SOON, .tries = 2 };
  OhCommand probe = { .limit_ms = SOON, .flags = OH_COMMAND_PROBE };
  OhCommand plain = { 0 };

  close_inside ("line RING", "\r\nRING\r\n\r\nRING\r\n\r\nOK\r\n", BENCH_SOCKET, plain);
  close_inside ("code b",
                "\x10"
                "b\x10"
                "b\r\nOK\r\n\r\nRING\r\n",
                BENCH_SOCKET, plain);
  close_inside ("AT+A: OK", "\r\nOK\r\n\r\nRING\r\n\r\nOK\r\n", BENCH_SOCKET, plain);
  close_inside ("AT+A: TIMEOUT", "x", BENCH_SOCKET, soon);
  close_inside ("AT+A: TIMEOUT", "x", BENCH_SOCKET, probe);
  close_inside ("health late", "x", BENCH_SOCKET, soon);
  close_inside ("health late", "x", BENCH_SOCKET, again);
  close_inside ("AT+A: NOT_RESPONDING", "x", BENCH_SOCKET, again);
  close_inside ("health mute", "x", BENCH_SOCKET, soon);
  close_inside ("AT+A: NO_DEVICE", NULL, BENCH_TERMINAL, plain);
  close_inside ("lost", NULL, BENCH_TERMINAL, plain);
}

static void
test_close_when_healed (void)
{
  Bench b;

  bench_set_up (&b, BENCH_SOCKET, OH_LEXER_TEXT);
  b.close_on = "health answers";
  bench_ask (&b, "AT+A", (OhCommand){ .limit_ms = SOON, .tries = 2 });
  bench_sent (&b, "AT+A\r" LOOK);
  bench_say (&b, "\r\nOK\r\n");
  bench_hears (&b, "health late");
  bench_hears (&b, "health answers");
  bench_hears (&b, "AT+A: CANCELLED");
  bench_tear_down (&b);
}

/* The modem does not read: the bytes wait, in order, and cost no wakeups when they have gone. */
static void
test_blocked_write (gconstpointer kind)
{
  g_autofree char *tail = g_strnfill (1 << 20, '5');
  g_autofree char *text = g_strconcat ("AT+A=", tail, NULL);
  g_autofree char *sent = g_strconcat (text, "\r", NULL);
  Bench b;

  bench_set_up (&b, GPOINTER_TO_UINT (kind), OH_LEXER_TEXT);
  bench_ask (&b, text, (OhCommand){ .limit_ms = 600000 });
  bench_say (&b, "\r\nRING\r\n");
  bench_hears (&b, "line RING"); /* heard all the same */
  bench_sent (&b, sent);
  bench_say (&b, "\r\nOK\r\n");
  bench_hears (&b, "AT+A=*: OK");
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_false (g_main_context_pending (NULL));
  bench_tear_down (&b);
}

static void
test_blocked_and_lost (void)
{
  g_autofree char *tail = g_strnfill (1 << 20, '5');
  g_autofree char *text = g_strconcat ("AT+A=", tail, NULL);
  Bench b;

  bench_set_up (&b, BENCH_TERMINAL, OH_LEXER_TEXT);
  bench_ask (&b, text, (OhCommand){ 0 });
  bench_say (&b, "\r\nRING\r\n");
  bench_hears (&b, "line RING");
  bench_unplug (&b);
  bench_hears (&b, "AT+A=*: NO_DEVICE");
  bench_hears (&b, "lost");
  bench_tear_down (&b);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  signal (SIGPIPE, SIG_IGN); /* a socket pair has it, a terminal has not */
  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    {
      g_autofree char *lost = g_strconcat ("/channel-lost/unplugged/", states[i].name, NULL);
      g_autofree char *closed = g_strconcat ("/channel-lost/closed/", states[i].name, NULL);

      g_test_add_data_func (lost, GUINT_TO_POINTER (i), test_lost);
      g_test_add_data_func (closed, GUINT_TO_POINTER (i), test_closed);
    }
  g_test_add_func ("/channel-lost/lost-while-writing", test_lost_while_writing);
  g_test_add_func ("/channel-lost/close-inside", test_close_inside);
  g_test_add_func ("/channel-lost/close-when-healed", test_close_when_healed);
  g_test_add_data_func ("/channel-lost/blocked-write/socket", GUINT_TO_POINTER (BENCH_SOCKET),
                        test_blocked_write);
  g_test_add_data_func ("/channel-lost/blocked-write/terminal", GUINT_TO_POINTER (BENCH_TERMINAL),
                        test_blocked_write);
  g_test_add_func ("/channel-lost/blocked-and-lost", test_blocked_and_lost);
  return g_test_run ();
}
