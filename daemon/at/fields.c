// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/at/fields.h"

#include <string.h>

#define BLANKS " \t"
#define TYPE_INTERNATIONAL 145

/* A field within a line. */
typedef struct
{
  const char *start, *end;
} Span;

static gboolean
is_blank (char c)
{
  return c == ' ' || c == '\t';
}

static Span
trim (Span span)
{
  while (span.start < span.end && is_blank (*span.start))
    span.start++;
  while (span.end > span.start && is_blank (span.end[-1]))
    span.end--;
  return span;
}

/* The quote that closes the one before @text: only blanks stand between it and the comma or the
 * end. A quote right behind a comma opens the next field: then this one was never closed. */
static const char *
find_closing_quote (const char *text)
{
  for (const char *quote = strchr (text, '"'); quote != NULL; quote = strchr (quote + 1, '"'))
    {
      const char *behind = quote + 1 + strspn (quote + 1, BLANKS);

      if (*behind == ',' || *behind == '\0')
        return quote;
      if (quote[-1] == ',')
        return NULL;
    }
  return NULL;
}

static Span
strip_quotes (Span span)
{
  if (span.start < span.end && *span.start == '"')
    span.start++;
  if (span.start < span.end && span.end[-1] == '"')
    span.end--;
  return span;
}

static gboolean
next_span (OhFields *fields, Span *ret_span)
{
  const char *start = fields->at;
  const char *closing = NULL;
  const char *end;

  if (start == NULL)
    return FALSE;
  start += strspn (start, BLANKS);
  if (*start == '"')
    closing = find_closing_quote (start + 1);
  end = closing != NULL ? closing + 1 : start;
  end += strcspn (end, ",");
  fields->at = *end == ',' ? end + 1 : NULL;
  *ret_span = trim (strip_quotes (trim ((Span){ start, end })));
  return TRUE;
}

gboolean
oh_fields_begin (OhFields *fields, const char *line, const char *prefix)
{
  gsize length = strlen (prefix);

  fields->at = NULL;
  if (strncmp (line, prefix, length) != 0)
    return FALSE;
  line += length;
  if (line[strspn (line, BLANKS)] != '\0')
    fields->at = line;
  return TRUE;
}

gboolean
oh_fields_next_text (OhFields *fields, char *ret_text, gsize size)
{
  Span span;
  gsize length;

  *ret_text = '\0';
  if (!next_span (fields, &span))
    return FALSE;
  length = MIN ((gsize)(span.end - span.start), size - 1);
  memcpy (ret_text, span.start, length);
  ret_text[length] = '\0';
  return TRUE;
}

gboolean
oh_fields_next_number (OhFields *fields, guint max, guint *ret_number)
{
  guint64 number = 0;
  Span span;

  if (!next_span (fields, &span) || span.start == span.end)
    return FALSE;
  for (const char *p = span.start; p < span.end; p++)
    {
      if (!g_ascii_isdigit (*p))
        return FALSE;
      number = number * 10 + (guint64)g_ascii_digit_value (*p);
      if (number > max)
        return FALSE;
    }
  *ret_number = (guint)number;
  return TRUE;
}

void
oh_fields_skip (OhFields *fields, guint n)
{
  Span span;

  while (n > 0 && next_span (fields, &span))
    n--;
}

/* The character at *@p, valid or else Latin-1; moves *@p on. */
static gunichar
next_character (const char **p)
{
  gunichar c = g_utf8_get_char_validated (*p, -1);

  if (c == (gunichar)-1 || c == (gunichar)-2)
    {
      c = (guint8)(*p)[0];
      (*p)++;
    }
  else
    *p = g_utf8_next_char (*p);
  return g_unichar_iscntrl (c) ? ' ' : c;
}

void
oh_text_clean (const char *text, char *out)
{
  gsize length = 0;
  gsize kept = 0; /* up to the last character that is no blank */

  while (*text != '\0')
    {
      gunichar c = next_character (&text);

      if (c == ' ' && length == 0)
        continue;
      if (length + (gsize)g_unichar_to_utf8 (c, NULL) >= OH_TEXT_MAX)
        break;
      length += (gsize)g_unichar_to_utf8 (c, out + length);
      if (c != ' ')
        kept = length;
    }
  out[kept] = '\0';
}

gboolean
oh_number_clean (const char *text, char *out)
{
  gsize length = 0;
  gboolean is_dialable = FALSE;

  for (; *text != '\0'; text++)
    {
      if (strchr (BLANKS "-().", *text) != NULL)
        continue;
      if (strchr (length == 0 ? "+0123456789*#ABCD" : "0123456789*#ABCD", *text) == NULL
          || length == OH_NUMBER_MAX - 1)
        {
          *out = '\0';
          return FALSE;
        }
      is_dialable |= *text != '+';
      out[length++] = *text;
    }
  out[is_dialable ? length : 0] = '\0';
  return is_dialable;
}

gboolean
oh_number_clean_typed (const char *text, guint type, char *out)
{
  gboolean is_dialable = oh_number_clean (text, out);
  gsize length = strlen (out);

  if (type == TYPE_INTERNATIONAL && g_ascii_isdigit (*out) && length + 1 < OH_NUMBER_MAX)
    {
      memmove (out + 1, out, length + 1);
      *out = '+';
    }
  return is_dialable;
}

gboolean
oh_text_contains (const char *text, const char *word)
{
  gsize length = strlen (word);

  for (; *text != '\0'; text++)
    if (g_ascii_strncasecmp (text, word, length) == 0)
      return TRUE;
  return FALSE;
}

guint
oh_numbers_parse (const char *text, guint most)
{
  guint numbers = 0;
  guint64 first;
  char *end;

  while (*(text += strcspn (text, "0123456789")) != '\0')
    {
      guint64 last = first = g_ascii_strtoull (text, &end, 10);

      text = end;
      if (text[0] == '-' && g_ascii_isdigit (text[1]))
        {
          last = g_ascii_strtoull (text + 1, &end, 10);
          text = end;
        }
      for (guint64 n = first; n <= MIN (last, most); n++)
        numbers |= 1u << n;
    }
  return numbers;
}
