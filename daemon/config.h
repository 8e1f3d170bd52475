// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "daemon/modem.h"

/* What becomes of a call whose owner is lost (H28), and of all when the daemon is stopped. */
typedef struct
{
  gboolean keep;         /* it goes on; else it is dropped */
  guint grace_ms;        /* after so long */
  gboolean keep_on_stop; /* they go on; else they are ended */
} OhOwnerSettings;

/* Which modem a line is for: one that is all of these. NULL: may be any. */
typedef struct
{
  char *id;     /* that the line would have without an alias */
  char *usb_id; /* "0572:1329" */
  char *serial; /* of the USB device */
  char *path;   /* of the physical port, as udev's ID_PATH */
} OhPortMatch;

/* One line as the configuration file or AddLine describes it. */
typedef struct
{
  char *alias;  /* NULL: to be made of the device */
  char *device; /* node or link; NULL: as @match says */
  OhPortMatch match;
  const OhDriver *driver; /* NULL: to be found */
  OhModemSettings settings;
  OhOwnerSettings owner;
} OhLineConfig;

OhLineConfig *oh_line_config_new (void);
OhLineConfig *oh_line_config_copy (const OhLineConfig *config);
void oh_line_config_free (OhLineConfig *config);

/* FALSE: the other modem, or another driver for it. */
gboolean oh_line_config_is_same_device (const OhLineConfig *one, const OhLineConfig *other);

/* FALSE: nothing tells which modem it is. */
gboolean oh_line_config_has_place (const OhLineConfig *config);

/* The options of AddLine: the keys of a [Line] group. */
gboolean oh_line_config_take_options (OhLineConfig *config, GVariant *options, GError **error);

/* The name and the keys of a [Line] group. */
gboolean oh_line_config_set_alias (OhLineConfig *config, const char *alias, GError **error);
gboolean oh_line_config_take_key (OhLineConfig *config, const char *key, const char *value,
                                  GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (OhLineConfig, oh_line_config_free)
