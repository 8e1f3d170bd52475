// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/drivers/v253-ring.h"

#include <string.h>

#include "daemon/error.h"

#define CADENCE_FACTOR 1.5 /* of the longest silence between two rings */
/* A report older than this belongs to no ring to come. */
#define EARLY_ID_US (10 * G_USEC_PER_SEC)

void
oh_landline_emit_state (OhModem *modem, OhCallState state, OhReason reason, OhEndedBy ended_by)
{
  OhLandline *self = oh_modem_get_state (modem);

  self->state = state;
  oh_modem_emit (modem, &(OhEvent){ .kind = OH_EVENT_CALL,
                                    .call = self->call,
                                    .state = state,
                                    .reason = reason,
                                    .ended_by = ended_by,
                                    .mode = self->unconfirmed ? OH_MODE_UNCONFIRMED : 0 });
}

void
oh_landline_forget_call (OhLandline *self)
{
  g_clear_handle_id (&self->ring_timer, g_source_remove);
  if (self->drop != NULL)
    oh_request_fail (self->drop, OH_ERROR_NO_DEVICE, "The modem is gone");
  g_clear_pointer (&self->drop, oh_request_unref);
  self->call = 0;
  self->rings = 0;
  self->longest_silence = 0;
  self->answering = self->dropping = self->ringback = FALSE;
  self->unconfirmed = self->receiving = self->in_tone = self->looking = FALSE;
  self->digits_waiting = 0;
  memset (&self->id, 0, sizeof self->id);
  self->id_complete = FALSE;
}

void
oh_landline_end_call (OhModem *modem, OhReason reason, OhEndedBy ended_by)
{
  OhLandline *self = oh_modem_get_state (modem);

  if (self->call == 0)
    return;
  if (self->drop != NULL)
    oh_request_done (self->drop);
  oh_landline_emit_state (modem, OH_CALL_ENDED, reason, ended_by);
  oh_landline_forget_call (self);
}

static void
fill_party (const OhLandline *self, OhParty *party, char *network_time)
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
  OhLandline *self = oh_modem_get_state (modem);
  char network_time[16];
  OhParty party;

  fill_party (self, &party, network_time);
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

/* Nothing tells that ringing stopped (V.253 has no code for it). A double burst must not be taken
 * for the cadence: never less than half of the first limit. */
void
oh_landline_restart_ring_timer (OhModem *modem)
{
  OhLandline *self = oh_modem_get_state (modem);
  guint first = oh_modem_get_settings (modem)->ring_timeout_ms;
  guint measured = self->longest_silence * CADENCE_FACTOR / 1000;

  g_clear_handle_id (&self->ring_timer, g_source_remove);
  self->ring_timer = g_timeout_add (self->rings < 2 ? first : MAX (measured, first / 2),
                                    on_ringing_stopped, modem);
}

static void
offer_call (OhModem *modem)
{
  OhLandline *self = oh_modem_get_state (modem);
  char network_time[16];
  OhParty party;

  if (g_get_monotonic_time () - self->id_since > EARLY_ID_US)
    memset (&self->id, 0, sizeof self->id);
  self->id_is_early = self->id.number_presentation != OH_PRESENTATION_UNKNOWN;
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
  OhLandline *self = oh_modem_get_state (modem);
  gint64 now = g_get_monotonic_time ();

  if (self->rings++ > 0)
    self->longest_silence = MAX (self->longest_silence, now - self->last_ring);
  self->last_ring = now;
  oh_landline_restart_ring_timer (modem);
  oh_modem_emit (modem, &(OhEvent){ .kind = OH_EVENT_RING, .call = self->call });
  if (self->rings == 2 && !self->id_complete)
    {
      self->id_complete = TRUE; /* the report comes before the second ring or not at all */
      emit_party (modem);
    }
}

void
oh_landline_take_ring (OhModem *modem)
{
  OhLandline *self = oh_modem_get_state (modem);

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
}

gboolean
oh_landline_take_caller_id (OhModem *modem, const char *line)
{
  OhLandline *self = oh_modem_get_state (modem);
  OhCallerIdResult result;

  /* What was said before the call may have been meant for one whose ring was lost: a report behind
   * the first ring stands alone. */
  if (self->call == 0 ? g_get_monotonic_time () - self->id_since > EARLY_ID_US : self->id_is_early)
    memset (&self->id, 0, sizeof self->id);
  self->id_is_early = self->call == 0;
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
