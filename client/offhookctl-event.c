// SPDX-License-Identifier: LGPL-2.1-or-later
#include "client/offhookctl-event.h"
#include "client/offhookctl-output.h"

#include <stdio.h>
#include <time.h>

static gint64
boot_time_now (void)
{
  struct timespec now;

  clock_gettime (CLOCK_BOOTTIME, &now);
  return (gint64)now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

/* The time of day at @boot_time; now where that is out of all reason. */
static GDateTime *
wall_clock (guint64 boot_time)
{
  gint64 now = boot_time_now ();
  gint64 age = boot_time <= (guint64)now ? now - (gint64)boot_time : 0;
  g_autoptr (GDateTime) local = g_date_time_new_now_local ();

  return g_date_time_add (local, -age);
}

/* Empty values and those that only programs want are left out. */
static void
append_details (GString *text, GVariant *details)
{
  static const char *const hidden[]
      = { "StateSince", "OfferedAt", "ConnectedAt", "EndedAt", "Calls", NULL };
  GVariantIter iter;
  const char *key;
  GVariant *value;

  g_variant_iter_init (&iter, details);
  while (g_variant_iter_loop (&iter, "{&sv}", &key, &value))
    {
      g_autofree char *shown = oh_output_value (key, value);
      gboolean is_false
          = g_variant_is_of_type (value, G_VARIANT_TYPE_BOOLEAN) && !g_variant_get_boolean (value);
      const char *quote = strchr (shown, ' ') != NULL ? "\"" : "";

      if (*shown != '\0' && !is_false && !g_strv_contains (hidden, key))
        g_string_append_printf (text, " %s=%s%s%s", key, quote, shown, quote);
    }
}

/* "home/3" for the third call of the line home; programs get the path. */
static char *
short_call (const char *id, const char *call)
{
  const char *tail = g_strrstr (call, "/call/");

  return tail != NULL ? g_strconcat (id, "/", tail + strlen ("/call/"), NULL) : g_strdup ("-");
}

static void
print_text (const OhCtl *ctl, const char *id, const OhListenEvent *event)
{
  g_autoptr (GDateTime) time = wall_clock (event->time);
  g_autofree char *clock = g_date_time_format (time, "%H:%M:%S");
  g_autofree char *stamp
      = g_strdup_printf ("%s.%03d", clock, g_date_time_get_microsecond (time) / 1000);
  g_autofree char *dim = oh_output_styled (ctl, OH_STYLE_DIM, stamp);
  g_autofree char *clean_id = oh_output_clean (id);
  g_autofree char *kind = oh_output_clean (event->kind);
  g_autofree char *bold = oh_output_styled (ctl, OH_STYLE_BOLD, kind);
  g_autofree char *call = short_call (clean_id, event->call);
  g_autoptr (GString) details = g_string_new (NULL);
  const char *state = "";

  g_variant_lookup (event->details, "State", "&s", &state);
  append_details (details, event->details);
  g_autofree char *styled = oh_output_styled (ctl, oh_output_word_style (state), details->str);
  printf ("%s %s %" G_GUINT64_FORMAT " %s %s%s\n", dim, clean_id, event->serial, bold, call,
          styled);
  fflush (stdout);
}

static void
begin_json (GVariantBuilder *object, const char *type, guint64 boot_time)
{
  g_autoptr (GDateTime) time = wall_clock (boot_time);
  g_autofree char *seconds = g_date_time_format (time, "%Y-%m-%dT%H:%M:%S");
  g_autofree char *zone = g_date_time_format (time, "%:z");
  g_autofree char *stamp
      = g_strdup_printf ("%s.%06d%s", seconds, g_date_time_get_microsecond (time), zone);

  g_variant_builder_init (object, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (object, "{sv}", "Type", g_variant_new_string (type));
  g_variant_builder_add (object, "{sv}", "Time", g_variant_new_string (stamp));
}

static void
add_json_line (GVariantBuilder *object, const char *id, const char *path)
{
  g_variant_builder_add (object, "{sv}", "Line", g_variant_new_string (id));
  g_variant_builder_add (object, "{sv}", "Path", g_variant_new_object_path (path));
}

static void
end_json (GVariantBuilder *object)
{
  oh_output_json (g_variant_builder_end (object), FALSE);
  fflush (stdout);
}

void
oh_event_print (const OhCtl *ctl, const char *id, const OhListenEvent *event)
{
  GVariantBuilder object;

  if (!ctl->json)
    {
      print_text (ctl, id, event);
      return;
    }
  begin_json (&object, "event", event->time);
  g_variant_builder_add (&object, "{sv}", "BootTime", g_variant_new_uint64 (event->time));
  add_json_line (&object, id, event->line);
  g_variant_builder_add (&object, "{sv}", "Serial", g_variant_new_uint64 (event->serial));
  g_variant_builder_add (&object, "{sv}", "Kind", g_variant_new_string (event->kind));
  g_variant_builder_add (&object, "{sv}", "Call", g_variant_new_object_path (event->call));
  g_variant_builder_add (&object, "{sv}", "Details", event->details);
  end_json (&object);
}

static OhListenEvent
note (const char *path, const char *kind, GVariant *details)
{
  return (OhListenEvent){
    .line = path,
    .time = (guint64)boot_time_now (),
    .kind = kind,
    .call = "/",
    .details = details,
  };
}

static void
print_open_text (const OhCtl *ctl, const char *id, const char *path, GVariant *snapshot)
{
  OhListenEvent event = note (path, "open", snapshot);
  g_autoptr (GVariant) calls = NULL;

  g_variant_lookup (snapshot, "Serial", "t", &event.serial);
  print_text (ctl, id, &event);
  calls = g_variant_lookup_value (snapshot, "Calls", G_VARIANT_TYPE ("a(oa{sv})"));
  event.kind = "present";
  for (gsize i = 0; calls != NULL && i < g_variant_n_children (calls); i++)
    {
      g_autoptr (GVariant) details = NULL;

      g_variant_get_child (calls, i, "(&o@a{sv})", &event.call, &details);
      event.details = details;
      print_text (ctl, id, &event);
    }
}

/* As the snapshot has it, but each call an object with its path. */
static GVariant *
snapshot_for_json (GVariant *snapshot)
{
  g_autoptr (GVariant) calls
      = g_variant_lookup_value (snapshot, "Calls", G_VARIANT_TYPE ("a(oa{sv})"));
  GVariantDict dict;
  GVariantBuilder objects;

  g_variant_builder_init (&objects, G_VARIANT_TYPE ("aa{sv}"));
  for (gsize i = 0; calls != NULL && i < g_variant_n_children (calls); i++)
    {
      g_autoptr (GVariant) details = NULL;
      const char *path;
      GVariantDict call;

      g_variant_get_child (calls, i, "(&o@a{sv})", &path, &details);
      g_variant_dict_init (&call, details);
      g_variant_dict_insert (&call, "Path", "o", path);
      g_variant_builder_add_value (&objects, g_variant_dict_end (&call));
    }
  g_variant_dict_init (&dict, snapshot);
  g_variant_dict_insert_value (&dict, "Calls", g_variant_builder_end (&objects));
  return g_variant_dict_end (&dict);
}

void
oh_event_print_open (const OhCtl *ctl, const char *id, const char *path, GVariant *snapshot)
{
  GVariantBuilder object;

  if (!ctl->json)
    {
      print_open_text (ctl, id, path, snapshot);
      return;
    }
  begin_json (&object, "open", (guint64)boot_time_now ());
  add_json_line (&object, id, path);
  g_variant_builder_add (&object, "{sv}", "Snapshot", snapshot_for_json (snapshot));
  end_json (&object);
}

void
oh_event_print_release (const OhCtl *ctl, const char *id, const char *path, const char *reason)
{
  GVariantBuilder object;

  if (!ctl->json)
    {
      g_autoptr (GVariant) details
          = g_variant_ref_sink (g_variant_new_parsed ("{'Reason': <%s>}", reason));
      const OhListenEvent event = note (path, "release", details);

      print_text (ctl, id, &event);
      return;
    }
  begin_json (&object, "release", (guint64)boot_time_now ());
  add_json_line (&object, id, path);
  g_variant_builder_add (&object, "{sv}", "Reason", g_variant_new_string (reason));
  end_json (&object);
}

void
oh_event_print_gone (const OhCtl *ctl)
{
  g_autoptr (GVariant) none = NULL;
  GVariantBuilder object;

  begin_json (&object, "gone", (guint64)boot_time_now ());
  if (ctl->json)
    {
      end_json (&object);
      return;
    }
  g_variant_builder_clear (&object);
  none = g_variant_ref_sink (g_variant_new_array (G_VARIANT_TYPE ("{sv}"), NULL, 0));
  const OhListenEvent event = note ("/", "gone", none);
  print_text (ctl, "-", &event);
}
