// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/driver.h"

#define OH_DRIVER(name) extern const OhDriver oh_driver_##name;
#include "daemon/drivers.inc"
#undef OH_DRIVER

static const OhDriver *const drivers[] = {
#define OH_DRIVER(name) &oh_driver_##name,
#include "daemon/drivers.inc"
#undef OH_DRIVER
  NULL,
};

const OhDriver *const *
oh_driver_list (void)
{
  return drivers;
}

const OhDriver *
oh_driver_find (const char *name)
{
  for (const OhDriver *const *driver = drivers; *driver != NULL; driver++)
    {
      if (g_str_equal ((*driver)->name, name))
        return *driver;
    }
  return NULL;
}

gboolean
oh_driver_has_feature (const OhDriver *driver, const char *feature)
{
  return driver->features != NULL && g_strv_contains (driver->features, feature);
}
