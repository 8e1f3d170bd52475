// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/puppet.h"
#include "tests/wire.h"

/* What listeners may cost: H21. */

#define HOME LINE_PATH "home"
#define SECOND LINE_PATH "second"
#define CALL_PATH(n) HOME "/call/" #n

static GVariant *
path_and_options (const char *path)
{
  return g_variant_new ("(oa{sv})", path, NULL);
}

static Listener *
open_on (Fixture *f, GDBusConnection *client, const char *path, const char *line)
{
  Listener *listener = listen_at (f, client, path);

  g_variant_unref (call_ok (f, client, line, "Open", path_and_options (path)));
  return listener;
}

static void
open_silently (Fixture *f, GDBusConnection *client, const char *path)
{
  g_variant_unref (call_ok (f, client, HOME, "Open", path_and_options (path)));
}

static void
open_is_too_much (Fixture *f, GDBusConnection *client, const char *path)
{
  call_fails (f, client, HOME, "Open", path_and_options (path), "LimitsExceeded");
}

static void
emit_health (OhHealthState health, const char *reason)
{
  oh_modem_emit (puppet ()->modem,
                 &(OhEvent){ .kind = OH_EVENT_HEALTH, .health = health, .text = reason });
}

static void
emit_state (guint call, OhCallState state)
{
  puppet_emit_call (call, state, OH_REASON_NONE, OH_ENDED_BY_NOBODY);
}

/* The first event of a call, held. */
static guint
hold_new_call (Listener *listener)
{
  guint call;

  listener->manner = HOLDS;
  call = puppet_ring ();
  heard_until (listener, 0, "1 new-call 1 offering");
  return call;
}

static void
assert_hears (Listener *listener, const char *const *lines, guint n)
{
  listener->manner = ANSWERS;
  listener_answer (listener);
  heard_until (listener, 0, lines[n - 1]);
  g_assert_cmpuint (listener->heard->len, ==, n + 1);
  for (guint i = 0; i < n; i++)
    g_assert_cmpstr (listener->heard->pdata[i + 1], ==, lines[i]);
  assert_serials (listener);
}

/* The place of the oldest, the content of the newest. */
static void
test_coalesces (Fixture *f, gconstpointer limits)
{
  static const char *const heard[] = { "2 health  healthy",        "3 ringing 1 3",
                                       "4 call-info 1 held",       "5 line-state  in-service",
                                       "6 call-state 1 connected", "7 call-state 1 held" };
  Listener *listener = open_on (f, f->client, "/handle", HOME);
  g_autoptr (GVariant) details = NULL;
  const char *number;
  guint call = hold_new_call (listener);

  emit_health (OH_HEALTH_SUSPECT, "timeout");
  puppet_emit (OH_EVENT_RING, call);
  puppet_emit_party (call, "111");
  puppet_emit_line (OH_LINE_OUT_OF_SERVICE, "no-network");
  puppet_emit (OH_EVENT_RING, call);
  emit_health (OH_HEALTH_SUSPECT, "silent");
  puppet_emit (OH_EVENT_RING, call);
  emit_state (call, OH_CALL_CONNECTED);
  puppet_emit_line (OH_LINE_IN_SERVICE, "");
  emit_state (call, OH_CALL_HELD);
  puppet_emit_party (call, "222");
  emit_health (OH_HEALTH_HEALTHY, "");
  assert_hears (listener, heard, G_N_ELEMENTS (heard));
  details = g_variant_get_child_value (listener->events->pdata[3], 5);
  g_assert_true (g_variant_lookup (details, "Number", "&s", &number));
  g_assert_cmpstr (number, ==, "222");
}

/* Neither what was sent already, nor digits, nor states that return to what they were. */
static void
test_never_coalesces (Fixture *f, gconstpointer limits)
{
  static const char *const heard[]
      = { "2 call-state 1 connected", "3 digit 1 7", "4 digit 1 7",
          "5 call-state 1 held",      "6 digit 1 7", "7 call-state 1 connected",
          "8 call-state 1 held" };
  Listener *listener = open_on (f, f->client, "/handle", HOME);
  guint call = hold_new_call (listener);

  emit_state (call, OH_CALL_CONNECTED);
  g_variant_unref (
      call_ok (f, f->client, CALL_PATH (1), "MonitorDigits", g_variant_new ("(b)", TRUE)));
  puppet_emit_digit (call, '7');
  puppet_emit_digit (call, '7');
  emit_state (call, OH_CALL_HELD);
  puppet_emit_digit (call, '7');
  emit_state (call, OH_CALL_CONNECTED);
  emit_state (call, OH_CALL_HELD);
  assert_hears (listener, heard, G_N_ELEMENTS (heard));
}

static void
test_in_flight_is_sent (Fixture *f, gconstpointer limits)
{
  static const char *const heard[] = { "2 line-state  in-service" };
  Listener *listener = open_on (f, f->client, "/handle", HOME);

  listener->manner = HOLDS;
  puppet_emit_line (OH_LINE_OUT_OF_SERVICE, "no-network");
  heard_until (listener, 0, "1 line-state  out-of-service");
  puppet_emit_line (OH_LINE_LOCKED, "sim-pin");
  puppet_emit_line (OH_LINE_IN_SERVICE, "");
  assert_hears (listener, heard, G_N_ELEMENTS (heard));
}

/* Of two calls, and of two handles, each has its own. */
static void
test_coalesces_same_object (Fixture *f, gconstpointer limits)
{
  static const char *const heard[]
      = { "2 ringing 1 2", "3 call-info 1 offering", "4 new-call 2 offering",
          "5 call-info 2 offering", "6 ringing 2 4" };
  Listener *listener = open_on (f, f->client, "/handle", HOME);
  Listener *same = open_on (f, f->client, "/same", HOME);
  guint first, second;

  same->manner = HOLDS;
  listener->manner = HOLDS;
  first = puppet_ring ();
  heard_until (same, 0, "1 new-call *");
  puppet_emit (OH_EVENT_RING, first);
  puppet_emit_party (first, "111");
  second = puppet_ring ();
  puppet_emit (OH_EVENT_RING, first);
  puppet_emit_party (second, "222");
  puppet_emit (OH_EVENT_RING, second);
  puppet_emit (OH_EVENT_RING, second);
  listener->manner = ANSWERS;
  same->manner = ANSWERS;
  listener_answer (same);
  heard_until (same, 0, heard[G_N_ELEMENTS (heard) - 1]);
  heard_until (listener, 0, heard[G_N_ELEMENTS (heard) - 1]);
  for (guint i = 0; i < G_N_ELEMENTS (heard); i++)
    {
      g_assert_cmpstr (listener->heard->pdata[i + 1], ==, heard[i]);
      g_assert_cmpstr (same->heard->pdata[i + 1], ==, heard[i]);
    }
}

static guint64
get_counter (Fixture *f, const char *name)
{
  g_autoptr (GVariant) counters = get_property (f, HOME, "Line", "Counters");
  guint64 value = G_MAXUINT64;

  g_assert_true (g_variant_lookup (counters, name, "t", &value));
  return value;
}

/* The real numbers: 256 wait, and all of them arrive. */
static void
test_queue_full (Fixture *f, gconstpointer limits)
{
  Listener *listener = open_on (f, f->client, "/handle", HOME);
  guint call = hold_new_call (listener);

  g_assert_cmpuint (f->limits.queued, ==, 256);
  for (guint i = 1; i < f->limits.queued; i++)
    emit_state (call, i % 2 ? OH_CALL_CONNECTED : OH_CALL_HELD);
  settle (f, f->client);
  g_assert_cmpuint (listener->heard->len, ==, 1);
  listener->manner = ANSWERS;
  listener_answer (listener);
  heard_until (listener, 0, "256 call-state *");
  assert_serials (listener);
  g_assert_cmpuint (get_counter (f, "overflows"), ==, 0);
}

/* One more is too many, for that handle. */
static void
test_overflow (Fixture *f, gconstpointer limits)
{
  static const char *const nothing[] = { NULL };
  g_autoptr (GDBusConnection) other = connect_client (f);
  Listener *listener = open_on (f, f->client, "/handle", HOME);
  Listener *second = open_on (f, f->client, "/second", HOME);
  Listener *alive = open_on (f, other, "/alive", HOME);
  guint call;

  g_variant_unref (
      call_ok (f, f->client, HOME, "SetEvents", g_variant_new ("(o^as)", "/second", nothing)));
  call = puppet_ring ();
  heard_until (second, 0, "1 new-call *");
  heard_until (alive, 0, "1 new-call *");
  g_variant_unref (
      call_ok (f, f->client, CALL_PATH (1), "MonitorDigits", g_variant_new ("(b)", TRUE)));
  emit_state (call, OH_CALL_CONNECTED);
  heard_until (listener, 0, "2 call-state *");
  settle (f, f->client);
  listener->manner = HOLDS;
  for (guint i = 0; i < f->limits.queued; i++)
    puppet_emit_digit (call, '5');
  settle (f, f->client);
  g_assert_false (has_heard (listener, "release *"));
  puppet_emit_digit (call, '5');
  heard_until (listener, 0, "release overflow");
  g_assert_cmpuint (listener->heard->len, ==, 4);
  g_assert_cmpuint (get_counter (f, "overflows"), ==, 1);
  call_fails (f, f->client, HOME, "Close", g_variant_new ("(o)", "/handle"), "NotOpen");
  listener_answer (listener);
  emit_state (call, OH_CALL_HELD);
  heard_until (second, 0, "* call-state 1 held");
  heard_until (alive, 0, "* call-state 1 held");
  g_assert_cmpuint (listener->heard->len, ==, 4);
  open_silently (f, f->client, "/handle"); /* at once, as everything is answered */
  listener_free (f, alive);
  g_dbus_connection_close_sync (other, NULL, NULL);
}

static void
test_handles (Fixture *f, gconstpointer limits)
{
  g_autoptr (GDBusConnection) other = connect_client (f);

  add_line (f, "second", "/dev/zero", oh_driver_find ("fake"));
  g_assert_cmpuint (f->limits.handles_per_line, ==, 8);
  for (guint i = 0; i < 8; i++)
    {
      g_autofree char *path = g_strdup_printf ("/h%u", i);

      open_silently (f, f->client, path);
    }
  open_is_too_much (f, f->client, "/more");
  open_silently (f, other, "/more");
  g_variant_unref (call_ok (f, f->client, SECOND, "Open", path_and_options ("/more")));
  g_variant_unref (call_ok (f, f->client, HOME, "Close", g_variant_new ("(o)", "/h3")));
  open_silently (f, f->client, "/more");
  g_dbus_connection_close_sync (other, NULL, NULL);
}

static gboolean
has_few_handles (gpointer line)
{
  return oh_dbus_line_get_num_handles (line) < 64;
}

/* 64 connections, whoever they are of; who listens already may open more. */
static void
test_connections (Fixture *f, gconstpointer limits)
{
  GDBusConnection *clients[65];

  for (guint i = 0; i < G_N_ELEMENTS (clients); i++)
    {
      clients[i] = connect_client (f);
      if (i < 64)
        open_silently (f, clients[i], "/h");
    }
  g_assert_cmpuint (oh_dbus_line_get_num_handles (OH_DBUS_LINE (f->line)), ==, 64);
  open_is_too_much (f, clients[64], "/h");
  open_silently (f, clients[0], "/more");
  g_variant_unref (call_ok (f, clients[0], HOME, "Close", g_variant_new ("(o)", "/more")));
  leave (&clients[0]);
  spin_until (has_few_handles, f->line);
  open_silently (f, clients[64], "/h");
  for (guint i = 1; i < G_N_ELEMENTS (clients); i++)
    leave (&clients[i]);
}

/* 16 of one user, whom others do not mind; root is exempt. */
static void
test_users (Fixture *f, gconstpointer limits)
{
  GDBusConnection *clients[17], *of_root[17];
  GDBusConnection *of_another;

  if (!is_root ())
    return;
  for (guint i = 0; i < G_N_ELEMENTS (clients); i++)
    {
      clients[i] = connect_as (f, UID_STRANGER);
      if (i < 16)
        open_silently (f, clients[i], "/h");
    }
  open_is_too_much (f, clients[16], "/h");
  open_silently (f, clients[0], "/more");
  of_another = connect_as (f, UID_ANOTHER);
  open_silently (f, of_another, "/h");
  leave (&of_another);
  for (guint i = 0; i < G_N_ELEMENTS (of_root); i++)
    {
      of_root[i] = connect_client (f);
      open_silently (f, of_root[i], "/h");
    }
  for (guint i = 0; i < G_N_ELEMENTS (of_root); i++)
    leave (&of_root[i]);
  g_variant_unref (call_ok (f, clients[5], HOME, "Close", g_variant_new ("(o)", "/h")));
  open_silently (f, clients[16], "/h");
  for (guint i = 0; i < G_N_ELEMENTS (clients); i++)
    leave (&clients[i]);
}

static const OhLimits two = {
  .listeners = 2,
  .listeners_per_user = 64,
  .handles_per_line = 8,
  .queued = 256,
  .requests = 32,
  .asks = 32,
  .asks_per_user = 8,
  .ask_open_ms = 5000,
  .ask_ms = 20000,
  .ask_password_ms = 120000,
  .answer_ms = 60000,
  .refused_ms = 1000,
  .reply_ms = 10000,
  .ended_ms = 5000,
  .ended_most_ms = 60000,
  .ended_calls = 16,
  .stop_ms = 3000,
  .retry_ms = 2000,
};

/* Closing does not help: the unanswered event takes up room on the bus. */
static void
test_unanswered_counts (Fixture *f, gconstpointer limits)
{
  GDBusConnection *second = connect_client (f), *third = connect_client (f);
  Listener *listener = open_on (f, f->client, "/handle", HOME);
  Listener *holds;

  hold_new_call (listener);
  g_variant_unref (call_ok (f, f->client, HOME, "Close", g_variant_new ("(o)", "/handle")));
  g_assert_cmpuint (oh_dbus_line_get_num_handles (OH_DBUS_LINE (f->line)), ==, 0);
  holds = open_on (f, second, "/holds", HOME);
  open_is_too_much (f, third, "/h");
  listener_answer (listener);
  settle (f, f->client);
  open_silently (f, third, "/h");
  g_variant_unref (call_ok (f, third, HOME, "Close", g_variant_new ("(o)", "/h")));
  /* Nor when it was released; but when it is gone. */
  holds->manner = HOLDS;
  puppet_emit_line (OH_LINE_OUT_OF_SERVICE, "");
  heard_until (holds, 0, "1 line-state *");
  g_variant_unref (call_ok (f, second, HOME, "Close", g_variant_new ("(o)", "/holds")));
  open_silently (f, f->client, "/handle");
  open_is_too_much (f, third, "/h");
  listener_free (f, holds);
  leave (&second);
  settle (f, f->client);
  g_variant_unref (call_ok (f, third, HOME, "Open", path_and_options ("/h")));
  leave (&third);
}

static const OhLimits crowded = {
  .listeners = 64,
  .listeners_per_user = 1000,
  .handles_per_line = 8,
  .queued = 256,
  .requests = 32,
  .asks = 32,
  .asks_per_user = 8,
  .ask_open_ms = 5000,
  .ask_ms = 20000,
  .ask_password_ms = 120000,
  .answer_ms = 60000,
  .refused_ms = 1000,
  .reply_ms = 10000,
  .ended_ms = 5000,
  .ended_most_ms = 60000,
  .ended_calls = 16,
  .stop_ms = 3000,
  .retry_ms = 2000,
};

static void
add (const char *path, const OhLimits *limits, void (*test) (Fixture *f, gconstpointer limits))
{
  g_test_add (path, Fixture, limits, puppet_set_up, test, puppet_tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("/H21/delivery-limits/coalesces", NULL, test_coalesces);
  add ("/H21/delivery-limits/never-coalesces", NULL, test_never_coalesces);
  add ("/H21/delivery-limits/in-flight-is-sent", NULL, test_in_flight_is_sent);
  add ("/H21/delivery-limits/coalesces-same-object", NULL, test_coalesces_same_object);
  add ("/H21/delivery-limits/queue-full", NULL, test_queue_full);
  add ("/H21/delivery-limits/overflow", NULL, test_overflow);
  add ("/H21/delivery-limits/handles", NULL, test_handles);
  add ("/H21/delivery-limits/connections", &crowded, test_connections);
  add ("/H21/delivery-limits/users", NULL, test_users);
  add ("/H21/delivery-limits/unanswered-counts", &two, test_unanswered_counts);
  return g_test_run ();
}
