// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/drivers/v253.h"

#include <string.h>

#include "daemon/error.h"

/* A report older than this belongs to no ring to come. */
#define EARLY_ID_US (10 * G_USEC_PER_SEC)
#define LONG_SILENCE 30 /* tenths of a second: between rings, not within one */

void
oh_landline_fill_party (const OhCallerId *id, gboolean complete, OhParty *party, char *network_time)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();

  oh_caller_id_time (id, g_date_time_get_year (now), g_date_time_get_month (now),
                     g_date_time_get_day_of_month (now), network_time, OH_NETWORK_TIME_MAX);
  *party = (OhParty){ .number = id->number,
                      .name = id->name,
                      .called_number = id->called_number,
                      .network_time = network_time,
                      .number_presentation = id->number_presentation,
                      .name_presentation = id->name_presentation,
                      .forwarded = id->forwarded,
                      .raw = id->raw,
                      .partial = !complete };
}

static void
emit_party (OhModem *modem)
{
  OhLandline *self = oh_modem_get_state (modem);
  char network_time[OH_NETWORK_TIME_MAX];
  OhParty party;

  oh_landline_fill_party (&self->id, self->id_complete, &party, network_time);
  oh_modem_emit (modem, &(OhEvent){ .kind = OH_EVENT_PARTY, .call = self->call, .party = &party });
}

static gboolean
on_ringing_stopped (gpointer user_data)
{
  OhModem *modem = user_data;
  OhLandline *self = oh_modem_get_state (modem);

  self->ring_timer = 0;
  /* The caller gave up, or somebody lifted another telephone: the modem cannot tell. */
  oh_landline_end_call (modem, OH_REASON_UNKNOWN, OH_ENDED_BY_UNKNOWN);
  return G_SOURCE_REMOVE;
}

const OhCountry *
oh_landline_get_country (OhModem *modem)
{
  const OhCountry *country = oh_country_find (oh_modem_get_settings (modem)->country);

  return country != NULL ? country : oh_country_find ("");
}

guint
oh_landline_get_ring_timeout (OhModem *modem)
{
  guint configured = oh_modem_get_settings (modem)->ring_timeout_ms;

  return configured != 0 ? configured : OH_RING_TIMEOUT_MS;
}

/* Nothing tells that ringing stopped (V.253 has no code for it). A time-out that is configured
 * counts more than what is known of the country. */
void
oh_landline_restart_ring_timer (OhModem *modem)
{
  OhLandline *self = oh_modem_get_state (modem);
  guint timeout = oh_landline_get_ring_timeout (modem);
  const OhCountry *country = oh_modem_get_settings (modem)->ring_timeout_ms == 0
                                 ? oh_landline_get_country (modem)
                                 : oh_country_find ("");

  g_clear_handle_id (&self->ring_timer, g_source_remove);
  self->ring_timer = g_timeout_add (
      oh_country_ring_limit (country, self->rings, self->longest_silence / 1000, timeout),
      on_ringing_stopped, modem);
}

/* In whatever order they came. */
static gboolean
knows_both (const OhLandline *self)
{
  return self->id.number_presentation != OH_PRESENTATION_UNKNOWN
         && self->id.name_presentation != OH_PRESENTATION_UNKNOWN;
}

static void
offer_call (OhModem *modem)
{
  OhLandline *self = oh_modem_get_state (modem);
  char network_time[OH_NETWORK_TIME_MAX];
  OhParty party;

  if (g_get_monotonic_time () - self->id_since > EARLY_ID_US)
    memset (&self->id, 0, sizeof self->id);
  self->id_is_early = self->id.number_presentation != OH_PRESENTATION_UNKNOWN;
  self->id_complete = knows_both (self);
  self->call = oh_modem_next_call (modem);
  self->state = OH_CALL_OFFERING;
  self->incoming = TRUE;
  oh_landline_fill_party (&self->id, self->id_complete, &party, network_time);
  oh_modem_emit (modem, &(OhEvent){ .kind = OH_EVENT_CALL,
                                    .call = self->call,
                                    .state = OH_CALL_OFFERING,
                                    .incoming = TRUE,
                                    .party = &party });
}

static void
count_ring (OhModem *modem)
{
  OhLandline *self = oh_modem_get_state (modem);
  gint64 now = g_get_monotonic_time ();

  if (self->rings++ > 0)
    self->longest_silence = MAX (self->longest_silence, now - self->last_ring);
  self->last_ring = now;
  if (!self->answering && !self->screening) /* a call ended now would leave us off hook */
    oh_landline_restart_ring_timer (modem);
  oh_modem_emit (modem,
                 &(OhEvent){ .kind = OH_EVENT_RING, .call = self->call, .word = self->pattern });
  if (self->rings > 1 && self->loop.cadence_ms != self->longest_silence / 1000)
    {
      self->loop.cadence_ms = self->longest_silence / 1000;
      oh_landline_tell_loop (modem);
    }
  if (self->rings == 2 && !self->id_complete)
    {
      self->id_complete = TRUE; /* the report comes before the second ring or not at all */
      emit_party (modem);
    }
}

void
oh_landline_take_ring (OhModem *modem, const char *pattern)
{
  OhLandline *self = oh_modem_get_state (modem);

  if (*pattern != '\0')
    g_strlcpy (self->pattern, pattern, sizeof self->pattern);
  /* A ring before any answer to our dialling: the line was taken from the other side (H9). */
  if (self->state == OH_CALL_DIALING && self->call != 0 && !self->ringback)
    {
      oh_channel_abort (oh_modem_get_channel (modem));
      oh_landline_end_call (modem, OH_REASON_BUSY, OH_ENDED_BY_NETWORK);
    }
  if (self->call == 0)
    offer_call (modem);
  if (self->state == OH_CALL_OFFERING)
    count_ring (modem);
  self->bursts = 0;
}

void
oh_landline_take_answered_elsewhere (OhModem *modem)
{
  OhLandline *self = oh_modem_get_state (modem);

  if (self->call != 0 && self->state == OH_CALL_OFFERING && !self->answering && !self->screening)
    oh_landline_end_call (modem, OH_REASON_ANSWERED_ELSEWHERE, OH_ENDED_BY_UNKNOWN);
}

/* DRON and DROF, tenths of a second of ringing and of silence, up to the RING that they are of. */
gboolean
oh_landline_take_cadence (OhModem *modem, const char *line)
{
  OhLandline *self = oh_modem_get_state (modem);
  gboolean on = g_str_has_prefix (line, "DRON");
  gsize length = strlen (self->pattern);
  OhFields fields;
  guint tenths;

  if (!oh_fields_begin (&fields, line, on ? "DRON=" : "DROF="))
    return FALSE;
  if (!oh_fields_next_number (&fields, 255, &tenths))
    return TRUE;
  if (self->bursts == 0)
    self->pattern[length = 0] = '\0';
  if (!on && (self->bursts == 0 || tenths >= LONG_SILENCE))
    return TRUE;
  g_snprintf (self->pattern + length, sizeof self->pattern - length, "%s%u",
              self->bursts > 0 ? "-" : "", tenths);
  self->bursts++;
  return TRUE;
}

/* A packet may say that the exchange has a message, with a call or without. */
static void
take_message (OhModem *modem, const OhCallerId *id)
{
  OhLandline *self = oh_modem_get_state (modem);

  if (id->message_waiting == OH_SWITCH_UNKNOWN || id->message_waiting == self->loop.message_waiting)
    return;
  self->loop.message_waiting = id->message_waiting;
  oh_landline_tell_loop (modem);
}

/* In a call it is of one that waits; beside two it is of a third, which is not offered. */
static gboolean
take_second_id (OhModem *modem, const char *line)
{
  OhLandline *self = oh_modem_get_state (modem);
  OhCallerId third = { 0 };
  gboolean has_room = self->waiting == 0 || self->waiting_state == OH_CALL_OFFERING;
  OhCallerIdResult result = oh_caller_id_take_line (has_room ? &self->waiting_id : &third, line);

  if (!has_room)
    return result != OH_CALLER_ID_NOT_MINE;
  if (result == OH_CALLER_ID_NUMBER || result == OH_CALLER_ID_NAME)
    oh_landline_take_waiting_id (modem);
  return result != OH_CALLER_ID_NOT_MINE;
}

gboolean
oh_landline_take_caller_id (OhModem *modem, const char *line)
{
  OhLandline *self = oh_modem_get_state (modem);
  OhCallerId id = { 0 };
  OhCallerIdResult result;

  if (self->call != 0 && self->state == OH_CALL_CONNECTED)
    return take_second_id (modem, line);
  /* What was said before the call may have been meant for one whose ring was lost: a report behind
   * the first ring stands alone. */
  if (self->call == 0 ? g_get_monotonic_time () - self->id_since <= EARLY_ID_US
                      : !self->id_is_early)
    id = self->id;
  result = oh_caller_id_take_line (&id, line);
  if (result == OH_CALLER_ID_NOT_MINE)
    return FALSE;
  self->id = id;
  self->id_is_early = self->call == 0;
  self->id_since = g_get_monotonic_time ();
  take_message (modem, &self->id);
  self->id_complete |= knows_both (self);
  if ((result != OH_CALLER_ID_TAKEN || *self->id.raw != '\0') && self->call != 0
      && self->state == OH_CALL_OFFERING)
    emit_party (modem);
  return TRUE;
}
