// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/error.h"

#include <string.h>

#define TEXT_MAX 500

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

/* It may quote what the client sent: no more of it than a reader needs, and that may have been cut
 * within a character. */
static void
shorten (GError *error)
{
  char *text = g_utf8_make_valid (error->message, -1);
  const char *end;

  if (strlen (text) > TEXT_MAX)
    {
      g_utf8_validate (text, TEXT_MAX, &end);
      text[end - text] = '\0';
    }
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
  shorten (error);
  g_dbus_method_invocation_take_error (invocation, error);
}
