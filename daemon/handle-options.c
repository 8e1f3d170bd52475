// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/handle-options.h"

static gboolean
refuse (const char *key, const char *why, GError **error)
{
  g_set_error (error, G_DBUS_ERROR, G_DBUS_ERROR_INVALID_ARGS, "%s: %s", key, why);
  return FALSE;
}

static gboolean
take_events (OhHandleOptions *options, const char *key, GVariant *value, GError **error)
{
  g_autofree const char **names = g_variant_get_strv (value, NULL);

  if (oh_kinds_parse (names, &options->kinds, error))
    return TRUE;
  g_prefix_error (error, "%s: ", key);
  return FALSE;
}

static gboolean
take_privilege (OhHandleOptions *options, const char *key, GVariant *value, GError **error)
{
  const char *privilege = g_variant_get_string (value, NULL);

  options->owner = g_str_equal (privilege, "owner");
  options->needs_control |= options->owner;
  return options->owner || g_str_equal (privilege, "monitor")
         || refuse (key, "is \"monitor\" or \"owner\"", error);
}

static gboolean
take_priority (OhHandleOptions *options, const char *key, GVariant *value, GError **error)
{
  options->priority = g_variant_get_int32 (value);
  options->needs_control = TRUE;
  return TRUE;
}

static gboolean
take_owner_lost (OhHandleOptions *options, const char *key, GVariant *value, GError **error)
{
  const char *policy = g_variant_get_string (value, NULL);

  options->keep = g_str_equal (policy, "keep");
  options->drop = g_str_equal (policy, "drop");
  return options->keep || options->drop || refuse (key, "is \"keep\" or \"drop\"", error);
}

static const struct
{
  const char *key, *type;
  gboolean (*take) (OhHandleOptions *options, const char *key, GVariant *value, GError **error);
} known[] = {
  { "Events", "as", take_events },
  { "Privilege", "s", take_privilege },
  { "Priority", "i", take_priority },
  { "OwnerLost", "s", take_owner_lost },
};

static gboolean
take (OhHandleOptions *options, const char *key, GVariant *value, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    {
      if (g_str_equal (key, known[i].key)
          && g_variant_is_of_type (value, G_VARIANT_TYPE (known[i].type)))
        return known[i].take (options, key, value, error);
    }
  g_set_error (error, G_DBUS_ERROR, G_DBUS_ERROR_INVALID_ARGS,
               "Open knows no option \"%.64s\" of type %.64s", key,
               g_variant_get_type_string (value));
  return FALSE;
}

gboolean
oh_handle_options_parse (OhHandleOptions *options, GVariant *given, GError **error)
{
  GVariantIter iter;
  const char *key;
  GVariant *value;

  *options = (OhHandleOptions){ .kinds = OH_KINDS_ALL };
  g_variant_iter_init (&iter, given);
  while (g_variant_iter_next (&iter, "{&sv}", &key, &value))
    {
      g_autoptr (GVariant) held = value;

      if (!take (options, key, held, error))
        return FALSE;
    }
  return TRUE;
}
