# SPDX-License-Identifier: LGPL-2.1-or-later
"""offhook-sim as a child, hosts for it, and a reporter that prints TAP."""

import errno
import os
import re
import select
import subprocess
import sys
import tempfile
import time
import unittest

DEADLINE = 20
SCALE = '0.02'
DLE = b'\x10'
PROGRAM = None


class Stream:
    """Reads a descriptor until something has come. What was waited for is taken out."""

    def __init__(self, fd):
        self.fd = fd
        self.seen = b''
        self.ended = False

    def fill(self, deadline):
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([self.fd], [], [], left)[0]:
            return False
        try:
            chunk = os.read(self.fd, 65536)
        except OSError as error:
            if error.errno != errno.EIO:
                raise
            chunk = b''
        self.ended = self.ended or not chunk
        self.seen += chunk
        return bool(chunk)

    def until(self, pattern, seconds=DEADLINE):
        """The match of a regular expression in what comes, once it is there."""
        deadline = time.monotonic() + seconds
        while True:
            match = re.search(pattern, self.seen, re.DOTALL)
            if match:
                self.skipped = self.seen[:match.start()]
                self.seen = self.seen[match.end():]
                return match
            if not self.fill(deadline):
                raise AssertionError('%r did not come, but %r' % (pattern, self.seen[-2000:]))

    def until_end(self):
        deadline = time.monotonic() + DEADLINE
        while not self.ended:
            if not self.fill(deadline) and not self.ended:
                raise AssertionError('no end')


class Host(Stream):
    """A program that has opened the modem."""

    def __init__(self, link):
        super().__init__(os.open(link, os.O_RDWR | os.O_NOCTTY))

    def close(self):
        os.close(self.fd)

    def write(self, data):
        os.write(self.fd, data)

    def command(self, text, result='OK'):
        """Sends a command; the lines of its response, which must end with result."""
        self.write(text.encode() + b'\r')
        self.until(b'\r\n' + re.escape(result.encode()) + b'\r\n')
        return [line for line in self.skipped.decode().split('\r\n') if line]


class Sim:
    """A running simulator with a console."""

    def __init__(self, *kinds, options=(), script=None, stdin=subprocess.PIPE, scale=SCALE):
        self.folder = tempfile.TemporaryDirectory()
        self.links = [os.path.join(self.folder.name, 'modem%d' % i) for i in range(len(kinds))]
        arguments = [PROGRAM, '--time-scale', scale, *options]
        if script is not None:
            path = os.path.join(self.folder.name, 'test.sim')
            with open(path, 'w') as file:
                file.write(script)
            arguments += ['--script', path]
        arguments += ['%s:%s' % pair for pair in zip(kinds, self.links)]
        self.process = subprocess.Popen(arguments, stdin=stdin, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE)
        self.out = Stream(self.process.stdout.fileno())
        self.err = Stream(self.process.stderr.fileno())
        self.hosts = []
        for i, link in enumerate(self.links):
            self.out.until(b'modem%d ready %s /dev/pts/[0-9]+\n' % (i, link.encode()))

    def host(self, number=0):
        host = Host(self.links[number])
        self.hosts.append(host)
        return host

    def say(self, *lines):
        for line in lines:
            self.process.stdin.write(line.encode() + b'\n')
        self.process.stdin.flush()

    def happened(self, text, seconds=DEADLINE):
        self.out.until(b'modem[0-9] ' + re.escape(text.encode()) + b'\n', seconds)

    def sync(self):
        """Waits until all that was said has been done."""
        self.say('echo synchronised')
        self.out.until(b'synchronised\n')

    def wait(self):
        return self.process.wait(DEADLINE)

    def close(self):
        for host in self.hosts:
            host.close()
        if self.process.poll() is None:
            self.process.terminate()
        self.wait()
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            if stream:
                stream.close()
        self.folder.cleanup()


class Case(unittest.TestCase):
    def start(self, *kinds, **rest):
        sim = Sim(*kinds, **rest)
        self.addCleanup(sim.close)
        return sim

    def quiet_host(self, sim, number=0):
        host = sim.host(number)
        host.command('ATE0')
        return host


class TapResult(unittest.TestResult):
    def __init__(self):
        super().__init__()
        self.failed = set()

    def report(self, word, test, text=''):
        for line in text.splitlines():
            print('# ' + line)
        print('%s %d - %s' % (word, self.testsRun, '.'.join(test.id().split('.')[-2:])),
              flush=True)

    def note(self, test, error):
        self.failed.add(test.id())
        self.report('not ok', test, self._exc_info_to_string(error, test))

    def addSuccess(self, test):
        if test.id() not in self.failed:
            self.report('ok', test)

    def addFailure(self, test, error):
        super().addFailure(test, error)
        self.note(test, error)

    def addError(self, test, error):
        super().addError(test, error)
        if test.id() not in self.failed:
            self.note(test, error)

    def addSubTest(self, test, subtest, error):
        super().addSubTest(test, subtest, error)
        if error is None:
            return
        print('# in %s' % subtest)
        if test.id() not in self.failed:
            self.note(test, error)


def run(cases, module):
    """Runs the named cases of a module, or the tests that the command line names."""
    global PROGRAM
    if len(sys.argv) < 2:
        return module.__doc__
    PROGRAM = os.path.abspath(sys.argv[1])
    suite = unittest.defaultTestLoader.loadTestsFromNames(sys.argv[2:] or cases, module)
    print('1..%d' % suite.countTestCases())
    result = TapResult()
    suite.run(result)
    return 0 if result.wasSuccessful() else 1
