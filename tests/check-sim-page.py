#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""check-sim-page.py SOURCE: docs/offhook-sim.1 names the commands, makes, families, countries and sounds
that the simulator has, and no others.
check-sim-page.py --self-test: the same is not said of a page with an offence planted."""

import os
import re
import sys

PAGE = 'docs/offhook-sim.1'


def read(source, name):
    with open(os.path.join(source, name), encoding='utf-8') as file:
        return file.read()


def names_in(source):
    """What there is, by what it is called here."""
    models = ''.join(read(source, 'sim/' + name) for name in sorted(os.listdir(source + '/sim')) if name.endswith('.c'))
    sounds = re.search(r'\} sounds\[\] = \{(.*?)\n\};', read(source, 'sim/landline-sounds.c'), re.S)[1]
    return {
        'command': set(re.findall(r'^  \{ "([a-z-]+)", \d', read(source, 'sim/actions.c'), re.M)
                       + re.findall(r'\{ "([a-z]+)", (?:TRUE|FALSE)', read(source, 'sim/script.c'))),
        'model': set(re.findall(r'"(?:landline|cellular)-([a-z]+)"', models)),
        'country': set(re.findall(r'\.name = "(\w+)"', read(source, 'sim/country.c'))),
        'sound': set(re.findall(r'\{ "([a-z-]+)"', sounds)),
    }


def plain(text):
    """Without fonts and requests."""
    text = re.sub(r'\\f.|\\c', '', text.replace('\\-', '-').replace('\\ ', ' '))
    return re.sub(r'^\.(?:B|I|BR|RB|BI|IB|IR|RI) ', '', text, flags=re.M)


def section(page, begin, end):
    found = re.search(re.escape(begin) + r'$(.*?)' + end, page, re.M | re.S)
    return found[1] if found else ''


def heads(text):
    """The first word of each entry, and those behind it that are entries too: "a, b"."""
    nested = re.sub(r'^\.RS\n.*?^\.RE\n', '', text, flags=re.M | re.S)
    for line in re.findall(r'^\.T[PQ]\n(.*)', nested, re.M):
        yield re.match(r'"?([a-z-]*)', plain(line))[1]
        yield from re.findall(r'", "([a-z-]+)', plain(line).replace(' ", " ', '", "'))


def listed(text):
    """The words that are alone on a line."""
    return set(re.findall(r'^([a-z-]+)(?: ?[,.])?$', plain(text), re.M)) - {'or', 'and', 'is'}


def named_in(page):
    commands = section(page, '.SH COMMANDS', r'^\.SH (?!COMMANDS)')
    models = section(page, '.SS Makes of landline modems', r'^\.SH ')
    countries = section(commands, 'Whose line it is:', r'^That says')
    sounds = section(commands, 'What the modem hears while it is off hook, until something else is heard, or for',
                     r'^It is told')
    return {
        'command': set(heads(commands)),
        'model': set(heads(models)),
        'country': listed(countries),
        'sound': listed(sounds),
    }


def offences(source, page):
    there, named = names_in(source), named_in(page)
    for kind, names in there.items():
        if not names:
            yield f'the simulator: no {kind} is found'
        for name in sorted(names - named[kind]):
            yield f'{PAGE}: {kind} {name} is missing'
        for name in sorted(named[kind] - names):
            yield f'{PAGE}: there is no {kind} {name}'


PLANTS = [
    ('.BR tdd ,\n', '', 'sound tdd is missing'),
    ('.BR tdd ,\n', '.BR tdd ,\n.BR gong ,\n', 'there is no sound gong'),
    ('.BR se ,\n', '.BR sx ,\n', 'there is no country sx'),
    ('.TP\n.B agere\n', '.PP\n', 'model agere is missing'),
    ('.TP\n.B polarity\n', '.PP\n', 'command polarity is missing'),
    ('.TP\n.B voice\n', '.TP\n.B voices\n', 'there is no command voices'),
]


def self_test():
    source = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..')
    page = read(source, PAGE)
    failed = 0
    for old, new, wanted in PLANTS:
        found = list(offences(source, page.replace(old, new, 1)))
        hit = old in page and any(wanted in offence for offence in found)
        print(f'{"found" if hit else "NOT FOUND"}: {wanted}')
        failed += not hit
    return 1 if failed else 0


def main():
    if sys.argv[1:] == ['--self-test']:
        return self_test()
    found = list(offences(sys.argv[1], read(sys.argv[1], PAGE)))
    for offence in found:
        print(offence)
    return 1 if found else 0


if __name__ == '__main__':
    sys.exit(main())
