// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/at/cause.h"

#include <string.h>

#include "daemon/at/fields.h"

#define CAUSE_MOST 127

/* 24.008 table 10.5.123 */
static const struct
{
  guint8 cause;
  OhReason reason;
  OhEndedBy ended_by;
  const char *text;
} causes[] = {
  { 1, OH_REASON_BAD_NUMBER, OH_ENDED_BY_NETWORK, "unassigned" },
  { 3, OH_REASON_BAD_NUMBER, OH_ENDED_BY_NETWORK, "no route to destination" },
  { 6, OH_REASON_CONGESTION, OH_ENDED_BY_NETWORK, "channel unacceptable" },
  { 8, OH_REASON_BLOCKED, OH_ENDED_BY_NETWORK, "operator determined barring" },
  { 16, OH_REASON_NORMAL, OH_ENDED_BY_REMOTE, "normal call clearing" },
  { 17, OH_REASON_BUSY, OH_ENDED_BY_REMOTE, "user busy" },
  { 18, OH_REASON_NO_ANSWER, OH_ENDED_BY_NETWORK, "no user responding" },
  { 19, OH_REASON_NO_ANSWER, OH_ENDED_BY_NETWORK, "user alerting" },
  { 19, OH_REASON_NO_ANSWER, OH_ENDED_BY_NETWORK, "no answer" },
  { 21, OH_REASON_REJECTED, OH_ENDED_BY_REMOTE, "call rejected" },
  { 22, OH_REASON_NUMBER_CHANGED, OH_ENDED_BY_NETWORK, "number changed" },
  { 25, OH_REASON_UNREACHABLE, OH_ENDED_BY_NETWORK, "pre-emption" },
  { 26, OH_REASON_NORMAL, OH_ENDED_BY_NETWORK, "non selected user clearing" },
  { 26, OH_REASON_NORMAL, OH_ENDED_BY_NETWORK, "non-selected user clearing" },
  { 27, OH_REASON_UNREACHABLE, OH_ENDED_BY_NETWORK, "destination out of order" },
  { 28, OH_REASON_BAD_NUMBER, OH_ENDED_BY_NETWORK, "invalid number format" },
  { 29, OH_REASON_REJECTED, OH_ENDED_BY_NETWORK, "facility rejected" },
  { 30, OH_REASON_NORMAL, OH_ENDED_BY_UNKNOWN, "response to status enquiry" },
  { 31, OH_REASON_NORMAL, OH_ENDED_BY_UNKNOWN, "normal, unspecified" },
  { 31, OH_REASON_NORMAL, OH_ENDED_BY_UNKNOWN, "normal unspecified" },
  { 34, OH_REASON_CONGESTION, OH_ENDED_BY_NETWORK, "no circuit/channel available" },
  { 34, OH_REASON_CONGESTION, OH_ENDED_BY_NETWORK, "no circuit" },
  { 38, OH_REASON_TEMPORARY_FAILURE, OH_ENDED_BY_NETWORK, "network out of order" },
  { 41, OH_REASON_TEMPORARY_FAILURE, OH_ENDED_BY_NETWORK, "temporary failure" },
  { 42, OH_REASON_CONGESTION, OH_ENDED_BY_NETWORK, "switching equipment congestion" },
  { 43, OH_REASON_UNKNOWN, OH_ENDED_BY_NETWORK, "access information discarded" },
  { 44, OH_REASON_CONGESTION, OH_ENDED_BY_NETWORK, "requested circuit" },
  { 47, OH_REASON_CONGESTION, OH_ENDED_BY_NETWORK, "resource" },
  { 49, OH_REASON_TEMPORARY_FAILURE, OH_ENDED_BY_NETWORK, "quality of service unavailable" },
  { 50, OH_REASON_BLOCKED, OH_ENDED_BY_NETWORK, "requested facility not subscribed" },
  { 55, OH_REASON_BLOCKED, OH_ENDED_BY_NETWORK, "incoming calls barred" },
  { 57, OH_REASON_INCOMPATIBLE, OH_ENDED_BY_NETWORK, "bearer capability not authorized" },
  { 58, OH_REASON_INCOMPATIBLE, OH_ENDED_BY_NETWORK, "bearer capability not presently" },
  { 63, OH_REASON_TEMPORARY_FAILURE, OH_ENDED_BY_NETWORK, "service or option not available" },
  { 65, OH_REASON_INCOMPATIBLE, OH_ENDED_BY_NETWORK, "bearer service not implemented" },
  { 68, OH_REASON_BLOCKED, OH_ENDED_BY_NETWORK, "acm equal" },
  { 69, OH_REASON_INCOMPATIBLE, OH_ENDED_BY_NETWORK, "requested facility not implemented" },
  { 79, OH_REASON_INCOMPATIBLE, OH_ENDED_BY_NETWORK, "service or option not implemented" },
  { 87, OH_REASON_REJECTED, OH_ENDED_BY_NETWORK, "user not member of cug" },
  { 88, OH_REASON_INCOMPATIBLE, OH_ENDED_BY_REMOTE, "incompatible destination" },
  { 91, OH_REASON_BAD_NUMBER, OH_ENDED_BY_NETWORK, "invalid transit network" },
  { 102, OH_REASON_TEMPORARY_FAILURE, OH_ENDED_BY_NETWORK, "recovery on timer" },
  { 127, OH_REASON_UNKNOWN, OH_ENDED_BY_UNKNOWN, "interworking" },
};

OhReason
oh_cause_reason (guint cause)
{
  for (guint i = 0; i < G_N_ELEMENTS (causes); i++)
    {
      if (causes[i].cause == cause)
        return causes[i].reason;
    }
  return OH_REASON_UNKNOWN;
}

OhEndedBy
oh_cause_ended_by (guint cause)
{
  for (guint i = 0; i < G_N_ELEMENTS (causes); i++)
    {
      if (causes[i].cause == cause)
        return causes[i].ended_by;
    }
  return OH_ENDED_BY_UNKNOWN;
}

static guint
cause_of_text (const char *line)
{
  g_autofree char *lower = g_ascii_strdown (line, -1);

  for (guint i = 0; i < G_N_ELEMENTS (causes); i++)
    {
      if (strstr (lower, causes[i].text) != NULL)
        return causes[i].cause;
    }
  return 0;
}

/* "16", "cause: 16", "5,16,...": the words win, as numbers may be a location or a layer; then the
 * last of the leading numbers that is a cause. */
guint
oh_cause_from_ceer (const char *line)
{
  guint cause = cause_of_text (line), number;
  OhFields fields;

  if (cause != 0 || !oh_fields_begin (&fields, line, "+CEER:"))
    return cause;
  while (oh_fields_next_number (&fields, CAUSE_MOST, &number))
    cause = number;
  return cause;
}
