// SPDX-License-Identifier: LGPL-2.1-or-later
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/bench.h"

/* bench-memory [LINES]
 *
 * The memory that is offhookd's alone, with one line and with LINES, each with its modem, after a
 * few calls on the first. */

#define LINES 33
#define CALLS 20
#define TEXT "\r\nRING\r\n\r\n+CLIP: \"" BENCH_NUMBER "\",145,,,,0\r\n"

typedef struct
{
  guint64 dirty, all; /* kB: written to; and all that no other process maps */
} Private;

static guint64
field (const char *rollup, const char *name)
{
  const char *found = strstr (rollup, name);

  g_assert_nonnull (found);
  return g_ascii_strtoull (found + strlen (name), NULL, 10);
}

static Private
read_private (GSubprocess *process)
{
  g_autofree char *file
      = g_strdup_printf ("/proc/%s/smaps_rollup", g_subprocess_get_identifier (process));
  g_autofree char *rollup = NULL;
  g_autoptr (GError) error = NULL;
  Private private;

  g_file_get_contents (file, &rollup, NULL, &error);
  g_assert_no_error (error);
  private.dirty = field (rollup, "Private_Dirty:");
  private.all = private.dirty + field (rollup, "Private_Clean:");
  return private;
}

static Private
measure (guint lines)
{
  Private private;
  Bench b;

  bench_set_up (&b);
  for (guint i = 0; i < lines; i++)
    bench_add_modem (&b);
  bench_start_daemon (&b, "cellular", lines);
  bench_open (&b);
  for (guint i = 0; i < CALLS; i++)
    bench_cellular_call (&b, b.modems->pdata[0], TEXT);
  settle (&b.f, b.f.client);
  private = read_private (b.daemon);
  bench_stop_daemon (&b);
  bench_tear_down (&b);
  return private;
}

int
main (int argc, char **argv)
{
  int lines = argc > 1 ? atoi (argv[1]) : LINES;
  Private one, many;

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
