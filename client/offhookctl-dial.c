// SPDX-License-Identifier: LGPL-2.1-or-later
#include "client/offhookctl-listen.h"
#include "client/offhookctl-output.h"
#include "client/offhookctl-tree.h"

#include <glib-unix.h>
#include <glib/gi18n.h>
#include <stdio.h>

#define INTERACTIVE G_DBUS_CALL_FLAGS_ALLOW_INTERACTIVE_AUTHORIZATION

/* A call that is placed and followed. */
typedef struct
{
  OhCtl *ctl;
  GMainLoop *loop;
  OhListen *listen;
  OhDbusLine *line;
  char *call;        /* NULL until Dial was answered */
  GHashTable *early; /* call path -> details: events that overtook the answer in our own queue */
  gboolean interrupted;
  OhExit code;
} Dial;

/* The first failure counts: a daemon that goes fails what was asked of it, too. */
static void
fail (Dial *self, GError *error)
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
fail_with (Dial *self, OhExit code, const char *text)
{
  fail (self, g_error_new_literal (OH_CTL_ERROR, (int)code, text));
}

static GVariant *
dial_options (const OhCtl *ctl)
{
  GVariantBuilder options;

  g_variant_builder_init (&options, G_VARIANT_TYPE_VARDICT);
  if (ctl->hides_number || ctl->shows_number)
    g_variant_builder_add (&options, "{sv}", "HideNumber",
                           g_variant_new_boolean (ctl->hides_number));
  return g_variant_builder_end (&options);
}

static void
print_call (OhCtl *ctl, const char *call, GVariant *details)
{
  static const char *const keys[] = { "State", "Mode", "Reason", "Cause", "EndedBy" };
  GVariantBuilder object;

  g_variant_builder_init (&object, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&object, "{sv}", "Call", g_variant_new_object_path (call));
  for (guint i = 0; details != NULL && i < G_N_ELEMENTS (keys); i++)
    {
      g_autoptr (GVariant) value = g_variant_lookup_value (details, keys[i], NULL);

      if (value != NULL)
        g_variant_builder_add (&object, "{sv}", keys[i], value);
    }
  oh_output_json (g_variant_builder_end (&object), TRUE);
}

static void
print_state (OhCtl *ctl, const char *state, GVariant *details)
{
  g_autoptr (GVariant) mode = g_variant_lookup_value (details, "Mode", NULL);
  g_autofree char *words = mode != NULL ? oh_output_value ("Mode", mode) : g_strdup ("");
  g_autofree char *clean = oh_output_clean (state);
  g_autofree char *styled = oh_output_styled (ctl, oh_output_word_style (state), clean);

  if (*words != '\0')
    printf ("%s (%s)\n", styled, words);
  else
    printf ("%s\n", styled);
  fflush (stdout);
}

static void
tell_end (Dial *self, GVariant *details)
{
  const char *reason = "unknown";
  g_autofree char *text = NULL;
  g_autofree char *clean = NULL;

  g_variant_lookup (details, "Reason", "&s", &reason);
  clean = oh_output_clean (reason);
  text = g_strdup_printf (_ ("The call was not connected: %s"), clean);
  fail_with (self, OH_EXIT_FAILED, text);
}

static void
take_state (Dial *self, GVariant *details)
{
  const char *state = "unknown";
  gboolean connected;
  gboolean over;

  g_variant_lookup (details, "State", "&s", &state);
  connected = g_str_equal (state, "connected");
  over = g_str_equal (state, "disconnected") || g_str_equal (state, "ended");
  if (!self->ctl->json)
    print_state (self->ctl, state, details);
  else if (connected || over)
    print_call (self->ctl, self->call, details);
  if (over)
    tell_end (self, details);
  else if (connected)
    g_main_loop_quit (self->loop);
}

static void
on_event (const OhListenEvent *event, gpointer user_data)
{
  Dial *self = user_data;

  if (!g_str_equal (event->kind, "new-call") && !g_str_equal (event->kind, "call-state"))
    return;
  if (self->call == NULL)
    g_hash_table_replace (self->early, g_strdup (event->call), g_variant_ref (event->details));
  else if (g_str_equal (self->call, event->call) && g_main_loop_is_running (self->loop)
           && !self->interrupted)
    take_state (self, event->details);
}

static void
on_dialed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Dial *self = user_data;
  GError *error = NULL;
  GVariant *early;

  if (!oh_dbus_line_call_dial_finish (OH_DBUS_LINE (source), &self->call, result, &error))
    {
      fail (self, error);
      return;
    }
  if (!self->ctl->json)
    printf ("%s\n", self->call);
  fflush (stdout);
  early = g_hash_table_lookup (self->early, self->call);
  if (early != NULL)
    take_state (self, early);
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Dial *self = user_data;
  GError *error = NULL;

  if (!oh_dbus_line_call_open_finish (OH_DBUS_LINE (source), NULL, result, &error))
    fail (self, error);
  else
    oh_dbus_line_call_dial (self->line, self->ctl->args[1], dial_options (self->ctl), INTERACTIVE,
                            self->ctl->timeout, NULL, on_dialed, self);
}

static void
on_appeared (gpointer user_data)
{
  Dial *self = user_data;
  GVariant *no_kinds = g_variant_new_strv (NULL, 0);
  GVariantBuilder options;

  if (self->call != NULL)
    return;
  g_variant_builder_init (&options, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&options, "{sv}", "Events", no_kinds);
  oh_dbus_line_call_open (self->line, oh_listen_path (self->listen),
                          g_variant_builder_end (&options), G_DBUS_CALL_FLAGS_NONE,
                          self->ctl->timeout, NULL, on_opened, self);
}

static void
on_vanished (gpointer user_data)
{
  fail_with (user_data, OH_EXIT_NO_DAEMON, _ ("The telephone daemon is gone"));
}

static void
on_released (const char *line, const char *reason, gpointer user_data)
{
  g_autofree char *clean = oh_output_clean (reason);
  g_autofree char *text = g_strdup_printf (_ ("The daemon let go of us: %s"), clean);

  fail_with (user_data, OH_EXIT_FAILED, text);
}

static void
on_dropped (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Dial *self = user_data;
  GError *error = NULL;

  if (oh_dbus_call_call_drop_finish (OH_DBUS_CALL (source), result, &error))
    g_main_loop_quit (self->loop);
  else
    fail (self, error);
}

/* Before the answer to Dial the daemon gives up the dialling when we go; after it, not. */
static gboolean
on_interrupted (gpointer user_data)
{
  Dial *self = user_data;
  g_autoptr (OhDbusCall) call = NULL;

  self->code = OH_EXIT_INTERRUPTED;
  if (self->call != NULL && !self->interrupted)
    call = oh_bus_call (self->ctl, OH_BUS_NAME, self->call, NULL);
  if (call != NULL)
    oh_dbus_call_call_drop (call, G_DBUS_CALL_FLAGS_NONE, self->ctl->timeout, NULL, on_dropped,
                            self);
  else
    g_main_loop_quit (self->loop);
  self->interrupted = TRUE;
  return G_SOURCE_CONTINUE;
}

static OhExit
dial_and_wait (OhCtl *ctl, OhDbusLine *line)
{
  static const OhListenCallbacks callbacks = { on_appeared, on_vanished, on_event, on_released };
  Dial self = { .ctl = ctl, .line = line };
  GError *error = NULL;

  self.loop = g_main_loop_new (NULL, FALSE);
  self.early
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_variant_unref);
  g_unix_signal_add (SIGINT, on_interrupted, &self);
  g_unix_signal_add (SIGTERM, on_interrupted, &self);
  self.listen = oh_listen_new (ctl, &callbacks, &self, &error);
  if (self.listen != NULL)
    g_main_loop_run (self.loop);
  else
    self.code = oh_bus_fail (ctl, error);
  g_clear_pointer (&self.listen, oh_listen_free);
  g_main_loop_unref (self.loop);
  g_hash_table_unref (self.early);
  g_free (self.call);
  return self.code;
}

/* Without a main loop: Ctrl-C ends the program, and the daemon the dialling. */
static OhExit
dial_only (OhCtl *ctl, OhDbusLine *line)
{
  g_autofree char *call = NULL;
  GError *error = NULL;

  if (!oh_dbus_line_call_dial_sync (line, ctl->args[1], dial_options (ctl), INTERACTIVE,
                                    ctl->timeout, &call, NULL, &error))
    return oh_bus_fail (ctl, error);
  if (ctl->json)
    print_call (ctl, call, NULL);
  else
    printf ("%s\n", call);
  return OH_EXIT_OK;
}

static OhDbusLine *
find_line (OhCtl *ctl, GError **error)
{
  g_autoptr (OhTree) tree = NULL;
  const OhTreeLine *line;

  if (!oh_bus_connect (ctl, error))
    return NULL;
  tree = oh_tree_load (ctl, error);
  if (tree == NULL)
    return NULL;
  line = oh_tree_find_line (tree, ctl->args[0], error);
  return line != NULL ? oh_bus_line (ctl, OH_BUS_NAME, line->path, error) : NULL;
}

OhExit
oh_dial_run (OhCtl *ctl)
{
  gboolean wait = FALSE;
  const GOptionEntry entries[] = {
    { "wait", 'w', 0, G_OPTION_ARG_NONE, &wait,
      N_ ("Follow the call until it is connected or has ended"), NULL },
    { "hide-number", 0, 0, G_OPTION_ARG_NONE, &ctl->hides_number,
      N_ ("Do not tell the other side our number"), NULL },
    { "show-number", 0, 0, G_OPTION_ARG_NONE, &ctl->shows_number,
      N_ ("Tell the other side our number"), NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (OhDbusLine) line = NULL;
  GError *error = NULL;

  if (!oh_ctl_parse (ctl, entries, 2, 2))
    return OH_EXIT_USAGE;
  line = find_line (ctl, &error);
  if (line == NULL)
    return oh_bus_fail (ctl, error);
  return wait ? dial_and_wait (ctl, line) : dial_only (ctl, line);
}
