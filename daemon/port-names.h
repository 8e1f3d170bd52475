// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <glib.h>

/* What the modem on each physical port was called last, over restarts and reboots: one that is mute
 * is called so again, and of two with the same serial number each keeps its name. */
typedef struct _OhPortNames OhPortNames;

/* @dir NULL: nothing outlives the daemon. */
OhPortNames *oh_port_names_new (const char *dir);
void oh_port_names_free (OhPortNames *names);

gboolean oh_port_names_are_kept (OhPortNames *names); /* all of them, on the disk */

/* @path: ID_PATH. NULL: not known. */
const char *oh_port_names_get (OhPortNames *names, const char *path);
void oh_port_names_set (OhPortNames *names, const char *path, const char *id);
