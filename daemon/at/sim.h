// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "daemon/at/fields.h"
#include "daemon/network.h"

/* What modems say of the SIM (27.007 8.3, 8.18, 8.65; 31.102). Pure. */

/* "+CPIN: READY" and its kin. A code that blocks no calls (PIN2) counts as ready. FALSE: @line is
 * none. */
gboolean oh_sim_state_parse (const char *line, OhSimState *ret_state);

/* What an error says of it (27.007 9.2); FALSE: nothing. */
gboolean oh_sim_state_of_error (int cme, OhSimState *ret_state);

/* The entries that are left, in any family's form, into the retries of @network, whose SIM state
 * tells which code a bare number is about. FALSE: @line is none. */
gboolean oh_sim_retries_parse (const char *line, OhNetwork *network);

/* "+CRSM: sw1,sw2[,"hex"]" (8.18), with the hex in @hex, "" if it is none. */
gboolean oh_sim_file_parse (const char *line, guint *ret_sw1, guint *ret_sw2, char *hex,
                            gsize size);

#define OH_ICCID_MAX 21 /* bytes, NUL included */

/* EF_ICCID: digits with their halves swapped (31.102 4.2.2), in @out (OH_ICCID_MAX bytes). */
gboolean oh_iccid_decode (const char *hex, char *out);

/* "+CCID: number" and what else modems put in front; the number alone too. */
gboolean oh_iccid_parse (const char *line, char *out);

#define OH_ECC_MAX 7 /* bytes, NUL included */

/* The @n'th number of EF_ECC, three bytes each (51.011 10.3.27), in @out (OH_ECC_MAX bytes, "" for
 * an empty place); FALSE behind the last. A record of the USIM's (31.102 4.2.21) begins with one.
 */
gboolean oh_ecc_decode (const char *hex, guint n, char *out);

/* An IMEI, IMSI: the digits of @line, 5 to 16 of them, behind what stands before a ":". */
#define OH_IDENTITY_MAX 17
gboolean oh_identity_parse (const char *line, char *out);

/* "+CNUM: [alpha],number,type" (7.1), in @out (OH_NUMBER_MAX bytes). */
gboolean oh_own_number_parse (const char *line, char *out);
