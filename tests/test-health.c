// SPDX-License-Identifier: LGPL-2.1-or-later
#include <string.h>
#include <termios.h>

#include "daemon/manager-private.h"
#include "tests/log-watch.h"
#include "tests/terminal.h"

/* Modems that do not answer: the ladder of what is tried, and what is told meanwhile (design §4).
 */

/* A modem that can fall silent. */
typedef struct
{
  Terminal *terminal;
  gboolean mute;
  const char *calls; /* as Terminal has it */
} Modem;

static Modem modem;

static void
take (gpointer user_data, const char *command)
{
  if (modem.mute || !g_str_has_prefix (command, "AT"))
    return;
  if (g_str_equal (command, "AT+CPIN?"))
    terminal_say (modem.terminal, "\r\n+CPIN: READY\r\n");
  else if (g_str_equal (command, "AT+CREG?"))
    terminal_say (modem.terminal, "\r\n+CREG: 1,1\r\n");
  else if (g_str_equal (command, "AT+VRX"))
    {
      terminal_say (modem.terminal, "\r\nCONNECT\r\n");
      return;
    }
  else if (g_str_equal (command, "AT+CLCC") && modem.calls != NULL)
    {
      terminal_say (modem.terminal, "\r\n");
      terminal_say (modem.terminal, modem.calls);
      terminal_say (modem.terminal, "\r\n");
    }
  terminal_say (modem.terminal, "\r\nOK\r\n");
}

/* The line "home" on @driver's modem, and who listens to it. */
static Listener *
start (Fixture *f, const char *driver)
{
  f->limits.retry_ms = 100;
  f->limits.mute_ms = 60000;
  modem = (Modem){ 0 };
  modem.terminal = terminal_new (f, driver);
  modem.terminal->take = take;
  log_forget ();
  return listen_home (f);
}

static void
finish (Fixture *f)
{
  g_clear_object (&f->manager);
  terminal_free (modem.terminal);
}

static guint64
get_counter (Fixture *f, const char *name)
{
  g_autoptr (GVariant) counters = get_property (f, LINE_PATH "home", "Line", "Counters");
  guint64 value;

  g_assert_true (g_variant_lookup (counters, name, "t", &value));
  return value;
}

static void
probe (Fixture *f)
{
  oh_modem_probe (oh_line_get_modem (f->line)); /* what was heard before, */
  oh_modem_probe (oh_line_get_modem (f->line)); /* and that nothing was since */
}

/* Each step is told, in its order; a modem that answers again has been told everything anew. */
static void
test_ladder (Fixture *f, gconstpointer driver)
{
  const char *reset = g_str_equal (driver, "v253") ? "ATZ" : "AT+CFUN=1,1";
  const char *told = g_str_equal (driver, "v253") ? "ATS0=0" : "AT+CLIP=1";
  Listener *listener = start (f, driver);
  guint at, asked;

  modem.mute = modem.terminal->plain = TRUE;
  probe (f);
  at = heard_until (listener, 0, "* health * suspect");
  assert_heard (listener, at, "HealthReason", "timeout");
  at = heard_until (listener, at, "* health * recovering");
  assert_heard (listener, at, "HealthReason", "reopen");
  at = heard_until (listener, at, "* line-state * out-of-service");
  at = heard_until (listener, at, "* health * recovering");
  assert_heard (listener, at, "HealthReason", "reset");
  asked = terminal_until (modem.terminal, 0, reset);
  at = heard_until (listener, at, "* health * failed");
  assert_heard (listener, at, "HealthReason", "not-responding");
  g_assert_cmpuint (log_count ("MESSAGE=*unplug it and plug it in again*"), ==, 1);
  call_fails (f, f->client, LINE_PATH "home", "Dial", g_variant_new ("(sa{sv})", "5551234", NULL),
              "NoDevice");
  modem.mute = modem.terminal->plain = FALSE;
  at = heard_until (listener, at, "* health * healthy");
  {
    g_autofree char *counters = heard_detail (listener, at, "Counters");

    g_assert_nonnull (strstr (counters, "'resets': 1"));
  }
  terminal_until (modem.terminal, asked, told);
  heard_until (listener, at, "* line-state * in-service");
  g_assert_cmpuint (get_counter (f, "probes"), >, 0);
  g_assert_cmpuint (get_counter (f, "resets"), ==, 1);
  g_assert_cmpuint (get_counter (f, "reopens"), >=, 2);
  g_assert_cmpuint (get_counter (f, "timeouts"), >, 0);
  assert_serials (listener);
  finish (f);
}

static void
make_call (Fixture *f, Listener *listener, const char *driver)
{
  if (g_str_equal (driver, "v253"))
    {
      terminal_say (modem.terminal, "\r\nRING\r\n");
      heard_until (listener, 0, "* new-call 1 offering");
      g_variant_unref (call_ok (f, f->client, LINE_PATH "home/call/1", "Answer", NULL));
      heard_until (listener, 0, "* call-state 1 connected");
      return;
    }
  modem.calls = "+CLCC: 1,1,0,0,0,\"5551234\",129";
  terminal_say (modem.terminal, "\r\nRING\r\n");
  heard_until (listener, 0, "* new-call 1 connected");
}

/* A call of a mute modem is unknown, and what it was when the modem is back; nothing is reset. The
 * line serves again though what it is to be told has to wait for the end of the call. */
static void
test_call_goes_on (Fixture *f, gconstpointer driver)
{
  Listener *listener = start (f, driver);
  guint at;

  make_call (f, listener, driver);
  modem.mute = modem.terminal->plain = TRUE;
  probe (f);
  at = heard_until (listener, 0, "* health * suspect");
  at = heard_until (listener, at, "* health * recovering");
  at = heard_until (listener, at, "* call-state 1 unknown");
  call_fails (f, f->client, LINE_PATH "home/call/1", "SendDigits",
              g_variant_new ("(sa{sv})", "1", NULL), "NotResponding");
  modem.mute = modem.terminal->plain = FALSE;
  heard_until (listener, at, "* health * healthy");
  heard_until (listener, at, "* call-state 1 connected");
  at = heard_until (listener, at, "* line-state  in-service");
  g_assert_false (has_heard (listener, "* call-state 1 ended"));
  modem.calls = NULL;
  if (g_str_equal (driver, "v253"))
    g_variant_unref (call_ok (f, f->client, LINE_PATH "home/call/1", "Drop", NULL));
  heard_until (listener, at, "* call-state 1 ended");
  g_assert_cmpuint (get_counter (f, "resets"), ==, 0);
  finish (f);
}

/* Mute for too long: its calls end, and why is told; only then the modem is reset. */
static void
test_call_given_up (Fixture *f, gconstpointer driver)
{
  Listener *listener = start (f, driver);
  guint at;

  f->limits.mute_ms = 100;
  make_call (f, listener, driver);
  modem.mute = modem.terminal->plain = TRUE;
  at = heard_until (listener, 0, "* call-state 1 unknown");
  at = heard_until (listener, at, "* call-state 1 disconnected");
  assert_heard (listener, at, "Reason", "out-of-order");
  at = heard_until (listener, at, "* call-state 1 ended");
  at = heard_until (listener, at, "* health * recovering");
  assert_heard (listener, at, "HealthReason", "reset");
  modem.mute = modem.terminal->plain = FALSE;
  heard_until (listener, at, "* health * healthy");
  finish (f);
}

/* Unplugged while it is being looked after. */
static void
test_lost (Fixture *f, gconstpointer driver)
{
  Listener *listener = start (f, driver);
  guint at;

  make_call (f, listener, driver);
  modem.mute = modem.terminal->plain = TRUE;
  at = heard_until (listener, 0, "* health * recovering");
  terminal_unplug (modem.terminal);
  at = heard_until (listener, at, "* call-state 1 disconnected");
  assert_heard (listener, at, "Reason", "out-of-order");
  heard_until (listener, 0, "* line-state * absent"); /* in the place of the one before */
  finish (f);
}

/* Nothing can be written: that is a modem that does not answer, and nobody else waits for it. */
static void
test_write_blocks (Fixture *f, gconstpointer driver)
{
  Listener *listener = start (f, driver);
  guint at;

  g_assert_cmpint (tcflow (modem.terminal->slave, TCOOFF), ==, 0);
  probe (f);
  at = heard_until (listener, 0, "* health * suspect");
  at = heard_until (listener, at, "* health * recovering");
  settle (f, f->client);
  g_assert_cmpint (tcflow (modem.terminal->slave, TCOON), ==, 0);
  heard_until (listener, at, "* health * healthy");
  heard_until (listener, at, "* line-state * in-service");
  finish (f);
}

/* One that was heard is not asked. */
static void
test_heard (Fixture *f, gconstpointer driver)
{
  start (f, driver);
  oh_modem_probe (oh_line_get_modem (f->line));
  g_assert_cmpuint (get_counter (f, "probes"), ==, 0);
  oh_modem_probe (oh_line_get_modem (f->line));
  g_assert_cmpuint (get_counter (f, "probes"), ==, 1);
  finish (f);
}

static void
set_up_home (Fixture *f, gconstpointer data)
{
  set_up (f, NULL);
  start_manager (f);
}

int
main (int argc, char **argv)
{
  static const char *const drivers[] = { "v253", "cellular" };

  g_test_init (&argc, &argv, NULL);
  log_watch ();
  for (guint i = 0; i < G_N_ELEMENTS (drivers); i++)
    {
      g_autofree char *ladder = g_strconcat ("/health/ladder/", drivers[i], NULL);
      g_autofree char *heard = g_strconcat ("/health/heard/", drivers[i], NULL);
      g_autofree char *goes_on = g_strconcat ("/health/call-goes-on/", drivers[i], NULL);

      g_test_add (ladder, Fixture, drivers[i], set_up_home, test_ladder, tear_down);
      g_test_add (heard, Fixture, drivers[i], set_up_home, test_heard, tear_down);
      g_test_add (goes_on, Fixture, drivers[i], set_up_home, test_call_goes_on, tear_down);
    }
  g_test_add ("/health/write-blocks", Fixture, "cellular", set_up_home, test_write_blocks,
              tear_down);
  g_test_add ("/health/call-given-up", Fixture, "cellular", set_up_home, test_call_given_up,
              tear_down);
  g_test_add ("/health/lost", Fixture, "cellular", set_up_home, test_lost, tear_down);
  return g_test_run ();
}
