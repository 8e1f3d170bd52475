// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <glib.h>

/* What a landline modem tells of its line besides calls. */

typedef enum
{
  OH_SWITCH_UNKNOWN,
  OH_SWITCH_OFF,
  OH_SWITCH_ON,
} OhSwitch;

#define OH_GAIN_MOST 255
#define OH_GAIN_DEFAULT 128 /* the modem's own: V.253 8.2.5 */
#define OH_ROUTE_LINE 1     /* V.253 8.2.4: off hook, the voice goes to us */
#define OH_ROUTE_MOST 31

typedef struct
{
  OhSwitch in_use;          /* another station here is off hook */
  OhSwitch message_waiting; /* at the exchange */
  guint cadence_ms;         /* from one ring to the next, as it was measured last; 0: not yet */
  guint receive_gain, transmit_gain;
  guint route;  /* label of +VLS that calls are taken with */
  guint routes; /* 1 << label: those that the modem has */
} OhLoop;

extern const OhLoop oh_loop_unknown;

/* The name that D-Bus shows: "unknown", "no", "yes". */
const char *oh_switch_name (OhSwitch value);
