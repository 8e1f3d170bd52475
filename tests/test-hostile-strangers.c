// SPDX-License-Identifier: LGPL-2.1-or-later
#include <string.h>
#include <unistd.h>

#include "tests/puppet.h"
#include "tests/wire.h"

/* Another user's connection that guesses at other clients' handles and forges what they hear. */

#define HOME LINE_PATH "home"

typedef struct
{
  Listener *listener; /* of the fixture's client, at "/handle" */
  GDBusConnection *stranger;
} Scene;

static gboolean
scene_begin (Fixture *f, Scene *scene)
{
  if (geteuid () != 0)
    {
      g_test_skip ("this machine has no second user that we could be: we are not root");
      return FALSE;
    }
  scene->listener = listen_home (f);
  scene->stranger = connect_as (f, UID_STRANGER);
  return TRUE;
}

/* The handle is as it was: it hears the next event, its first. */
static void
scene_end (Fixture *f, Scene *scene)
{
  settle (f, scene->stranger);
  settle (f, f->client);
  g_assert_cmpuint (scene->listener->heard->len, ==, 0);
  g_assert_cmpuint (oh_dbus_line_get_num_handles (OH_DBUS_LINE (f->line)), ==, 1);
  puppet_emit_line (OH_LINE_OUT_OF_SERVICE, "");
  heard_until (scene->listener, 0, "1 line-state *");
  leave (&scene->stranger);
}

/* Somebody else's handle cannot be told from one that is not there. */
static void
test_guesses_paths (Fixture *f, gconstpointer limits)
{
  static const char *const nothing[] = { NULL };
  static const char *const paths[] = { "/handle", "/none", "/" };
  Scene scene;

  if (!scene_begin (f, &scene))
    return;
  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      call_fails (f, scene.stranger, HOME, "Close", g_variant_new ("(o)", paths[i]), "NotOpen");
      call_fails (f, scene.stranger, HOME, "SetEvents", g_variant_new ("(o^as)", paths[i], nothing),
                  "NotOpen");
    }
  /* The same path is another handle. */
  g_variant_unref (call_ok (f, scene.stranger, HOME, "Open", open_arguments ("/handle")));
  g_variant_unref (call_ok (f, scene.stranger, HOME, "Close", g_variant_new ("(o)", "/handle")));
  scene_end (f, &scene);
}

static void
on_denied (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GDBusMessage **reply = user_data;

  *reply
      = g_dbus_connection_send_message_with_reply_finish (G_DBUS_CONNECTION (source), result, NULL);
}

static gboolean
has_reply (gpointer reply)
{
  return *(GDBusMessage **)reply != NULL;
}

/* Takes @call. */
static void
bus_denies (GDBusConnection *from, GDBusMessage *call, GVariant *parameters)
{
  g_autoptr (GDBusMessage) message = call;
  g_autoptr (GDBusMessage) reply = NULL;

  g_dbus_message_set_body (message, parameters);
  g_dbus_connection_send_message_with_reply (from, message, G_DBUS_SEND_MESSAGE_FLAGS_NONE,
                                             G_MAXINT, NULL, NULL, on_denied, &reply);
  spin_until (has_reply, &reply);
  g_assert_cmpstr (g_dbus_message_get_error_name (reply), ==,
                   "org.freedesktop.DBus.Error.AccessDenied");
  g_assert_cmpstr (g_dbus_message_get_sender (reply), ==, "org.freedesktop.DBus");
}

static GVariant *
event_arguments (void)
{
  return g_variant_new ("(ottsoa{sv})", HOME, (guint64)1, (guint64)1, "line-state", "/", NULL);
}

/* The bus lets nobody but the daemon's user call a listener. */
static void
test_calls_listener (Fixture *f, gconstpointer limits)
{
  Scene scene;
  const char *victim;

  if (!scene_begin (f, &scene))
    return;
  victim = g_dbus_connection_get_unique_name (f->client);
  bus_denies (scene.stranger,
              g_dbus_message_new_method_call (victim, "/handle", OH_BUS_NAME ".Listener", "Event"),
              event_arguments ());
  bus_denies (
      scene.stranger,
      g_dbus_message_new_method_call (victim, "/handle", OH_BUS_NAME ".Listener", "Release"),
      g_variant_new ("(os)", HOME, "removed"));
  bus_denies (scene.stranger, g_dbus_message_new_method_call (victim, "/handle", NULL, "Event"),
              event_arguments ());
  bus_denies (scene.stranger,
              g_dbus_message_new_method_call (victim, "/handle",
                                              "org.freedesktop.DBus.Introspectable", "Introspect"),
              NULL);
  bus_denies (scene.stranger,
              g_dbus_message_new_method_call (OH_BUS_NAME, HOME, OH_BUS_NAME ".Listener", "Event"),
              event_arguments ());
  bus_denies (scene.stranger, g_dbus_message_new_method_call (OH_BUS_NAME, HOME, NULL, "HangUpAll"),
              NULL);
  bus_denies (scene.stranger,
              g_dbus_message_new_method_call ("org.freedesktop.DBus", "/org/freedesktop/DBus",
                                              "org.freedesktop.DBus", "RequestName"),
              g_variant_new ("(su)", OH_BUS_NAME, 3));
  scene_end (f, &scene);
}

/* @signal: its interface and name. */
static void
forge (GDBusConnection *from, const char *to, const char *path, const char *signal,
       GVariant *arguments)
{
  g_autofree char *interface = g_strndup (signal, strrchr (signal, '.') - signal);
  const char *member = strrchr (signal, '.') + 1;
  g_autoptr (GVariant) kept = g_variant_ref_sink (arguments);
  g_autoptr (GError) error = NULL;

  g_dbus_connection_emit_signal (from, to, path, interface, member, kept, &error);
  g_assert_no_error (error);
  g_dbus_connection_emit_signal (from, NULL, path, interface, member, kept, &error);
  g_assert_no_error (error);
}

/* The daemon does not believe that a client went, nor a client that a call came. */
static void
test_forges_signals (Fixture *f, gconstpointer limits)
{
  const char *daemon = g_dbus_connection_get_unique_name (f->daemon);
  const char *victim = g_dbus_connection_get_unique_name (f->client);
  g_autofree char *state = NULL;
  Arrivals *arrivals;
  Scene scene;

  if (!scene_begin (f, &scene))
    return;
  arrivals = arrivals_watch (f->client);
  hear_broadcasts (f);
  settle (f, f->client);
  g_ptr_array_set_size (f->bus_heard, 0);
  forge (scene.stranger, daemon, "/org/freedesktop/DBus", "org.freedesktop.DBus.NameOwnerChanged",
         g_variant_new ("(sss)", victim, victim, ""));
  forge (scene.stranger, daemon, "/org/freedesktop/DBus", "org.freedesktop.DBus.NameLost",
         g_variant_new ("(s)", OH_BUS_NAME));
  forge (scene.stranger, victim, HOME, OH_BUS_NAME ".Line.IncomingCall",
         g_variant_new ("(o)", HOME "/call/9"));
  forge (scene.stranger, victim, HOME, "org.freedesktop.DBus.Properties.PropertiesChanged",
         g_variant_new_parsed ("(%s, {'State': <'locked'>}, @as [])", OH_BUS_NAME ".Line"));
  forge (scene.stranger, victim, "/handle", OH_BUS_NAME ".Listener.Event", event_arguments ());
  arrivals_until (arrivals, "IncomingCall"); /* the bus lets it through */
  arrivals_stop (arrivals);
  settle (f, scene.stranger);
  settle (f, f->client);
  g_assert_cmpuint (f->bus_heard->len, ==, 0);
  state = get_string (f, HOME, "Line", "State");
  g_assert_cmpstr (state, ==, "in-service");
  scene_end (f, &scene);
}

/* Nothing of what the daemon shows can be written. */
static void
test_sets_properties (Fixture *f, gconstpointer limits)
{
  static const char *const names[] = { "State", "NumHandles", "Device", "Counters", "None" };
  Scene scene;

  if (!scene_begin (f, &scene))
    return;
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *error = NULL;

      g_assert_null (call (
          f, scene.stranger, HOME, "org.freedesktop.DBus.Properties", "Set",
          g_variant_new ("(ssv)", OH_BUS_NAME ".Line", names[i], g_variant_new_string ("locked")),
          &error));
      g_assert_cmpstr (error, ==, "InvalidArgs");
    }
  scene_end (f, &scene);
}

static void
add (const char *path, void (*test) (Fixture *f, gconstpointer limits))
{
  g_test_add (path, Fixture, NULL, puppet_set_up, test, puppet_tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("/hostile-strangers/guesses-paths", test_guesses_paths);
  add ("/hostile-strangers/calls-listener", test_calls_listener);
  add ("/hostile-strangers/forges-signals", test_forges_signals);
  add ("/hostile-strangers/sets-properties", test_sets_properties);
  return g_test_run ();
}
