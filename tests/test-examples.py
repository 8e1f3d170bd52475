#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs docs/examples/listener.* as they stand against the daemon and the simulator.

Arguments: the source folder, the compiled listener.c, offhookctl. real_daemon.py says what the
environment names."""

import os
import re
import shlex
import signal
import subprocess
import sys
import tempfile
import threading
import unittest

from gi.repository import Gio, GLib

sys.dont_write_bytecode = True
import real_daemon  # noqa: E402
import sim_fixture  # noqa: E402
from real_daemon import DEADLINE, LINE, NAME  # noqa: E402

SOURCE, COMPILED, OFFHOOKCTL = (os.path.abspath(argument) for argument in sys.argv[1:4])
ROOT = '/org/offhook/Telephony1'
HANDLE = '/com/example/Listener'
CALL = LINE + '/call/1'
NUMBER = '+15551234'


def connect(address):
    return Gio.DBusConnection.new_for_address_sync(
        address, Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT
        | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION, None, None)


def call_listener(bus, listener, method, signature, *arguments):
    bus.call_sync(listener, HANDLE, NAME + '.Listener', method, GLib.Variant(signature, arguments), None,
                  Gio.DBusCallFlags.NONE, DEADLINE * 1000, None)


class StandIn:
    """Owns the daemon's name with one line, and does what a good daemon does not."""

    def __init__(self, address, serial):
        self.serial = serial
        self.opened = threading.Semaphore(0)
        self.context = GLib.MainContext.new()
        self.loop = GLib.MainLoop.new(self.context, False)
        self.ready = threading.Event()
        self.bus = connect(address)
        self.thread = threading.Thread(target=self.run)
        self.thread.start()
        self.ready.wait()
        result = self.ask('RequestName', '(su)', NAME, 4)
        assert result == 1, 'the name is not free'

    def ask(self, method, signature, *arguments):
        return self.bus.call_sync('org.freedesktop.DBus', '/org/freedesktop/DBus', 'org.freedesktop.DBus',
                                  method, GLib.Variant(signature, arguments), None,
                                  Gio.DBusCallFlags.NONE, DEADLINE * 1000, None).unpack()[0]

    def run(self):
        self.context.push_thread_default()
        for path, xml in ((ROOT, '<interface name="org.freedesktop.DBus.ObjectManager"><method '
                                 'name="GetManagedObjects"><arg type="a{oa{sa{sv}}}" direction="out"/>'
                                 '</method></interface>'),
                          (LINE, f'<interface name="{NAME}.Line"><method name="Open"><arg type="o"/><arg '
                                 'type="a{sv}"/><arg type="a{sv}" direction="out"/></method></interface>')):
            info = Gio.DBusNodeInfo.new_for_xml(f'<node>{xml}</node>')
            self.bus.register_object(path, info.interfaces[0], self.on_call, None, None)
        self.ready.set()
        self.loop.run()
        self.context.pop_thread_default()

    def on_call(self, bus, sender, path, interface, method, parameters, invocation):
        if method == 'GetManagedObjects':
            objects = {LINE: {NAME + '.Line': {}}, CALL: {NAME + '.Call': {}}}
            invocation.return_value(GLib.Variant('(a{oa{sa{sv}}})', (objects,)))
            return
        self.listener = sender
        snapshot = {'State': GLib.Variant('s', 'in-service'), 'Serial': GLib.Variant('t', self.serial),
                    'Calls': GLib.Variant('a(oa{sv})', [])}
        invocation.return_value(GLib.Variant('(a{sv})', (snapshot,)))
        self.opened.release()

    def until_opened(self):
        if not self.opened.acquire(timeout=DEADLINE):
            raise AssertionError('the line was not opened')

    def event(self, serial, line=LINE):
        call_listener(self.bus, self.listener, 'Event', '(ottsoa{sv})', line, serial, 0, 'ringing', CALL, {})

    def release(self, reason, line=LINE):
        call_listener(self.bus, self.listener, 'Release', '(os)', line, reason)

    def close(self):
        self.loop.quit()
        self.thread.join()
        self.bus.close_sync(None)


class Examples:
    """What both do; COMMAND starts one."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.machine = real_daemon.Machine(folder.name)
        self.addCleanup(self.machine.close)

    def listen(self):
        listener = self.machine.start(*self.COMMAND, stderr=subprocess.STDOUT)
        listener.until(f'^{LINE} open in-service$')
        return listener

    def ctl(self, *arguments):
        return subprocess.run([OFFHOOKCTL, *arguments], check=True, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=DEADLINE).stdout

    def handle(self):
        """The unique name of the listener."""
        return re.search(r':\d+\.\d+', self.ctl('handles', 'phone')).group()

    def kill_daemon(self):
        self.machine.daemon.process.kill()
        self.machine.daemon.process.wait()

    def states(self, listener):
        """What was said of the call, but the rings; the serials must have no gap."""
        events = [text.split() for text in re.findall(rf'^{LINE} (\d+ .*)$', listener.text, re.M)]
        self.assertEqual([int(event[0]) for event in events], list(range(1, len(events) + 1)))
        return [event[1:] for event in events if event[1] in ('new-call', 'call-state')]

    def test_call(self):
        listener = self.listen()
        self.machine.say('ring number=' + NUMBER)
        listener.until(f'^{LINE} 1 new-call {CALL} offering ')
        listener.until(f'^{LINE} \\d+ ringing {CALL} - -$')
        self.ctl('answer', 'phone')
        listener.until(f' call-state {CALL} connected ')
        self.machine.say('hangup')
        listener.until(f' call-state {CALL} ended .*\n')
        self.assertEqual([event for event in self.states(listener) if event[2] != 'disconnected'],
                         [['new-call', CALL, 'offering', NUMBER],
                          ['call-state', CALL, 'connected', NUMBER],
                          ['call-state', CALL, 'ended', NUMBER]])

    def test_call_is_there_already(self):
        self.machine.say('ring number=' + NUMBER)
        self.ctl('monitor', '--count=1', 'phone')
        self.listen().until(f'^{LINE} present {CALL} offering \\{NUMBER}$')

    def test_stranger(self):
        listener = self.listen()
        bus = connect(self.machine.address)
        for method, signature, arguments in (
                ('Event', '(ottsoa{sv})', (LINE, 50, 0, 'new-call', CALL, {})),
                ('Release', '(os)', (LINE, 'removed'))):
            with self.assertRaises(GLib.Error) as caught:
                call_listener(bus, self.handle(), method, signature, *arguments)
            self.assertEqual(Gio.DBusError.get_remote_error(caught.exception),
                             'org.freedesktop.DBus.Error.AccessDenied')
            listener.until(f'^ignored: {method} from {bus.get_unique_name()}$')
        self.machine.say('ring number=' + NUMBER)
        listener.until(f'^{LINE} 1 new-call ')
        self.assertNotIn(' 50 ', listener.text)
        self.assertNotIn('released', listener.text)

    def test_line_of_a_stranger(self):
        listener = self.listen()
        bus = connect(self.machine.address)
        for receiver in (None, self.handle()):
            bus.emit_signal(receiver, ROOT, 'org.freedesktop.DBus.ObjectManager', 'InterfacesAdded',
                            GLib.Variant('(oa{sa{sv}})', (ROOT + '/line/none', {NAME + '.Line': {}})))
        bus.flush_sync(None)
        self.machine.say('ring number=' + NUMBER)
        listener.until(f'^{LINE} 1 new-call ')
        self.assertNotIn('line/none', listener.text)

    def test_old_serial(self):
        self.kill_daemon()
        stand_in = StandIn(self.machine.address, 5)
        self.addCleanup(stand_in.close)
        listener = self.listen()
        stand_in.until_opened()
        for serial in (5, 6, 6, 7):
            stand_in.event(serial)
        listener.until(f'^{LINE} 7 ringing ')
        stand_in.event(8, ROOT + '/line/other')
        stand_in.release('overflow', ROOT + '/line/other')
        listener.until('^ignored: .*/other released$')
        self.assertNotIn('was not opened', listener.text)  # the call is no line
        self.assertEqual(re.findall(r'^ignored: (\S+) (.*)$|/phone (\d+) ringing', listener.text, re.M),
                         [(LINE, '5 ringing', ''), ('', '', '6'), (LINE, '6 ringing', ''), ('', '', '7'),
                          (ROOT + '/line/other', '8 ringing', ''), (ROOT + '/line/other', 'released', '')])

    def test_released_for_our_own_sake(self):
        self.kill_daemon()
        stand_in = StandIn(self.machine.address, 0)
        self.addCleanup(stand_in.close)
        listener = self.listen()
        stand_in.until_opened()
        for serial, reason in ((1, 'unresponsive'), (2, 'overflow')):
            stand_in.event(1)
            stand_in.release(reason)
            stand_in.until_opened()
            listener.until(f'^{LINE} released {reason}\n{LINE} open in-service$')
            listener.until(f'(?s)({LINE} 1 ringing .*){{{serial}}}')
        stand_in.release('shutdown')
        listener.until(f'^{LINE} released shutdown$')
        stand_in.event(9)  # it has no handle now
        listener.until(f'^ignored: {LINE} 9 ringing$')

    def test_daemon_comes_back(self):
        listener = self.listen()
        self.kill_daemon()
        listener.until('^the daemon is away$')
        self.machine.start_daemon()
        listener.until(f'(?s)away\n{LINE} open ')
        self.machine.say('ring number=' + NUMBER)
        listener.until(f'^{LINE} \\d+ new-call ')
        self.machine.daemon.process.terminate()
        listener.until(f'(?s)^{LINE} released shutdown\n.*^the daemon is away$')
        self.machine.daemon.process.wait()
        self.machine.start_daemon()
        listener.until(f'(?s)away\n.*released shutdown\n.*away\n{LINE} open ')

    def test_line_is_removed(self):
        listener = self.listen()
        self.ctl('remove', 'phone')
        listener.until(f'^{LINE} released removed$')
        self.ctl('add', '--alias=phone', self.machine.device)
        listener.until(f'(?s)removed\n{LINE} open ')
        self.machine.say('ring number=' + NUMBER)
        listener.until(f'^{LINE} \\d+ new-call ')

    def test_interrupt(self):
        listener = self.listen()
        listener.process.send_signal(signal.SIGINT)
        self.assertEqual(listener.process.wait(DEADLINE), 0)
        self.assertNotRegex(listener.process.stdout.read().decode(), 'Traceback|ERROR|WARNING')


class Python(Examples, unittest.TestCase):
    COMMAND = [os.path.join(SOURCE, 'docs/examples/listener.py')]


class C(Examples, unittest.TestCase):
    COMMAND = [COMPILED]

    def test_command_in_its_head(self):
        path = os.path.join(SOURCE, 'docs/examples/listener.c')
        with open(path, encoding='utf-8') as source:
            command, = re.findall(r'^ *(gcc .*)$', source.read(), re.M)
        with tempfile.TemporaryDirectory() as folder:
            command = command.replace(' listener.c', ' ' + shlex.quote(path))
            subprocess.run(command, shell=True, check=True, cwd=folder)
            self.assertTrue(os.access(folder + '/listener', os.X_OK))


def main():
    suite = unittest.defaultTestLoader.loadTestsFromModule(sys.modules[__name__])
    print(f'1..{suite.countTestCases()}', flush=True)
    result = sim_fixture.TapResult()
    suite.run(result)
    return 0 if result.wasSuccessful() else 1


if __name__ == '__main__':
    sys.exit(main())
