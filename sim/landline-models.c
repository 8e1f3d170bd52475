// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sim/at.h"
#include "sim/landline.h"

/* Makes of landline voice modems. What a row says is from programs that live with such modems, from
 * manuals, or measured on slmodemd, as named; where nothing is named it is as V.253 has it. A form
 * that was seen, but not on which modem, is given to one of them, so that hosts meet it: <DLE><SUB>
 * and 1.0 among the classes to usr, VCON after ATA to multitech and agere, the report of caller ID
 * in two parts, seen on a Motorola Jump, to agere. The numbers of +VLS above 1 are not known. */

/* DLE codes. */
#define ALL_CODES "abcdefhHJKlLopPqrRstTuvVwY$"
#define WITH_REPORTS ALL_CODES "X"

static const char *const no_speaker[] = { "1", NULL };
/* The first is the line alone, the others are the line and more. */
static const char *const with_mixes[] = { "1", "3", "5", "7", NULL };
static const char *const rockwell_lines[] = { "1", "4", NULL };

static const OhSimCoding linear[] = { { "128", 8000, 0x80 }, { NULL } };
static const OhSimCoding usr_codings[] = { { "128", 8000, 0x80 },
                                           { "129", 4000, 0x00 },
                                           { "130", 8000, 0xff },
                                           { "131", 8000, 0xd5 },
                                           { NULL } };
static const OhSimCoding conexant_codings[]
    = { { "1", 8000, 0x80 },   { "129", 8000, 0x80 }, { "130", 8000, 0xff },
        { "131", 8000, 0xd5 }, { "140", 4000, 0x00 }, { NULL } };
static const OhSimCoding agere_codings[]
    = { { "130", 8000, 0xff }, { "129", 4000, 0x00 }, { "131", 8000, 0xd5 }, { NULL } };
/* Bits of ADPCM. */
static const OhSimCoding rockwell_codings[]
    = { { "8", 8000, 0x80 }, { "4", 3600, 0x00 }, { "2", 1800, 0x00 }, { NULL } };

#define BLANKS .equals = " = ", .withheld = "P", .unavailable = "O"
#define NO_BLANKS .equals = "=", .withheld = "P", .unavailable = "O"

/* A voice modem of the Conexant sort, plain: RING is a word in voice class, too, and codes are told
 * in voice receive only. */
static const OhSimLandlineFamily plain = {
  .class_command = "+FCLASS",
  .coding_command = "+VSM",
  .lines = no_speaker,
  .codings = linear,
  .off_hook = "OK",
  .answered = "OK",
  .layout = { BLANKS, .order = "DTNAM" },
  .ring_numbers = "-SDR",
  .progress = "RINGING",
  .codes = ALL_CODES,
  .idle_codes = "",
  .extension = "Hh",
  .reorder = 'K',
  .silence_code = 's',
};

/* Zoom 3095, StarTech, Trendnet, Dell RD02-D400. Blanks round =, unknown parameters first or last,
 * -SDR for RING 1, no RING with +VDR=1,0 (Conexant 100722A, ncid); -STE for P and p, 1,8000,0,0
 * (callattendant); <DLE>R in voice class (ncid); DELAYED (Lenovo T420). */
static const OhSimLandlineFamily conexant = {
  .class_command = "+FCLASS",
  .coding_command = "+VSM",
  .lines = with_mixes,
  .codings = conexant_codings,
  .off_hook = "OK",
  .answered = "OK",
  .layout = { BLANKS, .order = "MDTNA", .checksum = "ERRM" },
  .waiting_id = TRUE,
  .ring_numbers = "-SDR",
  .cadence_mutes = TRUE,
  .dial_end = OH_SIM_DIAL_DIALLED,
  .codes = WITH_REPORTS,
  .idle_codes = "RXhHpPlL",
  .extension = "Pp",
  .extension_setting = "-STE",
  .reorder = 'K',
};

/* USR 5637. No blanks (callattendant, jcblock), RING A after ATS41=1 (ncid), 128,8000 and shielded
 * digits (callattendant), dial tone heard where there is none (mgetty US_Robotics.c), OK when
 * ringback goes away for +VRA (mgetty V253modem.c), TBR 21 at first (ncid). */
static const OhSimLandlineFamily usr = {
  .class_command = "+FCLASS",
  .coding_command = "+VSM",
  .lines = with_mixes,
  .codings = usr_codings,
  .off_hook = "OK",
  .answered = "OK",
  .layout = { NO_BLANKS, .order = "DTNAM" },
  .waiting_id = TRUE,
  .ring_letters = TRUE,
  .dial_end = OH_SIM_DIAL_OK,
  .codes = WITH_REPORTS,
  .idle_codes = "RXhHlL",
  .pairs_as_sub = TRUE,
  .extension = "Hh",
  .reorder = 'K',
  .false_dialtone = TRUE,
};

/* MT5634ZBA-V92. MESG with whole packets, +VRID, unformatted all copies (S000273), RING though
 * +VDR=1,0 (S000263C), digits said again while a key is held (IS-101, mgetty). */
static const OhSimLandlineFamily multitech = {
  .class_command = "+FCLASS",
  .coding_command = "+VSM",
  .lines = with_mixes,
  .codings = usr_codings,
  .off_hook = "OK",
  .answered = "VCON",
  .layout = { BLANKS, .order = "MDTNA", .checksum = "ERRM" },
  .waiting_id = TRUE,
  .codes = WITH_REPORTS,
  .idle_codes = "RXhHlLw",
  .digits = OH_SIM_DIGITS_REPEATED,
  .extension = "Hh",
  .reorder = 'K',
};

/* slmodemd 2.9.11, measured: RING with and without an end of line in front, a block without, NMBR
 * empty when there is no number, no block within 6.5 s of another call, NO DIALTONE after 5.1 s,
 * NO ANSWER 2.6 s after S7, BUSY and <DLE>b 3.5 s after the tone began, <DLE>q 4.7 s after silence
 * began, no dial tone, <DLE>c each 20 ms, ATDT without a result in voice class, nothing in command
 * state. */
static const OhSimLandlineFamily smartlink = {
  .class_command = "+FCLASS",
  .coding_command = "+VSM",
  .lines = no_speaker,
  .codings = linear,
  .off_hook = "OK",
  .answered = "OK",
  .layout = { .equals = " = ", .order = "DTNA", .withheld = "", .unavailable = "", .bare = TRUE },
  .forgets_after = 6.5,
  .ring_sloppy = TRUE,
  .dial_end = OH_SIM_DIAL_NOTHING,
  .no_dialtone_after = 5.1,
  .ends_late = 2.6,
  .codes = "abceqouRr",
  .idle_codes = "",
  .digits = OH_SIM_DIGITS_SIMPLE,
  .extension = "Hh",
  .reorder = 'b',
  .busy_after = 3.5,
  .fax_period = 0.02,
  .silence_code = 'q',
  .silence_after = 4.7,
};

/* RCV144ACx 3.6: #CLS=8, VCON, RINGING, digits without shields, t for the handset (mgetty
 * Rockwell.c), packets as bare hexadecimal digits (mgetty cnd.c). */
static const OhSimLandlineFamily rockwell = {
  .class_command = "#CLS",
  .coding_command = "#VBS",
  .lines = rockwell_lines,
  .codings = rockwell_codings,
  .off_hook = "VCON",
  .answered = "VCON",
  .layout = { BLANKS, .order = "MDTNA", .checksum = "ERRM" },
  .ring_numbers = "-SDR",
  .progress = "RINGING",
  .codes = "abcdefhJloqrRstu",
  .idle_codes = "Rht",
  .digits = OH_SIM_DIGITS_SIMPLE,
  .extension = "th",
  .reorder = 'b',
};

/* LT V.92 1.0. Shielded digits, silence is s whether or not a voice was heard (mgetty Lucent.c),
 * the report of caller ID in two parts (ncidd.c). */
static const OhSimLandlineFamily agere = {
  .class_command = "+FCLASS",
  .coding_command = "+VSM",
  .lines = with_mixes,
  .codings = agere_codings,
  .off_hook = "OK",
  .answered = "VCON",
  .layout = { NO_BLANKS, .order = "DTNAM" },
  .waiting_id = TRUE,
  .splits_report = TRUE,
  .codes = "abcdefhHJlLoqrRstuvwX",
  .idle_codes = "RX",
  .extension = "Hh",
  .reorder = 'b',
  .silence_code = 's',
};

static const char *const plain_identity[]
    = { "56000", "255", "", "CX93001-EIS_V0.2002-V92", "", "B5", "RCV56DPF", NULL };
static const char *const usr_identity[]
    = { "5601", "", "", "U.S. Robotics 56K FAX USB V1.2.23", "", "", "", NULL };
static const char *const multitech_identity[]
    = { "LT V.92 1.0 MT5634ZBAV9210 Serial Data/Fax/Voice Modem", "", "", "MT5634ZBA-V92", NULL };
static const char *const smartlink_identity[]
    = { "SmartLink Soft Modem.", "", "", "SmartLink Ltd.", NULL };
static const char *const rockwell_identity[]
    = { "14400", "255", "", "V3.600-V32_P2109_V33", "", "", "RCV144DPi Rev 05BA", NULL };
static const char *const agere_identity[]
    = { "LT V.92 1.0", "", "", "LT V.92 Data+Fax Modem Version 8.31", NULL };

#define IDENTITY_ROWS(maker, model, revision)                                                      \
  { "+GMI", maker, NULL, oh_sim_at_show }, { "+GMM", model, NULL, oh_sim_at_show },                \
      { "+GMR", revision, NULL, oh_sim_at_show }, { "+FMI", maker, NULL, oh_sim_at_show },         \
      { "+FMM", model, NULL, oh_sim_at_show },                                                     \
  {                                                                                                \
    "+FMR", revision, NULL, oh_sim_at_show                                                         \
  }

static const OhSimCommandRow conexant_own[] = {
  { "+VLS", NULL, "(0-13)", oh_sim_landline_run_lines },
  { "+VSM", "1,8000,0,0", "1,\"UNSIGNED PCM\",8,0,8000,0,0", oh_sim_landline_run_coding },
  { "+VSD", "0,50", "(0-255),(0-255)", NULL },
  { NULL },
};
static const OhSimCommandRow usr_own[] = {
  { "+VLS", NULL, "0,1,2,3,4,5,6,7", oh_sim_landline_run_lines },
  { "+VSM", "128,8000", "128,\"8-BIT LINEAR\",(8000)", oh_sim_landline_run_coding },
  { "+GCI", "F6", "(3D,42,B4,B5,F6)", NULL },
  { "+FCLASS", "0", "0,1,1.0,2,8", oh_sim_landline_run_class },
  { "-SDR", NULL, NULL, oh_sim_landline_run_unknown },
  { "-STE", NULL, NULL, oh_sim_landline_run_unknown },
  IDENTITY_ROWS ("U.S. Robotics", "USR5637", "V1.2.23"),
  { NULL },
};
static const OhSimCommandRow multitech_own[] = {
  { "+FCLASS", "0", "(0,1,8)", oh_sim_landline_run_class },
  { "+VLS", NULL, "0,1,2,3,4,5,6,7", oh_sim_landline_run_lines },
  { "+VSM", "128,8000", "128,\"8-BIT LINEAR\",(7200,8000,11025)", oh_sim_landline_run_coding },
  { "#CID", NULL, NULL, oh_sim_landline_run_unknown },
  { "-SDR", NULL, NULL, oh_sim_landline_run_unknown },
  { "-STE", NULL, NULL, oh_sim_landline_run_unknown },
  IDENTITY_ROWS ("Multi-Tech Systems", "MT5634ZBA-V92", "1.31i"),
  { NULL },
};
static const OhSimCommandRow smartlink_own[] = {
  { "#CID", NULL, NULL, oh_sim_landline_run_unknown },
  { "+VDR", NULL, NULL, oh_sim_landline_run_unknown },
  { "-SDR", NULL, NULL, oh_sim_landline_run_unknown },
  { "-STE", NULL, NULL, oh_sim_landline_run_unknown },
  IDENTITY_ROWS ("SmartLink Ltd.", "SmartLink Soft Modem", "2.9.11"),
  { NULL },
};
static const OhSimCommandRow agere_own[] = {
  { "+VLS", NULL, "0,1,2,3,4,5,6,7", oh_sim_landline_run_lines },
  { "+VSM", "130,8000", "130,\"ULAW\",(8000)", oh_sim_landline_run_coding },
  { "+VSD", "128,50", "(0-255),(0-255)", NULL },
  { "-SDR", NULL, NULL, oh_sim_landline_run_unknown },
  { "-STE", NULL, NULL, oh_sim_landline_run_unknown },
  IDENTITY_ROWS ("Agere", "LT V.92", "8.31"),
  { NULL },
};

static const OhSimCommandRow *const plain_commands[] = { oh_sim_landline_commands, NULL };
static const OhSimCommandRow *const conexant_commands[]
    = { conexant_own, oh_sim_landline_commands, NULL };
static const OhSimCommandRow *const usr_commands[] = { usr_own, oh_sim_landline_commands, NULL };
static const OhSimCommandRow *const multitech_commands[]
    = { multitech_own, oh_sim_landline_commands, NULL };
static const OhSimCommandRow *const smartlink_commands[]
    = { smartlink_own, oh_sim_landline_commands, NULL };
static const OhSimCommandRow *const rockwell_commands[]
    = { oh_sim_landline_rockwell_commands, NULL };
static const OhSimCommandRow *const agere_commands[]
    = { agere_own, oh_sim_landline_commands, NULL };

#define MODEL(make, of, tables, strings)                                                           \
  {                                                                                                \
    .name = make, .kind = &oh_sim_landline_kind, .family = of, .commands = tables,                 \
    .identity = strings, .bare_reads = TRUE                                                        \
  }

const OhSimModel oh_sim_landline = MODEL ("landline", &plain, plain_commands, plain_identity);
const OhSimModel oh_sim_landline_conexant
    = MODEL ("landline-conexant", &conexant, conexant_commands, plain_identity);
const OhSimModel oh_sim_landline_usr = MODEL ("landline-usr", &usr, usr_commands, usr_identity);
const OhSimModel oh_sim_landline_multitech
    = MODEL ("landline-multitech", &multitech, multitech_commands, multitech_identity);
const OhSimModel oh_sim_landline_smartlink
    = MODEL ("landline-smartlink", &smartlink, smartlink_commands, smartlink_identity);
const OhSimModel oh_sim_landline_rockwell
    = MODEL ("landline-rockwell", &rockwell, rockwell_commands, rockwell_identity);
const OhSimModel oh_sim_landline_agere
    = MODEL ("landline-agere", &agere, agere_commands, agere_identity);
