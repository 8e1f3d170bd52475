// SPDX-License-Identifier: LGPL-2.1-or-later
#include <string.h>

#include "daemon/at/fields.h"
#include "tests/terminal.h"

/* Calls that come while a command is answered: RING, +CLIP and their kin between any two lines of
 * the answer, in front of it, glued behind it, cut into reads at any byte. None is lost, none is
 * doubled, and the command gets the whole of its answer. --seed repeats a run. */

#define INTERLEAVINGS 10000
#define FEW 300 /* with valgrind */
#define LINES_MOST 4
#define RINGS_MOST 3

typedef struct
{
  Terminal *terminal;
  OhModem *modem;
  gboolean in_service;

  char number[32], name[32];
  guint new_calls, rings, parties, ended; /* of this call */
  char told[OH_NUMBER_MAX];
  char *told_name;
  gboolean answered;
  guint lines; /* of the answer */
} Line;

static void
on_event (const OhEvent *event, gpointer user_data)
{
  Line *line = user_data;

  if (event->kind == OH_EVENT_LINE)
    line->in_service = event->line_state == OH_LINE_IN_SERVICE;
  else if (event->kind == OH_EVENT_RING)
    line->rings++;
  else if (event->kind == OH_EVENT_CALL && event->state == OH_CALL_ENDED)
    line->ended++;
  else if (event->kind == OH_EVENT_CALL && event->party != NULL)
    line->new_calls++;
  if (event->party == NULL)
    return;
  g_strlcpy (line->told, event->party->number, sizeof line->told);
  g_free (line->told_name);
  line->told_name = g_strdup (event->party->name);
}

static void
on_changed (gpointer user_data)
{
}

static const OhModemFuncs funcs = { .event = on_event, .changed = on_changed, .lost = on_changed };

static gboolean
is_in_service (gpointer user_data)
{
  return ((Line *)user_data)->in_service;
}

static void
on_answer (const OhReply *reply, gpointer user_data)
{
  Line *line = user_data;

  g_assert_no_error (reply->error);
  g_assert_cmpint (reply->result, ==, OH_RESULT_OK);
  line->answered = TRUE;
  line->lines = reply->n_lines;
  for (guint i = 0; i < reply->n_lines; i++)
    g_assert_true (g_str_has_prefix (reply->lines[i], "+TEST: "));
}

/* One line as modems frame it. */
static void
add_line_text (GPtrArray *lines, const char *text)
{
  static const char *const frames[]
      = { "\r\n%s\r\n", "%s\r\n", "\r\n%s\r\n\r\n", "\r\r\n%s\r\r\n" };
  const char *frame = frames[g_test_rand_int_range (0, G_N_ELEMENTS (frames))];
  g_auto (GStrv) halves = g_strsplit (frame, "%s", 2);

  g_ptr_array_add (lines, g_strconcat (halves[0], text, halves[1], NULL));
}

static GPtrArray *
make_answer (guint n)
{
  GPtrArray *lines = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *text = g_strdup_printf ("+TEST: %u,\"NO CARRIER\"", i);

      add_line_text (lines, text);
    }
  add_line_text (lines, "OK");
  return lines;
}

static GPtrArray *
make_ringing (const Line *line, guint rings)
{
  GPtrArray *lines = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *clip = g_strdup_printf ("+CLIP: \"%s\",129,,,,0", line->number);
  g_autofree char *cnap = g_strdup_printf ("+CNAP: \"%s\",0", line->name);
  gboolean plain = g_test_rand_bit ();

  for (guint i = 0; i < rings; i++)
    {
      add_line_text (lines, plain ? "RING" : "+CRING: VOICE");
      if (*line->name != '\0' && i == 0 && g_test_rand_bit ())
        add_line_text (lines, cnap);
      add_line_text (lines, clip);
      if (*line->name != '\0')
        add_line_text (lines, cnap);
    }
  return lines;
}

/* Both in their order. */
static char *
interleave (GPtrArray *one, GPtrArray *other)
{
  GString *text = g_string_new (NULL);
  guint i = 0, j = 0;

  while (i < one->len || j < other->len)
    {
      gboolean first = j == other->len
                       || (i < one->len
                           && g_test_rand_int_range (0, (int)(one->len - i + other->len - j))
                                  < (int)(one->len - i));

      g_string_append (text, first ? one->pdata[i] : other->pdata[j]);
      i += first;
      j += !first;
    }
  return g_string_free (text, FALSE);
}

/* In reads of any size. */
static void
say_in_pieces (Terminal *terminal, const char *text)
{
  gsize length = strlen (text);

  while (length > 0)
    {
      gsize n = (gsize)g_test_rand_int_range (1, (int)MIN (length, 40) + 1);
      g_autofree char *piece = g_strndup (text, n);

      terminal_say (terminal, piece);
      terminal->deaf = length > n && piece[n - 1] != '\n';
      for (guint i = (guint)g_test_rand_int_range (0, 6); i > 0; i--)
        g_main_context_iteration (NULL, FALSE);
      text += n;
      length -= n;
    }
  terminal->deaf = FALSE;
}

typedef struct
{
  Line *line;
  guint rings;
} Expected;

static gboolean
has_all (gpointer user_data)
{
  const Expected *expected = user_data;
  const Line *line = expected->line;

  return line->answered && line->new_calls > 0 && line->rings >= expected->rings
         && g_strcmp0 (line->told, line->number) == 0
         && g_strcmp0 (line->told_name, line->name) == 0;
}

static gboolean
has_ended (gpointer user_data)
{
  return ((Line *)user_data)->ended > 0;
}

static void
ring_once (Line *line, guint i)
{
  g_autofree char *command = g_strdup_printf ("AT+TEST=%u", i);
  g_autofree char *row = NULL;
  guint n = (guint)g_test_rand_int_range (0, LINES_MOST);
  Expected expected = { line, (guint)g_test_rand_int_range (1, RINGS_MOST + 1) };
  OhCommand how = { .prefix = "+TEST:", .func = on_answer, .user_data = line };
  g_autoptr (GPtrArray) answer = make_answer (n);
  g_autoptr (GPtrArray) ringing = NULL;
  g_autofree char *text = NULL;

  g_snprintf (line->number, sizeof line->number, "555%07u", i);
  *line->name = '\0';
  if (g_test_rand_bit ())
    g_snprintf (line->name, sizeof line->name, "Doe, J. %u", i);
  line->new_calls = line->rings = line->ended = 0;
  line->answered = FALSE;
  row = g_strdup_printf ("+CLCC: 1,1,4,0,0,\"%s\",129", line->number);
  ringing = make_ringing (line, expected.rings);
  text = interleave (answer, ringing);

  line->terminal->calls = row;
  oh_modem_send (line->modem, command, &how);
  terminal_until (line->terminal, 0, command);
  say_in_pieces (line->terminal, text);
  if (!spin_for (has_all, &expected))
    g_error ("%u: %s: calls %u, rings %u of %u, number %s, name %s, answered %d", i, text,
             line->new_calls, line->rings, expected.rings, line->told, line->told_name,
             line->answered);
  g_assert_cmpuint (line->lines, ==, n);
  g_assert_cmpuint (line->new_calls, ==, 1);
  g_assert_cmpuint (line->rings, ==, expected.rings);

  line->terminal->calls = NULL;
  terminal_say (line->terminal, "\r\nNO CARRIER\r\n");
  spin_until (has_ended, line);
  g_assert_cmpuint (line->ended, ==, 1);
  g_ptr_array_set_size (line->terminal->asked, 0);
}

static void
test_interleavings (void)
{
  guint n = g_getenv ("OFFHOOK_SLOW") != NULL ? FEW : INTERLEAVINGS;
  const OhModemSettings settings = { .ring_timeout_ms = OH_RING_TIMEOUT_MS };
  g_autoptr (OhRequest) request = oh_request_new (NULL, NULL);
  Line line = { .terminal = terminal_make () };

  line.terminal->hold = "AT+TEST=*";
  line.modem = oh_modem_new (oh_driver_find ("cellular"), &settings, &funcs, &line);
  oh_modem_open (line.modem, line.terminal->device, request);
  spin_until (is_in_service, &line);
  for (guint i = 0; i < n; i++)
    ring_once (&line, i);
  g_assert_cmpuint (oh_modem_get_counters (line.modem)->unknown_lines, ==, 0);
  g_assert_cmpuint (oh_modem_get_counters (line.modem)->timeouts, ==, 0);
  oh_modem_free (line.modem);
  terminal_free (line.terminal);
  g_free (line.told_name);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/interleave/ringing", test_interleavings);
  return g_test_run ();
}
