// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/country.h"

#define ALLOWED(ms) ((ms)*3 / 2) /* for a ring that comes late */

#define FSK OH_COUNTRY_ID_FSK
#define UK OH_COUNTRY_ID_UK
#define JAPAN OH_COUNTRY_ID_JAPAN
#define DIGITS OH_COUNTRY_ID_DIGITS

/* The codes: as makers of modems list them for +GCI (Rockwell RC56LD, Conexant 100722A). The times:
 * Asterisk's indications.conf, which has most of them from ITU-T's list of tones; a time that is
 * too long does no harm. Digits: "VoIP Voice and Fax Signal Processing" 8.3; Belgium and Taiwan,
 * which it names too, have both. */
static const OhCountry countries[] = {
  { "", -1, 0, OH_COUNTRY_ID_ANY },
  { "AT", 0x0A, 6000, FSK },
  { "AU", 0x09, 3000, FSK },
  { "BE", 0x0F, 4000, OH_COUNTRY_ID_ANY },
  { "BG", 0x1B, 5000, FSK },
  { "BR", 0x16, 5000, DIGITS },
  { "CA", 0x20, 6000, FSK },
  { "CH", 0xA6, 5000, FSK },
  { "CN", 0x26, 5000, FSK },
  { "CZ", 0x2E, 5000, FSK },
  { "DE", 0x42, 5000, FSK },
  { "DK", 0x31, 5000, DIGITS },
  { "ES", 0xA0, 4500, FSK },
  { "FI", 0x3C, 5000, DIGITS },
  { "FR", 0x3D, 5000, FSK },
  { "GB", 0xB4, 3000, UK },
  { "GR", 0x46, 5000, FSK },
  { "HK", 0x50, 0, FSK },
  { "HU", 0x51, 5000, FSK },
  { "IE", 0x57, 0, FSK },
  { "IL", 0x58, 4000, FSK },
  { "IN", 0x53, 3000, DIGITS },
  { "IT", 0x59, 5000, FSK },
  { "JP", 0x00, 3000, JAPAN },
  { "KR", 0x61, 0, FSK },
  { "LU", 0x69, 0, FSK },
  { "MX", 0x73, 6000, FSK },
  { "MY", 0x6C, 6000, FSK },
  { "NL", 0x7B, 5000, DIGITS },
  { "NO", 0x82, 5000, FSK },
  { "NZ", 0x7E, 3000, FSK },
  { "PH", 0x89, 5000, FSK },
  { "PL", 0x8A, 5000, FSK },
  { "PT", 0x8B, 6000, FSK },
  { "RU", 0xB8, 5000, OH_COUNTRY_ID_ANY },
  { "SE", 0xA5, 6000, DIGITS },
  { "SG", 0x9C, 3000, FSK },
  { "TW", 0xFE, 5000, OH_COUNTRY_ID_ANY },
  { "US", 0xB5, 6000, FSK },
  { "ZA", 0x9F, 3000, FSK },
};

/* Silicon Laboratories AN93, table of the extended commands; other makes refuse it, and
 * find out by themselves or by +GCI. */
static const char *const id_commands[] = {
  [OH_COUNTRY_ID_ANY] = NULL,           [OH_COUNTRY_ID_FSK] = "AT+VCDT=1",
  [OH_COUNTRY_ID_UK] = "AT+VCDT=2",     [OH_COUNTRY_ID_JAPAN] = "AT+VCDT=3",
  [OH_COUNTRY_ID_DIGITS] = "AT+VCDT=6",
};

const OhCountry *
oh_country_find (const char *code)
{
  for (guint i = 0; i < G_N_ELEMENTS (countries); i++)
    {
      if (g_str_equal (code, countries[i].code))
        return &countries[i];
    }
  return NULL;
}

char **
oh_country_commands (const OhCountry *country)
{
  char **texts = g_new0 (char *, 3);
  guint n = 0;

  if (country->t35 >= 0)
    texts[n++] = g_strdup_printf ("AT+GCI=%02X", (guint)country->t35);
  if (id_commands[country->caller_id] != NULL)
    texts[n++] = g_strdup (id_commands[country->caller_id]);
  return texts;
}

/* The two halves of a double ring, or of a distinctive one, must not be taken for the cadence:
 * never less than the country's, or half of what the first ring has. */
guint
oh_country_ring_limit (const OhCountry *country, guint rings, guint measured_ms, guint timeout_ms)
{
  guint least = country->ring_ms > 0 ? ALLOWED (country->ring_ms) : timeout_ms / 2;

  if (rings < 2)
    return MAX (timeout_ms, least);
  return MAX (ALLOWED (measured_ms), least);
}
