// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/drivers/v253.h"

#include "daemon/error.h"

/* Making a call, and what is heard of the far end before it answers: results while ATD runs, <DLE>
 * codes in voice receive when the modem says OK at the end of dialling. */

#define DIAL_LIMIT_MS 90000 /* S7 is 60 s, and dialling takes its time */
/* Times of the ring time-out: nothing was heard against it, so somebody is there. */
#define CONFIRM_FACTOR 6
/* Ringback is told every 4 to 6 s: when it stays away somebody has answered. */
#define RINGBACK_REST_MS 9000

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

static gboolean
is_off_hook (const OhReply *reply)
{
  return reply->result == OH_RESULT_VCON || reply->result == OH_RESULT_OK
         || reply->result == OH_RESULT_CONNECT;
}

/* Of a call that gave way to a ring the modem may not know: what it dialled is hung up before the
 * one that rings is taken. */
static void
take_dial_failed (OhJob *job, const OhReply *reply)
{
  OhLandline *self = oh_modem_get_state (job->modem);
  gboolean told = oh_request_is_settled (job->request);

  if (reply->error == NULL && reply->result != OH_RESULT_BUSY
      && reply->result != OH_RESULT_NO_DIALTONE)
    oh_request_fail (job->request, OH_ERROR_FAILED, "The modem did not take it as a voice call");
  oh_modem_settle (job->request, reply);
  if (self->call != job->call && is_off_hook (reply))
    oh_modem_send (job->modem, "AT+VLS=0", &(OhCommand){ .flags = OH_COMMAND_FIRST });
  if (self->call != job->call || g_error_matches (reply->error, OH_ERROR, OH_ERROR_NO_DEVICE))
    return;
  if (!self->dropping)
    oh_landline_go_on_hook (job->modem);
  if (!told)
    {
      oh_landline_forget_call (self);
      oh_landline_tell_rest (job->modem);
    }
  else if (self->drop == NULL)
    oh_landline_emit_state (job->modem, OH_CALL_DISCONNECTED, reason_of (reply->result),
                            OH_ENDED_BY_NETWORK);
}

void
oh_landline_on_dialled (const OhReply *reply, gpointer user_data)
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
  oh_landline_take_connected (job->modem, reply->result == OH_RESULT_OK && !self->ringback);
}

static gboolean
is_wanted (gpointer user_data)
{
  const OhJob *job = user_data;
  const OhLandline *self = oh_modem_get_state (job->modem);

  return self->call == job->call && !self->dropping;
}

void
oh_landline_dial (OhModem *modem, guint call, const char *number, const OhDialOptions *options,
                  OhRequest *request)
{
  g_autofree char *text = g_strconcat (oh_modem_get_settings (modem)->pulse ? "ATDP" : "ATDT",
                                       number, options->partial ? ";" : NULL, NULL);
  OhLandline *self = oh_modem_get_state (modem);
  OhCommand how
      = { .limit_ms = DIAL_LIMIT_MS, .wanted = is_wanted, .func = oh_landline_on_dialled };

  if (self->call != 0)
    {
      oh_request_fail (request, OH_ERROR_BUSY, "The line is still being hung up");
      return;
    }
  how.user_data = oh_job_new (modem, call, request);
  self->call = call;
  self->state = OH_CALL_DIALING;
  self->incoming = FALSE;
  oh_landline_enter_voice (modem);
  oh_modem_send (modem, text, &how);
}

static gboolean
on_confirmed (gpointer user_data)
{
  OhLandline *self = oh_modem_get_state (user_data);

  self->progress_timer = 0;
  oh_landline_take_voice (user_data);
  return G_SOURCE_REMOVE;
}

/* It may have been answered, or given up: nobody says. */
static gboolean
on_ringback_over (gpointer user_data)
{
  OhModem *modem = user_data;
  OhLandline *self = oh_modem_get_state (modem);

  self->progress_timer = 0;
  self->unconfirmed = TRUE;
  oh_landline_emit_state (modem, OH_CALL_CONNECTED, OH_REASON_NONE, OH_ENDED_BY_NOBODY);
  oh_landline_resume_progress (modem);
  return G_SOURCE_REMOVE;
}

void
oh_landline_resume_progress (OhModem *modem)
{
  OhLandline *self = oh_modem_get_state (modem);

  guint confirm_ms = oh_landline_get_ring_timeout (modem) * CONFIRM_FACTOR;

  self->progress_timer = 0;
  if (self->call == 0 || !self->receiving)
    return;
  if (self->state == OH_CALL_RINGBACK)
    self->progress_timer = g_timeout_add (RINGBACK_REST_MS, on_ringback_over, modem);
  else if (self->state == OH_CALL_CONNECTED && self->unconfirmed)
    self->progress_timer = g_timeout_add (confirm_ms, on_confirmed, modem);
}

void
oh_landline_take_ringback (OhModem *modem)
{
  OhLandline *self = oh_modem_get_state (modem);
  gboolean unanswered = self->state == OH_CALL_CONNECTED && self->unconfirmed && !self->incoming;

  if (self->call == 0 || self->dropping)
    return;
  if (self->state == OH_CALL_DIALING || unanswered)
    {
      self->ringback = TRUE;
      self->unconfirmed = FALSE;
      oh_landline_emit_state (modem, OH_CALL_RINGBACK, OH_REASON_NONE, OH_ENDED_BY_NOBODY);
    }
  if (self->state != OH_CALL_RINGBACK || !self->receiving)
    return;
  g_clear_handle_id (&self->progress_timer, g_source_remove);
  oh_landline_resume_progress (modem);
}

/* Voice, or the battery turned round: somebody has answered. */
void
oh_landline_take_voice (OhModem *modem)
{
  OhLandline *self = oh_modem_get_state (modem);
  gboolean rings = self->state == OH_CALL_RINGBACK && self->receiving;

  if (self->call == 0 || self->dropping
      || (!rings && (self->state != OH_CALL_CONNECTED || !self->unconfirmed)))
    return;
  g_clear_handle_id (&self->progress_timer, g_source_remove);
  self->unconfirmed = FALSE;
  oh_landline_emit_state (modem, OH_CALL_CONNECTED, OH_REASON_NONE, OH_ENDED_BY_NOBODY);
}

/* Three tones before an announcement (E.180): the number is wrong, or the network is. */
void
oh_landline_take_special_tone (OhModem *modem)
{
  OhLandline *self = oh_modem_get_state (modem);
  gboolean unanswered
      = self->state == OH_CALL_RINGBACK || (self->state == OH_CALL_CONNECTED && self->unconfirmed);

  if (self->call == 0 || self->dropping || self->incoming || !unanswered)
    return;
  g_clear_handle_id (&self->progress_timer, g_source_remove);
  self->unconfirmed = FALSE;
  oh_landline_emit_state (modem, OH_CALL_SPECIAL_INFO, OH_REASON_NONE, OH_ENDED_BY_NOBODY);
}
