// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <glib.h>

typedef enum
{
  OH_SIM_CALLER_SHOWN,
  OH_SIM_CALLER_WITHHELD,
  OH_SIM_CALLER_UNAVAILABLE,
  OH_SIM_CALLER_NONE, /* the exchange sends no caller ID at all */
} OhSimPresentation;

/* Who calls, and how. */
typedef struct
{
  char *number; /* "" unless shown */
  char *name;
  char *called; /* the number that was dialled; NULL: not told */
  OhSimPresentation presentation;
  guint rings; /* 0: rings for ever */
  gboolean before_first_ring;
  gboolean silent;    /* the modem says nothing of ringing */
  gboolean forwarded; /* to us, from another number */
} OhSimCaller;

gboolean oh_sim_caller_parse (OhSimCaller *caller, char **words, GError **error);
void oh_sim_caller_copy (OhSimCaller *to, const OhSimCaller *from);
void oh_sim_caller_clear (OhSimCaller *caller);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (OhSimCaller, oh_sim_caller_clear)

/* What a landline modem prints for @caller; NULL when it prints nothing. */
char *oh_sim_caller_block (const OhSimCaller *caller, GDateTime *when);
char *oh_sim_caller_packet (const OhSimCaller *caller, GDateTime *when);
