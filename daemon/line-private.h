// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "daemon/auth.h"
#include "daemon/call-table.h"
#include "daemon/handle-options.h"
#include "daemon/line-cellular.h"
#include "daemon/line-landline.h"
#include "daemon/line.h"
#include "daemon/port-watch.h"
#include "daemon/store.h"

/* What the files of the line share: line.c (the device, what the modem says), line-calls.c
 * (calls), line-device.c and line-health.c (the device), line-handles.c (handles), line-owners.c
 * (whose calls they are), line-requests.c (what clients ask of the modem). */

#define OH_LINE_PARTS 13 /* line-restart.c has the type */

/* What is tried with a modem that does not answer. */
typedef enum
{
  OH_STEP_NONE, /* it does */
  OH_STEP_REOPEN,
  OH_STEP_RESET,
} OhStep;

struct _OhLine
{
  OhDbusLineSkeleton parent_instance;

  OhBus *bus;
  char *id, *path, *device;
  OhLineConfig *config; /* as it is to be; what it was made of is below */
  OhModem *modem;
  OhLineCellular *cellular; /* NULL: it is none, as far as is known */
  OhLineLandline *landline; /* likewise */
  OhLineState state;
  OhPortWatch *watch; /* while the device is not there */
  char *trouble;      /* why it failed, for the administrator; NULL: it did not */
  gboolean placed;    /* the manager says where the device is: oh_line_place() */
  guint retry, retry_ms;
  OhStep step;
  gint64 mute_since;
  guint recovery;  /* the next step */
  guint move;      /* to another device: the idle that does it, and */
  gboolean moves;  /* once the last call has ended */
  gboolean dozing; /* the machine is about to sleep, or just awake: the device may be hung up */
  gboolean asleep; /* it was let go of, and is not opened before the machine is awake */
  guint wake;      /* it is: calls are looked at, or soon given up */

  GPtrArray *calls; /* of OhCall, oldest first */
  guint last_call;
  char ring_pattern[16]; /* of the call that rings */
  guint aborted; /* the driver's number of a call whose dialling was given up: nobody hears of it */
  GHashTable *endings; /* OhCall -> its timer, while an ended one is kept */

  GPtrArray *handles; /* of OhHandle, in the order in which they were opened */
  OhOwnerSettings owner;
  OhKeeper *keeper; /* NULL: not exported */
  OhModemSettings settings;
  OhLineOrigin origin;
  GVariant *saved;                /* NULL, or what is still to be taken up */
  GVariant *parts[OH_LINE_PARTS]; /* of the state, as they were made last; NULL: they change */
  guint owners_due;               /* handles went: who owns the calls is to be looked at */
  OhCall *changing;               /* the event that is being taken in will tell of it */
  GPtrArray *requests;            /* of OhPending */
  guint64 n_events, n_reopens, n_resets, n_overflows, n_unresponsive;
};

/* line.c */
void oh_line_set_state (OhLine *line, OhLineState state, const char *reason);
/* @text: what is to be logged of it, or NULL. */
void oh_line_set_health (OhLine *line, OhHealthState health, const char *reason, const char *text);
/* Floating, "a{st}"; else without those that are 0. */
GVariant *oh_line_get_counters (OhLine *line, gboolean all);
/* What depends on the modem is not known any more. */
void oh_line_forget_modem (OhLine *line);

/* line-device.c */
void oh_line_on_lost (gpointer line);
void oh_line_on_busy_changed (OhLine *line);
void oh_line_lose_device (OhLine *line);
void oh_line_retry_later (OhLine *line);
void oh_line_end_waiting (OhLine *line); /* for it or anything */
void oh_line_rest (OhLine *line);        /* without its device, which is closed, until */
void oh_line_begin_again (OhLine *line);

/* line-health.c */
void oh_line_take_health (OhLine *line, const OhEvent *event);
void oh_line_resume_health (OhLine *line); /* its modem is there, and was being recovered */
void oh_line_climb (OhLine *line, const GError *error); /* a step did not help */
const char *oh_line_explain (OhLine *line, const GError *error, char **ret_text);

/* line-calls.c */
void oh_line_take_call_event (OhLine *line, const OhEvent *event);
void oh_line_take_ring (OhLine *line, const OhEvent *event);
void oh_line_take_party (OhLine *line, const OhEvent *event);
void oh_line_take_digit (OhLine *line, const OhEvent *event);
void oh_line_take_tone (OhLine *line, const OhEvent *event);
OhCall *oh_line_find_call (OhLine *line, guint modem_call);
OhCall *oh_line_make_call (OhLine *line, const OhEvent *event);
void oh_line_announce_call (OhLine *line, OhCall *call);
void oh_line_end_calls (OhLine *line, OhReason reason); /* the modem is lost */
void oh_line_doubt_calls (OhLine *line);                /* it is not there to be asked */
void oh_line_forget_calls (OhLine *line);

/* line-handles.c */
void oh_line_tell (OhLine *line, OhKind kind,
                   OhCall *call); /* what the kind says of @call or the line */
void oh_line_tell_peers (OhLine *line, OhKind kind, OhCall *call, OhPeer *one, OhPeer *other);
extern const OhHandleFuncs oh_line_handle_funcs;
void oh_line_release_handles (OhLine *line, OhClosed why);
void oh_line_handles_iface_init (OhDbusLineIface *iface);

/* line-owners.c */
OhPeer *oh_line_find_peer (OhLine *line, const char *name);        /* with a handle; else NULL */
void oh_line_find_owner (OhLine *line, OhCall *call);              /* of an unsolicited one (H25) */
void oh_line_take_call (OhLine *line, OhCall *call, OhPeer *peer); /* nobody's if no handle (H26) */
/* @listened, @keep: whether it had a handle, and what that wanted, when it asked. */
void oh_line_take_answered (OhLine *line, OhCall *call, OhPeer *peer, gboolean listened,
                            gboolean keep);
gboolean oh_line_wants_kept (OhLine *line, OhPeer *peer);
/* Those that have nobody else; they are returned, not owned. */
GPtrArray *oh_line_adopt_calls (OhLine *line, OhHandle *handle);
void oh_line_look_after_calls (OhLine *line); /* an owner may be gone (H28) */
void oh_line_disown_call (OhCall *call);

/* line-log.c: what the journal is told, after the clients were */
void oh_line_log_state (OhLine *line, OhLineState before);
void oh_line_log_health (OhLine *line, const char *reason_before, const char *text);
void oh_line_log_call_began (OhLine *line, OhCall *call);
void oh_line_log_call_ended (OhLine *line, OhCall *call);
void oh_line_log_release (OhLine *line, OhHandle *handle, OhClosed why);
/* line-restart.c */
void oh_line_forget_parts (OhLine *line); /* they are others now */
void oh_line_keep_port (OhLine *line);    /* with the service manager */

/* For line-restart.c. */
#define OH_DIALS_TYPE                                                                              \
  "a(uss)" /* those whose reply is owed: number at the driver, number, caller                      \
            */
GVariant *oh_line_save_dials (OhLine *line);
void oh_line_take_back_call (OhLine *line, OhCall *call);
void oh_line_own_again (OhLine *line, OhCall *call, OhPeer *peer);

/* line-services.c */
OhCallCounts oh_line_get_counts (OhLine *line);
gboolean oh_line_has_feature (OhLine *line, const char *feature);
void oh_line_update_features (OhLine *line); /* of all calls: what each may have */
void oh_line_settle_service (OhLine *line, const OhEvent *event); /* that is about to be taken in */
void oh_line_services_iface_init (OhDbusLineIface *iface);

/* line-requests.c */
gboolean oh_line_is_dialable (OhLine *line, const char *number);
GError *oh_line_undialable (OhLine *line);
gboolean oh_line_is_emergency (OhLine *line, const char *number);
void oh_line_let_go (OhLine *line, OhCall *call); /* hangs up; nobody has asked */
gboolean oh_line_settle_by_event (OhLine *line,
                                  const OhEvent *event); /* FALSE: the event is used up */
void oh_line_fail_requests (OhLine *line, int code, const char *text);
gboolean oh_line_is_answering (OhLine *line, OhCall *call);
void oh_line_requests_iface_init (OhDbusLineIface *iface);
