#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The daemon is killed, or restarted, and started again: modem, calls and listeners go on (H29).

The service manager is played here: it keeps the descriptors that the daemon gives it, and hands them to
the next. OFFHOOKD, OFFHOOK_SIM and OFFHOOK_BUS_CONF name what to run."""

import argparse
import glob
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import traceback

sys.dont_write_bytecode = True
from gi.repository import Gio, GLib  # noqa: E402
from service_manager import ServiceManager  # noqa: E402

NAME = 'org.offhook.Telephony1'
ROOT = '/org/offhook/Telephony1'
LINE = ROOT + '/line/home'
CALL = LINE + '/call/1'
DEADLINE = int(os.environ.get('OFFHOOK_DEADLINE', '60'))
HANGS_UP = re.compile(r'ATH|ATZ|\+CHUP|\+CFUN|\+CHLD|\+VLS=0|AT&F')
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

    def configure(self, there, device=None, more=''):
        with open(self.folder + '/offhook.conf', 'w', encoding='utf-8') as config:
            config.write(f'[Line home]\nDevice={device or self.device}\nRingTimeout=2000\nOwnerGrace=600000\n{more}' if there else '')

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


def test_in_a_call(machine):
    """The call goes on, the client need not notice; its end is the next event."""
    listener = machine.listen()
    ring_and_answer(machine, listener)
    properties = {name: machine.get(CALL, 'Call', name) for name in
                  ('State', 'Direction', 'ConnectedAt', 'OfferedAt', 'StateSince')}
    party = machine.call(CALL, 'Call', 'GetParty')
    said = again(machine)
    assert {name: machine.get(CALL, 'Call', name) for name in properties} == properties
    assert machine.call(CALL, 'Call', 'GetParty') == party
    assert party[0]['Number'] == '5551234'
    assert machine.get(LINE, 'Line', 'State') == 'in-service'
    assert not HANGS_UP.search(said()), said()
    machine.say('hangup')
    listener.until(None, 'call-state', CALL, 'ended')
    in_order(listener)
    assert not [e for e in listener.heard if e[0] == 'release']


def test_while_mute(machine):
    """The modem is being looked after when the daemon dies: nobody has its port, and the call is over for all that is known."""
    listener = machine.listen()
    ring_and_answer(machine, listener)
    machine.say('mute on')
    listener.until(None, 'call-state', CALL, 'unknown')
    spin(lambda: machine.manager.take() or not machine.manager.kept, 'a port that is let go of')
    machine.kill()
    machine.say('mute off')
    machine.start_daemon()
    ended = listener.until(None, 'call-state', CALL, 'ended')
    assert ended[4]['Reason'] == 'unknown' and ended[4]['Features'] == [], ended
    spin(lambda: machine.get(LINE, 'Line', 'State') == 'in-service', 'in service')
    in_order(listener)


def test_twice(machine):
    listener = machine.listen()
    ring_and_answer(machine, listener)
    again(machine)
    again(machine)
    assert machine.get(CALL, 'Call', 'State') == 'connected'
    machine.call(CALL, 'Call', 'Drop')
    listener.until(None, 'call-state', CALL, 'ended')
    in_order(listener)


def test_while_it_rings(machine):
    listener = machine.listen()
    machine.say('ring number=5551234')
    listener.until(None, 'ringing', CALL)
    said = again(machine)
    assert machine.get(CALL, 'Call', 'State') == 'offering'
    machine.call(CALL, 'Call', 'Answer')
    listener.until(None, 'call-state', CALL, 'connected')
    in_order(listener)
    assert not HANGS_UP.search(said()), said()


def test_a_call_meanwhile(machine):
    """It rings while no daemon runs: the bytes are still there."""
    listener = machine.listen()
    machine.kill()
    machine.say('ring number=5551234')
    spin(lambda: 'RING' in machine.said_to_modem(), 'a ring')
    machine.start_daemon()
    listener.until(1, 'new-call', CALL, 'offering')
    in_order(listener)


def test_ended_meanwhile(machine):
    listener = machine.listen()
    ring_and_answer(machine, listener)
    machine.kill()
    machine.say('hangup')
    machine.say('echo gone')
    machine.start_daemon()
    listener.until(None, 'call-state', CALL, 'ended')
    in_order(listener)


def test_while_dialling(machine):
    """Neither repeated nor hung up."""
    listener = machine.listen()
    machine.say('on-dial alert=2 answer=30')
    machine.call(LINE, 'Line', 'Dial', GLib.Variant('(sa{sv})', ('5559876', {})))
    listener.until(None, 'new-call', CALL)
    said = again(machine)
    listener.until(None, 'call-state', CALL, 'connected')
    assert 'ATD' not in said() and not HANGS_UP.search(said()), said()
    assert machine.call(CALL, 'Call', 'GetParty')[0]['Number'] == '5559876'
    in_order(listener)


def test_unanswered_event(machine):
    """It comes once more, with the same serial, and the ones behind it after it."""
    listener = machine.listen(holds=True)
    machine.say('ring number=5551234 rings=40')
    first = listener.until(1, 'new-call', CALL, 'offering')
    machine.call(CALL, 'Call', 'Ignore')
    machine.kill()
    listener.holds = False
    machine.start_daemon()
    spin(lambda: len(listener.heard) > 2, 'the next event')
    assert listener.heard[1][:4] == first[:4], listener.heard
    listener.heard.pop(0)
    in_order(listener)


def test_open_again(machine):
    """Once, and it goes on with its serials (H2)."""
    listener = machine.listen()
    ring_and_answer(machine, listener)
    last = listener.serials()[-1]
    again(machine)
    snapshot = machine.open(listener)
    assert snapshot['Serial'] == last, snapshot
    assert [call for call, _ in snapshot['Calls']] == [CALL]
    try:
        machine.open(listener)
        raise AssertionError('it opened twice')
    except GLib.Error as error:
        assert 'AlreadyOpen' in Gio.DBusError.get_remote_error(error)
    machine.say('hangup')
    listener.until(last + 1)  # on a landline the tone
    listener.until(None, 'call-state', CALL, 'disconnected')
    in_order(listener)


def test_client_gone(machine):
    connection = machine.connect()
    listener = Listener(connection, '/handle')
    machine.open(listener)
    stays = machine.listen('/stays')
    assert machine.get(LINE, 'Line', 'NumHandles') == 2
    machine.kill()
    connection.close_sync(None)
    machine.start_daemon()
    spin(lambda: machine.get(LINE, 'Line', 'NumHandles') == 1, 'one handle')
    machine.say('ring number=5551234')
    stays.until(1, 'new-call', CALL)


def test_out_of_configuration(machine):
    listener = machine.listen()
    machine.kill()
    machine.configure(False)
    machine.start_daemon()
    listener.until('release', 'removed')


def test_mistake_meanwhile(machine):
    """With a mistake in the configuration nothing is removed, as at a reload: the call goes on."""
    listener = machine.listen()
    ring_and_answer(machine, listener)
    machine.kill()
    machine.configure(True, 'not-absolute')
    machine.start_daemon()
    assert machine.get(CALL, 'Call', 'State') == 'connected'
    machine.say('hangup')
    listener.until(None, 'call-state', CALL, 'ended')
    in_order(listener)
    assert not [e for e in listener.heard if e[0] == 'release']


def test_device_meanwhile(machine):
    """The configuration names another device: a call goes on with the modem that has it, then that is let go of."""
    listener = machine.listen()
    ring_and_answer(machine, listener)
    machine.kill()
    machine.configure(True, '/nowhere')
    machine.start_daemon()
    assert machine.get(CALL, 'Call', 'State') == 'connected'
    assert machine.get(LINE, 'Line', 'Device') == machine.device
    machine.call(CALL, 'Call', 'Drop')
    listener.until(None, 'call-state', CALL, 'ended')
    listener.until(None, 'line-state', '/', 'absent')
    assert machine.get(LINE, 'Line', 'Device') == '/nowhere'
    machine.kill()
    machine.configure(True)
    machine.start_daemon()
    spin(lambda: machine.get(LINE, 'Line', 'State') == 'in-service', 'in service')
    machine.kill()
    machine.configure(True, '/nowhere')
    machine.start_daemon()
    spin(lambda: machine.get(LINE, 'Line', 'State') == 'absent', 'another device')
    in_order(listener)


def test_settings_meanwhile(machine):
    """The configuration has another country: the modem is told, as at a reload, behind the call."""
    listener = machine.listen()
    ring_and_answer(machine, listener)
    machine.kill()
    machine.configure(True, more='Country=DE\n')
    machine.start_daemon()
    assert machine.get(CALL, 'Call', 'State') == 'connected'
    assert 'GCI' not in machine.said_to_modem()
    machine.call(CALL, 'Call', 'Drop')
    listener.until(None, 'call-state', CALL, 'ended')
    spin(lambda: 'AT+GCI=' in machine.said_to_modem(), 'the country')
    in_order(listener)


def test_added_line(machine):
    """A line of AddLine is there again, too."""
    machine.call(ROOT, 'Manager', 'AddLine', GLib.Variant('(sa{sv})', (
        '/nowhere', {'Alias': GLib.Variant('s', 'made'), 'Driver': GLib.Variant('s', 'fake')})))
    again(machine)
    assert LINE.replace('home', 'made') in machine.get(ROOT, 'Manager', 'Lines')


def all_cellular(machine):
    return machine.call(LINE, 'org.freedesktop.DBus.Properties', 'GetAll',
                        GLib.Variant('(s)', (NAME + '.Line.Cellular',)))[0]


def test_network_known(machine):
    """SIM and network are known still, and the modem is not asked."""
    spin(lambda: all_cellular(machine)['OperatorName'] and all_cellular(machine)['SignalStrength'], 'the network')
    properties, emergency = all_cellular(machine), machine.get(LINE, 'Line', 'Emergency')
    assert properties['SimState'] == 'ready' and '08' in emergency, (properties, emergency)
    said = again(machine)
    assert all_cellular(machine) == properties, (all_cellular(machine), properties)
    assert machine.get(LINE, 'Line', 'Emergency') == emergency
    machine.call(LINE, NAME + '.Line.Cellular', 'GetIdentity')
    assert 'AT+CNUM' in said() and 'AT+COPS' not in said() and 'AT+CPIN' not in said(), said()


def test_ussd_session(machine):
    """It ends: nobody knows whose it was."""
    machine.say("on-ussd 'Go on?' request")
    assert machine.call(LINE, NAME + '.Line.Cellular', 'StartUssd', GLib.Variant('(s)', ('*100#',))) == ('Go on?', True)
    said = again(machine)
    spin(lambda: 'AT+CUSD=2' in said(), 'the end of the session')
    assert all_cellular(machine)['UssdState'] == 'idle'


def test_gathering(machine):
    """The digits before and those after are told as one."""
    listener = machine.listen()
    ring_and_answer(machine, listener)
    machine.call(CALL, 'Call', 'MonitorDigits', GLib.Variant('(b)', (True,)))
    machine.call(CALL, 'Call', 'GatherDigits', GLib.Variant('(a{sv})', ({'Count': GLib.Variant('u', 4)},)))
    machine.say('digits 12')
    spin(lambda: [e for e in listener.heard if e[1] == 'digit'][1:], 'two digits')
    again(machine)
    machine.say('digits 34')
    details = listener.until(None, 'gather', CALL)[4]
    assert (details['Digits'], details['Result']) == ('1234', 'full'), details


ONLY_CELLULAR = (test_network_known, test_ussd_session)
ONLY_LANDLINE = (test_settings_meanwhile,)


def test_damaged(machine):
    """A line of log, and the daemon is there."""
    listener = machine.listen()
    ring_and_answer(machine, listener)
    machine.kill()
    for path in glob.glob(machine.folder + '/state/*'):
        with open(path, 'r+b') as state:
            state.seek(200)
            state.write(os.urandom(os.path.getsize(path) - 200))
    machine.start_daemon()
    spin(lambda: machine.get(LINE, 'Line', 'State') == 'in-service', 'in service')
    assert 'not used' in machine.log()
    assert 'in use by' not in machine.log(), machine.log()


def test_ready_soon(machine):
    listener = machine.listen()
    ring_and_answer(machine, listener)
    machine.kill()
    begin = time.monotonic()
    machine.start_daemon()
    state = machine.get(CALL, 'Call', 'State')
    print(f'# same call after {(time.monotonic() - begin) * 1000:.0f} ms')
    assert state == 'connected'


def test_stop(machine):
    """No service manager that would start us again: the call is ended, the handle released."""
    listener = machine.listen()
    ring_and_answer(machine, listener)
    machine.daemon.terminate()
    listener.until('release', 'shutdown')
    assert [e for e in listener.heard if e[1:4] == ('call-state', CALL, 'ended')]
    machine.daemon.wait()
    machine.manager.take()
    assert not machine.manager.kept


def test_bus_restart(machine):
    """The call goes on, the name is owned again, a client that opens again gets the truth."""
    listener = machine.listen()
    ring_and_answer(machine, listener)
    restart_bus(machine)


def test_bus_restart_later(machine):
    """Of a daemon that has taken its port over itself."""
    listener = machine.listen()
    ring_and_answer(machine, listener)
    again(machine)
    restart_bus(machine)


def restart_bus(machine):
    before, pid = len(machine.said_to_modem()), machine.daemon.pid
    machine.stop_bus()
    machine.programs[0] = machine.start_bus()
    machine.connection = machine.connect()
    spin(lambda: has_owner(machine), 'the name')
    assert machine.get(CALL, 'Call', 'State') == 'connected'
    assert machine.daemon.pid == pid and machine.daemon.poll() is None
    assert not HANGS_UP.search(machine.said_to_modem()[before:])
    again = Listener(machine.connection, '/again')
    snapshot = machine.open(again)
    assert [call for call, _ in snapshot['Calls']] == [CALL] and snapshot['Serial'] == 0
    machine.say('hangup')
    again.until(None, 'call-state', CALL, 'ended')


def has_owner(machine):
    try:
        machine.get(LINE, 'Line', 'State')
        return True
    except GLib.Error:
        return False


TESTS = [test_in_a_call, test_while_mute, test_twice, test_while_it_rings, test_a_call_meanwhile, test_ended_meanwhile, test_while_dialling,
         test_unanswered_event, test_open_again, test_client_gone, test_out_of_configuration, test_mistake_meanwhile, test_device_meanwhile, test_settings_meanwhile, test_added_line, test_damaged, test_network_known, test_ussd_session, test_gathering,
         test_ready_soon, test_bus_restart, test_bus_restart_later, test_stop]


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


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('-l', '--list', action='store_true')
    parser.add_argument('-p', '--prefix', default='', help='only tests whose name begins so')
    parser.add_argument('--tap', action='store_true', help='as always')
    options = parser.parse_args()
    tests = {f'/H29/restart/{test.__name__[5:].replace("_", "-")}-{kind}': (test, kind)
             for test in TESTS for kind in ('cellular', 'landline')
             if test not in (ONLY_LANDLINE if kind == 'cellular' else ONLY_CELLULAR)}
    chosen = [name for name in tests if name.startswith(options.prefix)]
    if options.list:
        print(*chosen, sep='\n')
        return 0
    print(f'1..{len(chosen)}', flush=True)
    for number, name in enumerate(chosen, 1):
        try:
            run(*tests[name])
        except BaseException:  # whatever it is, it is this test's
            print('# ' + traceback.format_exc().replace('\n', '\n# '))
            print(f'not ok {number} {name}', flush=True)
            return 1
        print(f'ok {number} {name}', flush=True)
    return 0


sys.exit(main())
