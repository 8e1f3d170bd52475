// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/call-private.h"

#include "daemon/line.h"

/* A call that a daemon leaves to the one that starts after it. */

static const char *
text (const char *text)
{
  return text != NULL ? text : "";
}

GVariant *
oh_call_save (OhCall *self)
{
  OhDbusCall *object = OH_DBUS_CALL (self);
  GVariant *times = g_variant_new (
      "(xxxx)", oh_dbus_call_get_state_since (object), oh_dbus_call_get_offered_at (object),
      oh_dbus_call_get_connected_at (object), oh_dbus_call_get_ended_at (object));
  GVariant *party = g_variant_new ("(sssuub)", text (self->number), text (self->name),
                                   text (self->network_time), self->number_presentation,
                                   self->name_presentation, self->partial);
  GVariant *owner
      = g_variant_new ("(ssbbbb)", text (self->maker),
                       self->owner.peer != NULL ? oh_peer_get_name (self->owner.peer) : "",
                       self->owner.taken, self->owner.keep, self->owner.lost, self->owner.answered);

  return g_variant_new (
      "(suuuuubsbs@(xxxx)@(sssuub)@(ssbbbb)@as)", self->path, self->modem_call, self->state,
      self->mode, self->reason, self->ended_by, self->incoming, oh_dbus_call_get_origin (object),
      oh_dbus_call_get_silenced (object), oh_dbus_call_get_direction (object), times, party, owner,
      g_variant_new_strv ((const char *const *)self->monitors->pdata, self->monitors->len));
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
  OhParty party;

  g_variant_get (saved, "(&s&s&suub)", &party.number, &party.name, &party.network_time,
                 &party.number_presentation, &party.name_presentation, &party.partial);
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

OhCall *
oh_call_restore (OhBus *bus, OhLine *line, GVariant *saved)
{
  OhEvent event = { .kind = OH_EVENT_CALL };
  const char *path, *origin, *direction;
  gboolean silenced;
  OhCall *self;

  g_variant_get (saved, "(&suuuuub&sb&s@(xxxx)@(sssuub)@(ssbbbb)@as)", &path, &event.call,
                 &event.state, &event.mode, &event.reason, &event.ended_by, &event.incoming,
                 &origin, &silenced, &direction, NULL, NULL, NULL, NULL);
  if (oh_line_number_of_call (line, path) == 0)
    return NULL;
  event.state = MIN (event.state, OH_CALL_UNKNOWN);
  event.reason = MIN (event.reason, OH_REASON_UNKNOWN);
  event.ended_by = MIN (event.ended_by, OH_ENDED_BY_UNKNOWN);
  self = oh_call_new (bus, line, path, &event);
  self->reason = event.reason;
  self->ended_by = event.ended_by;
  oh_dbus_call_set_reason (OH_DBUS_CALL (self), oh_reason_name (event.reason));
  oh_dbus_call_set_ended_by (OH_DBUS_CALL (self), oh_ended_by_name (event.ended_by));
  oh_dbus_call_set_origin (OH_DBUS_CALL (self), origin);
  oh_dbus_call_set_silenced (OH_DBUS_CALL (self), silenced);
  take_part (self, saved, 10, take_times);
  take_part (self, saved, 11, take_party);
  take_part (self, saved, 12, take_owner);
  take_part (self, saved, 13, take_monitors);
  return self;
}
