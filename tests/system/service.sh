#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The installed service in a machine with systemd, the system bus and polkit that is thrown away
# afterwards: this changes /etc and starts things. As root. Prints TAP.
. "$(dirname "$(readlink -f "$0")")/machine.sh"

# $1: a command of busctl's that only an administrator may give; polkit has to have said no.
refused () {
  local said

  if said=$(runuser -u nobody -- busctl --timeout=10 call "$name" "$@" 2>&1); then
    echo "allowed: $said"
    return 1
  fi
  case $said in
    *permission*|*authoriz*|*allowed*|*polkit*) ;;
    *) echo "$said"; return 1 ;;
  esac
  # Not because it could not be asked.
  if journalctl -b -u offhook.service | grep 'polkit cannot be asked'; then
    return 1
  fi
}

restarted () { shows NRestarts=1 && shows ActiveState=active; }

watchdog_bites () {
  local pid

  mkdir -p /run/systemd/system/offhook.service.d
  printf '[Service]\nWatchdogSec=2\n' >/run/systemd/system/offhook.service.d/quick.conf
  systemctl daemon-reload && systemctl restart offhook.service || return 1
  until_ok has State in-service || return 1
  sleep 5 # longer than it takes to bite one that is not fed
  shows NRestarts=0 || { systemctl status offhook.service; return 1; }
  pid=$(systemctl show -P MainPID offhook.service)
  kill -STOP "$pid"
  until_ok restarted
}

check 'a modem of the simulator' prepare
check 'it is not started yet' shows ActiveState=inactive
check 'a call from the bus starts it' ask "$root" org.freedesktop.DBus.Peer Ping
check 'it is active' until_ok shows ActiveState=active
check 'as the user offhook' until_ok sh -c 'ps -o user= -C offhookd | grep -qx offhook'
check 'the line is in service' until_ok has State in-service
check 'the port is locked' sh -c 'ls /run/lock/LCK..* | grep .'
check 'the status says how much there is' until_ok shows 'StatusText=1 line, 0 calls, 0 handles'
check 'polkit refuses a stranger' refused "$root" "$name.Manager" AddLine 'sa{sv}' /dev/null 0
check 'polkit lets root' ask "$line" "$name.Line" ListHandles
check 'a call is made' ask "$line" "$name.Line" Dial 'sa{sv}' $number 0
check 'the status counts it' until_ok shows 'StatusText=1 line, 1 call, 0 handles'
check 'all calls are ended' ask "$line" "$name.Line" HangUpAll
check 'the journal has the call' until_ok logged OFFHOOK_CALL=$line/call/1 OFFHOOK_STATE ended
check 'and its line' logged OFFHOOK_CALL=$line/call/1 OFFHOOK_LINE phone
check 'and no number' sh -c "! journalctl -b -u offhook.service -o export | grep -a ${number#?????}"
check 'the catalog explains it' sh -c \
  'journalctl -b -x -u offhook.service | grep "A call on telephone line phone has ended"'
check 'a line is added' sh -c \
  "printf '[Line other]\nDevice=/dev/nothing\n' >>/etc/offhook/offhook.conf; systemctl reload offhook"
check 'after a reload' until_ok shows 'StatusText=2 lines, 0 calls, 0 handles'
check 'the watchdog is fed, and bites' watchdog_bites
check 'it stops' sh -c 'systemctl stop offhook && systemctl show -P Result offhook | grep -qx success'
check 'the journal has no warnings of the sandbox' sh -c \
  '! journalctl -b -u offhook.service | grep -iE "permission denied|not permitted|read-only file"'
finish
