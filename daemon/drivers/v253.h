// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "daemon/at/caller-id.h"
#include "daemon/country.h"
#include "daemon/modem.h"

/* The landline driver's memory, and what its files share: v253-ring.c (how a call comes),
 * v253-hook.c (taking it, letting go of it), v253-dial.c (making one, and what is heard of it),
 * v253-waiting.c (a second one, and the hook flash), v253-digits.c, v253-loop.c (tones, other
 * stations, gains), v253-settings.c (what a modem is told at first), v253-quirks.c (what modems
 * differ in). */

typedef struct
{
  guint call; /* 0: none */
  OhCallState state;
  gboolean answering, dropping, ringback, unconfirmed, receiving;
  guint may_refuse; /* so often to listen, as it has listened before; 0: it never has */
  gboolean incoming;
  gboolean screening; /* it is answered to be hung up */
  gboolean looking;   /* whether it can still listen to the line, after sleep */
  gboolean untold;    /* it does not know all that it must, or not any more */
  OhRequest *drop;
  guint digits_waiting;

  guint rings, ring_timer;
  gint64 last_ring, longest_silence;
  guint bursts;     /* of the cadence since the last ring */
  char pattern[16]; /* of the ring, as the modem has it; "": it does not tell */
  OhCallerId id;
  gboolean id_complete, id_is_early;
  gint64 id_since;

  gboolean in_tone, tone_told; /* between <DLE>/ and <DLE>~ */
  guint8 tone;                 /* the code that was told last, or heard again since */
  gint64 tone_at;
  guint progress_timer; /* until nothing more is heard of the far end's telephone */
  gint64 dialled_at;    /* when dialling was over */

  guint waiting; /* the second call; 0: none */
  OhCallState waiting_state;
  guint waiting_timer;
  OhCallerId waiting_id;
  OhRequest *flash; /* who waits for the hook flash */
  guint wanted;     /* the call that the flash was to bring; 0: no flash since */

  guint quirks;                             /* row of the table */
  guint caller_id_refused, caller_id_timer; /* how often it was, until it is told again */
  OhLoop loop;
  gboolean loop_told;
} OhLandline;

void oh_landline_emit_state (OhModem *modem, OhCallState state, OhReason reason,
                             OhEndedBy ended_by);
void oh_landline_forget_call (OhLandline *self);
void oh_landline_end_call (OhModem *modem, OhReason reason, OhEndedBy ended_by);
void oh_landline_tell_loop (OhModem *modem);

/* v253-settings.c */
extern const char *const oh_landline_features[]; /* "caller-id" last, NULL at the end */
void oh_landline_emit_features (OhModem *modem);
void oh_landline_emit_in_service (OhModem *modem);
void oh_landline_tell_settings (OhModem *modem);
void oh_landline_tell_rest (OhModem *modem); /* what a call, now over, has put off */
void oh_landline_resume_settings (OhModem *modem);
void oh_landline_stop_settings (OhModem *modem);

/* v253-loop.c */
void oh_landline_take_station (OhModem *modem, guint8 code);
void oh_landline_tell_tone (OhModem *modem, guint8 code);
void oh_landline_enter_voice (OhModem *modem);
void oh_landline_set_gain (OhModem *modem, guint receive, guint transmit, OhRequest *request);
void oh_landline_set_route (OhModem *modem, guint route, OhRequest *request);

/* v253-ring.c */
/* The configuration's, or the modem's own; never NULL. */
const OhCountry *oh_landline_get_country (OhModem *modem);
guint oh_landline_get_ring_timeout (OhModem *modem); /* after the first ring, in ms */
void oh_landline_restart_ring_timer (OhModem *modem);
void oh_landline_take_ring (OhModem *modem, const char *pattern);
/* Another station has taken the call that rings. */
void oh_landline_take_answered_elsewhere (OhModem *modem);
/* FALSE when @line is no caller ID. */
gboolean oh_landline_take_caller_id (OhModem *modem, const char *line);
gboolean oh_landline_take_cadence (OhModem *modem, const char *line);
void oh_landline_fill_party (const OhCallerId *id, gboolean complete, OhParty *party,
                             char *network_time);

#define OH_NETWORK_TIME_MAX 20

/* v253-hook.c */
void oh_landline_receive_voice (OhModem *modem);
void oh_landline_take_connected (OhModem *modem, gboolean unconfirmed);
void oh_landline_go_on_hook (OhModem *modem);
void oh_landline_take_far_end_gone (OhModem *modem, guint8 code);
void oh_landline_answer (OhModem *modem, guint call, OhRequest *request);
void oh_landline_drop (OhModem *modem, guint call, OhRequest *request);
void oh_landline_on_off_hook (const OhReply *reply, gpointer job);
void oh_landline_on_voice_hook (const OhReply *reply, gpointer job);
void oh_landline_on_on_hook (const OhReply *reply, gpointer job);

/* v253-dial.c */
void oh_landline_dial (OhModem *modem, guint call, const char *number, const OhDialOptions *options,
                       OhRequest *request);
void oh_landline_on_dialled (const OhReply *reply, gpointer job);
void oh_landline_take_ringback (OhModem *modem);
void oh_landline_take_voice (OhModem *modem);
void oh_landline_take_special_tone (OhModem *modem);
void oh_landline_resume_progress (OhModem *modem);

/* v253-waiting.c */
void oh_landline_take_waiting (OhModem *modem);
void oh_landline_take_waiting_id (OhModem *modem);
void oh_landline_take_flash_sign (OhModem *modem);
guint oh_landline_get_spoken_to (const OhLandline *self); /* of the two; 0: none is known to be */
/* Its far end is. FALSE: it is not the one that is spoken to. */
gboolean oh_landline_take_second_gone (OhModem *modem);
void oh_landline_forget_waiting (OhModem *modem, OhReason reason, OhEndedBy ended_by);
void oh_landline_serve (OhModem *modem, OhService service, guint call, const char *number,
                        OhRequest *request);
void oh_landline_resume_waiting (OhModem *modem);
void oh_landline_flash (OhModem *modem, OhRequest *request);

/* v253-digits.c */
void oh_landline_take_digit (OhModem *modem, char digit);
void oh_landline_send_digit (OhModem *modem, guint call, char digit, guint duration_ms,
                             OhRequest *request);
void oh_landline_tone (OhModem *modem, guint call, const guint *hz, guint duration_ms,
                       OhRequest *request);
void oh_landline_on_digit_sent (const OhReply *reply, gpointer job);
