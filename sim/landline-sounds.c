// SPDX-License-Identifier: LGPL-2.1-or-later
#include <string.h>

#include "sim/landline.h"
#include "sim/words.h"

/* Seconds between two codes of a tone that lasts (IS-101 modems, as seen by hosts). */
#define BUSY_PERIOD 4
#define DIALTONE_PERIOD 3
#define CALLING_PERIOD 4
#define GHOST_AFTER 1
/* The calling tone of a fax machine: half a second of it in three and a half. */
#define FAX_ON 0.5
#define FAX_OFF 3
/* A code of this many milliseconds is as fast as it gets, however short simulated time is. */
#define SHORTEST_PERIOD 1

static gboolean
knows (const char *codes, char code)
{
  return code != '\0' && strchr (codes, code) != NULL;
}

void
oh_sim_landline_tell_code (OhSimLandline *self, char code)
{
  const char bytes[] = { 0x10, code };
  gboolean idle = knows (self->family->idle_codes, code);

  if (!knows (self->family->codes, code))
    return;
  if (self->voice.receive)
    oh_sim_voice_send_code (&self->voice, code);
  else if (idle && oh_sim_landline_is_voice_class (self)
           && self->modem->mode != OH_SIM_MODE_HANDSHAKE)
    oh_sim_output_send (self->modem->output, OH_SIM_OUTPUT_UNSOLICITED, bytes, sizeof bytes);
}

static void on_tone_tick (gpointer data);

static void
tick_after (OhSimLandline *self, double seconds)
{
  if (seconds * self->modem->clock->scale * 1000 < SHORTEST_PERIOD)
    oh_sim_timer_start_unscaled (&self->tone_tick, SHORTEST_PERIOD, on_tone_tick, self);
  else
    oh_sim_timer_start (&self->tone_tick, self->modem->clock, seconds, on_tone_tick, self);
}

static double
next_tick (OhSimLandline *self)
{
  guint burst = self->tone_period > 0 ? (guint)(FAX_ON / self->tone_period + 0.5) : 0;

  if (self->tone == 'c' && burst > 1 && self->tones % burst == 0)
    return FAX_OFF;
  return self->tone_period;
}

static void
repeat_tone (OhSimLandline *self)
{
  if (self->tone == '\0')
    return;
  oh_sim_landline_tell_code (self, self->tone);
  self->tones++;
  if (self->tone == 'r' && self->unsettled && oh_sim_landline_is_voice_class (self)
      && self->family->progress != NULL)
    oh_sim_modem_progress (self->modem, self->family->progress);
  if (self->tone_period > 0)
    tick_after (self, next_tick (self));
}

static void
on_tone_tick (gpointer data)
{
  repeat_tone (data);
}

/* What is there takes its time to be noticed. */
static void
hear_again (OhSimLandline *self)
{
  if (self->tone == '\0')
    return;
  if (self->tone_after > 0)
    tick_after (self, self->tone_after);
  else
    repeat_tone (self);
}

static void
hear_late (OhSimLandline *self, char code, double after, double period)
{
  oh_sim_timer_stop (&self->tone_tick);
  oh_sim_timer_stop (&self->tone_end);
  self->tone = code;
  self->tone_after = after;
  self->tone_period = period;
  self->tones = 0;
  self->voice.speaking = FALSE;
  hear_again (self);
}

/* Lets @code be heard each @period seconds from now on; 0 is once. */
void
oh_sim_landline_hear (OhSimLandline *self, char code, double period)
{
  hear_late (self, code, 0, period);
}

static void
on_ghost (gpointer data)
{
  oh_sim_landline_tell_code (data, 'd');
}

/* The modem begins to listen. Silence has been timed meanwhile. */
void
oh_sim_landline_listen (OhSimLandline *self)
{
  if (self->tone != 's' && self->tone != 'q')
    hear_again (self);
  if (self->family->false_dialtone && self->state == OH_SIM_LANDLINE_TALKING)
    oh_sim_timer_start (&self->ghost, self->modem->clock, GHOST_AFTER, on_ghost, self);
}

void
oh_sim_landline_stop_hearing (OhSimLandline *self)
{
  oh_sim_timer_stop (&self->tone_tick);
  oh_sim_timer_stop (&self->tone_end);
  oh_sim_timer_stop (&self->ghost);
  self->tone = '\0';
  self->voice.speaking = self->voice_heard = FALSE;
}

void
oh_sim_landline_hear_dialtone (OhSimLandline *self)
{
  oh_sim_landline_hear (self, 'd', DIALTONE_PERIOD);
}

void
oh_sim_landline_hear_ringback (OhSimLandline *self)
{
  oh_sim_landline_hear (self, 'r', oh_sim_country_get_period (self->wire.country.cadence));
}

void
oh_sim_landline_hear_busy (OhSimLandline *self)
{
  hear_late (self, 'b', self->family->busy_after, BUSY_PERIOD);
}

static double
get_silence_seconds (OhSimLandline *self)
{
  const char *threshold = strchr (oh_sim_modem_get_setting (self->modem, "+VSD"), ',');

  if (self->family->silence_after > 0)
    return self->family->silence_after;
  if (threshold != NULL)
    return g_ascii_strtod (threshold + 1, NULL) / 10;
  return oh_sim_modem_get_number (self->modem, "#VSP") / 10.0;
}

static void
hear_silence (OhSimLandline *self)
{
  char code = self->family->silence_code;
  double seconds = get_silence_seconds (self);

  if (code == '\0')
    code = self->voice_heard ? 'q' : 's';
  if (seconds > 0)
    hear_late (self, code, seconds, seconds);
  else
    oh_sim_landline_hear (self, '\0', 0);
}

/* The code of what happens once is not told again to a modem that listens later. */
static void
tell_once (OhSimLandline *self, char code)
{
  oh_sim_landline_hear (self, code, 0);
  self->tone = '\0';
}

void
oh_sim_landline_hear_sign (OhSimLandline *self, OhSimSign sign)
{
  switch (sign)
    {
    case OH_SIM_SIGN_BUSY:
      oh_sim_landline_hear_busy (self);
      break;
    case OH_SIM_SIGN_DIALTONE:
      oh_sim_landline_hear_dialtone (self);
      break;
    case OH_SIM_SIGN_LOOP:
      tell_once (self, 'l');
      break;
    case OH_SIM_SIGN_SILENCE:
      hear_silence (self);
      break;
    case OH_SIM_SIGN_NONE:
      oh_sim_landline_hear (self, '\0', 0);
      break;
    }
}

static void
hear_voice (OhSimLandline *self)
{
  tell_once (self, knows (self->family->codes, 'V') ? 'V' : 'v');
  self->voice.speaking = self->voice_heard = TRUE;
}

static const struct
{
  const char *name;
  char code;
  double period; /* 0: told once */
} sounds[] = {
  { "dial", 'd', DIALTONE_PERIOD },
  { "busy", 'b', BUSY_PERIOD },
  { "reorder", 'K', BUSY_PERIOD },
  { "ringback", 'r', 0 },
  { "fax", 'c', CALLING_PERIOD },
  { "data", 'e', CALLING_PERIOD },
  { "answer", 'a', CALLING_PERIOD },
  { "data-answer", 'f', CALLING_PERIOD },
  { "tdd", 't', CALLING_PERIOD },
  { "sit", 'J', 0 },
  { "bong", '$', 0 },
  { "silence", 's', 0 },
  { "voice", 'V', 0 },
  { "none", '\0', 0 },
};

static void
on_tone_end (gpointer data)
{
  oh_sim_landline_hear (data, '\0', 0);
}

static void
play (OhSimLandline *self, char code, double period)
{
  switch (code)
    {
    case 'b':
      oh_sim_landline_hear_busy (self);
      break;
    case 'r':
      oh_sim_landline_hear_ringback (self);
      break;
    case 's':
      hear_silence (self);
      break;
    case 'V':
      hear_voice (self);
      break;
    case 'c':
      oh_sim_landline_hear (self, code,
                            self->family->fax_period > 0 ? self->family->fax_period : period);
      break;
    case 'K':
      hear_late (self, self->family->reorder, self->family->busy_after, period);
      break;
    default:
      if (period > 0 || code == '\0')
        oh_sim_landline_hear (self, code, period);
      else
        tell_once (self, code);
      break;
    }
}

/* A sound for @seconds, or until the next one. */
gboolean
oh_sim_landline_play (OhSimLandline *self, const char *sound, double seconds, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (sounds); i++)
    {
      if (!g_str_equal (sounds[i].name, sound))
        continue;
      if (!self->off_hook)
        return oh_sim_landline_fail (error, "the modem is on hook");
      play (self, sounds[i].code, sounds[i].period);
      if (seconds > 0)
        oh_sim_timer_start (&self->tone_end, self->modem->clock, seconds, on_tone_end, self);
      return TRUE;
    }
  g_set_error (error, OH_SIM_ERROR, OH_SIM_ERROR_SYNTAX, "'%s' is no sound", sound);
  return FALSE;
}
