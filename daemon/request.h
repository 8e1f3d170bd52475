// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <glib.h>

/* The token of one thing asked of a modem. Made where the asker is known, carried down to the
 * driver, settled exactly once, by whoever comes first: the modem's answer, a sign that it was
 * obeyed, a time-out, the loss of the device. Settling calls back at once, so that the D-Bus reply
 * leaves before the next byte of the modem is looked at (H8): a GTask may call back an iteration
 * later. */
typedef struct _OhRequest OhRequest;

/* @error NULL: done. */
typedef void (*OhRequestFunc) (OhRequest *request, const GError *error, gpointer user_data);

/* @func NULL: nobody waits. */
OhRequest *oh_request_new (OhRequestFunc func, gpointer user_data);
OhRequest *oh_request_ref (OhRequest *request);

/* The last reference to an unsettled one settles it with OH_ERROR_FAILED. */
void oh_request_unref (OhRequest *request);

gboolean oh_request_is_settled (OhRequest *request);

/* @other, unsettled, is settled when @request is, and alike: who asks again for what is under way.
 */
void oh_request_join (OhRequest *request, OhRequest *other);

/* Nothing happens when it was settled before. */
void oh_request_done (OhRequest *request);
/* With what was asked for, which may be floating. */
void oh_request_done_with (OhRequest *request, GVariant *result);
GVariant *oh_request_get_result (OhRequest *request); /* NULL: nothing */
void oh_request_fail (OhRequest *request, int code, const char *format, ...) G_GNUC_PRINTF (3, 4);
void oh_request_fail_with (OhRequest *request, const GError *error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (OhRequest, oh_request_unref)
