// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "daemon/manager-mm.h"
#include "daemon/manager-ports.h"
#include "daemon/store.h"

/* What the files of the manager share: manager.c (the object, the lines), manager-add.c (AddLine,
 * RemoveLine, a configuration that is another now), manager-ports.c (modems that come and go),
 * manager-explain.c (ExplainPorts), manager-mm.c (ModemManager). */

struct _OhManager
{
  OhDbusManagerSkeleton parent_instance;

  OhBus bus;
  OhPorts *ports;
  OhMm *mm;
  GPtrArray *lines;   /* of OhLine, in the order of their coming */
  GPtrArray *opening; /* of OhLine, not owned: not known yet whether they are lines */
  GPtrArray *leaving; /* of OhLine, those that the configuration has no more */
  GPtrArray *coming;  /* of OhLineConfig, to be added when those that a reload removes are gone */
  guint going;        /* so many are not yet */
  guint prober, probe_s;

  void (*stopped) (gpointer user_data);
  gpointer stopped_data;
  guint stop_timer, stopping;
};

/* manager.c */
OhLine *oh_manager_find_by_device (OhManager *manager, const char *device);
void oh_manager_take_line (OhManager *manager, OhLine *line); /* takes it */
void oh_manager_remove_line (OhManager *manager, OhLine *line, OhClosed why);
void oh_manager_set_probing (OhManager *manager, guint seconds);

/* manager-add.c */
void oh_manager_add_iface_init (OhDbusManagerIface *iface);
/* A rule announces @tty: it becomes a line when something answers there. */
void oh_manager_open_announced (OhManager *manager, const OhTty *tty);

/* manager-explain.c */
void oh_manager_explain_iface_init (OhDbusManagerIface *iface);
