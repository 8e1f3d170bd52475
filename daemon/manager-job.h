// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gio/gio.h>

/* Asks the service manager why we are being stopped: @func hears whether the daemon is coming back,
 * that is, whether the unit's job is a restart (H4). FALSE without a service manager, or when it
 * does not answer within a second. */
void oh_job_ask (GDBusConnection *connection, void (*func) (gboolean restart, gpointer user_data),
                 gpointer user_data);
