// SPDX-License-Identifier: LGPL-2.1-or-later
#include "client/offhookctl-bus.h"
#include "client/offhookctl-tree.h"

#include <glib/gi18n.h>

#define INTERACTIVE G_DBUS_CALL_FLAGS_ALLOW_INTERACTIVE_AUTHORIZATION

typedef gboolean (*Request) (OhCtl *ctl, OhDbusCall *call, GError **error);

static gboolean
answer (OhCtl *ctl, OhDbusCall *call, GError **error)
{
  return oh_dbus_call_call_answer_sync (call, INTERACTIVE, ctl->timeout, NULL, error);
}

static gboolean
drop (OhCtl *ctl, OhDbusCall *call, GError **error)
{
  return oh_dbus_call_call_drop_sync (call, INTERACTIVE, ctl->timeout, NULL, error);
}

static gboolean
ignore (OhCtl *ctl, OhDbusCall *call, GError **error)
{
  return oh_dbus_call_call_ignore_sync (call, INTERACTIVE, ctl->timeout, NULL, error);
}

static gboolean
send_digits (OhCtl *ctl, OhDbusCall *call, GError **error)
{
  GVariant *no_options = g_variant_new_array (G_VARIANT_TYPE ("{sv}"), NULL, 0);

  return oh_dbus_call_call_send_digits_sync (call, ctl->args[1], no_options, INTERACTIVE,
                                             ctl->timeout, NULL, error);
}

/* The calls wait without a main loop: Ctrl-C ends the program as any other, and the daemon sees its
   connection go. */
static gboolean
request_on_call (OhCtl *ctl, const char *state, Request request, GError **error)
{
  g_autoptr (OhTree) tree = NULL;
  g_autoptr (OhDbusCall) proxy = NULL;
  const OhTreeCall *call;

  if (!oh_bus_connect (ctl, error))
    return FALSE;
  tree = oh_tree_load (ctl, error);
  if (tree == NULL)
    return FALSE;
  call = oh_tree_find_call (tree, ctl->args[0], state, error);
  if (call == NULL)
    return FALSE;
  proxy = oh_bus_call (ctl, OH_BUS_NAME, call->path, error);
  return proxy != NULL && request (ctl, proxy, error);
}

static OhExit
run_on_call (OhCtl *ctl, const char *state, Request request)
{
  GError *error = NULL;

  return request_on_call (ctl, state, request, &error) ? OH_EXIT_OK : oh_bus_fail (ctl, error);
}

OhExit
oh_answer_run (OhCtl *ctl)
{
  return oh_ctl_parse (ctl, NULL, 0, 1) ? run_on_call (ctl, "offering", answer) : OH_EXIT_USAGE;
}

OhExit
oh_ignore_run (OhCtl *ctl)
{
  return oh_ctl_parse (ctl, NULL, 0, 1) ? run_on_call (ctl, "offering", ignore) : OH_EXIT_USAGE;
}

OhExit
oh_digits_run (OhCtl *ctl)
{
  return oh_ctl_parse (ctl, NULL, 2, 2) ? run_on_call (ctl, "connected", send_digits)
                                        : OH_EXIT_USAGE;
}

static gboolean
hang_up_line (OhCtl *ctl, const OhTreeLine *line, GError **error)
{
  g_autoptr (OhDbusLine) proxy = oh_bus_line (ctl, OH_BUS_NAME, line->path, error);

  return proxy != NULL
         && oh_dbus_line_call_hang_up_all_sync (proxy, INTERACTIVE, ctl->timeout, NULL, error);
}

/* Every line is tried, also after one that failed. */
static OhExit
hang_up_lines (OhCtl *ctl, OhTree *tree)
{
  OhExit code = OH_EXIT_OK;

  for (guint i = 0; i < tree->lines->len; i++)
    {
      GError *error = NULL;

      if (!hang_up_line (ctl, tree->lines->pdata[i], &error))
        code = oh_bus_fail (ctl, error);
    }
  return code;
}

static OhExit
hang_up_all (OhCtl *ctl)
{
  g_autoptr (OhTree) tree = NULL;
  const OhTreeLine *line;
  GError *error = NULL;

  if (!oh_bus_connect (ctl, &error) || (tree = oh_tree_load (ctl, &error)) == NULL)
    return oh_bus_fail (ctl, error);
  if (ctl->args[0] == NULL)
    return hang_up_lines (ctl, tree);
  line = oh_tree_find_line (tree, ctl->args[0], &error);
  if (line == NULL || !hang_up_line (ctl, line, &error))
    return oh_bus_fail (ctl, error);
  return OH_EXIT_OK;
}

OhExit
oh_hangup_run (OhCtl *ctl)
{
  gboolean all = FALSE;
  const GOptionEntry entries[] = {
    { "all", 0, 0, G_OPTION_ARG_NONE, &all, N_ ("End every call of the line, or of all lines"),
      NULL },
    G_OPTION_ENTRY_NULL,
  };

  if (!oh_ctl_parse (ctl, entries, 0, 1))
    return OH_EXIT_USAGE;
  return all ? hang_up_all (ctl) : run_on_call (ctl, NULL, drop);
}
