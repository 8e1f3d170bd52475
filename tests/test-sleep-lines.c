// SPDX-License-Identifier: LGPL-2.1-or-later
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "daemon/manager-sleep.h"
#include "tests/logind.h"
#include "tests/puppet.h"
#include "tests/terminal.h"

/* The lines when the machine sleeps: what becomes of ports and calls. */

#define CALL LINE_PATH "home/call/1"
#define CONNECTED "+CLCC: 1,1,0,0,0,\"5551234\",129"
#define OFFERED "+CLCC: 1,1,4,0,0,\"5551234\",129"

static gboolean
never (const char *device)
{
  return FALSE;
}

static gboolean
always (const char *device)
{
  return TRUE;
}

typedef struct
{
  Logind *logind;
  OhRest *rest;
  Terminal *terminal;
  Listener *listener;
} Night;

static void
night_begin (Fixture *f, Night *night, const char *driver, OhSurvivesFunc survives)
{
  *night = (Night){ .logind = logind_start (f) };
  night->terminal = terminal_new (f, driver);
  night->rest = oh_rest_new (f->manager, f->daemon, survives);
  night->listener = listen_home (f);
  logind_until (night->logind, "delay", 1);
}

static void
night_end (Night *night)
{
  oh_rest_free (night->rest);
  logind_stop (night->logind);
  terminal_free (night->terminal);
}

/* A call of the modem's list, as @state of it says. */
static void
have_call (Night *night, const char *row, const char *state)
{
  g_autofree char *glob = g_strconcat ("* new-call 1 ", state, NULL);

  night->terminal->calls = row;
  terminal_say (night->terminal, "\r\n+CRING: VOICE\r\n");
  heard_until (night->listener, 0, glob);
}

static void
connect_landline (Fixture *f, Night *night)
{
  terminal_say (night->terminal, "\r\nRING\r\n");
  heard_until (night->listener, 0, "* new-call 1 offering");
  g_variant_unref (call_ok (f, f->client, CALL, "Answer", NULL));
  heard_until (night->listener, 0, "* call-state 1 connected");
  terminal_until (night->terminal, 0, "AT+VRX");
}

/* Whatever calls say against it: somebody insists. */
static void
fall_asleep (Night *night)
{
  logind_prepare (night->logind, TRUE);
  logind_until (night->logind, "delay", 0);
}

static guint
assert_ended (Night *night, guint from, const char *reason, const char *ended_by)
{
  guint at = heard_until (night->listener, from, "* call-state 1 ended");

  assert_heard (night->listener, at, "Reason", reason);
  assert_heard (night->listener, at, "EndedBy", ended_by);
  return at;
}

static void
assert_state (Fixture *f, const char *path, const char *interface, const char *expected)
{
  g_autofree char *state = get_string (f, path, interface, "State");

  g_assert_cmpstr (state, ==, expected);
}

/* The port is closed without a word, and the call is what it was when it is open again. */
static void
test_closed (Fixture *f, gconstpointer data)
{
  Night night;
  guint asked, heard;

  night_begin (f, &night, "cellular", never);
  have_call (&night, CONNECTED, "connected");
  settle (f, f->client);
  asked = night.terminal->asked->len;
  heard = night.listener->heard->len;
  fall_asleep (&night);
  /* Nobody has it: before the inhibitor was closed. */
  g_assert_cmpint (flock (night.terminal->slave, LOCK_EX | LOCK_NB), ==, 0);
  g_assert_cmpint (flock (night.terminal->slave, LOCK_UN), ==, 0);
  heard_until (night.listener, heard, "* call-state 1 unknown");
  heard_until (night.listener, heard, "* line-state  out-of-service");
  assert_state (f, CALL, "Call", "unknown");
  call_fails (f, f->client, CALL, "Drop", NULL, "NoDevice");
  g_assert_cmpuint (night.terminal->asked->len, ==, asked);
  logind_prepare (night.logind, FALSE);
  heard_until (night.listener, heard, "* call-state 1 connected");
  heard_until (night.listener, heard, "* line-state  in-service");
  /* It may have been reset; and the list comes first. */
  g_assert_cmpuint (terminal_until (night.terminal, asked, "AT+CLCC"), <,
                    terminal_until (night.terminal, asked, "AT+CLIP=1"));
  night.terminal->calls = NULL;
  terminal_say (night.terminal, "\r\nNO CARRIER\r\n");
  assert_ended (&night, heard, "normal", "remote");
  assert_serials (night.listener);
  night_end (&night);
}

static void
closed_meanwhile (Fixture *f, const char *row, const char *state)
{
  Night night;

  night_begin (f, &night, "cellular", never);
  have_call (&night, row, state);
  fall_asleep (&night);
  heard_until (night.listener, 0, "* call-state 1 unknown");
  night.terminal->calls = NULL;
  logind_prepare (night.logind, FALSE);
  assert_ended (&night, 0, "unknown", "unknown");
  night_end (&night);
}

static void
test_closed_ended (Fixture *f, gconstpointer data)
{
  closed_meanwhile (f, CONNECTED, "connected");
}

static void
test_closed_ring_ended (Fixture *f, gconstpointer data)
{
  closed_meanwhile (f, OFFERED, "offering");
}

/* Of a call that was not in any list before; one may be on its way that is older than the call. */
static void
test_closed_clip_ended (Fixture *f, gconstpointer first)
{
  Night night;

  night_begin (f, &night, "cellular", never);
  night.terminal->hold = "AT+CLCC";
  if (first != NULL)
    {
      terminal_say (night.terminal, first);
      terminal_until (night.terminal, night.terminal->asked->len, "AT+CLCC");
    }
  terminal_say (night.terminal, "\r\n+CLIP: \"5551234\",129\r\n");
  heard_until (night.listener, 0, "* new-call 1 offering");
  fall_asleep (&night);
  night.terminal->hold = NULL;
  logind_prepare (night.logind, FALSE);
  assert_ended (&night, 0, "unknown", "unknown");
  night_end (&night);
}

/* One that came in the night is found. */
static void
test_closed_new (Fixture *f, gconstpointer data)
{
  Night night;
  guint at;

  night_begin (f, &night, "cellular", never);
  fall_asleep (&night);
  night.terminal->calls = OFFERED;
  logind_prepare (night.logind, FALSE);
  at = heard_until (night.listener, 0, "* new-call 1 offering");
  assert_heard (night.listener, at, "Origin", "found");
  night_end (&night);
}

static void
test_closed_asking (Fixture *f, gconstpointer data)
{
  Night night;
  Later later = { 0 };

  night_begin (f, &night, "cellular", never);
  later.listener = night.listener;
  night.terminal->hold = "ATD*";
  ask_dial (f, &later);
  terminal_until (night.terminal, 0, "ATD123;");
  fall_asleep (&night);
  settle (f, f->client);
  g_assert_true (later.done);
  g_assert_cmpstr (later.error, ==, "NoDevice");
  night.terminal->hold = NULL;
  logind_prepare (night.logind, FALSE);
  heard_until (night.listener, 0, "* line-state  in-service");
  g_assert_false (has_heard (night.listener, "* new-call *"));
  g_free (later.error);
  night_end (&night);
}

static gboolean
is_opening (gpointer line)
{
  return oh_modem_is_opening (oh_line_get_modem (line));
}

/* One that sleeps again before the modem has answered. */
static void
test_closed_twice (Fixture *f, gconstpointer data)
{
  Night night;

  night_begin (f, &night, "cellular", never);
  have_call (&night, CONNECTED, "connected");
  fall_asleep (&night);
  night.terminal->hold = "*";
  logind_prepare (night.logind, FALSE);
  spin_until (is_opening, f->line);
  logind_until (night.logind, "delay", 1);
  fall_asleep (&night);
  g_assert_false (is_opening (f->line));
  night.terminal->hold = NULL;
  logind_prepare (night.logind, FALSE);
  heard_until (night.listener, 0, "* call-state 1 connected");
  g_assert_false (has_heard (night.listener, "* call-state 1 ended"));
  night_end (&night);
}

static gboolean
has_tried (gpointer user_data)
{
  Fixture *f = user_data;
  g_autoptr (GVariant) counters = get_property (f, LINE_PATH "home", "Line", "Counters");
  guint64 n;

  return g_variant_lookup (counters, "reopens", "t", &n) && n >= 2;
}

/* It may not be opened yet: that is no failure so early. */
static void
test_closed_early (Fixture *f, gconstpointer data)
{
  Night night;

  f->limits.retry_ms = 50;
  night_begin (f, &night, "cellular", never);
  fall_asleep (&night);
  g_assert_cmpint (flock (night.terminal->slave, LOCK_EX | LOCK_NB), ==, 0);
  logind_prepare (night.logind, FALSE);
  spin_until (has_tried, f);
  g_assert_cmpint (flock (night.terminal->slave, LOCK_UN), ==, 0);
  heard_until (night.listener, 0, "* line-state  in-service");
  g_assert_cmpuint (night.listener->heard->len, ==, 2); /* and out of service, before */
  night_end (&night);
}

/* The device has gone in the night. */
static guint
wake_without (Fixture *f, Logind *logind, Listener *listener)
{
  logind_until (logind, "delay", 1);
  sim (f, "ring number=5551234");
  heard_until (listener, 0, "* new-call 1 offering");
  logind_prepare (logind, TRUE);
  logind_until (logind, "delay", 0);
  sim (f, "vanish");
  logind_prepare (logind, FALSE);
  return heard_until (listener, 0, "* line-state  absent");
}

static void
test_not_back (Fixture *f, gconstpointer driver)
{
  Logind *logind = logind_start (f);
  OhRest *rest = oh_rest_new (f->manager, f->daemon, never);
  Listener *listener = listen_home (f);
  guint at;

  f->limits.wake_ms = 200;
  at = heard_until (listener, wake_without (f, logind, listener), "* call-state 1 ended");
  assert_heard (listener, at, "Reason", "out-of-order");
  oh_rest_free (rest);
  logind_stop (logind);
}

static void
test_back_late (Fixture *f, gconstpointer driver)
{
  Logind *logind = logind_start (f);
  OhRest *rest = oh_rest_new (f->manager, f->daemon, never);
  Listener *listener = listen_home (f);
  guint absent = wake_without (f, logind, listener);
  guint at;

  assert_state (f, CALL, "Call", "unknown");
  sim (f, "return");
  at = heard_until (listener, absent, "* call-state 1 ended");
  assert_heard (listener, at, "Reason", "unknown");
  heard_until (listener, absent, "* line-state  in-service");
  oh_rest_free (rest);
  logind_stop (logind);
}

/* The port stays open. */
static void
test_open_ended (Fixture *f, gconstpointer row)
{
  Night night;

  night_begin (f, &night, "cellular", always);
  have_call (&night, row, g_str_equal (row, CONNECTED) ? "connected" : "offering");
  night.terminal->hold = "AT+CLCC"; /* no list is asked for by the clock until it wakes */
  fall_asleep (&night);
  g_assert_true (oh_modem_is_open (oh_line_get_modem (f->line)));
  night.terminal->hold = NULL;
  night.terminal->calls = NULL;
  logind_prepare (night.logind, FALSE);
  assert_ended (&night, 0, "unknown", "unknown");
  g_assert_false (has_heard (night.listener, "* call-state 1 unknown"));
  terminal_until (night.terminal, 0, "AT+CMEE=1");
  night_end (&night);
}

/* What waits in the port says why. */
static void
test_open_no_carrier (Fixture *f, gconstpointer data)
{
  Night night;

  night_begin (f, &night, "cellular", always);
  have_call (&night, CONNECTED, "connected");
  fall_asleep (&night);
  night.terminal->calls = NULL;
  terminal_say (night.terminal, "\r\nNO CARRIER\r\n");
  logind_prepare (night.logind, FALSE);
  assert_ended (&night, 0, "normal", "remote");
  night_end (&night);
}

/* It stays where it is, but its driver hangs up all who have it open. */
static void
test_open_hung_up (Fixture *f, gconstpointer data)
{
  g_autofree char *link = g_build_filename (f->dir, "link", NULL);
  g_autofree char *other = g_build_filename (f->dir, "other", NULL);
  Terminal *after = terminal_make ();
  Night night = { .logind = logind_start (f), .terminal = terminal_make () };
  guint at;

  g_assert_cmpint (symlink (night.terminal->device, link), ==, 0);
  f->line = add_line (f, "home", link, oh_driver_find ("cellular"));
  night.rest = oh_rest_new (f->manager, f->daemon, always);
  night.listener = listen_home (f);
  logind_until (night.logind, "delay", 1);
  have_call (&night, CONNECTED, "connected");
  fall_asleep (&night);
  g_assert_cmpint (symlink (after->device, other), ==, 0);
  g_assert_cmpint (g_rename (other, link), ==, 0);
  after->calls = CONNECTED;
  terminal_unplug (night.terminal);
  at = heard_until (night.listener, 0, "* call-state 1 unknown");
  logind_prepare (night.logind, FALSE);
  heard_until (night.listener, at, "* call-state 1 connected");
  heard_until (night.listener, at, "* line-state  in-service");
  g_assert_false (has_heard (night.listener, "* absent"));
  g_unlink (link);
  terminal_free (after);
  night_end (&night);
}

static GString *order;

static void
note_start (OhModem *modem)
{
  oh_modem_emit (modem,
                 &(OhEvent){ .kind = OH_EVENT_LINE, .line_state = OH_LINE_IN_SERVICE, .text = "" });
}

static void
note_line (OhModem *modem, const char *line)
{
  g_string_append_printf (order, "%s, ", line);
}

static void
note_wake (OhModem *modem, gboolean reopened)
{
  g_string_append (order, reopened ? "reopened" : "wake");
}

static gboolean
note_is_mine (const OhReply *reply)
{
  return TRUE;
}

static gboolean
has_woken (gpointer user_data)
{
  return strstr (order->str, "wake") != NULL;
}

static void
test_read_first (Fixture *f, gconstpointer data)
{
  static const OhDriver driver = { .name = "note",
                                   .kind = "cellular",
                                   .dialable = "0",
                                   .probe = "AT",
                                   .is_mine = note_is_mine,
                                   .start = note_start,
                                   .line = note_line,
                                   .wake = note_wake };
  Terminal *terminal = terminal_new_of (f, &driver);

  order = g_string_new (NULL);
  oh_line_sleep (f->line, TRUE);
  terminal_say (terminal, "\r\none\r\n\r\ntwo\r\n");
  oh_line_wake (f->line); /* nothing has been read yet */
  spin_until (has_woken, NULL);
  g_assert_cmpstr (order->str, ==, "one, two, wake");
  g_string_free (order, TRUE);
  terminal_free (terminal);
}

static void
test_landline (Fixture *f, gconstpointer survives)
{
  gboolean stays = survives != NULL;
  Night night;
  guint asked;

  night_begin (f, &night, "v253", stays ? always : never);
  connect_landline (f, &night);
  asked = night.terminal->asked->len;
  fall_asleep (&night);
  if (!stays)
    heard_until (night.listener, 0, "* call-state 1 unknown");
  logind_prepare (night.logind, FALSE);
  terminal_until (night.terminal, asked, "AT+VRX");
  if (!stays)
    heard_until (night.listener, heard_until (night.listener, 0, "* call-state 1 unknown"),
                 "* call-state 1 connected");
  terminal_say (night.terminal, "\x10"
                                "b");
  assert_ended (&night, 0, "normal", "remote");
  night_end (&night);
}

/* It has been reset: the line was let go of. */
static void
test_landline_reset (Fixture *f, gconstpointer survives)
{
  Night night;
  guint asked;

  night_begin (f, &night, "v253", survives != NULL ? always : never);
  connect_landline (f, &night);
  asked = night.terminal->asked->len;
  fall_asleep (&night);
  night.terminal->hold = "AT+VRX";
  logind_prepare (night.logind, FALSE);
  terminal_until (night.terminal, asked, "AT+VRX");
  terminal_say (night.terminal, "\r\nERROR\r\n");
  assert_ended (&night, 0, "unknown", "unknown");
  terminal_until (night.terminal, asked, "AT+VLS=0");
  night_end (&night);
}

static void
test_landline_rings (Fixture *f, gconstpointer data)
{
  Night night;
  guint at;

  night_begin (f, &night, "v253", never);
  terminal_say (night.terminal, "\r\nRING\r\n");
  heard_until (night.listener, 0, "* new-call 1 offering");
  fall_asleep (&night);
  at = heard_until (night.listener, 0, "* call-state 1 unknown");
  logind_prepare (night.logind, FALSE);
  heard_until (night.listener, at, "* call-state 1 offering");
  assert_ended (&night, at, "unknown", "unknown"); /* no ring comes any more */
  night_end (&night);
}

static void
test_landline_idle (Fixture *f, gconstpointer survives)
{
  Night night;
  guint asked;

  night_begin (f, &night, "v253", survives != NULL ? always : never);
  asked = night.terminal->asked->len;
  fall_asleep (&night);
  logind_prepare (night.logind, FALSE);
  terminal_until (night.terminal, asked, "AT+VCID=1");
  night_end (&night);
}

/* A driver that needs no port, in a machine whose logind goes away while it is to sleep. */
static void
test_logind_gone (Fixture *f, gconstpointer data)
{
  Logind *logind = logind_start (f);
  OhRest *rest = oh_rest_new (f->manager, f->daemon, never);
  Listener *listener;

  f->line = add_line (f, "home", "/dev/null", &puppet_driver);
  listener = listen_home (f);
  logind_until (logind, "delay", 1);
  logind_prepare (logind, TRUE);
  logind_until (logind, "delay", 0);
  heard_until (listener, 0, "* line-state  out-of-service");
  logind_stop (logind);
  heard_until (listener, 0, "* line-state  in-service");
  logind = logind_start (f);
  logind_until (logind, "delay", 1);
  oh_rest_free (rest);
  logind_stop (logind);
}

static void
end (Fixture *f, gconstpointer data)
{
  tear_down (f, NULL);
}

static void
begin (Fixture *f, gconstpointer data)
{
  set_up (f, NULL);
  start_manager (f);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, data, func) g_test_add ("/sleep-lines/" name, Fixture, data, begin, func, end)
  ADD ("closed", NULL, test_closed);
  ADD ("closed-ended", NULL, test_closed_ended);
  ADD ("closed-ring-ended", NULL, test_closed_ring_ended);
  ADD ("closed-clip-ended", NULL, test_closed_clip_ended);
  ADD ("closed-ring-clip-ended", "\r\n+CRING: VOICE\r\n", test_closed_clip_ended);
  ADD ("closed-new", NULL, test_closed_new);
  ADD ("closed-asking", NULL, test_closed_asking);
  ADD ("closed-twice", NULL, test_closed_twice);
  ADD ("closed-early", NULL, test_closed_early);
  ADD ("open-ended", CONNECTED, test_open_ended);
  ADD ("open-ring-ended", OFFERED, test_open_ended);
  ADD ("open-no-carrier", NULL, test_open_no_carrier);
  ADD ("open-hung-up", NULL, test_open_hung_up);
  ADD ("read-first", NULL, test_read_first);
  ADD ("landline", NULL, test_landline);
  ADD ("landline-open", "stays", test_landline);
  ADD ("landline-reset", NULL, test_landline_reset);
  ADD ("landline-reset-open", "stays", test_landline_reset);
  ADD ("landline-rings", NULL, test_landline_rings);
  ADD ("landline-idle", NULL, test_landline_idle);
  ADD ("landline-idle-open", "stays", test_landline_idle);
  ADD ("logind-gone", NULL, test_logind_gone);
  g_test_add ("/sleep-lines/not-back", Fixture, "cellular", set_up, test_not_back, tear_down);
  g_test_add ("/sleep-lines/back-late", Fixture, "cellular", set_up, test_back_late, tear_down);
  return g_test_run ();
}
