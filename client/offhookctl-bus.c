// SPDX-License-Identifier: LGPL-2.1-or-later
#include "client/offhookctl-bus.h"

#include <glib/gi18n.h>

#define ERROR_PREFIX "org.offhook.Telephony1.Error."
#define PROXY_FLAGS                                                                                \
  (G_DBUS_PROXY_FLAGS_DO_NOT_LOAD_PROPERTIES | G_DBUS_PROXY_FLAGS_DO_NOT_CONNECT_SIGNALS)

/* A name that ends in a dot stands for all that begin so. */
static const struct
{
  const char *name;
  OhExit code;
  const char *advice;
} meanings[] = {
  { ERROR_PREFIX "NotSupported", OH_EXIT_FAILED,
    N_ ("What can be done is under \"Features\" in \"offhookctl show\".") },
  { ERROR_PREFIX "NotOpen", OH_EXIT_FAILED, NULL },
  { ERROR_PREFIX "InvalidState", OH_EXIT_FAILED,
    N_ ("\"offhookctl show\" tells the present state.") },
  { ERROR_PREFIX "Busy", OH_EXIT_FAILED,
    N_ ("Something else is using it: \"offhookctl list\" shows lines and calls.") },
  { ERROR_PREFIX "InvalidNumber", OH_EXIT_FAILED,
    N_ ("Digits, \"*\", \"#\" and, on a cellular line, a leading \"+\" can be dialled.") },
  { ERROR_PREFIX "NotAuthorized", OH_EXIT_NOT_AUTHORIZED,
    N_ ("Try it in a session at this machine, as a member of the group \"offhook\", or as root.") },
  { ERROR_PREFIX "NoDevice", OH_EXIT_FAILED, N_ ("Is the modem plugged in?") },
  { ERROR_PREFIX "NoService", OH_EXIT_FAILED,
    N_ ("The modem has no network: check the antenna and the SIM.") },
  { ERROR_PREFIX "NoDialtone", OH_EXIT_FAILED,
    N_ ("Check the telephone cable, and that no other telephone on the line is off the hook.") },
  { ERROR_PREFIX "EmergencyOnly", OH_EXIT_FAILED,
    N_ ("Only emergency numbers can be dialled now.") },
  { ERROR_PREFIX "NotResponding", OH_EXIT_FAILED,
    N_ ("If it stays so, unplug the modem and plug it in again.") },
  { ERROR_PREFIX "LimitsExceeded", OH_EXIT_FAILED,
    N_ ("Too many requests or listeners at once: try again later.") },
  { "org.freedesktop.DBus.Error.AccessDenied", OH_EXIT_NOT_AUTHORIZED,
    N_ ("The bus forbids it: is the bus policy of offhook installed?") },
  { "org.freedesktop.DBus.Error.UnknownObject", OH_EXIT_NOT_FOUND, NULL },
  { "org.freedesktop.DBus.Error.UnknownInterface", OH_EXIT_NOT_FOUND, NULL },
  { "org.freedesktop.DBus.Error.UnknownMethod", OH_EXIT_NOT_FOUND, NULL },
  { "org.freedesktop.DBus.Error.ServiceUnknown", OH_EXIT_NO_DAEMON,
    N_ ("Start the service: systemctl start offhook.service") },
  { "org.freedesktop.DBus.Error.NameHasNoOwner", OH_EXIT_NO_DAEMON,
    N_ ("Start the service: systemctl start offhook.service") },
  { "org.freedesktop.DBus.Error.Spawn.", OH_EXIT_NO_DAEMON,
    N_ ("See why it does not start: systemctl status offhook.service") },
  { "org.freedesktop.systemd1.", OH_EXIT_NO_DAEMON,
    N_ ("See why it does not start: systemctl status offhook.service") },
};

G_DEFINE_QUARK (oh - ctl - error - quark, oh_ctl_error)

static int
find_meaning (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (meanings); i++)
    if (g_str_has_suffix (meanings[i].name, ".") ? g_str_has_prefix (name, meanings[i].name)
                                                 : g_str_equal (name, meanings[i].name))
      return (int)i;
  return -1;
}

OhExit
oh_bus_code (const GError *error)
{
  g_autofree char *name = g_dbus_error_get_remote_error (error);
  int meaning = name != NULL ? find_meaning (name) : -1;

  if (meaning >= 0)
    return meanings[meaning].code;
  if (error->domain == OH_CTL_ERROR)
    return (OhExit)error->code;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CLOSED))
    return OH_EXIT_NO_DAEMON;
  return OH_EXIT_FAILED;
}

static const char *
find_advice (const OhCtl *ctl, int meaning)
{
  if (meaning < 0)
    return NULL;
  if (ctl->verb->administers && g_str_equal (meanings[meaning].name, ERROR_PREFIX "NotAuthorized"))
    return N_ ("Only an administrator may: try it as root.");
  return meanings[meaning].advice;
}

OhExit
oh_bus_fail (OhCtl *ctl, GError *error)
{
  g_autofree char *name = g_dbus_error_get_remote_error (error);
  const char *advice = name != NULL ? find_advice (ctl, find_meaning (name)) : NULL;
  OhExit code = oh_bus_code (error);

  g_dbus_error_strip_remote_error (error);
  if (g_error_matches (error, OH_CTL_ERROR, OH_EXIT_INTERRUPTED))
    ; /* who did it knows */
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    g_printerr (_ ("offhookctl: %s: No answer within %g s\n"), ctl->verb->name, ctl->seconds);
  else if (name != NULL)
    g_printerr ("offhookctl: %s: %s (%s)\n", ctl->verb->name, error->message,
                strrchr (name, '.') + 1);
  else
    g_printerr ("offhookctl: %s: %s\n", ctl->verb->name, error->message);
  if (advice != NULL)
    g_printerr ("%s\n", _ (advice));
  g_error_free (error);
  return code;
}

typedef struct
{
  GCancellable *cancellable;
  GAsyncResult *result;
  gboolean late;
} Connecting;

static void
on_connected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Connecting *connecting = user_data;

  connecting->result = g_object_ref (result);
}

static gboolean
on_connecting_too_long (gpointer user_data)
{
  Connecting *connecting = user_data;

  connecting->late = TRUE;
  g_cancellable_cancel (connecting->cancellable);
  return G_SOURCE_REMOVE;
}

static void
start_connecting (OhCtl *ctl, Connecting *connecting)
{
  if (ctl->address != NULL)
    g_dbus_connection_new_for_address (ctl->address,
                                       G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
                                           | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                       NULL, connecting->cancellable, on_connected, connecting);
  else
    g_bus_get (G_BUS_TYPE_SYSTEM, connecting->cancellable, on_connected, connecting);
}

/* Connecting has no time-out of its own. */
gboolean
oh_bus_connect (OhCtl *ctl, GError **error)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) reason = NULL;
  Connecting connecting = { .cancellable = cancellable };
  guint timer = g_timeout_add ((guint)ctl->timeout, on_connecting_too_long, &connecting);

  start_connecting (ctl, &connecting);
  while (connecting.result == NULL)
    g_main_context_iteration (NULL, TRUE);
  if (!connecting.late)
    g_source_remove (timer);
  if (ctl->address != NULL)
    ctl->bus = g_dbus_connection_new_for_address_finish (connecting.result, &reason);
  else
    ctl->bus = g_bus_get_finish (connecting.result, &reason);
  g_object_unref (connecting.result);
  if (ctl->bus == NULL)
    {
      g_set_error (error, OH_CTL_ERROR, OH_EXIT_NO_DAEMON, _ ("The bus cannot be reached: %s"),
                   connecting.late ? _ ("it does not answer") : reason->message);
      return FALSE;
    }
  g_dbus_connection_set_exit_on_close (ctl->bus, FALSE);
  return TRUE;
}

OhDbusLine *
oh_bus_line (OhCtl *ctl, const char *name, const char *path, GError **error)
{
  return oh_dbus_line_proxy_new_sync (ctl->bus, PROXY_FLAGS, name, path, NULL, error);
}

OhDbusCall *
oh_bus_call (OhCtl *ctl, const char *name, const char *path, GError **error)
{
  return oh_dbus_call_proxy_new_sync (ctl->bus, PROXY_FLAGS, name, path, NULL, error);
}

OhDbusManager *
oh_bus_manager (OhCtl *ctl, GError **error)
{
  return oh_dbus_manager_proxy_new_sync (ctl->bus, PROXY_FLAGS, OH_BUS_NAME, OH_ROOT_PATH, NULL,
                                         error);
}
