// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sim/actions-network.h"

#include "sim/words.h"

static gboolean
fail (const OhSimModem *modem, GError **error)
{
  g_set_error (error, OH_SIM_ERROR, OH_SIM_ERROR_STATE, "%s is no cellular modem", modem->name);
  return FALSE;
}

gboolean
oh_sim_actions_sim (OhSimWorld *world, OhSimModem *modem, char **words, GError **error)
{
  if (modem->kind->set_card == NULL)
    return fail (modem, error);
  return modem->kind->set_card (modem, words, error);
}

gboolean
oh_sim_actions_network (OhSimWorld *world, OhSimModem *modem, char **words, GError **error)
{
  if (modem->kind->set_network == NULL)
    return fail (modem, error);
  return modem->kind->set_network (modem, words, error);
}

gboolean
oh_sim_actions_signal (OhSimWorld *world, OhSimModem *modem, char **words, GError **error)
{
  guint signal;

  if (modem->kind->set_signal == NULL)
    return fail (modem, error);
  return oh_sim_words_number (words[0], G_MAXUINT8, &signal, error)
         && modem->kind->set_signal (modem, signal, error);
}

/* No words, or only this one. */
static gboolean
parse_flag (char **words, const char *flag, GError **error)
{
  static const char *const none[] = { NULL };
  const char *const plain[] = { flag, NULL };

  return oh_sim_words_check (words, none, plain, error);
}

gboolean
oh_sim_actions_ussd (OhSimWorld *world, OhSimModem *modem, char **words, GError **error)
{
  if (modem->kind->far_tell_ussd == NULL)
    return fail (modem, error);
  return parse_flag (words + 1, "request", error)
         && modem->kind->far_tell_ussd (modem, words[0], words[1] != NULL, error);
}

gboolean
oh_sim_actions_ussd_end (OhSimWorld *world, OhSimModem *modem, char **words, GError **error)
{
  if (modem->kind->far_end_ussd == NULL)
    return fail (modem, error);
  return parse_flag (words, "timeout", error)
         && modem->kind->far_end_ussd (modem, words[0] != NULL, error);
}

/* TRUE when @word says how to answer. */
static gboolean
parse_answer (const char *word, OhSimUssdAnswer *how)
{
  /* In the order of OhSimUssdAnswer. */
  static const char *const names[] = { "request", "silent", "refused", NULL };

  for (guint i = 0; word != NULL && names[i] != NULL; i++)
    if (g_str_equal (word, names[i]))
      {
        *how = (OhSimUssdAnswer)(OH_SIM_USSD_REQUEST + i);
        return TRUE;
      }
  return FALSE;
}

/* Texts, each with what it is; what gives no text may stand alone. */
gboolean
oh_sim_actions_on_ussd (OhSimWorld *world, OhSimModem *modem, char **words, GError **error)
{
  if (modem->kind->plan_ussd == NULL)
    return fail (modem, error);
  for (guint i = 0; words[i] != NULL; i++)
    {
      OhSimUssdAnswer how = OH_SIM_USSD_TELL;
      char *text = words[i];

      if (g_str_equal (text, "request"))
        {
          g_set_error_literal (error, OH_SIM_ERROR, OH_SIM_ERROR_SYNTAX, "a request has a text");
          return FALSE;
        }
      if (!parse_answer (text, &how) && parse_answer (words[i + 1], &how))
        i++;
      modem->kind->plan_ussd (modem, text, how);
    }
  return TRUE;
}

gboolean
oh_sim_actions_reboot (OhSimWorld *world, OhSimModem *modem, char **words, GError **error)
{
  oh_sim_modem_report (modem, "rebooted");
  oh_sim_modem_reboot (modem);
  return TRUE;
}
