// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/log.h"

#include <string.h>
#include <sys/uio.h>
#include <systemd/sd-journal.h>
#include <unistd.h>

#include "daemon/log-queue.h"

#define WAITING_MOST 1024
#define FLUSH_MS 500
#define FIELDS_MOST 12
/* For GLib, which a test may have told to end at a warning; none of these is a fault of ours. */
#define LEVEL G_LOG_LEVEL_MESSAGE

static const struct
{
  const char *id;
  const char *priority; /* syslog's: 4 warning, 5 notice */
} events[] = {
  [OH_LOG_STARTED] = { "81e273d615cb46fbb46b52c9a3a3cc73", "5" },
  [OH_LOG_STOPPED] = { "d1cede2bf45348718fea62d1256be3ca", "5" },
  [OH_LOG_CONFIG_MISTAKE] = { "771b32decde641f5a6ea092b14ebebfd", "4" },
  [OH_LOG_LINE_ADDED] = { "c13943573391433da45e32cf5026286a", "5" },
  [OH_LOG_LINE_REMOVED] = { "1dcae4733cbb4dacae5cadaab962d2e6", "5" },
  [OH_LOG_LINE_STATE] = { "257199d0b36e44c6893ce8c22a14d5e1", "5" },
  [OH_LOG_DEVICE_GONE] = { "a53185a9409b4479a982d79fcc3aa056", "4" },
  [OH_LOG_DEVICE_BACK] = { "a02348d740f445d8bc56ff4ea09df9dd", "5" },
  [OH_LOG_LINE_AILING] = { "ec4b3d8e297d43ff96f9d5d91d82ee8c", "4" },
  [OH_LOG_LINE_WELL] = { "997eb080107d416fac0b0fb38351843a", "5" },
  [OH_LOG_CALL_BEGAN] = { "1716d35ea82345d38761d4ce620e47bb", "5" },
  [OH_LOG_CALL_ENDED] = { "514a042ef56041418510e05b9c53690a", "5" },
  [OH_LOG_HANDLE_RELEASED] = { "2d243ef3b8e1480f9d5eeaeb56e42290", "4" },
  [OH_LOG_LISTENER_REFUSED] = { "f74994216e7142fa83eac83dfccfe19c", "4" },
  [OH_LOG_OVERDUE] = { "d5a3f3b905b149408174f4fb5aa1c818", "4" },
  [OH_LOG_LOST] = { "b518edecc43442bd98ebb461022d3d33", "4" },
};
G_STATIC_ASSERT (G_N_ELEMENTS (events) == OH_N_LOG_EVENTS);

struct _OhLog
{
  OhLogQueue *queue;
  gboolean to_journal; /* else to standard error */
};

/* An entry on its way: for the journal its fields, "KEY=value" each; else one text. Their bytes
 * follow them. */
typedef struct
{
  guint n;
  struct iovec parts[];
} Record;

typedef struct
{
  GLogField fields[FIELDS_MOST];
  guint n;
} Fields;

static void
add (Fields *fields, const char *key, const char *value)
{
  if (value != NULL && fields->n < FIELDS_MOST)
    fields->fields[fields->n++] = (GLogField){ key, value, -1 };
}

static void
add_event (Fields *fields, OhLogEvent event, const char *text)
{
  add (fields, "PRIORITY", events[event].priority);
  add (fields, "GLIB_DOMAIN", G_LOG_DOMAIN);
  add (fields, "MESSAGE", text);
  add (fields, "MESSAGE_ID", events[event].id);
}

void
oh_log_event (const OhLogEntry *entry, const char *format, ...)
{
  g_autofree char *text = NULL;
  g_autofree char *cause = NULL;
  g_autofree char *duration = NULL;
  Fields fields = { 0 };
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  if (entry->cause != 0)
    cause = g_strdup_printf ("%u", entry->cause);
  if (entry->duration != 0)
    duration = g_strdup_printf ("%" G_GINT64_FORMAT, entry->duration);
  add_event (&fields, entry->event, text);
  add (&fields, "OFFHOOK_LINE", entry->line);
  add (&fields, "OFFHOOK_CALL", entry->call);
  add (&fields, "OFFHOOK_STATE", entry->state);
  add (&fields, "OFFHOOK_REASON", entry->reason);
  add (&fields, "OFFHOOK_CAUSE", cause);
  add (&fields, "OFFHOOK_DURATION_USEC", duration);
  g_log_structured_array (LEVEL, fields.fields, fields.n);
}

static gsize
length_of (const GLogField *field)
{
  return field->length < 0 ? strlen (field->value) : (gsize)field->length;
}

static Record *
record_of_fields (const GLogField *fields, gsize n)
{
  gsize size = sizeof (Record) + n * sizeof (struct iovec);
  Record *record;
  char *at;

  for (gsize i = 0; i < n; i++)
    size += strlen (fields[i].key) + 1 + length_of (&fields[i]);
  record = g_malloc (size);
  record->n = n;
  at = (char *)&record->parts[n];
  for (gsize i = 0; i < n; i++)
    {
      char *begin = at;

      at = g_stpcpy (at, fields[i].key);
      *at++ = '=';
      memcpy (at, fields[i].value, length_of (&fields[i]));
      at += length_of (&fields[i]);
      record->parts[i] = (struct iovec){ begin, at - begin };
    }
  return record;
}

static Record *
record_of_text (GLogLevelFlags level, const GLogField *fields, gsize n)
{
  g_autofree char *text = g_log_writer_format_fields (level, fields, n, FALSE);
  gsize length = strlen (text);
  Record *record = g_malloc (sizeof (Record) + sizeof (struct iovec) + length + 1);
  char *copy = (char *)&record->parts[1];

  memcpy (copy, text, length);
  copy[length] = '\n';
  record->n = 1;
  record->parts[0] = (struct iovec){ copy, length + 1 };
  return record;
}

static Record *
record_new (OhLog *log, GLogLevelFlags level, const GLogField *fields, gsize n)
{
  return log->to_journal ? record_of_fields (fields, n) : record_of_text (level, fields, n);
}

/* In the queue's thread, as is on_lost(); what goes wrong here can be told to nobody. */
static void
on_send (gpointer item, gpointer user_data)
{
  g_autofree Record *record = item;
  OhLog *log = user_data;

  if (log->to_journal)
    sd_journal_sendv (record->parts, record->n);
  else if (writev (STDERR_FILENO, record->parts, record->n) < 0)
    return;
}

static void
on_lost (guint64 n, gpointer user_data)
{
  OhLog *log = user_data;
  g_autofree char *text
      = g_strdup_printf ("%" G_GUINT64_FORMAT " entries are missing here: they came faster than "
                         "they could be written",
                         n);
  Fields fields = { 0 };

  add_event (&fields, OH_LOG_LOST, text);
  on_send (record_new (log, LEVEL, fields.fields, fields.n), log);
}

/* Debug texts go only where G_MESSAGES_DEBUG asks for their domain. */
static gboolean
is_wanted (GLogLevelFlags level, const GLogField *fields, gsize n)
{
  const char *domain = NULL;

  for (gsize i = 0; i < n; i++)
    {
      if (g_str_equal (fields[i].key, "GLIB_DOMAIN"))
        domain = fields[i].value;
    }
  return !g_log_writer_default_would_drop (level, domain);
}

/* In whatever thread logs. */
static GLogWriterOutput
on_log (GLogLevelFlags level, const GLogField *fields, gsize n, gpointer user_data)
{
  OhLog *log = user_data;

  if (!is_wanted (level, fields, n))
    return G_LOG_WRITER_HANDLED;
  oh_log_queue_push (log->queue, record_new (log, level, fields, n));
  if ((level & (G_LOG_LEVEL_ERROR | G_LOG_FLAG_FATAL)) != 0)
    oh_log_queue_flush (log->queue, FLUSH_MS); /* the process ends now */
  return G_LOG_WRITER_HANDLED;
}

OhLog *
oh_log_start (void)
{
  static const OhLogQueueFuncs funcs = { .send = on_send, .lost = on_lost, .drop = g_free };
  OhLog *log = g_new0 (OhLog, 1);

  log->to_journal = g_log_writer_is_journald (STDERR_FILENO);
  log->queue = oh_log_queue_new (WAITING_MOST, &funcs, log);
  g_log_set_writer_func (on_log, log, NULL);
  return log;
}

void
oh_log_stop (OhLog *log)
{
  oh_log_queue_flush (log->queue, FLUSH_MS);
}
