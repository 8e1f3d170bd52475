// SPDX-License-Identifier: LGPL-2.1-or-later
#include <string.h>

#include "tests/fixture.h"

/* The landline driver, against a modem of the simulator. */

#define CALL LINE_PATH "home/call/"

static guint
last_heard (Listener *listener, const char *glob)
{
  guint at = listener->heard->len;

  while (at > 0 && !g_pattern_match_simple (glob, listener->heard->pdata[at - 1]))
    at--;
  g_assert_cmpuint (at, >, 0);
  return at - 1;
}

static void
answer (Fixture *f, Listener *listener, guint number)
{
  g_autofree char *path = g_strdup_printf (CALL "%u", number);
  g_autofree char *offered = g_strdup_printf ("* new-call %u offering", number);
  g_autofree char *connected = g_strdup_printf ("* call-state %u connected", number);
  g_autoptr (GVariant) reply = NULL;

  sim (f, "ring number=5551234");
  heard_until (listener, 0, offered);
  reply = call_ok (f, f->client, path, "Answer", NULL);
  heard_until (listener, 0, connected);
  sim_until (f, "home voice-receive on");
}

/* The US order: a ring, then the report. */
static void
test_caller_id (Fixture *f, gconstpointer user_data)
{
  Listener *listener = listen_home (f);
  guint at;

  sim (f, "ring number=5551234 name=JO");
  at = heard_until (listener, 0, "1 new-call 1 offering");
  assert_heard (listener, at, "Partial", "true");
  assert_heard (listener, at, "Number", "");
  heard_until (listener, at, "* ringing 1 1");
  heard_until (listener, at, "* ringing 1 2");
  at = last_heard (listener, "* call-info 1 *");
  assert_heard (listener, at, "Number", "5551234");
  assert_heard (listener, at, "NumberPresentation", "allowed");
  assert_heard (listener, at, "Name", "JO");
  assert_heard (listener, at, "Partial", "false");
}

/* The UK order: what is known comes with the call. */
static void
test_before_first_ring (Fixture *f, gconstpointer user_data)
{
  Listener *listener = listen_home (f);
  guint at;

  sim (f, "ring number=5551234 name=JO before-first-ring rings=2");
  at = heard_until (listener, 0, "1 new-call 1 offering");
  assert_heard (listener, at, "Number", "5551234");
  assert_heard (listener, at, "Name", "JO");
  assert_heard (listener, at, "Partial", "false");
  at = heard_until (listener, at, "* call-state 1 ended");
  /* It belongs to that call alone. */
  sim (f, "ring none rings=2");
  at = heard_until (listener, at, "* new-call 2 offering");
  assert_heard (listener, at, "Number", "");
  assert_heard (listener, at, "NumberPresentation", "unknown");
}

/* With the second ring it is known that no report comes. */
static void
test_no_report (Fixture *f, gconstpointer user_data)
{
  Listener *listener = listen_home (f);
  guint at;

  sim (f, "ring none");
  at = heard_until (listener, 0, "1 new-call 1 offering");
  assert_heard (listener, at, "Partial", "true");
  at = heard_until (listener, at, "* ringing 1 2");
  at = heard_until (listener, at, "* call-info 1 *");
  assert_heard (listener, at, "Partial", "false");
  assert_heard (listener, at, "NumberPresentation", "unknown");
}

static void
test_presentation (Fixture *f, gconstpointer word)
{
  Listener *listener = listen_home (f);
  guint at;

  sim (f, "ring %s", (const char *)word);
  heard_until (listener, 0, "1 new-call 1 offering");
  at = heard_until (listener, 0, "* call-info 1 *");
  assert_heard (listener, at, "Number", "");
  assert_heard (listener, at, "NumberPresentation", word);
}

/* Nothing tells that ringing stopped: a time without one. */
static void
test_gives_up (Fixture *f, gconstpointer user_data)
{
  Listener *listener = listen_home (f);
  guint at;

  sim (f, "ring number=5551234 rings=3");
  heard_until (listener, 0, "* ringing 1 3");
  at = heard_until (listener, 0, "* call-state 1 disconnected");
  assert_heard (listener, at, "Reason", "unknown");
  assert_heard (listener, at, "EndedBy", "unknown");
  at = heard_until (listener, at, "* call-state 1 ended");
  g_assert_false (has_heard (listener, "* ringing 1 4"));
  /* Rings count anew. */
  sim (f, "ring number=5551234 rings=1");
  heard_until (listener, at, "* ringing 2 1");
  heard_until (listener, at, "* call-state 2 ended");
}

static guint
get_cadence (Fixture *f)
{
  g_autoptr (GVariant) value = get_property (f, LINE_PATH "home", "Line.Landline", "RingCadence");

  return g_variant_get_uint32 (value);
}

/* The first ring of the next call does not undo what was measured. */
static void
test_cadence (Fixture *f, gconstpointer user_data)
{
  Listener *listener = listen_home (f);
  guint measured;

  g_assert_cmpuint (get_cadence (f), ==, 0);
  sim (f, "ring none rings=2");
  heard_until (listener, 0, "* call-state 1 ended");
  measured = get_cadence (f);
  g_assert_cmpuint (measured, >, 0);
  sim (f, "ring none rings=1");
  heard_until (listener, 0, "* ringing 2 1");
  g_assert_cmpuint (get_cadence (f), ==, measured);
}

/* A ring without a call behind it, of a kind with and without more words. */
static void
test_lone_ring (Fixture *f, gconstpointer text)
{
  Listener *listener = listen_home (f);

  sim (f, "send '%s'", (const char *)text);
  heard_until (listener, 0, "* ringing 1 1");
  heard_until (listener, 0, "* call-state 1 ended");
}

static void
test_answer (Fixture *f, gconstpointer user_data)
{
  Listener *listener = listen_home (f);
  g_autoptr (GVariant) dropped = NULL;
  guint at;

  answer (f, listener, 1);
  call_fails (f, f->client, CALL "1", "Answer", NULL, "InvalidState");
  dropped = call_ok (f, f->client, CALL "1", "Drop", NULL);
  at = heard_until (listener, 0, "* call-state 1 ended");
  assert_heard (listener, at, "Reason", "local");
  assert_heard (listener, at, "EndedBy", "local");
  g_assert_false (has_heard (listener, "* call-state 1 disconnected"));
  sim_until (f, "home hung-up-by-host*");
  /* On hook and out of voice class: the next one comes in. */
  answer (f, listener, 2);
}

/* Each code that tells of the far end's going, said again and again, ends the call once. */
static void
test_far_end (Fixture *f, gconstpointer user_data)
{
  static const char codes[] = "bKdl";
  Listener *listener = listen_home (f);

  for (guint i = 0; i < strlen (codes); i++)
    {
      g_autofree char *disconnected = g_strdup_printf ("* call-state %u disconnected", i + 1);
      g_autofree char *ended = g_strdup_printf ("* call-state %u ended", i + 1);
      guint from = listener->events->len, at, n = 0;

      answer (f, listener, i + 1);
      sim (f, "send '\\x10%c\\x10%c'", codes[i], codes[i]);
      at = heard_until (listener, from, disconnected);
      assert_heard (listener, at, "Reason", "normal");
      assert_heard (listener, at, "EndedBy", "remote");
      at = heard_until (listener, from, ended);
      assert_heard (listener, at, "Reason", "normal");
      assert_heard (listener, at, "EndedBy", "remote");
      sim_until (f, "home hung-up-by-host*");
      for (guint j = from; j < listener->heard->len; j++)
        n += g_pattern_match_simple (disconnected, listener->heard->pdata[j]);
      g_assert_cmpuint (n, ==, 1);
    }
}

static void
test_busy_tone (Fixture *f, gconstpointer user_data)
{
  Listener *listener = listen_home (f);
  guint at;

  answer (f, listener, 1);
  sim (f, "hangup");
  at = heard_until (listener, 0, "* call-state 1 disconnected");
  assert_heard (listener, at, "EndedBy", "remote");
  heard_until (listener, at, "* call-state 1 ended");
}

/* Codes that say nothing of the call. */
static void
test_other_codes (Fixture *f, gconstpointer user_data)
{
  Listener *listener = listen_home (f);
  g_autoptr (GVariant) reply = NULL;

  answer (f, listener, 1);
  reply = call_ok (f, f->client, CALL "1", "MonitorDigits", g_variant_new ("(b)", TRUE));
  sim (f,
       "send '\\x10u\\x10o\\x10T\\x10c\\x10a\\x10Q\\x10S\\x10Y\\x10E\\x10H\\x10\\x10\\x10\\x1a'");
  sim (f, "send '\\x107'");
  heard_until (listener, 0, "* digit 1 7");
  g_assert_false (has_heard (listener, "* call-state 1 disconnected"));
  g_assert_false (has_heard (listener, "* call-state 1 ended"));
}

static guint
count_heard (Listener *listener, const char *glob)
{
  guint n = 0;

  for (guint i = 0; i < listener->heard->len; i++)
    n += g_pattern_match_simple (glob, listener->heard->pdata[i]);
  return n;
}

/* Simple, shielded, and shielded and repeated (modems.md's three forms): one press, one event. */
static void
test_digits_heard (Fixture *f, gconstpointer user_data)
{
  Listener *listener = listen_home (f);
  g_autoptr (GVariant) reply = NULL;

  answer (f, listener, 1);
  reply = call_ok (f, f->client, CALL "1", "MonitorDigits", g_variant_new ("(b)", TRUE));
  sim (f, "send '\\x105\\x105'");
  sim (f, "send '\\x10/\\x106\\x10~\\x10/\\x106\\x10~'");
  sim (f, "send '\\x10/\\x107\\x107\\x107\\x10~'");
  sim (f, "digits '*#D'");
  heard_until (listener, 0, "* digit 1 D");
  g_assert_cmpuint (count_heard (listener, "* digit 1 5"), ==, 2);
  g_assert_cmpuint (count_heard (listener, "* digit 1 6"), ==, 2);
  g_assert_cmpuint (count_heard (listener, "* digit 1 7"), ==, 1);
  g_assert_cmpuint (count_heard (listener, "* digit 1 [*]"), <=, 1);
  g_assert_cmpuint (count_heard (listener, "* digit 1 #"), ==, 1);
}

/* Sending ends voice receive; it runs again afterwards, or the far end's going were not heard. */
static void
test_digits_sent (Fixture *f, gconstpointer user_data)
{
  Listener *listener = listen_home (f);
  g_autoptr (GVariant) reply = NULL;

  answer (f, listener, 1);
  reply = call_ok (f, f->client, CALL "1", "SendDigits", g_variant_new ("(sa{sv})", "12#", NULL));
  sim_until (f, "home digit-sent-by-host 1");
  sim_until (f, "home digit-sent-by-host 2");
  sim_until (f, "home digit-sent-by-host #");
  sim_until (f, "home voice-receive on");
  sim (f, "hangup");
  heard_until (listener, 0, "* call-state 1 ended");
}

static GVariant *
dial (Fixture *f)
{
  return call_ok (f, f->client, oh_line_get_path (f->line), "Dial",
                  g_variant_new ("(sa{sv})", "5551234", NULL));
}

static void
test_dial (Fixture *f, gconstpointer user_data)
{
  Listener *listener = listen_home (f);
  g_autoptr (GVariant) reply = NULL;
  guint at;

  sim (f, "on-dial alert=1 answer=6");
  reply = dial (f);
  sim_until (f, "home dialled 5551234");
  at = heard_until (listener, 0, "1 new-call 1 dialing");
  at = heard_until (listener, at, "* call-state 1 ringback");
  at = heard_until (listener, at, "* call-state 1 connected");
  assert_heard (listener, at, "Mode", "[]");
  sim_until (f, "home voice-receive on");
  sim (f, "hangup");
  heard_until (listener, at, "* call-state 1 ended");
}

/* OK without a sign of ringing says only that dialling is over: voice confirms the call, tones tell
 * that it was busy. */
static void
test_unconfirmed (Fixture *f, gconstpointer code)
{
  Listener *listener = listen_home (f);
  g_autoptr (GVariant) reply = NULL;
  guint at;

  sim (f, "refuse ATDT* OK");
  reply = dial (f);
  at = heard_until (listener, 0, "* call-state 1 connected");
  assert_heard (listener, at, "Mode", "['unconfirmed']");
  sim (f, "send '\\x10%s'", (const char *)code);
  if (g_str_equal (code, "b"))
    {
      at = heard_until (listener, at, "* call-state 1 disconnected");
      assert_heard (listener, at, "Reason", "busy");
      return;
    }
  at = heard_until (listener, at + 1, "* call-state 1 connected");
  assert_heard (listener, at, "Mode", "[]");
}

/* Before any sign of ringing Dial itself fails, and the call never was. */
static void
test_dial_fails (Fixture *f, gconstpointer user_data)
{
  static const struct
  {
    const char *how, *error;
  } rows[]
      = { { "busy=1", "Busy" }, { "no-dialtone", "NoDialtone" }, { "no-carrier=1", "Failed" } };
  Listener *listener = listen_home (f);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      sim (f, "on-dial %s", rows[i].how);
      call_fails (f, f->client, oh_line_get_path (f->line), "Dial",
                  g_variant_new ("(sa{sv})", "5551234", NULL), rows[i].error);
      sim_until (f, "home on-hook*");
    }
  answer (f, listener, 1);
  g_assert_cmpuint (count_heard (listener, "* new-call *"), ==, 1);
}

/* Behind it the call is there, and ends with the reason. */
static void
test_dial_ends (Fixture *f, gconstpointer user_data)
{
  static const struct
  {
    const char *how, *reason;
  } rows[] = { { "alert=1 busy=6", "busy" }, { "no-answer=6", "no-answer" } };
  Listener *listener = listen_home (f);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *disconnected = g_strdup_printf ("* call-state %u disconnected", i + 1);
      g_autofree char *ended = g_strdup_printf ("* call-state %u ended", i + 1);
      g_autoptr (GVariant) reply = NULL;
      guint at;

      sim (f, "on-dial %s", rows[i].how);
      reply = dial (f);
      at = heard_until (listener, 0, disconnected);
      assert_heard (listener, at, "Reason", rows[i].reason);
      at = heard_until (listener, at, ended);
      assert_heard (listener, at, "Reason", rows[i].reason);
    }
}

/* Drop aborts the dialling. */
static void
test_drop_dialling (Fixture *f, gconstpointer user_data)
{
  Listener *listener = listen_home (f);
  g_autoptr (GVariant) dropped = NULL;
  guint at;

  sim (f, "on-dial manual");
  sim (f, "echo told");
  sim_until (f, "told");
  g_dbus_connection_call (f->client, OH_BUS_NAME, oh_line_get_path (f->line), OH_BUS_NAME ".Line",
                          "Dial", g_variant_new ("(sa{sv})", "5551234", NULL), NULL,
                          G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL, NULL);
  sim_until (f, "home dialled 5551234");
  sim (f, "alert");
  heard_until (listener, 0, "* call-state 1 ringback");
  dropped = call_ok (f, f->client, CALL "1", "Drop", NULL);
  at = heard_until (listener, 0, "* call-state 1 ended");
  assert_heard (listener, at, "Reason", "local");
  g_assert_false (has_heard (listener, "* call-state 1 disconnected"));
  answer (f, listener, 2);
}

/* +VLS=0 is refused: ATH. */
static void
test_ladder (Fixture *f, gconstpointer user_data)
{
  Listener *listener = listen_home (f);
  g_autoptr (GVariant) dropped = NULL;

  answer (f, listener, 1);
  sim (f, "refuse AT+VLS=0");
  dropped = call_ok (f, f->client, CALL "1", "Drop", NULL);
  heard_until (listener, 0, "* call-state 1 ended");
  sim_until (f, "home hung-up-by-host*");
}

/* Mute in a call: an error, health, and no end made up; it heals by itself. */
static void
test_mute (Fixture *f, gconstpointer user_data)
{
  Listener *listener = listen_home (f);
  g_autoptr (GVariant) sent = NULL;
  guint at;

  answer (f, listener, 1);
  sim (f, "mute on");
  sim (f, "echo told");
  sim_until (f, "told");
  call_fails (f, f->client, CALL "1", "SendDigits", g_variant_new ("(sa{sv})", "1", NULL),
              "NotResponding");
  at = heard_until (listener, 0, "* health * suspect");
  at = heard_until (listener, at, "* health * recovering");
  assert_heard (listener, at, "HealthReason", "reopen");
  at = heard_until (listener, at, "* call-state 1 unknown");
  call_fails (f, f->client, CALL "1", "SendDigits", g_variant_new ("(sa{sv})", "1", NULL),
              "NotResponding");
  g_assert_false (has_heard (listener, "* call-state 1 ended"));
  sim (f, "mute off");
  heard_until (listener, at, "* health * healthy");
  at = heard_until (listener, at, "* call-state 1 connected");
  sent = call_ok (f, f->client, CALL "1", "SendDigits", g_variant_new ("(sa{sv})", "2", NULL));
  sim_until (f, "home digit-sent-by-host 2");
  sim_until (f, "home voice-receive on");
  sim (f, "hangup");
  heard_until (listener, at, "* call-state 1 ended");
}

/* Mute when idle: Dial says so; the next one heals. */
static void
test_mute_idle (Fixture *f, gconstpointer user_data)
{
  Listener *listener = listen_home (f);
  guint at;

  sim (f, "mute on");
  sim (f, "echo told");
  sim_until (f, "told");
  call_fails (f, f->client, LINE_PATH "home", "Dial", g_variant_new ("(sa{sv})", "5551234", NULL),
              "NotResponding");
  at = heard_until (listener, 0, "* health * recovering");
  g_assert_false (has_heard (listener, "* new-call *"));
  sim (f, "mute off");
  at = heard_until (listener, at, "* health * healthy");
  at = heard_until (listener, at, "* line-state * in-service");
  {
    g_autoptr (GVariant) reply = call_ok (f, f->client, LINE_PATH "home", "Dial",
                                          g_variant_new ("(sa{sv})", "5551234", NULL));
    g_autoptr (GVariant) dropped = NULL;
    g_autofree char *path = NULL;

    g_variant_get (reply, "(o)", &path);
    dropped = call_ok (f, f->client, path, "Drop", NULL);
  }
  heard_until (listener, at, "* call-state 1 ended");
  answer (f, listener, 2);
}

static guint
count_said (Fixture *f, const char *line)
{
  guint n = 0;

  for (guint i = 0; i < f->sim_said->len; i++)
    n += g_str_equal (f->sim_said->pdata[i], line);
  return n;
}

/* What is told in a call ends the stream, which is asked for once, and then goes on. */
static void
test_one_stream (Fixture *f, gconstpointer user_data)
{
  Listener *listener = listen_home (f);
  g_autoptr (GVariant) monitored = NULL;
  g_autoptr (GVariant) reply = NULL;
  g_autofree char *error = NULL;

  answer (f, listener, 1);
  monitored = call_ok (f, f->client, CALL "1", "MonitorDigits", g_variant_new ("(b)", TRUE));
  reply = call (f, f->client, LINE_PATH "home", OH_BUS_NAME ".Line.Landline", "SetGain",
                g_variant_new ("(uu)", 120, 120), &error);
  g_assert_cmpstr (error, ==, NULL);
  sim_until (f, "home voice-receive on");
  sim (f, "digits 5");
  heard_until (listener, 0, "* digit 1 5");
  sim (f, "hangup busy");
  heard_until (listener, 0, "* call-state 1 ended");
  g_assert_cmpuint (count_said (f, "home voice-receive on"), ==, 2);
}

#define ADD(name, data, func)                                                                      \
  g_test_add ("/v253/" name, Fixture, data, set_up_v253, func, tear_down)

static void
set_up_v253 (Fixture *f, gconstpointer user_data)
{
  set_up (f, "v253");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("caller-id", NULL, test_caller_id);
  ADD ("before-first-ring", NULL, test_before_first_ring);
  ADD ("no-report", NULL, test_no_report);
  ADD ("presentation/withheld", "withheld", test_presentation);
  ADD ("presentation/unavailable", "unavailable", test_presentation);
  ADD ("gives-up", NULL, test_gives_up);
  ADD ("cadence", NULL, test_cadence);
  ADD ("lone-ring/plain", "\\r\\nRING\\r\\n", test_lone_ring);
  ADD ("lone-ring/distinctive", "\\r\\nRING A\\r\\n", test_lone_ring);
  ADD ("lone-ring/code", "\\x10R", test_lone_ring);
  ADD ("answer", NULL, test_answer);
  ADD ("far-end", NULL, test_far_end);
  ADD ("busy-tone", NULL, test_busy_tone);
  ADD ("other-codes", NULL, test_other_codes);
  ADD ("digits-heard", NULL, test_digits_heard);
  ADD ("digits-sent", NULL, test_digits_sent);
  ADD ("one-stream", NULL, test_one_stream);
  ADD ("dial", NULL, test_dial);
  ADD ("unconfirmed/voice", "v", test_unconfirmed);
  ADD ("unconfirmed/busy", "b", test_unconfirmed);
  ADD ("dial-fails", NULL, test_dial_fails);
  ADD ("dial-ends", NULL, test_dial_ends);
  ADD ("drop-dialling", NULL, test_drop_dialling);
  ADD ("ladder", NULL, test_ladder);
  ADD ("mute", NULL, test_mute);
  ADD ("mute-idle", NULL, test_mute_idle);
  return g_test_run ();
}
