// SPDX-License-Identifier: LGPL-2.1-or-later
#include <string.h>
#include <unistd.h>

#include "tests/owners.h"

/* Who owns a call that nobody asked for: H25. */

static void
end_call (guint call)
{
  puppet_emit_call (call, OH_CALL_ENDED, OH_REASON_NORMAL, OH_ENDED_BY_REMOTE);
}

static void
test_priority (Fixture *f, gconstpointer data)
{
  Listener *least = come (f, "{'Privilege': <'owner'>, 'Priority': <-2147483648>}");
  Listener *none = come (f, OWNER);
  Listener *high = come (f, OWNER_OF (5));
  Listener *middle = come (f, OWNER_OF (4));
  Listener *monitor = come (f, "{'Privilege': <'monitor'>, 'Priority': <2147483647>}");

  puppet_ring ();
  told (high, "1 new-call 1 offering", "owner");
  told (least, "1 new-call 1 offering", "monitor");
  told (none, "1 new-call 1 offering", "monitor");
  told (middle, "1 new-call 1 offering", "monitor");
  told (monitor, "1 new-call 1 offering", "monitor");
  end_call (1);
  go (high);
  go (middle);
  go (none);
  heard_until (least, 0, "* call-state 1 ended");
  puppet_ring ();
  told (least, "* new-call 2 offering", "owner");
}

/* The first who opened, as long as it is there; one that comes back is the last. */
static void
test_ties (Fixture *f, gconstpointer data)
{
  Listener *first = come (f, OWNER_OF (3));
  Listener *second = come (f, OWNER_OF (3));
  Listener *third = come (f, OWNER_OF (3));

  puppet_ring ();
  told (first, "1 new-call 1 offering", "owner");
  told (second, "1 new-call 1 offering", "monitor");
  told (third, "1 new-call 1 offering", "monitor");
  end_call (1);
  heard_until (third, 0, "3 call-state 1 ended");
  close_handle (f, first);
  first = open_with (f, first->connection, "/again", HOME, OWNER_OF (3), NULL);
  puppet_ring ();
  told (second, "* new-call 2 offering", "owner");
  told (third, "* new-call 2 offering", "monitor");
  told (first, "1 new-call 2 offering", "monitor");
}

/* An owner here is none there. */
static void
test_two_lines (Fixture *f, gconstpointer data)
{
  OhLine *second = add_line (f, "second", "/dev/zero", oh_driver_find ("fake"));
  OhModem *modem = oh_line_get_modem (second);
  Listener *here = come (f, OWNER);
  Listener *there = come (f, MONITOR);
  Listener *here_there = open_with (f, here->connection, "/2", LINE_PATH "second", MONITOR, NULL);
  Listener *there_there = open_with (f, there->connection, "/2", LINE_PATH "second", OWNER, NULL);

  puppet_ring ();
  told (here, "1 new-call 1 offering", "owner");
  told (there, "1 new-call 1 offering", "monitor");
  oh_modem_emit (modem, &(OhEvent){ .kind = OH_EVENT_CALL,
                                    .call = oh_modem_next_call (modem),
                                    .state = OH_CALL_OFFERING,
                                    .incoming = TRUE });
  told (there_there, "1 new-call 1 offering", "owner");
  told (here_there, "1 new-call 1 offering", "monitor");
}

static void
test_monitors_never (Fixture *f, gconstpointer data)
{
  Listener *quiet = come (f, MONITOR);
  Listener *loud = come (f, "{'Priority': <100>}");

  emit_state (puppet_ring (), OH_CALL_CONNECTED);
  told (quiet, "1 new-call 1 offering", "monitor");
  told (quiet, "2 call-state 1 connected", "monitor");
  told (loud, "1 new-call 1 offering", "monitor");
  told (loud, "2 call-state 1 connected", "monitor");
  go (quiet);
  go (loud);
  let_grace_pass (f);
  assert_none_dropped ();
}

/* Every event of a call says it, and every snapshot. */
static void
test_told_everywhere (Fixture *f, gconstpointer data)
{
  g_autoptr (GVariant) of_owner = NULL;
  g_autoptr (GVariant) of_monitor = NULL;
  Listener *owner = come (f, OWNER);
  Listener *monitor = come (f, MONITOR);
  guint call = puppet_ring ();

  puppet_emit_party (call, "5550123");
  emit_state (call, OH_CALL_CONNECTED);
  told (owner, "1 new-call 1 offering", "owner");
  told (owner, "2 call-info 1 offering", "owner");
  told (owner, "3 call-state 1 connected", "owner");
  told (monitor, "1 new-call 1 offering", "monitor");
  told (monitor, "2 call-info 1 offering", "monitor");
  told (monitor, "3 call-state 1 connected", "monitor");
  open_with (f, owner->connection, "/late", HOME, MONITOR, &of_owner);
  open_with (f, monitor->connection, "/late", HOME, MONITOR, &of_monitor);
  assert_snapshot (of_owner, 0, "owner");
  assert_snapshot (of_monitor, 0, "monitor");
  end_call (call);
  told (owner, "5 call-state 1 ended", "owner");
  told (monitor, "5 call-state 1 ended", "monitor");
}

/* The connection owns, whichever of its handles asked for it. */
static void
test_several_handles (Fixture *f, gconstpointer data)
{
  Listener *other = come (f, OWNER);
  Listener *first = come (f, MONITOR);
  Listener *second = open_with (f, first->connection, "/2", HOME, OWNER_OF (1), NULL);
  Listener *third = open_with (f, first->connection, "/3", HOME, OWNER_OF (-1), NULL);

  puppet_ring ();
  told (first, "1 new-call 1 offering", "owner");
  told (second, "1 new-call 1 offering", "owner");
  told (third, "1 new-call 1 offering", "owner");
  told (other, "1 new-call 1 offering", "monitor");
}

/* Nobody asked for it: dialled on a telephone at the same line, or there when we looked. */
static void
test_found (Fixture *f, gconstpointer data)
{
  Listener *owner = come (f, OWNER);
  Listener *monitor = come (f, MONITOR);

  emit_state (oh_modem_next_call (puppet ()->modem), OH_CALL_DIALING);
  told (owner, "1 new-call 1 dialing", "owner");
  told (monitor, "1 new-call 1 dialing", "monitor");
}

static void
assert_bad_option (Fixture *f, const char *options, const char *key)
{
  g_autofree char *text = invalid_args (f->client, HOME, "Open", open_parameters ("/h", options));

  if (strstr (text, key) == NULL)
    g_error ("%s: \"%s\" does not name %s", options, text, key);
  g_assert_true (g_utf8_validate (text, -1, NULL));
  g_assert_cmpuint (oh_dbus_line_get_num_handles (OH_DBUS_LINE (f->line)), ==, 0);
}

static void
test_bad_options (Fixture *f, gconstpointer data)
{
  static const struct
  {
    const char *options, *key;
  } rows[] = {
    { "{'Privilege': <'boss'>}", "Privilege" },
    { "{'Privilege': <''>}", "Privilege" },
    { "{'Privilege': <'Owner'>}", "Privilege" },
    { "{'Privilege': <1>}", "Privilege" },
    { "{'Privilege': <['owner']>}", "Privilege" },
    { "{'Priority': <'1'>}", "Priority" },
    { "{'Priority': <uint32 1>}", "Priority" },
    { "{'Priority': <int64 1>}", "Priority" },
    { "{'OwnerLost': <'leave'>}", "OwnerLost" },
    { "{'OwnerLost': <true>}", "OwnerLost" },
    { "{'Events': <'ringing'>}", "Events" },
    { "{'Events': <['ringing', 'none-such']>}", "Events" },
    { "{'Owner': <true>}", "Owner" },
    { "{'privilege': <'owner'>}", "privilege" },
    { "{'Privilege': <'owner'>, 'Priority': <1>, 'Colour': <'red'>}", "Colour" },
    { "{'Privilege': <'owner'>, 'OwnerLost': <'never'>}", "OwnerLost" },
  };
  Listener *late;

  puppet_ring ();
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    assert_bad_option (f, rows[i].options, rows[i].key);
  /* None of them has got the call. */
  late = come (f, OWNER);
  emit_state (1, OH_CALL_CONNECTED);
  told (late, "1 call-state 1 connected", "owner");
}

/* A text that is cut short for an error is still UTF-8, whatever is cut. */
static void
test_long_option (Fixture *f, gconstpointer data)
{
  static const char filler[]
      = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

  for (guint i = 56; i < 72; i++)
    {
      g_autofree char *options
          = g_strdup_printf ("{'%.*s\xc3\xa9\xe2\x82\xac\xf0\x9f\x93\x9e': <1>}", i, filler);

      assert_bad_option (f, options, "aaaa");
    }
}

/* Offered, and nobody's: whoever opens first as an owner has it, and keeps it. */
static void
test_late_owner (Fixture *f, gconstpointer data)
{
  g_autoptr (GVariant) of_monitor = NULL;
  g_autoptr (GVariant) of_owner = NULL;
  g_autoptr (GVariant) of_higher = NULL;
  guint first = puppet_ring (), second = puppet_ring ();
  Listener *monitor = open_with (f, f->client, "/m", HOME, MONITOR, &of_monitor);
  g_autoptr (GDBusConnection) one = connect_client (f);
  g_autoptr (GDBusConnection) other = connect_client (f);
  Listener *owner = open_with (f, one, "/h", HOME, OWNER, &of_owner);
  Listener *higher = open_with (f, other, "/h", HOME, OWNER_OF (9), &of_higher);

  assert_snapshot (of_monitor, 0, "monitor");
  assert_snapshot (of_owner, 0, "owner");
  assert_snapshot (of_owner, 1, "owner");
  assert_snapshot (of_higher, 0, "monitor");
  assert_snapshot (of_higher, 1, "monitor");
  emit_state (first, OH_CALL_CONNECTED);
  emit_state (second, OH_CALL_CONNECTED);
  told (owner, "2 call-state 2 connected", "owner");
  told (higher, "2 call-state 2 connected", "monitor");
  told (monitor, "2 call-state 2 connected", "monitor");
}

/* One that is under way without an owner stays so. */
static void
test_late_for_others (Fixture *f, gconstpointer data)
{
  g_autoptr (GVariant) snapshot = NULL;
  guint call = puppet_ring ();

  emit_state (call, OH_CALL_CONNECTED);
  open_with (f, f->client, "/h", HOME, OWNER, &snapshot);
  assert_snapshot (snapshot, 0, "monitor");
}

/* The reply to Open tells the new handle, an event behind it the connection's others. */
static void
test_late_tells_siblings (Fixture *f, gconstpointer data)
{
  Listener *first = come (f, MONITOR);
  Listener *other = come (f, MONITOR);
  Listener *second;
  Arrivals *arrivals;

  puppet_ring ();
  told (first, "1 new-call 1 offering", "monitor");
  settle (f, first->connection);
  arrivals = arrivals_watch (first->connection);
  second = open_with (f, first->connection, "/2", HOME, OWNER, NULL);
  told (first, "2 call-state 1 offering", "owner");
  arrivals_assert_first (arrivals, "reply");
  arrivals_stop (arrivals);
  assert_heard_only (f, second, 0);
  assert_heard_only (f, other, 1);
}

static void
assert_listed (GVariant *handles, guint index, Listener *listener, const char *privilege,
               gint32 priority)
{
  g_autoptr (GVariant) details = NULL;
  const char *name, *path, *listed;
  gint32 value;

  g_variant_get_child (handles, index, "(&s&o&s@a{sv})", &name, &path, &listed, &details);
  g_assert_cmpstr (name, ==, g_dbus_connection_get_unique_name (listener->connection));
  g_assert_cmpstr (path, ==, listener->path);
  g_assert_cmpstr (listed, ==, privilege);
  g_assert_true (g_variant_lookup (details, "Priority", "i", &value));
  g_assert_cmpint (value, ==, priority);
}

static void
test_listed (Fixture *f, gconstpointer data)
{
  Listener *plain = come (f, MONITOR);
  Listener *owner = come (f, OWNER);
  Listener *low = come (f, OWNER_OF (-7));
  Listener *monitor = come (f, "{'Priority': <7>}");
  g_autoptr (GVariant) reply = call_ok (f, f->client, HOME, "ListHandles", NULL);
  g_autoptr (GVariant) handles = g_variant_get_child_value (reply, 0);

  g_assert_cmpuint (g_variant_n_children (handles), ==, 4);
  assert_listed (handles, 0, plain, "monitor", 0);
  assert_listed (handles, 1, owner, "owner", 0);
  assert_listed (handles, 2, low, "owner", -7);
  assert_listed (handles, 3, monitor, "monitor", 7);
}

/* To be an owner, or to come before others, needs the control permission. */
static void
test_stranger (Fixture *f, gconstpointer data)
{
  static const char *const refused[]
      = { OWNER, "{'Priority': <1>}", "{'Privilege': <'monitor'>, 'Priority': <0>}" };
  g_autoptr (GDBusConnection) stranger = NULL;
  Listener *monitor;

  if (geteuid () != 0)
    {
      g_test_skip ("this machine has no second user that we could be: we are not root");
      return;
    }
  stranger = connect_as (f, UID_STRANGER);
  for (guint i = 0; i < G_N_ELEMENTS (refused); i++)
    call_fails (f, stranger, HOME, "Open", open_parameters ("/h", refused[i]), "NotAuthorized");
  g_assert_cmpuint (oh_dbus_line_get_num_handles (OH_DBUS_LINE (f->line)), ==, 0);
  monitor = open_with (f, stranger, "/h", HOME, "{'Privilege': <'monitor'>}", NULL);
  puppet_ring ();
  told (monitor, "1 new-call 1 offering", "monitor");
  call_fails (f, stranger, CALL_PATH (1), "TakeOwnership", NULL, "NotAuthorized");
  call_fails (f, stranger, CALL_PATH (1), "HandOff",
              g_variant_new ("(s)", g_dbus_connection_get_unique_name (stranger)), "NotAuthorized");
}
static void
add (const char *path, void (*test) (Fixture *f, gconstpointer data))
{
  g_test_add (path, Fixture, &owners_soon, owners_set_up, test, puppet_tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("/H25/owners/priority", test_priority);
  add ("/H25/owners/ties", test_ties);
  add ("/H25/owners/two-lines", test_two_lines);
  add ("/H25/owners/monitors-never", test_monitors_never);
  add ("/H25/owners/told-everywhere", test_told_everywhere);
  add ("/H25/owners/several-handles", test_several_handles);
  add ("/H25/owners/found", test_found);
  add ("/H25/owners/bad-options", test_bad_options);
  add ("/H25/owners/long-option", test_long_option);
  add ("/H25/owners/late-owner", test_late_owner);
  add ("/H25/owners/late-for-others", test_late_for_others);
  add ("/H25/owners/late-tells-siblings", test_late_tells_siblings);
  add ("/H25/owners/listed", test_listed);
  add ("/H25/owners/stranger", test_stranger);
  return g_test_run ();
}
