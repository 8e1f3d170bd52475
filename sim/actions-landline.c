// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sim/actions-landline.h"

#include "sim/landline.h"
#include "sim/words.h"

#define HIGHEST_VOLTAGE 200

/* NULL and an error when @modem is another kind. */
static OhSimLandline *
find_line (OhSimModem *modem, GError **error)
{
  if (modem->kind == &oh_sim_landline_kind)
    return modem->line;
  g_set_error (error, OH_SIM_ERROR, OH_SIM_ERROR_STATE, "%s is no landline modem", modem->name);
  return NULL;
}

/* One of two words. */
static gboolean
parse_either (const char *word, const char *yes, const char *no, gboolean *ret_yes, GError **error)
{
  *ret_yes = g_str_equal (word, yes);
  if (*ret_yes || g_str_equal (word, no))
    return TRUE;
  g_set_error (error, OH_SIM_ERROR, OH_SIM_ERROR_SYNTAX, "'%s' is neither %s nor %s", word, yes,
               no);
  return FALSE;
}

gboolean
oh_sim_actions_country (OhSimWorld *world, OhSimModem *modem, char **words, GError **error)
{
  OhSimLandline *line = find_line (modem, error);

  return line != NULL && oh_sim_landline_set_country (line, words, error);
}

gboolean
oh_sim_actions_tone (OhSimWorld *world, OhSimModem *modem, char **words, GError **error)
{
  static const char *const keys[] = { "for", NULL };
  static const char *const plain[] = { NULL };
  OhSimLandline *line = find_line (modem, error);
  const char *length = oh_sim_words_value (words, "for");
  double seconds = 0;

  if (line == NULL || !oh_sim_words_check (words + 1, keys, plain, error)
      || (length != NULL && !oh_sim_words_seconds (length, &seconds, error)))
    return FALSE;
  return oh_sim_landline_play (line, words[0], seconds, error);
}

static gboolean
play (OhSimModem *modem, const char *sound, GError **error)
{
  OhSimLandline *line = find_line (modem, error);

  return line != NULL && oh_sim_landline_play (line, sound, 0, error);
}

gboolean
oh_sim_actions_silence (OhSimWorld *world, OhSimModem *modem, char **words, GError **error)
{
  return play (modem, "silence", error);
}

gboolean
oh_sim_actions_voice (OhSimWorld *world, OhSimModem *modem, char **words, GError **error)
{
  return play (modem, "voice", error);
}

gboolean
oh_sim_actions_extension (OhSimWorld *world, OhSimModem *modem, char **words, GError **error)
{
  OhSimLandline *line = find_line (modem, error);
  gboolean up;

  return line != NULL && parse_either (words[0], "up", "down", &up, error)
         && oh_sim_landline_set_extension (line, up, error);
}

gboolean
oh_sim_actions_loop (OhSimWorld *world, OhSimModem *modem, char **words, GError **error)
{
  OhSimLandline *line = find_line (modem, error);
  gboolean closed;

  return line != NULL && parse_either (words[0], "on", "off", &closed, error)
         && oh_sim_landline_set_loop (line, closed, error);
}

static gboolean
tell_code (OhSimModem *modem, char code, GError **error)
{
  OhSimLandline *line = find_line (modem, error);

  if (line == NULL)
    return FALSE;
  oh_sim_landline_tell_code (line, code);
  return TRUE;
}

gboolean
oh_sim_actions_polarity (OhSimWorld *world, OhSimModem *modem, char **words, GError **error)
{
  return tell_code (modem, 'L', error);
}

gboolean
oh_sim_actions_underrun (OhSimWorld *world, OhSimModem *modem, char **words, GError **error)
{
  return tell_code (modem, 'u', error);
}

gboolean
oh_sim_actions_overrun (OhSimWorld *world, OhSimModem *modem, char **words, GError **error)
{
  return tell_code (modem, 'o', error);
}

gboolean
oh_sim_actions_voltage (OhSimWorld *world, OhSimModem *modem, char **words, GError **error)
{
  OhSimLandline *line = find_line (modem, error);

  return line != NULL
         && oh_sim_words_number (words[0], HIGHEST_VOLTAGE, &line->wire.voltage, error);
}

gboolean
oh_sim_actions_leave_voice (OhSimWorld *world, OhSimModem *modem, char **words, GError **error)
{
  OhSimLandline *line = find_line (modem, error);

  return line != NULL && oh_sim_landline_leave_voice (line, words, error);
}

/* By a packet, or with "stutter" by the dial tone alone, which no modem here tells apart. */
gboolean
oh_sim_actions_message (OhSimWorld *world, OhSimModem *modem, char **words, GError **error)
{
  static const char *const keys[] = { NULL };
  static const char *const plain[] = { "sdmf", "mdmf", "stutter", NULL };
  OhSimLandline *line = find_line (modem, error);
  gboolean waiting;

  if (line == NULL || !parse_either (words[0], "on", "off", &waiting, error)
      || !oh_sim_words_check (words + 1, keys, plain, error))
    return FALSE;
  line->wire.message = waiting;
  if (!oh_sim_words_has (words, "stutter"))
    oh_sim_landline_send_message (line, oh_sim_words_has (words, "sdmf"));
  return TRUE;
}
