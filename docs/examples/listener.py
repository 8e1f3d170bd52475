#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Prints every event of every telephone line until it is interrupted; see offhook-listener(7).

Needs the package python3-gi."""

import signal

from gi.repository import Gio, GLib

NAME = 'org.offhook.Telephony1'
ROOT = '/org/offhook/Telephony1'
OBJECT_MANAGER = 'org.freedesktop.DBus.ObjectManager'
HANDLE = '/com/example/Listener'  # any path of our own; it serves all lines
INTERFACE = '''
<node>
  <interface name="org.offhook.Telephony1.Listener">
    <method name="Event">
      <arg name="line" type="o"/>
      <arg name="serial" type="t"/>
      <arg name="time" type="t"/>
      <arg name="kind" type="s"/>
      <arg name="call" type="o"/>
      <arg name="details" type="a{sv}"/>
    </method>
    <method name="Release">
      <arg name="line" type="o"/>
      <arg name="reason" type="s"/>
    </method>
  </interface>
</node>'''


class Listener:
    def __init__(self, bus):
        self.bus = bus
        self.daemon = None  # its unique name while it is there
        self.subscription = 0
        self.serials = {}  # of the last event, by line; only lines that we have opened are here
        interface = Gio.DBusNodeInfo.new_for_xml(INTERFACE).interfaces[0]
        bus.register_object(HANDLE, interface, self.on_call, None, None)
        Gio.bus_watch_name_on_connection(bus, NAME, Gio.BusNameWatcherFlags.AUTO_START,
                                         self.on_appeared, self.on_vanished)

    # The daemon comes and goes.

    def on_appeared(self, bus, name, owner):
        self.daemon = owner
        # Subscribed first, so that no line is missed between the two. The sender is the daemon's
        # unique name: what others broadcast does not match.
        self.subscription = bus.signal_subscribe(
            owner, OBJECT_MANAGER, 'InterfacesAdded', ROOT, None, Gio.DBusSignalFlags.NONE,
            self.on_added)
        bus.call(owner, ROOT, OBJECT_MANAGER, 'GetManagedObjects', None,
                 GLib.VariantType('(a{oa{sa{sv}}})'), Gio.DBusCallFlags.NONE, -1, None,
                 self.on_objects)

    def on_vanished(self, bus, name):
        print('the daemon is away', flush=True)
        if self.daemon:
            bus.signal_unsubscribe(self.subscription)
        self.daemon = None
        self.serials.clear()  # our handles went with it

    # Lines are opened.

    def on_objects(self, bus, result):
        try:
            objects, = bus.call_finish(result).unpack()
        except GLib.Error as error:
            print('no lines:', error.message, flush=True)
            return
        for path, interfaces in objects.items():
            self.open_line(path, interfaces)

    def on_added(self, bus, sender, path, interface, signal_name, parameters):
        self.open_line(*parameters.unpack())

    def open_line(self, path, interfaces):
        if NAME + '.Line' in interfaces and path not in self.serials:
            self.open(path)

    def open(self, line):
        self.serials[line] = 0
        self.bus.call(self.daemon, line, NAME + '.Line', 'Open',
                      GLib.Variant('(oa{sv})', (HANDLE, {})), GLib.VariantType('(a{sv})'),
                      Gio.DBusCallFlags.NONE, -1, None, self.on_opened, line)

    def on_opened(self, bus, result, line):
        try:
            snapshot, = bus.call_finish(result).unpack()
        except GLib.Error as error:
            print(line, 'was not opened:', error.message, flush=True)
            self.serials.pop(line, None)
            return
        self.serials[line] = snapshot['Serial']
        print(line, 'open', snapshot['State'], flush=True)
        for call, details in snapshot['Calls']:
            self.show(line, 'present', call, details)

    # The daemon calls.

    def on_call(self, bus, sender, path, interface, method, parameters, invocation):
        if sender != self.daemon:
            print('ignored:', method, 'from', sender, flush=True)
            invocation.return_dbus_error('org.freedesktop.DBus.Error.AccessDenied',
                                         'Only the telephone daemon may call this')
            return
        invocation.return_value(None)  # at once: the next event waits for this answer
        if method == 'Event':
            self.take_event(*parameters.unpack())
        else:
            self.take_release(*parameters.unpack())

    def take_event(self, line, serial, time, kind, call, details):
        if line not in self.serials or serial <= self.serials[line]:
            print('ignored:', line, serial, kind, flush=True)
            return
        self.serials[line] = serial
        self.show(line, serial, kind, call, details)

    def take_release(self, line, reason):
        if self.serials.pop(line, None) is None:
            print('ignored:', line, 'released', flush=True)
            return
        print(line, 'released', reason, flush=True)
        # "removed" and "shutdown": the line or the daemon goes, and is opened when it is back.
        # These two are about us, and the line is still there.
        if reason in ('unresponsive', 'overflow'):
            self.open(line)

    def show(self, *words):
        *words, details = words
        print(*words, details.get('State', '-'), details.get('Number', '-'), flush=True)


def main():
    loop = GLib.MainLoop()
    Listener(Gio.bus_get_sync(Gio.BusType.SYSTEM))
    for number in (signal.SIGINT, signal.SIGTERM):
        GLib.unix_signal_add(GLib.PRIORITY_DEFAULT, number, loop.quit)
    loop.run()  # when we leave the bus, our handles are closed


main()
