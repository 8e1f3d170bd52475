// SPDX-License-Identifier: LGPL-2.1-or-later
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/bench.h"
#include "tests/outsider.h"

/* bench-listeners FLOOR [CALLS]
 *
 * How long an incoming call with its number is under way to many listening connections: to the
 * first that has it, and to the last. offhookd's time beside that of the program FLOOR, which calls
 * the same listeners; and again with one more listener, a stopped process. */

#define CALLS 200
#define WARM_UP 10
#define BLOCK 50 /* calls to one stopped process: before its queue is full */
#define TEXT "\r\nRING\r\n\r\n+CLIP: \"" BENCH_NUMBER "\",145,,,,0\r\n"

typedef struct
{
  const char *name;
  guint listeners;
  gboolean stopped; /* one more that is */
} Case;

static const Case cases[] = {
  { "1", 1, FALSE },        { "1+stopped", 1, TRUE }, { "8", 8, FALSE },
  { "8+stopped", 8, TRUE }, { "64", 64, FALSE },      { "63+stopped", 63, TRUE },
};

typedef struct _Crowd Crowd;

typedef struct
{
  Crowd *crowd;
  GDBusConnection *connection;
  guint object;
  gboolean heard; /* of this call */
} Client;

struct _Crowd
{
  Bench b;
  BenchModem *modem, *floor_modem;
  GSubprocess *floor;
  Client *clients;
  guint n, heard, ended;
  gint64 first_at;
};

typedef struct
{
  BenchLatency first, last;
} Result;

/* The times of one program. */
typedef struct
{
  GArray *first, *last;
} Times;

static void
take_number (Client *client, gint64 entered)
{
  Crowd *crowd = client->crowd;

  client->heard = TRUE;
  if (crowd->heard++ == 0)
    crowd->first_at = entered;
  if (crowd->heard == crowd->n)
    crowd->b.numbered_at = entered;
}

static void
take_end (Crowd *crowd)
{
  if (++crowd->ended == crowd->n)
    crowd->b.ended++;
}

static void
on_event (GDBusConnection *connection, const char *sender, const char *path, const char *interface,
          const char *method, GVariant *parameters, GDBusMethodInvocation *invocation,
          gpointer user_data)
{
  gint64 entered = bench_now ();
  Client *client = user_data;
  g_autoptr (GVariant) details = NULL;
  const char *kind, *text;

  g_dbus_method_invocation_return_value (invocation, NULL);
  if (!g_str_equal (method, "Event"))
    g_error ("the handle was released");
  g_variant_get (parameters, "(&ott&s&o@a{sv})", NULL, NULL, NULL, &kind, NULL, &details);
  if (!client->heard && g_variant_lookup (details, "Number", "&s", &text))
    take_number (client, entered);
  if (g_str_equal (kind, "call-state") && g_variant_lookup (details, "State", "&s", &text)
      && g_str_equal (text, "ended"))
    take_end (client->crowd);
}

static void
come (Crowd *crowd, Client *client)
{
  static const GDBusInterfaceVTable table = { .method_call = on_event };
  g_autoptr (GError) error = NULL;

  client->crowd = crowd;
  client->connection = connect_client (&crowd->b.f);
  client->object = g_dbus_connection_register_object (client->connection, BENCH_PATH,
                                                      oh_dbus_listener_interface_info (), &table,
                                                      client, NULL, &error);
  g_assert_no_error (error);
  g_variant_unref (call_ok (&crowd->b.f, client->connection, crowd->b.line_path, "Open",
                            g_variant_new ("(oa{sv})", BENCH_PATH, NULL)));
}

static void
go (Crowd *crowd, Client *client)
{
  g_variant_unref (call_ok (&crowd->b.f, client->connection, crowd->b.line_path, "Close",
                            g_variant_new ("(o)", BENCH_PATH)));
  g_dbus_connection_unregister_object (client->connection, client->object);
  g_dbus_connection_close_sync (client->connection, NULL, NULL);
  g_object_unref (client->connection);
}

static void
crowd_set_up (Crowd *crowd, const char *program, guint n)
{
  g_autoptr (GString) names = g_string_new (NULL);

  bench_set_up (&crowd->b);
  crowd->modem = bench_add_modem (&crowd->b);
  bench_start_daemon (&crowd->b, "cellular", 1);
  crowd->n = n;
  crowd->clients = g_new0 (Client, n);
  for (guint i = 0; i < n; i++)
    {
      come (crowd, &crowd->clients[i]);
      g_string_append_printf (names, "%s%s", i > 0 ? "," : "",
                              g_dbus_connection_get_unique_name (crowd->clients[i].connection));
    }
  crowd->floor_modem = bench_add_modem (&crowd->b);
  crowd->floor = bench_start_floor_of (&crowd->b, program, names->str, NULL);
}

static void
crowd_tear_down (Crowd *crowd)
{
  bench_stop (crowd->floor);
  for (guint i = 0; i < crowd->n; i++)
    go (crowd, &crowd->clients[i]);
  g_free (crowd->clients);
  bench_stop (g_steal_pointer (&crowd->b.daemon));
  bench_tear_down (&crowd->b);
}

static void
call_all (Crowd *crowd, gboolean of_floor, Times *times)
{
  gint64 last, first;

  bench_rest (&crowd->b);
  crowd->heard = crowd->ended = 0;
  for (guint i = 0; i < crowd->n; i++)
    crowd->clients[i].heard = FALSE;
  last = of_floor ? bench_say_and_hear (&crowd->b, crowd->floor_modem, TEXT)
                  : bench_cellular_call (&crowd->b, crowd->modem, TEXT);
  if (times == NULL)
    return;
  first = last - (crowd->b.numbered_at - crowd->first_at);
  g_array_append_val (times->first, first);
  g_array_append_val (times->last, last);
}

/* In turns, and each as often first as second. */
static void
call_in_turns (Crowd *crowd, guint calls, Times *floor, Times *offhook)
{
  for (guint i = 0; i < calls; i++)
    {
      gboolean first = i % 2;

      call_all (crowd, first, first ? floor : offhook);
      call_all (crowd, !first, first ? offhook : floor);
    }
}

static void
call_block (Crowd *crowd, const Case *what, Times *floor, Times *offhook)
{
  Outsider *stopped = NULL;

  if (what->stopped)
    {
      stopped = outsider_start (crowd->b.f.address, crowd->b.line_path, 1, 1, NULL);
      outsider_stop (stopped);
      call_all (crowd, FALSE, NULL); /* whose first event it does not answer */
    }
  call_in_turns (crowd, BLOCK, floor, offhook);
  if (stopped == NULL)
    return;
  g_assert_cmpuint (stopped->said->len, ==, 1);
  outsider_end (stopped);
}

static Times
times_new (void)
{
  return (Times){ g_array_new (FALSE, FALSE, sizeof (gint64)),
                  g_array_new (FALSE, FALSE, sizeof (gint64)) };
}

static Result
sum_up (Times *times)
{
  Result result = { bench_latency (times->first), bench_latency (times->last) };

  g_array_unref (times->first);
  g_array_unref (times->last);
  return result;
}

static void
measure (const char *program, const Case *what, guint calls, Result *floor, Result *offhook)
{
  /* Only root may have more than 16. */
  guint n = geteuid () == 0 ? what->listeners : MIN (what->listeners, what->stopped ? 15 : 16);
  Times of_floor = times_new (), of_offhook = times_new ();
  Crowd crowd = { 0 };

  crowd_set_up (&crowd, program, n);
  for (guint i = 0; i < WARM_UP; i++)
    {
      call_all (&crowd, TRUE, NULL);
      call_all (&crowd, FALSE, NULL);
    }
  for (guint i = 0; i < calls; i += BLOCK)
    call_block (&crowd, what, &of_floor, &of_offhook);
  crowd_tear_down (&crowd);
  *floor = sum_up (&of_floor);
  *offhook = sum_up (&of_offhook);
}

static void
print_row (const char *name, const Result *floor, const Result *offhook)
{
  printf ("%-11s %9.1f %9.1f %9.1f %9.1f  %9.1f %9.1f %9.1f %9.1f\n", name, floor->first.p50 / 1e3,
          floor->first.p99 / 1e3, floor->last.p50 / 1e3, floor->last.p99 / 1e3,
          offhook->first.p50 / 1e3, offhook->first.p99 / 1e3, offhook->last.p50 / 1e3,
          offhook->last.p99 / 1e3);
}

static void
print_ratios (const char *name, const Result *floor, const Result *offhook)
{
  printf ("ratio p50 first %s %.2f\n", name, (double)offhook->first.p50 / floor->first.p50);
  printf ("ratio p99 first %s %.2f\n", name, (double)offhook->first.p99 / floor->first.p99);
  printf ("ratio p50 last %s %.2f\n", name, (double)offhook->last.p50 / floor->last.p50);
  printf ("ratio p99 last %s %.2f\n", name, (double)offhook->last.p99 / floor->last.p99);
}

int
main (int argc, char **argv)
{
  int calls = argc > 2 ? atoi (argv[2]) : CALLS;
  Result floor[G_N_ELEMENTS (cases)], offhook[G_N_ELEMENTS (cases)];

  if (argc < 2 || calls <= 0)
    return 2;
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    measure (argv[1], &cases[i], calls, &floor[i], &offhook[i]);
  printf ("%d calls each, microseconds to the first and the last listener\n", calls);
  printf ("%-11s %9s %9s %9s %9s  %9s %9s %9s %9s\n", "", "floor p50", "p99", "last p50", "p99",
          "offh. p50", "p99", "last p50", "p99");
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    print_row (cases[i].name, &floor[i], &offhook[i]);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    print_ratios (cases[i].name, &floor[i], &offhook[i]);
  return EXIT_SUCCESS;
}
