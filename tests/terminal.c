// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/terminal.h"

#include <fcntl.h>
#include <glib-unix.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

void
terminal_write (Terminal *self, const char *bytes, gsize n)
{
  g_assert_cmpint (write (self->master, bytes, n), ==, n);
}

void
terminal_say (Terminal *self, const char *text)
{
  terminal_write (self, text, strlen (text));
}

static void
answer (Terminal *self, const char *command)
{
  static const struct
  {
    const char *command, *text;
  } answers[] = {
    { "AT+CPIN?", "\r\n+CPIN: READY\r\n\r\nOK\r\n" },
    { "AT+CREG?", "\r\n+CREG: 1,1\r\n\r\nOK\r\n" },
    { "AT+CEER", "\r\n+CEER: 16\r\n\r\nOK\r\n" },
    { "AT+VRX", "\r\nCONNECT\r\n" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      if (!g_str_equal (command, answers[i].command))
        continue;
      terminal_say (self, answers[i].text);
      return;
    }
  if (self->calls != NULL && g_str_equal (command, "AT+CLCC"))
    {
      g_autofree char *text = g_strdup_printf ("\r\n%s\r\n\r\nOK\r\n", self->calls);

      terminal_say (self, text);
      return;
    }
  terminal_say (self, "\r\nOK\r\n");
}

static void
take_line (Terminal *self, const char *line)
{
  g_ptr_array_add (self->asked, g_strdup (line));
  if (self->take != NULL)
    self->take (self->user_data, line);
  else if (g_str_has_prefix (line, "AT")
           && (self->hold == NULL || !g_pattern_match_simple (self->hold, line)))
    answer (self, line);
}

static void
take_byte (Terminal *self, char byte)
{
  if (byte != '\r')
    g_string_append_c (self->input, byte);
  if (!self->plain
      && g_str_equal (self->input->str, "\x10!")) /* ends voice receive (V.253 9.1.3) */
    terminal_say (self, "\x10\x03\r\nOK\r\n");
  else if (byte == '\r')
    take_line (self, self->input->str);
  else
    return;
  g_string_truncate (self->input, 0);
}

static gboolean
on_readable (int fd, GIOCondition condition, gpointer user_data)
{
  Terminal *self = user_data;
  char bytes[256];
  gssize n = self->deaf ? 0 : read (fd, bytes, sizeof bytes);

  for (gssize i = 0; i < n; i++)
    take_byte (self, bytes[i]);
  return G_SOURCE_CONTINUE;
}

Terminal *
terminal_make (void)
{
  Terminal *self = g_new0 (Terminal, 1);
  struct termios settings;

  self->master = posix_openpt (O_RDWR | O_NOCTTY | O_CLOEXEC);
  g_assert_cmpint (grantpt (self->master), ==, 0);
  g_assert_cmpint (unlockpt (self->master), ==, 0);
  self->device = g_strdup (ptsname (self->master));
  /* Kept open, or the master would be hung up whenever the daemon is away. */
  self->slave = open (self->device, O_RDWR | O_NOCTTY | O_CLOEXEC);
  g_assert_cmpint (tcgetattr (self->slave, &settings), ==, 0);
  cfmakeraw (&settings);
  g_assert_cmpint (tcsetattr (self->slave, TCSANOW, &settings), ==, 0);
  self->input = g_string_new (NULL);
  self->asked = g_ptr_array_new_with_free_func (g_free);
  self->source = g_unix_fd_add (self->master, G_IO_IN, on_readable, self);
  return self;
}

Terminal *
terminal_new_of (Fixture *f, const OhDriver *driver)
{
  Terminal *self = terminal_make ();

  f->line = add_line (f, "home", self->device, driver);
  return self;
}

Terminal *
terminal_new (Fixture *f, const char *driver_name)
{
  return terminal_new_of (f, oh_driver_find (driver_name));
}

void
terminal_unplug (Terminal *self)
{
  g_clear_handle_id (&self->source, g_source_remove);
  close (self->master); /* and while the slave is open, its name is nobody else's */
}

void
terminal_free (Terminal *self)
{
  if (self->source != 0)
    terminal_unplug (self);
  close (self->slave);
  g_string_free (self->input, TRUE);
  g_ptr_array_unref (self->asked);
  g_free (self->device);
  g_free (self);
}

typedef struct
{
  Terminal *terminal;
  guint from;
  const char *glob;
} Asked;

static gboolean
is_asked (gpointer user_data)
{
  Asked *asked = user_data;

  for (; asked->from < asked->terminal->asked->len; asked->from++)
    {
      if (g_pattern_match_simple (asked->glob, asked->terminal->asked->pdata[asked->from]))
        return TRUE;
    }
  return FALSE;
}

guint
terminal_until (Terminal *self, guint from, const char *glob)
{
  Asked asked = { self, from, glob };

  if (spin_for (is_asked, &asked))
    return asked.from;
  for (guint i = 0; i < self->asked->len; i++)
    g_test_message ("the host sent: %s", (char *)self->asked->pdata[i]);
  g_error ("the host has not sent \"%s\"", glob);
}
