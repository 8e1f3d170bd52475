// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sim/at.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXTENDED_PREFIXES "+#-^*$"
#define HIGHEST_X 4

/* The command from its "AT" on, in upper case and without blanks but for what is quoted. */
static char *
normalise (const char *line)
{
  GString *command = g_string_new (NULL);
  gboolean quoted = FALSE;
  gboolean dials;

  while (*line != '\0' && g_ascii_strncasecmp (line, "AT", 2) != 0)
    line++;
  /* I and i are not the same to D (27.007 6.2). */
  dials = g_ascii_strncasecmp (line, "ATD", 3) == 0;
  for (; *line != '\0'; line++)
    {
      if (*line == '"')
        quoted = !quoted;
      if (quoted || (dials && *line == 'i'))
        g_string_append_c (command, *line);
      else if (*line != ' ')
        g_string_append_c (command, g_ascii_toupper (*line));
    }
  return g_string_free (command, FALSE);
}

static gboolean
has_semicolon (const char *text)
{
  gboolean quoted = FALSE;

  for (; *text != '\0'; text++)
    {
      if (*text == '"')
        quoted = !quoted;
      else if (*text == ';' && !quoted)
        return TRUE;
    }
  return FALSE;
}

static gboolean
in_range (const char *range, const char *value)
{
  guint low, high;

  if (range == NULL || sscanf (range, "(%u-%u)", &low, &high) != 2)
    return TRUE;
  return g_ascii_isdigit (*value) && strtoul (value, NULL, 10) >= low
         && strtoul (value, NULL, 10) <= high;
}

static void
reply_value (OhSimModem *modem, const char *name, const char *value)
{
  if (modem->model->bare_reads)
    oh_sim_modem_reply (modem, "%s", value);
  else
    oh_sim_modem_reply (modem, "%s: %s", name, value);
}

static const char *
run_setting (OhSimModem *modem, const OhSimCommandRow *row, const OhSimCommand *command)
{
  switch (command->op)
    {
    case OH_SIM_OP_RUN:
      return "OK";
    case OH_SIM_OP_READ:
      if (row->initial != NULL)
        reply_value (modem, row->name, oh_sim_modem_get_setting (modem, row->name));
      return "OK";
    case OH_SIM_OP_TEST:
      if (row->range != NULL)
        reply_value (modem, row->name, row->range);
      return "OK";
    case OH_SIM_OP_SET:
      if (!in_range (row->range, command->value))
        return "ERROR";
      if (row->initial != NULL)
        g_hash_table_replace (modem->settings, g_strdup (row->name), g_strdup (command->value));
      return "OK";
    }
  g_assert_not_reached ();
}

static const char *
run_row (OhSimModem *modem, const OhSimCommand *command)
{
  const OhSimCommandRow *row = oh_sim_modem_find_command (modem, command->name);
  const char *result;

  if (row == NULL)
    return "ERROR";
  result = row->run != NULL ? row->run (modem, command) : OH_SIM_AS_SETTING;
  if (result != NULL && *result == '\0')
    result = run_setting (modem, row, command);
  return result;
}

static const char *
run_extended (OhSimModem *modem, const char *text)
{
  gsize length = strcspn (text, "=?");
  g_autofree char *name = g_strndup (text, length);
  g_autofree char *value = NULL;
  OhSimCommand command = { .name = name };
  const char *rest = text + length;

  /* No joining of these, as on many a real modem. */
  if (has_semicolon (text))
    return "ERROR";
  if (*rest == '\0')
    command.op = OH_SIM_OP_RUN;
  else if (g_str_equal (rest, "?"))
    command.op = OH_SIM_OP_READ;
  else if (g_str_equal (rest, "=?"))
    command.op = OH_SIM_OP_TEST;
  else if (*rest == '=')
    command.op = OH_SIM_OP_SET;
  else
    return "ERROR";
  value = g_strdup (command.op == OH_SIM_OP_SET ? rest + 1 : "");
  command.value = value;
  return run_row (modem, &command);
}

/* The decimal number at @text, 0 when there is none; moves @text behind it. */
static guint
take_number (const char **text)
{
  guint number = 0;

  for (; g_ascii_isdigit (**text); (*text)++)
    number = MIN (number * 10 + (guint)g_ascii_digit_value (**text), 100000);
  return number;
}

static const char *
run_register (OhSimModem *modem, const char **text)
{
  guint number = take_number (text);
  guint value;

  if (number >= G_N_ELEMENTS (modem->registers))
    return "ERROR";
  if (**text == '?')
    {
      (*text)++;
      oh_sim_modem_reply (modem, "%03u", modem->registers[number]);
      return "OK";
    }
  if (**text != '=')
    return "ERROR";
  (*text)++;
  value = take_number (text);
  if (value > G_MAXUINT8)
    return "ERROR";
  modem->registers[number] = (guint8)value;
  return "OK";
}

static const char *
run_identity (OhSimModem *modem, guint number)
{
  const char *const *identity = modem->model->identity;

  if (number >= g_strv_length ((char **)identity))
    return "ERROR";
  if (*identity[number] != '\0')
    oh_sim_modem_reply (modem, "%s", identity[number]);
  return "OK";
}

static const char *
set_flag (gboolean *flag, guint number)
{
  if (number > 1)
    return "ERROR";
  *flag = number == 1;
  return "OK";
}

static const char *
run_letter (OhSimModem *modem, char letter, guint number)
{
  switch (letter)
    {
    case 'E':
      return set_flag (&modem->echo, number);
    case 'Q':
      return set_flag (&modem->quiet, number);
    case 'V':
      return set_flag (&modem->verbose, number);
    case 'X':
      if (number > HIGHEST_X)
        return "ERROR";
      modem->x_level = number;
      return "OK";
    case 'I':
      return run_identity (modem, number);
    case 'H':
      return number == 0 ? modem->kind->hang_up (modem) : "ERROR";
    case 'Z':
      if (number > 1)
        return "ERROR";
      oh_sim_modem_reset (modem);
      return "OK";
    case 'O':
      return "NO CARRIER";
    default:
      /* Speaker, line and compression: taken, without effect. */
      return strchr ("BCKLMNPTWY", letter) != NULL ? "OK" : "ERROR";
    }
}

static const char *
run_next (OhSimModem *modem, const char **text)
{
  const char *rest = *text + 1;
  char letter = **text;

  *text += strlen (*text);
  if (strchr (EXTENDED_PREFIXES, letter) != NULL)
    return run_extended (modem, rest - 1);
  if (letter == 'D')
    return modem->kind->dial (modem, rest);
  if (letter == 'A')
    return modem->kind->answer (modem);

  *text = rest;
  if (letter == 'S')
    return run_register (modem, text);
  if (strchr ("&\\%", letter) != NULL)
    {
      letter = *rest == '\0' ? '\0' : *(*text)++;
      take_number (text);
      if (letter == 'F')
        oh_sim_modem_set_defaults (modem);
      return g_ascii_isalpha (letter) ? "OK" : "ERROR";
    }
  return run_letter (modem, letter, take_number (text));
}

gboolean
oh_sim_at_run (OhSimModem *modem, const char *line)
{
  g_autofree char *command = normalise (line);
  const char *refusal = oh_sim_faults_find_refusal (&modem->faults, command);
  const char *text;
  const char *result = "OK";

  if (*command == '\0')
    return FALSE;
  if (refusal != NULL)
    {
      if (*refusal != '\0')
        oh_sim_modem_finish (modem, refusal);
      return TRUE;
    }
  text = command + strlen ("AT");
  while (*text != '\0' && g_strcmp0 (result, "OK") == 0)
    result = run_next (modem, &text);
  if (result != NULL)
    oh_sim_modem_finish (modem, result);
  return TRUE;
}

const char *
oh_sim_at_show (OhSimModem *modem, const OhSimCommand *command)
{
  if (command->op == OH_SIM_OP_RUN || command->op == OH_SIM_OP_READ)
    oh_sim_modem_reply (modem, "%s", oh_sim_modem_get_setting (modem, command->name));
  return command->op == OH_SIM_OP_SET ? "ERROR" : "OK";
}
