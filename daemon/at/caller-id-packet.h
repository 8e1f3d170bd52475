// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "daemon/at/caller-id.h"

/* The packets of FSK caller ID as hex digits, as modems print them unformatted: SDMF and MDMF
 * (modems print neither the seizure nor the marks; Bellcore GR-30, ETSI 300 659-3). Pure. */

typedef enum
{
  OH_PACKET_NONE,    /* no packet */
  OH_PACKET_BAD,     /* its checksum is wrong: nothing of it is believed */
  OH_PACKET_CALL,    /* it is about a call */
  OH_PACKET_MESSAGE, /* it tells whether messages wait, and of no call */
} OhPacketResult;

/* Several copies, or a packet without its checksum (Askey's), are taken as well. */
OhPacketResult oh_caller_id_take_packet (OhCallerId *id, const char *hex);

/* One parameter of an MDMF packet: type, length, data; behind "MESG". */
gboolean oh_caller_id_take_parameter (OhCallerId *id, const char *hex);
