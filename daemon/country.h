// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <glib.h>

/* What differs from country to country, as far as a modem must be told or a driver must know it.
 *
 * What a modem prints of the caller does not: DATE is MMDD (V.253 7.2.1.4; the packets of Bellcore,
 * ETSI and NTT alike, and no modem is known to print the day first), and the letters and words for
 * a number that is not told are read wherever they come from. That is daemon/at/caller-id.c. */

/* How exchanges send caller ID, where a modem has to know before it can hear it. */
typedef enum
{
  OH_COUNTRY_ID_ANY,    /* not known here, or the modem finds out */
  OH_COUNTRY_ID_FSK,    /* Bellcore or ETSI, behind the first ring or in front of it */
  OH_COUNTRY_ID_UK,     /* behind a line reversal, before the first ring; V.23 (BT SIN 227) */
  OH_COUNTRY_ID_JAPAN,  /* the modem must go off hook for it, before the first ring (NTT) */
  OH_COUNTRY_ID_DIGITS, /* DTMF, the number alone */
} OhCountryId;

typedef struct
{
  char code[3];  /* ISO 3166 */
  int t35;       /* ITU-T T.35 annex A, as V.250 +GCI takes it; -1: as the modem has it */
  guint ring_ms; /* from one ring to the next, a double one counted once; 0: not known */
  OhCountryId caller_id;
} OhCountry;

/* NULL: @code is not known here. "" is the modem's own country. */
const OhCountry *oh_country_find (const char *code);

/* What a modem is told about it, NULL at the end; free with g_strfreev(). */
char **oh_country_commands (const OhCountry *country);

/* How long after a ring no other is waited for, of a call that has had so many @rings.
 * @measured_ms: the longest time between two of them. @timeout_ms: after the first where neither is
 * known. */
guint oh_country_ring_limit (const OhCountry *country, guint rings, guint measured_ms,
                             guint timeout_ms);
