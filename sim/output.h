// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "sim/faults.h"
#include "sim/pty.h"

/* All that goes to the host, with the faults on the way. Never blocks, never grows without end. */
typedef struct _OhSimOutput OhSimOutput;

typedef enum
{
  OH_SIM_OUTPUT_ANSWER,      /* may be delayed; answers stay in order */
  OH_SIM_OUTPUT_STREAM,      /* audio; behind the answers that are still to come */
  OH_SIM_OUTPUT_UNSOLICITED, /* at once, whatever answer is due */
  OH_SIM_OUTPUT_RAW,         /* the script's own bytes: sent by a mute modem too */
} OhSimOutputKind;

typedef struct
{
  void (*trace) (const guint8 *bytes, gsize length, OhSimOutputKind kind, gpointer data);
  void (*overflow) (gpointer data);
  void (*drained) (guint64 dropped, gpointer data);
} OhSimOutputWatch;

OhSimOutput *oh_sim_output_new (OhSimPty *pty, OhSimFaults *faults, const OhSimOutputWatch *watch,
                                gpointer data);
void oh_sim_output_free (OhSimOutput *output);

void oh_sim_output_send (OhSimOutput *output, OhSimOutputKind kind, const void *bytes,
                         gsize length);
gsize oh_sim_output_count_waiting (const OhSimOutput *output);
void oh_sim_output_clear (OhSimOutput *output);
