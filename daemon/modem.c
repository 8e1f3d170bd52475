// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/modem-private.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "daemon/error.h"
#include "daemon/modem-build.h"

OhModem *
oh_modem_new (const OhDriver *driver, const OhModemSettings *settings, const OhModemFuncs *funcs,
              gpointer user_data)
{
  OhModem *modem = g_new0 (OhModem, 1);

  modem->driver = driver;
  modem->settings = *settings;
  modem->funcs = funcs;
  modem->user_data = user_data;
  return modem;
}

void
oh_modem_free (OhModem *modem)
{
  oh_modem_close (modem);
  oh_modem_forget (modem);
  g_free (modem);
}

static void
emit_health (OhModem *modem, OhHealthState health, const char *reason)
{
  oh_modem_emit (modem, &(OhEvent){ .kind = OH_EVENT_HEALTH, .health = health, .text = reason });
}

static void
on_line (const char *line, gpointer user_data)
{
  OhModem *modem = user_data;

  if (modem->started)
    modem->driver->line (modem, line);
}

static void
on_code (guint8 code, gpointer user_data)
{
  OhModem *modem = user_data;

  if (modem->started && modem->driver->code != NULL)
    modem->driver->code (modem, code);
}

static void
on_health (OhChannelHealth health, gpointer user_data)
{
  OhModem *modem = user_data;

  if (modem->opening != NULL)
    return; /* that tells by itself how it went */
  switch (health)
    {
    case OH_CHANNEL_LATE:
      emit_health (modem, OH_HEALTH_SUSPECT, "timeout");
      break;
    case OH_CHANNEL_SILENT:
      modem->was_mute = TRUE; /* whatever it did, it is not what it was told to do */
      emit_health (modem, OH_HEALTH_SUSPECT, "silent");
      break;
    case OH_CHANNEL_MUTE:
      modem->was_mute = TRUE;
      emit_health (modem, OH_HEALTH_FAILED, "not-responding");
      break;
    case OH_CHANNEL_ANSWERS:
      emit_health (modem, OH_HEALTH_HEALTHY, "");
      /* It may have been reset meanwhile: tell it everything again. */
      if (modem->was_mute && modem->started)
        modem->driver->start (modem);
      modem->was_mute = FALSE;
      break;
    }
}

static void
on_changed (gpointer user_data)
{
  OhModem *modem = user_data;

  modem->funcs->changed (modem->user_data);
}

static void
on_lost (gpointer user_data)
{
  OhModem *modem = user_data;
  gboolean opening = modem->opening != NULL;

  /* Who waits for it to open hears of it there, and may free us. */
  if (modem->dozing)
    oh_modem_sleep (modem);
  else
    oh_modem_close (modem);
  if (!opening)
    modem->funcs->lost (modem->user_data);
}

static void
on_voice (const guint8 *samples, gsize n, gpointer user_data)
{
  OhModem *modem = user_data;

  if (modem->voice != NULL)
    modem->voice (samples, n, modem->voice_data);
}

void
oh_modem_set_voice (OhModem *modem, OhVoiceFunc func, gpointer user_data)
{
  modem->voice = func;
  modem->voice_data = user_data;
}

const OhChannelFuncs oh_modem_channel_funcs = {
  .voice = on_voice,
  .line = on_line,
  .code = on_code,
  .health = on_health,
  .changed = on_changed,
  .lost = on_lost,
};

void
oh_modem_close (OhModem *modem)
{
  g_autoptr (OhRequest) opening = g_steal_pointer (&modem->opening);
  OhChannel *channel = g_steal_pointer (&modem->channel);

  if (modem->started && modem->driver->stop != NULL)
    modem->driver->stop (modem);
  modem->started = modem->was_mute = FALSE;
  g_clear_handle_id (&modem->reset_timer, g_source_remove);
  if (channel != NULL)
    oh_channel_close (channel);
  g_clear_pointer (&modem->state, g_free);
  g_clear_pointer (&modem->port, oh_port_free);
  if (opening != NULL)
    oh_request_fail (opening, OH_ERROR_NO_DEVICE, "The modem is gone");
}

void
oh_modem_sleep (OhModem *modem)
{
  gsize size = modem->started ? modem->driver->state_size : 0;

  if (modem->started)
    {
      oh_modem_forget (modem);
      modem->kept = g_malloc0 (MAX (size, 1));
      if (size > 0)
        memcpy (modem->kept, modem->state, size);
    }
  oh_modem_close (modem);
}

void
oh_modem_set_dozing (OhModem *modem, gboolean dozing)
{
  modem->dozing = dozing;
}

void
oh_modem_forget (OhModem *modem)
{
  g_clear_pointer (&modem->kept, g_free);
}

void
oh_modem_configure (OhModem *modem, const OhModemSettings *settings)
{
  modem->settings = *settings;
  if (modem->started)
    modem->driver->start (modem);
}

void
oh_modem_set_driver (OhModem *modem, const OhDriver *driver)
{
  modem->driver = driver;
}

void
oh_modem_probe (OhModem *modem)
{
  if (modem->started && modem->channel != NULL)
    oh_channel_probe (modem->channel);
}

void
oh_modem_wake (OhModem *modem)
{
  if (modem->started && modem->driver->wake != NULL)
    modem->driver->wake (modem, FALSE);
}

static GVariant *
no_channel (void)
{
  return g_variant_new_parsed ("(@ay [], uint32 0, uint32 0, uint32 0, false, "
                               "('', int64 0, uint32 0, uint32 0, ''))");
}

GVariant *
oh_modem_save (OhModem *modem)
{
  if (!modem->started || (modem->port == NULL && modem->driver->probe != NULL))
    return NULL;
  return g_variant_new (
      "(ssu@ay@" OH_CHANNEL_TYPE ")", modem->driver->name, OH_MODEM_BUILD, modem->last_call,
      g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, modem->state, modem->driver->state_size, 1),
      modem->channel != NULL ? oh_channel_save (modem->channel) : no_channel ());
}

static gboolean
take_state (OhModem *modem, GVariant *saved)
{
  g_autoptr (GVariant) state = NULL;
  const OhDriver *driver;
  const char *name, *build;

  g_variant_get (saved, "(&s&su@ay@" OH_CHANNEL_TYPE ")", &name, &build, NULL, &state, NULL);
  driver = oh_driver_find (name);
  if (driver == NULL || (modem->driver != NULL && driver != modem->driver)
      || !g_str_equal (build, OH_MODEM_BUILD) || g_variant_get_size (state) != driver->state_size)
    return FALSE;
  modem->driver = driver;
  modem->state = g_malloc0 (MAX (driver->state_size, 1));
  if (driver->state_size > 0)
    memcpy (modem->state, g_variant_get_data (state), driver->state_size);
  g_variant_get_child (saved, 2, "u", &modem->last_call);
  return TRUE;
}

/* Takes @fd. */
static gboolean
take_port (OhModem *modem, const char *device, int fd, GVariant *saved)
{
  g_autoptr (GVariant) channel = g_variant_get_child_value (saved, 4);
  OhPort *port = oh_port_adopt (device, fd);
  int own = oh_port_dup_fd (port);

  if (own < 0)
    {
      g_warning ("%s: %s", device, g_strerror (errno));
      oh_port_free (port);
      return FALSE;
    }
  modem->port = port;
  modem->channel
      = oh_channel_restore (own, channel, &oh_modem_channel_funcs, modem, &modem->counters);
  return TRUE;
}

gboolean
oh_modem_restore (OhModem *modem, const char *device, int fd, GVariant *saved)
{
  gboolean mine = take_state (modem, saved);
  gboolean open = mine && fd >= 0 && take_port (modem, device, fd, saved);

  if (!mine && fd >= 0)
    close (fd);
  if (!mine || (!open && (fd >= 0 || modem->driver->probe != NULL)))
    {
      g_clear_pointer (&modem->state, g_free);
      return FALSE;
    }
  modem->started = TRUE;
  if (modem->driver->resume != NULL)
    modem->driver->resume (modem);
  else
    modem->driver->start (modem);
  return TRUE;
}

int
oh_modem_get_fd (OhModem *modem)
{
  return modem->port != NULL ? oh_port_get_fd (modem->port) : -1;
}

gboolean
oh_modem_is_open (OhModem *modem)
{
  return modem->started;
}

gboolean
oh_modem_is_opening (OhModem *modem)
{
  return modem->opening != NULL;
}

gboolean
oh_modem_is_stuck (OhModem *modem)
{
  return modem->channel != NULL && oh_channel_is_stuck (modem->channel);
}

const OhDriver *
oh_modem_get_driver (OhModem *modem)
{
  return modem->driver;
}

const OhChannelCounters *
oh_modem_get_counters (OhModem *modem)
{
  return &modem->counters;
}

gpointer
oh_modem_get_state (OhModem *modem)
{
  return modem->state;
}

const OhModemSettings *
oh_modem_get_settings (OhModem *modem)
{
  return &modem->settings;
}

OhChannel *
oh_modem_get_channel (OhModem *modem)
{
  return modem->channel;
}

void
oh_modem_send (OhModem *modem, const char *text, const OhCommand *how)
{
  if (modem->channel != NULL)
    {
      oh_channel_send (modem->channel, text, how);
      return;
    }
  if (how->func != NULL)
    {
      g_autoptr (GError) error = g_error_new (OH_ERROR, OH_ERROR_NO_DEVICE, "The modem is gone");

      how->func (&(OhReply){ .code = -1, .error = error }, how->user_data);
    }
}

void
oh_modem_emit (OhModem *modem, const OhEvent *event)
{
  modem->funcs->event (event, modem->user_data);
}

guint
oh_modem_next_call (OhModem *modem)
{
  return ++modem->last_call;
}

void
oh_modem_tell (OhModem *modem, const char *const *texts)
{
  static const OhCommand how = { .tries = 2 };

  for (; *texts != NULL; texts++)
    oh_modem_send (modem, *texts, &how);
}
