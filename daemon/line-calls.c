// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/line-private.h"

#include "daemon/call-table.h"
#include "daemon/digits.h"
#include "daemon/gather.h"

/* A line's calls: from what the modem says to the objects and what is told of them. */

OhCall *
oh_line_find_call (OhLine *self, guint modem_call)
{
  for (guint i = 0; i < self->calls->len; i++)
    {
      OhCall *call = self->calls->pdata[i];

      if (oh_call_get_modem_call (call) == modem_call && oh_call_get_state (call) != OH_CALL_ENDED)
        return call;
    }
  return NULL;
}

static void
show_calls (OhLine *self)
{
  g_autoptr (GPtrArray) paths = g_ptr_array_new ();

  for (guint i = 0; i < self->calls->len; i++)
    g_ptr_array_add (paths, (gpointer)oh_call_get_path (self->calls->pdata[i]));
  g_ptr_array_add (paths, NULL);
  oh_dbus_line_set_calls (OH_DBUS_LINE (self), (const char *const *)paths->pdata);
  oh_line_touch (self);
}

OhCall *
oh_line_make_call (OhLine *self, const OhEvent *event)
{
  g_autofree char *path = g_strdup_printf ("%s/call/%u", self->path, ++self->last_call);

  return oh_call_new (self->bus, self, path, event);
}

static void
flush (OhLine *self, OhCall *call)
{
  if (call != NULL)
    g_dbus_interface_skeleton_flush (G_DBUS_INTERFACE_SKELETON (call));
  g_dbus_interface_skeleton_flush (G_DBUS_INTERFACE_SKELETON (self));
}

static void
tell_state (OhLine *self, OhCall *call, OhKind kind)
{
  OhDbusCall *object = OH_DBUS_CALL (call);

  flush (self, call);
  oh_dbus_line_emit_call_state_changed (OH_DBUS_LINE (self), oh_call_get_path (call),
                                        oh_dbus_call_get_state (object),
                                        oh_dbus_call_get_reason (object));
  oh_line_tell (self, kind, call);
}

/* Takes @call. */
static void
export_call (OhLine *self, OhCall *call)
{
  g_autoptr (GDBusObjectSkeleton) object = g_dbus_object_skeleton_new (oh_call_get_path (call));

  g_ptr_array_add (self->calls, call);
  oh_line_update_features (self);
  g_dbus_object_skeleton_add_interface (object, G_DBUS_INTERFACE_SKELETON (call));
  g_dbus_object_manager_server_export (self->bus->objects, object);
  show_calls (self);
}

void
oh_line_announce_call (OhLine *self, OhCall *call)
{
  export_call (self, call);
  flush (self, call);
  if (oh_call_get_state (call) == OH_CALL_OFFERING)
    oh_dbus_line_emit_incoming_call (OH_DBUS_LINE (self), oh_call_get_path (call));
  tell_state (self, call, OH_KIND_NEW_CALL);
  oh_line_log_call_began (self, call);
}

static void
remove_call (OhLine *self, OhCall *call)
{
  guint timer = GPOINTER_TO_UINT (g_hash_table_lookup (self->endings, call));

  if (timer != 0)
    g_source_remove (timer);
  g_hash_table_remove (self->endings, call);
  oh_line_disown_call (call);
  oh_call_retire (call);
  g_dbus_object_manager_server_unexport (self->bus->objects, oh_call_get_path (call));
  g_ptr_array_remove (self->calls, call);
  show_calls (self);
}

typedef struct
{
  OhLine *line;
  OhCall *call;
  guint waited_ms;
} Ending;

/* H16: readable until every handle has acknowledged the end, within bounds. */
static gboolean
on_ending (gpointer user_data)
{
  Ending *ending = user_data;
  const OhLimits *limits = ending->line->bus->limits;

  ending->waited_ms += limits->ended_ms;
  if (oh_call_is_pinned (ending->call) && ending->waited_ms < limits->ended_most_ms)
    return G_SOURCE_CONTINUE;
  g_hash_table_remove (ending->line->endings, ending->call);
  remove_call (ending->line, ending->call);
  return G_SOURCE_REMOVE;
}

static void
keep_ended (OhLine *self, OhCall *call)
{
  const OhLimits *limits = self->bus->limits;
  Ending *ending = g_new0 (Ending, 1);
  guint timer;

  ending->line = self;
  ending->call = call;
  timer = g_timeout_add_full (G_PRIORITY_DEFAULT, limits->ended_ms, on_ending, ending, g_free);
  g_hash_table_insert (self->endings, call, GUINT_TO_POINTER (timer));
  for (guint i = 0; g_hash_table_size (self->endings) > limits->ended_calls; i++)
    {
      OhCall *oldest = self->calls->pdata[i];

      if (g_hash_table_contains (self->endings, oldest))
        {
          remove_call (self, oldest);
          return;
        }
    }
}

/* As it was when the daemon before ended: nobody is told. */
void
oh_line_take_back_call (OhLine *self, OhCall *call)
{
  export_call (self, call);
  if (oh_call_get_state (call) == OH_CALL_ENDED)
    keep_ended (self, call);
}

static void
leave_offering (OhLine *self, OhCall *call, OhCallState before)
{
  if (before == OH_CALL_OFFERING && oh_call_get_state (call) != OH_CALL_OFFERING)
    oh_dbus_line_set_ring_count (OH_DBUS_LINE (self), 0);
}

static void
change_call (OhLine *self, OhCall *call, const OhEvent *event)
{
  OhCallState before = oh_call_get_state (call);
  OhDigits *digits = oh_call_get_digits (call);

  if (before != event->state && !oh_call_may_change (before, event->state))
    {
      g_warning ("%s: from %s to %s is impossible: ignored", oh_call_get_path (call),
                 oh_call_state_name (before), oh_call_state_name (event->state));
      return;
    }
  if (!oh_call_apply (call, event))
    return;
  oh_line_update_features (self);
  leave_offering (self, call, before);
  if (digits != NULL && !oh_call_is_live (event->state))
    oh_digits_cancel (digits);
  if (!oh_call_is_live (event->state))
    oh_gather_end (call, NULL, "ended");
  tell_state (self, call, OH_KIND_CALL_STATE);
  if (event->state != OH_CALL_ENDED)
    return;
  oh_line_log_call_ended (self, call);
  oh_line_disown_call (call);
  keep_ended (self, call);
}

/* Who did not end it himself sees it disconnected first (design §3). */
static void
end_call (OhLine *self, OhCall *call, const OhEvent *event)
{
  OhEvent disconnected = *event;

  if (event->ended_by != OH_ENDED_BY_LOCAL && event->reason != OH_REASON_NONE
      && oh_call_is_live (oh_call_get_state (call)))
    {
      disconnected.state = OH_CALL_DISCONNECTED;
      change_call (self, call, &disconnected);
    }
  change_call (self, call, event);
}

void
oh_line_take_call_event (OhLine *self, const OhEvent *event)
{
  OhCall *call;

  if (!oh_line_settle_by_event (self, event))
    return;
  call = oh_line_find_call (self, event->call);
  if (call != NULL && event->state == OH_CALL_ENDED)
    end_call (self, call, event);
  else if (call != NULL)
    change_call (self, call, event);
  else if (oh_call_is_live (event->state))
    {
      call = oh_line_make_call (self, event);
      oh_line_find_owner (self, call);
      oh_line_announce_call (self, call);
    }
}

void
oh_line_take_ring (OhLine *self, const OhEvent *event)
{
  OhCall *call = oh_line_find_call (self, event->call);
  OhDbusLine *object = OH_DBUS_LINE (self);

  if (call == NULL || oh_call_get_state (call) != OH_CALL_OFFERING)
    return;
  oh_dbus_line_set_ring_count (object, oh_dbus_line_get_ring_count (object) + 1);
  g_strlcpy (self->ring_pattern, event->word != NULL ? event->word : "", sizeof self->ring_pattern);
  flush (self, NULL);
  oh_line_tell (self, OH_KIND_RINGING, call);
}

void
oh_line_take_party (OhLine *self, const OhEvent *event)
{
  OhCall *call = oh_line_find_call (self, event->call);

  if (call != NULL && oh_call_set_party (call, event->party))
    oh_line_tell (self, OH_KIND_CALL_INFO, call);
}

void
oh_line_take_digit (OhLine *self, const OhEvent *event)
{
  OhCall *call = oh_line_find_call (self, event->call);
  const char text[] = { event->digit, '\0' };

  if (call != NULL)
    oh_gather_take_digit (call, event->digit);

  for (guint i = self->handles->len; call != NULL && i > 0; i--)
    {
      OhHandle *handle = self->handles->pdata[i - 1];
      GVariantDict details;

      if (!oh_call_is_monitored_by (call, oh_peer_get_name (oh_handle_get_peer (handle))))
        continue;
      g_variant_dict_init (&details, NULL);
      g_variant_dict_insert (&details, "Digit", "s", text);
      oh_handle_deliver (handle, OH_KIND_DIGIT, call, g_variant_dict_end (&details));
    }
}

void
oh_line_take_tone (OhLine *self, const OhEvent *event)
{
  OhCall *call = oh_line_find_call (self, event->call);
  g_autoptr (GVariant) details = NULL;
  GVariantDict dict;

  if (call == NULL)
    return;
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "Tone", "s", event->word);
  details = g_variant_ref_sink (g_variant_dict_end (&dict));
  for (guint i = self->handles->len; i > 0; i--) /* one that is voided goes */
    oh_handle_deliver (self->handles->pdata[i - 1], OH_KIND_TONE, call, details);
}

void
oh_line_end_calls (OhLine *self, OhReason reason)
{
  gboolean local = reason == OH_REASON_LOCAL;
  OhEvent event = { .kind = OH_EVENT_CALL,
                    .state = OH_CALL_ENDED,
                    .reason = reason,
                    .ended_by = local ? OH_ENDED_BY_LOCAL : OH_ENDED_BY_UNKNOWN };
  g_autoptr (GPtrArray) calls = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < self->calls->len; i++)
    g_ptr_array_add (calls, g_object_ref (self->calls->pdata[i]));
  for (guint i = 0; i < calls->len; i++)
    {
      event.call = oh_call_get_modem_call (calls->pdata[i]);
      if (oh_call_get_state (calls->pdata[i]) != OH_CALL_ENDED)
        end_call (self, calls->pdata[i], &event);
    }
}

void
oh_line_doubt_calls (OhLine *self)
{
  OhEvent event = { .kind = OH_EVENT_CALL, .state = OH_CALL_UNKNOWN };

  for (guint i = 0; i < self->calls->len; i++)
    {
      event.call = oh_call_get_modem_call (self->calls->pdata[i]);
      if (oh_call_is_live (oh_call_get_state (self->calls->pdata[i])))
        change_call (self, self->calls->pdata[i], &event);
    }
}

void
oh_line_forget_calls (OhLine *self)
{
  while (self->calls->len > 0)
    remove_call (self, self->calls->pdata[0]);
}

void
oh_line_ignore (OhLine *self, OhCall *call)
{
  if (oh_dbus_call_get_silenced (OH_DBUS_CALL (call)))
    return;
  oh_call_set_silenced (call);
  tell_state (self, call, OH_KIND_CALL_STATE);
}

guint
oh_line_count_calls (OhLine *self)
{
  guint n = 0;

  for (guint i = 0; i < self->calls->len; i++)
    n += oh_call_get_state (self->calls->pdata[i]) != OH_CALL_ENDED;
  return n;
}

gboolean
oh_line_has_calls (OhLine *self)
{
  return oh_line_count_calls (self) > 0;
}
