// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gio/gio.h>

/* Which programs have @device open, such as "pppd 1234, minicom 99"; NULL where none can be seen:
   those of other users only root sees. */
char *oh_holder_find (const char *device);
