// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "sim/country.h"
#include "sim/landline-family.h"
#include "sim/modem.h"

extern const OhSimModel oh_sim_landline;
extern const OhSimModel oh_sim_landline_conexant;
extern const OhSimModel oh_sim_landline_usr;
extern const OhSimModel oh_sim_landline_multitech;
extern const OhSimModel oh_sim_landline_smartlink;
extern const OhSimModel oh_sim_landline_rockwell;
extern const OhSimModel oh_sim_landline_agere;

extern const OhSimCommandRow oh_sim_landline_commands[];
extern const OhSimCommandRow oh_sim_landline_rockwell_commands[];

typedef enum
{
  OH_SIM_LANDLINE_IDLE, /* on hook, or off hook without a call */
  OH_SIM_LANDLINE_RINGING,
  OH_SIM_LANDLINE_DIALLING,
  OH_SIM_LANDLINE_TALKING,
  OH_SIM_LANDLINE_GONE, /* the far end has left */
} OhSimLandlineState;

/* The line itself, which outlives the modem's power. */
typedef struct
{
  OhSimCountry country;
  gboolean extension; /* another telephone on it is off hook */
  gboolean dead;      /* no loop current */
  gboolean message;   /* is waiting */
  guint voltage;      /* on hook */
} OhSimWire;

/* A ringing line. */
typedef struct
{
  guint count;
  const guint8 *cadence;
  guint burst;     /* that DRON is told for next */
  gint64 last;     /* ring, of any call; monotonic */
  gboolean forgot; /* caller ID, as too soon after the last call */
  OhSimTimer next;
  OhSimTimer caller_id;
  OhSimTimer measured; /* a burst */
} OhSimRinging;

typedef struct
{
  OhSimModem *modem;
  const OhSimLandlineFamily *family;
  OhSimLandlineState state;
  OhSimWire wire;
  OhSimRinging ringing;
  OhSimCaller caller;
  gboolean off_hook;
  guint route;        /* of the audio, as in +VLS */
  gboolean waiting;   /* a second caller beeps */
  gboolean held;      /* one of two calls */
  gboolean unsettled; /* ATD or ATA has no final result yet */
  gboolean waits_for_dialtone;
  gboolean quiet; /* ATD waits for a quiet answer */
  gboolean stays; /* and ends with OK */
  gboolean alerted;

  OhSimTimer beep;
  OhSimTimer beep_id;
  OhSimPlanRun run;
  OhSimTimer result;    /* of the command that runs */
  GString *keyed;       /* digits dialled tone by tone */
  OhSimTimer keyed_end; /* of them */
  char *number;         /* dialled */

  char tone; /* the DLE code of what is heard; 0: nothing */
  double tone_after;
  double tone_period;
  guint tones; /* told of it */
  OhSimTimer tone_tick;
  OhSimTimer tone_end;
  OhSimTimer ghost;
  gboolean voice_heard;
  GString *digits; /* that the far end still has to press */
  OhSimTimer digit;
  OhSimVoice voice;
} OhSimLandline;

/* How the digits of a command are dialled. */
typedef struct
{
  char *number;
  gboolean stays;     /* in command state */
  gboolean quiet;     /* waits for a quiet answer */
  gboolean dial_tone; /* waits for one, whatever ATX says */
} OhSimDialling;

gboolean oh_sim_landline_fail (GError **error, const char *message);
gboolean oh_sim_landline_is_voice_class (OhSimLandline *line);
void oh_sim_landline_stop (OhSimLandline *line);
void oh_sim_landline_go_off_hook (OhSimLandline *line);
void oh_sim_landline_go_on_hook (OhSimLandline *line);

/* Ringing, and who it is. */
char *oh_sim_landline_format_caller (OhSimLandline *line, guint iso, guint rockwell);
void oh_sim_landline_stop_ringing (OhSimLandline *line);
gboolean oh_sim_landline_far_ring (OhSimModem *modem, const OhSimCaller *caller, GError **error);
gboolean oh_sim_landline_far_wait (OhSimModem *modem, const OhSimCaller *caller, GError **error);
gboolean oh_sim_landline_far_give_up (OhSimModem *modem, gboolean silent, guint cause,
                                      GError **error);
void oh_sim_landline_stop_beeping (OhSimLandline *line);
void oh_sim_landline_send_block (OhSimLandline *line, const char *block);

/* What is heard. */
void oh_sim_landline_tell_code (OhSimLandline *line, char code);
void oh_sim_landline_hear (OhSimLandline *line, char code, double period);
void oh_sim_landline_hear_sign (OhSimLandline *line, OhSimSign sign);
void oh_sim_landline_hear_dialtone (OhSimLandline *line);
void oh_sim_landline_hear_ringback (OhSimLandline *line);
void oh_sim_landline_hear_busy (OhSimLandline *line);
void oh_sim_landline_listen (OhSimLandline *line);
void oh_sim_landline_stop_hearing (OhSimLandline *line);

/* Dialling. */
void oh_sim_landline_await_result (OhSimLandline *line, double seconds);
void oh_sim_landline_start_dialling (OhSimLandline *line, const char *number);
void oh_sim_landline_fail_dialling (OhSimLandline *line, const char *result);
void oh_sim_landline_on_step (OhSimStep step, gpointer data);
void oh_sim_landline_key (OhSimLandline *line, char digit);
void oh_sim_landline_key_all (OhSimLandline *line, const char *number);
void oh_sim_landline_flash (OhSimLandline *line);

/* Of the command side, for the kind. */
const char *oh_sim_landline_dial (OhSimModem *modem, const char *string);
const char *oh_sim_landline_answer (OhSimModem *modem);
const char *oh_sim_landline_hang_up (OhSimModem *modem);

/* Of commands. */
const char *oh_sim_landline_run_class (OhSimModem *modem, const OhSimCommand *command);
const char *oh_sim_landline_run_lines (OhSimModem *modem, const OhSimCommand *command);
const char *oh_sim_landline_run_coding (OhSimModem *modem, const OhSimCommand *command);
const char *oh_sim_landline_run_unknown (OhSimModem *modem, const OhSimCommand *command);

/* For the script; the modem is one of a landline. */
gboolean oh_sim_landline_set_country (OhSimLandline *line, char **words, GError **error);
gboolean oh_sim_landline_play (OhSimLandline *line, const char *sound, double seconds,
                               GError **error);
gboolean oh_sim_landline_set_extension (OhSimLandline *line, gboolean up, GError **error);
gboolean oh_sim_landline_set_loop (OhSimLandline *line, gboolean closed, GError **error);
gboolean oh_sim_landline_leave_voice (OhSimLandline *line, char **words, GError **error);
void oh_sim_landline_send_message (OhSimLandline *line, gboolean single);
