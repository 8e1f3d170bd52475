// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gio/gio.h>

/* What is logged above debug level, with its fields. g_test_expect_message() does not see entries
 * that have fields. */

/* Once a program, before the tests run. */
void log_watch (void);
void log_forget (void);

/* From now on entries have a field SENT: the serial of the last message that was sent on @daemon
 * before. NULL: no more. */
void log_stamp (GDBusConnection *daemon);

/* How many entries have a field such that "KEY=VALUE" matches @glob. */
guint log_count (const char *glob);

/* The field @key of the last entry whose MESSAGE matches @glob; NULL: it has none. Fails the test
 * when there is no such entry. */
char *log_field (const char *glob, const char *key);

/* All values of all entries. */
char *log_text (void);
