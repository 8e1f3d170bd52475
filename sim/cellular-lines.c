// SPDX-License-Identifier: LGPL-2.1-or-later
#include <string.h>

#include "sim/cellular-family.h"

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
    oh_sim_cellular_tell (self, "+CSSU: %u", code);
}

/* What came with the call besides the caller. */
static void
tell_way (OhSimCellular *self, const OhSimCaller *caller)
{
  if (oh_sim_modem_get_number (self->modem, "+CDIP") == 1 && caller->called != NULL)
    oh_sim_cellular_tell (self, "+CDIP: \"%s\",%u", caller->called,
                          oh_sim_cellular_number_type (caller->called));
  if (caller->forwarded)
    oh_sim_cellular_tell_service (self, OH_SIM_SERVICE_FORWARDED);
}

/* The name and the validity of the number, behind what is in @line. */
static void
append_tail (GString *line, const OhSimFamily *family, const OhSimCaller *caller)
{
  if (family->clip_alpha)
    g_string_append_printf (line, ",\"%s\",%u", name_of (caller), validity (caller));
  else
    g_string_append_printf (line, ",,%u", validity (caller));
}

static void
tell_clip (OhSimCellular *self, const OhSimCaller *caller)
{
  const OhSimFamily *family = self->family;
  g_autoptr (GString) line = g_string_new (family->clip_start);

  g_string_append_printf (line, "\"%s\",%u", caller->number,
                          oh_sim_cellular_number_type (caller->number));
  if (family->clip_middle != NULL)
    {
      g_string_append (line, family->clip_middle);
      append_tail (line, family, caller);
    }
  if (family->clip_withheld != NULL && caller->presentation == OH_SIM_CALLER_WITHHELD)
    g_string_assign (line, family->clip_withheld);
  oh_sim_cellular_tell (self, "%s", line->str);
}

static void
tell_caller (OhSimCellular *self, const OhSimCaller *caller)
{
  OhSimModem *modem = self->modem;

  if (caller->presentation == OH_SIM_CALLER_NONE)
    return;
  if (oh_sim_modem_get_number (modem, "+CLIP") == 1)
    tell_clip (self, caller);
  if (oh_sim_modem_get_number (modem, "+CNAP") == 1 && caller->name != NULL)
    oh_sim_cellular_tell (self, "+CNAP: \"%s\",0", caller->name);
}

/* One ring and who calls. */
void
oh_sim_cellular_tell_ring (OhSimCellular *self, const OhSimCaller *caller)
{
  const char *setting = self->family->ring_setting;

  if (caller->silent || (setting != NULL && oh_sim_modem_get_number (self->modem, setting) == 0))
    return;
  if (oh_sim_modem_get_number (self->modem, "+CRC") == 1)
    oh_sim_cellular_tell (self, "+CRING: VOICE");
  else
    oh_sim_cellular_tell (self, "RING");
  tell_caller (self, caller);
  tell_way (self, caller);
}

void
oh_sim_cellular_tell_waiting (OhSimCellular *self, const OhSimCaller *caller)
{
  g_autoptr (GString) line = g_string_new (NULL);

  if (caller->silent)
    return;
  g_string_printf (line, "+CCWA: \"%s\",%u,1", caller->number,
                   oh_sim_cellular_number_type (caller->number));
  if (self->family->clip_middle != NULL)
    append_tail (line, self->family, caller);
  if (oh_sim_modem_get_number (self->modem, "+CCWA") == 1)
    oh_sim_cellular_tell (self, "%s", line->str);
  tell_way (self, caller);
}

/* A row of +CLCC. */
char *
oh_sim_cellular_row (const OhSimCellular *self, const OhSimCall *call)
{
  const OhSimFamily *family = self->family;
  const char *name = call->party.name;
  GString *row = g_string_new (NULL);
  guint type = oh_sim_cellular_party_type (call);
  gboolean unknown = *call->party.number == '\0';

  g_string_printf (row, "+CLCC: %u,%d,%d,0,%d", call->index, call->incoming, (int)call->state,
                   call->conference);
  if (unknown && family->row_no_number == OH_SIM_NO_NUMBER_MISSING)
    return g_string_free (row, FALSE);
  if (unknown && family->row_no_number == OH_SIM_NO_NUMBER_145)
    type = 145;
  g_string_append_printf (row, ",\"%s\",%u", call->party.number, type);
  if (family->row_alpha == OH_SIM_ALPHA_ALWAYS
      || (family->row_alpha == OH_SIM_ALPHA_KNOWN && name != NULL))
    g_string_append_printf (row, ",\"%s\"", name_of (&call->party));
  return g_string_free (row, FALSE);
}

/* The list of +CLCC, into the response. */
void
oh_sim_cellular_list (OhSimCellular *self)
{
  const OhSimFamily *family = self->family;
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (g_free);

  if (family->first_row != NULL)
    g_ptr_array_add (rows, g_strdup (family->first_row));
  for (guint i = 0; i < self->calls->len; i++)
    g_ptr_array_add (rows, oh_sim_cellular_row (self, self->calls->pdata[i]));
  if (family->dense_list && rows->len > 0)
    {
      g_autofree char *joined = NULL;

      g_ptr_array_add (rows, NULL);
      joined = g_strjoinv ("\r\n", (char **)rows->pdata);
      oh_sim_modem_reply (self->modem, "%s", joined);
      return;
    }
  for (guint i = 0; i < rows->len; i++)
    oh_sim_modem_reply (self->modem, "%s", (const char *)rows->pdata[i]);
}
