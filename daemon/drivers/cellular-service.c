// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/drivers/cellular-service.h"

#include "daemon/drivers/cellular-calls.h"

static OhCellularService *
get_service (OhModem *modem)
{
  OhCellular *self = oh_modem_get_state (modem);

  return &self->network;
}

static void
emit_line_state (OhModem *modem)
{
  OhCellularService *self = get_service (modem);
  OhEvent event = { .kind = OH_EVENT_LINE, .line_state = OH_LINE_IN_SERVICE, .text = "" };

  if (!self->sim_known)
    return;
  if (!self->sim_ready)
    {
      event.line_state = OH_LINE_LOCKED;
      event.text = "sim";
    }
  else if (self->registration == 3)
    {
      event.line_state = OH_LINE_EMERGENCY_ONLY;
      event.text = "registration-denied";
    }
  else if (self->registration != 1 && self->registration != 5)
    {
      event.line_state = OH_LINE_OUT_OF_SERVICE;
      event.text = "no-network";
    }
  oh_modem_emit (modem, &event);
}

static gboolean
take_registration (OhModem *modem, const char *line)
{
  OhCellularService *self = get_service (modem);
  guint first, second;
  OhFields fields;

  if (!oh_fields_begin (&fields, line, "+CREG:"))
    return FALSE;
  if (!oh_fields_next_number (&fields, 10, &first))
    return TRUE;
  /* An answer has the report mode in front, a report has not; a quoted second field is a cell. */
  self->registration = oh_fields_next_number (&fields, 10, &second) ? second : first;
  /* Nobody is registered without a SIM that is ready; one that was busy need not say so. */
  if (self->registration == 1 || self->registration == 5)
    self->sim_ready = TRUE;
  emit_line_state (modem);
  return TRUE;
}

gboolean
oh_cellular_take_service_line (OhModem *modem, const char *line)
{
  OhCellularService *self = get_service (modem);
  OhFields fields;
  char word[32];

  if (!oh_fields_begin (&fields, line, "+CPIN:"))
    return take_registration (modem, line);
  /* Settings are refused before the SIM is ready: tell the modem everything again. */
  if (oh_fields_next_text (&fields, word, sizeof word) && g_str_equal (word, "READY")
      && !self->sim_ready && !self->starting)
    oh_modem_get_driver (modem)->start (modem);
  return TRUE;
}

static void
on_sim (const OhReply *reply, gpointer user_data)
{
  OhCellularService *self = get_service (user_data);
  char word[32] = "";
  OhFields fields;

  self->starting = FALSE;
  if (reply->error != NULL)
    return;
  if (reply->n_lines > 0 && oh_fields_begin (&fields, reply->lines[0], "+CPIN:"))
    oh_fields_next_text (&fields, word, sizeof word);
  self->sim_known = TRUE;
  /* 27.007 8.3; a modem that does not know the question has no lock. */
  self->sim_ready
      = g_str_equal (word, "READY") || reply->result == OH_RESULT_ERROR || reply->code == 4;
}

static void
on_registration (const OhReply *reply, gpointer user_data)
{
  /* A report may stand before the answer. */
  if (reply->n_lines > 0)
    take_registration (user_data, reply->lines[reply->n_lines - 1]);
  else if (reply->error == NULL)
    emit_line_state (user_data);
}

void
oh_cellular_start_service (OhModem *modem)
{
  OhCommand sim = { .prefix = "+CPIN:", .tries = 2, .func = on_sim, .user_data = modem };
  OhCommand registration
      = { .prefix = "+CREG:", .tries = 2, .func = on_registration, .user_data = modem };

  get_service (modem)->starting = TRUE;
  oh_modem_send (modem, "AT+CPIN?", &sim);
  oh_modem_send (modem, "AT+CREG?", &registration);
}

gboolean
oh_cellular_service_is_known (OhModem *modem)
{
  OhCellularService *self = get_service (modem);

  return self->sim_known && !self->starting;
}

gboolean
oh_cellular_is_registered (OhModem *modem)
{
  guint registration = get_service (modem)->registration;

  return registration == 1 || registration == 5;
}
