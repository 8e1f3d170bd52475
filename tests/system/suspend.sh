#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The installed service in a machine that suspends and resumes, and is thrown away afterwards: this
# changes /etc and starts things. As root. Prints TAP.
# Needs a machine: a container does not sleep.
#
# It asks of the machine's harness, by commands of these names:
#   vmctl plug usb0           plugs a USB serial adapter in, with the modem "usb0" behind it
#   vm-acm plug acm0          plugs a CDC-ACM modem in, which is "acm0"
#   vmctl wake-after SECONDS  wakes the machine so long after it has gone to sleep
#   vmctl hook say TEXT       gives the simulator that plays both modems a command, as
#                             suspend-host.sh takes them; hook later: the same, in 3 seconds
set -u
. "$(dirname "$(readlink -f "$0")")/tap.sh"
export LC_ALL=C.UTF-8
name=org.offhook.Telephony1
root=/org/offhook/Telephony1
adapter=/dev/serial/by-id/usb-QEMU_QEMU_USB_SERIAL_usb0-if00-port0
nights=0

say () { vmctl hook say "$@"; }
ask () { busctl --timeout=10 call "$name" "$@"; }
# property PATH INTERFACE NAME VALUE
property () { busctl --timeout=10 get-property "$name" "$root/line/$1" "$name.$2" "$3" | grep -qx "s \"$4\""; }
is_in_service () { property "$1" Line State in-service; }
call_is () { property "$1/call/$2" Call State "$3"; }
inhibits () { systemd-inhibit --list --no-legend | grep offhook | grep -w sleep | grep -qw "$1"; }
not () { ! "$@"; }
has_slept () { [ "$(journalctl -b -k -o cat | grep -c 'PM: suspend exit')" -ge "$nights" ]; }

# $1...: what happens to the modems meanwhile.
sleep_through () {
  nights=$((nights + 1))
  [ $# = 0 ] || vmctl hook later "$@"
  vmctl wake-after 6
  systemctl suspend --check-inhibitors=no && until_ok has_slept
}

# The gadget that plays the CDC-ACM modem is reset by the suspend; what carries its bytes has to start
# again then.
relay () {
  systemctl stop vm-acm0.service
  systemd-run --quiet --unit=relay -p Restart=always -p RestartSec=200ms -p StartLimitIntervalSec=0 \
    socat /dev/ttyGS0,raw,echo=0 /dev/virtio-ports/offhook.acm0
}

prepare () {
  systemctl mask --now ModemManager.service
  systemd-sysusers
  busctl call org.freedesktop.DBus / org.freedesktop.DBus ReloadConfig
  vmctl plug usb0 && vm-acm plug acm0 && relay
  printf '[Line ftdi]\nDevice=%s\n[Line acm]\nDevice=/dev/ttyACM0\n' "$adapter" >/etc/offhook/offhook.conf
  until_ok test -e "$adapter" -a -e /dev/ttyACM0 && systemctl start offhook.service
}

begin_call () {
  say "$2 ring number=5550173946285"
  until_ok call_is "$1" "$3" offering
}

connect () {
  begin_call "$@" && ask "$root/line/$1/call/$3" "$name.Call" Answer && until_ok call_is "$1" "$3" connected
}

check 'an adapter, a CDC-ACM modem, the service' prepare
check 'the line of the adapter' until_ok is_in_service ftdi
check 'the line of the CDC-ACM modem' until_ok is_in_service acm
check 'suspend is delayed' until_ok inhibits delay
check 'not blocked' not inhibits block

check 'it rings' begin_call acm acm0 1
check 'suspend is blocked' until_ok inhibits block
check 'and refused' not systemctl suspend --check-inhibitors=yes
check 'the caller gives up' say 'acm0 give-up'
check 'it has ended' until_ok call_is acm 1 ended
check 'suspend is not blocked any more' until_ok not inhibits block

check 'it sleeps, and it rings on the adapter' sleep_through 'usb0 ring number=5550173946285'
check 'it is awake, and delays suspend again' until_ok inhibits delay
check 'the call is there' until_ok call_is ftdi 1 offering
check 'the CDC-ACM modem is there' until_ok is_in_service acm
check 'the caller gives up' say 'usb0 give-up'
check 'it has ended' until_ok call_is ftdi 1 ended

check 'it sleeps, and it rings on the CDC-ACM modem' sleep_through 'acm0 ring number=5550173946285'
check 'the call is there' until_ok call_is acm 2 offering
check 'the caller gives up' say 'acm0 give-up'
check 'it has ended' until_ok call_is acm 2 ended

check 'a call on the adapter' connect ftdi usb0 2
check 'a call on the CDC-ACM modem' connect acm acm0 3
check 'it sleeps all the same' sleep_through 'usb0 echo nothing'
check 'the call on the adapter goes on' until_ok call_is ftdi 2 connected
check 'the call on the CDC-ACM modem goes on' until_ok call_is acm 3 connected
check 'it sleeps, and the other side of the adapter hangs up' sleep_through 'usb0 hangup silent'
check 'that call is gone' until_ok property ftdi/call/2 Call Reason unknown
check 'the other is not' until_ok call_is acm 3 connected
check 'it sleeps, and the other hangs up' sleep_through 'acm0 hangup silent'
check 'that call is gone' until_ok property acm/call/3 Call Reason unknown
check 'suspend is not blocked' until_ok not inhibits block
check 'the line of the adapter is in service' until_ok is_in_service ftdi
check 'the line of the CDC-ACM modem is in service' until_ok is_in_service acm
check 'nothing was opened too early' sh -c '! journalctl -b -u offhook.service | grep "Permission denied"'
check 'still the same process' sh -c 'systemctl show offhook.service | grep -qx NRestarts=0'
check 'polkit has refused nothing' sh -c '! journalctl -b -u offhook.service | grep "does not let us"'
journalctl -b -u offhook.service -o short-monotonic --no-pager >"${OUT:-/tmp}/offhook.txt"
finish
