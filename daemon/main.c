// SPDX-License-Identifier: LGPL-2.1-or-later
#include <glib-unix.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <systemd/sd-daemon.h>

#include "daemon/log.h"
#include "daemon/manager-job.h"
#include "daemon/manager-notify.h"
#include "daemon/manager-sleep.h"
#include "daemon/manager.h"

#define BUS_RETRY_MS 200

typedef struct
{
  GMainLoop *loop;
  OhManager *manager;
  GDBusConnection *connection;
  const char *config, *state_dir, *names_dir;
  gboolean stopping;
  char **argv; /* as it was started */
  OhLog *log;
  int status;
} Program;

static void
on_mistake (const char *text, gpointer user_data)
{
  oh_log_event (&(OhLogEntry){ OH_LOG_CONFIG_MISTAKE }, "%s", text);
}

static void
on_name_acquired (GDBusConnection *connection, const char *name, gpointer user_data)
{
  Program *program = user_data;
  guint n = g_strv_length ((char **)oh_dbus_manager_get_lines (OH_DBUS_MANAGER (program->manager)));

  oh_log_event (&(OhLogEntry){ OH_LOG_STARTED }, "offhookd %s serves %u line%s", VERSION, n,
                n == 1 ? "" : "s");
  oh_manager_go_on (program->manager);
  sd_notify (0, "READY=1");
}

static void
on_name_lost (GDBusConnection *connection, const char *name, gpointer user_data)
{
  Program *program = user_data;

  if (program->stopping || g_dbus_connection_is_closed (program->connection))
    return;
  g_warning ("The bus does not let us own %s: another offhookd runs, or the bus policy file is "
             "missing",
             name);
  program->status = EXIT_FAILURE;
  g_main_loop_quit (program->loop);
}

/* The calls go on meanwhile. When the bus is back the program starts anew with all that it has, as
 * after any restart; the clients of the old bus are gone. */
static gboolean
on_bus_retry (gpointer user_data)
{
  Program *program = user_data;
  g_autofree char *address = g_dbus_address_get_for_bus_sync (G_BUS_TYPE_SYSTEM, NULL, NULL);
  g_autoptr (GDBusConnection) probe = g_dbus_connection_new_for_address_sync (
      address, G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT, NULL, NULL, NULL);

  if (probe == NULL || program->stopping)
    return G_SOURCE_CONTINUE;
  oh_log_stop (program->log);
  oh_manager_exec (program->manager, program->argv);
  g_error ("The program cannot be started anew");
}

static void
on_bus_closed (GDBusConnection *connection, gboolean remote, GError *error, gpointer user_data)
{
  Program *program = user_data;

  g_warning ("The bus is gone");
  if (program->state_dir != NULL)
    g_timeout_add (BUS_RETRY_MS, on_bus_retry, program);
  else
    {
      program->status = EXIT_FAILURE;
      g_main_loop_quit (program->loop);
    }
}

static void
on_stopped (gpointer user_data)
{
  Program *program = user_data;

  g_main_loop_quit (program->loop);
}

/* A restart leaves the calls, the ports and the handles to the next process. */
static void
on_job (gboolean restart, gpointer user_data)
{
  Program *program = user_data;

  if (!restart || program->state_dir == NULL)
    {
      oh_manager_stop (program->manager, on_stopped, program);
      return;
    }
  oh_manager_leave (program->manager);
  g_dbus_connection_flush_sync (program->connection, NULL, NULL);
  oh_log_stop (program->log);
  exit (EXIT_SUCCESS);
}

static gboolean
on_signal (gpointer user_data)
{
  Program *program = user_data;

  if (program->stopping)
    return G_SOURCE_CONTINUE;
  program->stopping = TRUE;
  sd_notify (0, "STOPPING=1");
  oh_job_ask (program->connection, on_job, program);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_reload (gpointer user_data)
{
  Program *program = user_data;
  g_autoptr (OhConfig) config = oh_config_load (program->config, on_mistake, NULL);

  if (program->stopping)
    return G_SOURCE_CONTINUE;
  g_message ("%s was read again: %u lines, %u mistakes", program->config, config->lines->len,
             config->n_mistakes);
  oh_manager_reconfigure (program->manager, config);
  return G_SOURCE_CONTINUE;
}

static void
run (Program *program, GDBusConnection *connection)
{
  g_autoptr (OhConfig) config = oh_config_load (program->config, on_mistake, NULL);
  OhNotify *notify;
  OhRest *rest;
  guint name;

  g_dbus_connection_set_exit_on_close (connection, FALSE);
  program->loop = g_main_loop_new (NULL, FALSE);
  program->connection = connection;
  program->manager
      = oh_manager_new (connection, &oh_limits_default, program->state_dir, program->names_dir);
  g_signal_connect (connection, "closed", G_CALLBACK (on_bus_closed), program);
  g_unix_signal_add (SIGTERM, on_signal, program);
  g_unix_signal_add (SIGINT, on_signal, program);
  g_unix_signal_add (SIGHUP, on_reload, program);
  oh_manager_load (program->manager, config);
  name = g_bus_own_name_on_connection (connection, OH_BUS_NAME, G_BUS_NAME_OWNER_FLAGS_DO_NOT_QUEUE,
                                       on_name_acquired, on_name_lost, program, NULL);
  notify = oh_notify_new (program->manager);
  rest = oh_rest_new (program->manager, connection, NULL);
  g_main_loop_run (program->loop);
  oh_notify_free (notify);
  oh_rest_free (rest);
  g_object_unref (program->manager);
  g_bus_unown_name (name);
  g_dbus_connection_flush_sync (connection, NULL, NULL);
  oh_log_event (&(OhLogEntry){ OH_LOG_STOPPED }, "offhookd ends");
  g_main_loop_unref (program->loop);
}

/* systemd.exec(5): of several folders the first is the one. */
static char *
get_folder (const char *variable)
{
  const char *folders = g_getenv (variable);

  return folders != NULL ? g_strndup (folders, strcspn (folders, ":")) : NULL;
}

static void
print_mistake (const char *text, gpointer user_data)
{
  g_printerr ("%s\n", text);
}

static int
check_config (const char *file)
{
  g_autoptr (OhConfig) config = oh_config_load (file, print_mistake, NULL);
  guint n = config->lines->len;

  if (config->n_mistakes > 0)
    return EXIT_FAILURE;
  g_print ("%s: %u line%s, no mistakes\n", file, n, n == 1 ? "" : "s");
  return EXIT_SUCCESS;
}

int
main (int argc, char **argv)
{
  g_autofree char *config = NULL;
  g_autofree char *state_dir = get_folder ("RUNTIME_DIRECTORY");
  g_autofree char *names_dir = get_folder ("STATE_DIRECTORY");
  gboolean version = FALSE, debug = FALSE, check = FALSE;
  const GOptionEntry entries[] = {
    { "config", 'c', 0, G_OPTION_ARG_FILENAME, &config, "Configuration file", "FILE" },
    { "state-dir", 's', 0, G_OPTION_ARG_FILENAME, &state_dir,
      "Folder for what survives a restart; default $RUNTIME_DIRECTORY, else nothing does", "DIR" },
    { "debug", 'd', 0, G_OPTION_ARG_NONE, &debug, "Log all that is said to modems and by them",
      NULL },
    { "check-config", 0, 0, G_OPTION_ARG_NONE, &check,
      "Tell each mistake in the configuration and exit; 1 if there are any", NULL },
    { "version", 'V', 0, G_OPTION_ARG_NONE, &version, "Print the version and exit", NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("- the telephone service");
  g_autoptr (GDBusConnection) connection = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) arguments = g_strdupv (argv);
  Program program = { .status = EXIT_SUCCESS, .argv = arguments };

  prctl (PR_SET_NAME, "offhookd"); /* also when it was started anew as /proc/self/exe */
  setlocale (LC_CTYPE, "");
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || argc > 1)
    {
      g_printerr ("offhookd: %s\n", error != NULL ? error->message : "takes no arguments");
      return 2;
    }
  if (version)
    {
      g_print ("offhookd %s\n", VERSION);
      return EXIT_SUCCESS;
    }
  program.config = config != NULL ? config : DEFAULT_CONFIG;
  if (check)
    return check_config (program.config);
  if (debug)
    g_setenv ("G_MESSAGES_DEBUG", G_LOG_DOMAIN, TRUE);
  program.log = oh_log_start ();
  connection = g_bus_get_sync (G_BUS_TYPE_SYSTEM, NULL, &error);
  if (connection == NULL)
    {
      g_printerr ("offhookd: no system bus: %s\n", error->message);
      return EXIT_FAILURE;
    }
  program.state_dir = state_dir;
  program.names_dir = names_dir;
  run (&program, connection);
  oh_log_stop (program.log);
  return program.status;
}
