// SPDX-License-Identifier: LGPL-2.1-or-later
#include "client/offhookctl-ask.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <glib/gi18n.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define LINE_MAX_BYTES 1024

static gboolean
on_signal (gpointer user_data)
{
  g_cancellable_cancel (user_data);
  return G_SOURCE_CONTINUE;
}

void
oh_interrupt_watch (OhInterrupt *interrupt)
{
  interrupt->cancellable = g_cancellable_new ();
  interrupt->sources[0] = g_unix_signal_add (SIGINT, on_signal, interrupt->cancellable);
  interrupt->sources[1] = g_unix_signal_add (SIGTERM, on_signal, interrupt->cancellable);
}

void
oh_interrupt_forget (OhInterrupt *interrupt)
{
  if (interrupt->cancellable == NULL)
    return;
  g_source_remove (interrupt->sources[0]);
  g_source_remove (interrupt->sources[1]);
  g_clear_object (&interrupt->cancellable);
}

gboolean
oh_ask_is_terminal (void)
{
  return isatty (STDIN_FILENO);
}

typedef struct
{
  int fd;
  GCancellable *cancellable;
} Input;

/* Ctrl-C empties a terminal's queue: a read() that was told of a line would wait for another. So it
   must not block, and that only for us, not for all who have this terminal open. */
static void
open_input (Input *input, OhInterrupt *interrupt)
{
  input->cancellable = interrupt->cancellable;
  input->fd = STDIN_FILENO;
  if (oh_ask_is_terminal ())
    input->fd = open ("/proc/self/fd/0", O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  if (input->fd < 0)
    input->fd = STDIN_FILENO;
}

static void
close_input (Input *input)
{
  if (input->fd != STDIN_FILENO)
    close (input->fd);
}

static gboolean
on_readable (gint fd, GIOCondition condition, gpointer user_data)
{
  gboolean *ready = user_data;

  *ready = TRUE;
  return G_SOURCE_REMOVE;
}

static gboolean
wait_for_input (Input *input, GError **error)
{
  gboolean ready = FALSE;
  guint source = g_unix_fd_add (input->fd, G_IO_IN | G_IO_HUP | G_IO_ERR, on_readable, &ready);

  while (!ready && !g_cancellable_is_cancelled (input->cancellable))
    g_main_context_iteration (NULL, TRUE);
  if (!ready)
    g_source_remove (source);
  if (!g_cancellable_is_cancelled (input->cancellable))
    return TRUE;
  g_set_error_literal (error, OH_CTL_ERROR, OH_EXIT_INTERRUPTED, _ ("Interrupted"));
  return FALSE;
}

/* A byte at a time: what follows the line is left for who reads next. 1, or 0 at the end. */
static gssize
read_byte (Input *input, char *byte, GError **error)
{
  gssize n;

  do
    {
      if (!wait_for_input (input, error))
        return -1;
      n = read (input->fd, byte, 1);
    }
  while (n < 0 && (errno == EINTR || errno == EAGAIN));
  if (n < 0)
    g_set_error (error, OH_CTL_ERROR, OH_EXIT_FAILED, _ ("Standard input cannot be read: %s"),
                 g_strerror (errno));
  return n;
}

static gssize
read_line (Input *input, char *line, GError **error)
{
  gssize length = 0;
  gssize n;

  while ((n = read_byte (input, line + length, error)) == 1 && line[length] != '\n')
    if (++length == LINE_MAX_BYTES)
      {
        g_set_error_literal (error, OH_CTL_ERROR, OH_EXIT_FAILED, _ ("The line is too long"));
        return -1;
      }
  if (n < 0 || (n == 0 && length == 0))
    return -1;
  return length > 0 && line[length - 1] == '\r' ? length - 1 : length;
}

static char *
take_line (Input *input, GError **error)
{
  char line[LINE_MAX_BYTES + 1];
  gssize length = read_line (input, line, error);
  char *text = NULL;

  if (length >= 0 && g_utf8_validate_len (line, (gsize)length, NULL))
    text = g_strndup (line, (gsize)length);
  else if (length >= 0)
    g_set_error_literal (error, OH_CTL_ERROR, OH_EXIT_FAILED, _ ("The line is not UTF-8 text"));
  explicit_bzero (line, sizeof line);
  return text;
}

/* The keys that stop or kill us are off, too: nobody would turn the echo on again. */
static char *
take_secret (Input *input, const char *prompt, GError **error)
{
  struct termios before;
  struct termios silent;
  char *text;

  if (tcgetattr (STDIN_FILENO, &before) != 0)
    {
      g_set_error (error, OH_CTL_ERROR, OH_EXIT_FAILED, _ ("The terminal cannot be silenced: %s"),
                   g_strerror (errno));
      return NULL;
    }
  silent = before;
  silent.c_lflag &= ~(tcflag_t)ECHO;
  silent.c_cc[VQUIT] = silent.c_cc[VSUSP] = _POSIX_VDISABLE;
  tcsetattr (STDIN_FILENO, TCSAFLUSH, &silent);
  g_printerr ("%s", prompt); /* not before: who is quick would see it */
  text = take_line (input, error);
  tcsetattr (STDIN_FILENO, TCSAFLUSH, &before);
  return text;
}

char *
oh_ask_line (OhInterrupt *interrupt, const char *prompt, gboolean secret, GError **error)
{
  Input input;
  char *text;

  open_input (&input, interrupt);
  if (!oh_ask_is_terminal ())
    return take_line (&input, error);
  if (!secret)
    g_printerr ("%s", prompt);
  text = secret ? take_secret (&input, prompt, error) : take_line (&input, error);
  if (secret || text == NULL) /* nobody else has ended the line */
    g_printerr ("\n");
  close_input (&input);
  return text;
}

void
oh_ask_wipe (char *secret)
{
  if (secret != NULL)
    explicit_bzero (secret, strlen (secret));
  g_free (secret);
}
