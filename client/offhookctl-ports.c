// SPDX-License-Identifier: LGPL-2.1-or-later
#include "client/offhookctl-bus.h"
#include "client/offhookctl-holder.h"
#include "client/offhookctl-output.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <unistd.h>

/* A row of the daemon's answer, with what we found out besides. */
typedef struct
{
  const char *device;
  const char *verdict;
  GVariant *details;
  char *holder; /* NULL: as the daemon says */
} Row;

static char *
detail (const Row *row, const char *key)
{
  g_autoptr (GVariant) value = g_variant_lookup_value (row->details, key, NULL);

  return value != NULL ? oh_output_value (key, value) : g_strdup ("");
}

/* The daemon sees no other's open files; its caller may. */
static void
find_holder (Row *row)
{
  g_autofree char *known = detail (row, "Holder");

  if (g_str_equal (row->verdict, "busy") && (*known == '\0' || g_str_equal (known, "unknown")))
    row->holder = oh_holder_find (row->device);
}

static char *
describe_line (const Row *row)
{
  g_autofree char *path = detail (row, "Line");
  g_autofree char *id = detail (row, "Id");

  if (*path == '\0')
    return g_strdup ("");
  return *id != '\0' ? g_steal_pointer (&id) : g_path_get_basename (path);
}

static char *
describe_model (const Row *row)
{
  g_autofree char *model = detail (row, "Model");

  return *model != '\0' ? g_steal_pointer (&model) : detail (row, "UsbId");
}

static char *
describe_reason (const Row *row)
{
  g_autofree char *text = detail (row, "Text");

  if (*text == '\0')
    {
      g_free (text);
      text = detail (row, "Reason");
    }
  if (row->holder == NULL)
    return g_steal_pointer (&text);
  return g_strdup_printf (_ ("%s (held by %s)"), text, row->holder);
}

static void
add_row (OhTable *table, const Row *row)
{
  g_autofree char *line = describe_line (row);
  g_autofree char *model = describe_model (row);
  g_autofree char *reason = describe_reason (row);
  const char *const cells[] = { row->device, row->verdict, line, model, reason, NULL };

  oh_table_add (table, cells);
}

static GVariant *
row_object (const Row *row)
{
  GVariantDict object;

  g_variant_dict_init (&object, row->details);
  g_variant_dict_insert (&object, "Device", "s", row->device);
  g_variant_dict_insert (&object, "Verdict", "s", row->verdict);
  if (row->holder != NULL)
    g_variant_dict_insert (&object, "Holder", "s", row->holder);
  return g_variant_dict_end (&object);
}

/* Each row goes into the one that is given. */
static void
walk (GVariant *ports, OhTable *table, GVariantBuilder *objects)
{
  GVariantIter iter;
  Row row = { NULL };

  g_variant_iter_init (&iter, ports);
  while (g_variant_iter_loop (&iter, "(&s&s@a{sv})", &row.device, &row.verdict, &row.details))
    {
      find_holder (&row);
      if (table != NULL)
        add_row (table, &row);
      else
        g_variant_builder_add_value (objects, row_object (&row));
      g_clear_pointer (&row.holder, g_free);
    }
}

static void
print_ports (const OhCtl *ctl, GVariant *ports)
{
  const char *const titles[]
      = { _ ("DEVICE"), _ ("VERDICT"), _ ("LINE"), _ ("WHAT"), _ ("WHY"), NULL };
  g_autoptr (OhTable) table = oh_table_new (titles);

  walk (ports, table, NULL);
  oh_table_print (ctl, table);
}

static GVariant *
port_objects (GVariant *ports)
{
  GVariantBuilder objects;

  g_variant_builder_init (&objects, G_VARIANT_TYPE ("aa{sv}"));
  walk (ports, NULL, &objects);
  return g_variant_builder_end (&objects);
}

static GVariant *
explain (OhCtl *ctl, GError **error)
{
  g_autoptr (OhDbusManager) proxy = NULL;
  GVariant *ports = NULL;

  if (!oh_bus_connect (ctl, error))
    return NULL;
  proxy = oh_bus_manager (ctl, error);
  if (proxy != NULL)
    oh_dbus_manager_call_explain_ports_sync (proxy,
                                             G_DBUS_CALL_FLAGS_ALLOW_INTERACTIVE_AUTHORIZATION,
                                             ctl->timeout, &ports, NULL, error);
  return ports;
}

OhExit
oh_ports_run (OhCtl *ctl)
{
  g_autoptr (GVariant) ports = NULL;
  GError *error = NULL;

  if (!oh_ctl_parse (ctl, NULL, 0, 0))
    return OH_EXIT_USAGE;
  ports = explain (ctl, &error);
  if (ports == NULL)
    return oh_bus_fail (ctl, error);
  if (ctl->json)
    oh_output_json (port_objects (ports), TRUE);
  else if (g_variant_n_children (ports) == 0)
    printf ("%s\n", _ ("There are no serial ports."));
  else
    print_ports (ctl, ports);
  return OH_EXIT_OK;
}
