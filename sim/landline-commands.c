// SPDX-License-Identifier: LGPL-2.1-or-later
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/at.h"
#include "sim/landline.h"

#define TONE_CHARACTERS "0123456789*#ABCD!"
/* Of digits for which there is no setting. */
#define HUNDREDTHS 10
#define LONGEST_TONE 10
#define VOLTS_OFF_HOOK 8

/* TRUE when @value is one of "(0-1)", "0,1,4" or "(0,1,8)". */
static gboolean
is_in_list (const char *list, const char *value)
{
  g_auto (GStrv) numbers = g_strsplit_set (list, "(,)", -1);
  guint low, high;

  if (sscanf (list, "(%u-%u)", &low, &high) != 2)
    return *value != '\0' && g_strv_contains ((const char *const *)numbers, value);
  return g_ascii_isdigit (*value) && strtoul (value, NULL, 10) >= low
         && strtoul (value, NULL, 10) <= high;
}

const char *
oh_sim_landline_run_class (OhSimModem *modem, const OhSimCommand *command)
{
  const OhSimCommandRow *row = oh_sim_modem_find_command (modem, command->name);

  if (command->op == OH_SIM_OP_SET && !is_in_list (row->range, command->value))
    return "ERROR";
  return OH_SIM_AS_SETTING;
}

/* Which of telephone, loudspeaker and microphone have the audio. */
static void
set_route (OhSimLandline *self, const char *value)
{
  self->route = (guint)strtoul (value, NULL, 10);
  if (self->route > 1)
    oh_sim_modem_report (self->modem, "audio-route %u", self->route);
}

const char *
oh_sim_landline_run_lines (OhSimModem *modem, const OhSimCommand *command)
{
  OhSimLandline *self = modem->line;
  const OhSimCommandRow *row = oh_sim_modem_find_command (modem, command->name);

  if (!oh_sim_landline_is_voice_class (self))
    return "ERROR";
  if (command->op == OH_SIM_OP_READ)
    {
      oh_sim_modem_reply (modem, "%u", self->route > 0 ? self->route : (guint)self->off_hook);
      return "OK";
    }
  if (command->op != OH_SIM_OP_SET)
    return OH_SIM_AS_SETTING;
  if (!is_in_list (row->range, command->value))
    return "ERROR";
  if (!g_strv_contains (self->family->lines, command->value))
    {
      oh_sim_landline_go_on_hook (self);
      set_route (self, command->value);
      return "OK";
    }
  oh_sim_landline_go_off_hook (self);
  set_route (self, command->value);
  return self->family->off_hook;
}

/* The coding that the host has chosen, else the first. */
static const OhSimCoding *
get_coding (OhSimLandline *self)
{
  const char *setting = oh_sim_modem_get_setting (self->modem, self->family->coding_command);
  gsize length = strcspn (setting, ",");

  for (const OhSimCoding *coding = self->family->codings; coding->number != NULL; coding++)
    if (strlen (coding->number) == length && strncmp (setting, coding->number, length) == 0)
      return coding;
  return self->family->codings;
}

const char *
oh_sim_landline_run_coding (OhSimModem *modem, const OhSimCommand *command)
{
  OhSimLandline *self = modem->line;
  gsize length = strcspn (command->value, ",");

  if (command->op != OH_SIM_OP_SET)
    return OH_SIM_AS_SETTING;
  for (const OhSimCoding *coding = self->family->codings; coding->number != NULL; coding++)
    if (strlen (coding->number) == length && strncmp (command->value, coding->number, length) == 0)
      return OH_SIM_AS_SETTING;
  return "ERROR";
}

static const char *
run_stream (OhSimModem *modem, const OhSimCommand *command)
{
  OhSimLandline *self = modem->line;
  gboolean receive = !g_str_has_suffix (command->name, "VTX");
  gboolean transmit = !g_str_has_suffix (command->name, "VRX");
  const OhSimCoding *coding = get_coding (self);
  const char *result;

  if (command->op == OH_SIM_OP_TEST)
    return "OK";
  if (!oh_sim_landline_is_voice_class (self) || !self->off_hook || command->op != OH_SIM_OP_RUN)
    return "ERROR";
  self->voice.rate = coding->rate;
  self->voice.silence = coding->silence;
  self->voice.pairs_as_sub = self->family->pairs_as_sub;
  result = oh_sim_voice_start (&self->voice, receive, transmit);
  oh_sim_modem_finish (modem, result);
  oh_sim_landline_listen (self);
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
    *seconds = CLAMP (g_ascii_strtod (comma + 1, NULL) / 100, 0, LONGEST_TONE);
  *text = at + length + 1;
  return *ret_digit == '\0' || strchr (TONE_CHARACTERS, *ret_digit) != NULL;
}

/* All tones of @text; FALSE when one is malformed. */
static gboolean
parse_tones (OhSimModem *modem, const char *text, GString *digits, double *ret_seconds)
{
  guint duration = oh_sim_modem_get_number (modem, "+VTD");

  *ret_seconds = 0;
  if (*text == '\0')
    return FALSE;
  while (*text != '\0')
    {
      double seconds = (duration > 0 ? duration : HUNDREDTHS) / 100.0;
      char digit;

      if (!take_tone (&text, &digit, &seconds))
        return FALSE;
      if (digit != '\0')
        g_string_append_c (digits, digit);
      *ret_seconds += seconds;
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
  oh_sim_landline_key_all (self, digits->str);
  oh_sim_modem_report (modem, "tones-by-host %.2f", seconds);
  modem->mode = OH_SIM_MODE_BUSY;
  oh_sim_timer_start (&self->result, modem->clock, seconds, on_tones_sent, self);
  return NULL;
}

/* The last caller ID again. */
static const char *
run_last_caller (OhSimModem *modem, const OhSimCommand *command)
{
  gboolean packet = g_str_equal (command->value, "1");
  g_autofree char *text = oh_sim_landline_format_caller (modem->line, packet ? 2 : 1, 0);

  if (command->op != OH_SIM_OP_SET)
    return OH_SIM_AS_SETTING;
  if (!packet && !g_str_equal (command->value, "0"))
    return "ERROR";
  if (text != NULL)
    g_string_append (modem->response, text);
  return "OK";
}

/* Volts between the wires: next to none on a dead line, few when somebody is off hook. */
static const char *
run_voltage (OhSimModem *modem, const OhSimCommand *command)
{
  OhSimLandline *self = modem->line;
  guint voltage = self->wire.voltage;

  if (command->op != OH_SIM_OP_READ)
    return command->op == OH_SIM_OP_TEST ? "OK" : "ERROR";
  if (self->wire.dead)
    voltage = 0;
  else if (self->off_hook || self->wire.extension)
    voltage = MIN (voltage, VOLTS_OFF_HOOK);
  oh_sim_modem_reply (modem, "-TRV: %u", voltage);
  return "OK";
}

/* Of a make that does not have what others have. */
const char *
oh_sim_landline_run_unknown (OhSimModem *modem, const OhSimCommand *command)
{
  return "ERROR";
}

/* That all of them have, behind what is the make's own. */
const OhSimCommandRow oh_sim_landline_commands[] = {
  { "+FCLASS", "0", "0,1,8", oh_sim_landline_run_class },
  { "+VCID", "0", "(0-2)", NULL },
  { "#CID", "0", "(0-2)", NULL },
  { "+VRID", NULL, "(0-1)", run_last_caller },
  { "+VLS", NULL, "(0-1)", oh_sim_landline_run_lines },
  { "+VRX", NULL, NULL, run_stream },
  { "+VTX", NULL, NULL, run_stream },
  { "+VTR", NULL, NULL, run_stream },
  { "+VTS", NULL, NULL, run_tones },
  { "+VTD", "100", "(1-255)", NULL },
  { "+VSM", "128,8000", "128,\"8-BIT LINEAR\",8,0,8000,0,0", oh_sim_landline_run_coding },
  { "+VSD", "128,50", "(0-255),(0-255)", NULL },
  { "+VGT", "128", "(0-255)", NULL },
  { "+VGR", "128", "(0-255)", NULL },
  { "+VIT", "0", "(0-255)", NULL },
  { "+VNH", "0", "(0-2)", NULL },
  { "+VRA", "50", "(0-255)", NULL },
  { "+VRN", "10", "(0-255)", NULL },
  { "+VDR", "0,0", "(0-1),(0-255)", NULL },
  { "+VDT", "0,0", "(0-1),(0-255)", NULL },
  { "+VEM", "0", NULL, NULL },
  { "+VSP", "0", "(0-1)", NULL },
  { "+VIP", NULL, NULL, NULL },
  { "+GCI", "B5", "(00,09,16,3D,42,53,7B,A5,B4,B5,F6)", NULL },
  { "-STE", "0", "(0-7)", NULL },
  { "-SDR", "0", "(0-7)", NULL },
  { "-SCID", "0", "(0-1)", NULL },
  { "-TRV", NULL, NULL, run_voltage },
  { "+GMI", "CONEXANT", NULL, oh_sim_at_show },
  { "+GMM", "CX93001", NULL, oh_sim_at_show },
  { "+GMR", "CX93001-EIS_V0.2002-V92", NULL, oh_sim_at_show },
  { "+FMI", "CONEXANT", NULL, oh_sim_at_show },
  { "+FMM", "CX93001", NULL, oh_sim_at_show },
  { "+FMR", "CX93001-EIS_V0.2002-V92", NULL, oh_sim_at_show },
  { NULL },
};

/* Of the old chips, which have no +FCLASS=8 (Rockwell's manual for the RCV144). */
const OhSimCommandRow oh_sim_landline_rockwell_commands[] = {
  { "#CLS", "0", "0,1,2,8", oh_sim_landline_run_class },
  { "#CID", "0", "(0-2)", NULL },
  { "#VLS", NULL, "0,1,2,3,4", oh_sim_landline_run_lines },
  { "#VRX", NULL, NULL, run_stream },
  { "#VTX", NULL, NULL, run_stream },
  { "#VTS", NULL, NULL, run_tones },
  { "#VTD", "10", "(1-255)", NULL },
  { "#VBS", "8", "2,3,4,8", oh_sim_landline_run_coding },
  { "#VSR", "7200", "7200,8000,11025", NULL },
  { "#VSP", "55", "(0-255)", NULL },
  { "#VSS", "0", "(0-3)", NULL },
  { "#VGT", "128", "(0-255)", NULL },
  { "#VGR", "128", "(0-255)", NULL },
  { "#SPK", "1,10,1", NULL, NULL },
  { "#BDR", "0", "(0-48)", NULL },
  { "-SDR", "0", "(0-7)", NULL },
  { "+FCLASS", "0", "0,1,2", oh_sim_landline_run_class },
  { "+FMI", "ROCKWELL", NULL, oh_sim_at_show },
  { "+FMM", "RCV144ACx", NULL, oh_sim_at_show },
  { "+FMR", "V3.6", NULL, oh_sim_at_show },
  { NULL },
};
