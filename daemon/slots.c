// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/slots.h"

#include <string.h>

#define MAGIC "offhook"
#define VERSION_OF_FORMAT 1
#define ALIGN(n) (((n) + 7) & ~(gsize)7)

gsize
oh_slots_size (gsize length)
{
  return sizeof (OhSlotsHeader) + 2 * ALIGN (length);
}

static gsize
capacity (gsize size)
{
  return ((size - sizeof (OhSlotsHeader)) / 2) & ~(gsize)7;
}

static guint8 *
content_of (const void *memory, gsize size, guint slot)
{
  return (guint8 *)memory + sizeof (OhSlotsHeader) + slot * capacity (size);
}

/* Two sums over words, as Fletcher has it: an order of words that is wrong shows as well. */
static guint64
sum_of (const guint8 *bytes, gsize length, guint64 generation)
{
  guint64 a = generation, b = length;

  for (gsize i = 0; i + 4 <= length; i += 4)
    {
      guint32 word;

      memcpy (&word, bytes + i, 4);
      a += word;
      b += a;
    }
  for (gsize i = length & ~(gsize)3; i < length; i++)
    {
      a += bytes[i];
      b += a;
    }
  return b << 32 ^ b >> 32 ^ a;
}

void
oh_slots_init (void *memory, gsize size, const guint8 *identity)
{
  OhSlotsHeader *header = memory;

  memset (header, 0, sizeof *header);
  memcpy (header->identity, identity, OH_SLOTS_IDENTITY);
  header->version = VERSION_OF_FORMAT;
  memcpy (header->magic, MAGIC, sizeof MAGIC);
}

gboolean
oh_slots_write (void *memory, gsize size, const void *content, gsize length)
{
  OhSlotsHeader *header = memory;
  guint idle = header->slots[0].generation > header->slots[1].generation;
  guint64 generation = header->slots[!idle].generation + 1;
  OhSlot *slot = &header->slots[idle];

  if (length > capacity (size))
    return FALSE;
  __atomic_store_n (&slot->generation, 0, __ATOMIC_RELEASE);
  __atomic_thread_fence (__ATOMIC_SEQ_CST);
  memcpy (content_of (memory, size, idle), content, length);
  slot->length = length;
  slot->sum = sum_of (content, length, generation);
  __atomic_thread_fence (__ATOMIC_SEQ_CST);
  __atomic_store_n (&slot->generation, generation, __ATOMIC_RELEASE);
  return TRUE;
}

static gboolean
is_valid (const void *memory, gsize size, guint which)
{
  const OhSlot *slot = &((const OhSlotsHeader *)memory)->slots[which];

  return slot->generation != 0 && slot->length <= capacity (size)
         && slot->sum == sum_of (content_of (memory, size, which), slot->length, slot->generation);
}

const void *
oh_slots_read (const void *memory, gsize size, const guint8 *identity, gsize *ret_length)
{
  const OhSlotsHeader *header = memory;
  guint newest;

  if (size < sizeof *header || memcmp (header->magic, MAGIC, sizeof MAGIC) != 0
      || header->version != VERSION_OF_FORMAT
      || memcmp (header->identity, identity, OH_SLOTS_IDENTITY) != 0)
    return NULL;
  newest = header->slots[1].generation > header->slots[0].generation;
  for (guint i = 0; i < 2; i++)
    {
      guint which = i == 0 ? newest : !newest;

      if (!is_valid (memory, size, which))
        continue;
      *ret_length = header->slots[which].length;
      return content_of (memory, size, which);
    }
  return NULL;
}
