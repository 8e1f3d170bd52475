// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/drivers/cellular-report.h"

#include <string.h>

/* What vendors say of calls. A row: the line; what is made of it: "INDEX STATE", then "w" for
 * waiting, "in" or "out" where the direction is told, "data", the number, "cNN" for a cause, "by"
 * whom it was ended; NULL: it is no report. */
static const struct
{
  const char *line, *expected;
} rows[] = {
  /* Huawei */
  { "^ORIG:1,0", "1 dialing" },
  { "^ORIG: 1, 0", "1 dialing" },
  { "^ORIG:1,1", "1 dialing data" },
  { "^ORIG:1,9", "1 dialing" }, /* to an emergency number */
  { "^ORIG:1,7", "1 dialing data" },
  { "^ORIG:1", "1 dialing" },
  { "^ORIG:\"1\",\"0\"", "1 dialing" },
  { "^ORIG:", NULL },
  { "^ORIG:,0", NULL },
  { "^CONF: 1,0", "1 ringback" },
  { "^CONF:1", "1 ringback" },
  { "^CONF: 2", "2 ringback" },
  { "^CONN:1,0", "1 connected" },
  { "^CONN: 2,0", "2 connected" },
  { "^CONN:1", "1 connected" },
  { "^CONN:-1,0", NULL },
  { "^CONN:256,0", NULL },
  { "^CONN:255,0", "255 connected" },
  { "^CONN:0,0", "0 connected" },
  { "^CEND:1,0,104,16", "1 ended c16" },
  { "^CEND:1,82,29", "1 ended" },
  { "^CEND: 1,0, 67, 17", "1 ended c17" },
  { "^CEND:1,0,255", "1 ended" },
  { "^CEND:1", "1 ended" },
  { "^CEND:1,,,17", "1 ended c17" },
  { "^CEND:1,86400,104,127", "1 ended c127" },
  { "^CEND:1,0,104,128", "1 ended" }, /* why it never got to the network */
  { "^CEND:1,0,104,-1", "1 ended" },
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
  { "^DSCI: 1,1,0,0,1,129", NULL },
  { "^DSCI: 1,1,9,0,1,129", NULL },
  { "^DSCI: 1,1", NULL },
  { "^DSCI: 1", NULL }, /* answers */
  { "^DSCI: (0-1)", NULL },
  { "^DSCI: 1,1,4,0,\"13912345678\",129", "1 offering in 13912345678" },
  { "^DSCI: 1,1,4,0,8613912345678,145,0", "1 offering in +8613912345678" },
  /* the other layout: a quoted sixth field */
  { "^DSCI: 1,0,3,0,0,\"10086\",129,,0", "1 ringback out 10086" },
  { "^DSCI: 1,0,6,0,0,\"10086\",129,,17", "1 ended out 10086 c17" },
  { "^DSCI: 1,0,2,0,0,\"10086\",129", "1 dialing out 10086" },
  { "^DSCI: 1,0,0,0,0,\"10086\",129,,,128,\"\",0", "1 connected out 10086" },
  { "^DSCI: 1,1,4,0,0,\"13693607335\",161,,,0,\"\",0", "1 offering in 13693607335" },
  { "^DSCI: 1,1,5,0,0,\"13693607335\",161", "1 offering w in 13693607335" },
  { "^DSCI: 1,1,6,0,0,\"13693607335\",161,,16,0,\"\",0", "1 ended in 13693607335 c16" },
  { "^DSCI: 1,0,6,0,0,\"10086\",129,,19,128,\"\",255", "1 ended out 10086 c19" },
  { "^DSCI: 1,1,4,1,0,\"\",128", "1 offering in data" },
  { "^DSCI: 1,1,1,0,0,\"\",128", "1 held in" },
  { "^DSCI: 1,1,8,0,0,\"\",128", NULL },
  { "+QIND: \"ccinfo\",1,1,4,0,0,\"5551111\",129", "1 offering in 5551111" },
  { "+QIND: \"ccinfo\",2,0,-1,0,0,\"5551111\",129", "2 ended out 5551111" },
  { "+QIND: \"ccinfo\",1,0,0,1,0,\"\",128", "1 connected out data" },
  { "+QIND:\"ccinfo\",1,1,5,0,0,\"1\",129,\"Doe, John\"", "1 offering w in 1" },
  { "+QIND: \"ccinfo\",1,0,3,0,0,\"+15551111\",145", "1 ringback out +15551111" },
  { "+QIND: \"ccinfo\",1,0,2,0,0,\"5551111\",129", "1 dialing out 5551111" },
  { "+QIND: \"ccinfo\",1,0,1,0,1,\"5551111\",129", "1 held out 5551111" },
  { "+QIND: \"ccinfo\",1,1,0,4,0", "1 connected in" },
  { "+QIND: ccinfo,1,1,4,0,0,5551111,129", "1 offering in 5551111" },
  { "+QIND: \"ccinfo\",1,1,4,0,0,\"002B0031003500350035\",145", "1 offering in +1555" },
  { "+QIND: \"ccinfo\",1,1,-2,0,0,\"5551111\",129", NULL },
  { "+QIND: \"ccinfo\",1,1", NULL },
  { "+QIND: \"ccinfo\"", NULL },
  { "+QIND: \"csq\",20,99", NULL },
  { "+QIND: \"csq\",1,1,4", NULL },
  { "+QIND: \"act\",\"LTE\"", NULL },
  /* SIMCom */
  { "VOICE CALL: BEGIN", "0 connected" },
  { "VOICE CALL: END: 000041", "0 ended" },
  { "VOICE CALL: END", "0 ended" },
  { "VOICE CALL: END: 0:12", "0 ended" },
  { "VOICE CALL: END: 000008", "0 ended" },
  { "VOICE CALL:END", "0 ended" },
  { "VOICE CALL:BEGIN", "0 connected" },
  { "VOICE CALL:", NULL },
  { "VOICE CALL: HELD", NULL },
  { "VOICE CALL", NULL },
  { "MISSED_CALL: 11:01AM 07712345678", "0 ended in 07712345678 by remote" },
  { "MISSED_CALL: 11:01AM +447712345678", "0 ended in +447712345678 by remote" },
  { "MISSED_CALL: 11:01AM", "0 ended in by remote" },
  { "MISSED_CALL: 11:01AM Anonymous", "0 ended in by remote" },
  { "MISSED_CALL:", "0 ended in by remote" },
  { "+CLCC: 1,1,6,0,0,\"5551111\",129", "1 ended in 5551111" },
  { "+CLCC: 1,0,6,0,0", "1 ended out" },
  { "+CLCC: 1,1,4,0,0,\"15551111\",145", "1 offering in +15551111" },
  { "+CLCC: 1,1,4,0,0,\"002B0031003500350035\",145,\"004A0061006E0065\"", "1 offering in +1555" },
  { "+CLCC: 2,1,5,0,0,\"5551111\",129", "2 offering w in 5551111" },
  { "+CLCC: 1,0,0,1,0,\"\",128", "1 connected out data" },
  { "+CLCC: 1,1,2,0,0,\"5551111\",129", NULL }, /* we do not dial a call that comes in */
  { "+CLCC: 0,1,4,0,0,\"5551111\",129", NULL },
  { "+CLCC: 1,1,-1,0,0,\"5551111\",129", NULL },
  { "+CLCC: 1,0,3,0,0,\"5551111\",129", "1 ringback out 5551111" },
  { "+CLCC: 1,1", NULL },
  /* u-blox, Infineon */
  { "+UCALLSTAT: 1,4", "1 offering" },
  { "+UCALLSTAT: 1, 3", "1 ringback" },
  { "+UCALLSTAT: 1,7,0", "1 connected" },
  { "+UCALLSTAT: 1,6", "1 ended" },
  { "+UCALLSTAT: 1,0", "1 connected" },
  { "+UCALLSTAT: 1,1", "1 held" },
  { "+UCALLSTAT: 1,2", "1 dialing" },
  { "+UCALLSTAT: 2,5", "2 offering w" },
  { "+UCALLSTAT: 1", NULL }, /* answers */
  { "+UCALLSTAT: (0-1)", NULL },
  { "+UCALLSTAT: ,4", NULL },
  { "+UCALLSTAT: 1,", NULL },
  { "+UCALLSTAT: 1,99", NULL },
  { "+UCALLSTAT: 1,791071539", NULL },
  { "+XCALLSTAT: 2,6", "2 ended" },
  { "+XCALLSTAT: 1,7", "1 connected" },
  { "+XCALLSTAT: 1,4", "1 offering" },
  /* Cinterion */
  { "^SLCC: 1,1,4,0,0,1,\"5551111\",129", "0 unknown" },
  { "^SLCC: 1,0,2,0,0,1", "0 unknown" },
  { "^SLCC: ", "0 unknown" },
  { "^SLCC:", "0 unknown" },
  /* Telit: counts from 0, which need not be the list's index less 1 */
  { "#ECAM: 0,1,1,,,\"5551111\",129", "0 dialing 5551111" },
  { "#ECAM: 0,2,1,,,", "0 dialing" },
  { "#ECAM: 0,6,1,,,", "0 offering" },
  { "#ECAM: 1,5,1,,,", "0 offering w" },
  { "#ECAM: 0,3,1,,,", "0 connected" },
  { "#ECAM: 0,4,1,,,", "0 held" },
  { "#ECAM: 0,8,1,,,", "0 connected" },
  { "#ECAM: 0,0,1,,,", "0 ended" },
  { "#ECAM: 0,7,1,,,", "0 ended c17" },
  { "#ECAM: 0,9,1,,,", "0 unknown" },
  { "#ECAM: 0,3,2,,,", "0 connected data" },
  { "#ECAM: 0,10,1,,,", NULL },
  { "#ECAM: 1", NULL },
  /* Ericsson */
  { "*ECAV: 1,1,1,,,\"33660223101\",145", "1 dialing +33660223101" },
  { "*ECAV: 1,2,1", "1 dialing" },
  { "*ECAV: 1,3,1", "1 connected" },
  { "*ECAV: 0,3,1,,", "0 connected" },
  { "*ECAV: 1,4,1", "1 held" },
  { "*ECAV: 2,5,1", "2 offering w" },
  { "*ECAV: 1,6,1,,,\"5551111\",129", "1 offering 5551111" },
  { "*ECAV: 1,6,1", "1 offering" }, /* hidden */
  { "*ECAV: 1,7,1", "1 ended c17" },
  { "*ECAV: 1,3,128", "1 connected" },
  { "*ECAV: 1,3,2", "1 connected data" },
  { "*ECAV: 1,3,4", "1 connected data" },
  { "*ECAV: 1,3,0,,,\"5551111\",129", "1 connected 5551111" },
  /* the cause is one of call control, or of mobility management and no cause of a call */
  { "*ECAV: 1,0,1,8,16", "1 ended c16" },
  { "*ECAV: 1,0,1,08,016", "1 ended c16" },
  { "*ECAV: 1,0,1,08,222", "1 ended" },
  { "*ECAV: 1,0,1,68,16", "1 ended" },
  { "*ECAV: 1,0,1,1,16", "1 ended" },
  { "*CPII: 1,6,0,1", "1 connected" },
  { "*CPII: 1,1,0,0", "1 ended" },
  { "*CPII: 1,0,0,0,0,0,\"5551111\",129", "1 dialing out 5551111" },
  { "*CPII: 1,2,1,1,0,0", "1 ringback out" },
  { "*CPII: 1,3,0,1,0", "1 dialing out" },
  { "*CPII: 1,3,0,1", "1 unknown" },
  /* TI */
  { "%CPI: 1,6,0,0,1,0,\"5551111\",129", "1 connected in 5551111" },
  { "%CPI: 1,10", "1 held" },
  { "%CPI: 1,5,0", "1 unknown" },
  { "%CPI: 1,0,0,0,1,0,\"+491771111\",145,,,0", "1 unknown in +491771111" },
  { "%CPI: 1,4,1,1,1,0,\"+491771111\",145,\"Doe, John\",,0", "1 unknown in +491771111" },
  { "%CPI: 1,2,1,1,1,0,\"+491771111\",145", "1 offering in +491771111" },
  { "%CPI: 1,2,1,1,0,0,\"5551111\",129", "1 ringback out 5551111" },
  { "%CPI: 1,2,1,1", "1 unknown" },
  { "%CPI: 1,0,0,0,2,0", "1 unknown" }, /* the network dials for us */
  { "%CPI: 1,1,0,1,1,0,\"+491771111\",145,\"Doe, John\",16,0", "1 ended in +491771111 c16" },
  { "%CPI: 1,7,0,0,0,0,\"5551111\",129,,17,0", "1 ended out 5551111 c17" },
  { "%CPI: 1,8,0,0,0,0,\"5551111\",129,,21,0", "1 ended out 5551111 c21" },
  { "%CPI: 1,9", "1 unknown" },
  { "%CPI: 1,6,0,0,1,1,\"\",128", "1 connected in data" },
  { "%CPI: 3", NULL }, /* an answer */
  /* MediaTek */
  { "+ECPI: 1,6,0,1,0,0,\"5551111\",129", "1 connected out 5551111" },
  { "+ECPI: 1, 130, 0, 0, 0, 0, 5551111, 129", "1 dialing out 5551111" },
  { "+ECPI: 1,1,0,0", "1 ended" },
  { "+ECPI: 1,133,0,0", "1 ended" },
  { "+ECPI: 1,0,0,0,1,0,\"66855\",129", "1 unknown in 66855" },
  { "+ECPI: 1,2,0,0,0,0,\"66855\",129", "1 ringback out 66855" },
  { "+ECPI: 1,3,0,0,0,0,\"66855\",129", "1 dialing out 66855" },
  { "+ECPI: 1,132,,,,,\"\",,\"\"", "1 connected" },
  { "+ECPI: 1,1,0,0,,,\"\",,\"\",17", "1 ended c17" },
  { "+ECPI: 1,129,0,0,,,\"\",,\"\",0", "1 unknown" },
  { "+ECPI: 1,133,,,,,\"\",,\"\"", "1 ended" },
  { "+ECPI: 1,6,0,1,0,20,\"66855\",129", "1 connected out 66855" }, /* over LTE */
  { "+ECPI: 1,6,0,1,0,1,\"66855\",129", "1 connected out data 66855" },
  { "+ECPI: 1, 133, 0, 0, 0, 0, +491771111, 145, , 63", "1 ended out +491771111 c63" },
  { "+ESIPCPI: 1,0,1,2,486,\"Busy Here\"", "1 unknown" },
  { "+ESIPCPI:", NULL },
  { "+ESIPCPI: 1,0,0,1,100", "1 unknown" },
  /* Wavecom */
  { "+WIND: 5,1", "1 unknown" },
  { "+WIND: 6,1", "1 ended" },
  { "+WIND: 2", "0 ringback" },
  { "+WIND: 9", "0 unknown" },
  { "+WIND: 6", "0 ended" },
  { "+WIND: 3", NULL },
  { "+WIND: 4", NULL },
  /* Motorola */
  { "+MCST: 1", "0 ended" },
  { "+MCST: 2", "0 offering" },
  { "+MCST: 3", "0 connected" },
  { "+MCST: 5", "0 held" },
  { "+MCST: 10", "0 unknown" },
  { "+MCST: 17", "0 unknown" },
  { "+MCST: 64", "0 dialing" },
  { "+MCST:", NULL },
  { "+MCST: 2147483647", NULL },
  /* nobody's */
  { "RING", NULL },
  { "+CIEV: 2,1", NULL },
  { "", NULL },
  { "^DSCI", NULL },
  { "^ORIG", NULL },
  { "+CLIP: \"5551111\",129", NULL },
  { "+CPAS: 3", NULL },
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
  if (report->ended_by != OH_ENDED_BY_NOBODY)
    g_string_append_printf (text, " by %s", oh_ended_by_name (report->ended_by));
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
  static const char *const noise[] = { "^RSSI:20",
                                       "^HCSQ:\"LTE\",50,40,100,20",
                                       "+CMTI: \"SM\",1",
                                       "+QIND: SMS DONE",
                                       "Call Ready",
                                       "^BOOT:1,0,0,0,20",
                                       "+CRING: GPRS \"IP\"",
                                       "+WIND: 4",
                                       "+QIND: \"csq\",20,99",
                                       "+QIND: \"act\",\"LTE\"",
                                       "^MODE:5,4",
                                       "^SRVST:2",
                                       "^SIMST:1",
                                       "^STIN:0,0,0",
                                       "^DSFLOWRPT:00000000,00000000",
                                       "^RSSILVL:80",
                                       "^EONS:1",
                                       "^LWURC:1",
                                       "^NDISSTAT:0,,,\"IPV4\"",
                                       "^CCALLSTATE: 1",
                                       "^CSCHANNELINFO: 1",
                                       "+CRING: REL ASYNC",
                                       "+CRING: FAX",
                                       "+CMT: \"+1555\",,\"20/01/01\"",
                                       "SMS Ready",
                                       "NORMAL POWER DOWN",
                                       "UNDER-VOLTAGE WARNNING",
                                       "+CFUN: 1",
                                       "+CGREG: 1",
                                       "+CIEV: 2,4",
                                       "+WIND: 3" };
  static const char *const heard[]
      = { "RING",        "+CLIP: \"1\",129", "+CREG: 1",          "+CEREG: 5",
          "+CUSD: 0",    "NO CARRIER",       "^CEND:1,0,104,16",  "",
          "+CSQ: 20,99", "+CLCC: 1,1,4,0,0", "VOICE CALL: BEGIN", "^RSSIX:20",
          "RDYX",        "+CPIN: READY",     "+CMTX: 1",          "BUSY",
          "OK" };

  for (guint i = 0; i < G_N_ELEMENTS (noise); i++)
    g_assert_true (oh_cellular_is_noise (noise[i]));
  for (guint i = 0; i < G_N_ELEMENTS (heard); i++)
    g_assert_false (oh_cellular_is_noise (heard[i]));
}

static void
test_boot (void)
{
  static const char *const boot[] = { "RDY", "^SYSSTART", "^SYSSTART AIRPLANE MODE", "START" };
  static const char *const other[] = { "RDYX", "+CPIN: READY", "READY", "", "RESTART" };

  for (guint i = 0; i < G_N_ELEMENTS (boot); i++)
    g_assert_true (oh_cellular_is_boot (boot[i]));
  for (guint i = 0; i < G_N_ELEMENTS (other); i++)
    g_assert_false (oh_cellular_is_boot (other[i]));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cellular-report/rows", test_rows);
  g_test_add_func ("/cellular-report/long", test_long);
  g_test_add_func ("/cellular-report/noise", test_noise);
  g_test_add_func ("/cellular-report/boot", test_boot);
  return g_test_run ();
}
