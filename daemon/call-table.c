// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/call-table.h"

#define TO(state) (1u << OH_CALL_##state)
#define TO_THE_END (TO (DISCONNECTED) | TO (ENDED))
#define TO_AN_ANSWER (TO (BUSY) | TO (SPECIAL_INFO) | TO (CONNECTED) | TO_THE_END | TO (UNKNOWN))
#define TO_ANY ((1u << OH_N_CALL_STATES) - 1)

static const guint table[] = {
  [OH_CALL_OFFERING] = TO (CONNECTED) | TO (HELD) | TO_THE_END | TO (UNKNOWN),
  [OH_CALL_DIALTONE] = TO (DIALING) | TO (PROCEEDING) | TO (RINGBACK) | TO_AN_ANSWER,
  [OH_CALL_DIALING] = TO (PROCEEDING) | TO (RINGBACK) | TO_AN_ANSWER,
  [OH_CALL_PROCEEDING] = TO (RINGBACK) | TO_AN_ANSWER,
  [OH_CALL_RINGBACK] = TO_AN_ANSWER,
  [OH_CALL_BUSY] = TO_THE_END | TO (UNKNOWN),
  [OH_CALL_SPECIAL_INFO] = TO_THE_END | TO (UNKNOWN),
  /* One that was taken for connected, unconfirmed, may be heard to ring. */
  [OH_CALL_CONNECTED] = TO (HELD) | TO (RINGBACK) | TO (SPECIAL_INFO) | TO_THE_END | TO (UNKNOWN),
  [OH_CALL_HELD] = TO (CONNECTED) | TO_THE_END | TO (UNKNOWN),
  [OH_CALL_DISCONNECTED] = TO (ENDED) | TO (UNKNOWN),
  [OH_CALL_ENDED] = 0,
  [OH_CALL_UNKNOWN] = TO_ANY & ~TO (UNKNOWN),
};
G_STATIC_ASSERT (G_N_ELEMENTS (table) == OH_N_CALL_STATES);

gboolean
oh_call_may_change (OhCallState from, OhCallState to)
{
  return (table[from] & 1u << to) != 0;
}

gboolean
oh_call_is_live (OhCallState state)
{
  return state != OH_CALL_ENDED && state != OH_CALL_DISCONNECTED;
}

void
oh_call_count (OhCallCounts *counts, OhCallState state)
{
  switch (state)
    {
    case OH_CALL_CONNECTED:
      counts->connected++;
      break;
    case OH_CALL_HELD:
      counts->held++;
      break;
    case OH_CALL_OFFERING:
      counts->offering++;
      break;
    case OH_CALL_DIALTONE:
    case OH_CALL_DIALING:
    case OH_CALL_PROCEEDING:
    case OH_CALL_RINGBACK:
    case OH_CALL_BUSY:
    case OH_CALL_SPECIAL_INFO:
      counts->calling++;
      break;
    case OH_CALL_UNKNOWN:
      counts->unknown++;
      break;
    case OH_CALL_DISCONNECTED:
    case OH_CALL_ENDED:
    case OH_N_CALL_STATES:
      break;
    }
}

gboolean
oh_call_may_have (OhService service, OhCallState state, OhMode mode, const OhCallCounts *counts)
{
  gboolean both = counts->connected > 0 && counts->held > 0;
  /* +CHLD=2 takes the call that is offered, if there is one. */
  gboolean quiet = counts->offering == 0 && counts->calling == 0;

  if (counts->unknown > 0)
    return FALSE;
  switch (service)
    {
    case OH_SERVICE_HOLD:
      return state == OH_CALL_CONNECTED && quiet;
    case OH_SERVICE_UNHOLD:
      return state == OH_CALL_HELD && quiet;
    case OH_SERVICE_SWAP:
      return (state == OH_CALL_CONNECTED || state == OH_CALL_HELD) && both && quiet;
    case OH_SERVICE_MERGE:
    case OH_SERVICE_TRANSFER:
      return (state == OH_CALL_CONNECTED || state == OH_CALL_HELD) && both;
    case OH_SERVICE_SPLIT:
      return state == OH_CALL_CONNECTED && (mode & OH_MODE_CONFERENCE) != 0 && counts->held == 0;
    case OH_SERVICE_HOLD_AND_ANSWER:
      return state == OH_CALL_OFFERING && counts->connected > 0 && counts->held == 0;
    case OH_SERVICE_RELEASE_AND_ANSWER:
      return state == OH_CALL_OFFERING && counts->connected > 0;
    case OH_SERVICE_DEFLECT:
      return state == OH_CALL_OFFERING;
    case OH_N_SERVICES:
      break;
    }
  g_assert_not_reached ();
}

gboolean
oh_call_may_be_answered (const OhCallCounts *counts)
{
  return counts->connected == 0 || counts->held == 0;
}

gboolean
oh_call_may_be_added (const OhCallCounts *counts)
{
  return counts->offering + counts->calling + counts->unknown == 0
         && (counts->connected == 0 || counts->held == 0);
}

gboolean
oh_service_shows (OhService service, OhCallState from, OhCallState to, OhMode mode)
{
  switch (service)
    {
    case OH_SERVICE_HOLD:
    case OH_SERVICE_SPLIT:
      return from == OH_CALL_CONNECTED && to == OH_CALL_HELD;
    case OH_SERVICE_UNHOLD:
      return from == OH_CALL_HELD && to == OH_CALL_CONNECTED;
    case OH_SERVICE_SWAP:
      return (from == OH_CALL_HELD && to == OH_CALL_CONNECTED)
             || (from == OH_CALL_CONNECTED && to == OH_CALL_HELD);
    case OH_SERVICE_MERGE:
      return to == OH_CALL_CONNECTED && (mode & OH_MODE_CONFERENCE) != 0;
    case OH_SERVICE_TRANSFER:
      return from == OH_CALL_HELD && to == OH_CALL_ENDED;
    case OH_SERVICE_HOLD_AND_ANSWER:
      return (from == OH_CALL_OFFERING || from == OH_CALL_HELD) && to == OH_CALL_CONNECTED;
    case OH_SERVICE_RELEASE_AND_ANSWER:
      return from == OH_CALL_OFFERING && to == OH_CALL_CONNECTED;
    case OH_SERVICE_DEFLECT:
      return from == OH_CALL_OFFERING && to == OH_CALL_ENDED;
    case OH_N_SERVICES:
      break;
    }
  g_assert_not_reached ();
}
