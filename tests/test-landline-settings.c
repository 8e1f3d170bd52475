// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/fixture.h"

/* What a landline modem is told at first, where it refuses some of it. */

static void
begin (Fixture *f, gconstpointer user_data)
{
  set_up (f, NULL);
  start_manager (f);
  start_sim (f, "landline");
}

static void
add_home (Fixture *f)
{
  g_autofree char *device = sim_device (f);

  f->line = add_line (f, "home", device, NULL);
}

static gboolean
has_caller_id (gpointer user_data)
{
  g_autoptr (GVariant) features = get_property (user_data, LINE_PATH "home", "Line", "Features");
  g_autofree const char **words = g_variant_get_strv (features, NULL);

  return g_strv_contains (words, "caller-id");
}

static gboolean
has_no_caller_id (gpointer user_data)
{
  return !has_caller_id (user_data);
}

static void
assert_caller (Fixture *f, const char *number)
{
  Listener *listener = listen_home (f);
  guint at;

  sim (f, "ring number=5551234");
  at = heard_until (listener, heard_until (listener, 0, "* new-call 1 offering"),
                    *number != '\0' ? "* call-info 1 *" : "* ringing 1 2");
  if (*number != '\0')
    assert_heard (listener, at, "Number", number);
  else
    g_assert_false (has_heard (listener, "* call-info *"));
}

/* It has just been switched on: what it refuses now it takes a moment later. */
static void
test_later (Fixture *f, gconstpointer user_data)
{
  sim (f, "refuse *CID=*");
  add_home (f);
  spin_until (has_no_caller_id, f);
  sim (f, "accept");
  spin_until (has_caller_id, f);
  assert_caller (f, "5551234");
}

/* The older command does as well. */
static void
test_older (Fixture *f, gconstpointer user_data)
{
  sim (f, "refuse +VCID=*");
  add_home (f);
  g_assert_true (has_caller_id (f));
  assert_caller (f, "5551234");
}

/* Calls come without the number then, and nothing is sent into one to ask for it. */
static void
test_refused (Fixture *f, gconstpointer user_data)
{
  sim (f, "refuse *CID=*");
  add_home (f);
  spin_until (has_no_caller_id, f);
  assert_caller (f, "");
  g_assert_false (has_caller_id (f));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func)                                                                            \
  g_test_add ("/landline-settings/" name, Fixture, NULL, begin, func, tear_down)
  ADD ("later", test_later);
  ADD ("older", test_older);
  ADD ("refused", test_refused);
  return g_test_run ();
}
