// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/fixture.h"

#include <string.h>

/* What a client of the daemon does. */

typedef struct
{
  gboolean done;
  GVariant *reply;
  GError *error;
} Answer;

static void
on_reply (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Answer *answer = user_data;

  answer->reply
      = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &answer->error);
  answer->done = TRUE;
}

static gboolean
is_done (gpointer answer)
{
  return ((Answer *)answer)->done;
}

GVariant *
call (Fixture *f, GDBusConnection *client, const char *path, const char *interface,
      const char *method, GVariant *parameters, char **error_name)
{
  Answer answer = { 0 };

  g_dbus_connection_call (client, OH_BUS_NAME, path, interface, method, parameters, NULL,
                          G_DBUS_CALL_FLAGS_NONE, G_MAXINT, NULL, on_reply, &answer);
  spin_until (is_done, &answer);
  if (error_name != NULL)
    *error_name = NULL;
  if (answer.error != NULL && error_name != NULL)
    {
      g_autofree char *name = g_dbus_error_get_remote_error (answer.error);

      g_assert_nonnull (name);
      *error_name = g_strdup (strrchr (name, '.') + 1);
    }
  else
    g_assert_no_error (answer.error);
  g_clear_error (&answer.error);
  return answer.reply;
}

static const char *
interface_of (const char *path)
{
  if (strstr (path, "/call/") != NULL)
    return OH_BUS_NAME ".Call";
  return strstr (path, "/line/") != NULL ? OH_BUS_NAME ".Line" : OH_BUS_NAME ".Manager";
}

GVariant *
call_ok (Fixture *f, GDBusConnection *client, const char *path, const char *method,
         GVariant *parameters)
{
  return call (f, client, path, interface_of (path), method, parameters, NULL);
}

void
call_fails (Fixture *f, GDBusConnection *client, const char *path, const char *method,
            GVariant *parameters, const char *error)
{
  g_autofree char *name = NULL;

  g_assert_null (call (f, client, path, interface_of (path), method, parameters, &name));
  g_assert_cmpstr (name, ==, error);
}

void
settle (Fixture *f, GDBusConnection *client)
{
  g_variant_unref (call (f, client, OH_BUS_PATH, "org.freedesktop.DBus.Peer", "Ping", NULL, NULL));
}

GVariant *
get_property (Fixture *f, const char *path, const char *interface, const char *name)
{
  g_autofree char *full = g_strconcat (OH_BUS_NAME, ".", interface, NULL);
  g_autoptr (GVariant) reply = call (f, f->client, path, "org.freedesktop.DBus.Properties", "Get",
                                     g_variant_new ("(ss)", full, name), NULL);
  GVariant *value;

  g_variant_get (reply, "(v)", &value);
  return value;
}

char *
get_string (Fixture *f, const char *path, const char *interface, const char *name)
{
  g_autoptr (GVariant) value = get_property (f, path, interface, name);

  return g_variant_dup_string (value, NULL);
}

/* The word that tells most about an event. */
static char *
gist (GVariant *details)
{
  static const char *const keys[] = { "State", "Health", "Digit", "Result" };
  g_autoptr (GVariant) value = NULL;
  guint count;

  if (g_variant_lookup (details, "Count", "u", &count))
    return g_strdup_printf ("%u", count);
  for (guint i = 0; i < G_N_ELEMENTS (keys) && value == NULL; i++)
    value = g_variant_lookup_value (details, keys[i], G_VARIANT_TYPE_STRING);
  return value != NULL ? g_variant_dup_string (value, NULL) : g_strdup ("");
}

static void
note_event (Listener *listener, GVariant *parameters)
{
  g_autoptr (GVariant) details = NULL;
  g_autofree char *text = NULL;
  const char *kind, *call_path;
  guint64 serial;

  g_variant_get (parameters, "(&ott&s&o@a{sv})", NULL, &serial, NULL, &kind, &call_path, &details);
  text = gist (details);
  g_ptr_array_add (listener->heard, g_strdup_printf ("%" G_GUINT64_FORMAT " %s %s %s", serial, kind,
                                                     strrchr (call_path, '/') + 1, text));
  g_ptr_array_add (listener->events, g_variant_ref (parameters));
  if (listener->all != NULL)
    g_ptr_array_add (listener->all, g_strdup_printf ("Event %s", kind));
}

static void
on_listener_call (GDBusConnection *connection, const char *sender, const char *path,
                  const char *interface, const char *method, GVariant *parameters,
                  GDBusMethodInvocation *invocation, gpointer user_data)
{
  Listener *listener = user_data;
  const char *reason;

  g_free (listener->sender);
  listener->sender = g_strdup (sender);
  if (g_str_equal (method, "Release"))
    {
      g_variant_get (parameters, "(&o&s)", NULL, &reason);
      g_ptr_array_add (listener->heard, g_strconcat ("release ", reason, NULL));
      g_dbus_method_invocation_return_value (invocation, NULL);
      return;
    }
  note_event (listener, parameters);
  switch (listener->manner)
    {
    case ANSWERS:
      g_dbus_method_invocation_return_value (invocation, NULL);
      break;
    case HOLDS:
      g_queue_push_tail (&listener->held, invocation);
      break;
    case REFUSES:
      g_dbus_method_invocation_return_dbus_error (invocation, listener->refuse_with, "as told");
      break;
    }
}

void
listener_answer (Listener *listener)
{
  g_dbus_method_invocation_return_value (g_queue_pop_head (&listener->held), NULL);
}

Listener *
listen_at (Fixture *f, GDBusConnection *client, const char *path)
{
  static const GDBusInterfaceVTable table = { .method_call = on_listener_call };
  Listener *listener = g_new0 (Listener, 1);
  g_autoptr (GError) error = NULL;

  listener->connection = g_object_ref (client);
  listener->path = g_strdup (path);
  listener->heard = g_ptr_array_new_with_free_func (g_free);
  listener->events = g_ptr_array_new_with_free_func ((GDestroyNotify)g_variant_unref);
  g_queue_init (&listener->held);
  listener->id = g_dbus_connection_register_object (
      client, path, oh_dbus_listener_interface_info (), &table, listener, NULL, &error);
  g_assert_no_error (error);
  g_ptr_array_add (f->listeners, listener);
  return listener;
}

void
listener_free (Fixture *f, Listener *listener)
{
  g_ptr_array_remove (f->listeners, listener);
  g_dbus_connection_unregister_object (listener->connection, listener->id);
  while (!g_queue_is_empty (&listener->held))
    listener_answer (listener);
  g_object_unref (listener->connection);
  g_ptr_array_unref (listener->heard);
  g_ptr_array_unref (listener->events);
  g_free (listener->path);
  g_free (listener->sender);
  g_free (listener);
}

GVariant *
listener_open (Fixture *f, Listener *listener)
{
  g_autoptr (GVariant) reply = call_ok (f, listener->connection, oh_line_get_path (f->line), "Open",
                                        g_variant_new ("(oa{sv})", listener->path, NULL));

  return g_variant_get_child_value (reply, 0);
}

typedef struct
{
  Listener *listener;
  guint from;
  const char *glob;
  guint found;
} Heard;

static gboolean
find_heard (gpointer user_data)
{
  Heard *heard = user_data;

  for (guint i = heard->from; i < heard->listener->heard->len; i++)
    {
      heard->found = i;
      if (g_pattern_match_simple (heard->glob, heard->listener->heard->pdata[i]))
        return TRUE;
    }
  return FALSE;
}

guint
heard_until (Listener *listener, guint from, const char *glob)
{
  Heard heard = { listener, from, glob, 0 };

  if (spin_for (find_heard, &heard))
    return heard.found;
  for (guint i = 0; i < listener->heard->len; i++)
    g_test_message ("%s heard: %s", listener->path, (char *)listener->heard->pdata[i]);
  g_error ("%s has not heard \"%s\"", listener->path, glob);
}

gboolean
has_heard (Listener *listener, const char *glob)
{
  return find_heard (&(Heard){ listener, 0, glob, 0 });
}

char *
heard_detail (Listener *listener, guint index, const char *key)
{
  g_autoptr (GVariant) details = g_variant_get_child_value (listener->events->pdata[index], 5);
  g_autoptr (GVariant) value = g_variant_lookup_value (details, key, NULL);

  if (value == NULL)
    return g_strdup ("");
  return g_variant_is_of_type (value, G_VARIANT_TYPE_STRING) ? g_variant_dup_string (value, NULL)
                                                             : g_variant_print (value, FALSE);
}

void
assert_serials (Listener *listener)
{
  guint64 expected = 0;

  for (guint i = 0; i < listener->events->len; i++)
    {
      guint64 serial;

      g_variant_get_child (listener->events->pdata[i], 1, "t", &serial);
      if (expected != 0)
        g_assert_cmpuint (serial, ==, expected);
      expected = serial + 1;
    }
}

static void
on_broadcast (GDBusConnection *connection, const char *sender, const char *path,
              const char *interface, const char *member, GVariant *parameters, gpointer user_data)
{
  Fixture *f = user_data;
  g_autofree char *arguments = g_variant_print (parameters, FALSE);

  g_ptr_array_add (f->bus_heard, g_strdup_printf ("%s %s", member, arguments));
}

void
hear_broadcasts (Fixture *f)
{
  g_dbus_connection_signal_subscribe (f->client, OH_BUS_NAME, NULL, NULL, NULL, NULL,
                                      G_DBUS_SIGNAL_FLAGS_NONE, on_broadcast, f, NULL);
  for (guint i = 0; i < f->listeners->len; i++)
    {
      Listener *listener = f->listeners->pdata[i];

      if (listener->connection == f->client)
        listener->all = f->bus_heard;
    }
}

void
assert_heard (Listener *listener, guint index, const char *key, const char *expected)
{
  g_autofree char *value = heard_detail (listener, index, key);

  g_assert_cmpstr (value, ==, expected);
}

Listener *
listen_home (Fixture *f)
{
  Listener *listener = listen_at (f, f->client, "/handle");

  g_variant_unref (listener_open (f, listener));
  return listener;
}
