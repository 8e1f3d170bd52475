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
puppet_dial (OhModem *modem, guint call, const char *number, const OhDialOptions *options,
             OhRequest *request)
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
  if (the_puppet.drops_at_once)
    oh_request_done (request);
  else
    keep (&the_puppet.drop, request);
}

static void
puppet_send_digit (OhModem *modem, guint call, char digit, guint duration_ms, OhRequest *request)
{
  keep (&the_puppet.digit, request);
}

/* Its Line.Cellular refuses everything. */
static void
refuse (OhModem *modem, OhRequest *request)
{
  oh_request_fail (request, OH_ERROR_FAILED, "as told");
}

static void
refuse_pin (OhModem *modem, const char *pin, OhRequest *request)
{
  refuse (modem, request);
}

static void
refuse_puk (OhModem *modem, const char *puk, const char *pin, OhRequest *request)
{
  refuse (modem, request);
}

static void
refuse_waiting (OhModem *modem, gboolean enabled, OhRequest *request)
{
  refuse (modem, request);
}

static void
refuse_forwarding (OhModem *modem, OhForward condition, OhRequest *request)
{
  refuse (modem, request);
}

static void
refuse_rule (OhModem *modem, OhForward condition, const char *number, guint seconds,
             OhRequest *request)
{
  refuse (modem, request);
}

static const OhNetworkFuncs network = {
  .enter_pin = refuse_pin,
  .enter_puk = refuse_puk,
  .get_identity = refuse,
  .get_call_waiting = refuse,
  .set_call_waiting = refuse_waiting,
  .get_forwarding = refuse_forwarding,
  .set_forwarding = refuse_rule,
  .send_ussd = refuse_pin,
  .cancel_ussd = refuse,
};

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
  .network = &network,
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

const OhLimits puppet_quick = {
  .listeners = 4,
  .listeners_per_user = 16,
  .handles_per_line = 8,
  .queued = 6,
  .requests = 32,
  .asks = 32,
  .asks_per_user = 8,
  .ask_open_ms = 5000,
  .ask_ms = 20000,
  .ask_password_ms = 120000,
  .answer_ms = 300,
  .refused_ms = 50,
  .reply_ms = 200,
  .ended_ms = 100,
  .ended_most_ms = 60000,
  .ended_calls = 3,
  .stop_ms = 3000,
  .retry_ms = 100,
  .wake_ms = 200,
};

GVariant *
open_arguments (const char *path)
{
  return g_variant_new ("(oa{sv})", path, NULL);
}

Listener *
open_at (Fixture *f, GDBusConnection *client, const char *path)
{
  Listener *listener = listen_at (f, client, path);

  g_variant_unref (listener_open (f, listener));
  return listener;
}

static void
on_later (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Later *later = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply
      = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  later->done = TRUE;
  later->n_heard_then = later->listener->heard->len;
  if (reply != NULL)
    return;
  later->error = g_dbus_error_get_remote_error (error);
  if (later->error != NULL)
    {
      g_autofree char *full = later->error;

      later->error = g_strdup (g_strrstr (full, ".") + 1);
    }
}

void
ask_later (GDBusConnection *client, const char *path, const char *interface, const char *method,
           GVariant *arguments, Later *later)
{
  g_autofree char *full = g_strconcat (OH_BUS_NAME ".", interface, NULL);

  g_dbus_connection_call (client, OH_BUS_NAME, path, full, method, arguments, NULL,
                          G_DBUS_CALL_FLAGS_NONE, G_MAXINT, NULL, on_later, later);
}

gboolean
is_asked (gpointer request)
{
  return *(OhRequest **)request != NULL;
}

void
ask_dial (Fixture *f, Later *later)
{
  ask_later (f->client, LINE_PATH "home", "Line", "Dial", g_variant_new ("(sa{sv})", "123", NULL),
             later);
}
