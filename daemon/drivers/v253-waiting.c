// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/drivers/v253.h"

#include <string.h>

#include "daemon/error.h"

/* A second call on one pair of wires. It knocks with a beep; a hook flash brings the other of the
 * two, and what it has brought nobody says: both calls are unknown until a voice is heard. Only
 * where the configuration says that the exchange does so. */

#define WAITING_REST_MS 20000 /* the beep is repeated after 10 s, or not at all */

static void
emit_of (OhModem *modem, guint call, OhCallState state, OhReason reason, OhEndedBy ended_by)
{
  OhLandline *self = oh_modem_get_state (modem);
  gboolean waits = call == self->waiting && state == OH_CALL_OFFERING;

  oh_modem_emit (modem, &(OhEvent){ .kind = OH_EVENT_CALL,
                                    .call = call,
                                    .state = state,
                                    .reason = reason,
                                    .ended_by = ended_by,
                                    .mode = waits ? OH_MODE_WAITING : 0 });
}

/* Of both, and what is known of them. */
static void
set_states (OhModem *modem, OhCallState first, OhCallState second)
{
  OhLandline *self = oh_modem_get_state (modem);

  self->state = first;
  self->waiting_state = second;
  emit_of (modem, self->call, first, OH_REASON_NONE, OH_ENDED_BY_NOBODY);
  emit_of (modem, self->waiting, second, OH_REASON_NONE, OH_ENDED_BY_NOBODY);
}

void
oh_landline_forget_waiting (OhModem *modem, OhReason reason, OhEndedBy ended_by)
{
  OhLandline *self = oh_modem_get_state (modem);
  guint call = self->waiting;

  if (call == 0)
    return;
  g_clear_handle_id (&self->waiting_timer, g_source_remove);
  if (self->waiting_state == OH_CALL_DISCONNECTED) /* as it was told then */
    emit_of (modem, call, OH_CALL_ENDED, OH_REASON_NONE, OH_ENDED_BY_NOBODY);
  else
    emit_of (modem, call, OH_CALL_ENDED, reason == OH_REASON_NONE ? OH_REASON_UNKNOWN : reason,
             ended_by == OH_ENDED_BY_NOBODY ? OH_ENDED_BY_UNKNOWN : ended_by);
  self->waiting = self->wanted = 0;
  memset (&self->waiting_id, 0, sizeof self->waiting_id);
}

static gboolean
on_waiting_over (gpointer user_data)
{
  OhModem *modem = user_data;
  OhLandline *self = oh_modem_get_state (modem);

  self->waiting_timer = 0;
  if (self->waiting_state == OH_CALL_OFFERING)
    oh_landline_forget_waiting (modem, OH_REASON_UNKNOWN, OH_ENDED_BY_UNKNOWN);
  return G_SOURCE_REMOVE;
}

guint
oh_landline_get_spoken_to (const OhLandline *self)
{
  if (self->call == 0 || self->state == OH_CALL_CONNECTED)
    return self->call;
  return self->waiting_state == OH_CALL_CONNECTED ? self->waiting : 0;
}

/* The first goes with it when the line is hung up. */
gboolean
oh_landline_take_second_gone (OhModem *modem)
{
  OhLandline *self = oh_modem_get_state (modem);

  if (self->waiting == 0 || self->state != OH_CALL_HELD || self->waiting_state != OH_CALL_CONNECTED)
    return FALSE;
  oh_landline_go_on_hook (modem);
  self->waiting_state = OH_CALL_DISCONNECTED;
  emit_of (modem, self->waiting, OH_CALL_DISCONNECTED, OH_REASON_NORMAL, OH_ENDED_BY_REMOTE);
  return TRUE;
}

static void
fill_party (OhLandline *self, OhParty *party, char *network_time)
{
  oh_landline_fill_party (&self->waiting_id,
                          self->waiting_id.number_presentation != OH_PRESENTATION_UNKNOWN, party,
                          network_time);
}

/* The beep. */
void
oh_landline_take_waiting (OhModem *modem)
{
  OhLandline *self = oh_modem_get_state (modem);
  char network_time[OH_NETWORK_TIME_MAX];
  OhParty party;

  if (!oh_modem_get_settings (modem)->flash || self->call == 0 || self->state != OH_CALL_CONNECTED
      || self->dropping || (self->waiting != 0 && self->waiting_state != OH_CALL_OFFERING))
    return;
  g_clear_handle_id (&self->waiting_timer, g_source_remove);
  self->waiting_timer = g_timeout_add (WAITING_REST_MS, on_waiting_over, modem);
  if (self->waiting != 0)
    return;
  self->waiting = oh_modem_next_call (modem);
  self->waiting_state = OH_CALL_OFFERING;
  fill_party (self, &party, network_time);
  oh_modem_emit (modem, &(OhEvent){ .kind = OH_EVENT_CALL,
                                    .call = self->waiting,
                                    .state = OH_CALL_OFFERING,
                                    .incoming = TRUE,
                                    .mode = OH_MODE_WAITING,
                                    .origin = OH_ORIGIN_WAITING,
                                    .party = &party });
}

/* Its number has come, with or without a beep that was heard. */
void
oh_landline_take_waiting_id (OhModem *modem)
{
  OhLandline *self = oh_modem_get_state (modem);
  char network_time[OH_NETWORK_TIME_MAX];
  OhParty party;

  if (self->waiting == 0)
    {
      oh_landline_take_waiting (modem);
      return;
    }
  fill_party (self, &party, network_time);
  oh_modem_emit (modem,
                 &(OhEvent){ .kind = OH_EVENT_PARTY, .call = self->waiting, .party = &party });
}

/* A voice: the flash has brought what it was to bring. */
void
oh_landline_take_flash_sign (OhModem *modem)
{
  OhLandline *self = oh_modem_get_state (modem);
  gboolean second = self->wanted == self->waiting;

  if (self->wanted == 0 || self->waiting == 0)
    return;
  self->wanted = 0;
  set_states (modem, second ? OH_CALL_HELD : OH_CALL_CONNECTED,
              second ? OH_CALL_CONNECTED : OH_CALL_HELD);
}

static void
on_flashed (const OhReply *reply, gpointer user_data)
{
  g_autoptr (OhJob) job = user_data;
  OhLandline *self = oh_modem_get_state (job->modem);

  oh_modem_settle (job->request, reply);
  if (reply->error != NULL || self->call == 0)
    return;
  if (self->receiving)
    oh_landline_receive_voice (job->modem);
  if (reply->result != OH_RESULT_OK || self->waiting == 0 || job->call == 0)
    return;
  g_clear_handle_id (&self->waiting_timer, g_source_remove);
  self->wanted = job->call;
  set_states (job->modem, OH_CALL_UNKNOWN, OH_CALL_UNKNOWN);
}

/* One that does not know the flash as a tone may know it as a dial modifier (V.250 6.3.1.5). */
static void
on_flash_tone (const OhReply *reply, gpointer user_data)
{
  OhJob *job = user_data;
  OhCommand how = { .func = on_flashed, .user_data = job };

  if (reply->error == NULL && reply->result == OH_RESULT_ERROR)
    oh_modem_send (job->modem, "ATD!;", &how);
  else
    on_flashed (reply, job);
}

static void
flash (OhModem *modem, guint wanted, OhRequest *request)
{
  OhCommand how = { .func = on_flash_tone, .user_data = oh_job_new (modem, wanted, request) };

  oh_modem_send (modem, "AT+VTS=!", &how);
}

void
oh_landline_resume_waiting (OhModem *modem)
{
  OhLandline *self = oh_modem_get_state (modem);

  self->waiting_timer = 0;
  if (self->waiting != 0 && self->waiting_state == OH_CALL_OFFERING)
    self->waiting_timer = g_timeout_add (WAITING_REST_MS, on_waiting_over, modem);
}

void
oh_landline_flash (OhModem *modem, OhRequest *request)
{
  OhLandline *self = oh_modem_get_state (modem);

  if (!oh_modem_get_settings (modem)->flash)
    oh_request_fail (request, OH_ERROR_NOT_SUPPORTED,
                     "The line is not configured for hook flashes");
  else if (self->call == 0 || !self->receiving || self->dropping)
    oh_request_fail (request, OH_ERROR_INVALID_STATE, "No call is connected");
  else
    flash (modem, 0, request);
}

void
oh_landline_serve (OhModem *modem, OhService service, guint call, const char *number,
                   OhRequest *request)
{
  OhLandline *self = oh_modem_get_state (modem);
  guint wanted = self->waiting;

  if (service == OH_SERVICE_SWAP && self->waiting_state == OH_CALL_CONNECTED)
    wanted = self->call;
  if (self->waiting == 0 || !oh_modem_get_settings (modem)->flash)
    oh_request_fail (request, OH_ERROR_INVALID_STATE, "No other call is there");
  else
    flash (modem, wanted, request);
}
