// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/puppet.h"

#include "daemon/error.h"

/* The contract of a handle, rule by rule, against a driver whose strings the test pulls: what the
 * modem says and when is exact here. The same rules against modems on pseudo terminals are in the
 * other files. */

#define CALL_PATH(n) LINE_PATH "home/call/" #n

static const OhLimits quick = {
  .listeners = 4,
  .listeners_per_user = 16,
  .handles_per_line = 8,
  .queued = 6,
  .requests = 32,
  .answer_ms = 300,
  .refused_ms = 50,
  .reply_ms = 200,
  .ended_ms = 100,
  .ended_most_ms = 60000,
  .ended_calls = 3,
  .stop_ms = 3000,
  .retry_ms = 100,
};

static GVariant *
open_arguments (const char *path)
{
  return g_variant_new ("(oa{sv})", path, NULL);
}

static Listener *
open_at (Fixture *f, GDBusConnection *client, const char *path)
{
  Listener *listener = listen_at (f, client, path);

  g_variant_unref (listener_open (f, listener));
  return listener;
}

/* A request whose answer is looked at later. */
typedef struct
{
  gboolean done;
  char *error;        /* its last word */
  guint n_heard_then; /* what the listener had heard when the answer came */
  Listener *listener;
} Later;

static void
on_later (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Later *later = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply
      = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  later->done = TRUE;
  later->n_heard_then = later->listener->heard->len;
  if (reply != NULL)
    return;
  later->error = g_dbus_error_get_remote_error (error);
  if (later->error != NULL)
    {
      g_autofree char *full = later->error;

      later->error = g_strdup (g_strrstr (full, ".") + 1);
    }
}

static void
ask (GDBusConnection *client, const char *path, const char *interface, const char *method,
     GVariant *arguments, Later *later)
{
  g_autofree char *full = g_strconcat (OH_BUS_NAME ".", interface, NULL);

  g_dbus_connection_call (client, OH_BUS_NAME, path, full, method, arguments, NULL,
                          G_DBUS_CALL_FLAGS_NONE, G_MAXINT, NULL, on_later, later);
}

static gboolean
is_asked (gpointer request)
{
  return *(OhRequest **)request != NULL;
}

static void
ask_dial (Fixture *f, Later *later)
{
  ask (f->client, LINE_PATH "home", "Line", "Dial", g_variant_new ("(sa{sv})", "123", NULL), later);
}

static void
test_snapshot (Fixture *f, gconstpointer limits)
{
  g_autoptr (GVariant) snapshot = NULL;
  g_autoptr (GVariant) calls = NULL;
  g_autoptr (GVariant) details = NULL;
  Listener *listener = listen_at (f, f->client, "/h");
  guint call = puppet_ring ();
  const char *text;
  guint64 serial;

  puppet_emit_party (call, "555");
  snapshot = listener_open (f, listener);
  g_assert_cmpuint (listener->heard->len, ==, 0);
  g_assert_true (g_variant_lookup (snapshot, "Serial", "t", &serial));
  g_assert_cmpuint (serial, ==, 0);
  calls = g_variant_lookup_value (snapshot, "Calls", G_VARIANT_TYPE ("a(oa{sv})"));
  g_assert_cmpuint (g_variant_n_children (calls), ==, 1);
  g_variant_get_child (calls, 0, "(&o@a{sv})", &text, &details);
  g_assert_cmpstr (text, ==, CALL_PATH (1));
  g_assert_true (g_variant_lookup (details, "Number", "&s", &text));
  g_assert_cmpstr (text, ==, "555");
  puppet_emit_call (call, OH_CALL_CONNECTED, OH_REASON_NONE, OH_ENDED_BY_NOBODY);
  g_assert_cmpuint (heard_until (listener, 0, "1 call-state 1 connected"), ==, 0);
}

static void
test_same_again (Fixture *f, gconstpointer limits)
{
  g_autoptr (GDBusConnection) other = connect_client (f);

  open_at (f, f->client, "/h");
  call_fails (f, f->client, LINE_PATH "home", "Open", open_arguments ("/h"), "AlreadyOpen");
  call_fails (f, other, LINE_PATH "home", "Close", g_variant_new ("(o)", "/h"), "NotOpen");
  g_variant_unref (call_ok (f, f->client, LINE_PATH "home", "Open", open_arguments ("/other")));
  g_dbus_connection_close_sync (other, NULL, NULL);
}

static void
test_nothing_after_close (Fixture *f, gconstpointer limits)
{
  Listener *closed = open_at (f, f->client, "/closed");
  Listener *open = open_at (f, f->client, "/open");

  closed->manner = open->manner = HOLDS;
  puppet_ring ();
  puppet_emit_line (OH_LINE_OUT_OF_SERVICE, "no-network");
  heard_until (open, 0, "1 new-call *");
  g_assert_cmpuint (closed->heard->len, ==, 0);
  g_variant_unref (
      call_ok (f, f->client, LINE_PATH "home", "Close", g_variant_new ("(o)", "/closed")));
  open->manner = ANSWERS;
  listener_answer (open);
  heard_until (open, 0, "2 line-state *");
  g_assert_cmpuint (closed->heard->len, ==, 0);
}

static gboolean
has_no_handles (gpointer line)
{
  return oh_dbus_line_get_num_handles (line) == 0;
}

static void
test_client_gone (Fixture *f, gconstpointer limits)
{
  g_autoptr (GDBusConnection) other = connect_client (f);

  g_variant_unref (call_ok (f, other, LINE_PATH "home", "Open", open_arguments ("/h")));
  g_assert_cmpuint (oh_dbus_line_get_num_handles (OH_DBUS_LINE (f->line)), ==, 1);
  g_dbus_connection_close_sync (other, NULL, NULL);
  spin_until (has_no_handles, f->line);
  puppet_ring ();
}

static void
test_reply_first (Fixture *f, gconstpointer limits)
{
  Listener *listener = open_at (f, f->client, "/h");
  Later later = { .listener = listener };

  ask_dial (f, &later);
  spin_until (is_asked, &puppet ()->dial);
  /* What the modem says in one breath. */
  puppet_settle (&puppet ()->dial, -1);
  puppet_emit_call (puppet ()->call, OH_CALL_RINGBACK, OH_REASON_NONE, OH_ENDED_BY_NOBODY);
  heard_until (listener, 0, "2 call-state 1 ringback");
  g_assert_true (later.done);
  g_assert_null (later.error);
  g_assert_cmpuint (later.n_heard_then, ==, 0);
}

static void
test_fails_at_once (Fixture *f, gconstpointer limits)
{
  Listener *listener = open_at (f, f->client, "/h");

  puppet ()->refuse_with = OH_ERROR_NO_SERVICE;
  call_fails (f, f->client, LINE_PATH "home", "Dial", g_variant_new ("(sa{sv})", "123", NULL),
              "NoService");
  puppet_ring ();
  /* The call that failed never existed. */
  heard_until (listener, 0, "1 new-call 1 offering");
}

static void
test_sign_settles (Fixture *f, gconstpointer limits)
{
  Listener *listener = open_at (f, f->client, "/h");
  Later later = { .listener = listener };

  ask_dial (f, &later);
  spin_until (is_asked, &puppet ()->dial);
  puppet_emit_call (puppet ()->call, OH_CALL_RINGBACK, OH_REASON_NONE, OH_ENDED_BY_NOBODY);
  heard_until (listener, 0, "2 call-state 1 ringback");
  g_assert_true (later.done && later.error == NULL && later.n_heard_then == 0);
}

static void
test_reply_while_dialling (Fixture *f, gconstpointer limits)
{
  Listener *listener = open_at (f, f->client, "/h");
  Later later = { .listener = listener };

  ask_dial (f, &later);
  heard_until (listener, 0, "1 new-call 1 dialing");
  g_assert_true (later.done && later.error == NULL);
  g_assert_nonnull (puppet ()->dial);
  /* What it comes to later is an event. */
  puppet_settle (&puppet ()->dial, OH_ERROR_BUSY);
  puppet_emit_call (puppet ()->call, OH_CALL_ENDED, OH_REASON_BUSY, OH_ENDED_BY_NETWORK);
  heard_until (listener, 0, "2 call-state 1 disconnected");
  heard_until (listener, 0, "3 call-state 1 ended");
}

static gboolean
is_dropped (gpointer user_data)
{
  return puppet ()->n_drops > 0;
}

static void
test_caller_gone (Fixture *f, gconstpointer limits)
{
  Listener *listener = open_at (f, f->client, "/h");
  g_autoptr (GDBusConnection) other = connect_client (f);

  g_dbus_connection_call (other, OH_BUS_NAME, LINE_PATH "home", OH_BUS_NAME ".Line", "Dial",
                          g_variant_new ("(sa{sv})", "123", NULL), NULL, G_DBUS_CALL_FLAGS_NONE, -1,
                          NULL, NULL, NULL);
  spin_until (is_asked, &puppet ()->dial);
  g_dbus_connection_close_sync (other, NULL, NULL);
  spin_until (is_dropped, NULL);
  puppet_emit_call (puppet ()->call, OH_CALL_ENDED, OH_REASON_LOCAL, OH_ENDED_BY_LOCAL);
  puppet_ring ();
  heard_until (listener, 0, "1 new-call 1 offering");
}

static void
test_ring_while_dialling (Fixture *f, gconstpointer limits)
{
  Listener *listener = open_at (f, f->client, "/h");
  Later later = { .listener = listener };

  ask_dial (f, &later);
  spin_until (is_asked, &puppet ()->dial);
  puppet_ring ();
  heard_until (listener, 0, "1 new-call 1 offering");
  g_assert_true (later.done);
  g_assert_cmpstr (later.error, ==, "Busy");
  g_assert_cmpuint (later.n_heard_then, ==, 0);
  g_assert_cmpuint (puppet ()->n_drops, ==, 1);
  g_free (later.error);
}

static void
test_no_smuggling (Fixture *f, gconstpointer limits)
{
  static const char *const numbers[] = {
    "",
    "5;+CFUN=0",
    "5\r",
    "5 6",
    "5+6",
    "a",
    "1;",
    "+",
    "123456789012345678901234567890123456789012345678901234567890123456789012345678901",
  };

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    call_fails (f, f->client, LINE_PATH "home", "Dial",
                g_variant_new ("(sa{sv})", numbers[i], NULL), "InvalidNumber");
  g_assert_null (puppet ()->dial);
  g_assert_cmpuint (puppet ()->call, ==, 0);
}

static void
test_second_answer (Fixture *f, gconstpointer limits)
{
  Listener *listener = open_at (f, f->client, "/h");
  Later first = { .listener = listener };

  puppet_ring ();
  heard_until (listener, 0, "1 new-call *");
  ask (f->client, CALL_PATH (1), "Call", "Answer", NULL, &first);
  spin_until (is_asked, &puppet ()->answer);
  call_fails (f, f->client, CALL_PATH (1), "Answer", NULL, "InvalidState");
  puppet_settle (&puppet ()->answer, -1);
  puppet_emit_call (puppet ()->call, OH_CALL_CONNECTED, OH_REASON_NONE, OH_ENDED_BY_NOBODY);
  heard_until (listener, 0, "2 call-state 1 connected");
  g_assert_true (first.done && first.error == NULL);
  g_assert_cmpuint (first.n_heard_then, ==, 1);
}

static void
test_ringing_counts (Fixture *f, gconstpointer limits)
{
  Listener *listener = open_at (f, f->client, "/h");

  for (guint n = 1; n <= 2; n++)
    {
      g_autofree char *last = g_strdup_printf ("* ringing %u 3", n);
      g_autofree char *ended = g_strdup_printf ("* call-state %u ended", n);
      guint call = puppet_ring ();

      for (guint ring = 1; ring <= 3; ring++)
        {
          g_autofree char *glob = g_strdup_printf ("* ringing %u %u", n, ring);

          puppet_emit (OH_EVENT_RING, call);
          heard_until (listener, 0, glob);
        }
      puppet_emit_call (call, OH_CALL_ENDED, OH_REASON_NORMAL, OH_ENDED_BY_REMOTE);
      heard_until (listener, 0, ended);
      g_assert_true (has_heard (listener, last));
    }
  assert_serials (listener);
}

static void
test_masks (Fixture *f, gconstpointer limits)
{
  static const char *const only_state[] = { "line-state", NULL };
  static const char *const wrong[] = { "weather", NULL };
  Listener *listener = open_at (f, f->client, "/h");
  guint call;

  g_variant_unref (call_ok (f, f->client, LINE_PATH "home", "SetEvents",
                            g_variant_new ("(o^as)", "/h", (const char *[]){ NULL })));
  call = puppet_ring ();
  puppet_emit (OH_EVENT_RING, call);
  puppet_emit_line (OH_LINE_OUT_OF_SERVICE, "no-network");
  puppet_emit_call (call, OH_CALL_CONNECTED, OH_REASON_NONE, OH_ENDED_BY_NOBODY);
  heard_until (listener, 0, "2 call-state 1 connected");
  g_assert_cmpuint (listener->heard->len, ==, 2);
  g_variant_unref (call_ok (f, f->client, LINE_PATH "home", "SetEvents",
                            g_variant_new ("(o^as)", "/h", only_state)));
  heard_until (listener, 0, "3 line-state * out-of-service");
  call_fails (f, f->client, LINE_PATH "home", "SetEvents", g_variant_new ("(o^as)", "/h", wrong),
              "InvalidArgs");
  assert_serials (listener);
}

typedef struct
{
  Listener *one, *two;
  guint n;
} Both;

static gboolean
have_heard (gpointer user_data)
{
  Both *both = user_data;

  return both->one->heard->len + both->two->heard->len >= both->n;
}

static void
test_one_in_flight (Fixture *f, gconstpointer limits)
{
  Both both = { open_at (f, f->client, "/one"), open_at (f, f->client, "/two"), 0 };

  both.one->manner = both.two->manner = HOLDS;
  puppet_ring ();
  puppet_emit_line (OH_LINE_OUT_OF_SERVICE, "");
  while (++both.n <= 4)
    {
      spin_until (have_heard, &both);
      settle (f, f->client);
      g_assert_cmpuint (both.one->heard->len + both.two->heard->len, ==, both.n);
      g_assert_cmpuint (both.one->held.length + both.two->held.length, ==, 1);
      listener_answer (both.one->held.length > 0 ? both.one : both.two);
    }
  g_assert_cmpuint (both.one->heard->len, ==, 2);
}

static void
test_others_go_on (Fixture *f, gconstpointer limits)
{
  g_autoptr (GDBusConnection) other = connect_client (f);
  Listener *dead = open_at (f, other, "/dead");
  Listener *alive = open_at (f, f->client, "/alive");
  Later later = { .listener = alive };
  guint call = puppet_ring ();

  dead->manner = HOLDS;
  heard_until (alive, 0, "1 new-call *");
  puppet_emit_call (call, OH_CALL_ENDED, OH_REASON_NORMAL, OH_ENDED_BY_REMOTE);
  heard_until (alive, 0, "3 call-state 1 ended");
  ask_dial (f, &later);
  spin_until (is_asked, &puppet ()->dial);
  puppet_settle (&puppet ()->dial, -1);
  heard_until (alive, 0, "4 new-call 2 dialing");
  g_assert_cmpuint (dead->heard->len, <=, 1);
  listener_free (f, dead);
  g_dbus_connection_close_sync (other, NULL, NULL);
}

static void
test_coalesce (Fixture *f, gconstpointer limits)
{
  Listener *listener = open_at (f, f->client, "/h");
  guint call;

  listener->manner = HOLDS;
  call = puppet_ring ();
  heard_until (listener, 0, "1 new-call *");
  puppet_emit_line (OH_LINE_OUT_OF_SERVICE, "no-network");
  puppet_emit (OH_EVENT_RING, call);
  puppet_emit_call (call, OH_CALL_CONNECTED, OH_REASON_NONE, OH_ENDED_BY_NOBODY);
  puppet_emit_line (OH_LINE_IN_SERVICE, "");
  puppet_emit_call (call, OH_CALL_HELD, OH_REASON_NONE, OH_ENDED_BY_NOBODY);
  listener->manner = ANSWERS;
  listener_answer (listener);
  heard_until (listener, 0, "5 call-state 1 held");
  /* The place of the oldest, the content of the newest; call states never. */
  g_assert_cmpstr (listener->heard->pdata[1], ==, "2 line-state  in-service");
  g_assert_cmpstr (listener->heard->pdata[2], ==, "3 ringing 1 1");
  g_assert_cmpstr (listener->heard->pdata[3], ==, "4 call-state 1 connected");
}

static void
test_overflow (Fixture *f, gconstpointer limits)
{
  Listener *listener = open_at (f, f->client, "/h");
  guint call;

  listener->manner = HOLDS;
  call = puppet_ring ();
  heard_until (listener, 0, "1 new-call *");
  for (guint i = 0; i < quick.queued; i++)
    puppet_emit_call (call, i % 2 ? OH_CALL_HELD : OH_CALL_CONNECTED, OH_REASON_NONE,
                      OH_ENDED_BY_NOBODY);
  heard_until (listener, 0, "release overflow");
  g_assert_cmpuint (oh_dbus_line_get_num_handles (OH_DBUS_LINE (f->line)), ==, 0);
  listener_answer (listener);
  settle (f, f->client);
  g_assert_cmpuint (listener->heard->len, ==, 2);
}

static void
test_unresponsive (Fixture *f, gconstpointer limits)
{
  Listener *listener = open_at (f, f->client, "/h");
  Listener *also = open_at (f, f->client, "/also");

  g_test_expect_message ("offhook", G_LOG_LEVEL_WARNING, "Process * has not answered*");
  listener->manner = also->manner = HOLDS;
  puppet_ring ();
  heard_until (listener, 0, "release unresponsive");
  heard_until (also, 0, "release unresponsive");
  g_test_assert_expected_messages ();
  call_fails (f, f->client, LINE_PATH "home", "Open", open_arguments ("/h"), "LimitsExceeded");
  listener_answer (listener->held.length > 0 ? listener : also);
  settle (f, f->client);
  g_variant_unref (call_ok (f, f->client, LINE_PATH "home", "Open", open_arguments ("/h")));
}

static void
test_nobody_listens (Fixture *f, gconstpointer limits)
{
  g_test_expect_message ("offhook", G_LOG_LEVEL_WARNING, "Listener /nobody of process *void*");
  g_variant_unref (call_ok (f, f->client, LINE_PATH "home", "Open", open_arguments ("/nobody")));
  puppet_ring ();
  spin_until (has_no_handles, f->line);
  g_test_assert_expected_messages ();
}

static void
test_client_error (Fixture *f, gconstpointer limits)
{
  Listener *listener = open_at (f, f->client, "/h");
  guint call;

  g_test_expect_message ("offhook", G_LOG_LEVEL_WARNING, "Listener /h of process *answers*");
  listener->manner = REFUSES;
  listener->refuse_with = "com.example.Oops";
  call = puppet_ring ();
  puppet_emit (OH_EVENT_RING, call);
  heard_until (listener, 0, "2 ringing *");
  g_test_assert_expected_messages ();
}

static guint
count_calls (Fixture *f)
{
  const char *const *calls = oh_dbus_line_get_calls (OH_DBUS_LINE (f->line));

  return g_strv_length ((char **)calls);
}

static gboolean
has_no_calls (gpointer f)
{
  return count_calls (f) == 0;
}

static void
test_ended_stays (Fixture *f, gconstpointer limits)
{
  Listener *listener = open_at (f, f->client, "/h");
  g_autofree char *state = NULL;
  guint call;

  listener->manner = HOLDS;
  call = puppet_ring ();
  heard_until (listener, 0, "1 new-call *");
  puppet_emit_call (call, OH_CALL_ENDED, OH_REASON_NORMAL, OH_ENDED_BY_REMOTE);
  puppet_emit (OH_EVENT_RING, call);
  puppet_emit_party (call, "555");
  state = get_string (f, CALL_PATH (1), "Call", "State");
  g_assert_cmpstr (state, ==, "ended");
  listener->manner = ANSWERS;
  listener_answer (listener);
  heard_until (listener, 0, "3 call-state 1 ended");
  spin_until (has_no_calls, f);
  g_assert_cmpuint (listener->heard->len, ==, 3);
  for (guint i = 0; i < quick.ended_calls + 2; i++)
    puppet_emit_call (puppet_ring (), OH_CALL_ENDED, OH_REASON_NORMAL, OH_ENDED_BY_REMOTE);
  g_assert_cmpuint (count_calls (f), ==, quick.ended_calls);
}

static void
test_digits_go_to_who_asked (Fixture *f, gconstpointer limits)
{
  g_autoptr (GDBusConnection) other = connect_client (f);
  Listener *curious = open_at (f, f->client, "/curious");
  Listener *discreet = open_at (f, other, "/discreet");
  guint call = puppet_ring ();

  puppet_emit_call (call, OH_CALL_CONNECTED, OH_REASON_NONE, OH_ENDED_BY_NOBODY);
  g_variant_unref (
      call_ok (f, f->client, CALL_PATH (1), "MonitorDigits", g_variant_new ("(b)", TRUE)));
  puppet_emit_digit (call, '7');
  puppet_emit_call (call, OH_CALL_HELD, OH_REASON_NONE, OH_ENDED_BY_NOBODY);
  heard_until (curious, 0, "3 digit 1 7");
  heard_until (discreet, 0, "3 call-state 1 held");
  g_assert_false (has_heard (discreet, "* digit *"));
  listener_free (f, discreet);
  g_dbus_connection_close_sync (other, NULL, NULL);
}

static void
test_too_many (Fixture *f, gconstpointer limits)
{
  GDBusConnection *others[4];

  for (guint i = 0; i < quick.handles_per_line; i++)
    {
      g_autofree char *path = g_strdup_printf ("/h%u", i);

      g_variant_unref (call_ok (f, f->client, LINE_PATH "home", "Open", open_arguments (path)));
    }
  call_fails (f, f->client, LINE_PATH "home", "Open", open_arguments ("/more"), "LimitsExceeded");
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    {
      others[i] = connect_client (f);
      if (i + 1 < quick.listeners)
        g_variant_unref (call_ok (f, others[i], LINE_PATH "home", "Open", open_arguments ("/h")));
      else
        call_fails (f, others[i], LINE_PATH "home", "Open", open_arguments ("/h"),
                    "LimitsExceeded");
    }
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    {
      g_dbus_connection_close_sync (others[i], NULL, NULL);
      g_object_unref (others[i]);
    }
}

static void
add (const char *path, gconstpointer limits, void (*test) (Fixture *f, gconstpointer limits))
{
  g_test_add (path, Fixture, limits, puppet_set_up, test, puppet_tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("/contract/H1/snapshot", NULL, test_snapshot);
  add ("/contract/H2/same-again", NULL, test_same_again);
  add ("/contract/H3/nothing-after-close", NULL, test_nothing_after_close);
  add ("/contract/H5/client-gone", NULL, test_client_gone);
  add ("/contract/H8/reply-first", NULL, test_reply_first);
  add ("/contract/H8/fails-at-once", NULL, test_fails_at_once);
  add ("/contract/H9/sign-settles", NULL, test_sign_settles);
  add ("/contract/H9/reply-while-dialling", &quick, test_reply_while_dialling);
  add ("/contract/H9/caller-gone", NULL, test_caller_gone);
  add ("/contract/H9/ring-while-dialling", NULL, test_ring_while_dialling);
  add ("/contract/H10/no-smuggling", NULL, test_no_smuggling);
  add ("/contract/H11/second-answer", NULL, test_second_answer);
  add ("/contract/H16/ended-stays", &quick, test_ended_stays);
  add ("/contract/H17/ringing-counts", NULL, test_ringing_counts);
  add ("/contract/H18/masks", NULL, test_masks);
  add ("/contract/H19/one-in-flight", NULL, test_one_in_flight);
  add ("/contract/H20/others-go-on", NULL, test_others_go_on);
  add ("/contract/H21/coalesce", NULL, test_coalesce);
  add ("/contract/H21/overflow", &quick, test_overflow);
  add ("/contract/H21/too-many", &quick, test_too_many);
  add ("/contract/H22/unresponsive", &quick, test_unresponsive);
  add ("/contract/H23/nobody-listens", NULL, test_nobody_listens);
  add ("/contract/H23/client-error", NULL, test_client_error);
  add ("/contract/H30/digits-to-who-asked", NULL, test_digits_go_to_who_asked);
  return g_test_run ();
}
