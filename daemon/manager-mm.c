// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/manager-mm.h"

#include "daemon/manager-private.h"
#include "daemon/port.h"

#define NAME "org.freedesktop.ModemManager1"
#define PATH "/org/freedesktop/ModemManager1"
#define OBJECTS "org.freedesktop.DBus.ObjectManager"
#define LOOK_MS 500 /* it finds devices some time after it has started, */
#define LOOKS 40    /* at most so many looks later */

struct _OhMm
{
  OhManager *manager;
  GCancellable *cancellable;
  guint name, objects; /* what is watched on the bus */
  gboolean there;
  GVariant *modems;      /* as GetManagedObjects tells; NULL: not known */
  GPtrArray *wanted;     /* nodes that will be lines */
  GHashTable *inhibited; /* sysfs paths of devices that it leaves alone, as it has said */
  guint look, looks_left;
  gboolean gives_back; /* a line has gone */
};

/* "a(su)": names, and what they are for. */
static gboolean
has_port (GVariant *ports, const char *name)
{
  GVariantIter iter;
  const char *port;

  if (!g_variant_is_of_type (ports, G_VARIANT_TYPE ("a(su)")))
    return FALSE;
  g_variant_iter_init (&iter, ports);
  while (g_variant_iter_next (&iter, "(&su)", &port, NULL))
    {
      if (g_str_equal (port, name))
        return TRUE;
    }
  return FALSE;
}

static gboolean
is_modem_on (GVariant *interfaces, const char *name)
{
  g_autoptr (GVariant) modem
      = g_variant_lookup_value (interfaces, NAME ".Modem", G_VARIANT_TYPE_VARDICT);
  g_autoptr (GVariant) ports = modem != NULL ? g_variant_lookup_value (modem, "Ports", NULL) : NULL;

  return ports != NULL && has_port (ports, name);
}

const char *
oh_mm_find_holder (const char *device, gpointer user_data)
{
  OhMm *mm = user_data;
  g_autofree char *node = oh_port_resolve (device);
  g_autofree char *name = g_path_get_basename (node);
  gsize n = mm->modems != NULL ? g_variant_n_children (mm->modems) : 0;

  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) interfaces = NULL;

      g_variant_get_child (mm->modems, i, "{&o@a{sa{sv}}}", NULL, &interfaces);
      if (is_modem_on (interfaces, name))
        return "ModemManager";
    }
  return NULL;
}

/* An InhibitDevice under way. */
typedef struct
{
  OhMm *mm;
  char *device;
} Asked;

static void
on_inhibited (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Asked *asked = user_data;
  g_autofree char *device = asked->device;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply
      = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (reply == NULL)
    {
      g_debug ("ModemManager and %s: %s", device, error->message);
      return;
    }
  g_hash_table_add (asked->mm->inhibited, g_steal_pointer (&device));
  for (guint i = 0; i < asked->mm->manager->lines->len; i++)
    oh_line_try_now (asked->mm->manager->lines->pdata[i]);
  if (asked->mm->wanted->len > 0)
    oh_ports_look (asked->mm->manager->ports, LOOK_MS);
  g_ptr_array_set_size (asked->mm->wanted, 0);
}

/* A rule may say it better: that holds when we do not run as well. */
static void
inhibit (OhMm *mm, const char *node)
{
  g_autoptr (OhTty) tty = oh_ports_find (mm->manager->ports, node);
  Asked *asked;

  if (tty == NULL || tty->mm_ignored || g_hash_table_contains (mm->inhibited, tty->device))
    return;
  asked = g_new0 (Asked, 1);
  asked->mm = mm;
  asked->device = g_strdup (tty->device);
  g_dbus_connection_call (mm->manager->bus.connection, NAME, PATH, NAME, "InhibitDevice",
                          g_variant_new ("(sb)", tty->device, TRUE), NULL,
                          G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, mm->cancellable, on_inhibited,
                          asked);
}

static gboolean
is_used (OhMm *mm, const char *device)
{
  for (guint i = 0; i < mm->manager->lines->len; i++)
    {
      g_autoptr (OhTty) tty
          = oh_ports_find (mm->manager->ports, oh_line_get_device (mm->manager->lines->pdata[i]));

      if (tty != NULL && g_str_equal (tty->device, device))
        return TRUE;
    }
  return FALSE;
}

/* What was a line's and is none's any more; one that got another name in a reload still is. */
static void
give_back (OhMm *mm)
{
  GHashTableIter iter;
  gpointer device;

  g_hash_table_iter_init (&iter, mm->inhibited);
  while (g_hash_table_iter_next (&iter, &device, NULL))
    {
      if (is_used (mm, device))
        continue;
      g_dbus_connection_call (mm->manager->bus.connection, NAME, PATH, NAME, "InhibitDevice",
                              g_variant_new ("(sb)", device, FALSE), NULL,
                              G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, NULL, NULL, NULL);
      g_hash_table_iter_remove (&iter);
    }
}

static gboolean
on_look (gpointer user_data)
{
  OhMm *mm = user_data;

  if (mm->gives_back)
    give_back (mm);
  mm->gives_back = FALSE;
  for (guint i = 0; i < mm->manager->lines->len; i++)
    inhibit (mm, oh_line_get_device (mm->manager->lines->pdata[i]));
  for (guint i = 0; i < mm->wanted->len; i++)
    inhibit (mm, mm->wanted->pdata[i]);
  if (--mm->looks_left > 0)
    return G_SOURCE_CONTINUE;
  mm->look = 0;
  return G_SOURCE_REMOVE;
}

/* It knows a device some time after it was plugged in, or after it has started itself. */
static void
look (OhMm *mm)
{
  if (!mm->there)
    return;
  mm->looks_left = LOOKS;
  if (mm->look == 0)
    mm->look = g_timeout_add (LOOK_MS, on_look, mm);
}

static void
on_modems (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply
      = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  OhMm *mm = user_data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (reply == NULL)
    {
      g_debug ("ModemManager's modems are not known: %s", error->message);
      return;
    }
  g_clear_pointer (&mm->modems, g_variant_unref);
  mm->modems = g_variant_get_child_value (reply, 0);
}

static void
ask_for_modems (OhMm *mm)
{
  g_dbus_connection_call (mm->manager->bus.connection, NAME, PATH, OBJECTS, "GetManagedObjects",
                          NULL, G_VARIANT_TYPE ("(a{oa{sa{sv}}})"), G_DBUS_CALL_FLAGS_NO_AUTO_START,
                          -1, mm->cancellable, on_modems, mm);
}

static void
on_objects (GDBusConnection *connection, const char *sender, const char *path,
            const char *interface, const char *signal, GVariant *parameters, gpointer user_data)
{
  ask_for_modems (user_data);
}

static void
on_appeared (GDBusConnection *connection, const char *name, const char *owner, gpointer user_data)
{
  OhMm *mm = user_data;

  mm->there = TRUE;
  ask_for_modems (mm);
  look (mm);
}

static void
on_vanished (GDBusConnection *connection, const char *name, gpointer user_data)
{
  OhMm *mm = user_data;

  mm->there = FALSE;
  g_hash_table_remove_all (mm->inhibited); /* the next one has given no word */
  g_clear_pointer (&mm->modems, g_variant_unref);
}

static void
on_line (OhLine *line, GParamSpec *property, OhMm *mm)
{
  g_autoptr (OhTty) tty = oh_ports_find (mm->manager->ports, oh_line_get_device (line));

  if (tty == NULL)
    return;
  if (g_str_equal (oh_dbus_line_get_state (OH_DBUS_LINE (line)),
                   oh_line_state_name (OH_LINE_ABSENT)))
    g_hash_table_remove (mm->inhibited, tty->device); /* what comes there is another device */
  else
    look (mm);
}

void
oh_mm_take_line (OhMm *mm, OhLine *line)
{
  g_signal_connect (line, "notify::state", G_CALLBACK (on_line), mm);
  on_line (line, NULL, mm);
}

void
oh_mm_forget_line (OhMm *mm, OhLine *line)
{
  g_signal_handlers_disconnect_by_data (line, mm);
  mm->gives_back = TRUE;
  look (mm);
}

void
oh_mm_want (OhMm *mm, const char *device)
{
  if (!g_ptr_array_find_with_equal_func (mm->wanted, device, g_str_equal, NULL))
    g_ptr_array_add (mm->wanted, g_strdup (device));
  look (mm);
}

OhMm *
oh_mm_new (OhManager *manager)
{
  OhMm *mm = g_new0 (OhMm, 1);

  mm->manager = manager;
  mm->cancellable = g_cancellable_new ();
  mm->wanted = g_ptr_array_new_with_free_func (g_free);
  mm->inhibited = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  mm->objects
      = g_dbus_connection_signal_subscribe (manager->bus.connection, NAME, OBJECTS, NULL, PATH,
                                            NULL, G_DBUS_SIGNAL_FLAGS_NONE, on_objects, mm, NULL);
  mm->name = g_bus_watch_name_on_connection (manager->bus.connection, NAME,
                                             G_BUS_NAME_WATCHER_FLAGS_NONE, on_appeared,
                                             on_vanished, mm, NULL);
  return mm;
}

void
oh_mm_free (OhMm *mm)
{
  g_cancellable_cancel (mm->cancellable);
  g_object_unref (mm->cancellable);
  g_clear_handle_id (&mm->look, g_source_remove);
  g_bus_unwatch_name (mm->name);
  g_dbus_connection_signal_unsubscribe (mm->manager->bus.connection, mm->objects);
  g_clear_pointer (&mm->modems, g_variant_unref);
  g_ptr_array_unref (mm->wanted);
  g_hash_table_unref (mm->inhibited);
  g_free (mm);
}
