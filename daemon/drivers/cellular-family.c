// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/drivers/cellular-family.h"

#include <string.h>

#define COMMANDS(...) ((const char *const[]){ __VA_ARGS__, NULL })
#define RETRIES(text, prefix) .retries = text, .retries_prefix = prefix

/* The first that fits. Those of one maker differ by model. */
static const OhCellularFamily families[] = {
  { "HUAWEI", "", .reports = COMMANDS ("AT^CURC=1"), RETRIES ("AT^CPIN?", "^CPIN:"),
    .reports_signal = TRUE, .packs_ussd = TRUE },
  { "QUECTEL", "", .reports = COMMANDS ("AT^DSCI=1", "AT+QTONEDET=1", "AT+QINDCFG=\"csq\",1"),
    RETRIES ("AT+QPINC?", "+QPINC:"), .reports_signal = TRUE },
  { "SIMCOM", "", .reports = COMMANDS ("AT+CLCC=1", "AT+DDET=1", "AT+AUTOCSQ=1,1"),
    RETRIES ("AT+SPIC", "+SPIC:"), .reports_signal = TRUE, .lists_by_itself = TRUE },
  { "U-BLOX", "", .reports = COMMANDS ("AT+UCALLSTAT=1", "AT+UDTMFD=1,2"),
    RETRIES ("AT+UPINCNT", "+UPINCNT:") },
  { "CINTERION", "", .reports = COMMANDS ("AT^SLCC=1"), RETRIES ("AT^SPIC", "^SPIC:"),
    .quotes_digits = TRUE },
  { "GEMALTO", "", .reports = COMMANDS ("AT^SLCC=1"), RETRIES ("AT^SPIC", "^SPIC:"),
    .quotes_digits = TRUE },
  { "THALES", "", .reports = COMMANDS ("AT^SLCC=1"), RETRIES ("AT^SPIC", "^SPIC:"),
    .quotes_digits = TRUE },
  { "TELIT", "", .reports = COMMANDS ("AT#ECAM=1"), RETRIES ("AT#PCT", "#PCT:") },
  { "MTK", "", .reports = COMMANDS ("AT+DDET=1"), RETRIES ("AT+EPINC", "+EPINC:") },
  { "INTEL", "", .reports = COMMANDS ("AT+XCALLSTAT=1") },
  { "INFINEON", "", .reports = COMMANDS ("AT+XCALLSTAT=1") },
  { "ST-ERICSSON", "", .reports = COMMANDS ("AT*ECAM=1") },
  { "SONY ERICSSON", "", .reports = COMMANDS ("AT*ECAM=1") },
  { "ERICSSON", "", .reports = COMMANDS ("AT*ECAM=1") },
  /* Alerting, calls that come and go, sound; ATD waits for the answer. */
  { "WAVECOM", "", .reports = COMMANDS ("AT+WIND=306") },
  { " WAVECOM", "", .reports = COMMANDS ("AT+WIND=306") },
  /* Any other, and the simulator's plain one. */
  { "", "", .reports = COMMANDS ("AT+DDET=1") },
};

static gboolean
begins (const char *text, const char *with)
{
  return g_ascii_strncasecmp (text, with, strlen (with)) == 0;
}

guint
oh_cellular_find_family (const char *maker, const char *model)
{
  guint row = 0;

  while (!begins (maker, families[row].maker) || !begins (model, families[row].model))
    row++;
  return row;
}

const OhCellularFamily *
oh_cellular_get_family (guint row)
{
  return &families[MIN (row, G_N_ELEMENTS (families) - 1)];
}
