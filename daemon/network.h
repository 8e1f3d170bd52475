// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <glib.h>

/* What a cellular modem tells of its SIM and its network (27.007). */

typedef enum
{
  OH_SIM_UNKNOWN,
  OH_SIM_ABSENT,
  OH_SIM_BUSY,
  OH_SIM_PIN,
  OH_SIM_PUK,
  OH_SIM_PERSONALIZED, /* the device wants a code, not the SIM */
  OH_SIM_FAILURE,
  OH_SIM_READY,
} OhSimState;

/* The numbers of 7.2 +CREG; a modem that has not said gives OH_REGISTRATION_UNKNOWN. */
typedef enum
{
  OH_REGISTRATION_NONE = 0,
  OH_REGISTRATION_HOME = 1,
  OH_REGISTRATION_SEARCHING = 2,
  OH_REGISTRATION_DENIED = 3,
  OH_REGISTRATION_UNKNOWN = 4,
  OH_REGISTRATION_ROAMING = 5,
  OH_REGISTRATION_HOME_SMS = 6,
  OH_REGISTRATION_ROAMING_SMS = 7,
  OH_REGISTRATION_EMERGENCY = 8,
  OH_REGISTRATION_HOME_CSFB = 9,
  OH_REGISTRATION_ROAMING_CSFB = 10,
} OhRegistration;

#define OH_REGISTRATION_MOST 10

#define OH_ACCESS_MOST 13         /* of 7.3 <AcT> */
#define OH_ACCESS_NONE G_MAXUINT8 /* not known */
#define OH_OPERATOR_MAX 64        /* bytes of a name, NUL included */
#define OH_OPERATOR_CODE_MAX 7    /* six digits */
#define OH_RETRIES_NONE (-1)      /* not told */
#define OH_SIGNAL_NONE 0          /* dBm: not known */

typedef enum
{
  OH_USSD_IDLE,
  OH_USSD_ACTIVE,        /* the network has not answered */
  OH_USSD_USER_RESPONSE, /* it waits for an answer */
} OhUssdState;

typedef struct
{
  OhSimState sim;
  int pin_retries, puk_retries;
  OhRegistration registration;
  gboolean voice; /* calls can be made */
  guint access;
  char operator_name[OH_OPERATOR_MAX]; /* valid UTF-8 */
  char operator_code[OH_OPERATOR_CODE_MAX];
  int signal; /* dBm */
  OhUssdState ussd;
} OhNetwork;

/* Nothing is known. */
extern const OhNetwork oh_network_unknown;

/* 7.11 <reason>. */
typedef enum
{
  OH_FORWARD_UNCONDITIONAL,
  OH_FORWARD_BUSY,
  OH_FORWARD_NO_REPLY,
  OH_FORWARD_NOT_REACHABLE,
  OH_FORWARD_ALL,
  OH_FORWARD_ALL_CONDITIONAL,
  OH_N_FORWARDS,
} OhForward;

/* 4 to 8 digits (31.101 9.5.1); eight. */
gboolean oh_pin_is_valid (const char *pin);
gboolean oh_puk_is_valid (const char *puk);

/* The names that D-Bus shows. */
const char *oh_sim_state_name (OhSimState state);
const char *oh_registration_name (OhRegistration registration);
gboolean oh_registration_is_roaming (OhRegistration registration);
const char *oh_access_name (guint access); /* "": OH_ACCESS_NONE */
const char *oh_ussd_state_name (OhUssdState state);

/* FALSE when @name is none. */
gboolean oh_forward_parse (const char *name, OhForward *ret_forward);
