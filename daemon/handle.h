// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "daemon/pack.h"
#include "daemon/peer.h"

/* One handle: a connection's listener path on one line. What is delivered to it, in order, none
 * lost, none doubled (design rules H1-H5, H17-H24). */

typedef struct _OhCall OhCall;

/* The kinds of Listener.Event. */
typedef enum
{
  OH_KIND_NEW_CALL,
  OH_KIND_CALL_STATE,
  OH_KIND_CALL_INFO,
  OH_KIND_RINGING,
  OH_KIND_LINE_STATE,
  OH_KIND_HEALTH,
  OH_KIND_DIGIT,
  OH_KIND_GENERATE,
  OH_KIND_USSD,
  OH_KIND_TONE,
  OH_KIND_GATHER,
  OH_N_KINDS,
} OhKind;

#define OH_KINDS_ALL ((1u << OH_N_KINDS) - 1)

const char *oh_kind_name (OhKind kind);

/* The set of @names, those that cannot be masked included; FALSE when one is no kind. */
gboolean oh_kinds_parse (const char *const *names, guint *ret_kinds, GError **error);

/* Why a handle closed. */
typedef enum
{
  OH_CLOSED_BY_CLIENT, /* Close, or the connection went */
  OH_CLOSED_REFUSED,   /* it has no listener there */
  OH_CLOSED_REMOVED,
  OH_CLOSED_SHUTDOWN,
  OH_CLOSED_UNRESPONSIVE,
  OH_CLOSED_OVERFLOW,
} OhClosed;

typedef struct
{
  void (*voided) (OhHandle *handle, OhClosed why, gpointer user_data); /* once */
  /* What is to be kept of it is another now; @lazily: it may be lost. */
  void (*touched) (OhHandle *handle, gboolean lazily, gpointer user_data);
} OhHandleFuncs;

typedef struct _OhHandleOptions OhHandleOptions; /* handle-options.h */

OhHandle *oh_handle_new (OhPeer *peer, const char *path, const char *line_path,
                         const OhHandleOptions *options, const OhHandleFuncs *funcs,
                         gpointer user_data);
/* What is kept of it over a restart, without its events. The handle made of that goes on with its
 * serials, and accepts one Open (H2). */
#define OH_HANDLE_TYPE "(s(ubibb)tb)"
void oh_handle_pack (OhHandle *handle, OhPack *pack);
OhHandle *oh_handle_restore (OhPeer *peer, const char *line_path, GVariant *saved,
                             const OhHandleFuncs *funcs, gpointer user_data);
gboolean oh_handle_is_inherited (OhHandle *handle);

/* As opened anew: with other options, and without what is queued. */
void oh_handle_open_again (OhHandle *handle, const OhHandleOptions *options);

OhHandle *oh_handle_ref (OhHandle *handle);
void oh_handle_unref (OhHandle *handle);

OhPeer *oh_handle_get_peer (OhHandle *handle);
const char *oh_handle_get_path (OhHandle *handle);
const char *oh_handle_get_line_path (OhHandle *handle);
guint64 oh_handle_get_serial (OhHandle *handle);
guint oh_handle_get_queued (OhHandle *handle);
gboolean oh_handle_is (OhHandle *handle, const char *peer_name, const char *path);
gboolean oh_handle_sees_party (OhHandle *handle);

/* Something was told without the party, which is owed if the permission comes. */
gboolean oh_handle_has_missed (OhHandle *handle);
void oh_handle_set_missed (OhHandle *handle, gboolean missed);

/* It may be given no unsolicited calls any more. */
void oh_handle_demote (OhHandle *handle);

const OhHandleOptions *oh_handle_get_options (OhHandle *handle);
void oh_handle_set_kinds (OhHandle *handle, guint kinds);

/* Queues an event. @call NULL: none. @details: a{sv}, floating or not. */
void oh_handle_deliver (OhHandle *handle, OhKind kind, OhCall *call, GVariant *details);

gboolean oh_handle_is_closed (OhHandle *handle);

/* Nothing is sent any more. */
void oh_handle_close (OhHandle *handle);

/* Release now, in place of what is queued. */
void oh_handle_release (OhHandle *handle, OhClosed why);

/* Release("removed") behind what is queued. Its line need not live that long: it hears no more of
 * it. */
void oh_handle_release_last (OhHandle *handle);

/* For delivery: the handle is void, @why is to be told to its line only. */
void oh_handle_void (OhHandle *handle, OhClosed why);
/* It is another now, and oh_handle_get_saved() NULL. */
void oh_handle_touch (OhHandle *handle);
void oh_handle_touch_lazily (OhHandle *handle);

/* What its line has made of it, and of what waits for it. */
GBytes *oh_handle_get_saved (OhHandle *handle);
void oh_handle_set_saved (OhHandle *handle, GBytes *saved); /* takes it */
guint64 oh_handle_next_serial (OhHandle *handle);
void oh_handle_add_queued (OhHandle *handle, int n);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (OhHandle, oh_handle_unref)
