// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "daemon/peer.h"

/* May this caller do that? Root and the daemon's own user may do everything; for others polkit is
 * asked, without making anybody else wait, and its decision is kept with the peer until polkit says
 * that something changed (design §5). */

/* A decision about a peer that has handles was made again, or for the first time. */
typedef void (*OhAuthChanged) (OhPeer *peer, OhAuthAction action, gpointer user_data);

OhAuth *oh_auth_new (OhPeers *peers, const OhLimits *limits, OhAuthChanged changed,
                     gpointer user_data);
void oh_auth_free (OhAuth *auth);

/* As if polkit had said that something changed. */
void oh_auth_ask_again (OhAuth *auth);

typedef void (*OhAuthFunc) (gpointer self, OhPeer *peer, GDBusMethodInvocation *invocation);

/* Calls @func, then or later, if the sender of @invocation may do @action; else answers it. A
 * password is asked for if the message allows that. @self is kept until then, and its state may be
 * another one. OH_AUTH_NOTHING: everybody may. */
void oh_auth_check (OhBus *bus, OhAuthAction action, GDBusMethodInvocation *invocation,
                    OhAuthFunc func, gpointer self);

/* The same for Open: nobody is refused, but @func is not called before it is known, or clear that
 * polkit does not say, whether the sender may identify callers. With @needs_control it has to have
 * that permission. No password is asked for. */
void oh_auth_check_open (OhBus *bus, gboolean needs_control, GDBusMethodInvocation *invocation,
                         OhAuthFunc func, gpointer self);
