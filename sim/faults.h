// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <glib.h>

/* What becomes of a vendor's call reports. */
typedef enum
{
  OH_SIM_REPORTS_ON,
  OH_SIM_REPORTS_OFF,
  OH_SIM_REPORTS_CUT, /* after a byte or two */
} OhSimReports;

/* What is wrong with a modem just now. All zero is a sound one. */
typedef struct
{
  gboolean mute;
  gboolean merge;
  gboolean calm; /* no noise of its own */
  OhSimReports reports;
  guint split;       /* bytes a write; 0: whole */
  guint delay;       /* milliseconds before each answer */
  guint lose;        /* counts down to the byte to the host that is lost; 0: none */
  guint lose_host;   /* the same for a byte from the host */
  GBytes *inject;    /* goes into the next response */
  GPtrArray *refuse; /* of OhSimRefusal * */
} OhSimFaults;

void oh_sim_faults_clear (OhSimFaults *faults);

gsize oh_sim_faults_lose (guint *countdown, guint8 *bytes, gsize length);
void oh_sim_faults_add_refusal (OhSimFaults *faults, const char *glob, const char *result);
const char *oh_sim_faults_find_refusal (const OhSimFaults *faults, const char *command);
void oh_sim_faults_accept (OhSimFaults *faults);
