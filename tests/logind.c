// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/logind.h"

#include <gio/gunixfdlist.h>
#include <glib-unix.h>
#include <poll.h>
#include <unistd.h>

#define NAME "org.freedesktop.login1"
#define PATH "/org/freedesktop/login1"

typedef struct
{
  char *mode;
  int fd; /* the end that is hung up when the inhibitor is closed */
} Given;

static const char introspection[] = "<node><interface name='org.freedesktop.login1.Manager'>"
                                    "<method name='Inhibit'>"
                                    "<arg type='s' direction='in'/><arg type='s' direction='in'/>"
                                    "<arg type='s' direction='in'/><arg type='s' direction='in'/>"
                                    "<arg type='h' direction='out'/></method>"
                                    "<signal name='PrepareForSleep'><arg type='b'/></signal>"
                                    "</interface></node>";

static void
given_free (gpointer data)
{
  Given *given = data;

  close (given->fd);
  g_free (given->mode);
  g_free (given);
}

static void
grant (Logind *self, GDBusMethodInvocation *invocation)
{
  g_autoptr (GUnixFDList) fds = g_unix_fd_list_new ();
  g_autoptr (GError) error = NULL;
  Given *given = g_new0 (Given, 1);
  int ends[2];

  g_unix_open_pipe (ends, FD_CLOEXEC, &error);
  g_assert_no_error (error);
  g_unix_fd_list_append (fds, ends[1], &error);
  g_assert_no_error (error);
  close (ends[1]);
  given->fd = ends[0];
  g_variant_get_child (g_dbus_method_invocation_get_parameters (invocation), 3, "s", &given->mode);
  g_ptr_array_add (self->given, given);
  g_dbus_method_invocation_return_value_with_unix_fd_list (invocation, g_variant_new ("(h)", 0),
                                                           fds);
}

static void
answer (Logind *self, GDBusMethodInvocation *invocation)
{
  if (self->refuses)
    g_dbus_method_invocation_return_dbus_error (
        invocation, "org.freedesktop.DBus.Error.AccessDenied", "Permission denied");
  else
    grant (self, invocation);
}

static void
on_call (GDBusConnection *connection, const char *sender, const char *path, const char *interface,
         const char *method, GVariant *parameters, GDBusMethodInvocation *invocation,
         gpointer user_data)
{
  Logind *self = user_data;
  const char *what, *who, *why, *mode;

  g_variant_get (parameters, "(&s&s&s&s)", &what, &who, &why, &mode);
  g_free (self->asked);
  self->asked = g_strjoin (", ", what, who, why, mode, NULL);
  self->n_blocks += g_str_equal (mode, "block");
  if (self->silent)
    g_queue_push_tail (&self->held, invocation);
  else
    answer (self, invocation);
}

static void
ask_bus (Logind *self, const char *method, GVariant *parameters)
{
  g_autoptr (GError) error = NULL;
  GVariant *reply = g_dbus_connection_call_sync (
      self->connection, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
      method, parameters, NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);

  g_assert_no_error (error);
  g_variant_unref (reply);
}

Logind *
logind_start (Fixture *f)
{
  static const GDBusInterfaceVTable vtable = { .method_call = on_call };
  g_autoptr (GDBusNodeInfo) node = g_dbus_node_info_new_for_xml (introspection, NULL);
  Logind *self = g_new0 (Logind, 1);

  self->connection = connect_client (f);
  self->given = g_ptr_array_new_with_free_func (given_free);
  self->object = g_dbus_connection_register_object (self->connection, PATH, node->interfaces[0],
                                                    &vtable, self, NULL, NULL);
  g_assert_cmpuint (self->object, >, 0);
  ask_bus (self, "RequestName", g_variant_new ("(su)", NAME, 0));
  return self;
}

static gboolean
is_null (gpointer where)
{
  return *(gpointer *)where == NULL;
}

void
logind_stop (Logind *self)
{
  gpointer watched = self->connection;

  g_queue_clear_full (&self->held, g_object_unref);
  g_dbus_connection_unregister_object (self->connection, self->object);
  g_object_add_weak_pointer (watched, &watched);
  g_dbus_connection_close_sync (self->connection, NULL, NULL);
  g_object_unref (self->connection);
  spin_until (is_null, &watched);
  g_ptr_array_unref (self->given);
  g_free (self->asked);
  g_free (self);
}

void
logind_answer (Logind *self)
{
  while (!g_queue_is_empty (&self->held))
    answer (self, g_queue_pop_head (&self->held));
}

static gboolean
is_held (const Given *given)
{
  struct pollfd end = { .fd = given->fd };

  g_assert_cmpint (poll (&end, 1, 0), >=, 0);
  return (end.revents & POLLHUP) == 0;
}

guint
logind_count (Logind *self, const char *mode)
{
  guint n = 0;

  for (guint i = 0; i < self->given->len; i++)
    {
      const Given *given = self->given->pdata[i];

      n += g_str_equal (given->mode, mode) && is_held (given);
    }
  return n;
}

typedef struct
{
  Logind *logind;
  const char *mode;
  guint n;
} Expected;

static gboolean
is_as_expected (gpointer user_data)
{
  Expected *expected = user_data;

  return logind_count (expected->logind, expected->mode) == expected->n;
}

void
logind_until (Logind *self, const char *mode, guint n)
{
  Expected expected = { self, mode, n };

  if (!spin_for (is_as_expected, &expected))
    g_error ("%u inhibitors \"%s\", not %u", logind_count (self, mode), mode, n);
}

void
logind_settle (Logind *self)
{
  ask_bus (self, "GetId", NULL);
}

void
logind_prepare (Logind *self, gboolean going)
{
  g_dbus_connection_emit_signal (self->connection, NULL, PATH, NAME ".Manager", "PrepareForSleep",
                                 g_variant_new ("(b)", going), NULL);
  g_dbus_connection_flush_sync (self->connection, NULL, NULL);
}

gboolean
logind_suspend (Logind *self)
{
  if (logind_count (self, "block") > 0)
    return FALSE;
  logind_prepare (self, TRUE);
  logind_until (self, "delay", 0);
  return TRUE;
}
