# SPDX-License-Identifier: LGPL-2.1-or-later
"""offhookd with a cellular modem of offhook-sim as line "phone", on a bus of its own with our policy.

OFFHOOKD, OFFHOOK_SIM and OFFHOOK_BUS_CONF name what to run."""

import os
import re
import select
import subprocess
import time

DEADLINE = 30
NAME = 'org.offhook.Telephony1'
LINE = '/org/offhook/Telephony1/line/phone'


class Output:
    """The lines of a program's standard output, waited for with a deadline."""

    def __init__(self, *command, **options):
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, **options)
        self.text = ''

    def until(self, pattern):
        end = time.monotonic() + DEADLINE
        while True:
            match = re.search(pattern, self.text, re.M)
            if match:
                return match
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
        if self.process.stdin:
            self.process.stdin.close()


class Machine:
    """Everything that runs; what is started here is ended by close()."""

    KIND = 'cellular'  # of the simulator's modem
    SIM_OPTIONS = ('--time-scale=0.05',)

    def __init__(self, folder):
        self.folder, self.running = folder, []
        self.device = folder + '/phone'
        try:
            self.start_all()
        except BaseException:
            self.close()
            raise

    def start_all(self):
        self.address = 'unix:path=' + self.folder + '/bus'
        bus = self.start('dbus-daemon', '--config-file=' + os.environ['OFFHOOK_BUS_CONF'], '--nofork',
                         '--nopidfile', '--nosyslog', '--address=' + self.address, '--print-address=1')
        bus.until('^unix:')
        os.environ['DBUS_SYSTEM_BUS_ADDRESS'] = self.address
        self.sim = self.start(os.environ['OFFHOOK_SIM'], *self.SIM_OPTIONS, f'{self.KIND}:{self.device}',
                              stdin=subprocess.PIPE)
        self.sim.until('^phone ready')
        with open(self.folder + '/offhook.conf', 'w', encoding='utf-8') as config:
            config.write(f'[Line phone]\nDevice={self.device}\n')
        self.start_daemon()

    def start(self, *command, **options):
        program = Output(*command, **options)
        self.running.append(program)
        return program

    def start_daemon(self):
        self.daemon = self.start(os.environ['OFFHOOKD'], '--config', self.folder + '/offhook.conf')
        end = time.monotonic() + DEADLINE
        while self.line_state() != "('in-service',)":
            assert time.monotonic() < end and self.daemon.process.poll() is None, 'no line in service'

    def line_state(self):
        return subprocess.run(['gdbus', 'call', '--system', '--dest', NAME, '--object-path', LINE, '--method',
                               'org.freedesktop.DBus.Properties.Get', NAME + '.Line', 'State'],
                              stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              text=True, check=False).stdout.strip().replace('<', '').replace('>', '')

    def say(self, command):
        self.sim.process.stdin.write(command.encode() + b'\n')
        self.sim.process.stdin.flush()

    def close(self):
        for program in reversed(self.running):
            program.end()
