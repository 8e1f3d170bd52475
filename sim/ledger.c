// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sim/ledger.h"

/* A host may talk for days without a script that listens. */
#define MOST_LINES 1000

void
oh_sim_ledger_add (OhSimLedger *ledger, const char *line)
{
  if (ledger->lines.length == MOST_LINES)
    g_free (g_queue_pop_head (&ledger->lines));
  g_queue_push_tail (&ledger->lines, g_strdup (line));
}

/* TRUE when a line matches; it and all before it are forgotten. */
gboolean
oh_sim_ledger_take_match (OhSimLedger *ledger, const char *glob)
{
  g_autoptr (GPatternSpec) pattern = g_pattern_spec_new (glob);
  gboolean found = FALSE;

  while (!found && ledger->lines.length > 0)
    {
      g_autofree char *line = g_queue_pop_head (&ledger->lines);

      found = g_pattern_spec_match_string (pattern, line);
    }
  return found;
}

void
oh_sim_ledger_clear (OhSimLedger *ledger)
{
  g_queue_clear_full (&ledger->lines, g_free);
}
