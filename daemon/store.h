// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gio/gio.h>

#include "daemon/pack.h"

/* What survives a restart: a folder with one mapped file a line, and the descriptors of ports with
 * the service manager (sd_notify(3), FDSTORE). The files are current whenever the main loop turns:
 * what was touched is written before any event goes out that tells of it. */
typedef struct _OhStore OhStore;

/* One file. */
typedef struct _OhKeeper OhKeeper;

/* @dir NULL: nothing is kept, the order of things is the same. @format: all that must be the same
 * in two daemons that understand each other's files; others are not read. */
OhStore *oh_store_new (const char *dir, const char *format);
OhStore *oh_store_ref (OhStore *store);
void oh_store_unref (OhStore *store);

/* What an earlier process has left: the names, and the contents of one, of @type. A file that is of
 * no use is logged, and NULL. */
GPtrArray *oh_store_list (OhStore *store);
GVariant *oh_store_read (OhStore *store, const char *name, const GVariantType *type);

/* Removes what has no keeper now. */
void oh_store_sweep (OhStore *store);

/* Writes one value into @pack. */
typedef void (*OhStoreFunc) (OhPack *pack, gpointer user_data);

/* From now on @make says what is to be kept as @name. */
OhKeeper *oh_store_keep (OhStore *store, const char *name, OhStoreFunc make, gpointer user_data);
void oh_keeper_forget (OhKeeper *keeper); /* with its file */
void oh_keeper_free (OhKeeper *keeper);   /* the file stays */

/* It is another now. */
void oh_keeper_touch (OhKeeper *keeper);

/* The same, but for what may be lost: an event that was answered is sent once more then. */
void oh_keeper_touch_lazily (OhKeeper *keeper);

/* Has @stage called, then what it and others have touched is written, then @send is called: once
 * each. */
typedef void (*OhStageFunc) (gpointer user_data);
void oh_store_stage (OhStore *store, OhStageFunc stage, OhStageFunc send, gpointer user_data);

/* Does now what would be done when the loop turns. */
void oh_store_commit (OhStore *store);

/* Starts this program anew in this process, with the ports that are open; returns only if that
 * fails. */
void oh_store_exec (OhStore *store, char **argv);

/* Gives a port's descriptor to the service manager, or takes it back. */
void oh_store_keep_fd (OhStore *store, const char *name, int fd);
void oh_store_drop_fd (OhStore *store, const char *name);

/* The same with the one that it has kept from before. */
void oh_store_forget_fd (OhStore *store, const char *name);

/* The descriptor that the service manager has kept as @name; -1: none. The caller's now. */
int oh_store_take_fd (OhStore *store, const char *name);
