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
  [OH_CALL_CONNECTED] = TO (HELD) | TO_THE_END | TO (UNKNOWN),
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
