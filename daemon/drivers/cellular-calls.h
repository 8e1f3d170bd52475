// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "daemon/drivers/cellular-list.h"
#include "daemon/drivers/cellular-service.h"
#include "daemon/modem.h"

/* The cellular driver's calls: what the list says of them, and the ladder that ends them. */

#define OH_CELLULAR_MAX_CALLS 7 /* 27.007 knows no more */
#define OH_CELLULAR_MISSES 2    /* lists without a call that only +CLIP told of */

typedef struct
{
  guint id;    /* 0: free */
  guint index; /* in the list; 0: not seen there yet */
  OhCallState state;
  gboolean incoming, waiting, listed, numbered, answering;
  char number[OH_NUMBER_MAX];
  guint misses;
  gint64 taken_at; /* when ATD was answered; 0: it still runs */

  OhRequest *drop; /* the hang-up ladder */
  guint drop_step, drop_lists;
  gint64 drop_until;
} OhCellularCall;

typedef struct
{
  OhCellularCall calls[OH_CELLULAR_MAX_CALLS];
  gboolean asking, ask_again, found_all;
  guint poll, rings;
  OhReason hint; /* from a NO CARRIER or BUSY since the last list */
  OhEndedBy hint_by;
  OhCellularService service;
} OhCellular;

OhCellularCall *oh_cellular_find_call (OhCellular *self, guint id);
OhCellularCall *oh_cellular_find_in_state (OhCellular *self, OhCallState state);
guint oh_cellular_count_calls (const OhCellular *self);

/* NULL when there are too many. */
OhCellularCall *oh_cellular_new_call (OhCellular *self, guint id);

/* Says what is known of @call; the first time with oh_cellular_emit_new(). */
void oh_cellular_emit_state (OhModem *modem, const OhCellularCall *call);
void oh_cellular_emit_new (OhModem *modem, const OhCellularCall *call, const OhParty *party);

void oh_cellular_end_call (OhModem *modem, OhCellularCall *call, OhReason reason,
                           OhEndedBy ended_by);

/* Reads the list, and does so again as long as there are calls. */
void oh_cellular_ask_list (OhModem *modem);

/* A ladder under way goes on after a restart, though nobody waits for its end. */
void oh_cellular_resume_drop (OhModem *modem, OhCellularCall *call);

/* The driver's drop(): +CHUP, +CHLD=1x, ATH, each verified by the list. */
void oh_cellular_drop (OhModem *modem, guint call, OhRequest *request);
