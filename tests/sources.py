# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the checks share: which files are sources, C text without comments, planting offences."""

import os
import pathlib
import re
import subprocess
import sys
import tempfile

TOKENS = re.compile(
    r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'',
    re.DOTALL)


def walk(root):
    """Every file under root as a relative path, but for build folders and hidden ones."""
    root = pathlib.Path(root)
    for folder, folders, names in os.walk(root):
        here = pathlib.Path(folder)
        folders[:] = sorted(
            f for f in folders
            if not f.startswith('.') and f != '__pycache__'
            and not (here == root and f.startswith('build'))
            and not (here / f / 'meson-private').is_dir())
        for name in sorted(names):
            if not name.startswith('.') and not name.endswith('~'):
                yield (here / name).relative_to(root)


def read(root, path):
    return (pathlib.Path(root) / path).read_text(encoding='utf-8', errors='replace')


def blank(text):
    """The same number of characters and lines, with nothing on them."""
    return re.sub(r'[^\n]', ' ', text)


def without_comments(text, strings=True):
    """C text with comments, and if asked for strings too, blanked out; lines keep their numbers."""
    def replace(match):
        token = match.group()
        if token[0] == '/':
            return blank(token)
        return token if strings else token[0] + blank(token[1:-1]) + token[-1]
    return TOKENS.sub(replace, text)


def run(check, script):
    """The main function of a check: check(root) yields offences as 'file:line: text'."""
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else
                        pathlib.Path(script).resolve().parent.parent)
    offences = list(check(root))
    for offence in offences:
        print(offence)
    print(f'{len(offences)} offences')
    return 1 if offences else 0


def self_test(script, base, plants):
    """Each plant is (path, text, what the script must say of it); base alone must pass."""
    failures = 0
    for path, text, expected in [(None, None, '0 offences')] + plants:
        with tempfile.TemporaryDirectory() as root:
            for name, content in {**base, **({path: text} if path else {})}.items():
                target = pathlib.Path(root) / name
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(content, encoding='utf-8')
            ran = subprocess.run([sys.executable, script, root], capture_output=True, text=True,
                                 check=False)
        right = expected in ran.stdout and (ran.returncode != 0) == (path is not None)
        print('found' if right else 'NOT FOUND', expected)
        if not right:
            print(ran.stdout, ran.stderr, sep='\n')
            failures += 1
    return 1 if failures else 0
