// SPDX-License-Identifier: LGPL-2.1-or-later
#include "client/offhookctl-bus.h"
#include "client/offhookctl-output.h"
#include "client/offhookctl-rule.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define FOLDER "/etc/udev/rules.d"
#define PREFIX "61-offhook-"
#define SUFFIX ".rules"

static char *
make_folder (void)
{
  const char *root = g_getenv ("OFFHOOK_CLAIM_ROOT"); /* of tests */

  return g_strconcat (root != NULL ? root : "", FOLDER, NULL);
}

static char *
make_file (const char *name)
{
  g_autofree char *folder = make_folder ();

  return g_strconcat (folder, "/" PREFIX, name, SUFFIX, NULL);
}

/* What is in the file of that name, NULL where there is none or it is not ours. */
static char *
read_claim (const char *name)
{
  g_autofree char *file = name != NULL ? make_file (name) : NULL;
  g_autofree char *text = NULL;

  if (file == NULL || strchr (name, '/') != NULL || !g_file_get_contents (file, &text, NULL, NULL)
      || !g_str_has_prefix (text, OH_RULE_MARK))
    return NULL;
  return g_steal_pointer (&text);
}

static gboolean
is_claim (const char *name)
{
  g_autofree char *text = read_claim (name);

  return text != NULL;
}

/* Each name that a claim of the port may have. */
static char **
list_names (const OhPort *port)
{
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();

  for (int by_serial = 0; by_serial <= 1; by_serial++)
    {
      g_autofree char *name = oh_rule_name (port, by_serial);

      if (name != NULL)
        g_strv_builder_add (names, name);
    }
  return g_strv_builder_end (names);
}

static gboolean
may_write (GError **error)
{
  if (geteuid () == 0 || g_getenv ("OFFHOOK_CLAIM_ROOT") != NULL)
    return TRUE;
  g_set_error (error, OH_CTL_ERROR, OH_EXIT_NOT_AUTHORIZED,
               _ ("Only root may write udev rules: try it with sudo"));
  return FALSE;
}

static gboolean
run_udevadm (char **arguments, GError **error)
{
  int status;

  return g_spawn_sync (NULL, arguments, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL,
                       NULL, NULL, NULL, NULL, &status, error)
         && g_spawn_check_wait_status (status, error);
}

/* The rules are read again, and applied to the devices. */
static gboolean
run_rules (GPtrArray *syspaths, GError **error)
{
  const char *const reload[] = { "udevadm", "control", "--reload", NULL };
  const char *const settle[] = { "udevadm", "settle", "--timeout=10", NULL };
  g_autoptr (GPtrArray) trigger = g_ptr_array_new ();

  if (!run_udevadm ((char **)reload, error))
    return FALSE;
  if (syspaths->len == 0)
    return TRUE;
  g_ptr_array_add (trigger, (gpointer) "udevadm");
  g_ptr_array_add (trigger, (gpointer) "trigger");
  g_ptr_array_add (trigger, (gpointer) "--action=change");
  g_ptr_array_extend (trigger, syspaths, NULL, NULL);
  g_ptr_array_add (trigger, NULL);
  return run_udevadm ((char **)trigger->pdata, error) && run_udevadm ((char **)settle, error);
}

/* Of the USB device, which ModemManager looks at first, and of its ports. */
static void
add_syspaths (GPtrArray *syspaths, GPtrArray *ports, const OhPort *port)
{
  if (port->usb != NULL)
    g_ptr_array_add (syspaths, port->usb);
  for (guint i = 0; i < ports->len; i++)
    {
      OhPort *other = ports->pdata[i];

      if (oh_port_is_beside (port, other))
        g_ptr_array_add (syspaths, other->syspath);
    }
}

static gboolean
apply (GPtrArray *syspaths, GError **error)
{
  g_autoptr (GError) reason = NULL;

  if (run_rules (syspaths, &reason))
    return TRUE;
  g_set_error (error, OH_CTL_ERROR, OH_EXIT_FAILED,
               _ ("udev was not told, and does it when the modem is plugged in again: %s"),
               reason->message);
  return FALSE;
}

static gboolean
write_claim (const char *name, const char *text, GError **error)
{
  g_autofree char *folder = make_folder ();
  g_autofree char *file = make_file (name);
  mode_t before = umask (022);
  gboolean done = FALSE;

  if (g_file_test (file, G_FILE_TEST_EXISTS) && !is_claim (name))
    g_set_error (error, OH_CTL_ERROR, OH_EXIT_FAILED,
                 _ ("%s is there already, and was not made by offhookctl"), file);
  else if (g_mkdir_with_parents (folder, 0755) != 0)
    g_set_error (error, OH_CTL_ERROR, OH_EXIT_FAILED, "%s: %s", folder, g_strerror (errno));
  else
    done = g_file_set_contents_full (
        file, text, -1, G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0644, error);
  umask (before);
  return done;
}

/* That a model has its calls at another port is known of some. */
static gboolean
check_role (GPtrArray *ports, const OhPort *port, GError **error)
{
  if (g_strcmp0 (port->role, "other") != 0)
    return TRUE;
  for (guint i = 0; i < ports->len; i++)
    {
      const OhPort *other = ports->pdata[i];

      if (oh_port_is_beside (port, other) && g_strcmp0 (other->role, "main") == 0)
        {
          g_set_error (error, OH_CTL_ERROR, OH_EXIT_FAILED,
                       _ ("The port for calls of this modem is %s; --anyway takes %s"),
                       other->device, port->device);
          return FALSE;
        }
    }
  return TRUE;
}

static GVariant *
list_devices (GPtrArray *ports, const char *name)
{
  GVariantBuilder devices;

  g_variant_builder_init (&devices, G_VARIANT_TYPE ("as"));
  for (guint i = 0; i < ports->len; i++)
    {
      const OhPort *port = ports->pdata[i];
      g_auto (GStrv) names = list_names (port);

      if (g_strv_contains ((const char *const *)names, name))
        g_variant_builder_add (&devices, "s", port->device);
    }
  return g_variant_builder_end (&devices);
}

static char *
read_model (const char *name)
{
  g_autofree char *text = read_claim (name);
  const char *model = text != NULL ? strstr (text, "\n" OH_RULE_MODEL) : NULL;
  g_autofree char *line = NULL;

  if (model == NULL)
    return g_strdup ("");
  model += strlen ("\n" OH_RULE_MODEL);
  line = g_strndup (model, strcspn (model, "\n"));
  return g_utf8_make_valid (line, -1);
}

static GVariant *
claim_object (GPtrArray *ports, const char *name)
{
  g_autofree char *file = make_file (name);
  g_autofree char *model = read_model (name);
  GVariantBuilder object;

  g_variant_builder_init (&object, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&object, "{sv}", "Name", g_variant_new_string (name));
  g_variant_builder_add (&object, "{sv}", "File", g_variant_new_string (file));
  g_variant_builder_add (&object, "{sv}", "Model", g_variant_new_string (model));
  g_variant_builder_add (&object, "{sv}", "Devices", list_devices (ports, name));
  return g_variant_builder_end (&object);
}

static void
tell_claimed (const OhCtl *ctl, GPtrArray *ports, const OhPort *port, const char *name)
{
  g_autofree char *file = make_file (name);

  if (ctl->json)
    {
      oh_output_json (claim_object (ports, name), TRUE);
      return;
    }
  printf (_ ("%s has the rule that gives this modem to offhookd."), file);
  printf ("\n");
  printf (_ ("Calls go through %s."), port->device);
  printf ("\n%s\n",
          _ ("A ModemManager that runs the modem already lets go of it when it is plugged in\n"
             "again, or at once as offhookd asks it to."));
}

static OhExit
claim (OhCtl *ctl, const char *driver, gboolean anyway)
{
  g_autoptr (GPtrArray) ports = oh_port_load ();
  g_autoptr (GPtrArray) syspaths = g_ptr_array_new ();
  g_autofree char *name = NULL;
  g_autofree char *text = NULL;
  GError *error = NULL;
  const OhPort *port = oh_port_find (ports, ctl->args[0], &error);
  gboolean by_serial;

  if (port == NULL || (!anyway && !check_role (ports, port, &error)))
    return oh_bus_fail (ctl, error);
  /* What is claimed by its place stays so. */
  name = oh_rule_name (port, FALSE);
  by_serial = port->serial != NULL && !is_claim (name);
  g_free (name);
  name = oh_rule_name (port, by_serial);
  text = oh_rule_text (port, driver, by_serial);
  add_syspaths (syspaths, ports, port);
  if (!write_claim (name, text, &error))
    return oh_bus_fail (ctl, error);
  tell_claimed (ctl, ports, port, name);
  return apply (syspaths, &error) ? OH_EXIT_OK : oh_bus_fail (ctl, error);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

/* The names of the claims, in their order. */
static GPtrArray *
list_claims (void)
{
  g_autofree char *folder = make_folder ();
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  const char *file;

  while (dir != NULL && (file = g_dir_read_name (dir)) != NULL)
    if (g_str_has_prefix (file, PREFIX) && g_str_has_suffix (file, SUFFIX)
        && g_utf8_validate (file, -1, NULL))
      {
        g_autofree char *name
            = g_strndup (file + strlen (PREFIX), strlen (file) - strlen (PREFIX) - strlen (SUFFIX));

        if (is_claim (name))
          g_ptr_array_add (names, g_steal_pointer (&name));
      }
  g_ptr_array_sort (names, compare_names);
  return names;
}

static void
print_claims (const OhCtl *ctl, GPtrArray *ports, GPtrArray *names)
{
  const char *const titles[] = { _ ("NAME"), _ ("MODEL"), _ ("DEVICES"), NULL };
  g_autoptr (OhTable) table = oh_table_new (titles);

  for (guint i = 0; i < names->len; i++)
    {
      const char *name = names->pdata[i];
      g_autofree char *model = read_model (name);
      g_autoptr (GVariant) devices = g_variant_ref_sink (list_devices (ports, name));
      g_autofree char *text = oh_output_value ("", devices);
      const char *const cells[] = { name, model, text, NULL };

      oh_table_add (table, cells);
    }
  oh_table_print (ctl, table);
}

static OhExit
show_claims (const OhCtl *ctl)
{
  g_autoptr (GPtrArray) ports = oh_port_load ();
  g_autoptr (GPtrArray) names = list_claims ();
  GVariantBuilder objects;

  if (!ctl->json && names->len == 0)
    printf ("%s\n", _ ("No modem is claimed."));
  else if (!ctl->json)
    print_claims (ctl, ports, names);
  else
    {
      g_variant_builder_init (&objects, G_VARIANT_TYPE ("aa{sv}"));
      for (guint i = 0; i < names->len; i++)
        g_variant_builder_add_value (&objects, claim_object (ports, names->pdata[i]));
      oh_output_json (g_variant_builder_end (&objects), TRUE);
    }
  return OH_EXIT_OK;
}

OhExit
oh_claim_run (OhCtl *ctl)
{
  g_autofree char *driver = NULL;
  gboolean anyway = FALSE;
  gboolean list = FALSE;
  const GOptionEntry entries[] = {
    { "driver", 0, 0, G_OPTION_ARG_STRING, &driver,
      N_ ("\"v253\" or \"cellular\"; without it the modem is probed"), N_ ("DRIVER") },
    { "anyway", 0, 0, G_OPTION_ARG_NONE, &anyway,
      N_ ("Take this port even where another is known to be for calls"), NULL },
    { "list", 0, 0, G_OPTION_ARG_NONE, &list, N_ ("Show what is claimed"), NULL },
    G_OPTION_ENTRY_NULL,
  };
  GError *error = NULL;

  if (!oh_ctl_parse (ctl, entries, 0, 1))
    return OH_EXIT_USAGE;
  if (list && (ctl->args[0] != NULL || driver != NULL || anyway))
    return oh_ctl_complain (ctl, _ ("--list takes nothing else"));
  if (list)
    return show_claims (ctl);
  if (ctl->args[0] == NULL)
    return oh_ctl_complain (ctl, _ ("An argument is missing"));
  if (driver != NULL && !g_str_equal (driver, "v253") && !g_str_equal (driver, "cellular"))
    return oh_ctl_complain (ctl, _ ("--driver takes \"v253\" or \"cellular\""));
  if (!may_write (&error))
    return oh_bus_fail (ctl, error);
  return claim (ctl, driver, anyway);
}

/* Those of the ports that have the name; a modem that is unplugged has none. */
static void
add_named (GPtrArray *syspaths, GPtrArray *ports, const char *name)
{
  for (guint i = 0; i < ports->len; i++)
    {
      const OhPort *port = ports->pdata[i];
      g_auto (GStrv) names = list_names (port);

      if (g_strv_contains ((const char *const *)names, name))
        {
          add_syspaths (syspaths, ports, port);
          return;
        }
    }
}

/* The claims of a device, or the one of that name. */
static char **
find_claims (GPtrArray *ports, const char *wanted, GPtrArray *syspaths, GError **error)
{
  const char *const alone[] = { wanted, NULL };
  const OhPort *port;

  if (is_claim (wanted))
    {
      add_named (syspaths, ports, wanted);
      return g_strdupv ((char **)alone);
    }
  port = oh_port_find (ports, wanted, error);
  if (port == NULL)
    return NULL;
  add_syspaths (syspaths, ports, port);
  return list_names (port);
}

static gboolean
remove_claims (OhCtl *ctl, char **names, GError **error)
{
  gboolean any = FALSE;

  for (guint i = 0; names[i] != NULL; i++)
    {
      g_autofree char *file = make_file (names[i]);

      if (!is_claim (names[i]))
        continue;
      if (g_unlink (file) != 0)
        {
          g_set_error (error, OH_CTL_ERROR, OH_EXIT_FAILED, "%s: %s", file, g_strerror (errno));
          return FALSE;
        }
      any = TRUE;
    }
  if (!any)
    g_set_error (error, OH_CTL_ERROR, OH_EXIT_NOT_FOUND, _ ("\"%s\" is not claimed"), ctl->args[0]);
  return any;
}

OhExit
oh_unclaim_run (OhCtl *ctl)
{
  g_autoptr (GPtrArray) ports = NULL;
  g_autoptr (GPtrArray) syspaths = g_ptr_array_new ();
  g_auto (GStrv) names = NULL;
  GError *error = NULL;

  if (!oh_ctl_parse (ctl, NULL, 1, 1))
    return OH_EXIT_USAGE;
  if (!may_write (&error))
    return oh_bus_fail (ctl, error);
  ports = oh_port_load ();
  names = find_claims (ports, ctl->args[0], syspaths, &error);
  if (names == NULL || !remove_claims (ctl, names, &error) || !apply (syspaths, &error))
    return oh_bus_fail (ctl, error);
  return OH_EXIT_OK;
}
