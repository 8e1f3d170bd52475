#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""offhookctl with what only a landline has, and with digits of the other side, against offhookd and a
landline modem of the simulator.

The arguments are offhookctl and the folder of the translations; real_daemon.py says what the
environment names."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import unittest

sys.dont_write_bytecode = True
import sim_fixture  # noqa: E402
from real_daemon import DEADLINE, LINE, Machine  # noqa: E402

OFFHOOKCTL = os.path.abspath(sys.argv[1])
TRANSLATIONS = os.path.abspath(sys.argv[2])


class House(Machine):
    KIND = 'landline'

    def start_daemon(self):
        with open(self.folder + '/offhook.conf', 'a', encoding='utf-8') as config:
            config.write('CallWaiting=flash\n')
        super().start_daemon()


class Landline(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.machine = House(self.folder.name)
        self.addCleanup(self.machine.close)

    def start(self, *arguments, language='C'):
        environment = dict(os.environ, LC_ALL='C.UTF-8', LANGUAGE=language, OFFHOOK_LOCALEDIR=TRANSLATIONS)
        program = subprocess.Popen([OFFHOOKCTL, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True, env=environment)
        self.addCleanup(self.forget, program)
        return program

    def forget(self, program):
        if program.poll() is None:
            program.kill()
        program.wait()
        program.stdout.close()
        program.stderr.close()

    def end(self, program, code=0):
        """what it prints"""
        said, complaint = program.communicate(timeout=DEADLINE)
        self.assertEqual(program.returncode, code, complaint)
        return said

    def ctl(self, *arguments, code=0):
        return self.end(self.start(*arguments), code)

    def refused(self, word, code, *arguments, language='C'):
        program = self.start(*arguments, language=language)
        said, complaint = program.communicate(timeout=DEADLINE)
        self.assertEqual(program.returncode, code, complaint)
        self.assertEqual(said, '')
        self.assertIn(word, complaint)

    def begin(self):
        """call 1 is connected"""
        self.machine.say('ring number=5551111')
        end = time.monotonic() + DEADLINE
        while f'{LINE}/call/1' not in self.ctl('--json', 'show', 'phone'):
            self.assertLess(time.monotonic(), end, 'no call')
        self.ctl('answer')
        self.machine.sim.until('^phone voice-receive on')

    def gather(self, *arguments):
        """begun: its handle is open, and the daemon has been told"""
        program = self.start('gather', *arguments)
        end = time.monotonic() + DEADLINE
        while json.loads(self.ctl('--json', 'show', LINE))['NumHandles'] == 0:
            self.assertLess(time.monotonic(), end, 'no handle')
        return program

    def test_full(self):
        """as many digits as were asked for"""
        self.begin()
        program = self.gather('--count=3', 'phone')
        self.say_until_gone(program)
        digits, result = self.end(program).splitlines()
        self.assertRegex(digits, '^[0-9]{3}$')
        self.assertEqual(result, 'full')

    def say_until_gone(self, program):
        """digits, which are heard from some time after the handle is there"""
        end = time.monotonic() + DEADLINE
        while program.poll() is None:
            self.assertLess(time.monotonic(), end, 'it waits still')
            self.machine.say('digits 123#')
            try:
                program.wait(timeout=0.2)
            except subprocess.TimeoutExpired:
                pass

    def test_terminator(self):
        """a terminator ends it and belongs to it"""
        self.begin()
        program = self.gather('--json', '--terminators=#', '--digit-timeout=60000')
        self.say_until_gone(program)
        told = json.loads(self.end(program))
        self.assertEqual(told['Result'], 'terminator')
        self.assertRegex(told['Digits'], '^[0-9]*#$')

    def test_no_digits(self):
        """no first digit, or no more: status 1"""
        self.begin()
        self.assertEqual(self.ctl('gather', '--first-timeout=100', code=1), '\nfirst-timeout\n')
        program = self.gather('--digit-timeout=100', 'phone/1')
        self.say_until_gone(program)
        digits, result = self.end(program, 1).splitlines()
        self.assertRegex(digits, '^[0-9#]+$')
        self.assertEqual(result, 'inter-timeout')

    def test_no_gathering(self):
        """there is no call, the arguments make no sense, or Ctrl-C"""
        self.refused('call', 5, 'gather')
        self.refused('too small', 2, 'gather', '--count=0')
        self.begin()
        self.refused('InvalidArgs', 1, 'gather', '--terminators=x')
        self.refused('InvalidArgs', 1, 'gather', '--first-timeout=1')
        program = self.gather()
        program.send_signal(signal.SIGINT)
        self.assertEqual(self.end(program, 130), '')

    def test_tone(self):
        """one and two frequencies"""
        self.refused('call', 5, 'tone', 'phone', '440')
        self.begin()
        self.ctl('tone', 'phone', '440')
        self.machine.sim.until('^phone tones-by-host 0.20')
        self.ctl('tone', '--duration=500', 'phone/1', '350', '440')
        self.machine.sim.until('^phone tones-by-host 0.50')
        self.refused('InvalidArgs', 1, 'tone', 'phone', '100')
        self.refused('frequency', 2, 'tone', 'phone', 'A')
        self.refused('missing', 2, 'tone', 'phone')

    def test_gains(self):
        """gains are shown and set"""
        self.assertEqual(json.loads(self.ctl('--json', 'gains')), {'ReceiveGain': 128, 'TransmitGain': 128})
        self.ctl('gains', '120', '140')
        self.assertRegex(self.ctl('gains', 'phone'), r' ReceiveGain: 120\n +TransmitGain: 140\n')
        self.ctl('gains', 'phone', '128', '0')
        self.assertRegex(self.ctl('gains', 'phone'), r' ReceiveGain: 128\n +TransmitGain: 0\n')
        self.refused('InvalidArgs', 1, 'gains', '256', '0')
        self.refused('number', 2, 'gains', 'phone', 'x')
        self.refused('nowhere', 5, 'gains', 'nowhere')

    def test_route(self):
        """a route is shown and set"""
        told = json.loads(self.ctl('--json', 'route', 'phone'))
        other = told['AudioRoutes'][-1]
        self.assertEqual(told['AudioRoute'], 1)
        self.ctl('route', str(other))
        self.assertIn(f' AudioRoute: {other}\n', self.ctl('route'))
        self.ctl('route', 'phone', '1')
        self.assertIn(' AudioRoute: 1\n', self.ctl('route'))
        self.refused('NotSupported', 1, 'route', '31')
        self.refused('number', 2, 'route', 'phone', 'x')

    def test_flash(self):
        """a hook flash in a call"""
        self.refused('InvalidState', 1, 'flash')
        self.begin()
        self.ctl('flash', 'phone')
        self.machine.sim.until('^phone flash-by-host')

    def test_languages(self):
        """German and French"""
        self.refused('Frequenz', 2, 'tone', 'phone', 'A', language='de')
        self.refused('fréquence', 2, 'tone', 'phone', 'A', language='fr')


def main():
    suite = unittest.defaultTestLoader.loadTestsFromModule(sys.modules[__name__])
    print(f'1..{suite.countTestCases()}', flush=True)
    result = sim_fixture.TapResult()
    suite.run(result)
    return 0 if result.wasSuccessful() else 1


if __name__ == '__main__':
    sys.exit(main())
