// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/at/ucs2.h"

/* Texts in hex digits. */

static void
test_decode (void)
{
  static const struct
  {
    const char *hex, *text; /* NULL: it is none */
  } rows[] = {
    { "00410042", "AB" }, { "00e4", "ä" },      { "4F60597D", "你好" }, { "D83DDE00", "😀" },
    { "D83D", NULL },     { "DE00D83D", NULL }, { "0041004", NULL },    { "00410x42", NULL },
    { "000A", NULL },     { "0000", NULL },     { "0085", NULL },       { "D83DD83D", NULL },
    { "D83DE000", NULL }, { "0041 042", NULL }, { "\xff\xfe", NULL },   { "", NULL },
    { "D83D0041", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      char out[64];

      g_assert_cmpint (oh_ucs2_decode (rows[i].hex, out, sizeof out), ==, rows[i].text != NULL);
      g_assert_cmpstr (out, ==, rows[i].text != NULL ? rows[i].text : "");
    }
}

/* Never inside a character. */
static void
test_cut (void)
{
  char out[6];

  g_assert_true (oh_ucs2_decode ("4F60597D4F60", out, sizeof out));
  g_assert_cmpstr (out, ==, "你");
  g_assert_true (oh_ucs2_decode ("D83DDE00D83DDE00", out, sizeof out));
  g_assert_cmpstr (out, ==, "😀");
  g_assert_true (oh_ucs2_decode ("0041", out, 1));
  g_assert_cmpstr (out, ==, "");
}

/* Numbers that are meant as they stand, and those that are not. */
static void
test_numbers (void)
{
  static const struct
  {
    const char *text, *plain; /* NULL: as it is */
  } rows[] = {
    { "002B0031003500350035", "+1555" },
    { "002b0031003500350035", "+1555" },
    { "003500350035", "555" },
    { "002A002300360023", "*#6#" },
    { "00350035", NULL }, /* two characters: a number */
    { "00300031", NULL },
    { "0049301234567", NULL },
    { "004930123456", NULL },
    { "003100350041", NULL },
    { "0031002B0035", NULL },
    { "00310035003", NULL },
    { "555", NULL },
    { "+1555", NULL },
    { "", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text = g_strdup (rows[i].text);

      g_test_message ("%s", rows[i].text);
      g_assert_cmpint (oh_ucs2_undo (text, OH_UCS2_NUMBER), ==, rows[i].plain != NULL);
      g_assert_cmpstr (text, ==, rows[i].plain != NULL ? rows[i].plain : rows[i].text);
    }
}

static void
test_names (void)
{
  static const struct
  {
    const char *text;
    const char *alone, *beside; /* a number that was UCS2; NULL: as it is */
  } rows[] = {
    { "004A0061006E0065", "Jane", "Jane" },
    { "004d00fc006c006c00650072", "Müller", "Müller" },
    { "004F201900480061", "O’Ha", "O’Ha" },
    { "041504320430", "Ева", "Ева" }, /* decimal, but of one block */
    { "4F60597D", "你好", "你好" },
    { "005A00CD4F60", "ZÍ你", "ZÍ你" },
    { "6771306E4EAC", "東の京", "東の京" },
    { "003100320033", "123", "123" },
    { "004100420301", NULL, "AB\u0301" },
    { "00410062030100FC", "Ab\u0301ü", "Ab\u0301ü" },
    { "01410301006F", "Ł\u0301o", "Ł\u0301o" },
    { "12345678", NULL, "ሴ噸" }, /* Ethiopian and Chinese, or a number */
    { "20231234", NULL, "‣ሴ" },
    { "00410042", NULL, "AB" },
    { "4F60", NULL, "你" },
    { "FACEBABE", NULL, "\uface\ubabe" },
    { "DEADBEEF", NULL, NULL },
    { "00410007", NULL, NULL },
    { "0041E000", NULL, "A\ue000" }, /* nobody knows what that is */
    { "CAFE", NULL, "쫾" },
    { "Jane", NULL, NULL },
    { "DEADBEEFX", NULL, NULL },
    { "", NULL, NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *alone = g_strdup (rows[i].text);
      g_autofree char *beside = g_strdup (rows[i].text);

      g_test_message ("%s", rows[i].text);
      g_assert_cmpint (oh_ucs2_undo (alone, OH_UCS2_NAME), ==, rows[i].alone != NULL);
      g_assert_cmpstr (alone, ==, rows[i].alone != NULL ? rows[i].alone : rows[i].text);
      g_assert_cmpint (oh_ucs2_undo (beside, OH_UCS2_NAME_TOO), ==, rows[i].beside != NULL);
      g_assert_cmpstr (beside, ==, rows[i].beside != NULL ? rows[i].beside : rows[i].text);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ucs2/decode", test_decode);
  g_test_add_func ("/ucs2/cut", test_cut);
  g_test_add_func ("/ucs2/numbers", test_numbers);
  g_test_add_func ("/ucs2/names", test_names);
  return g_test_run ();
}
