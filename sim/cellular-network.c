// SPDX-License-Identifier: LGPL-2.1-or-later
#include <stdlib.h>
#include <string.h>

#include "sim/at.h"
#include "sim/cellular-family.h"
#include "sim/text.h"
#include "sim/words.h"

#define REGISTRATION_AFTER 0.05 /* seconds */
#define CELL 0xb2a1
#define HIGHEST_SIGNAL 31
#define HIGHEST_BARS 5
#define HIGHEST_ACT 13
#define SHORT_NAME 8 /* characters */
#define IMS_VOICE_AND_SMS 5

/* Of +CFUN. */
#define FULL_FUNCTIONALITY 1
#define HIGHEST_FUNCTIONALITY 4

/* Values of <stat> in +CREG. */
enum
{
  STAT_NONE = 0,
  STAT_HOME = 1,
  STAT_ROAMING = 5,
  STAT_SMS_ONLY = 6,
};

enum
{
  FORMAT_LONG,
  FORMAT_SHORT,
  FORMAT_NUMERIC,
};

/* By OhSimService. */
static const guint stats[] = {
  [OH_SIM_SERVICE_HOME] = STAT_HOME, [OH_SIM_SERVICE_ROAMING] = STAT_ROAMING,
  [OH_SIM_SERVICE_SEARCHING] = 2,    [OH_SIM_SERVICE_DENIED] = 3,
  [OH_SIM_SERVICE_NONE] = STAT_NONE, [OH_SIM_SERVICE_EMERGENCY] = 8,
  [OH_SIM_SERVICE_SMS_ONLY] = 6,
};

static OhSimNetwork *
network_of (OhSimModem *modem)
{
  OhSimCellular *line = modem->line;

  return &line->network;
}

/* As +CREG has it. */
guint
oh_sim_network_get_stat (OhSimModem *modem)
{
  const OhSimNetwork *self = network_of (modem);

  return self->camped ? stats[self->service] : STAT_NONE;
}

static gboolean
is_registered (OhSimModem *modem)
{
  guint stat = oh_sim_network_get_stat (modem);

  return stat == STAT_HOME || stat == STAT_ROAMING || stat == STAT_SMS_ONLY;
}

/* As good as the bars of a telephone. */
static guint
get_bars (OhSimModem *modem)
{
  guint signal = network_of (modem)->signal;

  if (signal == 0 || signal > HIGHEST_SIGNAL)
    return 0;
  return 1 + (signal - 1) * HIGHEST_BARS / HIGHEST_SIGNAL;
}

/* What mode 2 adds while the modem is in a cell: where it is. */
static char *
describe_place (OhSimModem *modem, guint mode)
{
  const OhSimNetwork *self = network_of (modem);

  if (mode != 2 || !is_registered (modem))
    return g_strdup ("");
  return g_strdup_printf (",\"%04X\",\"%08X\",%u", self->area, CELL, self->act);
}

static void
tell_registration (OhSimModem *modem, const char *name)
{
  guint mode = oh_sim_modem_get_number (modem, name);
  g_autofree char *place = describe_place (modem, mode);

  if (mode > 0)
    oh_sim_cellular_tell (modem->line, "%s: %u%s", name, oh_sim_network_get_stat (modem), place);
}

static gboolean
has_indications (OhSimModem *modem)
{
  g_auto (GStrv) fields = g_strsplit (oh_sim_modem_get_setting (modem, "+CMER"), ",", -1);
  const OhSimCellular *line = modem->line;

  return line->family->signal_line == NULL && atoi (fields[0]) > 0 && g_strv_length (fields) > 3
         && atoi (fields[3]) > 0;
}

/* After a change of what was told before. */
static void
tell_all (OhSimModem *modem, gboolean moved)
{
  OhSimNetwork *self = network_of (modem);
  guint before = self->told_stat;
  gboolean was_in = before == STAT_HOME || before == STAT_ROAMING || before == STAT_SMS_ONLY;
  static const char *const names[] = { "+CREG", "+CGREG", "+CEREG" };

  self->told_stat = oh_sim_network_get_stat (modem);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (self->told_stat != before
        || (moved && is_registered (modem) && oh_sim_modem_get_number (modem, names[i]) == 2))
      tell_registration (modem, names[i]);
  if (has_indications (modem) && was_in != is_registered (modem))
    oh_sim_cellular_tell (modem->line, "+CIEV: 3,%d", !was_in);
  if (has_indications (modem) && (before == STAT_ROAMING) != (self->told_stat == STAT_ROAMING))
    oh_sim_cellular_tell (modem->line, "+CIEV: 5,%d", self->told_stat == STAT_ROAMING);
}

static void
tell_ims (OhSimModem *modem)
{
  const OhSimNetwork *self = network_of (modem);
  guint mode = oh_sim_modem_get_number (modem, "+CIREG");

  if (mode == 2 && self->ims)
    oh_sim_cellular_tell (modem->line, "+CIREGU: 1,%d", IMS_VOICE_AND_SMS);
  else if (mode > 0)
    oh_sim_cellular_tell (modem->line, "+CIREGU: %d", self->ims);
}

static void
on_registration (gpointer data)
{
  OhSimModem *modem = data;

  network_of (modem)->camped = TRUE;
  tell_all (modem, FALSE);
}

/* Looks for a network, when there are a SIM and a radio that may. */
void
oh_sim_network_attach (OhSimModem *modem)
{
  OhSimNetwork *self = network_of (modem);

  if (!self->camped && self->card.state == OH_SIM_CARD_READY
      && self->functionality == FULL_FUNCTIONALITY)
    oh_sim_timer_start (&self->registration, modem->clock, REGISTRATION_AFTER, on_registration,
                        modem);
}

void
oh_sim_network_detach (OhSimModem *modem)
{
  OhSimNetwork *self = network_of (modem);

  oh_sim_timer_stop (&self->registration);
  oh_sim_ussd_lose_power (modem);
  self->camped = FALSE;
  tell_all (modem, FALSE);
}

void
oh_sim_network_init (OhSimModem *modem)
{
  OhSimNetwork *self = network_of (modem);

  oh_sim_card_init (&self->card);
  self->name = g_strdup ("Offhook Test");
  self->code = g_strdup ("00101");
  self->act = 7;
  self->area = 0xc3;
  self->signal = 20;
}

void
oh_sim_network_clear (OhSimModem *modem)
{
  OhSimNetwork *self = network_of (modem);

  oh_sim_timer_stop (&self->registration);
  oh_sim_card_clear (&self->card);
  g_free (self->name);
  g_free (self->code);
}

/* Modems are long registered when a host has found them. */
void
oh_sim_network_get_power (OhSimModem *modem)
{
  OhSimNetwork *self = network_of (modem);

  oh_sim_timer_stop (&self->registration);
  oh_sim_card_get_power (&self->card);
  self->functionality = FULL_FUNCTIONALITY;
  self->camped = self->card.state == OH_SIM_CARD_READY;
  self->told_stat = oh_sim_network_get_stat (modem);
}

/* Anybody, at home or abroad; emergency services wherever there is a network. */
gboolean
oh_sim_network_may_call (OhSimModem *modem, const char *number)
{
  const OhSimNetwork *self = network_of (modem);

  if (self->functionality != FULL_FUNCTIONALITY)
    return FALSE;
  if (oh_sim_card_is_emergency (number))
    return self->service != OH_SIM_SERVICE_NONE && self->service != OH_SIM_SERVICE_SEARCHING;
  return oh_sim_network_get_stat (modem) == STAT_HOME
         || oh_sim_network_get_stat (modem) == STAT_ROAMING;
}

/* In what a script sets, only what it names. */
static gboolean
parse_numbers (OhSimNetwork *self, char **words, GError **error)
{
  const char *act = oh_sim_words_value (words, "act");
  const char *ims = oh_sim_words_value (words, "ims");
  const char *area = oh_sim_words_value (words, "lac");
  guint64 number = self->area;

  if (act != NULL && !oh_sim_words_number (act, HIGHEST_ACT, &self->act, error))
    return FALSE;
  if (area != NULL && !g_ascii_string_to_unsigned (area, 16, 0, G_MAXUINT16, &number, error))
    return FALSE;
  if (ims != NULL && !g_str_equal (ims, "on") && !g_str_equal (ims, "off"))
    {
      g_set_error (error, OH_SIM_ERROR, OH_SIM_ERROR_SYNTAX, "'%s' is neither on nor off", ims);
      return FALSE;
    }
  self->area = (guint)number;
  if (ims != NULL)
    self->ims = g_str_equal (ims, "on");
  return TRUE;
}

static gboolean
parse_texts (OhSimNetwork *self, char **words, GError **error)
{
  const char *name = oh_sim_words_value (words, "operator");
  const char *code = oh_sim_words_value (words, "code");

  if (name != NULL && !g_utf8_validate (name, -1, NULL))
    {
      g_set_error_literal (error, OH_SIM_ERROR, OH_SIM_ERROR_SYNTAX, "the name is no UTF-8");
      return FALSE;
    }
  if (code != NULL && (strlen (code) < 5 || strspn (code, "0123456789") != strlen (code)))
    {
      g_set_error (error, OH_SIM_ERROR, OH_SIM_ERROR_SYNTAX, "'%s' is no code of a network", code);
      return FALSE;
    }
  if (name != NULL)
    {
      g_free (self->name);
      self->name = g_strdup (name);
    }
  if (code != NULL)
    {
      g_free (self->code);
      self->code = g_strdup (code);
    }
  return TRUE;
}

gboolean
oh_sim_network_set (OhSimModem *modem, char **words, GError **error)
{
  static const char *const keys[] = { "operator", "code", "act", "ims", "lac", NULL };
  /* In the order of OhSimService. */
  static const char *const plain[]
      = { "home", "roaming", "searching", "denied", "none", "emergency", "sms-only", NULL };
  OhSimNetwork *self = network_of (modem);
  const OhSimNetwork before = *self;
  OhSimNetwork wanted = *self;

  if (!oh_sim_words_check (words, keys, plain, error) || !parse_numbers (&wanted, words, error)
      || !parse_texts (self, words, error))
    return FALSE;
  self->act = wanted.act;
  self->area = wanted.area;
  self->ims = wanted.ims;
  for (guint i = 0; plain[i] != NULL; i++)
    if (oh_sim_words_has (words, plain[i]))
      self->service = (OhSimService)i;
  tell_all (modem, before.act != self->act || before.area != self->area);
  if (before.ims != self->ims)
    tell_ims (modem);
  return TRUE;
}

/* As the family reports it. */
static void
tell_signal (OhSimModem *modem, guint bars_before)
{
  OhSimCellular *line = modem->line;
  const OhSimFamily *family = line->family;
  guint bars = get_bars (modem);

  if (family->signal_line != NULL && oh_sim_modem_get_number (modem, family->signal_setting) == 1)
    oh_sim_cellular_tell (line, "%s%u%s", family->signal_line, line->network.signal,
                          family->signal_tail);
  if (has_indications (modem) && bars != bars_before)
    oh_sim_cellular_tell (line, "+CIEV: 2,%u", bars);
}

gboolean
oh_sim_network_set_signal (OhSimModem *modem, guint signal, GError **error)
{
  OhSimNetwork *self = network_of (modem);
  guint before = self->signal;
  guint bars = get_bars (modem);

  if (signal > HIGHEST_SIGNAL && signal != OH_SIM_NO_SIGNAL)
    {
      g_set_error_literal (error, OH_SIM_ERROR, OH_SIM_ERROR_SYNTAX,
                           "a signal is 0 to 31, or 99 for none");
      return FALSE;
    }
  self->signal = signal;
  if (signal != before)
    tell_signal (modem, bars);
  return TRUE;
}

/* +CREG and the like. */
static const char *
run_registration (OhSimModem *modem, const OhSimCommand *command)
{
  guint mode = oh_sim_modem_get_number (modem, command->name);
  g_autofree char *place = NULL;

  if (command->op != OH_SIM_OP_READ)
    return OH_SIM_AS_SETTING;
  place = describe_place (modem, mode);
  oh_sim_modem_reply (modem, "%s: %u,%u%s", command->name, mode, oh_sim_network_get_stat (modem),
                      place);
  return "OK";
}

/* Without its radio a modem loses its calls; ATZ does not change that, so it is no setting. */
static const char *
run_cfun (OhSimModem *modem, const OhSimCommand *command)
{
  OhSimNetwork *self = network_of (modem);
  gboolean was_on = self->functionality == FULL_FUNCTIONALITY;

  if (command->op == OH_SIM_OP_READ)
    oh_sim_modem_reply (modem, "+CFUN: %u", self->functionality);
  if (command->op != OH_SIM_OP_SET)
    return command->op == OH_SIM_OP_TEST ? OH_SIM_AS_SETTING : "OK";
  if (!g_ascii_isdigit (*command->value)
      || strtoul (command->value, NULL, 10) > HIGHEST_FUNCTIONALITY)
    return "ERROR";
  self->functionality = (guint)strtoul (command->value, NULL, 10);
  if (self->functionality != FULL_FUNCTIONALITY)
    {
      modem->kind->lose_power (modem);
      oh_sim_network_detach (modem);
    }
  else if (!was_on)
    oh_sim_network_attach (modem);
  return "OK";
}

static const char *
run_cireg (OhSimModem *modem, const OhSimCommand *command)
{
  guint mode = oh_sim_modem_get_number (modem, "+CIREG");

  if (command->op != OH_SIM_OP_READ)
    return OH_SIM_AS_SETTING;
  if (network_of (modem)->ims)
    oh_sim_modem_reply (modem, "+CIREG: %u,1,%d", mode, IMS_VOICE_AND_SMS);
  else
    oh_sim_modem_reply (modem, "+CIREG: %u,0", mode);
  return "OK";
}

static void
reply_operator (OhSimModem *modem)
{
  const OhSimNetwork *self = network_of (modem);
  guint format = oh_sim_modem_get_number (modem, "+COPS");
  g_autofree char *name = g_strdup (format == FORMAT_NUMERIC ? self->code : self->name);

  if (format == FORMAT_SHORT && g_utf8_strlen (name, -1) > SHORT_NAME)
    *g_utf8_offset_to_pointer (name, SHORT_NAME) = '\0';
  if (format != FORMAT_NUMERIC
      && g_str_equal (oh_sim_modem_get_setting (modem, "+CSCS"), "\"UCS2\""))
    {
      g_autofree char *plain = g_steal_pointer (&name);

      name = oh_sim_text_to_ucs2 (plain);
    }
  if (is_registered (modem))
    oh_sim_modem_reply (modem, "+COPS: 0,%u,\"%s\",%u", format, name, self->act);
  else
    oh_sim_modem_reply (modem, "+COPS: 0");
}

/* Of the modes, automatic, off and the choice of a format; the setting is the format. */
static const char *
set_operator (OhSimModem *modem, const char *value)
{
  if (g_str_equal (value, "0"))
    oh_sim_network_attach (modem);
  else if (g_str_equal (value, "2"))
    oh_sim_network_detach (modem);
  else if (strlen (value) == 3 && g_str_has_prefix (value, "3,") && value[2] >= '0'
           && value[2] <= '2')
    g_hash_table_replace (modem->settings, g_strdup ("+COPS"), g_strdup (value + 2));
  else
    return oh_sim_cellular_error (modem, 4);
  return "OK";
}

static const char *
run_cops (OhSimModem *modem, const OhSimCommand *command)
{
  const OhSimNetwork *self = network_of (modem);
  const char *refusal = oh_sim_card_check (modem);

  if (refusal != NULL)
    return refusal;
  if (command->op == OH_SIM_OP_READ)
    reply_operator (modem);
  else if (command->op == OH_SIM_OP_SET)
    return set_operator (modem, command->value);
  else if (command->op == OH_SIM_OP_TEST)
    oh_sim_modem_reply (modem, "+COPS: (2,\"%s\",\"%.8s\",\"%s\",%u),,(0,2,3),(0-2)", self->name,
                        self->name, self->code, self->act);
  return command->op == OH_SIM_OP_RUN ? "ERROR" : "OK";
}

static const char *
run_csq (OhSimModem *modem, const OhSimCommand *command)
{
  if (command->op == OH_SIM_OP_RUN)
    oh_sim_modem_reply (modem, "+CSQ: %u,99", network_of (modem)->signal);
  return command->op == OH_SIM_OP_RUN || command->op == OH_SIM_OP_TEST ? "OK" : "ERROR";
}

static const char *
run_cind (OhSimModem *modem, const OhSimCommand *command)
{
  const OhSimCellular *line = modem->line;

  if (command->op == OH_SIM_OP_TEST)
    oh_sim_modem_reply (modem, "+CIND: (\"battchg\",(0-5)),(\"signal\",(0-5)),(\"service\",(0,1)),"
                               "(\"call\",(0,1)),(\"roam\",(0,1))");
  else if (command->op == OH_SIM_OP_READ)
    oh_sim_modem_reply (modem, "+CIND: 5,%u,%d,%d,%d", get_bars (modem), is_registered (modem),
                        line->calls->len > 0, oh_sim_network_get_stat (modem) == STAT_ROAMING);
  else
    return "ERROR";
  return "OK";
}

static const char *
run_cscs (OhSimModem *modem, const OhSimCommand *command)
{
  static const char *const sets[] = { "\"GSM\"", "\"IRA\"", "\"UCS2\"", NULL };

  if (command->op == OH_SIM_OP_SET && !g_strv_contains (sets, command->value))
    return "ERROR";
  return OH_SIM_AS_SETTING;
}

static const char *
run_from_card (OhSimModem *modem, const OhSimCommand *command)
{
  const char *refusal = command->op == OH_SIM_OP_RUN ? oh_sim_card_check (modem) : NULL;

  return refusal != NULL ? refusal : oh_sim_at_show (modem, command);
}

/* Fifteen digits, the last by Luhn; the same for the same name. */
static const char *
run_cgsn (OhSimModem *modem, const OhSimCommand *command)
{
  g_autofree char *imei = g_strdup_printf ("35824005%06u", g_str_hash (modem->name) % 1000000);
  guint sum = 0;

  if (command->op != OH_SIM_OP_RUN)
    return command->op == OH_SIM_OP_TEST ? "OK" : "ERROR";
  for (guint i = 0; imei[i] != '\0'; i++)
    {
      guint digit = (guint)g_ascii_digit_value (imei[i]) * (i % 2 + 1);

      sum += digit / 10 + digit % 10;
    }
  oh_sim_modem_reply (modem, "%s%u", imei, (10 - sum % 10) % 10);
  return "OK";
}

const OhSimCommandRow oh_sim_cellular_network_commands[] = {
  { "+CPIN", NULL, NULL, oh_sim_card_run_cpin },
  { "+CRSM", NULL, NULL, oh_sim_card_run_crsm },
  { "+CIMI", "001010123456789", NULL, run_from_card },
  { "+CNUM", "+CNUM: \"\",\"+491701234567\",145", NULL, run_from_card },
  { "+CGSN", NULL, NULL, run_cgsn },
  { "+GSN", NULL, NULL, run_cgsn },
  { "+CFUN", NULL, "(0-4)", run_cfun },
  { "+CREG", "0", "(0-2)", run_registration },
  { "+CGREG", "0", "(0-2)", run_registration },
  { "+CEREG", "0", "(0-2)", run_registration },
  { "+COPS", "0", NULL, run_cops },
  { "+CSQ", NULL, NULL, run_csq },
  { "+CIND", NULL, NULL, run_cind },
  { "+CMER", "0,0,0,0", "(0-3),(0),(0),(0-2)", NULL },
  { "+CCWA", "0", "(0-1)", oh_sim_services_run_ccwa },
  { "+CCFC", NULL, "(0-5)", oh_sim_services_run_ccfc },
  { "+CUSD", "0", "(0-2)", oh_sim_ussd_run_cusd },
  { "+CSCS", "\"IRA\"", "(\"GSM\",\"IRA\",\"UCS2\")", run_cscs },
  { NULL },
};

const OhSimCommandRow oh_sim_cellular_sim_commands[] = {
  { "+CPINR", NULL, NULL, oh_sim_card_run_tries },
  { "+CCID", NULL, NULL, oh_sim_card_run_iccid },
  { NULL },
};

const OhSimCommandRow oh_sim_cellular_usim_commands[] = {
  { "+CIREG", "0", "(0-2)", run_cireg },
  { NULL },
};
