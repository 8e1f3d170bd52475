// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "client/offhookctl.h"

typedef struct
{
  char *path;
  char *id;
  GVariant *properties; /* a{sv} */
  GVariant *cellular;   /* a{sv} of Line.Cellular; NULL on other lines */
  GPtrArray *calls;     /* of OhTreeCall, oldest first */
} OhTreeLine;

typedef struct
{
  char *path;
  guint64 number; /* the N at the end of the path */
  GVariant *properties;
  const OhTreeLine *line;
} OhTreeCall;

/* All lines and calls as they were at one moment. */
typedef struct
{
  GPtrArray *lines; /* of OhTreeLine, by id */
} OhTree;

OhTree *oh_tree_new (GVariant *objects);
OhTree *oh_tree_load (OhCtl *ctl, GError **error);
void oh_tree_free (OhTree *tree);

/* The line with just this id or path, or NULL. */
const OhTreeLine *oh_tree_exact_line (OhTree *tree, const char *name);

/* @name may be NULL where there is only one line. */
const OhTreeLine *oh_tree_find_line (OhTree *tree, const char *name, GError **error);

/* The same, of those that have Line.Cellular. */
const OhTreeLine *oh_tree_find_cellular (OhTree *tree, const char *name, GError **error);

/* The call @name; if that is a line or NULL: its, or the, only call in @state; NULL is any but
   ended. */
const OhTreeCall *oh_tree_find_call (OhTree *tree, const char *name, const char *state,
                                     GError **error);

/* What @name says outright: NULL and no error if it is no call. */
const OhTreeCall *oh_tree_named_call (OhTree *tree, const char *name);

const char *oh_tree_call_state (const OhTreeCall *call);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (OhTree, oh_tree_free)
