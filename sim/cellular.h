// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "sim/cellular-network.h"

extern const OhSimKind oh_sim_cellular_kind;
extern const OhSimModel oh_sim_cellular;
extern const OhSimCommandRow oh_sim_cellular_commands[];

/* What a make of modem has of its own: cellular-family.h. */
typedef struct _OhSimFamily OhSimFamily;

/* As the third field of +CLCC. */
typedef enum
{
  OH_SIM_CALL_ACTIVE,
  OH_SIM_CALL_HELD,
  OH_SIM_CALL_DIALLING,
  OH_SIM_CALL_ALERTING,
  OH_SIM_CALL_INCOMING,
  OH_SIM_CALL_WAITING,
  OH_SIM_CALL_ENDED, /* just now */
} OhSimCallState;

/* Codes of +CSSU. */
enum
{
  OH_SIM_SERVICE_FORWARDED = 0,
  OH_SIM_SERVICE_HELD = 2,
  OH_SIM_SERVICE_RETRIEVED = 3,
};

typedef struct
{
  OhSimModem *modem;
  guint index;
  gboolean incoming;
  gboolean conference;
  OhSimCallState state;
  gboolean held_by_far;
  gboolean announced; /* as ringing */
  gboolean by_host;   /* the host ends it */
  gint64 answered;    /* monotonic microseconds; 0: not yet */
  guint cause;        /* of its end */
  OhSimCaller party;
  OhSimPlanRun run;
} OhSimCall;

/* A modem of 3GPP 27.007. */
typedef struct
{
  OhSimModem *modem;
  const OhSimFamily *family;
  GPtrArray *calls;   /* of OhSimCall, by index */
  OhSimCall *dialled; /* its ATD has no result yet; NULL: none */
  OhSimTimer noise;
  guint noises;
  OhSimTimer ring;
  guint rings;
  guint last_cause; /* of the last call that ended */
  GString *digits;
  OhSimTimer digit;
  OhSimNetwork network;
  OhSimUssd ussd;
  OhSimServices services;
} OhSimCellular;

/* The calls. */
OhSimCall *oh_sim_cellular_add (OhSimCellular *line, const OhSimCaller *party,
                                OhSimCallState state);
OhSimCall *oh_sim_cellular_find (OhSimCellular *line, OhSimCallState state);
OhSimCall *oh_sim_cellular_find_index (OhSimCellular *line, guint index);
OhSimCall *oh_sim_cellular_find_dialled (OhSimCellular *line);
void oh_sim_cellular_remove (OhSimCellular *line, OhSimCall *call, guint cause);
void oh_sim_cellular_set_state (OhSimCellular *line, OhSimCall *call, OhSimCallState state);
void oh_sim_cellular_tell_state (OhSimCellular *line, OhSimCall *call, OhSimCallState before);
void oh_sim_cellular_free_call (gpointer call);

/* What the host does with them. */
void oh_sim_cellular_accept (OhSimCellular *line, OhSimCall *call);
void oh_sim_cellular_release (OhSimCellular *line, OhSimCall *call);
gboolean oh_sim_cellular_release_all (OhSimCellular *line, OhSimCallState state);
gboolean oh_sim_cellular_change_all (OhSimCellular *line, OhSimCallState from, OhSimCallState to);
void oh_sim_cellular_join (OhSimCellular *line);

/* What is said about them. */
void oh_sim_cellular_tell (OhSimCellular *line, const char *format, ...) G_GNUC_PRINTF (2, 3);
void oh_sim_cellular_boot (OhSimModem *modem);
void oh_sim_cellular_tell_boot_with_sim (OhSimCellular *line);
void oh_sim_cellular_start_noise (OhSimCellular *line);
guint oh_sim_cellular_number_type (const char *number);
void oh_sim_cellular_tell_ring (OhSimCellular *line, const OhSimCaller *caller);
void oh_sim_cellular_tell_service (OhSimCellular *line, guint code);
void oh_sim_cellular_tell_waiting (OhSimCellular *line, const OhSimCaller *caller);
char *oh_sim_cellular_row (const OhSimCellular *line, const OhSimCall *call);
void oh_sim_cellular_list (OhSimCellular *line);

/* The commands. */
void oh_sim_cellular_end_dialling (OhSimCellular *line, const char *result);
void oh_sim_cellular_abort (OhSimModem *modem);
const char *oh_sim_cellular_dial (OhSimModem *modem, const char *string);
const char *oh_sim_cellular_answer (OhSimModem *modem);
const char *oh_sim_cellular_hang_up (OhSimModem *modem);
const char *oh_sim_cellular_run_chup (OhSimModem *modem, const OhSimCommand *command);
const char *oh_sim_cellular_run_chld (OhSimModem *modem, const OhSimCommand *command);
const char *oh_sim_cellular_run_ctfr (OhSimModem *modem, const OhSimCommand *command);
const char *oh_sim_cellular_run_vts (OhSimModem *modem, const OhSimCommand *command);
const char *oh_sim_cellular_error (OhSimModem *modem, guint code);

/* The far end. */
void oh_sim_cellular_start_ringing (OhSimCellular *line, double after);
void oh_sim_cellular_follow_plan (OhSimCellular *line, OhSimCall *call);
gboolean oh_sim_cellular_far_ring (OhSimModem *modem, const OhSimCaller *caller, GError **error);
gboolean oh_sim_cellular_far_wait (OhSimModem *modem, const OhSimCaller *caller, GError **error);
gboolean oh_sim_cellular_far_give_up (OhSimModem *modem, gboolean silent, guint cause,
                                      GError **error);
gboolean oh_sim_cellular_far_step (OhSimModem *modem, OhSimStep step, guint cause, GError **error);
gboolean oh_sim_cellular_far_hang_up (OhSimModem *modem, OhSimSign sign, guint cause,
                                      GError **error);
gboolean oh_sim_cellular_far_hold (OhSimModem *modem, gboolean held, GError **error);
gboolean oh_sim_cellular_far_digits (OhSimModem *modem, const char *digits, GError **error);
