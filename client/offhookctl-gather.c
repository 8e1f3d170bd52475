// SPDX-License-Identifier: LGPL-2.1-or-later
#include "client/offhookctl-listen.h"
#include "client/offhookctl-output.h"
#include "client/offhookctl-tree.h"

#include <glib-unix.h>
#include <glib/gi18n.h>
#include <stdio.h>

/* Digits that the other side of a call sends, until there are enough of them. */
typedef struct
{
  OhCtl *ctl;
  int count, first_ms, digit_ms; /* -1: not given */
  char *terminators;

  char *line, *call;
  GMainLoop *loop;
  OhListen *listen;
  gboolean opened;
  OhExit code;
} Gather;

/* The first failure counts: a daemon that goes fails what was asked of it, too. */
static void
fail (Gather *self, GError *error)
{
  if (!g_main_loop_is_running (self->loop))
    {
      g_error_free (error);
      return;
    }
  self->code = oh_bus_fail (self->ctl, error);
  g_main_loop_quit (self->loop);
}

static void
print_gathered (const OhCtl *ctl, const char *digits, const char *result)
{
  GVariantBuilder object;

  if (ctl->json)
    {
      g_variant_builder_init (&object, G_VARIANT_TYPE_VARDICT);
      g_variant_builder_add (&object, "{sv}", "Digits", g_variant_new_string (digits));
      g_variant_builder_add (&object, "{sv}", "Result", g_variant_new_string (result));
      oh_output_json (g_variant_builder_end (&object), TRUE);
    }
  else
    {
      g_autofree char *first = oh_output_clean (digits);
      g_autofree char *second = oh_output_clean (result);

      printf ("%s\n%s\n", first, second);
    }
}

static void
on_event (const OhListenEvent *event, gpointer user_data)
{
  Gather *self = user_data;
  const char *digits = "";
  const char *result = "unknown";

  if (!g_str_equal (event->kind, "gather") || !g_str_equal (event->call, self->call)
      || !g_main_loop_is_running (self->loop))
    return;
  g_variant_lookup (event->details, "Digits", "&s", &digits);
  g_variant_lookup (event->details, "Result", "&s", &result);
  print_gathered (self->ctl, digits, result);
  self->code = g_str_equal (result, "full") || g_str_equal (result, "terminator") ? OH_EXIT_OK
                                                                                  : OH_EXIT_FAILED;
  g_main_loop_quit (self->loop);
}

static GVariant *
gather_options (const Gather *self)
{
  const struct
  {
    const char *key;
    int value;
  } numbers[] = { { "Count", self->count },
                  { "FirstDigitTimeout", self->first_ms },
                  { "InterDigitTimeout", self->digit_ms } };
  GVariantBuilder options;

  g_variant_builder_init (&options, G_VARIANT_TYPE_VARDICT);
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    if (numbers[i].value >= 0)
      g_variant_builder_add (&options, "{sv}", numbers[i].key,
                             g_variant_new_uint32 ((guint32)numbers[i].value));
  if (self->terminators != NULL)
    g_variant_builder_add (&options, "{sv}", "Terminators",
                           g_variant_new_string (self->terminators));
  return g_variant_builder_end (&options);
}

static void
on_begun (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;

  if (!oh_dbus_call_call_gather_digits_finish (OH_DBUS_CALL (source), result, &error))
    fail (user_data, error);
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Gather *self = user_data;
  g_autoptr (OhDbusCall) call = NULL;
  GError *error = NULL;

  if (oh_dbus_line_call_open_finish (OH_DBUS_LINE (source), NULL, result, &error))
    call = oh_bus_call (self->ctl, OH_BUS_NAME, self->call, &error);
  if (call == NULL)
    fail (self, error);
  else
    oh_dbus_call_call_gather_digits (call, gather_options (self),
                                     G_DBUS_CALL_FLAGS_ALLOW_INTERACTIVE_AUTHORIZATION,
                                     self->ctl->timeout, NULL, on_begun, self);
}

static void
on_appeared (gpointer user_data)
{
  static const char *const kinds[] = { "gather", NULL };
  Gather *self = user_data;
  g_autoptr (OhDbusLine) line = NULL;
  GVariantBuilder options;
  GError *error = NULL;

  if (self->opened)
    return;
  self->opened = TRUE;
  line = oh_bus_line (self->ctl, OH_BUS_NAME, self->line, &error);
  if (line == NULL)
    {
      fail (self, error);
      return;
    }
  g_variant_builder_init (&options, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&options, "{sv}", "Events", g_variant_new_strv (kinds, -1));
  oh_dbus_line_call_open (line, oh_listen_path (self->listen), g_variant_builder_end (&options),
                          G_DBUS_CALL_FLAGS_NONE, self->ctl->timeout, NULL, on_opened, self);
}

static void
on_vanished (gpointer user_data)
{
  fail (user_data,
        g_error_new_literal (OH_CTL_ERROR, OH_EXIT_NO_DAEMON, _ ("The telephone daemon is gone")));
}

static void
on_released (const char *line, const char *reason, gpointer user_data)
{
  g_autofree char *clean = oh_output_clean (reason);

  fail (user_data,
        g_error_new (OH_CTL_ERROR, OH_EXIT_FAILED, _ ("The daemon let go of us: %s"), clean));
}

/* The gathering goes with our connection. */
static gboolean
on_interrupted (gpointer user_data)
{
  Gather *self = user_data;

  self->code = OH_EXIT_INTERRUPTED;
  g_main_loop_quit (self->loop);
  return G_SOURCE_CONTINUE;
}

static gboolean
find_call (Gather *self, GError **error)
{
  g_autoptr (OhTree) tree = NULL;
  const OhTreeCall *call;

  if (!oh_bus_connect (self->ctl, error) || (tree = oh_tree_load (self->ctl, error)) == NULL)
    return FALSE;
  call = oh_tree_find_call (tree, self->ctl->args[0], "connected", error);
  if (call == NULL)
    return FALSE;
  self->call = g_strdup (call->path);
  self->line = g_strdup (call->line->path);
  return TRUE;
}

static OhExit
gather (Gather *self)
{
  static const OhListenCallbacks callbacks = { on_appeared, on_vanished, on_event, on_released };
  GError *error = NULL;

  if (!find_call (self, &error))
    return oh_bus_fail (self->ctl, error);
  self->loop = g_main_loop_new (NULL, FALSE);
  g_unix_signal_add (SIGINT, on_interrupted, self);
  g_unix_signal_add (SIGTERM, on_interrupted, self);
  self->listen = oh_listen_new (self->ctl, &callbacks, self, &error);
  if (self->listen != NULL)
    g_main_loop_run (self->loop);
  else
    self->code = oh_bus_fail (self->ctl, error);
  g_clear_pointer (&self->listen, oh_listen_free);
  g_main_loop_unref (self->loop);
  return self->code;
}

OhExit
oh_gather_run (OhCtl *ctl)
{
  Gather self = { .ctl = ctl, .count = -1, .first_ms = -1, .digit_ms = -1 };
  const GOptionEntry entries[] = {
    { "count", 'n', 0, G_OPTION_ARG_INT, &self.count, N_ ("So many digits (default: 255)"), "N" },
    { "terminators", 0, 0, G_OPTION_ARG_STRING, &self.terminators,
      N_ ("Digits that end it, and belong to it"), N_ ("DIGITS") },
    { "first-timeout", 0, 0, G_OPTION_ARG_INT, &self.first_ms,
      N_ ("How long to wait for the first digit, in milliseconds"), N_ ("MS") },
    { "digit-timeout", 0, 0, G_OPTION_ARG_INT, &self.digit_ms,
      N_ ("How long to wait from each digit to the next, in milliseconds"), N_ ("MS") },
    G_OPTION_ENTRY_NULL,
  };
  OhExit code = OH_EXIT_USAGE;

  if (oh_ctl_parse (ctl, entries, 0, 1))
    code = self.count == 0 || self.count < -1 || self.first_ms < -1 || self.digit_ms < -1
               ? oh_ctl_complain (ctl, _ ("A number is too small"))
               : gather (&self);
  g_free (self.terminators);
  g_free (self.line);
  g_free (self.call);
  return code;
}
