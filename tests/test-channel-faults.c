// SPDX-License-Identifier: LGPL-2.1-or-later
#include <malloc.h>
#include <time.h>

#include "tests/channel-bench.h"

/* What goes wrong between a modem and its channel. */

#define SOON 40 /* ms: a limit that is to pass */
#define LOOK "ATE0Q0V1\r"

/* The late answer of the lost command is not taken for the next one's. */
static void
test_late_answer (void)
{
  Bench b;

  bench_set_up (&b, BENCH_SOCKET, OH_LEXER_TEXT);
  bench_ask (&b, "AT+A?", (OhCommand){ .prefix = "+A:", .limit_ms = SOON });
  bench_ask (&b, "AT+B?", (OhCommand){ .prefix = "+B:" });
  bench_sent (&b, "AT+A?\r");
  bench_hears (&b, "AT+A?: TIMEOUT");
  bench_hears (&b, "health late");
  bench_sent (&b, LOOK);
  bench_say (&b, "\r\n+A: 1\r\n\r\nOK\r\nATE0Q0V1\r\r\nOK\r\n");
  bench_hears (&b, "line +A: 1");
  bench_hears (&b, "health answers");
  bench_sent (&b, "AT+B?\r");
  bench_say (&b, "\r\n+B: 2\r\n\r\nOK\r\n");
  bench_hears (&b, "AT+B?: OK +B: 2");
  bench_heard_nothing (&b);
  g_assert_cmpuint (b.counters.timeouts, ==, 1);
  g_assert_cmpuint (b.counters.recoveries, ==, 1);
  bench_tear_down (&b);
}

/* Also when the answer comes after that of the sign of life. */
static void
test_later_answer (void)
{
  Bench b;

  bench_set_up (&b, BENCH_SOCKET, OH_LEXER_TEXT);
  bench_ask (&b, "AT+A", (OhCommand){ .limit_ms = SOON });
  bench_sent (&b, "AT+A\r");
  bench_sent (&b, LOOK);
  bench_ask (&b, "AT+B", (OhCommand){ .flags = OH_COMMAND_FIRST });
  bench_say (&b, "\r\nOK\r\n\r\nERROR\r\n\r\nRING\r\n");
  bench_hears (&b, "AT+A: TIMEOUT");
  bench_hears (&b, "health late");
  bench_hears (&b, "line RING");
  bench_ask (&b, "AT+C", (OhCommand){ 0 });
  bench_sent_nothing (&b); /* before it is silent */
  bench_hears (&b, "health answers");
  bench_sent (&b, "AT+B\r");
  bench_tear_down (&b);
}

/* Results for ever: silence is not waited for as long, and nobody waits for an answer. */
static void
test_babble (void)
{
  Bench b;

  bench_set_up (&b, BENCH_SOCKET, OH_LEXER_TEXT);
  bench_ask (&b, "AT+A", (OhCommand){ .limit_ms = SOON });
  bench_ask (&b, "AT+B", (OhCommand){ 0 });
  bench_sent (&b, "AT+A\r");
  bench_sent (&b, LOOK);
  bench_hears (&b, "AT+A: TIMEOUT");
  bench_hears (&b, "health late");
  for (guint i = 0; i < 50; i++)
    bench_say (&b, "\r\nERROR\r\n");
  bench_hears (&b, "AT+B: NOT_RESPONDING");
  bench_hears (&b, "health mute");
  bench_tear_down (&b);
}

/* One result too many, and each is taken for the answer to the command before it; what a command
 * says that none but it can say shows that, and the next has its own answer again. */
static void
test_behind (void)
{
  const OhCommand list = { .prefix = "+L:", .flags = OH_COMMAND_ASKED };
  Bench b;

  bench_set_up (&b, BENCH_SOCKET, OH_LEXER_TEXT);
  bench_ask (&b, "AT+L", list);
  bench_ask (&b, "AT+A", (OhCommand){ .prefix = "+A:" });
  bench_ask (&b, "AT+B", (OhCommand){ .prefix = "+B:" });
  bench_sent (&b, "AT+L\r");
  bench_say (&b, "\r\nOK\r\n"); /* whoever asked for that */
  bench_hears (&b, "AT+L: OK");
  bench_sent (&b, "AT+A\r");
  bench_say (&b, "\r\n+L: 1\r\n\r\nOK\r\n");
  bench_hears (&b, "line +L: 1");
  bench_hears (&b, "AT+A: OK");
  bench_say (&b, "\r\n+A: 1\r\n\r\nERROR\r\n");
  bench_hears (&b, "line +A: 1");
  bench_hears (&b, "health answers");
  bench_sent (&b, "AT+B\r");
  bench_say (&b, "\r\n+B: 1\r\n\r\nOK\r\n");
  bench_hears (&b, "AT+B: OK +B: 1");
  g_assert_cmpuint (b.counters.stray_results, ==, 0);
  bench_tear_down (&b);
}

/* A line that may come by itself shows nothing. */
static void
test_not_behind (void)
{
  Bench b;

  bench_set_up (&b, BENCH_SOCKET, OH_LEXER_TEXT);
  bench_ask (&b, "AT+L", (OhCommand){ .prefix = "+L:" });
  bench_ask (&b, "AT+A", (OhCommand){ 0 });
  bench_ask (&b, "AT+B", (OhCommand){ 0 });
  bench_sent (&b, "AT+L\r");
  bench_say (&b, "\r\nOK\r\n");
  bench_hears (&b, "AT+L: OK");
  bench_sent (&b, "AT+A\r");
  bench_say (&b, "\r\n+L: 1\r\n\r\nOK\r\n");
  bench_hears (&b, "line +L: 1");
  bench_hears (&b, "AT+A: OK");
  bench_sent (&b, "AT+B\r");
  bench_say (&b, "\r\nOK\r\n");
  bench_hears (&b, "AT+B: OK");
  bench_tear_down (&b);
}

/* What is asked when a command has failed waits for the recovery. */
static void
test_asked_when_late (void)
{
  Bench b;

  bench_set_up (&b, BENCH_SOCKET, OH_LEXER_TEXT);
  b.ask_on = "AT+A: TIMEOUT";
  bench_ask (&b, "AT+A", (OhCommand){ .limit_ms = SOON });
  bench_sent (&b, "AT+A\r");
  bench_sent (&b, LOOK);
  bench_say (&b, "\r\nOK\r\n");
  bench_sent (&b, "AT+THEN\r");
  bench_tear_down (&b);
}

static void
test_tries (void)
{
  Bench b;

  bench_set_up (&b, BENCH_SOCKET, OH_LEXER_TEXT);
  bench_ask (&b, "AT+A?", (OhCommand){ .prefix = "+A:", .limit_ms = SOON, .tries = 2 });
  bench_ask (&b, "AT+B", (OhCommand){ 0 });
  bench_say (&b, "\r\n+A: half\r\n");
  bench_sent (&b, "AT+A?\r");
  bench_sent (&b, LOOK);
  bench_say (&b, "\r\nOK\r\n");
  bench_hears (&b, "health late");
  bench_hears (&b, "health answers");
  bench_sent (&b, "AT+A?\r");
  bench_sent (&b, LOOK); /* the last try */
  bench_hears (&b, "AT+A?: TIMEOUT");
  bench_hears (&b, "health late");
  bench_say (&b, "\r\nOK\r\n");
  bench_hears (&b, "health answers");
  bench_sent (&b, "AT+B\r");
  bench_tear_down (&b);
}

/* The second try counts for itself: nothing of the first is in its answer. */
static void
test_second_try (void)
{
  Bench b;

  bench_set_up (&b, BENCH_SOCKET, OH_LEXER_TEXT);
  bench_ask (&b, "AT+A?", (OhCommand){ .prefix = "+A:", .limit_ms = 1000, .tries = 2 });
  bench_say (&b, "\r\n+A: half\r\n");
  bench_sent (&b, "AT+A?\r");
  bench_sent (&b, LOOK);
  bench_say (&b, "\r\nOK\r\n");
  bench_sent (&b, "AT+A?\r");
  bench_say (&b, "\r\n+A: whole\r\n\r\nOK\r\n");
  bench_hears (&b, "health late");
  bench_hears (&b, "health answers");
  bench_hears (&b, "AT+A?: OK +A: whole");
  bench_tear_down (&b);
}

/* Whether anything is there at all: no recovery, only the command again; then silence is waited
 * for, as answers may be on their way. */
static void
test_probe (void)
{
  Bench b;

  bench_set_up (&b, BENCH_SOCKET, OH_LEXER_TEXT);
  bench_ask (&b, "AT+A", (OhCommand){ .limit_ms = SOON, .tries = 3, .flags = OH_COMMAND_PROBE });
  bench_ask (&b, "AT+B", (OhCommand){ 0 });
  bench_sent (&b, "AT+A\r");
  bench_sent (&b, "AT+A\r");
  bench_sent (&b, "AT+A\r");
  bench_hears (&b, "AT+A: TIMEOUT");
  bench_say (&b, "\r\nOK\r\n\r\nERROR\r\n\r\nRING\r\n");
  bench_hears (&b, "line RING");
  bench_sent_nothing (&b);
  bench_sent (&b, "AT+B\r");
  bench_say (&b, "\r\nOK\r\n");
  bench_hears (&b, "health answers");
  bench_hears (&b, "AT+B: OK");
  bench_tear_down (&b);
}

/* Both tries are answered, late: the second answer is not the next command's. */
static void
test_answered_twice (void)
{
  Bench b;

  bench_set_up (&b, BENCH_SOCKET, OH_LEXER_TEXT);
  bench_ask (&b, "AT+A", (OhCommand){ .limit_ms = 500, .tries = 9, .flags = OH_COMMAND_PROBE });
  bench_ask (&b, "AT+B", (OhCommand){ 0 });
  bench_sent (&b, "AT+A\r");
  bench_sent (&b, "AT+A\r");
  bench_say (&b, "\r\nOK\r\n\r\nOK\r\n");
  bench_hears (&b, "AT+A: OK");
  bench_sent (&b, "AT+B\r");
  bench_say (&b, "\r\nERROR\r\n");
  bench_hears (&b, "health answers");
  bench_hears (&b, "AT+B: ERROR");
  bench_tear_down (&b);
}

static void
test_mute (void)
{
  Bench b;

  bench_set_up (&b, BENCH_SOCKET, OH_LEXER_TEXT);
  bench_ask (&b, "AT+A", (OhCommand){ .limit_ms = SOON, .tries = 2 });
  bench_ask (&b, "AT+B", (OhCommand){ 0 });
  bench_ask (&b, "AT+C", (OhCommand){ 0 });
  bench_hears (&b, "health late");
  bench_hears (&b, "AT+A: NOT_RESPONDING");
  bench_hears (&b, "AT+B: NOT_RESPONDING");
  bench_hears (&b, "AT+C: NOT_RESPONDING");
  bench_hears (&b, "health mute");
  bench_sent (&b, "AT+A\r" LOOK LOOK LOOK);
  /* Mute still: a command costs a look, and is not told again. */
  bench_ask (&b, "AT+D", (OhCommand){ 0 });
  bench_hears (&b, "AT+D: NOT_RESPONDING");
  bench_sent (&b, LOOK LOOK LOOK);
  bench_heard_nothing (&b);
  /* What it says by itself counts; the next command heals. */
  bench_say (&b, "\r\nRING\r\n");
  bench_hears (&b, "line RING");
  bench_ask (&b, "AT+E", (OhCommand){ 0 });
  bench_sent (&b, LOOK);
  bench_say (&b, "\r\nOK\r\n");
  bench_hears (&b, "health answers");
  bench_sent (&b, "AT+E\r");
  bench_say (&b, "\r\nOK\r\n");
  bench_hears (&b, "AT+E: OK");
  bench_ask (&b, "AT+F", (OhCommand){ 0 });
  bench_sent (&b, "AT+F\r");
  bench_tear_down (&b);
}

static void
test_abort_unanswered (void)
{
  Bench b;

  bench_set_up (&b, BENCH_SOCKET, OH_LEXER_TEXT);
  bench_ask (&b, "ATD5;", (OhCommand){ .limit_ms = 600000 });
  bench_ask (&b, "AT+CHUP", (OhCommand){ 0 });
  g_assert_true (oh_channel_abort (b.channel));
  bench_hears (&b, "ATD5;: TIMEOUT");
  bench_hears (&b, "health late");
  bench_sent (&b, "ATD5;\r\r" LOOK);
  bench_say (&b, "\r\nOK\r\n");
  bench_hears (&b, "health answers");
  bench_sent (&b, "AT+CHUP\r");
  bench_tear_down (&b);
}

static void
begin_stream (Bench *b)
{
  bench_ask (b, "AT+VRX", (OhCommand){ .flags = OH_COMMAND_STREAM });
  bench_say (b, "\r\nCONNECT\r\n");
  bench_hears (b, "AT+VRX: CONNECT");
}

/* <DLE>! is not answered: voice is over all the same, and the command comes to its turn. */
static void
test_stream_stays (void)
{
  Bench b;

  bench_set_up (&b, BENCH_SOCKET, OH_LEXER_DLE);
  begin_stream (&b);
  bench_ask (&b, "AT+VLS=0", (OhCommand){ 0 });
  bench_sent (&b, "AT+VRX\r\x10!");
  bench_hears (&b, "health late");
  g_assert_false (oh_channel_in_stream (b.channel));
  /* Voice goes on: the modem hears no command before it has ended. */
  bench_sent (&b, "\x10!" LOOK);
  bench_say (&b, "voice");
  bench_sent (&b, "\x10!" LOOK);
  bench_say (&b, "voice\x10\x03\r\nOK\r\n");
  bench_hears (&b, "code 03");
  bench_hears (&b, "line voicevoice"); /* taken for text */
  bench_hears (&b, "health answers");
  bench_sent (&b, "AT+VLS=0\r");
  bench_say (&b, "\r\nOK\r\n");
  bench_hears (&b, "AT+VLS=0: OK");
  bench_tear_down (&b);
}

static gsize
memory_in_use (void)
{
  return mallinfo2 ().uordblks;
}

/* 1 MB of anything costs no memory and little time, and the next line is heard. */
static void
test_endless_line (gconstpointer byte)
{
  g_autofree char *chunk = g_strnfill (4096, *(const char *)byte);
  gsize before;
  clock_t began;
  Bench b;

  bench_set_up (&b, BENCH_SOCKET, OH_LEXER_TEXT);
  bench_ask (&b, "AT+A", (OhCommand){ .prefix = "" });
  bench_sent (&b, "AT+A\r");
  before = memory_in_use ();
  began = clock ();
  for (guint i = 0; i < 256; i++)
    bench_say_bytes (&b, chunk, 4096);
  bench_say (&b, "\r\nRING\r\n\r\nOK\r\n");
  while (bench_count (&b, "AT+A: *") == 0)
    g_main_context_iteration (NULL, TRUE);
  /* Bytes are looked at once: many times the bar, to be safe on a machine that is slow. */
  g_assert_cmpfloat ((double)(clock () - began) / CLOCKS_PER_SEC, <, 2.0);
  g_assert_cmpuint (memory_in_use (), <, before + 100000);
  g_assert_cmpuint (bench_count (&b, "line RING"), <=, 1);
  g_assert_cmpuint (b.counters.truncated_lines, ==, *(const char *)byte == 'x' ? 1 : 0);
  bench_tear_down (&b);
}

/* An answer without end is cut; what is too much is counted. */
static void
test_endless_answer (void)
{
  Bench b;

  bench_set_up (&b, BENCH_SOCKET, OH_LEXER_TEXT);
  bench_ask (&b, "AT+CLCC", (OhCommand){ .prefix = "+CLCC:" });
  for (guint i = 0; i < 1000; i++)
    bench_say (&b, "+CLCC: 1\r\n");
  bench_say (&b, "\r\nOK\r\n");
  bench_hears (&b, "AT+CLCC: OK +CLCC: 1|*");
  g_assert_cmpuint (b.counters.unknown_lines, ==, 1000 - 64);
  bench_tear_down (&b);
}

static void
test_nul (void)
{
  static const char bytes[] = "\0\0\r\nRI\0NG\r\n\0\r\nO\0K\0\r\n";
  Bench b;

  bench_set_up (&b, BENCH_SOCKET, OH_LEXER_TEXT);
  bench_ask (&b, "AT+A", (OhCommand){ 0 });
  bench_say_bytes (&b, bytes, sizeof bytes);
  bench_hears (&b, "line RING");
  bench_hears (&b, "AT+A: OK");
  bench_heard_nothing (&b);
  bench_tear_down (&b);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/channel-faults/late-answer", test_late_answer);
  g_test_add_func ("/channel-faults/later-answer", test_later_answer);
  g_test_add_func ("/channel-faults/babble", test_babble);
  g_test_add_func ("/channel-faults/behind", test_behind);
  g_test_add_func ("/channel-faults/not-behind", test_not_behind);
  g_test_add_func ("/channel-faults/asked-when-late", test_asked_when_late);
  g_test_add_func ("/channel-faults/tries", test_tries);
  g_test_add_func ("/channel-faults/second-try", test_second_try);
  g_test_add_func ("/channel-faults/probe", test_probe);
  g_test_add_func ("/channel-faults/answered-twice", test_answered_twice);
  g_test_add_func ("/channel-faults/mute", test_mute);
  g_test_add_func ("/channel-faults/abort-unanswered", test_abort_unanswered);
  g_test_add_func ("/channel-faults/stream-stays", test_stream_stays);
  g_test_add_data_func ("/channel-faults/endless-line/text", "x", test_endless_line);
  g_test_add_data_func ("/channel-faults/endless-line/nul", "", test_endless_line);
  g_test_add_data_func ("/channel-faults/endless-line/cr", "\r", test_endless_line);
  g_test_add_func ("/channel-faults/endless-answer", test_endless_answer);
  g_test_add_func ("/channel-faults/nul", test_nul);
  return g_test_run ();
}
