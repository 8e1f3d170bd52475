// SPDX-License-Identifier: LGPL-2.1-or-later
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "daemon/slots.h"
#include "tests/bench.h"

/* bench-save [ROUNDS]
 *
 * What it costs offhookd to keep its state: the processor time of an event, of a line with one call
 * and HANDLES handles, without a state directory and with one. Then the write alone, of the bytes
 * that were found in the directory, beside a memcpy() of them into a mapped file. */

#define ROUNDS 8
#define BLOCKS 4 /* calls a round */
#define RINGS 50 /* of a call */
#define HANDLES 8
#define BATCHES 200
#define WRITES 500 /* a batch */
#define FILE_NAME "bench0.state"

typedef struct
{
  Bench b;
  BenchModem *modem;
  char *dir;
  guint objects[HANDLES];
  guint rings, ended; /* of those handles that are not the bench's */
  void *state;        /* the file, while there was a call */
  gsize size;
} Save;

static void
on_event (GDBusConnection *connection, const char *sender, const char *path, const char *interface,
          const char *method, GVariant *parameters, GDBusMethodInvocation *invocation,
          gpointer user_data)
{
  Save *save = user_data;
  g_autoptr (GVariant) details = NULL;
  const char *kind, *text;

  g_dbus_method_invocation_return_value (invocation, NULL);
  if (!g_str_equal (method, "Event"))
    g_error ("the handle was released");
  g_variant_get (parameters, "(&ott&s&o@a{sv})", NULL, NULL, NULL, &kind, NULL, &details);
  save->rings += g_str_equal (kind, "ringing");
  if (g_str_equal (kind, "call-state") && g_variant_lookup (details, "State", "&s", &text))
    save->ended += g_str_equal (text, "ended");
}

static char *
path_of (guint handle)
{
  return g_strdup_printf (BENCH_PATH "/%u", handle);
}

static void
open_handles (Save *save)
{
  static const GDBusInterfaceVTable table = { .method_call = on_event };

  bench_open (&save->b);
  for (guint i = 1; i < HANDLES; i++)
    {
      g_autofree char *path = path_of (i);

      save->objects[i] = g_dbus_connection_register_object (
          save->b.f.client, path, oh_dbus_listener_interface_info (), &table, save, NULL, NULL);
      g_variant_unref (call_ok (&save->b.f, save->b.f.client, save->b.line_path, "Open",
                                g_variant_new ("(oa{sv})", path, NULL)));
    }
}

static void
close_handles (Save *save)
{
  for (guint i = 1; i < HANDLES; i++)
    {
      g_autofree char *path = path_of (i);

      g_variant_unref (call_ok (&save->b.f, save->b.f.client, save->b.line_path, "Close",
                                g_variant_new ("(o)", path)));
      g_dbus_connection_unregister_object (save->b.f.client, save->objects[i]);
    }
}

static void
await (Save *save, const char *what, const guint *of_bench, guint least, const guint *of_others)
{
  bench_until (what, of_bench, least);
  bench_until (what, of_others, least * (HANDLES - 1));
}

/* Nanoseconds of the daemon's for each Event. */
static gint64
ring (Save *save)
{
  gint64 before = bench_cpu (save->b.daemon), used;
  guint rings = save->b.rings, ended = save->b.ended;

  for (guint i = 1; i <= RINGS; i++)
    {
      bench_modem_say (save->modem, "\r\nRING\r\n");
      await (save, "a ring", &save->b.rings, rings + i, &save->rings);
    }
  used = bench_cpu (save->b.daemon) - before;
  if (g_getenv ("RUNTIME_DIRECTORY") != NULL && save->state == NULL)
    {
      g_autofree char *file = g_build_filename (save->dir, FILE_NAME, NULL);
      g_autoptr (GError) error = NULL;

      g_file_get_contents (file, (char **)&save->state, &save->size, &error);
      g_assert_no_error (error);
    }
  await (save, "the end of the call", &save->b.ended, ended + 1, &save->ended);
  return used / (RINGS * HANDLES);
}

static void
measure (Save *save, gboolean saves, GArray *used)
{
  if (saves)
    g_setenv ("RUNTIME_DIRECTORY", save->dir, TRUE);
  else
    g_unsetenv ("RUNTIME_DIRECTORY");
  bench_start_daemon (&save->b, "v253", 1);
  open_handles (save);
  ring (save); /* the first one warms up */
  for (guint i = 0; i < BLOCKS; i++)
    {
      gint64 one = ring (save);

      g_array_append_val (used, one);
    }
  close_handles (save);
  bench_stop_daemon (&save->b);
}

static void *
map_file (Save *save, gsize size)
{
  g_autofree char *file = g_build_filename (save->dir, "file", NULL);
  int fd = g_open (file, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  void *memory = MAP_FAILED;

  if (fd >= 0 && posix_fallocate (fd, 0, size) == 0)
    memory = mmap (NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (memory == MAP_FAILED)
    g_error ("%s cannot be mapped", file);
  close (fd);
  g_unlink (file);
  return memory;
}

/* Nanoseconds of one write of @length bytes; @size 0: only a copy. */
static gint64
write_batch (guint8 *memory, gsize size, const void *content, gsize length)
{
  gint64 began = bench_now ();

  for (guint i = 0; i < WRITES; i++)
    {
      if (size > 0)
        oh_slots_write (memory, size, content, length);
      else
        memcpy (memory + i % 2 * length, content, length);
      __atomic_signal_fence (__ATOMIC_SEQ_CST); /* no copy is left out */
    }
  return (bench_now () - began) / WRITES;
}

static void
measure_write (Save *save)
{
  g_autoptr (GArray) floor = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GArray) ours = g_array_new (FALSE, FALSE, sizeof (gint64));
  const OhSlotsHeader *header = save->state;
  gsize length = 0;
  const void *content = oh_slots_read (save->state, save->size, header->identity, &length);
  gsize size = oh_slots_size (length);
  void *memory = map_file (save, size);
  BenchLatency of_floor, of_ours;

  g_assert_nonnull (content);
  oh_slots_init (memory, size, header->identity);
  for (guint i = 0; i < BATCHES; i++)
    {
      gint64 one = write_batch (memory, size, content, length);

      g_array_append_val (ours, one);
      one = write_batch ((guint8 *)memory + sizeof *header, 0, content, length);
      g_array_append_val (floor, one);
      oh_slots_init (memory, size, header->identity);
    }
  of_floor = bench_latency (floor);
  of_ours = bench_latency (ours);
  printf ("the write of %" G_GSIZE_FORMAT " bytes: copy %" G_GINT64_FORMAT
          " ns, state %" G_GINT64_FORMAT " ns\n",
          length, of_floor.p50, of_ours.p50);
  printf ("ratio save write %.2f\n", (double)of_ours.p50 / of_floor.p50);
  munmap (memory, size);
}

static char *
make_dir (void)
{
  /* As /run is. */
  char *dir = g_strdup ("/dev/shm/offhook-XXXXXX");

  if (g_mkdtemp (dir) == NULL)
    g_error ("%s cannot be made", dir);
  return dir;
}

int
main (int argc, char **argv)
{
  g_autoptr (GArray) without = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GArray) with = g_array_new (FALSE, FALSE, sizeof (gint64));
  int rounds = argc > 1 ? atoi (argv[1]) : ROUNDS;
  BenchLatency floor, ours;
  Save save = { 0 };

  if (rounds <= 0)
    return 2;
  bench_set_up (&save.b);
  save.dir = make_dir ();
  save.modem = bench_add_modem (&save.b);
  for (int i = 0; i < rounds; i++)
    {
      measure (&save, FALSE, without);
      measure (&save, TRUE, with);
    }
  floor = bench_latency (without);
  ours = bench_latency (with);
  printf ("one event of %d handles: %.1f us without a state directory, %.1f us with one\n", HANDLES,
          floor.p50 / 1e3, ours.p50 / 1e3);
  printf ("microseconds save event %.1f\n", (ours.p50 - floor.p50) / 1e3);
  printf ("ratio save event %.2f\n", (double)ours.p50 / floor.p50);
  measure_write (&save);
  bench_tear_down (&save.b);
  g_rmdir (save.dir);
  g_free (save.dir);
  g_free (save.state);
  return EXIT_SUCCESS;
}
