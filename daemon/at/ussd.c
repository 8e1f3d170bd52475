// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/at/ussd.h"

#include <string.h>

#include "daemon/at/gsm7.h"

#define PREFIX "+CUSD:"
#define HEX_DIGITS "0123456789ABCDEFabcdef"
#define DCS_DEFAULT 15  /* 7 bit, no language: 23.038 5 */
#define DCS_LANGUAGE 17 /* UCS2, with a language in the first two octets */

typedef enum
{
  ALPHABET_GSM7,
  ALPHABET_OCTETS,
  ALPHABET_UCS2,
} Alphabet;

/* 23.038 5. */
static Alphabet
alphabet_of (guint dcs)
{
  if (dcs == DCS_LANGUAGE)
    return ALPHABET_UCS2;
  if (dcs >= 0x40 && dcs < 0x80)
    return (Alphabet)MIN (dcs >> 2 & 3, ALPHABET_UCS2);
  if (dcs >= 0xF0)
    return (dcs & 4) != 0 ? ALPHABET_OCTETS : ALPHABET_GSM7;
  return ALPHABET_GSM7;
}

static guint
count_quotes (const char *line)
{
  guint n = 0;

  for (; *line != '\0'; line++)
    n += *line == '"';
  return n;
}

gboolean
oh_ussd_is_open (const char *line)
{
  return g_str_has_prefix (line, PREFIX) && count_quotes (line) == 1;
}

/* A quote, and behind it nothing or the coding. */
gboolean
oh_ussd_closes (const char *line)
{
  const char *quote = strrchr (line, '"');

  return quote != NULL && quote[1 + strspn (quote + 1, ", 0123456789")] == '\0';
}

/* What @text says, with line breaks kept and other control characters made blanks. */
static void
clean (const char *text, char *out)
{
  gsize length = 0;

  while (*text != '\0')
    {
      gunichar c = g_utf8_get_char_validated (text, -1);
      gboolean valid = c != (gunichar)-1 && c != (gunichar)-2;
      char utf8[6];
      gsize n;

      if (!valid)
        c = (guint8)*text;
      text = valid ? g_utf8_next_char (text) : text + 1;
      if (c == '\r')
        c = '\n';
      if (g_unichar_iscntrl (c) && c != '\n')
        c = ' ';
      n = (gsize)g_unichar_to_utf8 (c, utf8);
      if (length + n >= OH_USSD_MAX)
        break;
      memcpy (out + length, utf8, n);
      length += n;
    }
  out[length] = '\0';
}

/* One octet a character: Latin-1, as no standard says more of it. */
static gboolean
decode_octets (const char *hex, char *out)
{
  gsize length = strlen (hex), n = 0;

  *out = '\0';
  if (length == 0 || length % 2 != 0 || length / 2 >= OH_USSD_MAX
      || hex[strspn (hex, HEX_DIGITS)] != '\0')
    return FALSE;
  for (; *hex != '\0'; hex += 2)
    out[n++] = (char)(g_ascii_xdigit_value (hex[0]) << 4 | g_ascii_xdigit_value (hex[1]));
  out[n] = '\0';
  return memchr (out, '\0', n) == NULL;
}

static gboolean
decode_ucs2 (const char *hex, gboolean behind_language, char *out)
{
  gsize units = strlen (hex) / 4;
  gsize first = behind_language && units > 1 ? 1 : 0;
  g_autofree gunichar2 *text = g_new (gunichar2, units + 1);
  g_autofree char *utf8 = NULL;

  if (units == 0 || strlen (hex) % 4 != 0 || hex[strspn (hex, HEX_DIGITS)] != '\0')
    return FALSE;
  for (gsize i = 0; i < units; i++)
    {
      text[i] = 0;
      for (gsize j = 0; j < 4; j++)
        text[i] = (gunichar2)(text[i] << 4 | g_ascii_xdigit_value (hex[i * 4 + j]));
    }
  utf8 = g_utf16_to_utf8 (text + first, (glong)(units - first), NULL, NULL, NULL);
  if (utf8 == NULL)
    return FALSE;
  g_strlcpy (out, utf8, OH_USSD_MAX); /* cut inside a character: clean() sees to it */
  return TRUE;
}

/* Some modems give text where hex is due: then that is what it is. */
static void
decode (const char *text, OhUssdCoding coding, guint dcs, char *out)
{
  Alphabet alphabet = alphabet_of (dcs);
  char decoded[OH_USSD_MAX];
  gboolean done = FALSE;

  if (coding == OH_USSD_UCS2 || alphabet == ALPHABET_UCS2)
    done = decode_ucs2 (text, dcs == DCS_LANGUAGE, decoded);
  else if (alphabet == ALPHABET_OCTETS)
    done = decode_octets (text, decoded);
  else if (coding == OH_USSD_PACKED)
    done = oh_gsm7_decode (text, decoded, sizeof decoded);
  clean (done ? decoded : text, out);
}

/* The number behind the comma at @text, or what is used without one. */
static guint
read_dcs (const char *text)
{
  text += strspn (text, " ,");
  return g_ascii_isdigit (*text) ? (guint)MIN (g_ascii_strtoull (text, NULL, 10), 255)
                                 : DCS_DEFAULT;
}

static void
take_text (const char *at, OhUssdCoding coding, char *out)
{
  g_autofree char *text = NULL;
  const char *end = strrchr (at, '"');

  at += strspn (at, " ,");
  if (*at == '"' && end != NULL && end > at)
    {
      text = g_strndup (at + 1, (gsize)(end - at) - 1);
      end++;
    }
  else
    {
      at += *at == '"';
      end = at + strcspn (at, ",");
      text = g_strndup (at, (gsize)(end - at));
    }
  decode (text, coding, read_dcs (end), out);
}

gboolean
oh_ussd_parse (const char *line, OhUssdCoding coding, OhUssdKind *ret_kind, char *out)
{
  const char *at;

  *out = '\0';
  if (!g_str_has_prefix (line, PREFIX))
    return FALSE;
  at = line + strlen (PREFIX);
  at += strspn (at, " \t");
  if (*at < '0' || *at > '5' || g_ascii_isdigit (at[1]))
    return FALSE;
  *ret_kind = (OhUssdKind)(*at - '0');
  if (at[1] == ',')
    take_text (at + 2, coding, out);
  return TRUE;
}

gboolean
oh_ussd_is_sendable (const char *text)
{
  gsize length = strlen (text);

  return length >= 1 && length <= OH_USSD_SENT_MAX && strchr (text, '"') == NULL
         && oh_gsm7_is_plain (text);
}

char *
oh_ussd_command (const char *text, OhUssdCoding coding)
{
  char coded[OH_USSD_SENT_MAX * 4 + 1];

  switch (coding)
    {
    case OH_USSD_PLAIN:
      g_strlcpy (coded, text, sizeof coded);
      break;
    case OH_USSD_PACKED:
      oh_gsm7_encode (text, coded);
      break;
    case OH_USSD_UCS2:
      for (gsize i = 0; text[i] != '\0'; i++)
        g_snprintf (coded + i * 4, 5, "%04X", (guint)text[i]);
      break;
    }
  return g_strdup_printf ("AT+CUSD=1,\"%s\",%u", coded, DCS_DEFAULT);
}
