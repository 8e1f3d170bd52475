// SPDX-License-Identifier: LGPL-2.1-or-later
#include <string.h>

#include "daemon/event.h"

/* The names are the API: clients compare them. Here they stand a second time, as documented. */

static void
test_call_states (void)
{
  static const char *const names[]
      = { "offering",     "dialtone",  "dialing", "proceeding",   "ringback", "busy",
          "special-info", "connected", "held",    "disconnected", "ended",    "unknown" };

  g_assert_cmpuint (G_N_ELEMENTS (names), ==, OH_N_CALL_STATES);
  for (OhCallState state = 0; state < OH_N_CALL_STATES; state++)
    g_assert_cmpstr (oh_call_state_name (state), ==, names[state]);
}

static void
test_reasons (void)
{
  static const char *const names[] = { "",
                                       "local",
                                       "normal",
                                       "busy",
                                       "no-answer",
                                       "unreachable",
                                       "rejected",
                                       "bad-number",
                                       "number-changed",
                                       "no-dialtone",
                                       "congestion",
                                       "temporary-failure",
                                       "blocked",
                                       "forwarded",
                                       "answered-elsewhere",
                                       "transferred",
                                       "incompatible",
                                       "out-of-order",
                                       "unknown" };

  g_assert_cmpuint (G_N_ELEMENTS (names), ==, OH_REASON_UNKNOWN + 1);
  for (OhReason reason = 0; reason <= OH_REASON_UNKNOWN; reason++)
    g_assert_cmpstr (oh_reason_name (reason), ==, names[reason]);
}

static void
test_enders (void)
{
  static const char *const names[] = { "", "local", "remote", "network", "unknown" };

  for (OhEndedBy by = 0; by <= OH_ENDED_BY_UNKNOWN; by++)
    g_assert_cmpstr (oh_ended_by_name (by), ==, names[by]);
}

static void
test_origins (void)
{
  static const char *const names[] = { "direct", "forwarded", "waiting", "found" };

  for (OhOrigin origin = 0; origin <= OH_ORIGIN_FOUND; origin++)
    g_assert_cmpstr (oh_origin_name (origin), ==, names[origin]);
}

static void
test_lines (void)
{
  static const char *const states[]
      = { "initializing", "in-service", "out-of-service", "locked", "emergency-only", "absent" };
  static const char *const healths[] = { "healthy", "suspect", "recovering", "failed" };

  for (OhLineState state = 0; state <= OH_LINE_ABSENT; state++)
    g_assert_cmpstr (oh_line_state_name (state), ==, states[state]);
  for (OhHealthState health = 0; health <= OH_HEALTH_FAILED; health++)
    g_assert_cmpstr (oh_health_name (health), ==, healths[health]);
}

static void
test_presentations (void)
{
  static const char *const names[] = { "unknown", "allowed", "withheld", "unavailable" };

  for (OhPresentation is = 0; is <= OH_PRESENTATION_UNAVAILABLE; is++)
    g_assert_cmpstr (oh_presentation_name (is), ==, names[is]);
}

static void
test_modes (void)
{
  static const struct
  {
    OhMode mode;
    const char *words;
  } rows[] = { { 0, "" },
               { OH_MODE_WAITING, "waiting" },
               { OH_MODE_UNCONFIRMED, "unconfirmed" },
               { OH_MODE_WAITING | OH_MODE_UNCONFIRMED, "waiting unconfirmed" },
               { OH_MODE_REMOTE_HELD | OH_MODE_CONFERENCE, "remote-held conference" } };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const char *words[OH_N_MODES + 1] = { "-", "-", "-", "-", "-" };
      g_autofree char *joined = NULL;

      oh_mode_words (rows[i].mode, words);
      joined = g_strjoinv (" ", (char **)words);
      g_assert_cmpstr (joined, ==, rows[i].words);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/event/call-states", test_call_states);
  g_test_add_func ("/event/reasons", test_reasons);
  g_test_add_func ("/event/enders", test_enders);
  g_test_add_func ("/event/origins", test_origins);
  g_test_add_func ("/event/lines", test_lines);
  g_test_add_func ("/event/presentations", test_presentations);
  g_test_add_func ("/event/modes", test_modes);
  return g_test_run ();
}
