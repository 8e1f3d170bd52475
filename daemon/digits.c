// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/digits.h"

#include <string.h>

#include "daemon/error.h"

#define DIGITS_MAX 80

struct _OhDigits
{
  OhLine *line;
  OhCall *call;
  OhPeer *requester;
  char *digits;
  guint duration_ms;
  guint hz[2]; /* a tone in place of digits; 0: none */
  gsize sent;
  guint pause;
  GDBusMethodInvocation *invocation; /* NULL once answered */
  gboolean over;
};

gboolean
oh_digits_are_valid (const char *digits)
{
  gsize length = strlen (digits);

  return length > 0 && length <= DIGITS_MAX && strspn (digits, "0123456789*#ABCD,") == length
         && strspn (digits, ",") < length;
}

static void
free_digits (OhDigits *self)
{
  g_clear_handle_id (&self->pause, g_source_remove);
  g_object_unref (self->line);
  g_object_unref (self->call);
  g_object_unref (self->requester);
  g_free (self->digits);
  g_free (self);
}

static void
answer (OhDigits *self, const GError *error)
{
  GDBusMethodInvocation *invocation = g_steal_pointer (&self->invocation);

  if (invocation != NULL)
    oh_peer_paid (self->requester);
  if (invocation != NULL && error != NULL)
    oh_error_reply (invocation, g_error_copy (error));
  else if (invocation != NULL)
    g_dbus_method_invocation_return_value (invocation, NULL); /* of the one method or the other */
}

static void
tell (OhDigits *self, const char *result)
{
  GVariantDict details;

  g_variant_dict_init (&details, NULL);
  g_variant_dict_insert (&details, "Result", "s", result);
  oh_line_tell_peer (self->line, oh_peer_get_name (self->requester), OH_KIND_GENERATE, self->call,
                     g_variant_dict_end (&details));
}

static void
finish (OhDigits *self, const char *result, const GError *error)
{
  gboolean was_told = self->invocation == NULL;

  self->over = TRUE;
  oh_call_set_digits (self->call, NULL);
  answer (self, error);
  /* Who got an error for a reply needs no event besides. */
  if (was_told || error == NULL)
    tell (self, result);
}

static void send_next (OhDigits *self);

static void
on_digit_taken (OhRequest *request, const GError *error, gpointer user_data)
{
  OhDigits *self = user_data;

  if (self->over)
    free_digits (self);
  else if (error != NULL)
    {
      finish (self, "failed", error);
      free_digits (self);
    }
  else
    {
      answer (self, NULL);
      self->sent++;
      send_next (self);
    }
}

static gboolean
on_paused (gpointer user_data)
{
  OhDigits *self = user_data;

  self->pause = 0;
  self->sent++;
  send_next (self);
  return G_SOURCE_REMOVE;
}

static void
send_next (OhDigits *self)
{
  OhModem *modem = oh_line_get_modem (self->line);
  g_autoptr (OhRequest) request = NULL;

  if (self->digits[self->sent] == ',')
    {
      self->pause = g_timeout_add (oh_line_get_limits (self->line)->pause_ms, on_paused, self);
      return;
    }

  if (self->digits[self->sent] == '\0')
    {
      finish (self, "done", NULL);
      free_digits (self);
      return;
    }
  request = oh_request_new (on_digit_taken, self);
  if (!oh_modem_is_open (modem))
    oh_request_fail (request, OH_ERROR_NO_DEVICE, "The modem is gone");
  else if (self->hz[0] != 0)
    oh_modem_get_driver (modem)->tone (modem, oh_call_get_modem_call (self->call), self->hz,
                                       self->duration_ms, request);
  else
    oh_modem_get_driver (modem)->send_digit (modem, oh_call_get_modem_call (self->call),
                                             self->digits[self->sent], self->duration_ms, request);
}

void
oh_digits_cancel (OhDigits *self)
{
  g_autoptr (GError) error
      = g_error_new (OH_ERROR, OH_ERROR_CANCELLED, "Sending digits was cancelled");

  finish (self, "cancelled", self->invocation != NULL ? error : NULL);
  /* Else it is freed when the modem has answered the digit under way. */
  if (self->pause != 0)
    free_digits (self);
}

/* NULL: @invocation is answered. */
static OhDigits *
begin (OhLine *line, OhCall *call, OhPeer *peer, const char *digits, guint duration_ms,
       GDBusMethodInvocation *invocation)
{
  OhDigits *before = oh_call_get_digits (call);
  OhDigits *self;

  if (!oh_peer_owe (peer))
    {
      oh_error_reply (invocation, oh_peer_owes_too_much ());
      return NULL;
    }
  if (before != NULL)
    oh_digits_cancel (before);
  self = g_new0 (OhDigits, 1);
  self->line = g_object_ref (line);
  self->call = g_object_ref (call);
  self->requester = g_object_ref (peer);
  self->digits = g_strdup (digits);
  self->duration_ms = duration_ms;
  self->invocation = invocation;
  oh_call_set_digits (call, self);
  return self;
}

void
oh_digits_send (OhLine *line, OhCall *call, OhPeer *peer, const char *digits, guint duration_ms,
                GDBusMethodInvocation *invocation)
{
  OhDigits *self = begin (line, call, peer, digits, duration_ms, invocation);

  if (self != NULL)
    send_next (self);
}

void
oh_digits_tone (OhLine *line, OhCall *call, OhPeer *peer, const guint *hz, guint duration_ms,
                GDBusMethodInvocation *invocation)
{
  OhDigits *self = begin (line, call, peer, "0", duration_ms, invocation); /* one thing to do */

  if (self == NULL)
    return;
  memcpy (self->hz, hz, sizeof self->hz);
  send_next (self);
}
