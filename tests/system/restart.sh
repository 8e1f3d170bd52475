#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The service is killed, restarted, upgraded and stuck in the middle of a call, and so is the bus: the
# call goes on, and a listener that knows nothing of it has every serial once. In a machine that is
# thrown away afterwards, as root. Prints TAP.
. "$(dirname "$(readlink -f "$0")")/machine.sh"
call=$line/call/1

heard () { grep -q "$1" /run/sim/heard; }
main_pid () { systemctl show -P MainPID offhook.service; }
has_handle () { property NumHandles | grep -qx 'u 1'; }
is_another () { shows ActiveState=active && [ "$(main_pid)" != "$1" ]; }
in_call () { busctl --timeout=10 get-property $name $call $name.Call State | grep -qx 's "connected"'; }
no_end () { ! grep -q -e '"disconnected"' -e '"ended"' -e Release /run/sim/heard; }

# Serials of the handle: 1, 2, 3..., none missing; the one that was under way may have come twice.
serials () {
  sed -n 's/.*"[Ss]erial" *: *\([0-9]*\).*/\1/p' /run/sim/heard | awk '
    $1 == last + 1 { last = $1; next }
    $1 != last { print "serial " $1 " behind " last; bad = 1 }
    END { if (!last) print "no events"; exit bad || !last }' || { cat /run/sim/heard; return 1; }
}

listen () {
  offhookctl --json monitor phone >/run/sim/heard 2>/run/sim/monitor-errors &
  until_ok has_handle
}

begin () {
  listen || return 1
  say "ring number=$number rings=20"
  until_ok heard offering || return 1
  ask "$call" $name.Call Answer || return 1
  until_ok in_call && until_ok heard '"connected"'
}

# replaced COMMAND...: after it, another process serves the same call, and the handle is there.
replaced () {
  local before

  before=$(main_pid)
  "$@" || return 1
  until_ok is_another "$before" && until_ok in_call || return 1
  has_handle && no_end
}

kill_it () { kill -KILL "$(main_pid)"; }
stick () { kill -STOP "$(main_pid)"; }

# As a package manager does: another file under the same name, then try-restart.
upgrade () {
  cp -a /usr/libexec/offhookd /usr/libexec/offhookd.new &&
    mv /usr/libexec/offhookd.new /usr/libexec/offhookd && systemctl try-restart offhook.service
}

# The process stays; its clients of before are gone, and so are their handles.
bus_restarted () {
  local before

  before=$(main_pid)
  systemctl restart dbus.service || return 1
  until_ok in_call || return 1
  [ "$(main_pid)" = "$before" ] || { echo 'another process'; return 1; }
  property NumHandles | grep -qx 'u 0'
}

watchful () {
  mkdir -p /run/systemd/system/offhook.service.d
  printf '[Service]\nWatchdogSec=2\n[Unit]\nStartLimitIntervalSec=0\n' \
    >/run/systemd/system/offhook.service.d/quick.conf
  systemctl daemon-reload
}

check 'a modem of the simulator' prepare
check 'a quick watchdog' watchful
check 'the service starts' systemctl start offhook.service
check 'the line is in service' until_ok has State in-service
check 'a call is answered' begin
check 'kill -9' replaced kill_it
check 'and once more' replaced kill_it
check 'systemctl restart' replaced systemctl restart offhook.service
check 'an upgrade' replaced upgrade
check 'the watchdog' replaced stick
check 'every serial once' serials
check 'the far end hangs up' say hangup
check 'the listener hears it' until_ok heard '"ended"'
check 'the modem was not hung up' sh -c '! grep hung-up-by-host /run/sim/said'
check 'every serial once' serials
call=$line/call/2
check 'another call' say "ring number=$number rings=20"
check 'is answered' until_ok ask "$call" $name.Call Answer
check 'it is there' until_ok in_call
check 'a restart of the bus' bus_restarted
check 'a listener opens again' listen
check 'a stop ends it' systemctl stop offhook.service
check 'at the modem' grep hung-up-by-host /run/sim/said
check 'and tells the handle' until_ok heard shutdown
check 'nothing is kept' sh -c '[ "$(systemctl show -P NFileDescriptorStore offhook.service)" = 0 ] && [ ! -e /run/offhook ]'
finish
