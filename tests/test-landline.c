// SPDX-License-Identifier: LGPL-2.1-or-later
#include <string.h>

#include "tests/terminal.h"

/* The landline driver with a modem that the test plays, to the byte. */

#define HOME LINE_PATH "home"
#define CALL HOME "/call/"
#define DLE "\x10"

/* What AddLine is told, and who the modem is. */
typedef struct
{
  const char *options, *maker;
} Setting;

static Terminal *modem;
static const char *maker;
static gboolean is_refusing;

static void
take (gpointer user_data, const char *line)
{
  Terminal *terminal = user_data;
  g_autofree char *text = NULL;

  if (g_str_equal (line, "AT+GMI") && maker != NULL)
    text = g_strdup_printf ("\r\n%s\r\n\r\nOK\r\n", maker);
  else if (g_str_equal (line, "AT+VLS=?"))
    text = g_strdup ("\r\n(0-2,5)\r\n\r\nOK\r\n");
  else if (is_refusing && g_str_equal (line, "AT+VLS=2"))
    text = g_strdup ("\r\nERROR\r\n");
  else if (g_str_has_prefix (line, "AT+FCLASS=?"))
    text = g_strdup ("\r\n0,1,8\r\n\r\nOK\r\n");
  else if (g_str_equal (line, "AT+VRX"))
    text = g_strdup ("\r\nCONNECT\r\n");
  else if (terminal->hold != NULL && g_pattern_match_simple (terminal->hold, line))
    return;
  terminal_say (terminal, text != NULL ? text : "\r\nOK\r\n");
}

static gboolean
is_ready (gpointer line)
{
  OhChannel *channel = oh_modem_get_channel (oh_line_get_modem (line));

  return g_str_equal (oh_dbus_line_get_state (line), "in-service")
         && oh_channel_get_running (channel) == NULL;
}

static void
set_up_landline (Fixture *f, gconstpointer user_data)
{
  const Setting *setting = user_data;
  g_autofree char *options
      = g_strdup_printf ("{'Alias': <'home'>, 'Driver': <'v253'>%s}", setting->options);

  g_autoptr (GVariant) parsed = g_variant_parse (NULL, options, NULL, NULL, NULL);

  set_up (f, NULL);
  start_manager (f);
  modem = terminal_make ();
  modem->take = take;
  modem->user_data = modem;
  maker = setting->maker;
  is_refusing = FALSE;
  g_variant_unref (call_ok (f, f->client, OH_BUS_PATH, "AddLine",
                            g_variant_new ("(s@a{sv})", modem->device, parsed)));
  f->line = oh_manager_find_line (f->manager, "home");
  spin_until (is_ready, f->line);
}

static void
tear_down_landline (Fixture *f, gconstpointer user_data)
{
  tear_down (f, NULL);
  terminal_free (modem);
}

static void
say (const char *text)
{
  terminal_say (modem, text);
}

static char *
get_landline (Fixture *f, const char *name)
{
  g_autoptr (GVariant) value = get_property (f, HOME, "Line.Landline", name);

  return g_variant_print (value, FALSE);
}

static void
assert_landline (Fixture *f, const char *name, const char *printed)
{
  g_autofree char *value = get_landline (f, name);

  g_assert_cmpstr (value, ==, printed);
}

static char *
ask_landline (Fixture *f, const char *method, const char *parameters, char **error)
{
  g_autoptr (GVariant) arguments
      = parameters != NULL ? g_variant_parse (NULL, parameters, NULL, NULL, NULL) : NULL;
  g_autoptr (GVariant) reply
      = call (f, f->client, HOME, OH_BUS_NAME ".Line.Landline", method, arguments, error);

  return reply != NULL ? g_variant_print (reply, FALSE) : NULL;
}

static void
landline_fails (Fixture *f, const char *method, const char *parameters, const char *error)
{
  g_autofree char *name = NULL;

  g_assert_null (ask_landline (f, method, parameters, &name));
  g_assert_cmpstr (name, ==, error);
}

static Listener *
ring (Fixture *f)
{
  Listener *listener = listen_home (f);

  say ("\r\nRING\r\n");
  heard_until (listener, 0, "* new-call 1 offering");
  heard_until (listener, 0, "* ringing 1 1");
  return listener;
}

static Listener *
connect_call (Fixture *f)
{
  Listener *listener = ring (f);

  g_variant_unref (call_ok (f, f->client, CALL "1", "Answer", NULL));
  heard_until (listener, 0, "* call-state 1 connected");
  terminal_until (modem, 0, "AT+VRX");
  return listener;
}

static GVariant *
number (const char *text)
{
  return g_variant_new ("(sa{sv})", text, NULL);
}

static void
test_told (Fixture *f, gconstpointer setting)
{
  terminal_until (modem, 0, "AT+GCI=B4");
  terminal_until (modem, 0, "ATX3");
  terminal_until (modem, 0, "AT-STE=3");
  terminal_until (modem, 0, "AT-SDR=7");
  assert_landline (f, "Country", "'GB'");
  assert_landline (f, "AudioRoutes", "[0, 1, 2, 5]");
  assert_landline (f, "AudioRoute", "1");
  assert_landline (f, "InUse", "'unknown'");
  assert_landline (f, "MessageWaiting", "'unknown'");
}

/* The configuration is another now, or it may have been reset: it is told behind the call. */
static void
test_told_later (Fixture *f, gconstpointer setting)
{
  Listener *listener = ring (f);
  OhModem *line_modem = oh_line_get_modem (f->line);
  OhModemSettings settings = *oh_modem_get_settings (line_modem);
  guint asked = modem->asked->len;

  g_strlcpy (settings.country, "GB", sizeof settings.country);
  oh_modem_configure (line_modem, &settings);
  settle (f, f->client);
  g_assert_cmpuint (modem->asked->len, ==, asked);
  g_variant_unref (call_ok (f, f->client, CALL "1", "Answer", NULL));
  terminal_until (modem, asked, "AT+VRX");
  g_variant_unref (call_ok (f, f->client, CALL "1", "Drop", NULL));
  heard_until (listener, 0, "* call-state 1 ended");
  asked = terminal_until (modem, asked, "AT+VLS=0");
  terminal_until (modem, terminal_until (modem, asked, "AT+GCI=B4"), "AT+VCID=1");
}

static void
test_identity (Fixture *f, gconstpointer setting)
{
  g_autofree char *identity = ask_landline (f, "GetIdentity", NULL, NULL);

  g_assert_cmpstr (identity, ==, "({'OwnNumber': <'+442079460123'>},)");
}

static void
test_dialling (Fixture *f, gconstpointer setting)
{
  g_variant_unref (call_ok (f, f->client, HOME, "Dial", number ("123,45")));
  terminal_until (modem, 0, "ATDP123,45");
}

static void
test_partial (Fixture *f, gconstpointer setting)
{
  Listener *listener = listen_home (f);

  g_variant_unref (
      call_ok (f, f->client, HOME, "Dial", g_variant_new_parsed ("('123', {'Partial': <true>})")));
  terminal_until (modem, 0, "ATDT123;");
  heard_until (listener, 0, "* call-state 1 connected");
  g_variant_unref (call_ok (f, f->client, CALL "1", "SendDigits", number ("4")));
  terminal_until (modem, 0, "AT+VTS=4");
}

/* Which of several rings it is, as the modem has it. */
static void
test_pattern (Fixture *f, gconstpointer setting)
{
  Listener *listener = listen_home (f);
  guint at;

  say ("\r\nRING B\r\n");
  at = heard_until (listener, 0, "* ringing 1 1");
  assert_heard (listener, at, "Pattern", "B");
  say ("\r\nDROF=0\r\n\r\nDRON=5\r\n\r\nDROF=11\r\n\r\nDRON=5\r\n\r\nRING\r\n\r\nDROF=34\r\n");
  at = heard_until (listener, at, "* ringing 1 2");
  assert_heard (listener, at, "Pattern", "5-11-5");
}

static void
test_caller_behind_ring (Fixture *f, gconstpointer setting)
{
  Listener *listener = listen_home (f);
  guint at;

  say ("\r\nRING 5551234\r\n");
  at = heard_until (listener, 0, "* call-info 1 *");
  assert_heard (listener, at, "Number", "5551234");
}

/* As hex: number, name and time; the year is this one, or the last. */
static void
test_packet (Fixture *f, gconstpointer setting)
{
  Listener *listener = ring (f);
  guint at;

  say ("\r\nMESG = 80220108303132333034303502073535353132333407084A4F484E20444F451101018D\r\n");
  at = heard_until (listener, 0, "* call-info 1 *");
  assert_heard (listener, at, "Raw",
                "80220108303132333034303502073535353132333407084A4F484E20444F451101018D");
  say ("\r\nMESG = 801E01083031323330343035020735353531323334070"
       "84A4F484E20444F4594\r\n");
  at = heard_until (listener, at + 1, "* call-info 1 *");
  assert_heard (listener, at, "Number", "5551234");
  assert_heard (listener, at, "Name", "JOHN DOE");
}

/* It tells of no call. */
static void
test_message_waiting (Fixture *f, gconstpointer setting)
{
  say ("\r\nMESG = 06034242423100\r\n"); /* a byte too many: garbage */
  say ("\r\nMESG = 060342424231\r\n");
  while (TRUE)
    {
      g_autofree char *value = get_landline (f, "MessageWaiting");

      if (g_str_equal (value, "'yes'"))
        break;
    }
  g_assert_cmpuint (oh_line_count_calls (f->line), ==, 0);
}

static void
test_answered_elsewhere (Fixture *f, gconstpointer code)
{
  Listener *listener = ring (f);
  guint at;

  say (DLE "P");
  at = heard_until (listener, 0, "* call-state 1 disconnected");
  assert_heard (listener, at, "Reason", "answered-elsewhere");
  heard_until (listener, at, "* call-state 1 ended");
  assert_landline (f, "InUse", "'yes'");
  say (DLE "p" DLE "h");
  while (TRUE)
    {
      g_autofree char *value = get_landline (f, "InUse");

      if (g_str_equal (value, "'no'"))
        break;
    }
}

static void
test_reject (Fixture *f, gconstpointer setting)
{
  Listener *listener = ring (f);
  guint off, on, at;

  g_variant_unref (call_ok (f, f->client, CALL "1", "Drop", NULL));
  off = terminal_until (modem, 0, "AT+VLS=1");
  on = terminal_until (modem, off, "AT+VLS=0");
  g_assert_cmpuint (off, <, on);
  at = heard_until (listener, 0, "* call-state 1 ended");
  assert_heard (listener, at, "Reason", "local");
  g_assert_false (has_heard (listener, "* call-state 1 connected"));
}

static void
test_no_reject (Fixture *f, gconstpointer setting)
{
  ring (f);
  call_fails (f, f->client, CALL "1", "Drop", NULL, "NotSupported");
}

/* The modem says OK when it has dialled: the rest is heard. */
static Listener *
dial (Fixture *f)
{
  Listener *listener = listen_home (f);

  g_variant_unref (call_ok (f, f->client, HOME, "Dial", number ("5551234")));
  heard_until (listener, 0, "* call-state 1 connected");
  terminal_until (modem, 0, "AT+VRX");
  return listener;
}

static void
test_progress (Fixture *f, gconstpointer code)
{
  Listener *listener = dial (f);
  guint at;

  say (DLE "r");
  at = heard_until (listener, 0, "* call-state 1 ringback");
  heard_until (listener, 0, "* tone 1 *");
  say (DLE "r");
  say (code);
  at = heard_until (listener, at, "* call-state 1 connected");
  assert_heard (listener, at, "Mode", "[]");
  g_assert_cmpuint (listener->heard->len, <=, 7);
}

/* Neither ringback nor busy for long: then it is. */
static void
test_confirmed_by_time (Fixture *f, gconstpointer setting)
{
  Listener *listener = dial (f);
  guint at = heard_until (listener, 0, "* call-state 1 connected");

  assert_heard (listener, at, "Mode", "['unconfirmed']");
  at = heard_until (listener, at + 1, "* call-state 1 connected");
  assert_heard (listener, at, "Mode", "[]");
}

static void
test_progress_ends (Fixture *f, gconstpointer user_data)
{
  const char *const *row = user_data;
  Listener *listener = dial (f);
  guint at;

  say (row[0]);
  at = heard_until (listener, 0, "* call-state 1 disconnected");
  assert_heard (listener, at, "Reason", row[1]);
  assert_heard (listener, at, "EndedBy", "network");
  heard_until (listener, at, "* call-state 1 ended");
}

static void
test_special_info (Fixture *f, gconstpointer setting)
{
  Listener *listener = dial (f);
  guint at;

  say (DLE "J" DLE "v"); /* an announcement is no answer */
  at = heard_until (listener, 0, "* call-state 1 special-info");
  say (DLE "b");
  at = heard_until (listener, at, "* call-state 1 disconnected");
  assert_heard (listener, at, "Reason", "unreachable");
}

/* Once while it lasts, however often the modem says so. */
static void
test_tones (Fixture *f, gconstpointer setting)
{
  Listener *listener = connect_call (f);
  guint n = 0, at;

  for (guint i = 0; i < 30; i++)
    say (DLE "c");
  say (DLE "q" DLE "5");
  at = heard_until (listener, 0, "* tone 1 *");
  assert_heard (listener, at, "Tone", "fax-calling");
  at = heard_until (listener, at + 1, "* tone 1 *");
  assert_heard (listener, at, "Tone", "quiet");
  for (guint i = 0; i < listener->heard->len; i++)
    n += g_pattern_match_simple ("* tone *", listener->heard->pdata[i]);
  g_assert_cmpuint (n, ==, 2);
}

/* It says dial tone while it records. */
static void
test_lies (Fixture *f, gconstpointer setting)
{
  Listener *listener = connect_call (f);

  say (DLE "d" DLE "d" DLE "q");
  heard_until (listener, 0, "* tone 1 *");
  g_assert_false (has_heard (listener, "* disconnected"));
  say (DLE "b");
  heard_until (listener, 0, "* call-state 1 disconnected");
}

static Listener *
have_waiting (Fixture *f)
{
  Listener *listener = connect_call (f);
  guint at;

  say (DLE "w");
  at = heard_until (listener, 0, "* new-call 2 offering");
  assert_heard (listener, at, "Mode", "['waiting']");
  assert_heard (listener, at, "Origin", "waiting");
  say (DLE "X\r\nDATE=0101\r\nTIME=1200\r\nNMBR=5559876\r\n" DLE ".");
  at = heard_until (listener, at, "* call-info 2 *");
  assert_heard (listener, at, "Number", "5559876");
  return listener;
}

/* What a hook flash has brought is not known before somebody speaks. */
static void
test_waiting (Fixture *f, gconstpointer setting)
{
  Listener *listener = have_waiting (f);
  guint at = listener->heard->len;

  call_fails (f, f->client, CALL "2", "Drop", NULL, "NotSupported");
  g_variant_unref (call_ok (f, f->client, HOME, "HoldAndAnswer", NULL));
  terminal_until (modem, 0, "AT+VTS=!");
  heard_until (listener, at, "* call-state 1 unknown");
  heard_until (listener, at, "* call-state 2 unknown");
  say (DLE "v");
  heard_until (listener, at, "* call-state 1 held");
  heard_until (listener, at, "* call-state 2 connected");
  at = listener->heard->len;
  g_variant_unref (call_ok (f, f->client, HOME, "Swap", NULL));
  heard_until (listener, at, "* call-state 2 unknown");
  say (DLE "v");
  heard_until (listener, at, "* call-state 1 connected");
  heard_until (listener, at, "* call-state 2 held");
  g_variant_unref (call_ok (f, f->client, CALL "1", "Drop", NULL));
  heard_until (listener, at, "* call-state 2 ended");
  heard_until (listener, at, "* call-state 1 ended");
}

static void
test_waiting_not_configured (Fixture *f, gconstpointer setting)
{
  Listener *listener = connect_call (f);

  say (DLE "w" DLE "X\r\nNMBR=5559876\r\n" DLE "." DLE "q");
  heard_until (listener, 0, "* tone 1 *");
  settle (f, f->client);
  g_assert_false (has_heard (listener, "* new-call 2 *"));
  landline_fails (f, "Flash", NULL, "NotSupported");
}

static void
test_flash (Fixture *f, gconstpointer setting)
{
  landline_fails (f, "Flash", NULL, "InvalidState");
  connect_call (f);
  g_free (ask_landline (f, "Flash", NULL, NULL));
  terminal_until (modem, 0, "AT+VTS=!");
}

static void
test_gains (Fixture *f, gconstpointer setting)
{
  guint at;

  g_free (ask_landline (f, "SetGain", "(uint32 120, uint32 128)", NULL));
  connect_call (f);
  terminal_until (modem, 0, "AT+VGR=120"); /* when the call is taken */
  at = modem->asked->len;
  g_free (ask_landline (f, "SetGain", "(uint32 140, uint32 100)", NULL));
  terminal_until (modem, at, "AT+VGR=140");
  terminal_until (modem, at, "AT+VGT=100");
  terminal_until (modem, at, "AT+VRX"); /* the stream goes on */
  assert_landline (f, "ReceiveGain", "140");
  assert_landline (f, "TransmitGain", "100");
  landline_fails (f, "SetGain", "(uint32 256, uint32 0)", "InvalidArgs");
  at = modem->asked->len;
  g_free (ask_landline (f, "SetAudioRoute", "(uint32 5,)", NULL));
  terminal_until (modem, at, "AT+VLS=5");
  assert_landline (f, "AudioRoute", "5");
  is_refusing = TRUE; /* one that the modem has, but not now */
  landline_fails (f, "SetAudioRoute", "(uint32 2,)", "Failed");
  assert_landline (f, "AudioRoute", "5");
  landline_fails (f, "SetAudioRoute", "(uint32 3,)", "NotSupported");
  landline_fails (f, "SetAudioRoute", "(uint32 0,)", "InvalidArgs");
  landline_fails (f, "SetAudioRoute", "(uint32 32,)", "InvalidArgs");
}

/* One or two frequencies; it is one with sending digits (H12). */
static void
test_tone_made (Fixture *f, gconstpointer setting)
{
  Listener *listener = connect_call (f);
  guint at = modem->asked->len;

  g_variant_unref (call_ok (f, f->client, CALL "1", "GenerateTone",
                            g_variant_new_parsed ("([uint32 440], uint32 500)")));
  terminal_until (modem, at, "AT+VTS=?440,0,50?");
  heard_until (listener, 0, "* generate 1 done");
  g_variant_unref (call_ok (f, f->client, CALL "1", "GenerateTone",
                            g_variant_new_parsed ("([uint32 350, 440], uint32 10)")));
  terminal_until (modem, at, "AT+VTS=?350,440,1?");
  terminal_until (modem, at, "AT+VRX");
  call_fails (f, f->client, CALL "1", "GenerateTone", g_variant_new_parsed ("(@au [], uint32 500)"),
              "InvalidArgs");
  call_fails (f, f->client, CALL "1", "GenerateTone",
              g_variant_new_parsed ("([uint32 199], uint32 500)"), "InvalidArgs");
  call_fails (f, f->client, CALL "1", "GenerateTone",
              g_variant_new_parsed ("([uint32 440, 3201], uint32 500)"), "InvalidArgs");
  call_fails (f, f->client, CALL "1", "GenerateTone",
              g_variant_new_parsed ("([uint32 440], uint32 9)"), "InvalidArgs");
}

#define ADD(path, setting, func)                                                                   \
  g_test_add ("/landline/" path, Fixture, setting, set_up_landline, func, tear_down_landline)

static const Setting plain = { "", NULL };

static void
set_up_plain (Fixture *f, gconstpointer user_data)
{
  set_up_landline (f, &plain);
}

#define ADD_ROW(path, row, func)                                                                   \
  g_test_add ("/landline/" path, Fixture, row, set_up_plain, func, tear_down_landline)

int
main (int argc, char **argv)
{
  static const Setting british
      = { ", 'Country': <'GB'>, 'DialTone': <'ignore'>, 'OwnNumber': <'+442079460123'>",
          "CONEXANT" };
  static const Setting pulse = { ", 'Dialling': <'pulse'>", NULL };
  static const Setting hasty = { ", 'RingTimeout': <uint32 100>", NULL };
  static const Setting flash = { ", 'CallWaiting': <'flash'>", NULL };
  static const Setting screen = { ", 'Reject': <'answer-and-hang-up'>", NULL };
  static const Setting robotics = { "", "U.S. Robotics" };
  static const char *const busy[] = { DLE "b", "busy" };
  static const char *const reorder[] = { DLE "K", "congestion" };
  static const char *const dial_tone[] = { DLE "d", "unknown" };
  static const char *const other_dial_tone[] = { DLE "i", "unknown" };

  g_test_init (&argc, &argv, NULL);
  ADD ("told", &british, test_told);
  ADD ("told-later", &plain, test_told_later);
  ADD ("identity", &british, test_identity);
  ADD ("dialling/pulse", &pulse, test_dialling);
  ADD ("dialling/partial", &plain, test_partial);
  ADD ("pattern", &plain, test_pattern);
  ADD ("caller-behind-ring", &plain, test_caller_behind_ring);
  ADD ("packet", &plain, test_packet);
  ADD ("message-waiting", &plain, test_message_waiting);
  ADD ("answered-elsewhere", &plain, test_answered_elsewhere);
  ADD ("reject", &screen, test_reject);
  ADD ("reject/never", &plain, test_no_reject);
  ADD_ROW ("progress/voice", DLE "v", test_progress);
  ADD_ROW ("progress/polarity", DLE "L", test_progress);
  ADD_ROW ("progress/busy", busy, test_progress_ends);
  ADD_ROW ("progress/reorder", reorder, test_progress_ends);
  ADD_ROW ("progress/dial-tone", dial_tone, test_progress_ends);
  ADD_ROW ("progress/other-dial-tone", other_dial_tone, test_progress_ends);
  ADD ("progress/time", &hasty, test_confirmed_by_time);
  ADD ("progress/special-info", &plain, test_special_info);
  ADD ("tones", &plain, test_tones);
  ADD ("tones/lies", &robotics, test_lies);
  ADD ("waiting", &flash, test_waiting);
  ADD ("waiting/not-configured", &plain, test_waiting_not_configured);
  ADD ("flash", &flash, test_flash);
  ADD ("gains", &plain, test_gains);
  ADD ("tone-made", &plain, test_tone_made);
  return g_test_run ();
}
