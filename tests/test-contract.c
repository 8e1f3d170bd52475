// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/puppet.h"

#include "daemon/error.h"

/* The contract of a handle, rule by rule, against a driver whose strings the test pulls: what the
 * modem says and when is exact here. The same rules against modems on pseudo terminals are in the
 * other files. */

#define CALL_PATH(n) LINE_PATH "home/call/" #n

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
  ask_later (f->client, CALL_PATH (1), "Call", "Answer", NULL, &first);
  spin_until (is_asked, &puppet ()->answer);
  call_fails (f, f->client, CALL_PATH (1), "Answer", NULL, "InvalidState");
  puppet_settle (&puppet ()->answer, -1);
  puppet_emit_call (puppet ()->call, OH_CALL_CONNECTED, OH_REASON_NONE, OH_ENDED_BY_NOBODY);
  heard_until (listener, 0, "3 call-state 1 connected"); /* 2: who owns it now */
  g_assert_true (first.done && first.error == NULL);
  g_assert_cmpuint (first.n_heard_then, ==, 1);
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
  add ("/H1/contract/snapshot", NULL, test_snapshot);
  add ("/H2/contract/same-again", NULL, test_same_again);
  add ("/H3/contract/nothing-after-close", NULL, test_nothing_after_close);
  add ("/H5/contract/client-gone", NULL, test_client_gone);
  add ("/H8/contract/reply-first", NULL, test_reply_first);
  add ("/H8/contract/fails-at-once", NULL, test_fails_at_once);
  add ("/H9/contract/sign-settles", NULL, test_sign_settles);
  add ("/H9/contract/reply-while-dialling", &puppet_quick, test_reply_while_dialling);
  add ("/H9/contract/caller-gone", NULL, test_caller_gone);
  add ("/H9/contract/ring-while-dialling", NULL, test_ring_while_dialling);
  add ("/H10/contract/no-smuggling", NULL, test_no_smuggling);
  add ("/H11/contract/second-answer", NULL, test_second_answer);
  return g_test_run ();
}
