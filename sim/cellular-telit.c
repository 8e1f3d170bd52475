// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sim/cause.h"
#include "sim/cellular-family.h"

/* States of #ECAM. */
enum
{
  ECAM_IDLE = 0,
  ECAM_CALLING = 1,
  ECAM_BUSY = 7,
};

/* By OhSimChange. */
static const guint states[] = {
  [OH_SIM_CHANGE_DIALLED] = ECAM_CALLING,
  [OH_SIM_CHANGE_ALERTING] = 2,
  [OH_SIM_CHANGE_CONNECTED] = 3,
  [OH_SIM_CHANGE_HELD] = 4,
  [OH_SIM_CHANGE_RETRIEVED] = 8,
  [OH_SIM_CHANGE_INCOMING] = 6,
  [OH_SIM_CHANGE_WAITING] = 5,
  [OH_SIM_CHANGE_WOKEN] = 6,
  [OH_SIM_CHANGE_ENDED] = ECAM_IDLE,
};

/* Calls are counted from 0; type 1 is voice. */
static void
say (OhSimCellular *line, const OhSimCall *call, guint state)
{
  if (state == ECAM_CALLING)
    oh_sim_cellular_say (line, "#ECAM: %u,%u,1,,,\"%s\",%u", call->index - 1, state,
                         call->party.number, oh_sim_cellular_party_type (call));
  else
    oh_sim_cellular_say (line, "#ECAM: %u,%u,1,,,", call->index - 1, state);
}

static void
report (OhSimCellular *line, const OhSimCall *call, OhSimChange change)
{
  if (oh_sim_modem_get_number (line->modem, "#ECAM") == 0)
    return;
  if (change == OH_SIM_CHANGE_ENDED && call->cause == OH_SIM_CAUSE_BUSY)
    say (line, call, ECAM_BUSY);
  say (line, call, states[change]);
}

static const char *const noise[] = { "+CIEV: 2,4", "+CREG: 1", NULL };

static const OhSimFamily family = {
  .report = report,
  .clip_start = "+CLIP: ",
  .clip_middle = ",\"\",128",
  .clip_alpha = TRUE,
  .dense_list = TRUE,
  .row_alpha = OH_SIM_ALPHA_ALWAYS,
  .row_no_number = OH_SIM_NO_NUMBER_MISSING,
  .chld = OH_SIM_CHLD_NO_TRANSFER,
  .hung_up = "NO CARRIER",
  .gave_up = "NO CARRIER",
  .busy = "BUSY",
  .no_answer = "NO ANSWER",
  .refused = "NO CARRIER",
  .has_colp = TRUE,
  .usim = TRUE,
  .noise = noise,
};

static const char *const identity[] = { "332", NULL };

static const OhSimCommandRow own[] = {
  OH_SIM_IDENTITY_ROWS ("Telit", "LE910-EUG", "17.00.523"),
  { "#ECAM", "0", "(0-1)", NULL },
  { "#PCT", NULL, NULL, oh_sim_card_run_tries },
  { "#CCID", NULL, NULL, oh_sim_card_run_iccid },
  { NULL },
};

static const OhSimCommandRow *const commands[]
    = { own, oh_sim_cellular_usim_commands, oh_sim_cellular_network_commands,
        oh_sim_cellular_commands, NULL };

const OhSimModel oh_sim_telit = {
  .name = "cellular-telit",
  .kind = &oh_sim_cellular_kind,
  .family = &family,
  .commands = commands,
  .identity = identity,
};
