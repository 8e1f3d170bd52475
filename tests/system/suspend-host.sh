#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# suspend-host.sh SIM: the modems of suspend.sh, on the host of the machine. Two of the simulator's, "usb0" and "acm0", behind
# the sockets of the same names in $VM_SOCKETS; commands for them are read from $VM_OUT/commands.
set -eu
cd "$VM_OUT"
mkfifo commands
exec 9<>commands
"$1" --time-scale=0.2 cellular:"$PWD/usb0" cellular:"$PWD/acm0" <&9 >said 2>&1 &
for name in usb0 acm0; do
  while ! grep -q "^$name ready" said; do sleep 0.1; done
  socat "OPEN:$PWD/$name,raw,echo=0" "UNIX-CONNECT:$VM_SOCKETS/$name.sock,retry=100,interval=0.1" &
done
wait
