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

gboolean
oh_sim_actions_reboot (OhSimWorld *world, OhSimModem *modem, char **words, GError **error)
{
  oh_sim_modem_report (modem, "rebooted");
  oh_sim_modem_reboot (modem);
  return TRUE;
}
