// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/drivers/cellular-calls.h"

#include <string.h>

#include "daemon/error.h"

#define POLL_FAST_MS 250                      /* while something is about to change */
#define POLL_SLOW_MS 5000                     /* in a call */
#define DIALLED_GRACE_US (3 * G_USEC_PER_SEC) /* until the list has to show a call dialled */
#define DROP_LISTS 2 /* that still show the call, before the next step of the ladder */
#define DROP_LIMIT_US (5 * G_USEC_PER_SEC)

static void climb_down (OhModem *modem, OhCellularCall *call);

OhCellularCall *
oh_cellular_find_call (OhCellular *self, guint id)
{
  for (guint i = 0; i < OH_CELLULAR_MAX_CALLS && id != 0; i++)
    {
      if (self->calls[i].id == id)
        return &self->calls[i];
    }
  return NULL;
}

OhCellularCall *
oh_cellular_find_in_state (OhCellular *self, OhCallState state)
{
  for (guint i = 0; i < OH_CELLULAR_MAX_CALLS; i++)
    {
      if (self->calls[i].id != 0 && self->calls[i].state == state)
        return &self->calls[i];
    }
  return NULL;
}

guint
oh_cellular_count_calls (const OhCellular *self)
{
  guint n = 0;

  for (guint i = 0; i < OH_CELLULAR_MAX_CALLS; i++)
    n += self->calls[i].id != 0;
  return n;
}

OhCellularCall *
oh_cellular_new_call (OhCellular *self, guint id)
{
  for (guint i = 0; i < OH_CELLULAR_MAX_CALLS; i++)
    {
      if (self->calls[i].id != 0)
        continue;
      memset (&self->calls[i], 0, sizeof self->calls[i]);
      self->calls[i].id = id;
      return &self->calls[i];
    }
  return NULL;
}

void
oh_cellular_emit_state (OhModem *modem, const OhCellularCall *call)
{
  oh_modem_emit (modem, &(OhEvent){ .kind = OH_EVENT_CALL,
                                    .call = call->id,
                                    .state = call->state,
                                    .incoming = call->incoming,
                                    .mode = call->waiting ? OH_MODE_WAITING : 0 });
}

static OhParty
party_of_number (const char *number)
{
  gboolean known = *number != '\0';

  return (OhParty){ .number = number,
                    .name = "",
                    .network_time = "",
                    .number_presentation
                    = known ? OH_PRESENTATION_ALLOWED : OH_PRESENTATION_UNKNOWN,
                    .partial = !known };
}

void
oh_cellular_emit_new (OhModem *modem, const OhCellularCall *call, const OhParty *party)
{
  OhCellular *self = oh_modem_get_state (modem);
  OhOrigin origin = call->waiting ? OH_ORIGIN_WAITING : OH_ORIGIN_DIRECT;

  oh_modem_emit (modem, &(OhEvent){ .kind = OH_EVENT_CALL,
                                    .call = call->id,
                                    .state = call->state,
                                    .incoming = call->incoming,
                                    .mode = call->waiting ? OH_MODE_WAITING : 0,
                                    .origin = self->found_all ? origin : OH_ORIGIN_FOUND,
                                    .party = party });
  if (call->state != OH_CALL_OFFERING || call->waiting)
    return;
  for (; self->rings > 0; self->rings--)
    oh_modem_emit (modem, &(OhEvent){ .kind = OH_EVENT_RING, .call = call->id });
}

void
oh_cellular_end_call (OhModem *modem, OhCellularCall *call, OhReason reason, OhEndedBy ended_by)
{
  g_autoptr (OhRequest) drop = g_steal_pointer (&call->drop);
  guint id = call->id;

  if (drop != NULL)
    {
      reason = OH_REASON_LOCAL;
      ended_by = OH_ENDED_BY_LOCAL;
    }
  call->id = 0;
  if (drop != NULL)
    oh_request_done (drop);
  oh_modem_emit (modem, &(OhEvent){ .kind = OH_EVENT_CALL,
                                    .call = id,
                                    .state = OH_CALL_ENDED,
                                    .reason = reason,
                                    .ended_by = ended_by });
}

static gboolean
on_poll (gpointer user_data)
{
  OhModem *modem = user_data;
  OhCellular *self = oh_modem_get_state (modem);

  self->poll = 0;
  oh_cellular_ask_list (modem);
  return G_SOURCE_REMOVE;
}

static gboolean
is_settled (const OhCellularCall *call)
{
  return call->drop == NULL && (call->state == OH_CALL_CONNECTED || call->state == OH_CALL_HELD);
}

static void
arm_poll (OhModem *modem)
{
  OhCellular *self = oh_modem_get_state (modem);
  guint after = POLL_SLOW_MS;

  g_clear_handle_id (&self->poll, g_source_remove);
  if (oh_cellular_count_calls (self) == 0)
    return;
  for (guint i = 0; i < OH_CELLULAR_MAX_CALLS; i++)
    {
      if (self->calls[i].id != 0 && !is_settled (&self->calls[i]))
        after = POLL_FAST_MS;
    }
  self->poll = g_timeout_add (after, on_poll, modem);
}

/* An index may be given to the next call before we looked: one that was connected does not ring. */
static gboolean
may_be (const OhCellularCall *call, const OhListedCall *listed)
{
  return call->id != 0 && !call->listed && call->incoming == listed->incoming
         && !(is_settled (call) && listed->state == OH_CALL_OFFERING)
         && !(is_settled (call) && listed->state == OH_CALL_DIALING);
}

static OhCellularCall *
match (OhCellular *self, const OhListedCall *listed)
{
  /* By index; else one that the list has not shown yet; else the modem has numbered anew. */
  for (guint i = 0; i < OH_CELLULAR_MAX_CALLS; i++)
    {
      if (self->calls[i].index == listed->index && may_be (&self->calls[i], listed))
        return &self->calls[i];
    }
  for (guint i = 0; i < OH_CELLULAR_MAX_CALLS; i++)
    {
      if (self->calls[i].index == 0 && may_be (&self->calls[i], listed))
        return &self->calls[i];
    }
  return NULL;
}

static OhCellularCall *
match_renumbered (OhCellular *self, const OhListedCall *listed)
{
  for (guint i = 0; i < OH_CELLULAR_MAX_CALLS; i++)
    {
      OhCellularCall *call = &self->calls[i];

      if (may_be (call, listed) && call->state == listed->state && *call->number != '\0'
          && g_str_equal (call->number, listed->number))
        return call;
    }
  return NULL;
}

static void
update_number (OhModem *modem, OhCellularCall *call, const char *number)
{
  OhParty party = party_of_number (number);

  if (!call->incoming || call->numbered || *number == '\0')
    return;
  call->numbered = TRUE;
  g_strlcpy (call->number, number, sizeof call->number);
  oh_modem_emit (modem, &(OhEvent){ .kind = OH_EVENT_PARTY, .call = call->id, .party = &party });
}

static void
update_call (OhModem *modem, OhCellularCall *call, const OhListedCall *listed)
{
  OhCellular *self = oh_modem_get_state (modem);
  gboolean changed
      = !self->found_all || call->state != listed->state || call->waiting != listed->waiting;

  call->index = listed->index;
  call->listed = TRUE;
  call->misses = 0;
  call->state = listed->state;
  call->waiting = listed->waiting;
  if (changed)
    oh_cellular_emit_state (modem, call);
  update_number (modem, call, listed->number);
}

static void
add_listed (OhModem *modem, const OhListedCall *listed)
{
  OhCellular *self = oh_modem_get_state (modem);
  OhCellularCall *call = oh_cellular_new_call (self, oh_modem_next_call (modem));
  OhParty party = party_of_number (listed->number);

  if (call == NULL)
    return;
  call->index = listed->index;
  call->state = listed->state;
  call->incoming = listed->incoming;
  call->waiting = listed->waiting;
  call->listed = TRUE;
  call->numbered = *listed->number != '\0';
  g_strlcpy (call->number, listed->number, sizeof call->number);
  oh_cellular_emit_new (modem, call, &party);
}

static void
take_row (OhModem *modem, const char *line)
{
  OhCellular *self = oh_modem_get_state (modem);
  OhListedCall listed;
  OhCellularCall *call;

  if (!oh_listed_call_parse (&listed, line))
    {
      oh_channel_unknown (oh_modem_get_channel (modem), line);
      return;
    }
  call = match (self, &listed);
  if (call == NULL)
    call = match_renumbered (self, &listed);
  if (call != NULL)
    update_call (modem, call, &listed);
  else if (listed.voice) /* else the bearer of a data connection */
    add_listed (modem, &listed);
}

static gboolean
may_still_come (OhCellularCall *call)
{
  gint64 now = g_get_monotonic_time ();

  if (call->index != 0)
    return FALSE;
  if (!call->incoming)
    return call->drop == NULL && (call->taken_at == 0 || now - call->taken_at < DIALLED_GRACE_US);
  return ++call->misses < OH_CELLULAR_MISSES;
}

static void
take_missing (OhModem *modem, OhCellularCall *call)
{
  OhCellular *self = oh_modem_get_state (modem);
  OhReason reason = OH_REASON_UNKNOWN;
  OhEndedBy ended_by = OH_ENDED_BY_UNKNOWN;

  if (self->hint == OH_REASON_NONE && may_still_come (call))
    return;
  if (!call->incoming && call->taken_at == 0 && call->index == 0)
    return; /* ATD itself will tell */
  if (self->hint != OH_REASON_NONE)
    {
      reason = self->hint;
      ended_by = self->hint_by;
    }
  else if (call->incoming && call->state == OH_CALL_OFFERING && self->found_all)
    {
      reason = OH_REASON_NORMAL; /* the caller gave up */
      ended_by = OH_ENDED_BY_REMOTE;
    }
  oh_cellular_end_call (modem, call, reason, ended_by);
}

static void
climb_down_all (OhModem *modem)
{
  OhCellular *self = oh_modem_get_state (modem);

  for (guint i = 0; i < OH_CELLULAR_MAX_CALLS; i++)
    {
      OhCellularCall *call = &self->calls[i];

      if (call->id != 0 && call->drop != NULL
          && (call->drop_step == 0 || ++call->drop_lists >= DROP_LISTS))
        climb_down (modem, call);
    }
}

static void
fail_drops (OhCellular *self, const GError *error)
{
  for (guint i = 0; i < OH_CELLULAR_MAX_CALLS; i++)
    {
      g_autoptr (OhRequest) drop = g_steal_pointer (&self->calls[i].drop);

      if (drop != NULL)
        oh_request_fail_with (drop, error);
    }
}

static void
on_list (const OhReply *reply, gpointer user_data)
{
  OhModem *modem = user_data;
  OhCellular *self = oh_modem_get_state (modem);

  self->asking = FALSE;
  if (reply->error != NULL && !g_error_matches (reply->error, OH_ERROR, OH_ERROR_TIMEOUT))
    {
      fail_drops (self, reply->error);
      /* A mute modem is asked again as long as it has calls: it may heal without a word. */
      if (!g_error_matches (reply->error, OH_ERROR, OH_ERROR_NOT_RESPONDING))
        return;
    }
  if (reply->result == OH_RESULT_OK)
    {
      for (guint i = 0; i < OH_CELLULAR_MAX_CALLS; i++)
        self->calls[i].listed = FALSE;
      for (guint i = 0; i < reply->n_lines; i++)
        take_row (modem, reply->lines[i]);
      for (guint i = 0; i < OH_CELLULAR_MAX_CALLS; i++)
        {
          if (self->calls[i].id != 0 && !self->calls[i].listed)
            take_missing (modem, &self->calls[i]);
        }
      self->found_all = TRUE;
      self->hint = OH_REASON_NONE;
      climb_down_all (modem);
    }
  if (self->ask_again)
    oh_cellular_ask_list (modem);
  else
    arm_poll (modem);
}

void
oh_cellular_ask_list (OhModem *modem)
{
  OhCellular *self = oh_modem_get_state (modem);
  OhCommand how = { .prefix = "+CLCC:", .tries = 2, .func = on_list, .user_data = modem };

  self->ask_again = self->asking;
  if (self->asking)
    return;
  self->asking = TRUE;
  g_clear_handle_id (&self->poll, g_source_remove);
  oh_modem_send (modem, "AT+CLCC", &how);
}

static void
on_step_taken (const OhReply *reply, gpointer user_data)
{
  g_autoptr (OhJob) job = user_data;
  OhCellularCall *call = oh_cellular_find_call (oh_modem_get_state (job->modem), job->call);

  if (call == NULL || call->drop == NULL)
    return;
  if (reply->error != NULL && !g_error_matches (reply->error, OH_ERROR, OH_ERROR_TIMEOUT))
    {
      g_autoptr (OhRequest) drop = g_steal_pointer (&call->drop);

      oh_request_fail_with (drop, reply->error);
      return;
    }
  call->drop_lists = 0;
  oh_cellular_ask_list (job->modem);
}

/* A new call must not be hit by what was meant for one that is gone. */
static gboolean
is_wanted (gpointer user_data)
{
  const OhJob *job = user_data;
  const OhCellularCall *call = oh_cellular_find_call (oh_modem_get_state (job->modem), job->call);

  return call != NULL && call->drop != NULL;
}

/* One step of the ladder: +CHUP, +CHLD=1x, ATH, each verified by the list. With other calls there,
 * only +CHLD leaves them alone (27.007 7.13); it needs an index. NULL behind the last step. */
static char *
next_step (OhModem *modem, const OhCellularCall *call)
{
  gboolean alone = oh_cellular_count_calls (oh_modem_get_state (modem)) == 1;

  if (call->drop_step == 0 && alone)
    return g_strdup ("AT+CHUP");
  if (call->drop_step == 0 && call->waiting)
    return g_strdup ("AT+CHLD=0");
  if (call->drop_step == 2 && alone)
    return g_strdup ("ATH");
  if (call->drop_step <= 2 && call->index > 0)
    return g_strdup_printf ("AT+CHLD=1%u", call->index);
  return call->drop_step <= 2 && alone ? g_strdup ("AT+CHUP") : NULL;
}

static void
climb_down (OhModem *modem, OhCellularCall *call)
{
  g_autofree char *step = next_step (modem, call);
  OhCommand how = { .flags = OH_COMMAND_FIRST, .wanted = is_wanted, .func = on_step_taken };

  if (step != NULL)
    {
      call->drop_step++;
      how.user_data = oh_job_new (modem, call->id, NULL);
      oh_modem_send (modem, step, &how);
    }
  else if (call->drop_step == 0)
    oh_cellular_ask_list (modem); /* for the index: what ends any call could end another */
  else if (g_get_monotonic_time () > call->drop_until)
    {
      g_autoptr (OhRequest) drop = g_steal_pointer (&call->drop);

      oh_request_fail (drop, OH_ERROR_FAILED, "The modem does not let go of the call");
    }
}

void
oh_cellular_drop (OhModem *modem, guint id, OhRequest *request)
{
  OhCellularCall *call = oh_cellular_find_call (oh_modem_get_state (modem), id);

  if (call == NULL)
    {
      oh_request_done (request);
      return;
    }
  if (call->drop != NULL)
    {
      oh_request_join (call->drop, request);
      return;
    }
  call->drop = oh_request_ref (request);
  call->drop_step = call->drop_lists = 0; /* no step yet: an index may have to come first */
  call->drop_until = g_get_monotonic_time () + DROP_LIMIT_US;
  oh_channel_abort (oh_modem_get_channel (modem));
  climb_down (modem, call);
}

void
oh_cellular_resume_drop (OhModem *modem, OhCellularCall *call)
{
  /* The next lists tell whether the step that was taken was enough. */
  call->drop = call->id != 0 && call->drop != NULL ? oh_request_new (NULL, NULL) : NULL;
}
