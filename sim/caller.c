// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sim/caller.h"

#include <string.h>

#include "sim/words.h"

/* The length of a parameter and of the packet are one byte each. */
#define LONGEST_PARAMETER 50

static gboolean
parse_presentation (OhSimCaller *caller, char **words, GError **error)
{
  gboolean withheld = oh_sim_words_has (words, "withheld");
  gboolean unavailable = oh_sim_words_has (words, "unavailable");
  gboolean none = oh_sim_words_has (words, "none");
  gboolean number = oh_sim_words_value (words, "number") != NULL;

  if (withheld + unavailable + none + number > 1)
    {
      g_set_error (error, OH_SIM_ERROR, OH_SIM_ERROR_SYNTAX,
                   "number=, withheld, unavailable and none exclude each other");
      return FALSE;
    }
  if (withheld)
    caller->presentation = OH_SIM_CALLER_WITHHELD;
  else if (none)
    caller->presentation = OH_SIM_CALLER_NONE;
  else if (number)
    caller->presentation = OH_SIM_CALLER_SHOWN;
  else
    caller->presentation = OH_SIM_CALLER_UNAVAILABLE;
  return TRUE;
}

gboolean
oh_sim_caller_parse (OhSimCaller *caller, char **words, GError **error)
{
  static const char *const keys[] = { "number", "name", "rings", "called", NULL };
  static const char *const plain[]
      = { "withheld", "unavailable", "none", "before-first-ring", "forwarded", "silent", NULL };
  g_auto (OhSimCaller) parsed = { 0 };
  const char *rings = oh_sim_words_value (words, "rings");
  const char *number = oh_sim_words_value (words, "number");

  if (!oh_sim_words_check (words, keys, plain, error)
      || !parse_presentation (&parsed, words, error))
    return FALSE;
  if (rings != NULL && !oh_sim_words_number (rings, 1000, &parsed.rings, error))
    return FALSE;
  parsed.number = g_strdup (number != NULL ? number : "");
  parsed.name = g_strdup (oh_sim_words_value (words, "name"));
  parsed.called = g_strdup (oh_sim_words_value (words, "called"));
  parsed.silent = oh_sim_words_has (words, "silent");
  parsed.forwarded = oh_sim_words_has (words, "forwarded");
  parsed.before_first_ring = oh_sim_words_has (words, "before-first-ring");
  oh_sim_caller_copy (caller, &parsed);
  return TRUE;
}

void
oh_sim_caller_copy (OhSimCaller *to, const OhSimCaller *from)
{
  oh_sim_caller_clear (to);
  *to = *from;
  to->number = g_strdup (from->number);
  to->name = g_strdup (from->name);
  to->called = g_strdup (from->called);
}

void
oh_sim_caller_clear (OhSimCaller *caller)
{
  g_clear_pointer (&caller->number, g_free);
  g_clear_pointer (&caller->name, g_free);
  g_clear_pointer (&caller->called, g_free);
  memset (caller, 0, sizeof *caller);
}

/* The letter that stands for a missing number. */
static const char *
absence (const OhSimCaller *caller)
{
  return caller->presentation == OH_SIM_CALLER_WITHHELD ? "P" : "O";
}

/* Formatted, as Conexant prints it: blanks around '=', one CRLF between. */
char *
oh_sim_caller_block (const OhSimCaller *caller, GDateTime *when)
{
  gboolean shown = caller->presentation == OH_SIM_CALLER_SHOWN;
  const char *name = caller->name;
  g_autofree char *stamp = NULL;
  GString *block;

  if (caller->presentation == OH_SIM_CALLER_NONE)
    return NULL;
  stamp = g_date_time_format (when, "\r\nDATE = %m%d\r\nTIME = %H%M\r\n");
  block = g_string_new (stamp);
  g_string_append_printf (block, "NMBR = %s\r\n", shown ? caller->number : absence (caller));
  if (name == NULL && !shown)
    name = absence (caller);
  if (name != NULL)
    g_string_append_printf (block, "NAME = %s\r\n", name);
  return g_string_free (block, FALSE);
}

static void
append_parameter (GByteArray *packet, guint8 type, const char *text)
{
  guint8 head[] = { type, (guint8)MIN (strlen (text), LONGEST_PARAMETER) };

  g_byte_array_append (packet, head, sizeof head);
  g_byte_array_append (packet, (const guint8 *)text, head[1]);
}

/* The packet as the exchange sends it, in hex digits: MDMF of Bellcore. */
char *
oh_sim_caller_packet (const OhSimCaller *caller, GDateTime *when)
{
  gboolean shown = caller->presentation == OH_SIM_CALLER_SHOWN;
  g_autofree char *stamp = NULL;
  g_autoptr (GByteArray) packet = g_byte_array_new ();
  const guint8 head[] = { 0x80, 0 };
  guint8 sum = 0;
  GString *hex;

  if (caller->presentation == OH_SIM_CALLER_NONE)
    return NULL;
  stamp = g_date_time_format (when, "%m%d%H%M");
  g_byte_array_append (packet, head, sizeof head);
  append_parameter (packet, 0x01, stamp);
  append_parameter (packet, shown ? 0x02 : 0x04, shown ? caller->number : absence (caller));
  if (caller->name != NULL)
    append_parameter (packet, 0x07, caller->name);
  else if (!shown)
    append_parameter (packet, 0x08, absence (caller));
  packet->data[1] = (guint8)(packet->len - 2);

  hex = g_string_new (NULL);
  for (guint i = 0; i < packet->len; i++)
    {
      g_string_append_printf (hex, "%02X", packet->data[i]);
      sum = (guint8)(sum + packet->data[i]);
    }
  g_string_append_printf (hex, "%02X", (guint8)-sum);
  return g_string_free (hex, FALSE);
}
