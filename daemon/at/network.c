// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/at/network.h"

#include <string.h>

#include "daemon/at/ucs2.h"

#define MODE_MOST 5
#define RSSI_MOST 31
#define VOICE_CLASS 1
#define RAW_MAX 512

/* Digits of a small number; a location is four or more, or has letters, or quotes. */
static gboolean
is_small_number (const OhFields *fields)
{
  const char *at = fields->at;
  gsize digits;

  if (at == NULL)
    return FALSE;
  at += strspn (at, " \t");
  digits = strspn (at, "0123456789");
  return digits >= 1 && digits <= 2 && strchr (", \t", at[digits]) != NULL;
}

static gboolean
begin_registration (OhFields *fields, const char *line, OhDomain *ret_domain)
{
  *ret_domain = OH_DOMAIN_CIRCUIT;
  if (oh_fields_begin (fields, line, "+CREG:"))
    return TRUE;
  *ret_domain = OH_DOMAIN_PACKET;
  return oh_fields_begin (fields, line, "+CEREG:") || oh_fields_begin (fields, line, "+C5GREG:");
}

gboolean
oh_registration_parse (const char *line, OhDomain *ret_domain, OhRegistration *ret_registration,
                       guint *ret_access)
{
  OhFields fields;
  guint number;

  if (!begin_registration (&fields, line, ret_domain)
      || !oh_fields_next_number (&fields, OH_REGISTRATION_MOST, &number))
    return FALSE;
  if (is_small_number (&fields)
      && (number > MODE_MOST || !oh_fields_next_number (&fields, OH_REGISTRATION_MOST, &number)))
    return FALSE;
  *ret_registration = (OhRegistration)number;
  *ret_access = OH_ACCESS_NONE;
  oh_fields_skip (&fields, 2);
  oh_fields_next_number (&fields, OH_ACCESS_MOST, ret_access);
  return TRUE;
}

gboolean
oh_ims_parse (const char *line, gboolean *ret_voice)
{
  guint registered, services = 1;
  OhFields fields;

  if (oh_fields_begin (&fields, line, "+CIREG:"))
    oh_fields_skip (&fields, 1);
  else if (!oh_fields_begin (&fields, line, "+CIREGU:"))
    return FALSE;
  if (!oh_fields_next_number (&fields, 1, &registered))
    return FALSE;
  oh_fields_next_number (&fields, G_MAXUINT16, &services); /* bit 0: voice */
  *ret_voice = registered == 1 && (services & 1) != 0;
  return TRUE;
}

/* Cut between characters. */
static void
copy_name (char *out, const char *text)
{
  gsize length = MIN (strlen (text), OH_OPERATOR_MAX - 1);

  while (length > 0 && ((guchar)text[length] & 0xC0) == 0x80)
    length--;
  memcpy (out, text, length);
  out[length] = '\0';
}

gboolean
oh_operator_parse (const char *line, OhNetwork *network)
{
  char raw[RAW_MAX], text[OH_TEXT_MAX];
  guint mode, format;
  OhFields fields;

  if (!oh_fields_begin (&fields, line, "+COPS:") || !oh_fields_next_number (&fields, 4, &mode))
    return FALSE;
  if (!oh_fields_next_number (&fields, 2, &format)
      || !oh_fields_next_text (&fields, raw, sizeof raw))
    return TRUE; /* none */
  oh_fields_next_number (&fields, OH_ACCESS_MOST, &network->access);
  oh_ucs2_undo (raw, format == 2 ? OH_UCS2_NUMBER : OH_UCS2_NAME);
  oh_text_clean (raw, text);
  if (format != 2)
    copy_name (network->operator_name, text);
  else if ((strlen (text) == 5 || strlen (text) == 6) && text[strspn (text, "0123456789")] == '\0')
    g_strlcpy (network->operator_code, text, sizeof network->operator_code);
  return TRUE;
}

gboolean
oh_signal_parse (const char *line, int *ret_dbm)
{
  guint rssi = RSSI_MOST + 1;
  char word[8];
  OhFields fields;

  if (oh_fields_begin (&fields, line, "+QIND:"))
    {
      if (!oh_fields_next_text (&fields, word, sizeof word) || !g_str_equal (word, "csq"))
        return FALSE;
    }
  else if (!oh_fields_begin (&fields, line, "+CSQ:") && !oh_fields_begin (&fields, line, "^RSSI:"))
    return FALSE;
  *ret_dbm = OH_SIGNAL_NONE;
  if (oh_fields_next_number (&fields, RSSI_MOST, &rssi))
    *ret_dbm = -113 + 2 * (int)rssi;
  return TRUE;
}

guint
oh_indicator_find (const char *line, const char *name)
{
  gsize length = strlen (name);
  guint depth = 0, place = 0;

  if (!g_str_has_prefix (line, "+CIND:"))
    return 0;
  for (const char *at = line; *at != '\0'; at++)
    {
      if (*at == ')' && depth > 0)
        depth--;
      if (*at != '(' || depth++ > 0)
        continue;
      place++;
      at += strspn (at + 1, "\" ");
      if (g_ascii_strncasecmp (at + 1, name, length) == 0 && !g_ascii_isalnum (at[1 + length]))
        return place;
    }
  return 0;
}

gboolean
oh_indicator_parse (const char *line, guint signal, int *ret_dbm)
{
  static const int levels[] = { -113, -105, -93, -81, -69, -57 };
  guint value = 0;
  char place[16];
  OhFields fields;

  if (!oh_fields_begin (&fields, line, "+CIEV:")
      || !oh_fields_next_text (&fields, place, sizeof place)
      || !oh_fields_next_number (&fields, G_N_ELEMENTS (levels) - 1, &value))
    return FALSE;
  if (!g_str_equal (place, "signal") && !g_str_equal (place, "rssi")
      && (signal == 0 || g_ascii_strtoull (place, NULL, 10) != signal))
    return FALSE;
  *ret_dbm = levels[value];
  return TRUE;
}

gboolean
oh_emergency_parse (const char *line, char *out)
{
  char raw[OH_NUMBER_MAX];
  OhFields fields;

  if (!oh_fields_begin (&fields, line, "+CEN2:"))
    return FALSE;
  oh_fields_skip (&fields, 1);
  return oh_fields_next_text (&fields, raw, sizeof raw) && oh_number_clean (raw, out);
}

/* Status and class; a class that is left out is all. */
static gboolean
begin_status (OhFields *fields, const char *line, const char *prefix, gboolean *ret_active)
{
  guint status, class = VOICE_CLASS;

  if (!oh_fields_begin (fields, line, prefix) || !oh_fields_next_number (fields, 1, &status))
    return FALSE;
  oh_fields_next_number (fields, 255, &class);
  *ret_active = status == 1;
  return (class & VOICE_CLASS) != 0;
}

gboolean
oh_forward_rule_parse (const char *line, OhForwardRule *rule)
{
  char raw[RAW_MAX];
  OhFields fields;
  guint type = 0;

  *rule = (OhForwardRule){ 0 };
  if (!begin_status (&fields, line, "+CCFC:", &rule->active))
    return FALSE;
  if (!oh_fields_next_text (&fields, raw, sizeof raw))
    return TRUE;
  oh_fields_next_number (&fields, 255, &type);
  oh_ucs2_undo (raw, OH_UCS2_NUMBER);
  oh_number_clean_typed (raw, type, rule->number);
  oh_fields_skip (&fields, 2);
  oh_fields_next_number (&fields, 60, &rule->seconds);
  return TRUE;
}

gboolean
oh_call_waiting_parse (const char *line, gboolean *ret_enabled)
{
  OhFields fields;

  return begin_status (&fields, line, "+CCWA:", ret_enabled);
}
