// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/auth.h"
#include "daemon/manager-private.h"
#include "daemon/port.h"

/* ExplainPorts: each serial port, and why it was taken or not. */

typedef struct
{
  OhManager *manager;
  GPtrArray *ttys;
  GVariantBuilder rows;
} Account;

/* One row. */
typedef struct
{
  const char *verdict, *reason;
  const char *holder; /* NULL: nobody, or not known */
  OhLine *line;       /* NULL: none */
  char *text;
} Verdict;

static void
add_text (GVariantDict *details, const char *key, const char *value)
{
  if (value != NULL && *value != '\0')
    g_variant_dict_insert (details, key, "s", value);
}

static void
add_row (Account *account, const char *node, const OhTty *tty, const Verdict *verdict)
{
  GVariantDict details;

  g_variant_dict_init (&details, NULL);
  add_text (&details, "Reason", verdict->reason);
  add_text (&details, "Text", verdict->text);
  add_text (&details, "Holder", verdict->holder);
  if (verdict->line != NULL)
    {
      g_variant_dict_insert (&details, "Line", "o", oh_line_get_path (verdict->line));
      add_text (&details, "Id", oh_line_get_id (verdict->line));
    }
  if (tty != NULL)
    {
      g_autofree char *id = oh_ports_make_id (account->manager->ports, node, "", FALSE);

      add_text (&details, "ModemId", id);
      add_text (&details, "UsbId", tty->usb_id);
      add_text (&details, "Model", tty->model);
      add_text (&details, "Path", tty->path);
      add_text (&details, "Driver", tty->driver);
      if (tty->interface >= 0)
        g_variant_dict_insert (&details, "Interface", "u", (guint)tty->interface);
    }
  g_variant_builder_add (&account->rows, "(ss@a{sv})", node, verdict->verdict,
                         g_variant_dict_end (&details));
}

static const char *
find_holder (OhManager *manager, const char *node)
{
  const OhBus *bus = &manager->bus;

  return bus->find_holder != NULL ? bus->find_holder (node, bus->holder_data) : NULL;
}

/* Of a port that a line has, or would have. */
static void
judge_line (OhManager *manager, OhLine *line, const char *node, Verdict *verdict)
{
  static const char *const origins[] = { [OH_LINE_CONFIGURED] = "configured",
                                         [OH_LINE_ADDED] = "added",
                                         [OH_LINE_ANNOUNCED] = "announced" };
  OhDbusLine *object = OH_DBUS_LINE (line);
  const char *state = oh_dbus_line_get_state (object);
  const char *why = oh_dbus_line_get_health_reason (object);

  verdict->line = line;
  verdict->reason = origins[oh_line_get_origin (line)];
  if (oh_line_has_device (line))
    {
      verdict->verdict = "taken";
      verdict->text = g_strdup_printf ("Line %s uses it", oh_line_get_id (line));
    }
  else if (g_str_equal (state, oh_line_state_name (OH_LINE_ABSENT)))
    {
      verdict->verdict = "lost";
      verdict->reason = "removed";
      verdict->text = g_strdup_printf ("Line %s waits for it to be there", oh_line_get_id (line));
    }
  else if (g_str_equal (why, "busy"))
    {
      verdict->verdict = "busy";
      verdict->reason = "locked";
      verdict->holder = find_holder (manager, node);
      verdict->text
          = g_strdup_printf ("Line %s is to use it, but %s has it", oh_line_get_id (line),
                             verdict->holder != NULL ? verdict->holder : "another program");
    }
  else
    {
      verdict->verdict = "lost";
      verdict->reason = "failed";
      verdict->text = g_strdup_printf (
          "Line %s is to use it. %s", oh_line_get_id (line),
          oh_line_get_trouble (line) != NULL ? oh_line_get_trouble (line) : "It does not answer");
    }
}

/* The line that has another port of the same device. */
static OhLine *
find_sibling (Account *account, const OhTty *tty)
{
  for (guint i = 0; i < account->ttys->len; i++)
    {
      const OhTty *other = account->ttys->pdata[i];
      OhLine *line = tty->is_usb && g_str_equal (other->device, tty->device)
                         ? oh_manager_find_by_device (account->manager, other->node)
                         : NULL;

      if (line != NULL)
        return line;
    }
  return NULL;
}

static void
judge_unused (Account *account, const OhTty *tty, Verdict *verdict)
{
  OhPorts *ports = account->manager->ports;
  const OhPortNote *note = oh_ports_get_note (ports, tty->node);
  OhLine *sibling = find_sibling (account, tty);

  verdict->verdict = "skipped";
  verdict->holder = find_holder (account->manager, tty->node);
  if (sibling != NULL)
    {
      verdict->reason = "other-port";
      verdict->line = sibling;
      verdict->text
          = g_strdup_printf ("Line %s uses another port of this device", oh_line_get_id (sibling));
    }
  else if (note != NULL)
    {
      verdict->verdict = note->busy ? "busy" : "skipped";
      verdict->reason = note->reason;
      verdict->text = g_strdup (note->text);
    }
  else if (verdict->holder != NULL)
    {
      verdict->reason = "modem-manager";
      verdict->text = g_strdup_printf ("%s runs it; \"offhookctl claim %s\" makes it ours",
                                       verdict->holder, tty->node);
    }
  else if (tty->announced && !oh_tty_list_is_main (account->ttys, tty))
    {
      verdict->reason = "other-port";
      verdict->text = g_strdup ("Another port of this device is for calls");
    }
  else if (tty->announced && !oh_ports_takes_announced (ports))
    {
      verdict->reason = "not-announced";
      verdict->text = g_strdup ("A rule announces it, but the configuration has Announced=no");
    }
  else if (tty->announced)
    {
      verdict->reason = "announced";
      verdict->text = g_strdup ("It is being looked at");
    }
  else
    {
      verdict->reason = "not-announced";
      verdict->text = g_strdup_printf ("No rule announces it and no line is configured for it; "
                                       "\"offhookctl claim %s\" makes it ours",
                                       tty->node);
    }
}

static void
explain_tty (Account *account, const OhTty *tty)
{
  OhLine *line = oh_manager_find_by_device (account->manager, tty->node);
  Verdict verdict = { 0 };

  if (line != NULL)
    judge_line (account->manager, line, tty->node, &verdict);
  else
    judge_unused (account, tty, &verdict);
  add_row (account, tty->node, tty, &verdict);
  g_free (verdict.text);
}

static gboolean
is_listed (Account *account, const char *device)
{
  g_autofree char *node = oh_port_resolve (device);

  for (guint i = 0; i < account->ttys->len; i++)
    {
      if (g_str_equal (((OhTty *)account->ttys->pdata[i])->node, node))
        return TRUE;
    }
  return FALSE;
}

/* Of a line whose device udev does not know: it is not there, or it is a pseudo terminal. */
static void
explain_line (gpointer data, gpointer user_data)
{
  OhLine *line = data;
  Account *account = user_data;
  const char *device = oh_line_get_device (line);
  Verdict verdict = { 0 };

  if (*device == '\0' || is_listed (account, device))
    return;
  judge_line (account->manager, line, device, &verdict);
  add_row (account, device, NULL, &verdict);
  g_free (verdict.text);
}

static GVariant *
explain (OhManager *manager)
{
  g_autoptr (GPtrArray) ttys = oh_ports_list (manager->ports);
  Account account = { .manager = manager, .ttys = ttys };

  g_variant_builder_init (&account.rows, G_VARIANT_TYPE ("a(ssa{sv})"));
  for (guint i = 0; i < ttys->len; i++)
    explain_tty (&account, ttys->pdata[i]);
  oh_manager_foreach_line (manager, explain_line, &account);
  return g_variant_builder_end (&account.rows);
}

static void
explain_allowed (gpointer object, OhPeer *peer, GDBusMethodInvocation *invocation)
{
  oh_dbus_manager_complete_explain_ports (object, invocation, explain (object));
}

static gboolean
handle_explain_ports (OhDbusManager *object, GDBusMethodInvocation *invocation)
{
  oh_auth_check (&OH_MANAGER (object)->bus, OH_AUTH_CONFIGURE, invocation, explain_allowed, object);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

void
oh_manager_explain_iface_init (OhDbusManagerIface *iface)
{
  iface->handle_explain_ports = handle_explain_ports;
}
