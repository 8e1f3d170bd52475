// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/error.h"
#include "daemon/line-private.h"

/* A modem that does not answer: the ladder of what may help, one step after the other (design §4).
 * The first, to find the beginning of its lines again, is the channel's (channel-life.c). */

/* What is known of its calls is kept. */
static gboolean
on_reopen (gpointer user_data)
{
  OhLine *self = user_data;

  self->recovery = 0;
  oh_store_drop_fd (self->bus->store, self->id); /* else it is not closed */
  oh_modem_sleep (self->modem);
  self->n_reopens++;
  oh_line_begin (self);
  return G_SOURCE_REMOVE;
}

static void
begin_recovery (OhLine *self)
{
  if (self->step != OH_STEP_NONE)
    return;
  self->step = OH_STEP_REOPEN;
  self->mute_since = g_get_monotonic_time ();
  self->retry_ms = self->bus->limits->retry_ms;
  oh_line_set_health (self, OH_HEALTH_RECOVERING, "reopen", NULL);
  oh_line_set_state (self, OH_LINE_OUT_OF_SERVICE, "not-responding");
  oh_line_doubt_calls (self);
  /* Not from here: the channel is at work. */
  self->recovery = g_idle_add_full (G_PRIORITY_DEFAULT, on_reopen, self, NULL);
}

void
oh_line_resume_health (OhLine *self)
{
  if (g_str_equal (oh_dbus_line_get_health (OH_DBUS_LINE (self)),
                   oh_health_name (OH_HEALTH_RECOVERING)))
    begin_recovery (self);
}

void
oh_line_take_health (OhLine *self, const OhEvent *event)
{
  if (event->health == OH_HEALTH_FAILED)
    begin_recovery (self);
  else
    oh_line_set_health (self, event->health, event->text, NULL);
}

static gboolean
still_hopes (OhLine *self)
{
  gint64 mute_ms = (g_get_monotonic_time () - self->mute_since) / 1000;

  return oh_line_count_calls (self) > 0 && mute_ms < self->bus->limits->mute_ms;
}

static void
reset (OhLine *self)
{
  self->step = OH_STEP_RESET;
  self->n_resets++;
  oh_modem_forget (self->modem);
  oh_line_end_calls (self, OH_REASON_OUT_OF_ORDER); /* the modem ends them, if there are any */
  oh_line_set_health (self, OH_HEALTH_RECOVERING, "reset", NULL);
  oh_line_begin (self);
}

static void
give_up (OhLine *self, const GError *error)
{
  g_autofree char *text = NULL;

  self->step = OH_STEP_NONE;
  oh_modem_forget (self->modem);
  oh_line_end_calls (self, OH_REASON_OUT_OF_ORDER);
  oh_line_forget_modem (self);
  oh_line_set_state (self, OH_LINE_OUT_OF_SERVICE, "not-opened");
  oh_line_set_health (self, OH_HEALTH_FAILED, "not-responding",
                      oh_line_explain (self, error, &text));
  oh_line_retry_later (self);
}

void
oh_line_climb (OhLine *self, const GError *error)
{
  const OhDriver *driver = oh_modem_get_driver (self->modem);

  if (g_error_matches (error, OH_ERROR, OH_ERROR_NO_DEVICE))
    oh_line_lose_device (self);
  else if (still_hopes (self))
    oh_line_retry_later (self);
  else if (self->step == OH_STEP_REOPEN && driver != NULL && driver->reset != NULL)
    reset (self);
  else
    give_up (self, error);
}

/* For the administrator. */
const char *
oh_line_explain (OhLine *self, const GError *error, char **ret_text)
{
  const char *holder = NULL;

  if (g_error_matches (error, OH_ERROR, OH_ERROR_BUSY) && self->bus->find_holder != NULL)
    holder = self->bus->find_holder (self->device, self->bus->holder_data);
  if (holder != NULL)
    *ret_text = g_strdup_printf ("%s is in use by %s; \"offhookctl claim %s\" makes it ours",
                                 self->device, holder, self->device);
  else if (g_error_matches (error, OH_ERROR, OH_ERROR_NOT_RESPONDING)
           && oh_modem_get_driver (self->modem) != NULL
           && *oh_dbus_line_get_driver (OH_DBUS_LINE (self)) != '\0')
    *ret_text = g_strdup_printf ("%s: %s. It is tried again from time to time; unplug it and plug "
                                 "it in again, or look at its power",
                                 self->device, error->message);
  else
    *ret_text = g_strdup (error->message);
  return *ret_text;
}
