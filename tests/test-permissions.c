// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/puppet.h"
#include "tests/wire.h"

/* Who may do what (design §5). */

#define HOME LINE_PATH "home"
#define CALL_PATH(n) HOME "/call/" #n

static void
emit_state (guint call, OhCallState state)
{
  puppet_emit_call (call, state, OH_REASON_NONE, OH_ENDED_BY_NOBODY);
}

static GVariant *
path_and_options (const char *path)
{
  return g_variant_new ("(oa{sv})", path, NULL);
}

static Listener *
open_on (Fixture *f, GDBusConnection *client, const char *path, const char *line)
{
  Listener *listener = listen_at (f, client, path);

  g_variant_unref (call_ok (f, client, line, "Open", path_and_options (path)));
  return listener;
}

static void
assert_no_party (GVariant *details)
{
  static const char *const personal[]
      = { "Number", "Name", "NumberPresentation", "NamePresentation", "NetworkTime" };

  for (guint i = 0; i < G_N_ELEMENTS (personal); i++)
    g_assert_false (g_variant_lookup (details, personal[i], "*", NULL));
}

/* Another user hears of calls, but not whose. */
static void
test_stranger_hears (Fixture *f, gconstpointer limits)
{
  g_autoptr (GVariant) snapshot = NULL;
  g_autoptr (GVariant) calls = NULL;
  g_autoptr (GVariant) details = NULL;
  GDBusConnection *stranger;
  Listener *listener;
  guint call;

  if (!is_root ())
    return;
  stranger = connect_as (f, UID_STRANGER);
  call = puppet_ring ();
  puppet_emit_party (call, "5550123");
  listener = listen_at (f, stranger, "/stranger");
  snapshot = listener_open (f, listener);
  calls = g_variant_lookup_value (snapshot, "Calls", NULL);
  g_variant_get_child (calls, 0, "(o@a{sv})", NULL, &details);
  assert_no_party (details);
  emit_state (call, OH_CALL_CONNECTED);
  puppet_emit_party (call, "5550124");
  heard_until (listener, 0, "2 call-info *");
  for (guint i = 0; i < listener->events->len; i++)
    {
      g_autoptr (GVariant) event = g_variant_get_child_value (listener->events->pdata[i], 5);

      assert_no_party (event);
    }
  g_variant_unref (call_ok (f, stranger, HOME, "Close", g_variant_new ("(o)", "/stranger")));
  listener_free (f, listener);
  leave (&stranger);
}

static void
not_authorized (Fixture *f, GDBusConnection *stranger, const char *path, const char *method,
                GVariant *parameters)
{
  call_fails (f, stranger, path, method, parameters, "NotAuthorized");
}

static void
test_stranger_does_nothing (Fixture *f, gconstpointer limits)
{
  static const char *const plain[] = { "Answer", "Drop", "Ignore", "GetParty" };
  Listener *listener;
  GDBusConnection *stranger;
  guint call;

  if (!is_root ())
    return;
  stranger = connect_as (f, UID_STRANGER);
  listener = open_on (f, stranger, "/stranger", HOME);
  not_authorized (f, stranger, HOME, "Dial", g_variant_new ("(sa{sv})", "123", NULL));
  not_authorized (f, stranger, HOME, "Dial", g_variant_new ("(sa{sv})", "5;+CFUN=0", NULL));
  call = puppet_ring ();
  for (guint i = 0; i < G_N_ELEMENTS (plain); i++)
    not_authorized (f, stranger, CALL_PATH (1), plain[i], NULL);
  emit_state (call, OH_CALL_CONNECTED);
  not_authorized (f, stranger, CALL_PATH (1), "SendDigits", g_variant_new ("(sa{sv})", "1", NULL));
  not_authorized (f, stranger, CALL_PATH (1), "MonitorDigits", g_variant_new ("(b)", TRUE));
  not_authorized (f, stranger, HOME, "HangUpAll", NULL);
  not_authorized (f, stranger, HOME, "ListHandles", NULL);
  not_authorized (f, stranger, OH_BUS_PATH, "AddLine",
                  g_variant_new ("(sa{sv})", "/dev/full", NULL));
  not_authorized (f, stranger, OH_BUS_PATH, "RemoveLine", g_variant_new ("(o)", HOME));
  puppet_emit_digit (call, '7');
  emit_state (call, OH_CALL_HELD);
  heard_until (listener, 0, "* call-state 1 held");
  g_assert_false (has_heard (listener, "* digit *"));
  g_assert_true (puppet ()->dial == NULL && puppet ()->answer == NULL && puppet ()->digit == NULL);
  g_assert_cmpuint (puppet ()->n_drops, ==, 0);
  listener_free (f, listener);
  leave (&stranger);
}

static void
add (const char *path, const OhLimits *limits, void (*test) (Fixture *f, gconstpointer limits))
{
  g_test_add (path, Fixture, limits, puppet_set_up, test, puppet_tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("/permissions/no-polkit/hears", NULL, test_stranger_hears);
  add ("/permissions/no-polkit/does-nothing", NULL, test_stranger_does_nothing);
  return g_test_run ();
}
