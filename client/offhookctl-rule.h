// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "client/offhookctl-port.h"

/* The udev rules that give a modem to offhookd. */

#define OH_RULE_MARK "# Made by \"offhookctl claim\".\n"
#define OH_RULE_MODEL "# Modem: "

/* Two names fit a port: of the modem by its serial number, NULL without one, and of where it is. */
char *oh_rule_name (const OhPort *port, gboolean by_serial);

char *oh_rule_text (const OhPort *port, const char *driver, gboolean by_serial);
