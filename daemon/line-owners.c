// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/line-private.h"

#include "daemon/call-table.h"
#include "daemon/error.h"

/* Who owns a line's calls (H25 to H28): a connection with a handle here, or nobody. */

/* Of the handles that want calls: the highest priority, then the first opened. */
static OhHandle *
best_handle (OhLine *self)
{
  OhHandle *best = NULL;

  for (guint i = 0; i < self->handles->len; i++)
    {
      OhHandle *handle = self->handles->pdata[i];
      const OhHandleOptions *options = oh_handle_get_options (handle);

      if (options->owner
          && (best == NULL || options->priority > oh_handle_get_options (best)->priority))
        best = handle;
    }
  return best;
}

/* What the first of its handles that says anything wants done when it is lost. */
gboolean
oh_line_wants_kept (OhLine *self, OhPeer *peer)
{
  for (guint i = 0; i < self->handles->len; i++)
    {
      OhHandle *handle = self->handles->pdata[i];
      const OhHandleOptions *options = oh_handle_get_options (handle);

      if (oh_handle_get_peer (handle) == peer && (options->keep || options->drop))
        return options->keep;
    }
  return self->owner.keep;
}

static void
set_owner (OhLine *self, OhCall *call, OhPeer *peer)
{
  OhOwner *owner = oh_call_get_owner (call);

  g_clear_handle_id (&owner->grace, g_source_remove);
  owner->lost = FALSE;
  oh_line_touch (self);
  g_set_object (&owner->peer, peer);
  if (peer != NULL)
    owner->keep = oh_line_wants_kept (self, peer);
}

/* To those whose privilege is another now, unless another event is about to tell them: its first,
 * or the one that is just being taken in. @before may be gone. */
static void
tell_change (OhLine *self, OhCall *call, OhPeer *before)
{
  OhPeer *now = oh_call_get_owner (call)->peer;

  if (before != now && call != self->changing && g_ptr_array_find (self->calls, call, NULL))
    oh_line_tell_peers (self, OH_KIND_CALL_STATE, call, before, now);
}

void
oh_line_find_owner (OhLine *self, OhCall *call)
{
  OhHandle *handle = best_handle (self);

  if (handle != NULL)
    set_owner (self, call, oh_handle_get_peer (handle));
}

void
oh_line_take_call (OhLine *self, OhCall *call, OhPeer *peer)
{
  OhOwner *owner = oh_call_get_owner (call);
  g_autoptr (OhPeer) before = owner->peer != NULL ? g_object_ref (owner->peer) : NULL;

  if (!oh_call_is_live (oh_call_get_state (call)))
    return;
  owner->taken = TRUE;
  set_owner (self, call, oh_line_has_handle_of (self, peer) ? peer : NULL);
  tell_change (self, call, before);
}

GPtrArray *
oh_line_adopt_calls (OhLine *self, OhHandle *handle)
{
  GPtrArray *adopted = g_ptr_array_new ();

  for (guint i = 0; i < self->calls->len && oh_handle_get_options (handle)->owner; i++)
    {
      OhCall *call = self->calls->pdata[i];
      OhOwner *owner = oh_call_get_owner (call);

      if (owner->peer != NULL || !oh_call_is_live (oh_call_get_state (call))
          || (!owner->lost && oh_call_get_state (call) != OH_CALL_OFFERING))
        continue;
      set_owner (self, call, oh_handle_get_peer (handle));
      g_ptr_array_add (adopted, call);
    }
  return adopted;
}

typedef struct
{
  OhLine *line;
  OhCall *call;
} Grace;

static gboolean
on_grace_over (gpointer user_data)
{
  Grace *grace = user_data;

  oh_call_get_owner (grace->call)->grace = 0;
  g_message ("%s: its owner is gone, it is dropped", oh_call_get_path (grace->call));
  oh_line_let_go (grace->line, grace->call);
  return G_SOURCE_REMOVE;
}

/* H27: a call that is offered rings on, whoever had it; other telephones may answer it. */
static void
begin_grace (OhLine *self, OhCall *call)
{
  OhOwner *owner = oh_call_get_owner (call);
  Grace *grace;

  g_clear_handle_id (&owner->grace, g_source_remove);
  owner->lost = TRUE;
  if (!owner->taken || owner->keep
      || (oh_call_get_state (call) == OH_CALL_OFFERING && !owner->answered))
    return;
  grace = g_new0 (Grace, 1);
  grace->line = self;
  grace->call = call;
  owner->grace
      = g_timeout_add_full (G_PRIORITY_DEFAULT, self->owner.grace_ms, on_grace_over, grace, g_free);
}

/* After a restart; @peer NULL: the owner is gone, or there was none. */
void
oh_line_own_again (OhLine *self, OhCall *call, OhPeer *peer)
{
  OhOwner *owner = oh_call_get_owner (call);
  gboolean keep = owner->keep, lost = owner->lost;

  set_owner (self, call, peer);
  owner->keep = keep;
  if (peer == NULL && lost)
    begin_grace (self, call);
}

void
oh_line_take_answered (OhLine *self, OhCall *call, OhPeer *peer, gboolean listened, gboolean keep)
{
  OhOwner *owner = oh_call_get_owner (call);

  owner->answered = TRUE;
  if (!listened || oh_line_has_handle_of (self, peer))
    {
      oh_line_take_call (self, call, peer);
      return;
    }
  /* It was lost while the modem answered: the call is the next one's already, or nobody's. */
  owner->taken = TRUE;
  if (owner->peer != NULL)
    return;
  owner->keep = keep;
  begin_grace (self, call);
}

/* With a handle, and, if it was merely given it, with one that may be given calls. */
static gboolean
keeps_call (OhLine *self, OhCall *call, OhPeer *peer)
{
  gboolean taken = oh_call_get_owner (call)->taken;

  for (guint i = 0; i < self->handles->len; i++)
    {
      OhHandle *handle = self->handles->pdata[i];

      if (oh_handle_get_peer (handle) == peer && (taken || oh_handle_get_options (handle)->owner))
        return TRUE;
    }
  return FALSE;
}

static void
look_after (OhLine *self, OhCall *call)
{
  OhOwner *owner = oh_call_get_owner (call);
  OhHandle *next = best_handle (self);
  g_autoptr (OhPeer) before = NULL;

  if (owner->peer == NULL || keeps_call (self, call, owner->peer)
      || !oh_call_is_live (oh_call_get_state (call)))
    return;
  before = g_object_ref (owner->peer);
  set_owner (self, call, next != NULL ? oh_handle_get_peer (next) : NULL);
  if (next == NULL)
    begin_grace (self, call);
  tell_change (self, call, before);
}

static gboolean
on_owners_due (gpointer user_data)
{
  OhLine *self = user_data;

  self->owners_due = 0;
  for (guint i = 0; i < self->calls->len; i++)
    look_after (self, self->calls->pdata[i]);
  return G_SOURCE_REMOVE;
}

void
oh_line_look_after_calls (OhLine *self)
{
  /* Not from here: a handle may be void in the middle of telling them all something. */
  if (self->owners_due == 0)
    self->owners_due = g_idle_add_full (G_PRIORITY_DEFAULT, on_owners_due, self, NULL);
}

void
oh_line_disown_call (OhCall *call)
{
  OhOwner *owner = oh_call_get_owner (call);

  g_clear_handle_id (&owner->grace, g_source_remove);
  g_clear_object (&owner->peer);
}

void
oh_line_take_ownership (OhLine *self, OhCall *call, OhPeer *peer, GDBusMethodInvocation *invocation)
{
  if (!oh_line_has_handle_of (self, peer))
    {
      oh_error_reply (invocation, g_error_new (OH_ERROR, OH_ERROR_NOT_OPEN,
                                               "Open a handle on the call's line first"));
      return;
    }
  oh_dbus_call_complete_take_ownership (OH_DBUS_CALL (call), invocation);
  oh_line_take_call (self, call, peer);
}

/* A HandOff while the bus is asked whose the name is. */
typedef struct
{
  OhLine *line;
  OhCall *call;
  OhPeer *from;
  GDBusMethodInvocation *invocation;
} HandOff;

OhPeer *
oh_line_find_peer (OhLine *self, const char *name)
{
  for (guint i = 0; i < self->handles->len; i++)
    {
      OhPeer *peer = oh_handle_get_peer (self->handles->pdata[i]);

      if (g_str_equal (oh_peer_get_name (peer), name))
        return peer;
    }
  return NULL;
}

static GError *
refuse_hand_off (OhLine *self, OhCall *call, OhPeer *from)
{
  OhPeer *owner = oh_call_get_owner (call)->peer;

  if (!oh_call_is_live (oh_call_get_state (call)))
    return g_error_new (OH_ERROR, OH_ERROR_INVALID_STATE, "The call has ended already");
  if (owner != NULL && owner != from)
    return g_error_new (OH_ERROR, OH_ERROR_INVALID_STATE,
                        "Another connection owns the call: take it first");
  return NULL;
}

/* @name: the unique name, NULL when nobody has it. */
static void
hand_off (HandOff *job, const char *name)
{
  OhPeer *to = name != NULL ? oh_line_find_peer (job->line, name) : NULL;
  GError *error = refuse_hand_off (job->line, job->call, job->from);

  if (error == NULL && to == NULL)
    error = g_error_new (OH_ERROR, OH_ERROR_NOT_OPEN,
                         "The connection that is to own the call has no handle on its line");
  oh_peer_paid (job->from);
  if (error != NULL)
    oh_error_reply (job->invocation, error);
  else
    {
      oh_dbus_call_complete_hand_off (OH_DBUS_CALL (job->call), job->invocation);
      oh_line_take_call (job->line, job->call, to);
    }
  g_object_unref (job->line);
  g_object_unref (job->call);
  g_object_unref (job->from);
  g_free (job);
}

static void
on_name_owner (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GVariant) reply
      = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, NULL);
  const char *name = NULL;

  if (reply != NULL)
    g_variant_get (reply, "(&s)", &name);
  hand_off (user_data, name);
}

void
oh_line_hand_off (OhLine *self, OhCall *call, OhPeer *from, const char *name,
                  GDBusMethodInvocation *invocation)
{
  HandOff *job;

  if (!g_dbus_is_name (name))
    {
      oh_error_reply (invocation, g_error_new (G_DBUS_ERROR, G_DBUS_ERROR_INVALID_ARGS,
                                               "\"%.64s\" is no bus name", name));
      return;
    }
  if (!oh_peer_owe (from))
    {
      oh_error_reply (invocation, oh_peer_owes_too_much ());
      return;
    }
  job = g_new0 (HandOff, 1);
  job->line = g_object_ref (self);
  job->call = g_object_ref (call);
  job->from = g_object_ref (from);
  job->invocation = invocation;
  if (g_dbus_is_unique_name (name))
    hand_off (job, name);
  else
    g_dbus_connection_call (self->bus->connection, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                            "org.freedesktop.DBus", "GetNameOwner", g_variant_new ("(s)", name),
                            G_VARIANT_TYPE ("(s)"), G_DBUS_CALL_FLAGS_NONE, -1, NULL, on_name_owner,
                            job);
}
