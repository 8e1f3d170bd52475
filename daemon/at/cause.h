// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "daemon/event.h"

/* Causes of Q.850, which 24.008 annex H shares. Pure. */

/* OH_REASON_UNKNOWN for those that tell nothing. */
OhReason oh_cause_reason (guint cause);

/* Whose doing it is; OH_ENDED_BY_UNKNOWN where the cause does not tell. */
OhEndedBy oh_cause_ended_by (guint cause);

/* What the answer to AT+CEER (27.007 6.10) says, by number or in the words of 24.008; 0: nothing
 * that could be read. */
guint oh_cause_from_ceer (const char *line);
