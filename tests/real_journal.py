# SPDX-License-Identifier: LGPL-2.1-or-later
"""A journald of one's own, in a mount and a pid namespace; the machine's is left alone."""

import json
import os
import signal
import socket
import subprocess
import sys
import time

DEADLINE = 30
JOURNALD = '/lib/systemd/systemd-journald'
SETTINGS = '[Journal]\nStorage=volatile\nReadKMsg=no\nAudit=no\nRateLimitIntervalSec=0\n'
INSIDE = 'OFFHOOK_JOURNAL_NAMESPACE'


def enter():
    """Runs the program again in namespaces of its own, and ends with its status."""
    if INSIDE in os.environ:
        return
    command = ['unshare', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc',
               '--propagation=private']
    if os.geteuid() != 0:
        command += ['--user', '--map-current-user', '--keep-caps']
    if not os.path.exists(JOURNALD):
        print('1..0 # SKIP this machine has no journal')
    elif subprocess.run(command + ['true'], stderr=subprocess.DEVNULL, check=False).returncode != 0:
        print('1..0 # SKIP this machine has no user namespaces')
    else:
        sys.stdout.flush()
        os.environ[INSIDE] = 'yes'
        os.execvp(command[0], command + [sys.executable] + sys.argv)
    sys.exit()


class Journal:
    def __init__(self):
        for folder in ('/run', '/var/log'):
            subprocess.run(['mount', '-t', 'tmpfs', '-o', 'mode=755', 'tmpfs', folder], check=True)
        for folder in ('/run/systemd/journald.conf.d', '/run/log/journal', '/run/lock'):
            os.makedirs(folder)
        with open('/run/systemd/journald.conf.d/test.conf', 'w', encoding='utf-8') as settings:
            settings.write(SETTINGS)
        self.process = subprocess.Popen([JOURNALD], stderr=subprocess.DEVNULL)
        self.until(lambda: os.path.exists('/run/systemd/journal/stdout')
                   and os.path.exists('/run/systemd/journal/socket'), 'sockets')

    def until(self, condition, what):
        """What the condition returns, once it is true."""
        end = time.monotonic() + DEADLINE
        while True:
            value = condition()
            if value:
                return value
            if time.monotonic() > end:
                raise AssertionError(f'no {what}')
            time.sleep(0.02)

    def stream(self):
        """A standard error as systemd gives to a service."""
        stream = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        stream.connect('/run/systemd/journal/stdout')
        stream.sendall(b'offhookd\n\n6\n0\n0\n0\n0\n')
        return stream

    def stop(self):
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self):
        self.process.send_signal(signal.SIGCONT)

    def entries(self, *matches):
        read = subprocess.run(['journalctl', '--directory=/run/log/journal', '--output=json', '--all', '--quiet',
                               *matches], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, check=False)
        return [json.loads(line) for line in read.stdout.splitlines()]

    def entry(self, *matches):
        """The first entry with these fields, once it is there."""
        return self.until(lambda: self.entries(*matches), f'entry {matches}')[0]

    def close(self):
        self.go_on()
        self.process.terminate()
        self.process.wait()
