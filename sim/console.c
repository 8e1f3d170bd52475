// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sim/console.h"

#include <errno.h>
#include <glib-unix.h>
#include <string.h>
#include <unistd.h>

struct _OhSimConsole
{
  OhSimScript *script;
  GString *text; /* not a whole line yet */
  guint source;
};

static void
feed_lines (OhSimConsole *self)
{
  char *end;

  while ((end = strchr (self->text->str, '\n')) != NULL)
    {
      g_autofree char *line = g_strndup (self->text->str, (gsize)(end - self->text->str));

      g_string_erase (self->text, 0, end - self->text->str + 1);
      oh_sim_script_feed (self->script, line);
    }
}

static gboolean
on_readable (int fd, GIOCondition condition, gpointer data)
{
  OhSimConsole *self = data;
  char bytes[4096];
  gssize length = read (fd, bytes, sizeof bytes);

  if (length < 0 && (errno == EINTR || errno == EAGAIN))
    return G_SOURCE_CONTINUE;
  if (length > 0)
    {
      g_string_append_len (self->text, bytes, length);
      feed_lines (self);
      return G_SOURCE_CONTINUE;
    }
  /* The last line may lack its end. */
  if (self->text->len > 0)
    oh_sim_script_feed (self->script, self->text->str);
  oh_sim_script_close (self->script);
  self->source = 0;
  return G_SOURCE_REMOVE;
}

OhSimConsole *
oh_sim_console_new (OhSimScript *script)
{
  OhSimConsole *self = g_new0 (OhSimConsole, 1);

  self->script = script;
  self->text = g_string_new (NULL);
  self->source = g_unix_fd_add (STDIN_FILENO, G_IO_IN | G_IO_HUP | G_IO_ERR, on_readable, self);
  return self;
}

void
oh_sim_console_free (OhSimConsole *self)
{
  g_clear_handle_id (&self->source, g_source_remove);
  g_string_free (self->text, TRUE);
  g_free (self);
}
