// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "daemon/at/fields.h"
#include "daemon/network.h"

/* What modems say of the network (27.007 7 and 8). Pure. */

typedef enum
{
  OH_DOMAIN_CIRCUIT, /* +CREG */
  OH_DOMAIN_PACKET,  /* +CEREG, +C5GREG */
} OhDomain;

/* "+CREG: stat[,lac,ci[,AcT...]]" as it is reported, "+CREG: n,stat[,lac,ci[,AcT...]]" as it is
 * answered; likewise +CEREG and +C5GREG. @ret_access OH_ACCESS_NONE: not told. FALSE when @line is
 * neither, or makes no sense. */
gboolean oh_registration_parse (const char *line, OhDomain *ret_domain,
                                OhRegistration *ret_registration, guint *ret_access);

/* "+CIREG: n,reg_info[,ext_info]" and "+CIREGU: reg_info[,ext_info]" (8.71): whether calls go over
 * IMS. */
gboolean oh_ims_parse (const char *line, gboolean *ret_voice);

/* "+COPS: mode[,format,oper[,AcT]]" (7.3) in format 0 or 1 (the name) or 2 (the code) into
 * @network; FALSE when @line is none. */
gboolean oh_operator_parse (const char *line, OhNetwork *network);

/* "+CSQ: rssi,ber" (8.5), "^RSSI: rssi", "+QIND: "csq",rssi,ber": in dBm, OH_SIGNAL_NONE if the
 * modem does not know. FALSE when @line is none. */
gboolean oh_signal_parse (const char *line, int *ret_dbm);

/* The place of @name among "+CIND: ("name",(values)),..." (8.9), from 1; 0: it is not there. */
guint oh_indicator_find (const char *line, const char *name);

/* "+CIEV: place,value" of the indicator @signal, of 0 to 5 (8.10); or its name in place of the
 * place. */
gboolean oh_indicator_parse (const char *line, guint signal, int *ret_dbm);

/* "+CEN2: category,number" (8.67), in @out (OH_NUMBER_MAX bytes). */
gboolean oh_emergency_parse (const char *line, char *out);

/* "+CCFC: status,class[,number,type[,subaddr,satype[,time]]]" (7.11) of voice calls. FALSE: @line
 * is of other calls, or none. */
typedef struct
{
  gboolean active;
  char number[OH_NUMBER_MAX]; /* "": not told */
  guint seconds;              /* 0: not told */
} OhForwardRule;
gboolean oh_forward_rule_parse (const char *line, OhForwardRule *rule);

/* "+CCWA: status,class" (7.12) of voice calls, likewise. */
gboolean oh_call_waiting_parse (const char *line, gboolean *ret_enabled);
