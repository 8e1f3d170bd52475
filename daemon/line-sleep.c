// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/error.h"
#include "daemon/line-private.h"

/* A line while the machine sleeps (design §6). */

void
oh_line_sleep (OhLine *self, gboolean survives)
{
  if (self->modem == NULL || survives || self->asleep)
    return;
  g_clear_handle_id (&self->wake, g_source_remove);
  oh_line_fail_requests (self, OH_ERROR_NO_DEVICE, "The machine goes to sleep");
  oh_line_rest (self);
  oh_line_touch (self);
}

/* The device is not back in time. */
static gboolean
on_not_back (gpointer user_data)
{
  OhLine *self = user_data;

  self->wake = 0;
  oh_modem_forget (self->modem);
  oh_line_end_calls (self, OH_REASON_OUT_OF_ORDER);
  return G_SOURCE_REMOVE;
}

static gboolean
on_bytes_read (gpointer user_data)
{
  OhLine *self = user_data;

  self->wake = 0;
  oh_modem_wake (self->modem);
  return G_SOURCE_REMOVE;
}

void
oh_line_wake (OhLine *self)
{
  if (self->modem == NULL)
    return;
  g_clear_handle_id (&self->wake, g_source_remove);
  if (!self->asleep)
    {
      /* Behind whatever waits to be read. */
      self->wake = g_idle_add (on_bytes_read, self);
      return;
    }
  self->wake = g_timeout_add (self->bus->limits->wake_ms, on_not_back, self);
  oh_line_begin_again (self);
}
