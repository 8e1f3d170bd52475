// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/drivers/v253.h"

#include "daemon/drivers/v253-quirks.h"
#include "daemon/error.h"

/* The wires: what is heard on them, who else is on them, how loud they are. */

#define TONE_REST_US (5 * G_USEC_PER_SEC) /* the same one again is another */

void
oh_landline_tell_loop (OhModem *modem)
{
  OhLandline *self = oh_modem_get_state (modem);

  oh_modem_emit (modem, &(OhEvent){ .kind = OH_EVENT_LOOP, .loop = &self->loop });
}

static void
set_in_use (OhModem *modem, OhSwitch in_use)
{
  OhLandline *self = oh_modem_get_state (modem);

  if (self->loop.in_use == in_use)
    return;
  self->loop.in_use = in_use;
  oh_landline_tell_loop (modem);
}

/* A telephone on the same wires: lifted or put down. */
void
oh_landline_take_station (OhModem *modem, guint8 code)
{
  const OhLandline *self = oh_modem_get_state (modem);
  gboolean lifted = code == 'H' || code == 'P'
                    || (code == 'p' && oh_landline_get_quirks (self->quirks)->lifts_with_both
                        && self->state == OH_CALL_OFFERING);

  set_in_use (modem, lifted ? OH_SWITCH_ON : OH_SWITCH_OFF);
  if (lifted)
    oh_landline_take_answered_elsewhere (modem);
}

static const char *
name_of_tone (guint8 code)
{
  static const struct
  {
    guint8 code;
    const char *name;
  } tones[] = { { 'b', "busy" },         { 'K', "reorder" },      { 'd', "dial" },
                { 'r', "ringback" },     { 'J', "special-info" }, { 'a', "answer" },
                { 'c', "fax-calling" },  { 'm', "fax-calling" },  { 'e', "data-calling" },
                { 'f', "data-answer" },  { 't', "tdd" },          { '$', "bong" },
                { 'w', "call-waiting" }, { 's', "silence" },      { 'q', "quiet" },
                { 'l', "loop-break" } };

  for (guint i = 0; i < G_N_ELEMENTS (tones); i++)
    {
      if (tones[i].code == code)
        return tones[i].name;
    }
  return NULL;
}

/* Modems say it again and again while it lasts, some every 20 ms, some in two codes. */
void
oh_landline_tell_tone (OhModem *modem, guint8 code)
{
  OhLandline *self = oh_modem_get_state (modem);
  const char *name = name_of_tone (code);
  guint spoken_to = oh_landline_get_spoken_to (self);
  gint64 now = g_get_monotonic_time ();
  gboolean again
      = g_strcmp0 (name, name_of_tone (self->tone)) == 0 && now - self->tone_at < TONE_REST_US;

  if (name == NULL || self->call == 0)
    return;
  self->tone = code;
  self->tone_at = now;
  if (!again)
    oh_modem_emit (modem, &(OhEvent){ .kind = OH_EVENT_TONE,
                                      .call = spoken_to != 0 ? spoken_to : self->call,
                                      .word = name });
}

static void
on_set (const OhReply *reply, gpointer user_data)
{
  g_autoptr (OhJob) job = user_data;

  oh_modem_settle (job->request, reply);
}

static char *
receive_gain (const OhLandline *self)
{
  return g_strdup_printf ("AT+VGR=%u", self->loop.receive_gain);
}

static char *
transmit_gain (const OhLandline *self)
{
  return g_strdup_printf ("AT+VGT=%u", self->loop.transmit_gain);
}

/* What is the modem's own is left so. */
void
oh_landline_enter_voice (OhModem *modem)
{
  const OhLandline *self = oh_modem_get_state (modem);
  g_autofree char *first = receive_gain (self);
  g_autofree char *second = transmit_gain (self);
  gboolean own
      = self->loop.receive_gain == OH_GAIN_DEFAULT && self->loop.transmit_gain == OH_GAIN_DEFAULT;
  const char *texts[] = { "AT+FCLASS=8", own ? NULL : first, second, NULL };

  oh_modem_tell (modem, texts);
}

/* Modems take gains in voice class: those of calls to come are told then. */
void
oh_landline_set_gain (OhModem *modem, guint receive, guint transmit, OhRequest *request)
{
  OhLandline *self = oh_modem_get_state (modem);
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  const char *texts[] = { NULL, NULL };
  OhCommand how = { .func = on_set };

  self->loop.receive_gain = receive;
  self->loop.transmit_gain = transmit;
  if (!self->receiving)
    oh_request_done (request);
  else
    {
      texts[0] = first = receive_gain (self);
      second = transmit_gain (self);
      how.user_data = oh_job_new (modem, 0, request);
      oh_modem_tell (modem, texts);
      oh_modem_send (modem, second, &how);
      oh_landline_receive_voice (modem);
    }
  oh_landline_tell_loop (modem);
}

static void
take_route (OhModem *modem, guint route)
{
  OhLandline *self = oh_modem_get_state (modem);

  self->loop.route = route;
  oh_landline_tell_loop (modem);
}

/* One that the modem refuses would keep it from taking calls. */
static void
on_route_set (const OhReply *reply, gpointer user_data)
{
  g_autoptr (OhJob) job = user_data; /* its call is the route */

  oh_modem_settle (job->request, reply);
  if (reply->result == OH_RESULT_OK || reply->result == OH_RESULT_VCON)
    take_route (job->modem, job->call);
}

/* Of the call that there is, and those to come. */
void
oh_landline_set_route (OhModem *modem, guint route, OhRequest *request)
{
  OhLandline *self = oh_modem_get_state (modem);
  g_autofree char *text = g_strdup_printf ("AT+VLS=%u", route);
  OhCommand how = { .func = on_route_set };

  if (route == 0 || (self->loop.routes & 1u << route) == 0)
    {
      oh_request_fail (request, OH_ERROR_NOT_SUPPORTED, "The modem has no such route");
      return;
    }
  if (!self->receiving)
    {
      take_route (modem, route);
      oh_request_done (request);
      return;
    }
  how.user_data = oh_job_new (modem, route, request);
  oh_modem_send (modem, text, &how);
  oh_landline_receive_voice (modem);
}
