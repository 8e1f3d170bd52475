// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/manager-notify.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/log-watch.h"
#include "tests/puppet.h"
#include "tests/terminal.h"

/* What the service manager hears, which is the test. */

static int notify_socket;

static void
listen_for_notes (Fixture *f, const char *watchdog_us)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  g_autofree char *path = g_build_filename (f->dir, "notify", NULL);

  g_strlcpy (address.sun_path, path, sizeof address.sun_path);
  notify_socket = socket (AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  g_assert_cmpint (bind (notify_socket, (struct sockaddr *)&address, sizeof address), ==, 0);
  g_setenv ("NOTIFY_SOCKET", path, TRUE);
  g_unsetenv ("WATCHDOG_PID");
  if (watchdog_us != NULL)
    g_setenv ("WATCHDOG_USEC", watchdog_us, TRUE);
  else
    g_unsetenv ("WATCHDOG_USEC");
}

static void
stop_listening (void)
{
  g_autofree char *path = g_strdup (g_getenv ("NOTIFY_SOCKET"));

  g_unsetenv ("NOTIFY_SOCKET");
  g_assert_cmpint (g_unlink (path), ==, 0);
  close (notify_socket);
}

/* NULL: none is there. */
static char *
take_note (void)
{
  char text[256];
  gssize n = recv (notify_socket, text, sizeof text, 0);

  if (n < 0)
    g_assert_cmpint (errno, ==, EAGAIN);
  return n < 0 ? NULL : g_strndup (text, n);
}

static gboolean
has_note (gpointer user_data)
{
  char byte;

  return recv (notify_socket, &byte, 1, MSG_PEEK) >= 0;
}

static void
assert_note (const char *expected)
{
  g_autofree char *note = NULL;

  spin_until (has_note, NULL);
  note = take_note ();
  g_assert_cmpstr (note, ==, expected);
}

/* Comes, whatever comes before it. */
static void
until_note (const char *expected)
{
  g_autofree char *note = NULL;

  do
    {
      g_free (note);
      spin_until (has_note, NULL);
      note = take_note ();
    }
  while (!g_str_equal (note, expected));
}

static void
test_status (Fixture *f, gconstpointer limits)
{
  OhNotify *notify;
  guint call;

  listen_for_notes (f, NULL);
  notify = oh_notify_new (f->manager);
  assert_note ("STATUS=1 line, 0 calls, 0 handles");
  open_at (f, f->client, "/a");
  assert_note ("STATUS=1 line, 0 calls, 1 handle");
  call = puppet_ring ();
  assert_note ("STATUS=1 line, 1 call, 1 handle");
  /* Nothing that is counted. */
  puppet_emit_call (call, OH_CALL_CONNECTED, OH_REASON_NONE, OH_ENDED_BY_NOBODY);
  open_at (f, f->client, "/b");
  assert_note ("STATUS=1 line, 1 call, 2 handles");
  puppet_emit_call (call, OH_CALL_ENDED, OH_REASON_NORMAL, OH_ENDED_BY_REMOTE);
  assert_note ("STATUS=1 line, 0 calls, 2 handles");
  add_line (f, "other", "/dev/zero", &puppet_driver);
  assert_note ("STATUS=2 lines, 0 calls, 2 handles");
  g_variant_unref (
      call_ok (f, f->client, OH_BUS_PATH, "RemoveLine", g_variant_new ("(o)", LINE_PATH "other")));
  assert_note ("STATUS=1 line, 0 calls, 2 handles");
  g_assert_null (take_note ());
  oh_notify_free (notify);
  stop_listening ();
}

/* However much happens in one turn of the loop, it is told once. */
static void
test_once_a_turn (Fixture *f, gconstpointer limits)
{
  OhNotify *notify;

  listen_for_notes (f, NULL);
  notify = oh_notify_new (f->manager);
  assert_note ("STATUS=1 line, 0 calls, 0 handles");
  for (guint i = 0; i < 3; i++)
    puppet_ring ();
  assert_note ("STATUS=1 line, 3 calls, 0 handles");
  g_assert_null (take_note ());
  oh_notify_free (notify);
  stop_listening ();
}

static void
test_watchdog (Fixture *f, gconstpointer limits)
{
  OhNotify *notify;

  listen_for_notes (f, "20000");
  notify = oh_notify_new (f->manager);
  assert_note ("WATCHDOG=1");
  for (guint i = 0; i < 3; i++)
    until_note ("WATCHDOG=1");
  oh_notify_free (notify);
  stop_listening ();
}

static void
on_start (OhModem *modem)
{
  oh_modem_emit (modem,
                 &(OhEvent){ .kind = OH_EVENT_LINE, .line_state = OH_LINE_IN_SERVICE, .text = "" });
}

static gboolean
is_mine (const OhReply *reply)
{
  return TRUE;
}

static void
on_modem_line (OhModem *modem, const char *line)
{
}

static const OhDriver plain_driver = {
  .name = "plain",
  .kind = "landline",
  .dialable = "0",
  .probe = "AT+PROBE",
  .is_mine = is_mine,
  .line = on_modem_line,
  .start = on_start,
};

static gboolean
is_stuck (gpointer manager)
{
  return oh_manager_find_stuck_line (manager) != NULL;
}

static gboolean
is_not_stuck (gpointer manager)
{
  return !is_stuck (manager);
}

/* A command that has not ended in thrice its time, as nobody lets its timer come. */
static void
test_stuck (Fixture *f, gconstpointer data)
{
  OhCommand how = { .limit_ms = 50 };
  gint64 end = g_get_monotonic_time () + DEADLINE_US;
  Terminal *terminal;
  OhNotify *notify;

  start_manager (f);
  terminal = terminal_new_of (f, &plain_driver);
  terminal->hold = "AT+HOLD";
  listen_for_notes (f, "20000");
  oh_modem_send (oh_line_get_modem (f->line), "AT+HOLD", &how);
  g_assert_false (is_stuck (f->manager));
  while (!is_stuck (f->manager))
    g_assert_cmpint (g_get_monotonic_time (), <, end);
  notify = oh_notify_new (f->manager);
  g_assert_false (has_note (NULL));
  /* Once it is dealt with the dog is fed again. Nobody complains of a single time. */
  spin_until (is_not_stuck, f->manager);
  until_note ("WATCHDOG=1");
  g_assert_cmpuint (log_count ("MESSAGE=Line home: a command*"), ==, 0);
  oh_notify_free (notify);
  stop_listening ();
  terminal_free (terminal);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  log_watch ();
  g_test_add ("/notify/status", Fixture, NULL, puppet_set_up, test_status, puppet_tear_down);
  g_test_add ("/notify/once-a-turn", Fixture, NULL, puppet_set_up, test_once_a_turn,
              puppet_tear_down);
  g_test_add ("/notify/watchdog", Fixture, NULL, puppet_set_up, test_watchdog, puppet_tear_down);
  g_test_add ("/notify/stuck", Fixture, NULL, set_up, test_stuck, tear_down);
  return g_test_run ();
}
