// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "daemon/peer.h"

/* What a caller may need permission for; as the polkit actions. */
typedef enum
{
  OH_AUTH_OPEN, /* everybody */
  OH_AUTH_IDENTIFY,
  OH_AUTH_DIAL,
  OH_AUTH_CONTROL,
  OH_AUTH_CONFIGURE,
} OhAuthAction;

typedef void (*OhAuthFunc) (gpointer self, OhPeer *peer, GDBusMethodInvocation *invocation);

/* Calls @func, then or later, if the sender of @invocation may do @action; else answers it. Only
 * root and the daemon's own user may do anything but open a handle. @self is kept until then. */
void oh_auth_check (OhBus *bus, OhAuthAction action, GDBusMethodInvocation *invocation,
                    OhAuthFunc func, gpointer self);
