// SPDX-License-Identifier: LGPL-2.1-or-later
#include <string.h>
#include <unistd.h>

#include "tests/log-watch.h"
#include "tests/puppet.h"
#include "tests/wire.h"

/* Listeners that answer what no library would: too late, twice, with something else, in another's
 * name. Their replies are made by hand. */

#define HOME LINE_PATH "home"

/* What arrives for one path is kept from GDBus, which would answer it. */
typedef struct
{
  gint references;
  GDBusConnection *connection;
  guint filter;
  GMutex lock;
  GPtrArray *events; /* of GDBusMessage; filled in the connection's own thread */
  guint releases;
} Raw;

static void
raw_unref (gpointer user_data)
{
  Raw *raw = user_data;

  if (!g_atomic_int_dec_and_test (&raw->references))
    return;
  g_mutex_clear (&raw->lock);
  g_ptr_array_unref (raw->events);
  g_free (raw);
}

static GDBusMessage *
on_message (GDBusConnection *connection, GDBusMessage *message, gboolean incoming,
            gpointer user_data)
{
  Raw *raw = user_data;
  const char *interface = g_dbus_message_get_interface (message);

  if (!incoming || g_strcmp0 (interface, OH_BUS_NAME ".Listener") != 0)
    return message;
  g_mutex_lock (&raw->lock);
  if (g_str_equal (g_dbus_message_get_member (message), "Event"))
    g_ptr_array_add (raw->events, g_object_ref (message));
  else
    raw->releases++;
  g_mutex_unlock (&raw->lock);
  g_object_unref (message);
  return NULL;
}

static Raw *
raw_open (Fixture *f, GDBusConnection *connection)
{
  Raw *raw = g_new0 (Raw, 1);

  raw->references = 2;
  raw->connection = g_object_ref (connection);
  g_mutex_init (&raw->lock);
  raw->events = g_ptr_array_new_with_free_func (g_object_unref);
  raw->filter = g_dbus_connection_add_filter (connection, on_message, raw, raw_unref);
  g_variant_unref (call_ok (f, connection, HOME, "Open", open_arguments ("/raw")));
  return raw;
}

static void
raw_free (Fixture *f, Raw *raw)
{
  g_dbus_connection_remove_filter (raw->connection, raw->filter);
  if (raw->connection != f->client)
    g_dbus_connection_close_sync (raw->connection, NULL, NULL);
  g_object_unref (raw->connection);
  raw_unref (raw);
}

static guint
raw_count (Raw *raw)
{
  guint n;

  g_mutex_lock (&raw->lock);
  n = raw->events->len;
  g_mutex_unlock (&raw->lock);
  return n;
}

typedef struct
{
  Raw *raw;
  guint events, releases;
} Wanted;

static gboolean
has_come (gpointer user_data)
{
  Wanted *wanted = user_data;
  gboolean has;

  g_mutex_lock (&wanted->raw->lock);
  has = wanted->raw->events->len >= wanted->events && wanted->raw->releases >= wanted->releases;
  g_mutex_unlock (&wanted->raw->lock);
  return has;
}

/* Waits for the @nth event. */
static GDBusMessage *
raw_event (Raw *raw, guint nth)
{
  GDBusMessage *event;

  spin_until (has_come, &(Wanted){ raw, nth, 0 });
  g_mutex_lock (&raw->lock);
  event = raw->events->pdata[nth - 1];
  g_mutex_unlock (&raw->lock);
  return event;
}

static void
raw_released (Raw *raw)
{
  spin_until (has_come, &(Wanted){ raw, 0, 1 });
}

/* Takes @reply. */
static void
send (GDBusConnection *connection, GDBusMessage *reply)
{
  g_autoptr (GError) error = NULL;

  g_dbus_connection_send_message (connection, reply, G_DBUS_SEND_MESSAGE_FLAGS_NONE, NULL, &error);
  g_assert_no_error (error);
  g_object_unref (reply);
}

static void
answer (Raw *raw, guint nth)
{
  send (raw->connection, g_dbus_message_new_method_reply (raw_event (raw, nth)));
}

static void
emit_line (guint n)
{
  puppet_emit_line (n % 2 ? OH_LINE_OUT_OF_SERVICE : OH_LINE_IN_SERVICE, "");
}

static void
settle_both (Fixture *f, Raw *raw)
{
  settle (f, raw->connection);
  settle (f, f->client);
}

/* A reply of any type is an answer: nobody reads what is in it. */
static void
test_wrong_type (Fixture *f, gconstpointer limits)
{
  Raw *raw = raw_open (f, connect_client (f));
  g_autofree char *huge = g_strnfill (1 << 20, 'x');
  GVariant *const bodies[] = {
    g_variant_ref_sink (g_variant_new ("(s)", "what?")),
    g_variant_ref_sink (g_variant_new_parsed ("('a', {'b': <[<1>, <'c'>]>}, [b'de'])")),
    g_variant_ref_sink (g_variant_new ("(s)", huge)),
    g_variant_ref_sink (
        g_variant_new ("(ottsoa{sv})", HOME, (guint64)1, (guint64)1, "new-call", "/", NULL)),
  };

  for (guint i = 0; i < G_N_ELEMENTS (bodies); i++)
    {
      GDBusMessage *reply;

      emit_line (i + 1);
      reply = g_dbus_message_new_method_reply (raw_event (raw, i + 1));
      g_dbus_message_set_body (reply, bodies[i]);
      send (raw->connection, reply);
      g_variant_unref (bodies[i]);
    }
  emit_line (G_N_ELEMENTS (bodies) + 1);
  raw_event (raw, G_N_ELEMENTS (bodies) + 1);
  g_assert_cmpuint (oh_dbus_line_get_num_handles (OH_DBUS_LINE (f->line)), ==, 1);
  raw_free (f, raw);
}

/* Without a text, with more than one can read, with another body: one warning, which stays short.
 */
static void
test_error_bodies (Fixture *f, gconstpointer limits)
{
  Raw *raw = raw_open (f, connect_client (f));
  g_autofree char *huge = g_strnfill (1 << 20, 'x');
  g_autofree char *letters = g_strnfill (240, 'x');
  g_autofree char *long_name = g_strconcat ("com.example.", letters, NULL);
  GVariant *const bodies[] = { NULL, g_variant_new ("(s)", huge), g_variant_new ("(ai)", NULL) };

  g_test_expect_message ("offhook", G_LOG_LEVEL_WARNING, "Listener /raw * com.example.xxx*");
  for (guint i = 0; i < G_N_ELEMENTS (bodies); i++)
    {
      GDBusMessage *reply;

      emit_line (i + 1);
      reply = g_dbus_message_new_method_error_literal (raw_event (raw, i + 1), long_name, "");
      g_dbus_message_set_body (reply, bodies[i]);
      send (raw->connection, reply);
    }
  emit_line (G_N_ELEMENTS (bodies) + 1);
  raw_event (raw, G_N_ELEMENTS (bodies) + 1);
  g_test_assert_expected_messages ();
  raw_free (f, raw);
}

/* The second is not the answer to the next event. */
static void
test_twice (Fixture *f, gconstpointer limits)
{
  Raw *raw = raw_open (f, connect_client (f));

  for (guint i = 1; i <= 3; i++)
    emit_line (i);
  answer (raw, 1);
  raw_event (raw, 2);
  emit_line (4);
  answer (raw, 1);
  send (raw->connection,
        g_dbus_message_new_method_error_literal (raw_event (raw, 1), "com.example.Again", ""));
  settle_both (f, raw);
  g_assert_cmpuint (raw_count (raw), ==, 2);
  answer (raw, 2);
  raw_event (raw, 3);
  raw_free (f, raw);
}

static GDBusMessage *
make_reply (Raw *raw, guint32 serial)
{
  GDBusMessage *reply = g_dbus_message_new_method_reply (raw_event (raw, 1));

  g_dbus_message_set_reply_serial (reply, serial);
  return reply;
}

/* Answers to what was never asked, or is not asked yet; also when another gives them. */
static void
test_guessed (Fixture *f, gconstpointer limits)
{
  Raw *raw = raw_open (f, connect_client (f));
  GDBusConnection *other = connect_client (f);
  guint32 serial;

  emit_line (1);
  emit_line (2);
  serial = g_dbus_message_get_serial (raw_event (raw, 1));
  for (guint32 i = 1; i < serial + 100; i++)
    {
      if (i != serial)
        send (raw->connection, make_reply (raw, i));
      send (other, make_reply (raw, i));
    }
  settle (f, other);
  settle_both (f, raw);
  g_assert_cmpuint (raw_count (raw), ==, 1);
  answer (raw, 1);
  raw_event (raw, 2);
  emit_line (3);
  settle_both (f, raw);
  g_assert_cmpuint (raw_count (raw), ==, 2); /* the second was not answered in advance */
  leave (&other);
  raw_free (f, raw);
}

typedef struct
{
  const char *text;
  guint times;
} Logged;

static gboolean
has_logged (gpointer user_data)
{
  const Logged *logged = user_data;

  return log_count (logged->text) >= logged->times;
}

/* The client may have its Release before the journal is told. */
static void
assert_unresponsive_logged (guint times)
{
  g_autofree char *text
      = g_strdup_printf ("MESSAGE=Process %d has not answered an event*", getpid ());

  spin_until (has_logged, &(Logged){ text, times });
  g_assert_cmpuint (log_count (text), ==, times);
}

static void
open_is_refused (Fixture *f, Raw *raw)
{
  call_fails (f, raw->connection, HOME, "Open", open_arguments ("/raw"), "LimitsExceeded");
}

/* Until its own late answer, and by nothing else, the connection is shut out; others are not. */
static void
test_late (Fixture *f, gconstpointer limits)
{
  Raw *raw = raw_open (f, connect_client (f));
  Listener *alive = open_at (f, f->client, "/alive");
  guint32 serial;

  log_forget ();
  emit_line (1);
  raw_released (raw);
  assert_unresponsive_logged (1);
  for (guint i = 2; i <= 100; i++)
    emit_line (i);
  serial = g_dbus_message_get_serial (raw_event (raw, 1));
  open_is_refused (f, raw);
  send (raw->connection, make_reply (raw, serial - 1));
  send (raw->connection, make_reply (raw, serial + 1));
  open_is_refused (f, raw);
  heard_until (alive, 0, "1 line-state *");
  answer (raw, 1);
  g_variant_unref (call_ok (f, raw->connection, HOME, "Open", open_arguments ("/raw")));
  g_assert_cmpuint (raw_count (raw), ==, 1); /* nothing of what it missed */
  raw_free (f, raw);
}

/* The late answer, given again, is not the answer to what came after the return. */
static void
test_late_and_again (Fixture *f, gconstpointer limits)
{
  Raw *raw = raw_open (f, connect_client (f));

  log_forget ();
  emit_line (1);
  raw_released (raw);
  assert_unresponsive_logged (1);
  answer (raw, 1);
  g_variant_unref (call_ok (f, raw->connection, HOME, "Open", open_arguments ("/raw")));
  emit_line (2);
  raw_event (raw, 2);
  emit_line (3);
  answer (raw, 1);
  settle_both (f, raw);
  g_assert_cmpuint (raw_count (raw), ==, 2);
  spin_until (has_come, &(Wanted){ raw, 2, 2 }); /* it was not answered: released again */
  assert_unresponsive_logged (2);
  open_is_refused (f, raw);
  raw_free (f, raw);
}

/* As late as it likes, with an error: it was released, and there is nothing to warn of. */
static void
test_late_error (Fixture *f, gconstpointer limits)
{
  Raw *raw = raw_open (f, connect_client (f));

  log_forget ();
  emit_line (1);
  raw_released (raw);
  send (raw->connection,
        g_dbus_message_new_method_error_literal (
            raw_event (raw, 1), "org.freedesktop.DBus.Error.UnknownObject", "gone"));
  g_variant_unref (call_ok (f, raw->connection, HOME, "Open", open_arguments ("/raw")));
  assert_unresponsive_logged (1);
  raw_free (f, raw);
}

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
  .answer_ms = 500,
  .refused_ms = 20,
  .reply_ms = 60000,
  .ended_ms = 5000,
  .ended_most_ms = 60000,
  .ended_calls = 16,
  .stop_ms = 3000,
  .retry_ms = 2000,
};

static void
add (const char *path, const OhLimits *limits, void (*test) (Fixture *f, gconstpointer limits))
{
  g_test_add (path, Fixture, limits, puppet_set_up, test, puppet_tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  log_watch ();
  add ("/hostile-answers/wrong-type", NULL, test_wrong_type);
  add ("/hostile-answers/error-bodies", NULL, test_error_bodies);
  add ("/hostile-answers/twice", NULL, test_twice);
  add ("/hostile-answers/guessed", NULL, test_guessed);
  add ("/hostile-answers/late", &hasty, test_late);
  add ("/hostile-answers/late-and-again", &hasty, test_late_and_again);
  add ("/hostile-answers/late-error", &hasty, test_late_error);
  return g_test_run ();
}
