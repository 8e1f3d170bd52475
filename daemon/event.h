// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "daemon/loop.h"
#include "daemon/network.h"

/* Everything that a modem can tell. Drivers make these; the line is the only one to act on them. */

typedef enum
{
  OH_CALL_OFFERING,
  OH_CALL_DIALTONE,
  OH_CALL_DIALING,
  OH_CALL_PROCEEDING,
  OH_CALL_RINGBACK,
  OH_CALL_BUSY,
  OH_CALL_SPECIAL_INFO,
  OH_CALL_CONNECTED,
  OH_CALL_HELD,
  OH_CALL_DISCONNECTED,
  OH_CALL_ENDED,
  OH_CALL_UNKNOWN,
  OH_N_CALL_STATES,
} OhCallState;

typedef enum
{
  OH_REASON_NONE,
  OH_REASON_LOCAL,
  OH_REASON_NORMAL,
  OH_REASON_BUSY,
  OH_REASON_NO_ANSWER,
  OH_REASON_UNREACHABLE,
  OH_REASON_REJECTED,
  OH_REASON_BAD_NUMBER,
  OH_REASON_NUMBER_CHANGED,
  OH_REASON_NO_DIALTONE,
  OH_REASON_CONGESTION,
  OH_REASON_TEMPORARY_FAILURE,
  OH_REASON_BLOCKED,
  OH_REASON_FORWARDED, /* deflected */
  OH_REASON_ANSWERED_ELSEWHERE,
  OH_REASON_TRANSFERRED,
  OH_REASON_INCOMPATIBLE,
  OH_REASON_OUT_OF_ORDER,
  OH_REASON_UNKNOWN,
} OhReason;

typedef enum
{
  OH_ENDED_BY_NOBODY, /* it has not ended */
  OH_ENDED_BY_LOCAL,
  OH_ENDED_BY_REMOTE,
  OH_ENDED_BY_NETWORK,
  OH_ENDED_BY_UNKNOWN,
} OhEndedBy;

typedef enum
{
  OH_ORIGIN_DIRECT,
  OH_ORIGIN_FORWARDED,
  OH_ORIGIN_WAITING,
  OH_ORIGIN_FOUND,
} OhOrigin;

typedef enum
{
  OH_MODE_WAITING = 1 << 0,
  OH_MODE_UNCONFIRMED = 1 << 1,
  OH_MODE_REMOTE_HELD = 1 << 2,
  OH_MODE_CONFERENCE = 1 << 3,
} OhMode;

#define OH_N_MODES 4

typedef enum
{
  OH_LINE_INITIALIZING,
  OH_LINE_IN_SERVICE,
  OH_LINE_OUT_OF_SERVICE,
  OH_LINE_LOCKED,
  OH_LINE_EMERGENCY_ONLY,
  OH_LINE_ABSENT,
} OhLineState;

typedef enum
{
  OH_HEALTH_HEALTHY,
  OH_HEALTH_SUSPECT,
  OH_HEALTH_RECOVERING,
  OH_HEALTH_FAILED,
} OhHealthState;

typedef enum
{
  OH_PRESENTATION_UNKNOWN,
  OH_PRESENTATION_ALLOWED,
  OH_PRESENTATION_WITHHELD,
  OH_PRESENTATION_UNAVAILABLE,
} OhPresentation;

/* Who is on the other side. The strings are valid UTF-8, bounded and never NULL ("": not known). */
typedef struct
{
  const char *number;
  const char *name;
  const char *called_number; /* the one of ours that was called; or that was dialled, if another
                                one answered */
  const char *network_time;
  OhPresentation number_presentation;
  OhPresentation name_presentation;
  gboolean partial;   /* more may come */
  gboolean forwarded; /* the call was meant for somebody else first */
  const char *raw;    /* what the modem said of it and we could not read; NULL or "": nothing */
} OhParty;

typedef enum
{
  OH_EVENT_LINE,      /* line_state, text: the reason or "" */
  OH_EVENT_MODEM,     /* manufacturer, model, revision */
  OH_EVENT_HEALTH,    /* health, text: the reason or "" */
  OH_EVENT_CALL,      /* call, state, mode; if it is over: reason, ended_by, cause; if it is new:
                         incoming, origin, party */
  OH_EVENT_RING,      /* call: it rang once more; word: its pattern, or NULL */
  OH_EVENT_PARTY,     /* call, party */
  OH_EVENT_DIGIT,     /* call, digit: the other side sent it */
  OH_EVENT_FEATURES,  /* words: what this modem can do, if that is more or less than its driver can
                       */
  OH_EVENT_EMERGENCY, /* words: the numbers that it takes for emergency calls */
  OH_EVENT_NETWORK,   /* network */
  OH_EVENT_TONE,      /* call; word: what is heard on the line */
  OH_EVENT_LOOP,      /* loop */
  OH_EVENT_USSD,      /* word: "notify", "request", "ended"; text: what the network says unasked */
} OhEventKind;

/* Lives for the length of the call to the sink only. */
typedef struct
{
  OhEventKind kind;
  guint call; /* the driver's number of the call, from oh_modem_next_call() */
  OhCallState state;
  OhReason reason;
  OhEndedBy ended_by;
  guint cause; /* Q.850; 0: not known */
  OhMode mode;
  OhOrigin origin;
  gboolean incoming;
  const OhParty *party;
  char digit;
  OhLineState line_state;
  OhHealthState health;
  const char *text;
  const char *manufacturer, *model, *revision;
  const char *word;
  const char *const *words; /* NULL at the end */
  const OhNetwork *network;
  const OhLoop *loop;
} OhEvent;

/* The names that D-Bus shows. */
const char *oh_call_state_name (OhCallState state);
const char *oh_reason_name (OhReason reason);
const char *oh_ended_by_name (OhEndedBy ended_by);
const char *oh_origin_name (OhOrigin origin);
const char *oh_line_state_name (OhLineState state);
const char *oh_health_name (OhHealthState health);
const char *oh_presentation_name (OhPresentation presentation);

/* Fills @ret_words (room for OH_N_MODES + 1) with the words of @mode, NULL at the end. */
void oh_mode_words (OhMode mode, const char **ret_words);
