// SPDX-License-Identifier: LGPL-2.1-or-later
#include <stdio.h>
#include <stdlib.h>

#include "tests/bench.h"

/* bench-cpu FLOOR [CALLS]
 *
 * What CALLS incoming calls cost offhookd, and what they cost the program FLOOR, which sends the
 * same messages: those of one call are recorded first. */

#define CALLS 1000
#define WARM_UP 20
#define BLOCK 50 /* calls to one, then to the other */
#define TEXT "\r\nRING\r\n\r\n+CLIP: \"" BENCH_NUMBER "\",145,,,,0\r\n"

typedef struct
{
  char *sender;
  GAsyncQueue *messages; /* of GDBusMessage; filled in GDBus's thread */
} Record;

static GDBusMessage *
on_message (GDBusConnection *connection, GDBusMessage *message, gboolean incoming,
            gpointer user_data)
{
  Record *record = user_data;
  GDBusMessageType type = g_dbus_message_get_message_type (message);

  if (incoming && g_strcmp0 (g_dbus_message_get_sender (message), record->sender) == 0
      && (type == G_DBUS_MESSAGE_TYPE_SIGNAL || type == G_DBUS_MESSAGE_TYPE_METHOD_CALL))
    g_async_queue_push (record->messages, g_dbus_message_copy (message, NULL));
  return message;
}

static char *
owner_of_name (Bench *b)
{
  g_autoptr (GVariant) reply = g_dbus_connection_call_sync (
      b->f.client, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
      "GetNameOwner", g_variant_new ("(s)", OH_BUS_NAME), NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL,
      NULL);
  char *owner;

  g_assert_nonnull (reply);
  g_variant_get (reply, "(s)", &owner);
  return owner;
}

static void
on_signal (GDBusConnection *connection, const char *sender, const char *path, const char *interface,
           const char *name, GVariant *parameters, gpointer user_data)
{
}

static guint
save (GAsyncQueue *messages, const char *file)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (GError) error = NULL;
  GDBusMessage *message;
  guint n = 0;

  for (; (message = g_async_queue_try_pop (messages)) != NULL; n++)
    {
      gsize size;
      g_autofree guchar *blob
          = g_dbus_message_to_blob (message, &size, G_DBUS_CAPABILITY_FLAGS_NONE, &error);

      g_assert_no_error (error);
      g_byte_array_append (bytes, blob, size);
      g_object_unref (message);
    }
  g_file_set_contents (file, (const char *)bytes->data, bytes->len, &error);
  g_assert_no_error (error);
  return n;
}

/* All that the daemon says of one call, into @file; how many messages. */
static guint
record_call (Bench *b, BenchModem *modem, const char *file)
{
  Record record = { owner_of_name (b), g_async_queue_new () };
  guint filter, signals, n;

  signals = g_dbus_connection_signal_subscribe (b->f.client, OH_BUS_NAME, NULL, NULL, NULL, NULL,
                                                G_DBUS_SIGNAL_FLAGS_NONE, on_signal, NULL, NULL);
  filter = g_dbus_connection_add_filter (b->f.client, on_message, &record, NULL);
  settle (&b->f, b->f.client);
  bench_cellular_call (b, modem, TEXT);
  settle (&b->f, b->f.client);
  g_dbus_connection_remove_filter (b->f.client, filter);
  g_dbus_connection_signal_unsubscribe (b->f.client, signals);
  settle (&b->f, b->f.client);
  n = save (record.messages, file);
  g_async_queue_unref (record.messages);
  g_free (record.sender);
  return n;
}

static void
call_floor (Bench *b, BenchModem *modem)
{
  guint ended = b->ended;

  bench_modem_say (modem, TEXT);
  bench_until ("the end of the call", &b->ended, ended + 1);
}

typedef struct
{
  gint64 floor, offhook; /* nanoseconds */
} Used;

static Used
measure (Bench *b, GSubprocess *floor, guint calls)
{
  BenchModem *ours = b->modems->pdata[0], *theirs = b->modems->pdata[1];
  Used used = { 0 };

  for (guint done = 0; done < calls; done += BLOCK)
    {
      gint64 floor_before, offhook_before = bench_cpu (b->daemon);

      for (guint i = 0; i < BLOCK; i++)
        bench_cellular_call (b, ours, TEXT);
      settle (&b->f, b->f.client);
      used.offhook += bench_cpu (b->daemon) - offhook_before;
      floor_before = bench_cpu (floor);
      for (guint i = 0; i < BLOCK; i++)
        call_floor (b, theirs);
      settle (&b->f, b->f.client);
      used.floor += bench_cpu (floor) - floor_before;
    }
  return used;
}

int
main (int argc, char **argv)
{
  int calls = argc > 2 ? atoi (argv[2]) : CALLS;
  g_autofree char *file = NULL;
  GSubprocess *floor;
  BenchModem *ours;
  Bench b;
  Used used;
  guint n;

  if (argc < 2 || calls <= 0)
    return 2;
  calls = (calls + BLOCK - 1) / BLOCK * BLOCK;
  bench_set_up (&b);
  file = g_build_filename (b.f.dir, "messages", NULL);
  ours = bench_add_modem (&b);
  bench_start_daemon (&b, "cellular", 1);
  bench_open (&b);
  for (guint i = 0; i < WARM_UP; i++)
    bench_cellular_call (&b, ours, TEXT);
  n = record_call (&b, ours, file);
  bench_add_modem (&b);
  floor = bench_start_floor (&b, argv[1], file);
  used = measure (&b, floor, calls);
  bench_stop (floor);
  bench_stop_daemon (&b);
  bench_tear_down (&b);
  printf ("%d incoming calls, %u messages each: floor %.0f ms, offhookd %.0f ms\n", calls, n,
          used.floor / 1e6, used.offhook / 1e6);
  printf ("ratio cpu cellular %.2f\n", (double)used.offhook / used.floor);
  return EXIT_SUCCESS;
}
