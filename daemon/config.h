// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "daemon/modem.h"

/* What becomes of a call whose owner is lost (H28), and of all when the daemon is stopped. */
typedef struct
{
  gboolean keep;         /* it goes on; else it is dropped */
  guint grace_ms;        /* after so long */
  gboolean keep_on_stop; /* they go on; else they are ended */
} OhOwnerSettings;

/* One line as the configuration file or AddLine describes it. */
typedef struct
{
  char *alias;            /* NULL: to be made of the device */
  char *device;           /* node or link */
  const OhDriver *driver; /* NULL: to be found */
  OhModemSettings settings;
  OhOwnerSettings owner;
} OhLineConfig;

OhLineConfig *oh_line_config_new (void);
void oh_line_config_free (OhLineConfig *config);

/* The options of AddLine: the keys of a [Line] group. */
gboolean oh_line_config_take_options (OhLineConfig *config, GVariant *options, GError **error);

/* The lines of @file. One bad group does not stop the others: @mistake is called with a text that
 * names file, group and key, and the group is left out. A file that is not there has no lines. */
typedef void (*OhMistakeFunc) (const char *text, gpointer user_data);
GPtrArray *oh_config_load (const char *file, OhMistakeFunc mistake, gpointer user_data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (OhLineConfig, oh_line_config_free)
