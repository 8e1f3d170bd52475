#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# check-unit.sh UNIT: systemd finds nothing wrong with the unit, and its exposure is 1.5 at most.
# check-unit.sh --self-test UNIT: the same is said of a unit with an offence planted.
set -eu

threshold=15 # in tenths

if ! command -v systemd-analyze >/dev/null; then
  echo "systemd-analyze is missing"
  exit 77
fi

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# $1: the unit as it is installed, save that the program may not be in its place yet.
check () {
  if ! grep -q '^ExecStart=/.*/offhookd$' "$1"; then
    echo "$1:$(grep -n '^ExecStart=' "$1" | cut -d: -f1): ExecStart= is not the daemon's full path"
    return 1
  fi
  sed 's|^ExecStart=.*/offhookd$|ExecStart=/bin/true|; s|=/bin/kill |=/bin/true |' "$1" >"$scratch/offhook.service"
  if ! said=$(systemd-analyze verify --man=no "$scratch/offhook.service" 2>&1) ||
      printf '%s\n' "$said" | grep -q 'offhook\.service'; then
    printf '%s\n' "$said" | sed "s|^$scratch/offhook.service|$1|"
    return 1
  fi
  systemd-analyze security --no-pager --offline=true --threshold=$threshold \
    "$scratch/offhook.service" >"$scratch/exposure" 2>&1 || { cat "$scratch/exposure"; return 1; }
  tail -n 1 "$scratch/exposure"
}

# $1: a sed command that spoils the unit, $2: what must be said.
plant () {
  sed "$1" "$unit" >"$scratch/planted.service"
  if said=$(check "$scratch/planted.service" 2>&1); then
    echo "NOT FOUND: $1"
    return 1
  fi
  case $said in
    *$2*) echo "found: $1" ;;
    *) echo "NOT NAMED: $1: $said"; return 1 ;;
  esac
}

if [ "$1" = --self-test ]; then
  unit=$2
  check "$unit"
  plant 's/^ProtectHome=.*/ProtectHome=perhaps/' 'planted.service:'
  plant 's/^Type=.*/Typ=notify/' 'Typ'
  plant '/^Protect/d' 'Overall exposure level'
  plant 's|^ExecStart=.*|ExecStart=offhookd|' 'ExecStart= is not'
else
  check "$1"
fi
