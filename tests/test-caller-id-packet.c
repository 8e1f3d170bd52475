// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/at/caller-id-packet.h"
#include "daemon/drivers/v253-quirks.h"

/* FSK caller ID as hex, the forms of vendors, and the time that comes with a number. */

static const struct
{
  const char *hex;
  OhPacketResult result;
  const char *number, *name, *date;
  OhPresentation presentation;
} packets[] = {
  /* Samples that go round (melabs): this one adds up. */
  { "0412303933303132323436303935353531323132"
    "51",
    OH_PACKET_CALL, "6095551212", "", "0930", OH_PRESENTATION_ALLOWED },
  /* Printed with 12 at its end, but 0E makes it add up. */
  { "04093039333031323234500E", OH_PACKET_CALL, "", "", "0930", OH_PRESENTATION_WITHHELD },
  { "040930393330313232345012", OH_PACKET_BAD, "", "", "", OH_PRESENTATION_UNKNOWN },
  { "04093039333031323234"
    "4F",
    OH_PACKET_CALL, "", "", "0930", OH_PRESENTATION_UNAVAILABLE },
  { "80080706"
    "1B24423B3345",
    OH_PACKET_CALL, "", "$B;3E", "", OH_PRESENTATION_UNKNOWN },
  { "800F0704"
    "8E529363"
    "020735353531323334",
    OH_PACKET_CALL, "5551234", "R c", "", OH_PRESENTATION_ALLOWED },
  /* twice, the second time nothing that makes sense */
  { "80110203353535"
    "0202787A"
    "07024A4F"
    "07012020",
    OH_PACKET_CALL, "555", "JO", "", OH_PRESENTATION_ALLOWED },
  { "8003040150", OH_PACKET_CALL, "", "", "", OH_PRESENTATION_WITHHELD },
  { "800304014F", OH_PACKET_CALL, "", "", "", OH_PRESENTATION_UNAVAILABLE },
  { "8003040143", OH_PACKET_CALL, "", "", "", OH_PRESENTATION_UNAVAILABLE }, /* NTT */
  { "8003040153", OH_PACKET_CALL, "", "", "", OH_PRESENTATION_UNAVAILABLE },
  { "80030307"
    "35",
    OH_PACKET_CALL, "", "", "", OH_PRESENTATION_UNKNOWN }, /* longer than it */
  { "060342424231", OH_PACKET_MESSAGE, "", "", "", OH_PRESENTATION_UNKNOWN },
  { "06036F6F6FAA", OH_PACKET_MESSAGE, "", "", "", OH_PRESENTATION_UNKNOWN },
  { "0603426F6FD7", OH_PACKET_BAD, "", "", "", OH_PRESENTATION_UNKNOWN },
  { "82030B01FF", OH_PACKET_MESSAGE, "", "", "", OH_PRESENTATION_UNKNOWN },
  /* Who has left the message is nobody who calls. */
  { "82200108313132333039313202083038303031353731"
    "07074D41494C424F580B01FFFD",
    OH_PACKET_MESSAGE, "", "", "", OH_PRESENTATION_UNKNOWN },
  { "80030B0100", OH_PACKET_CALL, "", "", "", OH_PRESENTATION_UNKNOWN },
  { "55555555", OH_PACKET_NONE, "", "", "", OH_PRESENTATION_UNKNOWN },
  { "80FF01", OH_PACKET_NONE, "", "", "", OH_PRESENTATION_UNKNOWN },
  { "8003040", OH_PACKET_NONE, "", "", "", OH_PRESENTATION_UNKNOWN },
  { "JOHN", OH_PACKET_NONE, "", "", "", OH_PRESENTATION_UNKNOWN },
  { "", OH_PACKET_NONE, "", "", "", OH_PRESENTATION_UNKNOWN },
};

static void
test_packets (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (packets); i++)
    {
      OhCallerId id = { 0 };

      g_test_message ("%s", packets[i].hex);
      g_assert_cmpint (oh_caller_id_take_packet (&id, packets[i].hex), ==, packets[i].result);
      g_assert_cmpstr (id.number, ==, packets[i].number);
      g_assert_cmpstr (id.name, ==, packets[i].name);
      g_assert_cmpstr (id.date, ==, packets[i].date);
      g_assert_cmpint (id.number_presentation, ==, packets[i].presentation);
    }
}

/* All that a packet may have, its sum made here. */
static void
test_whole (void)
{
  static const char body[] = "8019"
                             "01083039333031323234"
                             "02073535353132333407044A414E45";
  OhCallerId id = { 0 };
  g_autofree char *hex = NULL;
  guint sum = 0;

  for (guint i = 0; body[i] != '\0'; i += 2)
    sum += (guint)(g_ascii_xdigit_value (body[i]) << 4 | g_ascii_xdigit_value (body[i + 1]));
  hex = g_strdup_printf ("%s%02X", body, (0x100 - sum % 0x100) % 0x100);
  g_assert_cmpint (oh_caller_id_take_packet (&id, hex), ==, OH_PACKET_CALL);
  g_assert_cmpstr (id.number, ==, "5551234");
  g_assert_cmpstr (id.name, ==, "JANE");
  g_assert_cmpstr (id.date, ==, "0930");
  g_assert_cmpstr (id.time, ==, "1224");
  hex[strlen (hex) - 1] ^= 1; /* another sum */
  g_assert_cmpint (oh_caller_id_take_packet (&id, hex), ==, OH_PACKET_BAD);
}

static void
test_parameter (void)
{
  OhCallerId id = { 0 };

  g_assert_true (oh_caller_id_take_parameter (&id, "030735353531323132")); /* Bell Canada */
  g_assert_cmpstr (id.number, ==, "5551212");
  g_assert_false (oh_caller_id_take_parameter (&id, "0307355535"));
  g_assert_false (oh_caller_id_take_parameter (&id, "03"));
  g_assert_false (oh_caller_id_take_parameter (&id, "x"));
}

static void
test_vendors (void)
{
  static const struct
  {
    const char *line;
    OhCallerIdResult result;
    const char *number, *name;
  } rows[] = {
    { "CALLER NUMBER: 5551234", OH_CALLER_ID_NUMBER, "5551234", "" },
    { "CALLER'S NUMBER: 5551234", OH_CALLER_ID_NUMBER, "5551234", "" },
    { "CALLER NAME: JO", OH_CALLER_ID_NAME, "", "JO" },
    { "CallerID: 5551234", OH_CALLER_ID_NUMBER, "5551234", "" },
    { "NBR=5551234", OH_CALLER_ID_NUMBER, "5551234", "" },
    { "REASON FOR NO CALLER NUMBER: P", OH_CALLER_ID_NUMBER, "", "" },
    { "FM:5551234 TO:99", OH_CALLER_ID_NUMBER, "5551234", "" },
    { "FM: 5551234 /7/ TO: 99", OH_CALLER_ID_NUMBER, "5551234", "" },
    { "RING;5551234;99", OH_CALLER_ID_NUMBER, "5551234", "" },
    { "RING 5551234", OH_CALLER_ID_NUMBER, "5551234", "" },
    { "RING 2", OH_CALLER_ID_NOT_MINE, "", "" },
    { "RING A", OH_CALLER_ID_NOT_MINE, "", "" },
    { "RING BACK", OH_CALLER_ID_NOT_MINE, "", "" },
    { "RING;;", OH_CALLER_ID_NOT_MINE, "", "" },
    { "MESG = 030735353531323132", OH_CALLER_ID_NUMBER, "5551212", "" },
    { "04123039333031323234363039353535313231325"
      "1",
      OH_CALLER_ID_NUMBER, "6095551212", "" },
    { "NDID = 99", OH_CALLER_ID_TAKEN, "", "" },
    { "ERRM", OH_CALLER_ID_NOT_MINE, "", "" },
    { "5551234", OH_CALLER_ID_NOT_MINE, "", "" },
    { "NAMEX = JO", OH_CALLER_ID_NOT_MINE, "", "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      OhCallerId id = { 0 };

      g_test_message ("%s", rows[i].line);
      g_assert_cmpint (oh_caller_id_take_line (&id, rows[i].line), ==, rows[i].result);
      g_assert_cmpstr (id.number, ==, rows[i].number);
      g_assert_cmpstr (id.name, ==, rows[i].name);
    }
}

/* What cannot be read is kept, and nothing of it is believed. */
static void
test_raw (void)
{
  OhCallerId id = { 0 };

  g_assert_cmpint (oh_caller_id_take_line (&id, "MESG = 040930393330313232345012"), ==,
                   OH_CALLER_ID_NUMBER);
  g_assert_cmpstr (id.raw, ==, "040930393330313232345012");
  g_assert_cmpstr (id.number, ==, "");
  g_assert_cmpint (id.number_presentation, ==, OH_PRESENTATION_UNAVAILABLE);
  g_assert_cmpint (oh_caller_id_take_line (&id, "ERRM = 7"), ==, OH_CALLER_ID_TAKEN);
  g_assert_cmpstr (id.raw, ==, "ERRM = 7");
}

static void
test_time (void)
{
  static const struct
  {
    const char *date, *time, *told;
  } rows[] = {
    { "1123", "0912", "2026-11-23T09:12" },
    { "1231", "2359", "2026-12-31T23:59" },
    { "0102", "0001", "2027-01-02T00:01" },
    { "0601", "1200", "2026-06-01T12:00" },
    { "0228", "1200", "2027-02-28T12:00" },
    { "2311", "0912", "2026-11-23T09:12" },
    { "1123", "2423", "2026-11-23T00:23" },
    { "1123", "12541", "2026-11-23T12:54" },
    { "1131", "0912", "" },
    { "0000", "0912", "" },
    { "1123", "2500", "" },
    { "1123", "1260", "" },
    { "1123", "", "" },
    { "", "0912", "" },
    { "1123", "9", "" },
    { "3232", "0912", "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      OhCallerId id = { 0 };
      char told[20];

      g_strlcpy (id.date, rows[i].date, sizeof id.date);
      g_strlcpy (id.time, rows[i].time, sizeof id.time);
      oh_caller_id_time (&id, 2026, 11, 23, told, sizeof told);
      g_assert_cmpstr (told, ==, rows[i].told);
    }
}

/* Around the new year. */
static void
test_new_year (void)
{
  OhCallerId id = { .date = "1231", .time = "2359" };
  char told[20];

  oh_caller_id_time (&id, 2027, 1, 1, told, sizeof told);
  g_assert_cmpstr (told, ==, "2026-12-31T23:59");
}

static void
test_rows (void)
{
  g_assert_true (oh_landline_get_quirks (oh_landline_find_quirks ("U.S. Robotics", "USR5637"))
                     ->lies_about_dial_tone);
  g_assert_true (
      oh_landline_get_quirks (oh_landline_find_quirks ("Conexant", ""))->lifts_with_both);
  g_assert_cmpstr (oh_landline_get_quirks (oh_landline_find_quirks ("", ""))->caller_id, ==,
                   "AT+VCID=1");
  g_assert_cmpstr (oh_landline_get_quirks (99)->maker, ==, "");
}

static void
test_numbers (void)
{
  g_assert_cmphex (oh_numbers_parse ("(0-2,5)", 31), ==, 0x27);
  g_assert_cmphex (oh_numbers_parse ("+VLS: (0,1),(4-7)", 31), ==, 0xF3);
  g_assert_cmphex (oh_numbers_parse ("0,1,8", 7), ==, 0x3);
  g_assert_cmphex (oh_numbers_parse ("(3-1)", 31), ==, 0);
  g_assert_cmphex (oh_numbers_parse ("(30-99999999999999999999)", 31), ==, 0xC0000000);
  g_assert_cmphex (oh_numbers_parse ("none", 31), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/caller-id-packet/packets", test_packets);
  g_test_add_func ("/caller-id-packet/whole", test_whole);
  g_test_add_func ("/caller-id-packet/parameter", test_parameter);
  g_test_add_func ("/caller-id-packet/vendors", test_vendors);
  g_test_add_func ("/caller-id-packet/raw", test_raw);
  g_test_add_func ("/caller-id-packet/time", test_time);
  g_test_add_func ("/caller-id-packet/new-year", test_new_year);
  g_test_add_func ("/caller-id-packet/rows", test_rows);
  g_test_add_func ("/caller-id-packet/numbers", test_numbers);
  return g_test_run ();
}
