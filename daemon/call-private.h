// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "daemon/call.h"

/* What the files of the call share: call.c, call-methods.c, call-restart.c. */

struct _OhCall
{
  OhDbusCallSkeleton parent_instance;

  OhBus *bus;
  OhLine *line; /* NULL: retired */
  char *path;
  guint modem_call;
  OhCallState state;
  OhMode mode;
  OhReason reason;
  OhEndedBy ended_by;
  guint cause; /* Q.850; 0: not known */
  gboolean incoming;

  char *number, *name, *called_number, *network_time, *raw;
  OhPresentation number_presentation, name_presentation;
  gboolean partial;

  char *maker;
  OhOwner owner;
  GPtrArray *monitors; /* of unique names */
  GPtrArray *gathers;  /* gather.c */
  OhDigits *digits;
  guint pins;
};

void oh_call_iface_init (OhDbusCallIface *iface);

/* a{sv}, floating: what GetParty answers. */
GVariant *oh_call_describe_party (OhCall *call);
