// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <glib.h>

/* What the families of cellular modems want to be told, as rows of a table: a family is data. What
 * they say is known by its prefix, whoever says it: cellular-report.h. */
typedef struct
{
  const char *maker;          /* how +CGMI begins, in capitals; "": any */
  const char *model;          /* how +CGMM begins; "": any */
  const char *const *reports; /* commands that turn its reports on, NULL at the end */
  const char *retries;        /* asks how often PIN and PUK may be entered; NULL: +CPINR does */
  const char *retries_prefix; /* of the answer */
  gboolean colp;              /* with +COLP=1 ATD does not wait for the answer */
  gboolean quotes_digits;     /* +VTS="5" */
  gboolean reports_signal;    /* so told: +CIEV is not needed */
  gboolean lists_by_itself;   /* AT+CLCC=1: the list is a report too */
  gboolean packs_ussd;        /* 7 bit packed, as hex */
} OhCellularFamily;

/* The row of a modem that says so; any modem has one. */
guint oh_cellular_find_family (const char *maker, const char *model);

/* @row out of range: the row of any modem. */
const OhCellularFamily *oh_cellular_get_family (guint row);
