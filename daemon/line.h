// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "daemon/call.h"
#include "daemon/config.h"
#include "daemon/handle.h"

/* One line: the D-Bus object, its calls and handles, and the one writer of their state. It outlives
 * its device (H7). */
#define OH_TYPE_LINE (oh_line_get_type ())
G_DECLARE_FINAL_TYPE (OhLine, oh_line, OH, LINE, OhDbusLineSkeleton)

/* How it has come to be there. */
typedef enum
{
  OH_LINE_CONFIGURED,
  OH_LINE_ADDED,     /* by AddLine */
  OH_LINE_ANNOUNCED, /* by a udev rule */
} OhLineOrigin;

/* @config without an alias: oh_line_set_id() before it is exported. Without a device: it is where
 * oh_line_place() says. */
OhLine *oh_line_new (OhBus *bus, const OhLineConfig *config);

const char *oh_line_get_path (OhLine *line);
const char *oh_line_get_id (OhLine *line);
const char *oh_line_get_device (OhLine *line);
OhModem *oh_line_get_modem (OhLine *line);
const OhLimits *oh_line_get_limits (OhLine *line);

/* Opens the device; @request is done when the modem is known. */
void oh_line_open_device (OhLine *line, OhRequest *request);

/* Once it is: shows what kind it is. */
void oh_line_show_modem (OhLine *line);

/* From now on the store has what is true of the line: of one that is exported. */
void oh_line_keep (OhLine *line);
void oh_line_set_id (OhLine *line, const char *id);
void oh_line_set_origin (OhLine *line, OhLineOrigin origin);
OhLineOrigin oh_line_get_origin (OhLine *line);
const OhLineConfig *oh_line_get_config (OhLine *line);

/* Its device is there, as @node: it is opened if it is not open. */
void oh_line_place (OhLine *line, const char *node);
void oh_line_try_now (OhLine *line);       /* what is to be tried again later */
gboolean oh_line_is_placed (OhLine *line); /* and else finds it itself */

gboolean oh_line_has_device (OhLine *line);     /* open, or about to be */
const char *oh_line_get_trouble (OhLine *line); /* why it is not; NULL: nothing is known */

/* From now on it is as @config says; another device is taken when no call is left. */
void oh_line_reconfigure (OhLine *line, const OhLineConfig *config);
void oh_line_move (OhLine *line);          /* to the device that its configuration names */
gboolean oh_line_is_moving (OhLine *line); /* there */

/* Its state or one of its calls is another now: the next daemon is to know. */
void oh_line_touch (OhLine *line);

/* What a daemon before has left of the line @id: an oh_line_type. */
extern const char oh_line_type[];
char *oh_line_format (void); /* for the store */
OhLineOrigin oh_line_saved_origin (GVariant *saved);
OhLineConfig *oh_line_saved_config (const char *id, GVariant *saved);

/* Takes its calls and handles back, and goes on with the modem. FALSE: the port was not kept, the
 * calls are over, and the device is to be opened as at first. */
gboolean oh_line_resume (OhLine *line, GVariant *saved);

/* Opens it, and whatever goes wrong is shown in State, and tried again. */
void oh_line_begin (OhLine *line);

/* The machine goes to sleep, and has slept. A device that does not survive that is let go of
 * meanwhile and found again; its calls are unknown until then. */
void oh_line_sleep (OhLine *line, gboolean survives);
void oh_line_wake (OhLine *line);

/* Releases the handles, answers what is unanswered, lets go of the device. The object is of no use
 * then. */
void oh_line_end (OhLine *line, OhClosed why);

/* Its calls are the modem's when the daemon is stopped: nothing ends them. */
gboolean oh_line_keeps_calls (OhLine *line);

/* Ends all calls; @request NULL: nobody waits. */
void oh_line_hang_up (OhLine *line, OhRequest *request);

/* NULL: its modem can be asked. */
GError *oh_line_refuse (OhLine *line);

gboolean oh_line_has_calls (OhLine *line);
guint oh_line_count_calls (OhLine *line); /* that have not ended */
gboolean oh_line_is_busy (OhLine *line);  /* with a call, or dialling: signal "busy-changed" */

/* The N of the path of its Nth call; 0: @path is none of a call of this line. */
guint oh_line_number_of_call (OhLine *line, const char *path);

/* For calls: what a client asks of @call. @peer and @invocation are authorised; they answer
 * @invocation. */
/* @service: as which it was asked for; OH_N_SERVICES: Call.Answer */
void oh_line_answer (OhLine *line, OhCall *call, OhService service, OhPeer *peer,
                     GDBusMethodInvocation *invocation);
/* @call NULL: whichever can have it. */
void oh_line_serve (OhLine *line, OhService service, OhCall *call, OhPeer *peer,
                    GDBusMethodInvocation *invocation);
void oh_line_drop (OhLine *line, OhCall *call, OhPeer *peer, GDBusMethodInvocation *invocation);
void oh_line_ignore (OhLine *line, OhCall *call);
void oh_line_take_ownership (OhLine *line, OhCall *call, OhPeer *peer,
                             GDBusMethodInvocation *invocation);
void oh_line_hand_off (OhLine *line, OhCall *call, OhPeer *from, const char *name,
                       GDBusMethodInvocation *invocation);
gboolean oh_line_has_handle_of (OhLine *line, OhPeer *peer);

/* The decision about @action of a peer with handles was made again. */
void oh_line_take_permission (OhLine *line, OhPeer *peer, OhAuthAction action);

/* Sends an event to the handles of the connection @peer_name only. */
void oh_line_tell_peer (OhLine *line, const char *peer_name, OhKind kind, OhCall *call,
                        GVariant *details);
