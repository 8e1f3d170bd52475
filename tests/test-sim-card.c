// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/at/sim.h"

/* What modems say of the SIM, line by line. */

static void
test_state (void)
{
  static const struct
  {
    const char *line;
    int state; /* -1: it is none */
  } rows[] = {
    { "+CPIN: READY", OH_SIM_READY },
    { "+CPIN:READY", OH_SIM_READY },
    { "+CPIN: \"READY\"", OH_SIM_READY },
    { "+CPIN: SIM PIN", OH_SIM_PIN },
    { "+CPIN: SIM PUK", OH_SIM_PUK },
    { "+CPIN: SIM PIN2", OH_SIM_READY },
    { "+CPIN: SIM PUK2", OH_SIM_READY },
    { "+CPIN: PH-NET PIN", OH_SIM_PERSONALIZED },
    { "+CPIN: PH-SIM PIN", OH_SIM_PERSONALIZED },
    { "+CPIN: NOT INSERTED", OH_SIM_ABSENT },
    { "+CPIN: NOT READY", OH_SIM_BUSY },
    { "+CPIN: WHAT", OH_SIM_UNKNOWN },
    { "+CPIN:", OH_SIM_UNKNOWN },
    { "+CPINR: SIM PIN,3", -1 },
  };
  static const struct
  {
    int code, state;
  } errors[] = {
    { 10, OH_SIM_ABSENT },
    { 11, OH_SIM_PIN },
    { 12, OH_SIM_PUK },
    { 13, OH_SIM_FAILURE },
    { 14, OH_SIM_BUSY },
    { 5, OH_SIM_PERSONALIZED },
    { 40, OH_SIM_PERSONALIZED },
    { 4, -1 },
    { 100, -1 },
    { 48, -1 },
    { -1, -1 },
  };
  OhSimState state;

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_test_message ("%s", rows[i].line);
      g_assert_cmpint (oh_sim_state_parse (rows[i].line, &state), ==, rows[i].state >= 0);
      if (rows[i].state >= 0)
        g_assert_cmpint ((int)state, ==, rows[i].state);
    }
  for (guint i = 0; i < G_N_ELEMENTS (errors); i++)
    {
      g_assert_cmpint (oh_sim_state_of_error (errors[i].code, &state), ==, errors[i].state >= 0);
      if (errors[i].state >= 0)
        g_assert_cmpint ((int)state, ==, errors[i].state);
    }
}

static void
test_retries (void)
{
  static const struct
  {
    const char *line;
    OhSimState sim;
    int pin, puk; /* -2: it is none */
  } rows[] = {
    { "+CPINR: SIM PIN,3,3", OH_SIM_PIN, 3, -1 },
    { "+CPINR: SIM PUK,10", OH_SIM_PIN, -1, 10 },
    { "+CPINR: SIM PIN2,2,3", OH_SIM_PIN, -1, -1 },
    { "^CPIN: READY,,10,3,10,3", OH_SIM_READY, 3, 10 },
    { "^CPIN: SIM PIN,2,10,2,10,3", OH_SIM_PIN, 2, 10 },
    { "+QPINC: \"SC\",1,10", OH_SIM_PIN, 1, 10 },
    { "+QPINC: \"P2\",3,9", OH_SIM_PIN, -1, -1 },
    { "+SPIC: 3,10,2,9", OH_SIM_PIN, 3, 10 },
    { "+UPINCNT: 3,2,10,9", OH_SIM_PIN, 3, 10 },
    { "+EPINC:0,3,9,10", OH_SIM_PUK, 0, 9 },
    { "#PCT: 2", OH_SIM_PIN, 2, -1 },
    { "#PCT: 7", OH_SIM_PUK, -1, 7 },
    { "^SPIC: 3", OH_SIM_READY, 3, -1 },
    { "^SPIC: 3", OH_SIM_ABSENT, -1, -1 },
    { "+CPINR: SIM PIN,2147483647", OH_SIM_PIN, -1, -1 },
    { "+SPIC:", OH_SIM_PIN, -1, -1 },
    { "+CPIN: SIM PIN,3", OH_SIM_PIN, -2, -2 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      OhNetwork network = oh_network_unknown;

      network.sim = rows[i].sim;
      g_test_message ("%s", rows[i].line);
      g_assert_cmpint (oh_sim_retries_parse (rows[i].line, &network), ==, rows[i].pin != -2);
      g_assert_cmpint (network.pin_retries, ==, MAX (rows[i].pin, -1));
      g_assert_cmpint (network.puk_retries, ==, MAX (rows[i].puk, -1));
    }
}

static void
test_file (void)
{
  guint sw1 = 0, sw2 = 0;
  char hex[8];

  g_assert_true (oh_sim_file_parse ("+CRSM: 144,0,\"11F2FF\"", &sw1, &sw2, hex, sizeof hex));
  g_assert_cmpuint (sw1, ==, 144);
  g_assert_cmpstr (hex, ==, "11F2FF");
  g_assert_true (oh_sim_file_parse ("+CRSM: 144,0,11f2ff", &sw1, &sw2, hex, sizeof hex));
  g_assert_cmpstr (hex, ==, "11f2ff");
  g_assert_true (oh_sim_file_parse ("+CRSM: 148,8", &sw1, &sw2, hex, sizeof hex));
  g_assert_cmpuint (sw1, ==, 148);
  g_assert_cmpuint (sw2, ==, 8);
  g_assert_cmpstr (hex, ==, "");
  g_assert_true (oh_sim_file_parse ("+CRSM: 144,0,\"no hex\"", &sw1, &sw2, hex, sizeof hex));
  g_assert_cmpstr (hex, ==, "");
  g_assert_true (oh_sim_file_parse ("+CRSM: 144,0,\"0123456789\"", &sw1, &sw2, hex, sizeof hex));
  g_assert_cmpstr (hex, ==, "0123456");
  g_assert_false (oh_sim_file_parse ("+CRSM: 300,0", &sw1, &sw2, hex, sizeof hex));
  g_assert_false (oh_sim_file_parse ("+CRSM: 144", &sw1, &sw2, hex, sizeof hex));
}

static void
test_iccid (void)
{
  char out[OH_ICCID_MAX];

  g_assert_true (oh_iccid_decode ("984910203040506070F8", out));
  g_assert_cmpstr (out, ==, "8994010203040506078");
  g_assert_true (oh_iccid_decode ("98491020304050607081", out));
  g_assert_cmpstr (out, ==, "89940102030405060718");
  g_assert_false (oh_iccid_decode ("98F91020304050607081", out));
  g_assert_false (oh_iccid_decode ("9849", out));
  g_assert_false (oh_iccid_decode ("FFFFFFFFFFFFFFFFFFFF", out));
  g_assert_false (oh_iccid_decode ("984910203040506070819849", out));
  g_assert_cmpstr (out, ==, "");
  g_assert_true (oh_iccid_parse ("+CCID: \"89940102030405060718\"", out));
  g_assert_cmpstr (out, ==, "89940102030405060718");
  g_assert_true (oh_iccid_parse ("8994010203040506071F", out));
  g_assert_cmpstr (out, ==, "8994010203040506071");
  g_assert_false (oh_iccid_parse ("ERROR", out));
}

static void
test_emergency (void)
{
  char out[OH_ECC_MAX];

  g_assert_true (oh_ecc_decode ("11F2FF80FFFFFFFFFF", 0, out));
  g_assert_cmpstr (out, ==, "112");
  g_assert_true (oh_ecc_decode ("11F2FF80FFFFFFFFFF", 1, out));
  g_assert_cmpstr (out, ==, "08");
  g_assert_true (oh_ecc_decode ("11F2FF80FFFFFFFFFF", 2, out));
  g_assert_cmpstr (out, ==, "");
  g_assert_false (oh_ecc_decode ("11F2FF80FFFFFFFFFF", 3, out));
  g_assert_true (oh_ecc_decode ("F1F2F3", 0, out)); /* a filler in between */
  g_assert_cmpstr (out, ==, "");
  g_assert_true (oh_ecc_decode ("214365", 0, out));
  g_assert_cmpstr (out, ==, "123456");
  g_assert_false (oh_ecc_decode ("11F2", 0, out));
}

static void
test_identity (void)
{
  char out[OH_IDENTITY_MAX], number[OH_NUMBER_MAX];

  g_assert_true (oh_identity_parse ("358240051111110", out));
  g_assert_cmpstr (out, ==, "358240051111110");
  g_assert_true (oh_identity_parse ("+CGSN: \"358240051111110\"", out));
  g_assert_cmpstr (out, ==, "358240051111110");
  g_assert_false (oh_identity_parse ("none", out));
  g_assert_false (oh_identity_parse ("12345678901234567", out));
  g_assert_false (oh_identity_parse ("", out));
  g_assert_true (oh_own_number_parse ("+CNUM: \"Voice\",\"491701234567\",145", number));
  g_assert_cmpstr (number, ==, "+491701234567");
  g_assert_true (oh_own_number_parse ("+CNUM: ,\"5551234\",129,7,4", number));
  g_assert_cmpstr (number, ==, "5551234");
  g_assert_false (oh_own_number_parse ("+CNUM: \"x\",\"\",129", number));
  g_assert_false (oh_own_number_parse ("+CNUM:", number));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sim-card/state", test_state);
  g_test_add_func ("/sim-card/retries", test_retries);
  g_test_add_func ("/sim-card/file", test_file);
  g_test_add_func ("/sim-card/iccid", test_iccid);
  g_test_add_func ("/sim-card/emergency", test_emergency);
  g_test_add_func ("/sim-card/identity", test_identity);
  return g_test_run ();
}
