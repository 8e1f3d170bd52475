// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/line-private.h"

#include <string.h>
#include <unistd.h>

#include "daemon/call-table.h"
#include "daemon/country.h"
#include "daemon/delivery.h"
#include "daemon/gather.h"

/* A line that a daemon leaves to the one that starts after it (design §6). */

/* unique name, uid, pid, whether it may control; the handle; its events */
#define HANDLE_TYPE "(suub" OH_HANDLE_TYPE OH_ITEMS_TYPE ")"
/* device, driver; what the configuration said; state, health; the modem's names; the ring count and
 * the last number of a call; ... */
#define LINE_TYPE                                                                                  \
  "(ss(ububusssbbbb)(ussss)(sss)uuua" OH_MODEM_TYPE "a" OH_CALL_TYPE "a" HANDLE_TYPE OH_DIALS_TYPE \
  "s)" /* and the bus: on another its clients are gone */

const char oh_line_type[] = LINE_TYPE;

#define HANDLES_PART 10

/* To be raised when something in it has another meaning, and the type and the names are the same.
 */
#define MEANING "1"

/* With the names of all that is kept as a number. */
char *
oh_line_format (void)
{
  GString *format = g_string_new (MEANING " " LINE_TYPE);
  const char *modes[OH_N_MODES + 1];

  for (OhLineState state = 0; state <= OH_LINE_ABSENT; state++)
    g_string_append_printf (format, " %s", oh_line_state_name (state));
  for (OhCallState state = 0; state < OH_N_CALL_STATES; state++)
    g_string_append_printf (format, " %s", oh_call_state_name (state));
  for (OhReason reason = 0; reason <= OH_REASON_UNKNOWN; reason++)
    g_string_append_printf (format, " %s", oh_reason_name (reason));
  for (OhEndedBy by = 0; by <= OH_ENDED_BY_UNKNOWN; by++)
    g_string_append_printf (format, " %s", oh_ended_by_name (by));
  for (OhPresentation of = 0; of <= OH_PRESENTATION_UNAVAILABLE; of++)
    g_string_append_printf (format, " %s", oh_presentation_name (of));
  for (OhKind kind = 0; kind < OH_N_KINDS; kind++)
    g_string_append_printf (format, " %s", oh_kind_name (kind));
  for (guint i = 0; i < OH_N_MODES; i++)
    {
      oh_mode_words (1u << i, modes);
      g_string_append_printf (format, " %s", modes[0]);
    }
  return g_string_free (format, FALSE);
}

static GVariant *
save_modem (OhLine *self)
{
  GVariantBuilder modems; /* one or none */
  GVariant *modem = oh_modem_save (self->modem);

  g_variant_builder_init (&modems, G_VARIANT_TYPE ("a" OH_MODEM_TYPE));
  if (modem != NULL)
    g_variant_builder_add_value (&modems, modem);
  return g_variant_builder_end (&modems);
}

static GVariant *
save_calls (OhLine *self)
{
  OhPack *pack = oh_pack_new ();
  g_autoptr (GBytes) bytes = NULL;

  oh_pack_open (pack, 8);
  for (guint i = 0; i < self->calls->len; i++)
    oh_call_pack (self->calls->pdata[i], pack);
  oh_pack_close_array (pack);
  bytes = oh_pack_free_to_bytes (pack);
  return g_variant_new_from_bytes (G_VARIANT_TYPE ("a" OH_CALL_TYPE), bytes, TRUE);
}

static void
pack_handle (OhHandle *handle, OhPack *pack)
{
  OhPeer *peer = oh_handle_get_peer (handle);

  oh_pack_open (pack, 8);
  oh_pack_string (pack, oh_peer_get_name (peer));
  oh_pack_uint32 (pack, oh_peer_get_uid (peer));
  oh_pack_uint32 (pack, oh_peer_get_pid (peer));
  oh_pack_boolean (pack, oh_peer_get_verdict (peer, OH_AUTH_CONTROL) == OH_VERDICT_YES);
  oh_handle_pack (handle, pack);
  oh_delivery_pack (oh_peer_get_delivery (peer), handle, pack);
  oh_pack_close_tuple (pack);
}

static GBytes *
save_handle (OhHandle *handle)
{
  OhPack *pack = oh_pack_new ();

  pack_handle (handle, pack);
  return oh_pack_free_to_bytes (pack);
}

static void
pack_handles (OhLine *self, OhPack *pack)
{
  oh_pack_open (pack, 8);
  for (guint i = 0; i < self->handles->len; i++)
    {
      OhHandle *handle = self->handles->pdata[i];
      gconstpointer content;
      gsize size;

      if (oh_handle_get_saved (handle) == NULL)
        oh_handle_set_saved (handle, save_handle (handle));
      content = g_bytes_get_data (oh_handle_get_saved (handle), &size);
      oh_pack_value (pack, content, size, 8, FALSE);
    }
  oh_pack_close_array (pack);
}

/* All but HANDLES_PART, in the order of LINE_TYPE. */
static void
make_parts (OhLine *self, GVariant **parts)
{
  OhDbusLine *object = OH_DBUS_LINE (self);
  const OhDriver *driver = oh_modem_get_driver (self->modem);

  parts[0] = g_variant_new_string (self->device);
  parts[1] = g_variant_new_string (driver != NULL ? driver->name : "");
  parts[2] = g_variant_new ("(ububusssbbbb)", self->settings.ring_timeout_ms, self->owner.keep,
                            self->owner.grace_ms, self->owner.keep_on_stop, self->settings.clir,
                            self->settings.pin, self->settings.country, self->settings.own_number,
                            self->settings.pulse, self->settings.blind, self->settings.flash,
                            self->settings.screen);
  parts[3]
      = g_variant_new ("(ussss)", self->state, oh_dbus_line_get_state_reason (object),
                       oh_dbus_line_get_health (object), oh_dbus_line_get_health_reason (object),
                       oh_dbus_line_get_kind (object));
  parts[4] = g_variant_new ("(sss)", oh_dbus_line_get_manufacturer (object),
                            oh_dbus_line_get_model (object), oh_dbus_line_get_revision (object));
  parts[5] = g_variant_new_uint32 (oh_dbus_line_get_ring_count (object));
  parts[6] = g_variant_new_uint32 (self->last_call);
  parts[7] = g_variant_new_uint32 (self->origin);
  parts[8] = save_modem (self);
  parts[9] = save_calls (self);
  parts[11] = oh_line_save_dials (self);
  parts[12] = g_variant_new_string (g_dbus_connection_get_guid (self->bus->connection));
}

#ifdef OH_CHECK_STATE
/* What has changed was told of, or the next daemon would not hear of it. */
static void
check_parts (OhLine *self)
{
  GVariant *fresh[OH_LINE_PARTS] = { NULL };
  OhChannel *channel = oh_modem_get_channel (self->modem);

  if (channel != NULL && oh_channel_in_stream (channel))
    return; /* where it is in the voice need not be known */
  make_parts (self, fresh);
  for (guint i = 0; i < OH_LINE_PARTS; i++)
    {
      if (fresh[i] != NULL && !g_variant_equal (g_variant_ref_sink (fresh[i]), self->parts[i]))
        g_critical ("Part %u of the state of %s has changed in silence", i, self->id);
      g_clear_pointer (&fresh[i], g_variant_unref);
    }
  for (guint i = 0; i < self->handles->len; i++)
    {
      OhHandle *handle = self->handles->pdata[i];
      GBytes *saved = oh_handle_get_saved (handle);
      g_autoptr (GBytes) now = save_handle (handle);

      if (saved != NULL && !g_bytes_equal (now, saved))
        g_critical ("Handle %s of %s has changed in silence", oh_handle_get_path (handle),
                    self->id);
    }
}
#endif

/* How GVariant aligns the parts, and whether their size is a fixed one. */
static const struct
{
  guint8 alignment;
  gboolean fixed;
} layout[OH_LINE_PARTS] = {
  { 1 },       { 1 }, { 4 }, { 4 }, { 1 }, { 4, TRUE }, { 4, TRUE },
  { 1, TRUE }, { 8 }, { 8 }, { 8 }, { 4 }, { 1 },
};

/* Parts and handles that have not changed are taken as they are: this is done for each event. */
static void
save (OhPack *pack, gpointer user_data)
{
  OhLine *self = user_data;

  if (self->parts[0] == NULL)
    {
      make_parts (self, self->parts);
      for (guint i = 0; i < OH_LINE_PARTS; i++)
        {
          if (self->parts[i] != NULL)
            g_variant_ref_sink (self->parts[i]);
        }
    }
#ifdef OH_CHECK_STATE
  check_parts (self);
#endif
  oh_pack_open (pack, 8);
  for (guint i = 0; i < OH_LINE_PARTS; i++)
    {
      if (i == HANDLES_PART)
        pack_handles (self, pack);
      else
        oh_pack_value (pack, g_variant_get_data (self->parts[i]),
                       g_variant_get_size (self->parts[i]), layout[i].alignment, layout[i].fixed);
    }
  oh_pack_close_tuple (pack);
}

void
oh_line_forget_parts (OhLine *self)
{
  for (guint i = 0; i < OH_LINE_PARTS; i++)
    g_clear_pointer (&self->parts[i], g_variant_unref);
}

void
oh_line_keep (OhLine *self)
{
  self->keeper = oh_store_keep (self->bus->store, self->id, save, self);
  oh_line_keep_port (self);
}

void
oh_line_keep_port (OhLine *self)
{
  int fd = oh_modem_get_fd (self->modem);

  if (self->keeper != NULL && fd >= 0)
    oh_store_keep_fd (self->bus->store, self->id, fd);
}

void
oh_line_set_origin (OhLine *self, OhLineOrigin origin)
{
  self->origin = origin;
  self->placed |= origin == OH_LINE_ANNOUNCED;
}

OhLineOrigin
oh_line_get_origin (OhLine *self)
{
  return self->origin;
}

OhLineOrigin
oh_line_saved_origin (GVariant *saved)
{
  guint origin;

  g_variant_get_child (saved, 7, "u", &origin);
  return MIN (origin, OH_LINE_ANNOUNCED);
}

OhLineConfig *
oh_line_saved_config (const char *id, GVariant *saved)
{
  OhLineConfig *config = oh_line_config_new ();
  g_autoptr (GVariant) settings = g_variant_get_child_value (saved, 2);
  const char *driver, *pin, *country, *own_number;
  guint clir;

  config->alias = g_strdup (id);
  g_variant_get_child (saved, 0, "s", &config->device);
  if (*config->device == '\0')
    g_clear_pointer (&config->device, g_free);
  g_variant_get_child (saved, 1, "&s", &driver);
  config->driver = oh_driver_find (driver);
  g_variant_get (settings, "(ububu&s&s&sbbbb)", &config->settings.ring_timeout_ms,
                 &config->owner.keep, &config->owner.grace_ms, &config->owner.keep_on_stop, &clir,
                 &pin, &country, &own_number, &config->settings.pulse, &config->settings.blind,
                 &config->settings.flash, &config->settings.screen);
  if (oh_pin_is_valid (pin))
    g_strlcpy (config->settings.pin, pin, sizeof config->settings.pin);
  if (oh_country_find (country) != NULL)
    g_strlcpy (config->settings.country, country, sizeof config->settings.country);
  g_strlcpy (config->settings.own_number, own_number, sizeof config->settings.own_number);
  config->settings.clir = MIN (clir, OH_CLIR_SHOW);
  return config;
}

static void
take_properties (OhLine *self)
{
  OhDbusLine *object = OH_DBUS_LINE (self);
  g_autoptr (GVariant) state = g_variant_get_child_value (self->saved, 3);
  g_autoptr (GVariant) names = g_variant_get_child_value (self->saved, 4);
  const char *texts[4], *modem[3];
  guint rings, number;

  g_variant_get (state, "(u&s&s&s&s)", &number, &texts[0], &texts[1], &texts[2], &texts[3]);
  self->state = MIN (number, OH_LINE_ABSENT);
  oh_dbus_line_set_state (object, oh_line_state_name (self->state));
  oh_dbus_line_set_state_reason (object, texts[0]);
  oh_dbus_line_set_health (object, texts[1]);
  oh_dbus_line_set_health_reason (object, texts[2]);
  oh_dbus_line_set_kind (object, texts[3]);
  g_variant_get (names, "(&s&s&s)", &modem[0], &modem[1], &modem[2]);
  oh_dbus_line_set_manufacturer (object, modem[0]);
  oh_dbus_line_set_model (object, modem[1]);
  oh_dbus_line_set_revision (object, modem[2]);
  g_variant_get_child (self->saved, 5, "u", &rings);
  g_variant_get_child (self->saved, 6, "u", &self->last_call);
  oh_dbus_line_set_ring_count (object, rings);
}

guint
oh_line_number_of_call (OhLine *self, const char *path)
{
  g_autofree char *stem = g_strconcat (self->path, "/call/", NULL);
  guint64 number;

  if (!g_str_has_prefix (path, stem)
      || !g_ascii_string_to_unsigned (path + strlen (stem), 10, 1, G_MAXUINT32, &number, NULL))
    return 0;
  return (guint)number;
}

/* The daemon before made no mistake, so far as we know: but what it left must not be our end. */
static void
leave_out (OhLine *self, const char *what)
{
  g_message ("Line %s: a saved %s makes no sense: it is left out", self->id, what);
}

static OhCall *
find_call (const char *path, gpointer user_data)
{
  OhLine *self = user_data;

  for (guint i = 0; i < self->calls->len; i++)
    {
      if (g_str_equal (oh_call_get_path (self->calls->pdata[i]), path))
        return self->calls->pdata[i];
    }
  return NULL;
}

static void
take_call (OhLine *self, GVariant *saved)
{
  OhCall *call = oh_call_restore (self->bus, self, saved);

  if (call == NULL || find_call (oh_call_get_path (call), self) != NULL)
    {
      leave_out (self, "call");
      g_clear_object (&call);
      return;
    }
  self->last_call = MAX (self->last_call, oh_line_number_of_call (self, oh_call_get_path (call)));
  oh_line_take_back_call (self, call);
}

static void
take_calls (OhLine *self)
{
  g_autoptr (GVariant) calls = g_variant_get_child_value (self->saved, 9);

  for (gsize i = 0; i < g_variant_n_children (calls); i++)
    {
      g_autoptr (GVariant) saved = g_variant_get_child_value (calls, i);

      take_call (self, saved);
    }
}

static gboolean
is_handle (OhLine *self, const char *name, GVariant *options)
{
  const char *path;
  guint64 serial;

  g_variant_get_child (options, 0, "&s", &path);
  g_variant_get_child (options, 2, "t", &serial);
  if (!g_dbus_is_name (name) || !g_dbus_is_unique_name (name) || !g_variant_is_object_path (path)
      || serial > G_MAXINT64)
    return FALSE;
  for (guint i = 0; i < self->handles->len; i++)
    {
      if (oh_handle_is (self->handles->pdata[i], name, path))
        return FALSE;
    }
  return TRUE;
}

static void
take_handle (OhLine *self, GVariant *saved)
{
  g_autoptr (GVariant) options = g_variant_get_child_value (saved, 4);
  g_autoptr (GVariant) items = g_variant_get_child_value (saved, 5);
  g_autoptr (OhPeer) peer = NULL;
  const char *name;
  guint uid, pid;
  gboolean controls;
  OhHandle *handle;

  g_variant_get (saved, "(&suub@" OH_HANDLE_TYPE "@" OH_ITEMS_TYPE ")", &name, &uid, &pid,
                 &controls, NULL, NULL);
  if (!is_handle (self, name, options))
    {
      leave_out (self, "handle");
      return;
    }
  peer = oh_peers_restore (self->bus->peers, name, uid, pid);
  if (controls && !oh_peer_is_trusted (peer))
    oh_peer_set_verdict (peer, OH_AUTH_CONTROL, OH_VERDICT_YES); /* it is asked again */
  handle = oh_handle_restore (peer, self->path, options, &oh_line_handle_funcs, self);
  g_ptr_array_add (self->handles, handle);
  oh_delivery_restore (oh_peer_get_delivery (peer), handle, items, find_call, self);
}

static void
take_owners (OhLine *self)
{
  g_autoptr (GVariant) calls = g_variant_get_child_value (self->saved, 9);

  for (gsize i = 0; i < g_variant_n_children (calls); i++)
    {
      g_autoptr (GVariant) saved = g_variant_get_child_value (calls, i);
      g_autoptr (GVariant) owner = g_variant_get_child_value (saved, 8);
      OhPeer *peer;
      OhCall *call;
      const char *name, *path;

      g_variant_get_child (saved, 0, "&s", &path);
      g_variant_get_child (owner, 1, "&s", &name);
      call = find_call (path, self);
      if (call == NULL)
        continue;
      peer = oh_line_find_peer (self, name);
      oh_call_get_owner (call)->lost |= *name != '\0' && peer == NULL;
      if (oh_call_is_live (oh_call_get_state (call)))
        oh_line_own_again (self, call, peer);
    }
}

/* Once their connections have handles again. */
static void
take_gathers (OhLine *self)
{
  g_autoptr (GVariant) calls = g_variant_get_child_value (self->saved, 9);

  for (gsize i = 0; i < g_variant_n_children (calls); i++)
    {
      g_autoptr (GVariant) saved = g_variant_get_child_value (calls, i);
      g_autoptr (GVariant) gathers = g_variant_get_child_value (saved, 10);
      const char *path;
      OhCall *call;

      g_variant_get_child (saved, 0, "&s", &path);
      call = find_call (path, self);
      if (call != NULL && oh_call_is_live (oh_call_get_state (call)))
        oh_gather_resume (self, call, gathers);
    }
}

static void
take_handles (OhLine *self)
{
  g_autoptr (GVariant) handles = g_variant_get_child_value (self->saved, 10);
  const char *bus;

  g_variant_get_child (self->saved, 12, "&s", &bus);
  if (!g_str_equal (bus, g_dbus_connection_get_guid (self->bus->connection)))
    return;
  for (gsize i = 0; i < g_variant_n_children (handles); i++)
    {
      g_autoptr (GVariant) saved = g_variant_get_child_value (handles, i);

      take_handle (self, saved);
    }
  oh_dbus_line_set_num_handles (OH_DBUS_LINE (self), self->handles->len);
}

/* Whose Dial was not replied to is told of the call like everybody else (H9). */
static void
announce_dials (OhLine *self)
{
  g_autoptr (GVariant) dials = g_variant_get_child_value (self->saved, 11);
  GVariantIter iter;
  guint modem_call;
  const char *number, *name;

  g_variant_iter_init (&iter, dials);
  while (g_variant_iter_next (&iter, "(u&s&s)", &modem_call, &number, &name))
    {
      OhEvent event = { .kind = OH_EVENT_CALL,
                        .call = modem_call,
                        .state = OH_CALL_DIALING,
                        .origin = OH_ORIGIN_FOUND };
      OhPeer *peer = oh_line_find_peer (self, name);
      OhCall *call = oh_line_make_call (self, &event);

      oh_call_set_maker (call, name, number);
      if (peer != NULL)
        oh_line_take_call (self, call, peer);
      oh_line_announce_call (self, call);
    }
}

/* With its port, or with a driver that needs none. */
static gboolean
resume_modem (OhLine *self)
{
  g_autoptr (GVariant) modems = g_variant_get_child_value (self->saved, 8);
  g_autoptr (GVariant) modem = NULL;
  int fd = oh_store_take_fd (self->bus->store, self->id);

  if (g_variant_n_children (modems) == 0)
    {
      if (fd >= 0)
        close (fd);
      return FALSE;
    }
  modem = g_variant_get_child_value (modems, 0);
  return oh_modem_restore (self->modem, self->device, fd, modem);
}

/* The one that the port is of, whatever the configuration says now. */
static void
take_device (OhLine *self)
{
  g_free (self->device);
  g_variant_get_child (self->saved, 0, "s", &self->device);
  oh_dbus_line_set_device (OH_DBUS_LINE (self), self->device);
}

/* The configuration may say something else since: what the modem was told is of before. */
static void
tell_settings (OhLine *self)
{
  g_autoptr (OhLineConfig) before = oh_line_saved_config (self->id, self->saved);

  if (memcmp (&before->settings, &self->settings, sizeof self->settings) != 0)
    oh_modem_configure (self->modem, &self->settings);
}

gboolean
oh_line_resume (OhLine *self, GVariant *saved)
{
  gboolean resumed;

  self->saved = g_variant_ref (saved);
  take_device (self);
  take_properties (self);
  take_calls (self);
  take_handles (self);
  take_gathers (self);
  take_owners (self);
  announce_dials (self);
  resumed = resume_modem (self);
  if (resumed)
    {
      oh_line_show_modem (self);
      oh_line_keep_port (self);
      tell_settings (self);
    }
  else
    oh_line_end_calls (self, OH_REASON_UNKNOWN);
  if (resumed)
    {
      oh_line_update_features (self);
      oh_line_resume_health (self);
    }
  g_clear_pointer (&self->saved, g_variant_unref);
  oh_line_look_after_calls (self);
  return resumed;
}
