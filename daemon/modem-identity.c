// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/modem-private.h"

#include <string.h>

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
