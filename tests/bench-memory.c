// SPDX-License-Identifier: LGPL-2.1-or-later
#include <stdio.h>
#include <stdlib.h>

#include "tests/bench.h"

/* bench-memory [LINES]
 *
 * The memory that is offhookd's alone, with one line and with LINES, each with its modem, after a
 * few calls on the first. */

#define LINES 33
#define CALLS 20
#define TEXT "\r\nRING\r\n\r\n+CLIP: \"" BENCH_NUMBER "\",145,,,,0\r\n"

static BenchMemory
measure (guint lines)
{
  BenchMemory private;
  Bench b;

  bench_set_up (&b);
  for (guint i = 0; i < lines; i++)
    bench_add_modem (&b);
  bench_start_daemon (&b, "cellular", lines);
  bench_open (&b);
  for (guint i = 0; i < CALLS; i++)
    bench_cellular_call (&b, b.modems->pdata[0], TEXT);
  settle (&b.f, b.f.client);
  private = bench_memory (b.daemon);
  bench_stop_daemon (&b);
  bench_tear_down (&b);
  return private;
}

int
main (int argc, char **argv)
{
  int lines = argc > 1 ? atoi (argv[1]) : LINES;
  BenchMemory one, many;

  if (lines < 2)
    return 2;
  one = measure (1);
  many = measure (lines);
  printf ("private memory in kB: one line %" G_GUINT64_FORMAT " (written %" G_GUINT64_FORMAT
          "), %d lines %" G_GUINT64_FORMAT " (written %" G_GUINT64_FORMAT ")\n",
          one.all, one.dirty, lines, many.all, many.dirty);
  printf ("kilobytes private one-line %" G_GUINT64_FORMAT "\n", one.all);
  printf ("kilobytes private further-line %.1f\n", ((double)many.all - one.all) / (lines - 1));
  return EXIT_SUCCESS;
}
