// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sim/actions.h"

#include <string.h>

#include "sim/actions-landline.h"
#include "sim/actions-network.h"
#include "sim/cause.h"
#include "sim/words.h"

#define MOST_BYTES 65536
#define LONGEST_DELAY 600000

/* @words are those after the name of the action; their number has been checked. */
typedef gboolean (*ActionFunc) (OhSimWorld *world, OhSimModem *modem, char **words, GError **error);

static const char *const no_words[] = { NULL };

static gboolean
do_ring (OhSimWorld *world, OhSimModem *modem, char **words, GError **error)
{
  g_auto (OhSimCaller) caller = { 0 };

  return oh_sim_caller_parse (&caller, words, error)
         && modem->kind->far_ring (modem, &caller, error);
}

static gboolean
do_waiting (OhSimWorld *world, OhSimModem *modem, char **words, GError **error)
{
  g_auto (OhSimCaller) caller = { 0 };

  return oh_sim_caller_parse (&caller, words, error)
         && modem->kind->far_wait (modem, &caller, error);
}

/* cause=N and what else is in @plain. */
static gboolean
parse_end (char **words, const char *const *plain, guint *cause, GError **error)
{
  static const char *const keys[] = { "cause", NULL };

  return oh_sim_words_check (words, keys, plain, error) && oh_sim_cause_parse (words, cause, error);
}

static gboolean
do_give_up (OhSimWorld *world, OhSimModem *modem, char **words, GError **error)
{
  static const char *const plain[] = { "silent", NULL };
  guint cause = OH_SIM_CAUSE_NORMAL;

  return parse_end (words, plain, &cause, error)
         && modem->kind->far_give_up (modem, oh_sim_words_has (words, "silent"), cause, error);
}

static gboolean
do_answer (OhSimWorld *world, OhSimModem *modem, char **words, GError **error)
{
  return modem->kind->far_step (modem, OH_SIM_STEP_ANSWER, OH_SIM_CAUSE_NONE, error);
}

static gboolean
do_alert (OhSimWorld *world, OhSimModem *modem, char **words, GError **error)
{
  return modem->kind->far_step (modem, OH_SIM_STEP_ALERT, OH_SIM_CAUSE_NONE, error);
}

static gboolean
do_busy (OhSimWorld *world, OhSimModem *modem, char **words, GError **error)
{
  guint cause = OH_SIM_CAUSE_BUSY;

  return parse_end (words, no_words, &cause, error)
         && modem->kind->far_step (modem, OH_SIM_STEP_BUSY, cause, error);
}

static gboolean
do_reject (OhSimWorld *world, OhSimModem *modem, char **words, GError **error)
{
  guint cause = OH_SIM_CAUSE_REJECTED;

  return parse_end (words, no_words, &cause, error)
         && modem->kind->far_step (modem, OH_SIM_STEP_NO_CARRIER, cause, error);
}

static gboolean
do_hang_up (OhSimWorld *world, OhSimModem *modem, char **words, GError **error)
{
  /* In the order of OhSimSign. */
  static const char *const plain[] = { "busy", "dialtone", "loop", "silence", "silent", NULL };
  OhSimSign sign = OH_SIM_SIGN_BUSY;
  guint cause = OH_SIM_CAUSE_NORMAL;

  if (!parse_end (words, plain, &cause, error))
    return FALSE;
  for (guint i = 0; plain[i] != NULL; i++)
    if (oh_sim_words_has (words, plain[i]))
      sign = (OhSimSign)i;
  return modem->kind->far_hang_up (modem, sign, cause, error);
}

static gboolean
hold (OhSimModem *modem, gboolean held, GError **error)
{
  if (modem->kind->far_hold != NULL)
    return modem->kind->far_hold (modem, held, error);
  g_set_error (error, OH_SIM_ERROR, OH_SIM_ERROR_STATE, "%s would not hear of it", modem->name);
  return FALSE;
}

static gboolean
do_hold (OhSimWorld *world, OhSimModem *modem, char **words, GError **error)
{
  return hold (modem, TRUE, error);
}

static gboolean
do_unhold (OhSimWorld *world, OhSimModem *modem, char **words, GError **error)
{
  return hold (modem, FALSE, error);
}

static gboolean
do_digits (OhSimWorld *world, OhSimModem *modem, char **words, GError **error)
{
  if (strspn (words[0], "0123456789*#ABCD") == strlen (words[0]))
    return modem->kind->far_digits (modem, words[0], error);
  g_set_error (error, OH_SIM_ERROR, OH_SIM_ERROR_SYNTAX, "'%s' has more than digits", words[0]);
  return FALSE;
}

static gboolean
do_on_dial (OhSimWorld *world, OhSimModem *modem, char **words, GError **error)
{
  return oh_sim_plan_parse (&modem->plan, words, error);
}

static gboolean
parse_switch (const char *word, gboolean *ret_on, GError **error)
{
  gboolean on = g_str_equal (word, "on");

  if (!on && !g_str_equal (word, "off"))
    {
      g_set_error (error, OH_SIM_ERROR, OH_SIM_ERROR_SYNTAX, "'%s' is neither on nor off", word);
      return FALSE;
    }
  *ret_on = on;
  return TRUE;
}

static gboolean
do_mute (OhSimWorld *world, OhSimModem *modem, char **words, GError **error)
{
  return parse_switch (words[0], &modem->faults.mute, error);
}

static gboolean
do_merge (OhSimWorld *world, OhSimModem *modem, char **words, GError **error)
{
  return parse_switch (words[0], &modem->faults.merge, error);
}

static gboolean
do_reports (OhSimWorld *world, OhSimModem *modem, char **words, GError **error)
{
  gboolean on = FALSE;
  gboolean cut = g_str_equal (words[0], "cut");

  if (!cut && !parse_switch (words[0], &on, error))
    return FALSE;
  modem->faults.reports = cut ? OH_SIM_REPORTS_CUT : on ? OH_SIM_REPORTS_ON : OH_SIM_REPORTS_OFF;
  return TRUE;
}

static gboolean
do_noise (OhSimWorld *world, OhSimModem *modem, char **words, GError **error)
{
  gboolean on;

  if (!parse_switch (words[0], &on, error))
    return FALSE;
  modem->faults.calm = !on;
  return TRUE;
}

static gboolean
do_delay (OhSimWorld *world, OhSimModem *modem, char **words, GError **error)
{
  return oh_sim_words_number (words[0], LONGEST_DELAY, &modem->faults.delay, error);
}

static gboolean
do_split (OhSimWorld *world, OhSimModem *modem, char **words, GError **error)
{
  const char *size = g_str_equal (words[0], "off") ? "0" : words[0];

  return oh_sim_words_number (size, MOST_BYTES, &modem->faults.split, error);
}

static gboolean
do_lose (OhSimWorld *world, OhSimModem *modem, char **words, GError **error)
{
  return oh_sim_words_number (words[0], G_MAXINT, &modem->faults.lose, error);
}

static gboolean
do_lose_host (OhSimWorld *world, OhSimModem *modem, char **words, GError **error)
{
  return oh_sim_words_number (words[0], G_MAXINT, &modem->faults.lose_host, error);
}

static gboolean
do_garbage (OhSimWorld *world, OhSimModem *modem, char **words, GError **error)
{
  g_autofree guint8 *bytes = NULL;
  guint length;

  if (!oh_sim_words_number (words[0], MOST_BYTES, &length, error))
    return FALSE;
  bytes = g_malloc (length);
  for (guint i = 0; i < length; i++)
    bytes[i] = (guint8)g_rand_int_range (world->random, 0, 256);
  oh_sim_output_send (modem->output, OH_SIM_OUTPUT_RAW, bytes, length);
  return TRUE;
}

static gboolean
do_send (OhSimWorld *world, OhSimModem *modem, char **words, GError **error)
{
  g_autoptr (GBytes) bytes = oh_sim_words_unescape (words);

  oh_sim_output_send (modem->output, OH_SIM_OUTPUT_RAW, g_bytes_get_data (bytes, NULL),
                      g_bytes_get_size (bytes));
  return TRUE;
}

static gboolean
do_inject (OhSimWorld *world, OhSimModem *modem, char **words, GError **error)
{
  g_clear_pointer (&modem->faults.inject, g_bytes_unref);
  modem->faults.inject = oh_sim_words_unescape (words);
  return TRUE;
}

static gboolean
do_refuse (OhSimWorld *world, OhSimModem *modem, char **words, GError **error)
{
  g_autofree char *result = words[1] != NULL ? g_strjoinv (" ", words + 1) : g_strdup ("ERROR");

  oh_sim_faults_add_refusal (&modem->faults, words[0], result);
  return TRUE;
}

static gboolean
do_accept (OhSimWorld *world, OhSimModem *modem, char **words, GError **error)
{
  oh_sim_faults_accept (&modem->faults);
  return TRUE;
}

static gboolean
do_vanish (OhSimWorld *world, OhSimModem *modem, char **words, GError **error)
{
  oh_sim_modem_vanish (modem);
  oh_sim_modem_report (modem, "vanished");
  return TRUE;
}

static gboolean
do_return (OhSimWorld *world, OhSimModem *modem, char **words, GError **error)
{
  if (oh_sim_pty_is_open (modem->pty))
    {
      g_set_error (error, OH_SIM_ERROR, OH_SIM_ERROR_STATE, "%s has not vanished", modem->name);
      return FALSE;
    }
  if (!oh_sim_modem_appear (modem, error))
    return FALSE;
  oh_sim_modem_report (modem, "returned");
  return TRUE;
}

static const struct
{
  const char *name;
  guint least; /* words */
  guint most;
  gboolean needs_modem; /* plugged in */
  ActionFunc run;
} actions[] = {
  { "ring", 0, 20, TRUE, do_ring },
  { "waiting", 0, 20, TRUE, do_waiting },
  { "give-up", 0, 2, TRUE, do_give_up },
  { "answer", 0, 0, TRUE, do_answer },
  { "alert", 0, 0, TRUE, do_alert },
  { "busy", 0, 1, TRUE, do_busy },
  { "reject", 0, 1, TRUE, do_reject },
  { "hangup", 0, 2, TRUE, do_hang_up },
  { "hold", 0, 0, TRUE, do_hold },
  { "unhold", 0, 0, TRUE, do_unhold },
  { "digits", 1, 1, TRUE, do_digits },
  { "on-dial", 1, 4, FALSE, do_on_dial },
  { "country", 1, 5, FALSE, oh_sim_actions_country },
  { "tone", 1, 2, TRUE, oh_sim_actions_tone },
  { "silence", 0, 0, TRUE, oh_sim_actions_silence },
  { "voice", 0, 0, TRUE, oh_sim_actions_voice },
  { "extension", 1, 1, TRUE, oh_sim_actions_extension },
  { "loop", 1, 1, TRUE, oh_sim_actions_loop },
  { "polarity", 0, 0, TRUE, oh_sim_actions_polarity },
  { "voltage", 1, 1, FALSE, oh_sim_actions_voltage },
  { "underrun", 0, 0, TRUE, oh_sim_actions_underrun },
  { "overrun", 0, 0, TRUE, oh_sim_actions_overrun },
  { "leave-voice", 0, 2, TRUE, oh_sim_actions_leave_voice },
  { "message-waiting", 1, 2, TRUE, oh_sim_actions_message },
  { "sim", 1, 4, FALSE, oh_sim_actions_sim },
  { "network", 1, 6, FALSE, oh_sim_actions_network },
  { "signal", 1, 1, FALSE, oh_sim_actions_signal },
  { "ussd", 1, 2, TRUE, oh_sim_actions_ussd },
  { "on-ussd", 1, G_MAXUINT, FALSE, oh_sim_actions_on_ussd },
  { "ussd-end", 0, 1, TRUE, oh_sim_actions_ussd_end },
  { "reboot", 0, 0, TRUE, oh_sim_actions_reboot },
  { "mute", 1, 1, FALSE, do_mute },
  { "reports", 1, 1, FALSE, do_reports },
  { "noise", 1, 1, FALSE, do_noise },
  { "delay", 1, 1, FALSE, do_delay },
  { "garbage", 1, 1, TRUE, do_garbage },
  { "split", 1, 1, FALSE, do_split },
  { "merge", 1, 1, FALSE, do_merge },
  { "lose", 1, 1, FALSE, do_lose },
  { "lose-host", 1, 1, FALSE, do_lose_host },
  { "inject", 1, G_MAXUINT, FALSE, do_inject },
  { "send", 1, G_MAXUINT, TRUE, do_send },
  { "refuse", 1, G_MAXUINT, FALSE, do_refuse },
  { "accept", 0, 0, FALSE, do_accept },
  { "vanish", 0, 0, TRUE, do_vanish },
  { "return", 0, 0, FALSE, do_return },
};

static gint
find (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    if (g_str_equal (actions[i].name, name))
      return (gint)i;
  return -1;
}

gboolean
oh_sim_actions_has (const char *name)
{
  return find (name) >= 0;
}

gboolean
oh_sim_actions_run (OhSimWorld *world, OhSimModem *modem, char **words, GError **error)
{
  gint i = find (words[0]);
  guint count = g_strv_length (words) - 1;

  if (i < 0)
    g_set_error (error, OH_SIM_ERROR, OH_SIM_ERROR_SYNTAX, "unknown command '%s'", words[0]);
  else if (count < actions[i].least || count > actions[i].most)
    g_set_error (error, OH_SIM_ERROR, OH_SIM_ERROR_SYNTAX, "wrong number of words for '%s'",
                 words[0]);
  else if (actions[i].needs_modem && !oh_sim_pty_is_open (modem->pty))
    g_set_error (error, OH_SIM_ERROR, OH_SIM_ERROR_STATE, "%s has vanished", modem->name);
  else
    return actions[i].run (world, modem, words + 1, error);
  return FALSE;
}
