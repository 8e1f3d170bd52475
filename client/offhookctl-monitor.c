// SPDX-License-Identifier: LGPL-2.1-or-later
#include "client/offhookctl-event.h"
#include "client/offhookctl-tree.h"

#include <glib-unix.h>
#include <glib/gi18n.h>

typedef struct
{
  OhCtl *ctl;
  GMainLoop *loop;
  OhListen *listen;
  GHashTable *handles; /* line path -> Handle; kept while the daemon is away */
  char **wanted;       /* ids; NULL: every line */
  char **kinds;        /* NULL: every kind */
  gboolean digits;
  gboolean noted;   /* that the daemon does not say who calls */
  gint64 left;      /* events still to print; -1: no end */
  guint generation; /* of the daemon: an answer of an earlier one means nothing */
  OhExit code;
} Monitor;

typedef struct
{
  Monitor *monitor;
  char *path;
  char *id;
  gboolean open; /* or opening */
} Handle;

typedef struct
{
  Handle *handle;
  guint generation;
} Opening;

static void
free_handle (gpointer pointer)
{
  Handle *handle = pointer;

  g_free (handle->path);
  g_free (handle->id);
  g_free (handle);
}

static void
fail (Monitor *self, GError *error)
{
  self->code = oh_bus_fail (self->ctl, error);
  g_main_loop_quit (self->loop);
}

static void
on_digits_monitored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Monitor *self = user_data;
  GError *error = NULL;
  g_autofree char *name = NULL;

  if (oh_dbus_call_call_monitor_digits_finish (OH_DBUS_CALL (source), result, &error))
    return;
  name = g_dbus_error_get_remote_error (error);
  /* the call ended meanwhile */
  if (g_strcmp0 (name, "org.offhook.Telephony1.Error.InvalidState") == 0
      || oh_bus_code (error) == OH_EXIT_NOT_FOUND)
    g_error_free (error);
  else
    oh_bus_fail (self->ctl, error);
}

static void
monitor_digits (Monitor *self, const char *call, GVariant *details)
{
  g_autoptr (OhDbusCall) proxy = NULL;
  const char *state = "";

  g_variant_lookup (details, "State", "&s", &state);
  if (!self->digits || g_str_equal (state, "ended"))
    return;
  proxy = oh_bus_call (self->ctl, oh_listen_owner (self->listen), call, NULL);
  if (proxy != NULL)
    oh_dbus_call_call_monitor_digits (proxy, TRUE,
                                      G_DBUS_CALL_FLAGS_ALLOW_INTERACTIVE_AUTHORIZATION,
                                      self->ctl->timeout, NULL, on_digits_monitored, self);
}

/* @key is what who may see it always gets. */
static void
note_what_is_missing (Monitor *self, GVariant *details, const char *key)
{
  if (self->noted || g_variant_lookup (details, key, "s", NULL))
    return;
  self->noted = TRUE;
  g_printerr (_ ("offhookctl: %s: Numbers, names and texts are left out: they need the permission "
                 "%s\n"),
              self->ctl->verb->name, OH_BUS_NAME ".identify");
}

static void
take_call (Monitor *self, const char *path, GVariant *details)
{
  note_what_is_missing (self, details, "NumberPresentation"); /* at least that there is none */
  monitor_digits (self, path, details);
}

/* A session ends without a text. */
static void
take_ussd (Monitor *self, GVariant *details)
{
  const char *state = "";

  g_variant_lookup (details, "State", "&s", &state);
  if (!g_str_equal (state, "ended"))
    note_what_is_missing (self, details, "Text");
}

static void
take_calls (Monitor *self, GVariant *snapshot)
{
  g_autoptr (GVariant) calls
      = g_variant_lookup_value (snapshot, "Calls", G_VARIANT_TYPE ("a(oa{sv})"));

  for (gsize i = 0; calls != NULL && i < g_variant_n_children (calls); i++)
    {
      g_autoptr (GVariant) details = NULL;
      const char *path;

      g_variant_get_child (calls, i, "(&o@a{sv})", &path, &details);
      take_call (self, path, details);
    }
}

/* The line or the daemon went while we asked; whoever tells of that closes the handle. */
static gboolean
is_gone (const GError *error)
{
  OhExit code = oh_bus_code (error);

  return code == OH_EXIT_NOT_FOUND || code == OH_EXIT_NO_DAEMON
         || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_NO_REPLY);
}

static void
take_snapshot (Handle *handle, GVariant *snapshot)
{
  Monitor *self = handle->monitor;
  guint64 serial = 0;

  g_variant_lookup (snapshot, "Serial", "t", &serial);
  oh_listen_set_serial (self->listen, handle->path, serial);
  oh_event_print_open (self->ctl, handle->id, handle->path, snapshot);
  take_calls (self, snapshot);
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Opening *opening = user_data;
  Handle *handle = opening->handle;
  Monitor *self = handle->monitor;
  g_autoptr (GVariant) snapshot = NULL;
  GError *error = NULL;

  oh_dbus_line_call_open_finish (OH_DBUS_LINE (source), &snapshot, result, &error);
  if (opening->generation != self->generation)
    {
      g_clear_error (&error);
      return;
    }
  if (snapshot != NULL)
    {
      take_snapshot (handle, snapshot);
      return;
    }
  handle->open = FALSE;
  if (is_gone (error))
    g_error_free (error);
  else
    fail (self, error);
}

/* The kinds go with Open, not after it with SetEvents: so none slips through before. */
static GVariant *
open_options (Monitor *self)
{
  GVariantBuilder options;

  g_variant_builder_init (&options, G_VARIANT_TYPE_VARDICT);
  if (self->kinds != NULL)
    g_variant_builder_add (&options, "{sv}", "Events",
                           g_variant_new_strv ((const char *const *)self->kinds, -1));
  return g_variant_builder_end (&options);
}

static void
open_handle (Handle *handle)
{
  Monitor *self = handle->monitor;
  const char *owner = oh_listen_owner (self->listen);
  g_autoptr (OhDbusLine) proxy = NULL;
  Opening *opening;
  GError *error = NULL;

  if (handle->open || owner == NULL)
    return;
  proxy = oh_bus_line (self->ctl, owner, handle->path, &error);
  if (proxy == NULL)
    {
      fail (self, error);
      return;
    }
  handle->open = TRUE;
  opening = g_new (Opening, 1);
  *opening = (Opening){ handle, self->generation };
  oh_dbus_line_call_open (proxy, oh_listen_path (self->listen), open_options (self),
                          G_DBUS_CALL_FLAGS_NONE, self->ctl->timeout, NULL, on_opened, opening);
}

static void
open_line (Monitor *self, const char *path, const char *id)
{
  Handle *handle = g_hash_table_lookup (self->handles, path);

  if (self->wanted != NULL && !g_strv_contains ((const char *const *)self->wanted, id))
    return;
  if (handle == NULL)
    {
      handle = g_new0 (Handle, 1);
      handle->monitor = self;
      handle->path = g_strdup (path);
      g_hash_table_insert (self->handles, handle->path, handle);
    }
  g_free (handle->id);
  handle->id = g_strdup (id);
  open_handle (handle);
}

static void
on_objects (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Monitor *self = user_data;
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GVariant) objects = NULL;
  g_autoptr (OhTree) tree = NULL;
  GError *error = NULL;

  reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  if (reply == NULL && is_gone (error))
    {
      g_error_free (error);
      return;
    }
  if (reply == NULL)
    {
      fail (self, error);
      return;
    }
  objects = g_variant_get_child_value (reply, 0);
  tree = oh_tree_new (objects);
  if (tree->lines->len == 0)
    g_printerr ("%s\n", _ ("There are no lines yet; waiting."));
  for (guint i = 0; i < tree->lines->len; i++)
    {
      const OhTreeLine *line = tree->lines->pdata[i];

      open_line (self, line->path, line->id);
    }
}

static void
close_handles (Monitor *self)
{
  GHashTableIter iter;
  gpointer handle;

  g_hash_table_iter_init (&iter, self->handles);
  while (g_hash_table_iter_next (&iter, NULL, &handle))
    ((Handle *)handle)->open = FALSE;
}

static void
on_appeared (gpointer user_data)
{
  Monitor *self = user_data;

  self->generation++;
  close_handles (self);
  g_dbus_connection_call (self->ctl->bus, oh_listen_owner (self->listen), OH_ROOT_PATH,
                          "org.freedesktop.DBus.ObjectManager", "GetManagedObjects", NULL,
                          G_VARIANT_TYPE ("(a{oa{sa{sv}}})"), G_DBUS_CALL_FLAGS_NONE,
                          self->ctl->timeout, NULL, on_objects, self);
}

static void
on_vanished (gpointer user_data)
{
  Monitor *self = user_data;

  if (g_dbus_connection_is_closed (self->ctl->bus))
    {
      fail (self, g_error_new_literal (OH_CTL_ERROR, OH_EXIT_NO_DAEMON, _ ("The bus is gone")));
      return;
    }
  close_handles (self);
  if (self->generation > 0)
    oh_event_print_gone (self->ctl);
}

static void
on_event (const OhListenEvent *event, gpointer user_data)
{
  Monitor *self = user_data;
  Handle *handle = g_hash_table_lookup (self->handles, event->line);

  if (handle == NULL || self->left == 0)
    return;
  oh_event_print (self->ctl, handle->id, event);
  if (g_str_equal (event->kind, "new-call"))
    take_call (self, event->call, event->details);
  if (g_str_equal (event->kind, "ussd"))
    take_ussd (self, event->details);
  if (self->left > 0)
    self->left--;
  if (self->left == 0)
    g_main_loop_quit (self->loop);
}

static void
on_released (const char *line, const char *reason, gpointer user_data)
{
  Monitor *self = user_data;
  Handle *handle = g_hash_table_lookup (self->handles, line);

  if (handle == NULL)
    return;
  oh_event_print_release (self->ctl, handle->id, line, reason);
  handle->open = FALSE;
  /* these are about us, and the line is still there */
  if (g_str_equal (reason, "overflow") || g_str_equal (reason, "unresponsive"))
    open_handle (handle);
}

static void
on_interfaces_added (GDBusConnection *bus, const char *sender, const char *path,
                     const char *interface, const char *signal, GVariant *parameters,
                     gpointer user_data)
{
  g_autoptr (GVariant) interfaces = NULL;
  g_autoptr (GVariant) properties = NULL;
  const char *object;
  const char *id;

  g_variant_get (parameters, "(&o@a{sa{sv}})", &object, &interfaces);
  properties = g_variant_lookup_value (interfaces, OH_LINE_INTERFACE, G_VARIANT_TYPE_VARDICT);
  if (properties != NULL && g_variant_lookup (properties, "Id", "&s", &id))
    open_line (user_data, object, id);
}

static void
on_interfaces_removed (GDBusConnection *bus, const char *sender, const char *path,
                       const char *interface, const char *signal, GVariant *parameters,
                       gpointer user_data)
{
  Monitor *self = user_data;
  g_autofree const char **interfaces = NULL;
  const char *object;
  Handle *handle;

  g_variant_get (parameters, "(&o^a&s)", &object, &interfaces);
  handle = g_hash_table_lookup (self->handles, object);
  if (handle != NULL && g_strv_contains (interfaces, OH_LINE_INTERFACE))
    handle->open = FALSE;
}

static void
watch_lines (Monitor *self)
{
  static const struct
  {
    const char *signal;
    GDBusSignalCallback callback;
  } signals[] = {
    { "InterfacesAdded", on_interfaces_added },
    { "InterfacesRemoved", on_interfaces_removed },
  };

  for (guint i = 0; i < G_N_ELEMENTS (signals); i++)
    g_dbus_connection_signal_subscribe (
        self->ctl->bus, OH_BUS_NAME, "org.freedesktop.DBus.ObjectManager", signals[i].signal,
        OH_ROOT_PATH, NULL, G_DBUS_SIGNAL_FLAGS_NONE, signals[i].callback, self, NULL);
}

static gboolean
on_interrupted (gpointer user_data)
{
  g_main_loop_quit (user_data);
  return G_SOURCE_CONTINUE;
}

/* Also starts the daemon where the bus can do that, and finds the lines that were named. */
static gboolean
find_wanted (Monitor *self, GError **error)
{
  g_autoptr (OhTree) tree = NULL;
  guint n = g_strv_length (self->ctl->args);

  if (!oh_bus_connect (self->ctl, error))
    return FALSE;
  tree = oh_tree_load (self->ctl, error);
  if (tree == NULL)
    return FALSE;
  if (n > 0)
    self->wanted = g_new0 (char *, n + 1);
  for (guint i = 0; i < n; i++)
    {
      const OhTreeLine *line = oh_tree_find_line (tree, self->ctl->args[i], error);

      if (line == NULL)
        return FALSE;
      self->wanted[i] = g_strdup (line->id);
    }
  return TRUE;
}

static void
run_monitor (Monitor *self)
{
  static const OhListenCallbacks callbacks = { on_appeared, on_vanished, on_event, on_released };
  GError *error = NULL;

  if (!find_wanted (self, &error))
    {
      fail (self, error);
      return;
    }
  self->listen = oh_listen_new (self->ctl, &callbacks, self, &error);
  if (self->listen == NULL)
    {
      fail (self, error);
      return;
    }
  watch_lines (self);
  g_unix_signal_add (SIGINT, on_interrupted, self->loop);
  g_unix_signal_add (SIGTERM, on_interrupted, self->loop);
  g_main_loop_run (self->loop);
}

OhExit
oh_monitor_run (OhCtl *ctl)
{
  Monitor self = { .ctl = ctl, .left = -1 };
  g_autofree char *kinds = NULL;
  const GOptionEntry entries[] = {
    { "count", 'n', 0, G_OPTION_ARG_INT64, &self.left, N_ ("End after so many events"), N_ ("N") },
    { "events", 'e', 0, G_OPTION_ARG_STRING, &kinds,
      N_ ("Hear only these kinds, besides new-call and call-state"), N_ ("KIND,...") },
    { "digits", 0, 0, G_OPTION_ARG_NONE, &self.digits,
      N_ ("Also hear the digits that the other side sends"), NULL },
    G_OPTION_ENTRY_NULL,
  };

  if (!oh_ctl_parse (ctl, entries, 0, G_MAXUINT))
    return OH_EXIT_USAGE;
  if (self.left == 0)
    return OH_EXIT_OK;
  if (kinds != NULL)
    self.kinds = *kinds != '\0' ? g_strsplit (kinds, ",", -1) : g_new0 (char *, 1);
  self.loop = g_main_loop_new (NULL, FALSE);
  self.handles = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, free_handle);
  run_monitor (&self);
  g_clear_pointer (&self.listen, oh_listen_free);
  g_hash_table_unref (self.handles);
  g_main_loop_unref (self.loop);
  g_strfreev (self.wanted);
  g_strfreev (self.kinds);
  return self.code;
}
