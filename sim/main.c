// SPDX-License-Identifier: LGPL-2.1-or-later
#include <fcntl.h>
#include <glib-unix.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "sim/cellular-family.h"
#include "sim/console.h"
#include "sim/landline.h"
#include "sim/script.h"
#include "sim/words.h"

#define STATUS_USAGE 1
#define STATUS_BAD_SCRIPT 2

typedef struct
{
  char *script;
  double time_scale;
  gboolean trace;
  gboolean stay;
  gboolean version;
  int seed;
  char **modems;
} Options;

typedef struct
{
  OhSimWorld world;
  Options options;
  OhSimScript *script;
  OhSimScript *console;
  OhSimConsole *input;
  guint running; /* scripts, the console among them */
  guint signals[3];
} Program;

static const OhSimModel *const models[] = {
  &oh_sim_landline,
  &oh_sim_landline_conexant,
  &oh_sim_landline_usr,
  &oh_sim_landline_multitech,
  &oh_sim_landline_smartlink,
  &oh_sim_landline_rockwell,
  &oh_sim_landline_agere,
  &oh_sim_cellular,
  &oh_sim_huawei,
  &oh_sim_quectel,
  &oh_sim_simcom,
  &oh_sim_ublox,
  &oh_sim_cinterion,
  &oh_sim_telit,
  &oh_sim_mediatek,
  &oh_sim_wavecom,
};

static gboolean
parse_options (Options *options, int *argc, char ***argv, GError **error)
{
  const GOptionEntry entries[] = {
    { "script", 0, 0, G_OPTION_ARG_FILENAME, &options->script,
      "Run the script in FILE; '-' is standard input", "FILE" },
    { "time-scale", 0, 0, G_OPTION_ARG_DOUBLE, &options->time_scale, "Multiply all durations by F",
      "F" },
    { "trace", 0, 0, G_OPTION_ARG_NONE, &options->trace,
      "Show what goes to and from the hosts on standard error", NULL },
    { "seed", 0, 0, G_OPTION_ARG_INT, &options->seed, "Seed of the random bytes", "N" },
    { "stay", 0, 0, G_OPTION_ARG_NONE, &options->stay,
      "Go on after the end of the script and of standard input", NULL },
    { "version", 0, 0, G_OPTION_ARG_NONE, &options->version, "Show the version", NULL },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options->modems, NULL,
      "KIND:LINK..." },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);

  options->time_scale = 1;
  g_option_context_set_summary (context, "Simulates modems on pseudo-terminals. "
                                         "KIND is 'landline' or 'cellular', "
                                         "or one of them with '-' and a make, as in the manual.");
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, argc, argv, error))
    return FALSE;
  if (options->version)
    return TRUE;
  if (options->modems == NULL || !(options->time_scale > 0 && options->time_scale <= 1000))
    {
      g_set_error (error, OH_SIM_ERROR, OH_SIM_ERROR_SYNTAX, "%s",
                   options->modems == NULL ? "no modem is given" : "no such time scale");
      return FALSE;
    }
  return TRUE;
}

static const OhSimModel *
find_model (const char *word, gsize length)
{
  for (guint i = 0; i < G_N_ELEMENTS (models); i++)
    if (strlen (models[i]->name) == length && strncmp (models[i]->name, word, length) == 0)
      return models[i];
  return NULL;
}

static void
on_news (gpointer data)
{
  Program *program = data;

  if (program->script != NULL)
    oh_sim_script_wake (program->script);
}

static gboolean
add_modem (Program *program, const char *word, GError **error)
{
  const char *colon = strchr (word, ':');
  const OhSimModel *model = colon != NULL ? find_model (word, (gsize)(colon - word)) : NULL;
  g_autofree char *name = NULL;
  OhSimModem *modem;

  if (model == NULL || colon[1] == '\0')
    {
      g_set_error (error, OH_SIM_ERROR, OH_SIM_ERROR_SYNTAX, "'%s' is not KIND:LINK", word);
      return FALSE;
    }
  name = g_path_get_basename (colon + 1);
  if (oh_sim_script_is_command (name) || oh_sim_world_find (&program->world, name) != NULL)
    {
      g_set_error (error, OH_SIM_ERROR, OH_SIM_ERROR_SYNTAX,
                   "'%s' is a command or another modem already", name);
      return FALSE;
    }
  modem = oh_sim_modem_new (model, colon + 1, &program->world.clock);
  modem->tracing = program->options.trace;
  modem->on_news = on_news;
  modem->news_data = program;
  g_ptr_array_add (program->world.modems, modem);
  return oh_sim_modem_appear (modem, error);
}

static gboolean
add_modems (Program *program, GError **error)
{
  GPtrArray *modems = program->world.modems;

  for (guint i = 0; program->options.modems[i] != NULL; i++)
    if (!add_modem (program, program->options.modems[i], error))
      return FALSE;
  for (guint i = 0; i < modems->len; i++)
    {
      const OhSimModem *modem = modems->pdata[i];

      printf ("%s ready %s %s\n", modem->name, oh_sim_pty_get_link (modem->pty),
              oh_sim_pty_get_slave (modem->pty));
    }
  fflush (stdout);
  return TRUE;
}

static void
on_end (gpointer data)
{
  Program *program = data;

  program->running--;
  if (program->running == 0 && !program->options.stay)
    oh_sim_world_quit (&program->world, program->world.status);
}

/* A script from standard input leaves no console. */
static gboolean
add_scripts (Program *program, GError **error)
{
  gboolean from_file
      = program->options.script != NULL && !g_str_equal (program->options.script, "-");
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  program->console = oh_sim_script_new (
      &program->world, from_file || program->options.script == NULL, on_end, program);
  program->input = oh_sim_console_new (program->console);
  program->running = 1;
  if (!from_file)
    {
      if (program->options.script != NULL)
        program->script = program->console;
      return TRUE;
    }
  if (!g_file_get_contents (program->options.script, &text, NULL, error))
    return FALSE;
  program->script = oh_sim_script_new (&program->world, FALSE, on_end, program);
  program->running++;
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    oh_sim_script_feed (program->script, lines[i]);
  oh_sim_script_close (program->script);
  return TRUE;
}

static gboolean
on_signal (gpointer data)
{
  Program *program = data;

  oh_sim_world_quit (&program->world, program->world.status);
  return G_SOURCE_CONTINUE;
}

/* A caller may have closed them; no pseudo-terminal must get their numbers. */
static void
open_standard_streams (void)
{
  int fd;

  do
    fd = open ("/dev/null", O_RDWR);
  while (fd >= 0 && fd <= STDERR_FILENO);
  if (fd >= 0)
    close (fd);
}

static void
watch_signals (Program *program)
{
  program->signals[0] = g_unix_signal_add (SIGTERM, on_signal, program);
  program->signals[1] = g_unix_signal_add (SIGINT, on_signal, program);
  program->signals[2] = g_unix_signal_add (SIGHUP, on_signal, program);
}

static void
clear (Program *program)
{
  for (guint i = 0; i < G_N_ELEMENTS (program->signals); i++)
    g_clear_handle_id (&program->signals[i], g_source_remove);
  if (program->script != program->console)
    g_clear_pointer (&program->script, oh_sim_script_free);
  /* Modems may still have news to give when they go. */
  program->script = NULL;
  g_clear_pointer (&program->input, oh_sim_console_free);
  g_clear_pointer (&program->console, oh_sim_script_free);
  g_ptr_array_unref (program->world.modems);
  g_clear_pointer (&program->world.random, g_rand_free);
  g_main_loop_unref (program->world.loop);
  g_strfreev (program->options.modems);
  g_free (program->options.script);
}

int
main (int argc, char **argv)
{
  Program program = { 0 };
  g_autoptr (GError) error = NULL;

  setlocale (LC_ALL, "");
  open_standard_streams ();
  /* Nobody has to read what is printed. */
  signal (SIGPIPE, SIG_IGN);
  program.world.modems = g_ptr_array_new_with_free_func ((GDestroyNotify)oh_sim_modem_free);
  program.world.loop = g_main_loop_new (NULL, FALSE);

  if (!parse_options (&program.options, &argc, &argv, &error))
    program.world.status = STATUS_USAGE;
  else if (program.options.version)
    printf ("offhook-sim %s\n", OH_SIM_VERSION);
  else
    {
      program.world.clock.scale = program.options.time_scale;
      program.world.random = g_rand_new_with_seed ((guint32)program.options.seed);
      watch_signals (&program);
      if (!add_modems (&program, &error))
        program.world.status = STATUS_USAGE;
      else if (!add_scripts (&program, &error))
        program.world.status = STATUS_BAD_SCRIPT;
      else
        g_main_loop_run (program.world.loop);
    }
  if (error != NULL)
    fprintf (stderr, "offhook-sim: %s\n", error->message);
  clear (&program);
  return program.world.status;
}
