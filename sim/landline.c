// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sim/landline.h"

#include <string.h>

#include "sim/words.h"

#define DIGIT_PERIOD 0.2

gboolean
oh_sim_landline_fail (GError **error, const char *message)
{
  g_set_error_literal (error, OH_SIM_ERROR, OH_SIM_ERROR_STATE, message);
  return FALSE;
}

gboolean
oh_sim_landline_is_voice_class (OhSimLandline *self)
{
  return oh_sim_modem_get_number (self->modem, self->family->class_command) == 8;
}

/* Whatever there was: the line is idle, and the modem on hook. */
void
oh_sim_landline_stop (OhSimLandline *self)
{
  oh_sim_landline_stop_ringing (self);
  oh_sim_landline_stop_beeping (self);
  oh_sim_landline_stop_hearing (self);
  oh_sim_plan_run_stop (&self->run);
  oh_sim_timer_stop (&self->result);
  oh_sim_timer_stop (&self->keyed_end);
  oh_sim_timer_stop (&self->digit);
  g_string_truncate (self->keyed, 0);
  g_string_truncate (self->digits, 0);
  self->unsettled = self->quiet = self->stays = self->alerted = self->held = FALSE;
  self->state = OH_SIM_LANDLINE_IDLE;
  self->off_hook = FALSE;
  self->route = 0;
}

void
oh_sim_landline_go_on_hook (OhSimLandline *self)
{
  gboolean had_call = self->state != OH_SIM_LANDLINE_IDLE;

  /* A ringing line goes on ringing. */
  if (!self->off_hook)
    return;
  oh_sim_landline_stop (self);
  oh_sim_modem_report (self->modem, had_call ? "hung-up-by-host" : "on-hook");
}

/* Answers the caller, or gets dial tone. */
void
oh_sim_landline_go_off_hook (OhSimLandline *self)
{
  if (self->off_hook)
    return;
  self->off_hook = TRUE;
  self->route = 1;
  if (self->state == OH_SIM_LANDLINE_RINGING)
    {
      oh_sim_landline_stop_ringing (self);
      self->state = OH_SIM_LANDLINE_TALKING;
      oh_sim_modem_report (self->modem, "answered-by-host");
      return;
    }
  oh_sim_modem_report (self->modem, "off-hook");
  if (!self->wire.dead && !self->wire.extension)
    oh_sim_landline_hear_dialtone (self);
}

static gboolean
far_step (OhSimModem *modem, OhSimStep step, guint cause, GError **error)
{
  OhSimLandline *self = modem->line;

  if (self->state != OH_SIM_LANDLINE_DIALLING)
    return oh_sim_landline_fail (error, "the host is not calling");
  if (step != OH_SIM_STEP_ALERT)
    oh_sim_plan_run_stop (&self->run);
  oh_sim_landline_on_step (step, self);
  return TRUE;
}

static gboolean
far_hang_up (OhSimModem *modem, OhSimSign sign, guint cause, GError **error)
{
  OhSimLandline *self = modem->line;

  if (self->state != OH_SIM_LANDLINE_TALKING && self->state != OH_SIM_LANDLINE_DIALLING)
    return oh_sim_landline_fail (error, "there is no call to end");
  oh_sim_plan_run_stop (&self->run);
  oh_sim_modem_report (modem, "remote-hung-up");
  if (self->unsettled)
    {
      oh_sim_landline_fail_dialling (self, "NO CARRIER");
      return TRUE;
    }
  self->state = OH_SIM_LANDLINE_GONE;
  oh_sim_landline_hear_sign (self, sign);
  return TRUE;
}

static void
on_digit (gpointer data)
{
  OhSimLandline *self = data;

  if (self->digits->len == 0)
    return;
  oh_sim_voice_send_digit (&self->voice, self->digits->str[0], self->family->digits);
  g_string_erase (self->digits, 0, 1);
  oh_sim_timer_start (&self->digit, self->modem->clock, DIGIT_PERIOD, on_digit, self);
}

static gboolean
far_digits (OhSimModem *modem, const char *digits, GError **error)
{
  OhSimLandline *self = modem->line;

  if (self->state != OH_SIM_LANDLINE_TALKING)
    return oh_sim_landline_fail (error, "there is no call");
  g_string_append (self->digits, digits);
  if (!oh_sim_timer_is_running (&self->digit))
    on_digit (self);
  return TRUE;
}

static gpointer
create (OhSimModem *modem)
{
  OhSimLandline *self = g_new0 (OhSimLandline, 1);

  self->modem = self->voice.modem = modem;
  self->family = modem->model->family;
  self->keyed = g_string_new (NULL);
  self->digits = g_string_new (NULL);
  oh_sim_country_init (&self->wire.country);
  self->wire.voltage = 48;
  return self;
}

static void
reset (OhSimModem *modem)
{
  OhSimLandline *self = modem->line;

  oh_sim_voice_stop (&self->voice);
  oh_sim_landline_go_on_hook (self);
}

static void
lose_power (OhSimModem *modem)
{
  OhSimLandline *self = modem->line;

  oh_sim_voice_stop (&self->voice);
  oh_sim_landline_stop (self);
}

static void
destroy (gpointer line)
{
  OhSimLandline *self = line;

  g_clear_handle_id (&self->voice.source, g_source_remove);
  oh_sim_landline_stop (self);
  oh_sim_caller_clear (&self->caller);
  g_string_free (self->keyed, TRUE);
  g_string_free (self->digits, TRUE);
  g_free (self->number);
  g_free (self);
}

static void
voice_byte (OhSimModem *modem, guint8 byte)
{
  OhSimLandline *self = modem->line;

  oh_sim_voice_take_byte (&self->voice, byte);
}

static void
abort_handshake (OhSimModem *modem)
{
  OhSimLandline *self = modem->line;

  oh_sim_landline_stop (self);
  oh_sim_modem_report (modem, "hung-up-by-host");
  oh_sim_modem_finish (modem, "NO CARRIER");
}

/* In data class the modem listens for a carrier that never comes. */
const char *
oh_sim_landline_answer (OhSimModem *modem)
{
  OhSimLandline *self = modem->line;

  oh_sim_landline_go_off_hook (self);
  if (oh_sim_landline_is_voice_class (self))
    return self->family->answered;
  oh_sim_landline_await_result (self, modem->registers[OH_SIM_REGISTER_CARRIER_WAIT]
                                          + self->family->ends_late);
  return NULL;
}

const char *
oh_sim_landline_hang_up (OhSimModem *modem)
{
  oh_sim_landline_go_on_hook (modem->line);
  return "OK";
}

const OhSimKind oh_sim_landline_kind = {
  .create = create,
  .destroy = destroy,
  .reset = reset,
  .lose_power = lose_power,
  .dial = oh_sim_landline_dial,
  .answer = oh_sim_landline_answer,
  .hang_up = oh_sim_landline_hang_up,
  .abort = abort_handshake,
  .voice_byte = voice_byte,
  .far_ring = oh_sim_landline_far_ring,
  .far_wait = oh_sim_landline_far_wait,
  .far_give_up = oh_sim_landline_far_give_up,
  .far_step = far_step,
  .far_hang_up = far_hang_up,
  .far_digits = far_digits,
};
