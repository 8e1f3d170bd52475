// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sim/cellular-family.h"

/* Who ended the call, in ^CEND. */
#define END_BY_HOST 29
#define END_BY_NETWORK 104

static void
report_end (OhSimCellular *line, const OhSimCall *call)
{
  guint seconds = oh_sim_cellular_seconds (call);

  if (call->by_host)
    oh_sim_cellular_say (line, "^CEND:%u,%u,%d", call->index, seconds, END_BY_HOST);
  else
    oh_sim_cellular_say (line, "^CEND:%u,%u,%d,%u", call->index, seconds, END_BY_NETWORK,
                         call->cause);
}

static void
report (OhSimCellular *line, const OhSimCall *call, OhSimChange change)
{
  if (oh_sim_modem_get_number (line->modem, "^CURC") == 0)
    return;
  switch (change)
    {
    case OH_SIM_CHANGE_DIALLED:
      oh_sim_cellular_say (line, "^ORIG:%u,0", call->index);
      break;
    case OH_SIM_CHANGE_ALERTING:
      oh_sim_cellular_say (line, "^CONF:%u", call->index);
      break;
    case OH_SIM_CHANGE_CONNECTED:
      oh_sim_cellular_say (line, "^CONN:%u,0", call->index);
      break;
    case OH_SIM_CHANGE_ENDED:
      report_end (line, call);
      break;
    case OH_SIM_CHANGE_HELD:
    case OH_SIM_CHANGE_RETRIEVED:
    case OH_SIM_CHANGE_INCOMING:
    case OH_SIM_CHANGE_WAITING:
    case OH_SIM_CHANGE_WOKEN:
      break;
    }
}

static const OhSimFraming framings[] = {
  { "+CSSU", "\r\n\r\n", "\r\n" },
  { "^MODE", "\r\r\n", "\r\r\n" },
  { NULL },
};

static const char *const noise[] = { "^RSSI:16",
                                     "^BOOT:20952548,0,0,0,77",
                                     "^RSSI:17",
                                     "^MODE:5,4",
                                     "^HCSQ:\"WCDMA\",38,33,52",
                                     "^DSFLOWRPT:0000003C,00000000,00000000,00000000,00000000",
                                     NULL };

static const OhSimFamily family = {
  .report = report,
  .clip_start = "+CLIP: ",
  .clip_middle = ",,",
  .dense_list = TRUE,
  .row_no_number = OH_SIM_NO_NUMBER_145,
  .chld = OH_SIM_CHLD_ALL,
  .digit_line = "^DDTMF: ",
  .busy = "BUSY",
  .no_answer = "NO CARRIER",
  .refused = "NO CARRIER",
  .has_colp = TRUE,
  .usim = TRUE,
  .ussd_packed = TRUE,
  .signal_line = "^RSSI: ",
  .signal_tail = "",
  .signal_setting = "^CURC",
  .noise = noise,
  .framings = framings,
};

static const char *const identity[]
    = { "Manufacturer: huawei\r\nModel: E173\r\nRevision: 11.126.85.00.209\r\n+GCAP: +CGSM,+DS,+ES",
        NULL };

static const OhSimCommandRow own[] = {
  OH_SIM_IDENTITY_ROWS ("huawei", "E173", "11.126.85.00.209"),
  { "^CURC", "1", "(0-1)", NULL },
  { "^CVOICE", "0,8000,16,20", NULL, NULL },
  { "^DDSETEX", NULL, NULL, NULL },
  { "^BOOT", NULL, NULL, NULL },
  { "^CPIN", NULL, NULL, oh_sim_card_run_tries },
  { "^ICCID", NULL, NULL, oh_sim_card_run_iccid },
  { NULL },
};

static const OhSimCommandRow *const commands[]
    = { own, oh_sim_cellular_usim_commands, oh_sim_cellular_network_commands,
        oh_sim_cellular_commands, NULL };

const OhSimModel oh_sim_huawei = {
  .name = "cellular-huawei",
  .kind = &oh_sim_cellular_kind,
  .family = &family,
  .commands = commands,
  .identity = identity,
};
