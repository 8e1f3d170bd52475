// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "sim/modem.h"

/* Runs a command line as V.250 has it; @line without its end. FALSE when it is none. */
gboolean oh_sim_at_run (OhSimModem *modem, const char *line);

/* A row whose initial value is printed by the bare command. */
const char *oh_sim_at_show (OhSimModem *modem, const OhSimCommand *command);
