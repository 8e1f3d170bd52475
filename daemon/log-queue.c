// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/log-queue.h"

typedef struct
{
  gpointer item;
  guint64 lost; /* so many were dropped just before it */
} Slot;

struct _OhLogQueue
{
  const OhLogQueueFuncs *funcs;
  gpointer user_data;
  GThread *thread;

  GMutex lock; /* of all that follows */
  GCond filled, emptied;
  Slot *slots; /* a ring */
  guint room, first, n;
  guint64 lost; /* dropped since the last push that found room */
  gboolean sending, closing;
};

static gboolean
is_empty (OhLogQueue *queue)
{
  return queue->n == 0 && queue->lost == 0;
}

/* With the lock held. FALSE: the thread's work is done. */
static gboolean
wait_for_slot (OhLogQueue *queue, Slot *ret_slot)
{
  while (is_empty (queue) && !queue->closing)
    g_cond_wait (&queue->filled, &queue->lock);
  if (is_empty (queue))
    return FALSE;
  if (queue->n == 0) /* nothing was pushed since */
    {
      *ret_slot = (Slot){ .lost = queue->lost };
      queue->lost = 0;
      return TRUE;
    }
  *ret_slot = queue->slots[queue->first];
  queue->first = (queue->first + 1) % queue->room;
  queue->n--;
  return TRUE;
}

static gpointer
run (gpointer user_data)
{
  OhLogQueue *queue = user_data;
  Slot slot;

  g_mutex_lock (&queue->lock);
  while (wait_for_slot (queue, &slot))
    {
      queue->sending = TRUE;
      g_mutex_unlock (&queue->lock);
      if (slot.lost > 0)
        queue->funcs->lost (slot.lost, queue->user_data);
      if (slot.item != NULL)
        queue->funcs->send (slot.item, queue->user_data);
      g_mutex_lock (&queue->lock);
      queue->sending = FALSE;
      if (is_empty (queue))
        g_cond_broadcast (&queue->emptied);
    }
  g_mutex_unlock (&queue->lock);
  return NULL;
}

OhLogQueue *
oh_log_queue_new (guint room, const OhLogQueueFuncs *funcs, gpointer user_data)
{
  OhLogQueue *queue = g_new0 (OhLogQueue, 1);

  queue->funcs = funcs;
  queue->user_data = user_data;
  queue->room = room;
  queue->slots = g_new0 (Slot, room);
  g_mutex_init (&queue->lock);
  g_cond_init (&queue->filled);
  g_cond_init (&queue->emptied);
  queue->thread = g_thread_new ("log", run, queue);
  return queue;
}

gboolean
oh_log_queue_push (OhLogQueue *queue, gpointer item)
{
  gboolean fits;

  g_mutex_lock (&queue->lock);
  fits = queue->n < queue->room;
  if (fits)
    {
      queue->slots[(queue->first + queue->n++) % queue->room] = (Slot){ item, queue->lost };
      queue->lost = 0;
      g_cond_signal (&queue->filled);
    }
  else
    queue->lost++;
  g_mutex_unlock (&queue->lock);
  if (!fits)
    queue->funcs->drop (item);
  return fits;
}

gboolean
oh_log_queue_flush (OhLogQueue *queue, guint limit_ms)
{
  gint64 end = g_get_monotonic_time () + (gint64)limit_ms * 1000;
  gboolean in_time = TRUE;

  g_mutex_lock (&queue->lock);
  while (in_time && (queue->sending || !is_empty (queue)))
    in_time = g_cond_wait_until (&queue->emptied, &queue->lock, end);
  g_mutex_unlock (&queue->lock);
  return in_time;
}

gboolean
oh_log_queue_free (OhLogQueue *queue, guint limit_ms)
{
  if (!oh_log_queue_flush (queue, limit_ms))
    return FALSE;
  g_mutex_lock (&queue->lock);
  queue->closing = TRUE;
  g_cond_signal (&queue->filled);
  g_mutex_unlock (&queue->lock);
  g_thread_join (queue->thread);
  g_mutex_clear (&queue->lock);
  g_cond_clear (&queue->filled);
  g_cond_clear (&queue->emptied);
  g_free (queue->slots);
  g_free (queue);
  return TRUE;
}
