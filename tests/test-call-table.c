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
  [OH_CALL_CONNECTED] = "....x.x.xxxx",
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

/* The calls of a line, one letter each: c connected, m in a conference, h held, o offered, d being
 * dialled, u unknown. Behind it what the first may have, in the order of OhService: Hold, Unhold,
 * Swap, Merge, sPlit, Transfer, hold And answer, Release and answer, deFlect; then N: one that is
 * offered may be answered, and +: one more may be dialled. */
static const struct
{
  const char *calls, *may;
} services[] = {
  { "c", "H........N+" },   { "h", ".U.......N+" },   { "o", "........FN." },
  { "d", ".........N." },   { "u", ".........N." },   { "ch", "H.SM.T....." },
  { "hc", ".USM.T....." },  { "co", ".........N." },  { "oc", "......ARFN." },
  { "ho", ".........N." },  { "oh", "........FN." },  { "och", ".......RF.." },
  { "cho", "...M.T....." }, { "cd", ".........N." },  { "hd", ".........N." },
  { "mm", "H...P....N+" },  { "mmh", "H.SM.T....." }, { "mmo", "....P....N." },
  { "hmm", ".USM.T....." }, { "cu", ".........N." },  { "e", ".........N+" },
};

static OhCallState
state_of (char letter)
{
  switch (letter)
    {
    case 'c':
    case 'm':
      return OH_CALL_CONNECTED;
    case 'h':
      return OH_CALL_HELD;
    case 'o':
      return OH_CALL_OFFERING;
    case 'd':
      return OH_CALL_RINGBACK;
    case 'u':
      return OH_CALL_UNKNOWN;
    default:
      return OH_CALL_ENDED;
    }
}

static void
test_services (void)
{
  static const char letters[] = "HUSMPTARF";

  for (guint i = 0; i < G_N_ELEMENTS (services); i++)
    {
      OhMode mode = services[i].calls[0] == 'm' ? OH_MODE_CONFERENCE : 0;
      OhCallCounts counts = { 0 };
      GString *text = g_string_new (NULL);

      for (const char *call = services[i].calls; *call != '\0'; call++)
        oh_call_count (&counts, state_of (*call));
      for (OhService service = 0; service < OH_N_SERVICES; service++)
        g_string_append_c (
            text, oh_call_may_have (service, state_of (services[i].calls[0]), mode, &counts)
                      ? letters[service]
                      : '.');
      g_string_append_c (text, oh_call_may_be_answered (&counts) ? 'N' : '.');
      g_string_append_c (text, oh_call_may_be_added (&counts) ? '+' : '.');
      if (!g_str_equal (text->str, services[i].may))
        g_error ("%s: %s, expected %s", services[i].calls, text->str, services[i].may);
      g_string_free (text, TRUE);
    }
}

/* Which change shows that a service was done; a change back does not. */
static void
test_shows (void)
{
  static const struct
  {
    OhService service;
    OhCallState from, to;
    OhMode mode;
  } rows[] = {
    { OH_SERVICE_HOLD, OH_CALL_CONNECTED, OH_CALL_HELD },
    { OH_SERVICE_UNHOLD, OH_CALL_HELD, OH_CALL_CONNECTED },
    { OH_SERVICE_SWAP, OH_CALL_HELD, OH_CALL_CONNECTED },
    { OH_SERVICE_MERGE, OH_CALL_HELD, OH_CALL_CONNECTED, OH_MODE_CONFERENCE },
    { OH_SERVICE_SPLIT, OH_CALL_CONNECTED, OH_CALL_HELD },
    { OH_SERVICE_TRANSFER, OH_CALL_HELD, OH_CALL_ENDED },
    { OH_SERVICE_HOLD_AND_ANSWER, OH_CALL_OFFERING, OH_CALL_CONNECTED },
    { OH_SERVICE_RELEASE_AND_ANSWER, OH_CALL_OFFERING, OH_CALL_CONNECTED },
    { OH_SERVICE_DEFLECT, OH_CALL_OFFERING, OH_CALL_ENDED },
  };

  G_STATIC_ASSERT (G_N_ELEMENTS (rows) == OH_N_SERVICES);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_assert_cmpuint (rows[i].service, ==, i);
      g_assert_true (oh_service_shows (i, rows[i].from, rows[i].to, rows[i].mode));
      g_assert_false (oh_service_shows (i, rows[i].from, rows[i].from, 0));
      g_assert_false (oh_service_shows (i, rows[i].from, OH_CALL_DISCONNECTED, 0));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/call-table/changes", test_changes);
  g_test_add_func ("/call-table/live", test_live);
  g_test_add_func ("/call-table/services", test_services);
  g_test_add_func ("/call-table/shows", test_shows);
  return g_test_run ();
}
