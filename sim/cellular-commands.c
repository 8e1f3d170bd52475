// SPDX-License-Identifier: LGPL-2.1-or-later
#include <stdlib.h>
#include <string.h>

#include "sim/at.h"
#include "sim/cellular.h"

#define DIAL_CHARACTERS "0123456789*#+ABCD"
/* Tone, pulse and pauses, which a cellular network does not need; I and G are CLIR and group. */
#define DIAL_FILLERS "TPW,IG"
#define TONE_CHARACTERS "0123456789*#ABCD"

/* Codes of 27.007 9.2. */
static const struct
{
  guint code;
  const char *number;
  const char *text;
} errors[] = {
  { 3, "+CME ERROR: 3", "+CME ERROR: operation not allowed" },
  { 21, "+CME ERROR: 21", "+CME ERROR: invalid index" },
  { 22, "+CME ERROR: 22", "+CME ERROR: not found" },
};

static const char *
cme_error (OhSimModem *modem, guint code)
{
  guint level = oh_sim_modem_get_number (modem, "+CMEE");

  for (guint i = 0; i < G_N_ELEMENTS (errors) && level > 0; i++)
    if (errors[i].code == code)
      return level == 1 ? errors[i].number : errors[i].text;
  return "ERROR";
}

static char *
parse_dial_string (const char *string)
{
  GString *number = g_string_new (NULL);

  for (; *string != '\0' && *string != ';'; string++)
    {
      if (strchr (DIAL_CHARACTERS, *string) != NULL)
        g_string_append_c (number, *string);
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

const char *
oh_sim_cellular_dial (OhSimModem *modem, const char *string)
{
  OhSimCellular *self = modem->line;
  g_autofree char *number = NULL;
  OhSimCaller party = { 0 };

  if (*string == '>')
    return cme_error (modem, 22);
  number = parse_dial_string (string);
  if (number == NULL || *number == '\0')
    return "ERROR";
  /* Without the semicolon it is a data call, which nobody takes. */
  if (!g_str_has_suffix (string, ";"))
    return "NO CARRIER";
  if (!may_dial (self))
    return cme_error (modem, 3);
  if (modem->plan.outcome == OH_SIM_STEP_NO_DIALTONE)
    return "NO DIALTONE";
  oh_sim_cellular_change_all (self, OH_SIM_CALL_ACTIVE, OH_SIM_CALL_HELD);
  party.number = number;
  oh_sim_modem_report (modem, "dialled %s", number);
  oh_sim_cellular_follow_plan (self, oh_sim_cellular_add (self, &party, OH_SIM_CALL_DIALLING));
  return "OK";
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

/* +CHUP leaves held and waiting calls alone. */
static const char *
run_chup (OhSimModem *modem, const OhSimCommand *command)
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

/* +CHLD=2 */
static gboolean
swap (OhSimCellular *self)
{
  gboolean accepts = oh_sim_cellular_find (self, OH_SIM_CALL_WAITING) != NULL
                     || oh_sim_cellular_find (self, OH_SIM_CALL_INCOMING) != NULL;
  GPtrArray *calls = self->calls;
  gboolean any = calls->len > 0;

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
  for (guint i = 0; i < calls->len; i++)
    {
      OhSimCall *call = calls->pdata[i];

      call->state = call->state == OH_SIM_CALL_ACTIVE ? OH_SIM_CALL_HELD : OH_SIM_CALL_ACTIVE;
      oh_sim_modem_report (self->modem, "%s %u",
                           call->state == OH_SIM_CALL_HELD ? "held-by-host" : "retrieved-by-host",
                           call->index);
    }
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
  for (guint i = 0; i < self->calls->len; i++)
    {
      OhSimCall *call = self->calls->pdata[i];

      if (call == kept || call->state != OH_SIM_CALL_ACTIVE)
        continue;
      call->state = OH_SIM_CALL_HELD;
      oh_sim_modem_report (self->modem, "held-by-host %u", call->index);
    }
  kept->conference = FALSE;
  return TRUE;
}

static const char *
run_chld_one (OhSimModem *modem, char operation, guint index)
{
  OhSimCellular *self = modem->line;
  OhSimCall *call = oh_sim_cellular_find_index (self, index);

  if (call == NULL)
    return cme_error (modem, 21);
  if (operation == '1')
    {
      oh_sim_cellular_release (self, call);
      return "OK";
    }
  if (operation == '2' && hold_but (self, call))
    return "OK";
  return cme_error (modem, 3);
}

static const char *
run_chld (OhSimModem *modem, const OhSimCommand *command)
{
  OhSimCellular *self = modem->line;
  const char *value = command->value;
  gboolean done = FALSE;

  if (command->op != OH_SIM_OP_SET)
    return OH_SIM_AS_SETTING;
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
  return done ? "OK" : cme_error (modem, 3);
}

static const char *
run_clcc (OhSimModem *modem, const OhSimCommand *command)
{
  OhSimCellular *self = modem->line;

  if (command->op == OH_SIM_OP_TEST)
    return "OK";
  if (command->op != OH_SIM_OP_RUN)
    return "ERROR";
  for (guint i = 0; i < self->calls->len; i++)
    {
      const OhSimCall *call = self->calls->pdata[i];
      const OhSimCaller *party = &call->party;
      g_autofree char *alpha
          = party->name != NULL ? g_strdup_printf (",\"%s\"", party->name) : g_strdup ("");

      oh_sim_modem_reply (modem, "+CLCC: %u,%d,%d,0,%d,\"%s\",%u%s", call->index, call->incoming,
                          (int)call->state, call->conference, party->number,
                          oh_sim_cellular_number_type (party->number), alpha);
    }
  return "OK";
}

static const char *
run_vts (OhSimModem *modem, const OhSimCommand *command)
{
  g_autofree char *digits = NULL;

  if (command->op == OH_SIM_OP_TEST)
    return "OK";
  digits = g_strdup (command->value + (*command->value == '"'));
  digits[strcspn (digits, "\",")] = '\0';
  if (*digits == '\0' || strspn (digits, TONE_CHARACTERS) != strlen (digits))
    return "ERROR";
  if (oh_sim_cellular_find (modem->line, OH_SIM_CALL_ACTIVE) == NULL)
    return cme_error (modem, 3);
  for (const char *digit = digits; *digit != '\0'; digit++)
    oh_sim_modem_report (modem, "digit-sent-by-host %c", *digit);
  return "OK";
}

/* Setting and state of the network, as +CREG: 0,1: registered at home; +CLIP: 0,1: provisioned. */
static const char *
run_with_status (OhSimModem *modem, const OhSimCommand *command)
{
  if (command->op != OH_SIM_OP_READ)
    return OH_SIM_AS_SETTING;
  oh_sim_modem_reply (modem, "%s: %s,1", command->name,
                      oh_sim_modem_get_setting (modem, command->name));
  return "OK";
}

/* AT+CCWA=1,2 asks the network; the others switch the report on and off. */
static const char *
run_ccwa (OhSimModem *modem, const OhSimCommand *command)
{
  const char *mode = strchr (command->value, ',');

  if (command->op != OH_SIM_OP_SET || mode == NULL || mode[1] != '2')
    return OH_SIM_AS_SETTING;
  oh_sim_modem_reply (modem, "+CCWA: 1,1");
  return "OK";
}

/* No PIN is wanted. */
static const char *
run_cpin (OhSimModem *modem, const OhSimCommand *command)
{
  return command->op == OH_SIM_OP_SET ? cme_error (modem, 3) : OH_SIM_AS_SETTING;
}

static const char *
run_cpas (OhSimModem *modem, const OhSimCommand *command)
{
  OhSimCellular *self = modem->line;
  guint status = self->calls->len > 0 ? 4 : 0;

  if (oh_sim_cellular_find (self, OH_SIM_CALL_INCOMING) != NULL)
    status = 3;
  if (command->op == OH_SIM_OP_RUN)
    oh_sim_modem_reply (modem, "+CPAS: %u", status);
  return "OK";
}

static const char *
run_cfun (OhSimModem *modem, const OhSimCommand *command)
{
  if (command->op == OH_SIM_OP_SET && *command->value != '1')
    modem->kind->lose_power (modem);
  return OH_SIM_AS_SETTING;
}

/* Fifteen digits, the last by Luhn; the same for the same name. */
static const char *
run_cgsn (OhSimModem *modem, const OhSimCommand *command)
{
  g_autofree char *imei = g_strdup_printf ("35824005%06u", g_str_hash (modem->name) % 1000000);
  guint sum = 0;

  if (command->op != OH_SIM_OP_RUN)
    return command->op == OH_SIM_OP_TEST ? "OK" : "ERROR";
  for (guint i = 0; imei[i] != '\0'; i++)
    {
      guint digit = (guint)g_ascii_digit_value (imei[i]) * (i % 2 + 1);

      sum += digit / 10 + digit % 10;
    }
  oh_sim_modem_reply (modem, "%s%u", imei, (10 - sum % 10) % 10);
  return "OK";
}

const OhSimCommandRow oh_sim_cellular_commands[] = {
  { "+CLCC", NULL, NULL, run_clcc },
  { "+CHUP", NULL, NULL, run_chup },
  { "+CHLD", NULL, "(0,1,1x,2,2x,3,4)", run_chld },
  { "+VTS", NULL, NULL, run_vts },
  { "+VTD", "0", "(0-255)", NULL },
  { "+DDET", "0", "(0-1)", NULL },
  { "+CRC", "0", "(0-1)", NULL },
  { "+CLIP", "0", "(0-1)", run_with_status },
  { "+CNAP", "0", "(0-1)", run_with_status },
  { "+COLP", "0", "(0-1)", run_with_status },
  { "+CDIP", "0", "(0-1)", run_with_status },
  { "+CLIR", "0", "(0-2)", run_with_status },
  { "+CCWA", "0", "(0-1)", run_ccwa },
  { "+CSSN", "0,0", "(0-1),(0-1)", NULL },
  { "+CMEE", "0", "(0-2)", NULL },
  { "+CVHU", "0", "(0-2)", NULL },
  { "+CREG", "0", "(0-2)", run_with_status },
  { "+CGREG", "0", "(0-2)", run_with_status },
  { "+CEREG", "0", "(0-2)", run_with_status },
  { "+CMER", "0,0,0,0", NULL, NULL },
  { "+CNMI", "0,0,0,0,0", NULL, NULL },
  { "+CMGF", "0", "(0-1)", NULL },
  { "+CSCS", "\"IRA\"", "(\"IRA\",\"UCS2\",\"GSM\")", NULL },
  { "+CMOD", "0", "(0-3)", NULL },
  { "+CLVL", "5", "(0-10)", NULL },
  { "+CMUT", "0", "(0-1)", NULL },
  { "+CFUN", "1", "(0-4)", run_cfun },
  { "+CPAS", NULL, NULL, run_cpas },
  { "+CPIN", "READY", NULL, run_cpin },
  { "+CSQ", "+CSQ: 20,99", NULL, oh_sim_at_show },
  { "+COPS", "0,0,\"Simulated\",7", NULL, NULL },
  { "+CNUM", "+CNUM: ,\"+15550100000\",145", NULL, oh_sim_at_show },
  { "+CIMI", "001010123456789", NULL, oh_sim_at_show },
  { "+CGSN", NULL, NULL, run_cgsn },
  { "+GSN", NULL, NULL, run_cgsn },
  { "+CGMI", "OFFHOOK", NULL, oh_sim_at_show },
  { "+CGMM", "CELLULAR", NULL, oh_sim_at_show },
  { "+CGMR", "1.0", NULL, oh_sim_at_show },
  { "+GMI", "OFFHOOK", NULL, oh_sim_at_show },
  { "+GMM", "CELLULAR", NULL, oh_sim_at_show },
  { "+GMR", "1.0", NULL, oh_sim_at_show },
  { NULL },
};
