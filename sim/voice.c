// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sim/voice.h"

#include <string.h>

#define DLE 0x10
#define ETX 0x03
#define SUB 0x1a

#define CHUNK_MILLISECONDS 20
/* Bytes in a chunk: four times real time, however short a simulated second is. After a stop of the
 * machine the audio goes on; it is not made up for. */
#define MOST_AT_ONCE 640
/* With more than this waiting for the host, audio is lost. */
#define MOST_WAITING 16384

static void
append_pair (GByteArray *stream, guint8 sample, gboolean as_sub)
{
  static const guint8 sub[] = { DLE, SUB };
  const guint8 pair[] = { sample, sample, sample, sample };

  if (sample == DLE && as_sub)
    g_byte_array_append (stream, sub, sizeof sub);
  else
    g_byte_array_append (stream, pair, sample == DLE ? 4 : 2);
}

/* @count samples, an even number. A voice is a wave that comes by each value twice. */
static void
append_samples (OhSimVoice *self, GByteArray *stream, guint count)
{
  for (; count > 0; count -= 2)
    {
      append_pair (stream, self->speaking ? (guint8)self->phase : self->silence,
                   self->pairs_as_sub);
      self->phase = (self->phase + 8) & 0xff;
    }
}

static gboolean
on_chunk (gpointer data)
{
  OhSimVoice *self = data;
  double seconds = (double)(g_get_monotonic_time () - self->began) / G_USEC_PER_SEC;
  guint64 total = (guint64)(seconds / self->modem->clock->scale * self->rate);
  guint due = (guint)MIN (total - self->sent, MOST_AT_ONCE) & ~1U;
  gboolean was_dry = self->dry;
  g_autoptr (GByteArray) stream = g_byte_array_new ();

  if (due == 0)
    return G_SOURCE_CONTINUE;
  self->sent = total & ~(guint64)1;
  self->dry = oh_sim_output_count_waiting (self->modem->output) > MOST_WAITING;
  if (self->dry && !was_dry)
    oh_sim_modem_report (self->modem, "audio-lost");
  if (self->dry)
    return G_SOURCE_CONTINUE;
  if (was_dry)
    oh_sim_voice_send_code (self, 'o');
  append_samples (self, stream, due);
  oh_sim_output_send (self->modem->output, OH_SIM_OUTPUT_STREAM, stream->data, stream->len);
  return G_SOURCE_CONTINUE;
}

const char *
oh_sim_voice_start (OhSimVoice *self, gboolean receive, gboolean transmit)
{
  self->receive = receive;
  self->transmit = transmit;
  self->after_dle = self->dry = FALSE;
  self->taken = 0;
  self->modem->mode = OH_SIM_MODE_VOICE;
  if (receive)
    {
      self->began = g_get_monotonic_time ();
      self->sent = 0;
      self->source = g_timeout_add (CHUNK_MILLISECONDS, on_chunk, self);
      oh_sim_modem_report (self->modem, "voice-receive on");
    }
  if (transmit)
    oh_sim_modem_report (self->modem, "voice-transmit on");
  return "CONNECT";
}

void
oh_sim_voice_stop (OhSimVoice *self)
{
  gboolean receive = self->receive;
  gboolean transmit = self->transmit;

  g_clear_handle_id (&self->source, g_source_remove);
  self->receive = self->transmit = FALSE;
  if (receive)
    oh_sim_modem_report (self->modem, "voice-receive off");
  if (!transmit)
    return;
  oh_sim_modem_report (self->modem, "voice-transmit off");
  if (self->taken > 0)
    oh_sim_modem_report (self->modem, "voice-taken %" G_GUINT64_FORMAT, self->taken);
}

/* Back to command state, whoever wants it. */
void
oh_sim_voice_end (OhSimVoice *self)
{
  const guint8 end[] = { DLE, ETX };
  gboolean receive = self->receive;

  oh_sim_voice_stop (self);
  self->modem->mode = OH_SIM_MODE_COMMAND;
  if (receive)
    oh_sim_output_send (self->modem->output, OH_SIM_OUTPUT_ANSWER, end, sizeof end);
  oh_sim_modem_finish (self->modem, "OK");
}

static gboolean
ends_stream (const OhSimVoice *self, guint8 code)
{
  if (self->receive && (code == '!' || code == '^'))
    return TRUE;
  return self->transmit && code == ETX;
}

void
oh_sim_voice_take_byte (OhSimVoice *self, guint8 byte)
{
  g_autofree char *name = NULL;

  if (!self->after_dle)
    {
      self->after_dle = byte == DLE;
      self->taken += byte != DLE;
      return;
    }
  self->after_dle = FALSE;
  if (byte == DLE)
    {
      /* Some hosts send DLE more than once in front of ETX; in audio a pair is one data byte. */
      self->after_dle = !self->transmit;
      self->taken++;
      return;
    }
  name = byte == ETX ? g_strdup ("<DLE><ETX>") : g_strdup_printf ("<DLE>%c", byte);
  oh_sim_modem_note_heard (self->modem, name);
  if (ends_stream (self, byte))
    oh_sim_voice_end (self);
}

/* Seen only in a voice state: in command state nothing is ever told. */
void
oh_sim_voice_send_code (OhSimVoice *self, char code)
{
  const char bytes[] = { DLE, code };

  if (self->receive)
    oh_sim_output_send (self->modem->output, OH_SIM_OUTPUT_UNSOLICITED, bytes, sizeof bytes);
}

void
oh_sim_voice_send_digit (OhSimVoice *self, char digit, OhSimDigitStyle style)
{
  const char shielded[] = { DLE, '/', DLE, digit, DLE, '~' };
  const char simple[] = { DLE, digit };
  const char repeated[] = { DLE, '/', DLE, digit, DLE, digit, DLE, digit, DLE, '~' };
  static const gsize lengths[] = { sizeof shielded, sizeof simple, sizeof repeated };
  const char *const forms[] = { shielded, simple, repeated };

  if (self->receive || self->transmit)
    oh_sim_output_send (self->modem->output, OH_SIM_OUTPUT_UNSOLICITED, forms[style],
                        lengths[style]);
}
