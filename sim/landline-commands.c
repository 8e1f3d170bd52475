// SPDX-License-Identifier: LGPL-2.1-or-later
#include <stdlib.h>
#include <string.h>

#include "sim/at.h"
#include "sim/landline.h"

#define TONE_CHARACTERS "0123456789*#ABCD!"
#define DIAL_CHARACTERS "0123456789*#+ABCDW,@!"
/* Taken and left out: tone and pulse, and what people write into numbers. */
#define DIAL_FILLERS "TP-(). "

#define NO_DIALTONE_AFTER 2
#define SECONDS_PER_DIGIT 0.1

/* The number in a dial string; NULL when it holds anything else. */
static char *
parse_dial_string (const char *string, gboolean *ret_stays_in_command)
{
  GString *number = g_string_new (NULL);
  gboolean stays = FALSE;

  for (; *string != '\0' && !stays; string++)
    {
      if (*string == ';')
        stays = TRUE;
      else if (strchr (DIAL_CHARACTERS, *string) != NULL)
        g_string_append_c (number, *string);
      else if (strchr (DIAL_FILLERS, *string) == NULL)
        break;
    }
  *ret_stays_in_command = stays;
  return g_string_free (number, *string != '\0');
}

static const char *
key_all (OhSimLandline *self, const char *number)
{
  for (; *number != '\0'; number++)
    {
      if (*number == '!')
        oh_sim_landline_flash (self);
      else
        oh_sim_landline_key (self, *number);
    }
  return "OK";
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

const char *
oh_sim_landline_dial (OhSimModem *modem, const char *string)
{
  OhSimLandline *self = modem->line;
  gboolean stays = FALSE;
  g_autofree char *number = parse_dial_string (string, &stays);

  if (number == NULL || (*number == '\0' && !stays))
    return "ERROR";
  if (self->state == OH_SIM_LANDLINE_RINGING)
    return "NO CARRIER";
  if (self->state != OH_SIM_LANDLINE_IDLE)
    return key_all (self, number);
  oh_sim_timer_stop (&self->keyed_end);
  if (*number == '\0')
    {
      oh_sim_landline_go_off_hook (self);
      return "OK";
    }
  if (modem->plan.outcome == OH_SIM_STEP_NO_DIALTONE)
    {
      oh_sim_landline_await_result (self, NO_DIALTONE_AFTER);
      return NULL;
    }
  if (stays)
    return dial_and_stay (self, number);
  oh_sim_landline_await_result (self, modem->registers[OH_SIM_REGISTER_CARRIER_WAIT]);
  oh_sim_landline_start_dialling (self, number);
  return NULL;
}

/* In data class the modem listens for a carrier that never comes. */
const char *
oh_sim_landline_answer (OhSimModem *modem)
{
  OhSimLandline *self = modem->line;

  oh_sim_landline_go_off_hook (self);
  if (oh_sim_landline_is_voice_class (self))
    return "OK";
  oh_sim_landline_await_result (self, modem->registers[OH_SIM_REGISTER_CARRIER_WAIT]);
  return NULL;
}

const char *
oh_sim_landline_hang_up (OhSimModem *modem)
{
  oh_sim_landline_go_on_hook (modem->line);
  return "OK";
}

static const char *
run_class (OhSimModem *modem, const OhSimCommand *command)
{
  static const char *const classes[] = { "0", "1", "8", NULL };

  if (command->op == OH_SIM_OP_SET && !g_strv_contains (classes, command->value))
    return "ERROR";
  return OH_SIM_AS_SETTING;
}

static const char *
run_line_select (OhSimModem *modem, const OhSimCommand *command)
{
  OhSimLandline *self = modem->line;

  if (!oh_sim_landline_is_voice_class (self))
    return "ERROR";
  if (command->op == OH_SIM_OP_READ)
    {
      oh_sim_modem_reply (modem, "%d", self->off_hook);
      return "OK";
    }
  if (command->op != OH_SIM_OP_SET)
    return OH_SIM_AS_SETTING;
  if (g_str_equal (command->value, "1"))
    oh_sim_landline_go_off_hook (self);
  else if (g_str_equal (command->value, "0"))
    oh_sim_landline_go_on_hook (self);
  else
    return "ERROR";
  return "OK";
}

static const char *
run_stream (OhSimModem *modem, const OhSimCommand *command)
{
  OhSimLandline *self = modem->line;
  gboolean receive = !g_str_equal (command->name, "+VTX");
  gboolean transmit = !g_str_equal (command->name, "+VRX");
  const char *result;

  if (command->op == OH_SIM_OP_TEST)
    return "OK";
  if (!oh_sim_landline_is_voice_class (self) || !self->off_hook || command->op != OH_SIM_OP_RUN)
    return "ERROR";
  result = oh_sim_voice_start (&self->voice, receive, transmit);
  oh_sim_modem_finish (modem, result);
  /* Tones that are there already; silence takes its time to be noticed. */
  if (self->tone != 's')
    oh_sim_landline_repeat_tone (self);
  return NULL;
}

/* One of "5", "{5,10}", "[770,1336,10]", "!"; moves @text behind it. No digit for the third. */
static gboolean
take_tone (const char **text, char *ret_digit, double *seconds)
{
  const char *at = *text;
  gsize length = strcspn (at, *at == '{' ? "}" : "]");
  const char *comma;

  *ret_digit = *at == '[' ? '\0' : *at;
  if (*at != '{' && *at != '[')
    {
      *text = at + 1;
      return strchr (TONE_CHARACTERS, *at) != NULL;
    }
  if (at[length] == '\0')
    return FALSE;
  if (*at == '{')
    *ret_digit = at[1];
  comma = memrchr (at, ',', length);
  if (comma != NULL)
    *seconds = strtod (comma + 1, NULL) / 100;
  *text = at + length + 1;
  return *ret_digit == '\0' || strchr (TONE_CHARACTERS, *ret_digit) != NULL;
}

/* All tones of @text; FALSE when one is malformed. */
static gboolean
parse_tones (OhSimModem *modem, const char *text, GString *digits, double *ret_seconds)
{
  *ret_seconds = 0;
  if (*text == '\0')
    return FALSE;
  while (*text != '\0')
    {
      double seconds = oh_sim_modem_get_number (modem, "+VTD") / 100.0;
      char digit;

      if (!take_tone (&text, &digit, &seconds))
        return FALSE;
      if (digit != '\0')
        g_string_append_c (digits, digit);
      *ret_seconds += MIN (seconds, 10);
      if (*text == ',')
        text++;
    }
  return TRUE;
}

static void
on_tones_sent (gpointer data)
{
  OhSimLandline *self = data;

  oh_sim_modem_finish (self->modem, "OK");
}

static const char *
run_tones (OhSimModem *modem, const OhSimCommand *command)
{
  OhSimLandline *self = modem->line;
  g_autoptr (GString) digits = g_string_new (NULL);
  double seconds;

  if (command->op == OH_SIM_OP_TEST)
    return "OK";
  if (command->op != OH_SIM_OP_SET || !self->off_hook || !oh_sim_landline_is_voice_class (self)
      || !parse_tones (modem, command->value, digits, &seconds))
    return "ERROR";
  key_all (self, digits->str);
  modem->mode = OH_SIM_MODE_BUSY;
  oh_sim_timer_start (&self->result, modem->clock, seconds, on_tones_sent, self);
  return NULL;
}

/* The last caller ID again. */
static const char *
run_last_caller (OhSimModem *modem, const OhSimCommand *command)
{
  OhSimLandline *self = modem->line;
  g_autofree char *text = oh_sim_landline_format_caller (self);

  if (command->op == OH_SIM_OP_SET && text != NULL)
    g_string_append (modem->response, text);
  return "OK";
}

const OhSimCommandRow oh_sim_landline_commands[] = {
  { "+FCLASS", "0", "0,1,8", run_class },
  { "+VCID", "0", "(0-2)", NULL },
  { "#CID", "0", "(0-2)", NULL },
  { "+VRID", NULL, "(0-1)", run_last_caller },
  { "+VLS", NULL, "(0-1)", run_line_select },
  { "+VRX", NULL, NULL, run_stream },
  { "+VTX", NULL, NULL, run_stream },
  { "+VTR", NULL, NULL, run_stream },
  { "+VTS", NULL, NULL, run_tones },
  { "+VTD", "100", "(1-255)", NULL },
  { "+VSM", "128,8000", "128,\"8-BIT LINEAR\",8,0,8000,0,0", NULL },
  { "+VSD", "128,50", "(0-255),(0-255)", NULL },
  { "+VGT", "128", "(0-255)", NULL },
  { "+VGR", "128", "(0-255)", NULL },
  { "+VIT", "0", "(0-255)", NULL },
  { "+VNH", "0", "(0-2)", NULL },
  { "+VRA", "50", "(0-255)", NULL },
  { "+VRN", "10", "(0-255)", NULL },
  { "+VDR", "0,0", "(0-1),(0-255)", NULL },
  { "+VIP", NULL, NULL, NULL },
  { "+GCI", "B5", NULL, NULL },
  { "-STE", "0", "(0-7)", NULL },
  { "+GMI", "CONEXANT", NULL, oh_sim_at_show },
  { "+GMM", "CX93001", NULL, oh_sim_at_show },
  { "+GMR", "CX93001-EIS_V0.2002-V92", NULL, oh_sim_at_show },
  { "+FMI", "CONEXANT", NULL, oh_sim_at_show },
  { "+FMM", "CX93001", NULL, oh_sim_at_show },
  { "+FMR", "CX93001-EIS_V0.2002-V92", NULL, oh_sim_at_show },
  { NULL },
};
