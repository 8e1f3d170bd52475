// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/network.h"

#include <string.h>

const OhNetwork oh_network_unknown = {
  .pin_retries = OH_RETRIES_NONE,
  .puk_retries = OH_RETRIES_NONE,
  .registration = OH_REGISTRATION_UNKNOWN,
  .access = OH_ACCESS_NONE,
  .signal = OH_SIGNAL_NONE,
};

static gboolean
is_code (const char *text, gsize least, gsize most)
{
  gsize length = strlen (text);

  return length >= least && length <= most && strspn (text, "0123456789") == length;
}

gboolean
oh_pin_is_valid (const char *pin)
{
  return is_code (pin, 4, 8);
}

gboolean
oh_puk_is_valid (const char *puk)
{
  return is_code (puk, 8, 8);
}

const char *
oh_sim_state_name (OhSimState state)
{
  static const char *const names[] = {
    [OH_SIM_UNKNOWN] = "unknown",  [OH_SIM_ABSENT] = "absent",
    [OH_SIM_BUSY] = "busy",        [OH_SIM_PIN] = "pin-required",
    [OH_SIM_PUK] = "puk-required", [OH_SIM_PERSONALIZED] = "personalized",
    [OH_SIM_FAILURE] = "failure",  [OH_SIM_READY] = "ready",
  };

  return names[state];
}

const char *
oh_registration_name (OhRegistration registration)
{
  static const char *const names[] = {
    [OH_REGISTRATION_NONE] = "not-registered",
    [OH_REGISTRATION_HOME] = "home",
    [OH_REGISTRATION_SEARCHING] = "searching",
    [OH_REGISTRATION_DENIED] = "denied",
    [OH_REGISTRATION_UNKNOWN] = "unknown",
    [OH_REGISTRATION_ROAMING] = "roaming",
    [OH_REGISTRATION_HOME_SMS] = "home-sms-only",
    [OH_REGISTRATION_ROAMING_SMS] = "roaming-sms-only",
    [OH_REGISTRATION_EMERGENCY] = "emergency-only",
    [OH_REGISTRATION_HOME_CSFB] = "home-csfb-not-preferred",
    [OH_REGISTRATION_ROAMING_CSFB] = "roaming-csfb-not-preferred",
  };

  G_STATIC_ASSERT (G_N_ELEMENTS (names) == OH_REGISTRATION_MOST + 1);
  return names[registration];
}

gboolean
oh_registration_is_roaming (OhRegistration registration)
{
  return registration == OH_REGISTRATION_ROAMING || registration == OH_REGISTRATION_ROAMING_SMS
         || registration == OH_REGISTRATION_ROAMING_CSFB;
}

const char *
oh_access_name (guint access)
{
  static const char *const names[] = {
    "gsm",          "gsm-compact", "utran",   "gsm-egprs",  "utran-hsdpa",
    "utran-hsupa",  "utran-hspa",  "e-utran", "ec-gsm-iot", "e-utran-nb-s1",
    "e-utran-5gcn", "nr-5gcn",     "ng-ran",  "e-utran-nr",
  };

  G_STATIC_ASSERT (G_N_ELEMENTS (names) == OH_ACCESS_MOST + 1);
  return access <= OH_ACCESS_MOST ? names[access] : "";
}

const char *
oh_ussd_state_name (OhUssdState state)
{
  static const char *const names[] = {
    [OH_USSD_IDLE] = "idle",
    [OH_USSD_ACTIVE] = "active",
    [OH_USSD_USER_RESPONSE] = "user-response",
  };

  return names[state];
}

gboolean
oh_forward_parse (const char *name, OhForward *ret_forward)
{
  static const char *const names[] = {
    [OH_FORWARD_UNCONDITIONAL] = "unconditional",
    [OH_FORWARD_BUSY] = "busy",
    [OH_FORWARD_NO_REPLY] = "no-reply",
    [OH_FORWARD_NOT_REACHABLE] = "not-reachable",
    [OH_FORWARD_ALL] = "all",
    [OH_FORWARD_ALL_CONDITIONAL] = "all-conditional",
  };

  G_STATIC_ASSERT (G_N_ELEMENTS (names) == OH_N_FORWARDS);
  for (OhForward forward = 0; forward < OH_N_FORWARDS; forward++)
    {
      if (g_str_equal (name, names[forward]))
        {
          *ret_forward = forward;
          return TRUE;
        }
    }
  return FALSE;
}
