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
  GHashTable *names; /* path -> id */
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
  OhPortNames *names = g_new0 (OhPortNames, 1);

  names->keys = g_key_file_new ();
  names->names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  if (dir == NULL)
    return names;
  names->file = g_build_filename (dir, FILE_NAME, NULL);
  load (names);
  return names;
}

void
oh_port_names_free (OhPortNames *names)
{
  g_hash_table_unref (names->names);
  g_key_file_unref (names->keys);
  g_free (names->file);
  g_free (names);
}

const char *
oh_port_names_get (OhPortNames *names, const char *path)
{
  return g_hash_table_lookup (names->names, path);
}

static void
on_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!g_file_replace_contents_finish (G_FILE (source), result, NULL, &error))
    g_debug ("The names of ports are not kept: %s", error->message);
}

/* Behind our back: nothing waits for it. */
static void
save (OhPortNames *names)
{
  g_autoptr (GFile) file = g_file_new_for_path (names->file);
  g_autoptr (GBytes) content = NULL;
  gsize size;
  char *text = g_key_file_to_data (names->keys, &size, NULL);

  content = g_bytes_new_take (text, size);
  g_file_replace_contents_bytes_async (file, content, NULL, FALSE, G_FILE_CREATE_PRIVATE, NULL,
                                       on_written, NULL);
}

void
oh_port_names_set (OhPortNames *names, const char *path, const char *id)
{
  if (g_strcmp0 (oh_port_names_get (names, path), id) == 0
      || g_hash_table_size (names->names) >= PORTS_MOST || strpbrk (path, "[]=\n") != NULL)
    return;
  g_hash_table_insert (names->names, g_strdup (path), g_strdup (id));
  g_key_file_set_string (names->keys, GROUP, path, id);
  if (names->file != NULL)
    save (names);
}
