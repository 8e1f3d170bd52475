// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/outsider.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>

static void
on_line (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Outsider *self = user_data;
  char *line
      = g_data_input_stream_read_line_finish (G_DATA_INPUT_STREAM (source), result, NULL, NULL);

  if (line == NULL)
    {
      g_clear_object (&self->out);
      return;
    }
  g_ptr_array_add (self->said, line);
  g_data_input_stream_read_line_async (self->out, G_PRIORITY_DEFAULT, NULL, on_line, self);
}

/* A test that crashes leaves nobody behind. */
static void
die_with_us (gpointer user_data)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

Outsider *
outsider_start (const char *address, const char *line, guint connections, guint handles,
                const char *methods)
{
  g_autoptr (GSubprocessLauncher) launcher
      = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  g_autofree char *n_connections = g_strdup_printf ("%u", connections);
  g_autofree char *n_handles = g_strdup_printf ("%u", handles);
  Outsider *self = g_new0 (Outsider, 1);
  g_autoptr (GError) error = NULL;

  g_subprocess_launcher_set_child_setup (launcher, die_with_us, NULL, NULL);
  self->process
      = g_subprocess_launcher_spawn (launcher, &error, g_getenv ("OFFHOOK_LISTENER"), address, line,
                                     n_connections, n_handles, methods, NULL);
  g_assert_no_error (error);
  self->said = g_ptr_array_new_with_free_func (g_free);
  self->out = g_data_input_stream_new (g_subprocess_get_stdout_pipe (self->process));
  g_data_input_stream_read_line_async (self->out, G_PRIORITY_DEFAULT, NULL, on_line, self);
  outsider_until (self, "open *", 1);
  return self;
}

void
outsider_stop (Outsider *self)
{
  siginfo_t state;

  g_subprocess_send_signal (self->process, SIGSTOP);
  g_assert_cmpint (waitid (P_PID, atoi (g_subprocess_get_identifier (self->process)), &state,
                           WSTOPPED | WNOWAIT),
                   ==, 0);
  g_assert_cmpint (state.si_code, ==, CLD_STOPPED);
}

void
outsider_go_on (Outsider *self)
{
  g_subprocess_send_signal (self->process, SIGCONT);
}

static gboolean
has_no_more (gpointer user_data)
{
  return ((Outsider *)user_data)->out == NULL;
}

void
outsider_end (Outsider *self)
{
  g_subprocess_force_exit (self->process);
  spin_until (has_no_more, self);
  g_subprocess_wait (self->process, NULL, NULL);
  g_object_unref (self->process);
  g_ptr_array_unref (self->said);
  g_free (self);
}

guint
outsider_count (Outsider *self, const char *glob)
{
  guint n = 0;

  for (guint i = 0; i < self->said->len; i++)
    n += g_pattern_match_simple (glob, self->said->pdata[i]);
  return n;
}

typedef struct
{
  Outsider *outsider;
  const char *glob;
  guint n;
} Wanted;

static gboolean
has_said (gpointer user_data)
{
  Wanted *wanted = user_data;

  return outsider_count (wanted->outsider, wanted->glob) >= wanted->n;
}

void
outsider_until (Outsider *self, const char *glob, guint n)
{
  Wanted wanted = { self, glob, n };

  if (spin_for (has_said, &wanted))
    return;
  for (guint i = 0; i < self->said->len; i++)
    g_test_message ("the outsider said: %s", (char *)self->said->pdata[i]);
  g_error ("the outsider has not said \"%s\" %u times", glob, n);
}
