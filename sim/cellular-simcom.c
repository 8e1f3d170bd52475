// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sim/cellular-family.h"

/* The whole list at each change; what has just ended is in it with state 6. */
static void
report_list (OhSimCellular *line)
{
  g_autoptr (GString) rows = g_string_new (NULL);

  for (guint i = 0; i < line->calls->len; i++)
    {
      g_autofree char *row = oh_sim_cellular_row (line, line->calls->pdata[i]);

      g_string_append_printf (rows, "%s\r\n", row);
    }
  oh_sim_cellular_say_block (line, rows->str);
}

static void
report_end (OhSimCellular *line, const OhSimCall *call)
{
  if (call->answered != 0)
    oh_sim_cellular_say (line, "VOICE CALL: END: %06u", oh_sim_cellular_seconds (call));
  else if (call->by_host)
    oh_sim_cellular_say (line, "VOICE CALL: END");
  else if (call->incoming)
    {
      g_autoptr (GDateTime) now = g_date_time_new_now_local ();
      g_autofree char *time = g_date_time_format (now, "%I:%M%p");

      oh_sim_cellular_say (line, "MISSED_CALL: %s %s", time, call->party.number);
    }
}

static void
report (OhSimCellular *line, const OhSimCall *call, OhSimChange change)
{
  if (oh_sim_modem_get_number (line->modem, "+CLCC") == 1)
    report_list (line);
  if (change == OH_SIM_CHANGE_CONNECTED)
    oh_sim_cellular_say (line, "VOICE CALL: BEGIN");
  else if (change == OH_SIM_CHANGE_ENDED)
    report_end (line, call);
}

/* AT+CLCC=1 makes the list a report. */
static const char *
run_clcc (OhSimModem *modem, const OhSimCommand *command)
{
  if (command->op != OH_SIM_OP_RUN)
    return OH_SIM_AS_SETTING;
  oh_sim_cellular_list (modem->line);
  return "OK";
}

static const OhSimFraming framings[] = {
  { "+CRING", "\r\r\n", "\r\r\n" },
  { "+RXDTMF", "\r\r\n", "\r\r\n" },
  { NULL },
};

static const char *const boot[]
    = { "RDY", "+CFUN: 1", "+CPIN: READY", "Call Ready", "SMS Ready", NULL };

static const char *const noise[] = { "+CREG: 1", "UNDER-VOLTAGE WARNNING", NULL };

static const OhSimFamily family = {
  .report = report,
  .report_before_ring = TRUE,
  .report_before_ok = TRUE,
  .clip_start = "+CLIP: ",
  .clip_middle = ",,",
  .clip_withheld = "+CLIP: \"\",128,\"\",,\"\",0",
  .dense_list = TRUE,
  .row_alpha = OH_SIM_ALPHA_KNOWN,
  .chld = OH_SIM_CHLD_ALL,
  .digit_line = "+RXDTMF: ",
  .digit_setting = "+DDET",
  .hung_up = "NO CARRIER",
  .busy = "BUSY",
  .no_answer = "NO ANSWER",
  .refused = "NO CARRIER",
  .has_colp = TRUE,
  .usim = TRUE,
  .signal_line = "+CSQ: ",
  .signal_tail = ",99",
  .signal_setting = "+AUTOCSQ",
  .boot = boot,
  .noise = noise,
  .framings = framings,
};

static const char *const identity[]
    = { "Manufacturer: SIMCOM INCORPORATED\r\nModel: SIMCOM_SIM7600E-H\r\n"
        "Revision: SIM7600M22_V1.1\r\n+GCAP: +CGSM",
        NULL };

static const OhSimCommandRow own[] = {
  OH_SIM_IDENTITY_ROWS ("SIMCOM INCORPORATED", "SIMCOM_SIM7600E-H", "+CGMR: LE11B12SIM7600M22"),
  { "+CLCC", "0", "(0-1)", run_clcc },
  { "+SPIC", NULL, NULL, oh_sim_card_run_tries },
  { "+ICCID", NULL, NULL, oh_sim_card_run_iccid },
  { "+AUTOCSQ", "0,0", NULL, NULL },
  { NULL },
};

static const OhSimCommandRow *const commands[]
    = { own, oh_sim_cellular_usim_commands, oh_sim_cellular_network_commands,
        oh_sim_cellular_commands, NULL };

const OhSimModel oh_sim_simcom = {
  .name = "cellular-simcom",
  .kind = &oh_sim_cellular_kind,
  .family = &family,
  .commands = commands,
  .identity = identity,
};
