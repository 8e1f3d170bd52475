// SPDX-License-Identifier: LGPL-2.1-or-later
#include "client/offhookctl-bus.h"
#include "client/offhookctl-cellular.h"
#include "client/offhookctl-output.h"

#include <glib/gi18n.h>
#include <stdio.h>

/* With its line breaks, and nothing else that a terminal would obey. */
static void
print_text (const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_autofree char *clean = NULL;

      g_strchomp (lines[i]);
      clean = oh_output_clean (lines[i]);
      printf ("%s\n", clean);
    }
}

/* TRUE if the network waits for a response. */
static gboolean
print_answer (const OhCtl *ctl, GVariant *answer)
{
  GVariantBuilder object;
  const char *text;
  gboolean more;

  g_variant_get (answer, "(&sb)", &text, &more);
  if (ctl->json)
    {
      g_variant_builder_init (&object, G_VARIANT_TYPE_VARDICT);
      g_variant_builder_add (&object, "{sv}", "Reply", g_variant_new_string (text));
      g_variant_builder_add (&object, "{sv}", "More", g_variant_new_boolean (more));
      oh_output_json (g_variant_builder_end (&object), FALSE);
    }
  else if (*text != '\0')
    print_text (text);
  fflush (stdout);
  return more;
}

/* Also after Ctrl-C; a second one ends the waiting. */
static OhExit
cancel (OhCellular *self)
{
  GError *error = NULL;
  g_autoptr (GVariant) reply = NULL;

  g_cancellable_reset (self->interrupt.cancellable);
  reply = oh_cellular_call (self, "CancelUssd", NULL, "()", &error);
  return reply != NULL ? OH_EXIT_OK : oh_bus_fail (self->ctl, error);
}

typedef enum
{
  SAID,
  SAY_AGAIN, /* the session goes on: it could not be sent */
  ENOUGH,
  FAILED,
} Said;

static gboolean
may_say_again (const GError *error)
{
  return oh_ask_is_terminal () && g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_INVALID_ARGS);
}

/* Sends what the user says; @answer is set only if he SAID something. */
static Said
respond (OhCellular *self, GVariant **answer, GError **error)
{
  GError *reason = NULL;
  GVariant *reply = NULL;
  g_autofree char *response
      = oh_ask_line (&self->interrupt, _ ("Response (none ends it): "), FALSE, &reason);

  if (reason == NULL && (response == NULL || *response == '\0'))
    return ENOUGH;
  if (reason == NULL)
    reply
        = oh_cellular_call (self, "RespondUssd", g_variant_new ("(s)", response), "(sb)", &reason);
  if (reply != NULL)
    {
      g_variant_unref (*answer);
      *answer = reply;
      return SAID;
    }
  if (may_say_again (reason))
    {
      oh_bus_fail (self->ctl, reason);
      return SAY_AGAIN;
    }
  g_propagate_error (error, reason);
  return FAILED;
}

static OhExit
fail_to_start (OhCellular *self, GError *error)
{
  g_autofree char *name = g_dbus_error_get_remote_error (error);
  OhExit code = oh_bus_fail (self->ctl, error);

  if (g_strcmp0 (name, "org.offhook.Telephony1.Error.InvalidState") == 0)
    g_printerr (_ ("To end the session that is under way: \"offhookctl ussd --cancel %s\"\n"),
                self->id);
  return code;
}

/* Whatever ends us without a word ends the session, too: it goes with our connection. */
static OhExit
converse (OhCellular *self, const char *command)
{
  GError *error = NULL;
  g_autoptr (GVariant) answer
      = oh_cellular_call (self, "StartUssd", g_variant_new ("(s)", command), "(sb)", &error);
  Said said = SAID;

  if (answer == NULL)
    return fail_to_start (self, error);
  while (said == SAY_AGAIN || (said == SAID && print_answer (self->ctl, answer)))
    said = respond (self, &answer, &error);
  if (said == ENOUGH)
    return cancel (self);
  if (said != FAILED)
    return OH_EXIT_OK;
  if (oh_bus_code (error) == OH_EXIT_INTERRUPTED)
    cancel (self);
  return oh_bus_fail (self->ctl, error);
}

OhExit
oh_ussd_run (OhCtl *ctl)
{
  gboolean cancels = FALSE;
  const GOptionEntry entries[] = {
    { "cancel", 0, 0, G_OPTION_ARG_NONE, &cancels, N_ ("End the session that is under way"), NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (OhCellular) self = NULL;
  GError *error = NULL;
  guint n;

  if (!oh_ctl_parse (ctl, entries, 0, 2))
    return OH_EXIT_USAGE;
  n = g_strv_length (ctl->args);
  if (!cancels && n == 0)
    return oh_ctl_complain (ctl, _ ("Which code?"));
  if (cancels && n == 2)
    return oh_ctl_complain (ctl, _ ("Too many arguments"));
  self = oh_cellular_open (ctl, cancels || n == 2 ? ctl->args[0] : NULL, &error);
  if (self == NULL)
    return oh_bus_fail (ctl, error);
  return cancels ? cancel (self) : converse (self, ctl->args[n - 1]);
}
