// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/drivers/cellular-report.h"

#include <string.h>

#include "daemon/at/ucs2.h"
#include "daemon/drivers/cellular-list.h"

#define CAUSE_MOST 127
#define CAUSE_BUSY 17
#define INDEX_MOST 255
#define PROCESS_CALL_CONTROL 8 /* of Ericsson */
#define NO_QUOTE G_MAXUINT

/* What a field is. */
typedef enum
{
  END, /* of the row: 0 */
  SKIP,
  WORD, /* begins with the row's */
  INDEX,
  STATE, /* a key of the row's states */
  DIRECTION,
  MODE,          /* as in the list of current calls; from 10 on, kinds of voice calls (MediaTek) */
  TYPE,          /* 0: voice; 9: to an emergency number; else data */
  ERICSSON_TYPE, /* 1 and 128: voice; 2: data; 4: fax */
  NUMBER,
  NUMBER_TYPE,
  PROCESS, /* whose cause it is */
  CAUSE,
  MISSED, /* time and number */
} Field;

typedef enum
{
  ANY,
  OUTGOING,
  INCOMING,
} Direction;

typedef struct
{
  int key;
  OhCallState state;
  gboolean waiting;
  Direction of; /* calls of this direction only */
  guint cause;
} State;

/* Keys that are none: of all the others, and of no more. */
#define OTHERS -2
#define NO_MORE -3

/* As +CLCC, and what several add to it. */
static const State list_states[] = {
  { 0, OH_CALL_CONNECTED }, { 1, OH_CALL_HELD },
  { 2, OH_CALL_DIALING },   { 3, OH_CALL_RINGBACK },
  { 4, OH_CALL_OFFERING },  { 5, OH_CALL_OFFERING, .waiting = TRUE },
  { 6, OH_CALL_ENDED },     { 7, OH_CALL_CONNECTED },
  { -1, OH_CALL_ENDED },    { NO_MORE },
};

static const State dsci_states[] = {
  { 1, OH_CALL_HELD },
  { 2, OH_CALL_DIALING },
  { 3, OH_CALL_CONNECTED },
  { 4, OH_CALL_OFFERING },
  { 5, OH_CALL_OFFERING, .waiting = TRUE },
  { 6, OH_CALL_ENDED },
  { 7, OH_CALL_RINGBACK },
  { NO_MORE },
};

/* Ericsson's, and Telit's with 9 for a name. */
static const State ecam_states[] = {
  { 0, OH_CALL_ENDED },
  { 1, OH_CALL_DIALING },
  { 2, OH_CALL_DIALING },
  { 3, OH_CALL_CONNECTED },
  { 4, OH_CALL_HELD },
  { 5, OH_CALL_OFFERING, .waiting = TRUE },
  { 6, OH_CALL_OFFERING },
  { 7, OH_CALL_ENDED, .cause = CAUSE_BUSY },
  { 8, OH_CALL_CONNECTED },
  { 9, OH_CALL_UNKNOWN },
  { NO_MORE },
};

/* TI's and Ericsson's, and MediaTek's from 130 on. A set-up that comes in is no call yet: the list
 * may not have it. */
static const State cpi_states[] = {
  { 0, OH_CALL_DIALING, .of = OUTGOING },
  { 1, OH_CALL_ENDED },
  { 2, OH_CALL_RINGBACK, .of = OUTGOING },
  { 2, OH_CALL_OFFERING, .of = INCOMING },
  { 3, OH_CALL_DIALING, .of = OUTGOING },
  { 6, OH_CALL_CONNECTED },
  { 7, OH_CALL_ENDED },
  { 8, OH_CALL_ENDED },
  { 10, OH_CALL_HELD },
  { 130, OH_CALL_DIALING },
  { 132, OH_CALL_CONNECTED },
  { 133, OH_CALL_ENDED },
  { OTHERS, OH_CALL_UNKNOWN },
  { NO_MORE },
};

/* The far end rings, a call is there, it is not, sound. */
static const State wind_states[] = {
  { 2, OH_CALL_RINGBACK },
  { 5, OH_CALL_UNKNOWN },
  { 6, OH_CALL_ENDED },
  { 9, OH_CALL_UNKNOWN },
  { NO_MORE },
};

/* Of the whole line. */
static const State mcst_states[] = {
  { 1, OH_CALL_ENDED }, { 2, OH_CALL_OFFERING }, { 3, OH_CALL_CONNECTED },
  { 5, OH_CALL_HELD },  { 64, OH_CALL_DIALING }, { OTHERS, OH_CALL_UNKNOWN },
  { NO_MORE },
};

/* A line begins with the prefix, its fields are in this order; trailing ones may be missing. */
typedef struct
{
  const char *prefix;
  OhCallState state; /* where no field tells */
  Field fields[11];
  const State *states;
  guint least;      /* fields that must be there, else it is another's line */
  const char *word; /* for the field WORD */
  guint commas;     /* before the first quote; 0: that does not matter */
} Row;

/* %CPI and its kin */
#define CPI_FIELDS                                                                                 \
  {                                                                                                \
    INDEX, STATE, SKIP, SKIP, DIRECTION, MODE, NUMBER, NUMBER_TYPE, SKIP, CAUSE                    \
  }

static const Row rows[] = {
  /* Huawei */
  { "^ORIG:", OH_CALL_DIALING, { INDEX, TYPE }, NULL, 1 },
  { "^CONF:", OH_CALL_RINGBACK, { INDEX }, NULL, 1 },
  { "^CONN:", OH_CALL_CONNECTED, { INDEX, TYPE }, NULL, 1 },
  { "^CEND:", OH_CALL_ENDED, { INDEX, SKIP, SKIP, CAUSE }, NULL, 1 },
  /* TD-SCDMA modems: as +CLCC, the number is the sixth and in quotes */
  { "^DSCI:",
    OH_CALL_UNKNOWN,
    { INDEX, DIRECTION, STATE, MODE, SKIP, NUMBER, NUMBER_TYPE, SKIP, CAUSE },
    list_states,
    3,
    .commas = 5 },
  /* Quectel */
  { "^DSCI:",
    OH_CALL_UNKNOWN,
    { INDEX, DIRECTION, STATE, TYPE, NUMBER, NUMBER_TYPE },
    dsci_states,
    3 },
  { "+QIND:",
    OH_CALL_UNKNOWN,
    { WORD, INDEX, DIRECTION, STATE, MODE, SKIP, NUMBER, NUMBER_TYPE },
    list_states,
    4,
    .word = "ccinfo" },
  /* SIMCom; its +CLCC is not here */
  { "VOICE CALL:", OH_CALL_CONNECTED, { WORD }, NULL, 1, .word = "BEGIN" },
  { "VOICE CALL:", OH_CALL_ENDED, { WORD }, NULL, 1, .word = "END" },
  { "MISSED_CALL:", OH_CALL_ENDED, { MISSED }, NULL, 0 },
  /* u-blox, Infineon */
  { "+UCALLSTAT:", OH_CALL_UNKNOWN, { INDEX, STATE }, list_states, 2 },
  { "+XCALLSTAT:", OH_CALL_UNKNOWN, { INDEX, STATE }, list_states, 2 },
  /* Cinterion: rows and an end of a list, which is asked for anyhow */
  { "^SLCC:", OH_CALL_UNKNOWN, { END }, NULL, 0 },
  /* Telit: what it counts from 0 need not be the list's index */
  { "#ECAM:",
    OH_CALL_UNKNOWN,
    { SKIP, STATE, ERICSSON_TYPE, SKIP, SKIP, NUMBER, NUMBER_TYPE },
    ecam_states,
    2 },
  /* Ericsson */
  { "*ECAV:",
    OH_CALL_UNKNOWN,
    { INDEX, STATE, ERICSSON_TYPE, PROCESS, CAUSE, NUMBER, NUMBER_TYPE },
    ecam_states,
    2 },
  { "*CPII:", OH_CALL_UNKNOWN, CPI_FIELDS, cpi_states, 2 },
  /* TI Calypso, MediaTek */
  { "%CPI:", OH_CALL_UNKNOWN, CPI_FIELDS, cpi_states, 2 },
  { "+ECPI:", OH_CALL_UNKNOWN, CPI_FIELDS, cpi_states, 2 },
  { "+ESIPCPI:", OH_CALL_UNKNOWN, { INDEX }, NULL, 1 },
  /* Wavecom */
  { "+WIND:", OH_CALL_UNKNOWN, { STATE, INDEX }, wind_states, 1 },
  /* Motorola */
  { "+MCST:", OH_CALL_UNKNOWN, { STATE }, mcst_states, 1 },
};

/* A line that is being read. */
typedef struct
{
  const Row *row;
  OhFields fields;
  OhCallReport *report;
  char number[4 * OH_NUMBER_MAX]; /* UCS2 takes four for one */
  guint number_type;
  guint process;
  int key; /* of the state */
} Reader;

/* A number with a sign. */
static gboolean
next_key (OhFields *fields, int *ret_key)
{
  char text[16];
  gint64 key;

  if (!oh_fields_next_text (fields, text, sizeof text)
      || !g_ascii_string_to_signed (text, 10, -1, INDEX_MOST, &key, NULL))
    return FALSE;
  *ret_key = (int)key;
  return TRUE;
}

static gboolean
next_word (Reader *reader)
{
  char text[16];

  return oh_fields_next_text (&reader->fields, text, sizeof text)
         && g_str_has_prefix (text, reader->row->word);
}

/* "11:01AM 07712345678" */
static gboolean
next_missed (Reader *reader)
{
  char text[2 * OH_NUMBER_MAX];
  const char *blank;

  oh_fields_next_text (&reader->fields, text, sizeof text);
  blank = strrchr (text, ' ');
  g_strlcpy (reader->number, blank != NULL ? blank + 1 : "", sizeof reader->number);
  reader->report->has_direction = reader->report->incoming = TRUE;
  reader->report->ended_by = OH_ENDED_BY_REMOTE;
  return TRUE;
}

static gboolean
is_voice_mode (guint mode)
{
  return mode == 0 || (mode >= 3 && mode <= 5) || mode > 9;
}

/* One whose value is a number; FALSE when it is not there. */
static gboolean
next_number (Reader *reader, Field field)
{
  OhCallReport *report = reader->report;
  guint value;

  if (!oh_fields_next_number (&reader->fields, INDEX_MOST, &value))
    return FALSE;
  if (field == INDEX)
    report->index = value;
  else if (field == DIRECTION)
    {
      report->has_direction = value <= 1;
      report->incoming = value == 1;
    }
  else if (field == MODE)
    report->voice = is_voice_mode (value);
  else if (field == TYPE)
    report->voice = value == 0 || value == 9;
  else if (field == ERICSSON_TYPE)
    report->voice = value != 2 && value != 4;
  else if (field == NUMBER_TYPE)
    reader->number_type = value;
  else if (field == PROCESS)
    reader->process = value;
  else if (reader->process == PROCESS_CALL_CONTROL && value <= CAUSE_MOST)
    report->cause = value;
  return TRUE;
}

/* FALSE when it is not there. */
static gboolean
next_field (Reader *reader, Field field)
{
  switch (field)
    {
    case SKIP:
      oh_fields_skip (&reader->fields, 1);
      return TRUE;
    case WORD:
      return next_word (reader);
    case STATE:
      return next_key (&reader->fields, &reader->key);
    case NUMBER:
      return oh_fields_next_text (&reader->fields, reader->number, sizeof reader->number);
    case MISSED:
      return next_missed (reader);
    case END:
    case INDEX:
    case DIRECTION:
    case MODE:
    case TYPE:
    case ERICSSON_TYPE:
    case NUMBER_TYPE:
    case PROCESS:
    case CAUSE:
      break;
    }
  return next_number (reader, field);
}

static gboolean
is_of (const State *state, const OhCallReport *report)
{
  return state->of == ANY || (report->has_direction && report->incoming == (state->of == INCOMING));
}

/* FALSE: the family knows no such state. */
static gboolean
take_state (OhCallReport *report, const State *states, int key)
{
  for (; states->key != NO_MORE; states++)
    {
      if ((states->key != key && states->key != OTHERS) || !is_of (states, report))
        continue;
      report->state = states->state;
      report->waiting = states->waiting;
      if (report->cause == 0)
        report->cause = states->cause;
      return TRUE;
    }
  return FALSE;
}

static gboolean
parse_row (OhCallReport *report, const Row *row, const OhFields *fields)
{
  Reader reader
      = { .row = row, .fields = *fields, .report = report, .process = PROCESS_CALL_CONTROL };

  memset (report, 0, sizeof *report);
  report->state = row->state;
  report->voice = TRUE;
  for (guint i = 0; row->fields[i] != END; i++)
    {
      if (!next_field (&reader, row->fields[i]) && i < row->least)
        return FALSE;
    }
  oh_ucs2_undo (reader.number, OH_UCS2_NUMBER);
  oh_number_clean_typed (reader.number, reader.number_type, report->number);
  return row->states == NULL || take_state (report, row->states, reader.key);
}

/* Commas before the first quote. */
static guint
count_commas (const char *line)
{
  guint commas = 0;

  for (; *line != '"'; line++)
    {
      if (*line == '\0')
        return NO_QUOTE;
      commas += *line == ',';
    }
  return commas;
}

/* SIMCom's report of a change: a row of the list. */
static gboolean
parse_listed (OhCallReport *report, const char *line)
{
  OhListedCall listed;

  if (!oh_listed_row_parse (&listed, line))
    return FALSE;
  *report = (OhCallReport){ .index = listed.index,
                            .state = listed.state,
                            .waiting = listed.waiting,
                            .has_direction = TRUE,
                            .incoming = listed.incoming,
                            .voice = listed.voice };
  g_strlcpy (report->number, listed.number, sizeof report->number);
  return TRUE;
}

gboolean
oh_call_report_parse (OhCallReport *report, const char *line)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const Row *row = &rows[i];
      OhFields fields;

      if (oh_fields_begin (&fields, line, row->prefix)
          && (row->commas == 0 || row->commas == count_commas (line))
          && parse_row (report, row, &fields))
        return TRUE;
    }
  return parse_listed (report, line);
}

gboolean
oh_cellular_is_boot (const char *line)
{
  static const char *const lines[] = { "RDY", "^SYSSTART", "^SYSSTART AIRPLANE MODE", "START" };

  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      if (g_str_equal (line, lines[i]))
        return TRUE;
    }
  return FALSE;
}

gboolean
oh_cellular_is_noise (const char *line)
{
  static const char *const prefixes[]
      = { /* Huawei */
          "^RSSI", "^RSSILVL", "^HCSQ", "^MODE", "^BOOT", "^SRVST", "^SIMST", "^STIN", "^DSFLOWRPT",
          "^NDISSTAT", "^LWURC", "^EONS", "^CCALLSTATE", "^CSCHANNELINFO",
          /* short messages, packet data, time */
          "+CMTI", "+CMT", "+CDSI", "+CBM", "+CGEV", "+CGREG", "+CIEV", "+CTZV", "+CTZE", "+PSUTTZ",
          "*PSUTTZ", "DST", "+UUSORD",
          /* started; +CRING and +QIND that are not about a call, +WIND likewise */
          "+CFUN", "Call Ready", "SMS Ready", "+SIM READY", "SMS DONE", "PB DONE",
          "NORMAL POWER DOWN", "UNDER-VOLTAGE", "+CRING", "+QIND", "+WIND"
        };

  for (guint i = 0; i < G_N_ELEMENTS (prefixes); i++)
    {
      if (g_str_has_prefix (line, prefixes[i]) && !g_ascii_isalnum (line[strlen (prefixes[i])]))
        return TRUE;
    }
  return FALSE;
}
