#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""offhookctl against a private bus and mock-offhookd.py.

Usage: test-offhookctl.py OFFHOOKCTL SOURCE-ROOT LOCALE-DIRECTORY
"""

import datetime
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time

from gi.repository import Gio, GLib

sys.dont_write_bytecode = True  # the source tree may be read-only

from offhookctl_fixture import Base, DEADLINE, LINE, Lines, PROGRAM, SOURCE, environment, run  # noqa: E402


class Options(Base):
    def test_version(self):
        self.assertRegex(self.ctl('--version').stdout, r'^offhookctl \d+\.\d+\.\d+\n$')

    def test_help(self):
        text = self.ctl('--help').stdout
        for verb in ('list', 'show', 'monitor', 'dial', 'answer', 'hangup', 'ignore', 'digits', 'hold',
                     'unhold', 'swap', 'merge', 'split', 'transfer', 'deflect', 'handles', 'add', 'remove'):
            self.assertRegex(text, rf'(?m)^  {verb} ')
            self.assertIn('--timeout', self.ctl(verb, '--help').stdout)

    def test_usage_errors(self):
        for arguments in ([], ['nonsense'], ['list', 'x'], ['dial', 'home'], ['add'],
                          ['list', '--nonsense'], ['list', '--color=blue'],
                          ['list', '--timeout=0'], ['list', '--timeout=nan'], ['--nonsense']):
            error = self.ctl(*arguments, code=2).stderr
            self.assertTrue(error.startswith('offhookctl: '), error)
            self.assertIn('--help', error)

    def test_no_bus(self):
        result = self.ctl('--address', 'unix:path=/nonexistent/bus', 'list', code=3)
        self.assertIn('offhookctl: list: The bus cannot be reached', result.stderr)

    def test_silent_bus(self):
        path = os.path.join(self.directory.name, 'silent')
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(path)
            server.listen()
            result = self.ctl('--address', f'unix:path={path}', '--timeout', '0.2', 'list', code=3)
        self.assertIn('does not answer', result.stderr)

    def test_no_daemon(self):
        self.stop(self.daemon)
        for verb in (['list'], ['show'], ['monitor'], ['dial', 'home', '1'], ['answer']):
            result = self.ctl(*verb, code=3)
            self.assertIn('systemctl start offhook', result.stderr)

    def test_timeout(self):
        self.fail_next('GetManagedObjects', 'silence')
        result = self.ctl('--timeout', '0.2', 'list', code=1)
        self.assertIn('No answer within 0.2 s', result.stderr)

    def test_color(self):
        self.assertNotIn('\033', self.ctl('list').stdout)
        self.assertIn('\033[32m', self.ctl('list', '--color=always').stdout)
        self.assertNotIn('\033', self.ctl('list', '--color=always', '--no-colour').stdout)

    def color_on_terminal(self, **more):
        master, slave = os.openpty()
        subprocess.run([PROGRAM, '--address', self.address, 'list'], stdout=slave, check=True,
                       env=environment(**more), timeout=DEADLINE)
        os.close(slave)
        text = os.read(master, 4096)
        os.close(master)
        return b'\033[' in text

    def test_color_on_terminal(self):
        self.assertTrue(self.color_on_terminal())
        self.assertFalse(self.color_on_terminal(NO_COLOR='1'))

    def test_german(self):
        self.assertIn('ZUSTAND', self.ctl('list', LANGUAGE='de').stdout)
        self.assertIn('Es gibt keine Leitung „x“', self.ctl('show', 'x', code=5,
                                                           LANGUAGE='de').stderr)

    def test_french(self):
        self.assertIn('ÉTAT', self.ctl('list', LANGUAGE='fr').stdout)

    def test_completion_syntax(self):
        script = os.path.join(SOURCE, 'client', 'offhookctl.bash')
        subprocess.run(['bash', '-n', script], check=True)

    def complete(self, *words):
        script = os.path.join(SOURCE, 'client', 'offhookctl.bash')
        quoted = ' '.join(f"'{w}'" for w in (PROGRAM, '--address', self.address, *words))
        text = (f'source "{script}"; COMP_WORDS=({quoted}); '
                'COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _offhookctl; '
                'printf "%s\\n" "${COMPREPLY[@]}"')
        return subprocess.run(['bash', '-c', text], text=True, capture_output=True, check=True,
                              env=environment(), timeout=DEADLINE).stdout.split()

    def test_completion(self):
        self.assertEqual(self.complete('an'), ['answer'])
        self.assertEqual(self.complete('hangup', 'h'), ['home'])
        self.assertEqual(self.complete('hangup', '--al'), ['--all'])
        self.assertEqual(self.complete('monitor', '--events', 'digit,ri'), ['digit,ringing'])


class Listing(Base):
    def test_list(self):
        self.ring()
        titles, row = self.ctl('list').stdout.splitlines()
        self.assertEqual(titles.split(), ['LINE', 'KIND', 'STATE', 'HEALTH', 'MODEL', 'CALLS'])
        self.assertEqual(re.split('  +', row), ['home', 'landline', 'in-service', 'healthy',
                                                'M 1', '1 incoming offering'])
        self.assertEqual(self.ctl('list', '--ids').stdout, 'home\n')

    def test_list_has_no_numbers(self):
        self.ring()
        for options in ([], ['--json']):
            self.assertNotIn('0301234567', self.ctl('list', *options).stdout)

    def test_list_json(self):
        call = self.ring()
        line, = self.json('list')
        self.assertEqual((line['Path'], line['Id'], line['State']), (LINE, 'home', 'in-service'))
        self.assertIs(line['NumHandles'], 0)
        self.assertEqual(line['Counters'], {'events': 3})
        self.assertEqual(line['Calls'][0]['Path'], call)
        self.assertIsInstance(line['Calls'][0]['OfferedAt'], int)

    def test_no_lines(self):
        self.ctl('remove', 'home')
        self.assertEqual(self.json('list'), [])
        self.assertEqual(self.ctl('list').stdout, 'There are no lines.\n')
        self.ctl('answer', code=5)

    def test_show(self):
        self.ring()
        text = self.ctl('show').stdout
        self.assertIn('offhookd 9.8.7', text)
        self.assertRegex(text, 'Device: /dev/ttyACM0')
        self.assertRegex(text, 'Number: 0301234567')
        self.assertRegex(self.ctl('show', 'ho').stdout, f'^home {LINE}\n')
        self.assertRegex(self.ctl('show', 'home/1').stdout, '^home/1 ')

    def test_show_json(self):
        call = self.ring()
        everything = self.json('show')
        self.assertEqual(everything['Version'], '9.8.7')
        self.assertEqual(everything['Lines'][0]['Calls'][0]['Party']['Name'], 'Jane Roe')
        self.assertEqual(self.json('show', LINE)['Id'], 'home')
        self.assertEqual(self.json('show', call)['Line'], 'home')

    def test_show_without_identify(self):
        self.ring()
        self.fail_next('GetParty', 'NotAuthorized')
        self.assertNotIn('Party', self.json('show', '1'))
        self.fail_next('GetParty', 'NotAuthorized')
        self.assertIn('Number: (not permitted)\n', self.ctl('show', '1').stdout)

    def test_control_characters(self):
        self.ring(name='\033[2J\u202eevil')
        text = self.ctl('show', '1').stdout
        self.assertIn('\\u001b[2J\\u202eevil', text)

    def test_not_found(self):
        self.ctl('show', 'office', code=5)
        self.ctl('show', '', code=5)
        self.ctl('show', LINE + '/call/9', code=5)

    def test_ambiguous(self):
        self.ctl('add', '/dev/ttyACM1', '--alias', 'house')
        self.assertIn('2', self.ctl('show', 'ho', code=5).stderr)
        self.ctl('show', 'hou')
        self.ctl('handles', code=2)

    def test_handles(self):
        self.assertEqual(self.json('handles'), [])
        self.assertIn('Nobody', self.ctl('handles').stdout)
        self.monitor()
        handle, = self.json('handles', 'home')
        self.assertEqual((handle['Privilege'], handle['Pid']), ('monitor', 4711))
        self.assertIs(handle['Waiting'], False)
        self.assertIn('4711', self.ctl('handles').stdout)


class Managing(Base):
    def test_add_and_remove(self):
        path = self.ctl('add', '/dev/ttyACM1', '--alias', 'a-b', '--driver', 'cellular',
                        '--ring-timeout', '5000').stdout.strip()
        self.assertEqual(path, '/org/offhook/Telephony1/line/a_2db')
        self.wait_for_log("'RingTimeout': <uint32 5000>")
        self.assertEqual(self.json('show', 'a-b')['Driver'], 'cellular')
        self.ctl('remove', path)
        self.ctl('show', 'a-b', code=5)

    def test_add_json(self):
        self.assertEqual(self.json('add', '/dev/ttyX')['Line'],
                         '/org/offhook/Telephony1/line/ttyX')

    def test_add_missing(self):
        error = self.ctl('add', '/dev/missing', code=1).stderr
        self.assertTrue(error.startswith(
            'offhookctl: add: There is no device "/dev/missing" (NoDevice)\n'), error)

    def test_remove_unknown(self):
        self.ctl('remove', 'office', code=5)


class Calls(Base):
    def state(self, call):
        return self.json('show', call)['State']

    def test_answer(self):
        call = self.ring()
        self.ctl('answer')
        self.assertEqual(self.state(call), 'connected')
        self.assertIn('No call is being offered', self.ctl('answer', code=5).stderr)
        self.assertIn('(InvalidState)', self.ctl('answer', call, code=1).stderr)

    def test_names_of_calls(self):
        for name in ('1', 'home/2', LINE + '/call/3', 'home', LINE, 'hom'):
            call = self.ring()
            self.ctl('answer', name)
            self.assertEqual(self.state(call), 'connected', name)
            self.ctl('hangup', call)
        self.ctl('answer', 'home/99', code=5)
        self.ctl('answer', LINE + '/call/99', code=5)

    def test_several_calls(self):
        self.ring()
        self.ring()
        self.assertIn('2 such calls', self.ctl('answer', code=5).stderr)
        self.ctl('hangup', '--all')
        self.ctl('hangup', code=5)

    def test_number_of_two_lines(self):
        self.ctl('add', '/dev/ttyACM1', '--alias', 'office')
        self.ring()
        self.ring('office')
        self.ctl('answer', '1', code=5)
        self.ctl('answer', 'office/1')

    def test_ignore(self):
        call = self.ring()
        self.ctl('ignore')
        self.assertIs(self.json('show', call)['Silenced'], True)

    def test_hangup(self):
        call = self.ring()
        self.ctl('hangup')
        self.assertEqual(self.state(call), 'ended')

    def test_hangup_all_of_line(self):
        call = self.ring()
        self.ctl('hangup', '--all', 'home')
        self.assertEqual(self.state(call), 'ended')

    def test_digits(self):
        call = self.ring()
        self.ctl('digits', call, '1', code=1)
        self.ctl('answer')
        self.ctl('digits', 'home', '12#')
        self.wait_for_log("SendDigits ('12#', {})")
        self.assertIn('(InvalidArgs)', self.ctl('digits', '1', 'x', code=1).stderr)

    def test_dial(self):
        path = self.ctl('dial', 'home', '0123').stdout.strip()
        self.assertEqual(path, LINE + '/call/1')
        self.assertEqual(self.state(path), 'dialing')
        self.assertEqual(self.json('dial', 'home', '5'), {'Call': LINE + '/call/2'})

    def test_dial_errors(self):
        self.assertIn('(InvalidNumber)', self.ctl('dial', 'home', '0x1', code=1).stderr)
        self.ask('SetLine', '(ssv)', ('home', 'State', GLib.Variant('s', 'absent')))
        error = self.ctl('dial', 'home', '5551234', code=1).stderr
        self.assertEqual(error.splitlines()[0],
                         'offhookctl: dial: Line "home" is not in service (InvalidState)')
        self.assertIn('offhookctl show', error)
        self.assertNotIn('5551234', error)

    def test_error_codes(self):
        cases = {'NotAuthorized': 4, 'org.freedesktop.DBus.Error.AccessDenied': 4,
                 'org.freedesktop.DBus.Error.UnknownObject': 5, 'NoDialtone': 1, 'Busy': 1,
                 'NotSupported': 1, 'NoService': 1, 'EmergencyOnly': 1, 'NotResponding': 1,
                 'LimitsExceeded': 1, 'Failed': 1,
                 'org.freedesktop.DBus.Error.Spawn.ChildExited': 3}
        for name, code in cases.items():
            self.fail_next('Dial', name)
            error = self.ctl('dial', 'home', '1', code=code).stderr
            self.assertIn(f'It failed ({name.split(".")[-1]})', error)

    def test_not_authorized(self):
        for arguments, method, advice in ((['dial', 'home', '1'], 'Dial', 'the group "offhook"'),
                                          (['handles'], 'ListHandles', 'Only an administrator'),
                                          (['add', '/dev/x'], 'AddLine', 'Only an administrator')):
            self.fail_next(method, 'NotAuthorized')
            self.assertIn(advice, self.ctl(*arguments, code=4).stderr.splitlines()[1])

    def dial_and_wait(self, *arguments):
        process, lines = self.follow(*arguments, 'dial', '--wait', 'home', '0123')
        self.wait_for_log('Dial')
        return process, lines

    def test_wait_until_connected(self):
        process, lines = self.dial_and_wait()
        call = lines.next()
        self.assertEqual(lines.next(), 'dialing')
        self.set_state(call, 'ringback')
        self.assertEqual(lines.next(), 'ringback')
        self.set_state(call, 'connected')
        self.assertEqual(lines.next(), 'connected')
        self.assertEqual(process.wait(DEADLINE), 0)

    def test_wait_until_ended(self):
        process, lines = self.dial_and_wait()
        self.set_state(lines.next(), 'ended', 'busy')
        lines.until('ended')
        self.assertEqual(process.wait(DEADLINE), 1)
        self.assertIn('not connected: busy', process.stderr.read())

    def test_wait_json(self):
        process, lines = self.dial_and_wait('--json')
        self.wait_for_log('answered')
        self.set_state(LINE + '/call/1', 'connected')
        self.assertEqual(process.wait(DEADLINE), 0)
        text = ''
        while not text.endswith('}'):
            text += lines.next()
        self.assertEqual(json.loads(text), {'Call': LINE + '/call/1', 'State': 'connected',
                                            'Mode': [], 'Reason': '', 'EndedBy': ''})

    def test_wait_refused(self):
        self.fail_next('Dial', 'NoDialtone')
        self.ctl('dial', '-w', 'home', '1', code=1)

    def test_wait_interrupted(self):
        process, lines = self.dial_and_wait()
        call = lines.next()
        lines.until('dialing')
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(DEADLINE), 130)
        self.assertEqual(self.state(call), 'ended')

    def test_wait_daemon_gone(self):
        process, lines = self.dial_and_wait()
        lines.until('dialing')
        self.stop(self.daemon)
        self.assertEqual(process.wait(DEADLINE), 3)

    def test_interrupt_while_dialing(self):
        self.fail_next('Dial', 'silence')
        process, _ = self.follow('dial', 'home', '1')
        self.wait_for_log('Dial')
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(DEADLINE), -signal.SIGINT)


class Monitoring(Base):
    def test_events(self):
        process, lines = self.monitor('home')
        call = self.ring()
        event = json.loads(lines.next())
        self.assertEqual((event['Type'], event['Line'], event['Path'], event['Serial'],
                          event['Kind'], event['Call']),
                         ('event', 'home', LINE, 1, 'new-call', call))
        self.assertEqual(event['Details']['Number'], '0301234567')
        self.assertIsInstance(event['BootTime'], int)
        happened = datetime.datetime.fromisoformat(event['Time'])
        self.assertRegex(event['Time'], r'\.\d{6}\+00:00$')
        self.assertLess(abs(time.time() - happened.timestamp()), 60)
        self.ask('Emit', '(osoa{sv})', (LINE, 'ringing', call, {'Count': GLib.Variant('u', 1)}))
        self.assertEqual(json.loads(lines.next())['Details'], {'Count': 1})
        self.wait_for_log('answered')
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(DEADLINE), 0)

    def test_text(self):
        process, lines = self.follow('monitor', '--count', '2')
        self.assertRegex(lines.next(),
                         r'^\d\d:\d\d:\d\d\.\d{3} home 0 open - State=in-service Health=healthy')
        self.ring()
        self.assertRegex(lines.next(), r' home 1 new-call home/1 State=offering .*'
                         r'Number=0301234567 .*Name="Jane Roe"')
        self.ctl('answer')
        self.assertIn(' home 2 call-state home/1 State=connected', lines.next())
        self.assertEqual(process.wait(DEADLINE), 0)

    def test_without_identify(self):
        process, lines = self.follow('monitor', '--count', '2')
        lines.next()
        for number in (1, 2):
            self.ask('Emit', '(osoa{sv})', (LINE, 'new-call', f'{LINE}/call/{number}',
                                            {'State': GLib.Variant('s', 'ended')}))
            lines.next()
        self.assertEqual(process.wait(DEADLINE), 0)
        note, = process.stderr.read().splitlines()
        self.assertIn('org.offhook.Telephony1.identify', note)

    def test_json_shape(self):
        process, lines = self.follow('--json', 'monitor')
        shapes = {'open': ['Line', 'Path', 'Snapshot'], 'release': ['Line', 'Path', 'Reason'],
                  'event': ['BootTime', 'Line', 'Path', 'Serial', 'Kind', 'Call', 'Details'], 'gone': []}

        def check(kind):
            shown = json.loads(lines.next())
            self.assertEqual((shown['Type'], list(shown)), (kind, ['Type', 'Time', *shapes[kind]]))
            return shown
        self.assertEqual(set(check('open')['Snapshot']),
                         {'State', 'StateReason', 'Health', 'HealthReason', 'Serial', 'Calls'})
        self.ring()
        details = check('event')['Details']
        self.assertEqual((details['Reason'], details['Partial'], details['Mode']), ('', False, []))
        self.ask('Release', '(os)', (LINE, 'shutdown'))
        check('release')
        self.stop(self.daemon)
        check('gone')

    def test_json_is_one_line(self):
        _, lines = self.monitor()
        name = 'a "b"\n\r\x85\u2028\u202e\x7f\U000e0041 "Kind":"call-state" \u00fc\U0001f600'
        self.ring(name=name)
        text = lines.next()
        self.assertEqual(json.loads(text)['Details']['Name'], name)
        self.assertEqual(len(text.splitlines()), 1)
        self.assertTrue(text.isprintable())
        self.assertIn('"Kind":"new-call"', text)
        self.assertNotIn('"Kind":"call-state"', text)
        self.assertIn('\u00fc\U0001f600', text)

    def manual_example(self, words):
        with open(os.path.join(SOURCE, 'docs', 'offhookctl.1'), encoding='utf-8') as page:
            blocks = re.findall(r'^\.nf\n\.RS\n(.*?)^\.RE\n\.fi\n', page.read(), re.M | re.S)
        block, = (block for block in blocks if words in block)
        for escape, character in (('\\-', '-'), ('\\(aq', "'"), ('\\e', '\\')):
            block = block.replace(escape, character)
        process = self.spawn(['sh', '-c', block.replace('offhookctl', PROGRAM, 1)],
                             env=environment(DBUS_SYSTEM_BUS_ADDRESS=self.address), start_new_session=True)
        self.addCleanup(os.killpg, process.pid, signal.SIGKILL)
        self.wait_for_log('Open')
        return Lines(process)

    def test_manual_example_number(self):
        lines = self.manual_example('sed')
        call = self.ring(name='"Number":"1"')
        self.assertEqual(lines.next(), '0301234567')
        self.set_state(call, 'connected')
        self.ask('Emit', '(osoa{sv})', (LINE, 'call-info', call, {'Number': GLib.Variant('s', '42')}))
        self.assertEqual(lines.next(), '42')

    def test_manual_example_states(self):
        lines = self.manual_example('while')
        call = self.ring()
        self.assertEqual(lines.next(), 'it rings')
        self.set_state(call, 'connected')
        self.set_state(call, 'ended', 'normal')
        self.assertEqual(lines.next(), 'it is over')

    def test_present_calls(self):
        call = self.ring()
        process, lines = self.follow('--json', 'monitor')
        snapshot = json.loads(lines.next())['Snapshot']
        self.assertEqual(snapshot['Calls'][0]['Path'], call)
        self.assertEqual(snapshot['Serial'], 0)
        _, lines = self.follow('monitor')
        lines.next()
        self.assertIn(' present home/1 State=offering', lines.next())

    def test_repeated_serial(self):
        _, lines = self.monitor()
        self.ring()
        self.ask('Repeat', '(o)', (LINE,))
        self.ctl('answer')
        self.assertEqual([json.loads(lines.next())['Serial'] for _ in range(2)], [1, 2])

    def test_stranger(self):
        _, lines = self.monitor()
        name = self.json('handles')[0]
        arguments = GLib.Variant('(ottsoa{sv})', (LINE, 50, 0, 'new-call', LINE + '/call/9', {}))
        with self.assertRaises(GLib.Error) as caught:
            self.bus_call(name, 'Event', arguments)
        self.assertIn('AccessDenied', caught.exception.message)
        self.ring()
        self.assertEqual(json.loads(lines.next())['Serial'], 1)

    def bus_call(self, handle, method, arguments):
        self.log()
        return self.bus.call_sync(handle['Name'], handle['Path'],
                                  'org.offhook.Telephony1.Listener', method, arguments, None,
                                  Gio.DBusCallFlags.NONE, DEADLINE * 1000, None)

    def test_line_that_comes_later(self):
        _, lines = self.monitor()
        self.ctl('add', '/dev/ttyACM1', '--alias', 'office')
        opened = json.loads(lines.next())
        self.assertEqual((opened['Type'], opened['Line']), ('open', 'office'))
        self.ring('office')
        self.assertEqual(json.loads(lines.next())['Line'], 'office')

    def test_line_not_wanted(self):
        _, lines = self.monitor('home')
        self.ctl('add', '/dev/ttyACM1', '--alias', 'office')
        self.ring('office')
        self.ring('home')
        self.assertEqual(json.loads(lines.next())['Line'], 'home')

    def test_line_removed_and_back(self):
        _, lines = self.monitor('home')
        self.ctl('remove', 'home')
        released = json.loads(lines.next())
        self.assertEqual((released['Type'], released['Reason']), ('release', 'removed'))
        self.ctl('add', '/dev/ttyACM0', '--alias', 'home')
        self.assertEqual(json.loads(lines.next())['Type'], 'open')
        self.ring()
        self.assertEqual(json.loads(lines.next())['Serial'], 1)

    def test_overflow_reopens(self):
        _, lines = self.monitor()
        self.ring()
        lines.next()
        self.ask('Release', '(os)', (LINE, 'overflow'))
        self.assertEqual(json.loads(lines.next())['Reason'], 'overflow')
        self.assertEqual(json.loads(lines.next())['Type'], 'open')
        self.ctl('answer')
        self.assertEqual(json.loads(lines.next())['Serial'], 1)

    def test_daemon_comes_back(self):
        for stop_politely in (True, False):
            process, lines = self.monitor()
            if stop_politely:
                self.ask('Release', '(os)', (LINE, 'shutdown'))
                self.assertEqual(json.loads(lines.next())['Reason'], 'shutdown')
            self.stop(self.daemon)
            self.assertEqual(json.loads(lines.next())['Type'], 'gone')
            self.start_daemon()
            self.assertEqual(json.loads(lines.next())['Type'], 'open')
            self.ring()
            self.assertEqual(json.loads(lines.next())['Kind'], 'new-call')
            self.stop(process)

    def test_kinds(self):
        _, lines = self.monitor('--events', 'health')
        call = self.ring()
        for kind in ('ringing', 'health'):
            self.ask('Emit', '(osoa{sv})', (LINE, kind, call, {}))
        self.assertEqual([json.loads(lines.next())['Kind'] for _ in range(2)],
                         ['new-call', 'health'])

    def test_unknown_kind(self):
        self.assertIn('(InvalidArgs)', self.ctl('monitor', '--events', 'x', code=1).stderr)

    def test_digits(self):
        first = self.ring()
        self.monitor('--digits')
        self.wait_for_log('MonitorDigits (true,)')
        before = len([x for x in self.log() if x.startswith('MonitorDigits')])
        self.set_state(first, 'ended', 'normal')
        self.ring()
        limit = time.monotonic() + DEADLINE
        while len([x for x in self.log() if x.startswith('MonitorDigits')]) == before:
            self.assertLess(time.monotonic(), limit)
            time.sleep(0.01)

    def test_refused(self):
        self.fail_next('Open', 'LimitsExceeded')
        self.ctl('monitor', code=1)
        self.ctl('monitor', 'office', code=5)


if __name__ == '__main__':
    sys.exit(run(sys.modules['__main__']))
