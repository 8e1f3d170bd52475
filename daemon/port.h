// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gio/gio.h>

/* One serial port, ours alone while it is open: UUCP lock file, flock(), TIOCEXCL. */
typedef struct _OhPort OhPort;

/* Errors: OH_ERROR_NO_DEVICE, OH_ERROR_BUSY naming the holder where it is known, OH_ERROR_FAILED,
 * G_DBUS_ERROR_INVALID_ARGS when @device is no terminal. */
OhPort *oh_port_open (const char *device, GError **error);

/* The same port, kept open by the service manager while we were away: locked again, and left as it
 * is. Takes @fd. */
OhPort *oh_port_adopt (const char *device, int fd);

/* Unlocks and closes. */
void oh_port_free (OhPort *port);

int oh_port_get_fd (OhPort *port);

/* A descriptor of the same open port, for a channel to close; -1 when there are no more. */
int oh_port_dup_fd (OhPort *port);

/* Data terminal ready (V.24 circuit 108), where the port has it. */
void oh_port_set_ready (OhPort *port, gboolean ready);

/* A name for the modem on @device made of the device's own. */
char *oh_port_make_id (const char *device);

/* FALSE: @device is to be closed before the machine sleeps, as what its driver does with an open
 * port then is to lose it. */
gboolean oh_port_survives_sleep (const char *device);

/* The same of what udev says: the @driver of the terminal's nearest parent that has one, and
 * whether that is on USB. */
gboolean oh_port_driver_survives_sleep (const char *driver, gboolean on_usb);

/* The device behind the symbolic links of @device. */
char *oh_port_resolve (const char *device);
