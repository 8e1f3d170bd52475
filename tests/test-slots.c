// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gio/gio.h>
#include <string.h>

#include "daemon/slots.h"

/* Whatever the memory has in it: one of the contents that were written, whole, or none. */

#define OLD "the content before, which is a good deal longer than the other"
#define NEW "the content now"
#define ROOM 64

static const guint8 identity[OH_SLOTS_IDENTITY] = { 1, 2, 3 };

static void
make (void *memory, gsize size)
{
  oh_slots_init (memory, size, identity);
  g_assert_true (oh_slots_write (memory, size, OLD, sizeof OLD));
  g_assert_true (oh_slots_write (memory, size, NEW, sizeof NEW));
}

/* NULL, OLD or NEW. */
static const char *
read_text (const void *memory, gsize size)
{
  gsize length = 0;
  const void *content = oh_slots_read (memory, size, identity, &length);

  if (content == NULL)
    return NULL;
  if (length == sizeof NEW && memcmp (content, NEW, length) == 0)
    return NEW;
  g_assert_cmpmem (content, length, OLD, sizeof OLD);
  return OLD;
}

static void
test_written (void)
{
  gsize size = oh_slots_size (ROOM);
  g_autofree void *memory = g_malloc0 (size);
  char longer[ROOM + 1] = "";

  oh_slots_init (memory, size, identity);
  g_assert_null (read_text (memory, size));
  make (memory, size);
  g_assert_cmpstr (read_text (memory, size), ==, NEW);
  g_assert_false (oh_slots_write (memory, size, longer, sizeof longer));
  g_assert_cmpstr (read_text (memory, size), ==, NEW);
  g_assert_true (oh_slots_write (memory, size, OLD, sizeof OLD));
  g_assert_cmpstr (read_text (memory, size), ==, OLD);
}

static void
test_others (void)
{
  gsize size = oh_slots_size (ROOM), length;
  g_autofree OhSlotsHeader *header = g_malloc0 (size);
  guint8 other[OH_SLOTS_IDENTITY];

  make (header, size);
  for (guint i = 0; i < sizeof other; i++)
    {
      memcpy (other, identity, sizeof other);
      other[i]++;
      g_assert_null (oh_slots_read (header, size, other, &length));
    }
  header->version++;
  g_assert_null (read_text (header, size));
  header->version -= 2;
  g_assert_null (read_text (header, size));
  header->version++;
  g_assert_cmpstr (read_text (header, size), ==, NEW);
}

/* Each in memory of just that size. */
static void
test_truncated (void)
{
  gsize size = oh_slots_size (ROOM);
  g_autofree void *whole = g_malloc0 (size);

  make (whole, size);
  for (gsize length = 0; length < size; length++)
    {
      g_autofree void *part = g_malloc (MAX (length, 1));

      memcpy (part, whole, length);
      read_text (part, length);
    }
}

static void
test_flipped (void)
{
  gsize size = oh_slots_size (ROOM);
  gsize before_slots = G_STRUCT_OFFSET (OhSlotsHeader, slots);
  gsize newest = G_STRUCT_OFFSET (OhSlotsHeader, slots[1]);
  g_autofree guint8 *memory = g_malloc0 (size);

  make (memory, size);
  for (gsize at = 0; at < size; at++)
    {
      for (guint mask = 1; mask < 256; mask++)
        {
          const char *text;

          memory[at] ^= mask;
          text = read_text (memory, size);
          memory[at] ^= mask;
          if (at < before_slots)
            g_assert_null (text);
          else if (at >= newest && at < sizeof (OhSlotsHeader))
            g_assert_cmpstr (text, ==, OLD);
          else
            g_assert_nonnull (text);
        }
    }
}

/* The header is right, the rest is anything. */
static void
test_random (void)
{
  gsize size = oh_slots_size (ROOM);
  g_autofree guint8 *memory = g_malloc0 (size);

  for (guint round = 0; round < 20000; round++)
    {
      OhSlotsHeader *header = (OhSlotsHeader *)memory;
      guint slot = round % 2;

      make (memory, size);
      for (gsize i = G_STRUCT_OFFSET (OhSlotsHeader, slots); i < size; i++)
        memory[i] = g_test_rand_int ();
      header->slots[slot].length = g_test_rand_int_range (0, ROOM + 2);
      header->slots[!slot].length = -(guint64)g_test_rand_int_range (0, ROOM);
      g_assert_null (read_text (memory, size));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/slots/written", test_written);
  g_test_add_func ("/slots/others", test_others);
  g_test_add_func ("/slots/truncated", test_truncated);
  g_test_add_func ("/slots/flipped", test_flipped);
  g_test_add_func ("/slots/random", test_random);
  return g_test_run ();
}
