// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/puppet.h"

#include "daemon/error.h"

static Puppet the_puppet;

Puppet *
puppet (void)
{
  return &the_puppet;
}

static void
puppet_start (OhModem *modem)
{
  the_puppet.modem = modem;
  puppet_emit_line (OH_LINE_IN_SERVICE, "");
}

static void
keep (OhRequest **kept, OhRequest *request)
{
  g_clear_pointer (kept, oh_request_unref);
  *kept = oh_request_ref (request);
}

static void
puppet_stop (OhModem *modem)
{
  g_clear_pointer (&the_puppet.dial, oh_request_unref);
  g_clear_pointer (&the_puppet.answer, oh_request_unref);
  g_clear_pointer (&the_puppet.drop, oh_request_unref);
  g_clear_pointer (&the_puppet.digit, oh_request_unref);
}

static void
puppet_dial (OhModem *modem, guint call, const char *number, OhRequest *request)
{
  the_puppet.call = call;
  g_strlcpy (the_puppet.number, number, sizeof the_puppet.number);
  if (the_puppet.refuse_with >= 0)
    oh_request_fail (request, the_puppet.refuse_with, "as told");
  else
    keep (&the_puppet.dial, request);
}

static void
puppet_answer (OhModem *modem, guint call, OhRequest *request)
{
  the_puppet.call = call;
  keep (&the_puppet.answer, request);
}

static void
puppet_drop (OhModem *modem, guint call, OhRequest *request)
{
  the_puppet.call = call;
  the_puppet.n_drops++;
  keep (&the_puppet.drop, request);
}

static void
puppet_send_digit (OhModem *modem, guint call, char digit, OhRequest *request)
{
  keep (&the_puppet.digit, request);
}

const OhDriver puppet_driver = {
  .name = "puppet",
  .kind = "cellular",
  .dialable = "0123456789*#+",
  .start = puppet_start,
  .stop = puppet_stop,
  .dial = puppet_dial,
  .answer = puppet_answer,
  .drop = puppet_drop,
  .send_digit = puppet_send_digit,
};

void
puppet_set_up (Fixture *f, gconstpointer limits)
{
  the_puppet = (Puppet){ .refuse_with = -1 };
  set_up (f, NULL);
  if (limits != NULL)
    f->limits = *(const OhLimits *)limits;
  start_manager (f);
  f->line = add_line (f, "home", "/dev/null", &puppet_driver);
}

void
puppet_tear_down (Fixture *f, gconstpointer limits)
{
  tear_down (f, NULL);
}

void
puppet_settle (OhRequest **request, int error)
{
  g_autoptr (OhRequest) settled = g_steal_pointer (request);

  if (error < 0)
    oh_request_done (settled);
  else
    oh_request_fail (settled, error, "as told");
}

void
puppet_emit_call (guint call, OhCallState state, OhReason reason, OhEndedBy ended_by)
{
  oh_modem_emit (the_puppet.modem, &(OhEvent){ .kind = OH_EVENT_CALL,
                                               .call = call,
                                               .state = state,
                                               .reason = reason,
                                               .ended_by = ended_by,
                                               .incoming = state == OH_CALL_OFFERING });
}

guint
puppet_ring (void)
{
  guint call = oh_modem_next_call (the_puppet.modem);

  puppet_emit_call (call, OH_CALL_OFFERING, OH_REASON_NONE, OH_ENDED_BY_NOBODY);
  return call;
}

void
puppet_emit_party (guint call, const char *number)
{
  const OhParty party = {
    .number = number, .name = "", .network_time = "", .number_presentation = OH_PRESENTATION_ALLOWED
  };

  oh_modem_emit (the_puppet.modem,
                 &(OhEvent){ .kind = OH_EVENT_PARTY, .call = call, .party = &party });
}

void
puppet_emit (OhEventKind kind, guint call)
{
  oh_modem_emit (the_puppet.modem, &(OhEvent){ .kind = kind, .call = call });
}

void
puppet_emit_line (OhLineState state, const char *reason)
{
  oh_modem_emit (the_puppet.modem,
                 &(OhEvent){ .kind = OH_EVENT_LINE, .line_state = state, .text = reason });
}

void
puppet_emit_digit (guint call, char digit)
{
  oh_modem_emit (the_puppet.modem,
                 &(OhEvent){ .kind = OH_EVENT_DIGIT, .call = call, .digit = digit });
}
