// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/config-file.h"

#include <gio/gio.h>
#include <string.h>

#include "daemon/error.h"

#define DAEMON "Daemon"
#define LINE "Line "
#define ENDING ".conf"
#define PROBE_S 30
#define PROBE_MOST_S 3600

/* The reading of one file. */
typedef struct
{
  OhConfig *config;
  const char *file;
  GKeyFile *keys;
  GHashTable *bad;  /* the groups that have lines which are none */
  GHashTable *seen; /* "GROUP" of each line, and "GROUP]KEY" */
  OhMistakeFunc mistake;
  gpointer user_data;
  char *group;    /* the last that has begun */
  gboolean skips; /* one whose name is none */
} Reading;

static void
complain (Reading *reading, const char *group, const char *what)
{
  g_autofree char *text = group != NULL
                              ? g_strdup_printf ("%s: [%s]: %s", reading->file, group, what)
                              : g_strdup_printf ("%s: %s", reading->file, what);
  g_autofree char *valid = g_utf8_make_valid (text, -1);

  reading->config->n_mistakes++;
  reading->mistake (valid, reading->user_data);
}

static gboolean
is_blank (const char *line)
{
  const char *text = line + strspn (line, " \t");

  return *text == '\0' || *text == '#';
}

/* The name of the only group or key in @text; NULL: it has none. */
static char *
find_name (const char *text, gboolean group)
{
  g_autoptr (GKeyFile) alone = g_key_file_new ();
  g_autofree char *whole = group ? g_strdup (text) : g_strconcat ("[x]\n", text, NULL);
  g_auto (GStrv) names = NULL;

  if (!g_key_file_load_from_data (alone, whole, -1, G_KEY_FILE_NONE, NULL))
    return NULL;
  names
      = group ? g_key_file_get_groups (alone, NULL) : g_key_file_get_keys (alone, "x", NULL, NULL);
  return names != NULL && names[0] != NULL && g_utf8_validate (names[0], -1, NULL)
             ? g_strdup (names[0])
             : NULL;
}

static gboolean
is_head (const char *line)
{
  return line[strspn (line, " \t")] == '[';
}

/* The next group begins. NULL: that is right, else what is wrong. */
static const char *
take_head (Reading *reading, const char *line)
{
  g_autofree char *name = find_name (line, TRUE);

  reading->skips = name == NULL;
  g_free (reading->group);
  reading->group = g_steal_pointer (&name);
  if (reading->skips)
    return "is no group, key or comment";
  /* GKeyFile would make one of the two. */
  reading->skips = g_str_has_prefix (reading->group, LINE)
                   && !g_hash_table_add (reading->seen, g_strdup (reading->group));
  return reading->skips ? "begins a group of a name that there is already" : NULL;
}

/* As GKeyFile sees it; what it takes for none makes it give up the whole file. */
static const char *
take_text_line (Reading *reading, const char *line)
{
  g_autofree char *key = NULL;

  if (is_blank (line))
    return NULL;
  if (is_head (line))
    return take_head (reading, line);
  key = find_name (line, FALSE);
  if (key == NULL)
    return "is no group, key or comment";
  if (reading->skips)
    return NULL;
  if (reading->group == NULL)
    return "stands before the first group";
  return g_hash_table_add (reading->seen, g_strconcat (reading->group, "]", key, NULL))
             ? NULL
             : "has a key of this group a second time";
}

/* @text without the lines that are none; they are told of. */
static char *
leave_out_bad_lines (Reading *reading, const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      const char *line = g_strchomp (lines[i]);
      const char *wrong = take_text_line (reading, line);

      if (wrong != NULL)
        {
          g_autofree char *what = g_strdup_printf ("line %u %s", i + 1, wrong);

          complain (reading, reading->group, what);
          if (reading->group != NULL && !reading->skips)
            g_hash_table_add (reading->bad, g_strdup (reading->group));
        }
      if (wrong != NULL || reading->skips)
        *lines[i] = '\0';
    }
  g_clear_pointer (&reading->group, g_free);
  return g_strjoinv ("\n", lines);
}

static gboolean
set_number (guint *number, const char *key, const char *value, guint least, guint most,
            GError **error)
{
  guint64 parsed;

  if (g_ascii_string_to_unsigned (value, 10, least, most, &parsed, NULL))
    {
      *number = parsed;
      return TRUE;
    }
  g_set_error (error, OH_ERROR, OH_ERROR_FAILED, "%s: must be %u to %u", key, least, most);
  return FALSE;
}

static gboolean
take_daemon_key (OhConfig *config, const char *key, const char *value, GError **error)
{
  if (g_str_equal (key, "ProbeInterval"))
    return set_number (&config->probe_s, key, value, PROBE_S, PROBE_MOST_S, error);
  if (g_str_equal (key, "Announced"))
    {
      config->announced = g_str_equal (value, "yes");
      if (config->announced || g_str_equal (value, "no"))
        return TRUE;
      g_set_error (error, OH_ERROR, OH_ERROR_FAILED, "Announced: must be \"yes\" or \"no\"");
      return FALSE;
    }
  g_set_error (error, OH_ERROR, OH_ERROR_FAILED, "%s: is no key of this group", key);
  return FALSE;
}

/* @line NULL: the group of the daemon. FALSE, and each mistake is told: it has some. */
static gboolean
take_keys (Reading *reading, const char *group, OhLineConfig *line)
{
  g_auto (GStrv) keys = g_key_file_get_keys (reading->keys, group, NULL, NULL);
  gboolean good = !g_hash_table_contains (reading->bad, group);

  for (guint i = 0; keys[i] != NULL; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *value = g_key_file_get_string (reading->keys, group, keys[i], &error);

      /* A bad escape gives both a value and an error. */
      if (error != NULL)
        g_prefix_error (&error, "%s: ", keys[i]);
      else if (line == NULL)
        take_daemon_key (reading->config, keys[i], value, &error);
      else
        oh_line_config_take_key (line, keys[i], value, &error);
      if (error != NULL)
        complain (reading, group, error->message);
      good &= error == NULL;
    }
  return good;
}

/* What it says that another line has said; NULL: nothing. */
static char *
find_conflict (OhConfig *config, const OhLineConfig *line)
{
  for (guint i = 0; i < config->lines->len; i++)
    {
      const OhLineConfig *other = config->lines->pdata[i];

      if (g_str_equal (other->alias, line->alias))
        return g_strdup ("there is a group of this name already");
      if (line->device != NULL && g_strcmp0 (other->device, line->device) == 0)
        return g_strdup_printf ("Device: [" LINE "%s] has it already", other->alias);
    }
  return NULL;
}

static void
take_line (Reading *reading, const char *group)
{
  g_autoptr (OhLineConfig) line = oh_line_config_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *conflict = NULL;
  gboolean good;

  if (!oh_line_config_set_alias (line, group + strlen (LINE), &error))
    {
      complain (reading, group, error->message);
      return;
    }
  good = take_keys (reading, group, line);
  conflict = find_conflict (reading->config, line);
  if (!oh_line_config_has_place (line))
    complain (reading, group, "Device: is missing, and so are Id, UsbId, Serial and Path");
  else if (conflict != NULL)
    complain (reading, group, conflict);
  else if (good)
    g_ptr_array_add (reading->config->lines, g_steal_pointer (&line));
}

static void
take_group (Reading *reading, const char *group)
{
  if (g_str_has_prefix (group, LINE))
    take_line (reading, group);
  else if (g_str_equal (group, DAEMON))
    take_keys (reading, group, NULL);
  else
    complain (reading, group, "groups are called [" DAEMON "] and [" LINE "NAME]");
}

/* That it is not there is no mistake; that a link leads nowhere is one. */
static void
complain_unread (Reading *reading, const GError *error)
{
  if (!g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_NOENT)
      || g_file_test (reading->file, G_FILE_TEST_IS_SYMLINK))
    complain (reading, NULL, error->message);
}

static void
read_file (OhConfig *config, const char *file, OhMistakeFunc mistake, gpointer user_data)
{
  g_autoptr (GKeyFile) keys = g_key_file_new ();
  g_autoptr (GHashTable) bad = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  g_autofree char *cleaned = NULL;
  gsize size;
  g_auto (GStrv) groups = NULL;
  Reading reading = { config, file, keys, bad, seen, mistake, user_data };

  if (!g_file_get_contents (file, &text, &size, &error))
    {
      complain_unread (&reading, error);
      return;
    }
  if (strlen (text) < size)
    {
      complain (&reading, NULL, "has a byte 0, so it is damaged or no text");
      return;
    }
  cleaned = leave_out_bad_lines (&reading, text);
  if (*cleaned != '\0' && !g_key_file_load_from_data (keys, cleaned, -1, G_KEY_FILE_NONE, &error))
    {
      complain (&reading, NULL, error->message);
      return;
    }
  groups = g_key_file_get_groups (keys, NULL);
  for (guint i = 0; groups[i] != NULL; i++)
    take_group (&reading, groups[i]);
}

static int
compare (gconstpointer one, gconstpointer other)
{
  return strcmp (*(char *const *)one, *(char *const *)other);
}

static void
read_folder (OhConfig *config, const char *path, OhMistakeFunc mistake, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) folder = g_dir_open (path, 0, &error);
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_free);
  const char *name;

  if (folder == NULL)
    complain_unread (&(Reading){ config, path, .mistake = mistake, .user_data = user_data }, error);
  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    {
      if (*name != '.' && g_str_has_suffix (name, ENDING))
        g_ptr_array_add (files, g_build_filename (path, name, NULL));
    }
  g_ptr_array_sort (files, compare);
  for (guint i = 0; i < files->len; i++)
    {
      Reading other = { config, files->pdata[i], .mistake = mistake, .user_data = user_data };

      /* Reading anything but a file may never end. */
      if (g_file_test (other.file, G_FILE_TEST_EXISTS)
          && !g_file_test (other.file, G_FILE_TEST_IS_REGULAR))
        complain (&other, NULL, "is no file");
      else
        read_file (config, other.file, mistake, user_data);
    }
}

OhConfig *
oh_config_new (void)
{
  OhConfig *config = g_new0 (OhConfig, 1);

  config->lines = g_ptr_array_new_with_free_func ((GDestroyNotify)oh_line_config_free);
  config->announced = TRUE;
  config->probe_s = PROBE_S;
  return config;
}

OhConfig *
oh_config_load (const char *file, OhMistakeFunc mistake, gpointer user_data)
{
  OhConfig *config = oh_config_new ();
  g_autofree char *folder = g_strconcat (file, ".d", NULL);

  read_file (config, file, mistake, user_data);
  read_folder (config, folder, mistake, user_data);
  return config;
}

void
oh_config_free (OhConfig *config)
{
  g_ptr_array_unref (config->lines);
  g_free (config);
}
