// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/service.h"

const char *
oh_service_name (OhService service)
{
  static const char *const names[] = {
    [OH_SERVICE_HOLD] = "hold",
    [OH_SERVICE_UNHOLD] = "unhold",
    [OH_SERVICE_SWAP] = "swap",
    [OH_SERVICE_MERGE] = "merge",
    [OH_SERVICE_SPLIT] = "split",
    [OH_SERVICE_TRANSFER] = "transfer",
    [OH_SERVICE_HOLD_AND_ANSWER] = "hold-and-answer",
    [OH_SERVICE_RELEASE_AND_ANSWER] = "release-and-answer",
    [OH_SERVICE_DEFLECT] = "deflect",
  };

  G_STATIC_ASSERT (G_N_ELEMENTS (names) == OH_N_SERVICES);
  return names[service];
}
