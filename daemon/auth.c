// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/auth.h"

#include "daemon/auth-polkit.h"
#include "daemon/delivery.h"
#include "daemon/error.h"

struct _OhAuth
{
  OhPeers *peers;
  const OhLimits *limits;
  OhAuthChanged changed;
  gpointer user_data;
  OhPolkit *polkit;
  GPtrArray *asks; /* of Ask */
};

/* One question to polkit and all who wait for the answer. */
typedef struct
{
  OhAuth *auth;
  OhPeer *peer;
  OhAuthAction action;
  gboolean interactive;
  gboolean stale; /* polkit has said since that its answer may be another one */
  GPtrArray *waiters;
} Ask;

typedef void (*VerdictFunc) (OhPeer *peer, OhVerdict verdict, gpointer user_data);

typedef struct
{
  Ask *ask;
  VerdictFunc func;
  gpointer user_data;
  guint timer;
} Waiter;

static void
waiter_end (Waiter *waiter, OhVerdict verdict)
{
  g_clear_handle_id (&waiter->timer, g_source_remove);
  waiter->func (waiter->ask->peer, verdict, waiter->user_data);
  g_free (waiter);
}

/* polkit is silent: who waits hears so; the question stands, and its answer may still be of use. */
static gboolean
on_silence (gpointer user_data)
{
  Waiter *waiter = user_data;

  waiter->timer = 0;
  g_ptr_array_remove (waiter->ask->waiters, waiter);
  waiter_end (waiter, OH_VERDICT_UNKNOWN);
  return G_SOURCE_REMOVE;
}

static void
ask_free (Ask *ask)
{
  g_object_unref (ask->peer);
  g_ptr_array_unref (ask->waiters);
  g_free (ask);
}

static void
end_waiters (Ask *ask, OhVerdict verdict)
{
  while (ask->waiters->len > 0)
    waiter_end (g_ptr_array_steal_index (ask->waiters, 0), verdict);
}

static void on_answer (OhVerdict verdict, gpointer user_data);

static void
put_question (Ask *ask)
{
  ask->stale = FALSE;
  oh_polkit_ask (ask->auth->polkit, ask->peer, ask->action, ask->interactive, on_answer, ask);
}

static void
on_answer (OhVerdict verdict, gpointer user_data)
{
  Ask *ask = user_data;
  OhAuth *self = ask->auth;

  if (ask->stale && verdict != OH_VERDICT_UNKNOWN && !oh_peer_is_gone (ask->peer))
    {
      put_question (ask);
      return;
    }
  g_ptr_array_remove_fast (self->asks, ask);
  /* What a password has opened is polkit's to remember, or not. */
  if (!ask->interactive && verdict != OH_VERDICT_UNKNOWN)
    oh_peer_set_verdict (ask->peer, ask->action, verdict);
  end_waiters (ask, verdict);
  if (!ask->interactive && oh_peer_get_handles (ask->peer)->len > 0)
    self->changed (ask->peer, ask->action, self->user_data);
  ask_free (ask);
}

static Ask *
find_ask (OhAuth *self, OhPeer *peer, OhAuthAction action, gboolean interactive)
{
  for (guint i = 0; i < self->asks->len; i++)
    {
      Ask *ask = self->asks->pdata[i];

      if (ask->peer == peer && ask->action == action && ask->interactive == interactive)
        return ask;
    }
  return NULL;
}

/* @func is called then or later, not later than after @limit_ms. */
static void
ask (OhAuth *self, OhPeer *peer, OhAuthAction action, gboolean interactive, guint limit_ms,
     VerdictFunc func, gpointer user_data)
{
  OhVerdict verdict = oh_peer_get_verdict (peer, action);
  Ask *asked = find_ask (self, peer, action, interactive);
  Waiter *waiter;

  if (verdict != OH_VERDICT_UNKNOWN && (verdict != OH_VERDICT_CHALLENGE || !interactive))
    {
      func (peer, verdict, user_data);
      return;
    }
  if (asked == NULL)
    {
      asked = g_new0 (Ask, 1);
      asked->auth = self;
      asked->peer = g_object_ref (peer);
      asked->action = action;
      asked->interactive = interactive;
      asked->waiters = g_ptr_array_new ();
      g_ptr_array_add (self->asks, asked);
      put_question (asked);
    }
  waiter = g_new0 (Waiter, 1);
  waiter->ask = asked;
  waiter->func = func;
  waiter->user_data = user_data;
  waiter->timer = g_timeout_add (limit_ms, on_silence, waiter);
  g_ptr_array_add (asked->waiters, waiter);
}

static void
on_asked_again (OhPeer *peer, OhVerdict verdict, gpointer user_data)
{
  OhAuth *self = user_data;

  /* An answer is told of anyway. */
  if (verdict == OH_VERDICT_UNKNOWN)
    self->changed (peer, OH_AUTH_CONTROL, self->user_data);
}

/* Until polkit has answered again callers are seen by nobody; what was left out comes after it. */
static void
ask_again (OhPeer *peer, gpointer user_data)
{
  OhAuth *self = user_data;
  gboolean had_control = oh_peer_get_verdict (peer, OH_AUTH_CONTROL) == OH_VERDICT_YES;
  gboolean listens = oh_peer_get_handles (peer)->len > 0;

  if (oh_peer_is_trusted (peer))
    return;
  oh_peer_forget_verdicts (peer);
  if (!listens)
    return;
  oh_delivery_redact (oh_peer_get_delivery (peer));
  ask (self, peer, OH_AUTH_IDENTIFY, FALSE, self->limits->ask_open_ms, on_asked_again, self);
  if (had_control)
    ask (self, peer, OH_AUTH_CONTROL, FALSE, self->limits->ask_open_ms, on_asked_again, self);
}

static void
on_polkit_changed (gpointer user_data)
{
  OhAuth *self = user_data;

  for (guint i = 0; i < self->asks->len; i++)
    ((Ask *)self->asks->pdata[i])->stale = TRUE;
  oh_peers_foreach (self->peers, ask_again, self);
}

void
oh_auth_ask_again (OhAuth *self)
{
  on_polkit_changed (self);
}

/* What a method waits for. */
typedef struct
{
  OhBus *bus;
  OhAuthAction action;
  gboolean open, interactive, owed;
  GDBusMethodInvocation *invocation;
  OhAuthFunc func;
  GObject *self;
} Check;

static void
check_end (Check *check, OhPeer *peer, GError *refusal)
{
  if (check->owed)
    oh_peer_paid (peer);
  if (refusal == NULL && oh_peer_is_gone (peer))
    refusal = g_error_new (OH_ERROR, OH_ERROR_CANCELLED, "The caller is gone");
  if (refusal != NULL)
    oh_error_reply (check->invocation, refusal);
  else
    check->func (check->self, peer, check->invocation);
  g_object_unref (check->self);
  g_free (check);
}

static GError *
not_authorized (Check *check, OhVerdict verdict)
{
  static const char *const names[OH_N_AUTH] = {
    [OH_AUTH_IDENTIFY] = "identify",
    [OH_AUTH_DIAL] = "dial",
    [OH_AUTH_CONTROL] = "control",
    [OH_AUTH_CONFIGURE] = "configure",
  };

  return g_error_new (
      OH_ERROR, OH_ERROR_NOT_AUTHORIZED, "%s needs the permission " OH_BUS_NAME ".%s of polkit%s",
      g_dbus_method_invocation_get_method_name (check->invocation), names[check->action],
      verdict == OH_VERDICT_UNKNOWN ? ", which does not answer" : "");
}

static gboolean
may_ask_password (Check *check)
{
  GDBusMessage *message = g_dbus_method_invocation_get_message (check->invocation);

  return !check->open && !check->interactive
         && (g_dbus_message_get_flags (message)
             & G_DBUS_MESSAGE_FLAGS_ALLOW_INTERACTIVE_AUTHORIZATION);
}

static void
on_identifies (OhPeer *peer, OhVerdict verdict, gpointer user_data)
{
  check_end (user_data, peer, NULL); /* without the party, if need be */
}

static void
ask_identify (Check *check, OhPeer *peer)
{
  ask (check->bus->auth, peer, OH_AUTH_IDENTIFY, FALSE, check->bus->limits->ask_open_ms,
       on_identifies, check);
}

static void
on_verdict (OhPeer *peer, OhVerdict verdict, gpointer user_data)
{
  Check *check = user_data;

  if (verdict == OH_VERDICT_CHALLENGE && may_ask_password (check))
    {
      check->interactive = TRUE;
      ask (check->bus->auth, peer, check->action, TRUE, check->bus->limits->ask_password_ms,
           on_verdict, check);
    }
  else if (verdict != OH_VERDICT_YES)
    check_end (check, peer, not_authorized (check, verdict));
  else if (check->open)
    ask_identify (check, peer);
  else
    check_end (check, peer, NULL);
}

static void
on_identified (OhPeer *peer, const GError *error, gpointer user_data)
{
  Check *check = user_data;
  const OhLimits *limits = check->bus->limits;

  if (error != NULL || oh_peer_is_trusted (peer)
      || (check->action == OH_AUTH_NOTHING && !check->open))
    {
      check_end (check, peer, error != NULL ? g_error_copy (error) : NULL);
      return;
    }
  check->owed = oh_peer_owe (peer);
  if (!check->owed)
    check_end (check, peer, oh_peer_owes_too_much ());
  else if (check->action == OH_AUTH_NOTHING)
    ask_identify (check, peer);
  else
    ask (check->bus->auth, peer, check->action, FALSE,
         check->open ? limits->ask_open_ms : limits->ask_ms, on_verdict, check);
}

static void
begin (OhBus *bus, OhAuthAction action, gboolean open, GDBusMethodInvocation *invocation,
       OhAuthFunc func, gpointer self)
{
  g_autoptr (OhPeer) peer
      = oh_peers_get (bus->peers, g_dbus_method_invocation_get_sender (invocation));
  Check *check = g_new0 (Check, 1);

  check->bus = bus;
  check->action = action;
  check->open = open;
  check->invocation = invocation;
  check->func = func;
  check->self = g_object_ref (self);
  oh_peer_identify (peer, on_identified, check);
}

void
oh_auth_check (OhBus *bus, OhAuthAction action, GDBusMethodInvocation *invocation, OhAuthFunc func,
               gpointer self)
{
  begin (bus, action, FALSE, invocation, func, self);
}

void
oh_auth_check_open (OhBus *bus, gboolean needs_control, GDBusMethodInvocation *invocation,
                    OhAuthFunc func, gpointer self)
{
  begin (bus, needs_control ? OH_AUTH_CONTROL : OH_AUTH_NOTHING, TRUE, invocation, func, self);
}

OhAuth *
oh_auth_new (OhPeers *peers, const OhLimits *limits, OhAuthChanged changed, gpointer user_data)
{
  OhAuth *self = g_new0 (OhAuth, 1);

  self->peers = peers;
  self->limits = limits;
  self->changed = changed;
  self->user_data = user_data;
  self->polkit = oh_polkit_new (limits, on_polkit_changed, self);
  self->asks = g_ptr_array_new ();
  return self;
}

void
oh_auth_free (OhAuth *self)
{
  oh_polkit_free (self->polkit);
  while (self->asks->len > 0)
    {
      Ask *asked = g_ptr_array_steal_index (self->asks, 0);

      end_waiters (asked, OH_VERDICT_UNKNOWN);
      ask_free (asked);
    }
  g_ptr_array_unref (self->asks);
  g_free (self);
}
