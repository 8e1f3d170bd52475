// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "daemon/at/channel.h"

/* One command in a channel's queue: what is its answer, and what is not. */
typedef struct
{
  char *text;
  OhCommand how;
  guint tries_left;
  gint64 deadline; /* monotonic; while it runs */
  gboolean ends_stream;
  GPtrArray *lines;
} OhAtCommand;

OhAtCommand *oh_at_command_new (const char *text, const OhCommand *how);
void oh_at_command_free (OhAtCommand *command);

/* V.250 D and A: any byte sent while one runs ends it. */
gboolean oh_at_command_is_dialing (const OhAtCommand *command);

/* Whether @result ends it: NO CARRIER and its kin end only D, A, H and O, inside any other command
 * they are events. */
gboolean oh_at_command_is_final (const OhAtCommand *command, OhResult result);

/* Whether @line is part of its answer. */
gboolean oh_at_command_is_information (const OhAtCommand *command, OhResult result,
                                       const char *line);

/* FALSE when there are too many. */
gboolean oh_at_command_add_line (OhAtCommand *command, const char *line);

/* Calls back. Takes @command. */
void oh_at_command_answer (OhAtCommand *command, const OhReply *reply);
void oh_at_command_fail (OhAtCommand *command, int code, const char *text);
