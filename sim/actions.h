// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "sim/world.h"

/* What a script can do to a modem: the far end's doings and the faults. */
gboolean oh_sim_actions_has (const char *name);
gboolean oh_sim_actions_run (OhSimWorld *world, OhSimModem *modem, char **words, GError **error);
