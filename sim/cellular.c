// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sim/cellular-family.h"

static void
lose_power (OhSimModem *modem)
{
  OhSimCellular *self = modem->line;

  oh_sim_timer_stop (&self->ring);
  oh_sim_timer_stop (&self->digit);
  oh_sim_timer_stop (&self->noise);
  oh_sim_timer_stop (&self->network.registration);
  oh_sim_ussd_lose_power (modem);
  g_string_truncate (self->digits, 0);
  g_ptr_array_set_size (self->calls, 0);
  self->dialled = NULL;
}

/* ATZ is about settings on a cellular modem; calls go on. */
static void
reset (OhSimModem *modem)
{
}

static gpointer
create (OhSimModem *modem)
{
  OhSimCellular *self = g_new0 (OhSimCellular, 1);

  self->modem = modem;
  self->family = modem->model->family;
  self->calls = g_ptr_array_new_with_free_func (oh_sim_cellular_free_call);
  self->digits = g_string_new (NULL);
  modem->line = self;
  oh_sim_network_init (modem);
  oh_sim_services_init (modem);
  return self;
}

static void
destroy (gpointer line)
{
  OhSimCellular *self = line;

  oh_sim_timer_stop (&self->ring);
  oh_sim_timer_stop (&self->digit);
  oh_sim_timer_stop (&self->noise);
  oh_sim_network_clear (self->modem);
  oh_sim_ussd_clear (self->modem);
  oh_sim_services_clear (self->modem);
  g_ptr_array_unref (self->calls);
  g_string_free (self->digits, TRUE);
  g_free (self);
}

/* There is no voice state here. */
static void
voice_byte (OhSimModem *modem, guint8 byte)
{
}

const OhSimKind oh_sim_cellular_kind = {
  .create = create,
  .destroy = destroy,
  .reset = reset,
  .get_power = oh_sim_cellular_boot,
  .lose_power = lose_power,
  .dial = oh_sim_cellular_dial,
  .answer = oh_sim_cellular_answer,
  .hang_up = oh_sim_cellular_hang_up,
  .abort = oh_sim_cellular_abort,
  .voice_byte = voice_byte,
  .far_ring = oh_sim_cellular_far_ring,
  .far_wait = oh_sim_cellular_far_wait,
  .far_give_up = oh_sim_cellular_far_give_up,
  .far_step = oh_sim_cellular_far_step,
  .far_hang_up = oh_sim_cellular_far_hang_up,
  .far_hold = oh_sim_cellular_far_hold,
  .far_digits = oh_sim_cellular_far_digits,
  .set_card = oh_sim_card_set,
  .set_network = oh_sim_network_set,
  .set_signal = oh_sim_network_set_signal,
  .far_tell_ussd = oh_sim_ussd_far_tell,
  .far_end_ussd = oh_sim_ussd_far_end,
  .plan_ussd = oh_sim_ussd_plan,
};

static const char *const identity[] = { "OFFHOOK\r\nCELLULAR\r\nRevision: 1.0", NULL };

static const OhSimCommandRow *const commands[]
    = { oh_sim_cellular_sim_commands, oh_sim_cellular_network_commands, oh_sim_cellular_commands,
        NULL };

/* Without any vendor's reports. */
static const OhSimFamily plain = {
  .clip_start = "+CLIP: ",
  .clip_middle = ",\"\",0",
  .clip_alpha = TRUE,
  .row_alpha = OH_SIM_ALPHA_KNOWN,
  .chld = OH_SIM_CHLD_ALL,
  .digit_line = "+RXDTMF: ",
  .digit_setting = "+DDET",
  .hung_up = "NO CARRIER",
  .gave_up = "NO CARRIER",
  .busy = "BUSY",
  .no_answer = "NO ANSWER",
  .refused = "NO CARRIER",
};

const OhSimModel oh_sim_cellular = {
  .name = "cellular",
  .kind = &oh_sim_cellular_kind,
  .family = &plain,
  .commands = commands,
  .identity = identity,
};
