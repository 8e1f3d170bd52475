// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sim/text.h"

#include <string.h>

#define ESCAPE 0x1b
#define RETURN '\r'

/* The default alphabet of 23.038 6.2.1; ESC leads to the extension. */
static const char alphabet[]
    = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\033ÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
      "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";

static const char extension[] = "\f^{}\\[~]|€";
static const guint8 extension_codes[]
    = { 0x0a, 0x14, 0x28, 0x29, 0x2f, 0x3c, 0x3d, 0x3e, 0x40, 0x65 };

static gboolean
append_septets (GByteArray *septets, gunichar character)
{
  const char *at = g_utf8_strchr (alphabet, -1, character);
  const char *extended = g_utf8_strchr (extension, -1, character);
  guint8 codes[2] = { ESCAPE, 0 };

  if (at != NULL && character != ESCAPE)
    {
      codes[0] = (guint8)g_utf8_pointer_to_offset (alphabet, at);
      g_byte_array_append (septets, codes, 1);
      return TRUE;
    }
  if (extended == NULL)
    return FALSE;
  codes[1] = extension_codes[g_utf8_pointer_to_offset (extension, extended)];
  g_byte_array_append (septets, codes, 2);
  return TRUE;
}

/* Seven bits a character, the first one lowest; seven bits that are left are a CR (6.1.2.3.1). */
static char *
pack_septets (GByteArray *septets)
{
  const guint8 filler = RETURN;
  GString *digits = g_string_new (NULL);
  guint bits = 0;
  guint kept = 0;

  if (septets->len % 8 == 7
      || (septets->len > 0 && septets->len % 8 == 0 && septets->data[septets->len - 1] == RETURN))
    g_byte_array_append (septets, &filler, 1);
  for (guint i = 0; i < septets->len; i++)
    {
      bits |= (guint)septets->data[i] << kept;
      kept += 7;
      for (; kept >= 8; kept -= 8, bits >>= 8)
        g_string_append_printf (digits, "%02X", bits & 0xff);
    }
  if (kept > 0)
    g_string_append_printf (digits, "%02X", bits & 0xff);
  return g_string_free (digits, FALSE);
}

char *
oh_sim_text_pack (const char *text)
{
  g_autoptr (GByteArray) septets = g_byte_array_new ();

  if (!g_utf8_validate (text, -1, NULL))
    return NULL;
  for (; *text != '\0'; text = g_utf8_next_char (text))
    if (!append_septets (septets, g_utf8_get_char (text)))
      return NULL;
  return pack_septets (septets);
}

static GByteArray *
read_digits (const char *digits)
{
  gsize length = strlen (digits);
  GByteArray *bytes;

  if (length % 2 != 0)
    return NULL;
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isxdigit (digits[i]))
      return NULL;
  bytes = g_byte_array_new ();
  for (gsize i = 0; i < length; i += 2)
    {
      guint8 byte
          = (guint8)(g_ascii_xdigit_value (digits[i]) * 16 + g_ascii_xdigit_value (digits[i + 1]));

      g_byte_array_append (bytes, &byte, 1);
    }
  return bytes;
}

static gunichar
find_extended (guint8 code)
{
  for (guint i = 0; i < G_N_ELEMENTS (extension_codes); i++)
    if (extension_codes[i] == code)
      return g_utf8_get_char (g_utf8_offset_to_pointer (extension, (glong)i));
  return ' ';
}

/* A character of @text, which it may take two of. */
static void
append_character (GString *text, guint8 septet, gboolean *escaped)
{
  if (*escaped)
    g_string_append_unichar (text, find_extended (septet));
  else if (septet != ESCAPE)
    g_string_append_unichar (text, g_utf8_get_char (g_utf8_offset_to_pointer (alphabet, septet)));
  *escaped = !*escaped && septet == ESCAPE;
}

char *
oh_sim_text_unpack (const char *digits)
{
  g_autoptr (GByteArray) bytes = read_digits (digits);
  guint bits = 0;
  guint kept = 0;
  guint count = 0;
  gboolean escaped = FALSE;
  GString *text;

  if (bytes == NULL)
    return NULL;
  text = g_string_new (NULL);
  for (guint i = 0; i < bytes->len; i++)
    {
      bits |= (guint)bytes->data[i] << kept;
      for (kept += 8; kept >= 7; kept -= 7, bits >>= 7, count++)
        append_character (text, bits & 0x7f, &escaped);
    }
  if (count > 0 && count % 8 == 0 && g_str_has_suffix (text->str, "\r"))
    g_string_truncate (text, text->len - 1);
  return g_string_free (text, FALSE);
}

char *
oh_sim_text_to_ucs2 (const char *text)
{
  glong length;
  g_autofree gunichar2 *units = g_utf8_to_utf16 (text, -1, NULL, &length, NULL);
  GString *digits;

  if (units == NULL)
    return NULL;
  digits = g_string_new (NULL);
  for (glong i = 0; i < length; i++)
    g_string_append_printf (digits, "%04X", units[i]);
  return g_string_free (digits, FALSE);
}

char *
oh_sim_text_from_ucs2 (const char *digits)
{
  g_autoptr (GByteArray) bytes = read_digits (digits);
  g_autofree gunichar2 *units = NULL;

  if (bytes == NULL || bytes->len % 2 != 0)
    return NULL;
  units = g_new0 (gunichar2, bytes->len / 2 + 1);
  for (guint i = 0; i < bytes->len / 2; i++)
    units[i] = (gunichar2)(bytes->data[2 * i] << 8 | bytes->data[2 * i + 1]);
  return g_utf16_to_utf8 (units, bytes->len / 2, NULL, NULL, NULL);
}
