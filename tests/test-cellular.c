// SPDX-License-Identifier: LGPL-2.1-or-later
#include <string.h>

#include "tests/fixture.h"

/* The cellular driver, against a modem of the simulator. */

#define CALL LINE_PATH "home/call/"
#define ROW_1 "+CLCC: 1,1,0,0,0,\"5551234\",129"

static guint
count_heard (Listener *listener, const char *glob)
{
  guint n = 0;

  for (guint i = 0; i < listener->heard->len; i++)
    n += g_pattern_match_simple (glob, listener->heard->pdata[i]);
  return n;
}

/* What the simulator was told before has been obeyed. */
static void
sim_settle (Fixture *f)
{
  sim (f, "echo told");
  sim_until (f, "told");
}

static void
answer (Fixture *f, Listener *listener, guint number)
{
  g_autofree char *path = g_strdup_printf (CALL "%u", number);
  g_autofree char *offered = g_strdup_printf ("* new-call %u offering", number);
  g_autofree char *connected = g_strdup_printf ("* call-state %u connected", number);
  g_autoptr (GVariant) reply = NULL;

  sim (f, "ring number=5551234");
  heard_until (listener, 0, offered);
  reply = call_ok (f, f->client, path, "Answer", NULL);
  heard_until (listener, 0, connected);
}

static void
drop (Fixture *f, guint number)
{
  g_autofree char *path = g_strdup_printf (CALL "%u", number);

  g_variant_unref (call_ok (f, f->client, path, "Drop", NULL));
}

static void
test_caller_id (Fixture *f, gconstpointer user_data)
{
  Listener *listener = listen_home (f);
  guint at;

  sim (f, "ring number=+15551234567 rings=3");
  at = heard_until (listener, 0, "1 new-call 1 offering");
  assert_heard (listener, at, "Number", "+15551234567");
  assert_heard (listener, at, "NumberPresentation", "allowed");
  assert_heard (listener, at, "Origin", "direct");
  heard_until (listener, at, "* ringing 1 1");
  heard_until (listener, at, "* ringing 1 2");
  heard_until (listener, at, "* call-state 1 ended");
  g_assert_cmpuint (count_heard (listener, "* new-call *"), ==, 1);
}

static void
test_presentation (Fixture *f, gconstpointer word)
{
  Listener *listener = listen_home (f);
  g_autofree char *value = NULL;
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GVariant) party = NULL;

  sim (f, "ring %s", (const char *)word);
  heard_until (listener, 0, "1 new-call 1 offering");
  heard_until (listener, 0, "* ringing 1 2");
  reply = call_ok (f, f->client, CALL "1", "GetParty", NULL);
  party = g_variant_get_child_value (reply, 0);
  g_assert_false (g_variant_lookup (party, "Number", "s", &value));
  g_assert_true (g_variant_lookup (party, "NumberPresentation", "s", &value));
  g_assert_cmpstr (value, ==, g_str_equal (word, "none") ? "unknown" : word);
}

/* With NO CARRIER, and where only the list tells. */
static void
test_gives_up (Fixture *f, gconstpointer how)
{
  Listener *listener = listen_home (f);
  guint at;

  sim (f, "ring number=5551234");
  heard_until (listener, 0, "* ringing 1 2");
  sim (f, "%s", (const char *)how);
  at = heard_until (listener, 0, "* call-state 1 disconnected");
  assert_heard (listener, at, "Reason", "normal");
  assert_heard (listener, at, "EndedBy", "remote");
  at = heard_until (listener, at, "* call-state 1 ended");
  /* The next is another call, and its rings count from 1. */
  sim (f, "ring number=5559999");
  heard_until (listener, at, "* new-call 2 offering");
  heard_until (listener, at, "* ringing 2 1");
}

/* No list shows a call that a stray RING or report told of. */
static void
test_stray_report (Fixture *f, gconstpointer user_data)
{
  Listener *listener = listen_home (f);

  sim (f, "send '\\r\\nRING\\r\\n\\r\\n+CRING: REL ASYNC\\r\\n'");
  sim (f, "send '\\r\\n+CLIP: \"5551234\",129\\r\\n'");
  heard_until (listener, 0, "* new-call 1 offering");
  heard_until (listener, 0, "* call-state 1 ended");
  g_assert_cmpuint (count_heard (listener, "* new-call *"), ==, 1);
}

/* A call that is no voice call does not ring for the one that is. */
static void
test_other_bearer (Fixture *f, gconstpointer user_data)
{
  Listener *listener = listen_home (f);

  sim (f, "ring number=5551234");
  heard_until (listener, 0, "* ringing 1 1");
  for (guint i = 0; i < 100; i++)
    sim (f, "send '\\r\\n+CRING: REL ASYNC\\r\\n'");
  sim (f, "give-up");
  heard_until (listener, 0, "* call-state 1 ended");
  g_assert_false (has_heard (listener, "* ringing 1 1??"));
}

static void
test_reject (Fixture *f, gconstpointer user_data)
{
  Listener *listener = listen_home (f);
  guint at;

  sim (f, "ring number=5551234");
  heard_until (listener, 0, "* new-call 1 offering");
  drop (f, 1);
  at = heard_until (listener, 0, "* call-state 1 ended");
  assert_heard (listener, at, "Reason", "local");
  assert_heard (listener, at, "EndedBy", "local");
  g_assert_false (has_heard (listener, "* call-state 1 disconnected"));
}

/* The far end: NO CARRIER; or not a word, and only the list shows it. */
static void
test_far_end (Fixture *f, gconstpointer how)
{
  Listener *listener = listen_home (f);
  guint at;

  answer (f, listener, 1);
  sim (f, "%s", (const char *)how);
  at = heard_until (listener, 0, "* call-state 1 disconnected");
  assert_heard (listener, at, "Reason", strstr (how, "silent") != NULL ? "unknown" : "normal");
  heard_until (listener, at, "* call-state 1 ended");
  g_assert_cmpuint (count_heard (listener, "* call-state 1 ended"), ==, 1);
  answer (f, listener, 2);
}

static GVariant *
dial (Fixture *f)
{
  return call_ok (f, f->client, oh_line_get_path (f->line), "Dial",
                  g_variant_new ("(sa{sv})", "+5551234", NULL));
}

/* Only the list tells how far an outgoing call is. */
static void
test_dial (Fixture *f, gconstpointer user_data)
{
  Listener *listener = listen_home (f);
  g_autoptr (GVariant) reply = NULL;
  guint at;

  sim (f, "on-dial manual");
  sim_settle (f);
  reply = dial (f);
  sim_until (f, "home dialled +5551234");
  at = heard_until (listener, 0, "1 new-call 1 dialing");
  assert_heard (listener, at, "Direction", "outgoing");
  sim (f, "alert");
  at = heard_until (listener, at, "* call-state 1 ringback");
  sim (f, "answer");
  at = heard_until (listener, at, "* call-state 1 connected");
  drop (f, 1);
  at = heard_until (listener, at, "* call-state 1 ended");
  assert_heard (listener, at, "Reason", "local");
  g_assert_cmpuint (count_heard (listener, "* call-state 1 *"), ==, 3);
}

static void
test_dial_ends (Fixture *f, gconstpointer user_data)
{
  static const struct
  {
    const char *how, *reason;
  } rows[] = { { "alert=1 busy=6", "busy" },
               { "no-answer=6", "no-answer" },
               { "alert=1 no-carrier=6", "normal" } };
  Listener *listener = listen_home (f);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *disconnected = g_strdup_printf ("* call-state %u disconnected", i + 1);
      g_autofree char *ended = g_strdup_printf ("* call-state %u ended", i + 1);
      g_autoptr (GVariant) reply = NULL;
      guint at;

      g_test_message ("%s", rows[i].how);
      sim (f, "on-dial %s", rows[i].how);
      sim_settle (f);
      reply = dial (f);
      at = heard_until (listener, 0, disconnected);
      assert_heard (listener, at, "Reason", rows[i].reason);
      heard_until (listener, at, ended);
    }
}

static void
test_dial_fails (Fixture *f, gconstpointer user_data)
{
  static const struct
  {
    const char *result, *error;
  } rows[] = { { "", "Failed" },
               { "'+CME ERROR: 30'", "NoService" },
               { "'+CME ERROR: 32'", "EmergencyOnly" },
               { "'+CME ERROR: 4'", "NotSupported" },
               { "'NO DIALTONE'", "NoDialtone" },
               { "BUSY", "Busy" } };
  Listener *listener = listen_home (f);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      sim (f, "accept");
      sim (f, "refuse ATD* %s", rows[i].result);
      sim_settle (f);
      call_fails (f, f->client, oh_line_get_path (f->line), "Dial",
                  g_variant_new ("(sa{sv})", "5551234", NULL), rows[i].error);
    }
  answer (f, listener, 1);
  g_assert_cmpuint (count_heard (listener, "* new-call *"), ==, 1);
}

/* Unsolicited lines inside other answers: none is lost, none ends the wrong thing. */
static void
test_injected (Fixture *f, gconstpointer user_data)
{
  Listener *listener = listen_home (f);
  g_autoptr (GVariant) reply = NULL;

  sim (f, "ring number=5551234");
  heard_until (listener, 0, "* new-call 1 offering");
  sim (f, "inject '\\r\\n+CRING: VOICE\\r\\n\\r\\n+CLIP: \"5551234\",129\\r\\n'");
  sim_settle (f);
  reply = call_ok (f, f->client, CALL "1", "Answer", NULL);
  heard_until (listener, 0, "* call-state 1 connected");
  /* A row that is no part of an answer; the end of another's call. */
  sim (f, "inject '\\r\\n" ROW_1 "\\r\\n\\r\\nNO CARRIER\\r\\n'");
  sim_settle (f);
  g_variant_unref (reply);
  reply = call_ok (f, f->client, CALL "1", "SendDigits", g_variant_new ("(sa{sv})", "1", NULL));
  sim_until (f, "home digit-sent-by-host 1");
  g_variant_unref (reply);
  /* Whichever answer it comes with: the list may be asked for at any time. */
  reply = call_ok (f, f->client, CALL "1", "MonitorDigits", g_variant_new ("(b)", TRUE));
  g_variant_unref (reply);
  sim (f, "inject '\\r\\n+RXDTMF: 7\\r\\n'");
  sim_settle (f);
  reply = call_ok (f, f->client, CALL "1", "SendDigits", g_variant_new ("(sa{sv})", "2", NULL));
  heard_until (listener, 0, "* digit 1 7");
  g_assert_false (has_heard (listener, "* call-state 1 ended"));
  g_assert_cmpuint (count_heard (listener, "* new-call *"), ==, 1);
  drop (f, 1);
  heard_until (listener, 0, "* call-state 1 ended");
}

static void
test_waiting (Fixture *f, gconstpointer user_data)
{
  Listener *listener = listen_home (f);
  g_autoptr (GVariant) reply = NULL;
  guint at;

  answer (f, listener, 1);
  sim (f, "waiting number=5559999");
  at = heard_until (listener, 0, "* new-call 2 offering");
  assert_heard (listener, at, "Number", "5559999");
  assert_heard (listener, at, "Mode", "['waiting']");
  assert_heard (listener, at, "Origin", "waiting");
  reply = call_ok (f, f->client, CALL "2", "Answer", NULL);
  heard_until (listener, at, "* call-state 2 connected");
  heard_until (listener, at, "* call-state 1 held");
  /* One goes; the other is still there. */
  drop (f, 2);
  heard_until (listener, at, "* call-state 2 ended");
  g_assert_false (has_heard (listener, "* call-state 1 ended"));
  drop (f, 1);
  heard_until (listener, at, "* call-state 1 ended");
}

/* Refused as soon as it is told of, before any list has shown it: the first goes on. */
static void
test_waiting_refused_at_once (Fixture *f, gconstpointer user_data)
{
  Listener *listener = listen_home (f);

  answer (f, listener, 1);
  sim (f, "delay 200");
  sim (f, "waiting number=5559999");
  heard_until (listener, 0, "* new-call 2 offering");
  drop (f, 2);
  heard_until (listener, 0, "* call-state 2 ended");
  sim (f, "delay 0");
  g_assert_false (has_heard (listener, "* call-state 1 disconnected*"));
  drop (f, 1);
  heard_until (listener, 0, "* call-state 1 ended");
  g_assert_cmpuint (count_heard (listener, "* new-call *"), ==, 2);
}

/* A waiting call is refused, or its caller gives up: the first goes on. */
static void
test_waiting_goes (Fixture *f, gconstpointer user_data)
{
  Listener *listener = listen_home (f);

  answer (f, listener, 1);
  sim (f, "waiting number=5559999");
  heard_until (listener, 0, "* new-call 2 offering");
  drop (f, 2);
  heard_until (listener, 0, "* call-state 2 ended");
  sim (f, "waiting number=5558888");
  heard_until (listener, 0, "* new-call 3 offering");
  sim (f, "give-up");
  heard_until (listener, 0, "* call-state 3 ended");
  g_assert_false (has_heard (listener, "* call-state 1 ended"));
  g_assert_cmpuint (count_heard (listener, "* new-call *"), ==, 3);
}

static void
test_digits (Fixture *f, gconstpointer user_data)
{
  Listener *listener = listen_home (f);
  g_autoptr (GVariant) monitored = NULL;
  g_autoptr (GVariant) sent = NULL;

  answer (f, listener, 1);
  sent = call_ok (f, f->client, CALL "1", "SendDigits", g_variant_new ("(sa{sv})", "1*#D", NULL));
  sim_until (f, "home digit-sent-by-host 1");
  sim_until (f, "home digit-sent-by-host D");
  monitored = call_ok (f, f->client, CALL "1", "MonitorDigits", g_variant_new ("(b)", TRUE));
  sim (f, "digits '15#'");
  heard_until (listener, 0, "* digit 1 #");
  g_assert_true (has_heard (listener, "* digit 1 1"));
  g_assert_true (has_heard (listener, "* digit 1 5"));
}

/* +CHUP, +CHLD=1x, ATH: each tried when the list still shows the call. */
static void
test_ladder (Fixture *f, gconstpointer user_data)
{
  Listener *listener = listen_home (f);
  guint at;

  answer (f, listener, 1);
  sim (f, "refuse AT+CHUP*");
  sim_settle (f);
  drop (f, 1);
  at = heard_until (listener, 0, "* call-state 1 ended");
  assert_heard (listener, at, "EndedBy", "local");
  answer (f, listener, 2);
  sim (f, "refuse AT+CHLD=1*");
  sim_settle (f);
  drop (f, 2);
  heard_until (listener, at, "* call-state 2 ended");
}

/* OK to a hang-up is no proof of its end. */
static void
test_ladder_lies (Fixture *f, gconstpointer user_data)
{
  Listener *listener = listen_home (f);

  answer (f, listener, 1);
  sim (f, "refuse AT+CHUP* OK");
  sim (f, "refuse AT+CHLD=1* OK");
  sim_settle (f);
  drop (f, 1);
  heard_until (listener, 0, "* call-state 1 ended");
  sim_until (f, "home hung-up-by-host*");
}

/* Mute in a call: the health says so, no end is made up, and it heals by itself. */
static void
test_mute (Fixture *f, gconstpointer user_data)
{
  Listener *listener = listen_home (f);
  guint at;

  answer (f, listener, 1);
  sim (f, "mute on");
  at = heard_until (listener, 0, "* health * suspect");
  at = heard_until (listener, at, "* health * recovering");
  at = heard_until (listener, at, "* call-state 1 unknown");
  g_assert_false (has_heard (listener, "* call-state 1 disconnected"));
  sim (f, "mute off");
  heard_until (listener, at, "* health * healthy");
  at = heard_until (listener, at, "* call-state 1 connected");
  drop (f, 1);
  heard_until (listener, at, "* call-state 1 ended");
  g_assert_cmpuint (count_heard (listener, "* new-call *"), ==, 1);
}

/* What the modem says of the network. */
static void
test_service (Fixture *f, gconstpointer user_data)
{
  static const struct
  {
    const char *line, *state, *reason;
  } rows[] = { { "+CREG: 0", "out-of-service", "no-voice" }, /* only packets, and no IMS */
               { "+CIREGU: 1,1", "in-service", "" },
               { "+CIREGU: 0", "out-of-service", "no-voice" },
               { "+CEREG: 0", "out-of-service", "no-network" },
               { "+CREG: 3", "emergency-only", "registration-denied" },
               { "+CREG: 5", "in-service", "" },
               { "+CREG: 2,\"00C3\",\"1A2B\"", "out-of-service", "no-network" },
               { "+CREG: 8", "emergency-only", "no-network" },
               { "+CREG: 6", "out-of-service", "no-voice" },
               { "+CREG: 1", "in-service", "" } };
  Listener *listener = listen_home (f);
  guint at = 0;

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *heard = g_strdup_printf ("* line-state * %s", rows[i].state);

      sim (f, "send '\\r\\n%s\\r\\n'", rows[i].line);
      at = heard_until (listener, at, heard);
      assert_heard (listener, at++, "StateReason", rows[i].reason);
    }
}

static gboolean
is_locked (gpointer line)
{
  return g_str_equal (oh_dbus_line_get_state (line), "locked");
}

static gboolean
is_in_service (gpointer line)
{
  return g_str_equal (oh_dbus_line_get_state (line), "in-service");
}

/* Much is refused before the SIM is ready: then it is told again. */
static void
unlock (Fixture *f, const OhDriver *driver)
{
  g_autoptr (OhLineConfig) config = oh_line_config_new ();
  Listener *listener;

  sim (f, "refuse AT+CPIN? '+CME ERROR: 11'");
  sim (f, "refuse AT+CREG?");
  sim (f, "refuse AT+CLIP=1");
  sim (f, "refuse AT+CRC=1");
  sim_settle (f);
  config->alias = g_strdup ("home");
  config->device = sim_device (f);
  config->driver = driver;
  oh_manager_add_configured (f->manager, config);
  f->line = oh_manager_find_line (f->manager, "home");
  spin_until (is_locked, f->line);
  call_fails (f, f->client, LINE_PATH "home", "Dial", g_variant_new ("(sa{sv})", "5551234", NULL),
              "InvalidState");
  sim (f, "accept");
  sim (f, "send '\\r\\n+CPIN: READY\\r\\n'");
  spin_until (is_in_service, f->line);
  listener = listen_home (f);
  sim (f, "ring number=5551234");
  assert_heard (listener, heard_until (listener, 0, "* new-call 1 offering"), "Number", "5551234");
}

static void
test_sim_locked (Fixture *f, gconstpointer user_data)
{
  start_manager (f);
  start_sim (f, "cellular");
  unlock (f, oh_driver_find ("cellular"));
}

/* The list of calls, which it is known by, among it. */
static void
test_sim_locked_unknown (Fixture *f, gconstpointer user_data)
{
  start_manager (f);
  start_sim (f, "cellular");
  sim (f, "refuse AT+CLCC '+CME ERROR: 11'");
  unlock (f, NULL);
}

/* With a SIM that wants nothing it would have a list, if it could place calls. */
static void
test_no_voice (Fixture *f, gconstpointer user_data)
{
  g_autofree char *device = sim_device (f);

  start_manager (f);
  start_sim (f, "cellular");
  sim (f, "refuse AT+CLCC");
  sim_settle (f);
  call_fails (f, f->client, OH_BUS_PATH, "AddLine", g_variant_new ("(sa{sv})", device, NULL),
              "NotSupported");
}

/* A call that is there when the modem is opened. */
static void
test_found (Fixture *f, gconstpointer user_data)
{
  g_autofree char *device = sim_device (f);
  Listener *listener;

  start_manager (f);
  start_sim (f, "cellular");
  sim (f, "ring number=5551234");
  sim_until (f, "home ring*");
  f->line = add_line (f, "home", device, oh_driver_find ("cellular"));
  {
    g_autofree char *origin = get_string (f, CALL "1", "Call", "Origin");

    g_assert_cmpstr (origin, ==, "found");
  }
  listener = listen_home (f);
  drop (f, 1);
  heard_until (listener, 0, "* call-state 1 ended");
}

#define ADD(name, data, func)                                                                      \
  g_test_add ("/cellular/" name, Fixture, data, set_up_cellular, func, tear_down)
#define ADD_BARE(name, func) g_test_add ("/cellular/" name, Fixture, NULL, set_up, func, tear_down)

static void
set_up_cellular (Fixture *f, gconstpointer user_data)
{
  set_up (f, "cellular");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("caller-id", NULL, test_caller_id);
  ADD ("presentation/withheld", "withheld", test_presentation);
  ADD ("presentation/unavailable", "unavailable", test_presentation);
  ADD ("presentation/none", "none", test_presentation);
  ADD ("gives-up/told", "give-up", test_gives_up);
  ADD ("gives-up/silent", "give-up silent", test_gives_up);
  ADD ("stray-report", NULL, test_stray_report);
  ADD ("other-bearer", NULL, test_other_bearer);
  ADD ("reject", NULL, test_reject);
  ADD ("far-end/told", "hangup", test_far_end);
  ADD ("far-end/silent", "hangup silent", test_far_end);
  ADD ("dial", NULL, test_dial);
  ADD ("dial-ends", NULL, test_dial_ends);
  ADD ("dial-fails", NULL, test_dial_fails);
  ADD ("injected", NULL, test_injected);
  ADD ("waiting", NULL, test_waiting);
  ADD ("waiting-goes", NULL, test_waiting_goes);
  ADD ("waiting-refused-at-once", NULL, test_waiting_refused_at_once);
  ADD ("digits", NULL, test_digits);
  ADD ("ladder", NULL, test_ladder);
  ADD ("ladder-lies", NULL, test_ladder_lies);
  ADD ("mute", NULL, test_mute);
  ADD ("service", NULL, test_service);
  ADD_BARE ("sim-locked", test_sim_locked);
  ADD_BARE ("sim-locked/unknown", test_sim_locked_unknown);
  ADD_BARE ("no-voice", test_no_voice);
  ADD_BARE ("found", test_found);
  return g_test_run ();
}
