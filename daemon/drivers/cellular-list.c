// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/drivers/cellular-list.h"

#include <string.h>

#include "daemon/at/lexer.h"
#include "daemon/at/ucs2.h"

#define MAX_INDEX 255
#define RAW_MAX (OH_LEXER_LINE_MAX + 1) /* a field of the longest line, before it is cleaned */

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

/* 27.007 7.18 <CLI validity>; without it nothing says why there is no number. */
static OhPresentation
presentation_of (const char *number, guint validity)
{
  if (validity == 1)
    return OH_PRESENTATION_WITHHELD;
  if (*number != '\0')
    return OH_PRESENTATION_ALLOWED;
  return validity >= 2 ? OH_PRESENTATION_UNAVAILABLE : OH_PRESENTATION_UNKNOWN;
}

/* [,number,type[,alpha[,priority[,validity]]]] */
static void
take_party (OhListedCall *listed, OhFields *fields)
{
  char number[RAW_MAX], name[RAW_MAX];
  guint type = 0, validity = 0;
  gboolean was_ucs2;

  oh_fields_next_text (fields, number, sizeof number);
  oh_fields_next_number (fields, 255, &type);
  was_ucs2 = oh_ucs2_undo (number, OH_UCS2_NUMBER);
  oh_number_clean_typed (number, type, listed->number);
  oh_fields_next_text (fields, name, sizeof name);
  oh_ucs2_undo (name, was_ucs2 ? OH_UCS2_NAME_TOO : OH_UCS2_NAME);
  oh_text_clean (name, listed->name);
  oh_fields_skip (fields, 1);
  oh_fields_next_number (fields, 4, &validity);
  listed->number_presentation = presentation_of (listed->number, validity);
}

gboolean
oh_listed_row_parse (OhListedCall *listed, const char *line)
{
  guint incoming, state, mode, conference = 0;
  OhFields fields;

  memset (listed, 0, sizeof *listed);
  if (!oh_fields_begin (&fields, line, "+CLCC:")
      || !oh_fields_next_number (&fields, MAX_INDEX, &listed->index)
      || !oh_fields_next_number (&fields, 1, &incoming)
      || !oh_fields_next_number (&fields, G_N_ELEMENTS (states) - 1, &state)
      || !oh_fields_next_number (&fields, 9, &mode) || listed->index == 0)
    return FALSE;
  oh_fields_next_number (&fields, 1, &conference);
  take_party (listed, &fields);
  listed->incoming = incoming == 1;
  listed->state = states[state].state;
  listed->waiting = states[state].waiting;
  listed->voice = is_voice (mode);
  listed->conference = conference == 1;
  return !(listed->incoming && states[state].outgoing_only)
         && !(!listed->incoming && states[state].incoming_only);
}

gboolean
oh_listed_call_parse (OhListedCall *listed, const char *line)
{
  return oh_listed_row_parse (listed, line) && listed->state != OH_CALL_ENDED;
}

char
oh_digit_report_parse (const char *line)
{
  static const char *const prefixes[] = { "+RXDTMF:", "+DTMF:", "^DDTMF:", "+UUDTMFD:" };
  char digit[8];
  OhFields fields;
  guint code;

  /* Quectel says the character's code: "+QTONEDET: 53". */
  if (oh_fields_begin (&fields, line, "+QTONEDET:"))
    return oh_fields_next_number (&fields, 127, &code) && code != 0
                   && strchr ("0123456789*#ABCD", (int)code) != NULL
               ? (char)code
               : '\0';
  for (guint i = 0; i < G_N_ELEMENTS (prefixes); i++)
    {
      if (oh_fields_begin (&fields, line, prefixes[i])
          && oh_fields_next_text (&fields, digit, sizeof digit) && strlen (digit) == 1
          && strchr ("0123456789*#ABCD", *digit) != NULL)
        return *digit;
    }
  return '\0';
}

/* 0 to 4, or 10 and 20 for any call's index behind 1 and 2. */
static guint
service_of (const char *value)
{
  if (!g_ascii_isdigit (*value))
    return 0;
  return (guint)(*value - '0') * (value[1] != '\0' ? 10 : 1);
}

static guint
services_of (guint value)
{
  switch (value)
    {
    case 1:
      return 1u << OH_SERVICE_RELEASE_AND_ANSWER;
    case 2:
      return 1u << OH_SERVICE_HOLD | 1u << OH_SERVICE_UNHOLD | 1u << OH_SERVICE_SWAP
             | 1u << OH_SERVICE_HOLD_AND_ANSWER;
    case 3:
      return 1u << OH_SERVICE_MERGE;
    case 4:
      return 1u << OH_SERVICE_TRANSFER;
    case 20:
      return 1u << OH_SERVICE_SPLIT;
    default:
      return 0;
    }
}

guint
oh_hold_services_parse (const char *line)
{
  g_auto (GStrv) values = g_strsplit_set (line, "(), :\"", -1);
  guint services = 0;

  for (guint i = 0; values[i] != NULL; i++)
    {
      char *dash = strchr (values[i], '-');
      guint from, to;

      if (!g_ascii_isdigit (*values[i]))
        continue;
      if (dash != NULL)
        *dash = '\0';
      from = service_of (values[i]);
      to = dash != NULL ? service_of (dash + 1) : from;
      for (guint value = from; value <= to; value++)
        services |= services_of (value);
    }
  return services;
}
