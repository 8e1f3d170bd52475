// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/drivers/v253.h"

/* Digits heard and sent. */

void
oh_landline_take_digit (OhModem *modem, char digit)
{
  OhLandline *self = oh_modem_get_state (modem);
  guint call;

  if (self->in_tone && self->tone_told)
    return; /* said again while the key is held */
  self->tone_told = TRUE;
  call = oh_landline_get_spoken_to (self);
  if (call != 0)
    oh_modem_emit (modem, &(OhEvent){ .kind = OH_EVENT_DIGIT, .call = call, .digit = digit });
}

void
oh_landline_on_digit_sent (const OhReply *reply, gpointer user_data)
{
  g_autoptr (OhJob) job = user_data;
  OhLandline *self = oh_modem_get_state (job->modem);

  oh_modem_settle (job->request, reply);
  if ((self->call != job->call && self->waiting != job->call) || self->digits_waiting == 0)
    return;
  /* Sending ended the stream; the next digit would end it again. */
  if (--self->digits_waiting == 0 && self->receiving)
    oh_landline_receive_voice (job->modem);
}

/* V.253 8.3.1 takes hundredths of a second. */
#define HUNDREDTHS(ms) (((ms) + 5) / 10)

static void
generate (OhModem *modem, guint call, const char *text, guint duration_ms, OhRequest *request)
{
  OhLandline *self = oh_modem_get_state (modem);
  OhCommand how = { .limit_ms = OH_COMMAND_LIMIT_MS + duration_ms,
                    .func = oh_landline_on_digit_sent,
                    .user_data = oh_job_new (modem, call, request) };

  self->digits_waiting++;
  oh_modem_send (modem, text, &how);
}

void
oh_landline_send_digit (OhModem *modem, guint call, char digit, guint duration_ms,
                        OhRequest *request)
{
  g_autofree char *text = duration_ms > 0
                              ? g_strdup_printf ("AT+VTS={%c,%u}", digit, HUNDREDTHS (duration_ms))
                              : g_strdup_printf ("AT+VTS=%c", digit);

  generate (modem, call, text, duration_ms, request);
}

void
oh_landline_tone (OhModem *modem, guint call, const guint *hz, guint duration_ms,
                  OhRequest *request)
{
  g_autofree char *text
      = g_strdup_printf ("AT+VTS=[%u,%u,%u]", hz[0], hz[1], HUNDREDTHS (duration_ms));

  generate (modem, call, text, duration_ms, request);
}
