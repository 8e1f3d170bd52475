// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <pty.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include <utime.h>

#include "daemon/error.h"
#include "daemon/port.h"

/* A pseudo terminal; the daemon opens its other side. */
typedef struct
{
  int master;
  char *path, *lock;
} Terminal;

static void
terminal_open (Terminal *terminal)
{
  char name[64];
  g_autofree char *flat = NULL;
  struct termios mode;
  int slave;

  g_assert_cmpint (openpty (&terminal->master, &slave, name, NULL, NULL), ==, 0);
  terminal->path = g_strdup (name);
  g_assert_cmpint (tcgetattr (slave, &mode), ==, 0);
  mode.c_cflag |= HUPCL; /* as a serial port has it at first */
  g_assert_cmpint (tcsetattr (slave, TCSANOW, &mode), ==, 0);
  close (slave);
  /* FHS 5.9 */
  flat = g_strdelimit (g_strdup (name + strlen ("/dev/")), "/", '_');
  terminal->lock = g_strconcat ("/run/lock/LCK..", flat, NULL);
  g_unlink (terminal->lock);
}

static void
terminal_close (Terminal *terminal)
{
  close (terminal->master);
  g_free (terminal->path);
  g_free (terminal->lock);
}

/* Lock files are half of what is tested here. */
static gboolean
may_lock (const Terminal *terminal)
{
  if (g_access ("/run/lock", W_OK) == 0)
    return TRUE;
  g_test_skip ("this machine has no writable /run/lock");
  return FALSE;
}

static void
fails (const char *device, GQuark domain, int code, const char *names)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (oh_port_open (device, &error));
  g_assert_error (error, domain, code);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, names));
}

static void
test_no_such (void)
{
  fails ("/dev/offhook-is-not-there", OH_ERROR, OH_ERROR_NO_DEVICE, "/dev/offhook-is-not-there");
  fails ("/dev/null/below", OH_ERROR, OH_ERROR_NO_DEVICE, "/dev/null/below");
}

static void
test_dangling_link (void)
{
  g_autofree char *dir = g_dir_make_tmp ("offhook-XXXXXX", NULL);
  g_autofree char *link = g_build_filename (dir, "modem", NULL);

  g_assert_cmpint (symlink ("/dev/offhook-is-not-there", link), ==, 0);
  fails (link, OH_ERROR, OH_ERROR_NO_DEVICE, link);
  g_unlink (link);
  g_rmdir (dir);
}

static void
test_no_terminal (void)
{
  g_autofree char *dir = g_dir_make_tmp ("offhook-XXXXXX", NULL);
  g_autofree char *file = g_build_filename (dir, "file", NULL);

  g_assert_true (g_file_set_contents (file, "precious", -1, NULL));
  fails ("/dev/null", G_DBUS_ERROR, G_DBUS_ERROR_INVALID_ARGS, "/dev/null");
  fails (dir, G_DBUS_ERROR, G_DBUS_ERROR_INVALID_ARGS, dir);
  fails (file, G_DBUS_ERROR, G_DBUS_ERROR_INVALID_ARGS, file);
  {
    g_autofree char *content = NULL;

    g_assert_true (g_file_get_contents (file, &content, NULL, NULL));
    g_assert_cmpstr (content, ==, "precious");
  }
  g_unlink (file);
  g_rmdir (dir);
}

static void
test_opened (void)
{
  Terminal terminal;
  struct termios mode;
  OhPort *port;
  g_autoptr (GError) error = NULL;
  int fd;

  terminal_open (&terminal);
  port = oh_port_open (terminal.path, &error);
  g_assert_no_error (error);
  fd = oh_port_dup_fd (port);
  g_assert_true (fcntl (fd, F_GETFL) & O_NONBLOCK);
  g_assert_true (fcntl (fd, F_GETFD) & FD_CLOEXEC);
  g_assert_cmpint (tcgetattr (fd, &mode), ==, 0);
  /* The line must not be hung up by our end, and no byte be changed on its way. */
  g_assert_false (mode.c_cflag & HUPCL);
  g_assert_true (mode.c_cflag & CLOCAL);
  g_assert_false (mode.c_lflag & (ECHO | ICANON | ISIG));
  g_assert_false (mode.c_iflag & (ICRNL | IXON));
  g_assert_false (mode.c_oflag & OPOST);
  close (fd);
  oh_port_free (port);
  terminal_close (&terminal);
}

static void
test_lock_file (void)
{
  Terminal terminal;
  g_autofree char *text = NULL;
  g_autofree char *expected = g_strdup_printf ("%10d\n", getpid ());
  GStatBuf status;
  OhPort *port;

  terminal_open (&terminal);
  if (may_lock (&terminal))
    {
      port = oh_port_open (terminal.path, NULL);
      g_assert_nonnull (port);
      g_assert_true (g_file_get_contents (terminal.lock, &text, NULL, NULL));
      g_assert_cmpstr (text, ==, expected);
      g_assert_cmpint (g_stat (terminal.lock, &status), ==, 0);
      g_assert_cmpint (status.st_mode & 0777, ==, 0644);
      oh_port_free (port);
      g_assert_cmpint (g_access (terminal.lock, F_OK), !=, 0);
    }
  terminal_close (&terminal);
}

/* Nobody but root opens it meanwhile; afterwards anybody, also while another has it open still. */
static void
test_exclusive (void)
{
  Terminal terminal;
  OhPort *port;
  int other, exclusive;

  terminal_open (&terminal);
  other = open (terminal.path, O_RDWR | O_NOCTTY | O_CLOEXEC);
  g_assert_cmpint (other, >=, 0);
  port = oh_port_open (terminal.path, NULL);
  g_assert_nonnull (port);
  g_assert_cmpint (ioctl (other, TIOCGEXCL, &exclusive), ==, 0);
  g_assert_cmpint (exclusive, ==, 1);
  oh_port_free (port);
  g_assert_cmpint (ioctl (other, TIOCGEXCL, &exclusive), ==, 0);
  g_assert_cmpint (exclusive, ==, 0);
  close (other);
  terminal_close (&terminal);
}

#define NOBODY 65534

/* What a user without privileges finds: a port that is taken, and one that is free. */
static void
look_as_nobody (const Terminal *taken, const Terminal *free_one)
{
  g_autoptr (GError) error = NULL;
  OhPort *port;

  g_assert_cmpint (open (taken->path, O_RDWR | O_NOCTTY), ==, -1);
  g_assert_cmpint (errno, ==, EBUSY);
  g_assert_null (oh_port_open (taken->path, &error));
  g_assert_error (error, OH_ERROR, OH_ERROR_BUSY);
  g_clear_error (&error);
  port = oh_port_open (free_one->path, &error);
  g_assert_no_error (error);
  oh_port_free (port);
}

/* TIOCEXCL does not stop root: so not as root. */
static void
test_ordinary_user (void)
{
  static OhPort *port; /* static: what only a register knows is a leak to the child's valgrind */
  Terminal taken, free_one;
  pid_t child;
  int status;

  terminal_open (&taken);
  terminal_open (&free_one);
  if (getuid () == 0)
    {
      g_assert_cmpint (chown (taken.path, NOBODY, NOBODY), ==, 0);
      g_assert_cmpint (chown (free_one.path, NOBODY, NOBODY), ==, 0);
    }
  port = oh_port_open (taken.path, NULL);
  g_assert_nonnull (port);
  child = fork ();
  if (child == 0)
    {
      if (getuid () == 0)
        g_assert_cmpint (setresuid (NOBODY, NOBODY, NOBODY), ==, 0);
      look_as_nobody (&taken, &free_one);
      _exit (0);
    }
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_cmpint (status, ==, 0);
  oh_port_free (port);
  terminal_close (&taken);
  terminal_close (&free_one);
}

/* The file is named after the node, whatever link led there: else two names, two locks. */
static void
test_lock_of_node (void)
{
  g_autofree char *dir = g_dir_make_tmp ("offhook-XXXXXX", NULL);
  g_autofree char *link = g_build_filename (dir, "modem", NULL);
  Terminal terminal;
  OhPort *port;

  terminal_open (&terminal);
  if (may_lock (&terminal))
    {
      g_assert_cmpint (symlink (terminal.path, link), ==, 0);
      port = oh_port_open (link, NULL);
      g_assert_nonnull (port);
      g_assert_cmpint (g_access (terminal.lock, F_OK), ==, 0);
      oh_port_free (port);
      g_unlink (link);
    }
  terminal_close (&terminal);
  g_rmdir (dir);
}

static void
write_lock (const Terminal *terminal, GPid pid)
{
  g_autofree char *text = g_strdup_printf ("%10d\n", pid);

  g_assert_true (g_file_set_contents (terminal->lock, text, -1, NULL));
}

/* One that nobody is just writing. */
static void
write_old_lock (const Terminal *terminal, const char *text)
{
  const struct utimbuf long_ago = { 1000000000, 1000000000 };

  g_assert_true (g_file_set_contents (terminal->lock, text, -1, NULL));
  g_assert_cmpint (g_utime (terminal->lock, (struct utimbuf *)&long_ago), ==, 0);
}

static void
test_stale_lock (void)
{
  g_autofree char *expected = g_strdup_printf ("%10d\n", getpid ());
  static const char *const stale[] = { NULL, "", "garbage\n", "0\n", "-1\n" };
  Terminal terminal;
  GPid dead = fork ();

  if (dead == 0)
    _exit (0);
  waitpid (dead, NULL, 0);
  terminal_open (&terminal);
  for (guint i = 0; i < G_N_ELEMENTS (stale) && may_lock (&terminal); i++)
    {
      g_autofree char *text = NULL;
      OhPort *port;

      if (stale[i] == NULL)
        write_lock (&terminal, dead);
      else
        write_old_lock (&terminal, stale[i]);
      port = oh_port_open (terminal.path, NULL);
      g_assert_nonnull (port);
      g_assert_true (g_file_get_contents (terminal.lock, &text, NULL, NULL));
      g_assert_cmpstr (text, ==, expected);
      oh_port_free (port);
    }
  terminal_close (&terminal);
}

/* A daemon that was killed had our number: in a container each has the same. */
static void
test_own_stale_lock (void)
{
  Terminal terminal;
  g_autoptr (GError) error = NULL;
  OhPort *port;

  terminal_open (&terminal);
  if (may_lock (&terminal))
    {
      write_lock (&terminal, getpid ());
      port = oh_port_open (terminal.path, &error);
      g_assert_no_error (error);
      g_assert_cmpint (g_access (terminal.lock, F_OK), ==, 0);
      oh_port_free (port);
      g_assert_cmpint (g_access (terminal.lock, F_OK), !=, 0);
    }
  terminal_close (&terminal);
}

/* One that root left behind, in a folder where each removes only his own: flock() has to do. */
static void
test_foreign_stale_lock (void)
{
  Terminal terminal;
  GStatBuf folder;
  pid_t child;
  int status;

  terminal_open (&terminal);
  if (may_lock (&terminal) && getuid () == 0 && g_stat ("/run/lock", &folder) == 0
      && (folder.st_mode & S_ISVTX) != 0)
    {
      write_old_lock (&terminal, "garbage\n");
      g_assert_cmpint (chown (terminal.path, NOBODY, NOBODY), ==, 0);
      child = fork ();
      if (child == 0)
        {
          static OhPort *port;

          g_assert_cmpint (setresuid (NOBODY, NOBODY, NOBODY), ==, 0);
          port = oh_port_open (terminal.path, NULL);
          g_assert_nonnull (port);
          oh_port_free (port);
          _exit (0);
        }
      g_assert_cmpint (waitpid (child, &status, 0), ==, child);
      g_assert_cmpint (status, ==, 0);
      g_assert_cmpint (g_access (terminal.lock, F_OK), ==, 0);
      g_unlink (terminal.lock);
    }
  terminal_close (&terminal);
}

/* Another process, which holds the terminal by flock() if @terminal; it ends with us. */
static GPid
start_holder (const Terminal *terminal)
{
  int ready[2];
  char byte;
  GPid pid;

  g_assert_cmpint (pipe (ready), ==, 0);
  pid = fork ();
  if (pid == 0)
    {
      int fd = terminal != NULL ? open (terminal->path, O_RDWR | O_NOCTTY) : -1;

      if (fd >= 0 && flock (fd, LOCK_EX) < 0)
        _exit (1);
      if (write (ready[1], "x", 1) == 1)
        pause ();
      _exit (0);
    }
  close (ready[1]);
  g_assert_cmpint (read (ready[0], &byte, 1), ==, 1);
  close (ready[0]);
  return pid;
}

static void
end_holder (GPid pid)
{
  kill (pid, SIGKILL);
  waitpid (pid, NULL, 0);
}

/* "PROGRAM (process PID)" */
static char *
describe (GPid pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/comm", pid);
  g_autofree char *name = NULL;

  g_assert_true (g_file_get_contents (path, &name, NULL, NULL));
  return g_strdup_printf ("%s (process %d)", g_strchomp (name), pid);
}

static void
test_held_by_lock_file (void)
{
  Terminal terminal;

  terminal_open (&terminal);
  if (may_lock (&terminal))
    {
      GPid pid = start_holder (NULL);
      g_autofree char *holder = describe (pid);
      g_autofree char *text = NULL;

      write_lock (&terminal, pid);
      fails (terminal.path, OH_ERROR, OH_ERROR_BUSY, holder);
      /* It is the other's still. */
      g_assert_true (g_file_get_contents (terminal.lock, &text, NULL, NULL));
      g_assert_cmpint (g_ascii_strtoll (text, NULL, 10), ==, pid);
      end_holder (pid);
      g_unlink (terminal.lock);
    }
  terminal_close (&terminal);
}

static void
test_held_by_flock (void)
{
  Terminal terminal;
  GPid pid;

  terminal_open (&terminal);
  pid = start_holder (&terminal);
  fails (terminal.path, OH_ERROR, OH_ERROR_BUSY, "unknown");
  if (may_lock (&terminal))
    {
      g_autofree char *holder = describe (pid);

      write_lock (&terminal, pid);
      fails (terminal.path, OH_ERROR, OH_ERROR_BUSY, holder);
      g_unlink (terminal.lock);
    }
  end_holder (pid);
  {
    OhPort *port = oh_port_open (terminal.path, NULL);

    g_assert_nonnull (port);
    oh_port_free (port);
  }
  terminal_close (&terminal);
}

static void
test_two_opens (void)
{
  g_autofree char *holder = describe (getpid ());
  Terminal terminal;
  OhPort *port, *second;

  terminal_open (&terminal);
  port = oh_port_open (terminal.path, NULL);
  g_assert_nonnull (port);
  fails (terminal.path, OH_ERROR, OH_ERROR_BUSY, g_access (terminal.lock, F_OK) == 0 ? holder : "");
  oh_port_free (port);
  second = oh_port_open (terminal.path, NULL);
  g_assert_nonnull (second);
  oh_port_free (second);
  terminal_close (&terminal);
}

/* The service manager may have the terminal open for another moment. */
static void
test_kept_open (void)
{
  Terminal terminal;
  g_autoptr (GError) error = NULL;
  OhPort *port;
  int kept;

  terminal_open (&terminal);
  port = oh_port_open (terminal.path, &error);
  g_assert_no_error (error);
  kept = oh_port_dup_fd (port);
  oh_port_free (port);
  port = oh_port_open (terminal.path, &error);
  g_assert_no_error (error);
  oh_port_free (port);
  close (kept);
  terminal_close (&terminal);
}

/* No descriptor is left behind by an open that fails. */
static void
test_no_leak (void)
{
  Terminal terminal;
  GPid pid;
  int before, after;

  terminal_open (&terminal);
  pid = start_holder (&terminal);
  before = dup (0);
  close (before);
  fails (terminal.path, OH_ERROR, OH_ERROR_BUSY, "");
  fails ("/dev/null", G_DBUS_ERROR, G_DBUS_ERROR_INVALID_ARGS, "");
  after = dup (0);
  close (after);
  g_assert_cmpint (after, ==, before);
  end_holder (pid);
  terminal_close (&terminal);
}

static void
test_id (void)
{
  g_autofree char *dir = g_dir_make_tmp ("offhook-XXXXXX", NULL);
  g_autofree char *link = g_build_filename (dir, "modem", NULL);
  g_autofree char *bad = g_build_filename (dir, "\xff", NULL);
  g_autofree char *absent = oh_port_make_id ("/dev/offhook/none");
  g_autofree char *invalid = oh_port_make_id (bad);
  g_autofree char *direct = NULL;
  g_autofree char *linked = NULL;
  Terminal terminal;

  terminal_open (&terminal);
  g_assert_cmpint (symlink (terminal.path, link), ==, 0);
  direct = oh_port_make_id (terminal.path);
  linked = oh_port_make_id (link);
  g_assert_true (g_str_has_prefix (direct, "pts-"));
  g_assert_cmpstr (linked, ==, direct);
  g_assert_cmpstr (absent, ==, "offhook-none");
  g_assert_true (g_utf8_validate (invalid, -1, NULL));
  g_assert_null (strchr (invalid, '/'));
  g_unlink (link);
  g_rmdir (dir);
  terminal_close (&terminal);
}

static void
test_survives_sleep (void)
{
  static const struct
  {
    const char *driver;
    gboolean on_usb, survives;
  } known[] = {
    { "cdc_acm", TRUE, TRUE }, { "ftdi_sio", TRUE, FALSE }, { "option", TRUE, FALSE },
    { "pl2303", TRUE, FALSE }, { NULL, TRUE, FALSE },       { "serial8250", FALSE, TRUE },
    { "serial", FALSE, TRUE }, { NULL, FALSE, TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    g_assert_cmpint (oh_port_driver_survives_sleep (known[i].driver, known[i].on_usb), ==,
                     known[i].survives);
  g_assert_true (oh_port_survives_sleep ("/dev/ptmx"));
  g_assert_true (oh_port_survives_sleep ("/nowhere"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/port/no-such", test_no_such);
  g_test_add_func ("/port/dangling-link", test_dangling_link);
  g_test_add_func ("/port/no-terminal", test_no_terminal);
  g_test_add_func ("/port/opened", test_opened);
  g_test_add_func ("/port/exclusive", test_exclusive);
  g_test_add_func ("/port/ordinary-user", test_ordinary_user);
  g_test_add_func ("/port/lock-file", test_lock_file);
  g_test_add_func ("/port/lock-of-node", test_lock_of_node);
  g_test_add_func ("/port/stale-lock", test_stale_lock);
  g_test_add_func ("/port/own-stale-lock", test_own_stale_lock);
  g_test_add_func ("/port/foreign-stale-lock", test_foreign_stale_lock);
  g_test_add_func ("/port/held-by-lock-file", test_held_by_lock_file);
  g_test_add_func ("/port/held-by-flock", test_held_by_flock);
  g_test_add_func ("/port/two-opens", test_two_opens);
  g_test_add_func ("/port/kept-open", test_kept_open);
  g_test_add_func ("/port/no-leak", test_no_leak);
  g_test_add_func ("/port/id", test_id);
  g_test_add_func ("/port/survives-sleep", test_survives_sleep);
  return g_test_run ();
}
