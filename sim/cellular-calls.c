// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sim/cause.h"
#include "sim/cellular.h"

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
  call->index = 1;
  while (oh_sim_cellular_find_index (self, call->index) != NULL)
    call->index++;
  call->incoming = state == OH_SIM_CALL_INCOMING || state == OH_SIM_CALL_WAITING;
  call->state = state;
  oh_sim_caller_copy (&call->party, party);
  g_ptr_array_add (self->calls, call);
  g_ptr_array_sort (self->calls, compare_index);
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

/* A caller who waited while the others went now rings. */
void
oh_sim_cellular_remove (OhSimCellular *self, OhSimCall *call, guint cause)
{
  OhSimCall *waiting;

  self->last_cause = cause;
  if (call->state == OH_SIM_CALL_INCOMING)
    oh_sim_timer_stop (&self->ring);
  g_ptr_array_remove (self->calls, call);
  dissolve_conference (self);
  waiting = oh_sim_cellular_find (self, OH_SIM_CALL_WAITING);
  if (waiting == NULL || self->calls->len > 1)
    return;
  waiting->state = OH_SIM_CALL_INCOMING;
  oh_sim_cellular_start_ringing (self, RING_AFTER_WAITING);
}

void
oh_sim_cellular_accept (OhSimCellular *self, OhSimCall *call)
{
  if (call->state == OH_SIM_CALL_INCOMING)
    oh_sim_timer_stop (&self->ring);
  call->state = OH_SIM_CALL_ACTIVE;
  oh_sim_modem_report (self->modem, "answered-by-host");
}

void
oh_sim_cellular_release (OhSimCellular *self, OhSimCall *call)
{
  gboolean refused = call->state == OH_SIM_CALL_INCOMING || call->state == OH_SIM_CALL_WAITING;

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
      call->state = to;
      oh_sim_modem_report (self->modem, "%s %u",
                           to == OH_SIM_CALL_HELD ? "held-by-host" : "retrieved-by-host",
                           call->index);
      any = TRUE;
    }
  return any;
}

void
oh_sim_cellular_join (OhSimCellular *self)
{
  for (guint i = 0; i < self->calls->len; i++)
    {
      OhSimCall *call = self->calls->pdata[i];

      if (call->state > OH_SIM_CALL_HELD)
        continue;
      call->state = OH_SIM_CALL_ACTIVE;
      call->conference = TRUE;
    }
  oh_sim_modem_report (self->modem, "joined-by-host");
}
