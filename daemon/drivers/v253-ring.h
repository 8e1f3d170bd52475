// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "daemon/at/caller-id.h"
#include "daemon/modem.h"

/* The landline driver's one call, and how it comes: rings and caller ID. */
typedef struct
{
  guint call; /* 0: none */
  OhCallState state;
  gboolean answering, dropping, ringback, unconfirmed, receiving;
  gboolean looking; /* whether it can still listen to the line, after sleep */
  gboolean ready;   /* it has been told all that it must know */
  OhRequest *drop;
  guint digits_waiting;

  guint rings, ring_timer;
  gint64 last_ring, longest_silence;
  OhCallerId id;
  gboolean id_complete, id_is_early;
  gint64 id_since;

  gboolean in_tone, tone_told; /* between <DLE>/ and <DLE>~ */
} OhLandline;

void oh_landline_emit_state (OhModem *modem, OhCallState state, OhReason reason,
                             OhEndedBy ended_by);
void oh_landline_forget_call (OhLandline *self);
void oh_landline_end_call (OhModem *modem, OhReason reason, OhEndedBy ended_by);

void oh_landline_restart_ring_timer (OhModem *modem);
void oh_landline_take_ring (OhModem *modem);

/* FALSE when @line is no caller ID. */
gboolean oh_landline_take_caller_id (OhModem *modem, const char *line);
