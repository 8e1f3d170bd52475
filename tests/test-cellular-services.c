// SPDX-License-Identifier: LGPL-2.1-or-later
#include <string.h>

#include "tests/fixture.h"

/* What is done with several calls of the cellular driver, and what is told of the other side,
 * against a modem of the simulator. */

#define HOME LINE_PATH "home"
#define CALL HOME "/call/"

static void
ask (Fixture *f, const char *path, const char *method)
{
  g_variant_unref (call_ok (f, f->client, path, method, NULL));
}

static gboolean
has_feature (Fixture *f, const char *path, const char *feature)
{
  g_autoptr (GVariant) value
      = get_property (f, path, strstr (path, "/call/") != NULL ? "Call" : "Line", "Features");
  g_autofree const char **features = g_variant_get_strv (value, NULL);

  return g_strv_contains (features, feature);
}

/* Call 1 is connected. */
static Listener *
begin (Fixture *f)
{
  Listener *listener = listen_home (f);

  sim (f, "ring number=5551111");
  heard_until (listener, 0, "* new-call 1 offering");
  ask (f, CALL "1", "Answer");
  heard_until (listener, 0, "* call-state 1 connected");
  return listener;
}

/* Call 2 waits. */
static Listener *
begin_waiting (Fixture *f)
{
  Listener *listener = begin (f);
  guint at;

  sim (f, "waiting number=5552222");
  at = heard_until (listener, 0, "* new-call 2 offering");
  assert_heard (listener, at, "Origin", "waiting");
  assert_heard (listener, at, "Number", "5552222");
  return listener;
}

/* Call 2 is connected, call 1 held. */
static Listener *
begin_two (Fixture *f)
{
  Listener *listener = begin_waiting (f);

  ask (f, HOME, "HoldAndAnswer");
  heard_until (listener, 0, "* call-state 1 held");
  heard_until (listener, 0, "* call-state 2 connected");
  return listener;
}

static void
test_hold (Fixture *f, gconstpointer driver)
{
  Listener *listener = begin (f);
  guint at = listener->heard->len;

  g_assert_true (has_feature (f, CALL "1", "hold"));
  g_assert_false (has_feature (f, CALL "1", "unhold"));
  call_fails (f, f->client, CALL "1", "Unhold", NULL, "InvalidState");
  ask (f, CALL "1", "Hold");
  at = heard_until (listener, at, "* call-state 1 held");
  call_fails (f, f->client, CALL "1", "Hold", NULL, "InvalidState");
  call_fails (f, f->client, CALL "1", "SendDigits", g_variant_new ("(sa{sv})", "1", NULL),
              "InvalidState");
  ask (f, CALL "1", "Unhold");
  heard_until (listener, at, "* call-state 1 connected");
}

static void
test_hold_and_answer (Fixture *f, gconstpointer driver)
{
  Listener *listener = begin_waiting (f);

  /* What would put the one on hold would answer the other. */
  call_fails (f, f->client, CALL "1", "Hold", NULL, "InvalidState");
  g_assert_true (has_feature (f, CALL "2", "hold-and-answer"));
  ask (f, HOME, "HoldAndAnswer");
  heard_until (listener, 0, "* call-state 1 held");
  heard_until (listener, 0, "* call-state 2 connected");
  call_fails (f, f->client, HOME, "HoldAndAnswer", NULL, "InvalidState");
}

static void
test_release_and_answer (Fixture *f, gconstpointer driver)
{
  Listener *listener = begin_waiting (f);
  guint at;

  ask (f, HOME, "ReleaseAndAnswer");
  heard_until (listener, 0, "* call-state 2 connected");
  at = heard_until (listener, 0, "* call-state 1 ended");
  assert_heard (listener, at, "Reason", "local");
  assert_heard (listener, at, "EndedBy", "local");
}

static void
test_swap (Fixture *f, gconstpointer driver)
{
  Listener *listener = begin_two (f);
  guint at = listener->heard->len;

  ask (f, HOME, "Swap");
  heard_until (listener, at, "* call-state 1 connected");
  heard_until (listener, at, "* call-state 2 held");
  at = listener->heard->len;
  ask (f, CALL "1", "Hold"); /* with another on hold: the same */
  heard_until (listener, at, "* call-state 1 held");
  heard_until (listener, at, "* call-state 2 connected");
}

static void
test_conference (Fixture *f, gconstpointer driver)
{
  Listener *listener = begin_two (f);
  guint at = listener->heard->len;

  call_fails (f, f->client, CALL "2", "Split", NULL, "InvalidState");
  ask (f, HOME, "Merge");
  at = heard_until (listener, at, "* call-state 1 connected");
  assert_heard (listener, at, "Mode", "['conference']");
  call_fails (f, f->client, HOME, "Swap", NULL, "InvalidState");
  ask (f, CALL "2", "Split");
  heard_until (listener, at, "* call-state 1 held");
  {
    g_autofree char *state = get_string (f, CALL "2", "Call", "State");

    g_assert_cmpstr (state, ==, "connected");
  }
}

/* One member goes, the others stay. */
static void
test_conference_drop (Fixture *f, gconstpointer driver)
{
  Listener *listener = begin_two (f);
  g_autofree char *state = NULL;

  ask (f, HOME, "Merge");
  ask (f, CALL "1", "Drop");
  heard_until (listener, 0, "* call-state 1 ended");
  state = get_string (f, CALL "2", "Call", "State");
  g_assert_cmpstr (state, ==, "connected");
}

static void
test_transfer (Fixture *f, gconstpointer driver)
{
  Listener *listener = begin_two (f);
  guint at;

  ask (f, HOME, "Transfer");
  at = heard_until (listener, 0, "* call-state 1 ended");
  assert_heard (listener, at, "Reason", "transferred");
  at = heard_until (listener, 0, "* call-state 2 ended");
  assert_heard (listener, at, "Reason", "transferred");
  assert_heard (listener, at, "EndedBy", "local");
  sim_until (f, "home transferred-by-host");
}

static void
test_deflect (Fixture *f, gconstpointer driver)
{
  Listener *listener = listen_home (f);
  guint at;

  sim (f, "ring number=5551111");
  heard_until (listener, 0, "* new-call 1 offering");
  call_fails (f, f->client, CALL "1", "Deflect", g_variant_new ("(s)", "5\";+CFUN=0"),
              "InvalidNumber");
  g_variant_unref (call_ok (f, f->client, CALL "1", "Deflect", g_variant_new ("(s)", "+15559999")));
  at = heard_until (listener, 0, "* call-state 1 ended");
  assert_heard (listener, at, "Reason", "forwarded");
  assert_heard (listener, at, "EndedBy", "local");
  sim_until (f, "home deflected-by-host +15559999");
}

/* The one that waits is refused, and nobody touches the other. */
static void
test_refuse_waiting (Fixture *f, gconstpointer driver)
{
  Listener *listener = begin_waiting (f);
  g_autofree char *state = NULL;
  guint at;

  ask (f, CALL "2", "Drop");
  at = heard_until (listener, 0, "* call-state 2 ended");
  assert_heard (listener, at, "Reason", "local");
  state = get_string (f, CALL "1", "Call", "State");
  g_assert_cmpstr (state, ==, "connected");
}

/* A second call is dialled beside the first, which the network holds. */
static void
test_second_call (Fixture *f, gconstpointer driver)
{
  Listener *listener = begin (f);

  sim (f, "on-dial alert=0.1 answer=0.2");
  g_variant_unref (
      call_ok (f, f->client, HOME, "Dial", g_variant_new ("(sa{sv})", "5553333", NULL)));
  heard_until (listener, 0, "* new-call 2 *");
  heard_until (listener, 0, "* call-state 1 held");
  heard_until (listener, 0, "* call-state 2 connected");
  call_fails (f, f->client, HOME, "Dial", g_variant_new ("(sa{sv})", "5554444", NULL), "Busy");
}

static void
test_remote_hold (Fixture *f, gconstpointer driver)
{
  Listener *listener = begin (f);
  guint at = listener->heard->len;

  sim (f, "hold");
  at = heard_until (listener, at, "* call-state 1 connected");
  assert_heard (listener, at, "Mode", "['remote-held']");
  sim (f, "unhold");
  at = heard_until (listener, at + 1, "* call-state 1 connected");
  assert_heard (listener, at, "Mode", "[]");
}

/* Whose call it is, all of it, wherever it comes. */
static void
test_party (Fixture *f, gconstpointer driver)
{
  Listener *listener = listen_home (f);
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GVariant) party = NULL;
  g_autofree char *name = NULL, *called = NULL, *origin = NULL;

  sim (f, "ring number=5551111 name='Doe, Jane' called=5550000 forwarded");
  heard_until (listener, 0, "* ringing 1 2");
  reply = call_ok (f, f->client, CALL "1", "GetParty", NULL);
  party = g_variant_get_child_value (reply, 0);
  g_assert_true (g_variant_lookup (party, "Name", "s", &name));
  g_assert_cmpstr (name, ==, "Doe, Jane");
  g_assert_true (g_variant_lookup (party, "CalledNumber", "s", &called));
  g_assert_cmpstr (called, ==, "5550000");
  origin = get_string (f, CALL "1", "Call", "Origin");
  g_assert_cmpstr (origin, ==, "forwarded");
}

/* The reason is as good as what the modem says when it is asked. */
static void
test_causes (Fixture *f, gconstpointer driver)
{
  static const struct
  {
    const char *plan, *reason, *cause;
  } rows[] = {
    { "alert=0.1 busy=0.2", "busy", "17" },
    { "reject=0.1", "rejected", "21" },
    { "unassigned=0.1", "bad-number", "1" },
    { "congestion=0.1", "congestion", "34" },
  };
  Listener *listener = listen_home (f);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *ended = g_strdup_printf ("* call-state %u ended", i + 1);
      guint at;

      sim (f, "on-dial %s", rows[i].plan);
      g_variant_unref (
          call_ok (f, f->client, HOME, "Dial", g_variant_new ("(sa{sv})", "5551111", NULL)));
      at = heard_until (listener, 0, ended);
      assert_heard (listener, at, "Reason", rows[i].reason);
      assert_heard (listener, at, "Cause", rows[i].cause);
    }
}

static void
test_far_end_cause (Fixture *f, gconstpointer driver)
{
  Listener *listener = begin (f);
  guint at;

  sim (f, "hangup cause=41");
  at = heard_until (listener, 0, "* call-state 1 disconnected");
  at = heard_until (listener, at, "* call-state 1 ended");
  assert_heard (listener, at, "Reason", "temporary-failure");
  assert_heard (listener, at, "EndedBy", "network");
  assert_heard (listener, at, "Cause", "41");
}

static GVariant *
number_hidden (const char *key, gboolean hidden)
{
  GVariantDict options;

  g_variant_dict_init (&options, NULL);
  g_variant_dict_insert (&options, key, "b", hidden);
  return g_variant_new ("(s@a{sv})", "5551111", g_variant_dict_end (&options));
}

static void
test_hide_number (Fixture *f, gconstpointer driver)
{
  Listener *listener = listen_home (f);

  call_fails (f, f->client, HOME, "Dial", number_hidden ("Hide", TRUE), "InvalidArgs");
  g_variant_unref (call_ok (f, f->client, HOME, "Dial", number_hidden ("HideNumber", TRUE)));
  sim_until (f, "home dialled 5551111 hidden");
  ask (f, CALL "1", "Drop");
  heard_until (listener, 0, "* call-state 1 ended");
  g_variant_unref (call_ok (f, f->client, HOME, "Dial", number_hidden ("HideNumber", FALSE)));
  sim_until (f, "home dialled 5551111 shown");
}

static gboolean
is_in_service (gpointer user_data)
{
  Fixture *f = user_data;
  OhLine *line = oh_manager_find_line (f->manager, "home");

  return line != NULL && g_str_equal (oh_dbus_line_get_state (OH_DBUS_LINE (line)), "in-service");
}

/* As the line has it; an emergency call has its number told. */
static void
test_line_hides_number (Fixture *f, gconstpointer driver)
{
  g_autofree char *device = sim_device (f);
  GVariant *options
      = g_variant_new_parsed ("{'Alias': <'home'>, 'Driver': <'cellular'>, 'HideNumber': <'yes'>}");

  g_variant_unref (call_ok (f, f->client, OH_BUS_PATH, "RemoveLine", g_variant_new ("(o)", HOME)));
  g_variant_unref (
      call_ok (f, f->client, OH_BUS_PATH, "AddLine", g_variant_new ("(s@a{sv})", device, options)));
  spin_until (is_in_service, f);
  g_variant_unref (
      call_ok (f, f->client, HOME, "Dial", g_variant_new ("(sa{sv})", "5551111", NULL)));
  sim_until (f, "home dialled 5551111 hidden");
  ask (f, CALL "1", "Drop");
  g_variant_unref (call_ok (f, f->client, HOME, "Dial", number_hidden ("HideNumber", FALSE)));
  sim_until (f, "home dialled 5551111 shown");
  ask (f, CALL "2", "Drop");
  g_variant_unref (call_ok (f, f->client, HOME, "Dial", g_variant_new ("(sa{sv})", "112", NULL)));
  sim_until (f, "home dialled 112");
}

static void
test_emergency (Fixture *f, gconstpointer driver)
{
  g_autoptr (GVariant) is = NULL;
  g_autoptr (GVariant) numbers = get_property (f, HOME, "Line", "Emergency");
  g_autofree const char **known = g_variant_get_strv (numbers, NULL);

  g_assert_true (g_strv_contains (known, "112"));
  g_variant_unref (call_ok (f, f->client, HOME, "Dial", g_variant_new ("(sa{sv})", "112", NULL)));
  is = get_property (f, CALL "1", "Call", "Emergency");
  g_assert_true (g_variant_get_boolean (is));
}

static GVariant *
digits (const char *text, const char *key, guint value)
{
  GVariantDict options;

  g_variant_dict_init (&options, NULL);
  if (key != NULL)
    g_variant_dict_insert (&options, key, "u", value);
  return g_variant_new ("(s@a{sv})", text, g_variant_dict_end (&options));
}

static void
test_digits (Fixture *f, gconstpointer driver)
{
  Listener *listener = begin (f);
  guint at;

  call_fails (f, f->client, CALL "1", "SendDigits", digits ("1", "Duration", 39), "InvalidArgs");
  call_fails (f, f->client, CALL "1", "SendDigits", digits ("1", "Length", 100), "InvalidArgs");
  g_variant_unref (call_ok (f, f->client, CALL "1", "SendDigits", digits ("1,2", "Duration", 250)));
  sim_until (f, "home digit-sent-by-host 1 3");
  sim_until (f, "home digit-sent-by-host 2 3");
  at = heard_until (listener, 0, "* generate *");
  assert_heard (listener, at, "Result", "done");
  /* What is stopped is told to who began it. */
  f->limits.pause_ms = 3600000;
  g_variant_unref (call_ok (f, f->client, CALL "1", "SendDigits", digits ("3,4", NULL, 0)));
  ask (f, CALL "1", "StopDigits");
  at = heard_until (listener, at + 1, "* generate *");
  assert_heard (listener, at, "Result", "cancelled");
  ask (f, CALL "1", "StopDigits");
}

/* A modem that has not got the services, and one that says OK and does nothing. */
static void
test_cannot (Fixture *f, gconstpointer driver)
{
  Listener *listener;

  sim (f, "refuse 'AT+CH*=?'");
  sim (f, "refuse 'AT+CTFR*'");
  sim (f, "vanish");
  sim (f, "return");
  listener = begin (f);
  call_fails (f, f->client, CALL "1", "Hold", NULL, "NotSupported");
  call_fails (f, f->client, HOME, "Swap", NULL, "NotSupported");
  call_fails (f, f->client, CALL "1", "Deflect", g_variant_new ("(s)", "5"), "NotSupported");
  g_assert_false (has_feature (f, HOME, "hold"));
  g_assert_false (has_heard (listener, "* held"));
}

static void
test_lies (Fixture *f, gconstpointer driver)
{
  begin (f);
  sim (f, "refuse 'AT+CHLD=2' OK");
  call_fails (f, f->client, CALL "1", "Hold", NULL, "Failed");
  sim (f, "accept");
  sim (f, "refuse 'AT+CHLD=2'");
  call_fails (f, f->client, CALL "1", "Hold", NULL, "Failed");
  sim (f, "accept");
  ask (f, CALL "1", "Hold");
}

typedef struct
{
  gboolean done;
  char *error;
} Reply;

static void
on_reply (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Reply *reply = user_data;
  g_autoptr (GError) error = NULL;
  GVariant *value = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  g_clear_pointer (&value, g_variant_unref);
  reply->done = TRUE;
  reply->error = error != NULL ? g_dbus_error_get_remote_error (error) : NULL;
}

static gboolean
is_done (gpointer reply)
{
  return ((Reply *)reply)->done;
}

/* The request is answered before the line tells that its modem is gone. */
static void
test_unplugged (Fixture *f, gconstpointer driver)
{
  Reply reply = { 0 };

  begin (f);
  sim (f, "refuse 'AT+CHLD=2' ''");
  g_dbus_connection_call (f->client, OH_BUS_NAME, CALL "1", OH_BUS_NAME ".Call", "Hold", NULL, NULL,
                          G_DBUS_CALL_FLAGS_NONE, -1, NULL, on_reply, &reply);
  settle (f, f->client);
  call_fails (f, f->client, CALL "1", "Hold", NULL, "InvalidState"); /* one at a time */
  sim (f, "vanish");
  spin_until (is_done, &reply);
  g_assert_true (reply.error != NULL && g_str_has_suffix (reply.error, ".NoDevice"));
  g_free (reply.error);
}

#define ADD(name, func)                                                                            \
  g_test_add ("/cellular-services/" name, Fixture, "cellular", set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("hold", test_hold);
  ADD ("hold-and-answer", test_hold_and_answer);
  ADD ("release-and-answer", test_release_and_answer);
  ADD ("swap", test_swap);
  ADD ("conference", test_conference);
  ADD ("conference-drop", test_conference_drop);
  ADD ("transfer", test_transfer);
  ADD ("deflect", test_deflect);
  ADD ("refuse-waiting", test_refuse_waiting);
  ADD ("second-call", test_second_call);
  ADD ("remote-hold", test_remote_hold);
  ADD ("party", test_party);
  ADD ("causes", test_causes);
  ADD ("far-end-cause", test_far_end_cause);
  ADD ("hide-number", test_hide_number);
  ADD ("line-hides-number", test_line_hides_number);
  ADD ("emergency", test_emergency);
  ADD ("digits", test_digits);
  ADD ("cannot", test_cannot);
  ADD ("lies", test_lies);
  ADD ("unplugged", test_unplugged);
  return g_test_run ();
}
