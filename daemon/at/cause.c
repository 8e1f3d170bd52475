// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/at/cause.h"

#include <string.h>

#include "daemon/at/fields.h"

#define NUMBERS_MOST 4
#define NUMBER_MOST 65535
#define LOCATION_CALL_CONTROL 8 /* of Siemens */
#define ENTITY_CALL_CONTROL 5   /* of Enfora */

/* 24.008 table 10.5.123, and what Q.850 has besides; the texts also as modems shorten them. Of two
 * that fit, the longer comes first. */
static const struct
{
  guint8 cause;
  OhReason reason;
  OhEndedBy ended_by;
  const char *text;
} causes[] = {
  { 1, OH_REASON_BAD_NUMBER, OH_ENDED_BY_NETWORK, "unassigned" },
  { 1, OH_REASON_BAD_NUMBER, OH_ENDED_BY_NETWORK, "unallocated number" },
  { 2, OH_REASON_BAD_NUMBER, OH_ENDED_BY_NETWORK, "no route to specified transit network" },
  { 3, OH_REASON_BAD_NUMBER, OH_ENDED_BY_NETWORK, "no route to destination" },
  { 6, OH_REASON_CONGESTION, OH_ENDED_BY_NETWORK, "channel unacceptable" },
  { 8, OH_REASON_BLOCKED, OH_ENDED_BY_NETWORK, "operator determined barring" },
  { 16, OH_REASON_NORMAL, OH_ENDED_BY_REMOTE, "normal call clearing" },
  { 17, OH_REASON_BUSY, OH_ENDED_BY_REMOTE, "user busy" },
  { 18, OH_REASON_NO_ANSWER, OH_ENDED_BY_NETWORK, "no user responding" },
  { 19, OH_REASON_NO_ANSWER, OH_ENDED_BY_NETWORK, "user alerting" },
  { 19, OH_REASON_NO_ANSWER, OH_ENDED_BY_NETWORK, "no answer" },
  { 20, OH_REASON_UNREACHABLE, OH_ENDED_BY_NETWORK, "subscriber absent" },
  { 24, OH_REASON_REJECTED, OH_ENDED_BY_REMOTE, "call rejected due to feature" },
  { 21, OH_REASON_REJECTED, OH_ENDED_BY_REMOTE, "call rejected" },
  { 22, OH_REASON_NUMBER_CHANGED, OH_ENDED_BY_NETWORK, "number changed" },
  { 25, OH_REASON_UNREACHABLE, OH_ENDED_BY_NETWORK, "pre-emption" },
  { 25, OH_REASON_UNREACHABLE, OH_ENDED_BY_NETWORK, "preemption" },
  { 26, OH_REASON_NORMAL, OH_ENDED_BY_NETWORK, "non selected user clearing" },
  { 26, OH_REASON_NORMAL, OH_ENDED_BY_NETWORK, "non-selected user clearing" },
  { 27, OH_REASON_UNREACHABLE, OH_ENDED_BY_NETWORK, "destination out of order" },
  { 28, OH_REASON_BAD_NUMBER, OH_ENDED_BY_NETWORK, "invalid number format" },
  { 28, OH_REASON_BAD_NUMBER, OH_ENDED_BY_NETWORK, "incomplete number" },
  { 29, OH_REASON_REJECTED, OH_ENDED_BY_NETWORK, "facility rejected" },
  { 30, OH_REASON_NORMAL, OH_ENDED_BY_UNKNOWN, "response to status enquiry" },
  { 31, OH_REASON_NORMAL, OH_ENDED_BY_UNKNOWN, "normal, unspecified" },
  { 31, OH_REASON_NORMAL, OH_ENDED_BY_UNKNOWN, "normal unspecified" },
  { 44, OH_REASON_CONGESTION, OH_ENDED_BY_NETWORK, "requested circuit" },
  { 34, OH_REASON_CONGESTION, OH_ENDED_BY_NETWORK, "no circuit" },
  { 38, OH_REASON_TEMPORARY_FAILURE, OH_ENDED_BY_NETWORK, "network out of order" },
  { 41, OH_REASON_TEMPORARY_FAILURE, OH_ENDED_BY_NETWORK, "temporary failure" },
  { 42, OH_REASON_CONGESTION, OH_ENDED_BY_NETWORK, "switching equipment congestion" },
  { 43, OH_REASON_UNKNOWN, OH_ENDED_BY_NETWORK, "access information discarded" },
  { 47, OH_REASON_CONGESTION, OH_ENDED_BY_NETWORK, "resource unavailable" },
  { 47, OH_REASON_CONGESTION, OH_ENDED_BY_NETWORK, "resources unavailable" },
  { 49, OH_REASON_TEMPORARY_FAILURE, OH_ENDED_BY_NETWORK, "quality of service unavailable" },
  { 50, OH_REASON_BLOCKED, OH_ENDED_BY_NETWORK, "requested facility not subscribed" },
  { 53, OH_REASON_BLOCKED, OH_ENDED_BY_NETWORK, "outgoing calls barred" },
  { 55, OH_REASON_BLOCKED, OH_ENDED_BY_NETWORK, "incoming calls barred" },
  { 57, OH_REASON_INCOMPATIBLE, OH_ENDED_BY_NETWORK, "bearer capability not authorized" },
  { 58, OH_REASON_INCOMPATIBLE, OH_ENDED_BY_NETWORK, "bearer capability not presently" },
  { 58, OH_REASON_INCOMPATIBLE, OH_ENDED_BY_NETWORK, "bearer capability not available" },
  { 63, OH_REASON_TEMPORARY_FAILURE, OH_ENDED_BY_NETWORK, "service or option not available" },
  { 63, OH_REASON_TEMPORARY_FAILURE, OH_ENDED_BY_NETWORK, "service/option not available" },
  { 65, OH_REASON_INCOMPATIBLE, OH_ENDED_BY_NETWORK, "bearer service not implemented" },
  { 68, OH_REASON_BLOCKED, OH_ENDED_BY_NETWORK, "acm equal" },
  { 69, OH_REASON_INCOMPATIBLE, OH_ENDED_BY_NETWORK, "requested facility not implemented" },
  { 70, OH_REASON_INCOMPATIBLE, OH_ENDED_BY_NETWORK, "only restricted digital" },
  { 79, OH_REASON_INCOMPATIBLE, OH_ENDED_BY_NETWORK, "service or option not implemented" },
  { 79, OH_REASON_INCOMPATIBLE, OH_ENDED_BY_NETWORK, "service/option not implemented" },
  { 81, OH_REASON_UNKNOWN, OH_ENDED_BY_NETWORK, "invalid transaction identifier" },
  { 87, OH_REASON_REJECTED, OH_ENDED_BY_NETWORK, "user not member of cug" },
  { 88, OH_REASON_INCOMPATIBLE, OH_ENDED_BY_REMOTE, "incompatible destination" },
  { 91, OH_REASON_BAD_NUMBER, OH_ENDED_BY_NETWORK, "invalid transit network" },
  { 95, OH_REASON_UNKNOWN, OH_ENDED_BY_NETWORK, "semantically incorrect" },
  { 96, OH_REASON_UNKNOWN, OH_ENDED_BY_NETWORK, "invalid mandatory information" },
  { 97, OH_REASON_UNKNOWN, OH_ENDED_BY_NETWORK, "message type non-existent" },
  { 98, OH_REASON_UNKNOWN, OH_ENDED_BY_NETWORK, "message type not compatible" },
  { 99, OH_REASON_UNKNOWN, OH_ENDED_BY_NETWORK, "information element non-existent" },
  { 100, OH_REASON_UNKNOWN, OH_ENDED_BY_NETWORK, "conditional ie error" },
  { 101, OH_REASON_UNKNOWN, OH_ENDED_BY_NETWORK, "message not compatible" },
  { 102, OH_REASON_TEMPORARY_FAILURE, OH_ENDED_BY_NETWORK, "recovery on timer" },
  { 111, OH_REASON_UNKNOWN, OH_ENDED_BY_NETWORK, "protocol error" },
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
  for (guint i = 0; i < G_N_ELEMENTS (causes); i++)
    {
      if (oh_text_contains (line, causes[i].text))
        return causes[i].cause;
    }
  return 0;
}

static guint
cause_of_number (guint number)
{
  for (guint i = 0; i < G_N_ELEMENTS (causes); i++)
    {
      if (causes[i].cause == number)
        return number;
    }
  return 0;
}

/* "16", "16 Normal call clearing", "Cause:16". */
static gboolean
read_number (const char *text, guint *ret_number)
{
  static const char prefix[] = "cause:";
  char *end;
  guint64 number;

  if (g_ascii_strncasecmp (text, prefix, strlen (prefix)) == 0)
    text += strlen (prefix);
  while (*text == ' ')
    text++;
  if (!g_ascii_isdigit (*text))
    return FALSE;
  number = g_ascii_strtoull (text, &end, 10);
  *ret_number = (guint)number;
  return number <= NUMBER_MOST && (*end == ' ' || *end == '\0');
}

/* The numbers that the report begins with; a category may stand before them. */
static guint
read_numbers (OhFields fields, guint *numbers)
{
  char text[OH_TEXT_MAX];
  guint n = 0;

  for (guint i = 0; n < NUMBERS_MOST && oh_fields_next_text (&fields, text, sizeof text); i++)
    {
      if (read_number (text, &numbers[n]))
        n++;
      else if (i > 0)
        break;
    }
  return n;
}

/* Of a data session or a supplementary service. */
static gboolean
is_of_no_call (OhFields fields)
{
  char category[OH_TEXT_MAX];

  oh_fields_next_text (&fields, category, sizeof category);
  return g_str_has_prefix (category, "SM ") || g_str_has_prefix (category, "SS ");
}

guint
oh_cause_from_ceer (const char *line)
{
  guint numbers[NUMBERS_MOST];
  OhFields fields;
  guint cause;

  if (!oh_fields_begin (&fields, line, "+CEER:") || is_of_no_call (fields))
    return 0;
  cause = cause_of_text (line);
  if (cause != 0)
    return cause;
  switch (read_numbers (fields, numbers))
    {
    case 1: /* cause */
      return cause_of_number (numbers[0]);
    case 2: /* location, cause */
      return cause_of_number (numbers[1]);
    case 3: /* location, cause, that of a supplementary service */
      return numbers[0] == LOCATION_CALL_CONTROL ? cause_of_number (numbers[1]) : 0;
    case 4: /* standard or own, side, entity, cause */
      return numbers[2] == ENTITY_CALL_CONTROL ? cause_of_number (numbers[3]) : 0;
    default:
      return 0;
    }
}
