// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/drivers/v253.h"

#include <string.h>

#include "daemon/drivers/v253-quirks.h"

/* What a modem is told when its port has been opened, and what it can do. */

#define ROCKWELL_CALLER_ID "AT#CID=1"
#define CALLER_ID_REST_MS 5000 /* after it was refused; doubles */
#define CALLER_ID_TRIES 4

const char *const oh_landline_features[]
    = { "dial", "answer", "drop", "digits", "caller-id", NULL };

/* What the configuration allows besides; and no callers' numbers where they are refused. */
void
oh_landline_emit_features (OhModem *modem)
{
  const OhLandline *self = oh_modem_get_state (modem);
  const OhModemSettings *settings = oh_modem_get_settings (modem);
  const char *words[G_N_ELEMENTS (oh_landline_features) + 4];
  guint n = g_strv_length ((char **)oh_landline_features) - (self->caller_id_refused > 0 ? 1 : 0);

  memcpy (words, oh_landline_features, n * sizeof *words);
  if (settings->screen)
    words[n++] = "reject";
  if (settings->flash)
    {
      words[n++] = oh_service_name (OH_SERVICE_HOLD_AND_ANSWER);
      words[n++] = oh_service_name (OH_SERVICE_SWAP);
    }
  words[n] = NULL;
  oh_modem_emit (modem, &(OhEvent){ .kind = OH_EVENT_FEATURES, .words = words });
}

void
oh_landline_emit_in_service (OhModem *modem)
{
  oh_modem_emit (modem,
                 &(OhEvent){ .kind = OH_EVENT_LINE, .line_state = OH_LINE_IN_SERVICE, .text = "" });
}

static void
on_ready (const OhReply *reply, gpointer user_data)
{
  OhModem *modem = user_data;
  OhLandline *self = oh_modem_get_state (modem);

  if (reply->error != NULL)
    return;
  self->untold = FALSE;
  oh_modem_emit (modem,
                 &(OhEvent){ .kind = OH_EVENT_LINE, .line_state = OH_LINE_IN_SERVICE, .text = "" });
}

static void tell_caller_id (OhModem *modem);

/* A call has its own commands; the setting is for the next. */
static gboolean
on_rested (gpointer user_data)
{
  OhModem *modem = user_data;
  OhLandline *self = oh_modem_get_state (modem);

  if (self->call != 0)
    return G_SOURCE_CONTINUE;
  self->caller_id_timer = 0;
  tell_caller_id (modem);
  return G_SOURCE_REMOVE;
}

static void
arm_caller_id (OhModem *modem)
{
  OhLandline *self = oh_modem_get_state (modem);

  if (self->caller_id_refused > 0 && self->caller_id_refused < CALLER_ID_TRIES
      && self->caller_id_timer == 0)
    self->caller_id_timer
        = g_timeout_add (CALLER_ID_REST_MS << (self->caller_id_refused - 1), on_rested, modem);
}

static void
take_caller_id_set (OhModem *modem, gboolean refused)
{
  OhLandline *self = oh_modem_get_state (modem);
  guint before = self->caller_id_refused;

  self->caller_id_refused = refused ? before + 1 : 0;
  if ((before > 0) != refused)
    oh_landline_emit_features (modem);
  arm_caller_id (modem);
}

static void
on_rockwell_set (const OhReply *reply, gpointer user_data)
{
  if (reply->error == NULL)
    take_caller_id_set (user_data, reply->result != OH_RESULT_OK);
}

static void
on_caller_id_set (const OhReply *reply, gpointer user_data)
{
  OhCommand rockwell = { .tries = 2, .func = on_rockwell_set, .user_data = user_data };

  if (reply->error != NULL)
    return;
  if (reply->result == OH_RESULT_OK)
    take_caller_id_set (user_data, FALSE);
  else
    oh_modem_send (user_data, ROCKWELL_CALLER_ID, &rockwell);
}

/* One that has just been switched on may refuse what it takes a moment later. */
static void
tell_caller_id (OhModem *modem)
{
  const OhLandline *self = oh_modem_get_state (modem);
  OhCommand how = { .tries = 2, .func = on_caller_id_set, .user_data = modem };

  oh_modem_send (modem, oh_landline_get_quirks (self->quirks)->caller_id, &how);
}

/* "(0-7)", "(0,1,4,5)", "0,1": the labels that there are. */
static void
on_routes (const OhReply *reply, gpointer user_data)
{
  OhLandline *self = oh_modem_get_state (user_data);

  if (reply->error != NULL || reply->n_lines == 0)
    return;
  self->loop.routes = oh_numbers_parse (reply->lines[0], OH_ROUTE_MOST);
  oh_landline_tell_loop (user_data);
}

/* Who it is tells what else it can be told. */
static void
tell_quirks (OhModem *modem)
{
  static const char *const voice[] = { "AT+FCLASS=8", NULL };
  static const char *const data[] = { "AT+FCLASS=0", NULL };
  OhLandline *self = oh_modem_get_state (modem);
  OhCommand routes = { .prefix = "", .func = on_routes, .user_data = modem };
  OhCommand last = { .tries = 2, .func = on_ready, .user_data = modem };

  self->quirks
      = oh_landline_find_quirks (oh_modem_get_manufacturer (modem), oh_modem_get_model (modem));
  tell_caller_id (modem);
  oh_modem_tell (modem, oh_landline_get_quirks (self->quirks)->more);
  oh_modem_tell (modem, voice);
  oh_modem_send (modem, "AT+VLS=?", &routes); /* many know it in voice class only */
  oh_modem_tell (modem, data);
  oh_modem_send (modem, "ATE0", &last);
}

/* How the exchange rings and who calls depends on the country. */
static void
tell_country (OhModem *modem)
{
  g_auto (GStrv) texts = oh_country_commands (oh_landline_get_country (modem));

  oh_modem_tell (modem, (const char *const *)texts);
}

void
oh_landline_tell_settings (OhModem *modem)
{
  /* S7 is the time that D and A wait for the far end; settings do not survive a reset. */
  static const char *const settings[]
      = { "ATE0V1", "ATX4", "ATS0=0", "ATS7=60", "AT+FCLASS=0", NULL };
  static const char *const blind[] = { "ATX3", NULL };
  OhLandline *self = oh_modem_get_state (modem);

  self->caller_id_refused = 0;
  g_clear_handle_id (&self->caller_id_timer, g_source_remove);
  oh_modem_tell (modem, settings);
  if (oh_modem_get_settings (modem)->blind)
    oh_modem_tell (modem, blind);
  tell_country (modem);
  oh_landline_emit_features (modem);
  oh_modem_identify (modem, "+", tell_quirks);
}

void
oh_landline_tell_rest (OhModem *modem)
{
  const OhLandline *self = oh_modem_get_state (modem);

  if (self->call == 0 && self->untold)
    oh_landline_tell_settings (modem);
}

void
oh_landline_resume_settings (OhModem *modem)
{
  oh_landline_emit_features (modem);
  arm_caller_id (modem);
}

void
oh_landline_stop_settings (OhModem *modem)
{
  OhLandline *self = oh_modem_get_state (modem);

  g_clear_handle_id (&self->caller_id_timer, g_source_remove);
}
