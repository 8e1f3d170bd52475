// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <glib.h>

/* Simulated time: every duration of a modem or a script is multiplied by @scale. */
typedef struct
{
  double scale;
} OhSimClock;

typedef void (*OhSimTimerFunc) (gpointer data);

/* A one-shot timer that lives inside its owner; all zero is a stopped one. */
typedef struct
{
  guint source;
  OhSimTimerFunc func;
  gpointer data;
} OhSimTimer;

void oh_sim_timer_start (OhSimTimer *timer, const OhSimClock *clock, double seconds,
                         OhSimTimerFunc func, gpointer data);
void oh_sim_timer_start_unscaled (OhSimTimer *timer, guint milliseconds, OhSimTimerFunc func,
                                  gpointer data);
void oh_sim_timer_stop (OhSimTimer *timer);
gboolean oh_sim_timer_is_running (const OhSimTimer *timer);
