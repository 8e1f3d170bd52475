// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "daemon/config.h"

/* All that the configuration files say. */
typedef struct
{
  GPtrArray *lines;   /* of OhLineConfig */
  gboolean announced; /* modems that udev rules announce are taken as well */
  guint probe_s;      /* a modem that says nothing is asked whether it lives, so often */
  guint n_mistakes;
} OhConfig;

/* @file, then the files *.conf of the folder @file.d in the order of their names; a file that is
 * not there is empty. One bad line, key or group does not stop the others: @mistake is called for
 * each with a text that names file, group and key, and the group is left out. */
typedef void (*OhMistakeFunc) (const char *text, gpointer user_data);
OhConfig *oh_config_load (const char *file, OhMistakeFunc mistake, gpointer user_data);
OhConfig *oh_config_new (void); /* as without any file */
void oh_config_free (OhConfig *config);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (OhConfig, oh_config_free)
