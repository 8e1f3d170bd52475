// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "tests/terminal.h"
#include "tests/transcript.h"

/* The modem of a transcript, at its terminal. */
typedef struct
{
  Terminal *terminal;
  GPtrArray *answers; /* of const Step *: VERB_ANSWER, the newest last */
  GQueue ons;         /* of const Step *: VERB_ON */
  char *list;         /* of calls, as in VERB_LIST; NULL: empty */
} TranscriptModem;

void transcript_modem_init (TranscriptModem *modem);
void transcript_modem_clear (TranscriptModem *modem);

/* These take the text of the step that is called so. */
void transcript_modem_say (TranscriptModem *modem, const char *text);
void transcript_modem_say_line (TranscriptModem *modem, const char *text);
void transcript_modem_set_list (TranscriptModem *modem, const char *text);
gboolean transcript_modem_say_bytes (TranscriptModem *modem, const char *text); /* FALSE: unread */

/* The host has read what was said. */
gboolean transcript_modem_is_read (gpointer modem);
