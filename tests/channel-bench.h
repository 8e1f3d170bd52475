// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "daemon/at/channel.h"

/* A channel whose other end the test plays. On a socket pair what the channel writes is there at
 * once, so that "nothing was sent" can be asserted; on a pseudo terminal things go as with a modem.
 */
typedef struct
{
  int modem; /* -1: unplugged */
  OhChannel *channel;
  OhChannelCounters counters;
  GPtrArray *heard; /* of char *: "line TEXT", "code C", "health mute", "lost", "COMMAND: RESULT" */
  guint read;       /* of them, by bench_hears() */
  GPtrArray *asked; /* of Asked */
  GString *voice;   /* that it received */
  GString *sent;    /* by the channel, not yet asserted */
  const char *close_on; /* glob: the channel is closed when this is heard, from inside */
  const char *ask_on;   /* glob: AT+THEN is asked when this is heard, from inside */
} Bench;

typedef enum
{
  BENCH_SOCKET,
  BENCH_TERMINAL,
} BenchKind;

void bench_set_up (Bench *b, BenchKind kind, OhLexerMode mode);

/* Unplugs, closes the channel, and asserts that each command was answered once. */
void bench_tear_down (Bench *b);

/* Queues @text; how it ends is heard as "TEXT: RESULT LINE|LINE..." or "TEXT: ERROR". */
void bench_ask (Bench *b, const char *text, OhCommand how);

/* What the modem says. */
void bench_say (Bench *b, const char *text);
void bench_say_bytes (Bench *b, gconstpointer bytes, gsize n);
void bench_unplug (Bench *b);

/* Waits until the channel has sent @text, and asserts that it sent nothing else. */
void bench_sent (Bench *b, const char *text);
void bench_sent_nothing (Bench *b);

/* Waits until a line that matches @glob is heard; it has to be the next. */
void bench_hears (Bench *b, const char *glob);
void bench_heard_nothing (Bench *b);

/* What has been heard matching @glob, from the beginning. */
guint bench_count (const Bench *b, const char *glob);
