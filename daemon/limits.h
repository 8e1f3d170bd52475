// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <glib.h>

/* What a client may cost, and how long we wait (design rules H9, H16, H21, H22, §5). Tests shorten
 * the times. */
typedef struct
{
  guint listeners;          /* listening connections, */
  guint listeners_per_user; /* of one uid other than root */
  guint handles_per_line;   /* of one connection on one line */
  guint queued;             /* events of one handle */
  guint requests;           /* unanswered ones of one connection */
  guint asks;               /* questions to polkit under way, */
  guint asks_per_user;      /* of one uid */
  guint ask_open_ms;        /* until Open goes on without polkit's answer, */
  guint ask_ms;             /* other methods are refused without it, */
  guint ask_password_ms;    /* or without the password */
  guint answer_ms;          /* until a listener has to have answered an event */
  guint refused_ms;         /* before an event that the bus had no room for goes out again */
  guint reply_ms;           /* until Dial and Answer reply though the command still runs */
  guint ended_ms;           /* that an ended call stays readable at least, */
  guint ended_most_ms;      /* and at most */
  guint ended_calls;        /* of a line that are kept */
  guint stop_ms;            /* for ending calls when the daemon stops */
  guint retry_ms;           /* before a device that could not be opened is tried again; doubles */
  guint pause_ms;           /* of a "," among digits (V.250 6.3.10) */
  guint wake_ms;            /* for a device to be back after sleep, until its calls are over */
  guint mute_ms;            /* for a modem to answer again, until its calls are over */
  guint gone_ms;            /* for an announced device to be back, until its line is removed (H7) */
} OhLimits;

extern const OhLimits oh_limits_default;
