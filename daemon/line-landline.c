// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/line-landline.h"

#include "daemon/error.h"
#include "daemon/line-pending.h"

/* What only a landline has. */

struct _OhLineLandline
{
  OhDbusLineLandlineSkeleton parent_instance;

  OhLine *line; /* lives longer; NULL: it has ended */
};

static void oh_line_landline_iface_init (OhDbusLineLandlineIface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (OhLineLandline, oh_line_landline,
                               OH_DBUS_TYPE_LINE_LANDLINE_SKELETON,
                               G_IMPLEMENT_INTERFACE (OH_DBUS_TYPE_LINE_LANDLINE,
                                                      oh_line_landline_iface_init))

static GVariant *
get_routes (guint routes)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("au"));
  for (guint label = 0; label <= OH_ROUTE_MOST; label++)
    {
      if (routes & 1u << label)
        g_variant_builder_add (&builder, "u", label);
    }
  return g_variant_builder_end (&builder);
}

void
oh_line_landline_take (OhLineLandline *self, const OhLoop *loop)
{
  OhDbusLineLandline *object = OH_DBUS_LINE_LANDLINE (self);

  oh_dbus_line_landline_set_in_use (object, oh_switch_name (loop->in_use));
  oh_dbus_line_landline_set_message_waiting (object, oh_switch_name (loop->message_waiting));
  oh_dbus_line_landline_set_ring_cadence (object, loop->cadence_ms);
  oh_dbus_line_landline_set_receive_gain (object, loop->receive_gain);
  oh_dbus_line_landline_set_transmit_gain (object, loop->transmit_gain);
  oh_dbus_line_landline_set_audio_route (object, loop->route);
  oh_dbus_line_landline_set_audio_routes (object, get_routes (loop->routes));
  g_dbus_interface_skeleton_flush (G_DBUS_INTERFACE_SKELETON (self));
}

void
oh_line_landline_forget (OhLineLandline *self)
{
  oh_line_landline_take (self, &oh_loop_unknown);
}

void
oh_line_landline_end (OhLineLandline *self)
{
  self->line = NULL;
}

/* NULL, and @invocation is answered, when it cannot be asked of the modem. */
static OhRequest *
begin (OhLineLandline *self, OhPeer *peer, GDBusMethodInvocation *invocation)
{
  OhPending *pending = oh_pending_ask (self->line, peer, invocation, NULL);

  return pending != NULL ? oh_request_ref (pending->request) : NULL;
}

static gboolean
refuse (GDBusMethodInvocation *invocation, gboolean wrong, const char *text)
{
  if (wrong)
    oh_error_reply (invocation,
                    g_error_new_literal (G_DBUS_ERROR, G_DBUS_ERROR_INVALID_ARGS, text));
  return wrong;
}

static const OhLandlineFuncs *
get_funcs (OhLineLandline *self)
{
  return oh_modem_get_driver (self->line->modem)->landline;
}

static void
get_identity (gpointer object, OhPeer *peer, GDBusMethodInvocation *invocation)
{
  OhLineLandline *self = object;
  GVariantDict identity;

  g_variant_dict_init (&identity, NULL);
  if (self->line != NULL && *self->line->settings.own_number != '\0')
    g_variant_dict_insert (&identity, "OwnNumber", "s", self->line->settings.own_number);
  oh_dbus_line_landline_complete_get_identity (OH_DBUS_LINE_LANDLINE (self), invocation,
                                               g_variant_dict_end (&identity));
}

static void
set_gain (gpointer object, OhPeer *peer, GDBusMethodInvocation *invocation)
{
  OhLineLandline *self = object;
  g_autoptr (OhRequest) request = NULL;
  guint receive, transmit;

  g_variant_get (g_dbus_method_invocation_get_parameters (invocation), "(uu)", &receive, &transmit);
  if (refuse (invocation, receive > OH_GAIN_MOST || transmit > OH_GAIN_MOST, "A gain is 0 to 255"))
    return;
  request = begin (self, peer, invocation);
  if (request != NULL)
    get_funcs (self)->set_gain (self->line->modem, receive, transmit, request);
}

static void
set_audio_route (gpointer object, OhPeer *peer, GDBusMethodInvocation *invocation)
{
  OhLineLandline *self = object;
  g_autoptr (OhRequest) request = NULL;
  guint label;

  g_variant_get (g_dbus_method_invocation_get_parameters (invocation), "(u)", &label);
  if (refuse (invocation, label == 0 || label > OH_ROUTE_MOST, "A label is 1 to 31"))
    return;
  request = begin (self, peer, invocation);
  if (request != NULL)
    get_funcs (self)->set_route (self->line->modem, label, request);
}

static void
flash (gpointer object, OhPeer *peer, GDBusMethodInvocation *invocation)
{
  OhLineLandline *self = object;
  g_autoptr (OhRequest) request = begin (self, peer, invocation);

  if (request != NULL)
    get_funcs (self)->flash (self->line->modem, request);
}

static gboolean
check (OhDbusLineLandline *object, OhAuthAction action, GDBusMethodInvocation *invocation,
       OhAuthFunc func)
{
  return oh_pending_check (OH_LINE_LANDLINE (object)->line, action, invocation, func, object);
}

static gboolean
handle_get_identity (OhDbusLineLandline *object, GDBusMethodInvocation *invocation)
{
  return check (object, OH_AUTH_IDENTIFY, invocation, get_identity);
}

static gboolean
handle_set_gain (OhDbusLineLandline *object, GDBusMethodInvocation *invocation, guint receive,
                 guint transmit)
{
  return check (object, OH_AUTH_CONTROL, invocation, set_gain);
}

static gboolean
handle_set_audio_route (OhDbusLineLandline *object, GDBusMethodInvocation *invocation, guint label)
{
  return check (object, OH_AUTH_CONTROL, invocation, set_audio_route);
}

static gboolean
handle_flash (OhDbusLineLandline *object, GDBusMethodInvocation *invocation)
{
  return check (object, OH_AUTH_CONTROL, invocation, flash);
}

OhLineLandline *
oh_line_landline_new (OhLine *line)
{
  OhLineLandline *self = g_object_new (OH_TYPE_LINE_LANDLINE, NULL);

  self->line = line;
  oh_dbus_line_landline_set_country (OH_DBUS_LINE_LANDLINE (self), line->settings.country);
  oh_line_landline_forget (self);
  return self;
}

static void
oh_line_landline_init (OhLineLandline *self)
{
}

static void
oh_line_landline_class_init (OhLineLandlineClass *klass)
{
}

static void
oh_line_landline_iface_init (OhDbusLineLandlineIface *iface)
{
  iface->handle_get_identity = handle_get_identity;
  iface->handle_set_gain = handle_set_gain;
  iface->handle_set_audio_route = handle_set_audio_route;
  iface->handle_flash = handle_flash;
}
