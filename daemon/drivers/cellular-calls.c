// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/drivers/cellular-calls.h"

#include <string.h>

#include "daemon/drivers/cellular-family.h"
#include "daemon/error.h"

#define POLL_FAST_MS 250      /* while something is about to change */
#define POLL_REPORTED_MS 1000 /* the same, and the modem says when */
#define MOST_REFUSALS 3
#define POLL_SLOW_MS 1000                     /* in a call: also whether the modem lives, */
#define LIST_LIMIT_MS 2000                    /* so that it is missed in three seconds */
#define DIALLED_GRACE_US (3 * G_USEC_PER_SEC) /* until the list has to show a call dialled */
#define RING_US (6 * G_USEC_PER_SEC)          /* no telephone rings less often */
#define MAX_ROWS 16
#define TELLING_DIGITS 7 /* of a number, from its end: prefixes differ from report to report */

static gboolean
is_there (const OhCellularCall *call)
{
  return call->id != 0 && !call->ending;
}

OhCellularCall *
oh_cellular_find_call (OhCellular *self, guint id)
{
  for (guint i = 0; i < OH_CELLULAR_MAX_CALLS && id != 0; i++)
    {
      if (self->calls[i].id == id && !self->calls[i].ending)
        return &self->calls[i];
    }
  return NULL;
}

OhCellularCall *
oh_cellular_find_in_state (OhCellular *self, OhCallState state)
{
  for (guint i = 0; i < OH_CELLULAR_MAX_CALLS; i++)
    {
      if (is_there (&self->calls[i]) && self->calls[i].state == state)
        return &self->calls[i];
    }
  return NULL;
}

guint
oh_cellular_count_calls (const OhCellular *self)
{
  guint n = 0;

  for (guint i = 0; i < OH_CELLULAR_MAX_CALLS; i++)
    n += is_there (&self->calls[i]);
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

static OhMode
mode_of (const OhCellularCall *call)
{
  return (call->waiting ? OH_MODE_WAITING : 0) | (call->conference ? OH_MODE_CONFERENCE : 0)
         | (call->remote_held ? OH_MODE_REMOTE_HELD : 0);
}

static OhParty
party_of (const OhCellularCall *call)
{
  const OhCellularParty *party = &call->party;

  return (OhParty){ .number = party->number,
                    .name = party->name,
                    .called_number = party->called,
                    .network_time = "",
                    .number_presentation = party->number_presentation,
                    .name_presentation = party->name_presentation,
                    .forwarded = party->forwarded,
                    .partial = party->number_presentation == OH_PRESENTATION_UNKNOWN };
}

void
oh_cellular_emit_state (OhModem *modem, const OhCellularCall *call)
{
  oh_modem_emit (modem, &(OhEvent){ .kind = OH_EVENT_CALL,
                                    .call = call->id,
                                    .state = call->state,
                                    .incoming = call->incoming,
                                    .mode = mode_of (call) });
}

void
oh_cellular_emit_party (OhModem *modem, const OhCellularCall *call)
{
  OhParty party = party_of (call);

  oh_modem_emit (modem, &(OhEvent){ .kind = OH_EVENT_PARTY, .call = call->id, .party = &party });
}

/* What came before the call was known. */
static void
take_early (OhCellular *self, OhCellularCall *call)
{
  if (*call->party.name == '\0' && *self->early.name != '\0')
    {
      g_strlcpy (call->party.name, self->early.name, sizeof call->party.name);
      call->party.name_presentation = self->early.name_presentation;
    }
  if (*call->party.called == '\0')
    g_strlcpy (call->party.called, self->early.called, sizeof call->party.called);
  call->party.forwarded |= self->early.forwarded;
  memset (&self->early, 0, sizeof self->early);
}

static OhOrigin
origin_of (const OhCellular *self, const OhCellularCall *call)
{
  if (!self->found_all)
    return OH_ORIGIN_FOUND;
  if (call->party.forwarded)
    return OH_ORIGIN_FORWARDED;
  return call->waiting ? OH_ORIGIN_WAITING : OH_ORIGIN_DIRECT;
}

void
oh_cellular_emit_new (OhModem *modem, OhCellularCall *call)
{
  OhCellular *self = oh_modem_get_state (modem);
  gboolean rings = call->state == OH_CALL_OFFERING && !call->waiting;
  guint id = call->id;
  OhParty party;

  if (call->state == OH_CALL_OFFERING)
    take_early (self, call);
  party = party_of (call);
  oh_modem_emit (modem, &(OhEvent){ .kind = OH_EVENT_CALL,
                                    .call = id,
                                    .state = call->state,
                                    .incoming = call->incoming,
                                    .mode = mode_of (call),
                                    .origin = origin_of (self, call),
                                    .party = &party });
  /* An old one was no ring: the text of a message, the far end of a call of ours. */
  if (g_get_monotonic_time () - self->rang_at > RING_US)
    self->rings = 0;
  for (; rings && self->rings > 0; self->rings--)
    oh_modem_emit (modem, &(OhEvent){ .kind = OH_EVENT_RING, .call = id });
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

static guint
poll_of (const OhCellularCall *call)
{
  if (is_settled (call))
    return POLL_SLOW_MS;
  return call->vendor && call->drop == NULL ? POLL_REPORTED_MS : POLL_FAST_MS;
}

static void
arm_poll (OhModem *modem)
{
  OhCellular *self = oh_modem_get_state (modem);
  guint after = self->service != NULL ? POLL_FAST_MS : POLL_SLOW_MS;

  g_clear_handle_id (&self->poll, g_source_remove);
  /* One that is refused now and then is asked for again: there was a reason to ask. */
  if (self->refusals > 0 && self->refusals <= MOST_REFUSALS)
    after = POLL_FAST_MS;
  else if (oh_cellular_count_calls (self) == 0)
    return;
  for (guint i = 0; i < OH_CELLULAR_MAX_CALLS; i++)
    {
      if (is_there (&self->calls[i]))
        after = MIN (after, poll_of (&self->calls[i]));
    }
  self->poll = g_timeout_add (after, on_poll, modem);
}

static gboolean
is_same_number (const char *one, const char *other)
{
  gsize n = strlen (one), m = strlen (other);
  gsize compared = MIN (MIN (n, m), TELLING_DIGITS);

  return g_str_equal (one + n - compared, other + m - compared);
}

/* An index may be given to the next call before we looked: one that was connected does not ring,
 * nor does another caller. */
static gboolean
may_be (const OhCellularCall *call, const OhListedCall *listed)
{
  if (!is_there (call) || call->listed || call->incoming != listed->incoming)
    return FALSE;
  /* The bearer of a data connection; a voice call shown as data has its number. */
  if (!listed->voice && *listed->number == '\0')
    return FALSE;
  if (is_settled (call) && (listed->state == OH_CALL_OFFERING || listed->state == OH_CALL_DIALING))
    return FALSE;
  return call->state != OH_CALL_OFFERING || is_same_number (call->party.number, listed->number);
}

static OhCellularCall *
match_number (OhCellular *self, const OhListedCall *listed)
{
  for (guint i = 0; i < OH_CELLULAR_MAX_CALLS; i++)
    {
      OhCellularCall *call = &self->calls[i];

      if (may_be (call, listed) && call->state == listed->state && *call->party.number != '\0'
          && *listed->number != '\0' && is_same_number (call->party.number, listed->number))
        return call;
    }
  return NULL;
}

/* By index, but for another's number: a modem may number anew when a call has ended. */
static OhCellularCall *
match_index (OhCellular *self, const OhListedCall *listed)
{
  for (guint i = 0; i < OH_CELLULAR_MAX_CALLS; i++)
    {
      OhCellularCall *call = &self->calls[i];

      if (call->index == listed->index && may_be (call, listed)
          && (*call->party.number == '\0' || *listed->number == '\0'
              || is_same_number (call->party.number, listed->number)
              || match_number (self, listed) == NULL))
        return call;
    }
  return NULL;
}

/* One that the list has not shown yet. */
static OhCellularCall *
match_new (OhCellular *self, const OhListedCall *listed)
{
  for (guint i = 0; i < OH_CELLULAR_MAX_CALLS; i++)
    {
      if (self->calls[i].index == 0 && may_be (&self->calls[i], listed))
        return &self->calls[i];
    }
  return NULL;
}

/* TRUE when that is news. */
static gboolean
take_party (OhCellularCall *call, const OhListedCall *listed)
{
  OhCellularParty *party = &call->party;
  gboolean news = FALSE;

  if (*party->number == '\0' && *listed->number != '\0')
    {
      g_strlcpy (party->number, listed->number, sizeof party->number);
      news = TRUE;
    }
  if (party->number_presentation == OH_PRESENTATION_UNKNOWN
      && listed->number_presentation != OH_PRESENTATION_UNKNOWN)
    {
      party->number_presentation = listed->number_presentation;
      news = TRUE;
    }
  if (*party->name == '\0' && *listed->name != '\0')
    {
      g_strlcpy (party->name, listed->name, sizeof party->name);
      party->name_presentation = OH_PRESENTATION_ALLOWED;
      news = TRUE;
    }
  return news;
}

static void
update_call (OhModem *modem, OhCellularCall *call, const OhListedCall *listed)
{
  OhCellular *self = oh_modem_get_state (modem);
  OhCallState state = call->reported ? call->state : listed->state;
  gboolean changed = !self->found_all || call->state != state || call->waiting != listed->waiting
                     || call->conference != listed->conference;

  call->index = listed->index;
  call->listed = TRUE;
  call->over = FALSE;
  call->misses = 0;
  call->state = state;
  call->waiting = listed->waiting;
  call->conference = listed->conference;
  if (changed)
    oh_cellular_emit_state (modem, call);
  if (call->incoming && take_party (call, listed))
    oh_cellular_emit_party (modem, call);
}

static void
add_listed (OhModem *modem, const OhListedCall *listed)
{
  OhCellular *self = oh_modem_get_state (modem);
  OhCellularCall *call = oh_cellular_new_call (self, oh_modem_next_call (modem));

  if (call == NULL)
    return;
  call->index = listed->index;
  call->state = listed->state;
  call->incoming = listed->incoming;
  call->waiting = listed->waiting;
  call->conference = listed->conference;
  call->listed = TRUE;
  call->taken_at = 1; /* if outgoing: no ATD of ours runs */
  take_party (call, listed);
  oh_cellular_emit_new (modem, call);
}

static void
take_row (OhModem *modem, const OhListedCall *listed)
{
  OhCellular *self = oh_modem_get_state (modem);
  OhCellularCall *call = match_index (self, listed);

  if (call == NULL)
    call = match_new (self, listed);
  if (call == NULL)
    call = match_number (self, listed);
  if (call != NULL)
    update_call (modem, call, listed);
  else if (listed->voice) /* else the bearer of a data connection */
    add_listed (modem, listed);
}

static gboolean
is_listed (const OhListedCall *rows, guint n, guint index)
{
  for (guint i = 0; i < n; i++)
    {
      if (rows[i].index == index)
        return TRUE;
    }
  return FALSE;
}

static guint
count_rows (const OhListedCall *rows, guint n, OhCallState state)
{
  guint count = 0;

  for (guint i = 0; i < n; i++)
    count += rows[i].voice && rows[i].state == state;
  return count;
}

/* Some show a waiting call as one that rings, and a conference without its flag. */
static void
complete_rows (OhListedCall *rows, guint n)
{
  guint connected = count_rows (rows, n, OH_CALL_CONNECTED);
  guint held = count_rows (rows, n, OH_CALL_HELD);

  for (guint i = 0; i < n; i++)
    {
      if (rows[i].state == OH_CALL_OFFERING)
        rows[i].waiting |= connected + held > 0;
      if ((rows[i].state == OH_CALL_CONNECTED && connected > 1)
          || (rows[i].state == OH_CALL_HELD && held > 1))
        rows[i].conference = TRUE;
    }
}

static guint
parse_rows (OhModem *modem, const OhReply *reply, OhListedCall *rows)
{
  guint n = 0;

  for (guint i = 0; i < reply->n_lines; i++)
    {
      if (n < MAX_ROWS && oh_listed_call_parse (&rows[n], reply->lines[i])
          && !is_listed (rows, n, rows[n].index))
        n++;
      else
        oh_channel_unknown (oh_modem_get_channel (modem), reply->lines[i]);
    }
  complete_rows (rows, n);
  return n;
}

static gboolean
may_still_come (OhCellularCall *call)
{
  gint64 now = g_get_monotonic_time ();

  if (call->index != 0 || call->over)
    return FALSE;
  if (!call->incoming)
    return call->drop == NULL && (call->taken_at == 0 || now - call->taken_at < DIALLED_GRACE_US);
  return ++call->misses < OH_CELLULAR_MISSES;
}

static void
take_missing (OhModem *modem, OhCellularCall *call)
{
  OhCellular *self = oh_modem_get_state (modem);

  if (self->hint == OH_REASON_NONE && may_still_come (call))
    return;
  if (!call->incoming && call->taken_at == 0 && call->index == 0)
    return; /* ATD itself will tell */
  if (call->reported && !call->over)
    return; /* it is news to that list */
  oh_cellular_lose_call (modem, call);
}

static void
take_list (OhModem *modem, const OhReply *reply)
{
  OhCellular *self = oh_modem_get_state (modem);
  OhListedCall rows[MAX_ROWS];
  guint n = parse_rows (modem, reply, rows);

  for (guint i = 0; i < OH_CELLULAR_MAX_CALLS; i++)
    self->calls[i].listed = FALSE;
  for (guint i = 0; i < n; i++)
    take_row (modem, &rows[i]);
  for (guint i = 0; i < OH_CELLULAR_MAX_CALLS; i++)
    {
      if (is_there (&self->calls[i]) && !self->calls[i].listed)
        take_missing (modem, &self->calls[i]);
      self->calls[i].reported = FALSE;
    }
  self->found_all = TRUE;
  if (!self->ask_again) /* else it may be younger than this list */
    self->hint = OH_REASON_NONE;
  oh_cellular_climb_down (modem);
  oh_cellular_verify_service (modem);
}

static void
on_list (const OhReply *reply, gpointer user_data)
{
  OhModem *modem = user_data;
  OhCellular *self = oh_modem_get_state (modem);

  self->asking = FALSE;
  if (reply->error != NULL && !g_error_matches (reply->error, OH_ERROR, OH_ERROR_TIMEOUT))
    {
      oh_cellular_fail_drops (self, reply->error);
      oh_cellular_fail_service (self, reply->error->code, reply->error->message);
      /* A mute modem is asked again as long as it has calls: it may heal without a word. */
      if (!g_error_matches (reply->error, OH_ERROR, OH_ERROR_NOT_RESPONDING))
        return;
    }
  self->refusals = reply->result == OH_RESULT_OK ? 0 : self->refusals + 1;
  if (reply->result == OH_RESULT_OK)
    take_list (modem, reply);
  if (self->ask_again)
    oh_cellular_ask_list (modem);
  else
    arm_poll (modem);
}

/* Or may, for all that is known of it. */
static gboolean
lists_by_itself (OhModem *modem)
{
  const OhCellular *self = oh_modem_get_state (modem);

  return *oh_modem_get_manufacturer (modem) == '\0'
         || oh_cellular_get_family (self->family)->lists_by_itself;
}

void
oh_cellular_ask_list (OhModem *modem)
{
  OhCellular *self = oh_modem_get_state (modem);
  OhCommand how = { .prefix = "+CLCC:",
                    .limit_ms = LIST_LIMIT_MS,
                    .tries = 2,
                    .flags = lists_by_itself (modem) ? OH_COMMAND_PLAIN : OH_COMMAND_ASKED,
                    .func = on_list,
                    .user_data = modem };

  self->ask_again = self->asking;
  if (self->asking)
    return;
  self->asking = TRUE;
  g_clear_handle_id (&self->poll, g_source_remove);
  oh_modem_send (modem, "AT+CLCC", &how);
}
