// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/drivers/cellular-network.h"

#include "daemon/at/network.h"
#include "daemon/drivers/cellular-calls.h"
#include "daemon/error.h"

/* What the network keeps for the subscriber: call forwarding (27.007 7.11), call waiting (7.12). */

#define LIMIT_MS 30000
#define VOICE_CLASS 1
#define TYPE_INTERNATIONAL 145
#define TYPE_UNKNOWN 129

typedef enum
{
  MODE_DISABLE,
  MODE_ENABLE,
  MODE_QUERY,
  MODE_REGISTER,
  MODE_ERASE,
} Mode;

static void
send (OhModem *modem, const char *text, const char *prefix, OhReplyFunc func, OhRequest *request)
{
  OhCommand how = { .prefix = prefix,
                    .limit_ms = LIMIT_MS,
                    .func = func,
                    .user_data = oh_job_new (modem, 0, request) };

  oh_modem_send (modem, text, &how);
}

static void
on_set (const OhReply *reply, gpointer user_data)
{
  g_autoptr (OhJob) job = user_data;

  oh_modem_settle (job->request, reply);
}

/* A call that waits is reported in rows that begin alike. */
static void
on_call_waiting (const OhReply *reply, gpointer user_data)
{
  g_autoptr (OhJob) job = user_data;
  gboolean enabled = FALSE, one;

  for (guint i = 0; i < reply->n_lines; i++)
    {
      if (oh_call_waiting_parse (reply->lines[i], &one))
        enabled |= one;
      else if (reply->error == NULL)
        oh_cellular_take_call_line (job->modem, reply->lines[i]);
    }
  if (reply->error == NULL && reply->result == OH_RESULT_OK)
    oh_request_done_with (job->request, g_variant_new ("(b)", enabled));
  else
    oh_modem_settle (job->request, reply);
}

void
oh_cellular_get_call_waiting (OhModem *modem, OhRequest *request)
{
  g_autofree char *text = g_strdup_printf ("AT+CCWA=1,%d,%d", MODE_QUERY, VOICE_CLASS);

  send (modem, text, "+CCWA:", on_call_waiting, request);
}

void
oh_cellular_set_call_waiting (OhModem *modem, gboolean enabled, OhRequest *request)
{
  g_autofree char *text
      = g_strdup_printf ("AT+CCWA=1,%d,%d", enabled ? MODE_ENABLE : MODE_DISABLE, VOICE_CLASS);

  send (modem, text, NULL, on_set, request);
}

static GVariant *
describe (const OhForwardRule *rule)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "Active", "b", rule->active);
  if (*rule->number != '\0')
    g_variant_dict_insert (&dict, "Number", "s", rule->number);
  if (rule->seconds != 0)
    g_variant_dict_insert (&dict, "Seconds", "u", rule->seconds);
  return g_variant_new ("(@a{sv})", g_variant_dict_end (&dict));
}

static void
on_forwarding (const OhReply *reply, gpointer user_data)
{
  g_autoptr (OhJob) job = user_data;
  OhForwardRule rule = { 0 }, row;

  for (guint i = 0; i < reply->n_lines && !rule.active; i++)
    {
      if (oh_forward_rule_parse (reply->lines[i], &row))
        rule = row;
    }
  if (reply->error == NULL && reply->result == OH_RESULT_OK)
    oh_request_done_with (job->request, describe (&rule));
  else
    oh_modem_settle (job->request, reply);
}

void
oh_cellular_get_forwarding (OhModem *modem, OhForward condition, OhRequest *request)
{
  g_autofree char *text = g_strdup_printf ("AT+CCFC=%d,%d", condition, MODE_QUERY);

  send (modem, text, "+CCFC:", on_forwarding, request);
}

/* As the modem's character set has it. */
static char *
write_number (OhModem *modem, const char *number)
{
  GString *text = g_string_new (NULL);

  for (; *number != '\0'; number++)
    {
      if (oh_cellular_get_network (modem)->ucs2)
        g_string_append_printf (text, "%04X", (guint)*number);
      else
        g_string_append_c (text, *number);
    }
  return g_string_free (text, FALSE);
}

void
oh_cellular_set_forwarding (OhModem *modem, OhForward condition, const char *number, guint seconds,
                            OhRequest *request)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *coded = NULL;

  if (number == NULL)
    g_string_printf (text, "AT+CCFC=%d,%d", condition, MODE_ERASE);
  else
    {
      coded = write_number (modem, number);
      g_string_printf (text, "AT+CCFC=%d,%d,\"%s\",%d,%d", condition, MODE_REGISTER, coded,
                       *number == '+' ? TYPE_INTERNATIONAL : TYPE_UNKNOWN, VOICE_CLASS);
      if (seconds != 0)
        g_string_append_printf (text, ",,,%u", seconds);
    }
  send (modem, text->str, NULL, on_set, request);
}
