// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "daemon/driver.h"

/* One modem as its line and its driver see it: a channel while the device is there, the driver's
 * state, the way of events upwards. Lives as long as the line. */

typedef struct
{
  /* May unref the modem. */
  void (*event) (const OhEvent *event, gpointer user_data);
  /* Without any event, what oh_modem_save() returns is another now. */
  void (*changed) (gpointer user_data);
  /* The device is gone; no call of the modem's is left. */
  void (*lost) (gpointer user_data);
} OhModemFuncs;

typedef struct
{
  guint ring_timeout_ms; /* after the first ring, where the modem does not tell; 0: as the country
                            has it */
  OhClir clir;           /* of calls that do not say */
  char pin[9];           /* of the SIM; "": none */
  char country[3];       /* ISO 3166; "": the modem's own */
  char own_number[81];   /* of a landline; "": not known */
  gboolean pulse;        /* dial so */
  gboolean blind;        /* without a dial tone */
  gboolean flash;        /* the exchange offers a second call, and takes hook flashes */
  gboolean screen;       /* a call is refused by answering it and hanging up */
  guint ussd_timeout_ms; /* until the network's answer is not waited for any more */
} OhModemSettings;

#define OH_RING_TIMEOUT_MS 8000
#define OH_USSD_TIMEOUT_MS 60000

/* @driver NULL: to be found by probing. */
OhModem *oh_modem_new (const OhDriver *driver, const OhModemSettings *settings,
                       const OhModemFuncs *funcs, gpointer user_data);
void oh_modem_free (OhModem *modem);

/* Opens @device, finds the driver if need be and starts it; @request is done then. Errors:
 * NO_DEVICE, BUSY, NOT_RESPONDING, G_DBUS_ERROR_INVALID_ARGS when it is no terminal. */
void oh_modem_open (OhModem *modem, const char *device, OhRequest *request);

/* The same, and a modem of a known driver is reset first: its calls end. */
void oh_modem_reset (OhModem *modem, const char *device, OhRequest *request);

/* It is asked for its IMEI when it is opened; after that "imei-" and 8 hexadecimal digits that
 * are the same for the same modem, or "". */
void oh_modem_want_id (OhModem *modem);
const char *oh_modem_get_id (OhModem *modem);

/* Settings and driver as they are from now on; the driver is that of the next opening. */
void oh_modem_configure (OhModem *modem, const OhModemSettings *settings);
void oh_modem_set_driver (OhModem *modem, const OhDriver *driver);

/* Asks it whether it lives, unless it has said something since the last time. */
void oh_modem_probe (OhModem *modem);

/* What it is to go on with after a restart, with the port; NULL when it is not open. It holds the
 * memory of driver and lexer as it is, which only a daemon with the same sources of these can go on
 * with: it has their OH_MODEM_BUILD. After an upgrade that changes them the calls of the line are
 * over, its handles are not, and the modem is opened as at first. */
#define OH_MODEM_TYPE "(ssuay" OH_CHANNEL_TYPE ")"
GVariant *oh_modem_save (OhModem *modem);

/* Goes on as @saved says, on the port's descriptor @fd (-1: needs none), which it takes. FALSE, and
 * @fd is closed, when @saved is another driver's or another build's. */
gboolean oh_modem_restore (OhModem *modem, const char *device, int fd, GVariant *saved);

/* The port's, for the service manager to keep; -1: none is open. */
int oh_modem_get_fd (OhModem *modem);

/* Lets go of the device, without a word to the modem. */
void oh_modem_close (OhModem *modem);

/* The same, and the driver knows its calls still when the device is opened again; unless that comes
 * too late: oh_modem_forget(). A modem that dozes does so if its device goes. */
void oh_modem_sleep (OhModem *modem);
void oh_modem_set_dozing (OhModem *modem, gboolean dozing);
void oh_modem_forget (OhModem *modem);

/* Who listens to the voice that is received, until NULL. */
typedef void (*OhVoiceFunc) (const guint8 *samples, gsize n, gpointer user_data);
void oh_modem_set_voice (OhModem *modem, OhVoiceFunc func, gpointer user_data);

/* The machine has slept, and the port stayed open. */
void oh_modem_wake (OhModem *modem);

gboolean oh_modem_is_open (OhModem *modem);
gboolean oh_modem_is_opening (OhModem *modem);
gboolean oh_modem_is_stuck (OhModem *modem); /* as a channel is */
const OhDriver *oh_modem_get_driver (OhModem *modem);
const OhChannelCounters *oh_modem_get_counters (OhModem *modem);

/* For drivers. */
gpointer oh_modem_get_state (OhModem *modem);
const OhModemSettings *oh_modem_get_settings (OhModem *modem);
OhChannel *oh_modem_get_channel (OhModem *modem);
void oh_modem_send (OhModem *modem, const char *text, const OhCommand *how);
void oh_modem_emit (OhModem *modem, const OhEvent *event);
guint oh_modem_next_call (OhModem *modem);

/* Sends each of @texts (NULL at the end), whatever the answers. */
void oh_modem_tell (OhModem *modem, const char *const *texts);

/* Asks +CGMI, +CGMM and +CGMR with @prefix "+C", or +GMI... with "+", and emits OH_EVENT_MODEM.
 * Then calls @then, if it is not NULL and the device is still there. */
void oh_modem_identify (OhModem *modem, const char *prefix, void (*then) (OhModem *modem));

/* What it said then; "" before. */
const char *oh_modem_get_manufacturer (OhModem *modem);
const char *oh_modem_get_model (OhModem *modem);

/* The error of a D-Bus request whose command ended so. */
void oh_modem_settle (OhRequest *request, const OhReply *reply);

/* What a driver's command is about, for as long as the command runs. */
typedef struct
{
  OhModem *modem;
  guint call;
  OhRequest *request; /* NULL: nobody waits */
} OhJob;

OhJob *oh_job_new (OhModem *modem, guint call, OhRequest *request);
/* Of a command that an earlier daemon sent: nobody waits, and the call has been told of. */
OhJob *oh_job_new_orphan (OhModem *modem, guint call);
void oh_job_free (OhJob *job);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (OhJob, oh_job_free)
