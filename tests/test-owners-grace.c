// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/error.h"
#include "tests/owners.h"

/* A call that has lost its last owner, in its time of grace and at its end: H28. */

/* A call that its taker loses is dropped behind the time, and not before. */
static void
assert_dropped_in_time (Fixture *f, Listener *owner)
{
  gint64 gone_at = g_get_monotonic_time ();

  go (owner);
  dropped (1, 1);
  g_assert_cmpint (g_get_monotonic_time () - gone_at, >=, f->owner->grace_ms * 1000);
}

static void
test_dropped (Fixture *f, gconstpointer data)
{
  Listener *monitor = come (f, MONITOR);
  Listener *owner = come (f, OWNER);

  answer_call (f, owner, puppet_ring ());
  assert_dropped_in_time (f, owner);
  puppet_emit_call (1, OH_CALL_ENDED, OH_REASON_LOCAL, OH_ENDED_BY_LOCAL);
  heard_until (monitor, 0, "3 call-state 1 ended");
  let_grace_pass (f);
  dropped (1, 1);
}

static void
test_dialled (Fixture *f, gconstpointer data)
{
  Listener *owner = come (f, MONITOR);

  dial_call (f, owner->connection);
  assert_dropped_in_time (f, owner);
}

static void
test_held (Fixture *f, gconstpointer data)
{
  Listener *owner = come (f, MONITOR);

  answer_call (f, owner, puppet_ring ());
  emit_state (1, OH_CALL_HELD);
  assert_dropped_in_time (f, owner);
}

/* What the modem does not do is no harm, and who comes later has it. */
static void
test_drop_fails (Fixture *f, gconstpointer data)
{
  Listener *owner = come (f, OWNER);
  g_autoptr (GVariant) snapshot = NULL;

  puppet ()->drops_at_once = FALSE;
  answer_call (f, owner, puppet_ring ());
  go (owner);
  dropped (1, 1);
  g_test_expect_message ("offhook", G_LOG_LEVEL_WARNING, "*/call/1 could not be dropped*");
  puppet_settle (&puppet ()->drop, OH_ERROR_NOT_RESPONDING);
  g_test_assert_expected_messages ();
  open_with (f, f->client, "/h", HOME, OWNER, &snapshot);
  assert_snapshot (snapshot, 0, "owner");
}

/* A call for each of three policies of handles, on a line that has its own; those that are to stay
 * have lost their owners first. */
static void
test_policies (Fixture *f, gconstpointer data)
{
  Listener *keeps = come (f, "{'OwnerLost': <'keep'>}");
  Listener *says_nothing = come (f, MONITOR);
  Listener *drops = come (f, "{'OwnerLost': <'drop'>}");

  answer_call (f, keeps, puppet_ring ());
  answer_call (f, says_nothing, puppet_ring ());
  answer_call (f, drops, puppet_ring ());
  go (keeps);
  let_grace_pass (f);
  assert_none_dropped ();
  go (says_nothing);
  if (f->owner->keep)
    let_grace_pass (f);
  else
    dropped (1, 2);
  go (drops);
  dropped (f->owner->keep ? 1 : 2, 3);
}

/* The policy is the last owner's, whoever had the call before. */
static void
test_policy_of_next (Fixture *f, gconstpointer data)
{
  Listener *keeps = come (f, "{'OwnerLost': <'keep'>}");
  Listener *drops = come (f, "{'OwnerLost': <'drop'>, 'Privilege': <'owner'>}");

  answer_call (f, keeps, puppet_ring ());
  heard_until (drops, 0, "2 call-state 1 connected");
  go (keeps);
  told (drops, "3 call-state 1 connected", "owner");
  go (drops);
  dropped (1, 1);
}

/* Of a connection's handles the first that says something decides. */
static void
test_policy_of_siblings (Fixture *f, gconstpointer data)
{
  Listener *first = come (f, MONITOR);
  Listener *other = come (f, MONITOR);

  open_with (f, first->connection, "/2", HOME, "{'OwnerLost': <'keep'>}", NULL);
  open_with (f, first->connection, "/3", HOME, "{'OwnerLost': <'drop'>}", NULL);
  answer_call (f, first, puppet_ring ());
  answer_call (f, other, puppet_ring ());
  go (first);
  go (other);
  dropped (1, 2);
  let_grace_pass (f);
  dropped (1, 2);
}

static GVariant *
fake_line (const char *alias, const char *policy, guint grace_ms)
{
  GVariantBuilder options;

  g_variant_builder_init (&options, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&options, "{sv}", "Alias", g_variant_new_string (alias));
  g_variant_builder_add (&options, "{sv}", "Driver", g_variant_new_string ("fake"));
  g_variant_builder_add (&options, "{sv}", "OwnerLost", g_variant_new_string (policy));
  g_variant_builder_add (&options, "{sv}", "OwnerGrace", g_variant_new_uint32 (grace_ms));
  return g_variant_new ("(sa{sv})", g_str_equal (policy, "keep") ? "/dev/full" : "/dev/zero",
                        &options);
}

static gboolean
has_no_calls (gpointer line)
{
  return !oh_line_has_calls (line);
}

/* What AddLine was told. */
static void
test_of_added_line (Fixture *f, gconstpointer data)
{
  Listener *owner = come (f, OWNER);
  OhLine *drops, *keeps;

  g_variant_unref (call_ok (f, f->client, OH_BUS_PATH, "AddLine", fake_line ("drops", "drop", 0)));
  g_variant_unref (call_ok (f, f->client, OH_BUS_PATH, "AddLine", fake_line ("keeps", "keep", 0)));
  drops = oh_manager_find_line (f->manager, "drops");
  keeps = oh_manager_find_line (f->manager, "keeps");
  open_with (f, owner->connection, "/2", LINE_PATH "drops", MONITOR, NULL);
  open_with (f, owner->connection, "/3", LINE_PATH "keeps", MONITOR, NULL);
  g_variant_unref (call_ok (f, owner->connection, LINE_PATH "keeps", "Dial",
                            g_variant_new ("(sa{sv})", "1", NULL)));
  g_variant_unref (call_ok (f, owner->connection, LINE_PATH "drops", "Dial",
                            g_variant_new ("(sa{sv})", "1", NULL)));
  g_assert_true (oh_line_has_calls (drops));
  go (owner);
  spin_until (has_no_calls, drops);
  g_assert_true (oh_line_has_calls (keeps));
}

/* Gone and back in the grace time: the call is its own again. */
static void
test_comes_back (Fixture *f, gconstpointer data)
{
  g_autoptr (GDBusConnection) connection = connect_client (f);
  g_autoptr (GVariant) of_monitor = NULL;
  g_autoptr (GVariant) snapshot = NULL;
  Listener *owner = come (f, OWNER);
  Listener *back;

  answer_call (f, owner, puppet_ring ());
  emit_state (1, OH_CALL_HELD);
  answer_call (f, owner, puppet_ring ());
  go (owner);
  open_with (f, connection, "/m", HOME, MONITOR, &of_monitor);
  back = open_with (f, connection, "/h", HOME, OWNER, &snapshot);
  assert_none_dropped ();
  assert_snapshot (of_monitor, 0, "monitor");
  assert_snapshot (snapshot, 0, "owner");
  assert_snapshot (snapshot, 1, "owner");
  let_grace_pass (f);
  assert_none_dropped ();
  go (back);
  dropped (2, 2);
}

/* One that only listens leaves the call to its end. */
static void
test_comes_back_as_monitor (Fixture *f, gconstpointer data)
{
  Listener *owner = come (f, OWNER);

  answer_call (f, owner, puppet_ring ());
  go (owner);
  come (f, MONITOR);
  dropped (1, 1);
}

/* A monitor takes what is nobody's; it is told, and it is its own until it goes. */
static void
test_taken_in_grace (Fixture *f, gconstpointer data)
{
  Listener *owner = come (f, OWNER);
  Listener *monitor = come (f, MONITOR);

  answer_call (f, owner, puppet_ring ());
  heard_until (monitor, 0, "2 call-state 1 connected");
  go (owner);
  ask_ok (f, monitor, CALL_PATH (1), "TakeOwnership");
  told (monitor, "3 call-state 1 connected", "owner");
  let_grace_pass (f);
  assert_none_dropped ();
  go (monitor);
  dropped (1, 1);
}

static void
test_ends_in_grace (Fixture *f, gconstpointer data)
{
  Listener *owner = come (f, OWNER);
  Listener *monitor = come (f, MONITOR);

  answer_call (f, owner, puppet_ring ());
  go (owner);
  settle (f, f->client);
  puppet_emit_call (1, OH_CALL_ENDED, OH_REASON_NORMAL, OH_ENDED_BY_REMOTE);
  heard_until (monitor, 0, "4 call-state 1 ended");
  let_grace_pass (f);
  assert_none_dropped ();
}

static gboolean
is_removed (gpointer user_data)
{
  return oh_manager_find_line (((Fixture *)user_data)->manager, "home") == NULL;
}

static void
test_line_removed_in_grace (Fixture *f, gconstpointer data)
{
  Listener *owner = come (f, OWNER);

  answer_call (f, owner, puppet_ring ());
  go (owner);
  settle (f, f->client);
  g_dbus_connection_call (f->client, OH_BUS_NAME, OH_BUS_PATH, OH_BUS_NAME ".Manager", "RemoveLine",
                          g_variant_new ("(o)", HOME), NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL,
                          NULL);
  dropped (1, 1);
  spin_until (is_removed, f);
  let_grace_pass (f);
  dropped (1, 1);
}

/* The call is out of order with its device; and who comes back has no call. */
static void
test_device_gone_in_grace (Fixture *f, gconstpointer driver)
{
  Listener *monitor = listen_home (f);
  Listener *owner = come (f, OWNER);
  guint at;

  sim (f, "ring number=5551234");
  told (owner, "1 new-call 1 offering", "owner");
  ask_ok (f, owner, CALL_PATH (1), "Answer");
  heard_until (monitor, 0, "* call-state 1 connected");
  go (owner);
  settle (f, f->client);
  sim (f, "vanish");
  at = heard_until (monitor, 0, "* call-state 1 ended");
  assert_heard (monitor, at, "Reason", "out-of-order");
  let_grace_pass (f);
  for (guint i = 0; i < f->sim_said->len; i++)
    g_assert_false (g_pattern_match_simple ("home hung-up-by-host*", f->sim_said->pdata[i]));
}

/* Who answers is gone before the modem has done it: it is as if he had gone a moment later. */
static void
test_answering_next (Fixture *f, gconstpointer data)
{
  Listener *next = come (f, OWNER);
  Listener *answers = come (f, OWNER_OF (1));
  Errand errand;

  puppet_ring ();
  errand_begin (&errand, answers->connection, CALL_PATH (1), "Answer", NULL);
  spin_until (is_asked, &puppet ()->answer);
  go (answers);
  errand_ends (&errand, "");
  told (next, "2 call-state 1 offering", "owner");
  emit_state (1, OH_CALL_CONNECTED);
  told (next, "3 call-state 1 connected", "owner");
  assert_heard_only (f, next, 3);
}

static gboolean
has_no_handles (gpointer line)
{
  return oh_dbus_line_get_num_handles (line) == 0;
}

static void
test_answering_nobody (Fixture *f, gconstpointer data)
{
  Listener *answers = come (f, MONITOR);
  Errand errand;

  puppet_ring ();
  errand_begin (&errand, answers->connection, CALL_PATH (1), "Answer", NULL);
  spin_until (is_asked, &puppet ()->answer);
  go (answers);
  errand_ends (&errand, "");
  spin_until (has_no_handles, f->line);
  emit_state (1, OH_CALL_CONNECTED);
  dropped (1, 1);
}

static void
test_answering_keeps (Fixture *f, gconstpointer data)
{
  Listener *answers = come (f, "{'OwnerLost': <'keep'>}");
  Errand errand;

  puppet_ring ();
  errand_begin (&errand, answers->connection, CALL_PATH (1), "Answer", NULL);
  spin_until (is_asked, &puppet ()->answer);
  go (answers);
  errand_ends (&errand, "");
  spin_until (has_no_handles, f->line);
  emit_state (1, OH_CALL_CONNECTED);
  let_grace_pass (f);
  assert_none_dropped ();
}

/* The modem answers neither, and the call rings on. */
static void
test_answering_fails (Fixture *f, gconstpointer data)
{
  Listener *answers = come (f, MONITOR);
  Errand errand;

  puppet_ring ();
  errand_begin (&errand, answers->connection, CALL_PATH (1), "Answer", NULL);
  spin_until (is_asked, &puppet ()->answer);
  go (answers);
  errand_ends (&errand, "");
  spin_until (has_no_handles, f->line);
  puppet_settle (&puppet ()->answer, OH_ERROR_NOT_RESPONDING);
  let_grace_pass (f);
  assert_none_dropped ();
}

static const OwnersSetUp keeps_line = { .owner = { .keep = TRUE, .grace_ms = 100 } };

/* A modem of the simulator's, as a line with a short grace time. */
static void
set_up_modem (Fixture *f, gconstpointer driver)
{
  f->owner = &owners_later.owner;
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
  add ("/H28/owners-grace/dropped", &owners_soon, test_dropped);
  add ("/H28/owners-grace/dialled", &owners_soon, test_dialled);
  add ("/H28/owners-grace/held", &owners_soon, test_held);
  add ("/H28/owners-grace/drop-fails", &owners_soon, test_drop_fails);
  add ("/H28/owners-grace/policies", &owners_soon, test_policies);
  add ("/H28/owners-grace/policies-on-keep", &keeps_line, test_policies);
  add ("/H28/owners-grace/policy-of-next", &owners_soon, test_policy_of_next);
  add ("/H28/owners-grace/policy-of-siblings", &owners_soon, test_policy_of_siblings);
  add ("/H28/owners-grace/added-line", &owners_soon, test_of_added_line);
  add ("/H28/owners-grace/comes-back", &owners_later, test_comes_back);
  add ("/H28/owners-grace/comes-back-as-monitor", &owners_soon, test_comes_back_as_monitor);
  add ("/H28/owners-grace/taken", &owners_later, test_taken_in_grace);
  add ("/H28/owners-grace/ends", &owners_later, test_ends_in_grace);
  add ("/H28/owners-grace/line-removed", &owners_later, test_line_removed_in_grace);
  add ("/H28/owners-grace/answering-next", &owners_soon, test_answering_next);
  add ("/H28/owners-grace/answering-nobody", &owners_soon, test_answering_nobody);
  add ("/H28/owners-grace/answering-keeps", &owners_soon, test_answering_keeps);
  add ("/H28/owners-grace/answering-fails", &owners_soon, test_answering_fails);
  g_test_add ("/H28/owners-grace/v253-goes", Fixture, "v253", set_up_modem,
              test_device_gone_in_grace, tear_down);
  g_test_add ("/H28/owners-grace/cellular-goes", Fixture, "cellular", set_up_modem,
              test_device_gone_in_grace, tear_down);
  return g_test_run ();
}
