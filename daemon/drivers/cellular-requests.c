// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/drivers/cellular-calls.h"
#include "daemon/drivers/cellular-family.h"
#include "daemon/error.h"

/* What clients ask for: ATD, ATA, +CHLD, +CTFR, +VTS. The list has the last word on what came of
 * it. */

#define DIAL_LIMIT_MS 65000
#define ANSWER_LIMIT_MS 20000
#define SERVICE_LIMIT_MS 10000
#define SERVICE_LISTS 8 /* that show the calls as they were */
#define DIGIT_UNIT_MS 100

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
    oh_cellular_end_call (job->modem, call, reason, OH_ENDED_BY_UNKNOWN);
  else
    {
      call->taken_at = 1; /* long ago: the list has to show it, or it is over */
      oh_cellular_ask_list (job->modem);
    }
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

void
oh_cellular_dial (OhModem *modem, guint id, const char *number, const OhDialOptions *options,
                  OhRequest *request)
{
  static const char *const suffixes[] = { "", "I", "i" }; /* 27.007 6.2 */
  g_autofree char *text = g_strdup_printf ("ATD%s%s;", number, suffixes[options->clir]);
  OhCellularCall *call = oh_cellular_new_call (oh_modem_get_state (modem), id);
  OhCommand how = { .limit_ms = DIAL_LIMIT_MS,
                    .wanted = dial_is_wanted,
                    .func = on_dialled,
                    .user_data = oh_job_new (modem, id, request) };

  if (call != NULL)
    {
      call->state = OH_CALL_DIALING;
      g_strlcpy (call->party.number, number, sizeof call->party.number);
      call->party.number_presentation = OH_PRESENTATION_ALLOWED;
    }
  oh_modem_send (modem, text, &how);
}

/* What was to end some calls has not. */
static void
forget_ends (OhCellular *self)
{
  for (guint i = 0; i < OH_CELLULAR_MAX_CALLS; i++)
    self->calls[i].local = OH_REASON_NONE;
}

static void
on_answered (const OhReply *reply, gpointer user_data)
{
  g_autoptr (OhJob) job = user_data;
  OhCellularCall *call = oh_cellular_find_call (oh_modem_get_state (job->modem), job->call);

  if (call != NULL)
    call->answering = FALSE;
  if (reply->result != OH_RESULT_OK)
    forget_ends (oh_modem_get_state (job->modem));
  oh_modem_settle (job->request, reply);
  if (reply->error == NULL)
    oh_cellular_ask_list (job->modem); /* OK is no proof of a call */
}

static void
answer (OhModem *modem, guint id, const char *text, OhRequest *request)
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
  if (text == NULL) /* a waiting call is taken by holding the other (27.007 7.13) */
    text = call->waiting ? "AT+CHLD=2" : "ATA";
  oh_modem_send (modem, text, &how);
}

void
oh_cellular_answer (OhModem *modem, guint id, OhRequest *request)
{
  answer (modem, id, NULL, request);
}

void
oh_cellular_fail_service (OhCellular *self, int code, const char *text)
{
  g_autoptr (OhRequest) service = g_steal_pointer (&self->service);

  if (service == NULL)
    return;
  forget_ends (self);
  oh_request_fail (service, code, "%s", text);
}

void
oh_cellular_verify_service (OhModem *modem)
{
  OhCellular *self = oh_modem_get_state (modem);

  if (self->service == NULL)
    return;
  if (oh_request_is_settled (self->service))
    g_clear_pointer (&self->service, oh_request_unref);
  else if (++self->service_lists > SERVICE_LISTS)
    oh_cellular_fail_service (self, OH_ERROR_FAILED,
                              "The modem said OK, and the calls are as they were");
}

/* Those that it ends are ended by us. */
static void
note_ends (OhCellular *self)
{
  for (guint i = 0; i < OH_CELLULAR_MAX_CALLS; i++)
    {
      OhCellularCall *call = &self->calls[i];
      gboolean connected = call->state == OH_CALL_CONNECTED;

      if (call->id == 0 || call->ending)
        continue;
      if (self->service_kind == OH_SERVICE_TRANSFER && (connected || call->state == OH_CALL_HELD))
        call->local = OH_REASON_TRANSFERRED;
      else if (self->service_kind == OH_SERVICE_DEFLECT && call->id == self->service_call)
        call->local = OH_REASON_FORWARDED;
      else if (self->service_kind == OH_SERVICE_RELEASE_AND_ANSWER && connected)
        call->local = OH_REASON_LOCAL;
    }
}

static void
on_served (const OhReply *reply, gpointer user_data)
{
  g_autoptr (OhJob) job = user_data;
  OhCellular *self = oh_modem_get_state (job->modem);

  if (self->service != job->request)
    return;
  if (reply->result != OH_RESULT_OK)
    {
      g_clear_pointer (&self->service, oh_request_unref);
      oh_modem_settle (job->request, reply);
      return;
    }
  note_ends (self);
  self->service_lists = 0;
  oh_cellular_ask_list (job->modem);
}

/* The same +CHLD does the opposite when the calls have changed meanwhile. */
static gboolean
service_is_wanted (gpointer user_data)
{
  const OhJob *job = user_data;
  OhCellular *self = oh_modem_get_state (job->modem);
  const OhCellularCall *call = oh_cellular_find_call (self, job->call);

  return self->service == job->request && call != NULL && call->state == self->service_state;
}

static char *
service_command (OhService service, const OhCellularCall *call, const char *number)
{
  switch (service)
    {
    case OH_SERVICE_HOLD:
    case OH_SERVICE_UNHOLD:
    case OH_SERVICE_SWAP:
    case OH_SERVICE_HOLD_AND_ANSWER:
      return g_strdup ("AT+CHLD=2");
    case OH_SERVICE_MERGE:
      return g_strdup ("AT+CHLD=3");
    case OH_SERVICE_SPLIT:
      return g_strdup_printf ("AT+CHLD=2%u", call->index);
    case OH_SERVICE_TRANSFER:
      return g_strdup ("AT+CHLD=4");
    case OH_SERVICE_RELEASE_AND_ANSWER:
      return g_strdup ("AT+CHLD=1");
    case OH_SERVICE_DEFLECT:
      return g_strdup_printf ("AT+CTFR=\"%s\",%u", number, *number == '+' ? 145 : 129);
    case OH_N_SERVICES:
      break;
    }
  g_assert_not_reached ();
}

void
oh_cellular_serve (OhModem *modem, OhService service, guint id, const char *number,
                   OhRequest *request)
{
  OhCellular *self = oh_modem_get_state (modem);
  OhCellularCall *call = oh_cellular_find_call (self, id);
  OhCommand how = { .limit_ms = SERVICE_LIMIT_MS, .wanted = service_is_wanted, .func = on_served };
  g_autofree char *text = NULL;

  if (call == NULL || self->service != NULL || (service == OH_SERVICE_SPLIT && call->index == 0))
    {
      oh_request_fail (request, OH_ERROR_INVALID_STATE, "The calls are about to change");
      return;
    }
  text = service_command (service, call, number);
  self->service_kind = service;
  self->service_call = id;
  if (service == OH_SERVICE_RELEASE_AND_ANSWER)
    {
      note_ends (self);
      answer (modem, id, text, request);
      return;
    }
  self->service = oh_request_ref (request);
  self->service_state = call->state;
  self->service_lists = 0;
  how.user_data = oh_job_new (modem, id, request);
  oh_modem_send (modem, text, &how);
}

static void
on_digit_sent (const OhReply *reply, gpointer user_data)
{
  g_autoptr (OhJob) job = user_data;

  oh_modem_settle (job->request, reply);
}

/* 27.007 C.2.12: in tenths of a second, 0 as the modem has it. */
static void
set_digit_length (OhModem *modem, guint duration_ms)
{
  OhCellular *self = oh_modem_get_state (modem);
  g_autofree char *text
      = g_strdup_printf ("AT+VTD=%u", (duration_ms + DIGIT_UNIT_MS - 1) / DIGIT_UNIT_MS);
  const char *const texts[] = { text, NULL };

  if (self->digit_ms == duration_ms)
    return;
  self->digit_ms = duration_ms;
  oh_modem_tell (modem, texts);
}

void
oh_cellular_send_digit (OhModem *modem, guint call, char digit, guint duration_ms,
                        OhRequest *request)
{
  OhCellular *self = oh_modem_get_state (modem);
  const char *quote = oh_cellular_get_family (self->family)->quotes_digits ? "\"" : "";
  g_autofree char *text = g_strdup_printf ("AT+VTS=%s%c%s", quote, digit, quote);
  OhCommand how = { .func = on_digit_sent };

  set_digit_length (modem, duration_ms);
  how.user_data = oh_job_new (modem, call, request);
  oh_modem_send (modem, text, &how);
}

/* The command in flight is @call's. */
static gboolean
attend (OhModem *modem, const OhCellularCall *call, OhReplyFunc func)
{
  OhCommand how = { .func = func };

  how.user_data = oh_job_new_orphan (modem, call->id);
  oh_channel_attend (oh_modem_get_channel (modem), &how);
  return TRUE;
}

static gboolean
attend_dial (OhModem *modem)
{
  OhCellular *self = oh_modem_get_state (modem);

  for (guint i = 0; i < OH_CELLULAR_MAX_CALLS; i++)
    {
      const OhCellularCall *call = &self->calls[i];

      if (call->id != 0 && !call->ending && !call->incoming && call->taken_at == 0)
        return attend (modem, call, on_dialled);
    }
  return FALSE;
}

static gboolean
attend_answer (OhModem *modem)
{
  OhCellular *self = oh_modem_get_state (modem);

  for (guint i = 0; i < OH_CELLULAR_MAX_CALLS; i++)
    {
      if (self->calls[i].id != 0 && !self->calls[i].ending && self->calls[i].answering)
        return attend (modem, &self->calls[i], on_answered);
    }
  return FALSE;
}

void
oh_cellular_forget_unsent (OhModem *modem)
{
  OhCellular *self = oh_modem_get_state (modem);

  for (guint i = 0; i < OH_CELLULAR_MAX_CALLS; i++)
    {
      OhCellularCall *call = &self->calls[i];

      call->answering = FALSE;
      if (call->id != 0 && !call->ending && !call->incoming && call->index == 0
          && call->taken_at == 0)
        oh_cellular_end_call (modem, call, OH_REASON_UNKNOWN, OH_ENDED_BY_UNKNOWN);
    }
}

void
oh_cellular_resume_requests (OhModem *modem)
{
  OhCellular *self = oh_modem_get_state (modem);
  const char *running = oh_channel_get_running (oh_modem_get_channel (modem));
  gboolean answers
      = running != NULL && (g_str_equal (running, "ATA") || g_str_has_prefix (running, "AT+CHLD="));

  self->service = NULL; /* an earlier daemon's: its caller has been told nothing, nor is by us */
  if (running != NULL && g_str_has_prefix (running, "ATD") && attend_dial (modem))
    return;
  if (answers && attend_answer (modem))
    return;
  oh_cellular_forget_unsent (modem);
}
