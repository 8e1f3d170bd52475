// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/at/fields.h"

#include <string.h>

/* Test output has to be UTF-8. */
static void
note (const char *line)
{
  g_autofree char *shown = g_strescape (line, NULL);

  g_test_message ("%s", shown);
}

/* All fields, each as "[text]". */
static void
assert_fields (const char *line, const char *prefix, const char *expected)
{
  g_autoptr (GString) found = g_string_new (NULL);
  char text[OH_TEXT_MAX];
  OhFields fields;

  g_assert_true (oh_fields_begin (&fields, line, prefix));
  while (oh_fields_next_text (&fields, text, sizeof text))
    g_string_append_printf (found, "[%s]", text);
  g_assert_cmpstr (text, ==, "");
  g_assert_false (oh_fields_next_text (&fields, text, sizeof text));
  g_assert_cmpstr (found->str, ==, expected);
}

static const struct
{
  const char *line, *prefix, *fields;
} splits[] = {
  /* nothing, blanks, empty fields */
  { "+CLIP:", "+CLIP:", "" },
  { "+CLIP: \t ", "+CLIP:", "" },
  { "^SLCC: ", "^SLCC:", "" },
  { "+X: ,", "+X:", "[][]" },
  { "+X: a,", "+X:", "[a][]" },
  { "+X: ,,a", "+X:", "[][][a]" },
  { "+X:\ta \t,\t b ", "+X:", "[a][b]" },
  /* +CLIP as it really comes */
  { "+CLIP: \"+1234567890\",145,,,,0", "+CLIP:", "[+1234567890][145][][][][0]" },
  { "+CLIP:\"82882690\",129,,,,0", "+CLIP:", "[82882690][129][][][][0]" },
  { "+CLIP: \"1\",145,\"\",128,\"\",0", "+CLIP:", "[1][145][][128][][0]" },
  { "+CLIP: \"\",128,\"\",,\"\",0", "+CLIP:", "[][128][][][][0]" },
  { "+CLIP: \"+49\",145,,,\"Doe, John\",0", "+CLIP:", "[+49][145][][][Doe, John][0]" },
  { "+CLCC: 1,1,4,0,0,\"\",145", "+CLCC:", "[1][1][4][0][0][][145]" },
  { "+CLCC:1,1,4,0,0,+7913,145", "+CLCC:", "[1][1][4][0][0][+7913][145]" },
  { "^CEND: 1,0, 67, 17", "^CEND:", "[1][0][67][17]" },
  { "^CEND:1,82,29", "^CEND:", "[1][82][29]" },
  { "^DSCI: 2,1,4,0,5551234,129", "^DSCI:", "[2][1][4][0][5551234][129]" },
  { "+QIND: \"ccinfo\",1,0,-1,0,0,\"55\",129", "+QIND:", "[ccinfo][1][0][-1][0][0][55][129]" },
  { "#ECAM: 0,1,1,,,\"55\",129", "#ECAM:", "[0][1][1][][][55][129]" },
  { "+UCALLSTAT: 1, 4", "+UCALLSTAT:", "[1][4]" },
  { "VOICE CALL: END: 000041", "VOICE CALL: END:", "[000041]" },
  /* quotes */
  { "+X: \" a \",b", "+X:", "[a][b]" },
  { "+X: \"a\" ,b", "+X:", "[a][b]" },
  { "+X: \"a\"", "+X:", "[a]" },
  { "+X: \"a\"\t ", "+X:", "[a]" },
  { "+X: \"John \"J\" Doe, Jr.\",5", "+X:", "[John \"J\" Doe, Jr.][5]" },
  { "+X: \"Doe, \"Joe\"\",5", "+X:", "[Doe, \"Joe\"][5]" },
  { "+X: \"Doe,\",5", "+X:", "[Doe,][5]" },
  { "+X: \",\",5", "+X:", "[,][5]" },
  /* half-quoted */
  { "+X: \"123,145", "+X:", "[123][145]" },
  { "+X: 123\",145", "+X:", "[123][145]" },
  { "+X: \"123,145,\"Doe, John\",0", "+X:", "[123][145][Doe, John][0]" },
  { "+X: \"123,\"\",0", "+X:", "[123][][0]" },
  { "+X: \",145", "+X:", "[][145]" },
  { "+X: \"", "+X:", "[]" },
  { "+X: \"\"", "+X:", "[]" },
  { "+X: \"\"a\"", "+X:", "[\"a]" },
  { "+X: 1,\"", "+X:", "[1][]" },
};

static void
test_split (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (splits); i++)
    {
      note (splits[i].line);
      assert_fields (splits[i].line, splits[i].prefix, splits[i].fields);
    }
}

static void
test_begin (void)
{
  const char *others[] = { "", "+", "+CLI", "+CLIP 1", "+CLCC: 1", " +CLIP: 1", "+clip: 1" };
  char text[4] = "abc";
  guint number = 7;
  OhFields fields;

  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    {
      g_assert_false (oh_fields_begin (&fields, others[i], "+CLIP:"));
      g_assert_false (oh_fields_next_text (&fields, text, sizeof text));
      g_assert_cmpstr (text, ==, "");
      g_assert_false (oh_fields_next_number (&fields, 9, &number));
      oh_fields_skip (&fields, 3);
      g_assert_cmpuint (number, ==, 7);
    }
}

static void
test_cut (void)
{
  char text[4];
  char one[1];
  OhFields fields;

  g_assert_true (oh_fields_begin (&fields, "+X: \"abc\",abcd,\"abcdef\",z", "+X:"));
  for (guint i = 0; i < 3; i++)
    {
      g_assert_true (oh_fields_next_text (&fields, text, sizeof text));
      g_assert_cmpstr (text, ==, "abc");
    }
  g_assert_true (oh_fields_next_text (&fields, one, sizeof one));
  g_assert_cmpstr (one, ==, "");
}

static const struct
{
  const char *field;
  guint max;
  int number; /* -1: none */
} numbers[] = {
  { "0", 0, 0 },
  { "145", 255, 145 },
  { "255", 255, 255 },
  { "256", 255, -1 },
  { "1", 0, -1 },
  { "\"7\"", 9, 7 },
  { " 7 ", 9, 7 },
  { "\" 7 \"", 9, 7 },
  { "000041", 99, 41 },
  { "-1", 99, -1 },
  { "+1", 99, -1 },
  { "1.0", 99, -1 },
  { "1 2", 99, -1 },
  { "0x1", 99, -1 },
  { "x", 99, -1 },
  { "", 99, -1 },
  { "\"\"", 99, -1 },
  { "2147483647", G_MAXINT, G_MAXINT },
  { "2147483648", G_MAXINT, -1 },
  { "4294967296", G_MAXUINT, -1 },
  { "18446744073709551616", G_MAXUINT, -1 },
  { "99999999999999999999999999999999999999999", G_MAXUINT, -1 },
};

static void
test_number (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      g_autofree char *line = g_strdup_printf ("+X: %s,9", numbers[i].field);
      guint number = 4711;
      OhFields fields;

      note (line);
      g_assert_true (oh_fields_begin (&fields, line, "+X:"));
      g_assert_cmpint (oh_fields_next_number (&fields, numbers[i].max, &number), ==,
                       numbers[i].number >= 0);
      g_assert_cmpint ((int)number, ==, numbers[i].number >= 0 ? numbers[i].number : 4711);
      g_assert_true (oh_fields_next_number (&fields, 9, &number));
      g_assert_cmpuint (number, ==, 9);
      g_assert_false (oh_fields_next_number (&fields, 9, &number));
    }
}

static void
test_skip (void)
{
  char text[8];
  OhFields fields;

  g_assert_true (oh_fields_begin (&fields, "+X: \"a,b\",,c,d", "+X:"));
  oh_fields_skip (&fields, 0);
  oh_fields_skip (&fields, 2);
  g_assert_true (oh_fields_next_text (&fields, text, sizeof text));
  g_assert_cmpstr (text, ==, "c");
  oh_fields_skip (&fields, G_MAXUINT);
  g_assert_false (oh_fields_next_text (&fields, text, sizeof text));
}

static const struct
{
  const char *text, *clean;
} texts[] = {
  { "", "" },
  { "   \t", "" },
  { "JOHN DOE", "JOHN DOE" },
  { "Cell Phone   MA ", "Cell Phone   MA" },
  { "  SARASOTA,FL    ", "SARASOTA,FL" },
  { "%s%n\"'<&", "%s%n\"'<&" },
  { "M\xc3\xbcller", "M\xc3\xbcller" },
  { "M\xfcller", "M\xc3\xbcller" },
  { "M\xfcller M\xc3\xbcller", "M\xc3\xbcller M\xc3\xbcller" },
  { "\xe6\xbc\xa2\xf0\x9f\x93\x9e", "\xe6\xbc\xa2\xf0\x9f\x93\x9e" },
  { "a\x01z\x1b[0m\x7f", "a z [0m" },
  { "\x1b\x07x\r\n", "x" },
  { "a\x85\x9fz", "a  z" },               /* C1 controls as bytes */
  { "a\xc2\x85z", "a z" },                /* and as UTF-8 */
  { "a\xc0\x80z", "a\xc3\x80 z" },        /* overlong */
  { "\xed\xa0\x80", "\xc3\xad\xc2\xa0" }, /* a surrogate; its last byte is a control character */
  { "\xff", "\xc3\xbf" },
  { "a\xe6\xbc", "a\xc3\xa6\xc2\xbc" }, /* cut at the end */
  { "a\xc3", "a\xc3\x83" },
};

static void
test_text (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      char out[OH_TEXT_MAX];

      oh_text_clean (texts[i].text, out);
      g_assert_cmpstr (out, ==, texts[i].clean);
      g_assert_true (g_utf8_validate (out, -1, NULL));
    }
}

/* @n times @unit behind @lead leaves @length bytes. */
static void
assert_bounded (const char *lead, const char *unit, guint n, gsize length)
{
  g_autoptr (GString) text = g_string_new (lead);
  char out[OH_TEXT_MAX + 1];

  for (guint i = 0; i < n; i++)
    g_string_append (text, unit);
  out[OH_TEXT_MAX] = '!';
  oh_text_clean (text->str, out);
  g_assert_cmpuint (strlen (out), ==, length);
  g_assert_true (g_utf8_validate (out, -1, NULL));
  g_assert_cmpint (out[OH_TEXT_MAX], ==, '!');
}

static void
test_text_bounded (void)
{
  assert_bounded ("", "x", OH_TEXT_MAX - 1, OH_TEXT_MAX - 1);
  assert_bounded ("", "x", OH_TEXT_MAX, OH_TEXT_MAX - 1);
  assert_bounded ("", "x", 6000, OH_TEXT_MAX - 1);
  assert_bounded ("", "\xfc", 6000, OH_TEXT_MAX - 2);
  assert_bounded ("x", "\xc3\xbc", 6000, OH_TEXT_MAX - 1);
  assert_bounded ("", "\xf0\x9f\x93\x9e", 6000, OH_TEXT_MAX - 4);
  assert_bounded ("x", " ", 6000, 1);
  assert_bounded ("", " ", 6000, 0);
}

static const struct
{
  const char *text, *number; /* NULL: none */
} telephone_numbers[] = {
  { "5551234", "5551234" },
  { "+491234567", "+491234567" },
  { "(555) 123-4567", "5551234567" },
  { "555.123.4567", "5551234567" },
  { " (+49) 30 1\t", "+49301" },
  { "*31#5551234", "*31#5551234" },
  { "+7913913ABCDA", "+7913913ABCDA" },
  { "0", "0" },
  { "0000000000", "0000000000" },
  { "885", "885" },
  { "#", "#" },
  { "", NULL },
  { "  ", NULL },
  { "-(.)", NULL },
  { "+", NULL },
  { "+ ", NULL },
  { "++49", NULL },
  { "49+30", NULL },
  { "P", NULL },
  { "O", NULL },
  { "Restricted", NULL },
  { "number pres restricted", NULL },
  { "sip:mmtel", NULL },
  { "555/1", NULL },
  { "123abc", NULL },
  { "5;+CFUN=0", NULL },
  { "5,1", NULL },
  { "555\xc2\xa0"
    "1",
    NULL },
  { "12345678901234567890123456789012345678901234567890123456789012345678901234567890",
    "12345678901234567890123456789012345678901234567890123456789012345678901234567890" },
  { "123456789012345678901234567890123456789012345678901234567890123456789012345678901", NULL },
};

static void
test_telephone_number (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (telephone_numbers); i++)
    {
      const char *expected = telephone_numbers[i].number;
      char out[OH_NUMBER_MAX];

      memset (out, '!', sizeof out);
      g_assert_cmpint (oh_number_clean (telephone_numbers[i].text, out), ==, expected != NULL);
      g_assert_cmpstr (out, ==, expected != NULL ? expected : "");
    }
}

static void
test_typed_numbers (void)
{
  static const struct
  {
    const char *text;
    guint type;
    const char *number;
  } rows[] = {
    { "15551234", 145, "+15551234" },
    { "+15551234", 145, "+15551234" },
    { "15551234", 129, "15551234" },
    { "15551234", 0, "15551234" },
    { "*100#", 145, "*100#" },
    { "Restricted", 145, "" },
    { "", 145, "" },
    { "+", 145, "" },
  };
  g_autofree char *longest = g_strnfill (OH_NUMBER_MAX - 1, '5');
  char out[OH_NUMBER_MAX];

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_assert_cmpint (oh_number_clean_typed (rows[i].text, rows[i].type, out), ==,
                       *rows[i].number != '\0');
      g_assert_cmpstr (out, ==, rows[i].number);
    }
  /* no room for it */
  g_assert_true (oh_number_clean_typed (longest, 145, out));
  g_assert_cmpstr (out, ==, longest);
}

static void
test_contains (void)
{
  g_assert_true (oh_text_contains ("Number NOT available", "not available"));
  g_assert_true (oh_text_contains ("busy", "busy"));
  g_assert_false (oh_text_contains ("bus", "busy"));
  g_assert_false (oh_text_contains ("", "busy"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/fields/begin", test_begin);
  g_test_add_func ("/fields/split", test_split);
  g_test_add_func ("/fields/cut", test_cut);
  g_test_add_func ("/fields/number", test_number);
  g_test_add_func ("/fields/skip", test_skip);
  g_test_add_func ("/text/clean", test_text);
  g_test_add_func ("/text/bounded", test_text_bounded);
  g_test_add_func ("/number/clean", test_telephone_number);
  g_test_add_func ("/number/typed", test_typed_numbers);
  g_test_add_func ("/text/contains", test_contains);
  return g_test_run ();
}
