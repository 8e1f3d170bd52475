// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gio/gio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* outside-listener ADDRESS LINE CONNECTIONS HANDLES [METHODS]
 *
 * A client of offhookd's that is a process of its own, so that it can be stopped: CONNECTIONS to
 * the bus, each with HANDLES handles on the line. A handle that is released is opened again. With
 * METHODS, a list of "PATH METHOD ARGUMENTS" with ";" between them, the first event is answered
 * only when all of these have been called from within it. Says on its standard output:
 *
 *   open N refused M             once, at the start
 *   PATH SERIAL KIND             an event
 *   PATH released REASON
 *   PATH open | PATH refused     again
 *   METHOD ok | METHOD ERROR     the answer to one of METHODS */

#define NAME "org.offhook.Telephony1"

static const char xml[] = "<node><interface name='" NAME ".Listener'><method name='Event'>"
                          "<arg type='o' direction='in'/><arg type='t' direction='in'/>"
                          "<arg type='t' direction='in'/><arg type='s' direction='in'/>"
                          "<arg type='o' direction='in'/><arg type='a{sv}' direction='in'/>"
                          "</method><method name='Release'><arg type='o' direction='in'/>"
                          "<arg type='s' direction='in'/></method></interface></node>";

typedef struct
{
  const char *line;
  char **methods; /* NULL once they have been called */
  GDBusNodeInfo *node;
} Program;

/* NULL: it worked. */
static char *
call (GDBusConnection *bus, const char *path, const char *method, GVariant *parameters)
{
  const char *interface = NAME ".Manager";
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = NULL;
  char *name;

  if (strstr (path, "/line/") != NULL)
    interface = strstr (path, "/call/") != NULL ? NAME ".Call" : NAME ".Line";
  reply = g_dbus_connection_call_sync (bus, NAME, path, interface, method, parameters, NULL,
                                       G_DBUS_CALL_FLAGS_NONE, G_MAXINT, NULL, &error);
  if (reply != NULL)
    return NULL;
  name = g_dbus_error_get_remote_error (error);
  if (name == NULL)
    exit (EXIT_FAILURE); /* the bus is gone */
  memmove (name, strrchr (name, '.') + 1, strlen (strrchr (name, '.')));
  return name;
}

static gboolean
open_handle (Program *self, GDBusConnection *bus, const char *path)
{
  g_autofree char *error = call (bus, self->line, "Open", g_variant_new ("(oa{sv})", path, NULL));

  return error == NULL;
}

static void
call_methods (Program *self, GDBusConnection *bus)
{
  g_auto (GStrv) methods = g_steal_pointer (&self->methods);

  for (guint i = 0; methods != NULL && methods[i] != NULL; i++)
    {
      g_auto (GStrv) words = g_strsplit (g_strstrip (methods[i]), " ", 3);
      g_autoptr (GError) problem = NULL;
      g_autoptr (GVariant) arguments = g_variant_parse (NULL, words[2], NULL, NULL, &problem);
      g_autofree char *error = NULL;

      if (arguments == NULL)
        g_error ("%s: %s", words[1], problem->message);
      error = call (bus, words[0], words[1], arguments);
      printf ("%s %s\n", words[1], error != NULL ? error : "ok");
    }
}

static void
on_call (GDBusConnection *bus, const char *sender, const char *path, const char *interface,
         const char *method, GVariant *parameters, GDBusMethodInvocation *invocation,
         gpointer user_data)
{
  Program *self = user_data;
  const char *text;
  guint64 serial;

  if (g_str_equal (method, "Event"))
    {
      g_variant_get (parameters, "(&ott&s&oa{sv})", NULL, &serial, NULL, &text, NULL, NULL);
      printf ("%s %" G_GUINT64_FORMAT " %s\n", path, serial, text);
      call_methods (self, bus);
    }
  else
    {
      g_variant_get (parameters, "(&o&s)", NULL, &text);
      printf ("%s released %s\n", path, text);
      printf ("%s %s\n", path, open_handle (self, bus, path) ? "open" : "refused");
    }
  g_dbus_method_invocation_return_value (invocation, NULL);
}

static guint
listen_on (Program *self, GDBusConnection *bus, guint connection, guint handles)
{
  static const GDBusInterfaceVTable table = { .method_call = on_call };
  guint n_open = 0;

  for (guint i = 0; i < handles; i++)
    {
      g_autofree char *path = g_strdup_printf ("/h%u/%u", connection, i);

      g_dbus_connection_register_object (bus, path, self->node->interfaces[0], &table, self, NULL,
                                         NULL);
      n_open += open_handle (self, bus, path);
    }
  return n_open;
}

int
main (int argc, char **argv)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  Program self = { 0 };
  guint connections, handles, n_open = 0;

  if (argc < 5)
    return 2;
  setvbuf (stdout, NULL, _IOLBF, 0);
  self.line = argv[2];
  connections = atoi (argv[3]);
  handles = atoi (argv[4]);
  self.methods = argc > 5 ? g_strsplit (argv[5], ";", 0) : NULL;
  self.node = g_dbus_node_info_new_for_xml (xml, NULL);
  for (guint i = 0; i < connections; i++)
    {
      g_autoptr (GError) error = NULL;
      GDBusConnection *bus = g_dbus_connection_new_for_address_sync (
          argv[1],
          G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
              | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
          NULL, NULL, &error);

      if (bus == NULL)
        g_error ("%s", error->message);
      n_open += listen_on (&self, bus, i, handles);
    }
  printf ("open %u refused %u\n", n_open, connections * handles - n_open);
  g_main_loop_run (loop);
  return EXIT_SUCCESS;
}
