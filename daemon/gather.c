// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/gather.h"

#include <string.h>

#include "daemon/line-private.h"

#define TERMINATORS_MAX 17 /* bytes: all sixteen */

typedef struct
{
  OhLine *line;
  OhCall *call; /* which has it */
  OhPeer *peer;
  guint count, first_ms, inter_ms;
  char terminators[TERMINATORS_MAX];
  GString *digits;
  guint timer;
  gulong watch;
} Gather;

static void
gather_free (gpointer data)
{
  Gather *self = data;

  g_clear_handle_id (&self->timer, g_source_remove);
  g_signal_handler_disconnect (self->peer, self->watch);
  g_object_unref (self->peer);
  g_string_free (self->digits, TRUE);
  g_free (self);
}

/* Of the event that says it is over. */
static GVariant *
describe (const Gather *self, const char *result)
{
  GVariantDict details;

  g_variant_dict_init (&details, NULL);
  g_variant_dict_insert (&details, "Digits", "s", self->digits->str);
  g_variant_dict_insert (&details, "Result", "s", result);
  return g_variant_dict_end (&details);
}

static void
finish (Gather *self, const char *result)
{
  g_autoptr (GVariant) details = g_variant_ref_sink (describe (self, result));
  g_autoptr (OhPeer) peer = g_object_ref (self->peer);
  g_autoptr (OhCall) call = g_object_ref (self->call);
  OhLine *line = self->line;

  oh_line_touch (line);
  g_ptr_array_remove (oh_call_get_gathers (call), self);
  oh_line_tell_peer (line, oh_peer_get_name (peer), OH_KIND_GATHER, call, details);
}

static gboolean
on_due (gpointer user_data)
{
  Gather *self = user_data;

  self->timer = 0;
  finish (self, self->digits->len == 0 ? "first-timeout" : "inter-timeout");
  return G_SOURCE_REMOVE;
}

static void
arm (Gather *self)
{
  guint limit = self->digits->len == 0 ? self->first_ms : self->inter_ms;

  g_clear_handle_id (&self->timer, g_source_remove);
  if (limit > 0)
    self->timer = g_timeout_add (limit, on_due, self);
}

/* There is nobody to tell. */
static void
on_vanished (OhPeer *peer, gpointer user_data)
{
  Gather *self = user_data;

  oh_line_touch (self->line);
  g_ptr_array_remove (oh_call_get_gathers (self->call), self);
}

static Gather *
gather_new (OhLine *line, OhCall *call, OhPeer *peer, const OhGatherOptions *options)
{
  Gather *self = g_new0 (Gather, 1);
  GPtrArray *gathers = oh_call_get_gathers (call);

  self->line = line;
  self->call = call;
  self->peer = g_object_ref (peer);
  self->count = options->count;
  self->first_ms = options->first_ms;
  self->inter_ms = options->inter_ms;
  g_strlcpy (self->terminators, options->terminators, sizeof self->terminators);
  self->digits = g_string_new (NULL);
  self->watch = g_signal_connect (peer, "vanished", G_CALLBACK (on_vanished), self);
  g_ptr_array_set_free_func (gathers, gather_free);
  g_ptr_array_add (gathers, self);
  return self;
}

void
oh_gather_end (OhCall *call, OhPeer *peer, const char *result)
{
  GPtrArray *gathers = oh_call_get_gathers (call);

  for (guint i = gathers->len; i > 0; i--)
    {
      Gather *self = gathers->pdata[i - 1];

      if (peer == NULL || self->peer == peer)
        finish (self, result);
    }
}

void
oh_gather_begin (OhLine *line, OhCall *call, OhPeer *peer, const OhGatherOptions *options)
{
  oh_line_touch (line);
  oh_gather_end (call, peer, "cancelled");
  if (options->count > 0)
    arm (gather_new (line, call, peer, options));
}

static void
take_digit (Gather *self, char digit)
{
  oh_line_touch (self->line);
  g_string_append_c (self->digits, digit);
  if (strchr (self->terminators, digit) != NULL)
    finish (self, "terminator");
  else if (self->digits->len >= self->count)
    finish (self, "full");
  else
    arm (self);
}

void
oh_gather_take_digit (OhCall *call, char digit)
{
  GPtrArray *gathers = oh_call_get_gathers (call);

  for (guint i = gathers->len; i > 0; i--)
    take_digit (gathers->pdata[i - 1], digit);
}

static gboolean
refuse (GError **error, const char *key, const char *what)
{
  g_set_error (error, G_DBUS_ERROR, G_DBUS_ERROR_INVALID_ARGS, "%s: %s", key, what);
  return FALSE;
}

static gboolean
take_time (const char *key, guint value, guint *ret, GError **error)
{
  *ret = value;
  return value == 0 || (value >= OH_GATHER_LEAST_MS && value <= OH_GATHER_MOST_MS)
         || refuse (error, key, "must be 100 to 3600000 milliseconds, or 0");
}

static gboolean
take_option (OhGatherOptions *options, const char *key, GVariant *value, GError **error)
{
  gboolean is_number = g_variant_is_of_type (value, G_VARIANT_TYPE_UINT32);

  if (g_str_equal (key, "Terminators") && g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    {
      options->terminators = g_variant_get_string (value, NULL);
      return (strspn (options->terminators, "0123456789*#ABCD") == strlen (options->terminators)
              && strlen (options->terminators) < TERMINATORS_MAX)
             || refuse (error, key, "must be digits, 16 at most");
    }
  if (g_str_equal (key, "Count") && is_number)
    {
      options->count = g_variant_get_uint32 (value);
      return options->count <= OH_GATHER_MOST || refuse (error, key, "must be 0 to 255");
    }
  if (g_str_equal (key, "FirstDigitTimeout") && is_number)
    return take_time (key, g_variant_get_uint32 (value), &options->first_ms, error);
  if (g_str_equal (key, "InterDigitTimeout") && is_number)
    return take_time (key, g_variant_get_uint32 (value), &options->inter_ms, error);
  g_set_error (error, G_DBUS_ERROR, G_DBUS_ERROR_INVALID_ARGS,
               "GatherDigits knows no option \"%.64s\" of type %.64s", key,
               g_variant_get_type_string (value));
  return FALSE;
}

gboolean
oh_gather_options_parse (OhGatherOptions *options, GVariant *given, GError **error)
{
  gboolean good = TRUE;
  GVariantIter iter;
  const char *key;
  GVariant *value;

  *options = (OhGatherOptions){ .count = OH_GATHER_MOST, .terminators = "" };
  g_variant_iter_init (&iter, given);
  while (good && g_variant_iter_next (&iter, "{&sv}", &key, &value))
    {
      good = take_option (options, key, value, error); /* strings stay @given's */
      g_variant_unref (value);
    }
  return good;
}

void
oh_gather_pack (OhCall *call, OhPack *pack)
{
  GPtrArray *gathers = oh_call_get_gathers (call);

  oh_pack_open (pack, 4);
  for (guint i = 0; i < gathers->len; i++)
    {
      Gather *self = gathers->pdata[i];

      oh_pack_open (pack, 4);
      oh_pack_string (pack, oh_peer_get_name (self->peer));
      oh_pack_uint32 (pack, self->count);
      oh_pack_string (pack, self->terminators);
      oh_pack_string (pack, self->digits->str);
      oh_pack_uint32 (pack, self->first_ms);
      oh_pack_uint32 (pack, self->inter_ms);
      oh_pack_close_tuple (pack);
    }
  oh_pack_close_array (pack);
}

static void
resume (OhLine *line, OhCall *call, GVariant *saved)
{
  OhGatherOptions options = { 0 };
  const char *name, *digits;
  OhPeer *peer;
  Gather *self;

  g_variant_get (saved, "(&su&s&suu)", &name, &options.count, &options.terminators, &digits,
                 &options.first_ms, &options.inter_ms);
  peer = oh_line_find_peer (line, name);
  if (peer == NULL || options.count == 0 || options.count > OH_GATHER_MOST
      || strlen (digits) >= options.count || options.first_ms > OH_GATHER_MOST_MS
      || options.inter_ms > OH_GATHER_MOST_MS)
    return;
  self = gather_new (line, call, peer, &options);
  for (; *digits != '\0'; digits++)
    {
      if (strchr ("0123456789*#ABCD", *digits) != NULL)
        g_string_append_c (self->digits, *digits);
    }
  arm (self);
}

/* The time that is left begins anew. */
void
oh_gather_resume (OhLine *line, OhCall *call, GVariant *saved)
{
  for (gsize i = 0; i < g_variant_n_children (saved); i++)
    {
      g_autoptr (GVariant) one = g_variant_get_child_value (saved, i);

      resume (line, call, one);
    }
}
