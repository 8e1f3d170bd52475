// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/cellular-line.h"
#include "tests/wire.h"

/* SIM and network of a cellular line, against modems of the simulator. */

typedef struct
{
  Fixture *f;
  const char *state, *reason;
} Wanted;

static gboolean
is_in_state (gpointer user_data)
{
  const Wanted *wanted = user_data;
  OhDbusLine *line = OH_DBUS_LINE (wanted->f->line);

  return g_str_equal (oh_dbus_line_get_state (line), wanted->state)
         && g_str_equal (oh_dbus_line_get_state_reason (line), wanted->reason);
}

static void
until_state (Fixture *f, const char *state, const char *reason)
{
  spin_until (is_in_state, &(Wanted){ f, state, reason });
}

static void
test_properties (Fixture *f, gconstpointer line)
{
  cellular_assert (f, "SimState", "'ready'");
  cellular_assert (f, "Retries", "{'pin': 3, 'puk': 10}");
  cellular_assert (f, "Registration", "'home'");
  cellular_assert (f, "Roaming", "false");
  cellular_until (f, "OperatorName", "'Offhook Test'");
  cellular_assert (f, "OperatorCode", "'00101'");
  cellular_assert (f, "AccessTechnology", "'e-utran'");
  cellular_assert (f, "VoiceAvailable", "true");
  cellular_until (f, "SignalStrength", "-73");
  cellular_assert (f, "UssdState", "'idle'");
}

/* Who looks at the bus finds it, also on a line whose kind had to be found first. */
static void
test_announced (Fixture *f, gconstpointer line)
{
  g_autofree char *device = sim_device (f);
  g_autoptr (GVariant) objects = NULL;
  g_autoptr (GVariant) interfaces = NULL;
  g_autoptr (GVariant) all = NULL;

  g_variant_unref (call_ok (f, f->client, OH_BUS_PATH, "RemoveLine", g_variant_new ("(o)", HOME)));
  g_variant_unref (
      call_ok (f, f->client, OH_BUS_PATH, "AddLine",
               g_variant_new ("(s@a{sv})", device, g_variant_new_parsed ("{'Alias': <'home'>}"))));
  cellular_until (f, "SimState", "'ready'");
  objects = call (f, f->client, OH_BUS_PATH, "org.freedesktop.DBus.ObjectManager",
                  "GetManagedObjects", NULL, NULL);
  all = g_variant_get_child_value (objects, 0);
  interfaces = g_variant_lookup_value (all, HOME, NULL);
  g_assert_nonnull (interfaces);
  g_assert_true (g_variant_lookup (interfaces, OH_BUS_NAME ".Line.Cellular", "@a{sv}", NULL));
  g_assert_true (g_variant_lookup (interfaces, OH_BUS_NAME ".Line", "@a{sv}", NULL));
}

static void
test_network (Fixture *f, gconstpointer line)
{
  Listener *listener = listen_home (f);
  guint at;

  sim (f, "network roaming operator=Other code=20801 act=2");
  cellular_until (f, "Registration", "'roaming'");
  cellular_assert (f, "Roaming", "true");
  cellular_until (f, "OperatorName", "'Other'");
  cellular_until (f, "OperatorCode", "'20801'");
  cellular_until (f, "AccessTechnology", "'utran'");
  until_state (f, "in-service", "");
  sim (f, "network denied");
  at = heard_until (listener, 0, "* line-state * emergency-only");
  cellular_assert (f, "Registration", "'denied'"); /* it is shown before it is told */
  assert_heard (listener, at, "StateReason", "registration-denied");
  cellular_assert (f, "OperatorName", "''");
  cellular_assert (f, "AccessTechnology", "''");
  cellular_assert (f, "VoiceAvailable", "false");
  sim (f, "network searching");
  heard_until (listener, at, "* line-state * out-of-service");
  cellular_until (f, "Registration", "'searching'");
  sim (f, "network home");
  heard_until (listener, at, "* line-state * in-service");
  for (guint i = 0; i < listener->heard->len; i++)
    g_test_message ("%s", (char *)listener->heard->pdata[i]);
  g_assert_cmpuint (listener->heard->len, ==, 3); /* and nothing in between */
}

/* Without circuits calls take IMS. */
static void
test_voice (Fixture *f, gconstpointer line)
{
  sim (f, "network sms-only");
  cellular_until (f, "Registration", "'home-sms-only'");
  cellular_assert (f, "VoiceAvailable", "false");
  until_state (f, "out-of-service", "no-voice");
  sim (f, "send '\\r\\n+CEREG: 1,\"00C3\",\"0000B2A1\",7\\r\\n'");
  sim (f, "network ims=on");
  sim (f, "send '\\r\\n+CIREGU: 1,1\\r\\n'");
  cellular_until (f, "VoiceAvailable", "true");
  until_state (f, "in-service", "");
  cellular_fails (f, "EnterPin", "('1234',)", "InvalidState");
}

static guint
count_changes (Fixture *f, const char *property)
{
  g_autofree char *glob = g_strconcat ("PropertiesChanged *Line.Cellular*", property, "*", NULL);
  guint n = 0;

  for (guint i = 0; i < f->bus_heard->len; i++)
    n += g_pattern_match_simple (glob, f->bus_heard->pdata[i]);
  return n;
}

/* Few reports, of changes that are worth one. */
static void
test_signal (Fixture *f, gconstpointer line)
{
  cellular_until (f, "SignalStrength", "-73");
  hear_broadcasts (f);
  sim (f, "signal 21");
  sim (f, "signal 19");
  sim (f, "signal 10");
  sim (f, "signal 12");
  sim (f, "signal 11");
  cellular_until (f, "SignalStrength", "-91");
  g_assert_cmpuint (count_changes (f, "SignalStrength"), ==, 1);
  sim (f, "signal 99"); /* that it is not known any more is told at once */
  cellular_until (f, "SignalStrength", "0");
}

static void
test_signal_of_indicators (Fixture *f, gconstpointer line)
{
  cellular_until (f, "SignalStrength", "-73");
  sim (f, "signal 2");
  cellular_until (f, "SignalStrength", "-105");
}

static void
test_pin (Fixture *f, gconstpointer line)
{
  until_state (f, "locked", "sim-pin");
  cellular_assert (f, "SimState", "'pin-required'");
  cellular_assert (f, "Retries", "{'pin': 3, 'puk': 10}");
  cellular_fails (f, "EnterPuk", "('12345678', '1234')", "InvalidState");
  cellular_fails (f, "EnterPin", "('9999',)", "Failed");
  cellular_assert (f, "Retries", "{'pin': 2, 'puk': 10}"); /* the client may read it at once */
  call_fails (f, f->client, HOME, "Dial", g_variant_new ("(sa{sv})", "5551234", NULL),
              "InvalidState");
  g_free (cellular_ask (f, "EnterPin", "('1234',)"));
  cellular_until (f, "VoiceAvailable", "true");
  cellular_assert (f, "SimState", "'ready'");
  until_state (f, "in-service", "");
  cellular_until (f, "Retries", "{'pin': 3, 'puk': 10}");
  cellular_until (f, "OperatorName", "'Offhook Test'");
}

/* The modem had refused what needs a SIM: now callers have names and numbers. */
static void
test_told_after_pin (Fixture *f, gconstpointer line)
{
  Listener *listener = listen_home (f);
  guint at;

  g_free (cellular_ask (f, "EnterPin", "('1234',)"));
  heard_until (listener, 0, "* line-state * in-service");
  sim_until (f, "*");
  sim (f, "ring number=5551234");
  at = heard_until (listener, 0, "* new-call 1 offering");
  assert_heard (listener, at, "Number", "5551234");
}

static void
test_puk (Fixture *f, gconstpointer line)
{
  for (guint i = 0; i < 3; i++)
    cellular_fails (f, "EnterPin", "('9999',)", "Failed");
  cellular_assert (f, "SimState", "'puk-required'");
  cellular_assert (f, "Retries", "{'pin': 0, 'puk': 10}");
  until_state (f, "locked", "sim-puk");
  cellular_fails (f, "EnterPin", "('1234',)", "InvalidState");
  cellular_fails (f, "EnterPuk", "('11111111', '1234')", "Failed");
  cellular_assert (f, "Retries", "{'pin': 0, 'puk': 9}");
  g_free (cellular_ask (f, "EnterPuk", "('12345678', '4321')"));
  cellular_until (f, "VoiceAvailable", "true");
  cellular_until (f, "Retries", "{'pin': 3, 'puk': 10}");
}

/* Where the modem counts only for the code that it wants. */
static void
test_puk_alone (Fixture *f, gconstpointer line)
{
  cellular_assert (f, "Retries", "{'pin': 3}");
  for (guint i = 0; i < 3; i++)
    cellular_fails (f, "EnterPin", "('9999',)", "Failed");
  cellular_assert (f, "SimState", "'puk-required'");
  cellular_until (f, "Retries", "{*'puk': 10}");
}

static void
test_pin_arguments (Fixture *f, gconstpointer line)
{
  static const char *const pins[] = { "('',)",        "('123',)",    "('123456789',)",
                                      "('12a4',)",    "('1234\"',)", "('1234\\r\\nATD112;',)",
                                      "('１２３４',)" };
  static const char *const puks[]
      = { "('1234567', '1234')", "('123456789', '1234')", "('12345678', '123')",
          "('1234567x', '1234')", "('12345678', '12\",34')" };

  for (guint i = 0; i < G_N_ELEMENTS (pins); i++)
    cellular_fails (f, "EnterPin", pins[i], "InvalidArgs");
  for (guint i = 0; i < G_N_ELEMENTS (puks); i++)
    cellular_fails (f, "EnterPuk", puks[i], "InvalidArgs");
  cellular_assert (f, "Retries", "{'pin': 3, 'puk': 10}");
}

static void
test_configured_pin (Fixture *f, gconstpointer line)
{
  cellular_assert (f, "SimState", "'ready'");
  cellular_until (f, "Retries", "{'pin': 3, 'puk': 10}");
}

/* Once, and never again: not after a reboot of the modem either. */
static void
test_configured_pin_wrong (Fixture *f, gconstpointer line)
{
  cellular_until (f, "Retries", "{'pin': 2, 'puk': 10}");
  sim (f, "reboot");
  sim_until (f, "*rebooted*");
  cellular_until (f, "SimState", "'pin-required'");
  sim (f, "send '\\r\\n+CPIN: SIM PUK\\r\\n'");
  sim (f, "send '\\r\\n+CPIN: SIM PIN\\r\\n'");
  cellular_until (f, "SimState", "'pin-required'");
  g_free (cellular_ask (f, "GetIdentity", NULL)); /* behind all that was asked */
  cellular_assert (f, "Retries", "{'pin': 2, 'puk': 10}");
}

/* A try is lost, or the modem does not tell: nothing is risked. */
static void
test_configured_pin_kept (Fixture *f, gconstpointer line)
{
  const CellularLine *row = line;

  g_free (cellular_ask (f, "GetIdentity", NULL));
  cellular_assert (f, "SimState", "'pin-required'");
  if (strstr (row->first, "tries=2") != NULL)
    cellular_assert (f, "Retries", "{'pin': 2, 'puk': 10}");
  else if (strstr (row->first, "tries=1") != NULL)
    cellular_assert (f, "Retries", "{'pin': 1, 'puk': 10}");
  else
    cellular_assert (f, "Retries", "{}");
  g_free (cellular_ask (f, "EnterPin", "('1234',)"));
  cellular_until (f, "SimState", "'ready'");
}

static void
test_sim_states (Fixture *f, gconstpointer line)
{
  static const struct
  {
    const char *word, *state, *line_state, *reason;
  } rows[] = { { "absent", "'absent'", "out-of-service", "no-sim" },
               { "failure", "'failure'", "out-of-service", "sim-failure" },
               { "pin=1234", "'pin-required'", "locked", "sim-pin" },
               { "pin=1234 tries=0", "'puk-required'", "locked", "sim-puk" },
               { "busy", "'busy'", "out-of-service", "sim-busy" },
               { "ready", "'ready'", "in-service", "" } };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      sim (f, "sim %s", rows[i].word);
      cellular_until (f, "SimState", rows[i].state);
      until_state (f, rows[i].line_state, rows[i].reason);
    }
}

typedef struct
{
  Fixture *f;
  const char *number;
  gboolean there;
} Number;

static gboolean
is_as_wanted (gpointer user_data)
{
  const Number *wanted = user_data;
  const char *const *numbers = oh_dbus_line_get_emergency (OH_DBUS_LINE (wanted->f->line));

  return g_strv_contains (numbers, wanted->number) == wanted->there;
}

static void
until_emergency (Fixture *f, const char *number, gboolean there)
{
  if (!spin_for (is_as_wanted, &(Number){ f, number, there }))
    g_error ("%s should%s be there", number, there ? "" : " not");
}

static void
test_emergency (Fixture *f, gconstpointer line)
{
  until_emergency (f, "112", TRUE);
  until_emergency (f, "911", TRUE);
  until_emergency (f, "08", TRUE); /* the SIM's */
  until_emergency (f, "999", FALSE);
  sim (f, "send '\\r\\n+CEN1: 262,01\\r\\n\\r\\n+CEN2: 1,110\\r\\n'");
  until_emergency (f, "110", TRUE);
  sim (f, "send '\\r\\n+CEN1: 208,01\\r\\n\\r\\n+CEN2: 1,17\\r\\n'");
  until_emergency (f, "17", TRUE);
  until_emergency (f, "110", FALSE);
  sim (f, "sim absent");
  until_emergency (f, "999", TRUE);
}

/* Without a PIN nothing else can be dialled. */
static void
test_emergency_call (Fixture *f, gconstpointer line)
{
  g_autoptr (GVariant) value = NULL;

  call_fails (f, f->client, HOME, "Dial", g_variant_new ("(sa{sv})", "5551234", NULL),
              "InvalidState");
  g_variant_unref (call_ok (f, f->client, HOME, "Dial", g_variant_new ("(sa{sv})", "112", NULL)));
  value = get_property (f, HOME "/call/1", "Call", "Emergency");
  g_assert_true (g_variant_get_boolean (value));
  sim_until (f, "*dialled 112*");
}

static void
test_identity (Fixture *f, gconstpointer line)
{
  g_autofree char *identity = cellular_ask (f, "GetIdentity", NULL);

  g_assert_true (g_pattern_match_simple ("*'Imei': <'35824005*'>*", identity));
  g_assert_true (g_pattern_match_simple ("*'Imsi': <'001010123456789'>*", identity));
  g_assert_true (g_pattern_match_simple ("*'Iccid': <'89*'>*", identity));
  g_assert_true (g_pattern_match_simple ("*'OwnNumbers': <?'+491701234567'?>*", identity));
}

/* What a modem does not tell is left out. */
static void
test_identity_little (Fixture *f, gconstpointer line)
{
  g_autofree char *identity = NULL;

  sim (f, "refuse AT+CIMI");
  sim (f, "refuse AT+CRSM=* '+CME ERROR: 4'");
  sim (f, "refuse AT+CCID");
  sim (f, "refuse AT+CNUM");
  identity = cellular_ask (f, "GetIdentity", NULL);
  g_assert_true (g_pattern_match_simple ("({'Imei': <'35824005*'>},)", identity));
}

static gboolean
is_absent (gpointer line)
{
  return g_str_equal (oh_dbus_line_get_state (line), "absent");
}

static void
test_unplugged (Fixture *f, gconstpointer line)
{
  sim (f, "vanish");
  spin_until (is_absent, f->line);
  cellular_assert (f, "SimState", "'unknown'");
  cellular_assert (f, "Retries", "{}");
  cellular_assert (f, "Registration", "'unknown'");
  cellular_assert (f, "OperatorName", "''");
  cellular_assert (f, "SignalStrength", "0");
  cellular_fails (f, "GetIdentity", NULL, "NoDevice");
  cellular_fails (f, "CancelUssd", NULL, "NoDevice");
  sim (f, "return");
  cellular_until (f, "SimState", "'ready'");
  cellular_until (f, "OperatorName", "'Offhook Test'");
}

static void
test_mute (Fixture *f, gconstpointer line)
{
  sim (f, "mute on");
  cellular_fails (f, "GetIdentity", NULL, "NotResponding");
}

/* It has forgotten all that it was told, and is told again. */
static void
test_reboot (Fixture *f, gconstpointer line)
{
  Listener *listener = listen_home (f);
  guint at;

  sim (f, "reboot");
  sim_until (f, "*rebooted*");
  cellular_until (f, "SignalStrength", "-*"); /* the last thing that is asked for */
  g_free (cellular_ask (f, "GetIdentity", NULL));
  sim (f, "ring number=5551234");
  at = heard_until (listener, 0, "* new-call 1 offering");
  heard_until (listener, at, "* ringing 1 1");
  assert_heard (listener, at, "Number", "5551234");
}

static void
test_stranger (Fixture *f, gconstpointer line)
{
  static const char *const methods[][2] = {
    { "EnterPin", "('1234',)" },
    { "EnterPuk", "('12345678', '1234')" },
    { "GetIdentity", NULL },
    { "GetCallWaiting", NULL },
    { "SetCallWaiting", "(true,)" },
    { "GetForwarding", "('busy',)" },
    { "SetForwarding", "('busy', @a{sv} {})" },
    { "StartUssd", "('*100#',)" },
    { "RespondUssd", "('1',)" },
    { "CancelUssd", NULL },
  };
  GDBusConnection *stranger;

  if (!is_root ())
    return;
  stranger = connect_as (f, UID_STRANGER);
  for (guint i = 0; i < G_N_ELEMENTS (methods); i++)
    cellular_fails_for (f, stranger, methods[i][0], methods[i][1], "NotAuthorized");
  leave (&stranger);
}

static const CellularLine plain = { "cellular", NULL, NULL, "in-service" };
static const CellularLine quectel = { "cellular-quectel", NULL, NULL, "in-service" };
static const CellularLine huawei = { "cellular-huawei", NULL, NULL, "in-service" };
static const CellularLine simcom = { "cellular-simcom", NULL, NULL, "in-service" };

#define LOCKED "locked"
#define PIN "sim pin=1234"

static const struct
{
  const char *name;
  void (*func) (Fixture *f, gconstpointer line);
  CellularLine line; /* kind NULL: plain */
} rows[] = {
  { "announced", test_announced, { 0 } },
  { "network", test_network, { 0 } },
  { "voice", test_voice, { 0 } },
  { "signal/indicators", test_signal_of_indicators, { 0 } },
  { "pin", test_pin, { "cellular", PIN, NULL, LOCKED } },
  { "pin/huawei", test_pin, { "cellular-huawei", PIN, NULL, LOCKED } },
  { "pin/quectel", test_pin, { "cellular-quectel", PIN, NULL, LOCKED } },
  { "pin/simcom", test_pin, { "cellular-simcom", PIN, NULL, LOCKED } },
  { "pin/ublox", test_pin, { "cellular-ublox", PIN, NULL, LOCKED } },
  { "pin/mediatek", test_pin, { "cellular-mediatek", PIN, NULL, LOCKED } },
  { "pin/told", test_told_after_pin, { "cellular", PIN, NULL, LOCKED } },
  { "pin/arguments", test_pin_arguments, { "cellular", PIN, NULL, LOCKED } },
  { "puk", test_puk, { "cellular", PIN, NULL, LOCKED } },
  { "puk/telit", test_puk_alone, { "cellular-telit", PIN, NULL, LOCKED } },
  { "puk/cinterion", test_puk_alone, { "cellular-cinterion", PIN, NULL, LOCKED } },
  { "configured-pin", test_configured_pin, { "cellular", PIN, "1234", "in-service" } },
  { "configured-pin/wrong", test_configured_pin_wrong, { "cellular", PIN, "9999", LOCKED } },
  { "configured-pin/two-left",
    test_configured_pin_kept,
    { "cellular", PIN " tries=2", "1234", LOCKED } },
  { "configured-pin/one-left",
    test_configured_pin_kept,
    { "cellular", PIN " tries=1", "1234", LOCKED } },
  { "configured-pin/not-told",
    test_configured_pin_kept,
    { "cellular", PIN "\nrefuse AT+CPINR", "1234", LOCKED } },
  { "sim-states", test_sim_states, { 0 } },
  { "emergency", test_emergency, { 0 } },
  { "emergency/usim", test_emergency, { "cellular-quectel", NULL, NULL, "in-service" } },
  { "emergency/call", test_emergency_call, { "cellular", PIN, NULL, LOCKED } },
  { "identity", test_identity, { 0 } },
  { "identity/quectel", test_identity, { "cellular-quectel", NULL, NULL, "in-service" } },
  { "identity/little", test_identity_little, { 0 } },
  { "unplugged", test_unplugged, { 0 } },
  { "mute", test_mute, { 0 } },
  { "reboot", test_reboot, { "cellular-quectel", NULL, NULL, "in-service" } },
  { "stranger", test_stranger, { 0 } },
};

int
main (int argc, char **argv)
{
  static const CellularLine *const signals[] = { &quectel, &huawei, &simcom };

  g_test_init (&argc, &argv, NULL);
  g_test_add ("/line-cellular/properties", Fixture, &plain, cellular_set_up, test_properties,
              cellular_tear_down);
  for (guint i = 0; i < G_N_ELEMENTS (signals); i++)
    {
      g_autofree char *path = g_strconcat ("/line-cellular/signal/", signals[i]->kind, NULL);

      g_test_add (path, Fixture, signals[i], cellular_set_up, test_signal, cellular_tear_down);
    }
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *path = g_strconcat ("/line-cellular/", rows[i].name, NULL);
      const CellularLine *line = rows[i].line.kind != NULL ? &rows[i].line : &plain;

      g_test_add (path, Fixture, line, cellular_set_up, rows[i].func, cellular_tear_down);
    }
  return g_test_run ();
}
