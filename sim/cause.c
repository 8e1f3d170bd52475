// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sim/cause.h"

#include "sim/words.h"

static const struct
{
  guint cause;
  const char *text;
} texts[] = {
  { OH_SIM_CAUSE_NONE, "No cause" },
  { OH_SIM_CAUSE_UNASSIGNED, "Unassigned number" },
  { OH_SIM_CAUSE_NORMAL, "Normal call clearing" },
  { OH_SIM_CAUSE_BUSY, "User busy" },
  { 18, "No user responding" },
  { OH_SIM_CAUSE_NO_ANSWER, "User alerting, no answer" },
  { OH_SIM_CAUSE_REJECTED, "Call rejected" },
  { 27, "Destination out of order" },
  { OH_SIM_CAUSE_UNSPECIFIED, "Normal, unspecified" },
  { OH_SIM_CAUSE_NO_CHANNEL, "No channel available" },
  { 38, "Network out of order" },
  { 63, "Service not available" },
  { 88, "Incompatible destination" },
};

const char *
oh_sim_cause_text (guint cause)
{
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    if (texts[i].cause == cause)
      return texts[i].text;
  return "Unknown cause";
}

/* cause=N among @words; @cause stays as it is without. */
gboolean
oh_sim_cause_parse (char **words, guint *cause, GError **error)
{
  const char *value = oh_sim_words_value (words, "cause");

  return value == NULL || oh_sim_words_number (value, OH_SIM_CAUSE_HIGHEST, cause, error);
}
