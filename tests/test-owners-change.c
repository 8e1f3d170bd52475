// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/error.h"
#include "tests/owners.h"

/* How a call gets an owner or another one: H26. */

static void
end_call (guint call)
{
  puppet_emit_call (call, OH_CALL_ENDED, OH_REASON_NORMAL, OH_ENDED_BY_REMOTE);
}

static void
test_answer_takes (Fixture *f, gconstpointer data)
{
  Listener *owner = come (f, OWNER);
  Listener *monitor = come (f, MONITOR);
  Listener *other = come (f, MONITOR);
  Errand answer;

  puppet_ring ();
  errand_begin (&answer, monitor->connection, CALL_PATH (1), "Answer", NULL);
  spin_until (is_asked, &puppet ()->answer);
  puppet_settle (&puppet ()->answer, -1);
  told (monitor, "2 call-state 1 offering", "owner");
  told (owner, "2 call-state 1 offering", "monitor");
  g_assert_true (answer.done);
  errand_ends (&answer, NULL);
  emit_state (1, OH_CALL_CONNECTED);
  told (monitor, "3 call-state 1 connected", "owner");
  told (owner, "3 call-state 1 connected", "monitor");
  told (other, "2 call-state 1 connected", "monitor");
}

/* Where the modem's sign of the answer is the first that we hear, one event tells both. */
static void
test_answer_by_sign (Fixture *f, gconstpointer data)
{
  Listener *owner = come (f, OWNER);
  Listener *monitor = come (f, MONITOR);

  answer_call (f, monitor, puppet_ring ());
  told (monitor, "2 call-state 1 connected", "owner");
  told (owner, "2 call-state 1 connected", "monitor");
  assert_heard_only (f, owner, 2);
}

/* Of two the first; the second gets nothing, not even when the first fails. */
static void
test_second_answer (Fixture *f, gconstpointer data)
{
  Listener *owner = come (f, OWNER);
  Listener *first = come (f, MONITOR);
  Listener *second = come (f, MONITOR);
  Errand answer;

  puppet_ring ();
  errand_begin (&answer, first->connection, CALL_PATH (1), "Answer", NULL);
  spin_until (is_asked, &puppet ()->answer);
  call_fails (f, second->connection, CALL_PATH (1), "Answer", NULL, "InvalidState");
  puppet_settle (&puppet ()->answer, OH_ERROR_NOT_RESPONDING);
  errand_ends (&answer, "NotResponding");
  assert_heard_only (f, owner, 1);
  assert_heard_only (f, first, 1);
  errand_begin (&answer, first->connection, CALL_PATH (1), "Answer", NULL);
  spin_until (is_asked, &puppet ()->answer);
  call_fails (f, second->connection, CALL_PATH (1), "Answer", NULL, "InvalidState");
  emit_state (1, OH_CALL_CONNECTED);
  errand_ends (&answer, NULL);
  call_fails (f, second->connection, CALL_PATH (1), "Answer", NULL, "InvalidState");
  told (owner, "2 call-state 1 connected", "monitor");
  told (first, "2 call-state 1 connected", "owner");
  told (second, "2 call-state 1 connected", "monitor");
}

/* Such as busctl: nobody owns the call, and nobody's going ends it. */
static void
test_answer_without_handle (Fixture *f, gconstpointer data)
{
  Listener *owner = come (f, OWNER);
  g_autoptr (GDBusConnection) passing = connect_client (f);
  Errand answer;

  puppet_ring ();
  errand_begin (&answer, passing, CALL_PATH (1), "Answer", NULL);
  spin_until (is_asked, &puppet ()->answer);
  emit_state (1, OH_CALL_CONNECTED);
  errand_ends (&answer, NULL);
  told (owner, "2 call-state 1 connected", "monitor");
  leave (&passing);
  go (owner);
  let_grace_pass (f);
  assert_none_dropped ();
}

static void
test_dial_without_handle (Fixture *f, gconstpointer data)
{
  Listener *owner = come (f, OWNER);
  g_autoptr (GDBusConnection) passing = connect_client (f);
  g_autoptr (GVariant) snapshot = NULL;
  Listener *late;

  dial_call (f, passing);
  told (owner, "1 new-call 1 dialing", "monitor");
  leave (&passing);
  late = open_with (f, f->client, "/h", HOME, OWNER, &snapshot);
  assert_snapshot (snapshot, 0, "monitor");
  let_grace_pass (f);
  emit_state (1, OH_CALL_RINGBACK);
  told (owner, "2 call-state 1 ringback", "monitor");
  told (late, "1 call-state 1 ringback", "monitor");
  assert_none_dropped ();
}

/* Its first event says it already. */
static void
test_dial_owns (Fixture *f, gconstpointer data)
{
  Listener *owner = come (f, OWNER_OF (10));
  Listener *maker = come (f, MONITOR);
  Listener *sibling = open_with (f, maker->connection, "/2", HOME, MONITOR, NULL);

  dial_call (f, maker->connection);
  told (maker, "1 new-call 1 dialing", "owner");
  told (sibling, "1 new-call 1 dialing", "owner");
  told (owner, "1 new-call 1 dialing", "monitor");
  assert_heard_only (f, maker, 1);
}

static void
test_take (Fixture *f, gconstpointer data)
{
  Listener *owner = come (f, OWNER);
  Listener *taker = come (f, MONITOR);
  Listener *sibling = open_with (f, taker->connection, "/2", HOME, MONITOR, NULL);
  Listener *other = come (f, OWNER);
  Arrivals *arrivals;

  emit_state (puppet_ring (), OH_CALL_CONNECTED);
  heard_until (sibling, 0, "2 call-state 1 connected");
  heard_until (taker, 0, "2 call-state 1 connected");
  settle (f, taker->connection);
  arrivals = arrivals_watch (taker->connection);
  ask_ok (f, taker, CALL_PATH (1), "TakeOwnership");
  told (taker, "3 call-state 1 connected", "owner");
  told (sibling, "3 call-state 1 connected", "owner");
  told (owner, "3 call-state 1 connected", "monitor");
  arrivals_assert_first (arrivals, "reply");
  arrivals_stop (arrivals);
  ask_ok (f, taker, CALL_PATH (1), "TakeOwnership");
  assert_heard_only (f, taker, 3);
  assert_heard_only (f, other, 2);
}

static void
test_take_refused (Fixture *f, gconstpointer data)
{
  Listener *owner = come (f, OWNER);
  Listener *late = come (f, MONITOR);

  emit_state (puppet_ring (), OH_CALL_CONNECTED);
  call_fails (f, f->client, CALL_PATH (1), "TakeOwnership", NULL, "NotOpen");
  close_handle (f, late);
  call_fails (f, late->connection, CALL_PATH (1), "TakeOwnership", NULL, "NotOpen");
  assert_heard_only (f, owner, 2);
  end_call (1);
  call_fails (f, owner->connection, CALL_PATH (1), "TakeOwnership", NULL, "InvalidState");
}

static void
own_name (GDBusConnection *connection, const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_sync (
      connection, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
      "RequestName", g_variant_new ("(su)", name, 4), NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL,
      &error);

  g_assert_no_error (error);
  g_assert_cmpstr (g_variant_get_type_string (reply), ==, "(u)");
}

#define DESK "org.example.Desk"

/* On a bus that lets a client have the name. */
static void
set_up_names (Fixture *f, gconstpointer data)
{
  bus_change ("<policy context=\"mandatory\"><allow own=\"" DESK "\"/></policy>", NULL);
  owners_set_up (f, data);
  bus_restore ();
}

static GVariant *
to_name (const char *name)
{
  return g_variant_new ("(s)", name);
}

static void
hand_off (Fixture *f, Listener *from, const char *name)
{
  g_variant_unref (call_ok (f, from->connection, CALL_PATH (1), "HandOff", to_name (name)));
}

static void
hand_off_fails (Fixture *f, Listener *from, const char *name, const char *error)
{
  call_fails (f, from->connection, CALL_PATH (1), "HandOff", to_name (name), error);
}

static const char *
name_of (Listener *client)
{
  return g_dbus_connection_get_unique_name (client->connection);
}

/* While it rings, and when it is up; by either kind of name. */
static void
test_hand_off (Fixture *f, gconstpointer data)
{
  Listener *from = come (f, OWNER);
  Listener *to = come (f, MONITOR);
  Listener *other = come (f, OWNER_OF (1));
  Arrivals *arrivals;

  close_handle (f, other);
  other = open_with (f, f->client, "/h", HOME, MONITOR, NULL);
  own_name (to->connection, DESK);
  puppet_ring ();
  told (from, "1 new-call 1 offering", "owner");
  settle (f, from->connection);
  arrivals = arrivals_watch (from->connection);
  hand_off (f, from, DESK);
  told (from, "2 call-state 1 offering", "monitor");
  told (to, "2 call-state 1 offering", "owner");
  arrivals_assert_first (arrivals, "reply");
  arrivals_stop (arrivals);
  emit_state (1, OH_CALL_CONNECTED);
  heard_until (to, 0, "3 call-state 1 connected");
  arrivals = arrivals_watch (to->connection);
  hand_off (f, to, name_of (from));
  told (to, "4 call-state 1 connected", "monitor");
  told (from, "4 call-state 1 connected", "owner");
  arrivals_assert_first (arrivals, "reply");
  arrivals_stop (arrivals);
  hand_off (f, from, name_of (from));
  assert_heard_only (f, from, 4);
  assert_heard_only (f, other, 2);
}

static void
test_hand_off_refused (Fixture *f, gconstpointer data)
{
  static const char *const bad[]
      = { "", "x", ":", ".", "org..x", "org.x.", "/org/x", "org.x y", ":1", "org.\xc3\xa9.x" };
  Listener *owner = come (f, OWNER);
  Listener *other = come (f, OWNER);

  own_name (f->client, DESK);
  emit_state (puppet_ring (), OH_CALL_CONNECTED);
  heard_until (other, 0, "2 call-state 1 connected");
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    hand_off_fails (f, owner, bad[i], "InvalidArgs");
  hand_off_fails (f, owner, ":1.99999", "NotOpen");
  hand_off_fails (f, owner, "org.example.Nobody", "NotOpen");
  hand_off_fails (f, owner, g_dbus_connection_get_unique_name (f->client), "NotOpen");
  hand_off_fails (f, owner, DESK, "NotOpen");
  hand_off_fails (f, other, name_of (other), "InvalidState");
  hand_off_fails (f, other, "org.example.Nobody", "InvalidState");
  assert_heard_only (f, owner, 2);
  assert_heard_only (f, other, 2);
  end_call (1);
  hand_off_fails (f, owner, name_of (other), "InvalidState");
}

/* The text of the error is UTF-8, wherever the name is cut short. */
static void
test_hand_off_long_name (Fixture *f, gconstpointer data)
{
  static const char filler[]
      = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

  puppet_ring ();
  for (guint i = 56; i < 72; i++)
    {
      g_autofree char *name = g_strdup_printf ("%.*s\xe2\x82\xac\xf0\x9f\x93\x9e", i, filler);
      g_autofree char *text = invalid_args (f->client, CALL_PATH (1), "HandOff", to_name (name));

      g_assert_true (g_utf8_validate (text, -1, NULL));
    }
}

/* Anybody may give away what is nobody's. */
static void
test_hand_off_unowned (Fixture *f, gconstpointer data)
{
  Listener *giver = come (f, MONITOR);
  Listener *taker = come (f, MONITOR);

  puppet_ring ();
  hand_off (f, giver, name_of (taker));
  told (taker, "2 call-state 1 offering", "owner");
  assert_heard_only (f, giver, 1);
  hand_off_fails (f, giver, name_of (giver), "InvalidState");
}

/* While the bus is asked whose the name is, the call ends; or its owner changes. */
static void
test_hand_off_too_late (Fixture *f, gconstpointer data)
{
  Listener *from = come (f, OWNER);
  Listener *to = come (f, MONITOR);
  Listener *taker = come (f, MONITOR);
  Gate *gate = gate_shut (f);
  Errand taken, ended;

  own_name (to->connection, DESK);
  puppet_ring ();
  errand_begin (&taken, from->connection, CALL_PATH (1), "HandOff", to_name (DESK));
  gate_until (gate, 1);
  ask_ok (f, taker, CALL_PATH (1), "TakeOwnership");
  gate_open (gate);
  errand_ends (&taken, "InvalidState");
  assert_heard_only (f, to, 1);
  gate = gate_shut (f);
  errand_begin (&ended, taker->connection, CALL_PATH (1), "HandOff", to_name (DESK));
  gate_until (gate, 1);
  end_call (1);
  gate_open (gate);
  errand_ends (&ended, "InvalidState");
  heard_until (to, 0, "3 call-state 1 ended");
  assert_heard_only (f, to, 3);
}

/* It was asked for in good time. */
static void
test_hand_off_caller_gone (Fixture *f, gconstpointer data)
{
  Listener *from = come (f, OWNER);
  Listener *to = come (f, MONITOR);
  Gate *gate = gate_shut (f);
  Errand errand;

  own_name (to->connection, DESK);
  answer_call (f, from, puppet_ring ());
  errand_begin (&errand, from->connection, CALL_PATH (1), "HandOff", to_name (DESK));
  gate_until (gate, 1);
  go (from);
  settle (f, f->client);
  gate_open (gate);
  told (to, "3 call-state 1 connected", "owner");
  let_grace_pass (f);
  assert_none_dropped ();
  errand_ends (&errand, "");
}

/* The line goes while the bus is asked. */
static void
test_hand_off_line_gone (Fixture *f, gconstpointer data)
{
  Listener *from = come (f, OWNER);
  Gate *gate = gate_shut (f);
  Errand errand;

  puppet_ring ();
  errand_begin (&errand, from->connection, CALL_PATH (1), "HandOff", to_name (DESK));
  gate_until (gate, 1);
  g_dbus_connection_call (f->client, OH_BUS_NAME, OH_BUS_PATH, OH_BUS_NAME ".Manager", "RemoveLine",
                          g_variant_new ("(o)", HOME), NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL,
                          NULL);
  dropped (1, 1);
  heard_until (from, 0, "release removed");
  gate_open (gate);
  errand_ends (&errand, "InvalidState");
}

/* Each costs the daemon a question to the bus. */
static void
test_hand_off_many (Fixture *f, gconstpointer data)
{
  Listener *from = come (f, OWNER);
  Listener *to = come (f, MONITOR);
  Errand errands[2];

  own_name (to->connection, DESK);
  puppet_ring ();
  /* What has been answered is forgotten. */
  for (guint round = 0; round < 3; round++)
    {
      Gate *gate = gate_shut (f);

      for (guint i = 0; i < G_N_ELEMENTS (errands); i++)
        errand_begin (&errands[i], from->connection, CALL_PATH (1), "HandOff",
                      to_name ("org.example.Nobody"));
      gate_until (gate, G_N_ELEMENTS (errands));
      hand_off_fails (f, from, DESK, "LimitsExceeded");
      gate_open (gate);
      for (guint i = 0; i < G_N_ELEMENTS (errands); i++)
        errand_ends (&errands[i], "NotOpen");
    }
  hand_off (f, from, DESK);
  told (to, "2 call-state 1 offering", "owner");
}

static OhLimits limits;
static const OwnersSetUp few = { .owner = { .grace_ms = 100 }, .limits = &limits };

static void
add (const char *path, void (*test) (Fixture *f, gconstpointer data))
{
  g_test_add (path, Fixture, &owners_soon, owners_set_up, test, puppet_tear_down);
}

static void
add_named (const char *path, const OwnersSetUp *data, void (*test) (Fixture *f, gconstpointer data))
{
  g_test_add (path, Fixture, data, set_up_names, test, puppet_tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  limits = oh_limits_default;
  limits.requests = 2;
  add ("/H26/owners-change/answer-takes", test_answer_takes);
  add ("/H26/owners-change/answer-by-sign", test_answer_by_sign);
  add ("/H26/owners-change/second-answer", test_second_answer);
  add ("/H26/owners-change/answer-without-handle", test_answer_without_handle);
  add ("/H26/owners-change/dial-without-handle", test_dial_without_handle);
  add ("/H26/owners-change/dial-owns", test_dial_owns);
  add ("/H26/owners-change/take", test_take);
  add ("/H26/owners-change/take-refused", test_take_refused);
  add_named ("/H26/owners-change/hand-off", &owners_soon, test_hand_off);
  add_named ("/H26/owners-change/hand-off-refused", &owners_soon, test_hand_off_refused);
  add ("/H26/owners-change/hand-off-long-name", test_hand_off_long_name);
  add ("/H26/owners-change/hand-off-unowned", test_hand_off_unowned);
  add_named ("/H26/owners-change/hand-off-too-late", &owners_soon, test_hand_off_too_late);
  add_named ("/H26/owners-change/hand-off-caller-gone", &owners_later, test_hand_off_caller_gone);
  add_named ("/H26/owners-change/hand-off-line-gone", &owners_soon, test_hand_off_line_gone);
  add_named ("/H26/owners-change/hand-off-many", &few, test_hand_off_many);
  return g_test_run ();
}
