// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/log-watch.h"

#include <string.h>

/* Set once a process, as GLib's writer is. */
static GMutex lock;
static GPtrArray *entries; /* of char **: "KEY=VALUE" */
static GDBusConnection *stamp;

static GLogWriterOutput
on_log (GLogLevelFlags level, const GLogField *fields, gsize n, gpointer user_data)
{
  GPtrArray *pairs;

  if ((level & (G_LOG_LEVEL_DEBUG | G_LOG_LEVEL_INFO)) == 0)
    {
      pairs = g_ptr_array_new ();
      for (gsize i = 0; i < n; i++)
        {
          gssize length
              = fields[i].length < 0 ? (gssize)strlen (fields[i].value) : fields[i].length;

          g_ptr_array_add (pairs, g_strdup_printf ("%s=%.*s", fields[i].key, (int)length,
                                                   (const char *)fields[i].value));
        }
      if (stamp != NULL)
        g_ptr_array_add (pairs,
                         g_strdup_printf ("SENT=%u", g_dbus_connection_get_last_serial (stamp)));
      g_ptr_array_add (pairs, NULL);
      g_mutex_lock (&lock);
      g_ptr_array_add (entries, g_ptr_array_free (pairs, FALSE));
      g_mutex_unlock (&lock);
    }
  return g_log_writer_default (level, fields, n, user_data);
}

void
log_watch (void)
{
  entries = g_ptr_array_new_with_free_func ((GDestroyNotify)g_strfreev);
  g_log_set_writer_func (on_log, NULL, NULL);
}

void
log_stamp (GDBusConnection *daemon)
{
  stamp = daemon;
}

void
log_forget (void)
{
  g_mutex_lock (&lock);
  g_ptr_array_unref (entries); /* with its room: some tests count the memory */
  entries = g_ptr_array_new_with_free_func ((GDestroyNotify)g_strfreev);
  g_mutex_unlock (&lock);
}

static const char *
find (char **pairs, const char *glob)
{
  for (; *pairs != NULL; pairs++)
    {
      if (g_pattern_match_simple (glob, *pairs))
        return *pairs;
    }
  return NULL;
}

guint
log_count (const char *glob)
{
  guint n = 0;

  g_mutex_lock (&lock);
  for (guint i = 0; i < entries->len; i++)
    n += find (entries->pdata[i], glob) != NULL;
  g_mutex_unlock (&lock);
  return n;
}

char *
log_field (const char *glob, const char *key)
{
  g_autofree char *message = g_strconcat ("MESSAGE=", glob, NULL);
  g_autofree char *wanted = g_strconcat (key, "=*", NULL);
  char *value = NULL;
  gboolean found = FALSE;

  g_mutex_lock (&lock);
  for (guint i = entries->len; i > 0 && !found; i--)
    {
      const char *pair = find (entries->pdata[i - 1], wanted);

      found = find (entries->pdata[i - 1], message) != NULL;
      if (found && pair != NULL)
        value = g_strdup (pair + strlen (key) + 1);
    }
  g_mutex_unlock (&lock);
  if (!found)
    g_error ("nothing like \"%s\" was logged", glob);
  return value;
}

char *
log_text (void)
{
  GString *text = g_string_new (NULL);

  g_mutex_lock (&lock);
  for (guint i = 0; i < entries->len; i++)
    {
      for (char **pair = entries->pdata[i]; *pair != NULL; pair++)
        g_string_append_printf (text, "%s\n", strchr (*pair, '=') + 1);
    }
  g_mutex_unlock (&lock);
  return g_string_free (text, FALSE);
}
