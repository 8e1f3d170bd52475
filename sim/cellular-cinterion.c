// SPDX-License-Identifier: LGPL-2.1-or-later
#include <string.h>

#include "sim/cellular-family.h"

static void
append_row (GString *rows, const OhSimCall *call)
{
  const char *number = call->party.number;

  g_string_append_printf (rows, "^SLCC: %u,%d,%d,0,%d,0", call->index, call->incoming,
                          (int)call->state, call->conference);
  if (*number != '\0')
    g_string_append_printf (rows, ",\"%s\",%u", number, oh_sim_cellular_party_type (call));
  if (*number != '\0' && call->party.name != NULL)
    g_string_append_printf (rows, ",\"%s\"", call->party.name);
  g_string_append (rows, "\r\n");
}

/* The whole list at each change, and an empty row that ends it. */
static void
report_list (OhSimCellular *line)
{
  g_autoptr (GString) rows = g_string_new (NULL);

  for (guint i = 0; i < line->calls->len; i++)
    {
      const OhSimCall *call = line->calls->pdata[i];

      if (call->state != OH_SIM_CALL_ENDED)
        append_row (rows, call);
    }
  g_string_append (rows, "^SLCC: \r\n");
  oh_sim_cellular_say_block (line, rows->str);
}

static void
report (OhSimCellular *line, const OhSimCall *call, OhSimChange change)
{
  gboolean indicates = oh_sim_modem_get_number (line->modem, "+CMER") > 0;

  if (indicates && change == OH_SIM_CHANGE_CONNECTED)
    oh_sim_cellular_say (line, "+CIEV: call,1");
  if (indicates && change == OH_SIM_CHANGE_ENDED && line->calls->len == 1)
    oh_sim_cellular_say (line, "+CIEV: call,0");
  if (oh_sim_modem_get_number (line->modem, "^SLCC") == 1)
    report_list (line);
}

/* Digits only in quotes. */
static const char *
run_vts (OhSimModem *modem, const OhSimCommand *command)
{
  if (command->op == OH_SIM_OP_SET && *command->value != '"')
    return "ERROR";
  return oh_sim_cellular_run_vts (modem, command);
}

static const char *const boot[] = { "^SYSSTART", NULL };

static const char *const noise[] = { "+CIEV: rssi,4", "+CIEV: battchg,5", NULL };

static const OhSimFamily family = {
  .report = report,
  .report_before_ring = TRUE,
  .clip_start = "+CLIP: ",
  .clip_middle = ",,",
  .dense_list = TRUE,
  .row_alpha = OH_SIM_ALPHA_KNOWN,
  .row_no_number = OH_SIM_NO_NUMBER_MISSING,
  .chld = OH_SIM_CHLD_NO_TRANSFER,
  .hung_up = "NO CARRIER",
  .gave_up = "NO CARRIER",
  .busy = "BUSY",
  .no_answer = "NO ANSWER",
  .refused = "NO CARRIER",
  .has_colp = TRUE,
  .usim = TRUE,
  .boot = boot,
  .noise = noise,
};

static const char *const identity[] = { "Cinterion\r\nPLS8-E\r\nREVISION 03.017", NULL };

static const OhSimCommandRow own[] = {
  OH_SIM_IDENTITY_ROWS ("Cinterion", "PLS8-E", "REVISION 03.017"),
  { "^SLCC", "0", "(0-1)", NULL },
  { "+VTS", NULL, NULL, run_vts },
  { "^SPIC", NULL, NULL, oh_sim_card_run_tries },
  { "^SCID", NULL, NULL, oh_sim_card_run_iccid },
  { "+CCID", NULL, NULL, oh_sim_card_run_iccid },
  { NULL },
};

static const OhSimCommandRow *const commands[]
    = { own, oh_sim_cellular_usim_commands, oh_sim_cellular_network_commands,
        oh_sim_cellular_commands, NULL };

const OhSimModel oh_sim_cinterion = {
  .name = "cellular-cinterion",
  .kind = &oh_sim_cellular_kind,
  .family = &family,
  .commands = commands,
  .identity = identity,
};
