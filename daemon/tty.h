// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gudev/gudev.h>

#include "daemon/config.h"

/* A serial port as udev tells of it. NULL: it does not say. */
typedef struct
{
  char *node;     /* "/dev/ttyACM0" */
  char **links;   /* other names of it */
  char *driver;   /* of the kernel, "cdc_acm" */
  char *usb_id;   /* "0572:1329" */
  char *serial;   /* of the USB device; NULL also where makers have put no real one */
  char *path;     /* ID_PATH: where it is plugged in */
  char *path_tag; /* the same in characters for names */
  char *model;    /* in words */
  char *device;   /* sysfs path of the USB device, or of the node's parent: what its ports share */
  int interface;  /* of the USB device, -1: none */
  gboolean is_usb, ready; /* ready: udev has set its rights and links */

  /* Set by rules (60-offhook.rules and those of offhookctl claim). */
  gboolean mm_ignored;  /* ModemManager is told to leave it alone */
  gboolean announced;   /* OFFHOOK_DEVICE: a modem that is ours to take */
  const OhDriver *as;   /* OFFHOOK_DRIVER */
  gboolean main, other; /* OFFHOOK_PORT: which of several ports is for calls */
} OhTty;

/* NULL: it is no serial port of a device: a console, a pseudo terminal, an empty slot. */
OhTty *oh_tty_new (GUdevDevice *found);
void oh_tty_free (OhTty *tty);

/* Whether @node is one of its names. */
gboolean oh_tty_is_named (const OhTty *tty, const char *node);

/* What its modem is called if the modem itself tells nothing better: the USB serial number, else
 * the physical port, else the node's name. */
char *oh_tty_make_id (const OhTty *tty);

/* @id: what its modem is called, NULL: not known. */
gboolean oh_tty_matches (const OhTty *tty, const OhPortMatch *match, const char *id);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (OhTty, oh_tty_free)

/* All of them, as they come and go. */
typedef struct _OhTtyList OhTtyList;

/* @func is told of each that is there now or has changed, once udev has done with it, with @tty;
 * of one that went with NULL and its @node. */
typedef void (*OhTtyFunc) (const char *node, const OhTty *tty, gpointer user_data);
OhTtyList *oh_tty_list_new (OhTtyFunc func, gpointer user_data);
void oh_tty_list_free (OhTtyList *list);

/* Of OhTty: those that are there. */
GPtrArray *oh_tty_list_get (OhTtyList *list);

/* The one that is called @device, which may be a link; NULL: udev knows none. */
OhTty *oh_tty_list_find (OhTtyList *list, const char *device);

/* Of the ports of one device, the one for calls: what a rule says, else the lowest interface. */
gboolean oh_tty_list_is_main (GPtrArray *ttys, const OhTty *tty);
