// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/modem-private.h"

#include <string.h>

#include "daemon/at/sim.h"

/* Who the modem says it is. */

/* "+CGMM: NAME" and "NAME" alike. */
static void
take_text (const OhReply *reply, char *out)
{
  const char *text = reply->n_lines > 0 ? reply->lines[0] : "";
  const char *colon = *text == '+' ? strstr (text, ": ") : NULL;

  oh_text_clean (colon != NULL ? colon + 2 : text, out);
}

static void
on_manufacturer (const OhReply *reply, gpointer user_data)
{
  OhModem *modem = user_data;

  if (reply->error == NULL)
    take_text (reply, modem->manufacturer);
}

static void
on_model (const OhReply *reply, gpointer user_data)
{
  OhModem *modem = user_data;

  if (reply->error == NULL)
    take_text (reply, modem->model);
}

static void
on_revision (const OhReply *reply, gpointer user_data)
{
  OhModem *modem = user_data;

  if (reply->error == NULL)
    take_text (reply, modem->revision);
  if (!modem->started)
    return;
  oh_modem_emit (modem, &(OhEvent){ .kind = OH_EVENT_MODEM,
                                    .manufacturer = modem->manufacturer,
                                    .model = modem->model,
                                    .revision = modem->revision });
  if (modem->identified != NULL && modem->started)
    modem->identified (modem);
}

const char *
oh_modem_get_manufacturer (OhModem *modem)
{
  return modem->manufacturer;
}

const char *
oh_modem_get_model (OhModem *modem)
{
  return modem->model;
}

void
oh_modem_identify (OhModem *modem, const char *prefix, void (*then) (OhModem *modem))
{
  static const struct
  {
    const char *name;
    OhReplyFunc func;
  } questions[] = { { "GMI", on_manufacturer }, { "GMM", on_model }, { "GMR", on_revision } };

  modem->identified = then;
  for (guint i = 0; i < G_N_ELEMENTS (questions); i++)
    {
      g_autofree char *text = g_strconcat ("AT", prefix, questions[i].name, NULL);
      OhCommand how = { .prefix = "", .tries = 2, .func = questions[i].func, .user_data = modem };

      oh_modem_send (modem, text, &how);
    }
}

/* Nobody can tell the number from it, nor find it elsewhere. */
#define ID_KEY "org.offhook.Telephony1"
#define ID_STEM "imei-"
#define ID_DIGITS 8

static void
on_imei (const OhReply *reply, gpointer user_data)
{
  OhModem *modem = user_data;
  char imei[OH_IDENTITY_MAX] = "";

  if (modem->opening == NULL)
    return;
  for (guint i = 0; i < reply->n_lines && *imei == '\0'; i++)
    oh_identity_parse (reply->lines[i], imei);
  if (strspn (imei, "0") < strlen (imei)) /* not one that was never set */
    {
      g_autofree char *hash = g_compute_hmac_for_string (G_CHECKSUM_SHA256, (const guint8 *)ID_KEY,
                                                         strlen (ID_KEY), imei, -1);

      g_snprintf (modem->id, sizeof modem->id, ID_STEM "%.*s", ID_DIGITS, hash);
    }
  modem->id_known (modem);
}

void
oh_modem_ask_id (OhModem *modem, void (*then) (OhModem *modem))
{
  OhCommand how = { .prefix = "", .func = on_imei, .user_data = modem };

  *modem->id = '\0';
  modem->id_known = then;
  oh_modem_send (modem, "AT+CGSN", &how);
}

void
oh_modem_want_id (OhModem *modem)
{
  modem->wants_id = TRUE;
}

const char *
oh_modem_get_id (OhModem *modem)
{
  return modem->id;
}
