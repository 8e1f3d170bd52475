// SPDX-License-Identifier: LGPL-2.1-or-later
#include <string.h>

#include "sim/landline.h"
#include "sim/words.h"

gboolean
oh_sim_landline_set_country (OhSimLandline *self, char **words, GError **error)
{
  if (self->state == OH_SIM_LANDLINE_RINGING)
    return oh_sim_landline_fail (error, "the line rings");
  return oh_sim_country_parse (&self->wire.country, words, error);
}

/* A modem that has to be told to watch other telephones, and was not, says nothing. */
static void
tell_extension (OhSimLandline *self, gboolean up)
{
  const char *setting = self->family->extension_setting;

  if (setting == NULL || oh_sim_modem_get_number (self->modem, setting) > 0)
    oh_sim_landline_tell_code (self, self->family->extension[up ? 0 : 1]);
}

/* Another telephone on the line. It takes a call that rings, and keeps one that the modem leaves.
 */
gboolean
oh_sim_landline_set_extension (OhSimLandline *self, gboolean up, GError **error)
{
  if (self->wire.extension == up)
    return oh_sim_landline_fail (error, "the extension is so already");
  self->wire.extension = up;
  tell_extension (self, up);
  if (up && self->state == OH_SIM_LANDLINE_RINGING)
    {
      oh_sim_landline_stop_ringing (self);
      self->state = OH_SIM_LANDLINE_IDLE;
      oh_sim_modem_report (self->modem, "answered-by-extension");
    }
  return TRUE;
}

/* The loop current; a call does not outlive its end, nor does ringing. */
gboolean
oh_sim_landline_set_loop (OhSimLandline *self, gboolean closed, GError **error)
{
  gboolean rings = self->state == OH_SIM_LANDLINE_RINGING;

  if (self->wire.dead == !closed)
    return oh_sim_landline_fail (error, "the loop is so already");
  self->wire.dead = !closed;
  if (closed)
    {
      if (self->off_hook && !self->unsettled)
        oh_sim_landline_hear_dialtone (self);
      return TRUE;
    }
  oh_sim_landline_stop_ringing (self);
  oh_sim_plan_run_stop (&self->run);
  if (rings || !self->off_hook)
    self->state = OH_SIM_LANDLINE_IDLE;
  if (self->state == OH_SIM_LANDLINE_TALKING)
    self->state = OH_SIM_LANDLINE_GONE;
  if (self->off_hook)
    oh_sim_landline_hear_sign (self, OH_SIM_SIGN_LOOP);
  return TRUE;
}

/* By itself: the stream ends, and with "class" voice class too, with "hook" the call. */
gboolean
oh_sim_landline_leave_voice (OhSimLandline *self, char **words, GError **error)
{
  static const char *const none[] = { NULL };
  static const char *const plain[] = { "class", "hook", NULL };

  if (!oh_sim_words_check (words, none, plain, error))
    return FALSE;
  if (!self->voice.receive && !self->voice.transmit)
    return oh_sim_landline_fail (error, "the modem is in no voice state");
  oh_sim_voice_end (&self->voice);
  if (oh_sim_words_has (words, "class"))
    g_hash_table_replace (self->modem->settings, g_strdup (self->family->class_command),
                          g_strdup ("0"));
  if (oh_sim_words_has (words, "hook"))
    oh_sim_landline_go_on_hook (self);
  return TRUE;
}

/* A packet without ringing. Formatted, the modem prints it whole, as one that it does not know. */
void
oh_sim_landline_send_message (OhSimLandline *self, gboolean single)
{
  g_autofree char *packet = oh_sim_caller_id_message (self->wire.message, single);
  const OhSimLayout *layout = &self->family->layout;
  guint iso = oh_sim_modem_get_number (self->modem, "+VCID");
  guint rockwell = oh_sim_modem_get_number (self->modem, "#CID");
  gboolean bare = iso == 0 && rockwell == 2;
  g_autofree char *block = g_strdup_printf ("%s%s%s%s\r\n", layout->bare ? "" : "\r\n",
                                            bare ? "" : "MESG", bare ? "" : layout->equals, packet);

  if ((iso != 0 || rockwell != 0) && !self->off_hook)
    oh_sim_landline_send_block (self, block);
}
