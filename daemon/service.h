// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <glib.h>

/* What can be done with calls besides making, taking and ending them (22.030 6.5.5). */
typedef enum
{
  OH_SERVICE_HOLD, /* all that are connected */
  OH_SERVICE_UNHOLD,
  OH_SERVICE_SWAP,
  OH_SERVICE_MERGE,
  OH_SERVICE_SPLIT, /* all but the call are held */
  OH_SERVICE_TRANSFER,
  OH_SERVICE_HOLD_AND_ANSWER,
  OH_SERVICE_RELEASE_AND_ANSWER,
  OH_SERVICE_DEFLECT, /* to @number */
  OH_N_SERVICES,
} OhService;

/* As it is named among the features of lines and calls. */
const char *oh_service_name (OhService service);
