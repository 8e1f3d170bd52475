// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/drivers/cellular-network.h"

#include <string.h>

#include "daemon/at/network.h"
#include "daemon/drivers/cellular-calls.h"

/* Which numbers are emergency calls: those of the standard, the SIM's, the network's (22.101
 * 10.1.1). */

#define ECC_FILE 28599 /* 6FB7, 31.102 4.2.21 */
#define ECC_RECORDS 5
#define SW_WRONG_LENGTH 0x6C /* the right one follows */
#define SW_DONE 0x90
#define HEX_MAX 64

static guint
add (const char **words, guint n, const char *number)
{
  for (guint i = 0; i < n; i++)
    {
      if (g_str_equal (words[i], number))
        return n;
    }
  words[n] = number;
  return n + 1;
}

void
oh_cellular_emit_emergency (OhModem *modem)
{
  static const char *const always[] = { "112", "911" };
  static const char *const without_sim[] = { "000", "08", "110", "118", "119", "999" };
  OhCellularNetwork *self = oh_cellular_get_network (modem);
  const char *
      words[G_N_ELEMENTS (always) + G_N_ELEMENTS (without_sim) + 2 * OH_CELLULAR_EMERGENCY_MAX + 1];
  guint n = 0;

  for (guint i = 0; i < G_N_ELEMENTS (always); i++)
    n = add (words, n, always[i]);
  for (guint i = 0; i < G_N_ELEMENTS (without_sim) && self->now.sim == OH_SIM_ABSENT; i++)
    n = add (words, n, without_sim[i]);
  for (guint i = 0; i < OH_CELLULAR_EMERGENCY_MAX && *self->of_sim[i] != '\0'; i++)
    n = add (words, n, self->of_sim[i]);
  for (guint i = 0; i < OH_CELLULAR_EMERGENCY_MAX && *self->of_network[i] != '\0'; i++)
    n = add (words, n, self->of_network[i]);
  words[n] = NULL;
  oh_modem_emit (modem, &(OhEvent){ .kind = OH_EVENT_EMERGENCY, .words = words });
}

/* FALSE: there is no room. */
static gboolean
keep (char list[][OH_ECC_MAX], const char *number)
{
  for (guint i = 0; i < OH_CELLULAR_EMERGENCY_MAX; i++)
    {
      if (*list[i] == '\0')
        g_strlcpy (list[i], number, sizeof list[i]);
      if (g_str_equal (list[i], number))
        return TRUE;
    }
  return FALSE;
}

static void ask_record (OhModem *modem, guint record, guint length);

/* One record a number on a USIM; one file with all of them on a SIM. */
typedef struct
{
  OhModem *modem;
  guint record, length;
} Question;

static void
on_record (const OhReply *reply, gpointer user_data)
{
  g_autofree Question *question = user_data;
  OhCellularNetwork *self = oh_cellular_get_network (question->modem);
  char hex[HEX_MAX], number[OH_ECC_MAX];
  guint sw1 = 0, sw2 = 0;

  if (reply->error != NULL)
    return;
  if (reply->n_lines > 0)
    oh_sim_file_parse (reply->lines[0], &sw1, &sw2, hex, sizeof hex);
  if (sw1 == SW_WRONG_LENGTH && question->length == 0 && sw2 != 0)
    {
      ask_record (question->modem, question->record, sw2);
      return;
    }
  if (sw1 == SW_DONE && oh_ecc_decode (hex, 0, number) && *number != '\0')
    keep (self->of_sim, number);
  if (sw1 == SW_DONE && question->record < ECC_RECORDS)
    ask_record (question->modem, question->record + 1, question->length);
  else
    oh_cellular_emit_emergency (question->modem);
}

static void
ask_record (OhModem *modem, guint record, guint length)
{
  g_autofree char *text
      = g_strdup_printf ("AT+CRSM=178,%u,%u,4,%u", (guint)ECC_FILE, record, length);
  Question *question = g_new (Question, 1);
  OhCommand how = { .prefix = "+CRSM:", .func = on_record, .user_data = question };

  *question = (Question){ modem, record, length };
  oh_modem_send (modem, text, &how);
}

static void
on_file (const OhReply *reply, gpointer user_data)
{
  OhCellularNetwork *self = oh_cellular_get_network (user_data);
  char hex[HEX_MAX] = "", number[OH_ECC_MAX];
  guint sw1 = 0, sw2 = 0;

  if (reply->error != NULL)
    return;
  memset (self->of_sim, 0, sizeof self->of_sim);
  if (reply->n_lines > 0)
    oh_sim_file_parse (reply->lines[0], &sw1, &sw2, hex, sizeof hex);
  for (guint i = 0; sw1 == SW_DONE && oh_ecc_decode (hex, i, number); i++)
    {
      if (*number != '\0')
        keep (self->of_sim, number);
    }
  if (sw1 == SW_DONE || sw1 == 0)
    oh_cellular_emit_emergency (user_data);
  else
    ask_record (user_data, 1, 0);
}

static void
on_network (const OhReply *reply, gpointer user_data)
{
  for (guint i = 0; i < reply->n_lines; i++)
    oh_cellular_take_emergency_line (user_data, reply->lines[i]);
}

void
oh_cellular_ask_emergency (OhModem *modem)
{
  g_autofree char *text = g_strdup_printf ("AT+CRSM=176,%u,0,0,15", (guint)ECC_FILE);
  OhCommand file = { .prefix = "+CRSM:", .tries = 2, .func = on_file, .user_data = modem };
  OhCommand network = { .prefix = "+CEN", .tries = 2, .func = on_network, .user_data = modem };
  OhCellularNetwork *self = oh_cellular_get_network (modem);
  gboolean there = self->now.sim != OH_SIM_ABSENT && self->now.sim != OH_SIM_FAILURE;

  if (!there)
    memset (self->of_sim, 0, sizeof self->of_sim);
  oh_cellular_emit_emergency (modem);
  if (there)
    oh_modem_send (modem, text, &file);
  oh_modem_send (modem, "AT+CEN?", &network);
}

/* +CEN1 begins the list of another country (27.007 8.67). */
gboolean
oh_cellular_take_emergency_line (OhModem *modem, const char *line)
{
  OhCellularNetwork *self = oh_cellular_get_network (modem);
  char number[OH_NUMBER_MAX];

  if (g_str_has_prefix (line, "+CEN1:"))
    memset (self->of_network, 0, sizeof self->of_network);
  else if (!g_str_has_prefix (line, "+CEN2:"))
    return FALSE;
  else if (oh_emergency_parse (line, number) && strlen (number) < OH_ECC_MAX
           && strspn (number, "0123456789") == strlen (number) && keep (self->of_network, number))
    oh_cellular_emit_emergency (modem);
  return TRUE;
}
