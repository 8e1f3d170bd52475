// SPDX-License-Identifier: LGPL-2.1-or-later
#include <stdio.h>
#include <stdlib.h>

#include "tests/bench.h"
#include "tests/outsider.h"
#include "tests/wire.h"

/* bench-leak [EVENTS [ROUNDS]]
 *
 * What the daemon and the bus grow by: for each of EVENTS events that a stopped listener does not
 * take, and for each of ROUNDS connections that come, open a handle and vanish. More than LEAK
 * bytes after a warm-up is a leak, and a failure. */

#define EVENTS 20000
#define ROUNDS 10000
#define LEAK 16.0
#define PARTS 5
#define PAGES_KB 8 /* less in a part says nothing */
#define BLOCK 400  /* calls to one stop: more than its queue takes */
#define WARM_UP_BLOCKS 3
#define TEXT "\r\nRING\r\n\r\n+CLIP: \"" BENCH_NUMBER "\",145,,,,0\r\n"

typedef struct
{
  gint64 daemon, bus; /* kB */
} Written;

static Written
read_written (Bench *b)
{
  bench_rest (b);
  return (Written){ bench_memory (b->daemon).dirty, bench_memory (b->f.bus_daemon).dirty };
}

static int
compare (gconstpointer a, gconstpointer b)
{
  gint64 left = *(const gint64 *)a, right = *(const gint64 *)b;

  return (left > right) - (left < right);
}

/* @kb: at the begin, and after each part of @n. */
static gboolean
report_one (const char *process, const char *what, const gint64 *kb, guint n)
{
  gint64 grown[PARTS];
  double each;

  for (guint i = 0; i < PARTS; i++)
    grown[i] = kb[i + 1] - kb[i];
  qsort (grown, PARTS, sizeof grown[0], compare);
  each = grown[PARTS / 2] * 1024.0 / n;
  printf ("bytes %s per %s %.2f (kB before and after each %u:", process, what, each, n);
  for (guint i = 0; i <= PARTS; i++)
    printf (" %" G_GINT64_FORMAT, kb[i]);
  printf (")\n");
  if (each <= LEAK || grown[PARTS / 2] <= PAGES_KB)
    return TRUE;
  printf ("LEAK: %s grows by more than %.0f bytes per %s\n", process, LEAK, what);
  return FALSE;
}

static gboolean
report (const char *what, const Written *written, guint n)
{
  gint64 daemon[PARTS + 1], bus[PARTS + 1];
  gboolean is_flat;

  for (guint i = 0; i <= PARTS; i++)
    {
      daemon[i] = written[i].daemon;
      bus[i] = written[i].bus;
    }
  is_flat = report_one ("daemon", what, daemon, n);
  return report_one ("bus", what, bus, n) && is_flat;
}

static guint
count_events (const Bench *b)
{
  return b->new_calls + b->rings + b->ended;
}

/* Its queue overflows; woken, it hears so, opens again, and is stopped again. */
static void
call_block (Bench *b, Outsider *stopped, guint nth)
{
  outsider_stop (stopped);
  for (guint i = 0; i < BLOCK; i++)
    bench_cellular_call (b, b->modems->pdata[0], TEXT);
  outsider_go_on (stopped);
  outsider_until (stopped, "* open", nth);
  g_assert_cmpuint (outsider_count (stopped, "* released overflow"), ==, nth);
}

static gboolean
measure_events (guint events)
{
  guint blocks = 0, part = 0, begin;
  Written written[PARTS + 1];
  Outsider *stopped;
  Bench b;

  bench_set_up (&b);
  bench_add_modem (&b);
  bench_start_daemon (&b, "cellular", 1);
  bench_open (&b);
  stopped = outsider_start (b.f.address, b.line_path, 1, 1, NULL);
  while (blocks < WARM_UP_BLOCKS)
    call_block (&b, stopped, ++blocks);
  written[0] = read_written (&b);
  begin = count_events (&b);
  while (part < PARTS)
    {
      call_block (&b, stopped, ++blocks);
      if (count_events (&b) - begin >= events * (part + 1) / PARTS)
        written[++part] = read_written (&b);
    }
  outsider_end (stopped);
  bench_stop_daemon (&b);
  bench_tear_down (&b);
  return report ("event", written, events / PARTS);
}

static GDBusMessage *
on_message (GDBusConnection *connection, GDBusMessage *message, gboolean incoming,
            gpointer user_data)
{
  if (!incoming || g_dbus_message_get_message_type (message) != G_DBUS_MESSAGE_TYPE_METHOD_CALL)
    return message;
  g_object_unref (message); /* not answered */
  return NULL;
}

static void
open_handle (Bench *b, GDBusConnection *client)
{
  g_variant_unref (
      call_ok (&b->f, client, b->line_path, "Open", g_variant_new ("(oa{sv})", BENCH_PATH, NULL)));
}

/* An event comes at once, and is never answered. */
static void
provoke_event (Bench *b, GDBusConnection *client)
{
  static const char *const nothing[] = { NULL }, *const state[] = { "line-state", NULL };

  g_dbus_connection_add_filter (client, on_message, NULL, NULL);
  open_handle (b, client);
  g_variant_unref (call_ok (&b->f, client, b->line_path, "SetEvents",
                            g_variant_new ("(o^as)", BENCH_PATH, nothing)));
  g_variant_unref (call_ok (&b->f, client, b->line_path, "SetEvents",
                            g_variant_new ("(o^as)", BENCH_PATH, state)));
}

static void
come_and_go (Bench *b, guint round)
{
  GDBusConnection *client = connect_client (&b->f);

  switch (round % 4)
    {
    case 0: /* without waiting for the reply */
      g_dbus_connection_call (client, OH_BUS_NAME, b->line_path, OH_BUS_NAME ".Line", "Open",
                              g_variant_new ("(oa{sv})", BENCH_PATH, NULL), NULL,
                              G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL, NULL);
      g_dbus_connection_flush_sync (client, NULL, NULL);
      break;
    case 1:
      open_handle (b, client);
      break;
    case 2:
      open_handle (b, client);
      g_variant_unref (
          call_ok (&b->f, client, b->line_path, "Close", g_variant_new ("(o)", BENCH_PATH)));
      break;
    default:
      provoke_event (b, client);
      break;
    }
  leave (&client);
}

static void
await_all_gone (Bench *b)
{
  gint64 deadline = g_get_monotonic_time () + DEADLINE_US;
  guint handles;

  do
    {
      g_autoptr (GVariant) value = get_property (&b->f, b->line_path, "Line", "NumHandles");

      handles = g_variant_get_uint32 (value);
      if (g_get_monotonic_time () > deadline)
        g_error ("%u handles are left", handles);
    }
  while (handles > 1); /* the bench's own */
}

static Written
go_rounds (Bench *b, guint rounds)
{
  for (guint i = 0; i < rounds; i++)
    come_and_go (b, i);
  await_all_gone (b);
  return read_written (b);
}

static gboolean
measure_rounds (guint rounds)
{
  Written written[PARTS + 1];
  Bench b;

  bench_set_up (&b);
  bench_add_modem (&b);
  bench_start_daemon (&b, "cellular", 1);
  bench_open (&b);
  written[0] = go_rounds (&b, rounds); /* the heap finds its size */
  for (guint i = 1; i <= PARTS; i++)
    written[i] = go_rounds (&b, rounds / PARTS);
  bench_stop_daemon (&b);
  bench_tear_down (&b);
  return report ("round", written, rounds / PARTS);
}

int
main (int argc, char **argv)
{
  int events = argc > 1 ? atoi (argv[1]) : EVENTS, rounds = argc > 2 ? atoi (argv[2]) : ROUNDS;
  gboolean flat;

  if (events < PARTS || rounds < PARTS)
    return 2;
  flat = measure_events (events);
  return measure_rounds (rounds) && flat ? EXIT_SUCCESS : EXIT_FAILURE;
}
