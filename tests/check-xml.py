#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The XML is the contract: every interface, member and argument is documented, and so are the
errors of every method that the daemon answers. Those of the Listener are answered by clients."""

import pathlib
import re
import sys
import xml.parsers.expat

sys.dont_write_bytecode = True
import sources  # noqa: E402

PREFIX = 'org.offhook.Telephony1'
PERMISSIONS = {'identify', 'dial', 'control', 'audio', 'configure', 'raw'}
STANDARD = {'InvalidArgs', 'UnknownObject', 'UnknownMethod', 'UnknownInterface', 'LimitsExceeded'}
MEMBERS = ('method', 'signal', 'property')


class Comment:
    """A gdbus-codegen comment: 'Name:', '@argument: text' lines, paragraphs."""

    def __init__(self, text):
        match = re.match(r'\s*([\w.]+):[ \t]*(?:\n|$)', text)
        self.name = match.group(1) if match else None
        rest = text[match.end():] if match else ''
        head, _, self.body = rest.partition('\n\n') if '@' in rest.split('\n\n')[0] \
            else ('', '', rest)
        self.arguments = {}
        for part in re.split(r'^\s*(?=@)', head, flags=re.MULTILINE):
            name, _, meaning = part.partition(':')
            if name.strip().startswith('@'):
                self.arguments[name.strip()[1:]] = meaning.strip()


class Reader:
    """Collects the offences of one file."""

    def __init__(self, path, errors):
        self.path, self.errors = path, errors
        self.offences = []
        self.comment = None
        self.interface = ''
        self.member = None  # (kind, name, line, comment, argument names)
        self.parser = xml.parsers.expat.ParserCreate()
        self.parser.CommentHandler = self.on_comment
        self.parser.StartElementHandler = self.on_start
        self.parser.EndElementHandler = self.on_end

    def complain(self, line, text):
        self.offences.append(f'{self.path}:{line}: {text}')

    def on_comment(self, text):
        self.comment = Comment(text)

    def on_start(self, tag, attributes):
        line = self.parser.CurrentLineNumber
        if tag == 'interface':
            self.interface = attributes['name']
            self.check_interface(line)
        elif tag in MEMBERS:
            self.member = (tag, attributes['name'], line, self.take_comment(attributes['name']), [])
        elif tag == 'arg':
            self.check_argument(attributes.get('name'), line)

    def on_end(self, tag):
        if tag in MEMBERS:
            self.check_member()
            self.member = None

    def take_comment(self, name):
        comment, self.comment = self.comment, None
        return comment if comment and comment.name == name else None

    def check_interface(self, line):
        comment = self.take_comment(self.interface)
        if not comment or not comment.body.strip():
            self.complain(line, f'{self.interface} is not documented')
        elif not comment.arguments.get('short_description'):
            self.complain(line, f'{self.interface} has no @short_description')

    def check_argument(self, name, line):
        comment, names = self.member[3:]
        names.append(name)
        if name is None:
            self.complain(line, f'an argument of {self.member[1]} has no name')
        elif comment and not comment.arguments.get(name):
            self.complain(line, f'{self.member[1]}: @{name} is not documented')

    def check_member(self):
        kind, name, line, comment, names = self.member
        if not comment or not comment.body.strip():
            self.complain(line, f'{kind} {name} is not documented')
            return
        for argument in comment.arguments:
            if argument not in names:
                self.complain(line, f'{name}: @{argument} is documented but is no argument')
        if kind == 'method' and self.interface != f'{PREFIX}.Listener':
            self.check_errors(name, line, comment.body)

    def check_errors(self, name, line, body):
        _, found, listed = body.partition('Possible errors:')
        if not found:
            self.complain(line, f'{name} does not say its "Possible errors:"')
            return
        for error in re.findall(r'(?<![\w.])\.([A-Z]\w*)', listed):
            if error not in self.errors:
                self.complain(line, f'{name}: no error .{error} in daemon/error.c')
        for error in re.findall(r'org\.freedesktop\.DBus\.Error\.(\w+)', listed):
            if error not in STANDARD:
                self.complain(line, f'{name}: no standard error {error}')
        needed = re.search(r'Needs\s+the\s+(\w+)\s+permission', body)
        if needed and needed.group(1) not in PERMISSIONS:
            self.complain(line, f'{name}: there is no permission "{needed.group(1)}"')
        if needed and '.NotAuthorized' not in listed:
            self.complain(line, f'{name} needs a permission but does not list .NotAuthorized')


def check(root):
    table = sources.without_comments(sources.read(root, 'daemon/error.c'))
    errors = set(re.findall(rf'"{re.escape(PREFIX)}\.Error\.(\w+)"', table))
    if not errors:
        yield 'daemon/error.c:1: no error table found'
    for path in sources.walk(root):
        if path.parts[0] != 'dbus' or path.suffix != '.xml':
            continue
        reader = Reader(path, errors)
        try:
            reader.parser.Parse(sources.read(root, path), True)
        except xml.parsers.expat.ExpatError as error:
            reader.complain(error.lineno, xml.parsers.expat.errors.messages[error.code])
        yield from reader.offences


HEAD = '''<node>
  <!--
    org.offhook.Telephony1.Line:
    @short_description: A line

    What it is.
  -->
  <interface name="org.offhook.Telephony1.Line">
'''
TAIL = '</interface></node>\n'
GOOD = '''<!--
  Dial:
  @number: Digits: "0"
    to "9".

  Dials. Needs the dial permission.

  Possible errors: .Busy (now), .NotAuthorized, org.freedesktop.DBus.Error.InvalidArgs.
-->
<method name="Dial"><arg name="number" type="s" direction="in"/></method>
'''
BASE = {
    'daemon/error.c': '{ A, "org.offhook.Telephony1.Error.Busy" },\n'
                      '{ B, "org.offhook.Telephony1.Error.NotAuthorized" },\n'
                      '/* { C, "org.offhook.Telephony1.Error.Gone" }, */\n',
    'dbus/base.xml': HEAD + GOOD + TAIL,
}


def plant(expected, *changes, of=GOOD, head=HEAD):
    for old, new in changes:
        assert old in of + head
        of, head = of.replace(old, new), head.replace(old, new)
    return ('dbus/a.xml', head + of + TAIL, expected)


PLANTS = [
    plant('dbus/a.xml:8: org.offhook.Telephony1.Line is not documented', ('What it is.', '')),
    plant('dbus/a.xml:8: org.offhook.Telephony1.Line has no @short', ('A line', '')),
    plant('dbus/a.xml:18: method Dial is not documented', ('  Dial:', '  Dail:')),
    plant('dbus/a.xml:9: property State is not documented',
          of='<property name="State" type="s" access="read"/>\n'),
    plant('dbus/a.xml:9: signal Rang is not documented', of='<signal name="Rang"/>\n'),
    plant('dbus/a.xml:18: Dial: @number is not documented', ('@number', '@digits')),
    plant('dbus/a.xml:18: Dial: @digits is documented but', ('@number', '@digits')),
    plant('dbus/a.xml:17: Dial: @number is not documented',
          ('@number: Digits: "0"\n    to "9".', '@number:')),
    plant('dbus/a.xml:18: an argument of Dial has no name', ('<arg name="number" ', '<arg ')),
    plant('dbus/a.xml:18: Dial does not say its "Possible errors:"', ('Possible', 'Some')),
    plant('dbus/a.xml:18: Dial: no error .Gone', ('.Busy', '.Gone')),
    plant('dbus/a.xml:18: Dial: no standard error Invalid', ('InvalidArgs', 'Invalid')),
    plant('dbus/a.xml:18: Dial: there is no permission "call"', ('the dial', 'the call')),
    plant('dbus/a.xml:18: Dial needs a permission but', ('.NotAuthorized, ', '')),
    plant('dbus/a.xml:19: mismatched tag', ('</method>', '')),
]

if __name__ == '__main__':
    if sys.argv[1:] == ['--self-test']:
        sys.exit(sources.self_test(__file__, BASE, PLANTS))
    sys.exit(sources.run(check, __file__))
