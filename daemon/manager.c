// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/manager-private.h"

#include "daemon/auth.h"
#include "daemon/delivery.h"
#include "daemon/log.h"
#include "daemon/port.h"

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

/* One that only waits for a modem, wherever that is, has none. */
static gboolean
has_place (OhLine *line)
{
  return oh_line_has_device (line) || !oh_line_is_placed (line);
}

OhLine *
oh_manager_find_by_device (OhManager *self, const char *device)
{
  g_autofree char *node = oh_port_resolve (device);

  for (guint i = 0; i < self->lines->len; i++)
    {
      g_autofree char *other = oh_port_resolve (oh_line_get_device (self->lines->pdata[i]));

      if (g_str_equal (node, other) && has_place (self->lines->pdata[i]))
        return self->lines->pdata[i];
    }
  return NULL;
}

void
oh_manager_take_line (OhManager *self, OhLine *line)
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
  oh_ports_take_line (self->ports, line);
  oh_mm_take_line (self->mm, line);
  show_lines (self);
  oh_log_event (&(OhLogEntry){ OH_LOG_LINE_ADDED, .line = oh_line_get_id (line) }, "Line %s on %s",
                oh_line_get_id (line),
                *oh_line_get_device (line) != '\0' ? oh_line_get_device (line)
                                                   : "a modem that is to come");
}

static void
take_up (OhManager *self, OhLine *line)
{
  g_autoptr (GVariant) saved
      = oh_store_read (self->bus.store, oh_line_get_id (line), G_VARIANT_TYPE (oh_line_type));
  gboolean resumed = saved != NULL && oh_line_resume (line, saved);

  if (!resumed) /* else it is locked, by ourselves */
    oh_store_forget_fd (self->bus.store, oh_line_get_id (line));
  if (!oh_ports_fits (self->ports, line))
    oh_line_move (line);
  else if (!resumed)
    oh_line_begin (line);
}

/* The line that has the device and stays there; NULL: none. */
static OhLine *
find_holder (OhManager *self, const char *device)
{
  OhLine *line = device != NULL ? oh_manager_find_by_device (self, device) : NULL;

  return line != NULL && !oh_line_is_moving (line) ? line : NULL;
}

/* Whether another line has what @config asks for; that is logged. */
static gboolean
is_refused (OhManager *self, const OhLineConfig *config)
{
  gboolean named = oh_manager_find_line (self, config->alias) != NULL;
  OhLine *holder = find_holder (self, config->device);

  if (named)
    oh_log_event (&(OhLogEntry){ OH_LOG_CONFIG_MISTAKE, .line = config->alias },
                  "Line %s: its name is taken by another line", config->alias);
  else if (holder != NULL)
    oh_log_event (&(OhLogEntry){ OH_LOG_CONFIG_MISTAKE, .line = config->alias },
                  "Line %s: its device %s is taken by line %s", config->alias, config->device,
                  oh_line_get_id (holder));
  return named || holder != NULL;
}

void
oh_manager_add_configured (OhManager *self, const OhLineConfig *config)
{
  OhLine *line;

  if (is_refused (self, config))
    return;
  line = oh_line_new (&self->bus, config);
  oh_line_set_origin (line, OH_LINE_CONFIGURED);
  oh_manager_take_line (self, line);
  take_up (self, line);
}

/* Announced by a rule, and named by the configuration since. */
static gboolean
is_claimed (OhManager *self, const OhConfig *config, OhLine *line)
{
  if (oh_line_get_origin (line) != OH_LINE_ANNOUNCED)
    return FALSE;
  for (guint i = 0; i < config->lines->len; i++)
    {
      if (oh_ports_is_claimed (self->ports, config->lines->pdata[i], line))
        return TRUE;
    }
  return FALSE;
}

/* Lines of AddLine and of rules; and those that have left the configuration, or whose device it
 * gives to another: their handles are to hear of it. One that is left out by mistake stays. */
static void
take_up_rest (OhManager *self, const char *id, const OhConfig *now)
{
  g_autoptr (GVariant) saved = oh_store_read (self->bus.store, id, G_VARIANT_TYPE (oh_line_type));
  g_autoptr (OhLineConfig) config = NULL;
  gboolean taken;
  OhLine *line;

  if (saved == NULL || oh_manager_find_line (self, id) != NULL)
    return;
  config = oh_line_saved_config (id, saved);
  taken = config->device != NULL && oh_manager_find_by_device (self, config->device) != NULL;
  line = oh_line_new (&self->bus, config);
  oh_line_set_origin (line, oh_line_saved_origin (saved));
  oh_manager_take_line (self, line);
  if (is_claimed (self, now, line))
    {
      taken = TRUE;
      oh_store_forget_fd (self->bus.store, id);
    }
  if (taken || (oh_line_get_origin (line) == OH_LINE_CONFIGURED && now->n_mistakes == 0))
    g_ptr_array_add (self->leaving, line);
  if (taken)
    oh_line_resume (line, saved); /* without its modem */
  else
    take_up (self, line);
}

/* Whether the line @id is none of @config's, and another of them has its @device. */
static gboolean
is_renamed (const OhConfig *config, const char *id, const char *device)
{
  g_autofree char *node = oh_port_resolve (device);
  gboolean taken = FALSE;

  for (guint i = 0; i < config->lines->len; i++)
    {
      const OhLineConfig *one = config->lines->pdata[i];
      g_autofree char *other = one->device != NULL ? oh_port_resolve (one->device) : NULL;

      if (g_str_equal (one->alias, id))
        return FALSE;
      taken |= g_strcmp0 (other, node) == 0;
    }
  return taken;
}

/* Of such lines: else they are locked, by ourselves. */
static void
let_go_of_ports (OhManager *self, const OhConfig *config, const GPtrArray *left)
{
  for (guint i = 0; i < left->len; i++)
    {
      const char *id = left->pdata[i];
      g_autoptr (GVariant) saved
          = oh_store_read (self->bus.store, id, G_VARIANT_TYPE (oh_line_type));
      g_autoptr (OhLineConfig) before = saved != NULL ? oh_line_saved_config (id, saved) : NULL;

      if (before != NULL && before->device != NULL && is_renamed (config, id, before->device))
        oh_store_forget_fd (self->bus.store, id);
    }
}

void
oh_manager_load (OhManager *self, const OhConfig *config)
{
  g_autoptr (GPtrArray) left = oh_store_list (self->bus.store);

  let_go_of_ports (self, config, left);
  for (guint i = 0; i < config->lines->len; i++)
    oh_manager_add_configured (self, config->lines->pdata[i]);
  for (guint i = 0; i < left->len; i++)
    take_up_rest (self, left->pdata[i], config);
  oh_store_sweep (self->bus.store);
  oh_auth_ask_again (self->bus.auth);
  oh_manager_set_probing (self, config->probe_s);
  oh_ports_set_announced (self->ports, config->announced);
  oh_ports_start (self->ports);
}

static void
probe_line (gpointer line, gpointer user_data)
{
  OhModem *modem = oh_line_get_modem (line);

  if (modem != NULL)
    oh_modem_probe (modem);
}

/* All in one turn: one waking for any number of them. */
static gboolean
on_probe (gpointer user_data)
{
  oh_manager_foreach_line (user_data, probe_line, NULL);
  return G_SOURCE_CONTINUE;
}

void
oh_manager_set_probing (OhManager *self, guint seconds)
{
  if (self->probe_s == seconds)
    return;
  self->probe_s = seconds;
  g_clear_handle_id (&self->prober, g_source_remove);
  self->prober = g_timeout_add_seconds (seconds, on_probe, self);
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

void
oh_manager_remove_line (OhManager *self, OhLine *line, OhClosed why)
{
  g_object_ref (line);
  oh_ports_forget_line (self->ports, line);
  oh_mm_forget_line (self->mm, line);
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
    oh_manager_remove_line (self, g_ptr_array_steal_index (self->leaving, 0), OH_CLOSED_REMOVED);
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
    oh_manager_remove_line (self, self->lines->pdata[0], OH_CLOSED_SHUTDOWN);
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
  self->stop_timer = g_idle_add_full (G_PRIORITY_DEFAULT, on_stop, self, NULL);
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
oh_manager_new (GDBusConnection *connection, const OhLimits *limits, const char *state_dir,
                const char *names_dir)
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
  self->ports = oh_ports_new (self, names_dir);
  self->mm = oh_mm_new (self);
  self->bus.find_holder = oh_mm_find_holder;
  self->bus.holder_data = self->mm;
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
  g_clear_handle_id (&self->prober, g_source_remove);
  while (self->lines->len > 0)
    oh_manager_remove_line (self, self->lines->pdata[0], OH_CLOSED_REMOVED);
  g_clear_pointer (&self->ports, oh_ports_free);
  g_clear_pointer (&self->mm, oh_mm_free);
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
  oh_manager_add_iface_init (iface);
  oh_manager_explain_iface_init (iface);
}
