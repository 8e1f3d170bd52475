// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/drivers/v253-quirks.h"

#include "daemon/at/fields.h"

#define COMMANDS(...) ((const char *const[]){ __VA_ARGS__, NULL })

/* The first that fits. -STE: other telephones on the line are told of; -SDR, S41: which of its
 * numbers rings. */
static const OhLandlineQuirks rows[] = {
  { "CONEXANT", "AT+VCID=1", COMMANDS ("AT-STE=3", "AT-SDR=7"), .lifts_with_both = TRUE },
  { "ROBOTICS", "AT+VCID=1", COMMANDS ("ATS41=1"), .lies_about_dial_tone = TRUE },
  { "3COM", "AT+VCID=1", COMMANDS ("ATS41=1"), .lies_about_dial_tone = TRUE },
  { "ROCKWELL", "AT#CID=1", COMMANDS ("AT-SDR=7") },
  { "", "AT+VCID=1", COMMANDS (NULL) },
};

guint
oh_landline_find_quirks (const char *maker, const char *model)
{
  guint row = 0;

  while (!oh_text_contains (maker, rows[row].maker) && !oh_text_contains (model, rows[row].maker)
         && *rows[row].maker != '\0')
    row++;
  return row;
}

const OhLandlineQuirks *
oh_landline_get_quirks (guint row)
{
  return &rows[MIN (row, G_N_ELEMENTS (rows) - 1)];
}
