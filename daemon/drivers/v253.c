// SPDX-License-Identifier: LGPL-2.1-or-later
#include <string.h>

#include "daemon/at/caller-id.h"
#include "daemon/error.h"
#include "daemon/modem.h"

/* Landline voice modems (V.253, IS-101). One call at a time. There is no list of calls: RING is the
 * truth, and what the far end does is heard only as <DLE> codes inside voice receive, which
 * therefore runs for the whole call. */

#define DIAL_LIMIT_MS 90000 /* S7 is 60 s, and dialling takes its time */
#define CADENCE_FACTOR 1.5  /* of the longest silence between two rings */
#define EARLY_ID_US                                                                                \
  (10 * G_USEC_PER_SEC) /* a report older than this belongs to no ring to come                     \
                         */

typedef struct
{
  guint call; /* 0: none */
  OhCallState state;
  gboolean answering, dropping, ringback, unconfirmed, receiving;
  OhRequest *drop;
  guint digits_waiting;

  guint rings, ring_timer;
  gint64 last_ring, longest_silence;
  OhCallerId id;
  gboolean id_complete;
  gint64 id_since;

  gboolean in_tone, tone_told; /* between <DLE>/ and <DLE>~ */
} Landline;

static const char *const features[] = { "dial", "answer", "drop", "digits", "caller-id", NULL };

static void
emit_state (OhModem *modem, OhCallState state, OhReason reason, OhEndedBy ended_by)
{
  Landline *self = oh_modem_get_state (modem);

  self->state = state;
  oh_modem_emit (modem, &(OhEvent){ .kind = OH_EVENT_CALL,
                                    .call = self->call,
                                    .state = state,
                                    .reason = reason,
                                    .ended_by = ended_by,
                                    .mode = self->unconfirmed ? OH_MODE_UNCONFIRMED : 0 });
}

static void
forget_call (Landline *self)
{
  g_clear_handle_id (&self->ring_timer, g_source_remove);
  g_clear_pointer (&self->drop, oh_request_unref);
  self->call = 0;
  self->rings = 0;
  self->longest_silence = 0;
  self->answering = self->dropping = self->ringback = FALSE;
  self->unconfirmed = self->receiving = self->in_tone = FALSE;
  self->digits_waiting = 0;
  memset (&self->id, 0, sizeof self->id);
  self->id_complete = FALSE;
}

static void
end_call (OhModem *modem, OhReason reason, OhEndedBy ended_by)
{
  Landline *self = oh_modem_get_state (modem);

  if (self->call == 0)
    return;
  if (self->drop != NULL)
    oh_request_done (self->drop);
  emit_state (modem, OH_CALL_ENDED, reason, ended_by);
  forget_call (self);
}

static void
fill_party (const Landline *self, OhParty *party, char *network_time)
{
  g_snprintf (network_time, 16, "%s%s", self->id.date, self->id.time);
  *party = (OhParty){ .number = self->id.number,
                      .name = self->id.name,
                      .network_time = network_time,
                      .number_presentation = self->id.number_presentation,
                      .name_presentation = self->id.name_presentation,
                      .partial = !self->id_complete };
}

static void
emit_party (OhModem *modem)
{
  Landline *self = oh_modem_get_state (modem);
  char network_time[16];
  OhParty party;

  fill_party (self, &party, network_time);
  oh_modem_emit (modem, &(OhEvent){ .kind = OH_EVENT_PARTY, .call = self->call, .party = &party });
}

static gboolean
on_ringing_stopped (gpointer user_data)
{
  OhModem *modem = user_data;
  Landline *self = oh_modem_get_state (modem);

  self->ring_timer = 0;
  /* The caller gave up, or somebody lifted another telephone: the modem cannot tell. */
  end_call (modem, OH_REASON_UNKNOWN, OH_ENDED_BY_UNKNOWN);
  return G_SOURCE_REMOVE;
}

/* Nothing tells that ringing stopped (V.253 has no code for it). A double burst must not be taken
 * for the cadence: never less than half of the first limit. */
static void
restart_ring_timer (OhModem *modem)
{
  Landline *self = oh_modem_get_state (modem);
  guint first = oh_modem_get_settings (modem)->ring_timeout_ms;
  guint measured = self->longest_silence * CADENCE_FACTOR / 1000;

  g_clear_handle_id (&self->ring_timer, g_source_remove);
  self->ring_timer = g_timeout_add (self->rings < 2 ? first : MAX (measured, first / 2),
                                    on_ringing_stopped, modem);
}

static void
offer_call (OhModem *modem)
{
  Landline *self = oh_modem_get_state (modem);
  char network_time[16];
  OhParty party;

  if (g_get_monotonic_time () - self->id_since > EARLY_ID_US)
    memset (&self->id, 0, sizeof self->id);
  self->id_complete = self->id.number_presentation != OH_PRESENTATION_UNKNOWN
                      && self->id.name_presentation != OH_PRESENTATION_UNKNOWN;
  self->call = oh_modem_next_call (modem);
  self->state = OH_CALL_OFFERING;
  fill_party (self, &party, network_time);
  oh_modem_emit (modem, &(OhEvent){ .kind = OH_EVENT_CALL,
                                    .call = self->call,
                                    .state = OH_CALL_OFFERING,
                                    .incoming = TRUE,
                                    .party = &party });
}

static void
count_ring (OhModem *modem)
{
  Landline *self = oh_modem_get_state (modem);
  gint64 now = g_get_monotonic_time ();

  if (self->rings++ > 0)
    self->longest_silence = MAX (self->longest_silence, now - self->last_ring);
  self->last_ring = now;
  restart_ring_timer (modem);
  oh_modem_emit (modem, &(OhEvent){ .kind = OH_EVENT_RING, .call = self->call });
  if (self->rings == 2 && !self->id_complete)
    {
      self->id_complete = TRUE; /* the report comes before the second ring or not at all */
      emit_party (modem);
    }
}

static void
take_ring (OhModem *modem)
{
  Landline *self = oh_modem_get_state (modem);

  /* A ring before any answer to our dialling: the line was taken from the other side (H9). */
  if (self->state == OH_CALL_DIALING && self->call != 0 && !self->ringback)
    {
      oh_channel_abort (oh_modem_get_channel (modem));
      end_call (modem, OH_REASON_BUSY, OH_ENDED_BY_NETWORK);
    }
  if (self->call == 0)
    offer_call (modem);
  if (self->state == OH_CALL_OFFERING)
    count_ring (modem);
}

static gboolean
take_caller_id (OhModem *modem, const char *line)
{
  Landline *self = oh_modem_get_state (modem);
  OhCallerIdResult result;

  if (self->call == 0 && g_get_monotonic_time () - self->id_since > EARLY_ID_US)
    memset (&self->id, 0, sizeof self->id);
  result = oh_caller_id_take_line (&self->id, line);
  if (result == OH_CALLER_ID_NOT_MINE)
    return FALSE;
  self->id_since = g_get_monotonic_time ();
  if (result == OH_CALLER_ID_NAME && self->id.number_presentation != OH_PRESENTATION_UNKNOWN)
    self->id_complete = TRUE;
  if (result != OH_CALLER_ID_TAKEN && self->call != 0 && self->state == OH_CALL_OFFERING)
    emit_party (modem);
  return TRUE;
}

static void
receive_voice (OhModem *modem)
{
  static const OhCommand how = { .flags = OH_COMMAND_STREAM };

  oh_modem_send (modem, "AT+VRX", &how);
}

static void
take_connected (OhModem *modem, gboolean unconfirmed)
{
  Landline *self = oh_modem_get_state (modem);

  g_clear_handle_id (&self->ring_timer, g_source_remove);
  self->unconfirmed = unconfirmed;
  self->answering = FALSE;
  self->receiving = TRUE;
  receive_voice (modem);
  emit_state (modem, OH_CALL_CONNECTED, OH_REASON_NONE, OH_ENDED_BY_NOBODY);
}

static void
on_on_hook (const OhReply *reply, gpointer user_data)
{
  g_autoptr (OhJob) job = user_data;
  Landline *self = oh_modem_get_state (job->modem);

  if (reply->error != NULL)
    {
      /* Mute: whether the line was let go is not known. The ladder has no further step. */
      if (self->call == job->call && self->drop != NULL)
        oh_request_fail_with (self->drop, reply->error);
      self->dropping = FALSE;
      return;
    }
  if (self->call != job->call)
    return;
  if (self->state == OH_CALL_DISCONNECTED)
    end_call (job->modem, OH_REASON_NONE, OH_ENDED_BY_NOBODY); /* as it was told then */
  else
    end_call (job->modem, OH_REASON_LOCAL, OH_ENDED_BY_LOCAL);
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
  Landline *self = oh_modem_get_state (modem);
  OhCommand how = { .func = on_voice_hook, .user_data = oh_job_new (modem, self->call, NULL) };

  self->dropping = TRUE;
  self->receiving = FALSE;
  oh_modem_send (modem, "AT+VLS=0", &how);
  oh_modem_tell (modem, leave);
}

static void
take_far_end_gone (OhModem *modem)
{
  Landline *self = oh_modem_get_state (modem);
  OhReason reason = self->unconfirmed ? OH_REASON_BUSY : OH_REASON_NORMAL;

  /* The codes repeat every few seconds. */
  if (self->call == 0 || self->state != OH_CALL_CONNECTED || self->dropping)
    return;
  go_on_hook (modem);
  emit_state (modem, OH_CALL_DISCONNECTED, reason, OH_ENDED_BY_REMOTE);
}

static void
take_digit (OhModem *modem, char digit)
{
  Landline *self = oh_modem_get_state (modem);

  if (self->in_tone && self->tone_told)
    return; /* said again while the key is held */
  self->tone_told = TRUE;
  if (self->call != 0 && self->state == OH_CALL_CONNECTED)
    oh_modem_emit (modem, &(OhEvent){ .kind = OH_EVENT_DIGIT, .call = self->call, .digit = digit });
}

static void
take_voice (OhModem *modem)
{
  Landline *self = oh_modem_get_state (modem);

  if (self->call == 0 || !self->unconfirmed)
    return;
  self->unconfirmed = FALSE;
  emit_state (modem, OH_CALL_CONNECTED, OH_REASON_NONE, OH_ENDED_BY_NOBODY);
}

/* V.253 9.1.3 */
static void
v253_code (OhModem *modem, guint8 code)
{
  Landline *self = oh_modem_get_state (modem);

  if (code == '/' || code == '~')
    {
      self->in_tone = code == '/';
      self->tone_told = FALSE;
    }
  else if (code != '\0' && strchr ("0123456789*#ABCD", code) != NULL)
    take_digit (modem, code);
  else if (code == 'R')
    take_ring (modem);
  else if (code != '\0' && strchr ("bKdl", code) != NULL)
    take_far_end_gone (modem);
  else if (code == 'v' || code == 'V')
    take_voice (modem);
}

static void
take_ringback (OhModem *modem)
{
  Landline *self = oh_modem_get_state (modem);

  if (self->call == 0 || self->state != OH_CALL_DIALING || self->dropping)
    return;
  self->ringback = TRUE;
  emit_state (modem, OH_CALL_RINGBACK, OH_REASON_NONE, OH_ENDED_BY_NOBODY);
}

static void
v253_line (OhModem *modem, const char *line)
{
  int code;

  switch (oh_lexer_classify (line, &code))
    {
    case OH_RESULT_RING:
      take_ring (modem);
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
  if (!take_caller_id (modem, line))
    oh_channel_unknown (oh_modem_get_channel (modem), line);
}

static void
on_ready (const OhReply *reply, gpointer user_data)
{
  OhModem *modem = user_data;

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
  Landline *self = oh_modem_get_state (modem);
  OhCommand caller_id = { .tries = 2, .func = on_caller_id_set, .user_data = modem };
  OhCommand last = { .tries = 2, .func = on_ready, .user_data = modem };

  if (self->call != 0)
    {
      if (self->receiving)
        receive_voice (modem); /* mute in a call: not the time for settings */
      return;
    }
  oh_modem_tell (modem, settings);
  oh_modem_send (modem, "AT+VCID=1", &caller_id);
  oh_modem_identify (modem, "+");
  oh_modem_send (modem, "ATE0", &last);
}

static void
v253_stop (OhModem *modem)
{
  forget_call (oh_modem_get_state (modem));
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

static void
on_off_hook (const OhReply *reply, gpointer user_data)
{
  g_autoptr (OhJob) job = user_data;
  Landline *self = oh_modem_get_state (job->modem);

  self->answering = FALSE;
  oh_modem_settle (job->request, reply);
  if (self->call != job->call)
    return;
  if (reply->result == OH_RESULT_OK || reply->result == OH_RESULT_VCON)
    take_connected (job->modem, FALSE);
  else if (!g_error_matches (reply->error, OH_ERROR, OH_ERROR_NO_DEVICE))
    restart_ring_timer (job->modem);
}

static void
v253_answer (OhModem *modem, guint call, OhRequest *request)
{
  static const char *const voice[] = { "AT+FCLASS=8", NULL };
  Landline *self = oh_modem_get_state (modem);
  OhCommand how = { .func = on_off_hook, .user_data = oh_job_new (modem, call, request) };

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
  Landline *self = oh_modem_get_state (job->modem);
  gboolean told = oh_request_is_settled (job->request);

  oh_modem_settle (job->request, reply);
  if (self->call != job->call || g_error_matches (reply->error, OH_ERROR, OH_ERROR_NO_DEVICE))
    return;
  if (!self->dropping)
    go_on_hook (job->modem);
  if (!told)
    forget_call (self);
  else if (self->drop == NULL)
    emit_state (job->modem, OH_CALL_DISCONNECTED, reason_of (reply->result), OH_ENDED_BY_NETWORK);
}

static void
on_dialled (const OhReply *reply, gpointer user_data)
{
  g_autoptr (OhJob) job = user_data;
  Landline *self = oh_modem_get_state (job->modem);
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
v253_dial (OhModem *modem, guint call, const char *number, OhRequest *request)
{
  static const char *const voice[] = { "AT+FCLASS=8", NULL };
  g_autofree char *text = g_strconcat ("ATDT", number, NULL);
  Landline *self = oh_modem_get_state (modem);
  OhCommand how = { .limit_ms = DIAL_LIMIT_MS,
                    .func = on_dialled,
                    .user_data = oh_job_new (modem, call, request) };

  self->call = call;
  self->state = OH_CALL_DIALING;
  oh_modem_tell (modem, voice);
  oh_modem_send (modem, text, &how);
}

static void
v253_drop (OhModem *modem, guint call, OhRequest *request)
{
  Landline *self = oh_modem_get_state (modem);

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
  if (self->drop == NULL)
    self->drop = oh_request_ref (request);
  oh_channel_abort (oh_modem_get_channel (modem));
  if (!self->dropping)
    go_on_hook (modem);
}

static void
on_digit_sent (const OhReply *reply, gpointer user_data)
{
  g_autoptr (OhJob) job = user_data;
  Landline *self = oh_modem_get_state (job->modem);

  oh_modem_settle (job->request, reply);
  if (self->call != job->call || self->digits_waiting == 0)
    return;
  /* Sending ended the stream; the next digit would end it again. */
  if (--self->digits_waiting == 0 && self->receiving && reply->error == NULL)
    receive_voice (job->modem);
}

static void
v253_send_digit (OhModem *modem, guint call, char digit, OhRequest *request)
{
  g_autofree char *text = g_strdup_printf ("AT+VTS=%c", digit);
  Landline *self = oh_modem_get_state (modem);
  OhCommand how = { .func = on_digit_sent, .user_data = oh_job_new (modem, call, request) };

  self->digits_waiting++;
  oh_modem_send (modem, text, &how);
}

const OhDriver oh_driver_v253 = {
  .name = "v253",
  .kind = "landline",
  .dialable = "0123456789*#ABCD,W",
  .features = features,
  .state_size = sizeof (Landline),
  .lexer_mode = OH_LEXER_DLE,
  .probe = "AT+FCLASS=?",
  .is_mine = v253_is_mine,
  .line = v253_line,
  .code = v253_code,
  .start = v253_start,
  .stop = v253_stop,
  .dial = v253_dial,
  .answer = v253_answer,
  .drop = v253_drop,
  .send_digit = v253_send_digit,
};
