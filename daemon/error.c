// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/error.h"

static const GDBusErrorEntry entries[] = {
  { OH_ERROR_FAILED, "org.offhook.Telephony1.Error.Failed" },
  { OH_ERROR_NOT_SUPPORTED, "org.offhook.Telephony1.Error.NotSupported" },
  { OH_ERROR_NOT_OPEN, "org.offhook.Telephony1.Error.NotOpen" },
  { OH_ERROR_ALREADY_OPEN, "org.offhook.Telephony1.Error.AlreadyOpen" },
  { OH_ERROR_INVALID_STATE, "org.offhook.Telephony1.Error.InvalidState" },
  { OH_ERROR_BUSY, "org.offhook.Telephony1.Error.Busy" },
  { OH_ERROR_INVALID_NUMBER, "org.offhook.Telephony1.Error.InvalidNumber" },
  { OH_ERROR_NOT_AUTHORIZED, "org.offhook.Telephony1.Error.NotAuthorized" },
  { OH_ERROR_NO_DEVICE, "org.offhook.Telephony1.Error.NoDevice" },
  { OH_ERROR_NO_SERVICE, "org.offhook.Telephony1.Error.NoService" },
  { OH_ERROR_NO_DIALTONE, "org.offhook.Telephony1.Error.NoDialtone" },
  { OH_ERROR_EMERGENCY_ONLY, "org.offhook.Telephony1.Error.EmergencyOnly" },
  { OH_ERROR_TIMEOUT, "org.offhook.Telephony1.Error.Timeout" },
  { OH_ERROR_NOT_RESPONDING, "org.offhook.Telephony1.Error.NotResponding" },
  { OH_ERROR_CANCELLED, "org.offhook.Telephony1.Error.Cancelled" },
  { OH_ERROR_LIMITS_EXCEEDED, "org.offhook.Telephony1.Error.LimitsExceeded" },
};
G_STATIC_ASSERT (G_N_ELEMENTS (entries) == OH_N_ERRORS);

GQuark
oh_error_quark (void)
{
  static gsize quark;

  g_dbus_error_register_error_domain ("oh-error-quark", &quark, entries, G_N_ELEMENTS (entries));
  return (GQuark)quark;
}

/* A text that quotes what a client sent, cut short, may end within a character. */
static void
make_valid (GError *error)
{
  char *text;

  if (g_utf8_validate (error->message, -1, NULL))
    return;
  text = g_utf8_make_valid (error->message, -1);
  g_free (error->message);
  error->message = text;
}

void
oh_error_reply (GDBusMethodInvocation *invocation, GError *error)
{
  if (error->domain != OH_ERROR && error->domain != G_DBUS_ERROR)
    {
      error->domain = OH_ERROR;
      error->code = OH_ERROR_FAILED;
    }
  make_valid (error);
  g_dbus_method_invocation_take_error (invocation, error);
}
