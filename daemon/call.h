// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "daemon/bus.h"
#include "daemon/event.h"
#include "daemon/pack.h"
#include "daemon/peer.h"
#include "dbus/offhook-dbus.h"

/* One call: the D-Bus object. Its line is the only one to change it. */
#define OH_TYPE_CALL (oh_call_get_type ())
G_DECLARE_FINAL_TYPE (OhCall, oh_call, OH, CALL, OhDbusCallSkeleton)

typedef struct _OhLine OhLine;

/* @modem_call: the driver's number of it. @event: its first. */
OhCall *oh_call_new (OhBus *bus, OhLine *line, const char *path, const OhEvent *event);

/* What is kept of it over a restart, and the call made of that. Its owner is the line's to find. */
#define OH_CALL_TYPE "(s(uuuuuu)bsbb(xxxx)(sssssuub)(ssbbbb)asa(sussuu))"
void oh_call_pack (OhCall *call, OhPack *pack);
/* NULL when @saved cannot have been a call of @line's. */
OhCall *oh_call_restore (OhBus *bus, OhLine *line, GVariant *saved);

const char *oh_call_get_path (OhCall *call);
guint oh_call_get_modem_call (OhCall *call);
OhCallState oh_call_get_state (OhCall *call);
OhMode oh_call_get_mode (OhCall *call);
gboolean oh_call_is_incoming (OhCall *call);

/* Sets the properties that follow from @event; FALSE when it changes nothing. */
gboolean oh_call_apply (OhCall *call, const OhEvent *event);

/* FALSE when nothing of it is new. */
gboolean oh_call_set_party (OhCall *call, const OhParty *party);

void oh_call_set_silenced (OhCall *call);
void oh_call_set_emergency (OhCall *call);

/* Sets Features, which depend on the driver too. */
void oh_call_set_features (OhCall *call, const char *const *features);

/* a{sv} for the snapshot and the events new-call, call-state, call-info. */
GVariant *oh_call_get_details (OhCall *call, gboolean with_party, gboolean owns);

/* Replaces such details by the same without what is personal. */
void oh_call_leave_out_party (GVariant **details);

/* The connection that dialled it may do with it what it likes. */
void oh_call_set_maker (OhCall *call, const char *peer_name, const char *number);
gboolean oh_call_is_maker (OhCall *call, const char *peer_name);

/* Who owns it; line-owners.c is the one writer. */
typedef struct
{
  OhPeer *peer;      /* NULL: nobody */
  gboolean taken;    /* somebody dialled, answered or took it: it was more than offered */
  gboolean answered; /* from here: it is not merely offered */
  gboolean keep;     /* it stays when its owner is lost */
  gboolean lost;     /* it had an owner, and nobody took its place */
  guint grace;       /* the time that is left to it then */
} OhOwner;

OhOwner *oh_call_get_owner (OhCall *call);

/* Digits heard go only to who asked (H30). */
void oh_call_monitor_digits (OhCall *call, const char *peer_name, gboolean on);
gboolean oh_call_is_monitored_by (OhCall *call, const char *peer_name);

GPtrArray *oh_call_get_gathers (OhCall *call); /* gather.h */

/* Somebody has still to be told of it: it stays readable (H16). */
void oh_call_pin (OhCall *call);
void oh_call_unpin (OhCall *call);
gboolean oh_call_is_pinned (OhCall *call);

/* The line has let go of the object; its methods answer UnknownObject from now on. */
void oh_call_retire (OhCall *call);

/* The digits being sent (H12); NULL when there are none. */
typedef struct _OhDigits OhDigits;
OhDigits *oh_call_get_digits (OhCall *call);
void oh_call_set_digits (OhCall *call, OhDigits *digits);
