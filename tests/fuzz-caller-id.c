// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/at/caller-id.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *bytes, gsize size);

static void
check_text (const char *text, gsize size, const char *allowed)
{
  g_assert_nonnull (memchr (text, '\0', size));
  g_assert_true (g_utf8_validate (text, -1, NULL));
  if (allowed != NULL)
    g_assert_cmpuint (strspn (text, allowed), ==, strlen (text));
}

static void
check_id (const OhCallerId *id)
{
  gboolean has_number = *id->number != '\0';
  gboolean has_name = *id->name != '\0';

  check_text (id->number, sizeof id->number, "+0123456789*#ABCD");
  check_text (id->name, sizeof id->name, NULL);
  check_text (id->date, sizeof id->date, "0123456789");
  check_text (id->time, sizeof id->time, "0123456789");
  g_assert_true (has_number || id->number_presentation != OH_PRESENTATION_ALLOWED);
  g_assert_true (!has_number || id->number_presentation == OH_PRESENTATION_ALLOWED
                 || id->number_presentation == OH_PRESENTATION_WITHHELD);
  g_assert_cmpint (has_name, ==, id->name_presentation == OH_PRESENTATION_ALLOWED);
  g_assert_cmpint (id->number_presentation, <=, OH_PRESENTATION_UNAVAILABLE);
  g_assert_cmpint (id->name_presentation, <=, OH_PRESENTATION_UNAVAILABLE);
}

static void
check_line (OhCallerId *id, const char *line)
{
  OhCallerId before = *id;
  OhCallerIdResult result = oh_caller_id_take_line (id, line);

  check_id (id);
  if (result == OH_CALLER_ID_NOT_MINE)
    g_assert_cmpmem (id, sizeof *id, &before, sizeof before);
  if (result == OH_CALLER_ID_NUMBER)
    g_assert_cmpint (id->number_presentation, !=, OH_PRESENTATION_UNKNOWN);
  else
    g_assert_cmpstr (id->number, ==, before.number);
  if (result == OH_CALLER_ID_NAME)
    g_assert_cmpint (id->name_presentation, !=, OH_PRESENTATION_UNKNOWN);
  else
    g_assert_cmpstr (id->name, ==, before.name);
  /* what is known stays known */
  if (*before.number != '\0')
    g_assert_cmpint (id->number_presentation, ==, OH_PRESENTATION_ALLOWED);
}

static void
check_cellular (const char *line)
{
  OhCallerId untouched, id;
  gboolean voice;

  memset (&untouched, 0x55, sizeof untouched);
  id = untouched;
  if (oh_caller_id_from_clip (&id, line))
    check_id (&id);
  else
    g_assert_cmpmem (&id, sizeof id, &untouched, sizeof untouched);
  id = untouched;
  if (oh_caller_id_from_ccwa (&id, line, &voice))
    check_id (&id);
  else
    g_assert_cmpmem (&id, sizeof id, &untouched, sizeof untouched);
}

int
LLVMFuzzerTestOneInput (const guint8 *bytes, gsize size)
{
  g_autofree char *text = g_strndup ((const char *)bytes, size);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  OhCallerId id = { "" };

  for (char **line = lines; *line != NULL; line++)
    {
      g_autofree char *clip = g_strconcat ("+CLIP: ", *line, NULL);
      g_autofree char *ccwa = g_strconcat ("+CCWA: ", *line, NULL);
      g_autofree char *number = g_strconcat ("NMBR=", *line, NULL);
      g_autofree char *name = g_strconcat ("NAME = ", *line, NULL);

      check_line (&id, *line);
      check_line (&id, number);
      check_line (&id, name);
      check_cellular (*line);
      check_cellular (clip);
      check_cellular (ccwa);
    }
  return 0;
}
