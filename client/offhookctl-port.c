// SPDX-License-Identifier: LGPL-2.1-or-later
#include "client/offhookctl-port.h"

#include "client/offhookctl.h"

#include <glib/gi18n.h>
#include <gudev/gudev.h>
#include <sys/stat.h>

#define SAFE G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "._-"
#define MODEL_LENGTH 60
#define SERIAL_LENGTH 64

/* NULL where it is empty or has a character that means something in a rule. */
static char *
take_safe (const char *text, const char *set)
{
  if (text == NULL || *text == '\0' || strspn (text, set) != strlen (text))
    return NULL;
  return g_strdup (text);
}

static char *
take_hex (const char *text, gsize length)
{
  return text != NULL && strlen (text) == length ? take_safe (text, "0123456789abcdef") : NULL;
}

/* Makers who number nothing write the same into each device. */
static gboolean
is_placeholder (const char *serial)
{
  const char first[] = { *serial, '\0' };

  return strspn (serial, first) == strlen (serial)
         || g_ascii_strcasecmp (serial, "0123456789ABCDEF") == 0;
}

static char *
take_serial (GUdevDevice *usb)
{
  char *serial = take_safe (g_udev_device_get_sysfs_attr (usb, "serial"), SAFE);

  if (serial != NULL && (is_placeholder (serial) || strlen (serial) > SERIAL_LENGTH))
    g_clear_pointer (&serial, g_free);
  return serial;
}

/* The port's has the interface behind it: "pci-0000:00:14.0-usb-0:1.2" and ":1.0". */
static char *
take_path (GUdevDevice *tty, GUdevDevice *interface)
{
  char *path = take_safe (g_udev_device_get_property (tty, "ID_PATH"), SAFE ":+@,");
  const char *tail = interface != NULL ? strrchr (g_udev_device_get_name (interface), ':') : NULL;

  if (path == NULL || tail == NULL || !g_str_has_suffix (path, tail))
    g_clear_pointer (&path, g_free);
  else
    path[strlen (path) - strlen (tail)] = '\0';
  return path;
}

static char *
take_model (GUdevDevice *tty, GUdevDevice *usb)
{
  const char *model = g_udev_device_get_property (tty, "ID_MODEL");
  char *text;

  if (model == NULL && usb != NULL)
    model = g_udev_device_get_sysfs_attr (usb, "product");
  if (model == NULL)
    return NULL;
  text = g_strndup (model, MODEL_LENGTH);
  return g_strstrip (g_strcanon (text, SAFE " +/()", '_'));
}

static void
take_usb (OhPort *port, GUdevDevice *tty, GUdevDevice *usb)
{
  g_autoptr (GUdevDevice)
      interface = g_udev_device_get_parent_with_subsystem (tty, "usb", "usb_interface");

  port->vendor = take_hex (g_udev_device_get_sysfs_attr (usb, "idVendor"), 4);
  port->product = take_hex (g_udev_device_get_sysfs_attr (usb, "idProduct"), 4);
  port->usb_kernel = take_safe (g_udev_device_get_name (usb), SAFE);
  if (port->vendor == NULL || port->product == NULL || port->usb_kernel == NULL)
    return;
  port->usb = g_strdup (g_udev_device_get_sysfs_path (usb));
  port->serial = take_serial (usb);
  port->path = take_path (tty, interface);
  if (interface != NULL)
    port->interface = take_hex (g_udev_device_get_sysfs_attr (interface, "bInterfaceNumber"), 2);
}

static OhPort *
make_port (GUdevDevice *tty)
{
  g_autoptr (GUdevDevice) usb = g_udev_device_get_parent_with_subsystem (tty, "usb", "usb_device");
  OhPort *port = g_new0 (OhPort, 1);

  port->device = g_strdup (g_udev_device_get_device_file (tty));
  port->links = g_strdupv ((char **)g_udev_device_get_property_as_strv (tty, "DEVLINKS"));
  port->number = g_udev_device_get_device_number (tty);
  port->kernel = g_strdup (g_udev_device_get_name (tty));
  port->syspath = g_strdup (g_udev_device_get_sysfs_path (tty));
  port->role = g_strdup (g_udev_device_get_property (tty, "OFFHOOK_PORT"));
  port->model = take_model (tty, usb);
  if (usb != NULL)
    take_usb (port, tty, usb);
  return port;
}

static void
free_port (gpointer data)
{
  OhPort *port = data;

  g_free (port->device);
  g_strfreev (port->links);
  g_free (port->kernel);
  g_free (port->syspath);
  g_free (port->role);
  g_free (port->model);
  g_free (port->interface);
  g_free (port->usb);
  g_free (port->usb_kernel);
  g_free (port->vendor);
  g_free (port->product);
  g_free (port->serial);
  g_free (port->path);
  g_free (port);
}

/* Consoles, pseudo terminals: nothing is behind them. Bluetooth's ports have no device in sysfs
 * either. */
static gboolean
may_be_modem (GUdevDevice *tty)
{
  const char *kernel = g_udev_device_get_name (tty);

  if (g_udev_device_get_device_file (tty) == NULL || strspn (kernel, SAFE) != strlen (kernel))
    return FALSE;
  return strstr (g_udev_device_get_sysfs_path (tty), "/devices/virtual/") == NULL
         || g_str_has_prefix (kernel, "rfcomm");
}

static gboolean
is_twin (const OhPort *port, const OhPort *other)
{
  return port->serial != NULL && !oh_port_is_beside (port, other)
         && g_strcmp0 (port->serial, other->serial) == 0
         && g_strcmp0 (port->vendor, other->vendor) == 0
         && g_strcmp0 (port->product, other->product) == 0;
}

/* A serial number that two have says nothing of either. */
static void
forget_shared_serials (GPtrArray *ports)
{
  g_autofree gboolean *shared = g_new0 (gboolean, ports->len + 1);

  for (guint i = 0; i < ports->len; i++)
    for (guint k = 0; k < ports->len; k++)
      shared[i] = shared[i] || is_twin (ports->pdata[i], ports->pdata[k]);
  for (guint i = 0; i < ports->len; i++)
    if (shared[i])
      g_clear_pointer (&((OhPort *)ports->pdata[i])->serial, g_free);
}

static int
compare_ports (gconstpointer a, gconstpointer b)
{
  const OhPort *const *left = a;
  const OhPort *const *right = b;

  return strcmp ((*left)->kernel, (*right)->kernel);
}

GPtrArray *
oh_port_load (void)
{
  g_autoptr (GUdevClient) client = g_udev_client_new (NULL);
  GList *found = g_udev_client_query_by_subsystem (client, "tty");
  GPtrArray *ports = g_ptr_array_new_with_free_func (free_port);

  for (GList *i = found; i != NULL; i = i->next)
    if (may_be_modem (i->data))
      g_ptr_array_add (ports, make_port (i->data));
  g_list_free_full (found, g_object_unref);
  forget_shared_serials (ports);
  g_ptr_array_sort (ports, compare_ports);
  return ports;
}

static gboolean
is_named (const OhPort *port, const char *name)
{
  return g_str_equal (port->device, name)
         || (port->links != NULL && g_strv_contains ((const char *const *)port->links, name));
}

const OhPort *
oh_port_find (GPtrArray *ports, const char *device, GError **error)
{
  g_autofree char *name = g_canonicalize_filename (device, NULL);
  struct stat node = { 0 };
  gboolean is_there = stat (name, &node) == 0;

  for (guint i = 0; i < ports->len; i++)
    if (is_named (ports->pdata[i], name))
      return ports->pdata[i];
  /* A link that udev has not made. */
  for (guint i = 0; S_ISCHR (node.st_mode) && node.st_rdev != 0 && i < ports->len; i++)
    if (((const OhPort *)ports->pdata[i])->number == node.st_rdev)
      return ports->pdata[i];
  if (!is_there)
    g_set_error (error, OH_CTL_ERROR, OH_EXIT_NOT_FOUND, _ ("There is no device \"%s\""), device);
  else
    g_set_error (error, OH_CTL_ERROR, OH_EXIT_NOT_FOUND,
                 _ ("\"%s\" is no port that a modem may be at"), device);
  return NULL;
}

gboolean
oh_port_is_beside (const OhPort *port, const OhPort *other)
{
  return port->usb != NULL ? g_strcmp0 (port->usb, other->usb) == 0 : port == other;
}
