// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <glib.h>

/* The latest lines of one sort, until a script has looked at them. All zero is an empty one. */
typedef struct
{
  GQueue lines; /* of char * */
} OhSimLedger;

void oh_sim_ledger_add (OhSimLedger *ledger, const char *line);
gboolean oh_sim_ledger_take_match (OhSimLedger *ledger, const char *glob);
void oh_sim_ledger_clear (OhSimLedger *ledger);
