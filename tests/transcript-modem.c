// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/transcript-modem.h"

#include <sys/ioctl.h>

void
transcript_modem_say (TranscriptModem *self, const char *text)
{
  g_autoptr (GString) bytes = transcript_unescape (text);

  terminal_write (self->terminal, bytes->str, bytes->len);
}

void
transcript_modem_say_line (TranscriptModem *self, const char *text)
{
  g_autofree char *framed = g_strconcat ("\\r\\n", text, "\\r\\n", NULL);

  transcript_modem_say (self, framed);
}

void
transcript_modem_set_list (TranscriptModem *self, const char *text)
{
  g_free (self->list);
  self->list = g_strdup (text);
}

static void
say_list (TranscriptModem *self)
{
  g_auto (GStrv) rows = g_strsplit (self->list, "|", -1);

  for (guint i = 0; rows[i] != NULL; i++)
    {
      g_autofree char *row = g_strconcat ("+CLCC: ", g_strstrip (rows[i]), NULL);

      transcript_modem_say_line (self, row);
    }
  transcript_modem_say_line (self, "OK");
}

gboolean
transcript_modem_is_read (gpointer modem)
{
  TranscriptModem *self = modem;
  int n = 0;

  return ioctl (self->terminal->slave, FIONREAD, &n) == 0 && n == 0;
}

gboolean
transcript_modem_say_bytes (TranscriptModem *self, const char *text)
{
  g_autoptr (GString) bytes = transcript_unescape (text);
  gboolean is_heard = TRUE;

  self->terminal->deaf = TRUE;
  for (gsize i = 0; i < bytes->len && is_heard; i++)
    {
      terminal_write (self->terminal, bytes->str + i, 1);
      is_heard = spin_for (transcript_modem_is_read, self);
    }
  self->terminal->deaf = FALSE;
  return is_heard;
}

static gboolean
is_for (const Step *step, const char *command)
{
  return g_pattern_match_simple (step->glob, command);
}

static void
do_on (TranscriptModem *self, const char *text)
{
  Step *step = step_parse (text);

  if (step->verb == VERB_LIST)
    transcript_modem_set_list (self, step->text);
  else if (step->verb == VERB_LINE)
    transcript_modem_say_line (self, step->text);
  else
    transcript_modem_say (self, step->text);
  step_free (step);
}

static void
obey_ons (TranscriptModem *self, const char *command)
{
  for (GList *link = self->ons.head, *next; link != NULL; link = next)
    {
      const Step *on = link->data;

      next = link->next;
      if (!is_for (on, command))
        continue;
      do_on (self, on->text);
      g_queue_delete_link (&self->ons, link);
    }
}

static void
say_usual (TranscriptModem *self, const char *command)
{
  static const struct
  {
    const char *command, *line;
  } usual[] = { { "AT+CPIN?", "+CPIN: READY" },
                { "AT+CREG?", "+CREG: 0,1" },
                { "AT+CHLD=?", "+CHLD: (0,1,1x,2,2x,3,4)" } };

  for (guint i = 0; i < G_N_ELEMENTS (usual); i++)
    {
      if (g_str_equal (usual[i].command, command))
        transcript_modem_say_line (self, usual[i].line);
    }
  /* Landlines: the voice that is received. */
  transcript_modem_say_line (self, g_str_equal (command, "AT+VRX") ? "CONNECT" : "OK");
}

static void
take_command (gpointer user_data, const char *command)
{
  TranscriptModem *self = user_data;

  if (!g_str_has_prefix (command, "AT"))
    return;
  obey_ons (self, command);
  for (guint i = self->answers->len; i > 0; i--)
    {
      const Step *step = self->answers->pdata[i - 1];

      if (!is_for (step, command))
        continue;
      transcript_modem_say (self, step->text);
      return;
    }
  if (g_str_equal (command, "AT+CLCC") && self->list != NULL && *self->list != '\0')
    say_list (self);
  else
    say_usual (self, command);
}

void
transcript_modem_init (TranscriptModem *self)
{
  self->answers = g_ptr_array_new ();
  g_queue_init (&self->ons);
  self->list = NULL;
  self->terminal = terminal_make ();
  self->terminal->take = take_command;
  self->terminal->user_data = self;
}

void
transcript_modem_clear (TranscriptModem *self)
{
  terminal_free (self->terminal);
  g_ptr_array_unref (self->answers);
  g_queue_clear (&self->ons);
  g_free (self->list);
}
