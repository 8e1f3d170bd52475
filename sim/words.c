// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sim/words.h"

#include <string.h>

/* Some 11 days; longer waits are mistakes. */
#define LONGEST_SECONDS 1e6

GQuark
oh_sim_error_quark (void)
{
  return g_quark_from_static_string ("oh-sim-error-quark");
}

static gboolean
is_key (const char *word, const char *const *keys)
{
  const char *equals = strchr (word, '=');

  if (equals == NULL)
    return FALSE;
  for (guint i = 0; keys[i] != NULL; i++)
    if (strlen (keys[i]) == (gsize)(equals - word) && g_str_has_prefix (word, keys[i]))
      return TRUE;
  return FALSE;
}

/* FALSE when @words hold anything but @plain words and @keys with a value. */
gboolean
oh_sim_words_check (char **words, const char *const *keys, const char *const *plain, GError **error)
{
  for (guint i = 0; words[i] != NULL; i++)
    {
      if (g_strv_contains (plain, words[i]) || is_key (words[i], keys))
        continue;
      g_set_error (error, OH_SIM_ERROR, OH_SIM_ERROR_SYNTAX, "unknown word '%s'", words[i]);
      return FALSE;
    }
  return TRUE;
}

const char *
oh_sim_words_value (char **words, const char *key)
{
  const char *const keys[] = { key, NULL };

  for (guint i = 0; words[i] != NULL; i++)
    if (is_key (words[i], keys))
      return words[i] + strlen (key) + 1;
  return NULL;
}

gboolean
oh_sim_words_has (char **words, const char *plain)
{
  return g_strv_contains ((const char *const *)words, plain);
}

gboolean
oh_sim_words_seconds (const char *text, double *ret_seconds, GError **error)
{
  char *end;
  double seconds = g_ascii_strtod (text, &end);

  /* Written so that NaN fails. */
  if (end == text || *end != '\0' || !(seconds >= 0 && seconds <= LONGEST_SECONDS))
    {
      g_set_error (error, OH_SIM_ERROR, OH_SIM_ERROR_SYNTAX, "'%s' is no number of seconds", text);
      return FALSE;
    }
  *ret_seconds = seconds;
  return TRUE;
}

gboolean
oh_sim_words_number (const char *text, guint max, guint *ret_number, GError **error)
{
  guint64 number;

  if (!g_ascii_string_to_unsigned (text, 10, 0, max, &number, error))
    return FALSE;
  *ret_number = (guint)number;
  return TRUE;
}

/* Up to @most digits of @base; @text must begin with one. */
static guint8
take_code (const char **text, guint base, guint most)
{
  guint code = 0;

  for (guint i = 0; i < most && g_ascii_isxdigit (**text); i++)
    {
      guint digit = (guint)g_ascii_xdigit_value (**text);

      if (digit >= base)
        break;
      code = code * base + digit;
      (*text)++;
    }
  return (guint8)code;
}

/* The character after a backslash, or the code that it begins. */
static guint8
take_escape (const char **text)
{
  static const char letters[] = "abfnrtve";
  static const char meanings[] = "\a\b\f\n\r\t\v\033";
  const char *letter = strchr (letters, **text);

  if (**text >= '0' && **text <= '7')
    return take_code (text, 8, 3);
  if (**text == 'x' && g_ascii_isxdigit ((*text)[1]))
    {
      (*text)++;
      return take_code (text, 16, 2);
    }
  (*text)++;
  return (guint8)(letter != NULL ? meanings[letter - letters] : (*text)[-1]);
}

/* The bytes of all @words, one blank between two, with the escapes of C. */
GBytes *
oh_sim_words_unescape (char **words)
{
  g_autofree char *joined = g_strjoinv (" ", words);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  const char *text = joined;

  while (*text != '\0')
    {
      guint8 byte = (guint8)*text++;

      if (byte == '\\' && *text != '\0')
        byte = take_escape (&text);
      g_byte_array_append (bytes, &byte, 1);
    }
  return g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
}
