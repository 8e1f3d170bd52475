// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/manager-job.h"

#include <unistd.h>

#define SYSTEMD "org.freedesktop.systemd1"
#define LIMIT_MS 1000

typedef struct
{
  void (*func) (gboolean restart, gpointer user_data);
  gpointer user_data;
} Question;

static void
answer (Question *question, gboolean restart)
{
  question->func (restart, question->user_data);
  g_free (question);
}

static void
ask (GDBusConnection *connection, const char *path, const char *interface, const char *method,
     GVariant *parameters, GAsyncReadyCallback func, Question *question)
{
  g_dbus_connection_call (connection, SYSTEMD, path, interface, method, parameters, NULL,
                          G_DBUS_CALL_FLAGS_NO_AUTO_START, LIMIT_MS, NULL, func, question);
}

static GVariant *
finish (GObject *source, GAsyncResult *result, Question *question)
{
  GVariant *reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, NULL);

  if (reply == NULL)
    answer (question, FALSE);
  return reply;
}

static void
on_type (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GVariant) reply = finish (source, result, user_data);
  g_autoptr (GVariant) type = NULL;

  if (reply == NULL)
    return;
  g_variant_get (reply, "(v)", &type);
  answer (user_data, g_variant_is_of_type (type, G_VARIANT_TYPE_STRING)
                         && g_str_equal (g_variant_get_string (type, NULL), "restart"));
}

static void
on_job (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GVariant) reply = finish (source, result, user_data);
  g_autoptr (GVariant) job = NULL;
  const char *path;

  if (reply == NULL)
    return;
  g_variant_get (reply, "(v)", &job);
  if (!g_variant_is_of_type (job, G_VARIANT_TYPE ("(uo)")))
    {
      answer (user_data, FALSE);
      return;
    }
  g_variant_get (job, "(u&o)", NULL, &path);
  ask (G_DBUS_CONNECTION (source), path, "org.freedesktop.DBus.Properties", "Get",
       g_variant_new ("(ss)", SYSTEMD ".Job", "JobType"), on_type, user_data);
}

static void
on_unit (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GVariant) reply = finish (source, result, user_data);
  const char *path;

  if (reply == NULL)
    return;
  g_variant_get (reply, "(&o)", &path);
  ask (G_DBUS_CONNECTION (source), path, "org.freedesktop.DBus.Properties", "Get",
       g_variant_new ("(ss)", SYSTEMD ".Unit", "Job"), on_job, user_data);
}

void
oh_job_ask (GDBusConnection *connection, void (*func) (gboolean restart, gpointer user_data),
            gpointer user_data)
{
  Question *question = g_new0 (Question, 1);

  question->func = func;
  question->user_data = user_data;
  if (g_getenv ("NOTIFY_SOCKET") == NULL)
    answer (question, FALSE);
  else
    ask (connection, "/org/freedesktop/systemd1", SYSTEMD ".Manager", "GetUnitByPID",
         g_variant_new ("(u)", getpid ()), on_unit, question);
}
