// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "client/offhookctl.h"

typedef enum
{
  OH_STYLE_PLAIN,
  OH_STYLE_BOLD,
  OH_STYLE_DIM,
  OH_STYLE_GOOD,
  OH_STYLE_WARNING,
  OH_STYLE_BAD,
} OhStyle;

/* @text with what would steer a terminal made visible; names and models come from outside. */
char *oh_output_clean (const char *text);
char *oh_output_styled (const OhCtl *ctl, OhStyle style, const char *text);
/* The style that a state or health word is shown in. */
OhStyle oh_output_word_style (const char *word);

/* A property or detail as text for people; empty where it says nothing. */
char *oh_output_value (const char *key, GVariant *value);

/* Sinks @value. Pretty and followed by a line end, or all on one line. */
void oh_output_json (GVariant *value, gboolean pretty);

typedef struct _OhTable OhTable;

OhTable *oh_table_new (const char *const *titles);
void oh_table_add (OhTable *table, const char *const *cells);
void oh_table_print (const OhCtl *ctl, OhTable *table);
void oh_table_free (OhTable *table);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (OhTable, oh_table_free)
