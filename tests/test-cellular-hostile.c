// SPDX-License-Identifier: LGPL-2.1-or-later
#include <string.h>

#include "tests/terminal.h"

/* A cellular modem that says what makes no sense: whatever it was, the next list has the last word,
 * and the next call is delivered. */

#define HOME LINE_PATH "home"
#define ROW "+CLCC: 1,1,4,0,0,\"5551234\",129"

static const char *const nonsense[] = {
  /* nobody asked */
  "\r\n+CME ERROR: 100\r\n",
  "\r\n+CME ERROR:\r\n",
  "\r\nOK\r\n\r\nOK\r\n\r\nOK\r\n",
  "\r\nERROR\r\n",
  "\r\n+CHLD: (0,1,2)\r\n",
  "\r\n+CPIN: 791071539\r\n",
  "\r\n+CREG: 2147483647,2147483647\r\n",
  "\r\nCONNECT\r\n",
  "\r\nBUSY\r\n\r\nNO ANSWER\r\n\r\nNO CARRIER\r\n",
  /* reports of calls that are not there */
  "\r\n^CEND:1,0,104,16\r\n",
  "\r\n^CONN:7,0\r\n",
  "\r\n+UCALLSTAT: 3,7\r\n",
  "\r\n^DSCI: 2147483647,2147483647,2147483647\r\n",
  "\r\n+ECPI: 1,133,0,0\r\n",
  "\r\n+CLCC: 2,0,6,0,0,\"1\",129\r\n",
  "\r\nVOICE CALL: END: 2147483647\r\n",
  "\r\n+CSSU: 2\r\n\r\n+CSSU: 3\r\n\r\n+CSSU: 0\r\n",
  "\r\n+COLP: \"5559999\",129\r\n",
  "\r\n+CNAP: \"nobody\",0\r\n\r\n+CDIP: \"5550000\",129\r\n",
  "\r\n+RXDTMF: 5\r\n",
  /* halves and rubbish */
  "\r\n+CLI\r\n\r\n+CCW\r\n\r\n+\r\n\r\n:\r\n",
  "\xff\xfe\x00\x01",
  "\r\n+CEER: 2147483647\r\n",
};

static guint
count_new (Listener *listener)
{
  guint n = 0;

  for (guint i = 0; i < listener->heard->len; i++)
    n += strstr (listener->heard->pdata[i], "new-call") != NULL;
  return n;
}

/* The next call, from its ring to its end. */
static void
assert_delivered (Terminal *terminal, Listener *listener)
{
  g_autofree char *said = g_strdup_printf ("\r\nRING\r\n\r\n+CLIP: \"5551234\",129\r\n");
  guint at = listener->heard->len;

  terminal->calls = ROW;
  terminal_say (terminal, said);
  at = heard_until (listener, at, "* new-call * offering");
  assert_heard (listener, at, "Number", "5551234");
  heard_until (listener, at, "* ringing *");
  terminal->calls = NULL;
  terminal_say (terminal, "\r\nNO CARRIER\r\n");
  heard_until (listener, at, "* call-state * ended");
}

static void
test_nonsense (Fixture *f, gconstpointer user_data)
{
  Terminal *terminal = terminal_new (f, "cellular");
  Listener *listener = listen_home (f);

  for (guint i = 0; i < G_N_ELEMENTS (nonsense); i++)
    {
      g_autofree char *escaped = g_strescape (nonsense[i], NULL);

      g_test_message ("%.200s", escaped);
      terminal_say (terminal, nonsense[i]);
      assert_delivered (terminal, listener);
      g_assert_cmpuint (count_new (listener), ==, i + 1);
    }
  assert_serials (listener);
  terminal_free (terminal);
}

/* The same in the middle of a call: it goes on. */
static void
test_in_a_call (Fixture *f, gconstpointer user_data)
{
  Terminal *terminal = terminal_new (f, "cellular");
  Listener *listener = listen_home (f);
  g_autofree char *state = NULL;
  guint asked;

  terminal->calls = ROW;
  terminal_say (terminal, "\r\nRING\r\n");
  heard_until (listener, 0, "* new-call 1 offering");
  terminal->calls = "+CLCC: 1,1,0,0,0,\"5551234\",129";
  g_variant_unref (call_ok (f, f->client, HOME "/call/1", "Answer", NULL));
  heard_until (listener, 0, "* call-state 1 connected");
  for (guint i = 0; i < G_N_ELEMENTS (nonsense); i++)
    terminal_say (terminal, nonsense[i]);
  asked = terminal->asked->len;
  terminal_say (terminal, "\r\nRING\r\n");
  terminal_until (terminal, asked, "AT+CLCC");
  settle (f, f->client);
  state = get_string (f, HOME "/call/1", "Call", "State");
  g_assert_cmpstr (state, ==, "connected");
  g_assert_cmpuint (count_new (listener), ==, 1);
  terminal->calls = NULL;
  terminal_say (terminal, "\r\nNO CARRIER\r\n");
  heard_until (listener, 0, "* call-state 1 ended");
  terminal_free (terminal);
}

/* Lists that contradict themselves, or go on and on. */
static void
test_lists (Fixture *f, gconstpointer user_data)
{
  g_autoptr (GString) many = g_string_new ("+CLCC: 1,1,4,0,0,\"5551234\",129");
  g_autofree char *digits = g_strnfill (200, '5');
  g_autofree char *longest
      = g_strdup_printf ("+CLCC: 1,1,4,0,0,\"%s\",129\r\n+CLCC: x\r\n+CLCC: 0,0,0,0", digits);
  Terminal *terminal = terminal_new (f, "cellular");
  Listener *listener = listen_home (f);
  const char *lists[4]
      = { "+CLCC: 1,1,4,0,0,\"5551234\",129\r\n+CLCC: 1,0,0,0,0,\"5559999\",129\r\n"
          "+CLCC: 1,1,2,0,0,\"5551234\",129",
          longest };

  for (guint i = 2; i <= 300; i++)
    g_string_append_printf (many, "\r\n+CLCC: %u,1,5,0,0,\"555%u\",129", i, i);
  lists[2] = many->str;
  lists[3] = "+CLCC: 2147483647,2147483647,2147483647,2147483647,2147483647\r\n"
             "+CLCC: 1,1,4,0,0,\"5551234\",129";
  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    {
      guint at = listener->heard->len;

      terminal->calls = lists[i];
      terminal_say (terminal, "\r\nRING\r\n");
      heard_until (listener, at, "* new-call * offering");
      terminal->calls = NULL;
      terminal_say (terminal, "\r\nNO CARRIER\r\n");
      heard_until (listener, at, "* call-state * ended");
      while (oh_line_count_calls (f->line) > 0)
        g_main_context_iteration (NULL, TRUE);
      assert_delivered (terminal, listener);
    }
  assert_serials (listener);
  terminal_free (terminal);
}

static void
set_up_manager (Fixture *f, gconstpointer user_data)
{
  set_up (f, NULL);
  start_manager (f);
}

#define ADD(name, func)                                                                            \
  g_test_add ("/cellular-hostile/" name, Fixture, NULL, set_up_manager, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("nonsense", test_nonsense);
  ADD ("in-a-call", test_in_a_call);
  ADD ("lists", test_lists);
  return g_test_run ();
}
