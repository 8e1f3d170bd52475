// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "daemon/at/caller-id.h"

/* What goes with a call besides who it is from. Pure. */

/* "+CSSI: code[,index]" of calls that we make, "+CSSU: code[,index[,number,type]]" of all others
 * (27.007 7.17). FALSE when @line is neither. */
gboolean oh_supplementary_parse (const char *line, gboolean *ret_outgoing, guint *ret_code);

/* "+CNAP: name[,validity]" (27.007 7.30): fills the name of @id and leaves the rest. FALSE when
 * @line is none, and for the answer to "AT+CNAP?", which begins alike. */
gboolean oh_caller_id_from_cnap (OhCallerId *id, const char *line);

/* "+CDIP: number,type" (27.007 7.9) and "+COLP: number,type" (27.007 7.8), likewise: the number, in
 * @out (OH_NUMBER_MAX bytes), "" when it is not told. */
gboolean oh_called_number_parse (const char *line, char *out);
gboolean oh_connected_number_parse (const char *line, char *out);
