# SPDX-License-Identifier: LGPL-2.1-or-later
"""The daemon that is killed, or restarted, and started again, with a modem of offhook-sim and listeners.

The service manager is played here: it keeps the descriptors that the daemon gives it, and hands them to
the next. OFFHOOKD, OFFHOOK_SIM and OFFHOOK_BUS_CONF name what to run."""

import argparse
import os
import signal
import socket
import subprocess
import tempfile
import time
import traceback

from gi.repository import Gio, GLib
from service_manager import ServiceManager

NAME = 'org.offhook.Telephony1'
ROOT = '/org/offhook/Telephony1'
LINE = ROOT + '/line/home'
CALL = LINE + '/call/1'
BOTH = ('cellular', 'landline')
DEADLINE = int(os.environ.get('OFFHOOK_DEADLINE', '60'))
LISTENER = '''<node><interface name="org.offhook.Telephony1.Listener">
<method name="Event"><arg type="o" direction="in"/><arg type="t" direction="in"/>
<arg type="t" direction="in"/><arg type="s" direction="in"/><arg type="o" direction="in"/>
<arg type="a{sv}" direction="in"/></method>
<method name="Release"><arg type="o" direction="in"/><arg type="s" direction="in"/></method>
</interface></node>'''


def spin(done, what):
    """Until done() is true; returns what it returned."""
    context = GLib.MainContext.default()
    end = time.monotonic() + DEADLINE
    tick = GLib.timeout_add(5, lambda: True)
    try:
        while not (result := done()):
            if time.monotonic() > end:
                raise AssertionError('never: ' + what)
            context.iteration(True)
        return result
    finally:
        GLib.source_remove(tick)


class Listener:
    def __init__(self, connection, path, holds=False):
        self.connection, self.path, self.holds = connection, path, holds
        self.heard, self.held, self.errors = [], [], []
        info = Gio.DBusNodeInfo.new_for_xml(LISTENER).interfaces[0]
        self.id = connection.register_object(path, info, self.on_call, None, None)

    def on_call(self, connection, sender, path, interface, method, parameters, invocation):
        arguments = parameters.unpack()
        if method == 'Release':
            self.heard.append(('release', arguments[1]))
        else:
            _, serial, _, kind, call, details = arguments
            self.heard.append((serial, kind, call, details.get('State', details.get('Count')), details))
        if self.holds and method == 'Event':
            self.held.append(invocation)
        else:
            invocation.return_value(None)

    def until(self, *wanted):
        """An event whose beginning is @wanted, None standing for anything."""
        def found():
            for event in self.heard:
                if all(w is None or w == e for w, e in zip(wanted, event)):
                    return event
            return None
        try:
            return spin(found, repr(wanted))
        except AssertionError as error:
            raise AssertionError(f'{error}; heard {[e[:4] for e in self.heard]}') from error

    def serials(self):
        return [event[0] for event in self.heard if event[0] != 'release']


class Machine:
    def __init__(self, folder, kind):
        self.folder, self.kind = folder, kind
        self.device = folder + '/home'
        self.programs = []
        self.daemon = None
        self.manager = ServiceManager(folder)
        self.address = f'unix:path={folder}/bus'
        self.start_bus()
        os.environ['DBUS_SYSTEM_BUS_ADDRESS'] = self.address
        self.trace = folder + '/trace'
        with open(self.trace, 'wb') as trace:
            self.sim = self.start(os.environ['OFFHOOK_SIM'], '--trace', '--time-scale=0.05', f'{kind}:{self.device}',
                                  stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=trace)
        spin(lambda: os.path.exists(self.device), 'the modem')
        self.configure(True)
        self.connection = self.connect()
        self.start_daemon()
        spin(lambda: self.get(LINE, 'Line', 'State') == 'in-service', 'in service')

    def configure(self, there, device=None, more='', name='home'):
        with open(self.folder + '/offhook.conf', 'w', encoding='utf-8') as config:
            config.write(f'[Line {name}]\nDevice={device or self.device}\nRingTimeout=2000\nOwnerGrace=600000\n{more}' if there else '')

    def start_bus(self):
        bus = self.start('dbus-daemon', '--config-file=' + os.environ['OFFHOOK_BUS_CONF'], '--nofork',
                         '--nopidfile', '--nosyslog', '--address=' + self.address, stderr=subprocess.DEVNULL)
        spin(self.bus_accepts, 'the bus')
        return bus

    def bus_accepts(self):
        with socket.socket(socket.AF_UNIX) as probe:
            return probe.connect_ex(self.folder + '/bus') == 0

    def stop_bus(self):
        self.programs[0].kill()
        self.programs[0].wait()
        os.unlink(self.folder + '/bus')

    def start(self, *command, **options):
        program = subprocess.Popen(command, **options)
        self.programs.append(program)
        return program

    def connect(self):
        return Gio.DBusConnection.new_for_address_sync(
            self.address, Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT
            | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION, None, None)

    def start_daemon(self):
        """With what the service manager has kept, as descriptors 3 and on."""
        self.manager.take()
        kept = dict(self.manager.kept)
        environment = dict(os.environ, NOTIFY_SOCKET=self.manager.path, RUNTIME_DIRECTORY=f'{self.folder}/state:/another')
        os.makedirs(self.folder + '/state', exist_ok=True)
        script = f'exec "{os.environ["OFFHOOKD"]}" --config {self.folder}/offhook.conf'
        if kept:
            environment.update(LISTEN_FDS=str(len(kept)), LISTEN_FDNAMES=':'.join(kept))
            script = 'export LISTEN_PID=$$; ' + script

        def place():
            for i, fd in enumerate(kept.values()):
                os.dup2(fd, 100 + i)
            for i in range(len(kept)):
                os.dup2(100 + i, 3 + i)

        ready = self.manager.ready
        with open(self.folder + '/daemon.log', 'ab') as log:
            self.daemon = subprocess.Popen(['sh', '-c', script], env=environment, stderr=log, stdout=log,
                                           pass_fds=range(3, 3 + len(kept)), preexec_fn=place)

        def is_ready():
            self.manager.take()
            assert self.daemon.poll() is None, 'the daemon has ended: ' + self.log()
            return self.manager.ready > ready
        spin(is_ready, 'ready')

    def kill(self, number=signal.SIGKILL):
        self.daemon.send_signal(number)
        self.daemon.wait()
        self.manager.take()

    def log(self):
        with open(self.folder + '/daemon.log', encoding='utf-8') as log:
            return log.read()

    def said_to_modem(self):
        """The commands that the modem was given since it was last asked."""
        with open(self.trace, encoding='utf-8', errors='replace') as trace:
            return trace.read()

    def say(self, command):
        self.sim.stdin.write(command.encode() + b'\n')
        self.sim.stdin.flush()

    def call(self, path, interface, method, parameters=None, connection=None):
        answers = []

        def on_reply(source, result):
            try:
                answers.append(source.call_finish(result).unpack())
            except GLib.Error as error:
                answers.append(error)
        (connection or self.connection).call(NAME, path, interface if '.' in interface else f'{NAME}.{interface}', method, parameters,
                                             None, Gio.DBusCallFlags.NONE, 30000, None, on_reply)
        spin(lambda: answers, method)
        if isinstance(answers[0], GLib.Error):
            raise answers[0]
        return answers[0]

    def get(self, path, interface, name):
        return self.call(path, 'org.freedesktop.DBus.Properties', 'Get',
                         GLib.Variant('(ss)', (f'{NAME}.{interface}', name)))[0]

    def open(self, listener):
        return self.call(LINE, 'Line', 'Open', GLib.Variant('(oa{sv})', (listener.path, {})),
                         listener.connection)[0]

    def listen(self, path='/handle', holds=False):
        listener = Listener(self.connection, path, holds)
        self.open(listener)
        return listener

    def close(self):
        for program in reversed(self.programs + [self.daemon] if self.daemon else self.programs):
            program.kill()
            program.wait()
        self.manager.close()


def ring_and_answer(machine, listener):
    machine.say('ring number=5551234')
    listener.until(None, 'ringing', CALL, 2)  # behind the first comes the number
    machine.call(CALL, 'Call', 'Answer')
    listener.until(None, 'call-state', CALL, 'connected')


def again(machine, number=signal.SIGKILL):
    """Dies and comes back; what the new daemon has said to the modem."""
    before = len(machine.said_to_modem())
    machine.kill(number)
    machine.start_daemon()
    return lambda: machine.said_to_modem()[before:]


def in_order(listener):
    """None lost, none doubled but one that a daemon before had no answer to: the same once more."""
    serials = []
    for event in listener.heard:
        if event[0] == 'release':
            continue
        if serials and event[0] == serials[-1][0]:
            assert event == serials[-1], (event, serials[-1])
        else:
            serials.append(event)
    serials = [event[0] for event in serials]
    assert serials == list(range(1, len(serials) + 1)), serials


def run(test, kind):
    with tempfile.TemporaryDirectory(prefix='offhook-') as folder:
        machine = Machine(folder, kind)
        try:
            test(machine)
        except BaseException:
            print('# ' + machine.said_to_modem().replace('\n', '\n# '))
            print('# ' + machine.log().replace('\n', '\n# '))
            raise
        finally:
            machine.close()


def main(name, tests):
    """Prints TAP. @tests: each with the kinds of modem that it is for."""
    parser = argparse.ArgumentParser()
    parser.add_argument('-l', '--list', action='store_true')
    parser.add_argument('-p', '--prefix', default='', help='only tests whose name begins so')
    parser.add_argument('--tap', action='store_true', help='as always')
    options = parser.parse_args()
    named = {f'/H29/{name}/{test.__name__[5:].replace("_", "-")}-{kind}': (test, kind)
             for test, kinds in tests.items() for kind in kinds}
    chosen = [name for name in named if name.startswith(options.prefix)]
    if options.list:
        print(*chosen, sep='\n')
        return 0
    print(f'1..{len(chosen)}', flush=True)
    for number, chosen_name in enumerate(chosen, 1):
        try:
            run(*named[chosen_name])
        except BaseException:  # whatever it is, it is this test's
            print('# ' + traceback.format_exc().replace('\n', '\n# '))
            print(f'not ok {number} {chosen_name}', flush=True)
            return 1
        print(f'ok {number} {chosen_name}', flush=True)
    return 0
