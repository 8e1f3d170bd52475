// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/country.h"

/* As makers of modems list them for +GCI. */
static const OhCountry countries[] = {
  { "", -1 },     { "AT", 0x0A }, { "AU", 0x09 }, { "BE", 0x0F }, { "BG", 0x1B }, { "BR", 0x16 },
  { "CA", 0x20 }, { "CH", 0xA6 }, { "CN", 0x26 }, { "CZ", 0x2E }, { "DE", 0x42 }, { "DK", 0x31 },
  { "ES", 0xA0 }, { "FI", 0x3C }, { "FR", 0x3D }, { "GB", 0xB4 }, { "GR", 0x46 }, { "HK", 0x50 },
  { "HU", 0x51 }, { "IE", 0x57 }, { "IL", 0x58 }, { "IN", 0x53 }, { "IT", 0x59 }, { "JP", 0x00 },
  { "KR", 0x61 }, { "LU", 0x69 }, { "MX", 0x73 }, { "MY", 0x6C }, { "NL", 0x7B }, { "NO", 0x82 },
  { "NZ", 0x7E }, { "PH", 0x89 }, { "PL", 0x8A }, { "PT", 0x8B }, { "RU", 0xB8 }, { "SE", 0xA5 },
  { "SG", 0x9C }, { "TW", 0xFE }, { "US", 0xB5 }, { "ZA", 0x9F },
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
