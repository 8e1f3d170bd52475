# SPDX-License-Identifier: LGPL-2.1-or-later
# For the scripts beside this one: the installed service with a modem of the simulator, in a machine
# with systemd, the system bus and polkit. Sourced. What they print is TAP; they end with "finish".
set -u
. "$(dirname "$(readlink -f "$0")")/tap.sh"
export LC_ALL=C.UTF-8
name=org.offhook.Telephony1
root=/org/offhook/Telephony1
line=$root/line/phone
number=5550173946285

ask () { busctl --timeout=10 call "$name" "$@"; }
property () { busctl --timeout=10 get-property "$name" "$line" "$name.Line" "$1"; }
has () { property "$1" | grep -qx "s \"$2\""; }
shows () { systemctl show offhook.service | grep -qx "$1"; }
logged () { journalctl --sync; journalctl -b -u offhook.service -o cat --output-fields="$2" $1 | grep -qx "$3"; }
say () { echo "$*" >/run/sim/commands; }

prepare () {
  systemd-sysusers
  journalctl --update-catalog
  busctl call org.freedesktop.DBus / org.freedesktop.DBus ReloadConfig
  mkdir -p /run/sim
  chown offhook: /run/sim
  mkfifo /run/sim/commands
  exec 9<>/run/sim/commands
  # As the daemon's user: a terminal belongs to who opened it.
  runuser -u offhook -- offhook-sim --time-scale=0.05 cellular:/run/sim/phone \
    </run/sim/commands >/run/sim/said 2>&1 &
  until_ok grep -q '^phone ready' /run/sim/said
  printf '[Line phone]\nDevice=/run/sim/phone\n' >/etc/offhook/offhook.conf
}
