// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <glib.h>

/* Unstructured supplementary service data (27.007 7.15). Pure. */

#define OH_USSD_MAX 640      /* bytes of UTF-8, NUL included: 182 characters of three */
#define OH_USSD_SENT_MAX 160 /* characters of what is sent */

/* How this modem writes texts. */
typedef enum
{
  OH_USSD_PLAIN,
  OH_USSD_PACKED, /* 7 bit packed, as hex */
  OH_USSD_UCS2,   /* as hex */
} OhUssdCoding;

/* <m> of +CUSD. */
typedef enum
{
  OH_USSD_NOTIFY,  /* no answer is wanted; it is the answer */
  OH_USSD_REQUEST, /* an answer is wanted */
  OH_USSD_ENDED,   /* by the network */
  OH_USSD_OTHER,   /* another one here has answered */
  OH_USSD_NOT_SUPPORTED,
  OH_USSD_TIMEOUT,
} OhUssdKind;

/* Whether @line begins a "+CUSD:" whose text goes on in the next line. */
gboolean oh_ussd_is_open (const char *line);

/* Whether @line, the next, ends it. */
gboolean oh_ussd_closes (const char *line);

/* A whole "+CUSD: m[,"text"[,dcs]]", line breaks in the text included; the text in @out
 * (OH_USSD_MAX bytes), valid UTF-8. FALSE: @line is none. */
gboolean oh_ussd_parse (const char *line, OhUssdCoding coding, OhUssdKind *ret_kind, char *out);

/* What can be sent; and the command that does it, to be freed. */
gboolean oh_ussd_is_sendable (const char *text);
char *oh_ussd_command (const char *text, OhUssdCoding coding);
