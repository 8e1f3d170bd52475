// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/at/caller-id.h"

#include <string.h>

#include "daemon/at/caller-id-packet.h"
#include "daemon/at/lexer.h"
#include "daemon/at/ucs2.h"

#define TYPE_UNKNOWN 128 /* 24.008 10.5.4.7: what comes with a number that is not told */
#define CLASS_VOICE 1
#define PACKET_LEAST 10                 /* hex digits */
#define RAW_MAX (OH_LEXER_LINE_MAX + 1) /* a field of the longest line, before it is cleaned */

typedef enum
{
  TAG_DATE,
  TAG_TIME,
  TAG_NUMBER,
  TAG_NAME,
  TAG_NO_NAME,
  TAG_CALLED,
  TAG_FORWARDED, /* who it was meant for first */
  TAG_MESSAGE,
  TAG_ERROR,
} Tag;

/* Behind them blanks or none, and "=" or ":". */
static const struct
{
  const char *text;
  Tag tag;
} tags[] = {
  { "DATE", TAG_DATE },
  { "TIME", TAG_TIME },
  { "NMBR", TAG_NUMBER },
  { "DDN_NMBR", TAG_NUMBER },
  { "NBR", TAG_NUMBER },
  { "NAME", TAG_NAME },
  { "MESG", TAG_MESSAGE },
  { "NDID", TAG_CALLED },
  { "ERRM", TAG_ERROR },
  /* ZyXEL, Kortex, Courier, Telia */
  { "CALLER NUMBER", TAG_NUMBER },
  { "CALLER'S NUMBER", TAG_NUMBER },
  { "CallerID", TAG_NUMBER },
  { "CALLER NAME", TAG_NAME },
  { "REASON FOR NO CALLER NUMBER", TAG_NUMBER },
  { "REASON FOR NO CALLER NAME", TAG_NO_NAME },
  { "Diverting number", TAG_FORWARDED },
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

/* NTT's letters besides, which the exchange sends and modems print: called from a coin telephone,
 * and a service that has no number. No number is a single letter, though each is one that can be
 * dialled.
 */
static OhPresentation
presentation_of_number (const char *text)
{
  if (strcmp (text, "C") == 0 || strcmp (text, "S") == 0)
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

/* Where its value begins; NULL: it begins with no tag. */
static const char *
find_tag (const char *line, Tag *ret_tag)
{
  for (guint i = 0; i < G_N_ELEMENTS (tags); i++)
    {
      const char *behind = line + strlen (tags[i].text);

      if (!g_str_has_prefix (line, tags[i].text))
        continue;
      behind += strspn (behind, " ");
      if (*behind != '=' && *behind != ':')
        continue;
      *ret_tag = tags[i].tag;
      return behind + 1;
    }
  return NULL;
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
  OhPresentation presentation = presentation_of_number (value);

  if (presentation == OH_PRESENTATION_UNKNOWN && oh_number_clean (value, number))
    {
      memcpy (id->number, number, sizeof number);
      id->number_presentation = OH_PRESENTATION_ALLOWED;
      return OH_CALLER_ID_NUMBER;
    }
  if (presentation == OH_PRESENTATION_UNKNOWN)
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

/* A reason is no name, whatever its words. */
static OhCallerIdResult
take_no_name (OhCallerId *id, const char *value)
{
  OhPresentation presentation = presentation_of_text (value);

  if (presentation == OH_PRESENTATION_UNKNOWN || id->name_presentation == OH_PRESENTATION_ALLOWED)
    return OH_CALLER_ID_TAKEN;
  id->name_presentation = presentation;
  return OH_CALLER_ID_NAME;
}

static OhCallerIdResult
result_of (const OhCallerId *id)
{
  if (id->name_presentation != OH_PRESENTATION_UNKNOWN)
    return OH_CALLER_ID_NAME;
  return id->number_presentation != OH_PRESENTATION_UNKNOWN ? OH_CALLER_ID_NUMBER
                                                            : OH_CALLER_ID_TAKEN;
}

/* There was a number, perhaps, and it cannot be had. */
static OhCallerIdResult
take_garbage (OhCallerId *id, const char *text)
{
  oh_text_clean (text, id->raw);
  if (id->number_presentation != OH_PRESENTATION_UNKNOWN)
    return OH_CALLER_ID_TAKEN;
  id->number_presentation = OH_PRESENTATION_UNAVAILABLE;
  return OH_CALLER_ID_NUMBER;
}

/* A whole packet, or one parameter that the modem has no tag for; else it is kept as it is. */
static OhCallerIdResult
take_message (OhCallerId *id, const char *value)
{
  OhPacketResult result = oh_caller_id_take_packet (id, value);

  if (result == OH_PACKET_CALL)
    return result_of (id);
  if (result == OH_PACKET_MESSAGE)
    return OH_CALLER_ID_TAKEN;
  if (oh_caller_id_take_parameter (id, value))
    return result_of (id);
  if (result == OH_PACKET_BAD)
    return take_garbage (id, value);
  oh_text_clean (value, id->raw);
  return OH_CALLER_ID_TAKEN;
}

/* "RING 12345" (USR), "RING;from;to" (ELSA), "RING/msn" (isdn4linux), "FM:number TO:msn" (ZyXEL).
 * One character behind a blank is a pattern, not a caller. */
static gboolean
take_vendor_line (OhCallerId *id, const char *line)
{
  const char *from = NULL;
  char number[OH_NUMBER_MAX];
  gsize length;

  if (g_str_has_prefix (line, "FM:") || g_str_has_prefix (line, "RING;"))
    from = strpbrk (line, ":;") + 1;
  else if (g_str_has_prefix (line, "RING ") && strlen (line) > 6)
    from = line + 5;
  if (from == NULL)
    return FALSE;
  from += strspn (from, " ");
  length = strcspn (from, " ;/");
  if (length == 0 || length >= sizeof number || strspn (from, "+0123456789*#") < length)
    return FALSE;
  memcpy (number, from, length);
  number[length] = '\0';
  return take_number (id, number) == OH_CALLER_ID_NUMBER;
}

OhCallerIdResult
oh_caller_id_take_line (OhCallerId *id, const char *line)
{
  char value[OH_TEXT_MAX];
  const char *rest;
  Tag tag = TAG_ERROR;

  line += strspn (line, " ");
  rest = find_tag (line, &tag);
  if (rest == NULL && take_vendor_line (id, line))
    return OH_CALLER_ID_NUMBER;
  if (rest == NULL)
    {
      /* A packet by itself (Rockwell): it has the look of one. */
      OhPacketResult result
          = strlen (line) >= PACKET_LEAST ? oh_caller_id_take_packet (id, line) : OH_PACKET_NONE;

      if (result == OH_PACKET_BAD)
        return take_garbage (id, line);
      return result == OH_PACKET_NONE   ? OH_CALLER_ID_NOT_MINE
             : result == OH_PACKET_CALL ? result_of (id)
                                        : OH_CALLER_ID_TAKEN;
    }
  oh_text_clean (rest, value);
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
    case TAG_NO_NAME:
      return take_no_name (id, value);
    case TAG_CALLED:
      oh_number_clean (value, id->called_number);
      break;
    case TAG_FORWARDED:
      id->forwarded = TRUE;
      break;
    case TAG_MESSAGE:
      return take_message (id, value);
    case TAG_ERROR:
      return take_garbage (id, line);
    }
  return OH_CALLER_ID_TAKEN;
}

/* Two digits of @text; -1: it has not so many. */
static int
two_digits (const char *text)
{
  if (!g_ascii_isdigit (text[0]) || !g_ascii_isdigit (text[1]))
    return -1;
  return g_ascii_digit_value (text[0]) * 10 + g_ascii_digit_value (text[1]);
}

/* The year in which the day is nearest to today. */
static int
year_of (int month, int day, int year, int today_month, int today_day)
{
  int distance = (month - today_month) * 31 + day - today_day;

  if (distance > 6 * 31)
    return year - 1;
  return distance < -6 * 31 ? year + 1 : year;
}

void
oh_caller_id_time (const OhCallerId *id, int year, int month, int day, char *out, gsize size)
{
  int first = two_digits (id->date), second = first < 0 ? -1 : two_digits (id->date + 2);
  int hour = two_digits (id->time), minute = hour < 0 ? -1 : two_digits (id->time + 2);
  int of_month, of_day;

  *out = '\0';
  /* Some exchanges have the day in front. */
  of_month = first > 12 ? second : first;
  of_day = first > 12 ? first : second;
  if (hour == 24)
    hour = 0;
  if (of_month < 1 || of_month > 12 || of_day < 1 || of_day > 31 || hour < 0 || hour > 23
      || minute < 0 || minute > 59)
    return;
  year = year_of (of_month, of_day, year, month, day);
  if (g_date_valid_dmy ((GDateDay)of_day, (GDateMonth)of_month, (GDateYear)year))
    g_snprintf (out, size, "%04d-%02d-%02dT%02d:%02d", year, of_month, of_day, hour, minute);
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
