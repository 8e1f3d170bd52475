// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "daemon/drivers/cellular-list.h"
#include "daemon/drivers/cellular-report.h"
#include "daemon/drivers/cellular-network.h"
#include "daemon/modem.h"

/* The cellular driver's memory, and what its files share: cellular-calls.c (what the list says),
 * cellular-reports.c (what is reported), cellular-ends.c (why calls end), cellular-drop.c (ending
 * them), cellular-requests.c (what is asked for), cellular-family.c (what to tell which modem). */

#define OH_CELLULAR_MAX_CALLS 7 /* 27.007 knows no more */
#define OH_CELLULAR_MISSES 2    /* lists without a call that only +CLIP told of */

/* Who is on the other side, as far as it is known. */
typedef struct
{
  char number[OH_NUMBER_MAX];
  char called[OH_NUMBER_MAX]; /* +CDIP; of an outgoing call, what was dialled if +COLP differs */
  char name[OH_TEXT_MAX];
  OhPresentation number_presentation, name_presentation;
  gboolean forwarded;
} OhCellularParty;

typedef struct
{
  guint id;    /* 0: free */
  guint index; /* in the list; 0: not seen there yet */
  OhCallState state;
  gboolean incoming, waiting, conference, remote_held;
  gboolean listed;   /* in the list that is being read */
  gboolean reported; /* while that was under way: the list may be older */
  gboolean vendor;   /* the modem reports its changes */
  gboolean answering;
  OhCellularParty party;
  guint misses;
  gint64 taken_at; /* when ATD was answered; 0: it still runs */

  gboolean over;     /* a report says so; the list has still to agree */
  guint cause;       /* of the report */
  OhEndedBy over_by; /* likewise */
  OhReason local;    /* what we did to it, if it ends now */
  gboolean ending;   /* the list has agreed; the modem is asked why */
  OhReason end_reason;
  OhEndedBy end_by;

  OhRequest *drop; /* the hang-up ladder */
  guint drop_step, drop_lists;
  gint64 drop_until;
} OhCellularCall;

typedef struct
{
  OhCellularCall calls[OH_CELLULAR_MAX_CALLS];
  gboolean asking, ask_again, found_all;
  guint poll, rings;
  gint64 rang_at; /* when the last of them was heard */
  guint refusals; /* of the list, one after the other */
  OhReason hint;  /* from a NO CARRIER or BUSY since the last list */
  OhEndedBy hint_by;
  OhCellularParty early; /* of a call that is not known yet */

  OhRequest *service; /* verified by the list */
  OhService service_kind;
  guint service_call, service_lists;
  OhCallState service_state; /* the call's when it was asked for */

  guint family;   /* row of the table */
  guint features; /* from +CHLD=?, 1 << OhService */
  guint untold;   /* 1 << setting: refused so far */
  guint digit_ms; /* as +VTD has it; 0: as the modem had */
  gboolean no_ceer;
  gint64 booted_at;
  OhCellularNetwork network;
} OhCellular;

/* cellular-calls.c. Calls that are ending are not found any more, nor counted. */
OhCellularCall *oh_cellular_find_call (OhCellular *self, guint id);
OhCellularCall *oh_cellular_find_in_state (OhCellular *self, OhCallState state);
guint oh_cellular_count_calls (const OhCellular *self);

/* NULL when there are too many. */
OhCellularCall *oh_cellular_new_call (OhCellular *self, guint id);

/* Says what is known of @call; the first time with oh_cellular_emit_new(). */
void oh_cellular_emit_state (OhModem *modem, const OhCellularCall *call);
void oh_cellular_emit_party (OhModem *modem, const OhCellularCall *call);
void oh_cellular_emit_new (OhModem *modem, OhCellularCall *call);

/* Reads the list, and does so again as long as there are calls. */
void oh_cellular_ask_list (OhModem *modem);

/* cellular-reports.c. FALSE when @line is not about calls. */
gboolean oh_cellular_take_call_line (OhModem *modem, const char *line);
void oh_cellular_take_ring (OhModem *modem);

/* cellular-ends.c. A final result such as NO CARRIER by itself: of the call that the next list does
 * not have. */
void oh_cellular_take_end (OhModem *modem, OhReason reason, OhEndedBy by);
/* The list does not have @call any more. */
void oh_cellular_lose_call (OhModem *modem, OhCellularCall *call);
void oh_cellular_end_call (OhModem *modem, OhCellularCall *call, OhReason reason,
                           OhEndedBy ended_by);
void oh_cellular_resume_ends (OhModem *modem);

/* cellular-drop.c. The driver's drop(): +CHUP, +CHLD=1x, ATH, each verified by the list. */
void oh_cellular_drop (OhModem *modem, guint call, OhRequest *request);
/* A list has come. */
void oh_cellular_climb_down (OhModem *modem);
void oh_cellular_fail_drops (OhCellular *self, const GError *error);
/* A ladder under way goes on after a restart, though nobody waits for its end. */
void oh_cellular_resume_drop (OhModem *modem, OhCellularCall *call);

/* cellular-requests.c: the driver's functions of these names. */
void oh_cellular_dial (OhModem *modem, guint id, const char *number, const OhDialOptions *options,
                       OhRequest *request);
void oh_cellular_answer (OhModem *modem, guint id, OhRequest *request);
void oh_cellular_serve (OhModem *modem, OhService service, guint call, const char *number,
                        OhRequest *request);
void oh_cellular_send_digit (OhModem *modem, guint call, char digit, guint duration_ms,
                             OhRequest *request);
/* A list has come: what was asked for is done, or not. */
void oh_cellular_verify_service (OhModem *modem);
void oh_cellular_fail_service (OhCellular *self, int code, const char *text);
/* After a restart: the command in flight is waited for, what was not sent is forgotten. */
void oh_cellular_resume_requests (OhModem *modem);
void oh_cellular_forget_unsent (OhModem *modem);
