// SPDX-License-Identifier: LGPL-2.1-or-later
#include "client/offhookctl-cellular.h"
#include "client/offhookctl-bus.h"
#include "client/offhookctl-output.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <unistd.h>

static const char *
text_of (GVariant *properties, const char *key)
{
  const char *text = "";

  g_variant_lookup (properties, key, "&s", &text);
  return text;
}

static gboolean
wants (GVariant *properties, const char *code)
{
  g_autofree char *state = g_strconcat (code, "-required", NULL);

  return g_str_equal (text_of (properties, "SimState"), state);
}

static void
print_pair (const OhCtl *ctl, const char *key, const char *value, OhStyle style)
{
  g_autofree char *clean = oh_output_clean (value);
  g_autofree char *styled = oh_output_styled (ctl, style, clean);

  printf ("%18s: %s\n", key, *clean != '\0' ? styled : "-");
}

/* As the modem has it, or "-" where it does not tell. */
static void
print_property (const OhCtl *ctl, GVariant *properties, const char *key)
{
  g_autoptr (GVariant) value = g_variant_lookup_value (properties, key, NULL);
  g_autofree char *text = value != NULL ? oh_output_value (key, value) : g_strdup ("");

  printf ("%18s: %s\n", key, *text != '\0' ? text : "-");
}

static void
print_sim (const OhCtl *ctl, GVariant *properties)
{
  const char *state = text_of (properties, "SimState");
  const char *code = wants (properties, "puk") ? "puk" : "pin";
  g_autoptr (GVariant) retries
      = g_variant_lookup_value (properties, "Retries", G_VARIANT_TYPE ("a{su}"));
  g_autofree char *text = NULL;
  guint32 left;

  if (wants (properties, code) && retries != NULL && g_variant_lookup (retries, code, "u", &left))
    text = g_strdup_printf (_ ("%s (tries left: %u)"), state, left);
  print_pair (ctl, "SimState", text != NULL ? text : state,
              g_str_equal (state, "ready") ? OH_STYLE_GOOD : OH_STYLE_WARNING);
}

static void
print_operator (const OhCtl *ctl, GVariant *properties)
{
  const char *name = text_of (properties, "OperatorName");
  const char *code = text_of (properties, "OperatorCode");
  g_autofree char *both = g_strdup_printf ("%s (%s)", name, code);

  print_pair (ctl, "Operator", *name == '\0' ? code : *code == '\0' ? name : both, OH_STYLE_PLAIN);
}

static void
print_signal (const OhCtl *ctl, GVariant *properties)
{
  gint32 strength = 0;
  g_autofree char *text = NULL;

  g_variant_lookup (properties, "SignalStrength", "i", &strength);
  text = g_strdup_printf ("%d dBm", strength);
  print_pair (ctl, "SignalStrength", strength != 0 ? text : "", OH_STYLE_PLAIN);
}

void
oh_cellular_print (const OhCtl *ctl, GVariant *properties)
{
  print_sim (ctl, properties);
  print_property (ctl, properties, "Registration");
  print_property (ctl, properties, "Roaming");
  print_operator (ctl, properties);
  print_property (ctl, properties, "AccessTechnology");
  print_property (ctl, properties, "VoiceAvailable");
  print_signal (ctl, properties);
  print_property (ctl, properties, "UssdState");
}

void
oh_cellular_hint (const OhTreeLine *line)
{
  const char *reason = text_of (line->properties, "StateReason");
  g_autofree char *id = oh_output_clean (line->id);

  if (line->cellular == NULL)
    return;
  if (g_str_equal (reason, "sim-puk") || wants (line->cellular, "puk"))
    g_printerr (_ ("The SIM of %s wants its PUK: \"offhookctl puk %s\"\n"), id, id);
  else if (g_str_equal (reason, "sim-pin") || wants (line->cellular, "pin"))
    g_printerr (_ ("The SIM of %s wants its PIN: \"offhookctl pin %s\"\n"), id, id);
}

OhCellular *
oh_cellular_open (OhCtl *ctl, const char *name, GError **error)
{
  g_autoptr (OhTree) tree = NULL;
  const OhTreeLine *line;
  OhCellular *self;

  if (!oh_bus_connect (ctl, error) || (tree = oh_tree_load (ctl, error)) == NULL)
    return NULL;
  line = oh_tree_find_cellular (tree, name, error);
  if (line == NULL)
    return NULL;
  self = g_new0 (OhCellular, 1);
  self->ctl = ctl;
  self->path = g_strdup (line->path);
  self->id = oh_output_clean (line->id);
  self->properties = g_variant_ref (line->cellular);
  oh_interrupt_watch (&self->interrupt);
  return self;
}

void
oh_cellular_free (OhCellular *self)
{
  oh_interrupt_forget (&self->interrupt);
  g_variant_unref (self->properties);
  g_free (self->path);
  g_free (self->id);
  g_free (self);
}

typedef struct
{
  GAsyncResult *result;
  guint seconds;
  int width; /* of what stands on the terminal */
} Waiting;

static void
on_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Waiting *waiting = user_data;

  waiting->result = g_object_ref (result);
}

static gboolean
on_second (gpointer user_data)
{
  Waiting *waiting = user_data;
  g_autofree char *text = g_strdup_printf (_ ("Waiting for an answer: %u s"), ++waiting->seconds);

  waiting->width = MAX (waiting->width, (int)g_utf8_strlen (text, -1));
  g_printerr ("\r%s", text);
  return G_SOURCE_CONTINUE;
}

static void
wait_for_answer (Waiting *waiting)
{
  guint timer = isatty (STDERR_FILENO) ? g_timeout_add_seconds (1, on_second, waiting) : 0;

  while (waiting->result == NULL)
    g_main_context_iteration (NULL, TRUE);
  if (timer != 0)
    g_source_remove (timer);
  if (waiting->width > 0)
    g_printerr ("\r%*s\r", waiting->width, "");
}

static GVariant *
call (OhCellular *self, const char *interface, const char *method, GVariant *arguments,
      const GVariantType *reply_type, GError **error)
{
  Waiting waiting = { 0 };
  g_autoptr (GError) reason = NULL;
  GVariant *reply;

  g_dbus_connection_call (self->ctl->bus, OH_BUS_NAME, self->path, interface, method, arguments,
                          reply_type, G_DBUS_CALL_FLAGS_ALLOW_INTERACTIVE_AUTHORIZATION,
                          self->ctl->timeout, self->interrupt.cancellable, on_answered, &waiting);
  wait_for_answer (&waiting);
  reply = g_dbus_connection_call_finish (self->ctl->bus, waiting.result, &reason);
  g_object_unref (waiting.result);
  if (g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_set_error_literal (error, OH_CTL_ERROR, OH_EXIT_INTERRUPTED, _ ("Interrupted"));
  else if (reason != NULL)
    g_propagate_error (error, g_steal_pointer (&reason));
  return reply;
}

GVariant *
oh_cellular_call (OhCellular *self, const char *method, GVariant *arguments, const char *reply_type,
                  GError **error)
{
  return call (self, OH_CELLULAR_INTERFACE, method, arguments, G_VARIANT_TYPE (reply_type), error);
}

/* Where that fails they stay as they were. */
void
oh_cellular_read_again (OhCellular *self)
{
  g_autoptr (GVariant) reply
      = call (self, "org.freedesktop.DBus.Properties", "GetAll",
              g_variant_new ("(s)", OH_CELLULAR_INTERFACE), G_VARIANT_TYPE ("(a{sv})"), NULL);

  if (reply == NULL)
    return;
  g_variant_unref (self->properties);
  self->properties = g_variant_get_child_value (reply, 0);
}

const char *
oh_cellular_text (const OhCellular *self, const char *key)
{
  return text_of (self->properties, key);
}
