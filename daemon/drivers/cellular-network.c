// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/drivers/cellular-network.h"

#include <string.h>

#include "daemon/at/network.h"
#include "daemon/drivers/cellular-calls.h"
#include "daemon/drivers/cellular-family.h"

/* Registration, operator and signal. The modem reports; it is asked at start and when the
 * registration has changed, and never polled. */

#define SIGNAL_STEP_DB 4
#define SIGNAL_REST_US (5 * G_USEC_PER_SEC)

OhCellularNetwork *
oh_cellular_get_network (OhModem *modem)
{
  OhCellular *self = oh_modem_get_state (modem);

  return &self->network;
}

/* What the SIM is in the way of. */
static gboolean
state_of_sim (OhSimState sim, OhRegistration registration, OhEvent *event)
{
  switch (sim)
    {
    case OH_SIM_PIN:
    case OH_SIM_PUK:
    case OH_SIM_PERSONALIZED:
      event->line_state = OH_LINE_LOCKED;
      event->text = sim == OH_SIM_PIN   ? "sim-pin"
                    : sim == OH_SIM_PUK ? "sim-puk"
                                        : "sim-personalization";
      return TRUE;
    case OH_SIM_ABSENT:
    case OH_SIM_FAILURE:
      event->line_state = registration == OH_REGISTRATION_EMERGENCY ? OH_LINE_EMERGENCY_ONLY
                                                                    : OH_LINE_OUT_OF_SERVICE;
      event->text = sim == OH_SIM_ABSENT ? "no-sim" : "sim-failure";
      return TRUE;
    case OH_SIM_BUSY:
    case OH_SIM_UNKNOWN:
    case OH_SIM_READY:
      break;
    }
  return FALSE;
}

static void
state_of_registration (const OhNetwork *now, OhEvent *event)
{
  event->line_state = OH_LINE_OUT_OF_SERVICE;
  switch (now->registration)
    {
    case OH_REGISTRATION_DENIED:
      event->line_state = OH_LINE_EMERGENCY_ONLY;
      event->text = "registration-denied";
      break;
    case OH_REGISTRATION_EMERGENCY:
      event->line_state = OH_LINE_EMERGENCY_ONLY;
      event->text = "no-network";
      break;
    case OH_REGISTRATION_HOME:
    case OH_REGISTRATION_ROAMING:
    case OH_REGISTRATION_HOME_SMS:
    case OH_REGISTRATION_ROAMING_SMS:
      event->text = "no-voice";
      break;
    case OH_REGISTRATION_NONE:
    case OH_REGISTRATION_SEARCHING:
    case OH_REGISTRATION_UNKNOWN:
    case OH_REGISTRATION_HOME_CSFB:
    case OH_REGISTRATION_ROAMING_CSFB:
      event->text = now->sim == OH_SIM_BUSY ? "sim-busy" : "no-network";
      break;
    }
}

static void
emit_line_state (OhModem *modem)
{
  const OhCellularNetwork *self = oh_cellular_get_network (modem);
  OhEvent event = { .kind = OH_EVENT_LINE, .line_state = OH_LINE_IN_SERVICE, .text = "" };

  if (!state_of_sim (self->now.sim, self->now.registration, &event))
    {
      if (!self->registration_known)
        return;
      if (!self->now.voice)
        state_of_registration (&self->now, &event);
    }
  oh_modem_emit (modem, &event);
}

void
oh_cellular_tell_network (OhModem *modem)
{
  OhCellularNetwork *self = oh_cellular_get_network (modem);

  if (!self->was_told || memcmp (&self->told, &self->now, sizeof self->now) != 0)
    {
      self->told = self->now;
      self->was_told = TRUE;
      oh_modem_emit (modem, &(OhEvent){ .kind = OH_EVENT_NETWORK, .network = &self->told });
    }
  if (!self->starting)
    emit_line_state (modem);
}

static void
tell_signal (OhModem *modem)
{
  OhCellularNetwork *self = oh_cellular_get_network (modem);

  g_clear_handle_id (&self->signal_timer, g_source_remove);
  self->signal_at = g_get_monotonic_time ();
  self->now.signal = self->signal;
  oh_cellular_tell_network (modem);
}

static gboolean
on_signal_due (gpointer user_data)
{
  oh_cellular_get_network (user_data)->signal_timer = 0;
  tell_signal (user_data);
  return G_SOURCE_REMOVE;
}

/* One that is known now, or is not any more, is told at once. */
static void
take_signal (OhModem *modem, int dbm)
{
  OhCellularNetwork *self = oh_cellular_get_network (modem);
  gint64 rest = self->signal_at + SIGNAL_REST_US - g_get_monotonic_time ();
  gboolean comes_or_goes = (dbm == OH_SIGNAL_NONE) != (self->now.signal == OH_SIGNAL_NONE);

  self->signal = dbm;
  if (comes_or_goes || (ABS (dbm - self->now.signal) >= SIGNAL_STEP_DB && rest <= 0))
    tell_signal (modem);
  else if (ABS (dbm - self->now.signal) < SIGNAL_STEP_DB)
    g_clear_handle_id (&self->signal_timer, g_source_remove);
  else if (self->signal_timer == 0)
    self->signal_timer = g_timeout_add ((guint)(rest / 1000) + 1, on_signal_due, modem);
}

static void ask_operator (OhModem *modem);

static void
on_signal (const OhReply *reply, gpointer user_data)
{
  OhCellularNetwork *self = oh_cellular_get_network (user_data);
  gboolean again = self->ask_operator_again;
  int dbm;

  self->asking_operator = self->ask_operator_again = FALSE;
  if (reply->error != NULL)
    return;
  if (reply->n_lines > 0 && oh_signal_parse (reply->lines[reply->n_lines - 1], &dbm))
    take_signal (user_data, dbm);
  if (again)
    ask_operator (user_data);
}

static void
on_operator (const OhReply *reply, gpointer user_data)
{
  OhCellularNetwork *self = oh_cellular_get_network (user_data);

  for (guint i = 0; i < reply->n_lines; i++)
    oh_operator_parse (reply->lines[i], &self->now);
  if (reply->error == NULL)
    oh_cellular_tell_network (user_data);
}

static void
ask_operator (OhModem *modem)
{
  static const char *const code[] = { "AT+COPS=3,2", NULL };
  static const char *const name[] = { "AT+COPS=3,0", NULL };
  OhCellularNetwork *self = oh_cellular_get_network (modem);
  OhCommand question = { .prefix = "+COPS:", .func = on_operator, .user_data = modem };
  OhCommand signal = { .prefix = "+CSQ:", .func = on_signal, .user_data = modem };

  self->ask_operator_again |= self->asking_operator;
  if (self->asking_operator)
    return;
  self->asking_operator = TRUE;
  oh_modem_tell (modem, code);
  oh_modem_send (modem, "AT+COPS?", &question);
  oh_modem_tell (modem, name);
  oh_modem_send (modem, "AT+COPS?", &question);
  oh_modem_send (modem, "AT+CSQ", &signal);
}

static gboolean
is_circuit_voice (OhRegistration registration)
{
  return registration == OH_REGISTRATION_HOME || registration == OH_REGISTRATION_ROAMING
         || registration == OH_REGISTRATION_HOME_CSFB
         || registration == OH_REGISTRATION_ROAMING_CSFB;
}

static gboolean
is_packet (OhRegistration registration)
{
  return registration == OH_REGISTRATION_HOME || registration == OH_REGISTRATION_ROAMING;
}

/* What is heard of packets then says more. */
static gboolean
is_nowhere (OhRegistration registration)
{
  return registration == OH_REGISTRATION_NONE || registration == OH_REGISTRATION_SEARCHING
         || registration == OH_REGISTRATION_UNKNOWN;
}

/* Calls go by way of circuits, or of packets where the modem has IMS. */
static void
combine (OhModem *modem)
{
  OhCellularNetwork *self = oh_cellular_get_network (modem);
  OhRegistration before = self->now.registration;
  gboolean by_packet = is_packet (self->packet) && is_nowhere (self->circuit);
  guint access = by_packet || self->circuit_access == OH_ACCESS_NONE ? self->packet_access
                                                                     : self->circuit_access;

  self->now.registration = by_packet ? self->packet : self->circuit;
  self->now.voice = is_circuit_voice (self->circuit) || (self->ims && is_packet (self->packet));
  if (!self->now.voice && !is_packet (self->now.registration))
    {
      self->now.access = OH_ACCESS_NONE;
      self->now.operator_name[0] = self->now.operator_code[0] = '\0';
    }
  else if (before != self->now.registration || access != self->now.access)
    {
      self->now.access = access;
      ask_operator (modem);
    }
  /* Nobody is registered without a SIM that is ready; one that was busy need not say so. */
  if (self->now.voice && self->now.sim == OH_SIM_BUSY)
    self->now.sim = OH_SIM_READY;
  oh_cellular_tell_network (modem);
}

static gboolean
take_registration (OhModem *modem, const char *line)
{
  OhCellularNetwork *self = oh_cellular_get_network (modem);
  OhRegistration registration;
  OhDomain domain;
  guint access;

  if (oh_ims_parse (line, &self->ims))
    {
      combine (modem);
      return TRUE;
    }
  if (!oh_registration_parse (line, &domain, &registration, &access))
    return g_str_has_prefix (line, "+CREG:");
  if (domain == OH_DOMAIN_CIRCUIT)
    {
      self->circuit = registration;
      self->circuit_access = access;
    }
  else
    {
      self->packet = registration;
      self->packet_access = access;
    }
  combine (modem);
  return TRUE;
}

static gboolean
take_signal_line (OhModem *modem, const char *line)
{
  OhCellularNetwork *self = oh_cellular_get_network (modem);
  int dbm;

  if (!oh_signal_parse (line, &dbm) && !oh_indicator_parse (line, self->indicator, &dbm))
    return FALSE;
  take_signal (modem, dbm);
  return TRUE;
}

gboolean
oh_cellular_take_network_line (OhModem *modem, const char *line)
{
  return oh_cellular_take_sim_line (modem, line) || take_registration (modem, line)
         || take_signal_line (modem, line) || oh_cellular_take_emergency_line (modem, line)
         || oh_cellular_take_ussd_line (modem, line);
}

/* Reports may stand among the answer. */
static void
on_registration (const OhReply *reply, gpointer user_data)
{
  for (guint i = 0; i < reply->n_lines; i++)
    take_registration (user_data, reply->lines[i]);
}

/* Now there is enough to say whether the line is in service. */
static void
on_last_registration (const OhReply *reply, gpointer user_data)
{
  if (reply->error != NULL)
    return;
  oh_cellular_get_network (user_data)->registration_known = TRUE;
  on_registration (reply, user_data);
  oh_cellular_tell_network (user_data);
}

static void
on_reports_refused (const OhReply *reply, gpointer user_data)
{
  static const char *const texts[] = { "AT+CMER=1,0,0,1", NULL };

  if (reply->error == NULL && reply->result != OH_RESULT_OK)
    oh_modem_tell (user_data, texts);
}

static void
on_indicators (const OhReply *reply, gpointer user_data)
{
  OhCellularNetwork *self = oh_cellular_get_network (user_data);
  OhCommand reports = { .tries = 2, .func = on_reports_refused, .user_data = user_data };

  if (reply->error != NULL || reply->n_lines == 0)
    return;
  self->indicator = oh_indicator_find (reply->lines[0], "signal");
  if (self->indicator == 0)
    self->indicator = oh_indicator_find (reply->lines[0], "rssi");
  if (self->indicator != 0)
    oh_modem_send (user_data, "AT+CMER=3,0,0,1", &reports);
}

static void
ask_registration (OhModem *modem)
{
  static const struct
  {
    const char *text, *prefix;
    OhReplyFunc func;
  } questions[] = { { "AT+CIREG?", "+CIREG:", on_registration },
                    { "AT+CEREG?", "+CEREG:", on_registration },
                    { "AT+CREG?", "+CREG:", on_last_registration } };
  OhCommand how = { .tries = 2, .user_data = modem };

  for (guint i = 0; i < G_N_ELEMENTS (questions); i++)
    {
      how.prefix = questions[i].prefix;
      how.func = questions[i].func;
      oh_modem_send (modem, questions[i].text, &how);
    }
}

void
oh_cellular_begin_network (OhModem *modem)
{
  OhCellularNetwork *self = oh_cellular_get_network (modem);

  if (!self->begun)
    {
      self->now = oh_network_unknown;
      self->circuit = self->packet = OH_REGISTRATION_UNKNOWN;
      self->circuit_access = self->packet_access = OH_ACCESS_NONE;
      self->begun = TRUE;
    }
  self->starting = TRUE;
  oh_cellular_emit_emergency (modem);
}

/* It is unknown again, and told when it is known. */
void
oh_cellular_reset_network (OhModem *modem)
{
  OhCellularNetwork *self = oh_cellular_get_network (modem);

  oh_cellular_reset_ussd (modem);
  g_clear_handle_id (&self->signal_timer, g_source_remove);
  g_clear_handle_id (&self->sim_timer, g_source_remove);
  self->begun = self->was_locked = self->registration_known = FALSE;
  self->sim_polls = 0;
}

void
oh_cellular_start_network (OhModem *modem)
{
  OhCellular *driver = oh_modem_get_state (modem);
  OhCellularNetwork *self = &driver->network;
  OhCommand indicators
      = { .prefix = "+CIND:", .tries = 2, .func = on_indicators, .user_data = modem };

  self->asking_operator = FALSE;
  oh_cellular_ask_sim (modem);
  ask_registration (modem);
  oh_cellular_start_ussd (modem);
  if (!oh_cellular_get_family (driver->family)->reports_signal)
    oh_modem_send (modem, "AT+CIND=?", &indicators);
}

void
oh_cellular_resume_network (OhModem *modem, gboolean alive)
{
  OhCellularNetwork *self = oh_cellular_get_network (modem);

  self->signal_timer = 0;
  self->signal_at = 0; /* the clock may be another */
  self->asking_operator = self->ask_operator_again = FALSE;
  self->was_told = FALSE;
  oh_cellular_emit_emergency (modem);
  oh_cellular_resume_sim (modem);
  oh_cellular_resume_ussd (modem, alive);
  oh_cellular_tell_network (modem);
  if (alive && self->now.voice && *self->now.operator_name == '\0')
    ask_operator (modem); /* the answer went to the daemon before */
}

void
oh_cellular_stop_network (OhModem *modem)
{
  OhCellularNetwork *self = oh_cellular_get_network (modem);

  g_clear_handle_id (&self->signal_timer, g_source_remove);
  g_clear_handle_id (&self->sim_timer, g_source_remove);
  oh_cellular_stop_ussd (modem);
}

gboolean
oh_cellular_network_is_known (OhModem *modem)
{
  OhCellularNetwork *self = oh_cellular_get_network (modem);

  return self->was_told && self->registration_known && !self->starting;
}

gboolean
oh_cellular_has_voice (OhModem *modem)
{
  return oh_cellular_get_network (modem)->now.voice;
}
