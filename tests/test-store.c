// SPDX-License-Identifier: LGPL-2.1-or-later
#include <glib/gstdio.h>
#include <string.h>

#include "daemon/slots.h"
#include "daemon/store.h"

/* The files: what the next daemon finds of them, and what it does not believe. */

typedef struct
{
  char *dir, *file;
  OhStore *store;
  OhKeeper *keeper;
  const char *text; /* what is kept */
} Files;

static void
make (OhPack *pack, gpointer user_data)
{
  oh_pack_open (pack, 1);
  oh_pack_string (pack, ((Files *)user_data)->text);
  oh_pack_close_tuple (pack);
}

static void
set_up (Files *f, gconstpointer user_data)
{
  g_autoptr (GError) error = NULL;

  f->dir = g_dir_make_tmp ("offhook-XXXXXX", &error);
  g_assert_no_error (error);
  f->file = g_build_filename (f->dir, "home.state", NULL);
  f->text = "a line";
  f->store = oh_store_new (f->dir, "one");
  f->keeper = oh_store_keep (f->store, "home", make, f);
  oh_store_commit (f->store);
}

static void
tear_down (Files *f, gconstpointer user_data)
{
  g_clear_pointer (&f->keeper, oh_keeper_forget);
  oh_store_unref (f->store);
  g_assert_cmpint (g_rmdir (f->dir), ==, 0);
  g_free (f->dir);
  g_free (f->file);
}

/* As the daemon that starts next would; NULL: nothing. */
static char *
read_as (Files *f, const char *format, const char *type)
{
  OhStore *next = oh_store_new (f->dir, format);
  g_autoptr (GVariant) value = oh_store_read (next, "home", G_VARIANT_TYPE (type));
  char *text = NULL;

  if (value != NULL && g_str_equal (type, "(s)"))
    g_variant_get (value, "(s)", &text);
  oh_store_unref (next);
  return text;
}

static void
assert_read (Files *f, const char *expected)
{
  g_autofree char *text = read_as (f, "one", "(s)");

  g_assert_cmpstr (text, ==, expected);
}

/* Not believed, and the log says so. */
static void
assert_refused (Files *f, const char *format, const char *type)
{
  g_autofree char *text = NULL;

  g_test_expect_message (G_LOG_DOMAIN, G_LOG_LEVEL_MESSAGE, "*home.state*not used");
  text = read_as (f, format, type);
  g_test_assert_expected_messages ();
  g_assert_null (text);
}

static void
test_same (Files *f, gconstpointer user_data)
{
  assert_read (f, "a line");
  f->text = "the same line";
  assert_read (f, "a line");
  oh_keeper_touch (f->keeper);
  oh_store_commit (f->store);
  assert_read (f, "the same line");
}

static void
test_other_format (Files *f, gconstpointer user_data)
{
  assert_refused (f, "two", "(s)");
  assert_refused (f, "", "(s)");
}

static void
test_other_type (Files *f, gconstpointer user_data)
{
  assert_refused (f, "one", "(tt)");
  assert_refused (f, "one", "(sas)");
  assert_refused (f, "one", "a{sv}");
}

static void
replace (Files *f, const char *bytes, gssize length)
{
  g_autoptr (GError) error = NULL;

  g_file_set_contents (f->file, bytes, length, &error);
  g_assert_no_error (error);
}

static void
test_damaged (Files *f, gconstpointer user_data)
{
  g_autofree char *bytes = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (f->file, &bytes, &length, NULL));
  for (gsize n = 0; n < sizeof (OhSlotsHeader) + sizeof "a line"; n++)
    {
      replace (f, bytes, n);
      assert_refused (f, "one", "(s)");
    }
  replace (f, bytes, length);
  assert_read (f, "a line");
  memset (bytes, 'x', length);
  replace (f, bytes, length);
  assert_refused (f, "one", "(s)");
}

static void
keep_long (Files *f)
{
  g_autofree char *text = g_strnfill (100000, 'x');

  f->text = text;
  oh_keeper_touch (f->keeper);
  oh_store_commit (f->store);
  f->text = "a line";
}

static void
test_grows (Files *f, gconstpointer user_data)
{
  g_autofree char *text = NULL;

  keep_long (f);
  text = read_as (f, "one", "(s)");
  g_assert_cmpuint (strlen (text), ==, 100000);
}

/* What cannot be written any more must not stay as it was: serials would be given twice. */
static void
test_no_room (Files *f, gconstpointer user_data)
{
  g_autofree char *in_the_way = g_strconcat (f->file, ".new", NULL);

  g_assert_cmpint (g_mkdir (in_the_way, 0700), ==, 0);
  g_test_expect_message (G_LOG_DOMAIN, G_LOG_LEVEL_WARNING, "*a restart will forget this line");
  keep_long (f);
  g_test_assert_expected_messages ();
  g_assert_false (g_file_test (f->file, G_FILE_TEST_EXISTS));
  g_assert_cmpint (g_rmdir (in_the_way), ==, 0);
  oh_keeper_touch (f->keeper);
  oh_store_commit (f->store);
  assert_read (f, "a line");
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *path;
    void (*func) (Files *f, gconstpointer user_data);
  } tests[] = {
    { "/store/same", test_same },
    { "/store/other-format", test_other_format },
    { "/store/other-type", test_other_type },
    { "/store/damaged", test_damaged },
    { "/store/grows", test_grows },
    { "/store/no-room", test_no_room },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Files, NULL, set_up, tests[i].func, tear_down);
  return g_test_run ();
}
