// SPDX-License-Identifier: LGPL-2.1-or-later
#include <string.h>

#include "sim/at.h"
#include "sim/cause.h"
#include "sim/cellular-family.h"

/* Codes of 27.007 9.2. */
#define ERROR_ROW(code, text)                                                                      \
  {                                                                                                \
    code, "+CME ERROR: " #code, "+CME ERROR: " text                                                \
  }
static const struct
{
  guint code;
  const char *number;
  const char *text;
} errors[] = {
  ERROR_ROW (3, "operation not allowed"),
  ERROR_ROW (4, "operation not supported"),
  ERROR_ROW (10, "SIM not inserted"),
  ERROR_ROW (11, "SIM PIN required"),
  ERROR_ROW (12, "SIM PUK required"),
  ERROR_ROW (13, "SIM failure"),
  ERROR_ROW (14, "SIM busy"),
  ERROR_ROW (16, "incorrect password"),
  ERROR_ROW (21, "invalid index"),
  ERROR_ROW (22, "not found"),
  ERROR_ROW (30, "no network service"),
  ERROR_ROW (50, "incorrect parameters"),
};

const char *
oh_sim_cellular_error (OhSimModem *modem, guint code)
{
  guint level = oh_sim_modem_get_number (modem, "+CMEE");

  for (guint i = 0; i < G_N_ELEMENTS (errors) && level > 0; i++)
    if (errors[i].code == code)
      return level == 1 ? errors[i].number : errors[i].text;
  return "ERROR";
}

static const char *
run_clcc (OhSimModem *modem, const OhSimCommand *command)
{
  if (command->op == OH_SIM_OP_TEST)
    return "OK";
  if (command->op != OH_SIM_OP_RUN)
    return "ERROR";
  oh_sim_cellular_list (modem->line);
  return "OK";
}

/* Why the last call ended. */
static const char *
run_ceer (OhSimModem *modem, const OhSimCommand *command)
{
  const OhSimCellular *self = modem->line;

  if (command->op == OH_SIM_OP_RUN)
    oh_sim_modem_reply (modem, "+CEER: %u,\"%s\"", self->last_cause,
                        oh_sim_cause_text (self->last_cause));
  return command->op == OH_SIM_OP_RUN || command->op == OH_SIM_OP_TEST ? "OK" : "ERROR";
}

/* Setting and state of the network, as +CLIP: 0,1: provisioned. */
static const char *
run_with_status (OhSimModem *modem, const OhSimCommand *command)
{
  const char *refusal = command->op != OH_SIM_OP_TEST ? oh_sim_card_check (modem) : NULL;

  if (refusal != NULL)
    return refusal;
  if (command->op != OH_SIM_OP_READ)
    return OH_SIM_AS_SETTING;
  oh_sim_modem_reply (modem, "%s: %s,1", command->name,
                      oh_sim_modem_get_setting (modem, command->name));
  return "OK";
}

/* 4: temporary mode, the number is shown unless told otherwise. */
static const char *
run_clir (OhSimModem *modem, const OhSimCommand *command)
{
  const char *refusal = command->op != OH_SIM_OP_TEST ? oh_sim_card_check (modem) : NULL;

  if (refusal != NULL)
    return refusal;
  if (command->op != OH_SIM_OP_READ)
    return OH_SIM_AS_SETTING;
  oh_sim_modem_reply (modem, "+CLIR: %s,4", oh_sim_modem_get_setting (modem, "+CLIR"));
  return "OK";
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

/* Emergency numbers of the network; +CEN is a setting too. */
static const char *
run_cen (OhSimModem *modem, const OhSimCommand *command)
{
  if (command->op != OH_SIM_OP_READ)
    return OH_SIM_AS_SETTING;
  oh_sim_modem_reply (modem, "+CEN1: %s,001,01", oh_sim_modem_get_setting (modem, "+CEN"));
  oh_sim_modem_reply (modem, "+CEN2: 1,110");
  oh_sim_modem_reply (modem, "+CEN2: 31,112");
  return "OK";
}

/* Not all families have these. */
const OhSimCommandRow oh_sim_cellular_emergency_commands[] = {
  { "+CEN", "0", "(0-1)", run_cen },
  { NULL },
};

const OhSimCommandRow oh_sim_cellular_commands[] = {
  { "+CLCC", NULL, NULL, run_clcc },
  { "+CEER", NULL, NULL, run_ceer },
  { "+CHUP", NULL, NULL, oh_sim_cellular_run_chup },
  { "+CHLD", NULL, NULL, oh_sim_cellular_run_chld },
  { "+CTFR", NULL, NULL, oh_sim_cellular_run_ctfr },
  { "+VTS", NULL, NULL, oh_sim_cellular_run_vts },
  { "+VTD", "0", "(0-255)", NULL },
  { "+DDET", "0", "(0-1)", NULL },
  { "+CRC", "0", "(0-1)", NULL },
  { "+CLIP", "0", "(0-1)", run_with_status },
  { "+CNAP", "0", "(0-1)", run_with_status },
  { "+COLP", "0", "(0-1)", run_with_status },
  { "+CDIP", "0", "(0-1)", run_with_status },
  { "+CLIR", "0", "(0-2)", run_clir },
  { "+CSSN", "0,0", "(0-1),(0-1)", NULL },
  { "+CMEE", "0", "(0-2)", NULL },
  { "+CVHU", "0", "(0-2)", NULL },
  { "+CNMI", "0,0,0,0,0", NULL, NULL },
  { "+CMGF", "0", "(0-1)", NULL },
  { "+CMOD", "0", "(0-3)", NULL },
  { "+CLVL", "5", "(0-10)", NULL },
  { "+CMUT", "0", "(0-1)", NULL },
  { "+CPAS", NULL, NULL, run_cpas },
  { "+CGMI", "OFFHOOK", NULL, oh_sim_at_show },
  { "+CGMM", "CELLULAR", NULL, oh_sim_at_show },
  { "+CGMR", "1.0", NULL, oh_sim_at_show },
  { "+GMI", "OFFHOOK", NULL, oh_sim_at_show },
  { "+GMM", "CELLULAR", NULL, oh_sim_at_show },
  { "+GMR", "1.0", NULL, oh_sim_at_show },
  { NULL },
};
