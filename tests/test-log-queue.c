// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/log-queue.h"

#define ROOM 4
#define LONG_MS 60000

/* A sender that waits at a gate which the test opens and shuts. */
typedef struct
{
  GMutex lock;
  GCond changed;
  gboolean shut;
  guint waiting;   /* at the gate */
  GPtrArray *sent; /* of char *: items, "lost N" */
  int dropped;     /* atomic */
} Sender;

static Sender *sender; /* of the test that runs */

static void
tell (char *text, gpointer user_data)
{
  Sender *self = user_data;

  g_mutex_lock (&self->lock);
  self->waiting++;
  g_cond_broadcast (&self->changed);
  while (self->shut)
    g_cond_wait (&self->changed, &self->lock);
  self->waiting--;
  g_ptr_array_add (self->sent, text);
  g_mutex_unlock (&self->lock);
}

static void
on_send (gpointer item, gpointer user_data)
{
  tell (item, user_data);
}

static void
on_lost (guint64 n, gpointer user_data)
{
  tell (g_strdup_printf ("lost %u", (guint)n), user_data);
}

static void
on_drop (gpointer item)
{
  g_atomic_int_inc (&sender->dropped);
  g_free (item);
}

static const OhLogQueueFuncs funcs = { .send = on_send, .lost = on_lost, .drop = on_drop };

typedef struct
{
  Sender sender;
  OhLogQueue *queue;
} Bench;

static void
set_up (Bench *b, gconstpointer data)
{
  g_mutex_init (&b->sender.lock);
  g_cond_init (&b->sender.changed);
  b->sender.sent = g_ptr_array_new_with_free_func (g_free);
  sender = &b->sender;
  b->queue = oh_log_queue_new (ROOM, &funcs, &b->sender);
}

static void
tear_down (Bench *b, gconstpointer data)
{
  if (b->queue != NULL)
    g_assert_true (oh_log_queue_free (b->queue, LONG_MS));
  g_ptr_array_unref (b->sender.sent);
  g_mutex_clear (&b->sender.lock);
  g_cond_clear (&b->sender.changed);
}

static void
set_shut (Bench *b, gboolean shut)
{
  g_mutex_lock (&b->sender.lock);
  b->sender.shut = shut;
  g_cond_broadcast (&b->sender.changed);
  g_mutex_unlock (&b->sender.lock);
}

/* Shuts the gate, and one item stands before it. */
static void
block (Bench *b)
{
  set_shut (b, TRUE);
  g_assert_true (oh_log_queue_push (b->queue, g_strdup ("blocked")));
  g_mutex_lock (&b->sender.lock);
  while (b->sender.waiting == 0)
    g_cond_wait (&b->sender.changed, &b->sender.lock);
  g_mutex_unlock (&b->sender.lock);
}

static guint
push (Bench *b, guint n)
{
  guint taken = 0;

  for (guint i = 0; i < n; i++)
    taken += oh_log_queue_push (b->queue, g_strdup_printf ("%u", i));
  return taken;
}

static void
assert_sent (Bench *b, const char *expected)
{
  g_autofree char *sent = NULL;

  g_assert_true (oh_log_queue_flush (b->queue, LONG_MS));
  g_ptr_array_add (b->sender.sent, NULL);
  sent = g_strjoinv (" ", (char **)b->sender.sent->pdata);
  g_assert_cmpstr (sent, ==, expected);
  g_ptr_array_set_size (b->sender.sent, 0);
}

static void
test_order (Bench *b, gconstpointer data)
{
  set_shut (b, TRUE);
  g_assert_cmpuint (push (b, ROOM), ==, ROOM);
  set_shut (b, FALSE);
  assert_sent (b, "0 1 2 3");
  /* Round the ring. */
  block (b);
  g_assert_cmpuint (push (b, ROOM), ==, ROOM);
  set_shut (b, FALSE);
  assert_sent (b, "blocked 0 1 2 3");
}

/* What finds no room is counted, and told where it would have been. */
static void
test_full (Bench *b, gconstpointer data)
{
  block (b);
  g_assert_cmpuint (push (b, ROOM + 3), ==, ROOM);
  g_assert_cmpint (g_atomic_int_get (&b->sender.dropped), ==, 3);
  set_shut (b, FALSE);
  assert_sent (b, "blocked 0 1 2 3 lost 3");
  block (b);
  g_assert_cmpuint (push (b, ROOM), ==, ROOM);
  set_shut (b, FALSE);
  assert_sent (b, "blocked 0 1 2 3"); /* told once */
}

static gboolean
has_sent (Bench *b, guint n)
{
  gboolean has;

  g_mutex_lock (&b->sender.lock);
  has = b->sender.sent->len >= n;
  g_mutex_unlock (&b->sender.lock);
  return has;
}

/* There is room again before the sender has come to the end. */
static void
test_room_again (Bench *b, gconstpointer data)
{
  gint64 end = g_get_monotonic_time () + LONG_MS * 1000;
  g_autofree char *sent = NULL;

  block (b);
  g_assert_cmpuint (push (b, ROOM + 2), ==, ROOM);
  set_shut (b, FALSE);
  while (!has_sent (b, 1))
    g_assert_cmpint (g_get_monotonic_time (), <, end);
  while (!oh_log_queue_push (b->queue, g_strdup ("late")))
    g_assert_cmpint (g_get_monotonic_time (), <, end);
  g_assert_true (oh_log_queue_flush (b->queue, LONG_MS));
  g_ptr_array_add (b->sender.sent, NULL);
  sent = g_strjoinv (" ", (char **)b->sender.sent->pdata);
  g_assert_true (g_pattern_match_simple ("blocked 0 1 2 3 lost * late", sent));
}

static void
test_flush_is_bounded (Bench *b, gconstpointer data)
{
  block (b);
  g_assert_false (oh_log_queue_flush (b->queue, 1));
  g_assert_false (oh_log_queue_free (b->queue, 1));
  /* It was left as it is. */
  set_shut (b, FALSE);
  assert_sent (b, "blocked");
}

static gpointer
push_many (gpointer user_data)
{
  Bench *b = user_data;

  for (guint i = 0; i < 10000; i++)
    oh_log_queue_push (b->queue, g_strdup ("x"));
  return NULL;
}

/* From several threads at once: each is sent or counted. */
static void
test_threads (Bench *b, gconstpointer data)
{
  GThread *threads[4];
  guint64 seen = 0;

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new (NULL, push_many, b);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  g_assert_true (oh_log_queue_flush (b->queue, LONG_MS));
  for (guint i = 0; i < b->sender.sent->len; i++)
    {
      const char *text = b->sender.sent->pdata[i];

      seen += g_str_has_prefix (text, "lost ") ? g_ascii_strtoull (text + 5, NULL, 10) : 1;
    }
  g_assert_cmpuint (seen, ==, 10000 * G_N_ELEMENTS (threads));
}

static void
add (const char *path, void (*test) (Bench *b, gconstpointer data))
{
  g_test_add (path, Bench, NULL, set_up, test, tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("/log-queue/order", test_order);
  add ("/log-queue/full", test_full);
  add ("/log-queue/room-again", test_room_again);
  add ("/log-queue/flush-is-bounded", test_flush_is_bounded);
  add ("/log-queue/threads", test_threads);
  return g_test_run ();
}
