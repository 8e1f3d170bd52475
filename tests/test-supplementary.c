// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/at/supplementary.h"
#include "daemon/at/ucs2.h"

#include <string.h>

/* What goes with a call besides who it is from, and texts in UCS2. */

static void
test_notifications (void)
{
  static const struct
  {
    const char *line;
    int outgoing, code; /* -1: it is none */
  } rows[] = {
    { "+CSSI: 2", TRUE, 2 },
    { "+CSSI: 4,1", TRUE, 4 },
    { "+CSSU: 2", FALSE, 2 },
    { "+CSSU: 10,0,\"1\",129", FALSE, 10 },
    { "+CSSU:", -1, -1 },
    { "+CSSU: x", -1, -1 },
    { "+CSSU: 4294967297", -1, -1 },
    { "+CSSN: 1,1", -1, -1 },
    { "RING", -1, -1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      gboolean outgoing;
      guint code = 99;
      gboolean is = oh_supplementary_parse (rows[i].line, &outgoing, &code);

      g_assert_cmpint (is, ==, rows[i].code >= 0);
      if (is)
        {
          g_assert_cmpint (outgoing, ==, rows[i].outgoing);
          g_assert_cmpint (code, ==, rows[i].code);
        }
    }
}

static void
test_names (void)
{
  static const struct
  {
    const char *line, *name; /* NULL: it is none */
    OhPresentation presentation;
  } rows[] = {
    { "+CNAP: \"Doe, Jane\"", "Doe, Jane", OH_PRESENTATION_ALLOWED },
    { "+CNAP: \"Doe\",0", "Doe", OH_PRESENTATION_ALLOWED },
    { "+CNAP: \"\",1", "", OH_PRESENTATION_WITHHELD },
    { "+CNAP: \"\",2", "", OH_PRESENTATION_UNAVAILABLE },
    { "+CNAP: \"\"", "", OH_PRESENTATION_UNKNOWN },
    { "+CNAP: \"M\xfcller\"", "Müller", OH_PRESENTATION_ALLOWED },
    { "+CNAP: \"004D00FC006C006C00650072\",0", "Müller", OH_PRESENTATION_ALLOWED },
    { "+CNAP: 1,1", NULL, OH_PRESENTATION_UNKNOWN },
    { "+CNAP:", NULL, OH_PRESENTATION_UNKNOWN },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      OhCallerId id = { .number = "5551111" };
      gboolean is = oh_caller_id_from_cnap (&id, rows[i].line);

      g_assert_cmpint (is, ==, rows[i].name != NULL);
      g_assert_cmpstr (id.number, ==, "5551111");
      if (!is)
        continue;
      g_assert_cmpstr (id.name, ==, rows[i].name);
      g_assert_cmpint (id.name_presentation, ==, rows[i].presentation);
    }
}

static void
test_numbers (void)
{
  static const struct
  {
    const char *line, *called, *connected; /* NULL: it is none */
  } rows[] = {
    { "+CDIP: \"5550000\",129", "5550000", NULL },
    { "+CDIP: 5550000,129", "5550000", NULL },
    { "+CDIP: \"\",128", "", NULL },
    { "+CDIP: 1,1", NULL, NULL },
    { "+COLP: \"+15550000\",145,,,", NULL, "+15550000" },
    { "+COLP: \"002B0031003500350035\",145", NULL, "+1555" },
    { "+COLP: 0,1", NULL, NULL },
    { "+COLP:", NULL, NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      char called[OH_NUMBER_MAX] = "-", connected[OH_NUMBER_MAX] = "-";

      g_assert_cmpint (oh_called_number_parse (rows[i].line, called), ==, rows[i].called != NULL);
      g_assert_cmpint (oh_connected_number_parse (rows[i].line, connected), ==,
                       rows[i].connected != NULL);
      if (rows[i].called != NULL)
        g_assert_cmpstr (called, ==, rows[i].called);
      if (rows[i].connected != NULL)
        g_assert_cmpstr (connected, ==, rows[i].connected);
    }
}

static void
test_decode (void)
{
  static const struct
  {
    const char *hex, *text; /* NULL: it is none */
  } rows[] = {
    { "00410042", "AB" }, { "00e4", "ä" },      { "4F60597D", "你好" }, { "D83DDE00", "😀" },
    { "D83D", NULL },     { "DE00D83D", NULL }, { "0041004", NULL },    { "00410x42", NULL },
    { "000A", NULL },     { "", NULL },         { "D83D0041", NULL },
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
}

static void
test_undo (void)
{
  static const struct
  {
    OhUcs2Kind kind;
    const char *text, *plain;
  } rows[] = {
    { OH_UCS2_NUMBER, "002B0031003500350035", "+1555" },
    { OH_UCS2_NUMBER, "003500350035", "555" },
    { OH_UCS2_NUMBER, "00350035", "00350035" }, /* two characters: a number */
    { OH_UCS2_NUMBER, "0049301234567", "0049301234567" },
    { OH_UCS2_NUMBER, "004930123456", "004930123456" },
    { OH_UCS2_NUMBER, "", "" },
    { OH_UCS2_NAME, "004A0061006E0065", "Jane" },
    { OH_UCS2_NAME, "DEADBEEF", "DEADBEEF" },
    { OH_UCS2_NAME, "Jane", "Jane" },
    { OH_UCS2_NAME, "CAFE", "CAFE" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text = g_strdup (rows[i].text);

      oh_ucs2_undo (text, rows[i].kind);
      g_assert_cmpstr (text, ==, rows[i].plain);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/supplementary/notifications", test_notifications);
  g_test_add_func ("/supplementary/names", test_names);
  g_test_add_func ("/supplementary/numbers", test_numbers);
  g_test_add_func ("/ucs2/decode", test_decode);
  g_test_add_func ("/ucs2/cut", test_cut);
  g_test_add_func ("/ucs2/undo", test_undo);
  return g_test_run ();
}
