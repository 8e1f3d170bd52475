// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sim/plan.h"

#include "sim/cause.h"
#include "sim/words.h"

#define DEFAULT_ALERT 1
#define DEFAULT_ANSWER 3
#define DEFAULT_REFUSAL 1

static const struct
{
  const char *word;
  OhSimStep step;
  guint cause;
} timed[] = {
  { "answer", OH_SIM_STEP_ANSWER, OH_SIM_CAUSE_NONE },
  { "busy", OH_SIM_STEP_BUSY, OH_SIM_CAUSE_BUSY },
  { "no-answer", OH_SIM_STEP_NO_ANSWER, OH_SIM_CAUSE_NO_ANSWER },
  { "no-carrier", OH_SIM_STEP_NO_CARRIER, OH_SIM_CAUSE_UNSPECIFIED },
  { "reject", OH_SIM_STEP_NO_CARRIER, OH_SIM_CAUSE_REJECTED },
  { "unassigned", OH_SIM_STEP_NO_CARRIER, OH_SIM_CAUSE_UNASSIGNED },
  { "congestion", OH_SIM_STEP_NO_CARRIER, OH_SIM_CAUSE_NO_CHANNEL },
};

/* Those of them that need no time. */
static const char *const refusals[] = { "reject", "unassigned", "congestion", NULL };

void
oh_sim_plan_init (OhSimPlan *plan)
{
  plan->alert = DEFAULT_ALERT;
  plan->outcome = OH_SIM_STEP_ANSWER;
  plan->outcome_after = DEFAULT_ANSWER;
}

static gboolean
parse_timed (OhSimPlan *plan, char **words, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (timed); i++)
    {
      const char *value = oh_sim_words_value (words, timed[i].word);
      gboolean plain
          = g_strv_contains (refusals, timed[i].word) && oh_sim_words_has (words, timed[i].word);

      if (value == NULL && !plain)
        continue;
      if (plan->outcome != OH_SIM_STEP_NONE)
        {
          g_set_error (error, OH_SIM_ERROR, OH_SIM_ERROR_SYNTAX, "more than one end of the call");
          return FALSE;
        }
      plan->outcome_after = DEFAULT_REFUSAL;
      if (value != NULL && !oh_sim_words_seconds (value, &plan->outcome_after, error))
        return FALSE;
      plan->outcome = timed[i].step;
      plan->cause = timed[i].cause;
    }
  return TRUE;
}

/* What stands alone, or else NONE. */
static OhSimStep
find_single (char **words)
{
  if (oh_sim_words_has (words, "no-dialtone"))
    return OH_SIM_STEP_NO_DIALTONE;
  if (oh_sim_words_has (words, "delayed"))
    return OH_SIM_STEP_DELAYED;
  if (oh_sim_words_has (words, "blacklisted"))
    return OH_SIM_STEP_BLACKLISTED;
  return OH_SIM_STEP_NONE;
}

/* @plan is changed only when the words are good. */
gboolean
oh_sim_plan_parse (OhSimPlan *plan, char **words, GError **error)
{
  static const char *const keys[]
      = { "alert",  "answer",     "busy",       "no-answer", "no-carrier",
          "reject", "unassigned", "congestion", "cause",     NULL };
  static const char *const plain[]
      = { "no-dialtone", "no-answer", "manual",  "reject",      "unassigned",
          "congestion",  "polarity",  "delayed", "blacklisted", NULL };
  OhSimPlan parsed = { .alert = -1, .outcome = OH_SIM_STEP_NONE };
  const char *alert = oh_sim_words_value (words, "alert");
  OhSimStep alone = find_single (words);
  gboolean single = alone != OH_SIM_STEP_NONE || oh_sim_words_has (words, "manual");

  if (!oh_sim_words_check (words, keys, plain, error) || !parse_timed (&parsed, words, error)
      || !oh_sim_cause_parse (words, &parsed.cause, error))
    return FALSE;
  if (words[0] == NULL || (single && words[1] != NULL))
    {
      g_set_error (
          error, OH_SIM_ERROR, OH_SIM_ERROR_SYNTAX,
          "no-dialtone, delayed, blacklisted and manual stand alone, and something must be "
          "given");
      return FALSE;
    }
  if (single)
    parsed.outcome = alone;
  parsed.reversal = oh_sim_words_has (words, "polarity");
  if (parsed.outcome == OH_SIM_STEP_NO_ANSWER || oh_sim_words_has (words, "no-answer"))
    parsed.alert = DEFAULT_ALERT;
  if (alert != NULL && !oh_sim_words_seconds (alert, &parsed.alert, error))
    return FALSE;
  *plan = parsed;
  return TRUE;
}

static void
on_outcome (gpointer data)
{
  OhSimPlanRun *run = data;

  run->func (run->plan.outcome, run->data);
}

static void
on_alert (gpointer data)
{
  OhSimPlanRun *run = data;

  /* The timer goes on first: the step may stop the whole run. */
  if (run->plan.outcome != OH_SIM_STEP_NONE)
    oh_sim_timer_start (&run->timer, run->clock, run->plan.outcome_after - run->plan.alert,
                        on_outcome, run);
  run->func (OH_SIM_STEP_ALERT, run->data);
}

void
oh_sim_plan_run_start (OhSimPlanRun *run, const OhSimPlan *plan, const OhSimClock *clock,
                       OhSimStepFunc func, gpointer data)
{
  gboolean ends = plan->outcome != OH_SIM_STEP_NONE;

  oh_sim_plan_run_stop (run);
  run->plan = *plan;
  run->clock = clock;
  run->func = func;
  run->data = data;
  if (plan->alert >= 0 && (!ends || plan->alert < plan->outcome_after))
    oh_sim_timer_start (&run->timer, clock, plan->alert, on_alert, run);
  else if (ends)
    oh_sim_timer_start (&run->timer, clock, plan->outcome_after, on_outcome, run);
}

void
oh_sim_plan_run_stop (OhSimPlanRun *run)
{
  oh_sim_timer_stop (&run->timer);
}
