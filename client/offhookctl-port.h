// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gio/gio.h>
#include <sys/types.h>

/* A serial port as udev knows it. What could not go into a udev rule is left out. */
typedef struct
{
  char *device; /* "/dev/ttyUSB2" */
  char **links; /* other names of it */
  dev_t number;
  char *kernel;    /* "ttyUSB2" */
  char *syspath;   /* of the port */
  char *role;      /* "main" or "other" where a rule says it */
  char *model;     /* for people */
  char *interface; /* of its USB device: "02" */
  char *usb; /* the sysfs path of that; NULL: it is on no USB, and has none of the following */
  char *usb_kernel; /* "1-1.2" */
  char *vendor;     /* "2c7c" */
  char *product;    /* "0125" */
  char *serial;     /* NULL: none, or one that other devices have too */
  char *path;       /* where it is plugged in: "pci-0000:00:14.0-usb-0:1.2" */
} OhPort;

/* Of OhPort: all that may be modems, by their names. */
GPtrArray *oh_port_load (void);

const OhPort *oh_port_find (GPtrArray *ports, const char *device, GError **error);

/* Whether both are ports of one USB device, or the same. */
gboolean oh_port_is_beside (const OhPort *port, const OhPort *other);
