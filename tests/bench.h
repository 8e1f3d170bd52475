// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "tests/fixture.h"

/* A bus as the tests have it, offhookd as a process of its own, modems played here on pseudo
 * terminals, and a listener. Measures; a figure never fails, only an event that does not come. */

#define BENCH_PATH "/bench" /* of the listeners */
#define BENCH_NUMBER "+15551234567"

/* A modem that answers at once, but not while a call to it is measured: a real one takes longer
 * than that, and none of the listener's time. */
typedef struct
{
  int master, slave;
  char *device;
  guint source;
  GString *input;
  gboolean lists_call; /* in the list of calls */
} BenchModem;

typedef struct
{
  Fixture f; /* the bus and its client */
  GPtrArray *modems;
  GSubprocess *daemon;
  char *line_path; /* of the first line */
  guint object;

  gint64 numbered_at; /* when an Event with a number was entered, in nanoseconds; 0: not yet */
  guint new_calls, rings, ended;
} Bench;

gint64 bench_now (void);

void bench_set_up (Bench *b);
void bench_tear_down (Bench *b);

BenchModem *bench_add_modem (Bench *b);
void bench_modem_say (BenchModem *modem, const char *text);

/* Starts the daemon with a line on @driver for each of the last @lines modems; waits until all are
 * in service. */
void bench_start_daemon (Bench *b, const char *driver, guint lines);
void bench_stop_daemon (Bench *b);
void bench_open (Bench *b);

/* Starts the program of the floor on the last modem; @replay is NULL or its file of messages. The
 * other calls the listeners of @names, which have commas between them. */
GSubprocess *bench_start_floor (Bench *b, const char *program, const char *replay);
GSubprocess *bench_start_floor_of (Bench *b, const char *program, const char *names,
                                   const char *replay);
void bench_stop (GSubprocess *process);

/* An incoming call to the floor or to the daemon: what the modem says of it, until the number is
 * heard. The nanoseconds it took; 0 if the call ended first. */
gint64 bench_say_and_hear (Bench *b, BenchModem *modem, const char *text);

/* The same, to a cellular line of the daemon's, and the call ends. */
gint64 bench_cellular_call (Bench *b, BenchModem *modem, const char *text);

/* Until everything has been done, and for a moment longer: a call comes to programs that sleep. */
void bench_rest (Bench *b);

/* What the process has used of the processor, in nanoseconds. */
gint64 bench_cpu (GSubprocess *process);

/* Its memory that is its alone, in kB. */
typedef struct
{
  guint64 dirty, all; /* written to; and all that no other process maps */
} BenchMemory;

BenchMemory bench_memory (GSubprocess *process);

typedef struct
{
  gint64 p50, p99;
} BenchLatency;

/* Of gint64; sorts it. */
BenchLatency bench_latency (GArray *took);

/* Waits for *@value to become @least. */
void bench_until (const char *what, const guint *value, guint least);
