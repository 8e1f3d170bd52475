// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <glib.h>

/* Items on their way to a thread that sends them one by one and may block for as long as it likes:
 * who pushes never waits for it. */
typedef struct _OhLogQueue OhLogQueue;

/* Called in the thread, without a lock held. */
typedef struct
{
  void (*send) (gpointer item, gpointer user_data); /* takes @item */
  void (*lost) (guint64 n, gpointer user_data);     /* so many were dropped before the next item */
  GDestroyNotify drop;
} OhLogQueueFuncs;

/* At most @room items wait, beside the one that is being sent. */
OhLogQueue *oh_log_queue_new (guint room, const OhLogQueueFuncs *funcs, gpointer user_data);

/* Takes @item; FALSE when there was no room: it is dropped and counted. From any thread. */
gboolean oh_log_queue_push (OhLogQueue *queue, gpointer item);

/* Waits until all is sent; FALSE when it is not after @limit_ms. */
gboolean oh_log_queue_flush (OhLogQueue *queue, guint limit_ms);

/* The same, and frees the queue. FALSE: the thread is stuck, and it and the queue are left alone
 * for the little time that the process has. */
gboolean oh_log_queue_free (OhLogQueue *queue, guint limit_ms);
