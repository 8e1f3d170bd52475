// SPDX-License-Identifier: LGPL-2.1-or-later
#include "client/offhookctl-bus.h"
#include "client/offhookctl-cellular.h"

#include <glib/gi18n.h>

/* The codes of a SIM, and what a wrong one leads to. */
typedef struct
{
  const char *name;  /* "pin", as in SimState and Retries */
  const char *after; /* the last try */
} Code;

static const Code pin_code = { "pin", N_ ("after that the SIM wants its PUK") };
static const Code puk_code = { "puk", N_ ("after that the SIM is lost for good") };

static gboolean
is_code (const char *text, gsize min, gsize max)
{
  gsize length = strlen (text);

  return length >= min && length <= max && strspn (text, "0123456789") == length;
}

/* The three that matter to a user; any other state is named. */
static void
refuse_state (OhCellular *self, const char *state, GError **error)
{
  g_autofree char *text = NULL;

  if (g_str_equal (state, "pin-required"))
    text = g_strdup_printf (_ ("The SIM wants its PIN: \"offhookctl pin %s\""), self->id);
  else if (g_str_equal (state, "puk-required"))
    text = g_strdup_printf (_ ("The SIM wants its PUK: \"offhookctl puk %s\""), self->id);
  else if (g_str_equal (state, "ready"))
    text = g_strdup (_ ("The SIM is not locked"));
  else
    text = g_strdup_printf (_ ("The SIM does not want this: it is \"%s\""), state);
  g_set_error_literal (error, OH_CTL_ERROR, OH_EXIT_FAILED, text);
}

/* Before somebody types it. What is not known the daemon may find out. */
static gboolean
check_state (OhCellular *self, const Code *code, GError **error)
{
  const char *state = oh_cellular_text (self, "SimState");
  g_autofree char *wanted = g_strconcat (code->name, "-required", NULL);

  if (g_str_equal (state, wanted) || g_str_equal (state, "unknown") || g_str_equal (state, "busy"))
    return TRUE;
  refuse_state (self, state, error);
  return FALSE;
}

static gboolean
find_tries (OhCellular *self, const Code *code, guint32 *left)
{
  g_autoptr (GVariant) retries
      = g_variant_lookup_value (self->properties, "Retries", G_VARIANT_TYPE ("a{su}"));

  return retries != NULL && g_variant_lookup (retries, code->name, "u", left);
}

static char *
ask_code (OhCellular *self, const char *prompt, gsize min, gsize max, GError **error)
{
  GError *reason = NULL;
  char *text = oh_ask_line (&self->interrupt, prompt, TRUE, &reason);

  if (text == NULL && reason != NULL)
    g_propagate_error (error, reason);
  else if (text == NULL || *text == '\0')
    g_set_error_literal (error, OH_CTL_ERROR, OH_EXIT_FAILED, _ ("No code was given"));
  else if (is_code (text, min, max))
    return text;
  else if (min == max)
    g_set_error_literal (error, OH_CTL_ERROR, OH_EXIT_FAILED, _ ("A PUK has 8 digits"));
  else
    g_set_error_literal (error, OH_CTL_ERROR, OH_EXIT_FAILED, _ ("A PIN has 4 to 8 digits"));
  oh_ask_wipe (text);
  return NULL;
}

static char *
ask_first (OhCellular *self, const Code *code, GError **error)
{
  gboolean is_pin = code == &pin_code;
  guint32 left;
  g_autofree char *prompt = NULL;

  if (find_tries (self, code, &left))
    prompt = g_strdup_printf (is_pin ? _ ("PIN of %s (tries left: %u): ")
                                     : _ ("PUK of %s (tries left: %u): "),
                              self->id, left);
  else
    prompt = g_strdup_printf (is_pin ? _ ("PIN of %s: ") : _ ("PUK of %s: "), self->id);
  return ask_code (self, prompt, is_pin ? 4 : 8, 8, error);
}

/* Twice where nobody sees what he types. */
static char *
ask_new_pin (OhCellular *self, GError **error)
{
  char *pin = ask_code (self, _ ("New PIN: "), 4, 8, error);
  char *again;

  if (pin == NULL || !oh_ask_is_terminal ())
    return pin;
  again = ask_code (self, _ ("New PIN again: "), 4, 8, error);
  if (again != NULL && g_str_equal (pin, again))
    {
      oh_ask_wipe (again);
      return pin;
    }
  if (again != NULL)
    g_set_error_literal (error, OH_CTL_ERROR, OH_EXIT_FAILED, _ ("That was not the same PIN"));
  oh_ask_wipe (again);
  oh_ask_wipe (pin);
  return NULL;
}

static gboolean
enter_pin (OhCellular *self, GError **error)
{
  g_autoptr (GVariant) reply = NULL;
  char *pin = ask_first (self, &pin_code, error);

  if (pin != NULL)
    reply = oh_cellular_call (self, "EnterPin", g_variant_new ("(s)", pin), "()", error);
  oh_ask_wipe (pin);
  return reply != NULL;
}

static gboolean
enter_puk (OhCellular *self, GError **error)
{
  g_autoptr (GVariant) reply = NULL;
  char *puk = ask_first (self, &puk_code, error);
  char *pin = puk != NULL ? ask_new_pin (self, error) : NULL;

  if (pin != NULL)
    reply = oh_cellular_call (self, "EnterPuk", g_variant_new ("(ss)", puk, pin), "()", error);
  oh_ask_wipe (puk);
  oh_ask_wipe (pin);
  return reply != NULL;
}

/* After the SIM refused a code: what it is like now. */
static void
advise (OhCellular *self, const Code *code)
{
  const char *state;
  g_autofree char *wanted = g_strconcat (code->name, "-required", NULL);
  guint32 left;

  oh_cellular_read_again (self);
  state = oh_cellular_text (self, "SimState");
  if (!g_str_equal (state, wanted) && g_str_equal (state, "puk-required"))
    g_printerr (_ ("The SIM wants its PUK now: \"offhookctl puk %s\"\n"), self->id);
  else if (code == &puk_code && g_str_equal (state, "failure"))
    g_printerr ("%s\n", _ ("The SIM is lost: ask its network for another."));
  else if (find_tries (self, code, &left))
    g_printerr (_ ("Tries left: %u; %s.\n"), left, _ (code->after));
}

static OhExit
run (OhCtl *ctl, const Code *code, gboolean (*enter) (OhCellular *self, GError **error))
{
  g_autoptr (OhCellular) self = NULL;
  GError *error = NULL;
  g_autofree char *name = NULL;
  OhExit exit_code;

  if (!oh_ctl_parse (ctl, NULL, 0, 1))
    return OH_EXIT_USAGE;
  self = oh_cellular_open (ctl, ctl->args[0], &error);
  if (self == NULL || !check_state (self, code, &error))
    return oh_bus_fail (ctl, error);
  if (enter (self, &error))
    return OH_EXIT_OK;
  name = g_dbus_error_get_remote_error (error);
  exit_code = oh_bus_fail (ctl, error);
  if (g_strcmp0 (name, "org.offhook.Telephony1.Error.Failed") == 0
      || g_strcmp0 (name, "org.offhook.Telephony1.Error.InvalidState") == 0)
    advise (self, code);
  return exit_code;
}

OhExit
oh_pin_run (OhCtl *ctl)
{
  return run (ctl, &pin_code, enter_pin);
}

OhExit
oh_puk_run (OhCtl *ctl)
{
  return run (ctl, &puk_code, enter_puk);
}
