// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sim/country.h"

#include "sim/words.h"

/* The codes for the USA, the United Kingdom, France, Germany and TBR 21, and that caller ID comes
 * before the first ring in the United Kingdom, and in DTMF with the number alone, are from reports
 * of users. The rest is what the exchanges are known to do, not measured. */
static const OhSimCountry countries[] = {
  { .name = "us", .code = "B5", .cadence = { 20, 40 } },
  { .name = "uk",
    .code = "B4",
    .cadence = { 4, 2, 4, 20 },
    .when = OH_SIM_ID_BEFORE,
    .reversal = TRUE,
    .call_type = TRUE },
  { .name = "fr", .code = "3D", .cadence = { 15, 35 }, .call_type = TRUE },
  { .name = "de", .code = "42", .cadence = { 10, 40 }, .call_type = TRUE },
  { .name = "eu", .code = "F6", .cadence = { 10, 40 }, .call_type = TRUE },
  { .name = "nl",
    .code = "7B",
    .cadence = { 10, 40 },
    .when = OH_SIM_ID_BEFORE,
    .by_digits = TRUE,
    .reversal = TRUE },
  { .name = "se",
    .code = "A5",
    .cadence = { 10, 50 },
    .when = OH_SIM_ID_BEFORE,
    .by_digits = TRUE,
    .reversal = TRUE },
  { .name = "br", .code = "16", .cadence = { 10, 40 }, .by_digits = TRUE },
  { .name = "in",
    .code = "53",
    .cadence = { 4, 2, 4, 20 },
    .when = OH_SIM_ID_BEFORE,
    .by_digits = TRUE },
  { .name = "au", .code = "09", .cadence = { 4, 2, 4, 20 } },
  { .name = "jp", .code = "00", .cadence = { 10, 20 }, .when = OH_SIM_ID_BEFORE, .reversal = TRUE },
};

/* The second and third of Bellcore. */
static const OhSimCadence distinctive[] = { { 8, 4, 8, 40 }, { 4, 2, 4, 2, 8, 40 } };

void
oh_sim_country_init (OhSimCountry *country)
{
  *country = countries[0];
}

static gboolean
fail (const char *what, const char *word, GError **error)
{
  g_set_error (error, OH_SIM_ERROR, OH_SIM_ERROR_SYNTAX, "'%s' is no %s", word, what);
  return FALSE;
}

/* The place of @value in @names; 0 without a value. */
static gboolean
parse_choice (char **words, const char *key, const char *const *names, guint *ret_choice,
              GError **error)
{
  const char *value = oh_sim_words_value (words, key);

  for (guint i = 0; value != NULL && names[i] != NULL; i++)
    if (g_str_equal (names[i], value))
      {
        *ret_choice = i;
        return TRUE;
      }
  return value == NULL || fail (key, value, error);
}

static gboolean
find (OhSimCountry *country, const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (countries); i++)
    if (g_str_equal (countries[i].name, name))
      {
        *country = countries[i];
        return TRUE;
      }
  return FALSE;
}

/* The name, and how the line differs. */
gboolean
oh_sim_country_parse (OhSimCountry *country, char **words, GError **error)
{
  static const char *const keys[] = { "id", "kind", "date", NULL };
  static const char *const plain[] = { "strict", NULL };
  static const char *const times[] = { "after", "before", "second", "never", NULL };
  static const char *const kinds[] = { "fsk", "dtmf", NULL };
  static const char *const dates[] = { "mdy", "dmy", NULL };
  OhSimCountry parsed;
  guint when, kind, date;

  if (!find (&parsed, words[0]))
    return fail ("country", words[0], error);
  when = parsed.when;
  kind = parsed.by_digits;
  date = parsed.day_first;
  if (!oh_sim_words_check (words + 1, keys, plain, error)
      || !parse_choice (words, "id", times, &when, error)
      || !parse_choice (words, "kind", kinds, &kind, error)
      || !parse_choice (words, "date", dates, &date, error))
    return FALSE;
  parsed.when = (OhSimIdTime)when;
  parsed.by_digits = kind == 1;
  parsed.day_first = date == 1;
  parsed.strict = oh_sim_words_has (words, "strict");
  *country = parsed;
  return TRUE;
}

const guint8 *
oh_sim_country_get_cadence (const OhSimCountry *country, guint pattern)
{
  if (pattern >= 2 && pattern - 2 < G_N_ELEMENTS (distinctive))
    return distinctive[pattern - 2];
  return country->cadence;
}

double
oh_sim_country_get_period (const guint8 *cadence)
{
  guint tenths = 0;

  for (; *cadence != 0; cadence++)
    tenths += *cadence;
  return tenths / 10.0;
}
