// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/fixture.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/prctl.h>

/* The bus, the manager and the simulator; what clients do is in fixture-client.c. */

static gboolean
on_tick (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

gint64
deadline_s (void)
{
  const char *given = g_getenv ("OFFHOOK_DEADLINE");

  return given != NULL ? g_ascii_strtoll (given, NULL, 10) : 60;
}

gboolean
spin_for (gboolean (*done) (gpointer user_data), gpointer user_data)
{
  gint64 deadline = g_get_monotonic_time () + DEADLINE_US;
  /* GDBus's thread changes things without waking this loop. */
  guint tick = g_timeout_add (10, on_tick, NULL);
  gboolean is_done = done (user_data);

  while (!is_done && g_get_monotonic_time () < deadline)
    {
      g_main_context_iteration (NULL, TRUE);
      is_done = done (user_data);
    }
  g_source_remove (tick);
  return is_done;
}

void
spin_until (gboolean (*done) (gpointer user_data), gpointer user_data)
{
  g_assert_true (spin_for (done, user_data));
}

/* A test that crashes leaves nobody behind. */
static void
die_with_us (gpointer user_data)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

static GSubprocess *
spawn (GSubprocessFlags flags, const char *const *command)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (flags);
  g_autoptr (GError) error = NULL;
  GSubprocess *process;

  g_subprocess_launcher_set_child_setup (launcher, die_with_us, NULL, NULL);
  process = g_subprocess_launcher_spawnv (launcher, command, &error);
  g_assert_no_error (error);
  return process;
}

gboolean
is_broker (void)
{
  return g_strcmp0 (g_getenv ("OFFHOOK_BUS"), "dbus-broker") == 0;
}

static GSubprocess *
spawn_bus (Fixture *f)
{
  const char *conf = g_getenv ("OFFHOOK_BUS_CONF");
  g_autofree char *socket = g_build_filename (f->dir, "bus", NULL);
  g_autofree char *address = g_strconcat ("--address=unix:path=", socket, NULL);
  g_autofree char *config = g_strconcat ("--config-file=", conf, NULL);
  const char *const daemon[]
      = { "dbus-daemon",       config, address, "--nofork", "--nopidfile", "--nosyslog",
          "--print-address=1", NULL };
  const char *const broker[] = { g_getenv ("OFFHOOK_START_BROKER"), conf, socket, NULL };

  return spawn (G_SUBPROCESS_FLAGS_STDOUT_PIPE, is_broker () ? broker : daemon);
}

static void
start_bus (Fixture *f)
{
  g_autoptr (GDataInputStream) out = NULL;
  g_autoptr (GError) error = NULL;

  f->bus_daemon = spawn_bus (f);
  out = g_data_input_stream_new (g_subprocess_get_stdout_pipe (f->bus_daemon));
  f->address = g_data_input_stream_read_line (out, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (f->address);
}

/* The system bus of this process, as polkit's library will ask for it. */
static GDBusConnection *
connect_daemon (Fixture *f)
{
  g_autoptr (GError) error = NULL;
  GDBusConnection *connection;

  g_setenv ("DBUS_SYSTEM_BUS_ADDRESS", f->address, TRUE);
  connection = g_bus_get_sync (G_BUS_TYPE_SYSTEM, NULL, &error);
  g_assert_no_error (error);
  g_dbus_connection_set_exit_on_close (connection, FALSE);
  return connection;
}

GDBusConnection *
connect_client (Fixture *f)
{
  g_autoptr (GError) error = NULL;
  GDBusConnection *connection = g_dbus_connection_new_for_address_sync (
      f->address,
      G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
          | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
      NULL, NULL, &error);

  g_assert_no_error (error);
  return connection;
}

void
start_manager (Fixture *f)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = NULL;
  guint answer;

  f->manager = oh_manager_new (f->daemon, &f->limits, f->state_dir, NULL);
  reply = g_dbus_connection_call_sync (f->daemon, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                                       "org.freedesktop.DBus", "RequestName",
                                       g_variant_new ("(su)", OH_BUS_NAME, 0), NULL,
                                       G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);
  g_assert_no_error (error);
  g_variant_get (reply, "(u)", &answer);
  g_assert_cmpuint (answer, ==, 1);
}

static void
on_sim_line (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Fixture *f = user_data;
  char *line
      = g_data_input_stream_read_line_finish (G_DATA_INPUT_STREAM (source), result, NULL, NULL);

  if (line == NULL)
    {
      g_clear_object (&f->sim_out);
      return;
    }
  g_ptr_array_add (f->sim_said, line);
  g_data_input_stream_read_line_async (f->sim_out, G_PRIORITY_DEFAULT, NULL, on_sim_line, f);
}

char *
sim_device (Fixture *f)
{
  return g_build_filename (f->dir, "home", NULL);
}

/* Not so fast that events have to be merged where everything takes its time. */
double
sim_scale (void)
{
  return g_getenv ("OFFHOOK_SLOW") != NULL ? 0.1 : 0.02;
}

void
start_sim (Fixture *f, const char *kind)
{
  g_autofree char *device = sim_device (f);
  g_autofree char *modem = g_strdup_printf ("%s:%s", kind, device);
  g_autofree char *scale = g_strdup_printf ("--time-scale=%g", sim_scale ());
  const char *const command[] = { g_getenv ("OFFHOOK_SIM"), scale, modem, NULL };

  f->sim = spawn (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, command);
  f->sim_out = g_data_input_stream_new (g_subprocess_get_stdout_pipe (f->sim));
  g_data_input_stream_read_line_async (f->sim_out, G_PRIORITY_DEFAULT, NULL, on_sim_line, f);
  sim_until (f, "home ready *");
}

static gboolean
sim_has_done (gpointer user_data)
{
  Fixture *f = user_data;

  return f->sim_out == NULL
         || g_ptr_array_find_with_equal_func (f->sim_said, f->sim_asked, g_str_equal, NULL);
}

void
sim (Fixture *f, const char *format, ...)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *command = NULL;
  g_autofree char *line = NULL;
  va_list arguments;

  va_start (arguments, format);
  command = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  f->sim_asked = g_strdup_printf ("sim has done %u", ++f->sim_count);
  line = g_strconcat (command, "\necho ", f->sim_asked, "\n", NULL);
  g_output_stream_write_all (g_subprocess_get_stdin_pipe (f->sim), line, strlen (line), NULL, NULL,
                             &error);
  g_assert_no_error (error);
  /* It reads this and the modem's port in no certain order. */
  spin_until (sim_has_done, f);
  g_clear_pointer (&f->sim_asked, g_free);
}

typedef struct
{
  Fixture *f;
  const char *glob;
} Said;

static gboolean
sim_has_said (gpointer user_data)
{
  Said *said = user_data;
  Fixture *f = said->f;

  while (f->sim_read < f->sim_said->len)
    {
      if (g_pattern_match_simple (said->glob, f->sim_said->pdata[f->sim_read++]))
        return TRUE;
    }
  return FALSE;
}

void
sim_until (Fixture *f, const char *glob)
{
  Said said = { f, glob };

  if (spin_for (sim_has_said, &said))
    return;
  for (guint i = 0; i < f->sim_said->len; i++)
    g_test_message ("the simulator said: %s", (char *)f->sim_said->pdata[i]);
  g_error ("the simulator has not said \"%s\"", glob);
}

static gboolean
is_in_service (gpointer line)
{
  return g_str_equal (oh_dbus_line_get_state (line), "in-service");
}

/* The modem has been told all that it is told at first. */
static gboolean
is_idle (gpointer line)
{
  OhChannel *channel = oh_modem_get_channel (oh_line_get_modem (line));

  return channel == NULL || oh_channel_get_running (channel) == NULL;
}

OhLine *
add_line (Fixture *f, const char *id, const char *device, const OhDriver *driver)
{
  g_autoptr (OhLineConfig) config = oh_line_config_new ();
  OhLine *line;

  config->alias = g_strdup (id);
  config->device = g_strdup (device);
  config->driver = driver;
  if (f->owner != NULL)
    config->owner = *f->owner;
  config->settings = f->settings;
  /* As the simulator's clock runs. */
  config->settings.ring_timeout_ms = OH_RING_TIMEOUT_MS * sim_scale () * 4;
  oh_manager_add_configured (f->manager, config);
  line = oh_manager_find_line (f->manager, id);
  spin_until (is_in_service, line);
  spin_until (is_idle, line);
  return line;
}

void
set_up (Fixture *f, gconstpointer driver_name)
{
  g_autoptr (GError) error = NULL;

  f->dir = g_dir_make_tmp ("offhook-XXXXXX", &error);
  g_assert_no_error (error);
  g_chmod (f->dir, 0755); /* for clients of other users */
  f->limits = oh_limits_default;
  f->listeners = g_ptr_array_new ();
  f->sim_said = g_ptr_array_new_with_free_func (g_free);
  f->bus_heard = g_ptr_array_new_with_free_func (g_free);
  start_bus (f);
  f->daemon = connect_daemon (f);
  f->client = connect_client (f);
  if (driver_name == NULL)
    return;
  start_manager (f);
  start_sim (f, oh_driver_find (driver_name)->kind);
  {
    g_autofree char *device = sim_device (f);

    f->line = add_line (f, "home", device, oh_driver_find (driver_name));
  }
}

static gboolean
is_null (gpointer where)
{
  return *(gpointer *)where == NULL;
}

static void
close_connection (GDBusConnection **connection)
{
  gpointer watched = *connection;

  g_object_add_weak_pointer (watched, &watched);
  g_dbus_connection_close_sync (*connection, NULL, NULL);
  g_clear_object (connection);
  spin_until (is_null, &watched);
}

void
tear_down (Fixture *f, gconstpointer driver_name)
{
  g_clear_object (&f->manager); /* first: an event that meets no listener is a warning */
  /* Nor may one that is under way. */
  for (guint i = 0; i < f->listeners->len; i++)
    g_dbus_connection_close_sync (((Listener *)f->listeners->pdata[i])->connection, NULL, NULL);
  while (f->listeners->len > 0)
    listener_free (f, f->listeners->pdata[0]);
  g_ptr_array_unref (f->listeners);
  close_connection (&f->client);
  close_connection (&f->daemon);
  if (f->sim != NULL)
    {
      g_subprocess_force_exit (f->sim);
      spin_until (is_null, &f->sim_out);
      g_subprocess_wait (f->sim, NULL, NULL);
      g_clear_object (&f->sim);
    }
  g_subprocess_force_exit (f->bus_daemon);
  g_subprocess_wait (f->bus_daemon, NULL, NULL);
  g_clear_object (&f->bus_daemon);
  g_ptr_array_unref (f->sim_said);
  g_ptr_array_unref (f->bus_heard);
  {
    g_autofree char *device = sim_device (f);
    g_autofree char *socket = g_build_filename (f->dir, "bus", NULL);

    g_unlink (device);
    g_unlink (socket);
  }
  g_assert_cmpint (g_rmdir (f->dir), ==, 0);
  g_free (f->address);
  g_free (f->dir);
}
