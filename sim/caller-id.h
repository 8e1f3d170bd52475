// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "sim/caller.h"

/* How a landline modem prints caller ID. */
typedef struct
{
  const char *equals;
  const char *order;       /* M unknown parameters, D date, T time, N number, A name */
  const char *withheld;    /* for a number and a name; "": no name */
  const char *unavailable; /* the same */
  const char *checksum;    /* the tag of a bad one; NULL: nothing is printed then */
  gboolean bare;           /* nothing in front of the first line */
} OhSimLayout;

/* What the exchange does with it. */
typedef struct
{
  gboolean number_only;
  gboolean day_first;
  gboolean call_type;
} OhSimSending;

/* What a landline modem prints for @caller; NULL when it prints nothing. */
char *oh_sim_caller_id_block (const OhSimCaller *caller, const OhSimLayout *layout,
                              const OhSimSending *sending);
char *oh_sim_caller_id_packet (const OhSimCaller *caller, const OhSimSending *sending);

/* A packet that says that there is a message, or none. */
char *oh_sim_caller_id_message (gboolean waiting, gboolean single);
