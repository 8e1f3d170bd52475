#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# ports-host.sh SIM: the modems of ports.sh, on the host of the machine: a landline modem "acm0", cellular ones "acm1"
# and "usb0", behind the sockets of the same names in $VM_SOCKETS. Commands for them are read from $VM_OUT/commands, what they
# say and hear is in $VM_OUT/said.
set -eu
cd "$VM_OUT"
mkfifo commands
exec 9<>commands
"$1" --trace --time-scale=0.2 landline-usr:"$PWD/acm0" cellular:"$PWD/acm1" cellular:"$PWD/usb0" <&9 >said 2>&1 &
for name in acm0 acm1 usb0; do
  while ! grep -q "^$name ready" said; do sleep 0.1; done
  socat "OPEN:$PWD/$name,raw,echo=0" "UNIX-CONNECT:$VM_SOCKETS/$name.sock,retry=100,interval=0.1" &
done
wait
