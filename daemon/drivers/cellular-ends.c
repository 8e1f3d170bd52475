// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/at/cause.h"
#include "daemon/drivers/cellular-calls.h"

/* Why calls end: what we did, what was reported, and where neither is known, what the modem says
 * when it is asked. The other side's going is told at once; only the cause is waited for. */

#define CAUSE_LIMIT_MS 2000

void
oh_cellular_take_end (OhModem *modem, OhReason reason, OhEndedBy by)
{
  OhCellular *self = oh_modem_get_state (modem);

  if (oh_cellular_count_calls (self) == 0)
    return;
  self->hint = reason;
  self->hint_by = by;
  oh_cellular_ask_list (modem);
}

static gboolean
is_vague (OhReason reason)
{
  return reason == OH_REASON_NONE || reason == OH_REASON_NORMAL || reason == OH_REASON_UNKNOWN;
}

/* What the cause adds to what is known without. */
static void
explain (OhCellularCall *call, guint cause)
{
  OhReason reason = oh_cause_reason (cause);
  OhEndedBy by = oh_cause_ended_by (cause);

  call->cause = cause;
  if (is_vague (call->end_reason) && reason != OH_REASON_UNKNOWN)
    call->end_reason = reason;
  if (by != OH_ENDED_BY_UNKNOWN)
    call->end_by = by;
}

/* @drop NULL: nobody has asked for it. */
static void
finish (OhModem *modem, OhCellularCall *call, OhRequest *drop)
{
  OhEvent event = { .kind = OH_EVENT_CALL,
                    .call = call->id,
                    .state = OH_CALL_ENDED,
                    .reason = call->end_reason,
                    .ended_by = call->end_by,
                    .cause = call->cause };

  call->id = 0;
  call->ending = FALSE;
  if (drop != NULL)
    oh_request_done (drop);
  oh_modem_emit (modem, &event);
}

static OhCellularCall *
find_ending (OhCellular *self)
{
  for (guint i = 0; i < OH_CELLULAR_MAX_CALLS; i++)
    {
      if (self->calls[i].id != 0 && self->calls[i].ending)
        return &self->calls[i];
    }
  return NULL;
}

static void
on_cause (const OhReply *reply, gpointer user_data)
{
  OhModem *modem = user_data;
  OhCellular *self = oh_modem_get_state (modem);
  OhCellularCall *call = find_ending (self);
  guint cause = 0;

  if (reply->error == NULL && reply->result != OH_RESULT_OK)
    self->no_ceer = TRUE;
  for (guint i = 0; i < reply->n_lines && cause == 0; i++)
    cause = oh_cause_from_ceer (reply->lines[i]);
  if (call == NULL)
    return;
  if (cause != 0)
    explain (call, cause);
  finish (modem, call, NULL);
}

static void
ask_cause (OhModem *modem, OhCellularCall *call)
{
  OhCommand how = { .prefix = "+CEER:",
                    .limit_ms = CAUSE_LIMIT_MS,
                    .flags = OH_COMMAND_FIRST,
                    .func = on_cause,
                    .user_data = modem };

  call->ending = TRUE;
  oh_modem_emit (modem, &(OhEvent){ .kind = OH_EVENT_CALL,
                                    .call = call->id,
                                    .state = OH_CALL_DISCONNECTED,
                                    .reason = call->end_reason,
                                    .ended_by = call->end_by });
  oh_modem_send (modem, "AT+CEER", &how);
}

/* What a final result says is as good as a cause. */
static guint
cause_of_reason (OhReason reason)
{
  if (reason == OH_REASON_BUSY)
    return 17;
  return reason == OH_REASON_NO_ANSWER ? 19 : 0;
}

void
oh_cellular_end_call (OhModem *modem, OhCellularCall *call, OhReason reason, OhEndedBy ended_by)
{
  OhCellular *self = oh_modem_get_state (modem);
  g_autoptr (OhRequest) drop = g_steal_pointer (&call->drop);
  gboolean ours = drop != NULL || call->local != OH_REASON_NONE;

  call->end_reason = reason;
  call->end_by = call->over_by != OH_ENDED_BY_NOBODY ? call->over_by : ended_by;
  if (call->cause == 0)
    call->cause = cause_of_reason (reason);
  if (call->cause != 0)
    explain (call, call->cause);
  if (ours)
    {
      call->end_reason = call->local != OH_REASON_NONE ? call->local : OH_REASON_LOCAL;
      call->end_by = OH_ENDED_BY_LOCAL;
      finish (modem, call, drop);
    }
  else if (call->cause != 0 || self->no_ceer || !self->found_all || find_ending (self) != NULL)
    finish (modem, call, NULL); /* after sleep, who knows how many calls ago that was */
  else
    ask_cause (modem, call);
}

void
oh_cellular_lose_call (OhModem *modem, OhCellularCall *call)
{
  OhCellular *self = oh_modem_get_state (modem);

  if (self->hint != OH_REASON_NONE)
    oh_cellular_end_call (modem, call, self->hint, self->hint_by);
  else if (call->incoming && call->state == OH_CALL_OFFERING && self->found_all)
    oh_cellular_end_call (modem, call, OH_REASON_NORMAL, OH_ENDED_BY_REMOTE); /* gave up */
  else
    oh_cellular_end_call (modem, call, OH_REASON_UNKNOWN, OH_ENDED_BY_UNKNOWN);
}

void
oh_cellular_resume_ends (OhModem *modem)
{
  OhCellularCall *call = find_ending (oh_modem_get_state (modem));

  if (call != NULL)
    finish (modem, call, NULL);
}
