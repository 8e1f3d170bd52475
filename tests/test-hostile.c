// SPDX-License-Identifier: LGPL-2.1-or-later
#include <malloc.h>
#include <unistd.h>

#include "tests/log-watch.h"
#include "tests/puppet.h"
#include "tests/wire.h"

/* Clients that mean no good, or know no better. */

#define HOME LINE_PATH "home"

static GVariant *
path_and_options (const char *path)
{
  return g_variant_new ("(oa{sv})", path, NULL);
}

static Listener *
open_on (Fixture *f, GDBusConnection *client, const char *path, const char *line)
{
  Listener *listener = listen_at (f, client, path);

  g_variant_unref (call_ok (f, client, line, "Open", path_and_options (path)));
  return listener;
}

static void
open_silently (Fixture *f, GDBusConnection *client, const char *path)
{
  g_variant_unref (call_ok (f, client, HOME, "Open", path_and_options (path)));
}

static gboolean
has_no_handles (gpointer line)
{
  return oh_dbus_line_get_num_handles (line) == 0;
}

static guint
count_files (void)
{
  g_autoptr (GDir) files = g_dir_open ("/proc/self/fd", 0, NULL);
  guint n = 0;

  while (g_dir_read_name (files) != NULL)
    n++;
  return n;
}

/* Comes, opens, perhaps with an event on its way or without waiting for the reply, and is gone. */
static void
come_and_go (Fixture *f, guint round)
{
  GDBusConnection *client = connect_client (f);
  Listener *listener = NULL;

  if (round % 3 == 0)
    g_dbus_connection_call (client, OH_BUS_NAME, HOME, OH_BUS_NAME ".Line", "Open",
                            path_and_options ("/h"), NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL,
                            NULL);
  else if (round % 3 == 1)
    open_silently (f, client, "/h");
  else
    {
      listener = open_on (f, client, "/h", HOME);
      listener->manner = HOLDS;
      puppet_emit_line (OH_LINE_OUT_OF_SERVICE, "");
      puppet_emit_line (OH_LINE_IN_SERVICE, "");
      heard_until (listener, 0, "1 line-state *");
      listener_free (f, listener);
    }
  g_dbus_connection_flush_sync (client, NULL, NULL);
  leave (&client);
}

static void
test_come_and_go (Fixture *f, gconstpointer limits)
{
  guint rounds = 1000, warm = 200, files = 0;
  gsize before = 0, after;
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GVariant) handles = NULL;

  for (guint i = 0; i < rounds; i++)
    {
      if (i == warm)
        {
          settle (f, f->client);
          log_forget ();
          before = mallinfo2 ().uordblks;
          files = count_files ();
        }
      come_and_go (f, i);
    }
  spin_until (has_no_handles, f->line);
  settle (f, f->client);
  log_forget ();
  after = mallinfo2 ().uordblks;
  g_test_message ("%" G_GSIZE_FORMAT " bytes before, %" G_GSIZE_FORMAT " after", before, after);
  g_assert_cmpuint (count_files (), <=, files + 3);
  /* What a client leaves is more than that; the libraries' own part depends on the load. bench-leak
     is exact. */
  g_assert_cmpuint (after, <, before + 300 * (rounds - warm));
  reply = call_ok (f, f->client, HOME, "ListHandles", NULL);
  handles = g_variant_get_child_value (reply, 0);
  g_assert_cmpuint (g_variant_n_children (handles), ==, 0);
}

#define HANDLES 1000
#define AT_ONCE 100 /* the bus lets a connection wait for 128 replies */
#define LINES 3

static gboolean
is_done (gpointer errand)
{
  return ((Errand *)errand)->done;
}

static guint
open_some (GDBusConnection *client, guint first)
{
  static const char *const lines[LINES] = { "home", "second", "third" };
  Errand errands[AT_ONCE];
  guint n_open = 0;

  for (guint i = 0; i < AT_ONCE; i++)
    {
      g_autofree char *line = g_strconcat (LINE_PATH, lines[i % LINES], NULL);
      g_autofree char *path = g_strdup_printf ("/greedy/%u", first + i);

      errand_begin (&errands[i], client, line, "Open", path_and_options (path));
    }
  for (guint i = 0; i < AT_ONCE; i++)
    {
      spin_until (is_done, &errands[i]);
      n_open += errands[i].reply != NULL;
      errand_ends (&errands[i], errands[i].reply != NULL ? NULL : "LimitsExceeded");
    }
  return n_open;
}

static guint
open_thousand (GDBusConnection *client, guint first)
{
  guint n_open = 0;

  for (guint i = 0; i < HANDLES; i += AT_ONCE)
    n_open += open_some (client, first + i);
  return n_open;
}

/* Eight on each line it gets; the other clients notice nothing. */
static void
test_thousand_handles (Fixture *f, gconstpointer limits)
{
  GDBusConnection *greedy = connect_client (f);
  Listener *other = open_on (f, f->client, "/other", HOME);

  add_line (f, "second", "/dev/zero", oh_driver_find ("fake"));
  add_line (f, "third", "/dev/full", oh_driver_find ("fake"));
  g_assert_cmpuint (open_thousand (greedy, 0), ==, LINES * f->limits.handles_per_line);
  g_assert_cmpuint (oh_dbus_line_get_num_handles (OH_DBUS_LINE (f->line)), ==,
                    f->limits.handles_per_line + 1);
  g_assert_cmpuint (other->heard->len, ==, 0);
  open_silently (f, f->client, "/more");
  g_variant_unref (call_ok (f, f->client, HOME, "Close", g_variant_new ("(o)", "/more")));
  /* It exports nothing: each of its eight here is void with its first event. */
  log_forget ();
  puppet_emit_line (OH_LINE_OUT_OF_SERVICE, "");
  heard_until (other, 0, "1 line-state *");
  settle (f, greedy);
  while (oh_dbus_line_get_num_handles (OH_DBUS_LINE (f->line)) > 1)
    settle (f, greedy);
  g_assert_cmpuint (log_count ("MESSAGE=Listener /greedy/* cannot be called *"), ==,
                    f->limits.handles_per_line);
  g_assert_cmpuint (open_thousand (greedy, HANDLES), ==, f->limits.handles_per_line); /* at home */
  leave (&greedy);
}

static const OhLimits crowded = {
  .listeners = 64,
  .listeners_per_user = 1000,
  .handles_per_line = 8,
  .queued = 256,
  .requests = 32,
  .asks = 32,
  .asks_per_user = 8,
  .ask_open_ms = 5000,
  .ask_ms = 20000,
  .ask_password_ms = 120000,
  .answer_ms = 60000,
  .refused_ms = 1000,
  .reply_ms = 10000,
  .ended_ms = 5000,
  .ended_most_ms = 60000,
  .ended_calls = 16,
  .stop_ms = 3000,
  .retry_ms = 2000,
};

static void
add (const char *path, const OhLimits *limits, void (*test) (Fixture *f, gconstpointer limits))
{
  g_test_add (path, Fixture, limits, puppet_set_up, test, puppet_tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  log_watch ();
  add ("/hostile/come-and-go", &crowded, test_come_and_go);
  add ("/hostile/thousand-handles", NULL, test_thousand_handles);
  return g_test_run ();
}
