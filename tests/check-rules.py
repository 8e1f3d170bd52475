#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Each rule of the contract has a test, and no test of the programs that hold them is left out.

check-rules.py RULE,RULE... PROGRAM=RULE,RULE... [PROGRAM=...]: the programs are in $PROGRAMS."""

import os
import subprocess
import sys


def rules_of(program):
    """Of its tests: each is /RULE/PROGRAM/NAME, as g_test's -p finds nothing deeper."""
    path = os.path.join(os.environ['PROGRAMS'], 'test-' + program)
    if not os.path.exists(path):
        path = os.path.join(os.path.dirname(os.path.abspath(__file__)), f'test-{program}.py')
    listed = subprocess.run([path, '-l'], check=True, capture_output=True, text=True).stdout
    paths = [line.split('/') for line in listed.splitlines() if line.startswith('/')]
    return {parts[1] if len(parts) == 4 and parts[2] == program else '/'.join(parts)
            for parts in paths}


def offences(rules, uses):
    run = set()
    for program, of_rules in uses.items():
        there = rules_of(program)
        run |= of_rules & there
        for rule in sorted(there - of_rules):
            yield f'test-{program}: {rule} is not run: a rule missing in meson.build, or a wrong path'
        for rule in sorted(of_rules - there):
            yield f'test-{program}: has no test of {rule}'
    for rule in sorted(rules - run):
        yield f'{rule} has no test'


def main(rules, *uses):
    pairs = (use.split('=') for use in uses)
    found = list(offences(set(rules.split(',')),
                          {program: set(of.split(',')) for program, of in pairs}))
    print(*found, sep='\n')
    return 1 if found else 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
