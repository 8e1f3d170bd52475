// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sim/pty.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#include "sim/words.h"

struct _OhSimPty
{
  char *link;
  char *slave_name;
  int master;
  int slave;
  guint source;
  OhSimPtyFunc on_bytes;
  gpointer data;
};

static gboolean
fail (GError **error, const char *what, const char *path)
{
  g_set_error (error, OH_SIM_ERROR, OH_SIM_ERROR_SYSTEM, "%s %s: %s", what, path,
               g_strerror (errno));
  return FALSE;
}

static void
close_fd (int *fd)
{
  if (*fd >= 0)
    close (*fd);
  *fd = -1;
}

static gboolean
on_readable (int fd, GIOCondition condition, gpointer data)
{
  OhSimPty *pty = data;
  guint8 bytes[4096];
  gssize length = read (fd, bytes, sizeof bytes);

  if (length > 0)
    pty->on_bytes (bytes, (gsize)length, pty->data);
  return G_SOURCE_CONTINUE;
}

static gboolean
open_pair (OhSimPty *pty, GError **error)
{
  struct termios termios;
  char name[64];

  pty->master = posix_openpt (O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
  if (pty->master < 0 || grantpt (pty->master) < 0 || unlockpt (pty->master) < 0
      || ptsname_r (pty->master, name, sizeof name) != 0)
    return fail (error, "cannot make a pseudo-terminal", "");
  /* Kept open, or the master would be hung up each time the host closes. */
  pty->slave = open (name, O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (pty->slave < 0 || tcgetattr (pty->slave, &termios) < 0)
    return fail (error, "cannot open", name);
  cfmakeraw (&termios);
  if (tcsetattr (pty->slave, TCSANOW, &termios) < 0)
    return fail (error, "cannot set up", name);
  pty->slave_name = g_strdup (name);
  return TRUE;
}

/* In one step, so that a host never finds the name missing or half made. */
static gboolean
make_link (OhSimPty *pty, GError **error)
{
  g_autofree char *temporary = g_strdup_printf ("%s.%d", pty->link, (int)getpid ());

  if (g_file_test (pty->link, G_FILE_TEST_EXISTS)
      && !g_file_test (pty->link, G_FILE_TEST_IS_SYMLINK))
    {
      errno = EEXIST;
      return fail (error, "will not replace", pty->link);
    }
  g_unlink (temporary);
  if (symlink (pty->slave_name, temporary) < 0)
    return fail (error, "cannot link", temporary);
  if (g_rename (temporary, pty->link) < 0)
    {
      fail (error, "cannot link", pty->link);
      g_unlink (temporary);
      return FALSE;
    }
  return TRUE;
}

OhSimPty *
oh_sim_pty_new (const char *link, OhSimPtyFunc on_bytes, gpointer data)
{
  OhSimPty *pty = g_new0 (OhSimPty, 1);

  pty->link = g_strdup (link);
  pty->master = pty->slave = -1;
  pty->on_bytes = on_bytes;
  pty->data = data;
  return pty;
}

gboolean
oh_sim_pty_open (OhSimPty *pty, GError **error)
{
  if (!open_pair (pty, error) || !make_link (pty, error))
    {
      oh_sim_pty_close (pty);
      return FALSE;
    }
  pty->source = g_unix_fd_add (pty->master, G_IO_IN, on_readable, pty);
  return TRUE;
}

/* The host gets a hang-up. The link goes, unless somebody else has taken the name. */
void
oh_sim_pty_close (OhSimPty *pty)
{
  g_autofree char *target = g_file_read_link (pty->link, NULL);

  if (target != NULL && g_strcmp0 (target, pty->slave_name) == 0)
    g_unlink (pty->link);
  g_clear_handle_id (&pty->source, g_source_remove);
  g_clear_pointer (&pty->slave_name, g_free);
  close_fd (&pty->slave);
  close_fd (&pty->master);
}

gboolean
oh_sim_pty_is_open (const OhSimPty *pty)
{
  return pty->master >= 0;
}

int
oh_sim_pty_get_fd (const OhSimPty *pty)
{
  return pty->master;
}

const char *
oh_sim_pty_get_link (const OhSimPty *pty)
{
  return pty->link;
}

const char *
oh_sim_pty_get_slave (const OhSimPty *pty)
{
  return pty->slave_name;
}

/* How many bytes went; fewer than @length when the host does not read. Never blocks. */
gsize
oh_sim_pty_write (OhSimPty *pty, const guint8 *bytes, gsize length)
{
  gssize written = write (pty->master, bytes, length);

  return written > 0 ? (gsize)written : 0;
}

void
oh_sim_pty_free (OhSimPty *pty)
{
  oh_sim_pty_close (pty);
  g_free (pty->link);
  g_free (pty);
}
