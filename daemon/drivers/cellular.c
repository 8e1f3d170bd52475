// SPDX-License-Identifier: LGPL-2.1-or-later
#include <string.h>

#include "daemon/at/sim.h"
#include "daemon/drivers/cellular-calls.h"
#include "daemon/drivers/cellular-family.h"
#include "daemon/error.h"

/* OhCellular modems (3GPP 27.007). The list of current calls is the truth; RING and its kin only
 * ask for a look at it. While a call is there the list is read again and again, as not every change
 * is reported; without one, never. */

#define BOOT_REST_US (5 * G_USEC_PER_SEC)

static const char *const features[] = { "dial",      "answer",    "drop",        "reject", "digits",
                                        "caller-id", "call-list", "hide-number", NULL };

/* Each may fail, and those that do are tried again when there is a network. Names and numbers of
 * callers, calls that wait, and what becomes of ours at the other end. */
static const char *const settings[]
    = { "AT+CMEE=1", "AT+CLIP=1",   "AT+CRC=1",   "AT+CNAP=1",  "AT+CDIP=1",
        "AT+CCWA=1", "AT+CREG=2",   "AT+CEREG=2", "AT+CIREG=2", "AT+CUSD=1",
        "AT+CEN=1",  "AT+CSSN=1,1", NULL };

static void
emit_features (OhModem *modem)
{
  OhCellular *self = oh_modem_get_state (modem);
  const char *words[G_N_ELEMENTS (features) + OH_N_SERVICES];
  guint n = g_strv_length ((char **)features);

  memcpy (words, features, sizeof features);
  for (OhService service = 0; service < OH_N_SERVICES; service++)
    {
      if (self->features & 1u << service && service != OH_SERVICE_UNHOLD)
        words[n++] = oh_service_name (service);
    }
  words[n] = NULL;
  oh_modem_emit (modem, &(OhEvent){ .kind = OH_EVENT_FEATURES, .words = words });
}

static void
on_hold_services (const OhReply *reply, gpointer user_data)
{
  OhCellular *self = oh_modem_get_state (user_data);

  if (reply->error != NULL || reply->n_lines == 0)
    return;
  self->features &= 1u << OH_SERVICE_DEFLECT;
  self->features |= oh_hold_services_parse (reply->lines[0]);
  emit_features (user_data);
}

static void
on_deflect (const OhReply *reply, gpointer user_data)
{
  OhCellular *self = oh_modem_get_state (user_data);

  if (reply->error != NULL)
    return;
  self->features &= ~(1u << OH_SERVICE_DEFLECT);
  if (reply->result == OH_RESULT_OK)
    self->features |= 1u << OH_SERVICE_DEFLECT;
  emit_features (user_data);
}

static void
ask_features (OhModem *modem)
{
  OhCommand hold = { .prefix = "+CHLD:", .tries = 2, .func = on_hold_services, .user_data = modem };
  OhCommand deflect = { .prefix = "+CTFR:", .tries = 2, .func = on_deflect, .user_data = modem };

  oh_modem_send (modem, "AT+CHLD=?", &hold);
  oh_modem_send (modem, "AT+CTFR=?", &deflect);
}

static void
on_setting (const OhReply *reply, gpointer user_data)
{
  g_autoptr (OhJob) job = user_data;
  OhCellular *self = oh_modem_get_state (job->modem);

  if (reply->result == OH_RESULT_OK)
    self->untold &= ~(1u << job->call);
}

/* Those in @which, 1 << row. */
static void
tell_settings (OhModem *modem, guint which)
{
  OhCellular *self = oh_modem_get_state (modem);
  OhCommand how = { .tries = 2, .func = on_setting };

  self->untold |= which;
  for (guint i = 0; settings[i] != NULL; i++)
    {
      if ((which & 1u << i) == 0)
        continue;
      how.user_data = oh_job_new (modem, i, NULL);
      oh_modem_send (modem, settings[i], &how);
    }
}

static gboolean
take_network_line (OhModem *modem, const char *line)
{
  OhCellular *self = oh_modem_get_state (modem);
  gboolean before = oh_cellular_has_voice (modem);

  if (!oh_cellular_take_network_line (modem, line))
    return FALSE;
  if (!before && oh_cellular_has_voice (modem))
    tell_settings (modem, self->untold);
  return TRUE;
}

/* It has been reset: all that it was told is lost. One that is reset again and again is left
 * alone. */
static gboolean
take_boot (OhModem *modem, const char *line)
{
  OhCellular *self = oh_modem_get_state (modem);
  gint64 now = g_get_monotonic_time ();

  if (!oh_cellular_is_boot (line))
    return FALSE;
  if (now - self->booted_at < BOOT_REST_US)
    return TRUE;
  self->booted_at = now;
  oh_cellular_reset_network (modem);
  oh_modem_get_driver (modem)->start (modem);
  return TRUE;
}

static void
cellular_line (OhModem *modem, const char *line)
{
  int code;

  switch (oh_lexer_classify (line, &code))
    {
    case OH_RESULT_RING:
      oh_cellular_take_ring (modem);
      return;
    case OH_RESULT_NO_CARRIER:
      oh_cellular_take_end (modem, OH_REASON_NORMAL, OH_ENDED_BY_REMOTE);
      return;
    case OH_RESULT_BUSY:
      oh_cellular_take_end (modem, OH_REASON_BUSY, OH_ENDED_BY_REMOTE);
      return;
    case OH_RESULT_NO_ANSWER:
      oh_cellular_take_end (modem, OH_REASON_NO_ANSWER, OH_ENDED_BY_REMOTE);
      return;
    case OH_RESULT_NONE:
    case OH_RESULT_OK:
    case OH_RESULT_ERROR:
    case OH_RESULT_CME_ERROR:
    case OH_RESULT_CONNECT:
    case OH_RESULT_NO_DIALTONE:
    case OH_RESULT_VCON:
    case OH_RESULT_RINGING:
    case OH_RESULT_DELAYED:
    case OH_RESULT_BLACKLISTED:
      break;
    }
  if (!oh_cellular_take_call_line (modem, line) && !take_network_line (modem, line)
      && !take_boot (modem, line) && !oh_cellular_is_noise (line)
      && !oh_cellular_take_ussd_text (modem, line))
    oh_channel_unknown (oh_modem_get_channel (modem), line);
}

static void
tell_family (OhModem *modem)
{
  OhCellular *self = oh_modem_get_state (modem);
  const OhCellularFamily *family;
  const char *texts[] = { NULL, NULL };

  self->family
      = oh_cellular_find_family (oh_modem_get_manufacturer (modem), oh_modem_get_model (modem));
  family = oh_cellular_get_family (self->family);
  tell_settings (modem, (1u << (G_N_ELEMENTS (settings) - 1)) - 1);
  texts[0] = family->colp ? "AT+COLP=1" : "AT+COLP=0"; /* else ATD is answered by the far end */
  oh_modem_tell (modem, texts);
  oh_modem_tell (modem, family->reports);
  ask_features (modem);
  oh_cellular_start_network (modem);
}

/* The list before all else: nothing must disturb a call. Then who it is, as what it is to be told
 * depends on that. */
static void
cellular_start (OhModem *modem)
{
  static const char *const first[] = { "ATE0V1", NULL };
  OhCellular *self = oh_modem_get_state (modem);

  oh_cellular_begin_network (modem);
  self->digit_ms = 0;
  oh_modem_tell (modem, first);
  oh_cellular_ask_list (modem);
  oh_modem_identify (modem, "+C", tell_family);
}

static void
cellular_stop (OhModem *modem)
{
  OhCellular *self = oh_modem_get_state (modem);

  g_clear_handle_id (&self->poll, g_source_remove);
  oh_cellular_stop_network (modem);
  oh_cellular_fail_service (self, OH_ERROR_NO_DEVICE, "The modem is gone");
  for (guint i = 0; i < OH_CELLULAR_MAX_CALLS; i++)
    {
      g_autoptr (OhRequest) drop = g_steal_pointer (&self->calls[i].drop);

      self->calls[i].id = 0;
      if (drop != NULL)
        oh_request_fail (drop, OH_ERROR_NO_DEVICE, "The modem is gone");
    }
}

static gboolean
cellular_is_mine (const OhReply *reply)
{
  return reply->result == OH_RESULT_OK;
}

/* Without its SIM's code it need not have a list of calls; with it, it has to show one. */
static gboolean
cellular_is_locked (const OhReply *reply)
{
  OhSimState state = OH_SIM_READY;

  if (reply->result == OH_RESULT_CME_ERROR)
    oh_sim_state_of_error (reply->code, &state);
  for (guint i = 0; i < reply->n_lines; i++)
    oh_sim_state_parse (reply->lines[i], &state);
  return state != OH_SIM_READY;
}

/* Whoever waited for a list will not get it; the next is younger than all that was reported. */
static void
forget_list (OhCellular *self)
{
  self->poll = 0;
  self->asking = self->ask_again = FALSE;
  for (guint i = 0; i < OH_CELLULAR_MAX_CALLS; i++)
    self->calls[i].reported = FALSE;
}

static void
cellular_resume (OhModem *modem)
{
  OhCellular *self = oh_modem_get_state (modem);

  forget_list (self);
  emit_features (modem);
  oh_cellular_resume_network (modem, TRUE);
  oh_cellular_resume_ends (modem);
  for (guint i = 0; i < OH_CELLULAR_MAX_CALLS; i++)
    oh_cellular_resume_drop (modem, &self->calls[i]);
  oh_cellular_resume_requests (modem);
  if (!oh_cellular_network_is_known (modem))
    cellular_start (modem);
  else if (oh_cellular_count_calls (self) > 0)
    oh_cellular_ask_list (modem); /* it waits for what is in flight */
}

static void
cellular_wake (OhModem *modem, gboolean reopened)
{
  OhCellular *self = oh_modem_get_state (modem);

  if (reopened)
    {
      forget_list (self);
      self->service = NULL;
      oh_cellular_resume_ends (modem);
      for (guint i = 0; i < OH_CELLULAR_MAX_CALLS; i++)
        {
          oh_cellular_resume_drop (modem, &self->calls[i]);
          self->calls[i].misses = OH_CELLULAR_MISSES; /* each had its time to get into the list */
        }
      oh_cellular_forget_unsent (modem);
      oh_cellular_resume_network (modem, FALSE);
    }
  self->found_all = FALSE;
  cellular_start (modem); /* it reads the list first */
}

static const OhNetworkFuncs network = {
  .enter_pin = oh_cellular_enter_pin,
  .enter_puk = oh_cellular_enter_puk,
  .get_identity = oh_cellular_get_identity,
  .get_call_waiting = oh_cellular_get_call_waiting,
  .set_call_waiting = oh_cellular_set_call_waiting,
  .get_forwarding = oh_cellular_get_forwarding,
  .set_forwarding = oh_cellular_set_forwarding,
  .send_ussd = oh_cellular_send_ussd,
  .cancel_ussd = oh_cellular_cancel_ussd,
};

const OhDriver oh_driver_cellular = {
  .name = "cellular",
  .kind = "cellular",
  .dialable = "0123456789*#+",
  .features = features,
  .state_size = sizeof (OhCellular),
  .lexer_mode = OH_LEXER_TEXT,
  .reset = "AT+CFUN=1,1", /* 27.007 8.2 */
  .probe = "AT+CLCC",
  .is_mine = cellular_is_mine,
  .locked_probe = "AT+CPIN?", /* 27.007 8.3 */
  .is_locked = cellular_is_locked,
  .line = cellular_line,
  .start = cellular_start,
  .resume = cellular_resume,
  .wake = cellular_wake,
  .stop = cellular_stop,
  .dial = oh_cellular_dial,
  .answer = oh_cellular_answer,
  .drop = oh_cellular_drop,
  .service = oh_cellular_serve,
  .send_digit = oh_cellular_send_digit,
  .network = &network,
};
