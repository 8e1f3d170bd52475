// SPDX-License-Identifier: LGPL-2.1-or-later
#include <string.h>
#include <unistd.h>

#include "tests/log-watch.h"
#include "tests/puppet.h"
#include "tests/wire.h"

/* How events reach a listener, and what becomes of one that does not answer: H19, H20, H22, H23,
 * H24. */

#define HOME LINE_PATH "home"
#define SECOND LINE_PATH "second"
#define CALL_PATH(n) HOME "/call/" #n

static const OhLimits hasty = {
  .listeners = 64,
  .listeners_per_user = 64,
  .handles_per_line = 8,
  .queued = 256,
  .requests = 32,
  .asks = 32,
  .asks_per_user = 8,
  .ask_open_ms = 5000,
  .ask_ms = 20000,
  .ask_password_ms = 120000,
  .answer_ms = 300,
  .refused_ms = 20,
  .reply_ms = 60000,
  .ended_ms = 5000,
  .ended_most_ms = 60000,
  .ended_calls = 16,
  .stop_ms = 3000,
  .retry_ms = 2000,
};

static Listener *
open_on (Fixture *f, GDBusConnection *client, const char *path, const char *line)
{
  Listener *listener = listen_at (f, client, path);

  g_variant_unref (
      call_ok (f, client, line, "Open", g_variant_new ("(oa{sv})", listener->path, NULL)));
  return listener;
}

static GVariant *
number (const char *text)
{
  return g_variant_new ("(sa{sv})", text, NULL);
}

typedef struct
{
  Listener **listeners;
  guint n, heard;
} Together;

static guint
count_heard (const Together *together)
{
  guint n = 0;

  for (guint i = 0; i < together->n; i++)
    n += together->listeners[i]->heard->len;
  return n;
}

static gboolean
have_heard (gpointer user_data)
{
  Together *together = user_data;

  return count_heard (together) >= together->heard;
}

/* Two lines, two handles on each, one connection: never two events at once. */
static void
test_one_in_flight (Fixture *f, gconstpointer limits)
{
  OhLine *second = add_line (f, "second", "/dev/zero", oh_driver_find ("fake"));
  g_autoptr (GDBusConnection) other = connect_client (f);
  Listener *listeners[] = {
    open_on (f, f->client, "/a", HOME),
    open_on (f, f->client, "/b", HOME),
    open_on (f, f->client, "/a/b", SECOND),
    open_on (f, f->client, "/d", SECOND),
  };
  Together together = { listeners, G_N_ELEMENTS (listeners), 0 };
  const guint all = 2 * 2 + 2 * 2;

  g_assert_nonnull (second);
  for (guint i = 0; i < G_N_ELEMENTS (listeners); i++)
    listeners[i]->manner = HOLDS;
  puppet_emit_call (puppet_ring (), OH_CALL_CONNECTED, OH_REASON_NONE, OH_ENDED_BY_NOBODY);
  g_variant_unref (call_ok (f, other, SECOND, "Dial", number ("1")));
  while (++together.heard <= all)
    {
      guint at = 0;

      spin_until (have_heard, &together);
      settle (f, f->client);
      g_assert_cmpuint (count_heard (&together), ==, together.heard);
      while (g_queue_is_empty (&listeners[at]->held))
        at++;
      listener_answer (listeners[at]);
    }
  for (guint i = 0; i < G_N_ELEMENTS (listeners); i++)
    g_assert_cmpuint (listeners[i]->heard->len, ==, 2);
  g_dbus_connection_close_sync (other, NULL, NULL);
}

/* Another connection has its own. */
static void
test_each_connection_its_own (Fixture *f, gconstpointer limits)
{
  g_autoptr (GDBusConnection) other = connect_client (f);
  Listener *one = open_on (f, f->client, "/one", HOME);
  Listener *two = open_on (f, other, "/two", HOME);

  one->manner = two->manner = HOLDS;
  puppet_ring ();
  heard_until (one, 0, "1 new-call *");
  heard_until (two, 0, "1 new-call *");
  listener_free (f, two);
  g_dbus_connection_close_sync (other, NULL, NULL);
}

/* From within an event that is not answered yet, everything may be called. */
static void
test_call_from_within (Fixture *f, gconstpointer limits)
{
  Listener *listener = open_on (f, f->client, "/handle", HOME);
  g_autofree char *state = NULL;
  Errand answer;

  listener->manner = HOLDS;
  puppet_ring ();
  heard_until (listener, 0, "1 new-call *");
  state = get_string (f, CALL_PATH (1), "Call", "State");
  g_assert_cmpstr (state, ==, "offering");
  g_variant_unref (call_ok (f, f->client, CALL_PATH (1), "GetParty", NULL));
  g_variant_unref (call_ok (f, f->client, HOME, "ListHandles", NULL));
  g_variant_unref (call_ok (f, f->client, CALL_PATH (1), "Ignore", NULL));
  errand_begin (&answer, f->client, CALL_PATH (1), "Answer", NULL);
  spin_until (is_asked, &puppet ()->answer);
  puppet_settle (&puppet ()->answer, -1);
  errand_ends (&answer, NULL);
  open_on (f, f->client, "/more", HOME);
  g_variant_unref (call_ok (f, f->client, HOME, "Close", g_variant_new ("(o)", "/more")));
  g_assert_cmpuint (listener->heard->len, ==, 1);
  listener_answer (listener);
  heard_until (listener, 0, "2 call-state *");
  g_variant_unref (call_ok (f, f->client, HOME, "Close", g_variant_new ("(o)", "/handle")));
  listener_answer (listener);
  settle (f, f->client);
  g_assert_cmpuint (listener->heard->len, ==, 2);
}

/* A hundred events, each answered at once by one listener, while the other never answers. */
static void
test_dead_delays_nobody (Fixture *f, gconstpointer limits)
{
  g_autoptr (GDBusConnection) other = connect_client (f);
  Listener *dead = open_on (f, other, "/dead", HOME);
  Listener *alive = open_on (f, f->client, "/alive", HOME);
  guint call;
  Errand errand;

  dead->manner = HOLDS;
  call = puppet_ring ();
  heard_until (alive, 0, "1 new-call *");
  for (guint i = 0; i < 100; i++)
    {
      g_autofree char *glob = g_strdup_printf ("%u call-state *", i + 2);

      puppet_emit_call (call, i % 2 ? OH_CALL_HELD : OH_CALL_CONNECTED, OH_REASON_NONE,
                        OH_ENDED_BY_NOBODY);
      heard_until (alive, i, glob);
    }
  errand_begin (&errand, f->client, CALL_PATH (1), "Drop", NULL);
  spin_until (is_asked, &puppet ()->drop);
  puppet_settle (&puppet ()->drop, -1);
  errand_ends (&errand, NULL);
  puppet_emit_call (call, OH_CALL_ENDED, OH_REASON_LOCAL, OH_ENDED_BY_LOCAL);
  heard_until (alive, 0, "* call-state 1 ended");
  errand_begin (&errand, f->client, HOME, "Dial", number ("1"));
  spin_until (is_asked, &puppet ()->dial);
  puppet_settle (&puppet ()->dial, -1);
  errand_ends (&errand, NULL);
  heard_until (alive, 0, "* new-call 2 dialing");
  g_assert_cmpuint (dead->heard->len, ==, 1);
  listener_free (f, dead);
  g_dbus_connection_close_sync (other, NULL, NULL);
}

/* The same with a modem: the line still dials, and rings. */
static void
test_line_goes_on (Fixture *f, gconstpointer driver)
{
  g_autoptr (GDBusConnection) other = connect_client (f);
  Listener *dead = open_on (f, other, "/dead", HOME);
  Listener *alive = open_on (f, f->client, "/alive", HOME);

  dead->manner = HOLDS;
  sim (f, "ring number=555 rings=1");
  heard_until (alive, 0, "* call-state 1 ended");
  sim (f, "on-dial alert=0.1 answer=0.2");
  g_variant_unref (call_ok (f, f->client, HOME, "Dial", number ("123")));
  heard_until (alive, 0, "* call-state 2 connected");
  g_variant_unref (call_ok (f, f->client, HOME, "HangUpAll", NULL));
  heard_until (alive, 0, "* call-state 2 ended");
  g_assert_cmpuint (dead->heard->len, ==, 1);
  listener_free (f, dead);
  g_dbus_connection_close_sync (other, NULL, NULL);
}

/* Since log_forget(). */
static void
assert_unresponsive (guint n)
{
  g_autofree char *glob
      = g_strdup_printf ("MESSAGE=Process %d has not answered an event in 300 ms*", getpid ());

  g_assert_cmpuint (log_count (glob), ==, n);
  g_assert_cmpuint (log_count ("OFFHOOK_REASON=unresponsive"), ==, n);
}

static guint
count_handles (Fixture *f)
{
  g_autoptr (GVariant) reply = call_ok (f, f->client, HOME, "ListHandles", NULL);
  g_autoptr (GVariant) handles = g_variant_get_child_value (reply, 0);

  return g_variant_n_children (handles);
}

static guint64
get_counter (Fixture *f, const char *name)
{
  g_autoptr (GVariant) counters = get_property (f, HOME, "Line", "Counters");
  guint64 value = G_MAXUINT64;

  g_assert_true (g_variant_lookup (counters, name, "t", &value));
  return value;
}

static void
test_unresponsive (Fixture *f, gconstpointer limits)
{
  g_autoptr (GDBusConnection) other = connect_client (f);
  Listener *silent = open_on (f, f->client, "/silent", HOME);
  Listener *quick = open_on (f, f->client, "/quick", HOME);
  Listener *alive = open_on (f, other, "/alive", HOME);

  log_forget ();
  silent->manner = quick->manner = HOLDS;
  puppet_ring ();
  heard_until (silent, 0, "release unresponsive");
  heard_until (quick, 0, "release unresponsive"); /* the connection's every handle */
  assert_unresponsive (2);
  g_assert_cmpuint (silent->heard->len + quick->heard->len, ==, 3);
  g_assert_cmpuint (count_handles (f), ==, 1);
  g_assert_cmpuint (get_counter (f, "unresponsive"), ==, 2);
  puppet_emit_line (OH_LINE_OUT_OF_SERVICE, "");
  heard_until (alive, 0, "2 line-state *");
  g_assert_cmpuint (silent->heard->len + quick->heard->len, ==, 3);
  call_fails (f, f->client, HOME, "Open", g_variant_new ("(oa{sv})", "/new", NULL),
              "LimitsExceeded");
  call_fails (f, f->client, HOME, "Close", g_variant_new ("(o)", "/silent"), "NotOpen");
  listener_answer (g_queue_is_empty (&silent->held) ? quick : silent);
  settle (f, f->client);
  silent->manner = ANSWERS;
  g_variant_unref (
      call_ok (f, f->client, HOME, "Open", g_variant_new ("(oa{sv})", "/silent", NULL)));
  puppet_emit_line (OH_LINE_IN_SERVICE, "");
  heard_until (silent, 0, "1 line-state * in-service");
  listener_free (f, alive);
  g_dbus_connection_close_sync (other, NULL, NULL);
}

/* It may go away instead. */
static void
test_unresponsive_leaves (Fixture *f, gconstpointer limits)
{
  GDBusConnection *other = connect_client (f);
  Listener *silent = open_on (f, other, "/silent", HOME);
  Listener *alive = open_on (f, f->client, "/alive", HOME);

  log_forget ();
  silent->manner = HOLDS;
  puppet_ring ();
  heard_until (silent, 0, "release unresponsive");
  assert_unresponsive (1);
  listener_free (f, silent);
  leave (&other);
  puppet_emit_line (OH_LINE_OUT_OF_SERVICE, "");
  heard_until (alive, 0, "2 line-state *");
}

/* An answer in time starts the clock anew for the next event. */
static void
test_clock_starts_anew (Fixture *f, gconstpointer limits)
{
  Listener *listener = open_on (f, f->client, "/handle", HOME);

  log_forget ();
  listener->manner = HOLDS;
  puppet_emit_call (puppet_ring (), OH_CALL_CONNECTED, OH_REASON_NONE, OH_ENDED_BY_NOBODY);
  heard_until (listener, 0, "1 new-call *");
  listener_answer (listener);
  heard_until (listener, 0, "2 call-state *");
  heard_until (listener, 0, "release unresponsive");
  assert_unresponsive (1);
}

/* While its own request runs, a client may be in no state to answer. */
static void
test_clock_stands_still (Fixture *f, gconstpointer limits)
{
  g_autoptr (GDBusConnection) other = connect_client (f);
  Listener *asks = open_on (f, f->client, "/asks", HOME);
  Listener *idle = open_on (f, other, "/idle", HOME);
  guint call;
  Errand drop;

  asks->manner = idle->manner = HOLDS;
  call = puppet_ring ();
  heard_until (asks, 0, "1 new-call *");
  errand_begin (&drop, f->client, CALL_PATH (1), "Drop", NULL);
  spin_until (is_asked, &puppet ()->drop);
  log_forget ();
  heard_until (idle, 0, "release unresponsive");
  listener_answer (idle);
  settle (f, other);
  /* Another whole time goes by. */
  g_variant_unref (call_ok (f, other, HOME, "Open", g_variant_new ("(oa{sv})", "/idle", NULL)));
  puppet_emit_call (call, OH_CALL_CONNECTED, OH_REASON_NONE, OH_ENDED_BY_NOBODY);
  heard_until (idle, idle->heard->len - 1, "1 call-state *");
  heard_until (idle, 3, "release unresponsive");
  assert_unresponsive (2);
  g_assert_false (has_heard (asks, "release *"));
  log_forget ();
  puppet_settle (&puppet ()->drop, -1);
  errand_ends (&drop, NULL);
  heard_until (asks, 0, "release unresponsive");
  assert_unresponsive (1);
  listener_free (f, idle);
  g_dbus_connection_close_sync (other, NULL, NULL);
}

/* Since log_forget(): once. */
static void
assert_void (const char *path, const char *error)
{
  g_autofree char *line = NULL;
  g_autofree char *glob = g_strdup_printf (
      "MESSAGE=Listener %s of process %d cannot be called (*%s): its handle is void", path,
      getpid (), error);

  g_assert_cmpuint (log_count (glob), ==, 1);
  g_assert_cmpuint (log_count ("MESSAGE=Listener*"), ==, 1);
  line = log_field ("Listener*", "OFFHOOK_LINE");
  g_assert_cmpstr (line, ==, "home");
}

/* One warning, that handle alone, and nothing more is sent to it. */
static void
test_nobody_there (Fixture *f, gconstpointer error)
{
  Listener *absent = open_on (f, f->client, "/absent", HOME);
  Listener *present = open_on (f, f->client, "/present", HOME);

  absent->manner = REFUSES;
  absent->refuse_with = error;
  log_forget ();
  puppet_emit_call (puppet_ring (), OH_CALL_CONNECTED, OH_REASON_NONE, OH_ENDED_BY_NOBODY);
  heard_until (present, 0, "2 call-state 1 connected");
  settle (f, f->client);
  assert_void ("/absent", strrchr (error, '.') + 1);
  g_assert_cmpuint (absent->heard->len, ==, 1);
  g_assert_cmpuint (count_handles (f), ==, 1);
  /* It may come back, and is a new handle. */
  absent->manner = ANSWERS;
  g_variant_unref (
      call_ok (f, f->client, HOME, "Open", g_variant_new ("(oa{sv})", "/absent", NULL)));
  puppet_emit_line (OH_LINE_OUT_OF_SERVICE, "");
  heard_until (absent, 1, "1 line-state *");
}

/* An object path at which nobody listens: the client's library answers for it. */
static void
test_nobody_listens (Fixture *f, gconstpointer limits)
{
  Listener *present = open_on (f, f->client, "/present", HOME);

  g_variant_unref (
      call_ok (f, f->client, HOME, "Open", g_variant_new ("(oa{sv})", "/nobody", NULL)));
  g_assert_cmpuint (count_handles (f), ==, 2);
  log_forget ();
  puppet_ring ();
  puppet_emit_line (OH_LINE_OUT_OF_SERVICE, "");
  heard_until (present, 0, "2 line-state *");
  settle (f, f->client);
  assert_void ("/nobody", "Unknown*");
  g_assert_cmpuint (count_handles (f), ==, 1);
}

/* Whatever else a client answers is an answer, even with the name of an error of the bus. One
 * warning a minute. */
static void
test_error_is_an_answer (Fixture *f, gconstpointer limits)
{
  static const char *const names[]
      = { "com.example.Oops", "org.freedesktop.DBus.Error.AccessDenied",
          "org.freedesktop.DBus.Error.LimitsExceeded", "org.freedesktop.DBus.Error.NoReply",
          "org.freedesktop.DBus.Error.NameHasNoOwner" };
  Listener *listener = open_on (f, f->client, "/handle", HOME);

  g_test_expect_message ("offhook", G_LOG_LEVEL_WARNING,
                         "Listener /handle of process * answers events with com.example.Oops");
  listener->manner = REFUSES;
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *glob = g_strdup_printf ("%u line-state *", i + 1);

      listener->refuse_with = names[i];
      puppet_emit_line (i % 2 ? OH_LINE_IN_SERVICE : OH_LINE_OUT_OF_SERVICE, "");
      heard_until (listener, i, glob);
      settle (f, f->client);
    }
  g_test_assert_expected_messages ();
  g_assert_cmpuint (count_handles (f), ==, 1);
  g_assert_cmpuint (listener->heard->len, ==, G_N_ELEMENTS (names));
}

/* Gone with an event unanswered and more waiting: no word of it. */
static void
test_gone_in_flight (Fixture *f, gconstpointer limits)
{
  GDBusConnection *other = connect_client (f);
  Listener *listener = open_on (f, other, "/gone", HOME);
  Listener *present = open_on (f, f->client, "/present", HOME);

  listener->manner = HOLDS;
  puppet_emit_call (puppet_ring (), OH_CALL_CONNECTED, OH_REASON_NONE, OH_ENDED_BY_NOBODY);
  heard_until (listener, 0, "1 new-call *");
  leave (&other);
  puppet_emit_line (OH_LINE_OUT_OF_SERVICE, "");
  heard_until (present, 0, "3 line-state *");
  settle (f, f->client);
  g_assert_cmpuint (count_handles (f), ==, 1);
  g_assert_cmpuint (listener->heard->len, ==, 1);
}

static void
set_up_without_policy (Fixture *f, gconstpointer data)
{
  bus_change ("", "*send_interface=\"org.offhook.Telephony1.Listener\"*");
  puppet_set_up (f, NULL);
}

static void
tear_down_bus (Fixture *f, gconstpointer data)
{
  puppet_tear_down (f, NULL);
  bus_restore ();
}

/* Without our rule the system bus lets no event through: what the other tests would find. */
static void
test_without_policy (Fixture *f, gconstpointer data)
{
  Listener *listener = open_on (f, f->client, "/handle", HOME);

  g_assert_cmpuint (count_handles (f), ==, 1);
  log_forget ();
  puppet_emit_call (puppet_ring (), OH_CALL_CONNECTED, OH_REASON_NONE, OH_ENDED_BY_NOBODY);
  settle (f, f->client);
  while (count_handles (f) > 0)
    settle (f, f->client);
  assert_void ("/handle", "AccessDenied");
  g_assert_cmpuint (listener->heard->len, ==, 0);
}

typedef void (*Test) (Fixture *f, gconstpointer data);

/* With ours the bus lets the daemon call a listener: as it is installed. */
static void
test_with_policy (Fixture *f, gconstpointer data)
{
  Listener *listener = open_on (f, f->client, "/handle", HOME);

  puppet_ring ();
  heard_until (listener, 0, "1 new-call 1 offering");
}

static void
add (const char *path, const OhLimits *limits, Test test)
{
  g_test_add (path, Fixture, limits, puppet_set_up, test, puppet_tear_down);
}

static void
set_up_nobody (Fixture *f, gconstpointer error)
{
  puppet_set_up (f, NULL);
}

static void
add_nobody (const char *error)
{
  g_autofree char *path
      = g_strconcat ("/H23/delivery/nobody-there-", strrchr (error, '.') + 1, NULL);

  g_test_add (path, Fixture, error, set_up_nobody, test_nobody_there, puppet_tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  log_watch ();
  add ("/H19/delivery/one-in-flight", NULL, test_one_in_flight);
  add ("/H19/delivery/each-connection-its-own", NULL, test_each_connection_its_own);
  add ("/H19/delivery/call-from-within", NULL, test_call_from_within);
  add ("/H20/delivery/dead-delays-nobody", NULL, test_dead_delays_nobody);
  g_test_add ("/H20/delivery/line-goes-on-v253", Fixture, "v253", set_up, test_line_goes_on,
              tear_down);
  g_test_add ("/H20/delivery/line-goes-on-cellular", Fixture, "cellular", set_up, test_line_goes_on,
              tear_down);
  add ("/H22/delivery/unresponsive", &hasty, test_unresponsive);
  add ("/H22/delivery/unresponsive-leaves", &hasty, test_unresponsive_leaves);
  add ("/H22/delivery/clock-starts-anew", &hasty, test_clock_starts_anew);
  add ("/H22/delivery/clock-stands-still", &hasty, test_clock_stands_still);
  add_nobody ("org.freedesktop.DBus.Error.UnknownObject");
  add_nobody ("org.freedesktop.DBus.Error.UnknownMethod");
  add_nobody ("org.freedesktop.DBus.Error.UnknownInterface");
  add ("/H23/delivery/nobody-listens", NULL, test_nobody_listens);
  add ("/H23/delivery/error-is-an-answer", NULL, test_error_is_an_answer);
  add ("/H23/delivery/gone-in-flight", NULL, test_gone_in_flight);
  add ("/H24/delivery/with-policy", NULL, test_with_policy);
  g_test_add ("/H24/delivery/without-policy", Fixture, NULL, set_up_without_policy,
              test_without_policy, tear_down_bus);
  return g_test_run ();
}
