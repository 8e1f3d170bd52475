// SPDX-License-Identifier: LGPL-2.1-or-later
#include <stdlib.h>
#include <string.h>

#include "sim/cellular.h"

#define TONE_CHARACTERS "0123456789*#ABCD"

static gboolean
take (const char **at, char wanted)
{
  if (**at != wanted)
    return FALSE;
  (*at)++;
  return TRUE;
}

/* Digits, in quotes or not, and their length, in braces or not: 5  "12"  5,3  {5,3}. Each digit
 * is put into @tones as the report wants it. */
static gboolean
take_tones (const char **at, guint length, GPtrArray *tones)
{
  gboolean braces = take (at, '{');
  gboolean quoted = take (at, '"');
  const char *digits = *at;
  gsize count = strspn (digits, TONE_CHARACTERS);

  *at += count;
  if (count == 0 || (quoted && !take (at, '"')))
    return FALSE;
  if (**at == ',' && g_ascii_isdigit ((*at)[1]))
    {
      char *end;

      length = (guint)strtoul (*at + 1, &end, 10);
      *at = end;
    }
  for (gsize i = 0; i < count; i++)
    g_ptr_array_add (tones, length > 0 ? g_strdup_printf ("%c %u", digits[i], length)
                                       : g_strndup (digits + i, 1));
  return !braces || take (at, '}');
}

/* The length is in tenths of a second; 0, as +VTD has it first, is the network's. */
const char *
oh_sim_cellular_run_vts (OhSimModem *modem, const OhSimCommand *command)
{
  g_autoptr (GPtrArray) tones = g_ptr_array_new_with_free_func (g_free);
  const char *at = command->value;
  gboolean more = TRUE;

  if (command->op == OH_SIM_OP_TEST)
    return "OK";
  while (more && take_tones (&at, oh_sim_modem_get_number (modem, "+VTD"), tones))
    more = take (&at, ',');
  if (more || *at != '\0')
    return "ERROR";
  if (oh_sim_cellular_find (modem->line, OH_SIM_CALL_ACTIVE) == NULL)
    return oh_sim_cellular_error (modem, 3);
  for (guint i = 0; i < tones->len; i++)
    oh_sim_modem_report (modem, "digit-sent-by-host %s", (const char *)tones->pdata[i]);
  return "OK";
}
