// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/at/gsm7.h"
#include "daemon/at/network.h"
#include "daemon/at/sim.h"
#include "daemon/at/ussd.h"

#include <string.h>

/* Any line, through all that makes something of what modems say of SIM, network and USSD. */

int LLVMFuzzerTestOneInput (const guint8 *bytes, gsize size);

static void
check_digits (const char *text, gsize most)
{
  g_assert_cmpuint (strlen (text), <, most);
  g_assert_cmpuint (strspn (text, "0123456789"), ==, strlen (text));
}

static void
check_number (const char *number)
{
  g_assert_cmpuint (strlen (number), <, OH_NUMBER_MAX);
  g_assert_cmpuint (strspn (number + (*number == '+'), "0123456789*#ABCD"), ==,
                    strlen (number) - (*number == '+'));
}

static void
check_network (const char *line)
{
  OhNetwork network = oh_network_unknown;
  OhRegistration registration;
  OhForwardRule rule;
  OhDomain domain;
  gboolean flag;
  guint access;
  int dbm;

  if (oh_registration_parse (line, &domain, &registration, &access))
    {
      g_assert_nonnull (oh_registration_name (registration));
      g_assert_nonnull (oh_access_name (access));
    }
  oh_ims_parse (line, &flag);
  oh_call_waiting_parse (line, &flag);
  if (oh_operator_parse (line, &network))
    {
      g_assert_true (g_utf8_validate (network.operator_name, -1, NULL));
      check_digits (network.operator_code, OH_OPERATOR_CODE_MAX);
    }
  if (oh_signal_parse (line, &dbm) || oh_indicator_parse (line, 2, &dbm))
    g_assert_true (dbm == OH_SIGNAL_NONE || (dbm >= -113 && dbm <= -51));
  oh_indicator_find (line, "signal");
  if (oh_forward_rule_parse (line, &rule))
    check_number (rule.number);
}

static void
check_sim (const char *line)
{
  char iccid[OH_ICCID_MAX], ecc[OH_ECC_MAX], identity[OH_IDENTITY_MAX], number[OH_NUMBER_MAX];
  OhNetwork network = oh_network_unknown;
  guint sw1, sw2;
  char hex[64];

  if (oh_sim_state_parse (line, &network.sim))
    g_assert_nonnull (oh_sim_state_name (network.sim));
  network.sim = OH_SIM_PIN;
  oh_sim_retries_parse (line, &network);
  g_assert_cmpint (network.pin_retries, >=, OH_RETRIES_NONE);
  if (oh_sim_file_parse (line, &sw1, &sw2, hex, sizeof hex))
    g_assert_cmpuint (strlen (hex), <, sizeof hex);
  if (oh_iccid_decode (line, iccid) || oh_iccid_parse (line, iccid))
    check_digits (iccid, sizeof iccid);
  for (guint n = 0; g_ascii_isxdigit (*line) && oh_ecc_decode (line, n, ecc); n++)
    check_digits (ecc, sizeof ecc);
  if (oh_identity_parse (line, identity))
    check_digits (identity, sizeof identity);
  if (oh_own_number_parse (line, number) || oh_emergency_parse (line, number))
    check_number (number);
}

static void
check_ussd (const char *line, OhUssdCoding coding)
{
  char text[OH_USSD_MAX], small[5];
  OhUssdKind kind;

  if (oh_ussd_parse (line, coding, &kind, text))
    {
      g_assert_cmpuint (kind, <=, OH_USSD_TIMEOUT);
      g_assert_true (g_utf8_validate (text, -1, NULL));
      for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
        g_assert_true (*p == '\n' || !g_unichar_iscntrl (g_utf8_get_char (p)));
    }
  oh_gsm7_decode (line, small, sizeof small);
  g_assert_true (g_utf8_validate (small, -1, NULL));
  if (oh_ussd_is_sendable (line))
    {
      g_autofree char *command = oh_ussd_command (line, coding);

      for (const char *p = command; *p != '\0'; p++)
        g_assert_false (g_ascii_iscntrl (*p));
      g_assert_true (g_str_has_suffix (command, "\",15"));
    }
}

/* What is packed comes out again, but for what cannot be told from the filling. */
static void
check_packing (const char *line)
{
  char hex[OH_USSD_SENT_MAX * 2 + 4], text[OH_USSD_SENT_MAX * 2];

  if (!oh_ussd_is_sendable (line))
    return;
  oh_gsm7_encode (line, hex);
  g_assert_true (oh_gsm7_decode (hex, text, sizeof text));
  g_assert_cmpstr (text, ==, line);
}

int
LLVMFuzzerTestOneInput (const guint8 *bytes, gsize size)
{
  g_autofree char *line = g_strndup ((const char *)bytes, size);

  check_network (line);
  check_sim (line);
  for (OhUssdCoding coding = OH_USSD_PLAIN; coding <= OH_USSD_UCS2; coding++)
    check_ussd (line, coding);
  check_packing (line);
  return 0;
}
