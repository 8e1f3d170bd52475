// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/at/caller-id.h"

#include <string.h>

#include "daemon/at/lexer.h"
#include "daemon/at/ucs2.h"

#define TYPE_UNKNOWN 128 /* 24.008 10.5.4.7: what comes with a number that is not told */
#define CLASS_VOICE 1
#define RAW_MAX (OH_LEXER_LINE_MAX + 1) /* a field of the longest line, before it is cleaned */

typedef enum
{
  TAG_DATE,
  TAG_TIME,
  TAG_NUMBER,
  TAG_NAME,
  TAG_OTHER,
} Tag;

static const struct
{
  const char *text;
  Tag tag;
} tags[] = {
  { "DATE", TAG_DATE },       { "TIME", TAG_TIME },  { "NMBR", TAG_NUMBER },
  { "DDN_NMBR", TAG_NUMBER }, { "NBR", TAG_NUMBER }, { "NAME", TAG_NAME },
  { "MESG", TAG_OTHER },      { "NDID", TAG_OTHER }, { "ERRM", TAG_OTHER },
};

/* What modems and exchanges write in place of a number. */
static const struct
{
  const char *word;
  OhPresentation presentation;
} reasons[] = {
  { "restricted", OH_PRESENTATION_WITHHELD },       { "withheld", OH_PRESENTATION_WITHHELD },
  { "private", OH_PRESENTATION_WITHHELD },          { "anonymous", OH_PRESENTATION_WITHHELD },
  { "blocked", OH_PRESENTATION_WITHHELD },          { "unavailable", OH_PRESENTATION_UNAVAILABLE },
  { "not available", OH_PRESENTATION_UNAVAILABLE }, { "out of area", OH_PRESENTATION_UNAVAILABLE },
  { "out-of-area", OH_PRESENTATION_UNAVAILABLE },
};

/* V.253: P for private, O for out of area. */
static OhPresentation
presentation_of_letter (const char *text)
{
  if (strcmp (text, "P") == 0)
    return OH_PRESENTATION_WITHHELD;
  if (strcmp (text, "O") == 0)
    return OH_PRESENTATION_UNAVAILABLE;
  return OH_PRESENTATION_UNKNOWN;
}

static OhPresentation
presentation_of_text (const char *text)
{
  for (guint i = 0; i < G_N_ELEMENTS (reasons); i++)
    if (oh_text_contains (text, reasons[i].word))
      return reasons[i].presentation;
  return presentation_of_letter (text);
}

static gboolean
find_tag (const char *line, gsize length, Tag *ret_tag)
{
  for (guint i = 0; i < G_N_ELEMENTS (tags); i++)
    if (strlen (tags[i].text) == length && strncmp (line, tags[i].text, length) == 0)
      {
        *ret_tag = tags[i].tag;
        return TRUE;
      }
  return FALSE;
}

/* The digits of a date or a time; "" when it is something else. */
static void
take_digits (const char *text, char *out, gsize size)
{
  gsize length = 0;

  for (; *text != '\0'; text++)
    {
      if (strchr ("/:- ", *text) != NULL)
        continue;
      if (!g_ascii_isdigit (*text) || length == size - 1)
        {
          *out = '\0';
          return;
        }
      out[length++] = *text;
    }
  out[length] = '\0';
}

static OhCallerIdResult
take_number (OhCallerId *id, const char *value)
{
  char number[OH_NUMBER_MAX];
  OhPresentation presentation;

  if (oh_number_clean (value, number))
    {
      memcpy (id->number, number, sizeof number);
      id->number_presentation = OH_PRESENTATION_ALLOWED;
      return OH_CALLER_ID_NUMBER;
    }
  presentation = presentation_of_text (value);
  if (id->number_presentation == OH_PRESENTATION_ALLOWED || presentation == OH_PRESENTATION_UNKNOWN)
    return OH_CALLER_ID_TAKEN;
  id->number_presentation = presentation;
  return OH_CALLER_ID_NUMBER;
}

static OhCallerIdResult
take_name (OhCallerId *id, const char *value)
{
  OhPresentation presentation = presentation_of_letter (value);

  if (*value == '\0'
      || (presentation != OH_PRESENTATION_UNKNOWN
          && id->name_presentation == OH_PRESENTATION_ALLOWED))
    return OH_CALLER_ID_TAKEN;
  if (presentation == OH_PRESENTATION_UNKNOWN)
    {
      g_strlcpy (id->name, value, sizeof id->name);
      presentation = OH_PRESENTATION_ALLOWED;
    }
  id->name_presentation = presentation;
  return OH_CALLER_ID_NAME;
}

OhCallerIdResult
oh_caller_id_take_line (OhCallerId *id, const char *line)
{
  char value[OH_TEXT_MAX];
  const char *equals;
  gsize length;
  Tag tag;

  line += strspn (line, " ");
  equals = strchr (line, '=');
  length = strcspn (line, " =");
  if (equals == NULL || !find_tag (line, length, &tag)
      || line + length + strspn (line + length, " ") != equals)
    return OH_CALLER_ID_NOT_MINE;
  oh_text_clean (equals + 1, value);
  switch (tag)
    {
    case TAG_DATE:
      take_digits (value, id->date, sizeof id->date);
      break;
    case TAG_TIME:
      take_digits (value, id->time, sizeof id->time);
      break;
    case TAG_NUMBER:
      return take_number (id, value);
    case TAG_NAME:
      return take_name (id, value);
    case TAG_OTHER:
      break;
    }
  return OH_CALLER_ID_TAKEN;
}

/* 27.007 7.11 <CLI validity>. */
static OhPresentation
presentation_without_number (const char *text, guint type, guint validity)
{
  OhPresentation presentation = presentation_of_text (text);

  if (presentation != OH_PRESENTATION_UNKNOWN)
    return presentation;
  if (validity == 1)
    return OH_PRESENTATION_WITHHELD;
  if (validity >= 2)
    return OH_PRESENTATION_UNAVAILABLE;
  return *text == '\0' && type == TYPE_UNKNOWN ? OH_PRESENTATION_WITHHELD : OH_PRESENTATION_UNKNOWN;
}

/* What begins "+CLIP:" and "+CCWA:". */
typedef struct
{
  char number[RAW_MAX];
  guint type;
  OhUcs2Kind name_kind;
  OhFields rest;
} Caller;

/* "+CLIP: 1,2" answers "AT+CLIP?": the number of a caller stands in quotes, or has a type of 128 or
 * more behind it. */
static gboolean
begin_caller (Caller *caller, const char *line, const char *prefix)
{
  gboolean quoted;

  if (!oh_fields_begin (&caller->rest, line, prefix))
    return FALSE;
  quoted = line[strlen (prefix) + strspn (line + strlen (prefix), " ")] == '"';
  oh_fields_next_text (&caller->rest, caller->number, sizeof caller->number);
  caller->name_kind
      = oh_ucs2_undo (caller->number, OH_UCS2_NUMBER) ? OH_UCS2_NAME_TOO : OH_UCS2_NAME;
  caller->type = 0;
  return !oh_fields_next_number (&caller->rest, 255, &caller->type) || caller->type >= TYPE_UNKNOWN
         || quoted;
}

/* [,alpha[,validity]] */
static void
take_fields (OhCallerId *id, Caller *caller)
{
  char alpha[RAW_MAX];
  guint validity = 0;

  memset (id, 0, sizeof *id);
  oh_fields_next_text (&caller->rest, alpha, sizeof alpha);
  oh_ucs2_undo (alpha, caller->name_kind);
  oh_text_clean (alpha, id->name);
  if (*id->name != '\0')
    id->name_presentation = OH_PRESENTATION_ALLOWED;
  oh_fields_next_number (&caller->rest, 4, &validity);
  if (!oh_number_clean_typed (caller->number, caller->type, id->number))
    id->number_presentation = presentation_without_number (caller->number, caller->type, validity);
  else
    id->number_presentation = validity == 1 ? OH_PRESENTATION_WITHHELD : OH_PRESENTATION_ALLOWED;
}

gboolean
oh_caller_id_from_clip (OhCallerId *id, const char *line)
{
  Caller caller;

  if (!begin_caller (&caller, line, "+CLIP:"))
    return FALSE;
  oh_fields_skip (&caller.rest, 2); /* the subaddress and its type */
  take_fields (id, &caller);
  return TRUE;
}

gboolean
oh_caller_id_from_ccwa (OhCallerId *id, const char *line, gboolean *ret_voice)
{
  guint class = CLASS_VOICE;
  Caller caller;

  if (!begin_caller (&caller, line, "+CCWA:"))
    return FALSE;
  oh_fields_next_number (&caller.rest, 255, &class);
  take_fields (id, &caller);
  *ret_voice = class == 0 || (class & CLASS_VOICE) != 0;
  return TRUE;
}
