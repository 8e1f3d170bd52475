// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "daemon/at/channel.h"
#include "daemon/event.h"
#include "daemon/request.h"
#include "daemon/service.h"

typedef struct _OhModem OhModem;

/* How a call is to be made. */
typedef enum
{
  OH_CLIR_DEFAULT, /* as the network or the line has it */
  OH_CLIR_HIDE,    /* the other side is not told our number */
  OH_CLIR_SHOW,
} OhClir;

typedef struct
{
  OhClir clir;
  gboolean partial; /* more digits follow: the far end is not waited for (V.250 6.3.1.1 ";") */
} OhDialOptions;

/* What only cellular modems can: the methods of Line.Cellular. A request that asks for something is
 * settled with the method's reply as its result. */
typedef struct
{
  /* Digits; the SIM wants the one or the other. */
  void (*enter_pin) (OhModem *modem, const char *pin, OhRequest *request);
  void (*enter_puk) (OhModem *modem, const char *puk, const char *new_pin, OhRequest *request);
  void (*get_identity) (OhModem *modem, OhRequest *request);     /* "(a{sv})" */
  void (*get_call_waiting) (OhModem *modem, OhRequest *request); /* "(b)" */
  void (*set_call_waiting) (OhModem *modem, gboolean enabled, OhRequest *request);
  /* One of the first four conditions. */
  void (*get_forwarding) (OhModem *modem, OhForward condition, OhRequest *request); /* "(a{sv})" */
  /* @number NULL: no more; else digits with or without "+". @seconds 0: as the network has it. */
  void (*set_forwarding) (OhModem *modem, OhForward condition, const char *number, guint seconds,
                          OhRequest *request);
  /* Begins a session, or answers in it; @text is oh_ussd_is_sendable(). "(sb)" */
  void (*send_ussd) (OhModem *modem, const char *text, OhRequest *request);
  /* Who waits for an answer gets OH_ERROR_CANCELLED. */
  void (*cancel_ussd) (OhModem *modem, OhRequest *request);
} OhNetworkFuncs;

/* What only landline modems can: the methods of Line.Landline. */
typedef struct
{
  void (*set_gain) (OhModem *modem, guint receive, guint transmit, OhRequest *request);
  void (*set_route) (OhModem *modem, guint route, OhRequest *request);
  void (*flash) (OhModem *modem, OhRequest *request); /* in a call */
} OhLandlineFuncs;

/* What a kind of modem can do, at the level of calls. A member left NULL answers NotSupported by
 * itself. The functions report through oh_modem_emit(); a request is settled when the modem took
 * it, not when the far end did. A driver keeps what it knows in oh_modem_get_state(). */
typedef struct
{
  const char *name;
  const char *kind;     /* "landline" or "cellular" */
  const char *dialable; /* the characters that dial() takes */
  const char *const *features;
  gsize state_size; /* of the private state; zeroed whenever a device arrives */

  /* For modems on a port; a driver that needs none leaves these out. */
  OhLexerMode lexer_mode;
  const char *probe; /* a command that does no harm on any modem */
  gboolean (*is_mine) (const OhReply *reply);
  /* Asked where no driver knows its modem: one that waits for its SIM's code may refuse @probe.
   * NULL: nothing. */
  const char *locked_probe;
  gboolean (*is_locked) (const OhReply *reply);
  const char *reset; /* for one that does not answer; NULL: nothing may help */
  void (*line) (OhModem *modem, const char *line);
  void (*code) (OhModem *modem, guint8 code);

  /* The modem is there, or answers again after being mute: tell it all that it must know, find
   * its calls, emit its state. */
  void (*start) (OhModem *modem);
  /* The daemon was started again and has the state that this driver had: its pointers and timers
   * are dead, the modem has not been told anything, and a command may be in flight
   * (oh_channel_get_running()). Instead of start(). NULL: start(). */
  void (*resume) (OhModem *modem);
  /* The machine has slept: look whether the calls are what they were and tell of each, also if it
   * is news to nobody; the modem may have lost all that it was told. @reopened: the port was closed
   * meanwhile or hung up, and the state is as in resume(). NULL: start() when it was reopened, else
   * nothing.
   */
  void (*wake) (OhModem *modem, gboolean reopened);
  /* It is gone, or we are to let go of it: stop timers. Its calls are ended by the line. */
  void (*stop) (OhModem *modem);

  /* @number has been checked against dialable. @call is new. */
  void (*dial) (OhModem *modem, guint call, const char *number, const OhDialOptions *options,
                OhRequest *request);
  void (*answer) (OhModem *modem, guint call, OhRequest *request);
  /* Also aborts a dial() or answer() under way. */
  void (*drop) (OhModem *modem, guint call, OhRequest *request);
  /* @call may have it now, as far as the states of all calls tell; @number NULL but for one that
   * takes a number, which has been checked. HOLD_AND_ANSWER is answer(). */
  void (*service) (OhModem *modem, OhService service, guint call, const char *number,
                   OhRequest *request);
  /* @duration_ms 0: as the modem has it. */
  void (*send_digit) (OhModem *modem, guint call, char digit, guint duration_ms,
                      OhRequest *request);
  /* One or two frequencies of 200 to 3200 Hz, the second 0 if there is one; is done when they have
   * sounded. */
  void (*tone) (OhModem *modem, guint call, const guint *hz, guint duration_ms, OhRequest *request);
  const OhNetworkFuncs *network;   /* NULL: it has no SIM */
  const OhLandlineFuncs *landline; /* NULL: it is none */
} OhDriver;

/* All drivers in probing order, NULL at the end. */
const OhDriver *const *oh_driver_list (void);

/* NULL when there is none of that name. */
const OhDriver *oh_driver_find (const char *name);

gboolean oh_driver_has_feature (const OhDriver *driver, const char *feature);
