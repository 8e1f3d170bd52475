// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/line-private.h"

#include "daemon/log.h"

/* What the journal is told of a line. One fact, one entry: a device that goes is told of as that,
 * not as a state and as a health besides. */

#define DEVICE_LOST "device-lost"
#define NOT_OPENED "not-opened" /* why, the modem's health says, once and not at each try */

void
oh_line_log_state (OhLine *self, OhLineState before)
{
  const char *reason = oh_dbus_line_get_state_reason (OH_DBUS_LINE (self));
  OhLogEntry entry = { .line = self->id,
                       .state = oh_line_state_name (self->state),
                       .reason = *reason != '\0' ? reason : NULL };

  if (self->state == OH_LINE_ABSENT && before != OH_LINE_ABSENT)
    {
      entry.event = OH_LOG_DEVICE_GONE;
      oh_log_event (&entry, "Line %s has no device: %s is not there", self->id, self->device);
    }
  else if (before == OH_LINE_ABSENT && self->state != OH_LINE_ABSENT)
    {
      entry.event = OH_LOG_DEVICE_BACK;
      oh_log_event (&entry, "The device of line %s is there: %s", self->id, self->device);
    }
  else if (self->state != OH_LINE_INITIALIZING && self->state != OH_LINE_ABSENT
           && !g_str_equal (reason, NOT_OPENED))
    {
      entry.event = OH_LOG_LINE_STATE;
      oh_log_event (&entry, "Line %s is %s%s%s", self->id, entry.state, *reason != '\0' ? ": " : "",
                    reason);
    }
}

void
oh_line_log_health (OhLine *self, const char *reason_before, const char *text)
{
  const char *health = oh_dbus_line_get_health (OH_DBUS_LINE (self));
  const char *reason = oh_dbus_line_get_health_reason (OH_DBUS_LINE (self));
  gboolean well = g_str_equal (health, oh_health_name (OH_HEALTH_HEALTHY));
  OhLogEntry entry = { .event = well ? OH_LOG_LINE_WELL : OH_LOG_LINE_AILING,
                       .line = self->id,
                       .state = health,
                       .reason = *reason != '\0' ? reason : NULL };

  if (g_str_equal (reason, DEVICE_LOST) || (well && g_str_equal (reason_before, DEVICE_LOST)))
    return;
  if (well)
    oh_log_event (&entry, "The modem of line %s works again", self->id);
  else
    oh_log_event (&entry, "The modem of line %s is %s: %s", self->id, health,
                  text != NULL ? text : reason);
}

void
oh_line_log_call_began (OhLine *self, OhCall *call)
{
  oh_log_event (&(OhLogEntry){ OH_LOG_CALL_BEGAN, .line = self->id, .call = oh_call_get_path (call),
                               .state = oh_call_state_name (oh_call_get_state (call)) },
                "%s call on %s", oh_call_is_incoming (call) ? "Incoming" : "Outgoing", self->id);
}

void
oh_line_log_call_ended (OhLine *self, OhCall *call)
{
  OhDbusCall *object = OH_DBUS_CALL (call);
  gint64 since = oh_dbus_call_get_connected_at (object);
  gint64 lasted = since != 0 ? oh_dbus_call_get_ended_at (object) - since : 0;

  oh_log_event (&(OhLogEntry){ OH_LOG_CALL_ENDED, .line = self->id, .call = oh_call_get_path (call),
                               .state = oh_call_state_name (oh_call_get_state (call)),
                               .reason = oh_dbus_call_get_reason (object),
                               .duration = MAX (lasted, 0) }, /* the clock may have been set */
                "Call on %s ended: %s", self->id, oh_dbus_call_get_reason (object));
}

void
oh_line_log_release (OhLine *self, OhHandle *handle, OhClosed why)
{
  guint pid = oh_peer_get_pid (oh_handle_get_peer (handle));
  OhLogEntry entry = { OH_LOG_HANDLE_RELEASED, .line = self->id };

  switch (why)
    {
    case OH_CLOSED_UNRESPONSIVE:
      entry.reason = "unresponsive";
      oh_log_event (&entry, "Process %u has not answered an event in %u ms: %s is released", pid,
                    self->bus->limits->answer_ms, oh_handle_get_path (handle));
      break;
    case OH_CLOSED_OVERFLOW:
      entry.reason = "overflow";
      oh_log_event (&entry, "Process %u lets more than %u events wait: %s is released", pid,
                    self->bus->limits->queued, oh_handle_get_path (handle));
      break;
    case OH_CLOSED_BY_CLIENT:
    case OH_CLOSED_REFUSED:
    case OH_CLOSED_REMOVED:
    case OH_CLOSED_SHUTDOWN:
      break;
    }
}
