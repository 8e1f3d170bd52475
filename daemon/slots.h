// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <glib.h>

/* Two slots in a piece of memory that outlives the process: the idle one is written, then its
 * generation is published. Whoever is killed in the middle leaves the other slot as it was. Pure.
 */

/* So much memory holds contents of up to @length bytes. */
gsize oh_slots_size (gsize length);

/* Empties them; @identity says to whom they belong. */
#define OH_SLOTS_IDENTITY 16
void oh_slots_init (void *memory, gsize size, const guint8 *identity);

/* FALSE when it does not fit. */
gboolean oh_slots_write (void *memory, gsize size, const void *content, gsize length);

/* The newest valid content, *@ret_length bytes; NULL when there is none, or they belong to somebody
 * else. Whatever is in @memory. */
const void *oh_slots_read (const void *memory, gsize size, const guint8 *identity,
                           gsize *ret_length);
