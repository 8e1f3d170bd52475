// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gio/gio.h>

#define OH_BUS_NAME "org.offhook.Telephony1"
#define OH_ROOT_PATH "/org/offhook/Telephony1"
#define OH_LINE_INTERFACE "org.offhook.Telephony1.Line"
#define OH_CELLULAR_INTERFACE "org.offhook.Telephony1.Line.Cellular"
#define OH_CALL_INTERFACE "org.offhook.Telephony1.Call"

/* What the program tells its caller; also the codes of OH_CTL_ERROR. */
typedef enum
{
  OH_EXIT_OK = 0,
  OH_EXIT_FAILED = 1,
  OH_EXIT_USAGE = 2,
  OH_EXIT_NO_DAEMON = 3,
  OH_EXIT_NOT_AUTHORIZED = 4,
  OH_EXIT_NOT_FOUND = 5,
  OH_EXIT_INTERRUPTED = 130,
} OhExit;

#define OH_CTL_ERROR oh_ctl_error_quark ()
GQuark oh_ctl_error_quark (void);

typedef struct _OhCtl OhCtl;

typedef struct
{
  const char *name;
  const char *arguments;
  const char *summary;
  OhExit (*run) (OhCtl *ctl);
  gboolean administers;  /* no user of the telephone may, but an administrator */
  gboolean asks_network; /* which takes its time */
} OhVerb;

/* One run of the program. */
struct _OhCtl
{
  const OhVerb *verb;
  char **args; /* before oh_ctl_parse() with the program's name, after it without */
  char *address;
  char *color_when;
  double seconds;
  gboolean no_color;
  gboolean json;
  gboolean version;
  int duration; /* of digits */
  gboolean hides_number, shows_number;

  gboolean color;
  int timeout; /* of each call to the daemon, in milliseconds */
  GDBusConnection *bus;
};

/* Takes the options of the verb and between @min and @max arguments. */
gboolean oh_ctl_parse (OhCtl *ctl, const GOptionEntry *entries, guint min, guint max);

/* Says what is wrong with the arguments. */
OhExit oh_ctl_complain (OhCtl *ctl, const char *text);

OhExit oh_list_run (OhCtl *ctl);
OhExit oh_show_run (OhCtl *ctl);
OhExit oh_handles_run (OhCtl *ctl);
OhExit oh_monitor_run (OhCtl *ctl);
OhExit oh_dial_run (OhCtl *ctl);
OhExit oh_answer_run (OhCtl *ctl);
OhExit oh_hangup_run (OhCtl *ctl);
OhExit oh_ignore_run (OhCtl *ctl);
OhExit oh_digits_run (OhCtl *ctl);
OhExit oh_gather_run (OhCtl *ctl);
OhExit oh_tone_run (OhCtl *ctl);
OhExit oh_hold_run (OhCtl *ctl);
OhExit oh_unhold_run (OhCtl *ctl);
OhExit oh_swap_run (OhCtl *ctl);
OhExit oh_merge_run (OhCtl *ctl);
OhExit oh_split_run (OhCtl *ctl);
OhExit oh_transfer_run (OhCtl *ctl);
OhExit oh_deflect_run (OhCtl *ctl);
OhExit oh_pin_run (OhCtl *ctl);
OhExit oh_puk_run (OhCtl *ctl);
OhExit oh_ussd_run (OhCtl *ctl);
OhExit oh_forwarding_run (OhCtl *ctl);
OhExit oh_call_waiting_run (OhCtl *ctl);
OhExit oh_identity_run (OhCtl *ctl);
OhExit oh_flash_run (OhCtl *ctl);
OhExit oh_gains_run (OhCtl *ctl);
OhExit oh_route_run (OhCtl *ctl);
OhExit oh_add_run (OhCtl *ctl);
OhExit oh_remove_run (OhCtl *ctl);
OhExit oh_claim_run (OhCtl *ctl);
OhExit oh_unclaim_run (OhCtl *ctl);
OhExit oh_ports_run (OhCtl *ctl);
