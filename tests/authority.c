// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/authority.h"

#include <string.h>

#define NAME "org.freedesktop.PolicyKit1"

static const char introspection[]
    = "<node><interface name='org.freedesktop.PolicyKit1.Authority'>"
      "<method name='CheckAuthorization'>"
      "<arg type='(sa{sv})' direction='in'/><arg type='s' direction='in'/>"
      "<arg type='a{ss}' direction='in'/><arg type='u' direction='in'/>"
      "<arg type='s' direction='in'/><arg type='(bba{ss})' direction='out'/></method>"
      "<method name='CancelCheckAuthorization'><arg type='s' direction='in'/></method>"
      "<signal name='Changed'/></interface></node>";

static void
answer (Authority *self, GDBusMethodInvocation *invocation)
{
  g_autoptr (GVariant) subject = NULL;
  g_autofree char *own = NULL;
  const char *action, *name, *verdict;
  guint flags;

  g_variant_get (g_dbus_method_invocation_get_parameters (invocation), "(@(sa{sv})&s@a{ss}u&s)",
                 &subject, &action, NULL, &flags, NULL);
  {
    g_autoptr (GVariant) details = g_variant_get_child_value (subject, 1);

    g_assert_true (g_variant_lookup (details, "name", "&s", &name));
  }
  action = strrchr (action, '.') + 1;
  own = g_strdup_printf ("%s %s", action, name);
  verdict = g_hash_table_lookup (self->rules, own);
  if (verdict == NULL)
    verdict = g_hash_table_lookup (self->rules, action);
  if (g_strcmp0 (verdict, "password") == 0 && flags == 0)
    verdict = "challenge";
  g_dbus_method_invocation_return_value (
      invocation,
      g_variant_new ("((bb@a{ss}))",
                     g_strcmp0 (verdict, "yes") == 0 || g_strcmp0 (verdict, "password") == 0,
                     g_strcmp0 (verdict, "challenge") == 0,
                     g_variant_new_array (G_VARIANT_TYPE ("{ss}"), NULL, 0)));
}

static void
cancel (Authority *self, GDBusMethodInvocation *invocation)
{
  self->n_cancelled++;
  g_dbus_method_invocation_return_value (invocation, NULL);
  if (!g_queue_is_empty (&self->held))
    g_dbus_method_invocation_return_dbus_error (
        g_queue_pop_tail (&self->held), "org.freedesktop.PolicyKit1.Error.Cancelled", "as asked");
}

static void
on_call (GDBusConnection *connection, const char *sender, const char *path, const char *interface,
         const char *method, GVariant *parameters, GDBusMethodInvocation *invocation,
         gpointer user_data)
{
  Authority *self = user_data;
  guint flags;

  if (g_str_equal (method, "CancelCheckAuthorization"))
    {
      cancel (self, invocation);
      return;
    }
  g_variant_get_child (parameters, 3, "u", &flags);
  self->n_asked++;
  self->n_interactive += flags != 0;
  if (self->silent)
    g_queue_push_tail (&self->held, invocation);
  else
    answer (self, invocation);
}

static void
ask_bus (Authority *self, const char *method, GVariant *parameters)
{
  g_autoptr (GError) error = NULL;
  GVariant *reply = g_dbus_connection_call_sync (
      self->connection, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
      method, parameters, NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);

  g_assert_no_error (error);
  g_variant_unref (reply);
}

Authority *
authority_start (Fixture *f)
{
  static const GDBusInterfaceVTable vtable = { .method_call = on_call };
  g_autoptr (GDBusNodeInfo) node = g_dbus_node_info_new_for_xml (introspection, NULL);
  Authority *self = g_new0 (Authority, 1);

  self->connection = connect_client (f);
  self->rules = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->object = g_dbus_connection_register_object (self->connection,
                                                    "/org/freedesktop/PolicyKit1/Authority",
                                                    node->interfaces[0], &vtable, self, NULL, NULL);
  g_assert_cmpuint (self->object, >, 0);
  ask_bus (self, "RequestName", g_variant_new ("(su)", NAME, 0));
  return self;
}

void
authority_stop (Authority *self)
{
  g_queue_clear_full (&self->held, g_object_unref);
  g_dbus_connection_unregister_object (self->connection, self->object);
  g_dbus_connection_close_sync (self->connection, NULL, NULL);
  g_object_unref (self->connection);
  g_hash_table_unref (self->rules);
  g_free (self);
}

void
authority_rule (Authority *self, const char *action, const char *name, const char *verdict)
{
  g_hash_table_insert (self->rules,
                       name != NULL ? g_strdup_printf ("%s %s", action, name) : g_strdup (action),
                       g_strdup (verdict));
}

void
authority_change (Authority *self)
{
  g_dbus_connection_emit_signal (self->connection, NULL, "/org/freedesktop/PolicyKit1/Authority",
                                 NAME ".Authority", "Changed", NULL, NULL);
  g_dbus_connection_flush_sync (self->connection, NULL, NULL);
}

void
authority_answer_one (Authority *self)
{
  answer (self, g_queue_pop_head (&self->held));
}

void
authority_silence (Authority *self, gboolean on)
{
  self->silent = on;
  while (!on && !g_queue_is_empty (&self->held))
    authority_answer_one (self);
}

typedef struct
{
  Authority *authority;
  guint n;
} Asked;

static gboolean
has_been_asked (gpointer user_data)
{
  Asked *asked = user_data;

  return asked->authority->n_asked >= asked->n;
}

void
authority_until_asked (Authority *self, guint n)
{
  Asked asked = { self, n };

  spin_until (has_been_asked, &asked);
}
