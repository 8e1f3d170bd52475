// SPDX-License-Identifier: LGPL-2.1-or-later
#include <string.h>

#include "tests/fixture.h"

/* What both drivers have to live through: a device that goes and comes back, noise on the wire.
 * After each the next call is delivered. */

#define CALL LINE_PATH "home/call/"

static void
sim_settle (Fixture *f)
{
  sim (f, "echo told");
  sim_until (f, "told");
}

/* A count may be left out: the newest takes the place of one that waits. */
static void
ringing_until (Listener *listener, guint from, guint count)
{
  guint rings = 0;

  for (guint at = from; rings < count; at++)
    {
      at = heard_until (listener, at, "* ringing *");
      rings = g_ascii_strtoull (strrchr (listener->heard->pdata[at], ' '), NULL, 10);
    }
}

/* The next call from @number, from the first ring to its end. */
static void
assert_delivered (Fixture *f, Listener *listener, const char *number)
{
  g_autofree char *path = NULL;
  g_autofree char *ended = NULL;
  g_autofree char *said = NULL;
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GVariant) party = NULL;
  guint at = listener->events->len;

  sim (f, "ring number=%s", number);
  at = heard_until (listener, at, "* new-call * offering");
  g_variant_get_child (listener->events->pdata[at], 4, "o", &path);
  ringing_until (listener, at, 2);
  reply = call_ok (f, f->client, path, "GetParty", NULL);
  party = g_variant_get_child_value (reply, 0);
  g_assert_true (g_variant_lookup (party, "Number", "s", &said));
  g_assert_cmpstr (said, ==, number);
  sim (f, "give-up");
  sim_until (f, "home caller-gave-up*");
  ended = g_strdup_printf ("* call-state %s ended", strrchr (path, '/') + 1);
  heard_until (listener, at, ended);
  assert_serials (listener);
}

static gboolean
has_no_calls (gpointer line)
{
  return !oh_line_has_calls (line);
}

static gboolean
is_in_service (gpointer line)
{
  return g_str_equal (oh_dbus_line_get_state (line), "in-service");
}

/* Unplugged and plugged in again, idle, while it rings, and in a call. */
static void
test_vanish (Fixture *f, gconstpointer driver)
{
  Listener *listener = listen_home (f);
  g_autoptr (GVariant) reply = NULL;
  guint at;

  sim (f, "vanish");
  at = heard_until (listener, 0, "* line-state * absent");
  sim (f, "return");
  heard_until (listener, at, "* line-state * in-service");
  assert_delivered (f, listener, "5551234");

  sim (f, "ring number=5551234");
  heard_until (listener, 0, "* new-call 2 offering");
  sim (f, "vanish");
  heard_until (listener, 0, "* call-state 2 ended");
  sim (f, "return");
  spin_until (is_in_service, f->line);

  sim (f, "ring number=5551234");
  at = heard_until (listener, 0, "* new-call 3 offering");
  reply = call_ok (f, f->client, CALL "3", "Answer", NULL);
  at = heard_until (listener, at, "* call-state 3 connected");
  sim (f, "vanish");
  at = heard_until (listener, at, "* call-state 3 disconnected");
  {
    g_autofree char *reason = heard_detail (listener, at, "Reason");

    g_assert_cmpstr (reason, ==, "out-of-order");
  }
  at = heard_until (listener, at, "* call-state 3 ended");
  at = heard_until (listener, at, "* line-state * absent");
  call_fails (f, f->client, CALL "3", "Drop", NULL, "InvalidState");
  call_fails (f, f->client, LINE_PATH "home", "Dial", g_variant_new ("(sa{sv})", "5551234", NULL),
              "NoDevice");
  sim (f, "return");
  at = heard_until (listener, at, "* line-state * in-service");
  heard_until (listener, 0, "* health * healthy");
  assert_delivered (f, listener, "5559999");
}

typedef struct
{
  Listener *listener;
  char *error;
  guint heard; /* how much was, when the reply came */
} Reply;

static void
on_reply (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Reply *reply = user_data;
  g_autoptr (GError) error = NULL;

  g_assert_null (g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error));
  reply->error = g_dbus_error_get_remote_error (error);
  reply->heard = reply->listener->heard->len;
}

static gboolean
has_replied (gpointer reply)
{
  return ((Reply *)reply)->error != NULL;
}

/* What waits for the modem is answered before the events of its loss (H11). */
static void
test_vanish_while_asked (Fixture *f, gconstpointer driver)
{
  Listener *listener = listen_home (f);
  Reply reply = { .listener = listener };

  sim (f, "ring number=5551234");
  heard_until (listener, 0, "* new-call 1 offering");
  sim (f, "mute on");
  sim_settle (f);
  g_dbus_connection_call (f->client, OH_BUS_NAME, CALL "1", OH_BUS_NAME ".Call", "Answer", NULL,
                          NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, on_reply, &reply);
  settle (f, f->client);
  sim (f, "vanish");
  spin_until (has_replied, &reply);
  g_assert_cmpstr (reply.error, ==, OH_BUS_NAME ".Error.NoDevice");
  g_assert_cmpuint (heard_until (listener, 0, "* call-state 1 disconnected"), >=, reply.heard);
  heard_until (listener, 0, "* call-state 1 ended");
  g_free (reply.error);
}

/* Random bytes, many times. */
static void
test_garbage (Fixture *f, gconstpointer driver)
{
  Listener *listener = listen_home (f);

  for (guint n = 1; n <= 1000; n *= 10)
    {
      sim (f, "garbage %u", n);
      sim_settle (f);
      /* It may by chance have made a ring. */
      spin_until (has_no_calls, f->line);
      sim (f, "send '\\r\\n'");
      assert_delivered (f, listener, "5551234");
    }
}

/* Bytes one at a time, and all that comes in one turn at once. */
static void
test_pieces (Fixture *f, gconstpointer driver)
{
  static const char *const manners[]
      = { "split 1", "split 2", "split 7", "split off", "merge on", "merge off" };
  Listener *listener = listen_home (f);

  for (guint i = 0; i < G_N_ELEMENTS (manners); i++)
    {
      sim (f, "%s", manners[i]);
      sim_settle (f);
      assert_delivered (f, listener, "5551234");
    }
}

/* A byte is lost somewhere in a call, in one direction and the other. */
static void
test_lost_bytes (Fixture *f, gconstpointer driver)
{
  static const guint at[] = { 1, 3, 8, 20, 45 };
  static const char *const ways[] = { "lose", "lose-host" };
  Listener *listener = listen_home (f);

  for (guint i = 0; i < G_N_ELEMENTS (at); i++)
    for (guint j = 0; j < G_N_ELEMENTS (ways); j++)
      {
        g_test_message ("%s %u", ways[j], at[i]);
        sim (f, "%s %u", ways[j], at[i]);
        sim (f, "ring number=5551234 rings=2");
        sim_until (f, "home caller-gave-up*");
        spin_until (has_no_calls, f->line);
        assert_delivered (f, listener, "5559999");
      }
}

/* In the middle of a call of our own answering: noise ends nothing and is survived. */
static void
test_garbage_in_call (Fixture *f, gconstpointer driver)
{
  Listener *listener = listen_home (f);
  g_autoptr (GVariant) answered = NULL;
  g_autoptr (GVariant) sent = NULL;
  g_autoptr (GVariant) dropped = NULL;

  sim (f, "ring number=5551234");
  heard_until (listener, 0, "* new-call 1 offering");
  answered = call_ok (f, f->client, CALL "1", "Answer", NULL);
  heard_until (listener, 0, "* call-state 1 connected");
  sim (f, "send '\\x01\\x02\\xff\\xfe garbage \\x80\\r\\n\\r\\n+CLCC: x,,\\r\\n'");
  sent = call_ok (f, f->client, CALL "1", "SendDigits", g_variant_new ("(sa{sv})", "5", NULL));
  sim_until (f, "home digit-sent-by-host 5");
  g_assert_false (has_heard (listener, "* call-state 1 ended"));
  dropped = call_ok (f, f->client, CALL "1", "Drop", NULL);
  heard_until (listener, 0, "* call-state 1 ended");
  assert_delivered (f, listener, "5559999");
}

#define ADD(name, func)                                                                            \
  g_test_add ("/drivers/" name "/v253", Fixture, "v253", set_up, func, tear_down);                 \
  g_test_add ("/drivers/" name "/cellular", Fixture, "cellular", set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("vanish", test_vanish);
  ADD ("vanish-while-asked", test_vanish_while_asked);
  ADD ("garbage", test_garbage);
  ADD ("pieces", test_pieces);
  ADD ("lost-bytes", test_lost_bytes);
  ADD ("garbage-in-call", test_garbage_in_call);
  return g_test_run ();
}
