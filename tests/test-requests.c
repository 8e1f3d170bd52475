// SPDX-License-Identifier: LGPL-2.1-or-later
#include <string.h>

#include "daemon/error.h"
#include "tests/puppet.h"
#include "tests/terminal.h"
#include "tests/wire.h"

/* When a request is answered, and what the modem gets of it: H8, H9, H10. */

#define HOME LINE_PATH "home"
#define CALL_PATH(n) HOME "/call/" #n

static GVariant *
number (const char *text)
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

static Terminal *
begin (Fixture *f, const char *driver, const char *hold)
{
  Terminal *terminal = terminal_new (f, driver);

  terminal->hold = hold;
  return terminal;
}

static void
end (Fixture *f, Terminal *terminal)
{
  g_clear_object (&f->manager);
  terminal_free (terminal);
}

static gboolean
is_cellular (const char *driver)
{
  return g_str_equal (driver, "cellular");
}

/* What each modem says when it takes a number, and a line of another matter behind it. */
static void
test_reply_then_line (Fixture *f, gconstpointer driver)
{
  Terminal *terminal = begin (f, driver, "ATD*");
  Listener *listener = open_handle (f, f->client);
  Arrivals *arrivals;
  Errand dial;

  hear_broadcasts (f);
  settle (f, f->client);
  arrivals = arrivals_watch (f->client);
  errand_begin (&dial, f->client, HOME, "Dial", number ("123"));
  terminal_until (terminal, 0, "ATD*123*");
  if (is_cellular (driver))
    terminal_say (terminal, "\r\nOK\r\n\r\n+CREG: 0\r\n");
  else
    terminal_say (terminal, "\r\nRINGING\r\n\r\nVCON\r\n");
  heard_until (listener, 0, "1 new-call 1 dialing");
  heard_until (listener, 0,
               is_cellular (driver) ? "2 line-state * out-of-service" : "3 call-state 1 connected");
  errand_ends (&dial, NULL);
  arrivals_assert_first (arrivals, "reply");
  g_assert_cmpuint (arrivals_count (arrivals, "CallStateChanged"), >, 0);
  arrivals_stop (arrivals);
  end (f, terminal);
}

static void
test_answered_then_line (Fixture *f, gconstpointer driver)
{
  Terminal *terminal = begin (f, driver, is_cellular (driver) ? "ATA" : "AT+VLS=1");
  Listener *listener = open_handle (f, f->client);
  Arrivals *arrivals;
  Errand answer;

  if (is_cellular (driver))
    {
      terminal->calls = "+CLCC: 1,1,4,0,0,\"555\",129";
      terminal_say (terminal, "\r\n+CRING: VOICE\r\n\r\n+CLIP: \"555\",129\r\n");
    }
  else
    terminal_say (terminal, "\r\nRING\r\n");
  heard_until (listener, 0, "* ringing 1 1");
  settle (f, f->client);
  arrivals = arrivals_watch (f->client);
  errand_begin (&answer, f->client, CALL_PATH (1), "Answer", NULL);
  terminal_until (terminal, 0, terminal->hold);
  terminal->calls = "+CLCC: 1,1,0,0,0,\"555\",129";
  terminal_say (terminal, "\r\nOK\r\n\r\n+CREG: 0\r\n");
  heard_until (listener, 0, "* call-state 1 connected");
  errand_ends (&answer, NULL);
  arrivals_assert_first (arrivals, "reply");
  arrivals_stop (arrivals);
  end (f, terminal);
}

/* A driver that does everything within the call to it. */
static void
test_driver_at_once (Fixture *f, gconstpointer data)
{
  g_autoptr (GVariant) reply = NULL;
  Listener *listener;
  Arrivals *arrivals;
  Errand drop;

  start_manager (f);
  f->line = add_line (f, "home", "/dev/null", oh_driver_find ("fake"));
  listener = open_handle (f, f->client);
  hear_broadcasts (f);
  settle (f, f->client);
  arrivals = arrivals_watch (f->client);
  reply = call_ok (f, f->client, HOME, "Dial", number ("123"));
  heard_until (listener, 0, "2 call-state 1 ringback");
  arrivals_assert_first (arrivals, "reply");
  arrivals_stop (arrivals);
  settle (f, f->client);
  arrivals = arrivals_watch (f->client);
  errand_begin (&drop, f->client, CALL_PATH (1), "Drop", NULL);
  heard_until (listener, 0, "3 call-state 1 ended");
  errand_ends (&drop, NULL);
  arrivals_assert_first (arrivals, "reply");
  arrivals_stop (arrivals);
}

static void
hasty_start (OhModem *modem)
{
  oh_modem_emit (modem,
                 &(OhEvent){ .kind = OH_EVENT_LINE, .line_state = OH_LINE_IN_SERVICE, .text = "" });
}

static void
hasty_dial (OhModem *modem, guint call, const char *digits, const OhDialOptions *options,
            OhRequest *request)
{
  oh_request_fail (request, OH_ERROR_NO_SERVICE, "There is no network");
  oh_modem_emit (modem, &(OhEvent){ .kind = OH_EVENT_LINE,
                                    .line_state = OH_LINE_OUT_OF_SERVICE,
                                    .text = "no-network" });
}

static void
test_fails_at_once (Fixture *f, gconstpointer data)
{
  static const OhDriver hasty = {
    .name = "hasty", .kind = "cellular", .dialable = "123", .start = hasty_start, .dial = hasty_dial
  };
  Listener *listener;
  Arrivals *arrivals;
  Errand dial;

  start_manager (f);
  f->line = add_line (f, "home", "/dev/null", &hasty);
  listener = open_handle (f, f->client);
  hear_broadcasts (f);
  settle (f, f->client);
  arrivals = arrivals_watch (f->client);
  errand_begin (&dial, f->client, HOME, "Dial", number ("123"));
  heard_until (listener, 0, "1 line-state * out-of-service");
  errand_ends (&dial, "NoService");
  arrivals_assert_first (arrivals, "error NoService");
  arrivals_stop (arrivals);
}

/* The reply does not wait for the far end: nobody answers before it. */
static void
test_reply_before_far_end (Fixture *f, gconstpointer driver)
{
  Listener *listener = open_handle (f, f->client);
  Errand dial;

  sim (f, "on-dial manual");
  errand_begin (&dial, f->client, HOME, "Dial", number ("123"));
  sim_until (f, "home dialled 123");
  settle (f, f->client);
  /* A landline's first sign is that it rings there. */
  if (!is_cellular (driver))
    {
      g_assert_false (dial.done);
      g_assert_cmpuint (listener->heard->len, ==, 0);
      sim (f, "alert");
    }
  errand_ends (&dial, NULL);
  heard_until (listener, 0, "1 new-call 1 dialing");
  g_assert_false (has_heard (listener, "* connected"));
  if (is_cellular (driver))
    sim (f, "alert");
  heard_until (listener, 0, "* call-state 1 ringback");
  sim (f, "answer");
  heard_until (listener, 0, "* call-state 1 connected");
}

static void
test_reply_though_running (Fixture *f, gconstpointer driver)
{
  Terminal *terminal;
  Listener *listener;

  f->limits.reply_ms = 100;
  start_manager (f);
  terminal = begin (f, driver, "ATD*");
  listener = open_handle (f, f->client);
  g_variant_unref (call_ok (f, f->client, HOME, "Dial", number ("123")));
  heard_until (listener, 0, "1 new-call 1 dialing");
  terminal_say (terminal, "\r\nBUSY\r\n");
  heard_until (listener, 0, "* call-state 1 ended");
  g_assert_true (has_heard (listener, "* call-state 1 disconnected"));
  end (f, terminal);
}

static void
test_answer_though_running (Fixture *f, gconstpointer driver)
{
  Terminal *terminal;
  Listener *listener;

  f->limits.reply_ms = 100;
  start_manager (f);
  terminal = begin (f, driver, is_cellular (driver) ? "ATA" : "AT+VLS=1");
  terminal->calls = is_cellular (driver) ? "+CLCC: 1,1,4,0,0,\"555\",129" : NULL;
  listener = open_handle (f, f->client);
  terminal_say (terminal, "\r\nRING\r\n");
  heard_until (listener, 0, "1 new-call 1 offering");
  g_variant_unref (call_ok (f, f->client, CALL_PATH (1), "Answer", NULL));
  g_assert_false (has_heard (listener, "* connected"));
  terminal->calls = "+CLCC: 1,1,0,0,0,\"555\",129";
  terminal_say (terminal, "\r\nOK\r\n");
  heard_until (listener, 0, "* call-state 1 connected");
  end (f, terminal);
}

static guint
count_exported_calls (Fixture *f)
{
  g_autoptr (GVariant) reply
      = call (f, f->client, OH_BUS_PATH, "org.freedesktop.DBus.ObjectManager", "GetManagedObjects",
              NULL, NULL);
  g_autofree char *text = g_variant_print (reply, FALSE);

  return strstr (text, "/call/") != NULL;
}

static void
test_invisible_before (Fixture *f, gconstpointer driver)
{
  Terminal *terminal = begin (f, driver, "ATD*");
  g_autoptr (GDBusConnection) other = connect_client (f);
  Listener *listener = open_handle (f, other);
  g_autoptr (GVariant) calls = NULL;
  Errand dial, second;

  hear_broadcasts (f);
  errand_begin (&dial, f->client, HOME, "Dial", number ("123"));
  terminal_until (terminal, 0, "ATD*123*");
  settle (f, other);
  g_assert_cmpuint (count_exported_calls (f), ==, 0);
  calls = get_property (f, HOME, "Line", "Calls");
  g_assert_cmpuint (g_variant_n_children (calls), ==, 0);
  /* Two do not dial at once. */
  errand_begin (&second, other, HOME, "Dial", number ("456"));
  errand_ends (&second, "Busy");
  terminal_say (terminal, "\r\nBUSY\r\n");
  errand_ends (&dial, "Busy");
  g_assert_cmpuint (count_exported_calls (f), ==, 0);
  terminal->calls = is_cellular (driver) ? "+CLCC: 1,1,4,0,0,\"555\",129" : NULL;
  terminal_say (terminal, "\r\nRING\r\n");
  heard_until (listener, 0, "1 new-call * offering");
  for (guint i = 0; i < f->bus_heard->len; i++)
    g_assert_null (strstr (f->bus_heard->pdata[i], "dialing"));
  listener_free (f, listener);
  g_dbus_connection_close_sync (other, NULL, NULL);
  end (f, terminal);
}

/* One byte ends it, then the ladder; nobody ever hears of the call. */
static void
test_caller_vanishes (Fixture *f, gconstpointer driver)
{
  Terminal *terminal = begin (f, driver, "ATD*");
  Listener *listener = open_handle (f, f->client);
  GDBusConnection *caller = connect_client (f);
  guint at;

  g_dbus_connection_call (caller, OH_BUS_NAME, HOME, OH_BUS_NAME ".Line", "Dial", number ("123"),
                          NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL, NULL);
  at = terminal_until (terminal, 0, "ATD*123*");
  g_assert_cmpuint (terminal->asked->len, ==, at + 1);
  leave (&caller);
  g_assert_cmpuint (terminal_until (terminal, at + 1, ""), ==, at + 1);
  /* The byte came too late for one of them. */
  terminal->calls = is_cellular (driver) ? "+CLCC: 1,0,2,0,0,\"123\",129" : NULL;
  terminal_say (terminal, is_cellular (driver) ? "\r\nOK\r\n" : "\r\nNO CARRIER\r\n");
  at = terminal_until (terminal, at + 2, is_cellular (driver) ? "AT+CHUP" : "AT+VLS=0");
  terminal->calls = NULL;
  terminal_until (terminal, at, is_cellular (driver) ? "AT+CLCC" : "AT+FCLASS=0");
  settle (f, f->client);
  terminal->calls = is_cellular (driver) ? "+CLCC: 1,1,4,0,0,\"555\",129" : NULL;
  terminal_say (terminal, "\r\nRING\r\n");
  heard_until (listener, 0, "1 new-call * offering");
  end (f, terminal);
}

static void
test_ring_while_dialling (Fixture *f, gconstpointer driver)
{
  Terminal *terminal = begin (f, driver, "ATD*");
  Listener *listener = open_handle (f, f->client);
  Arrivals *arrivals;
  Errand dial;
  guint at;

  settle (f, f->client);
  arrivals = arrivals_watch (f->client);
  errand_begin (&dial, f->client, HOME, "Dial", number ("123"));
  at = terminal_until (terminal, 0, "ATD*123*");
  if (is_cellular (driver))
    terminal_say (terminal, "\r\n+CRING: VOICE\r\n\r\n+CLIP: \"555\",129\r\n");
  else
    terminal_say (terminal, "\r\nRING\r\n");
  heard_until (listener, 0, "1 new-call * offering");
  errand_ends (&dial, "Busy");
  arrivals_assert_first (arrivals, "error Busy");
  arrivals_stop (arrivals);
  /* The dialling is given up. */
  terminal_until (terminal, at + 1, "");
  end (f, terminal);
}

static void
assert_nothing_sent (Fixture *f, Terminal *terminal, guint asked)
{
  guint at;

  /* What is sent at once after it is the next thing that arrives. */
  g_variant_unref (call_ok (f, f->client, HOME, "Dial", number ("42")));
  at = terminal_until (terminal, asked, "ATD*42*");
  for (guint i = asked; i < at; i++)
    g_assert_cmpstr (terminal->asked->pdata[i], ==, "AT+FCLASS=8");
  g_assert_cmpuint (terminal->input->len, ==, 0);
}

static void
assert_refused (Fixture *f, const char *text)
{
  call_fails (f, f->client, HOME, "Dial", number (text), "InvalidNumber");
}

static void
test_numbers (Fixture *f, gconstpointer driver)
{
  static const char *const numbers[]
      = { "",      "+",       "5;+CFUN=0", "5;",    "5\r",      "5\n",          "5\rAT+CFUN=0\r",
          "5\x1a", "5\x1b",   "AT",        "5 5",   "5-5",      "(5)",          "5@5",
          "5!",    "5>\"x\"", "5+5",       "5,5;H", "\xd9\xa5", "\xef\xbc\x95", "5I",
          "5G",    "++5" };
  const char *dialable = oh_driver_find (driver)->dialable;
  Terminal *terminal = begin (f, driver, NULL);
  g_autofree char *more = g_strnfill (81, '5');
  guint asked;

  settle (f, f->client);
  asked = terminal_until (terminal, 0, is_cellular (driver) ? "AT+CGMR" : "ATE0") + 1;
  asked = MAX (asked, terminal->asked->len);
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    assert_refused (f, numbers[i]);
  assert_refused (f, more);
  for (char c = 1; c < 127; c++)
    {
      const char text[] = { '5', c, '\0' };

      if (strchr (dialable, c) == NULL || c == '+')
        assert_refused (f, text);
    }
  assert_nothing_sent (f, terminal, asked);
  end (f, terminal);
}

static void
test_longest_number (Fixture *f, gconstpointer driver)
{
  Terminal *terminal = begin (f, driver, NULL);
  g_autofree char *most = g_strnfill (80, '5');
  g_autofree char *sent = g_strconcat (is_cellular (driver) ? "ATD" : "ATDT", most,
                                       is_cellular (driver) ? ";" : "", NULL);

  g_variant_unref (call_ok (f, f->client, HOME, "Dial", number (most)));
  terminal_until (terminal, 0, sent);
  end (f, terminal);
}

static void
test_digits (Fixture *f, gconstpointer driver)
{
  static const char *const digits[]
      = { "", "5;+CFUN=0", "5\r", ",", "E", "a", "5 5", "5\n", "+5", "5\x10", "\xd9\xa5" };
  Terminal *terminal = begin (f, driver, NULL);
  Listener *listener = open_handle (f, f->client);
  g_autofree char *more = g_strnfill (81, '5');
  guint asked;

  g_variant_unref (call_ok (f, f->client, HOME, "Dial", number ("123")));
  terminal->calls = is_cellular (driver) ? "+CLCC: 1,0,0,0,0,\"123\",129" : NULL;
  heard_until (listener, 0, "* call-state 1 connected");
  asked = terminal->asked->len;
  for (guint i = 0; i < G_N_ELEMENTS (digits); i++)
    call_fails (f, f->client, CALL_PATH (1), "SendDigits", number (digits[i]), "InvalidArgs");
  call_fails (f, f->client, CALL_PATH (1), "SendDigits", number (more), "InvalidArgs");
  g_variant_unref (call_ok (f, f->client, CALL_PATH (1), "SendDigits", number ("A,#")));
  terminal_until (terminal, asked, "AT+VTS=#");
  heard_until (listener, 0, "* generate 1 done");
  for (guint i = asked; i < terminal->asked->len; i++)
    g_assert_null (strstr (terminal->asked->pdata[i], "CFUN"));
  g_assert_cmpuint (terminal_until (terminal, asked, "AT+VTS=*"), ==,
                    terminal_until (terminal, asked, "AT+VTS=A"));
  end (f, terminal);
}

static void
set_up_bus (Fixture *f, gconstpointer data)
{
  set_up (f, NULL);
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

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add_for_both ("/H8/requests/dialled-then-a-line", set_up_manager, test_reply_then_line);
  add_for_both ("/H8/requests/answered-then-a-line", set_up_manager, test_answered_then_line);
  g_test_add ("/H8/requests/driver-at-once", Fixture, NULL, set_up_bus, test_driver_at_once,
              tear_down);
  g_test_add ("/H8/requests/fails-at-once", Fixture, NULL, set_up_bus, test_fails_at_once,
              tear_down);
  add_for_both ("/H9/requests/reply-before-far-end", set_up, test_reply_before_far_end);
  add_for_both ("/H9/requests/reply-though-running", set_up_bus, test_reply_though_running);
  add_for_both ("/H9/requests/answer-though-running", set_up_bus, test_answer_though_running);
  add_for_both ("/H9/requests/invisible-before", set_up_manager, test_invisible_before);
  add_for_both ("/H9/requests/caller-vanishes", set_up_manager, test_caller_vanishes);
  add_for_both ("/H9/requests/ring-while-dialling", set_up_manager, test_ring_while_dialling);
  add_for_both ("/H10/requests/numbers", set_up_manager, test_numbers);
  add_for_both ("/H10/requests/longest-number", set_up_manager, test_longest_number);
  add_for_both ("/H10/requests/digits", set_up_manager, test_digits);
  return g_test_run ();
}
