// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/line-private.h"

#include "daemon/log.h"
#include "daemon/store.h"

/* What the journal is told of a line. One fact, one entry: a device that goes is told of as that,
 * not as a state and as a health besides. */

#define DEVICE_LOST "device-lost"
#define NOT_OPENED "not-opened" /* why, the modem's health says, once and not at each try */

typedef struct
{
  OhStore *store;
  OhLogEntry entry;
  char *line, *call, *reason, *text;
} Post;

static void
nothing_to_stage (gpointer user_data)
{
}

static void
send_post (gpointer user_data)
{
  Post *post = user_data;

  oh_log_event (&post->entry, "%s", post->text);
  oh_store_unref (post->store);
  g_free (post->line);
  g_free (post->call);
  g_free (post->reason);
  g_free (post->text);
  g_free (post);
}

/* Behind the events that are about to go out. */
static void G_GNUC_PRINTF (3, 4)
    log_behind (OhLine *self, const OhLogEntry *entry, const char *format, ...)
{
  Post *post = g_new0 (Post, 1);
  va_list arguments;

  va_start (arguments, format);
  post->text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  post->store = oh_store_ref (self->bus->store);
  post->entry = *entry;
  post->entry.line = post->line = g_strdup (entry->line);
  post->entry.call = post->call = g_strdup (entry->call);
  post->entry.reason = post->reason = g_strdup (entry->reason);
  oh_store_stage (self->bus->store, nothing_to_stage, send_post, post);
}

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
      log_behind (self, &entry, "Line %s has no device: %s is not there", self->id,
                  *self->device != '\0' ? self->device : "its modem");
    }
  else if (before == OH_LINE_ABSENT && self->state != OH_LINE_ABSENT)
    {
      entry.event = OH_LOG_DEVICE_BACK;
      log_behind (self, &entry, "The device of line %s is there: %s", self->id, self->device);
    }
  else if (self->state != OH_LINE_INITIALIZING && self->state != OH_LINE_ABSENT
           && !g_str_equal (reason, NOT_OPENED))
    {
      entry.event = OH_LOG_LINE_STATE;
      log_behind (self, &entry, "Line %s is %s%s%s", self->id, entry.state,
                  *reason != '\0' ? ": " : "", reason);
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
    log_behind (self, &entry, "The modem of line %s works again", self->id);
  else
    log_behind (self, &entry, "The modem of line %s is %s: %s", self->id, health,
                text != NULL ? text : reason);
}

void
oh_line_log_call_began (OhLine *self, OhCall *call)
{
  log_behind (self,
              &(OhLogEntry){ OH_LOG_CALL_BEGAN, .line = self->id, .call = oh_call_get_path (call),
                             .state = oh_call_state_name (oh_call_get_state (call)) },
              "%s call on %s", oh_call_is_incoming (call) ? "Incoming" : "Outgoing", self->id);
}

void
oh_line_log_call_ended (OhLine *self, OhCall *call)
{
  OhDbusCall *object = OH_DBUS_CALL (call);
  gint64 since = oh_dbus_call_get_connected_at (object);
  gint64 lasted = since != 0 ? oh_dbus_call_get_ended_at (object) - since : 0;

  log_behind (self,
              &(OhLogEntry){ OH_LOG_CALL_ENDED, .line = self->id, .call = oh_call_get_path (call),
                             .state = oh_call_state_name (oh_call_get_state (call)),
                             .reason = oh_dbus_call_get_reason (object),
                             .cause = oh_dbus_call_get_cause (object),
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
      log_behind (self, &entry, "Process %u has not answered an event in %u ms: %s is released",
                  pid, self->bus->limits->answer_ms, oh_handle_get_path (handle));
      break;
    case OH_CLOSED_OVERFLOW:
      entry.reason = "overflow";
      log_behind (self, &entry, "Process %u lets more than %u events wait: %s is released", pid,
                  self->bus->limits->queued, oh_handle_get_path (handle));
      break;
    case OH_CLOSED_BY_CLIENT:
    case OH_CLOSED_REFUSED:
    case OH_CLOSED_REMOVED:
    case OH_CLOSED_SHUTDOWN:
      break;
    }
}
