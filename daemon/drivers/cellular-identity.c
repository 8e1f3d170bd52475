// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/drivers/cellular-network.h"

#include "daemon/drivers/cellular-calls.h"
#include "daemon/error.h"

/* Who the line is: each question may fail. */

#define OWN_NUMBERS_MAX 8

typedef struct
{
  OhModem *modem;
  OhRequest *request;
  char imei[OH_IDENTITY_MAX], imsi[OH_IDENTITY_MAX], iccid[OH_ICCID_MAX];
  char own[OWN_NUMBERS_MAX][OH_NUMBER_MAX];
  guint n_own;
} Identity;

static void
add_text (GVariantDict *dict, const char *key, const char *text)
{
  if (*text != '\0')
    g_variant_dict_insert (dict, key, "s", text);
}

static GVariant *
get_result (const Identity *identity)
{
  const char *own[OWN_NUMBERS_MAX];
  GVariantDict dict;

  for (guint i = 0; i < identity->n_own; i++)
    own[i] = identity->own[i];
  g_variant_dict_init (&dict, NULL);
  add_text (&dict, "Imei", identity->imei);
  add_text (&dict, "Imsi", identity->imsi);
  add_text (&dict, "Iccid", identity->iccid);
  if (identity->n_own > 0)
    g_variant_dict_insert_value (&dict, "OwnNumbers", g_variant_new_strv (own, identity->n_own));
  return g_variant_new ("(@a{sv})", g_variant_dict_end (&dict));
}

static void
on_imei (const OhReply *reply, gpointer user_data)
{
  Identity *identity = user_data;

  for (guint i = 0; i < reply->n_lines && *identity->imei == '\0'; i++)
    oh_identity_parse (reply->lines[i], identity->imei);
}

static void
on_imsi (const OhReply *reply, gpointer user_data)
{
  Identity *identity = user_data;

  for (guint i = 0; i < reply->n_lines && *identity->imsi == '\0'; i++)
    oh_identity_parse (reply->lines[i], identity->imsi);
}

static void
on_card (const OhReply *reply, gpointer user_data)
{
  Identity *identity = user_data;
  char hex[32];
  guint sw1, sw2;

  if (reply->n_lines > 0 && oh_sim_file_parse (reply->lines[0], &sw1, &sw2, hex, sizeof hex))
    oh_iccid_decode (hex, identity->iccid);
}

static void
on_card_number (const OhReply *reply, gpointer user_data)
{
  Identity *identity = user_data;

  for (guint i = 0; i < reply->n_lines && *identity->iccid == '\0'; i++)
    oh_iccid_parse (reply->lines[i], identity->iccid);
}

/* The last of the answers. */
static void
on_own (const OhReply *reply, gpointer user_data)
{
  Identity *identity = user_data;

  for (guint i = 0; i < reply->n_lines && identity->n_own < OWN_NUMBERS_MAX; i++)
    identity->n_own += oh_own_number_parse (reply->lines[i], identity->own[identity->n_own]);
  if (reply->error != NULL)
    oh_request_fail_with (identity->request, reply->error);
  else
    oh_request_done_with (identity->request, get_result (identity));
  oh_request_unref (identity->request);
  g_free (identity);
}

void
oh_cellular_get_identity (OhModem *modem, OhRequest *request)
{
  static const struct
  {
    const char *text, *prefix;
    OhReplyFunc func;
  } questions[] = { { "AT+CGSN", "", on_imei },
                    { "AT+CIMI", "", on_imsi },
                    { "AT+CRSM=176,12258,0,0,10", "+CRSM:", on_card },
                    { "AT+CCID", "", on_card_number },
                    { "AT+CNUM", "+CNUM:", on_own } };
  Identity *identity = g_new0 (Identity, 1);

  identity->modem = modem;
  identity->request = oh_request_ref (request);
  for (guint i = 0; i < G_N_ELEMENTS (questions); i++)
    {
      OhCommand how = {
        .prefix = questions[i].prefix, .tries = 2, .func = questions[i].func, .user_data = identity
      };

      oh_modem_send (modem, questions[i].text, &how);
    }
}
