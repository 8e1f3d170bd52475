// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "client/offhookctl-ask.h"
#include "client/offhookctl-tree.h"

/* What "show" tells of Line.Cellular's properties. */
void oh_cellular_print (const OhCtl *ctl, GVariant *properties);

/* Says on standard error which verb unlocks the line's SIM, if it wants a code. */
void oh_cellular_hint (const OhTreeLine *line);

/* The cellular line that a verb is about. From its opening Ctrl-C is ours. */
typedef struct
{
  OhCtl *ctl;
  char *path;
  char *id;
  GVariant *properties; /* of Line.Cellular, as they were read last */
  OhInterrupt interrupt;
} OhCellular;

/* @name may be NULL where only one line is cellular. */
OhCellular *oh_cellular_open (OhCtl *ctl, const char *name, GError **error);
void oh_cellular_free (OhCellular *self);

/* Calls a method of Line.Cellular, sinks @arguments, and shows on a terminal that it takes long. */
GVariant *oh_cellular_call (OhCellular *self, const char *method, GVariant *arguments,
                            const char *reply_type, GError **error);

void oh_cellular_read_again (OhCellular *self);
const char *oh_cellular_text (const OhCellular *self, const char *key);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (OhCellular, oh_cellular_free)
