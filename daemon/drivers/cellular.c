// SPDX-License-Identifier: LGPL-2.1-or-later
#include <string.h>

#include "daemon/drivers/cellular-calls.h"
#include "daemon/error.h"

/* OhCellular modems (3GPP 27.007). The list of current calls is the truth; RING and its kin only
 * ask for a look at it. While a call is there the list is read again and again, as not every change
 * is reported; without one, never. */

#define DIAL_LIMIT_MS 65000
#define ANSWER_LIMIT_MS 20000

static const char *const features[]
    = { "dial", "answer", "drop", "reject", "digits", "caller-id", "call-list", NULL };

static OhParty
party_of_id (const OhCallerId *id)
{
  return (OhParty){ .number = id->number,
                    .name = id->name,
                    .network_time = "",
                    .number_presentation = id->number_presentation,
                    .name_presentation = id->name_presentation };
}

static void
take_ring (OhModem *modem)
{
  OhCellular *self = oh_modem_get_state (modem);
  OhCellularCall *call = oh_cellular_find_in_state (self, OH_CALL_OFFERING);

  if (call != NULL && !call->waiting)
    oh_modem_emit (modem, &(OhEvent){ .kind = OH_EVENT_RING, .call = call->id });
  else
    self->rings = 1; /* counted when the call is known */
  oh_cellular_ask_list (modem);
}

/* A report with the number needs no look at the list to be believed. */
static void
take_caller (OhModem *modem, const OhCallerId *id, gboolean waiting)
{
  OhCellular *self = oh_modem_get_state (modem);
  OhCellularCall *call = oh_cellular_find_in_state (self, OH_CALL_OFFERING);
  OhCellularCall *connected = oh_cellular_find_in_state (self, OH_CALL_CONNECTED);
  OhParty party = party_of_id (id);

  if (call == NULL && !waiting && connected != NULL && *id->number != '\0'
      && g_str_equal (connected->number, id->number))
    return; /* late, of the call that was just answered */
  if (call == NULL)
    {
      call = oh_cellular_new_call (self, oh_modem_next_call (modem));
      if (call == NULL)
        return;
      call->state = OH_CALL_OFFERING;
      call->incoming = TRUE;
      call->waiting = waiting;
      oh_cellular_emit_new (modem, call, &party);
    }
  else
    oh_modem_emit (modem, &(OhEvent){ .kind = OH_EVENT_PARTY, .call = call->id, .party = &party });
  call->numbered = TRUE;
  g_strlcpy (call->number, id->number, sizeof call->number);
  oh_cellular_ask_list (modem);
}

static void
take_end (OhModem *modem, OhReason reason, OhEndedBy by)
{
  OhCellular *self = oh_modem_get_state (modem);

  if (oh_cellular_count_calls (self) == 0)
    return;
  self->hint = reason;
  self->hint_by = by;
  oh_cellular_ask_list (modem);
}

static gboolean
take_call_line (OhModem *modem, const char *line)
{
  OhCellular *self = oh_modem_get_state (modem);
  OhCellularCall *connected = oh_cellular_find_in_state (self, OH_CALL_CONNECTED);
  gboolean voice;
  char digit = oh_digit_report_parse (line);
  OhCallerId id;

  if (g_str_has_prefix (line, "+CRING:"))
    {
      if (strstr (line, "VOICE") != NULL)
        take_ring (modem);
    }
  else if (oh_caller_id_from_clip (&id, line))
    take_caller (modem, &id, FALSE);
  else if (oh_caller_id_from_ccwa (&id, line, &voice))
    {
      if (voice)
        take_caller (modem, &id, TRUE);
    }
  else if (digit != '\0')
    {
      if (connected != NULL)
        oh_modem_emit (modem,
                       &(OhEvent){ .kind = OH_EVENT_DIGIT, .call = connected->id, .digit = digit });
    }
  else
    return FALSE;
  return TRUE;
}

static void
cellular_line (OhModem *modem, const char *line)
{
  int code;

  switch (oh_lexer_classify (line, &code))
    {
    case OH_RESULT_RING:
      take_ring (modem);
      return;
    case OH_RESULT_NO_CARRIER:
      take_end (modem, OH_REASON_NORMAL, OH_ENDED_BY_REMOTE);
      return;
    case OH_RESULT_BUSY:
      take_end (modem, OH_REASON_BUSY, OH_ENDED_BY_REMOTE);
      return;
    case OH_RESULT_NO_ANSWER:
      take_end (modem, OH_REASON_NO_ANSWER, OH_ENDED_BY_REMOTE);
      return;
    case OH_RESULT_NONE:
    case OH_RESULT_OK:
    case OH_RESULT_ERROR:
    case OH_RESULT_CME_ERROR:
    case OH_RESULT_CONNECT:
    case OH_RESULT_NO_DIALTONE:
    case OH_RESULT_VCON:
    case OH_RESULT_RINGING:
    case OH_RESULT_DELAYED:
    case OH_RESULT_BLACKLISTED:
      break;
    }
  if (!take_call_line (modem, line) && !oh_cellular_take_service_line (modem, line))
    oh_channel_unknown (oh_modem_get_channel (modem), line);
}

/* 3GPP 22.101 10.1.1: what a modem knows without a SIM. */
static void
emit_emergency (OhModem *modem)
{
  static const char *const numbers[]
      = { "112", "911", "000", "08", "110", "118", "119", "999", NULL };

  oh_modem_emit (modem, &(OhEvent){ .kind = OH_EVENT_EMERGENCY, .words = numbers });
}

static void
cellular_start (OhModem *modem)
{
  /* After the list; each may fail. COLP stays 0: else ATD is answered only by the far end. */
  static const char *const settings[] = { "AT+CMEE=1", "AT+CLIP=1", "AT+CRC=1",  "AT+CCWA=1",
                                          "AT+COLP=0", "AT+CREG=1", "AT+DDET=1", NULL };
  static const char *const first[] = { "ATE0V1", NULL };

  emit_emergency (modem);
  oh_modem_tell (modem, first);
  oh_cellular_ask_list (modem);
  oh_modem_tell (modem, settings);
  oh_cellular_start_service (modem);
  oh_modem_identify (modem, "+C");
}

static void
cellular_stop (OhModem *modem)
{
  OhCellular *self = oh_modem_get_state (modem);

  g_clear_handle_id (&self->poll, g_source_remove);
  for (guint i = 0; i < OH_CELLULAR_MAX_CALLS; i++)
    {
      g_autoptr (OhRequest) drop = g_steal_pointer (&self->calls[i].drop);

      self->calls[i].id = 0;
      if (drop != NULL)
        oh_request_fail (drop, OH_ERROR_NO_DEVICE, "The modem is gone");
    }
}

static gboolean
cellular_is_mine (const OhReply *reply)
{
  return reply->result == OH_RESULT_OK;
}

static void
on_dialled (const OhReply *reply, gpointer user_data)
{
  g_autoptr (OhJob) job = user_data;
  OhCellularCall *call = oh_cellular_find_call (oh_modem_get_state (job->modem), job->call);
  gboolean told = oh_request_is_settled (job->request);
  OhReason reason = reply->result == OH_RESULT_BUSY ? OH_REASON_BUSY : OH_REASON_UNKNOWN;
  gboolean taken = reply->result == OH_RESULT_OK || reply->result == OH_RESULT_VCON;

  if (reply->result == OH_RESULT_CONNECT)
    oh_request_fail (job->request, OH_ERROR_FAILED, "The modem did not take it as a voice call");
  oh_modem_settle (job->request, reply);
  if (call == NULL)
    return;
  if (taken)
    {
      call->taken_at = g_get_monotonic_time ();
      oh_cellular_emit_state (job->modem, call);
      oh_cellular_ask_list (job->modem);
    }
  else if (!told)
    call->id = 0;
  else if (reply->error == NULL || g_error_matches (reply->error, OH_ERROR, OH_ERROR_CANCELLED))
    oh_cellular_end_call (job->modem, call, reason, OH_ENDED_BY_NETWORK);
  else
    {
      call->taken_at = 1; /* long ago: the list has to show it, or it is over */
      oh_cellular_ask_list (job->modem);
    }
}

static void
attend_dial (OhModem *modem)
{
  OhCellular *self = oh_modem_get_state (modem);
  OhCommand how = { .func = on_dialled };

  for (guint i = 0; i < OH_CELLULAR_MAX_CALLS; i++)
    {
      const OhCellularCall *call = &self->calls[i];

      if (call->id != 0 && !call->incoming && call->taken_at == 0 && how.user_data == NULL)
        how.user_data = oh_job_new_orphan (modem, call->id);
    }
  if (how.user_data != NULL)
    oh_channel_attend (oh_modem_get_channel (modem), &how);
}

/* Whoever asked may be gone by its turn. */
static gboolean
dial_is_wanted (gpointer user_data)
{
  const OhJob *job = user_data;
  const OhCellularCall *call = oh_cellular_find_call (oh_modem_get_state (job->modem), job->call);

  return call != NULL && call->drop == NULL;
}

static gboolean
answer_is_wanted (gpointer user_data)
{
  const OhJob *job = user_data;
  const OhCellularCall *call = oh_cellular_find_call (oh_modem_get_state (job->modem), job->call);

  return dial_is_wanted (user_data) && call->state == OH_CALL_OFFERING;
}

static void
cellular_dial (OhModem *modem, guint id, const char *number, const OhDialOptions *options,
               OhRequest *request)
{
  g_autofree char *text = g_strdup_printf ("ATD%s;", number);
  OhCellularCall *call = oh_cellular_new_call (oh_modem_get_state (modem), id);
  OhCommand how = { .limit_ms = DIAL_LIMIT_MS,
                    .wanted = dial_is_wanted,
                    .func = on_dialled,
                    .user_data = oh_job_new (modem, id, request) };

  if (call != NULL)
    call->state = OH_CALL_DIALING;
  oh_modem_send (modem, text, &how);
}

static void
on_answered (const OhReply *reply, gpointer user_data)
{
  g_autoptr (OhJob) job = user_data;
  OhCellularCall *call = oh_cellular_find_call (oh_modem_get_state (job->modem), job->call);

  if (call != NULL)
    call->answering = FALSE;
  oh_modem_settle (job->request, reply);
  if (reply->error == NULL)
    oh_cellular_ask_list (job->modem); /* OK is no proof of a call */
}

static void
cellular_answer (OhModem *modem, guint id, OhRequest *request)
{
  OhCellularCall *call = oh_cellular_find_call (oh_modem_get_state (modem), id);
  OhCommand how = { .limit_ms = ANSWER_LIMIT_MS, .wanted = answer_is_wanted, .func = on_answered };

  if (call == NULL || call->answering)
    {
      oh_request_fail (request, OH_ERROR_INVALID_STATE, "The call cannot be answered now");
      return;
    }
  call->answering = TRUE;
  how.user_data = oh_job_new (modem, id, request);
  /* A waiting call is taken by holding the other (27.007 7.13). */
  oh_modem_send (modem, call->waiting ? "AT+CHLD=2" : "ATA", &how);
}

static void
on_digit_sent (const OhReply *reply, gpointer user_data)
{
  g_autoptr (OhJob) job = user_data;

  oh_modem_settle (job->request, reply);
}

static void
attend_answer (OhModem *modem)
{
  OhCellular *self = oh_modem_get_state (modem);
  OhCommand how = { .func = on_answered };

  for (guint i = 0; i < OH_CELLULAR_MAX_CALLS; i++)
    {
      if (self->calls[i].id != 0 && self->calls[i].answering && how.user_data == NULL)
        how.user_data = oh_job_new_orphan (modem, self->calls[i].id);
    }
  if (how.user_data != NULL)
    oh_channel_attend (oh_modem_get_channel (modem), &how);
}

/* An ATD or ATA that still waited for its turn: the call was not dialled, nor answered. */
static void
forget_unsent (OhModem *modem)
{
  OhCellular *self = oh_modem_get_state (modem);

  for (guint i = 0; i < OH_CELLULAR_MAX_CALLS; i++)
    {
      OhCellularCall *call = &self->calls[i];

      call->answering = FALSE;
      if (call->id != 0 && !call->incoming && call->index == 0 && call->taken_at == 0)
        oh_cellular_end_call (modem, call, OH_REASON_UNKNOWN, OH_ENDED_BY_UNKNOWN);
    }
}

static void
cellular_send_digit (OhModem *modem, guint call, char digit, guint duration_ms, OhRequest *request)
{
  g_autofree char *text = g_strdup_printf ("AT+VTS=%c", digit);
  OhCommand how = { .func = on_digit_sent, .user_data = oh_job_new (modem, call, request) };

  oh_modem_send (modem, text, &how);
}

static void
cellular_resume (OhModem *modem)
{
  OhCellular *self = oh_modem_get_state (modem);
  const char *running = oh_channel_get_running (oh_modem_get_channel (modem));

  self->poll = 0;
  self->asking = self->ask_again = FALSE;
  for (guint i = 0; i < OH_CELLULAR_MAX_CALLS; i++)
    oh_cellular_resume_drop (modem, &self->calls[i]);
  if (running != NULL && g_str_has_prefix (running, "ATD"))
    attend_dial (modem);
  else if (running != NULL && (g_str_equal (running, "ATA") || g_str_equal (running, "AT+CHLD=2")))
    attend_answer (modem);
  else
    forget_unsent (modem);
  if (!oh_cellular_service_is_known (modem))
    cellular_start (modem);
  else if (oh_cellular_count_calls (self) > 0)
    oh_cellular_ask_list (modem); /* it waits for what is in flight */
}

static void
cellular_wake (OhModem *modem, gboolean reopened)
{
  OhCellular *self = oh_modem_get_state (modem);

  if (reopened)
    {
      self->poll = 0;
      self->asking = self->ask_again = FALSE;
      for (guint i = 0; i < OH_CELLULAR_MAX_CALLS; i++)
        {
          oh_cellular_resume_drop (modem, &self->calls[i]);
          self->calls[i].misses = OH_CELLULAR_MISSES; /* each had its time to get into the list */
        }
      forget_unsent (modem);
    }
  self->found_all = FALSE;
  cellular_start (modem); /* it reads the list first */
}

const OhDriver oh_driver_cellular = {
  .name = "cellular",
  .kind = "cellular",
  .dialable = "0123456789*#+",
  .features = features,
  .state_size = sizeof (OhCellular),
  .lexer_mode = OH_LEXER_TEXT,
  .probe = "AT+CLCC",
  .is_mine = cellular_is_mine,
  .line = cellular_line,
  .start = cellular_start,
  .resume = cellular_resume,
  .wake = cellular_wake,
  .stop = cellular_stop,
  .dial = cellular_dial,
  .answer = cellular_answer,
  .drop = oh_cellular_drop,
  .send_digit = cellular_send_digit,
};
