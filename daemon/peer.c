// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/peer.h"

#include <unistd.h>

#include "daemon/delivery.h"
#include "daemon/error.h"
#include "daemon/handle.h"

struct _OhPeers
{
  GDBusConnection *connection;
  const OhLimits *limits;
  OhStore *store;
  GHashTable *by_name; /* not owned: a peer takes itself out */
};

typedef struct
{
  OhPeerFunc func;
  gpointer user_data;
} Asker;

struct _OhPeer
{
  GObject parent_instance;

  OhPeers *peers;
  char *name;
  guint watch;
  gboolean known, gone;
  gboolean kept; /* while the connection is there, for what is known of it */
  guint uid, pid;
  GArray *askers; /* of Asker, while the bus is asked */
  OhVerdict verdicts[OH_N_AUTH];
  GPtrArray *handles;
  OhDelivery *delivery;
  guint owed;
};

G_DEFINE_FINAL_TYPE (OhPeer, oh_peer, G_TYPE_OBJECT)

static guint vanished_signal;

OhPeers *
oh_peers_new (GDBusConnection *connection, const OhLimits *limits, OhStore *store)
{
  OhPeers *peers = g_new0 (OhPeers, 1);

  peers->connection = g_object_ref (connection);
  peers->limits = limits;
  peers->store = store;
  peers->by_name = g_hash_table_new (g_str_hash, g_str_equal);
  return peers;
}

static void
let_go (OhPeer *self)
{
  if (self->kept)
    g_object_unref (self);
  self->kept = FALSE;
}

/* It is asked for once a connection. */
static void
keep (OhPeer *self)
{
  if (!self->kept && !self->gone)
    g_object_ref (self);
  self->kept |= !self->gone;
}

static void
on_vanished (GDBusConnection *connection, const char *name, gpointer user_data)
{
  g_autoptr (OhPeer) self = g_object_ref (user_data);

  self->gone = TRUE;
  while (self->handles->len > 0)
    oh_handle_close (self->handles->pdata[0]);
  oh_delivery_stop (self->delivery);
  g_signal_emit (self, vanished_signal, 0);
  let_go (self);
}

OhPeer *
oh_peers_get (OhPeers *peers, const char *name)
{
  OhPeer *self = g_hash_table_lookup (peers->by_name, name);

  if (self != NULL)
    return g_object_ref (self);
  self = g_object_new (OH_TYPE_PEER, NULL);
  self->peers = peers;
  self->name = g_strdup (name);
  self->delivery = oh_delivery_new (peers->connection, name, peers->limits, peers->store);
  self->watch = g_bus_watch_name_on_connection (
      peers->connection, name, G_BUS_NAME_WATCHER_FLAGS_NONE, NULL, on_vanished, self, NULL);
  g_hash_table_insert (peers->by_name, self->name, self);
  return self;
}

OhPeer *
oh_peers_restore (OhPeers *peers, const char *name, guint uid, guint pid)
{
  OhPeer *self = oh_peers_get (peers, name);

  self->known = TRUE;
  self->uid = uid;
  self->pid = pid;
  keep (self);
  oh_delivery_hold (self->delivery);
  return self;
}

void
oh_peers_foreach (OhPeers *peers, void (*func) (OhPeer *peer, gpointer user_data),
                  gpointer user_data)
{
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func (g_object_unref);
  GHashTableIter iter;
  gpointer peer;

  g_hash_table_iter_init (&iter, peers->by_name);
  while (g_hash_table_iter_next (&iter, NULL, &peer))
    g_ptr_array_add (all, g_object_ref (peer));
  for (guint i = 0; i < all->len; i++)
    func (all->pdata[i], user_data);
}

static void
forget (OhPeer *self, gpointer user_data)
{
  let_go (self);
}

void
oh_peers_free (OhPeers *peers)
{
  GHashTableIter iter;
  gpointer peer;

  oh_peers_foreach (peers, forget, NULL);
  /* One may outlive us with a call of ours still under way. */
  g_hash_table_iter_init (&iter, peers->by_name);
  while (g_hash_table_iter_next (&iter, NULL, &peer))
    OH_PEER (peer)->peers = NULL;
  g_hash_table_unref (peers->by_name);
  g_object_unref (peers->connection);
  g_free (peers);
}

static gboolean
is_listening (OhPeer *self)
{
  return self->handles->len > 0 || oh_delivery_is_waiting (self->delivery);
}

const char *
oh_peers_refuse (OhPeers *peers, OhPeer *peer)
{
  guint all = 0, of_user = 0;
  GHashTableIter iter;
  gpointer other;

  if (oh_delivery_is_overdue (peer->delivery))
    return "An event has not been answered by this connection";
  if (is_listening (peer))
    return NULL;
  g_hash_table_iter_init (&iter, peers->by_name);
  while (g_hash_table_iter_next (&iter, NULL, &other))
    {
      all += is_listening (other);
      of_user += is_listening (other) && OH_PEER (other)->uid == peer->uid;
    }
  if (all >= peers->limits->listeners)
    return "Too many connections listen";
  if (of_user >= peers->limits->listeners_per_user && peer->uid != 0)
    return "Too many connections of this user listen";
  return NULL;
}

static void
answer_askers (OhPeer *self, const GError *error)
{
  g_autoptr (GArray) askers = g_steal_pointer (&self->askers);

  for (guint i = 0; i < askers->len; i++)
    {
      const Asker *asker = &g_array_index (askers, Asker, i);

      asker->func (self, error, asker->user_data);
    }
}

static void
on_credentials (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (OhPeer) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GVariant) credentials = NULL;

  reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  if (reply != NULL)
    {
      credentials = g_variant_get_child_value (reply, 0);
      self->known = g_variant_lookup (credentials, "UnixUserID", "u", &self->uid);
      g_variant_lookup (credentials, "ProcessID", "u", &self->pid);
      if (self->known)
        keep (self);
      else
        error = g_error_new (G_DBUS_ERROR, G_DBUS_ERROR_ACCESS_DENIED, "The bus knows no user");
    }
  answer_askers (self, error);
}

void
oh_peer_identify (OhPeer *self, OhPeerFunc func, gpointer user_data)
{
  const Asker asker = { func, user_data };

  if (self->known)
    {
      func (self, NULL, user_data);
      return;
    }
  if (self->askers != NULL)
    {
      g_array_append_val (self->askers, asker);
      return;
    }
  self->askers = g_array_new (FALSE, FALSE, sizeof (Asker));
  g_array_append_val (self->askers, asker);
  g_dbus_connection_call (self->peers->connection, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                          "org.freedesktop.DBus", "GetConnectionCredentials",
                          g_variant_new ("(s)", self->name), G_VARIANT_TYPE ("(a{sv})"),
                          G_DBUS_CALL_FLAGS_NONE, -1, NULL, on_credentials, g_object_ref (self));
}

const char *
oh_peer_get_name (OhPeer *self)
{
  return self->name;
}

guint
oh_peer_get_uid (OhPeer *self)
{
  return self->uid;
}

guint
oh_peer_get_pid (OhPeer *self)
{
  return self->pid;
}

gboolean
oh_peer_is_trusted (OhPeer *self)
{
  return self->known && (self->uid == 0 || self->uid == geteuid ());
}

gboolean
oh_peer_is_gone (OhPeer *self)
{
  return self->gone;
}

OhVerdict
oh_peer_get_verdict (OhPeer *self, OhAuthAction action)
{
  return oh_peer_is_trusted (self) ? OH_VERDICT_YES : self->verdicts[action];
}

void
oh_peer_set_verdict (OhPeer *self, OhAuthAction action, OhVerdict verdict)
{
  self->verdicts[action] = verdict;
  for (guint i = 0; i < self->handles->len; i++)
    oh_handle_touch_lazily (self->handles->pdata[i]);
}

void
oh_peer_forget_verdicts (OhPeer *self)
{
  for (guint i = 0; i < OH_N_AUTH; i++)
    oh_peer_set_verdict (self, i, OH_VERDICT_UNKNOWN);
}

const OhLimits *
oh_peer_get_limits (OhPeer *self)
{
  return self->peers->limits;
}

GDBusConnection *
oh_peer_get_connection (OhPeer *self)
{
  return self->peers->connection;
}

OhDelivery *
oh_peer_get_delivery (OhPeer *self)
{
  return self->delivery;
}

GPtrArray *
oh_peer_get_handles (OhPeer *self)
{
  return self->handles;
}

gboolean
oh_peer_owe (OhPeer *self)
{
  if (self->owed >= self->peers->limits->requests)
    return FALSE;
  if (self->owed++ == 0)
    oh_delivery_pause (self->delivery);
  return TRUE;
}

void
oh_peer_paid (OhPeer *self)
{
  if (--self->owed == 0)
    oh_delivery_resume (self->delivery);
}

GError *
oh_peer_owes_too_much (void)
{
  return g_error_new (OH_ERROR, OH_ERROR_LIMITS_EXCEEDED,
                      "Too many requests of this connection run");
}

static void
oh_peer_finalize (GObject *object)
{
  OhPeer *self = OH_PEER (object);

  if (self->peers != NULL)
    g_hash_table_remove (self->peers->by_name, self->name);
  g_bus_unwatch_name (self->watch);
  oh_delivery_free (self->delivery);
  g_ptr_array_unref (self->handles);
  g_free (self->name);
  G_OBJECT_CLASS (oh_peer_parent_class)->finalize (object);
}

static void
oh_peer_init (OhPeer *self)
{
  self->handles = g_ptr_array_new ();
}

static void
oh_peer_class_init (OhPeerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = oh_peer_finalize;
  vanished_signal = g_signal_new ("vanished", OH_TYPE_PEER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 0);
}
