// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "tests/fixture.h"

/* logind's side of the bus, as far as suspend goes, played by the test. */
typedef struct
{
  GDBusConnection *connection;
  guint object;
  GPtrArray *given; /* of Given: inhibitors that were granted */
  gboolean refuses; /* as polkit may have it */
  gboolean silent;  /* it keeps what it is asked, for logind_answer() */
  GQueue held;      /* of GDBusMethodInvocation */
  guint n_blocks;   /* that were asked for */
  char *asked;      /* the last: WHAT, WHO, WHY, MODE */
} Logind;

Logind *logind_start (Fixture *f);

/* It goes from the bus, and what it has been asked fails. */
void logind_stop (Logind *logind);

void logind_answer (Logind *logind); /* all that is held */

/* How many inhibitors of @mode, granted by it, are held at this moment. */
guint logind_count (Logind *logind, const char *mode);
void logind_until (Logind *logind, const char *mode, guint n);

/* All that it has said has left. */
void logind_settle (Logind *logind);

/* As the user's wish to suspend: FALSE, it is blocked. TRUE: PrepareForSleep was sent, and nothing
 * delays it any more. */
gboolean logind_suspend (Logind *logind);
void logind_prepare (Logind *logind, gboolean going); /* sends the signal, nothing else */
