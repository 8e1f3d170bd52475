// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "tests/fixture.h"

/* A listener that is a process of its own, outside-listener.c, and can be stopped. */
typedef struct
{
  GSubprocess *process;
  GDataInputStream *out;
  GPtrArray *said; /* of char *: its lines */
} Outsider;

/* @methods: NULL, or those it calls from within its first event. Waits until it has opened what it
 * may. */
Outsider *outsider_start (const char *address, const char *line, guint connections, guint handles,
                          const char *methods);

/* Waits until it stands still. */
void outsider_stop (Outsider *outsider);
void outsider_go_on (Outsider *outsider);

/* Kills it, stopped or not. */
void outsider_end (Outsider *outsider);

guint outsider_count (Outsider *outsider, const char *glob);

/* Waits until it has said @n lines that match @glob. */
void outsider_until (Outsider *outsider, const char *glob, guint n);
