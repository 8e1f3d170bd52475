// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/log-watch.h"
#include "tests/puppet.h"

/* The contract of a handle, second half: events and back-pressure (H16 to H24). */

#define CALL_PATH(n) LINE_PATH "home/call/" #n

static gboolean
has_no_handles (gpointer line)
{
  return oh_dbus_line_get_num_handles (line) == 0;
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
  for (guint i = 0; i < puppet_quick.queued; i++)
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

  log_forget ();
  listener->manner = also->manner = HOLDS;
  puppet_ring ();
  heard_until (listener, 0, "release unresponsive");
  heard_until (also, 0, "release unresponsive");
  g_assert_cmpuint (log_count ("MESSAGE=Process * has not answered*"), ==, 2);
  call_fails (f, f->client, LINE_PATH "home", "Open", open_arguments ("/h"), "LimitsExceeded");
  listener_answer (listener->held.length > 0 ? listener : also);
  settle (f, f->client);
  g_variant_unref (call_ok (f, f->client, LINE_PATH "home", "Open", open_arguments ("/h")));
}

static void
test_nobody_listens (Fixture *f, gconstpointer limits)
{
  log_forget ();
  g_variant_unref (call_ok (f, f->client, LINE_PATH "home", "Open", open_arguments ("/nobody")));
  puppet_ring ();
  spin_until (has_no_handles, f->line);
  g_assert_cmpuint (log_count ("MESSAGE=Listener /nobody of process *void*"), ==, 1);
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
  for (guint i = 0; i < puppet_quick.ended_calls + 2; i++)
    puppet_emit_call (puppet_ring (), OH_CALL_ENDED, OH_REASON_NORMAL, OH_ENDED_BY_REMOTE);
  g_assert_cmpuint (count_calls (f), ==, puppet_quick.ended_calls);
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

  for (guint i = 0; i < puppet_quick.handles_per_line; i++)
    {
      g_autofree char *path = g_strdup_printf ("/h%u", i);

      g_variant_unref (call_ok (f, f->client, LINE_PATH "home", "Open", open_arguments (path)));
    }
  call_fails (f, f->client, LINE_PATH "home", "Open", open_arguments ("/more"), "LimitsExceeded");
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    {
      others[i] = connect_client (f);
      if (i + 1 < puppet_quick.listeners)
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
  log_watch ();
  add ("/H16/contract-events/ended-stays", &puppet_quick, test_ended_stays);
  add ("/H17/contract-events/ringing-counts", NULL, test_ringing_counts);
  add ("/H18/contract-events/masks", NULL, test_masks);
  add ("/H19/contract-events/one-in-flight", NULL, test_one_in_flight);
  add ("/H20/contract-events/others-go-on", NULL, test_others_go_on);
  add ("/H21/contract-events/coalesce", NULL, test_coalesce);
  add ("/H21/contract-events/overflow", &puppet_quick, test_overflow);
  add ("/H21/contract-events/too-many", &puppet_quick, test_too_many);
  add ("/H22/contract-events/unresponsive", &puppet_quick, test_unresponsive);
  add ("/H23/contract-events/nobody-listens", NULL, test_nobody_listens);
  add ("/H23/contract-events/client-error", NULL, test_client_error);
  add ("/H30/contract-events/digits-to-who-asked", NULL, test_digits_go_to_who_asked);
  return g_test_run ();
}
