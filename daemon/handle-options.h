// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "daemon/handle.h"

/* What a client asks for with Open. */
struct _OhHandleOptions
{
  guint kinds;
  gboolean owner;      /* Privilege "owner": may be given unsolicited calls (H25) */
  gint32 priority;     /* among those */
  gboolean keep, drop; /* OwnerLost: calls stay, or not; neither: as the line has it (H28) */
  gboolean needs_control;
};

/* FALSE, and @error names the key, when @options (a{sv}) has one that Open does not know or a value
 * that it does not take. */
gboolean oh_handle_options_parse (OhHandleOptions *options, GVariant *given, GError **error);
