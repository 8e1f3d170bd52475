// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sim/cellular-family.h"

/* Messages of +ECPI. */
enum
{
  ECPI_SETUP = 0,
  ECPI_DISCONNECT = 1,
  ECPI_ALERT = 2,
  ECPI_PROCEEDING = 3,
  ECPI_CONNECTED = 6,
  ECPI_DIAL = 130,
  ECPI_HELD = 131,
  ECPI_ACTIVE = 132,
  ECPI_ENDED = 133,
};

static void
say (OhSimCellular *line, const OhSimCall *call, guint message)
{
  oh_sim_cellular_say (line, "+ECPI: %u,%u,0,%d,%d,0,\"%s\",%u", call->index, message,
                       call->answered != 0, call->incoming, call->party.number,
                       oh_sim_cellular_party_type (call));
}

/* The network's end comes without a tail, and before it. */
static void
report_end (OhSimCellular *line, const OhSimCall *call)
{
  if (!call->by_host)
    oh_sim_cellular_say (line, "+ECPI: %u,%d,0,0", call->index, ECPI_DISCONNECT);
  oh_sim_cellular_say (line, "+ECPI: %u,%d,0,0,%d,0,\"%s\",%u,\"\",%u", call->index, ECPI_ENDED,
                       call->incoming, call->party.number, oh_sim_cellular_party_type (call),
                       call->cause);
}

static void
report (OhSimCellular *line, const OhSimCall *call, OhSimChange change)
{
  if (oh_sim_modem_get_number (line->modem, "+ECPI") == 0)
    return;
  switch (change)
    {
    case OH_SIM_CHANGE_DIALLED:
      say (line, call, ECPI_DIAL);
      say (line, call, ECPI_PROCEEDING);
      break;
    case OH_SIM_CHANGE_ALERTING:
      say (line, call, ECPI_ALERT);
      break;
    case OH_SIM_CHANGE_CONNECTED:
      say (line, call, ECPI_CONNECTED);
      say (line, call, ECPI_ACTIVE);
      break;
    case OH_SIM_CHANGE_HELD:
      say (line, call, ECPI_HELD);
      break;
    case OH_SIM_CHANGE_RETRIEVED:
      say (line, call, ECPI_ACTIVE);
      break;
    case OH_SIM_CHANGE_INCOMING:
    case OH_SIM_CHANGE_WAITING:
      say (line, call, ECPI_SETUP);
      break;
    case OH_SIM_CHANGE_WOKEN:
      break;
    case OH_SIM_CHANGE_ENDED:
      report_end (line, call);
      break;
    }
}

static const char *const noise[] = { "+ECSQ: 20,99", "+CREG: 1", NULL };

static const OhSimFamily family = {
  .report = report,
  .report_before_ring = TRUE,
  .report_before_ok = TRUE,
  .clip_start = "+CLIP:",
  .clip_middle = ",\"\",0",
  .clip_alpha = TRUE,
  .dense_list = TRUE,
  .row_alpha = OH_SIM_ALPHA_KNOWN,
  .chld = OH_SIM_CHLD_ALL,
  .hung_up = "NO CARRIER",
  .busy = "BUSY",
  .no_answer = "NO ANSWER",
  .refused = "NO CARRIER",
  .has_colp = TRUE,
  .usim = TRUE,
  .noise = noise,
};

static const char *const identity[] = { "MTK2", NULL };

static const OhSimCommandRow own[] = {
  OH_SIM_IDENTITY_ROWS ("MTK", "MT6735", "MOLY.LR9.W1444.MD"),
  { "+ECPI", "0", "(0-4294967295)", NULL },
  { "+EPINC", NULL, NULL, oh_sim_card_run_tries },
  { "+ICCID", NULL, NULL, oh_sim_card_run_iccid },
  { NULL },
};

static const OhSimCommandRow *const commands[] = { own,
                                                   oh_sim_cellular_emergency_commands,
                                                   oh_sim_cellular_usim_commands,
                                                   oh_sim_cellular_network_commands,
                                                   oh_sim_cellular_commands,
                                                   NULL };

const OhSimModel oh_sim_mediatek = {
  .name = "cellular-mediatek",
  .kind = &oh_sim_cellular_kind,
  .family = &family,
  .commands = commands,
  .identity = identity,
};
