// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "client/offhookctl-listen.h"

/* One line of output each, written out at once. @id is the line's. */
void oh_event_print (const OhCtl *ctl, const char *id, const OhListenEvent *event);

/* What is true as a handle opens. */
void oh_event_print_open (const OhCtl *ctl, const char *id, const char *path, GVariant *snapshot);
void oh_event_print_release (const OhCtl *ctl, const char *id, const char *path,
                             const char *reason);
void oh_event_print_gone (const OhCtl *ctl);
