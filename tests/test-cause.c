// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/at/cause.h"

/* Causes of Q.850, and how modems name them. */

static void
test_reasons (void)
{
  static const struct
  {
    guint cause;
    OhReason reason;
    OhEndedBy by;
  } rows[] = {
    { 0, OH_REASON_UNKNOWN, OH_ENDED_BY_UNKNOWN },
    { 1, OH_REASON_BAD_NUMBER, OH_ENDED_BY_NETWORK },
    { 8, OH_REASON_BLOCKED, OH_ENDED_BY_NETWORK },
    { 16, OH_REASON_NORMAL, OH_ENDED_BY_REMOTE },
    { 17, OH_REASON_BUSY, OH_ENDED_BY_REMOTE },
    { 18, OH_REASON_NO_ANSWER, OH_ENDED_BY_NETWORK },
    { 19, OH_REASON_NO_ANSWER, OH_ENDED_BY_NETWORK },
    { 21, OH_REASON_REJECTED, OH_ENDED_BY_REMOTE },
    { 22, OH_REASON_NUMBER_CHANGED, OH_ENDED_BY_NETWORK },
    { 27, OH_REASON_UNREACHABLE, OH_ENDED_BY_NETWORK },
    { 28, OH_REASON_BAD_NUMBER, OH_ENDED_BY_NETWORK },
    { 31, OH_REASON_NORMAL, OH_ENDED_BY_UNKNOWN },
    { 34, OH_REASON_CONGESTION, OH_ENDED_BY_NETWORK },
    { 38, OH_REASON_TEMPORARY_FAILURE, OH_ENDED_BY_NETWORK },
    { 41, OH_REASON_TEMPORARY_FAILURE, OH_ENDED_BY_NETWORK },
    { 42, OH_REASON_CONGESTION, OH_ENDED_BY_NETWORK },
    { 47, OH_REASON_CONGESTION, OH_ENDED_BY_NETWORK },
    { 65, OH_REASON_INCOMPATIBLE, OH_ENDED_BY_NETWORK },
    { 88, OH_REASON_INCOMPATIBLE, OH_ENDED_BY_REMOTE },
    { 127, OH_REASON_UNKNOWN, OH_ENDED_BY_UNKNOWN },
    { 4294967295u, OH_REASON_UNKNOWN, OH_ENDED_BY_UNKNOWN },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      if (oh_cause_reason (rows[i].cause) != rows[i].reason
          || oh_cause_ended_by (rows[i].cause) != rows[i].by)
        g_error ("cause %u: %s by %s", rows[i].cause,
                 oh_reason_name (oh_cause_reason (rows[i].cause)),
                 oh_ended_by_name (oh_cause_ended_by (rows[i].cause)));
    }
}

static void
test_ceer (void)
{
  static const struct
  {
    const char *line;
    guint cause;
  } rows[] = {
    { "+CEER: 16", 16 },
    { "+CEER: 16,\"Normal call clearing\"", 16 },
    { "+CEER: 5,16", 16 },
    { "+CEER: 5,17,1", 1 }, /* where a third number stands: the last is believed */
    { "+CEER: \"Normal call clearing\"", 16 },
    { "+CEER: Release,User busy", 17 },
    { "+CEER: NORMAL CALL CLEARING", 16 },
    { "+CEER: \"CC setup error\",31,\"Normal, unspecified\"", 31 },
    { "+CEER: No cause information available", 0 },
    { "+CEER: 0", 0 },
    { "+CEER: 999", 0 },
    { "+CEER: -1", 0 },
    { "+CEER:", 0 },
    { "", 0 },
    { "OK", 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      if (oh_cause_from_ceer (rows[i].line) != rows[i].cause)
        g_error ("%s: %u, expected %u", rows[i].line, oh_cause_from_ceer (rows[i].line),
                 rows[i].cause);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cause/reasons", test_reasons);
  g_test_add_func ("/cause/ceer", test_ceer);
  return g_test_run ();
}
