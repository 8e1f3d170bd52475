// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/call-private.h"

#include <string.h>

#include "daemon/auth.h"
#include "daemon/call-table.h"
#include "daemon/digits.h"
#include "daemon/error.h"
#include "daemon/gather.h"
#include "daemon/line.h"

/* What clients ask of a call. */

/* A request may have waited for the permission while the call went. */
static gboolean
is_gone (OhCall *self, GDBusMethodInvocation *invocation)
{
  if (self->line != NULL)
    return FALSE;
  oh_error_reply (invocation, g_error_new (G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_OBJECT,
                                           "The call %s is over", self->path));
  return TRUE;
}

static gboolean
has_ended (OhCall *self, GDBusMethodInvocation *invocation)
{
  if (is_gone (self, invocation))
    return TRUE;
  if (oh_call_is_live (self->state))
    return FALSE;
  oh_error_reply (invocation,
                  g_error_new (OH_ERROR, OH_ERROR_INVALID_STATE, "The call has ended already"));
  return TRUE;
}

/* What one dialled oneself needs no permission. */
static gboolean
check (OhCall *self, OhAuthAction action, GDBusMethodInvocation *invocation, OhAuthFunc func)
{
  if (oh_call_is_maker (self, g_dbus_method_invocation_get_sender (invocation)))
    action = OH_AUTH_NOTHING;
  oh_auth_check (self->bus, action, invocation, func, self);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static void
answer (gpointer object, OhPeer *peer, GDBusMethodInvocation *invocation)
{
  OhCall *self = object;

  if (!has_ended (self, invocation))
    oh_line_answer (self->line, self, OH_N_SERVICES, peer, invocation);
}

static gboolean
handle_answer (OhDbusCall *object, GDBusMethodInvocation *invocation)
{
  return check (OH_CALL (object), OH_AUTH_CONTROL, invocation, answer);
}

static void
drop (gpointer object, OhPeer *peer, GDBusMethodInvocation *invocation)
{
  OhCall *self = object;

  if (!has_ended (self, invocation))
    oh_line_drop (self->line, self, peer, invocation);
}

static gboolean
handle_drop (OhDbusCall *object, GDBusMethodInvocation *invocation)
{
  return check (OH_CALL (object), OH_AUTH_CONTROL, invocation, drop);
}

static void
ignore (gpointer object, OhPeer *peer, GDBusMethodInvocation *invocation)
{
  OhCall *self = object;

  if (has_ended (self, invocation))
    return;
  if (self->state != OH_CALL_OFFERING)
    {
      oh_error_reply (invocation, g_error_new (OH_ERROR, OH_ERROR_INVALID_STATE,
                                               "The call is not being offered"));
      return;
    }
  oh_dbus_call_complete_ignore (OH_DBUS_CALL (self), invocation);
  oh_line_ignore (self->line, self);
}

static gboolean
handle_ignore (OhDbusCall *object, GDBusMethodInvocation *invocation)
{
  return check (OH_CALL (object), OH_AUTH_CONTROL, invocation, ignore);
}

static void
serve (OhCall *self, OhService service, OhPeer *peer, GDBusMethodInvocation *invocation)
{
  if (!has_ended (self, invocation))
    oh_line_serve (self->line, service, self, peer, invocation);
}

/* With another on hold, they change places. */
static void
hold (gpointer object, OhPeer *peer, GDBusMethodInvocation *invocation)
{
  serve (object, OH_SERVICE_HOLD, peer, invocation);
}

static gboolean
handle_hold (OhDbusCall *object, GDBusMethodInvocation *invocation)
{
  return check (OH_CALL (object), OH_AUTH_CONTROL, invocation, hold);
}

static void
unhold (gpointer object, OhPeer *peer, GDBusMethodInvocation *invocation)
{
  serve (object, OH_SERVICE_UNHOLD, peer, invocation);
}

static gboolean
handle_unhold (OhDbusCall *object, GDBusMethodInvocation *invocation)
{
  return check (OH_CALL (object), OH_AUTH_CONTROL, invocation, unhold);
}

static void
split (gpointer object, OhPeer *peer, GDBusMethodInvocation *invocation)
{
  serve (object, OH_SERVICE_SPLIT, peer, invocation);
}

static gboolean
handle_split (OhDbusCall *object, GDBusMethodInvocation *invocation)
{
  return check (OH_CALL (object), OH_AUTH_CONTROL, invocation, split);
}

static void
deflect (gpointer object, OhPeer *peer, GDBusMethodInvocation *invocation)
{
  serve (object, OH_SERVICE_DEFLECT, peer, invocation);
}

static gboolean
handle_deflect (OhDbusCall *object, GDBusMethodInvocation *invocation, const char *number)
{
  return check (OH_CALL (object), OH_AUTH_CONTROL, invocation, deflect);
}

/* FALSE with an error that names the key. */
static gboolean
read_digit_options (GVariant *options, guint *ret_duration, GError **error)
{
  GVariantIter iter;
  const char *key;
  GVariant *value;

  *ret_duration = 0;
  g_variant_iter_init (&iter, options);
  while (g_variant_iter_next (&iter, "{&sv}", &key, &value))
    {
      g_autoptr (GVariant) own = value;

      if (!g_str_equal (key, "Duration") || !g_variant_is_of_type (own, G_VARIANT_TYPE_UINT32)
          || g_variant_get_uint32 (own) < OH_DIGIT_LEAST_MS
          || g_variant_get_uint32 (own) > OH_DIGIT_MOST_MS)
        {
          g_set_error (error, G_DBUS_ERROR, G_DBUS_ERROR_INVALID_ARGS,
                       "SendDigits knows no such option: \"%s\"; \"Duration\" (u) is %u to %u ms",
                       key, OH_DIGIT_LEAST_MS, OH_DIGIT_MOST_MS);
          return FALSE;
        }
      *ret_duration = g_variant_get_uint32 (own);
    }
  return TRUE;
}

/* Of one that was connected when its modem was heard last, the modem's silence is told first. */
static GError *
refuse_unconnected (OhCall *self)
{
  GError *error = self->state == OH_CALL_UNKNOWN ? oh_line_refuse (self->line) : NULL;

  if (error == NULL && self->state != OH_CALL_CONNECTED)
    error = g_error_new (OH_ERROR, OH_ERROR_INVALID_STATE, "The call is not connected");
  return error;
}

static GError *
refuse_digits (OhCall *self, const char *digits)
{
  const OhDriver *driver = oh_modem_get_driver (oh_line_get_modem (self->line));

  if (!oh_digits_are_valid (digits))
    return g_error_new (G_DBUS_ERROR, G_DBUS_ERROR_INVALID_ARGS,
                        "Digits are 0 to 9, *, #, A to D and \",\", 1 to 80 of them");
  if (driver->send_digit == NULL)
    return g_error_new (OH_ERROR, OH_ERROR_NOT_SUPPORTED, "The modem cannot send digits");
  return refuse_unconnected (self);
}

static void
send_digits (gpointer object, OhPeer *peer, GDBusMethodInvocation *invocation)
{
  OhCall *self = object;
  g_autoptr (GVariant) options = NULL;
  const char *digits;
  guint duration;
  GError *error;

  if (has_ended (self, invocation))
    return;
  g_variant_get (g_dbus_method_invocation_get_parameters (invocation), "(&s@a{sv})", &digits,
                 &options);
  error = refuse_digits (self, digits);
  if (error != NULL || !read_digit_options (options, &duration, &error))
    oh_error_reply (invocation, error);
  else
    oh_digits_send (self->line, self, peer, digits, duration, invocation);
}

static gboolean
handle_send_digits (OhDbusCall *object, GDBusMethodInvocation *invocation, const char *digits,
                    GVariant *options)
{
  return check (OH_CALL (object), OH_AUTH_CONTROL, invocation, send_digits);
}

static void
stop_digits (gpointer object, OhPeer *peer, GDBusMethodInvocation *invocation)
{
  OhCall *self = object;

  if (has_ended (self, invocation))
    return;
  if (self->digits != NULL)
    oh_digits_cancel (self->digits);
  oh_dbus_call_complete_stop_digits (OH_DBUS_CALL (self), invocation);
}

static gboolean
handle_stop_digits (OhDbusCall *object, GDBusMethodInvocation *invocation)
{
  return check (OH_CALL (object), OH_AUTH_CONTROL, invocation, stop_digits);
}

static gboolean
has_handle (OhCall *self, OhPeer *peer, GDBusMethodInvocation *invocation)
{
  if (oh_line_has_handle_of (self->line, peer))
    return TRUE;
  oh_error_reply (invocation, g_error_new (OH_ERROR, OH_ERROR_NOT_OPEN,
                                           "Open a handle on the call's line first"));
  return FALSE;
}

static void
monitor_digits (gpointer object, OhPeer *peer, GDBusMethodInvocation *invocation)
{
  OhCall *self = object;
  gboolean on;

  if (has_ended (self, invocation))
    return;
  if (!has_handle (self, peer, invocation))
    return;
  g_variant_get (g_dbus_method_invocation_get_parameters (invocation), "(b)", &on);
  oh_call_monitor_digits (self, oh_peer_get_name (peer), on);
  oh_dbus_call_complete_monitor_digits (OH_DBUS_CALL (self), invocation);
}

static gboolean
handle_monitor_digits (OhDbusCall *object, GDBusMethodInvocation *invocation, gboolean on)
{
  return check (OH_CALL (object), OH_AUTH_CONTROL, invocation, monitor_digits);
}

static void
gather_digits (gpointer object, OhPeer *peer, GDBusMethodInvocation *invocation)
{
  OhCall *self = object;
  g_autoptr (GVariant) given = NULL;
  OhGatherOptions options;
  GError *error = NULL;

  if (has_ended (self, invocation) || !has_handle (self, peer, invocation))
    return;
  g_variant_get (g_dbus_method_invocation_get_parameters (invocation), "(@a{sv})", &given);
  if (!oh_gather_options_parse (&options, given, &error))
    {
      oh_error_reply (invocation, error);
      return;
    }
  g_object_ref (invocation); /* the strings are its own */
  oh_dbus_call_complete_gather_digits (OH_DBUS_CALL (self), invocation);
  oh_gather_begin (self->line, self, peer, &options);
  g_object_unref (invocation);
}

static gboolean
handle_gather_digits (OhDbusCall *object, GDBusMethodInvocation *invocation, GVariant *options)
{
  return check (OH_CALL (object), OH_AUTH_CONTROL, invocation, gather_digits);
}

static gboolean
is_frequency (guint hz)
{
  return hz >= OH_TONE_LEAST_HZ && hz <= OH_TONE_MOST_HZ;
}

static GError *
refuse_tone (OhCall *self, const guint *hz, gsize n, guint duration_ms)
{
  OhModem *modem = oh_line_get_modem (self->line);
  GError *error;

  if (n < 1 || n > 2 || !is_frequency (hz[0]) || (n == 2 && !is_frequency (hz[1])))
    return g_error_new (G_DBUS_ERROR, G_DBUS_ERROR_INVALID_ARGS,
                        "One or two frequencies of 200 to 3200 Hz");
  if (duration_ms < OH_TONE_LEAST_MS || duration_ms > OH_TONE_MOST_MS)
    return g_error_new (G_DBUS_ERROR, G_DBUS_ERROR_INVALID_ARGS, "10 to 10000 milliseconds");
  error = refuse_unconnected (self);
  if (error != NULL)
    return error;
  if (oh_modem_get_driver (modem) == NULL || oh_modem_get_driver (modem)->tone == NULL)
    return g_error_new (OH_ERROR, OH_ERROR_NOT_SUPPORTED, "The modem cannot make tones");
  return NULL;
}

static void
generate_tone (gpointer object, OhPeer *peer, GDBusMethodInvocation *invocation)
{
  OhCall *self = object;
  g_autoptr (GVariant) frequencies = NULL;
  const guint32 *hz;
  guint both[2] = { 0 }, duration;
  GError *error;
  gsize n;

  if (has_ended (self, invocation))
    return;
  g_variant_get (g_dbus_method_invocation_get_parameters (invocation), "(@auu)", &frequencies,
                 &duration);
  hz = g_variant_get_fixed_array (frequencies, &n, sizeof *hz);
  error = refuse_tone (self, hz, n, duration);
  if (error != NULL)
    {
      oh_error_reply (invocation, error);
      return;
    }
  memcpy (both, hz, n * sizeof *hz);
  oh_digits_tone (self->line, self, peer, both, duration, invocation);
}

static gboolean
handle_generate_tone (OhDbusCall *object, GDBusMethodInvocation *invocation, GVariant *frequencies,
                      guint duration)
{
  return check (OH_CALL (object), OH_AUTH_CONTROL, invocation, generate_tone);
}

static void
take_ownership (gpointer object, OhPeer *peer, GDBusMethodInvocation *invocation)
{
  OhCall *self = object;

  if (!has_ended (self, invocation))
    oh_line_take_ownership (self->line, self, peer, invocation);
}

static gboolean
handle_take_ownership (OhDbusCall *object, GDBusMethodInvocation *invocation)
{
  return check (OH_CALL (object), OH_AUTH_CONTROL, invocation, take_ownership);
}

static void
hand_off (gpointer object, OhPeer *peer, GDBusMethodInvocation *invocation)
{
  OhCall *self = object;
  const char *name;

  if (has_ended (self, invocation))
    return;
  g_variant_get (g_dbus_method_invocation_get_parameters (invocation), "(&s)", &name);
  oh_line_hand_off (self->line, self, peer, name, invocation);
}

static gboolean
handle_hand_off (OhDbusCall *object, GDBusMethodInvocation *invocation, const char *bus_name)
{
  return check (OH_CALL (object), OH_AUTH_CONTROL, invocation, hand_off);
}

static void
get_party (gpointer object, OhPeer *peer, GDBusMethodInvocation *invocation)
{
  OhCall *self = object;

  if (is_gone (self, invocation))
    return;
  oh_dbus_call_complete_get_party (OH_DBUS_CALL (self), invocation, oh_call_describe_party (self));
}

static gboolean
handle_get_party (OhDbusCall *object, GDBusMethodInvocation *invocation)
{
  return check (OH_CALL (object), OH_AUTH_IDENTIFY, invocation, get_party);
}

void
oh_call_iface_init (OhDbusCallIface *iface)
{
  iface->handle_answer = handle_answer;
  iface->handle_drop = handle_drop;
  iface->handle_ignore = handle_ignore;
  iface->handle_hold = handle_hold;
  iface->handle_unhold = handle_unhold;
  iface->handle_split = handle_split;
  iface->handle_deflect = handle_deflect;
  iface->handle_send_digits = handle_send_digits;
  iface->handle_stop_digits = handle_stop_digits;
  iface->handle_monitor_digits = handle_monitor_digits;
  iface->handle_gather_digits = handle_gather_digits;
  iface->handle_generate_tone = handle_generate_tone;
  iface->handle_take_ownership = handle_take_ownership;
  iface->handle_hand_off = handle_hand_off;
  iface->handle_get_party = handle_get_party;
}
