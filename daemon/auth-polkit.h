// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "daemon/peer.h"

/* Asks polkit. No more than so many questions are under way at a time, in all and for one user:
 * each is an unanswered call on the bus, which allows us only 128, the events to our clients
 * included. */
typedef struct _OhPolkit OhPolkit;

/* @changed: every decision may be another one now. */
OhPolkit *oh_polkit_new (const OhLimits *limits, void (*changed) (gpointer user_data),
                         gpointer user_data);

/* None of its functions is called any more. */
void oh_polkit_free (OhPolkit *polkit);

/* OH_VERDICT_UNKNOWN: polkit could not be asked. */
typedef void (*OhPolkitFunc) (OhVerdict verdict, gpointer user_data);

/* @func is called once, later, as late as it takes. @interactive: the user may be asked for a
 * password, until the peer vanishes. */
void oh_polkit_ask (OhPolkit *polkit, OhPeer *peer, OhAuthAction action, gboolean interactive,
                    OhPolkitFunc func, gpointer user_data);
