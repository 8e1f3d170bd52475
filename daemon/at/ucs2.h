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
  OH_UCS2_NAME_TOO, /* the number of the same line was UCS2 */
} OhUcs2Kind;

/* Replaces @text by what it stands for if it must be UCS2; FALSE, and @text as it was, if not.
 * A number must when it has three characters at least and each may be in a telephone number: no
 * number that is dialled is made of groups of four that all begin with 002 or 003 ("00300031" is
 * one; it has two).
 * A name must when the number beside it was. By itself it must when its characters are printable
 * and, but for Latin-1, of one script ("FACEBABE" would be Chinese and Korean): nobody is called so
 * in hexadecimal. If all its digits are decimal it could be a number in place of a name: then it
 * takes three characters of one block of 256 ("12345678" stays). */
gboolean oh_ucs2_undo (char *text, OhUcs2Kind kind);
