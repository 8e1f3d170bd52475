// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/manager-ports.h"

#include <string.h>

#include "daemon/manager-private.h"
#include "daemon/port-names.h"
#include "daemon/port.h"

#define BUSY_MS 5000 /* a port that another program holds */
#define LOOK_MS 1000 /* a device that was hung up, and whose node is there all the same */

struct _OhPorts
{
  OhManager *manager;
  OhTtyList *ttys;
  OhPortNames *names;
  GHashTable *notes; /* node -> OhPortNote */
  GHashTable *gone;  /* OhLine -> its timer: announced, and not there */
  gboolean started, announced;
  guint look;
};

static void
note_free (gpointer note)
{
  OhPortNote *own = note;

  g_free (own->reason);
  g_free (own->text);
  g_free (own);
}

static void
add_note (OhPorts *ports, const char *node, const char *reason, const char *text, gboolean busy)
{
  OhPortNote *note = g_new0 (OhPortNote, 1);

  note->reason = g_strdup (reason);
  note->text = g_strdup (text);
  note->busy = busy;
  g_hash_table_insert (ports->notes, g_strdup (node), note);
}

void
oh_ports_note (OhPorts *ports, const char *node, const char *reason, const char *text)
{
  add_note (ports, node, reason, text, FALSE);
}

void
oh_ports_note_busy (OhPorts *ports, const char *node, const char *text)
{
  add_note (ports, node, "locked", text, TRUE);
  oh_ports_look (ports, BUSY_MS);
}

const OhPortNote *
oh_ports_get_note (OhPorts *ports, const char *node)
{
  return g_hash_table_lookup (ports->notes, node);
}

GPtrArray *
oh_ports_list (OhPorts *ports)
{
  return oh_tty_list_get (ports->ttys);
}

OhTty *
oh_ports_find (OhPorts *ports, const char *device)
{
  return oh_tty_list_find (ports->ttys, device);
}

gboolean
oh_ports_takes_announced (OhPorts *ports)
{
  return ports->announced;
}

/* A line of that name whose modem is another. */
static gboolean
is_taken (OhPorts *ports, const char *id, const char *node)
{
  OhLine *line = oh_manager_find_line (ports->manager, id);

  return line != NULL && oh_line_has_device (line)
         && oh_manager_find_by_device (ports->manager, node) != line;
}

/* @stored is @id, or was told apart from another of that name by its port. */
static gboolean
is_same_name (const char *stored, const char *id, const OhTty *tty)
{
  gsize length = strlen (id);

  return g_str_has_prefix (stored, id)
         && (stored[length] == '\0'
             || (stored[length] == '-' && g_strcmp0 (stored + length + 1, tty->path_tag) == 0));
}

static char *
make_id (OhPorts *ports, const OhTty *tty, const char *modem_id, gboolean mute)
{
  const char *stored = tty->path != NULL ? oh_port_names_get (ports->names, tty->path) : NULL;
  g_autofree char *id = *modem_id != '\0' ? g_strdup (modem_id) : oh_tty_make_id (tty);

  if (stored != NULL && (mute || is_same_name (stored, id, tty))
      && !is_taken (ports, stored, tty->node))
    return g_strdup (stored);
  if (is_taken (ports, id, tty->node) && tty->path_tag != NULL)
    return g_strconcat (id, "-", tty->path_tag, NULL);
  return g_steal_pointer (&id);
}

char *
oh_ports_make_id (OhPorts *ports, const char *device, const char *modem_id, gboolean mute)
{
  g_autoptr (OhTty) tty = oh_tty_list_find (ports->ttys, device);

  if (tty != NULL)
    return make_id (ports, tty, modem_id, mute);
  return *modem_id != '\0' ? g_strdup (modem_id) : oh_port_make_id (device);
}

void
oh_ports_remember (OhPorts *ports, const char *device, const char *id)
{
  g_autoptr (OhTty) tty = oh_tty_list_find (ports->ttys, device);

  if (tty != NULL && tty->path != NULL)
    oh_port_names_set (ports->names, tty->path, id);
}

static gboolean
is_used (OhPorts *ports, const char *node)
{
  OhManager *manager = ports->manager;

  if (oh_manager_find_by_device (manager, node) != NULL)
    return TRUE;
  for (guint i = 0; i < manager->opening->len; i++)
    {
      g_autofree char *other = oh_port_resolve (oh_line_get_device (manager->opening->pdata[i]));

      if (g_str_equal (other, node))
        return TRUE;
    }
  return FALSE;
}

/* The line that waits for this modem; NULL: none. */
static OhLine *
find_waiting (OhPorts *ports, const OhTty *tty)
{
  g_autofree char *id = make_id (ports, tty, "", FALSE);
  GPtrArray *lines = ports->manager->lines;

  for (guint i = 0; i < lines->len; i++)
    {
      OhLine *line = lines->pdata[i];

      if (!oh_line_is_placed (line) || oh_line_has_device (line))
        continue;
      if (oh_line_get_origin (line) == OH_LINE_ANNOUNCED
              ? tty->announced && g_str_equal (oh_line_get_id (line), id)
              : oh_tty_matches (tty, &oh_line_get_config (line)->match, id))
        return line;
    }
  return NULL;
}

OhLine *
oh_ports_find_waiting (OhPorts *ports, const char *device)
{
  g_autoptr (OhTty) tty = oh_tty_list_find (ports->ttys, device);

  return tty != NULL ? find_waiting (ports, tty) : NULL;
}

static void
on_tty (const char *node, const OhTty *tty, gpointer user_data)
{
  OhPorts *ports = user_data;
  g_autoptr (GPtrArray) ttys = NULL;
  OhLine *line;

  if (tty == NULL)
    g_hash_table_remove (ports->notes, node);
  if (tty == NULL || !tty->ready || !ports->started)
    return;
  if (is_used (ports, node))
    return;
  ttys = oh_ports_list (ports);
  if (!oh_tty_list_is_main (ttys, tty))
    return;
  line = find_waiting (ports, tty);
  if (line != NULL)
    oh_line_place (line, node);
  else if (tty->announced && ports->announced && oh_ports_get_note (ports, node) == NULL)
    oh_manager_open_announced (ports->manager, tty);
}

static void
look (OhPorts *ports)
{
  g_autoptr (GPtrArray) ttys = oh_ports_list (ports);

  for (guint i = 0; i < ttys->len; i++)
    on_tty (((OhTty *)ttys->pdata[i])->node, ttys->pdata[i], ports);
}

static gboolean
was_busy (gpointer node, gpointer note, gpointer user_data)
{
  return ((OhPortNote *)note)->busy;
}

static gboolean
on_look (gpointer user_data)
{
  OhPorts *ports = user_data;

  ports->look = 0;
  g_hash_table_foreach_remove (ports->notes, was_busy, NULL);
  look (ports);
  return G_SOURCE_REMOVE;
}

void
oh_ports_look (OhPorts *ports, guint after_ms)
{
  g_clear_handle_id (&ports->look, g_source_remove);
  ports->look = g_timeout_add (after_ms, on_look, ports);
}

gboolean
oh_ports_is_new (OhPorts *ports, const char *device)
{
  g_autoptr (OhTty) tty = oh_tty_list_find (ports->ttys, device);

  return tty == NULL || tty->path == NULL || oh_port_names_get (ports->names, tty->path) == NULL;
}

void
oh_ports_set_announced (OhPorts *ports, gboolean announced)
{
  ports->announced = announced;
}

void
oh_ports_start (OhPorts *ports)
{
  ports->started = TRUE;
  look (ports);
}

typedef struct
{
  OhPorts *ports;
  OhLine *line;
} Gone;

/* H7: a line that only a rule has made. */
static gboolean
on_gone (gpointer user_data)
{
  Gone *gone = user_data;
  OhPorts *ports = gone->ports;
  OhLine *line = gone->line;

  g_hash_table_steal (ports->gone, line);
  oh_manager_remove_line (ports->manager, line, OH_CLOSED_REMOVED);
  return G_SOURCE_REMOVE;
}

static void
show_ports (OhPorts *ports, OhLine *line)
{
  g_autoptr (OhTty) tty = oh_tty_list_find (ports->ttys, oh_line_get_device (line));
  g_autoptr (GPtrArray) ttys = tty != NULL && tty->is_usb ? oh_ports_list (ports) : NULL;
  g_autoptr (GPtrArray) nodes = g_ptr_array_new ();

  if (tty != NULL)
    g_ptr_array_add (nodes, tty->node);
  for (guint i = 0; ttys != NULL && i < ttys->len; i++)
    {
      const OhTty *other = ttys->pdata[i];

      if (g_str_equal (other->device, tty->device) && !g_str_equal (other->node, tty->node))
        g_ptr_array_add (nodes, other->node);
    }
  g_ptr_array_add (nodes, NULL);
  oh_dbus_line_set_ports (OH_DBUS_LINE (line), (const char *const *)nodes->pdata);
}

static void
on_line_state (OhLine *line, GParamSpec *property, OhPorts *ports)
{
  gboolean absent = g_str_equal (oh_dbus_line_get_state (OH_DBUS_LINE (line)),
                                 oh_line_state_name (OH_LINE_ABSENT));
  guint timer = GPOINTER_TO_UINT (g_hash_table_lookup (ports->gone, line));

  show_ports (ports, line);
  if (!absent && timer != 0)
    {
      g_source_remove (timer);
      g_hash_table_remove (ports->gone, line);
    }
  if (!absent || !oh_line_is_placed (line))
    return;
  oh_ports_look (ports, LOOK_MS);
  if (timer == 0 && oh_line_get_origin (line) == OH_LINE_ANNOUNCED)
    {
      Gone *gone = g_new (Gone, 1);

      *gone = (Gone){ ports, line };
      timer = g_timeout_add_full (G_PRIORITY_DEFAULT, oh_line_get_limits (line)->gone_ms, on_gone,
                                  gone, g_free);
      g_hash_table_insert (ports->gone, line, GUINT_TO_POINTER (timer));
    }
}

void
oh_ports_take_line (OhPorts *ports, OhLine *line)
{
  g_signal_connect (line, "notify::state", G_CALLBACK (on_line_state), ports);
  show_ports (ports, line);
}

void
oh_ports_forget_line (OhPorts *ports, OhLine *line)
{
  guint timer = GPOINTER_TO_UINT (g_hash_table_lookup (ports->gone, line));

  g_signal_handlers_disconnect_by_data (line, ports);
  if (timer != 0)
    g_source_remove (timer);
  g_hash_table_remove (ports->gone, line);
}

gboolean
oh_ports_is_claimed (OhPorts *ports, const OhLineConfig *config, OhLine *line)
{
  g_autoptr (OhTty) tty = oh_tty_list_find (ports->ttys, oh_line_get_device (line));
  g_autofree char *device = config->device != NULL ? oh_port_resolve (config->device) : NULL;
  g_autofree char *own = oh_port_resolve (oh_line_get_device (line));

  return g_strcmp0 (device, own) == 0
         || (tty != NULL && oh_tty_matches (tty, &config->match, oh_line_get_id (line)));
}

gboolean
oh_ports_fits (OhPorts *ports, OhLine *line)
{
  const OhLineConfig *config = oh_line_get_config (line);
  g_autoptr (OhTty) tty = oh_tty_list_find (ports->ttys, oh_line_get_device (line));

  if (config->device != NULL)
    return oh_ports_is_claimed (ports, config, line);
  /* What it is called only the modem can say. */
  return tty == NULL || oh_line_get_origin (line) != OH_LINE_CONFIGURED
         || oh_tty_matches (tty, &config->match, config->match.id);
}

OhPorts *
oh_ports_new (OhManager *manager, const char *names_dir)
{
  OhPorts *ports = g_new0 (OhPorts, 1);

  ports->manager = manager;
  ports->names = oh_port_names_new (names_dir);
  ports->notes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, note_free);
  ports->gone = g_hash_table_new (NULL, NULL);
  ports->ttys = oh_tty_list_new (on_tty, ports);
  return ports;
}

void
oh_ports_free (OhPorts *ports)
{
  g_clear_handle_id (&ports->look, g_source_remove);
  oh_tty_list_free (ports->ttys);
  oh_port_names_free (ports->names);
  g_hash_table_unref (ports->notes);
  g_hash_table_unref (ports->gone);
  g_free (ports);
}
