// SPDX-License-Identifier: LGPL-2.1-or-later
#include "client/offhookctl-bus.h"
#include "client/offhookctl-output.h"
#include "client/offhookctl-tree.h"

#include <glib/gi18n.h>
#include <stdio.h>

#define INTERACTIVE G_DBUS_CALL_FLAGS_ALLOW_INTERACTIVE_AUTHORIZATION

static char *
detail (GVariant *details, const char *key)
{
  g_autoptr (GVariant) value = g_variant_lookup_value (details, key, NULL);

  return value != NULL ? oh_output_value (key, value) : g_strdup ("");
}

static void
print_handles (const OhCtl *ctl, GVariant *handles)
{
  const char *const titles[] = { _ ("NAME"),   _ ("PATH"),   _ ("PRIVILEGE"), _ ("PID"), _ ("UID"),
                                 _ ("SERIAL"), _ ("QUEUED"), _ ("WAITING"),   NULL };
  g_autoptr (OhTable) table = oh_table_new (titles);
  GVariantIter iter;
  const char *name;
  const char *path;
  const char *privilege;
  GVariant *details;

  g_variant_iter_init (&iter, handles);
  while (g_variant_iter_loop (&iter, "(&s&o&s@a{sv})", &name, &path, &privilege, &details))
    {
      g_autofree char *pid = detail (details, "Pid");
      g_autofree char *uid = detail (details, "Uid");
      g_autofree char *serial = detail (details, "Serial");
      g_autofree char *queued = detail (details, "Queued");
      g_autofree char *waiting = detail (details, "Waiting");
      const char *const cells[]
          = { name, path, privilege, pid, uid, serial, queued, waiting, NULL };

      oh_table_add (table, cells);
    }
  oh_table_print (ctl, table);
}

/* As objects: an array of arrays would leave the reader to count. */
static GVariant *
handle_objects (GVariant *handles)
{
  GVariantBuilder objects;
  GVariantIter iter;
  const char *name;
  const char *path;
  const char *privilege;
  GVariant *details;

  g_variant_builder_init (&objects, G_VARIANT_TYPE ("aa{sv}"));
  g_variant_iter_init (&iter, handles);
  while (g_variant_iter_loop (&iter, "(&s&o&s@a{sv})", &name, &path, &privilege, &details))
    {
      GVariantIter pairs;
      const char *key;
      GVariant *value;

      g_variant_builder_open (&objects, G_VARIANT_TYPE_VARDICT);
      g_variant_builder_add (&objects, "{sv}", "Name", g_variant_new_string (name));
      g_variant_builder_add (&objects, "{sv}", "Path", g_variant_new_object_path (path));
      g_variant_builder_add (&objects, "{sv}", "Privilege", g_variant_new_string (privilege));
      g_variant_iter_init (&pairs, details);
      while (g_variant_iter_loop (&pairs, "{&sv}", &key, &value))
        g_variant_builder_add (&objects, "{sv}", key, value);
      g_variant_builder_close (&objects);
    }
  return g_variant_builder_end (&objects);
}

static gboolean
find_line (OhCtl *ctl, char **path, GError **error)
{
  g_autoptr (OhTree) tree = NULL;
  const OhTreeLine *line;

  if (!oh_bus_connect (ctl, error))
    return FALSE;
  tree = oh_tree_load (ctl, error);
  if (tree == NULL)
    return FALSE;
  line = oh_tree_find_line (tree, ctl->args[0], error);
  if (line == NULL)
    return FALSE;
  *path = g_strdup (line->path);
  return TRUE;
}

static GVariant *
list_handles (OhCtl *ctl, GError **error)
{
  g_autofree char *path = NULL;
  g_autoptr (OhDbusLine) proxy = NULL;
  GVariant *handles = NULL;

  if (!find_line (ctl, &path, error))
    return NULL;
  proxy = oh_bus_line (ctl, OH_BUS_NAME, path, error);
  if (proxy == NULL)
    return NULL;
  oh_dbus_line_call_list_handles_sync (proxy, INTERACTIVE, ctl->timeout, &handles, NULL, error);
  return handles;
}

OhExit
oh_handles_run (OhCtl *ctl)
{
  g_autoptr (GVariant) handles = NULL;
  GError *error = NULL;

  if (!oh_ctl_parse (ctl, NULL, 0, 1))
    return OH_EXIT_USAGE;
  handles = list_handles (ctl, &error);
  if (handles == NULL)
    return oh_bus_fail (ctl, error);
  if (ctl->json)
    oh_output_json (handle_objects (handles), TRUE);
  else if (g_variant_n_children (handles) == 0)
    printf ("%s\n", _ ("Nobody listens to this line."));
  else
    print_handles (ctl, handles);
  return OH_EXIT_OK;
}

static char *
add_line (OhCtl *ctl, GVariant *options, GError **error)
{
  g_autofree char *device = g_canonicalize_filename (ctl->args[0], NULL);
  g_autoptr (GVariant) sunk = g_variant_ref_sink (options);
  g_autoptr (OhDbusManager) proxy = NULL;
  char *path = NULL;

  if (!oh_bus_connect (ctl, error))
    return NULL;
  proxy = oh_bus_manager (ctl, error);
  if (proxy == NULL)
    return NULL;
  oh_dbus_manager_call_add_line_sync (proxy, device, sunk, INTERACTIVE, ctl->timeout, &path, NULL,
                                      error);
  return path;
}

static void
print_added (OhCtl *ctl, const char *path)
{
  GVariantBuilder object;

  if (!ctl->json)
    {
      printf ("%s\n", path);
      return;
    }
  g_variant_builder_init (&object, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&object, "{sv}", "Line", g_variant_new_object_path (path));
  oh_output_json (g_variant_builder_end (&object), TRUE);
}

OhExit
oh_add_run (OhCtl *ctl)
{
  g_autofree char *alias = NULL;
  g_autofree char *driver = NULL;
  int ring_timeout = -1;
  const GOptionEntry entries[] = {
    { "alias", 0, 0, G_OPTION_ARG_STRING, &alias, N_ ("The id that the line shall have"),
      N_ ("ID") },
    { "driver", 0, 0, G_OPTION_ARG_STRING, &driver,
      N_ ("\"v253\" or \"cellular\"; without it the modem is probed"), N_ ("DRIVER") },
    { "ring-timeout", 0, 0, G_OPTION_ARG_INT, &ring_timeout,
      N_ ("When a call that stopped ringing is given up, in milliseconds"), N_ ("MS") },
    G_OPTION_ENTRY_NULL,
  };
  g_autofree char *path = NULL;
  GVariantBuilder options;
  GError *error = NULL;

  if (!oh_ctl_parse (ctl, entries, 1, 1))
    return OH_EXIT_USAGE;
  g_variant_builder_init (&options, G_VARIANT_TYPE_VARDICT);
  if (alias != NULL)
    g_variant_builder_add (&options, "{sv}", "Alias", g_variant_new_string (alias));
  if (driver != NULL)
    g_variant_builder_add (&options, "{sv}", "Driver", g_variant_new_string (driver));
  if (ring_timeout >= 0)
    g_variant_builder_add (&options, "{sv}", "RingTimeout",
                           g_variant_new_uint32 ((guint32)ring_timeout));
  path = add_line (ctl, g_variant_builder_end (&options), &error);
  if (path == NULL)
    return oh_bus_fail (ctl, error);
  print_added (ctl, path);
  return OH_EXIT_OK;
}

static gboolean
remove_line (OhCtl *ctl, GError **error)
{
  g_autofree char *path = NULL;
  g_autoptr (OhDbusManager) proxy = NULL;

  if (!find_line (ctl, &path, error))
    return FALSE;
  proxy = oh_bus_manager (ctl, error);
  return proxy != NULL
         && oh_dbus_manager_call_remove_line_sync (proxy, path, INTERACTIVE, ctl->timeout, NULL,
                                                   error);
}

OhExit
oh_remove_run (OhCtl *ctl)
{
  GError *error = NULL;

  if (!oh_ctl_parse (ctl, NULL, 1, 1))
    return OH_EXIT_USAGE;
  return remove_line (ctl, &error) ? OH_EXIT_OK : oh_bus_fail (ctl, error);
}
