// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "client/offhookctl.h"

/* Ctrl-C and SIGTERM from now on cancel this, while the main context is iterated. */
typedef struct
{
  GCancellable *cancellable;
  guint sources[2];
} OhInterrupt;

void oh_interrupt_watch (OhInterrupt *interrupt);
void oh_interrupt_forget (OhInterrupt *interrupt);

gboolean oh_ask_is_terminal (void);

/* One line of standard input without its end; NULL and no error where there is none. @prompt is
   for a terminal; a @secret is not shown there. */
char *oh_ask_line (OhInterrupt *interrupt, const char *prompt, gboolean secret, GError **error);

/* Frees what nobody shall find in memory. */
void oh_ask_wipe (char *secret);
