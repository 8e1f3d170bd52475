// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sim/cellular.h"

static void
lose_power (OhSimModem *modem)
{
  OhSimCellular *self = modem->line;

  oh_sim_timer_stop (&self->ring);
  oh_sim_timer_stop (&self->digit);
  g_string_truncate (self->digits, 0);
  g_ptr_array_set_size (self->calls, 0);
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
  self->calls = g_ptr_array_new_with_free_func (oh_sim_cellular_free_call);
  self->digits = g_string_new (NULL);
  return self;
}

static void
destroy (gpointer line)
{
  OhSimCellular *self = line;

  oh_sim_timer_stop (&self->ring);
  oh_sim_timer_stop (&self->digit);
  g_ptr_array_unref (self->calls);
  g_string_free (self->digits, TRUE);
  g_free (self);
}

/* No handshake and no voice state here: ATD and ATA end at once. */
static void
abort_handshake (OhSimModem *modem)
{
}

static void
voice_byte (OhSimModem *modem, guint8 byte)
{
}

const OhSimKind oh_sim_cellular_kind = {
  .create = create,
  .destroy = destroy,
  .reset = reset,
  .lose_power = lose_power,
  .dial = oh_sim_cellular_dial,
  .answer = oh_sim_cellular_answer,
  .hang_up = oh_sim_cellular_hang_up,
  .abort = abort_handshake,
  .voice_byte = voice_byte,
  .far_ring = oh_sim_cellular_far_ring,
  .far_wait = oh_sim_cellular_far_wait,
  .far_give_up = oh_sim_cellular_far_give_up,
  .far_step = oh_sim_cellular_far_step,
  .far_hang_up = oh_sim_cellular_far_hang_up,
  .far_hold = oh_sim_cellular_far_hold,
  .far_digits = oh_sim_cellular_far_digits,
};

static const char *const identity[] = { "OFFHOOK\r\nCELLULAR\r\nRevision: 1.0", NULL };

static const OhSimCommandRow *const commands[] = { oh_sim_cellular_commands, NULL };

const OhSimModel oh_sim_cellular = {
  .name = "cellular",
  .kind = &oh_sim_cellular_kind,
  .commands = commands,
  .identity = identity,
};
