// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/drivers/cellular-calls.h"
#include "daemon/error.h"

/* The hang-up ladder: +CHUP, +CHLD=1x, ATH, each verified by the list. */

#define LISTS 2 /* that still show the call, before the next step */
#define LIMIT_US (5 * G_USEC_PER_SEC)

static void
on_step_taken (const OhReply *reply, gpointer user_data)
{
  g_autoptr (OhJob) job = user_data;
  OhCellularCall *call = oh_cellular_find_call (oh_modem_get_state (job->modem), job->call);

  if (call == NULL || call->drop == NULL)
    return;
  if (reply->error != NULL && !g_error_matches (reply->error, OH_ERROR, OH_ERROR_TIMEOUT))
    {
      g_autoptr (OhRequest) drop = g_steal_pointer (&call->drop);

      oh_request_fail_with (drop, reply->error);
      return;
    }
  call->drop_lists = 0;
  oh_cellular_ask_list (job->modem);
}

/* A new call must not be hit by what was meant for one that is gone. */
static gboolean
is_wanted (gpointer user_data)
{
  const OhJob *job = user_data;
  const OhCellularCall *call = oh_cellular_find_call (oh_modem_get_state (job->modem), job->call);

  return call != NULL && call->drop != NULL;
}

/* One step of the ladder: +CHUP, +CHLD=1x, ATH, each verified by the list. With other calls there,
 * only +CHLD leaves them alone (27.007 7.13); it needs an index. NULL behind the last step. */
static char *
next_step (OhModem *modem, const OhCellularCall *call)
{
  gboolean alone = oh_cellular_count_calls (oh_modem_get_state (modem)) == 1;

  if (call->drop_step == 0 && alone)
    return g_strdup ("AT+CHUP");
  if (call->drop_step == 0 && call->waiting)
    return g_strdup ("AT+CHLD=0");
  if (call->drop_step == 2 && alone)
    return g_strdup ("ATH");
  if (call->drop_step <= 2 && call->index > 0)
    return g_strdup_printf ("AT+CHLD=1%u", call->index);
  return call->drop_step <= 2 && alone ? g_strdup ("AT+CHUP") : NULL;
}

static void
climb_down (OhModem *modem, OhCellularCall *call)
{
  g_autofree char *step = next_step (modem, call);
  OhCommand how = { .flags = OH_COMMAND_FIRST, .wanted = is_wanted, .func = on_step_taken };

  if (step != NULL)
    {
      call->drop_step++;
      how.user_data = oh_job_new (modem, call->id, NULL);
      oh_modem_send (modem, step, &how);
    }
  else if (call->drop_step == 0)
    oh_cellular_ask_list (modem); /* for the index: what ends any call could end another */
  else if (g_get_monotonic_time () > call->drop_until)
    {
      g_autoptr (OhRequest) drop = g_steal_pointer (&call->drop);

      oh_request_fail (drop, OH_ERROR_FAILED, "The modem does not let go of the call");
    }
}

void
oh_cellular_climb_down (OhModem *modem)
{
  OhCellular *self = oh_modem_get_state (modem);

  for (guint i = 0; i < OH_CELLULAR_MAX_CALLS; i++)
    {
      OhCellularCall *call = &self->calls[i];

      if (call->id != 0 && call->drop != NULL
          && (call->drop_step == 0 || ++call->drop_lists >= LISTS))
        climb_down (modem, call);
    }
}

void
oh_cellular_fail_drops (OhCellular *self, const GError *error)
{
  for (guint i = 0; i < OH_CELLULAR_MAX_CALLS; i++)
    {
      g_autoptr (OhRequest) drop = g_steal_pointer (&self->calls[i].drop);

      if (drop != NULL)
        oh_request_fail_with (drop, error);
    }
}

void
oh_cellular_drop (OhModem *modem, guint id, OhRequest *request)
{
  OhCellularCall *call = oh_cellular_find_call (oh_modem_get_state (modem), id);

  if (call == NULL)
    {
      oh_request_done (request);
      return;
    }
  if (call->drop != NULL)
    {
      oh_request_join (call->drop, request);
      return;
    }
  call->drop = oh_request_ref (request);
  call->drop_step = call->drop_lists = 0; /* no step yet: an index may have to come first */
  call->drop_until = g_get_monotonic_time () + LIMIT_US;
  oh_channel_abort (oh_modem_get_channel (modem));
  climb_down (modem, call);
}

void
oh_cellular_resume_drop (OhModem *modem, OhCellularCall *call)
{
  /* The next lists tell whether the step that was taken was enough. */
  call->drop = call->id != 0 && call->drop != NULL ? oh_request_new (NULL, NULL) : NULL;
}
