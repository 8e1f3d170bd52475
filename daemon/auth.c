// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/auth.h"

#include "daemon/error.h"

typedef struct
{
  OhAuthAction action;
  GDBusMethodInvocation *invocation;
  OhAuthFunc func;
  GObject *self;
} Check;

static void
on_identified (OhPeer *peer, const GError *error, gpointer user_data)
{
  g_autofree Check *check = user_data;
  g_autoptr (GObject) self = check->self;

  if (error != NULL)
    oh_error_reply (check->invocation, g_error_copy (error));
  else if (check->action != OH_AUTH_OPEN && !oh_peer_is_trusted (peer))
    oh_error_reply (check->invocation,
                    g_error_new (OH_ERROR, OH_ERROR_NOT_AUTHORIZED,
                                 "%s is allowed to root and the daemon's own user only",
                                 g_dbus_method_invocation_get_method_name (check->invocation)));
  else
    check->func (self, peer, check->invocation);
}

void
oh_auth_check (OhBus *bus, OhAuthAction action, GDBusMethodInvocation *invocation, OhAuthFunc func,
               gpointer self)
{
  g_autoptr (OhPeer) peer
      = oh_peers_get (bus->peers, g_dbus_method_invocation_get_sender (invocation));
  Check *check = g_new0 (Check, 1);

  check->action = action;
  check->invocation = invocation;
  check->func = func;
  check->self = g_object_ref (self);
  oh_peer_identify (peer, on_identified, check);
}
