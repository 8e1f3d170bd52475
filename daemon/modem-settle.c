// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/error.h"
#include "daemon/modem.h"

/* How a request ends whose command has. */

static int
error_of_result (OhResult result)
{
  switch (result)
    {
    case OH_RESULT_NO_DIALTONE:
      return OH_ERROR_NO_DIALTONE;
    case OH_RESULT_BUSY:
      return OH_ERROR_BUSY;
    case OH_RESULT_NONE:
    case OH_RESULT_OK:
    case OH_RESULT_ERROR:
    case OH_RESULT_CME_ERROR:
    case OH_RESULT_CONNECT:
    case OH_RESULT_RING:
    case OH_RESULT_NO_CARRIER:
    case OH_RESULT_NO_ANSWER:
    case OH_RESULT_VCON:
    case OH_RESULT_RINGING:
    case OH_RESULT_DELAYED:
    case OH_RESULT_BLACKLISTED:
      return OH_ERROR_FAILED;
    }
  return OH_ERROR_FAILED;
}

/* 27.007 9.2 */
static int
error_of_cme (int code)
{
  switch (code)
    {
    case 4:
      return OH_ERROR_NOT_SUPPORTED;
    case 30:
    case 31:
      return OH_ERROR_NO_SERVICE;
    case 32:
      return OH_ERROR_EMERGENCY_ONLY;
    default:
      return OH_ERROR_FAILED;
    }
}

void
oh_modem_settle (OhRequest *request, const OhReply *reply)
{
  if (reply->error != NULL)
    oh_request_fail_with (request, reply->error);
  else if (reply->result == OH_RESULT_OK || reply->result == OH_RESULT_VCON
           || reply->result == OH_RESULT_CONNECT)
    oh_request_done (request);
  else if (reply->result == OH_RESULT_CME_ERROR)
    oh_request_fail (request, error_of_cme (reply->code), "The modem refused: CME error %d",
                     reply->code);
  else
    oh_request_fail (request, error_of_result (reply->result), "The modem refused");
}

OhJob *
oh_job_new (OhModem *modem, guint call, OhRequest *request)
{
  OhJob *job = g_new0 (OhJob, 1);

  job->modem = modem;
  job->call = call;
  job->request = request != NULL ? oh_request_ref (request) : NULL;
  return job;
}

OhJob *
oh_job_new_orphan (OhModem *modem, guint call)
{
  g_autoptr (OhRequest) request = oh_request_new (NULL, NULL);

  oh_request_done (request);
  return oh_job_new (modem, call, request);
}

void
oh_job_free (OhJob *job)
{
  g_clear_pointer (&job->request, oh_request_unref);
  g_free (job);
}
