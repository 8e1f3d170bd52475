// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/handle.h"

#include "daemon/delivery.h"
#include "daemon/handle-options.h"

#define ALWAYS_HEARD (1u << OH_KIND_NEW_CALL | 1u << OH_KIND_CALL_STATE)

static const char *const kind_names[] = {
  [OH_KIND_NEW_CALL] = "new-call",
  [OH_KIND_CALL_STATE] = "call-state",
  [OH_KIND_CALL_INFO] = "call-info",
  [OH_KIND_RINGING] = "ringing",
  [OH_KIND_LINE_STATE] = "line-state",
  [OH_KIND_HEALTH] = "health",
  [OH_KIND_DIGIT] = "digit",
  [OH_KIND_GENERATE] = "generate",
  [OH_KIND_USSD] = "ussd",
  [OH_KIND_TONE] = "tone",
  [OH_KIND_GATHER] = "gather",
};
G_STATIC_ASSERT (G_N_ELEMENTS (kind_names) == OH_N_KINDS);

struct _OhHandle
{
  guint references;
  OhPeer *peer;
  char *path, *line_path;
  const OhHandleFuncs *funcs; /* NULL: its line hears no more of it */
  gpointer user_data;
  gboolean closed, missed, inherited;
  OhHandleOptions options;
  guint queued;
  guint64 serial; /* of the last event sent */
  GBytes *saved;  /* what a restart needs, as it was made last; NULL: it is another now */
};

const char *
oh_kind_name (OhKind kind)
{
  return kind_names[kind];
}

static gboolean
find_kind (const char *name, guint *ret_kind)
{
  for (guint i = 0; i < OH_N_KINDS; i++)
    {
      if (!g_str_equal (kind_names[i], name))
        continue;
      *ret_kind = i;
      return TRUE;
    }
  return FALSE;
}

gboolean
oh_kinds_parse (const char *const *names, guint *ret_kinds, GError **error)
{
  guint kinds = ALWAYS_HEARD;

  for (; *names != NULL; names++)
    {
      guint kind;

      if (!find_kind (*names, &kind))
        {
          g_set_error (error, G_DBUS_ERROR, G_DBUS_ERROR_INVALID_ARGS, "\"%s\" is no kind of event",
                       *names);
          return FALSE;
        }
      kinds |= 1u << kind;
    }
  *ret_kinds = kinds;
  return TRUE;
}

OhHandle *
oh_handle_new (OhPeer *peer, const char *path, const char *line_path,
               const OhHandleOptions *options, const OhHandleFuncs *funcs, gpointer user_data)
{
  OhHandle *self = g_new0 (OhHandle, 1);

  self->references = 1;
  self->peer = g_object_ref (peer);
  self->path = g_strdup (path);
  self->line_path = g_strdup (line_path);
  self->funcs = funcs;
  self->user_data = user_data;
  self->options = *options;
  g_ptr_array_add (oh_peer_get_handles (peer), self);
  return self;
}

/* As OH_HANDLE_TYPE has it. */
void
oh_handle_pack (OhHandle *self, OhPack *pack)
{
  const OhHandleOptions *options = &self->options;
  /* (ubibb): C aligns it as GVariant does, which wants the gaps to be 0. */
  const struct
  {
    guint32 kinds;
    guint8 owner, gap[3];
    gint32 priority;
    guint8 keep, drop, end[2];
  } fixed = { .kinds = options->kinds,
              .owner = options->owner != 0,
              .priority = options->priority,
              .keep = options->keep != 0,
              .drop = options->drop != 0 };

  oh_pack_open (pack, 8);
  oh_pack_string (pack, self->path);
  oh_pack_value (pack, &fixed, sizeof fixed, 4, TRUE);
  oh_pack_uint64 (pack, self->serial);
  oh_pack_boolean (pack, self->missed);
  oh_pack_close_tuple (pack);
}

OhHandle *
oh_handle_restore (OhPeer *peer, const char *line_path, GVariant *saved, const OhHandleFuncs *funcs,
                   gpointer user_data)
{
  OhHandleOptions options = { 0 };
  gboolean missed;
  const char *path;
  guint64 serial;
  OhHandle *self;

  g_variant_get (saved, "(&s(ubibb)tb)", &path, &options.kinds, &options.owner, &options.priority,
                 &options.keep, &options.drop, &serial, &missed);
  self = oh_handle_new (peer, path, line_path, &options, funcs, user_data);
  self->serial = serial;
  self->missed = missed;
  self->inherited = TRUE;
  return self;
}

gboolean
oh_handle_is_inherited (OhHandle *self)
{
  return self->inherited;
}

void
oh_handle_open_again (OhHandle *self, const OhHandleOptions *options)
{
  self->inherited = FALSE;
  self->options = *options;
  oh_delivery_drop (oh_peer_get_delivery (self->peer), self);
  oh_handle_touch (self);
}

OhHandle *
oh_handle_ref (OhHandle *self)
{
  self->references++;
  return self;
}

void
oh_handle_unref (OhHandle *self)
{
  if (--self->references > 0)
    return;
  g_assert (self->closed);
  g_object_unref (self->peer);
  g_clear_pointer (&self->saved, g_bytes_unref);
  g_free (self->path);
  g_free (self->line_path);
  g_free (self);
}

OhPeer *
oh_handle_get_peer (OhHandle *self)
{
  return self->peer;
}

const char *
oh_handle_get_path (OhHandle *self)
{
  return self->path;
}

const char *
oh_handle_get_line_path (OhHandle *self)
{
  return self->line_path;
}

guint64
oh_handle_get_serial (OhHandle *self)
{
  return self->serial;
}

guint
oh_handle_get_queued (OhHandle *self)
{
  return self->queued;
}

gboolean
oh_handle_is (OhHandle *self, const char *peer_name, const char *path)
{
  return g_str_equal (oh_peer_get_name (self->peer), peer_name) && g_str_equal (self->path, path);
}

gboolean
oh_handle_sees_party (OhHandle *self)
{
  return oh_peer_get_verdict (self->peer, OH_AUTH_IDENTIFY) == OH_VERDICT_YES;
}

gboolean
oh_handle_has_missed (OhHandle *self)
{
  return self->missed;
}

void
oh_handle_set_missed (OhHandle *self, gboolean missed)
{
  self->missed = missed;
  oh_handle_touch_lazily (self);
}

void
oh_handle_demote (OhHandle *self)
{
  self->options.owner = FALSE;
  self->options.priority = 0;
  oh_handle_touch (self);
}

const OhHandleOptions *
oh_handle_get_options (OhHandle *self)
{
  return &self->options;
}

void
oh_handle_set_kinds (OhHandle *self, guint kinds)
{
  self->options.kinds = kinds;
  oh_handle_touch (self);
}

void
oh_handle_deliver (OhHandle *self, OhKind kind, OhCall *call, GVariant *details)
{
  g_autoptr (GVariant) kept = g_variant_ref_sink (details);
  OhDelivery *delivery = oh_peer_get_delivery (self->peer);

  if (self->closed || (self->options.kinds & 1u << kind) == 0
      || oh_delivery_coalesce (delivery, self, kind, call, kept))
    return;
  if (self->queued >= oh_peer_get_limits (self->peer)->queued)
    oh_handle_release (self, OH_CLOSED_OVERFLOW);
  else
    oh_delivery_add (delivery, self, kind, call, kept);
}

void
oh_handle_void (OhHandle *self, OhClosed why)
{
  if (self->closed)
    return;
  oh_handle_ref (self);
  self->closed = TRUE;
  g_ptr_array_remove_fast (oh_peer_get_handles (self->peer), self);
  oh_delivery_drop (oh_peer_get_delivery (self->peer), self);
  if (self->funcs != NULL)
    self->funcs->voided (self, why, self->user_data);
  oh_handle_unref (self);
}

gboolean
oh_handle_is_closed (OhHandle *self)
{
  return self->closed;
}

void
oh_handle_close (OhHandle *self)
{
  oh_handle_void (self, OH_CLOSED_BY_CLIENT);
}

void
oh_handle_release (OhHandle *self, OhClosed why)
{
  if (self->closed)
    return;
  if (why == OH_CLOSED_SHUTDOWN)
    oh_delivery_hurry (oh_peer_get_delivery (self->peer), self);
  oh_delivery_send_release (oh_peer_get_delivery (self->peer), self, why);
  oh_handle_void (self, why);
}

void
oh_handle_release_last (OhHandle *self)
{
  if (self->closed)
    return;
  self->funcs = NULL;
  oh_delivery_add_release (oh_peer_get_delivery (self->peer), self);
}

/* One that is closed has no line any more. */
static void
touch (OhHandle *self, gboolean lazily)
{
  g_clear_pointer (&self->saved, g_bytes_unref);
  if (self->funcs != NULL && !self->closed)
    self->funcs->touched (self, lazily, self->user_data);
}

void
oh_handle_touch (OhHandle *self)
{
  touch (self, FALSE);
}

void
oh_handle_touch_lazily (OhHandle *self)
{
  touch (self, TRUE);
}

GBytes *
oh_handle_get_saved (OhHandle *self)
{
  return self->saved;
}

void
oh_handle_set_saved (OhHandle *self, GBytes *saved)
{
  g_clear_pointer (&self->saved, g_bytes_unref);
  self->saved = saved;
}

guint64
oh_handle_next_serial (OhHandle *self)
{
  return ++self->serial;
}

void
oh_handle_add_queued (OhHandle *self, int n)
{
  self->queued += n;
}
