// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <glib.h>

/* The countries that modems can be told to be in. What differs by country in how an exchange rings
 * and sends numbers is the modem's to know then; what it tells is read in whatever form it has. */
typedef struct
{
  char code[3]; /* ISO 3166 */
  int t35;      /* ITU-T T.35 annex A, as V.250 +GCI takes it; -1: as the modem has it */
} OhCountry;

/* NULL: @code is not known here. "" is the modem's own country. */
const OhCountry *oh_country_find (const char *code);
