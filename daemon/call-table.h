// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "daemon/event.h"
#include "daemon/service.h"

/* Which state a call may change to from which (design §3). Pure. */
gboolean oh_call_may_change (OhCallState from, OhCallState to);

/* The other side or the network may still be there. */
gboolean oh_call_is_live (OhCallState state);

/* How many calls of a line are in which state, by what that means for the others. */
typedef struct
{
  guint connected, held, offering, calling, unknown;
} OhCallCounts;

void oh_call_count (OhCallCounts *counts, OhCallState state);

/* Whether a call in @state and @mode may have @service now, @counts including itself (22.030
 * 6.5.5.1). The network knows one group that is connected and one that is held. */
gboolean oh_call_may_have (OhService service, OhCallState state, OhMode mode,
                           const OhCallCounts *counts);

/* Whether one that is offered may be answered, and whether one more may be dialled. */
gboolean oh_call_may_be_answered (const OhCallCounts *counts);
gboolean oh_call_may_be_added (const OhCallCounts *counts);

/* A change that shows that @service was done. */
gboolean oh_service_shows (OhService service, OhCallState from, OhCallState to, OhMode mode);
