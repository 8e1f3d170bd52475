// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/line-private.h"

#include <systemd/sd-bus.h>

#include "daemon/error.h"

#define PROPERTY_COUNTERS 1

static void oh_line_iface_init (OhDbusLineIface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (OhLine, oh_line, OH_DBUS_TYPE_LINE_SKELETON,
                               G_IMPLEMENT_INTERFACE (OH_DBUS_TYPE_LINE, oh_line_iface_init))

const char *
oh_line_get_path (OhLine *self)
{
  return self->path;
}

const char *
oh_line_get_id (OhLine *self)
{
  return self->id;
}

const char *
oh_line_get_device (OhLine *self)
{
  return self->device;
}

OhModem *
oh_line_get_modem (OhLine *self)
{
  return self->modem;
}

const OhLimits *
oh_line_get_limits (OhLine *self)
{
  return self->bus->limits;
}

void
oh_line_set_state (OhLine *self, OhLineState state, const char *reason)
{
  OhDbusLine *object = OH_DBUS_LINE (self);
  OhLineState before = self->state;

  if (before == state && g_strcmp0 (oh_dbus_line_get_state_reason (object), reason) == 0)
    return;
  self->state = state;
  oh_dbus_line_set_state (object, oh_line_state_name (state));
  oh_dbus_line_set_state_reason (object, reason);
  g_dbus_interface_skeleton_flush (G_DBUS_INTERFACE_SKELETON (self));
  oh_line_tell (self, OH_KIND_LINE_STATE, NULL);
  oh_line_log_state (self, before);
}

void
oh_line_set_health (OhLine *self, OhHealthState health, const char *reason, const char *text)
{
  OhDbusLine *object = OH_DBUS_LINE (self);
  g_autofree char *before = oh_dbus_line_dup_health_reason (object);

  g_free (self->trouble);
  self->trouble = g_strdup (text);
  if (g_str_equal (oh_dbus_line_get_health (object), oh_health_name (health))
      && g_str_equal (before, reason))
    return;
  oh_dbus_line_set_health (object, oh_health_name (health));
  oh_dbus_line_set_health_reason (object, reason);
  g_dbus_interface_skeleton_flush (G_DBUS_INTERFACE_SKELETON (self));
  oh_line_tell (self, OH_KIND_HEALTH, NULL);
  oh_line_log_health (self, before, text);
}

const char *
oh_line_get_trouble (OhLine *self)
{
  return self->trouble;
}

static void
take_modem (OhLine *self, const OhEvent *event)
{
  OhDbusLine *object = OH_DBUS_LINE (self);

  oh_dbus_line_set_manufacturer (object, event->manufacturer);
  oh_dbus_line_set_model (object, event->model);
  oh_dbus_line_set_revision (object, event->revision);
}

void
oh_line_touch (OhLine *self)
{
  oh_line_forget_parts (self);
  if (self->keeper != NULL)
    oh_keeper_touch (self->keeper);
}

/* Once the object of the line is exported this is announced as well. */
static void
show_interface (OhLine *self, gpointer interface)
{
  GDBusObject *object = g_dbus_interface_get_object (G_DBUS_INTERFACE (self));

  if (interface != NULL && object != NULL
      && g_dbus_interface_get_object (G_DBUS_INTERFACE (interface)) == NULL)
    g_dbus_object_skeleton_add_interface (G_DBUS_OBJECT_SKELETON (object),
                                          G_DBUS_INTERFACE_SKELETON (interface));
}

static void
show_interfaces (OhLine *self)
{
  const OhDriver *driver = oh_modem_get_driver (self->modem);

  if (self->cellular == NULL && driver->network != NULL)
    self->cellular = oh_line_cellular_new (self);
  if (self->landline == NULL && driver->landline != NULL)
    self->landline = oh_line_landline_new (self);
  show_interface (self, self->cellular);
  show_interface (self, self->landline);
}

void
oh_line_forget_modem (OhLine *self)
{
  if (self->cellular != NULL)
    oh_line_cellular_forget (self->cellular);
  if (self->landline != NULL)
    oh_line_landline_forget (self->landline);
}

/* The driver may have told of features that the modem has or lacks: those stay. */
void
oh_line_show_modem (OhLine *self)
{
  const OhDriver *driver = oh_modem_get_driver (self->modem);
  OhDbusLine *object = OH_DBUS_LINE (self);

  if (driver == NULL)
    return;
  if (!g_str_equal (oh_dbus_line_get_driver (object), driver->name))
    oh_dbus_line_set_features (object, driver->features);
  oh_dbus_line_set_kind (object, driver->kind);
  oh_dbus_line_set_driver (object, driver->name);
  show_interfaces (self);
}

/* The one way up: property, then broadcast (no personal data), then every handle. */
static void
on_event (const OhEvent *event, gpointer user_data)
{
  OhLine *self = user_data;

  self->n_events++;
  oh_line_touch (self);
  switch (event->kind)
    {
    case OH_EVENT_LINE:
      oh_line_set_state (self, event->line_state, event->text);
      break;
    case OH_EVENT_MODEM:
      take_modem (self, event);
      break;
    case OH_EVENT_HEALTH:
      oh_line_take_health (self, event);
      break;
    case OH_EVENT_CALL:
      oh_line_take_call_event (self, event);
      break;
    case OH_EVENT_RING:
      oh_line_take_ring (self, event);
      break;
    case OH_EVENT_PARTY:
      oh_line_take_party (self, event);
      break;
    case OH_EVENT_DIGIT:
      oh_line_take_digit (self, event);
      break;
    case OH_EVENT_FEATURES:
      oh_line_show_modem (self);
      oh_dbus_line_set_features (OH_DBUS_LINE (self), event->words);
      oh_line_update_features (self);
      break;
    case OH_EVENT_EMERGENCY:
      oh_dbus_line_set_emergency (OH_DBUS_LINE (self), event->words);
      break;
    case OH_EVENT_NETWORK:
      show_interfaces (self);
      oh_line_cellular_take (self->cellular, event->network);
      break;
    case OH_EVENT_TONE:
      oh_line_take_tone (self, event);
      break;
    case OH_EVENT_LOOP:
      show_interfaces (self);
      oh_line_landline_take (self->landline, event->loop);
      break;
    case OH_EVENT_USSD:
      oh_line_cellular_take_ussd (self->cellular, event);
      break;
    }
}

static void
on_changed (gpointer user_data)
{
  oh_line_touch (user_data);
}

static const OhModemFuncs modem_funcs
    = { .event = on_event, .changed = on_changed, .lost = oh_line_on_lost };

void
oh_line_set_id (OhLine *self, const char *id)
{
  char *path = NULL;

  sd_bus_path_encode (OH_BUS_PATH "/line", id, &path);
  g_free (self->path);
  self->path = g_strdup (path);
  free (path);
  g_free (self->id);
  self->id = g_strdup (id);
  oh_dbus_line_set_id (OH_DBUS_LINE (self), id);
}

OhLine *
oh_line_new (OhBus *bus, const OhLineConfig *config)
{
  OhLine *self = g_object_new (OH_TYPE_LINE, NULL);

  oh_line_set_id (self, config->alias != NULL ? config->alias : "");
  self->bus = bus;
  self->config = oh_line_config_copy (config);
  self->device = g_strdup (config->device != NULL ? config->device : "");
  self->placed = config->device == NULL;
  self->owner = config->owner;
  self->settings = config->settings;
  self->retry_ms = bus->limits->retry_ms;
  self->modem = oh_modem_new (config->driver, &config->settings, &modem_funcs, self);
  if (config->alias == NULL)
    oh_modem_want_id (self->modem);
  oh_dbus_line_set_device (OH_DBUS_LINE (self), self->device);
  oh_line_show_modem (self);
  return self;
}

gboolean
oh_line_keeps_calls (OhLine *self)
{
  return self->owner.keep_on_stop;
}

void
oh_line_end (OhLine *self, OhClosed why)
{
  if (self->modem == NULL)
    return;
  self->moves = FALSE; /* the end of its calls begins nothing more */
  oh_line_end_waiting (self);
  oh_line_fail_requests (self, OH_ERROR_NO_DEVICE, "The line is removed");
  if (why != OH_CLOSED_SHUTDOWN || !oh_line_keeps_calls (self))
    oh_line_end_calls (self, OH_REASON_LOCAL);
  oh_line_release_handles (self, why);
  oh_line_forget_calls (self);
  if (self->cellular != NULL)
    oh_line_cellular_end (self->cellular);
  if (self->landline != NULL)
    oh_line_landline_end (self->landline);
  g_clear_handle_id (&self->owners_due, g_source_remove);
  if (self->keeper != NULL)
    oh_store_drop_fd (self->bus->store, self->id);
  g_clear_pointer (&self->keeper, oh_keeper_forget);
  g_clear_pointer (&self->saved, g_variant_unref);
  g_clear_pointer (&self->modem, oh_modem_free);
}

GVariant *
oh_line_get_counters (OhLine *self, gboolean all)
{
  static const OhChannelCounters none = { 0 };
  const OhChannelCounters *modem
      = self->modem != NULL ? oh_modem_get_counters (self->modem) : &none;
  const struct
  {
    const char *name;
    guint64 value;
  } counters[] = {
    { "commands", modem->commands },
    { "timeouts", modem->timeouts },
    { "unknown-lines", modem->unknown_lines },
    { "truncated-lines", modem->truncated_lines },
    { "stray-results", modem->stray_results },
    { "recoveries", modem->recoveries },
    { "underruns", modem->underruns },
    { "overruns", modem->overruns },
    { "voice-lost", modem->voice_lost },
    { "voice-refused", modem->voice_refused },
    { "probes", modem->probes },
    { "resets", self->n_resets },
    { "events", self->n_events },
    { "reopens", self->n_reopens },
    { "overflows", self->n_overflows },
    { "unresponsive", self->n_unresponsive },
  };
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a{st}"));
  for (guint i = 0; i < G_N_ELEMENTS (counters); i++)
    {
      if (all || counters[i].value > 0)
        g_variant_builder_add (&builder, "{st}", counters[i].name, counters[i].value);
    }
  return g_variant_builder_end (&builder);
}

static void
oh_line_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROPERTY_COUNTERS)
    g_value_take_variant (value,
                          g_variant_ref_sink (oh_line_get_counters (OH_LINE (object), TRUE)));
}

static void
oh_line_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  /* Counters are made when they are read. */
}

static void
oh_line_dispose (GObject *object)
{
  oh_line_end (OH_LINE (object), OH_CLOSED_REMOVED);
  G_OBJECT_CLASS (oh_line_parent_class)->dispose (object);
}

static void
oh_line_finalize (GObject *object)
{
  OhLine *self = OH_LINE (object);

  g_clear_object (&self->cellular);
  g_clear_object (&self->landline);
  g_ptr_array_unref (self->calls);
  g_ptr_array_unref (self->handles);
  g_ptr_array_unref (self->requests);
  oh_line_forget_parts (self);
  g_hash_table_unref (self->endings);
  g_free (self->id);
  g_free (self->path);
  g_free (self->device);
  g_free (self->trouble);
  oh_line_config_free (self->config);
  G_OBJECT_CLASS (oh_line_parent_class)->finalize (object);
}

static void
oh_line_init (OhLine *self)
{
  static const char *const nothing[] = { NULL };
  OhDbusLine *object = OH_DBUS_LINE (self);

  self->calls = g_ptr_array_new_with_free_func (g_object_unref);
  self->handles = g_ptr_array_new_with_free_func ((GDestroyNotify)oh_handle_unref);
  self->requests = g_ptr_array_new ();
  self->endings = g_hash_table_new (NULL, NULL);
  self->state = OH_LINE_INITIALIZING;
  g_signal_connect (self, "busy-changed", G_CALLBACK (oh_line_on_busy_changed), NULL);
  g_signal_connect (self, "call-state-changed", G_CALLBACK (oh_line_on_busy_changed), NULL);
  oh_dbus_line_set_kind (object, "");
  oh_dbus_line_set_driver (object, "");
  oh_dbus_line_set_manufacturer (object, "");
  oh_dbus_line_set_model (object, "");
  oh_dbus_line_set_revision (object, "");
  oh_dbus_line_set_features (object, nothing);
  oh_dbus_line_set_emergency (object, nothing);
  oh_dbus_line_set_state (object, oh_line_state_name (self->state));
  oh_dbus_line_set_state_reason (object, "");
  oh_dbus_line_set_health (object, oh_health_name (OH_HEALTH_HEALTHY));
  oh_dbus_line_set_health_reason (object, "");
  oh_dbus_line_set_calls (object, nothing);
  oh_dbus_line_set_ports (object, nothing);
}

static void
oh_line_class_init (OhLineClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = oh_line_dispose;
  object_class->finalize = oh_line_finalize;
  object_class->get_property = oh_line_get_property;
  object_class->set_property = oh_line_set_property;
  g_object_class_override_property (object_class, PROPERTY_COUNTERS, "counters");
  g_signal_new ("busy-changed", OH_TYPE_LINE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                0);
}

static void
oh_line_iface_init (OhDbusLineIface *iface)
{
  oh_line_handles_iface_init (iface);
  oh_line_services_iface_init (iface);
  oh_line_requests_iface_init (iface);
}
