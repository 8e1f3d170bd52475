// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "sim/caller.h"
#include "sim/clock.h"
#include "sim/faults.h"
#include "sim/ledger.h"
#include "sim/output.h"
#include "sim/plan.h"
#include "sim/pty.h"
#include "sim/ussd.h"

typedef struct _OhSimModem OhSimModem;

typedef enum
{
  OH_SIM_OP_RUN,  /* AT+X */
  OH_SIM_OP_READ, /* AT+X? */
  OH_SIM_OP_SET,  /* AT+X=value */
  OH_SIM_OP_TEST, /* AT+X=? */
} OhSimOp;

/* An extended command; @name with its prefix, upper case. */
typedef struct
{
  char *name;
  OhSimOp op;
  char *value;
} OhSimCommand;

/* Commands give a result text, or NULL when oh_sim_modem_finish() is going to give it. */
typedef const char *(*OhSimCommandFunc) (OhSimModem *modem, const OhSimCommand *command);

/* From a command that leaves the rest to its row. */
#define OH_SIM_AS_SETTING ""

/* One command of a kind, in a table that ends with a NULL name. With neither @run nor @initial it
 * is answered OK and does nothing. */
typedef struct
{
  const char *name;
  const char *initial; /* of a setting that the modem keeps; else NULL */
  const char *range;   /* what =? answers; a range "(0-2)" is enforced */
  OhSimCommandFunc run;
} OhSimCommandRow;

/* How the far end goes away. */
typedef enum
{
  OH_SIM_SIGN_BUSY,
  OH_SIM_SIGN_DIALTONE,
  OH_SIM_SIGN_LOOP,
  OH_SIM_SIGN_SILENCE,
  OH_SIM_SIGN_NONE,
} OhSimSign;

/* What makes a landline modem or a cellular one. */
typedef struct
{
  gpointer (*create) (OhSimModem *modem);
  void (*destroy) (gpointer line);
  void (*reset) (OhSimModem *modem);      /* ATZ; settings are back already */
  void (*get_power) (OhSimModem *modem);  /* or NULL */
  void (*lose_power) (OhSimModem *modem); /* calls are gone without a word */

  const char *(*dial) (OhSimModem *modem, const char *string);
  const char *(*answer) (OhSimModem *modem);
  const char *(*hang_up) (OhSimModem *modem);
  void (*abort) (OhSimModem *modem); /* a byte came into a handshake */
  void (*voice_byte) (OhSimModem *modem, guint8 byte);

  gboolean (*far_ring) (OhSimModem *modem, const OhSimCaller *caller, GError **error);
  gboolean (*far_wait) (OhSimModem *modem, const OhSimCaller *caller, GError **error);
  gboolean (*far_give_up) (OhSimModem *modem, gboolean silent, guint cause, GError **error);
  gboolean (*far_step) (OhSimModem *modem, OhSimStep step, guint cause, GError **error);
  gboolean (*far_hang_up) (OhSimModem *modem, OhSimSign sign, guint cause, GError **error);
  gboolean (*far_hold) (OhSimModem *modem, gboolean held, GError **error); /* or NULL */
  gboolean (*far_digits) (OhSimModem *modem, const char *digits, GError **error);

  /* Of cellular modems only; NULL for others. */
  gboolean (*set_card) (OhSimModem *modem, char **words, GError **error);
  gboolean (*set_network) (OhSimModem *modem, char **words, GError **error);
  gboolean (*set_signal) (OhSimModem *modem, guint signal, GError **error);
  gboolean (*far_tell_ussd) (OhSimModem *modem, char *text, gboolean asks, GError **error);
  gboolean (*far_end_ussd) (OhSimModem *modem, gboolean timed_out, GError **error);
  void (*plan_ussd) (OhSimModem *modem, char *text, OhSimUssdAnswer how);
} OhSimKind;

/* One make of a kind. */
typedef struct
{
  const char *name; /* on the command line */
  const OhSimKind *kind;
  gconstpointer family;                   /* of the kind's own */
  const OhSimCommandRow *const *commands; /* tables, NULL at the end; the first that has it */
  const char *const *identity;            /* ATI0, ATI1...; ends with NULL */
  gboolean bare_reads;                    /* AT+X? answers the value without "+X: " */
} OhSimModel;

typedef enum
{
  OH_SIM_MODE_COMMAND,
  OH_SIM_MODE_BUSY,      /* a command runs; bytes are thrown away */
  OH_SIM_MODE_HANDSHAKE, /* D or A runs; a byte ends it */
  OH_SIM_MODE_VOICE,     /* bytes are audio and DLE codes */
} OhSimMode;

/* The S-registers of V.250 that have an effect here. */
enum
{
  OH_SIM_REGISTER_AUTO_ANSWER = 0,
  OH_SIM_REGISTER_CR = 3,
  OH_SIM_REGISTER_LF = 4,
  OH_SIM_REGISTER_BACKSPACE = 5,
  OH_SIM_REGISTER_CARRIER_WAIT = 7,
  OH_SIM_REGISTER_PAUSE = 8,
};

struct _OhSimModem
{
  const OhSimModel *model;
  const OhSimKind *kind; /* of the model */
  char *name;
  const OhSimClock *clock;
  gpointer line; /* the kind's own */

  OhSimPty *pty;
  OhSimOutput *output;
  OhSimFaults faults;
  OhSimPlan plan;
  gboolean tracing;

  OhSimLedger heard;    /* lines from the host */
  OhSimLedger happened; /* as printed */
  void (*on_news) (gpointer data);
  gpointer news_data;

  OhSimMode mode;
  gboolean after_cr;
  gboolean too_long;
  GString *typed;  /* the command line so far */
  GString *echoed; /* not sent yet */
  char *last;      /* for A/ */

  gboolean echo;
  gboolean quiet;
  gboolean verbose;
  guint x_level;
  guint8 registers[256];
  GHashTable *settings; /* name -> value, only what differs from the initial one */

  GString *response;
  gsize first_end; /* where the first line of the response ends */
};

OhSimModem *oh_sim_modem_new (const OhSimModel *model, const char *link, const OhSimClock *clock);
void oh_sim_modem_free (OhSimModem *modem);

gboolean oh_sim_modem_appear (OhSimModem *modem, GError **error);
void oh_sim_modem_vanish (OhSimModem *modem);
void oh_sim_modem_reboot (OhSimModem *modem);
void oh_sim_modem_reset (OhSimModem *modem);
void oh_sim_modem_set_defaults (OhSimModem *modem);
const OhSimCommandRow *oh_sim_modem_find_command (OhSimModem *modem,
                                                  const char *name); /* or NULL */

/* For the kinds: to the host. */
void oh_sim_modem_reply (OhSimModem *modem, const char *format, ...) G_GNUC_PRINTF (2, 3);
void oh_sim_modem_finish (OhSimModem *modem, const char *result);
void oh_sim_modem_progress (OhSimModem *modem, const char *result);
void oh_sim_modem_tell (OhSimModem *modem, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* For the kinds: to the script and its author. */
void oh_sim_modem_report (OhSimModem *modem, const char *format, ...) G_GNUC_PRINTF (2, 3);
void oh_sim_modem_note_heard (OhSimModem *modem, const char *line);

const char *oh_sim_modem_get_setting (OhSimModem *modem, const char *name);
guint oh_sim_modem_get_number (OhSimModem *modem, const char *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (OhSimModem, oh_sim_modem_free)
