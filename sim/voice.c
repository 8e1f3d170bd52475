// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sim/voice.h"

#include <string.h>

#define DLE 0x10
#define ETX 0x03

#define BYTES_PER_MILLISECOND 8
#define CHUNK_MILLISECONDS 20
#define SILENCE 0x80
/* After a stop of the machine the audio goes on; it is not made up for. */
#define MOST_AT_ONCE 1600

static gboolean
on_chunk (gpointer data)
{
  OhSimVoice *self = data;
  guint64 elapsed = (guint64)(g_get_monotonic_time () - self->began);
  guint64 due = elapsed / 1000 * BYTES_PER_MILLISECOND - self->sent;
  guint8 bytes[MOST_AT_ONCE];

  self->sent += due;
  due = MIN (due, sizeof bytes);
  memset (bytes, SILENCE, due);
  oh_sim_output_send (self->modem->output, OH_SIM_OUTPUT_STREAM, bytes, due);
  return G_SOURCE_CONTINUE;
}

/* Audio runs by the wall clock, whatever the time scale: hosts count its bytes. */
const char *
oh_sim_voice_start (OhSimVoice *self, gboolean receive, gboolean transmit)
{
  self->receive = receive;
  self->transmit = transmit;
  self->after_dle = FALSE;
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
  if (transmit)
    oh_sim_modem_report (self->modem, "voice-transmit off");
}

static void
end_by_host (OhSimVoice *self)
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
      return;
    }
  self->after_dle = FALSE;
  if (byte == DLE)
    {
      /* Some hosts send DLE more than once in front of ETX; in audio a pair is one data byte. */
      self->after_dle = !self->transmit;
      return;
    }
  name = byte == ETX ? g_strdup ("<DLE><ETX>") : g_strdup_printf ("<DLE>%c", byte);
  oh_sim_modem_note_heard (self->modem, name);
  if (ends_stream (self, byte))
    end_by_host (self);
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
oh_sim_voice_send_digit (OhSimVoice *self, char digit)
{
  const char bytes[] = { DLE, '/', DLE, digit, DLE, '~' };

  if (self->receive || self->transmit)
    oh_sim_output_send (self->modem->output, OH_SIM_OUTPUT_UNSOLICITED, bytes, sizeof bytes);
}
