// SPDX-License-Identifier: LGPL-2.1-or-later
#include <stdlib.h>
#include <string.h>

#include "sim/cause.h"
#include "sim/cellular-family.h"

/* +CHUP leaves held and waiting calls alone. */
const char *
oh_sim_cellular_run_chup (OhSimModem *modem, const OhSimCommand *command)
{
  OhSimCellular *self = modem->line;
  gboolean any;

  if (command->op == OH_SIM_OP_TEST)
    return "OK";
  if (command->op != OH_SIM_OP_RUN)
    return "ERROR";
  any = oh_sim_cellular_release_all (self, OH_SIM_CALL_DIALLING);
  any |= oh_sim_cellular_release_all (self, OH_SIM_CALL_ALERTING);
  if (!any && oh_sim_cellular_find (self, OH_SIM_CALL_ACTIVE) == NULL)
    oh_sim_cellular_release_all (self, OH_SIM_CALL_INCOMING);
  else
    oh_sim_cellular_release_all (self, OH_SIM_CALL_ACTIVE);
  return "OK";
}

static gboolean
take_next (OhSimCellular *self)
{
  OhSimCall *next = oh_sim_cellular_find (self, OH_SIM_CALL_WAITING);

  if (next == NULL)
    next = oh_sim_cellular_find (self, OH_SIM_CALL_INCOMING);
  if (next == NULL)
    return oh_sim_cellular_change_all (self, OH_SIM_CALL_HELD, OH_SIM_CALL_ACTIVE);
  oh_sim_cellular_accept (self, next);
  return TRUE;
}

/* +CHLD=0 */
static gboolean
release_others (OhSimCellular *self)
{
  return oh_sim_cellular_release_all (self, OH_SIM_CALL_WAITING)
         || oh_sim_cellular_release_all (self, OH_SIM_CALL_INCOMING)
         || oh_sim_cellular_release_all (self, OH_SIM_CALL_HELD);
}

/* +CHLD=1: the waiting call is taken in the same step, so it never comes to ring. */
static gboolean
release_active (OhSimCellular *self)
{
  gboolean any = oh_sim_cellular_release_all (self, OH_SIM_CALL_ACTIVE);

  return take_next (self) || any;
}

/* All at once, then the reports. */
static void
exchange (OhSimCellular *self)
{
  GPtrArray *calls = self->calls;

  for (guint i = 0; i < calls->len; i++)
    {
      OhSimCall *call = calls->pdata[i];

      call->state = call->state == OH_SIM_CALL_ACTIVE ? OH_SIM_CALL_HELD : OH_SIM_CALL_ACTIVE;
    }
  for (guint i = 0; i < calls->len; i++)
    {
      OhSimCall *call = calls->pdata[i];
      gboolean held = call->state == OH_SIM_CALL_HELD;

      oh_sim_modem_report (self->modem, "%s %u", held ? "held-by-host" : "retrieved-by-host",
                           call->index);
      oh_sim_cellular_tell_state (self, call, held ? OH_SIM_CALL_ACTIVE : OH_SIM_CALL_HELD);
    }
}

/* +CHLD=2 */
static gboolean
swap (OhSimCellular *self)
{
  gboolean accepts = oh_sim_cellular_find (self, OH_SIM_CALL_WAITING) != NULL
                     || oh_sim_cellular_find (self, OH_SIM_CALL_INCOMING) != NULL;
  gboolean any = self->calls->len > 0;

  if (oh_sim_cellular_find_dialled (self) != NULL)
    return FALSE;
  if (accepts && oh_sim_cellular_find (self, OH_SIM_CALL_HELD) != NULL
      && oh_sim_cellular_find (self, OH_SIM_CALL_ACTIVE) != NULL)
    return FALSE;
  if (accepts)
    {
      oh_sim_cellular_change_all (self, OH_SIM_CALL_ACTIVE, OH_SIM_CALL_HELD);
      return take_next (self);
    }
  exchange (self);
  return any;
}

/* +CHLD=3 and 4 need one call active and one on hold. */
static gboolean
bring_together (OhSimCellular *self, gboolean leave)
{
  if (oh_sim_cellular_find (self, OH_SIM_CALL_ACTIVE) == NULL
      || oh_sim_cellular_find (self, OH_SIM_CALL_HELD) == NULL)
    return FALSE;
  oh_sim_cellular_join (self);
  if (!leave)
    return TRUE;
  oh_sim_modem_report (self->modem, "transferred-by-host");
  return oh_sim_cellular_release_all (self, OH_SIM_CALL_ACTIVE);
}

/* +CHLD=2x: all but @kept go on hold. */
static gboolean
hold_but (OhSimCellular *self, OhSimCall *kept)
{
  if (kept->state != OH_SIM_CALL_ACTIVE || oh_sim_cellular_find (self, OH_SIM_CALL_HELD) != NULL)
    return FALSE;
  kept->conference = FALSE;
  for (guint i = 0; i < self->calls->len; i++)
    {
      OhSimCall *call = self->calls->pdata[i];

      if (call == kept || call->state != OH_SIM_CALL_ACTIVE)
        continue;
      oh_sim_modem_report (self->modem, "held-by-host %u", call->index);
      oh_sim_cellular_set_state (self, call, OH_SIM_CALL_HELD);
    }
  return TRUE;
}

static const char *
run_chld_one (OhSimModem *modem, char operation, guint index)
{
  OhSimCellular *self = modem->line;
  OhSimCall *call = oh_sim_cellular_find_index (self, index);

  if (call == NULL)
    return oh_sim_cellular_error (modem, 21);
  if (operation == '1')
    {
      oh_sim_cellular_release (self, call);
      return "OK";
    }
  if (operation == '2' && hold_but (self, call))
    return "OK";
  return oh_sim_cellular_error (modem, 3);
}

const char *
oh_sim_cellular_run_chld (OhSimModem *modem, const OhSimCommand *command)
{
  OhSimCellular *self = modem->line;
  const char *value = command->value;
  gboolean done = FALSE;

  if (command->op == OH_SIM_OP_TEST)
    oh_sim_modem_reply (modem, "+CHLD: %s", self->family->chld);
  if (command->op != OH_SIM_OP_SET)
    return "OK";
  if (*value == '4' && strchr (self->family->chld, '4') == NULL)
    return oh_sim_cellular_error (modem, 4);
  if (*value != '\0' && value[1] != '\0')
    return run_chld_one (modem, *value, (guint)strtoul (value + 1, NULL, 10));
  if (*value == '0')
    done = release_others (self);
  else if (*value == '1')
    done = release_active (self);
  else if (*value == '2')
    done = swap (self);
  else if (*value == '3' || *value == '4')
    done = bring_together (self, *value == '4');
  return done ? "OK" : oh_sim_cellular_error (modem, 3);
}

/* The call that rings or waits goes to another number, in quotes or not. */
const char *
oh_sim_cellular_run_ctfr (OhSimModem *modem, const OhSimCommand *command)
{
  OhSimCellular *self = modem->line;
  OhSimCall *call = oh_sim_cellular_find (self, OH_SIM_CALL_INCOMING);
  g_autofree char *number = g_strdup (command->value + (*command->value == '"'));

  if (command->op == OH_SIM_OP_TEST)
    return "OK";
  number[strcspn (number, "\",")] = '\0';
  if (*number == '\0' || strspn (number, "+*#0123456789") != strlen (number))
    return "ERROR";
  if (call == NULL)
    call = oh_sim_cellular_find (self, OH_SIM_CALL_WAITING);
  if (call == NULL)
    return oh_sim_cellular_error (modem, 3);
  call->by_host = TRUE;
  oh_sim_modem_report (modem, "deflected-by-host %s", number);
  oh_sim_cellular_remove (self, call, OH_SIM_CAUSE_NORMAL);
  return "OK";
}
