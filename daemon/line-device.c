// SPDX-License-Identifier: LGPL-2.1-or-later
#include <string.h>

#include "daemon/error.h"
#include "daemon/line-private.h"

/* A line and its device: there and not there, opened and lost. */

#define RETRY_MOST_MS 60000

static void open_again (gpointer user_data);

/* One that is found by what it is, not by its node, is told by the manager. */
static void
wait_for_device (OhLine *self)
{
  if (self->watch == NULL && !self->placed)
    self->watch = oh_port_watch_new (self->device, open_again, self);
}

/* Without its device: that of its calls nothing will be known any more. */
void
oh_line_lose_device (OhLine *self)
{
  self->step = OH_STEP_NONE;
  oh_modem_forget (self->modem);
  oh_line_end_calls (self, OH_REASON_OUT_OF_ORDER);
  oh_store_drop_fd (self->bus->store, self->id);
  oh_line_forget_modem (self);
  oh_line_set_state (self, OH_LINE_ABSENT, "removed");
  oh_line_set_health (self, OH_HEALTH_FAILED, "device-lost", NULL);
  wait_for_device (self);
}

void
oh_line_on_lost (gpointer user_data)
{
  OhLine *self = user_data;

  oh_line_fail_requests (self, OH_ERROR_NO_DEVICE, "The modem is gone");
  if (self->dozing)
    oh_line_rest (self);
  else
    oh_line_lose_device (self);
}

static gboolean
on_retry (gpointer user_data)
{
  OhLine *self = user_data;

  self->retry = 0;
  open_again (self);
  return G_SOURCE_REMOVE;
}

void
oh_line_retry_later (OhLine *self)
{
  if (self->retry != 0)
    return;
  self->retry = g_timeout_add (self->retry_ms, on_retry, self);
  self->retry_ms = MIN (self->retry_ms * 2, RETRY_MOST_MS);
}

static void
on_opened (OhRequest *request, const GError *error, gpointer user_data)
{
  g_autoptr (OhLine) self = user_data;
  g_autofree char *text = NULL;

  if (self->modem == NULL || self->asleep)
    return; /* removed meanwhile; or it is opened when the machine is awake */
  if (self->moves && !oh_line_is_busy (self))
    return; /* the device that it had before */
  oh_line_show_modem (self);
  if (error == NULL)
    {
      oh_line_keep_port (self);
      self->retry_ms = self->bus->limits->retry_ms;
      if (!self->dozing)
        g_clear_handle_id (&self->wake, g_source_remove); /* it is back in time */
      g_clear_pointer (&self->watch, oh_port_watch_free);
      self->step = OH_STEP_NONE;
      oh_line_set_health (self, OH_HEALTH_HEALTHY, "", NULL);
    }
  else if (self->step != OH_STEP_NONE)
    oh_line_climb (self, error);
  else if (g_error_matches (error, OH_ERROR, OH_ERROR_NO_DEVICE))
    {
      oh_line_set_state (self, OH_LINE_ABSENT, "removed");
      wait_for_device (self);
    }
  else if (self->wake != 0)
    {
      /* Found again too early: udev has not set its rights, or the modem has just got its power. */
      oh_line_set_state (self, OH_LINE_OUT_OF_SERVICE, "sleep");
      wait_for_device (self);
      oh_line_retry_later (self);
    }
  else
    {
      oh_line_set_state (self, OH_LINE_OUT_OF_SERVICE, "not-opened");
      oh_line_set_health (self, OH_HEALTH_FAILED,
                          g_error_matches (error, OH_ERROR, OH_ERROR_BUSY) ? "busy"
                                                                           : "not-responding",
                          oh_line_explain (self, error, &text));
      oh_line_retry_later (self);
    }
}

void
oh_line_begin (OhLine *self)
{
  g_autoptr (OhRequest) request = oh_request_new (on_opened, g_object_ref (self));

  if (*self->device == '\0')
    {
      oh_request_fail (request, OH_ERROR_NO_DEVICE, "No such modem is there");
      return;
    }
  if (self->step == OH_STEP_RESET)
    oh_modem_reset (self->modem, self->device, request);
  else
    oh_line_open_device (self, request);
}

static void
open_again (gpointer user_data)
{
  OhLine *self = user_data;

  if (self->asleep || oh_modem_is_open (self->modem) || oh_modem_is_opening (self->modem))
    return;
  self->n_reopens++;
  if (self->wake == 0 && self->step == OH_STEP_NONE) /* else "sleep" is not over yet */
    oh_line_set_state (self, OH_LINE_INITIALIZING, "");
  oh_line_begin (self);
}

void
oh_line_rest (OhLine *self)
{
  self->asleep = TRUE;
  oh_store_drop_fd (self->bus->store, self->id); /* else it is not closed */
  oh_line_doubt_calls (self);
  oh_line_set_state (self, OH_LINE_OUT_OF_SERVICE, "sleep");
  oh_line_touch (self);
}

void
oh_line_begin_again (OhLine *self)
{
  self->asleep = FALSE;
  if (self->watch == NULL && self->retry == 0)
    open_again (self);
}

static void
set_device (OhLine *self, const char *device)
{
  g_free (self->device);
  self->device = g_strdup (device);
  oh_dbus_line_set_device (OH_DBUS_LINE (self), device);
  oh_line_touch (self);
}

gboolean
oh_line_has_device (OhLine *self)
{
  return self->modem != NULL
         && (oh_modem_is_open (self->modem) || oh_modem_is_opening (self->modem)
             || self->recovery != 0);
}

void
oh_line_try_now (OhLine *self)
{
  if (self->retry == 0)
    return;
  g_clear_handle_id (&self->retry, g_source_remove);
  open_again (self);
}

gboolean
oh_line_is_placed (OhLine *self)
{
  return self->placed;
}

const OhLineConfig *
oh_line_get_config (OhLine *self)
{
  return self->config;
}

void
oh_line_place (OhLine *self, const char *node)
{
  if (oh_line_has_device (self))
    return;
  set_device (self, node);
  g_clear_handle_id (&self->retry, g_source_remove);
  self->retry_ms = self->bus->limits->retry_ms;
  open_again (self);
}

/* The configuration names another device for it, or another driver. */
static gboolean
on_move (gpointer user_data)
{
  OhLine *self = user_data;
  const OhLineConfig *config = self->config;

  self->move = 0;
  if (oh_line_is_busy (self))
    return G_SOURCE_REMOVE; /* the next call came behind the last at once */
  self->step = OH_STEP_NONE;
  oh_line_fail_requests (self, OH_ERROR_NO_DEVICE, "The line gets another modem");
  oh_store_drop_fd (self->bus->store, self->id);
  oh_line_end_waiting (self);
  oh_modem_close (self->modem);
  self->moves = FALSE;
  oh_modem_forget (self->modem);
  oh_line_forget_modem (self);
  oh_modem_set_driver (self->modem, config->driver);
  self->placed = config->device == NULL;
  set_device (self, self->placed ? "" : config->device);
  oh_line_set_state (self, OH_LINE_INITIALIZING, "");
  oh_line_begin (self);
  return G_SOURCE_REMOVE;
}

void
oh_line_on_busy_changed (OhLine *self)
{
  if (self->moves && self->move == 0 && self->modem != NULL && !oh_line_is_busy (self))
    self->move = g_idle_add_full (G_PRIORITY_DEFAULT, on_move, self, NULL);
}

void
oh_line_move (OhLine *self)
{
  self->moves = TRUE; /* a call goes on with the modem that has it */
  g_clear_handle_id (&self->move, g_source_remove);
  on_move (self);
}

void
oh_line_reconfigure (OhLine *self, const OhLineConfig *config)
{
  gboolean same = oh_line_config_is_same_device (self->config, config);
  gboolean settings = memcmp (&self->settings, &config->settings, sizeof self->settings) != 0;

  oh_line_config_free (self->config);
  self->config = oh_line_config_copy (config);
  self->owner = config->owner;
  self->settings = config->settings;
  if (settings)
    oh_modem_configure (self->modem, &self->settings);
  oh_line_touch (self);
  if (!same)
    oh_line_move (self);
}

gboolean
oh_line_is_moving (OhLine *self)
{
  return self->moves;
}

void
oh_line_end_waiting (OhLine *self)
{
  g_clear_handle_id (&self->retry, g_source_remove);
  g_clear_handle_id (&self->wake, g_source_remove);
  g_clear_handle_id (&self->recovery, g_source_remove);
  g_clear_handle_id (&self->move, g_source_remove);
  g_clear_pointer (&self->watch, oh_port_watch_free);
}

void
oh_line_open_device (OhLine *self, OhRequest *request)
{
  oh_modem_open (self->modem, self->device, request);
}
