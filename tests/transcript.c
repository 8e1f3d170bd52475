// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/transcript.h"

#include <string.h>

static const char *const verbs[] = {
  [VERB_ANSWER] = "answer", [VERB_ON] = "on",       [VERB_LIST] = "list",
  [VERB_SAY] = "say",       [VERB_BYTES] = "bytes", [VERB_LINE] = "line",
  [VERB_START] = "start",   [VERB_SENT] = "sent",   [VERB_UNSENT] = "unsent",
  [VERB_ASK] = "ask",       [VERB_BEGIN] = "begin", [VERB_REPLY] = "reply",
  [VERB_HEAR] = "hear",     [VERB_QUIET] = "quiet", [VERB_STRICT] = "strict",
};

/* Takes the first word off; what is left begins with no blank. */
static char *
take_word (const char **text)
{
  gsize n = strcspn (*text, " \t");
  char *word = g_strndup (*text, n);

  *text += n;
  *text += strspn (*text, " \t");
  return word;
}

static gboolean
has_words (const char *text)
{
  g_auto (GStrv) words = transcript_words (text);

  return words != NULL && words[0] != NULL;
}

static gboolean
is_complete (const Step *step)
{
  switch (step->verb)
    {
    case VERB_QUIET:
      return *step->text == '\0';
    case VERB_ANSWER:
      return *step->glob != '\0';
    case VERB_ON:
      return *step->glob != '\0' && g_regex_match_simple ("^(list|line|say)\\b", step->text, 0, 0);
    case VERB_START:
    case VERB_LIST:
    case VERB_REPLY:
      return TRUE;
    case VERB_SAY:
    case VERB_BYTES:
    case VERB_LINE:
    case VERB_SENT:
    case VERB_UNSENT:
    case VERB_STRICT:
      return *step->text != '\0';
    case VERB_ASK:
    case VERB_BEGIN:
    case VERB_HEAR:
      return has_words (step->text);
    }
  return FALSE;
}

Step *
step_parse (const char *text)
{
  Step *step = g_new0 (Step, 1);
  g_autofree char *verb = take_word (&text);
  guint i = 0;

  while (i < G_N_ELEMENTS (verbs) && !g_str_equal (verbs[i], verb))
    i++;
  step->verb = i;
  if (step->verb == VERB_ANSWER || step->verb == VERB_ON)
    step->glob = take_word (&text);
  step->text = g_strdup (text);
  if (i < G_N_ELEMENTS (verbs) && is_complete (step))
    return step;
  step_free (step);
  return NULL;
}

void
step_free (Step *step)
{
  g_free (step->text);
  g_free (step->glob);
  g_free (step);
}

GPtrArray *
transcript_read (const char *path, char **message)
{
  g_autoptr (GPtrArray) steps = g_ptr_array_new_with_free_func ((GDestroyNotify)step_free);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  if (!g_file_get_contents (path, &text, NULL, &error))
    {
      *message = g_strdup (error->message);
      return NULL;
    }
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      const char *line = g_strstrip (lines[i]);
      Step *step;

      if (*line == '\0' || *line == '#')
        continue;
      step = step_parse (line);
      if (step == NULL)
        {
          *message = g_strdup_printf ("%s:%u: this is no step: %s", path, i + 1, line);
          return NULL;
        }
      step->line = i + 1;
      g_ptr_array_add (steps, step);
    }
  return g_steal_pointer (&steps);
}

/* The byte that the escape at @at, behind the backslash, stands for; @at is moved past it. */
static char
take_escape (const char **at)
{
  static const char from[] = "rnt0", to[] = "\r\n\t\0";
  char letter = *(*at)++;
  const char *found = letter != '\0' ? strchr (from, letter) : NULL;
  int high, low;

  if (found != NULL)
    return to[found - from];
  if (letter != 'x' || (high = g_ascii_xdigit_value ((*at)[0])) < 0
      || (low = g_ascii_xdigit_value ((*at)[1])) < 0)
    return letter;
  *at += 2;
  return high * 16 + low;
}

GString *
transcript_unescape (const char *text)
{
  GString *bytes = g_string_new (NULL);

  while (*text != '\0')
    {
      char c = *text++;

      g_string_append_c (bytes, c == '\\' && *text != '\0' ? take_escape (&text) : c);
    }
  return bytes;
}

char **
transcript_words (const char *text)
{
  g_autoptr (GStrvBuilder) words = g_strv_builder_new ();
  g_autoptr (GString) word = g_string_new (NULL);
  gboolean is_quoted = FALSE;
  gboolean is_word = FALSE;

  for (; *text != '\0' || is_word; text += *text != '\0')
    {
      if (*text == '\0' && is_quoted)
        return NULL;
      if (*text == '\0' || (!is_quoted && *text == ' '))
        {
          if (is_word)
            g_strv_builder_add (words, word->str);
          g_string_truncate (word, 0);
          is_word = FALSE;
          continue;
        }
      is_word = TRUE;
      if (*text == '"')
        is_quoted = !is_quoted;
      else if (*text == '\\' && text[1] != '\0')
        {
          text++;
          g_string_append_c (word, take_escape (&text));
          text--;
        }
      else
        g_string_append_c (word, *text);
    }
  return g_strv_builder_end (words);
}
