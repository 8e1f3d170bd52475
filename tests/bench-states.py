#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""How long after it happened a change of a call is told, with a modem that reports it and with one of which only the
list of current calls tells. Milliseconds, from the simulator's doing it to the Event's entry here.

bench-states.py [ROUNDS]; real_daemon.py says what the environment names."""

import os
import statistics
import sys
import tempfile
import time

from gi.repository import Gio, GLib

sys.dont_write_bytecode = True
from real_daemon import DEADLINE, LINE, Machine, NAME  # noqa: E402

ROUNDS = int(sys.argv[1]) if len(sys.argv) > 1 else 12
XML = ('<node><interface name="org.offhook.Telephony1.Listener"><method name="Event">'
       '<arg type="o" direction="in"/><arg type="t" direction="in"/><arg type="t" direction="in"/>'
       '<arg type="s" direction="in"/><arg type="o" direction="in"/><arg type="a{sv}" direction="in"/></method>'
       '<method name="Release"><arg type="o" direction="in"/><arg type="s" direction="in"/></method></interface></node>')


class Line:
    """One line, its simulator and a listener."""

    def __init__(self, folder, kind):
        Machine.KIND, Machine.SIM_OPTIONS = kind, ()
        self.machine = Machine(folder)
        self.bus = Gio.DBusConnection.new_for_address_sync(
            self.machine.address, Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT
            | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION, None, None)
        self.seen = []
        interface = Gio.DBusNodeInfo.new_for_xml(XML).interfaces[0]
        self.bus.register_object('/bench', interface, self.on_call, None, None)
        self.ask(LINE, 'Line', 'Open', GLib.Variant('(oa{sv})', ('/bench', {})))

    def on_call(self, bus, sender, path, interface, method, arguments, invocation):
        if method == 'Event':
            _, _, _, kind, call, details = arguments.unpack()
            self.seen.append((time.monotonic(), kind, call, details.get('State')))
        invocation.return_value(None)

    def ask(self, path, interface, method, arguments=None):
        return self.bus.call_sync(NAME, path, f'{NAME}.{interface}', method, arguments, None,
                                  Gio.DBusCallFlags.NONE, DEADLINE * 1000, None).unpack()

    def until(self, state, since):
        """When it was told."""
        end = time.monotonic() + DEADLINE
        while True:
            for when, _, _, told in self.seen[since:]:
                if told == state:
                    return when
            assert time.monotonic() < end, f'no {state} in {self.seen[since:]}'
            GLib.MainContext.default().iteration(False)

    def rest(self, seconds):
        """Calls are not always asked about at the same moment."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            GLib.MainContext.default().iteration(False)

    def measure(self, command, state):
        since, begun = len(self.seen), time.monotonic()
        self.machine.say(command)
        return (self.until(state, since) - begun) * 1000


def dialled(line, round_number):
    """Alerting, answered, and the far end's going."""
    since = len(line.seen)
    line.machine.say('on-dial manual')
    call, = line.ask(LINE, 'Line', 'Dial', GLib.Variant('(sa{sv})', ('5551111', {})))
    line.until('dialing', since)
    line.rest(0.3 + 0.037 * round_number)
    alerting = line.measure('alert', 'ringback')
    line.rest(0.3 + 0.041 * round_number)
    answered = line.measure('answer', 'connected')
    line.rest(0.2)
    ended = line.measure('hangup', 'disconnected')
    line.until('ended', since)
    assert call
    return alerting, answered, ended


def given_up(line, round_number):
    since = len(line.seen)
    line.machine.say('ring number=5551111')
    line.until('offering', since)
    line.rest(0.3 + 0.043 * round_number)
    return line.measure('give-up silent', 'disconnected')


def silent_end(line, round_number):
    since = len(line.seen)
    line.machine.say('ring number=5551111')
    line.until('offering', since)
    call = line.seen[-1][2]
    line.ask(call, 'Call', 'Answer')
    line.until('connected', since)
    line.rest(0.2 + 0.4 * round_number)
    return line.measure('hangup silent', 'disconnected')


def show(name, values, bar):
    print(f'{name:28} p50 {statistics.median(values):8.1f}  max {max(values):8.1f}  bar {bar}', flush=True)


def main():
    for kind, title, bar in (('cellular', 'only the list', 'p50 150, max 300'),
                             ('cellular-huawei', 'reported', 'at once')):
        with tempfile.TemporaryDirectory() as folder:
            line = Line(folder, kind)
            alerting, answered, ended = zip(*(dialled(line, i) for i in range(ROUNDS)))
            show('alerting, ' + title, alerting, bar)
            show('answered, ' + title, answered, bar)
            show('far end ends', ended, 'one command')
            if kind == 'cellular':
                show('caller gives up silently', [given_up(line, i) for i in range(ROUNDS)], 'max 300')
                show('a call ends without a line', [silent_end(line, i) for i in range(max(ROUNDS // 4, 2))], 'max 6000')
            line.machine.close()
    return 0


if __name__ == '__main__':
    sys.exit(main())
