// SPDX-License-Identifier: LGPL-2.1-or-later
#include <stdio.h>
#include <stdlib.h>

#include "tests/bench.h"

/* bench-latency FLOOR [CALLS]
 *
 * From the last byte that the modem says of the caller to the entry of the listener's Event that
 * carries the number: offhookd's against the program FLOOR's, in turns. */

#define CALLS 300
#define WARM_UP 20
#define MOST_TRIES 20 /* of one landline call: its ring time-out may fall into a pause of ours */

#define CLIP "\r\n+CLIP: \"" BENCH_NUMBER "\",145,,,,0\r\n"
#define CALLER_ID "\r\nDATE = 0412\r\nTIME = 1530\r\nNMBR = 5551234567\r\nNAME = SMITH JO\r\n"

typedef struct
{
  const char *name, *driver;
  const char *before; /* said earlier, and not measured */
  const char *text;   /* measured to its last byte */
} Case;

static const Case cases[] = {
  { "cellular", "cellular", NULL, "\r\nRING\r\n" CLIP },
  { "cellular-cring", "cellular", NULL, "\r\n+CRING: VOICE\r\n" CLIP },
  { "landline", "v253", "\r\nRING\r\n", CALLER_ID },
};

/* 0 when the call was over before its number was said. */
static gint64
try_landline_call (Bench *b, BenchModem *modem, const Case *what)
{
  guint rings = b->rings, ended = b->ended;
  gint64 took = 0;

  b->numbered_at = 0;
  bench_modem_say (modem, what->before);
  bench_until ("the first ring", &b->rings, rings + 1);
  bench_rest (b);
  /* Of a call before, when that one was over too early. */
  if (b->ended == ended && b->numbered_at == 0)
    took = bench_say_and_hear (b, modem, what->text);
  bench_until ("the end of the call", &b->ended, ended + 1);
  return took;
}

static gint64
call_daemon (Bench *b, BenchModem *modem, const Case *what)
{
  gint64 took = 0;

  bench_rest (b);
  if (what->before == NULL)
    took = bench_cellular_call (b, modem, what->text);
  for (guint i = 0; i < MOST_TRIES && took == 0; i++)
    took = try_landline_call (b, modem, what);
  if (took == 0)
    g_error ("no call outlives its ring time-out here");
  return took;
}

static gint64
call_floor (Bench *b, BenchModem *modem, const Case *what)
{
  if (what->before != NULL)
    bench_modem_say (modem, what->before);
  bench_rest (b);
  return bench_say_and_hear (b, modem, what->text);
}

static void
measure (const char *program, const Case *what, guint calls, BenchLatency *floor,
         BenchLatency *offhook)
{
  g_autoptr (GArray) of_floor = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GArray) of_offhook = g_array_new (FALSE, FALSE, sizeof (gint64));
  BenchModem *ours, *theirs;
  GSubprocess *process;
  Bench b;

  bench_set_up (&b);
  ours = bench_add_modem (&b);
  bench_start_daemon (&b, what->driver, 1);
  bench_open (&b);
  theirs = bench_add_modem (&b);
  process = bench_start_floor (&b, program, NULL);
  for (guint i = 0; i < WARM_UP + calls; i++)
    {
      gint64 first = i % 2 ? call_floor (&b, theirs, what) : call_daemon (&b, ours, what);
      gint64 second = i % 2 ? call_daemon (&b, ours, what) : call_floor (&b, theirs, what);

      if (i < WARM_UP)
        continue;
      g_array_append_val (i % 2 ? of_floor : of_offhook, first);
      g_array_append_val (i % 2 ? of_offhook : of_floor, second);
    }
  bench_stop (process);
  bench_stop_daemon (&b);
  bench_tear_down (&b);
  *floor = bench_latency (of_floor);
  *offhook = bench_latency (of_offhook);
}

int
main (int argc, char **argv)
{
  int calls = argc > 2 ? atoi (argv[2]) : CALLS;
  BenchLatency floor[G_N_ELEMENTS (cases)], offhook[G_N_ELEMENTS (cases)];

  if (argc < 2 || calls <= 0)
    return 2;
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    measure (argv[1], &cases[i], calls, &floor[i], &offhook[i]);
  printf ("%d calls each, microseconds\n", calls);
  printf ("%-16s %10s %10s %10s %10s\n", "", "floor p50", "p99", "offhook p50", "p99");
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    printf ("%-16s %10.1f %10.1f %11.1f %10.1f\n", cases[i].name, floor[i].p50 / 1e3,
            floor[i].p99 / 1e3, offhook[i].p50 / 1e3, offhook[i].p99 / 1e3);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      printf ("ratio p50 %s %.2f\n", cases[i].name, (double)offhook[i].p50 / floor[i].p50);
      printf ("ratio p99 %s %.2f\n", cases[i].name, (double)offhook[i].p99 / floor[i].p99);
    }
  return EXIT_SUCCESS;
}
