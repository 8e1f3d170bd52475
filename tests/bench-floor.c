// SPDX-License-Identifier: LGPL-2.1-or-later
#include <fcntl.h>
#include <gio/gio.h>
#include <glib-unix.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* bench-floor DEVICE NAMES PATH [MESSAGES]
 *
 * The least that a program of GDBus can do: reads the modem at DEVICE, and when a line has the
 * caller's number calls Event, with reply, of the listener PATH of each of the connections NAMES
 * (with commas between them). It keeps nothing and decides nothing. The latencies of offhookd are
 * told as multiples of its own.
 *
 * With MESSAGES, a file of them, sends these instead, each call after the answer to the one before:
 * what offhookd says of a call, said without thinking. */

#define LINE "/org/offhook/Telephony1/line/floor"

typedef struct
{
  GDBusConnection *bus;
  char **names;
  const char *path;
  guint64 serial;
  char line[256];
  gsize length;
  GPtrArray *messages; /* NULL, or of GDBusMessage */
  guint next;
} Floor;

static void
on_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply
      = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (reply == NULL)
    g_error ("%s", error->message);
}

/* As long as offhookd's. */
static GVariant *
make_details (const char *number)
{
  static const char *const nothing[] = { NULL };
  static const char *const features[] = { "answer", "ignore", "drop", NULL };
  static const char *const times[] = { "StateSince", "OfferedAt", "ConnectedAt", "EndedAt" };
  gint64 now = g_get_real_time ();
  GVariantBuilder details;

  g_variant_builder_init (&details, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&details, "{sv}", "State", g_variant_new_string ("offering"));
  g_variant_builder_add (&details, "{sv}", "Mode", g_variant_new_strv (nothing, -1));
  g_variant_builder_add (&details, "{sv}", "Reason", g_variant_new_string ("none"));
  g_variant_builder_add (&details, "{sv}", "EndedBy", g_variant_new_string (""));
  g_variant_builder_add (&details, "{sv}", "Direction", g_variant_new_string ("incoming"));
  g_variant_builder_add (&details, "{sv}", "Origin", g_variant_new_string ("direct"));
  g_variant_builder_add (&details, "{sv}", "Number", g_variant_new_string (number));
  g_variant_builder_add (&details, "{sv}", "NumberPresentation", g_variant_new_string ("allowed"));
  g_variant_builder_add (&details, "{sv}", "NamePresentation", g_variant_new_string ("unknown"));
  g_variant_builder_add (&details, "{sv}", "Partial", g_variant_new_boolean (FALSE));
  g_variant_builder_add (&details, "{sv}", "Silenced", g_variant_new_boolean (FALSE));
  g_variant_builder_add (&details, "{sv}", "Features", g_variant_new_strv (features, -1));
  for (guint i = 0; i < G_N_ELEMENTS (times); i++)
    g_variant_builder_add (&details, "{sv}", times[i], g_variant_new_int64 (now));
  return g_variant_builder_end (&details);
}

static void
tell (Floor *self, const char *name, const char *number)
{
  struct timespec now;

  clock_gettime (CLOCK_BOOTTIME, &now);
  g_dbus_connection_call (self->bus, name, self->path, "org.offhook.Telephony1.Listener", "Event",
                          g_variant_new ("(ottso@a{sv})", LINE, self->serial,
                                         (guint64)now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000,
                                         "new-call", LINE "/call/1", make_details (number)),
                          NULL, G_DBUS_CALL_FLAGS_NO_AUTO_START, G_MAXINT, NULL, on_answered, NULL);
}

static void on_replay_answered (GObject *source, GAsyncResult *result, gpointer user_data);

static void
replay (Floor *self)
{
  while (self->next < self->messages->len)
    {
      g_autoptr (GDBusMessage) message
          = g_dbus_message_copy (self->messages->pdata[self->next++], NULL);

      if (g_dbus_message_get_message_type (message) == G_DBUS_MESSAGE_TYPE_METHOD_CALL)
        {
          g_dbus_connection_send_message_with_reply (self->bus, message,
                                                     G_DBUS_SEND_MESSAGE_FLAGS_NONE, G_MAXINT, NULL,
                                                     NULL, on_replay_answered, self);
          return;
        }
      g_dbus_connection_send_message (self->bus, message, G_DBUS_SEND_MESSAGE_FLAGS_NONE, NULL,
                                      NULL);
    }
}

static void
on_replay_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GDBusMessage) reply
      = g_dbus_connection_send_message_with_reply_finish (G_DBUS_CONNECTION (source), result, NULL);

  if (reply == NULL || g_dbus_message_get_message_type (reply) == G_DBUS_MESSAGE_TYPE_ERROR)
    g_error ("an event is not answered");
  replay (user_data);
}

/* Ends the line at the number in it, if there is one. */
static char *
find_number (char *line)
{
  char *number;

  if (strncmp (line, "+CLIP: \"", 8) == 0)
    number = line + 8;
  else if (strncmp (line, "NMBR = ", 7) == 0)
    number = line + 7;
  else
    return NULL;
  number[strcspn (number, "\"\r")] = '\0';
  return number;
}

static void
take_line (Floor *self)
{
  char *number = find_number (self->line);

  if (number == NULL)
    return;
  self->next = 0;
  if (self->messages != NULL)
    {
      replay (self);
      return;
    }
  self->serial++;
  for (guint i = 0; self->names[i] != NULL; i++)
    tell (self, self->names[i], number);
}

static gboolean
on_readable (int fd, GIOCondition condition, gpointer user_data)
{
  Floor *self = user_data;
  char bytes[4096];
  gssize n = read (fd, bytes, sizeof bytes);

  for (gssize i = 0; i < n; i++)
    {
      if (bytes[i] != '\n')
        {
          if (self->length + 1 < sizeof self->line)
            self->line[self->length++] = bytes[i];
          continue;
        }
      self->line[self->length] = '\0';
      self->length = 0;
      take_line (self);
    }
  return G_SOURCE_CONTINUE;
}

static GPtrArray *
load_messages (const char *file)
{
  GPtrArray *messages = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GError) error = NULL;
  g_autofree char *bytes = NULL;
  gsize length;

  if (!g_file_get_contents (file, &bytes, &length, &error))
    g_error ("%s", error->message);
  for (gsize at = 0; at < length;)
    {
      guchar *start = (guchar *)bytes + at;
      gssize size = g_dbus_message_bytes_needed (start, length - at, &error);
      GDBusMessage *message
          = error == NULL
                ? g_dbus_message_new_from_blob (start, size, G_DBUS_CAPABILITY_FLAGS_NONE, &error)
                : NULL;

      if (message == NULL)
        g_error ("%s: %s", file, error->message);
      g_dbus_message_set_sender (message, NULL);
      g_ptr_array_add (messages, message);
      at += size;
    }
  return messages;
}

int
main (int argc, char **argv)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GError) error = NULL;
  Floor floor = { 0 };
  int fd;

  if (argc < 4)
    return 2;
  fd = open (argv[1], O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
  floor.bus = g_bus_get_sync (G_BUS_TYPE_SYSTEM, NULL, &error);
  if (fd < 0 || floor.bus == NULL)
    return EXIT_FAILURE;
  floor.names = g_strsplit (argv[2], ",", 0);
  floor.path = argv[3];
  floor.messages = argc > 4 ? load_messages (argv[4]) : NULL;
  g_unix_fd_add (fd, G_IO_IN, on_readable, &floor);
  puts ("ready");
  fflush (stdout);
  g_main_loop_run (loop);
  return EXIT_SUCCESS;
}
