// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/tty.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/port.h"

#define PORT_UNKNOWN "0" /* sysfs: the type of a port that has no chip behind it */

struct _OhTtyList
{
  GUdevClient *udev;
  OhTtyFunc func;
  gpointer user_data;
};

static char *
get (GUdevDevice *found, const char *key)
{
  const char *value = g_udev_device_get_property (found, key);

  return value != NULL && *value != '\0' && g_utf8_validate (value, -1, NULL) ? g_strdup (value)
                                                                              : NULL;
}

static gboolean
is_set (GUdevDevice *found, const char *key)
{
  return g_strcmp0 (g_udev_device_get_property (found, key), "1") == 0;
}

/* Makers who number nothing put one digit, or the digits in their order. */
static gboolean
is_serial (const char *text)
{
  static const char *const orders[] = { "0123456789ABCDEF", "123456789ABCDEF0", "1234567890" };
  gsize length = strlen (text);

  if (length < 4 || strspn (text, "0") == length
      || text[strspn (text, (char[]){ *text, 0 })] == '\0')
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (orders); i++)
    {
      if (g_ascii_strncasecmp (text, orders[i], length) == 0)
        return FALSE;
    }
  return TRUE;
}

static char *
get_model (GUdevDevice *found)
{
  char *model = get (found, "ID_MODEL_FROM_DATABASE");

  if (model == NULL)
    model = get (found, "ID_MODEL");
  return model != NULL ? g_strdelimit (model, "_", ' ') : NULL;
}

static char *
get_device (GUdevDevice *found, gboolean *ret_usb)
{
  g_autoptr (GUdevDevice) usb
      = g_udev_device_get_parent_with_subsystem (found, "usb", "usb_device");
  g_autoptr (GUdevDevice) parent = usb == NULL ? g_udev_device_get_parent (found) : NULL;

  *ret_usb = usb != NULL;
  if (usb == NULL && parent == NULL)
    return NULL;
  return g_strdup (g_udev_device_get_sysfs_path (usb != NULL ? usb : parent));
}

static void
take_usb (OhTty *tty, GUdevDevice *found)
{
  g_autofree char *vendor = get (found, "ID_VENDOR_ID");
  g_autofree char *model = get (found, "ID_MODEL_ID");
  g_autofree char *number = get (found, "ID_USB_INTERFACE_NUM");
  g_autofree char *serial = get (found, "ID_SERIAL_SHORT");

  if (vendor != NULL && model != NULL)
    {
      g_autofree char *id = g_strconcat (vendor, ":", model, NULL);

      tty->usb_id = g_ascii_strdown (id, -1);
    }
  if (number != NULL)
    tty->interface = strtol (number, NULL, 16);
  if (serial != NULL && is_serial (serial))
    tty->serial = g_steal_pointer (&serial);
}

static void
take_rules (OhTty *tty, GUdevDevice *found)
{
  g_autofree char *driver = get (found, "OFFHOOK_DRIVER");
  const char *port = g_udev_device_get_property (found, "OFFHOOK_PORT");

  tty->mm_ignored = is_set (found, "ID_MM_DEVICE_IGNORE");
  tty->announced = is_set (found, "OFFHOOK_DEVICE");
  tty->as = driver != NULL ? oh_driver_find (driver) : NULL;
  tty->main = g_strcmp0 (port, "main") == 0;
  tty->other = g_strcmp0 (port, "other") == 0;
}

OhTty *
oh_tty_new (GUdevDevice *found)
{
  gboolean is_usb;
  g_autofree char *device = get_device (found, &is_usb);
  const char *node = g_udev_device_get_device_file (found);
  OhTty *tty;

  if (device == NULL || node == NULL
      || g_strcmp0 (g_udev_device_get_sysfs_attr (found, "type"), PORT_UNKNOWN) == 0)
    return NULL;
  tty = g_new0 (OhTty, 1);
  tty->node = g_strdup (node);
  tty->links = g_strdupv ((char **)g_udev_device_get_device_file_symlinks (found));
  tty->device = g_steal_pointer (&device);
  tty->is_usb = is_usb;
  tty->interface = -1;
  tty->driver = get (found, "ID_USB_DRIVER");
  tty->path = get (found, "ID_PATH");
  tty->path_tag = get (found, "ID_PATH_TAG");
  tty->model = get_model (found);
  tty->ready = g_udev_device_get_is_initialized (found);
  take_usb (tty, found);
  take_rules (tty, found);
  return tty;
}

void
oh_tty_free (OhTty *tty)
{
  g_free (tty->node);
  g_strfreev (tty->links);
  g_free (tty->driver);
  g_free (tty->usb_id);
  g_free (tty->serial);
  g_free (tty->path);
  g_free (tty->path_tag);
  g_free (tty->model);
  g_free (tty->device);
  g_free (tty);
}

gboolean
oh_tty_is_named (const OhTty *tty, const char *node)
{
  return g_str_equal (tty->node, node)
         || (tty->links != NULL && g_strv_contains ((const char *const *)tty->links, node));
}

char *
oh_tty_make_id (const OhTty *tty)
{
  if (tty->serial != NULL)
    return g_strdup (tty->serial);
  if (tty->path_tag != NULL)
    return g_strdup (tty->path_tag);
  if (tty->path != NULL)
    return g_strdup (tty->path);
  return oh_port_make_id (tty->node);
}

static gboolean
fits (const char *wanted, const char *found)
{
  return wanted == NULL || g_strcmp0 (wanted, found) == 0;
}

gboolean
oh_tty_matches (const OhTty *tty, const OhPortMatch *match, const char *id)
{
  gboolean any
      = match->id != NULL || match->usb_id != NULL || match->serial != NULL || match->path != NULL;

  return any && fits (match->id, id) && fits (match->usb_id, tty->usb_id)
         && fits (match->serial, tty->serial) && fits (match->path, tty->path);
}

static void
on_udev_event (GUdevClient *client, const char *action, GUdevDevice *found, gpointer user_data)
{
  OhTtyList *list = user_data;
  g_autoptr (OhTty) tty = NULL;

  if (g_str_equal (action, "remove"))
    {
      if (g_udev_device_get_device_file (found) != NULL)
        list->func (g_udev_device_get_device_file (found), NULL, list->user_data);
      return;
    }
  tty = oh_tty_new (found);
  if (tty != NULL)
    list->func (tty->node, tty, list->user_data);
}

OhTtyList *
oh_tty_list_new (OhTtyFunc func, gpointer user_data)
{
  static const char *const subsystems[] = { "tty", NULL };
  OhTtyList *list = g_new0 (OhTtyList, 1);

  list->func = func;
  list->user_data = user_data;
  list->udev = g_udev_client_new (subsystems);
  g_signal_connect (list->udev, "uevent", G_CALLBACK (on_udev_event), list);
  return list;
}

void
oh_tty_list_free (OhTtyList *list)
{
  g_signal_handlers_disconnect_by_data (list->udev, list);
  g_object_unref (list->udev);
  g_free (list);
}

GPtrArray *
oh_tty_list_get (OhTtyList *list)
{
  GPtrArray *ttys = g_ptr_array_new_with_free_func ((GDestroyNotify)oh_tty_free);
  GList *found = g_udev_client_query_by_subsystem (list->udev, "tty");

  for (GList *one = found; one != NULL; one = one->next)
    {
      OhTty *tty = oh_tty_new (one->data);

      if (tty != NULL)
        g_ptr_array_add (ttys, tty);
    }
  g_list_free_full (found, g_object_unref);
  return ttys;
}

OhTty *
oh_tty_list_find (OhTtyList *list, const char *device)
{
  g_autofree char *node = oh_port_resolve (device);
  g_autofree char *name = g_path_get_basename (node);
  g_autoptr (GUdevDevice) found
      = g_udev_client_query_by_subsystem_and_name (list->udev, "tty", name);

  if (found == NULL || g_strcmp0 (g_udev_device_get_device_file (found), node) != 0)
    return NULL;
  return oh_tty_new (found);
}

gboolean
oh_tty_list_is_main (GPtrArray *ttys, const OhTty *tty)
{
  if (tty->main || tty->other)
    return tty->main;
  for (guint i = 0; i < ttys->len; i++)
    {
      const OhTty *one = ttys->pdata[i];

      if (!g_str_equal (one->device, tty->device) || g_str_equal (one->node, tty->node))
        continue;
      if (one->main || (!one->other && one->interface < tty->interface))
        return FALSE;
    }
  return TRUE;
}
