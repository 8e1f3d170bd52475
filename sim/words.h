// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <glib.h>

/* The words of a command: plain words, and KEY=VALUE. */

#define OH_SIM_ERROR (oh_sim_error_quark ())
GQuark oh_sim_error_quark (void);

typedef enum
{
  OH_SIM_ERROR_SYNTAX,
  OH_SIM_ERROR_STATE,
  OH_SIM_ERROR_SYSTEM,
} OhSimError;

gboolean oh_sim_words_check (char **words, const char *const *keys, const char *const *plain,
                             GError **error);
const char *oh_sim_words_value (char **words, const char *key);
gboolean oh_sim_words_has (char **words, const char *plain);
gboolean oh_sim_words_seconds (const char *text, double *ret_seconds, GError **error);
gboolean oh_sim_words_number (const char *text, guint max, guint *ret_number, GError **error);
GBytes *oh_sim_words_unescape (char **words);
