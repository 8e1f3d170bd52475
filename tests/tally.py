#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""tally.py LOG COUNTS: counts the single tests of one run of meson test.

LOG is a path without its ending, such as build/meson-logs/testlog; LOG.junit.xml knows the single
tests, LOG.json how each program ended: a program may crash or take too long after its last good test.
Failures and skips are printed, "passed failed skipped" goes into the file COUNTS.

Only a skip for something that a machine may lack is one; any other counts as failed, as the
packages that the tests need were installed. The reason says it: "this machine has no KIND".
"""

import json
import pathlib
import re
import sys
import xml.etree.ElementTree

KINDS = ('running systemd', 'journal', 'udev', 'user namespaces', 'mount namespaces', 'ptrace')
ALLOWED = re.compile(r'this machine has no (' + '|'.join(KINDS) + r')\b', re.IGNORECASE)
BAD = {'FAIL', 'TIMEOUT', 'ERROR', 'INTERRUPT', 'UNEXPECTEDPASS'}


class Tally:
    def __init__(self):
        self.passed = self.failed = self.skipped = 0

    def fail(self, name, why):
        self.failed += 1
        print(f'FAILED   {name}: {why}')

    def skip(self, name, reason):
        reason = reason.strip() or 'no reason given'
        if ALLOWED.search(reason):
            self.skipped += 1
            print(f'SKIPPED  {name}: {reason}')
        else:
            self.fail(name, f'skipped: {reason}')

    def add_program(self, program, cases):
        """A program with no cases of its own is one test."""
        name, result = program['name'], program['result']
        before = self.failed
        for case in cases:
            text = ' '.join(case.itertext())
            if case.find('skipped') is not None:
                self.skip(f'{name}: {case.get("name")}', text)
            elif case.find('failure') is not None or case.find('error') is not None:
                self.fail(f'{name}: {case.get("name")}', text.strip() or 'see the log above')
            else:
                self.passed += 1
        if result in BAD:
            if self.failed == before:
                self.fail(name, f'the program ended with {result}, see the log above')
        elif not cases and result == 'SKIP':
            self.skip(name, program.get('stdout', '') + program.get('stderr', ''))
        elif not cases:
            self.passed += 1


def cases_of(log):
    """The single tests of each TAP program by its name."""
    suites = xml.etree.ElementTree.parse(f'{log}.junit.xml').getroot().iter('testsuite')
    return {suite.get('name'): suite.findall('testcase') for suite in suites
            if '.' in suite.get('name')}


def main(log, counts):
    cases = cases_of(log)
    tally = Tally()
    with open(f'{log}.json', encoding='utf-8') as lines:
        for line in lines:
            program = json.loads(line)
            own = [v for k, v in cases.items() if k.partition('.')[2] == program['name']]
            tally.add_program(program, own[0] if own else [])
    pathlib.Path(counts).write_text(f'{tally.passed} {tally.failed} {tally.skipped}\n',
                                    encoding='utf-8')
    return 1 if tally.failed else 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
