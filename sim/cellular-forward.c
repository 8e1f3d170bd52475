// SPDX-License-Identifier: LGPL-2.1-or-later
#include <stdlib.h>
#include <string.h>

#include "sim/cellular-family.h"

#define CLASS_VOICE 1
#define CLASS_ALL 7 /* voice, data and fax: what is meant when none is given */
#define TYPE_INTERNATIONAL 145
#define TYPE_UNKNOWN 129
#define DEFAULT_TIME 20 /* seconds */
#define LONGEST_TIME 30
#define LONGEST_NUMBER 40 /* digits */

/* Reasons of +CCFC; those behind the last that has a rule are several in one. */
enum
{
  REASON_NO_REPLY = 2,
  REASON_ALL = OH_SIM_FORWARD_REASONS,
  REASON_CONDITIONAL,
};

/* Modes of +CCFC, and the first three of +CCWA. */
enum
{
  MODE_DISABLE,
  MODE_ENABLE,
  MODE_QUERY,
  MODE_REGISTER,
  MODE_ERASE,
};

/* What the host asks of the network. */
typedef struct
{
  guint reason;
  guint mode;
  guint classes;
  guint time;
  char *number; /* NULL: none */
} Request;

static OhSimServices *
services_of (OhSimModem *modem)
{
  OhSimCellular *line = modem->line;

  return &line->services;
}

void
oh_sim_services_init (OhSimModem *modem)
{
  services_of (modem)->call_waiting = TRUE;
}

static void
erase (OhSimForward *forward)
{
  g_clear_pointer (&forward->number, g_free);
  forward->active = FALSE;
}

void
oh_sim_services_clear (OhSimModem *modem)
{
  OhSimServices *self = services_of (modem);

  for (guint reason = 0; reason < OH_SIM_FORWARD_REASONS; reason++)
    for (guint i = 0; i < OH_SIM_FORWARD_CLASSES; i++)
      erase (&self->forwards[reason][i]);
}

/* NULL, or why the network cannot be asked. */
static const char *
check_network (OhSimModem *modem)
{
  const char *refusal = oh_sim_card_check (modem);

  if (refusal == NULL && !oh_sim_network_may_call (modem, ""))
    refusal = oh_sim_cellular_error (modem, 30);
  return refusal;
}

/* The number in field @i; @fallback when there is none, more than any when it is no number. */
static guint
get_number (char **fields, guint i, guint fallback)
{
  if (i >= g_strv_length (fields) || *fields[i] == '\0')
    return fallback;
  if (strspn (fields[i], "0123456789") != strlen (fields[i]) || strlen (fields[i]) > 4)
    return G_MAXUINT;
  return (guint)strtoul (fields[i], NULL, 10);
}

/* AT+CCWA=N,MODE,CLASS: here is only what the network has for voice. */
static const char *
set_waiting (OhSimModem *modem, char **fields)
{
  OhSimServices *self = services_of (modem);
  guint mode = get_number (fields, 1, G_MAXUINT);
  guint classes = get_number (fields, 2, CLASS_ALL);
  const char *refusal = check_network (modem);

  if (refusal != NULL)
    return refusal;
  if (mode > MODE_QUERY || classes > G_MAXUINT8)
    return oh_sim_cellular_error (modem, 50);
  if (mode == MODE_QUERY)
    oh_sim_modem_reply (modem, "+CCWA: %d,%d", self->call_waiting, CLASS_VOICE);
  else if ((classes & CLASS_VOICE) != 0)
    {
      self->call_waiting = mode == MODE_ENABLE;
      oh_sim_modem_report (modem, "call-waiting-by-host %s", self->call_waiting ? "on" : "off");
    }
  return "OK";
}

const char *
oh_sim_services_run_ccwa (OhSimModem *modem, const OhSimCommand *command)
{
  g_auto (GStrv) fields = g_strsplit (command->value, ",", -1);
  const char *result = oh_sim_card_check (modem);
  guint reports;

  if (command->op == OH_SIM_OP_TEST)
    return OH_SIM_AS_SETTING;
  if (result != NULL)
    return result;
  if (command->op != OH_SIM_OP_SET)
    return command->op == OH_SIM_OP_READ ? OH_SIM_AS_SETTING : "ERROR";
  reports = get_number (fields, 0, oh_sim_modem_get_number (modem, "+CCWA"));
  if (reports > 1)
    return "ERROR";
  result = g_strv_length (fields) > 1 ? set_waiting (modem, fields) : "OK";
  if (g_str_equal (result, "OK"))
    g_hash_table_replace (modem->settings, g_strdup ("+CCWA"), g_strdup_printf ("%u", reports));
  return result;
}

/* With a plus sign when @type says so. NULL when it is no number. */
static char *
parse_target (const char *field, guint type)
{
  g_autofree char *number = g_strdup (field);
  const char *digits = number;

  g_strdelimit (number, "\"", ' ');
  g_strstrip (number);
  digits += *number == '+' ? 1 : 0;
  if (*digits == '\0' || strlen (digits) > LONGEST_NUMBER
      || strspn (digits, "0123456789*#") != strlen (digits)
      || (type != TYPE_UNKNOWN && type != TYPE_INTERNATIONAL))
    return NULL;
  return g_strconcat (type == TYPE_INTERNATIONAL ? "+" : "", digits, NULL);
}

static gboolean
parse_request (Request *request, char **fields)
{
  guint type;

  request->reason = get_number (fields, 0, G_MAXUINT);
  request->mode = get_number (fields, 1, G_MAXUINT);
  request->classes = get_number (fields, 4, CLASS_ALL);
  request->time = get_number (fields, 7, DEFAULT_TIME);
  if (request->mode == MODE_REGISTER && g_strv_length (fields) > 2)
    {
      type = get_number (fields, 3,
                         strchr (fields[2], '+') != NULL ? TYPE_INTERNATIONAL : TYPE_UNKNOWN);
      request->number = parse_target (fields[2], type);
    }
  return request->reason <= REASON_CONDITIONAL && request->mode <= MODE_ERASE
         && request->classes > 0 && request->classes <= G_MAXUINT8 && request->time > 0
         && request->time <= LONGEST_TIME
         && (request->mode != MODE_REGISTER || request->number != NULL);
}

static gboolean
concerns (const Request *request, guint reason, guint class_index)
{
  gboolean meant = request->reason == reason || request->reason == REASON_ALL
                   || (request->reason == REASON_CONDITIONAL && reason > 0);

  return meant && (request->classes & 1u << class_index) != 0;
}

/* FALSE when there is nothing that could be enabled. */
static gboolean
change (OhSimForward *forward, const Request *request)
{
  switch (request->mode)
    {
    case MODE_REGISTER:
      erase (forward);
      forward->number = g_strdup (request->number);
      forward->time = request->time;
      forward->active = TRUE;
      return TRUE;
    case MODE_ERASE:
      erase (forward);
      return TRUE;
    case MODE_ENABLE:
      forward->active = forward->number != NULL;
      return forward->active;
    default:
      forward->active = FALSE;
      return TRUE;
    }
}

static const char *
apply (OhSimModem *modem, const Request *request)
{
  OhSimServices *self = services_of (modem);
  gboolean any = FALSE;

  for (guint reason = 0; reason < OH_SIM_FORWARD_REASONS; reason++)
    for (guint i = 0; i < OH_SIM_FORWARD_CLASSES; i++)
      if (concerns (request, reason, i))
        any |= change (&self->forwards[reason][i], request);
  if (!any)
    return oh_sim_cellular_error (modem, 3);
  oh_sim_modem_report (modem, "forwarding-by-host %u %u%s%s", request->reason, request->mode,
                       request->number != NULL ? " " : "",
                       request->number != NULL ? request->number : "");
  return "OK";
}

static const char *
list (OhSimModem *modem, const Request *request)
{
  const OhSimForward *forwards;
  gboolean any = FALSE;

  if (request->reason >= OH_SIM_FORWARD_REASONS)
    return oh_sim_cellular_error (modem, 3);
  forwards = services_of (modem)->forwards[request->reason];
  for (guint i = 0; i < OH_SIM_FORWARD_CLASSES; i++)
    if (concerns (request, request->reason, i) && forwards[i].number != NULL)
      {
        g_autofree char *time = request->reason == REASON_NO_REPLY
                                    ? g_strdup_printf (",,,%u", forwards[i].time)
                                    : g_strdup ("");

        oh_sim_modem_reply (modem, "+CCFC: %d,%u,\"%s\",%u%s", forwards[i].active, 1u << i,
                            forwards[i].number, oh_sim_cellular_number_type (forwards[i].number),
                            time);
        any = TRUE;
      }
  if (!any)
    oh_sim_modem_reply (modem, "+CCFC: 0,%d", CLASS_ALL);
  return "OK";
}

const char *
oh_sim_services_run_ccfc (OhSimModem *modem, const OhSimCommand *command)
{
  g_auto (GStrv) fields = g_strsplit (command->value, ",", -1);
  const char *result = check_network (modem);
  Request request = { 0 };

  if (command->op == OH_SIM_OP_TEST)
    return OH_SIM_AS_SETTING;
  if (result != NULL)
    return result;
  if (command->op != OH_SIM_OP_SET)
    return "ERROR";
  if (!parse_request (&request, fields))
    result = oh_sim_cellular_error (modem, 50);
  else
    result = request.mode == MODE_QUERY ? list (modem, &request) : apply (modem, &request);
  g_free (request.number);
  return result;
}
