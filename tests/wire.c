// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/wire.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

static void
on_errand_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Errand *errand = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *name = NULL;

  errand->reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  errand->done = TRUE;
  if (errand->reply != NULL)
    return;
  name = g_dbus_error_get_remote_error (error);
  errand->error = g_strdup (name != NULL ? strrchr (name, '.') + 1 : "");
}

void
errand_begin (Errand *errand, GDBusConnection *client, const char *path, const char *method,
              GVariant *parameters)
{
  const char *interface = strstr (path, "/call/") ? OH_BUS_NAME ".Call" : OH_BUS_NAME ".Line";

  *errand = (Errand){ 0 };
  g_dbus_connection_call (client, OH_BUS_NAME, path, interface, method, parameters, NULL,
                          G_DBUS_CALL_FLAGS_NONE, G_MAXINT, NULL, on_errand_done, errand);
}

static gboolean
is_answered (gpointer errand)
{
  return ((Errand *)errand)->done;
}

void
errand_ends (Errand *errand, const char *error)
{
  spin_until (is_answered, errand);
  g_assert_cmpstr (errand->error, ==, error);
  g_clear_pointer (&errand->reply, g_variant_unref);
  g_clear_pointer (&errand->error, g_free);
}

static char *
describe (GDBusMessage *message)
{
  GVariant *body = g_dbus_message_get_body (message);
  const char *member = g_dbus_message_get_member (message);
  g_autoptr (GVariant) word = NULL;

  switch (g_dbus_message_get_message_type (message))
    {
    case G_DBUS_MESSAGE_TYPE_METHOD_RETURN:
      return g_strdup ("reply");
    case G_DBUS_MESSAGE_TYPE_ERROR:
      return g_strconcat ("error ", strrchr (g_dbus_message_get_error_name (message), '.') + 1,
                          NULL);
    case G_DBUS_MESSAGE_TYPE_METHOD_CALL:
      word = g_variant_get_child_value (body, g_str_equal (member, "Event") ? 3 : 1);
      return g_strdup_printf ("%s %s", member, g_variant_get_string (word, NULL));
    case G_DBUS_MESSAGE_TYPE_SIGNAL:
    case G_DBUS_MESSAGE_TYPE_INVALID:
      break;
    }
  return g_strdup (member);
}

static void
arrivals_unref (gpointer user_data)
{
  Arrivals *arrivals = user_data;

  if (!g_atomic_int_dec_and_test (&arrivals->references))
    return;
  g_mutex_clear (&arrivals->lock);
  g_ptr_array_unref (arrivals->seen);
  g_object_unref (arrivals->connection);
  g_free (arrivals);
}

/* In the connection's own thread. */
static GDBusMessage *
on_message (GDBusConnection *connection, GDBusMessage *message, gboolean incoming,
            gpointer user_data)
{
  Arrivals *arrivals = user_data;

  if (!incoming || g_strcmp0 (g_dbus_message_get_sender (message), "org.freedesktop.DBus") == 0)
    return message;
  g_mutex_lock (&arrivals->lock);
  g_ptr_array_add (arrivals->seen, describe (message));
  g_mutex_unlock (&arrivals->lock);
  return message;
}

Arrivals *
arrivals_watch (GDBusConnection *connection)
{
  Arrivals *arrivals = g_new0 (Arrivals, 1);

  arrivals->references = 2;
  g_mutex_init (&arrivals->lock);
  arrivals->seen = g_ptr_array_new_with_free_func (g_free);
  arrivals->connection = g_object_ref (connection);
  arrivals->filter
      = g_dbus_connection_add_filter (connection, on_message, arrivals, arrivals_unref);
  return arrivals;
}

void
arrivals_stop (Arrivals *arrivals)
{
  g_dbus_connection_remove_filter (arrivals->connection, arrivals->filter);
  arrivals_unref (arrivals);
}

guint
arrivals_count (Arrivals *arrivals, const char *glob)
{
  guint n = 0;

  g_mutex_lock (&arrivals->lock);
  for (guint i = 0; i < arrivals->seen->len; i++)
    n += g_pattern_match_simple (glob, arrivals->seen->pdata[i]);
  g_mutex_unlock (&arrivals->lock);
  return n;
}

typedef struct
{
  Arrivals *arrivals;
  const char *glob;
} Awaited;

static gboolean
has_come (gpointer user_data)
{
  Awaited *awaited = user_data;

  return arrivals_count (awaited->arrivals, awaited->glob) > 0;
}

void
arrivals_until (Arrivals *arrivals, const char *glob)
{
  Awaited awaited = { arrivals, glob };

  if (!spin_for (has_come, &awaited))
    g_error ("\"%s\" has not come", glob);
}

void
arrivals_assert_first (Arrivals *arrivals, const char *text)
{
  g_mutex_lock (&arrivals->lock);
  g_assert_cmpuint (arrivals->seen->len, >, 0);
  g_assert_cmpstr (arrivals->seen->pdata[0], ==, text);
  g_mutex_unlock (&arrivals->lock);
}

gboolean
is_root (void)
{
  if (geteuid () == 0)
    return TRUE;
  g_test_skip ("this machine has no second user that we could be: we are not root");
  return FALSE;
}

GDBusConnection *
connect_as (Fixture *f, uid_t uid)
{
  GDBusConnection *client;

  g_assert_cmpint (seteuid (uid), ==, 0);
  client = connect_client (f);
  g_assert_cmpint (seteuid (0), ==, 0);
  return client;
}

void
leave (GDBusConnection **client)
{
  g_autoptr (GError) error = NULL;

  g_dbus_connection_close_sync (*client, NULL, &error);
  g_assert_no_error (error);
  g_clear_object (client);
}

static char *
read_text (const char *path)
{
  g_autoptr (GError) error = NULL;
  char *text;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  return text;
}

/* Of our own policy, which is the last file included. */
static char *
make_policy (const char *conf, const char *without)
{
  const char *begin = g_strrstr (conf, "<include>") + strlen ("<include>");
  g_autofree char *path = g_strndup (begin, strcspn (begin, "<"));
  g_autofree char *policy = read_text (path);
  g_auto (GStrv) lines = g_strsplit (policy, "\n", -1);
  GString *kept = g_string_new (NULL);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      if (without == NULL || !g_pattern_match_simple (without, lines[i]))
        g_string_append_printf (kept, "%s\n", lines[i]);
    }
  return g_string_free (kept, FALSE);
}

static void
write_text (const char *directory, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (directory, name, NULL);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
}

void
bus_change (const char *more, const char *without)
{
  const char *original = g_getenv ("OFFHOOK_BUS_CONF");
  g_autoptr (GError) error = NULL;
  g_autofree char *directory = g_dir_make_tmp ("offhook-bus-XXXXXX", &error);
  g_autofree char *conf = read_text (original);
  g_autofree char *policy = make_policy (conf, without);
  g_autofree char *path = g_build_filename (directory, "bus.conf", NULL);
  g_autofree char *changed
      = g_strdup_printf ("%.*s<include>%s/policy.conf</include>%s</busconfig>\n",
                         (int)(g_strrstr (conf, "<include>") - conf), conf, directory, more);

  g_assert_no_error (error);
  write_text (directory, "policy.conf", policy);
  write_text (directory, "bus.conf", changed);
  g_setenv ("OFFHOOK_BUS_CONF_BEFORE", original, TRUE);
  g_setenv ("OFFHOOK_BUS_CONF", path, TRUE);
}

void
bus_restore (void)
{
  g_autofree char *path = g_strdup (g_getenv ("OFFHOOK_BUS_CONF"));
  g_autofree char *directory = g_path_get_dirname (path);
  g_autofree char *policy = g_build_filename (directory, "policy.conf", NULL);

  g_setenv ("OFFHOOK_BUS_CONF", g_getenv ("OFFHOOK_BUS_CONF_BEFORE"), TRUE);
  g_unsetenv ("OFFHOOK_BUS_CONF_BEFORE");
  g_unlink (path);
  g_unlink (policy);
  g_assert_cmpint (g_rmdir (directory), ==, 0);
}
