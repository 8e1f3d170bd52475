// SPDX-License-Identifier: LGPL-2.1-or-later
#include <string.h>

#include "daemon/manager-private.h"
#include "daemon/port.h"
#include "tests/log-watch.h"
#include "tests/usb-modem.h"

/* ModemManager on the same machine, played on the bus: what it runs is its own, and what is ours it
 * is told to leave alone. */

#define NAME "org.freedesktop.ModemManager1"
#define PATH "/org/freedesktop/ModemManager1"

static const char introspection[] = "<node><interface name='" NAME "'>"
                                    "<method name='InhibitDevice'><arg type='s' direction='in'/>"
                                    "<arg type='b' direction='in'/></method></interface>"
                                    "<interface name='" NAME ".Modem'>"
                                    "<property name='Ports' type='a(su)' access='read'/>"
                                    "</interface>"
                                    "<interface name='org.freedesktop.DBus.ObjectManager'>"
                                    "<method name='GetManagedObjects'>"
                                    "<arg type='a{oa{sa{sv}}}' direction='out'/></method>"
                                    "<signal name='InterfacesAdded'><arg type='o'/>"
                                    "<arg type='a{sa{sv}}'/></signal></interface></node>";

typedef struct
{
  GDBusConnection *connection;
  GDBusNodeInfo *info;
  guint objects[2];
  const char *port; /* of the modem that it runs, "ttyUSB95"; NULL: none */
  GPtrArray *asked; /* of char *: the devices that it was told to leave alone */
  guint refusals;   /* so many times it knows no such device yet */
  OhPort *held;     /* the port of its modem */
} Other;

static Other other;

static void
let_go (void)
{
  g_clear_pointer (&other.held, oh_port_free);
  other.port = NULL;
}

static void
on_call (GDBusConnection *connection, const char *sender, const char *path, const char *interface,
         const char *method, GVariant *parameters, GDBusMethodInvocation *invocation,
         gpointer user_data)
{
  const char *device;
  gboolean inhibit;

  if (g_str_equal (method, "GetManagedObjects"))
    {
      g_autofree char *text = other.port == NULL
                                  ? g_strdup ("@a{oa{sa{sv}}} {}")
                                  : g_strdup_printf ("{objectpath '" PATH "/Modem/0': {'" NAME
                                                     ".Modem': {'Ports': <[('%s', uint32 2)]>}}}",
                                                     other.port);
      GVariant *modems = g_variant_parse (G_VARIANT_TYPE ("a{oa{sa{sv}}}"), text, NULL, NULL, NULL);

      g_dbus_method_invocation_return_value (invocation, g_variant_new_tuple (&modems, 1));
      g_variant_unref (modems);
      return;
    }
  g_variant_get (parameters, "(&sb)", &device, &inhibit);
  if (!inhibit)
    {
      g_assert_true (g_ptr_array_remove_index (other.asked, 0) != NULL);
      g_dbus_method_invocation_return_value (invocation, NULL);
      return;
    }
  if (other.refusals > 0)
    {
      other.refusals--;
      g_dbus_method_invocation_return_dbus_error (invocation, NAME ".Error.Core.NotFound",
                                                  "No device found with that uid");
      return;
    }
  g_ptr_array_add (other.asked, g_strdup (device));
  let_go ();
  g_dbus_method_invocation_return_value (invocation, NULL);
}

static const GDBusInterfaceVTable vtable = { .method_call = on_call };

/* It comes to the bus; @modem, which may be NULL, is one that it runs. */
static void
other_start (Fixture *f, Modem *modem)
{
  g_autoptr (GVariant) reply = NULL;

  if (modem != NULL)
    {
      other.port = modem->node + strlen ("/dev/");
      other.held = oh_port_open (modem->node, NULL);
      g_assert_nonnull (other.held);
    }
  other.connection = connect_client (f);
  other.info = g_dbus_node_info_new_for_xml (introspection, NULL);
  other.objects[0] = g_dbus_connection_register_object (
      other.connection, PATH, other.info->interfaces[0], &vtable, NULL, NULL, NULL);
  other.objects[1] = g_dbus_connection_register_object (
      other.connection, PATH, other.info->interfaces[2], &vtable, NULL, NULL, NULL);
  reply = g_dbus_connection_call_sync (
      other.connection, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
      "RequestName", g_variant_new ("(su)", NAME, 0), NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL);
  g_assert_nonnull (reply);
}

static void
other_stop (void)
{
  let_go ();
  g_dbus_connection_unregister_object (other.connection, other.objects[0]);
  g_dbus_connection_unregister_object (other.connection, other.objects[1]);
  g_dbus_connection_close_sync (other.connection, NULL, NULL);
  g_clear_object (&other.connection);
  g_clear_pointer (&other.info, g_dbus_node_info_unref);
  g_ptr_array_set_size (other.asked, 0);
}

static gboolean
was_asked (gpointer device)
{
  return g_ptr_array_find_with_equal_func (other.asked, device, g_str_equal, NULL);
}

static void
start (Fixture *f, gconstpointer user_data)
{
  g_autoptr (OhConfig) config = oh_config_new ();

  set_up (f, NULL);
  f->limits.retry_ms = 60000; /* what is tried again, is so for another reason */
  start_manager (f);
  oh_manager_load (f->manager, config);
  other.asked = g_ptr_array_new_with_free_func (g_free);
  log_forget ();
}

static void
end (Fixture *f, gconstpointer user_data)
{
  tear_down (f, user_data);
  g_clear_pointer (&other.asked, g_ptr_array_unref);
}

static void
load (Fixture *f, const char *alias, const char *serial)
{
  g_autoptr (OhConfig) config = oh_config_new ();
  OhLineConfig *line = oh_line_config_new ();

  line->alias = g_strdup (alias);
  line->driver = oh_driver_find ("cellular");
  line->match.serial = g_strdup (serial);
  g_ptr_array_add (config->lines, line);
  oh_manager_reconfigure (f->manager, config);
}

static const Place ours = { "ttyUSB95", "1-1", "24680000", "v253", "", "00" };
static const Place named = { "ttyUSB96", "1-2", "13579000", "", "", "00" };

/* What a rule keeps from it needs no word; what only the configuration names does. */
static void
test_told (Fixture *f, gconstpointer user_data)
{
  Modem *one = modem_new (f, NULL), *two = modem_new (f, NULL);

  one->ignored = TRUE;
  plug (one, &ours);
  until (f, "24680000", "in-service");
  load (f, "home", "13579000");
  plug (two, &named);
  until (f, "home", "in-service");
  other_start (f, NULL);
  spin_until (was_asked, two->usb);
  g_assert_false (was_asked (one->usb));
  other_stop ();
  modem_free (one);
  modem_free (two);
}

/* It knows a device only some time after it has started; and another of it has been told nothing.
 */
static void
test_told_again (Fixture *f, gconstpointer user_data)
{
  Modem *modem = modem_new (f, NULL);

  load (f, "home", "13579000");
  plug (modem, &named);
  until (f, "home", "in-service");
  other.refusals = 2;
  other_start (f, NULL);
  spin_until (was_asked, modem->usb);
  g_assert_cmpuint (other.refusals, ==, 0);
  other_stop ();
  other_start (f, NULL);
  spin_until (was_asked, modem->usb);
  other_stop ();
  modem_free (modem);
}

/* It has the port: it is named, asked for it, and when it lets go the line is in service. */
static void
test_has_it (Fixture *f, gconstpointer user_data)
{
  Modem *modem = modem_new (f, NULL);

  plug (modem, &named);
  other.refusals = 3;
  other_start (f, modem);
  load (f, "home", "13579000");
  until (f, "home", "in-service");
  g_assert_cmpuint (modem->terminal->asked->len, >, 0);
  g_assert_true (was_asked (modem->usb));
  other_stop ();
  modem_free (modem);
}

static gboolean
is_named (gpointer f)
{
  g_autofree char *text = explain (f, "/dev/ttyUSB96");

  return strstr (text, "modem-manager") != NULL;
}

/* Of what it runs and nobody has claimed nothing is asked. */
static void
test_left_alone (Fixture *f, gconstpointer user_data)
{
  Modem *modem = modem_new (f, NULL);
  g_autofree char *text = NULL;

  plug (modem, &named);
  other_start (f, modem);
  spin_until (is_named, f);
  text = explain (f, "/dev/ttyUSB96");
  assert_says (text, "'Holder': <'ModemManager'>");
  assert_says (text, "offhookctl claim /dev/ttyUSB96");
  call_fails (f, f->client, OH_BUS_PATH, "AddLine",
              g_variant_new ("(sa{sv})", "/dev/ttyUSB96", NULL), "Busy");
  g_assert_cmpuint (modem->terminal->asked->len, ==, 0);
  g_assert_false (was_asked (modem->usb));
  other_stop ();
  modem_free (modem);
}

static gboolean
is_busy (gpointer f)
{
  g_autofree char *text = explain (f, "/dev/ttyUSB97");

  return strstr (text, "'busy'") != NULL && strstr (text, "ModemManager") != NULL;
}

/* Just claimed, and not let go of yet: what it will be called is known only when it can be asked.
 */
static void
test_claimed (Fixture *f, gconstpointer user_data)
{
  static const Place place = { "ttyUSB97", "1-4", "13579111", "cellular", "", "00" };
  Modem *modem = modem_new (f, "490154203237518");

  being_set_up = TRUE;
  plug (modem, &place);
  other.refusals = 6;
  other_start (f, modem);
  being_set_up = FALSE;
  change (modem);
  spin_until (is_busy, f);
  g_assert_cmpuint (f->manager->lines->len, ==, 0);
  until (f, "imei-affb48ef", "in-service");
  g_assert_true (was_asked (modem->usb));
  other_stop ();
  modem_free (modem);
}

static gboolean
was_given_back (gpointer device)
{
  return !was_asked (device);
}

/* A modem that is no line any more is its again; not one that is a line of another name. */
static void
test_given_back (Fixture *f, gconstpointer user_data)
{
  g_autoptr (OhConfig) config = oh_config_new ();
  Modem *modem = modem_new (f, NULL);

  load (f, "home", "13579000");
  plug (modem, &named);
  until (f, "home", "in-service");
  other_start (f, NULL);
  spin_until (was_asked, modem->usb);
  load (f, "office", "13579000");
  until (f, "office", "in-service");
  g_assert_cmpuint (other.asked->len, ==, 1);
  oh_manager_reconfigure (f->manager, config);
  spin_until (was_given_back, modem->usb);
  other_stop ();
  modem_free (modem);
}

#define ADD(name, func) g_test_add ("/modem-manager/" name, Fixture, NULL, start, func, end)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  log_watch ();
  ADD ("told", test_told);
  ADD ("told-again", test_told_again);
  ADD ("has-it", test_has_it);
  ADD ("left-alone", test_left_alone);
  ADD ("given-back", test_given_back);
  ADD ("claimed", test_claimed);
  return run_with_testbed ();
}
