// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/drivers/cellular-report.h"

#include <string.h>

#define CAUSE_MOST 127

/* What a field is. */
typedef enum
{
  END, /* of the row: 0 */
  SKIP,
  INDEX,
  INDEX_FROM_0,
  STATE, /* a key of the row's states */
  DIRECTION,
  MODE, /* of 27.007 7.18: voice or not */
  TYPE, /* 0: voice */
  NUMBER,
  CAUSE,
} Field;

typedef struct
{
  int key;
  OhCallState state;
  gboolean waiting;
} State;

#define NO_MORE -2

/* As +CLCC, and what several add to it. */
static const State list_states[] = {
  { 0, OH_CALL_CONNECTED }, { 1, OH_CALL_HELD },
  { 2, OH_CALL_DIALING },   { 3, OH_CALL_RINGBACK },
  { 4, OH_CALL_OFFERING },  { 5, OH_CALL_OFFERING, TRUE },
  { 6, OH_CALL_ENDED },     { 7, OH_CALL_CONNECTED },
  { -1, OH_CALL_ENDED },    { NO_MORE },
};

static const State dsci_states[] = {
  { 1, OH_CALL_HELD },           { 2, OH_CALL_DIALING },
  { 3, OH_CALL_CONNECTED },      { 4, OH_CALL_OFFERING },
  { 5, OH_CALL_OFFERING, TRUE }, { 6, OH_CALL_ENDED },
  { 7, OH_CALL_RINGBACK },       { NO_MORE },
};

/* Ericsson's, and Telit's with 9 for a name. */
static const State ecam_states[] = {
  { 0, OH_CALL_ENDED },
  { 1, OH_CALL_DIALING },
  { 2, OH_CALL_DIALING },
  { 3, OH_CALL_CONNECTED },
  { 4, OH_CALL_HELD },
  { 5, OH_CALL_OFFERING, TRUE },
  { 6, OH_CALL_OFFERING },
  { 7, OH_CALL_ENDED },
  { 8, OH_CALL_CONNECTED },
  { 9, OH_CALL_UNKNOWN },
  { NO_MORE },
};

/* TI's and Ericsson's, and MediaTek's from 130 on. What 0, 2, 3, 4, 5, 9 mean depends on who calls.
 */
static const State cpi_states[] = {
  { 0, OH_CALL_UNKNOWN },     { 1, OH_CALL_ENDED },   { 2, OH_CALL_UNKNOWN },
  { 3, OH_CALL_UNKNOWN },     { 4, OH_CALL_UNKNOWN }, { 5, OH_CALL_UNKNOWN },
  { 6, OH_CALL_CONNECTED },   { 7, OH_CALL_ENDED },   { 8, OH_CALL_ENDED },
  { 9, OH_CALL_UNKNOWN },     { 10, OH_CALL_HELD },   { 130, OH_CALL_DIALING },
  { 132, OH_CALL_CONNECTED }, { 133, OH_CALL_ENDED }, { NO_MORE },
};

/* The far end rings, a call is there, it is not, sound. */
static const State wind_states[] = {
  { 2, OH_CALL_RINGBACK },
  { 5, OH_CALL_UNKNOWN },
  { 6, OH_CALL_ENDED },
  { 9, OH_CALL_UNKNOWN },
  { NO_MORE },
};

/* A line begins with the prefix, its fields are in this order; trailing ones may be missing. */
typedef struct
{
  const char *prefix;
  OhCallState state; /* where no field tells */
  Field fields[9];
  const State *states;
  guint least; /* fields that must be there, else it is another's line */
} Row;

static const Row rows[] = {
  /* Huawei */
  { "^ORIG:", OH_CALL_DIALING, { INDEX, TYPE }, NULL, 1 },
  { "^CONF:", OH_CALL_RINGBACK, { INDEX }, NULL, 1 },
  { "^CONN:", OH_CALL_CONNECTED, { INDEX, TYPE }, NULL, 1 },
  { "^CEND:", OH_CALL_ENDED, { INDEX, SKIP, SKIP, CAUSE }, NULL, 1 },
  /* Quectel: index, direction, state, mode, mpty, number behind the word */
  { "+QIND: \"ccinfo\"",
    OH_CALL_UNKNOWN,
    { SKIP, INDEX, DIRECTION, STATE, MODE, SKIP, NUMBER },
    list_states,
    4 },
  { "+QIND:\"ccinfo\"",
    OH_CALL_UNKNOWN,
    { SKIP, INDEX, DIRECTION, STATE, MODE, SKIP, NUMBER },
    list_states,
    4 },
  /* SIMCom */
  { "VOICE CALL: BEGIN", OH_CALL_CONNECTED, { END }, NULL, 0 },
  { "VOICE CALL:BEGIN", OH_CALL_CONNECTED, { END }, NULL, 0 },
  { "VOICE CALL: END", OH_CALL_ENDED, { END }, NULL, 0 },
  { "VOICE CALL:END", OH_CALL_ENDED, { END }, NULL, 0 },
  { "MISSED_CALL:", OH_CALL_UNKNOWN, { END }, NULL, 0 },
  { "+CLCC:", OH_CALL_UNKNOWN, { INDEX, DIRECTION, STATE, MODE, SKIP, NUMBER }, list_states, 4 },
  /* u-blox, Infineon */
  { "+UCALLSTAT:", OH_CALL_UNKNOWN, { INDEX, STATE }, list_states, 2 },
  { "+XCALLSTAT:", OH_CALL_UNKNOWN, { INDEX, STATE }, list_states, 2 },
  /* Cinterion: rows and an end of a list, which is asked for anyhow */
  { "^SLCC:", OH_CALL_UNKNOWN, { END }, NULL, 0 },
  /* Telit */
  { "#ECAM:", OH_CALL_UNKNOWN, { INDEX_FROM_0, STATE, SKIP, SKIP, SKIP, NUMBER }, ecam_states, 2 },
  /* Ericsson */
  { "*ECAV:", OH_CALL_UNKNOWN, { INDEX, STATE }, ecam_states, 2 },
  { "*CPII:",
    OH_CALL_UNKNOWN,
    { INDEX, STATE, SKIP, SKIP, DIRECTION, MODE, NUMBER },
    cpi_states,
    2 },
  /* TI Calypso */
  { "%CPI:",
    OH_CALL_UNKNOWN,
    { INDEX, STATE, SKIP, SKIP, DIRECTION, MODE, NUMBER },
    cpi_states,
    2 },
  /* MediaTek */
  { "+ECPI:",
    OH_CALL_UNKNOWN,
    { INDEX, STATE, SKIP, SKIP, DIRECTION, MODE, NUMBER },
    cpi_states,
    2 },
  { "+ESIPCPI:", OH_CALL_UNKNOWN, { INDEX }, NULL, 1 },
  /* Wavecom */
  { "+WIND:", OH_CALL_UNKNOWN, { STATE, INDEX }, wind_states, 1 },
  /* Motorola: of the whole line */
  { "+MCST:", OH_CALL_UNKNOWN, { END }, NULL, 0 },
};

/* ^DSCI of Quectel is id,dir,stat,type,number,numtype; that of TD-SCDMA modems is as +CLCC, with
 * the number in quotes in the sixth field. */
static const Row dsci
    = { "^DSCI:", OH_CALL_UNKNOWN, { INDEX, DIRECTION, STATE, TYPE, NUMBER }, dsci_states, 3 };
static const Row dsci_list = { "^DSCI:",
                               OH_CALL_UNKNOWN,
                               { INDEX, DIRECTION, STATE, MODE, SKIP, NUMBER, SKIP, SKIP, CAUSE },
                               list_states,
                               3 };

/* A number of the line, with a sign. */
static gboolean
next_integer (OhFields *fields, int *ret)
{
  char text[16];
  gint64 value;

  if (!oh_fields_next_text (fields, text, sizeof text)
      || !g_ascii_string_to_signed (text, 10, -1, 255, &value, NULL))
    return FALSE;
  *ret = (int)value;
  return TRUE;
}

static gboolean
take_state (OhCallReport *report, const State *states, int key)
{
  for (; states->key != NO_MORE; states++)
    {
      if (states->key != key)
        continue;
      report->state = states->state;
      report->waiting = states->waiting;
      return TRUE;
    }
  return FALSE;
}

static gboolean
take_number (OhCallReport *report, OhFields *fields)
{
  char text[OH_TEXT_MAX];

  if (!oh_fields_next_text (fields, text, sizeof text))
    return FALSE;
  oh_number_clean (text, report->number);
  return TRUE;
}

/* FALSE when it is not there. */
static gboolean
take_field (OhCallReport *report, const Row *row, Field field, OhFields *fields)
{
  int value = 0;

  if (field == NUMBER)
    return take_number (report, fields);
  if (field == SKIP)
    {
      oh_fields_skip (fields, 1);
      return fields->at != NULL;
    }
  if (!next_integer (fields, &value))
    return FALSE;
  if (field == INDEX && value > 0)
    report->index = (guint)value;
  else if (field == INDEX_FROM_0 && value >= 0)
    report->index = (guint)value + 1;
  else if (field == STATE)
    return take_state (report, row->states, value);
  else if (field == DIRECTION)
    {
      report->has_direction = value == 0 || value == 1;
      report->incoming = value == 1;
    }
  else if (field == MODE)
    report->voice = value == 0 || (value >= 3 && value <= 5);
  else if (field == TYPE)
    report->voice = value == 0;
  else if (field == CAUSE && value > 0 && value <= CAUSE_MOST)
    report->cause = (guint)value;
  return TRUE;
}

static gboolean
parse_row (OhCallReport *report, const Row *row, const char *line)
{
  OhFields fields;
  guint n = 0;

  memset (report, 0, sizeof *report);
  report->state = row->state;
  report->voice = TRUE;
  if (!oh_fields_begin (&fields, line, row->prefix))
    return FALSE;
  for (; n < G_N_ELEMENTS (row->fields) && row->fields[n] != END; n++)
    {
      if (!take_field (report, row, row->fields[n], &fields) && row->fields[n] != SKIP
          && n < row->least)
        return FALSE;
    }
  return TRUE;
}

/* Whether the sixth field is in quotes. */
static gboolean
is_dsci_list (const char *line)
{
  guint commas = 0;

  for (; *line != '\0'; line++)
    {
      if (*line == ',')
        commas++;
      else if (*line == '"')
        return commas == 5;
    }
  return FALSE;
}

gboolean
oh_call_report_parse (OhCallReport *report, const char *line)
{
  if (g_str_has_prefix (line, "^DSCI:"))
    return parse_row (report, is_dsci_list (line) ? &dsci_list : &dsci, line);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      if (g_str_has_prefix (line, rows[i].prefix))
        return parse_row (report, &rows[i], line);
    }
  return FALSE;
}

gboolean
oh_cellular_is_noise (const char *line)
{
  static const char *const prefixes[] = { "^RSSI",          "^HCSQ",
                                          "^MODE",          "^BOOT",
                                          "^SRVST",         "^SIMST",
                                          "^STIN",          "^DSFLOWRPT",
                                          "^NDISSTAT",      "^LWURC",
                                          "^EONS",          "^CCALLSTATE",
                                          "^CSCHANNELINFO", "^RSSILVL",
                                          "+CMTI:",         "+CMT:",
                                          "+CDSI:",         "+CBM:",
                                          "+QIND:",         "Call Ready",
                                          "SMS Ready",      "NORMAL POWER DOWN",
                                          "UNDER-VOLTAGE",  "RDY",
                                          "+CRING:",        "+PSUTTZ:",
                                          "*PSUTTZ:",       "+CTZV:",
                                          "+CTZE:",         "DST:",
                                          "+CGEV:",         "+SIM READY",
                                          "PB DONE",        "SMS DONE",
                                          "^SYSSTART",      "+UUSORD:",
                                          "+WIND:" };

  for (guint i = 0; i < G_N_ELEMENTS (prefixes); i++)
    {
      if (g_str_has_prefix (line, prefixes[i]))
        return TRUE;
    }
  return FALSE;
}
