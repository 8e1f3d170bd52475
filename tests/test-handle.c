// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/puppet.h"

#include <stdlib.h>
#include <string.h>

/* Opening and closing handles: H1, H2, H3, H6. */

static void
close_handle (Fixture *f, Listener *listener)
{
  g_variant_unref (call_ok (f, listener->connection, oh_line_get_path (f->line), "Close",
                            g_variant_new ("(o)", listener->path)));
}

static char *
call_path (Fixture *f, guint number)
{
  return g_strdup_printf ("%s/call/%u", oh_line_get_path (f->line), number);
}

static void
leave (GDBusConnection **client)
{
  g_autoptr (GError) error = NULL;

  g_dbus_connection_close_sync (*client, NULL, &error);
  g_assert_no_error (error);
  g_clear_object (client);
}

/* A whole call goes by, and @witness hears its end. */
static void
have_call (Listener *witness)
{
  guint heard = witness->heard->len, call = puppet_ring ();

  puppet_emit_call (call, OH_CALL_CONNECTED, OH_REASON_NONE, OH_ENDED_BY_NOBODY);
  puppet_emit_call (call, OH_CALL_ENDED, OH_REASON_NORMAL, OH_ENDED_BY_REMOTE);
  heard_until (witness, heard, "* call-state * ended");
}

static void
open_wrongly (Fixture *f, Listener *listener, const char *key, GVariant *value)
{
  GVariantBuilder options;

  g_variant_builder_init (&options, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&options, "{sv}", key, value);
  call_fails (f, f->client, oh_line_get_path (f->line), "Open",
              g_variant_new ("(oa{sv})", listener->path, &options), "InvalidArgs");
}

static void
test_failed_open (Fixture *f, gconstpointer data)
{
  static const char *const odd[] = { "call-state", "colour", NULL };
  Listener *refused = listen_at (f, f->client, "/refused");
  Listener *witness = open_at (f, f->client, "/witness");

  open_wrongly (f, refused, "Colour", g_variant_new_string ("red"));
  open_wrongly (f, refused, "Events", g_variant_new_string ("ringing"));
  open_wrongly (f, refused, "Events", g_variant_new_strv (odd, -1));
  have_call (witness);
  g_assert_cmpuint (refused->heard->len, ==, 0);
  g_assert_cmpuint (oh_dbus_line_get_num_handles (OH_DBUS_LINE (f->line)), ==, 1);
}

/* What comes to a client, in the order of the wire. */
typedef struct
{
  GMutex lock;
  GString *seen;
} Wire;

static void
wire_free (gpointer user_data)
{
  Wire *wire = user_data;

  g_mutex_clear (&wire->lock);
  g_string_free (wire->seen, TRUE);
  g_free (wire);
}

/* In GDBus's thread. */
static GDBusMessage *
on_message (GDBusConnection *connection, GDBusMessage *message, gboolean incoming,
            gpointer user_data)
{
  Wire *wire = user_data;
  const char *what = NULL;

  if (g_strcmp0 (g_dbus_message_get_member (message), "Event") == 0)
    what = " event";
  else if (g_dbus_message_get_message_type (message) == G_DBUS_MESSAGE_TYPE_METHOD_RETURN
           && g_strcmp0 (g_dbus_message_get_signature (message), "a{sv}") == 0)
    what = " snapshot";
  if (incoming && what != NULL)
    {
      g_mutex_lock (&wire->lock);
      g_string_append (wire->seen, what);
      g_mutex_unlock (&wire->lock);
    }
  return message;
}

static void
on_num_handles (GObject *line, GParamSpec *pspec, gpointer user_data)
{
  puppet_ring ();
}

/* The modem has news at the very moment at which the handle becomes known. */
static void
test_nothing_before_reply (Fixture *f, gconstpointer data)
{
  Wire *wire = g_new0 (Wire, 1);
  Listener *listener = listen_at (f, f->client, "/handle");
  g_autoptr (GVariant) snapshot = NULL;
  g_autoptr (GVariant) calls = NULL;
  gulong notified;
  guint filter;

  g_mutex_init (&wire->lock);
  wire->seen = g_string_new (NULL);
  filter = g_dbus_connection_add_filter (f->client, on_message, wire, wire_free);
  notified = g_signal_connect (f->line, "notify::num-handles", G_CALLBACK (on_num_handles), f);
  snapshot = listener_open (f, listener);
  g_signal_handler_disconnect (f->line, notified);
  calls = g_variant_lookup_value (snapshot, "Calls", G_VARIANT_TYPE ("a(oa{sv})"));
  g_assert_cmpuint (g_variant_n_children (calls), ==, 0);
  heard_until (listener, 0, "1 new-call 1 offering");
  g_mutex_lock (&wire->lock);
  g_assert_cmpstr (wire->seen->str, ==, " snapshot event");
  g_mutex_unlock (&wire->lock);
  g_dbus_connection_remove_filter (f->client, filter);
}

#define CALLS 3 /* that still come when all handles are open */
#define HANDLES 12

static const OhLimits roomy = {
  .listeners = 64,
  .listeners_per_user = 16,
  .handles_per_line = HANDLES,
  .queued = 100000,
  .requests = 32,
  .asks = 32,
  .asks_per_user = 8,
  .ask_open_ms = 5000,
  .ask_ms = 20000,
  .ask_password_ms = 120000,
  .answer_ms = 20000,
  .refused_ms = 1000,
  .reply_ms = 10000,
  .ended_ms = 5000,
  .ended_most_ms = 60000,
  .ended_calls = 16,
  .stop_ms = 3000,
  .retry_ms = 2000,
};

static const OhCallState course[]
    = { OH_CALL_OFFERING, OH_CALL_CONNECTED, OH_CALL_DISCONNECTED, OH_CALL_ENDED };

typedef struct
{
  guint call;
  guint step;
  guint last; /* 0: not known yet */
} Traffic;

static gboolean
on_next_step (gpointer user_data)
{
  Traffic *traffic = user_data;
  OhCallState state = course[traffic->step];
  gboolean over = state == OH_CALL_DISCONNECTED || state == OH_CALL_ENDED;

  puppet_emit_call (traffic->call, state, over ? OH_REASON_NORMAL : OH_REASON_NONE,
                    over ? OH_ENDED_BY_REMOTE : OH_ENDED_BY_NOBODY);
  traffic->step = (traffic->step + 1) % G_N_ELEMENTS (course);
  traffic->call += traffic->step == 0;
  return traffic->last == 0 || traffic->call <= traffic->last ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

static gboolean
is_over (gpointer user_data)
{
  Traffic *traffic = user_data;

  return traffic->call > traffic->last;
}

/* The place of the newest call and of its state in the whole course of things, from 1; 0: none. */
static guint
place_of (const char *path, const char *state)
{
  guint call = atoi (strrchr (path, '/') + 1), step = 0;

  while (!g_str_equal (oh_call_state_name (course[step]), state))
    step++;
  return (call - 1) * G_N_ELEMENTS (course) + step + 1;
}

static guint
place_in_snapshot (GVariant *snapshot)
{
  g_autoptr (GVariant) calls
      = g_variant_lookup_value (snapshot, "Calls", G_VARIANT_TYPE ("a(oa{sv})"));
  g_autoptr (GVariant) details = NULL;
  const char *path, *state;

  g_assert_cmpuint (g_variant_n_children (calls), <=, 1);
  if (g_variant_n_children (calls) == 0)
    return 0;
  g_variant_get_child (calls, 0, "(&o@a{sv})", &path, &details);
  g_assert_true (g_variant_lookup (details, "State", "&s", &state));
  return place_of (path, state);
}

/* Each event is the next step after the snapshot or the event before. */
static void
assert_whole_truth (Listener *listener, guint place, guint last)
{
  for (guint i = 0; i < listener->events->len; i++)
    {
      g_autoptr (GVariant) details = NULL;
      const char *kind, *path, *state;
      guint next;

      g_variant_get (listener->events->pdata[i], "(&ott&s&o@a{sv})", NULL, NULL, NULL, &kind, &path,
                     &details);
      g_assert_true (g_variant_lookup (details, "State", "&s", &state));
      next = place_of (path, state);
      if (place != 0)
        g_assert_cmpuint (next, ==, place + 1);
      g_assert_cmpint (g_str_equal (kind, "new-call"), ==, g_str_equal (state, "offering"));
      if (place == 0)
        g_assert_cmpstr (kind, ==, "new-call");
      place = next;
    }
  g_assert_cmpuint (place, ==, last * G_N_ELEMENTS (course));
}

/* Handles are opened while calls come and go. */
static void
test_snapshot_and_events (Fixture *f, gconstpointer data)
{
  Listener *listeners[HANDLES];
  guint places[HANDLES];
  Traffic traffic = { 1, 0, 0 };

  /* Under valgrind nothing keeps up with a step a millisecond. */
  g_timeout_add (g_getenv ("OFFHOOK_SLOW") != NULL ? 200 : 1, on_next_step, &traffic);
  for (guint i = 0; i < HANDLES; i++)
    {
      g_autofree char *path = g_strdup_printf ("/handle/%u", i);
      g_autoptr (GVariant) snapshot = NULL;

      listeners[i] = listen_at (f, f->client, path);
      snapshot = listener_open (f, listeners[i]);
      places[i] = place_in_snapshot (snapshot);
    }
  traffic.last = traffic.call + CALLS;
  spin_until (is_over, &traffic);
  for (guint i = 0; i < HANDLES; i++)
    {
      g_autofree char *last = g_strdup_printf ("* call-state %u ended", traffic.last);

      heard_until (listeners[i], 0, last);
      assert_serials (listeners[i]);
      assert_whole_truth (listeners[i], places[i], traffic.last);
    }
}

static void
test_open_twice (Fixture *f, gconstpointer data)
{
  Listener *listener = open_at (f, f->client, "/handle");
  Listener *other = open_at (f, f->client, "/other");

  call_fails (f, f->client, oh_line_get_path (f->line), "Open",
              g_variant_new ("(oa{sv})", "/handle", NULL), "AlreadyOpen");
  have_call (listener);
  heard_until (other, 0, "* call-state 1 ended");
  g_assert_cmpuint (listener->heard->len, ==, other->heard->len);
  assert_serials (listener);
  assert_serials (other);
}

/* One path hears of two lines, each with serials of its own. */
static void
test_path_of_two_lines (Fixture *f, gconstpointer limits)
{
  Listener *listener = open_at (f, f->client, "/handle");
  OhLine *lines[] = { f->line, add_line (f, "second", "/dev/zero", oh_driver_find ("fake")) };

  f->line = lines[1];
  g_variant_unref (listener_open (f, listener));
  puppet_ring ();
  heard_until (listener, 0, "1 new-call 1 offering");
  g_variant_unref (call_ok (f, f->client, oh_line_get_path (lines[1]), "Dial",
                            g_variant_new ("(sa{sv})", "5551234", NULL)));
  heard_until (listener, 1, "1 new-call 1 dialing");
  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      const char *line_path;

      g_variant_get_child (listener->events->pdata[i], 0, "&o", &line_path);
      g_assert_cmpstr (line_path, ==, oh_line_get_path (lines[i]));
    }
}

static void
test_close_by_others (Fixture *f, gconstpointer data)
{
  Listener *listener = open_at (f, f->client, "/handle");
  GDBusConnection *other = connect_client (f);
  const char *line = oh_line_get_path (f->line);

  call_fails (f, other, line, "Close", g_variant_new ("(o)", "/handle"), "NotOpen");
  call_fails (f, f->client, line, "Close", g_variant_new ("(o)", "/elsewhere"), "NotOpen");
  have_call (listener);
  close_handle (f, listener);
  call_fails (f, f->client, line, "Close", g_variant_new ("(o)", "/handle"), "NotOpen");
  leave (&other);
}

/* An event is unanswered and more wait: none of them is sent. */
static void
test_close_with_queue (Fixture *f, gconstpointer limits)
{
  Listener *listener = open_at (f, f->client, "/handle");
  Listener *witness = open_at (f, f->client, "/witness");
  guint call = puppet_ring ();

  listener->manner = HOLDS;
  heard_until (listener, 0, "1 new-call 1 offering");
  puppet_emit_call (call, OH_CALL_CONNECTED, OH_REASON_NONE, OH_ENDED_BY_NOBODY);
  close_handle (f, listener);
  listener_answer (listener);
  puppet_emit_call (call, OH_CALL_ENDED, OH_REASON_NORMAL, OH_ENDED_BY_REMOTE);
  have_call (witness);
  heard_until (witness, 0, "* call-state 2 ended");
  g_assert_cmpuint (listener->heard->len, ==, 1);
  listener->manner = ANSWERS;
  g_variant_unref (listener_open (f, listener));
  have_call (listener);
  g_assert_cmpstr (listener->heard->pdata[1], ==, "1 new-call 3 offering");
}

static guint64
count_commands (Fixture *f)
{
  g_autoptr (GVariant) counters = get_property (f, oh_line_get_path (f->line), "Line", "Counters");
  guint64 commands;

  g_assert_true (g_variant_lookup (counters, "commands", "t", &commands));
  return commands;
}

static gboolean
is_identified (gpointer line)
{
  return *oh_dbus_line_get_revision (line) != '\0';
}

static void
open_and_close (Fixture *f)
{
  Listener *listener = open_at (f, f->client, "/handle");

  close_handle (f, listener);
  listener_free (f, listener);
}

static void
test_open_is_cheap (Fixture *f, gconstpointer driver)
{
  guint64 before;

  spin_until (is_identified, f->line);
  before = count_commands (f);
  g_assert_cmpuint (before, >, 0);
  open_and_close (f);
  open_and_close (f);
  g_assert_cmpuint (count_commands (f), ==, before);
}

/* It does not take the call that rings, nor stop it for others. */
static void
test_open_during_ringing (Fixture *f, gconstpointer driver)
{
  Listener *witness = open_at (f, f->client, "/witness");
  g_autofree char *first = call_path (f, 1);
  g_autofree char *state = NULL;
  guint said;

  sim (f, "ring number=5551234");
  heard_until (witness, 0, "1 new-call 1 offering");
  said = f->sim_said->len;
  open_and_close (f);
  open_and_close (f);
  heard_until (witness, witness->heard->len, "* ringing 1 *");
  state = get_string (f, first, "Call", "State");
  g_assert_cmpstr (state, ==, "offering");
  for (; said < f->sim_said->len; said++)
    g_assert_true (g_pattern_match_simple ("home ring *", f->sim_said->pdata[said]));
}

static void
add_for_both (const char *path, void (*test) (Fixture *f, gconstpointer driver))
{
  g_autofree char *landline = g_strconcat (path, "-v253", NULL);
  g_autofree char *cellular = g_strconcat (path, "-cellular", NULL);

  g_test_add (landline, Fixture, "v253", set_up, test, tear_down);
  g_test_add (cellular, Fixture, "cellular", set_up, test, tear_down);
}

static void
add (const char *path, const OhLimits *limits, void (*test) (Fixture *f, gconstpointer limits))
{
  g_test_add (path, Fixture, limits, puppet_set_up, test, puppet_tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("/H1/handle/failed-open-hears-nothing", NULL, test_failed_open);
  add ("/H1/handle/nothing-before-the-reply", NULL, test_nothing_before_reply);
  add ("/H1/handle/snapshot-and-events-are-all", &roomy, test_snapshot_and_events);
  add ("/H2/handle/open-twice", NULL, test_open_twice);
  add ("/H2/handle/path-of-two-lines", NULL, test_path_of_two_lines);
  add ("/H2/handle/close-by-others", NULL, test_close_by_others);
  add ("/H3/handle/close-drops-the-queue", NULL, test_close_with_queue);
  add_for_both ("/H6/handle/open-is-cheap", test_open_is_cheap);
  add_for_both ("/H6/handle/open-during-ringing", test_open_during_ringing);
  return g_test_run ();
}
