// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "daemon/config-file.h"
#include "daemon/line.h"

/* The Manager object, the ObjectManager beside it, and all lines. */
#define OH_TYPE_MANAGER (oh_manager_get_type ())
G_DECLARE_FINAL_TYPE (OhManager, oh_manager, OH, MANAGER, OhDbusManagerSkeleton)

/* Exports itself on @connection. @limits are kept as they are. @state_dir: for what outlives the
 * process, @names_dir: for what outlives the boot; NULL: nothing does. */
OhManager *oh_manager_new (GDBusConnection *connection, const OhLimits *limits,
                           const char *state_dir, const char *names_dir);

/* Takes up what an earlier daemon has left, the lines of @config and the modems that are announced.
 * Nothing goes to a client of that daemon before oh_manager_go_on(), when the bus name is ours. */
void oh_manager_load (OhManager *manager, const OhConfig *config);
void oh_manager_go_on (OhManager *manager);

/* Starts the program anew, and all goes on; returns only if that fails. */
void oh_manager_exec (OhManager *manager, char **argv);

/* Everything is left as it is, for the daemon that starts next. */
void oh_manager_leave (OhManager *manager);

/* A line of the configuration file: it is there whether its device is or not. */
void oh_manager_add_configured (OhManager *manager, const OhLineConfig *config);

/* The same, of files that are read again: lines that they have anew are added, those that are
 * others now are changed, those that they name no more are removed with their calls, and the rest
 * is not touched. If they have mistakes nothing is removed. */
void oh_manager_reconfigure (OhManager *manager, const OhConfig *config);

OhLine *oh_manager_find_line (OhManager *manager, const char *id);
void oh_manager_foreach_line (OhManager *manager, GFunc func, gpointer user_data);

/* One whose modem is overdue (oh_modem_is_stuck()), or NULL. */
OhLine *oh_manager_find_stuck_line (OhManager *manager);

/* Signal "changed": one of these, or whether a line is busy, may be another. Calls that have ended
 * do not count. */
void oh_manager_count (OhManager *manager, guint *ret_lines, guint *ret_calls, guint *ret_handles);

/* Ends the calls, releases the handles with "shutdown" and calls @done. */
void oh_manager_stop (OhManager *manager, void (*done) (gpointer user_data), gpointer user_data);
