// SPDX-License-Identifier: LGPL-2.1-or-later
#include <string.h>

#include "sim/landline.h"
#include "sim/words.h"

/* Seconds. */
#define CALLER_ID_AFTER 1.5
#define CALLER_ID_BEFORE 0.5
#define BEEP_PERIOD 10
#define BEEP_ID_AFTER 1

/* 1: distinctive rings are RING A and so on. */
#define REGISTER_RING_LETTERS 41

/* NULL when caller ID is off, or there is none. @iso and @rockwell are as for +VCID and #CID. */
char *
oh_sim_landline_format_caller (OhSimLandline *self, guint iso, guint rockwell)
{
  const OhSimCountry *country = &self->wire.country;
  const OhSimSending sending = { country->by_digits, country->day_first, country->call_type };
  guint copies = MAX (self->caller.copies, 1);
  g_autofree char *packet = NULL;
  GString *text;

  if (self->caller.number == NULL || (iso == 0 && rockwell == 0))
    return NULL;
  if (iso == 1 || rockwell == 1 || country->by_digits)
    return oh_sim_caller_id_block (&self->caller, &self->family->layout, &sending);
  packet = oh_sim_caller_id_packet (&self->caller, &sending);
  if (packet == NULL)
    return NULL;
  text = g_string_new (self->family->layout.bare ? "" : "\r\n");
  for (guint i = 0; i < copies; i++)
    g_string_append_printf (text, "%s%s%s\r\n", iso == 2 ? "MESG" : "",
                            iso == 2 ? self->family->layout.equals : "", packet);
  return g_string_free (text, FALSE);
}

static gboolean
sends_idle (OhSimLandline *self, char code)
{
  return oh_sim_landline_is_voice_class (self) && strchr (self->family->idle_codes, code) != NULL;
}

static void
send_report (OhSimLandline *self, const char *lines)
{
  g_autofree char *report = g_strdup_printf ("\020X%s\020.", lines);

  oh_sim_output_send (self->modem->output, OH_SIM_OUTPUT_UNSOLICITED, report, strlen (report));
}

/* In two reports, the second without an end of line in front of it. */
static void
send_split_report (OhSimLandline *self, const char *block)
{
  const char *half = strstr (block, "NMBR");
  g_autofree char *first = g_strndup (block, (gsize)(half - block));

  send_report (self, first);
  send_report (self, half);
}

/* As lines, or in voice class as a report (IS-101), if the modem does that. */
void
oh_sim_landline_send_block (OhSimLandline *self, const char *block)
{
  gboolean streams = self->voice.receive || self->voice.transmit;

  if (streams ? strchr (self->family->codes, 'X') == NULL : !sends_idle (self, 'X'))
    {
      if (!streams)
        oh_sim_output_send (self->modem->output, OH_SIM_OUTPUT_UNSOLICITED, block, strlen (block));
    }
  else if (self->family->splits_report && strstr (block, "NMBR") != NULL)
    send_split_report (self, block);
  else
    send_report (self, block);
}

static void
send_raw (OhSimLandline *self)
{
  char *words[] = { self->caller.raw, NULL };
  g_autoptr (GBytes) bytes = oh_sim_words_unescape (words);

  oh_sim_output_send (self->modem->output, OH_SIM_OUTPUT_RAW, g_bytes_get_data (bytes, NULL),
                      g_bytes_get_size (bytes));
}

static gboolean
understands (OhSimLandline *self)
{
  return !self->wire.country.strict
         || g_str_equal (oh_sim_modem_get_setting (self->modem, "+GCI"), self->wire.country.code);
}

static void
send_caller_id (OhSimLandline *self)
{
  g_autofree char *block
      = oh_sim_landline_format_caller (self, oh_sim_modem_get_number (self->modem, "+VCID"),
                                       oh_sim_modem_get_number (self->modem, "#CID"));

  if (self->caller.raw != NULL)
    send_raw (self);
  else if (block != NULL && !self->ringing.forgot && understands (self))
    oh_sim_landline_send_block (self, block);
}

static void
on_caller_id (gpointer data)
{
  send_caller_id (data);
}

void
oh_sim_landline_stop_ringing (OhSimLandline *self)
{
  oh_sim_timer_stop (&self->ringing.next);
  oh_sim_timer_stop (&self->ringing.caller_id);
  oh_sim_timer_stop (&self->ringing.measured);
}

static void
end_caller (OhSimLandline *self)
{
  oh_sim_landline_stop_ringing (self);
  self->state = OH_SIM_LANDLINE_IDLE;
  oh_sim_modem_report (self->modem, "caller-gave-up");
}

static void
on_caller_tired (gpointer data)
{
  end_caller (data);
}

static void
auto_answer (OhSimLandline *self)
{
  const char *result = self->modem->kind->answer (self->modem);

  if (result != NULL)
    oh_sim_modem_tell (self->modem, "VCON");
}

/* AT+VDR=1,N: N; negative when it is off. */
static int
get_cadence_report (OhSimLandline *self)
{
  const char *setting = oh_sim_modem_get_setting (self->modem, "+VDR");
  const char *comma = strchr (setting, ',');

  if (*setting != '1')
    return -1;
  return comma != NULL ? (int)g_ascii_strtoll (comma + 1, NULL, 10) : 0;
}

static char *
format_ring (OhSimLandline *self)
{
  guint pattern = self->caller.pattern;
  const char *setting = self->family->ring_numbers;

  if (pattern > 0 && self->family->ring_letters
      && self->modem->registers[REGISTER_RING_LETTERS] == 1)
    return g_strdup_printf ("RING %c", (char)('A' + pattern - 1));
  if (pattern > 0 && setting != NULL && oh_sim_modem_get_number (self->modem, setting) > 0)
    return g_strdup_printf ("RING %u", pattern);
  return g_strdup ("RING");
}

static void
tell_ring (OhSimLandline *self)
{
  g_autofree char *text = format_ring (self);
  g_autofree char *sloppy = g_strconcat (text, "\r\n", NULL);

  if (sends_idle (self, 'R'))
    oh_sim_landline_tell_code (self, 'R');
  else if (self->family->ring_sloppy && self->ringing.count % 2 == 0)
    oh_sim_output_send (self->modem->output, OH_SIM_OUTPUT_UNSOLICITED, sloppy, strlen (sloppy));
  else
    oh_sim_modem_tell (self->modem, "%s", text);
}

static void
tell_cadence (OhSimLandline *self, const char *name, guint tenths)
{
  g_autofree char *line = g_strdup_printf ("\r\n%s=%u\r\n", name, tenths);

  oh_sim_landline_send_block (self, line);
}

static void
on_ring_told (gpointer data)
{
  tell_ring (data);
}

static void on_burst (gpointer data);

static void
measure_burst (OhSimLandline *self, double after)
{
  OhSimRinging *ringing = &self->ringing;
  double on = ringing->cadence[ringing->burst] / 10.0;

  oh_sim_timer_start (&ringing->measured, self->modem->clock, after + on, on_burst, self);
}

/* The end of a burst: how long it was quiet before it, and how long it was. */
static void
on_burst (gpointer data)
{
  OhSimLandline *self = data;
  OhSimRinging *ringing = &self->ringing;
  const guint8 *cadence = ringing->cadence;
  int wait = get_cadence_report (self);
  guint off = 0;

  if (ringing->burst > 0)
    off = cadence[ringing->burst - 1];
  else if (ringing->count > 1)
    off = cadence[strlen ((const char *)cadence) - 1];
  tell_cadence (self, "DROF", off);
  tell_cadence (self, "DRON", cadence[ringing->burst]);
  ringing->burst += 2;
  if (cadence[ringing->burst] != 0)
    measure_burst (self, cadence[ringing->burst - 1] / 10.0);
  else if (wait > 0 || !self->family->cadence_mutes)
    oh_sim_timer_start (&ringing->measured, self->modem->clock, MAX (wait, 0) / 10.0, on_ring_told,
                        self);
}

static gboolean
is_time_for_id (OhSimLandline *self)
{
  OhSimIdTime when = self->wire.country.when;

  if (self->caller.before_first_ring)
    return FALSE;
  return (when == OH_SIM_ID_AFTER && self->ringing.count == 1)
         || (when == OH_SIM_ID_SECOND && self->ringing.count == 2);
}

static void
sound_ring (OhSimLandline *self)
{
  self->ringing.burst = 0;
  if (get_cadence_report (self) >= 0)
    measure_burst (self, 0);
  else
    tell_ring (self);
}

static void
on_ring (gpointer data)
{
  OhSimLandline *self = data;
  OhSimRinging *ringing = &self->ringing;
  const OhSimClock *clock = self->modem->clock;
  guint automatic = self->modem->registers[OH_SIM_REGISTER_AUTO_ANSWER];
  double period = oh_sim_country_get_period (ringing->cadence);

  ringing->count++;
  ringing->last = g_get_monotonic_time ();
  oh_sim_modem_report (self->modem, "ring %u", ringing->count);
  sound_ring (self);
  if (is_time_for_id (self))
    oh_sim_timer_start (&ringing->caller_id, clock, MIN (CALLER_ID_AFTER, period * 0.6),
                        on_caller_id, self);
  if (ringing->count == self->caller.rings)
    oh_sim_timer_start (&ringing->next, clock, period / 2, on_caller_tired, self);
  else
    oh_sim_timer_start (&ringing->next, clock, period, on_ring, self);
  if (automatic > 0 && ringing->count >= automatic && self->modem->mode == OH_SIM_MODE_COMMAND)
    auto_answer (self);
}

/* Nobody is forgotten before the first ring of all. */
static gboolean
is_too_soon (OhSimLandline *self)
{
  double seconds = (double)(g_get_monotonic_time () - self->ringing.last) / G_USEC_PER_SEC;

  return self->ringing.last != 0
         && seconds < self->family->forgets_after * self->modem->clock->scale;
}

gboolean
oh_sim_landline_far_ring (OhSimModem *modem, const OhSimCaller *caller, GError **error)
{
  OhSimLandline *self = modem->line;
  OhSimRinging *ringing = &self->ringing;
  const OhSimCountry *country = &self->wire.country;

  if (self->off_hook || self->wire.extension || self->state != OH_SIM_LANDLINE_IDLE)
    return oh_sim_landline_fail (error, "the line is busy");
  if (self->wire.dead)
    return oh_sim_landline_fail (error, "the line is dead");
  oh_sim_caller_copy (&self->caller, caller);
  self->state = OH_SIM_LANDLINE_RINGING;
  ringing->count = 0;
  ringing->forgot = is_too_soon (self);
  ringing->cadence = oh_sim_country_get_cadence (country, caller->pattern);
  if (!caller->before_first_ring && country->when != OH_SIM_ID_BEFORE)
    {
      on_ring (self);
      return TRUE;
    }
  if (country->reversal)
    oh_sim_landline_tell_code (self, 'L');
  send_caller_id (self);
  oh_sim_timer_start (&ringing->next, modem->clock, CALLER_ID_BEFORE, on_ring, self);
  return TRUE;
}

static void
on_beep (gpointer data)
{
  OhSimLandline *self = data;

  oh_sim_landline_tell_code (self, 'w');
  oh_sim_timer_start (&self->beep, self->modem->clock, BEEP_PERIOD, on_beep, self);
}

void
oh_sim_landline_stop_beeping (OhSimLandline *self)
{
  self->waiting = FALSE;
  oh_sim_timer_stop (&self->beep);
  oh_sim_timer_stop (&self->beep_id);
}

gboolean
oh_sim_landline_far_wait (OhSimModem *modem, const OhSimCaller *caller, GError **error)
{
  OhSimLandline *self = modem->line;

  if (self->state != OH_SIM_LANDLINE_TALKING || self->waiting)
    return oh_sim_landline_fail (error, "no call that another one could wait for");
  oh_sim_caller_copy (&self->caller, caller);
  self->waiting = TRUE;
  self->ringing.forgot = FALSE;
  oh_sim_modem_report (modem, "waiting %s", caller->number);
  on_beep (self);
  if (self->family->waiting_id && self->voice.receive)
    oh_sim_timer_start (&self->beep_id, modem->clock, BEEP_ID_AFTER, on_caller_id, self);
  return TRUE;
}

/* A landline modem tells nothing of it, silent or not. */
gboolean
oh_sim_landline_far_give_up (OhSimModem *modem, gboolean silent, guint cause, GError **error)
{
  OhSimLandline *self = modem->line;

  if (self->waiting)
    {
      oh_sim_landline_stop_beeping (self);
      oh_sim_modem_report (modem, "caller-gave-up");
      return TRUE;
    }
  if (self->state != OH_SIM_LANDLINE_RINGING)
    return oh_sim_landline_fail (error, "nobody is calling");
  end_caller (self);
  return TRUE;
}
