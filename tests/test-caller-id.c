// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/at/caller-id.h"

#include <string.h>

/* Test output has to be UTF-8. */
static void
note (const char *line)
{
  g_autofree char *shown = g_strescape (line, NULL);

  g_test_message ("%s", shown);
}

#define U OH_PRESENTATION_UNKNOWN
#define A OH_PRESENTATION_ALLOWED
#define W OH_PRESENTATION_WITHHELD
#define X OH_PRESENTATION_UNAVAILABLE

/* One letter for the result of each line: "-" not mine, "t" taken, "n" number, "N" name. */
static char
letter_of (OhCallerIdResult result)
{
  return "-tnN"[result];
}

static const struct
{
  const char *lines; /* apart by "\n" */
  const char *results;
  OhCallerId id;
} reports[] = {
  /* Rockwell and Conexant, with blanks; USR and others, without */
  { "DATE = 0822\nTIME = 2225\nNMBR = 4075551212\nNAME = JOHN DOE       ",
    "ttnN",
    { .date = "0822",
      .time = "2225",
      .number = "4075551212",
      .name = "JOHN DOE",
      .number_presentation = A,
      .name_presentation = A } },
  { "DATE=0822\nTIME=2225\nNAME=SARASOTA,FL\nNMBR=4075551212",
    "ttNn",
    { .date = "0822",
      .time = "2225",
      .number = "4075551212",
      .name = "SARASOTA,FL",
      .number_presentation = A,
      .name_presentation = A } },
  { "MESG = 060342424231\nDATE = 0101\nMESG = 00\nNMBR = (407) 555-1212",
    "tttn",
    { .date = "0101", .number = "4075551212", .number_presentation = A } },
  { "  NMBR   =\t 5551234", "n", { .number = "5551234", .number_presentation = A } },
  { "NMBR=123\nNAME=Cell Phone   MA",
    "nN",
    { .number = "123",
      .name = "Cell Phone   MA",
      .number_presentation = A,
      .name_presentation = A } },
  { "NMBR = 5551234\nNAME = M\xfcller = Sohn",
    "nN",
    { .number = "5551234",
      .name = "M\xc3\xbcller = Sohn",
      .number_presentation = A,
      .name_presentation = A } },
  /* in another alphabet: what is no UTF-8 is read as Latin-1, and what steers a terminal is a blank
   */
  { "NMBR = 0312345678\nNAME = \x1b$B;3ED\x1b(B", /* ISO-2022-JP */
    "nN",
    { .number = "0312345678",
      .name = "$B;3ED (B",
      .number_presentation = A,
      .name_presentation = A } },
  { "NAME = \x0e;3ED\x0f\nNMBR = 5551234", /* shifted out and in */
    "Nn",
    { .number = "5551234", .name = ";3ED", .number_presentation = A, .name_presentation = A } },
  { "NAME=\x8eR\x93"
    "c\nNMBR=5551234", /* Shift-JIS */
    "Nn",
    { .number = "5551234", .name = "R c", .number_presentation = A, .name_presentation = A } },
  { "NAME=\xd4\xcf\xc0\xde\nNMBR=5551234", /* its half-width letters */
    "Nn",
    { .number = "5551234",
      .name = "\xc3\x94\xc3\x8f\xc3\x80\xc3\x9e",
      .number_presentation = A,
      .name_presentation = A } },
  { "NAME=\x8e\x93\nNMBR=5551234", /* nothing is left of it */
    "tn",
    { .number = "5551234", .number_presentation = A } },
  { "NAME = FRAN\xc7OIS\xe9", "N", { .name = "FRAN\xc3\x87OIS\xc3\xa9", .name_presentation = A } },
  { "NAME = \xe5\xb1\xb1\xe7\x94\xb0", /* UTF-8 */
    "N",
    { .name = "\xe5\xb1\xb1\xe7\x94\xb0", .name_presentation = A } },
  { "NAME = \xe5\xb1\xb1\xe7\x94\nNMBR = 5551234", /* cut in its last letter */
    "Nn",
    { .number = "5551234",
      .name = "\xe5\xb1\xb1\xc3\xa7",
      .number_presentation = A,
      .name_presentation = A } },
  { "NAME = JO\xc0\x80\xed\xa0\x80\xff", /* no letters at all in UTF-8 */
    "N",
    { .name = "JO\xc3\x80 \xc3\xad\xc2\xa0 \xc3\xbf", .name_presentation = A } },
  { "NMBR = \x0e"
    "5551234\x0f",
    "n",
    { .number = "5551234", .number_presentation = A } },
  { "DDN_NMBR= 5551212", "n", { .number = "5551212", .number_presentation = A } },
  { "DDN_NMBR=5551212", "n", { .number = "5551212", .number_presentation = A } },
  { "NBR=5551212", "n", { .number = "5551212", .number_presentation = A } },
  /* the dialled number and errors are not the caller */
  { "NDID=5551212", "t", { "" } },
  { "ERRM = 1", "n", { .number_presentation = X, .raw = "ERRM = 1" } },
  /* odd dates and times */
  { "TIME = 12541", "t", { .time = "12541" } },
  { "TIME = 2423", "t", { .time = "2423" } },
  { "TIME = 12:54\nDATE = 03/12", "tt", { .date = "0312", .time = "1254" } },
  { "TIME =\nDATE=", "tt", { "" } },
  { "TIME = 12x\nDATE = 12345678", "tt", { "" } },
  { "DATE = 1234567", "t", { .date = "1234567" } },
  /* why there is no number */
  { "NMBR = P\nNAME = P", "nN", { .number_presentation = W, .name_presentation = W } },
  { "NMBR=O\nNAME=O", "nN", { .number_presentation = X, .name_presentation = X } },
  { "NMBR = \nNAME = ", "tt", { "" } },
  { "NMBR=\nNAME=", "tt", { "" } },
  { "NMBR = P\nNMBR =", "nt", { .number_presentation = W } },
  { "NMBR = Restricted", "n", { .number_presentation = W } },
  { "NMBR = PRIVATE", "n", { .number_presentation = W } },
  { "NMBR = Anonymous caller", "n", { .number_presentation = W } },
  { "NMBR = WITHHELD", "n", { .number_presentation = W } },
  { "NMBR = Blocked", "n", { .number_presentation = W } },
  { "NMBR = UNAVAILABLE", "n", { .number_presentation = X } },
  { "NMBR = Not Available", "n", { .number_presentation = X } },
  { "NMBR = OUT OF AREA", "n", { .number_presentation = X } },
  { "NMBR = OUT-OF-AREA", "n", { .number_presentation = X } },
  { "REASON FOR NO CALLER NUMBER: PRIVATE\nREASON FOR NO CALLER NAME: OUT OF AREA",
    "nN",
    { .number_presentation = W, .name_presentation = X } },
  { "REASON FOR NO CALLER NAME: LATE\nREASON FOR NO CALLER NAME:", "tt", { "" } },
  { "CALLER NAME: JO\nREASON FOR NO CALLER NAME: PRIVATE",
    "Nt",
    { .name = "JO", .name_presentation = A } },
  /* Japan */
  { "NMBR = C\nNMBR = S", "nn", { .number_presentation = X } },
  { "NMBR = 5551234\nNMBR = C", "nt", { .number = "5551234", .number_presentation = A } },
  { "NMBR = C5551234", "n", { .number = "C5551234", .number_presentation = A } },
  { "NMBR = Unknown", "t", { "" } },
  { "NMBR = PO", "t", { "" } },
  { "NMBR = p", "t", { "" } },
  /* a zero is no O */
  { "NMBR = 0", "n", { .number = "0", .number_presentation = A } },
  { "NMBR = 885", "n", { .number = "885", .number_presentation = A } },
  { "NMBR = 0000000000", "n", { .number = "0000000000", .number_presentation = A } },
  /* twice */
  { "NMBR = 5551234\nNMBR = O", "nt", { .number = "5551234", .number_presentation = A } },
  { "NMBR = 5551234\nNMBR = P", "nt", { .number = "5551234", .number_presentation = A } },
  { "NMBR = O\nNMBR = 5551234", "nn", { .number = "5551234", .number_presentation = A } },
  { "NMBR = O\nNMBR = P", "nn", { .number_presentation = W } },
  { "NAME = BOB\nNAME = O", "Nt", { .name = "BOB", .name_presentation = A } },
  { "NAME = O\nNAME = BOB", "NN", { .name = "BOB", .name_presentation = A } },
  { "NMBR = 5551234\nNAME = O",
    "nN",
    { .number = "5551234", .number_presentation = A, .name_presentation = X } },
  /* none of these */
  { "RING\nOK\nNMBR\nNMBR 5551234\n= 5\nNMBRS = 5\nNMB = 5\nXNMBR=5\nnmbr=5\nNM BR=5\nNMBR x=5",
    "-----------",
    { "" } },
  { "DRON=5\nDROF=11\nCWON=1\nCWOF=1\nCPON=1\nCPOF=1\nSITT=1\nASTB=1", "--------", { "" } },
};

static void
assert_same (const OhCallerId *found, const OhCallerId *expected)
{
  g_assert_cmpstr (found->number, ==, expected->number);
  g_assert_cmpstr (found->name, ==, expected->name);
  g_assert_cmpstr (found->date, ==, expected->date);
  g_assert_cmpstr (found->time, ==, expected->time);
  g_assert_cmpint (found->number_presentation, ==, expected->number_presentation);
  g_assert_cmpint (found->name_presentation, ==, expected->name_presentation);
}

static void
test_reports (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (reports); i++)
    {
      g_auto (GStrv) lines = g_strsplit (reports[i].lines, "\n", -1);
      g_autoptr (GString) results = g_string_new (NULL);
      OhCallerId id = { "" };

      note (reports[i].lines);
      for (char **line = lines; *line != NULL; line++)
        g_string_append_c (results, letter_of (oh_caller_id_take_line (&id, *line)));
      g_assert_cmpstr (results->str, ==, reports[i].results);
      assert_same (&id, &reports[i].id);
    }
}

static void
test_report_bounded (void)
{
  g_autofree char *long_text = g_strnfill (6000, '5');
  g_autofree char *number = g_strconcat ("NMBR = ", long_text, NULL);
  g_autofree char *name = g_strconcat ("NAME = ", long_text, NULL);
  g_autofree char *date = g_strconcat ("DATE = ", long_text, NULL);
  OhCallerId id = { "" };

  g_assert_cmpint (oh_caller_id_take_line (&id, number), ==, OH_CALLER_ID_TAKEN);
  g_assert_cmpint (oh_caller_id_take_line (&id, name), ==, OH_CALLER_ID_NAME);
  g_assert_cmpint (oh_caller_id_take_line (&id, date), ==, OH_CALLER_ID_TAKEN);
  g_assert_cmpuint (strlen (id.name), ==, OH_TEXT_MAX - 1);
  g_assert_cmpstr (id.number, ==, "");
  g_assert_cmpstr (id.date, ==, "");
}

static const struct
{
  const char *line;
  const char *number;
  OhPresentation presentation;
  const char *name;
} clips[] = {
  { "+CLIP: \"+1234567890\",145,,,,0", "+1234567890", A, "" },
  { "+CLIP:\"82882690\",129,,,,0", "82882690", A, "" },
  { "+CLIP: \"1234567890\",129", "1234567890", A, "" },
  { "+CLIP: \"1234567890\"", "1234567890", A, "" },
  { "+CLIP: \"+39123\",145,\"\",128,\"\",0", "+39123", A, "" },
  { "+CLIP: \"+39123\",145,\"\",0,\"\",0", "+39123", A, "" },
  { "+CLIP: \"+39123\",145,\"\",,\"Bob\",0", "+39123", A, "Bob" },
  { "+CLIP: \"02151082965\",129,,,\"QUECTEL\",0", "02151082965", A, "QUECTEL" },
  { "+CLIP: \"+49301\",145,,,\"Doe, John\",0", "+49301", A, "Doe, John" },
  { "+CLIP: \"+49301\",145,,,\"  M\xfcller \",0", "+49301", A, "M\xc3\xbcller" },
  { "+CLIP: \"+49301,145", "+49301", A, "" },
  { "+CLIP: 5551234,129,,,,0", "5551234", A, "" },
  { "+CLIP: 5551234", "5551234", A, "" },
  { "+CLIP: \"+7913913ABCA\",145", "+7913913ABCA", A, "" },
  { "+CLIP: \"5551234\",1", "5551234", A, "" },
  { "+CLIP: \"5551234\",791071539,,,,791071539", "5551234", A, "" },
  /* override category: a withheld number is told */
  { "+CLIP: \"5551234\",129,,,,1", "5551234", W, "" },
  { "+CLIP: \"5551234\",129,,,,2", "5551234", A, "" },
  { "+CLIP: \"\",128,,,,1", "", W, "" },
  { "+CLIP: \"\",129,,,,1", "", W, "" },
  { "+CLIP: \"\",128,,,,2", "", X, "" },
  { "+CLIP: \"\",128,,,,3", "", X, "" },
  { "+CLIP: \"\",128,,,,4", "", X, "" },
  { "+CLIP: \"\",128,,,\"Bob\",1", "", W, "Bob" },
  { "+CLIP: \"\",128,\"\",,\"\",0", "", W, "" },
  { "+CLIP: \"\",128", "", W, "" },
  { "+CLIP: ,128,,,,", "", W, "" },
  { "+CLIP: \"\",129", "", U, "" },
  { "+CLIP: \"\",0,,,,0", "", U, "" },
  { "+CLIP: \"\"", "", U, "" },
  { "+CLIP: ,,,,,", "", U, "" },
  { "+CLIP:", "", U, "" },
  { "+CLIP: \"", "", U, "" },
  { "+CLIP: \"number pres restricted\",129", "", W, "" },
  { "+CLIP: \"number not available\",129", "", X, "" },
  { "+CLIP: \"sip:mmtel\",128", "", U, "" },
  { "+CLIP: \"anything\",129,,,,1", "", W, "" },
  { "+CLIP: \"\",161,,,\"\"", "", U, "" },
  { "+CLIP: \"number not available\"", "", X, "" },
  { "+CLIP: \"+49301\",145,,,\"   Bob\",0", "+49301", A, "Bob" },
  /* 145 without the plus sign */
  { "+CLIP: \"14155550100\",145,,,\"\",0", "+14155550100", A, "" },
  { "+CLIP: 14155550100,145", "+14155550100", A, "" },
  { "+CLIP: \"*100#\",145", "*100#", A, "" },
  { "+CLIP: \"14155550100\",161", "14155550100", A, "" },
  /* numbers and names in UCS2 */
  { "+CLIP: \"002B0031003500350035\",145,,,\"004A0061006E0065\",0", "+1555", A, "Jane" },
  { "+CLIP: \"0031003500350035\",129,,,\"12345678\",0", "1555", A, "\u1234\u5678" },
  { "+CLIP: \"1555\",129,,,\"004A0061006E0065\",0", "1555", A, "Jane" },
  { "+CLIP: \"1555\",129,,,\"12345678\",0", "1555", A, "12345678" },
  { "+CLIP: \"00300031\",129", "00300031", A, "" },
  { "+CLIP: \"\",128,,,\"DEADBEEF\",0", "", W, "DEADBEEF" },
};

static void
test_clip (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (clips); i++)
    {
      OhCallerId id;

      note (clips[i].line);
      memset (&id, 0x55, sizeof id);
      g_assert_true (oh_caller_id_from_clip (&id, clips[i].line));
      g_assert_cmpstr (id.number, ==, clips[i].number);
      g_assert_cmpint (id.number_presentation, ==, clips[i].presentation);
      g_assert_cmpstr (id.name, ==, clips[i].name);
      g_assert_cmpint (id.name_presentation, ==, *clips[i].name != '\0' ? A : U);
      g_assert_cmpstr (id.date, ==, "");
      g_assert_cmpstr (id.time, ==, "");
    }
}

static const struct
{
  const char *line;
  const char *number;
  OhPresentation presentation;
  const char *name;
  gboolean voice;
} ccwas[] = {
  { "+CCWA: \"+1234567890\",145,1", "+1234567890", A, "", TRUE },
  { "+CCWA:\"5551234\",129,1,\"Doe, John\",0", "5551234", A, "Doe, John", TRUE },
  { "+CCWA: \"5551234\",129,1,,0,\"\",128,0", "5551234", A, "", TRUE },
  { "+CCWA: \"5551234\",129", "5551234", A, "", TRUE },
  { "+CCWA: \"5551234\"", "5551234", A, "", TRUE },
  { "+CCWA: \"5551234\",129,,", "5551234", A, "", TRUE },
  { "+CCWA: 5551234,129,1", "5551234", A, "", TRUE },
  { "+CCWA: \"5551234\",129,7", "5551234", A, "", TRUE },
  { "+CCWA: \"5551234\",129,0", "5551234", A, "", TRUE },
  { "+CCWA: \"5551234\",129,2", "5551234", A, "", FALSE },
  { "+CCWA: \"5551234\",129,4", "5551234", A, "", FALSE },
  { "+CCWA: \"5551234\",129,-1", "5551234", A, "", TRUE },
  { "+CCWA: \"5551234\",129,791071539", "5551234", A, "", TRUE },
  { "+CCWA: \"15551234\",145,1", "+15551234", A, "", TRUE },
  { "+CCWA: \"0031003500350035\",129,1,\"00420041\"", "1555", A, "BA", TRUE },
  { "+CCWA: \"\",128,1", "", W, "", TRUE },
  { "+CCWA: \"\",128,1,\"\",1", "", W, "", TRUE },
  { "+CCWA: \"\",128,1,\"\",2", "", X, "", TRUE },
  { "+CCWA: \"\",129,1", "", U, "", TRUE },
  { "+CCWA:", "", U, "", TRUE },
};

static void
test_ccwa (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (ccwas); i++)
    {
      gboolean voice = !ccwas[i].voice;
      OhCallerId id;

      note (ccwas[i].line);
      memset (&id, 0x55, sizeof id);
      g_assert_true (oh_caller_id_from_ccwa (&id, ccwas[i].line, &voice));
      g_assert_cmpstr (id.number, ==, ccwas[i].number);
      g_assert_cmpint (id.number_presentation, ==, ccwas[i].presentation);
      g_assert_cmpstr (id.name, ==, ccwas[i].name);
      g_assert_cmpint (voice, ==, ccwas[i].voice);
    }
}

static void
test_neither (void)
{
  const char *lines[]
      = { "",           "RING",       "+CLCC: 1,1,4,0,0", "+CLIP",      "+CCWA",        "+CRING: V",
          "+CLIP: 1,2", "+CLIP: 0,0", "+CCWA: 1,1",       "+CCWA: 0,7", "+COLP: \"5\"", "NMBR=5" };
  OhCallerId untouched, id;
  gboolean voice = 42;

  memset (&untouched, 0x55, sizeof untouched);
  id = untouched;
  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      note (lines[i]);
      g_assert_false (oh_caller_id_from_clip (&id, lines[i]));
      g_assert_false (oh_caller_id_from_ccwa (&id, lines[i], &voice));
    }
  g_assert_cmpmem (&id, sizeof id, &untouched, sizeof untouched);
  g_assert_cmpint (voice, ==, 42);
  g_assert_false (oh_caller_id_from_clip (&id, "+CCWA: \"5\",129,1"));
  g_assert_false (oh_caller_id_from_ccwa (&id, "+CLIP: \"5\",129", &voice));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/caller-id/reports", test_reports);
  g_test_add_func ("/caller-id/report-bounded", test_report_bounded);
  g_test_add_func ("/caller-id/clip", test_clip);
  g_test_add_func ("/caller-id/ccwa", test_ccwa);
  g_test_add_func ("/caller-id/neither", test_neither);
  return g_test_run ();
}
