// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gio/gio.h>

/* Suspend, as logind tells of it and can be kept from it (org.freedesktop.login1): delayed until
 * the modems are left in order, blocked while there is a call. Nothing here waits for logind; a
 * machine without it sleeps without us. */
typedef struct _OhSleep OhSleep;

typedef struct
{
  void (*going) (gpointer user_data); /* the machine sleeps as soon as this has returned */
  void (*awake) (gpointer user_data);
} OhSleepFuncs;

OhSleep *oh_sleep_new (GDBusConnection *connection, const OhSleepFuncs *funcs, gpointer user_data);
void oh_sleep_free (OhSleep *sleep);

/* While @busy the machine should not sleep. */
void oh_sleep_set_busy (OhSleep *sleep, gboolean busy);
