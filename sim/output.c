// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sim/output.h"

#include <glib-unix.h>

#include "sim/clock.h"

#define QUEUE_LIMIT 65536
/* With more than this waiting, pieces no longer wait for the host to read the one before. */
#define PACED_LIMIT 1024

typedef struct
{
  gint64 due; /* monotonic microseconds */
  OhSimOutputKind kind;
  GBytes *bytes;
} OhSimAnswer;

struct _OhSimOutput
{
  OhSimPty *pty;
  OhSimFaults *faults;
  const OhSimOutputWatch *watch;
  gpointer data;

  GQueue answers; /* of OhSimAnswer */
  OhSimTimer due;
  GByteArray *turn; /* of this turn of the main loop, to go out as one */
  OhSimTimer turn_end;
  GByteArray *queue; /* not taken by the terminal yet */
  guint writable;
  OhSimTimer next_piece;
  guint64 dropped;
};

static void pump (OhSimOutput *self);

static gboolean
on_writable (int fd, GIOCondition condition, gpointer data)
{
  OhSimOutput *self = data;

  self->writable = 0;
  pump (self);
  return G_SOURCE_REMOVE;
}

static void
on_next_piece (gpointer data)
{
  pump (data);
}

static void
report_drained (OhSimOutput *self)
{
  guint64 dropped = self->dropped;

  self->dropped = 0;
  if (dropped > 0)
    self->watch->drained (dropped, self->data);
}

/* Writes what the terminal takes; in pieces, one a turn, when they are to be split. */
static void
pump (OhSimOutput *self)
{
  guint split = self->faults->split;
  gsize length = self->queue->len;
  gsize written;

  if (split > 0)
    length = MIN (length, split);
  written = oh_sim_pty_write (self->pty, self->queue->data, length);
  if (written > 0)
    g_byte_array_remove_range (self->queue, 0, (guint)written);
  if (self->queue->len == 0)
    report_drained (self);
  else if (written < length)
    self->writable = g_unix_fd_add (oh_sim_pty_get_fd (self->pty), G_IO_OUT, on_writable, self);
  else
    oh_sim_timer_start_unscaled (&self->next_piece, self->queue->len <= PACED_LIMIT ? 1 : 0,
                                 on_next_piece, self);
}

static void
enqueue (OhSimOutput *self, const guint8 *bytes, gsize length)
{
  if (!oh_sim_pty_is_open (self->pty) || length == 0)
    return;
  if (self->queue->len + length > QUEUE_LIMIT)
    {
      if (self->dropped == 0)
        self->watch->overflow (self->data);
      self->dropped += length;
      return;
    }
  g_byte_array_append (self->queue, bytes, (guint)length);
  if (self->writable == 0 && !oh_sim_timer_is_running (&self->next_piece))
    pump (self);
}

static void
on_turn_end (gpointer data)
{
  OhSimOutput *self = data;

  enqueue (self, self->turn->data, self->turn->len);
  g_byte_array_set_size (self->turn, 0);
}

static void
deliver (OhSimOutput *self, OhSimOutputKind kind, GBytes *content)
{
  gsize length;
  g_autofree guint8 *bytes
      = g_memdup2 (g_bytes_get_data (content, NULL), g_bytes_get_size (content));

  if (self->faults->mute && kind != OH_SIM_OUTPUT_RAW)
    return;
  length = oh_sim_faults_lose (&self->faults->lose, bytes, g_bytes_get_size (content));
  if (length > 0 && oh_sim_pty_is_open (self->pty))
    self->watch->trace (bytes, length, kind, self->data);
  if (!self->faults->merge && self->turn->len == 0)
    {
      enqueue (self, bytes, length);
      return;
    }
  g_byte_array_append (self->turn, bytes, (guint)length);
  if (!oh_sim_timer_is_running (&self->turn_end))
    oh_sim_timer_start_unscaled (&self->turn_end, 0, on_turn_end, self);
}

static void
free_answer (gpointer data)
{
  OhSimAnswer *answer = data;

  g_bytes_unref (answer->bytes);
  g_free (answer);
}

static void
on_due (gpointer data)
{
  OhSimOutput *self = data;
  gint64 now = g_get_monotonic_time ();
  OhSimAnswer *head;

  while ((head = g_queue_peek_head (&self->answers)) != NULL && head->due <= now)
    {
      g_queue_pop_head (&self->answers);
      deliver (self, head->kind, head->bytes);
      free_answer (head);
    }
  if (head != NULL)
    oh_sim_timer_start_unscaled (&self->due, (guint)((head->due - now + 999) / 1000), on_due, self);
}

static void
defer (OhSimOutput *self, OhSimOutputKind kind, GBytes *content, guint delay)
{
  OhSimAnswer *answer = g_new0 (OhSimAnswer, 1);

  answer->due = g_get_monotonic_time () + (gint64)delay * 1000;
  answer->kind = kind;
  answer->bytes = g_bytes_ref (content);
  g_queue_push_tail (&self->answers, answer);
  if (!oh_sim_timer_is_running (&self->due))
    oh_sim_timer_start_unscaled (&self->due, delay, on_due, self);
}

OhSimOutput *
oh_sim_output_new (OhSimPty *pty, OhSimFaults *faults, const OhSimOutputWatch *watch, gpointer data)
{
  OhSimOutput *self = g_new0 (OhSimOutput, 1);

  self->pty = pty;
  self->faults = faults;
  self->watch = watch;
  self->data = data;
  self->turn = g_byte_array_new ();
  self->queue = g_byte_array_new ();
  return self;
}

void
oh_sim_output_send (OhSimOutput *self, OhSimOutputKind kind, const void *bytes, gsize length)
{
  g_autoptr (GBytes) content = g_bytes_new (bytes, length);
  guint delay = kind == OH_SIM_OUTPUT_ANSWER ? self->faults->delay : 0;
  gboolean in_order = kind == OH_SIM_OUTPUT_ANSWER || kind == OH_SIM_OUTPUT_STREAM;

  if (delay > 0 || (in_order && self->answers.length > 0))
    defer (self, kind, content, delay);
  else
    deliver (self, kind, content);
}

/* Bytes that the host has not read. */
gsize
oh_sim_output_count_waiting (const OhSimOutput *self)
{
  return self->queue->len;
}

/* Forgets all that has not been written. */
void
oh_sim_output_clear (OhSimOutput *self)
{
  oh_sim_timer_stop (&self->due);
  oh_sim_timer_stop (&self->turn_end);
  oh_sim_timer_stop (&self->next_piece);
  g_clear_handle_id (&self->writable, g_source_remove);
  g_queue_clear_full (&self->answers, free_answer);
  g_byte_array_set_size (self->turn, 0);
  g_byte_array_set_size (self->queue, 0);
  report_drained (self);
}

void
oh_sim_output_free (OhSimOutput *self)
{
  oh_sim_output_clear (self);
  g_byte_array_unref (self->turn);
  g_byte_array_unref (self->queue);
  g_free (self);
}
