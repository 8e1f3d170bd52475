// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <glib.h>

/* Writes what GVariant reads, by appending: values that are known to be right, for where the making
 * of a GVariant for each costs too much. The layout is that of the GVariant specification: children
 * are aligned; those of variable size have their ends noted behind them. Pure. */
typedef struct _OhPack OhPack;

OhPack *oh_pack_new (void);
void oh_pack_free (OhPack *pack);
GBytes *oh_pack_free_to_bytes (OhPack *pack);

/* What it has, for which no container is open; and without it, from the start. */
const guint8 *oh_pack_get (OhPack *pack, gsize *ret_size);
void oh_pack_clear (OhPack *pack);

/* A tuple of variable size, or an array whose elements are; @alignment is the largest of what it
 * may have in it, 1 to 8. */
void oh_pack_open (OhPack *pack, guint alignment);
void oh_pack_close_tuple (OhPack *pack);
void oh_pack_close_array (OhPack *pack);

void oh_pack_boolean (OhPack *pack, gboolean value);
void oh_pack_uint32 (OhPack *pack, guint32 value);
void oh_pack_uint64 (OhPack *pack, guint64 value);
void oh_pack_string (OhPack *pack, const char *text);

/* A whole value, as GVariant or a pack has it; @fixed: its type has a fixed size. */
void oh_pack_value (OhPack *pack, gconstpointer data, gsize size, guint alignment, gboolean fixed);
