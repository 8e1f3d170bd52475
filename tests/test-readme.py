#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs the listener that the README shows, as it stands, against the daemon and the simulator.

OFFHOOKD, OFFHOOK_SIM and OFFHOOK_BUS_CONF name what to run; the argument is the source folder."""

import os
import re
import select
import subprocess
import sys
import tempfile
import time

DEADLINE = 30


class Output:
    """The lines of a program's standard output, waited for with a deadline."""

    def __init__(self, *command, **options):
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, **options)
        self.text = ''

    def until(self, pattern):
        end = time.monotonic() + DEADLINE
        while not re.search(pattern, self.text, re.M):
            left = end - time.monotonic()
            if left <= 0 or not select.select([self.process.stdout], [], [], left)[0]:
                raise AssertionError(f'no {pattern!r} in {self.text!r}')
            read = os.read(self.process.stdout.fileno(), 4096)
            if not read:
                raise AssertionError(f'ended without {pattern!r}: {self.text!r}')
            self.text += read.decode()

    def end(self):
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()


def listener_of(readme):
    blocks = re.findall(r'^```python\n(.*?)^```', readme, re.M | re.S)
    assert len(blocks) == 1, 'the README has one Python listener'
    return blocks[0]


def play(folder, source):
    bus = Output('dbus-daemon', '--config-file=' + os.environ['OFFHOOK_BUS_CONF'], '--nofork', '--nopidfile',
                 '--nosyslog', '--address=unix:path=' + folder + '/bus', '--print-address=1')
    running = [bus]
    try:
        bus.until('^unix:')
        os.environ['DBUS_SYSTEM_BUS_ADDRESS'] = 'unix:path=' + folder + '/bus'
        sim = Output(os.environ['OFFHOOK_SIM'], '--time-scale=0.05', 'cellular:' + folder + '/phone',
                     stdin=subprocess.PIPE)
        running.append(sim)
        sim.until('^phone ready')
        with open(folder + '/offhook.conf', 'w') as config:
            config.write(f'[Line phone]\nDevice={folder}/phone\n')
        running.append(Output(os.environ['OFFHOOKD'], '--config', folder + '/offhook.conf'))
        subprocess.run(['gdbus', 'wait', '--system', '--timeout', str(DEADLINE), 'org.offhook.Telephony1'],
                       check=True)
        listener = Output('/usr/bin/python3', '-c', source)
        running.append(listener)
        listener.until(r'line/phone is ')
        sim.process.stdin.write(b'ring number=+15551234 rings=2\n')
        sim.process.stdin.flush()
        listener.until(r'^\d+ new-call \S+/call/1 offering \+15551234')
        listener.until(r'^\d+ call-state \S+/call/1 ended')
        running[2].process.terminate()
        listener.until('^released: shutdown')
    finally:
        for program in reversed(running):
            program.end()


def main():
    print('1..1', flush=True)
    with open(os.path.join(sys.argv[1], 'README.md')) as readme:
        source = listener_of(readme.read())
    with tempfile.TemporaryDirectory() as folder:
        play(folder, source)
    print('ok 1 the listener of the README')


main()
