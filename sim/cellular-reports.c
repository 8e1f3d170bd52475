// SPDX-License-Identifier: LGPL-2.1-or-later
#include <string.h>

#include "sim/cellular-family.h"

#define NOISE_PERIOD 3 /* seconds */
/* As much as comes through of a report that is cut. */
#define CUT_LENGTH 2

static const OhSimFraming *
find_framing (const OhSimFamily *family, const char *text)
{
  for (const OhSimFraming *row = family->framings; row != NULL && row->start != NULL; row++)
    if (g_str_has_prefix (text, row->start))
      return row;
  return NULL;
}

static void
send_raw (OhSimCellular *self, const char *text)
{
  oh_sim_output_send (self->modem->output, OH_SIM_OUTPUT_UNSOLICITED, text, strlen (text));
}

static void
tell (OhSimCellular *self, const char *text)
{
  const OhSimFraming *framing = find_framing (self->family, text);
  g_autofree char *framed = NULL;

  if (framing == NULL)
    {
      oh_sim_modem_tell (self->modem, "%s", text);
      return;
    }
  framed = g_strconcat (framing->before, text, framing->after, NULL);
  send_raw (self, framed);
}

/* An unsolicited line of 27.007, framed as the family does. */
void
oh_sim_cellular_tell (OhSimCellular *self, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  tell (self, text);
}

/* A line of a vendor's report. */
void
oh_sim_cellular_say (OhSimCellular *self, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  if (self->modem->faults.reports == OH_SIM_REPORTS_CUT)
    text[MIN (strlen (text), CUT_LENGTH)] = '\0';
  tell (self, text);
}

/* Several lines of a report; @rows end with CR LF each. */
void
oh_sim_cellular_say_block (OhSimCellular *self, const char *rows)
{
  g_autofree char *block = g_strconcat ("\r\n", rows, NULL);

  if (self->modem->faults.reports == OH_SIM_REPORTS_CUT)
    oh_sim_cellular_say (self, "%s", rows);
  else
    send_raw (self, block);
}

void
oh_sim_cellular_report (OhSimCellular *self, const OhSimCall *call, OhSimChange change)
{
  if (self->family->report != NULL && self->modem->faults.reports != OH_SIM_REPORTS_OFF)
    self->family->report (self, call, change);
}

/* Since it was answered, in simulated time. */
guint
oh_sim_cellular_seconds (const OhSimCall *call)
{
  gint64 since = g_get_monotonic_time () - call->answered;

  if (call->answered == 0)
    return 0;
  return (guint)((double)since / G_USEC_PER_SEC / call->modem->clock->scale);
}

guint
oh_sim_cellular_party_type (const OhSimCall *call)
{
  return oh_sim_cellular_number_type (call->party.number);
}

/* A registration that a modem tells unasked is still the one it has. */
static void
tell_noise (OhSimCellular *self, const char *line)
{
  if (g_str_equal (line, "+CREG: 1"))
    oh_sim_cellular_tell (self, "+CREG: %u", oh_sim_network_get_stat (self->modem));
  else
    tell (self, line);
}

static void
on_noise (gpointer data)
{
  OhSimCellular *self = data;
  const char *const *lines = self->family->noise;

  if (self->calls->len == 0)
    return;
  if (!self->modem->faults.calm)
    tell_noise (self, lines[self->noises++ % g_strv_length ((char **)lines)]);
  oh_sim_timer_start (&self->noise, self->modem->clock, NOISE_PERIOD, on_noise, self);
}

/* While there are calls; at other times it does no harm. */
void
oh_sim_cellular_start_noise (OhSimCellular *self)
{
  if (self->family->noise != NULL && !oh_sim_timer_is_running (&self->noise))
    oh_sim_timer_start (&self->noise, self->modem->clock, NOISE_PERIOD, on_noise, self);
}

/* Where in its boot lines a family tells of the SIM. */
static const char *const *
find_sim_line (OhSimCellular *self)
{
  const char *const *line = self->family->boot;

  while (line != NULL && *line != NULL && !g_str_equal (*line, "+CPIN: READY"))
    line++;
  return line;
}

/* What a family says once the SIM is ready. */
void
oh_sim_cellular_tell_boot_with_sim (OhSimCellular *self)
{
  const char *const *line = find_sim_line (self);

  while (line != NULL && *line != NULL && *++line != NULL)
    tell (self, *line);
}

void
oh_sim_cellular_boot (OhSimModem *modem)
{
  OhSimCellular *self = modem->line;
  const char *const *sim_line = find_sim_line (self);

  oh_sim_network_get_power (modem);
  for (const char *const *line = self->family->boot; line != sim_line; line++)
    tell (self, *line);
  if (sim_line == NULL || *sim_line == NULL)
    return;
  oh_sim_card_tell (modem);
  if (self->network.card.state == OH_SIM_CARD_READY)
    oh_sim_cellular_tell_boot_with_sim (self);
}
