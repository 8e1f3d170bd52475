// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "daemon/at/fields.h"
#include "daemon/event.h"

/* Who calls, as it is known so far. */
typedef struct
{
  char number[OH_NUMBER_MAX]; /* as oh_number_clean() leaves it */
  char name[OH_TEXT_MAX];     /* as oh_text_clean() leaves it */
  char date[8], time[8];      /* MMDD and HHMM, digits only, as the exchange sent them; may be "" */
  /* "allowed" only with a number. With an override category a withheld number is told all the same
   * (27.007 7.11): then both are set. */
  OhPresentation number_presentation;
  OhPresentation name_presentation;
  char called_number[OH_NUMBER_MAX];
  char raw[OH_TEXT_MAX]; /* what could not be read: a packet with a bad checksum */
  gboolean forwarded;
  OhSwitch message_waiting; /* a packet said so */
} OhCallerId;

typedef enum
{
  OH_CALLER_ID_NOT_MINE, /* no caller ID line */
  OH_CALLER_ID_TAKEN,    /* one, but neither number nor name: DATE, TIME, MESG, an empty NMBR... */
  OH_CALLER_ID_NUMBER,   /* the number, or why there is none, is known now */
  OH_CALLER_ID_NAME,     /* likewise the name */
} OhCallerIdResult;

/* One line of a landline's formatted report (V.253 7.2.1; IS-101): "NMBR = 5551234", "NAME=P"... A
 * second "NMBR = O" behind a number does not undo it. */
OhCallerIdResult oh_caller_id_take_line (OhCallerId *id, const char *line);

/* When the exchange says that it was, "YYYY-MM-DDTHH:MM": the year is the one that brings it next
 * to the day given. "" in @out when it is no time. */
void oh_caller_id_time (const OhCallerId *id, int year, int month, int day, char *out, gsize size);

/* "+CLIP: ..." (27.007 7.11); FALSE, and *@id as it was, when @line is none, and for the answer to
 * "AT+CLIP?", which begins alike. Fills *@id anew. */
gboolean oh_caller_id_from_clip (OhCallerId *id, const char *line);

/* "+CCWA: ..." (27.007 7.12), likewise: the waiting caller; *@ret_voice FALSE for data and fax
 * calls. */
gboolean oh_caller_id_from_ccwa (OhCallerId *id, const char *line, gboolean *ret_voice);
