// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <glib.h>

/* A pseudo-terminal whose slave the host opens through a symbolic link. */
typedef struct _OhSimPty OhSimPty;

typedef void (*OhSimPtyFunc) (const guint8 *bytes, gsize length, gpointer data);

OhSimPty *oh_sim_pty_new (const char *link, OhSimPtyFunc on_bytes, gpointer data);
void oh_sim_pty_free (OhSimPty *pty);

gboolean oh_sim_pty_open (OhSimPty *pty, GError **error);
void oh_sim_pty_close (OhSimPty *pty);
gboolean oh_sim_pty_is_open (const OhSimPty *pty);
int oh_sim_pty_get_fd (const OhSimPty *pty);
const char *oh_sim_pty_get_link (const OhSimPty *pty);
const char *oh_sim_pty_get_slave (const OhSimPty *pty);

gsize oh_sim_pty_write (OhSimPty *pty, const guint8 *bytes, gsize length);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (OhSimPty, oh_sim_pty_free)
