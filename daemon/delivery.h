// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "daemon/handle.h"
#include "daemon/store.h"

/* The way of events to one connection: one queue for all its handles, one event in flight; the
 * answer lets the next one go (H19). Its answer is waited for by a clock of ours: after GDBus's own
 * time-out a late answer would reach nobody (H22). */
OhDelivery *oh_delivery_new (GDBusConnection *connection, const char *name, const OhLimits *limits,
                             OhStore *store);
void oh_delivery_free (OhDelivery *delivery);

/* The connection is gone: nothing is sent any more. */
void oh_delivery_stop (OhDelivery *delivery);

void oh_delivery_add (OhDelivery *delivery, OhHandle *handle, OhKind kind, OhCall *call,
                      GVariant *details);
void oh_delivery_add_release (OhDelivery *delivery, OhHandle *handle);

/* Replaces the content of an event that still waits, where its kind allows that; FALSE when there
 * is none. */
gboolean oh_delivery_coalesce (OhDelivery *delivery, OhHandle *handle, OhKind kind, OhCall *call,
                               GVariant *details);

/* What is unanswered or waits for @handle, with the order among all of the connection's; and back.
 * Nothing is sent while the delivery is held: a daemon that has just started may own its name not
 * yet. */
#define OH_ITEMS_TYPE "a(ttuxsa{sv})"
void oh_delivery_pack (OhDelivery *delivery, OhHandle *handle, OhPack *pack);
void oh_delivery_restore (OhDelivery *delivery, OhHandle *handle, GVariant *saved,
                          OhCall *(*find_call) (const char *path, gpointer user_data),
                          gpointer user_data);
void oh_delivery_hold (OhDelivery *delivery);
void oh_delivery_go_on (OhDelivery *delivery);

/* Takes what is personal out of what is queued. */
void oh_delivery_redact (OhDelivery *delivery);

/* Forgets what is queued for @handle. */
void oh_delivery_drop (OhDelivery *delivery, OhHandle *handle);

/* Sends what is queued for @handle now: the daemon ends, and no answer would be heard any more. */
void oh_delivery_hurry (OhDelivery *delivery, OhHandle *handle);

/* Without waiting for anything. */
void oh_delivery_send_release (OhDelivery *delivery, OhHandle *handle, OhClosed why);

/* An event is unanswered. */
gboolean oh_delivery_is_waiting (OhDelivery *delivery);

/* It has been for too long: the handles are void, the answer has still not come. */
gboolean oh_delivery_is_overdue (OhDelivery *delivery);

/* The clock stands still while we owe the connection a reply. */
void oh_delivery_pause (OhDelivery *delivery);
void oh_delivery_resume (OhDelivery *delivery);
