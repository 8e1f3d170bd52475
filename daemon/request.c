// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/request.h"

#include "daemon/error.h"

struct _OhRequest
{
  guint references;
  gboolean settled;
  OhRequestFunc func;
  gpointer user_data;
  GVariant *result;
  OhRequest *joined; /* the next of those that wait for the same */
};

OhRequest *
oh_request_new (OhRequestFunc func, gpointer user_data)
{
  OhRequest *request = g_new0 (OhRequest, 1);

  request->references = 1;
  request->func = func;
  request->user_data = user_data;
  return request;
}

OhRequest *
oh_request_ref (OhRequest *request)
{
  request->references++;
  return request;
}

gboolean
oh_request_is_settled (OhRequest *request)
{
  return request->settled;
}

void
oh_request_join (OhRequest *request, OhRequest *other)
{
  while (request->joined != NULL)
    request = request->joined;
  request->joined = oh_request_ref (other);
}

void
oh_request_fail_with (OhRequest *request, const GError *error)
{
  g_autoptr (OhRequest) joined = NULL;

  if (request->settled)
    return;
  request->settled = TRUE;
  joined = g_steal_pointer (&request->joined);
  request->references++;
  if (request->func != NULL)
    request->func (request, error, request->user_data);
  if (joined != NULL)
    oh_request_fail_with (joined, error);
  oh_request_unref (request);
}

void
oh_request_done (OhRequest *request)
{
  oh_request_fail_with (request, NULL);
}

void
oh_request_done_with (OhRequest *request, GVariant *result)
{
  g_autoptr (GVariant) kept = g_variant_ref_sink (result);

  if (!request->settled)
    request->result = g_steal_pointer (&kept);
  oh_request_done (request);
}

GVariant *
oh_request_get_result (OhRequest *request)
{
  return request->result;
}

void
oh_request_fail (OhRequest *request, int code, const char *format, ...)
{
  g_autoptr (GError) error = NULL;
  va_list arguments;

  va_start (arguments, format);
  error = g_error_new_valist (OH_ERROR, code, format, arguments);
  va_end (arguments);
  oh_request_fail_with (request, error);
}

void
oh_request_unref (OhRequest *request)
{
  if (request->references == 1 && !request->settled)
    oh_request_fail (request, OH_ERROR_FAILED, "The driver gave the request up");
  if (--request->references > 0)
    return;
  g_clear_pointer (&request->result, g_variant_unref);
  g_free (request);
}
