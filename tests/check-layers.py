#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Who may include whom: the layers of HACKING.md. Down only."""

import fnmatch
import pathlib
import re
import sys

sys.dont_write_bytecode = True
import sources  # noqa: E402

# (layer, the layers it may include, its files without their ending)
LAYERS = [
    (0, {0}, 'daemon/country daemon/error daemon/event daemon/log daemon/log-* daemon/loop daemon/network daemon/request daemon/service'),
    (1, {0, 1}, 'daemon/at/*'),
    (2, {0, 1, 2}, 'daemon/modem daemon/modem-* daemon/driver daemon/config daemon/config-* daemon/port '
                   'daemon/port-* daemon/tty daemon/drivers'),
    (3, {0, 1, 2}, 'daemon/drivers/*'),
    (4, {0, 1, 2, 4}, 'daemon/line daemon/line-* daemon/call daemon/call-* daemon/handle '
                      'daemon/handle-* daemon/peer daemon/delivery daemon/limits daemon/bus '
                      'daemon/digits daemon/gather daemon/auth daemon/auth-* daemon/store daemon/slots daemon/pack '
                      'daemon/sleep '
                      'dbus/offhook-dbus'),
    (5, {0, 1, 2, 3, 4, 5}, 'daemon/manager daemon/manager-*'),
    (6, {0, 5}, 'daemon/main'),
]

# Values in, values out: these are fuzzed and tested by tables. They may include each other.
PURE = {'daemon/at/caller-id-packet', 'daemon/at/lexer', 'daemon/at/results', 'daemon/at/fields', 'daemon/at/caller-id',
        'daemon/at/cause', 'daemon/at/gsm7', 'daemon/at/network', 'daemon/at/sim',
        'daemon/at/supplementary', 'daemon/at/ucs2', 'daemon/at/ussd', 'daemon/call-table',
        'daemon/drivers/cellular-family', 'daemon/drivers/cellular-list',
        'daemon/drivers/cellular-report', 'daemon/drivers/v253-quirks', 'daemon/pack', 'daemon/slots'}
PURE_VALUES = PURE | {'daemon/country', 'daemon/event', 'daemon/loop', 'daemon/network', 'daemon/service'}
PURE_SYSTEM = {'glib.h', 'string.h', 'stdlib.h', 'stddef.h', 'stdint.h', 'stdbool.h', 'ctype.h',
               'limits.h'}
LOGGING = re.compile(r'\b(g_(?:debug|info|message|warning|critical|error|log\w*|print\w*)|'
                     r'printf|oh_log_\w+)\s*\(')

# Programs of their own: they share nothing with the daemon but the generated code.
APART = {
    'sim': ['sim/*'],
    'client': ['client/*', 'dbus/*'],
}

ABOVE_DRIVERS = re.compile(r'polkit/')
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(["<])([^">]+)[">]', re.MULTILINE)


def layer_of(stem):
    for number, _, patterns in LAYERS:
        if any(fnmatch.fnmatchcase(stem, pattern) for pattern in patterns.split()):
            return number
    return None


def family(stem):
    """A driver may be several files: cellular, cellular-calls."""
    return pathlib.PurePath(stem).name.split('-')[0]


def offence_in_daemon(stem, layer, included):
    """Why a file of that layer may not include the other, or None."""
    other = pathlib.PurePath(included).with_suffix('').as_posix()
    number = layer_of(other)
    if stem in PURE and other not in PURE_VALUES:
        return f'pure: may not include "{included}"'
    if number is None:
        return f'"{included}" is in no layer (a file is named from the root)'
    if layer == 3 and number == 3:
        return None if family(stem) == family(other) else f'a driver includes "{included}"'
    if number not in next(may for n, may, _ in LAYERS if n == layer):
        return f'layer {layer} includes "{included}" of layer {number}'
    return None


def offence_of_include(path, layer, kind, included):
    stem = path.with_suffix('').as_posix()
    if kind == '<':
        if stem in PURE and included not in PURE_SYSTEM:
            return f'pure: may not include <{included}>'
        if layer is not None and layer < 4 and ABOVE_DRIVERS.match(included):
            return f'layer {layer} includes <{included}>'
        return None
    if layer is not None:
        return offence_in_daemon(stem, layer, included)
    if not any(fnmatch.fnmatchcase(included, p) for p in APART[path.parts[0]]):
        return f'{path.parts[0]}/ may not include "{included}"'
    return None


def check_file(root, path):
    stem = path.with_suffix('').as_posix()
    layer = layer_of(stem)
    text = sources.without_comments(sources.read(root, path))
    if path.parts[0] == 'daemon' and layer is None:
        yield f'{path}:1: in no layer: add it to LAYERS in tests/check-layers.py'
        return
    for match in INCLUDE.finditer(text):
        offence = offence_of_include(path, layer, match.group(1), match.group(2))
        if offence:
            yield f'{path}:{text.count(chr(10), 0, match.start(1)) + 1}: {offence}'
    if stem in PURE:
        bare = sources.without_comments(text, strings=False)
        for match in LOGGING.finditer(bare):
            yield f'{path}:{bare.count(chr(10), 0, match.start()) + 1}: pure: calls {match.group(1)}'


def check(root):
    for path in sources.walk(root):
        if path.suffix in ('.c', '.h') and path.parts[0] in ('daemon', *APART):
            yield from check_file(root, path)


BASE = {
    'daemon/error.h': '#include <gio/gio.h>\n',
    'daemon/at/lexer.c': '#include "daemon/at/lexer.h"\n\n#include <string.h>\n',
    'daemon/at/lexer.h': '#include <glib.h>\n',
    'daemon/drivers/acme.c': '#include "daemon/drivers/acme-tones.h"\n#include "daemon/modem.h"\n',
    'daemon/drivers/acme-tones.h': '/* #include "daemon/line.h" */\n',
    'daemon/line.c': '#include "dbus/offhook-dbus.h"\n#include "daemon/driver.h"\n',
    'sim/clock.c': '#include "sim/clock.h"\n',
    'client/offhookctl.c': '#include "dbus/offhook-dbus.h"\n',
}
PLANTS = [
    ('daemon/at/lexer.c', '\n#include "daemon/line.h"\n', 'daemon/at/lexer.c:2: pure: may not'),
    ('daemon/at/fields.c', '#include <gio/gio.h>\n', 'daemon/at/fields.c:1: pure: may not'),
    ('daemon/at/fields.c', '\n\nvoid f (void) { g_debug ("x"); }\n',
     'daemon/at/fields.c:3: pure: calls g_debug'),
    ('daemon/call-table.c', '#include "daemon/call.h"\n', 'daemon/call-table.c:1: pure'),
    ('daemon/at/channel.c', '#include "daemon/modem.h"\n',
     'daemon/at/channel.c:1: layer 1 includes "daemon/modem.h" of layer 2'),
    ('daemon/modem.c', '/*\n*/\n#include "dbus/offhook-dbus.h"\n',
     'daemon/modem.c:3: layer 2 includes "dbus/offhook-dbus.h" of layer 4'),
    ('daemon/port.c', '#include <polkit/polkit.h>\n', 'daemon/port.c:1: layer 2 includes <polkit'),
    ('daemon/drivers/acme.c', '#include "daemon/drivers/other.h"\n',
     'daemon/drivers/acme.c:1: a driver includes'),
    ('daemon/line.c', '# include "daemon/drivers/acme.h"\n',
     'daemon/line.c:1: layer 4 includes "daemon/drivers/acme.h" of layer 3'),
    ('daemon/main.c', '#include "daemon/line.h"\n', 'daemon/main.c:1: layer 6 includes'),
    ('daemon/surprise.c', '\n', 'daemon/surprise.c:1: in no layer'),
    ('daemon/line.c', '#include "driver.h"\n', 'daemon/line.c:1: "driver.h" is in no layer'),
    ('sim/clock.c', '#include "daemon/at/lexer.h"\n', 'sim/clock.c:1: sim/ may not include'),
    ('client/offhookctl.c', '#include "daemon/error.h"\n', 'client/offhookctl.c:1: client/ may'),
]

if __name__ == '__main__':
    if sys.argv[1:] == ['--self-test']:
        sys.exit(sources.self_test(__file__, BASE, PLANTS))
    sys.exit(sources.run(check, __file__))
