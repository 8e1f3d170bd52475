// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/at/command.h"

#include <string.h>

#include "daemon/at/caller-id.h"
#include "daemon/error.h"

#define MAX_LINES 64 /* of one answer */

void
oh_at_command_free (OhAtCommand *command)
{
  g_ptr_array_unref (command->lines);
  g_free (command->text);
  g_free (command);
}

OhAtCommand *
oh_at_command_new (const char *text, const OhCommand *how)
{
  OhAtCommand *command = g_new0 (OhAtCommand, 1);

  command->text = g_strdup (text);
  command->how = *how;
  command->tries_left = MAX (how->tries, 1);
  command->lines = g_ptr_array_new_with_free_func (g_free);
  return command;
}

gboolean
oh_at_command_is_dialing (const OhAtCommand *command)
{
  return g_str_has_prefix (command->text, "ATD") || g_str_has_prefix (command->text, "ATA");
}

static gboolean
ends_with_the_call (const OhAtCommand *command)
{
  return oh_at_command_is_dialing (command) || g_str_has_prefix (command->text, "ATH")
         || g_str_has_prefix (command->text, "ATO");
}

gboolean
oh_at_command_is_final (const OhAtCommand *command, OhResult result)
{
  switch (result)
    {
    case OH_RESULT_OK:
    case OH_RESULT_VCON: /* one too many of the command before, when voice is to begin */
      return (command->how.flags & OH_COMMAND_STREAM) == 0;
    case OH_RESULT_ERROR:
    case OH_RESULT_CME_ERROR:
      return TRUE;
    case OH_RESULT_CONNECT:
      return (command->how.flags & OH_COMMAND_STREAM) || oh_at_command_is_dialing (command);
    case OH_RESULT_NO_CARRIER:
    case OH_RESULT_NO_DIALTONE:
    case OH_RESULT_BUSY:
    case OH_RESULT_NO_ANSWER:
    case OH_RESULT_DELAYED:
    case OH_RESULT_BLACKLISTED:
      return ends_with_the_call (command);
    case OH_RESULT_NONE:
    case OH_RESULT_RING:
    case OH_RESULT_RINGING:
      return FALSE;
    }
  return FALSE;
}

/* Bare text answers such as a model name; "+CGMM: name" is one too if "AT+CGMM" asked. */
static gboolean
is_bare_text (const OhAtCommand *command, const char *line)
{
  gsize name = strcspn (command->text + 2, "=?");

  return strchr ("+^*#%$", *line) == NULL
         || (strncmp (line, command->text + 2, name) == 0 && line[name] == ':');
}

gboolean
oh_at_command_is_information (const OhAtCommand *command, OhResult result, const char *line)
{
  OhCallerId id = { 0 };

  if (result != OH_RESULT_NONE || command->how.prefix == NULL)
    return FALSE;
  /* A caller's number in the middle of an answer is no model name. */
  if (*command->how.prefix == '\0')
    return oh_caller_id_take_line (&id, line) == OH_CALLER_ID_NOT_MINE
           && is_bare_text (command, line);
  return g_str_has_prefix (line, command->how.prefix);
}

void
oh_at_command_answer (OhAtCommand *command, const OhReply *reply)
{
  if (command->how.func != NULL)
    command->how.func (reply, command->how.user_data);
  oh_at_command_free (command);
}

void
oh_at_command_fail (OhAtCommand *command, int code, const char *text)
{
  g_autoptr (GError) error = g_error_new_literal (OH_ERROR, code, text);

  oh_at_command_answer (command, &(OhReply){ .code = -1, .error = error });
}

gboolean
oh_at_command_add_line (OhAtCommand *command, const char *line)
{
  if (command->lines->len >= MAX_LINES)
    return FALSE;
  g_ptr_array_add (command->lines, g_strdup (line));
  return TRUE;
}
