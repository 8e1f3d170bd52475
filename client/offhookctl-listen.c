// SPDX-License-Identifier: LGPL-2.1-or-later
#include "client/offhookctl-listen.h"

#define LISTENER_PATH "/org/offhook/ctl"

struct _OhListen
{
  OhDbusListener *skeleton;
  const OhListenCallbacks *callbacks;
  gpointer user_data;
  char *owner;
  guint watch;
  GHashTable *serials; /* line path -> guint64, the last that was let through */
};

static gboolean
is_from_daemon (OhListen *self, GDBusMethodInvocation *invocation)
{
  if (g_strcmp0 (g_dbus_method_invocation_get_sender (invocation), self->owner) == 0)
    return TRUE;
  g_dbus_method_invocation_return_error_literal (invocation, G_DBUS_ERROR,
                                                 G_DBUS_ERROR_ACCESS_DENIED,
                                                 "Only the telephone daemon may call this");
  return FALSE;
}

/* A daemon that was killed before it saw our answer sends the event again. */
static gboolean
is_new (OhListen *self, const char *line, guint64 serial)
{
  guint64 *last = g_hash_table_lookup (self->serials, line);

  if (last != NULL && serial <= *last)
    return FALSE;
  oh_listen_set_serial (self, line, serial);
  return TRUE;
}

static gboolean
on_event (OhDbusListener *skeleton, GDBusMethodInvocation *invocation, const char *line,
          guint64 serial, guint64 time, const char *kind, const char *call, GVariant *details,
          gpointer user_data)
{
  OhListen *self = user_data;
  const OhListenEvent event = { line, serial, time, kind, call, details };

  if (!is_from_daemon (self, invocation))
    return G_DBUS_METHOD_INVOCATION_HANDLED;
  if (is_new (self, line, serial))
    self->callbacks->event (&event, self->user_data);
  oh_dbus_listener_complete_event (skeleton, invocation);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
on_release (OhDbusListener *skeleton, GDBusMethodInvocation *invocation, const char *line,
            const char *reason, gpointer user_data)
{
  OhListen *self = user_data;

  if (!is_from_daemon (self, invocation))
    return G_DBUS_METHOD_INVOCATION_HANDLED;
  g_hash_table_remove (self->serials, line);
  self->callbacks->released (line, reason, self->user_data);
  oh_dbus_listener_complete_release (skeleton, invocation);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static void
on_appeared (GDBusConnection *bus, const char *name, const char *owner, gpointer user_data)
{
  OhListen *self = user_data;

  g_free (self->owner);
  self->owner = g_strdup (owner);
  self->callbacks->appeared (self->user_data);
}

static void
on_vanished (GDBusConnection *bus, const char *name, gpointer user_data)
{
  OhListen *self = user_data;

  g_clear_pointer (&self->owner, g_free);
  self->callbacks->vanished (self->user_data);
}

OhListen *
oh_listen_new (OhCtl *ctl, const OhListenCallbacks *callbacks, gpointer user_data, GError **error)
{
  g_autoptr (OhListen) self = g_new0 (OhListen, 1);

  self->callbacks = callbacks;
  self->user_data = user_data;
  self->serials = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->skeleton = oh_dbus_listener_skeleton_new ();
  g_signal_connect (self->skeleton, "handle-event", G_CALLBACK (on_event), self);
  g_signal_connect (self->skeleton, "handle-release", G_CALLBACK (on_release), self);
  if (!g_dbus_interface_skeleton_export (G_DBUS_INTERFACE_SKELETON (self->skeleton), ctl->bus,
                                         LISTENER_PATH, error))
    return NULL;
  self->watch = g_bus_watch_name_on_connection (
      ctl->bus, OH_BUS_NAME, G_BUS_NAME_WATCHER_FLAGS_NONE, on_appeared, on_vanished, self, NULL);
  return g_steal_pointer (&self);
}

void
oh_listen_free (OhListen *self)
{
  if (self->watch != 0)
    g_bus_unwatch_name (self->watch);
  g_signal_handlers_disconnect_by_data (self->skeleton, self);
  g_dbus_interface_skeleton_unexport (G_DBUS_INTERFACE_SKELETON (self->skeleton));
  g_object_unref (self->skeleton);
  g_hash_table_unref (self->serials);
  g_free (self->owner);
  g_free (self);
}

const char *
oh_listen_path (OhListen *self)
{
  return LISTENER_PATH;
}

const char *
oh_listen_owner (OhListen *self)
{
  return self->owner;
}

void
oh_listen_set_serial (OhListen *self, const char *line, guint64 serial)
{
  g_hash_table_replace (self->serials, g_strdup (line), g_memdup2 (&serial, sizeof serial));
}
