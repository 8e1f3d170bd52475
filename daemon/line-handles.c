// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/line-private.h"

#include <string.h>

#include "daemon/delivery.h"
#include "daemon/error.h"

#define PATH_MAX_BYTES 255

/* A line's handles: Open, Close, SetEvents, ListHandles, and what the handles are told. */

static GVariant *
line_details (OhLine *self, OhKind kind)
{
  OhDbusLine *object = OH_DBUS_LINE (self);
  GVariantDict details;

  g_variant_dict_init (&details, NULL);
  if (kind == OH_KIND_LINE_STATE)
    {
      g_variant_dict_insert (&details, "State", "s", oh_dbus_line_get_state (object));
      g_variant_dict_insert (&details, "StateReason", "s", oh_dbus_line_get_state_reason (object));
    }
  else if (kind == OH_KIND_HEALTH)
    {
      g_variant_dict_insert (&details, "Health", "s", oh_dbus_line_get_health (object));
      g_variant_dict_insert (&details, "HealthReason", "s",
                             oh_dbus_line_get_health_reason (object));
    }
  else
    g_variant_dict_insert (&details, "Count", "u", oh_dbus_line_get_ring_count (object));
  return g_variant_dict_end (&details);
}

static GVariant *
details_for (OhLine *self, OhKind kind, OhCall *call, OhHandle *handle)
{
  switch (kind)
    {
    case OH_KIND_NEW_CALL:
    case OH_KIND_CALL_STATE:
    case OH_KIND_CALL_INFO:
      return oh_call_get_details (call, oh_handle_sees_party (handle));
    case OH_KIND_RINGING:
    case OH_KIND_LINE_STATE:
    case OH_KIND_HEALTH:
      return line_details (self, kind);
    case OH_KIND_DIGIT:
    case OH_KIND_GENERATE:
    case OH_N_KINDS:
      break;
    }
  g_assert_not_reached ();
}

void
oh_line_tell (OhLine *self, OhKind kind, OhCall *call)
{
  /* Delivering may void a handle, that is, take it out of the array: those before it stay. */
  for (guint i = self->handles->len; i > 0; i--)
    {
      OhHandle *handle = self->handles->pdata[i - 1];

      oh_handle_deliver (handle, kind, call, details_for (self, kind, call, handle));
    }
}

void
oh_line_tell_peer (OhLine *self, const char *peer_name, OhKind kind, OhCall *call,
                   GVariant *details)
{
  g_autoptr (GVariant) kept = g_variant_ref_sink (details);

  for (guint i = self->handles->len; i > 0; i--)
    {
      OhHandle *handle = self->handles->pdata[i - 1];

      if (g_str_equal (oh_peer_get_name (oh_handle_get_peer (handle)), peer_name))
        oh_handle_deliver (handle, kind, call, kept);
    }
}

static void
show_handles (OhLine *self)
{
  oh_dbus_line_set_num_handles (OH_DBUS_LINE (self), self->handles->len);
}

static void
on_handle_void (OhHandle *handle, OhClosed why, gpointer user_data)
{
  OhLine *self = user_data;

  self->n_overflows += why == OH_CLOSED_OVERFLOW;
  self->n_unresponsive += why == OH_CLOSED_UNRESPONSIVE;
  g_ptr_array_remove (self->handles, handle);
  show_handles (self);
}

static OhHandle *
find_handle (OhLine *self, OhPeer *peer, const char *path)
{
  for (guint i = 0; i < self->handles->len; i++)
    {
      if (oh_handle_is (self->handles->pdata[i], oh_peer_get_name (peer), path))
        return self->handles->pdata[i];
    }
  return NULL;
}

static guint
count_of_peer (OhLine *self, OhPeer *peer)
{
  guint n = 0;

  for (guint i = 0; i < self->handles->len; i++)
    n += oh_handle_get_peer (self->handles->pdata[i]) == peer;
  return n;
}

gboolean
oh_line_has_handle_of (OhLine *self, OhPeer *peer)
{
  return count_of_peer (self, peer) > 0;
}

static GError *
not_open (const char *path)
{
  return g_error_new (OH_ERROR, OH_ERROR_NOT_OPEN, "This connection has no handle %s here", path);
}

/* The only option is Events. */
static gboolean
parse_open_options (GVariant *options, guint *ret_kinds, GError **error)
{
  GVariantIter iter;
  const char *key;
  GVariant *value;

  *ret_kinds = OH_KINDS_ALL;
  g_variant_iter_init (&iter, options);
  while (g_variant_iter_next (&iter, "{&sv}", &key, &value))
    {
      g_autoptr (GVariant) held = value;
      g_autofree const char **names = NULL;

      if (!g_str_equal (key, "Events") || !g_variant_is_of_type (held, G_VARIANT_TYPE ("as")))
        {
          g_set_error (error, G_DBUS_ERROR, G_DBUS_ERROR_INVALID_ARGS,
                       "Open knows no option \"%s\" of type %s", key,
                       g_variant_get_type_string (held));
          return FALSE;
        }
      names = g_variant_get_strv (held, NULL);
      if (!oh_kinds_parse (names, ret_kinds, error))
        return FALSE;
    }
  return TRUE;
}

static GError *
refuse_open (OhLine *self, OhPeer *peer, const char *path)
{
  const char *too_much = oh_peers_refuse (self->bus->peers, peer);

  if (self->modem == NULL)
    return g_error_new (G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_OBJECT, "Line %s is removed", self->id);
  /* It is kept, and goes out with every event: unread ones are held by the bus at our expense. */
  if (strlen (path) > PATH_MAX_BYTES)
    return g_error_new (G_DBUS_ERROR, G_DBUS_ERROR_INVALID_ARGS,
                        "The path of a listener has at most %d bytes", PATH_MAX_BYTES);
  if (find_handle (self, peer, path) != NULL)
    return g_error_new (OH_ERROR, OH_ERROR_ALREADY_OPEN, "This connection has handle %s already",
                        path);
  if (too_much != NULL)
    return g_error_new (OH_ERROR, OH_ERROR_LIMITS_EXCEEDED, "%s", too_much);
  if (count_of_peer (self, peer) >= self->bus->limits->handles_per_line)
    return g_error_new (OH_ERROR, OH_ERROR_LIMITS_EXCEEDED,
                        "This connection has %u handles on line %s", count_of_peer (self, peer),
                        self->id);
  return NULL;
}

static GVariant *
make_snapshot (OhLine *self, OhHandle *handle)
{
  OhDbusLine *object = OH_DBUS_LINE (self);
  GVariantDict snapshot;
  GVariantBuilder calls;

  g_variant_builder_init (&calls, G_VARIANT_TYPE ("a(oa{sv})"));
  for (guint i = 0; i < self->calls->len; i++)
    {
      OhCall *call = self->calls->pdata[i];

      if (oh_call_get_state (call) != OH_CALL_ENDED)
        g_variant_builder_add (&calls, "(o@a{sv})", oh_call_get_path (call),
                               oh_call_get_details (call, oh_handle_sees_party (handle)));
    }
  g_variant_dict_init (&snapshot, NULL);
  g_variant_dict_insert (&snapshot, "State", "s", oh_dbus_line_get_state (object));
  g_variant_dict_insert (&snapshot, "StateReason", "s", oh_dbus_line_get_state_reason (object));
  g_variant_dict_insert (&snapshot, "Health", "s", oh_dbus_line_get_health (object));
  g_variant_dict_insert (&snapshot, "HealthReason", "s", oh_dbus_line_get_health_reason (object));
  g_variant_dict_insert (&snapshot, "Serial", "t", oh_handle_get_serial (handle));
  g_variant_dict_insert_value (&snapshot, "Calls", g_variant_builder_end (&calls));
  return g_variant_dict_end (&snapshot);
}

static void
open_handle (gpointer object, OhPeer *peer, GDBusMethodInvocation *invocation)
{
  OhLine *self = object;
  g_autoptr (GVariant) options = NULL;
  const char *path;
  OhHandle *handle;
  GError *error;
  guint kinds;

  g_variant_get (g_dbus_method_invocation_get_parameters (invocation), "(&o@a{sv})", &path,
                 &options);
  error = refuse_open (self, peer, path);
  if (error == NULL)
    parse_open_options (options, &kinds, &error);
  if (error != NULL)
    {
      oh_error_reply (invocation, error);
      return;
    }
  handle = oh_handle_new (peer, path, self->path, on_handle_void, self);
  oh_handle_set_kinds (handle, kinds);
  g_ptr_array_add (self->handles, handle);
  oh_dbus_line_complete_open (OH_DBUS_LINE (self), invocation, make_snapshot (self, handle));
  show_handles (self);
}

static gboolean
handle_open (OhDbusLine *object, GDBusMethodInvocation *invocation, const char *listener,
             GVariant *options)
{
  oh_auth_check (OH_LINE (object)->bus, OH_AUTH_OPEN, invocation, open_handle, object);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static void
close_handle (gpointer object, OhPeer *peer, GDBusMethodInvocation *invocation)
{
  OhLine *self = object;
  OhHandle *handle;
  const char *path;

  g_variant_get (g_dbus_method_invocation_get_parameters (invocation), "(&o)", &path);
  handle = find_handle (self, peer, path);
  if (handle == NULL)
    {
      oh_error_reply (invocation, not_open (path));
      return;
    }
  oh_handle_close (handle);
  oh_dbus_line_complete_close (OH_DBUS_LINE (self), invocation);
}

static gboolean
handle_close (OhDbusLine *object, GDBusMethodInvocation *invocation, const char *listener)
{
  oh_auth_check (OH_LINE (object)->bus, OH_AUTH_OPEN, invocation, close_handle, object);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static void
set_events (gpointer object, OhPeer *peer, GDBusMethodInvocation *invocation)
{
  OhLine *self = object;
  g_autofree const char **names = NULL;
  g_autoptr (OhHandle) handle = NULL;
  GError *error = NULL;
  const char *path;
  guint kinds, unmasked;

  g_variant_get (g_dbus_method_invocation_get_parameters (invocation), "(&o^a&s)", &path, &names);
  handle = find_handle (self, peer, path);
  if (handle != NULL)
    oh_handle_ref (handle); /* delivering may void it */
  if (handle == NULL)
    error = not_open (path);
  else
    oh_kinds_parse (names, &kinds, &error);
  if (error != NULL)
    {
      oh_error_reply (invocation, error);
      return;
    }
  unmasked = kinds & ~oh_handle_get_kinds (handle);
  oh_handle_set_kinds (handle, kinds);
  oh_dbus_line_complete_set_events (OH_DBUS_LINE (self), invocation);
  for (OhKind kind = OH_KIND_LINE_STATE; kind <= OH_KIND_HEALTH; kind++)
    {
      if (unmasked & 1u << kind)
        oh_handle_deliver (handle, kind, NULL, line_details (self, kind));
    }
}

static gboolean
handle_set_events (OhDbusLine *object, GDBusMethodInvocation *invocation, const char *listener,
                   const char *const *kinds)
{
  oh_auth_check (OH_LINE (object)->bus, OH_AUTH_OPEN, invocation, set_events, object);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static GVariant *
describe_handle (OhHandle *handle)
{
  OhPeer *peer = oh_handle_get_peer (handle);
  GVariantDict details;

  g_variant_dict_init (&details, NULL);
  g_variant_dict_insert (&details, "Serial", "t", oh_handle_get_serial (handle));
  g_variant_dict_insert (&details, "Queued", "u", oh_handle_get_queued (handle));
  g_variant_dict_insert (&details, "Pid", "u", oh_peer_get_pid (peer));
  g_variant_dict_insert (&details, "Uid", "u", oh_peer_get_uid (peer));
  g_variant_dict_insert (&details, "Waiting", "b",
                         oh_delivery_is_waiting (oh_peer_get_delivery (peer)));
  return g_variant_new ("(sos@a{sv})", oh_peer_get_name (peer), oh_handle_get_path (handle),
                        "monitor", g_variant_dict_end (&details));
}

static void
list_handles (gpointer object, OhPeer *peer, GDBusMethodInvocation *invocation)
{
  OhLine *self = object;
  GVariantBuilder handles;

  g_variant_builder_init (&handles, G_VARIANT_TYPE ("a(sosa{sv})"));
  for (guint i = 0; i < self->handles->len; i++)
    g_variant_builder_add_value (&handles, describe_handle (self->handles->pdata[i]));
  oh_dbus_line_complete_list_handles (OH_DBUS_LINE (self), invocation,
                                      g_variant_builder_end (&handles));
}

static gboolean
handle_list_handles (OhDbusLine *object, GDBusMethodInvocation *invocation)
{
  oh_auth_check (OH_LINE (object)->bus, OH_AUTH_CONFIGURE, invocation, list_handles, object);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

void
oh_line_release_handles (OhLine *self, OhClosed why)
{
  /* "removed" comes behind the last events; from then on the handle is no longer the line's matter.
   */
  for (guint i = self->handles->len; i > 0; i--)
    {
      g_autoptr (OhHandle) handle = oh_handle_ref (self->handles->pdata[i - 1]);

      if (why != OH_CLOSED_REMOVED)
        {
          oh_handle_release (handle, why);
          continue;
        }
      g_ptr_array_remove (self->handles, handle);
      oh_handle_release_last (handle);
    }
  show_handles (self);
}

void
oh_line_handles_iface_init (OhDbusLineIface *iface)
{
  iface->handle_open = handle_open;
  iface->handle_close = handle_close;
  iface->handle_set_events = handle_set_events;
  iface->handle_list_handles = handle_list_handles;
}
