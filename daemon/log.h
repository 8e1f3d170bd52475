// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <glib.h>

/* What an administrator cares about, with a MESSAGE_ID of its own (systemd.journal-fields(7)). No
 * telephone numbers. */
typedef enum
{
  OH_LOG_LINE_ADDED,
  OH_LOG_LINE_REMOVED,
  OH_LOG_CALL_BEGAN,
  OH_LOG_CALL_ENDED,
} OhLogEvent;

/* To the journal with OFFHOOK_LINE and OFFHOOK_CALL (@call NULL: none), or to stderr where there is
 * none. */
void oh_log_event (OhLogEvent event, const char *line_id, const char *call, const char *format, ...)
    G_GNUC_PRINTF (4, 5);
