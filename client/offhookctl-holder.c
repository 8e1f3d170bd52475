// SPDX-License-Identifier: LGPL-2.1-or-later
#include "client/offhookctl-holder.h"

#include <sys/stat.h>
#include <sys/sysmacros.h>

#define PTS_MAJOR 136 /* and the seven after it */

static gboolean
is_number (const char *text)
{
  return *text != '\0' && strspn (text, "0123456789") == strlen (text);
}

/* By its number: there may be several nodes of a device. Of pseudo terminals each container counts
 * its own. */
static gboolean
is_device (const struct stat *found, const struct stat *node)
{
  gboolean counted_apart = (major (node->st_rdev) & ~7U) == PTS_MAJOR;

  return S_ISCHR (found->st_mode) && found->st_rdev == node->st_rdev
         && (!counted_apart || found->st_dev == node->st_dev);
}

static gboolean
has_open (const char *pid, const struct stat *node)
{
  g_autofree char *folder = g_build_filename ("/proc", pid, "fd", NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *file = g_build_filename (folder, name, NULL);
      struct stat found;

      if (stat (file, &found) == 0 && is_device (&found, node))
        return TRUE;
    }
  return FALSE;
}

static char *
describe (const char *pid)
{
  g_autofree char *file = g_build_filename ("/proc", pid, "comm", NULL);
  g_autofree char *name = NULL;
  g_autofree char *valid = NULL;

  if (!g_file_get_contents (file, &name, NULL, NULL))
    return g_strdup (pid);
  valid = g_utf8_make_valid (g_strchomp (name), -1);
  return g_strdup_printf ("%s %s", valid, pid);
}

char *
oh_holder_find (const char *device)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc", 0, NULL);
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func (g_free);
  const char *name;
  struct stat node;

  if (stat (device, &node) != 0 || !S_ISCHR (node.st_mode))
    return NULL;
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    if (is_number (name) && has_open (name, &node))
      g_ptr_array_add (found, describe (name));
  if (found->len == 0)
    return NULL;
  g_ptr_array_add (found, NULL);
  return g_strjoinv (", ", (char **)found->pdata);
}
