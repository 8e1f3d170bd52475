// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sim/cellular-family.h"

static void
report (OhSimCellular *line, const OhSimCall *call, OhSimChange change)
{
  if (oh_sim_modem_get_number (line->modem, "+WIND") == 0)
    return;
  switch (change)
    {
    case OH_SIM_CHANGE_DIALLED:
    case OH_SIM_CHANGE_INCOMING:
    case OH_SIM_CHANGE_WAITING:
      oh_sim_cellular_say (line, "+WIND: 5,%u", call->index);
      break;
    case OH_SIM_CHANGE_ALERTING:
      oh_sim_cellular_say (line, "+WIND: 2");
      break;
    case OH_SIM_CHANGE_CONNECTED:
      oh_sim_cellular_say (line, "+WIND: 9");
      break;
    case OH_SIM_CHANGE_ENDED:
      oh_sim_cellular_say (line, "+WIND: 6,%u", call->index);
      break;
    case OH_SIM_CHANGE_HELD:
    case OH_SIM_CHANGE_RETRIEVED:
    case OH_SIM_CHANGE_WOKEN:
      break;
    }
}

static const char *const noise[] = { "+CREG: 1", "+CCED: 20,99", NULL };

/* The OK of ATD comes when the call is answered. */
static const OhSimFamily family = {
  .report = report,
  .report_before_ring = TRUE,
  .clip_start = "+CLIP: ",
  .row_alpha = OH_SIM_ALPHA_NEVER,
  .chld = "(0-4,11-17,21-27)",
  .hung_up = "NO CARRIER",
  .busy = "BUSY",
  .no_answer = "NO ANSWER",
  .refused = "NO CARRIER",
  .dial_waits = TRUE,
  .has_colp = TRUE,
  .noise = noise,
};

static const char *const identity[] = { " WAVECOM MODEM\r\n MULTIBAND  900E  1800", NULL };

static const OhSimCommandRow own[] = {
  OH_SIM_IDENTITY_ROWS (" WAVECOM MODEM", " MULTIBAND  900E  1800 ",
                        "651_09gm.Q2403A 1320676 061804 18:59"),
  { "+WIND", "0", "(0-32767)", NULL },
  { NULL },
};

static const OhSimCommandRow *const commands[]
    = { own, oh_sim_cellular_sim_commands, oh_sim_cellular_network_commands,
        oh_sim_cellular_commands, NULL };

const OhSimModel oh_sim_wavecom = {
  .name = "cellular-wavecom",
  .kind = &oh_sim_cellular_kind,
  .family = &family,
  .commands = commands,
  .identity = identity,
};
