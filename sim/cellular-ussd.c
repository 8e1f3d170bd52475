// SPDX-License-Identifier: LGPL-2.1-or-later
#include <stdlib.h>
#include <string.h>

#include "sim/cellular-family.h"
#include "sim/text.h"
#include "sim/words.h"

#define ANSWER_AFTER 0.5 /* seconds */
#define DEFAULT_ANSWER "Balance: 5.00 EUR"

/* Data coding schemes of 23.038: the default alphabet, and UCS2. */
#define CODING_DEFAULT 15
#define CODING_UCS2 72

/* Values of <m> in +CUSD. */
enum
{
  TELLS = 0,
  ASKS = 1,
  ENDED = 2,
  REFUSED = 4,
  TIMED_OUT = 5,
};

typedef struct
{
  char *text;
  OhSimUssdAnswer how;
} Answer;

static OhSimUssd *
ussd_of (OhSimModem *modem)
{
  OhSimCellular *line = modem->line;

  return &line->ussd;
}

static void
free_answer (gpointer data)
{
  Answer *answer = data;

  g_free (answer->text);
  g_free (answer);
}

void
oh_sim_ussd_clear (OhSimModem *modem)
{
  OhSimUssd *self = ussd_of (modem);

  oh_sim_timer_stop (&self->timer);
  g_queue_clear_full (&self->answers, free_answer);
}

/* What the network will answer is not the modem's, and stays. */
void
oh_sim_ussd_lose_power (OhSimModem *modem)
{
  OhSimUssd *self = ussd_of (modem);

  oh_sim_timer_stop (&self->timer);
  self->state = OH_SIM_USSD_IDLE;
}

static gboolean
is_ucs2 (OhSimModem *modem)
{
  return g_str_equal (oh_sim_modem_get_setting (modem, "+CSCS"), "\"UCS2\"");
}

/* @text as the modem gives it to the host. */
static char *
encode (OhSimModem *modem, const char *text, guint *coding)
{
  const OhSimCellular *line = modem->line;
  g_autofree char *packed = oh_sim_text_pack (text);

  *coding = packed != NULL ? CODING_DEFAULT : CODING_UCS2;
  if (packed == NULL)
    return oh_sim_text_to_ucs2 (text);
  if (line->family->ussd_packed)
    return g_steal_pointer (&packed);
  return is_ucs2 (modem) ? oh_sim_text_to_ucs2 (text) : g_strdup (text);
}

static char *
decode (OhSimModem *modem, const char *text, guint coding)
{
  const OhSimCellular *line = modem->line;

  if (coding == CODING_UCS2)
    return oh_sim_text_from_ucs2 (text);
  if (line->family->ussd_packed)
    return oh_sim_text_unpack (text);
  return is_ucs2 (modem) ? oh_sim_text_from_ucs2 (text) : g_strdup (text);
}

static void
tell (OhSimModem *modem, guint kind, const char *text)
{
  guint coding;
  g_autofree char *encoded = text != NULL ? encode (modem, text, &coding) : NULL;

  ussd_of (modem)->state = kind == ASKS ? OH_SIM_USSD_ASKS : OH_SIM_USSD_IDLE;
  if (oh_sim_modem_get_number (modem, "+CUSD") == 0)
    return;
  if (encoded != NULL)
    oh_sim_cellular_tell (modem->line, "+CUSD: %u,\"%s\",%u", kind, encoded, coding);
  else
    oh_sim_cellular_tell (modem->line, "+CUSD: %u", kind);
}

static void
on_answer (gpointer data)
{
  OhSimModem *modem = data;
  Answer *answer = g_queue_pop_head (&ussd_of (modem)->answers);

  if (answer == NULL)
    {
      tell (modem, TELLS, DEFAULT_ANSWER);
      return;
    }
  switch (answer->how)
    {
    case OH_SIM_USSD_TELL:
      tell (modem, TELLS, answer->text);
      break;
    case OH_SIM_USSD_REQUEST:
      tell (modem, ASKS, answer->text);
      break;
    case OH_SIM_USSD_SILENT:
      break;
    case OH_SIM_USSD_REFUSE:
      tell (modem, REFUSED, NULL);
      break;
    }
  free_answer (answer);
}

static const char *
send (OhSimModem *modem, const char *text)
{
  OhSimUssd *self = ussd_of (modem);

  if (self->state == OH_SIM_USSD_WAITS)
    return oh_sim_cellular_error (modem, 3);
  oh_sim_modem_report (modem, "ussd-by-host %s", text);
  self->state = OH_SIM_USSD_WAITS;
  oh_sim_timer_start (&self->timer, modem->clock, ANSWER_AFTER, on_answer, modem);
  return "OK";
}

static const char *
cancel (OhSimModem *modem)
{
  if (ussd_of (modem)->state != OH_SIM_USSD_IDLE)
    oh_sim_modem_report (modem, "ussd-ended-by-host");
  oh_sim_ussd_lose_power (modem);
  return "OK";
}

/* The second field, in quotes or not, and the number behind it. FALSE when there is no text. */
static gboolean
split (const char *value, char **ret_text, guint *ret_coding)
{
  const char *start = strchr (value, ',');
  gboolean quoted = start != NULL && start[1] == '"';
  gsize length;

  if (start == NULL)
    return FALSE;
  start += quoted ? 2 : 1;
  length = strcspn (start, quoted ? "\"" : ",");
  *ret_text = g_strndup (start, length);
  start = strchr (start + length, ',');
  *ret_coding = start != NULL ? (guint)strtoul (start + 1, NULL, 10) : CODING_DEFAULT;
  return TRUE;
}

/* AT+CUSD=N,"TEXT",CODING */
static const char *
set_and_send (OhSimModem *modem, const char *value)
{
  g_autofree char *text = NULL;
  g_autofree char *decoded = NULL;
  guint coding;
  const char mode[] = { *value, '\0' };
  gboolean has_text = split (value, &text, &coding);

  if (*mode != '0' && *mode != '1')
    return oh_sim_cellular_error (modem, 50);
  if (has_text)
    decoded = decode (modem, text, coding);
  if (has_text && (decoded == NULL || *decoded == '\0'))
    return oh_sim_cellular_error (modem, 50);
  if (has_text && !oh_sim_network_may_call (modem, ""))
    return oh_sim_cellular_error (modem, 30);
  g_hash_table_replace (modem->settings, g_strdup ("+CUSD"), g_strdup (mode));
  return has_text ? send (modem, decoded) : "OK";
}

const char *
oh_sim_ussd_run_cusd (OhSimModem *modem, const OhSimCommand *command)
{
  const char *refusal = oh_sim_card_check (modem);

  if (command->op == OH_SIM_OP_TEST)
    return OH_SIM_AS_SETTING;
  if (refusal != NULL)
    return refusal;
  if (command->op == OH_SIM_OP_RUN)
    return "ERROR";
  if (command->op == OH_SIM_OP_READ)
    return OH_SIM_AS_SETTING;
  return g_str_equal (command->value, "2") ? cancel (modem) : set_and_send (modem, command->value);
}

static char *
unescape (char *word)
{
  char *const words[] = { word, NULL };
  g_autoptr (GBytes) bytes = oh_sim_words_unescape ((char **)words);

  /* Of no bytes there is no address. */
  if (g_bytes_get_size (bytes) == 0)
    return g_strdup ("");
  return g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

/* By the network; a request opens a session. */
gboolean
oh_sim_ussd_far_tell (OhSimModem *modem, char *text, gboolean asks, GError **error)
{
  g_autofree char *unescaped = unescape (text);

  if (!oh_sim_network_may_call (modem, ""))
    {
      g_set_error_literal (error, OH_SIM_ERROR, OH_SIM_ERROR_STATE,
                           "the network does not find the modem");
      return FALSE;
    }
  oh_sim_timer_stop (&ussd_of (modem)->timer);
  tell (modem, asks ? ASKS : TELLS, unescaped);
  return TRUE;
}

gboolean
oh_sim_ussd_far_end (OhSimModem *modem, gboolean timed_out, GError **error)
{
  if (ussd_of (modem)->state == OH_SIM_USSD_IDLE)
    {
      g_set_error_literal (error, OH_SIM_ERROR, OH_SIM_ERROR_STATE, "there is no USSD session");
      return FALSE;
    }
  oh_sim_timer_stop (&ussd_of (modem)->timer);
  tell (modem, timed_out ? TIMED_OUT : ENDED, NULL);
  return TRUE;
}

void
oh_sim_ussd_plan (OhSimModem *modem, char *text, OhSimUssdAnswer how)
{
  Answer *answer = g_new0 (Answer, 1);

  answer->text = unescape (text);
  answer->how = how;
  g_queue_push_tail (&ussd_of (modem)->answers, answer);
}
