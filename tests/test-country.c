// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/country.h"

/* What the rows say, and how long a ring is waited for. */

static void
test_find (void)
{
  g_assert_null (oh_country_find ("gb"));
  g_assert_null (oh_country_find ("XX"));
  g_assert_null (oh_country_find ("USA"));
  g_assert_cmpint (oh_country_find ("")->t35, ==, -1);
}

static const struct
{
  const char *code;
  const char *commands; /* with blanks between */
} told[] = {
  { "", "" },
  { "GB", "AT+GCI=B4 AT+VCDT=2" },
  { "US", "AT+GCI=B5 AT+VCDT=1" },
  { "JP", "AT+GCI=00 AT+VCDT=3" },
  { "AU", "AT+GCI=09 AT+VCDT=1" },
  { "FR", "AT+GCI=3D AT+VCDT=1" },
  { "NL", "AT+GCI=7B AT+VCDT=6" },
  { "RU", "AT+GCI=B8" },
};

static void
test_commands (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (told); i++)
    {
      g_auto (GStrv) texts = oh_country_commands (oh_country_find (told[i].code));
      g_autofree char *joined = g_strjoinv (" ", texts);

      g_assert_cmpstr (joined, ==, told[i].commands);
    }
}

/* The time-out is 8 s but in the last rows. */
static const struct
{
  const char *code;
  guint rings, measured_ms, timeout_ms, limit_ms;
} limits[] = {
  { "", 1, 0, 8000, 8000 },
  { "", 2, 6000, 8000, 9000 },
  { "", 2, 600, 8000, 4000 }, /* a double ring, each half told */
  { "US", 1, 0, 8000, 9000 }, /* 8 s is less than 1.5 times 6 */
  { "US", 2, 6000, 8000, 9000 },
  { "US", 2, 1200, 8000, 9000 }, /* two short rings: the next comes after 4 s and more */
  { "SE", 1, 0, 8000, 9000 },
  { "GB", 1, 0, 8000, 8000 }, /* the first may be a ring of its own, or the half of one */
  { "GB", 2, 600, 8000, 4500 },
  { "GB", 3, 3000, 8000, 4500 },
  { "GB", 3, 5000, 8000, 7500 }, /* what is measured counts more */
  { "JP", 2, 3000, 8000, 4500 },
  { "DE", 1, 0, 8000, 8000 },
  { "DE", 2, 5000, 8000, 7500 },
  { "HK", 2, 3000, 8000, 4500 }, /* not known: as without a country */
  { "HK", 2, 1000, 8000, 4000 },
  { "", 1, 0, 20000, 20000 },
  { "", 2, 3000, 20000, 10000 },
  { "", 1, 0, 100, 100 },
};

static void
test_limits (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (limits); i++)
    {
      const OhCountry *country = oh_country_find (limits[i].code);

      g_test_message ("row %u: %s", i, limits[i].code);
      g_assert_cmpuint (oh_country_ring_limit (country, limits[i].rings, limits[i].measured_ms,
                                               limits[i].timeout_ms),
                        ==, limits[i].limit_ms);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/country/find", test_find);
  g_test_add_func ("/country/commands", test_commands);
  g_test_add_func ("/country/limits", test_limits);
  return g_test_run ();
}
