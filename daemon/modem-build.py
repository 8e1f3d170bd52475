#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""modem-build.py DAEMON HEADER DEPFILE: writes the header that tells two builds of the drivers apart."""

import hashlib
import pathlib
import sys


def main(daemon, header, depfile):
    sources = sorted([*daemon.glob('at/*.[ch]'), *daemon.glob('drivers/*.[ch]'),
                      daemon / 'event.h', daemon / 'modem.c'])
    digest = hashlib.sha256()
    for source in sources:
        digest.update(f'{source.relative_to(daemon)}\0'.encode())
        digest.update(source.read_bytes())
    header.write_text('/* SPDX-License-Identifier: LGPL-2.1-or-later */\n#pragma once\n\n'
                      f'#define OH_MODEM_BUILD "{digest.hexdigest()[:32]}"\n', encoding='utf-8')
    depfile.write_text(f'{header}: {" ".join(map(str, sources))}\n', encoding='utf-8')


if __name__ == '__main__':
    main(*map(pathlib.Path, sys.argv[1:]))
