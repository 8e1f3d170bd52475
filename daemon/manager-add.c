// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/auth.h"
#include "daemon/error.h"
#include "daemon/log.h"
#include "daemon/manager-private.h"

/* Lines that come and go while the daemon runs. */

/* A line that is about to be one, or to be none any more. */
typedef struct
{
  OhManager *manager;
  OhLine *line;
  OhPeer *peer; /* NULL: nobody asked, a file or a rule says so */
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
name_line (OhManager *self, OhLine *line, gboolean mute)
{
  const char *device = oh_line_get_device (line);
  g_autofree char *id
      = oh_ports_make_id (self->ports, device, oh_modem_get_id (oh_line_get_modem (line)), mute);

  oh_line_set_id (line, id);
  if (!mute)
    oh_ports_remember (self->ports, device, id);
}

static GError *
explain (OhManager *self, const char *device, const GError *error)
{
  const char *holder = NULL;

  if (g_error_matches (error, OH_ERROR, OH_ERROR_BUSY) && self->bus.find_holder != NULL)
    holder = self->bus.find_holder (device, self->bus.holder_data);
  if (holder == NULL)
    return g_error_copy (error);
  return g_error_new (OH_ERROR, OH_ERROR_BUSY, "%s is in use by %s", device, holder);
}

static void
on_line_opened (OhRequest *request, const GError *error, gpointer user_data)
{
  g_autofree Asked *asked = user_data;
  g_autoptr (OhManager) self = asked->manager;
  g_autoptr (OhLine) line = asked->line;
  g_autoptr (OhPeer) peer = asked->peer;
  GError *refused = error != NULL ? explain (self, oh_line_get_device (line), error) : NULL;

  if (refused == NULL && *oh_line_get_id (line) == '\0')
    name_line (self, line, FALSE);
  if (refused == NULL)
    refused = refuse_id (self, oh_line_get_id (line));

  g_ptr_array_remove (self->opening, line);
  oh_peer_paid (peer);
  if (refused != NULL)
    {
      oh_error_reply (asked->invocation, refused);
      oh_line_end (line, OH_CLOSED_REMOVED);
      return;
    }
  oh_line_set_origin (line, OH_LINE_ADDED);
  oh_line_show_modem (line);
  oh_manager_take_line (self, g_object_ref (line));
  oh_store_commit (self->bus.store);
  oh_dbus_manager_complete_add_line (OH_DBUS_MANAGER (self), asked->invocation,
                                     oh_line_get_path (line));
}

static GError *
refuse_line (OhManager *self, const char *device, const char *id)
{
  OhLine *holder = oh_manager_find_by_device (self, device);

  if (!g_path_is_absolute (device))
    return g_error_new (G_DBUS_ERROR, G_DBUS_ERROR_INVALID_ARGS, "\"%s\" is no absolute path",
                        device);
  if (holder != NULL)
    return g_error_new (OH_ERROR, OH_ERROR_BUSY, "%s serves line %s", device,
                        oh_line_get_id (holder));
  return id != NULL ? refuse_id (self, id) : NULL;
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
    error = refuse_line (self, device, config->alias);
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

/* The line that has the modem of @announced already, as far as it can have one; it may have come
 * while that was opened. */
static OhLine *
find_line_of_modem (OhManager *self, OhLine *announced)
{
  const char *device = oh_line_get_device (announced);
  const char *id = oh_line_get_id (announced);
  OhLine *line = oh_manager_find_by_device (self, device);

  if (line == NULL)
    line = oh_ports_find_waiting (self->ports, device);
  if (line != NULL)
    return line;
  line = oh_manager_find_line (self, id);
  if (line != NULL)
    return oh_line_get_origin (line) == OH_LINE_ANNOUNCED ? line : NULL;
  for (guint i = 0; i < self->lines->len; i++)
    {
      const OhLineConfig *config = oh_line_get_config (self->lines->pdata[i]);

      if (oh_line_is_placed (self->lines->pdata[i]) && g_strcmp0 (config->match.id, id) == 0)
        return self->lines->pdata[i];
    }
  return NULL;
}

static gboolean
on_place (gpointer user_data)
{
  g_autofree Asked *asked = user_data;
  g_autoptr (OhManager) self = asked->manager;
  g_autoptr (OhLine) line = asked->line;
  g_autofree char *node = g_strdup (oh_line_get_device (line));
  OhLine *own = find_line_of_modem (self, line);

  oh_line_end (line, OH_CLOSED_REMOVED); /* the port is free for */
  if (own != NULL && oh_line_is_placed (own))
    oh_line_place (own, node);
  else if (own != NULL)
    oh_line_try_now (own);
  return G_SOURCE_REMOVE;
}

/* It answers, or it is silent: then a rule says that it is a modem all the same. */
static void
take_announced (Asked *asked, gboolean mute)
{
  OhManager *self = asked->manager;
  g_autoptr (OhLine) line = g_object_ref (asked->line);
  OhLine *own;

  name_line (self, line, mute);
  own = find_line_of_modem (self, line);
  if (own != NULL)
    {
      /* Not from here: its driver is at work. */
      g_idle_add_full (G_PRIORITY_DEFAULT, on_place, asked, NULL);
      return;
    }
  if (oh_manager_find_line (self, oh_line_get_id (line)) != NULL)
    oh_ports_note (self->ports, oh_line_get_device (line), "failed",
                   "A line of another device has its name");
  else
    {
      oh_line_show_modem (line);
      oh_manager_take_line (self, g_object_ref (line));
      if (mute)
        oh_line_begin (line); /* again: what is wrong is shown */
      oh_store_commit (self->bus.store);
    }
  g_object_unref (asked->manager);
  g_object_unref (asked->line);
  g_free (asked);
}

static void
on_announced_opened (OhRequest *request, const GError *error, gpointer user_data)
{
  Asked *asked = user_data;
  OhManager *self = asked->manager;
  const char *node = oh_line_get_device (asked->line);

  g_ptr_array_remove (self->opening, asked->line);
  if (g_error_matches (error, OH_ERROR, OH_ERROR_BUSY) && oh_ports_is_new (self->ports, node))
    {
      /* It would get another name than when it can be asked. */
      g_autoptr (GError) why = explain (self, node, error);

      oh_mm_want (self->mm, node);
      oh_ports_note_busy (self->ports, node, why->message);
    }
  else if (error == NULL || g_error_matches (error, OH_ERROR, OH_ERROR_BUSY)
           || g_error_matches (error, OH_ERROR, OH_ERROR_NOT_RESPONDING))
    {
      take_announced (asked, error != NULL);
      return;
    }
  else if (!g_error_matches (error, OH_ERROR, OH_ERROR_NO_DEVICE))
    {
      oh_ports_note (self->ports, node, "no-modem", error->message);
      oh_ports_look (self->ports, 0); /* a line may be for it, whatever it is */
    }
  oh_line_end (asked->line, OH_CLOSED_REMOVED);
  g_object_unref (asked->line);
  g_free (asked);
  g_object_unref (self);
}

void
oh_manager_open_announced (OhManager *self, const OhTty *tty)
{
  g_autoptr (OhLineConfig) config = oh_line_config_new ();
  g_autoptr (OhRequest) request = NULL;
  Asked *asked = g_new0 (Asked, 1);

  config->device = g_strdup (tty->node);
  config->driver = tty->as;
  asked->manager = g_object_ref (self);
  asked->line = oh_line_new (&self->bus, config);
  oh_line_set_origin (asked->line, OH_LINE_ANNOUNCED);
  g_ptr_array_add (self->opening, asked->line);
  request = oh_request_new (on_announced_opened, asked);
  oh_line_open_device (asked->line, request);
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

/* The line that has this group already; NULL: it is a new one. */
static OhLine *
find_configured (OhManager *self, const OhLineConfig *config)
{
  OhLine *line = oh_manager_find_line (self, config->alias);

  return line != NULL && oh_line_get_origin (line) == OH_LINE_CONFIGURED ? line : NULL;
}

/* What is new may have the device that another line has had until now. */
static void
add_coming (OhManager *self)
{
  g_autoptr (GPtrArray) configs = g_steal_pointer (&self->coming);

  for (guint i = 0; i < configs->len; i++)
    {
      OhLine *line = find_configured (self, configs->pdata[i]);

      if (line != NULL)
        oh_line_reconfigure (line, configs->pdata[i]);
    }
  for (guint i = 0; i < configs->len; i++)
    {
      if (find_configured (self, configs->pdata[i]) == NULL)
        oh_manager_add_configured (self, configs->pdata[i]);
    }
  oh_ports_start (self->ports);
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
    oh_manager_remove_line (self, line, OH_CLOSED_REMOVED);
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
  g_idle_add_full (G_PRIORITY_DEFAULT, on_removal, user_data, NULL);
}

/* Whether there is no place for @line among those of @config. */
static gboolean
has_to_go (OhManager *self, const OhConfig *config, OhLine *line)
{
  OhLineOrigin origin = oh_line_get_origin (line);

  if (origin == OH_LINE_ADDED)
    return FALSE;
  for (guint i = 0; i < config->lines->len; i++)
    {
      const OhLineConfig *one = config->lines->pdata[i];

      if (origin == OH_LINE_CONFIGURED ? g_str_equal (one->alias, oh_line_get_id (line))
                                       : oh_ports_is_claimed (self->ports, one, line))
        return origin == OH_LINE_ANNOUNCED;
    }
  return config->n_mistakes == 0 && (origin == OH_LINE_CONFIGURED || !config->announced);
}

void
oh_manager_reconfigure (OhManager *self, const OhConfig *config)
{
  g_clear_pointer (&self->coming, g_ptr_array_unref);
  self->coming = g_ptr_array_ref (config->lines);
  oh_manager_set_probing (self, config->probe_s);
  oh_ports_set_announced (self->ports, config->announced);
  for (guint i = 0; i < self->lines->len; i++)
    {
      OhLine *line = self->lines->pdata[i];
      g_autoptr (OhRequest) request = NULL;
      Asked *asked;

      if (!has_to_go (self, config, line))
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

void
oh_manager_add_iface_init (OhDbusManagerIface *iface)
{
  iface->handle_add_line = handle_add_line;
  iface->handle_remove_line = handle_remove_line;
}
