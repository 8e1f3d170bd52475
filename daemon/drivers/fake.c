// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/modem.h"

/* A modem made of nothing: it takes every command at once, and nobody is ever at the other end. */

static const char *const features[] = { "dial", "answer", "drop", "reject", "digits", NULL };

static void
emit_call (OhModem *modem, guint call, OhCallState state)
{
  gboolean ended = state == OH_CALL_ENDED;

  oh_modem_emit (modem, &(OhEvent){ .kind = OH_EVENT_CALL,
                                    .call = call,
                                    .state = state,
                                    .reason = ended ? OH_REASON_LOCAL : OH_REASON_NONE,
                                    .ended_by = ended ? OH_ENDED_BY_LOCAL : OH_ENDED_BY_NOBODY });
}

static void
fake_start (OhModem *modem)
{
  oh_modem_emit (modem, &(OhEvent){ .kind = OH_EVENT_MODEM,
                                    .manufacturer = "offhook",
                                    .model = "made of nothing",
                                    .revision = "" });
  oh_modem_emit (modem,
                 &(OhEvent){ .kind = OH_EVENT_LINE, .line_state = OH_LINE_IN_SERVICE, .text = "" });
}

static void
fake_dial (OhModem *modem, guint call, const char *number, const OhDialOptions *options,
           OhRequest *request)
{
  oh_request_done (request);
  emit_call (modem, call, OH_CALL_RINGBACK);
}

static void
fake_answer (OhModem *modem, guint call, OhRequest *request)
{
  oh_request_done (request);
  emit_call (modem, call, OH_CALL_CONNECTED);
}

static void
fake_drop (OhModem *modem, guint call, OhRequest *request)
{
  oh_request_done (request);
  emit_call (modem, call, OH_CALL_ENDED);
}

static void
fake_send_digit (OhModem *modem, guint call, char digit, guint duration_ms, OhRequest *request)
{
  oh_request_done (request);
}

const OhDriver oh_driver_fake = {
  .name = "fake",
  .kind = "landline",
  .dialable = "0123456789*#",
  .features = features,
  .start = fake_start,
  .dial = fake_dial,
  .answer = fake_answer,
  .drop = fake_drop,
  .send_digit = fake_send_digit,
};
