// SPDX-License-Identifier: LGPL-2.1-or-later
#include <string.h>

#include "daemon/drivers/cellular-list.h"

/* +CLCC rows as modems really send them. */
typedef struct
{
  const char *line;
  guint index;
  OhCallState state;
  const char *number;
  enum
  {
    INCOMING = 1,
    WAITING = 2,
    DATA = 4,
  } is;
} Row;

static const Row rows[] = {
  /* 27.007 7.18, each state */
  { "+CLCC: 1,0,0,0,0,\"+15551234567\",145", 1, OH_CALL_CONNECTED, "+15551234567", 0 },
  { "+CLCC: 1,1,0,0,0,\"+15551234567\",145", 1, OH_CALL_CONNECTED, "+15551234567", INCOMING },
  { "+CLCC: 2,1,1,0,0,\"5551234\",129", 2, OH_CALL_HELD, "5551234", INCOMING },
  { "+CLCC: 1,0,2,0,0,\"5551234\",129", 1, OH_CALL_DIALING, "5551234", 0 },
  { "+CLCC: 1,0,3,0,0,\"5551234\",129", 1, OH_CALL_RINGBACK, "5551234", 0 },
  { "+CLCC: 1,1,4,0,0,\"5551234\",129", 1, OH_CALL_OFFERING, "5551234", INCOMING },
  { "+CLCC: 2,1,5,0,0,\"5551234\",129", 2, OH_CALL_OFFERING, "5551234", INCOMING | WAITING },
  /* u-blox and Infineon: 7 is connected */
  { "+CLCC: 1,1,7,0,0,\"5551234\",129", 1, OH_CALL_CONNECTED, "5551234", INCOMING },
  /* without a blank */
  { "+CLCC:1,1,4,0,0,\"5551234\",129", 1, OH_CALL_OFFERING, "5551234", INCOMING },
  /* with name, priority and validity behind, and a comma in the name */
  { "+CLCC: 1,1,4,0,0,\"5551234\",129,\"Doe, John\"", 1, OH_CALL_OFFERING, "5551234", INCOMING },
  { "+CLCC: 1,1,4,0,0,\"5551234\",129,\"JO\",0,0", 1, OH_CALL_OFFERING, "5551234", INCOMING },
  /* withheld: an empty number; no number fields at all (phonesim); no type */
  { "+CLCC: 1,1,4,0,0,\"\",145", 1, OH_CALL_OFFERING, "", INCOMING },
  { "+CLCC: 1,1,4,0,0,\"\",128", 1, OH_CALL_OFFERING, "", INCOMING },
  { "+CLCC: 1,1,4,0,0", 1, OH_CALL_OFFERING, "", INCOMING },
  { "+CLCC: 1,1,4,0,0,\"5551234\"", 1, OH_CALL_OFFERING, "5551234", INCOMING },
  /* missing trailing fields */
  { "+CLCC: 1,1,4,0", 1, OH_CALL_OFFERING, "", INCOMING },
  /* unquoted (Cuttlefish) */
  { "+CLCC: 1,0,0,0,0,5551234,129", 1, OH_CALL_CONNECTED, "5551234", 0 },
  /* 145 with the plus sign stripped (phonesim), 129 with one (emulator) */
  { "+CLCC: 1,1,4,0,0,\"15551234567\",145", 1, OH_CALL_OFFERING, "+15551234567", INCOMING },
  { "+CLCC: 1,1,4,0,0,\"+15551234567\",129", 1, OH_CALL_OFFERING, "+15551234567", INCOMING },
  /* letters in the number (chan_dongle) */
  { "+CLCC: 1,1,4,0,0,\"+7913913ABCA\",145", 1, OH_CALL_OFFERING, "+7913913ABCA", INCOMING },
  /* the leg of a conference over VoLTE (Quectel): no number to dial */
  { "+CLCC: 1,0,0,0,1,\"sip:mmtel\",128", 1, OH_CALL_CONNECTED, "", 0 },
  /* a member of a conference */
  { "+CLCC: 2,0,0,0,1,\"5551234\",129", 2, OH_CALL_CONNECTED, "5551234", 0 },
  /* the LTE data bearer (Quectel), index 1; a voice call beside it has index 2 */
  { "+CLCC: 1,0,0,1,0,\"\",128", 1, OH_CALL_CONNECTED, "", DATA },
  { "+CLCC: 1,1,4,2,0,\"5551234\",129", 1, OH_CALL_OFFERING, "5551234", INCOMING | DATA },
  /* voice then data, and alternating with data or fax, begin as voice; 6 to 8 the data side */
  { "+CLCC: 1,1,4,3,0,\"5551234\",129", 1, OH_CALL_OFFERING, "5551234", INCOMING },
  { "+CLCC: 1,1,4,4,0,\"5551234\",129", 1, OH_CALL_OFFERING, "5551234", INCOMING },
  { "+CLCC: 1,1,4,5,0,\"5551234\",129", 1, OH_CALL_OFFERING, "5551234", INCOMING },
  { "+CLCC: 1,1,4,6,0,\"5551234\",129", 1, OH_CALL_OFFERING, "5551234", INCOMING | DATA },
  { "+CLCC: 1,1,4,7,0,\"5551234\",129", 1, OH_CALL_OFFERING, "5551234", INCOMING | DATA },
  { "+CLCC: 1,1,4,8,0,\"5551234\",129", 1, OH_CALL_OFFERING, "5551234", INCOMING | DATA },
  { "+CLCC: 1,1,4,9,0,\"5551234\",129", 1, OH_CALL_OFFERING, "5551234", INCOMING | DATA },
  /* a type that is none, a number that is none */
  { "+CLCC: 1,1,4,0,0,\"5551234\",791071539", 1, OH_CALL_OFFERING, "5551234", INCOMING },
  { "+CLCC: 1,1,4,0,0,\"Restricted\",129", 1, OH_CALL_OFFERING, "", INCOMING },
  { "+CLCC: 255,1,4,0,0,\"5551234\",129", 255, OH_CALL_OFFERING, "5551234", INCOMING },
  /* 145, and no number that could have a plus sign */
  { "+CLCC: 1,1,4,0,0,\"*100#\",145", 1, OH_CALL_OFFERING, "*100#", INCOMING },
  /* UCS2 */
  { "+CLCC: 1,1,4,0,0,\"002B0031003500350035\",145", 1, OH_CALL_OFFERING, "+1555", INCOMING },
  { "+CLCC: 1,1,4,0,0,\"0031003500350035\",145", 1, OH_CALL_OFFERING, "+1555", INCOMING },
  { "+CLCC: 1,1,4,0,0,\"00300031\",129", 1, OH_CALL_OFFERING, "00300031", INCOMING },
  /* quotes where they are not needed, half a quote, blanks */
  { "+CLCC: \"1\",\"1\",\"4\",\"0\",\"0\",\"5551234\"", 1, OH_CALL_OFFERING, "5551234", INCOMING },
  { "+CLCC: 1,1,4,0,0,\"5551234,129", 1, OH_CALL_OFFERING, "5551234", INCOMING },
  { "+CLCC: 1, 1, 4, 0, 0, \"5551234\", 129", 1, OH_CALL_OFFERING, "5551234", INCOMING },
};

static void
test_rows (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const Row *row = &rows[i];
      OhListedCall listed;

      g_test_message ("%s", row->line);
      g_assert_true (oh_listed_call_parse (&listed, row->line));
      g_assert_cmpuint (listed.index, ==, row->index);
      g_assert_cmpstr (oh_call_state_name (listed.state), ==, oh_call_state_name (row->state));
      g_assert_cmpstr (listed.number, ==, row->number);
      g_assert_cmpint (listed.incoming, ==, (row->is & INCOMING) != 0);
      g_assert_cmpint (listed.waiting, ==, (row->is & WAITING) != 0);
      g_assert_cmpint (listed.voice, ==, (row->is & DATA) == 0);
    }
}

static void
test_no_rows (void)
{
  static const char *const lines[] = {
    "",
    "OK",
    "+CLCC",
    "+CLCC:",
    "+CLCC: ",
    "+CLCCX: 1,1,4,0,0",
    "+CLCC: (0-1)", /* the answer to AT+CLCC=? */
    "+CLCC: 1",
    "+CLCC: 1,1",
    "+CLCC: 1,1,4",
    "+CLCC: 0,1,4,0,0,\"5551234\",129",   /* counted from 1 */
    "+CLCC: 256,1,4,0,0,\"5551234\",129", /* numbers out of range */
    "+CLCC: -1,1,4,0,0,\"5551234\",129",
    "+CLCC: 1,2,4,0,0,\"5551234\",129",
    "+CLCC: 1,1,8,0,0,\"5551234\",129",
    "+CLCC: 1,1,-1,0,0,\"5551234\",129",
    "+CLCC: 1,1,4,10,0,\"5551234\",129",
    "+CLCC: 2147483647,2147483647,2147483647,2147483647,2147483647",
    "+CLCC: ,,,,",
    "+CLCC: a,b,c,d,e",
    "+CLCC: 1,1,6,0,0,\"5551234\",129", /* SIMCom: ended */
    "+CLCC: 1,0,6,0,0,\"5551234\",129",
    "+CLCC: 1,1,2,0,0,\"5551234\",129", /* we do not dial a call that comes in, */
    "+CLCC: 1,1,3,0,0,\"5551234\",129",
    "+CLCC: 1,0,4,0,0,\"5551234\",129", /* nor does our own come in */
    "+CLCC: 1,0,5,0,0,\"5551234\",129",
  };
  OhListedCall listed;

  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      g_test_message ("%s", lines[i]);
      g_assert_false (oh_listed_call_parse (&listed, lines[i]));
    }
}

/* Type 145 with a number that has no room for the plus sign. */
static void
test_longest (void)
{
  g_autofree char *digits = g_strnfill (OH_NUMBER_MAX - 1, '5');
  g_autofree char *line = g_strdup_printf ("+CLCC: 1,1,4,0,0,\"%s\",145", digits);
  g_autofree char *longer = g_strdup_printf ("+CLCC: 1,1,4,0,0,\"%s5\",145", digits);
  OhListedCall listed;

  g_assert_true (oh_listed_call_parse (&listed, line));
  g_assert_cmpstr (listed.number, ==, digits);
  g_assert_true (oh_listed_call_parse (&listed, longer));
  g_assert_cmpstr (listed.number, ==, "");
}

static void
test_digits (void)
{
  static const struct
  {
    const char *line;
    char digit;
  } digits[] = {
    { "+RXDTMF: 5", '5' }, /* SIM7600 */
    { "+RXDTMF:5", '5' },
    { "+RXDTMF: #", '#' },
    { "+RXDTMF: *", '*' },
    { "+RXDTMF: 0", '0' },
    { "+RXDTMF: D", 'D' },
    { "+RXDTMF: \"7\"", '7' },
    { "+DTMF: 9", '9' },  /* SIM800, A76xx */
    { "^DDTMF: 1", '1' }, /* Huawei */
    { "^DDTMF:1", '1' },
    { "+QTONEDET: 53", '5' }, /* Quectel: the character's code */
    { "+QTONEDET: 35", '#' },
    { "+QTONEDET: 5", '\0' },
    { "+QTONEDET: 0", '\0' },
    { "+QTONEDET: 200", '\0' },
    { "+UUDTMFD: 3", '3' }, /* u-blox */
    { "+UUDTMFD: A", 'A' },
    { "+RXDTMF: ", '\0' },
    { "+RXDTMF:", '\0' },
    { "+RXDTMF: 55", '\0' },
    { "+RXDTMF: E", '\0' },
    { "+RXDTMF: a", '\0' },
    { "+RXDTMF: \"\"", '\0' },
    { "+RXDTMFX: 5", '\0' },
    { "+CLCC: 5", '\0' },
    { "5", '\0' },
    { "", '\0' },
  };

  for (guint i = 0; i < G_N_ELEMENTS (digits); i++)
    {
      g_test_message ("%s", digits[i].line);
      g_assert_cmpint (oh_digit_report_parse (digits[i].line), ==, digits[i].digit);
    }
}

/* What stands behind the number. */
static void
test_parties (void)
{
  static const struct
  {
    const char *line, *name;
    OhPresentation presentation;
    gboolean conference;
  } parties[] = {
    { "+CLCC: 1,1,4,0,0,\"5551234\",129,\"Doe, John\"", "Doe, John", OH_PRESENTATION_ALLOWED },
    { "+CLCC: 1,1,4,0,0,\"5551234\",129,\"\",0,1", "", OH_PRESENTATION_WITHHELD },
    { "+CLCC: 1,1,4,0,0,\"\",128,\"\",0,1", "", OH_PRESENTATION_WITHHELD },
    { "+CLCC: 1,1,4,0,0,\"\",128,\"\",0,2", "", OH_PRESENTATION_UNAVAILABLE },
    { "+CLCC: 1,1,4,0,0,\"\",128", "", OH_PRESENTATION_UNKNOWN },
    { "+CLCC: 1,1,4,0,0", "", OH_PRESENTATION_UNKNOWN },
    { "+CLCC: 1,1,0,0,1,\"5551234\",129,004A0061006E0065", "Jane", OH_PRESENTATION_ALLOWED, TRUE },
    { "+CLCC: 1,1,0,0,2,\"5551234\",129", "", OH_PRESENTATION_ALLOWED },
    { "+CLCC: 1,1,4,0,0,\"\",145", "", OH_PRESENTATION_UNKNOWN },
    { "+CLCC: 1,1,4,0,0,\"\",128,\"\",0,0", "", OH_PRESENTATION_UNKNOWN },
    { "+CLCC: 1,1,4,0,0,\"\",128,\"\",0,3", "", OH_PRESENTATION_UNAVAILABLE },
    { "+CLCC: 1,1,4,0,0,\"\",128,\"\",0,4", "", OH_PRESENTATION_UNAVAILABLE },
    { "+CLCC: 1,1,4,0,0,\"\",128,\"\",0,5", "", OH_PRESENTATION_UNKNOWN },
    { "+CLCC: 1,1,4,0,0,\"\",128,\"\",,1", "", OH_PRESENTATION_WITHHELD },
    { "+CLCC: 1,0,0,0,1,\"sip:mmtel\",128", "", OH_PRESENTATION_UNKNOWN, TRUE },
    { "+CLCC: 1,1,4,0,0,\"5551234\",129,\"  Bob\"", "Bob", OH_PRESENTATION_ALLOWED },
    { "+CLCC: 1,1,4,0,0,\"5551234\",129,\"M\xfcller\"", "M\xc3\xbcller", OH_PRESENTATION_ALLOWED },
    { "+CLCC: 1,1,4,0,0,\"5551234\",129,\"Doe, John", "Doe", OH_PRESENTATION_ALLOWED },
    { "+CLCC: 1,1,4,0,0,\"0031003500350035\",129,\"12345678\"", "\u1234\u5678",
      OH_PRESENTATION_ALLOWED },
    { "+CLCC: 1,1,4,0,0,\"5551234\",129,\"12345678\"", "12345678", OH_PRESENTATION_ALLOWED },
    { "+CLCC: 1,1,0,0,-1,\"5551234\",129", "", OH_PRESENTATION_ALLOWED },
  };

  for (guint i = 0; i < G_N_ELEMENTS (parties); i++)
    {
      g_autofree char *shown = g_strescape (parties[i].line, NULL);
      OhListedCall listed;

      g_test_message ("%s", shown);
      g_assert_true (oh_listed_call_parse (&listed, parties[i].line));
      g_assert_cmpstr (listed.name, ==, parties[i].name);
      g_assert_cmpint (listed.number_presentation, ==, parties[i].presentation);
      g_assert_cmpint (listed.conference, ==, parties[i].conference);
    }
}

/* SIMCom reports the end of a call as a row, too. */
static void
test_ended_rows (void)
{
  OhListedCall listed;

  g_assert_true (oh_listed_row_parse (&listed, "+CLCC: 2,1,6,0,0,\"5551234\",129"));
  g_assert_cmpuint (listed.index, ==, 2);
  g_assert_cmpint (listed.state, ==, OH_CALL_ENDED);
  g_assert_cmpstr (listed.number, ==, "5551234");
  g_assert_true (oh_listed_row_parse (&listed, "+CLCC: 1,1,4,0,0"));
  g_assert_false (oh_listed_row_parse (&listed, "+CLCC: 1,1,2,0,0"));
  g_assert_false (oh_listed_row_parse (&listed, "+CLCC: 1,1"));
}

/* A name is cut between characters, and in UCS2 behind what it stands for. */
static void
test_long_names (void)
{
  g_autofree char *letters = g_strnfill (1000, 'x');
  g_autofree char *plain = g_strdup_printf ("+CLCC: 1,1,4,0,0,\"1\",129,\"y\xc3\xbc%s\"", letters);
  GString *ucs2 = g_string_new ("+CLCC: 1,1,4,0,0,\"1\",129,\"");
  OhListedCall listed;

  for (guint i = 0; i < 200; i++)
    g_string_append (ucs2, "00FC");
  g_string_append (ucs2, "\"");
  g_assert_true (oh_listed_call_parse (&listed, plain));
  g_assert_cmpuint (strlen (listed.name), ==, OH_TEXT_MAX - 1);
  g_assert_true (oh_listed_call_parse (&listed, ucs2->str));
  g_assert_cmpuint (strlen (listed.name), ==, OH_TEXT_MAX - 2);
  g_assert_true (g_utf8_validate (listed.name, -1, NULL));
  g_string_free (ucs2, TRUE);
}

static void
test_services (void)
{
  static const guint hold = 1u << OH_SERVICE_HOLD | 1u << OH_SERVICE_UNHOLD | 1u << OH_SERVICE_SWAP
                            | 1u << OH_SERVICE_HOLD_AND_ANSWER;
  static const guint release = 1u << OH_SERVICE_RELEASE_AND_ANSWER;
  static const guint split = 1u << OH_SERVICE_SPLIT, merge = 1u << OH_SERVICE_MERGE;
  static const guint transfer = 1u << OH_SERVICE_TRANSFER;
  const struct
  {
    const char *line;
    guint services;
  } lines[] = {
    { "+CHLD: (0,1,1x,2,2x,3,4)", release | hold | split | merge | transfer },
    { "+CHLD: (0,1,1x,2,2x,3)", release | hold | split | merge },
    { "+CHLD:(0,1,2)", release | hold },
    { "+CHLD: 0,1,2,3", release | hold | merge },
    { "+CHLD: (0-4,11-17,21-27)", release | hold | split | merge | transfer },
    { "+CHLD: (0-3,11-17)", release | hold | merge },
    { "+CHLD: (\"0\",\"1\")", release },
    { "+CHLD: (0-x)", 0 },
    { "+CHLD: ()", 0 },
    { "+CHLD:", 0 },
    { "+CHLD: (x,99,-1,4-1)", 0 },
    { "", 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      g_test_message ("%s", lines[i].line);
      g_assert_cmphex (oh_hold_services_parse (lines[i].line), ==, lines[i].services);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cellular-list/rows", test_rows);
  g_test_add_func ("/cellular-list/no-rows", test_no_rows);
  g_test_add_func ("/cellular-list/longest", test_longest);
  g_test_add_func ("/cellular-list/parties", test_parties);
  g_test_add_func ("/cellular-list/ended-rows", test_ended_rows);
  g_test_add_func ("/cellular-list/long-names", test_long_names);
  g_test_add_func ("/cellular-list/services", test_services);
  g_test_add_func ("/cellular-list/digits", test_digits);
  return g_test_run ();
}
