#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The configuration is another when the daemon comes back from a restart (H29)."""

import sys

sys.dont_write_bytecode = True
from restarted_daemon import BOTH, CALL, LINE, in_order, main, ring_and_answer, spin  # noqa: E402


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


def test_renamed_meanwhile(machine):
    """The group has another name: who has handles of the line of before is told, and the device has its line."""
    listener = machine.listen()
    ring_and_answer(machine, listener)
    machine.kill()
    machine.configure(True, name='other')
    machine.start_daemon()
    listener.until(None, 'call-state', CALL, 'ended')
    listener.until('release', 'removed')
    in_order(listener)
    spin(lambda: machine.get(LINE.replace('home', 'other'), 'Line', 'State') == 'in-service', 'the line of the new name')


sys.exit(main('restart-config', {
    test_out_of_configuration: BOTH,
    test_mistake_meanwhile: BOTH,
    test_device_meanwhile: BOTH,
    test_settings_meanwhile: ('landline',),
    test_renamed_meanwhile: BOTH,
}))
