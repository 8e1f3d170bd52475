// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "daemon/manager.h"

/* ModemManager, as far as it is in our way: which ports it has, and that it is to leave those of
 * our lines alone until a udev rule says so (design §4). It is never started by us. */
typedef struct _OhMm OhMm;

OhMm *oh_mm_new (OhManager *manager);
void oh_mm_free (OhMm *mm);

/* @line is among the manager's now, or is no more. */
void oh_mm_take_line (OhMm *mm, OhLine *line);
void oh_mm_forget_line (OhMm *mm, OhLine *line);

/* The modem on @device is to be ours, and is no line yet. */
void oh_mm_want (OhMm *mm, const char *device);

/* "ModemManager", if it runs the modem on @device; else NULL. */
const char *oh_mm_find_holder (const char *device, gpointer mm);
