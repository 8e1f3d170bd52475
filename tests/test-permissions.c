// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/error.h"
#include "tests/authority.h"
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

/* A connection of another user with an authority to judge it. */
typedef struct
{
  Fixture *f;
  Authority *authority;
  GDBusConnection *client;
  const char *name;
} Stranger;

static gboolean
begin (Stranger *s, Fixture *f)
{
  if (!is_root ())
    return FALSE;
  s->f = f;
  s->authority = authority_start (f);
  s->client = connect_as (f, UID_STRANGER);
  s->name = g_dbus_connection_get_unique_name (s->client);
  return TRUE;
}

static void
end (Stranger *s)
{
  if (s->client != NULL)
    leave (&s->client);
  authority_stop (s->authority);
}

typedef struct
{
  const char *action, *path, *method, *parameters;
  const char *interface; /* NULL: the path tells */
} Member;

/* Each member that needs a permission, and which (design §5). */
static const Member members[] = {
  { "identify", CALL_PATH (1), "GetParty", "()" },
  { "dial", HOME, "Dial", "('5550199', @a{sv} {})" },
  { "control", CALL_PATH (1), "Answer", "()" },
  { "control", CALL_PATH (1), "Drop", "()" },
  { "control", CALL_PATH (1), "Ignore", "()" },
  { "control", CALL_PATH (1), "Hold", "()" },
  { "control", CALL_PATH (1), "Unhold", "()" },
  { "control", CALL_PATH (1), "Split", "()" },
  { "control", CALL_PATH (1), "Deflect", "('5550199',)" },
  { "control", CALL_PATH (1), "SendDigits", "('1', @a{sv} {})" },
  { "control", CALL_PATH (1), "StopDigits", "()" },
  { "control", CALL_PATH (1), "MonitorDigits", "(true,)" },
  { "control", CALL_PATH (1), "GatherDigits", "(@a{sv} {},)" },
  { "control", CALL_PATH (1), "GenerateTone", "([uint32 440], uint32 200)" },
  { "control", CALL_PATH (1), "TakeOwnership", "()" },
  { "control", CALL_PATH (1), "HandOff", "('org.example.None',)" },
  { "control", HOME, "Swap", "()" },
  { "control", HOME, "Merge", "()" },
  { "control", HOME, "Transfer", "()" },
  { "control", HOME, "HoldAndAnswer", "()" },
  { "control", HOME, "ReleaseAndAnswer", "()" },
  { "control", HOME, "HangUpAll", "()" },
  { "control", HOME, "Open", "(objectpath '/owner', {'Privilege': <'owner'>})" },
  { "control", HOME, "Open", "(objectpath '/first', {'Priority': <1>})" },
  { "configure", HOME, "ListHandles", "()" },
  { "configure", HOME, "EnterPin", "('1234',)", ".Line.Cellular" },
  { "configure", HOME, "EnterPuk", "('12345678', '1234')", ".Line.Cellular" },
  { "identify", HOME, "GetIdentity", "()", ".Line.Cellular" },
  { "identify", HOME, "GetCallWaiting", "()", ".Line.Cellular" },
  { "configure", HOME, "SetCallWaiting", "(true,)", ".Line.Cellular" },
  { "identify", HOME, "GetForwarding", "('busy',)", ".Line.Cellular" },
  { "configure", HOME, "SetForwarding", "('busy', @a{sv} {})", ".Line.Cellular" },
  { "dial", HOME, "StartUssd", "('*100#',)", ".Line.Cellular" },
  { "dial", HOME, "RespondUssd", "('1',)", ".Line.Cellular" },
  { "dial", HOME, "CancelUssd", "()", ".Line.Cellular" },
  { "configure", OH_BUS_PATH, "AddLine", "('/dev/full', @a{sv} {})" },
  { "configure", OH_BUS_PATH, "RemoveLine", "(objectpath '/none',)" },
};

static char *
error_of (Stranger *s, const Member *member)
{
  const char *interface = member->interface != NULL                  ? member->interface
                          : g_str_has_prefix (member->path, HOME "/") ? ".Call"
                          : g_str_equal (member->path, HOME)        ? ".Line"
                                                                    : ".Manager";
  g_autofree char *full = g_strconcat (OH_BUS_NAME, interface, NULL);
  g_autoptr (GVariant) parameters = g_variant_parse (NULL, member->parameters, NULL, NULL, NULL);
  g_autoptr (GVariant) reply = NULL;
  char *error;

  g_assert_nonnull (parameters);
  reply = call (s->f, s->client, member->path, full, member->method, parameters, &error);
  return error;
}

static void
may_hang_up (Stranger *s, const Member *member)
{
  Errand errand;

  errand_begin (&errand, s->client, member->path, member->method, NULL);
  spin_until (is_asked, &puppet ()->drop);
  puppet_settle (&puppet ()->drop, -1);
  errand_ends (&errand, NULL);
}

static void
set_up_table (Fixture *f, gconstpointer row)
{
  puppet_set_up (f, &puppet_quick);
}

/* With all permissions but the one it is refused; with the one alone it is not. */
static void
test_table (Fixture *f, gconstpointer row)
{
  static const char *const actions[] = { "identify", "dial", "control", "configure" };
  const Member *member = row;
  g_autofree char *refused = NULL;
  g_autofree char *allowed = NULL;
  Stranger s;

  if (!begin (&s, f))
    return;
  puppet_ring ();
  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    authority_rule (s.authority, actions[i], NULL,
                    g_str_equal (actions[i], member->action) ? "no" : "yes");
  refused = error_of (&s, member);
  g_assert_cmpstr (refused, ==, "NotAuthorized");
  g_assert_true (puppet ()->dial == NULL && puppet ()->answer == NULL && puppet ()->digit == NULL);
  g_assert_cmpuint (puppet ()->n_drops, ==, 0);
  leave (&s.client);
  s.client = connect_as (f, UID_STRANGER);
  puppet ()->refuse_with = OH_ERROR_FAILED;
  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    authority_rule (s.authority, actions[i], NULL,
                    g_str_equal (actions[i], member->action) ? "yes" : "no");
  if (g_str_equal (member->method, "Drop") || g_str_equal (member->method, "HangUpAll"))
    may_hang_up (&s, member);
  else
    {
      allowed = error_of (&s, member);
      g_assert_cmpstr (allowed, !=, "NotAuthorized");
    }
  end (&s);
}

static gboolean
snapshot_has_number (GVariant *snapshot)
{
  g_autoptr (GVariant) calls = g_variant_lookup_value (snapshot, "Calls", NULL);
  g_autoptr (GVariant) details = NULL;
  const char *number;

  g_variant_get_child (calls, 0, "(o@a{sv})", NULL, &details);
  if (g_variant_lookup (details, "Number", "&s", &number))
    return TRUE;
  assert_no_party (details);
  return FALSE;
}

/* Nobody is refused, nobody is asked for a password; the party is for those who may identify. */
static void
test_open (Fixture *f, gconstpointer limits)
{
  static const char *const verdicts[] = { "no", "password", "yes" };
  Stranger s;
  guint number;

  if (!begin (&s, f))
    return;
  number = puppet_ring ();
  puppet_emit_party (number, "5550123");
  for (guint i = 0; i < G_N_ELEMENTS (verdicts); i++)
    {
      Listener *listener = listen_at (f, s.client, "/stranger");
      g_autoptr (GVariant) snapshot = NULL;

      authority_rule (s.authority, "identify", NULL, verdicts[i]);
      snapshot = listener_open (f, listener);
      g_assert_cmpint (snapshot_has_number (snapshot), ==, g_str_equal (verdicts[i], "yes"));
      listener_free (f, listener);
      leave (&s.client);
      s.client = connect_as (f, UID_STRANGER);
    }
  g_assert_cmpuint (s.authority->n_interactive, ==, 0);
  end (&s);
}

static void
on_dialled (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  GVariant *reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  char **name = user_data;

  g_clear_pointer (&reply, g_variant_unref);
  *name = error != NULL ? g_dbus_error_get_remote_error (error) : g_strdup ("");
  if (*name == NULL)
    *name = g_strdup ("gone");
}

static void
dial_interactively (Stranger *s, char **error)
{
  *error = NULL;
  g_dbus_connection_call (s->client, OH_BUS_NAME, HOME, OH_BUS_NAME ".Line", "Dial",
                          g_variant_new ("(sa{sv})", "5550199", NULL), NULL,
                          G_DBUS_CALL_FLAGS_ALLOW_INTERACTIVE_AUTHORIZATION, G_MAXINT, NULL,
                          on_dialled, error);
}

static gboolean
is_set (gpointer text)
{
  return *(char **)text != NULL;
}

/* Only where the caller allows it, and each time anew: what a password opens is not kept. */
static void
test_password (Fixture *f, gconstpointer limits)
{
  g_autofree char *error = NULL;
  Stranger s;

  if (!begin (&s, f))
    return;
  authority_rule (s.authority, "dial", NULL, "password");
  call_fails (f, s.client, HOME, "Dial", g_variant_new ("(sa{sv})", "5550199", NULL),
              "NotAuthorized");
  g_assert_cmpuint (s.authority->n_interactive, ==, 0);
  dial_interactively (&s, &error);
  spin_until (is_asked, &puppet ()->dial);
  g_assert_cmpuint (s.authority->n_interactive, ==, 1);
  puppet_settle (&puppet ()->dial, OH_ERROR_NO_DIALTONE);
  spin_until (is_set, &error);
  call_fails (f, s.client, HOME, "Dial", g_variant_new ("(sa{sv})", "5550199", NULL),
              "NotAuthorized");
  end (&s);
}

static gboolean
was_cancelled (gpointer authority)
{
  return ((Authority *)authority)->n_cancelled > 0;
}

/* The dialogue goes with who asked for it, and nothing is dialled. */
static void
test_password_caller_gone (Fixture *f, gconstpointer limits)
{
  g_autofree char *error = NULL;
  Stranger s;

  if (!begin (&s, f))
    return;
  authority_rule (s.authority, "dial", NULL, "password");
  call_fails (f, s.client, HOME, "Dial", g_variant_new ("(sa{sv})", "5550199", NULL),
              "NotAuthorized");
  authority_silence (s.authority, TRUE);
  dial_interactively (&s, &error);
  authority_until_asked (s.authority, 2);
  g_dbus_connection_close_sync (s.client, NULL, NULL);
  spin_until (was_cancelled, s.authority);
  spin_until (is_set, &error);
  settle (f, f->client);
  g_assert_null (puppet ()->dial);
  g_clear_object (&s.client);
  end (&s);
}

/* Asked once for a connection, until polkit says that something changed. */
static void
test_kept (Fixture *f, gconstpointer limits)
{
  Stranger s;
  GDBusConnection *other;

  if (!begin (&s, f))
    return;
  other = connect_as (f, UID_STRANGER);
  puppet_ring ();
  authority_rule (s.authority, "identify", NULL, "yes");
  for (guint i = 0; i < 3; i++)
    g_variant_unref (call_ok (f, s.client, CALL_PATH (1), "GetParty", NULL));
  g_assert_cmpuint (s.authority->n_asked, ==, 1);
  g_variant_unref (call_ok (f, other, CALL_PATH (1), "GetParty", NULL));
  g_assert_cmpuint (s.authority->n_asked, ==, 2);
  authority_rule (s.authority, "identify", s.name, "no");
  authority_change (s.authority);
  settle (f, f->client);
  call_fails (f, s.client, CALL_PATH (1), "GetParty", NULL, "NotAuthorized");
  g_variant_unref (call_ok (f, other, CALL_PATH (1), "GetParty", NULL));
  g_assert_cmpuint (s.authority->n_asked, ==, 4);
  leave (&other);
  end (&s);
}

/* What was true when polkit was asked is not what is done when it answers. */
static void
test_state_again (Fixture *f, gconstpointer limits)
{
  GDBusConnection *gone;
  Errand answer, drop;
  Stranger s;
  guint ringing;

  if (!begin (&s, f))
    return;
  gone = connect_as (f, UID_STRANGER);
  authority_rule (s.authority, "control", NULL, "yes");
  authority_rule (s.authority, "dial", NULL, "yes");
  authority_silence (s.authority, TRUE);
  ringing = puppet_ring ();
  errand_begin (&answer, s.client, CALL_PATH (1), "Answer", NULL);
  errand_begin (&drop, s.client, CALL_PATH (1), "Drop", NULL);
  authority_until_asked (s.authority, 1);
  puppet_emit_call (ringing, OH_CALL_ENDED, OH_REASON_NORMAL, OH_ENDED_BY_REMOTE);
  {
    Errand dial;

    errand_begin (&dial, gone, HOME, "Dial", g_variant_new ("(sa{sv})", "5550199", NULL));
    authority_until_asked (s.authority, 2);
    g_dbus_connection_close_sync (gone, NULL, NULL);
    errand_ends (&dial, "");
  }
  g_object_unref (gone);
  settle (f, f->client);
  authority_silence (s.authority, FALSE);
  errand_ends (&answer, "InvalidState");
  errand_ends (&drop, "InvalidState");
  settle (f, f->client);
  g_assert_true (puppet ()->answer == NULL && puppet ()->dial == NULL);
  end (&s);
}

/* Who dialled sees his number and ends his call, whatever polkit says later. */
static void
test_maker (Fixture *f, gconstpointer limits)
{
  Listener *listener;
  Errand dial;
  Stranger s;

  if (!begin (&s, f))
    return;
  authority_rule (s.authority, "dial", NULL, "yes");
  listener = open_on (f, s.client, "/maker", HOME);
  errand_begin (&dial, s.client, HOME, "Dial", g_variant_new ("(sa{sv})", "5550199", NULL));
  spin_until (is_asked, &puppet ()->dial);
  puppet_settle (&puppet ()->dial, -1);
  errand_ends (&dial, NULL);
  assert_heard (listener, heard_until (listener, 0, "* new-call 1 *"), "Number", "5550199");
  g_variant_unref (call_ok (f, s.client, CALL_PATH (1), "GetParty", NULL));
  g_variant_unref (
      call_ok (f, s.client, CALL_PATH (1), "MonitorDigits", g_variant_new ("(b)", TRUE)));
  errand_begin (&dial, s.client, CALL_PATH (1), "Drop", NULL);
  spin_until (is_asked, &puppet ()->drop);
  puppet_settle (&puppet ()->drop, -1);
  errand_ends (&dial, NULL);
  listener_free (f, listener);
  end (&s);
}

static void
add (const char *path, const OhLimits *limits, void (*test) (Fixture *f, gconstpointer limits))
{
  g_test_add (path, Fixture, limits, puppet_set_up, test, puppet_tear_down);
}

static void
add_table (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (members); i++)
    {
      g_autofree char *path = g_strdup_printf ("/permissions/table/%s/%s-%u", members[i].action,
                                               members[i].method, i);

      g_test_add (path, Fixture, &members[i], set_up_table, test_table, puppet_tear_down);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("/permissions/no-polkit/hears", NULL, test_stranger_hears);
  add ("/permissions/no-polkit/does-nothing", NULL, test_stranger_does_nothing);
  add_table ();
  add ("/permissions/open", NULL, test_open);
  add ("/permissions/password", NULL, test_password);
  add ("/permissions/password-caller-gone", NULL, test_password_caller_gone);
  add ("/permissions/kept", NULL, test_kept);
  add ("/permissions/state-again", NULL, test_state_again);
  add ("/permissions/maker", NULL, test_maker);
  return g_test_run ();
}
