// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/at/gsm7.h"

#include <string.h>

#define ESCAPE 0x1B
#define FILLER 0x0D /* a carriage return fills up seven spare bits: 23.038 6.1.2.3.1 */

static const gunichar alphabet[128] = {
  '@',    0xA3, '$',  0xA5,   0xE8, 0xE9,   0xF9,   0xEC,   0xF2,   0xC7,   '\n',   0xD8,   0xF8,
  '\r',   0xC5, 0xE5, 0x0394, '_',  0x03A6, 0x0393, 0x039B, 0x03A9, 0x03A0, 0x03A8, 0x03A3, 0x0398,
  0x039E, 0,    0xC6, 0xE6,   0xDF, 0xC9,   ' ',    '!',    '"',    '#',    0xA4,   '%',    '&',
  '\'',   '(',  ')',  '*',    '+',  ',',    '-',    '.',    '/',    '0',    '1',    '2',    '3',
  '4',    '5',  '6',  '7',    '8',  '9',    ':',    ';',    '<',    '=',    '>',    '?',    0xA1,
  'A',    'B',  'C',  'D',    'E',  'F',    'G',    'H',    'I',    'J',    'K',    'L',    'M',
  'N',    'O',  'P',  'Q',    'R',  'S',    'T',    'U',    'V',    'W',    'X',    'Y',    'Z',
  0xC4,   0xD6, 0xD1, 0xDC,   0xA7, 0xBF,   'a',    'b',    'c',    'd',    'e',    'f',    'g',
  'h',    'i',  'j',  'k',    'l',  'm',    'n',    'o',    'p',    'q',    'r',    's',    't',
  'u',    'v',  'w',  'x',    'y',  'z',    0xE4,   0xF6,   0xF1,   0xFC,   0xE0,
};

/* Behind an escape (6.2.1.1); 0: none. */
static gunichar
extension (guint code)
{
  static const struct
  {
    guint8 code;
    gunichar character;
  } table[] = { { 0x0A, '\f' }, { 0x14, '^' }, { 0x28, '{' }, { 0x29, '}' }, { 0x2F, '\\' },
                { 0x3C, '[' },  { 0x3D, '~' }, { 0x3E, ']' }, { 0x40, '|' }, { 0x65, 0x20AC } };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    {
      if (table[i].code == code)
        return table[i].character;
    }
  return 0;
}

static guint
get_octet (const char *hex, gsize n)
{
  return (guint)(g_ascii_xdigit_value (hex[n * 2]) << 4 | g_ascii_xdigit_value (hex[n * 2 + 1]));
}

static guint
get_septet (const char *hex, gsize octets, gsize n)
{
  gsize at = n * 7 / 8, shift = n * 7 % 8;
  guint pair = get_octet (hex, at);

  if (at + 1 < octets)
    pair |= get_octet (hex, at + 1) << 8;
  return pair >> shift & 0x7F;
}

/* Whether the last of them fills up: it is a carriage return in spare bits, or @ made of zeros. */
static gsize
count_septets (const char *hex, gsize octets)
{
  gsize septets = octets * 8 / 7;

  if (octets > 0 && octets % 7 == 0
      && (get_septet (hex, octets, septets - 1) == FILLER
          || get_septet (hex, octets, septets - 1) == 0))
    septets--;
  return septets;
}

static gsize
put (gunichar character, char *out, gsize length, gsize size)
{
  char utf8[6];
  gsize n = (gsize)g_unichar_to_utf8 (character, utf8);

  if (length + n >= size)
    return 0;
  memcpy (out + length, utf8, n);
  return n;
}

gboolean
oh_gsm7_decode (const char *hex, char *out, gsize size)
{
  gsize octets = strlen (hex) / 2, length = 0;
  gboolean escaped = FALSE;
  gsize septets, n;

  *out = '\0';
  if (octets == 0 || strlen (hex) % 2 != 0 || hex[strspn (hex, "0123456789ABCDEFabcdef")] != '\0')
    return FALSE;
  septets = count_septets (hex, octets);
  for (gsize i = 0; i < septets; i++)
    {
      guint code = get_septet (hex, octets, i);
      gunichar character = escaped ? extension (code) : alphabet[code];

      if (code == ESCAPE && !escaped)
        {
          escaped = TRUE;
          continue;
        }
      /* An escape that means nothing shows what stands behind it. */
      if (character == 0)
        character = code == ESCAPE ? ' ' : alphabet[code];
      escaped = FALSE;
      n = put (character, out, length, size);
      if (n == 0)
        break;
      length += n;
    }
  out[length] = '\0';
  return !escaped;
}

gboolean
oh_gsm7_is_plain (const char *text)
{
  for (; *text != '\0'; text++)
    {
      if (!g_ascii_isalnum (*text) && strchr (" !\"#%&'()*+,-./:;<=>?", *text) == NULL)
        return FALSE;
    }
  return TRUE;
}

void
oh_gsm7_encode (const char *text, char *out)
{
  static const char digits[] = "0123456789ABCDEF";
  gsize septets = strlen (text), octets = (septets * 7 + 7) / 8;

  for (gsize i = 0; i < octets; i++)
    {
      gsize first = i * 8 / 7, shift = i * 8 % 7;
      guint octet = (guint)text[first] >> shift;

      if (first + 1 < septets)
        octet |= (guint)text[first + 1] << (7 - shift);
      else if (septets % 8 == 7)
        octet |= FILLER << 1;
      *out++ = digits[octet >> 4 & 0xF];
      *out++ = digits[octet & 0xF];
    }
  *out = '\0';
}
