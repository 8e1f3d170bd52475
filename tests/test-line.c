// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/fixture.h"

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

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/line/incoming/v253", Fixture, "v253", set_up, test_incoming, tear_down);
  g_test_add ("/line/incoming/cellular", Fixture, "cellular", set_up, test_incoming, tear_down);
  return g_test_run ();
}
