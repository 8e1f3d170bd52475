// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/log.h"

static const char *const message_ids[] = {
  [OH_LOG_LINE_ADDED] = "c13943573391433da45e32cf5026286a",
  [OH_LOG_LINE_REMOVED] = "1dcae4733cbb4dacae5cadaab962d2e6",
  [OH_LOG_CALL_BEGAN] = "1716d35ea82345d38761d4ce620e47bb",
  [OH_LOG_CALL_ENDED] = "514a042ef56041418510e05b9c53690a",
};

void
oh_log_event (OhLogEvent event, const char *line_id, const char *call, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_log_structured (G_LOG_DOMAIN, G_LOG_LEVEL_MESSAGE, "MESSAGE_ID", message_ids[event],
                    "OFFHOOK_LINE", line_id, "OFFHOOK_CALL", call != NULL ? call : "", "MESSAGE",
                    "%s", text);
}
