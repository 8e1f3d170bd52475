// SPDX-License-Identifier: LGPL-2.1-or-later
#include "client/offhookctl-rule.h"

#define SAFE G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "._-"

char *
oh_rule_name (const OhPort *port, gboolean by_serial)
{
  g_autofree char *name = NULL;

  if (by_serial && port->serial == NULL)
    return NULL;
  if (port->usb == NULL)
    return g_strdup (port->kernel);
  name = g_strjoin ("-", port->vendor, port->product,
                    by_serial            ? port->serial
                    : port->path != NULL ? port->path
                                         : port->usb_kernel,
                    NULL);
  return g_strdup (g_strcanon (name, SAFE, '_'));
}

/* What the USB device is known by: at itself, or from a port of it. */
static void
add_usb_match (GString *text, const OhPort *port, gboolean by_serial, gboolean from_port)
{
  const char *attribute = from_port ? "ATTRS" : "ATTR";

  g_string_append_printf (text, "%s{idVendor}==\"%s\", %s{idProduct}==\"%s\", ", attribute,
                          port->vendor, attribute, port->product);
  if (by_serial)
    g_string_append_printf (text, "%s{serial}==\"%s\", ", attribute, port->serial);
  else if (port->path != NULL)
    g_string_append_printf (text, "ENV{ID_PATH}==\"%s%s\", ", port->path, from_port ? ":*" : "");
  else
    g_string_append_printf (text, "%s==\"%s\", ", from_port ? "KERNELS" : "KERNEL",
                            port->usb_kernel);
}

static void
add_usb_rules (GString *text, const OhPort *port, gboolean by_serial)
{
  const char *device = "SUBSYSTEM==\"usb\", ENV{DEVTYPE}==\"usb_device\", ";

  if (!by_serial && port->path != NULL)
    g_string_append_printf (text,
                            "%sATTR{idVendor}==\"%s\", ATTR{idProduct}==\"%s\", "
                            "IMPORT{builtin}=\"path_id\"\n",
                            device, port->vendor, port->product);
  g_string_append (text, device);
  add_usb_match (text, port, by_serial, FALSE);
  g_string_append (text, "ENV{ID_MM_DEVICE_IGNORE}=\"1\"\nSUBSYSTEM==\"tty\", ");
  add_usb_match (text, port, by_serial, TRUE);
}

char *
oh_rule_text (const OhPort *port, const char *driver, gboolean by_serial)
{
  GString *text = g_string_new (OH_RULE_MARK);
  g_autofree char *name = oh_rule_name (port, by_serial);

  g_string_append_printf (text, "# \"offhookctl unclaim %s\" removes it.\n", name);
  g_string_append_printf (text, OH_RULE_MODEL "%s\n",
                          port->model != NULL ? port->model : port->kernel);
  g_string_append (text, "ACTION==\"remove\", GOTO=\"offhook_claim_end\"\n");
  if (port->usb != NULL)
    add_usb_rules (text, port, by_serial);
  else
    g_string_append_printf (text, "SUBSYSTEM==\"tty\", KERNEL==\"%s\", ", port->kernel);
  g_string_append (text, "GOTO=\"offhook_claim_port\"\nGOTO=\"offhook_claim_end\"\n\n"
                         "LABEL=\"offhook_claim_port\"\n"
                         "ENV{ID_MM_DEVICE_IGNORE}=\"1\", ENV{OFFHOOK_DEVICE}=\"1\"\n");
  if (driver != NULL)
    g_string_append_printf (text, "ENV{OFFHOOK_DRIVER}=\"%s\"\n", driver);
  if (port->interface != NULL)
    g_string_append_printf (text,
                            "ENV{OFFHOOK_PORT}=\"other\"\n"
                            "SUBSYSTEMS==\"usb\", ATTRS{bInterfaceNumber}==\"%s\", "
                            "ENV{OFFHOOK_PORT}=\"main\"\n",
                            port->interface);
  g_string_append (text, "\nLABEL=\"offhook_claim_end\"\n");
  return g_string_free (text, FALSE);
}
