// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/store.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <systemd/sd-bus.h>
#include <systemd/sd-daemon.h>
#include <systemd/sd-id128.h>
#include <unistd.h>

#include "daemon/slots.h"

#define SUFFIX ".state"
#define LEAST_SIZE 16384
#define LAZY_MS 50

typedef struct
{
  OhStageFunc stage, send;
  gpointer user_data;
} Staged;

struct _OhStore
{
  guint references;
  char *dir; /* NULL: nothing is kept */
  guint8 identity[OH_SLOTS_IDENTITY];
  GPtrArray *keepers; /* of OhKeeper */
  OhPack *pack;       /* what is written at this moment */
  GArray *staged;
  guint source, lazy;
  GHashTable *fds;   /* char * -> int, those that we were given */
  GHashTable *ports; /* char * -> int, those that are open */
};

struct _OhKeeper
{
  OhStore *store;
  char *name, *path;
  OhStoreFunc make;
  gpointer user_data;
  gboolean touched;
  void *memory;
  gsize size;
};

/* Where the boot cannot be told, /run has gone with it. */
static void
identify (OhStore *self, const char *format)
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  sd_id128_t boot = { 0 };
  gsize length = sizeof self->identity;

  sd_id128_get_boot (&boot);
  g_checksum_update (sum, boot.bytes, sizeof boot);
  g_checksum_update (sum, (const guchar *)format, -1);
  g_checksum_get_digest (sum, self->identity, &length);
}

static void
take_fds (OhStore *self)
{
  char **names = NULL;
  int n = sd_listen_fds_with_names (TRUE, &names);

  for (int i = 0; i < n; i++)
    {
      g_hash_table_insert (self->fds, g_strdup (names[i]),
                           GINT_TO_POINTER (SD_LISTEN_FDS_START + i));
      free (names[i]);
    }
  free (names);
}

OhStore *
oh_store_new (const char *dir, const char *format)
{
  OhStore *self = g_new0 (OhStore, 1);

  self->references = 1;
  self->dir = g_strdup (dir);
  self->keepers = g_ptr_array_new ();
  self->pack = oh_pack_new ();
  self->staged = g_array_new (FALSE, FALSE, sizeof (Staged));
  self->fds = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->ports = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  if (dir == NULL)
    return self;
  identify (self, format);
  take_fds (self);
  return self;
}

OhStore *
oh_store_ref (OhStore *self)
{
  self->references++;
  return self;
}

void
oh_store_unref (OhStore *self)
{
  if (--self->references > 0)
    return;
  g_clear_handle_id (&self->source, g_source_remove);
  g_clear_handle_id (&self->lazy, g_source_remove);
  g_assert (self->keepers->len == 0 && self->staged->len == 0);
  g_ptr_array_unref (self->keepers);
  oh_pack_free (self->pack);
  g_array_unref (self->staged);
  g_hash_table_unref (self->fds);
  g_hash_table_unref (self->ports);
  g_free (self->dir);
  g_free (self);
}

/* For a file, and for FDNAME=: letters, digits and "_". */
static char *
escape (const char *name)
{
  char *path = NULL;
  char *escaped;

  sd_bus_path_encode ("/", name, &path);
  escaped = g_strdup (path + 1);
  free (path);
  return escaped;
}

static char *
path_of (OhStore *self, const char *name)
{
  g_autofree char *escaped = escape (name);
  g_autofree char *file = g_strconcat (escaped, SUFFIX, NULL);

  return g_build_filename (self->dir, file, NULL);
}

static char *
name_of (const char *file)
{
  g_autofree char *path = NULL;
  char *name = NULL;
  char *copy;

  if (!g_str_has_suffix (file, SUFFIX))
    return NULL;
  path = g_strdup_printf ("/%.*s", (int)(strlen (file) - strlen (SUFFIX)), file);
  if (sd_bus_path_decode (path, "/", &name) <= 0)
    return NULL;
  copy = g_strdup (name);
  free (name);
  return copy;
}

GPtrArray *
oh_store_list (OhStore *self)
{
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GDir) dir = self->dir != NULL ? g_dir_open (self->dir, 0, NULL) : NULL;
  const char *file;

  while (dir != NULL && (file = g_dir_read_name (dir)) != NULL)
    {
      char *name = name_of (file);

      if (name != NULL)
        g_ptr_array_add (names, name);
    }
  return names;
}

GVariant *
oh_store_read (OhStore *self, const char *name, const GVariantType *type)
{
  g_autofree char *path = self->dir != NULL ? path_of (self, name) : NULL;
  g_autoptr (GMappedFile) file = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GVariant) value = NULL;
  const void *content = NULL;
  gsize length;

  if (path != NULL)
    file = g_mapped_file_new (path, FALSE, NULL);
  if (file == NULL)
    return NULL;
  if (g_mapped_file_get_length (file) > 0)
    content = oh_slots_read (g_mapped_file_get_contents (file), g_mapped_file_get_length (file),
                             self->identity, &length);
  if (content != NULL)
    {
      bytes = g_bytes_new (content, length);
      value = g_variant_ref_sink (g_variant_new_from_bytes (type, bytes, FALSE));
    }
  if (value == NULL || !g_variant_is_normal_form (value))
    {
      g_message ("%s: another daemon's, or damaged: not used", path);
      return NULL;
    }
  return g_steal_pointer (&value);
}

static gboolean
has_keeper (OhStore *self, const char *name)
{
  for (guint i = 0; i < self->keepers->len; i++)
    {
      if (g_str_equal (((OhKeeper *)self->keepers->pdata[i])->name, name))
        return TRUE;
    }
  return FALSE;
}

static void
unmap (OhKeeper *keeper)
{
  if (keeper->memory != NULL)
    munmap (keeper->memory, keeper->size);
  keeper->memory = NULL;
}

/* A new file in the place of the old one: a reader finds the one or the other, whole. */
static void
map (OhKeeper *keeper, gsize length)
{
  g_autofree char *fresh = g_strconcat (keeper->path, ".new", NULL);
  gsize size = MAX (oh_slots_size (length * 2), LEAST_SIZE);
  int fd;
  void *memory = MAP_FAILED;

  unmap (keeper);
  fd = g_open (fresh, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd >= 0 && (errno = posix_fallocate (fd, 0, size)) == 0)
    memory = mmap (NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (fd >= 0)
    close (fd);
  if (memory == MAP_FAILED)
    {
      g_warning ("%s: %s: a restart will forget this line", fresh, g_strerror (errno));
      g_unlink (fresh);
      g_unlink (keeper->path); /* what is there is not true any more */
      return;
    }
  keeper->memory = memory;
  keeper->size = size;
  oh_slots_init (memory, size, keeper->store->identity);
}

static void
write_keeper (OhKeeper *keeper)
{
  OhPack *pack = keeper->store->pack;
  g_autofree char *fresh = NULL;
  const guint8 *content;
  gsize length;

  oh_pack_clear (pack);
  keeper->make (pack, keeper->user_data);
  content = oh_pack_get (pack, &length);
  if (keeper->memory != NULL && oh_slots_write (keeper->memory, keeper->size, content, length))
    return;
  map (keeper, length);
  if (keeper->memory == NULL)
    return;
  oh_slots_write (keeper->memory, keeper->size, content, length);
  fresh = g_strconcat (keeper->path, ".new", NULL);
  if (g_rename (fresh, keeper->path) < 0)
    g_warning ("%s: %s", fresh, g_strerror (errno));
}

void
oh_store_commit (OhStore *self)
{
  g_autoptr (GArray) staged = g_steal_pointer (&self->staged);

  g_clear_handle_id (&self->source, g_source_remove);
  self->staged = g_array_new (FALSE, FALSE, sizeof (Staged));
  for (guint i = 0; i < staged->len; i++)
    g_array_index (staged, Staged, i).stage (g_array_index (staged, Staged, i).user_data);
  for (guint i = 0; i < self->keepers->len; i++)
    {
      OhKeeper *keeper = self->keepers->pdata[i];

      if (keeper->touched && self->dir != NULL)
        write_keeper (keeper);
#ifdef OH_CHECK_STATE
      else
        {
          oh_pack_clear (self->pack);
          keeper->make (self->pack, keeper->user_data);
        }
#endif
      keeper->touched = FALSE;
    }
  for (guint i = 0; i < staged->len; i++)
    g_array_index (staged, Staged, i).send (g_array_index (staged, Staged, i).user_data);
}

static gboolean
on_commit (gpointer user_data)
{
  OhStore *self = user_data;

  self->source = 0;
  oh_store_commit (self);
  return G_SOURCE_REMOVE;
}

static void
schedule (OhStore *self)
{
  /* Before anything else that the loop has to do. */
  if (self->source == 0)
    self->source = g_idle_add_full (G_PRIORITY_HIGH, on_commit, self, NULL);
}

void
oh_keeper_touch (OhKeeper *keeper)
{
  keeper->touched = TRUE;
  schedule (keeper->store);
}

static gboolean
on_lazy (gpointer user_data)
{
  OhStore *self = user_data;

  self->lazy = 0;
  schedule (self);
  return G_SOURCE_REMOVE;
}

void
oh_keeper_touch_lazily (OhKeeper *keeper)
{
  OhStore *self = keeper->store;

  keeper->touched = TRUE;
  if (self->lazy == 0 && self->dir != NULL)
    self->lazy = g_timeout_add (LAZY_MS, on_lazy, self);
}

void
oh_store_stage (OhStore *self, OhStageFunc stage, OhStageFunc send, gpointer user_data)
{
  const Staged staged = { stage, send, user_data };

  g_array_append_val (self->staged, staged);
  schedule (self);
}

OhKeeper *
oh_store_keep (OhStore *self, const char *name, OhStoreFunc make, gpointer user_data)
{
  OhKeeper *keeper = g_new0 (OhKeeper, 1);

  keeper->store = self;
  keeper->name = g_strdup (name);
  keeper->path = self->dir != NULL ? path_of (self, name) : NULL;
  keeper->make = make;
  keeper->user_data = user_data;
  g_ptr_array_add (self->keepers, keeper);
  oh_keeper_touch (keeper);
  return keeper;
}

void
oh_keeper_free (OhKeeper *keeper)
{
  g_ptr_array_remove (keeper->store->keepers, keeper);
  unmap (keeper);
  g_free (keeper->name);
  g_free (keeper->path);
  g_free (keeper);
}

void
oh_keeper_forget (OhKeeper *keeper)
{
  if (keeper->path != NULL)
    g_unlink (keeper->path);
  oh_keeper_free (keeper);
}

void
oh_store_keep_fd (OhStore *self, const char *name, int fd)
{
  g_autofree char *known = escape (name);
  g_autofree char *state = g_strdup_printf ("FDSTORE=1\nFDNAME=%s", known);

  g_hash_table_replace (self->ports, g_strdup (known), GINT_TO_POINTER (fd));
  if (self->dir != NULL)
    sd_pid_notify_with_fds (0, FALSE, state, &fd, 1);
}

static void
drop_known_fd (const char *known)
{
  sd_notifyf (FALSE, "FDSTOREREMOVE=1\nFDNAME=%s", known);
}

void
oh_store_drop_fd (OhStore *self, const char *name)
{
  g_autofree char *known = escape (name);

  g_hash_table_remove (self->ports, known);
  if (self->dir != NULL)
    drop_known_fd (known);
}

#define FREE_FD 500 /* above what is open while the ports move to their place */

void
oh_store_exec (OhStore *self, char **argv)
{
  g_autoptr (GString) names = g_string_new (NULL);
  g_autofree char *pid = g_strdup_printf ("%d", getpid ());
  g_autofree char *count = g_strdup_printf ("%u", g_hash_table_size (self->ports));
  GHashTableIter iter;
  gpointer name, fd;
  int n = 0;

  oh_store_commit (self);
  g_hash_table_iter_init (&iter, self->ports);
  for (; g_hash_table_iter_next (&iter, &name, &fd); n++)
    {
      g_string_append_printf (names, "%s%s", n > 0 ? ":" : "", (const char *)name);
      dup2 (GPOINTER_TO_INT (fd), FREE_FD + n);
    }
  while (n-- > 0)
    {
      dup2 (FREE_FD + n, SD_LISTEN_FDS_START + n);
      close (FREE_FD + n);
    }
  g_setenv ("LISTEN_PID", pid, TRUE);
  g_setenv ("LISTEN_FDS", count, TRUE);
  g_setenv ("LISTEN_FDNAMES", names->str, TRUE);
  execv ("/proc/self/exe", argv);
}

int
oh_store_take_fd (OhStore *self, const char *name)
{
  g_autofree char *known = escape (name);
  g_autofree char *key = NULL;
  gpointer fd;

  if (!g_hash_table_steal_extended (self->fds, known, (gpointer *)&key, &fd))
    return -1;
  return GPOINTER_TO_INT (fd);
}

/* The service manager has it open for another moment: nobody is to find it locked meanwhile. */
static void
let_go (int fd)
{
  ioctl (fd, TIOCNXCL);
  flock (fd, LOCK_UN);
  close (fd);
}

void
oh_store_forget_fd (OhStore *self, const char *name)
{
  int fd = oh_store_take_fd (self, name);

  if (fd < 0)
    return;
  oh_store_drop_fd (self, name);
  let_go (fd);
}

/* What has no keeper now is nobody's any more. */
static void
close_fds (OhStore *self)
{
  GHashTableIter iter;
  gpointer known, fd;

  g_hash_table_iter_init (&iter, self->fds);
  while (g_hash_table_iter_next (&iter, &known, &fd))
    {
      drop_known_fd (known);
      let_go (GPOINTER_TO_INT (fd));
      g_hash_table_iter_remove (&iter);
    }
}

void
oh_store_sweep (OhStore *self)
{
  g_autoptr (GPtrArray) names = oh_store_list (self);

  for (guint i = 0; i < names->len; i++)
    {
      g_autofree char *path = path_of (self, names->pdata[i]);

      if (!has_keeper (self, names->pdata[i]))
        g_unlink (path);
    }
  close_fds (self);
}
