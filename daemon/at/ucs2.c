// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/at/ucs2.h"

#include <string.h>

#define UNIT 4 /* hex digits */
#define LEAST_OF_NUMBER 3
#define LEAST_OF_NAME 2

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

gboolean
oh_ucs2_decode (const char *hex, char *out, gsize size)
{
  gsize length = 0;

  *out = '\0';
  for (const char *at = hex; *at != '\0';)
    {
      char utf8[6];
      gunichar character;
      gsize taken = read_character (at, &character);
      gsize n = taken > 0 ? (gsize)g_unichar_to_utf8 (character, utf8) : 0;

      if (taken == 0)
        {
          *out = '\0';
          return FALSE;
        }
      at += taken;
      if (length + n >= size)
        continue; /* what does not fit is only checked */
      memcpy (out + length, utf8, n);
      length += n;
      out[length] = '\0';
    }
  return length > 0;
}

static gboolean
is_of_name (gunichar character)
{
  return g_unichar_isalpha (character) || g_unichar_isspace (character)
         || g_unichar_isdigit (character) || g_unichar_ismark (character)
         || g_unichar_ispunct (character);
}

static gboolean
is_of_kind (const char *text, OhUcs2Kind kind)
{
  for (; *text != '\0'; text = g_utf8_next_char (text))
    {
      gunichar character = g_utf8_get_char (text);

      if (kind == OH_UCS2_NUMBER
              ? character > 127 || strchr ("+0123456789*#", (char)character) == NULL
              : !is_of_name (character))
        return FALSE;
    }
  return TRUE;
}

void
oh_ucs2_undo (char *text, OhUcs2Kind kind)
{
  gsize length = strlen (text);
  gsize least = UNIT * (kind == OH_UCS2_NUMBER ? LEAST_OF_NUMBER : LEAST_OF_NAME);
  g_autofree char *plain = g_malloc (length + 1);

  /* UTF-8 takes at most three bytes for what hex takes four for. */
  if (length >= least && length % UNIT == 0 && oh_ucs2_decode (text, plain, length + 1)
      && is_of_kind (plain, kind))
    memcpy (text, plain, strlen (plain) + 1);
}
