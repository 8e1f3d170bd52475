// SPDX-License-Identifier: LGPL-2.1-or-later
#include "client/offhookctl-bus.h"
#include "client/offhookctl-tree.h"

#include <glib/gi18n.h>

#define INTERACTIVE G_DBUS_CALL_FLAGS_ALLOW_INTERACTIVE_AUTHORIZATION

typedef gboolean (*Request) (OhCtl *ctl, OhDbusCall *call, GError **error);
typedef gboolean (*LineRequest) (OhDbusLine *line, GDBusCallFlags flags, gint timeout,
                                 GCancellable *cancellable, GError **error);

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
hold (OhCtl *ctl, OhDbusCall *call, GError **error)
{
  return oh_dbus_call_call_hold_sync (call, INTERACTIVE, ctl->timeout, NULL, error);
}

static gboolean
unhold (OhCtl *ctl, OhDbusCall *call, GError **error)
{
  return oh_dbus_call_call_unhold_sync (call, INTERACTIVE, ctl->timeout, NULL, error);
}

static gboolean
split (OhCtl *ctl, OhDbusCall *call, GError **error)
{
  return oh_dbus_call_call_split_sync (call, INTERACTIVE, ctl->timeout, NULL, error);
}

/* The number is the last argument. */
static gboolean
deflect (OhCtl *ctl, OhDbusCall *call, GError **error)
{
  const char *number = ctl->args[g_strv_length (ctl->args) - 1];

  return oh_dbus_call_call_deflect_sync (call, number, INTERACTIVE, ctl->timeout, NULL, error);
}

static gboolean
stop_digits (OhCtl *ctl, OhDbusCall *call, GError **error)
{
  return oh_dbus_call_call_stop_digits_sync (call, INTERACTIVE, ctl->timeout, NULL, error);
}

static gboolean
send_digits (OhCtl *ctl, OhDbusCall *call, GError **error)
{
  GVariantBuilder options;

  g_variant_builder_init (&options, G_VARIANT_TYPE_VARDICT);
  if (ctl->duration > 0)
    g_variant_builder_add (&options, "{sv}", "Duration",
                           g_variant_new_uint32 ((guint32)ctl->duration));
  return oh_dbus_call_call_send_digits_sync (call, ctl->args[1], g_variant_builder_end (&options),
                                             INTERACTIVE, ctl->timeout, NULL, error);
}

/* The calls wait without a main loop: Ctrl-C ends the program as any other, and the daemon sees its
   connection go. */
static gboolean
request_on_call (OhCtl *ctl, const char *name, const char *state, Request request, GError **error)
{
  g_autoptr (OhTree) tree = NULL;
  g_autoptr (OhDbusCall) proxy = NULL;
  const OhTreeCall *call;

  if (!oh_bus_connect (ctl, error))
    return FALSE;
  tree = oh_tree_load (ctl, error);
  if (tree == NULL)
    return FALSE;
  call = oh_tree_find_call (tree, name, state, error);
  if (call == NULL)
    return FALSE;
  proxy = oh_bus_call (ctl, OH_BUS_NAME, call->path, error);
  return proxy != NULL && request (ctl, proxy, error);
}

static OhExit
run_on_call (OhCtl *ctl, const char *state, Request request)
{
  GError *error = NULL;

  return request_on_call (ctl, ctl->args[0], state, request, &error) ? OH_EXIT_OK
                                                                     : oh_bus_fail (ctl, error);
}

static gboolean
request_on_line (OhCtl *ctl, LineRequest request, GError **error)
{
  g_autoptr (OhTree) tree = NULL;
  g_autoptr (OhDbusLine) proxy = NULL;
  const OhTreeLine *line;

  if (!oh_bus_connect (ctl, error) || (tree = oh_tree_load (ctl, error)) == NULL)
    return FALSE;
  line = oh_tree_find_line (tree, ctl->args[0], error);
  if (line == NULL)
    return FALSE;
  proxy = oh_bus_line (ctl, OH_BUS_NAME, line->path, error);
  return proxy != NULL && request (proxy, INTERACTIVE, ctl->timeout, NULL, error);
}

static OhExit
run_on_line (OhCtl *ctl, LineRequest request)
{
  GError *error = NULL;

  return request_on_line (ctl, request, &error) ? OH_EXIT_OK : oh_bus_fail (ctl, error);
}

OhExit
oh_answer_run (OhCtl *ctl)
{
  gboolean holds = FALSE, releases = FALSE;
  const GOptionEntry entries[] = {
    { "hold", 0, 0, G_OPTION_ARG_NONE, &holds, N_ ("Hold what is connected; names a line"), NULL },
    { "release", 0, 0, G_OPTION_ARG_NONE, &releases, N_ ("End what is connected; names a line"),
      NULL },
    G_OPTION_ENTRY_NULL,
  };

  if (!oh_ctl_parse (ctl, entries, 0, 1))
    return OH_EXIT_USAGE;
  if (releases)
    return run_on_line (ctl, oh_dbus_line_call_release_and_answer_sync);
  if (holds)
    return run_on_line (ctl, oh_dbus_line_call_hold_and_answer_sync);
  return run_on_call (ctl, "offering", answer);
}

OhExit
oh_hold_run (OhCtl *ctl)
{
  return oh_ctl_parse (ctl, NULL, 0, 1) ? run_on_call (ctl, "connected", hold) : OH_EXIT_USAGE;
}

OhExit
oh_unhold_run (OhCtl *ctl)
{
  return oh_ctl_parse (ctl, NULL, 0, 1) ? run_on_call (ctl, "held", unhold) : OH_EXIT_USAGE;
}

OhExit
oh_split_run (OhCtl *ctl)
{
  return oh_ctl_parse (ctl, NULL, 1, 1) ? run_on_call (ctl, "connected", split) : OH_EXIT_USAGE;
}

OhExit
oh_deflect_run (OhCtl *ctl)
{
  GError *error = NULL;
  const char *name;

  if (!oh_ctl_parse (ctl, NULL, 1, 2))
    return OH_EXIT_USAGE;
  name = ctl->args[1] != NULL ? ctl->args[0] : NULL;
  return request_on_call (ctl, name, "offering", deflect, &error) ? OH_EXIT_OK
                                                                  : oh_bus_fail (ctl, error);
}

OhExit
oh_swap_run (OhCtl *ctl)
{
  return oh_ctl_parse (ctl, NULL, 0, 1) ? run_on_line (ctl, oh_dbus_line_call_swap_sync)
                                        : OH_EXIT_USAGE;
}

OhExit
oh_merge_run (OhCtl *ctl)
{
  return oh_ctl_parse (ctl, NULL, 0, 1) ? run_on_line (ctl, oh_dbus_line_call_merge_sync)
                                        : OH_EXIT_USAGE;
}

OhExit
oh_transfer_run (OhCtl *ctl)
{
  return oh_ctl_parse (ctl, NULL, 0, 1) ? run_on_line (ctl, oh_dbus_line_call_transfer_sync)
                                        : OH_EXIT_USAGE;
}

OhExit
oh_ignore_run (OhCtl *ctl)
{
  return oh_ctl_parse (ctl, NULL, 0, 1) ? run_on_call (ctl, "offering", ignore) : OH_EXIT_USAGE;
}

OhExit
oh_digits_run (OhCtl *ctl)
{
  gboolean stops = FALSE;
  const GOptionEntry entries[] = {
    { "duration", 0, 0, G_OPTION_ARG_INT, &ctl->duration,
      N_ ("How long each digit is, in milliseconds"), N_ ("MS") },
    { "stop", 0, 0, G_OPTION_ARG_NONE, &stops, N_ ("Send no more of those that were given"), NULL },
    G_OPTION_ENTRY_NULL,
  };

  if (!oh_ctl_parse (ctl, entries, 1, 2))
    return OH_EXIT_USAGE;
  if (!stops && ctl->args[1] == NULL)
    return oh_ctl_complain (ctl, _ ("Which digits?"));
  return run_on_call (ctl, "connected", stops ? stop_digits : send_digits);
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
