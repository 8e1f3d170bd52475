// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "sim/modem.h"

/* How a modem tells a digit of the far end. */
typedef enum
{
  OH_SIM_DIGITS_SHIELDED, /* <DLE>/ <DLE>5 <DLE>~ */
  OH_SIM_DIGITS_SIMPLE,   /* <DLE>5 */
  OH_SIM_DIGITS_REPEATED, /* shielded, and said again while the key is held */
} OhSimDigitStyle;

/* The voice states of V.253: audio both ways, with DLE codes in between. All zero is off. */
typedef struct
{
  OhSimModem *modem;
  guint rate; /* bytes a second */
  guint8 silence;
  gboolean pairs_as_sub;
  gboolean speaking; /* the far end */

  gboolean receive;
  gboolean transmit;
  gboolean after_dle;
  gboolean dry; /* the host does not read; audio is lost */
  guint source;
  guint phase; /* of the far end's voice */
  gint64 began;
  guint64 sent;  /* bytes of audio */
  guint64 taken; /* from the host */
} OhSimVoice;

const char *oh_sim_voice_start (OhSimVoice *voice, gboolean receive, gboolean transmit);
void oh_sim_voice_stop (OhSimVoice *voice);
void oh_sim_voice_end (OhSimVoice *voice);
void oh_sim_voice_take_byte (OhSimVoice *voice, guint8 byte);

void oh_sim_voice_send_code (OhSimVoice *voice, char code);
void oh_sim_voice_send_digit (OhSimVoice *voice, char digit, OhSimDigitStyle style);
