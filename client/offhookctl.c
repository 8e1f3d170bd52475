// SPDX-License-Identifier: LGPL-2.1-or-later
#include "client/offhookctl.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define VERB_WIDTH 26 /* in the list of them */
#define NOT_GIVEN (-HUGE_VAL)

static const OhVerb verbs[] = {
  { "list", "", N_ ("List the lines"), oh_list_run },
  { "show", "[LINE|CALL]", N_ ("Show everything about a line or a call"), oh_show_run },
  { "monitor", "[LINE...]", N_ ("Print the events of lines as they come"), oh_monitor_run },
  { "dial", "LINE NUMBER", N_ ("Place a call"), oh_dial_run },
  { "answer", "[CALL|LINE]", N_ ("Answer a call that is offered"), oh_answer_run },
  { "hangup", "[CALL|LINE]", N_ ("End a call, or refuse one that is offered"), oh_hangup_run },
  { "ignore", "[CALL|LINE]", N_ ("Silence a call that is offered"), oh_ignore_run },
  { "digits", "CALL|LINE DIGITS", N_ ("Send DTMF digits"), oh_digits_run },
  { "gather", "[CALL|LINE]", N_ ("Wait for digits that the other side sends"), oh_gather_run },
  { "tone", "CALL|LINE HZ [HZ]", N_ ("Make a tone of one or two frequencies"), oh_tone_run },
  { "hold", "[CALL|LINE]", N_ ("Put a call on hold"), oh_hold_run },
  { "unhold", "[CALL|LINE]", N_ ("Take a call back from hold"), oh_unhold_run },
  { "swap", "[LINE]", N_ ("Change places between the connected and the held call"), oh_swap_run },
  { "merge", "[LINE]", N_ ("Join the held call to the connected one"), oh_merge_run },
  { "split", "CALL", N_ ("Talk to one of a conference alone"), oh_split_run },
  { "transfer", "[LINE]", N_ ("Connect the two other sides with each other"), oh_transfer_run },
  { "deflect", "[CALL|LINE] NUMBER", N_ ("Send a call that is offered to another number"),
    oh_deflect_run },
  { "pin", "[LINE]", N_ ("Unlock a SIM"), oh_pin_run },
  { "puk", "[LINE]", N_ ("Unblock a SIM, and give it a new PIN"), oh_puk_run },
  { "ussd", "[LINE] CODE", N_ ("Send a code such as *100# to the network"), oh_ussd_run,
    .asks_network = TRUE },
  { "forwarding", "[LINE] [CONDITION NUMBER]", N_ ("Show or set where calls are forwarded to"),
    oh_forwarding_run, .asks_network = TRUE },
  { "call-waiting", "[LINE] [on|off]", N_ ("Show or set whether a second call is offered"),
    oh_call_waiting_run, .asks_network = TRUE },
  { "identity", "[LINE]", N_ ("Show the numbers of a modem and its SIM"), oh_identity_run },
  { "flash", "[LINE]", N_ ("Make a hook flash on a landline"), oh_flash_run },
  { "gains", "[LINE] [RECEIVE TRANSMIT]", N_ ("Show or set how loud a landline is"), oh_gains_run },
  { "route", "[LINE] [LABEL]", N_ ("Show or set where a landline's voice goes"), oh_route_run },
  { "handles", "[LINE]", N_ ("Show who listens to a line"), oh_handles_run, TRUE },
  { "add", "DEVICE", N_ ("Take the modem at a device into service"), oh_add_run, TRUE },
  { "remove", "LINE", N_ ("Remove a line"), oh_remove_run, TRUE },
  { "ports", "", N_ ("Show the serial ports, and why each is used or not"), oh_ports_run, TRUE },
  { "claim", "DEVICE", N_ ("Give a modem to offhookd for good, and keep ModemManager off"),
    oh_claim_run, TRUE },
  { "unclaim", "DEVICE|NAME", N_ ("Take a claim back"), oh_unclaim_run, TRUE },
};

static void
complain (const OhCtl *ctl, const char *text)
{
  if (ctl->verb != NULL)
    g_printerr ("offhookctl: %s: %s\n", ctl->verb->name, text);
  else
    g_printerr ("offhookctl: %s\n", text);
  if (ctl->verb != NULL)
    g_printerr (_ ("Try \"offhookctl %s --help\".\n"), ctl->verb->name);
  else
    g_printerr ("%s", _ ("Try \"offhookctl --help\".\n"));
}

OhExit
oh_ctl_complain (OhCtl *ctl, const char *text)
{
  complain (ctl, text);
  return OH_EXIT_USAGE;
}

static void
add_global_entries (OhCtl *ctl, GOptionContext *context)
{
  const GOptionEntry entries[] = {
    { "json", 'j', 0, G_OPTION_ARG_NONE, &ctl->json, N_ ("Print JSON"), NULL },
    { "address", 'a', 0, G_OPTION_ARG_STRING, &ctl->address,
      N_ ("Use the bus at this address, not the system bus"), N_ ("ADDRESS") },
    { "timeout", 't', 0, G_OPTION_ARG_DOUBLE, &ctl->seconds,
      N_ ("How long to wait for each answer of the daemon (default: 60; 180 where the network is "
          "asked)"),
      N_ ("SECONDS") },
    { "color", 0, 0, G_OPTION_ARG_STRING, &ctl->color_when,
      N_ ("Use colours: \"auto\", \"always\" or \"never\""), N_ ("WHEN") },
    { "colour", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_STRING, &ctl->color_when, NULL, NULL },
    { "no-colour", 0, 0, G_OPTION_ARG_NONE, &ctl->no_color, N_ ("Use no colours"), NULL },
    { "no-color", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_NONE, &ctl->no_color, NULL, NULL },
    { "version", 0, 0, G_OPTION_ARG_NONE, &ctl->version, N_ ("Print the version"), NULL },
    G_OPTION_ENTRY_NULL,
  };

  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  g_option_context_set_translation_domain (context, GETTEXT_PACKAGE);
}

static gboolean
choose_color (OhCtl *ctl)
{
  const char *when = ctl->no_color ? "never" : ctl->color_when;
  const char *no_color = g_getenv ("NO_COLOR");

  if (when == NULL || g_str_equal (when, "auto"))
    ctl->color = isatty (STDOUT_FILENO) && (no_color == NULL || *no_color == '\0');
  else if (g_str_equal (when, "always"))
    ctl->color = TRUE;
  else if (g_str_equal (when, "never"))
    ctl->color = FALSE;
  else
    return FALSE;
  return TRUE;
}

static gboolean
settle_options (OhCtl *ctl)
{
  if (!choose_color (ctl))
    {
      complain (ctl, _ ("--color takes \"auto\", \"always\" or \"never\""));
      return FALSE;
    }
  if (ctl->seconds == NOT_GIVEN)
    ctl->seconds = ctl->verb->asks_network ? 180 : 60;
  if (!(ctl->seconds >= 0.001 && ctl->seconds <= 86400))
    {
      complain (ctl, _ ("--timeout takes 0.001 to 86400 seconds"));
      return FALSE;
    }
  ctl->timeout = (int)(ctl->seconds * 1000);
  return TRUE;
}

static void
take_leading_argument (OhCtl *ctl)
{
  char **rest = g_strdupv (ctl->args + 1);

  g_strfreev (ctl->args);
  ctl->args = rest;
}

gboolean
oh_ctl_parse (OhCtl *ctl, const GOptionEntry *entries, guint min, guint max)
{
  g_autoptr (GOptionContext) context = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *usage = g_strconcat (ctl->verb->name, " ", ctl->verb->arguments, NULL);
  guint n;

  context = g_option_context_new (usage);
  g_option_context_set_summary (context, _ (ctl->verb->summary));
  if (entries != NULL)
    g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  add_global_entries (ctl, context);
  if (!g_option_context_parse_strv (context, &ctl->args, &error))
    {
      complain (ctl, error->message);
      return FALSE;
    }
  take_leading_argument (ctl);
  for (n = 0; ctl->args[n] != NULL; n++)
    if (!g_utf8_validate (ctl->args[n], -1, NULL))
      {
        complain (ctl, _ ("An argument is not UTF-8 text"));
        return FALSE;
      }
  if (n < min || n > max)
    {
      complain (ctl, n < min ? _ ("An argument is missing") : _ ("Too many arguments"));
      return FALSE;
    }
  return settle_options (ctl);
}

static char *
describe_verbs (void)
{
  GString *text = g_string_new (_ ("Verbs:"));

  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++)
    {
      g_autofree char *usage = g_strconcat (verbs[i].name, " ", verbs[i].arguments, NULL);

      if (strlen (usage) >= VERB_WIDTH)
        g_string_append_printf (text, "\n  %s\n  %*s", usage, VERB_WIDTH, "");
      else
        g_string_append_printf (text, "\n  %-*s", VERB_WIDTH, usage);
      g_string_append (text, _ (verbs[i].summary));
    }
  g_string_append_printf (
      text, "\n\n%s",
      _ ("LINE is the id of a line, the beginning of one, or an object path. CALL is\n"
         "an object path, LINE/N, or N. \"offhookctl VERB --help\" tells more of a verb."));
  return g_string_free (text, FALSE);
}

static gboolean
parse_leading_options (OhCtl *ctl)
{
  g_autofree char *description = describe_verbs ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GOptionContext) context = NULL;

  context = g_option_context_new (_ ("VERB [ARGUMENT...]"));
  g_option_context_set_summary (context, _ ("See and use the telephone lines of offhookd."));
  g_option_context_set_description (context, description);
  g_option_context_set_strict_posix (context, TRUE);
  add_global_entries (ctl, context);
  if (g_option_context_parse_strv (context, &ctl->args, &error))
    return TRUE;
  complain (ctl, error->message);
  return FALSE;
}

static const OhVerb *
find_verb (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++)
    if (g_str_equal (verbs[i].name, name))
      return &verbs[i];
  return NULL;
}

static OhExit
run (OhCtl *ctl)
{
  if (!parse_leading_options (ctl))
    return OH_EXIT_USAGE;
  if (ctl->version)
    {
      g_print ("offhookctl %s\n", VERSION);
      return OH_EXIT_OK;
    }
  if (g_strv_length (ctl->args) < 2)
    {
      complain (ctl, _ ("Which verb?"));
      return OH_EXIT_USAGE;
    }
  take_leading_argument (ctl);
  ctl->verb = find_verb (ctl->args[0]);
  if (ctl->verb == NULL)
    {
      g_autofree char *text = g_strdup_printf (_ ("There is no verb \"%s\""), ctl->args[0]);

      complain (ctl, text);
      return OH_EXIT_USAGE;
    }
  return ctl->verb->run (ctl);
}

static void
set_up_language (void)
{
  const char *directory = g_getenv ("OFFHOOK_LOCALEDIR"); /* for a build that is not installed */

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, directory != NULL ? directory : LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
}

/* Not all that was to be printed is; a reader that has seen enough is no mistake. */
static gboolean
is_cut_off (void)
{
  gboolean before = ferror (stdout);

  errno = EIO; /* what it was before is not known any more */
  if (fflush (stdout) == 0 && !before)
    return FALSE;
  if (errno != EPIPE)
    g_printerr (_ ("offhookctl: The output could not be written: %s\n"), g_strerror (errno));
  return TRUE;
}

int
main (int argc, char **argv)
{
  OhCtl ctl = { .seconds = NOT_GIVEN };
  OhExit code;

  set_up_language ();
  g_set_prgname ("offhookctl");
  ctl.args = g_strdupv (argv);
  code = run (&ctl);
  if (is_cut_off () && code == OH_EXIT_OK)
    code = OH_EXIT_FAILED;
  g_clear_object (&ctl.bus);
  g_strfreev (ctl.args);
  g_free (ctl.address);
  g_free (ctl.color_when);
  return code;
}
