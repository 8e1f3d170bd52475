// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sim/faults.h"

#include <string.h>

typedef struct
{
  GPatternSpec *pattern;
  char *result;
} OhSimRefusal;

static void
free_refusal (gpointer data)
{
  OhSimRefusal *refusal = data;

  g_pattern_spec_free (refusal->pattern);
  g_free (refusal->result);
  g_free (refusal);
}

void
oh_sim_faults_clear (OhSimFaults *faults)
{
  g_clear_pointer (&faults->inject, g_bytes_unref);
  g_clear_pointer (&faults->refuse, g_ptr_array_unref);
  memset (faults, 0, sizeof *faults);
}

/* Takes out the byte that @countdown ends on; the new length. */
gsize
oh_sim_faults_lose (guint *countdown, guint8 *bytes, gsize length)
{
  gsize at = *countdown;

  if (at == 0)
    return length;
  if (at > length)
    {
      *countdown -= (guint)length;
      return length;
    }
  *countdown = 0;
  memmove (bytes + at - 1, bytes + at, length - at);
  return length - 1;
}

/* Commands have been made upper case by the time they are compared. */
void
oh_sim_faults_add_refusal (OhSimFaults *faults, const char *glob, const char *result)
{
  OhSimRefusal *refusal = g_new0 (OhSimRefusal, 1);
  g_autofree char *upper = g_ascii_strup (glob, -1);

  refusal->pattern = g_pattern_spec_new (upper);
  refusal->result = g_strdup (result);
  if (faults->refuse == NULL)
    faults->refuse = g_ptr_array_new_with_free_func (free_refusal);
  g_ptr_array_add (faults->refuse, refusal);
}

/* The result that @command, with its "AT", has to get; NULL when it is not refused. */
const char *
oh_sim_faults_find_refusal (const OhSimFaults *faults, const char *command)
{
  g_autofree char *upper = NULL;

  if (!g_str_has_prefix (command, "AT"))
    return NULL;
  upper = g_ascii_strup (command, -1);
  for (guint i = 0; faults->refuse != NULL && i < faults->refuse->len; i++)
    {
      const OhSimRefusal *refusal = faults->refuse->pdata[i];

      if (g_pattern_spec_match_string (refusal->pattern, upper)
          || g_pattern_spec_match_string (refusal->pattern, upper + strlen ("AT")))
        return refusal->result;
    }
  return NULL;
}

void
oh_sim_faults_accept (OhSimFaults *faults)
{
  g_clear_pointer (&faults->refuse, g_ptr_array_unref);
}
