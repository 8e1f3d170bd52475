// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sim/cause.h"
#include "sim/cellular-family.h"

#define RING_AFTER_WAITING 0.5 /* seconds */

void
oh_sim_cellular_free_call (gpointer data)
{
  OhSimCall *call = data;

  oh_sim_plan_run_stop (&call->run);
  oh_sim_caller_clear (&call->party);
  g_free (call);
}

static gint
compare_index (gconstpointer a, gconstpointer b)
{
  const OhSimCall *left = *(OhSimCall *const *)a;
  const OhSimCall *right = *(OhSimCall *const *)b;

  return (gint)left->index - (gint)right->index;
}

OhSimCall *
oh_sim_cellular_find_index (OhSimCellular *self, guint index)
{
  for (guint i = 0; i < self->calls->len; i++)
    {
      OhSimCall *call = self->calls->pdata[i];

      if (call->index == index)
        return call;
    }
  return NULL;
}

OhSimCall *
oh_sim_cellular_find (OhSimCellular *self, OhSimCallState state)
{
  for (guint i = 0; i < self->calls->len; i++)
    {
      OhSimCall *call = self->calls->pdata[i];

      if (call->state == state)
        return call;
    }
  return NULL;
}

OhSimCall *
oh_sim_cellular_find_dialled (OhSimCellular *self)
{
  OhSimCall *call = oh_sim_cellular_find (self, OH_SIM_CALL_DIALLING);

  return call != NULL ? call : oh_sim_cellular_find (self, OH_SIM_CALL_ALERTING);
}

/* A new call with the lowest free index. */
OhSimCall *
oh_sim_cellular_add (OhSimCellular *self, const OhSimCaller *party, OhSimCallState state)
{
  OhSimCall *call = g_new0 (OhSimCall, 1);

  call->modem = self->modem;
  call->index = MAX (self->family->first_index, 1);
  while (oh_sim_cellular_find_index (self, call->index) != NULL)
    call->index++;
  call->incoming = state == OH_SIM_CALL_INCOMING || state == OH_SIM_CALL_WAITING;
  call->state = state;
  oh_sim_caller_copy (&call->party, party);
  g_ptr_array_add (self->calls, call);
  g_ptr_array_sort (self->calls, compare_index);
  oh_sim_cellular_start_noise (self);
  return call;
}

/* A conference of one is none. */
static void
dissolve_conference (OhSimCellular *self)
{
  OhSimCall *member = NULL;
  guint members = 0;

  for (guint i = 0; i < self->calls->len; i++)
    {
      OhSimCall *call = self->calls->pdata[i];

      if (call->conference)
        {
          members++;
          member = call;
        }
    }
  if (members == 1)
    member->conference = FALSE;
}

static OhSimChange
find_change (OhSimCallState before, OhSimCallState state)
{
  switch (state)
    {
    case OH_SIM_CALL_ACTIVE:
      return before == OH_SIM_CALL_HELD ? OH_SIM_CHANGE_RETRIEVED : OH_SIM_CHANGE_CONNECTED;
    case OH_SIM_CALL_HELD:
      return OH_SIM_CHANGE_HELD;
    case OH_SIM_CALL_DIALLING:
      return OH_SIM_CHANGE_DIALLED;
    case OH_SIM_CALL_ALERTING:
      return OH_SIM_CHANGE_ALERTING;
    case OH_SIM_CALL_INCOMING:
      return before == OH_SIM_CALL_WAITING ? OH_SIM_CHANGE_WOKEN : OH_SIM_CHANGE_INCOMING;
    case OH_SIM_CALL_WAITING:
      return OH_SIM_CHANGE_WAITING;
    case OH_SIM_CALL_ENDED:
      return OH_SIM_CHANGE_ENDED;
    }
  g_assert_not_reached ();
}

/* Reports a state that was another one @before. */
void
oh_sim_cellular_tell_state (OhSimCellular *self, OhSimCall *call, OhSimCallState before)
{
  if (call->state == OH_SIM_CALL_ACTIVE && call->answered == 0)
    call->answered = g_get_monotonic_time ();
  if (call->state == OH_SIM_CALL_INCOMING)
    call->announced = TRUE;
  oh_sim_cellular_report (self, call, find_change (before, call->state));
}

void
oh_sim_cellular_set_state (OhSimCellular *self, OhSimCall *call, OhSimCallState state)
{
  OhSimCallState before = call->state;

  call->state = state;
  if (state != before)
    oh_sim_cellular_tell_state (self, call, before);
}

static void
renumber (OhSimCellular *self)
{
  for (guint i = 0; i < self->calls->len && self->family->renumbers; i++)
    {
      OhSimCall *call = self->calls->pdata[i];

      call->index = MAX (self->family->first_index, 1) + i;
    }
}

/* A caller who waited while the others went now rings. */
void
oh_sim_cellular_remove (OhSimCellular *self, OhSimCall *call, guint cause)
{
  OhSimCall *waiting;

  self->last_cause = call->cause = cause;
  if (call->state == OH_SIM_CALL_INCOMING)
    oh_sim_timer_stop (&self->ring);
  oh_sim_cellular_set_state (self, call, OH_SIM_CALL_ENDED);
  g_ptr_array_remove (self->calls, call);
  dissolve_conference (self);
  renumber (self);
  waiting = oh_sim_cellular_find (self, OH_SIM_CALL_WAITING);
  if (waiting == NULL || self->calls->len > 1)
    return;
  oh_sim_cellular_set_state (self, waiting, OH_SIM_CALL_INCOMING);
  oh_sim_cellular_start_ringing (self, RING_AFTER_WAITING);
}

void
oh_sim_cellular_accept (OhSimCellular *self, OhSimCall *call)
{
  if (call->state == OH_SIM_CALL_INCOMING)
    oh_sim_timer_stop (&self->ring);
  oh_sim_modem_report (self->modem, "answered-by-host");
  oh_sim_cellular_set_state (self, call, OH_SIM_CALL_ACTIVE);
}

void
oh_sim_cellular_release (OhSimCellular *self, OhSimCall *call)
{
  gboolean refused = call->state == OH_SIM_CALL_INCOMING || call->state == OH_SIM_CALL_WAITING;

  call->by_host = TRUE;
  oh_sim_modem_report (self->modem, "hung-up-by-host");
  oh_sim_cellular_remove (self, call, refused ? OH_SIM_CAUSE_REJECTED : OH_SIM_CAUSE_NORMAL);
}

gboolean
oh_sim_cellular_release_all (OhSimCellular *self, OhSimCallState state)
{
  gboolean any = FALSE;
  OhSimCall *call;

  while ((call = oh_sim_cellular_find (self, state)) != NULL)
    {
      oh_sim_cellular_release (self, call);
      any = TRUE;
    }
  return any;
}

/* Puts calls on hold or takes them back. */
gboolean
oh_sim_cellular_change_all (OhSimCellular *self, OhSimCallState from, OhSimCallState to)
{
  gboolean any = FALSE;
  OhSimCall *call;

  while ((call = oh_sim_cellular_find (self, from)) != NULL)
    {
      oh_sim_modem_report (self->modem, "%s %u",
                           to == OH_SIM_CALL_HELD ? "held-by-host" : "retrieved-by-host",
                           call->index);
      oh_sim_cellular_set_state (self, call, to);
      any = TRUE;
    }
  return any;
}

static void
join_one (gpointer data, gpointer line)
{
  OhSimCall *call = data;

  if (call->conference)
    oh_sim_cellular_set_state (line, call, OH_SIM_CALL_ACTIVE);
}

void
oh_sim_cellular_join (OhSimCellular *self)
{
  for (guint i = 0; i < self->calls->len; i++)
    {
      OhSimCall *call = self->calls->pdata[i];

      call->conference = call->state <= OH_SIM_CALL_HELD;
    }
  oh_sim_modem_report (self->modem, "joined-by-host");
  g_ptr_array_foreach (self->calls, join_one, self);
}
