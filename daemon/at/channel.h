// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gio/gio.h>

#include "daemon/at/lexer.h"

/* A modem's port: bytes to lines and back. One command is in flight at a time; what the modem says
 * on its own accord is passed on at once, also while a command runs. Memory is bounded whatever
 * comes in. */
typedef struct _OhChannel OhChannel;

typedef enum
{
  OH_CHANNEL_ANSWERS, /* a command was answered after one was not, or after being mute */
  OH_CHANNEL_LATE, /* a command was not answered in time: the channel looks whether the modem lives
                    */
  OH_CHANNEL_SILENT, /* the voice has stopped without a word: likewise */
  OH_CHANNEL_MUTE,   /* it does not answer; all that was queued has failed */
} OhChannelHealth;

/* Any modem seen so far answers this one, with whatever; a bare AT is met with silence by some. */
#define OH_SIGN_OF_LIFE "ATE0Q0V1"
/* A modem that is in voice receive hears nothing else; to others it is nonsense. */
#define OH_END_OF_STREAM "\x10!"

typedef struct
{
  /* A line that is no part of an answer. */
  void (*line) (const char *line, gpointer user_data);
  /* The byte behind a <DLE> (V.253 9.1.3); 03h when voice receive ended. NULL: none are expected.
   */
  void (*code) (guint8 code, gpointer user_data);
  /* The voice that is received, shielding undone. NULL: it is thrown away. */
  void (*voice) (const guint8 *samples, gsize n, gpointer user_data);
  void (*health) (OhChannelHealth health, gpointer user_data);
  /* What oh_channel_save() returns is another now, other than by voice alone. May be NULL. */
  void (*changed) (gpointer user_data);
  /* The device is gone. The last call; everything queued has failed with OH_ERROR_NO_DEVICE. */
  void (*lost) (gpointer user_data);
} OhChannelFuncs;

/* What has come from the device so far, whatever it is. */
typedef struct
{
  guint64 bytes;
  guint echoes, lines; /* of what was sent; that are none */
  guint sentences;     /* as NMEA 0183 has them */
} OhChannelHeard;

typedef struct
{
  guint64 commands, timeouts, unknown_lines, truncated_lines, stray_results, recoveries, probes;
  /* Voice that was lost on the way: the modem had none to send, had no room for what it received,
   * lost some, or was sent what it does not understand (V.253 9.1.3). */
  guint64 underruns, overruns, voice_lost, voice_refused;
} OhChannelCounters;

/* How a command ended. */
typedef struct
{
  OhResult result;     /* OH_RESULT_NONE: there was none, see @error */
  int code;            /* behind +CME ERROR, else -1 */
  const GError *error; /* OH_ERROR_TIMEOUT, NOT_RESPONDING, NO_DEVICE, CANCELLED */
  guint n_lines;
  const char *const *lines; /* the information text */
} OhReply;

typedef void (*OhReplyFunc) (const OhReply *reply, gpointer user_data);

typedef enum
{
  OH_COMMAND_PLAIN = 0,
  OH_COMMAND_STREAM = 1 << 0, /* CONNECT begins a stream of voice (V.253 +VRX) */
  OH_COMMAND_FIRST = 1 << 1,  /* goes before what is queued */
  OH_COMMAND_PROBE = 1 << 2,  /* no answer says that no modem is there: not tried again */
  OH_COMMAND_ASKED = 1 << 3,  /* its information comes in its answer and never by itself: inside
                                 another's, the answers are one behind (prefix: a literal) */
} OhCommandFlags;

#define OH_COMMAND_LIMIT_MS 5000

typedef struct
{
  const char *prefix; /* information lines begin so; "": bare text; NULL: there are none */
  guint limit_ms;     /* 0: OH_COMMAND_LIMIT_MS */
  guint tries;        /* 0: 1; more only for what may be said twice */
  OhCommandFlags flags;
  /* Asked when its turn has come, in a stream also before that is ended for it; FALSE: it fails
   * with OH_ERROR_CANCELLED, unsent. NULL: always. */
  gboolean (*wanted) (gpointer user_data);
  OhReplyFunc func; /* called exactly once; may be NULL */
  gpointer user_data;
} OhCommand;

/* Takes @fd, non-blocking. @counters outlive the channel. */
OhChannel *oh_channel_new (int fd, OhLexerMode mode, const OhChannelFuncs *funcs,
                           gpointer user_data, OhChannelCounters *counters);

/* What it has half read, and the command that it waits for, for a daemon that starts again; and the
 * channel made of that. Nothing is sent. The command's answer goes nowhere until somebody attends
 * to it; what was queued is forgotten. */
#define OH_CHANNEL_TYPE "(ayuuub(sxuus))"
GVariant *oh_channel_save (OhChannel *channel);
OhChannel *oh_channel_restore (int fd, GVariant *saved, const OhChannelFuncs *funcs,
                               gpointer user_data, OhChannelCounters *counters);

/* The text of the command that is in flight, or NULL. */
const char *oh_channel_get_running (OhChannel *channel);

/* From now on @how says what is its answer, and who hears of it; its limit stays. */
void oh_channel_attend (OhChannel *channel, const OhCommand *how);

/* Queued commands fail with OH_ERROR_CANCELLED; nothing is called after that. Closes the port. */
void oh_channel_close (OhChannel *channel);

void oh_channel_set_mode (OhChannel *channel, OhLexerMode mode);

/* Queues @text, such as "AT+CLCC". A command that comes while voice is received ends the stream
 * first. While a command that dials or answers (V.250 D and A) runs nothing is sent, as any byte
 * would end it. */
void oh_channel_send (OhChannel *channel, const char *text, const OhCommand *how);

/* Ends a running D or A with the one byte that does it (V.250 5.6.1); FALSE when none runs. */
gboolean oh_channel_abort (OhChannel *channel);

/* TRUE while a D or A runs. */
gboolean oh_channel_is_dialing (OhChannel *channel);

/* TRUE when what the channel waits for should have come or been given up long ago: it is overdue by
 * twice its limit. That is a fault of ours, not of the modem. */
gboolean oh_channel_is_stuck (OhChannel *channel);

gboolean oh_channel_in_stream (OhChannel *channel);

const OhChannelHeard *oh_channel_get_heard (OhChannel *channel);

/* Asks the modem for a sign of life if nothing was heard since this was called last and nothing is
 * under way. */
void oh_channel_probe (OhChannel *channel);

/* A driver could make nothing of @line: counted, logged at debug level. */
void oh_channel_unknown (OhChannel *channel, const char *line);
