// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "sim/modem.h"

/* The voice states of V.253: audio both ways, with DLE codes in between. All zero is off. */
typedef struct
{
  OhSimModem *modem;
  gboolean receive;
  gboolean transmit;
  gboolean after_dle;
  guint source;
  gint64 began;
  guint64 sent; /* bytes of audio */
} OhSimVoice;

const char *oh_sim_voice_start (OhSimVoice *voice, gboolean receive, gboolean transmit);
void oh_sim_voice_stop (OhSimVoice *voice);
void oh_sim_voice_take_byte (OhSimVoice *voice, guint8 byte);

void oh_sim_voice_send_code (OhSimVoice *voice, char code);
void oh_sim_voice_send_digit (OhSimVoice *voice, char digit);
