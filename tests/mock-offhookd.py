#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Answers as the XML says, without modems: for the tests of clients.

Usage: mock-offhookd.py XML-DIRECTORY

On the bus of DBUS_SYSTEM_BUS_ADDRESS. What real lines would do is asked of it through the interface
test.Mock at /mock. Prints "ready" once it owns the name.
"""

import os
import sys
import time

from gi.repository import Gio, GLib

NAME = 'org.offhook.Telephony1'
ROOT = '/org/offhook/Telephony1'
LISTENER = NAME + '.Listener'

CONTROL = '''
<node>
  <interface name="test.Mock">
    <method name="Ring">
      <arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="s" direction="in"/>
      <arg type="o" direction="out"/>
    </method>
    <method name="SetState">
      <arg type="o" direction="in"/><arg type="s" direction="in"/><arg type="s" direction="in"/>
    </method>
    <method name="Emit">
      <arg type="o" direction="in"/><arg type="s" direction="in"/><arg type="o" direction="in"/>
      <arg type="a{sv}" direction="in"/>
    </method>
    <method name="Repeat"><arg type="o" direction="in"/></method>
    <method name="Release">
      <arg type="o" direction="in"/><arg type="s" direction="in"/>
    </method>
    <method name="Fail">
      <arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="s" direction="in"/>
    </method>
    <method name="SetLine">
      <arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="v" direction="in"/>
    </method>
    <method name="AddCellular"><arg type="s" direction="in"/></method>
    <method name="RemoveCellular"><arg type="s" direction="in"/></method>
    <method name="SetCellular">
      <arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="v" direction="in"/>
    </method>
    <method name="SetPorts"><arg type="a(ssa{sv})" direction="in"/></method>
    <method name="Log"><arg type="as" direction="out"/></method>
  </interface>
</node>
'''

OBJECT_MANAGER = '''
<node>
  <interface name="org.freedesktop.DBus.ObjectManager">
    <method name="GetManagedObjects">
      <arg type="a{oa{sa{sv}}}" direction="out"/>
    </method>
    <signal name="InterfacesAdded"><arg type="o"/><arg type="a{sa{sv}}"/></signal>
    <signal name="InterfacesRemoved"><arg type="o"/><arg type="as"/></signal>
  </interface>
</node>
'''


class Refused(Exception):
    def __init__(self, name, text):
        super().__init__(text)
        self.name = name if '.' in name else f'{NAME}.Error.{name}'


def variants(types, values):
    return {key: GLib.Variant(types[key], value) for key, value in values.items()}


class Object:
    """A D-Bus object: its properties, and a method do_X for each method X."""

    def __init__(self, mock, path, interface, values):
        self.mock, self.path, self.interface = mock, path, interface
        self.types = {p.name: p.signature for p in interface.properties}
        self.values, self.parts = values, []
        self.registration = mock.bus.register_object(path, interface, self.on_call, self.on_get,
                                                     None)

    def properties(self):
        return variants(self.types, self.values)

    def on_get(self, bus, sender, path, interface, name):
        return GLib.Variant(self.types[name], self.values[name])

    def on_call(self, bus, sender, path, interface, method, parameters, invocation):
        failure = self.mock.failures.pop(method, None)
        self.mock.log.append(f'{method} {parameters.print_(False)}')
        after = []
        try:
            if failure is not None:
                if failure[0] == 'silence':
                    self.mock.unanswered.append(invocation)
                    return
                raise Refused(*failure)
            reply = getattr(self, 'do_' + method)(sender, after, *parameters.unpack())
        except Refused as refused:
            invocation.return_dbus_error(refused.name, str(refused))
            return
        signature = ''.join(a.signature for a in self.interface.lookup_method(method).out_args)
        invocation.return_value(GLib.Variant(f'({signature})', reply or ()))
        for act in after:
            act()

    def unregister(self):
        self.mock.bus.unregister_object(self.registration)


class Call(Object):
    def __init__(self, mock, line, number, direction, state, party):
        self.line, self.party, self.listeners = line, party, set()
        now = int(time.time() * 1e6)
        super().__init__(mock, f'{line.path}/call/{number}', mock.interfaces['Call'], {
            'State': state, 'Mode': [], 'Reason': '', 'EndedBy': '', 'Direction': direction,
            'Origin': 'direct', 'Silenced': False, 'Features': ['drop'], 'StateSince': now,
            'OfferedAt': now if direction == 'incoming' else 0, 'ConnectedAt': 0, 'EndedAt': 0})

    def details(self):
        return {**self.properties(),
                **{k: GLib.Variant('b' if k == 'Partial' else 's', v)
                   for k, v in self.party.items()}}

    def set_state(self, state, reason=''):
        self.values.update(State=state, Reason=reason, StateSince=int(time.time() * 1e6))
        if state == 'ended':
            self.values['EndedBy'] = 'local' if reason == 'local' else 'remote'
        self.line.emit('call-state', self.path, self.details())

    def need(self, *states):
        if self.values['State'] not in states:
            raise Refused('InvalidState', f'The call is {self.values["State"]}')

    def do_Answer(self, sender, after):
        self.need('offering')
        after.append(lambda: self.set_state('connected'))

    def do_Drop(self, sender, after):
        if self.values['State'] == 'ended':
            raise Refused('InvalidState', 'The call has ended')
        after.append(lambda: self.set_state('ended', 'local'))

    def do_Ignore(self, sender, after):
        self.need('offering')
        self.values['Silenced'] = True

    def do_SendDigits(self, sender, after, digits, options):
        self.need('connected')
        if not digits or digits.strip('0123456789*#ABCD'):
            raise Refused('org.freedesktop.DBus.Error.InvalidArgs', 'These are no digits')

    def do_MonitorDigits(self, sender, after, on):
        if not any(name == sender for name, _ in self.line.handles):
            raise Refused('NotOpen', 'You have no handle on this line')
        (self.listeners.add if on else self.listeners.discard)(sender)

    def do_GetParty(self, sender, after):
        return ({k: GLib.Variant('b' if k == 'Partial' else 's', v)
                 for k, v in self.party.items()},)


class Line(Object):
    def __init__(self, mock, ident, kind, driver, device):
        self.handles, self.calls, self.last, self.next_call = {}, [], {}, 1
        escaped = ''.join(c if c.isascii() and c.isalnum() else f'_{ord(c):02x}' for c in ident)
        super().__init__(mock, f'{ROOT}/line/{escaped}', mock.interfaces['Line'], {
            'Id': ident, 'Kind': kind, 'Driver': driver, 'Manufacturer': 'Mock', 'Model': 'M 1',
            'Revision': '1', 'Device': device, 'Features': ['dial', 'answer'],
            'State': 'in-service', 'StateReason': '', 'Health': 'healthy', 'HealthReason': '',
            'Calls': [], 'NumHandles': 0, 'RingCount': 0, 'Counters': {'events': 3}})

    def add_call(self, direction, state, party):
        call = Call(self.mock, self, self.next_call, direction, state, party)
        self.next_call += 1
        self.calls.append(call)
        self.values['Calls'] = [c.path for c in self.calls]
        self.mock.tell_added(call)
        self.emit('new-call', call.path, call.details())
        return call

    def emit(self, kind, call, details):
        for (name, path), handle in self.handles.items():
            wanted = handle['kinds']
            if wanted is not None and kind not in wanted + ['new-call', 'call-state']:
                continue
            handle['serial'] += 1
            arguments = GLib.Variant('(ottsoa{sv})', (
                self.path, handle['serial'], int(time.clock_gettime(time.CLOCK_BOOTTIME) * 1e6),
                kind, call, details))
            self.last[(name, path)] = arguments
            self.send(name, path, arguments)

    def send(self, name, path, arguments):
        self.mock.bus.call(name, path, LISTENER, 'Event', arguments, None,
                           Gio.DBusCallFlags.NO_AUTO_START, 10000, None, self.on_answered)

    def on_answered(self, bus, result):
        try:
            bus.call_finish(result)
            self.mock.log.append('answered')
        except GLib.Error as error:
            self.mock.log.append(f'answer failed: {error.message}')

    def release(self, reason):
        for name, path in self.handles:
            self.mock.bus.call(name, path, LISTENER, 'Release',
                               GLib.Variant('(os)', (self.path, reason)), None,
                               Gio.DBusCallFlags.NO_AUTO_START, -1, None, None)
        self.handles = {}

    def do_Open(self, sender, after, listener, options):
        kinds = options.pop('Events', None)
        known = ['new-call', 'call-state', 'call-info', 'ringing', 'line-state', 'health', 'digit',
                 'generate', 'ussd']
        if options or any(k not in known for k in kinds or []):
            raise Refused('org.freedesktop.DBus.Error.InvalidArgs', 'Unknown kind')
        if (sender, listener) in self.handles:
            raise Refused('AlreadyOpen', 'Open already')
        self.handles[(sender, listener)] = {'serial': 0, 'kinds': kinds}
        calls = [(c.path, c.details()) for c in self.calls]
        names = ('State', 'StateReason', 'Health', 'HealthReason')
        return ({**{n: GLib.Variant('s', self.values[n]) for n in names},
                 'Serial': GLib.Variant('t', 0), 'Calls': GLib.Variant('a(oa{sv})', calls)},)

    def do_Close(self, sender, after, listener):
        if self.handles.pop((sender, listener), None) is None:
            raise Refused('NotOpen', 'Not open')

    def do_SetEvents(self, sender, after, listener, kinds):
        self.handles[(sender, listener)]['kinds'] = kinds

    def do_Dial(self, sender, after, number, options):
        if not number or number.strip('0123456789*#+'):
            raise Refused('InvalidNumber', 'The number cannot be dialled')
        if self.values['State'] != 'in-service':
            raise Refused('InvalidState', f'Line "{self.values["Id"]}" is not in service')
        path = f'{self.path}/call/{self.next_call}'
        after.append(lambda: self.add_call('outgoing', 'dialing', {'Number': number}))
        return (path,)

    def do_HangUpAll(self, sender, after):
        for call in self.calls:
            if call.values['State'] != 'ended':
                call.set_state('ended', 'local')

    def do_ListHandles(self, sender, after):
        return ([(name, path, 'monitor', {
            'Serial': GLib.Variant('t', h['serial']), 'Queued': GLib.Variant('u', 0),
            'Pid': GLib.Variant('u', 4711), 'Uid': GLib.Variant('u', 1000),
            'Waiting': GLib.Variant('b', False)}) for (name, path), h in self.handles.items()],)


class Cellular(Object):
    """A SIM with the PIN 1234 and the PUK 12345678, in a network with a menu at *111#."""

    MENU = {'*100#': ('Your credit is 5.00', False), '*111#': ('1 Credit\r\n2 Bye', True),
            '1': ('5.00\n2 Bye', True), '2': ('Bye', False), '*evil#': ('a\033[2Jb\nc', False)}

    def __init__(self, mock, path):
        self.rules = {'busy': {'Active': True, 'Number': '+49301234'}}
        self.waiting = True
        super().__init__(mock, path, mock.interfaces['Line.Cellular'], {
            'SimState': 'ready', 'Retries': {'pin': 3, 'puk': 10}, 'Registration': 'home',
            'Roaming': False, 'OperatorName': 'Testnet', 'OperatorCode': '00101',
            'AccessTechnology': 'e-utran', 'VoiceAvailable': True, 'SignalStrength': -71,
            'UssdState': 'idle'})

    def try_code(self, kind, right):
        if self.values['SimState'] != kind + '-required':
            raise Refused('InvalidState', f'The SIM is {self.values["SimState"]}')
        if right:
            self.values['SimState'] = 'ready'
            return
        retries = self.values['Retries']
        if kind in retries:
            retries[kind] -= 1
        if retries.get(kind) == 0:
            self.values['SimState'] = 'puk-required' if kind == 'pin' else 'failure'
        raise Refused('Failed', 'The code is wrong')

    def do_EnterPin(self, sender, after, pin):
        self.try_code('pin', pin == '1234')

    def do_EnterPuk(self, sender, after, puk, pin):
        self.try_code('puk', puk == '12345678')

    def do_GetIdentity(self, sender, after):
        return (self.mock.identity,)

    def do_GetCallWaiting(self, sender, after):
        return (self.waiting,)

    def do_SetCallWaiting(self, sender, after, enabled):
        self.waiting = enabled

    def do_GetForwarding(self, sender, after, condition):
        types = {'Active': 'b', 'Number': 's', 'Seconds': 'u'}
        return (variants(types, self.rules.get(condition, {'Active': False})),)

    def do_SetForwarding(self, sender, after, condition, rule):
        if 'Number' in rule and rule['Number'].strip('+0123456789'):
            raise Refused('InvalidNumber', 'Calls cannot be forwarded there')
        if 'Number' in rule:
            self.rules[condition] = {'Active': True, **rule}
        else:
            self.rules.pop(condition, None)

    def ask_network(self, text):
        if text not in self.MENU:
            raise Refused('org.freedesktop.DBus.Error.InvalidArgs', 'This cannot be sent')
        reply, more = self.MENU[text]
        self.values['UssdState'] = 'user-response' if more else 'idle'
        return reply, more

    def do_StartUssd(self, sender, after, command):
        if self.values['UssdState'] != 'idle':
            raise Refused('InvalidState', 'Another session is under way')
        return self.ask_network(command)

    def do_RespondUssd(self, sender, after, response):
        if self.values['UssdState'] != 'user-response':
            raise Refused('InvalidState', 'The network asked nothing')
        return self.ask_network(response)

    def do_CancelUssd(self, sender, after):
        if self.values['UssdState'] == 'idle':
            raise Refused('InvalidState', 'There is no session')
        self.values['UssdState'] = 'idle'


class Manager(Object):
    def do_AddLine(self, sender, after, device, options):
        unknown = set(options) - {'Alias', 'Driver', 'RingTimeout'}
        if unknown:
            raise Refused('org.freedesktop.DBus.Error.InvalidArgs', f'Unknown key {unknown.pop()}')
        if device == '/dev/missing':
            raise Refused('NoDevice', f'There is no device "{device}"')
        line = self.mock.add_line(options.get('Alias', os.path.basename(device)), 'landline',
                                  options.get('Driver', 'v253'), device)
        return (line.path,)

    def do_RemoveLine(self, sender, after, path):
        self.mock.remove_line(self.mock.line(path))

    def do_ExplainPorts(self, sender, after):
        return (self.mock.ports,)


class ObjectManager(Object):
    def do_GetManagedObjects(self, sender, after):
        objects = [o for line in self.mock.lines for o in [line, *line.calls]]
        return ({o.path: {p.interface.name: p.properties() for p in [o, *o.parts]}
                 for o in objects},)


class Control(Object):
    def call(self, path):
        return next(c for line in self.mock.lines for c in line.calls if c.path == path)

    def do_Ring(self, sender, after, line, number, name):
        party = {'Number': number, 'NumberPresentation': 'allowed', 'Name': name, 'Partial': False}
        found = next(x for x in self.mock.lines if x.values['Id'] == line)
        return (found.add_call('incoming', 'offering', party).path,)

    def do_SetState(self, sender, after, path, state, reason):
        self.call(path).set_state(state, reason)

    def do_Emit(self, sender, after, line, kind, call, details):
        types = {str: 's', int: 'u', bool: 'b'}
        self.mock.line(line).emit(kind, call, {k: GLib.Variant(types[type(v)], v)
                                               for k, v in details.items()})

    def do_Repeat(self, sender, after, path):
        for (name, listener), arguments in self.mock.line(path).last.items():
            self.mock.line(path).send(name, listener, arguments)

    def do_Release(self, sender, after, path, reason):
        self.mock.line(path).release(reason)

    def do_Fail(self, sender, after, method, name, text):
        self.mock.failures[method] = (name, text)

    def do_SetLine(self, sender, after, ident, key, value):
        next(x for x in self.mock.lines if x.values['Id'] == ident).values[key] = value

    def do_AddCellular(self, sender, after, ident):
        line = self.mock.add_line(ident, 'cellular', 'cellular', '/dev/ttyUSB2')
        line.parts.append(Cellular(self.mock, line.path))

    def do_RemoveCellular(self, sender, after, ident):
        self.mock.remove_line(next(x for x in self.mock.lines if x.values['Id'] == ident))

    def do_SetCellular(self, sender, after, ident, key, value):
        if key == 'Identity':
            self.mock.identity = {k: GLib.Variant('as' if isinstance(v, list) else 's', v)
                                  for k, v in value.items()}
            return
        line = next(x for x in self.mock.lines if x.values['Id'] == ident)
        line.parts[0].values[key] = value

    def do_SetPorts(self, sender, after, ports):
        types = {'Interface': 'u', 'Line': 'o'}
        self.mock.ports = [
            (device, verdict, {k: GLib.Variant(types.get(k, 's'), v) for k, v in details.items()})
            for device, verdict, details in ports]

    def do_Log(self, sender, after):
        return (list(self.mock.log),)


class Mock:
    def __init__(self, bus, directory):
        self.bus, self.lines, self.log, self.failures, self.unanswered = bus, [], [], {}, []
        self.interfaces, self.ports = {}, []
        self.identity = {'Imei': GLib.Variant('s', '490154203237518'),
                         'OwnNumbers': GLib.Variant('as', ['+49171', '+49172'])}
        for name in ('Manager', 'Line', 'Line.Cellular', 'Call'):
            with open(f'{directory}/{NAME}.{name}.xml', encoding='utf-8') as xml:
                node = Gio.DBusNodeInfo.new_for_xml(xml.read())
            self.interfaces[name] = node.lookup_interface(f'{NAME}.{name}')
        object_manager = Gio.DBusNodeInfo.new_for_xml(OBJECT_MANAGER).interfaces[0]
        control = Gio.DBusNodeInfo.new_for_xml(CONTROL).interfaces[0]
        Manager(self, ROOT, self.interfaces['Manager'], {'Version': '9.8.7', 'Lines': []})
        ObjectManager(self, ROOT, object_manager, {})
        Control(self, '/mock', control, {})
        self.add_line('home', 'landline', 'v253', '/dev/ttyACM0')

    def line(self, path):
        for line in self.lines:
            if line.path == path:
                return line
        raise Refused('org.freedesktop.DBus.Error.UnknownObject', 'There is no such line')

    def signal(self, name, arguments):
        self.bus.emit_signal(None, ROOT, 'org.freedesktop.DBus.ObjectManager', name, arguments)

    def tell_added(self, thing):
        self.signal('InterfacesAdded', GLib.Variant('(oa{sa{sv}})', (
            thing.path, {thing.interface.name: thing.properties()})))

    def add_line(self, ident, kind, driver, device):
        line = Line(self, ident, kind, driver, device)
        self.lines.append(line)
        self.tell_added(line)
        return line

    def remove_line(self, line):
        line.release('removed')
        for thing in [*line.calls, *line.parts, line]:
            thing.unregister()
            self.signal('InterfacesRemoved',
                        GLib.Variant('(oas)', (thing.path, [thing.interface.name])))
        self.lines.remove(line)


def main():
    bus = Gio.bus_get_sync(Gio.BusType.SYSTEM, None)
    mocks = [Mock(bus, sys.argv[1])]
    Gio.bus_own_name_on_connection(bus, NAME, Gio.BusNameOwnerFlags.NONE,
                                   lambda *_: print('ready', flush=True), None)
    GLib.MainLoop().run()
    return mocks


if __name__ == '__main__':
    main()
