// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/pack.h"

#include <string.h>

#define DEPTH_MOST 8

typedef struct
{
  gsize start;
  guint first_end; /* index of its first in the ends of all */
  gboolean ends_variable;
} Container;

struct _OhPack
{
  GByteArray *bytes;
  GArray *ends; /* of gsize: where the children of variable size of what is open end */
  Container open[DEPTH_MOST];
  guint depth;
};

#define SIZE_AT_FIRST 512

OhPack *
oh_pack_new (void)
{
  OhPack *pack = g_new0 (OhPack, 1);

  pack->bytes = g_byte_array_sized_new (SIZE_AT_FIRST);
  pack->ends = g_array_new (FALSE, FALSE, sizeof (gsize));
  return pack;
}

void
oh_pack_free (OhPack *pack)
{
  g_byte_array_unref (pack->bytes);
  g_array_unref (pack->ends);
  g_free (pack);
}

GBytes *
oh_pack_free_to_bytes (OhPack *pack)
{
  GBytes *bytes = g_byte_array_free_to_bytes (g_steal_pointer (&pack->bytes));

  g_array_unref (pack->ends);
  g_free (pack);
  return bytes;
}

const guint8 *
oh_pack_get (OhPack *pack, gsize *ret_size)
{
  g_assert (pack->depth == 0);
  *ret_size = pack->bytes->len;
  return pack->bytes->data;
}

void
oh_pack_clear (OhPack *pack)
{
  g_byte_array_set_size (pack->bytes, 0);
  g_array_set_size (pack->ends, 0);
  pack->depth = 0;
}

static void
align (OhPack *pack, guint alignment)
{
  static const guint8 zeros[8] = { 0 };

  g_byte_array_append (pack->bytes, zeros, -pack->bytes->len & (alignment - 1));
}

/* A child is complete. */
static void
note (OhPack *pack, gboolean fixed)
{
  Container *container;
  gsize end;

  if (pack->depth == 0)
    return;
  container = &pack->open[pack->depth - 1];
  container->ends_variable = !fixed;
  end = pack->bytes->len - container->start;
  if (!fixed)
    g_array_append_val (pack->ends, end);
}

void
oh_pack_open (OhPack *pack, guint alignment)
{
  g_assert (pack->depth < DEPTH_MOST);
  align (pack, alignment);
  pack->open[pack->depth++]
      = (Container){ .start = pack->bytes->len, .first_end = pack->ends->len };
}

/* As many bytes as it takes to count the whole container, these included. */
static guint
size_of_end (gsize body, guint n)
{
  if (body + n <= G_MAXUINT8)
    return 1;
  if (body + n * 2 <= G_MAXUINT16)
    return 2;
  return body + (gsize)n * 4 <= G_MAXUINT32 ? 4 : 8;
}

static void
close_with (OhPack *pack, guint n, gboolean backwards)
{
  const Container container = pack->open[--pack->depth];
  guint size = size_of_end (pack->bytes->len - container.start, n);

  for (guint i = 0; i < n; i++)
    {
      guint at = container.first_end + (backwards ? n - 1 - i : i);
      guint64 end = GUINT64_TO_LE (g_array_index (pack->ends, gsize, at));

      g_byte_array_append (pack->bytes, (const guint8 *)&end, size);
    }
  g_array_set_size (pack->ends, container.first_end);
  note (pack, FALSE);
}

/* The end of the last child is that of what is left. */
void
oh_pack_close_tuple (OhPack *pack)
{
  const Container *container = &pack->open[pack->depth - 1];

  close_with (pack, pack->ends->len - container->first_end - (container->ends_variable ? 1 : 0),
              TRUE);
}

void
oh_pack_close_array (OhPack *pack)
{
  close_with (pack, pack->ends->len - pack->open[pack->depth - 1].first_end, FALSE);
}

void
oh_pack_value (OhPack *pack, gconstpointer data, gsize size, guint alignment, gboolean fixed)
{
  align (pack, alignment);
  g_byte_array_append (pack->bytes, data, (guint)size);
  note (pack, fixed);
}

void
oh_pack_boolean (OhPack *pack, gboolean value)
{
  const guint8 byte = value ? 1 : 0;

  oh_pack_value (pack, &byte, sizeof byte, 1, TRUE);
}

void
oh_pack_uint32 (OhPack *pack, guint32 value)
{
  oh_pack_value (pack, &value, sizeof value, sizeof value, TRUE);
}

void
oh_pack_uint64 (OhPack *pack, guint64 value)
{
  oh_pack_value (pack, &value, sizeof value, sizeof value, TRUE);
}

void
oh_pack_string (OhPack *pack, const char *text)
{
  oh_pack_value (pack, text, strlen (text) + 1, 1, FALSE);
}
