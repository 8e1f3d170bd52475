// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sim/script.h"

#include <stdio.h>
#include <string.h>

#include "sim/actions.h"
#include "sim/words.h"

/* Real seconds that a script waits for a host when it does not say how long. */
#define PATIENCE 60

#define STATUS_FAILED 2

struct _OhSimScript
{
  OhSimWorld *world;
  gboolean console;
  OhSimScriptFunc on_end;
  gpointer data;

  GQueue lines; /* of char * */
  guint number; /* of the line that runs */
  gboolean closed;
  gboolean ended;
  OhSimModem *modem; /* that lines without a name mean */
  OhSimTimer turn;

  OhSimTimer wait;      /* runs while the script stands still */
  OhSimLedger *awaited; /* where the line that it waits for will come */
  char *glob;
};

typedef gboolean (*StepFunc) (OhSimScript *self, char **words, GError **error);

static void
complain (OhSimScript *self, const char *message)
{
  fprintf (stderr, "error: %u: %s\n", self->number, message);
  fflush (stderr);
  if (!self->console)
    oh_sim_world_quit (self->world, STATUS_FAILED);
}

static void
go_on (OhSimScript *self)
{
  oh_sim_timer_stop (&self->wait);
  g_clear_pointer (&self->glob, g_free);
  self->awaited = NULL;
  oh_sim_script_wake (self);
}

static void
on_waited (gpointer data)
{
  go_on (data);
}

static void
on_too_late (gpointer data)
{
  OhSimScript *self = data;
  g_autofree char *message = g_strdup_printf ("'%s' did not come", self->glob);

  complain (self, message);
}

static gboolean
do_wait (OhSimScript *self, char **words, GError **error)
{
  double seconds;

  if (words[0] == NULL || words[1] != NULL)
    {
      g_set_error (error, OH_SIM_ERROR, OH_SIM_ERROR_SYNTAX, "wait takes a number of seconds");
      return FALSE;
    }
  if (!oh_sim_words_seconds (words[0], &seconds, error))
    return FALSE;
  oh_sim_timer_start (&self->wait, &self->world->clock, seconds, on_waited, self);
  return TRUE;
}

/* Takes "within S" off the end of @words. */
static gboolean
take_limit (char **words, double *ret_seconds, GError **error)
{
  guint length = g_strv_length (words);

  if (length < 3 || !g_str_equal (words[length - 2], "within"))
    return TRUE;
  if (!oh_sim_words_seconds (words[length - 1], ret_seconds, error))
    return FALSE;
  g_clear_pointer (&words[length - 2], g_free);
  g_clear_pointer (&words[length - 1], g_free);
  return TRUE;
}

static gboolean
wait_for (OhSimScript *self, OhSimLedger *ledger, char **words, GError **error)
{
  const OhSimClock unscaled = { .scale = 1 };
  double seconds = -1;

  if (words[0] == NULL)
    {
      g_set_error (error, OH_SIM_ERROR, OH_SIM_ERROR_SYNTAX, "nothing to wait for");
      return FALSE;
    }
  if (!take_limit (words, &seconds, error))
    return FALSE;
  self->glob = g_strjoinv (" ", words);
  self->awaited = ledger;
  if (seconds < 0)
    oh_sim_timer_start (&self->wait, &unscaled, PATIENCE, on_too_late, self);
  else
    oh_sim_timer_start (&self->wait, &self->world->clock, seconds, on_too_late, self);
  /* It may be there already. */
  oh_sim_script_wake (self);
  return TRUE;
}

static gboolean
do_expect (OhSimScript *self, char **words, GError **error)
{
  return wait_for (self, &self->modem->heard, words, error);
}

static gboolean
do_until (OhSimScript *self, char **words, GError **error)
{
  return wait_for (self, &self->modem->happened, words, error);
}

static gboolean
do_echo (OhSimScript *self, char **words, GError **error)
{
  g_autofree char *text = g_strjoinv (" ", words);

  printf ("%s\n", text);
  fflush (stdout);
  return TRUE;
}

static gboolean
do_quit (OhSimScript *self, char **words, GError **error)
{
  guint status = 0;

  if (words[0] != NULL && !oh_sim_words_number (words[0], 255, &status, error))
    return FALSE;
  oh_sim_world_quit (self->world, (int)status);
  g_queue_clear_full (&self->lines, g_free);
  return TRUE;
}

static const struct
{
  const char *name;
  gboolean script_only;
  StepFunc run;
} steps[] = {
  { "wait", TRUE, do_wait },  { "expect", TRUE, do_expect }, { "until", TRUE, do_until },
  { "echo", FALSE, do_echo }, { "quit", FALSE, do_quit },
};

static gboolean
run_words (OhSimScript *self, char **words, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      if (!g_str_equal (steps[i].name, words[0]))
        continue;
      if (!steps[i].script_only || !self->console)
        return steps[i].run (self, words + 1, error);
      g_set_error (error, OH_SIM_ERROR, OH_SIM_ERROR_SYNTAX, "'%s' is for scripts only", words[0]);
      return FALSE;
    }
  return oh_sim_actions_run (self->world, self->modem, words, error);
}

static void
run_line (OhSimScript *self, const char *line)
{
  /* To GLib a comment without a line end is an open quote. */
  g_autofree char *whole = g_strconcat (line, "\n", NULL);
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = NULL;
  OhSimModem *named;
  guint first = 0;

  self->number++;
  if (!g_shell_parse_argv (whole, NULL, &words, &error))
    {
      if (!g_error_matches (error, G_SHELL_ERROR, G_SHELL_ERROR_EMPTY_STRING))
        complain (self, error->message);
      return;
    }
  named = oh_sim_world_find (self->world, words[0]);
  if (named != NULL)
    {
      self->modem = named;
      first = 1;
    }
  if (words[first] != NULL && !run_words (self, words + first, &error))
    complain (self, error->message);
}

static gboolean
stands_still (OhSimScript *self)
{
  if (self->awaited != NULL && oh_sim_ledger_take_match (self->awaited, self->glob))
    go_on (self);
  return oh_sim_timer_is_running (&self->wait);
}

static void
on_turn (gpointer data)
{
  OhSimScript *self = data;

  while (!stands_still (self) && self->lines.length > 0
         && g_main_loop_is_running (self->world->loop))
    {
      g_autofree char *line = g_queue_pop_head (&self->lines);

      run_line (self, line);
    }
  if (self->ended || !self->closed || self->lines.length > 0 || stands_still (self))
    return;
  self->ended = TRUE;
  self->on_end (self->data);
}

OhSimScript *
oh_sim_script_new (OhSimWorld *world, gboolean console, OhSimScriptFunc on_end, gpointer data)
{
  OhSimScript *self = g_new0 (OhSimScript, 1);

  self->world = world;
  self->console = console;
  self->on_end = on_end;
  self->data = data;
  self->modem = world->modems->pdata[0];
  return self;
}

void
oh_sim_script_free (OhSimScript *self)
{
  oh_sim_timer_stop (&self->turn);
  oh_sim_timer_stop (&self->wait);
  g_queue_clear_full (&self->lines, g_free);
  g_free (self->glob);
  g_free (self);
}

void
oh_sim_script_feed (OhSimScript *self, const char *line)
{
  g_queue_push_tail (&self->lines, g_strdup (line));
  oh_sim_script_wake (self);
}

/* No more lines will come. */
void
oh_sim_script_close (OhSimScript *self)
{
  self->closed = TRUE;
  oh_sim_script_wake (self);
}

/* Something happened. The script looks at it in a turn of its own, not in the middle of it. */
void
oh_sim_script_wake (OhSimScript *self)
{
  if (!oh_sim_timer_is_running (&self->turn))
    oh_sim_timer_start_unscaled (&self->turn, 0, on_turn, self);
}

gboolean
oh_sim_script_is_command (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    if (g_str_equal (steps[i].name, name))
      return TRUE;
  return oh_sim_actions_has (name);
}
