// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/authority.h"
#include "tests/puppet.h"
#include "tests/wire.h"

/* Permissions that change, and a polkit that is silent, goes or comes (design §5). */

#define HOME LINE_PATH "home"
#define CALL_PATH(n) HOME "/call/" #n

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

static Listener *
listen_as (Stranger *s)
{
  Listener *listener = listen_at (s->f, s->client, "/stranger");

  g_variant_unref (listener_open (s->f, listener));
  return listener;
}

/* A call with a number. */
static guint
ring (void)
{
  guint call = puppet_ring ();

  puppet_emit_party (call, "5550123");
  return call;
}

static gboolean
names_caller (Listener *listener, guint index)
{
  g_autofree char *number = heard_detail (listener, index, "Number");
  g_autofree char *presentation = heard_detail (listener, index, "NumberPresentation");

  g_assert_cmpint (*number == '\0' && *presentation != '\0', ==, FALSE);
  return *presentation != '\0';
}

static guint
connect_call (Listener *listener, guint call, guint from)
{
  puppet_emit_call (call, OH_CALL_CONNECTED, OH_REASON_NONE, OH_ENDED_BY_NOBODY);
  return heard_until (listener, from, "* call-state * connected");
}

/* A session that becomes inactive sees callers no more, one that becomes active does. */
static void
test_changes (Fixture *f, gconstpointer limits)
{
  Listener *listener;
  Stranger s;
  guint at, call;

  if (!begin (&s, f))
    return;
  authority_rule (s.authority, "identify", NULL, "yes");
  listener = listen_as (&s);
  call = ring ();
  at = heard_until (listener, 0, "* call-info *");
  assert_heard (listener, at, "Number", "5550123");
  authority_rule (s.authority, "identify", NULL, "no");
  authority_change (s.authority);
  authority_until_asked (s.authority, 2);
  settle (f, s.client);
  at = connect_call (listener, call, at);
  g_assert_false (names_caller (listener, at));
  authority_rule (s.authority, "identify", NULL, "yes");
  authority_change (s.authority);
  at = heard_until (listener, at, "* call-info *");
  assert_heard (listener, at, "Number", "5550123");
  listener_free (f, listener);
  end (&s);
}

/* What waits for a slow client when the permission goes is told without the party. */
static void
test_queued (Fixture *f, gconstpointer limits)
{
  Listener *listener;
  Stranger s;

  if (!begin (&s, f))
    return;
  authority_rule (s.authority, "identify", NULL, "yes");
  listener = listen_as (&s);
  listener->manner = HOLDS;
  ring ();
  authority_rule (s.authority, "identify", NULL, "no");
  authority_change (s.authority);
  authority_until_asked (s.authority, 2);
  listener->manner = ANSWERS;
  listener_answer (listener);
  g_assert_false (names_caller (listener, heard_until (listener, 1, "* call-info *")));
  listener_free (f, listener);
  end (&s);
}

/* Nothing personal goes out while polkit is asked again; when it says yes the rest follows. */
static void
test_while_asked (Fixture *f, gconstpointer limits)
{
  Listener *listener;
  Stranger s;
  guint at;

  if (!begin (&s, f))
    return;
  authority_rule (s.authority, "identify", NULL, "yes");
  listener = listen_as (&s);
  authority_silence (s.authority, TRUE);
  authority_change (s.authority);
  authority_until_asked (s.authority, 2);
  ring ();
  at = heard_until (listener, 0, "* call-info *");
  g_assert_false (names_caller (listener, at));
  authority_silence (s.authority, FALSE);
  at = heard_until (listener, at + 1, "* call-info *");
  assert_heard (listener, at, "Number", "5550123");
  assert_serials (listener);
  listener_free (f, listener);
  end (&s);
}

/* An answer that was on its way when polkit said Changed counts for nothing. */
static void
test_stale (Fixture *f, gconstpointer limits)
{
  Errand party;
  Stranger s;

  if (!begin (&s, f))
    return;
  puppet_ring ();
  authority_rule (s.authority, "identify", NULL, "yes");
  authority_silence (s.authority, TRUE);
  errand_begin (&party, s.client, CALL_PATH (1), "GetParty", NULL);
  authority_until_asked (s.authority, 1);
  authority_change (s.authority);
  settle (f, f->client);
  authority_answer_one (s.authority);
  authority_until_asked (s.authority, 2);
  authority_rule (s.authority, "identify", NULL, "no");
  authority_silence (s.authority, FALSE);
  errand_ends (&party, "NotAuthorized");
  end (&s);
}

/* Digits stop, and calls are given to the next. */
static void
test_control_lost (Fixture *f, gconstpointer limits)
{
  Listener *listener, *next;
  Stranger s;
  guint at, call;

  if (!begin (&s, f))
    return;
  authority_rule (s.authority, "control", NULL, "yes");
  listener = listen_at (f, s.client, "/stranger");
  g_variant_unref (
      call_ok (f, s.client, HOME, "Open",
               g_variant_new_parsed (
                   "(objectpath '/stranger', {'Privilege': <'owner'>, 'Priority': <7>})")));
  next = listen_at (f, f->client, "/next");
  g_variant_unref (
      call_ok (f, f->client, HOME, "Open",
               g_variant_new_parsed ("(objectpath '/next', {'Privilege': <'owner'>})")));
  call = puppet_ring ();
  assert_heard (listener, heard_until (listener, 0, "* new-call *"), "Privilege", "owner");
  assert_heard (next, heard_until (next, 0, "* new-call *"), "Privilege", "monitor");
  g_variant_unref (
      call_ok (f, s.client, CALL_PATH (1), "MonitorDigits", g_variant_new ("(b)", TRUE)));
  authority_rule (s.authority, "control", NULL, "no");
  authority_change (s.authority);
  at = heard_until (next, 1, "* call-state *");
  assert_heard (next, at, "Privilege", "owner");
  assert_heard (listener, heard_until (listener, 1, "* call-state *"), "Privilege", "monitor");
  at = connect_call (listener, call, 0);
  puppet_emit_digit (call, '7');
  puppet_emit_call (call, OH_CALL_HELD, OH_REASON_NONE, OH_ENDED_BY_NOBODY);
  heard_until (listener, at, "* call-state * held");
  heard_until (next, 0, "* call-state * held");
  g_assert_false (has_heard (listener, "* digit *"));
  listener_free (f, listener);
  listener_free (f, next);
  end (&s);
}

/* Open goes on without the party, other methods are refused, nobody else waits; and what polkit
 * says in the end is still of use. */
static void
test_silent (Fixture *f, gconstpointer limits)
{
  Listener *listener, *other;
  g_autoptr (GVariant) snapshot = NULL;
  Stranger s;
  guint at;

  if (!begin (&s, f))
    return;
  authority_silence (s.authority, TRUE);
  authority_rule (s.authority, "identify", NULL, "yes");
  authority_rule (s.authority, "dial", NULL, "yes");
  listener = listen_at (f, s.client, "/stranger");
  other = open_at (f, f->client, "/other");
  snapshot = listener_open (f, listener);
  ring ();
  heard_until (other, 0, "* call-info *");
  at = heard_until (listener, 0, "* call-info *");
  g_assert_false (names_caller (listener, at));
  call_fails (f, s.client, HOME, "Dial", g_variant_new ("(sa{sv})", "5550199", NULL),
              "NotAuthorized");
  g_assert_cmpuint (s.authority->n_asked, ==, 2);
  authority_silence (s.authority, FALSE);
  at = heard_until (listener, at + 1, "* call-info *");
  assert_heard (listener, at, "Number", "5550123");
  listener_free (f, listener);
  end (&s);
}

#define MANY 20

/* One user's questions do not keep those of another from being asked, nor fill the bus. */
static void
test_many (Fixture *f, gconstpointer limits)
{
  GDBusConnection *clients[MANY], *another;
  Errand errands[MANY], last;
  Stranger s;

  if (!begin (&s, f))
    return;
  puppet_ring ();
  authority_rule (s.authority, "identify", NULL, "yes");
  authority_silence (s.authority, TRUE);
  for (guint i = 0; i < MANY; i++)
    {
      clients[i] = connect_as (f, UID_STRANGER);
      errand_begin (&errands[i], clients[i], CALL_PATH (1), "GetParty", NULL);
    }
  authority_until_asked (s.authority, f->limits.asks_per_user);
  another = connect_as (f, UID_ANOTHER);
  errand_begin (&last, another, CALL_PATH (1), "GetParty", NULL);
  authority_until_asked (s.authority, f->limits.asks_per_user + 1);
  settle (f, f->client);
  g_assert_cmpuint (s.authority->n_asked, ==, f->limits.asks_per_user + 1);
  authority_silence (s.authority, FALSE);
  errand_ends (&last, NULL);
  for (guint i = 0; i < MANY; i++)
    {
      errand_ends (&errands[i], NULL);
      leave (&clients[i]);
    }
  leave (&another);
  end (&s);
}

/* polkit goes: what it has said is not trusted. It comes: it is asked. */
static void
test_comes_and_goes (Fixture *f, gconstpointer limits)
{
  Listener *listener;
  Stranger s;
  guint at, call;

  if (!begin (&s, f))
    return;
  authority_rule (s.authority, "identify", NULL, "yes");
  listener = listen_as (&s);
  call = ring ();
  at = heard_until (listener, 0, "* call-info *");
  g_assert_true (names_caller (listener, at));
  authority_stop (s.authority);
  settle (f, s.client);
  call_fails (f, s.client, CALL_PATH (1), "GetParty", NULL, "NotAuthorized");
  at = connect_call (listener, call, at);
  g_assert_false (names_caller (listener, at));
  s.authority = authority_start (f);
  authority_rule (s.authority, "identify", NULL, "yes");
  authority_change (s.authority);
  at = heard_until (listener, at, "* call-info *");
  assert_heard (listener, at, "Number", "5550123");
  listener_free (f, listener);
  end (&s);
}

static const OhLimits impatient = {
  .listeners = 64,
  .listeners_per_user = 32,
  .handles_per_line = 8,
  .queued = 256,
  .requests = 32,
  .asks = 32,
  .asks_per_user = 4,
  .ask_open_ms = 100,
  .ask_ms = 150,
  .ask_password_ms = 200,
  .answer_ms = 60000,
  .refused_ms = 1000,
  .reply_ms = 10000,
  .ended_ms = 5000,
  .ended_most_ms = 60000,
  .ended_calls = 16,
  .stop_ms = 3000,
  .retry_ms = 2000,
};

static void
add (const char *path, const OhLimits *limits, void (*test) (Fixture *f, gconstpointer limits))
{
  g_test_add (path, Fixture, limits, puppet_set_up, test, puppet_tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("/permissions/changes/session", NULL, test_changes);
  add ("/permissions/changes/queued", NULL, test_queued);
  add ("/permissions/changes/while-asked", NULL, test_while_asked);
  add ("/permissions/changes/stale", NULL, test_stale);
  add ("/permissions/changes/control-lost", NULL, test_control_lost);
  add ("/permissions/silent/times", &impatient, test_silent);
  add ("/permissions/silent/many", NULL, test_many);
  add ("/permissions/comes-and-goes", NULL, test_comes_and_goes);
  return g_test_run ();
}
