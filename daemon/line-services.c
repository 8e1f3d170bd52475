// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/line-pending.h"

#include "daemon/call-table.h"
#include "daemon/error.h"

/* What clients ask of several calls at once, or of one beside others: hold, swap, merge... */

OhCallCounts
oh_line_get_counts (OhLine *self)
{
  OhCallCounts counts = { 0 };

  for (guint i = 0; i < self->calls->len; i++)
    oh_call_count (&counts, oh_call_get_state (self->calls->pdata[i]));
  return counts;
}

gboolean
oh_line_has_feature (OhLine *self, const char *feature)
{
  const char *const *features = oh_dbus_line_get_features (OH_DBUS_LINE (self));

  return features != NULL && g_strv_contains (features, feature);
}

/* Who can hold can take back. */
static gboolean
can (OhLine *self, OhService service)
{
  if (service == OH_SERVICE_UNHOLD)
    service = OH_SERVICE_HOLD;
  return oh_modem_get_driver (self->modem)->service != NULL
         && oh_line_has_feature (self, oh_service_name (service));
}

static gboolean
may_have (OhLine *self, OhCall *call, OhService service, const OhCallCounts *counts)
{
  return can (self, service)
         && oh_call_may_have (service, oh_call_get_state (call), oh_call_get_mode (call), counts);
}

static void
update_features (OhLine *self, OhCall *call, const OhCallCounts *counts)
{
  OhCallState state = oh_call_get_state (call);
  const char *features[5 + OH_N_SERVICES];
  guint n = 0;

  if (state == OH_CALL_OFFERING && !oh_line_is_answering (self, call)
      && oh_call_may_be_answered (counts))
    features[n++] = "answer";
  if (state == OH_CALL_OFFERING)
    features[n++] = "ignore";
  if (state == OH_CALL_OFFERING ? oh_line_has_feature (self, "reject") : oh_call_is_live (state))
    features[n++] = "drop";
  if (state == OH_CALL_CONNECTED && oh_modem_get_driver (self->modem)->send_digit != NULL)
    features[n++] = "send-digits";
  for (OhService service = 0; service < OH_N_SERVICES; service++)
    {
      if (may_have (self, call, service, counts))
        features[n++] = oh_service_name (service);
    }
  features[n] = NULL;
  oh_call_set_features (call, features);
}

void
oh_line_update_features (OhLine *self)
{
  OhCallCounts counts = oh_line_get_counts (self);

  if (self->modem == NULL || oh_modem_get_driver (self->modem) == NULL)
    return;
  for (guint i = 0; i < self->calls->len; i++)
    update_features (self, self->calls->pdata[i], &counts);
}

void
oh_line_complete_service (OhPending *pending)
{
  OhDbusLine *line = OH_DBUS_LINE (pending->line);
  OhDbusCall *call = OH_DBUS_CALL (pending->call);
  GDBusMethodInvocation *invocation = pending->invocation;

  switch (pending->service)
    {
    case OH_SERVICE_HOLD:
      oh_dbus_call_complete_hold (call, invocation);
      break;
    case OH_SERVICE_UNHOLD:
      oh_dbus_call_complete_unhold (call, invocation);
      break;
    case OH_SERVICE_SWAP:
      oh_dbus_line_complete_swap (line, invocation);
      break;
    case OH_SERVICE_MERGE:
      oh_dbus_line_complete_merge (line, invocation);
      break;
    case OH_SERVICE_SPLIT:
      oh_dbus_call_complete_split (call, invocation);
      break;
    case OH_SERVICE_TRANSFER:
      oh_dbus_line_complete_transfer (line, invocation);
      break;
    case OH_SERVICE_HOLD_AND_ANSWER:
      oh_dbus_line_complete_hold_and_answer (line, invocation);
      break;
    case OH_SERVICE_RELEASE_AND_ANSWER:
      oh_dbus_line_complete_release_and_answer (line, invocation);
      break;
    case OH_SERVICE_DEFLECT:
      oh_dbus_call_complete_deflect (call, invocation);
      break;
    case OH_N_SERVICES:
      oh_dbus_call_complete_answer (call, invocation);
      break;
    }
}

static void
on_service_settled (OhPending *pending, const GError *error)
{
  if (error == NULL)
    oh_line_complete_service (pending);
}

void
oh_line_settle_service (OhLine *self, const OhEvent *event)
{
  OhPending *pending = oh_pending_find (self, OH_PENDING_SERVICE, 0);
  OhCall *call = oh_line_find_call (self, event->call);

  if (pending != NULL && call != NULL
      && oh_service_shows (pending->service, oh_call_get_state (call), event->state, event->mode))
    oh_request_done (pending->request);
}

/* The call that a request to the whole line is about. */
static OhCall *
find_call_for (OhLine *self, OhService service)
{
  OhCallCounts counts = oh_line_get_counts (self);

  for (guint i = 0; i < self->calls->len; i++)
    {
      if (may_have (self, self->calls->pdata[i], service, &counts))
        return self->calls->pdata[i];
    }
  return NULL;
}

static GError *
refuse_service (OhLine *self, OhService service, OhCall *call)
{
  GError *error = oh_line_refuse (self);
  OhCallCounts counts = oh_line_get_counts (self);

  if (error != NULL)
    return error;
  if (!can (self, service))
    return g_error_new (OH_ERROR, OH_ERROR_NOT_SUPPORTED, "Line %s cannot %s", self->id,
                        oh_service_name (service));
  if (oh_pending_find (self, OH_PENDING_SERVICE, 0) != NULL
      || oh_pending_find (self, OH_PENDING_ANSWER, 0) != NULL)
    return g_error_new (OH_ERROR, OH_ERROR_INVALID_STATE,
                        "Another request about the calls of line %s is under way", self->id);
  if (call == NULL || !may_have (self, call, service, &counts))
    return g_error_new (OH_ERROR, OH_ERROR_INVALID_STATE,
                        "The calls of line %s are not in a state to %s", self->id,
                        oh_service_name (service));
  return NULL;
}

void
oh_line_serve (OhLine *self, OhService service, OhCall *call, OhPeer *peer,
               GDBusMethodInvocation *invocation)
{
  g_autoptr (OhRequest) request = NULL;
  const char *number = NULL;
  OhPending *pending;
  GError *error;

  if (call == NULL && self->modem != NULL)
    call = find_call_for (self, service);
  error = refuse_service (self, service, call);
  if (service == OH_SERVICE_DEFLECT)
    g_variant_get (g_dbus_method_invocation_get_parameters (invocation), "(&s)", &number);
  if (error == NULL && number != NULL && !oh_line_is_dialable (self, number))
    error = oh_line_undialable (self);
  if (error != NULL)
    {
      oh_error_reply (invocation, error);
      return;
    }
  if (service == OH_SERVICE_HOLD_AND_ANSWER || service == OH_SERVICE_RELEASE_AND_ANSWER)
    {
      oh_line_answer (self, call, service, peer, invocation);
      return;
    }
  pending = oh_pending_new (self, OH_PENDING_SERVICE, peer, invocation, on_service_settled);
  if (pending == NULL)
    return;
  pending->service = service;
  oh_pending_set_call (pending, call);
  request = oh_request_ref (pending->request);
  oh_modem_get_driver (self->modem)
      ->service (self->modem, service, pending->modem_call, number, request);
}

static void
swap (gpointer object, OhPeer *peer, GDBusMethodInvocation *invocation)
{
  oh_line_serve (object, OH_SERVICE_SWAP, NULL, peer, invocation);
}

static void
merge (gpointer object, OhPeer *peer, GDBusMethodInvocation *invocation)
{
  oh_line_serve (object, OH_SERVICE_MERGE, NULL, peer, invocation);
}

static void
transfer (gpointer object, OhPeer *peer, GDBusMethodInvocation *invocation)
{
  oh_line_serve (object, OH_SERVICE_TRANSFER, NULL, peer, invocation);
}

static void
hold_and_answer (gpointer object, OhPeer *peer, GDBusMethodInvocation *invocation)
{
  oh_line_serve (object, OH_SERVICE_HOLD_AND_ANSWER, NULL, peer, invocation);
}

static void
release_and_answer (gpointer object, OhPeer *peer, GDBusMethodInvocation *invocation)
{
  oh_line_serve (object, OH_SERVICE_RELEASE_AND_ANSWER, NULL, peer, invocation);
}

static gboolean
check (OhDbusLine *object, GDBusMethodInvocation *invocation, OhAuthFunc func)
{
  oh_auth_check (OH_LINE (object)->bus, OH_AUTH_CONTROL, invocation, func, object);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
handle_swap (OhDbusLine *object, GDBusMethodInvocation *invocation)
{
  return check (object, invocation, swap);
}

static gboolean
handle_merge (OhDbusLine *object, GDBusMethodInvocation *invocation)
{
  return check (object, invocation, merge);
}

static gboolean
handle_transfer (OhDbusLine *object, GDBusMethodInvocation *invocation)
{
  return check (object, invocation, transfer);
}

static gboolean
handle_hold_and_answer (OhDbusLine *object, GDBusMethodInvocation *invocation)
{
  return check (object, invocation, hold_and_answer);
}

static gboolean
handle_release_and_answer (OhDbusLine *object, GDBusMethodInvocation *invocation)
{
  return check (object, invocation, release_and_answer);
}

void
oh_line_services_iface_init (OhDbusLineIface *iface)
{
  iface->handle_swap = handle_swap;
  iface->handle_merge = handle_merge;
  iface->handle_transfer = handle_transfer;
  iface->handle_hold_and_answer = handle_hold_and_answer;
  iface->handle_release_and_answer = handle_release_and_answer;
}
