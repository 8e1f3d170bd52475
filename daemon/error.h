// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gio/gio.h>

/* org.offhook.Telephony1.Error.*; the texts name the thing at fault, never a telephone number. */
typedef enum
{
  OH_ERROR_FAILED,
  OH_ERROR_NOT_SUPPORTED,  /* the modem cannot */
  OH_ERROR_NOT_OPEN,       /* the caller has no such handle */
  OH_ERROR_ALREADY_OPEN,   /* the caller has this handle */
  OH_ERROR_INVALID_STATE,  /* not now */
  OH_ERROR_BUSY,           /* the line, the port or the far end */
  OH_ERROR_INVALID_NUMBER, /* cannot be dialled */
  OH_ERROR_NOT_AUTHORIZED,
  OH_ERROR_NO_DEVICE, /* unplugged, or never there */
  OH_ERROR_NO_SERVICE,
  OH_ERROR_NO_DIALTONE,
  OH_ERROR_EMERGENCY_ONLY,
  OH_ERROR_TIMEOUT,
  OH_ERROR_NOT_RESPONDING, /* the modem is mute */
  OH_ERROR_CANCELLED,
  OH_ERROR_LIMITS_EXCEEDED,
  OH_N_ERRORS,
} OhError;

#define OH_ERROR (oh_error_quark ())
GQuark oh_error_quark (void);

/* The only place where an error leaves the daemon. Takes @invocation and @error. */
void oh_error_reply (GDBusMethodInvocation *invocation, GError *error);
