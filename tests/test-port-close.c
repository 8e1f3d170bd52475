// SPDX-License-Identifier: LGPL-2.1-or-later
#include <fcntl.h>
#include <pty.h>
#include <stdarg.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <termios.h>
#include <unistd.h>

#include "daemon/port.h"

/* A device that does not take what it was sent: no test can have one, so its driver is played. */

static GMutex mutex;
static GCond changed;
static int slow = -1, unsent;
static gboolean may_close, is_closing, is_closed;

int
ioctl (int fd, unsigned long request, ...)
{
  va_list arguments;
  void *argument;

  va_start (arguments, request);
  argument = va_arg (arguments, void *);
  va_end (arguments);
  if (request == TIOCOUTQ && fd == slow)
    {
      *(int *)argument = unsent;
      return 0;
    }
  return (int)syscall (SYS_ioctl, fd, request, argument);
}

int
close (int fd)
{
  if (fd == slow)
    {
      g_mutex_lock (&mutex);
      is_closing = TRUE;
      g_cond_broadcast (&changed);
      while (!may_close)
        g_cond_wait (&changed, &mutex);
      is_closed = TRUE;
      g_cond_broadcast (&changed);
      g_mutex_unlock (&mutex);
    }
  return (int)syscall (SYS_close, fd);
}

static OhPort *
open_port (int *ret_master)
{
  char name[64];
  int slave;
  OhPort *port;

  g_assert_cmpint (openpty (ret_master, &slave, name, NULL, NULL), ==, 0);
  port = oh_port_open (name, NULL);
  g_assert_nonnull (port);
  close (slave);
  slow = oh_port_get_fd (port);
  may_close = is_closing = is_closed = FALSE;
  return port;
}

static void
until (const gboolean *what)
{
  gint64 deadline = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;

  g_mutex_lock (&mutex);
  while (!*what)
    g_assert_true (g_cond_wait_until (&changed, &mutex, deadline));
  g_mutex_unlock (&mutex);
}

/* Its close() waits; we do not. */
static void
test_stalled (void)
{
  int master;
  OhPort *port = open_port (&master);

  unsent = 5;
  oh_port_free (port);
  until (&is_closing);
  g_assert_false (is_closed);
  g_mutex_lock (&mutex);
  may_close = TRUE;
  g_cond_broadcast (&changed);
  g_mutex_unlock (&mutex);
  until (&is_closed);
  slow = -1;
  close (master);
}

/* Nobody has to wait: it is closed when we are back. */
static void
test_idle (void)
{
  int master;
  OhPort *port = open_port (&master);

  unsent = 0;
  may_close = TRUE;
  oh_port_free (port);
  g_assert_true (is_closed);
  slow = -1;
  close (master);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/port-close/stalled", test_stalled);
  g_test_add_func ("/port-close/idle", test_idle);
  return g_test_run ();
}
