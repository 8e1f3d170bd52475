// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/sleep.h"

#include <gio/gunixfdlist.h>
#include <unistd.h>

#define LOGIND "org.freedesktop.login1"

/* One that logind has or is asked for: it lasts until we close the descriptor. */
typedef struct
{
  OhSleep *sleep;
  const char *mode, *why;
  gboolean wanted;
  gboolean asking;     /* one request at a time */
  gboolean stale;      /* it was asked of a logind that is gone */
  gboolean complained; /* once until one is granted */
  int fd;              /* -1: none */
} Inhibitor;

struct _OhSleep
{
  GDBusConnection *connection;
  const OhSleepFuncs *funcs;
  gpointer user_data;
  GCancellable *cancellable;
  guint watch, signal;
  char *logind; /* its unique name; NULL: there is none */
  gboolean asleep;
  Inhibitor delay, block;
};

static void
let_go (Inhibitor *inhibitor)
{
  if (inhibitor->fd >= 0)
    close (inhibitor->fd);
  inhibitor->fd = -1;
}

/* It is no mistake that logind is not there, or about to sleep. */
static gboolean
is_refusal (const GError *error)
{
  g_autofree char *name = g_dbus_error_get_remote_error (error);

  return !g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_NAME_HAS_NO_OWNER)
         && !g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_SERVICE_UNKNOWN)
         && !g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_NO_REPLY)
         && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CLOSED)
         && g_strcmp0 (name, LOGIND ".OperationInProgress") != 0;
}

static void
complain (Inhibitor *inhibitor, GError *error)
{
  if (inhibitor->complained || !is_refusal (error))
    return;
  inhibitor->complained = TRUE;
  g_dbus_error_strip_remote_error (error);
  g_warning ("logind does not let us %s suspend: %s", inhibitor->mode, error->message);
}

static void take (Inhibitor *inhibitor);

static void
on_taken (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Inhibitor *inhibitor = user_data;
  g_autoptr (GUnixFDList) fds = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_with_unix_fd_list_finish (
      G_DBUS_CONNECTION (source), &fds, result, &error);
  int fd;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return; /* we are gone */
  inhibitor->asking = FALSE;
  if (reply != NULL && fds != NULL && g_unix_fd_list_get_length (fds) > 0)
    {
      fd = g_unix_fd_list_get (fds, 0, &error);
      let_go (inhibitor);
      inhibitor->fd = fd;
      inhibitor->complained &= fd < 0;
    }
  if (error != NULL)
    complain (inhibitor, error);
  if (!inhibitor->wanted)
    let_go (inhibitor); /* what it was for is over */
  else if (inhibitor->stale)
    take (inhibitor);
}

static void
take (Inhibitor *inhibitor)
{
  OhSleep *self = inhibitor->sleep;

  if (!inhibitor->wanted || self->asleep || self->logind == NULL || inhibitor->asking
      || (inhibitor->fd >= 0 && !inhibitor->stale))
    return;
  inhibitor->asking = TRUE;
  inhibitor->stale = FALSE;
  g_dbus_connection_call_with_unix_fd_list (
      self->connection, self->logind, "/org/freedesktop/login1", LOGIND ".Manager", "Inhibit",
      g_variant_new ("(ssss)", "sleep", "offhook", inhibitor->why, inhibitor->mode),
      G_VARIANT_TYPE ("(h)"), G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, NULL, self->cancellable,
      on_taken, inhibitor);
}

static void
set_wanted (Inhibitor *inhibitor, gboolean wanted)
{
  if (inhibitor->wanted == wanted)
    return;
  inhibitor->wanted = wanted;
  if (wanted)
    take (inhibitor);
  else
    let_go (inhibitor);
}

static void
fall_asleep (OhSleep *self)
{
  if (self->asleep)
    return;
  self->asleep = TRUE;
  self->funcs->going (self->user_data);
  set_wanted (&self->delay, FALSE);
}

static void
wake_up (OhSleep *self)
{
  self->asleep = FALSE;
  set_wanted (&self->delay, TRUE);
  take (&self->block);
  self->funcs->awake (self->user_data);
}

static void
on_prepare_for_sleep (GDBusConnection *connection, const char *sender, const char *path,
                      const char *interface, const char *signal, GVariant *parameters,
                      gpointer user_data)
{
  gboolean going;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(b)")))
    return;
  g_variant_get (parameters, "(b)", &going);
  if (going)
    fall_asleep (user_data);
  else
    wake_up (user_data);
}

static void
forget_logind (OhSleep *self)
{
  if (self->signal != 0)
    g_dbus_connection_signal_unsubscribe (self->connection, self->signal);
  self->signal = 0;
  g_clear_pointer (&self->logind, g_free);
}

static void
take_again (Inhibitor *inhibitor)
{
  inhibitor->stale = inhibitor->asking || inhibitor->fd >= 0;
  take (inhibitor);
}

/* By its unique name: a signal may come from anybody. */
static void
on_appeared (GDBusConnection *connection, const char *name, const char *owner, gpointer user_data)
{
  OhSleep *self = user_data;

  forget_logind (self);
  self->logind = g_strdup (owner);
  self->signal = g_dbus_connection_signal_subscribe (
      connection, owner, LOGIND ".Manager", "PrepareForSleep", "/org/freedesktop/login1", NULL,
      G_DBUS_SIGNAL_FLAGS_NONE, on_prepare_for_sleep, self, NULL);
  take_again (&self->delay);
  take_again (&self->block);
}

/* What we hold stays: a logind that is only restarted knows it by its files. */
static void
on_vanished (GDBusConnection *connection, const char *name, gpointer user_data)
{
  OhSleep *self = user_data;

  forget_logind (self);
  if (self->asleep)
    wake_up (self); /* nobody else will say so */
}

OhSleep *
oh_sleep_new (GDBusConnection *connection, const OhSleepFuncs *funcs, gpointer user_data)
{
  OhSleep *self = g_new0 (OhSleep, 1);

  self->connection = g_object_ref (connection);
  self->funcs = funcs;
  self->user_data = user_data;
  self->cancellable = g_cancellable_new ();
  self->delay = (Inhibitor){
    .sleep = self, .mode = "delay", .why = "to leave the modems in order", .wanted = TRUE, .fd = -1
  };
  self->block
      = (Inhibitor){ .sleep = self, .mode = "block", .why = "a call is under way", .fd = -1 };
  self->watch = g_bus_watch_name_on_connection (connection, LOGIND, G_BUS_NAME_WATCHER_FLAGS_NONE,
                                                on_appeared, on_vanished, self, NULL);
  return self;
}

void
oh_sleep_free (OhSleep *self)
{
  g_bus_unwatch_name (self->watch);
  forget_logind (self);
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  let_go (&self->delay);
  let_go (&self->block);
  g_object_unref (self->connection);
  g_free (self);
}

void
oh_sleep_set_busy (OhSleep *self, gboolean busy)
{
  set_wanted (&self->block, busy);
}
