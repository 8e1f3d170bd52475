// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <gio/gio.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/slots.h"

/* A writer that can be killed after each of its instructions: what a reader finds then. It is this
 * program, started as "test-slots-killed --write SIZE LENGTH" with the memory as its standard
 * output: by itself, so that under valgrind it is not valgrind's instructions that are counted. */

#define NO_PTRACE 7
#define LENGTH_MAX 128
#define CHANGES_MIN 4 /* of the memory: else it was not the writer that was looked at */

static const guint8 identity[OH_SLOTS_IDENTITY] = { 1, 2, 3 };

/* The contents that are written one after the other: 0 bytes is none. The writer writes the last.
 */
typedef struct
{
  const char *name;
  gsize lengths[3];
} Row;

static const Row rows[] = {
  { "first", { 0, 0, 61 } },       { "second", { 0, 61, 61 } },
  { "third", { 61, 61, 61 } },     { "longer", { 61, 13, LENGTH_MAX } },
  { "shorter", { 120, 120, 13 } }, { "one-byte", { 61, 61, 1 } },
};

/* All bytes of two of them differ. */
static void
fill (guint8 *content, gsize length, guint which)
{
  for (gsize i = 0; i < length; i++)
    content[i] = which * 64 + i % 61 + 1;
}

static void *
map (int fd, gsize size)
{
  void *memory = mmap (NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

  g_assert_true (memory != MAP_FAILED);
  return memory;
}

static int
write_traced (gsize size, gsize length)
{
  g_autofree void *scratch = g_malloc0 (size);
  void *memory = map (STDOUT_FILENO, size);
  guint8 content[LENGTH_MAX];

  fill (content, length, 2);
  oh_slots_init (scratch, size, identity);
  oh_slots_write (scratch, size, content, length); /* what is linked late is linked now */
  if (ptrace (PTRACE_TRACEME, 0, NULL, NULL) < 0)
    return NO_PTRACE;
  raise (SIGSTOP);
  oh_slots_write (memory, size, content, length);
  _exit (EXIT_SUCCESS);
}

static pid_t
start_writer (int fd, gsize size, gsize length)
{
  g_autofree char *size_text = g_strdup_printf ("%" G_GSIZE_FORMAT, size);
  g_autofree char *length_text = g_strdup_printf ("%" G_GSIZE_FORMAT, length);
  g_autofree char *self
      = g_file_read_link ("/proc/self/exe", NULL); /* not valgrind, if it runs us */
  pid_t pid = fork ();

  g_assert_cmpint (pid, >=, 0);
  if (pid > 0)
    return pid;
  dup2 (fd, STDOUT_FILENO);
  execl (self, self, "--write", size_text, length_text, NULL);
  _exit (EXIT_FAILURE);
}

/* FALSE when the writer has ended. */
static gboolean
step (pid_t pid)
{
  int status;

  g_assert_cmpint (ptrace (PTRACE_SINGLESTEP, pid, NULL, NULL), ==, 0);
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  if (WIFSTOPPED (status))
    {
      g_assert_cmpint (WSTOPSIG (status), ==, SIGTRAP);
      return TRUE;
    }
  g_assert_true (WIFEXITED (status));
  g_assert_cmpint (WEXITSTATUS (status), ==, EXIT_SUCCESS);
  return FALSE;
}

/* Which of a row's contents is read from @memory; -1: none at all. */
static int
read_which (const void *memory, gsize size, const Row *row)
{
  gsize length;
  const void *content = oh_slots_read (memory, size, identity, &length);

  if (content == NULL)
    return -1;
  for (int which = 0; which < 3; which++)
    {
      guint8 expected[LENGTH_MAX];

      fill (expected, row->lengths[which], which);
      if (length == row->lengths[which] && memcmp (content, expected, length) == 0)
        return which;
    }
  g_error ("%s: %" G_GSIZE_FORMAT " bytes were read that nobody wrote", row->name, length);
}

/* TRUE when the writer has published its slot; until then it must not be valid, so that the order
 * of the stores guards the reader as well as the sum does. */
static gboolean
is_published (const OhSlotsHeader *header, const OhSlotsHeader *before)
{
  guint idle = before->slots[0].generation > before->slots[1].generation;

  g_assert_cmpmem (&header->slots[!idle], sizeof (OhSlot), &before->slots[!idle], sizeof (OhSlot));
  if (header->slots[idle].generation != 0)
    g_assert_cmpuint (header->slots[idle].generation, ==, before->slots[!idle].generation + 1);
  return header->slots[idle].generation != 0;
}

/* Looks at each state that the memory is in; how many they were. */
static guint
watch (pid_t pid, const guint8 *memory, gsize size, const Row *row)
{
  g_autofree guint8 *before = g_memdup2 (memory, size), *seen = g_memdup2 (memory, size);
  int old = read_which (memory, size, row), now = old;
  guint changes = 0;

  g_assert_cmpint (old, ==, row->lengths[1] > 0 ? 1 : -1);
  while (step (pid))
    {
      if (memcmp (seen, memory, size) == 0)
        continue;
      g_assert_cmpint (now, ==, old); /* else it was published too early */
      changes++;
      memcpy (seen, memory, size);
      now = read_which (seen, size, row);
      if (now != (is_published ((gpointer)seen, (gpointer)before) ? 2 : old))
        g_error ("%s: after change %u content %d is read", row->name, changes, now);
    }
  g_assert_cmpint (now, ==, 2);
  return changes;
}

static void
test_row (gconstpointer user_data)
{
  const Row *row = user_data;
  gsize size = oh_slots_size (LENGTH_MAX);
  int fd = memfd_create ("slots", MFD_CLOEXEC), status;
  void *memory;
  pid_t pid;

  g_assert_cmpint (ftruncate (fd, size), ==, 0);
  memory = map (fd, size);
  oh_slots_init (memory, size, identity);
  for (guint i = 0; i < 2; i++)
    {
      guint8 content[LENGTH_MAX];

      fill (content, row->lengths[i], i);
      if (row->lengths[i] > 0)
        g_assert_true (oh_slots_write (memory, size, content, row->lengths[i]));
    }
  pid = start_writer (fd, size, row->lengths[2]);
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  if (WIFEXITED (status) && WEXITSTATUS (status) == NO_PTRACE)
    g_test_skip ("this machine has no ptrace");
  else
    {
      g_assert_true (WIFSTOPPED (status));
      g_assert_cmpuint (watch (pid, memory, size, row), >=, CHANGES_MIN);
    }
  munmap (memory, size);
  close (fd);
}

int
main (int argc, char **argv)
{
  if (argc == 4 && g_str_equal (argv[1], "--write"))
    return write_traced (strtoul (argv[2], NULL, 10), strtoul (argv[3], NULL, 10));
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *path = g_strconcat ("/slots-killed/", rows[i].name, NULL);

      g_test_add_data_func (path, &rows[i], test_row);
    }
  return g_test_run ();
}
