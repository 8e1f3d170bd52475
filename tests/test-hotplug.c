// SPDX-License-Identifier: LGPL-2.1-or-later
#include <glib/gstdio.h>
#include <malloc.h>
#include <string.h>

#include "daemon/manager-private.h"
#include "daemon/store.h"
#include "tests/log-watch.h"
#include "tests/usb-modem.h"

/* Modems that come and go, as udev tells of them: played by umockdev. Needs its preload library. */

static void
start (Fixture *f, gconstpointer user_data)
{
  g_autoptr (OhConfig) config = oh_config_new ();

  set_up (f, NULL);
  f->limits.retry_ms = 200;
  start_manager (f);
  oh_manager_load (f->manager, config);
  log_forget ();
}

static guint
count_lines (Fixture *f)
{
  guint lines, calls, handles;

  oh_manager_count (f->manager, &lines, &calls, &handles);
  return lines;
}

static gboolean
has_two_lines (gpointer f)
{
  return count_lines (f) == 2;
}

#define REPLUGS 100
#define GONE_MS 300

#define PATH "pci-0000_00_14_0-usb-0_"
#define PATH_ONE PATH "1-1_1_0"
#define PATH_TWO PATH "1-2_1_0"
#define PATH_THREE PATH "1-3_1_0"

static const Place first = { "ttyACM90", "1-1", "24680000", "v253", "", "00" };
static const Place first_renumbered = { "ttyACM97", "1-1", "24680000", "v253", "", "00" };
static const Place twin = { "ttyACM91", "1-2", "24680000", "v253", "", "00" };
static const Place nameless = { "ttyACM90", "1-1", "", "v253", "", "00" };
static const Place nameless_too = { "ttyACM91", "1-2", "0000000000", "v253", "", "00" };
static const Place nameless_swapped = { "ttyACM91", "1-1", "", "v253", "", "00" };
static const Place nameless_too_swapped = { "ttyACM90", "1-2", "0000000000", "v253", "", "00" };
static const Place cellular = { "ttyUSB90", "1-3", "", "cellular", "", "00" };
static const Place cellular_elsewhere = { "ttyUSB94", "1-4", "", "cellular", "", "00" };
static const Place stranger = { "ttyUSB90", "1-3", "99887766", "", "", "00" };

/* A rule alone makes the line; it outlives the device for a while, and comes back as itself. */
static void
test_announced (Fixture *f, gconstpointer user_data)
{
  Modem *modem = modem_new (f, NULL);
  OhLine *line;

  plug (modem, &first);
  line = until (f, "24680000", "in-service");
  g_assert_cmpstr (oh_line_get_device (line), ==, "/dev/ttyACM90");
  g_assert_cmpstr (oh_dbus_line_get_ports (OH_DBUS_LINE (line))[0], ==, "/dev/ttyACM90");
  pull (modem);
  until (f, "24680000", "absent");
  plug (modem, &first_renumbered);
  g_assert_true (until (f, "24680000", "in-service") == line);
  g_assert_cmpstr (oh_line_get_device (line), ==, "/dev/ttyACM97");
  f->limits.gone_ms = GONE_MS;
  pull (modem);
  until (f, "24680000", NULL);
  g_assert_cmpuint (count_lines (f), ==, 0);
  modem_free (modem);
}

/* H7: who listens hears that it is absent, and at last that it is no more. */
static void
test_gone (Fixture *f, gconstpointer user_data)
{
  Modem *modem = modem_new (f, NULL);
  Listener *listener = listen_at (f, f->client, "/handle");
  guint at;

  plug (modem, &first);
  until (f, "24680000", "in-service");
  g_variant_unref (call_ok (f, f->client, LINE_PATH "_324680000", "Open",
                            g_variant_new ("(oa{sv})", "/handle", NULL)));
  f->limits.gone_ms = GONE_MS;
  pull (modem);
  at = heard_until (listener, 0, "* line-state * absent");
  g_assert_false (has_heard (listener, "release *"));
  heard_until (listener, at, "release removed");
  until (f, "24680000", NULL);
  modem_free (modem);
}

/* The node is there, but its rights may not be the right ones yet. */
static void
test_too_early (Fixture *f, gconstpointer user_data)
{
  Modem *modem = modem_new (f, NULL);

  being_set_up = TRUE;
  plug (modem, &first);
  settle (f, f->client);
  settle (f, f->client);
  g_assert_cmpuint (f->manager->opening->len, ==, 0);
  being_set_up = FALSE;
  change (modem);
  until (f, "24680000", "in-service");
  modem_free (modem);
}

static guint
count_descriptors (void)
{
  g_autoptr (GDir) folder = g_dir_open ("/proc/self/fd", 0, NULL);
  guint n = 0;

  while (g_dir_read_name (folder) != NULL)
    n++;
  return n;
}

/* The testbed's own thread may be closing one of its sockets still. */
static gboolean
are_no_more (gpointer descriptors)
{
  return count_descriptors () <= *(guint *)descriptors;
}

/* The same path each time, and nothing is left of any of them. */
static void
test_replugs (Fixture *f, gconstpointer user_data)
{
  Modem *modem = modem_new (f, NULL);
  guint descriptors = 0;
  gsize memory = 0;

  for (guint i = 0; i < REPLUGS; i++)
    {
      plug (modem, i % 2 == 0 ? &first : &first_renumbered);
      g_assert_cmpstr (oh_line_get_path (until (f, "24680000", "in-service")), ==,
                       LINE_PATH "_324680000");
      pull (modem);
      until (f, "24680000", "absent");
      log_forget ();
      if (i == REPLUGS / 4)
        {
          descriptors = count_descriptors ();
          memory = mallinfo2 ().uordblks;
        }
    }
  spin_until (are_no_more, &descriptors);
  /* What the fixture notes of each is a few hundred bytes. */
  g_assert_cmpuint (mallinfo2 ().uordblks, <, memory + REPLUGS * 1024);
  modem_free (modem);
}

/* Two of one make without numbers are told apart by where they are, whatever their nodes. */
static void
test_nameless (Fixture *f, gconstpointer user_data)
{
  Modem *one = modem_new (f, NULL), *two = modem_new (f, NULL);

  plug (one, &nameless);
  plug (two, &nameless_too);
  until (f, PATH_ONE, "in-service");
  until (f, PATH_TWO, "in-service");
  pull (one);
  pull (two);
  until (f, PATH_ONE, "absent");
  until (f, PATH_TWO, "absent");
  plug (two, &nameless_too_swapped);
  plug (one, &nameless_swapped);
  g_assert_cmpstr (oh_line_get_device (until (f, PATH_ONE, "in-service")), ==, "/dev/ttyACM91");
  g_assert_cmpstr (oh_line_get_device (until (f, PATH_TWO, "in-service")), ==, "/dev/ttyACM90");
  modem_free (one);
  modem_free (two);
}

/* Two with one serial number: the second has its port's name besides, and each keeps its own. */
static void
test_twins (Fixture *f, gconstpointer user_data)
{
  Modem *one = modem_new (f, NULL), *two = modem_new (f, NULL);

  plug (one, &first);
  until (f, "24680000", "in-service");
  plug (two, &twin);
  until (f, "24680000-" PATH_TWO, "in-service");
  f->limits.gone_ms = GONE_MS;
  pull (one);
  pull (two);
  until (f, "24680000", NULL);
  until (f, "24680000-" PATH_TWO, NULL);
  plug (two, &twin);
  until (f, "24680000-" PATH_TWO, "in-service");
  plug (one, &first);
  until (f, "24680000", "in-service");
  modem_free (one);
  modem_free (two);
}

#define IMEI "490154203237518"
#define IMEI_ID "imei-affb48ef"
#define OTHER_IMEI "352099001761481"

/* A modem with an IMEI is itself wherever it is; another in its place is another. */
static void
test_imei (Fixture *f, gconstpointer user_data)
{
  Modem *one = modem_new (f, IMEI), *two = modem_new (f, OTHER_IMEI);
  OhLine *line;

  plug (one, &cellular);
  line = until (f, IMEI_ID, "in-service");
  pull (one);
  until (f, IMEI_ID, "absent");
  plug (two, &cellular);
  spin_until (has_two_lines, f);
  until (f, IMEI_ID, "absent");
  plug (one, &cellular_elsewhere);
  g_assert_true (until (f, IMEI_ID, "in-service") == line);
  g_assert_cmpstr (oh_line_get_device (line), ==, "/dev/ttyUSB94");
  modem_free (one);
  modem_free (two);
}

/* Mute when it comes: a rule says that it is a modem, and its port what it was called. */
static void
test_mute (Fixture *f, gconstpointer user_data)
{
  Modem *modem = modem_new (f, IMEI);
  OhLine *line;

  plug (modem, &cellular);
  until (f, IMEI_ID, "in-service");
  f->limits.gone_ms = GONE_MS;
  pull (modem);
  until (f, IMEI_ID, NULL);
  modem->mute = TRUE;
  plug (modem, &cellular);
  line = until (f, IMEI_ID, "out-of-service");
  g_assert_cmpstr (oh_dbus_line_get_health (OH_DBUS_LINE (line)), ==, "failed");
  modem->mute = FALSE;
  until (f, IMEI_ID, "in-service");
  modem_free (modem);
}

/* Nobody says that it is a modem: nothing is sent to it, and why is told. */
static void
test_stranger (Fixture *f, gconstpointer user_data)
{
  Modem *modem = modem_new (f, NULL);
  g_autofree char *text = NULL;

  plug (modem, &stranger);
  text = explain (f, "/dev/ttyUSB90");
  assert_says (text, "'skipped'");
  assert_says (text, "not-announced");
  assert_says (text, "offhookctl claim /dev/ttyUSB90");
  assert_says (text, "0572:1329");
  g_assert_cmpuint (modem->terminal->asked->len, ==, 0);
  g_assert_cmpuint (count_lines (f), ==, 0);
  modem_free (modem);
}

/* Free with oh_config_free(). */
static OhConfig *
make_config (const char *alias, const OhPortMatch *match, gboolean announced)
{
  OhConfig *config = oh_config_new ();
  OhLineConfig *line = oh_line_config_new ();

  line->alias = g_strdup (alias);
  line->driver = oh_driver_find ("v253");
  line->match.id = g_strdup (match->id);
  line->match.usb_id = g_strdup (match->usb_id);
  line->match.serial = g_strdup (match->serial);
  line->match.path = g_strdup (match->path);
  g_ptr_array_add (config->lines, line);
  config->announced = announced;
  return config;
}

static void
load (Fixture *f, const char *alias, const OhPortMatch *match, gboolean announced)
{
  g_autoptr (OhConfig) config = make_config (alias, match, announced);

  oh_manager_reconfigure (f->manager, config);
}

/* A line of the configuration for what the modem is, not for a node. */
static void
test_matched (Fixture *f, gconstpointer user_data)
{
  OhPortMatch rows[] = { { .serial = (char *)"99887766" },
                         { .usb_id = (char *)"0572:1329" },
                         { .path = (char *)"pci-0000:00:14.0-usb-0:1-3:1.0" },
                         { .id = (char *)"99887766", .usb_id = (char *)"0572:1329" } };
  OhPortMatch not = { .serial = (char *)"99887766", .usb_id = (char *)"0572:1328" };
  Modem *modem = modem_new (f, NULL);
  g_autofree char *text = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      load (f, "home", &rows[i], TRUE);
      until (f, "home", "absent");
      plug (modem, &stranger);
      until (f, "home", "in-service");
      pull (modem);
      until (f, "home", "absent");
    }
  load (f, "home", &not, TRUE);
  plug (modem, &stranger);
  text = explain (f, "/dev/ttyUSB90");
  assert_says (text, "not-announced");
  load (f, "home", &rows[0], TRUE);
  until (f, "home", "in-service");
  g_free (text);
  text = explain (f, "/dev/ttyUSB90");
  assert_says (text, "'taken'");
  assert_says (text, "configured");
  assert_says (text, "'Id': <'home'>");
  assert_says (text, "'ModemId': <'99887766'>");
  modem_free (modem);
}

static gboolean
is_opening (gpointer f)
{
  return ((Fixture *)f)->manager->opening->len > 0;
}

/* Of an announced modem the configuration makes its own line; and takes none if it is told so. */
static void
test_claimed (Fixture *f, gconstpointer user_data)
{
  OhPortMatch match = { .serial = (char *)"24680000" };
  OhPortMatch other = { .serial = (char *)"1" };
  Modem *modem = modem_new (f, NULL);
  g_autofree char *text = NULL;

  plug (modem, &first);
  until (f, "24680000", "in-service");
  load (f, "home", &match, TRUE);
  until (f, "home", "in-service");
  g_assert_null (oh_manager_find_line (f->manager, "24680000"));
  load (f, "other", &other, FALSE);
  until (f, "home", NULL);
  text = explain (f, "/dev/ttyACM90");
  assert_says (text, "Announced=no");
  load (f, "other", &other, TRUE);
  until (f, "24680000", "in-service");
  load (f, "other", &other, FALSE);
  until (f, "24680000", NULL);
  modem_free (modem);
}

static void
get_left (OhPack *pack, gpointer left)
{
  oh_pack_value (pack, g_variant_get_data (left), g_variant_get_size (left), 8, FALSE);
}

/* A manager behind one that was killed, with another configuration than that had. */
static void
start_after (Fixture *f, const char *id, const OhConfig *config)
{
  g_autofree char *format = oh_line_format ();
  OhStore *store = oh_store_new (f->state_dir, format);
  g_autoptr (GVariant) left = NULL;
  OhKeeper *keeper;

  oh_manager_leave (f->manager);
  left = oh_store_read (store, id, G_VARIANT_TYPE (oh_line_type));
  g_assert_nonnull (left);
  g_clear_object (&f->manager);
  keeper = oh_store_keep (store, id, get_left, left);
  oh_store_commit (store);
  oh_keeper_free (keeper);
  oh_store_unref (store);
  f->manager = oh_manager_new (f->daemon, &f->limits, f->state_dir, NULL);
  oh_manager_load (f->manager, config);
  oh_manager_go_on (f->manager);
}

/* The same over a restart. */
static void
test_claimed_meanwhile (Fixture *f, gconstpointer user_data)
{
  OhPortMatch match = { .serial = (char *)"24680000" };
  g_autoptr (OhConfig) config = make_config ("home", &match, TRUE);
  g_autofree char *dir = g_build_filename (f->dir, "state", NULL);
  Modem *modem = modem_new (f, NULL);

  g_clear_object (&f->manager);
  g_assert_cmpint (g_mkdir (dir, 0700), ==, 0);
  f->state_dir = dir;
  f->manager = oh_manager_new (f->daemon, &f->limits, dir, NULL);
  {
    g_autoptr (OhConfig) none = oh_config_new ();

    oh_manager_load (f->manager, none);
  }
  plug (modem, &first);
  until (f, "24680000", "in-service");
  start_after (f, "24680000", config);
  until (f, "home", "in-service");
  until (f, "24680000", NULL);
  modem_free (modem);
  g_clear_object (&f->manager);
  g_assert_cmpint (g_rmdir (dir), ==, 0);
}

/* The same while the announced modem is being opened: it has no name yet. */
static void
test_claimed_while_opening (Fixture *f, gconstpointer user_data)
{
  OhPortMatch match = { .serial = (char *)"24680000" };
  Modem *modem = modem_new (f, NULL);

  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (OhConfig) config = oh_config_new ();

      modem->mute = TRUE;
      plug (modem, &first);
      spin_until (is_opening, f);
      modem->mute = i == 1;
      load (f, "home", &match, TRUE);
      until (f, "home", i == 1 ? "out-of-service" : "in-service");
      g_assert_null (oh_manager_find_line (f->manager, "24680000"));
      pull (modem);
      oh_manager_reconfigure (f->manager, config);
      until (f, "home", NULL);
    }
  modem_free (modem);
}

/* Several ports of one device are one line, on the port that the rule names or else the first. */
static void
test_ports (Fixture *f, gconstpointer user_data)
{
  static const struct
  {
    const char *first, *second; /* OFFHOOK_PORT */
    guint used;
  } rows[] = { { "", "", 0 }, { "other", "main", 1 }, { "main", "other", 0 }, { "", "main", 1 } };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      Place places[] = { { "ttyUSB90", "1-3", "24680000", "v253", rows[i].first, "00" },
                         { "ttyUSB91", "1-3", "24680000", "v253", rows[i].second, "02" } };
      guint used = rows[i].used;
      g_autofree char *node = g_strconcat ("/dev/", places[1 - used].name, NULL);
      g_autofree char *text = NULL;
      Modem *modem = modem_new (f, NULL);
      OhLine *line;

      f->limits.gone_ms = GONE_MS;
      modem->sibling = &places[1 - used];
      plug (modem, &places[used]);
      line = until (f, "24680000", "in-service");
      g_assert_cmpstr (oh_line_get_device (line), ==, modem->node);
      g_assert_cmpstr (oh_dbus_line_get_ports (OH_DBUS_LINE (line))[0], ==, modem->node);
      g_assert_cmpstr (oh_dbus_line_get_ports (OH_DBUS_LINE (line))[1], ==, node);
      text = explain (f, node);
      assert_says (text, "other-port");
      pull (modem);
      until (f, "24680000", NULL);
      modem_free (modem);
    }
}

#define ADD(name, func) g_test_add ("/hotplug/" name, Fixture, NULL, start, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  log_watch ();
  ADD ("announced", test_announced);
  ADD ("gone", test_gone);
  ADD ("too-early", test_too_early);
  ADD ("replugs", test_replugs);
  ADD ("nameless", test_nameless);
  ADD ("twins", test_twins);
  ADD ("imei", test_imei);
  ADD ("mute", test_mute);
  ADD ("stranger", test_stranger);
  ADD ("matched", test_matched);
  ADD ("claimed", test_claimed);
  ADD ("claimed-meanwhile", test_claimed_meanwhile);
  ADD ("claimed-while-opening", test_claimed_while_opening);
  ADD ("ports", test_ports);
  return run_with_testbed ();
}
