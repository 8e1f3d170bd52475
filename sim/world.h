// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "sim/modem.h"

/* All modems, and what they share. */
typedef struct
{
  GPtrArray *modems; /* of OhSimModem */
  OhSimClock clock;
  GRand *random;
  GMainLoop *loop;
  int status; /* to exit with */
} OhSimWorld;

OhSimModem *oh_sim_world_find (const OhSimWorld *world, const char *name);
void oh_sim_world_quit (OhSimWorld *world, int status);
