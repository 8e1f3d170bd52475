// SPDX-License-Identifier: LGPL-2.1-or-later
#include "client/offhookctl-tree.h"

#include <glib/gi18n.h>

static void
free_call (gpointer pointer)
{
  OhTreeCall *call = pointer;

  g_free (call->path);
  g_variant_unref (call->properties);
  g_free (call);
}

static void
free_line (gpointer pointer)
{
  OhTreeLine *line = pointer;

  g_free (line->path);
  g_free (line->id);
  g_variant_unref (line->properties);
  g_clear_pointer (&line->cellular, g_variant_unref);
  g_ptr_array_unref (line->calls);
  g_free (line);
}

static gint
compare_lines (gconstpointer a, gconstpointer b)
{
  const OhTreeLine *const *first = a;
  const OhTreeLine *const *second = b;

  return g_strcmp0 ((*first)->id, (*second)->id);
}

static gint
compare_calls (gconstpointer a, gconstpointer b)
{
  const OhTreeCall *const *first = a;
  const OhTreeCall *const *second = b;

  return (*first)->number < (*second)->number ? -1 : (*first)->number > (*second)->number;
}

static void
add_line (OhTree *tree, const char *path, GVariant *properties)
{
  OhTreeLine *line = g_new0 (OhTreeLine, 1);

  line->path = g_strdup (path);
  line->properties = g_variant_ref (properties);
  line->calls = g_ptr_array_new_with_free_func (free_call);
  if (!g_variant_lookup (properties, "Id", "s", &line->id))
    line->id = g_path_get_basename (path);
  g_ptr_array_add (tree->lines, line);
}

static void
add_cellular (OhTree *tree, const char *path, GVariant *properties)
{
  for (guint i = 0; i < tree->lines->len; i++)
    {
      OhTreeLine *line = tree->lines->pdata[i];

      if (g_str_equal (line->path, path) && line->cellular == NULL)
        line->cellular = g_variant_ref (properties);
    }
}

static void
add_call (OhTree *tree, const char *path, GVariant *properties)
{
  const char *tail = g_strrstr (path, "/call/");

  for (guint i = 0; tail != NULL && i < tree->lines->len; i++)
    {
      OhTreeLine *line = tree->lines->pdata[i];
      OhTreeCall *call;

      if (strlen (line->path) != (gsize)(tail - path) || !g_str_has_prefix (path, line->path))
        continue;
      call = g_new0 (OhTreeCall, 1);
      call->path = g_strdup (path);
      call->number = g_ascii_strtoull (tail + strlen ("/call/"), NULL, 10);
      call->properties = g_variant_ref (properties);
      call->line = line;
      g_ptr_array_add (line->calls, call);
      return;
    }
}

static void
add_objects (OhTree *tree, GVariant *objects, const char *interface,
             void (*add) (OhTree *tree, const char *path, GVariant *properties))
{
  GVariantIter iter;
  const char *path;
  GVariant *interfaces;

  g_variant_iter_init (&iter, objects);
  while (g_variant_iter_loop (&iter, "{&o@a{sa{sv}}}", &path, &interfaces))
    {
      g_autoptr (GVariant) properties
          = g_variant_lookup_value (interfaces, interface, G_VARIANT_TYPE_VARDICT);

      if (properties != NULL)
        add (tree, path, properties);
    }
}

/* @objects: a{oa{sa{sv}}}, as GetManagedObjects answers. */
OhTree *
oh_tree_new (GVariant *objects)
{
  OhTree *tree = g_new0 (OhTree, 1);

  tree->lines = g_ptr_array_new_with_free_func (free_line);
  add_objects (tree, objects, OH_LINE_INTERFACE, add_line);
  g_ptr_array_sort (tree->lines, compare_lines);
  add_objects (tree, objects, OH_CELLULAR_INTERFACE, add_cellular);
  add_objects (tree, objects, OH_CALL_INTERFACE, add_call);
  for (guint i = 0; i < tree->lines->len; i++)
    g_ptr_array_sort (((OhTreeLine *)tree->lines->pdata[i])->calls, compare_calls);
  return tree;
}

OhTree *
oh_tree_load (OhCtl *ctl, GError **error)
{
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GVariant) objects = NULL;

  reply = g_dbus_connection_call_sync (ctl->bus, OH_BUS_NAME, OH_ROOT_PATH,
                                       "org.freedesktop.DBus.ObjectManager", "GetManagedObjects",
                                       NULL, G_VARIANT_TYPE ("(a{oa{sa{sv}}})"),
                                       G_DBUS_CALL_FLAGS_NONE, ctl->timeout, NULL, error);
  if (reply == NULL)
    return NULL;
  objects = g_variant_get_child_value (reply, 0);
  return oh_tree_new (objects);
}

void
oh_tree_free (OhTree *tree)
{
  g_ptr_array_unref (tree->lines);
  g_free (tree);
}

const OhTreeLine *
oh_tree_exact_line (OhTree *tree, const char *name)
{
  for (guint i = 0; i < tree->lines->len; i++)
    {
      const OhTreeLine *line = tree->lines->pdata[i];

      if (g_str_equal (line->id, name) || g_str_equal (line->path, name))
        return line;
    }
  return NULL;
}

static const OhTreeLine *
only_line (OhTree *tree, GError **error)
{
  if (tree->lines->len == 1)
    return tree->lines->pdata[0];
  if (tree->lines->len == 0)
    g_set_error (error, OH_CTL_ERROR, OH_EXIT_NOT_FOUND, _ ("There is no line"));
  else
    g_set_error (error, OH_CTL_ERROR, OH_EXIT_USAGE, _ ("There are %u lines: name one"),
                 tree->lines->len);
  return NULL;
}

const OhTreeLine *
oh_tree_find_line (OhTree *tree, const char *name, GError **error)
{
  const OhTreeLine *found
      = name != NULL ? oh_tree_exact_line (tree, name) : only_line (tree, error);
  guint n = 0;

  if (found != NULL || name == NULL)
    return found;
  for (guint i = 0; *name != '\0' && i < tree->lines->len; i++)
    {
      const OhTreeLine *line = tree->lines->pdata[i];

      if (!g_str_has_prefix (line->id, name))
        continue;
      found = line;
      n++;
    }
  if (n == 1)
    return found;
  if (n == 0)
    g_set_error (error, OH_CTL_ERROR, OH_EXIT_NOT_FOUND, _ ("There is no line \"%s\""), name);
  else
    g_set_error (error, OH_CTL_ERROR, OH_EXIT_NOT_FOUND, _ ("\"%s\" may be any of %u lines"), name,
                 n);
  return NULL;
}

/* Says which there are. */
static void
refuse_to_choose (OhTree *tree, GError **error)
{
  g_autoptr (GString) ids = g_string_new (NULL);

  for (guint i = 0; i < tree->lines->len; i++)
    {
      const OhTreeLine *line = tree->lines->pdata[i];

      if (line->cellular != NULL)
        g_string_append_printf (ids, "%s%s", ids->len > 0 ? ", " : "", line->id);
    }
  g_set_error (error, OH_CTL_ERROR, OH_EXIT_USAGE,
               _ ("There are several cellular lines: name one of %s"), ids->str);
}

static const OhTreeLine *
only_cellular (OhTree *tree, GError **error)
{
  const OhTreeLine *found = NULL;

  for (guint i = 0; i < tree->lines->len; i++)
    {
      const OhTreeLine *line = tree->lines->pdata[i];

      if (line->cellular != NULL && found != NULL)
        {
          refuse_to_choose (tree, error);
          return NULL;
        }
      if (line->cellular != NULL)
        found = line;
    }
  if (found == NULL)
    g_set_error_literal (error, OH_CTL_ERROR, OH_EXIT_NOT_FOUND,
                         _ ("There is no cellular line whose modem answers"));
  return found;
}

const OhTreeLine *
oh_tree_find_cellular (OhTree *tree, const char *name, GError **error)
{
  const OhTreeLine *line;
  const char *kind = "";

  if (name == NULL)
    return only_cellular (tree, error);
  line = oh_tree_find_line (tree, name, error);
  if (line == NULL || line->cellular != NULL)
    return line;
  g_variant_lookup (line->properties, "Kind", "&s", &kind);
  g_set_error (error, OH_CTL_ERROR, OH_EXIT_NOT_FOUND,
               g_str_equal (kind, "cellular") ? _ ("The modem of line \"%s\" has not answered yet")
                                              : _ ("Line \"%s\" is not cellular"),
               line->id);
  return NULL;
}

static gboolean
is_named (const OhTreeCall *call, const char *name)
{
  g_autofree char *number = g_strdup_printf ("%" G_GUINT64_FORMAT, call->number);
  g_autofree char *with_line = g_strconcat (call->line->id, "/", number, NULL);

  return g_str_equal (call->path, name) || g_str_equal (with_line, name)
         || g_str_equal (number, name);
}

const OhTreeCall *
oh_tree_named_call (OhTree *tree, const char *name)
{
  const OhTreeCall *found = NULL;

  for (guint i = 0; i < tree->lines->len; i++)
    {
      const OhTreeLine *line = tree->lines->pdata[i];

      for (guint j = 0; j < line->calls->len; j++)
        {
          if (!is_named (line->calls->pdata[j], name))
            continue;
          if (found != NULL) /* a bare number that two lines have */
            return NULL;
          found = line->calls->pdata[j];
        }
    }
  return found;
}

const char *
oh_tree_call_state (const OhTreeCall *call)
{
  const char *state = "unknown";

  g_variant_lookup (call->properties, "State", "&s", &state);
  return state;
}

static gboolean
is_in_state (const OhTreeCall *call, const char *state)
{
  if (state == NULL)
    return !g_str_equal (oh_tree_call_state (call), "ended");
  return g_str_equal (oh_tree_call_state (call), state);
}

/* Puts the calls of @line, or of all lines, that are in @state into @found. */
static void
collect_calls (OhTree *tree, const OhTreeLine *line, const char *state, GPtrArray *found)
{
  for (guint i = 0; i < tree->lines->len; i++)
    {
      const OhTreeLine *candidate = tree->lines->pdata[i];

      if (line != NULL && line != candidate)
        continue;
      for (guint j = 0; j < candidate->calls->len; j++)
        if (is_in_state (candidate->calls->pdata[j], state))
          g_ptr_array_add (found, candidate->calls->pdata[j]);
    }
}

static const char *
describe_none (const char *state)
{
  if (g_strcmp0 (state, "offering") == 0)
    return _ ("No call is being offered");
  if (g_strcmp0 (state, "connected") == 0)
    return _ ("No call is connected");
  return _ ("There is no call");
}

const OhTreeCall *
oh_tree_find_call (OhTree *tree, const char *name, const char *state, GError **error)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new ();
  const OhTreeLine *line = name != NULL ? oh_tree_exact_line (tree, name) : NULL;
  const OhTreeCall *call = name != NULL && line == NULL ? oh_tree_named_call (tree, name) : NULL;

  if (call != NULL)
    return call;
  if (name != NULL && (strchr (name, '/') != NULL) && line == NULL)
    {
      g_set_error (error, OH_CTL_ERROR, OH_EXIT_NOT_FOUND, _ ("There is no call \"%s\""), name);
      return NULL;
    }
  if (name != NULL && line == NULL)
    line = oh_tree_find_line (tree, name, error);
  if (name != NULL && line == NULL)
    return NULL;
  collect_calls (tree, line, state, found);
  if (found->len == 1)
    return found->pdata[0];
  if (found->len == 0)
    g_set_error_literal (error, OH_CTL_ERROR, OH_EXIT_NOT_FOUND, describe_none (state));
  else
    g_set_error (error, OH_CTL_ERROR, OH_EXIT_NOT_FOUND,
                 _ ("There are %u such calls: name one, as LINE/N"), found->len);
  return NULL;
}
