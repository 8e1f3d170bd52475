// SPDX-License-Identifier: LGPL-2.1-or-later
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* start-broker CONFIG SOCKET: becomes dbus-broker-launch with CONFIG and a socket at SOCKET, and
 * prints the address as "dbus-daemon --print-address=1" does. For root, and without systemd: the
 * launcher gets the socket that it listens on as systemd would pass it, an address for the
 * connection that it makes as a client of its own bus, and somewhere to log to, at
 * /run/systemd/journal/socket of a mount namespace of its own. Nobody reads that log: it says
 * nothing that a client is not told. */

#define LISTEN_FD 3
#define JOURNAL "/run/systemd/journal"

static int
bind_socket (int type, const char *path)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int fd = socket (AF_UNIX, type, 0);

  if (strlen (path) >= sizeof address.sun_path)
    errx (1, "%s: too long for a socket", path);
  strcpy (address.sun_path, path);
  if (fd < 0 || bind (fd, (struct sockaddr *)&address, sizeof address) < 0)
    err (1, "%s", path);
  return fd;
}

static void
make_folder (const char *path)
{
  if (mkdir (path, 0755) < 0 && errno != EEXIST)
    err (1, "%s", path);
}

/* The socket stays open in the launcher, so that connecting succeeds. */
static void
make_journal (void)
{
  if (unshare (CLONE_NEWNS) < 0)
    err (1, "this needs root: unshare");
  if (mount ("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0
      || mount ("tmpfs", "/run", "tmpfs", 0, "mode=755") < 0)
    err (1, "mount");
  make_folder ("/run/systemd");
  make_folder (JOURNAL);
  bind_socket (SOCK_DGRAM, JOURNAL "/socket");
}

static void
listen_at (const char *path)
{
  int fd = bind_socket (SOCK_STREAM, path);

  if (chmod (path, 0666) < 0 || listen (fd, SOMAXCONN) < 0)
    err (1, "%s", path);
  if (fd != LISTEN_FD && (dup2 (fd, LISTEN_FD) < 0 || close (fd) < 0))
    err (1, "%s", path);
}

static void
set_environment (const char *address)
{
  char pid[16];

  snprintf (pid, sizeof pid, "%d", (int)getpid ());
  setenv ("LISTEN_PID", pid, 1);
  setenv ("LISTEN_FDS", "1", 1);
  setenv ("DBUS_SYSTEM_BUS_ADDRESS", address, 1);
  unsetenv ("NOTIFY_SOCKET");
}

int
main (int argc, char **argv)
{
  char address[sizeof "unix:path=" + sizeof ((struct sockaddr_un *)0)->sun_path];

  if (argc != 3)
    errx (2, "usage: start-broker CONFIG SOCKET");
  listen_at (argv[2]);
  make_journal ();
  snprintf (address, sizeof address, "unix:path=%s", argv[2]);
  set_environment (address);
  puts (address);
  fflush (stdout);
  execlp ("dbus-broker-launch", "dbus-broker-launch", "--scope", "system", "--config-file", argv[1],
          NULL);
  err (1, "dbus-broker-launch");
}
