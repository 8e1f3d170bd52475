// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/drivers/v253-ring.h"

#include <string.h>

#include "daemon/error.h"

/* Landline voice modems (V.253, IS-101). One call at a time. There is no list of calls: RING is the
 * truth, and what the far end does is heard only as <DLE> codes inside voice receive, which
 * therefore runs for the whole call. */

#define DIAL_LIMIT_MS 90000 /* S7 is 60 s, and dialling takes its time */
#define DLE_ETX 0x03

static const char *const features[] = { "dial", "answer", "drop", "digits", "caller-id", NULL };

static void
receive_voice (OhModem *modem)
{
  static const OhCommand how = { .tries = 2, .flags = OH_COMMAND_STREAM };

  oh_modem_send (modem, "AT+VRX", &how);
}

static void
take_connected (OhModem *modem, gboolean unconfirmed)
{
  OhLandline *self = oh_modem_get_state (modem);

  g_clear_handle_id (&self->ring_timer, g_source_remove);
  self->unconfirmed = unconfirmed;
  self->answering = FALSE;
  self->receiving = TRUE;
  receive_voice (modem);
  oh_landline_emit_state (modem, OH_CALL_CONNECTED, OH_REASON_NONE, OH_ENDED_BY_NOBODY);
}

static void
on_on_hook (const OhReply *reply, gpointer user_data)
{
  g_autoptr (OhJob) job = user_data;
  OhLandline *self = oh_modem_get_state (job->modem);

  if (reply->error != NULL)
    {
      /* Mute: whether the line was let go is not known. The ladder has no further step. */
      g_autoptr (OhRequest) drop = self->call == job->call ? g_steal_pointer (&self->drop) : NULL;

      self->dropping = FALSE;
      if (drop != NULL)
        oh_request_fail_with (drop, reply->error);
      return;
    }
  if (self->call != job->call)
    return;
  if (self->state == OH_CALL_DISCONNECTED)
    oh_landline_end_call (job->modem, OH_REASON_NONE, OH_ENDED_BY_NOBODY); /* as it was told then */
  else
    oh_landline_end_call (job->modem, OH_REASON_LOCAL, OH_ENDED_BY_LOCAL);
}

static void
on_voice_hook (const OhReply *reply, gpointer user_data)
{
  OhJob *job = user_data;
  OhCommand how = { .func = on_on_hook, .user_data = job };

  if (reply->error == NULL && reply->result == OH_RESULT_OK)
    on_on_hook (reply, job);
  else
    oh_modem_send (job->modem, "ATH", &how);
}

/* The ladder: +VLS=0, then ATH; voice class is left in any case. */
static void
go_on_hook (OhModem *modem)
{
  static const char *const leave[] = { "AT+FCLASS=0", NULL };
  OhLandline *self = oh_modem_get_state (modem);
  OhCommand how = { .func = on_voice_hook, .user_data = oh_job_new (modem, self->call, NULL) };

  self->dropping = TRUE;
  self->receiving = FALSE;
  oh_modem_send (modem, "AT+VLS=0", &how);
  oh_modem_tell (modem, leave);
}

static void
take_far_end_gone (OhModem *modem)
{
  OhLandline *self = oh_modem_get_state (modem);
  OhReason reason = self->unconfirmed ? OH_REASON_BUSY : OH_REASON_NORMAL;

  /* The codes repeat every few seconds. */
  if (self->call == 0 || self->state != OH_CALL_CONNECTED || self->dropping)
    return;
  go_on_hook (modem);
  oh_landline_emit_state (modem, OH_CALL_DISCONNECTED, reason, OH_ENDED_BY_REMOTE);
}

static void
take_digit (OhModem *modem, char digit)
{
  OhLandline *self = oh_modem_get_state (modem);

  if (self->in_tone && self->tone_told)
    return; /* said again while the key is held */
  self->tone_told = TRUE;
  if (self->call != 0 && self->state == OH_CALL_CONNECTED)
    oh_modem_emit (modem, &(OhEvent){ .kind = OH_EVENT_DIGIT, .call = self->call, .digit = digit });
}

static void
take_voice (OhModem *modem)
{
  OhLandline *self = oh_modem_get_state (modem);

  if (self->call == 0 || !self->unconfirmed)
    return;
  self->unconfirmed = FALSE;
  oh_landline_emit_state (modem, OH_CALL_CONNECTED, OH_REASON_NONE, OH_ENDED_BY_NOBODY);
}

/* V.253 9.1.3 */
static void
v253_code (OhModem *modem, guint8 code)
{
  OhLandline *self = oh_modem_get_state (modem);

  if (code == DLE_ETX && self->receiving && self->digits_waiting == 0 && !self->looking)
    receive_voice (
        modem); /* the modem left it by itself: we would be deaf to the end of the call */
  else if (code == '/' || code == '~')
    {
      self->in_tone = code == '/';
      self->tone_told = FALSE;
    }
  else if (code != '\0' && strchr ("0123456789*#ABCD", code) != NULL)
    take_digit (modem, code);
  else if (code == 'R')
    oh_landline_take_ring (modem);
  else if (code != '\0' && strchr ("bKdl", code) != NULL)
    take_far_end_gone (modem);
  else if (code == 'v' || code == 'V')
    take_voice (modem);
}

static void
take_ringback (OhModem *modem)
{
  OhLandline *self = oh_modem_get_state (modem);

  if (self->call == 0 || self->state != OH_CALL_DIALING || self->dropping)
    return;
  self->ringback = TRUE;
  oh_landline_emit_state (modem, OH_CALL_RINGBACK, OH_REASON_NONE, OH_ENDED_BY_NOBODY);
}

static void
v253_line (OhModem *modem, const char *line)
{
  int code;

  switch (oh_lexer_classify (line, &code))
    {
    case OH_RESULT_RING:
      oh_landline_take_ring (modem);
      return;
    case OH_RESULT_RINGING:
      take_ringback (modem);
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
  if (!oh_landline_take_caller_id (modem, line))
    oh_channel_unknown (oh_modem_get_channel (modem), line);
}

static void
on_ready (const OhReply *reply, gpointer user_data)
{
  OhModem *modem = user_data;
  OhLandline *self = oh_modem_get_state (modem);

  self->ready |= reply->error == NULL;
  if (reply->error == NULL)
    oh_modem_emit (
        modem, &(OhEvent){ .kind = OH_EVENT_LINE, .line_state = OH_LINE_IN_SERVICE, .text = "" });
}

static void
on_caller_id_set (const OhReply *reply, gpointer user_data)
{
  static const char *const rockwell[] = { "AT#CID=1", NULL };

  if (reply->result == OH_RESULT_ERROR)
    oh_modem_tell (user_data, rockwell);
}

static void
v253_start (OhModem *modem)
{
  /* S7 is the time that D and A wait for the far end; settings do not survive a reset. */
  static const char *const settings[]
      = { "ATE0V1", "ATX4", "ATS0=0", "ATS7=60", "AT+FCLASS=0", NULL };
  OhLandline *self = oh_modem_get_state (modem);
  OhCommand caller_id = { .tries = 2, .func = on_caller_id_set, .user_data = modem };
  OhCommand last = { .tries = 2, .func = on_ready, .user_data = modem };

  if (self->call != 0)
    {
      /* Mute in a call: not the time for settings. */
      if (self->state == OH_CALL_DISCONNECTED && !self->dropping)
        go_on_hook (modem);
      else if (self->receiving)
        receive_voice (modem);
      return;
    }
  oh_modem_tell (modem, settings);
  oh_modem_send (modem, "AT+VCID=1", &caller_id);
  oh_modem_identify (modem, "+", NULL);
  oh_modem_send (modem, "ATE0", &last);
}

static void
v253_stop (OhModem *modem)
{
  oh_landline_forget_call (oh_modem_get_state (modem));
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

/* The call may have ended while the command waited: then nothing may go off hook any more. */
static gboolean
is_wanted (gpointer user_data)
{
  const OhJob *job = user_data;
  const OhLandline *self = oh_modem_get_state (job->modem);

  return self->call == job->call && !self->dropping;
}

static void
on_off_hook (const OhReply *reply, gpointer user_data)
{
  static const char *const on_hook[] = { "AT+VLS=0", NULL };
  g_autoptr (OhJob) job = user_data;
  OhLandline *self = oh_modem_get_state (job->modem);

  oh_modem_settle (job->request, reply);
  if (self->call != job->call)
    return;
  self->answering = FALSE;
  if (self->dropping || g_error_matches (reply->error, OH_ERROR, OH_ERROR_NO_DEVICE))
    return;
  if (reply->result == OH_RESULT_OK || reply->result == OH_RESULT_VCON)
    take_connected (job->modem, FALSE);
  else
    {
      oh_modem_tell (job->modem, on_hook); /* whatever it did of it */
      oh_landline_restart_ring_timer (job->modem);
    }
}

static void
v253_answer (OhModem *modem, guint call, OhRequest *request)
{
  static const char *const voice[] = { "AT+FCLASS=8", NULL };
  OhLandline *self = oh_modem_get_state (modem);
  OhCommand how = { .wanted = is_wanted, .func = on_off_hook };

  if (self->call != call || self->answering || self->dropping)
    {
      oh_request_fail (request, OH_ERROR_INVALID_STATE, "The call cannot be answered now");
      return;
    }
  how.user_data = oh_job_new (modem, call, request);
  self->answering = TRUE;
  g_clear_handle_id (&self->ring_timer,
                     g_source_remove); /* a call ended now would leave us off hook */
  oh_modem_tell (modem, voice);
  oh_modem_send (modem, "AT+VLS=1", &how);
}

static OhReason
reason_of (OhResult result)
{
  if (result == OH_RESULT_BUSY)
    return OH_REASON_BUSY;
  if (result == OH_RESULT_NO_ANSWER)
    return OH_REASON_NO_ANSWER;
  if (result == OH_RESULT_NO_DIALTONE)
    return OH_REASON_NO_DIALTONE;
  if (result == OH_RESULT_DELAYED || result == OH_RESULT_BLACKLISTED)
    return OH_REASON_BLOCKED;
  return OH_REASON_UNKNOWN;
}

static void
take_dial_failed (OhJob *job, const OhReply *reply)
{
  OhLandline *self = oh_modem_get_state (job->modem);
  gboolean told = oh_request_is_settled (job->request);

  if (reply->error == NULL && reply->result != OH_RESULT_BUSY
      && reply->result != OH_RESULT_NO_DIALTONE)
    oh_request_fail (job->request, OH_ERROR_FAILED, "The modem did not take it as a voice call");
  oh_modem_settle (job->request, reply);
  if (self->call != job->call || g_error_matches (reply->error, OH_ERROR, OH_ERROR_NO_DEVICE))
    return;
  if (!self->dropping)
    go_on_hook (job->modem);
  if (!told)
    oh_landline_forget_call (self);
  else if (self->drop == NULL)
    oh_landline_emit_state (job->modem, OH_CALL_DISCONNECTED, reason_of (reply->result),
                            OH_ENDED_BY_NETWORK);
}

static void
on_dialled (const OhReply *reply, gpointer user_data)
{
  g_autoptr (OhJob) job = user_data;
  OhLandline *self = oh_modem_get_state (job->modem);
  gboolean connected = reply->result == OH_RESULT_VCON || reply->result == OH_RESULT_OK;

  if (!connected || self->dropping || self->call != job->call)
    {
      take_dial_failed (job, reply);
      return;
    }
  oh_request_done (job->request);
  /* OK without ringback says only that dialling is over. */
  take_connected (job->modem, reply->result == OH_RESULT_OK && !self->ringback);
}

static void
v253_dial (OhModem *modem, guint call, const char *number, const OhDialOptions *options,
           OhRequest *request)
{
  static const char *const voice[] = { "AT+FCLASS=8", NULL };
  g_autofree char *text = g_strconcat ("ATDT", number, NULL);
  OhLandline *self = oh_modem_get_state (modem);
  OhCommand how = { .limit_ms = DIAL_LIMIT_MS, .wanted = is_wanted, .func = on_dialled };

  if (self->call != 0)
    {
      oh_request_fail (request, OH_ERROR_BUSY, "The line is still being hung up");
      return;
    }
  how.user_data = oh_job_new (modem, call, request);
  self->call = call;
  self->state = OH_CALL_DIALING;
  oh_modem_tell (modem, voice);
  oh_modem_send (modem, text, &how);
}

static void
v253_drop (OhModem *modem, guint call, OhRequest *request)
{
  OhLandline *self = oh_modem_get_state (modem);

  if (self->call != call)
    {
      oh_request_done (request);
      return;
    }
  if (self->state == OH_CALL_OFFERING && !self->answering)
    {
      oh_request_fail (request, OH_ERROR_NOT_SUPPORTED,
                       "A landline modem cannot reject a call: use Ignore");
      return;
    }
  oh_channel_abort (oh_modem_get_channel (modem));
  if (self->drop != NULL)
    {
      oh_request_join (self->drop, request);
      return;
    }
  self->drop = oh_request_ref (request);
  if (!self->dropping)
    go_on_hook (modem);
}

static void
on_digit_sent (const OhReply *reply, gpointer user_data)
{
  g_autoptr (OhJob) job = user_data;
  OhLandline *self = oh_modem_get_state (job->modem);

  oh_modem_settle (job->request, reply);
  if (self->call != job->call || self->digits_waiting == 0)
    return;
  /* Sending ended the stream; the next digit would end it again. */
  if (--self->digits_waiting == 0 && self->receiving)
    receive_voice (job->modem);
}

static void
v253_send_digit (OhModem *modem, guint call, char digit, guint duration_ms, OhRequest *request)
{
  /* V.253 8.3.1: in hundredths of a second. */
  g_autofree char *text = duration_ms > 0
                              ? g_strdup_printf ("AT+VTS={%c,%u}", digit, (duration_ms + 5) / 10)
                              : g_strdup_printf ("AT+VTS=%c", digit);
  OhLandline *self = oh_modem_get_state (modem);
  OhCommand how = { .func = on_digit_sent, .user_data = oh_job_new (modem, call, request) };

  self->digits_waiting++;
  oh_modem_send (modem, text, &how);
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
    { "ATD", on_dialled }, { "AT+VLS=1", on_off_hook },  { "AT+VLS=0", on_voice_hook },
    { "ATH", on_on_hook }, { "AT+VTS=", on_digit_sent },
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

  if (self->dropping && !attended)
    go_on_hook (modem);
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
    receive_voice (modem);
}

/* What a state that was put away has of timers, requests and commands. */
static void
forget_running (OhLandline *self)
{
  self->ring_timer = 0;
  self->looking = FALSE;
  self->drop = self->drop != NULL ? oh_request_new (NULL, NULL) : NULL;
}

static void
v253_resume (OhModem *modem)
{
  OhLandline *self = oh_modem_get_state (modem);
  gboolean attended;

  forget_running (self);
  attended = self->call != 0 && attend (modem);
  self->digits_waiting = attended && self->digits_waiting > 0;
  if (self->call != 0)
    take_up_call (modem, attended);
  else if (!self->ready)
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
  go_on_hook (modem);
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
    go_on_hook (modem);
  else if (self->state == OH_CALL_OFFERING)
    {
      self->answering = FALSE;
      oh_landline_restart_ring_timer (modem);
    }
  else if (self->state != OH_CALL_CONNECTED)
    {
      go_on_hook (modem); /* whatever became of the dialling */
      oh_landline_emit_state (modem, OH_CALL_DISCONNECTED, OH_REASON_UNKNOWN, OH_ENDED_BY_UNKNOWN);
    }
}

static void
v253_wake (OhModem *modem, gboolean reopened)
{
  OhLandline *self = oh_modem_get_state (modem);
  OhCommand listen
      = { .tries = 2, .flags = OH_COMMAND_STREAM, .func = on_listening, .user_data = modem };

  if (reopened)
    take_up_reopened (modem);
  if (self->call == 0)
    v253_start (modem);
  else if (self->state == OH_CALL_CONNECTED && self->receiving)
    {
      self->looking = TRUE;
      oh_modem_send (modem, "AT+VRX", &listen);
    }
  else if (self->state != OH_CALL_DISCONNECTED)
    oh_landline_emit_state (modem, self->state, OH_REASON_NONE, OH_ENDED_BY_NOBODY);
}

const OhDriver oh_driver_v253 = {
  .name = "v253",
  .kind = "landline",
  .dialable = "0123456789*#ABCD,W",
  .features = features,
  .state_size = sizeof (OhLandline),
  .lexer_mode = OH_LEXER_DLE,
  .probe = "AT+FCLASS=?",
  .is_mine = v253_is_mine,
  .line = v253_line,
  .code = v253_code,
  .start = v253_start,
  .resume = v253_resume,
  .wake = v253_wake,
  .stop = v253_stop,
  .dial = v253_dial,
  .answer = v253_answer,
  .drop = v253_drop,
  .send_digit = v253_send_digit,
};
