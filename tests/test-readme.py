#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs the listener that the README shows, as it stands, against the daemon and the simulator.

The argument is the source folder; real_daemon.py says what the environment names."""

import os
import re
import sys
import tempfile

sys.dont_write_bytecode = True
import real_daemon  # noqa: E402


def listener_of(readme):
    blocks = re.findall(r'^```python\n(.*?)^```', readme, re.M | re.S)
    assert len(blocks) == 1, 'the README has one Python listener'
    return blocks[0]


def play(folder, source):
    machine = real_daemon.Machine(folder)
    try:
        listener = machine.start('/usr/bin/python3', '-c', source)
        listener.until(r'line/phone is ')
        machine.say('ring number=+15551234 rings=2')
        listener.until(r'^\d+ new-call \S+/call/1 offering \+15551234')
        listener.until(r'^\d+ call-state \S+/call/1 ended')
        machine.daemon.process.terminate()
        listener.until('^released: shutdown')
    finally:
        machine.close()


def main():
    print('1..1', flush=True)
    with open(os.path.join(sys.argv[1], 'README.md'), encoding='utf-8') as readme:
        source = listener_of(readme.read())
    with tempfile.TemporaryDirectory() as folder:
        play(folder, source)
    print('ok 1 the listener of the README')


main()
