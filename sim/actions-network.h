// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "sim/world.h"

/* What a script can do to a cellular modem's SIM and to the network; rows of sim/actions.c. */
gboolean oh_sim_actions_sim (OhSimWorld *world, OhSimModem *modem, char **words, GError **error);
gboolean oh_sim_actions_network (OhSimWorld *world, OhSimModem *modem, char **words,
                                 GError **error);
gboolean oh_sim_actions_signal (OhSimWorld *world, OhSimModem *modem, char **words, GError **error);
gboolean oh_sim_actions_ussd (OhSimWorld *world, OhSimModem *modem, char **words, GError **error);
gboolean oh_sim_actions_on_ussd (OhSimWorld *world, OhSimModem *modem, char **words,
                                 GError **error);
gboolean oh_sim_actions_ussd_end (OhSimWorld *world, OhSimModem *modem, char **words,
                                  GError **error);
gboolean oh_sim_actions_reboot (OhSimWorld *world, OhSimModem *modem, char **words, GError **error);
