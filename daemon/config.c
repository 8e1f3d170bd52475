// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/config.h"

#include <gio/gio.h>
#include <string.h>

#include "daemon/country.h"
#include "daemon/error.h"

#define RING_TIMEOUT_LEAST 100
#define RING_TIMEOUT_MOST 60000
#define ALIAS_MAX 64
#define OWNER_GRACE_MS 30000
#define OWNER_GRACE_MOST 3600000

OhLineConfig *
oh_line_config_new (void)
{
  OhLineConfig *config = g_new0 (OhLineConfig, 1);

  config->settings.ussd_timeout_ms = OH_USSD_TIMEOUT_MS;
  config->owner.grace_ms = OWNER_GRACE_MS;
  return config;
}

void
oh_line_config_free (OhLineConfig *config)
{
  g_free (config->alias);
  g_free (config->device);
  g_free (config->match.id);
  g_free (config->match.usb_id);
  g_free (config->match.serial);
  g_free (config->match.path);
  g_free (config);
}

OhLineConfig *
oh_line_config_copy (const OhLineConfig *config)
{
  OhLineConfig *copy = g_memdup2 (config, sizeof *config);

  copy->alias = g_strdup (config->alias);
  copy->device = g_strdup (config->device);
  copy->match.id = g_strdup (config->match.id);
  copy->match.usb_id = g_strdup (config->match.usb_id);
  copy->match.serial = g_strdup (config->match.serial);
  copy->match.path = g_strdup (config->match.path);
  return copy;
}

gboolean
oh_line_config_is_same_device (const OhLineConfig *one, const OhLineConfig *other)
{
  return one->driver == other->driver && g_strcmp0 (one->device, other->device) == 0
         && g_strcmp0 (one->match.id, other->match.id) == 0
         && g_strcmp0 (one->match.usb_id, other->match.usb_id) == 0
         && g_strcmp0 (one->match.serial, other->match.serial) == 0
         && g_strcmp0 (one->match.path, other->match.path) == 0;
}

static gboolean
invalid (GError **error, const char *key, const char *what)
{
  g_set_error (error, G_DBUS_ERROR, G_DBUS_ERROR_INVALID_ARGS, "%s: %s", key, what);
  return FALSE;
}

static gboolean
set_alias (OhLineConfig *config, const char *value, GError **error)
{
  if (*value == '\0' || strlen (value) > ALIAS_MAX || !g_utf8_validate (value, -1, NULL))
    return invalid (error, "Alias", "must be 1 to 64 bytes long");
  for (const char *c = value; *c != '\0'; c++)
    {
      if (g_ascii_iscntrl (*c) || *c == '/')
        return invalid (error, "Alias", "must have no \"/\" and no control characters");
    }
  g_free (config->alias);
  config->alias = g_strdup (value);
  return TRUE;
}

static gboolean
set_driver (OhLineConfig *config, const char *value, GError **error)
{
  config->driver = oh_driver_find (value);
  return config->driver != NULL || invalid (error, "Driver", "there is no such driver");
}

static gboolean
set_ring_timeout (OhLineConfig *config, guint64 value, GError **error)
{
  if (value < RING_TIMEOUT_LEAST || value > RING_TIMEOUT_MOST)
    return invalid (error, "RingTimeout", "must be 100 to 60000 milliseconds");
  config->settings.ring_timeout_ms = value;
  return TRUE;
}

static gboolean
set_owner_grace (OhLineConfig *config, guint64 value, GError **error)
{
  if (value > OWNER_GRACE_MOST)
    return invalid (error, "OwnerGrace", "must be 0 to 3600000 milliseconds");
  config->owner.grace_ms = value;
  return TRUE;
}

static gboolean
set_owner_lost (OhLineConfig *config, const char *value, GError **error)
{
  config->owner.keep = g_str_equal (value, "keep");
  return config->owner.keep || g_str_equal (value, "drop")
         || invalid (error, "OwnerLost", "must be \"keep\" or \"drop\"");
}

static gboolean
set_on_stop (OhLineConfig *config, const char *value, GError **error)
{
  config->owner.keep_on_stop = g_str_equal (value, "keep");
  return config->owner.keep_on_stop || g_str_equal (value, "end")
         || invalid (error, "OnStop", "must be \"keep\" or \"end\"");
}

static gboolean
set_hide_number (OhLineConfig *config, const char *value, GError **error)
{
  static const char *const words[] = { "network", "yes", "no" }; /* as OhClir */

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    {
      if (!g_str_equal (value, words[i]))
        continue;
      config->settings.clir = (OhClir)i;
      return TRUE;
    }
  return invalid (error, "HideNumber", "must be \"yes\", \"no\" or \"network\"");
}

static gboolean
set_pin (OhLineConfig *config, const char *value, GError **error)
{
  g_strlcpy (config->settings.pin, value, sizeof config->settings.pin);
  return oh_pin_is_valid (value) || invalid (error, "Pin", "must be 4 to 8 digits");
}

static gboolean
set_country (OhLineConfig *config, const char *value, GError **error)
{
  g_strlcpy (config->settings.country, value, sizeof config->settings.country);
  return oh_country_find (value) != NULL
         || invalid (error, "Country", "must be two capitals of ISO 3166 that are known here");
}

static gboolean
set_own_number (OhLineConfig *config, const char *value, GError **error)
{
  gsize length = strlen (value), plus = *value == '+';

  g_strlcpy (config->settings.own_number, value, sizeof config->settings.own_number);
  return (length > plus && length < sizeof config->settings.own_number
          && strspn (value + plus, "0123456789") == length - plus)
         || invalid (error, "OwnNumber", "must be digits with a \"+\" in front or none");
}

static gboolean
set_dialling (OhLineConfig *config, const char *value, GError **error)
{
  config->settings.pulse = g_str_equal (value, "pulse");
  return config->settings.pulse || g_str_equal (value, "tone")
         || invalid (error, "Dialling", "must be \"tone\" or \"pulse\"");
}

static gboolean
set_dial_tone (OhLineConfig *config, const char *value, GError **error)
{
  config->settings.blind = g_str_equal (value, "ignore");
  return config->settings.blind || g_str_equal (value, "wait")
         || invalid (error, "DialTone", "must be \"wait\" or \"ignore\"");
}

static gboolean
set_call_waiting (OhLineConfig *config, const char *value, GError **error)
{
  config->settings.flash = g_str_equal (value, "flash");
  return config->settings.flash || g_str_equal (value, "none")
         || invalid (error, "CallWaiting", "must be \"none\" or \"flash\"");
}

static gboolean
set_reject (OhLineConfig *config, const char *value, GError **error)
{
  config->settings.screen = g_str_equal (value, "answer-and-hang-up");
  return config->settings.screen || g_str_equal (value, "never")
         || invalid (error, "Reject", "must be \"never\" or \"answer-and-hang-up\"");
}

/* The keys that a group and AddLine have in common. */
static const struct
{
  const char *key;
  gboolean (*set) (OhLineConfig *config, const char *value, GError **error);
} texts[] = { { "CallWaiting", set_call_waiting },
              { "Country", set_country },
              { "Dialling", set_dialling },
              { "DialTone", set_dial_tone },
              { "Driver", set_driver },
              { "HideNumber", set_hide_number },
              { "OwnerLost", set_owner_lost },
              { "OwnNumber", set_own_number },
              { "Pin", set_pin },
              { "Reject", set_reject },
              { "OnStop", set_on_stop } };

static const struct
{
  const char *key;
  gboolean (*set) (OhLineConfig *config, guint64 value, GError **error);
} numbers[] = { { "RingTimeout", set_ring_timeout }, { "OwnerGrace", set_owner_grace } };

static gboolean
take_option (OhLineConfig *config, const char *key, GVariant *value, GError **error)
{
  if (g_str_equal (key, "Alias") && g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    return set_alias (config, g_variant_get_string (value, NULL), error);
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      if (g_str_equal (key, texts[i].key) && g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
        return texts[i].set (config, g_variant_get_string (value, NULL), error);
    }
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      if (g_str_equal (key, numbers[i].key) && g_variant_is_of_type (value, G_VARIANT_TYPE_UINT32))
        return numbers[i].set (config, g_variant_get_uint32 (value), error);
    }
  g_set_error (error, G_DBUS_ERROR, G_DBUS_ERROR_INVALID_ARGS,
               "AddLine knows no option \"%s\" of type %s", key, g_variant_get_type_string (value));
  return FALSE;
}

gboolean
oh_line_config_take_options (OhLineConfig *config, GVariant *options, GError **error)
{
  GVariantIter iter;
  const char *key;
  GVariant *value;

  g_variant_iter_init (&iter, options);
  while (g_variant_iter_next (&iter, "{&sv}", &key, &value))
    {
      g_autoptr (GVariant) held = value;

      if (!take_option (config, key, held, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
set_device (OhLineConfig *config, const char *value, GError **error)
{
  g_free (config->device);
  config->device = g_strdup (value);
  return g_path_is_absolute (value) || invalid (error, "Device", "must be an absolute path");
}

static gboolean
set_id (OhLineConfig *config, const char *value, GError **error)
{
  g_free (config->match.id);
  config->match.id = g_strdup (value);
  return *value != '\0' || invalid (error, "Id", "is empty");
}

/* As lsusb(8) writes it. */
static gboolean
set_usb_id (OhLineConfig *config, const char *value, GError **error)
{
  gsize length = strlen (value);
  gboolean good = length == 9 && value[4] == ':';

  for (gsize i = 0; i < length; i++)
    good &= i == 4 || g_ascii_isxdigit (value[i]);
  g_free (config->match.usb_id);
  config->match.usb_id = g_ascii_strdown (value, -1);
  return good || invalid (error, "UsbId", "must be like \"0572:1329\"");
}

static gboolean
set_serial (OhLineConfig *config, const char *value, GError **error)
{
  g_free (config->match.serial);
  config->match.serial = g_strdup (value);
  return *value != '\0' || invalid (error, "Serial", "is empty");
}

static gboolean
set_path (OhLineConfig *config, const char *value, GError **error)
{
  g_free (config->match.path);
  config->match.path = g_strdup (value);
  return *value != '\0' || invalid (error, "Path", "is empty");
}

/* Which modem it is: of groups only, as AddLine is given a device. */
static const struct
{
  const char *key;
  gboolean (*set) (OhLineConfig *config, const char *value, GError **error);
} places[] = { { "Device", set_device },
               { "Id", set_id },
               { "Path", set_path },
               { "Serial", set_serial },
               { "UsbId", set_usb_id } };

gboolean
oh_line_config_take_key (OhLineConfig *config, const char *key, const char *value, GError **error)
{
  guint64 number;

  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    {
      if (g_str_equal (key, places[i].key))
        return places[i].set (config, value, error);
    }
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      if (g_str_equal (key, texts[i].key))
        return texts[i].set (config, value, error);
    }
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      if (!g_str_equal (key, numbers[i].key))
        continue;
      if (!g_ascii_string_to_unsigned (value, 10, 0, G_MAXUINT32, &number, NULL))
        return invalid (error, key, "must be a number of milliseconds");
      return numbers[i].set (config, number, error);
    }
  return invalid (error, key, "is no key of this group");
}

gboolean
oh_line_config_set_alias (OhLineConfig *config, const char *alias, GError **error)
{
  return set_alias (config, alias, error);
}

gboolean
oh_line_config_has_place (const OhLineConfig *config)
{
  return config->device != NULL || config->match.id != NULL || config->match.usb_id != NULL
         || config->match.serial != NULL || config->match.path != NULL;
}
