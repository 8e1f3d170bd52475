// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <glib.h>

/* When the exchange sends caller ID. */
typedef enum
{
  OH_SIM_ID_AFTER,  /* the first ring */
  OH_SIM_ID_BEFORE, /* it */
  OH_SIM_ID_SECOND, /* after the second ring */
  OH_SIM_ID_NEVER,
} OhSimIdTime;

/* Tenths of a second on, off, on, off...; 0 at the end. */
typedef guint8 OhSimCadence[9];

/* What a line of a country does. */
typedef struct
{
  const char *name;
  const char *code; /* as in +GCI */
  OhSimCadence cadence;
  OhSimIdTime when;
  gboolean by_digits; /* caller ID is the number in DTMF, and no more */
  gboolean reversal;  /* of the polarity, in front of caller ID */
  gboolean call_type; /* is the first parameter of a packet (ETSI 300 659) */
  gboolean day_first; /* in the date */
  gboolean strict;    /* only a modem with this +GCI understands caller ID */
} OhSimCountry;

void oh_sim_country_init (OhSimCountry *country);
gboolean oh_sim_country_parse (OhSimCountry *country, char **words, GError **error);

/* The cadence of distinctive ring @pattern, which is 1 for the country's own. */
const guint8 *oh_sim_country_get_cadence (const OhSimCountry *country, guint pattern);
double oh_sim_country_get_period (const guint8 *cadence);
