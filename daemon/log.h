// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <glib.h>

/* What an administrator cares about, each with a MESSAGE_ID and a text in systemd/offhook.catalog
 * and offhook.de.catalog. */
typedef enum
{
  OH_LOG_STARTED,
  OH_LOG_STOPPED,
  OH_LOG_CONFIG_MISTAKE,
  OH_LOG_LINE_ADDED,
  OH_LOG_LINE_REMOVED,
  OH_LOG_LINE_STATE,
  OH_LOG_DEVICE_GONE,
  OH_LOG_DEVICE_BACK,
  OH_LOG_LINE_AILING,
  OH_LOG_LINE_WELL,
  OH_LOG_CALL_BEGAN,
  OH_LOG_CALL_ENDED,
  OH_LOG_HANDLE_RELEASED,
  OH_LOG_LISTENER_REFUSED,
  OH_LOG_OVERDUE,
  OH_LOG_LOST,
  OH_N_LOG_EVENTS,
} OhLogEvent;

/* The fields of an entry, beside its text; NULL or 0: the entry has none. Nothing personal. */
typedef struct
{
  OhLogEvent event;
  const char *line;   /* OFFHOOK_LINE, its Id */
  const char *call;   /* OFFHOOK_CALL, its path */
  const char *state;  /* OFFHOOK_STATE, a static text */
  const char *reason; /* OFFHOOK_REASON */
  guint cause;        /* OFFHOOK_CAUSE, of Q.850 */
  gint64 duration;    /* OFFHOOK_DURATION_USEC, how long a call was connected */
} OhLogEntry;

/* Logs what has happened, after those have been told whom it concerns. No telephone numbers. */
void oh_log_event (const OhLogEntry *entry, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* From now on what is logged by whatever means, in whatever thread, goes to the journal if standard
 * error does, else to standard error; neither makes who logs wait. Once a process. */
typedef struct _OhLog OhLog;
OhLog *oh_log_start (void);

/* The last call before the process ends: waits a little for what is not sent yet. */
void oh_log_stop (OhLog *log);
