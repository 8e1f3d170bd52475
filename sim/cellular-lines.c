// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sim/cellular.h"

#include <string.h>

guint
oh_sim_cellular_number_type (const char *number)
{
  if (*number == '\0')
    return 128;
  return *number == '+' ? 145 : 129;
}

/* CLI validity of 27.007 7.6. */
static guint
validity (const OhSimCaller *caller)
{
  switch (caller->presentation)
    {
    case OH_SIM_CALLER_SHOWN:
      return 0;
    case OH_SIM_CALLER_WITHHELD:
      return 1;
    case OH_SIM_CALLER_UNAVAILABLE:
    case OH_SIM_CALLER_NONE:
      return 2;
    }
  g_assert_not_reached ();
}

static const char *
name_of (const OhSimCaller *caller)
{
  return caller->name != NULL ? caller->name : "";
}

/* +CSSU, when the second value of +CSSN has it. */
void
oh_sim_cellular_tell_service (OhSimCellular *self, guint code)
{
  const char *on = strchr (oh_sim_modem_get_setting (self->modem, "+CSSN"), ',');

  if (on != NULL && on[1] == '1')
    oh_sim_modem_tell (self->modem, "+CSSU: %u", code);
}

/* What came with the call besides the caller. */
static void
tell_way (OhSimCellular *self, const OhSimCaller *caller)
{
  if (oh_sim_modem_get_number (self->modem, "+CDIP") == 1 && caller->called != NULL)
    oh_sim_modem_tell (self->modem, "+CDIP: \"%s\",%u", caller->called,
                       oh_sim_cellular_number_type (caller->called));
  if (caller->forwarded)
    oh_sim_cellular_tell_service (self, OH_SIM_SERVICE_FORWARDED);
}

static void
tell_caller (OhSimCellular *self, const OhSimCaller *caller)
{
  OhSimModem *modem = self->modem;

  if (caller->presentation == OH_SIM_CALLER_NONE)
    return;
  if (oh_sim_modem_get_number (modem, "+CLIP") == 1)
    oh_sim_modem_tell (modem, "+CLIP: \"%s\",%u,\"\",0,\"%s\",%u", caller->number,
                       oh_sim_cellular_number_type (caller->number), name_of (caller),
                       validity (caller));
  if (oh_sim_modem_get_number (modem, "+CNAP") == 1 && caller->name != NULL)
    oh_sim_modem_tell (modem, "+CNAP: \"%s\",0", caller->name);
}

/* One ring and who calls. */
void
oh_sim_cellular_tell_ring (OhSimCellular *self, const OhSimCaller *caller)
{
  OhSimModem *modem = self->modem;

  if (oh_sim_modem_get_number (modem, "+CRC") == 1)
    oh_sim_modem_tell (modem, "+CRING: VOICE");
  else
    oh_sim_modem_tell (modem, "RING");
  tell_caller (self, caller);
  tell_way (self, caller);
}

void
oh_sim_cellular_tell_waiting (OhSimCellular *self, const OhSimCaller *caller)
{
  if (oh_sim_modem_get_number (self->modem, "+CCWA") == 1)
    oh_sim_modem_tell (self->modem, "+CCWA: \"%s\",%u,1,\"%s\",%u", caller->number,
                       oh_sim_cellular_number_type (caller->number), name_of (caller),
                       validity (caller));
  tell_way (self, caller);
}

/* The rows of +CLCC, into the response. */
void
oh_sim_cellular_list (OhSimCellular *self)
{
  for (guint i = 0; i < self->calls->len; i++)
    {
      const OhSimCall *call = self->calls->pdata[i];
      const OhSimCaller *party = &call->party;
      g_autofree char *alpha
          = party->name != NULL ? g_strdup_printf (",\"%s\"", party->name) : g_strdup ("");

      oh_sim_modem_reply (self->modem, "+CLCC: %u,%d,%d,0,%d,\"%s\",%u%s", call->index,
                          call->incoming, (int)call->state, call->conference, party->number,
                          oh_sim_cellular_number_type (party->number), alpha);
    }
}
