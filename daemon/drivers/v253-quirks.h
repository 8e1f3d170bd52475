// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <glib.h>

/* What the makes of landline voice modems differ in, as rows of a table. Pure. */
typedef struct
{
  const char *maker;       /* is in what +GMI, +GMM or ATI0 say, in capitals or not; "": any */
  const char *caller_id;   /* turns the caller's number on */
  const char *const *more; /* what else it is told, NULL at the end; each may be refused */
  gboolean lies_about_dial_tone; /* <DLE>d comes while voice is received */
  gboolean lifts_with_both;      /* either of <DLE>P and <DLE>p: a telephone was lifted */
} OhLandlineQuirks;

guint oh_landline_find_quirks (const char *maker, const char *model);

/* @row out of range: the row of any modem. */
const OhLandlineQuirks *oh_landline_get_quirks (guint row);
