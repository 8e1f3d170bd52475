// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sim/landline.h"

#include <string.h>

#include "sim/words.h"

/* Seconds. Two on and four off; caller ID comes in the first pause. */
#define RING_PERIOD 6
#define CALLER_ID_AFTER 1.5
#define CALLER_ID_BEFORE 0.5
#define GIVE_UP_AFTER 3
#define RINGBACK_PERIOD 6
#define BUSY_PERIOD 4
#define DIALTONE_PERIOD 3
#define BEEP_PERIOD 10
#define KEYED_PAUSE 3
#define DIGIT_PERIOD 0.2

static gboolean
fail (GError **error, const char *message)
{
  g_set_error_literal (error, OH_SIM_ERROR, OH_SIM_ERROR_STATE, message);
  return FALSE;
}

gboolean
oh_sim_landline_is_voice_class (OhSimLandline *self)
{
  return oh_sim_modem_get_number (self->modem, "+FCLASS") == 8;
}

/* NULL when caller ID is off or there is none. */
char *
oh_sim_landline_format_caller (OhSimLandline *self)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  guint iso = oh_sim_modem_get_number (self->modem, "+VCID");
  guint rockwell = oh_sim_modem_get_number (self->modem, "#CID");
  g_autofree char *packet = NULL;

  if (self->caller.number == NULL)
    return NULL;
  if (iso == 1 || rockwell == 1)
    return oh_sim_caller_block (&self->caller, now);
  if (iso == 0 && rockwell == 0)
    return NULL;
  packet = oh_sim_caller_packet (&self->caller, now);
  if (packet == NULL)
    return NULL;
  return g_strdup_printf ("\r\n%s%s\r\n", iso == 2 ? "MESG = " : "", packet);
}

/* Lets @code be heard each @period seconds from now on; 0 is once. */
static void
hear (OhSimLandline *self, char code, double period)
{
  oh_sim_timer_stop (&self->tone_tick);
  self->tone = code;
  self->tone_period = period;
  oh_sim_landline_repeat_tone (self);
}

static void
on_tone_tick (gpointer data)
{
  oh_sim_landline_repeat_tone (data);
}

void
oh_sim_landline_repeat_tone (OhSimLandline *self)
{
  if (self->tone == '\0')
    return;
  oh_sim_voice_send_code (&self->voice, self->tone);
  if (self->tone == 'r' && self->unsettled && oh_sim_landline_is_voice_class (self))
    oh_sim_modem_progress (self->modem, "RINGING");
  if (self->tone_period > 0)
    oh_sim_timer_start (&self->tone_tick, self->modem->clock, self->tone_period, on_tone_tick,
                        self);
}

static void
stop_ringing (OhSimLandline *self)
{
  oh_sim_timer_stop (&self->ring);
  oh_sim_timer_stop (&self->caller_id);
}

static void
on_beep (gpointer data)
{
  OhSimLandline *self = data;

  oh_sim_voice_send_code (&self->voice, 'w');
  oh_sim_timer_start (&self->beep, self->modem->clock, BEEP_PERIOD, on_beep, self);
}

static void
stop_beeping (OhSimLandline *self)
{
  self->waiting = FALSE;
  oh_sim_timer_stop (&self->beep);
}

static void
stop_all (OhSimLandline *self)
{
  stop_ringing (self);
  stop_beeping (self);
  oh_sim_plan_run_stop (&self->run);
  oh_sim_timer_stop (&self->result);
  oh_sim_timer_stop (&self->keyed_end);
  oh_sim_timer_stop (&self->tone_tick);
  oh_sim_timer_stop (&self->digit);
  g_string_truncate (self->keyed, 0);
  g_string_truncate (self->digits, 0);
  self->tone = '\0';
  self->unsettled = FALSE;
  self->state = OH_SIM_LANDLINE_IDLE;
  self->off_hook = FALSE;
}

void
oh_sim_landline_go_on_hook (OhSimLandline *self)
{
  gboolean had_call = self->state != OH_SIM_LANDLINE_IDLE;

  /* A ringing line goes on ringing. */
  if (!self->off_hook)
    return;
  stop_all (self);
  oh_sim_modem_report (self->modem, had_call ? "hung-up-by-host" : "on-hook");
}

/* Answers the caller, or gets dial tone. */
void
oh_sim_landline_go_off_hook (OhSimLandline *self)
{
  if (self->off_hook)
    return;
  self->off_hook = TRUE;
  if (self->state == OH_SIM_LANDLINE_RINGING)
    {
      stop_ringing (self);
      self->state = OH_SIM_LANDLINE_TALKING;
      oh_sim_modem_report (self->modem, "answered-by-host");
      return;
    }
  oh_sim_modem_report (self->modem, "off-hook");
  hear (self, 'd', DIALTONE_PERIOD);
}

/* The end of a dialled call that did not come to be. */
static void
fail_dialling (OhSimLandline *self, const char *result)
{
  stop_all (self);
  oh_sim_modem_report (self->modem, "on-hook");
  oh_sim_modem_finish (self->modem, result);
}

static void
on_far_answer (OhSimLandline *self)
{
  hear (self, '\0', 0);
  self->state = OH_SIM_LANDLINE_TALKING;
  oh_sim_modem_report (self->modem, "remote-answered");
  /* In data class the modem goes on waiting for a carrier. */
  if (!self->unsettled || !oh_sim_landline_is_voice_class (self))
    return;
  self->unsettled = FALSE;
  oh_sim_timer_stop (&self->result);
  oh_sim_modem_finish (self->modem, "VCON");
}

static void
on_far_refusal (OhSimLandline *self, const char *result)
{
  if (self->unsettled)
    {
      fail_dialling (self, result);
      return;
    }
  self->state = OH_SIM_LANDLINE_GONE;
  hear (self, 'b', BUSY_PERIOD);
}

static void
on_step (OhSimStep step, gpointer data)
{
  OhSimLandline *self = data;

  switch (step)
    {
    case OH_SIM_STEP_ALERT:
      oh_sim_modem_report (self->modem, "remote-alerting");
      hear (self, 'r', RINGBACK_PERIOD);
      break;
    case OH_SIM_STEP_ANSWER:
      on_far_answer (self);
      break;
    case OH_SIM_STEP_BUSY:
      oh_sim_modem_report (self->modem, "remote-busy");
      on_far_refusal (self, self->modem->x_level >= 3 ? "BUSY" : "NO CARRIER");
      break;
    case OH_SIM_STEP_NO_ANSWER:
      /* Without ATD waiting it just rings on. */
      if (self->unsettled)
        fail_dialling (self, "NO ANSWER");
      break;
    case OH_SIM_STEP_NO_CARRIER:
      on_far_refusal (self, "NO CARRIER");
      break;
    case OH_SIM_STEP_NO_DIALTONE:
    case OH_SIM_STEP_NONE:
      break;
    }
}

void
oh_sim_landline_start_dialling (OhSimLandline *self, const char *number)
{
  self->off_hook = TRUE;
  self->state = OH_SIM_LANDLINE_DIALLING;
  hear (self, '\0', 0);
  oh_sim_modem_report (self->modem, "dialled %s", number);
  oh_sim_plan_run_start (&self->run, &self->modem->plan, self->modem->clock, on_step, self);
}

static void
on_keyed_end (gpointer data)
{
  OhSimLandline *self = data;
  g_autofree char *number = g_strdup (self->keyed->str);

  g_string_truncate (self->keyed, 0);
  oh_sim_landline_start_dialling (self, number);
}

/* A tone by the host. Into dial tone it is dialling, which ends by a pause. */
void
oh_sim_landline_key (OhSimLandline *self, char digit)
{
  oh_sim_modem_report (self->modem, "digit-sent-by-host %c", digit);
  if (self->state != OH_SIM_LANDLINE_IDLE)
    return;
  hear (self, '\0', 0);
  g_string_append_c (self->keyed, digit);
  oh_sim_timer_start (&self->keyed_end, self->modem->clock, KEYED_PAUSE, on_keyed_end, self);
}

static void
send_caller_id (OhSimLandline *self)
{
  g_autofree char *text = oh_sim_landline_format_caller (self);

  if (text != NULL)
    oh_sim_output_send (self->modem->output, OH_SIM_OUTPUT_UNSOLICITED, text, strlen (text));
}

static void
on_caller_id (gpointer data)
{
  send_caller_id (data);
}

static void
end_caller (OhSimLandline *self)
{
  stop_ringing (self);
  self->state = OH_SIM_LANDLINE_IDLE;
  oh_sim_modem_report (self->modem, "caller-gave-up");
}

static void
on_caller_tired (gpointer data)
{
  end_caller (data);
}

static void
auto_answer (OhSimLandline *self)
{
  const char *result = self->modem->kind->answer (self->modem);

  if (result != NULL)
    oh_sim_modem_tell (self->modem, "VCON");
}

static void
on_ring (gpointer data)
{
  OhSimLandline *self = data;
  const OhSimClock *clock = self->modem->clock;
  guint automatic = self->modem->registers[OH_SIM_REGISTER_AUTO_ANSWER];

  self->rings++;
  oh_sim_modem_report (self->modem, "ring %u", self->rings);
  oh_sim_modem_tell (self->modem, "RING");
  if (self->rings == 1 && !self->caller.before_first_ring)
    oh_sim_timer_start (&self->caller_id, clock, CALLER_ID_AFTER, on_caller_id, self);
  if (self->rings == self->caller.rings)
    oh_sim_timer_start (&self->ring, clock, GIVE_UP_AFTER, on_caller_tired, self);
  else
    oh_sim_timer_start (&self->ring, clock, RING_PERIOD, on_ring, self);
  if (automatic > 0 && self->rings >= automatic && self->modem->mode == OH_SIM_MODE_COMMAND)
    auto_answer (self);
}

static gboolean
far_ring (OhSimModem *modem, const OhSimCaller *caller, GError **error)
{
  OhSimLandline *self = modem->line;

  if (self->off_hook || self->state != OH_SIM_LANDLINE_IDLE)
    return fail (error, "the line is busy");
  oh_sim_caller_copy (&self->caller, caller);
  self->state = OH_SIM_LANDLINE_RINGING;
  self->rings = 0;
  if (!caller->before_first_ring)
    {
      on_ring (self);
      return TRUE;
    }
  send_caller_id (self);
  oh_sim_timer_start (&self->ring, modem->clock, CALLER_ID_BEFORE, on_ring, self);
  return TRUE;
}

static gboolean
far_wait (OhSimModem *modem, const OhSimCaller *caller, GError **error)
{
  OhSimLandline *self = modem->line;

  if (self->state != OH_SIM_LANDLINE_TALKING || self->waiting)
    return fail (error, "no call that another one could wait for");
  oh_sim_caller_copy (&self->caller, caller);
  self->waiting = TRUE;
  oh_sim_modem_report (modem, "waiting %s", caller->number);
  on_beep (self);
  return TRUE;
}

/* A landline modem tells nothing of it, silent or not. */
static gboolean
far_give_up (OhSimModem *modem, gboolean silent, guint cause, GError **error)
{
  OhSimLandline *self = modem->line;

  if (self->waiting)
    {
      stop_beeping (self);
      oh_sim_modem_report (modem, "caller-gave-up");
      return TRUE;
    }
  if (self->state != OH_SIM_LANDLINE_RINGING)
    return fail (error, "nobody is calling");
  end_caller (self);
  return TRUE;
}

static gboolean
far_step (OhSimModem *modem, OhSimStep step, guint cause, GError **error)
{
  OhSimLandline *self = modem->line;

  if (self->state != OH_SIM_LANDLINE_DIALLING)
    return fail (error, "the host is not calling");
  if (step != OH_SIM_STEP_ALERT)
    oh_sim_plan_run_stop (&self->run);
  on_step (step, self);
  return TRUE;
}

static double
silence_seconds (OhSimLandline *self)
{
  const char *threshold = strchr (oh_sim_modem_get_setting (self->modem, "+VSD"), ',');

  return threshold != NULL ? g_ascii_strtod (threshold + 1, NULL) / 10 : 0;
}

static void
hear_sign (OhSimLandline *self, OhSimSign sign)
{
  double silence = silence_seconds (self);

  switch (sign)
    {
    case OH_SIM_SIGN_BUSY:
      hear (self, 'b', BUSY_PERIOD);
      break;
    case OH_SIM_SIGN_DIALTONE:
      hear (self, 'd', DIALTONE_PERIOD);
      break;
    case OH_SIM_SIGN_LOOP:
      hear (self, 'l', 0);
      self->tone = '\0';
      break;
    case OH_SIM_SIGN_SILENCE:
      hear (self, '\0', 0);
      self->tone = 's';
      self->tone_period = silence;
      if (silence > 0)
        oh_sim_timer_start (&self->tone_tick, self->modem->clock, silence, on_tone_tick, self);
      break;
    case OH_SIM_SIGN_NONE:
      hear (self, '\0', 0);
      break;
    }
}

static gboolean
far_hang_up (OhSimModem *modem, OhSimSign sign, guint cause, GError **error)
{
  OhSimLandline *self = modem->line;

  if (self->state != OH_SIM_LANDLINE_TALKING && self->state != OH_SIM_LANDLINE_DIALLING)
    return fail (error, "there is no call to end");
  oh_sim_plan_run_stop (&self->run);
  oh_sim_modem_report (modem, "remote-hung-up");
  if (self->unsettled)
    {
      fail_dialling (self, "NO CARRIER");
      return TRUE;
    }
  self->state = OH_SIM_LANDLINE_GONE;
  hear_sign (self, sign);
  return TRUE;
}

static void
on_digit (gpointer data)
{
  OhSimLandline *self = data;

  if (self->digits->len == 0)
    return;
  oh_sim_voice_send_digit (&self->voice, self->digits->str[0]);
  g_string_erase (self->digits, 0, 1);
  oh_sim_timer_start (&self->digit, self->modem->clock, DIGIT_PERIOD, on_digit, self);
}

static gboolean
far_digits (OhSimModem *modem, const char *digits, GError **error)
{
  OhSimLandline *self = modem->line;

  if (self->state != OH_SIM_LANDLINE_TALKING)
    return fail (error, "there is no call");
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
  self->keyed = g_string_new (NULL);
  self->digits = g_string_new (NULL);
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
  stop_all (self);
}

static void
destroy (gpointer line)
{
  OhSimLandline *self = line;

  g_clear_handle_id (&self->voice.source, g_source_remove);
  stop_all (self);
  oh_sim_caller_clear (&self->caller);
  g_string_free (self->keyed, TRUE);
  g_string_free (self->digits, TRUE);
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

  stop_all (self);
  oh_sim_modem_report (modem, "hung-up-by-host");
  oh_sim_modem_finish (modem, "NO CARRIER");
}

static void
on_result (gpointer data)
{
  OhSimLandline *self = data;
  guint x_level = self->modem->x_level;

  if (self->modem->plan.outcome == OH_SIM_STEP_NO_DIALTONE && self->state == OH_SIM_LANDLINE_IDLE)
    fail_dialling (self, x_level == 2 || x_level == 4 ? "NO DIALTONE" : "NO CARRIER");
  else if (oh_sim_landline_is_voice_class (self))
    fail_dialling (self, "NO ANSWER");
  else
    fail_dialling (self, "NO CARRIER");
}

/* D or A runs until something happens on the line, or for @seconds. */
void
oh_sim_landline_await_result (OhSimLandline *self, double seconds)
{
  self->unsettled = TRUE;
  self->off_hook = TRUE;
  self->modem->mode = OH_SIM_MODE_HANDSHAKE;
  oh_sim_timer_start (&self->result, self->modem->clock, seconds, on_result, self);
}

void
oh_sim_landline_flash (OhSimLandline *self)
{
  oh_sim_modem_report (self->modem, "flash-by-host");
  if (!self->waiting)
    return;
  stop_beeping (self);
  oh_sim_modem_report (self->modem, "answered-by-host");
}

static const char *const identity[]
    = { "56000", "255", "", "CX93001-EIS_V0.2002-V92", "", "B5", "RCV56DPF", NULL };

static const OhSimCommandRow *const commands[] = { oh_sim_landline_commands, NULL };

static const OhSimKind kind = {
  .create = create,
  .destroy = destroy,
  .reset = reset,
  .lose_power = lose_power,
  .dial = oh_sim_landline_dial,
  .answer = oh_sim_landline_answer,
  .hang_up = oh_sim_landline_hang_up,
  .abort = abort_handshake,
  .voice_byte = voice_byte,
  .far_ring = far_ring,
  .far_wait = far_wait,
  .far_give_up = far_give_up,
  .far_step = far_step,
  .far_hang_up = far_hang_up,
  .far_digits = far_digits,
};

const OhSimModel oh_sim_landline = {
  .name = "landline",
  .kind = &kind,
  .commands = commands,
  .identity = identity,
  .bare_reads = TRUE,
};
