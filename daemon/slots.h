// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <glib.h>

/* Two slots in a piece of memory that outlives the process: the idle one is written, then its
 * generation is published. Whoever is killed in the middle leaves the other slot as it was. Pure.
 */

#define OH_SLOTS_IDENTITY 32

typedef struct
{
  guint64 generation; /* the higher one is the newest; 0: not valid */
  guint64 length;
  guint64 sum; /* over content, length and generation */
} OhSlot;

/* What the memory begins with; the contents of the two slots are behind it. */
typedef struct
{
  char magic[8];
  guint64 version;
  guint8 identity[OH_SLOTS_IDENTITY];
  OhSlot slots[2];
} OhSlotsHeader;

/* So much memory holds contents of up to @length bytes. */
gsize oh_slots_size (gsize length);

/* Empties them; @identity says to whom they belong. */
void oh_slots_init (void *memory, gsize size, const guint8 *identity);

/* FALSE when it does not fit. Until the last store, which publishes it, the slot is not valid. */
gboolean oh_slots_write (void *memory, gsize size, const void *content, gsize length);

/* The newest valid content, *@ret_length bytes; NULL when there is none, or they belong to somebody
 * else. Whatever is in @memory. */
const void *oh_slots_read (const void *memory, gsize size, const guint8 *identity,
                           gsize *ret_length);
