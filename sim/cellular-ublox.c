// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sim/cellular-family.h"

/* More than the states of +CLCC. */
#define STATE_CONNECTED 7

static void
report (OhSimCellular *line, const OhSimCall *call, OhSimChange change)
{
  if (oh_sim_modem_get_number (line->modem, "+UCALLSTAT") == 0)
    return;
  if (change == OH_SIM_CHANGE_CONNECTED && !call->incoming)
    oh_sim_cellular_say (line, "+UCALLSTAT: %u,%d", call->index, STATE_CONNECTED);
  oh_sim_cellular_say (line, "+UCALLSTAT: %u,%d", call->index, (int)call->state);
}

/* Ready, whatever calls there are, until one comes in. */
static const char *
run_cpas (OhSimModem *modem, const OhSimCommand *command)
{
  if (command->op == OH_SIM_OP_RUN)
    oh_sim_modem_reply (modem, "+CPAS: %u",
                        oh_sim_cellular_find (modem->line, OH_SIM_CALL_INCOMING) != NULL ? 3 : 0);
  return "OK";
}

static const char *const noise[] = { "+CIEV: 2,4", "+CREG: 1", NULL };

static const OhSimFamily family = {
  .report = report,
  .report_before_ring = TRUE,
  .clip_start = "+CLIP: ",
  .clip_middle = ",,",
  .clip_alpha = TRUE,
  .row_alpha = OH_SIM_ALPHA_ALWAYS,
  .chld = OH_SIM_CHLD_ALL,
  .digit_line = "+UUDTMFD: ",
  .digit_setting = "+UDTMFD",
  .hung_up = "NO CARRIER",
  .gave_up = "NO CARRIER",
  .busy = "BUSY",
  .no_answer = "NO ANSWER",
  .refused = "NO CARRIER",
  .has_colp = TRUE,
  .usim = TRUE,
  .noise = noise,
};

static const char *const identity[] = { "LARA-R211-02B-00", NULL };

static const OhSimCommandRow own[] = {
  OH_SIM_IDENTITY_ROWS ("u-blox", "LARA-R211", "30.43"),
  { "+UCALLSTAT", "0", "(0-1)", NULL },
  { "+UDTMFD", "0", "(0-1)", NULL },
  { "+CPAS", NULL, NULL, run_cpas },
  { "+UPINCNT", NULL, NULL, oh_sim_card_run_tries },
  { "+CCID", NULL, NULL, oh_sim_card_run_iccid },
  { NULL },
};

static const OhSimCommandRow *const commands[]
    = { own, oh_sim_cellular_usim_commands, oh_sim_cellular_network_commands,
        oh_sim_cellular_commands, NULL };

const OhSimModel oh_sim_ublox = {
  .name = "cellular-ublox",
  .kind = &oh_sim_cellular_kind,
  .family = &family,
  .commands = commands,
  .identity = identity,
};
