// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "daemon/line.h"

/* Sends DTMF digits one after the other; one run a call (H12). */

#define OH_DIGIT_LEAST_MS 40
#define OH_DIGIT_MOST_MS 5000

/* DTMF digits and "," for pauses. */
gboolean oh_digits_are_valid (const char *digits);

/* @duration_ms 0: as the modem has it. @invocation is answered when the modem has taken the first
 * digit; a "generate" event tells
 * @peer's handles the end. Cancels the run before. */
void oh_digits_send (OhLine *line, OhCall *call, OhPeer *peer, const char *digits,
                     guint duration_ms, GDBusMethodInvocation *invocation);

#define OH_TONE_LEAST_HZ 200
#define OH_TONE_MOST_HZ 3200
#define OH_TONE_LEAST_MS 10
#define OH_TONE_MOST_MS 10000

/* Likewise a tone, of one frequency or two; of a modem that can. */
void oh_digits_tone (OhLine *line, OhCall *call, OhPeer *peer, const guint *hz, guint duration_ms,
                     GDBusMethodInvocation *invocation);

/* The call is over, or somebody else sends now. */
void oh_digits_cancel (OhDigits *digits);
