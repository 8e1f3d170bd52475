// SPDX-License-Identifier: LGPL-2.1-or-later
#include "client/offhookctl-bus.h"
#include "client/offhookctl-cellular.h"
#include "client/offhookctl-output.h"

#include <glib/gi18n.h>
#include <stdio.h>

#define ERROR_PREFIX "org.offhook.Telephony1.Error."

/* The first four have rules of their own; the others stand for several of them. */
static const char *const conditions[] = {
  "unconditional", "busy", "no-reply", "not-reachable", "all", "all-conditional", NULL,
};
#define N_RULES 4
#define NOT_GIVEN G_MININT

/* What the arguments of "forwarding" ask for. */
typedef struct
{
  const char *line;
  const char *condition; /* NULL: show */
  const char *number;
  gboolean off;
  int seconds; /* NOT_GIVEN: as the network has it */
} Forwarding;

static gboolean
is_condition (const char *text)
{
  return text != NULL && g_strv_contains (conditions, text);
}

static gboolean
takes_seconds (const char *condition)
{
  return g_str_equal (condition, "no-reply") || g_str_has_prefix (condition, "all");
}

/* What is wrong with them, or NULL. */
static const char *
check_rule (const Forwarding *wanted)
{
  if (!is_condition (wanted->condition))
    return _ ("The condition is one of unconditional, busy, no-reply, not-reachable, all, "
              "all-conditional");
  if (wanted->number == NULL && !wanted->off)
    return _ ("A number is missing, or --off");
  if (wanted->seconds == NOT_GIVEN)
    return NULL;
  if (wanted->off || !takes_seconds (wanted->condition))
    return _ ("--after goes with a number, and with no-reply, all or all-conditional");
  if (wanted->seconds < 5 || wanted->seconds > 30)
    return _ ("--after takes 5 to 30 seconds");
  return NULL;
}

/* [LINE], or [LINE] CONDITION [NUMBER]. A line with the name of a condition needs its path. */
static const char *
take_arguments (char **args, Forwarding *wanted)
{
  guint n = g_strv_length (args);
  guint first = n > 0 && !is_condition (args[0]) && (n != 2 || is_condition (args[1])) ? 1 : 0;

  if (first == 1)
    wanted->line = args[0];
  if (n == first)
    return wanted->off || wanted->seconds != NOT_GIVEN ? _ ("A condition is missing") : NULL;
  wanted->condition = args[first];
  wanted->number = args[first + 1];
  if (wanted->number != NULL && (wanted->off || n > first + 2))
    return _ ("Too many arguments");
  return check_rule (wanted);
}

static OhExit
set_forwarding (OhCellular *self, const Forwarding *wanted)
{
  g_autoptr (GVariant) reply = NULL;
  GVariantBuilder rule;
  GError *error = NULL;

  g_variant_builder_init (&rule, G_VARIANT_TYPE_VARDICT);
  if (wanted->number != NULL)
    g_variant_builder_add (&rule, "{sv}", "Number", g_variant_new_string (wanted->number));
  if (wanted->seconds != NOT_GIVEN)
    g_variant_builder_add (&rule, "{sv}", "Seconds",
                           g_variant_new_uint32 ((guint32)wanted->seconds));
  reply = oh_cellular_call (self, "SetForwarding",
                            g_variant_new ("(sa{sv})", wanted->condition, &rule), "()", &error);
  return reply != NULL ? OH_EXIT_OK : oh_bus_fail (self->ctl, error);
}

/* That a network does not know one condition says nothing about the others. */
static gboolean
is_about_one (const GError *error)
{
  g_autofree char *name = g_dbus_error_get_remote_error (error);

  return g_strcmp0 (name, ERROR_PREFIX "NotSupported") == 0
         || g_strcmp0 (name, ERROR_PREFIX "Failed") == 0;
}

/* NULL stands for a rule that was not told; what is wrong is said once. */
static OhExit
get_rules (OhCellular *self, GVariant **rules)
{
  GError *first = NULL;

  for (guint i = 0; i < N_RULES; i++)
    {
      GError *error = NULL;
      g_autoptr (GVariant) reply = oh_cellular_call (
          self, "GetForwarding", g_variant_new ("(s)", conditions[i]), "(a{sv})", &error);

      if (reply != NULL)
        rules[i] = g_variant_get_child_value (reply, 0);
      else if (first == NULL && is_about_one (error))
        first = error;
      else if (is_about_one (error))
        g_error_free (error);
      else
        {
          g_clear_error (&first);
          return oh_bus_fail (self->ctl, error);
        }
    }
  return first == NULL ? OH_EXIT_OK : oh_bus_fail (self->ctl, first);
}

static char *
member (GVariant *rule, const char *key)
{
  g_autoptr (GVariant) value = rule != NULL ? g_variant_lookup_value (rule, key, NULL) : NULL;

  return value != NULL ? oh_output_value (key, value) : g_strdup ("");
}

static void
print_rules (const OhCtl *ctl, GVariant **rules)
{
  const char *const titles[] = { _ ("CONDITION"), _ ("ACTIVE"), _ ("NUMBER"), _ ("AFTER"), NULL };
  g_autoptr (OhTable) table = oh_table_new (titles);

  for (guint i = 0; i < N_RULES; i++)
    {
      g_autofree char *active = member (rules[i], "Active");
      g_autofree char *number = member (rules[i], "Number");
      g_autofree char *seconds = member (rules[i], "Seconds");
      g_autofree char *after = *seconds != '\0' ? g_strconcat (seconds, " s", NULL) : NULL;
      const char *const cells[]
          = { conditions[i], rules[i] != NULL ? active : "?", number, after, NULL };

      oh_table_add (table, cells);
    }
  oh_table_print (ctl, table);
}

static GVariant *
rule_objects (GVariant **rules)
{
  GVariantBuilder objects;

  g_variant_builder_init (&objects, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < N_RULES; i++)
    if (rules[i] != NULL)
      {
        GVariantDict object;

        g_variant_dict_init (&object, rules[i]);
        g_variant_dict_insert (&object, "Condition", "s", conditions[i]);
        g_variant_builder_add_value (&objects, g_variant_dict_end (&object));
      }
  return g_variant_builder_end (&objects);
}

static OhExit
show_forwarding (OhCellular *self)
{
  GVariant *rules[N_RULES] = { NULL };
  OhExit code = get_rules (self, rules);
  gboolean any = FALSE;

  for (guint i = 0; i < N_RULES; i++)
    any = any || rules[i] != NULL;
  if (any && self->ctl->json)
    oh_output_json (rule_objects (rules), TRUE);
  else if (any)
    print_rules (self->ctl, rules);
  for (guint i = 0; i < N_RULES; i++)
    g_clear_pointer (&rules[i], g_variant_unref);
  return code;
}

OhExit
oh_forwarding_run (OhCtl *ctl)
{
  Forwarding wanted = { .seconds = NOT_GIVEN };
  const GOptionEntry entries[] = {
    { "after", 0, 0, G_OPTION_ARG_INT, &wanted.seconds,
      N_ ("Forward what was not answered for so long"), N_ ("SECONDS") },
    { "off", 0, 0, G_OPTION_ARG_NONE, &wanted.off, N_ ("Forward no more"), NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (OhCellular) self = NULL;
  GError *error = NULL;
  const char *complaint;

  if (!oh_ctl_parse (ctl, entries, 0, 3))
    return OH_EXIT_USAGE;
  complaint = take_arguments (ctl->args, &wanted);
  if (complaint != NULL)
    return oh_ctl_complain (ctl, complaint);
  self = oh_cellular_open (ctl, wanted.line, &error);
  if (self == NULL)
    return oh_bus_fail (ctl, error);
  return wanted.condition != NULL ? set_forwarding (self, &wanted) : show_forwarding (self);
}

static OhExit
set_call_waiting (OhCellular *self, gboolean enabled)
{
  GError *error = NULL;
  g_autoptr (GVariant) reply
      = oh_cellular_call (self, "SetCallWaiting", g_variant_new ("(b)", enabled), "()", &error);

  return reply != NULL ? OH_EXIT_OK : oh_bus_fail (self->ctl, error);
}

static OhExit
show_call_waiting (OhCellular *self)
{
  GError *error = NULL;
  g_autoptr (GVariant) reply = oh_cellular_call (self, "GetCallWaiting", NULL, "(b)", &error);
  GVariantBuilder object;
  gboolean enabled;

  if (reply == NULL)
    return oh_bus_fail (self->ctl, error);
  g_variant_get (reply, "(b)", &enabled);
  if (!self->ctl->json)
    {
      printf ("%s\n", enabled ? "on" : "off");
      return OH_EXIT_OK;
    }
  g_variant_builder_init (&object, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&object, "{sv}", "Enabled", g_variant_new_boolean (enabled));
  oh_output_json (g_variant_builder_end (&object), TRUE);
  return OH_EXIT_OK;
}

static gboolean
is_switch (const char *text)
{
  return g_strcmp0 (text, "on") == 0 || g_strcmp0 (text, "off") == 0;
}

OhExit
oh_call_waiting_run (OhCtl *ctl)
{
  g_autoptr (OhCellular) self = NULL;
  GError *error = NULL;
  const char *last;
  guint n;

  if (!oh_ctl_parse (ctl, NULL, 0, 2))
    return OH_EXIT_USAGE;
  n = g_strv_length (ctl->args);
  last = n > 0 ? ctl->args[n - 1] : NULL;
  if (n == 2 && !is_switch (last))
    return oh_ctl_complain (ctl, _ ("It can be \"on\" or \"off\""));
  self = oh_cellular_open (ctl, n == 2 || !is_switch (last) ? ctl->args[0] : NULL, &error);
  if (self == NULL)
    return oh_bus_fail (ctl, error);
  return is_switch (last) ? set_call_waiting (self, g_str_equal (last, "on"))
                          : show_call_waiting (self);
}

static void
print_identity (GVariant *identity)
{
  GVariantIter iter;
  const char *key;
  GVariant *value;

  if (g_variant_n_children (identity) == 0)
    printf ("%s\n", _ ("The modem does not tell."));
  g_variant_iter_init (&iter, identity);
  while (g_variant_iter_loop (&iter, "{&sv}", &key, &value))
    {
      g_autofree char *text = oh_output_value (key, value);
      g_autofree char *clean = oh_output_clean (key);

      printf ("%18s: %s\n", clean, *text != '\0' ? text : "-");
    }
}

OhExit
oh_identity_run (OhCtl *ctl)
{
  g_autoptr (OhCellular) self = NULL;
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GVariant) identity = NULL;
  GError *error = NULL;

  if (!oh_ctl_parse (ctl, NULL, 0, 1))
    return OH_EXIT_USAGE;
  self = oh_cellular_open (ctl, ctl->args[0], &error);
  if (self != NULL)
    reply = oh_cellular_call (self, "GetIdentity", NULL, "(a{sv})", &error);
  if (reply == NULL)
    return oh_bus_fail (ctl, error);
  identity = g_variant_get_child_value (reply, 0);
  if (ctl->json)
    oh_output_json (identity, TRUE);
  else
    print_identity (identity);
  return OH_EXIT_OK;
}
