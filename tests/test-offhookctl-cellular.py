#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""offhookctl on cellular lines, against a private bus and mock-offhookd.py.

Usage: test-offhookctl-cellular.py OFFHOOKCTL SOURCE-ROOT LOCALE-DIRECTORY
"""

import fcntl
import json
import os
import select
import subprocess
import sys
import termios
import time

from gi.repository import GLib

sys.dont_write_bytecode = True  # the source tree may be read-only

from offhookctl_fixture import Base, DEADLINE, PROGRAM, SOURCE, environment, run  # noqa: E402

CTRL_C, CTRL_D = '\x03', '\x04'


class Terminal:
    """offhookctl on a terminal of its own: what it shows, and what is typed."""

    def __init__(self, test, *arguments):
        self.master, slave = os.openpty()
        self.shown = ''
        self.process = subprocess.Popen(
            [PROGRAM, '--address', test.address, *arguments], stdin=slave, stdout=slave, stderr=slave,
            env=environment(), start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
        os.close(slave)
        test.addCleanup(self.close)

    def close(self):
        self.process.kill()
        self.process.wait(DEADLINE)
        os.close(self.master)

    def read(self, limit):
        """FALSE at the end"""
        if not select.select([self.master], [], [], max(0, limit - time.monotonic()))[0]:
            raise AssertionError(f'shown so far: {self.shown!r}')
        try:
            data = os.read(self.master, 4096)
        except OSError:  # the other end is closed
            return False
        self.shown += data.decode()
        return bool(data)

    def until(self, part):
        """What was shown up to here is forgotten."""
        limit = time.monotonic() + DEADLINE
        while part not in self.shown:
            if not self.read(limit):
                raise AssertionError(f'{part!r} not in {self.shown!r}')
        before, _, self.shown = self.shown.partition(part)
        return before

    def type(self, text):
        os.write(self.master, text.encode())

    def echoes(self):
        return bool(termios.tcgetattr(self.master)[3] & termios.ECHO)

    def end(self, code):
        limit = time.monotonic() + DEADLINE
        while self.read(limit):
            pass
        result = self.process.wait(DEADLINE)
        if result != code:
            raise AssertionError(f'exit code {result}: {self.shown!r}')
        return self.shown


class Cellular(Base):
    def setUp(self):
        super().setUp()
        self.ask('AddCellular', '(s)', ('phone',))

    def set(self, key, value):
        types = {str: 's', bool: 'b', int: 'i', dict: 'a{su}'}
        self.ask('SetCellular', '(ssv)', ('phone', key, GLib.Variant(types[type(value)], value)))

    def set_line(self, ident, key, value):
        self.ask('SetLine', '(ssv)', (ident, key, GLib.Variant('s', value)))

    def lock(self, code='pin', **retries):
        self.set('SimState', f'{code}-required')
        self.set('Retries', retries or {'pin': 3, 'puk': 10})

    def pipe(self, text, *arguments, code=0, **more):
        data = text if isinstance(text, bytes) else text.encode()
        result = subprocess.run([PROGRAM, '--address', self.address, *arguments], input=data,
                                capture_output=True, env=environment(**more), timeout=DEADLINE, check=False)
        result.stdout, result.stderr = result.stdout.decode(), result.stderr.decode()
        self.assertEqual(result.returncode, code, (arguments, result.stdout, result.stderr))
        return result

    def terminal(self, *arguments):
        return Terminal(self, *arguments)

    def called(self, method):
        return [x for x in self.log() if x.startswith(method + ' ')]

    def wait_for_calls(self, method, number=1):
        limit = time.monotonic() + DEADLINE
        while len(self.called(method)) < number:
            self.assertLess(time.monotonic(), limit, f'{method} was not called: {self.log()}')
            time.sleep(0.01)


class Showing(Cellular):
    def shown(self):
        text = self.ctl('show', 'phone').stdout
        return dict(x.strip().split(': ', 1) for x in text.splitlines()[1:])

    def test_show(self):
        shown = self.shown()
        for key, value in {'SimState': 'ready', 'Registration': 'home', 'Roaming': 'no',
                           'Operator': 'Testnet (00101)', 'AccessTechnology': 'e-utran',
                           'VoiceAvailable': 'yes', 'SignalStrength': '-71 dBm'}.items():
            self.assertEqual(shown[key], value)

    def test_show_nothing_known(self):
        for key in ('OperatorName', 'OperatorCode', 'AccessTechnology'):
            self.set(key, '')
        self.set('SignalStrength', 0)
        shown = self.shown()
        for key in ('Operator', 'AccessTechnology', 'SignalStrength'):
            self.assertEqual(shown[key], '-')

    def test_show_operator(self):
        self.set('OperatorName', '')
        self.assertEqual(self.shown()['Operator'], '00101')
        self.set('OperatorName', 'Evil\033[2J')
        self.set('OperatorCode', '')
        self.assertEqual(self.shown()['Operator'], 'Evil\\u001b[2J')

    def test_show_json(self):
        cellular = self.json('show', 'phone')['Cellular']
        self.assertEqual((cellular['SimState'], cellular['Retries'], cellular['SignalStrength']),
                         ('ready', {'pin': 3, 'puk': 10}, -71))
        self.assertNotIn('Cellular', self.json('show', 'home'))
        by_id = {x['Id']: x for x in self.json('show')['Lines']}
        self.assertIn('Cellular', by_id['phone'])

    def test_other_lines_have_none(self):
        self.assertNotIn('SimState', self.ctl('show', 'home').stdout)

    def test_show_retries(self):
        self.lock(pin=2)
        self.assertEqual(self.shown()['SimState'], 'pin-required (tries left: 2)')
        self.lock('puk', puk=9)
        self.assertEqual(self.shown()['SimState'], 'puk-required (tries left: 9)')
        self.lock('pin', puk=9)
        self.assertEqual(self.shown()['SimState'], 'pin-required')

    def test_hint(self):
        for verb in (['list'], ['show'], ['show', 'phone']):
            self.set_line('phone', 'StateReason', '')
            self.set('SimState', 'ready')
            self.assertEqual(self.ctl(*verb).stderr, '')
            self.set_line('phone', 'StateReason', 'sim-pin')
            self.assertIn('"offhookctl pin phone"', self.ctl(*verb).stderr)
            self.set_line('phone', 'StateReason', 'sim-puk')
            self.assertIn('"offhookctl puk phone"', self.ctl(*verb).stderr)
            self.set_line('phone', 'StateReason', 'sim')
            self.lock()
            self.assertIn('"offhookctl pin phone"', self.ctl(*verb).stderr)
            self.assertEqual(self.ctl('--json', *verb).stderr, '')


class Choosing(Cellular):
    VERBS = (['identity'], ['call-waiting'], ['forwarding'], ['ussd', '*100#'], ['pin'], ['puk'])

    def test_none(self):
        self.ask('RemoveCellular', '(s)', ('phone',))
        for verb in self.VERBS:
            self.assertIn('There is no cellular line', self.ctl(*verb, code=5).stderr)

    def test_several(self):
        self.ask('AddCellular', '(s)', ('spare',))
        for verb in self.VERBS:
            self.assertIn('name one of phone, spare', self.ctl(*verb, code=2).stderr)
        for verb in (['identity', 'sp'], ['call-waiting', 'sp'], ['call-waiting', 'sp', 'off'], ['forwarding', 'sp'],
                     ['forwarding', 'sp', 'busy', '--off'], ['ussd', 'sp', '*100#']):
            self.ctl(*verb)
        for verb in ['pin', 'sp'], ['puk', 'sp']:
            self.assertIn('is not locked', self.ctl(*verb, code=1).stderr)
        self.assertIn('no session', self.ctl('ussd', '--cancel', 'sp', code=1).stderr)

    def test_not_cellular(self):
        self.assertIn('Line "home" is not cellular', self.ctl('identity', 'home', code=5).stderr)
        self.set_line('home', 'Kind', 'cellular')
        self.assertIn('has not answered yet', self.ctl('identity', 'home', code=5).stderr)
        self.assertIn('There is no line "x"', self.ctl('identity', 'x', code=5).stderr)

    def test_help(self):
        text = self.ctl('--help').stdout
        for verb in ('pin', 'puk', 'ussd', 'forwarding', 'call-waiting', 'identity'):
            self.assertRegex(text, rf'(?m)^  {verb} ')
            self.assertIn('--timeout', self.ctl(verb, '--help').stdout)
        self.assertIn('\n  forwarding [LINE] [CONDITION NUMBER]\n' + 28 * ' ' + 'Show or set', text)

    def complete(self, *words):
        script = os.path.join(SOURCE, 'client', 'offhookctl.bash')
        quoted = ' '.join(f"'{w}'" for w in (PROGRAM, '--address', self.address, *words))
        text = (f'source "{script}"; COMP_WORDS=({quoted}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); '
                '_offhookctl; printf "%s\\n" "${COMPREPLY[@]}"')
        return subprocess.run(['bash', '-c', text], text=True, capture_output=True, check=True,
                              env=environment(), timeout=DEADLINE).stdout.split()

    def test_completion(self):
        self.assertEqual(self.complete('u'), ['unhold', 'ussd', 'unclaim'])
        self.assertEqual(self.complete('pin', 'ph'), ['phone'])
        self.assertEqual(self.complete('call-waiting', ''), ['on', 'off', 'home', 'phone'])
        self.assertEqual(self.complete('forwarding', 'no'), ['no-reply', 'not-reachable'])
        self.assertEqual(self.complete('forwarding', '--o'), ['--off'])
        self.assertEqual(self.complete('ussd', '--c'), ['--color', '--cancel'])
        self.assertEqual(self.complete('monitor', '-e', 'u'), ['ussd'])

    def test_not_authorized(self):
        for verb, method in (['identity'], 'GetIdentity'), (['call-waiting'], 'GetCallWaiting'), \
                (['call-waiting', 'on'], 'SetCallWaiting'), (['forwarding'], 'GetForwarding'), \
                (['forwarding', 'busy', '1'], 'SetForwarding'), (['ussd', '*100#'], 'StartUssd'), \
                (['ussd', '--cancel'], 'CancelUssd'):
            self.fail_next(method, 'NotAuthorized')
            self.assertIn('(NotAuthorized)', self.ctl(*verb, code=4).stderr)

    def test_no_network(self):
        self.fail_next('StartUssd', 'NoService', 'There is no network')
        self.assertIn('check the antenna', self.ctl('ussd', '*100#', code=1).stderr)

    def test_timeout(self):
        self.fail_next('GetIdentity', 'silence')
        self.assertIn('No answer within 0.2 s', self.ctl('-t', '0.2', 'identity', code=1).stderr)

    def test_no_utf8(self):
        result = self.pipe('', 'ussd', b'\xff', code=2)
        self.assertIn('not UTF-8', result.stderr)

    def test_long_wait(self):
        self.fail_next('GetIdentity', 'silence')
        terminal = self.terminal('identity')
        terminal.until('Waiting for an answer: 1 s')
        terminal.until('Waiting for an answer: 2 s')
        terminal.type(CTRL_C)
        self.assertNotIn('offhookctl', terminal.end(130))

    def test_interrupted(self):
        for verb, method in (['identity'], 'GetIdentity'), (['ussd', '*100#'], 'StartUssd'), \
                (['forwarding'], 'GetForwarding'), (['call-waiting'], 'GetCallWaiting'):
            before = len(self.called(method))
            self.fail_next(method, 'silence')
            terminal = self.terminal(*verb)
            self.wait_for_calls(method, before + 1)
            terminal.type(CTRL_C)
            terminal.end(130)


class Codes(Cellular):
    def test_pin_pipe(self):
        self.lock()
        self.assertEqual(self.pipe('1234\n', 'pin').stderr, '')
        self.assertEqual(self.json('show', 'phone')['Cellular']['SimState'], 'ready')

    def test_pin_pipe_without_end(self):
        self.lock()
        self.pipe('1234', 'pin', 'phone')

    def test_pin_pipe_crlf(self):
        self.lock()
        self.pipe('1234\r\n', 'pin')

    def test_pin_no_argument(self):
        self.lock()
        self.ctl('pin', 'phone', '1234', code=2)

    def test_pin_malformed(self):
        """none of these costs a try"""
        self.lock()
        for text, complaint in (('', 'No code'), ('\n', 'No code'), ('123\n', 'has 4 to 8 digits'),
                                ('123456789\n', 'has 4 to 8 digits'), ('12a4\n', 'has 4 to 8 digits'),
                                (b'\xff\xff\xff\xff\n', 'not UTF-8'), (2000 * '1', 'too long')):
            self.assertIn(complaint, self.pipe(text, 'pin', code=1).stderr)
        self.assertEqual(self.called('EnterPin'), [])

    def test_pin_wrong(self):
        self.lock()
        error = self.pipe('4321\n', 'pin', code=1).stderr
        self.assertIn('The code is wrong (Failed)', error)
        self.assertIn('Tries left: 2; after that the SIM wants its PUK', error)
        self.pipe('4321\n', 'pin', code=1)
        error = self.pipe('4321\n', 'pin', code=1).stderr
        self.assertIn('wants its PUK now: "offhookctl puk phone"', error)
        self.assertNotIn('Tries left', error)

    def test_pin_wrong_untold(self):
        self.lock(puk=10)
        self.assertNotIn('Tries left', self.pipe('4321\n', 'pin', code=1).stderr)

    def test_pin_german(self):
        self.lock()
        self.assertIn('Versuche übrig: 2', self.pipe('4321\n', 'pin', code=1, LANGUAGE='de').stderr)

    def test_state_is_told_first(self):
        for state, verb, text in (('ready', 'pin', 'The SIM is not locked'),
                                  ('puk-required', 'pin', '"offhookctl puk phone"'),
                                  ('pin-required', 'puk', '"offhookctl pin phone"'),
                                  ('absent', 'pin', '"absent"')):
            self.set('SimState', state)
            self.assertIn(text, self.pipe('1234\n', verb, code=1).stderr)
        self.assertEqual(self.called('EnterPin') + self.called('EnterPuk'), [])

    def test_state_unknown_is_tried(self):
        self.set('SimState', 'unknown')
        self.assertIn('(InvalidState)', self.pipe('1234\n', 'pin', code=1).stderr)

    def test_pin_not_authorized(self):
        self.lock()
        self.fail_next('EnterPin', 'NotAuthorized')
        self.assertNotIn('Tries left', self.pipe('1234\n', 'pin', code=4).stderr)

    def test_puk_pipe(self):
        self.lock('puk')
        self.pipe('12345678\n0000\n', 'puk')
        self.assertEqual(self.called('EnterPuk'), ["EnterPuk ('12345678', '0000')"])

    def test_puk_malformed(self):
        self.lock('puk')
        for text, complaint in (('1234567\n0000\n', 'A PUK has 8 digits'), ('12345678\n', 'No code'),
                                ('12345678\n00\n', 'A PIN has 4 to 8')):
            self.assertIn(complaint, self.pipe(text, 'puk', code=1).stderr)
        self.assertEqual(self.called('EnterPuk'), [])

    def test_puk_wrong(self):
        self.lock('puk', puk=2)
        self.assertIn('Tries left: 1; after that the SIM is lost',
                      self.pipe('87654321\n0000\n', 'puk', code=1).stderr)
        self.assertIn('The SIM is lost', self.pipe('87654321\n0000\n', 'puk', code=1).stderr)

    def test_pin_terminal(self):
        self.lock()
        terminal = self.terminal('pin')
        terminal.until('PIN of phone (tries left: 3): ')
        self.assertFalse(terminal.echoes())
        terminal.type('1234\n')
        self.assertEqual(terminal.end(0), '\r\n')
        self.assertTrue(terminal.echoes())

    def test_pin_terminal_untold(self):
        self.lock(puk=10)
        self.terminal('pin').until('PIN of phone: ')

    def test_terminal_given_up(self):
        self.lock()
        for key, code in (CTRL_C, 130), (CTRL_D, 1):
            terminal = self.terminal('pin')
            terminal.until('): ')
            terminal.type(key)
            self.assertEqual('No code' in terminal.end(code), key == CTRL_D)
            self.assertTrue(terminal.echoes())
        self.assertEqual(self.called('EnterPin'), [])

    def test_puk_terminal(self):
        self.lock('puk')
        terminal = self.terminal('puk')
        for prompt, text in (('PUK of phone (tries left: 10): ', '12345678\n'), ('New PIN: ', '0000\n'),
                             ('New PIN again: ', '0000\n')):
            terminal.until(prompt)
            terminal.type(text)
        self.assertEqual(terminal.end(0), '\r\n')

    def test_puk_terminal_differs(self):
        self.lock('puk')
        terminal = self.terminal('puk')
        for prompt, text in (('10): ', '12345678\n'), ('New PIN: ', '0000\n'), ('again: ', '0001\n')):
            terminal.until(prompt)
            terminal.type(text)
        self.assertIn('not the same PIN', terminal.end(1))
        self.assertEqual(self.called('EnterPuk'), [])


class Ussd(Cellular):
    def test_answer(self):
        self.assertEqual(self.ctl('ussd', '*100#').stdout, 'Your credit is 5.00\n')
        self.assertEqual(self.ctl('ussd', 'phone', '*100#').stdout, 'Your credit is 5.00\n')
        self.assertEqual(self.json('ussd', '*100#'), {'Reply': 'Your credit is 5.00', 'More': False})

    def test_text_is_harmless(self):
        self.assertEqual(self.ctl('ussd', '*evil#').stdout, 'a\\u001b[2Jb\nc\n')

    def test_usage(self):
        self.assertIn('Which code', self.ctl('ussd', code=2).stderr)
        self.ctl('ussd', '--cancel', 'phone', 'x', code=2)
        self.ctl('ussd', 'phone', '*100#', 'x', code=2)

    def test_pipe(self):
        result = self.pipe('1\n2\n', 'ussd', '*111#')
        self.assertEqual(result.stdout, '1 Credit\n2 Bye\n5.00\n2 Bye\nBye\n')
        self.assertEqual(result.stderr, '')
        self.assertEqual(self.called('CancelUssd'), [])

    def test_pipe_ends(self):
        for text in '1\n', '1\n\n2\n':
            before = len(self.called('CancelUssd'))
            self.pipe(text, 'ussd', '*111#')
            self.assertEqual(len(self.called('CancelUssd')), before + 1)

    def test_pipe_json(self):
        result = self.pipe('2\n', '--json', 'ussd', '*111#')
        self.assertEqual([json.loads(x)['More'] for x in result.stdout.splitlines()], [True, False])

    def test_pipe_refused(self):
        self.assertIn('cannot be sent', self.pipe('9\n2\n', 'ussd', '*111#', code=1).stderr)
        self.assertNotIn("RespondUssd ('2',)", self.log())

    def test_terminal(self):
        terminal = self.terminal('ussd', '*111#')
        for text in '1\n', '9\n', '2\n':  # there is no 9: it is asked for again
            terminal.until('Response (none ends it): ')
            terminal.type(text)
        self.assertIn('Bye', terminal.end(0))
        self.assertEqual(self.called('CancelUssd'), [])

    def test_terminal_given_up(self):
        for key, code in ('\n', 0), (CTRL_D, 0), (CTRL_C, 130):
            before = len(self.called('CancelUssd'))
            terminal = self.terminal('ussd', '*111#')
            terminal.until('Response (none ends it): ')
            terminal.type(key)
            terminal.end(code)
            self.assertEqual(len(self.called('CancelUssd')), before + 1)

    def test_terminal_second_interrupt(self):
        terminal = self.terminal('ussd', '*111#')
        terminal.until('Response')
        self.fail_next('CancelUssd', 'silence')
        terminal.type(CTRL_C)
        self.wait_for_calls('CancelUssd')
        terminal.type(CTRL_C)
        terminal.end(130)

    def test_terminal_interrupted_response(self):
        terminal = self.terminal('ussd', '*111#')
        terminal.until('Response')
        self.fail_next('RespondUssd', 'silence')
        terminal.type('1\n')
        self.wait_for_calls('RespondUssd')
        terminal.type(CTRL_C)
        terminal.end(130)
        self.wait_for_calls('CancelUssd')

    def test_terminal_interrupt_behind_line(self):
        """it empties the queue that has the line; that must not be waited for"""
        for later in range(40):
            terminal = self.terminal('ussd', '*111#')
            terminal.until('Response')
            terminal.type('1\n')
            moment = time.monotonic() + later * 5e-6  # the right one is short, and not known
            while time.monotonic() < moment:
                pass
            terminal.type(CTRL_C)
            terminal.end(130)

    def test_cancel(self):
        self.set('UssdState', 'user-response')
        error = self.ctl('ussd', '*100#', code=1).stderr
        self.assertIn('(InvalidState)', error)
        self.assertIn('"offhookctl ussd --cancel phone"', error)
        self.ctl('ussd', '--cancel')
        self.assertIn('(InvalidState)', self.ctl('ussd', '--cancel', 'phone', code=1).stderr)

    def test_cancelled_by_another(self):
        self.fail_next('StartUssd', 'Cancelled', 'The session was ended')
        self.assertIn('The session was ended (Cancelled)', self.ctl('ussd', '*100#', code=1).stderr)

    def test_monitor(self):
        process, lines = self.monitor('phone', '--events', 'ussd')
        self.ask('Emit', '(osoa{sv})', ('/org/offhook/Telephony1/line/phone', 'ussd', '/', {
            'State': GLib.Variant('s', 'notify'), 'Text': GLib.Variant('s', 'Hello\nthere')}))
        event = json.loads(lines.next())
        self.assertEqual((event['Kind'], event['Details']),
                         ('ussd', {'State': 'notify', 'Text': 'Hello\nthere'}))
        self.stop(process)

    def test_monitor_text(self):
        process, lines = self.follow('monitor', 'phone')
        lines.until('open')
        self.ask('Emit', '(osoa{sv})', ('/org/offhook/Telephony1/line/phone', 'ussd', '/', {
            'State': GLib.Variant('s', 'request'), 'Text': GLib.Variant('s', 'Your PIN?\n\033[2J')}))
        self.assertIn('ussd - State=request Text="Your PIN?\\u000a\\u001b[2J"', lines.next())
        self.stop(process)

    def test_monitor_without_permission(self):
        process, lines = self.follow('monitor', 'phone')
        lines.until('open')
        for state in 'ended', 'notify', 'notify':
            self.ask('Emit', '(osoa{sv})', ('/org/offhook/Telephony1/line/phone', 'ussd', '/', {
                'State': GLib.Variant('s', state)}))
            lines.until(f'State={state}')
        process.terminate()
        notes = process.stderr.read()
        self.assertEqual(notes.count('texts are left out'), 1)

    def test_monitor_end(self):
        process, lines = self.follow('monitor', 'phone')
        lines.until('open')
        self.ask('Emit', '(osoa{sv})', ('/org/offhook/Telephony1/line/phone', 'ussd', '/', {
            'State': GLib.Variant('s', 'ended')}))
        lines.until('State=ended')
        process.terminate()
        self.assertEqual(process.stderr.read(), '')


class Services(Cellular):
    def test_forwarding(self):
        self.ctl('forwarding', 'no-reply', '0301', '--after', '20')
        self.ctl('forwarding', 'phone', 'busy', '+49309')
        rows = [x.split() for x in self.ctl('forwarding').stdout.splitlines()]
        self.assertEqual(rows, [['CONDITION', 'ACTIVE', 'NUMBER', 'AFTER'], ['unconditional', 'no', '-', '-'],
                                ['busy', 'yes', '+49309', '-'], ['no-reply', 'yes', '0301', '20', 's'],
                                ['not-reachable', 'no', '-', '-']])
        self.assertIn("SetForwarding ('no-reply', {'Number': <'0301'>, 'Seconds': <uint32 20>})", self.log())

    def test_forwarding_json(self):
        rules = {x.pop('Condition'): x for x in self.json('forwarding', 'phone')}
        self.assertEqual(rules, {'unconditional': {'Active': False}, 'no-reply': {'Active': False},
                                 'busy': {'Active': True, 'Number': '+49301234'},
                                 'not-reachable': {'Active': False}})

    def test_forwarding_off(self):
        self.ctl('forwarding', 'busy', '--off')
        self.ctl('forwarding', 'phone', 'all', '--off')
        self.assertEqual([x.split(' ', 1)[1] for x in self.called('SetForwarding')],
                         ["('busy', {})", "('all', {})"])

    def test_forwarding_usage(self):
        for arguments, complaint in (
                (['busy'], 'A number is missing'), (['phone', 'busy'], 'A number is missing'),
                (['bad', '030'], 'The condition is one of'), (['phone', 'bad', '030'], 'The condition is one of'),
                (['--off'], 'A condition is missing'), (['phone', '--off'], 'A condition is missing'),
                (['--after', '5'], 'A condition is missing'), (['busy', '030', '--off'], 'Too many'),
                (['busy', 'phone', '030'], 'Too many'), (['busy', '030', '--after', '5'], '--after goes with'),
                (['no-reply', '--off', '--after', '5'], '--after goes with'),
                (['no-reply', '030', '--after', '4'], '5 to 30'), (['all', '030', '--after', '31'], '5 to 30'),
                (['all', '030', '--after', '0'], '5 to 30'), (['all', '030', '--after', '-1'], '5 to 30')):
            self.assertIn(complaint, self.ctl('forwarding', *arguments, code=2).stderr)
        self.assertEqual(self.called('SetForwarding') + self.called('GetForwarding'), [])

    def test_forwarding_number(self):
        error = self.ctl('forwarding', 'busy', 'x', code=1).stderr
        self.assertIn('(InvalidNumber)', error)

    def test_forwarding_one_unknown(self):
        for error in 'NotSupported', 'Failed':
            self.fail_next('GetForwarding', error, 'The network does not know it')
            result = self.ctl('forwarding', code=1)
            self.assertIn(f'forwarding: The network does not know it ({error})', result.stderr)
            self.assertRegex(result.stdout, r'(?m)^unconditional +\? ')
            self.assertRegex(result.stdout, r'(?m)^busy +yes')

    def test_forwarding_no_answer(self):
        self.fail_next('GetForwarding', 'NotResponding')
        self.assertEqual(self.ctl('forwarding', code=1).stdout, '')
        self.assertEqual(len(self.called('GetForwarding')), 1)

    def test_call_waiting(self):
        self.assertEqual(self.ctl('call-waiting').stdout, 'on\n')
        self.assertEqual(self.ctl('call-waiting', 'off').stdout, '')
        self.assertEqual(self.ctl('call-waiting', 'phone').stdout, 'off\n')
        self.assertEqual(self.json('call-waiting'), {'Enabled': False})
        self.ctl('call-waiting', 'phone', 'on')
        self.assertEqual(self.ctl('call-waiting').stdout, 'on\n')

    def test_call_waiting_usage(self):
        self.assertIn('"on" or "off"', self.ctl('call-waiting', 'phone', 'maybe', code=2).stderr)

    def test_identity(self):
        self.assertEqual(self.ctl('identity').stdout,
                         '              Imei: 490154203237518\n        OwnNumbers: +49171,+49172\n')
        self.assertEqual(self.json('identity', 'phone'),
                         {'Imei': '490154203237518', 'OwnNumbers': ['+49171', '+49172']})

    def test_identity_untold(self):
        self.ask('SetCellular', '(ssv)', ('phone', 'Identity', GLib.Variant('a{sv}', {})))
        self.assertEqual(self.ctl('identity').stdout, 'The modem does not tell.\n')
        self.assertEqual(self.json('identity'), {})


if __name__ == '__main__':
    sys.exit(run(sys.modules[__name__]))
