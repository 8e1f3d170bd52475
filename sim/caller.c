// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sim/caller.h"

#include <string.h>

#include "sim/words.h"

#define MOST_PATTERNS 3
#define MOST_COPIES 10

static gboolean
parse_presentation (OhSimCaller *caller, char **words, GError **error)
{
  gboolean withheld = oh_sim_words_has (words, "withheld");
  gboolean unavailable = oh_sim_words_has (words, "unavailable");
  gboolean none = oh_sim_words_has (words, "none");
  gboolean number = oh_sim_words_value (words, "number") != NULL;

  if (withheld + unavailable + none + number > 1)
    {
      g_set_error (error, OH_SIM_ERROR, OH_SIM_ERROR_SYNTAX,
                   "number=, withheld, unavailable and none exclude each other");
      return FALSE;
    }
  if (withheld)
    caller->presentation = OH_SIM_CALLER_WITHHELD;
  else if (none)
    caller->presentation = OH_SIM_CALLER_NONE;
  else if (number)
    caller->presentation = OH_SIM_CALLER_SHOWN;
  else
    caller->presentation = OH_SIM_CALLER_UNAVAILABLE;
  return TRUE;
}

static gboolean
parse_unknown (OhSimCaller *caller, char **words, GError **error)
{
  const char *value = oh_sim_words_value (words, "mesg");

  if (value == NULL)
    return TRUE;
  caller->unknown = g_strsplit (value, ",", -1);
  for (char **digits = caller->unknown; *digits != NULL; digits++)
    if (**digits == '\0' || strlen (*digits) % 2 != 0
        || strspn (*digits, "0123456789ABCDEFabcdef") != strlen (*digits))
      {
        g_set_error (error, OH_SIM_ERROR, OH_SIM_ERROR_SYNTAX, "'%s' is no pairs of hex digits",
                     *digits);
        return FALSE;
      }
  return TRUE;
}

static gboolean
parse_count (char **words, const char *key, guint most, guint *ret_count, GError **error)
{
  const char *value = oh_sim_words_value (words, key);

  return value == NULL || oh_sim_words_number (value, most, ret_count, error);
}

/* What the packet of a landline is like. */
static gboolean
parse_packet (OhSimCaller *caller, char **words, GError **error)
{
  const char *packet = oh_sim_words_value (words, "packet");
  const char *checksum = oh_sim_words_value (words, "checksum");

  caller->single = g_strcmp0 (packet, "sdmf") == 0;
  caller->bad_checksum = g_strcmp0 (checksum, "bad") == 0;
  caller->cut = oh_sim_words_has (words, "short");
  caller->masked = oh_sim_words_has (words, "masked");
  if ((packet == NULL || caller->single || g_str_equal (packet, "mdmf"))
      && (checksum == NULL || caller->bad_checksum || g_str_equal (checksum, "good")))
    return parse_unknown (caller, words, error)
           && parse_count (words, "copies", MOST_COPIES, &caller->copies, error);
  g_set_error (error, OH_SIM_ERROR, OH_SIM_ERROR_SYNTAX,
               "packet is sdmf or mdmf, checksum good or bad");
  return FALSE;
}

static void
take_texts (OhSimCaller *caller, char **words)
{
  const char *number = oh_sim_words_value (words, "number");

  caller->number = g_strdup (number != NULL ? number : "");
  caller->name = g_strdup (oh_sim_words_value (words, "name"));
  caller->called = g_strdup (oh_sim_words_value (words, "called"));
  caller->date = g_strdup (oh_sim_words_value (words, "date"));
  caller->time = g_strdup (oh_sim_words_value (words, "time"));
  caller->raw = g_strdup (oh_sim_words_value (words, "raw"));
  caller->silent = oh_sim_words_has (words, "silent");
  caller->forwarded = oh_sim_words_has (words, "forwarded");
  caller->before_first_ring = oh_sim_words_has (words, "before-first-ring");
}

gboolean
oh_sim_caller_parse (OhSimCaller *caller, char **words, GError **error)
{
  static const char *const keys[]
      = { "number", "name",   "rings",    "called", "date",    "time", "mesg",
          "raw",    "packet", "checksum", "copies", "pattern", NULL };
  static const char *const plain[]
      = { "withheld", "unavailable", "none", "before-first-ring", "forwarded", "silent",
          "masked",   "short",       NULL };
  g_auto (OhSimCaller) parsed = { 0 };

  if (!oh_sim_words_check (words, keys, plain, error) || !parse_presentation (&parsed, words, error)
      || !parse_packet (&parsed, words, error)
      || !parse_count (words, "rings", 1000, &parsed.rings, error)
      || !parse_count (words, "pattern", MOST_PATTERNS, &parsed.pattern, error))
    return FALSE;
  take_texts (&parsed, words);
  oh_sim_caller_copy (caller, &parsed);
  return TRUE;
}

void
oh_sim_caller_copy (OhSimCaller *to, const OhSimCaller *from)
{
  oh_sim_caller_clear (to);
  *to = *from;
  to->number = g_strdup (from->number);
  to->name = g_strdup (from->name);
  to->called = g_strdup (from->called);
  to->date = g_strdup (from->date);
  to->time = g_strdup (from->time);
  to->unknown = g_strdupv (from->unknown);
  to->raw = g_strdup (from->raw);
}

void
oh_sim_caller_clear (OhSimCaller *caller)
{
  g_clear_pointer (&caller->number, g_free);
  g_clear_pointer (&caller->name, g_free);
  g_clear_pointer (&caller->called, g_free);
  g_clear_pointer (&caller->date, g_free);
  g_clear_pointer (&caller->time, g_free);
  g_clear_pointer (&caller->unknown, g_strfreev);
  g_clear_pointer (&caller->raw, g_free);
  memset (caller, 0, sizeof *caller);
}
