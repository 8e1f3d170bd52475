// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "daemon/bus.h"

/* One connection of a client: who it is, its handles, and the one event that it has not answered
 * yet. Exists while it has a handle, a request or an unanswered event. */
#define OH_TYPE_PEER (oh_peer_get_type ())
G_DECLARE_FINAL_TYPE (OhPeer, oh_peer, OH, PEER, GObject)

typedef struct _OhDelivery OhDelivery;
typedef struct _OhHandle OhHandle;

OhPeers *oh_peers_new (GDBusConnection *connection, const OhLimits *limits);
void oh_peers_free (OhPeers *peers);

/* The peer with the unique name @name; a new reference. */
OhPeer *oh_peers_get (OhPeers *peers, const char *name);

/* NULL when there is room for one more listening connection, else what there is too much of (H21).
 */
const char *oh_peers_refuse (OhPeers *peers, OhPeer *peer);

typedef void (*OhPeerFunc) (OhPeer *peer, const GError *error, gpointer user_data);

/* Asks the bus who it is; calls back at once when that is known. */
void oh_peer_identify (OhPeer *peer, OhPeerFunc func, gpointer user_data);

const char *oh_peer_get_name (OhPeer *peer);
guint oh_peer_get_uid (OhPeer *peer);
guint oh_peer_get_pid (OhPeer *peer);
gboolean oh_peer_is_trusted (OhPeer *peer); /* root, or the daemon's own user */
const OhLimits *oh_peer_get_limits (OhPeer *peer);
GDBusConnection *oh_peer_get_connection (OhPeer *peer);
OhDelivery *oh_peer_get_delivery (OhPeer *peer);

/* The handles of this connection; not owned. */
GPtrArray *oh_peer_get_handles (OhPeer *peer);

/* We owe it the reply to one request more, or less. FALSE, and nothing changes, when it has too
 * many. */
gboolean oh_peer_owe (OhPeer *peer);
void oh_peer_paid (OhPeer *peer);

/* Signal "vanished" (OhPeer): the connection is gone. Its handles are closed already. */
