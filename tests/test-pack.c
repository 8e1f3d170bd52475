// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/pack.h"

#include <string.h>

/* What a pack has is what GVariant would have made, to the byte. */

static void
assert_same (OhPack *pack, GVariant *expected)
{
  g_autoptr (GVariant) own = g_variant_take_ref (expected);
  gsize size;
  const guint8 *bytes = oh_pack_get (pack, &size);

  g_assert_cmpmem (bytes, size, g_variant_get_data (own), g_variant_get_size (own));
  oh_pack_clear (pack);
}

static void
test_tuples (void)
{
  OhPack *pack = oh_pack_new ();

  oh_pack_open (pack, 1);
  oh_pack_string (pack, "one");
  oh_pack_close_tuple (pack);
  assert_same (pack, g_variant_new ("(s)", "one"));

  oh_pack_open (pack, 8);
  oh_pack_string (pack, "one");
  oh_pack_uint32 (pack, 7);
  oh_pack_boolean (pack, TRUE);
  oh_pack_uint64 (pack, 1ull << 40);
  oh_pack_string (pack, "");
  oh_pack_close_tuple (pack);
  assert_same (pack, g_variant_new ("(subts)", "one", 7, TRUE, 1ull << 40, ""));

  /* A last child of a fixed size: the string before it has its end noted. */
  oh_pack_open (pack, 4);
  oh_pack_string (pack, "one");
  oh_pack_uint32 (pack, 7);
  oh_pack_close_tuple (pack);
  assert_same (pack, g_variant_new ("(su)", "one", 7));
  oh_pack_free (pack);
}

static void
test_arrays (void)
{
  const char *const words[] = { "one", "", "three", NULL };
  OhPack *pack = oh_pack_new ();

  oh_pack_open (pack, 1);
  oh_pack_close_array (pack);
  assert_same (pack, g_variant_new_strv (NULL, 0));

  oh_pack_open (pack, 1);
  for (guint i = 0; words[i] != NULL; i++)
    oh_pack_string (pack, words[i]);
  oh_pack_close_array (pack);
  assert_same (pack, g_variant_new_strv (words, -1));
  oh_pack_free (pack);
}

/* As handles are kept: tuples in an array in a tuple, with a vardict, of any size: the ends take
 * one byte, two, or four. */
static void
test_nested (gconstpointer user_data)
{
  guint n = GPOINTER_TO_UINT (user_data);
  g_autofree char *text = g_strnfill (n / 8, 'x');
  OhPack *pack = oh_pack_new ();
  GVariantBuilder array;

  g_variant_builder_init (&array, G_VARIANT_TYPE ("a(tsa{sv})"));
  oh_pack_open (pack, 8);
  oh_pack_boolean (pack, FALSE);
  oh_pack_open (pack, 8);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GVariant) details
          = g_variant_ref_sink (g_variant_new_parsed ("{'Count': <%u>, 'Text': <%s>}", i, text));

      g_variant_builder_add (&array, "(ts@a{sv})", (guint64)i, text, details);
      oh_pack_open (pack, 8);
      oh_pack_uint64 (pack, i);
      oh_pack_string (pack, text);
      oh_pack_value (pack, g_variant_get_data (details), g_variant_get_size (details), 8, FALSE);
      oh_pack_close_tuple (pack);
    }
  oh_pack_close_array (pack);
  oh_pack_string (pack, text);
  oh_pack_close_tuple (pack);
  assert_same (pack, g_variant_new ("(ba(tsa{sv})s)", FALSE, &array, text));
  oh_pack_free (pack);
}

int
main (int argc, char **argv)
{
  static const guint sizes[] = { 0, 1, 2, 3, 10, 100, 1000 };

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pack/tuples", test_tuples);
  g_test_add_func ("/pack/arrays", test_arrays);
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autofree char *path = g_strdup_printf ("/pack/nested/%u", sizes[i]);

      g_test_add_data_func (path, GUINT_TO_POINTER (sizes[i]), test_nested);
    }
  return g_test_run ();
}
