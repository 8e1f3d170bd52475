// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/usb-modem.h"

#include <glib/gstdio.h>
#include <gudev/gudev.h>
#include <stdlib.h>
#include <string.h>
#include <umockdev.h>
#include <unistd.h>

static UMockdevTestbed *bed;

/* Instead of umockdev's, which is at a loss with a link that leads out of its root: those of its
 * nodes do, to pseudo terminals. */
char *
realpath (const char *path, char *resolved)
{
  return strdup (path);
}

gboolean being_set_up;

/* Its records are out of umockdev's reach. */
gboolean
g_udev_device_get_is_initialized (GUdevDevice *device)
{
  return !being_set_up;
}

static void
take (gpointer user_data, const char *command)
{
  Modem *modem = user_data;

  if (modem->mute)
    return;
  if (g_str_equal (command, "AT+CGSN") && modem->imei != NULL)
    {
      g_autofree char *text = g_strdup_printf ("\r\n%s\r\n\r\nOK\r\n", modem->imei);

      terminal_say (modem->terminal, text);
    }
  else if (g_str_equal (command, "AT+CPIN?"))
    terminal_say (modem->terminal, "\r\n+CPIN: READY\r\n\r\nOK\r\n");
  else if (g_str_equal (command, "AT+CREG?"))
    terminal_say (modem->terminal, "\r\n+CREG: 1,1\r\n\r\nOK\r\n");
  else
    terminal_say (modem->terminal, "\r\nOK\r\n");
}

Modem *
modem_new (Fixture *f, const char *imei)
{
  Modem *modem = g_new0 (Modem, 1);

  modem->f = f;
  modem->imei = imei;
  return modem;
}

static char *
add_tty (const Modem *modem, const Place *place)
{
  g_autofree char *number = g_strconcat ("166:", place->name + strlen ("ttyACM"), NULL);
  g_autofree char *node = g_strconcat ("/dev/", place->name, NULL);
  g_autofree char *path = g_strconcat ("pci-0000:00:14.0-usb-0:", place->port, ":1.0", NULL);
  g_autofree char *tag = g_strdelimit (g_strdup (path), ":.", '_');
  gboolean announced = *place->driver != '\0';
  char *tty = umockdev_testbed_add_device (
      bed, "tty", place->name, modem->usb, "dev", number, NULL, "DEVNAME", node, "ID_BUS", "usb",
      "ID_VENDOR_ID", "0572", "ID_MODEL_ID", "1329", "ID_MODEL", "USB_Modem", "ID_SERIAL_SHORT",
      place->serial, "ID_PATH", path, "ID_PATH_TAG", tag, "ID_USB_INTERFACE_NUM", place->number,
      "ID_USB_DRIVER", "cdc_acm", "OFFHOOK_DEVICE", announced ? "1" : "0", "OFFHOOK_DRIVER",
      place->driver, "ID_MM_DEVICE_IGNORE", modem->ignored ? "1" : "0", "OFFHOOK_PORT", place->role,
      NULL);

  g_assert_nonnull (tty);
  return tty;
}

/* The node is there at once, the event with its rights comes behind it. */
void
plug (Modem *modem, const Place *place)
{
  g_autofree char *root = umockdev_testbed_get_root_dir (bed);

  modem->terminal = terminal_make ();
  modem->terminal->take = take;
  modem->terminal->user_data = modem;
  modem->usb
      = umockdev_testbed_add_device (bed, "usb", place->port, NULL, "idVendor", "0572", "idProduct",
                                     "1329", NULL, "DEVTYPE", "usb_device", NULL);
  if (modem->sibling != NULL)
    modem->sibling_tty = add_tty (modem, modem->sibling);
  modem->tty = add_tty (modem, place);
  modem->node = g_strconcat ("/dev/", place->name, NULL);
  modem->file = g_strconcat (root, modem->node, NULL);
  g_unlink (modem->file);
  g_assert_cmpint (symlink (modem->terminal->device, modem->file), ==, 0);
  umockdev_testbed_uevent (bed, modem->tty, "add");
}

void
pull (Modem *modem)
{
  g_unlink (modem->file);
  terminal_free (modem->terminal);
  umockdev_testbed_uevent (bed, modem->tty, "remove");
  umockdev_testbed_remove_device (bed, modem->tty);
  if (modem->sibling_tty != NULL)
    umockdev_testbed_remove_device (bed, modem->sibling_tty);
  g_clear_pointer (&modem->sibling_tty, g_free);
  umockdev_testbed_remove_device (bed, modem->usb);
  g_clear_pointer (&modem->usb, g_free);
  g_clear_pointer (&modem->tty, g_free);
  g_clear_pointer (&modem->node, g_free);
  g_clear_pointer (&modem->file, g_free);
}

void
modem_free (Modem *modem)
{
  if (modem->tty != NULL)
    pull (modem);
  g_free (modem);
}

void
change (Modem *modem)
{
  umockdev_testbed_uevent (bed, modem->tty, "change");
}

typedef struct
{
  Fixture *f;
  const char *id, *state;
} Wanted;

static gboolean
is_so (gpointer data)
{
  Wanted *wanted = data;
  OhLine *line = oh_manager_find_line (wanted->f->manager, wanted->id);

  if (wanted->state == NULL)
    return line == NULL;
  return line != NULL && g_str_equal (oh_dbus_line_get_state (OH_DBUS_LINE (line)), wanted->state);
}

/* @state NULL: there is no such line. */
OhLine *
until (Fixture *f, const char *id, const char *state)
{
  Wanted wanted = { f, id, state };

  g_test_message ("%s is to be %s", id, state != NULL ? state : "gone");
  spin_until (is_so, &wanted);
  return oh_manager_find_line (f->manager, id);
}

/* What ExplainPorts says of @node, printed; "" if nothing. */
char *
explain (Fixture *f, const char *node)
{
  g_autoptr (GVariant) reply = call_ok (f, f->client, OH_BUS_PATH, "ExplainPorts", NULL);
  g_autoptr (GVariant) rows = g_variant_get_child_value (reply, 0);

  for (gsize i = 0; i < g_variant_n_children (rows); i++)
    {
      g_autoptr (GVariant) row = g_variant_get_child_value (rows, i);
      const char *name;

      g_variant_get_child (row, 0, "&s", &name);
      if (g_str_equal (name, node))
        return g_variant_print (row, FALSE);
    }
  return g_strdup ("");
}

void
assert_says (const char *text, const char *part)
{
  g_test_message ("%s", text);
  g_assert_nonnull (strstr (text, part));
}

int
run_with_testbed (void)
{
  int status;

  bed = umockdev_testbed_new ();
  g_assert_true (umockdev_in_mock_environment ());
  status = g_test_run ();
  g_object_unref (bed);
  return status;
}
