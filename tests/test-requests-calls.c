// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/puppet.h"
#include "tests/terminal.h"
#include "tests/wire.h"

/* What is asked of a call: by two at once, of one that cannot, of all; and digits. H11, H12, H30.
 */

#define HOME LINE_PATH "home"
#define CALL_PATH(n) HOME "/call/" #n

static gboolean
is_cellular (const char *driver)
{
  return g_str_equal (driver, "cellular");
}

static GVariant *
text_and_options (const char *text)
{
  return g_variant_new ("(sa{sv})", text, NULL);
}

static Listener *
open_handle (Fixture *f, GDBusConnection *client)
{
  Listener *listener = listen_at (f, client, "/handle");

  g_variant_unref (listener_open (f, listener));
  return listener;
}

static void
end (Fixture *f, Terminal *terminal)
{
  g_clear_object (&f->manager);
  terminal_free (terminal);
}

/* Dials, and the far end is there. */
static void
connect_call (Fixture *f, Listener *listener, const char *glob)
{
  sim (f, "on-dial alert=0.1 answer=0.2");
  g_variant_unref (call_ok (f, f->client, HOME, "Dial", text_and_options ("123")));
  heard_until (listener, 0, glob);
}

static void
test_two_answer (Fixture *f, gconstpointer driver)
{
  Terminal *terminal = terminal_new (f, driver);
  g_autoptr (GDBusConnection) other = connect_client (f);
  Listener *listener = open_handle (f, f->client);
  Errand first, second;
  guint asked;

  terminal->hold = is_cellular (driver) ? "ATA" : "AT+VLS=1";
  terminal->calls = is_cellular (driver) ? "+CLCC: 1,1,4,0,0,\"555\",129" : NULL;
  terminal_say (terminal, "\r\nRING\r\n");
  heard_until (listener, 0, "1 new-call *");
  errand_begin (&first, f->client, CALL_PATH (1), "Answer", NULL);
  asked = terminal_until (terminal, 0, terminal->hold);
  errand_begin (&second, other, CALL_PATH (1), "Answer", NULL);
  errand_ends (&second, "InvalidState");
  call_fails (f, f->client, CALL_PATH (1), "Answer", NULL, "InvalidState");
  g_assert_false (first.done);
  terminal->calls = "+CLCC: 1,1,0,0,0,\"555\",129";
  terminal_say (terminal, "\r\nOK\r\n");
  errand_ends (&first, NULL);
  heard_until (listener, 0, "* call-state 1 connected");
  for (guint i = asked + 1; i < terminal->asked->len; i++)
    g_assert_false (g_pattern_match_simple (terminal->hold, terminal->asked->pdata[i]));
  g_dbus_connection_close_sync (other, NULL, NULL);
  end (f, terminal);
}

/* The caller gives up while the modem answers. */
static void
test_answer_too_late (Fixture *f, gconstpointer limits)
{
  Listener *listener = open_handle (f, f->client);
  guint number = puppet_ring ();
  Arrivals *arrivals;
  Errand answer;

  heard_until (listener, 0, "1 new-call *");
  settle (f, f->client);
  arrivals = arrivals_watch (f->client);
  errand_begin (&answer, f->client, CALL_PATH (1), "Answer", NULL);
  spin_until (is_asked, &puppet ()->answer);
  puppet_emit_call (number, OH_CALL_ENDED, OH_REASON_NORMAL, OH_ENDED_BY_REMOTE);
  heard_until (listener, 0, "* call-state 1 ended");
  errand_ends (&answer, "InvalidState");
  arrivals_assert_first (arrivals, "error InvalidState");
  puppet_settle (&puppet ()->answer, -1);
  settle (f, f->client);
  g_assert_cmpuint (arrivals_count (arrivals, "error *"), ==, 1);
  arrivals_stop (arrivals);
}

static void
test_drop_offered_landline (Fixture *f, gconstpointer driver)
{
  Listener *listener = open_handle (f, f->client);

  sim (f, "ring number=555");
  heard_until (listener, 0, "1 new-call 1 offering");
  call_fails (f, f->client, CALL_PATH (1), "Drop", NULL, "NotSupported");
  /* HangUpAll leaves it alone, and that is no error. */
  g_variant_unref (call_ok (f, f->client, HOME, "HangUpAll", NULL));
  heard_until (listener, 0, "* ringing 1 2");
  g_assert_false (has_heard (listener, "* call-state *"));
  g_variant_unref (call_ok (f, f->client, CALL_PATH (1), "Answer", NULL));
  sim_until (f, "home answered-by-host");
}

static void
test_drop_offered_cellular (Fixture *f, gconstpointer driver)
{
  Listener *listener = open_handle (f, f->client);
  guint at;

  sim (f, "ring number=555");
  heard_until (listener, 0, "1 new-call 1 offering");
  g_variant_unref (call_ok (f, f->client, CALL_PATH (1), "Drop", NULL));
  at = heard_until (listener, 0, "* call-state *");
  g_assert_true (g_pattern_match_simple ("* call-state 1 ended", listener->heard->pdata[at]));
  sim_until (f, "home hung-up-by-host");
}

/* Two drop it, a third hangs up all: each is answered when it is over. */
static void
test_two_drop (Fixture *f, gconstpointer driver)
{
  Terminal *terminal = terminal_new (f, driver);
  g_autoptr (GDBusConnection) other = connect_client (f);
  Listener *listener = open_handle (f, f->client);
  Errand errands[4];

  g_variant_unref (call_ok (f, f->client, HOME, "Dial", text_and_options ("123")));
  terminal->calls = is_cellular (driver) ? "+CLCC: 1,0,0,0,0,\"123\",129" : NULL;
  heard_until (listener, 0, "* call-state 1 connected");
  terminal->hold = is_cellular (driver) ? "AT+CHUP" : "AT+VLS=0";
  for (guint i = 0; i < G_N_ELEMENTS (errands) - 1; i++)
    errand_begin (&errands[i], i == 1 ? other : f->client, CALL_PATH (1), "Drop", NULL);
  errand_begin (&errands[3], f->client, HOME, "HangUpAll", NULL);
  terminal_until (terminal, 0, terminal->hold);
  /* Its first request waits until the bus has told who asks. */
  g_variant_unref (call_ok (f, other, HOME, "Open", g_variant_new ("(oa{sv})", "/x", NULL)));
  g_variant_unref (call_ok (f, other, HOME, "Close", g_variant_new ("(o)", "/x")));
  for (guint i = 0; i < G_N_ELEMENTS (errands); i++)
    g_assert_false (errands[i].done);
  terminal->calls = NULL;
  terminal_say (terminal, "\r\nOK\r\n");
  for (guint i = 0; i < G_N_ELEMENTS (errands); i++)
    errand_ends (&errands[i], NULL);
  heard_until (listener, 0, "* call-state 1 ended");
  g_dbus_connection_close_sync (other, NULL, NULL);
  end (f, terminal);
}

static void
test_hang_up_all (Fixture *f, gconstpointer driver)
{
  Listener *listener = open_handle (f, f->client);
  Arrivals *arrivals;
  Errand errand;

  g_variant_unref (call_ok (f, f->client, HOME, "HangUpAll", NULL)); /* none is all */
  connect_call (f, listener, "* call-state 1 connected");
  settle (f, f->client);
  arrivals = arrivals_watch (f->client);
  errand_begin (&errand, f->client, HOME, "HangUpAll", NULL);
  heard_until (listener, 0, "* call-state 1 ended");
  errand_ends (&errand, NULL);
  arrivals_assert_first (arrivals, "reply");
  arrivals_stop (arrivals);
  sim_until (f, "home hung-up-by-host");
}

/* What was dialled is given up and never was, also when the modem had taken it already. */
static void
test_hang_up_dialling (Fixture *f, gconstpointer driver)
{
  Terminal *terminal = terminal_new (f, driver);
  Listener *listener = open_handle (f, f->client);
  Errand dial, hang_up;
  guint at;

  terminal->hold = "ATD*";
  errand_begin (&dial, f->client, HOME, "Dial", text_and_options ("123"));
  at = terminal_until (terminal, 0, "ATD*123*");
  errand_begin (&hang_up, f->client, HOME, "HangUpAll", NULL);
  errand_ends (&dial, "Cancelled");
  at = terminal_until (terminal, at + 1, "");
  g_assert_false (hang_up.done);
  terminal->calls = is_cellular (driver) ? "+CLCC: 1,0,3,0,0,\"123\",129" : NULL;
  terminal_say (terminal, is_cellular (driver) ? "\r\nOK\r\n" : "\r\nNO CARRIER\r\n");
  terminal_until (terminal, at, is_cellular (driver) ? "AT+CHUP" : "AT+VLS=0");
  terminal->calls = NULL;
  errand_ends (&hang_up, NULL);
  terminal->calls = is_cellular (driver) ? "+CLCC: 1,1,4,0,0,\"555\",129" : NULL;
  terminal_say (terminal, "\r\nRING\r\n");
  heard_until (listener, 0, "1 new-call * offering");
  end (f, terminal);
}

static void
test_digits_done (Fixture *f, gconstpointer driver)
{
  g_autoptr (GDBusConnection) other = connect_client (f);
  Listener *listener = open_handle (f, f->client);
  Listener *bystander = open_handle (f, other);
  Errand errand;

  connect_call (f, listener, "* call-state 1 connected");
  errand_begin (&errand, f->client, CALL_PATH (1), "SendDigits", text_and_options ("1#D"));
  heard_until (listener, 0, "* generate 1 done");
  errand_ends (&errand, NULL);
  sim_until (f, "home digit-sent-by-host 1");
  sim_until (f, "home digit-sent-by-host #");
  sim_until (f, "home digit-sent-by-host D");
  g_variant_unref (call_ok (f, f->client, CALL_PATH (1), "Drop", NULL));
  heard_until (bystander, 0, "* call-state 1 ended");
  g_assert_false (has_heard (bystander, "* generate *"));
  listener_free (f, bystander);
  g_dbus_connection_close_sync (other, NULL, NULL);
}

static guint
puppet_connected_call (Listener *listener)
{
  guint number = puppet_ring ();

  puppet_emit_call (number, OH_CALL_CONNECTED, OH_REASON_NONE, OH_ENDED_BY_NOBODY);
  heard_until (listener, 0, "* call-state 1 connected");
  return number;
}

/* The one who asked first hears "cancelled" before the second is answered. */
static void
test_digits_cancelled (Fixture *f, gconstpointer limits)
{
  g_autoptr (GDBusConnection) other = connect_client (f);
  Listener *listener = open_handle (f, f->client);
  Listener *others = open_handle (f, other);
  Errand first, second;

  puppet_connected_call (listener);
  errand_begin (&first, f->client, CALL_PATH (1), "SendDigits", text_and_options ("12"));
  spin_until (is_asked, &puppet ()->digit);
  puppet_settle (&puppet ()->digit, -1); /* which asks for the second digit */
  errand_ends (&first, NULL);
  errand_begin (&second, other, CALL_PATH (1), "SendDigits", text_and_options ("9"));
  heard_until (listener, 0, "* generate 1 cancelled");
  spin_until (is_asked, &puppet ()->digit);
  puppet_settle (&puppet ()->digit, -1);
  errand_ends (&second, NULL);
  heard_until (others, 0, "* generate 1 done");
  g_assert_false (has_heard (others, "* generate 1 cancelled"));
  g_assert_false (has_heard (listener, "* generate 1 done"));
  listener_free (f, others);
  g_dbus_connection_close_sync (other, NULL, NULL);
}

/* One that has not even been answered gets its error, and no event besides. */
static void
test_digits_cancelled_early (Fixture *f, gconstpointer limits)
{
  Listener *listener = open_handle (f, f->client);
  Errand first, second;

  puppet_connected_call (listener);
  errand_begin (&first, f->client, CALL_PATH (1), "SendDigits", text_and_options ("12"));
  spin_until (is_asked, &puppet ()->digit);
  errand_begin (&second, f->client, CALL_PATH (1), "SendDigits", text_and_options ("9"));
  errand_ends (&first, "Cancelled");
  puppet_settle (&puppet ()->digit, -1);
  errand_ends (&second, NULL);
  heard_until (listener, 0, "* generate 1 done");
  g_assert_false (has_heard (listener, "* generate 1 cancelled"));
}

static void
test_digits_of_ended_call (Fixture *f, gconstpointer limits)
{
  Listener *listener = open_handle (f, f->client);
  guint number = puppet_connected_call (listener);
  guint at;
  Errand errand;

  errand_begin (&errand, f->client, CALL_PATH (1), "SendDigits", text_and_options ("12"));
  spin_until (is_asked, &puppet ()->digit);
  puppet_settle (&puppet ()->digit, -1);
  errand_ends (&errand, NULL);
  puppet_emit_call (number, OH_CALL_ENDED, OH_REASON_NORMAL, OH_ENDED_BY_REMOTE);
  at = heard_until (listener, 0, "* generate 1 cancelled");
  g_assert_cmpuint (heard_until (listener, 0, "* call-state 1 disconnected"), >, at);
  puppet_settle (&puppet ()->digit, -1);
}

static void
test_monitor_digits (Fixture *f, gconstpointer driver)
{
  g_autoptr (GDBusConnection) other = connect_client (f);
  g_autoptr (GDBusConnection) silent = connect_client (f);
  Listener *curious = open_handle (f, f->client);
  Listener *bystander = open_handle (f, other);
  Errand errand;
  guint from;

  connect_call (f, curious, "* call-state 1 connected");
  if (!is_cellular (driver))
    sim_until (f, "home voice-receive on");
  errand_begin (&errand, silent, CALL_PATH (1), "MonitorDigits", g_variant_new ("(b)", TRUE));
  errand_ends (&errand, "NotOpen");
  g_variant_unref (
      call_ok (f, f->client, CALL_PATH (1), "MonitorDigits", g_variant_new ("(b)", TRUE)));
  sim (f, "digits 4#");
  heard_until (curious, 0, "* digit 1 4");
  from = heard_until (curious, 0, "* digit 1 #");
  g_variant_unref (
      call_ok (f, f->client, CALL_PATH (1), "MonitorDigits", g_variant_new ("(b)", FALSE)));
  g_variant_unref (call_ok (f, other, CALL_PATH (1), "MonitorDigits", g_variant_new ("(b)", TRUE)));
  sim (f, "digits 7");
  heard_until (bystander, 0, "* digit 1 7");
  g_assert_false (has_heard (bystander, "* digit 1 4"));
  g_variant_unref (call_ok (f, f->client, CALL_PATH (1), "Drop", NULL));
  heard_until (curious, from, "* call-state 1 ended");
  g_assert_false (has_heard (curious, "* digit 1 7"));
  listener_free (f, bystander);
  g_dbus_connection_close_sync (other, NULL, NULL);
  g_dbus_connection_close_sync (silent, NULL, NULL);
}

static void
set_up_manager (Fixture *f, gconstpointer data)
{
  set_up (f, NULL);
  start_manager (f);
}

typedef void (*Test) (Fixture *f, gconstpointer driver);

static void
add_for_both (const char *path, Test set_up_how, Test test)
{
  g_autofree char *landline = g_strconcat (path, "-v253", NULL);
  g_autofree char *cellular = g_strconcat (path, "-cellular", NULL);

  g_test_add (landline, Fixture, "v253", set_up_how, test, tear_down);
  g_test_add (cellular, Fixture, "cellular", set_up_how, test, tear_down);
}

static void
add (const char *path, Test test)
{
  g_test_add (path, Fixture, NULL, puppet_set_up, test, puppet_tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add_for_both ("/H11/requests-calls/two-answer", set_up_manager, test_two_answer);
  add ("/H11/requests-calls/answer-too-late", test_answer_too_late);
  g_test_add ("/H11/requests-calls/drop-offered-v253", Fixture, "v253", set_up,
              test_drop_offered_landline, tear_down);
  g_test_add ("/H11/requests-calls/drop-offered-cellular", Fixture, "cellular", set_up,
              test_drop_offered_cellular, tear_down);
  add_for_both ("/H11/requests-calls/two-drop", set_up_manager, test_two_drop);
  add_for_both ("/H11/requests-calls/hang-up-all", set_up, test_hang_up_all);
  add_for_both ("/H11/requests-calls/hang-up-dialling", set_up_manager, test_hang_up_dialling);
  add_for_both ("/H12/requests-calls/digits-done", set_up, test_digits_done);
  add ("/H12/requests-calls/digits-cancelled", test_digits_cancelled);
  add ("/H12/requests-calls/digits-cancelled-early", test_digits_cancelled_early);
  add ("/H12/requests-calls/digits-of-ended-call", test_digits_of_ended_call);
  add_for_both ("/H30/requests-calls/monitor-digits", set_up, test_monitor_digits);
  return g_test_run ();
}
