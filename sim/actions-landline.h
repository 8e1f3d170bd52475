// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "sim/world.h"

/* Actions on a landline; as those in actions.c. */
gboolean oh_sim_actions_country (OhSimWorld *world, OhSimModem *modem, char **words,
                                 GError **error);
gboolean oh_sim_actions_tone (OhSimWorld *world, OhSimModem *modem, char **words, GError **error);
gboolean oh_sim_actions_silence (OhSimWorld *world, OhSimModem *modem, char **words,
                                 GError **error);
gboolean oh_sim_actions_voice (OhSimWorld *world, OhSimModem *modem, char **words, GError **error);
gboolean oh_sim_actions_extension (OhSimWorld *world, OhSimModem *modem, char **words,
                                   GError **error);
gboolean oh_sim_actions_loop (OhSimWorld *world, OhSimModem *modem, char **words, GError **error);
gboolean oh_sim_actions_polarity (OhSimWorld *world, OhSimModem *modem, char **words,
                                  GError **error);
gboolean oh_sim_actions_voltage (OhSimWorld *world, OhSimModem *modem, char **words,
                                 GError **error);
gboolean oh_sim_actions_underrun (OhSimWorld *world, OhSimModem *modem, char **words,
                                  GError **error);
gboolean oh_sim_actions_overrun (OhSimWorld *world, OhSimModem *modem, char **words,
                                 GError **error);
gboolean oh_sim_actions_leave_voice (OhSimWorld *world, OhSimModem *modem, char **words,
                                     GError **error);
gboolean oh_sim_actions_message (OhSimWorld *world, OhSimModem *modem, char **words,
                                 GError **error);
