// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <glib.h>

/* Why a call ended: causes of 24.008 10.5.4.11. */
enum
{
  OH_SIM_CAUSE_NONE = 0,
  OH_SIM_CAUSE_UNASSIGNED = 1,
  OH_SIM_CAUSE_NORMAL = 16,
  OH_SIM_CAUSE_BUSY = 17,
  OH_SIM_CAUSE_NO_ANSWER = 19,
  OH_SIM_CAUSE_REJECTED = 21,
  OH_SIM_CAUSE_UNSPECIFIED = 31,
  OH_SIM_CAUSE_NO_CHANNEL = 34,
  OH_SIM_CAUSE_HIGHEST = 127,
};

const char *oh_sim_cause_text (guint cause);
gboolean oh_sim_cause_parse (char **words, guint *cause, GError **error);
