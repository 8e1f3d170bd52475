// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "tests/fixture.h"

/* polkit's side of the bus, played by the test. The real one is in test-polkit.py. */
typedef struct
{
  GDBusConnection *connection;
  guint object;
  GHashTable *rules; /* char * "ACTION", "ACTION NAME" -> char * */
  gboolean silent;   /* it keeps what it is asked */
  GQueue held;       /* of GDBusMethodInvocation */
  guint n_asked, n_interactive, n_cancelled;
} Authority;

Authority *authority_start (Fixture *f);
void authority_stop (Authority *authority);

/* @action: its last word. @name: a unique name, NULL for everybody. @verdict: "yes", "no", or
 * "password": yes to who may be asked for one. Default: no. */
void authority_rule (Authority *authority, const char *action, const char *name,
                     const char *verdict);

void authority_change (Authority *authority);

/* FALSE answers what was kept, by the rules of then. */
void authority_silence (Authority *authority, gboolean on);
void authority_answer_one (Authority *authority); /* the oldest kept */

/* Until so many questions have come in all. */
void authority_until_asked (Authority *authority, guint n);
