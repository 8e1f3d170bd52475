// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/at/gsm7.h"
#include "daemon/at/ussd.h"

#include <string.h>

/* USSD, and the alphabet that it is mostly written in. */

static void
test_gsm7 (void)
{
  static const struct
  {
    const char *text, *hex;
  } rows[] = {
    { "*100#", "AA180C3602" },
    { "hellohello", "E8329BFD4697D9EC37" }, /* 23.038's own example, as it is quoted everywhere */
    { "1", "31" },
    { "1234567", "31D98C56B3DD1A" }, /* a carriage return fills up */
    { "12345678", "31D98C56B3DD70" },
    { "123456781", "31D98C56B3DD7031" },
  };
  char out[64];

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      oh_gsm7_encode (rows[i].text, out);
      g_assert_cmpstr (out, ==, rows[i].hex);
      g_assert_true (oh_gsm7_decode (rows[i].hex, out, sizeof out));
      g_assert_cmpstr (out, ==, rows[i].text);
    }
}

static void
test_gsm7_decode (void)
{
  static const struct
  {
    const char *hex, *text; /* NULL: it is none */
  } rows[] = {
    { "9B32", "€" }, /* an escape and 65h */
    { "1B", NULL },  /* an escape, and nothing */
    { "DB18", " 1" }, { "00", "@" }, { "aa180c3602", "*100#" },
    { "A", NULL },    { "", NULL },  { "no", NULL },
  };
  char out[32], small[3];

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      gboolean is = oh_gsm7_decode (rows[i].hex, out, sizeof out);

      g_test_message ("%s", rows[i].hex);
      if (rows[i].text == NULL)
        g_assert_false (is);
      else if (*rows[i].text != ' ')
        g_assert_cmpstr (out, ==, rows[i].text);
      g_assert_true (g_utf8_validate (out, -1, NULL));
    }
  g_assert_true (oh_gsm7_decode ("9B32", small, sizeof small)); /* no room for three bytes */
  g_assert_cmpstr (small, ==, "");
}

static void
test_parse (void)
{
  static const struct
  {
    const char *line;
    OhUssdCoding coding;
    int kind; /* -1: it is none */
    const char *text;
  } rows[] = {
    { "+CUSD: 0,\"Balance: 5.00 EUR\",15", OH_USSD_PLAIN, OH_USSD_NOTIFY, "Balance: 5.00 EUR" },
    { "+CUSD:1,\"Menu\n1 Balance\n2 Data\",15", OH_USSD_PLAIN, OH_USSD_REQUEST,
      "Menu\n1 Balance\n2 Data" },
    { "+CUSD: 0,\"A \"quoted\" word, and a comma\",15", OH_USSD_PLAIN, OH_USSD_NOTIFY,
      "A \"quoted\" word, and a comma" },
    { "+CUSD: 0,\"AA180C3602\",15", OH_USSD_PACKED, OH_USSD_NOTIFY, "*100#" },
    { "+CUSD: 0,\"AA180C3602\",15", OH_USSD_PLAIN, OH_USSD_NOTIFY, "AA180C3602" },
    { "+CUSD: 0,\"Not in hex\",15", OH_USSD_PACKED, OH_USSD_NOTIFY, "Not in hex" },
    { "+CUSD: 0,\"00480069\",72", OH_USSD_PLAIN, OH_USSD_NOTIFY, "Hi" },
    { "+CUSD: 0,\"04110430043B\",72", OH_USSD_PACKED, OH_USSD_NOTIFY, "Бал" },
    { "+CUSD: 0,\"D83DDE000041\",72", OH_USSD_PLAIN, OH_USSD_NOTIFY, "😀A" },
    { "+CUSD: 0,\"656E00480069\",17", OH_USSD_PLAIN, OH_USSD_NOTIFY, "Hi" },
    { "+CUSD: 0,\"00480069\",15", OH_USSD_UCS2, OH_USSD_NOTIFY, "Hi" },
    { "+CUSD: 0,\"0048000A0069\",72", OH_USSD_PLAIN, OH_USSD_NOTIFY, "H\ni" },
    { "+CUSD: 0,\"D83D\",72", OH_USSD_PLAIN, OH_USSD_NOTIFY, "D83D" },
    { "+CUSD: 0,\"48E9\",68", OH_USSD_PLAIN, OH_USSD_NOTIFY, "Hé" },
    { "+CUSD: 0,\"4869\",244", OH_USSD_PLAIN, OH_USSD_NOTIFY, "Hi" },
    { "+CUSD: 0,\"Caf\xe9\",15", OH_USSD_PLAIN, OH_USSD_NOTIFY, "Café" },
    { "+CUSD: 0,\"bell\a and \x1b[1m\",15", OH_USSD_PLAIN, OH_USSD_NOTIFY, "bell  and  [1m" },
    { "+CUSD: 0,no quotes,15", OH_USSD_PLAIN, OH_USSD_NOTIFY, "no quotes" },
    { "+CUSD: 0,\"half,15", OH_USSD_PLAIN, OH_USSD_NOTIFY, "half" },
    { "+CUSD: 2", OH_USSD_PLAIN, OH_USSD_ENDED, "" },
    { "+CUSD: 4", OH_USSD_PLAIN, OH_USSD_NOT_SUPPORTED, "" },
    { "+CUSD: 5", OH_USSD_PLAIN, OH_USSD_TIMEOUT, "" },
    { "+CUSD: 1,", OH_USSD_PLAIN, OH_USSD_REQUEST, "" },
    { "+CUSD: 0,\"\"", OH_USSD_PACKED, OH_USSD_NOTIFY, "" },
    { "+CUSD: 0,\"x\",2147483647", OH_USSD_PLAIN, OH_USSD_NOTIFY, "78" },
    { "+CUSD: 6", OH_USSD_PLAIN, -1, "" },
    { "+CUSD: 10", OH_USSD_PLAIN, -1, "" },
    { "+CUSD:", OH_USSD_PLAIN, -1, "" },
    { "+CSQ: 1", OH_USSD_PLAIN, -1, "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      char out[OH_USSD_MAX];
      g_autofree char *escaped = NULL;
      OhUssdKind kind;
      gboolean is = oh_ussd_parse (rows[i].line, rows[i].coding, &kind, out);

      escaped = g_strescape (rows[i].line, NULL);
      g_test_message ("%s", escaped);
      g_assert_cmpint (is, ==, rows[i].kind >= 0);
      if (is)
        g_assert_cmpint ((int)kind, ==, rows[i].kind);
      if (!g_str_has_suffix (rows[i].line, "2147483647"))
        g_assert_cmpstr (out, ==, rows[i].text);
      else
        g_assert_true (g_utf8_validate (out, -1, NULL));
    }
}

static void
test_lines (void)
{
  g_assert_true (oh_ussd_is_open ("+CUSD: 1,\"Menu:"));
  g_assert_false (oh_ussd_is_open ("+CUSD: 1,\"Menu\",15"));
  g_assert_false (oh_ussd_is_open ("+CUSD: 2"));
  g_assert_false (oh_ussd_is_open ("+CLIP: \"1"));
  g_assert_true (oh_ussd_closes ("2 Data\",15"));
  g_assert_true (oh_ussd_closes ("\""));
  g_assert_true (oh_ussd_closes ("x\", 72"));
  g_assert_false (oh_ussd_closes ("1 \"Best\" offer"));
  g_assert_false (oh_ussd_closes ("1 Balance"));
}

static void
test_send (void)
{
  static const struct
  {
    const char *text;
    OhUssdCoding coding;
    const char *command;
  } rows[] = {
    { "*100#", OH_USSD_PLAIN, "AT+CUSD=1,\"*100#\",15" },
    { "*100#", OH_USSD_PACKED, "AT+CUSD=1,\"AA180C3602\",15" },
    { "*1#", OH_USSD_UCS2, "AT+CUSD=1,\"002A00310023\",15" },
  };
  g_autofree char *most = g_strnfill (OH_USSD_SENT_MAX, '1');
  g_autofree char *more = g_strnfill (OH_USSD_SENT_MAX + 1, '1');

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *command = oh_ussd_command (rows[i].text, rows[i].coding);

      g_assert_cmpstr (command, ==, rows[i].command);
    }
  for (OhUssdCoding coding = OH_USSD_PLAIN; coding <= OH_USSD_UCS2; coding++)
    {
      g_autofree char *command = oh_ussd_command (most, coding);

      g_assert_cmpuint (strlen (command), >=, OH_USSD_SENT_MAX);
    }
  g_assert_true (oh_ussd_is_sendable (most));
  g_assert_false (oh_ussd_is_sendable (more));
  g_assert_false (oh_ussd_is_sendable (""));
  g_assert_false (oh_ussd_is_sendable ("1\r\nATD112;"));
  g_assert_false (oh_ussd_is_sendable ("*1#\",15;+CHUP"));
  g_assert_false (oh_ussd_is_sendable ("@"));
  g_assert_false (oh_ussd_is_sendable ("é"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ussd/gsm7", test_gsm7);
  g_test_add_func ("/ussd/gsm7/decode", test_gsm7_decode);
  g_test_add_func ("/ussd/parse", test_parse);
  g_test_add_func ("/ussd/lines", test_lines);
  g_test_add_func ("/ussd/send", test_send);
  return g_test_run ();
}
