// SPDX-License-Identifier: LGPL-2.1-or-later
#include <string.h>

#include "sim/cellular-family.h"

#define DIAL_CHARACTERS "0123456789*#+ABCD"
/* Tone, pulse and pauses, which a cellular network does not need, and the closed user group. */
#define DIAL_FILLERS "TPW,G"

enum
{
  CLIR_HIDE = 1,
  CLIR_SHOW = 2,
};

/* @clir is as for +CLIR, and is set when the string says something about it. */
static char *
parse_dial_string (const char *string, guint *clir)
{
  GString *number = g_string_new (NULL);

  for (; *string != '\0' && *string != ';'; string++)
    {
      if (strchr (DIAL_CHARACTERS, *string) != NULL)
        g_string_append_c (number, *string);
      else if (*string == 'I' || *string == 'i')
        *clir = *string == 'I' ? CLIR_HIDE : CLIR_SHOW;
      else if (strchr (DIAL_FILLERS, *string) == NULL)
        return g_string_free (number, TRUE);
    }
  return g_string_free (number, FALSE);
}

static gboolean
may_dial (OhSimCellular *self)
{
  if (oh_sim_cellular_find (self, OH_SIM_CALL_INCOMING) != NULL
      || oh_sim_cellular_find (self, OH_SIM_CALL_WAITING) != NULL
      || oh_sim_cellular_find_dialled (self) != NULL)
    return FALSE;
  return oh_sim_cellular_find (self, OH_SIM_CALL_ACTIVE) == NULL
         || oh_sim_cellular_find (self, OH_SIM_CALL_HELD) == NULL;
}

/* The result of an ATD that waits for the answer. */
void
oh_sim_cellular_end_dialling (OhSimCellular *self, const char *result)
{
  OhSimModem *modem = self->modem;

  if (g_str_equal (result, "OK") && oh_sim_modem_get_number (modem, "+COLP") == 1)
    oh_sim_modem_reply (modem, "+COLP: \"%s\",%u", self->dialled->party.number,
                        oh_sim_cellular_party_type (self->dialled));
  self->dialled = NULL;
  oh_sim_modem_finish (modem, result);
}

/* A byte while ATD waits. */
void
oh_sim_cellular_abort (OhSimModem *modem)
{
  OhSimCellular *self = modem->line;

  if (self->dialled == NULL)
    return;
  oh_sim_cellular_release (self, self->dialled);
  oh_sim_cellular_end_dialling (self, "NO CARRIER");
}

static void
start_call (OhSimCellular *self, OhSimCall *call)
{
  OhSimModem *modem = self->modem;
  const OhSimFamily *family = self->family;
  gboolean waits
      = family->dial_waits || (family->has_colp && oh_sim_modem_get_number (modem, "+COLP") == 1);

  if (waits)
    {
      self->dialled = call;
      modem->mode = OH_SIM_MODE_HANDSHAKE;
    }
  else if (!family->report_before_ok)
    oh_sim_modem_finish (modem, "OK");
  oh_sim_cellular_tell_state (self, call, OH_SIM_CALL_DIALLING);
  if (!waits && family->report_before_ok)
    oh_sim_modem_finish (modem, "OK");
  oh_sim_cellular_follow_plan (self, call);
}

const char *
oh_sim_cellular_dial (OhSimModem *modem, const char *string)
{
  OhSimCellular *self = modem->line;
  g_autofree char *number = NULL;
  guint clir = oh_sim_modem_get_number (modem, "+CLIR");
  OhSimCaller party = { 0 };

  if (*string == '>')
    return oh_sim_cellular_error (modem, 22);
  number = parse_dial_string (string, &clir);
  if (number == NULL || *number == '\0')
    return "ERROR";
  /* Without the semicolon it is a data call, which nobody takes. */
  if (!g_str_has_suffix (string, ";"))
    return "NO CARRIER";
  if (!oh_sim_network_may_call (modem, number))
    return "NO CARRIER";
  if (!may_dial (self))
    return oh_sim_cellular_error (modem, 3);
  if (modem->plan.outcome == OH_SIM_STEP_NO_DIALTONE)
    return "NO DIALTONE";
  oh_sim_cellular_change_all (self, OH_SIM_CALL_ACTIVE, OH_SIM_CALL_HELD);
  party.number = number;
  oh_sim_modem_report (modem, "dialled %s%s", number,
                       clir == CLIR_HIDE   ? " hidden"
                       : clir == CLIR_SHOW ? " shown"
                                           : "");
  start_call (self, oh_sim_cellular_add (self, &party, OH_SIM_CALL_DIALLING));
  return NULL;
}

const char *
oh_sim_cellular_answer (OhSimModem *modem)
{
  OhSimCellular *self = modem->line;
  OhSimCall *call = oh_sim_cellular_find (self, OH_SIM_CALL_INCOMING);

  if (call == NULL)
    return "NO CARRIER";
  oh_sim_cellular_accept (self, call);
  return "OK";
}

/* All calls; the last ones first, so that a waiting caller does not begin to ring. */
const char *
oh_sim_cellular_hang_up (OhSimModem *modem)
{
  OhSimCellular *self = modem->line;

  oh_sim_cellular_release_all (self, OH_SIM_CALL_WAITING);
  while (self->calls->len > 0)
    oh_sim_cellular_release (self, self->calls->pdata[0]);
  return "OK";
}
