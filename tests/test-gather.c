// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/puppet.h"

/* Digits collected for one client (GatherDigits), which nobody else hears of (H30). */

#define HOME LINE_PATH "home"
#define CALL HOME "/call/1"

typedef struct
{
  guint call;
  Listener *listener, *other; /* of two connections */
  GDBusConnection *client;
} Scene;

static Scene
begin (Fixture *f)
{
  Scene s = { .client = connect_client (f) };

  s.call = puppet_ring ();
  puppet_emit_call (s.call, OH_CALL_CONNECTED, OH_REASON_NONE, OH_ENDED_BY_NOBODY);
  s.listener = open_at (f, f->client, "/mine");
  s.other = open_at (f, s.client, "/other");
  return s;
}

static void
end (Fixture *f, Scene *s)
{
  settle (f, s->client);
  g_assert_false (has_heard (s->other, "* gather *"));
  g_assert_false (has_heard (s->other, "* digit *"));
  g_assert_false (has_heard (s->listener, "* digit *"));
  listener_free (f, s->other);
  g_clear_object (&s->client);
}

static GVariant *
parse (const char *text)
{
  g_autoptr (GVariant) options = g_variant_parse (G_VARIANT_TYPE_VARDICT, text, NULL, NULL, NULL);

  return g_variant_new ("(@a{sv})", options);
}

static void
gather (Fixture *f, const char *options)
{
  g_variant_unref (call_ok (f, f->client, CALL, "GatherDigits", parse (options)));
}

static void
dial (guint call, const char *digits)
{
  for (; *digits != '\0'; digits++)
    puppet_emit_digit (call, *digits);
}

static guint
gathered (Scene *s, guint from, const char *result, const char *digits)
{
  g_autofree char *glob = g_strdup_printf ("* gather 1 %s", result);
  guint at = heard_until (s->listener, from, glob);

  assert_heard (s->listener, at, "Digits", digits);
  return at + 1;
}

static void
test_full (Fixture *f, gconstpointer limits)
{
  Scene s = begin (f);

  gather (f, "{'Count': <uint32 4>}");
  dial (s.call, "12*#5");
  gathered (&s, 0, "full", "12*#");
  dial (s.call, "67");
  gather (f, "{'Count': <uint32 1>}"); /* and what came between is nobody's */
  dial (s.call, "8");
  gathered (&s, 1, "full", "8");
  end (f, &s);
}

static void
test_terminator (Fixture *f, gconstpointer limits)
{
  Scene s = begin (f);

  gather (f, "{'Terminators': <'#A'>}");
  dial (s.call, "123A4");
  gathered (&s, 0, "terminator", "123A");
  end (f, &s);
}

static void
test_timeouts (Fixture *f, gconstpointer limits)
{
  Scene s = begin (f);
  guint at;

  gather (f, "{'FirstDigitTimeout': <uint32 100>}");
  at = gathered (&s, 0, "first-timeout", "");
  gather (f, "{'FirstDigitTimeout': <uint32 3600000>, 'InterDigitTimeout': <uint32 100>}");
  dial (s.call, "17");
  gathered (&s, at, "inter-timeout", "17");
  end (f, &s);
}

static void
test_cancelled (Fixture *f, gconstpointer limits)
{
  Scene s = begin (f);
  guint at;

  gather (f, "{'Count': <uint32 9>}");
  dial (s.call, "12");
  gather (f, "{'Count': <uint32 2>}");
  at = gathered (&s, 0, "cancelled", "12");
  dial (s.call, "34");
  at = gathered (&s, at, "full", "34");
  gather (f, "@a{sv} {}");
  dial (s.call, "5");
  gather (f, "{'Count': <uint32 0>}");
  at = gathered (&s, at, "cancelled", "5");
  gather (f, "{'Count': <uint32 0>}"); /* nothing is there to cancel */
  dial (s.call, "6");
  settle (f, f->client);
  g_assert_cmpuint (s.listener->heard->len, ==, at);
  end (f, &s);
}

static void
test_ended (Fixture *f, gconstpointer limits)
{
  Scene s = begin (f);

  gather (f, "@a{sv} {}");
  dial (s.call, "12");
  puppet_emit_call (s.call, OH_CALL_ENDED, OH_REASON_NORMAL, OH_ENDED_BY_REMOTE);
  gathered (&s, 0, "ended", "12");
  end (f, &s);
}

/* Each has its own. */
static void
test_two (Fixture *f, gconstpointer limits)
{
  Scene s = begin (f);
  guint at;

  gather (f, "{'Count': <uint32 2>}");
  g_variant_unref (call_ok (f, s.client, CALL, "GatherDigits", parse ("{'Count': <uint32 3>}")));
  dial (s.call, "123");
  gathered (&s, 0, "full", "12");
  at = heard_until (s.other, 0, "* gather 1 full");
  assert_heard (s.other, at, "Digits", "123");
  listener_free (f, s.other);
  g_clear_object (&s.client);
}

/* Whoever asked is gone: nobody hears of it, and nothing breaks. */
static void
test_vanished (Fixture *f, gconstpointer limits)
{
  Scene s = begin (f);
  GDBusConnection *third = connect_client (f);
  Listener *listener = open_at (f, third, "/third");

  g_variant_unref (call_ok (f, third, CALL, "GatherDigits", parse ("{'Count': <uint32 2>}")));
  listener_free (f, listener);
  g_dbus_connection_close_sync (third, NULL, NULL);
  g_object_unref (third);
  dial (s.call, "123");
  gather (f, "{'Count': <uint32 1>}");
  dial (s.call, "4");
  gathered (&s, 0, "full", "4");
  end (f, &s);
}

static void
test_errors (Fixture *f, gconstpointer limits)
{
  static const char *const options[] = { "{'Count': <uint32 256>}",
                                         "{'Count': <'4'>}",
                                         "{'Terminators': <'x'>}",
                                         "{'Terminators': <'01234567890123456'>}",
                                         "{'FirstDigitTimeout': <uint32 99>}",
                                         "{'InterDigitTimeout': <uint32 3600001>}",
                                         "{'Colour': <'red'>}" };
  Scene s = begin (f);
  g_autoptr (GDBusConnection) stranger = connect_client (f);

  for (guint i = 0; i < G_N_ELEMENTS (options); i++)
    call_fails (f, f->client, CALL, "GatherDigits", parse (options[i]), "InvalidArgs");
  call_fails (f, stranger, CALL, "GatherDigits", parse ("@a{sv} {}"), "NotOpen");
  call_fails (f, f->client, CALL, "GenerateTone",
              g_variant_new_parsed ("([uint32 440], uint32 200)"), "NotSupported");
  puppet_emit_call (s.call, OH_CALL_ENDED, OH_REASON_NORMAL, OH_ENDED_BY_REMOTE);
  call_fails (f, f->client, CALL, "GatherDigits", parse ("@a{sv} {}"), "InvalidState");
  end (f, &s);
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *name;
    void (*func) (Fixture *f, gconstpointer limits);
  } rows[] = {
    { "full", test_full },         { "terminator", test_terminator },
    { "timeouts", test_timeouts }, { "cancelled", test_cancelled },
    { "ended", test_ended },       { "two", test_two },
    { "vanished", test_vanished }, { "errors", test_errors },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *path = g_strconcat ("/H30/gather/", rows[i].name, NULL);

      g_test_add (path, Fixture, NULL, puppet_set_up, rows[i].func, puppet_tear_down);
    }
  return g_test_run ();
}
