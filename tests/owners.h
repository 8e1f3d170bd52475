// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "tests/puppet.h"
#include "tests/wire.h"

/* Clients that own calls, take them and go. A call is the puppet's number of it on the line "home",
 * and in these tests also the last part of its path. */

#define HOME LINE_PATH "home"
#define CALL_PATH(n) HOME "/call/" #n

/* For owners_set_up(), which is puppet_set_up() on such a line. */
typedef struct
{
  OhOwnerSettings owner;
  const OhLimits *limits; /* NULL: the defaults */
} OwnersSetUp;

void owners_set_up (Fixture *f, gconstpointer data);

/* Calls are dropped in a moment; or in a time in which a test can do something first. */
extern const OwnersSetUp owners_soon, owners_later;

/* A client on a connection of its own with a handle "/h" on "home"; @options in GVariant's text
 * format, such as OWNER. */
#define MONITOR "@a{sv} {}"
#define OWNER "{'Privilege': <'owner'>}"
#define OWNER_OF(priority) "{'Privilege': <'owner'>, 'Priority': <" #priority ">}"
Listener *come (Fixture *f, const char *options);
void go (Listener *client);

/* Of Open, with options as g_variant_parse() takes them. */
GVariant *open_parameters (const char *path, const char *options);

/* The same on @connection and @line at @path; the reply to Open into @ret_snapshot unless NULL. */
Listener *open_with (Fixture *f, GDBusConnection *connection, const char *path, const char *line,
                     const char *options, GVariant **ret_snapshot);
void close_handle (Fixture *f, Listener *listener);

/* The Privilege that @snapshot has of its call @index. */
void assert_snapshot (GVariant *snapshot, guint index, const char *privilege);

/* Waits for an event that matches @glob, and it says @privilege. */
void told (Listener *client, const char *glob, const char *privilege);
void told_from (Listener *client, guint from, const char *glob, const char *privilege);

/* Nothing has been sent to it beyond @n messages. */
void assert_heard_only (Fixture *f, Listener *client, guint n);

void emit_state (guint call, OhCallState state);
void answer_call (Fixture *f, Listener *client, guint call); /* until it is connected */
void dial_call (Fixture *f, GDBusConnection *connection);    /* until it is dialling */
void ask_ok (Fixture *f, Listener *client, const char *path, const char *method);

/* Waits until the daemon has asked the modem to drop @call, as its drop number @n. */
void dropped (guint n, guint call);
void assert_none_dropped (void);

/* Waits until the grace time of a call that lost its owner now would be over. */
void let_grace_pass (Fixture *f);

/* While it is shut the daemon gets no answer to the question whose a well-known name is. */
typedef struct _Gate Gate;
Gate *gate_shut (Fixture *f);
void gate_until (Gate *gate, guint n); /* so many questions are held */
void gate_open (Gate *gate);           /* and frees it */

/* The text of the error InvalidArgs that the call has to fail with. */
char *invalid_args (GDBusConnection *connection, const char *path, const char *method,
                    GVariant *parameters);
