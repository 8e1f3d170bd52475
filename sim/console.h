// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "sim/script.h"

/* Standard input, line by line, into a script. */
typedef struct _OhSimConsole OhSimConsole;

OhSimConsole *oh_sim_console_new (OhSimScript *script);
void oh_sim_console_free (OhSimConsole *console);
