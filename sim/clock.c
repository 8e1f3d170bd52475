// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sim/clock.h"

static gboolean
on_elapsed (gpointer data)
{
  OhSimTimer *timer = data;

  /* First, so that the function may start the timer again. */
  timer->source = 0;
  timer->func (timer->data);
  return G_SOURCE_REMOVE;
}

/* A running timer is started anew. */
void
oh_sim_timer_start_unscaled (OhSimTimer *timer, guint milliseconds, OhSimTimerFunc func,
                             gpointer data)
{
  oh_sim_timer_stop (timer);
  timer->func = func;
  timer->data = data;
  timer->source = g_timeout_add (milliseconds, on_elapsed, timer);
}

void
oh_sim_timer_start (OhSimTimer *timer, const OhSimClock *clock, double seconds, OhSimTimerFunc func,
                    gpointer data)
{
  double milliseconds = CLAMP (seconds * clock->scale * 1000, 0, (double)G_MAXINT);

  oh_sim_timer_start_unscaled (timer, (guint)(milliseconds + 0.5), func, data);
}

void
oh_sim_timer_stop (OhSimTimer *timer)
{
  g_clear_handle_id (&timer->source, g_source_remove);
}

gboolean
oh_sim_timer_is_running (const OhSimTimer *timer)
{
  return timer->source != 0;
}
