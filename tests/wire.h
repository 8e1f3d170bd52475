// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "tests/fixture.h"

/* What a test sees that looks closely at a client's connection: requests whose answer is looked at
 * later, the order in which messages come in, connections of other users, buses with other rules.
 */

typedef struct
{
  gboolean done;
  GVariant *reply;
  char *error; /* its last word; "" of one that is not from the bus */
} Errand;

/* Asks a method as call_ok() does, and does not wait. @parameters floating. */
void errand_begin (Errand *errand, GDBusConnection *client, const char *path, const char *method,
                   GVariant *parameters);
void errand_ends (Errand *errand, const char *error); /* NULL: with a reply. Waits. */

/* Everything that comes in on a connection: "reply", "error NAME", "Event KIND", "Release REASON",
 * or the member of a signal; as it came from the socket. */
typedef struct
{
  gint references;
  GMutex lock;
  GPtrArray *seen; /* of char * */
  GDBusConnection *connection;
  guint filter;
} Arrivals;

Arrivals *arrivals_watch (GDBusConnection *connection);
void arrivals_stop (Arrivals *arrivals);
guint arrivals_count (Arrivals *arrivals, const char *glob);
void arrivals_until (Arrivals *arrivals, const char *glob); /* one has come */
void arrivals_assert_first (Arrivals *arrivals, const char *text);

/* FALSE when we are not, and then the test is skipped: it needs other users. */
gboolean is_root (void);

/* A connection of the user @uid's; only root can make one. The bus wants to know the user: these
 * are nobody and daemon. */
#define UID_STRANGER 65534
#define UID_ANOTHER 1
GDBusConnection *connect_as (Fixture *f, uid_t uid);
void leave (GDBusConnection **client);

/* The bus of the tests with a line more in its configuration, or with those of its policy that
 * match @without left out; for set_up(), until bus_restore(). */
void bus_change (const char *more, const char *without);
void bus_restore (void);
