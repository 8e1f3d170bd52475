// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <glib.h>

/* Where a modem's character set is UCS2 (27.007 5.5), texts are hex digits, four a character. Pure.
 */

/* To UTF-8 in @out; FALSE, and @out "", when @hex is no such text, or has control characters. Cut
 * to @size, never inside a character. */
gboolean oh_ucs2_decode (const char *hex, char *out, gsize size);

typedef enum
{
  OH_UCS2_NUMBER,
  OH_UCS2_NAME,
} OhUcs2Kind;

/* Replaces @text by what it stands for if it must be UCS2. A number must when it has three
 * characters at least and each is one of a telephone number: no real number is made of groups of
 * four that all begin with 002 or 003. A name, when each is a letter, a blank or the like: names
 * are not written in hexadecimal. */
void oh_ucs2_undo (char *text, OhUcs2Kind kind);
