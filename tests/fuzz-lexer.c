// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/at/lexer.h"

#include <string.h>

#define DLE 0x10
#define ETX 0x03
#define SUB 0x1a

int LLVMFuzzerTestOneInput (const guint8 *bytes, gsize size);

static gboolean
is_line_end (guint8 byte)
{
  return byte == '\r' || byte == '\n';
}

static void
check_token (const OhLexer *lexer, OhToken token)
{
  if (token != OH_TOKEN_LINE && token != OH_TOKEN_LINE_CUT && token != OH_TOKEN_ECHO)
    return;
  g_assert_cmpuint (lexer->length, >, 0);
  g_assert_cmpuint (lexer->length, <=, OH_LEXER_LINE_MAX);
  g_assert_cmpuint (strlen (lexer->text), ==, lexer->length);
  g_assert_null (strpbrk (lexer->text, "\r\n"));
}

static OhToken
feed (OhLexer *lexer, guint8 byte)
{
  OhToken token = oh_lexer_feed (lexer, byte);

  check_token (lexer, token);
  return token;
}

/* Tokens but for codes, in one string. */
static void
note (GString *found, const OhLexer *lexer, OhToken token)
{
  if (token == OH_TOKEN_LINE)
    g_string_append_printf (found, "L%s\n", lexer->text);
  else if (token == OH_TOKEN_LINE_CUT)
    g_string_append_printf (found, "C%s\n", lexer->text);
  else if (token == OH_TOKEN_PROMPT)
    g_string_append (found, "P\n");
  else
    g_assert_true (token == OH_TOKEN_NONE || token == OH_TOKEN_DLE);
}

static void
feed_all (GString *found, OhLexerMode mode, const guint8 *bytes, gsize size)
{
  OhLexer lexer;

  oh_lexer_init (&lexer, mode);
  for (gsize i = 0; i < size; i++)
    note (found, &lexer, feed (&lexer, bytes[i]));
}

/* What is between two line ends, without NUL bytes. */
static void
expect_line (GString *expected, GString *line, gboolean is_complete)
{
  gsize prompts = 0;

  while (strncmp (line->str + prompts, "> ", 2) == 0)
    {
      g_string_append (expected, "P\n");
      prompts += 2;
    }
  g_string_erase (line, 0, (gssize)prompts);
  if (line->len > OH_LEXER_LINE_MAX)
    {
      g_string_truncate (line, OH_LEXER_LINE_MAX);
      g_string_append_printf (expected, "C%s\n", line->str);
    }
  else if (is_complete && line->len > 0)
    g_string_append_printf (expected, "L%s\n", line->str);
  g_string_truncate (line, 0);
}

/* The text mode against a reader that sees all bytes at once. */
static void
check_text (const guint8 *bytes, gsize size)
{
  g_autoptr (GString) found = g_string_new (NULL);
  g_autoptr (GString) expected = g_string_new (NULL);
  g_autoptr (GString) line = g_string_new (NULL);

  feed_all (found, OH_LEXER_TEXT, bytes, size);
  for (gsize i = 0; i < size; i++)
    if (is_line_end (bytes[i]))
      expect_line (expected, line, TRUE);
    else if (bytes[i] != '\0')
      g_string_append_c (line, (char)bytes[i]);
  expect_line (expected, line, FALSE);
  g_assert_cmpstr (found->str, ==, expected->str);
}

/* Codes taken out beforehand make no difference to the lines. */
static void
check_codes (const guint8 *bytes, gsize size)
{
  g_autoptr (GByteArray) text = g_byte_array_new ();
  g_autoptr (GString) found = g_string_new (NULL);
  g_autoptr (GString) expected = g_string_new (NULL);

  for (gsize i = 0; i < size; i++)
    if (bytes[i] != DLE)
      g_byte_array_append (text, &bytes[i], 1);
    else if (i + 1 < size && !is_line_end (bytes[i + 1]))
      i++;
  feed_all (found, OH_LEXER_DLE, bytes, size);
  feed_all (expected, OH_LEXER_TEXT, text->data, text->len);
  g_assert_cmpstr (found->str, ==, expected->str);
}

/* Voice, shielded and fed, comes out as it was. */
static void
check_voice (const guint8 *bytes, gsize size)
{
  gsize i = 0;
  OhLexer lexer;

  oh_lexer_init (&lexer, OH_LEXER_STREAM);
  while (i < size)
    if (bytes[i] != DLE)
      {
        g_assert_cmpint (feed (&lexer, bytes[i]), ==, OH_TOKEN_SAMPLE);
        g_assert_cmpuint (lexer.code, ==, bytes[i++]);
      }
    else
      {
        gboolean two = i + 1 < size && bytes[i + 1] == DLE;

        g_assert_cmpint (feed (&lexer, DLE), ==, OH_TOKEN_NONE);
        g_assert_cmpint (feed (&lexer, two ? SUB : DLE), ==,
                         two ? OH_TOKEN_SAMPLE_TWO : OH_TOKEN_SAMPLE);
        g_assert_cmpuint (lexer.code, ==, DLE);
        i += two ? 2 : 1;
      }
  g_assert_cmpint (feed (&lexer, DLE), ==, OH_TOKEN_NONE);
  g_assert_cmpint (feed (&lexer, ETX), ==, OH_TOKEN_STREAM_END);
  g_assert_cmpint (lexer.mode, ==, OH_LEXER_DLE);
}

/* Any mode, with an echo and changes of the mode: the line behind a line end is right. */
static void
check_recovery (const guint8 *bytes, gsize size)
{
  const char *line = "RING";
  OhLexer lexer;

  oh_lexer_init (&lexer, size % 3);
  oh_lexer_expect_echo (&lexer, size % 2 == 0 ? "AT" : NULL);
  for (gsize i = 0; i < size; i++)
    if (bytes[i] >= 0xfd)
      oh_lexer_set_mode (&lexer, bytes[i] - 0xfd);
    else
      feed (&lexer, bytes[i]);
  if (lexer.mode == OH_LEXER_STREAM)
    {
      feed (&lexer, 'x'); /* behind a <DLE> */
      feed (&lexer, DLE);
      g_assert_cmpint (feed (&lexer, ETX), ==, OH_TOKEN_STREAM_END);
    }
  feed (&lexer, size % 2 == 0 ? '\r' : '\n');
  for (const char *p = line; *p != '\0'; p++)
    g_assert_cmpint (feed (&lexer, (guint8)*p), ==, OH_TOKEN_NONE);
  g_assert_cmpint (feed (&lexer, '\r'), ==, OH_TOKEN_LINE);
  g_assert_cmpstr (lexer.text, ==, line);
}

static void
check_classify (const guint8 *bytes, gsize size)
{
  g_autofree char *line = g_strndup ((const char *)bytes, size);
  int code = 4711;
  OhResult result = oh_lexer_classify (line, &code);

  g_assert_cmpint (result, >=, OH_RESULT_NONE);
  g_assert_cmpint (result, <=, OH_RESULT_BLACKLISTED);
  g_assert_cmpint (code, >=, -1);
  if (result != OH_RESULT_CME_ERROR)
    g_assert_cmpint (code, ==, -1);
}

int
LLVMFuzzerTestOneInput (const guint8 *bytes, gsize size)
{
  check_text (bytes, size);
  check_codes (bytes, size);
  check_voice (bytes, size);
  check_recovery (bytes, size);
  check_classify (bytes, size);
  return 0;
}
