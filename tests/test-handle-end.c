// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/log-watch.h"
#include "tests/puppet.h"

#include <string.h>

/* The end of handles, and what does not end them: H4, H5, H7. */

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

/* It is the one and the last message; @witness, of another connection, hears more. */
static void
assert_released (Listener *listener, const char *reason)
{
  g_autofree char *release = g_strconcat ("release ", reason, NULL);
  guint at = heard_until (listener, 0, "release *");

  g_assert_cmpstr (listener->heard->pdata[at], ==, release);
  g_assert_cmpuint (listener->heard->len, ==, at + 1);
}

static void
remove_line (Fixture *f)
{
  g_variant_unref (call_ok (f, f->client, OH_BUS_PATH, "RemoveLine",
                            g_variant_new ("(o)", oh_line_get_path (f->line))));
}

/* Release comes behind the last events, even to a client that was slow. */
static void
test_removed (Fixture *f, gconstpointer driver)
{
  Listener *listener = open_at (f, f->client, "/handle");
  g_autofree char *device = sim_device (f);
  g_autofree char *before = NULL;
  Listener *witness;

  listener->manner = HOLDS;
  sim (f, "ring number=5551234 rings=1");
  heard_until (listener, 0, "1 new-call 1 offering");
  remove_line (f);
  g_assert_cmpuint (listener->heard->len, ==, 1);
  listener->manner = ANSWERS;
  listener_answer (listener);
  assert_released (listener, "removed");
  before = g_strdup (listener->heard->pdata[listener->heard->len - 2]);
  g_assert_true (g_pattern_match_simple ("* call-state 1 ended", before));

  sim_until (f, "home *-up*"); /* the caller gave up, or was rejected */
  f->line = add_line (f, "home", device, oh_driver_find (driver));
  witness = open_at (f, f->client, "/witness");
  sim (f, "ring number=5551234 rings=1");
  heard_until (witness, 0, "* call-state 1 ended");
  assert_released (listener, "removed");
}

static void
on_stopped (gpointer user_data)
{
  *(gboolean *)user_data = TRUE;
}

static gboolean
is_true (gpointer user_data)
{
  return *(gboolean *)user_data;
}

static void
test_shutdown (Fixture *f, gconstpointer driver)
{
  Listener *listener = open_at (f, f->client, "/handle");
  g_autofree char *first = call_path (f, 1);
  gboolean stopped = FALSE;

  sim (f, "ring number=5551234");
  heard_until (listener, 0, "1 new-call 1 offering");
  g_variant_unref (call_ok (f, f->client, first, "Answer", NULL));
  heard_until (listener, 0, "* call-state 1 connected");
  oh_manager_stop (f->manager, on_stopped, &stopped);
  spin_until (is_true, &stopped);
  assert_released (listener, "shutdown");
  g_assert_true (has_heard (listener, "* call-state 1 ended"));
  settle (f, f->client);
  assert_released (listener, "shutdown");
}

/* OnStop=keep: the handle hears of the end, the modem of nothing. */
static void
test_shutdown_keeps (Fixture *f, gconstpointer data)
{
  Listener *listener = open_at (f, f->client, "/handle");
  gboolean stopped = FALSE;

  puppet_emit_call (puppet_ring (), OH_CALL_CONNECTED, OH_REASON_NONE, OH_ENDED_BY_NOBODY);
  heard_until (listener, 0, "2 call-state 1 connected");
  oh_manager_stop (f->manager, on_stopped, &stopped);
  spin_until (is_true, &stopped);
  assert_released (listener, "shutdown");
  g_assert_false (has_heard (listener, "* call-state 1 ended"));
  g_assert_cmpuint (puppet ()->n_drops, ==, 0);
}

/* What waits for a client that is slow goes out before the last word. */
static void
test_shutdown_with_queue (Fixture *f, gconstpointer data)
{
  Listener *listener = open_at (f, f->client, "/handle");
  gboolean stopped = FALSE;
  guint call;

  listener->manner = HOLDS;
  call = puppet_ring ();
  heard_until (listener, 0, "1 new-call 1 offering");
  puppet_emit_call (call, OH_CALL_ENDED, OH_REASON_NORMAL, OH_ENDED_BY_REMOTE);
  oh_manager_stop (f->manager, on_stopped, &stopped);
  spin_until (is_true, &stopped);
  heard_until (listener, 0, "release shutdown");
  g_assert_true (has_heard (listener, "3 call-state 1 ended"));
}

static const OhLimits tight = {
  .listeners = 64,
  .listeners_per_user = 16,
  .handles_per_line = 8,
  .queued = 3,
  .requests = 32,
  .asks = 32,
  .asks_per_user = 8,
  .ask_open_ms = 5000,
  .ask_ms = 20000,
  .ask_password_ms = 120000,
  .answer_ms = 300,
  .refused_ms = 1000,
  .reply_ms = 10000,
  .ended_ms = 5000,
  .ended_most_ms = 60000,
  .ended_calls = 16,
  .stop_ms = 3000,
  .retry_ms = 2000,
};

static void
test_unresponsive (Fixture *f, gconstpointer limits)
{
  GDBusConnection *slow = connect_client (f);
  Listener *listener = open_at (f, slow, "/handle");
  Listener *witness;

  listener->manner = HOLDS;
  log_forget ();
  puppet_ring ();
  heard_until (listener, 0, "release *");
  g_assert_cmpuint (log_count ("MESSAGE=Process * has not answered*"), ==, 1);
  listener_answer (listener);
  witness = open_at (f, f->client, "/witness");
  puppet_ring ();
  heard_until (witness, 0, "1 new-call 2 offering");
  settle (f, slow);
  assert_released (listener, "unresponsive");
  g_assert_cmpuint (listener->heard->len, ==, 2);
  leave (&slow);
}

static void
test_overflow (Fixture *f, gconstpointer limits)
{
  GDBusConnection *slow = connect_client (f);
  Listener *listener = open_at (f, slow, "/handle");
  Listener *witness;
  guint call = puppet_ring ();

  listener->manner = HOLDS;
  heard_until (listener, 0, "1 new-call 1 offering");
  puppet_emit_call (call, OH_CALL_CONNECTED, OH_REASON_NONE, OH_ENDED_BY_NOBODY);
  puppet_emit_call (call, OH_CALL_HELD, OH_REASON_NONE, OH_ENDED_BY_NOBODY);
  settle (f, slow);
  g_assert_false (has_heard (listener, "release *"));
  puppet_emit_call (call, OH_CALL_CONNECTED, OH_REASON_NONE, OH_ENDED_BY_NOBODY);
  heard_until (listener, 0, "release *");
  listener_answer (listener);
  witness = open_at (f, f->client, "/witness");
  puppet_emit_call (call, OH_CALL_HELD, OH_REASON_NONE, OH_ENDED_BY_NOBODY);
  heard_until (witness, 0, "1 call-state 1 held");
  settle (f, slow);
  assert_released (listener, "overflow");
  g_assert_cmpuint (listener->heard->len, ==, 2);
  leave (&slow);
}

/* Counts what is sent to one name. In GDBus's thread. */
typedef struct
{
  char *name;
  int sent;
} Post;

static GDBusMessage *
on_sending (GDBusConnection *connection, GDBusMessage *message, gboolean incoming,
            gpointer user_data)
{
  Post *post = user_data;

  if (!incoming && g_strcmp0 (g_dbus_message_get_destination (message), post->name) == 0)
    g_atomic_int_inc (&post->sent);
  return message;
}

static void
post_free (gpointer user_data)
{
  Post *post = user_data;

  g_free (post->name);
  g_free (post);
}

static gboolean
has_one_handle (gpointer line)
{
  return oh_dbus_line_get_num_handles (line) == 1;
}

/* With an event unanswered and more waiting. */
static void
test_client_gone (Fixture *f, gconstpointer data)
{
  GDBusConnection *gone = connect_client (f);
  Listener *witness = open_at (f, f->client, "/witness");
  Listener *listener = open_at (f, gone, "/handle");
  Post *post = g_new0 (Post, 1);
  guint filter, call;

  open_at (f, gone, "/sibling")->manner = HOLDS;
  listener->manner = HOLDS;
  post->name = g_strdup (g_dbus_connection_get_unique_name (gone));
  filter = g_dbus_connection_add_filter (f->daemon, on_sending, post, post_free);
  call = puppet_ring ();
  heard_until (witness, 0, "1 new-call 1 offering");
  g_assert_cmpint (g_atomic_int_get (&post->sent), ==, 1);
  puppet_emit_call (call, OH_CALL_CONNECTED, OH_REASON_NONE, OH_ENDED_BY_NOBODY);
  leave (&gone);
  spin_until (has_one_handle, f->line);
  puppet_emit_call (call, OH_CALL_ENDED, OH_REASON_NORMAL, OH_ENDED_BY_REMOTE);
  have_call (witness);
  settle (f, f->client);
  g_assert_cmpint (g_atomic_int_get (&post->sent), ==, 1);
  g_dbus_connection_remove_filter (f->daemon, filter);
}

/* A call is up and the modem is pulled out. */
static void
lose_modem (Fixture *f, Listener *listener)
{
  g_autofree char *first = call_path (f, 1);
  const char *reason;
  guint ended, absent;

  sim (f, "ring number=5551234");
  heard_until (listener, 0, "1 new-call 1 offering");
  g_variant_unref (call_ok (f, f->client, first, "Answer", NULL));
  heard_until (listener, 0, "* call-state 1 connected");
  sim (f, "vanish");
  ended = heard_until (listener, 0, "* call-state 1 ended");
  absent = heard_until (listener, ended, "* line-state  absent");
  heard_until (listener, absent, "* health  failed");
  {
    g_autoptr (GVariant) details = g_variant_get_child_value (listener->events->pdata[ended], 5);

    g_assert_true (g_variant_lookup (details, "Reason", "&s", &reason));
    g_assert_cmpstr (reason, ==, "out-of-order");
  }
}

static gboolean
has_broadcast (Fixture *f, const char *glob)
{
  for (guint i = 0; i < f->bus_heard->len; i++)
    {
      if (g_pattern_match_simple (glob, f->bus_heard->pdata[i]))
        return TRUE;
    }
  return FALSE;
}

static void
test_device_gone_and_back (Fixture *f, gconstpointer driver)
{
  Listener *listener = open_at (f, f->client, "/handle");
  const char *path = oh_line_get_path (f->line);
  g_autofree char *state = NULL;
  g_autofree char *health = NULL;
  guint at;

  hear_broadcasts (f);
  lose_modem (f, listener);
  state = get_string (f, path, "Line", "State");
  health = get_string (f, path, "Line", "Health");
  g_assert_cmpstr (state, ==, "absent");
  g_assert_cmpstr (health, ==, "failed");
  call_fails (f, f->client, path, "Dial", g_variant_new ("(sa{sv})", "5551234", NULL), "NoDevice");
  sim (f, "return");
  at = heard_until (listener, 0, "* line-state  in-service");
  heard_until (listener, 0, "* health  healthy");
  sim (f, "ring number=5559876 rings=2");
  heard_until (listener, at, "* new-call 2 offering");
  heard_until (listener, at, "* call-state 2 ended");
  assert_serials (listener);
  g_assert_true (oh_manager_find_line (f->manager, "home") == f->line);
  g_assert_true (has_broadcast (f, "InterfacesAdded (*/line/home/call/2', *"));
  g_assert_false (has_broadcast (f, "InterfacesRemoved (*/line/home', *"));
  g_assert_false (has_broadcast (f, "InterfacesAdded (*/line/home', *"));
}

typedef struct
{
  Fixture *f;
  const char *glob;
} Broadcast;

static gboolean
find_broadcast (gpointer user_data)
{
  Broadcast *broadcast = user_data;

  return has_broadcast (broadcast->f, broadcast->glob);
}

static void
broadcast_until (Fixture *f, const char *glob)
{
  spin_until (find_broadcast, &(Broadcast){ f, glob });
}

static gboolean
is_managed (Fixture *f, const char *path)
{
  g_autoptr (GVariant) reply
      = call (f, f->client, OH_BUS_PATH, "org.freedesktop.DBus.ObjectManager", "GetManagedObjects",
              NULL, NULL);
  g_autoptr (GVariant) objects = g_variant_get_child_value (reply, 0);
  g_autoptr (GVariant) object = g_variant_lookup_value (objects, path, NULL);

  return object != NULL;
}

static void
test_object_manager (Fixture *f, gconstpointer driver)
{
  g_autofree char *device = sim_device (f);
  g_autofree char *path = g_strdup (oh_line_get_path (f->line));
  GVariantBuilder options;

  hear_broadcasts (f);
  g_assert_true (is_managed (f, path));
  remove_line (f);
  broadcast_until (f, "InterfacesRemoved (*/line/home', *'org.offhook.Telephony1.Line'*");
  g_assert_false (is_managed (f, path));

  g_variant_builder_init (&options, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&options, "{sv}", "Alias", g_variant_new_string ("home"));
  g_variant_builder_add (&options, "{sv}", "Driver", g_variant_new_string (driver));
  g_variant_unref (
      call_ok (f, f->client, OH_BUS_PATH, "AddLine", g_variant_new ("(sa{sv})", device, &options)));
  broadcast_until (f, "InterfacesAdded (*/line/home', *'org.offhook.Telephony1.Line'*");
  g_assert_true (is_managed (f, path));
  f->line = oh_manager_find_line (f->manager, "home");
}

static void
keeping_set_up (Fixture *f, gconstpointer limits)
{
  static const OhOwnerSettings keeping = { .grace_ms = 30000, .keep_on_stop = TRUE };

  f->owner = &keeping;
  puppet_set_up (f, limits);
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
  log_watch ();
  add_for_both ("/H4/handle-end/removed", test_removed);
  add ("/H4/handle-end/shutdown-with-queue", NULL, test_shutdown_with_queue);
  add_for_both ("/H4/handle-end/shutdown", test_shutdown);
  g_test_add ("/H4/handle-end/shutdown-keeps", Fixture, NULL, keeping_set_up, test_shutdown_keeps,
              puppet_tear_down);
  add ("/H4/handle-end/unresponsive", &tight, test_unresponsive);
  add ("/H4/handle-end/overflow", &tight, test_overflow);
  add ("/H5/handle-end/client-gone", NULL, test_client_gone);
  add_for_both ("/H7/handle-end/device-gone-and-back", test_device_gone_and_back);
  add_for_both ("/H7/handle-end/object-manager", test_object_manager);
  return g_test_run ();
}
