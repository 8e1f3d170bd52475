// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/line-pending.h"

#include "daemon/error.h"

static void
pending_free (OhPending *pending)
{
  g_clear_handle_id (&pending->timer, g_source_remove);
  g_signal_handler_disconnect (pending->peer, pending->watch);
  oh_peer_paid (pending->peer);
  g_object_unref (pending->peer);
  g_clear_object (&pending->call);
  oh_request_unref (pending->request);
  g_object_unref (pending->line);
  g_free (pending->number);
  g_free (pending);
}

static void
on_settled (OhRequest *request, const GError *error, gpointer user_data)
{
  OhPending *pending = user_data;

  g_ptr_array_remove_fast (pending->line->requests, pending);
  oh_line_touch (pending->line);
  if (pending->kind == OH_PENDING_DIAL)
    g_signal_emit_by_name (pending->line, "busy-changed");
  if (error != NULL)
    oh_error_reply (pending->invocation, g_error_copy (error));
  pending->settled (pending, error);
  pending_free (pending);
}

static void
on_vanished (OhPeer *peer, gpointer user_data)
{
  OhPending *pending = user_data;

  if (pending->vanished != NULL)
    pending->vanished (pending);
}

static gboolean
on_reply_due (gpointer user_data)
{
  OhPending *pending = user_data;

  pending->timer = 0;
  oh_request_done (pending->request);
  return G_SOURCE_REMOVE;
}

OhPending *
oh_pending_new (OhLine *line, OhPendingKind kind, OhPeer *peer, GDBusMethodInvocation *invocation,
                void (*settled) (OhPending *pending, const GError *error))
{
  OhPending *pending;

  if (!oh_peer_owe (peer))
    {
      oh_error_reply (invocation, oh_peer_owes_too_much ());
      return NULL;
    }
  pending = g_new0 (OhPending, 1);
  pending->line = g_object_ref (line);
  pending->kind = kind;
  pending->peer = g_object_ref (peer);
  pending->invocation = invocation;
  pending->settled = settled;
  pending->request = oh_request_new (on_settled, pending);
  pending->watch = g_signal_connect (peer, "vanished", G_CALLBACK (on_vanished), pending);
  g_ptr_array_add (line->requests, pending);
  oh_line_touch (line);
  if (kind == OH_PENDING_DIAL)
    g_signal_emit_by_name (line, "busy-changed");
  return pending;
}

static GError *
line_is_gone (void)
{
  return g_error_new (OH_ERROR, OH_ERROR_NO_DEVICE, "The line is removed");
}

static void
on_asked (OhPending *pending, const GError *error)
{
  if (error == NULL)
    g_dbus_method_invocation_return_value (pending->invocation,
                                           oh_request_get_result (pending->request));
}

OhPending *
oh_pending_ask (OhLine *line, OhPeer *peer, GDBusMethodInvocation *invocation, GError *refusal)
{
  GError *error = line == NULL ? line_is_gone () : oh_line_refuse (line);

  if (error == NULL)
    error = refusal;
  else
    g_clear_error (&refusal);
  if (error == NULL)
    return oh_pending_new (line, OH_PENDING_NETWORK, peer, invocation, on_asked);
  oh_error_reply (invocation, error);
  return NULL;
}

gboolean
oh_pending_check (OhLine *line, OhAuthAction action, GDBusMethodInvocation *invocation,
                  OhAuthFunc func, gpointer object)
{
  if (line == NULL)
    oh_error_reply (invocation, line_is_gone ());
  else
    oh_auth_check (line->bus, action, invocation, func, object);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

void
oh_pending_set_call (OhPending *pending, OhCall *call)
{
  pending->call = g_object_ref (call);
  pending->modem_call = oh_call_get_modem_call (call);
}

void
oh_pending_limit (OhPending *pending)
{
  pending->timer = g_timeout_add (pending->line->bus->limits->reply_ms, on_reply_due, pending);
}

OhPending *
oh_pending_find (OhLine *line, OhPendingKind kind, guint modem_call)
{
  for (guint i = 0; i < line->requests->len; i++)
    {
      OhPending *pending = line->requests->pdata[i];

      if (pending->kind == kind && (modem_call == 0 || pending->modem_call == modem_call))
        return pending;
    }
  return NULL;
}

void
oh_line_fail_requests (OhLine *line, int code, const char *text)
{
  while (line->requests->len > 0)
    {
      OhPending *pending = line->requests->pdata[0];

      oh_request_fail (pending->request, code, "%s", text);
    }
}
