// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

/* What the network does with what the host sends. */
typedef enum
{
  OH_SIM_USSD_TELL,
  OH_SIM_USSD_REQUEST, /* answers, and wants an answer */
  OH_SIM_USSD_SILENT,
  OH_SIM_USSD_REFUSE,
} OhSimUssdAnswer;
