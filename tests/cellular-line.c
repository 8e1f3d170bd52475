// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/cellular-line.h"

#define INTERFACE OH_BUS_NAME ".Line.Cellular"

typedef struct
{
  Fixture *f;
  const char *property, *glob;
} Wanted;

static char *
print_property (Fixture *f, const char *property)
{
  g_autoptr (GVariant) value = get_property (f, HOME, "Line.Cellular", property);

  return g_variant_print (value, FALSE);
}

static gboolean
is_so (gpointer user_data)
{
  const Wanted *wanted = user_data;
  g_autofree char *printed = print_property (wanted->f, wanted->property);

  return g_pattern_match_simple (wanted->glob, printed);
}

void
cellular_until (Fixture *f, const char *property, const char *glob)
{
  Wanted wanted = { f, property, glob };
  g_autofree char *printed = NULL;

  if (spin_for (is_so, &wanted))
    return;
  printed = print_property (f, property);
  g_error ("%s is %s, not %s", property, printed, glob);
}

void
cellular_assert (Fixture *f, const char *property, const char *printed)
{
  g_autofree char *value = print_property (f, property);

  g_assert_cmpstr (value, ==, printed);
}

static GVariant *
parse (const char *parameters)
{
  g_autoptr (GError) error = NULL;
  GVariant *value = NULL;

  if (parameters != NULL)
    value = g_variant_parse (NULL, parameters, NULL, NULL, &error);
  g_assert_no_error (error);
  return value;
}

char *
cellular_ask (Fixture *f, const char *method, const char *parameters)
{
  g_autoptr (GVariant) arguments = parse (parameters);
  g_autoptr (GVariant) reply = call (f, f->client, HOME, INTERFACE, method, arguments, NULL);

  return g_variant_print (reply, FALSE);
}

void
cellular_fails_for (Fixture *f, GDBusConnection *client, const char *method, const char *parameters,
                    const char *error)
{
  g_autoptr (GVariant) arguments = parse (parameters);
  g_autofree char *name = NULL;

  g_assert_null (call (f, client, HOME, INTERFACE, method, arguments, &name));
  g_assert_cmpstr (name, ==, error);
}

void
cellular_fails (Fixture *f, const char *method, const char *parameters, const char *error)
{
  cellular_fails_for (f, f->client, method, parameters, error);
}

typedef struct
{
  OhLine *line;
  const char *state;
} State;

static gboolean
is_in_state (gpointer user_data)
{
  const State *state = user_data;

  return g_str_equal (oh_dbus_line_get_state (OH_DBUS_LINE (state->line)), state->state);
}

static gboolean
is_idle (gpointer line)
{
  OhChannel *channel = oh_modem_get_channel (oh_line_get_modem (line));

  return channel != NULL && oh_channel_get_running (channel) == NULL;
}

void
cellular_set_up (Fixture *f, gconstpointer user_data)
{
  const CellularLine *line = user_data;
  g_autoptr (OhLineConfig) config = oh_line_config_new ();

  set_up (f, NULL);
  start_manager (f);
  start_sim (f, line->kind);
  sim (f, "noise off");
  if (line->first != NULL)
    sim (f, "%s", line->first);
  config->alias = g_strdup ("home");
  config->device = sim_device (f);
  config->driver = oh_driver_find ("cellular");
  config->settings.ussd_timeout_ms = 2000;
  if (line->pin != NULL)
    g_strlcpy (config->settings.pin, line->pin, sizeof config->settings.pin);
  oh_manager_add_configured (f->manager, config);
  f->line = oh_manager_find_line (f->manager, "home");
  spin_until (is_in_state, &(State){ f->line, line->state });
  spin_until (is_idle, f->line);
}

void
cellular_tear_down (Fixture *f, gconstpointer user_data)
{
  tear_down (f, NULL);
}
