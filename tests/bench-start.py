#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""How long it takes from the start of offhookd to READY=1, with one line and with 64.

The floor is a program that connects to the same bus, asks it one thing and ends (gdbus). OFFHOOKD, OFFHOOK_SIM and
OFFHOOK_BUS_CONF name what to run."""

import os
import select
import socket
import statistics
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
from real_daemon import Output  # noqa: E402

ROUNDS = 9
DEADLINE = 60


def ready(notify):
    """Until it is said."""
    while select.select([notify], [], [], DEADLINE)[0]:
        if b'READY=1' in notify.recv(4096).splitlines():
            return
    raise AssertionError('never ready')


def floor(address):
    begin = time.monotonic()
    subprocess.run(['gdbus', 'call', '--address', address, '--dest', 'org.freedesktop.DBus', '--object-path', '/',
                    '--method', 'org.freedesktop.DBus.GetId'], stdout=subprocess.DEVNULL, check=True)
    return time.monotonic() - begin


def start(folder, lines, notify):
    config = f'{folder}/{lines}.conf'
    with open(config, 'w', encoding='utf-8') as file:
        file.writelines(f'[Line m{i}]\nDevice={folder}/m{i}\n' for i in range(lines))
    begin = time.monotonic()
    with subprocess.Popen([os.environ['OFFHOOKD'], '--config', config], stderr=subprocess.DEVNULL) as daemon:
        ready(notify)
        took = time.monotonic() - begin
        daemon.terminate()
    return took


def main():
    with tempfile.TemporaryDirectory(prefix='offhook-') as folder:
        address = f'unix:path={folder}/bus'
        bus = Output('dbus-daemon', '--config-file=' + os.environ['OFFHOOK_BUS_CONF'], '--nofork', '--nopidfile',
                     '--nosyslog', '--print-address', '--address=' + address, stderr=subprocess.DEVNULL)
        bus.until('unix:')
        modems = Output(os.environ['OFFHOOK_SIM'], *(f'cellular:{folder}/m{i}' for i in range(64)),
                        stdin=subprocess.PIPE)
        modems.until('^m63 ready')
        os.environ.update(DBUS_SYSTEM_BUS_ADDRESS=address, NOTIFY_SOCKET=folder + '/notify')
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
            notify.bind(folder + '/notify')
            least = statistics.median(floor(address) for _ in range(ROUNDS))
            print(f'floor: {least * 1000:.1f} ms')
            for lines in (1, 64):
                took = statistics.median(start(folder, lines, notify) for _ in range(ROUNDS))
                print(f'ready with {lines:2} line{"s" if lines > 1 else " "}: {took * 1000:.1f} ms, '
                      f'{took / least:.2f} of the floor')
        modems.end()
        bus.end()


if __name__ == '__main__':
    main()
