// SPDX-License-Identifier: LGPL-2.1-or-later
#include <glib/gstdio.h>
#include <pty.h>
#include <string.h>
#include <unistd.h>

#include "tests/log-watch.h"
#include "tests/fixture.h"

/* AddLine and RemoveLine. */

typedef struct
{
  gboolean done;
  char *line; /* the path, or */
  char *name; /* of the error: its last word */
  char *message;
} Added;

static void
on_added (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply
      = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  Added *added = user_data;

  added->done = TRUE;
  if (reply != NULL)
    {
      g_variant_get (reply, "(o)", &added->line);
      return;
    }
  added->name = g_dbus_error_get_remote_error (error);
  g_assert_nonnull (added->name);
  memmove (added->name, strrchr (added->name, '.') + 1, strlen (strrchr (added->name, '.')));
  added->message = g_strdup (error->message);
  g_test_message ("%s: %s", added->name, added->message);
}

static void
begin_add (Fixture *f, Added *added, const char *device, const char *options)
{
  GVariant *parsed = g_variant_new_parsed (options);

  memset (added, 0, sizeof *added);
  g_dbus_connection_call (f->client, OH_BUS_NAME, OH_BUS_PATH, OH_BUS_NAME ".Manager", "AddLine",
                          g_variant_new ("(s@a{sv})", device, parsed), NULL, G_DBUS_CALL_FLAGS_NONE,
                          G_MAXINT, NULL, on_added, added);
}

static gboolean
is_done (gpointer added)
{
  return ((Added *)added)->done;
}

static void
clear (Added *added)
{
  g_free (added->line);
  g_free (added->name);
  g_free (added->message);
}

/* The path. */
static char *
add (Fixture *f, const char *device, const char *options)
{
  Added added;

  begin_add (f, &added, device, options);
  spin_until (is_done, &added);
  g_assert_cmpstr (added.name, ==, NULL);
  return added.line;
}

/* It fails with @name, and the text names @names. */
static void
add_fails (Fixture *f, const char *device, const char *options, const char *name, const char *names)
{
  Added added;

  begin_add (f, &added, device, options);
  spin_until (is_done, &added);
  g_assert_cmpstr (added.name, ==, name);
  g_assert_nonnull (strstr (added.message, names));
  clear (&added);
}

static void
remove_line (Fixture *f, const char *path)
{
  g_variant_unref (call_ok (f, f->client, OH_BUS_PATH, "RemoveLine", g_variant_new ("(o)", path)));
}

static guint
count_lines (Fixture *f)
{
  g_autoptr (GVariant) lines = get_property (f, OH_BUS_PATH, "Manager", "Lines");

  return g_variant_n_children (lines);
}

static void
set_up_manager (Fixture *f, gconstpointer kind)
{
  set_up (f, NULL);
  start_manager (f);
  if (kind != NULL)
    start_sim (f, kind);
}

static void
sim_mute (Fixture *f)
{
  sim (f, "mute on");
  sim (f, "echo told");
  sim_until (f, "told");
}

static gboolean
is_in_service (gpointer line)
{
  return g_str_equal (oh_dbus_line_get_state (line), "in-service");
}

/* Without Driver the port is probed; the name is made of the device. */
static void
test_probing (Fixture *f, gconstpointer kind)
{
  g_autofree char *device = sim_device (f);
  g_autofree char *path = add (f, device, "@a{sv} {}");
  g_autofree char *found_kind = get_string (f, path, "Line", "Kind");
  g_autofree char *driver = get_string (f, path, "Line", "Driver");
  g_autofree char *id = get_string (f, path, "Line", "Id");
  g_autofree char *shown = get_string (f, path, "Line", "Device");

  g_assert_cmpstr (found_kind, ==, kind);
  g_assert_cmpstr (driver, ==, g_str_equal (kind, "landline") ? "v253" : "cellular");
  g_assert_true (g_str_has_prefix (id, g_str_equal (kind, "cellular") ? "imei-" : "pts-"));
  g_assert_cmpstr (shown, ==, device);
  g_assert_cmpuint (count_lines (f), ==, 1);
  spin_until (is_in_service, oh_manager_find_line (f->manager, id));
  remove_line (f, path);
  g_assert_cmpuint (count_lines (f), ==, 0);
}

static void
test_options (Fixture *f, gconstpointer kind)
{
  g_autofree char *device = sim_device (f);
  g_autofree char *path
      = add (f, device, "{'Alias': <'büro'>, 'Driver': <'v253'>, 'RingTimeout': <uint32 9000>}");
  g_autofree char *id = get_string (f, path, "Line", "Id");
  OhLine *line = oh_manager_find_line (f->manager, "büro");

  g_assert_cmpstr (id, ==, "büro");
  g_assert_nonnull (line);
  g_assert_cmpuint (oh_modem_get_settings (oh_line_get_modem (line))->ring_timeout_ms, ==, 9000);
}

static void
test_refused (Fixture *f, gconstpointer user_data)
{
  static const struct
  {
    const char *device, *options, *name, *names;
  } rows[] = {
    { "/dev/offhook-none", "@a{sv} {}", "NoDevice", "/dev/offhook-none" },
    { "/dev/null", "@a{sv} {}", "InvalidArgs", "/dev/null" },
    { "/dev", "@a{sv} {}", "InvalidArgs", "/dev" },
    { "/proc/version", "@a{sv} {}", "InvalidArgs", "/proc/version" },
    { "ttyACM0", "@a{sv} {}", "InvalidArgs", "ttyACM0" },
    { "", "@a{sv} {}", "InvalidArgs", "absolute" },
    { "./x", "{'Driver': <'fake'>}", "InvalidArgs", "./x" },
    { "/dev/null", "{'Colour': <'red'>}", "InvalidArgs", "Colour" },
    { "/dev/null", "{'Alias': <7>}", "InvalidArgs", "Alias" },
    { "/dev/null", "{'Driver': <7>}", "InvalidArgs", "Driver" },
    { "/dev/null", "{'RingTimeout': <'8000'>}", "InvalidArgs", "RingTimeout" },
    { "/dev/null", "{'RingTimeout': <uint32 99>}", "InvalidArgs", "RingTimeout" },
    { "/dev/null", "{'Driver': <'telepathy'>}", "InvalidArgs", "Driver" },
    { "/dev/null", "{'Alias': <''>}", "InvalidArgs", "Alias" },
    { "/dev/null", "{'Alias': <'a/b'>}", "InvalidArgs", "Alias" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_test_message ("%s %s", rows[i].device, rows[i].options);
      add_fails (f, rows[i].device, rows[i].options, rows[i].name, rows[i].names);
      g_assert_cmpuint (count_lines (f), ==, 0);
    }
}

/* The lock file of another program names it. */
static void
test_port_in_use (Fixture *f, gconstpointer kind)
{
  const char *pid = g_subprocess_get_identifier (f->bus_daemon);
  const char *name = is_broker () ? "dbus-broker-lau" : "dbus-daemon"; /* as the kernel cuts it */
  g_autofree char *holder = g_strdup_printf ("%s (process %s)", name, pid);
  g_autofree char *content = g_strdup_printf ("%10s\n", pid);
  g_autofree char *device = sim_device (f);
  g_autofree char *node = g_file_read_link (device, NULL);
  g_autofree char *flat = g_strdelimit (g_strdup (node + strlen ("/dev/")), "/", '_');
  g_autofree char *lock = g_strconcat ("/run/lock/LCK..", flat, NULL);
  g_autofree char *path = NULL;

  g_assert_true (g_file_set_contents (lock, content, -1, NULL));
  add_fails (f, device, "@a{sv} {}", "Busy", holder);
  g_unlink (lock);
  path = add (f, device, "@a{sv} {}");
}

static void
test_two_lines_one_port (Fixture *f, gconstpointer kind)
{
  g_autofree char *device = sim_device (f);
  g_autofree char *node = g_file_read_link (device, NULL);

  g_free (add (f, device, "{'Alias': <'first'>}"));
  add_fails (f, device, "{'Alias': <'second'>}", "Busy", "first");
  add_fails (f, node, "{'Alias': <'second'>}", "Busy", "first");
  add_fails (f, node, "{'Alias': <'second'>, 'Driver': <'fake'>}", "Busy", "first");
  g_assert_cmpuint (count_lines (f), ==, 1);
}

/* While the first is still being probed. */
static void
test_two_at_once (Fixture *f, gconstpointer kind)
{
  g_autofree char *device = sim_device (f);
  Added first, second;

  begin_add (f, &first, device, "{'Alias': <'first'>}");
  begin_add (f, &second, device, "{'Alias': <'second'>}");
  spin_until (is_done, &first);
  spin_until (is_done, &second);
  g_assert_nonnull (first.line);
  g_assert_cmpstr (second.name, ==, "Busy");
  g_assert_cmpuint (count_lines (f), ==, 1);
  clear (&first);
  clear (&second);
}

static void
test_alias_taken (Fixture *f, gconstpointer kind)
{
  g_autofree char *device = sim_device (f);
  Added probed;

  g_free (add (f, "/nowhere/1", "{'Alias': <'home'>, 'Driver': <'fake'>}"));
  add_fails (f, device, "{'Alias': <'home'>}", "InvalidArgs", "home");
  add_fails (f, "/nowhere/2", "{'Alias': <'home'>, 'Driver': <'fake'>}", "InvalidArgs", "home");
  /* Taken while the port was probed; and the port is let go of then. */
  begin_add (f, &probed, device, "{'Alias': <'late'>}");
  g_free (add (f, "/nowhere/3", "{'Alias': <'late'>, 'Driver': <'fake'>}"));
  spin_until (is_done, &probed);
  g_assert_cmpstr (probed.name, ==, "InvalidArgs");
  g_assert_nonnull (strstr (probed.message, "late"));
  clear (&probed);
  g_assert_cmpuint (count_lines (f), ==, 2);
  g_free (add (f, device, "{'Alias': <'free'>}"));
}

/* Nothing answers: a modem that is mute, then one that is no modem at all. */
static void
test_mute (Fixture *f, gconstpointer kind)
{
  g_autofree char *device = sim_device (f);
  g_autofree char *path = NULL;
  char name[64];
  int master, slave;

  sim_mute (f);
  add_fails (f, device, "@a{sv} {}", "NotResponding", "");
  add_fails (f, device, "{'Driver': <'v253'>}", "NotResponding", "");
  g_assert_cmpint (openpty (&master, &slave, name, NULL, NULL), ==, 0);
  add_fails (f, name, "@a{sv} {}", "NotResponding", "");
  close (master);
  close (slave);
  g_assert_cmpuint (count_lines (f), ==, 0);
  sim (f, "mute off");
  path = add (f, device, "@a{sv} {}");
}

/* It answers, but can place no calls. */
static void
test_no_driver (Fixture *f, gconstpointer kind)
{
  g_autofree char *device = sim_device (f);

  sim (f, "refuse AT+CLCC*");
  sim (f, "refuse AT+FCLASS*");
  sim (f, "echo told");
  sim_until (f, "told");
  add_fails (f, device, "@a{sv} {}", "NotSupported", "");
  g_assert_cmpuint (count_lines (f), ==, 0);
}

static void
test_unplugged_meanwhile (Fixture *f, gconstpointer kind)
{
  g_autofree char *device = sim_device (f);
  g_autofree char *path = NULL;
  Added added;

  sim_mute (f);
  begin_add (f, &added, device, "@a{sv} {}");
  settle (f, f->client);
  sim (f, "vanish");
  spin_until (is_done, &added);
  g_assert_cmpstr (added.name, ==, "NoDevice");
  clear (&added);
  g_assert_cmpuint (count_lines (f), ==, 0);
  sim (f, "mute off");
  sim (f, "return");
  sim_until (f, "home returned*");
  path = add (f, device, "@a{sv} {}");
}

static gboolean
has_line (gpointer fixture)
{
  return oh_manager_find_line (((Fixture *)fixture)->manager, "orphan") != NULL;
}

/* Who asked is gone when the modem has been found: the line is there all the same. */
static void
test_caller_vanishes (Fixture *f, gconstpointer kind)
{
  GDBusConnection *other = connect_client (f);
  g_autofree char *device = sim_device (f);
  g_autofree char *path = NULL;

  sim (f, "delay 300");
  sim (f, "echo told");
  sim_until (f, "told");
  call_fails (f, other, OH_BUS_PATH, "RemoveLine", g_variant_new ("(o)", "/"), "UnknownObject");
  g_dbus_connection_call (other, OH_BUS_NAME, OH_BUS_PATH, OH_BUS_NAME ".Manager", "AddLine",
                          g_variant_new_parsed ("(%s, {'Alias': <'orphan'>})", device), NULL,
                          G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL, NULL);
  settle (f, other);
  g_assert_false (has_line (f));
  g_dbus_connection_close_sync (other, NULL, NULL);
  g_object_unref (other);
  spin_until (has_line, f);
  settle (f, f->client);
  g_assert_cmpuint (count_lines (f), ==, 1);
  remove_line (f, LINE_PATH "orphan");
  path = add (f, device, "@a{sv} {}");
}

static const char *
last_heard (Listener *listener)
{
  return listener->heard->pdata[listener->heard->len - 1];
}

/* The call is hung up, its end told, the handles released, the object gone, the port free. */
static void
test_remove_in_call (Fixture *f, gconstpointer kind)
{
  g_autofree char *device = sim_device (f);
  g_autofree char *path = add (f, device, "{'Alias': <'home'>}");
  Listener *listener = listen_at (f, f->client, "/handle");
  g_autoptr (GVariant) snapshot = NULL;
  g_autoptr (GVariant) answered = NULL;
  g_autofree char *again = NULL;
  guint at;

  hear_broadcasts (f);
  f->line = oh_manager_find_line (f->manager, "home");
  spin_until (is_in_service, f->line);
  snapshot = listener_open (f, listener);
  sim (f, "ring number=5551234");
  heard_until (listener, 0, "* new-call 1 offering");
  answered = call_ok (f, f->client, LINE_PATH "home/call/1", "Answer", NULL);
  at = heard_until (listener, 0, "* call-state 1 connected");
  remove_line (f, path);
  heard_until (listener, at, "* call-state 1 ended");
  heard_until (listener, at, "release removed");
  sim_until (f, "home hung-up-by-host*");
  settle (f, f->client);
  g_assert_cmpstr (last_heard (listener), ==, "release removed");
  assert_serials (listener);
  call_fails (f, f->client, OH_BUS_PATH, "RemoveLine", g_variant_new ("(o)", path),
              "UnknownObject");
  g_assert_cmpuint (count_lines (f), ==, 0);
  again = add (f, device, "{'Alias': <'home'>}");
  g_assert_cmpstr (again, ==, path);
}

/* A landline's ringing call cannot be refused: the line goes all the same. */
static void
test_remove_while_ringing (Fixture *f, gconstpointer kind)
{
  g_autofree char *device = sim_device (f);
  g_autofree char *path = add (f, device, "{'Alias': <'home'>}");
  Listener *listener = listen_at (f, f->client, "/handle");
  g_autoptr (GVariant) snapshot = NULL;

  f->line = oh_manager_find_line (f->manager, "home");
  spin_until (is_in_service, f->line);
  snapshot = listener_open (f, listener);
  sim (f, "ring number=5551234");
  heard_until (listener, 0, "* new-call 1 offering");
  remove_line (f, path);
  heard_until (listener, 0, "release removed");
  g_assert_true (has_heard (listener, "* call-state 1 ended"));
  g_assert_cmpstr (last_heard (listener), ==, "release removed");
}

/* A configured line, which is still looking for its modem. */
static void
test_remove_while_probed (Fixture *f, gconstpointer kind)
{
  g_autoptr (OhLineConfig) config = oh_line_config_new ();

  sim_mute (f);
  config->alias = g_strdup ("slow");
  config->device = sim_device (f);
  oh_manager_add_configured (f->manager, config);
  g_assert_cmpuint (count_lines (f), ==, 1);
  remove_line (f, LINE_PATH "slow");
  g_assert_cmpuint (count_lines (f), ==, 0);
  add_fails (f, config->device, "@a{sv} {}", "NotResponding", ""); /* not Busy */
}

/* An id is any text; in the path it is escaped as sd_bus_path_encode() does. */
static void
test_escaping (Fixture *f, gconstpointer user_data)
{
  static const struct
  {
    const char *alias, *element;
  } rows[] = {
    { "home", "home" }, { "1-1.2", "_31_2d1_2e2" }, { "ü", "_c3_bc" },  { "4g", "_34g" },
    { "g4", "g4" },     { "a_b", "a_5fb" },         { "a b", "a_20b" }, { "_2d", "_5f2d" },
    { "-", "_2d" },
  };
  g_autofree char *paths[G_N_ELEMENTS (rows)] = { NULL };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *device = g_strdup_printf ("/nowhere/%u", i);
      g_autofree char *options
          = g_strdup_printf ("{'Alias': <'%s'>, 'Driver': <'fake'>}", rows[i].alias);
      g_autofree char *id = NULL;

      paths[i] = add (f, device, options);
      g_assert_true (g_str_has_prefix (paths[i], LINE_PATH));
      g_assert_cmpstr (paths[i] + strlen (LINE_PATH), ==, rows[i].element);
      id = get_string (f, paths[i], "Line", "Id");
      g_assert_cmpstr (id, ==, rows[i].alias);
    }
  g_assert_cmpuint (count_lines (f), ==, G_N_ELEMENTS (rows));
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      remove_line (f, paths[i]);
      g_assert_null (oh_manager_find_line (f->manager, rows[i].alias));
      g_free (paths[i]);
      paths[i] = NULL;
    }
}

static void
test_unknown_object (Fixture *f, gconstpointer user_data)
{
  static const char *const paths[]
      = { LINE_PATH "none", LINE_PATH "home/call/1", OH_BUS_PATH, OH_BUS_PATH "/line", "/" };

  g_free (add (f, "/nowhere", "{'Alias': <'home'>, 'Driver': <'fake'>}"));
  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    call_fails (f, f->client, OH_BUS_PATH, "RemoveLine", g_variant_new ("(o)", paths[i]),
                "UnknownObject");
  g_assert_cmpuint (count_lines (f), ==, 1);
}

/* Lines and the ObjectManager tell of each that comes and goes. */
static void
test_told (Fixture *f, gconstpointer user_data)
{
  g_autofree char *first = add (f, "/nowhere/1", "{'Alias': <'one'>, 'Driver': <'fake'>}");
  g_autofree char *second = NULL;
  g_autofree char *told = NULL;

  hear_broadcasts (f);
  second = add (f, "/nowhere/2", "{'Alias': <'two'>, 'Driver': <'fake'>}");
  remove_line (f, first);
  settle (f, f->client);
  g_ptr_array_add (f->bus_heard, NULL);
  told = g_strjoinv ("\n", (char **)f->bus_heard->pdata);
  g_assert_true (g_pattern_match_simple (
      "*InterfacesAdded*" LINE_PATH "two*PropertiesChanged*'Lines'*" LINE_PATH "one*" LINE_PATH
      "two*InterfacesRemoved*" LINE_PATH "one*PropertiesChanged*'Lines'*" LINE_PATH "two*",
      told));
}

#define ADD(name, data, func)                                                                      \
  g_test_add ("/manager/" name, Fixture, data, set_up_manager, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  log_watch ();
  ADD ("probing/landline", "landline", test_probing);
  ADD ("probing/cellular", "cellular", test_probing);
  ADD ("options", "landline", test_options);
  ADD ("refused", NULL, test_refused);
  ADD ("port-in-use", "cellular", test_port_in_use);
  ADD ("two-lines-one-port", "cellular", test_two_lines_one_port);
  ADD ("two-at-once", "landline", test_two_at_once);
  ADD ("alias-taken", "landline", test_alias_taken);
  ADD ("mute", "landline", test_mute);
  ADD ("no-driver", "landline", test_no_driver);
  ADD ("unplugged-meanwhile", "cellular", test_unplugged_meanwhile);
  ADD ("caller-vanishes", "landline", test_caller_vanishes);
  ADD ("remove-in-call/landline", "landline", test_remove_in_call);
  ADD ("remove-in-call/cellular", "cellular", test_remove_in_call);
  ADD ("remove-while-ringing/landline", "landline", test_remove_while_ringing);
  ADD ("remove-while-ringing/cellular", "cellular", test_remove_while_ringing);
  ADD ("remove-while-probed", "landline", test_remove_while_probed);
  ADD ("escaping", NULL, test_escaping);
  ADD ("unknown-object", NULL, test_unknown_object);
  ADD ("told", NULL, test_told);
  return g_test_run ();
}
