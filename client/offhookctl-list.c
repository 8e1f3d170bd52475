// SPDX-License-Identifier: LGPL-2.1-or-later
#include "client/offhookctl-bus.h"
#include "client/offhookctl-cellular.h"
#include "client/offhookctl-output.h"
#include "client/offhookctl-tree.h"

#include <glib/gi18n.h>
#include <stdio.h>

static OhTree *
connect_and_load (OhCtl *ctl, GError **error)
{
  return oh_bus_connect (ctl, error) ? oh_tree_load (ctl, error) : NULL;
}

static const char *
text_of (GVariant *properties, const char *key)
{
  const char *text = "";

  g_variant_lookup (properties, key, "&s", &text);
  return text;
}

/* "absent (removed)", or the word alone where there is no reason. */
static char *
with_reason (GVariant *properties, const char *key, const char *reason_key)
{
  const char *reason = text_of (properties, reason_key);

  if (*reason == '\0')
    return g_strdup (text_of (properties, key));
  return g_strdup_printf ("%s (%s)", text_of (properties, key), reason);
}

static char *
describe_calls (const OhTreeLine *line)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < line->calls->len; i++)
    {
      const OhTreeCall *call = line->calls->pdata[i];

      if (g_str_equal (oh_tree_call_state (call), "ended"))
        continue;
      g_string_append_printf (text, "%s%" G_GUINT64_FORMAT " %s %s", text->len > 0 ? ", " : "",
                              call->number, text_of (call->properties, "Direction"),
                              oh_tree_call_state (call));
    }
  return g_string_free (text, FALSE);
}

static void
print_lines (const OhCtl *ctl, OhTree *tree)
{
  const char *const titles[]
      = { _ ("LINE"), _ ("KIND"), _ ("STATE"), _ ("HEALTH"), _ ("MODEL"), _ ("CALLS"), NULL };
  g_autoptr (OhTable) table = oh_table_new (titles);

  for (guint i = 0; i < tree->lines->len; i++)
    {
      const OhTreeLine *line = tree->lines->pdata[i];
      g_autofree char *state = with_reason (line->properties, "State", "StateReason");
      g_autofree char *health = with_reason (line->properties, "Health", "HealthReason");
      g_autofree char *calls = describe_calls (line);
      const char *const cells[] = { line->id, text_of (line->properties, "Kind"),  state,
                                    health,   text_of (line->properties, "Model"), calls,
                                    NULL };

      oh_table_add (table, cells);
    }
  oh_table_print (ctl, table);
}

static void
hint_lines (OhTree *tree)
{
  for (guint i = 0; i < tree->lines->len; i++)
    oh_cellular_hint (tree->lines->pdata[i]);
}

/* Begins an a{sv}: the object's own path, then its properties in the daemon's order. */
static void
begin_object (GVariantBuilder *builder, const char *path, GVariant *properties)
{
  GVariantIter iter;
  const char *key;
  GVariant *value;

  g_variant_builder_init (builder, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (builder, "{sv}", "Path", g_variant_new_object_path (path));
  g_variant_iter_init (&iter, properties);
  while (g_variant_iter_loop (&iter, "{&sv}", &key, &value))
    if (!g_str_equal (key, "Calls"))
      g_variant_builder_add (builder, "{sv}", key, value);
}

static GVariant *
call_object (const OhTreeCall *call, GVariant *party)
{
  GVariantBuilder object;

  begin_object (&object, call->path, call->properties);
  g_variant_builder_add (&object, "{sv}", "Line", g_variant_new_string (call->line->id));
  if (party != NULL)
    g_variant_builder_add (&object, "{sv}", "Party", party);
  return g_variant_builder_end (&object);
}

/* NULL where the daemon does not tell: nobody is asked for a password only to look. */
static GVariant *
read_party (OhCtl *ctl, const OhTreeCall *call, GError **error)
{
  g_autoptr (OhDbusCall) proxy = oh_bus_call (ctl, OH_BUS_NAME, call->path, NULL);
  GVariant *party = NULL;

  if (proxy != NULL)
    oh_dbus_call_call_get_party_sync (proxy, G_DBUS_CALL_FLAGS_NONE, ctl->timeout, &party, NULL,
                                      error);
  return party;
}

static GVariant *
line_object (OhCtl *ctl, const OhTreeLine *line, gboolean with_party)
{
  GVariantBuilder object;
  GVariantBuilder calls;

  begin_object (&object, line->path, line->properties);
  g_variant_builder_init (&calls, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < line->calls->len; i++)
    {
      const OhTreeCall *call = line->calls->pdata[i];
      g_autoptr (GVariant) party = with_party ? read_party (ctl, call, NULL) : NULL;

      g_variant_builder_add_value (&calls, call_object (call, party));
    }
  if (line->cellular != NULL)
    g_variant_builder_add (&object, "{sv}", "Cellular", line->cellular);
  g_variant_builder_add (&object, "{sv}", "Calls", g_variant_builder_end (&calls));
  return g_variant_builder_end (&object);
}

static GVariant *
line_objects (OhCtl *ctl, OhTree *tree, gboolean with_party)
{
  GVariantBuilder lines;

  g_variant_builder_init (&lines, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < tree->lines->len; i++)
    g_variant_builder_add_value (&lines, line_object (ctl, tree->lines->pdata[i], with_party));
  return g_variant_builder_end (&lines);
}

static void
print_ids (OhTree *tree)
{
  for (guint i = 0; i < tree->lines->len; i++)
    printf ("%s\n", ((const OhTreeLine *)tree->lines->pdata[i])->id);
}

OhExit
oh_list_run (OhCtl *ctl)
{
  gboolean ids = FALSE;
  const GOptionEntry entries[] = {
    { "ids", 0, 0, G_OPTION_ARG_NONE, &ids, N_ ("Print only the ids, one a line"), NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (OhTree) tree = NULL;
  GError *error = NULL;

  if (!oh_ctl_parse (ctl, entries, 0, 0))
    return OH_EXIT_USAGE;
  tree = connect_and_load (ctl, &error);
  if (tree == NULL)
    return oh_bus_fail (ctl, error);
  if (ids)
    print_ids (tree);
  else if (ctl->json)
    oh_output_json (line_objects (ctl, tree, FALSE), TRUE);
  else if (tree->lines->len == 0)
    printf ("%s\n", _ ("There are no lines."));
  else
    {
      print_lines (ctl, tree);
      hint_lines (tree);
    }
  return OH_EXIT_OK;
}

static void
print_properties (const OhCtl *ctl, GVariant *properties, const char *indent)
{
  GVariantIter iter;
  const char *key;
  GVariant *value;

  g_variant_iter_init (&iter, properties);
  while (g_variant_iter_loop (&iter, "{&sv}", &key, &value))
    {
      g_autofree char *text = oh_output_value (key, value);
      OhStyle style = g_str_equal (key, "State") || g_str_equal (key, "Health")
                          ? oh_output_word_style (text)
                          : OH_STYLE_PLAIN;
      g_autofree char *styled = oh_output_styled (ctl, style, text);

      if (!g_str_equal (key, "Calls"))
        printf ("%s%18s: %s\n", indent, key, *text != '\0' ? styled : "-");
    }
}

static void
print_call (OhCtl *ctl, const OhTreeCall *call, const char *indent)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) party = read_party (ctl, call, &error);
  g_autofree char *name = g_strdup_printf ("%s/%" G_GUINT64_FORMAT, call->line->id, call->number);
  g_autofree char *title = oh_output_styled (ctl, OH_STYLE_BOLD, name);

  printf ("%s%s %s\n", indent, title, call->path);
  print_properties (ctl, call->properties, indent);
  if (party != NULL)
    print_properties (ctl, party, indent);
  else if (error != NULL && oh_bus_code (error) == OH_EXIT_NOT_AUTHORIZED)
    printf ("%s%18s: %s\n", indent, "Number", _ ("(not permitted)"));
}

static void
print_line (OhCtl *ctl, const OhTreeLine *line)
{
  g_autofree char *title = oh_output_styled (ctl, OH_STYLE_BOLD, line->id);

  printf ("%s %s\n", title, line->path);
  print_properties (ctl, line->properties, "");
  if (line->cellular != NULL)
    oh_cellular_print (ctl, line->cellular);
  for (guint i = 0; i < line->calls->len; i++)
    print_call (ctl, line->calls->pdata[i], "    ");
}

static char *
read_version (OhCtl *ctl)
{
  g_autoptr (GVariant) reply = g_dbus_connection_call_sync (
      ctl->bus, OH_BUS_NAME, OH_ROOT_PATH, "org.freedesktop.DBus.Properties", "Get",
      g_variant_new ("(ss)", OH_BUS_NAME ".Manager", "Version"), G_VARIANT_TYPE ("(v)"),
      G_DBUS_CALL_FLAGS_NONE, ctl->timeout, NULL, NULL);
  g_autoptr (GVariant) version = NULL;

  if (reply == NULL)
    return g_strdup ("");
  g_variant_get (reply, "(v)", &version);
  return oh_output_value ("", version);
}

static void
show_all (OhCtl *ctl, OhTree *tree)
{
  g_autofree char *version = read_version (ctl);
  GVariantBuilder object;

  if (!ctl->json)
    {
      printf ("offhookd %s\n", version);
      for (guint i = 0; i < tree->lines->len; i++)
        print_line (ctl, tree->lines->pdata[i]);
      hint_lines (tree);
      return;
    }
  g_variant_builder_init (&object, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&object, "{sv}", "Version", g_variant_new_string (version));
  g_variant_builder_add (&object, "{sv}", "Lines", line_objects (ctl, tree, TRUE));
  oh_output_json (g_variant_builder_end (&object), TRUE);
}

static void
show_call (OhCtl *ctl, const OhTreeCall *call)
{
  g_autoptr (GVariant) party = NULL;

  if (!ctl->json)
    {
      print_call (ctl, call, "");
      return;
    }
  party = read_party (ctl, call, NULL);
  oh_output_json (call_object (call, party), TRUE);
}

OhExit
oh_show_run (OhCtl *ctl)
{
  g_autoptr (OhTree) tree = NULL;
  const OhTreeLine *line = NULL;
  const OhTreeCall *call = NULL;
  GError *error = NULL;

  if (!oh_ctl_parse (ctl, NULL, 0, 1))
    return OH_EXIT_USAGE;
  tree = connect_and_load (ctl, &error);
  if (tree == NULL)
    return oh_bus_fail (ctl, error);
  if (ctl->args[0] == NULL)
    {
      show_all (ctl, tree);
      return OH_EXIT_OK;
    }
  if (oh_tree_exact_line (tree, ctl->args[0]) == NULL)
    call = oh_tree_named_call (tree, ctl->args[0]);
  if (call == NULL)
    line = oh_tree_find_line (tree, ctl->args[0], &error);
  if (line == NULL && call == NULL)
    return oh_bus_fail (ctl, error);
  if (call != NULL)
    show_call (ctl, call);
  else if (ctl->json)
    oh_output_json (line_object (ctl, line, TRUE), TRUE);
  else
    {
      print_line (ctl, line);
      oh_cellular_hint (line);
    }
  return OH_EXIT_OK;
}
