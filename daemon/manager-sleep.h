// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "daemon/manager.h"

/* What suspend is to the manager's lines: no call is slept over, no port is lost by it. */
typedef struct _OhRest OhRest;

/* Whether the port @device may stay open. */
typedef gboolean (*OhSurvivesFunc) (const char *device);

/* @survives NULL: oh_port_survives_sleep(). */
OhRest *oh_rest_new (OhManager *manager, GDBusConnection *connection, OhSurvivesFunc survives);
void oh_rest_free (OhRest *rest);
