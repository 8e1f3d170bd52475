// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/owners.h"

#include <string.h>

const OwnersSetUp owners_soon = { .owner = { .grace_ms = 100 } };
const OwnersSetUp owners_later = { .owner = { .grace_ms = 1000 } };

void
owners_set_up (Fixture *f, gconstpointer data)
{
  const OwnersSetUp *wanted = data;

  f->owner = &wanted->owner;
  puppet_set_up (f, wanted->limits);
  puppet ()->drops_at_once = TRUE;
}

GVariant *
open_parameters (const char *path, const char *options)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) parsed
      = g_variant_parse (G_VARIANT_TYPE_VARDICT, options, NULL, NULL, &error);

  g_assert_no_error (error);
  return g_variant_new ("(o@a{sv})", path, parsed);
}

Listener *
open_with (Fixture *f, GDBusConnection *connection, const char *path, const char *line,
           const char *options, GVariant **ret_snapshot)
{
  Listener *listener = listen_at (f, connection, path);
  g_autoptr (GVariant) reply
      = call_ok (f, connection, line, "Open", open_parameters (path, options));

  if (ret_snapshot != NULL)
    *ret_snapshot = g_variant_get_child_value (reply, 0);
  return listener;
}

Listener *
come (Fixture *f, const char *options)
{
  g_autoptr (GDBusConnection) connection = connect_client (f);

  return open_with (f, connection, "/h", HOME, options, NULL);
}

void
go (Listener *client)
{
  g_autoptr (GError) error = NULL;

  g_dbus_connection_close_sync (client->connection, NULL, &error);
  g_assert_no_error (error);
}

void
close_handle (Fixture *f, Listener *listener)
{
  g_variant_unref (
      call_ok (f, listener->connection, HOME, "Close", g_variant_new ("(o)", listener->path)));
}

void
assert_snapshot (GVariant *snapshot, guint index, const char *privilege)
{
  g_autoptr (GVariant) calls
      = g_variant_lookup_value (snapshot, "Calls", G_VARIANT_TYPE ("a(oa{sv})"));
  g_autoptr (GVariant) details = NULL;
  const char *value;

  g_variant_get_child (calls, index, "(o@a{sv})", NULL, &details);
  g_assert_true (g_variant_lookup (details, "Privilege", "&s", &value));
  g_assert_cmpstr (value, ==, privilege);
}

void
told_from (Listener *client, guint from, const char *glob, const char *privilege)
{
  assert_heard (client, heard_until (client, from, glob), "Privilege", privilege);
}

void
told (Listener *client, const char *glob, const char *privilege)
{
  told_from (client, 0, glob, privilege);
}

void
assert_heard_only (Fixture *f, Listener *client, guint n)
{
  settle (f, client->connection);
  g_assert_cmpuint (client->heard->len, ==, n);
}

void
emit_state (guint call, OhCallState state)
{
  puppet_emit_call (call, state, OH_REASON_NONE, OH_ENDED_BY_NOBODY);
}

void
answer_call (Fixture *f, Listener *client, guint call)
{
  g_autofree char *path = g_strdup_printf (HOME "/call/%u", call);
  Errand answer;

  g_clear_pointer (&puppet ()->answer, oh_request_unref);
  errand_begin (&answer, client->connection, path, "Answer", NULL);
  spin_until (is_asked, &puppet ()->answer);
  emit_state (call, OH_CALL_CONNECTED);
  errand_ends (&answer, NULL);
}

void
dial_call (Fixture *f, GDBusConnection *connection)
{
  Errand dial;

  errand_begin (&dial, connection, HOME, "Dial", g_variant_new ("(sa{sv})", "123", NULL));
  spin_until (is_asked, &puppet ()->dial);
  puppet_settle (&puppet ()->dial, -1);
  errand_ends (&dial, NULL);
}

void
ask_ok (Fixture *f, Listener *client, const char *path, const char *method)
{
  g_variant_unref (call_ok (f, client->connection, path, method, NULL));
}

static gboolean
has_dropped (gpointer n)
{
  return puppet ()->n_drops >= GPOINTER_TO_UINT (n);
}

void
dropped (guint n, guint call)
{
  spin_until (has_dropped, GUINT_TO_POINTER (n));
  g_assert_cmpuint (puppet ()->n_drops, ==, n);
  g_assert_cmpuint (puppet ()->call, ==, call);
}

void
assert_none_dropped (void)
{
  g_assert_cmpuint (puppet ()->n_drops, ==, 0);
}

static gboolean
has_no_calls (gpointer line)
{
  return !oh_line_has_calls (line);
}

/* On another line, a call that loses its owner behind whatever happened on this one. */
void
let_grace_pass (Fixture *f)
{
  OhLine *clock = oh_manager_find_line (f->manager, "clock");
  g_autoptr (GDBusConnection) connection = connect_client (f);
  Listener *listener;

  if (clock == NULL)
    clock = add_line (f, "clock", "/dev/zero", oh_driver_find ("fake"));
  listener = open_with (f, connection, "/h", LINE_PATH "clock", "{'OwnerLost': <'drop'>}", NULL);
  g_variant_unref (
      call_ok (f, connection, LINE_PATH "clock", "Dial", g_variant_new ("(sa{sv})", "1", NULL)));
  g_assert_true (oh_line_has_calls (clock));
  go (listener);
  spin_until (has_no_calls, clock);
  listener_free (f, listener);
}

struct _Gate
{
  GDBusConnection *connection;
  guint filter;
  GMutex lock;
  GQueue held; /* of GDBusMessage */
  gboolean open;
};

/* In the connection's own thread. */
static GDBusMessage *
on_sending (GDBusConnection *connection, GDBusMessage *message, gboolean incoming,
            gpointer user_data)
{
  Gate *gate = user_data;
  const char *name;

  if (incoming || g_strcmp0 (g_dbus_message_get_member (message), "GetNameOwner") != 0)
    return message;
  name = g_dbus_message_get_arg0 (message);
  if (name == NULL || g_dbus_is_unique_name (name))
    return message;
  g_mutex_lock (&gate->lock);
  if (!gate->open)
    g_queue_push_tail (&gate->held, g_steal_pointer (&message));
  g_mutex_unlock (&gate->lock);
  return message;
}

static void
gate_free (gpointer user_data)
{
  Gate *gate = user_data;

  g_mutex_clear (&gate->lock);
  g_free (gate);
}

Gate *
gate_shut (Fixture *f)
{
  Gate *gate = g_new0 (Gate, 1);

  gate->connection = f->daemon;
  g_mutex_init (&gate->lock);
  g_queue_init (&gate->held);
  gate->filter = g_dbus_connection_add_filter (f->daemon, on_sending, gate, gate_free);
  return gate;
}

typedef struct
{
  Gate *gate;
  guint n;
} Held;

static gboolean
are_held (gpointer user_data)
{
  Held *held = user_data;
  gboolean done;

  g_mutex_lock (&held->gate->lock);
  done = g_queue_get_length (&held->gate->held) >= held->n;
  g_mutex_unlock (&held->gate->lock);
  return done;
}

void
gate_until (Gate *gate, guint n)
{
  spin_until (are_held, &(Held){ gate, n });
}

void
gate_open (Gate *gate)
{
  GDBusMessage *message;

  g_mutex_lock (&gate->lock);
  gate->open = TRUE;
  g_mutex_unlock (&gate->lock);
  while ((message = g_queue_pop_head (&gate->held)) != NULL)
    {
      g_autoptr (GError) error = NULL;

      g_dbus_connection_send_message (gate->connection, message,
                                      G_DBUS_SEND_MESSAGE_FLAGS_PRESERVE_SERIAL, NULL, &error);
      g_assert_no_error (error);
      g_object_unref (message);
    }
  g_dbus_connection_remove_filter (gate->connection, gate->filter);
}

typedef struct
{
  gboolean done;
  char *text;
} Refusal;

static void
on_refused (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Refusal *refusal = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply
      = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  g_assert_null (reply);
  g_assert_error (error, G_DBUS_ERROR, G_DBUS_ERROR_INVALID_ARGS);
  refusal->text = g_strdup (error->message);
  refusal->done = TRUE;
}

static gboolean
is_refused (gpointer refusal)
{
  return ((Refusal *)refusal)->done;
}

char *
invalid_args (GDBusConnection *connection, const char *path, const char *method,
              GVariant *parameters)
{
  const char *interface = strstr (path, "/call/") ? OH_BUS_NAME ".Call" : OH_BUS_NAME ".Line";
  Refusal refusal = { 0 };

  g_dbus_connection_call (connection, OH_BUS_NAME, path, interface, method, parameters, NULL,
                          G_DBUS_CALL_FLAGS_NONE, G_MAXINT, NULL, on_refused, &refusal);
  spin_until (is_refused, &refusal);
  return refusal.text;
}
