// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "daemon/modem.h"

/* The cellular driver's view of the SIM and the network: whether calls can be made. */

typedef struct
{
  gboolean sim_ready, sim_known, starting;
  guint registration; /* 27.007 7.2 */
} OhCellularService;

/* Asks for all of it; what comes of that is emitted. */
void oh_cellular_start_service (OhModem *modem);

/* FALSE when @line is not about it. */
gboolean oh_cellular_take_service_line (OhModem *modem, const char *line);

/* What was begun before a restart is to be begun again. */
gboolean oh_cellular_service_is_known (OhModem *modem);

/* At home or roaming (27.007 7.2). */
gboolean oh_cellular_is_registered (OhModem *modem);
