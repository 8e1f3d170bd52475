// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/call-private.h"

#include "daemon/call-table.h"
#include "daemon/line.h"

G_DEFINE_FINAL_TYPE_WITH_CODE (OhCall, oh_call, OH_DBUS_TYPE_CALL_SKELETON,
                               G_IMPLEMENT_INTERFACE (OH_DBUS_TYPE_CALL, oh_call_iface_init))

const char *
oh_call_get_path (OhCall *self)
{
  return self->path;
}

guint
oh_call_get_modem_call (OhCall *self)
{
  return self->modem_call;
}

OhCallState
oh_call_get_state (OhCall *self)
{
  return self->state;
}

OhMode
oh_call_get_mode (OhCall *self)
{
  return self->mode;
}

gboolean
oh_call_is_incoming (OhCall *self)
{
  return self->incoming;
}

static void
show_state (OhCall *self, gint64 now)
{
  OhDbusCall *object = OH_DBUS_CALL (self);
  const char *words[OH_N_MODES + 1];

  oh_mode_words (self->mode, words);
  oh_dbus_call_set_state (object, oh_call_state_name (self->state));
  oh_dbus_call_set_mode (object, words);
  oh_dbus_call_set_reason (object, oh_reason_name (self->reason));
  oh_dbus_call_set_ended_by (object, oh_ended_by_name (self->ended_by));
  oh_dbus_call_set_cause (object, self->cause);
  if (self->state == OH_CALL_CONNECTED && oh_dbus_call_get_connected_at (object) == 0)
    oh_dbus_call_set_connected_at (object, now);
  if (self->state == OH_CALL_ENDED)
    oh_dbus_call_set_ended_at (object, now);
}

OhCall *
oh_call_new (OhBus *bus, OhLine *line, const char *path, const OhEvent *event)
{
  OhCall *self = g_object_new (OH_TYPE_CALL, NULL);
  OhDbusCall *object = OH_DBUS_CALL (self);
  gint64 now = g_get_real_time ();

  self->bus = bus;
  self->line = line;
  self->path = g_strdup (path);
  self->modem_call = event->call;
  self->state = event->state;
  self->mode = event->mode;
  self->incoming = event->incoming;
  oh_dbus_call_set_direction (object, event->incoming ? "incoming" : "outgoing");
  oh_dbus_call_set_origin (object, oh_origin_name (event->origin));
  oh_dbus_call_set_offered_at (object, event->incoming ? now : 0);
  oh_dbus_call_set_state_since (object, now);
  show_state (self, now);
  if (event->party != NULL)
    oh_call_set_party (self, event->party);
  return self;
}

gboolean
oh_call_apply (OhCall *self, const OhEvent *event)
{
  gint64 now = g_get_real_time ();

  if (self->state == event->state && self->mode == event->mode)
    return FALSE;
  if (self->state != event->state)
    oh_dbus_call_set_state_since (OH_DBUS_CALL (self), now);
  self->state = event->state;
  self->mode = oh_call_is_live (event->state) ? event->mode : 0;
  /* What was said when the other side went stays true when ours has gone. */
  if (event->reason != OH_REASON_NONE || event->state != OH_CALL_ENDED)
    {
      self->reason = event->reason;
      self->ended_by = event->ended_by;
    }
  if (event->cause != 0)
    self->cause = event->cause;
  show_state (self, now);
  return TRUE;
}

static gboolean
take_text (char **at, const char *text)
{
  if (g_strcmp0 (*at, text != NULL ? text : "") == 0)
    return FALSE;
  g_free (*at);
  *at = g_strdup (text != NULL ? text : "");
  return TRUE;
}

gboolean
oh_call_set_party (OhCall *self, const OhParty *party)
{
  gboolean changed = self->number_presentation != party->number_presentation
                     || self->name_presentation != party->name_presentation
                     || self->partial != party->partial;

  changed |= take_text (&self->number, party->number);
  changed |= take_text (&self->name, party->name);
  changed |= take_text (&self->called_number, party->called_number);
  /* That the time is another is no news. */
  take_text (&self->network_time, party->network_time);
  changed |= take_text (&self->raw, party->raw);
  self->number_presentation = party->number_presentation;
  self->name_presentation = party->name_presentation;
  self->partial = party->partial;
  if (party->forwarded && g_str_equal (oh_dbus_call_get_origin (OH_DBUS_CALL (self)), "direct"))
    {
      oh_dbus_call_set_origin (OH_DBUS_CALL (self), oh_origin_name (OH_ORIGIN_FORWARDED));
      changed = TRUE;
    }
  return changed;
}

void
oh_call_set_silenced (OhCall *self)
{
  oh_dbus_call_set_silenced (OH_DBUS_CALL (self), TRUE);
}

void
oh_call_set_emergency (OhCall *self)
{
  oh_dbus_call_set_emergency (OH_DBUS_CALL (self), TRUE);
}

void
oh_call_set_features (OhCall *self, const char *const *features)
{
  oh_dbus_call_set_features (OH_DBUS_CALL (self), features);
}

/* In the order that a reader wants. */
static void
add (GVariantBuilder *details, const char *key, GVariant *value)
{
  g_variant_builder_add (details, "{sv}", key, value);
}

static void
add_text (GVariantBuilder *details, const char *key, const char *text)
{
  if (text != NULL && *text != '\0')
    add (details, key, g_variant_new_string (text));
}

static void
add_party (OhCall *self, GVariantBuilder *details)
{
  add_text (details, "Number", self->number);
  add (details, "NumberPresentation",
       g_variant_new_string (oh_presentation_name (self->number_presentation)));
  add_text (details, "Name", self->name);
  add (details, "NamePresentation",
       g_variant_new_string (oh_presentation_name (self->name_presentation)));
  add_text (details, "CalledNumber", self->called_number);
  add_text (details, "NetworkTime", self->network_time);
  add_text (details, "Raw", self->raw);
}

GVariant *
oh_call_describe_party (OhCall *self)
{
  GVariantBuilder party;

  g_variant_builder_init (&party, G_VARIANT_TYPE_VARDICT);
  add_party (self, &party);
  add (&party, "Partial", g_variant_new_boolean (self->partial));
  return g_variant_builder_end (&party);
}

void
oh_call_leave_out_party (GVariant **details)
{
  static const char *const personal[]
      = { "Number",       "NumberPresentation", "Name", "NamePresentation",
          "CalledNumber", "NetworkTime",        "Raw",  NULL };
  GVariantBuilder left;
  GVariantIter iter;
  const char *key;
  GVariant *value;

  g_variant_builder_init (&left, G_VARIANT_TYPE_VARDICT);
  g_variant_iter_init (&iter, *details);
  while (g_variant_iter_next (&iter, "{&sv}", &key, &value))
    {
      if (!g_strv_contains (personal, key))
        add (&left, key, value);
      g_variant_unref (value);
    }
  g_variant_unref (*details);
  *details = g_variant_ref_sink (g_variant_builder_end (&left));
}

GVariant *
oh_call_get_details (OhCall *self, gboolean with_party, gboolean owns)
{
  OhDbusCall *object = OH_DBUS_CALL (self);
  GVariantBuilder details;

  g_variant_builder_init (&details, G_VARIANT_TYPE_VARDICT);
  add (&details, "State", g_variant_new_string (oh_dbus_call_get_state (object)));
  add (&details, "Mode", g_variant_new_strv (oh_dbus_call_get_mode (object), -1));
  add (&details, "Reason", g_variant_new_string (oh_dbus_call_get_reason (object)));
  add (&details, "EndedBy", g_variant_new_string (oh_dbus_call_get_ended_by (object)));
  if (self->cause != 0)
    add (&details, "Cause", g_variant_new_uint32 (self->cause));
  add (&details, "Direction", g_variant_new_string (oh_dbus_call_get_direction (object)));
  add (&details, "Origin", g_variant_new_string (oh_dbus_call_get_origin (object)));
  add (&details, "Privilege", g_variant_new_string (owns ? "owner" : "monitor"));
  if (with_party)
    add_party (self, &details);
  add (&details, "Partial", g_variant_new_boolean (self->partial));
  add (&details, "Silenced", g_variant_new_boolean (oh_dbus_call_get_silenced (object)));
  add (&details, "Emergency", g_variant_new_boolean (oh_dbus_call_get_emergency (object)));
  add (&details, "Features", g_variant_new_strv (oh_dbus_call_get_features (object), -1));
  add (&details, "StateSince", g_variant_new_int64 (oh_dbus_call_get_state_since (object)));
  add (&details, "OfferedAt", g_variant_new_int64 (oh_dbus_call_get_offered_at (object)));
  add (&details, "ConnectedAt", g_variant_new_int64 (oh_dbus_call_get_connected_at (object)));
  add (&details, "EndedAt", g_variant_new_int64 (oh_dbus_call_get_ended_at (object)));
  return g_variant_builder_end (&details);
}

void
oh_call_set_maker (OhCall *self, const char *peer_name, const char *number)
{
  self->maker = g_strdup (peer_name);
  oh_call_set_party (self, &(OhParty){ .number = number,
                                       .name = "",
                                       .network_time = "",
                                       .number_presentation = OH_PRESENTATION_ALLOWED });
}

gboolean
oh_call_is_maker (OhCall *self, const char *peer_name)
{
  return g_strcmp0 (self->maker, peer_name) == 0;
}

OhOwner *
oh_call_get_owner (OhCall *self)
{
  return &self->owner;
}

void
oh_call_monitor_digits (OhCall *self, const char *peer_name, gboolean on)
{
  guint at;
  gboolean is_on = g_ptr_array_find_with_equal_func (self->monitors, peer_name, g_str_equal, &at);

  if (on && !is_on)
    g_ptr_array_add (self->monitors, g_strdup (peer_name));
  else if (!on && is_on)
    g_ptr_array_remove_index_fast (self->monitors, at);
  if (self->line != NULL)
    oh_line_touch (self->line);
}

GPtrArray *
oh_call_get_gathers (OhCall *self)
{
  return self->gathers;
}

gboolean
oh_call_is_monitored_by (OhCall *self, const char *peer_name)
{
  return g_ptr_array_find_with_equal_func (self->monitors, peer_name, g_str_equal, NULL);
}

void
oh_call_pin (OhCall *self)
{
  self->pins++;
  g_object_ref (self);
}

void
oh_call_unpin (OhCall *self)
{
  self->pins--;
  g_object_unref (self);
}

gboolean
oh_call_is_pinned (OhCall *self)
{
  return self->pins > 0;
}

void
oh_call_retire (OhCall *self)
{
  self->line = NULL;
}

OhDigits *
oh_call_get_digits (OhCall *self)
{
  return self->digits;
}

void
oh_call_set_digits (OhCall *self, OhDigits *digits)
{
  self->digits = digits;
}

static void
oh_call_finalize (GObject *object)
{
  OhCall *self = OH_CALL (object);

  g_free (self->path);
  g_free (self->number);
  g_free (self->name);
  g_free (self->called_number);
  g_free (self->network_time);
  g_free (self->raw);
  g_free (self->maker);
  g_ptr_array_unref (self->monitors);
  g_ptr_array_unref (self->gathers);
  G_OBJECT_CLASS (oh_call_parent_class)->finalize (object);
}

static void
oh_call_init (OhCall *self)
{
  static const char *const nothing[] = { NULL };

  self->monitors = g_ptr_array_new_with_free_func (g_free);
  self->gathers = g_ptr_array_new ();
  oh_dbus_call_set_features (OH_DBUS_CALL (self), nothing);
}

static void
oh_call_class_init (OhCallClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = oh_call_finalize;
}
