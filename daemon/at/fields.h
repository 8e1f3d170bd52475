// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <glib.h>

/* The comma fields of "+CLIP: "Doe, John",145,,"",0". Missing, empty, half-quoted and unquoted
 * fields are normal; so are missing trailing ones (V.250 5.4). Pure, no allocation. */
typedef struct
{
  const char *at; /* NULL behind the last field */
} OhFields;

#define OH_NUMBER_MAX 81 /* bytes that oh_number_clean() leaves at most, NUL included */
#define OH_TEXT_MAX 256  /* bytes that oh_text_clean() leaves at most, NUL included */

/* TRUE when @line is @prefix (such as "+CLIP:"), whatever stands behind it, a blank or none. There
 * are no fields when nothing stands behind it, nor when FALSE is returned. */
gboolean oh_fields_begin (OhFields *fields, const char *line, const char *prefix);

/* The next field with quotes and outer blanks undone, cut to @size; FALSE behind the last, and
 * *@ret_text "". A comma between quotes is text; a quote that nothing closes is dropped, and the
 * field ends at its first comma. */
gboolean oh_fields_next_text (OhFields *fields, char *ret_text, gsize size);

/* The next field as a number of 0..@max. FALSE, and *@ret_number untouched, when it is missing,
 * empty, no number or out of range. The field is passed over all the same. */
gboolean oh_fields_next_number (OhFields *fields, guint max, guint *ret_number);

void oh_fields_skip (OhFields *fields, guint n);

/* Makes @text from a modem fit for D-Bus, in @out (OH_TEXT_MAX bytes, not those of @text): valid
 * UTF-8 (bytes that are none are taken for Latin-1), control characters become blanks, outer blanks
 * go, never cut inside a character. */
void oh_text_clean (const char *text, char *out);

/* Makes a telephone number of what a modem sent, in @out (OH_NUMBER_MAX bytes): keeps digits, "*",
 * "#", a leading "+" and "A" to "D"; drops blanks, "-", "(", ")" and ".". FALSE, and "" in @out,
 * when nothing dialable is left, when another character occurs ("Restricted", "number pres
 * restricted"), and when it is too long: a part of a number is another's number. */
gboolean oh_number_clean (const char *text, char *out);

/* Likewise, with the type of the number that stands behind it (24.008 10.5.4.7): an international
 * one gets the "+" that some modems leave out. */
gboolean oh_number_clean_typed (const char *text, guint type, char *out);

/* "(0-3,5)", "(0,1),(7)", "+VLS: (0-7)": 1 << each number that is there, up to @most (31). */
guint oh_numbers_parse (const char *text, guint most);

/* Whether @word is in @text, in capitals or not. */
gboolean oh_text_contains (const char *text, const char *word);
