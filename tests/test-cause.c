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
    { 2, OH_REASON_BAD_NUMBER, OH_ENDED_BY_NETWORK },
    { 20, OH_REASON_UNREACHABLE, OH_ENDED_BY_NETWORK },
    { 24, OH_REASON_REJECTED, OH_ENDED_BY_REMOTE },
    { 43, OH_REASON_UNKNOWN, OH_ENDED_BY_NETWORK },
    { 44, OH_REASON_CONGESTION, OH_ENDED_BY_NETWORK },
    { 63, OH_REASON_TEMPORARY_FAILURE, OH_ENDED_BY_NETWORK },
    { 70, OH_REASON_INCOMPATIBLE, OH_ENDED_BY_NETWORK },
    { 111, OH_REASON_UNKNOWN, OH_ENDED_BY_NETWORK },
    { 128, OH_REASON_UNKNOWN, OH_ENDED_BY_UNKNOWN },
    { 272, OH_REASON_UNKNOWN, OH_ENDED_BY_UNKNOWN }, /* 16 in a byte */
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

/* Answers to AT+CEER. */
static const struct
{
  const char *line;
  guint cause;
} reports[] = {
  { "+CEER: 16", 16 },
  { "+CEER: 16,\"Normal call clearing\"", 16 },
  { "+CEER:16", 16 },
  { "+CEER: 16, Normal call clearing", 16 },
  { "+CEER: 16 Normal call clearing", 16 },
  { "+CEER: 20 Subscriber absent", 20 },
  { "+CEER: 34 No circuit/channel available", 34 },
  { "+CEER: \"0 Unknown\"", 0 },
  { "+CEER: \"17 Something\"", 17 },
  /* MediaTek: words of its own */
  { "+CEER: 17, CM_USER_BUSY", 17 },
  { "+CEER: 0,NONE", 0 },
  /* SIM800, as a number */
  { "+CEER: Cause:16", 16 },
  { "+CEER: Cause: 17", 17 },
  { "+CEER: cause:0", 0 },
  { "+CEER: Cause:", 0 },
  /* a location before it */
  { "+CEER: 5,16", 16 },
  { "+CEER: 5,16,\"Normal call clearing\"", 16 },
  { "+CEER: 5,36", 0 }, /* of a data session */
  { "+CEER: 5,33 Requested service option not subscribed", 0 },
  /* Siemens: location, cause, cause of a supplementary service; 8 is call control */
  { "+CEER: 8,21,0", 21 },
  { "+CEER: 8, 17, 0", 17 },
  { "+CEER: 0,0,0", 0 },
  { "+CEER: 22,0,2", 0 },
  { "+CEER: 35,0,38", 0 },
  { "+CEER: 0,300,0", 0 },
  { "+CEER: 9,8,0", 0 },
  { "+CEER: 5,17,1", 0 },
  /* Enfora: standard or own, side, entity, cause; 5 is call control */
  { "+CEER: 0,0,5,16,normal call clearing", 16 },
  { "+CEER: 0,0,5,17", 17 },
  { "+CEER: 0,1,3,17", 0 },
  { "+CEER: 0,0,5,17,8", 17 },
  { "+CEER: \"Normal call clearing\"", 16 },
  { "+CEER: Release,User busy", 17 },
  { "+CEER: NORMAL CALL CLEARING", 16 },
  { "+CEER: \"CC setup error\",31,\"Normal, unspecified\"", 31 },
  { "+CEER: \"CC setup error\", 16, \"Normal call clearing\"", 16 },
  { "+CEER: \"CC setup error\",1,\"Unassigned (unallocated) number\"", 1 },
  { "+CEER: \"CC setup error\",17", 17 },
  { "+CEER: \"SM detach\",0,\"No cause information available\"", 0 },
  { "+CEER: \"SM activate error\",27,\"Missing or unknown APN\"", 0 },
  { "+CEER: \"SM activate error\",111,\"Protocol error, unspecified\"", 0 },
  { "+CEER: \"SS network reject cause\",17", 0 },
  { "+CEER: \"No report available\"", 0 },
  { "+CEER: No report available", 0 },
  { "+CEER: No cause information available", 0 },
  { "+CEER: No error", 0 },
  { "+CEER: Normal, unspecified", 31 },
  { "+CEER: User alerting, no answer", 19 },
  { "+CEER: Unassigned/unallocated number", 1 },
  { "+CEER: unassigned (unallocated) number", 1 },
  { "+CEER: Operator determined barring", 8 },
  { "+CEER: Call rejected", 21 },
  { "+CEER: Call rejected due to feature at the destination", 24 },
  { "+CEER: invalid number format (incomplete number)", 28 },
  { "+CEER: Requested circuit/channel not available", 44 },
  { "+CEER: No circuit/channel available", 34 },
  { "+CEER: Resources unavailable, unspecified", 47 },
  { "+CEER: Insufficient resources", 0 }, /* for a data session */
  { "+CEER: Service or option not available, unspecified", 63 },
  { "+CEER: Interworking, unspecified", 127 },
  { "+CEER: Network out of order", 38 },
  { "+CEER: Client ended call", 0 },
  { "+CEER: No service available", 0 },
  { "+CEER: EMM_CAUSE_ESM_FAILURE", 0 },
  { "+CEER: Deactivate Cause: SM34 (Service option temporarily out of order)", 0 },
  { "+CEER: 0", 0 },
  { "+CEER: 999", 0 },
  { "+CEER: 4294967312", 0 },
  { "+CEER: 18446744073709551632", 0 },
  { "+CEER: 16x", 0 },
  { "+CEER: \"16", 16 },
  { "+CEER: ,,,,", 0 },
  { "+CEER: 128", 0 },
  { "+CEER: -1", 0 },
  { "+CEER:", 0 },
  { "", 0 },
  { "OK", 0 },
  { "+CEERX: 16", 0 },
  { "User busy", 0 },
};

static void
test_ceer (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (reports); i++)
    {
      guint cause = oh_cause_from_ceer (reports[i].line);

      if (cause != reports[i].cause)
        g_error ("%s: %u, expected %u", reports[i].line, cause, reports[i].cause);
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
