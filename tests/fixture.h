// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "daemon/manager.h"

/* A bus with the stock system policy and limits plus ours, the daemon's library on a connection of
 * its own, a client on another, and modems of offhook-sim on pseudo terminals. All in one main
 * loop: nothing here blocks it, waiting is for a condition with a deadline. */

/* $OFFHOOK_DEADLINE seconds, or 60. */
#define DEADLINE_US (deadline_s () * G_USEC_PER_SEC)
gint64 deadline_s (void);
#define LINE_PATH OH_BUS_PATH "/line/"

/* How a listener answers. */
typedef enum
{
  ANSWERS, /* at once */
  HOLDS,   /* keeps the invocations in held, for listener_answer() */
  REFUSES, /* with the error in refuse_with */
} Manner;

typedef struct
{
  GDBusConnection *connection;
  char *path;
  guint id;
  Manner manner;
  const char *refuse_with;
  GPtrArray *heard;  /* of char *: "SERIAL KIND CALL TEXT", "release REASON" */
  GPtrArray *events; /* of GVariant *: the arguments of each Event */
  GQueue held;       /* of GDBusMethodInvocation */
  char *sender;      /* of the last event */
  GPtrArray *all;    /* see hear_broadcasts() */
} Listener;

typedef struct
{
  char *dir;
  GSubprocess *bus_daemon, *sim;
  char *address;
  GDBusConnection *daemon, *client;
  OhLimits limits;              /* the defaults; a test may shorten times before start_manager() */
  const OhOwnerSettings *owner; /* of the lines, set before set_up(); NULL: the default */
  OhModemSettings settings;     /* of the lines; the ring time-out is the fixture's */
  const char *state_dir;        /* of the manager, set before start_manager(); NULL: none */
  OhManager *manager;
  OhLine *line; /* the one that most tests use */
  GPtrArray *listeners;
  GPtrArray *sim_said; /* of char *: lines of the simulator's stdout */
  guint sim_read;      /* of them, by sim_until() */
  guint sim_count;
  char *sim_asked; /* what it will say when it has done the command */
  GDataInputStream *sim_out;
  GPtrArray *bus_heard; /* of char *, see hear_broadcasts() */
} Fixture;

/* set_up() with a bus, a client and @driver_name's modem from the simulator as line "home": "v253"
 * (landline) or "cellular"; or, with user data NULL, no line at all. */
void set_up (Fixture *f, gconstpointer driver_name);
void tear_down (Fixture *f, gconstpointer driver_name);

/* Starts the manager; done by set_up() unless its user data is NULL. */
void start_manager (Fixture *f);

/* Starts the simulator with a modem "home" of @kind ("landline", "cellular") at sim_device(); its
 * times are scaled to sim_scale(). */
void start_sim (Fixture *f, const char *kind);
double sim_scale (void);
char *sim_device (Fixture *f);
/* Gives the simulator a command, and waits until it has done it. */
void sim (Fixture *f, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* Waits until the simulator has said a line matching @glob, from the last one found on. */
void sim_until (Fixture *f, const char *glob);

/* A line on @driver, which may be one of the test's own; waits until it is in service and the modem
 * was told all. */
OhLine *add_line (Fixture *f, const char *id, const char *device, const OhDriver *driver);

GDBusConnection *connect_client (Fixture *f);

/* The bus is dbus-broker, as with OFFHOOK_BUS=dbus-broker; else it is dbus-daemon. */
gboolean is_broker (void);

/* Spins the main loop until @done (or for as long as it takes to be sure that nothing happens).
 * Fails the test after DEADLINE_US. */
void spin_until (gboolean (*done) (gpointer user_data), gpointer user_data);

/* The same; FALSE after DEADLINE_US. */
gboolean spin_for (gboolean (*done) (gpointer user_data), gpointer user_data);

/* A round trip from @client through the bus to the daemon and back: whatever was under way has
 * arrived. */
void settle (Fixture *f, GDBusConnection *client);

/* Calls a method of the daemon's. @parameters floating. NULL, and @error_name set (its last word,
 * such as "InvalidState"), when it answers with an error, which fails the test if @error_name is
 * NULL. */
GVariant *call (Fixture *f, GDBusConnection *client, const char *path, const char *interface,
                const char *method, GVariant *parameters, char **error_name);

/* The same, the interface taken from the path. It has to succeed, or to fail with @error. */
GVariant *call_ok (Fixture *f, GDBusConnection *client, const char *path, const char *method,
                   GVariant *parameters);
void call_fails (Fixture *f, GDBusConnection *client, const char *path, const char *method,
                 GVariant *parameters, const char *error);

GVariant *get_property (Fixture *f, const char *path, const char *interface, const char *name);
char *get_string (Fixture *f, const char *path, const char *interface, const char *name);

/* Exports a listener at @path; listener_open() also opens it on the line "home" and returns the
 * snapshot. */
Listener *listen_at (Fixture *f, GDBusConnection *client, const char *path);
GVariant *listener_open (Fixture *f, Listener *listener);
void listener_answer (Listener *listener); /* the oldest held */
void listener_free (Fixture *f, Listener *listener);

/* Waits until the listener has heard a line matching @glob, from @from on; returns its index. */
guint heard_until (Listener *listener, guint from, const char *glob);
gboolean has_heard (Listener *listener, const char *glob);

/* What the event heard at @index says of @key, printed; "" when it says nothing of it. */
char *heard_detail (Listener *listener, guint index, const char *key);
void assert_heard (Listener *listener, guint index, const char *key, const char *expected);

/* A listener at "/handle" of the fixture's client, open on the line "home". */
Listener *listen_home (Fixture *f);

/* Serials are 1, 2, 3... without a gap. */
void assert_serials (Listener *listener);

/* Records what the daemon broadcasts into f->bus_heard, as "MEMBER ARGUMENTS"; events to the
 * client's listeners stand in between as "Event KIND", in the order of arrival. */
void hear_broadcasts (Fixture *f);
