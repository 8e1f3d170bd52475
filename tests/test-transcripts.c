// SPDX-License-Identifier: LGPL-2.1-or-later
#include <string.h>

#include "tests/transcript-modem.h"

/* Plays each transcript of a folder to its driver; what a transcript is stands in
 * transcript.h. A test is named after its file. */

#define HOME LINE_PATH "home"
#define KNOWN_US (3 * G_USEC_PER_SEC)

/* The driver is at fault: these have to fail until it is mended. Each says why. */
static const char *const known[] = {
  NULL,
};

typedef struct
{
  Fixture *f;
  const char *path;
  const Step *step;
  gboolean is_known, has_failed;
  TranscriptModem modem;
  Listener *listener;
  guint from;        /* what the host has sent is looked at from here on */
  guint started;     /* it had sent so much when it started */
  guint next;        /* of the listener's events */
  GPtrArray *strict; /* of const char *: kinds */
  GHashTable *told;  /* of char *, by call: its state, and who owns it */
  const char *wanted_kind;
  GCancellable *cancellable; /* of a request */
  gboolean is_asked, is_done;
  char *error;
} Play;

static void
dump (Play *play)
{
  guint asked = play->modem.terminal->asked->len;

  for (guint i = play->started; i < asked; i++)
    g_test_message ("  the host sent: %.120s", (char *)play->modem.terminal->asked->pdata[i]);
  for (guint i = 0; play->listener != NULL && i < play->listener->heard->len; i++)
    {
      g_autofree char *details = g_variant_print (play->listener->events->pdata[i], FALSE);

      g_test_message ("  %s: %s %.400s", i < play->next ? "heard" : "not yet heard",
                      (char *)play->listener->heard->pdata[i], strchr (details, '{'));
    }
}

static gboolean G_GNUC_PRINTF (2, 3) fail (Play *play, const char *format, ...)
{
  g_autofree char *what = NULL;
  va_list arguments;

  va_start (arguments, format);
  what = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_test_message ("%s:%u: %s", play->path, play->step->line, what);
  dump (play);
  if (play->is_known)
    g_test_incomplete (what);
  else
    g_test_fail_printf ("%s:%u: %s", play->path, play->step->line, what);
  play->has_failed = TRUE;
  return FALSE;
}

/* What the modem does. */

static gboolean
say (Play *play, const char *text)
{
  transcript_modem_say (&play->modem, text);
  return TRUE;
}

static gboolean
say_line (Play *play, const char *text)
{
  transcript_modem_say_line (&play->modem, text);
  return TRUE;
}

static gboolean
say_bytes (Play *play, const char *text)
{
  return transcript_modem_say_bytes (&play->modem, text) || fail (play, "the host does not read");
}

static gboolean
set_list (Play *play, const char *text)
{
  transcript_modem_set_list (&play->modem, text);
  return TRUE;
}

static gboolean
add_answer (Play *play, const char *text)
{
  g_ptr_array_add (play->modem.answers, (gpointer)play->step);
  return TRUE;
}

static gboolean
add_on (Play *play, const char *text)
{
  g_queue_push_tail (&play->modem.ons, (gpointer)play->step);
  return TRUE;
}

/* What the host has to do. */

typedef struct
{
  gboolean (*done) (gpointer user_data);
  gpointer user_data;
  gint64 deadline;
  gboolean is_done;
} Wait;

static gboolean
is_over (gpointer user_data)
{
  Wait *wait = user_data;

  wait->is_done = wait->done (wait->user_data);
  return wait->is_done || g_get_monotonic_time () > wait->deadline;
}

/* As spin_for(); what is known to fail is not waited for that long. */
static gboolean
wait_for (Play *play, gboolean (*done) (gpointer user_data), gpointer user_data)
{
  gint64 limit = play->is_known ? KNOWN_US : DEADLINE_US;
  Wait wait = { done, user_data, g_get_monotonic_time () + limit };

  return spin_for (is_over, &wait) && wait.is_done;
}

/* [flash] [screen] */
static gboolean
take_settings (OhModemSettings *settings, const char *text)
{
  g_auto (GStrv) words = transcript_words (text);
  guint n = 0;

  if (words == NULL)
    return FALSE;
  settings->flash = g_strv_contains ((const char *const *)words, "flash");
  settings->screen = g_strv_contains ((const char *const *)words, "screen");
  n += settings->flash;
  n += settings->screen;
  return g_strv_length (words) == n;
}

static gboolean
start (Play *play, const char *text)
{
  g_autofree char *name = g_path_get_basename (play->path);
  const char *driver = g_str_has_prefix (name, "landline-") ? "v253" : "cellular";
  Fixture *f = play->f;

  if (play->listener != NULL)
    return fail (play, "started twice");
  if (!take_settings (&f->settings, text))
    return fail (play, "no such setting");
  f->line = add_line (f, "home", play->modem.terminal->device, oh_driver_find (driver));
  play->listener = listen_home (f);
  play->started = play->modem.terminal->asked->len;
  return TRUE;
}

static gboolean
has_sent (gpointer user_data)
{
  Play *play = user_data;

  for (guint i = play->from; i < play->modem.terminal->asked->len; i++)
    {
      if (!g_pattern_match_simple (play->step->text, play->modem.terminal->asked->pdata[i]))
        continue;
      play->from = i + 1;
      return TRUE;
    }
  return FALSE;
}

static gboolean
check_sent (Play *play, const char *glob)
{
  return wait_for (play, has_sent, play) || fail (play, "the host has not sent %s", glob);
}

static gboolean
check_unsent (Play *play, const char *glob)
{
  settle (play->f, play->f->client);
  for (guint i = play->started; i < play->modem.terminal->asked->len; i++)
    {
      if (g_pattern_match_simple (glob, play->modem.terminal->asked->pdata[i]))
        return fail (play, "the host has sent %s", (char *)play->modem.terminal->asked->pdata[i]);
    }
  return TRUE;
}

/* What the client asks. */

static void
on_reply (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Play *play = user_data;
  g_autoptr (GError) error = NULL;
  GVariant *reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  g_autofree char *name = error != NULL ? g_dbus_error_get_remote_error (error) : NULL;

  g_clear_pointer (&reply, g_variant_unref);

  play->error = name != NULL ? g_strdup (strrchr (name, '.') + 1) : g_strdup ("");
  play->is_done = TRUE;
}

static GVariant *
arguments_of (const char *method, const char *argument)
{
  if (g_str_equal (method, "Dial") || g_str_equal (method, "SendDigits"))
    return g_variant_new ("(sa{sv})", argument, NULL);
  if (g_str_equal (method, "MonitorDigits"))
    return g_variant_new ("(b)", TRUE);
  return argument != NULL ? g_variant_new ("(s)", argument) : NULL;
}

/* METHOD [CALL] [ARGUMENT] */
static void
send_request (Play *play, char **words)
{
  static const char *const of_line[]
      = { "Dial", "HangUpAll", "Swap", "Merge", "HoldAndAnswer", "ReleaseAndAnswer", NULL };
  gboolean is_line = g_strv_contains (of_line, words[0]);
  guint n = 1;
  const char *argument;
  g_autofree char *path = NULL;

  if (is_line || words[1] == NULL)
    path = g_strdup (HOME);
  else
    path = g_strconcat (HOME "/call/", words[n++], NULL);
  argument = words[1] != NULL ? words[n] : NULL;
  play->is_asked = TRUE;
  play->is_done = FALSE;
  g_dbus_connection_call (play->f->client, OH_BUS_NAME, path,
                          is_line ? OH_BUS_NAME ".Line" : OH_BUS_NAME ".Call", words[0],
                          arguments_of (words[0], argument), NULL, G_DBUS_CALL_FLAGS_NONE, G_MAXINT,
                          play->cancellable, on_reply, play);
}

static gboolean
has_replied (gpointer user_data)
{
  return ((Play *)user_data)->is_done;
}

static gboolean
check_reply (Play *play, const char *expected)
{
  g_autofree char *error = NULL;

  if (!play->is_asked)
    return fail (play, "nothing was asked");
  if (!wait_for (play, has_replied, play))
    return fail (play, "no reply");
  play->is_asked = FALSE;
  error = g_steal_pointer (&play->error);
  if (g_str_equal (error, expected))
    return TRUE;
  return fail (play, "the reply is \"%s\", not \"%s\"", error, expected);
}

/* One that failed left it under way. */
static void
give_up_request (Play *play)
{
  g_cancellable_cancel (play->cancellable);
  while (play->is_asked && !play->is_done)
    g_main_context_iteration (NULL, TRUE);
}

static gboolean
begin (Play *play, const char *text)
{
  g_auto (GStrv) words = transcript_words (text);

  if (play->is_asked)
    return fail (play, "the last reply was not waited for");
  send_request (play, words);
  return TRUE;
}

static gboolean
ask (Play *play, const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, " = ", 2);

  return begin (play, parts[0]) && check_reply (play, parts[1] != NULL ? parts[1] : "");
}

/* What it hears. */

static char *
detail (Play *play, const char *key)
{
  g_autoptr (GVariant) details
      = g_variant_get_child_value (play->listener->events->pdata[play->next], 5);
  g_auto (GStrv) list = NULL;

  if (g_variant_lookup (details, key, "^as", &list))
    return g_strjoinv (",", list);
  return heard_detail (play->listener, play->next, key);
}

/* "STATE MODE" and "PRIVILEGE" of the next event. */
static char **
state_of (Play *play)
{
  g_autofree char *state = detail (play, "State");
  g_autofree char *mode = detail (play, "Mode");

  g_auto (GStrv) told = g_new0 (char *, 3);
  told[0] = g_strconcat (state, " ", mode, NULL);
  told[1] = detail (play, "Privilege");
  return g_steal_pointer (&told);
}

static gboolean
is_passed_over (Play *play, char **words)
{
  static const char *const kinds[] = { "ringing", "line-state", "health", NULL };
  g_auto (GStrv) state = NULL;
  char **told;

  if (g_strv_contains (kinds, words[0]))
    return g_strcmp0 (play->wanted_kind, words[0]) != 0
           && !g_ptr_array_find_with_equal_func (play->strict, words[0], g_str_equal, NULL);
  if (!g_str_equal (words[0], "call-state"))
    return FALSE;
  state = state_of (play);
  told = g_hash_table_lookup (play->told, words[1]);
  return told != NULL && g_str_equal (told[0], state[0]) && !g_str_equal (told[1], state[1]);
}

/* The words of an event, without its serial and without empty ones. */
static char **
event_words (Play *play, guint i)
{
  return transcript_words (strchr (play->listener->heard->pdata[i], ' '));
}

static gboolean
has_next (gpointer user_data)
{
  Play *play = user_data;

  for (; play->next < play->listener->heard->len; play->next++)
    {
      g_auto (GStrv) words = event_words (play, play->next);

      if (!is_passed_over (play, words))
        return TRUE;
    }
  return FALSE;
}

/* The next event against the words of @wanted up to the first with a '='; returns how many. */
static int
check_event (Play *play, char **wanted)
{
  g_auto (GStrv) words = event_words (play, play->next);
  guint n = 0;

  for (; wanted[n] != NULL && strchr (wanted[n], '=') == NULL; n++)
    {
      if (g_strcmp0 (words[n], wanted[n]) == 0)
        continue;
      fail (play, "the next is \"%s\"", (char *)play->listener->heard->pdata[play->next]);
      return -1;
    }
  return n;
}

static gboolean
hear (Play *play, const char *text)
{
  g_auto (GStrv) wanted = transcript_words (text);
  int n;

  play->wanted_kind = wanted[0];
  if (!wait_for (play, has_next, play))
    return fail (play, "not heard: \"%s\"", text);
  n = check_event (play, wanted);
  if (n < 0)
    return FALSE;
  for (; wanted[n] != NULL; n++)
    {
      g_auto (GStrv) pair = g_strsplit (wanted[n], "=", 2);
      g_autofree char *value = detail (play, pair[0]);

      if (pair[1] == NULL || !g_str_equal (value, pair[1]))
        return fail (play, "%s, but %s is \"%s\"", wanted[n], pair[0], value);
    }
  if (g_str_equal (wanted[0], "new-call") || g_str_equal (wanted[0], "call-state"))
    g_hash_table_replace (play->told, g_strdup (wanted[1]), state_of (play));
  play->wanted_kind = NULL;
  play->next++;
  return TRUE;
}

static gboolean
check_quiet (Play *play, const char *text)
{
  play->wanted_kind = NULL;
  if (!spin_for (transcript_modem_is_read, &play->modem))
    return fail (play, "the host does not read");
  settle (play->f, play->f->client);
  settle (play->f, play->f->client);
  if (has_next (play))
    return fail (play, "came too: \"%s\"", (char *)play->listener->heard->pdata[play->next]);
  return TRUE;
}

static gboolean
set_strict (Play *play, const char *kind)
{
  g_ptr_array_add (play->strict, (gpointer)kind);
  return TRUE;
}

static const struct
{
  gboolean (*play) (Play *play, const char *text);
  gboolean is_early; /* also before the host has started */
  gboolean is_act;   /* what the host sends is counted from here */
} parts[] = {
  [VERB_ANSWER] = { add_answer, TRUE, FALSE },    [VERB_ON] = { add_on, TRUE, FALSE },
  [VERB_LIST] = { set_list, TRUE, TRUE },         [VERB_SAY] = { say, TRUE, TRUE },
  [VERB_BYTES] = { say_bytes, FALSE, TRUE },      [VERB_LINE] = { say_line, TRUE, TRUE },
  [VERB_START] = { start, TRUE, FALSE },          [VERB_SENT] = { check_sent, FALSE, FALSE },
  [VERB_UNSENT] = { check_unsent, FALSE, FALSE }, [VERB_ASK] = { ask, FALSE, TRUE },
  [VERB_BEGIN] = { begin, FALSE, TRUE },          [VERB_REPLY] = { check_reply, FALSE, FALSE },
  [VERB_HEAR] = { hear, FALSE, FALSE },           [VERB_QUIET] = { check_quiet, FALSE, FALSE },
  [VERB_STRICT] = { set_strict, TRUE, FALSE },
};

static gboolean
play_step (Play *play, const Step *step)
{
  play->step = step;
  if (play->listener == NULL && !parts[step->verb].is_early)
    return fail (play, "not before start");
  if (parts[step->verb].is_act)
    play->from = play->modem.terminal->asked->len;
  return parts[step->verb].play (play, step->text);
}

static void
play_all (Play *play, GPtrArray *steps)
{
  for (guint i = 0; i < steps->len; i++)
    {
      if (!play_step (play, steps->pdata[i]))
        return;
    }
  if (play->listener == NULL)
    fail (play, "it never starts");
  else if (play->is_asked)
    fail (play, "the last reply was not waited for");
  else if (!g_queue_is_empty (&play->modem.ons))
    fail (play, "the host has not sent what an \"on\" is for");
  else if (check_quiet (play, ""))
    assert_serials (play->listener);
}

static void
test_transcript (Fixture *f, gconstpointer path)
{
  g_autofree char *message = NULL;
  g_autoptr (GPtrArray) steps = transcript_read (path, &message);
  g_autofree char *name = g_path_get_basename (path);
  Play play = { .f = f, .path = path, .is_known = g_strv_contains (known, name) };

  if (steps == NULL)
    g_error ("%s", message);
  transcript_modem_init (&play.modem);
  play.strict = g_ptr_array_new ();
  play.told = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_strfreev);
  play.cancellable = g_cancellable_new ();
  play_all (&play, steps);
  if (play.is_known && !play.has_failed)
    g_test_fail_printf ("%s does not fail any more: take it off the list", name);
  give_up_request (&play);
  transcript_modem_clear (&play.modem);
  g_ptr_array_unref (play.strict);
  g_hash_table_unref (play.told);
  g_object_unref (play.cancellable);
  g_free (play.error);
}

static void
set_up_manager (Fixture *f, gconstpointer user_data)
{
  set_up (f, NULL);
  start_manager (f);
}

static int
by_name (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 (*(char *const *)a, *(char *const *)b);
}

/* The transcripts of @folder, sorted. */
static GPtrArray *
list_folder (const char *folder)
{
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) dir = g_dir_open (folder, 0, &error);
  const char *name;

  g_assert_no_error (error);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      if (g_str_has_suffix (name, ".at"))
        g_ptr_array_add (names, g_build_filename (folder, name, NULL));
    }
  g_ptr_array_sort (names, by_name);
  g_assert_cmpuint (names->len, >, 0);
  return names;
}

int
main (int argc, char **argv)
{
  g_autoptr (GPtrArray) paths = NULL;

  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (argc, ==, 2);
  paths = list_folder (argv[1]);
  for (guint i = 0; i < paths->len; i++)
    {
      g_autofree char *name = g_path_get_basename (paths->pdata[i]);
      g_autofree char *test = NULL;

      *strrchr (name, '.') = '\0';
      test = g_strconcat ("/transcripts/", name, NULL);
      g_test_add (test, Fixture, paths->pdata[i], set_up_manager, test_transcript, tear_down);
    }
  return g_test_run ();
}
