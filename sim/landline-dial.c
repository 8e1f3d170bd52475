// SPDX-License-Identifier: LGPL-2.1-or-later
#include <stdlib.h>
#include <string.h>

#include "sim/landline.h"

#define DIAL_CHARACTERS "0123456789*#+ABCDW,@!"
/* Taken and left out: tone and pulse, and what people write into numbers. */
#define DIAL_FILLERS "TP-(). "

/* Seconds. */
#define NO_DIALTONE_AFTER 2
#define SECONDS_PER_DIGIT 0.1
#define KEYED_PAUSE 3
#define QUIET_ANSWER 5
#define REFUSED_AFTER 0.5

/* FALSE when the string holds anything but a number. */
static gboolean
parse_dial_string (const char *string, OhSimDialling *dialling)
{
  GString *number = g_string_new (NULL);

  for (; *string != '\0' && !dialling->stays; string++)
    {
      if (*string == ';')
        dialling->stays = TRUE;
      else if (strchr (DIAL_CHARACTERS, *string) != NULL)
        g_string_append_c (number, *string);
      else if (strchr (DIAL_FILLERS, *string) == NULL)
        break;
    }
  dialling->number = g_string_free (number, FALSE);
  dialling->quiet = strchr (dialling->number, '@') != NULL;
  dialling->dial_tone = strchr (dialling->number, 'W') != NULL;
  return *string == '\0';
}

/* The end of a dialled call that did not come to be. */
void
oh_sim_landline_fail_dialling (OhSimLandline *self, const char *result)
{
  oh_sim_landline_stop (self);
  oh_sim_modem_report (self->modem, "on-hook");
  oh_sim_modem_finish (self->modem, result);
}

static const char *
get_answered_result (OhSimLandline *self)
{
  if (self->stays || self->family->dial_end == OH_SIM_DIAL_OK)
    return "OK";
  return "VCON";
}

static void
on_settled (gpointer data)
{
  OhSimLandline *self = data;

  self->unsettled = FALSE;
  oh_sim_modem_finish (self->modem, get_answered_result (self));
}

/* Seconds without ringback after which the modem takes the call for answered. */
static double
get_answer_delay (OhSimLandline *self)
{
  if (self->quiet)
    return QUIET_ANSWER;
  if (self->family->dial_end == OH_SIM_DIAL_OK && self->alerted)
    return oh_sim_modem_get_number (self->modem, "+VRA") / 10.0;
  return 0;
}

static void
on_far_answer (OhSimLandline *self)
{
  double delay = get_answer_delay (self);
  gboolean voice = oh_sim_landline_is_voice_class (self);

  oh_sim_landline_hear (self, '\0', 0);
  self->state = OH_SIM_LANDLINE_TALKING;
  oh_sim_modem_report (self->modem, "remote-answered");
  if (self->modem->plan.reversal)
    oh_sim_landline_tell_code (self, 'L');
  /* In data class the modem goes on waiting for a carrier. */
  if (!self->unsettled || (!voice && !self->quiet)
      || (voice && self->family->dial_end == OH_SIM_DIAL_NOTHING))
    return;
  if (delay > 0)
    {
      oh_sim_timer_start (&self->result, self->modem->clock, delay, on_settled, self);
      return;
    }
  oh_sim_timer_stop (&self->result);
  on_settled (self);
}

static void
on_refused (gpointer data)
{
  oh_sim_landline_fail_dialling (data, "BUSY");
}

/* BUSY takes some modems as long as a busy tone. */
static void
on_far_refusal (OhSimLandline *self, const char *result)
{
  double after = self->family->busy_after;

  if (!self->unsettled)
    {
      self->state = OH_SIM_LANDLINE_GONE;
      oh_sim_landline_hear_busy (self);
      return;
    }
  oh_sim_plan_run_stop (&self->run);
  if (after > 0 && g_str_equal (result, "BUSY"))
    oh_sim_timer_start (&self->result, self->modem->clock, after, on_refused, self);
  else
    oh_sim_landline_fail_dialling (self, result);
}

void
oh_sim_landline_on_step (OhSimStep step, gpointer data)
{
  OhSimLandline *self = data;

  switch (step)
    {
    case OH_SIM_STEP_ALERT:
      self->alerted = TRUE;
      oh_sim_modem_report (self->modem, "remote-alerting");
      oh_sim_landline_hear_ringback (self);
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
        oh_sim_landline_fail_dialling (self, "NO ANSWER");
      break;
    case OH_SIM_STEP_NO_CARRIER:
      on_far_refusal (self, "NO CARRIER");
      break;
    case OH_SIM_STEP_NO_DIALTONE:
    case OH_SIM_STEP_DELAYED:
    case OH_SIM_STEP_BLACKLISTED:
    case OH_SIM_STEP_NONE:
      break;
    }
}

static gboolean
has_dialtone (OhSimLandline *self)
{
  return self->modem->plan.outcome != OH_SIM_STEP_NO_DIALTONE && !self->wire.dead
         && !self->wire.extension;
}

/* Into a line without dial tone it goes to nobody. */
void
oh_sim_landline_start_dialling (OhSimLandline *self, const char *number)
{
  self->off_hook = TRUE;
  self->state = OH_SIM_LANDLINE_DIALLING;
  self->alerted = FALSE;
  g_free (self->number);
  self->number = g_strdup (number);
  oh_sim_landline_hear (self, '\0', 0);
  oh_sim_modem_report (self->modem, "dialled %s", number);
  if (has_dialtone (self))
    oh_sim_plan_run_start (&self->run, &self->modem->plan, self->modem->clock,
                           oh_sim_landline_on_step, self);
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
  oh_sim_landline_hear (self, '\0', 0);
  g_string_append_c (self->keyed, digit);
  oh_sim_timer_start (&self->keyed_end, self->modem->clock, KEYED_PAUSE, on_keyed_end, self);
}

void
oh_sim_landline_key_all (OhSimLandline *self, const char *number)
{
  for (; *number != '\0'; number++)
    {
      if (*number == '!')
        oh_sim_landline_flash (self);
      else
        oh_sim_landline_key (self, *number);
    }
}

/* To the one who waits, and then from one call to the other. */
void
oh_sim_landline_flash (OhSimLandline *self)
{
  oh_sim_modem_report (self->modem, "flash-by-host");
  if (self->waiting)
    {
      oh_sim_landline_stop_beeping (self);
      self->held = TRUE;
      oh_sim_modem_report (self->modem, "answered-by-host");
    }
  else if (self->held)
    oh_sim_modem_report (self->modem, "swapped-by-host");
}

static void
on_result (gpointer data)
{
  OhSimLandline *self = data;
  guint x_level = self->modem->x_level;
  gboolean detects = x_level == 2 || x_level == 4 || self->waits_for_dialtone;

  if (self->state == OH_SIM_LANDLINE_IDLE && !has_dialtone (self))
    oh_sim_landline_fail_dialling (self, detects ? "NO DIALTONE" : "NO CARRIER");
  else if (oh_sim_landline_is_voice_class (self) || self->quiet)
    oh_sim_landline_fail_dialling (self, "NO ANSWER");
  else
    oh_sim_landline_fail_dialling (self, "NO CARRIER");
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

static void
on_dialled (gpointer data)
{
  OhSimLandline *self = data;
  g_autofree char *number = g_strdup (self->keyed->str);

  g_string_truncate (self->keyed, 0);
  oh_sim_landline_start_dialling (self, number);
  oh_sim_modem_finish (self->modem, "OK");
}

/* ATD...; ends when the digits are out. What follows is heard, not told. */
static const char *
dial_and_stay (OhSimLandline *self, const char *number)
{
  double seconds = 0;

  for (const char *digit = number; *digit != '\0'; digit++)
    seconds += *digit == ',' ? self->modem->registers[OH_SIM_REGISTER_PAUSE] : SECONDS_PER_DIGIT;
  self->off_hook = TRUE;
  self->modem->mode = OH_SIM_MODE_HANDSHAKE;
  g_string_assign (self->keyed, number);
  oh_sim_timer_start (&self->result, self->modem->clock, seconds, on_dialled, self);
  return NULL;
}

static void
on_number_refused (gpointer data)
{
  OhSimLandline *self = data;
  gboolean delayed = self->modem->plan.outcome == OH_SIM_STEP_DELAYED;

  if (self->modem->x_level < 4)
    oh_sim_landline_fail_dialling (self, "ERROR");
  else
    oh_sim_landline_fail_dialling (self, delayed ? "DELAYED" : "BLACKLISTED");
}

/* A modem that must not dial this number, or not yet: told with ATX4 alone (Boca M56HI). */
static gboolean
refuses_number (OhSimLandline *self)
{
  OhSimStep outcome = self->modem->plan.outcome;

  if (outcome != OH_SIM_STEP_DELAYED && outcome != OH_SIM_STEP_BLACKLISTED)
    return FALSE;
  self->modem->mode = OH_SIM_MODE_HANDSHAKE;
  oh_sim_timer_start (&self->result, self->modem->clock, REFUSED_AFTER, on_number_refused, self);
  return TRUE;
}

/* Off hook for dial tone; FALSE when ATD ends without it. Blind dialling does not listen. */
static gboolean
gets_dialtone (OhSimLandline *self, const OhSimDialling *dialling)
{
  guint x_level = self->modem->x_level;
  gboolean listens = x_level == 2 || x_level == 4 || dialling->dial_tone;
  double seconds = self->family->no_dialtone_after;

  self->waits_for_dialtone = listens;
  if (has_dialtone (self) || !listens)
    return TRUE;
  oh_sim_landline_await_result (self, seconds > 0 ? seconds : NO_DIALTONE_AFTER);
  return FALSE;
}

static const char *
put_out (OhSimLandline *self, const OhSimDialling *dialling, const char *number)
{
  gboolean blind
      = self->family->dial_end == OH_SIM_DIAL_DIALLED && oh_sim_landline_is_voice_class (self);

  self->quiet = dialling->quiet;
  self->stays = dialling->stays;
  if (!dialling->quiet && (dialling->stays || blind))
    return dial_and_stay (self, number);
  oh_sim_landline_await_result (self, self->modem->registers[OH_SIM_REGISTER_CARRIER_WAIT]
                                          + self->family->ends_late);
  oh_sim_landline_start_dialling (self, number);
  return NULL;
}

static const char *
dial_number (OhSimLandline *self, const OhSimDialling *dialling)
{
  if (refuses_number (self) || !gets_dialtone (self, dialling))
    return NULL;
  return put_out (self, dialling, dialling->number);
}

/* More digits of the number: the exchange has not got them all yet. */
static const char *
dial_on (OhSimLandline *self, const OhSimDialling *dialling)
{
  g_autofree char *number = g_strconcat (self->number, dialling->number, NULL);

  oh_sim_plan_run_stop (&self->run);
  return put_out (self, dialling, number);
}

static const char *
dial_parsed (OhSimLandline *self, const OhSimDialling *dialling)
{
  if (*dialling->number == '\0' && !dialling->stays)
    return "ERROR";
  if (self->state == OH_SIM_LANDLINE_RINGING)
    return "NO CARRIER";
  if (self->state == OH_SIM_LANDLINE_DIALLING && !self->alerted && *dialling->number != '\0'
      && *dialling->number != '!')
    return dial_on (self, dialling);
  if (self->state != OH_SIM_LANDLINE_IDLE || g_str_equal (dialling->number, "!"))
    {
      oh_sim_landline_key_all (self, dialling->number);
      return "OK";
    }
  oh_sim_timer_stop (&self->keyed_end);
  if (*dialling->number != '\0')
    return dial_number (self, dialling);
  oh_sim_landline_go_off_hook (self);
  return "OK";
}

const char *
oh_sim_landline_dial (OhSimModem *modem, const char *string)
{
  OhSimDialling dialling = { NULL };
  const char *result = "ERROR";

  if (parse_dial_string (string, &dialling))
    result = dial_parsed (modem->line, &dialling);
  g_free (dialling.number);
  return result;
}
