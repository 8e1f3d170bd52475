// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/port-names.h"

#include <gio/gio.h>
#include <string.h>

#define FILE_NAME "ports"
#define GROUP "Ports"
#define PORTS_MOST 1024 /* more are no ports of one machine */

struct _OhPortNames
{
  char *file; /* NULL: kept nowhere */
  GKeyFile *keys;
  GHashTable *names;         /* path -> id */
  gboolean writing, changed; /* since that began */
};

static void
load (OhPortNames *names)
{
  g_auto (GStrv) paths = NULL;

  if (!g_key_file_load_from_file (names->keys, names->file, G_KEY_FILE_NONE, NULL))
    return;
  paths = g_key_file_get_keys (names->keys, GROUP, NULL, NULL);
  for (guint i = 0; paths != NULL && paths[i] != NULL && i < PORTS_MOST; i++)
    {
      char *id = g_key_file_get_string (names->keys, GROUP, paths[i], NULL);

      if (id != NULL && *id != '\0')
        g_hash_table_insert (names->names, g_strdup (paths[i]), id);
      else
        g_free (id);
    }
}

OhPortNames *
oh_port_names_new (const char *dir)
{
  OhPortNames *names = g_rc_box_new0 (OhPortNames);

  names->keys = g_key_file_new ();
  names->names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  if (dir == NULL)
    return names;
  names->file = g_build_filename (dir, FILE_NAME, NULL);
  load (names);
  return names;
}

static void
clear (gpointer data)
{
  OhPortNames *names = data;

  g_hash_table_unref (names->names);
  g_key_file_unref (names->keys);
  g_free (names->file);
}

/* What is being written has a hold on them. */
void
oh_port_names_free (OhPortNames *names)
{
  g_rc_box_release_full (names, clear);
}

gboolean
oh_port_names_are_kept (OhPortNames *names)
{
  return !names->writing;
}

const char *
oh_port_names_get (OhPortNames *names, const char *path)
{
  return g_hash_table_lookup (names->names, path);
}

static void save (OhPortNames *names);

static void
on_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  OhPortNames *names = user_data;
  g_autoptr (GError) error = NULL;

  if (!g_file_replace_contents_finish (G_FILE (source), result, NULL, &error))
    g_debug ("The names of ports are not kept: %s", error->message);
  names->writing = FALSE;
  if (names->changed)
    save (names);
  oh_port_names_free (names);
}

/* Behind our back: nothing waits for it. One behind the other, as the last is to stay. */
static void
save (OhPortNames *names)
{
  g_autoptr (GFile) file = g_file_new_for_path (names->file);
  g_autoptr (GBytes) content = NULL;
  gsize size;
  char *text;

  names->changed = names->writing;
  if (names->writing)
    return;
  names->writing = TRUE;
  text = g_key_file_to_data (names->keys, &size, NULL);
  content = g_bytes_new_take (text, size);
  g_file_replace_contents_bytes_async (file, content, NULL, FALSE, G_FILE_CREATE_PRIVATE, NULL,
                                       on_written, g_rc_box_acquire (names));
}

void
oh_port_names_set (OhPortNames *names, const char *path, const char *id)
{
  const char *before = oh_port_names_get (names, path);

  if (g_strcmp0 (before, id) == 0 || strpbrk (path, "[]=\n") != NULL
      || (before == NULL && g_hash_table_size (names->names) >= PORTS_MOST))
    return;
  g_hash_table_insert (names->names, g_strdup (path), g_strdup (id));
  g_key_file_set_string (names->keys, GROUP, path, id);
  if (names->file != NULL)
    save (names);
}
