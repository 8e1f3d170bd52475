// SPDX-License-Identifier: LGPL-2.1-or-later
#include <glib/gstdio.h>
#include <unistd.h>

#include "tests/fixture.h"
#include "tests/terminal.h"

static void
test_incoming (Fixture *f, gconstpointer driver)
{
  Listener *listener = listen_at (f, f->client, "/handle");
  guint at;

  g_variant_unref (listener_open (f, listener));
  sim (f, "ring number=5551234 name=JO rings=2");
  at = heard_until (listener, 0, "1 new-call 1 offering");
  at = heard_until (listener, at, "* ringing 1 1");
  heard_until (listener, 0, "* call-state 1 ended*");
  assert_serials (listener);
}

/* A port that is hung up while its name stays: nobody tells that it may be opened again. */
static void
test_hung_up (Fixture *f, gconstpointer data)
{
  g_autofree char *link = g_build_filename (f->dir, "link", NULL);
  g_autofree char *other = g_build_filename (f->dir, "other", NULL);
  Terminal *before = terminal_make ();
  Terminal *after = terminal_make ();
  Listener *listener;
  guint absent;

  start_manager (f);
  g_assert_cmpint (symlink (before->device, link), ==, 0);
  f->line = add_line (f, "home", link, oh_driver_find ("cellular"));
  listener = listen_home (f);
  g_assert_cmpint (symlink (after->device, other), ==, 0);
  g_assert_cmpint (g_rename (other, link), ==, 0);
  terminal_unplug (before);
  absent = heard_until (listener, 0, "* line-state  absent");
  heard_until (listener, absent, "* line-state  in-service");
  g_unlink (link);
  terminal_free (before);
  terminal_free (after);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/line/incoming/v253", Fixture, "v253", set_up, test_incoming, tear_down);
  g_test_add ("/line/incoming/cellular", Fixture, "cellular", set_up, test_incoming, tear_down);
  g_test_add ("/line/hung-up", Fixture, NULL, set_up, test_hung_up, tear_down);
  return g_test_run ();
}
