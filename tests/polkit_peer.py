#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A connection to the system bus that does what it is told: one JSON object a line, in and out.

  {"do": "call", "id": 1, "call": [NAME, PATH, INTERFACE, METHOD], "arguments": TEXT,
   "interactive": false}                   -> {"id": 1, "reply": TEXT}, {"id": 1, "error": NAME}
  {"do": "listen", "id": 2, "path": PATH, "answers": true}
                                           -> {"id": 2, "reply": "()"}, {"heard": METHOD, ...}
  {"do": "answer", "id": 3}                the oldest unanswered event, of a listener that does not
  {"do": "watch", "id": 4, "interface": INTERFACE, "member": MEMBER}    -> {"heard": MEMBER, ...}

The first line out is {"name": UNIQUE NAME}. TEXT is a tuple in GVariant's text format. It is run
from its text, with python3 -c, as another user may not be able to read the file."""

import json
import sys
import threading

from gi.repository import Gio, GLib

LISTENER = '''<node><interface name="org.offhook.Telephony1.Listener">
  <method name="Event">
    <arg type="o" direction="in"/><arg type="t" direction="in"/><arg type="t" direction="in"/>
    <arg type="s" direction="in"/><arg type="o" direction="in"/><arg type="a{sv}" direction="in"/>
  </method>
  <method name="Release"><arg type="o" direction="in"/><arg type="s" direction="in"/></method>
</interface></node>'''


def say(**words):
    print(json.dumps(words), flush=True)


class Peer:
    def __init__(self, bus):
        self.bus = bus
        self.unanswered = []
        self.interface = Gio.DBusNodeInfo.new_for_xml(LISTENER).interfaces[0]

    def on_line(self, line):
        command = json.loads(line)
        getattr(self, command.pop('do'))(**command)

    def call(self, id, call, arguments, interactive):
        message = Gio.DBusMessage.new_method_call(*call)
        message.set_flags(Gio.DBusMessageFlags.ALLOW_INTERACTIVE_AUTHORIZATION if interactive
                          else Gio.DBusMessageFlags.NONE)
        if arguments != '()':
            message.set_body(GLib.Variant.parse(None, arguments))
        self.bus.send_message_with_reply(message, Gio.DBusSendMessageFlags.NONE,
                                         GLib.MAXINT32, None, self.on_reply, id)

    def on_reply(self, bus, result, id):
        reply = bus.send_message_with_reply_finish(result)
        body = reply.get_body()
        text = body.print_(True) if body else '()'
        if reply.get_message_type() == Gio.DBusMessageType.ERROR:
            say(id=id, error=reply.get_error_name(), text=text)
        else:
            say(id=id, reply=text)

    def listen(self, id, path, answers):
        def on_call(bus, sender, path, interface, method, parameters, invocation):
            say(heard=method, path=path, arguments=parameters.print_(True))
            if answers or method == 'Release':
                invocation.return_value(None)
            else:
                self.unanswered.append(invocation)
        self.bus.register_object(path, self.interface, on_call, None, None)
        say(id=id, reply='()')

    def answer(self, id):
        self.unanswered.pop(0).return_value(None)
        say(id=id, reply='()')

    def watch(self, id, interface, member):
        def on_signal(bus, sender, path, interface, member, parameters):
            say(heard=member, path=path, arguments=parameters.print_(True))
        self.bus.signal_subscribe(None, interface, member, None, None, Gio.DBusSignalFlags.NONE,
                                  on_signal)
        # The bus knows of it when this has come back.
        self.call(id, ['org.freedesktop.DBus', '/org/freedesktop/DBus', 'org.freedesktop.DBus',
                       'GetId'], '()', False)


def main():
    loop = GLib.MainLoop()
    bus = Gio.bus_get_sync(Gio.BusType.SYSTEM)
    peer = Peer(bus)

    def read():
        for line in sys.stdin:
            GLib.idle_add(peer.on_line, line)
        GLib.idle_add(loop.quit)

    say(name=bus.get_unique_name())
    threading.Thread(target=read, daemon=True).start()
    loop.run()


main()
