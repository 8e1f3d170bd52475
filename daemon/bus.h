// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gio/gio.h>

#include "daemon/limits.h"

#define OH_BUS_NAME "org.offhook.Telephony1"
#define OH_BUS_PATH "/org/offhook/Telephony1"

typedef struct _OhAuth OhAuth;
typedef struct _OhPeers OhPeers;
typedef struct _OhStore OhStore;

/* What every object on the bus needs. Belongs to the manager. */
typedef struct
{
  GDBusConnection *connection;
  GDBusObjectManagerServer *objects;
  OhPeers *peers;
  OhAuth *auth;
  OhStore *store;
  const OhLimits *limits;
  /* Who holds a device that is in use, if that is known; NULL: nobody is asked. */
  const char *(*find_holder) (const char *device, gpointer user_data);
  gpointer holder_data;
} OhBus;
