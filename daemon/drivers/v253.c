// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/drivers/v253.h"

#include <string.h>

#include "daemon/drivers/v253-quirks.h"
#include "daemon/error.h"

/* Landline voice modems (V.253, IS-101). There is no list of calls: RING is the truth, and what the
 * far end does is heard only as <DLE> codes inside voice receive, which therefore runs for the
 * whole call. */

#define DLE_ETX 0x03

void
oh_landline_emit_state (OhModem *modem, OhCallState state, OhReason reason, OhEndedBy ended_by)
{
  OhLandline *self = oh_modem_get_state (modem);

  self->state = state;
  oh_modem_emit (modem, &(OhEvent){ .kind = OH_EVENT_CALL,
                                    .call = self->call,
                                    .state = state,
                                    .reason = reason,
                                    .ended_by = ended_by,
                                    .mode = self->unconfirmed ? OH_MODE_UNCONFIRMED : 0 });
}

void
oh_landline_forget_call (OhLandline *self)
{
  g_clear_handle_id (&self->ring_timer, g_source_remove);
  g_clear_handle_id (&self->progress_timer, g_source_remove);
  if (self->drop != NULL)
    oh_request_fail (self->drop, OH_ERROR_NO_DEVICE, "The modem is gone");
  g_clear_pointer (&self->drop, oh_request_unref);
  self->call = 0;
  self->rings = 0;
  self->longest_silence = 0;
  self->answering = self->dropping = self->ringback = FALSE;
  self->unconfirmed = self->receiving = self->in_tone = self->looking = FALSE;
  self->incoming = self->screening = FALSE;
  self->may_refuse = 0;
  self->bursts = 0;
  self->pattern[0] = '\0';
  self->tone = 0;
  self->digits_waiting = 0;
  memset (&self->id, 0, sizeof self->id);
  self->id_complete = FALSE;
}

void
oh_landline_end_call (OhModem *modem, OhReason reason, OhEndedBy ended_by)
{
  OhLandline *self = oh_modem_get_state (modem);

  if (self->call == 0)
    return;
  if (self->drop != NULL)
    oh_request_done (self->drop);
  oh_landline_emit_state (modem, OH_CALL_ENDED, reason, ended_by);
  oh_landline_forget_call (self);
  oh_landline_tell_rest (modem);
}

/* The modem left it by itself: we would be deaf to the end of the call. */
static void
take_end_of_stream (OhModem *modem)
{
  const OhLandline *self = oh_modem_get_state (modem);

  if (self->receiving && self->digits_waiting == 0 && !self->looking)
    oh_landline_receive_voice (modem);
}

/* V.253 9.1.3: what is heard of the far end, and what that means. */
static void
take_heard (OhModem *modem, guint8 code)
{
  const OhLandline *self = oh_modem_get_state (modem);

  if (code == 'i') /* dial tone, on some */
    code = 'd';
  if (code == 'd' && oh_landline_get_quirks (self->quirks)->lies_about_dial_tone)
    return;
  oh_landline_tell_tone (modem, code);
  switch (code)
    {
    case 'b':
    case 'K':
    case 'd':
    case 'l':
      oh_landline_take_far_end_gone (modem, code);
      break;
    case 'r':
      oh_landline_take_ringback (modem);
      break;
    case 'v':
    case 'V':
    case 'L':
      oh_landline_take_flash_sign (modem);
      oh_landline_take_voice (modem);
      break;
    case 'J':
      oh_landline_take_special_tone (modem);
      break;
    case 'w':
      oh_landline_take_waiting (modem);
      break;
    }
}

static void
v253_code (OhModem *modem, guint8 code)
{
  OhLandline *self = oh_modem_get_state (modem);

  if (code == DLE_ETX)
    take_end_of_stream (modem);
  else if (code == '/' || code == '~')
    {
      self->in_tone = code == '/';
      self->tone_told = FALSE;
    }
  else if (code != '\0' && strchr ("0123456789*#ABCD", code) != NULL)
    oh_landline_take_digit (modem, code);
  else if (code == 'R')
    oh_landline_take_ring (modem, "");
  else if (code != '\0' && strchr ("HhPp", code) != NULL)
    oh_landline_take_station (modem, code);
  else
    take_heard (modem, code);
}

/* "RING", "RING A", "RING 2"; a number behind it is the caller's. */
static gboolean
take_ring_line (OhModem *modem, const char *line)
{
  if (!g_str_has_prefix (line, "RING") || line[4] == '\0' || strchr (" ;/:", line[4]) == NULL)
    return FALSE;
  if (line[4] == ' ' && strlen (line) == 6 && g_ascii_isalnum (line[5]))
    {
      oh_landline_take_ring (modem, line + 5);
      return TRUE;
    }
  oh_landline_take_ring (modem, "");
  oh_landline_take_caller_id (modem, line);
  return TRUE;
}

static void
v253_line (OhModem *modem, const char *line)
{
  int code;

  if (take_ring_line (modem, line))
    return;
  switch (oh_lexer_classify (line, &code))
    {
    case OH_RESULT_RING:
      oh_landline_take_ring (modem, "");
      return;
    case OH_RESULT_RINGING:
      oh_landline_take_ringback (modem);
      return;
    case OH_RESULT_NONE:
    case OH_RESULT_OK:
    case OH_RESULT_ERROR:
    case OH_RESULT_CME_ERROR:
    case OH_RESULT_CONNECT:
    case OH_RESULT_NO_CARRIER:
    case OH_RESULT_NO_DIALTONE:
    case OH_RESULT_BUSY:
    case OH_RESULT_NO_ANSWER:
    case OH_RESULT_VCON:
    case OH_RESULT_DELAYED:
    case OH_RESULT_BLACKLISTED:
      break;
    }
  if (!oh_landline_take_caller_id (modem, line) && !oh_landline_take_cadence (modem, line))
    oh_channel_unknown (oh_modem_get_channel (modem), line);
}

static void
v253_start (OhModem *modem)
{
  OhLandline *self = oh_modem_get_state (modem);

  if (self->loop.route == 0)
    self->loop = oh_loop_unknown;
  self->untold = TRUE;
  if (self->call == 0)
    oh_landline_tell_settings (modem);
  /* Mute in a call: not the time for settings, they follow it. */
  else if (self->state == OH_CALL_DISCONNECTED && !self->dropping)
    oh_landline_go_on_hook (modem);
  else if (self->receiving)
    oh_landline_receive_voice (modem);
}

static void
v253_stop (OhModem *modem)
{
  OhLandline *self = oh_modem_get_state (modem);

  g_clear_handle_id (&self->waiting_timer, g_source_remove);
  oh_landline_stop_settings (modem);
  self->waiting = self->wanted = 0;
  oh_landline_forget_call (self);
}

static gboolean
v253_is_mine (const OhReply *reply)
{
  for (guint i = 0; i < reply->n_lines; i++)
    {
      g_auto (GStrv) classes = g_strsplit_set (reply->lines[i], "(), ", -1);

      if (g_strv_contains ((const char *const *)classes, "8"))
        return TRUE;
    }
  return FALSE;
}

/* What the command that is in flight will say; FALSE: it is none of the call's. */
static gboolean
attend (OhModem *modem)
{
  static const struct
  {
    const char *command;
    OhReplyFunc func;
  } known[] = {
    { "ATD", oh_landline_on_dialled },        { "AT+VLS=0", oh_landline_on_voice_hook },
    { "AT+VLS=", oh_landline_on_off_hook },   { "ATH", oh_landline_on_on_hook },
    { "AT+VTS=", oh_landline_on_digit_sent },
  };
  const OhLandline *self = oh_modem_get_state (modem);
  OhChannel *channel = oh_modem_get_channel (modem);
  const char *running = oh_channel_get_running (channel);

  for (guint i = 0; i < G_N_ELEMENTS (known) && running != NULL; i++)
    {
      OhCommand how = { .func = known[i].func };

      if (!g_str_has_prefix (running, known[i].command))
        continue;
      how.user_data = oh_job_new_orphan (modem, self->call);
      oh_channel_attend (channel, &how);
      return TRUE;
    }
  return FALSE;
}

/* The part of a request that still waited for its turn is forgotten. */
static void
take_up_call (OhModem *modem, gboolean attended)
{
  OhLandline *self = oh_modem_get_state (modem);

  if ((self->dropping || self->screening) && !attended)
    oh_landline_go_on_hook (modem);
  else if (self->state == OH_CALL_DIALING && !attended)
    oh_landline_end_call (modem, OH_REASON_UNKNOWN, OH_ENDED_BY_UNKNOWN); /* it was not dialled */
  else if (self->state == OH_CALL_OFFERING && !attended)
    {
      self->answering = FALSE;
      oh_landline_restart_ring_timer (modem);
    }
  else if (self->state == OH_CALL_CONNECTED && self->receiving && !attended
           && !oh_channel_in_stream (oh_modem_get_channel (modem))
           && oh_channel_get_running (oh_modem_get_channel (modem)) == NULL)
    oh_landline_receive_voice (modem);
}

/* What a state that was put away has of timers, requests and commands. */
static void
forget_running (OhLandline *self)
{
  self->ring_timer = self->progress_timer = self->waiting_timer = self->caller_id_timer = 0;
  self->flash = NULL;
  self->looking = FALSE;
  self->drop = self->drop != NULL ? oh_request_new (NULL, NULL) : NULL;
}

static void
v253_resume (OhModem *modem)
{
  OhLandline *self = oh_modem_get_state (modem);
  gboolean attended;

  forget_running (self);
  oh_landline_resume_settings (modem);
  oh_landline_tell_loop (modem);
  oh_landline_resume_progress (modem);
  oh_landline_resume_waiting (modem);
  attended = self->call != 0 && attend (modem);
  self->digits_waiting = attended && self->digits_waiting > 0;
  if (self->call != 0)
    take_up_call (modem, attended);
  else if (self->untold)
    v253_start (modem);
}

/* A modem that was reset has let go of the line, and refuses to listen to it. */
static void
on_listening (const OhReply *reply, gpointer user_data)
{
  OhModem *modem = user_data;
  OhLandline *self = oh_modem_get_state (modem);

  self->looking = FALSE;
  if (self->call == 0 || self->state != OH_CALL_CONNECTED || self->dropping || reply->error != NULL)
    return;
  if (reply->result == OH_RESULT_CONNECT)
    {
      oh_landline_emit_state (modem, self->state, OH_REASON_NONE, OH_ENDED_BY_NOBODY);
      return;
    }
  oh_landline_go_on_hook (modem);
  oh_landline_emit_state (modem, OH_CALL_DISCONNECTED, OH_REASON_UNKNOWN, OH_ENDED_BY_UNKNOWN);
}

/* The commands that were under way went with the port. */
static void
take_up_reopened (OhModem *modem)
{
  OhLandline *self = oh_modem_get_state (modem);

  forget_running (self);
  self->digits_waiting = 0;
  if (self->call == 0)
    return;
  if (self->dropping || self->state == OH_CALL_DISCONNECTED)
    oh_landline_go_on_hook (modem);
  else if (self->state == OH_CALL_OFFERING)
    {
      self->answering = FALSE;
      oh_landline_restart_ring_timer (modem);
    }
  else if (self->state != OH_CALL_CONNECTED)
    {
      oh_landline_go_on_hook (modem); /* whatever became of the dialling */
      oh_landline_emit_state (modem, OH_CALL_DISCONNECTED, OH_REASON_UNKNOWN, OH_ENDED_BY_UNKNOWN);
    }
}

static void
v253_wake (OhModem *modem, gboolean reopened)
{
  OhLandline *self = oh_modem_get_state (modem);
  OhCommand listen
      = { .tries = 2, .flags = OH_COMMAND_STREAM, .func = on_listening, .user_data = modem };

  self->untold |= reopened;
  if (reopened)
    take_up_reopened (modem);
  if (self->call == 0)
    {
      v253_start (modem);
      return;
    }
  if (reopened)
    oh_landline_emit_in_service (modem); /* it has answered; its settings follow the call */
  if (self->state == OH_CALL_CONNECTED && self->receiving)
    {
      self->looking = TRUE;
      oh_modem_send (modem, "AT+VRX", &listen);
    }
  else if (self->state != OH_CALL_DISCONNECTED)
    oh_landline_emit_state (modem, self->state, OH_REASON_NONE, OH_ENDED_BY_NOBODY);
}

static const OhLandlineFuncs landline = {
  .set_gain = oh_landline_set_gain,
  .set_route = oh_landline_set_route,
  .flash = oh_landline_flash,
};

const OhDriver oh_driver_v253 = {
  .name = "v253",
  .kind = "landline",
  .dialable = "0123456789*#ABCD,W",
  .features = oh_landline_features,
  .state_size = sizeof (OhLandline),
  .lexer_mode = OH_LEXER_DLE,
  .reset = "ATZ",
  .probe = "AT+FCLASS=?",
  .is_mine = v253_is_mine,
  .line = v253_line,
  .code = v253_code,
  .start = v253_start,
  .resume = v253_resume,
  .wake = v253_wake,
  .stop = v253_stop,
  .dial = oh_landline_dial,
  .answer = oh_landline_answer,
  .drop = oh_landline_drop,
  .service = oh_landline_serve,
  .send_digit = oh_landline_send_digit,
  .tone = oh_landline_tone,
  .landline = &landline,
};
