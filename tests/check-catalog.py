#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""check-catalog.py SOURCE: each event of daemon/log.c has one text in each message catalog, the catalogs
have no others and name only fields that there are, and journalctl reads them.
check-catalog.py --self-test: the same is not said of catalogs with an offence planted."""

import os
import re
import shutil
import subprocess
import sys
import tempfile

CATALOGS = ('offhook.catalog', 'offhook.de.catalog')
FOLDER = '/usr/lib/systemd/catalog'


def read(path):
    with open(path, encoding='utf-8') as file:
        return file.read()


def entries_of(catalog):
    """(MESSAGE_ID, text) each."""
    return re.findall(r'^-- ([0-9a-f]{32})$(.*?)(?=^-- |\Z)', catalog, re.M | re.S)


def offences_in(name, catalog, ids, fields):
    entries = entries_of(catalog)
    found = [i for i, _ in entries]
    for missing in ids.keys() - set(found):
        yield f'{name}: no entry for {ids[missing]} ({missing})'
    for unknown in set(found) - ids.keys():
        yield f'{name}: {unknown} is no event'
    for double in {i for i in found if found.count(i) > 1}:
        yield f'{name}: {double} is there twice'
    for message_id, text in entries:
        event = ids.get(message_id, message_id)
        header, _, body = text.strip().partition('\n\n')
        if not re.search(r'^Subject: \S', header) or not body:
            yield f'{name}: {event} has no subject or no text'
        for field in set(re.findall(r'@(\w+)@', text)) - fields:
            yield f'{name}: {event} names {field}, which no entry has'


def offences_by_systemd(folder):
    """Compiled by journalctl, whose complaints name file and line."""
    with tempfile.TemporaryDirectory() as root:
        os.makedirs(root + FOLDER)
        os.makedirs(root + '/var/lib/systemd/catalog')
        for name in CATALOGS:
            shutil.copy(os.path.join(folder, name), root + FOLDER)
        ran = subprocess.run(['journalctl', '--update-catalog', '--root=' + root], stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, text=True, check=False)
        if ran.returncode != 0 or 'catalog:' in ran.stdout or not os.listdir(root + '/var/lib/systemd/catalog'):
            yield f'journalctl --update-catalog: {ran.stdout.strip() or ran.returncode}'


def offences(source, folder):
    code = read(source + '/daemon/log.c')
    ids = {i: name for name, i in re.findall(r'\[OH_LOG_(\w+)\] = \{ "([0-9a-f]{32})"', code)}
    fields = set(re.findall(r'"(OFFHOOK_\w+)"', code))
    if not ids or not fields:
        yield 'daemon/log.c: no events are found in it'
    for name in CATALOGS:
        yield from offences_in(name, read(os.path.join(folder, name)), ids, fields)
    yield from offences_by_systemd(folder)


PLANTS = [
    (r'\n-- [0-9a-f]{32}\n.*?(?=\n-- )', '', 'no entry for'),
    (r'(?<=\n-- )[0-9a-f]{32}', '0' * 31 + '1', 'is no event'),
    (r'(\n-- [0-9a-f]{32}\n.*?)(?=\n-- )', r'\1\1', 'is there twice'),
    (r'Subject: [^\n]*\n', '', 'no subject'),
    (r'@OFFHOOK_LINE@', '@OFFHOOK_LIEN@', 'OFFHOOK_LIEN'),
    (r'(?<=\n)-- [0-9a-f]{32}\n', '-- 123\n', 'update-catalog'),
]


def self_test(source):
    status = 0
    for name in CATALOGS:
        for pattern, instead, said in PLANTS:
            with tempfile.TemporaryDirectory() as folder:
                for each in CATALOGS:
                    shutil.copy(f'{source}/systemd/{each}', folder)
                spoilt = re.sub(pattern, instead, read(f'{folder}/{name}'), count=1, flags=re.S)
                with open(f'{folder}/{name}', 'w', encoding='utf-8') as file:
                    file.write(spoilt)
                found = [o for o in offences(source, folder) if said in o]
            print('found:' if found else 'NOT FOUND:', name, pattern)
            status = status or int(not found)
    return status


def main(arguments):
    if arguments[0] == '--self-test':
        return self_test(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    found = list(offences(arguments[0], arguments[0] + '/systemd'))
    print('\n'.join(found))
    return int(bool(found))


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
