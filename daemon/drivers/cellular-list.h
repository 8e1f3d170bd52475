// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "daemon/at/caller-id.h"
#include "daemon/event.h"
#include "daemon/service.h"

/* One row of the list of current calls (27.007 7.18). Pure. */
typedef struct
{
  guint index;
  OhCallState state;
  gboolean incoming, waiting, voice, conference;
  char number[OH_NUMBER_MAX];
  char name[OH_TEXT_MAX]; /* as the modem's own telephone book has it */
  OhPresentation number_presentation;
} OhListedCall;

/* FALSE when @line is no row, contradicts itself, or tells of a call that is over. */
gboolean oh_listed_call_parse (OhListedCall *listed, const char *line);

/* Likewise, but a row may tell of a call that is over, too: SIMCom reports changes so. */
gboolean oh_listed_row_parse (OhListedCall *listed, const char *line);

/* The digit that @line says was heard ("+RXDTMF: 5" and its kin), or 0. */
char oh_digit_report_parse (const char *line);

/* What "+CHLD: (0,1,1x,2,2x,3,4)" (27.007 7.13) says can be done, 1 << OhService each. Ranges such
 * as "11-17" are seen, too. */
guint oh_hold_services_parse (const char *line);
