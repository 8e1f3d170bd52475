// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/line-pending.h"

#include <string.h>

#include "daemon/call-table.h"
#include "daemon/error.h"

/* What clients ask of the modem: Dial, Answer, Drop, HangUpAll. Each invocation is answered exactly
 * once (H11), before the events that its request causes (H8). */

#define NUMBER_MAX 80

/* The reply leaves first, then the call becomes visible (H8, H9). */
static void
show_dialled (OhPending *pending)
{
  OhEvent event = { .kind = OH_EVENT_CALL, .call = pending->modem_call, .state = OH_CALL_DIALING };
  OhCall *call = oh_line_make_call (pending->line, &event);

  oh_call_set_maker (call, oh_peer_get_name (pending->peer), pending->number);
  if (oh_line_is_emergency (pending->line, pending->number))
    oh_call_set_emergency (call);
  oh_line_take_call (pending->line, call, pending->peer);
  oh_dbus_line_complete_dial (OH_DBUS_LINE (pending->line), pending->invocation,
                              oh_call_get_path (call));
  oh_line_announce_call (pending->line, call);
}

static void
on_dial_settled (OhPending *dial, const GError *error)
{
  if (error == NULL)
    show_dialled (dial);
}

static void
on_answer_settled (OhPending *answer, const GError *error)
{
  if (error == NULL)
    oh_line_complete_service (answer);
  if (answer->line->modem != NULL)
    oh_line_update_features (answer->line);
  if (error == NULL)
    oh_line_take_answered (answer->line, answer->call, answer->peer, answer->listened,
                           answer->keep);
}

static void
on_drop_settled (OhPending *drop, const GError *error)
{
  if (error == NULL)
    oh_dbus_call_complete_drop (OH_DBUS_CALL (drop->call), drop->invocation);
}

static void
on_hang_up_settled (OhPending *all, const GError *error)
{
  if (error == NULL)
    oh_dbus_line_complete_hang_up_all (OH_DBUS_LINE (all->line), all->invocation);
}

/* H9: it never existed, unless the modem does not let go of it. */
static void
on_aborted (OhRequest *request, const GError *error, gpointer user_data)
{
  g_autoptr (OhLine) self = user_data;

  if (error != NULL)
    self->aborted = 0;
}

static void
abort_dial (OhLine *self, guint modem_call)
{
  g_autoptr (OhRequest) request = oh_request_new (on_aborted, g_object_ref (self));

  self->aborted = modem_call;
  if (oh_modem_get_driver (self->modem)->drop != NULL)
    oh_modem_get_driver (self->modem)->drop (self->modem, modem_call, request);
}

static void
on_dialler_vanished (OhPending *dial)
{
  g_autoptr (OhLine) line = g_object_ref (dial->line);
  guint modem_call = dial->modem_call;

  oh_request_fail (dial->request, OH_ERROR_CANCELLED, "The caller is gone");
  if (line->modem != NULL && oh_modem_is_open (line->modem))
    abort_dial (line, modem_call);
}

gboolean
oh_line_is_busy (OhLine *self)
{
  return oh_line_has_calls (self) || oh_pending_find (self, OH_PENDING_DIAL, 0) != NULL;
}

gboolean
oh_line_is_answering (OhLine *self, OhCall *call)
{
  return oh_pending_find (self, OH_PENDING_ANSWER, oh_call_get_modem_call (call)) != NULL;
}

static int
error_of_reason (OhReason reason)
{
  if (reason == OH_REASON_BUSY)
    return OH_ERROR_BUSY;
  return reason == OH_REASON_NO_DIALTONE ? OH_ERROR_NO_DIALTONE : OH_ERROR_FAILED;
}

static gboolean
settle_dial (OhLine *self, OhPending *dial, const OhEvent *event)
{
  if (oh_call_is_live (event->state))
    {
      oh_request_done (dial->request);
      return TRUE;
    }
  oh_request_fail (dial->request, error_of_reason (event->reason), "The call failed: %s",
                   oh_reason_name (event->reason));
  return FALSE;
}

/* What the modem tells is a sign that it obeyed, or that it cannot any more. */
gboolean
oh_line_settle_by_event (OhLine *self, const OhEvent *event)
{
  OhPending *dial = oh_pending_find (self, OH_PENDING_DIAL, 0);
  OhPending *answer = oh_pending_find (self, OH_PENDING_ANSWER, event->call);
  OhPending *drop = oh_pending_find (self, OH_PENDING_DROP, event->call);

  if (event->call == self->aborted)
    return FALSE;
  if (dial != NULL && dial->modem_call == event->call)
    return settle_dial (self, dial, event);
  if (dial != NULL && event->state == OH_CALL_OFFERING
      && oh_line_find_call (self, event->call) == NULL)
    {
      guint modem_call = dial->modem_call;

      oh_request_fail (dial->request, OH_ERROR_BUSY, "A call arrives on line %s", self->id);
      abort_dial (self, modem_call);
    }
  if (answer != NULL && event->state == OH_CALL_CONNECTED)
    {
      self->changing = answer->call;
      oh_request_done (answer->request);
      self->changing = NULL;
    }
  else if (answer != NULL && !oh_call_is_live (event->state))
    oh_request_fail (answer->request, OH_ERROR_INVALID_STATE, "The call has ended");
  oh_line_settle_service (self, event);
  for (; drop != NULL && !oh_call_is_live (event->state);
       drop = oh_pending_find (self, OH_PENDING_DROP, event->call))
    oh_request_done (drop->request);
  return TRUE;
}

gboolean
oh_line_is_dialable (OhLine *self, const char *number)
{
  gsize length = strlen (number);
  const char *plus = strrchr (number, '+');

  return length <= NUMBER_MAX
         && strspn (number, oh_modem_get_driver (self->modem)->dialable) == length
         && strpbrk (number, "0123456789*#ABCD") != NULL && (plus == NULL || plus == number);
}

GError *
oh_line_undialable (OhLine *self)
{
  return g_error_new (OH_ERROR, OH_ERROR_INVALID_NUMBER,
                      "The number cannot be dialled: 1 to %d of %s", NUMBER_MAX,
                      oh_modem_get_driver (self->modem)->dialable);
}

gboolean
oh_line_is_emergency (OhLine *self, const char *number)
{
  const char *const *numbers = oh_dbus_line_get_emergency (OH_DBUS_LINE (self));

  return numbers != NULL && g_strv_contains (numbers, number);
}

GVariant *
oh_line_save_dials (OhLine *self)
{
  GVariantBuilder dials;

  g_variant_builder_init (&dials, G_VARIANT_TYPE (OH_DIALS_TYPE));
  for (guint i = 0; i < self->requests->len; i++)
    {
      const OhPending *pending = self->requests->pdata[i];

      if (pending->kind == OH_PENDING_DIAL)
        g_variant_builder_add (&dials, "(uss)", pending->modem_call, pending->number,
                               oh_peer_get_name (pending->peer));
    }
  return g_variant_builder_end (&dials);
}

GError *
oh_line_refuse (OhLine *self)
{
  if (self->modem != NULL && self->step != OH_STEP_NONE)
    return g_error_new (OH_ERROR, OH_ERROR_NOT_RESPONDING,
                        "The modem of line %s does not answer; it is being looked after", self->id);
  if (self->modem == NULL || !oh_modem_is_open (self->modem))
    return g_error_new (OH_ERROR, OH_ERROR_NO_DEVICE, "The modem of line %s is not there",
                        self->id);
  return NULL;
}

static GError *
read_dial_options (GVariant *options, OhDialOptions *ret)
{
  GVariantIter iter;
  const char *key;
  GVariant *value;

  *ret = (OhDialOptions){ .clir = OH_CLIR_DEFAULT };
  g_variant_iter_init (&iter, options);
  while (g_variant_iter_next (&iter, "{&sv}", &key, &value))
    {
      g_autoptr (GVariant) own = value;

      if (!g_variant_is_of_type (own, G_VARIANT_TYPE_BOOLEAN)
          || (!g_str_equal (key, "HideNumber") && !g_str_equal (key, "Partial")))
        return g_error_new (G_DBUS_ERROR, G_DBUS_ERROR_INVALID_ARGS,
                            "Dial knows no option \"%s\" of type %s", key,
                            g_variant_get_type_string (own));
      if (g_str_equal (key, "Partial"))
        ret->partial = g_variant_get_boolean (own);
      else
        ret->clir = g_variant_get_boolean (own) ? OH_CLIR_HIDE : OH_CLIR_SHOW;
    }
  return NULL;
}

static gboolean
has_room (OhLine *self)
{
  OhCallCounts counts = oh_line_get_counts (self);

  if (oh_pending_find (self, OH_PENDING_DIAL, 0) != NULL)
    return FALSE;
  return !oh_line_has_calls (self)
         || (oh_line_has_feature (self, "hold") && oh_call_may_be_added (&counts));
}

static GError *
refuse_dial (OhLine *self, const char *number, OhDialOptions *options)
{
  const OhDriver *driver = self->modem != NULL ? oh_modem_get_driver (self->modem) : NULL;
  GError *error = oh_line_refuse (self);

  if (error != NULL)
    return error;
  if (driver->dial == NULL)
    return g_error_new (OH_ERROR, OH_ERROR_NOT_SUPPORTED, "Line %s cannot dial", self->id);
  if (!oh_line_is_dialable (self, number))
    return oh_line_undialable (self);
  if (options->clir != OH_CLIR_DEFAULT && !oh_line_has_feature (self, "hide-number"))
    return g_error_new (OH_ERROR, OH_ERROR_NOT_SUPPORTED, "Line %s cannot hide its number",
                        self->id);
  if (options->partial && driver->landline == NULL)
    return g_error_new (OH_ERROR, OH_ERROR_NOT_SUPPORTED, "Line %s dials whole numbers only",
                        self->id);
  if (!has_room (self))
    return g_error_new (OH_ERROR, OH_ERROR_BUSY, "Line %s has a call", self->id);
  if (oh_line_is_emergency (self, number))
    return NULL; /* the network takes it without registration, SIM or PIN */
  if (self->state == OH_LINE_EMERGENCY_ONLY)
    return g_error_new (OH_ERROR, OH_ERROR_EMERGENCY_ONLY, "Line %s is for emergency calls only",
                        self->id);
  if (self->state != OH_LINE_IN_SERVICE)
    return g_error_new (OH_ERROR, OH_ERROR_INVALID_STATE, "Line %s is %s", self->id,
                        oh_line_state_name (self->state));
  return NULL;
}

static void
dial (gpointer object, OhPeer *peer, GDBusMethodInvocation *invocation)
{
  OhLine *self = object;
  g_autoptr (GVariant) options = NULL;
  g_autoptr (OhRequest) request = NULL;
  OhDialOptions how;
  const char *number;
  OhPending *pending;
  GError *error;

  g_variant_get (g_dbus_method_invocation_get_parameters (invocation), "(&s@a{sv})", &number,
                 &options);
  error = read_dial_options (options, &how);
  if (error == NULL)
    error = refuse_dial (self, number, &how);
  if (error != NULL)
    {
      oh_error_reply (invocation, error);
      return;
    }
  pending = oh_pending_new (self, OH_PENDING_DIAL, peer, invocation, on_dial_settled);
  if (pending == NULL)
    return;
  pending->vanished = on_dialler_vanished;
  oh_pending_limit (pending);
  if (how.clir == OH_CLIR_DEFAULT && !oh_line_is_emergency (self, number))
    how.clir = self->settings.clir;
  pending->number = g_strdup (number);
  pending->modem_call = oh_modem_next_call (self->modem);
  request = oh_request_ref (pending->request);
  oh_modem_get_driver (self->modem)
      ->dial (self->modem, pending->modem_call, pending->number, &how, request);
}

static gboolean
handle_dial (OhDbusLine *object, GDBusMethodInvocation *invocation, const char *number,
             GVariant *options)
{
  oh_auth_check (OH_LINE (object)->bus, OH_AUTH_DIAL, invocation, dial, object);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static GError *
refuse_answer (OhLine *self, OhCall *call)
{
  GError *error = oh_line_refuse (self);
  OhCallCounts counts = oh_line_get_counts (self);

  if (error != NULL)
    return error;
  if (oh_modem_get_driver (self->modem)->answer == NULL)
    return g_error_new (OH_ERROR, OH_ERROR_NOT_SUPPORTED, "Line %s cannot answer", self->id);
  if (oh_line_is_answering (self, call))
    return g_error_new (OH_ERROR, OH_ERROR_INVALID_STATE, "The call is being answered");
  if (oh_call_get_state (call) != OH_CALL_OFFERING)
    return g_error_new (OH_ERROR, OH_ERROR_INVALID_STATE, "The call is not being offered");
  if (!oh_call_may_be_answered (&counts))
    return g_error_new (OH_ERROR, OH_ERROR_INVALID_STATE,
                        "One call is connected and one held: end one of them first");
  return NULL;
}

void
oh_line_answer (OhLine *self, OhCall *call, OhService service, OhPeer *peer,
                GDBusMethodInvocation *invocation)
{
  g_autoptr (OhRequest) request = NULL;
  const OhDriver *driver;
  GError *error = service == OH_SERVICE_RELEASE_AND_ANSWER ? oh_line_refuse (self)
                                                           : refuse_answer (self, call);
  OhPending *pending;

  if (error != NULL)
    {
      oh_error_reply (invocation, error);
      return;
    }
  pending = oh_pending_new (self, OH_PENDING_ANSWER, peer, invocation, on_answer_settled);
  if (pending == NULL)
    return;
  oh_pending_set_call (pending, call);
  oh_pending_limit (pending);
  pending->service = service;
  pending->listened = oh_line_has_handle_of (self, peer);
  pending->keep = oh_line_wants_kept (self, peer);
  oh_line_update_features (self);
  request = oh_request_ref (pending->request);
  driver = oh_modem_get_driver (self->modem);
  if (service == OH_SERVICE_RELEASE_AND_ANSWER)
    driver->service (self->modem, service, pending->modem_call, NULL, request);
  else
    driver->answer (self->modem, pending->modem_call, request);
}

void
oh_line_drop (OhLine *self, OhCall *call, OhPeer *peer, GDBusMethodInvocation *invocation)
{
  g_autoptr (OhRequest) request = NULL;
  GError *error = oh_line_refuse (self);
  OhPending *pending;

  if (error == NULL && oh_modem_get_driver (self->modem)->drop == NULL)
    error = g_error_new (OH_ERROR, OH_ERROR_NOT_SUPPORTED, "Line %s cannot hang up", self->id);
  if (error != NULL)
    {
      oh_error_reply (invocation, error);
      return;
    }
  pending = oh_pending_new (self, OH_PENDING_DROP, peer, invocation, on_drop_settled);
  if (pending == NULL)
    return;
  oh_pending_set_call (pending, call);
  request = oh_request_ref (pending->request);
  oh_modem_get_driver (self->modem)->drop (self->modem, pending->modem_call, request);
}

/* One hang-up of all calls: done when the last is. */
typedef struct
{
  OhRequest *request; /* NULL: nobody waits */
  guint left;
  GError *error; /* the first */
} HangUp;

static void
on_one_hung_up (OhRequest *request, const GError *error, gpointer user_data)
{
  HangUp *all = user_data;

  /* One that cannot be refused is left to ring. */
  if (error != NULL && all->error == NULL
      && !g_error_matches (error, OH_ERROR, OH_ERROR_NOT_SUPPORTED))
    all->error = g_error_copy (error);
  if (--all->left > 0)
    return;
  if (all->request != NULL)
    {
      oh_request_fail_with (all->request, all->error);
      oh_request_unref (all->request);
    }
  g_clear_error (&all->error);
  g_free (all);
}

static void
hang_up_one (OhLine *self, guint modem_call, HangUp *all)
{
  g_autoptr (OhRequest) one = NULL;
  const OhDriver *driver;

  if (self->modem == NULL || !oh_modem_is_open (self->modem))
    return;
  driver = oh_modem_get_driver (self->modem);
  if (driver->drop == NULL)
    return;
  all->left++;
  one = oh_request_new (on_one_hung_up, all);
  driver->drop (self->modem, modem_call, one);
}

void
oh_line_hang_up (OhLine *self, OhRequest *request)
{
  g_autoptr (GPtrArray) calls = g_ptr_array_new_with_free_func (g_object_unref);
  HangUp *all = g_new0 (HangUp, 1);
  OhPending *dial = oh_pending_find (self, OH_PENDING_DIAL, 0);

  all->request = request != NULL ? oh_request_ref (request) : NULL;
  all->left = 1; /* until all have been asked */
  for (guint i = 0; i < self->calls->len; i++)
    {
      if (oh_call_is_live (oh_call_get_state (self->calls->pdata[i])))
        g_ptr_array_add (calls, g_object_ref (self->calls->pdata[i]));
    }
  if (dial != NULL)
    {
      guint modem_call = dial->modem_call;

      oh_request_fail (dial->request, OH_ERROR_CANCELLED, "All calls are ended");
      abort_dial (self, modem_call);
      hang_up_one (self, modem_call, all);
    }
  for (guint i = 0; i < calls->len; i++)
    hang_up_one (self, oh_call_get_modem_call (calls->pdata[i]), all);
  on_one_hung_up (NULL, NULL, all);
}

static void
on_let_go (OhRequest *request, const GError *error, gpointer user_data)
{
  if (error != NULL)
    g_warning ("%s could not be dropped: %s", (char *)user_data, error->message);
  g_free (user_data);
}

void
oh_line_let_go (OhLine *self, OhCall *call)
{
  g_autoptr (OhRequest) request = oh_request_new (on_let_go, g_strdup (oh_call_get_path (call)));

  if (self->modem != NULL && oh_modem_is_open (self->modem)
      && oh_modem_get_driver (self->modem)->drop != NULL)
    oh_modem_get_driver (self->modem)->drop (self->modem, oh_call_get_modem_call (call), request);
  else
    oh_request_fail (request, OH_ERROR_NO_DEVICE, "The modem is gone");
}

static void
hang_up_all (gpointer object, OhPeer *peer, GDBusMethodInvocation *invocation)
{
  OhLine *self = object;
  g_autoptr (OhRequest) request = NULL;
  GError *error = oh_line_refuse (self);
  OhPending *pending;

  if (error != NULL)
    {
      oh_error_reply (invocation, error);
      return;
    }
  pending = oh_pending_new (self, OH_PENDING_HANG_UP, peer, invocation, on_hang_up_settled);
  if (pending == NULL)
    return;
  request = oh_request_ref (pending->request);
  oh_line_hang_up (self, request);
}

static gboolean
handle_hang_up_all (OhDbusLine *object, GDBusMethodInvocation *invocation)
{
  oh_auth_check (OH_LINE (object)->bus, OH_AUTH_CONTROL, invocation, hang_up_all, object);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

void
oh_line_requests_iface_init (OhDbusLineIface *iface)
{
  iface->handle_dial = handle_dial;
  iface->handle_hang_up_all = handle_hang_up_all;
}
