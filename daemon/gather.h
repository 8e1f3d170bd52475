// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "daemon/line.h"
#include "daemon/pack.h"

/* Collects the digits that the other side sends, for one connection: so many, or up to a
 * terminator, or until a time has passed (TAPI lineGatherDigits). One a connection and call; its
 * end is the event "gather", with all digits, to that connection alone (H30). */

#define OH_GATHER_MOST 255
#define OH_GATHER_LEAST_MS 100
#define OH_GATHER_MOST_MS 3600000

typedef struct
{
  guint count; /* 0: cancels the one that there is */
  const char *terminators;
  guint first_ms, inter_ms; /* 0: no limit */
} OhGatherOptions;

gboolean oh_gather_options_parse (OhGatherOptions *options, GVariant *given, GError **error);

/* The one before is cancelled, which its event says. */
void oh_gather_begin (OhLine *line, OhCall *call, OhPeer *peer, const OhGatherOptions *options);

void oh_gather_take_digit (OhCall *call, char digit);

/* Of @peer, or of all: NULL. @result: "cancelled" or "ended". */
void oh_gather_end (OhCall *call, OhPeer *peer, const char *result);

/* Over a restart: connection, count, terminators, digits so far, time-outs. */
#define OH_GATHER_TYPE "(sussuu)"
void oh_gather_pack (OhCall *call, OhPack *pack);
void oh_gather_resume (OhLine *line, OhCall *call, GVariant *saved);
