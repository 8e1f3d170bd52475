// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/call-private.h"

#include "daemon/gather.h"

#include "daemon/line.h"

/* A call that a daemon leaves to the one that starts after it. */

static const char *
text (const char *text)
{
  return text != NULL ? text : "";
}

static void
pack_times (OhCall *self, OhPack *pack)
{
  OhDbusCall *object = OH_DBUS_CALL (self);
  const gint64 times[]
      = { oh_dbus_call_get_state_since (object), oh_dbus_call_get_offered_at (object),
          oh_dbus_call_get_connected_at (object), oh_dbus_call_get_ended_at (object) };

  oh_pack_value (pack, times, sizeof times, 8, TRUE);
}

static void
pack_party (OhCall *self, OhPack *pack)
{
  oh_pack_open (pack, 4);
  oh_pack_string (pack, text (self->number));
  oh_pack_string (pack, text (self->name));
  oh_pack_string (pack, text (self->called_number));
  oh_pack_string (pack, text (self->network_time));
  oh_pack_string (pack, text (self->raw));
  oh_pack_uint32 (pack, self->number_presentation);
  oh_pack_uint32 (pack, self->name_presentation);
  oh_pack_boolean (pack, self->partial);
  oh_pack_close_tuple (pack);
}

static void
pack_owner (OhCall *self, OhPack *pack)
{
  const OhOwner *owner = &self->owner;

  oh_pack_open (pack, 1);
  oh_pack_string (pack, text (self->maker));
  oh_pack_string (pack, owner->peer != NULL ? oh_peer_get_name (owner->peer) : "");
  oh_pack_boolean (pack, owner->taken);
  oh_pack_boolean (pack, owner->keep);
  oh_pack_boolean (pack, owner->lost);
  oh_pack_boolean (pack, owner->answered);
  oh_pack_close_tuple (pack);
}

void
oh_call_pack (OhCall *self, OhPack *pack)
{
  OhDbusCall *object = OH_DBUS_CALL (self);
  const guint32 state[]
      = { self->modem_call, self->state, self->mode, self->reason, self->ended_by, self->cause };

  oh_pack_open (pack, 8);
  oh_pack_string (pack, self->path);
  oh_pack_value (pack, state, sizeof state, 4, TRUE);
  oh_pack_boolean (pack, self->incoming);
  oh_pack_string (pack, oh_dbus_call_get_origin (object));
  oh_pack_boolean (pack, oh_dbus_call_get_silenced (object));
  oh_pack_boolean (pack, oh_dbus_call_get_emergency (object));
  pack_times (self, pack);
  pack_party (self, pack);
  pack_owner (self, pack);
  oh_pack_open (pack, 1);
  for (guint i = 0; i < self->monitors->len; i++)
    oh_pack_string (pack, self->monitors->pdata[i]);
  oh_pack_close_array (pack);
  oh_gather_pack (self, pack);
  oh_pack_close_tuple (pack);
}

static void
take_times (OhCall *self, GVariant *saved)
{
  OhDbusCall *object = OH_DBUS_CALL (self);
  gint64 since, offered, connected, ended;

  g_variant_get (saved, "(xxxx)", &since, &offered, &connected, &ended);
  oh_dbus_call_set_state_since (object, since);
  oh_dbus_call_set_offered_at (object, offered);
  oh_dbus_call_set_connected_at (object, connected);
  oh_dbus_call_set_ended_at (object, ended);
}

static void
take_party (OhCall *self, GVariant *saved)
{
  OhParty party = { 0 };

  g_variant_get (saved, "(&s&s&s&s&suub)", &party.number, &party.name, &party.called_number,
                 &party.network_time, &party.raw, &party.number_presentation,
                 &party.name_presentation, &party.partial);
  party.number_presentation = MIN (party.number_presentation, OH_PRESENTATION_UNAVAILABLE);
  party.name_presentation = MIN (party.name_presentation, OH_PRESENTATION_UNAVAILABLE);
  oh_call_set_party (self, &party);
}

static void
take_owner (OhCall *self, GVariant *saved)
{
  const char *maker;

  g_variant_get (saved, "(&s&sbbbb)", &maker, NULL, &self->owner.taken, &self->owner.keep,
                 &self->owner.lost, &self->owner.answered);
  self->maker = *maker != '\0' ? g_strdup (maker) : NULL;
}

static void
take_monitors (OhCall *self, GVariant *saved)
{
  g_autofree const char **names = g_variant_get_strv (saved, NULL);

  for (guint i = 0; names[i] != NULL; i++)
    oh_call_monitor_digits (self, names[i], TRUE);
}

static void
take_part (OhCall *self, GVariant *saved, guint index, void (*take) (OhCall *self, GVariant *saved))
{
  g_autoptr (GVariant) part = g_variant_get_child_value (saved, index);

  take (self, part);
}

static void
read_state (GVariant *saved, OhEvent *event)
{
  g_autoptr (GVariant) state = g_variant_get_child_value (saved, 1);

  g_variant_get (state, "(uuuuuu)", &event->call, &event->state, &event->mode, &event->reason,
                 &event->ended_by, &event->cause);
  event->state = MIN (event->state, OH_CALL_UNKNOWN);
  event->mode &= (1u << OH_N_MODES) - 1;
  event->reason = MIN (event->reason, OH_REASON_UNKNOWN);
  event->ended_by = MIN (event->ended_by, OH_ENDED_BY_UNKNOWN);
}

OhCall *
oh_call_restore (OhBus *bus, OhLine *line, GVariant *saved)
{
  OhEvent event = { .kind = OH_EVENT_CALL };
  const char *path, *origin;
  gboolean silenced, emergency;
  OhCall *self;

  read_state (saved, &event);
  g_variant_get (saved, "(&s@(uuuuuu)b&sbb@(xxxx)@(sssssuub)@(ssbbbb)@as@a(sussuu))", &path, NULL,
                 &event.incoming, &origin, &silenced, &emergency, NULL, NULL, NULL, NULL, NULL);
  if (oh_line_number_of_call (line, path) == 0)
    return NULL;
  self = oh_call_new (bus, line, path, &event);
  self->reason = event.reason;
  self->ended_by = event.ended_by;
  self->cause = event.cause;
  oh_dbus_call_set_reason (OH_DBUS_CALL (self), oh_reason_name (event.reason));
  oh_dbus_call_set_ended_by (OH_DBUS_CALL (self), oh_ended_by_name (event.ended_by));
  oh_dbus_call_set_cause (OH_DBUS_CALL (self), event.cause);
  oh_dbus_call_set_origin (OH_DBUS_CALL (self), origin);
  oh_dbus_call_set_silenced (OH_DBUS_CALL (self), silenced);
  oh_dbus_call_set_emergency (OH_DBUS_CALL (self), emergency);
  take_part (self, saved, 6, take_times);
  take_part (self, saved, 7, take_party);
  take_part (self, saved, 8, take_owner);
  take_part (self, saved, 9, take_monitors);
  return self;
}
