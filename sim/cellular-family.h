// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "sim/at.h"
#include "sim/cellular.h"

/* What vendors' reports tell of a call. */
typedef enum
{
  OH_SIM_CHANGE_DIALLED,
  OH_SIM_CHANGE_ALERTING,
  OH_SIM_CHANGE_CONNECTED, /* whoever called */
  OH_SIM_CHANGE_HELD,
  OH_SIM_CHANGE_RETRIEVED,
  OH_SIM_CHANGE_INCOMING,
  OH_SIM_CHANGE_WAITING,
  OH_SIM_CHANGE_WOKEN, /* waited, and rings now */
  OH_SIM_CHANGE_ENDED, /* the call is still in the list */
} OhSimChange;

typedef enum
{
  OH_SIM_ALPHA_NEVER,
  OH_SIM_ALPHA_KNOWN, /* only if there is a name */
  OH_SIM_ALPHA_ALWAYS,
} OhSimAlpha;

/* What stands in a list for a number that is not known. */
typedef enum
{
  OH_SIM_NO_NUMBER_128,
  OH_SIM_NO_NUMBER_145,
  OH_SIM_NO_NUMBER_MISSING, /* nor its type */
} OhSimNoNumber;

/* Lines that do not stand between CR LF and CR LF. */
typedef struct
{
  const char *start; /* of the line */
  const char *before;
  const char *after;
} OhSimFraming;

/* How a family of modems differs from others. */
struct _OhSimFamily
{
  void (*report) (OhSimCellular *line, const OhSimCall *call, OhSimChange change); /* or NULL */
  gboolean report_before_ring;
  gboolean report_before_ok; /* of ATD */

  const char *clip_start;
  const char *clip_middle;   /* subaddress and its type, with commas; NULL: ends with the type */
  gboolean clip_alpha;       /* in quotes, though empty; else always empty without */
  const char *clip_withheld; /* the whole line; NULL: like the others */

  gboolean dense_list; /* one CR LF between rows */
  OhSimAlpha row_alpha;
  OhSimNoNumber row_no_number;
  const char *first_row; /* that is no call; NULL: none */
  guint first_index;     /* of a call; 0 is 1 */
  gboolean renumbers;    /* the others when a call has ended */
  const char *chld;      /* what AT+CHLD=? answers */

  const char *ring_setting;  /* 0 silences RING; NULL: nothing does */
  const char *digit_line;    /* in front of a digit of the far end; NULL: it is not told */
  const char *digit_setting; /* NULL: always on */
  gboolean digit_as_code;    /* in decimal */

  /* What follows the report of an end; NULL: nothing. */
  const char *hung_up;
  const char *gave_up;
  const char *busy;
  const char *no_answer;
  const char *refused;

  gboolean dial_waits; /* ATD ends when the call is answered, as elsewhere with +COLP=1 */
  gboolean has_colp;

  gboolean usim;        /* else a SIM of 2G */
  gboolean ussd_packed; /* in hexadecimal digits */

  /* The report of a signal; NULL: +CIEV. */
  const char *signal_line;
  const char *signal_tail;
  const char *signal_setting;

  const char *const *boot;
  const char *const *noise;
  const OhSimFraming *framings; /* NULL at the end */
};

#define OH_SIM_CHLD_ALL "(0,1,1x,2,2x,3,4)"
#define OH_SIM_CHLD_NO_TRANSFER "(0,1,1x,2,2x,3)"

/* The rows of a command table that say who it is. */
#define OH_SIM_IDENTITY_ROWS(maker, model, revision)                                               \
  { "+CGMI", maker, NULL, oh_sim_at_show }, { "+GMI", maker, NULL, oh_sim_at_show },               \
      { "+CGMM", model, NULL, oh_sim_at_show }, { "+GMM", model, NULL, oh_sim_at_show },           \
      { "+CGMR", revision, NULL, oh_sim_at_show },                                                 \
  {                                                                                                \
    "+GMR", revision, NULL, oh_sim_at_show                                                         \
  }

void oh_sim_cellular_report (OhSimCellular *line, const OhSimCall *call, OhSimChange change);

extern const OhSimModel oh_sim_cinterion;
extern const OhSimModel oh_sim_huawei;
extern const OhSimModel oh_sim_mediatek;
extern const OhSimModel oh_sim_quectel;
extern const OhSimModel oh_sim_simcom;
extern const OhSimModel oh_sim_telit;
extern const OhSimModel oh_sim_ublox;
extern const OhSimModel oh_sim_wavecom;
extern const OhSimCommandRow oh_sim_cellular_emergency_commands[];

/* For the reports of a family. */
void oh_sim_cellular_say (OhSimCellular *line, const char *format, ...) G_GNUC_PRINTF (2, 3);
void oh_sim_cellular_say_block (OhSimCellular *line, const char *rows);
guint oh_sim_cellular_seconds (const OhSimCall *call);
guint oh_sim_cellular_party_type (const OhSimCall *call);
