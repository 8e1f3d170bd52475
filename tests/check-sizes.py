#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Sizes, names and licence lines: the rules of HACKING.md that a scan can see."""

import pathlib
import re
import sys

sys.dont_write_bytecode = True
import sources  # noqa: E402

FUNCTION_MAX = 60
FILE_MAX = 600
NAMES = ('util', 'utils', 'helper', 'helpers', 'common', 'misc', 'data', 'info')
TYPE = re.compile(r'\bOh(?!Dbus)[A-Z]\w*(?:Utils?|Helpers?|Common|Misc|Data|Info)\b')
LATER = re.compile(r'\b(TO' r'DO|FIX' r'ME|X' r'XX)\b')
SPDX = 'SPDX-License-Identifier: LGPL-2.1-or-later'
SPDX_WITHIN = 10  # an XML file begins with its own lines
LICENSED = {'.c', '.h', '.py', '.sh', '.xml', '.in', '.build', '.bash', '.rules', '.sysusers',
            '.catalog', '.po', '.1', '.5', '.7', '.8'}
COUNTED = {'.c', '.h', '.py', '.sh'}


def is_script(root, path):
    if path.suffix:
        return False
    with open(pathlib.Path(root) / path, 'rb') as file:
        return file.read(2) == b'#!'


def functions(text):
    """(name, first line, last line) of each function; text without comments and strings."""
    text = re.sub(r'^[ \t]*#(?:[^\n\\]|\\.|\\\n)*', lambda m: sources.blank(m.group()), text,
                  flags=re.MULTILINE)
    depth = 0
    chunk = 0
    name = None
    for match in re.finditer(r'[{};]', text):
        here = match.start()
        if match.group() == '{':
            if depth == 0:
                name = function_name(text, chunk, here)
            depth += 1
        elif match.group() == '}':
            depth -= 1
            if depth == 0 and name:
                yield (name.group(1), text.count('\n', 0, chunk + name.start(1)) + 1,
                       text.count('\n', 0, here) + 1)
        if depth == 0:
            chunk = match.end()


def function_name(text, start, end):
    """The match of the name before a brace of the outermost level, None if it opens something else."""
    head = text[start:end]
    if '=' in head or not head.rstrip().endswith((')', 'NORETURN')):
        return None
    # The name begins its line (GNU style) or follows its type; macros that stand before it do neither.
    names = list(re.finditer(r'^(?:[A-Za-z_][\w \t*]*[ \t*])?([A-Za-z_]\w*)[ \t]*\(', head,
                             flags=re.MULTILINE))
    return names[-1] if names else None


def check_c(path, text):
    bare = sources.without_comments(text, strings=False)
    for name, first, last in functions(bare):
        if last - first + 1 > FUNCTION_MAX:
            yield f'{path}:{first}: {name} has {last - first + 1} lines, more than {FUNCTION_MAX}'
    for number, line in enumerate(bare.splitlines(), 1):
        if re.search(r'\bgoto\b', line):
            yield f'{path}:{number}: goto'
        for match in TYPE.finditer(line):
            yield f'{path}:{number}: {match.group()} says nothing: name it for what it is'


def check_name(path):
    for part in path.parts:
        for word in re.split(r'[-_.]', part.lower()):
            if word in NAMES:
                yield f'{path}:1: "{word}" in a name says nothing'


def check(root):
    for path in sources.walk(root):
        script = is_script(root, path)
        yield from check_name(path)
        if not script and path.suffix not in LICENSED and path.name != 'meson_options.txt':
            continue
        text = sources.read(root, path)
        lines = text.splitlines()
        if not any(SPDX in line for line in lines[:SPDX_WITHIN]):
            yield f'{path}:1: no line "{SPDX}"'
        if (script or path.suffix in COUNTED) and len(lines) > FILE_MAX:
            yield f'{path}:{FILE_MAX + 1}: the file has {len(lines)} lines, more than {FILE_MAX}'
        for number, line in enumerate(lines, 1):
            if LATER.search(line):
                yield f'{path}:{number}: {LATER.search(line).group()}: do it now or open an issue'
        if path.suffix in ('.c', '.h'):
            yield from check_c(path, text)


HEAD = f'// {SPDX}\n'
LONG = '  g_print ("}");\n' * (FUNCTION_MAX - 3)
BASE = {
    'daemon/line.c': HEAD + '''#define OPEN {
static const int table[] = { 1,
''' + '  2,\n' * 100 + '''};
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OhLine, oh_line_free)

/* goto { */
static void
sixty_lines (void)
{
''' + LONG + '}\n',
    'script/demo': f'#!/bin/sh\n# {SPDX}\n',
    'docs/offhookd.8': f'.\\" {SPDX}\n',
    'README.md': 'Any length, no licence line.\n',
}
PLANTS = [
    ('daemon/call.c', HEAD + '\nvoid\nsixty_one (int a)\n{\n' + LONG + '\n}\n',
     'daemon/call.c:4: sixty_one has 61 lines'),
    ('daemon/call.c', HEAD + 'G_DEFINE_FINAL_TYPE (A, b, C)\n\nstatic char *\nlong_one (int (*f) (int),\n'
     '          int b)\n{\n#if A\n  if (a) {\n#else\n  if (b) {\n#endif\n  }\n' + LONG + '}\n}\n',
     'daemon/call.c:5: long_one has'),
    ('tests/test-a.c', HEAD + 'int main (int argc, char **argv) {' + '\n' * 60 + '}\n',
     'tests/test-a.c:2: main has 61 lines'),
    ('sim/plan.c', HEAD + '\n' * FILE_MAX, f'sim/plan.c:{FILE_MAX + 1}: the file has'),
    ('script/demo', f'#!/bin/sh\n# {SPDX}\n' + ':\n' * FILE_MAX, f'script/demo:{FILE_MAX + 1}: the'),
    ('daemon/call.c', HEAD + 'void\nf (void)\n{\n  goto out;\n}\n', 'daemon/call.c:5: goto'),
    ('daemon/call.c', HEAD + '/* TO' 'DO: more */\n', 'daemon/call.c:2: TO' 'DO'),
    ('tests/check-a.py', f'# {SPDX}\n# FIX' 'ME\n', 'tests/check-a.py:2: FIX' 'ME'),
    ('daemon/at/call-util.c', HEAD, 'daemon/at/call-util.c:1: "util"'),
    ('data/offhook.rules', f'# {SPDX}\n', 'data/offhook.rules:1: "data"'),
    ('daemon/call.h', HEAD + 'typedef struct _OhCallInfo OhCallInfo;\n',
     'daemon/call.h:2: OhCallInfo'),
    ('daemon/call.c', '/* A call. */\n', 'daemon/call.c:1: no line "SPDX'),
    ('script/demo', '#!/bin/sh\n', 'script/demo:1: no line "SPDX'),
    ('docs/offhookd.8', '.TH OFFHOOKD 8\n', 'docs/offhookd.8:1: no line "SPDX'),
]

if __name__ == '__main__':
    if sys.argv[1:] == ['--self-test']:
        sys.exit(sources.self_test(__file__, BASE, PLANTS))
    sys.exit(sources.run(check, __file__))
