// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sim/world.h"

OhSimModem *
oh_sim_world_find (const OhSimWorld *world, const char *name)
{
  for (guint i = 0; i < world->modems->len; i++)
    {
      OhSimModem *modem = world->modems->pdata[i];

      if (g_str_equal (modem->name, name))
        return modem;
    }
  return NULL;
}

void
oh_sim_world_quit (OhSimWorld *world, int status)
{
  world->status = status;
  g_main_loop_quit (world->loop);
}
