// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/drivers/cellular-report.h"

#include <string.h>

/* What vendors say of calls. A row: the line; what is made of it: "INDEX STATE", then "w" for
 * waiting, "in" or "out" where the direction is told, "data", the number, "cNN" for a cause; NULL:
 * it is no report. */
static const struct
{
  const char *line, *expected;
} rows[] = {
  /* Huawei */
  { "^ORIG:1,0", "1 dialing" },
  { "^ORIG: 1, 0", "1 dialing" },
  { "^ORIG:1,1", "1 dialing data" },
  { "^CONF:1", "1 ringback" },
  { "^CONF: 2", "2 ringback" },
  { "^CONN:1,0", "1 connected" },
  { "^CEND:1,0,104,16", "1 ended c16" },
  { "^CEND:1,82,29", "1 ended" },
  { "^CEND: 1,0, 67, 17", "1 ended c17" },
  { "^CEND:1,0,255", "1 ended" },
  { "^CEND:", NULL },
  { "^CEND:x", NULL },
  { "^CEND:1,0,104,999", "1 ended" },
  { "^CEND:2147483647,0,104,16", NULL },
  { "^CONF", NULL },
  /* Quectel */
  { "^DSCI: 1,1,4,0,13912345678,129", "1 offering in 13912345678" },
  { "^DSCI: 2,0,2,0,10086,129", "2 dialing out 10086" },
  { "^DSCI: 2,0,7,0,10086,129,0", "2 ringback out 10086" },
  { "^DSCI: 1,1,3,0,,128", "1 connected in" },
  { "^DSCI: 1,1,6,0,13912345678,129", "1 ended in 13912345678" },
  { "^DSCI: 2,1,5,0,5552222,129", "2 offering w in 5552222" },
  { "^DSCI: 1,0,1,0,10086,129", "1 held out 10086" },
  { "^DSCI: 1,1,4,1,,128", "1 offering in data" },
  { "^DSCI: 1,1,9,0,1,129", NULL },
  /* the other layout: a quoted sixth field */
  { "^DSCI: 1,0,3,0,0,\"10086\",129,,0", "1 ringback out 10086" },
  { "^DSCI: 1,0,6,0,0,\"10086\",129,,17", "1 ended out 10086 c17" },
  { "+QIND: \"ccinfo\",1,1,4,0,0,\"5551111\",129", "1 offering in 5551111" },
  { "+QIND: \"ccinfo\",2,0,-1,0,0,\"5551111\",129", "2 ended out 5551111" },
  { "+QIND: \"ccinfo\",1,0,0,1,0,\"\",128", "1 connected out data" },
  { "+QIND:\"ccinfo\",1,1,5,0,0,\"1\",129,\"Doe, John\"", "1 offering w in 1" },
  { "+QIND: \"csq\",20,99", NULL },
  /* SIMCom */
  { "VOICE CALL: BEGIN", "0 connected" },
  { "VOICE CALL: END: 000041", "0 ended" },
  { "VOICE CALL: END", "0 ended" },
  { "VOICE CALL: END: 0:12", "0 ended" },
  { "VOICE CALL:END", "0 ended" },
  { "MISSED_CALL: 11:01AM 07712345678", "0 unknown" },
  { "+CLCC: 1,1,6,0,0,\"5551111\",129", "1 ended in 5551111" },
  { "+CLCC: 1,0,3,0,0,\"5551111\",129", "1 ringback out 5551111" },
  { "+CLCC: 1,1", NULL },
  /* u-blox, Infineon */
  { "+UCALLSTAT: 1,4", "1 offering" },
  { "+UCALLSTAT: 1, 3", "1 ringback" },
  { "+UCALLSTAT: 1,7,0", "1 connected" },
  { "+UCALLSTAT: 1,6", "1 ended" },
  { "+UCALLSTAT: 1,99", NULL },
  { "+UCALLSTAT: 1,791071539", NULL },
  { "+XCALLSTAT: 2,6", "2 ended" },
  /* Cinterion */
  { "^SLCC: 1,1,4,0,0,1,\"5551111\",129", "0 unknown" },
  { "^SLCC: ", "0 unknown" },
  /* Telit: counts from 0 */
  { "#ECAM: 0,1,1,,,\"5551111\",129", "1 dialing 5551111" },
  { "#ECAM: 0,6,1,,,", "1 offering" },
  { "#ECAM: 1,5,1,,,", "2 offering w" },
  { "#ECAM: 0,3,1,,,", "1 connected" },
  { "#ECAM: 0,0,1,,,", "1 ended" },
  { "#ECAM: 0,7,1,,,", "1 ended" },
  { "#ECAM: 0,9,1,,,", "1 unknown" },
  /* Ericsson */
  { "*ECAV: 1,6,1,,,\"5551111\",129", "1 offering" },
  { "*ECAV: 1,0,1,1,16", "1 ended" },
  { "*CPII: 1,6,0,1", "1 connected" },
  { "*CPII: 1,1,0,0", "1 ended" },
  /* TI */
  { "%CPI: 1,6,0,0,1,0,\"5551111\",129", "1 connected in 5551111" },
  { "%CPI: 1,10", "1 held" },
  { "%CPI: 1,5,0", "1 unknown" },
  /* MediaTek */
  { "+ECPI: 1,6,0,1,0,0,\"5551111\",129", "1 connected out 5551111" },
  { "+ECPI: 1, 130, 0, 0, 0, 0, 5551111, 129", "1 dialing out 5551111" },
  { "+ECPI: 1,1,0,0", "1 ended" },
  { "+ECPI: 1,133,0,0", "1 ended" },
  { "+ESIPCPI: 1,0,0,1,100", "1 unknown" },
  /* Wavecom */
  { "+WIND: 5,1", "1 unknown" },
  { "+WIND: 6,1", "1 ended" },
  { "+WIND: 2", "0 ringback" },
  { "+WIND: 4", NULL },
  /* Motorola */
  { "+MCST: 2", "0 unknown" },
  /* nobody's */
  { "RING", NULL },
  { "+CIEV: 2,1", NULL },
  { "", NULL },
  { "^DSCI", NULL },
};

static char *
describe (const OhCallReport *report)
{
  GString *text = g_string_new (NULL);

  g_string_printf (text, "%u %s%s", report->index, oh_call_state_name (report->state),
                   report->waiting ? " w" : "");
  if (report->has_direction)
    g_string_append (text, report->incoming ? " in" : " out");
  if (!report->voice)
    g_string_append (text, " data");
  if (*report->number != '\0')
    g_string_append_printf (text, " %s", report->number);
  if (report->cause != 0)
    g_string_append_printf (text, " c%u", report->cause);
  return g_string_free (text, FALSE);
}

static void
test_rows (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      OhCallReport report;
      g_autofree char *text = NULL;

      if (oh_call_report_parse (&report, rows[i].line))
        text = describe (&report);
      if (g_strcmp0 (text, rows[i].expected) != 0)
        g_error ("%s: %s, expected %s", rows[i].line, text, rows[i].expected);
    }
}

/* A number that is too long is none: a part of it would be another's. */
static void
test_long (void)
{
  g_autofree char *digits = g_strnfill (200, '5');
  g_autofree char *line = g_strdup_printf ("^DSCI: 1,1,4,0,%s,129", digits);
  OhCallReport report;

  g_assert_true (oh_call_report_parse (&report, line));
  g_assert_cmpstr (report.number, ==, "");
}

static void
test_noise (void)
{
  static const char *const noise[] = {
    "^RSSI:20",   "^HCSQ:\"LTE\",50,40,100,20", "+CMTI: \"SM\",1",     "+QIND: SMS DONE", "RDY",
    "Call Ready", "^BOOT:1,0,0,0,20",           "+CRING: GPRS \"IP\"", "+WIND: 4"
  };
  static const char *const heard[]
      = { "RING",     "+CLIP: \"1\",129", "+CREG: 1",         "+CIEV: 2,1",
          "+CUSD: 0", "NO CARRIER",       "^CEND:1,0,104,16", "" };

  for (guint i = 0; i < G_N_ELEMENTS (noise); i++)
    g_assert_true (oh_cellular_is_noise (noise[i]));
  for (guint i = 0; i < G_N_ELEMENTS (heard); i++)
    g_assert_false (oh_cellular_is_noise (heard[i]));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cellular-report/rows", test_rows);
  g_test_add_func ("/cellular-report/long", test_long);
  g_test_add_func ("/cellular-report/noise", test_noise);
  return g_test_run ();
}
