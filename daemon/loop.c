// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/loop.h"

const OhLoop oh_loop_unknown = {
  .receive_gain = OH_GAIN_DEFAULT,
  .transmit_gain = OH_GAIN_DEFAULT,
  .route = OH_ROUTE_LINE,
};

const char *
oh_switch_name (OhSwitch value)
{
  static const char *const names[] = {
    [OH_SWITCH_UNKNOWN] = "unknown",
    [OH_SWITCH_OFF] = "no",
    [OH_SWITCH_ON] = "yes",
  };

  return names[value];
}
