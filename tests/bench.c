// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/bench.h"

#include <fcntl.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define PAUSE_MS 5
#define RING_TIMEOUT                                                                               \
  "100" /* milliseconds; nothing else ends a landline call that nobody answers                     \
         */

static const struct
{
  const char *command, *answer;
} answers[] = {
  { "AT+CPIN?", "\r\n+CPIN: READY\r\n" }, { "AT+CREG?", "\r\n+CREG: 1,1\r\n" },
  { "AT+FCLASS=?", "\r\n0,1,8\r\n" },     { "AT+CGMI", "\r\nBench\r\n" },
  { "AT+CGMM", "\r\nModem\r\n" },         { "AT+CGMR", "\r\n1\r\n" },
};

gint64
bench_now (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  return now.tv_sec * G_GINT64_CONSTANT (1000000000) + now.tv_nsec;
}

void
bench_modem_say (BenchModem *modem, const char *text)
{
  if (write (modem->master, text, strlen (text)) != (gssize)strlen (text))
    g_error ("the pseudo terminal takes no more");
}

static void
answer (BenchModem *modem, const char *command)
{
  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      if (g_str_equal (answers[i].command, command))
        bench_modem_say (modem, answers[i].answer);
    }
  if (g_str_equal (command, "AT+CLCC") && modem->lists_call)
    bench_modem_say (modem, "\r\n+CLCC: 1,1,4,0,0,\"" BENCH_NUMBER "\",145\r\n");
  bench_modem_say (modem, "\r\nOK\r\n");
}

static gboolean
on_command (int fd, GIOCondition condition, gpointer user_data)
{
  BenchModem *modem = user_data;
  char bytes[256];
  gssize n = read (fd, bytes, sizeof bytes);

  for (gssize i = 0; i < n; i++)
    {
      if (bytes[i] != '\r')
        {
          g_string_append_c (modem->input, bytes[i]);
          continue;
        }
      answer (modem, modem->input->str);
      g_string_truncate (modem->input, 0);
    }
  return G_SOURCE_CONTINUE;
}

static void
listen_to_commands (BenchModem *modem)
{
  modem->source = g_unix_fd_add (modem->master, G_IO_IN, on_command, modem);
}

BenchModem *
bench_add_modem (Bench *b)
{
  BenchModem *modem = g_new0 (BenchModem, 1);
  struct termios mode;

  modem->master = posix_openpt (O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
  if (modem->master < 0 || grantpt (modem->master) < 0 || unlockpt (modem->master) < 0)
    g_error ("no pseudo terminal");
  modem->device = g_strdup (ptsname (modem->master));
  modem->slave = g_open (modem->device, O_RDWR | O_NOCTTY | O_CLOEXEC, 0); /* else it hangs up */
  tcgetattr (modem->slave, &mode);
  cfmakeraw (&mode);
  tcsetattr (modem->slave, TCSANOW, &mode);
  modem->input = g_string_new (NULL);
  listen_to_commands (modem);
  g_ptr_array_add (b->modems, modem);
  return modem;
}

static void
modem_free (gpointer user_data)
{
  BenchModem *modem = user_data;

  g_source_remove (modem->source);
  close (modem->master);
  close (modem->slave);
  g_string_free (modem->input, TRUE);
  g_free (modem->device);
  g_free (modem);
}

static void
on_event (GDBusConnection *connection, const char *sender, const char *path, const char *interface,
          const char *method, GVariant *parameters, GDBusMethodInvocation *invocation,
          gpointer user_data)
{
  gint64 entered = bench_now ();
  Bench *b = user_data;
  g_autoptr (GVariant) details = NULL;
  const char *kind, *text;

  g_dbus_method_invocation_return_value (invocation, NULL);
  if (!g_str_equal (method, "Event"))
    g_error ("the handle was released");
  g_variant_get (parameters, "(&ott&s&o@a{sv})", NULL, NULL, NULL, &kind, NULL, &details);
  b->new_calls += g_str_equal (kind, "new-call");
  b->rings += g_str_equal (kind, "ringing");
  if (g_str_equal (kind, "call-state") && g_variant_lookup (details, "State", "&s", &text))
    b->ended += g_str_equal (text, "ended");
  if (b->numbered_at == 0 && g_variant_lookup (details, "Number", "&s", &text))
    b->numbered_at = entered;
}

void
bench_set_up (Bench *b)
{
  static const GDBusInterfaceVTable table = { .method_call = on_event };
  g_autoptr (GError) error = NULL;

  memset (b, 0, sizeof *b);
  set_up (&b->f, NULL);
  b->modems = g_ptr_array_new_with_free_func (modem_free);
  b->object = g_dbus_connection_register_object (
      b->f.client, BENCH_PATH, oh_dbus_listener_interface_info (), &table, b, NULL, &error);
  g_assert_no_error (error);
}

static char *
file_of (Bench *b, const char *name)
{
  return g_build_filename (b->f.dir, name, NULL);
}

void
bench_tear_down (Bench *b)
{
  static const char *const files[] = { "offhook.conf", "offhookd.log", "messages" };

  g_dbus_connection_unregister_object (b->f.client, b->object);
  g_ptr_array_unref (b->modems);
  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *file = file_of (b, files[i]);

      g_unlink (file);
    }
  g_clear_pointer (&b->line_path, g_free);
  tear_down (&b->f, NULL);
}

static char *
write_config (Bench *b, const char *driver, guint lines)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  char *file = file_of (b, "offhook.conf");

  for (guint i = 0; i < lines; i++)
    {
      BenchModem *modem = b->modems->pdata[b->modems->len - lines + i];

      g_string_append_printf (
          text, "[Line bench%u]\nDevice=%s\nDriver=%s\nRingTimeout=" RING_TIMEOUT "\n", i,
          modem->device, driver);
    }
  g_file_set_contents (file, text->str, -1, &error);
  g_assert_no_error (error);
  return file;
}

static void
on_appeared (GDBusConnection *connection, const char *name, const char *owner, gpointer user_data)
{
  *(guint *)user_data = 1;
}

static void
await_line (Bench *b, const char *path)
{
  gint64 deadline = g_get_monotonic_time () + DEADLINE_US;
  g_autofree char *state = get_string (&b->f, path, "Line", "State");

  while (!g_str_equal (state, "in-service"))
    {
      if (g_get_monotonic_time () > deadline)
        g_error ("%s is %s", path, state);
      g_free (state);
      state = get_string (&b->f, path, "Line", "State");
    }
}

/* A benchmark that fails leaves nobody behind. */
static void
die_with_us (gpointer user_data)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

void
bench_start_daemon (Bench *b, const char *driver, guint lines)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_NONE);
  g_autofree char *config = write_config (b, driver, lines);
  g_autofree char *log = file_of (b, "offhookd.log");
  g_autoptr (GError) error = NULL;
  guint appeared = 0, watch;

  g_subprocess_launcher_set_child_setup (launcher, die_with_us, NULL, NULL);
  g_subprocess_launcher_setenv (launcher, "DBUS_SYSTEM_BUS_ADDRESS", b->f.address, TRUE);
  g_subprocess_launcher_set_stderr_file_path (launcher, log);
  b->daemon = g_subprocess_launcher_spawn (launcher, &error, g_getenv ("OFFHOOKD"), "--config",
                                           config, NULL);
  g_assert_no_error (error);
  watch = g_bus_watch_name_on_connection (b->f.client, OH_BUS_NAME, G_BUS_NAME_WATCHER_FLAGS_NONE,
                                          on_appeared, NULL, &appeared, NULL);
  bench_until ("the daemon on the bus", &appeared, 1);
  g_bus_unwatch_name (watch);
  for (guint i = 0; i < lines; i++)
    {
      g_autofree char *path = g_strdup_printf (LINE_PATH "bench%u", i);

      await_line (b, path);
    }
  g_free (b->line_path);
  b->line_path = g_strdup (LINE_PATH "bench0");
}

void
bench_stop (GSubprocess *process)
{
  g_subprocess_send_signal (process, SIGTERM);
  g_subprocess_wait (process, NULL, NULL);
  g_object_unref (process);
}

void
bench_stop_daemon (Bench *b)
{
  /* Nothing of it is to be heard any more, such as Release. */
  g_variant_unref (
      call_ok (&b->f, b->f.client, b->line_path, "Close", g_variant_new ("(o)", BENCH_PATH)));
  bench_stop (g_steal_pointer (&b->daemon));
}

void
bench_open (Bench *b)
{
  g_variant_unref (call_ok (&b->f, b->f.client, b->line_path, "Open",
                            g_variant_new ("(oa{sv})", BENCH_PATH, NULL)));
}

GSubprocess *
bench_start_floor_of (Bench *b, const char *program, const char *names, const char *replay)
{
  g_autoptr (GSubprocessLauncher) launcher
      = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  BenchModem *modem = b->modems->pdata[b->modems->len - 1];
  g_autoptr (GError) error = NULL;
  GSubprocess *floor;
  char ready;

  g_subprocess_launcher_set_child_setup (launcher, die_with_us, NULL, NULL);
  g_subprocess_launcher_setenv (launcher, "DBUS_SYSTEM_BUS_ADDRESS", b->f.address, TRUE);
  floor = g_subprocess_launcher_spawn (launcher, &error, program, modem->device, names, BENCH_PATH,
                                       replay, NULL);
  g_assert_no_error (error);
  if (g_input_stream_read (g_subprocess_get_stdout_pipe (floor), &ready, 1, NULL, NULL) != 1)
    g_error ("the floor does not start");
  return floor;
}

GSubprocess *
bench_start_floor (Bench *b, const char *program, const char *replay)
{
  return bench_start_floor_of (b, program, g_dbus_connection_get_unique_name (b->f.client), replay);
}

typedef struct
{
  const guint *value;
  guint least;
} Least;

static gboolean
is_reached (gpointer user_data)
{
  const Least *least = user_data;

  return *least->value >= least->least;
}

void
bench_until (const char *what, const guint *value, guint least)
{
  Least wanted = { value, least };

  if (!spin_for (is_reached, &wanted))
    g_error ("missing: %s", what);
}

typedef struct
{
  const Bench *b;
  guint ended; /* before */
} Hearing;

static gboolean
is_decided (gpointer user_data)
{
  const Hearing *hearing = user_data;

  return hearing->b->numbered_at != 0 || hearing->b->ended != hearing->ended;
}

gint64
bench_say_and_hear (Bench *b, BenchModem *modem, const char *text)
{
  Hearing hearing = { b, b->ended };
  gint64 began;

  b->numbered_at = 0;
  began = bench_now ();
  bench_modem_say (modem, text);
  if (!spin_for (is_decided, &hearing))
    g_error ("missing: the event with the number");
  return b->numbered_at != 0 ? b->numbered_at - began : 0;
}

gint64
bench_cellular_call (Bench *b, BenchModem *modem, const char *text)
{
  guint ended = b->ended;
  gint64 took;

  modem->lists_call = TRUE;
  g_clear_handle_id (&modem->source, g_source_remove);
  took = bench_say_and_hear (b, modem, text);
  if (took == 0)
    g_error ("missing: the number, before the end of the call");
  on_command (modem->master, G_IO_IN, modem);
  listen_to_commands (modem);
  modem->lists_call = FALSE;
  bench_modem_say (modem, "\r\nNO CARRIER\r\n");
  bench_until ("the end of the call", &b->ended, ended + 1);
  return took;
}

gint64
bench_cpu (GSubprocess *process)
{
  clockid_t clock;
  struct timespec used;

  if (clock_getcpuclockid (atoi (g_subprocess_get_identifier (process)), &clock) != 0
      || clock_gettime (clock, &used) != 0)
    g_error ("the process is gone");
  return used.tv_sec * G_GINT64_CONSTANT (1000000000) + used.tv_nsec;
}

static gboolean
on_paused (gpointer user_data)
{
  *(guint *)user_data = 1;
  return G_SOURCE_REMOVE;
}

void
bench_rest (Bench *b)
{
  guint over = 0;

  settle (&b->f, b->f.client);
  g_timeout_add (PAUSE_MS, on_paused, &over);
  bench_until ("the end of the pause", &over, 1);
}

static guint64
field (const char *rollup, const char *name)
{
  const char *found = strstr (rollup, name);

  g_assert_nonnull (found);
  return g_ascii_strtoull (found + strlen (name), NULL, 10);
}

BenchMemory
bench_memory (GSubprocess *process)
{
  g_autofree char *file
      = g_strdup_printf ("/proc/%s/smaps_rollup", g_subprocess_get_identifier (process));
  g_autofree char *rollup = NULL;
  g_autoptr (GError) error = NULL;
  BenchMemory private;

  g_file_get_contents (file, &rollup, NULL, &error);
  g_assert_no_error (error);
  private.dirty = field (rollup, "Private_Dirty:");
  private.all = private.dirty + field (rollup, "Private_Clean:");
  return private;
}

static int
compare (gconstpointer a, gconstpointer b)
{
  gint64 left = *(const gint64 *)a, right = *(const gint64 *)b;

  return (left > right) - (left < right);
}

BenchLatency
bench_latency (GArray *took)
{
  g_array_sort (took, compare);
  return (BenchLatency){ .p50 = g_array_index (took, gint64, took->len / 2),
                         .p99 = g_array_index (took, gint64, took->len * 99 / 100) };
}
