// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/at/network.h"

/* What modems say of the network, line by line. */

#define NONE OH_ACCESS_NONE

static void
test_registration (void)
{
  static const struct
  {
    const char *line;
    int domain; /* -1: it is none */
    guint registration, access;
  } rows[] = {
    /* reports */
    { "+CREG: 1", OH_DOMAIN_CIRCUIT, 1, NONE },
    { "+CREG:5", OH_DOMAIN_CIRCUIT, 5, NONE },
    { "+CREG: 1,\"00C3\",\"0000B2A1\"", OH_DOMAIN_CIRCUIT, 1, NONE },
    { "+CREG: 1,\"00C3\",\"0000B2A1\",7", OH_DOMAIN_CIRCUIT, 1, 7 },
    { "+CREG: 1,00C3,0000B2A1,2", OH_DOMAIN_CIRCUIT, 1, 2 },
    { "+CREG: 5,\"1\",\"2\",0", OH_DOMAIN_CIRCUIT, 5, 0 },
    { "+CREG: 3,\"0000\",\"0000\",,0,13", OH_DOMAIN_CIRCUIT, 3, NONE },
    { "+CREG: 1,\"00C3\",\"0000B2A1\",99", OH_DOMAIN_CIRCUIT, 1, NONE },
    { "+CEREG: 10,\"00C3\",\"0000B2A1\",7", OH_DOMAIN_PACKET, 10, 7 },
    { "+C5GREG: 1,\"00C3\",\"0000B2A1\",11", OH_DOMAIN_PACKET, 1, 11 },
    /* answers */
    { "+CREG: 0,1", OH_DOMAIN_CIRCUIT, 1, NONE },
    { "+CREG: 2,5,\"00C3\",\"0000B2A1\"", OH_DOMAIN_CIRCUIT, 5, NONE },
    { "+CREG: 2,1,\"00C3\",\"0000B2A1\",7", OH_DOMAIN_CIRCUIT, 1, 7 },
    { "+CREG: 2, 1, 00C3, 0000B2A1, 6", OH_DOMAIN_CIRCUIT, 1, 6 },
    { "+CEREG: 4,10,\"00C3\",\"0000B2A1\",7,,,\"00\",\"01\"", OH_DOMAIN_PACKET, 10, 7 },
    /* of nothing */
    { "+CGREG: 0,1", -1, 0, 0 },
    { "+CREG:", -1, 0, 0 },
    { "+CREG: ", -1, 0, 0 },
    { "+CREG: 11", -1, 0, 0 },
    { "+CREG: 0,99", -1, 0, 0 },
    { "+CREG: 9,1", -1, 0, 0 },
    { "+CREG: 2147483647,2147483647", -1, 0, 0 },
    { "+CREG: ERROR", -1, 0, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      OhRegistration registration;
      OhDomain domain;
      guint access;
      gboolean is = oh_registration_parse (rows[i].line, &domain, &registration, &access);

      g_test_message ("%s", rows[i].line);
      g_assert_cmpint (is, ==, rows[i].domain >= 0);
      if (!is)
        continue;
      g_assert_cmpint (domain, ==, rows[i].domain);
      g_assert_cmpuint (registration, ==, rows[i].registration);
      g_assert_cmpuint (access, ==, rows[i].access);
    }
}

static void
test_ims (void)
{
  static const struct
  {
    const char *line;
    int voice; /* -1: it is none */
  } rows[] = {
    { "+CIREG: 0,0", 0 },  { "+CIREG: 1,1", 1 },   { "+CIREG: 2,1,5", 1 }, { "+CIREG: 2,1,4", 0 },
    { "+CIREGU: 1,1", 1 }, { "+CIREGU: 0", 0 },    { "+CIREG: 1", -1 },    { "+CIREG: 0,7", -1 },
    { "+CIREGU: x", -1 },  { "+CREG: 0,1,1", -1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      gboolean voice = FALSE;

      g_test_message ("%s", rows[i].line);
      g_assert_cmpint (oh_ims_parse (rows[i].line, &voice), ==, rows[i].voice >= 0);
      g_assert_cmpint (voice, ==, MAX (rows[i].voice, 0));
    }
}

static void
test_operator (void)
{
  static const struct
  {
    const char *line, *name, *code;
    guint access;
  } rows[] = {
    { "+COPS: 0,0,\"Net One\",7", "Net One", "", 7 },
    { "+COPS: 0,1,\"One\"", "One", "", NONE },
    { "+COPS: 0,2,\"26201\",2", "", "26201", 2 },
    { "+COPS: 1,2,310410", "", "310410", NONE },
    { "+COPS: 0,2,\"003200360032003000310031\"", "", "262011", NONE },
    { "+COPS: 0,0,\"0054002D004D006F00620069006C0065\",7", "T-Mobile", "", 7 },
    { "+COPS: 0,0,\"Caf\xe9\"", "Caf\xc3\xa9", "", NONE },
    { "+COPS: 0,2,\"2620\"", "", "", NONE },
    { "+COPS: 0,2,\"home\"", "", "", NONE },
    { "+COPS: 0", "", "", NONE },
    { "+COPS: 2", "", "", NONE },
    { "+COPS: 0,0,\"A\",2147483647", "A", "", NONE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      OhNetwork network = oh_network_unknown;

      g_autofree char *escaped = g_strescape (rows[i].line, NULL);

      g_test_message ("%s", escaped);
      g_assert_true (oh_operator_parse (rows[i].line, &network));
      g_assert_cmpstr (network.operator_name, ==, rows[i].name);
      g_assert_cmpstr (network.operator_code, ==, rows[i].code);
      g_assert_cmpuint (network.access, ==, rows[i].access);
    }
}

/* A long name is cut between characters. */
static void
test_operator_long (void)
{
  OhNetwork network = oh_network_unknown;
  g_autoptr (GString) line = g_string_new ("+COPS: 0,0,\"x");

  for (guint i = 0; i < 100; i++)
    g_string_append (line, "é");
  g_string_append (line, "\"");
  g_assert_true (oh_operator_parse (line->str, &network));
  g_assert_cmpuint (strlen (network.operator_name), ==, OH_OPERATOR_MAX - 1);
  g_assert_true (g_utf8_validate (network.operator_name, -1, NULL));
  g_assert_false (oh_operator_parse ("+COPS: 9,0,\"x\"", &network));
  g_assert_false (oh_operator_parse ("+COPN: 0", &network));
}

static void
test_signal (void)
{
  static const struct
  {
    const char *line;
    int dbm; /* 1: it is none */
  } rows[] = {
    { "+CSQ: 0,99", -113 },
    { "+CSQ: 20,99", -73 },
    { "+CSQ:31,0", -51 },
    { "+CSQ: 99,99", OH_SIGNAL_NONE },
    { "+CSQ: 2147483647,1", 0 },
    { "+CSQ:", 0 },
    { "^RSSI: 15", -83 },
    { "^RSSI:99", 0 },
    { "+QIND: \"csq\",22,99", -69 },
    { "+QIND: \"act\",\"LTE\"", 1 },
    { "+QIND: SMS DONE", 1 },
    { "^RSSILVL: 80", 1 },
    { "+CSQ", 1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      int dbm = 1;

      g_test_message ("%s", rows[i].line);
      g_assert_cmpint (oh_signal_parse (rows[i].line, &dbm), ==, rows[i].dbm != 1);
      g_assert_cmpint (dbm, ==, rows[i].dbm);
    }
}

static void
test_indicators (void)
{
  static const char plain[] = "+CIND: (\"battchg\",(0-5)),(\"signal\",(0-5)),(\"service\",(0,1))";
  int dbm = 1;

  g_assert_cmpuint (oh_indicator_find (plain, "signal"), ==, 2);
  g_assert_cmpuint (oh_indicator_find (plain, "service"), ==, 3);
  g_assert_cmpuint (oh_indicator_find (plain, "sign"), ==, 0);
  g_assert_cmpuint (oh_indicator_find ("+CIND: (signal,(0-5))", "signal"), ==, 1);
  g_assert_cmpuint (oh_indicator_find ("+CIND: ( \"SIGNAL\" ,(0-5))", "signal"), ==, 1);
  g_assert_cmpuint (oh_indicator_find ("+CIND: 0,3,1", "signal"), ==, 0);
  g_assert_cmpuint (oh_indicator_find ("+CIND: ))))((((", "signal"), ==, 0);
  g_assert_cmpuint (oh_indicator_find ("+CMER: (\"signal\")", "signal"), ==, 0);

  g_assert_true (oh_indicator_parse ("+CIEV: 2,5", 2, &dbm));
  g_assert_cmpint (dbm, ==, -57);
  g_assert_true (oh_indicator_parse ("+CIEV: \"signal\",0", 0, &dbm));
  g_assert_cmpint (dbm, ==, -113);
  g_assert_true (oh_indicator_parse ("+CIEV: signal,1", 7, &dbm));
  g_assert_cmpint (dbm, ==, -105);
  g_assert_false (oh_indicator_parse ("+CIEV: 2,5", 3, &dbm));
  g_assert_false (oh_indicator_parse ("+CIEV: 0,5", 0, &dbm));
  g_assert_false (oh_indicator_parse ("+CIEV: 2,6", 2, &dbm));
  g_assert_false (oh_indicator_parse ("+CIEV: 2", 2, &dbm));
}

static void
test_emergency (void)
{
  char number[OH_NUMBER_MAX];

  g_assert_true (oh_emergency_parse ("+CEN2: 1,110", number));
  g_assert_cmpstr (number, ==, "110");
  g_assert_true (oh_emergency_parse ("+CEN2: 31,\"112\"", number));
  g_assert_cmpstr (number, ==, "112");
  g_assert_false (oh_emergency_parse ("+CEN2: 1", number));
  g_assert_false (oh_emergency_parse ("+CEN2: 1,police", number));
  g_assert_false (oh_emergency_parse ("+CEN1: 0,001,01", number));
}

static void
test_forwarding (void)
{
  static const struct
  {
    const char *line;
    gboolean of_voice, active;
    const char *number;
    guint seconds;
  } rows[] = {
    { "+CCFC: 0,7", TRUE, FALSE, "", 0 },
    { "+CCFC: 0,1", TRUE, FALSE, "", 0 },
    { "+CCFC: 1,1,\"+491701234567\",145", TRUE, TRUE, "+491701234567", 0 },
    { "+CCFC: 1,1,\"491701234567\",145", TRUE, TRUE, "+491701234567", 0 },
    { "+CCFC: 1,1,\"5551234\",129,,,20", TRUE, TRUE, "5551234", 20 },
    { "+CCFC: 1,1,\"5551234\",129,\"\",128,15", TRUE, TRUE, "5551234", 15 },
    { "+CCFC:0,1,\"5551234\",129,,,2147483647", TRUE, FALSE, "5551234", 0 },
    { "+CCFC: 1,1,\"003500350035\",129", TRUE, TRUE, "555", 0 },
    { "+CCFC: 1,1,\"nobody\",129", TRUE, TRUE, "", 0 },
    { "+CCFC: 1,4,\"5551234\",129", FALSE, FALSE, "", 0 },
    { "+CCFC: 2,1", FALSE, FALSE, "", 0 },
    { "+CCFC:", FALSE, FALSE, "", 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      OhForwardRule rule;

      g_test_message ("%s", rows[i].line);
      g_assert_cmpint (oh_forward_rule_parse (rows[i].line, &rule), ==, rows[i].of_voice);
      if (!rows[i].of_voice)
        continue;
      g_assert_cmpint (rule.active, ==, rows[i].active);
      g_assert_cmpstr (rule.number, ==, rows[i].number);
      g_assert_cmpuint (rule.seconds, ==, rows[i].seconds);
    }
}

static void
test_call_waiting (void)
{
  gboolean enabled = FALSE;

  g_assert_true (oh_call_waiting_parse ("+CCWA: 1,1", &enabled));
  g_assert_true (enabled);
  g_assert_true (oh_call_waiting_parse ("+CCWA: 0,7", &enabled));
  g_assert_false (enabled);
  g_assert_true (oh_call_waiting_parse ("+CCWA: 1", &enabled));
  g_assert_true (enabled);
  g_assert_false (oh_call_waiting_parse ("+CCWA: 1,4", &enabled));
  g_assert_false (oh_call_waiting_parse ("+CCWA: \"5551234\",129,1", &enabled));
}

/* Each has a name, and no two the same. */
static void
test_names (void)
{
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);
  OhForward forward = OH_FORWARD_BUSY;

  for (guint i = 0; i <= OH_SIM_READY; i++)
    g_assert_true (g_hash_table_add (names, (gpointer)oh_sim_state_name ((OhSimState)i)));
  g_hash_table_remove_all (names);
  for (guint i = 0; i <= OH_REGISTRATION_MOST; i++)
    g_assert_true (g_hash_table_add (names, (gpointer)oh_registration_name ((OhRegistration)i)));
  g_hash_table_remove_all (names);
  for (guint i = 0; i <= OH_ACCESS_MOST + 1; i++)
    g_assert_true (g_hash_table_add (names, (gpointer)oh_access_name (i)));
  g_assert_cmpstr (oh_access_name (OH_ACCESS_NONE), ==, "");
  g_assert_true (oh_forward_parse ("all-conditional", &forward));
  g_assert_cmpint (forward, ==, 5);
  g_assert_false (oh_forward_parse ("never", &forward));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/network/registration", test_registration);
  g_test_add_func ("/network/ims", test_ims);
  g_test_add_func ("/network/operator", test_operator);
  g_test_add_func ("/network/operator/long", test_operator_long);
  g_test_add_func ("/network/signal", test_signal);
  g_test_add_func ("/network/indicators", test_indicators);
  g_test_add_func ("/network/emergency", test_emergency);
  g_test_add_func ("/network/forwarding", test_forwarding);
  g_test_add_func ("/network/call-waiting", test_call_waiting);
  g_test_add_func ("/network/names", test_names);
  return g_test_run ();
}
