// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "daemon/line-private.h"

/* A client's request that the modem has not taken yet. Its invocation is answered exactly once
 * (H11). */

typedef enum
{
  OH_PENDING_DIAL,
  OH_PENDING_ANSWER,
  OH_PENDING_DROP,
  OH_PENDING_HANG_UP,
  OH_PENDING_SERVICE,
  OH_PENDING_NETWORK, /* of Line.Cellular */
} OhPendingKind;

typedef struct _OhPending OhPending;

struct _OhPending
{
  OhLine *line;
  OhPendingKind kind;
  OhPeer *peer;
  GDBusMethodInvocation *invocation;
  OhRequest *request;
  /* Replies; with an error it has been replied already. */
  void (*settled) (OhPending *pending, const GError *error);
  void (*vanished) (OhPending *pending); /* the peer did; may settle it. NULL: never mind */

  OhCall *call;            /* NULL: of the whole line, or of a call that is not visible yet */
  guint modem_call;        /* the driver's number of it; 0: none */
  gboolean listened, keep; /* ANSWER: of the peer, at the time */
  OhService service;       /* SERVICE; ANSWER: OH_N_SERVICES if by Call.Answer */
  char *number;            /* DIAL */
  guint timer;
  gulong watch;
};

/* NULL, and @invocation is answered, when the peer has too many. */
OhPending *oh_pending_new (OhLine *line, OhPendingKind kind, OhPeer *peer,
                           GDBusMethodInvocation *invocation,
                           void (*settled) (OhPending *pending, const GError *error));

/* One to the modem of @line (NULL: it has ended), whose result is the reply. NULL, and @invocation
 * is answered, when it cannot be asked. Takes @refusal, a reason that the method has found, or
 * NULL. */
OhPending *oh_pending_ask (OhLine *line, OhPeer *peer, GDBusMethodInvocation *invocation,
                           GError *refusal);

/* Of an interface of @line's: asks for the permission, unless the line has ended. */
gboolean oh_pending_check (OhLine *line, OhAuthAction action, GDBusMethodInvocation *invocation,
                           OhAuthFunc func, gpointer object);

/* Sets what it is about. */
void oh_pending_set_call (OhPending *pending, OhCall *call);

/* H9: it is replied to in time, though the command still runs. */
void oh_pending_limit (OhPending *pending);

/* @modem_call 0: of any. */
OhPending *oh_pending_find (OhLine *line, OhPendingKind kind, guint modem_call);

/* Replies to a service, or to Answer. */
void oh_line_complete_service (OhPending *pending);
