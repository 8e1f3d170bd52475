// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/manager-sleep.h"

#include "daemon/port.h"
#include "daemon/sleep.h"

struct _OhRest
{
  OhManager *manager;
  OhSleep *sleep;
  OhSurvivesFunc survives;
  guint due; /* whether a line is busy may be another */
};

static void
add_busy (gpointer line, gpointer user_data)
{
  gboolean *busy = user_data;

  *busy |= oh_line_is_busy (line);
}

static gboolean
on_due (gpointer user_data)
{
  OhRest *self = user_data;
  gboolean busy = FALSE;

  self->due = 0;
  oh_manager_foreach_line (self->manager, add_busy, &busy);
  oh_sleep_set_busy (self->sleep, busy);
  return G_SOURCE_REMOVE;
}

/* Behind the events that go out in this turn of the loop. */
static void
on_changed (OhRest *self)
{
  if (self->due == 0)
    self->due = g_idle_add_full (G_PRIORITY_DEFAULT, on_due, self, NULL);
}

static void
lay_down (gpointer line, gpointer user_data)
{
  OhRest *self = user_data;

  oh_line_sleep (line, self->survives (oh_line_get_device (line)));
}

static void
going (gpointer user_data)
{
  OhRest *self = user_data;

  oh_manager_foreach_line (self->manager, lay_down, self);
}

static void
wake (gpointer line, gpointer user_data)
{
  oh_line_wake (line);
}

static void
awake (gpointer user_data)
{
  OhRest *self = user_data;

  oh_manager_foreach_line (self->manager, wake, NULL);
}

static const OhSleepFuncs funcs = { .going = going, .awake = awake };

OhRest *
oh_rest_new (OhManager *manager, GDBusConnection *connection, OhSurvivesFunc survives)
{
  OhRest *self = g_new0 (OhRest, 1);

  self->manager = manager;
  self->survives = survives != NULL ? survives : oh_port_survives_sleep;
  self->sleep = oh_sleep_new (connection, &funcs, self);
  g_signal_connect_swapped (manager, "changed", G_CALLBACK (on_changed), self);
  on_changed (self);
  return self;
}

void
oh_rest_free (OhRest *self)
{
  g_signal_handlers_disconnect_by_data (self->manager, self);
  g_clear_handle_id (&self->due, g_source_remove);
  oh_sleep_free (self->sleep);
  g_free (self);
}
