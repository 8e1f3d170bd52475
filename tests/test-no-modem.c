// SPDX-License-Identifier: LGPL-2.1-or-later
#include <string.h>

#include "tests/terminal.h"

/* Devices that are named to us, and are no modems. */

/* What is connected, and is no modem. */
typedef struct
{
  const char *name;
  const char *says; /* all the time; "": what it is sent */
  const char *told; /* of it */
  Terminal *terminal;
  GString *sent; /* to it */
} Thing;

static gboolean
go_on (gpointer user_data)
{
  Thing *thing = user_data;

  terminal_say (thing->terminal, thing->says);
  return G_SOURCE_CONTINUE;
}

static void
take_into (gpointer user_data, const char *command)
{
  Thing *thing = user_data;

  g_string_append_printf (thing->sent, "%s|", command);
  if (*thing->says == '\0')
    {
      terminal_say (thing->terminal, command);
      terminal_say (thing->terminal, "\r\n");
    }
}

typedef struct
{
  gboolean done;
  char *text;
} Refused;

static void
on_refused (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Refused *refused = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply
      = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  g_assert_null (reply);
  refused->text = g_strdup (error->message);
  refused->done = TRUE;
}

static gboolean
is_refused (gpointer refused)
{
  return ((Refused *)refused)->done;
}

/* It is told what it seems to be, and was sent nothing but what asks a modem whether it is one
 * and may be in voice receive. */
static void
test_no_modem (Fixture *f, gconstpointer data)
{
  Thing thing = *(const Thing *)data;
  Refused refused = { 0 };
  guint source = 0;

  thing.terminal = terminal_make ();
  thing.sent = g_string_new (NULL);
  thing.terminal->plain = TRUE;
  thing.terminal->take = take_into;
  thing.terminal->user_data = &thing;
  if (*thing.says != '\0')
    source = g_timeout_add (20, go_on, &thing);
  g_dbus_connection_call (f->client, OH_BUS_NAME, OH_BUS_PATH, OH_BUS_NAME ".Manager", "AddLine",
                          g_variant_new ("(sa{sv})", thing.terminal->device, NULL), NULL,
                          G_DBUS_CALL_FLAGS_NONE, G_MAXINT, NULL, on_refused, &refused);
  spin_until (is_refused, &refused);
  g_test_message ("%s", refused.text);
  g_assert_nonnull (strstr (refused.text, "NotResponding"));
  g_assert_nonnull (strstr (refused.text, thing.told));
  g_assert_cmpstr (thing.sent->str, ==, "ATE0Q0V1|\x10!|ATE0Q0V1|ATE0Q0V1|");
  g_clear_handle_id (&source, g_source_remove);
  g_string_free (thing.sent, TRUE);
  g_free (refused.text);
  terminal_free (thing.terminal);
}

static const Thing things[] = {
  { "satellite-receiver",
    "$GPGGA,092750.000,5321.6802,N,00630.3372,W,1,8,1.03,61.7,M,55.2,M,,*76\r\n",
    "satellite receiver" },
  { "echo", "", "sends back" },
  { "talker", "temperature 21.5\r\n", "does not answer as a modem" },
  { "noise", "\x80\xfe\x01\x7f", "does not answer as a modem" },
};

static void
set_up_nothing (Fixture *f, gconstpointer data)
{
  set_up (f, NULL);
  start_manager (f);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (things); i++)
    {
      g_autofree char *name = g_strconcat ("/no-modem/", things[i].name, NULL);

      g_test_add (name, Fixture, &things[i], set_up_nothing, test_no_modem, tear_down);
    }
  return g_test_run ();
}
