// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gio/gunixsocketaddress.h>
#include <string.h>
#include <unistd.h>

#include "tests/puppet.h"
#include "tests/wire.h"

/* When the bus takes nothing more for a listener: H20, H23. The two buses have other limits.
 * dbus-daemon counts the replies that a sender waits for. dbus-broker counts bytes that were not
 * read, for each user who receives and, of these, for each user who sends. */

#define HOME LINE_PATH "home"
#define REPLIES 12
#define BUS_BYTES (1024 * 1024)

static const OhLimits hasty = {
  .listeners = 64,
  .listeners_per_user = 64,
  .handles_per_line = 8,
  .queued = 256,
  .requests = 32,
  .asks = 32,
  .asks_per_user = 8,
  .ask_open_ms = 5000,
  .ask_ms = 20000,
  .ask_password_ms = 120000,
  .answer_ms = 60000,
  .refused_ms = 20,
  .reply_ms = 60000,
  .ended_ms = 5000,
  .ended_most_ms = 60000,
  .ended_calls = 16,
  .stop_ms = 3000,
  .retry_ms = 2000,
};

static guint
count_handles (Fixture *f)
{
  return oh_dbus_line_get_num_handles (OH_DBUS_LINE (f->line));
}

/* A client that reads nothing more once it knows its name. */
typedef struct
{
  GSocketConnection *stream;
  char *name;
  guint32 serial;
} Deaf;

static void
say (Deaf *deaf, gconstpointer bytes, gsize size)
{
  GOutputStream *out = g_io_stream_get_output_stream (G_IO_STREAM (deaf->stream));
  g_autoptr (GError) error = NULL;

  g_output_stream_write_all (out, bytes, size, NULL, NULL, &error);
  g_assert_no_error (error);
}

static void
ask (Deaf *deaf, const char *name, const char *path, const char *method, GVariant *arguments)
{
  const char *interface = g_str_equal (name, OH_BUS_NAME) ? OH_BUS_NAME ".Line" : name;
  g_autoptr (GDBusMessage) message = g_dbus_message_new_method_call (name, path, interface, method);
  g_autofree guchar *blob = NULL;
  gsize size;

  g_dbus_message_set_serial (message, ++deaf->serial);
  if (arguments != NULL)
    g_dbus_message_set_body (message, arguments);
  blob = g_dbus_message_to_blob (message, &size, G_DBUS_CAPABILITY_FLAGS_NONE, NULL);
  say (deaf, blob, size);
}

static void
ask_bus (Deaf *deaf, const char *method, GVariant *arguments)
{
  ask (deaf, "org.freedesktop.DBus", "/org/freedesktop/DBus", method, arguments);
}

static GSocketConnection *
connect_socket (Fixture *f, uid_t uid)
{
  g_autofree char *path = g_build_filename (f->dir, "bus", NULL);
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GError) error = NULL;
  GSocketConnection *stream;

  g_assert_cmpint (seteuid (uid), ==, 0);
  stream = g_socket_client_connect (client, G_SOCKET_CONNECTABLE (address), NULL, &error);
  g_assert_cmpint (seteuid (0), ==, 0);
  g_assert_no_error (error);
  return stream;
}

/* In the answer to Hello; the reads before it are of the authentication. */
static char *
read_name (Deaf *deaf)
{
  GInputStream *in = g_io_stream_get_input_stream (G_IO_STREAM (deaf->stream));
  char answer[4096];
  gsize size = 0;
  const char *name;

  do
    {
      gssize n = g_input_stream_read (in, answer + size, sizeof answer - size, NULL, NULL);

      g_assert_cmpint (n, >, 0);
      size += n;
      name = memmem (answer, size, ":1.", 3);
    }
  while (name == NULL || memchr (name, '\0', answer + size - name) == NULL);
  return g_strdup (name);
}

static void
deaf_connect (Deaf *deaf, Fixture *f, uid_t uid)
{
  g_autoptr (GString) hello = g_string_new (NULL);
  g_autofree char *digits = g_strdup_printf ("%u", uid);

  *deaf = (Deaf){ connect_socket (f, uid), NULL, 0 };
  g_string_append_len (hello, "\0AUTH EXTERNAL ", strlen ("AUTH EXTERNAL ") + 1);
  for (guint i = 0; digits[i] != '\0'; i++)
    g_string_append_printf (hello, "%02x", digits[i]);
  g_string_append (hello, "\r\nBEGIN\r\n");
  say (deaf, hello->str, hello->len);
  ask_bus (deaf, "Hello", NULL);
  deaf->name = read_name (deaf);
}

static void
deaf_leave (Deaf *deaf)
{
  g_io_stream_close (G_IO_STREAM (deaf->stream), NULL, NULL);
  g_object_unref (deaf->stream);
  g_free (deaf->name);
}

/* Without an answer, which would be an error when the bus has no room. */
static void
pester (Fixture *f, const char *name, gsize size)
{
  g_autofree char *text = g_strnfill (size, 'x');
  g_autoptr (GDBusMessage) message = g_dbus_message_new_signal ("/a", "a.b", "C");

  g_dbus_message_set_destination (message, name);
  g_dbus_message_set_flags (message, G_DBUS_MESSAGE_FLAGS_NO_REPLY_EXPECTED);
  g_dbus_message_set_body (message, g_variant_new ("(s)", text));
  g_dbus_connection_send_message (f->client, message, G_DBUS_SEND_MESSAGE_FLAGS_NONE, NULL, NULL);
}

/* Until the smallest is too large. */
static void
fill (Fixture *f, const char *name)
{
  for (gsize size = BUS_BYTES / 64; size > 0; size /= 8)
    {
      for (guint i = 0; i < 64; i++)
        pester (f, name, size);
    }
  settle (f, f->client);
}

static Listener *
open_home (Fixture *f, GDBusConnection *client, const char *path)
{
  Listener *listener = listen_at (f, client, path);

  g_variant_unref (listener_open (f, listener));
  return listener;
}

/* Nothing arrives, then everything does when @make_room has been called. */
static void
assert_waits_for_room (Fixture *f, Listener *last, void (*make_room) (gpointer data), gpointer data)
{
  guint n_handles = count_handles (f);
  guint call = puppet_ring ();

  puppet_emit_call (call, OH_CALL_CONNECTED, OH_REASON_NONE, OH_ENDED_BY_NOBODY);
  settle (f, f->client);
  settle (f, last->connection);
  g_assert_cmpuint (last->heard->len, ==, 0); /* else the bus was not full */
  g_assert_cmpuint (count_handles (f), ==, n_handles);
  make_room (data);
  heard_until (last, 0, "1 new-call 1 offering"); /* first, and with the first serial */
  heard_until (last, 0, "2 call-state 1 connected");
  g_assert_cmpuint (last->heard->len, ==, 2);
  assert_serials (last);
}

static void
answer_one (gpointer listener)
{
  ((Listener *)listener)->manner = ANSWERS;
  listener_answer (listener);
}

/* dbus-daemon lets a connection wait for so many replies only (128 on a system bus). */
static void
test_replies (Fixture *f, gconstpointer limits)
{
  OhLine *second = add_line (f, "second", "/dev/zero", oh_driver_find ("fake"));
  GDBusConnection *clients[REPLIES];
  Listener *stopped[REPLIES];
  Listener *last = open_home (f, f->client, "/last");
  g_autoptr (GVariant) dialled = NULL;

  for (guint i = 0; i < REPLIES; i++)
    {
      clients[i] = connect_client (f);
      stopped[i] = listen_at (f, clients[i], "/stopped");
      stopped[i]->manner = HOLDS;
      g_variant_unref (call_ok (f, clients[i], oh_line_get_path (second), "Open",
                                g_variant_new ("(oa{sv})", "/stopped", NULL)));
    }
  dialled = call_ok (f, f->client, oh_line_get_path (second), "Dial",
                     g_variant_new ("(sa{sv})", "1", NULL));
  for (guint i = 0; i < REPLIES; i++)
    heard_until (stopped[i], 0, "1 new-call *");
  assert_waits_for_room (f, last, answer_one, stopped[0]);
  for (guint i = 0; i < REPLIES; i++)
    {
      listener_free (f, stopped[i]);
      leave (&clients[i]);
    }
}

static void
leave_deaf (gpointer deaf)
{
  deaf_leave (deaf);
}

/* Of one user, a client that does not read takes up what the daemon may send to another. */
static void
test_bytes (Fixture *f, gconstpointer limits)
{
  GDBusConnection *other;
  Listener *last;
  Deaf deaf;

  if (!is_root ())
    return;
  other = connect_as (f, UID_STRANGER);
  last = open_home (f, other, "/last");
  deaf_connect (&deaf, f, UID_STRANGER);
  fill (f, deaf.name);
  assert_waits_for_room (f, last, leave_deaf, &deaf);
  leave (&other);
}

static void
deaf_open (Deaf *deaf)
{
  ask_bus (deaf, "AddMatch", g_variant_new ("(s)", "type='signal',sender='" OH_BUS_NAME "'"));
  ask (deaf, OH_BUS_NAME, HOME, "Open", g_variant_new ("(oa{sv})", "/deaf", NULL));
}

static gboolean
are_three (gpointer f)
{
  return count_handles (f) == 3;
}

static void
change_state (Fixture *f)
{
  /* More than the socket and the bus take. */
  const guint n = is_broker () ? 3000 : 1000;

  for (guint i = 0; i < n; i++)
    {
      puppet_emit_line (i % 2 ? OH_LINE_IN_SERVICE : OH_LINE_OUT_OF_SERVICE, "");
      settle (f, f->client);
    }
  puppet_ring ();
}

/* A client has events and broadcasts sent to it and reads nothing. This delays no other user; and
 * another client of the same user, which dbus-broker gives no room to, loses nothing. (There it
 * asks nothing meanwhile either: dbus-broker disconnects who cannot be given a reply.) */
static void
test_deaf (Fixture *f, gconstpointer limits)
{
  GDBusConnection *stranger, *another;
  Listener *same, *other;
  Deaf deaf;

  if (!is_root ())
    return;
  stranger = connect_as (f, UID_STRANGER);
  another = connect_as (f, UID_ANOTHER);
  same = open_home (f, stranger, "/same");
  other = open_home (f, another, "/other");
  deaf_connect (&deaf, f, UID_STRANGER);
  deaf_open (&deaf);
  spin_until (are_three, f);
  change_state (f);
  heard_until (other, 0, "* new-call 1 offering");
  g_assert_cmpuint (other->heard->len, >, 500);
  g_assert_true (!is_broker ()
                 || !has_heard (same, "* new-call *")); /* else the bus was not full */
  deaf_leave (&deaf);
  heard_until (same, 0, "* new-call 1 offering");
  assert_serials (same);
  assert_serials (other);
  leave (&stranger);
  leave (&another);
}

static void
set_up_full (Fixture *f, gconstpointer data)
{
  g_autofree char *limits
      = g_strdup_printf ("<limit name=\"max_replies_per_connection\">%d</limit>"
                         "<limit name=\"max_connections_per_user\">64</limit>"
                         "<limit name=\"max_outgoing_bytes\">%d</limit>",
                         REPLIES, BUS_BYTES / 64); /* dbus-broker multiplies them */

  bus_change (limits, NULL);
  puppet_set_up (f, &hasty);
}

static void
tear_down_bus (Fixture *f, gconstpointer data)
{
  puppet_tear_down (f, NULL);
  bus_restore ();
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/H20/delivery-full/deaf", Fixture, NULL, set_up_full, test_deaf, tear_down_bus);
  if (is_broker ())
    g_test_add ("/H23/delivery-full/bytes", Fixture, NULL, set_up_full, test_bytes, tear_down_bus);
  else
    g_test_add ("/H23/delivery-full/replies", Fixture, NULL, set_up_full, test_replies,
                tear_down_bus);
  return g_test_run ();
}
