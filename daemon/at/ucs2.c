// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/at/ucs2.h"

#include <string.h>

#define UNIT 4 /* hex digits */
#define LEAST_OF_NUMBER 3
#define LEAST_OF_NAME 2
#define LEAST_OF_DECIMAL_NAME 3
#define LATIN_1_MOST 0xff

/* What a text is made of. */
typedef struct
{
  guint characters;
  gboolean is_number, is_name, one_script, one_block;
} Contents;

static gboolean
read_unit (const char *hex, gunichar *ret)
{
  *ret = 0;
  for (guint i = 0; i < UNIT; i++)
    {
      if (!g_ascii_isxdigit (hex[i]))
        return FALSE;
      *ret = *ret << 4 | (gunichar)g_ascii_xdigit_value (hex[i]);
    }
  return TRUE;
}

static gboolean
is_high_surrogate (gunichar unit)
{
  return unit >= 0xd800 && unit < 0xdc00;
}

/* One character; the hex digits that it took, or 0. */
static gsize
read_character (const char *hex, gunichar *ret)
{
  gunichar low;

  if (!read_unit (hex, ret))
    return 0;
  if (!is_high_surrogate (*ret))
    return g_unichar_validate (*ret) && !g_unichar_iscntrl (*ret) ? UNIT : 0;
  if (!read_unit (hex + UNIT, &low) || low < 0xdc00 || low > 0xdfff)
    return 0;
  *ret = 0x10000 + ((*ret - 0xd800) << 10) + (low - 0xdc00);
  return 2 * UNIT;
}

static GUnicodeScript
script_of (gunichar character)
{
  GUnicodeScript script = g_unichar_get_script (character);

  switch (script)
    {
    case G_UNICODE_SCRIPT_HIRAGANA: /* with which the Japanese write beside Chinese */
    case G_UNICODE_SCRIPT_KATAKANA:
      return G_UNICODE_SCRIPT_HAN;
    case G_UNICODE_SCRIPT_INHERITED:
      return G_UNICODE_SCRIPT_COMMON;
    default:
      return script;
    }
}

static gboolean
is_of_number (gunichar character, gboolean first)
{
  const char *allowed = first ? "+0123456789*#" : "0123456789*#";

  return character <= 127 && strchr (allowed, (int)character) != NULL;
}

static gboolean
is_of_name (gunichar character)
{
  return g_unichar_isalnum (character) || g_unichar_isspace (character)
         || g_unichar_ismark (character) || g_unichar_ispunct (character);
}

/* FALSE when @hex is no UCS2 at all. */
static gboolean
look_at (const char *hex, Contents *contents)
{
  GUnicodeScript script = G_UNICODE_SCRIPT_COMMON;
  gunichar character, block = 0;
  gsize taken;

  *contents
      = (Contents){ .is_number = TRUE, .is_name = TRUE, .one_script = TRUE, .one_block = TRUE };
  for (; *hex != '\0'; hex += taken)
    {
      gboolean first = contents->characters++ == 0;

      taken = read_character (hex, &character);
      if (taken == 0)
        return FALSE;
      contents->is_number &= is_of_number (character, first);
      contents->is_name &= is_of_name (character);
      contents->one_block &= first || character >> 8 == block;
      block = character >> 8;
      if (character <= LATIN_1_MOST || script_of (character) == G_UNICODE_SCRIPT_COMMON)
        continue;
      contents->one_script &= script == G_UNICODE_SCRIPT_COMMON || script == script_of (character);
      script = script_of (character);
    }
  return contents->characters > 0;
}

/* @hex is known to be good. UTF-8 takes three bytes at most for what hex takes four for, and four
 * for eight: @out may be @hex. */
static void
write_text (const char *hex, char *out, gsize size)
{
  char utf8[6];
  gsize length = 0;
  gsize n;

  while (*hex != '\0')
    {
      gunichar character;

      hex += read_character (hex, &character);
      n = (gsize)g_unichar_to_utf8 (character, utf8);
      if (length + n >= size)
        break;
      memcpy (out + length, utf8, n);
      length += n;
    }
  out[length] = '\0';
}

gboolean
oh_ucs2_decode (const char *hex, char *out, gsize size)
{
  Contents contents;

  *out = '\0';
  if (!look_at (hex, &contents))
    return FALSE;
  write_text (hex, out, size);
  return TRUE;
}

static gboolean
must_be_name (const char *hex, const Contents *contents)
{
  if (!contents->is_name || !contents->one_script)
    return FALSE;
  if (hex[strspn (hex, "0123456789")] != '\0')
    return contents->characters >= LEAST_OF_NAME;
  return contents->one_block && contents->characters >= LEAST_OF_DECIMAL_NAME;
}

static gboolean
must_be (const char *hex, OhUcs2Kind kind)
{
  Contents contents;

  if (!look_at (hex, &contents))
    return FALSE;
  if (kind == OH_UCS2_NUMBER)
    return contents.is_number && contents.characters >= LEAST_OF_NUMBER;
  return kind == OH_UCS2_NAME_TOO || must_be_name (hex, &contents);
}

gboolean
oh_ucs2_undo (char *text, OhUcs2Kind kind)
{
  if (!must_be (text, kind))
    return FALSE;
  write_text (text, text, strlen (text) + 1);
  return TRUE;
}
