// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gio/gio.h>
#include <glib/gstdio.h>

#include "daemon/port-names.h"

/* What modems were called, over restarts. */

#define DEADLINE_S 20

static gboolean
on_deadline (gpointer user_data)
{
  g_error ("the names were not written");
  return G_SOURCE_REMOVE;
}

static gboolean
holds (const char *dir, const char *path, const char *id)
{
  OhPortNames *names = oh_port_names_new (dir);
  gboolean same = g_strcmp0 (oh_port_names_get (names, path), id) == 0;

  oh_port_names_free (names);
  return same;
}

static void
until_kept (OhPortNames *names)
{
  guint deadline = g_timeout_add_seconds (DEADLINE_S, on_deadline, NULL);

  while (!oh_port_names_are_kept (names))
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (deadline);
}

static void
remove_dir (const char *dir)
{
  g_autofree char *file = g_build_filename (dir, "ports", NULL);

  g_unlink (file);
  g_rmdir (dir);
}

/* However quickly they come, the last is what stays. */
static void
test_last (void)
{
  g_autofree char *dir = g_dir_make_tmp ("offhook-XXXXXX", NULL);
  OhPortNames *names = oh_port_names_new (dir);

  for (guint i = 0; i <= 100; i++)
    {
      g_autofree char *id = g_strdup_printf ("%u", i);

      oh_port_names_set (names, "usb-0:1", id);
      if (i % 10 == 0)
        g_main_context_iteration (NULL, FALSE);
    }
  oh_port_names_set (names, "usb-0:2", "other");
  until_kept (names);
  oh_port_names_free (names);
  g_assert_true (holds (dir, "usb-0:1", "100"));
  g_assert_true (holds (dir, "usb-0:2", "other"));
  remove_dir (dir);
}

/* No path can make a group or a key of its own. */
static void
test_bad_path (void)
{
  g_autofree char *dir = g_dir_make_tmp ("offhook-XXXXXX", NULL);
  OhPortNames *names = oh_port_names_new (dir);

  oh_port_names_set (names, "a=b", "x");
  oh_port_names_set (names, "a]\n[Ports", "x");
  oh_port_names_set (names, "good", "y");
  g_assert_null (oh_port_names_get (names, "a=b"));
  until_kept (names);
  oh_port_names_free (names);
  g_assert_true (holds (dir, "good", "y"));
  g_assert_true (holds (dir, "a", NULL));
  remove_dir (dir);
}

/* More than any machine has are not taken; one that is there may change. */
static void
test_many (void)
{
  OhPortNames *names = oh_port_names_new (NULL);

  for (guint i = 0; i < 2000; i++)
    {
      g_autofree char *path = g_strdup_printf ("port-%u", i);

      oh_port_names_set (names, path, "x");
    }
  g_assert_null (oh_port_names_get (names, "port-1999"));
  oh_port_names_set (names, "port-0", "y");
  g_assert_cmpstr (oh_port_names_get (names, "port-0"), ==, "y");
  oh_port_names_free (names);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/port-names/last", test_last);
  g_test_add_func ("/port-names/bad-path", test_bad_path);
  g_test_add_func ("/port-names/many", test_many);
  return g_test_run ();
}
