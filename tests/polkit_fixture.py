# SPDX-License-Identifier: LGPL-2.1-or-later
"""The real polkitd, clients of several users, and offhookd: for programs run by with-polkit."""

import grp
import json
import os
import pathlib
import pwd
import shutil
import signal
import subprocess
import sys
import threading
import time
import unittest

from gi.repository import GLib

from sim_fixture import TapResult

DEADLINE = 30
NAME = 'org.offhook.Telephony1'
HOME = '/org/offhook/Telephony1/line/home'
ACTIONS = ('identify', 'dial', 'control', 'audio', 'configure', 'raw')
AUTHORITY = ['org.freedesktop.PolicyKit1', '/org/freedesktop/PolicyKit1/Authority',
             'org.freedesktop.PolicyKit1.Authority']
RULES = pathlib.Path('/etc/polkit-1/rules.d')
LOGIND = pathlib.Path('/run/systemd')
FOLDER = pathlib.Path('/run/offhook-test')
PEER = (pathlib.Path(__file__).parent / 'polkit_peer.py').read_text(encoding='utf-8')


class Refused(Exception):
    """What a call was answered with; str() is the last word of the error's name."""

    def __init__(self, name, text):
        super().__init__(name.rsplit('.', 1)[1])
        self.name, self.text = name, text


def as_user(user, groups=None):
    """Options for Popen. The groups are those of the user database, which polkit looks at, too."""
    entry = pwd.getpwnam(user)
    if groups is None:
        groups = [g.gr_gid for g in grp.getgrall() if user in g.gr_mem]
    return {'user': entry.pw_uid, 'group': entry.pw_gid, 'extra_groups': groups, 'cwd': '/'}


def wait_for(condition):
    end = time.monotonic() + DEADLINE
    while not condition():
        if time.monotonic() > end:
            raise AssertionError('what was waited for has not come')
        time.sleep(0.01)


class Lines:
    """The lines that a process prints, waited for with a deadline."""

    def __init__(self, process):
        self.lines, self.changed, self.ended = [], threading.Condition(), False
        self.process = process
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            with self.changed:
                self.lines.append(line.rstrip('\n'))
                self.changed.notify_all()
        with self.changed:
            self.ended = True
            self.changed.notify_all()

    def until(self, find, seconds=DEADLINE):
        """What find(lines) returns, once it is not None; AssertionError when it stays that."""
        with self.changed:
            self.changed.wait_for(lambda: self.ended or find(self.lines) is not None, seconds)
            found = find(self.lines)
            if found is None:
                raise AssertionError('\n'.join(['not among these lines:', *self.lines]))
            return found


class Peer:
    """A connection of a user's, from a process of that user, and its listeners."""

    def __init__(self, user, groups=None):
        self.process = subprocess.Popen(['/usr/bin/python3', '-c', PEER], text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        **as_user(user, groups))
        self.said = Lines(self.process)
        self.asked = 0
        self.name = self.said.until(lambda lines: json.loads(lines[0])['name'] if lines else None)

    def close(self):
        self.process.stdin.close()
        self.process.wait(DEADLINE)
        self.process.stdout.close()

    def begin(self, do, **words):
        self.asked += 1
        words.update(do=do, id=self.asked)
        self.process.stdin.write(json.dumps(words) + '\n')
        self.process.stdin.flush()
        return self.asked

    def find_answer(self, request):
        def find(lines):
            answers = (json.loads(line) for line in lines)
            return next((a for a in answers if a.get('id') == request), None)
        return find

    def end(self, request):
        """The reply, unpacked; of one value that value."""
        answer = self.said.until(self.find_answer(request))
        if 'error' in answer:
            raise Refused(answer['error'], answer['text'])
        values = GLib.Variant.parse(None, answer['reply']).unpack()
        return values[0] if len(values) == 1 else values

    def is_answered(self, request):
        with self.said.changed:
            return self.find_answer(request)(self.said.lines) is not None

    def begin_call(self, target, method, arguments='()', interactive=False):
        return self.begin('call', call=[*target, method], arguments=arguments,
                          interactive=interactive)

    def call(self, *arguments, **options):
        return self.end(self.begin_call(*arguments, **options))

    def line(self, method, arguments='()', **options):
        return self.call([NAME, HOME, NAME + '.Line'], method, arguments, **options)

    def phone(self, method, arguments='()', number=1):
        """A method of the line's call of that number."""
        return self.call([NAME, f'{HOME}/call/{number}', NAME + '.Call'], method, arguments)

    def listen(self, path, answers=True):
        self.end(self.begin('listen', path=path, answers=answers))

    def begin_open(self, path='/handle', options='@a{sv} {}', answers=True):
        """A listener at path, to be open on the line."""
        self.listen(path, answers)
        return self.begin_call([NAME, HOME, NAME + '.Line'], 'Open',
                               f"(objectpath '{path}', {options})")

    def open(self, *arguments, **options):
        """A listener, open on the line; the snapshot."""
        return self.end(self.begin_open(*arguments, **options))

    def answer(self):
        self.end(self.begin('answer'))

    def watch(self, interface, member):
        self.end(self.begin('watch', interface=interface, member=member))

    def heard(self, word):
        """The arguments of all the messages of that name so far, unpacked."""
        with self.said.changed:
            lines = list(self.said.lines)
        return [GLib.Variant.parse(None, line['arguments']).unpack()
                for line in map(json.loads, lines) if line.get('heard') == word]

    def heard_until(self, word, fits=lambda *arguments: True):
        def find(lines):
            return next((a for a in self.heard(word) if fits(*a)), None)
        return self.said.until(find)

    def event_until(self, *kinds, after=0, **details):
        """The details of the first event after that serial of one of the kinds, with these details;
        None as a detail: there is none."""
        def fits(line, serial, when, kind, call, told):
            return (serial > after and kind in kinds
                    and all(told.get(key) == value for key, value in details.items()))
        return self.heard_until('Event', fits)[5]

    def last_serial(self):
        events = self.heard('Event')
        return events[-1][1] if events else 0


class Authority:
    """polkitd, its rules and sessions. A change of these is waited for: polkitd says Changed."""

    def __init__(self):
        self.watcher = Peer('root')
        self.watcher.watch(AUTHORITY[2], 'Changed')

    def close(self):
        self.watcher.close()

    def ask(self, peer, subject, action):
        """Has peer ask whether subject may do it: a request for peer.end()."""
        return peer.begin_call(AUTHORITY, 'CheckAuthorization',
                               f"(('system-bus-name', {{'name': <'{subject.name}'>}}),"
                               f" '{NAME}.{action}', @a{{ss}} {{}}, uint32 0, '')")

    def check(self, subject, action, asker=None):
        """"yes", "challenge" or "no"."""
        asker = asker or self.watcher
        is_authorized, is_challenge, _ = asker.end(self.ask(asker, subject, action))
        return 'yes' if is_authorized else 'challenge' if is_challenge else 'no'

    def after_change(self, change):
        count = len(self.watcher.heard('Changed'))
        change()
        self.watcher.said.until(
            lambda lines: len(self.watcher.heard('Changed')) > count or None)
        # One change may be several to it; they are all there before this.
        self.watcher.call([*AUTHORITY[:2], 'org.freedesktop.DBus.Peer'], 'Ping')

    def set_rule(self, name, text):
        """Replaces the file of rules at once; without a text it is removed."""
        if text is None:
            self.after_change((RULES / name).unlink)
            return
        new = RULES / (name + '.new')
        new.write_text(text, encoding='utf-8')
        self.after_change(lambda: new.rename(RULES / name))

    def allow(self, user, *actions):
        """A rule file of that user's name, by which he may do just these."""
        names = json.dumps([f'{NAME}.{action}' for action in actions])
        self.set_rule(f'{user}.rules', f'''polkit.addRule(function (action, subject) {{
            if (subject.user == "{user}" && {names}.indexOf(action.id) >= 0)
                return polkit.Result.YES;
        }});''')

    def reset(self):
        for file in RULES.iterdir():
            self.set_rule(file.name, None)

    def signal(self, number):
        os.kill(self.ask_bus('GetConnectionUnixProcessID'), number)

    def stop(self):
        """It stays on the bus, and does not answer."""
        self.signal(signal.SIGSTOP)

    def go_on(self):
        self.signal(signal.SIGCONT)

    def kill(self):
        self.signal(signal.SIGKILL)
        wait_for(lambda: not self.is_there())

    def start(self):
        subprocess.Popen(['/usr/lib/polkit-1/polkitd', '--no-debug'], stdout=subprocess.DEVNULL,
                         stderr=subprocess.DEVNULL)
        wait_for(self.is_there)

    def recover(self):
        """For the end of a test that stops or kills it: the next one finds it well."""
        if self.is_there():
            self.go_on()
        else:
            self.start()

    def ask_bus(self, method):
        return self.watcher.call(['org.freedesktop.DBus', '/', 'org.freedesktop.DBus'], method,
                                 f"('{AUTHORITY[0]}',)")

    def is_there(self):
        return self.ask_bus('NameHasOwner')


def log_in(authority, peer, active):
    """A session of the peer's process on the first seat, as logind notes it; log_out() ends it."""
    uid = os.stat(f'/proc/{peer.process.pid}').st_uid
    scope = f'/user.slice/user-{uid}.slice/session-s{uid}.scope'
    control = LOGIND / f'cgroup-{uid}'
    control.write_text(f'1:name=systemd:{scope}\n0::{scope}\n', encoding='utf-8')
    subprocess.run(['mount', '--bind', control, f'/proc/{peer.process.pid}/cgroup'], check=True)
    switch(authority, peer, active)


def switch(authority, peer, active):
    """The session becomes the active one of its seat, or another does."""
    uid = os.stat(f'/proc/{peer.process.pid}').st_uid
    state = 'active' if active else 'online'
    (LOGIND / f'users/{uid}').write_text(f'STATE={state}\n', encoding='utf-8')
    new = LOGIND / f'new-{uid}'
    new.write_text(f'UID={uid}\nACTIVE={int(active)}\nSTATE={state}\nREMOTE=0\nCLASS=user\n'
                   'SEAT=seat0\n', encoding='utf-8')
    authority.after_change(lambda: new.rename(LOGIND / f'sessions/s{uid}'))


def log_out(authority, peer):
    uid = os.stat(f'/proc/{peer.process.pid}').st_uid
    subprocess.run(['umount', f'/proc/{peer.process.pid}/cgroup'], check=True)
    authority.after_change((LOGIND / f'sessions/s{uid}').unlink)


class Daemon:
    """offhookd as the user offhook, with a simulated modem as line "home"; peer is anybody."""

    def __init__(self, peer, kind):
        self.running = []
        try:
            self.start(peer, kind)
        except BaseException:
            self.close()
            raise

    def start(self, peer, kind):
        FOLDER.mkdir(exist_ok=True)
        shutil.chown(FOLDER, 'offhook', 'offhook')
        modem = FOLDER / 'home'
        config = FOLDER / 'offhook.conf'
        config.write_text(f'[Line home]\nDevice={modem}\n')
        self.sim = self.run('OFFHOOK_SIM', '--time-scale=0.05', f'{kind}:{modem}',
                            stdin=subprocess.PIPE)
        Lines(self.sim).until(lambda lines: True if 'home ready' in ''.join(lines) else None)
        self.run('OFFHOOKD', '--config', config)
        subprocess.run(['gdbus', 'wait', '--system', '--timeout', str(DEADLINE), NAME], check=True)
        wait_for(lambda: self.state(peer) == 'in-service')

    @staticmethod
    def state(peer):
        return peer.call([NAME, HOME, 'org.freedesktop.DBus.Properties'], 'Get',
                         f"('{NAME}.Line', 'State')")

    def run(self, variable, *arguments, **options):
        """A copy of the program: the user may have no way to the build folder."""
        program = shutil.copy(os.environ[variable], FOLDER)
        process = subprocess.Popen([program, *arguments], text=True, stdout=subprocess.PIPE,
                                   **as_user('offhook'), **options)
        self.running.append(process)
        return process

    def say(self, command):
        self.sim.stdin.write(command + '\n')
        self.sim.stdin.flush()

    def close(self):
        for process in reversed(self.running):
            process.terminate()
            process.wait(DEADLINE)
            process.stdout.close()
            if process.stdin:
                process.stdin.close()


class Case(unittest.TestCase):
    def setUp(self):
        self.authority = Authority()
        self.addCleanup(self.authority.close)
        self.addCleanup(self.authority.reset)

    def peer(self, user, groups=None):
        peer = Peer(user, groups)
        self.addCleanup(peer.close)
        return peer

    def daemon(self, kind='cellular'):
        daemon = Daemon(self.authority.watcher, kind)
        self.addCleanup(daemon.close)
        return daemon

    def decisions(self, peer):
        return {action: self.authority.check(peer, action) for action in ACTIONS}


def inside(cases):
    suite = unittest.defaultTestLoader.loadTestsFromNames(sys.argv[3:] or cases,
                                                          sys.modules['__main__'])
    print('1..%d' % suite.countTestCases(), flush=True)
    return 0 if suite.run(TapResult()).wasSuccessful() else 1


def main(cases, usage):
    """Runs the program itself again under with-polkit, and there the tests."""
    if 'WITH_POLKIT' in os.environ:
        return inside(cases)
    if len(sys.argv) < 3:
        sys.exit(usage)
    status = subprocess.call([sys.argv[1], sys.argv[2], sys.executable, *sys.argv])
    if status == 77:
        print('1..0 # SKIP this machine has no mount namespaces')
        return 0
    return status
