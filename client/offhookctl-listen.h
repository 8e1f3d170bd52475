// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "client/offhookctl-bus.h"

typedef struct
{
  const char *line;
  guint64 serial;
  guint64 time; /* microseconds of CLOCK_BOOTTIME */
  const char *kind;
  const char *call;
  GVariant *details;
} OhListenEvent;

typedef struct
{
  void (*appeared) (gpointer user_data); /* the daemon, with a name that oh_listen_owner() tells */
  void (*vanished) (gpointer user_data);
  void (*event) (const OhListenEvent *event, gpointer user_data);
  void (*released) (const char *line, const char *reason, gpointer user_data);
} OhListenCallbacks;

/* The listener that we export, which may serve several lines. Lets through only what the daemon
   sends, and each event once. */
typedef struct _OhListen OhListen;

OhListen *oh_listen_new (OhCtl *ctl, const OhListenCallbacks *callbacks, gpointer user_data,
                         GError **error);
void oh_listen_free (OhListen *listen);

const char *oh_listen_path (OhListen *listen);
/* The daemon's unique name, or NULL while there is none. */
const char *oh_listen_owner (OhListen *listen);
/* Only later events of @line are let through: what the snapshot of Open says. */
void oh_listen_set_serial (OhListen *listen, const char *line, guint64 serial);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (OhListen, oh_listen_free)
