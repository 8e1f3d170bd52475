// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/puppet.h"

/* Ended calls, counts of rings, serials and masks: H16, H17, H18. */

static char *
call_path (Fixture *f, guint number)
{
  return g_strdup_printf ("%s/call/%u", oh_line_get_path (f->line), number);
}

static void
end_call (guint call)
{
  puppet_emit_call (call, OH_CALL_ENDED, OH_REASON_NORMAL, OH_ENDED_BY_REMOTE);
}

static void
connect_call (guint call)
{
  puppet_emit_call (call, OH_CALL_CONNECTED, OH_REASON_NONE, OH_ENDED_BY_NOBODY);
}

static void
assert_property (Fixture *f, const char *path, const char *interface, const char *name,
                 const char *expected)
{
  g_autofree char *value = get_string (f, path, interface, name);

  g_assert_cmpstr (value, ==, expected);
}

/* For calls that have ended; a listener may take its time. */
static const OhLimits hasty = {
  .listeners = 64,
  .listeners_per_user = 16,
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
  .ended_ms = 50,
  .ended_most_ms = 60000,
  .ended_calls = 3,
  .stop_ms = 3000,
  .retry_ms = 2000,
};

/* Whatever the modem still says of it. */
static void
test_ended_is_final (Fixture *f, gconstpointer limits)
{
  Listener *listener = open_at (f, f->client, "/handle");
  g_autofree char *first = call_path (f, 1);
  guint at, call = puppet_ring ();

  end_call (call);
  at = heard_until (listener, 0, "* call-state 1 ended");
  puppet_emit (OH_EVENT_RING, call);
  puppet_emit_party (call, "5551234");
  end_call (call);
  puppet_emit_digit (call, '5');
  call_fails (f, f->client, first, "Answer", NULL, "InvalidState");
  call_fails (f, f->client, first, "Drop", NULL, "InvalidState");
  call_fails (f, f->client, first, "Ignore", NULL, "InvalidState");
  puppet_ring ();
  heard_until (listener, at + 1, "* new-call 2 offering");
  g_assert_cmpuint (listener->heard->len, ==, at + 2);
}

static gboolean
has_no_calls (gpointer line)
{
  return g_strv_length ((char **)oh_dbus_line_get_calls (line)) == 0;
}

static gboolean
on_time (gpointer user_data)
{
  *(gboolean *)user_data = TRUE;
  return G_SOURCE_REMOVE;
}

static gboolean
is_true (gpointer user_data)
{
  return *(gboolean *)user_data;
}

/* A timer that was set later and is longer than the daemon's: that one has fired. */
static void
let_pass (guint ms)
{
  gboolean passed = FALSE;

  g_timeout_add (ms, on_time, &passed);
  spin_until (is_true, &passed);
}

static void
assert_gone (Fixture *f, const char *path)
{
  g_autofree char *error = NULL;

  g_assert_null (call (f, f->client, path, OH_BUS_NAME ".Call", "Drop", NULL, &error));
  g_assert_true (g_str_equal (error, "UnknownObject") || g_str_equal (error, "UnknownMethod"));
}

static void
test_ended_waits_for_answer (Fixture *f, gconstpointer limits)
{
  Listener *listener = open_at (f, f->client, "/handle");
  g_autofree char *first = call_path (f, 1);
  guint call = puppet_ring ();

  heard_until (listener, 0, "1 new-call 1 offering");
  listener->manner = HOLDS;
  puppet_emit_call (call, OH_CALL_ENDED, OH_REASON_NORMAL, OH_ENDED_BY_LOCAL);
  heard_until (listener, 0, "2 call-state 1 ended");
  let_pass (hasty.ended_ms * 4);
  assert_property (f, first, "Call", "State", "ended");
  listener_answer (listener);
  spin_until (has_no_calls, f->line);
  assert_gone (f, first);
}

static void
test_ended_at_most (Fixture *f, gconstpointer limits)
{
  Listener *listener = open_at (f, f->client, "/handle");
  g_autofree char *first = call_path (f, 1);

  f->limits.ended_most_ms = 4 * hasty.ended_ms;
  listener->manner = HOLDS;
  end_call (puppet_ring ());
  heard_until (listener, 0, "1 new-call 1 offering");
  spin_until (has_no_calls, f->line);
  assert_gone (f, first);
  /* Its events are not lost with it. */
  listener->manner = ANSWERS;
  listener_answer (listener);
  heard_until (listener, 0, "3 call-state 1 ended");
}

static void
test_ended_so_many (Fixture *f, gconstpointer limits)
{
  Listener *listener = open_at (f, f->client, "/handle");
  g_autofree char *oldest = call_path (f, 3);
  g_autofree char *newest = call_path (f, 5);
  const char *const *calls;

  f->limits.ended_ms = hasty.ended_most_ms;
  for (guint i = 0; i < 5; i++)
    end_call (puppet_ring ());
  puppet_ring ();
  heard_until (listener, 0, "* new-call 6 offering");
  calls = oh_dbus_line_get_calls (OH_DBUS_LINE (f->line));
  g_assert_cmpuint (g_strv_length ((char **)calls), ==, hasty.ended_calls + 1);
  g_assert_cmpstr (calls[0], ==, oldest);
  g_assert_cmpstr (calls[2], ==, newest);
  assert_property (f, oldest, "Call", "State", "ended");
}

/* The counts of @call rise and end with @rings; one that waited may have been left out for the
 * next. */
static void
assert_counts (Listener *listener, const char *call, guint rings)
{
  guint last = 0;

  for (guint i = 0; i < listener->events->len; i++)
    {
      g_autoptr (GVariant) details = NULL;
      const char *kind, *path;
      guint count;

      g_variant_get (listener->events->pdata[i], "(&ott&s&o@a{sv})", NULL, NULL, NULL, &kind, &path,
                     &details);
      if (!g_str_equal (kind, "ringing") || !g_str_equal (path, call))
        continue;
      g_assert_true (g_variant_lookup (details, "Count", "u", &count));
      g_assert_cmpuint (count, >, last);
      last = count;
    }
  g_assert_cmpuint (last, ==, rings);
}

static void
test_ringing_counts (Fixture *f, gconstpointer driver)
{
  Listener *listener = open_at (f, f->client, "/handle");

  for (guint call = 1; call <= 2; call++)
    {
      g_autofree char *path = call_path (f, call);
      g_autofree char *end = g_strdup_printf ("* call-state %u ended", call);
      g_autoptr (GVariant) rings = NULL;

      sim (f, "ring number=5551234 rings=3");
      heard_until (listener, 0, end);
      assert_counts (listener, path, 3);
      rings = get_property (f, oh_line_get_path (f->line), "Line", "RingCount");
      g_assert_cmpuint (g_variant_get_uint32 (rings), ==, 0);
    }
}

static void
set_events (Fixture *f, Listener *listener, const char *const *kinds)
{
  g_variant_unref (call_ok (f, f->client, oh_line_get_path (f->line), "SetEvents",
                            g_variant_new ("(o^as)", listener->path, kinds)));
}

static void
test_serials (Fixture *f, gconstpointer limits)
{
  Listener *listener = open_at (f, f->client, "/handle");
  Listener *other;
  guint call = puppet_ring ();
  g_autoptr (GVariant) snapshot = NULL;
  guint64 serial;

  puppet_emit (OH_EVENT_RING, call);
  connect_call (call);
  heard_until (listener, 0, "3 call-state 1 connected");
  other = listen_at (f, f->client, "/other");
  snapshot = listener_open (f, other);
  g_assert_true (g_variant_lookup (snapshot, "Serial", "t", &serial));
  g_assert_cmpuint (serial, ==, 0);
  end_call (call);
  heard_until (listener, 0, "5 call-state 1 ended");
  heard_until (other, 0, "2 call-state 1 ended");
  g_assert_cmpstr (other->heard->pdata[0], ==, "1 call-state 1 disconnected");
  assert_serials (listener);
}

/* Given when the event is sent: three rings that became one have one serial. */
static void
test_serials_of_coalesced (Fixture *f, gconstpointer limits)
{
  Listener *listener = open_at (f, f->client, "/handle");
  guint call = puppet_ring ();

  listener->manner = HOLDS;
  heard_until (listener, 0, "1 new-call 1 offering");
  for (guint i = 0; i < 3; i++)
    puppet_emit (OH_EVENT_RING, call);
  end_call (call);
  listener->manner = ANSWERS;
  listener_answer (listener);
  heard_until (listener, 0, "4 call-state 1 ended");
  g_assert_cmpstr (listener->heard->pdata[1], ==, "2 ringing 1 3");
}

static void
test_masks (Fixture *f, gconstpointer limits)
{
  static const char *const nothing[] = { NULL };
  static const char *const states[] = { "line-state", "health", NULL };
  Listener *listener = open_at (f, f->client, "/handle");
  guint call;

  set_events (f, listener, nothing);
  call = puppet_ring ();
  puppet_emit (OH_EVENT_RING, call);
  puppet_emit_party (call, "5551234");
  puppet_emit_line (OH_LINE_OUT_OF_SERVICE, "no-network");
  end_call (call);
  heard_until (listener, 0, "3 call-state 1 ended");
  g_assert_cmpstr (listener->heard->pdata[0], ==, "1 new-call 1 offering");
  g_assert_cmpstr (listener->heard->pdata[1], ==, "2 call-state 1 disconnected");
  g_assert_cmpuint (listener->heard->len, ==, 3);
  set_events (f, listener, states);
  heard_until (listener, 0, "5 health  healthy");
  g_assert_cmpstr (listener->heard->pdata[3], ==, "4 line-state  out-of-service");
  set_events (f, listener, states); /* nothing new is unmasked */
  puppet_emit (OH_EVENT_RING, puppet_ring ());
  puppet_emit_line (OH_LINE_IN_SERVICE, "");
  heard_until (listener, 0, "7 line-state  in-service");
  g_assert_cmpstr (listener->heard->pdata[5], ==, "6 new-call 2 offering");
}

static void
test_masked_from_the_start (Fixture *f, gconstpointer limits)
{
  static const char *const rings[] = { "ringing", NULL };
  Listener *listener = listen_at (f, f->client, "/handle");
  GVariantBuilder options;
  guint call;

  g_variant_builder_init (&options, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&options, "{sv}", "Events", g_variant_new_strv (rings, -1));
  g_variant_unref (call_ok (f, f->client, oh_line_get_path (f->line), "Open",
                            g_variant_new ("(oa{sv})", listener->path, &options)));
  call = puppet_ring ();
  puppet_emit_line (OH_LINE_OUT_OF_SERVICE, "no-network");
  puppet_emit_party (call, "5551234");
  puppet_emit (OH_EVENT_RING, call);
  heard_until (listener, 0, "2 ringing 1 1");
  g_assert_cmpstr (listener->heard->pdata[0], ==, "1 new-call 1 offering");
}

static void
test_unknown_kind (Fixture *f, gconstpointer limits)
{
  static const char *const odd[] = { "health", "colour", NULL };
  Listener *listener = open_at (f, f->client, "/handle");
  const char *line = oh_line_get_path (f->line);

  call_fails (f, f->client, line, "SetEvents", g_variant_new ("(o^as)", "/handle", odd),
              "InvalidArgs");
  call_fails (f, f->client, line, "SetEvents", g_variant_new ("(o^as)", "/elsewhere", odd),
              "NotOpen");
  puppet_emit (OH_EVENT_RING, puppet_ring ()); /* is still heard */
  heard_until (listener, 0, "2 ringing 1 1");
}

static void
add (const char *path, const OhLimits *limits, void (*test) (Fixture *f, gconstpointer limits))
{
  g_test_add (path, Fixture, limits, puppet_set_up, test, puppet_tear_down);
}

static void
add_on (const char *path, const char *driver, void (*test) (Fixture *f, gconstpointer driver))
{
  g_test_add (path, Fixture, driver, set_up, test, tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("/H16/handle-serials/ended-is-final", NULL, test_ended_is_final);
  add ("/H16/handle-serials/ended-waits-for-the-answer", &hasty, test_ended_waits_for_answer);
  add ("/H16/handle-serials/ended-at-most", &hasty, test_ended_at_most);
  add ("/H16/handle-serials/ended-so-many", &hasty, test_ended_so_many);
  add_on ("/H17/handle-serials/ringing-counts-v253", "v253", test_ringing_counts);
  add_on ("/H17/handle-serials/ringing-counts-cellular", "cellular", test_ringing_counts);
  add ("/H18/handle-serials/serials", NULL, test_serials);
  add ("/H18/handle-serials/serials-of-coalesced", NULL, test_serials_of_coalesced);
  add ("/H18/handle-serials/masks", NULL, test_masks);
  add ("/H18/handle-serials/masked-from-the-start", NULL, test_masked_from_the_start);
  add ("/H18/handle-serials/unknown-kind", NULL, test_unknown_kind);
  return g_test_run ();
}
