// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/manager-notify.h"

#include <systemd/sd-daemon.h>

#include "daemon/log.h"

#define LOOK_AGAIN_MS 1000

struct _OhNotify
{
  OhManager *manager;
  guint due; /* the status may be another */
  char *status;
  guint watchdog, watchdog_ms; /* 0: nobody watches */
  gboolean was_stuck, complained;
};

static const char *
plural (guint n)
{
  return n == 1 ? "" : "s";
}

static gboolean
on_due (gpointer user_data)
{
  OhNotify *self = user_data;
  g_autofree char *status = NULL;
  guint lines, calls, handles;

  self->due = 0;
  oh_manager_count (self->manager, &lines, &calls, &handles);
  status = g_strdup_printf ("STATUS=%u line%s, %u call%s, %u handle%s", lines, plural (lines),
                            calls, plural (calls), handles, plural (handles));
  if (g_strcmp0 (status, self->status) == 0)
    return G_SOURCE_REMOVE;
  sd_notify (0, status);
  g_free (self->status);
  self->status = g_steal_pointer (&status);
  return G_SOURCE_REMOVE;
}

static void
on_changed (OhNotify *self)
{
  if (self->due == 0)
    self->due = g_idle_add (on_due, self);
}

/* Once may be a process that had no time to run: what is overdue is dealt with in this turn of the
 * loop. */
static void
complain (OhNotify *self, OhLine *stuck)
{
  if (self->was_stuck && !self->complained)
    {
      self->complained = TRUE;
      oh_log_event (&(OhLogEntry){ OH_LOG_OVERDUE, .line = oh_line_get_id (stuck) },
                    "Line %s: a command to the modem is overdue by twice its limit, the watchdog "
                    "is not fed",
                    oh_line_get_id (stuck));
    }
  self->was_stuck = TRUE;
}

static gboolean
on_watchdog (gpointer user_data)
{
  OhNotify *self = user_data;
  OhLine *stuck = oh_manager_find_stuck_line (self->manager);
  guint next_ms = self->watchdog_ms;

  if (stuck == NULL)
    {
      self->was_stuck = self->complained = FALSE;
      sd_notify (0, "WATCHDOG=1");
    }
  else
    {
      complain (self, stuck);
      next_ms = MIN (next_ms, LOOK_AGAIN_MS);
    }
  self->watchdog = g_timeout_add (next_ms, on_watchdog, self);
  return G_SOURCE_REMOVE;
}

OhNotify *
oh_notify_new (OhManager *manager)
{
  OhNotify *self = g_new0 (OhNotify, 1);
  guint64 limit_us;

  self->manager = manager;
  if (g_getenv ("NOTIFY_SOCKET") == NULL)
    return self;
  g_signal_connect_swapped (manager, "changed", G_CALLBACK (on_changed), self);
  on_changed (self);
  if (sd_watchdog_enabled (0, &limit_us) > 0)
    {
      self->watchdog_ms = limit_us / 2000;
      on_watchdog (self);
    }
  return self;
}

void
oh_notify_free (OhNotify *self)
{
  g_signal_handlers_disconnect_by_data (self->manager, self);
  g_clear_handle_id (&self->due, g_source_remove);
  g_clear_handle_id (&self->watchdog, g_source_remove);
  g_free (self->status);
  g_free (self);
}
