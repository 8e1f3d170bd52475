// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "sim/modem.h"

typedef enum
{
  OH_SIM_CARD_READY,
  OH_SIM_CARD_PIN,
  OH_SIM_CARD_PUK,
  OH_SIM_CARD_ABSENT,
  OH_SIM_CARD_BUSY,
  OH_SIM_CARD_FAILURE,
} OhSimCardState;

/* The SIM. */
typedef struct
{
  OhSimCardState state;
  char *pin; /* asked for at power-up; NULL: none */
  char *puk;
  guint pin_tries; /* left */
  guint puk_tries;
} OhSimCard;

/* Whom a modem finds; the order is that of the words of a script. */
typedef enum
{
  OH_SIM_SERVICE_HOME,
  OH_SIM_SERVICE_ROAMING,
  OH_SIM_SERVICE_SEARCHING,
  OH_SIM_SERVICE_DENIED,
  OH_SIM_SERVICE_NONE,
  OH_SIM_SERVICE_EMERGENCY,
  OH_SIM_SERVICE_SMS_ONLY,
} OhSimService;

/* The network around a cellular modem, and the SIM in it. */
typedef struct
{
  OhSimCard card;
  OhSimService service;
  guint functionality; /* as in +CFUN */
  gboolean camped;     /* the modem has looked for it */
  char *name;          /* of the operator */
  char *code;          /* of country and network */
  guint act;           /* as in +COPS */
  gboolean ims;
  guint area;
  guint signal;    /* as in +CSQ */
  guint told_stat; /* in the last report */
  OhSimTimer registration;
} OhSimNetwork;

#define OH_SIM_NO_SIGNAL 99

typedef enum
{
  OH_SIM_USSD_IDLE,
  OH_SIM_USSD_WAITS, /* for the network */
  OH_SIM_USSD_ASKS,  /* the host */
} OhSimUssdState;

typedef struct
{
  OhSimUssdState state;
  GQueue answers; /* that the script has told */
  OhSimTimer timer;
} OhSimUssd;

#define OH_SIM_FORWARD_REASONS 4
#define OH_SIM_FORWARD_CLASSES 3

/* Where the network sends calls to. */
typedef struct
{
  char *number; /* NULL: nowhere */
  gboolean active;
  guint time; /* seconds without a reply */
} OhSimForward;

/* What the network does for the subscriber. */
typedef struct
{
  gboolean call_waiting;
  OhSimForward forwards[OH_SIM_FORWARD_REASONS][OH_SIM_FORWARD_CLASSES];
} OhSimServices;

/* The SIM. Commands that need it begin with oh_sim_card_check(): NULL, or the error. */
void oh_sim_card_init (OhSimCard *card);
void oh_sim_card_clear (OhSimCard *card);
void oh_sim_card_get_power (OhSimCard *card);
void oh_sim_card_tell (OhSimModem *modem);
gboolean oh_sim_card_set (OhSimModem *modem, char **words, GError **error);
const char *oh_sim_card_check (OhSimModem *modem);
const char *oh_sim_card_run_cpin (OhSimModem *modem, const OhSimCommand *command);
const char *oh_sim_card_run_tries (OhSimModem *modem, const OhSimCommand *command);
const char *oh_sim_card_run_crsm (OhSimModem *modem, const OhSimCommand *command);
const char *oh_sim_card_run_iccid (OhSimModem *modem, const OhSimCommand *command);
gboolean oh_sim_card_is_emergency (const char *number);

/* The registration. */
void oh_sim_network_init (OhSimModem *modem);
void oh_sim_network_clear (OhSimModem *modem);
void oh_sim_network_get_power (OhSimModem *modem);
void oh_sim_network_attach (OhSimModem *modem);
void oh_sim_network_detach (OhSimModem *modem);
guint oh_sim_network_get_stat (OhSimModem *modem);
gboolean oh_sim_network_may_call (OhSimModem *modem, const char *number);
gboolean oh_sim_network_set (OhSimModem *modem, char **words, GError **error);
gboolean oh_sim_network_set_signal (OhSimModem *modem, guint signal, GError **error);

/* USSD. */
void oh_sim_ussd_clear (OhSimModem *modem);
void oh_sim_ussd_lose_power (OhSimModem *modem);
const char *oh_sim_ussd_run_cusd (OhSimModem *modem, const OhSimCommand *command);
gboolean oh_sim_ussd_far_tell (OhSimModem *modem, char *text, gboolean asks, GError **error);
gboolean oh_sim_ussd_far_end (OhSimModem *modem, gboolean timed_out, GError **error);
void oh_sim_ussd_plan (OhSimModem *modem, char *text, OhSimUssdAnswer how);

/* Call waiting and forwarding. */
void oh_sim_services_init (OhSimModem *modem);
void oh_sim_services_clear (OhSimModem *modem);
const char *oh_sim_services_run_ccwa (OhSimModem *modem, const OhSimCommand *command);
const char *oh_sim_services_run_ccfc (OhSimModem *modem, const OhSimCommand *command);

extern const OhSimCommandRow oh_sim_cellular_network_commands[];
/* Of modems with a SIM, and of those with a USIM. */
extern const OhSimCommandRow oh_sim_cellular_sim_commands[];
extern const OhSimCommandRow oh_sim_cellular_usim_commands[];
