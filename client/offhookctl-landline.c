// SPDX-License-Identifier: LGPL-2.1-or-later
#include "client/offhookctl-bus.h"
#include "client/offhookctl-output.h"
#include "client/offhookctl-tree.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <stdlib.h>

#define INTERACTIVE G_DBUS_CALL_FLAGS_ALLOW_INTERACTIVE_AUTHORIZATION
#define PROXY_FLAGS                                                                                \
  (G_DBUS_PROXY_FLAGS_DO_NOT_CONNECT_SIGNALS | G_DBUS_PROXY_FLAGS_DO_NOT_AUTO_START)
#define TONE_MS 200
#define NUMBER_MOST 100000

/* What only a landline has. */

static gboolean
is_landline (const OhTreeLine *line)
{
  const char *kind = "";

  g_variant_lookup (line->properties, "Kind", "&s", &kind);
  return g_str_equal (kind, "landline");
}

/* @name may be NULL where only one line is a landline. */
static const OhTreeLine *
find_landline (OhTree *tree, const char *name, GError **error)
{
  const OhTreeLine *found = name != NULL ? oh_tree_find_line (tree, name, error) : NULL;
  guint n = 0;

  if (name != NULL && (found == NULL || is_landline (found)))
    return found;
  for (guint i = 0; name == NULL && i < tree->lines->len; i++)
    if (is_landline (tree->lines->pdata[i]) && ++n > 0)
      found = tree->lines->pdata[i];
  if (n == 1)
    return found;
  if (name != NULL)
    g_set_error (error, OH_CTL_ERROR, OH_EXIT_NOT_FOUND, _ ("Line \"%s\" is no landline"),
                 found->id);
  else
    g_set_error_literal (error, OH_CTL_ERROR, OH_EXIT_NOT_FOUND,
                         n == 0 ? _ ("There is no landline") : _ ("Several lines are landlines"));
  return NULL;
}

static OhDbusLineLandline *
open_landline (OhCtl *ctl, const char *name, GError **error)
{
  g_autoptr (OhTree) tree = NULL;
  OhDbusLineLandline *proxy;
  const OhTreeLine *line;

  if (!oh_bus_connect (ctl, error) || (tree = oh_tree_load (ctl, error)) == NULL)
    return NULL;
  line = find_landline (tree, name, error);
  if (line == NULL)
    return NULL;
  proxy = oh_dbus_line_landline_proxy_new_sync (ctl->bus, PROXY_FLAGS, OH_BUS_NAME, line->path,
                                                NULL, error);
  if (proxy != NULL)
    g_dbus_proxy_set_default_timeout (G_DBUS_PROXY (proxy), ctl->timeout);
  return proxy;
}

/* Of @proxy, those of @keys; NULL at the end. */
static OhExit
show (OhCtl *ctl, OhDbusLineLandline *proxy, const char *const *keys)
{
  GVariantBuilder object;

  g_variant_builder_init (&object, G_VARIANT_TYPE_VARDICT);
  for (; *keys != NULL; keys++)
    {
      g_autoptr (GVariant) value = g_dbus_proxy_get_cached_property (G_DBUS_PROXY (proxy), *keys);
      g_autofree char *text = value != NULL ? oh_output_value (*keys, value) : g_strdup ("-");

      if (value != NULL)
        g_variant_builder_add (&object, "{sv}", *keys, value);
      if (!ctl->json)
        printf ("%18s: %s\n", *keys, text);
    }
  if (ctl->json)
    oh_output_json (g_variant_builder_end (&object), TRUE);
  else
    g_variant_builder_clear (&object);
  return OH_EXIT_OK;
}

static gboolean
take_number (const char *text, guint *ret_number)
{
  guint64 number;

  if (!g_ascii_string_to_unsigned (text, 10, 0, NUMBER_MOST, &number, NULL))
    return FALSE;
  *ret_number = (guint)number;
  return TRUE;
}

OhExit
oh_gains_run (OhCtl *ctl)
{
  static const char *const keys[] = { "ReceiveGain", "TransmitGain", NULL };
  g_autoptr (OhDbusLineLandline) proxy = NULL;
  guint gains[2] = { 0 };
  GError *error = NULL;
  guint n;

  if (!oh_ctl_parse (ctl, NULL, 0, 3))
    return OH_EXIT_USAGE;
  n = g_strv_length (ctl->args);
  for (guint i = 0; n >= 2 && i < 2; i++)
    if (!take_number (ctl->args[n - 2 + i], &gains[i]))
      return oh_ctl_complain (ctl, _ ("A gain is a number, 0 to 255"));
  proxy = open_landline (ctl, n == 1 || n == 3 ? ctl->args[0] : NULL, &error);
  if (proxy != NULL && n < 2)
    return show (ctl, proxy, keys);
  if (proxy != NULL
      && oh_dbus_line_landline_call_set_gain_sync (proxy, gains[0], gains[1], INTERACTIVE,
                                                   ctl->timeout, NULL, &error))
    return OH_EXIT_OK;
  return oh_bus_fail (ctl, error);
}

/* One argument that is a number is the route: a line of such a name has two. */
OhExit
oh_route_run (OhCtl *ctl)
{
  static const char *const keys[] = { "AudioRoute", "AudioRoutes", NULL };
  g_autoptr (OhDbusLineLandline) proxy = NULL;
  GError *error = NULL;
  gboolean sets;
  guint n, route;

  if (!oh_ctl_parse (ctl, NULL, 0, 2))
    return OH_EXIT_USAGE;
  n = g_strv_length (ctl->args);
  sets = n > 0 && take_number (ctl->args[n - 1], &route);
  if (n == 2 && !sets)
    return oh_ctl_complain (ctl, _ ("A route is a number"));
  proxy = open_landline (ctl, n == 2 || !sets ? ctl->args[0] : NULL, &error);
  if (proxy != NULL && !sets)
    return show (ctl, proxy, keys);
  if (proxy != NULL
      && oh_dbus_line_landline_call_set_audio_route_sync (proxy, route, INTERACTIVE, ctl->timeout,
                                                          NULL, &error))
    return OH_EXIT_OK;
  return oh_bus_fail (ctl, error);
}

OhExit
oh_flash_run (OhCtl *ctl)
{
  g_autoptr (OhDbusLineLandline) proxy = NULL;
  GError *error = NULL;

  if (!oh_ctl_parse (ctl, NULL, 0, 1))
    return OH_EXIT_USAGE;
  proxy = open_landline (ctl, ctl->args[0], &error);
  if (proxy != NULL
      && oh_dbus_line_landline_call_flash_sync (proxy, INTERACTIVE, ctl->timeout, NULL, &error))
    return OH_EXIT_OK;
  return oh_bus_fail (ctl, error);
}

static gboolean
make_tone (OhCtl *ctl, const guint *hz, guint n, GError **error)
{
  g_autoptr (OhTree) tree = NULL;
  g_autoptr (OhDbusCall) proxy = NULL;
  const OhTreeCall *call;

  if (!oh_bus_connect (ctl, error) || (tree = oh_tree_load (ctl, error)) == NULL)
    return FALSE;
  call = oh_tree_find_call (tree, ctl->args[0], "connected", error);
  if (call != NULL)
    proxy = oh_bus_call (ctl, OH_BUS_NAME, call->path, error);
  return proxy != NULL
         && oh_dbus_call_call_generate_tone_sync (
             proxy, g_variant_new_fixed_array (G_VARIANT_TYPE_UINT32, hz, n, sizeof *hz),
             (guint)ctl->duration, INTERACTIVE, ctl->timeout, NULL, error);
}

OhExit
oh_tone_run (OhCtl *ctl)
{
  const GOptionEntry entries[] = {
    { "duration", 0, 0, G_OPTION_ARG_INT, &ctl->duration,
      N_ ("How long it sounds, in milliseconds (default: 200)"), N_ ("MS") },
    G_OPTION_ENTRY_NULL,
  };
  guint32 hz[2];
  GError *error = NULL;
  guint n;

  ctl->duration = TONE_MS;
  if (!oh_ctl_parse (ctl, entries, 2, 3))
    return OH_EXIT_USAGE;
  n = g_strv_length (ctl->args) - 1;
  for (guint i = 0; i < n; i++)
    if (!take_number (ctl->args[i + 1], &hz[i]))
      return oh_ctl_complain (ctl, _ ("A frequency is a number, 200 to 3200"));
  if (ctl->duration < 0)
    return oh_ctl_complain (ctl, _ ("A number is too small"));
  return make_tone (ctl, hz, n, &error) ? OH_EXIT_OK : oh_bus_fail (ctl, error);
}
