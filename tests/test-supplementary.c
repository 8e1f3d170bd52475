// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/at/supplementary.h"

#include <string.h>

/* What goes with a call besides who it is from. */

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
    { "+CSSU: 0,1", FALSE, 0 },
    { "+CSSU:3", FALSE, 3 },
    { "+CSSU: 2,,\"+4612345678\",145", FALSE, 2 },
    { "+CSSU: 1,3,\"+4612345678\",145", FALSE, 1 },
    { "+CSSU: \"7\"", FALSE, 7 },
    { "+CSSI: 4,32767", TRUE, 4 },
    { "+CSSI: 0", TRUE, 0 },
    { "+CSSI: 20", TRUE, 20 },
    { "+CSSI: 21", -1, -1 },
    { "+CSSI: -1", -1, -1 },
    { "+CSSI: ,1", -1, -1 },
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
    { "+CNAP: Doe,0", "Doe", OH_PRESENTATION_ALLOWED },
    { "+CNAP: \"Doe", "Doe", OH_PRESENTATION_ALLOWED },
    { "+CNAP: \"1\"", "1", OH_PRESENTATION_ALLOWED },
    { "+CNAP: 5551111,0", "5551111", OH_PRESENTATION_ALLOWED },
    { "+CNAP: ,2", "", OH_PRESENTATION_UNAVAILABLE },
    { "+CNAP: \"\",3", "", OH_PRESENTATION_UNKNOWN },
    { "+CNAP: \"Doe\",1", "Doe", OH_PRESENTATION_WITHHELD },
    { "+CNAP: \"Doe\",791071539", "Doe", OH_PRESENTATION_ALLOWED },
    { "+CNAP: 0,2", NULL, OH_PRESENTATION_UNKNOWN },
    { "+CNAP: 1", NULL, OH_PRESENTATION_UNKNOWN },
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
    { "+COLP: \"15550000\",145", NULL, "+15550000" },
    { "+COLP: \"5550000", NULL, "5550000" },
    { "+COLP: \"5550000\",129,\"\",128,\"Doe, John\"", NULL, "5550000" },
    { "+COLP: \"\",0,\"\",0", NULL, "" },
    { "+COLP: ,128", NULL, "" },
    { "+COLP: \"Restricted\",129", NULL, "" },
    { "+COLP: 5550000", NULL, NULL },
    { "+CDIP: \"5550000\",791071539", "5550000", NULL },
    { "+CDIP: \"5550000\",129,\"\",0", "5550000", NULL },
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

/* Longer names than we keep, in UCS2 and not. */
static void
test_long (void)
{
  g_autofree char *hex = g_strnfill (4 * 240, '0');
  g_autofree char *text = g_strnfill (1000, 'x');
  g_autofree char *plain = g_strdup_printf ("+CNAP: \"%s\",0", text);
  g_autofree char *ucs2 = NULL;
  OhCallerId id = { "" };

  for (guint i = 0; i < 240; i++)
    memcpy (hex + 4 * i, "004A", 4);
  ucs2 = g_strdup_printf ("+CNAP: \"%s\",0", hex);
  g_assert_true (oh_caller_id_from_cnap (&id, ucs2));
  g_assert_cmpuint (strspn (id.name, "J"), ==, 240);
  g_assert_true (oh_caller_id_from_cnap (&id, plain));
  g_assert_cmpuint (strspn (id.name, "x"), ==, OH_TEXT_MAX - 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/supplementary/notifications", test_notifications);
  g_test_add_func ("/supplementary/names", test_names);
  g_test_add_func ("/supplementary/numbers", test_numbers);
  g_test_add_func ("/supplementary/long", test_long);
  return g_test_run ();
}
