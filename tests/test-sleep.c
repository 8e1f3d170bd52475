// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/manager-sleep.h"
#include "daemon/sleep.h"
#include "tests/logind.h"
#include "tests/puppet.h"

/* The inhibitors: when they are taken, and when they are let go of. */

static guint
count_descriptors (void)
{
  g_autoptr (GDir) folder = g_dir_open ("/proc/self/fd", 0, NULL);
  guint n = 0;

  while (g_dir_read_name (folder) != NULL)
    n++;
  return n;
}

typedef struct
{
  guint before;
} Descriptors;

static gboolean
are_as_before (gpointer user_data)
{
  return count_descriptors () == ((Descriptors *)user_data)->before;
}

static void
assert_descriptors (guint before)
{
  Descriptors descriptors = { before };

  if (!spin_for (are_as_before, &descriptors))
    g_error ("%u descriptors are open, not %u", count_descriptors (), before);
}

static void
end (guint call)
{
  puppet_emit_call (call, OH_CALL_ENDED, OH_REASON_NORMAL, OH_ENDED_BY_REMOTE);
}

/* Until what the loop has to do is done, and the bus has nothing more. */
static gboolean
is_idle (gpointer user_data)
{
  return !g_main_context_pending (NULL);
}

static void
settle_all (Fixture *f)
{
  spin_until (is_idle, NULL);
  settle (f, f->client);
  spin_until (is_idle, NULL);
}

/* No message is under way that carries one. */
static guint
count_settled (Fixture *f, Logind *logind)
{
  logind_settle (logind);
  settle_all (f);
  return count_descriptors ();
}

static void
test_delay (Fixture *f, gconstpointer limits)
{
  Logind *logind = logind_start (f);
  OhRest *rest = oh_rest_new (f->manager, f->daemon, NULL);

  logind_until (logind, "delay", 1);
  g_assert_cmpstr (logind->asked, ==, "sleep, offhook, to leave the modems in order, delay");
  g_assert_true (logind_suspend (logind));
  settle_all (f);
  g_assert_cmpuint (logind->given->len, ==, 1); /* not taken again before it is over */
  logind_prepare (logind, FALSE);
  logind_until (logind, "delay", 1);
  g_assert_cmpuint (logind->n_blocks, ==, 0);
  oh_rest_free (rest);
  logind_until (logind, "delay", 0);
  logind_stop (logind);
}

typedef struct
{
  Logind *logind;
  GString *seen;
} Order;

static void
note_going (gpointer user_data)
{
  Order *order = user_data;

  g_string_append_printf (order->seen, "going, delayed by %u; ",
                          logind_count (order->logind, "delay"));
}

static void
note_awake (gpointer user_data)
{
  g_string_append (((Order *)user_data)->seen, "awake; ");
}

static gboolean
has_woken (gpointer user_data)
{
  return g_str_has_suffix (((Order *)user_data)->seen->str, "awake; ");
}

/* Whatever has to be done before sleep is done while it is delayed. */
static void
test_order (Fixture *f, gconstpointer limits)
{
  static const OhSleepFuncs funcs = { .going = note_going, .awake = note_awake };
  Order order = { logind_start (f), g_string_new (NULL) };
  OhSleep *sleep = oh_sleep_new (f->daemon, &funcs, &order);

  logind_until (order.logind, "delay", 1);
  g_assert_true (logind_suspend (order.logind));
  logind_prepare (order.logind, TRUE); /* said twice */
  logind_prepare (order.logind, FALSE);
  spin_until (has_woken, &order);
  g_assert_cmpstr (order.seen->str, ==, "going, delayed by 1; awake; ");
  oh_sleep_free (sleep);
  logind_stop (order.logind);
  g_string_free (order.seen, TRUE);
}

/* A call that comes too late to block this sleep blocks the next. */
static void
test_call_while_going (Fixture *f, gconstpointer limits)
{
  Logind *logind = logind_start (f);
  OhRest *rest = oh_rest_new (f->manager, f->daemon, NULL);

  logind_until (logind, "delay", 1);
  g_assert_true (logind_suspend (logind));
  puppet_ring ();
  settle_all (f);
  g_assert_cmpuint (logind->n_blocks, ==, 0); /* logind would refuse it */
  logind_prepare (logind, FALSE);
  logind_until (logind, "block", 1);
  oh_rest_free (rest);
  logind_stop (logind);
}

/* Only logind says when the machine sleeps. */
static void
test_stranger (Fixture *f, gconstpointer limits)
{
  Logind *logind = logind_start (f);
  OhRest *rest = oh_rest_new (f->manager, f->daemon, NULL);

  logind_until (logind, "delay", 1);
  g_dbus_connection_emit_signal (f->client, g_dbus_connection_get_unique_name (f->daemon),
                                 "/org/freedesktop/login1", "org.freedesktop.login1.Manager",
                                 "PrepareForSleep", g_variant_new ("(b)", TRUE), NULL);
  settle_all (f);
  g_assert_cmpuint (logind_count (logind, "delay"), ==, 1);
  oh_rest_free (rest);
  logind_stop (logind);
}

static void
test_block (Fixture *f, gconstpointer limits)
{
  Logind *logind = logind_start (f);
  OhRest *rest = oh_rest_new (f->manager, f->daemon, NULL);
  guint first, second;

  logind_until (logind, "delay", 1);
  first = puppet_ring ();
  logind_until (logind, "block", 1);
  g_assert_cmpstr (logind->asked, ==, "sleep, offhook, a call is under way, block");
  g_assert_false (logind_suspend (logind));
  second = puppet_ring ();
  end (first);
  settle_all (f);
  g_assert_cmpuint (logind_count (logind, "block"), ==, 1);
  puppet_emit_call (second, OH_CALL_CONNECTED, OH_REASON_NONE, OH_ENDED_BY_NOBODY);
  end (second);
  logind_until (logind, "block", 0);
  g_assert_true (logind_suspend (logind));
  g_assert_cmpuint (logind->n_blocks, ==, 1);
  oh_rest_free (rest);
  logind_stop (logind);
}

/* A call that was there before us counts; dialling does before there is one. */
static void
test_dial (Fixture *f, gconstpointer limits)
{
  Logind *logind = logind_start (f);
  guint call = puppet_ring ();
  OhRest *rest = oh_rest_new (f->manager, f->daemon, NULL);
  Listener *listener = listen_home (f);
  Later later = { .listener = listener };

  logind_until (logind, "block", 1);
  end (call);
  logind_until (logind, "block", 0);
  ask_dial (f, &later);
  logind_until (logind, "block", 1);
  g_assert_false (later.done);
  puppet_settle (&puppet ()->dial, -1);
  heard_until (listener, 0, "* new-call * dialing*");
  settle_all (f);
  g_assert_cmpuint (logind_count (logind, "block"), ==, 1);
  end (puppet ()->call);
  logind_until (logind, "block", 0);
  g_assert_cmpuint (logind->n_blocks, ==, 2);
  oh_rest_free (rest);
  logind_stop (logind);
}

static gboolean
is_done (gpointer later)
{
  return ((Later *)later)->done;
}

static void
test_dial_fails (Fixture *f, gconstpointer limits)
{
  Logind *logind = logind_start (f);
  OhRest *rest = oh_rest_new (f->manager, f->daemon, NULL);
  Listener *listener = listen_home (f);
  Later later = { .listener = listener };

  ask_dial (f, &later);
  logind_until (logind, "block", 1);
  puppet_settle (&puppet ()->dial, 0);
  logind_until (logind, "block", 0);
  spin_until (is_done, &later);
  g_free (later.error);
  oh_rest_free (rest);
  logind_stop (logind);
}

static gboolean
is_asked_for_block (gpointer logind)
{
  return ((Logind *)logind)->n_blocks > 0;
}

/* However many calls come and go before logind answers, it is asked once. */
static void
test_late (Fixture *f, gconstpointer limits)
{
  Logind *logind = logind_start (f);
  OhRest *rest = oh_rest_new (f->manager, f->daemon, NULL);
  guint call = 0, before;

  logind_until (logind, "delay", 1);
  before = count_settled (f, logind);
  logind->silent = TRUE;
  for (guint i = 0; i < 5; i++)
    {
      call = puppet_ring ();
      spin_until (is_asked_for_block, logind);
      settle_all (f);
      if (i < 4)
        end (call);
      settle_all (f);
    }
  g_assert_cmpuint (logind->n_blocks, ==, 1);
  logind_answer (logind);
  logind_until (logind, "block", 1); /* the fifth is there still */
  end (call);
  logind_until (logind, "block", 0);
  call = puppet_ring ();
  settle_all (f);
  end (call);
  settle_all (f);
  g_assert_cmpuint (logind->n_blocks, ==, 2);
  logind_answer (logind);
  g_assert_cmpuint (logind->given->len, ==, 3);
  logind_until (logind, "block", 0); /* let go of as soon as it is there */
  assert_descriptors (before + 2);   /* our own ends of the two */
  oh_rest_free (rest);
  logind_stop (logind);
}

static void
test_refused (Fixture *f, gconstpointer limits)
{
  Logind *logind = logind_start (f);
  OhRest *rest = oh_rest_new (f->manager, f->daemon, NULL);
  guint call;

  logind_until (logind, "delay", 1);
  logind->refuses = TRUE;
  g_test_expect_message ("offhook", G_LOG_LEVEL_WARNING,
                         "logind does not let us block suspend: Permission denied");
  for (guint i = 1; i <= 3; i++)
    {
      call = puppet_ring ();
      settle_all (f);
      settle_all (f);
      g_assert_cmpuint (logind->n_blocks, ==, i);
      end (call);
      settle_all (f);
    }
  g_test_assert_expected_messages ();
  logind->refuses = FALSE;
  call = puppet_ring ();
  logind_until (logind, "block", 1);
  end (call);
  logind_until (logind, "block", 0);
  oh_rest_free (rest);
  logind_stop (logind);
}

static void
test_absent (Fixture *f, gconstpointer limits)
{
  OhRest *rest = oh_rest_new (f->manager, f->daemon, NULL);
  guint call = puppet_ring ();
  Logind *logind;

  settle_all (f);
  logind = logind_start (f);
  logind_until (logind, "delay", 1);
  logind_until (logind, "block", 1);
  logind_stop (logind);
  end (call);
  settle_all (f);
  logind = logind_start (f);
  logind_until (logind, "delay", 1);
  settle_all (f);
  g_assert_cmpuint (logind->n_blocks, ==, 0);
  oh_rest_free (rest);
  logind_stop (logind);
}

/* Also one that was asked and went without an answer. */
static void
test_restarts (Fixture *f, gconstpointer limits)
{
  Logind *logind = logind_start (f);
  OhRest *rest = oh_rest_new (f->manager, f->daemon, NULL);
  guint before, call;

  logind_until (logind, "delay", 1);
  call = puppet_ring ();
  logind_until (logind, "block", 1);
  logind_stop (logind);
  settle_all (f);
  logind = logind_start (f);
  logind_until (logind, "delay", 1);
  logind_until (logind, "block", 1);
  before = count_settled (f, logind);
  end (call);
  logind_until (logind, "block", 0);
  logind->silent = TRUE;
  call = puppet_ring ();
  settle_all (f);
  g_assert_cmpuint (logind->n_blocks, ==, 2);
  logind_stop (logind);
  logind = logind_start (f);
  logind_until (logind, "delay", 1);
  logind_until (logind, "block", 1);
  assert_descriptors (before);
  end (call);
  oh_rest_free (rest);
  logind_until (logind, "block", 0);
  logind_stop (logind);
}

/* A machine that sleeps and wakes all day. */
static void
test_descriptors (Fixture *f, gconstpointer limits)
{
  Logind *logind = logind_start (f);
  OhRest *rest = oh_rest_new (f->manager, f->daemon, NULL);
  guint before = 0;

  for (guint i = 0; i < 20; i++)
    {
      guint call;

      logind_until (logind, "delay", 1);
      call = puppet_ring ();
      logind_until (logind, "block", 1);
      end (call);
      logind_until (logind, "block", 0);
      g_assert_true (logind_suspend (logind));
      g_ptr_array_set_size (logind->given, 0);
      if (i == 0)
        before = count_settled (f, logind);
      assert_descriptors (before);
      logind_prepare (logind, FALSE);
    }
  logind_until (logind, "delay", 1);
  oh_rest_free (rest);
  logind_stop (logind);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func)                                                                            \
  g_test_add ("/sleep/" name, Fixture, NULL, puppet_set_up, func, puppet_tear_down)
  ADD ("delay", test_delay);
  ADD ("order", test_order);
  ADD ("call-while-going", test_call_while_going);
  ADD ("stranger", test_stranger);
  ADD ("block", test_block);
  ADD ("dial", test_dial);
  ADD ("dial-fails", test_dial_fails);
  ADD ("late", test_late);
  ADD ("refused", test_refused);
  ADD ("absent", test_absent);
  ADD ("restarts", test_restarts);
  ADD ("descriptors", test_descriptors);
  return g_test_run ();
}
