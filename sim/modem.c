// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sim/modem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/at.h"

#define LONGEST_LINE 2048

/* Result codes that have a number, and obey ATQ1. */
static const struct
{
  const char *text;
  guint number;
} results[] = {
  { "OK", 0 },       { "CONNECT", 1 },      { "RING", 2 }, { "NO CARRIER", 3 },
  { "ERROR", 4 },    { "NO DIALTONE", 6 },  { "BUSY", 7 }, { "NO ANSWER", 8 },
  { "DELAYED", 24 }, { "BLACKLISTED", 32 },
};

static void
print_line (FILE *stream, const char *name, const char *mark, const char *text)
{
  fprintf (stream, "%s %s%s\n", name, mark, text);
  fflush (stream);
}

static void
on_output_trace (const guint8 *bytes, gsize length, OhSimOutputKind kind, gpointer data)
{
  OhSimModem *self = data;
  g_autoptr (GString) text = NULL;

  if (!self->tracing)
    return;
  text = g_string_new (NULL);
  if (kind == OH_SIM_OUTPUT_STREAM)
    g_string_append_printf (text, "(%" G_GSIZE_FORMAT " bytes of audio)", length);
  for (gsize i = 0; i < length && kind != OH_SIM_OUTPUT_STREAM; i++)
    {
      if (bytes[i] == '\r')
        g_string_append (text, "\\r");
      else if (bytes[i] == '\n')
        g_string_append (text, "\\n");
      else if (g_ascii_isprint (bytes[i]) && bytes[i] != '\\')
        g_string_append_c (text, (char)bytes[i]);
      else
        g_string_append_printf (text, "\\%03o", bytes[i]);
    }
  print_line (stderr, self->name, "> ", text->str);
}

static void
on_output_overflow (gpointer data)
{
  oh_sim_modem_report (data, "host-not-reading");
}

static void
on_output_drained (guint64 dropped, gpointer data)
{
  oh_sim_modem_report (data, "bytes-dropped %" G_GUINT64_FORMAT, dropped);
}

static const OhSimOutputWatch watch = {
  .trace = on_output_trace,
  .overflow = on_output_overflow,
  .drained = on_output_drained,
};

static void
send_echo (OhSimModem *self)
{
  oh_sim_output_send (self->output, OH_SIM_OUTPUT_UNSOLICITED, self->echoed->str,
                      self->echoed->len);
  g_string_truncate (self->echoed, 0);
}

static void
end_line (OhSimModem *self)
{
  g_autofree char *line = g_strndup (self->typed->str, self->typed->len);
  gboolean too_long = self->too_long;

  g_string_truncate (self->typed, 0);
  self->too_long = FALSE;
  if (*line == '\0')
    return;
  oh_sim_modem_note_heard (self, line);
  if (self->faults.mute)
    return;
  send_echo (self);
  if (too_long)
    {
      oh_sim_modem_finish (self, "ERROR");
      return;
    }
  if (!oh_sim_at_run (self, line))
    return;
  g_free (self->last);
  self->last = g_steal_pointer (&line);
}

static void
repeat_line (OhSimModem *self)
{
  g_autofree char *line = g_strdup (self->last);

  g_string_truncate (self->typed, 0);
  send_echo (self);
  oh_sim_modem_note_heard (self, "A/");
  if (line != NULL && !self->faults.mute)
    oh_sim_at_run (self, line);
}

static void
take_typed (OhSimModem *self, char byte)
{
  /* DEL is above the characters of a command, all others that are no text are below. */
  if ((guint8)byte < ' ' || byte == 0x7f)
    return;
  if (self->typed->len == LONGEST_LINE)
    {
      self->too_long = TRUE;
      return;
    }
  g_string_append_c (self->typed, byte);
  if (g_ascii_strcasecmp (self->typed->str, "A/") == 0)
    repeat_line (self);
}

static void
take_command_byte (OhSimModem *self, guint8 byte)
{
  if (self->echo)
    g_string_append_c (self->echoed, (char)byte);
  if (byte == self->registers[OH_SIM_REGISTER_CR])
    end_line (self);
  else if (byte == self->registers[OH_SIM_REGISTER_BACKSPACE])
    g_string_truncate (self->typed, self->typed->len - MIN (self->typed->len, 1));
  else
    take_typed (self, (char)byte);
}

static void
take_byte (OhSimModem *self, guint8 byte)
{
  gboolean line_feed = byte == '\n' && self->after_cr;

  self->after_cr = byte == '\r';
  switch (self->mode)
    {
    case OH_SIM_MODE_COMMAND:
      take_command_byte (self, byte);
      break;
    case OH_SIM_MODE_BUSY:
      break;
    case OH_SIM_MODE_HANDSHAKE:
      /* A host that ends its lines with CR LF must be able to dial. */
      if (!line_feed && !self->faults.mute)
        self->kind->abort (self);
      break;
    case OH_SIM_MODE_VOICE:
      if (!self->faults.mute)
        self->kind->voice_byte (self, byte);
      break;
    }
}

static void
on_host_bytes (const guint8 *bytes, gsize length, gpointer data)
{
  OhSimModem *self = data;
  g_autofree guint8 *kept = g_memdup2 (bytes, length);

  length = oh_sim_faults_lose (&self->faults.lose_host, kept, length);
  for (gsize i = 0; i < length; i++)
    take_byte (self, kept[i]);
  send_echo (self);
}

/* What &F and power-up set; calls stay. */
void
oh_sim_modem_set_defaults (OhSimModem *self)
{
  self->echo = self->verbose = TRUE;
  self->quiet = FALSE;
  self->x_level = 4;
  memset (self->registers, 0, sizeof self->registers);
  self->registers[OH_SIM_REGISTER_CR] = '\r';
  self->registers[OH_SIM_REGISTER_LF] = '\n';
  self->registers[OH_SIM_REGISTER_BACKSPACE] = '\b';
  self->registers[OH_SIM_REGISTER_CARRIER_WAIT] = 50;
  self->registers[OH_SIM_REGISTER_PAUSE] = 2;
  g_hash_table_remove_all (self->settings);
}

void
oh_sim_modem_reset (OhSimModem *self)
{
  oh_sim_modem_set_defaults (self);
  self->kind->reset (self);
  self->mode = OH_SIM_MODE_COMMAND;
}

OhSimModem *
oh_sim_modem_new (const OhSimModel *model, const char *link, const OhSimClock *clock)
{
  OhSimModem *self = g_new0 (OhSimModem, 1);

  self->model = model;
  self->kind = model->kind;
  self->name = g_path_get_basename (link);
  self->clock = clock;
  self->pty = oh_sim_pty_new (link, on_host_bytes, self);
  self->output = oh_sim_output_new (self->pty, &self->faults, &watch, self);
  self->typed = g_string_new (NULL);
  self->response = g_string_new (NULL);
  self->echoed = g_string_new (NULL);
  self->settings = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  oh_sim_plan_init (&self->plan);
  self->line = self->kind->create (self);
  oh_sim_modem_reset (self);
  return self;
}

void
oh_sim_modem_free (OhSimModem *self)
{
  self->kind->destroy (self->line);
  oh_sim_output_free (self->output);
  oh_sim_pty_free (self->pty);
  oh_sim_faults_clear (&self->faults);
  oh_sim_ledger_clear (&self->heard);
  oh_sim_ledger_clear (&self->happened);
  g_string_free (self->typed, TRUE);
  g_string_free (self->response, TRUE);
  g_string_free (self->echoed, TRUE);
  g_hash_table_unref (self->settings);
  g_free (self->last);
  g_free (self->name);
  g_free (self);
}

gboolean
oh_sim_modem_appear (OhSimModem *self, GError **error)
{
  if (!oh_sim_pty_open (self->pty, error))
    return FALSE;
  if (self->kind->get_power != NULL)
    self->kind->get_power (self);
  return TRUE;
}

/* Without power, calls and settings are gone. */
static void
lose_power (OhSimModem *self)
{
  self->kind->lose_power (self);
  oh_sim_modem_set_defaults (self);
  self->mode = OH_SIM_MODE_COMMAND;
  g_string_truncate (self->typed, 0);
  g_string_truncate (self->response, 0);
  self->first_end = 0;
  self->after_cr = self->too_long = FALSE;
  g_clear_pointer (&self->last, g_free);
}

/* Unplugged. */
void
oh_sim_modem_vanish (OhSimModem *self)
{
  lose_power (self);
  oh_sim_output_clear (self->output);
  oh_sim_pty_close (self->pty);
}

/* The port stays. */
void
oh_sim_modem_reboot (OhSimModem *self)
{
  lose_power (self);
  if (self->kind->get_power != NULL)
    self->kind->get_power (self);
}

static gboolean
find_result (const char *text, guint *ret_number)
{
  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    if (g_str_equal (results[i].text, text))
      {
        *ret_number = results[i].number;
        return TRUE;
      }
  return FALSE;
}

/* A line as ATV has it; a result code not at all after ATQ1. */
static void
append_line (OhSimModem *self, GString *to, const char *text)
{
  const char end[]
      = { (char)self->registers[OH_SIM_REGISTER_CR], (char)self->registers[OH_SIM_REGISTER_LF] };
  guint number = 0;
  gboolean is_result = find_result (text, &number);

  if (is_result && self->quiet)
    return;
  if (is_result && !self->verbose)
    {
      g_string_append_printf (to, "%u%c", number, end[0]);
      return;
    }
  g_string_append_len (to, end, sizeof end);
  g_string_append (to, text);
  g_string_append_len (to, end, sizeof end);
}

static void
send_line (OhSimModem *self, OhSimOutputKind kind, const char *text)
{
  g_autoptr (GString) line = g_string_new (NULL);

  append_line (self, line, text);
  oh_sim_output_send (self->output, kind, line->str, line->len);
}

/* A line of the response to the command that runs. */
void
oh_sim_modem_reply (OhSimModem *self, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  append_line (self, self->response, text);
  if (self->first_end == 0)
    self->first_end = self->response->len;
}

/* The end of the command that runs. */
void
oh_sim_modem_finish (OhSimModem *self, const char *result)
{
  if (self->faults.inject != NULL)
    g_string_insert_len (self->response, (gssize)self->first_end,
                         g_bytes_get_data (self->faults.inject, NULL),
                         (gssize)g_bytes_get_size (self->faults.inject));
  g_clear_pointer (&self->faults.inject, g_bytes_unref);
  append_line (self, self->response, result);
  oh_sim_output_send (self->output, OH_SIM_OUTPUT_ANSWER, self->response->str, self->response->len);
  g_string_truncate (self->response, 0);
  self->first_end = 0;
  if (self->mode != OH_SIM_MODE_VOICE)
    self->mode = OH_SIM_MODE_COMMAND;
}

/* A result that does not end the command. */
void
oh_sim_modem_progress (OhSimModem *self, const char *result)
{
  send_line (self, OH_SIM_OUTPUT_ANSWER, result);
}

/* An unsolicited line. */
void
oh_sim_modem_tell (OhSimModem *self, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  send_line (self, OH_SIM_OUTPUT_UNSOLICITED, text);
}

static void
give_news (OhSimModem *self)
{
  if (self->on_news != NULL)
    self->on_news (self->news_data);
}

void
oh_sim_modem_report (OhSimModem *self, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  print_line (stdout, self->name, "", text);
  oh_sim_ledger_add (&self->happened, text);
  give_news (self);
}

void
oh_sim_modem_note_heard (OhSimModem *self, const char *line)
{
  g_autofree char *escaped = g_strescape (line, "\"");

  if (self->tracing)
    print_line (stderr, self->name, "< ", escaped);
  oh_sim_ledger_add (&self->heard, line);
  give_news (self);
}

const OhSimCommandRow *
oh_sim_modem_find_command (OhSimModem *self, const char *name)
{
  for (const OhSimCommandRow *const *table = self->model->commands; *table != NULL; table++)
    for (const OhSimCommandRow *row = *table; row->name != NULL; row++)
      if (g_str_equal (row->name, name))
        return row;
  return NULL;
}

const char *
oh_sim_modem_get_setting (OhSimModem *self, const char *name)
{
  const char *value = g_hash_table_lookup (self->settings, name);
  const OhSimCommandRow *row = oh_sim_modem_find_command (self, name);

  if (value == NULL && row != NULL)
    value = row->initial;
  return value != NULL ? value : "";
}

guint
oh_sim_modem_get_number (OhSimModem *self, const char *name)
{
  return (guint)strtoul (oh_sim_modem_get_setting (self, name), NULL, 10);
}
