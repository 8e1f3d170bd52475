// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "daemon/manager.h"
#include "daemon/tty.h"

/* Which modem is on which port: lines that are found by what their modem is, and modems that become
 * lines by a udev rule. */
typedef struct _OhPorts OhPorts;

/* @names_dir NULL: names of ports are not kept. */
OhPorts *oh_ports_new (OhManager *manager, const char *names_dir);
void oh_ports_free (OhPorts *ports);

/* Whether announced modems are taken. */
void oh_ports_set_announced (OhPorts *ports, gboolean announced);
gboolean oh_ports_takes_announced (OhPorts *ports);

/* Looks at all that is there; from now on also at what comes. */
void oh_ports_start (OhPorts *ports);

/* @line is among the manager's now, or is no more. */
void oh_ports_take_line (OhPorts *ports, OhLine *line);
void oh_ports_forget_line (OhPorts *ports, OhLine *line);

GPtrArray *oh_ports_list (OhPorts *ports); /* of OhTty */
OhTty *oh_ports_find (OhPorts *ports, const char *device);

/* What the modem on @device is called. @modem_id: what it says itself, or ""; @mute: it has said
 * nothing. */
char *oh_ports_make_id (OhPorts *ports, const char *device, const char *modem_id, gboolean mute);

/* From the next start on as well. */
void oh_ports_remember (OhPorts *ports, const char *device, const char *id);

/* Why @node did not become a line. NULL: it was not tried. */
typedef struct
{
  char *reason, *text;
  gboolean busy;
} OhPortNote;

void oh_ports_note (OhPorts *ports, const char *node, const char *reason, const char *text);

/* The same of one that another program holds: it is tried again. */
void oh_ports_note_busy (OhPorts *ports, const char *node, const char *text);

/* The line that waits for the modem on @device; NULL: none. */
OhLine *oh_ports_find_waiting (OhPorts *ports, const char *device);

/* Nothing is known of the modem on @device from before. */
gboolean oh_ports_is_new (OhPorts *ports, const char *device);

/* Looks again soon. */
void oh_ports_look (OhPorts *ports, guint after_ms);
const OhPortNote *oh_ports_get_note (OhPorts *ports, const char *node);

/* Whether the line of @config is for the modem of the announced @line. */
gboolean oh_ports_is_claimed (OhPorts *ports, const OhLineConfig *config, OhLine *line);

/* Whether the device of @line, from before a restart, is what its configuration says now. */
gboolean oh_ports_fits (OhPorts *ports, OhLine *line);
