// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/delivery.h"

#include <systemd/sd-bus.h>
#include <time.h>

#include "daemon/call.h"
#include "daemon/log.h"

#define LISTENER "org.offhook.Telephony1.Listener"
#define COALESCES                                                                                  \
  (1u << OH_KIND_LINE_STATE | 1u << OH_KIND_HEALTH | 1u << OH_KIND_RINGING                         \
   | 1u << OH_KIND_CALL_INFO)
#define RELEASE OH_N_KINDS /* the kind of a Release that waits its turn */

typedef struct
{
  OhHandle *handle;
  guint kind;
  OhCall *call;
  GVariant *details;
  gint64 time;    /* CLOCK_BOOTTIME, microseconds */
  guint64 serial; /* 0: not sent yet */
  guint64 order;  /* among all items there are */
} Item;

struct _OhDelivery
{
  guint references;
  GDBusConnection *connection;
  char *name;
  const OhLimits *limits;
  OhStore *store;
  GQueue queue;    /* of Item */
  Item *in_flight; /* sent, not answered */
  gboolean stopped, overdue, paused, held;
  gboolean scheduled; /* something is to go out when the loop turns */
  gboolean staged;    /* in_flight has its serial and is not sent yet */
  guint timer, retry;
  gint64 armed_at;
  guint left_ms; /* on the clock when it was stopped */
  gint64 warned_at;
};

static guint64 last_order;

static void pump (OhDelivery *self);

static gint64
boot_time (void)
{
  struct timespec now;

  clock_gettime (CLOCK_BOOTTIME, &now);
  return now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

static Item *
item_new (OhHandle *handle, guint kind, OhCall *call, GVariant *details)
{
  Item *item = g_new0 (Item, 1);

  item->handle = oh_handle_ref (handle);
  item->kind = kind;
  item->call = call;
  if (call != NULL)
    oh_call_pin (call);
  item->details = details != NULL ? g_variant_ref (details) : NULL;
  item->time = boot_time ();
  item->order = ++last_order;
  oh_handle_add_queued (handle, 1);
  return item;
}

static void
item_free (Item *item)
{
  oh_handle_add_queued (item->handle, -1);
  oh_handle_unref (item->handle);
  if (item->call != NULL)
    oh_call_unpin (item->call);
  g_clear_pointer (&item->details, g_variant_unref);
  g_free (item);
}

OhDelivery *
oh_delivery_new (GDBusConnection *connection, const char *name, const OhLimits *limits,
                 OhStore *store)
{
  OhDelivery *self = g_new0 (OhDelivery, 1);

  self->references = 1;
  self->connection = g_object_ref (connection);
  self->name = g_strdup (name);
  self->limits = limits;
  self->store = oh_store_ref (store);
  g_queue_init (&self->queue);
  return self;
}

static void
unref (OhDelivery *self)
{
  if (--self->references > 0)
    return;
  g_object_unref (self->connection);
  oh_store_unref (self->store);
  g_free (self->name);
  g_free (self);
}

void
oh_delivery_stop (OhDelivery *self)
{
  self->stopped = TRUE;
  self->overdue = FALSE;
  g_clear_handle_id (&self->timer, g_source_remove);
  g_clear_handle_id (&self->retry, g_source_remove);
  g_queue_clear_full (&self->queue, (GDestroyNotify)item_free);
  g_clear_pointer (&self->in_flight, item_free);
}

void
oh_delivery_free (OhDelivery *self)
{
  oh_delivery_stop (self);
  unref (self);
}

/* The client did not answer: all its handles are void, those without an open event too. */
static gboolean
on_overdue (gpointer user_data)
{
  OhDelivery *self = user_data;
  g_autoptr (OhPeer) peer = g_object_ref (oh_handle_get_peer (self->in_flight->handle));
  GPtrArray *handles = oh_peer_get_handles (peer);

  self->timer = 0;
  self->overdue = TRUE;
  while (handles->len > 0)
    oh_handle_release (handles->pdata[0], OH_CLOSED_UNRESPONSIVE);
  return G_SOURCE_REMOVE;
}

static void
run_clock (OhDelivery *self)
{
  if (self->in_flight == NULL || self->overdue || self->paused || self->timer != 0)
    return;
  self->armed_at = g_get_monotonic_time ();
  self->timer = g_timeout_add (self->left_ms, on_overdue, self);
}

void
oh_delivery_pause (OhDelivery *self)
{
  guint run_ms = (g_get_monotonic_time () - self->armed_at) / 1000;

  self->paused = TRUE;
  if (self->timer == 0)
    return;
  g_clear_handle_id (&self->timer, g_source_remove);
  self->left_ms -= MIN (run_ms, self->left_ms);
}

void
oh_delivery_resume (OhDelivery *self)
{
  self->paused = FALSE;
  run_clock (self);
}

static gboolean
on_retry (gpointer user_data)
{
  OhDelivery *self = user_data;

  self->retry = 0;
  pump (self);
  return G_SOURCE_REMOVE;
}

/* The bus had no room for it: it keeps its place and its serial (H23). */
static void
put_back (OhDelivery *self, Item *item)
{
  g_queue_push_head (&self->queue, item);
  oh_handle_touch_lazily (item->handle);
  self->retry = g_timeout_add (self->limits->refused_ms, on_retry, self);
}

static void
refuse (OhDelivery *self, Item *item, const char *name)
{
  g_autofree char *line = NULL;

  sd_bus_path_decode (oh_handle_get_line_path (item->handle), OH_BUS_PATH "/line", &line);
  oh_log_event (&(OhLogEntry){ OH_LOG_LISTENER_REFUSED, .line = line, .reason = name },
                "Listener %s of process %u cannot be called (%s): its handle is void",
                oh_handle_get_path (item->handle),
                oh_peer_get_pid (oh_handle_get_peer (item->handle)), name);
  oh_handle_void (item->handle, OH_CLOSED_REFUSED);
}

static void
warn_of_error (OhDelivery *self, Item *item, const char *name)
{
  gint64 now = g_get_monotonic_time ();

  if (self->warned_at != 0 && now - self->warned_at < 60 * G_USEC_PER_SEC)
    return;
  self->warned_at = now;
  g_warning ("Listener %s of process %u answers events with %s", oh_handle_get_path (item->handle),
             oh_peer_get_pid (oh_handle_get_peer (item->handle)), name);
}

/* TRUE when the event is dealt with. */
static gboolean
take_error (OhDelivery *self, Item *item, const char *name, gboolean from_bus)
{
  static const char *const nobody_there[] = {
    "org.freedesktop.DBus.Error.UnknownObject",
    "org.freedesktop.DBus.Error.UnknownMethod",
    "org.freedesktop.DBus.Error.UnknownInterface",
    NULL,
  };

  if (oh_handle_is_closed (item->handle))
    return TRUE; /* whatever it says now */
  if (from_bus && g_str_equal (name, "org.freedesktop.DBus.Error.LimitsExceeded"))
    return FALSE;
  if (g_strv_contains (nobody_there, name)
      || (from_bus && g_str_equal (name, "org.freedesktop.DBus.Error.AccessDenied")))
    refuse (self, item, name);
  else if (!from_bus) /* else it is gone, and "vanished" comes */
    warn_of_error (self, item, name);
  return TRUE;
}

static void
on_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  OhDelivery *self = user_data;
  g_autoptr (GDBusMessage) answer
      = g_dbus_connection_send_message_with_reply_finish (self->connection, result, NULL);
  Item *item = g_steal_pointer (&self->in_flight);
  gboolean done = TRUE;

  g_clear_handle_id (&self->timer, g_source_remove);
  self->overdue = FALSE;
  if (item != NULL)
    oh_handle_touch_lazily (item->handle);
  if (item != NULL && answer != NULL
      && g_dbus_message_get_message_type (answer) == G_DBUS_MESSAGE_TYPE_ERROR)
    done = take_error (self, item, g_dbus_message_get_error_name (answer),
                       g_strcmp0 (g_dbus_message_get_sender (answer), "org.freedesktop.DBus") == 0);
  if (!done && !self->stopped && !oh_handle_is_closed (item->handle))
    put_back (self, item);
  else
    {
      g_clear_pointer (&item, item_free);
      if (!self->stopped)
        pump (self);
    }
  unref (self);
}

static GDBusMessage *
make_message (OhDelivery *self, Item *item)
{
  GDBusMessage *message = g_dbus_message_new_method_call (
      self->name, oh_handle_get_path (item->handle), LISTENER, "Event");

  g_dbus_message_set_flags (message, G_DBUS_MESSAGE_FLAGS_NO_AUTO_START);
  g_dbus_message_set_body (message,
                           g_variant_new ("(ottso@a{sv})", oh_handle_get_line_path (item->handle),
                                          item->serial, item->time, oh_kind_name (item->kind),
                                          item->call != NULL ? oh_call_get_path (item->call) : "/",
                                          item->details));
  return message;
}

static void
give_serial (Item *item)
{
  if (item->serial == 0)
    item->serial = oh_handle_next_serial (item->handle);
}

static void
send (OhDelivery *self, Item *item)
{
  g_autoptr (GDBusMessage) message = make_message (self, item);

  self->references++;
  g_dbus_connection_send_message_with_reply (self->connection, message,
                                             G_DBUS_SEND_MESSAGE_FLAGS_NONE, G_MAXINT, NULL, NULL,
                                             on_answered, self);
  self->left_ms = self->limits->answer_ms;
  run_clock (self);
}

void
oh_delivery_hurry (OhDelivery *self, OhHandle *handle)
{
  for (GList *link = self->queue.head; link != NULL && !self->stopped; link = link->next)
    {
      Item *item = link->data;
      g_autoptr (GDBusMessage) message = NULL;

      if (item->handle != handle || item->kind == RELEASE)
        continue;
      give_serial (item);
      message = make_message (self, item);
      g_dbus_message_set_flags (message, G_DBUS_MESSAGE_FLAGS_NO_AUTO_START
                                             | G_DBUS_MESSAGE_FLAGS_NO_REPLY_EXPECTED);
      g_dbus_connection_send_message (self->connection, message, G_DBUS_SEND_MESSAGE_FLAGS_NONE,
                                      NULL, NULL);
    }
}

static gboolean
may_go (OhDelivery *self)
{
  return !self->stopped && !self->held && self->in_flight == NULL && self->retry == 0
         && !g_queue_is_empty (&self->queue);
}

/* What is sent is saved first, its serial included: a daemon that starts again sends it again. */
static void
stage (gpointer user_data)
{
  OhDelivery *self = user_data;
  Item *item = g_queue_peek_head (&self->queue);

  if (!may_go (self) || item->kind == RELEASE)
    return;
  self->in_flight = g_queue_pop_head (&self->queue);
  self->staged = TRUE;
  give_serial (item);
  oh_handle_touch (item->handle);
}

static void
send_releases (OhDelivery *self)
{
  while (may_go (self) && ((Item *)g_queue_peek_head (&self->queue))->kind == RELEASE)
    {
      Item *item = g_queue_pop_head (&self->queue);

      oh_handle_release (item->handle, OH_CLOSED_REMOVED);
      item_free (item);
    }
}

static void
send_staged (gpointer user_data)
{
  OhDelivery *self = user_data;

  self->scheduled = FALSE;
  if (self->staged && self->in_flight != NULL)
    send (self, self->in_flight);
  self->staged = FALSE;
  send_releases (self);
  pump (self);
  unref (self);
}

static void
pump (OhDelivery *self)
{
  if (self->scheduled || !may_go (self))
    return;
  self->scheduled = TRUE;
  self->references++;
  oh_store_stage (self->store, stage, send_staged, self);
}

void
oh_delivery_add (OhDelivery *self, OhHandle *handle, OhKind kind, OhCall *call, GVariant *details)
{
  if (self->stopped)
    return;
  g_queue_push_tail (&self->queue, item_new (handle, kind, call, details));
  oh_handle_touch (handle);
  pump (self);
}

void
oh_delivery_add_release (OhDelivery *self, OhHandle *handle)
{
  if (self->stopped)
    return;
  g_queue_push_tail (&self->queue, item_new (handle, RELEASE, NULL, NULL));
  pump (self);
}

gboolean
oh_delivery_coalesce (OhDelivery *self, OhHandle *handle, OhKind kind, OhCall *call,
                      GVariant *details)
{
  /* With nothing unanswered all goes out in its turn. */
  if ((COALESCES & 1u << kind) == 0 || (self->in_flight == NULL && self->retry == 0))
    return FALSE;
  for (GList *link = self->queue.head; link != NULL; link = link->next)
    {
      Item *item = link->data;

      if (item->handle != handle || item->kind != kind || item->call != call || item->serial != 0)
        continue;
      g_variant_unref (item->details);
      item->details = g_variant_ref (details);
      item->time = boot_time ();
      oh_handle_touch (handle);
      return TRUE;
    }
  return FALSE;
}

static void
pack_item (OhPack *pack, const Item *item)
{
  oh_pack_open (pack, 8);
  oh_pack_uint64 (pack, item->order);
  oh_pack_uint64 (pack, item->serial);
  oh_pack_uint32 (pack, item->kind);
  oh_pack_uint64 (pack, (guint64)item->time);
  oh_pack_string (pack, item->call != NULL ? oh_call_get_path (item->call) : "");
  oh_pack_value (pack, g_variant_get_data (item->details), g_variant_get_size (item->details), 8,
                 FALSE);
  oh_pack_close_tuple (pack);
}

void
oh_delivery_pack (OhDelivery *self, OhHandle *handle, OhPack *pack)
{
  oh_pack_open (pack, 8);
  if (self->in_flight != NULL && self->in_flight->handle == handle)
    pack_item (pack, self->in_flight);
  for (GList *link = self->queue.head; link != NULL; link = link->next)
    {
      const Item *item = link->data;

      if (item->handle == handle && item->kind != RELEASE)
        pack_item (pack, item);
    }
  oh_pack_close_array (pack);
}

static int
compare_order (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const Item *one = a, *other = b;

  return one->order < other->order ? -1 : one->order > other->order;
}

void
oh_delivery_restore (OhDelivery *self, OhHandle *handle, GVariant *saved,
                     OhCall *(*find_call) (const char *path, gpointer user_data),
                     gpointer user_data)
{
  GVariantIter iter;
  guint64 order, serial;
  gint64 time;
  guint kind;
  const char *path;
  GVariant *details;

  g_variant_iter_init (&iter, saved);
  while (
      g_variant_iter_next (&iter, "(ttux&s@a{sv})", &order, &serial, &kind, &time, &path, &details))
    {
      OhCall *call = *path != '\0' ? find_call (path, user_data) : NULL;

      if (kind < OH_N_KINDS && (call != NULL || *path == '\0') && order <= G_MAXINT64
          && serial <= oh_handle_get_serial (handle))
        {
          Item *item = item_new (handle, kind, call, details);

          item->order = order;
          item->serial = serial;
          item->time = time;
          last_order = MAX (last_order, order);
          g_queue_insert_sorted (&self->queue, item, compare_order, NULL);
        }
      g_variant_unref (details);
    }
}

void
oh_delivery_hold (OhDelivery *self)
{
  self->held = TRUE;
}

void
oh_delivery_go_on (OhDelivery *self)
{
  self->held = FALSE;
  pump (self);
}

void
oh_delivery_redact (OhDelivery *self)
{
  for (GList *link = self->queue.head; link != NULL; link = link->next)
    {
      Item *item = link->data;

      if (item->kind > OH_KIND_CALL_INFO)
        continue;
      oh_call_leave_out_party (&item->details);
      oh_handle_set_missed (item->handle, TRUE);
    }
}

void
oh_delivery_drop (OhDelivery *self, OhHandle *handle)
{
  GList *next;

  for (GList *link = self->queue.head; link != NULL; link = next)
    {
      Item *item = link->data;

      next = link->next;
      if (item->handle != handle)
        continue;
      g_queue_delete_link (&self->queue, link);
      item_free (item);
    }
}

void
oh_delivery_send_release (OhDelivery *self, OhHandle *handle, OhClosed why)
{
  static const char *const reasons[] = {
    [OH_CLOSED_REMOVED] = "removed",
    [OH_CLOSED_SHUTDOWN] = "shutdown",
    [OH_CLOSED_UNRESPONSIVE] = "unresponsive",
    [OH_CLOSED_OVERFLOW] = "overflow",
  };

  if (self->stopped)
    return;
  /* No callback: no reply is expected, none counts against us. */
  g_dbus_connection_call (self->connection, self->name, oh_handle_get_path (handle), LISTENER,
                          "Release",
                          g_variant_new ("(os)", oh_handle_get_line_path (handle), reasons[why]),
                          NULL, G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, NULL, NULL, NULL);
}

gboolean
oh_delivery_is_waiting (OhDelivery *self)
{
  return self->in_flight != NULL;
}

gboolean
oh_delivery_is_overdue (OhDelivery *self)
{
  return self->overdue;
}
