// SPDX-License-Identifier: LGPL-2.1-or-later
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "daemon/manager-private.h"
#include "tests/log-watch.h"
#include "tests/terminal.h"

/* Lines of the configuration, and of one that is another now. */

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

static OhLineConfig *
make_config (const char *id, const char *device)
{
  OhLineConfig *config = oh_line_config_new ();

  config->alias = g_strdup (id);
  config->device = g_strdup (device);
  config->driver = oh_driver_find ("fake");
  return config;
}

/* A mistake in the configuration costs one line. */
static void
test_configured_twice (Fixture *f, gconstpointer user_data)
{
  static const struct
  {
    const char *alias, *device;
  } rows[] = {
    { "a", "/nowhere/1" }, { "a", "/nowhere/2" }, { "b", "/nowhere/1" }, { "c", "/nowhere/3" }
  };

  log_forget ();
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (OhLineConfig) config = make_config (rows[i].alias, rows[i].device);

      oh_manager_add_configured (f->manager, config);
    }
  g_assert_cmpuint (log_count ("MESSAGE=Line a: its name is taken by another line"), ==, 1);
  g_assert_cmpuint (log_count ("MESSAGE=Line b: its device /nowhere/1 is taken by line a"), ==, 1);
  g_assert_cmpuint (count_lines (f), ==, 2);
  g_assert_nonnull (oh_manager_find_line (f->manager, "a"));
  g_assert_nonnull (oh_manager_find_line (f->manager, "c"));
}

static gboolean
has_only_new (gpointer user_data)
{
  OhManager *manager = user_data;
  const char *const *lines = oh_dbus_manager_get_lines (OH_DBUS_MANAGER (manager));

  return g_strv_length ((char **)lines) == 1 && oh_manager_find_line (manager, "new") != NULL;
}

/* The file has another name for the device of one line, and another line no more. */
static void
test_renamed (Fixture *f, gconstpointer data)
{
  g_autoptr (OhConfig) config = oh_config_new ();

  add_line (f, "one", "/nowhere/1", oh_driver_find ("fake"));
  add_line (f, "two", "/nowhere/2", oh_driver_find ("fake"));
  g_ptr_array_add (config->lines, make_config ("new", "/nowhere/1"));
  log_forget ();
  oh_manager_reconfigure (f->manager, config);
  spin_until (has_only_new, f->manager);
  g_assert_cmpuint (log_count ("MESSAGE=*is taken by*line*"), ==, 0);
}

static gboolean
has_both (gpointer user_data)
{
  return oh_manager_find_line (user_data, "one") != NULL
         && oh_manager_find_line (user_data, "new") != NULL;
}

/* The device of one line is another's now, which stands before it in the file. */
static void
test_passed_on (Fixture *f, gconstpointer data)
{
  g_autoptr (OhConfig) config = oh_config_new ();
  OhLine *one = add_line (f, "one", "/nowhere/1", oh_driver_find ("fake"));

  oh_line_set_origin (one, OH_LINE_CONFIGURED);
  g_ptr_array_add (config->lines, make_config ("new", "/nowhere/1"));
  g_ptr_array_add (config->lines, make_config ("one", "/nowhere/2"));
  log_forget ();
  oh_manager_reconfigure (f->manager, config);
  spin_until (has_both, f->manager);
  g_assert_cmpuint (log_count ("MESSAGE=*is taken by*line*"), ==, 0);
  g_assert_cmpstr (oh_line_get_device (one), ==, "/nowhere/2");
}

static void
on_line_told (OhLine *line, GParamSpec *property, gpointer changes)
{
  ++*(guint *)changes;
}

static gboolean
is_absent (gpointer line)
{
  return g_str_equal (oh_dbus_line_get_state (line), "absent");
}

/* What is the same is not touched; settings hold at once; another device waits for the call's end.
 */
static void
test_reconfigured (Fixture *f, gconstpointer kind)
{
  g_autofree char *device = sim_device (f);
  g_autoptr (OhConfig) config = oh_config_new ();
  OhLine *home = add_line (f, "home", device, oh_driver_find ("v253"));
  Listener *listener;
  OhLineConfig *one;
  guint changes = 0;
  OhLine *same;

  f->line = home;
  listener = listen_home (f);
  g_ptr_array_add (config->lines, make_config ("same", "/nowhere/1"));
  oh_manager_add_configured (f->manager, config->lines->pdata[0]);
  same = oh_manager_find_line (f->manager, "same");
  settle (f, f->client);
  g_signal_connect (same, "notify", G_CALLBACK (on_line_told), &changes);
  one = make_config ("home", "/nowhere/2");
  one->driver = oh_driver_find ("v253");
  one->settings.screen = TRUE;
  g_ptr_array_add (config->lines, one);
  sim (f, "ring number=5551234");
  heard_until (listener, 0, "* new-call 1 offering");
  oh_manager_reconfigure (f->manager, config);
  g_assert_cmpstr (oh_line_get_device (home), ==, device);
  /* Reject=answer-and-hang-up */
  g_variant_unref (call_ok (f, f->client, LINE_PATH "home/call/1", "Drop", NULL));
  heard_until (listener, 0, "* call-state 1 ended");
  spin_until (is_absent, home);
  g_assert_cmpstr (oh_line_get_device (home), ==, "/nowhere/2");
  g_assert_false (has_heard (listener, "release *"));
  g_assert_cmpuint (changes, ==, 0);
  one->device = (g_free (one->device), g_strdup (device));
  oh_manager_reconfigure (f->manager, config);
  heard_until (listener, 0, "* line-state * in-service");
  g_assert_cmpuint (changes, ==, 0);
  g_signal_handlers_disconnect_by_data (same, &changes);
}

static gboolean
is_in_service (gpointer line)
{
  return g_str_equal (oh_dbus_line_get_state (line), "in-service");
}

/* The same in a call, which goes on; the new line has the modem when it has ended. */
static void
test_passed_on_in_call (Fixture *f, gconstpointer kind)
{
  g_autofree char *device = sim_device (f);
  g_autoptr (OhConfig) config = oh_config_new ();
  Listener *listener;

  f->line = add_line (f, "home", device, oh_driver_find ("v253"));
  listener = listen_home (f);
  sim (f, "ring number=5551234");
  heard_until (listener, 0, "* new-call 1 offering");
  for (guint i = 0; i < 2; i++)
    {
      OhLineConfig *one = i == 0 ? make_config ("new", device) : make_config ("home", "/nowhere/2");

      one->driver = oh_driver_find ("v253");
      one->settings.ring_timeout_ms = 500;
      g_ptr_array_add (config->lines, one);
    }
  oh_manager_reconfigure (f->manager, config);
  settle (f, f->client);
  g_assert_cmpstr (oh_line_get_device (f->line), ==, device);
  sim (f, "give-up");
  spin_until (is_absent, f->line);
  heard_until (listener, 0, "* call-state 1 ended");
  g_assert_nonnull (oh_manager_find_line (f->manager, "new"));
  spin_until (is_in_service, oh_manager_find_line (f->manager, "new"));
}

/* Another device while the first is being opened: that one is not waited for any more. */
static void
test_moved_while_opening (Fixture *f, gconstpointer data)
{
  g_autofree char *later = g_build_filename (f->dir, "later", NULL);
  g_autoptr (OhConfig) config = oh_config_new ();
  Terminal *mute = terminal_make (), *other = terminal_make ();
  OhLine *home;

  mute->hold = "*";
  log_forget ();
  g_ptr_array_add (config->lines, make_config ("home", mute->device));
  ((OhLineConfig *)config->lines->pdata[0])->driver = oh_driver_find ("v253");
  oh_manager_add_configured (f->manager, config->lines->pdata[0]);
  home = oh_manager_find_line (f->manager, "home");
  g_assert_true (oh_modem_is_opening (oh_line_get_modem (home)));
  g_ptr_array_set_size (config->lines, 0);
  g_ptr_array_add (config->lines, make_config ("home", later));
  ((OhLineConfig *)config->lines->pdata[0])->driver = oh_driver_find ("v253");
  oh_manager_reconfigure (f->manager, config);
  spin_until (is_absent, home);
  g_assert_cmpint (symlink (other->device, later), ==, 0);
  spin_until (is_in_service, home);
  g_assert_cmpuint (log_count ("MESSAGE=*is not there"), ==, 1);
  g_unlink (later);
  terminal_free (mute);
  terminal_free (other);
}

static gboolean
has_failed (gpointer line)
{
  return g_str_equal (oh_dbus_line_get_health (line), "failed");
}

/* ExplainPorts tells what is wrong with a device, as the log does. */
static void
test_no_terminal (Fixture *f, gconstpointer data)
{
  g_autoptr (OhLineConfig) config = make_config ("home", "/dev/null");
  g_autoptr (GVariant) ports = NULL;
  g_autofree char *text = NULL;

  config->driver = oh_driver_find ("v253");
  oh_manager_add_configured (f->manager, config);
  spin_until (has_failed, oh_manager_find_line (f->manager, "home"));
  ports = call_ok (f, f->client, OH_BUS_PATH, "ExplainPorts", NULL);
  text = g_variant_print (ports, FALSE);
  g_test_message ("%s", text);
  g_assert_nonnull (strstr (text, "'Line home is to use it. /dev/null is no terminal'"));
}

/* Settings that come in a call are told to the modem when it has ended. */
static void
test_settings_in_call (Fixture *f, gconstpointer data)
{
  g_autoptr (OhConfig) config = oh_config_new ();
  Terminal *terminal = terminal_new (f, "v253");
  Listener *listener = listen_home (f);
  OhLineConfig *home = make_config ("home", terminal->device);
  guint asked;

  home->driver = oh_driver_find ("v253");
  home->settings = oh_line_get_config (f->line)->settings;
  g_strlcpy (home->settings.country, "DE", sizeof home->settings.country);
  g_ptr_array_add (config->lines, home);
  terminal_say (terminal, "\r\nRING\r\n");
  heard_until (listener, 0, "* new-call 1 offering");
  asked = terminal->asked->len;
  oh_manager_reconfigure (f->manager, config);
  settle (f, f->client);
  g_assert_cmpuint (terminal->asked->len, ==, asked);
  heard_until (listener, 0, "* call-state 1 ended");
  terminal_until (terminal, asked, "AT+GCI=*");
  terminal_free (terminal);
}

/* A line that is to move when its call has ended, and is removed with its call: it is gone then. */
static void
test_removed_before_move (Fixture *f, gconstpointer data)
{
  g_autoptr (OhConfig) config = oh_config_new ();
  Terminal *terminal = terminal_new (f, "v253");
  Listener *listener = listen_home (f);

  g_ptr_array_add (config->lines, make_config ("home", "/nowhere/2"));
  terminal_say (terminal, "\r\nRING\r\n");
  heard_until (listener, 0, "* new-call 1 offering");
  oh_manager_reconfigure (f->manager, config);
  oh_manager_remove_line (f->manager, f->line, OH_CLOSED_REMOVED);
  log_forget ();
  heard_until (listener, 0, "release removed");
  settle (f, f->client);
  g_assert_cmpuint (log_count ("MESSAGE=*/nowhere/2*"), ==, 0);
  terminal_free (terminal);
}

#define ADD(name, data, func)                                                                      \
  g_test_add ("/reconfigure/" name, Fixture, data, set_up_manager, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  log_watch ();
  ADD ("configured-twice", NULL, test_configured_twice);
  ADD ("renamed", NULL, test_renamed);
  ADD ("passed-on", NULL, test_passed_on);
  ADD ("passed-on-in-call", "landline", test_passed_on_in_call);
  ADD ("moved-while-opening", NULL, test_moved_while_opening);
  ADD ("no-terminal", NULL, test_no_terminal);
  ADD ("settings-in-call", NULL, test_settings_in_call);
  ADD ("removed-before-move", NULL, test_removed_before_move);
  ADD ("reconfigured", "landline", test_reconfigured);
  return g_test_run ();
}
