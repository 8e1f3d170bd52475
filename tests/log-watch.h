// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <glib.h>

/* What is logged above debug level, with its fields. g_test_expect_message() does not see entries
 * that have fields. */

/* Once a program, before the tests run. */
void log_watch (void);
void log_forget (void);

/* How many entries have a field such that "KEY=VALUE" matches @glob. */
guint log_count (const char *glob);

/* The field @key of the last entry whose MESSAGE matches @glob; NULL: it has none. Fails the test
 * when there is no such entry. */
char *log_field (const char *glob, const char *key);

/* All values of all entries. */
char *log_text (void);
