// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/fixture.h"

/* The cellular driver with each family of modems that the simulator plays: with its reports,
 * without them, and with reports that are cut. What is told is the same. */

#define HOME LINE_PATH "home"
#define CALL HOME "/call/"

typedef struct
{
  const char *kind, *reports;
} Variant;

static void
family_set_up (Fixture *f, gconstpointer user_data)
{
  const Variant *variant = user_data;
  g_autofree char *device = NULL;

  set_up (f, NULL);
  start_manager (f);
  start_sim (f, variant->kind);
  device = sim_device (f);
  f->line = add_line (f, "home", device, oh_driver_find ("cellular"));
  sim (f, "reports %s", variant->reports);
}

static void
family_tear_down (Fixture *f, gconstpointer user_data)
{
  tear_down (f, NULL);
}

static guint
count_heard (Listener *listener, const char *glob)
{
  guint n = 0;

  for (guint i = 0; i < listener->heard->len; i++)
    n += g_pattern_match_simple (glob, listener->heard->pdata[i]);
  return n;
}

static void
ask (Fixture *f, const char *path, const char *method)
{
  g_variant_unref (call_ok (f, f->client, path, method, NULL));
}

static void
assert_calls (Listener *listener, guint n)
{
  g_assert_cmpuint (count_heard (listener, "* new-call *"), ==, n);
  assert_serials (listener);
}

static void
test_answered (Fixture *f, gconstpointer variant)
{
  Listener *listener = listen_home (f);
  guint at;

  sim (f, "ring number=5551111");
  at = heard_until (listener, 0, "1 new-call 1 offering");
  heard_until (listener, at, "* ringing 1 *");
  ask (f, CALL "1", "Answer");
  at = heard_until (listener, at, "* call-state 1 connected");
  sim (f, "hangup");
  at = heard_until (listener, at, "* call-state 1 disconnected");
  at = heard_until (listener, at, "* call-state 1 ended");
  assert_heard (listener, at, "Reason", "normal");
  assert_calls (listener, 1);
  /* And the next is another. */
  sim (f, "ring number=5552222");
  at = heard_until (listener, at, "* new-call 2 offering");
}

static void
test_missed (Fixture *f, gconstpointer variant)
{
  Listener *listener = listen_home (f);
  guint at;

  sim (f, "ring number=5551111");
  heard_until (listener, 0, "* ringing 1 2");
  sim (f, "give-up");
  at = heard_until (listener, 0, "* call-state 1 ended");
  assert_heard (listener, at, "Reason", "normal");
  assert_calls (listener, 1);
}

static void
test_refused (Fixture *f, gconstpointer variant)
{
  Listener *listener = listen_home (f);
  guint at;

  sim (f, "ring number=5551111");
  heard_until (listener, 0, "* new-call 1 offering");
  ask (f, CALL "1", "Drop");
  at = heard_until (listener, 0, "* call-state 1 ended");
  assert_heard (listener, at, "Reason", "local");
  assert_heard (listener, at, "EndedBy", "local");
  assert_calls (listener, 1);
}

static void
dial (Fixture *f, const char *plan)
{
  sim (f, "on-dial %s", plan);
  g_variant_unref (
      call_ok (f, f->client, HOME, "Dial", g_variant_new ("(sa{sv})", "5551111", NULL)));
}

static void
test_dialled (Fixture *f, gconstpointer variant)
{
  Listener *listener = listen_home (f);
  guint at;

  dial (f, "manual");
  heard_until (listener, 0, "1 new-call 1 *");
  sim (f, "alert");
  at = heard_until (listener, 0, "* call-state 1 ringback");
  sim (f, "answer");
  at = heard_until (listener, at, "* call-state 1 connected");
  ask (f, CALL "1", "Drop");
  at = heard_until (listener, at, "* call-state 1 ended");
  assert_heard (listener, at, "Reason", "local");
  assert_calls (listener, 1);
}

static void
test_busy (Fixture *f, gconstpointer variant)
{
  Listener *listener = listen_home (f);
  guint at;

  dial (f, "alert=0.1 busy=1");
  at = heard_until (listener, 0, "* call-state 1 ended");
  assert_heard (listener, at, "Reason", "busy");
  assert_heard (listener, at, "Cause", "17");
  assert_heard (listener, at, "EndedBy", "remote");
  assert_calls (listener, 1);
}

static void
test_waiting (Fixture *f, gconstpointer variant)
{
  Listener *listener = listen_home (f);

  sim (f, "ring number=5551111");
  heard_until (listener, 0, "* new-call 1 offering");
  ask (f, CALL "1", "Answer");
  heard_until (listener, 0, "* call-state 1 connected");
  sim (f, "waiting number=5552222");
  heard_until (listener, 0, "* new-call 2 offering");
  ask (f, HOME, "HoldAndAnswer");
  heard_until (listener, 0, "* call-state 1 held");
  heard_until (listener, 0, "* call-state 2 connected");
  ask (f, HOME, "HangUpAll");
  heard_until (listener, 0, "* call-state 1 ended");
  heard_until (listener, 0, "* call-state 2 ended");
  assert_calls (listener, 2);
}

static const struct
{
  const char *name;
  void (*func) (Fixture *f, gconstpointer variant);
} tests[] = {
  { "answered", test_answered }, { "missed", test_missed }, { "refused", test_refused },
  { "dialled", test_dialled },   { "busy", test_busy },     { "waiting", test_waiting },
};

int
main (int argc, char **argv)
{
  static const char *const kinds[]
      = { "huawei", "quectel", "simcom", "ublox", "cinterion", "telit", "mediatek", "wavecom" };
  static const char *const reports[] = { "on", "off", "cut" };
  static Variant variants[G_N_ELEMENTS (kinds)][G_N_ELEMENTS (reports)];
  g_autoptr (GPtrArray) kept = g_ptr_array_new_with_free_func (g_free);
  guint n = G_N_ELEMENTS (kinds) * G_N_ELEMENTS (reports) * G_N_ELEMENTS (tests);

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < n; i++)
    {
      guint kind = i / G_N_ELEMENTS (tests) / G_N_ELEMENTS (reports);
      guint which = i / G_N_ELEMENTS (tests) % G_N_ELEMENTS (reports);
      guint test = i % G_N_ELEMENTS (tests);
      g_autofree char *path = g_strdup_printf ("/families/%s/reports-%s/%s", kinds[kind],
                                               reports[which], tests[test].name);
      char *name;

      /* Where ATD waits for the answer and nothing is reported, nothing tells of the way there. */
      if (g_str_equal (kinds[kind], "wavecom") && which > 0
          && (tests[test].func == test_dialled || tests[test].func == test_busy))
        continue;
      name = g_strconcat ("cellular-", kinds[kind], NULL);

      g_ptr_array_add (kept, name);
      variants[kind][which] = (Variant){ name, reports[which] };
      g_test_add (path, Fixture, &variants[kind][which], family_set_up, tests[test].func,
                  family_tear_down);
    }
  return g_test_run ();
}
