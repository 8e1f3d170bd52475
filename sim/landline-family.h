// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "sim/caller-id.h"
#include "sim/voice.h"

/* What ends ATD in voice class. */
typedef enum
{
  OH_SIM_DIAL_VCON,    /* when it is answered */
  OH_SIM_DIAL_OK,      /* the same */
  OH_SIM_DIAL_DIALLED, /* OK when the digits are out */
  OH_SIM_DIAL_NOTHING, /* but BUSY and time */
} OhSimDialEnd;

/* A coding that AT+VSM chooses. */
typedef struct
{
  const char *number;
  guint rate; /* bytes a second */
  guint8 silence;
} OhSimCoding;

/* How a make of landline modems differs from others. */
typedef struct
{
  const char *class_command; /* +FCLASS or #CLS; 8 is voice */
  const char *coding_command;
  const char *const *lines; /* the numbers of +VLS that are off hook on the line */
  const OhSimCoding *codings;
  const char *off_hook; /* the results of +VLS and ATA in voice class */
  const char *answered;

  OhSimLayout layout;
  gboolean waiting_id;    /* tells who waits */
  gboolean splits_report; /* of caller ID in voice class, in two */
  double forgets_after;   /* a call this soon after the last ring comes without caller ID */

  const char *ring_numbers; /* the setting for RING 1 and so on; NULL: has none */
  gboolean ring_letters;    /* RING A and so on, after ATS41=1 */
  gboolean ring_sloppy;     /* each second RING has nothing in front of it */
  gboolean cadence_mutes;   /* no RING after +VDR=1,0 */

  OhSimDialEnd dial_end;
  const char *progress;     /* the line for each ringback; NULL: none */
  double no_dialtone_after; /* seconds; 0 is 2 */
  double ends_late;         /* seconds of a dial tone or ringback more than S7 */

  const char *codes;      /* DLE codes that it knows in the voice states */
  const char *idle_codes; /* those that it sends in command state, too, in voice class */
  OhSimDigitStyle digits;
  gboolean pairs_as_sub; /* two bytes 10h are <DLE><SUB> */
  const char *extension; /* the codes for up and down */
  const char *extension_setting;
  char reorder;            /* the code for it */
  double busy_after;       /* seconds until a tone is told */
  double fax_period;       /* of its code during 1100 Hz */
  char silence_code;       /* 0: q after voice, else s */
  double silence_after;    /* 0: as +VSD has it */
  gboolean false_dialtone; /* hears one in each call */
} OhSimLandlineFamily;

extern const OhSimKind oh_sim_landline_kind;
