// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <glib.h>

/* clang-format off */
/* A transcript, of a cellular modem, or if its name begins so of a landline's: what a modem says and is told, what a client asks, and what a listener then hears.
 * One step a line, a verb and its text; '#' begins a line that is a comment. A GLOB has no blanks,
 * BYTES are to the end of the line, with the escapes of C (\r \n \t \0 \\ \xHH).
 *
 * The modem:
 *   answer GLOB [BYTES]   what it says to commands that match, from now on; without BYTES nothing.
 *                         The newest that matches counts. It begins with OK to everything, a SIM
 *                         that is ready, and a network.
 *   on GLOB STEP          a "list", "line" or "say", done when the next command that matches has
 *                         come, before its answer
 *   list [ROW [| ROW]...] what it answers to AT+CLCC from now on
 *   say BYTES             in one write
 *   bytes BYTES           each byte in a write of its own, once the last was read; it answers nothing
 *                         meanwhile
 *   line TEXT             say \r\nTEXT\r\n
 * The host:
 *   start [flash] [screen]
 *                         it opens the modem, and a client a handle; once, after what the modem has to
 *                         know before. The line is configured with CallWaiting=flash,
 *                         Reject=answer-and-hang-up
 *   sent GLOB             it has sent, or soon sends, a command that matches; counted from the last
 *                         sent, or the last thing that the modem or the client did
 *   unsent GLOB           it has not sent any since it started
 * The client:
 *   ask METHOD [CALL] [ARGUMENT] [= ERROR]
 *   begin METHOD [CALL] [ARGUMENT], and later
 *   reply [ERROR]
 *   hear KIND [CALL] [STATE] [KEY=VALUE]...
 *                         the next event. Words and values with blanks are in double quotes, with
 *                         the escapes of C; lists of words have commas between; KEY= with nothing
 *                         behind: the event does not have it
 *   quiet                 nothing more has come
 *   strict KIND           events of this kind count; without it "ringing", "line-state" and "health"
 *                         are passed over unless they are the next to hear
 * At the end nothing more may have come. */
/* clang-format on */

typedef enum
{
  VERB_ANSWER,
  VERB_ON,
  VERB_LIST,
  VERB_SAY,
  VERB_BYTES,
  VERB_LINE,
  VERB_START,
  VERB_SENT,
  VERB_UNSENT,
  VERB_ASK,
  VERB_BEGIN,
  VERB_REPLY,
  VERB_HEAR,
  VERB_QUIET,
  VERB_STRICT,
} Verb;

typedef struct
{
  guint line;
  Verb verb;
  char *text; /* as it is written, without blanks around; a GLOB in front is taken off */
  char *glob; /* of VERB_ANSWER and VERB_ON, else NULL */
} Step;

/* Of Step *; NULL and a message with file and line if it makes no sense. */
GPtrArray *transcript_read (const char *path, char **message);

/* One step, from its text. NULL if it is none. */
Step *step_parse (const char *text);
void step_free (Step *step);

/* The bytes that escapes stand for. */
GString *transcript_unescape (const char *text);

/* The words of a text; NULL if a quote is left open. */
char **transcript_words (const char *text);
