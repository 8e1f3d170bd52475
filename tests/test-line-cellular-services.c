// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/cellular-line.h"
#include "tests/wire.h"

/* What the network keeps for a subscriber, and USSD, against modems of the simulator. */

static void
assert_reply (Fixture *f, const char *method, const char *parameters, const char *reply)
{
  g_autofree char *printed = cellular_ask (f, method, parameters);

  g_assert_cmpstr (printed, ==, reply);
}

static void
test_call_waiting (Fixture *f, gconstpointer line)
{
  assert_reply (f, "GetCallWaiting", NULL, "(true,)");
  assert_reply (f, "SetCallWaiting", "(false,)", "()");
  sim_until (f, "*call-waiting-by-host off*");
  assert_reply (f, "GetCallWaiting", NULL, "(false,)");
  assert_reply (f, "SetCallWaiting", "(true,)", "()");
  assert_reply (f, "GetCallWaiting", NULL, "(true,)");
}

static void
test_forwarding (Fixture *f, gconstpointer line)
{
  g_autofree char *rule = NULL;

  assert_reply (f, "GetForwarding", "('busy',)", "({'Active': <false>},)");
  assert_reply (f, "SetForwarding", "('busy', {'Number': <'+49301234567'>})", "()");
  sim_until (f, "*forwarding-by-host * +49301234567*");
  assert_reply (f, "GetForwarding", "('busy',)",
                "({'Active': <true>, 'Number': <'+49301234567'>},)");
  assert_reply (f, "SetForwarding", "('no-reply', {'Number': <'5551234'>, 'Seconds': <uint32 15>})",
                "()");
  rule = cellular_ask (f, "GetForwarding", "('no-reply',)");
  g_assert_nonnull (strstr (rule, "'Active': <true>"));
  g_assert_nonnull (strstr (rule, "'Number': <'5551234'>"));
  g_assert_nonnull (strstr (rule, "'Seconds': <uint32 15>"));
  assert_reply (f, "SetForwarding", "('all', @a{sv} {})", "()");
  assert_reply (f, "GetForwarding", "('no-reply',)", "({'Active': <false>},)");
  assert_reply (f, "GetForwarding", "('unconditional',)", "({'Active': <false>},)");
}

/* Nothing of this is sent. */
static void
test_forwarding_arguments (Fixture *f, gconstpointer line)
{
  static const char *const rows[][2] = {
    { "('never', @a{sv} {})", "InvalidArgs" },
    { "('busy', {'Number': <''>})", "InvalidNumber" },
    { "('busy', {'Number': <'+'>})", "InvalidNumber" },
    { "('busy', {'Number': <'5;+CFUN=0'>})", "InvalidNumber" },
    { "('busy', {'Number': <'5\",129,1\\r\\nATD112;'>})", "InvalidNumber" },
    { "('busy', {'Number': <'12345678901234567890123456789012345678901'>})", "InvalidNumber" },
    { "('busy', {'Number': <uint32 5>})", "InvalidArgs" },
    { "('busy', {'Number': <'5'>, 'Seconds': <uint32 10>})", "InvalidArgs" },
    { "('no-reply', {'Number': <'5'>, 'Seconds': <uint32 4>})", "InvalidArgs" },
    { "('no-reply', {'Number': <'5'>, 'Seconds': <uint32 31>})", "InvalidArgs" },
    { "('no-reply', {'Seconds': <uint32 10>})", "InvalidArgs" },
    { "('no-reply', {'Colour': <'red'>})", "InvalidArgs" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    cellular_fails (f, "SetForwarding", rows[i][0], rows[i][1]);
  cellular_fails (f, "GetForwarding", "('all',)", "InvalidArgs");
  cellular_fails (f, "GetForwarding", "('',)", "InvalidArgs");
  for (guint i = 0; i < f->sim_said->len; i++)
    g_assert_false (g_pattern_match_simple ("*forwarding-by-host*", f->sim_said->pdata[i]));
}

static void
test_refused (Fixture *f, gconstpointer line)
{
  static const struct
  {
    const char *answer, *error;
  } rows[] = { { "+CME ERROR: 4", "NotSupported" },
               { "+CME ERROR: 30", "NoService" },
               { "+CME ERROR: 100", "Failed" },
               { "ERROR", "Failed" } };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      sim (f, "refuse AT+CCWA=* '%s'", rows[i].answer);
      sim (f, "refuse AT+CCFC=* '%s'", rows[i].answer);
      sim (f, "refuse AT+CUSD=* '%s'", rows[i].answer);
      cellular_fails (f, "GetCallWaiting", NULL, rows[i].error);
      cellular_fails (f, "SetCallWaiting", "(true,)", rows[i].error);
      cellular_fails (f, "GetForwarding", "('busy',)", rows[i].error);
      cellular_fails (f, "SetForwarding", "('busy', @a{sv} {})", rows[i].error);
      cellular_fails (f, "StartUssd", "('*100#',)", rows[i].error);
      cellular_assert (f, "UssdState", "'idle'");
      sim (f, "accept");
    }
  assert_reply (f, "StartUssd", "('*100#',)", "('Balance: 5.00 EUR', false)");
}

static void
test_ussd (Fixture *f, gconstpointer line)
{
  Listener *listener = listen_home (f);

  assert_reply (f, "StartUssd", "('*100#',)", "('Balance: 5.00 EUR', false)");
  sim_until (f, "*ussd-by-host ?100#*");
  cellular_assert (f, "UssdState", "'idle'");
  cellular_fails (f, "RespondUssd", "('1',)", "InvalidState");
  cellular_fails (f, "CancelUssd", NULL, "InvalidState");
  settle (f, f->client);
  g_assert_cmpuint (listener->heard->len, ==, 0); /* who asked has his answer */
}

static void
test_ussd_menu (Fixture *f, gconstpointer line)
{
  sim (f, "on-ussd 'Menu:\\n1 Balance\\n2 Tariff' request 'Gr\xc3\xbc\xc3\x9f"
          "e'");
  assert_reply (f, "StartUssd", "('*101#',)", "('Menu:\\n1 Balance\\n2 Tariff', true)");
  cellular_until (f, "UssdState", "'user-response'");
  cellular_fails (f, "StartUssd", "('*100#',)", "InvalidState");
  assert_reply (f, "RespondUssd", "('2',)", "('Grüße', false)");
  sim_until (f, "*ussd-by-host 2*");
  cellular_until (f, "UssdState", "'idle'");
}

/* What GSM's alphabet does not have. */
static void
test_ussd_ucs2 (Fixture *f, gconstpointer line)
{
  sim (f, "on-ussd 'Баланс: 5 €'");
  assert_reply (f, "StartUssd", "('*100#',)", "('Баланс: 5 €', false)");
}

static void
test_ussd_character_set (Fixture *f, gconstpointer line)
{
  sim (f, "on-ussd 'Hello' request");
  assert_reply (f, "StartUssd", "('*100#',)", "('Hello', true)");
  assert_reply (f, "RespondUssd", "('yes',)", "('Balance: 5.00 EUR', false)");
  sim_until (f, "*ussd-by-host yes*");
}

static void
test_ussd_arguments (Fixture *f, gconstpointer line)
{
  static const char *const texts[]
      = { "('',)", "('*100#\",15\\r\\nATD112;',)", "('a@b',)", "('*100#\\n',)", "('é',)" };
  g_autofree char *most = g_strnfill (161, '1');
  g_autofree char *over = g_strdup_printf ("('%s',)", most);

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    cellular_fails (f, "StartUssd", texts[i], "InvalidArgs");
  cellular_fails (f, "StartUssd", over, "InvalidArgs");
  cellular_fails (f, "RespondUssd", "('\"',)", "InvalidArgs");
}

typedef struct
{
  char *error, *reply;
  gboolean done;
} Later;

static void
on_later (GObject *connection, GAsyncResult *result, gpointer user_data)
{
  Later *later = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply
      = g_dbus_connection_call_finish (G_DBUS_CONNECTION (connection), result, &error);

  later->done = TRUE;
  later->error = error != NULL ? g_dbus_error_get_remote_error (error) : NULL;
  later->reply = reply != NULL ? g_variant_print (reply, FALSE) : NULL;
}

static void
start_later (Fixture *f, GDBusConnection *client, Later *later)
{
  *later = (Later){ 0 };
  g_dbus_connection_call (client, OH_BUS_NAME, HOME, OH_BUS_NAME ".Line.Cellular", "StartUssd",
                          g_variant_new ("(s)", "*100#"), NULL, 0, -1, NULL, on_later, later);
  cellular_until (f, "UssdState", "'active'");
}

static gboolean
is_done (gpointer later)
{
  return ((Later *)later)->done;
}

static void
later_fails (Later *later, const char *error)
{
  g_autofree char *full = g_strconcat (OH_BUS_NAME ".Error.", error, NULL);

  spin_until (is_done, later);
  g_assert_cmpstr (later->error, ==, full);
  g_free (later->error);
  g_free (later->reply);
}

static void
test_ussd_cancel (Fixture *f, gconstpointer line)
{
  Later later;

  sim (f, "on-ussd silent");
  start_later (f, f->client, &later);
  cellular_fails (f, "StartUssd", "('*1#',)", "InvalidState");
  assert_reply (f, "CancelUssd", NULL, "()");
  later_fails (&later, "Cancelled");
  sim_until (f, "*ussd-ended-by-host*");
  cellular_assert (f, "UssdState", "'idle'");
}

static void
test_ussd_timeout (Fixture *f, gconstpointer line)
{
  sim (f, "on-ussd silent");
  cellular_fails (f, "StartUssd", "('*100#',)", "Timeout");
  sim_until (f, "*ussd-ended-by-host*");
  cellular_assert (f, "UssdState", "'idle'");
}

/* The network ends it, or does not know it. */
static void
test_ussd_ended (Fixture *f, gconstpointer line)
{
  static const char *const rows[][2]
      = { { "ussd-end", "Failed" }, { "ussd-end timeout", "Timeout" } };
  Later later;

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      sim (f, "on-ussd silent");
      start_later (f, f->client, &later);
      sim (f, "%s", rows[i][0]);
      later_fails (&later, rows[i][1]);
    }
}

static void
test_ussd_refused (Fixture *f, gconstpointer line)
{
  sim (f, "on-ussd refused");
  cellular_fails (f, "StartUssd", "('*100#',)", "NotSupported");
  cellular_assert (f, "UssdState", "'idle'");
}

/* Who began it, in its middle. */
static void
test_ussd_owner_vanishes (Fixture *f, gconstpointer line)
{
  GDBusConnection *other = connect_client (f);
  g_autoptr (GVariant) reply = NULL;

  sim (f, "on-ussd 'Go on?' request");
  reply = call (f, other, HOME, OH_BUS_NAME ".Line.Cellular", "StartUssd",
                g_variant_new ("(s)", "*100#"), NULL);
  cellular_until (f, "UssdState", "'user-response'");
  cellular_fails (f, "RespondUssd", "('1',)", "InvalidState"); /* another's */
  leave (&other);
  sim_until (f, "*ussd-ended-by-host*");
  cellular_until (f, "UssdState", "'idle'");
}

static void
test_ussd_caller_vanishes (Fixture *f, gconstpointer line)
{
  GDBusConnection *other = connect_client (f);
  Later later;

  sim (f, "on-ussd silent");
  start_later (f, other, &later);
  leave (&other);
  sim_until (f, "*ussd-ended-by-host*");
  cellular_until (f, "UssdState", "'idle'");
  spin_until (is_done, &later);
  g_free (later.error);
}

static void
test_ussd_unplugged (Fixture *f, gconstpointer line)
{
  Later later;

  sim (f, "on-ussd silent");
  start_later (f, f->client, &later);
  sim (f, "vanish");
  later_fails (&later, "NoDevice");
  cellular_until (f, "UssdState", "'idle'");
}

/* Somebody answers what the network asks; only who may identify sees the text. */
static void
test_ussd_unasked (Fixture *f, gconstpointer line)
{
  Listener *listener = listen_home (f);
  GDBusConnection *stranger = is_root () ? connect_as (f, UID_STRANGER) : NULL;
  Listener *blind = stranger != NULL ? listen_at (f, stranger, "/blind") : NULL;
  guint at;

  if (blind != NULL)
    g_variant_unref (listener_open (f, blind));
  sim (f, "ussd 'You have mail'");
  at = heard_until (listener, 0, "1 ussd * notify");
  assert_heard (listener, at, "Text", "You have mail");
  sim (f, "ussd 'Buy?' request");
  at = heard_until (listener, 0, "2 ussd * request");
  assert_heard (listener, at, "Text", "Buy?");
  cellular_assert (f, "UssdState", "'user-response'");
  assert_reply (f, "RespondUssd", "('no',)", "('Balance: 5.00 EUR', false)");
  sim (f, "ussd 'Really?' request");
  heard_until (listener, 0, "3 ussd * request");
  sim (f, "ussd-end");
  heard_until (listener, 0, "4 ussd * ended");
  cellular_assert (f, "UssdState", "'idle'");
  if (blind != NULL)
    {
      heard_until (blind, 0, "4 ussd * ended");
      assert_heard (blind, 0, "Text", "");
      listener_free (f, blind);
      leave (&stranger);
    }
}

int
main (int argc, char **argv)
{
  static const CellularLine plain = { "cellular", NULL, NULL, "in-service" };
  static const CellularLine huawei = { "cellular-huawei", NULL, NULL, "in-service" };
  static const CellularLine ucs2 = { "cellular-quectel", NULL, NULL, "in-service" };
  static const struct
  {
    const char *name;
    void (*func) (Fixture *f, gconstpointer line);
    const CellularLine *line;
  } rows[] = {
    { "call-waiting", test_call_waiting, &plain },
    { "forwarding", test_forwarding, &plain },
    { "forwarding/arguments", test_forwarding_arguments, &plain },
    { "refused", test_refused, &plain },
    { "ussd", test_ussd, &plain },
    { "ussd/huawei", test_ussd, &huawei },
    { "ussd/menu", test_ussd_menu, &plain },
    { "ussd/menu/huawei", test_ussd_menu, &huawei },
    { "ussd/menu/quectel", test_ussd_menu, &ucs2 },
    { "ussd/ucs2", test_ussd_ucs2, &plain },
    { "ussd/ucs2/huawei", test_ussd_ucs2, &huawei },
    { "ussd/character-set", test_ussd_character_set, &ucs2 },
    { "ussd/arguments", test_ussd_arguments, &plain },
    { "ussd/cancel", test_ussd_cancel, &plain },
    { "ussd/timeout", test_ussd_timeout, &plain },
    { "ussd/ended", test_ussd_ended, &plain },
    { "ussd/refused", test_ussd_refused, &plain },
    { "ussd/owner-vanishes", test_ussd_owner_vanishes, &plain },
    { "ussd/caller-vanishes", test_ussd_caller_vanishes, &plain },
    { "ussd/unplugged", test_ussd_unplugged, &plain },
    { "ussd/unasked", test_ussd_unasked, &plain },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *path = g_strconcat ("/line-cellular-services/", rows[i].name, NULL);

      g_test_add (path, Fixture, rows[i].line, cellular_set_up, rows[i].func, cellular_tear_down);
    }
  return g_test_run ();
}
