// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "sim/modem.h"
#include "sim/voice.h"

extern const OhSimModel oh_sim_landline;
extern const OhSimCommandRow oh_sim_landline_commands[];

typedef enum
{
  OH_SIM_LANDLINE_IDLE, /* on hook, or off hook without a call */
  OH_SIM_LANDLINE_RINGING,
  OH_SIM_LANDLINE_DIALLING,
  OH_SIM_LANDLINE_TALKING,
  OH_SIM_LANDLINE_GONE, /* the far end has left */
} OhSimLandlineState;

/* A voice modem of the Conexant sort on a line with the cadences of the USA. */
typedef struct
{
  OhSimModem *modem;
  OhSimLandlineState state;
  gboolean off_hook;
  gboolean waiting;   /* a second caller beeps */
  gboolean unsettled; /* ATD or ATA has no final result yet */
  guint rings;
  OhSimCaller caller;

  OhSimTimer ring;
  OhSimTimer caller_id;
  OhSimTimer beep;
  OhSimPlanRun run;
  OhSimTimer result;    /* of the command that runs */
  GString *keyed;       /* digits dialled tone by tone */
  OhSimTimer keyed_end; /* of them */
  char tone;            /* the DLE code of what is heard; 0: nothing */
  double tone_period;
  OhSimTimer tone_tick;
  GString *digits; /* that the far end still has to press */
  OhSimTimer digit;
  OhSimVoice voice;
} OhSimLandline;

gboolean oh_sim_landline_is_voice_class (OhSimLandline *line);
void oh_sim_landline_go_off_hook (OhSimLandline *line);
void oh_sim_landline_go_on_hook (OhSimLandline *line);
void oh_sim_landline_await_result (OhSimLandline *line, double seconds);
void oh_sim_landline_start_dialling (OhSimLandline *line, const char *number);
void oh_sim_landline_key (OhSimLandline *line, char digit);
void oh_sim_landline_flash (OhSimLandline *line);
void oh_sim_landline_repeat_tone (OhSimLandline *line);
char *oh_sim_landline_format_caller (OhSimLandline *line);

/* Of the command side, for the kind. */
const char *oh_sim_landline_dial (OhSimModem *modem, const char *string);
const char *oh_sim_landline_answer (OhSimModem *modem);
const char *oh_sim_landline_hang_up (OhSimModem *modem);
