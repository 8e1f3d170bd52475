#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The installed service with USB modems that come and go, real udev and real ModemManager, in a machine
# that is thrown away afterwards: this changes /etc and starts things. As root. Prints TAP.
# Needs a machine: a container has no devices.
#
# It asks of the machine's harness, by commands of these names:
#   vm-acm plug acmN [VENDOR PRODUCT]   plugs a CDC-ACM modem in, of a make that is on our list if nothing else is said
#   vmctl plug usb0                     plugs a USB serial adapter in
#   vmctl hook say TEXT                 gives the simulator that plays all of them a command
#   vmctl hook heard acmN               prints how many lines "acmN" has heard from its host
set -u
. "$(dirname "$(readlink -f "$0")")/tap.sh"
export LC_ALL=C.UTF-8
name=org.offhook.Telephony1
root=/org/offhook/Telephony1
ours=/dev/serial/by-id/usb-offhook_offhook-vm_modem_acm0-if00
its=/dev/serial/by-id/usb-offhook_offhook-vm_modem_acm1-if00
adapter=/dev/serial/by-id/usb-QEMU_QEMU_USB_SERIAL_usb0-if00-port0

say () { vmctl hook say "$@"; }
heard () { vmctl hook heard "$1"; }
ask () { busctl --timeout=10 call "$name" "$@"; }
property () { busctl --timeout=10 get-property "$name" "$root/line/$1" "$name.$2" "$3" | grep -qx "s \"$4\""; }
in_service () { property "$1" Line State in-service; }
absent () { property "$1" Line State absent; }
call_is () { property "$1/call/$2" Call State "$3"; }
explains () { ask "$root" "$name.Manager" ExplainPorts | grep -qF "$1"; }
mark () { udevadm info --query=property "$1" | grep -qx "$2"; }
not () { ! "$@"; }
its_line () { busctl --list tree "$name" | grep -o 'line/imei[^/]*$' | head -n 1 | cut -d / -f 2; }
its_in_service () { in_service "$(its_line)"; }
is_known_to_mm () { busctl call org.freedesktop.ModemManager1 /org/freedesktop/ModemManager1 org.freedesktop.DBus.ObjectManager GetManagedObjects | grep -q "$(basename "$(readlink "$1")")"; }
has_heard () { [ "$(heard "$1")" -gt "$2" ]; }
pid () { systemctl show -P MainPID offhook.service; }
runs_again () { [ "$(pid)" != 0 ] && [ "$(pid)" != "$1" ]; }

# Debian's ModemManager looks at few modems that nobody has told it to.
prepare () {
  echo 'ATTRS{idVendor}=="1209", ENV{ID_MM_DEVICE_PROCESS}="1"' >/etc/udev/rules.d/70-its-modem.rules
  systemd-sysusers
  busctl call org.freedesktop.DBus / org.freedesktop.DBus ReloadConfig
  udevadm control --reload
  systemctl start ModemManager.service offhook.service
}

check 'the service starts, and has no lines' prepare

# A modem on the list.
check 'a modem of our list is plugged in' vm-acm plug acm0
check 'it becomes a line by itself' until_ok in_service acm0
check 'udev tells ModemManager to leave it alone' mark "$ours" ID_MM_DEVICE_IGNORE=1
check 'why it was taken is told' explains announced
for i in 1 2 3; do
  check "pulled, $i" vm-acm unplug acm0
  check "the line is absent, $i" until_ok absent acm0
  check "plugged in, $i" vm-acm plug acm0
  check "the line is in service again, $i" until_ok in_service acm0
done

# A modem that is not: ModemManager has it until it is claimed.
check 'a modem that nobody knows is plugged in' vm-acm plug acm1 0x1209 0x0001
check 'ModemManager looks at it' until_ok has_heard acm1 0
check 'ModemManager runs it' until_ok is_known_to_mm "$its"
check 'it is no line' explains not-announced
check 'it is claimed' offhookctl claim "$its"
check 'it is a line, in service, though ModemManager had it' until_ok its_in_service
check 'pulled' vm-acm unplug acm1
check 'plugged in' vm-acm plug acm1 0x1209 0x0001
check 'it is in service again' until_ok its_in_service
until_ok test -e "$its"
check 'ModemManager does not know it' not is_known_to_mm "$its"

# The daemon is killed in a call, and ModemManager looks at all that is there.
check 'a call comes in' say acm0 ring number=5550173946285
check 'it is a call' until_ok call_is acm0 1 offering
check 'it is answered' ask "$root/line/acm0/call/1" "$name.Call" Answer
check 'it is connected' until_ok call_is acm0 1 connected
before=$(pid)
check 'the service is stopped in its tracks' systemctl kill --kill-who=main -s STOP offhook.service
quiet=$(heard acm0)
check 'udev goes through all devices again' udevadm trigger --settle --action=add --subsystem-match=tty
check 'ModemManager starts anew' systemctl restart ModemManager.service
sleep 5 # what it might do, it would do by now
check 'not a word has come to the modem' test "$(heard acm0)" = "$quiet"
check 'the daemon is killed' systemctl kill --kill-who=main -s KILL offhook.service
check 'another takes its place' until_ok runs_again "$before"
check 'the call is there' until_ok call_is acm0 1 connected
check 'the caller hangs up' say acm0 hangup
check 'it ends' until_ok call_is acm0 1 ended

# An adapter that may be anything: only because the configuration says so.
check 'a serial adapter is plugged in' vmctl plug usb0
until_ok test -e "$adapter"
quiet=$(heard usb0)
check 'it is no line' until_ok explains ttyUSB0
check 'nothing was sent to it by us' test "$(heard usb0)" = "$quiet"
printf '[Line desk]\nUsbId=0403:6001\nDriver=cellular\n' >/etc/offhook/offhook.conf
check 'the configuration is read again' systemctl reload offhook.service
check 'it is a line now' until_ok in_service desk
check 'pulled' vmctl unplug usb0
check 'the line is absent' until_ok absent desk
check 'plugged in' vmctl plug usb0
check 'the line is in service again' until_ok in_service desk
offhookctl ports | sed 's/^/# /'

finish
