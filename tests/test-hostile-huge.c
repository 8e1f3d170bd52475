// SPDX-License-Identifier: LGPL-2.1-or-later
#include <malloc.h>
#include <string.h>
#include <unistd.h>

#include "tests/puppet.h"
#include "tests/wire.h"

/* Arguments that are far too long, too many or too deep: a clear and short error, nothing for the
 * modem, and the memory is given back. */

#define HOME LINE_PATH "home"
#define CALL_PATH(n) HOME "/call/" #n
#define HUGE_BYTES (1 << 20)
#define MANY_TEXTS 100000
#define MANY_OPTIONS 10000 /* GDBus takes its time to read them */
#define TEXT_MOST 600

typedef struct
{
  gboolean done;
  GError *error;
} Outcome;

static void
on_outcome (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Outcome *outcome = user_data;
  GVariant *reply
      = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &outcome->error);

  g_clear_pointer (&reply, g_variant_unref);
  outcome->done = TRUE;
}

static gboolean
is_out (gpointer outcome)
{
  return ((Outcome *)outcome)->done;
}

/* @method: "Line.Dial"; @error: how the name of the error ends. */
static void
refused (GDBusConnection *client, const char *path, const char *method, GVariant *parameters,
         const char *error)
{
  g_autofree char *interface = g_strdup_printf (OH_BUS_NAME ".%.*s",
                                                (int)(strchr (method, '.') - method), method);
  g_autofree char *name = NULL;
  Outcome outcome = { 0 };

  g_dbus_connection_call (client, OH_BUS_NAME, path, interface, strchr (method, '.') + 1,
                          parameters, NULL, G_DBUS_CALL_FLAGS_NONE, G_MAXINT, NULL, on_outcome,
                          &outcome);
  spin_until (is_out, &outcome);
  g_assert_nonnull (outcome.error);
  name = g_dbus_error_get_remote_error (outcome.error);
  g_assert_nonnull (name);
  g_assert_cmpstr (strrchr (name, '.') + 1, ==, error);
  g_assert_cmpuint (strlen (outcome.error->message), <, TEXT_MOST);
  g_clear_error (&outcome.error);
}

static char *
huge_text (const char *begin, char fill)
{
  g_autofree char *rest = g_strnfill (HUGE_BYTES, fill);

  return g_strconcat (begin, rest, NULL);
}

static GVariant *
many_texts (const char *text)
{
  GVariantBuilder texts;

  g_variant_builder_init (&texts, G_VARIANT_TYPE_STRING_ARRAY);
  for (guint i = 0; i < MANY_TEXTS; i++)
    g_variant_builder_add (&texts, "s", text);
  return g_variant_builder_end (&texts);
}

static GVariant *
many_options (void)
{
  GVariantBuilder options;

  g_variant_builder_init (&options, G_VARIANT_TYPE_VARDICT);
  for (guint i = 0; i < MANY_OPTIONS; i++)
    {
      g_autofree char *key = g_strdup_printf ("Key%u", i);

      g_variant_builder_add (&options, "{sv}", key, g_variant_new_uint32 (i));
    }
  return g_variant_builder_end (&options);
}

static GVariant *
one_option (const char *key, GVariant *value)
{
  GVariantDict options;

  g_variant_dict_init (&options, NULL);
  g_variant_dict_insert_value (&options, key, value);
  return g_variant_dict_end (&options);
}

static void
dial_refused (Fixture *f)
{
  g_autofree char *digits = huge_text ("", '5');
  g_autofree char *key = huge_text ("Key", 'y');

  refused (f->client, HOME, "Line.Dial", g_variant_new ("(sa{sv})", digits, NULL), "InvalidNumber");
  refused (f->client, HOME, "Line.Dial", g_variant_new ("(s@a{sv})", "5", many_options ()),
           "InvalidArgs");
  refused (f->client, HOME, "Line.Dial",
           g_variant_new ("(s@a{sv})", "5", one_option (key, g_variant_new_string (digits))),
           "InvalidArgs");
  refused (f->client, CALL_PATH (1), "Call.SendDigits", g_variant_new ("(sa{sv})", digits, NULL),
           "InvalidArgs");
  refused (f->client, CALL_PATH (1), "Call.SendDigits",
           g_variant_new ("(s@a{sv})", "5", many_options ()), "InvalidArgs");
}

static void
handle_refused (Fixture *f)
{
  g_autofree char *path = huge_text ("/", 'p');
  g_autofree char *kind = huge_text ("", 'k');

  refused (f->client, HOME, "Line.Open", g_variant_new ("(oa{sv})", path, NULL), "InvalidArgs");
  refused (f->client, HOME, "Line.Open", g_variant_new ("(o@a{sv})", "/h", many_options ()),
           "InvalidArgs");
  refused (f->client, HOME, "Line.Open",
           g_variant_new ("(o@a{sv})", "/h", one_option (kind, g_variant_new_string (kind))),
           "InvalidArgs");
  refused (f->client, HOME, "Line.Open",
           g_variant_new ("(o@a{sv})", "/h", one_option ("Events", many_texts ("none"))),
           "InvalidArgs");
  refused (f->client, HOME, "Line.SetEvents",
           g_variant_new ("(o@as)", "/alive", many_texts ("none")), "InvalidArgs");
  refused (f->client, HOME, "Line.SetEvents",
           g_variant_new ("(o@as)", "/alive", g_variant_new_strv ((const char **)&kind, 1)),
           "InvalidArgs");
  refused (f->client, HOME, "Line.Close", g_variant_new ("(o)", path), "NotOpen");
}

static void
line_refused (Fixture *f)
{
  g_autofree char *device = huge_text ("/dev/", 'd');
  g_autofree char *relative = huge_text ("\xc3\xa9", 'd');

  refused (f->client, OH_BUS_PATH, "Manager.AddLine", g_variant_new ("(sa{sv})", relative, NULL),
           "InvalidArgs");
  refused (f->client, OH_BUS_PATH, "Manager.AddLine", g_variant_new ("(sa{sv})", device, NULL),
           "Failed");
  refused (f->client, OH_BUS_PATH, "Manager.AddLine",
           g_variant_new ("(s@a{sv})", "/dev/full", many_options ()), "InvalidArgs");
  refused (f->client, OH_BUS_PATH, "Manager.AddLine",
           g_variant_new ("(s@a{sv})", "/dev/full",
                          one_option ("Alias", g_variant_new_string (relative))),
           "InvalidArgs");
  refused (f->client, OH_BUS_PATH, "Manager.AddLine",
           g_variant_new ("(s@a{sv})", "/dev/full",
                          one_option (relative, g_variant_new_string (relative))),
           "InvalidArgs");
  refused (f->client, OH_BUS_PATH, "Manager.RemoveLine", g_variant_new ("(o)", device),
           "UnknownObject");
}

/* In use by the whole process, of every arena: GDBus's thread takes memory too. Valgrind and the
   address sanitizer answer 0, and look for leaks themselves. */
static gsize
allocated (void)
{
  struct mallinfo2 info = mallinfo2 ();

  return info.uordblks + info.hblkhd;
}

static void
test_refused (Fixture *f, gconstpointer limits)
{
  Listener *alive = open_at (f, f->client, "/alive");
  guint call = puppet_ring (), rounds = 8, warm = 3;
  gsize before = 0, after;

  puppet_emit_call (call, OH_CALL_CONNECTED, OH_REASON_NONE, OH_ENDED_BY_NOBODY);
  for (guint i = 0; i < rounds; i++)
    {
      if (i == warm)
        before = allocated ();
      dial_refused (f);
      handle_refused (f);
      line_refused (f);
    }
  after = allocated ();
  g_test_message ("%" G_GSIZE_FORMAT " bytes before, %" G_GSIZE_FORMAT " after", before, after);
  g_assert_cmpuint (after, <, before + (rounds - warm) * HUGE_BYTES);
  g_assert_true (puppet ()->dial == NULL && puppet ()->digit == NULL);
  g_assert_cmpuint (oh_dbus_line_get_num_handles (OH_DBUS_LINE (f->line)), ==, 1);
  puppet_emit_call (call, OH_CALL_HELD, OH_REASON_NONE, OH_ENDED_BY_NOBODY);
  heard_until (alive, 0, "3 call-state 1 held");
}

/* Of kinds that there are, too many are as good as one. */
static void
test_many_kinds (Fixture *f, gconstpointer limits)
{
  Listener *listener = open_at (f, f->client, "/handle");

  g_variant_unref (call_ok (f, f->client, HOME, "SetEvents",
                            g_variant_new ("(o@as)", "/handle", many_texts ("health"))));
  puppet_emit_line (OH_LINE_OUT_OF_SERVICE, "");
  puppet_ring ();
  heard_until (listener, 0, "1 new-call *");
}

static GVariant *
make_path (gsize bytes)
{
  g_autofree char *path = g_strnfill (bytes, 'p');

  path[0] = '/';
  return g_variant_new ("(oa{sv})", path, NULL);
}

/* The bus keeps what a stopped client does not read at the daemon's expense: a few megabytes of
 * path in each event are enough to have it shut out. */
static void
test_path (Fixture *f, gconstpointer limits)
{
  g_variant_unref (call_ok (f, f->client, HOME, "Open", make_path (255)));
  refused (f->client, HOME, "Line.Open", make_path (256), "InvalidArgs");
}

#define DEEPEST 70 /* D-Bus allows 64 */

static GVariant *
deep_value (guint depth)
{
  GVariant *value = g_variant_new_string ("deep");

  for (guint i = 0; i < depth; i++)
    value = g_variant_new_variant (value);
  return value;
}

static gboolean
is_deep_refused (Fixture *f, guint depth)
{
  g_autoptr (GDBusConnection) client = connect_client (f);
  g_autofree char *name = NULL;
  Outcome outcome = { 0 };

  g_dbus_connection_call (
      client, OH_BUS_NAME, HOME, OH_BUS_NAME ".Line", "Open",
      g_variant_new ("(o@a{sv})", "/h", one_option ("Deep", deep_value (depth))), NULL,
      G_DBUS_CALL_FLAGS_NONE, G_MAXINT, NULL, on_outcome, &outcome);
  spin_until (is_out, &outcome);
  g_assert_nonnull (outcome.error);
  name = g_dbus_error_get_remote_error (outcome.error);
  g_clear_error (&outcome.error);
  g_dbus_connection_close_sync (client, NULL, NULL);
  return g_strcmp0 (name, "org.freedesktop.DBus.Error.InvalidArgs") == 0;
}

/* What the bus lets through, the daemon reads; what it does not ends its sender only. */
static void
test_deep (Fixture *f, gconstpointer limits)
{
  guint n_refused = 0;

  for (guint depth = 1; depth <= DEEPEST; depth++)
    {
      n_refused += is_deep_refused (f, depth);
      settle (f, f->client);
    }
  g_test_message ("%u deep ones reached the daemon", n_refused);
  g_assert_cmpuint (n_refused, >, 50);
  g_assert_cmpuint (n_refused, <, DEEPEST);
  g_assert_false (g_dbus_connection_is_closed (f->daemon));
}

static void
add (const char *path, void (*test) (Fixture *f, gconstpointer limits))
{
  g_test_add (path, Fixture, NULL, puppet_set_up, test, puppet_tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("/hostile-huge/refused", test_refused);
  add ("/hostile-huge/many-kinds", test_many_kinds);
  add ("/hostile-huge/path", test_path);
  add ("/hostile-huge/deep", test_deep);
  return g_test_run ();
}
