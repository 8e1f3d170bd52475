// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/port-watch.h"

#include <gio/gio.h>
#include <gudev/gudev.h>

/* A device that is pulled out is hung up before its node goes. */
#define LOOK_MS 1000

struct _OhPortWatch
{
  char *device;
  void (*func) (gpointer user_data);
  gpointer user_data;
  GUdevClient *udev;
  GFileMonitor *folder;
  guint look;
  guint again; /* a sign came: told from the main loop */
};

static gboolean
on_sign (gpointer user_data)
{
  OhPortWatch *watch = user_data;

  watch->again = 0;
  watch->func (watch->user_data);
  return G_SOURCE_REMOVE;
}

static void
note_sign (OhPortWatch *watch)
{
  if (watch->again == 0)
    watch->again = g_idle_add (on_sign, watch);
}

static gboolean
is_named (GUdevDevice *found, const char *device)
{
  return g_strcmp0 (g_udev_device_get_device_file (found), device) == 0
         || g_strv_contains (g_udev_device_get_device_file_symlinks (found), device);
}

static void
on_udev_event (GUdevClient *client, const char *action, GUdevDevice *found, gpointer user_data)
{
  OhPortWatch *watch = user_data;

  if (!g_str_equal (action, "remove") && is_named (found, watch->device))
    note_sign (watch);
}

static void
on_folder_changed (GFileMonitor *monitor, GFile *file, GFile *other, GFileMonitorEvent event,
                   gpointer user_data)
{
  note_sign (user_data);
}

/* A hang-up is no proof that it has gone: then nothing tells that it is there. */
static gboolean
on_look (gpointer user_data)
{
  OhPortWatch *watch = user_data;

  watch->look = 0;
  if (g_file_test (watch->device, G_FILE_TEST_EXISTS))
    note_sign (watch);
  return G_SOURCE_REMOVE;
}

OhPortWatch *
oh_port_watch_new (const char *device, void (*func) (gpointer user_data), gpointer user_data)
{
  static const char *const subsystems[] = { "tty", NULL };
  g_autoptr (GFile) file = g_file_new_for_path (device);
  OhPortWatch *watch = g_new0 (OhPortWatch, 1);

  watch->device = g_strdup (device);
  watch->func = func;
  watch->user_data = user_data;
  watch->udev = g_udev_client_new (subsystems);
  g_signal_connect (watch->udev, "uevent", G_CALLBACK (on_udev_event), watch);
  watch->folder = g_file_monitor_file (file, G_FILE_MONITOR_NONE, NULL, NULL);
  if (watch->folder != NULL)
    g_signal_connect (watch->folder, "changed", G_CALLBACK (on_folder_changed), watch);
  watch->look = g_timeout_add (LOOK_MS, on_look, watch);
  return watch;
}

void
oh_port_watch_free (OhPortWatch *watch)
{
  g_clear_handle_id (&watch->look, g_source_remove);
  g_clear_handle_id (&watch->again, g_source_remove);
  g_signal_handlers_disconnect_by_data (watch->udev, watch);
  g_object_unref (watch->udev);
  if (watch->folder != NULL)
    {
      g_signal_handlers_disconnect_by_data (watch->folder, watch);
      g_file_monitor_cancel (watch->folder);
      g_object_unref (watch->folder);
    }
  g_free (watch->device);
  g_free (watch);
}
