// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sim/cellular.h"

#include <string.h>

#include "sim/words.h"

/* Seconds. */
#define RING_PERIOD 5
#define GIVE_UP_AFTER 2.5
#define RING_AFTER_WAITING 0.5
#define DIGIT_PERIOD 0.2

static gboolean
fail (GError **error, const char *message)
{
  g_set_error_literal (error, OH_SIM_ERROR, OH_SIM_ERROR_STATE, message);
  return FALSE;
}

static void
free_call (gpointer data)
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
oh_sim_cellular_remove (OhSimCellular *self, OhSimCall *call)
{
  OhSimCall *waiting;

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

guint
oh_sim_cellular_number_type (const char *number)
{
  if (*number == '\0')
    return 128;
  return *number == '+' ? 145 : 129;
}

/* CLI validity of 27.007 7.6. */
static guint
validity (const OhSimCaller *caller)
{
  switch (caller->presentation)
    {
    case OH_SIM_CALLER_SHOWN:
      return 0;
    case OH_SIM_CALLER_WITHHELD:
      return 1;
    case OH_SIM_CALLER_UNAVAILABLE:
    case OH_SIM_CALLER_NONE:
      return 2;
    }
  g_assert_not_reached ();
}

static const char *
name_of (const OhSimCaller *caller)
{
  return caller->name != NULL ? caller->name : "";
}

static void
tell_ring (OhSimCellular *self, const OhSimCaller *caller)
{
  OhSimModem *modem = self->modem;

  if (oh_sim_modem_get_number (modem, "+CRC") == 1)
    oh_sim_modem_tell (modem, "+CRING: VOICE");
  else
    oh_sim_modem_tell (modem, "RING");
  if (caller->presentation == OH_SIM_CALLER_NONE)
    return;
  if (oh_sim_modem_get_number (modem, "+CLIP") == 1)
    oh_sim_modem_tell (modem, "+CLIP: \"%s\",%u,\"\",0,\"%s\",%u", caller->number,
                       oh_sim_cellular_number_type (caller->number), name_of (caller),
                       validity (caller));
  if (oh_sim_modem_get_number (modem, "+CNAP") == 1 && caller->name != NULL)
    oh_sim_modem_tell (modem, "+CNAP: \"%s\",0", caller->name);
}

static void
on_caller_tired (gpointer data)
{
  OhSimCellular *self = data;

  self->modem->kind->far_give_up (self->modem, FALSE, NULL);
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
  tell_ring (self, &call->party);
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
end_call (OhSimCellular *self, OhSimCall *call, const char *line)
{
  oh_sim_cellular_remove (self, call);
  if (line != NULL)
    oh_sim_modem_tell (self->modem, "%s", line);
}

static void
on_step (OhSimStep step, gpointer data)
{
  OhSimCall *call = data;
  OhSimModem *modem = call->modem;

  switch (step)
    {
    case OH_SIM_STEP_ALERT:
      call->state = OH_SIM_CALL_ALERTING;
      oh_sim_modem_report (modem, "remote-alerting");
      break;
    case OH_SIM_STEP_ANSWER:
      call->state = OH_SIM_CALL_ACTIVE;
      oh_sim_modem_report (modem, "remote-answered");
      break;
    case OH_SIM_STEP_BUSY:
      oh_sim_modem_report (modem, "remote-busy");
      end_call (modem->line, call, "BUSY");
      break;
    case OH_SIM_STEP_NO_ANSWER:
      oh_sim_modem_report (modem, "no-answer");
      end_call (modem->line, call, "NO ANSWER");
      break;
    case OH_SIM_STEP_NO_CARRIER:
      oh_sim_modem_report (modem, "no-carrier");
      end_call (modem->line, call, "NO CARRIER");
      break;
    case OH_SIM_STEP_NO_DIALTONE:
    case OH_SIM_STEP_NONE:
      break;
    }
}

void
oh_sim_cellular_follow_plan (OhSimCellular *self, OhSimCall *call)
{
  oh_sim_plan_run_start (&call->run, &self->modem->plan, self->modem->clock, on_step, call);
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
  oh_sim_modem_report (self->modem, "hung-up-by-host");
  oh_sim_cellular_remove (self, call);
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

static gboolean
far_ring (OhSimModem *modem, const OhSimCaller *caller, GError **error)
{
  OhSimCellular *self = modem->line;

  if (self->calls->len > 0)
    return fail (error, "there is a call already: 'waiting' makes a second one");
  oh_sim_cellular_add (self, caller, OH_SIM_CALL_INCOMING);
  oh_sim_cellular_start_ringing (self, 0);
  return TRUE;
}

static gboolean
far_wait (OhSimModem *modem, const OhSimCaller *caller, GError **error)
{
  OhSimCellular *self = modem->line;

  if (oh_sim_cellular_find (self, OH_SIM_CALL_ACTIVE) == NULL
      || oh_sim_cellular_find (self, OH_SIM_CALL_WAITING) != NULL)
    return fail (error, "no call that another one could wait for");
  oh_sim_cellular_add (self, caller, OH_SIM_CALL_WAITING);
  oh_sim_modem_report (modem, "waiting %s", caller->number);
  if (oh_sim_modem_get_number (modem, "+CCWA") == 1)
    oh_sim_modem_tell (modem, "+CCWA: \"%s\",%u,1,\"%s\",%u", caller->number,
                       oh_sim_cellular_number_type (caller->number), name_of (caller),
                       validity (caller));
  return TRUE;
}

/* NO CARRIER behind a waiting call would be taken for the end of the active one. */
static gboolean
far_give_up (OhSimModem *modem, gboolean silent, GError **error)
{
  OhSimCellular *self = modem->line;
  OhSimCall *waiting = oh_sim_cellular_find (self, OH_SIM_CALL_WAITING);
  OhSimCall *incoming = oh_sim_cellular_find (self, OH_SIM_CALL_INCOMING);

  if (waiting == NULL && incoming == NULL)
    return fail (error, "nobody is calling");
  oh_sim_modem_report (modem, "caller-gave-up");
  if (waiting != NULL)
    end_call (self, waiting, NULL);
  else
    end_call (self, incoming, silent ? NULL : "NO CARRIER");
  return TRUE;
}

static gboolean
far_step (OhSimModem *modem, OhSimStep step, GError **error)
{
  OhSimCall *call = oh_sim_cellular_find_dialled (modem->line);

  if (call == NULL)
    return fail (error, "the host is not calling");
  if (step != OH_SIM_STEP_ALERT)
    oh_sim_plan_run_stop (&call->run);
  on_step (step, call);
  return TRUE;
}

/* The one that talks, else the one being called, else the one on hold. */
static gboolean
far_hang_up (OhSimModem *modem, OhSimSign sign, GError **error)
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
  end_call (self, call, sign == OH_SIM_SIGN_NONE ? NULL : "NO CARRIER");
  return TRUE;
}

static void
on_digit (gpointer data)
{
  OhSimCellular *self = data;

  if (self->digits->len == 0)
    return;
  if (oh_sim_modem_get_number (self->modem, "+DDET") == 1)
    oh_sim_modem_tell (self->modem, "+RXDTMF: %c", self->digits->str[0]);
  g_string_erase (self->digits, 0, 1);
  oh_sim_timer_start (&self->digit, self->modem->clock, DIGIT_PERIOD, on_digit, self);
}

static gboolean
far_digits (OhSimModem *modem, const char *digits, GError **error)
{
  OhSimCellular *self = modem->line;

  if (oh_sim_cellular_find (self, OH_SIM_CALL_ACTIVE) == NULL)
    return fail (error, "there is no call");
  g_string_append (self->digits, digits);
  if (!oh_sim_timer_is_running (&self->digit))
    on_digit (self);
  return TRUE;
}

static void
lose_power (OhSimModem *modem)
{
  OhSimCellular *self = modem->line;

  oh_sim_timer_stop (&self->ring);
  oh_sim_timer_stop (&self->digit);
  g_string_truncate (self->digits, 0);
  g_ptr_array_set_size (self->calls, 0);
}

/* ATZ is about settings on a cellular modem; calls go on. */
static void
reset (OhSimModem *modem)
{
}

static gpointer
create (OhSimModem *modem)
{
  OhSimCellular *self = g_new0 (OhSimCellular, 1);

  self->modem = modem;
  self->calls = g_ptr_array_new_with_free_func (free_call);
  self->digits = g_string_new (NULL);
  return self;
}

static void
destroy (gpointer line)
{
  OhSimCellular *self = line;

  oh_sim_timer_stop (&self->ring);
  oh_sim_timer_stop (&self->digit);
  g_ptr_array_unref (self->calls);
  g_string_free (self->digits, TRUE);
  g_free (self);
}

/* No handshake and no voice state here: ATD and ATA end at once. */
static void
abort_handshake (OhSimModem *modem)
{
}

static void
voice_byte (OhSimModem *modem, guint8 byte)
{
}

static const char *const identity[] = { "OFFHOOK\r\nCELLULAR\r\nRevision: 1.0", NULL };

static const OhSimCommandRow *const commands[] = { oh_sim_cellular_commands, NULL };

const OhSimKind oh_sim_cellular = {
  .name = "cellular",
  .commands = commands,
  .identity = identity,
  .create = create,
  .destroy = destroy,
  .reset = reset,
  .lose_power = lose_power,
  .dial = oh_sim_cellular_dial,
  .answer = oh_sim_cellular_answer,
  .hang_up = oh_sim_cellular_hang_up,
  .abort = abort_handshake,
  .voice_byte = voice_byte,
  .far_ring = far_ring,
  .far_wait = far_wait,
  .far_give_up = far_give_up,
  .far_step = far_step,
  .far_hang_up = far_hang_up,
  .far_digits = far_digits,
};
