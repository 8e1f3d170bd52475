// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <glib.h>

/* The GSM 7 bit default alphabet (3GPP 23.038 6.2.1), packed to octets (6.1.2.3), as hex. Pure. */

/* To UTF-8 in @out, cut to @size between characters; FALSE, and "", when @hex is no hex or when
 * an escape stands where none may. */
gboolean oh_gsm7_decode (const char *hex, char *out, gsize size);

/* Of characters whose code is that of ASCII: letters, digits, blank, !"#%&'()*+,-./:;<=>? */
gboolean oh_gsm7_is_plain (const char *text);

/* @text is plain; @out has room for its length times 2 + 3. */
void oh_gsm7_encode (const char *text, char *out);
