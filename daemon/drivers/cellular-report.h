// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "daemon/at/fields.h"
#include "daemon/event.h"

/* What a vendor's line tells of a call. A hint: the list of current calls is the truth. Pure. */
typedef struct
{
  guint index;       /* in the list; 0: it does not say */
  OhCallState state; /* ENDED: it is over; UNKNOWN: something happened, the list tells */
  gboolean waiting;  /* of an offered one */
  gboolean has_direction, incoming;
  gboolean voice;             /* FALSE: a data or fax call */
  char number[OH_NUMBER_MAX]; /* "": not told */
  guint cause;                /* of 24.008; 0: not told */
  OhEndedBy ended_by;         /* NOBODY: not told */
} OhCallReport;

/* FALSE: @line is no call report of any family. */
gboolean oh_call_report_parse (OhCallReport *report, const char *line);

/* What a modem says when it has just begun to run. */
gboolean oh_cellular_is_boot (const char *line);

/* A line that modems say all the time and that is about nothing here. */
gboolean oh_cellular_is_noise (const char *line);
