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
  char *date;   /* instead of today's; "none": not told */
  char *time;
  char **unknown; /* parameters that the modem does not know, in hexadecimal digits; or NULL */
  char *raw;      /* sent instead of caller ID, with the escapes of C; or NULL */
  OhSimPresentation presentation;
  guint rings;   /* 0: rings for ever */
  guint pattern; /* of distinctive ring; 0: none */
  guint copies;  /* of the packet; 0 is 1 */
  gboolean before_first_ring;
  gboolean silent;       /* the modem says nothing of ringing */
  gboolean forwarded;    /* to us, from another number */
  gboolean masked;       /* the number, and then that it is unavailable */
  gboolean single;       /* data message format, of Bellcore */
  gboolean bad_checksum; /* of the packet */
  gboolean cut;          /* the packet lacks its last byte */
} OhSimCaller;

gboolean oh_sim_caller_parse (OhSimCaller *caller, char **words, GError **error);
void oh_sim_caller_copy (OhSimCaller *to, const OhSimCaller *from);
void oh_sim_caller_clear (OhSimCaller *caller);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (OhSimCaller, oh_sim_caller_clear)
