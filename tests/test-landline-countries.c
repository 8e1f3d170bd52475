// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/fixture.h"

/* A whole call on landlines of each country, and with each make of modem that the simulator plays:
 * it rings, who calls is known, it is answered, a digit is heard, the far end hangs up. */

#define HOME LINE_PATH "home"
#define CALL HOME "/call/1"

typedef struct
{
  const char *make;    /* of the modem */
  const char *country; /* the simulator's */
  const char *code;    /* the configuration's */
  gboolean no_name;    /* the exchange sends none */
} House;

static gboolean
is_ready (gpointer line)
{
  OhChannel *channel = oh_modem_get_channel (oh_line_get_modem (line));

  return g_str_equal (oh_dbus_line_get_state (line), "in-service")
         && oh_channel_get_running (channel) == NULL;
}

static void
set_up_house (Fixture *f, gconstpointer user_data)
{
  const House *house = user_data;
  g_autoptr (OhLineConfig) config = oh_line_config_new ();

  set_up (f, NULL);
  start_manager (f);
  start_sim (f, house->make);
  sim (f, "country %s strict", house->country);
  config->alias = g_strdup ("home");
  config->device = sim_device (f);
  config->driver = oh_driver_find ("v253");
  config->settings.ring_timeout_ms
      = OH_RING_TIMEOUT_MS; /* nobody gives up here, however slow we are */
  g_strlcpy (config->settings.country, house->code, sizeof config->settings.country);
  oh_manager_add_configured (f->manager, config);
  f->line = oh_manager_find_line (f->manager, "home");
  spin_until (is_ready, f->line);
}

static void
tear_down_house (Fixture *f, gconstpointer house)
{
  tear_down (f, NULL);
}

/* Of the caller, when all is known. */
static char *
get_party (Fixture *f, const char *key)
{
  g_autoptr (GVariant) reply = call_ok (f, f->client, CALL, "GetParty", NULL);
  g_autoptr (GVariant) party = g_variant_get_child_value (reply, 0);
  char *value = NULL;

  g_variant_lookup (party, key, "s", &value);
  return value != NULL ? value : g_strdup ("");
}

static void
test_house (Fixture *f, gconstpointer user_data)
{
  const House *house = user_data;
  Listener *listener = listen_home (f);
  g_autofree char *number = NULL;
  g_autofree char *name = NULL;

  sim (f, "ring number=5551234 name=JO rings=9");
  heard_until (listener, 0, "1 new-call 1 offering");
  heard_until (listener, 0, "* ringing 1 2");
  settle (f, f->client);
  number = get_party (f, "Number");
  name = get_party (f, "Name");
  g_assert_cmpstr (number, ==, "5551234");
  g_assert_cmpstr (name, ==, house->no_name ? "" : "JO");
  g_variant_unref (call_ok (f, f->client, CALL, "Answer", NULL));
  heard_until (listener, 0, "* call-state 1 connected");
  g_variant_unref (call_ok (f, f->client, CALL, "MonitorDigits", g_variant_new ("(b)", TRUE)));
  sim_until (f, "*voice-receive on*");
  sim (f, "digits 5");
  heard_until (listener, 0, "* digit 1 5");
  sim (f, "hangup busy");
  heard_until (listener, 0, "* call-state 1 disconnected");
  heard_until (listener, 0, "* call-state 1 ended");
}

int
main (int argc, char **argv)
{
  static const House houses[] = {
    { "landline", "us", "US", FALSE },
    { "landline", "uk", "GB", FALSE },
    { "landline", "fr", "FR", FALSE },
    { "landline", "de", "DE", FALSE },
    { "landline", "nl", "NL", TRUE },
    { "landline", "se", "SE", TRUE },
    { "landline", "br", "BR", TRUE },
    { "landline", "in", "IN", TRUE },
    { "landline", "au", "AU", FALSE },
    { "landline", "jp", "JP", FALSE },
    { "landline-conexant", "us", "US", FALSE },
    { "landline-conexant", "uk", "GB", FALSE },
    { "landline-usr", "us", "US", FALSE },
    { "landline-usr", "de", "DE", FALSE },
    { "landline-multitech", "us", "US", FALSE },
    { "landline-smartlink", "us", "US", FALSE },
    { "landline-agere", "us", "US", FALSE },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (houses); i++)
    {
      g_autofree char *path
          = g_strdup_printf ("/landline-countries/%s/%s", houses[i].make, houses[i].country);

      g_test_add (path, Fixture, &houses[i], set_up_house, test_house, tear_down_house);
    }
  return g_test_run ();
}
