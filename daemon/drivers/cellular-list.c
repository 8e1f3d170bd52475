// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/drivers/cellular-list.h"

#include <string.h>

#define MAX_INDEX 255

/* 27.007 7.18; 7 is what u-blox and Infineon call a connected one, 6 an ended one. */
static const struct
{
  OhCallState state;
  gboolean incoming_only, outgoing_only, waiting;
} states[] = {
  { OH_CALL_CONNECTED },
  { OH_CALL_HELD },
  { OH_CALL_DIALING, .outgoing_only = TRUE },
  { OH_CALL_RINGBACK, .outgoing_only = TRUE },
  { OH_CALL_OFFERING, .incoming_only = TRUE },
  { OH_CALL_OFFERING, .incoming_only = TRUE, .waiting = TRUE },
  { OH_CALL_ENDED },
  { OH_CALL_CONNECTED },
};

/* Voice, and voice alternating with data or fax. */
static gboolean
is_voice (guint mode)
{
  return mode == 0 || (mode >= 3 && mode <= 5);
}

gboolean
oh_listed_call_parse (OhListedCall *listed, const char *line)
{
  char number[OH_TEXT_MAX];
  guint incoming, state, mode, type = 0;
  OhFields fields;

  memset (listed, 0, sizeof *listed);
  if (!oh_fields_begin (&fields, line, "+CLCC:")
      || !oh_fields_next_number (&fields, MAX_INDEX, &listed->index)
      || !oh_fields_next_number (&fields, 1, &incoming)
      || !oh_fields_next_number (&fields, G_N_ELEMENTS (states) - 1, &state)
      || !oh_fields_next_number (&fields, 9, &mode) || listed->index == 0)
    return FALSE;
  oh_fields_skip (&fields, 1);
  if (oh_fields_next_text (&fields, number, sizeof number))
    oh_number_clean (number, listed->number);
  /* 145 with the plus sign stripped is seen. */
  oh_fields_next_number (&fields, 255, &type);
  if (type == 145 && g_ascii_isdigit (*listed->number)
      && strlen (listed->number) + 1 < sizeof listed->number)
    {
      memmove (listed->number + 1, listed->number, strlen (listed->number) + 1);
      *listed->number = '+';
    }
  listed->incoming = incoming == 1;
  listed->state = states[state].state;
  listed->waiting = states[state].waiting;
  listed->voice = is_voice (mode);
  return listed->state != OH_CALL_ENDED && !(listed->incoming && states[state].outgoing_only)
         && !(!listed->incoming && states[state].incoming_only);
}

char
oh_digit_report_parse (const char *line)
{
  static const char *const prefixes[] = { "+RXDTMF:", "+DTMF:", "^DDTMF:", "+UUDTMFD:" };
  char digit[8];
  OhFields fields;

  for (guint i = 0; i < G_N_ELEMENTS (prefixes); i++)
    {
      if (oh_fields_begin (&fields, line, prefixes[i])
          && oh_fields_next_text (&fields, digit, sizeof digit) && strlen (digit) == 1
          && strchr ("0123456789*#ABCD", *digit) != NULL)
        return *digit;
    }
  return '\0';
}
