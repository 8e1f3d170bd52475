// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/error.h"
#include "tests/log-watch.h"
#include "tests/owners.h"

/* A call that has no owner rings on, one whose owner is lost gets the next: H27, H28.
 */

/* Two calls of one owner; it is gone, and only @second is dropped. */
static void
assert_only_second_dropped (Fixture *f, Listener *owner, guint second)
{
  go (owner);
  dropped (1, second);
  let_grace_pass (f);
  dropped (1, second);
}

static void
test_offered_stays (Fixture *f, gconstpointer data)
{
  Listener *monitor = come (f, MONITOR);
  Listener *owner = come (f, OWNER);

  puppet_ring ();
  answer_call (f, owner, puppet_ring ());
  assert_only_second_dropped (f, owner, 2);
  emit_state (1, OH_CALL_CONNECTED);
  told (monitor, "* call-state 1 connected", "monitor");
}

/* To have taken it is not to have answered it. */
static void
test_taken_offered_stays (Fixture *f, gconstpointer data)
{
  Listener *giver = come (f, OWNER);
  Listener *owner = come (f, MONITOR);

  puppet_ring ();
  puppet_ring ();
  heard_until (giver, 0, "2 new-call 2 offering");
  g_variant_unref (
      call_ok (f, giver->connection, CALL_PATH (1), "HandOff",
               g_variant_new ("(s)", g_dbus_connection_get_unique_name (owner->connection))));
  ask_ok (f, owner, CALL_PATH (2), "TakeOwnership");
  close_handle (f, giver);
  answer_call (f, owner, puppet_ring ());
  go (owner);
  dropped (1, 3);
  let_grace_pass (f);
  dropped (1, 3);
  g_assert_true (oh_line_has_calls (f->line));
}

static void
test_never_owned (Fixture *f, gconstpointer data)
{
  Listener *monitor = come (f, MONITOR);

  puppet_ring ();
  let_grace_pass (f);
  puppet_emit (OH_EVENT_RING, 1);
  heard_until (monitor, 0, "2 ringing 1 1");
  assert_heard_only (f, monitor, 2);
  assert_none_dropped ();
  g_assert_null (puppet ()->answer);
}

static void
assert_silenced (Listener *client, guint from)
{
  guint at = heard_until (client, from, "* call-state 1 offering");

  assert_heard (client, at, "Silenced", "true");
}

/* All are told, nothing is sent to the modem, and another may still answer. */
static void
test_ignored (Fixture *f, gconstpointer data)
{
  Listener *owner = come (f, OWNER);
  Listener *monitor = come (f, MONITOR);
  g_autoptr (GVariant) silenced = NULL;
  g_autofree char *state = NULL;

  puppet_ring ();
  told (owner, "1 new-call 1 offering", "owner");
  assert_heard (owner, 0, "Silenced", "false");
  ask_ok (f, owner, CALL_PATH (1), "Ignore");
  assert_silenced (owner, 0);
  assert_silenced (monitor, 0);
  told (owner, "2 call-state 1 offering", "owner");
  ask_ok (f, monitor, CALL_PATH (1), "Ignore");
  assert_heard_only (f, monitor, 2);
  silenced = get_property (f, CALL_PATH (1), "Call", "Silenced");
  g_assert_true (g_variant_get_boolean (silenced));
  state = get_string (f, CALL_PATH (1), "Call", "State");
  g_assert_cmpstr (state, ==, "offering");
  assert_none_dropped ();
  g_assert_null (puppet ()->answer);
  answer_call (f, monitor, 1);
  told (monitor, "3 call-state 1 connected", "owner");
  call_fails (f, owner->connection, CALL_PATH (1), "Ignore", NULL, "InvalidState");
}

/* Whose owner is gone is still there for others. */
static void
test_others_answer (Fixture *f, gconstpointer data)
{
  Listener *owner = come (f, OWNER);
  Listener *monitor = come (f, MONITOR);

  puppet_ring ();
  told (owner, "1 new-call 1 offering", "owner");
  go (owner);
  let_grace_pass (f);
  answer_call (f, monitor, 1);
  told (monitor, "2 call-state 1 connected", "owner");
  assert_none_dropped ();
}

/* On real kinds of modem: they ring on, and it is the caller who ends it. */
static void
test_modem_rings_on (Fixture *f, gconstpointer driver)
{
  Listener *monitor = listen_home (f);
  Listener *owner = come (f, OWNER);
  guint rings, at;

  sim (f, "ring number=5551234");
  told (owner, "1 new-call 1 offering", "owner");
  rings = heard_until (monitor, 0, "* ringing 1 1");
  go (owner);
  let_grace_pass (f);
  rings = heard_until (monitor, rings, "* ringing 1 4");
  sim (f, "give-up");
  sim_until (f, "home caller-gave-up*");
  at = heard_until (monitor, rings, "* call-state 1 disconnected");
  assert_heard (monitor, at, "EndedBy", g_str_equal (driver, "v253") ? "unknown" : "remote");
  heard_until (monitor, at, "* call-state 1 ended");
  for (guint i = 0; i < f->sim_said->len; i++)
    g_assert_false (g_pattern_match_simple ("home *by-host*", f->sim_said->pdata[i]));
}

/* By priority, then in the order of opening; never a monitor. */
static void
test_next (Fixture *f, gconstpointer data)
{
  Listener *monitor = come (f, "{'Priority': <99>}");
  Listener *last = come (f, OWNER);
  Listener *third = come (f, OWNER_OF (1));
  Listener *second = come (f, OWNER_OF (2));
  Listener *owner = come (f, OWNER_OF (3));

  answer_call (f, owner, puppet_ring ());
  heard_until (last, 0, "2 call-state 1 connected");
  go (owner);
  told (second, "3 call-state 1 connected", "owner");
  assert_heard_only (f, third, 2);
  go (second);
  told (third, "3 call-state 1 connected", "owner");
  go (third);
  told (last, "3 call-state 1 connected", "owner");
  let_grace_pass (f);
  assert_heard_only (f, monitor, 2);
  assert_none_dropped ();
  go (last);
  dropped (1, 1);
}

/* With an offered call too, and one call's owner is not the other's. */
static void
test_next_of_each (Fixture *f, gconstpointer data)
{
  Listener *owner = come (f, OWNER_OF (1));
  Listener *next = come (f, OWNER);
  Listener *monitor = come (f, MONITOR);

  answer_call (f, monitor, puppet_ring ());
  emit_state (1, OH_CALL_HELD);
  answer_call (f, owner, puppet_ring ());
  puppet_ring ();
  heard_until (next, 0, "6 new-call 3 offering");
  go (owner);
  told_from (next, 6, "7 call-state 2 connected", "owner");
  told (next, "8 call-state 3 offering", "owner");
  emit_state (1, OH_CALL_CONNECTED);
  told_from (monitor, 6, "7 call-state 1 connected", "owner");
  told (next, "9 call-state 1 connected", "monitor");
}

static void
test_closed (Fixture *f, gconstpointer data)
{
  Listener *owner = come (f, MONITOR);
  Listener *sibling = open_with (f, owner->connection, "/2", HOME, OWNER_OF (1), NULL);
  Listener *next = come (f, OWNER);

  open_with (f, owner->connection, "/3", LINE_PATH "home", MONITOR, NULL);
  answer_call (f, owner, puppet_ring ());
  heard_until (next, 0, "2 call-state 1 connected");
  close_handle (f, sibling);
  close_handle (f, owner);
  assert_heard_only (f, next, 2);
  sibling->path[1] = '3';
  close_handle (f, sibling);
  told (next, "3 call-state 1 connected", "owner");
  assert_none_dropped ();
}

/* A handle on another line does not count here. */
static void
test_closed_on_this_line (Fixture *f, gconstpointer data)
{
  Listener *owner = come (f, OWNER);

  add_line (f, "second", "/dev/zero", oh_driver_find ("fake"));
  open_with (f, owner->connection, "/2", LINE_PATH "second", OWNER, NULL);
  answer_call (f, owner, puppet_ring ());
  close_handle (f, owner);
  dropped (1, 1);
}

/* An owner who holds its first event, with the call connected. */
static Listener *
come_slowly (Fixture *f)
{
  Listener *owner = come (f, OWNER_OF (1));

  owner->manner = HOLDS;
  emit_state (puppet_ring (), OH_CALL_CONNECTED);
  heard_until (owner, 0, "1 new-call 1 offering");
  return owner;
}

static void
test_unresponsive (Fixture *f, gconstpointer data)
{
  Listener *next = come (f, OWNER);
  Listener *owner;

  log_forget ();
  owner = come_slowly (f);
  told (next, "3 call-state 1 connected", "owner");
  g_assert_cmpuint (log_count ("MESSAGE=Process * has not answered*"), ==, 1);
  heard_until (owner, 0, "release unresponsive");
}

static void
test_overflow (Fixture *f, gconstpointer data)
{
  Listener *next = come (f, OWNER);
  Listener *owner = come_slowly (f);

  heard_until (next, 0, "2 call-state 1 connected");
  emit_state (1, OH_CALL_HELD);
  heard_until (next, 0, "3 call-state 1 held");
  emit_state (1, OH_CALL_CONNECTED);
  heard_until (next, 0, "4 call-state 1 connected");
  assert_heard_only (f, owner, 1);
  emit_state (1, OH_CALL_HELD);
  heard_until (owner, 0, "release overflow");
  listener_answer (owner);
  told (next, "6 call-state 1 held", "owner");
}

static void
test_refused (Fixture *f, gconstpointer data)
{
  Listener *next = come (f, OWNER);
  Listener *owner = come (f, OWNER_OF (1));

  owner->manner = REFUSES;
  owner->refuse_with = "org.freedesktop.DBus.Error.UnknownMethod";
  log_forget ();
  puppet_ring ();
  told (next, "2 call-state 1 offering", "owner");
  g_assert_cmpuint (log_count ("MESSAGE=Listener * cannot be called*"), ==, 1);
}

static OhLimits hasty, narrow;
static const OwnersSetUp hurried = { .owner = { .grace_ms = 100 }, .limits = &hasty };
static const OwnersSetUp crammed = { .owner = { .grace_ms = 100 }, .limits = &narrow };

/* A modem of the simulator's, as a line with a short grace time. */
static void
set_up_modem (Fixture *f, gconstpointer driver)
{
  f->owner = &owners_soon.owner;
  set_up (f, driver);
}

static void
add (const char *path, const OwnersSetUp *data, void (*test) (Fixture *f, gconstpointer data))
{
  g_test_add (path, Fixture, data, owners_set_up, test, puppet_tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  log_watch ();
  hasty = narrow = oh_limits_default;
  hasty.answer_ms = 300;
  narrow.queued = 4;
  add ("/H27/owners-lost/offered-stays", &owners_soon, test_offered_stays);
  add ("/H27/owners-lost/taken-offered-stays", &owners_soon, test_taken_offered_stays);
  add ("/H27/owners-lost/never-owned", &owners_soon, test_never_owned);
  add ("/H27/owners-lost/ignored", &owners_soon, test_ignored);
  add ("/H27/owners-lost/others-answer", &owners_soon, test_others_answer);
  g_test_add ("/H27/owners-lost/v253-rings-on", Fixture, "v253", set_up_modem, test_modem_rings_on,
              tear_down);
  g_test_add ("/H27/owners-lost/cellular-rings-on", Fixture, "cellular", set_up_modem,
              test_modem_rings_on, tear_down);
  add ("/H28/owners-lost/next", &owners_soon, test_next);
  add ("/H28/owners-lost/next-of-each", &owners_soon, test_next_of_each);
  add ("/H28/owners-lost/closed", &owners_soon, test_closed);
  add ("/H28/owners-lost/closed-on-this-line", &owners_soon, test_closed_on_this_line);
  add ("/H28/owners-lost/unresponsive", &hurried, test_unresponsive);
  add ("/H28/owners-lost/overflow", &crammed, test_overflow);
  add ("/H28/owners-lost/refused", &owners_soon, test_refused);
  return g_test_run ();
}
