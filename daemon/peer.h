// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "daemon/bus.h"

/* What a caller may need permission for; as the polkit actions. */
typedef enum
{
  OH_AUTH_NOTHING,
  OH_AUTH_IDENTIFY,
  OH_AUTH_DIAL,
  OH_AUTH_CONTROL,
  OH_AUTH_CONFIGURE,
  OH_N_AUTH,
} OhAuthAction;

typedef enum
{
  OH_VERDICT_UNKNOWN,
  OH_VERDICT_NO,
  OH_VERDICT_CHALLENGE, /* not without a password */
  OH_VERDICT_YES,
} OhVerdict;

/* One connection of a client: who it is, what it may do, its handles, and the one event that it has
 * not answered yet. Exists while the connection does. */
#define OH_TYPE_PEER (oh_peer_get_type ())
G_DECLARE_FINAL_TYPE (OhPeer, oh_peer, OH, PEER, GObject)

typedef struct _OhDelivery OhDelivery;
typedef struct _OhHandle OhHandle;

OhPeers *oh_peers_new (GDBusConnection *connection, const OhLimits *limits, OhStore *store);
void oh_peers_free (OhPeers *peers);

/* The peer with the unique name @name; a new reference. */
OhPeer *oh_peers_get (OhPeers *peers, const char *name);

/* A client of the daemon before, as it was known then. Nothing is sent to it before its delivery
 * goes on. */
OhPeer *oh_peers_restore (OhPeers *peers, const char *name, guint uid, guint pid);

/* Of those that there are when it is called. */
void oh_peers_foreach (OhPeers *peers, void (*func) (OhPeer *peer, gpointer user_data),
                       gpointer user_data);

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
gboolean oh_peer_is_gone (OhPeer *peer);

/* What is known of its permissions; auth.c is the one writer. */
OhVerdict oh_peer_get_verdict (OhPeer *peer, OhAuthAction action);
void oh_peer_set_verdict (OhPeer *peer, OhAuthAction action, OhVerdict verdict);
void oh_peer_forget_verdicts (OhPeer *peer);

const OhLimits *oh_peer_get_limits (OhPeer *peer);
GDBusConnection *oh_peer_get_connection (OhPeer *peer);
OhDelivery *oh_peer_get_delivery (OhPeer *peer);

/* The handles of this connection; not owned. */
GPtrArray *oh_peer_get_handles (OhPeer *peer);

/* We owe it the reply to one request more, or less. FALSE, and nothing changes, when it has too
 * many. */
gboolean oh_peer_owe (OhPeer *peer);
void oh_peer_paid (OhPeer *peer);
GError *oh_peer_owes_too_much (void);

/* Signal "vanished" (OhPeer): the connection is gone. Its handles are closed already. */
