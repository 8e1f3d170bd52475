// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/line-private.h"

#include <string.h>

#include "daemon/call-table.h"
#include "daemon/delivery.h"
#include "daemon/error.h"
#include "daemon/gather.h"

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
      g_variant_dict_insert_value (&details, "Counters", oh_line_get_counters (self, FALSE));
    }
  else
    {
      g_variant_dict_insert (&details, "Count", "u", oh_dbus_line_get_ring_count (object));
      if (*self->ring_pattern != '\0')
        g_variant_dict_insert (&details, "Pattern", "s", self->ring_pattern);
    }
  return g_variant_dict_end (&details);
}

/* Who dialled it sees the number that he dialled. */
static GVariant *
call_details (OhCall *call, OhHandle *handle)
{
  OhPeer *peer = oh_handle_get_peer (handle);
  gboolean owns = oh_call_get_owner (call)->peer == peer;
  gboolean sees = oh_handle_sees_party (handle) || oh_call_is_maker (call, oh_peer_get_name (peer));

  if (!sees)
    oh_handle_set_missed (handle, TRUE);
  return oh_call_get_details (call, sees, owns);
}

static GVariant *
details_for (OhLine *self, OhKind kind, OhCall *call, OhHandle *handle)
{
  switch (kind)
    {
    case OH_KIND_NEW_CALL:
    case OH_KIND_CALL_STATE:
    case OH_KIND_CALL_INFO:
      return call_details (call, handle);
    case OH_KIND_RINGING:
    case OH_KIND_LINE_STATE:
    case OH_KIND_HEALTH:
      return line_details (self, kind);
    case OH_KIND_DIGIT:
    case OH_KIND_GENERATE:
    case OH_KIND_USSD:
    case OH_KIND_TONE:
    case OH_KIND_GATHER:
    case OH_N_KINDS:
      break;
    }
  g_assert_not_reached ();
}

static void
tell (OhLine *self, OhHandle *handle, OhKind kind, OhCall *call)
{
  oh_handle_deliver (handle, kind, call, details_for (self, kind, call, handle));
}

void
oh_line_tell (OhLine *self, OhKind kind, OhCall *call)
{
  oh_line_touch (self);
  /* Delivering may void a handle, that is, take it out of the array: those before it stay. */
  for (guint i = self->handles->len; i > 0; i--)
    tell (self, self->handles->pdata[i - 1], kind, call);
}

void
oh_line_tell_peers (OhLine *self, OhKind kind, OhCall *call, OhPeer *one, OhPeer *other)
{
  for (guint i = self->handles->len; i > 0; i--)
    {
      OhPeer *peer = oh_handle_get_peer (self->handles->pdata[i - 1]);

      if (peer == one || peer == other)
        tell (self, self->handles->pdata[i - 1], kind, call);
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
  oh_line_touch (self);
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
  oh_line_log_release (self, handle, why);
  oh_line_look_after_calls (self);
}

static void
on_handle_touched (OhHandle *handle, gboolean lazily, gpointer user_data)
{
  OhLine *self = user_data;

  if (self->keeper != NULL && lazily)
    oh_keeper_touch_lazily (self->keeper);
  else if (self->keeper != NULL)
    oh_keeper_touch (self->keeper);
}

const OhHandleFuncs oh_line_handle_funcs = {
  .voided = on_handle_void,
  .touched = on_handle_touched,
};

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

static GError *
refuse_open (OhLine *self, OhPeer *peer, const char *path)
{
  const char *too_much = oh_peers_refuse (self->bus->peers, peer);
  OhHandle *handle = find_handle (self, peer, path);

  if (self->modem == NULL)
    return g_error_new (G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_OBJECT, "Line %s is removed", self->id);
  /* It is kept, and goes out with every event: unread ones are held by the bus at our expense. */
  if (strlen (path) > PATH_MAX_BYTES)
    return g_error_new (G_DBUS_ERROR, G_DBUS_ERROR_INVALID_ARGS,
                        "The path of a listener has at most %d bytes", PATH_MAX_BYTES);
  if (handle != NULL && oh_handle_is_inherited (handle))
    return NULL;
  if (handle != NULL)
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
                               details_for (self, OH_KIND_NEW_CALL, call, handle));
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

/* @handle knows by its snapshot. */
static void
tell_siblings (OhLine *self, OhHandle *handle, GPtrArray *calls)
{
  for (guint i = 0; i < calls->len; i++)
    {
      for (guint j = self->handles->len; j > 0; j--)
        {
          OhHandle *sibling = self->handles->pdata[j - 1];

          if (sibling != handle && oh_handle_get_peer (sibling) == oh_handle_get_peer (handle))
            tell (self, sibling, OH_KIND_CALL_STATE, calls->pdata[i]);
        }
    }
}

static void
open_handle (gpointer object, OhPeer *peer, GDBusMethodInvocation *invocation)
{
  OhLine *self = object;
  g_autoptr (GVariant) options = NULL;
  g_autoptr (GPtrArray) adopted = NULL;
  const char *path;
  OhHandle *handle;
  OhHandleOptions wanted;
  GError *error;

  g_variant_get (g_dbus_method_invocation_get_parameters (invocation), "(&o@a{sv})", &path,
                 &options);
  error = refuse_open (self, peer, path);
  if (error == NULL)
    oh_handle_options_parse (&wanted, options, &error);
  if (error != NULL)
    {
      oh_error_reply (invocation, error);
      return;
    }
  handle = find_handle (self, peer, path);
  if (handle != NULL)
    oh_handle_open_again (handle, &wanted);
  else
    {
      handle = oh_handle_new (peer, path, self->path, &wanted, &oh_line_handle_funcs, self);
      g_ptr_array_add (self->handles, handle);
    }
  adopted = oh_line_adopt_calls (self, handle);
  oh_line_touch (self);
  oh_store_commit (self->bus->store); /* a handle that was promised outlives us from now on */
  oh_dbus_line_complete_open (OH_DBUS_LINE (self), invocation, make_snapshot (self, handle));
  show_handles (self);
  tell_siblings (self, handle, adopted);
}

static gboolean
handle_open (OhDbusLine *object, GDBusMethodInvocation *invocation, const char *listener,
             GVariant *options)
{
  OhHandleOptions wanted;
  g_autoptr (GError) error = NULL;

  if (!oh_handle_options_parse (&wanted, options, &error))
    oh_error_reply (invocation, g_steal_pointer (&error));
  else
    oh_auth_check_open (OH_LINE (object)->bus, wanted.needs_control, invocation, open_handle,
                        object);
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
  oh_store_commit (self->bus->store);
  oh_dbus_line_complete_close (OH_DBUS_LINE (self), invocation);
}

static gboolean
handle_close (OhDbusLine *object, GDBusMethodInvocation *invocation, const char *listener)
{
  oh_auth_check (OH_LINE (object)->bus, OH_AUTH_NOTHING, invocation, close_handle, object);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

/* What the kinds that tell a state would say now. */
static void
tell_present (OhLine *self, OhHandle *handle, guint kinds)
{
  for (OhKind kind = OH_KIND_LINE_STATE; kind <= OH_KIND_HEALTH; kind++)
    {
      if (kinds & 1u << kind)
        tell (self, handle, kind, NULL);
    }
  for (guint i = 0; i < self->calls->len; i++)
    {
      OhCall *call = self->calls->pdata[i];
      OhCallState state = oh_call_get_state (call);

      if (kinds & 1u << OH_KIND_CALL_INFO && oh_call_is_live (state))
        tell (self, handle, OH_KIND_CALL_INFO, call);
      if (kinds & 1u << OH_KIND_RINGING && state == OH_CALL_OFFERING
          && oh_dbus_line_get_ring_count (OH_DBUS_LINE (self)) > 0)
        tell (self, handle, OH_KIND_RINGING, call);
    }
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
  unmasked = kinds & ~oh_handle_get_options (handle)->kinds;
  oh_handle_set_kinds (handle, kinds);
  oh_dbus_line_complete_set_events (OH_DBUS_LINE (self), invocation);
  tell_present (self, handle, unmasked);
}

static gboolean
handle_set_events (OhDbusLine *object, GDBusMethodInvocation *invocation, const char *listener,
                   const char *const *kinds)
{
  oh_auth_check (OH_LINE (object)->bus, OH_AUTH_NOTHING, invocation, set_events, object);
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
  g_variant_dict_insert (&details, "Priority", "i", oh_handle_get_options (handle)->priority);
  g_variant_dict_insert (&details, "Pid", "u", oh_peer_get_pid (peer));
  g_variant_dict_insert (&details, "Uid", "u", oh_peer_get_uid (peer));
  g_variant_dict_insert (&details, "Waiting", "b",
                         oh_delivery_is_waiting (oh_peer_get_delivery (peer)));
  return g_variant_new ("(sos@a{sv})", oh_peer_get_name (peer), oh_handle_get_path (handle),
                        oh_handle_get_options (handle)->owner ? "owner" : "monitor",
                        g_variant_dict_end (&details));
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

/* What was left out, now that it may be seen. */
static void
complete_party (OhLine *self, OhHandle *handle)
{
  if (!oh_handle_has_missed (handle) || !oh_handle_sees_party (handle))
    return;
  oh_handle_set_missed (handle, FALSE);
  for (guint i = 0; i < self->calls->len; i++)
    {
      if (oh_call_is_live (oh_call_get_state (self->calls->pdata[i])))
        tell (self, handle, OH_KIND_CALL_INFO, self->calls->pdata[i]);
    }
}

/* What needs the permission to control, and was asked for while it was there. */
static void
lose_control (OhLine *self, OhPeer *peer)
{
  for (guint i = 0; i < self->handles->len; i++)
    {
      if (oh_handle_get_peer (self->handles->pdata[i]) == peer)
        oh_handle_demote (self->handles->pdata[i]);
    }
  for (guint i = 0; i < self->calls->len; i++)
    {
      OhCall *call = self->calls->pdata[i];

      if (!oh_call_is_maker (call, oh_peer_get_name (peer)))
        {
          oh_call_monitor_digits (call, oh_peer_get_name (peer), FALSE);
          oh_gather_end (call, peer, "cancelled");
        }
    }
  oh_line_look_after_calls (self);
}

void
oh_line_take_permission (OhLine *self, OhPeer *peer, OhAuthAction action)
{
  if (action == OH_AUTH_CONTROL && oh_peer_get_verdict (peer, action) != OH_VERDICT_YES)
    lose_control (self, peer);
  for (guint i = self->handles->len; action == OH_AUTH_IDENTIFY && i > 0; i--)
    {
      OhHandle *handle = self->handles->pdata[i - 1];

      if (oh_handle_get_peer (handle) == peer)
        complete_party (self, handle);
    }
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
