// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <glib.h>

/* Waits for a device that is not there: udev tells when a tty is ready for use; a node or link that
 * udev knows nothing of (a pseudo terminal's) is seen in its folder; and one that was there all the
 * while, a moment later. No polling. */
typedef struct _OhPortWatch OhPortWatch;

/* @func is called at each sign that @device may be there, until the watch is freed; not from
 * within. */
OhPortWatch *oh_port_watch_new (const char *device, void (*func) (gpointer user_data),
                                gpointer user_data);
void oh_port_watch_free (OhPortWatch *watch);
