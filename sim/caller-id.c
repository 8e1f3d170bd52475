// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sim/caller-id.h"

#include <string.h>

/* The length of a parameter and of the packet are one byte each. */
#define LONGEST_PARAMETER 50
#define LONGEST_PACKET 255

enum
{
  PACKET_SDMF = 0x04,
  PACKET_SDMF_MESSAGE = 0x06,
  PACKET_MDMF = 0x80,
  PACKET_MDMF_MESSAGE = 0x82,
};

enum
{
  PARAMETER_TIME = 0x01,
  PARAMETER_NUMBER = 0x02,
  PARAMETER_NO_NUMBER = 0x04,
  PARAMETER_NAME = 0x07,
  PARAMETER_NO_NAME = 0x08,
  PARAMETER_CALL_TYPE = 0x11,
};

/* @given, or the time of day by @format; NULL when it is not told. */
static char *
get_time (const char *given, const char *format)
{
  g_autoptr (GDateTime) now = NULL;

  if (given != NULL)
    return g_str_equal (given, "none") ? NULL : g_strdup (given);
  now = g_date_time_new_now_local ();
  return g_date_time_format (now, format);
}

static char *
get_date (const OhSimCaller *caller, const OhSimSending *sending)
{
  return get_time (caller->date, sending->day_first ? "%d%m" : "%m%d");
}

static char *
get_hour (const OhSimCaller *caller)
{
  return get_time (caller->time, "%H%M");
}

static const char *
get_absence (const OhSimCaller *caller, const OhSimLayout *layout)
{
  return caller->presentation == OH_SIM_CALLER_WITHHELD ? layout->withheld : layout->unavailable;
}

static void
append_line (GString *block, const char *tag, const OhSimLayout *layout, const char *value)
{
  if (value != NULL)
    g_string_append_printf (block, "%s%s%s\r\n", tag, layout->equals, value);
}

static void
append_number (GString *block, const OhSimCaller *caller, const OhSimLayout *layout)
{
  gboolean shown = caller->presentation == OH_SIM_CALLER_SHOWN;

  append_line (block, "NMBR", layout, shown ? caller->number : get_absence (caller, layout));
  if (caller->masked)
    append_line (block, "NMBR", layout, layout->unavailable);
}

static void
append_name (GString *block, const OhSimCaller *caller, const OhSimLayout *layout)
{
  const char *name = caller->name;

  if (name == NULL && caller->presentation != OH_SIM_CALLER_SHOWN)
    name = get_absence (caller, layout);
  if (caller->name != NULL || (name != NULL && *name != '\0'))
    append_line (block, "NAME", layout, name);
}

static void
append_unknown (GString *block, const OhSimCaller *caller, const OhSimLayout *layout)
{
  for (char **unknown = caller->unknown; unknown != NULL && *unknown != NULL; unknown++)
    append_line (block, "MESG", layout, *unknown);
}

static void
append_part (GString *block, char part, const OhSimCaller *caller, const OhSimLayout *layout,
             const OhSimSending *sending)
{
  g_autofree char *date = get_date (caller, sending);
  g_autofree char *hour = get_hour (caller);

  if (part == 'N')
    append_number (block, caller, layout);
  else if (sending->number_only)
    return;
  else if (part == 'D')
    append_line (block, "DATE", layout, date);
  else if (part == 'T')
    append_line (block, "TIME", layout, hour);
  else if (part == 'A' && !caller->single)
    append_name (block, caller, layout);
  else if (part == 'M')
    append_unknown (block, caller, layout);
}

/* Formatted: one CR LF between the lines. */
char *
oh_sim_caller_id_block (const OhSimCaller *caller, const OhSimLayout *layout,
                        const OhSimSending *sending)
{
  gboolean broken = (caller->bad_checksum || caller->cut) && !sending->number_only;
  GString *block;

  if (caller->presentation == OH_SIM_CALLER_NONE || (broken && layout->checksum == NULL))
    return NULL;
  block = g_string_new (layout->bare ? "" : "\r\n");
  if (broken)
    append_line (block, layout->checksum, layout, "");
  for (const char *part = layout->order; *part != '\0' && !broken; part++)
    append_part (block, *part, caller, layout, sending);
  return g_string_free (block, FALSE);
}

static void
append_text (GByteArray *packet, const char *text)
{
  g_byte_array_append (packet, (const guint8 *)text, (guint)MIN (strlen (text), LONGEST_PARAMETER));
}

static void
append_parameter (GByteArray *packet, guint8 type, const char *text)
{
  guint8 head[] = { type, (guint8)MIN (strlen (text), LONGEST_PARAMETER) };

  g_byte_array_append (packet, head, sizeof head);
  append_text (packet, text);
}

static void
append_digits (GByteArray *packet, const char *digits)
{
  for (; digits[0] != '\0' && digits[1] != '\0'; digits += 2)
    {
      guint8 byte
          = (guint8)(g_ascii_xdigit_value (digits[0]) * 16 + g_ascii_xdigit_value (digits[1]));

      g_byte_array_append (packet, &byte, 1);
    }
}

static GByteArray *
start_packet (guint8 type)
{
  const guint8 head[] = { type, 0 };

  return g_byte_array_append (g_byte_array_new (), head, sizeof head);
}

/* Counts and sums it up, and takes it. */
static char *
end_packet (GByteArray *packet, gboolean bad_checksum, gboolean cut)
{
  GString *hex = g_string_new (NULL);
  guint8 sum = bad_checksum ? 1 : 0;

  g_byte_array_set_size (packet, MIN (packet->len, LONGEST_PACKET));
  packet->data[1] = (guint8)(packet->len - 2);
  for (guint i = 0; i < packet->len; i++)
    {
      g_string_append_printf (hex, "%02X", packet->data[i]);
      sum = (guint8)(sum + packet->data[i]);
    }
  if (!cut)
    g_string_append_printf (hex, "%02X", (guint8)-sum);
  g_byte_array_unref (packet);
  return g_string_free (hex, FALSE);
}

static const OhSimLayout letters = { .withheld = "P", .unavailable = "O" };

static GByteArray *
make_single (const OhSimCaller *caller, const char *stamp)
{
  gboolean shown = caller->presentation == OH_SIM_CALLER_SHOWN;
  GByteArray *packet = start_packet (PACKET_SDMF);

  append_text (packet, stamp);
  append_text (packet, shown ? caller->number : get_absence (caller, &letters));
  return packet;
}

static GByteArray *
make_multiple (const OhSimCaller *caller, const OhSimSending *sending, const char *stamp)
{
  gboolean shown = caller->presentation == OH_SIM_CALLER_SHOWN;
  const char *absence = get_absence (caller, &letters);
  GByteArray *packet = start_packet (PACKET_MDMF);

  if (sending->call_type)
    append_parameter (packet, PARAMETER_CALL_TYPE, "\001");
  if (*stamp != '\0')
    append_parameter (packet, PARAMETER_TIME, stamp);
  append_parameter (packet, shown ? PARAMETER_NUMBER : PARAMETER_NO_NUMBER,
                    shown ? caller->number : absence);
  if (caller->masked)
    append_parameter (packet, PARAMETER_NO_NUMBER, letters.unavailable);
  if (caller->name != NULL)
    append_parameter (packet, PARAMETER_NAME, caller->name);
  else if (!shown)
    append_parameter (packet, PARAMETER_NO_NAME, absence);
  for (char **unknown = caller->unknown; unknown != NULL && *unknown != NULL; unknown++)
    append_digits (packet, *unknown);
  return packet;
}

/* The packet as the exchange sends it, in hexadecimal digits. */
char *
oh_sim_caller_id_packet (const OhSimCaller *caller, const OhSimSending *sending)
{
  g_autofree char *date = get_date (caller, sending);
  g_autofree char *hour = get_hour (caller);
  g_autofree char *stamp = g_strconcat (date != NULL ? date : "", hour != NULL ? hour : "", NULL);
  GByteArray *packet;

  if (caller->presentation == OH_SIM_CALLER_NONE)
    return NULL;
  packet = caller->single ? make_single (caller, stamp) : make_multiple (caller, sending, stamp);
  return end_packet (packet, caller->bad_checksum, caller->cut);
}

char *
oh_sim_caller_id_message (gboolean waiting, gboolean single)
{
  GByteArray *packet = start_packet (single ? PACKET_SDMF_MESSAGE : PACKET_MDMF_MESSAGE);

  if (single)
    append_text (packet, waiting ? "BBB" : "ooo");
  else
    append_digits (packet, waiting ? "0B01FF" : "0B0100");
  return end_packet (packet, FALSE, FALSE);
}
