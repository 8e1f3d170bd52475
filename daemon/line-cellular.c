// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/line-cellular.h"

#include <string.h>

#include "daemon/at/ussd.h"
#include "daemon/error.h"
#include "daemon/line-pending.h"

/* What only a cellular line has. The driver does it, the line's pending requests see to the one
 * answer (H11). */

#define FORWARD_NUMBER_MOST 40
#define SECONDS_LEAST 5
#define SECONDS_MOST 30

struct _OhLineCellular
{
  OhDbusLineCellularSkeleton parent_instance;

  OhLine *line; /* lives longer; NULL: it has ended */
  OhNetwork network;
  OhPeer *session; /* whose USSD session it is; NULL: nobody's */
  gulong watch;
};

static void oh_line_cellular_iface_init (OhDbusLineCellularIface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (OhLineCellular, oh_line_cellular,
                               OH_DBUS_TYPE_LINE_CELLULAR_SKELETON,
                               G_IMPLEMENT_INTERFACE (OH_DBUS_TYPE_LINE_CELLULAR,
                                                      oh_line_cellular_iface_init))

static const OhNetworkFuncs *
get_funcs (OhLineCellular *self)
{
  return oh_modem_get_driver (self->line->modem)->network;
}

static void
drop_session (OhLineCellular *self)
{
  if (self->session != NULL)
    g_signal_handler_disconnect (self->session, self->watch);
  g_clear_object (&self->session);
}

static void
on_session_vanished (OhPeer *peer, gpointer user_data)
{
  OhLineCellular *self = user_data;
  g_autoptr (OhRequest) nobody = oh_request_new (NULL, NULL);

  drop_session (self);
  if (self->line->modem != NULL && oh_modem_is_open (self->line->modem))
    get_funcs (self)->cancel_ussd (self->line->modem, nobody);
}

static void
take_session (OhLineCellular *self, OhPeer *peer)
{
  drop_session (self);
  self->session = g_object_ref (peer);
  self->watch = g_signal_connect (peer, "vanished", G_CALLBACK (on_session_vanished), self);
}

static GVariant *
get_retries (const OhNetwork *network)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a{su}"));
  if (network->pin_retries >= 0)
    g_variant_builder_add (&builder, "{su}", "pin", (guint)network->pin_retries);
  if (network->puk_retries >= 0)
    g_variant_builder_add (&builder, "{su}", "puk", (guint)network->puk_retries);
  return g_variant_builder_end (&builder);
}

void
oh_line_cellular_take (OhLineCellular *self, const OhNetwork *network)
{
  OhDbusLineCellular *object = OH_DBUS_LINE_CELLULAR (self);

  self->network = *network;
  oh_dbus_line_cellular_set_sim_state (object, oh_sim_state_name (network->sim));
  oh_dbus_line_cellular_set_retries (object, get_retries (network));
  oh_dbus_line_cellular_set_registration (object, oh_registration_name (network->registration));
  oh_dbus_line_cellular_set_roaming (object, oh_registration_is_roaming (network->registration));
  oh_dbus_line_cellular_set_operator_name (object, network->operator_name);
  oh_dbus_line_cellular_set_operator_code (object, network->operator_code);
  oh_dbus_line_cellular_set_access_technology (object, oh_access_name (network->access));
  oh_dbus_line_cellular_set_voice_available (object, network->voice);
  oh_dbus_line_cellular_set_signal_strength (object, network->signal);
  oh_dbus_line_cellular_set_ussd_state (object, oh_ussd_state_name (network->ussd));
  g_dbus_interface_skeleton_flush (G_DBUS_INTERFACE_SKELETON (self));
  if (network->ussd == OH_USSD_IDLE)
    drop_session (self);
}

void
oh_line_cellular_take_ussd (OhLineCellular *self, const OhEvent *event)
{
  GPtrArray *handles = self->line->handles;

  oh_line_touch (self->line);
  for (guint i = handles->len; i > 0; i--) /* one that is voided goes */
    {
      OhHandle *handle = handles->pdata[i - 1];
      GVariantDict details;

      g_variant_dict_init (&details, NULL);
      g_variant_dict_insert (&details, "State", "s", event->word);
      if (oh_handle_sees_party (handle))
        g_variant_dict_insert (&details, "Text", "s", event->text);
      oh_handle_deliver (handle, OH_KIND_USSD, NULL, g_variant_dict_end (&details));
    }
}

void
oh_line_cellular_forget (OhLineCellular *self)
{
  oh_line_cellular_take (self, &oh_network_unknown);
}

void
oh_line_cellular_end (OhLineCellular *self)
{
  drop_session (self);
  self->line = NULL;
}

static GError *
bad_argument (const char *text)
{
  return g_error_new_literal (G_DBUS_ERROR, G_DBUS_ERROR_INVALID_ARGS, text);
}

static GVariant *
get_parameters (GDBusMethodInvocation *invocation)
{
  return g_dbus_method_invocation_get_parameters (invocation);
}

/* The SIM has to want that code. */
static GError *
refuse_code (OhLineCellular *self, OhSimState wanted)
{
  if (self->network.sim == wanted)
    return NULL;
  return g_error_new (OH_ERROR, OH_ERROR_INVALID_STATE, "The SIM is %s",
                      oh_sim_state_name (self->network.sim));
}

static void
enter_pin (gpointer object, OhPeer *peer, GDBusMethodInvocation *invocation)
{
  OhLineCellular *self = object;
  g_autoptr (OhRequest) request = NULL;
  GError *error = NULL;
  OhPending *pending;
  const char *pin;

  g_variant_get (get_parameters (invocation), "(&s)", &pin);
  error = oh_pin_is_valid (pin) ? refuse_code (self, OH_SIM_PIN)
                                : bad_argument ("A PIN has 4 to 8 digits");
  pending = oh_pending_ask (self->line, peer, invocation, error);
  if (pending == NULL)
    return;
  request = oh_request_ref (pending->request);
  get_funcs (self)->enter_pin (self->line->modem, pin, request);
}

static void
enter_puk (gpointer object, OhPeer *peer, GDBusMethodInvocation *invocation)
{
  OhLineCellular *self = object;
  g_autoptr (OhRequest) request = NULL;
  GError *error = NULL;
  OhPending *pending;
  const char *puk, *pin;

  g_variant_get (get_parameters (invocation), "(&s&s)", &puk, &pin);
  if (!oh_puk_is_valid (puk))
    error = bad_argument ("A PUK has 8 digits");
  else if (!oh_pin_is_valid (pin))
    error = bad_argument ("A PIN has 4 to 8 digits");
  else
    error = refuse_code (self, OH_SIM_PUK);
  pending = oh_pending_ask (self->line, peer, invocation, error);
  if (pending == NULL)
    return;
  request = oh_request_ref (pending->request);
  get_funcs (self)->enter_puk (self->line->modem, puk, pin, request);
}

static void
get_identity (gpointer object, OhPeer *peer, GDBusMethodInvocation *invocation)
{
  OhLineCellular *self = object;
  OhPending *pending = oh_pending_ask (self->line, peer, invocation, NULL);

  if (pending != NULL)
    get_funcs (self)->get_identity (self->line->modem, pending->request);
}

static void
get_call_waiting (gpointer object, OhPeer *peer, GDBusMethodInvocation *invocation)
{
  OhLineCellular *self = object;
  OhPending *pending = oh_pending_ask (self->line, peer, invocation, NULL);

  if (pending != NULL)
    get_funcs (self)->get_call_waiting (self->line->modem, pending->request);
}

static void
set_call_waiting (gpointer object, OhPeer *peer, GDBusMethodInvocation *invocation)
{
  OhLineCellular *self = object;
  OhPending *pending = oh_pending_ask (self->line, peer, invocation, NULL);
  gboolean enabled;

  g_variant_get (get_parameters (invocation), "(b)", &enabled);
  if (pending != NULL)
    get_funcs (self)->set_call_waiting (self->line->modem, enabled, pending->request);
}

static void
get_forwarding (gpointer object, OhPeer *peer, GDBusMethodInvocation *invocation)
{
  OhLineCellular *self = object;
  OhForward condition = OH_N_FORWARDS;
  GError *error = NULL;
  OhPending *pending;
  const char *name;

  g_variant_get (get_parameters (invocation), "(&s)", &name);
  if (!oh_forward_parse (name, &condition) || condition >= OH_FORWARD_ALL)
    error = bad_argument ("The condition is \"unconditional\", \"busy\", \"no-reply\" or "
                          "\"not-reachable\"");
  pending = oh_pending_ask (self->line, peer, invocation, error);
  if (pending != NULL)
    get_funcs (self)->get_forwarding (self->line->modem, condition, pending->request);
}

typedef struct
{
  OhForward condition;
  const char *number;
  guint seconds;
} Rule;

static gboolean
takes_seconds (OhForward condition)
{
  return condition == OH_FORWARD_NO_REPLY || condition == OH_FORWARD_ALL
         || condition == OH_FORWARD_ALL_CONDITIONAL;
}

static GError *
check_number (const char *number)
{
  gsize length = strlen (number), plus = *number == '+';

  if (length > plus && length <= FORWARD_NUMBER_MOST
      && strspn (number + plus, "0123456789*#") == length - plus)
    return NULL;
  return g_error_new (OH_ERROR, OH_ERROR_INVALID_NUMBER,
                      "Calls cannot be forwarded to this number");
}

static GError *
read_option (Rule *rule, const char *key, GVariant *value)
{
  if (g_str_equal (key, "Number") && g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    {
      rule->number = g_variant_get_string (value, NULL);
      return check_number (rule->number);
    }
  if (!g_str_equal (key, "Seconds") || !g_variant_is_of_type (value, G_VARIANT_TYPE_UINT32))
    return g_error_new (G_DBUS_ERROR, G_DBUS_ERROR_INVALID_ARGS,
                        "SetForwarding knows no option \"%.64s\" of type %.64s", key,
                        g_variant_get_type_string (value));
  rule->seconds = g_variant_get_uint32 (value);
  if (!takes_seconds (rule->condition))
    return bad_argument ("Seconds: only calls without a reply are forwarded after a time");
  if (rule->seconds < SECONDS_LEAST || rule->seconds > SECONDS_MOST)
    return bad_argument ("Seconds: 5 to 30");
  return NULL;
}

/* The strings stay the invocation's. */
static GError *
read_rule (GDBusMethodInvocation *invocation, Rule *rule)
{
  g_autoptr (GVariant) options = NULL;
  GError *error = NULL;
  GVariantIter iter;
  GVariant *value;
  const char *name, *key;

  g_variant_get (get_parameters (invocation), "(&s@a{sv})", &name, &options);
  *rule = (Rule){ 0 };
  if (!oh_forward_parse (name, &rule->condition))
    return bad_argument ("There is no such condition");
  g_variant_iter_init (&iter, options);
  while (error == NULL && g_variant_iter_next (&iter, "{&sv}", &key, &value))
    {
      error = read_option (rule, key, value);
      g_variant_unref (value);
    }
  if (error == NULL && rule->number == NULL && rule->seconds != 0)
    error = bad_argument ("Seconds: needs a Number");
  return error;
}

static void
set_forwarding (gpointer object, OhPeer *peer, GDBusMethodInvocation *invocation)
{
  OhLineCellular *self = object;
  OhPending *pending;
  GError *error;
  Rule rule;

  error = read_rule (invocation, &rule);
  pending = oh_pending_ask (self->line, peer, invocation, error);
  if (pending != NULL)
    get_funcs (self)->set_forwarding (self->line->modem, rule.condition, rule.number, rule.seconds,
                                      pending->request);
}

static GError *
refuse_session (OhLineCellular *self, OhPeer *peer, gboolean responds)
{
  if (!responds && self->network.ussd != OH_USSD_IDLE)
    return g_error_new (OH_ERROR, OH_ERROR_INVALID_STATE, "Another session is under way");
  if (responds && self->network.ussd != OH_USSD_USER_RESPONSE)
    return g_error_new (OH_ERROR, OH_ERROR_INVALID_STATE, "The network waits for no answer");
  if (responds && self->session != NULL && self->session != peer)
    return g_error_new (OH_ERROR, OH_ERROR_INVALID_STATE, "The session is another client's");
  return NULL;
}

static void
send_ussd (OhLineCellular *self, OhPeer *peer, GDBusMethodInvocation *invocation, gboolean responds)
{
  g_autoptr (OhRequest) request = NULL;
  OhPending *pending;
  const char *text;
  GError *error;

  g_variant_get (get_parameters (invocation), "(&s)", &text);
  error = oh_ussd_is_sendable (text)
              ? refuse_session (self, peer, responds)
              : bad_argument ("1 to 160 letters, digits, blanks and !#%&'()*+,-./:;<=>?");
  pending = oh_pending_ask (self->line, peer, invocation, error);
  if (pending == NULL)
    return;
  take_session (self, peer);
  request = oh_request_ref (pending->request);
  get_funcs (self)->send_ussd (self->line->modem, text, request);
}

static void
start_ussd (gpointer object, OhPeer *peer, GDBusMethodInvocation *invocation)
{
  send_ussd (object, peer, invocation, FALSE);
}

static void
respond_ussd (gpointer object, OhPeer *peer, GDBusMethodInvocation *invocation)
{
  send_ussd (object, peer, invocation, TRUE);
}

static void
cancel_ussd (gpointer object, OhPeer *peer, GDBusMethodInvocation *invocation)
{
  OhLineCellular *self = object;
  g_autoptr (OhRequest) request = NULL;
  OhPending *pending;
  GError *error = NULL;

  if (self->network.ussd == OH_USSD_IDLE)
    error = g_error_new (OH_ERROR, OH_ERROR_INVALID_STATE, "No session is under way");
  pending = oh_pending_ask (self->line, peer, invocation, error);
  if (pending == NULL)
    return;
  request = oh_request_ref (pending->request);
  get_funcs (self)->cancel_ussd (self->line->modem, request);
}

static gboolean
check (OhDbusLineCellular *object, OhAuthAction action, GDBusMethodInvocation *invocation,
       OhAuthFunc func)
{
  return oh_pending_check (OH_LINE_CELLULAR (object)->line, action, invocation, func, object);
}

static gboolean
handle_enter_pin (OhDbusLineCellular *object, GDBusMethodInvocation *invocation, const char *pin)
{
  return check (object, OH_AUTH_CONFIGURE, invocation, enter_pin);
}

static gboolean
handle_enter_puk (OhDbusLineCellular *object, GDBusMethodInvocation *invocation, const char *puk,
                  const char *pin)
{
  return check (object, OH_AUTH_CONFIGURE, invocation, enter_puk);
}

static gboolean
handle_get_identity (OhDbusLineCellular *object, GDBusMethodInvocation *invocation)
{
  return check (object, OH_AUTH_IDENTIFY, invocation, get_identity);
}

static gboolean
handle_get_call_waiting (OhDbusLineCellular *object, GDBusMethodInvocation *invocation)
{
  return check (object, OH_AUTH_IDENTIFY, invocation, get_call_waiting);
}

static gboolean
handle_set_call_waiting (OhDbusLineCellular *object, GDBusMethodInvocation *invocation,
                         gboolean enabled)
{
  return check (object, OH_AUTH_CONFIGURE, invocation, set_call_waiting);
}

static gboolean
handle_get_forwarding (OhDbusLineCellular *object, GDBusMethodInvocation *invocation,
                       const char *condition)
{
  return check (object, OH_AUTH_IDENTIFY, invocation, get_forwarding);
}

static gboolean
handle_set_forwarding (OhDbusLineCellular *object, GDBusMethodInvocation *invocation,
                       const char *condition, GVariant *rule)
{
  return check (object, OH_AUTH_CONFIGURE, invocation, set_forwarding);
}

static gboolean
handle_start_ussd (OhDbusLineCellular *object, GDBusMethodInvocation *invocation, const char *text)
{
  return check (object, OH_AUTH_DIAL, invocation, start_ussd);
}

static gboolean
handle_respond_ussd (OhDbusLineCellular *object, GDBusMethodInvocation *invocation,
                     const char *text)
{
  return check (object, OH_AUTH_DIAL, invocation, respond_ussd);
}

static gboolean
handle_cancel_ussd (OhDbusLineCellular *object, GDBusMethodInvocation *invocation)
{
  return check (object, OH_AUTH_DIAL, invocation, cancel_ussd);
}

OhLineCellular *
oh_line_cellular_new (OhLine *line)
{
  OhLineCellular *self = g_object_new (OH_TYPE_LINE_CELLULAR, NULL);

  self->line = line;
  oh_line_cellular_forget (self);
  return self;
}

static void
oh_line_cellular_dispose (GObject *object)
{
  oh_line_cellular_end (OH_LINE_CELLULAR (object));
  G_OBJECT_CLASS (oh_line_cellular_parent_class)->dispose (object);
}

static void
oh_line_cellular_init (OhLineCellular *self)
{
}

static void
oh_line_cellular_class_init (OhLineCellularClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = oh_line_cellular_dispose;
}

static void
oh_line_cellular_iface_init (OhDbusLineCellularIface *iface)
{
  iface->handle_enter_pin = handle_enter_pin;
  iface->handle_enter_puk = handle_enter_puk;
  iface->handle_get_identity = handle_get_identity;
  iface->handle_get_call_waiting = handle_get_call_waiting;
  iface->handle_set_call_waiting = handle_set_call_waiting;
  iface->handle_get_forwarding = handle_get_forwarding;
  iface->handle_set_forwarding = handle_set_forwarding;
  iface->handle_start_ussd = handle_start_ussd;
  iface->handle_respond_ussd = handle_respond_ussd;
  iface->handle_cancel_ussd = handle_cancel_ussd;
}
