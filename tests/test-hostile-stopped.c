// SPDX-License-Identifier: LGPL-2.1-or-later
#include <string.h>

#include "tests/log-watch.h"
#include "tests/outsider.h"
#include "tests/puppet.h"
#include "tests/wire.h"

/* Listeners that are processes, stopped in the middle: a debugger, a frozen session, SIGSTOP. And
 * one that calls back from within its event, waiting for each answer. */

#define HOME LINE_PATH "home"
#define CALL_PATH(n) HOME "/call/" #n

static void
emit_state (guint call, OhCallState state)
{
  puppet_emit_call (call, state, OH_REASON_NONE, OH_ENDED_BY_NOBODY);
}

typedef struct
{
  OhLine *line;
  guint handles;
} Handles;

static gboolean
has_handles (gpointer user_data)
{
  Handles *wanted = user_data;

  return oh_dbus_line_get_num_handles (OH_DBUS_LINE (wanted->line)) == wanted->handles;
}

static void
handles_until (Fixture *f, guint handles)
{
  spin_until (has_handles, &(Handles){ f->line, handles });
}

static void
assert_unresponsive_logged (Outsider *outsider, guint handles)
{
  const char *pid = g_subprocess_get_identifier (outsider->process);
  g_autofree char *text = g_strdup_printf ("MESSAGE=Process %s has not answered an event*", pid);

  g_assert_cmpuint (log_count (text), ==, handles);
}

/* The line dials, and the call ends: all of it heard by @listener. */
static void
dial_and_drop (Fixture *f, Listener *listener, guint heard, const char *path)
{
  g_autofree char *dialing = g_strdup_printf ("* new-call %s dialing", strrchr (path, '/') + 1);
  g_autofree char *ended = g_strdup_printf ("* call-state %s ended", strrchr (path, '/') + 1);
  Errand errand;
  guint call;

  errand_begin (&errand, f->client, HOME, "Dial", g_variant_new ("(sa{sv})", "123", NULL));
  spin_until (is_asked, &puppet ()->dial);
  call = puppet ()->call;
  puppet_settle (&puppet ()->dial, -1);
  errand_ends (&errand, NULL);
  heard_until (listener, heard, dialing);
  errand_begin (&errand, f->client, path, "Drop", NULL);
  spin_until (is_asked, &puppet ()->drop);
  puppet_settle (&puppet ()->drop, -1);
  errand_ends (&errand, NULL);
  puppet_emit_call (call, OH_CALL_ENDED, OH_REASON_LOCAL, OH_ENDED_BY_LOCAL);
  heard_until (listener, heard, ended);
}

static guint
count_waiting (Fixture *f)
{
  g_autoptr (GVariant) reply = call_ok (f, f->client, HOME, "ListHandles", NULL);
  g_autoptr (GVariantIter) handles = NULL;
  GVariant *details;
  guint n = 0;

  g_variant_get (reply, "(a(sosa{sv}))", &handles);
  while (g_variant_iter_next (handles, "(sos@a{sv})", NULL, NULL, NULL, &details))
    {
      gboolean waiting = FALSE;

      g_variant_lookup (details, "Waiting", "b", &waiting);
      n += waiting;
      g_variant_unref (details);
    }
  return n;
}

/* Others hear everything meanwhile; it is released, is told so when it wakes, and comes back. */
static void
test_stopped (Fixture *f, gconstpointer limits)
{
  Outsider *outsider = outsider_start (f->address, HOME, 1, 1, NULL);
  Listener *alive = open_at (f, f->client, "/alive");
  guint call;

  g_assert_cmpstr (outsider->said->pdata[0], ==, "open 1 refused 0");
  outsider_stop (outsider);
  log_forget ();
  call = puppet_ring ();
  emit_state (call, OH_CALL_CONNECTED);
  heard_until (alive, 0, "2 call-state 1 connected");
  g_assert_cmpuint (count_waiting (f), ==, 1);
  handles_until (f, 1);
  settle (f, f->client);
  assert_unresponsive_logged (outsider, 1);
  emit_state (call, OH_CALL_HELD);
  heard_until (alive, 0, "3 call-state 1 held");
  g_assert_cmpuint (outsider->said->len, ==, 1);
  outsider_go_on (outsider);
  outsider_until (outsider, "/h0/0 open", 1);
  g_assert_cmpuint (outsider->said->len, ==, 4);
  g_assert_cmpstr (outsider->said->pdata[1], ==, "/h0/0 1 new-call");
  g_assert_cmpstr (outsider->said->pdata[2], ==, "/h0/0 released unresponsive");
  emit_state (call, OH_CALL_CONNECTED);
  outsider_until (outsider, "/h0/0 1 call-state", 1);
  outsider_end (outsider);
  handles_until (f, 1);
}

#define MOST 64 /* listening connections */

/* As many as there may be, each with eight handles: more than the 128 answers that the bus would
 * wait for. */
static void
test_many_stopped (Fixture *f, gconstpointer limits)
{
  Listener *alive = open_at (f, f->client, "/alive");
  Outsider *first = outsider_start (f->address, HOME, MOST - 4, 8, NULL);
  Outsider *second = outsider_start (f->address, HOME, MOST, 8, NULL);
  guint call;

  g_assert_cmpuint (f->limits.listeners, ==, MOST);
  g_assert_cmpstr (first->said->pdata[0], ==, "open 480 refused 0");
  g_assert_cmpstr (second->said->pdata[0], ==, "open 24 refused 488");
  outsider_stop (first);
  outsider_stop (second);
  call = puppet_ring ();
  emit_state (call, OH_CALL_CONNECTED);
  heard_until (alive, 0, "2 call-state 1 connected");
  g_assert_cmpuint (count_waiting (f), >=, 504);
  emit_state (call, OH_CALL_ENDED);
  dial_and_drop (f, alive, 0, CALL_PATH (2));
  assert_serials (alive);
  g_assert_cmpuint (first->said->len + second->said->len, ==, 2);
  outsider_end (second);
  outsider_end (first);
  handles_until (f, 1);
}

/* All of them are released, and all come back. */
static void
test_many_come_back (Fixture *f, gconstpointer limits)
{
  Listener *alive = open_at (f, f->client, "/alive");
  Outsider *outsider = outsider_start (f->address, HOME, MOST - 1, 8, NULL);
  guint heard;

  outsider_stop (outsider);
  log_forget ();
  puppet_emit_line (OH_LINE_OUT_OF_SERVICE, "");
  handles_until (f, 1);
  settle (f, f->client);
  assert_unresponsive_logged (outsider, 8 * (MOST - 1));
  puppet_emit_line (OH_LINE_IN_SERVICE, "");
  heard = heard_until (alive, 0, "2 line-state  in-service");
  dial_and_drop (f, alive, heard, CALL_PATH (1));
  outsider_go_on (outsider);
  outsider_until (outsider, "* open", 8 * (MOST - 1));
  g_assert_cmpuint (outsider_count (outsider, "* released unresponsive"), ==, 8 * (MOST - 1));
  g_assert_cmpuint (outsider_count (outsider, "* 1 line-state"), ==, MOST - 1);
  handles_until (f, 8 * (MOST - 1) + 1);
  outsider_end (outsider);
  handles_until (f, 1);
}

/* Killed as it stands: its place is free at once, without a word. */
static void
test_stopped_and_killed (Fixture *f, gconstpointer limits)
{
  Listener *alive = open_at (f, f->client, "/alive");
  Outsider *outsider = outsider_start (f->address, HOME, MOST - 1, 1, NULL);

  outsider_stop (outsider);
  puppet_emit_call (puppet_ring (), OH_CALL_CONNECTED, OH_REASON_NONE, OH_ENDED_BY_NOBODY);
  heard_until (alive, 0, "2 call-state 1 connected");
  outsider_end (outsider);
  handles_until (f, 1);
  outsider = outsider_start (f->address, HOME, MOST - 1, 1, NULL);
  g_assert_cmpstr (outsider->said->pdata[0], ==, "open 63 refused 0");
  outsider_end (outsider);
}

/* A single-threaded client waits for each answer while the daemon waits for its own. */
static void
test_calls_from_within (Fixture *f, gconstpointer limits)
{
  static const char methods[]
      = CALL_PATH (1) " GetParty ();" CALL_PATH (1) " Ignore ();" CALL_PATH (
          1) " MonitorDigits (true,);" HOME " Open (objectpath '/other', @a{sv} {});" HOME
             " SetEvents (objectpath '/h0/0', ['line-state']);" HOME " ListHandles ();" HOME
             " Dial ('123', @a{sv} {});" CALL_PATH (1) " Answer ();" CALL_PATH (
                 1) " SendDigits ('1', @a{sv} {});" CALL_PATH (1) " Drop ();" HOME
                                                                  " HangUpAll ();" OH_BUS_PATH
                                                                  " RemoveLine (objectpath "
                                                                  "'/none',);" HOME
                                                                  " Close (objectpath "
                                                                  "'/other',);" HOME
                                                                  " Close (objectpath '/h0/0',)";
  static const char *const answers[]
      = { "open 1 refused 0", "/h0/0 1 new-call",         "GetParty ok",
          "Ignore ok",        "MonitorDigits ok",         "Open ok",
          "SetEvents ok",     "ListHandles ok",           "Dial Busy",
          "Answer ok",        "SendDigits InvalidState",  "Drop ok",
          "HangUpAll ok",     "RemoveLine UnknownObject", "Close ok",
          "Close ok" };
  Outsider *outsider = outsider_start (f->address, HOME, 1, 1, methods);
  guint call = puppet_ring ();

  spin_until (is_asked, &puppet ()->answer);
  puppet_settle (&puppet ()->answer, -1);
  spin_until (is_asked, &puppet ()->drop);
  puppet_settle (&puppet ()->drop, -1);
  spin_until (is_asked, &puppet ()->drop); /* HangUpAll's */
  puppet_settle (&puppet ()->drop, -1);
  outsider_until (outsider, "Close ok", 2);
  emit_state (call, OH_CALL_CONNECTED);
  settle (f, f->client);
  outsider_until (outsider, "*", G_N_ELEMENTS (answers));
  for (guint i = 0; i < outsider->said->len; i++)
    g_assert_cmpstr (outsider->said->pdata[i], ==, answers[i]);
  handles_until (f, 0);
  outsider_end (outsider);
}

static const OhLimits patient = {
  .listeners = MOST,
  .listeners_per_user = 1000,
  .handles_per_line = 8,
  .queued = 256,
  .requests = 32,
  .asks = 32,
  .asks_per_user = 8,
  .ask_open_ms = 5000,
  .ask_ms = 20000,
  .ask_password_ms = 120000,
  .answer_ms = 60000,
  .refused_ms = 1000,
  .reply_ms = 60000,
  .ended_ms = 5000,
  .ended_most_ms = 60000,
  .ended_calls = 16,
  .stop_ms = 3000,
  .retry_ms = 2000,
};

static const OhLimits hasty = {
  .listeners = MOST,
  .listeners_per_user = 1000,
  .handles_per_line = 8,
  .queued = 256,
  .requests = 32,
  .asks = 32,
  .asks_per_user = 8,
  .ask_open_ms = 5000,
  .ask_ms = 20000,
  .ask_password_ms = 120000,
  .answer_ms = 1000,
  .refused_ms = 20,
  .reply_ms = 60000,
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
  log_watch ();
  add ("/hostile-stopped/one", &hasty, test_stopped);
  add ("/hostile-stopped/many", &patient, test_many_stopped);
  add ("/hostile-stopped/many-come-back", &hasty, test_many_come_back);
  add ("/hostile-stopped/killed", &patient, test_stopped_and_killed);
  add ("/hostile-stopped/calls-from-within", &patient, test_calls_from_within);
  return g_test_run ();
}
