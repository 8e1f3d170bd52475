#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Calls and faults at random, for as long as is wanted; soak_judge.py says whether all was told as it was.

soak.py [--seconds N] [--seed N] [--lines N] [--keep FOLDER]

The modems are offhook-sim's, on a bus of its own; the service manager is played. What happens goes into FOLDER/ledger,
what a listener was told into FOLDER/told-*, how things are at the end into FOLDER/end. OFFHOOKD, OFFHOOK_SIM and
OFFHOOK_BUS_CONF name what to run."""

import argparse
import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
from gi.repository import Gio, GLib  # noqa: E402
from service_manager import ServiceManager  # noqa: E402
import soak_judge  # noqa: E402

NAME, ROOT = 'org.offhook.Telephony1', '/org/offhook/Telephony1'
KINDS = ('cellular', 'landline', 'cellular-quectel', 'landline-usr', 'cellular-simcom', 'landline-multitech')
SCALE = 0.1
PATIENCE = 120
# Of a line: what is done, and what it is done with; a fault lasts for so long and is then ended.
FAULTS = {'mute': (2, 12, 'mute on', 'mute off'), 'gone': (0.3, 3, 'vanish', 'return'),
          'slow': (1, 4, 'delay 300', 'delay 0'), 'split': (1, 4, 'split 1', 'split off'),
          'garbage': (0, 0.1, 'garbage {}', None), 'lose': (0, 1, 'lose {}', None),
          'refuse': (0.5, 2, 'refuse * ERROR', 'accept'), 'reboot': (0, 0.1, 'reboot', None)}


class Soak:
    def __init__(self, folder, options):
        self.folder, self.random = folder, random.Random(options.seed)
        self.until = time.monotonic() + options.seconds
        self.lines = {f'{kind.replace("-", "")}{i}': kind for i, kind in
                      enumerate((KINDS * (options.lines // len(KINDS) + 1))[:options.lines])}
        self.ledger = open(folder + '/ledger', 'w', encoding='utf-8', buffering=1)
        self.numbers = iter(range(5550000, 10 ** 9))
        self.busy = {}  # line -> what ends its fault
        self.listeners, self.errors, self.rest = 0, open(folder + '/log', 'ab'), ''
        self.manager = ServiceManager(folder)
        # A daemon waits for it to be read.
        GLib.unix_fd_add_full(GLib.PRIORITY_HIGH, self.manager.socket.fileno(), GLib.IOCondition.IN,
                              lambda *_: self.manager.take() or True)
        self.daemon = None
        self.stopping = False

    def write(self, **what):
        self.ledger.write(json.dumps({'at': time.monotonic(), **what}) + '\n')

    def spin(self, done, what, seconds=PATIENCE):
        context, end = GLib.MainContext.default(), time.monotonic() + seconds
        tick = GLib.timeout_add(20, lambda: True)
        while not (result := done()) and time.monotonic() < end:
            context.iteration(True)
        GLib.source_remove(tick)
        if not result:
            raise AssertionError('never: ' + what)
        return result

    # What runs

    def start_bus(self):
        os.environ['DBUS_SYSTEM_BUS_ADDRESS'] = f'unix:path={self.folder}/bus'
        self.bus_daemon = subprocess.Popen(
            ['dbus-daemon', '--config-file=' + os.environ['OFFHOOK_BUS_CONF'], '--nofork', '--nopidfile', '--nosyslog',
             f'--address=unix:path={self.folder}/bus'], stderr=subprocess.DEVNULL)
        self.spin(lambda: os.path.exists(self.folder + '/bus'), 'the bus')
        self.bus = Gio.bus_get_sync(Gio.BusType.SYSTEM, None)

    def start_sim(self):
        modems = [f'{kind}:{self.folder}/{line}' for line, kind in self.lines.items()]
        self.sim = subprocess.Popen([os.environ['OFFHOOK_SIM'], f'--time-scale={SCALE}', *modems],
                                    stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors)
        os.set_blocking(self.sim.stdout.fileno(), False)
        GLib.unix_fd_add_full(GLib.PRIORITY_HIGH, self.sim.stdout.fileno(), GLib.IOCondition.IN, self.on_sim)
        self.spin(lambda: all(os.path.exists(f'{self.folder}/{line}') for line in self.lines), 'the modems')
        with open(self.folder + '/offhook.conf', 'w', encoding='utf-8') as config:
            for line in self.lines:
                config.write(f'[Line {line}]\nDevice={self.folder}/{line}\nRingTimeout=3000\nOwnerGrace=600000\n')

    def on_sim(self, fd, _condition):
        *lines, self.rest = (self.rest + os.read(fd, 65536).decode(errors='replace')).split('\n')
        for line in lines:
            name, _, said = line.partition(' ')
            self.write(line=name, said=said)
        return True

    def start_daemon(self):
        self.manager.take()
        variables, fds = self.manager.environment()
        os.makedirs(self.folder + '/state', exist_ok=True)

        def place():
            for i, fd in enumerate(fds):
                os.dup2(fd, 200 + i)
            for i in range(len(fds)):
                os.dup2(200 + i, 3 + i)

        ready = self.manager.ready
        self.daemon = subprocess.Popen(
            ['sh', '-c', f'export LISTEN_PID=$$; exec "{os.environ["OFFHOOKD"]}" --config {self.folder}/offhook.conf'],
            env=dict(os.environ, RUNTIME_DIRECTORY=self.folder + '/state', **variables), stderr=self.errors,
            stdout=self.errors, pass_fds=range(3, 3 + len(fds)), preexec_fn=place)

        def is_ready():
            self.manager.take()
            assert self.daemon.poll() is None, 'the daemon has ended'
            return self.manager.ready > ready
        self.spin(is_ready, 'ready')
        self.write(daemon='ready')

    def listen(self):
        self.listeners += 1
        file = f'{self.folder}/told-{self.listeners}'
        program = subprocess.Popen([sys.executable, os.path.dirname(__file__) + '/soak_listener.py', file, *self.lines])
        self.spin(lambda: os.path.exists(file) and '"open"' in open(file, encoding='utf-8').read(), 'a listener')
        return program

    # What happens

    def say(self, line, command):
        self.write(line=line, do=command)
        self.sim.stdin.write(f'{line} {command}\n'.encode())
        self.sim.stdin.flush()

    def ask(self, path, interface, method, *parameters):
        what = [path.rsplit('/', 1)[1] if '/call/' not in path else path[len(ROOT + '/line/'):], method]

        def on_reply(bus, result):
            try:
                self.write(asked=what, answer=str(bus.call_finish(result).unpack()))
            except GLib.Error as error:
                self.write(asked=what, error=error.message)
        self.bus.call(NAME, path, NAME + '.' + interface, method, *parameters, None, Gio.DBusCallFlags.NONE, 60000, None,
                      on_reply)

    def get(self, path, interface):
        reply = self.bus.call_sync(NAME, path, 'org.freedesktop.DBus.Properties', 'GetAll',
                                   GLib.Variant('(s)', (NAME + '.' + interface,)), None, Gio.DBusCallFlags.NONE, 20000, None)
        return reply.unpack()[0]

    def calls(self, line):
        """Of the line: (path, state) of those that have not ended."""
        found = []
        for path in self.get(f'{ROOT}/line/{line}', 'Line')['Calls']:
            try:
                state = self.get(path, 'Call')['State']
            except GLib.Error:
                continue
            if state != 'ended':
                found.append((path, state))
        return found

    def act(self, line):
        """One step of the traffic on a line: what could happen next."""
        calls = self.calls(line)
        pick = self.random.random()
        if not calls:
            if pick < 0.7:
                rings = self.random.choice(['', '', ' rings=1', ' rings=2', ' rings=3'])
                self.say(line, f'ring number={next(self.numbers)}{rings}')
            else:
                self.ask(f'{ROOT}/line/{line}', 'Line', 'Dial',
                         GLib.Variant('(sa{sv})', (str(next(self.numbers)), {})))
            return
        path, state = calls[0]
        if state == 'disconnected':
            return
        if state == 'offering' and pick < 0.6:
            self.ask(path, 'Call', 'Answer', None)
        elif state == 'offering':
            self.say(line, 'give-up')
        elif pick < 0.5:
            self.ask(path, 'Call', 'Drop', None)
        elif pick < 0.9:
            self.say(line, 'hangup')

    def begin_fault(self, line):
        kind = self.random.choice(list(FAULTS))
        least, most, begin, end = FAULTS[kind]
        self.write(fault=kind, line=line, begins=True)
        self.say(line, begin.format(self.random.randint(1, 200)))
        self.busy[line] = (time.monotonic() + self.random.uniform(least, most), kind, end)

    def end_fault(self, line):
        _, kind, end = self.busy.pop(line)
        if end is not None:
            self.say(line, end)
        self.write(fault=kind, line=line, begins=False)

    def kill(self):
        self.write(daemon='killed')
        self.daemon.send_signal(signal.SIGKILL)
        self.daemon.wait()
        self.start_daemon()

    def step(self):
        for line, (when, _, _) in list(self.busy.items()):
            if time.monotonic() >= when:
                self.end_fault(line)
        pick = self.random.random()
        line = self.random.choice(list(self.lines))
        if pick < 0.01:
            self.kill()
        elif pick < 0.02:
            self.write(daemon='reloads')
            self.daemon.send_signal(signal.SIGHUP)
        elif pick < 0.03:
            self.replace_listener()
        elif pick < 0.04:
            self.nap()
        elif pick < 0.07 and line not in self.busy:
            self.begin_fault(line)
        elif line not in self.busy:
            self.act(line)

    def replace_listener(self):
        """One dies, another comes."""
        self.write(listener=self.listeners, ends=True)
        self.second.kill()
        self.second.wait()
        self.second = self.listen()

    def nap(self):
        """One does not answer for a while."""
        self.second.send_signal(signal.SIGSTOP)
        GLib.timeout_add(1500, lambda program: program.send_signal(signal.SIGCONT) and False, self.second)

    # The end

    def settle(self):
        for line in list(self.busy):
            self.end_fault(line)
        for line in self.lines:
            for command in ('accept', 'delay 0', 'split off', 'mute off', 'give-up', 'hangup'):
                self.say(line, command)
        self.write(settles=True)

        def is_quiet():
            for line in self.lines:
                for path, state in self.calls(line):
                    if state not in ('unknown', 'disconnected'):
                        self.ask(path, 'Call', 'Drop', None)
            self.spin(lambda: True, 'a turn')
            time.sleep(0.3)
            states = [self.get(f'{ROOT}/line/{line}', 'Line') for line in self.lines]
            return all(s['State'] == 'in-service' and s['Health'] == 'healthy' for s in states) and not any(
                self.calls(line) for line in self.lines)
        try:
            self.spin(is_quiet, 'quiet')
        except AssertionError:
            pass  # the judge says what is wrong

    def measure(self):
        text = open(f'/proc/{self.daemon.pid}/smaps_rollup', encoding='utf-8').read()
        private = sum(int(number) for number in re.findall(r'^Private_\w+:\s+(\d+)', text, re.M))
        folder = f'/proc/{self.daemon.pid}/fd'
        return {'descriptors': sorted(re.sub(r'\d+', 'N', os.readlink(f'{folder}/{fd}')) for fd in os.listdir(folder)),
                'private_kb': private}

    def warm_up(self):
        """A device that has been away: what is made for the first one is kept."""
        line = next(iter(self.lines))
        for command, state in ('vanish', 'absent'), ('return', 'in-service'):
            self.say(line, command)
            self.spin(lambda: self.get(f'{ROOT}/line/{line}', 'Line')['State'] == state, state)

    def run(self):
        self.start_bus()
        self.start_sim()
        self.start_daemon()
        self.spin(lambda: all(self.get(f'{ROOT}/line/{line}', 'Line')['State'] == 'in-service' for line in self.lines),
                  'in service')
        self.first, self.second = self.listen(), self.listen()
        self.warm_up()
        before = self.measure()
        while time.monotonic() < self.until:
            self.step()
            wait = time.monotonic() + self.random.uniform(0.02, 0.25)
            self.spin(lambda: time.monotonic() > wait, 'a while')
        self.settle()
        lines = {line: self.get(f'{ROOT}/line/{line}', 'Line') for line in self.lines}
        with open(self.folder + '/end', 'w', encoding='utf-8') as file:
            json.dump({'before': before, 'after': self.measure(), 'lines': lines, 'listeners': 2}, file, default=str)

    def close(self):
        for program in (getattr(self, name, None) for name in ('first', 'second', 'daemon', 'sim', 'bus_daemon')):
            if program is not None:
                program.kill()
                program.wait()
        self.manager.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--seconds', type=float, default=25)
    parser.add_argument('--seed', type=int, default=int(time.time()))
    parser.add_argument('--lines', type=int, default=4)
    parser.add_argument('--keep', help='leave what was written here')
    options = parser.parse_args()
    print(f'1..1\n# seed {options.seed}, {options.lines} lines, {options.seconds:g} s', flush=True)
    with tempfile.TemporaryDirectory() as folder:
        folder = options.keep or folder
        os.makedirs(folder, exist_ok=True)
        soak = Soak(folder, options)
        try:
            soak.run()
        finally:
            soak.close()
        status = subprocess.run([sys.executable, soak_judge.__file__, folder], check=False).returncode
    print(('ok' if status == 0 else 'not ok') + f' 1 - soak (seed {options.seed})')
    return status


if __name__ == '__main__':
    sys.exit(main())
