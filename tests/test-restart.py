#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The daemon is killed, or restarted, and started again: modem, calls and listeners go on (H29)."""

import glob
import os
import re
import sys
import time

sys.dont_write_bytecode = True
from gi.repository import Gio, GLib  # noqa: E402
from restarted_daemon import BOTH, CALL, LINE, NAME, ROOT, Listener, again, in_order, main, ring_and_answer, spin  # noqa: E402

HANGS_UP = re.compile(r'ATH|ATZ|\+CHUP|\+CFUN|\+CHLD|\+VLS=0|AT&F')


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
         test_unanswered_event, test_open_again, test_client_gone, test_added_line, test_damaged, test_network_known, test_ussd_session, test_gathering,
         test_ready_soon, test_bus_restart, test_bus_restart_later, test_stop]

sys.exit(main('restart', {test: ('cellular',) if test in ONLY_CELLULAR else BOTH for test in TESTS}))
