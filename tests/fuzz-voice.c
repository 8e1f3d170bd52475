// SPDX-License-Identifier: LGPL-2.1-or-later
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/drivers/v253.h"
#include "daemon/modem-build.h"

/* A landline modem in a call, in voice receive: it says the input, cut anywhere. What is told of
 * that makes sense, is not more than what was said, and the end of the call is heard behind it. */

int LLVMFuzzerInitialize (int *argc, char ***argv);
int LLVMFuzzerTestOneInput (const guint8 *bytes, gsize size);

extern const OhDriver oh_driver_v253;

#define HEAD 3 /* bytes that say how it begins */
#define CALLS_MOST 4096
#define LONGEST 1500 /* bytes said at once */
#define COALESCED_US (4 * G_USEC_PER_SEC)

typedef enum
{
  ANSWER_OK,
  ANSWER_ERROR,
  ANSWER_NOTHING,
} Answer;

/* What has been told, and what was said. */
typedef struct
{
  int modem; /* its end */
  Answer answer;
  gboolean flash;
  gint64 since;
  guint n_events, n_calls;
  OhCallState states[CALLS_MOST]; /* by number; OH_CALL_ENDED also for one that is not there yet */
  gboolean waits[CALLS_MOST];
  guint rings; /* at most, that the input has */
  const char *tone;
} Told;

static gboolean
is_live (const Told *told, guint call)
{
  return call > 0 && call <= told->n_calls && told->states[call] != OH_CALL_ENDED;
}

static guint
count_live (const Told *told)
{
  guint n = 0;

  for (guint i = 1; i <= told->n_calls; i++)
    n += is_live (told, i);
  return n;
}

static void
check_text (const char *text)
{
  if (text == NULL)
    return;
  g_assert_true (g_utf8_validate (text, -1, NULL));
  g_assert_cmpuint (strlen (text), <, OH_TEXT_MAX);
}

static void
check_party (const OhParty *party)
{
  g_assert_nonnull (party);
  g_assert_cmpuint (strlen (party->number), <, OH_NUMBER_MAX);
  g_assert_cmpuint (strspn (party->number, "+0123456789*#ABCD"), ==, strlen (party->number));
  g_assert_true (*party->number != '\0' || party->number_presentation != OH_PRESENTATION_ALLOWED);
  g_assert_cmpint (*party->name != '\0', ==, party->name_presentation == OH_PRESENTATION_ALLOWED);
  g_assert_cmpuint (party->number_presentation, <=, OH_PRESENTATION_UNAVAILABLE);
  g_assert_cmpuint (party->name_presentation, <=, OH_PRESENTATION_UNAVAILABLE);
  check_text (party->name);
  check_text (party->raw);
  g_assert_cmpuint (strlen (party->network_time), <, OH_NETWORK_TIME_MAX);
}

/* No ghost: it has rung with no call there, or waits while one is connected. */
static void
take_new_call (Told *told, const OhEvent *event)
{
  gboolean waits = event->origin == OH_ORIGIN_WAITING;

  g_assert_cmpuint (event->call, ==, told->n_calls + 1);
  g_assert_cmpuint (event->call, <, CALLS_MOST);
  g_assert_cmpuint (event->state, ==, OH_CALL_OFFERING);
  g_assert_true (event->incoming);
  g_assert_cmpuint (count_live (told), ==, waits);
  g_assert_true (!waits || told->flash);
  if (!waits)
    g_assert_cmpuint (told->rings--, >, 0);
  check_party (event->party);
  told->n_calls++;
  told->tone = NULL;
  told->waits[event->call] = waits;
}

static void
take_call (Told *told, const OhEvent *event)
{
  if (event->call > told->n_calls)
    take_new_call (told, event);
  else
    g_assert_true (is_live (told, event->call)); /* nothing follows its end */
  told->states[event->call] = event->state;
}

/* One that lasts is told once. */
static void
take_tone (Told *told, const OhEvent *event)
{
  g_assert_nonnull (event->word);
  if (g_get_monotonic_time () - told->since < COALESCED_US)
    g_assert_cmpstr (event->word, !=, told->tone);
  told->tone = event->word;
}

static void
on_event (const OhEvent *event, gpointer user_data)
{
  Told *told = user_data;

  told->n_events++;
  switch (event->kind)
    {
    case OH_EVENT_CALL:
      take_call (told, event);
      return;
    case OH_EVENT_TONE:
      take_tone (told, event);
      break;
    case OH_EVENT_PARTY:
      check_party (event->party);
      break;
    case OH_EVENT_RING:
      check_text (event->word);
      break;
    case OH_EVENT_DIGIT:
      g_assert_nonnull (strchr ("0123456789*#ABCD", event->digit));
      g_assert_cmpuint (told->states[event->call], ==, OH_CALL_CONNECTED);
      break;
    case OH_EVENT_LINE:
    case OH_EVENT_MODEM:
    case OH_EVENT_HEALTH:
    case OH_EVENT_FEATURES:
    case OH_EVENT_EMERGENCY:
    case OH_EVENT_NETWORK:
    case OH_EVENT_LOOP:
    case OH_EVENT_USSD:
      g_assert_cmpuint (event->call, ==, 0);
      return;
    }
  g_assert_true (is_live (told, event->call));
}

static void
on_changed (gpointer user_data)
{
}

static void
on_lost (gpointer user_data)
{
  g_assert_not_reached ();
}

static void
say (const Told *told, gconstpointer bytes, gsize n)
{
  g_assert_cmpint (write (told->modem, bytes, n), ==, n);
}

static void
answer (const Told *told, const char *command)
{
  const char *text = told->answer == ANSWER_ERROR           ? "\r\nERROR\r\n"
                     : g_str_has_prefix (command, "\x10!")  ? "\x10\x03\r\nOK\r\n"
                     : g_str_has_prefix (command, "AT+VRX") ? "\r\nCONNECT\r\n"
                                                            : "\r\nOK\r\n";

  if (told->answer != ANSWER_NOTHING)
    say (told, text, strlen (text));
}

/* The daemon reads all, and all that it sends is answered. */
static void
settle (const Told *told)
{
  char command[512];
  gssize n;

  do
    {
      while (g_main_context_iteration (NULL, FALSE))
        ;
      n = read (told->modem, command, sizeof command - 1);
      if (n > 0)
        {
          command[n] = '\0';
          answer (told, command);
        }
    }
  while (n > 0);
}

/* As a daemon has it that starts again in the middle of a call. */
static GVariant *
call_in_voice (const guint8 *head)
{
  OhLandline state = { .call = 1,
                       .state = (head[0] & 1) != 0 ? OH_CALL_RINGBACK : OH_CALL_CONNECTED,
                       .receiving = TRUE,
                       .incoming = (head[0] & 3) == 0,
                       .unconfirmed = (head[0] & 3) == 2,
                       .quirks = head[0] >> 4 };
  OhLexer lexer;

  state.loop.route = 1;
  oh_lexer_init (&lexer, OH_LEXER_STREAM);
  return g_variant_ref_sink (g_variant_new (
      "(ssu@ay@" OH_CHANNEL_TYPE ")", "v253", OH_MODEM_BUILD, 1,
      g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, &state, sizeof state, 1),
      g_variant_new ("(@ayuuub(sxuus))",
                     g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, &lexer, sizeof lexer, 1), 0, 0,
                     1, FALSE, "", G_GINT64_CONSTANT (0), 0, 0, "")));
}

static OhModem *
begin (Told *told, const guint8 *head)
{
  static const OhModemFuncs funcs = { .event = on_event, .changed = on_changed, .lost = on_lost };
  OhModemSettings settings = { .ring_timeout_ms = OH_RING_TIMEOUT_MS, .flash = (head[0] & 4) != 0 };
  g_autoptr (GVariant) saved = call_in_voice (head);
  OhModem *modem = oh_modem_new (&oh_driver_v253, &settings, &funcs, told);
  int ends[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends), ==,
                   0);
  told->modem = ends[0];
  told->answer = head[1] % 3;
  told->flash = settings.flash;
  told->n_calls = 1;
  told->states[1] = OH_CALL_CONNECTED;
  told->since = g_get_monotonic_time ();
  g_assert_true (oh_modem_restore (modem, "/nowhere", ends[1], saved));
  return modem;
}

/* The busy tone ends what is connected, after whatever noise: behind a <DLE> or not. */
static void
check_end (Told *told)
{
  guint call = 1;

  while (call <= told->n_calls && (!is_live (told, call) || told->waits[call]))
    call++;
  if (call > told->n_calls || told->states[call] != OH_CALL_CONNECTED)
    return;
  say (told,
       "x\x10"
       "b",
       3);
  settle (told);
  g_assert_true (told->states[call] == OH_CALL_DISCONNECTED || told->states[call] == OH_CALL_ENDED);
}

int
LLVMFuzzerTestOneInput (const guint8 *bytes, gsize size)
{
  Told told = { 0 };
  OhModem *modem;
  guint32 cut;

  if (size < HEAD)
    return 0;
  for (gsize i = HEAD; i < size; i++)
    told.rings += bytes[i] == 'R';
  for (guint i = 0; i < CALLS_MOST; i++)
    told.states[i] = OH_CALL_ENDED;
  modem = begin (&told, bytes);
  cut = bytes[2];
  for (gsize at = HEAD, n; at < size; at += n)
    {
      cut = cut * 1664525 + 1013904223;
      n = MIN (size - at, 1 + (cut >> 16) % ((cut & 256) != 0 ? 4 : LONGEST));
      say (&told, bytes + at, n);
      settle (&told);
    }
  check_end (&told);
  g_assert_cmpuint (told.n_events, <=, 16 + 4 * size);
  oh_modem_free (modem);
  close (told.modem);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  return 0;
}

static GLogWriterOutput
on_log (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer user_data)
{
  if ((level & (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL)) == 0)
    return G_LOG_WRITER_HANDLED;
  g_log_writer_standard_streams (level, fields, n_fields, user_data);
  abort ();
}

int
LLVMFuzzerInitialize (int *argc, char ***argv)
{
  g_log_set_writer_func (on_log, NULL, NULL);
  return 0;
}
