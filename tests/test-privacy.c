// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/fixture.h"

#include <string.h>

/* Who is on the other side is in no property, no broadcast, no error and no log (design §5). A
 * handle is open meanwhile and is told everything, so there is something to leak. */

#define CALLER "5550173946285"
#define CALLER_NAME "ZAPHOD"
#define DIALLED "5559086417253"
#define TELLING 8 /* so many digits of a number in a row give it away */

/* What the log's writer was given above debug level; it is set once a process. */
static GString *logged;

static GLogWriterOutput
on_log (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer user_data)
{
  for (gsize i = 0; i < n_fields && (level & (G_LOG_LEVEL_DEBUG | G_LOG_LEVEL_INFO)) == 0; i++)
    {
      gssize length = fields[i].length < 0 ? (gssize)strlen (fields[i].value) : fields[i].length;

      g_string_append_len (logged, fields[i].value, length);
      g_string_append_c (logged, '\n');
    }
  return g_log_writer_default (level, fields, n_fields, user_data);
}

static void
assert_silent_on (const char *text, const char *number)
{
  for (gsize i = 0; i + TELLING <= strlen (number); i++)
    {
      g_autofree char *part = g_strndup (number + i, TELLING);

      if (strstr (text, part) != NULL)
        g_error ("\"%s\" is in: %s", part, text);
    }
}

static void
assert_discreet (const char *text)
{
  assert_silent_on (text, CALLER);
  assert_silent_on (text, DIALLED);
  if (strstr (text, CALLER_NAME) != NULL)
    g_error ("\"%s\" is in: %s", CALLER_NAME, text);
}

/* What anybody on the bus can see. */
typedef struct
{
  GDBusConnection *connection;
  GString *seen;
} Eavesdropper;

static void
on_signal (GDBusConnection *connection, const char *sender, const char *path, const char *interface,
           const char *member, GVariant *parameters, gpointer user_data)
{
  Eavesdropper *eve = user_data;
  g_autofree char *text = g_variant_print (parameters, FALSE);

  g_string_append_printf (eve->seen, "%s %s.%s %s\n", path, interface, member, text);
}

static void
begin (Fixture *f, Eavesdropper *eve)
{
  g_string_truncate (logged, 0);
  eve->connection = connect_client (f);
  eve->seen = g_string_new (NULL);
  g_dbus_connection_signal_subscribe (eve->connection, NULL, NULL, NULL, NULL, NULL,
                                      G_DBUS_SIGNAL_FLAGS_NONE, on_signal, eve, NULL);
  settle (f, eve->connection);
}

/* All objects and properties as they are now. */
static void
look (Fixture *f, Eavesdropper *eve)
{
  g_autoptr (GVariant) objects
      = call (f, eve->connection, OH_BUS_PATH, "org.freedesktop.DBus.ObjectManager",
              "GetManagedObjects", NULL, NULL);
  g_autofree char *text = g_variant_print (objects, FALSE);

  g_assert_nonnull (strstr (text, "/call/1'"));
  g_string_append (eve->seen, text);
}

static void
end (Fixture *f, Eavesdropper *eve)
{
  settle (f, eve->connection);
  look (f, eve);
  assert_discreet (eve->seen->str);
  assert_discreet (logged->str);
  /* And there was something to hear. */
  g_assert_nonnull (strstr (eve->seen->str, "PropertiesChanged"));
  g_assert_nonnull (strstr (eve->seen->str, "CallStateChanged"));
  g_assert_nonnull (strstr (eve->seen->str, "InterfacesAdded"));
  g_assert_nonnull (strstr (logged->str, "call on home"));
  g_dbus_connection_close_sync (eve->connection, NULL, NULL);
  g_clear_object (&eve->connection);
  g_string_free (eve->seen, TRUE);
}

/* The handle was told, so that the rest means something. */
static void
assert_told (Listener *listener, const char *number)
{
  for (guint i = 0; i < listener->events->len; i++)
    {
      g_autofree char *text = g_variant_print (listener->events->pdata[i], FALSE);

      if (strstr (text, number) != NULL)
        return;
    }
  g_error ("the handle was not told of the number");
}

static void
test_incoming (Fixture *f, gconstpointer driver)
{
  Listener *listener = listen_at (f, f->client, "/handle");
  Eavesdropper eve;

  g_variant_unref (listener_open (f, listener));
  begin (f, &eve);
  sim (f, "ring number=" CALLER " name=" CALLER_NAME);
  heard_until (listener, 0, "1 new-call 1 offering");
  look (f, &eve);
  sim_until (f, "home ring 3");
  heard_until (listener, listener->heard->len, "* ringing 1 *");
  g_variant_unref (call_ok (f, f->client, LINE_PATH "home/call/1", "Answer", NULL));
  heard_until (listener, 0, "* call-state 1 connected");
  look (f, &eve);
  g_variant_unref (call_ok (f, f->client, LINE_PATH "home/call/1", "Drop", NULL));
  heard_until (listener, 0, "* call-state 1 ended");
  assert_told (listener, CALLER);
  end (f, &eve);
}

static void
test_outgoing (Fixture *f, gconstpointer driver)
{
  Listener *listener = listen_at (f, f->client, "/handle");
  Eavesdropper eve;

  g_variant_unref (listener_open (f, listener));
  begin (f, &eve);
  sim (f, "on-dial alert=1 answer=2");
  g_variant_unref (
      call_ok (f, f->client, LINE_PATH "home", "Dial", g_variant_new ("(sa{sv})", DIALLED, NULL)));
  heard_until (listener, 0, "1 new-call 1 dialing");
  look (f, &eve);
  heard_until (listener, 0, "* call-state 1 connected");
  look (f, &eve);
  g_variant_unref (call_ok (f, f->client, LINE_PATH "home/call/1", "Drop", NULL));
  heard_until (listener, 0, "* call-state 1 ended");
  assert_told (listener, DIALLED);
  end (f, &eve);
}

typedef struct
{
  gboolean done;
  GError *error;
} Answer;

static void
on_refused (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Answer *answer = user_data;

  g_assert_null (
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &answer->error));
  answer->done = TRUE;
}

static gboolean
is_done (gpointer user_data)
{
  return ((Answer *)user_data)->done;
}

static void
assert_discreet_error (Fixture *f, const char *number, const char *expected)
{
  Answer answer = { 0 };

  g_dbus_connection_call (f->client, OH_BUS_NAME, LINE_PATH "home", OH_BUS_NAME ".Line", "Dial",
                          g_variant_new ("(sa{sv})", number, NULL), NULL, G_DBUS_CALL_FLAGS_NONE,
                          G_MAXINT, NULL, on_refused, &answer);
  spin_until (is_done, &answer);
  g_assert_nonnull (strstr (answer.error->message, expected));
  assert_discreet (answer.error->message);
  g_clear_error (&answer.error);
}

static void
test_errors (Fixture *f, gconstpointer driver)
{
  g_string_truncate (logged, 0);
  assert_discreet_error (f, DIALLED "x", ".InvalidNumber");
  sim (f, "refuse ATD*");
  sim (f, "echo refusing");
  sim_until (f, "refusing");
  assert_discreet_error (f, DIALLED, ".Failed");
  sim (f, "vanish");
  sim_until (f, "home vanished*");
  assert_discreet_error (f, DIALLED, ".NoDevice");
  assert_discreet (logged->str);
}

static void
add_for_both (const char *path, void (*test) (Fixture *f, gconstpointer driver))
{
  g_autofree char *landline = g_strconcat (path, "/v253", NULL);
  g_autofree char *cellular = g_strconcat (path, "/cellular", NULL);

  g_test_add (landline, Fixture, "v253", set_up, test, tear_down);
  g_test_add (cellular, Fixture, "cellular", set_up, test, tear_down);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  logged = g_string_new (NULL);
  g_log_set_writer_func (on_log, NULL, NULL);
  add_for_both ("/privacy/incoming", test_incoming);
  add_for_both ("/privacy/outgoing", test_outgoing);
  add_for_both ("/privacy/errors", test_errors);
  status = g_test_run ();
  g_string_free (logged, TRUE);
  return status;
}
