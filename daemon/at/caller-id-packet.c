// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/at/caller-id-packet.h"

#include <string.h>

#define PACKET_MAX 260 /* type, length, 255 bytes, checksum */
#define SDMF_CALL 0x04
#define SDMF_MESSAGE 0x06
#define MDMF_CALL 0x80
#define MDMF_MESSAGE 0x82
#define DATE_LENGTH 8 /* MMDDHHMM */

enum
{
  PARAMETER_TIME = 0x01,
  PARAMETER_NUMBER = 0x02,
  PARAMETER_DIALABLE = 0x03,
  PARAMETER_NO_NUMBER = 0x04,
  PARAMETER_NAME = 0x07,
  PARAMETER_NO_NAME = 0x08,
  PARAMETER_MESSAGES = 0x0B,
  PARAMETER_CALL_TYPE = 0x11,
  PARAMETER_CALLED = 0x12,
};

#define CALL_TYPE_MESSAGES 0x81

typedef struct
{
  guint8 bytes[PACKET_MAX];
  gsize n;
} Packet;

static gboolean
read_hex (const char *hex, Packet *packet)
{
  packet->n = 0;
  for (; g_ascii_isxdigit (hex[0]) && g_ascii_isxdigit (hex[1]); hex += 2)
    {
      if (packet->n == PACKET_MAX)
        return FALSE;
      packet->bytes[packet->n++]
          = (guint8)(g_ascii_xdigit_value (hex[0]) << 4 | g_ascii_xdigit_value (hex[1]));
    }
  return *hex == '\0';
}

/* As text of its own, cut to what there is room for. */
static const char *
text_of (const guint8 *data, gsize length, char *out, gsize size)
{
  gsize n = MIN (length, size - 1);

  for (gsize i = 0; i < n; i++)
    out[i] = data[i] != '\0' ? (char)data[i] : ' ';
  out[n] = '\0';
  return out;
}

static void
take_time (OhCallerId *id, const char *text)
{
  if (strlen (text) != DATE_LENGTH || strspn (text, "0123456789") != DATE_LENGTH)
    return;
  memcpy (id->date, text, 4);
  memcpy (id->time, text + 4, 4);
  id->date[4] = id->time[4] = '\0';
}

static void
take_number (OhCallerId *id, const char *text)
{
  char number[OH_NUMBER_MAX];

  if (!oh_number_clean (text, number))
    return; /* one that is known stays */
  memcpy (id->number, number, sizeof number);
  id->number_presentation = OH_PRESENTATION_ALLOWED;
}

/* C and S are NTT's: a coin telephone, and a service that has no number. */
static OhPresentation
absence (const char *text)
{
  if (*text == 'P')
    return OH_PRESENTATION_WITHHELD;
  return *text == 'O' || *text == 'C' || *text == 'S' ? OH_PRESENTATION_UNAVAILABLE
                                                      : OH_PRESENTATION_UNKNOWN;
}

static void
take_absent_number (OhCallerId *id, const char *text)
{
  if (absence (text) == OH_PRESENTATION_UNKNOWN)
    return;
  id->number[0] = '\0';
  id->number_presentation = absence (text);
}

static void
take_name (OhCallerId *id, const char *text)
{
  char name[OH_TEXT_MAX];

  oh_text_clean (text, name);
  if (*name == '\0')
    return;
  memcpy (id->name, name, sizeof name);
  id->name_presentation = OH_PRESENTATION_ALLOWED;
}

static void
take_parameter (OhCallerId *id, guint8 type, const guint8 *data, gsize length)
{
  char text[256];

  text_of (data, length, text, sizeof text);
  switch (type)
    {
    case PARAMETER_TIME:
      take_time (id, text);
      break;
    case PARAMETER_NUMBER:
      take_number (id, text);
      break;
    case PARAMETER_DIALABLE:
      if (id->number_presentation == OH_PRESENTATION_UNKNOWN)
        take_number (id, text);
      break;
    case PARAMETER_NO_NUMBER:
      take_absent_number (id, text);
      break;
    case PARAMETER_NAME:
      take_name (id, text);
      break;
    case PARAMETER_NO_NAME:
      if (*id->name == '\0' && absence (text) != OH_PRESENTATION_UNKNOWN)
        id->name_presentation = absence (text);
      break;
    case PARAMETER_MESSAGES:
      if (length == 1)
        id->message_waiting = data[0] == 0 ? OH_SWITCH_OFF : OH_SWITCH_ON;
      break;
    case PARAMETER_CALLED:
      oh_number_clean (text, id->called_number);
      break;
    }
}

static gboolean
is_message (const Packet *packet)
{
  for (gsize i = 2; i + 2 < packet->n; i += 2u + packet->bytes[i + 1])
    {
      if (packet->bytes[i] == PARAMETER_CALL_TYPE && packet->bytes[i + 1] == 1
          && packet->bytes[i + 2] == CALL_TYPE_MESSAGES)
        return TRUE;
    }
  return packet->bytes[0] == MDMF_MESSAGE;
}

/* A number or a name in a message waiting packet is of who has left the message, or of the service
 * that has it: no caller. */
static OhPacketResult
take_multiple (OhCallerId *ret_id, const Packet *packet)
{
  OhCallerId message = { 0 };
  OhCallerId *id = is_message (packet) ? &message : ret_id;
  gsize end = 2u + packet->bytes[1];

  for (gsize i = 2; i + 2 <= end; i += 2u + packet->bytes[i + 1])
    {
      gsize length = packet->bytes[i + 1];

      if (i + 2 + length > end)
        break; /* it is longer than its packet */
      take_parameter (id, packet->bytes[i], packet->bytes + i + 2, length);
    }
  if (id == ret_id)
    return OH_PACKET_CALL;
  if (message.message_waiting != OH_SWITCH_UNKNOWN)
    ret_id->message_waiting = message.message_waiting;
  return OH_PACKET_MESSAGE;
}

/* MMDDHHMM and the number, or one letter. */
static OhPacketResult
take_single (OhCallerId *id, const Packet *packet)
{
  char text[256];
  gsize length = packet->bytes[1];

  if (length < DATE_LENGTH)
    return OH_PACKET_BAD;
  take_time (id, text_of (packet->bytes + 2, DATE_LENGTH, text, sizeof text));
  text_of (packet->bytes + 2 + DATE_LENGTH, length - DATE_LENGTH, text, sizeof text);
  if (absence (text) != OH_PRESENTATION_UNKNOWN)
    take_absent_number (id, text);
  else
    take_number (id, text);
  return OH_PACKET_CALL;
}

/* Three bytes, all 42h or all 6Fh. */
static OhPacketResult
take_single_message (OhCallerId *id, const Packet *packet)
{
  if (packet->bytes[1] != 3 || packet->bytes[2] != packet->bytes[3]
      || packet->bytes[3] != packet->bytes[4]
      || (packet->bytes[2] != 0x42 && packet->bytes[2] != 0x6F))
    return OH_PACKET_BAD;
  id->message_waiting = packet->bytes[2] == 0x42 ? OH_SWITCH_ON : OH_SWITCH_OFF;
  return OH_PACKET_MESSAGE;
}

static gboolean
is_packet (const Packet *packet)
{
  static const guint8 types[] = { SDMF_CALL, SDMF_MESSAGE, MDMF_CALL, MDMF_MESSAGE };

  return packet->n >= 3 && memchr (types, packet->bytes[0], sizeof types) != NULL
         && packet->n >= 2u + packet->bytes[1];
}

/* One that is printed without it is believed. */
static gboolean
has_good_sum (const Packet *packet)
{
  gsize length = 3u + packet->bytes[1];
  guint8 sum = 0;

  if (packet->n < length)
    return TRUE;
  for (gsize i = 0; i < length; i++)
    sum = (guint8)(sum + packet->bytes[i]);
  return sum == 0;
}

OhPacketResult
oh_caller_id_take_packet (OhCallerId *id, const char *hex)
{
  Packet packet;

  if (!read_hex (hex, &packet) || !is_packet (&packet))
    return OH_PACKET_NONE;
  if (!has_good_sum (&packet))
    return OH_PACKET_BAD;
  switch (packet.bytes[0])
    {
    case SDMF_CALL:
      return take_single (id, &packet);
    case SDMF_MESSAGE:
      return take_single_message (id, &packet);
    default:
      return take_multiple (id, &packet);
    }
}

gboolean
oh_caller_id_take_parameter (OhCallerId *id, const char *hex)
{
  Packet packet;

  /* A checksum stands only behind a whole packet. */
  if (!read_hex (hex, &packet) || packet.n < 3 || packet.n != 2u + packet.bytes[1])
    return FALSE;
  take_parameter (id, packet.bytes[0], packet.bytes + 2, packet.bytes[1]);
  return TRUE;
}
