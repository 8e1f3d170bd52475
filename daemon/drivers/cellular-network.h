// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "daemon/at/sim.h"
#include "daemon/at/ussd.h"
#include "daemon/modem.h"

/* The cellular driver's view of SIM and network: cellular-network.c (registration, operator,
 * signal), cellular-sim.c (state, PIN), cellular-emergency.c (numbers), cellular-identity.c,
 * cellular-forward.c (forwarding, call waiting), cellular-ussd.c. */

#define OH_CELLULAR_PIN_MAX 9 /* eight digits */
#define OH_CELLULAR_EMERGENCY_MAX 10
#define OH_CELLULAR_USSD_RAW 1024 /* bytes of a +CUSD, line breaks included */

typedef struct
{
  OhNetwork now, told;
  gboolean begun, was_told, registration_known;
  OhRegistration circuit, packet;
  guint circuit_access, packet_access;
  gboolean ims;
  gboolean asking_operator, ask_operator_again;
  gboolean ucs2; /* the modem's character set */

  guint indicator; /* the signal's place in +CIEV; 0: none */
  int signal;      /* as it was heard last, which need not have been told */
  gint64 signal_at;
  guint signal_timer;

  gboolean starting;   /* the state of the SIM is being asked for */
  gboolean was_locked; /* what the modem was told it may have refused */
  guint sim_timer, sim_polls;
  char iccid[OH_ICCID_MAX];
  char tried_pin[OH_CELLULAR_PIN_MAX]; /* of the configuration; "": none */

  char of_sim[OH_CELLULAR_EMERGENCY_MAX][OH_ECC_MAX];
  char of_network[OH_CELLULAR_EMERGENCY_MAX][OH_ECC_MAX];

  OhRequest *ussd; /* who waits for the network's answer */
  guint ussd_timer;
  OhUssdCoding ussd_coding;
  char ussd_raw[OH_CELLULAR_USSD_RAW]; /* what came so far; "": nothing */
} OhCellularNetwork;

OhCellularNetwork *oh_cellular_get_network (OhModem *modem);

/* It is about to be asked for; later: it is. What comes of that is emitted. */
void oh_cellular_begin_network (OhModem *modem);
void oh_cellular_start_network (OhModem *modem);
/* The modem was reset. */
void oh_cellular_reset_network (OhModem *modem);
/* After a restart: tells what is known. @alive FALSE: after sleep, with the port closed. */
void oh_cellular_resume_network (OhModem *modem, gboolean alive);
void oh_cellular_stop_network (OhModem *modem);

/* FALSE when @line is not about it. */
gboolean oh_cellular_take_network_line (OhModem *modem, const char *line);

/* What was begun before a restart is to be begun again. */
gboolean oh_cellular_network_is_known (OhModem *modem);

/* Calls can be made: registered at home or roaming (27.007 7.2). */
gboolean oh_cellular_has_voice (OhModem *modem);

/* Emits what has changed. */
void oh_cellular_tell_network (OhModem *modem);

/* cellular-sim.c */
void oh_cellular_ask_sim (OhModem *modem);
void oh_cellular_resume_sim (OhModem *modem);
gboolean oh_cellular_take_sim_line (OhModem *modem, const char *line);
void oh_cellular_enter_pin (OhModem *modem, const char *pin, OhRequest *request);
void oh_cellular_enter_puk (OhModem *modem, const char *puk, const char *pin, OhRequest *request);

/* cellular-emergency.c */
void oh_cellular_emit_emergency (OhModem *modem);
void oh_cellular_ask_emergency (OhModem *modem); /* those of SIM and network */
gboolean oh_cellular_take_emergency_line (OhModem *modem, const char *line);

/* cellular-identity.c */
void oh_cellular_get_identity (OhModem *modem, OhRequest *request);

/* cellular-forward.c */
void oh_cellular_get_call_waiting (OhModem *modem, OhRequest *request);
void oh_cellular_set_call_waiting (OhModem *modem, gboolean enabled, OhRequest *request);
void oh_cellular_get_forwarding (OhModem *modem, OhForward condition, OhRequest *request);
void oh_cellular_set_forwarding (OhModem *modem, OhForward condition, const char *number,
                                 guint seconds, OhRequest *request);

/* cellular-ussd.c */
void oh_cellular_start_ussd (OhModem *modem);
void oh_cellular_resume_ussd (OhModem *modem, gboolean alive);
void oh_cellular_reset_ussd (OhModem *modem);
void oh_cellular_stop_ussd (OhModem *modem);
gboolean oh_cellular_take_ussd_line (OhModem *modem, const char *line);
/* What is left over, after nobody else wanted @line: the text of a +CUSD may have line breaks. */
gboolean oh_cellular_take_ussd_text (OhModem *modem, const char *line);
void oh_cellular_send_ussd (OhModem *modem, const char *text, OhRequest *request);
void oh_cellular_cancel_ussd (OhModem *modem, OhRequest *request);
