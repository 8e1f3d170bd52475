# SPDX-License-Identifier: LGPL-2.1-or-later
"""A private bus with mock-offhookd.py on it, offhookctl run against them, and results as TAP."""

import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
import time
import unittest

from gi.repository import Gio, GLib

PROGRAM, SOURCE, LOCALES = sys.argv[1:4]
DEADLINE = 20
LINE = '/org/offhook/Telephony1/line/home'
BUS_CONFIG = '''<busconfig>
  <listen>unix:dir=%s</listen><auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/>
  </policy>
</busconfig>'''


def environment(**more):
    kept = {k: v for k, v in os.environ.items() if not k.startswith(('LC_', 'LANG', 'NO_COLOR'))}
    return {**kept, 'LC_ALL': 'C.UTF-8', 'OFFHOOK_LOCALEDIR': LOCALES, 'TZ': 'UTC', **more}


class Lines:
    """What a process prints, line by line, with a deadline."""

    def __init__(self, process):
        self.process, self.queue = process, queue.Queue()
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for text in self.process.stdout:
            self.queue.put(text.rstrip('\n'))
        self.queue.put(None)

    def next(self):
        text = self.queue.get(timeout=DEADLINE)
        if text is None:
            raise AssertionError('the output ended')
        return text

    def until(self, part):
        while True:
            text = self.next()
            if part in text:
                return text


class Base(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.TemporaryDirectory()
        self.addCleanup(self.directory.cleanup)
        config = os.path.join(self.directory.name, 'bus.conf')
        with open(config, 'w', encoding='utf-8') as file:
            file.write(BUS_CONFIG % self.directory.name)
        bus = self.spawn(['dbus-daemon', f'--config-file={config}', '--print-address', '--nofork'],
                         stderr=subprocess.DEVNULL)
        self.address = bus.stdout.readline().strip()
        self.assertTrue(self.address)
        self.bus = None
        self.start_daemon()

    def spawn(self, command, **more):
        process = subprocess.Popen(command, text=True, stdout=subprocess.PIPE, **more)
        self.addCleanup(self.stop, process)
        return process

    def stop(self, process):
        process.kill()
        process.wait(DEADLINE)
        for pipe in (process.stdout, process.stderr):
            if pipe is not None and not pipe.closed and process.poll() is not None:
                try:
                    pipe.close()
                except (OSError, ValueError):
                    pass

    def start_daemon(self):
        mock = os.path.join(SOURCE, 'tests', 'mock-offhookd.py')
        self.daemon = self.spawn(['/usr/bin/python3', mock, os.path.join(SOURCE, 'dbus')],
                                 env=environment(DBUS_SYSTEM_BUS_ADDRESS=self.address))
        self.assertEqual(self.daemon.stdout.readline().strip(), 'ready')

    def ask(self, method, signature='()', arguments=()):
        if self.bus is None:
            self.bus = Gio.DBusConnection.new_for_address_sync(
                self.address, Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT
                | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION, None, None)
        return self.bus.call_sync('org.offhook.Telephony1', '/mock', 'test.Mock', method,
                                  GLib.Variant(signature, arguments), None,
                                  Gio.DBusCallFlags.NONE, DEADLINE * 1000, None).unpack()

    def ring(self, line='home', number='0301234567', name='Jane Roe'):
        return self.ask('Ring', '(sss)', (line, number, name))[0]

    def set_state(self, call, state, reason=''):
        self.ask('SetState', '(oss)', (call, state, reason))

    def fail_next(self, method, name, text='It failed'):
        self.ask('Fail', '(sss)', (method, name, text))

    def log(self):
        return self.ask('Log')[0]

    def wait_for_log(self, entry):
        limit = time.monotonic() + DEADLINE
        while not any(entry in x for x in self.log()):
            self.assertLess(time.monotonic(), limit, f'{entry!r} not in {self.log()}')
            time.sleep(0.01)

    def ctl(self, *arguments, code=0, **more):
        result = subprocess.run([PROGRAM, '--address', self.address, *arguments], text=True,
                                capture_output=True, env=environment(**more), timeout=DEADLINE,
                                stdin=subprocess.DEVNULL, check=False)
        self.assertEqual(result.returncode, code, (arguments, result.stdout, result.stderr))
        return result

    def json(self, *arguments):
        return json.loads(self.ctl('--json', *arguments).stdout)

    def follow(self, *arguments):
        process = self.spawn([PROGRAM, '--address', self.address, *arguments],
                             env=environment(), stderr=subprocess.PIPE)
        return process, Lines(process)

    def monitor(self, *arguments):
        process, lines = self.follow('--json', 'monitor', *arguments)
        self.assertEqual(json.loads(lines.next())['Type'], 'open')
        return process, lines


class TapResult(unittest.TestResult):
    def report(self, word, test, more=''):
        print(f'{word} {self.testsRun} - {test.id().split(".", 1)[1]}{more}', flush=True)

    def addSuccess(self, test):
        super().addSuccess(test)
        self.report('ok', test)

    def complain(self, test, error):
        self.report('not ok', test)
        for text in self._exc_info_to_string(error, test).splitlines():
            print(f'# {text}', flush=True)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.complain(test, err)

    def addError(self, test, err):
        super().addError(test, err)
        self.complain(test, err)


def run(module):
    suite = unittest.defaultTestLoader.loadTestsFromModule(module)
    print(f'1..{suite.countTestCases()}', flush=True)
    return 0 if suite.run(TapResult()).wasSuccessful() else 1
