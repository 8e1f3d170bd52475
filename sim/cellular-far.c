// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sim/cause.h"
#include "sim/cellular-family.h"
#include "sim/words.h"

/* Seconds. */
#define RING_PERIOD 5
#define GIVE_UP_AFTER 2.5
#define DIGIT_PERIOD 0.2

static gboolean
fail (GError **error, const char *message)
{
  g_set_error_literal (error, OH_SIM_ERROR, OH_SIM_ERROR_STATE, message);
  return FALSE;
}

static void
on_caller_tired (gpointer data)
{
  OhSimCellular *self = data;

  self->modem->kind->far_give_up (self->modem, FALSE, OH_SIM_CAUSE_NORMAL, NULL);
}

static void
on_ring (gpointer data)
{
  OhSimCellular *self = data;
  const OhSimClock *clock = self->modem->clock;
  guint automatic = self->modem->registers[OH_SIM_REGISTER_AUTO_ANSWER];
  OhSimCall *call = oh_sim_cellular_find (self, OH_SIM_CALL_INCOMING);

  self->rings++;
  oh_sim_modem_report (self->modem, "ring %u", self->rings);
  if (!call->announced && self->family->report_before_ring)
    oh_sim_cellular_tell_state (self, call, OH_SIM_CALL_INCOMING);
  oh_sim_cellular_tell_ring (self, &call->party);
  if (!call->announced)
    oh_sim_cellular_tell_state (self, call, OH_SIM_CALL_INCOMING);
  if (self->rings == call->party.rings)
    oh_sim_timer_start (&self->ring, clock, GIVE_UP_AFTER, on_caller_tired, self);
  else
    oh_sim_timer_start (&self->ring, clock, RING_PERIOD, on_ring, self);
  if (automatic > 0 && self->rings >= automatic)
    oh_sim_cellular_accept (self, call);
}

void
oh_sim_cellular_start_ringing (OhSimCellular *self, double after)
{
  self->rings = 0;
  if (after > 0)
    oh_sim_timer_start (&self->ring, self->modem->clock, after, on_ring, self);
  else
    on_ring (self);
}

static void
end_call (OhSimCellular *self, OhSimCall *call, guint cause, const char *line)
{
  gboolean dialled = call == self->dialled;

  oh_sim_cellular_remove (self, call, cause);
  if (dialled)
    oh_sim_cellular_end_dialling (self, line != NULL ? line : "NO CARRIER");
  else if (line != NULL)
    oh_sim_cellular_tell (self, "%s", line);
}

static void
take_step (OhSimCall *call, OhSimStep step, guint cause)
{
  OhSimModem *modem = call->modem;
  OhSimCellular *self = modem->line;

  switch (step)
    {
    case OH_SIM_STEP_ALERT:
      oh_sim_modem_report (modem, "remote-alerting");
      oh_sim_cellular_set_state (self, call, OH_SIM_CALL_ALERTING);
      break;
    case OH_SIM_STEP_ANSWER:
      oh_sim_modem_report (modem, "remote-answered");
      oh_sim_cellular_set_state (self, call, OH_SIM_CALL_ACTIVE);
      if (call == self->dialled)
        oh_sim_cellular_end_dialling (self, "OK");
      break;
    case OH_SIM_STEP_BUSY:
      oh_sim_modem_report (modem, "remote-busy");
      end_call (self, call, cause, self->family->busy);
      break;
    case OH_SIM_STEP_NO_ANSWER:
      oh_sim_modem_report (modem, "no-answer");
      end_call (self, call, cause, self->family->no_answer);
      break;
    case OH_SIM_STEP_NO_CARRIER:
      oh_sim_modem_report (modem, "no-carrier");
      end_call (self, call, cause, self->family->refused);
      break;
    case OH_SIM_STEP_NO_DIALTONE:
    case OH_SIM_STEP_DELAYED:
    case OH_SIM_STEP_BLACKLISTED:
    case OH_SIM_STEP_NONE:
      break;
    }
}

static void
on_step (OhSimStep step, gpointer data)
{
  OhSimCall *call = data;

  take_step (call, step, call->run.plan.cause);
}

void
oh_sim_cellular_follow_plan (OhSimCellular *self, OhSimCall *call)
{
  oh_sim_plan_run_start (&call->run, &self->modem->plan, self->modem->clock, on_step, call);
}

gboolean
oh_sim_cellular_far_ring (OhSimModem *modem, const OhSimCaller *caller, GError **error)
{
  OhSimCellular *self = modem->line;

  if (self->calls->len > 0)
    return fail (error, "there is a call already: 'waiting' makes a second one");
  if (!oh_sim_network_may_call (modem, ""))
    return fail (error, "the network does not find the modem");
  oh_sim_cellular_add (self, caller, OH_SIM_CALL_INCOMING);
  oh_sim_cellular_start_ringing (self, 0);
  return TRUE;
}

gboolean
oh_sim_cellular_far_wait (OhSimModem *modem, const OhSimCaller *caller, GError **error)
{
  OhSimCellular *self = modem->line;
  OhSimCall *call;

  if (oh_sim_cellular_find (self, OH_SIM_CALL_ACTIVE) == NULL
      || oh_sim_cellular_find (self, OH_SIM_CALL_WAITING) != NULL)
    return fail (error, "no call that another one could wait for");
  if (!self->services.call_waiting)
    return fail (error, "the caller hears busy: call waiting is off");
  call = oh_sim_cellular_add (self, caller, OH_SIM_CALL_WAITING);
  oh_sim_modem_report (modem, "waiting %s", caller->number);
  oh_sim_cellular_tell_waiting (self, caller);
  oh_sim_cellular_tell_state (self, call, OH_SIM_CALL_WAITING);
  return TRUE;
}

/* NO CARRIER behind a waiting call would be taken for the end of the active one. */
gboolean
oh_sim_cellular_far_give_up (OhSimModem *modem, gboolean silent, guint cause, GError **error)
{
  OhSimCellular *self = modem->line;
  OhSimCall *waiting = oh_sim_cellular_find (self, OH_SIM_CALL_WAITING);
  OhSimCall *incoming = oh_sim_cellular_find (self, OH_SIM_CALL_INCOMING);

  if (waiting == NULL && incoming == NULL)
    return fail (error, "nobody is calling");
  oh_sim_modem_report (modem, "caller-gave-up");
  if (waiting != NULL)
    end_call (self, waiting, cause, NULL);
  else
    end_call (self, incoming, cause, silent ? NULL : self->family->gave_up);
  return TRUE;
}

gboolean
oh_sim_cellular_far_step (OhSimModem *modem, OhSimStep step, guint cause, GError **error)
{
  OhSimCall *call = oh_sim_cellular_find_dialled (modem->line);

  if (call == NULL)
    return fail (error, "the host is not calling");
  if (step != OH_SIM_STEP_ALERT)
    oh_sim_plan_run_stop (&call->run);
  take_step (call, step, cause);
  return TRUE;
}

/* The one that talks, else the one being called, else the one on hold. */
gboolean
oh_sim_cellular_far_hang_up (OhSimModem *modem, OhSimSign sign, guint cause, GError **error)
{
  OhSimCellular *self = modem->line;
  OhSimCall *call = oh_sim_cellular_find (self, OH_SIM_CALL_ACTIVE);

  if (call == NULL)
    call = oh_sim_cellular_find_dialled (self);
  if (call == NULL)
    call = oh_sim_cellular_find (self, OH_SIM_CALL_HELD);
  if (call == NULL)
    return fail (error, "there is no call to end");
  oh_sim_modem_report (modem, "remote-hung-up");
  end_call (self, call, cause, sign == OH_SIM_SIGN_NONE ? NULL : self->family->hung_up);
  return TRUE;
}

static OhSimCall *
find_held_by_far (OhSimCellular *self, gboolean held)
{
  for (guint i = 0; i < self->calls->len; i++)
    {
      OhSimCall *call = self->calls->pdata[i];

      if (call->state <= OH_SIM_CALL_HELD && call->held_by_far == held
          && (held || call->state == OH_SIM_CALL_ACTIVE))
        return call;
    }
  return NULL;
}

/* The list does not show it: both ends keep their own side of a call. */
gboolean
oh_sim_cellular_far_hold (OhSimModem *modem, gboolean held, GError **error)
{
  OhSimCellular *self = modem->line;
  OhSimCall *call = find_held_by_far (self, !held);

  if (call == NULL)
    return fail (error, held ? "no call that could be held" : "no call is held by the far end");
  call->held_by_far = held;
  oh_sim_modem_report (modem, held ? "remote-held" : "remote-retrieved");
  oh_sim_cellular_tell_service (self, held ? OH_SIM_SERVICE_HELD : OH_SIM_SERVICE_RETRIEVED);
  return TRUE;
}

static void
tell_digit (OhSimCellular *self, char digit)
{
  const OhSimFamily *family = self->family;

  if (family->digit_line == NULL
      || (family->digit_setting != NULL
          && oh_sim_modem_get_number (self->modem, family->digit_setting) == 0))
    return;
  if (family->digit_as_code)
    oh_sim_cellular_tell (self, "%s%u", family->digit_line, (guint)(guchar)digit);
  else
    oh_sim_cellular_tell (self, "%s%c", family->digit_line, digit);
}

static void
on_digit (gpointer data)
{
  OhSimCellular *self = data;

  if (self->digits->len == 0)
    return;
  tell_digit (self, self->digits->str[0]);
  g_string_erase (self->digits, 0, 1);
  oh_sim_timer_start (&self->digit, self->modem->clock, DIGIT_PERIOD, on_digit, self);
}

gboolean
oh_sim_cellular_far_digits (OhSimModem *modem, const char *digits, GError **error)
{
  OhSimCellular *self = modem->line;

  if (oh_sim_cellular_find (self, OH_SIM_CALL_ACTIVE) == NULL)
    return fail (error, "there is no call");
  g_string_append (self->digits, digits);
  if (!oh_sim_timer_is_running (&self->digit))
    on_digit (self);
  return TRUE;
}
