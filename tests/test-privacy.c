// SPDX-License-Identifier: LGPL-2.1-or-later
#include <string.h>
#include <unistd.h>

#include "tests/log-watch.h"
#include "tests/wire.h"

/* Who is on the other side is in no property, no broadcast, no error and no log (design §5). A
 * handle is open meanwhile and is told everything, so there is something to leak. */

#define CALLER "5550173946285"
#define CALLER_NAME "ZAPHOD"
#define DIALLED "5559086417253"
#define HEARD "73951"   /* the other side's digits */
#define SENT "84062"    /* ours */
#define IMEI "35824005" /* how the simulator's begin */
#define TELLING 8       /* so many digits of a number in a row give it away */

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
  if (strstr (text, IMEI) != NULL)
    g_error ("an IMEI is in: %s", text);
}

/* What anybody on the bus can see: another user who listens to all signals, has a handle, reads all
 * properties, and has tried to hear what is meant for others. */
typedef struct
{
  GDBusConnection *connection;
  Listener *listener;
  GMutex lock;
  GString *seen; /* every message that came in */
} Eavesdropper;

/* In the connection's thread. */
static GDBusMessage *
on_message (GDBusConnection *connection, GDBusMessage *message, gboolean incoming,
            gpointer user_data)
{
  Eavesdropper *eve = user_data;
  g_autofree char *text = g_dbus_message_print (message, 0);

  g_mutex_lock (&eve->lock);
  if (incoming)
    g_string_append (eve->seen, text);
  g_mutex_unlock (&eve->lock);
  return message;
}

static void
try_to_eavesdrop (Eavesdropper *eve)
{
  static const struct
  {
    const char *interface, *method, *parameters;
  } tries[] = {
    { "org.freedesktop.DBus", "AddMatch", "(\"eavesdrop='true'\",)" },
    { "org.freedesktop.DBus.Monitoring", "BecomeMonitor", "(@as [], uint32 0)" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (tries); i++)
    {
      g_autoptr (GVariant) parameters
          = g_variant_parse (NULL, tries[i].parameters, NULL, NULL, NULL);
      g_autoptr (GVariant) reply = g_dbus_connection_call_sync (
          eve->connection, "org.freedesktop.DBus", "/org/freedesktop/DBus", tries[i].interface,
          tries[i].method, parameters, NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL);

      g_assert_true (reply == NULL || i == 0); /* root only */
    }
}

static void
on_signal (GDBusConnection *connection, const char *sender, const char *path, const char *interface,
           const char *member, GVariant *parameters, gpointer user_data)
{
  /* The filter has it. */
}

static void
begin (Fixture *f, Eavesdropper *eve)
{
  log_forget ();
  eve->connection = connect_as (f, UID_STRANGER);
  eve->seen = g_string_new (NULL);
  g_mutex_init (&eve->lock);
  g_dbus_connection_add_filter (eve->connection, on_message, eve, NULL);
  g_dbus_connection_signal_subscribe (eve->connection, NULL, NULL, NULL, NULL, NULL,
                                      G_DBUS_SIGNAL_FLAGS_NONE, on_signal, NULL, NULL);
  try_to_eavesdrop (eve);
  eve->listener = listen_at (f, eve->connection, "/eve");
  g_variant_unref (listener_open (f, eve->listener));
}

/* Two users are needed; only root can be both. */
static gboolean
may_be_another (void)
{
  if (geteuid () == 0)
    return TRUE;
  g_test_skip ("this machine has no second user that we could be: we are not root");
  return FALSE;
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
  g_mutex_lock (&eve->lock);
  g_string_append (eve->seen, text);
  g_mutex_unlock (&eve->lock);
}

static void
end (Fixture *f, Eavesdropper *eve)
{
  g_autofree char *logged = NULL;

  heard_until (eve->listener, 0, "* call-state 1 ended");
  look (f, eve);
  settle (f, eve->connection);
  g_assert_false (has_heard (eve->listener, "* digit *"));
  g_assert_false (has_heard (eve->listener, "* generate *"));
  assert_discreet (eve->seen->str);
  logged = log_text ();
  assert_discreet (logged);
  /* And there was something to hear. */
  g_assert_nonnull (strstr (eve->seen->str, "PropertiesChanged"));
  g_assert_nonnull (strstr (eve->seen->str, "CallStateChanged"));
  g_assert_nonnull (strstr (eve->seen->str, "InterfacesAdded"));
  g_assert_nonnull (strstr (logged, "call on home"));
  listener_free (f, eve->listener);
  leave (&eve->connection);
  g_mutex_clear (&eve->lock);
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
  Listener *listener;
  Eavesdropper eve;

  if (!may_be_another ())
    return;
  listener = listen_home (f);
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
  Listener *listener;
  Eavesdropper eve;

  if (!may_be_another ())
    return;
  listener = listen_home (f);
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

/* What may be a PIN goes to those who asked, and nowhere else. */
static void
test_digits (Fixture *f, gconstpointer driver)
{
  g_autofree char *logged = NULL;
  Listener *listener;
  Eavesdropper eve;

  if (!may_be_another ())
    return;
  listener = listen_home (f);
  begin (f, &eve);
  sim (f, "ring number=" CALLER);
  heard_until (listener, 0, "1 new-call 1 offering");
  g_variant_unref (call_ok (f, f->client, LINE_PATH "home/call/1", "Answer", NULL));
  heard_until (listener, 0, "* call-state 1 connected");
  g_variant_unref (call_ok (f, f->client, LINE_PATH "home/call/1", "MonitorDigits",
                            g_variant_new ("(b)", TRUE)));
  sim (f, "digits " HEARD);
  for (const char *digit = HEARD; *digit != '\0'; digit++)
    {
      g_autofree char *glob = g_strdup_printf ("* digit 1 %c", *digit);

      heard_until (listener, 0, glob);
    }
  g_variant_unref (call_ok (f, f->client, LINE_PATH "home/call/1", "SendDigits",
                            g_variant_new ("(sa{sv})", SENT, NULL)));
  heard_until (listener, 0, "* generate 1 done");
  look (f, &eve);
  g_variant_unref (call_ok (f, f->client, LINE_PATH "home/call/1", "Drop", NULL));
  heard_until (listener, 0, "* call-state 1 ended");
  g_assert_null (strstr (eve.seen->str, "Digit'"));
  g_assert_null (strstr (eve.seen->str, HEARD));
  g_assert_null (strstr (eve.seen->str, SENT));
  logged = log_text ();
  g_assert_null (strstr (logged, HEARD));
  g_assert_null (strstr (logged, SENT));
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
  g_autofree char *logged = NULL;

  log_forget ();
  assert_discreet_error (f, DIALLED "x", ".InvalidNumber");
  sim (f, "refuse ATD*");
  sim (f, "echo refusing");
  sim_until (f, "refusing");
  assert_discreet_error (f, DIALLED, ".Failed");
  sim (f, "vanish");
  sim_until (f, "home vanished*");
  assert_discreet_error (f, DIALLED, ".NoDevice");
  logged = log_text ();
  assert_discreet (logged);
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
  g_test_init (&argc, &argv, NULL);
  log_watch ();
  add_for_both ("/privacy/incoming", test_incoming);
  add_for_both ("/privacy/outgoing", test_outgoing);
  add_for_both ("/privacy/digits", test_digits);
  add_for_both ("/privacy/errors", test_errors);
  return g_test_run ();
}
