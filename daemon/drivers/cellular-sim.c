// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/drivers/cellular-network.h"

#include <string.h>

#include "daemon/drivers/cellular-calls.h"
#include "daemon/drivers/cellular-family.h"
#include "daemon/error.h"

/* The SIM: what it wants, and giving it that. The PIN of the configuration is tried by itself if it
 * cannot do harm: when no entry has been lost, or one that was another value's. So each value is
 * tried once, and never the last entry, also over a restart that has forgotten everything. */

#define UNLOCK_LIMIT_MS 20000
#define BUSY_POLL_MS 1000
#define BUSY_POLLS 30
#define ALL_RETRIES 3

/* A client's code under way, until it is known what came of it. */
typedef struct
{
  OhModem *modem;
  OhRequest *request; /* NULL: the configuration's */
  GError *error;
} Unlock;

static void ask_retries (OhModem *modem, Unlock *unlock);
static void ask_state (OhModem *modem, Unlock *unlock);

static void
unlock_free (Unlock *unlock)
{
  g_clear_pointer (&unlock->request, oh_request_unref);
  g_clear_error (&unlock->error);
  g_free (unlock);
}

/* The client hears of it when Retries and SimState are true again. */
static void
finish (Unlock *unlock)
{
  if (unlock == NULL)
    return;
  if (unlock->request != NULL)
    oh_request_fail_with (unlock->request, unlock->error);
  unlock_free (unlock);
}

/* @text is the one that the modem wants by @reply; else what it says of why not. */
static void
on_entered (const OhReply *reply, gpointer user_data)
{
  Unlock *unlock = user_data;

  if (reply->error != NULL)
    unlock->error = g_error_copy (reply->error);
  else if (reply->result != OH_RESULT_OK)
    unlock->error = g_error_new (OH_ERROR, OH_ERROR_FAILED, "The SIM does not take this code");
  if (reply->error == NULL)
    ask_state (unlock->modem, unlock);
  else
    finish (unlock);
}

static void
enter (OhModem *modem, const char *text, OhRequest *request)
{
  Unlock *unlock = g_new0 (Unlock, 1);
  OhCommand how = { .limit_ms = UNLOCK_LIMIT_MS, .func = on_entered, .user_data = unlock };

  unlock->modem = modem;
  unlock->request = request != NULL ? oh_request_ref (request) : NULL;
  oh_modem_send (modem, text, &how);
}

void
oh_cellular_enter_pin (OhModem *modem, const char *pin, OhRequest *request)
{
  g_autofree char *text = g_strdup_printf ("AT+CPIN=\"%s\"", pin);

  enter (modem, text, request);
}

void
oh_cellular_enter_puk (OhModem *modem, const char *puk, const char *pin, OhRequest *request)
{
  g_autofree char *text = g_strdup_printf ("AT+CPIN=\"%s\",\"%s\"", puk, pin);

  enter (modem, text, request);
}

static gboolean
is_worth_a_try (const OhCellularNetwork *self, const char *pin)
{
  if (*pin == '\0' || self->now.sim != OH_SIM_PIN || g_str_equal (pin, self->tried_pin))
    return FALSE;
  return self->now.pin_retries >= ALL_RETRIES
         || (self->now.pin_retries == ALL_RETRIES - 1 && *self->tried_pin != '\0');
}

static void
try_pin (OhModem *modem)
{
  OhCellularNetwork *self = oh_cellular_get_network (modem);
  const char *pin = oh_modem_get_settings (modem)->pin;

  if (is_worth_a_try (self, pin))
    {
      g_strlcpy (self->tried_pin, pin, sizeof self->tried_pin);
      oh_cellular_enter_pin (modem, pin, NULL);
    }
  else if (*pin != '\0' && self->now.sim == OH_SIM_PIN)
    g_message ("The PIN of the configuration is not tried: %s",
               g_str_equal (pin, self->tried_pin) ? "the SIM has refused it"
               : self->now.pin_retries < 0 ? "the modem does not tell how many tries are left"
                                           : "a try is lost already; enter it by hand once");
}

/* What was tried was another card's. */
static void
on_card (const OhReply *reply, gpointer user_data)
{
  OhCellularNetwork *self = oh_cellular_get_network (user_data);
  char hex[32], iccid[OH_ICCID_MAX] = "";
  guint sw1, sw2;

  if (reply->error != NULL)
    return;
  if (reply->n_lines > 0 && oh_sim_file_parse (reply->lines[0], &sw1, &sw2, hex, sizeof hex))
    oh_iccid_decode (hex, iccid);
  if (!g_str_equal (iccid, self->iccid))
    self->tried_pin[0] = '\0';
  g_strlcpy (self->iccid, iccid, sizeof self->iccid);
  try_pin (user_data);
}

static void
ask_card (OhModem *modem)
{
  OhCommand how = { .prefix = "+CRSM:", .tries = 2, .func = on_card, .user_data = modem };

  oh_modem_send (modem, "AT+CRSM=176,12258,0,0,10", &how);
}

typedef struct
{
  OhModem *modem;
  Unlock *unlock; /* NULL: nobody waits */
} Question;

static Question *
question_new (OhModem *modem, Unlock *unlock)
{
  Question *question = g_new (Question, 1);

  *question = (Question){ modem, unlock };
  return question;
}

static void
on_retries (const OhReply *reply, gpointer user_data)
{
  g_autofree Question *question = user_data;
  OhCellularNetwork *self = oh_cellular_get_network (question->modem);

  for (guint i = 0; i < reply->n_lines; i++)
    oh_sim_retries_parse (reply->lines[i], &self->now);
  if (reply->error == NULL)
    oh_cellular_tell_network (question->modem);
  finish (question->unlock);
  if (reply->error == NULL && self->now.sim == OH_SIM_PIN)
    ask_card (question->modem);
}

static void
ask_retries (OhModem *modem, Unlock *unlock)
{
  OhCellular *driver = oh_modem_get_state (modem);
  const OhCellularFamily *family = oh_cellular_get_family (driver->family);
  gboolean own = family->retries != NULL;
  OhCommand how = { .prefix = own ? family->retries_prefix : "+CPINR:",
                    .tries = 2,
                    .func = on_retries,
                    .user_data = question_new (modem, unlock) };

  oh_modem_send (modem, own ? family->retries : "AT+CPINR", &how);
}

static gboolean
on_poll (gpointer user_data)
{
  oh_cellular_get_network (user_data)->sim_timer = 0;
  ask_state (user_data, NULL);
  return G_SOURCE_REMOVE;
}

/* A SIM that is being read says so when it is asked, and not every modem tells when it is done. */
static void
wait_for_sim (OhModem *modem)
{
  OhCellularNetwork *self = oh_cellular_get_network (modem);

  if (self->sim_timer == 0 && self->sim_polls++ < BUSY_POLLS)
    self->sim_timer = g_timeout_add (BUSY_POLL_MS, on_poll, modem);
}

/* TRUE: the modem is told everything again, as it refuses settings while the SIM is not ready. */
static gboolean
take_state (OhModem *modem, OhSimState state)
{
  OhCellularNetwork *self = oh_cellular_get_network (modem);
  gboolean freed = state == OH_SIM_READY && self->was_locked;

  self->now.sim = state;
  self->was_locked = state != OH_SIM_READY && state != OH_SIM_UNKNOWN;
  if (state == OH_SIM_BUSY)
    wait_for_sim (modem);
  else
    self->sim_polls = 0;
  if (freed)
    {
      self->tried_pin[0] = '\0'; /* the SIM has taken one: nothing is lost any more */
      oh_modem_get_driver (modem)->start (modem);
    }
  return freed;
}

/* 27.007 8.3; a modem that does not know the question has no lock. */
static OhSimState
state_of (const OhReply *reply)
{
  OhSimState state;

  for (guint i = 0; i < reply->n_lines; i++)
    {
      if (oh_sim_state_parse (reply->lines[i], &state))
        return state;
    }
  if (reply->result == OH_RESULT_CME_ERROR && oh_sim_state_of_error (reply->code, &state))
    return state;
  return reply->result == OH_RESULT_ERROR || reply->code == 4 ? OH_SIM_READY : OH_SIM_UNKNOWN;
}

static void
on_state (const OhReply *reply, gpointer user_data)
{
  g_autofree Question *question = user_data;
  OhModem *modem = question->modem;

  oh_cellular_get_network (modem)->starting = FALSE;
  if (reply->error != NULL)
    {
      finish (question->unlock);
      return;
    }
  if (take_state (modem, state_of (reply)))
    {
      finish (question->unlock);
      return;
    }
  oh_cellular_tell_network (modem);
  ask_retries (modem, question->unlock);
  oh_cellular_ask_emergency (modem);
}

static void
ask_state (OhModem *modem, Unlock *unlock)
{
  OhCommand how = {
    .prefix = "+CPIN:", .tries = 2, .func = on_state, .user_data = question_new (modem, unlock)
  };

  oh_modem_send (modem, "AT+CPIN?", &how);
}

void
oh_cellular_ask_sim (OhModem *modem)
{
  oh_cellular_get_network (modem)->starting = TRUE;
  ask_state (modem, NULL);
}

gboolean
oh_cellular_take_sim_line (OhModem *modem, const char *line)
{
  OhCellularNetwork *self = oh_cellular_get_network (modem);
  OhSimState state;

  if (!oh_sim_state_parse (line, &state))
    return FALSE;
  if (self->starting || state == OH_SIM_UNKNOWN || state == self->now.sim)
    return TRUE;
  if (!take_state (modem, state))
    {
      oh_cellular_tell_network (modem);
      ask_retries (modem, NULL);
      oh_cellular_ask_emergency (modem);
    }
  return TRUE;
}

void
oh_cellular_resume_sim (OhModem *modem)
{
  OhCellularNetwork *self = oh_cellular_get_network (modem);

  self->sim_timer = 0;
  if (self->now.sim == OH_SIM_BUSY)
    wait_for_sim (modem);
  else if (self->now.sim == OH_SIM_PIN && !self->starting)
    ask_retries (modem, NULL); /* the configuration may have another PIN now */
}
