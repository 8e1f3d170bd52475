#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""soak_listener.py FILE LINE...: has a handle on each line and writes into FILE what it is told.

The times of events are the daemon's, as this program may be stopped. A line of JSON each: {"at": seconds, "event": [LINE, SERIAL, KIND, CALL, {DETAILS}]}, {"at", "release": [LINE, REASON]},
{"at", "snapshot": [LINE, [[CALL, {DETAILS}]...]]} of what there is when the line is opened; {"at", "open"} when all are."""

import json
import sys
import time

from gi.repository import Gio, GLib

NAME = 'org.offhook.Telephony1'
INTERFACE = '''<node><interface name="org.offhook.Telephony1.Listener">
<method name="Event"><arg type="o" direction="in"/><arg type="t" direction="in"/><arg type="t" direction="in"/>
<arg type="s" direction="in"/><arg type="o" direction="in"/><arg type="a{sv}" direction="in"/></method>
<method name="Release"><arg type="o" direction="in"/><arg type="s" direction="in"/></method></interface></node>'''
TOLD = ('State', 'Reason', 'Number', 'Count', 'Health', 'HealthReason', 'StateReason', 'Origin')


def main():
    bus = Gio.bus_get_sync(Gio.BusType.SYSTEM, None)
    file = open(sys.argv[1], 'w', encoding='utf-8', buffering=1)

    asleep = time.clock_gettime(time.CLOCK_BOOTTIME) - time.monotonic()

    def write(**what):
        file.write(json.dumps({'at': time.monotonic(), **what}) + '\n')

    def some(details):
        return {key: details[key] for key in TOLD if key in details}

    def on_call(_bus, _sender, _path, _interface, method, parameters, invocation):
        line, *rest = parameters.unpack()
        line = line.rsplit('/', 1)[1]
        if method == 'Event':
            serial, when, kind, call, details = rest
            write(at=when / 1e6 - asleep, event=[line, serial, kind, call, some(details)])
        else:
            write(release=[line, rest[0]])
        invocation.return_value(None)

    bus.register_object('/soak', Gio.DBusNodeInfo.new_for_xml(INTERFACE).interfaces[0], on_call, None, None)
    for line in sys.argv[2:]:
        reply = bus.call_sync(NAME, f'/org/offhook/Telephony1/line/{line}', NAME + '.Line', 'Open',
                              GLib.Variant('(oa{sv})', ('/soak', {})), None, Gio.DBusCallFlags.NONE, 30000, None)
        write(snapshot=[line, [[path, some(details)] for path, details in reply.unpack()[0]['Calls']]])
    write(open=sys.argv[2:])
    GLib.MainLoop().run()


main()
