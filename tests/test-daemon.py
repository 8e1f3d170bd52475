#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""offhookd's options, two of it at once, and the configuration that it reads again."""

import os
import signal
import subprocess
import sys
import tempfile
import time
import unittest

sys.dont_write_bytecode = True
import real_daemon  # noqa: E402
import sim_fixture  # noqa: E402

OFFHOOKD = os.environ['OFFHOOKD']


def run(*arguments):
    return subprocess.run([OFFHOOKD, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, timeout=real_daemon.DEADLINE, check=False)


class CheckConfig(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.file = folder.name + '/offhook.conf'
        os.mkdir(self.file + '.d')

    def write(self, name, text):
        with open(self.file + name, 'w', encoding='utf-8') as file:
            file.write(text)

    def check(self):
        return run('--config', self.file, '--check-config')

    def test_good(self):
        """--check-config: no mistakes"""
        self.write('', '[Daemon]\nAnnounced=no\n[Line a]\nDevice=/dev/ttyS0\n')
        self.write('.d/more.conf', '[Line b]\nUsbId=0572:1329\n')
        result = self.check()
        self.assertEqual((result.returncode, result.stderr), (0, ''))
        self.assertEqual(result.stdout, f'{self.file}: 2 lines, no mistakes\n')

    def test_no_file(self):
        """--check-config: no file at all"""
        result = self.check()
        self.assertEqual((result.returncode, result.stderr), (0, ''))

    def test_mistakes(self):
        """--check-config names file, group and key of every mistake"""
        self.write('', '[Line a]\nDevice=tty\nPin=1\n[Line b]\nDevice=/dev/b\n')
        self.write('.d/20.conf', '[Line b]\nDevice=/dev/c\n[Lines]\n')
        self.write('.d/10.conf', 'Device=/dev/d\n[Daemon]\nAnnounced=maybe\n')
        result = self.check()
        self.assertEqual((result.returncode, result.stdout), (1, ''))
        mistakes = [line.replace(self.file, 'FILE') for line in result.stderr.splitlines()]
        expected = ['FILE: [Line a]: Device: ', 'FILE: [Line a]: Pin: ', 'FILE.d/10.conf: line 1 ',
                    'FILE.d/10.conf: [Daemon]: Announced: ', 'FILE.d/20.conf: [Line b]: ', 'FILE.d/20.conf: [Lines]: ']
        self.assertEqual(len(mistakes), len(expected), mistakes)
        for mistake, beginning in zip(mistakes, expected):
            self.assertTrue(mistake.startswith(beginning), mistake)

    def test_unreadable(self):
        """--check-config: what is no file"""
        os.mkdir(self.file)
        result = self.check()
        self.assertEqual(result.returncode, 1)
        self.assertIn(self.file, result.stderr)

    def test_wrong_option(self):
        """an option that there is not"""
        result = run('--check-confi')
        self.assertEqual(result.returncode, 2)
        self.assertIn('--check-confi', result.stderr)


class Two(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.machine = real_daemon.Machine(self.folder.name)
        self.addCleanup(self.machine.close)

    def test_two_daemons(self):
        """a second daemon says why it cannot be, and takes nothing from the first"""
        second = run('--config', self.folder.name + '/offhook.conf')
        self.assertEqual(second.returncode, 1)
        self.assertIn('another offhookd runs', second.stderr)
        self.assertEqual(self.machine.line_state(), "('in-service',)")
        self.assertIsNone(self.machine.daemon.process.poll())

    def test_first_again(self):
        """the port is free for the next when the first is killed"""
        self.machine.daemon.process.send_signal(signal.SIGKILL)
        self.machine.daemon.process.wait()
        self.machine.start_daemon()

    def test_reload_folder(self):
        """a line in a file of the folder comes and goes with SIGHUP, and the other stays in service"""
        folder = self.folder.name + '/offhook.conf.d'
        os.mkdir(folder)
        for there in (True, False):
            if there:
                with open(folder + '/more.conf', 'w', encoding='utf-8') as file:
                    file.write('[Line more]\nDevice=/nowhere\nDriver=v253\n')
            else:
                os.remove(folder + '/more.conf')
            self.machine.daemon.process.send_signal(signal.SIGHUP)
            end = time.monotonic() + real_daemon.DEADLINE
            while ('/line/more' in self.lines()) != there:
                self.assertLess(time.monotonic(), end, self.lines())
            self.assertEqual(self.machine.line_state(), "('in-service',)")

    def lines(self):
        return subprocess.run(['gdbus', 'call', '--system', '--dest', real_daemon.NAME, '--object-path',
                               '/org/offhook/Telephony1', '--method', 'org.freedesktop.DBus.Properties.Get',
                               real_daemon.NAME + '.Manager', 'Lines'], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, text=True, check=True).stdout


def main():
    suite = unittest.defaultTestLoader.loadTestsFromModule(sys.modules[__name__])
    print(f'1..{suite.countTestCases()}', flush=True)
    result = sim_fixture.TapResult()
    suite.run(result)
    return 0 if result.wasSuccessful() else 1


if __name__ == '__main__':
    sys.exit(main())
