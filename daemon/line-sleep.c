// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/error.h"
#include "daemon/line-private.h"

/* A line while the machine sleeps (design §6). */

static void
set_dozing (OhLine *self, gboolean dozing)
{
  self->dozing = dozing;
  oh_modem_set_dozing (self->modem, dozing);
}

void
oh_line_sleep (OhLine *self, gboolean survives)
{
  if (self->modem == NULL || self->asleep)
    return;
  g_clear_handle_id (&self->wake, g_source_remove);
  set_dozing (self, TRUE);
  if (survives || !(oh_modem_is_open (self->modem) || oh_modem_is_opening (self->modem)))
    return;
  self->asleep = TRUE; /* whoever is told now does not open it */
  oh_line_fail_requests (self, OH_ERROR_NO_DEVICE, "The machine goes to sleep");
  oh_modem_sleep (self->modem);
  oh_line_rest (self);
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

/* What waited to be read is; a port that was lost has said so. */
static gboolean
on_awake (gpointer user_data)
{
  OhLine *self = user_data;

  self->wake = 0;
  set_dozing (self, FALSE);
  if (self->asleep)
    {
      self->wake = g_timeout_add (self->bus->limits->wake_ms, on_not_back, self);
      oh_line_begin_again (self);
    }
  else
    oh_modem_wake (self->modem);
  return G_SOURCE_REMOVE;
}

void
oh_line_wake (OhLine *self)
{
  if (self->modem == NULL)
    return;
  g_clear_handle_id (&self->wake, g_source_remove);
  self->wake = g_idle_add (on_awake, self);
}
