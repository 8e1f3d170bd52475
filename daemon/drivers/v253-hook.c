// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/drivers/v253.h"

#include <string.h>

#include "daemon/error.h"

#define SCREEN_MS 1200
#define MAY_REFUSE 2 /* to listen, one after the other */

/* Taking the line off hook and letting go of it. What the far end does is heard only as <DLE> codes
 * inside voice receive, which therefore runs for the whole call. */

/* One who wants it may have had it from another. */
static gboolean
is_deaf (gpointer user_data)
{
  return !oh_channel_in_stream (oh_modem_get_channel (user_data));
}

static gboolean
is_at_the_other_end (const OhLandline *self)
{
  return self->state == OH_CALL_CONNECTED || self->state == OH_CALL_HELD
         || self->state == OH_CALL_RINGBACK || self->state == OH_CALL_SPECIAL_INFO
         || self->state == OH_CALL_UNKNOWN;
}

/* A modem that could listen and cannot any more was reset, or is on hook: nothing would tell that
 * the call is over. One refusal may be to the command before; one that never could is left alone.
 */
static void
on_receiving (const OhReply *reply, gpointer user_data)
{
  OhModem *modem = user_data;
  OhLandline *self;

  if (reply->error != NULL && !g_error_matches (reply->error, OH_ERROR, OH_ERROR_TIMEOUT))
    return;
  self = oh_modem_get_state (modem);
  if (reply->result == OH_RESULT_CONNECT)
    self->may_refuse = self->call != 0 ? MAY_REFUSE : 0;
  else if (self->may_refuse == 0 || !self->receiving || !is_at_the_other_end (self))
    return;
  else if (--self->may_refuse > 0)
    oh_landline_receive_voice (modem);
  else
    {
      oh_landline_go_on_hook (modem);
      oh_landline_emit_state (modem, OH_CALL_DISCONNECTED, OH_REASON_UNKNOWN, OH_ENDED_BY_UNKNOWN);
    }
}

/* The end of a stream asks for the next one, and so does who has sent a command in it: it is told
 * once, or each of two would end what the other began, for ever. */
void
oh_landline_receive_voice (OhModem *modem)
{
  OhCommand how = { .tries = 2,
                    .flags = OH_COMMAND_STREAM,
                    .wanted = is_deaf,
                    .func = on_receiving,
                    .user_data = modem };

  oh_modem_send (modem, "AT+VRX", &how);
}

void
oh_landline_take_connected (OhModem *modem, gboolean unconfirmed)
{
  OhLandline *self = oh_modem_get_state (modem);

  g_clear_handle_id (&self->ring_timer, g_source_remove);
  self->unconfirmed = unconfirmed;
  self->answering = FALSE;
  self->receiving = TRUE;
  oh_landline_receive_voice (modem);
  oh_landline_emit_state (modem, OH_CALL_CONNECTED, OH_REASON_NONE, OH_ENDED_BY_NOBODY);
  oh_landline_resume_progress (modem);
}

/* A call that waited goes with the one that it waited for. */
static void
end_both (OhModem *modem, OhReason reason, OhEndedBy ended_by)
{
  oh_landline_forget_waiting (modem, reason, ended_by);
  oh_landline_end_call (modem, reason, ended_by);
}

/* Whether the line was let go is not known, and the ladder has no further step. A modem that is
 * mute is looked after when it is back; of one that lives what can be heard is heard again. */
static void
take_not_hung_up (OhModem *modem, gboolean lives)
{
  OhLandline *self = oh_modem_get_state (modem);

  self->screening = FALSE;
  self->receiving = self->state != OH_CALL_RINGBACK && is_at_the_other_end (self);
  if (self->state == OH_CALL_OFFERING)
    oh_landline_restart_ring_timer (modem);
  else if (lives && self->receiving)
    oh_landline_receive_voice (modem);
  else if (lives && self->state == OH_CALL_DISCONNECTED)
    end_both (modem, OH_REASON_NONE, OH_ENDED_BY_NOBODY); /* as it was told then */
  else if (lives)
    end_both (modem, OH_REASON_UNKNOWN, OH_ENDED_BY_UNKNOWN);
}

void
oh_landline_on_on_hook (const OhReply *reply, gpointer user_data)
{
  g_autoptr (OhJob) job = user_data;
  OhLandline *self = oh_modem_get_state (job->modem);

  if (reply->error != NULL)
    {
      g_autoptr (OhRequest) drop = self->call == job->call ? g_steal_pointer (&self->drop) : NULL;

      self->dropping = FALSE;
      if (drop != NULL)
        oh_request_fail_with (drop, reply->error);
      if (self->call == job->call && self->call != 0)
        take_not_hung_up (job->modem, g_error_matches (reply->error, OH_ERROR, OH_ERROR_TIMEOUT));
      return;
    }
  if (self->call != job->call)
    return;
  if (self->state == OH_CALL_DISCONNECTED)
    end_both (job->modem, OH_REASON_NONE, OH_ENDED_BY_NOBODY); /* as it was told then */
  else if (self->waiting != 0 && self->waiting_state == OH_CALL_DISCONNECTED)
    end_both (job->modem, OH_REASON_UNKNOWN, OH_ENDED_BY_UNKNOWN);
  else
    end_both (job->modem, OH_REASON_LOCAL, OH_ENDED_BY_LOCAL);
}

void
oh_landline_on_voice_hook (const OhReply *reply, gpointer user_data)
{
  OhJob *job = user_data;
  OhCommand how = { .func = oh_landline_on_on_hook, .user_data = job };

  if (reply->error == NULL && reply->result == OH_RESULT_OK)
    oh_landline_on_on_hook (reply, job);
  else
    oh_modem_send (job->modem, "ATH", &how);
}

/* The ladder: +VLS=0, then ATH; voice class is left in any case. */
void
oh_landline_go_on_hook (OhModem *modem)
{
  static const char *const leave[] = { "AT+FCLASS=0", NULL };
  OhLandline *self = oh_modem_get_state (modem);
  OhCommand how
      = { .func = oh_landline_on_voice_hook, .user_data = oh_job_new (modem, self->call, NULL) };

  self->dropping = TRUE;
  self->receiving = FALSE;
  g_clear_handle_id (&self->progress_timer, g_source_remove);
  oh_modem_send (modem, "AT+VLS=0", &how);
  oh_modem_tell (modem, leave);
}

/* Why, of a call that nobody is known to have answered. */
static OhReason
reason_of_code (guint8 code)
{
  switch (code)
    {
    case 'b':
      return OH_REASON_BUSY;
    case 'K': /* fast busy */
      return OH_REASON_CONGESTION;
    default:
      return OH_REASON_UNKNOWN;
    }
}

void
oh_landline_take_far_end_gone (OhModem *modem, guint8 code)
{
  OhLandline *self = oh_modem_get_state (modem);
  gboolean confirmed = self->state != OH_CALL_RINGBACK && !self->unconfirmed;
  OhReason reason = confirmed ? OH_REASON_NORMAL : reason_of_code (code);

  /* The codes repeat every few seconds. */
  if (self->call == 0 || !self->receiving || self->dropping || oh_landline_take_second_gone (modem)
      || !is_at_the_other_end (self))
    return;
  if (self->state == OH_CALL_SPECIAL_INFO)
    reason = OH_REASON_UNREACHABLE;
  oh_landline_go_on_hook (modem);
  oh_landline_emit_state (modem, OH_CALL_DISCONNECTED, reason,
                          confirmed ? OH_ENDED_BY_REMOTE : OH_ENDED_BY_NETWORK);
}

/* The call may have ended while the command waited: then nothing may go off hook any more. */
static gboolean
is_wanted (gpointer user_data)
{
  const OhJob *job = user_data;
  const OhLandline *self = oh_modem_get_state (job->modem);

  return self->call == job->call && !self->dropping;
}

/* So long that the exchange and the caller have noticed. */
static gboolean
on_screened (gpointer user_data)
{
  OhModem *modem = user_data;
  OhLandline *self = oh_modem_get_state (modem);

  self->progress_timer = 0;
  oh_landline_go_on_hook (modem);
  return G_SOURCE_REMOVE;
}

void
oh_landline_on_off_hook (const OhReply *reply, gpointer user_data)
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
  if (self->screening)
    self->progress_timer = g_timeout_add (SCREEN_MS, on_screened, job->modem);
  else if (reply->result == OH_RESULT_OK || reply->result == OH_RESULT_VCON)
    oh_landline_take_connected (job->modem, FALSE);
  else
    {
      oh_modem_tell (job->modem, on_hook); /* whatever it did of it */
      oh_landline_restart_ring_timer (job->modem);
    }
}

static void
go_off_hook (OhModem *modem, guint call, OhRequest *request)
{
  OhLandline *self = oh_modem_get_state (modem);
  g_autofree char *text = g_strdup_printf ("AT+VLS=%u", self->loop.route);
  OhCommand how = { .wanted = is_wanted,
                    .func = oh_landline_on_off_hook,
                    .user_data = oh_job_new (modem, call, request) };

  self->answering = TRUE;
  g_clear_handle_id (&self->ring_timer, g_source_remove); /* rings do not start it again now */
  oh_landline_enter_voice (modem);
  oh_modem_send (modem, text, &how);
}

void
oh_landline_answer (OhModem *modem, guint call, OhRequest *request)
{
  OhLandline *self = oh_modem_get_state (modem);

  if (call == self->waiting && self->waiting != 0)
    oh_landline_serve (modem, OH_SERVICE_HOLD_AND_ANSWER, call, NULL, request);
  else if (self->call != call || self->answering || self->dropping)
    oh_request_fail (request, OH_ERROR_INVALID_STATE, "The call cannot be answered now");
  else
    go_off_hook (modem, call, request);
}

/* Off hook and on again: the caller hears that somebody was there. */
static void
screen (OhModem *modem, guint call)
{
  g_autoptr (OhRequest) nobody = oh_request_new (NULL, NULL);
  OhLandline *self = oh_modem_get_state (modem);

  self->screening = TRUE;
  go_off_hook (modem, call, nobody);
}

static gboolean
is_offered (OhModem *modem, guint call)
{
  const OhLandline *self = oh_modem_get_state (modem);

  if (call == self->waiting)
    return self->waiting_state == OH_CALL_OFFERING;
  return self->state == OH_CALL_OFFERING && !self->answering;
}

/* Of two calls both: there is one pair of wires. */
void
oh_landline_drop (OhModem *modem, guint call, OhRequest *request)
{
  OhLandline *self = oh_modem_get_state (modem);
  gboolean mine = call != 0 && (call == self->call || call == self->waiting);
  gboolean offered = mine && is_offered (modem, call);

  if (!mine)
    {
      oh_request_done (request);
      return;
    }
  if (offered && (call == self->waiting || !oh_modem_get_settings (modem)->screen))
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
  if (offered)
    screen (modem, call);
  else if (!self->dropping)
    oh_landline_go_on_hook (modem);
}
