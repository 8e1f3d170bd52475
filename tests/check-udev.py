#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""check-udev.py SOURCE: the udev rules are well formed. What udev ignores with a line in the journal, or takes
for something else, is an offence here: a key or operator that it does not know, a jump to nowhere or back,
a USB id that is none or is there twice, a property that nobody reads. The manual page has the same ids.
check-udev.py FILE...: the same of these files.
check-udev.py --self-test: the same is not said of rules with an offence planted."""

import os
import re
import sys

RULES = 'systemd/60-offhook.rules'
PAGE = 'docs/offhook-modems.7'
PAIR = re.compile(r'\s*([A-Z]+)(?:\{([^}"]*)\})?\s*(==|!=|\+=|:=|=)\s*"([^"]*)"\s*(?:,|$)')
MATCHES = {'ACTION', 'KERNEL', 'KERNELS', 'SUBSYSTEM', 'SUBSYSTEMS', 'DRIVERS', 'ENV', 'ATTR', 'ATTRS'}
ASSIGNS = {'ENV', 'GOTO', 'LABEL', 'IMPORT'}
NAMED = {'ENV', 'ATTR', 'ATTRS', 'IMPORT'}
# What the rules may set, and to what.
PROPERTIES = {
    'OFFHOOK_DEVICE': {'1'}, 'OFFHOOK_DRIVER': {'v253', 'cellular'}, 'OFFHOOK_PORT': {'main', 'other'},
    'ID_MM_DEVICE_IGNORE': {'1'},
}
ATTRIBUTES = {
    'idVendor': r'[0-9a-f]{4}', 'idProduct': r'[0-9a-f]{4}', 'bInterfaceNumber': r'[0-9a-f]{2}',
    'bInterfaceClass': r'[0-9a-f]{2}', 'bInterfaceSubClass': r'[0-9a-f]{2}(\|[0-9a-f]{2})*',
    'bInterfaceProtocol': r'[0-9a-f]{2}(\|[0-9a-f]{2})*', 'serial': r'[0-9A-Za-z._-]+',
}


def pairs_of(line):
    """Its (key, name, operator, value), or None where the line is not made of them."""
    pairs, at = [], 0
    while at < len(line):
        match = PAIR.match(line, at)
        if not match:
            return None
        pairs.append(match.groups())
        at = match.end()
    return pairs


def offences_in_pair(key, name, operator, value):
    if key in NAMED and not name or name and key not in NAMED:
        yield f'{key} with a name it does not take, or without one'
    if operator in ('==', '!='):
        if key not in MATCHES:
            yield f'nothing can be matched by {key}'
        if key in ('ATTR', 'ATTRS') and not re.fullmatch(ATTRIBUTES.get(name, ''), value):
            yield f'{name} is no attribute of a modem, or "{value}" not its form'
    elif key not in ASSIGNS or operator != '=':
        yield f'{key} cannot be set, or not by {operator}'
    elif key == 'ENV' and value not in PROPERTIES.get(name, ()):
        yield f'nobody reads {name}="{value}"'
    elif key == 'IMPORT' and (name, value) != ('builtin', 'path_id'):
        yield f'{value} is not imported'


def offences_in_jumps(lines):
    labels = {}
    for number, pairs in lines:
        for key, _, _, value in pairs:
            if key == 'LABEL' and labels.setdefault(value, number) != number:
                yield number, f'the label {value} is there twice'
    jumps = [(number, value) for number, pairs in lines for key, _, _, value in pairs if key == 'GOTO']
    for number, label in jumps:
        if labels.get(label, 0) <= number:
            yield number, f'no label {label} comes after this'
    for label in labels.keys() - {label for _, label in jumps}:
        yield labels[label], f'nothing jumps to the label {label}'


def offences_in_ids(lines):
    seen = set()
    for number, pairs in lines:
        attributes = {name: value for key, name, operator, value in pairs if key == 'ATTRS' and operator == '=='}
        vendor, product = attributes.get('idVendor'), attributes.get('idProduct')
        if product and not vendor:
            yield number, f'the product {product} of no vendor'
        if vendor and 'serial' not in attributes:
            if (vendor, product) in seen or (vendor, None) in seen:
                yield number, f'{vendor}:{product} is there twice, or after all of its vendor'
            seen.add((vendor, product))


def offences(text):
    """(line number, what)"""
    lines = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith('#'):
            continue
        pairs = pairs_of(line)
        if pairs is None or line != line.strip():
            yield number, 'this is no list of KEY{name}=="value"'
            continue
        lines.append((number, pairs))
        for pair in pairs:
            yield from ((number, what) for what in offences_in_pair(*pair))
    if not any(name == 'OFFHOOK_DEVICE' for _, pairs in lines for _, name, _, _ in pairs):
        yield 0, 'nothing is announced'
    yield from offences_in_jumps(lines)
    yield from offences_in_ids(lines)


def ids_of_rules(text):
    """vendor:product each; without a product where all of a vendor are meant."""
    rows = (re.findall(r'ATTRS\{id(?:Vendor|Product)\}=="(\w+)"', line) for line in text.splitlines())
    return {':'.join(row) for row in rows if row}


def ids_of_page(text):
    """The first cells of its tables: "0572:1321", "04c1:0020, 3021; 0506:3021", "12d1"."""
    found = set()
    for table in re.findall(r'^\.TS$(.*?)^\.TE$', text, re.M | re.S):
        for group in (group for line in table.splitlines() if '|' in line and '(' not in line.split('|')[0]
                      for group in line.split('|')[0].split(';')):
            vendor, colon, products = group.strip().partition(':')
            found |= {f'{vendor}:{product.strip()}' for product in products.split(',')} if colon else {vendor}
    return found


def offences_between(rules, page):
    for missing in sorted(ids_of_rules(rules) - ids_of_page(page)):
        yield f'{PAGE}:0: does not tell of {missing}'
    for unknown in sorted(ids_of_page(page) - ids_of_rules(rules)):
        yield f'{PAGE}:0: tells of {unknown}, which no rule has'


def check_page(root):
    found = list(offences_between(*(read(os.path.join(root, path)) for path in (RULES, PAGE))))
    print(*found, sep='\n')
    return 1 if found else 0


def read(path):
    with open(path, encoding='utf-8') as file:
        return file.read()


def check(paths):
    found = 0
    for path in paths:
        for number, what in offences(read(path)):
            print(f'{path}:{number}: {what}')
            found += 1
    return 1 if found else 0


GOOD = '''# a modem
ACTION=="remove", GOTO="end"
ATTRS{idVendor}=="0572", ATTRS{idProduct}=="1329", ENV{OFFHOOK_DEVICE}="1"
ATTRS{idVendor}=="0572", ATTRS{idProduct}=="1340", ENV{OFFHOOK_DEVICE}="1"
LABEL="end"
'''
PLANTS = [
    ('ACTION==', 'ACTOIN==', 'nothing can be matched'),
    ('ACTION=="remove",', 'ACTION=="remove"', 'no list'),
    ('"1340", ', '"1340",\\\n ', 'no list'),
    ('GOTO="end"', 'GOTO="ende"', 'no label ende'),
    ('LABEL="end"', 'LABEL="end"\nLABEL="end"', 'twice'),
    ('LABEL="end"', 'LABEL="end"\nLABEL="other"', 'nothing jumps'),
    ('"1340"', '"1329"', '0572:1329 is there twice'),
    ('"1340"', '"13409"', 'not its form'),
    ('"0572"', '"0x572"', 'not its form'),
    ('"0572"', '"057A"', 'not its form'),
    ('ATTRS{idProduct}==', 'ATTRS{idProduct}=', 'cannot be set'),
    ('ENV{OFFHOOK_DEVICE}="1"', 'ENV{OFFHOOK_DEVICES}="1"', 'nobody reads'),
    ('ENV{OFFHOOK_DEVICE}="1"', 'ENV{OFFHOOK_DEVICE}+="1"', 'cannot be set'),
    ('ENV{OFFHOOK_DEVICE}="1"', 'RUN{program}+="/bin/x"', 'cannot be set'),
    ('ATTRS{idVendor}=="0572", ', '', 'of no vendor'),
    ('OFFHOOK_DEVICE', 'OFFHOOK_PORT', 'nothing is announced'),
]


def self_test():
    page = '.TS\ntab(|);\n0572:1329, 1340|x\n.TE\n'
    missed = [f'the page: {what}' for what in offences_between(GOOD, page)]
    for old, new in ('1340', '1341'), (', 1340', ''), ('0572', '0573'):
        if not list(offences_between(GOOD, page.replace(old, new))):
            missed.append(f'does not find in the page: {new!r}')
    missed += [f'finds an offence where there is none: {what}' for _, what in offences(GOOD)]
    for old, new, expected in PLANTS:
        if old not in GOOD or not any(expected in what for _, what in offences(GOOD.replace(old, new))):
            missed.append(f'does not find: {new!r}')
    print(*missed, sep='\n')
    return 1 if missed else 0


def main(arguments):
    if arguments == ['--self-test']:
        return self_test()
    if os.path.isdir(arguments[0]):
        return check([os.path.join(arguments[0], RULES)]) or check_page(arguments[0])
    return check(arguments)


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
