// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/channel-bench.h"

/* Commands, their answers, and what stands between them. What goes wrong: test-channel-faults.c. */

static void
test_one_in_flight (void)
{
  Bench b;

  bench_set_up (&b, BENCH_SOCKET, OH_LEXER_TEXT);
  bench_ask (&b, "AT+A", (OhCommand){ 0 });
  bench_ask (&b, "AT+B", (OhCommand){ 0 });
  bench_ask (&b, "AT+C", (OhCommand){ 0 });
  bench_sent (&b, "AT+A\r");
  bench_say (&b, "\r\nOK\r\n");
  bench_hears (&b, "AT+A: OK");
  bench_sent (&b, "AT+B\r");
  bench_say (&b, "\r\nERROR\r\n");
  bench_hears (&b, "AT+B: ERROR");
  bench_sent (&b, "AT+C\r");
  bench_say (&b, "\r\n+CME ERROR: 30\r\n");
  bench_hears (&b, "AT+C: CME 30");
  bench_sent_nothing (&b);
  g_assert_cmpuint (b.counters.commands, ==, 3);
  bench_tear_down (&b);
}

static void
test_first (void)
{
  Bench b;

  bench_set_up (&b, BENCH_SOCKET, OH_LEXER_TEXT);
  bench_ask (&b, "AT+A", (OhCommand){ 0 });
  bench_ask (&b, "AT+B", (OhCommand){ 0 });
  bench_ask (&b, "AT+URGENT", (OhCommand){ .flags = OH_COMMAND_FIRST });
  bench_sent (&b, "AT+A\r");
  bench_say (&b, "\r\nOK\r\n");
  bench_sent (&b, "AT+URGENT\r");
  bench_say (&b, "\r\nOK\r\n");
  bench_sent (&b, "AT+B\r");
  bench_say (&b, "\r\nOK\r\n");
  bench_hears (&b, "AT+A: OK");
  bench_hears (&b, "AT+URGENT: OK");
  bench_hears (&b, "AT+B: OK");
  bench_tear_down (&b);
}

static gboolean
never (gpointer user_data)
{
  return FALSE;
}

/* What nobody wants any more when its turn comes is not sent; its callback may ask and close. */
static void
test_unwanted (void)
{
  Bench b;

  bench_set_up (&b, BENCH_SOCKET, OH_LEXER_TEXT);
  b.ask_on = "AT+B: *";
  bench_ask (&b, "AT+A", (OhCommand){ 0 });
  bench_ask (&b, "AT+B", (OhCommand){ .wanted = never });
  bench_ask (&b, "AT+C", (OhCommand){ 0 });
  bench_sent (&b, "AT+A\r");
  bench_say (&b, "\r\nOK\r\n");
  bench_hears (&b, "AT+A: OK");
  bench_hears (&b, "AT+B: CANCELLED");
  bench_sent (&b, "AT+C\r");
  bench_say (&b, "\r\nOK\r\n");
  bench_hears (&b, "AT+C: OK");
  bench_sent (&b, "AT+THEN\r");
  bench_say (&b, "\r\nOK\r\n");
  bench_hears (&b, "AT+THEN: OK");
  b.close_on = "AT+D: *";
  bench_ask (&b, "AT+D", (OhCommand){ .wanted = never });
  bench_hears (&b, "AT+D: CANCELLED");
  g_assert_null (b.channel);
  bench_sent_nothing (&b);
  bench_tear_down (&b);
}

static void
test_echo (void)
{
  static const char *const forms[] = {
    "AT+CGMM\r\r\nMODEL\r\n\r\nOK\r\n", /* as V.250 has it */
    "AT+CGMM\rMODEL\rOK\r",             /* bare CR */
    "\r\nAT+CGMM\r\nMODEL\r\n\r\nOK\r\n",
    "AT+CGMM\r\r\r\nMODEL\r\r\n\r\r\nOK\r\r\n",
    "\r\nMODEL\r\n\r\nOK\r\n", /* none */
  };

  for (guint i = 0; i < G_N_ELEMENTS (forms); i++)
    {
      Bench b;

      bench_set_up (&b, BENCH_SOCKET, OH_LEXER_TEXT);
      bench_ask (&b, "AT+CGMM", (OhCommand){ .prefix = "" });
      bench_say (&b, forms[i]);
      bench_hears (&b, "AT+CGMM: OK MODEL");
      bench_heard_nothing (&b);
      bench_tear_down (&b);
    }
}

/* Bare text is the answer; what has another command's sign in front is not. */
static void
test_bare_text (void)
{
  Bench b;

  bench_set_up (&b, BENCH_SOCKET, OH_LEXER_TEXT);
  bench_ask (&b, "AT+CGMR", (OhCommand){ .prefix = "" });
  bench_say (&b, "\r\n+CREG: 1\r\n\r\n^RSSI: 9\r\n\r\n+CGMR: 1.2\r\n\r\nREV 3\r\n\r\nOK\r\n");
  bench_hears (&b, "line +CREG: 1");
  bench_hears (&b, "line ^RSSI: 9");
  bench_hears (&b, "AT+CGMR: OK +CGMR: 1.2|REV 3");
  bench_ask (&b, "AT+CGMM", (OhCommand){ .prefix = NULL });
  bench_say (&b, "\r\nMODEL\r\n\r\nOK\r\n");
  bench_hears (&b, "line MODEL");
  bench_hears (&b, "AT+CGMM: OK");
  bench_tear_down (&b);
}

#define ROW_1 "+CLCC: 1,1,4,0,0"
#define ROW_2 "+CLCC: 2,1,5,0,0"

/* Unsolicited lines before, inside and behind the answer, in one write. */
static void
test_unsolicited (void)
{
  Bench b;

  bench_set_up (&b, BENCH_SOCKET, OH_LEXER_TEXT);
  bench_ask (&b, "AT+CLCC", (OhCommand){ .prefix = "+CLCC:" });
  bench_ask (&b, "AT+CREG?", (OhCommand){ .prefix = "+CREG:" });
  bench_say (&b, "\r\nRING\r\n\r\n+CREG: 5\r\n\r\n" ROW_1 "\r\n\r\n+CLIP: \"5551234\",129\r\n"
                 "\r\n" ROW_2 "\r\n\r\nRING\r\n\r\nOK\r\n\r\n+CCWA: \"5\",129,1\r\n" ROW_1 "\r\n");
  bench_hears (&b, "line RING");
  bench_hears (&b, "line +CREG: 5");
  bench_hears (&b, "line +CLIP: \"5551234\",129");
  bench_hears (&b, "line RING");
  bench_hears (&b, "AT+CLCC: OK " ROW_1 "|" ROW_2);
  bench_hears (&b, "line +CCWA: \"5\",129,1");
  bench_hears (&b, "line " ROW_1);
  bench_sent (&b, "AT+CLCC\rAT+CREG?\r");
  bench_say (&b, "\r\n+CREG: 1,1\r\n\r\nOK\r\n");
  bench_hears (&b, "AT+CREG?: OK +CREG: 1,1");
  g_assert_cmpuint (b.counters.stray_results, ==, 0);
  bench_tear_down (&b);
}

/* A byte at a time, as over a slow UART. */
static void
test_byte_by_byte (void)
{
  static const char text[]
      = "\r\nRING\r\n\r\n" ROW_1 "\r\n\r\nNO CARRIER\r\n\r\nOK\r\n\r\nRING\r\n";
  Bench b;

  bench_set_up (&b, BENCH_SOCKET, OH_LEXER_TEXT);
  bench_ask (&b, "AT+CLCC", (OhCommand){ .prefix = "+CLCC:" });
  for (const char *c = text; *c != '\0'; c++)
    {
      bench_say_bytes (&b, c, 1);
      while (g_main_context_iteration (NULL, FALSE))
        ;
    }
  bench_hears (&b, "line RING");
  bench_hears (&b, "line NO CARRIER");
  bench_hears (&b, "AT+CLCC: OK " ROW_1);
  bench_hears (&b, "line RING");
  bench_heard_nothing (&b);
  bench_tear_down (&b);
}

/* NO CARRIER and its kin end D, A, H and O; inside anything else they are events. */
static void
test_finals (void)
{
  static const char *const enders[] = { "ATD5;", "ATDT5", "ATA", "ATH", "ATO" };
  static const char *const others[]
      = { "AT+CLCC", "AT+CHUP", "AT+VLS=0", "AT+FCLASS=8", "ATE0V1", "AT" };
  static const char *const kin[]
      = { "NO CARRIER", "NO DIALTONE", "BUSY", "NO ANSWER", "DELAYED", "BLACKLISTED" };
  Bench b;

  bench_set_up (&b, BENCH_SOCKET, OH_LEXER_TEXT);
  for (guint i = 0; i < G_N_ELEMENTS (kin); i++)
    {
      g_autofree char *line = g_strdup_printf ("\r\n%s\r\n", kin[i]);
      g_autofree char *event = g_strdup_printf ("line %s", kin[i]);

      for (guint j = 0; j < G_N_ELEMENTS (enders); j++)
        {
          g_autofree char *ended = g_strdup_printf ("%s: %s", enders[j], kin[i]);

          bench_ask (&b, enders[j], (OhCommand){ 0 });
          bench_say (&b, line);
          bench_hears (&b, ended);
        }
      for (guint j = 0; j < G_N_ELEMENTS (others); j++)
        {
          g_autofree char *ended = g_strdup_printf ("%s: OK", others[j]);

          bench_ask (&b, others[j], (OhCommand){ .prefix = "" });
          bench_say (&b, line);
          bench_say (&b, "\r\nOK\r\n");
          bench_hears (&b, event);
          bench_hears (&b, ended);
        }
    }
  bench_tear_down (&b);
}

/* RING and RINGING end nothing; VCON anything; CONNECT only D, A and what asks for a stream. */
static void
test_progress (void)
{
  Bench b;

  bench_set_up (&b, BENCH_SOCKET, OH_LEXER_DLE);
  bench_ask (&b, "ATDT5", (OhCommand){ 0 });
  bench_say (&b, "\r\nRINGING\r\n\r\nRING\r\n\r\nVCON\r\n");
  bench_hears (&b, "line RINGING");
  bench_hears (&b, "line RING");
  bench_hears (&b, "ATDT5: VCON");
  bench_ask (&b, "ATDT5", (OhCommand){ 0 });
  bench_say (&b, "\r\nCONNECT 9600\r\n");
  bench_hears (&b, "ATDT5: CONNECT");
  g_assert_false (oh_channel_in_stream (b.channel));
  bench_ask (&b, "AT+VRX", (OhCommand){ 0 });
  bench_say (&b, "\r\nCONNECT\r\n\r\nOK\r\n");
  bench_hears (&b, "line CONNECT");
  bench_hears (&b, "AT+VRX: OK");
  bench_tear_down (&b);
}

static void
test_stray (void)
{
  Bench b;

  bench_set_up (&b, BENCH_SOCKET, OH_LEXER_TEXT);
  bench_say (&b, "\r\nOK\r\n\r\nERROR\r\n\r\n+CME ERROR: 4\r\n\r\nNO CARRIER\r\n");
  bench_hears (&b, "line NO CARRIER");
  g_assert_cmpuint (b.counters.stray_results, ==, 3);
  bench_ask (&b, "AT+A", (OhCommand){ 0 });
  bench_sent (&b, "AT+A\r");
  bench_heard_nothing (&b);
  oh_channel_unknown (b.channel, "+XYZ");
  g_assert_cmpuint (b.counters.unknown_lines, ==, 1);
  bench_tear_down (&b);
}

/* While D or A runs nothing is sent; one byte ends it. */
static void
test_dialing (gconstpointer command)
{
  g_autofree char *sent = g_strconcat (command, "\r", NULL);
  g_autofree char *ended = g_strconcat (command, ": NO CARRIER", NULL);
  Bench b;

  bench_set_up (&b, BENCH_SOCKET, OH_LEXER_TEXT);
  bench_ask (&b, command, (OhCommand){ 0 });
  bench_sent (&b, sent);
  g_assert_true (oh_channel_is_dialing (b.channel));
  bench_ask (&b, "AT+CLCC", (OhCommand){ 0 });
  bench_ask (&b, "AT+CHUP", (OhCommand){ .flags = OH_COMMAND_FIRST });
  bench_say (&b, "\r\nRING\r\n");
  bench_hears (&b, "line RING");
  bench_sent_nothing (&b);
  g_assert_true (oh_channel_abort (b.channel));
  bench_sent (&b, "\r");
  g_assert_true (oh_channel_abort (b.channel));
  bench_sent_nothing (&b);
  bench_say (&b, "\r\nNO CARRIER\r\n");
  bench_hears (&b, ended);
  g_assert_false (oh_channel_is_dialing (b.channel));
  bench_sent (&b, "AT+CHUP\r");
  bench_say (&b, "\r\nOK\r\n");
  bench_sent (&b, "AT+CLCC\r");
  bench_tear_down (&b);
}

static void
test_nothing_to_abort (void)
{
  Bench b;

  bench_set_up (&b, BENCH_SOCKET, OH_LEXER_TEXT);
  g_assert_false (oh_channel_abort (b.channel));
  bench_ask (&b, "AT+CLCC", (OhCommand){ 0 });
  bench_ask (&b, "ATD5;", (OhCommand){ 0 });
  bench_sent (&b, "AT+CLCC\r");
  g_assert_false (oh_channel_abort (b.channel));
  g_assert_false (oh_channel_is_dialing (b.channel));
  bench_sent_nothing (&b);
  bench_tear_down (&b);
}

static void
begin_stream (Bench *b)
{
  bench_set_up (b, BENCH_SOCKET, OH_LEXER_DLE);
  bench_ask (b, "AT+VRX", (OhCommand){ .flags = OH_COMMAND_STREAM });
  bench_sent (b, "AT+VRX\r");
  bench_say (b, "\r\nCONNECT\r\n\x80\x7f\r\nRING\r\n\r\nOK\r\n\x80\x10\x35\x80\x10\x10\x80");
  bench_hears (b, "AT+VRX: CONNECT");
  g_assert_true (oh_channel_in_stream (b->channel));
}

static void
assert_voice (Bench *b, const char *voice, gsize n)
{
  g_assert_cmpmem (b->voice->str, b->voice->len, voice, n);
  g_string_truncate (b->voice, 0);
}

/* Voice is no text, whatever it looks like; its shielding is undone, and codes in it are heard. */
static void
test_stream (void)
{
  Bench b;

  begin_stream (&b);
  bench_hears (&b, "code 5");
  assert_voice (&b, "\x80\x7f\r\nRING\r\n\r\nOK\r\n\x80\x80\x10\x80", 20);
  bench_say (&b, "\x41\x10");
  bench_say (&b, "\x1a\x42\x10" /* two of <DLE>, and a <DLE> at the end of a read */);
  bench_say (&b, "7\x43");
  bench_hears (&b, "code 7");
  assert_voice (&b, "\x41\x10\x10\x42\x43", 5);
  bench_say (&b, "\x10X\r\nNMBR = 5\r\n\x10.\x80\r\nNO CARRIER\r\n\x10"
                 "b");
  bench_hears (&b, "code X");
  bench_hears (&b, "line NMBR = 5");
  bench_hears (&b, "code .");
  bench_hears (&b, "code b");
  bench_heard_nothing (&b);
  bench_sent_nothing (&b);
  bench_tear_down (&b);
}

/* A command ends the stream first, and waits for its end. */
static void
test_command_in_stream (void)
{
  Bench b;

  begin_stream (&b);
  bench_hears (&b, "code 5");
  bench_ask (&b, "AT+VTS=1", (OhCommand){ 0 });
  bench_sent (&b, "\x10!");
  bench_ask (&b, "AT+VTS=2", (OhCommand){ 0 });
  bench_say (&b, "\x80\x80\x10"
                 "q\x80");
  bench_hears (&b, "code q");
  bench_sent_nothing (&b);
  bench_say (&b, "\x10\x03\r\nOK\r\n");
  bench_hears (&b, "code 03");
  bench_sent (&b, "AT+VTS=1\r");
  g_assert_false (oh_channel_in_stream (b.channel));
  bench_say (&b, "\r\nOK\r\n");
  bench_hears (&b, "AT+VTS=1: OK");
  bench_sent (&b, "AT+VTS=2\r");
  bench_say (&b, "\x10R\r\nOK\r\n");
  bench_hears (&b, "code R");
  bench_hears (&b, "AT+VTS=2: OK");
  bench_tear_down (&b);
}

/* The modem ends it by itself. */
static void
test_stream_ends (void)
{
  Bench b;

  begin_stream (&b);
  bench_hears (&b, "code 5");
  bench_say (&b, "\x10\x03\r\nRING\r\n");
  bench_hears (&b, "code 03");
  bench_hears (&b, "line RING");
  bench_ask (&b, "AT", (OhCommand){ 0 });
  bench_sent (&b, "AT\r");
  bench_tear_down (&b);
}

/* Lost voice is counted, and no more than told of. */
static void
test_lost_voice (void)
{
  static const char text[] = "\x80\x10o\x80\x10u\x10o\x10Y\x10"
                             "E\x10o\x10\x10u\x80";
  Bench b;

  begin_stream (&b);
  bench_hears (&b, "code 5");
  bench_say_bytes (&b, text, sizeof text - 1);
  for (const char *code = "ouoYEo"; *code != '\0'; code++)
    {
      g_autofree char *heard = g_strdup_printf ("code %c", *code);

      bench_hears (&b, heard);
    }
  bench_heard_nothing (&b);
  g_assert_cmpuint (b.counters.overruns, ==, 3);
  g_assert_cmpuint (b.counters.underruns, ==, 1);
  g_assert_cmpuint (b.counters.voice_lost, ==, 1);
  g_assert_cmpuint (b.counters.voice_refused, ==, 1);
  bench_tear_down (&b);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/channel/one-in-flight", test_one_in_flight);
  g_test_add_func ("/channel/first", test_first);
  g_test_add_func ("/channel/unwanted", test_unwanted);
  g_test_add_func ("/channel/echo", test_echo);
  g_test_add_func ("/channel/bare-text", test_bare_text);
  g_test_add_func ("/channel/unsolicited", test_unsolicited);
  g_test_add_func ("/channel/byte-by-byte", test_byte_by_byte);
  g_test_add_func ("/channel/finals", test_finals);
  g_test_add_func ("/channel/progress", test_progress);
  g_test_add_func ("/channel/stray", test_stray);
  g_test_add_data_func ("/channel/dialing", "ATD5551234;", test_dialing);
  g_test_add_data_func ("/channel/answering", "ATA", test_dialing);
  g_test_add_func ("/channel/nothing-to-abort", test_nothing_to_abort);
  g_test_add_func ("/channel/stream", test_stream);
  g_test_add_func ("/channel/command-in-stream", test_command_in_stream);
  g_test_add_func ("/channel/lost-voice", test_lost_voice);
  g_test_add_func ("/channel/stream-ends", test_stream_ends);
  return g_test_run ();
}
