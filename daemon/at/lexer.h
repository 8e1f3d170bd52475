// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <glib.h>

/* Bytes of a modem in, tokens out. Pure: no allocation, no loop, no logging; O(1) a byte; whatever
 * came before, the next line end puts it right again. */

#define OH_LEXER_LINE_MAX                                                                          \
  1024 /* longer lines are cut here: the number stands at their beginning                          \
        */

typedef enum
{
  OH_TOKEN_NONE,       /* needs more bytes */
  OH_TOKEN_LINE,       /* text, length: a line that is not empty, without its ends and NUL bytes */
  OH_TOKEN_LINE_CUT,   /* likewise, but what is over OH_LEXER_LINE_MAX is dropped */
  OH_TOKEN_ECHO,       /* the line that oh_lexer_expect_echo() announced */
  OH_TOKEN_PROMPT,     /* "> " at the beginning of a line */
  OH_TOKEN_DLE,        /* code: the byte behind a <DLE>, V.253 9.1.3 */
  OH_TOKEN_SAMPLE,     /* code: one byte of voice, shielding undone */
  OH_TOKEN_SAMPLE_TWO, /* code, twice: <DLE><SUB> stands for two <DLE> */
  OH_TOKEN_STREAM_END, /* <DLE><ETX>: voice is over, text follows */
} OhToken;

typedef enum
{
  OH_LEXER_TEXT,   /* lines only: a <DLE> is a byte like any other (cellular) */
  OH_LEXER_DLE,    /* lines, and <DLE> codes anywhere between and inside them (landline) */
  OH_LEXER_STREAM, /* voice with <DLE> codes, until <DLE><ETX>; then OH_LEXER_DLE by itself. What
                    * stands between <DLE>X and <DLE>. is lines; a last one without an end takes
                    * the place of the token for <DLE>. */
} OhLexerMode;

typedef struct
{
  OhLexerMode mode;
  guint8 code;  /* of the token just returned */
  guint length; /* likewise */
  char text[OH_LEXER_LINE_MAX + 1];

  /* private */
  char echo[OH_LEXER_LINE_MAX];
  guint echo_length;      /* 0: none is expected */
  gboolean line_done;     /* the next byte begins a new line */
  gboolean ended_by_cr;   /* the line just returned, and nothing came since */
  gboolean line_feed_due; /* belongs to the line in front of the stream, if it comes */
  gboolean skipping;      /* up to the line end */
  gboolean after_dle, in_report;
  guint report_length;
} OhLexer;

void oh_lexer_init (OhLexer *lexer, OhLexerMode mode);

/* Goes on as @memory, that of another lexer; FALSE, and nothing is changed, if it is none. */
gboolean oh_lexer_restore (OhLexer *lexer, gconstpointer memory, gsize size);

/* From the next byte on; a line half read is dropped, also what of it still comes. The text of the
 * token just returned stays valid. */
void oh_lexer_set_mode (OhLexer *lexer, OhLexerMode mode);

/* The next line that is @command is its echo. If it only begins with @command the answer is glued
 * behind it: then that is the line. NULL: none is expected any more. */
void oh_lexer_expect_echo (OhLexer *lexer, const char *command);

/* The token that @byte completes. Text and length stay valid until the next call. */
OhToken oh_lexer_feed (OhLexer *lexer, guint8 byte);

/* Result codes (V.250 table 1 and what modems add). */
typedef enum
{
  OH_RESULT_NONE, /* no result code */
  OH_RESULT_OK,
  OH_RESULT_ERROR,     /* ERROR, COMMAND NOT SUPPORT, NA, MODEM ERROR, +EXT ERROR... */
  OH_RESULT_CME_ERROR, /* +CME ERROR: n (27.007 9.2) or +CMS ERROR */
  OH_RESULT_CONNECT,   /* CONNECT, with or without more behind it */
  OH_RESULT_RING,      /* RING alone, "RING A", "RING 2": not a result, but told apart here */
  OH_RESULT_NO_CARRIER,
  OH_RESULT_NO_DIALTONE, /* also NO DIAL TONE */
  OH_RESULT_BUSY,
  OH_RESULT_NO_ANSWER,
  OH_RESULT_VCON,    /* VCON, VOICE, #VCON */
  OH_RESULT_RINGING, /* RINGING, RRING: intermediate */
  OH_RESULT_DELAYED,
  OH_RESULT_BLACKLISTED, /* BLACKLISTED, BLACKLIST FULL */
} OhResult;

/* What result code @line is; *@ret_code gets the number behind +CME ERROR, else -1. */
OhResult oh_lexer_classify (const char *line, int *ret_code);
