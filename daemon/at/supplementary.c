// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/at/supplementary.h"

#include <string.h>

#include "daemon/at/ucs2.h"

#define CODE_MOST 20
#define TYPE_LEAST 128

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

gboolean
oh_caller_id_from_cnap (OhCallerId *id, const char *line)
{
  static const char prefix[] = "+CNAP:";
  char text[OH_TEXT_MAX];
  OhFields fields;
  guint validity = 0;

  if (!oh_fields_begin (&fields, line, prefix)
      || line[strlen (prefix) + strspn (line + strlen (prefix), " ")] != '"')
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
  char text[OH_TEXT_MAX];
  OhFields fields;
  gboolean quoted;
  guint type = 0;

  if (!oh_fields_begin (&fields, line, prefix))
    return FALSE;
  quoted = line[strlen (prefix) + strspn (line + strlen (prefix), " ")] == '"';
  oh_fields_next_text (&fields, text, sizeof text);
  oh_fields_next_number (&fields, 255, &type);
  if (!quoted && type < TYPE_LEAST)
    return FALSE;
  oh_ucs2_undo (text, OH_UCS2_NUMBER);
  oh_number_clean (text, out);
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
