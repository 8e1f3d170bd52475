// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "sim/world.h"

/* Runs the lines of a script, or those of the console. */
typedef struct _OhSimScript OhSimScript;

typedef void (*OhSimScriptFunc) (gpointer data);

/* A console may not wait, and goes on after an error. */
OhSimScript *oh_sim_script_new (OhSimWorld *world, gboolean console, OhSimScriptFunc on_end,
                                gpointer data);
void oh_sim_script_free (OhSimScript *script);

void oh_sim_script_feed (OhSimScript *script, const char *line);
void oh_sim_script_close (OhSimScript *script);
void oh_sim_script_wake (OhSimScript *script);
gboolean oh_sim_script_is_command (const char *name);
