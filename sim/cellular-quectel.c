// SPDX-License-Identifier: LGPL-2.1-or-later
#include <stdlib.h>
#include <string.h>

#include "sim/cause.h"
#include "sim/cellular-family.h"

/* The settings of AT+QINDCFG; no command has such a name. */
#define INDICATION "+QINDCFG="

/* As ^DSCI counts them, by OhSimChange. */
static const guint dsci_states[] = {
  [OH_SIM_CHANGE_DIALLED] = 2, [OH_SIM_CHANGE_ALERTING] = 7,  [OH_SIM_CHANGE_CONNECTED] = 3,
  [OH_SIM_CHANGE_HELD] = 1,    [OH_SIM_CHANGE_RETRIEVED] = 3, [OH_SIM_CHANGE_INCOMING] = 4,
  [OH_SIM_CHANGE_WAITING] = 5, [OH_SIM_CHANGE_WOKEN] = 4,     [OH_SIM_CHANGE_ENDED] = 6,
};

static void
report_ccinfo (OhSimCellular *line, const OhSimCall *call)
{
  const OhSimCaller *party = &call->party;
  g_autofree char *alpha
      = party->name != NULL ? g_strdup_printf (",\"%s\"", party->name) : g_strdup ("");

  oh_sim_cellular_say (line, "+QIND: \"ccinfo\",%u,%d,%d,0,%d,\"%s\",%u%s", call->index,
                       call->incoming, call->state == OH_SIM_CALL_ENDED ? -1 : (int)call->state,
                       call->conference, party->number, oh_sim_cellular_party_type (call), alpha);
}

static void
report (OhSimCellular *line, const OhSimCall *call, OhSimChange change)
{
  if (oh_sim_modem_get_number (line->modem, "^DSCI") == 1)
    oh_sim_cellular_say (line, "^DSCI: %u,%d,%u,0,%s,%u", call->index, call->incoming,
                         dsci_states[change], call->party.number,
                         oh_sim_cellular_party_type (call));
  if (oh_sim_modem_get_number (line->modem, INDICATION "ccinfo") == 1)
    report_ccinfo (line, call);
}

/* AT+QINDCFG="ccinfo",1 sets, AT+QINDCFG="ccinfo" asks. */
static const char *
run_qindcfg (OhSimModem *modem, const OhSimCommand *command)
{
  g_auto (GStrv) fields = g_strsplit (command->value, ",", 3);
  g_autofree char *name = NULL;

  if (command->op == OH_SIM_OP_TEST)
    oh_sim_modem_reply (modem, "+QINDCFG: \"(ring,ccinfo,csq,act)\",(0,1),(0,1)");
  if (command->op != OH_SIM_OP_SET)
    return "OK";
  if (!g_str_has_prefix (fields[0] != NULL ? fields[0] : "", "\""))
    return "ERROR";
  name = g_strdup_printf (INDICATION "%.*s", (int)strcspn (fields[0] + 1, "\""), fields[0] + 1);
  if (oh_sim_modem_find_command (modem, name) == NULL)
    return "ERROR";
  if (fields[1] == NULL)
    oh_sim_modem_reply (modem, "+QINDCFG: %s,%s", fields[0],
                        oh_sim_modem_get_setting (modem, name));
  else
    g_hash_table_replace (modem->settings, g_steal_pointer (&name), g_strdup (fields[1]));
  return "OK";
}

/* Hangs up with a cause: one call, or all. */
static const char *
run_qhup (OhSimModem *modem, const OhSimCommand *command)
{
  OhSimCellular *line = modem->line;
  const char *comma = strchr (command->value, ',');
  guint cause = (guint)strtoul (command->value, NULL, 10);
  OhSimCall *call;

  if (command->op == OH_SIM_OP_TEST)
    return "OK";
  if (command->op != OH_SIM_OP_SET || !g_ascii_isdigit (*command->value))
    return "ERROR";
  if (comma == NULL)
    {
      modem->kind->hang_up (modem);
      line->last_cause = cause;
      return "OK";
    }
  call = oh_sim_cellular_find_index (line, (guint)strtoul (comma + 1, NULL, 10));
  if (call == NULL)
    return oh_sim_cellular_error (modem, 3);
  oh_sim_cellular_release (line, call);
  line->last_cause = cause;
  return "OK";
}

static const char *const boot[]
    = { "RDY", "+CFUN: 1", "+CPIN: READY", "+QIND: SMS DONE", "+QIND: PB DONE", NULL };

static const char *const noise[]
    = { "+QIND: \"csq\",20,99", "+QIND: \"act\",\"LTE\"", "+CREG: 1", NULL };

static const OhSimFamily family = {
  .report = report,
  .clip_start = "+CLIP: ",
  .clip_middle = ",,",
  .clip_alpha = TRUE,
  .dense_list = TRUE,
  .first_row = "+CLCC: 1,0,0,1,0,\"\",128",
  .first_index = 2,
  .renumbers = TRUE,
  .chld = OH_SIM_CHLD_ALL,
  .ring_setting = INDICATION "ring",
  .digit_line = "+QTONEDET: ",
  .digit_setting = "+QTONEDET",
  .digit_as_code = TRUE,
  .hung_up = "NO CARRIER",
  .gave_up = "NO CARRIER",
  .busy = "BUSY",
  .no_answer = "NO ANSWER",
  .refused = "NO CARRIER",
  .has_colp = TRUE,
  .usim = TRUE,
  .signal_line = "+QIND: \"csq\",",
  .signal_tail = ",99",
  .signal_setting = INDICATION "csq",
  .boot = boot,
  .noise = noise,
};

static const char *const identity[] = { "Quectel\r\nEC25\r\nRevision: EC25EFAR06A01M4G", NULL };

static const OhSimCommandRow own[] = {
  OH_SIM_IDENTITY_ROWS ("Quectel", "EC25", "EC25EFAR06A01M4G"),
  { "^DSCI", "0", "(0-1)", NULL },
  { "+QINDCFG", NULL, NULL, run_qindcfg },
  { INDICATION "ccinfo", "0", NULL, NULL },
  { INDICATION "ring", "1", NULL, NULL },
  { INDICATION "csq", "0", NULL, NULL },
  { INDICATION "act", "0", NULL, NULL },
  { "+QHUP", NULL, NULL, run_qhup },
  { "+QTONEDET", "0", "(0-1)", NULL },
  { "+QPCMV", "0", NULL, NULL },
  { "+QURCCFG", NULL, NULL, NULL },
  { "+QPINC", NULL, NULL, oh_sim_card_run_tries },
  { "+QCCID", NULL, NULL, oh_sim_card_run_iccid },
  { NULL },
};

static const OhSimCommandRow *const commands[] = { own,
                                                   oh_sim_cellular_emergency_commands,
                                                   oh_sim_cellular_usim_commands,
                                                   oh_sim_cellular_network_commands,
                                                   oh_sim_cellular_commands,
                                                   NULL };

const OhSimModel oh_sim_quectel = {
  .name = "cellular-quectel",
  .kind = &oh_sim_cellular_kind,
  .family = &family,
  .commands = commands,
  .identity = identity,
};
