// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <glib.h>

/* Texts as 23.038 has them, in hexadecimal digits; NULL when it cannot be. */
char *oh_sim_text_pack (const char *text);
char *oh_sim_text_unpack (const char *digits);
char *oh_sim_text_to_ucs2 (const char *text);
char *oh_sim_text_from_ucs2 (const char *digits);
