// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/log-watch.h"
#include "tests/puppet.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

/* What a handle is told, and in which order: H13, H14, H15. */

static char *
call_path (Fixture *f, guint number)
{
  return g_strdup_printf ("%s/call/%u", oh_line_get_path (f->line), number);
}

static GVariant *
details_of (Listener *listener, guint at)
{
  return g_variant_get_child_value (listener->events->pdata[at], 5);
}

static void
assert_detail (Listener *listener, guint at, const char *key, const char *expected)
{
  g_autoptr (GVariant) details = details_of (listener, at);
  const char *found = NULL;

  g_variant_lookup (details, key, "&s", &found);
  g_assert_cmpstr (found, ==, expected);
}

static void
assert_partial (Listener *listener, guint at, gboolean expected)
{
  g_autoptr (GVariant) details = details_of (listener, at);
  gboolean partial;

  g_assert_true (g_variant_lookup (details, "Partial", "b", &partial));
  g_assert_cmpint (partial, ==, expected);
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

/* The last thing that was said of the call's other side. */
static guint
newest_party (Listener *listener, guint call)
{
  g_autofree char *new_call = g_strdup_printf ("* new-call %u *", call);
  g_autofree char *info = g_strdup_printf ("* call-info %u *", call);
  guint newest = G_MAXUINT;

  for (guint i = 0; i < listener->events->len; i++)
    {
      if (g_pattern_match_simple (info, listener->heard->pdata[i])
          || g_pattern_match_simple (new_call, listener->heard->pdata[i]))
        newest = i;
    }
  g_assert_cmpuint (newest, !=, G_MAXUINT);
  return newest;
}

/* The exchange sends the number between the first ring and the second. */
static void
test_number_after_ring (Fixture *f, gconstpointer driver)
{
  Listener *listener = open_at (f, f->client, "/handle");
  guint at;

  sim (f, "ring number=5551234 name=JO rings=3");
  at = heard_until (listener, 0, "1 new-call 1 offering");
  g_assert_cmpuint (at, ==, 0);
  assert_detail (listener, at, "Number", NULL);
  assert_partial (listener, at, TRUE);
  at = heard_until (listener, at, "* call-info 1 offering");
  heard_until (listener, at, "* call-state 1 ended");
  at = newest_party (listener, 1);
  assert_detail (listener, at, "Number", "5551234");
  assert_detail (listener, at, "NumberPresentation", "allowed");
  assert_detail (listener, at, "Name", "JO");
  assert_partial (listener, at, FALSE);
}

static void
test_number_before_ring (Fixture *f, gconstpointer driver)
{
  Listener *listener = open_at (f, f->client, "/handle");

  sim (f, "ring number=5551234 name=JO rings=1 before-first-ring");
  heard_until (listener, 0, "1 new-call 1 offering");
  assert_detail (listener, 0, "Number", "5551234");
  assert_detail (listener, 0, "Name", "JO");
  assert_partial (listener, 0, FALSE);
  heard_until (listener, 0, "* call-state 1 ended");
  g_assert_false (has_heard (listener, "* call-info *"));
}

/* No report at all: after the second ring it is known that none comes. */
static void
test_no_number (Fixture *f, gconstpointer driver)
{
  Listener *listener = open_at (f, f->client, "/handle");
  guint at;

  sim (f, "ring none rings=3");
  heard_until (listener, 0, "1 new-call 1 offering");
  assert_partial (listener, 0, TRUE);
  at = heard_until (listener, 0, "* call-info 1 offering");
  assert_detail (listener, at, "Number", NULL);
  assert_partial (listener, at, FALSE);
}

/* +CLIP comes with every ring. */
static void
test_cellular_number (Fixture *f, gconstpointer driver)
{
  Listener *listener = open_at (f, f->client, "/handle");
  guint at;

  sim (f, "ring number=+15551234567 rings=2");
  heard_until (listener, 0, "* call-state 1 ended");
  g_assert_cmpstr (listener->heard->pdata[0], ==, "1 new-call 1 offering");
  at = newest_party (listener, 1);
  assert_detail (listener, at, "Number", "+15551234567");
  assert_detail (listener, at, "NumberPresentation", "allowed");
  assert_partial (listener, at, FALSE);

  sim (f, "ring withheld rings=2");
  heard_until (listener, 0, "* call-state 2 ended");
  at = newest_party (listener, 2);
  assert_detail (listener, at, "Number", NULL);
  assert_detail (listener, at, "NumberPresentation", "withheld");
}

static void
test_dialled_call (Fixture *f, gconstpointer driver)
{
  Listener *listener = open_at (f, f->client, "/handle");

  sim (f, "on-dial alert=1 answer=2");
  g_variant_unref (call_ok (f, f->client, oh_line_get_path (f->line), "Dial",
                            g_variant_new ("(sa{sv})", "5551234", NULL)));
  heard_until (listener, 0, "* call-state 1 connected");
  g_assert_cmpstr (listener->heard->pdata[0], ==, "1 new-call 1 dialing");
  assert_detail (listener, 0, "Direction", "outgoing");
  assert_detail (listener, 0, "Number", "5551234");
}

static gboolean
is_in_service (gpointer line)
{
  return g_str_equal (oh_dbus_line_get_state (line), "in-service");
}

/* The line's device comes with a call on it: a link that leads to the modem. */
static void
test_call_found (Fixture *f, gconstpointer data)
{
  g_autofree char *link_path = g_build_filename (f->dir, "late", NULL);
  g_autofree char *device = sim_device (f);
  g_autoptr (OhLineConfig) config = oh_line_config_new ();
  g_autoptr (GVariant) snapshot = NULL;
  g_autoptr (GVariant) calls = NULL;
  Listener *early, *late;

  start_manager (f);
  start_sim (f, "cellular");
  config->alias = g_strdup ("home");
  config->device = g_strdup (link_path);
  config->driver = oh_driver_find ("cellular");
  oh_manager_add_configured (f->manager, config);
  f->line = oh_manager_find_line (f->manager, "home");
  early = open_at (f, f->client, "/early");
  sim (f, "ring number=5551234");
  sim_until (f, "home ring *");
  g_assert_cmpint (symlink (device, link_path), ==, 0);
  heard_until (early, 0, "* new-call 1 offering");
  assert_detail (early, heard_until (early, 0, "* new-call 1 offering"), "Origin", "found");
  spin_until (is_in_service, f->line);
  late = listen_at (f, f->client, "/late");
  snapshot = listener_open (f, late);
  calls = g_variant_lookup_value (snapshot, "Calls", G_VARIANT_TYPE ("a(oa{sv})"));
  g_assert_cmpuint (g_variant_n_children (calls), ==, 1);
  g_unlink (link_path);
}

/* A daemon comes anew to a modem in the middle of a call. */
static void
test_call_going_on (Fixture *f, gconstpointer driver)
{
  g_autofree char *device = sim_device (f);
  g_autofree char *first = call_path (f, 1);
  Listener *before = open_at (f, f->client, "/before");
  Listener *after;
  g_autoptr (GVariant) snapshot = NULL;
  g_autoptr (GVariant) calls = NULL;
  g_autofree char *text = NULL;

  sim (f, "ring number=5551234");
  heard_until (before, 0, "1 new-call 1 offering");
  g_variant_unref (call_ok (f, f->client, first, "Answer", NULL));
  heard_until (before, 0, "* call-state 1 connected");
  g_clear_object (&f->manager);
  f->manager = oh_manager_new (f->daemon, &f->limits, NULL, NULL);
  f->line = add_line (f, "home", device, oh_driver_find (driver));
  after = listen_at (f, f->client, "/after");
  snapshot = listener_open (f, after);
  calls = g_variant_lookup_value (snapshot, "Calls", G_VARIANT_TYPE ("a(oa{sv})"));
  text = g_variant_print (calls, FALSE);
  g_assert_cmpuint (g_variant_n_children (calls), ==, 1);
  g_assert_nonnull (strstr (text, "'State': <'connected'>"));
  g_assert_nonnull (strstr (text, "'Origin': <'found'>"));
  g_assert_nonnull (strstr (text, "'Number': <'5551234'>"));
}

typedef struct
{
  Fixture *f;
  const char *glob;
  guint from;
} Broadcast;

static gboolean
find_broadcast (gpointer user_data)
{
  Broadcast *broadcast = user_data;

  for (; broadcast->from < broadcast->f->bus_heard->len; broadcast->from++)
    {
      if (g_pattern_match_simple (broadcast->glob, broadcast->f->bus_heard->pdata[broadcast->from]))
        return TRUE;
    }
  return FALSE;
}

/* The globs are found one behind the other. */
static void
assert_broadcasts (Fixture *f, guint from, const char *const *globs)
{
  Broadcast broadcast = { f, NULL, from };

  for (; *globs != NULL; globs++)
    {
      broadcast.glob = *globs;
      if (!spin_for (find_broadcast, &broadcast))
        {
          for (guint i = from; i < f->bus_heard->len; i++)
            g_test_message ("on the bus: %s", (char *)f->bus_heard->pdata[i]);
          g_error ("not in this order on the bus: \"%s\"", *globs);
        }
      broadcast.from++;
    }
}

static guint
count_broadcasts (Fixture *f, const char *glob)
{
  Broadcast broadcast = { f, glob, 0 };
  guint n = 0;

  for (; find_broadcast (&broadcast); broadcast.from++)
    n++;
  return n;
}

/* Nothing is under way, so that nothing has to wait its turn. */
static guint
settled (Fixture *f)
{
  settle (f, f->client);
  return f->bus_heard->len;
}

static void
test_order (Fixture *f, gconstpointer limits)
{
  static const char *const arrival[] = { "InterfacesAdded *home/call/1*",
                                         "PropertiesChanged *'Calls': <*home/call/1*",
                                         "IncomingCall *home/call/1*",
                                         "CallStateChanged *home/call/1'*'offering'*",
                                         "Event new-call",
                                         NULL };
  static const char *const ring[]
      = { "PropertiesChanged *'RingCount': <uint32 1>*", "Event ringing", NULL };
  static const char *const answer[]
      = { "PropertiesChanged *Telephony1.Call'*'State': <'connected'>*",
          "CallStateChanged *home/call/1'*'connected'*", "Event call-state", NULL };
  static const char *const end[]
      = { "PropertiesChanged *Telephony1.Call'*'State': <'ended'>*",
          "CallStateChanged *home/call/1'*'ended', 'normal'*", "Event call-state", NULL };
  static const char *const service[]
      = { "PropertiesChanged *Telephony1.Line'*'State': <'out-of-service'>*", "Event line-state",
          NULL };
  guint call, from;

  open_at (f, f->client, "/handle");
  hear_broadcasts (f);
  settle (f, f->client);
  call = puppet_ring ();
  assert_broadcasts (f, 0, arrival);
  g_assert_cmpuint (count_broadcasts (f, "Event *"), ==, 1);
  from = settled (f);
  puppet_emit (OH_EVENT_RING, call);
  assert_broadcasts (f, from, ring);
  from = settled (f);
  connect_call (call);
  assert_broadcasts (f, from, answer);
  g_assert_cmpuint (count_broadcasts (f, "Event call-state"), ==, 1);
  from = settled (f);
  puppet_emit_call (call, OH_CALL_ENDED, OH_REASON_NORMAL, OH_ENDED_BY_LOCAL);
  assert_broadcasts (f, from, end);
  g_assert_cmpuint (count_broadcasts (f, "Event call-state"), ==, 2);
  from = settled (f);
  puppet_emit_line (OH_LINE_OUT_OF_SERVICE, "no-network");
  assert_broadcasts (f, from, service);
  g_assert_cmpuint (count_broadcasts (f, "Event line-state"), ==, 1);
}

/* When @message was logged the event that @listener holds had been sent. */
static void
assert_logged_after (Listener *listener, const char *message)
{
  GDBusMethodInvocation *event = g_queue_peek_head (&listener->held);
  guint32 serial = g_dbus_message_get_serial (g_dbus_method_invocation_get_message (event));
  g_autofree char *sent = log_field (message, "SENT");

  g_assert_cmpuint (g_ascii_strtoull (sent, NULL, 10), >=, serial);
}

/* The journal comes last. */
static void
test_journal (Fixture *f, gconstpointer limits)
{
  Listener *listener = open_at (f, f->client, "/handle");
  guint call;

  log_forget ();
  log_stamp (f->daemon);
  listener->manner = HOLDS;
  call = puppet_ring ();
  heard_until (listener, 0, "1 new-call 1 offering");
  assert_logged_after (listener, "Incoming call on home");
  listener_answer (listener);
  settle (f, f->client);
  puppet_emit_line (OH_LINE_OUT_OF_SERVICE, "no-network");
  heard_until (listener, 0, "2 line-state *");
  assert_logged_after (listener, "Line home is out-of-service: no-network");
  listener_answer (listener);
  settle (f, f->client);
  puppet_emit_call (call, OH_CALL_ENDED, OH_REASON_NORMAL, OH_ENDED_BY_LOCAL);
  heard_until (listener, 0, "3 call-state 1 ended");
  assert_logged_after (listener, "Call on home ended: normal");
  log_stamp (NULL);
}

static void
assert_property (Fixture *f, const char *path, const char *interface, const char *name,
                 const char *expected)
{
  g_autofree char *value = get_string (f, path, interface, name);

  g_assert_cmpstr (value, ==, expected);
}

/* Each property is read while the event that tells of it is unanswered. */
static void
test_read_inside (Fixture *f, gconstpointer limits)
{
  Listener *listener = open_at (f, f->client, "/handle");
  g_autofree char *first = call_path (f, 1);
  g_autoptr (GVariant) rings = NULL;
  guint call;

  listener->manner = HOLDS;
  call = puppet_ring ();
  heard_until (listener, 0, "1 new-call 1 offering");
  assert_property (f, first, "Call", "State", "offering");
  listener_answer (listener);
  puppet_emit (OH_EVENT_RING, call);
  heard_until (listener, 0, "2 ringing 1 1");
  rings = get_property (f, oh_line_get_path (f->line), "Line", "RingCount");
  g_assert_cmpuint (g_variant_get_uint32 (rings), ==, 1);
  listener_answer (listener);
  end_call (call);
  heard_until (listener, 0, "3 call-state 1 disconnected");
  assert_property (f, first, "Call", "State", "ended"); /* a newer one */
  listener_answer (listener);
  heard_until (listener, 0, "4 call-state 1 ended");
  assert_property (f, first, "Call", "Reason", "normal");
  listener_answer (listener);
  puppet_emit_line (OH_LINE_OUT_OF_SERVICE, "no-network");
  heard_until (listener, 0, "5 line-state  out-of-service");
  assert_property (f, oh_line_get_path (f->line), "Line", "State", "out-of-service");
  assert_property (f, oh_line_get_path (f->line), "Line", "StateReason", "no-network");
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
  log_watch ();
  add_on ("/H13/handle-events/number-after-the-ring", "v253", test_number_after_ring);
  add_on ("/H13/handle-events/number-before-the-ring", "v253", test_number_before_ring);
  add_on ("/H13/handle-events/no-number", "v253", test_no_number);
  add_on ("/H13/handle-events/cellular-number", "cellular", test_cellular_number);
  add_on ("/H13/handle-events/dialled-v253", "v253", test_dialled_call);
  add_on ("/H13/handle-events/dialled-cellular", "cellular", test_dialled_call);
  add_on ("/H14/handle-events/call-found", NULL, test_call_found);
  add_on ("/H14/handle-events/call-going-on", "cellular", test_call_going_on);
  add ("/H15/handle-events/order", NULL, test_order);
  add ("/H15/handle-events/journal", NULL, test_journal);
  add ("/H15/handle-events/read-inside-the-event", NULL, test_read_inside);
  return g_test_run ();
}
