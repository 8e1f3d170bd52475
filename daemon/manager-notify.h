// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "daemon/manager.h"

/* What the service manager is told of the manager (sd_notify(3)): STATUS=, how much there is, and
 * WATCHDOG=, that it lives. */
typedef struct _OhNotify OhNotify;

/* Does nothing where there is no service manager. */
OhNotify *oh_notify_new (OhManager *manager);
void oh_notify_free (OhNotify *notify);
