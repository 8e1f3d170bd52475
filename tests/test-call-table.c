// SPDX-License-Identifier: LGPL-2.1-or-later
#include <string.h>

#include "daemon/call-table.h"

/* What the design says, a row for each state that a call leaves, a column for each that it enters:
 * "x" may be. In the order of OhCallState: offering, dialtone, dialing, proceeding, ringback, busy,
 * special-info, connected, held, disconnected, ended, unknown. */
static const char *const may[OH_N_CALL_STATES] = {
  /* A call can be answered and held on the telephone itself between two looks at the list. */
  [OH_CALL_OFFERING] = ".......xxxxx",
  /* Onward only: the far end's progress is not undone. */
  [OH_CALL_DIALTONE] = "..xxxxxx.xxx",
  [OH_CALL_DIALING] = "...xxxxx.xxx",
  [OH_CALL_PROCEEDING] = "....xxxx.xxx",
  [OH_CALL_RINGBACK] = ".....xxx.xxx",
  [OH_CALL_BUSY] = ".........xxx",
  [OH_CALL_SPECIAL_INFO] = ".........xxx",
  [OH_CALL_CONNECTED] = "........xxxx",
  [OH_CALL_HELD] = ".......x.xxx",
  [OH_CALL_DISCONNECTED] = "..........xx",
  /* Final (H16). */
  [OH_CALL_ENDED] = "............",
  /* The modem told us again. */
  [OH_CALL_UNKNOWN] = "xxxxxxxxxxx.",
};

static void
test_changes (void)
{
  for (OhCallState from = 0; from < OH_N_CALL_STATES; from++)
    {
      g_assert_cmpuint (strlen (may[from]), ==, OH_N_CALL_STATES);
      for (OhCallState to = 0; to < OH_N_CALL_STATES; to++)
        {
          gboolean expected = may[from][to] == 'x';

          if (!oh_call_may_change (from, to) != !expected)
            g_error ("from %s to %s: expected %d", oh_call_state_name (from),
                     oh_call_state_name (to), expected);
        }
    }
}

static void
test_live (void)
{
  for (OhCallState state = 0; state < OH_N_CALL_STATES; state++)
    g_assert_cmpint (oh_call_is_live (state), ==,
                     state != OH_CALL_DISCONNECTED && state != OH_CALL_ENDED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/call-table/changes", test_changes);
  g_test_add_func ("/call-table/live", test_live);
  return g_test_run ();
}
