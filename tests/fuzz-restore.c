// SPDX-License-Identifier: LGPL-2.1-or-later
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include "daemon/drivers/cellular-calls.h"
#include "daemon/drivers/v253.h"
#include "daemon/line.h"
#include "daemon/manager.h"
#include "daemon/modem-build.h"
#include "daemon/store.h"

/* A daemon starts on a state file that is well-formed and makes no sense: every number and text in
 * it is drawn from the input. What is left of that is what the modem says then. */

int LLVMFuzzerInitialize (int *argc, char ***argv);
int LLVMFuzzerTestOneInput (const guint8 *bytes, gsize size);

#define LINE "/org/offhook/Telephony1/line/home"
#define TURNS 1000 /* of the main loop */

typedef struct
{
  const guint8 *at, *end;
} Input;

static GTestDBus *bus;
static GDBusConnection *connection;
static char *dir;

static guint8
draw (Input *input)
{
  return input->at < input->end ? *input->at++ : 0;
}

/* The limits of every type, and what is small. */
static guint64
draw_number (Input *input)
{
  static const guint64 numbers[]
      = { 0, 1, 2, 3, 4, 7, 11, 16, 255, G_MAXINT32, G_MAXUINT32, G_MAXINT64, G_MAXUINT64 };
  guint8 which = draw (input);

  return which < G_N_ELEMENTS (numbers) ? numbers[which] : draw (input);
}

/* No text of the input's own: it would be the name of a device to open. */
static const char *
draw_text (Input *input)
{
  const char *const texts[] = {
    "",
    "home",
    "fake",
    "cellular",
    "v253",
    OH_MODEM_BUILD,
    g_dbus_connection_get_unique_name (connection),
    g_dbus_connection_get_guid (connection),
    ":1.99",
    "org.freedesktop.DBus",
    "/",
    "/nowhere",
    "no path",
    LINE "/call/1",
    LINE "/call/2",
    LINE "/call/",
    LINE,
    "ATD5551234;",
    "ATA",
    "AT+VLS=0",
    "A",
    "+CLCC:",
    "offering",
    "\xc3\xa9",
  };

  return texts[draw (input) % G_N_ELEMENTS (texts)];
}

/* Of a lexer, or not quite. */
static GVariant *
draw_lexer (Input *input)
{
  OhLexer lexer;

  oh_lexer_init (&lexer, draw (input) % 4);
  lexer.length = draw_number (input);
  lexer.echo_length = draw_number (input);
  lexer.line_done = draw (input);
  lexer.in_report = draw (input);
  lexer.report_length = draw_number (input);
  return g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, &lexer, sizeof lexer - (draw (input) == 1),
                                    1);
}

static void
draw_network (Input *input, OhCellularNetwork *network)
{
  network->begun = network->was_told = draw (input) & 1;
  network->starting = draw (input) & 1;
  network->registration_known = draw (input) & 1;
  network->was_locked = draw (input) & 1;
  network->circuit = draw (input) % (OH_REGISTRATION_MOST + 1);
  network->packet = draw (input) % (OH_REGISTRATION_MOST + 1);
  network->signal_timer = draw (input);
  network->sim_timer = draw (input);
  network->ussd_timer = draw (input);
  network->ussd = (draw (input) & 1) != 0 ? (OhRequest *)1 : NULL;
  network->now.sim = draw (input) % (OH_SIM_READY + 1);
  network->now.registration = draw (input) % (OH_REGISTRATION_MOST + 1);
  network->now.pin_retries = draw (input);
  network->now.access = draw (input);
  network->now.ussd = draw (input) % (OH_USSD_USER_RESPONSE + 1);
  memset (network->ussd_raw, 'x', draw (input));
}

/* The memory of a driver is believed when it is of the same build: each value is one that there is,
 * but they need not go together. Pointers and timers are those of another process. */
static GVariant *
draw_cellular (Input *input)
{
  OhCellular memory = { .poll = draw (input),
                        .family = draw (input),
                        .features = draw (input),
                        .untold = draw (input),
                        .service = (draw (input) & 1) != 0 ? (OhRequest *)1 : NULL,
                        .refusals = draw (input) };

  draw_network (input, &memory.network);
  for (guint i = draw (input) % (OH_CELLULAR_MAX_CALLS + 1); i > 0; i--)
    {
      OhCellularCall *call = &memory.calls[i - 1];

      call->id = draw_number (input);
      call->index = draw (input) % 10;
      call->state = draw (input) % OH_N_CALL_STATES;
      call->incoming = draw (input) & 1;
      call->waiting = draw (input) & 1;
      call->answering = draw (input) & 1;
      call->ending = draw (input) & 1;
      call->cause = draw (input);
      call->misses = draw_number (input);
      call->taken_at = draw_number (input);
      call->drop = (draw (input) & 1) != 0 ? (OhRequest *)1 : NULL;
      call->drop_step = draw_number (input);
      call->drop_until = draw_number (input);
    }
  return g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, &memory, sizeof memory, 1);
}

static GVariant *
draw_landline (Input *input)
{
  OhLandline memory = { .call = draw_number (input),
                        .state = draw (input) % OH_N_CALL_STATES,
                        .answering = draw (input) & 1,
                        .dropping = draw (input) & 1,
                        .receiving = draw (input) & 1,
                        .untold = draw (input) & 1,
                        .drop = (draw (input) & 1) != 0 ? (OhRequest *)1 : NULL,
                        .digits_waiting = draw_number (input),
                        .rings = draw_number (input),
                        .ring_timer = draw (input),
                        .longest_silence = draw (input) * G_TIME_SPAN_SECOND };

  return g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, &memory, sizeof memory, 1);
}

static GVariant *draw_value (const GVariantType *type, Input *input);

/* Drawn blindly it would hardly ever be taken. */
static GVariant *
draw_modem (Input *input)
{
  GVariant *channel;
  guint8 which = draw (input);
  const char *driver = which % 2 == 0 ? "cellular" : "v253";

  if (which > 250)
    driver = "fake";
  channel = draw_value (G_VARIANT_TYPE (OH_CHANNEL_TYPE), input);
  return g_variant_new ("(ssu@ay@" OH_CHANNEL_TYPE ")", driver,
                        draw (input) == 1 ? "" : OH_MODEM_BUILD, (guint)draw_number (input),
                        which % 2 == 0 ? draw_cellular (input) : draw_landline (input), channel);
}

static GVariant *
draw_basic (const GVariantType *type, Input *input)
{
  switch (*g_variant_type_peek_string (type))
    {
    case 'b':
      return g_variant_new_boolean (draw (input) & 1);
    case 'u':
      return g_variant_new_uint32 (draw_number (input));
    case 'i':
      return g_variant_new_int32 (draw_number (input));
    case 'x':
      return g_variant_new_int64 (draw_number (input));
    case 't':
      return g_variant_new_uint64 (draw_number (input));
    case 's':
      return g_variant_new_string (draw_text (input));
    case 'v':
      return g_variant_new_variant (g_variant_new_string (draw_text (input)));
    default:
      g_error ("the fuzzer does not know the type %c", *g_variant_type_peek_string (type));
    }
}

static GVariant *
draw_value (const GVariantType *type, Input *input)
{
  GVariantBuilder builder;
  const GVariantType *part;

  if (g_variant_type_equal (type, G_VARIANT_TYPE_BYTESTRING))
    return draw_lexer (input);
  if (g_variant_type_equal (type, G_VARIANT_TYPE (OH_MODEM_TYPE)))
    return draw_modem (input);
  if (!g_variant_type_is_container (type) || g_variant_type_is_variant (type))
    return draw_basic (type, input);
  g_variant_builder_init (&builder, type);
  if (g_variant_type_is_array (type))
    {
      for (guint n = draw (input) % 4; n > 0; n--)
        g_variant_builder_add_value (&builder, draw_value (g_variant_type_element (type), input));
      return g_variant_builder_end (&builder);
    }
  for (part = g_variant_type_first (type); part != NULL; part = g_variant_type_next (part))
    g_variant_builder_add_value (&builder, draw_value (part, input));
  return g_variant_builder_end (&builder);
}

static void
get_saved (OhPack *pack, gpointer user_data)
{
  oh_pack_value (pack, g_variant_get_data (user_data), g_variant_get_size (user_data), 8, FALSE);
}

static void
write_file (GVariant *saved)
{
  g_autofree char *format = oh_line_format ();
  OhStore *store = oh_store_new (dir, format);
  OhKeeper *keeper = oh_store_keep (store, "home", get_saved, saved);

  oh_store_commit (store);
  oh_keeper_free (keeper);
  oh_store_unref (store);
}

/* As the service manager gives it; the modem's end is returned. */
static int
give_port (void)
{
  g_autofree char *pid = g_strdup_printf ("%d", getpid ());
  int ends[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends), ==,
                   0);
  dup2 (ends[1], SD_LISTEN_FDS_START);
  close (ends[1]);
  g_setenv ("LISTEN_PID", pid, TRUE);
  g_setenv ("LISTEN_FDS", "1", TRUE);
  g_setenv ("LISTEN_FDNAMES", "home", TRUE);
  return ends[0];
}

/* What the bus has to say to all this has been heard then. */
static void
settle (void)
{
  GVariant *id = g_dbus_connection_call_sync (
      connection, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "GetId",
      NULL, NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL);

  g_variant_unref (id);
  for (guint i = 0; i < TURNS && g_main_context_iteration (NULL, FALSE); i++)
    ;
}

/* The place of the port must be free again: a thread of GIO's may have opened something there when
 * the daemon had closed it. */
static void
take_port_back (int modem)
{
  close (modem);
  for (guint i = 0; fcntl (SD_LISTEN_FDS_START, F_GETFD) >= 0; i++)
    {
      g_assert_cmpuint (i, <, TURNS);
      settle ();
    }
  g_assert_cmpint (open ("/dev/null", O_RDWR | O_CLOEXEC), ==, SD_LISTEN_FDS_START);
}

int
LLVMFuzzerTestOneInput (const guint8 *bytes, gsize size)
{
  Input input = { bytes, bytes + size };
  g_autoptr (GVariant) saved
      = g_variant_ref_sink (draw_value (G_VARIANT_TYPE (oh_line_type), &input));
  g_autoptr (OhConfig) none = oh_config_new ();
  OhManager *manager;
  int modem;

  write_file (saved);
  modem = give_port ();
  manager = oh_manager_new (connection, &oh_limits_default, dir, NULL);
  oh_manager_load (manager, none);
  oh_manager_go_on (manager);
  settle ();
  if (write (modem, input.at, input.end - input.at) > 0)
    settle ();
  g_object_unref (manager);
  settle ();
  take_port_back (modem);
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

static void
clean_up (void)
{
  g_autofree char *file = g_build_filename (dir, "home.state", NULL);

  g_test_dbus_down (bus);
  g_unlink (file);
  g_rmdir (dir);
}

int
LLVMFuzzerInitialize (int *argc, char ***argv)
{
  g_autoptr (GError) error = NULL;
  int null = open ("/dev/null", O_RDWR | O_CLOEXEC);

  g_assert_cmpint (null, ==, SD_LISTEN_FDS_START);
  g_log_set_writer_func (on_log, NULL, NULL);
  dir = g_dir_make_tmp ("offhook-fuzz-XXXXXX", NULL);
  bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (bus);
  g_setenv ("DBUS_SYSTEM_BUS_ADDRESS", g_test_dbus_get_bus_address (bus), TRUE);
  connection = g_bus_get_sync (G_BUS_TYPE_SYSTEM, NULL, &error);
  g_assert_no_error (error);
  atexit (clean_up);
  return 0;
}
