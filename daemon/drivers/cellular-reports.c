// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/at/supplementary.h"
#include "daemon/drivers/cellular-calls.h"

#include <string.h>

/* What the modem says of calls by itself. What is in hand is told at once; the list decides. */

void
oh_cellular_take_ring (OhModem *modem)
{
  OhCellular *self = oh_modem_get_state (modem);
  OhCellularCall *call = oh_cellular_find_in_state (self, OH_CALL_OFFERING);

  if (call != NULL && !call->waiting)
    oh_modem_emit (modem, &(OhEvent){ .kind = OH_EVENT_RING, .call = call->id });
  else if (oh_cellular_find_in_state (self, OH_CALL_CONNECTED) == NULL)
    {
      self->rings = 1; /* counted when the call is known; else it is of the call just answered */
      self->rang_at = g_get_monotonic_time ();
    }
  oh_cellular_ask_list (modem);
}

static void
take_id (OhCellularParty *party, const OhCallerId *id)
{
  g_strlcpy (party->number, id->number, sizeof party->number);
  party->number_presentation = id->number_presentation;
  if (*id->name == '\0')
    return;
  g_strlcpy (party->name, id->name, sizeof party->name);
  party->name_presentation = id->name_presentation;
}

static void
make_offered (OhModem *modem, const OhCallerId *id, guint index, gboolean waiting)
{
  OhCellular *self = oh_modem_get_state (modem);
  OhCellularCall *call = oh_cellular_new_call (self, oh_modem_next_call (modem));

  if (call == NULL)
    return;
  call->state = OH_CALL_OFFERING;
  call->incoming = TRUE;
  call->waiting = waiting;
  call->index = index;
  call->reported = self->asking;
  take_id (&call->party, id);
  oh_cellular_emit_new (modem, call);
}

/* A report with the number needs no look at the list to be believed. */
static void
take_caller (OhModem *modem, const OhCallerId *id, gboolean waiting)
{
  OhCellular *self = oh_modem_get_state (modem);
  OhCellularCall *call = oh_cellular_find_in_state (self, OH_CALL_OFFERING);
  OhCellularCall *connected = oh_cellular_find_in_state (self, OH_CALL_CONNECTED);

  if (call == NULL && !waiting && connected != NULL)
    {
      /* Late, of the call that was just answered; or of one that waits. */
      if (*id->number != '\0' && !g_str_equal (connected->party.number, id->number))
        make_offered (modem, id, 0, TRUE);
    }
  else if (call == NULL)
    make_offered (modem, id, 0, waiting);
  else
    {
      take_id (&call->party, id);
      oh_cellular_emit_party (modem, call);
    }
  oh_cellular_ask_list (modem);
}

/* The call that is being offered, or that is about to be. */
static OhCellularParty *
get_caller (OhCellular *self, OhCellularCall **ret_call)
{
  *ret_call = oh_cellular_find_in_state (self, OH_CALL_OFFERING);
  return *ret_call != NULL ? &(*ret_call)->party : &self->early;
}

static void
tell_caller (OhModem *modem, OhCellularCall *call)
{
  if (call != NULL)
    oh_cellular_emit_party (modem, call);
}

static gboolean
take_caller_line (OhModem *modem, const char *line)
{
  OhCellular *self = oh_modem_get_state (modem);
  OhCallerId id = { 0 };
  char called[OH_NUMBER_MAX];
  OhCellularParty *party;
  OhCellularCall *call;
  gboolean voice;

  if (oh_caller_id_from_clip (&id, line))
    take_caller (modem, &id, FALSE);
  else if (oh_caller_id_from_ccwa (&id, line, &voice))
    {
      if (voice)
        take_caller (modem, &id, TRUE);
    }
  else if (oh_caller_id_from_cnap (&id, line))
    {
      party = get_caller (self, &call);
      g_strlcpy (party->name, id.name, sizeof party->name);
      party->name_presentation = id.name_presentation;
      tell_caller (modem, call);
    }
  else if (oh_called_number_parse (line, called))
    {
      party = get_caller (self, &call);
      g_strlcpy (party->called, called, sizeof party->called);
      tell_caller (modem, call);
    }
  else
    return FALSE;
  return TRUE;
}

/* Who has answered need not be who was dialled. */
static void
take_connected_number (OhModem *modem, const char *number)
{
  OhCellular *self = oh_modem_get_state (modem);

  for (guint i = 0; i < OH_CELLULAR_MAX_CALLS; i++)
    {
      OhCellularCall *call = &self->calls[i];

      if (oh_cellular_find_call (self, call->id) == NULL || call->incoming
          || call->state == OH_CALL_HELD || *number == '\0'
          || g_str_equal (call->party.number, number))
        continue;
      if (*call->party.called == '\0')
        g_strlcpy (call->party.called, call->party.number, sizeof call->party.called);
      g_strlcpy (call->party.number, number, sizeof call->party.number);
      oh_cellular_emit_party (modem, call);
      return;
    }
}

static void
set_remote_held (OhModem *modem, gboolean held)
{
  OhCellular *self = oh_modem_get_state (modem);
  OhCellularCall *call = oh_cellular_find_in_state (self, OH_CALL_CONNECTED);

  if (call == NULL || call->remote_held == held)
    return;
  call->remote_held = held;
  oh_cellular_emit_state (modem, call);
}

/* 27.007 7.17 +CSSU. */
static void
take_supplementary (OhModem *modem, guint code)
{
  OhCellularParty *party;
  OhCellularCall *call;

  switch (code)
    {
    case 0: /* forwarded to us */
    case 10:
      party = get_caller (oh_modem_get_state (modem), &call);
      if (party->forwarded)
        break;
      party->forwarded = TRUE;
      tell_caller (modem, call);
      break;
    case 2:
      set_remote_held (modem, TRUE);
      break;
    case 3:
      set_remote_held (modem, FALSE);
      break;
    case 4: /* a conference, the end of a held call, transfers */
    case 5:
    case 7:
    case 8:
      oh_cellular_ask_list (modem);
      break;
    }
}

static OhCellularCall *
find_index (OhCellular *self, guint index)
{
  for (guint i = 0; i < OH_CELLULAR_MAX_CALLS && index != 0; i++)
    {
      if (self->calls[i].id != 0 && !self->calls[i].ending && self->calls[i].index == index)
        return &self->calls[i];
    }
  return NULL;
}

/* One that the list has not shown yet, or whose index the report does not tell. */
static gboolean
fits (const OhCellularCall *call, const OhCallReport *report)
{
  if (call->index != 0 && report->index != 0)
    return FALSE;
  if (report->has_direction && call->incoming != report->incoming)
    return FALSE;
  switch (report->state)
    {
    case OH_CALL_DIALING:
    case OH_CALL_RINGBACK:
      return !call->incoming && (call->state == OH_CALL_DIALING || call->state == OH_CALL_RINGBACK);
    case OH_CALL_OFFERING:
      return call->state == OH_CALL_OFFERING;
    case OH_CALL_CONNECTED:
      return call->incoming ? call->answering : call->state != OH_CALL_HELD;
    default:
      return TRUE;
    }
}

/* NULL also when it could be one or the other. */
static OhCellularCall *
find_reported (OhCellular *self, const OhCallReport *report)
{
  OhCellularCall *call = find_index (self, report->index);
  guint n = 0;

  for (guint i = 0; i < OH_CELLULAR_MAX_CALLS && find_index (self, report->index) == NULL; i++)
    {
      if (self->calls[i].id == 0 || self->calls[i].ending || !fits (&self->calls[i], report))
        continue;
      call = &self->calls[i];
      n++;
    }
  return n <= 1 ? call : NULL;
}

static gboolean
may_become (const OhCellularCall *call, OhCallState state)
{
  switch (state)
    {
    case OH_CALL_RINGBACK:
      return call->state == OH_CALL_DIALING;
    case OH_CALL_CONNECTED:
      return call->state != OH_CALL_CONNECTED;
    case OH_CALL_HELD:
      return call->state == OH_CALL_CONNECTED;
    default:
      return FALSE;
    }
}

static void
apply_report (OhModem *modem, OhCellularCall *call, const OhCallReport *report)
{
  OhCellular *self = oh_modem_get_state (modem);

  call->vendor = TRUE;
  if (call->index == 0)
    call->index = report->index;
  if (report->state == OH_CALL_ENDED)
    {
      /* It may be said twice, and only once with a cause. */
      call->over = TRUE;
      if (report->cause != 0)
        call->cause = report->cause;
      if (report->ended_by != OH_ENDED_BY_NOBODY)
        call->over_by = report->ended_by;
    }
  else if (may_become (call, report->state))
    {
      call->state = report->state;
      call->waiting = FALSE;
      call->reported = self->asking;
      oh_cellular_emit_state (modem, call);
    }
  else if (!call->incoming && call->taken_at == 0)
    oh_cellular_emit_state (modem, call); /* ATD is obeyed, though it still runs */
}

static void
take_report (OhModem *modem, const OhCallReport *report)
{
  OhCellular *self = oh_modem_get_state (modem);
  OhCellularCall *call = find_reported (self, report);
  OhCallerId id = { 0 };

  if (!report->voice)
    return;
  if (call != NULL)
    apply_report (modem, call, report);
  else if (report->state == OH_CALL_OFFERING && *report->number != '\0'
           && oh_cellular_find_in_state (self, OH_CALL_OFFERING) == NULL)
    {
      g_strlcpy (id.number, report->number, sizeof id.number);
      id.number_presentation = OH_PRESENTATION_ALLOWED;
      make_offered (modem, &id, report->index, report->waiting);
    }
  oh_cellular_ask_list (modem);
}

static gboolean
take_digit (OhModem *modem, const char *line)
{
  OhCellularCall *connected
      = oh_cellular_find_in_state (oh_modem_get_state (modem), OH_CALL_CONNECTED);
  char digit = oh_digit_report_parse (line);

  if (digit == '\0')
    return FALSE;
  if (connected != NULL)
    oh_modem_emit (modem,
                   &(OhEvent){ .kind = OH_EVENT_DIGIT, .call = connected->id, .digit = digit });
  return TRUE;
}

gboolean
oh_cellular_take_call_line (OhModem *modem, const char *line)
{
  char number[OH_NUMBER_MAX];
  OhCallReport report;
  gboolean outgoing;
  guint code;

  if (g_str_has_prefix (line, "+CRING:"))
    {
      if (strstr (line, "VOICE") != NULL)
        oh_cellular_take_ring (modem);
    }
  else if (take_caller_line (modem, line) || take_digit (modem, line))
    return TRUE;
  else if (oh_call_report_parse (&report, line))
    take_report (modem, &report);
  else if (oh_supplementary_parse (line, &outgoing, &code))
    {
      if (!outgoing)
        take_supplementary (modem, code);
    }
  else if (oh_connected_number_parse (line, number))
    take_connected_number (modem, number);
  else
    return FALSE;
  return TRUE;
}
