// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/at/cause.h"
#include "daemon/at/supplementary.h"
#include "daemon/at/ucs2.h"
#include "daemon/drivers/cellular-family.h"
#include "daemon/drivers/cellular-list.h"
#include "daemon/drivers/cellular-report.h"

#include <string.h>

/* Any line, through all that makes something of a cellular modem's lines. */

int LLVMFuzzerTestOneInput (const guint8 *bytes, gsize size);

static void
check_number (const char *number)
{
  g_assert_cmpuint (strlen (number), <, OH_NUMBER_MAX);
  g_assert_cmpuint (strspn (number + (*number == '+'), "0123456789*#ABCD"), ==,
                    strlen (number) - (*number == '+'));
}

static void
check_name (const char *name)
{
  g_assert_cmpuint (strlen (name), <, OH_TEXT_MAX);
  g_assert_true (g_utf8_validate (name, -1, NULL));
  for (const char *p = name; *p != '\0'; p = g_utf8_next_char (p))
    g_assert_false (g_unichar_iscntrl (g_utf8_get_char (p)));
}

/* Either is told, or why it is not. */
static void
check_presentation (OhPresentation presentation, const char *text)
{
  g_assert_cmpuint (presentation, <=, OH_PRESENTATION_UNAVAILABLE);
  if (*text == '\0')
    g_assert_cmpuint (presentation, !=, OH_PRESENTATION_ALLOWED);
  else
    g_assert_true (presentation == OH_PRESENTATION_ALLOWED
                   || presentation == OH_PRESENTATION_WITHHELD);
}

static void
check_list (const char *line)
{
  OhListedCall listed;
  gboolean is_there;

  g_assert_cmpuint (oh_hold_services_parse (line), <, 1u << OH_N_SERVICES);
  is_there = oh_listed_call_parse (&listed, line);
  if (!oh_listed_row_parse (&listed, line))
    {
      g_assert_false (is_there);
      return;
    }
  g_assert_cmpint (is_there, ==, listed.state != OH_CALL_ENDED);
  g_assert_true (!listed.waiting || listed.state == OH_CALL_OFFERING);
  g_assert_cmpuint (listed.index - 1, <, 255);
  g_assert_cmpuint (listed.state, <, OH_N_CALL_STATES);
  check_presentation (listed.number_presentation, listed.number);
  check_number (listed.number);
  check_name (listed.name);
}

static void
check_report (const char *line)
{
  OhCallReport report, again;

  oh_cellular_is_noise (line);
  memset (&report, 0x55, sizeof report);
  if (!oh_call_report_parse (&report, line))
    return;
  g_assert_cmpuint (report.index, <=, 255);
  g_assert_cmpuint (report.state, <, OH_N_CALL_STATES);
  g_assert_true (!report.waiting || report.state == OH_CALL_OFFERING);
  g_assert_true (!report.incoming || report.has_direction);
  g_assert_cmpuint (report.cause, <, 128);
  g_assert_cmpuint (report.ended_by, <=, OH_ENDED_BY_UNKNOWN);
  g_assert_true (report.ended_by == OH_ENDED_BY_NOBODY || report.state == OH_CALL_ENDED);
  check_number (report.number);
  /* nothing of it is left from before */
  memset (&again, 0xaa, sizeof again);
  g_assert_true (oh_call_report_parse (&again, line));
  g_assert_cmpuint (again.index, ==, report.index);
  g_assert_cmpint (again.waiting, ==, report.waiting);
  g_assert_cmpint (again.has_direction, ==, report.has_direction);
  g_assert_cmpint (again.voice, ==, report.voice);
  g_assert_cmpuint (again.cause, ==, report.cause);
  g_assert_cmpstr (again.number, ==, report.number);
}

static void
check_cause (const char *line)
{
  guint cause = oh_cause_from_ceer (line);

  g_assert_cmpuint (cause, <, 128);
  g_assert_cmpuint (oh_cause_reason (cause), <=, OH_REASON_UNKNOWN);
  g_assert_cmpuint (oh_cause_ended_by (cause), <=, OH_ENDED_BY_UNKNOWN);
}

static void
check_callers (const char *line)
{
  char number[OH_NUMBER_MAX];
  OhCallerId id = { 0 };
  gboolean flag;
  guint code;

  if (oh_caller_id_from_clip (&id, line) || oh_caller_id_from_ccwa (&id, line, &flag))
    check_presentation (id.number_presentation, id.number);
  else if (oh_caller_id_from_cnap (&id, line))
    check_presentation (id.name_presentation, id.name);
  check_number (id.number);
  check_name (id.name);
  if (oh_called_number_parse (line, number) || oh_connected_number_parse (line, number))
    check_number (number);
  if (oh_supplementary_parse (line, &flag, &code))
    g_assert_cmpuint (code, <=, 20);
}

/* In place it is the same as elsewhere, or nothing has happened. */
static void
check_undo (const char *text, OhUcs2Kind kind)
{
  g_autofree char *copy = g_strdup (text);
  g_autofree char *plain = g_malloc (strlen (text) + 1);
  gboolean is = oh_ucs2_decode (text, plain, strlen (text) + 1);

  if (oh_ucs2_undo (copy, kind))
    {
      g_assert_true (is);
      g_assert_cmpstr (copy, ==, plain);
    }
  else
    g_assert_cmpstr (copy, ==, text);
}

static void
check_ucs2 (const char *text)
{
  char out[32];

  g_assert_cmpint (oh_ucs2_decode (text, out, sizeof out), ==, *out != '\0');
  g_assert_cmpuint (strlen (out), <, sizeof out);
  g_assert_true (g_utf8_validate (out, -1, NULL));
  check_undo (text, OH_UCS2_NUMBER);
  check_undo (text, OH_UCS2_NAME);
  check_undo (text, OH_UCS2_NAME_TOO);
}

int
LLVMFuzzerTestOneInput (const guint8 *bytes, gsize size)
{
  static const char *const prefixes[]
      = { "",        "+CLCC: ", "+CLIP: ", "+CCWA: ", "+CNAP: ",       "+COLP: ",
          "+CEER: ", "^CEND: ", "^DSCI: ", "+CHLD: ", "#ECAM: ",       "+QIND: \"ccinfo\",",
          "+ECPI: ", "+CSSU: ", "+CDIP: ", "*ECAV: ", "MISSED_CALL: ", "VOICE CALL: " };
  g_autofree char *text = g_strndup ((const char *)bytes, size);

  for (guint i = 0; i < G_N_ELEMENTS (prefixes); i++)
    {
      g_autofree char *line = g_strconcat (prefixes[i], text, NULL);

      check_list (line);
      check_report (line);
      check_callers (line);
      check_cause (line);
    }
  check_ucs2 (text);
  g_assert_nonnull (oh_cellular_get_family (oh_cellular_find_family (text, text)));
  return 0;
}
