// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/at/lexer.h"

#include <string.h>
#include <time.h>

#define DLE "\x10"
#define ETX "\x03"
#define SUB "\x1a"
#define BYTES(text) text, sizeof text - 1
#define MEGABYTE (1024 * 1024)

/* Lines as "[text]", echo "E", prompt "P", codes "<R>" or "<1a>", samples "41 ", end "END". */
static void
note (GString *found, const OhLexer *lexer, OhToken token)
{
  switch (token)
    {
    case OH_TOKEN_NONE:
      break;
    case OH_TOKEN_LINE:
      g_assert_cmpuint (lexer->length, ==, strlen (lexer->text));
      g_string_append_printf (found, "[%s]", lexer->text);
      break;
    case OH_TOKEN_LINE_CUT:
      g_assert_cmpuint (lexer->length, ==, strlen (lexer->text));
      g_string_append_printf (found, "[cut at %u]", lexer->length);
      break;
    case OH_TOKEN_ECHO:
      g_string_append_c (found, 'E');
      break;
    case OH_TOKEN_PROMPT:
      g_string_append_c (found, 'P');
      break;
    case OH_TOKEN_DLE:
      g_string_append_printf (found, g_ascii_isgraph (lexer->code) ? "<%c>" : "<%02x>",
                              lexer->code);
      break;
    case OH_TOKEN_SAMPLE:
      g_string_append_printf (found, "%02x ", lexer->code);
      break;
    case OH_TOKEN_SAMPLE_TWO:
      g_string_append_printf (found, "%02x %02x ", lexer->code, lexer->code);
      break;
    case OH_TOKEN_STREAM_END:
      g_string_append (found, "END");
      break;
    }
}

static void
feed (OhLexer *lexer, const char *bytes, gsize length, GString *found)
{
  for (gsize i = 0; i < length; i++)
    note (found, lexer, oh_lexer_feed (lexer, (guint8)bytes[i]));
}

static void
assert_tokens (OhLexer *lexer, const char *bytes, gsize length, const char *expected)
{
  g_autoptr (GString) found = g_string_new (NULL);

  feed (lexer, bytes, length, found);
  g_assert_cmpstr (found->str, ==, expected);
}

typedef struct
{
  const char *bytes;
  gsize length;
  const char *tokens;
} Case;

static const Case texts[] = {
  { BYTES (""), "" },
  { BYTES ("OK"), "" },
  { BYTES ("\r\n\r\n\n\r"), "" },
  /* the framings seen in the field */
  { BYTES ("\r\nRING\r\n"), "[RING]" },
  { BYTES ("\r\nDATE = 0822\r\nTIME = 2225\r\nNMBR = 5551234\r\n"),
    "[DATE = 0822][TIME = 2225][NMBR = 5551234]" },
  { BYTES ("\r\n+CLCC: 1,1,4,0,0\r\n+CLCC: 2,1,5,0,0\r\n\r\nOK\r\n"),
    "[+CLCC: 1,1,4,0,0][+CLCC: 2,1,5,0,0][OK]" },
  { BYTES ("\r\r\n+CRING: VOICE\r\r\n\r\r\n+RXDTMF: 5\r\r\n"), "[+CRING: VOICE][+RXDTMF: 5]" },
  { BYTES ("AT+CSQ\r\r\n+CSQ: 20,99\r\n\r\nOK\r\n"), "[AT+CSQ][+CSQ: 20,99][OK]" },
  { BYTES ("\nNO CARRIER\r\n\nCONNECT\r\n"), "[NO CARRIER][CONNECT]" },
  { BYTES ("+CSSI: 1\r\n\r\nOK\r\n"), "[+CSSI: 1][OK]" },
  { BYTES ("\r\n\r\n+CSSU: 2\r\n\r\n\r\n+CMS ERROR: 500\r\n"), "[+CSSU: 2][+CMS ERROR: 500]" },
  { BYTES ("ERROR+CNUM: \"\",\"+49\",145\r\n"), "[ERROR+CNUM: \"\",\"+49\",145]" },
  { BYTES ("0\r4\r3\r"), "[0][4][3]" },
  { BYTES ("\r\nRING\r\n\r\n\r\n\r\n\r\nDATE=0822\r\n"), "[RING][DATE=0822]" },
  { BYTES ("\0\0\0\r\n\0O\0K\0\r\n"), "[OK]" },
  { BYTES ("\xff\xfe\x80~\r\nOK\r\n"), "[\xff\xfe\x80~][OK]" },
  { BYTES ("\r\n+U\r\n1,\r\nRING\r\n"), "[+U][1,][RING]" },
  /* programs: bare CR; a mix; blocks without a leading end; result and report in one read */
  { BYTES ("OK\rRING\r"), "[OK][RING]" },
  { BYTES ("\r\n\rOK\r"), "[OK]" },
  { BYTES ("RING\r\nDATE=1122\r\nNMBR = \r\n"), "[RING][DATE=1122][NMBR = ]" },
  { BYTES ("\r\nOK\r\n\r\nRING\r\n"), "[OK][RING]" },
  { BYTES ("\xff\xfa,RING\r\n"), "[\xff\xfa,RING]" },
  /* in the text mode a <DLE> is a byte */
  { BYTES ("\r\n+X: " DLE "R\r\n"), "[+X: " DLE "R]" },
  /* prompts */
  { BYTES ("\r\n> "), "P" },
  { BYTES ("\r\n> > text\r\nOK\r\n"), "PP[text][OK]" },
  { BYTES ("> \r\n> \r\nOK\r\n"), "PP[OK]" },
  { BYTES ("\0>\0 x\r"), "P[x]" },
  { BYTES (">\r\n >x> \r\na> \r\n>x\r"), "[>][ >x> ][a> ][>x]" },
};

static const Case codes[] = {
  { BYTES ("\r\nRING\r\n\r\nOK\r\n"), "[RING][OK]" },
  { BYTES (DLE "R" DLE "5" DLE "/" DLE "5" DLE "~"), "<R><5></><5><~>" },
  { BYTES (DLE "/" DLE "5" DLE "5" DLE "5" DLE "~"), "</><5><5><5><~>" },
  { BYTES (DLE "0" DLE "9" DLE "*" DLE "#" DLE "A" DLE "D"), "<0><9><*><#><A><D>" },
  { BYTES (DLE "r" DLE "b" DLE "K" DLE "d" DLE "i" DLE "a" DLE "c" DLE "m" DLE "e" DLE "f"),
    "<r><b><K><d><i><a><c><m><e><f>" },
  { BYTES (DLE "s" DLE "q" DLE "H" DLE "h" DLE "P" DLE "p" DLE "t" DLE "l" DLE "L" DLE "w"),
    "<s><q><H><h><P><p><t><l><L><w>" },
  { BYTES (DLE "v" DLE "V" DLE "J" DLE "$" DLE "u" DLE "o" DLE "Y" DLE "E" DLE "T" DLE "Q"),
    "<v><V><J><$><u><o><Y><E><T><Q>" },
  { BYTES (DLE "S" DLE "\x14" DLE ETX), "<S><14><03>" },
  /* inside a line, and cut anywhere */
  { BYTES ("\r\nRI" DLE "RNG" DLE "5\r" DLE "q\n"), "<R><5>[RING]<q>" },
  { BYTES (DLE "RRING\r\n"), "<R>[RING]" },
  { BYTES ("OK\r" DLE "b\nOK\r\n"), "[OK]<b>[OK]" },
  { BYTES (DLE "\0OK\r"), "<00>[OK]" },
  { BYTES ("O" DLE DLE "K\r" DLE SUB "\n"), "<10>[OK]<1a>" },
  { BYTES (DLE DLE DLE DLE "OK\r"), "<10><10>[OK]" },
  /* a line end is never a code */
  { BYTES ("RING" DLE "\rOK" DLE "\nBUSY\r"), "[RING][OK][BUSY]" },
  /* the Mac mini's report in two parts, a code glued to the tag */
  { BYTES (DLE "R" DLE "X\r\n\r\nDATE=0822\r\nTIME=2225\r\nNMBR=5551234\r\n" DLE "." DLE
               "XNAME=BOB\r\n" DLE "."),
    "<R><X>[DATE=0822][TIME=2225][NMBR=5551234]<.><X>[NAME=BOB]<.>" },
  { BYTES (DLE "XDRON=11\r\n" DLE ".\r\n> "), "<X>[DRON=11]<.>P" },
};

static const Case streams[] = {
  { BYTES ("A\0\r\n\xff" DLE DLE DLE SUB "B"), "41 00 0d 0a ff 10 10 10 42 " },
  { BYTES ("\n" DLE "5" DLE "/" DLE "\r" DLE "\0"), "0a <5></><0d><00>" },
  { BYTES ("A" DLE ETX "\r\nOK\r\nRI" DLE "bNG\r\n"), "41 END[OK]<b>[RING]" },
  { BYTES (DLE DLE ETX DLE DLE "5"), "10 03 10 35 " },
  { BYTES (DLE "." DLE "s"), "<.><s>" },
  /* reports inside of it */
  { BYTES ("A" DLE "X\r\nDATE=0822\r\nNMBR=5551234\r\n" DLE ".B\r"),
    "41 <X>[DATE=0822][NMBR=5551234]<.>42 0d " },
  { BYTES (DLE "XNMBR" DLE "5=\0" DLE DLE "1\r" DLE "."), "<X><5>10 [NMBR=1]<.>" },
  { BYTES (DLE "XNMBR=1" DLE "." DLE ".B"), "<X>[NMBR=1]<.>42 " },
  { BYTES (DLE "XNMBR=1\r" DLE "XNAME=B\r" DLE ".B"), "<X>[NMBR=1]<X>[NAME=B]<.>42 " },
  { BYTES (DLE "XNMB" DLE "XNAME=B\r" DLE ".B"), "<X><X>[NAME=B]<.>42 " },
  { BYTES (DLE "XNMBR=1" DLE ETX "\r\nOK\r\n"), "<X>END[OK]" },
};

static void
assert_cases (OhLexerMode mode, const Case *cases, gsize n)
{
  for (gsize i = 0; i < n; i++)
    {
      OhLexer lexer;

      oh_lexer_init (&lexer, mode);
      assert_tokens (&lexer, cases[i].bytes, cases[i].length, cases[i].tokens);
    }
}

static void
test_text (void)
{
  assert_cases (OH_LEXER_TEXT, texts, G_N_ELEMENTS (texts));
}

/* Without a <DLE> the landline's mode reads the same. */
static void
test_text_with_codes (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    if (memchr (texts[i].bytes, DLE[0], texts[i].length) == NULL)
      assert_cases (OH_LEXER_DLE, &texts[i], 1);
  assert_cases (OH_LEXER_DLE, codes, G_N_ELEMENTS (codes));
}

static void
test_stream (void)
{
  assert_cases (OH_LEXER_STREAM, streams, G_N_ELEMENTS (streams));
}

static void
test_report_bounded (void)
{
  g_autoptr (GString) found = g_string_new (NULL);
  OhLexer lexer;

  oh_lexer_init (&lexer, OH_LEXER_STREAM);
  assert_tokens (&lexer, BYTES (DLE "XNMBR=1\r"), "<X>[NMBR=1]");
  for (guint i = 0; i < 1024 - strlen ("NMBR=1\r"); i++)
    g_assert_cmpint (oh_lexer_feed (&lexer, 'x'), ==, OH_TOKEN_NONE);
  assert_tokens (&lexer, BYTES ("AB\r" DLE "."), "41 42 0d <.>");
  /* codes count as well, and a <DLE>. at the very end is none of the report */
  feed (&lexer, BYTES (DLE "X"), found);
  for (guint i = 0; i < 511; i++)
    feed (&lexer, BYTES (DLE "s"), found);
  assert_tokens (&lexer, BYTES ("x" DLE ".A"), "<.>41 ");
}

static void
test_set_mode (void)
{
  OhLexer lexer;

  oh_lexer_init (&lexer, OH_LEXER_DLE);
  assert_tokens (&lexer, BYTES ("\r\nCONNECT\r"), "[CONNECT]");
  oh_lexer_set_mode (&lexer, OH_LEXER_STREAM);
  g_assert_cmpstr (lexer.text, ==, "CONNECT");
  assert_tokens (&lexer, BYTES ("\n\nA"), "0a 41 ");
  oh_lexer_set_mode (&lexer, OH_LEXER_STREAM);
  assert_tokens (&lexer, BYTES ("\nA" DLE), "0a 41 ");
  oh_lexer_set_mode (&lexer, OH_LEXER_DLE);
  assert_tokens (&lexer, BYTES ("RING\r"), "[RING]");
  /* no line feed comes: nothing is lost */
  oh_lexer_set_mode (&lexer, OH_LEXER_STREAM);
  assert_tokens (&lexer, BYTES ("A\n" DLE ETX), "41 0a END");
  assert_tokens (&lexer, BYTES ("\r\nCONNECT\n"), "[CONNECT]");
  oh_lexer_set_mode (&lexer, OH_LEXER_STREAM);
  assert_tokens (&lexer, BYTES ("\n" DLE "XNMBR="), "0a <X>");
  /* a report half read */
  oh_lexer_set_mode (&lexer, OH_LEXER_DLE);
  assert_tokens (&lexer, BYTES ("OK\r\n"), "[OK]");
}

static void
test_set_mode_inside_line (void)
{
  OhLexer lexer;

  oh_lexer_init (&lexer, OH_LEXER_TEXT);
  oh_lexer_set_mode (&lexer, OH_LEXER_DLE);
  assert_tokens (&lexer, BYTES ("OK\r\n"), "[OK]");
  oh_lexer_set_mode (&lexer, OH_LEXER_TEXT);
  assert_tokens (&lexer, BYTES ("\r\nRI"), "");
  oh_lexer_set_mode (&lexer, OH_LEXER_DLE);
  oh_lexer_set_mode (&lexer, OH_LEXER_TEXT);
  assert_tokens (&lexer, BYTES ("NG\r\nOK\r"), "[OK]");
  oh_lexer_set_mode (&lexer, OH_LEXER_DLE);
  assert_tokens (&lexer, BYTES ("\nOK\r\nRI"), "[OK]");
  oh_lexer_set_mode (&lexer, OH_LEXER_STREAM);
  assert_tokens (&lexer, BYTES ("A" DLE ETX "OK\r"), "41 END[OK]");
}

static const struct
{
  const char *command, *bytes, *tokens;
} echoes[] = {
  { "AT+CSQ", "AT+CSQ\r\r\n+CSQ: 20,99\r\n\r\nOK\r\n", "E[+CSQ: 20,99][OK]" },
  { "AT+CSQ", "\r\nRING\r\nAT+CSQ\r\r\nOK\r\n", "[RING]E[OK]" },
  { "ATE0", "ATE0\rOK\r", "E[OK]" },
  { "ATE0", "ATE0OK\r\n", "[OK]" },
  { "AT+CSQ", "AT+CSQ+CSQ: 20,99\r\nOK\r\n", "[+CSQ: 20,99][OK]" },
  /* only once */
  { "AT", "AT\rAT\r", "E[AT]" },
  { "AT", "ATOK\rATOK\r", "[OK][ATOK]" },
  /* no echo */
  { "AT+CSQ", "\r\n+CSQ: 20,99\r\n", "[+CSQ: 20,99]" },
  { "AT+CSQ", "AT+CS\rT+CSQ\rAT\r", "[AT+CS][T+CSQ][AT]" },
  { "AT+CSQ", " AT+CSQ\r", "[ AT+CSQ]" },
  { "", "\r\nOK\r\n", "[OK]" },
  { NULL, "AT\rOK\r\n", "[AT][OK]" },
};

static void
test_echo (void)
{
  OhLexer lexer;

  for (guint i = 0; i < G_N_ELEMENTS (echoes); i++)
    {
      oh_lexer_init (&lexer, OH_LEXER_TEXT);
      oh_lexer_expect_echo (&lexer, echoes[i].command);
      assert_tokens (&lexer, echoes[i].bytes, strlen (echoes[i].bytes), echoes[i].tokens);
    }
  oh_lexer_init (&lexer, OH_LEXER_DLE);
  oh_lexer_expect_echo (&lexer, "AT");
  oh_lexer_expect_echo (&lexer, NULL);
  assert_tokens (&lexer, BYTES ("AT\r"), "[AT]");
  oh_lexer_expect_echo (&lexer, "ATD5");
  assert_tokens (&lexer, BYTES ("AT" DLE "RD5\r"), "<R>E");
  g_assert_cmpstr (lexer.text, ==, "ATD5");
}

static void
test_long_echo (void)
{
  g_autofree char *command = g_strnfill (3000, 'A');
  OhLexer lexer;

  oh_lexer_init (&lexer, OH_LEXER_TEXT);
  oh_lexer_expect_echo (&lexer, command);
  assert_tokens (&lexer, command, 3000, "E");
  assert_tokens (&lexer, BYTES ("\rOK\r"), "[OK]");
}

static void
test_long_line (void)
{
  g_autofree char *line = g_strnfill (OH_LEXER_LINE_MAX, 'x');
  OhLexer lexer;

  oh_lexer_init (&lexer, OH_LEXER_DLE);
  assert_tokens (&lexer, line, OH_LEXER_LINE_MAX, "");
  g_assert_cmpint (oh_lexer_feed (&lexer, '\r'), ==, OH_TOKEN_LINE);
  g_assert_cmpstr (lexer.text, ==, line);
  /* one more; a prompt in what is dropped is none, a code is one */
  assert_tokens (&lexer, line, OH_LEXER_LINE_MAX, "");
  assert_tokens (&lexer, BYTES ("x"), "[cut at 1024]");
  g_assert_cmpstr (lexer.text, ==, line);
  assert_tokens (&lexer, BYTES ("> > RING" DLE "5\0OK\nOK\r"), "<5>[OK]");
  /* dropped also over a change of the mode */
  assert_tokens (&lexer, line, OH_LEXER_LINE_MAX, "");
  assert_tokens (&lexer, BYTES ("xx"), "[cut at 1024]");
  oh_lexer_set_mode (&lexer, OH_LEXER_TEXT);
  assert_tokens (&lexer, BYTES ("RING\rOK\r"), "[OK]");
}

static gint64
cpu_us (void)
{
  return (gint64)clock () * G_USEC_PER_SEC / CLOCKS_PER_SEC;
}

static void
test_endless_line (void)
{
  OhLexer lexer;
  guint cuts = 0;

  oh_lexer_init (&lexer, OH_LEXER_TEXT);
  for (guint i = 0; i < MEGABYTE; i++)
    {
      OhToken token = oh_lexer_feed (&lexer, 'x');

      g_assert_true (token == OH_TOKEN_NONE || token == OH_TOKEN_LINE_CUT);
      g_assert_cmpint (token == OH_TOKEN_LINE_CUT, ==, i == OH_LEXER_LINE_MAX);
      cuts += token == OH_TOKEN_LINE_CUT;
    }
  g_assert_cmpuint (cuts, ==, 1);
  assert_tokens (&lexer, BYTES ("RING\r\nRING\r\n"), "[RING]");
}

/* Whatever came, the line behind a line end is right. */
static void
test_random (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (4711);
  OhLexer lexer;

  for (guint round = 0; round < 2000; round++)
    {
      guint length = (guint)g_rand_int_range (random, 0, 3000);

      oh_lexer_init (&lexer, round % 2 == 0 ? OH_LEXER_TEXT : OH_LEXER_DLE);
      oh_lexer_expect_echo (&lexer, "AT");
      for (guint i = 0; i < length; i++)
        {
          oh_lexer_feed (&lexer, (guint8)g_rand_int_range (random, 0, 256));
          g_assert_cmpuint (lexer.length, <=, OH_LEXER_LINE_MAX);
        }
      oh_lexer_feed (&lexer, round % 4 < 2 ? '\r' : '\n');
      assert_tokens (&lexer, BYTES ("RING\r\nOK\r\n"), "[RING][OK]");
    }
}

static void
test_random_stream (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (4712);
  OhLexer lexer;

  for (guint round = 0; round < 2000; round++)
    {
      g_autoptr (GString) ignored = g_string_new (NULL);

      oh_lexer_init (&lexer, OH_LEXER_STREAM);
      for (guint i = 0; i < 500; i++)
        oh_lexer_feed (&lexer, (guint8)g_rand_int_range (random, 0, 256));
      /* ends a <DLE> half read, a stream, and the line that came if there was none */
      feed (&lexer, BYTES ("x" DLE ETX "\n"), ignored);
      assert_tokens (&lexer, BYTES ("RING\r\nOK\r\n"), "[RING][OK]");
    }
}

/* Every byte costs a few nanoseconds, whatever it is. The wide limit is for sanitizers and
 * valgrind; a cost that grows with the line breaks it all the same. */
static void
test_speed (void)
{
  const struct
  {
    const char *name, *unit;
  } inputs[] = {
    { "calls", "\r\nRING\r\n\r\n+CLIP: \"+491234567\",145,,,\"Doe, John\",0\r\n" },
    { "line ends", "\r\n" },
    { "short lines", "A\n" },
    { "one line", "A" },
    { "prompts", "> " },
    { "codes", DLE "5" },
    { "random", NULL },
  };
  g_autoptr (GRand) random = g_rand_new_with_seed (4713);
  g_autofree guint8 *bytes = g_malloc (MEGABYTE);
  OhLexer lexer;

  for (guint i = 0; i < G_N_ELEMENTS (inputs); i++)
    for (OhLexerMode mode = OH_LEXER_TEXT; mode <= OH_LEXER_STREAM; mode++)
      {
        gint64 before;
        gint64 took;
        guint tokens = 0;

        for (guint j = 0; j < MEGABYTE; j++)
          bytes[j] = inputs[i].unit == NULL ? (guint8)g_rand_int_range (random, 0, 256)
                                            : (guint8)inputs[i].unit[j % strlen (inputs[i].unit)];
        oh_lexer_init (&lexer, mode);
        oh_lexer_expect_echo (&lexer, "ATE0Q0V1");
        before = cpu_us ();
        for (guint j = 0; j < MEGABYTE; j++)
          tokens += oh_lexer_feed (&lexer, bytes[j]) != OH_TOKEN_NONE;
        took = cpu_us () - before;
        g_test_message ("%s, mode %d: %u tokens, %" G_GINT64_FORMAT " us a megabyte",
                        inputs[i].name, (int)mode, tokens, took);
        g_assert_cmpint (took, <=, g_test_perf () ? 50000 : 2000000);
      }
}

static const struct
{
  const char *line;
  OhResult result;
  int code;
} results[] = {
  { "OK", OH_RESULT_OK, -1 },
  { "ERROR", OH_RESULT_ERROR, -1 },
  { "ERROR: UNSUPPORTED", OH_RESULT_ERROR, -1 },
  { "COMMAND NOT SUPPORT", OH_RESULT_ERROR, -1 },
  { "MODEM ERROR: 4", OH_RESULT_ERROR, -1 },
  { "NA", OH_RESULT_ERROR, -1 },
  { "+EXT ERROR: 1", OH_RESULT_ERROR, -1 },
  { "+CME ERROR:", OH_RESULT_CME_ERROR, -1 },
  { "+CME ERROR: ", OH_RESULT_CME_ERROR, -1 },
  { "+CME ERROR: 30", OH_RESULT_CME_ERROR, 30 },
  { "+CME ERROR:30", OH_RESULT_CME_ERROR, 30 },
  { "+CME ERROR: 0", OH_RESULT_CME_ERROR, 0 },
  { "+CME ERROR: 100 ", OH_RESULT_CME_ERROR, 100 },
  { "+CME ERROR: 2147483647", OH_RESULT_CME_ERROR, G_MAXINT },
  { "+CME ERROR: 2147483648", OH_RESULT_CME_ERROR, -1 },
  { "+CME ERROR: -2", OH_RESULT_CME_ERROR, -1 },
  { "+CME ERROR: SIM busy", OH_RESULT_CME_ERROR, -1 },
  { "+CME ERROR: 10 things", OH_RESULT_CME_ERROR, -1 },
  { "+CMS ERROR: 500", OH_RESULT_CME_ERROR, -1 },
  { "+CMS ERROR:", OH_RESULT_CME_ERROR, -1 },
  { "CONNECT", OH_RESULT_CONNECT, -1 },
  { "CONNECT 115200", OH_RESULT_CONNECT, -1 },
  { "CONNECT 9600/ARQ", OH_RESULT_CONNECT, -1 },
  { "CONNECT/NoEC", OH_RESULT_CONNECT, -1 },
  { "RING", OH_RESULT_RING, -1 },
  { "RING A", OH_RESULT_RING, -1 },
  { "RING 2", OH_RESULT_RING, -1 },
  { "RING 12345", OH_RESULT_RING, -1 },
  { "RING;123;456", OH_RESULT_RING, -1 },
  { "RING: 1 DN1", OH_RESULT_RING, -1 },
  { "RING/123", OH_RESULT_RING, -1 },
  { "NO CARRIER", OH_RESULT_NO_CARRIER, -1 },
  { "NO DIALTONE", OH_RESULT_NO_DIALTONE, -1 },
  { "NO DIAL TONE", OH_RESULT_NO_DIALTONE, -1 },
  { "BUSY", OH_RESULT_BUSY, -1 },
  { "NO ANSWER", OH_RESULT_NO_ANSWER, -1 },
  { "VCON", OH_RESULT_VCON, -1 },
  { "VOICE", OH_RESULT_VCON, -1 },
  { "#VCON", OH_RESULT_VCON, -1 },
  { "RINGING", OH_RESULT_RINGING, -1 },
  { "RRING", OH_RESULT_RINGING, -1 },
  { "DELAYED", OH_RESULT_DELAYED, -1 },
  { "DELAYED 00:59", OH_RESULT_DELAYED, -1 },
  { "BLACKLISTED", OH_RESULT_BLACKLISTED, -1 },
  { "BLACKLIST FULL", OH_RESULT_BLACKLISTED, -1 },
  /* none of them */
  { "", OH_RESULT_NONE, -1 },
  { "O", OH_RESULT_NONE, -1 },
  { "OK ", OH_RESULT_NONE, -1 },
  { "OKAY", OH_RESULT_NONE, -1 },
  { " OK", OH_RESULT_NONE, -1 },
  { "ok", OH_RESULT_NONE, -1 },
  { "Ring", OH_RESULT_NONE, -1 },
  { "0", OH_RESULT_NONE, -1 },
  { "4", OH_RESULT_NONE, -1 },
  { "ERROR+CNUM: \"\",\"+49\",145", OH_RESULT_NONE, -1 },
  { "ERRORS", OH_RESULT_NONE, -1 },
  { "NAME = JOHN", OH_RESULT_NONE, -1 },
  { "NO", OH_RESULT_NONE, -1 },
  { "NO CARRIERS", OH_RESULT_NONE, -1 },
  { "RINGS", OH_RESULT_NONE, -1 },
  { "RINGING 2", OH_RESULT_NONE, -1 },
  { "RING1", OH_RESULT_NONE, -1 },
  { "+CRING: VOICE", OH_RESULT_NONE, -1 },
  { "CONNECTED", OH_RESULT_NONE, -1 },
  { "CONNECT115200", OH_RESULT_NONE, -1 },
  { "VOICE CALL: BEGIN", OH_RESULT_NONE, -1 },
  { "BUSY TONE", OH_RESULT_NONE, -1 },
  { "BLACKLIST", OH_RESULT_NONE, -1 },
  { "DELAYEDLY", OH_RESULT_NONE, -1 },
  { "+CME ERROR", OH_RESULT_NONE, -1 },
  { "+CME: 5", OH_RESULT_NONE, -1 },
  { "+CMEE: 5", OH_RESULT_NONE, -1 },
  { "MODEM ERROR", OH_RESULT_NONE, -1 },
};

static void
test_results (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    {
      int code = 4711;

      g_test_message ("%s", results[i].line);
      g_assert_cmpint (oh_lexer_classify (results[i].line, &code), ==, results[i].result);
      g_assert_cmpint (code, ==, results[i].code);
    }
}

static void
test_restore (void)
{
  OhLexer before, lexer, broken;

  oh_lexer_init (&before, OH_LEXER_TEXT);
  for (const char *byte = "NO CARR"; *byte != '\0'; byte++)
    g_assert_cmpint (oh_lexer_feed (&before, *byte), ==, OH_TOKEN_NONE);
  oh_lexer_init (&lexer, OH_LEXER_DLE);
  g_assert_true (oh_lexer_restore (&lexer, &before, sizeof before));
  for (const char *byte = "IER"; *byte != '\0'; byte++)
    g_assert_cmpint (oh_lexer_feed (&lexer, *byte), ==, OH_TOKEN_NONE);
  g_assert_cmpint (oh_lexer_feed (&lexer, '\r'), ==, OH_TOKEN_LINE);
  g_assert_cmpstr (lexer.text, ==, "NO CARRIER");

  g_assert_false (oh_lexer_restore (&lexer, &before, sizeof before - 1));
  broken = before;
  broken.mode = OH_LEXER_STREAM + 1;
  g_assert_false (oh_lexer_restore (&lexer, &broken, sizeof broken));
  broken = before;
  broken.length = OH_LEXER_LINE_MAX + 1;
  g_assert_false (oh_lexer_restore (&lexer, &broken, sizeof broken));
  broken = before;
  broken.echo_length = sizeof broken.echo + 1;
  g_assert_false (oh_lexer_restore (&lexer, &broken, sizeof broken));
  g_assert_cmpstr (lexer.text, ==, "NO CARRIER");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/lexer/text", test_text);
  g_test_add_func ("/lexer/text-with-codes", test_text_with_codes);
  g_test_add_func ("/lexer/stream", test_stream);
  g_test_add_func ("/lexer/report-bounded", test_report_bounded);
  g_test_add_func ("/lexer/set-mode", test_set_mode);
  g_test_add_func ("/lexer/set-mode-inside-line", test_set_mode_inside_line);
  g_test_add_func ("/lexer/echo", test_echo);
  g_test_add_func ("/lexer/long-echo", test_long_echo);
  g_test_add_func ("/lexer/long-line", test_long_line);
  g_test_add_func ("/lexer/endless-line", test_endless_line);
  g_test_add_func ("/lexer/random", test_random);
  g_test_add_func ("/lexer/random-stream", test_random_stream);
  g_test_add_func ("/lexer/restore", test_restore);
  g_test_add_func ("/lexer/speed", test_speed);
  g_test_add_func ("/lexer/results", test_results);
  return g_test_run ();
}
