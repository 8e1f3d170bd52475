// SPDX-License-Identifier: LGPL-2.1-or-later
#include <glib/gstdio.h>
#include <string.h>

#include "daemon/store.h"
#include "tests/fixture.h"

/* A daemon starts on what another has left, a line with one call and one handle, in which one value
 * is another. It must start, log what it leaves out, keep the rest, and be of use. */

#define HOME LINE_PATH "home"
#define MANY 200 /* fewer than the events that may wait for a handle */

typedef struct
{
  const char *name;
  const char *where; /* the numbers of the children on the way to the value */
  const char *value; /* NULL: all its children twice */
  guint calls, handles;
  const char *state; /* of the first call */
  const char *log;   /* what is logged of it; NULL: nothing */
  gboolean lost;     /* the event that nobody had answered is not sent again */
} Row;

static const Row rows[] = {
  { "same", "5", "0", 1, 1, "ringback", NULL },
  /* The line. */
  { "line-state", "3 0", "99", 1, 1, "ringback", NULL },
  { "device", "0", "''", 1, 1, "ringback", NULL },
  { "driver", "1", "'none'", 1, 1, "ringback", NULL },
  { "rings", "5", "4294967295", 1, 1, "ringback", NULL },
  { "last-call", "6", "0", 1, 1, "ringback", NULL },
  { "other-bus", "12", "'0123456789abcdef0123456789abcdef'", 1, 0, "ringback", NULL },
  /* The modem. */
  { "no-modem", "8", "[]", 1, 1, "ended", NULL },
  { "two-modems", "8", NULL, 1, 1, "ringback", NULL },
  { "modem-driver", "8 0 0", "'none'", 1, 1, "ended", NULL },
  { "modem-of-port", "8 0 0", "'cellular'", 1, 1, "ended", NULL },
  { "modem-build", "8 0 1", "'another'", 1, 1, "ended", NULL },
  { "modem-memory", "8 0 3", "[byte 1]", 1, 1, "ended", NULL },
  /* The call. */
  { "call-path", "9 0 0", "'no path'", 0, 1, NULL, "saved call", TRUE },
  { "call-of-other", "9 0 0", "'" LINE_PATH "other/call/1'", 0, 1, NULL, "saved call", TRUE },
  { "call-0", "9 0 0", "'" HOME "/call/0'", 0, 1, NULL, "saved call", TRUE },
  { "call-huge", "9 0 0", "'" HOME "/call/4294967296'", 0, 1, NULL, "saved call", TRUE },
  { "call-twice", "9", NULL, 1, 1, "ringback", "saved call" },
  { "call-number", "9 0 1 0", "4294967295", 1, 1, "ringback", NULL },
  { "call-state", "9 0 1 1", "4294967295", 1, 1, "unknown", NULL },
  { "call-mode", "9 0 1 2", "4294967295", 1, 1, "ringback", NULL },
  { "call-reason", "9 0 1 3", "99", 1, 1, "ringback", NULL },
  { "call-ended-by", "9 0 1 4", "99", 1, 1, "ringback", NULL },
  { "call-times", "9 0 6 0", "-9223372036854775808", 1, 1, "ringback", NULL },
  { "call-presentation", "9 0 7 5", "99", 1, 1, "ringback", NULL },
  { "call-name-presentation", "9 0 7 6", "99", 1, 1, "ringback", NULL },
  { "call-owner", "9 0 8 1", "'nobody'", 1, 1, "ringback", NULL },
  { "call-monitors", "9 0 9", "['', 'x', 'x']", 1, 1, "ringback", NULL },
  /* The handle. */
  { "handle-name", "10 0 0", "'no name'", 1, 0, "ringback", "saved handle" },
  { "handle-well-known", "10 0 0", "'org.example.Name'", 1, 0, "ringback", "saved handle" },
  { "handle-path", "10 0 4 0", "'no path'", 1, 0, "ringback", "saved handle" },
  { "handle-twice", "10", NULL, 1, 1, "ringback", "saved handle" },
  { "handle-kinds", "10 0 4 1 0", "4294967295", 1, 1, "ringback", NULL },
  { "handle-priority", "10 0 4 1 2", "-2147483648", 1, 1, "ringback", NULL },
  { "serial-0", "10 0 4 2", "0", 1, 1, "ringback", NULL, TRUE },
  { "serial-most", "10 0 4 2", "18446744073709551615", 1, 0, "ringback", "saved handle" },
  { "event-order", "10 0 5 0 0", "18446744073709551615", 1, 1, "ringback", NULL, TRUE },
  { "event-serial", "10 0 5 0 1", "18446744073709551615", 1, 1, "ringback", NULL, TRUE },
  { "event-kind", "10 0 5 0 2", "99", 1, 1, "ringback", NULL, TRUE },
  { "event-time", "10 0 5 0 3", "-1", 1, 1, "ringback", NULL },
  { "event-call", "10 0 5 0 4", "'" HOME "/call/9'", 1, 1, "ringback", NULL, TRUE },
  { "event-details", "10 0 5 0 5", "{'State': <byte 1>}", 1, 1, "ringback", NULL },
  { "event-twice", "10 0 5", NULL, 1, 1, "ringback", NULL },
  /* A Dial under way; its call is one more. */
  { "dial", "11", "[(7, '555', ''), (7, '', ':1.99')]", 3, 1, "ringback", NULL },
};

typedef struct
{
  Fixture f;
  char *dir;
  Listener *listener;
  GString *logged;
  GVariant *saved;
} Restart;

static void
on_log (const char *domain, GLogLevelFlags level, const char *text, gpointer user_data)
{
  Restart *r = user_data;

  g_string_append_printf (r->logged, "%s\n", text);
  g_log_default_handler (domain, level, text, NULL);
}

static OhStore *
open_store (Restart *r)
{
  g_autofree char *format = oh_line_format ();

  return oh_store_new (r->dir, format);
}

static GVariant *
twice (GVariant *array)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, g_variant_get_type (array));
  for (gsize i = 0; i < 2 * g_variant_n_children (array); i++)
    {
      g_autoptr (GVariant) child = g_variant_get_child_value (array, i / 2);

      g_variant_builder_add_value (&builder, child);
    }
  return g_variant_builder_end (&builder);
}

static GVariant *
parse (const GVariantType *type, const char *text)
{
  g_autoptr (GError) error = NULL;
  GVariant *value = g_variant_parse (type, text, NULL, NULL, &error);

  g_assert_no_error (error);
  return value;
}

/* @value with another one at @where; floating or not. */
static GVariant *
replace (GVariant *value, const char *where, const char *text)
{
  GVariantBuilder builder;
  char *rest;
  gsize at = g_ascii_strtoull (where, &rest, 10);

  if (*where == '\0')
    return text != NULL ? parse (g_variant_get_type (value), text) : twice (value);
  g_assert_cmpuint (at, <, g_variant_n_children (value));
  g_variant_builder_init (&builder, g_variant_get_type (value));
  for (gsize i = 0; i < g_variant_n_children (value); i++)
    {
      g_autoptr (GVariant) child = g_variant_get_child_value (value, i);
      g_autoptr (GVariant) other = NULL;

      if (i == at)
        other = g_variant_take_ref (replace (child, rest + (*rest == ' '), text));
      g_variant_builder_add_value (&builder, i == at ? other : child);
    }
  return g_variant_builder_end (&builder);
}

/* As a line of AddLine, which no configuration need have. */
static void
let_leave (Restart *r)
{
  g_autoptr (GVariant) left = NULL;
  OhStore *store = open_store (r);

  oh_manager_leave (r->f.manager);
  left = oh_store_read (store, "home", G_VARIANT_TYPE (oh_line_type));
  g_assert_nonnull (left);
  r->saved = g_variant_take_ref (replace (left, "7", "1"));
  oh_store_unref (store);
  g_clear_object (&r->f.manager);
}

/* With an event that nobody has answered. */
static void
restart_set_up (Restart *r, gconstpointer user_data)
{
  r->logged = g_string_new (NULL);
  set_up (&r->f, NULL);
  r->dir = g_build_filename (r->f.dir, "state", NULL);
  g_assert_cmpint (g_mkdir (r->dir, 0700), ==, 0);
  r->f.state_dir = r->dir;
  start_manager (&r->f);
  r->f.line = add_line (&r->f, "home", "/nowhere", oh_driver_find ("fake"));
  r->listener = listen_home (&r->f);
  r->listener->manner = HOLDS;
  g_variant_unref (
      call_ok (&r->f, r->f.client, HOME, "Dial", g_variant_new ("(sa{sv})", "5", NULL)));
  heard_until (r->listener, 0, "1 new-call *");
  let_leave (r);
  r->listener->manner = ANSWERS;
  listener_answer (r->listener); /* too late: that is not in what was left */
}

static void
restart_tear_down (Restart *r, gconstpointer user_data)
{
  g_log_set_default_handler (g_log_default_handler, NULL);
  g_clear_object (&r->f.manager);
  g_variant_unref (r->saved);
  g_string_free (r->logged, TRUE);
  g_assert_cmpint (g_rmdir (r->dir), ==, 0);
  g_free (r->dir);
  tear_down (&r->f, NULL);
}

static void
get_saved (OhPack *pack, gpointer user_data)
{
  oh_pack_value (pack, g_variant_get_data (user_data), g_variant_get_size (user_data), 8, FALSE);
}

/* Takes @saved. */
static void
start_on (Restart *r, GVariant *saved)
{
  g_autoptr (GVariant) kept = g_variant_take_ref (saved);
  g_autoptr (OhConfig) none = oh_config_new ();
  OhStore *store = open_store (r);
  OhKeeper *keeper = oh_store_keep (store, "home", get_saved, kept);

  oh_store_commit (store);
  oh_keeper_free (keeper);
  oh_store_unref (store);
  g_log_set_default_handler (on_log, r);
  r->f.manager = oh_manager_new (r->f.daemon, &r->f.limits, r->dir, NULL);
  oh_manager_load (r->f.manager, none);
  oh_manager_go_on (r->f.manager);
  settle (&r->f, r->f.client);
}

static gsize
count_calls (Restart *r)
{
  g_autoptr (GVariant) calls = get_property (&r->f, HOME, "Line", "Calls");

  return g_variant_n_children (calls);
}

static guint
count_handles (Restart *r)
{
  g_autoptr (GVariant) handles = get_property (&r->f, HOME, "Line", "NumHandles");

  return g_variant_get_uint32 (handles);
}

/* A new call is one that was not there before, and who listens hears of it. */
static void
assert_of_use (Restart *r, guint handles)
{
  g_autoptr (GVariant) before = get_property (&r->f, HOME, "Line", "Calls");
  g_autofree const char **paths = g_variant_get_objv (before, NULL);
  g_autofree char *glob = NULL;
  g_autoptr (GVariant) reply = NULL;
  guint heard = r->listener->heard->len;
  const char *path;

  g_variant_unref (call_ok (&r->f, r->f.client, HOME, "HangUpAll", NULL));
  reply = call_ok (&r->f, r->f.client, HOME, "Dial", g_variant_new ("(sa{sv})", "55", NULL));
  g_variant_get (reply, "(&o)", &path);
  g_assert_false (g_strv_contains (paths, path));
  glob = g_strdup_printf ("* new-call %s *", strrchr (path, '/') + 1);
  if (handles > 0)
    heard_until (r->listener, heard, glob);
}

static guint
count_heard (Restart *r, const char *glob)
{
  guint n = 0;

  for (guint i = 0; i < r->listener->heard->len; i++)
    n += g_pattern_match_simple (glob, r->listener->heard->pdata[i]);
  return n;
}

static void
assert_party (Restart *r)
{
  static const char *const words[] = { "unknown", "allowed", "withheld", "unavailable", NULL };
  g_autoptr (GVariant) reply = call_ok (&r->f, r->f.client, HOME "/call/1", "GetParty", NULL);
  g_autoptr (GVariant) party = g_variant_get_child_value (reply, 0);
  const char *number, *name;

  g_assert_true (g_variant_lookup (party, "NumberPresentation", "&s", &number));
  g_assert_true (g_strv_contains (words, number));
  g_assert_true (g_variant_lookup (party, "NamePresentation", "&s", &name));
  g_assert_true (g_strv_contains (words, name));
}

static void
assert_state (Restart *r, const char *expected)
{
  g_autofree char *state = get_string (&r->f, HOME "/call/1", "Call", "State");

  g_assert_cmpstr (state, ==, expected);
  if (!g_str_equal (expected, "ended"))
    assert_party (r);
}

static void
test_row (Restart *r, gconstpointer user_data)
{
  const Row *row = user_data;

  start_on (r, replace (r->saved, row->where, row->value));
  g_assert_cmpuint (count_calls (r), ==, row->calls);
  g_assert_cmpuint (count_handles (r), ==, row->handles);
  if (row->state != NULL)
    assert_state (r, row->state);
  if (row->log != NULL)
    g_assert_nonnull (strstr (r->logged->str, row->log));
  else
    g_assert_null (strstr (r->logged->str, "makes no sense"));
  assert_of_use (r, row->handles);
  if (row->handles > 0)
    g_assert_cmpint (count_heard (r, "* new-call 1 *") > 1, ==, !row->lost);
}

/* As many of the call that there is, each with a path of its own. */
static GVariant *
many_calls (Restart *r, guint n, OhCallState state)
{
  g_autoptr (GVariant) calls = g_variant_get_child_value (r->saved, 9);
  g_autoptr (GVariant) call = g_variant_get_child_value (calls, 0);
  g_autofree char *state_text = g_strdup_printf ("%u", state);
  g_autoptr (GString) all = g_string_new ("[");

  for (guint i = 1; i <= n; i++)
    {
      g_autofree char *path = g_strdup_printf ("'" HOME "/call/%u'", i);
      g_autoptr (GVariant) with_path = g_variant_take_ref (replace (call, "0", path));
      g_autoptr (GVariant) one = g_variant_take_ref (replace (with_path, "1 1", state_text));
      g_autofree char *text = g_variant_print (one, FALSE);

      g_string_append_printf (all, "%s%s", i > 1 ? ", " : "", text);
    }
  g_string_append_c (all, ']');
  return replace (r->saved, "9", all->str);
}

static void
test_many_calls (Restart *r, gconstpointer user_data)
{
  start_on (r, many_calls (r, MANY, OH_CALL_RINGBACK));
  g_assert_cmpuint (count_calls (r), ==, MANY);
  assert_of_use (r, 1);
}

static void
test_many_ended (Restart *r, gconstpointer user_data)
{
  start_on (r, many_calls (r, MANY, OH_CALL_ENDED));
  g_assert_cmpuint (count_calls (r), ==, r->f.limits.ended_calls);
  assert_of_use (r, 1);
}

static gboolean
serves (gpointer user_data)
{
  g_autoptr (GVariant) state = get_property (user_data, HOME, "Line", "State");
  g_autoptr (GVariant) health = get_property (user_data, HOME, "Line", "Health");

  return g_str_equal (g_variant_get_string (state, NULL), "in-service")
         && g_str_equal (g_variant_get_string (health, NULL), "healthy");
}

/* Its modem was to be opened anew when the daemon died: it is now. */
static void
test_recovering (Restart *r, gconstpointer user_data)
{
  g_autofree char *state = g_strdup_printf (
      "(%u, 'not-responding', 'recovering', 'reopen', 'landline')", OH_LINE_OUT_OF_SERVICE);

  start_on (r, replace (r->saved, "3", state));
  spin_until (serves, &r->f);
  assert_of_use (r, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *path = g_strconcat ("/restore/", rows[i].name, NULL);

      g_test_add (path, Restart, &rows[i], restart_set_up, test_row, restart_tear_down);
    }
  g_test_add ("/restore/many-calls", Restart, NULL, restart_set_up, test_many_calls,
              restart_tear_down);
  g_test_add ("/restore/many-ended", Restart, NULL, restart_set_up, test_many_ended,
              restart_tear_down);
  g_test_add ("/restore/recovering", Restart, NULL, restart_set_up, test_recovering,
              restart_tear_down);
  return g_test_run ();
}
