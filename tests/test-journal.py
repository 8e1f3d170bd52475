#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What offhookd writes arrives in a real journal, and a journal that is stuck holds nothing up.

The argument is the source folder; real_daemon.py says what the environment names."""

import os
import re
import signal
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
import real_daemon  # noqa: E402
import real_journal  # noqa: E402
import sim_fixture  # noqa: E402
from real_daemon import DEADLINE, LINE, NAME  # noqa: E402

SOURCE = os.path.abspath(sys.argv[1])
NUMBER = '5550173946285'
WAITING_MOST = 1024  # entries, in daemon/log.c
CALLS = 10
NOISE = '+NOISE\\r\\n'  # logged as a line and as an unknown one
NOISES = 200


def ids():
    """MESSAGE_ID by the names that daemon/log.c gives."""
    with open(SOURCE + '/daemon/log.c', encoding='utf-8') as code:
        return dict(re.findall(r'\[OH_LOG_(\w+)\] = \{ "(\w{32})"', code.read()))


class Machine(real_daemon.Machine):
    """The daemon's standard error is the journal, as in a service."""

    def __init__(self, folder, journal, *options):
        self.journal, self.options = journal, options
        super().__init__(folder)

    def start(self, *command, **options):
        if command[0] != os.environ['OFFHOOKD']:
            return super().start(*command, **options)
        with self.journal.stream() as stream:
            return super().start(*command, *self.options, stderr=stream, **options)

    def ask(self, method, *arguments):
        subprocess.run(['gdbus', 'call', '--system', '--dest', NAME, '--object-path', LINE, '--method',
                        f'{NAME}.Line.{method}', *arguments], stdin=subprocess.DEVNULL,
                       stdout=subprocess.DEVNULL, check=True)


class JournalTest(unittest.TestCase):
    OPTIONS = ()

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.machine = Machine(self.folder.name, JOURNAL, *self.OPTIONS)
        self.addCleanup(self.machine.close)
        self.pid = f'_PID={self.machine.daemon.process.pid}'

    def entry(self, event, *matches):
        return JOURNAL.entry(self.pid, 'MESSAGE_ID=' + IDS[event], *matches)

    def listen(self):
        listener = self.machine.start('/usr/bin/python3', '-u', SOURCE + '/docs/examples/listener.py')
        listener.until('in-service')
        return listener


class Entries(JournalTest):
    def call(self, listener):
        self.machine.say(f'ring number={NUMBER} rings=2')
        listener.until(r'new-call.*/call/1')
        listener.until(r'call-state.*/call/1.*ended')

    def test_call(self):
        """a call's entries have its fields and no number"""
        self.call(self.listen())
        began, ended = self.entry('CALL_BEGAN'), self.entry('CALL_ENDED')
        for entry in began, ended:
            self.assertEqual(entry['OFFHOOK_LINE'], 'phone')
            self.assertEqual(entry['OFFHOOK_CALL'], LINE + '/call/1')
            self.assertEqual(entry['SYSLOG_IDENTIFIER'], 'offhookd')
            self.assertEqual(entry['PRIORITY'], '5')
        self.assertEqual(began['MESSAGE'], 'Incoming call on phone')
        self.assertEqual(began['OFFHOOK_STATE'], 'offering')
        self.assertEqual(ended['OFFHOOK_STATE'], 'ended')
        self.assertIn(ended['OFFHOOK_REASON'], ended['MESSAGE'])
        self.assertNotIn('OFFHOOK_DURATION_USEC', ended)
        entries = JOURNAL.entries(self.pid)
        self.assertGreater(len(entries), 4)
        for entry in entries:
            self.assertNotIn(NUMBER[-8:], str(entry))

    def test_duration(self):
        """how long a connected call was"""
        listener = self.listen()
        self.machine.say('on-dial alert=0.1 answer=0.2')
        self.machine.ask('Dial', '123', '{}')
        listener.until(r'call-state.*/call/1.*connected')
        self.machine.ask('HangUpAll')
        listener.until(r'call-state.*/call/1.*ended')
        entry = self.entry('CALL_ENDED')
        self.assertGreater(int(entry['OFFHOOK_DURATION_USEC']), 0)
        self.assertLess(int(entry['OFFHOOK_DURATION_USEC']), DEADLINE * 1000000)

    def test_cause(self):
        """why a call ended, by Q.850"""
        listener = self.listen()
        self.machine.say('on-dial alert=0.1 busy=0.5')
        self.machine.ask('Dial', '123', '{}')
        listener.until(r'call-state.*/call/1.*ended')
        entry = self.entry('CALL_ENDED')
        self.assertEqual((entry['OFFHOOK_REASON'], entry['OFFHOOK_CAUSE']), ('busy', '17'))

    def test_life(self):
        """the daemon, its lines, their devices"""
        self.assertIn('serves 1 line', self.entry('STARTED')['MESSAGE'])
        self.assertEqual(self.entry('LINE_ADDED')['OFFHOOK_LINE'], 'phone')
        self.assertEqual(self.entry('LINE_STATE')['OFFHOOK_STATE'], 'in-service')
        self.machine.say('vanish')
        gone = self.entry('DEVICE_GONE')
        self.assertEqual((gone['OFFHOOK_LINE'], gone['OFFHOOK_STATE'], gone['PRIORITY']),
                         ('phone', 'absent', '4'))
        self.machine.say('return')
        self.entry('DEVICE_BACK', 'OFFHOOK_LINE=phone')
        self.assertEqual(JOURNAL.entries(self.pid, 'MESSAGE_ID=' + IDS['LINE_AILING']), [])
        self.machine.daemon.process.terminate()
        self.machine.daemon.process.wait()
        self.entry('LINE_REMOVED', 'OFFHOOK_LINE=phone')
        self.entry('STOPPED')

    def test_mistake(self):
        """a mistake in the configuration"""
        with open(self.folder.name + '/offhook.conf', 'a', encoding='utf-8') as config:
            config.write('[Line other]\nNonsense=1\n')
        self.machine.daemon.process.terminate()
        self.machine.daemon.process.wait()
        self.machine.start_daemon()
        entry = JOURNAL.entry(f'_PID={self.machine.daemon.process.pid}', 'MESSAGE_ID=' + IDS['CONFIG_MISTAKE'])
        self.assertIn('Nonsense', entry['MESSAGE'])
        self.assertEqual(entry['PRIORITY'], '4')


class Reload(JournalTest):
    def reload(self, text, said):
        with open(self.folder.name + '/offhook.conf', 'w', encoding='utf-8') as config:
            config.write(text)
        self.machine.daemon.process.send_signal(signal.SIGHUP)
        JOURNAL.until(lambda: [e for e in JOURNAL.entries(self.pid) if said in e['MESSAGE']], said)

    def test_reload(self):
        """SIGHUP adds and removes lines; with a mistake it removes none"""
        phone = f'[Line phone]\nDevice={self.machine.device}\n'
        other = '[Line other]\nDevice=/nowhere\nDriver=cellular\n'
        self.reload(phone + other, 'again: 2 lines, 0 mistakes')
        self.entry('LINE_ADDED', 'OFFHOOK_LINE=other')
        self.reload(phone + '[Line\n', 'again: 1 lines, 1 mistakes')
        self.reload(other + '[Line bad]\nNonsense=1\n', 'again: 1 lines, 2 mistakes')
        self.assertEqual(JOURNAL.entries(self.pid, 'MESSAGE_ID=' + IDS['LINE_REMOVED']), [])
        self.reload(other, 'again: 1 lines, 0 mistakes')
        self.entry('LINE_REMOVED', 'OFFHOOK_LINE=phone')
        self.reload(phone + other, 'again: 2 lines, 0 mistakes')
        JOURNAL.until(lambda: len(JOURNAL.entries(self.pid, 'MESSAGE_ID=' + IDS['LINE_ADDED'],
                                                  'OFFHOOK_LINE=phone')) == 2, 'line phone again')
        self.assertEqual(len(JOURNAL.entries(self.pid, 'MESSAGE_ID=' + IDS['LINE_REMOVED'])), 1)


class Stuck(JournalTest):
    OPTIONS = ('--debug',)

    def make_noise(self):
        self.machine.say("send '" + NOISE * NOISES + "'")

    def test_stop(self):
        """a daemon that has not got rid of its entries ends all the same"""
        listener = self.listen()
        JOURNAL.stop()
        try:
            self.make_noise()
            self.machine.say(f'ring number={NUMBER} rings=1')
            listener.until(r'call-state.*/call/1\b.*ended')
            self.machine.daemon.process.terminate()
            self.assertEqual(self.machine.daemon.process.wait(DEADLINE), 0)
        finally:
            JOURNAL.go_on()

    def test_stuck(self):
        """a journald that is stopped delays nothing; what was dropped is counted"""
        listener = self.listen()
        JOURNAL.stop()
        try:
            for call in range(1, CALLS + 1):
                self.make_noise()
                self.machine.say(f'ring number={NUMBER} rings=1')
                listener.until(rf'call-state.*/call/{call}\b.*ended')
        finally:
            JOURNAL.go_on()
        lost = self.entry('LOST')
        self.assertEqual(lost['PRIORITY'], '4')
        self.assertGreater(int(lost['MESSAGE'].split()[0]), 0)
        self.assertGreater(len(JOURNAL.entries(self.pid)), WAITING_MOST)
        self.machine.say(f'ring number={NUMBER} rings=1')
        self.entry('CALL_BEGAN', f'OFFHOOK_CALL={LINE}/call/{CALLS + 1}')


def main():
    global IDS, JOURNAL
    IDS = ids()
    JOURNAL = real_journal.Journal()
    try:
        suite = unittest.defaultTestLoader.loadTestsFromModule(sys.modules[__name__])
        print(f'1..{suite.countTestCases()}', flush=True)
        result = sim_fixture.TapResult()
        suite.run(result)
        return 0 if result.wasSuccessful() else 1
    finally:
        JOURNAL.close()


if __name__ == '__main__':
    real_journal.enter()
    sys.exit(main())
