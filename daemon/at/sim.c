// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/at/sim.h"

#include <string.h>

#include "daemon/at/lexer.h"
#include "daemon/at/ucs2.h"

#define RETRIES_MOST 99
#define IDENTITY_LEAST 5
#define ICCID_LEAST 18
#define ECC_BYTES 3

gboolean
oh_sim_state_parse (const char *line, OhSimState *ret_state)
{
  static const struct
  {
    const char *begin;
    OhSimState state;
  } words[] = {
    { "READY", OH_SIM_READY },         { "SIM PIN2", OH_SIM_READY },
    { "SIM PUK2", OH_SIM_READY },      { "SIM PIN", OH_SIM_PIN },
    { "SIM PUK", OH_SIM_PUK },         { "PH-", OH_SIM_PERSONALIZED },
    { "BLOCKED", OH_SIM_FAILURE },     { "NOT READY", OH_SIM_BUSY },
    { "NOT INSERTED", OH_SIM_ABSENT }, { "SIM FAILURE", OH_SIM_FAILURE },
  };
  char word[32];
  OhFields fields;

  if (!oh_fields_begin (&fields, line, "+CPIN:"))
    return FALSE;
  *ret_state = OH_SIM_UNKNOWN;
  oh_fields_next_text (&fields, word, sizeof word);
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    {
      if (!g_str_has_prefix (word, words[i].begin))
        continue;
      *ret_state = words[i].state;
      break;
    }
  return TRUE;
}

gboolean
oh_sim_state_of_error (int cme, OhSimState *ret_state)
{
  switch (cme)
    {
    case 10:
      *ret_state = OH_SIM_ABSENT;
      return TRUE;
    case 11:
      *ret_state = OH_SIM_PIN;
      return TRUE;
    case 12:
      *ret_state = OH_SIM_PUK;
      return TRUE;
    case 13:
    case 15:
      *ret_state = OH_SIM_FAILURE;
      return TRUE;
    case 14:
      *ret_state = OH_SIM_BUSY;
      return TRUE;
    case 5:
    case 6:
    case 7:
      *ret_state = OH_SIM_PERSONALIZED;
      return TRUE;
    default:
      *ret_state = OH_SIM_PERSONALIZED;
      return cme >= 40 && cme <= 47;
    }
}

static void
take_retries (OhFields *fields, int *ret_retries)
{
  guint number;

  if (oh_fields_next_number (fields, RETRIES_MOST, &number))
    *ret_retries = (int)number;
}

/* The code is named in front, in the words of +CPIN. */
static void
take_named (OhFields *fields, OhNetwork *network)
{
  char word[32];

  oh_fields_next_text (fields, word, sizeof word);
  if (g_str_equal (word, "SIM PIN"))
    take_retries (fields, &network->pin_retries);
  else if (g_str_equal (word, "SIM PUK"))
    take_retries (fields, &network->puk_retries);
}

static void
take_current (OhFields *fields, OhNetwork *network)
{
  if (network->sim == OH_SIM_PUK)
    take_retries (fields, &network->puk_retries);
  else if (network->sim == OH_SIM_PIN || network->sim == OH_SIM_READY)
    take_retries (fields, &network->pin_retries);
}

/* Where the numbers of PIN and PUK stand, from 0. */
static const struct
{
  const char *prefix;
  guint pin, puk;
  enum
  {
    BY_PLACE,
    NAMED,
    CURRENT
  } how;
} forms[] = {
  { "+CPINR:", 0, 0, NAMED },      /* 8.65 */
  { "^CPIN:", 3, 2, BY_PLACE },    /* Huawei: code,times,puk,pin,puk2,pin2 */
  { "+SPIC:", 0, 1, BY_PLACE },    /* SIMCom: pin,puk,pin2,puk2 */
  { "+UPINCNT:", 0, 2, BY_PLACE }, /* u-blox: pin,pin2,puk,puk2 */
  { "+EPINC:", 0, 2, BY_PLACE },   /* MediaTek, likewise */
  { "#PCT:", 0, 0, CURRENT },      /* Telit */
  { "^SPIC:", 0, 0, CURRENT },     /* Cinterion */
};

static void
take_places (OhFields *fields, guint pin, guint puk, OhNetwork *network)
{
  for (guint i = 0; i <= MAX (pin, puk); i++)
    {
      if (i == pin)
        take_retries (fields, &network->pin_retries);
      else if (i == puk)
        take_retries (fields, &network->puk_retries);
      else
        oh_fields_skip (fields, 1);
    }
}

/* Quectel: "SC",pin,puk and "P2",pin2,puk2. */
static void
take_quectel (OhFields *fields, OhNetwork *network)
{
  char word[8];

  oh_fields_next_text (fields, word, sizeof word);
  if (g_str_equal (word, "SC"))
    take_places (fields, 0, 1, network);
}

gboolean
oh_sim_retries_parse (const char *line, OhNetwork *network)
{
  OhFields fields;

  if (oh_fields_begin (&fields, line, "+QPINC:"))
    {
      take_quectel (&fields, network);
      return TRUE;
    }
  for (guint i = 0; i < G_N_ELEMENTS (forms); i++)
    {
      if (!oh_fields_begin (&fields, line, forms[i].prefix))
        continue;
      if (forms[i].how == BY_PLACE)
        take_places (&fields, forms[i].pin, forms[i].puk, network);
      else if (forms[i].how == NAMED)
        take_named (&fields, network);
      else
        take_current (&fields, network);
      return TRUE;
    }
  return FALSE;
}

gboolean
oh_sim_file_parse (const char *line, guint *ret_sw1, guint *ret_sw2, char *hex, gsize size)
{
  OhFields fields;

  *hex = '\0';
  if (!oh_fields_begin (&fields, line, "+CRSM:") || !oh_fields_next_number (&fields, 255, ret_sw1)
      || !oh_fields_next_number (&fields, 255, ret_sw2))
    return FALSE;
  oh_fields_next_text (&fields, hex, size);
  if (hex[strspn (hex, "0123456789ABCDEFabcdef")] != '\0')
    *hex = '\0';
  return TRUE;
}

/* Digits of swapped halves up to a filler; FALSE when another follows it. */
static gboolean
unswap (const char *hex, gsize bytes, char *out)
{
  gboolean over = FALSE;
  gsize length = 0;

  for (gsize i = 0; i < bytes * 2; i++)
    {
      char half = hex[i ^ 1];

      if (!g_ascii_isdigit (half))
        over = TRUE;
      else if (over)
        return FALSE;
      else
        out[length++] = half;
    }
  out[length] = '\0';
  return TRUE;
}

gboolean
oh_iccid_decode (const char *hex, char *out)
{
  gsize bytes = strlen (hex) / 2;

  *out = '\0';
  if (bytes < ICCID_LEAST / 2 || bytes > OH_ICCID_MAX / 2 || !unswap (hex, bytes, out)
      || strlen (out) < ICCID_LEAST)
    *out = '\0';
  return *out != '\0';
}

static const char *
behind_prefix (const char *line)
{
  const char *colon = strchr ("+^*#%$", *line) != NULL ? strchr (line, ':') : NULL;

  line = colon != NULL ? colon + 1 : line;
  return line + strspn (line, " \t\"");
}

static gboolean
copy_digits (const char *line, gsize least, gsize size, char *out)
{
  const char *digits = behind_prefix (line);
  gsize length = strspn (digits, "0123456789");

  *out = '\0';
  if (length < least || length >= size)
    return FALSE;
  memcpy (out, digits, length);
  out[length] = '\0';
  return TRUE;
}

gboolean
oh_iccid_parse (const char *line, char *out)
{
  return copy_digits (line, ICCID_LEAST, OH_ICCID_MAX, out);
}

gboolean
oh_ecc_decode (const char *hex, guint n, char *out)
{
  *out = '\0';
  if (strlen (hex) / 2 < (gsize)(n + 1) * ECC_BYTES)
    return FALSE;
  if (!unswap (hex + (gsize)n * ECC_BYTES * 2, ECC_BYTES, out))
    *out = '\0';
  return TRUE;
}

gboolean
oh_identity_parse (const char *line, char *out)
{
  return copy_digits (line, IDENTITY_LEAST, OH_IDENTITY_MAX, out);
}

gboolean
oh_own_number_parse (const char *line, char *out)
{
  char raw[OH_LEXER_LINE_MAX + 1];
  OhFields fields;
  guint type = 0;

  *out = '\0';
  if (!oh_fields_begin (&fields, line, "+CNUM:"))
    return FALSE;
  oh_fields_skip (&fields, 1);
  if (!oh_fields_next_text (&fields, raw, sizeof raw))
    return FALSE;
  oh_fields_next_number (&fields, 255, &type);
  oh_ucs2_undo (raw, OH_UCS2_NUMBER);
  return oh_number_clean_typed (raw, type, out);
}
