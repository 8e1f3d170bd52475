// SPDX-License-Identifier: LGPL-2.1-or-later
#include <stdlib.h>
#include <string.h>

#include "sim/cellular-family.h"
#include "sim/words.h"

#define PIN_TRIES 3
#define PUK_TRIES 10
#define DEFAULT_PUK "12345678"
#define ICCID "8949010000012345672"

/* Commands and files of +CRSM (51.011, 31.102). */
#define READ_BINARY 176
#define READ_RECORD 178
#define FILE_ICCID 0x2fe2
#define FILE_ECC 0x6fb7
#define ECC_RECORD_LENGTH 5
#define SECTOR_LENGTH 10 /* of the ICCID */

static const char *const emergency_numbers[] = { "112", "08" };

/* By OhSimCardState. */
static const struct
{
  const char *asked; /* what AT+CPIN? says; NULL: the error */
  const char *told;  /* by itself */
  guint error;
} states[] = {
  [OH_SIM_CARD_READY] = { "READY", "READY", 0 },
  [OH_SIM_CARD_PIN] = { "SIM PIN", "SIM PIN", 11 },
  [OH_SIM_CARD_PUK] = { "SIM PUK", "SIM PUK", 12 },
  [OH_SIM_CARD_ABSENT] = { NULL, "NOT INSERTED", 10 },
  [OH_SIM_CARD_BUSY] = { NULL, "NOT READY", 14 },
  [OH_SIM_CARD_FAILURE] = { NULL, "NOT READY", 13 },
};

static OhSimCard *
card_of (OhSimModem *modem)
{
  OhSimCellular *line = modem->line;

  return &line->network.card;
}

static void
take_out_pin (OhSimCard *self)
{
  g_clear_pointer (&self->pin, g_free);
  self->pin_tries = PIN_TRIES;
  self->puk_tries = PUK_TRIES;
}

void
oh_sim_card_init (OhSimCard *self)
{
  take_out_pin (self);
  self->puk = g_strdup (DEFAULT_PUK);
}

void
oh_sim_card_clear (OhSimCard *self)
{
  g_clear_pointer (&self->pin, g_free);
  g_clear_pointer (&self->puk, g_free);
}

static void
lock (OhSimCard *self)
{
  self->state = self->pin == NULL     ? OH_SIM_CARD_READY
                : self->pin_tries > 0 ? OH_SIM_CARD_PIN
                                      : OH_SIM_CARD_PUK;
}

/* It asks for its PIN again; how often one may try is kept on the card. */
void
oh_sim_card_get_power (OhSimCard *self)
{
  if (self->state == OH_SIM_CARD_READY)
    lock (self);
}

const char *
oh_sim_card_check (OhSimModem *modem)
{
  const OhSimCard *self = card_of (modem);

  return self->state == OH_SIM_CARD_READY
             ? NULL
             : oh_sim_cellular_error (modem, states[self->state].error);
}

void
oh_sim_card_tell (OhSimModem *modem)
{
  oh_sim_cellular_tell (modem->line, "+CPIN: %s", states[card_of (modem)->state].told);
}

/* The modem is as after power-up, from the SIM on. */
static void
become_ready (OhSimModem *modem)
{
  card_of (modem)->state = OH_SIM_CARD_READY;
  oh_sim_card_tell (modem);
  oh_sim_cellular_tell_boot_with_sim (modem->line);
  oh_sim_network_attach (modem);
}

/* The text of a field without its quotes. */
static void
unquote (char *field)
{
  gsize length = strlen (field);

  if (length < 2 || field[0] != '"' || field[length - 1] != '"')
    return;
  memmove (field, field + 1, length - 2);
  field[length - 2] = '\0';
}

static gboolean
is_code (const char *text)
{
  gsize length = strlen (text);

  return length >= 4 && length <= 8 && strspn (text, "0123456789") == length;
}

/* What a wrong code costs. */
static const char *
refuse (OhSimModem *modem, guint *tries)
{
  OhSimCard *self = card_of (modem);

  (*tries)--;
  lock (self);
  return oh_sim_cellular_error (modem, 16);
}

static const char *
take_code (OhSimModem *modem, char **fields)
{
  OhSimCard *self = card_of (modem);
  gboolean wants_puk = self->state == OH_SIM_CARD_PUK;
  guint *tries = wants_puk ? &self->puk_tries : &self->pin_tries;

  if (*tries == 0)
    return oh_sim_cellular_error (modem, 13);
  if (wants_puk && fields[1] == NULL)
    return oh_sim_cellular_error (modem, 12);
  if (wants_puk != (fields[1] != NULL) || !is_code (fields[0])
      || (wants_puk && !is_code (fields[1])))
    return oh_sim_cellular_error (modem, 50);
  if (!g_str_equal (fields[0], wants_puk ? self->puk : self->pin))
    return refuse (modem, tries);
  self->pin_tries = PIN_TRIES;
  self->puk_tries = PUK_TRIES;
  if (wants_puk)
    {
      g_free (self->pin);
      self->pin = g_strdup (fields[1]);
    }
  oh_sim_modem_finish (modem, "OK");
  become_ready (modem);
  return NULL;
}

const char *
oh_sim_card_run_cpin (OhSimModem *modem, const OhSimCommand *command)
{
  const OhSimCard *self = card_of (modem);
  g_auto (GStrv) fields = NULL;

  if (command->op == OH_SIM_OP_TEST)
    return "OK";
  if (command->op == OH_SIM_OP_RUN)
    return "ERROR";
  if (states[self->state].asked == NULL)
    return oh_sim_card_check (modem);
  if (command->op == OH_SIM_OP_READ)
    {
      oh_sim_modem_reply (modem, "+CPIN: %s", states[self->state].asked);
      return "OK";
    }
  if (self->state == OH_SIM_CARD_READY)
    return oh_sim_cellular_error (modem, 3);
  fields = g_strsplit (command->value, ",", 2);
  for (guint i = 0; fields[i] != NULL; i++)
    unquote (fields[i]);
  return fields[0] == NULL ? oh_sim_cellular_error (modem, 50) : take_code (modem, fields);
}

static void
reply_tries (OhSimModem *modem, const char *name)
{
  const OhSimCard *self = card_of (modem);
  guint pin = self->pin_tries;
  guint puk = self->puk_tries;
  guint wanted = self->state == OH_SIM_CARD_PUK ? puk : pin;

  if (g_str_equal (name, "+CPINR"))
    {
      oh_sim_modem_reply (modem, "+CPINR: SIM PIN,%u,%d", pin, PIN_TRIES);
      oh_sim_modem_reply (modem, "+CPINR: SIM PUK,%u,%d", puk, PUK_TRIES);
    }
  else if (g_str_equal (name, "+QPINC"))
    {
      oh_sim_modem_reply (modem, "+QPINC: \"SC\",%u,%u", pin, puk);
      oh_sim_modem_reply (modem, "+QPINC: \"P2\",%d,%d", PIN_TRIES, PUK_TRIES);
    }
  else if (g_str_equal (name, "+SPIC"))
    oh_sim_modem_reply (modem, "+SPIC: %u,%u,%d,%d", pin, puk, PIN_TRIES, PUK_TRIES);
  else if (g_str_equal (name, "#PCT") || g_str_equal (name, "^SPIC"))
    oh_sim_modem_reply (modem, "%s: %u", name, wanted);
  else if (g_str_equal (name, "^CPIN") && self->state == OH_SIM_CARD_READY)
    oh_sim_modem_reply (modem, "^CPIN: READY,,%u,%u,%d,%d", puk, pin, PUK_TRIES, PIN_TRIES);
  else if (g_str_equal (name, "^CPIN"))
    oh_sim_modem_reply (modem, "^CPIN: %s,%u,%u,%u,%d,%d", states[self->state].asked, wanted, puk,
                        pin, PUK_TRIES, PIN_TRIES);
  else
    oh_sim_modem_reply (modem, "%s: %u,%d,%u,%d", name, pin, PIN_TRIES, puk, PUK_TRIES);
}

/* How often a PIN and a PUK may still be tried; each family has a command of its own. */
const char *
oh_sim_card_run_tries (OhSimModem *modem, const OhSimCommand *command)
{
  gboolean is_read = g_str_equal (command->name, "^CPIN") || g_str_equal (command->name, "+QPINC");

  if (command->op == OH_SIM_OP_TEST)
    return "OK";
  if (command->op != (is_read ? OH_SIM_OP_READ : OH_SIM_OP_RUN))
    return "ERROR";
  if (states[card_of (modem)->state].asked == NULL)
    return oh_sim_card_check (modem);
  reply_tries (modem, command->name);
  return "OK";
}

gboolean
oh_sim_card_is_emergency (const char *number)
{
  for (guint i = 0; i < G_N_ELEMENTS (emergency_numbers); i++)
    if (g_str_equal (number, emergency_numbers[i]))
      return TRUE;
  return g_str_equal (number, "911");
}

/* @digits as on a card: two a byte, the first one low, filled with F. */
static void
append_digits (GString *to, const char *digits, guint bytes)
{
  gsize length = strlen (digits);

  for (gsize i = 0; i < (gsize)bytes * 2; i += 2)
    {
      g_string_append_c (to, i + 1 < length ? digits[i + 1] : 'F');
      g_string_append_c (to, i < length ? digits[i] : 'F');
    }
}

static const char *
reply_status (OhSimModem *modem, guint first, guint second)
{
  oh_sim_modem_reply (modem, "+CRSM: %u,%u", first, second);
  return "OK";
}

static const char *
reply_content (OhSimModem *modem, GString *content, guint length)
{
  while (content->len < (gsize)length * 2)
    g_string_append (content, "FF");
  g_string_truncate (content, (gsize)length * 2);
  oh_sim_modem_reply (modem, "+CRSM: 144,0,\"%s\"", content->str);
  return "OK";
}

/* A record of a USIM: number, a name that is empty, and no certain service. */
static const char *
read_record (OhSimModem *modem, guint record, guint length)
{
  g_autoptr (GString) content = g_string_new (NULL);

  if (record == 0 || record > G_N_ELEMENTS (emergency_numbers))
    return reply_status (modem, 148, 2);
  if (length != ECC_RECORD_LENGTH)
    return reply_status (modem, 108, ECC_RECORD_LENGTH);
  append_digits (content, emergency_numbers[record - 1], 3);
  g_string_append (content, "FF00");
  return reply_content (modem, content, length);
}

static const char *
read_binary (OhSimModem *modem, guint file, guint length)
{
  g_autoptr (GString) content = g_string_new (NULL);

  if (file == FILE_ICCID)
    append_digits (content, ICCID, SECTOR_LENGTH);
  for (guint i = 0; file == FILE_ECC && i < G_N_ELEMENTS (emergency_numbers); i++)
    append_digits (content, emergency_numbers[i], 3);
  return reply_content (modem, content, length);
}

/* What may be read before the PIN: the number of the card, and emergency numbers. */
const char *
oh_sim_card_run_crsm (OhSimModem *modem, const OhSimCommand *command)
{
  const OhSimCellular *line = modem->line;
  guint numbers[5] = { 0 };
  g_auto (GStrv) fields = NULL;
  gboolean in_records;

  if (command->op == OH_SIM_OP_TEST)
    return "OK";
  if (command->op != OH_SIM_OP_SET)
    return "ERROR";
  if (states[card_of (modem)->state].asked == NULL)
    return oh_sim_card_check (modem);
  fields = g_strsplit (command->value, ",", -1);
  for (guint i = 0; fields[i] != NULL && i < G_N_ELEMENTS (numbers); i++)
    numbers[i] = MIN ((guint)strtoul (fields[i], NULL, 10), G_MAXUINT16);
  if (numbers[0] != READ_BINARY && numbers[0] != READ_RECORD)
    return reply_status (modem, 109, 0);
  if (numbers[1] != FILE_ICCID && numbers[1] != FILE_ECC)
    return reply_status (modem, 148, 4);
  in_records = numbers[1] == FILE_ECC && line->family->usim;
  if (in_records != (numbers[0] == READ_RECORD))
    return reply_status (modem, 148, 8);
  if (in_records)
    return read_record (modem, numbers[2], numbers[4]);
  return read_binary (modem, numbers[1], MIN (numbers[4], G_MAXUINT8));
}

/* Wavecom puts it in quotes, Quectel shows what fills the last byte. */
const char *
oh_sim_card_run_iccid (OhSimModem *modem, const OhSimCommand *command)
{
  if (command->op == OH_SIM_OP_SET)
    return "ERROR";
  if (command->op == OH_SIM_OP_TEST)
    return "OK";
  if (states[card_of (modem)->state].asked == NULL)
    return oh_sim_card_check (modem);
  if (g_str_equal (command->name, "+QCCID"))
    oh_sim_modem_reply (modem, "+QCCID: " ICCID "F");
  else if (modem->model == &oh_sim_wavecom)
    oh_sim_modem_reply (modem, "+CCID: \"" ICCID "\"");
  else
    oh_sim_modem_reply (modem, "%s: " ICCID, command->name);
  return "OK";
}

/* A number of tries that a script gives; @most if it does not. */
static gboolean
parse_tries (char **words, const char *key, guint most, guint *tries, GError **error)
{
  const char *value = oh_sim_words_value (words, key);

  *tries = most;
  return value == NULL || oh_sim_words_number (value, most, tries, error);
}

static gboolean
parse_card (OhSimCard *card, char **words, GError **error)
{
  const char *pin = oh_sim_words_value (words, "pin");
  const char *puk = oh_sim_words_value (words, "puk");

  if (pin == NULL || !is_code (pin) || (puk != NULL && !is_code (puk)))
    {
      g_set_error_literal (error, OH_SIM_ERROR, OH_SIM_ERROR_SYNTAX,
                           "a PIN has four to eight digits");
      return FALSE;
    }
  if (!parse_tries (words, "tries", PIN_TRIES, &card->pin_tries, error)
      || !parse_tries (words, "puk-tries", PUK_TRIES, &card->puk_tries, error))
    return FALSE;
  card->pin = g_strdup (pin);
  card->puk = g_strdup (puk != NULL ? puk : DEFAULT_PUK);
  lock (card);
  return TRUE;
}

/* A state by itself, or what the PIN is. */
static gboolean
parse_words (OhSimCard *card, char **words, GError **error)
{
  static const char *const keys[] = { "pin", "puk", "tries", "puk-tries", NULL };
  static const char *const plain[] = { "ready", "absent", "busy", "failure", NULL };
  static const OhSimCardState meanings[]
      = { OH_SIM_CARD_READY, OH_SIM_CARD_ABSENT, OH_SIM_CARD_BUSY, OH_SIM_CARD_FAILURE };

  if (!oh_sim_words_check (words, keys, plain, error))
    return FALSE;
  for (guint i = 0; plain[i] != NULL; i++)
    if (g_str_equal (words[0], plain[i]) && words[1] == NULL)
      {
        oh_sim_card_init (card);
        card->state = meanings[i];
        return TRUE;
      }
  return parse_card (card, words, error);
}

/* Another SIM, or a change of this one; the modem tells. */
gboolean
oh_sim_card_set (OhSimModem *modem, char **words, GError **error)
{
  OhSimCard *self = card_of (modem);
  OhSimCard card = { 0 };

  if (!parse_words (&card, words, error))
    return FALSE;
  oh_sim_card_clear (self);
  *self = card;
  if (self->state == OH_SIM_CARD_READY)
    become_ready (modem);
  else
    {
      oh_sim_card_tell (modem);
      oh_sim_network_detach (modem);
    }
  return TRUE;
}
