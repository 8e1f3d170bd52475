// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/at/lexer.h"

#include <string.h>

#include "daemon/at/fields.h"

#define DLE 0x10
#define ETX 0x03
#define SUB 0x1a
/* A report without its <DLE>. is over here: voice must not be taken for text for ever. */
#define REPORT_MAX 1024

static const struct
{
  const char *text;
  const char *behind; /* characters that may follow; NULL: any */
  OhResult result;
} results[] = {
  { "OK", "", OH_RESULT_OK },
  { "ERROR", ":", OH_RESULT_ERROR },
  { "COMMAND NOT SUPPORT", "", OH_RESULT_ERROR },
  { "MODEM ERROR:", NULL, OH_RESULT_ERROR },
  { "+EXT ERROR:", NULL, OH_RESULT_ERROR },
  { "NA", "", OH_RESULT_ERROR },
  { "+CME ERROR:", NULL, OH_RESULT_CME_ERROR },
  { "+CMS ERROR:", NULL, OH_RESULT_CME_ERROR },
  { "CONNECT", " /", OH_RESULT_CONNECT },
  { "RING", " ;:/", OH_RESULT_RING },
  { "NO CARRIER", "", OH_RESULT_NO_CARRIER },
  { "NO DIALTONE", "", OH_RESULT_NO_DIALTONE },
  { "NO DIAL TONE", "", OH_RESULT_NO_DIALTONE },
  { "BUSY", "", OH_RESULT_BUSY },
  { "NO ANSWER", "", OH_RESULT_NO_ANSWER },
  { "VCON", "", OH_RESULT_VCON },
  { "VOICE", "", OH_RESULT_VCON },
  { "#VCON", "", OH_RESULT_VCON },
  { "RINGING", "", OH_RESULT_RINGING },
  { "RRING", "", OH_RESULT_RINGING },
  { "DELAYED", " ", OH_RESULT_DELAYED },
  { "BLACKLISTED", "", OH_RESULT_BLACKLISTED },
  { "BLACKLIST FULL", "", OH_RESULT_BLACKLISTED },
};

static OhToken
finish_line (OhLexer *lexer, OhToken token)
{
  lexer->text[lexer->length] = '\0';
  lexer->line_done = TRUE;
  if (lexer->echo_length == 0 || lexer->length < lexer->echo_length
      || memcmp (lexer->text, lexer->echo, lexer->echo_length) != 0)
    return token;
  if (lexer->length == lexer->echo_length)
    token = OH_TOKEN_ECHO;
  else
    {
      lexer->length -= lexer->echo_length;
      memmove (lexer->text, lexer->text + lexer->echo_length, lexer->length + 1);
    }
  lexer->echo_length = 0;
  return token;
}

static OhToken
end_line (OhLexer *lexer, guint8 byte)
{
  lexer->skipping = FALSE;
  if (lexer->length == 0)
    return OH_TOKEN_NONE;
  lexer->ended_by_cr = byte == '\r';
  return finish_line (lexer, OH_TOKEN_LINE);
}

static OhToken
feed_text (OhLexer *lexer, guint8 byte)
{
  if (lexer->line_done)
    {
      lexer->line_done = FALSE;
      lexer->ended_by_cr = FALSE;
      lexer->length = 0;
    }
  if (byte == '\r' || byte == '\n')
    return end_line (lexer, byte);
  if (byte == '\0' || lexer->skipping)
    return OH_TOKEN_NONE;
  if (lexer->length == OH_LEXER_LINE_MAX)
    {
      lexer->skipping = TRUE;
      return finish_line (lexer, OH_TOKEN_LINE_CUT);
    }
  lexer->text[lexer->length++] = (char)byte;
  if (byte != ' ' || lexer->length != 2 || lexer->text[0] != '>')
    return OH_TOKEN_NONE;
  lexer->text[lexer->length] = '\0';
  lexer->line_done = TRUE;
  return OH_TOKEN_PROMPT;
}

static OhToken
feed_text_and_codes (OhLexer *lexer, guint8 byte)
{
  /* No code is a line end: there the <DLE> was noise, and the line ends. */
  gboolean is_code = lexer->after_dle && byte != '\r' && byte != '\n';

  lexer->after_dle = !lexer->after_dle && byte == DLE;
  if (lexer->after_dle)
    return OH_TOKEN_NONE;
  if (!is_code)
    return feed_text (lexer, byte);
  lexer->code = byte;
  return OH_TOKEN_DLE;
}

static void
begin_anew (OhLexer *lexer, OhLexerMode mode)
{
  lexer->mode = mode;
  lexer->line_done = TRUE;
  lexer->ended_by_cr = FALSE;
  lexer->skipping = FALSE;
  lexer->after_dle = FALSE;
  lexer->in_report = FALSE;
}

static OhToken
end_report (OhLexer *lexer)
{
  gboolean line_is_open = lexer->in_report && !lexer->line_done && lexer->length > 0;

  lexer->in_report = FALSE;
  return line_is_open ? finish_line (lexer, OH_TOKEN_LINE) : OH_TOKEN_DLE;
}

static OhToken
take_stream_code (OhLexer *lexer, guint8 code)
{
  lexer->code = code;
  switch (code)
    {
    case DLE:
      return OH_TOKEN_SAMPLE;
    case SUB:
      lexer->code = DLE;
      return OH_TOKEN_SAMPLE_TWO;
    case ETX:
      begin_anew (lexer, OH_LEXER_DLE);
      return OH_TOKEN_STREAM_END;
    case 'X':
      lexer->in_report = TRUE;
      lexer->report_length = 0;
      lexer->line_done = TRUE;
      return OH_TOKEN_DLE;
    case '.':
      return end_report (lexer);
    default:
      return OH_TOKEN_DLE;
    }
}

static OhToken
feed_stream (OhLexer *lexer, guint8 byte)
{
  gboolean is_code = lexer->after_dle;
  gboolean is_line_end = lexer->line_feed_due && byte == '\n';

  lexer->line_feed_due = FALSE;
  if (lexer->in_report && ++lexer->report_length > REPORT_MAX)
    lexer->in_report = FALSE;
  lexer->after_dle = !is_code && byte == DLE;
  if (lexer->after_dle || is_line_end)
    return OH_TOKEN_NONE;
  if (is_code)
    return take_stream_code (lexer, byte);
  if (lexer->in_report)
    return feed_text (lexer, byte);
  lexer->code = byte;
  return OH_TOKEN_SAMPLE;
}

void
oh_lexer_init (OhLexer *lexer, OhLexerMode mode)
{
  memset (lexer, 0, sizeof *lexer);
  lexer->mode = mode;
}

gboolean
oh_lexer_restore (OhLexer *lexer, gconstpointer memory, gsize size)
{
  OhLexer restored;

  if (size != sizeof restored)
    return FALSE;
  memcpy (&restored, memory, sizeof restored);
  if (restored.mode > OH_LEXER_STREAM || restored.length > OH_LEXER_LINE_MAX
      || restored.echo_length > sizeof restored.echo)
    return FALSE;
  *lexer = restored;
  lexer->text[lexer->length] = '\0';
  return TRUE;
}

void
oh_lexer_set_mode (OhLexer *lexer, OhLexerMode mode)
{
  gboolean line_is_open = lexer->skipping || (lexer->length > 0 && !lexer->line_done);
  gboolean skips = line_is_open && mode != OH_LEXER_STREAM && lexer->mode != OH_LEXER_STREAM;

  /* The line that announced the stream was complete with its <CR>; its <LF> is no voice. */
  lexer->line_feed_due = mode == OH_LEXER_STREAM && lexer->ended_by_cr;
  begin_anew (lexer, mode);
  lexer->skipping = skips;
}

void
oh_lexer_expect_echo (OhLexer *lexer, const char *command)
{
  lexer->echo_length = command != NULL ? strnlen (command, sizeof lexer->echo) : 0;
  if (lexer->echo_length > 0)
    memcpy (lexer->echo, command, lexer->echo_length);
}

OhToken
oh_lexer_feed (OhLexer *lexer, guint8 byte)
{
  if (lexer->mode == OH_LEXER_STREAM)
    return feed_stream (lexer, byte);
  if (lexer->mode == OH_LEXER_DLE)
    return feed_text_and_codes (lexer, byte);
  return feed_text (lexer, byte);
}

static gboolean
is_result (const char *line, const char *text, const char *behind)
{
  gsize length = strlen (text);

  /* strchr() finds the end of the line in any set. */
  return strncmp (line, text, length) == 0
         && (behind == NULL || strchr (behind, line[length]) != NULL);
}

OhResult
oh_lexer_classify (const char *line, int *ret_code)
{
  OhFields fields;
  guint number;

  *ret_code = -1;
  if (oh_fields_begin (&fields, line, "+CME ERROR:")
      && oh_fields_next_number (&fields, G_MAXINT, &number))
    *ret_code = (int)number;
  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    if (is_result (line, results[i].text, results[i].behind))
      return results[i].result;
  return OH_RESULT_NONE;
}
