// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/auth-polkit.h"

#include <polkit/polkit.h>

struct _OhPolkit
{
  guint references;
  const OhLimits *limits;
  void (*changed) (gpointer user_data); /* NULL: freed */
  gpointer user_data;
  PolkitAuthority *authority;
  gboolean connecting, has_failed;
  GQueue waiting;     /* of Question */
  GPtrArray *running; /* of Question */
};

typedef struct
{
  OhPolkit *polkit;
  OhPeer *peer;
  OhAuthAction action;
  OhPolkitFunc func;
  gpointer user_data;
  GCancellable *dialogue; /* NULL: no password */
  gulong vanished;
} Question;

static void pump (OhPolkit *self);

static const char *
action_id (OhAuthAction action)
{
  static const char *const ids[OH_N_AUTH] = {
    [OH_AUTH_IDENTIFY] = OH_BUS_NAME ".identify",
    [OH_AUTH_DIAL] = OH_BUS_NAME ".dial",
    [OH_AUTH_CONTROL] = OH_BUS_NAME ".control",
    [OH_AUTH_CONFIGURE] = OH_BUS_NAME ".configure",
  };

  return ids[action];
}

static void
unref (OhPolkit *self)
{
  if (--self->references > 0)
    return;
  g_clear_object (&self->authority);
  g_ptr_array_unref (self->running);
  g_free (self);
}

static void
answer (Question *question, OhVerdict verdict)
{
  OhPolkit *self = question->polkit;

  if (question->dialogue != NULL)
    g_signal_handler_disconnect (question->peer, question->vanished);
  if (self->changed != NULL)
    question->func (verdict, question->user_data);
  g_clear_object (&question->dialogue);
  g_object_unref (question->peer);
  g_free (question);
}

static OhVerdict
verdict_of (PolkitAuthorizationResult *result)
{
  if (polkit_authorization_result_get_is_authorized (result))
    return OH_VERDICT_YES;
  return polkit_authorization_result_get_is_challenge (result) ? OH_VERDICT_CHALLENGE
                                                               : OH_VERDICT_NO;
}

/* Once: without polkit every question would say so. */
static void
log_failure (OhPolkit *self, const GError *error)
{
  if (!self->has_failed)
    g_message ("polkit cannot be asked, only root and the daemon's own user may act: %s",
               error->message);
  self->has_failed = TRUE;
}

static void
on_checked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Question *question = user_data;
  OhPolkit *self = question->polkit;
  g_autoptr (GError) error = NULL;
  g_autoptr (PolkitAuthorizationResult) checked
      = polkit_authority_check_authorization_finish (POLKIT_AUTHORITY (source), result, &error);

  if (checked != NULL)
    self->has_failed = FALSE;
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    log_failure (self, error);
  g_ptr_array_remove_fast (self->running, question);
  answer (question, checked != NULL ? verdict_of (checked) : OH_VERDICT_UNKNOWN);
  pump (self);
  unref (self);
}

static void
start (OhPolkit *self, Question *question)
{
  g_autoptr (PolkitSubject) subject
      = polkit_system_bus_name_new (oh_peer_get_name (question->peer));

  self->references++;
  g_ptr_array_add (self->running, question);
  polkit_authority_check_authorization (
      self->authority, subject, action_id (question->action), NULL,
      question->dialogue != NULL ? POLKIT_CHECK_AUTHORIZATION_FLAGS_ALLOW_USER_INTERACTION
                                 : POLKIT_CHECK_AUTHORIZATION_FLAGS_NONE,
      question->dialogue, on_checked, question);
}

static void
on_changed (PolkitAuthority *authority, gpointer user_data)
{
  OhPolkit *self = user_data;

  self->changed (self->user_data);
}

/* It came, or it went: what it did not answer it may answer now. */
static void
on_owner (GObject *authority, GParamSpec *pspec, gpointer user_data)
{
  on_changed (POLKIT_AUTHORITY (authority), user_data);
}

static void
give_up (OhPolkit *self)
{
  GQueue waiting = self->waiting;
  Question *question;

  g_queue_init (&self->waiting);
  while ((question = g_queue_pop_head (&waiting)) != NULL)
    answer (question, OH_VERDICT_UNKNOWN);
}

static void
on_connected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  OhPolkit *self = user_data;
  g_autoptr (GError) error = NULL;
  GObject *authority = g_async_initable_new_finish (G_ASYNC_INITABLE (source), result, &error);

  self->connecting = FALSE;
  if (authority == NULL)
    {
      log_failure (self, error);
      give_up (self);
    }
  else if (self->changed == NULL)
    g_object_unref (authority);
  else
    {
      self->authority = POLKIT_AUTHORITY (authority);
      g_signal_connect (authority, "changed", G_CALLBACK (on_changed), self);
      g_signal_connect (authority, "notify::owner", G_CALLBACK (on_owner), self);
      pump (self);
    }
  unref (self);
}

/* Not polkit_authority_get_async(): that one is never let go of, nor is its connection. */
static void
connect_authority (OhPolkit *self)
{
  if (self->connecting)
    return;
  self->connecting = TRUE;
  self->references++;
  g_async_initable_new_async (POLKIT_TYPE_AUTHORITY, G_PRIORITY_DEFAULT, NULL, on_connected, self,
                              NULL);
}

static guint
count_of_user (OhPolkit *self, guint uid)
{
  guint n = 0;

  for (guint i = 0; i < self->running->len; i++)
    n += oh_peer_get_uid (((Question *)self->running->pdata[i])->peer) == uid;
  return n;
}

static void
pump (OhPolkit *self)
{
  GList *next;

  if (self->authority == NULL)
    return;
  for (GList *link = self->waiting.head; link != NULL && self->running->len < self->limits->asks;
       link = next)
    {
      Question *question = link->data;

      next = link->next;
      if (count_of_user (self, oh_peer_get_uid (question->peer)) >= self->limits->asks_per_user)
        continue;
      g_queue_delete_link (&self->waiting, link);
      start (self, question);
    }
}

static void
on_vanished (OhPeer *peer, gpointer user_data)
{
  g_cancellable_cancel (((Question *)user_data)->dialogue);
}

void
oh_polkit_ask (OhPolkit *self, OhPeer *peer, OhAuthAction action, gboolean interactive,
               OhPolkitFunc func, gpointer user_data)
{
  Question *question = g_new0 (Question, 1);

  question->polkit = self;
  question->peer = g_object_ref (peer);
  question->action = action;
  question->func = func;
  question->user_data = user_data;
  if (interactive)
    {
      question->dialogue = g_cancellable_new ();
      question->vanished = g_signal_connect (peer, "vanished", G_CALLBACK (on_vanished), question);
    }
  g_queue_push_tail (&self->waiting, question);
  if (self->authority != NULL)
    pump (self);
  else
    connect_authority (self);
}

OhPolkit *
oh_polkit_new (const OhLimits *limits, void (*changed) (gpointer user_data), gpointer user_data)
{
  OhPolkit *self = g_new0 (OhPolkit, 1);

  self->references = 1;
  self->limits = limits;
  self->changed = changed;
  self->user_data = user_data;
  self->running = g_ptr_array_new ();
  g_queue_init (&self->waiting);
  return self;
}

void
oh_polkit_free (OhPolkit *self)
{
  self->changed = NULL;
  if (self->authority != NULL)
    g_signal_handlers_disconnect_by_data (self->authority, self);
  g_clear_object (&self->authority);
  give_up (self);
  unref (self);
}
