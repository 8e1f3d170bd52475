// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/port.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <gudev/gudev.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "daemon/error.h"

#define BEING_WRITTEN_S 10 /* a lock file without a number in it is no older */

struct _OhPort
{
  int fd;
  char *lock;    /* the UUCP lock file, NULL where we may not make one */
  gboolean ours; /* locked, and nobody else may open it */
};

char *
oh_port_resolve (const char *device)
{
  char *path = realpath (device, NULL);
  char *resolved = g_strdup (path != NULL ? path : device);

  free (path);
  return resolved;
}

/* FHS 5.9: /run/lock/LCK..ttyACM0, with the process number in ten characters. */
static char *
lock_path (const char *node)
{
  const char *name = g_str_has_prefix (node, "/dev/") ? node + strlen ("/dev/") : node;
  g_autofree char *flat = g_strdelimit (g_strdup (name), "/", '_');

  return g_strconcat (LOCK_DIR "/LCK..", flat, NULL);
}

/* The process that a lock file names: 0 when there is no file or the process is gone, -1 when
 * somebody is just writing it. Anybody may put anything there: nothing that could block is read. */
static GPid
lock_holder (const char *lock)
{
  int fd = g_open (lock, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC, 0);
  char text[32] = "";
  gint64 number;
  struct stat status;
  gssize n;

  if (fd < 0)
    return errno == ENOENT ? 0 : -1;
  n = fstat (fd, &status) == 0 && S_ISREG (status.st_mode) ? read (fd, text, sizeof text - 1) : -1;
  close (fd);
  if (n < 0)
    return -1;
  number = g_ascii_strtoll (text, NULL, 10);
  if (number <= 0 || number > G_MAXINT)
    return time (NULL) - status.st_mtime < BEING_WRITTEN_S ? -1 : 0;
  return kill (number, 0) == 0 || errno == EPERM ? number : 0;
}

static GError *
busy_error (const char *device, GPid pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/comm", pid);
  g_autofree char *name = NULL;
  g_autofree char *valid = NULL;

  if (pid <= 0)
    return g_error_new (OH_ERROR, OH_ERROR_BUSY, "%s is in use by an unknown program", device);
  if (!g_file_get_contents (path, &name, NULL, NULL))
    return g_error_new (OH_ERROR, OH_ERROR_BUSY, "%s is in use by process %d", device, pid);
  valid = g_utf8_make_valid (g_strchomp (name), -1);
  return g_error_new (OH_ERROR, OH_ERROR_BUSY, "%s is in use by %s (process %d)", device, valid,
                      pid);
}

/* Of us it is from a process before, as we have the flock(): in a container each has one number. */
static gboolean
is_anothers (GPid holder)
{
  return holder != 0 && holder != getpid ();
}

/* A lock of a dead process is taken over. FALSE when a living one has it. */
static gboolean
take_lock_file (OhPort *port, const char *device, const char *node, GError **error)
{
  g_autofree char *lock = lock_path (node);
  GPid holder = lock_holder (lock);
  int fd;

  if (!is_anothers (holder))
    g_unlink (lock); /* a dead process's */
  fd = g_open (lock, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (fd < 0 && errno == EEXIST)
    holder = lock_holder (lock);
  if (fd < 0 && is_anothers (holder))
    {
      g_propagate_error (error, busy_error (device, holder));
      return FALSE;
    }
  if (fd < 0)
    return TRUE;     /* not ours to write, or to remove: flock() has to do */
  fchmod (fd, 0644); /* to be read by everybody, whatever our umask */
  if (dprintf (fd, "%10d\n", getpid ()) > 0)
    port->lock = g_steal_pointer (&lock);
  else
    g_unlink (lock);
  close (fd);
  return TRUE;
}

static gboolean
set_raw (int fd)
{
  struct termios mode;
  int lines = TIOCM_DTR | TIOCM_RTS;

  if (tcgetattr (fd, &mode) < 0)
    return FALSE;
  cfmakeraw (&mode);
  /* No hang-up of the line when we close, no waiting for carrier. */
  mode.c_cflag &= ~HUPCL;
  mode.c_cflag |= CLOCAL | CREAD;
  cfsetspeed (&mode, B115200);
  if (tcsetattr (fd, TCSANOW, &mode) < 0)
    return FALSE;
  ioctl (fd, TIOCMBIS, &lines); /* a pseudo terminal has none */
  tcflush (fd, TCIOFLUSH);      /* an answer to somebody else is none to us */
  return TRUE;
}

static GError *
open_error (const char *device, const char *node, int number)
{
  g_autofree char *lock = lock_path (node);
  int code = OH_ERROR_FAILED;

  if (number == ENOENT || number == ENXIO || number == ENODEV || number == EIO || number == ENOTDIR)
    code = OH_ERROR_NO_DEVICE;
  else if (number == EBUSY)
    return busy_error (device, lock_holder (lock));
  else if (number == ENOTTY)
    return g_error_new (G_DBUS_ERROR, G_DBUS_ERROR_INVALID_ARGS, "%s is no terminal", device);
  return g_error_new (OH_ERROR, code, "%s: %s", device, g_strerror (number));
}

static gboolean
take (OhPort *port, const char *device, const char *node, GError **error)
{
  if (!isatty (port->fd)) /* or it went in this moment: EIO */
    {
      g_propagate_error (error, open_error (device, node, errno));
      return FALSE;
    }
  if (flock (port->fd, LOCK_EX | LOCK_NB) < 0)
    {
      g_autofree char *lock = lock_path (node);

      g_propagate_error (error, busy_error (device, lock_holder (lock)));
      return FALSE;
    }
  if (!take_lock_file (port, device, node, error))
    return FALSE;
  if (!set_raw (port->fd))
    {
      g_propagate_error (error, open_error (device, node, errno));
      return FALSE;
    }
  ioctl (port->fd, TIOCEXCL);
  port->ours = TRUE;
  return TRUE;
}

static int
open_device (const char *device, const char *node, GError **error)
{
  GStatBuf status;
  int fd;

  /* Opening anything but a character device may do harm. */
  if (g_stat (device, &status) == 0 && !S_ISCHR (status.st_mode))
    {
      g_propagate_error (error, open_error (device, node, ENOTTY));
      return -1;
    }
  fd = g_open (device, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC, 0);
  if (fd < 0)
    g_propagate_error (error, open_error (device, node, errno));
  return fd;
}

OhPort *
oh_port_open (const char *device, GError **error)
{
  g_autofree char *node = oh_port_resolve (device);
  int fd = open_device (device, node, error);
  OhPort *port;

  if (fd < 0)
    return NULL;
  port = g_new0 (OhPort, 1);
  port->fd = fd;
  if (take (port, device, node, error))
    return port;
  oh_port_free (port);
  return NULL;
}

OhPort *
oh_port_adopt (const char *device, int fd)
{
  g_autofree char *node = oh_port_resolve (device);
  g_autofree char *lock = lock_path (node);
  g_autoptr (GError) error = NULL;
  OhPort *port = g_new0 (OhPort, 1);

  port->fd = fd;
  port->ours = TRUE;
  fcntl (fd, F_SETFD, FD_CLOEXEC);
  fcntl (fd, F_SETFL, O_RDWR | O_NONBLOCK);
  if (lock_holder (lock) == getpid ())
    g_unlink (lock); /* from before the program was started anew */
  if (!take_lock_file (port, device, node, &error))
    g_warning ("%s", error->message); /* flock() and the open port itself still hold it */
  return port;
}

int
oh_port_get_fd (OhPort *port)
{
  return port->fd;
}

static gpointer
close_slowly (gpointer fd)
{
  close (GPOINTER_TO_INT (fd));
  return NULL;
}

/* Most drivers wait for half a minute (closing_wait) until a device takes what it was sent, and one
 * that does not take it is why it is closed. */
static void
close_device (int fd)
{
  int unsent = 0;

  tcflush (fd, TCOFLUSH);
  if (ioctl (fd, TIOCOUTQ, &unsent) == 0 && unsent > 0)
    g_thread_unref (g_thread_new ("close", close_slowly, GINT_TO_POINTER (fd)));
  else
    close (fd);
}

void
oh_port_free (OhPort *port)
{
  /* In this order: once it is closed, the name may be another device's, and its lock too. */
  if (port->lock != NULL)
    g_unlink (port->lock);
  if (port->ours)
    {
      ioctl (port->fd, TIOCNXCL); /* both stay while anybody has the terminal open, */
      flock (port->fd, LOCK_UN);  /* and the service manager may, for another moment */
    }
  close_device (port->fd);
  g_free (port->lock);
  g_free (port);
}

int
oh_port_dup_fd (OhPort *port)
{
  return fcntl (port->fd, F_DUPFD_CLOEXEC, 0);
}

void
oh_port_set_ready (OhPort *port, gboolean ready)
{
  int line = TIOCM_DTR;

  ioctl (port->fd, ready ? TIOCMBIS : TIOCMBIC, &line);
}

char *
oh_port_make_id (const char *device)
{
  g_autofree char *node = oh_port_resolve (device);
  const char *name = g_str_has_prefix (node, "/dev/") ? node + strlen ("/dev/") : node;

  return g_strdelimit (g_utf8_make_valid (name, -1), "/", '-');
}

gboolean
oh_port_driver_survives_sleep (const char *driver, gboolean on_usb)
{
  /* cdc_acm takes its ports up again; usb-serial drivers lose them, one like the other. */
  return !on_usb || g_strcmp0 (driver, "cdc_acm") == 0;
}

gboolean
oh_port_survives_sleep (const char *device)
{
  g_autofree char *node = oh_port_resolve (device);
  g_autoptr (GUdevClient) client = g_udev_client_new (NULL);
  g_autoptr (GUdevDevice) parent = g_udev_client_query_by_device_file (client, node);
  g_autofree char *driver = NULL;
  gboolean on_usb = FALSE;

  while (parent != NULL && !on_usb)
    {
      GUdevDevice *next = g_udev_device_get_parent (parent);

      if (driver == NULL)
        driver = g_strdup (g_udev_device_get_driver (parent));
      on_usb = g_strcmp0 (g_udev_device_get_subsystem (parent), "usb") == 0;
      g_object_unref (parent);
      parent = next;
    }
  return oh_port_driver_survives_sleep (driver, on_usb);
}
