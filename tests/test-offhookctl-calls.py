#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""offhookctl with several calls, against offhookd and a cellular modem of the simulator.

The argument is offhookctl; real_daemon.py says what the environment names."""

import json
import os
import subprocess
import sys
import tempfile
import time
import unittest

sys.dont_write_bytecode = True
import sim_fixture  # noqa: E402
from real_daemon import DEADLINE, LINE, Machine  # noqa: E402

OFFHOOKCTL = os.path.abspath(sys.argv[1])


class Calls(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.machine = Machine(self.folder.name)
        self.addCleanup(self.machine.close)

    def ctl(self, *arguments, code=0):
        result = subprocess.run([OFFHOOKCTL, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True, check=False, env=dict(os.environ, LC_ALL='C.UTF-8'))
        self.assertEqual(result.returncode, code, result.stderr)
        return result

    def call(self, number):
        shown = self.ctl('--json', 'show', f'{LINE}/call/{number}').stdout
        return json.loads(shown)

    def until(self, number, **wanted):
        end = time.monotonic() + DEADLINE
        while True:
            call = self.call(number)
            if all(call[key] == value for key, value in wanted.items()):
                return call
            self.assertLess(time.monotonic(), end, call)

    def appears(self, number):
        end = time.monotonic() + DEADLINE
        while f'{LINE}/call/{number}' not in self.ctl('--json', 'show', 'phone').stdout:
            self.assertLess(time.monotonic(), end, 'no call')

    def begin(self):
        """call 1 is connected"""
        self.machine.say('ring number=5551111')
        self.appears(1)
        self.ctl('answer')
        self.until(1, State='connected')

    def begin_waiting(self):
        """and call 2 waits"""
        self.begin()
        self.machine.say('waiting number=5552222')
        self.appears(2)

    def test_hold(self):
        """hold and unhold find the call by themselves"""
        self.begin()
        self.ctl('unhold', code=5)
        self.ctl('hold')
        self.until(1, State='held')
        self.assertIn('InvalidState', self.ctl('hold', 'phone/1', code=1).stderr)
        self.ctl('unhold')
        self.until(1, State='connected')

    def test_two(self):
        """answer --hold, swap, merge, split, transfer"""
        self.begin_waiting()
        self.ctl('answer', '--hold')
        self.until(1, State='held')
        self.until(2, State='connected')
        self.ctl('swap', 'phone')
        self.until(2, State='held')
        self.ctl('merge')
        self.until(2, State='connected', Mode=['conference'])
        self.ctl('split', 'phone/2')
        self.until(1, State='held')
        self.ctl('transfer')
        self.until(1, State='ended', Reason='transferred')
        self.until(2, State='ended', Reason='transferred')

    def test_release(self):
        """answer --release ends the other"""
        self.begin_waiting()
        self.ctl('answer', '--release', 'phone')
        self.until(1, State='ended', Reason='local')
        self.until(2, State='connected')

    def test_deflect(self):
        """the number alone, or behind the call"""
        self.machine.say('ring number=5551111')
        self.appears(1)
        self.assertIn('InvalidNumber', self.ctl('deflect', 'phone/1', 'x', code=1).stderr)
        self.ctl('deflect', '5559999')
        self.until(1, State='ended', Reason='forwarded')
        self.ctl('deflect', '5559999', code=5)

    def test_numbers(self):
        """dial shows and hides the number"""
        self.ctl('dial', '--hide-number', 'phone', '5551111')
        self.machine.sim.until('^phone dialled 5551111 hidden')
        self.ctl('hangup')
        self.until(1, State='ended')
        self.ctl('dial', '--show-number', 'phone', '5551111')
        self.machine.sim.until('^phone dialled 5551111 shown')

    def test_digits(self):
        """digits have a length, and are stopped"""
        self.begin()
        self.ctl('digits', '--duration=300', 'phone', '5')
        self.machine.sim.until('^phone digit-sent-by-host 5 3')
        self.ctl('digits', '--duration=1', 'phone', '5', code=1)
        self.ctl('digits', 'phone', '6,7')
        self.ctl('digits', '--stop', 'phone')
        self.ctl('digits', 'phone', code=2)
        self.assertNotIn('by-host 7', self.machine.sim.text)

    def test_cause(self):
        """why a call ended is shown"""
        self.machine.say('on-dial alert=0.1 busy=0.5')
        self.ctl('dial', 'phone', '5551111')
        self.until(1, State='ended', Reason='busy', Cause=17)
        self.assertRegex(self.ctl('show', f'{LINE}/call/1').stdout, r'Cause: 17')


def main():
    suite = unittest.defaultTestLoader.loadTestsFromModule(sys.modules[__name__])
    print(f'1..{suite.countTestCases()}', flush=True)
    result = sim_fixture.TapResult()
    suite.run(result)
    return 0 if result.wasSuccessful() else 1


if __name__ == '__main__':
    sys.exit(main())
