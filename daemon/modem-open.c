// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>

#include "daemon/error.h"
#include "daemon/modem-private.h"

/* From a device to a modem that is known: whether something answers there, and which driver it is.
 */

#define ALIVE_MS 1500
#define PROBE_MS 3000
#define NOT_READY_MS 500 /* that the terminal is not ready, for a modem to see it */
#define RESET_LOOKS 6    /* after a reset it may take so long to answer again */

static void
start (OhModem *modem)
{
  gboolean slept = modem->kept != NULL;

  modem->state = slept ? g_steal_pointer (&modem->kept) : g_malloc0 (modem->driver->state_size);
  modem->started = TRUE;
  if (modem->channel != NULL)
    oh_channel_set_mode (modem->channel, modem->driver->lexer_mode);
  if (slept && modem->driver->wake != NULL)
    modem->driver->wake (modem, TRUE);
  else
    modem->driver->start (modem);
}

static void
settle_opening (OhModem *modem, const GError *error)
{
  g_autoptr (OhRequest) request = g_steal_pointer (&modem->opening);

  if (request == NULL)
    return;
  if (error != NULL)
    oh_modem_close (modem);
  else
    start (modem);
  oh_request_fail_with (request, error);
}

static void
on_identified (OhModem *modem)
{
  settle_opening (modem, NULL);
}

/* The driver is known. */
static void
know_driver (OhModem *modem)
{
  if (modem->wants_id && modem->driver->network != NULL)
    oh_modem_ask_id (modem, on_identified);
  else
    settle_opening (modem, NULL);
}

static void begin_probing (OhModem *modem, gboolean asks_locked);
static void probe_next (OhModem *modem);

static void
on_probed (const OhReply *reply, gpointer user_data)
{
  OhModem *modem = user_data;
  const OhDriver *driver = *modem->candidate;

  if (modem->opening == NULL)
    return;
  if (reply->error == NULL
      && (modem->asks_locked ? driver->is_locked (reply) : driver->is_mine (reply)))
    {
      modem->driver = driver;
      know_driver (modem);
      return;
    }
  modem->candidate++;
  probe_next (modem);
}

/* What the candidate is asked; NULL: nothing. */
static const char *
get_probe (OhModem *modem)
{
  return modem->asks_locked ? (*modem->candidate)->locked_probe : (*modem->candidate)->probe;
}

static void
probe_next (OhModem *modem)
{
  OhCommand how = { .prefix = "",
                    .limit_ms = PROBE_MS,
                    .flags = OH_COMMAND_PROBE,
                    .func = on_probed,
                    .user_data = modem };

  while (*modem->candidate != NULL && get_probe (modem) == NULL)
    modem->candidate++;
  if (*modem->candidate != NULL)
    oh_modem_send (modem, get_probe (modem), &how);
  else if (!modem->asks_locked)
    begin_probing (modem, TRUE);
  else
    {
      g_autoptr (GError) error
          = g_error_new (OH_ERROR, OH_ERROR_NOT_SUPPORTED,
                         "A modem answers, but no driver can place voice calls with it");

      settle_opening (modem, error);
    }
}

static void
begin_probing (OhModem *modem, gboolean asks_locked)
{
  modem->asks_locked = asks_locked;
  modem->candidate = oh_driver_list ();
  probe_next (modem);
}

static void
ask (OhModem *modem, const char *text, guint tries, OhReplyFunc func)
{
  OhCommand how = { .limit_ms = ALIVE_MS,
                    .tries = tries,
                    .flags = OH_COMMAND_PROBE,
                    .func = func,
                    .user_data = modem };

  oh_channel_send (modem->channel, text, &how);
}

/* What came in place of an answer. */
static const char *
describe_silence (OhModem *modem)
{
  const OhChannelHeard *heard = oh_channel_get_heard (modem->channel);

  if (heard->bytes == 0)
    return "Nothing answers there as a modem";
  if (heard->echoes > 0 && heard->lines == 0)
    return "It sends back what it is sent, and does not answer: that is no modem";
  if (heard->sentences > 0)
    return "It sends positions (NMEA) and does not answer: that is a satellite receiver";
  return "It sends, but does not answer as a modem";
}

static void on_alive (const OhReply *reply, gpointer user_data);

static void
on_roused (const OhReply *reply, gpointer user_data)
{
  OhModem *modem = user_data;

  if (modem->opening != NULL && modem->channel != NULL)
    ask (modem, OH_SIGN_OF_LIFE, 2, on_alive);
}

static void
on_alive (const OhReply *reply, gpointer user_data)
{
  OhModem *modem = user_data;

  if (modem->opening == NULL)
    return;
  if (g_error_matches (reply->error, OH_ERROR, OH_ERROR_TIMEOUT) && !modem->roused)
    {
      modem->roused = TRUE;
      ask (modem, OH_END_OF_STREAM, 1, on_roused);
    }
  else if (g_error_matches (reply->error, OH_ERROR, OH_ERROR_NO_DEVICE))
    settle_opening (modem, reply->error);
  else if (reply->error != NULL)
    {
      g_autoptr (GError) error
          = g_error_new_literal (OH_ERROR, OH_ERROR_NOT_RESPONDING, describe_silence (modem));

      settle_opening (modem, error);
    }
  else if (modem->driver != NULL)
    know_driver (modem);
  else
    begin_probing (modem, FALSE);
}

static void
on_reset (const OhReply *reply, gpointer user_data)
{
  OhModem *modem = user_data;

  if (modem->opening != NULL && modem->channel != NULL)
    ask (modem, OH_SIGN_OF_LIFE, RESET_LOOKS, on_alive);
}

/* V.250 circuit 108: what a modem is set to do when it falls is to hang up or to reset. */
static gboolean
on_terminal_ready (gpointer user_data)
{
  OhModem *modem = user_data;

  modem->reset_timer = 0;
  oh_port_set_ready (modem->port, TRUE);
  ask (modem, modem->driver->reset, 1, on_reset);
  return G_SOURCE_REMOVE;
}

static void
begin (OhModem *modem)
{
  modem->roused = FALSE;
  if (!modem->resets || modem->driver == NULL || modem->driver->reset == NULL)
    {
      ask (modem, OH_SIGN_OF_LIFE, 1, on_alive);
      return;
    }
  modem->resets = FALSE;
  oh_port_set_ready (modem->port, FALSE);
  modem->reset_timer = g_timeout_add (NOT_READY_MS, on_terminal_ready, modem);
}

void
oh_modem_open (OhModem *modem, const char *device, OhRequest *request)
{
  g_autoptr (GError) error = NULL;
  int fd = -1;

  modem->opening = oh_request_ref (request);
  if (modem->driver != NULL && modem->driver->probe == NULL)
    {
      settle_opening (modem, NULL); /* needs no port */
      return;
    }
  modem->port = oh_port_open (device, &error);
  if (modem->port != NULL)
    fd = oh_port_dup_fd (modem->port);
  if (modem->port != NULL && fd < 0)
    error = g_error_new (OH_ERROR, OH_ERROR_FAILED, "%s: %s", device, g_strerror (errno));
  if (error != NULL)
    {
      settle_opening (modem, error);
      return;
    }
  modem->channel
      = oh_channel_new (fd, OH_LEXER_TEXT, &oh_modem_channel_funcs, modem, &modem->counters);
  begin (modem);
}

void
oh_modem_reset (OhModem *modem, const char *device, OhRequest *request)
{
  modem->resets = TRUE;
  oh_modem_open (modem, device, request);
}
