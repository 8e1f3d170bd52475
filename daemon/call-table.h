// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "daemon/event.h"

/* Which state a call may change to from which (design §3). Pure. */
gboolean oh_call_may_change (OhCallState from, OhCallState to);

/* The other side or the network may still be there. */
gboolean oh_call_is_live (OhCallState state);
