// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/error.h"
#include "tests/puppet.h"
#include "tests/terminal.h"
#include "tests/wire.h"

/* Every invocation is answered exactly once, on every path: H11. */

#define HOME LINE_PATH "home"
#define CALL_PATH(n) HOME "/call/" #n

static GVariant *
text_and_options (const char *text)
{
  return g_variant_new ("(sa{sv})", text, NULL);
}

static gboolean
is_cellular (const char *driver)
{
  return g_str_equal (driver, "cellular");
}

static Listener *
open_handle (Fixture *f)
{
  Listener *listener = listen_at (f, f->client, "/handle");

  g_variant_unref (listener_open (f, listener));
  return listener;
}

/* A call in state connected; number 1 of the line. */
static guint
puppet_connect (Listener *listener)
{
  guint call = puppet_ring ();

  puppet_emit_call (call, OH_CALL_CONNECTED, OH_REASON_NONE, OH_ENDED_BY_NOBODY);
  heard_until (listener, 0, "* call-state 1 connected");
  return call;
}

/* What a modem may refuse with. */
static const struct
{
  int code;
  const char *name;
} errors[] = {
  { OH_ERROR_FAILED, "Failed" },
  { OH_ERROR_NOT_SUPPORTED, "NotSupported" },
  { OH_ERROR_NO_SERVICE, "NoService" },
  { OH_ERROR_NO_DIALTONE, "NoDialtone" },
  { OH_ERROR_EMERGENCY_ONLY, "EmergencyOnly" },
  { OH_ERROR_BUSY, "Busy" },
  { OH_ERROR_TIMEOUT, "Timeout" },
  { OH_ERROR_NOT_RESPONDING, "NotResponding" },
  { OH_ERROR_NO_DEVICE, "NoDevice" },
  { OH_ERROR_CANCELLED, "Cancelled" },
};

/* Asks @method, and has the driver's request in @where settled in each way that there is. */
static void
assert_passes_on (Fixture *f, const char *path, const char *method, const char *text,
                  OhRequest **where)
{
  Arrivals *arrivals = arrivals_watch (f->client);
  Errand errand;

  for (guint i = 0; i < G_N_ELEMENTS (errors); i++)
    {
      g_autofree char *error = g_strconcat ("error ", errors[i].name, NULL);

      errand_begin (&errand, f->client, path, method,
                    text != NULL ? text_and_options (text) : NULL);
      spin_until (is_asked, where);
      puppet_settle (where, errors[i].code);
      errand_ends (&errand, errors[i].name);
      g_assert_cmpuint (arrivals_count (arrivals, error), ==, 1);
    }
  g_assert_cmpuint (arrivals_count (arrivals, "reply"), ==, 0);
  errand_begin (&errand, f->client, path, method, text != NULL ? text_and_options (text) : NULL);
  spin_until (is_asked, where);
  puppet_settle (where, -1);
  errand_ends (&errand, NULL);
  g_assert_cmpuint (arrivals_count (arrivals, "reply"), ==, 1);
  arrivals_stop (arrivals);
}

static void
test_dial (Fixture *f, gconstpointer limits)
{
  assert_passes_on (f, HOME, "Dial", "123", &puppet ()->dial);
}

static void
test_answer (Fixture *f, gconstpointer limits)
{
  Listener *listener = open_handle (f);

  puppet_ring ();
  heard_until (listener, 0, "1 new-call *");
  assert_passes_on (f, CALL_PATH (1), "Answer", NULL, &puppet ()->answer);
}

static void
test_drop (Fixture *f, gconstpointer limits)
{
  puppet_connect (open_handle (f));
  assert_passes_on (f, CALL_PATH (1), "Drop", NULL, &puppet ()->drop);
}

static void
test_digits (Fixture *f, gconstpointer limits)
{
  Listener *listener = open_handle (f);

  puppet_connect (listener);
  assert_passes_on (f, CALL_PATH (1), "SendDigits", "5", &puppet ()->digit);
  heard_until (listener, 0, "* generate 1 done");
  /* Who was refused hears of no digits besides. */
  g_assert_false (has_heard (listener, "* generate 1 failed"));
}

static void
assert_dial (Fixture *f, const char *error)
{
  call_fails (f, f->client, HOME, "Dial", text_and_options ("123"), error);
}

static void
test_dial_refused (Fixture *f, gconstpointer limits)
{
  GVariantBuilder options;
  guint call;

  g_variant_builder_init (&options, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&options, "{sv}", "Loud", g_variant_new_boolean (TRUE));
  call_fails (f, f->client, HOME, "Dial", g_variant_new ("(sa{sv})", "123", &options),
              "InvalidArgs");
  puppet_emit_line (OH_LINE_OUT_OF_SERVICE, "no-network");
  assert_dial (f, "InvalidState");
  puppet_emit_line (OH_LINE_LOCKED, "sim-pin");
  assert_dial (f, "InvalidState");
  puppet_emit_line (OH_LINE_EMERGENCY_ONLY, "");
  assert_dial (f, "EmergencyOnly");
  puppet_emit_line (OH_LINE_IN_SERVICE, "");
  call = puppet_ring ();
  assert_dial (f, "Busy");
  puppet_emit_call (call, OH_CALL_ENDED, OH_REASON_NORMAL, OH_ENDED_BY_REMOTE);
  g_assert_null (puppet ()->dial);
  g_assert_cmpuint (puppet ()->call, ==, 0);
}

static void
test_call_refused (Fixture *f, gconstpointer limits)
{
  static const char *const methods[] = { "Answer", "Drop", "Ignore" };
  Listener *listener = open_handle (f);
  guint call = puppet_connect (listener);

  call_fails (f, f->client, CALL_PATH (1), "Answer", NULL, "InvalidState");
  call_fails (f, f->client, CALL_PATH (1), "Ignore", NULL, "InvalidState");
  puppet_emit_call (call, OH_CALL_HELD, OH_REASON_NONE, OH_ENDED_BY_NOBODY);
  call_fails (f, f->client, CALL_PATH (1), "SendDigits", text_and_options ("5"), "InvalidState");
  puppet_emit_call (call, OH_CALL_ENDED, OH_REASON_NORMAL, OH_ENDED_BY_REMOTE);
  for (guint i = 0; i < G_N_ELEMENTS (methods); i++)
    call_fails (f, f->client, CALL_PATH (1), methods[i], NULL, "InvalidState");
  call_fails (f, f->client, CALL_PATH (1), "SendDigits", text_and_options ("5"), "InvalidState");
  call_fails (f, f->client, CALL_PATH (1), "MonitorDigits", g_variant_new ("(b)", TRUE),
              "InvalidState");
  g_assert_true (puppet ()->answer == NULL && puppet ()->drop == NULL && puppet ()->digit == NULL);
}

static void
mean_start (OhModem *modem)
{
  oh_modem_emit (modem,
                 &(OhEvent){ .kind = OH_EVENT_LINE, .line_state = OH_LINE_IN_SERVICE, .text = "" });
  oh_modem_emit (modem, &(OhEvent){ .kind = OH_EVENT_CALL,
                                    .call = oh_modem_next_call (modem),
                                    .state = OH_CALL_OFFERING,
                                    .incoming = TRUE });
}

static void
mean_connect (OhModem *modem)
{
  oh_modem_emit (modem, &(OhEvent){ .kind = OH_EVENT_CALL, .call = 1, .state = OH_CALL_CONNECTED });
}

/* What a driver leaves out answers by itself. */
static void
test_not_supported (Fixture *f, gconstpointer data)
{
  static const OhDriver mean
      = { .name = "mean", .kind = "landline", .dialable = "123", .start = mean_start };

  start_manager (f);
  f->line = add_line (f, "home", "/dev/null", &mean);
  assert_dial (f, "NotSupported");
  call_fails (f, f->client, CALL_PATH (1), "Answer", NULL, "NotSupported");
  call_fails (f, f->client, CALL_PATH (1), "Drop", NULL, "NotSupported");
  mean_connect (oh_line_get_modem (f->line));
  call_fails (f, f->client, CALL_PATH (1), "SendDigits", text_and_options ("5"), "NotSupported");
  g_variant_unref (call_ok (f, f->client, HOME, "HangUpAll", NULL));
}

static gboolean
has_one_more (gpointer most)
{
  return puppet ()->n_drops == *(guint *)most + 1;
}

static void
test_too_many (Fixture *f, gconstpointer limits)
{
  guint most = f->limits.requests;
  g_autofree Errand *errands = g_new0 (Errand, most);
  g_autoptr (GDBusConnection) other = connect_client (f);
  Listener *listener = open_handle (f);
  guint call = puppet_connect (listener);
  Errand one;

  for (guint i = 0; i < most; i++)
    errand_begin (&errands[i], f->client, CALL_PATH (1), "Drop", NULL);
  call_fails (f, f->client, CALL_PATH (1), "Drop", NULL, "LimitsExceeded");
  call_fails (f, f->client, HOME, "HangUpAll", NULL, "LimitsExceeded");
  /* That is its matter alone. */
  errand_begin (&one, other, CALL_PATH (1), "Drop", NULL);
  spin_until (has_one_more, &most);
  g_assert_false (one.done);
  g_clear_pointer (&puppet ()->drop, oh_request_unref);
  puppet_emit_call (call, OH_CALL_ENDED, OH_REASON_LOCAL, OH_ENDED_BY_LOCAL);
  errand_ends (&one, NULL);
  for (guint i = 0; i < most; i++)
    errand_ends (&errands[i], NULL);
  g_dbus_connection_close_sync (other, NULL, NULL);
}

static void
end (Fixture *f, Terminal *terminal)
{
  g_clear_object (&f->manager);
  terminal_free (terminal);
}

/* Waits for @hold, and pulls the modem out: the reply is the first to come, then the events. */
static void
assert_unplugged (Fixture *f, Terminal *terminal, Listener *listener, Errand *errand)
{
  Arrivals *arrivals;

  terminal_until (terminal, 0, terminal->hold);
  settle (f, f->client);
  arrivals = arrivals_watch (f->client);
  terminal_unplug (terminal);
  heard_until (listener, 0, "* line-state * absent");
  errand_ends (errand, "NoDevice");
  arrivals_assert_first (arrivals, "error NoDevice");
  g_assert_cmpuint (arrivals_count (arrivals, "error *"), ==, 1);
  g_assert_cmpuint (arrivals_count (arrivals, "reply"), ==, 0);
  arrivals_stop (arrivals);
  call_fails (f, f->client, HOME, "HangUpAll", NULL, "NoDevice");
  assert_dial (f, "NoDevice");
  end (f, terminal);
}

static void
test_unplug_dial (Fixture *f, gconstpointer driver)
{
  Terminal *terminal = terminal_new (f, driver);
  Listener *listener = open_handle (f);
  Errand errand;

  terminal->hold = "ATD*";
  errand_begin (&errand, f->client, HOME, "Dial", text_and_options ("123"));
  assert_unplugged (f, terminal, listener, &errand);
}

static void
test_unplug_answer (Fixture *f, gconstpointer driver)
{
  Terminal *terminal = terminal_new (f, driver);
  Listener *listener = open_handle (f);
  Errand errand;

  terminal->hold = is_cellular (driver) ? "ATA" : "AT+VLS=1";
  terminal->calls = is_cellular (driver) ? "+CLCC: 1,1,4,0,0,\"555\",129" : NULL;
  terminal_say (terminal, "\r\nRING\r\n");
  heard_until (listener, 0, "1 new-call *");
  errand_begin (&errand, f->client, CALL_PATH (1), "Answer", NULL);
  assert_unplugged (f, terminal, listener, &errand);
}

static void
unplug_during (Fixture *f, gconstpointer driver, const char *method, const char *hold)
{
  Terminal *terminal = terminal_new (f, driver);
  Listener *listener = open_handle (f);
  gboolean of_line = g_str_equal (method, "HangUpAll");
  Errand errand;

  g_variant_unref (call_ok (f, f->client, HOME, "Dial", text_and_options ("123")));
  terminal->calls = is_cellular (driver) ? "+CLCC: 1,0,0,0,0,\"123\",129" : NULL;
  heard_until (listener, 0, "* call-state 1 connected");
  terminal->hold = hold;
  errand_begin (&errand, f->client, of_line ? HOME : CALL_PATH (1), method,
                g_str_equal (method, "SendDigits") ? text_and_options ("5") : NULL);
  assert_unplugged (f, terminal, listener, &errand);
}

static void
test_unplug_drop (Fixture *f, gconstpointer driver)
{
  unplug_during (f, driver, "Drop", is_cellular (driver) ? "AT+CHUP" : "AT+VLS=0");
}

static void
test_unplug_hang_up (Fixture *f, gconstpointer driver)
{
  unplug_during (f, driver, "HangUpAll", is_cellular (driver) ? "AT+CHUP" : "AT+VLS=0");
}

/* The modem said OK to the hang-up, the list still shows the call: nothing is in flight. */
static void
test_unplug_ladder (Fixture *f, gconstpointer driver)
{
  unplug_during (f, driver, "HangUpAll", "ATH");
}

static void
test_unplug_digits (Fixture *f, gconstpointer driver)
{
  unplug_during (f, driver, "SendDigits", "AT+VTS=*");
}

/* A driver that leaves everything to the line. */
static void
idle_stop (OhModem *modem)
{
  OhRequest **kept = oh_modem_get_state (modem);

  g_clear_pointer (kept, oh_request_unref);
}

static void
idle_drop (OhModem *modem, guint call, OhRequest *request)
{
  OhRequest **kept = oh_modem_get_state (modem);

  *kept = oh_request_ref (request);
}

static void
idle_line (OhModem *modem, const char *line)
{
}

static gboolean
has_kept (gpointer line)
{
  return *(OhRequest **)oh_modem_get_state (oh_line_get_modem (line)) != NULL;
}

static void
test_unplug_idle (Fixture *f, gconstpointer data)
{
  static const OhDriver idle = { .name = "idle",
                                 .kind = "cellular",
                                 .dialable = "123",
                                 .state_size = sizeof (OhRequest *),
                                 .probe = "AT",
                                 .line = idle_line,
                                 .start = mean_start,
                                 .stop = idle_stop,
                                 .drop = idle_drop };
  Terminal *terminal = terminal_new_of (f, &idle);
  Listener *listener = open_handle (f);
  Errand errand;

  terminal->hold = "ATE0*";
  errand_begin (&errand, f->client, CALL_PATH (1), "Drop", NULL);
  spin_until (has_kept, f->line);
  assert_unplugged (f, terminal, listener, &errand);
}

static void
on_stopped (gpointer user_data)
{
  *(gboolean *)user_data = TRUE;
}

static gboolean
is_set (gpointer where)
{
  return *(gboolean *)where;
}

/* The daemon stops: whoever waits is answered, and the last message is the release. */
static void
stop_with (Fixture *f, Listener *listener, Errand *errand)
{
  gboolean stopped = FALSE;
  Arrivals *arrivals = arrivals_watch (f->client);

  f->limits.stop_ms = 50;
  oh_manager_stop (f->manager, on_stopped, &stopped);
  spin_until (is_set, &stopped);
  heard_until (listener, 0, "release shutdown");
  spin_until (is_set, &errand->done);
  g_assert_cmpuint (arrivals_count (arrivals, "error *") + arrivals_count (arrivals, "reply"), ==,
                    1);
  g_assert_cmpuint (arrivals_count (arrivals, "Release shutdown"), ==, 1);
  g_clear_pointer (&errand->error, g_free);
  g_clear_pointer (&errand->reply, g_variant_unref);
  arrivals_stop (arrivals);
}

static void
test_stop_dial (Fixture *f, gconstpointer limits)
{
  Listener *listener = open_handle (f);
  Errand errand;

  errand_begin (&errand, f->client, HOME, "Dial", text_and_options ("123"));
  spin_until (is_asked, &puppet ()->dial);
  stop_with (f, listener, &errand);
}

static void
test_stop_answer (Fixture *f, gconstpointer limits)
{
  Listener *listener = open_handle (f);
  Errand errand;

  puppet_ring ();
  heard_until (listener, 0, "1 new-call *");
  errand_begin (&errand, f->client, CALL_PATH (1), "Answer", NULL);
  spin_until (is_asked, &puppet ()->answer);
  stop_with (f, listener, &errand);
}

static void
stop_during (Fixture *f, const char *path, const char *method, OhRequest **where)
{
  Listener *listener = open_handle (f);
  Errand errand;

  puppet_connect (listener);
  errand_begin (&errand, f->client, path, method,
                where == &puppet ()->digit ? text_and_options ("5") : NULL);
  spin_until (is_asked, where);
  stop_with (f, listener, &errand);
}

static void
test_stop_drop (Fixture *f, gconstpointer limits)
{
  stop_during (f, CALL_PATH (1), "Drop", &puppet ()->drop);
}

static void
test_stop_hang_up (Fixture *f, gconstpointer limits)
{
  stop_during (f, HOME, "HangUpAll", &puppet ()->drop);
}

static void
test_stop_digits (Fixture *f, gconstpointer limits)
{
  stop_during (f, CALL_PATH (1), "SendDigits", &puppet ()->digit);
}

static void
add (const char *path, void (*test) (Fixture *f, gconstpointer limits))
{
  g_test_add (path, Fixture, NULL, puppet_set_up, test, puppet_tear_down);
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

static void
add_for_both (const char *path, void (*test) (Fixture *f, gconstpointer driver))
{
  g_autofree char *landline = g_strconcat (path, "-v253", NULL);
  g_autofree char *cellular = g_strconcat (path, "-cellular", NULL);

  g_test_add (landline, Fixture, "v253", set_up_manager, test, tear_down);
  g_test_add (cellular, Fixture, "cellular", set_up_manager, test, tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("/H11/requests-end/dial-ends", test_dial);
  add ("/H11/requests-end/answer-ends", test_answer);
  add ("/H11/requests-end/drop-ends", test_drop);
  add ("/H11/requests-end/digits-end", test_digits);
  add ("/H11/requests-end/dial-refused", test_dial_refused);
  add ("/H11/requests-end/call-refused", test_call_refused);
  g_test_add ("/H11/requests-end/not-supported", Fixture, NULL, set_up_bus, test_not_supported,
              tear_down);
  add ("/H11/requests-end/too-many", test_too_many);
  add_for_both ("/H11/requests-end/unplugged-dialling", test_unplug_dial);
  add_for_both ("/H11/requests-end/unplugged-answering", test_unplug_answer);
  add_for_both ("/H11/requests-end/unplugged-dropping", test_unplug_drop);
  add_for_both ("/H11/requests-end/unplugged-hanging-up", test_unplug_hang_up);
  g_test_add ("/H11/requests-end/unplugged-in-the-ladder", Fixture, "cellular", set_up_manager,
              test_unplug_ladder, tear_down);
  g_test_add ("/H11/requests-end/unplugged-idle", Fixture, NULL, set_up_manager, test_unplug_idle,
              tear_down);
  add_for_both ("/H11/requests-end/unplugged-sending-digits", test_unplug_digits);
  add ("/H11/requests-end/stopped-dialling", test_stop_dial);
  add ("/H11/requests-end/stopped-answering", test_stop_answer);
  add ("/H11/requests-end/stopped-dropping", test_stop_drop);
  add ("/H11/requests-end/stopped-hanging-up", test_stop_hang_up);
  add ("/H11/requests-end/stopped-sending-digits", test_stop_digits);
  return g_test_run ();
}
