// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/manager.h"

#include "daemon/auth.h"
#include "daemon/delivery.h"
#include "daemon/error.h"
#include "daemon/log.h"
#include "daemon/port.h"
#include "daemon/store.h"

struct _OhManager
{
  OhDbusManagerSkeleton parent_instance;

  OhBus bus;
  GPtrArray *lines;   /* of OhLine, in the order of their coming */
  GPtrArray *opening; /* of OhLine, not owned: AddLine runs */
  GPtrArray *leaving; /* of OhLine, those that the configuration has no more */
  GPtrArray *coming;  /* of OhLineConfig, to be added when those that a reload removes are gone */
  guint going;        /* so many are not yet */

  void (*stopped) (gpointer user_data);
  gpointer stopped_data;
  guint stop_timer, stopping;
};

static void oh_manager_iface_init (OhDbusManagerIface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (OhManager, oh_manager, OH_DBUS_TYPE_MANAGER_SKELETON,
                               G_IMPLEMENT_INTERFACE (OH_DBUS_TYPE_MANAGER, oh_manager_iface_init))

static void
on_line_changed (OhManager *self)
{
  g_signal_emit_by_name (self, "changed");
}

static void
show_lines (OhManager *self)
{
  g_autoptr (GPtrArray) paths = g_ptr_array_new ();

  for (guint i = 0; i < self->lines->len; i++)
    g_ptr_array_add (paths, (gpointer)oh_line_get_path (self->lines->pdata[i]));
  g_ptr_array_add (paths, NULL);
  oh_dbus_manager_set_lines (OH_DBUS_MANAGER (self), (const char *const *)paths->pdata);
  g_dbus_interface_skeleton_flush (G_DBUS_INTERFACE_SKELETON (self));
  g_signal_emit_by_name (self, "changed");
}

OhLine *
oh_manager_find_line (OhManager *self, const char *id)
{
  for (guint i = 0; i < self->lines->len; i++)
    {
      if (g_str_equal (oh_line_get_id (self->lines->pdata[i]), id))
        return self->lines->pdata[i];
    }
  return NULL;
}

void
oh_manager_foreach_line (OhManager *self, GFunc func, gpointer user_data)
{
  g_ptr_array_foreach (self->lines, func, user_data);
}

OhLine *
oh_manager_find_stuck_line (OhManager *self)
{
  for (guint i = 0; i < self->lines->len; i++)
    {
      OhModem *modem = oh_line_get_modem (self->lines->pdata[i]);

      if (modem != NULL && oh_modem_is_stuck (modem))
        return self->lines->pdata[i];
    }
  return NULL;
}

void
oh_manager_count (OhManager *self, guint *ret_lines, guint *ret_calls, guint *ret_handles)
{
  *ret_lines = self->lines->len;
  *ret_calls = *ret_handles = 0;
  for (guint i = 0; i < self->lines->len; i++)
    {
      *ret_calls += oh_line_count_calls (self->lines->pdata[i]);
      *ret_handles += oh_dbus_line_get_num_handles (self->lines->pdata[i]);
    }
}

static OhLine *
find_by_device (OhManager *self, const char *device)
{
  g_autofree char *node = oh_port_resolve (device);

  for (guint i = 0; i < self->lines->len; i++)
    {
      g_autofree char *other = oh_port_resolve (oh_line_get_device (self->lines->pdata[i]));

      if (g_str_equal (node, other))
        return self->lines->pdata[i];
    }
  return NULL;
}

/* Takes @line. */
static void
add_line (OhManager *self, OhLine *line)
{
  g_autoptr (GDBusObjectSkeleton) object = g_dbus_object_skeleton_new (oh_line_get_path (line));

  g_ptr_array_add (self->lines, line);
  g_signal_connect_swapped (line, "call-state-changed", G_CALLBACK (on_line_changed), self);
  g_signal_connect_swapped (line, "notify::num-handles", G_CALLBACK (on_line_changed), self);
  g_signal_connect_swapped (line, "busy-changed", G_CALLBACK (on_line_changed), self);
  g_dbus_object_skeleton_add_interface (object, G_DBUS_INTERFACE_SKELETON (line));
  oh_line_show_modem (line);
  g_dbus_object_manager_server_export (self->bus.objects, object);
  oh_line_keep (line);
  show_lines (self);
  oh_log_event (&(OhLogEntry){ OH_LOG_LINE_ADDED, .line = oh_line_get_id (line) }, "Line %s on %s",
                oh_line_get_id (line), oh_line_get_device (line));
}

static void
take_up (OhManager *self, OhLine *line)
{
  g_autoptr (GVariant) saved
      = oh_store_read (self->bus.store, oh_line_get_id (line), G_VARIANT_TYPE (oh_line_type));

  if (saved != NULL && oh_line_resume (line, saved))
    return;
  oh_store_forget_fd (self->bus.store, oh_line_get_id (line)); /* else it is locked, by ourselves */
  oh_line_begin (line);
}

void
oh_manager_add_configured (OhManager *self, const OhLineConfig *config)
{
  OhLine *line;

  if (oh_manager_find_line (self, config->alias) != NULL
      || find_by_device (self, config->device) != NULL)
    {
      oh_log_event (&(OhLogEntry){ OH_LOG_CONFIG_MISTAKE, .line = config->alias },
                    "Line %s: its name or its device %s is taken by another line", config->alias,
                    config->device);
      return;
    }
  line = oh_line_new (&self->bus, config);
  oh_line_set_configured (line);
  add_line (self, line);
  take_up (self, line);
}

/* Lines of AddLine; and those that have left the configuration, whose handles are to hear of it. */
static void
take_up_rest (OhManager *self, const char *id)
{
  g_autoptr (GVariant) saved = oh_store_read (self->bus.store, id, G_VARIANT_TYPE (oh_line_type));
  g_autoptr (OhLineConfig) config = NULL;
  OhLine *line;

  if (saved == NULL || oh_manager_find_line (self, id) != NULL)
    return;
  config = oh_line_saved_config (id, saved);
  if (find_by_device (self, config->device) != NULL)
    return;
  line = oh_line_new (&self->bus, config);
  add_line (self, line);
  if (oh_line_was_configured (saved))
    g_ptr_array_add (self->leaving, line);
  take_up (self, line);
}

void
oh_manager_load (OhManager *self, GPtrArray *configs)
{
  g_autoptr (GPtrArray) left = oh_store_list (self->bus.store);

  for (guint i = 0; i < configs->len; i++)
    oh_manager_add_configured (self, configs->pdata[i]);
  for (guint i = 0; i < left->len; i++)
    take_up_rest (self, left->pdata[i]);
  oh_store_sweep (self->bus.store);
  oh_auth_ask_again (self->bus.auth);
}

static void
go_on (OhPeer *peer, gpointer user_data)
{
  oh_delivery_go_on (oh_peer_get_delivery (peer));
}

void
oh_manager_exec (OhManager *self, char **argv)
{
  oh_store_exec (self->bus.store, argv);
}

void
oh_manager_leave (OhManager *self)
{
  oh_store_commit (self->bus.store);
}

/* An AddLine or RemoveLine under way. */
typedef struct
{
  OhManager *manager;
  OhLine *line;
  OhPeer *peer; /* NULL: nobody asked, the file names the line no more */
  GDBusMethodInvocation *invocation;
} Asked;

/* NULL, and @invocation is answered, when @peer has too many requests. */
static Asked *
asked_new (OhManager *self, OhPeer *peer, GDBusMethodInvocation *invocation)
{
  Asked *asked;

  if (!oh_peer_owe (peer))
    {
      oh_error_reply (invocation, oh_peer_owes_too_much ());
      return NULL;
    }
  asked = g_new0 (Asked, 1);
  asked->manager = g_object_ref (self);
  asked->peer = g_object_ref (peer);
  asked->invocation = invocation;
  return asked;
}

static GError *
refuse_id (OhManager *self, const char *id)
{
  if (oh_manager_find_line (self, id) == NULL)
    return NULL;
  return g_error_new (G_DBUS_ERROR, G_DBUS_ERROR_INVALID_ARGS, "There is a line %s already", id);
}

static void
on_line_opened (OhRequest *request, const GError *error, gpointer user_data)
{
  g_autofree Asked *asked = user_data;
  g_autoptr (OhManager) self = asked->manager;
  g_autoptr (OhLine) line = asked->line;
  g_autoptr (OhPeer) peer = asked->peer;
  GError *refused = error != NULL ? g_error_copy (error) : refuse_id (self, oh_line_get_id (line));

  g_ptr_array_remove (self->opening, line);
  oh_peer_paid (peer);
  if (refused != NULL)
    {
      oh_error_reply (asked->invocation, refused);
      oh_line_end (line, OH_CLOSED_REMOVED);
      return;
    }
  oh_line_show_modem (line);
  add_line (self, g_object_ref (line));
  oh_store_commit (self->bus.store);
  oh_dbus_manager_complete_add_line (OH_DBUS_MANAGER (self), asked->invocation,
                                     oh_line_get_path (line));
}

static GError *
refuse_line (OhManager *self, const char *device, const char *id)
{
  OhLine *holder = find_by_device (self, device);

  if (!g_path_is_absolute (device))
    return g_error_new (G_DBUS_ERROR, G_DBUS_ERROR_INVALID_ARGS, "\"%s\" is no absolute path",
                        device);
  if (holder != NULL)
    return g_error_new (OH_ERROR, OH_ERROR_BUSY, "%s serves line %s", device,
                        oh_line_get_id (holder));
  return refuse_id (self, id);
}

static void
add_line_allowed (gpointer object, OhPeer *peer, GDBusMethodInvocation *invocation)
{
  OhManager *self = object;
  g_autoptr (OhLineConfig) config = oh_line_config_new ();
  g_autoptr (GVariant) options = NULL;
  g_autoptr (OhRequest) request = NULL;
  GError *error = NULL;
  const char *device;
  Asked *asked;

  g_variant_get (g_dbus_method_invocation_get_parameters (invocation), "(&s@a{sv})", &device,
                 &options);
  if (oh_line_config_take_options (config, options, &error))
    {
      if (config->alias == NULL)
        config->alias = oh_port_make_id (device);
      error = refuse_line (self, device, config->alias);
    }
  if (error != NULL)
    {
      oh_error_reply (invocation, error);
      return;
    }
  asked = asked_new (self, peer, invocation);
  if (asked == NULL)
    return;
  config->device = g_strdup (device);
  asked->line = oh_line_new (&self->bus, config);
  g_ptr_array_add (self->opening, asked->line);
  request = oh_request_new (on_line_opened, asked);
  oh_line_open_device (asked->line, request);
}

static gboolean
handle_add_line (OhDbusManager *object, GDBusMethodInvocation *invocation, const char *device,
                 GVariant *options)
{
  oh_auth_check (&OH_MANAGER (object)->bus, OH_AUTH_CONFIGURE, invocation, add_line_allowed,
                 object);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static OhLine *
find_by_path (OhManager *self, const char *path)
{
  for (guint i = 0; i < self->lines->len; i++)
    {
      if (g_str_equal (oh_line_get_path (self->lines->pdata[i]), path))
        return self->lines->pdata[i];
    }
  return NULL;
}

static void
remove_line (OhManager *self, OhLine *line, OhClosed why)
{
  g_object_ref (line);
  g_signal_handlers_disconnect_by_data (line, self);
  oh_line_end (line, why);
  g_dbus_object_manager_server_unexport (self->bus.objects, oh_line_get_path (line));
  g_ptr_array_remove (self->lines, line);
  show_lines (self);
  oh_log_event (&(OhLogEntry){ OH_LOG_LINE_REMOVED, .line = oh_line_get_id (line) },
                "Line %s is removed", oh_line_get_id (line));
  g_object_unref (line);
}

void
oh_manager_go_on (OhManager *self)
{
  oh_peers_foreach (self->bus.peers, go_on, NULL);
  while (self->leaving->len > 0)
    remove_line (self, g_ptr_array_steal_index (self->leaving, 0), OH_CLOSED_REMOVED);
}

static void
add_coming (OhManager *self)
{
  g_autoptr (GPtrArray) configs = g_steal_pointer (&self->coming);

  for (guint i = 0; i < configs->len; i++)
    {
      const OhLineConfig *config = configs->pdata[i];
      OhLine *line = oh_manager_find_line (self, config->alias);

      if (line == NULL || !oh_line_is_configured (line))
        oh_manager_add_configured (self, config);
    }
}

static gboolean
on_removal (gpointer user_data)
{
  g_autofree Asked *asked = user_data;
  g_autoptr (OhManager) self = asked->manager;
  g_autoptr (OhLine) line = asked->line;
  g_autoptr (OhPeer) peer = asked->peer;

  if (peer != NULL)
    oh_peer_paid (peer);
  if (find_by_path (self, oh_line_get_path (line)) == line)
    remove_line (self, line, OH_CLOSED_REMOVED);
  if (peer != NULL)
    oh_dbus_manager_complete_remove_line (OH_DBUS_MANAGER (self), asked->invocation);
  else if (--self->going == 0 && self->stopped == NULL)
    add_coming (self);
  return G_SOURCE_REMOVE;
}

static void
on_line_hung_up (OhRequest *request, const GError *error, gpointer user_data)
{
  /* Not from here: the driver that settled the request is still at work. */
  g_idle_add (on_removal, user_data);
}

static gboolean
is_named (GPtrArray *configs, OhLine *line)
{
  for (guint i = 0; i < configs->len; i++)
    {
      if (g_str_equal (((OhLineConfig *)configs->pdata[i])->alias, oh_line_get_id (line)))
        return TRUE;
    }
  return FALSE;
}

void
oh_manager_reconfigure (OhManager *self, GPtrArray *configs, gboolean complete)
{
  g_clear_pointer (&self->coming, g_ptr_array_unref);
  self->coming = g_ptr_array_ref (configs);
  for (guint i = 0; complete && i < self->lines->len; i++)
    {
      OhLine *line = self->lines->pdata[i];
      g_autoptr (OhRequest) request = NULL;
      Asked *asked;

      if (!oh_line_is_configured (line) || is_named (configs, line))
        continue;
      asked = g_new0 (Asked, 1);
      asked->manager = g_object_ref (self);
      asked->line = g_object_ref (line);
      request = oh_request_new (on_line_hung_up, asked);
      self->going++;
      oh_line_hang_up (line, request);
    }
  if (self->going == 0)
    add_coming (self);
}

static void
remove_line_allowed (gpointer object, OhPeer *peer, GDBusMethodInvocation *invocation)
{
  OhManager *self = object;
  g_autoptr (OhRequest) request = NULL;
  Asked *asked;
  const char *path;
  OhLine *line;

  g_variant_get (g_dbus_method_invocation_get_parameters (invocation), "(&o)", &path);
  line = find_by_path (self, path);
  if (line == NULL)
    {
      oh_error_reply (invocation, g_error_new (G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_OBJECT,
                                               "There is no line %s", path));
      return;
    }
  asked = asked_new (self, peer, invocation);
  if (asked == NULL)
    return;
  asked->line = g_object_ref (line);
  request = oh_request_new (on_line_hung_up, asked);
  oh_line_hang_up (line, request);
}

static gboolean
handle_remove_line (OhDbusManager *object, GDBusMethodInvocation *invocation, const char *line)
{
  oh_auth_check (&OH_MANAGER (object)->bus, OH_AUTH_CONFIGURE, invocation, remove_line_allowed,
                 object);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

/* Also when the time is over and a modem has still not let go. */
static gboolean
on_stop (gpointer user_data)
{
  OhManager *self = user_data;

  self->stop_timer = 0;
  while (self->opening->len > 0)
    oh_line_end (self->opening->pdata[0], OH_CLOSED_SHUTDOWN);
  while (self->lines->len > 0)
    remove_line (self, self->lines->pdata[0], OH_CLOSED_SHUTDOWN);
  self->stopped (self->stopped_data);
  return G_SOURCE_REMOVE;
}

static void
on_line_stopped (OhRequest *request, const GError *error, gpointer user_data)
{
  g_autoptr (OhManager) self = user_data;

  if (--self->stopping > 0 || self->stop_timer == 0)
    return;
  /* Not from here: the driver that settled the request is still at work. */
  g_source_remove (self->stop_timer);
  self->stop_timer = g_idle_add (on_stop, self);
}

void
oh_manager_stop (OhManager *self, void (*done) (gpointer user_data), gpointer user_data)
{
  g_autoptr (OhRequest) all = oh_request_new (on_line_stopped, g_object_ref (self));

  self->stopped = done;
  self->stopped_data = user_data;
  self->stopping = 1;
  self->stop_timer = g_timeout_add (self->bus.limits->stop_ms, on_stop, self);
  for (guint i = 0; i < self->lines->len; i++)
    {
      g_autoptr (OhRequest) one = NULL;

      if (oh_line_keeps_calls (self->lines->pdata[i]))
        continue;
      one = oh_request_new (on_line_stopped, g_object_ref (self));
      self->stopping++;
      oh_line_hang_up (self->lines->pdata[i], one);
    }
  oh_request_done (all);
}

static void
on_permission (OhPeer *peer, OhAuthAction action, gpointer user_data)
{
  OhManager *self = user_data;

  for (guint i = 0; i < self->lines->len; i++)
    oh_line_take_permission (self->lines->pdata[i], peer, action);
}

OhManager *
oh_manager_new (GDBusConnection *connection, const OhLimits *limits, const char *state_dir)
{
  OhManager *self = g_object_new (OH_TYPE_MANAGER, NULL);
  static const char *const nothing[] = { NULL };
  g_autofree char *format = oh_line_format ();

  self->bus.connection = g_object_ref (connection);
  self->bus.limits = limits;
  self->bus.store = oh_store_new (state_dir, format);
  self->bus.peers = oh_peers_new (connection, limits, self->bus.store);
  self->bus.auth = oh_auth_new (self->bus.peers, limits, on_permission, self);
  self->bus.objects = g_dbus_object_manager_server_new (OH_BUS_PATH);
  oh_dbus_manager_set_version (OH_DBUS_MANAGER (self), VERSION);
  oh_dbus_manager_set_lines (OH_DBUS_MANAGER (self), nothing);
  g_dbus_interface_skeleton_export (G_DBUS_INTERFACE_SKELETON (self), connection, OH_BUS_PATH,
                                    NULL);
  g_dbus_object_manager_server_set_connection (self->bus.objects, connection);
  return self;
}

static void
oh_manager_dispose (GObject *object)
{
  OhManager *self = OH_MANAGER (object);

  g_clear_handle_id (&self->stop_timer, g_source_remove);
  while (self->lines->len > 0)
    remove_line (self, self->lines->pdata[0], OH_CLOSED_REMOVED);
  g_clear_pointer (&self->bus.auth, oh_auth_free); /* who waits for it may have a hold on us */
  G_OBJECT_CLASS (oh_manager_parent_class)->dispose (object);
}

static void
oh_manager_finalize (GObject *object)
{
  OhManager *self = OH_MANAGER (object);

  g_ptr_array_unref (self->lines);
  g_ptr_array_unref (self->opening);
  g_ptr_array_unref (self->leaving);
  g_clear_pointer (&self->coming, g_ptr_array_unref);
  g_object_unref (self->bus.objects);
  oh_peers_free (self->bus.peers);
  oh_store_commit (self->bus.store); /* what is staged is the last that is heard of us */
  oh_store_unref (self->bus.store);
  g_object_unref (self->bus.connection);
  G_OBJECT_CLASS (oh_manager_parent_class)->finalize (object);
}

static void
oh_manager_init (OhManager *self)
{
  self->lines = g_ptr_array_new_with_free_func (g_object_unref);
  self->opening = g_ptr_array_new ();
  self->leaving = g_ptr_array_new ();
}

static void
oh_manager_class_init (OhManagerClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = oh_manager_dispose;
  G_OBJECT_CLASS (klass)->finalize = oh_manager_finalize;
  g_signal_new ("changed", OH_TYPE_MANAGER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
oh_manager_iface_init (OhDbusManagerIface *iface)
{
  iface->handle_add_line = handle_add_line;
  iface->handle_remove_line = handle_remove_line;
}
