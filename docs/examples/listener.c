// SPDX-License-Identifier: LGPL-2.1-or-later
/* Prints every event of every telephone line until it is interrupted; see offhook-listener(7).

   gcc -o listener listener.c $(pkg-config --cflags --libs gio-2.0)
 */
#include <gio/gio.h>
#include <glib-unix.h>
#include <stdio.h>

#define NAME "org.offhook.Telephony1"
#define ROOT "/org/offhook/Telephony1"
#define OBJECT_MANAGER "org.freedesktop.DBus.ObjectManager"
#define HANDLE "/com/example/Listener" /* any path of our own; it serves all lines */

static const char interface_xml[] = "<node>"
                                    "  <interface name='org.offhook.Telephony1.Listener'>"
                                    "    <method name='Event'>"
                                    "      <arg name='line' type='o'/>"
                                    "      <arg name='serial' type='t'/>"
                                    "      <arg name='time' type='t'/>"
                                    "      <arg name='kind' type='s'/>"
                                    "      <arg name='call' type='o'/>"
                                    "      <arg name='details' type='a{sv}'/>"
                                    "    </method>"
                                    "    <method name='Release'>"
                                    "      <arg name='line' type='o'/>"
                                    "      <arg name='reason' type='s'/>"
                                    "    </method>"
                                    "  </interface>"
                                    "</node>";

typedef struct
{
  GDBusConnection *bus;
  char *daemon; /* its unique name while it is there, else NULL */
  guint subscription;
  GHashTable *serials; /* of the last event, by line; only lines that we have opened are here */
} Listener;

typedef struct
{
  Listener *listener;
  char *line;
} Opening;

static void
set_serial (Listener *self, const char *line, guint64 serial)
{
  g_hash_table_replace (self->serials, g_strdup (line), g_memdup2 (&serial, sizeof serial));
}

/* What is printed of a call or an event; the details have more. */
static void
show (GVariant *details)
{
  const char *state = "-", *number = "-";

  g_variant_lookup (details, "State", "&s", &state);
  g_variant_lookup (details, "Number", "&s", &number);
  printf (" %s %s\n", state, number);
}

static void
show_snapshot (const char *line, GVariant *snapshot)
{
  const char *state = "-", *call;
  GVariantIter *calls = NULL;
  GVariant *details;

  g_variant_lookup (snapshot, "State", "&s", &state);
  printf ("%s open %s\n", line, state);
  g_variant_lookup (snapshot, "Calls", "a(oa{sv})", &calls);
  while (calls != NULL && g_variant_iter_loop (calls, "(&o@a{sv})", &call, &details))
    {
      printf ("%s present %s", line, call);
      show (details);
    }
  g_clear_pointer (&calls, g_variant_iter_free);
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Opening *opening = user_data;
  Listener *self = opening->listener;
  g_autofree char *line = opening->line;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (self->bus, result, &error);
  g_autoptr (GVariant) snapshot = NULL;
  guint64 serial = 0;

  if (reply == NULL)
    {
      printf ("%s was not opened: %s\n", line, error->message);
      g_hash_table_remove (self->serials, line);
      return;
    }
  g_variant_get (reply, "(@a{sv})", &snapshot);
  g_variant_lookup (snapshot, "Serial", "t", &serial);
  set_serial (self, line, serial);
  show_snapshot (line, snapshot);
}

static void
open_line (Listener *self, const char *line)
{
  Opening *opening = g_new (Opening, 1);

  *opening = (Opening){ self, g_strdup (line) };
  set_serial (self, line, 0);
  g_dbus_connection_call (self->bus, self->daemon, line, NAME ".Line", "Open",
                          g_variant_new ("(oa{sv})", HANDLE, NULL), G_VARIANT_TYPE ("(a{sv})"),
                          G_DBUS_CALL_FLAGS_NONE, -1, NULL, on_opened, opening);
}

static void
open_if_line (Listener *self, const char *path, GVariant *interfaces)
{
  g_autoptr (GVariant) properties = g_variant_lookup_value (interfaces, NAME ".Line", NULL);

  if (properties != NULL && !g_hash_table_contains (self->serials, path))
    open_line (self, path);
}

static void
on_added (GDBusConnection *bus, const char *sender, const char *root, const char *interface,
          const char *signal, GVariant *parameters, gpointer user_data)
{
  g_autoptr (GVariant) interfaces = NULL;
  const char *path;

  g_variant_get (parameters, "(&o@a{sa{sv}})", &path, &interfaces);
  open_if_line (user_data, path, interfaces);
}

static void
on_objects (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Listener *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (self->bus, result, &error);
  g_autoptr (GVariantIter) objects = NULL;
  GVariant *interfaces;
  const char *path;

  if (reply == NULL)
    {
      printf ("no lines: %s\n", error->message);
      return;
    }
  g_variant_get (reply, "(a{oa{sa{sv}}})", &objects);
  while (g_variant_iter_loop (objects, "{&o@a{sa{sv}}}", &path, &interfaces))
    open_if_line (self, path, interfaces);
}

static void
on_appeared (GDBusConnection *bus, const char *name, const char *owner, gpointer user_data)
{
  Listener *self = user_data;

  self->daemon = g_strdup (owner);
  /* Subscribed first, so that no line is missed between the two. The sender is the daemon's unique
     name: what others broadcast does not match. */
  self->subscription
      = g_dbus_connection_signal_subscribe (bus, owner, OBJECT_MANAGER, "InterfacesAdded", ROOT,
                                            NULL, G_DBUS_SIGNAL_FLAGS_NONE, on_added, self, NULL);
  g_dbus_connection_call (bus, owner, ROOT, OBJECT_MANAGER, "GetManagedObjects", NULL,
                          G_VARIANT_TYPE ("(a{oa{sa{sv}}})"), G_DBUS_CALL_FLAGS_NONE, -1, NULL,
                          on_objects, self);
}

static void
on_vanished (GDBusConnection *bus, const char *name, gpointer user_data)
{
  Listener *self = user_data;

  printf ("the daemon is away\n");
  if (self->daemon != NULL)
    g_dbus_connection_signal_unsubscribe (bus, self->subscription);
  g_clear_pointer (&self->daemon, g_free);
  g_hash_table_remove_all (self->serials); /* our handles went with it */
}

static void
take_event (Listener *self, GVariant *parameters)
{
  g_autoptr (GVariant) details = NULL;
  const char *line, *kind, *call;
  const guint64 *last;
  guint64 serial, time;

  g_variant_get (parameters, "(&ott&s&o@a{sv})", &line, &serial, &time, &kind, &call, &details);
  last = g_hash_table_lookup (self->serials, line);
  if (last == NULL || serial <= *last)
    {
      printf ("ignored: %s %" G_GUINT64_FORMAT " %s\n", line, serial, kind);
      return;
    }
  set_serial (self, line, serial);
  printf ("%s %" G_GUINT64_FORMAT " %s %s", line, serial, kind, call);
  show (details);
}

static void
take_release (Listener *self, GVariant *parameters)
{
  const char *line, *reason;

  g_variant_get (parameters, "(&o&s)", &line, &reason);
  if (!g_hash_table_remove (self->serials, line))
    {
      printf ("ignored: %s released\n", line);
      return;
    }
  printf ("%s released %s\n", line, reason);
  /* "removed" and "shutdown": the line or the daemon goes, and is opened when it is back. These two
     are about us, and the line is still there. */
  if (g_str_equal (reason, "unresponsive") || g_str_equal (reason, "overflow"))
    open_line (self, line);
}

static void
on_call (GDBusConnection *bus, const char *sender, const char *path, const char *interface,
         const char *method, GVariant *parameters, GDBusMethodInvocation *invocation,
         gpointer user_data)
{
  Listener *self = user_data;
  g_autoptr (GVariant) kept = g_variant_ref (parameters); /* the answer ends the invocation */

  if (g_strcmp0 (sender, self->daemon) != 0)
    {
      printf ("ignored: %s from %s\n", method, sender);
      g_dbus_method_invocation_return_error_literal (invocation, G_DBUS_ERROR,
                                                     G_DBUS_ERROR_ACCESS_DENIED,
                                                     "Only the telephone daemon may call this");
      return;
    }
  /* at once: the next event waits for this answer */
  g_dbus_method_invocation_return_value (invocation, NULL);
  if (g_str_equal (method, "Event"))
    take_event (self, kept);
  else
    take_release (self, kept);
}

static gboolean
on_interrupted (gpointer loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_CONTINUE;
}

/* When we leave the bus, our handles are closed. */
static void
listen_until_interrupted (Listener *self)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  guint watch;

  watch = g_bus_watch_name_on_connection (self->bus, NAME, G_BUS_NAME_WATCHER_FLAGS_AUTO_START,
                                          on_appeared, on_vanished, self, NULL);
  g_unix_signal_add (SIGINT, on_interrupted, loop);
  g_unix_signal_add (SIGTERM, on_interrupted, loop);
  g_main_loop_run (loop);
  g_bus_unwatch_name (watch);
}

int
main (void)
{
  static const GDBusInterfaceVTable vtable = { .method_call = on_call };
  g_autoptr (GDBusNodeInfo) node = g_dbus_node_info_new_for_xml (interface_xml, NULL);
  g_autoptr (GError) error = NULL;
  Listener self = { 0 };

  setvbuf (stdout, NULL, _IOLBF, 0);
  self.bus = g_bus_get_sync (G_BUS_TYPE_SYSTEM, NULL, &error);
  if (self.bus == NULL)
    {
      fprintf (stderr, "no system bus: %s\n", error->message);
      return 1;
    }
  self.serials = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_dbus_connection_register_object (self.bus, HANDLE, node->interfaces[0], &vtable, &self, NULL,
                                     NULL);
  listen_until_interrupted (&self);
  g_hash_table_unref (self.serials);
  g_free (self.daemon);
  g_object_unref (self.bus);
  return 0;
}
