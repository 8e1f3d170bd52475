// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "client/offhookctl.h"
#include "dbus/offhook-dbus.h"

gboolean oh_bus_connect (OhCtl *ctl, GError **error);

/* Prints @error, if it is no interruption, and what to do about it, frees it, and tells the exit
   code that it means. */
OhExit oh_bus_fail (OhCtl *ctl, GError *error);
OhExit oh_bus_code (const GError *error);

/* Proxies that neither read properties nor listen; @name is the bus name or a unique name. */
OhDbusLine *oh_bus_line (OhCtl *ctl, const char *name, const char *path, GError **error);
OhDbusCall *oh_bus_call (OhCtl *ctl, const char *name, const char *path, GError **error);
OhDbusManager *oh_bus_manager (OhCtl *ctl, GError **error);
