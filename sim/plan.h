// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "sim/clock.h"

/* What happens at the far end of a call that the host makes. */
typedef enum
{
  OH_SIM_STEP_ALERT,
  OH_SIM_STEP_ANSWER,
  OH_SIM_STEP_BUSY,
  OH_SIM_STEP_NO_ANSWER,
  OH_SIM_STEP_NO_CARRIER,
  OH_SIM_STEP_NO_DIALTONE,
  OH_SIM_STEP_DELAYED,     /* of landlines: the modem must not dial the number yet */
  OH_SIM_STEP_BLACKLISTED, /* the same, for ever */
  OH_SIM_STEP_NONE,        /* nothing but what the script says */
} OhSimStep;

typedef struct
{
  double alert; /* seconds after dialling; negative: no ringback */
  double outcome_after;
  OhSimStep outcome;
  gboolean reversal; /* of a landline's polarity, with the answer */
  guint cause;       /* when the call ends by it */
} OhSimPlan;

typedef void (*OhSimStepFunc) (OhSimStep step, gpointer data);

/* A plan under way. */
typedef struct
{
  OhSimPlan plan;
  const OhSimClock *clock;
  OhSimTimer timer;
  OhSimStepFunc func;
  gpointer data;
} OhSimPlanRun;

void oh_sim_plan_init (OhSimPlan *plan);
gboolean oh_sim_plan_parse (OhSimPlan *plan, char **words, GError **error);

void oh_sim_plan_run_start (OhSimPlanRun *run, const OhSimPlan *plan, const OhSimClock *clock,
                            OhSimStepFunc func, gpointer data);
void oh_sim_plan_run_stop (OhSimPlanRun *run);
