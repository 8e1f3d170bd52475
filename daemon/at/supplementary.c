// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/at/supplementary.h"

#include <string.h>

#include "daemon/at/lexer.h"
#include "daemon/at/ucs2.h"

#define CODE_MOST 20
#define TYPE_LEAST 128
#define RAW_MAX (OH_LEXER_LINE_MAX + 1) /* a field of the longest line, before it is cleaned */

gboolean
oh_supplementary_parse (const char *line, gboolean *ret_outgoing, guint *ret_code)
{
  OhFields fields;

  *ret_outgoing = oh_fields_begin (&fields, line, "+CSSI:");
  return (*ret_outgoing || oh_fields_begin (&fields, line, "+CSSU:"))
         && oh_fields_next_number (&fields, CODE_MOST, ret_code);
}

/* 27.007 7.30 <CNI validity> */
static OhPresentation
presentation_of (const char *name, guint validity)
{
  if (validity == 1)
    return OH_PRESENTATION_WITHHELD;
  if (*name != '\0')
    return OH_PRESENTATION_ALLOWED;
  return validity == 2 ? OH_PRESENTATION_UNAVAILABLE : OH_PRESENTATION_UNKNOWN;
}

static gboolean
is_quoted (const OhFields *fields)
{
  return fields->at[strspn (fields->at, " \t")] == '"';
}

/* An answer to "AT+CNAP?" is two numbers, which are small and not in quotes. */
gboolean
oh_caller_id_from_cnap (OhCallerId *id, const char *line)
{
  char text[RAW_MAX];
  OhFields fields, answer;
  guint validity = 0, number;

  if (!oh_fields_begin (&fields, line, "+CNAP:") || fields.at == NULL)
    return FALSE;
  answer = fields;
  if (!is_quoted (&fields) && oh_fields_next_number (&answer, 2, &number))
    return FALSE;
  oh_fields_next_text (&fields, text, sizeof text);
  oh_fields_next_number (&fields, 4, &validity);
  oh_ucs2_undo (text, OH_UCS2_NAME);
  oh_text_clean (text, id->name);
  id->name_presentation = presentation_of (id->name, validity);
  return TRUE;
}

/* A number in quotes, or with a type behind it: two bare small numbers answer a question. */
static gboolean
parse_number (const char *line, const char *prefix, char *out)
{
  char text[RAW_MAX];
  OhFields fields;
  gboolean quoted;
  guint type = 0;

  if (!oh_fields_begin (&fields, line, prefix) || fields.at == NULL)
    return FALSE;
  quoted = is_quoted (&fields);
  oh_fields_next_text (&fields, text, sizeof text);
  oh_fields_next_number (&fields, 255, &type);
  if (!quoted && type < TYPE_LEAST)
    return FALSE;
  oh_ucs2_undo (text, OH_UCS2_NUMBER);
  oh_number_clean_typed (text, type, out);
  return TRUE;
}

gboolean
oh_called_number_parse (const char *line, char *out)
{
  return parse_number (line, "+CDIP:", out);
}

gboolean
oh_connected_number_parse (const char *line, char *out)
{
  return parse_number (line, "+COLP:", out);
}
