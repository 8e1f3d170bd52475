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
}

static void
check_list (const char *line)
{
  OhListedCall listed;

  g_assert_cmpuint (oh_hold_services_parse (line), <, 1u << OH_N_SERVICES);
  if (!oh_listed_call_parse (&listed, line))
    return;
  g_assert_cmpuint (listed.index - 1, <, 255);
  g_assert_cmpuint (listed.state, <, OH_N_CALL_STATES);
  g_assert_cmpuint (listed.number_presentation, <=, OH_PRESENTATION_UNAVAILABLE);
  check_number (listed.number);
  check_name (listed.name);
}

static void
check_report (const char *line)
{
  OhCallReport report;

  oh_cellular_is_noise (line);
  if (!oh_call_report_parse (&report, line))
    return;
  g_assert_cmpuint (report.index, <=, 256);
  g_assert_cmpuint (report.state, <, OH_N_CALL_STATES);
  g_assert_cmpuint (report.cause, <, 128);
  check_number (report.number);
}

static void
check_callers (const char *line)
{
  char number[OH_NUMBER_MAX];
  OhCallerId id = { 0 };
  gboolean flag;
  guint code;

  if (oh_caller_id_from_clip (&id, line) || oh_caller_id_from_ccwa (&id, line, &flag)
      || oh_caller_id_from_cnap (&id, line))
    {
      check_number (id.number);
      check_name (id.name);
    }
  if (oh_called_number_parse (line, number) || oh_connected_number_parse (line, number))
    check_number (number);
  if (oh_supplementary_parse (line, &flag, &code))
    g_assert_cmpuint (code, <=, 20);
  g_assert_cmpuint (oh_cause_from_ceer (line), <, 128);
}

static void
check_ucs2 (const char *text)
{
  g_autofree char *copy = g_strdup (text);
  char out[32];

  oh_ucs2_decode (text, out, sizeof out);
  g_assert_cmpuint (strlen (out), <, sizeof out);
  g_assert_true (g_utf8_validate (out, -1, NULL));
  oh_ucs2_undo (copy, OH_UCS2_NAME);
  g_assert_cmpuint (strlen (copy), <=, strlen (text));
  g_strlcpy (copy, text, strlen (text) + 1);
  oh_ucs2_undo (copy, OH_UCS2_NUMBER);
  g_assert_cmpuint (strlen (copy), <=, strlen (text));
}

int
LLVMFuzzerTestOneInput (const guint8 *bytes, gsize size)
{
  static const char *const prefixes[]
      = { "",        "+CLCC: ", "+CLIP: ", "+CCWA: ", "+CNAP: ", "+COLP: ",
          "+CEER: ", "^CEND: ", "^DSCI: ", "+CHLD: ", "#ECAM: ", "+QIND: \"ccinfo\",",
          "+ECPI: ", "+CSSU: " };
  g_autofree char *text = g_strndup ((const char *)bytes, size);

  for (guint i = 0; i < G_N_ELEMENTS (prefixes); i++)
    {
      g_autofree char *line = g_strconcat (prefixes[i], text, NULL);

      check_list (line);
      check_report (line);
      check_callers (line);
    }
  check_ucs2 (text);
  g_assert_nonnull (oh_cellular_get_family (oh_cellular_find_family (text, text)));
  return 0;
}
