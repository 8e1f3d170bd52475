// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/event.h"

static const char *const call_states[] = {
  [OH_CALL_OFFERING] = "offering",
  [OH_CALL_DIALTONE] = "dialtone",
  [OH_CALL_DIALING] = "dialing",
  [OH_CALL_PROCEEDING] = "proceeding",
  [OH_CALL_RINGBACK] = "ringback",
  [OH_CALL_BUSY] = "busy",
  [OH_CALL_SPECIAL_INFO] = "special-info",
  [OH_CALL_CONNECTED] = "connected",
  [OH_CALL_HELD] = "held",
  [OH_CALL_DISCONNECTED] = "disconnected",
  [OH_CALL_ENDED] = "ended",
  [OH_CALL_UNKNOWN] = "unknown",
};
G_STATIC_ASSERT (G_N_ELEMENTS (call_states) == OH_N_CALL_STATES);

static const char *const reasons[] = {
  [OH_REASON_NONE] = "",
  [OH_REASON_LOCAL] = "local",
  [OH_REASON_NORMAL] = "normal",
  [OH_REASON_BUSY] = "busy",
  [OH_REASON_NO_ANSWER] = "no-answer",
  [OH_REASON_UNREACHABLE] = "unreachable",
  [OH_REASON_REJECTED] = "rejected",
  [OH_REASON_BAD_NUMBER] = "bad-number",
  [OH_REASON_NUMBER_CHANGED] = "number-changed",
  [OH_REASON_NO_DIALTONE] = "no-dialtone",
  [OH_REASON_CONGESTION] = "congestion",
  [OH_REASON_TEMPORARY_FAILURE] = "temporary-failure",
  [OH_REASON_BLOCKED] = "blocked",
  [OH_REASON_FORWARDED] = "forwarded",
  [OH_REASON_ANSWERED_ELSEWHERE] = "answered-elsewhere",
  [OH_REASON_TRANSFERRED] = "transferred",
  [OH_REASON_INCOMPATIBLE] = "incompatible",
  [OH_REASON_OUT_OF_ORDER] = "out-of-order",
  [OH_REASON_UNKNOWN] = "unknown",
};
G_STATIC_ASSERT (G_N_ELEMENTS (reasons) == OH_REASON_UNKNOWN + 1);

static const char *const enders[] = {
  [OH_ENDED_BY_NOBODY] = "",         [OH_ENDED_BY_LOCAL] = "local",
  [OH_ENDED_BY_REMOTE] = "remote",   [OH_ENDED_BY_NETWORK] = "network",
  [OH_ENDED_BY_UNKNOWN] = "unknown",
};
G_STATIC_ASSERT (G_N_ELEMENTS (enders) == OH_ENDED_BY_UNKNOWN + 1);

static const char *const origins[] = {
  [OH_ORIGIN_DIRECT] = "direct",
  [OH_ORIGIN_FORWARDED] = "forwarded",
  [OH_ORIGIN_WAITING] = "waiting",
  [OH_ORIGIN_FOUND] = "found",
};
G_STATIC_ASSERT (G_N_ELEMENTS (origins) == OH_ORIGIN_FOUND + 1);

static const char *const line_states[] = {
  [OH_LINE_INITIALIZING] = "initializing",     [OH_LINE_IN_SERVICE] = "in-service",
  [OH_LINE_OUT_OF_SERVICE] = "out-of-service", [OH_LINE_LOCKED] = "locked",
  [OH_LINE_EMERGENCY_ONLY] = "emergency-only", [OH_LINE_ABSENT] = "absent",
};
G_STATIC_ASSERT (G_N_ELEMENTS (line_states) == OH_LINE_ABSENT + 1);

static const char *const healths[] = {
  [OH_HEALTH_HEALTHY] = "healthy",
  [OH_HEALTH_SUSPECT] = "suspect",
  [OH_HEALTH_RECOVERING] = "recovering",
  [OH_HEALTH_FAILED] = "failed",
};
G_STATIC_ASSERT (G_N_ELEMENTS (healths) == OH_HEALTH_FAILED + 1);

static const char *const presentations[] = {
  [OH_PRESENTATION_UNKNOWN] = "unknown",
  [OH_PRESENTATION_ALLOWED] = "allowed",
  [OH_PRESENTATION_WITHHELD] = "withheld",
  [OH_PRESENTATION_UNAVAILABLE] = "unavailable",
};
G_STATIC_ASSERT (G_N_ELEMENTS (presentations) == OH_PRESENTATION_UNAVAILABLE + 1);

const char *
oh_call_state_name (OhCallState state)
{
  return call_states[state];
}

const char *
oh_reason_name (OhReason reason)
{
  return reasons[reason];
}

const char *
oh_ended_by_name (OhEndedBy ended_by)
{
  return enders[ended_by];
}

const char *
oh_origin_name (OhOrigin origin)
{
  return origins[origin];
}

const char *
oh_line_state_name (OhLineState state)
{
  return line_states[state];
}

const char *
oh_health_name (OhHealthState health)
{
  return healths[health];
}

const char *
oh_presentation_name (OhPresentation presentation)
{
  return presentations[presentation];
}

void
oh_mode_words (OhMode mode, const char **ret_words)
{
  static const char *const words[] = { "waiting", "unconfirmed", "remote-held", "conference" };

  G_STATIC_ASSERT (G_N_ELEMENTS (words) == OH_N_MODES);
  for (guint i = 0; i < OH_N_MODES; i++)
    {
      if (mode & 1u << i)
        *ret_words++ = words[i];
    }
  *ret_words = NULL;
}
