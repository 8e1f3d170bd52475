// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/drivers/cellular-network.h"

#include <string.h>

#include "daemon/drivers/cellular-calls.h"
#include "daemon/drivers/cellular-family.h"
#include "daemon/error.h"

/* USSD sessions (27.007 7.15): one at a time. The network's answer comes as a report. */

static void
set_state (OhModem *modem, OhUssdState state)
{
  oh_cellular_get_network (modem)->now.ussd = state;
  oh_cellular_tell_network (modem);
}

/* Takes the request: whoever waits hears of it first, then everybody of the state. */
static OhRequest *
take_request (OhCellularNetwork *self)
{
  g_clear_handle_id (&self->ussd_timer, g_source_remove);
  return g_steal_pointer (&self->ussd);
}

static void
fail (OhModem *modem, int code, const char *text)
{
  g_autoptr (OhRequest) request = take_request (oh_cellular_get_network (modem));

  if (request != NULL)
    oh_request_fail (request, code, "%s", text);
  set_state (modem, OH_USSD_IDLE);
}

static void
tell_cancel (OhModem *modem)
{
  static const char *const texts[] = { "AT+CUSD=2", NULL };

  oh_modem_tell (modem, texts);
}

static gboolean
on_timeout (gpointer user_data)
{
  oh_cellular_get_network (user_data)->ussd_timer = 0;
  fail (user_data, OH_ERROR_TIMEOUT, "The network does not answer");
  tell_cancel (user_data);
  return G_SOURCE_REMOVE;
}

static void
emit (OhModem *modem, const char *state, const char *text)
{
  oh_modem_emit (modem, &(OhEvent){ .kind = OH_EVENT_USSD, .word = state, .text = text });
}

/* What nobody here has asked for. */
static void
take_unasked (OhModem *modem, OhUssdKind kind, const char *text)
{
  gboolean is_open = oh_cellular_get_network (modem)->now.ussd != OH_USSD_IDLE;

  if (kind == OH_USSD_REQUEST)
    {
      set_state (modem, OH_USSD_USER_RESPONSE);
      emit (modem, "request", text);
      return;
    }
  set_state (modem, OH_USSD_IDLE);
  if (kind == OH_USSD_NOTIFY || *text != '\0')
    emit (modem, "notify", text);
  else if (is_open)
    emit (modem, "ended", "");
}

static void
take_answer (OhModem *modem, OhUssdKind kind, const char *text)
{
  g_autoptr (OhRequest) request = NULL;

  switch (kind)
    {
    case OH_USSD_ENDED: /* with the answer, as some networks have it */
    case OH_USSD_NOTIFY:
    case OH_USSD_REQUEST:
      if (kind == OH_USSD_ENDED && *text == '\0')
        {
          fail (modem, OH_ERROR_FAILED, "The network has ended the session");
          return;
        }
      request = take_request (oh_cellular_get_network (modem));
      oh_request_done_with (request, g_variant_new ("(sb)", text, kind == OH_USSD_REQUEST));
      set_state (modem, kind == OH_USSD_REQUEST ? OH_USSD_USER_RESPONSE : OH_USSD_IDLE);
      break;
    case OH_USSD_OTHER:
      fail (modem, OH_ERROR_FAILED, "Another client of the modem has answered");
      break;
    case OH_USSD_NOT_SUPPORTED:
      fail (modem, OH_ERROR_NOT_SUPPORTED, "The network does not support this");
      break;
    case OH_USSD_TIMEOUT:
      fail (modem, OH_ERROR_TIMEOUT, "The network does not answer");
      break;
    }
}

static gboolean
take_whole (OhModem *modem, const char *line)
{
  OhCellularNetwork *self = oh_cellular_get_network (modem);
  char text[OH_USSD_MAX];
  OhUssdKind kind;

  if (!oh_ussd_parse (line, self->ussd_coding, &kind, text))
    return g_str_has_prefix (line, "+CUSD:");
  if (self->ussd != NULL)
    take_answer (modem, kind, text);
  else
    take_unasked (modem, kind, text);
  return TRUE;
}

gboolean
oh_cellular_take_ussd_line (OhModem *modem, const char *line)
{
  OhCellularNetwork *self = oh_cellular_get_network (modem);

  if (!oh_ussd_is_open (line))
    return take_whole (modem, line);
  g_strlcpy (self->ussd_raw, line, sizeof self->ussd_raw);
  return TRUE;
}

/* One that gets too long is no text of a +CUSD: what there is of it has to do. */
gboolean
oh_cellular_take_ussd_text (OhModem *modem, const char *line)
{
  OhCellularNetwork *self = oh_cellular_get_network (modem);
  char whole[OH_CELLULAR_USSD_RAW];

  if (*self->ussd_raw == '\0')
    return FALSE;
  if (g_strlcat (self->ussd_raw, "\n", sizeof self->ussd_raw) < sizeof self->ussd_raw
      && g_strlcat (self->ussd_raw, line, sizeof self->ussd_raw) < sizeof self->ussd_raw
      && !oh_ussd_closes (line))
    return TRUE;
  memcpy (whole, self->ussd_raw, sizeof whole);
  self->ussd_raw[0] = '\0';
  take_whole (modem, whole);
  return TRUE;
}

static void
on_sent (const OhReply *reply, gpointer user_data)
{
  g_autoptr (OhJob) job = user_data;
  OhCellularNetwork *self = oh_cellular_get_network (job->modem);
  g_autoptr (OhRequest) request = NULL;

  if (reply->result == OH_RESULT_OK || self->ussd != job->request)
    return; /* the answer may have come before the OK */
  request = take_request (self);
  oh_modem_settle (request, reply);
  set_state (job->modem, OH_USSD_IDLE);
}

void
oh_cellular_send_ussd (OhModem *modem, const char *text, OhRequest *request)
{
  OhCellularNetwork *self = oh_cellular_get_network (modem);
  g_autofree char *command = oh_ussd_command (text, self->ussd_coding);
  guint limit_ms = oh_modem_get_settings (modem)->ussd_timeout_ms;
  OhCommand how
      = { .limit_ms = limit_ms, .func = on_sent, .user_data = oh_job_new (modem, 0, request) };

  self->ussd = oh_request_ref (request);
  self->ussd_timer = g_timeout_add (limit_ms, on_timeout, modem);
  set_state (modem, OH_USSD_ACTIVE);
  oh_modem_send (modem, command, &how);
}

static void
on_cancelled (const OhReply *reply, gpointer user_data)
{
  g_autoptr (OhJob) job = user_data;

  if (reply->error == NULL)
    oh_request_done (job->request); /* a modem that refuses has no session */
  else
    oh_request_fail_with (job->request, reply->error);
}

void
oh_cellular_cancel_ussd (OhModem *modem, OhRequest *request)
{
  OhCommand how = { .func = on_cancelled, .user_data = oh_job_new (modem, 0, request) };

  oh_modem_send (modem, "AT+CUSD=2", &how);
  fail (modem, OH_ERROR_CANCELLED, "The session was cancelled");
}

static void
on_character_set (const OhReply *reply, gpointer user_data)
{
  OhCellular *driver = oh_modem_get_state (user_data);
  OhCellularNetwork *self = &driver->network;

  self->ucs2 = reply->n_lines > 0 && oh_text_contains (reply->lines[0], "UCS2");
  if (self->ucs2)
    self->ussd_coding = OH_USSD_UCS2;
  else if (oh_cellular_get_family (driver->family)->packs_ussd)
    self->ussd_coding = OH_USSD_PACKED;
  else
    self->ussd_coding = OH_USSD_PLAIN;
}

void
oh_cellular_start_ussd (OhModem *modem)
{
  OhCommand how = { .prefix = "+CSCS:", .tries = 2, .func = on_character_set, .user_data = modem };

  oh_modem_send (modem, "AT+CSCS?", &how);
}

/* Nobody knows any more whose session it was. */
void
oh_cellular_resume_ussd (OhModem *modem, gboolean alive)
{
  OhCellularNetwork *self = oh_cellular_get_network (modem);

  self->ussd = NULL;
  self->ussd_timer = 0;
  if (alive && self->now.ussd != OH_USSD_IDLE)
    tell_cancel (modem);
  if (!alive)
    self->ussd_raw[0] = '\0';
  self->now.ussd = OH_USSD_IDLE;
}

void
oh_cellular_reset_ussd (OhModem *modem)
{
  fail (modem, OH_ERROR_FAILED, "The modem was reset");
  oh_cellular_get_network (modem)->ussd_raw[0] = '\0';
}

void
oh_cellular_stop_ussd (OhModem *modem)
{
  g_autoptr (OhRequest) request = take_request (oh_cellular_get_network (modem));

  if (request != NULL)
    oh_request_fail (request, OH_ERROR_NO_DEVICE, "The modem is gone");
}
