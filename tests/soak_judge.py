#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""soak_judge.py FOLDER: whether what soak.py's listeners were told is what happened.

FOLDER/ledger has what the simulator did, FOLDER/told-* what each listener heard, FOLDER/end how things were at the end,
FOLDER/log what the daemon wrote. Prints what was compared, and each lie; exits with 1 if there is one."""

import collections
import glob
import json
import os
import re
import sys

# States that may follow; unknown may follow any but ended, and any may follow unknown.
ONWARD = ['dialtone', 'dialing', 'proceeding', 'ringback', 'connected', 'busy', 'special-info', 'disconnected', 'ended']
LEGAL = {
    'offering': {'connected', 'held', 'disconnected', 'ended'},
    **{state: set(ONWARD[i + 1:]) | {'held'} for i, state in enumerate(ONWARD[:4])},
    'connected': {'held', 'ringback', 'busy', 'special-info', 'disconnected', 'ended'},
    'held': {'connected', 'disconnected', 'ended'},
    'busy': {'connected', 'disconnected', 'ended'},
    'special-info': {'connected', 'disconnected', 'ended'},
    'disconnected': {'ended'},
    'ended': set(),
}
ENDS = ('caller-gave-up', 'remote-hung-up', 'hung-up-by-host', 'vanished', 'rebooted', 'no-answer', 'no-carrier')
# For so long after its end a fault may still be the reason for what is told, in seconds: a modem that was mute or gone is
# found again at the daemon's leisure, one that lost a byte with its next line.
AFTER = {'mute': 20, 'gone': 12, 'reboot': 12, 'slow': 8, 'refuse': 12, 'garbage': 12, 'lose': 12, 'split': 2}
MAKES_UP = ('garbage', 'lose', 'split')  # what may look like a ring, or like another number
NO_TONE = 'landlineusr'  # modems that hear dial tones where none are: theirs end nothing
RESTART = 3
SOON = 5      # from a first ring to its event
LATE = 8      # from the end of a ringing call to when that is certain
ALLOWED_LOG = re.compile(r'The service manager|no sleep inhibitor|logind|PolicyKit|Failed to set fd limit|'
                         r'is suspect|is recovering|is failed|ModemManager')
BAD_LOG = re.compile(r'CRITICAL|WARNING|ERROR|[Aa]ssertion|Sanitizer')
GROWTH_KB = 1024


class Call:
    def __init__(self, number, began, incoming):
        self.number, self.began, self.incoming, self.ended = number, began, incoming, None
        self.unheard = False


class Judge:
    def __init__(self, folder):
        self.folder, self.lies, self.compared = folder, [], collections.Counter()
        self.ledger = self.read('ledger')
        self.end = json.load(open(os.path.join(folder, 'end'), encoding='utf-8'))
        self.calls = collections.defaultdict(list)  # line -> Call
        self.troubles = collections.defaultdict(list)  # line -> (begin, end, kind)
        self.kills = []
        self.dead = {f'told-{entry["listener"]}' for entry in self.ledger if 'listener' in entry}  # they hear no ends
        self.read_ledger()

    def read(self, name):
        with open(os.path.join(self.folder, name), encoding='utf-8') as file:
            return [json.loads(line) for line in file if line.endswith('\n')]

    def lie(self, text, at=None):
        """With what happened then on the line that is named."""
        self.lies.append(text)
        print(f'# LIE: {text}')
        for entry in self.ledger if at is not None else []:
            line = entry.get('line') or entry.get('asked', [''])[0].split('/')[0]
            if at - 4 < entry['at'] < at + 1 and (line in text and line or 'daemon' in entry):
                print(f'#    {entry["at"] - at:+.2f} {({k: v for k, v in entry.items() if k not in ("at", "line")})}')

    # What happened

    def read_ledger(self):
        rung, open_faults, killed = {}, {}, None
        for entry in self.ledger:
            at, line = entry['at'], entry.get('line')
            if 'fault' in entry and entry['begins']:
                open_faults[line] = at
            elif 'fault' in entry:
                kind = entry['fault']
                self.troubles[line].append((open_faults.pop(line), at + AFTER[kind], kind))
            elif entry.get('daemon') == 'killed':
                killed = at
            elif entry.get('daemon') == 'ready' and killed is not None:
                self.kills.append((killed, at))
            elif 'do' in entry:
                match = re.match(r'ring number=(\d+)', entry['do'])
                rung[line] = match.group(1) if match else rung.get(line)
            elif 'said' in entry:
                self.take_said(line, entry['said'], at, rung)

    def take_said(self, line, said, at, rung):
        word = said.split(' ')
        live = [call for call in self.calls[line] if call.ended is None]
        if said == 'ring 1' or (word[0] == 'ring' and rung.get(line) and not live):
            if rung.get(line):
                self.calls[line].append(Call(rung.pop(line), at, True))
        elif word[0] == 'dialled':
            self.calls[line].append(Call(word[1], at, False))
        elif word[0] in ENDS:
            for call in live:
                call.ended = at
        elif said == 'off-hook' and line.startswith(NO_TONE) and self.calls[line]:
            self.calls[line][-1].unheard = True  # answered when the caller had gone: there is but a dial tone

    def trouble(self, line, begin, end, kinds=None):
        """What went on there and then that may explain much."""
        for start, stop, kind in self.troubles[line]:
            if start <= end and begin <= stop and (kinds is None or kind in kinds):
                return kind
        for start, stop in self.kills:
            if kinds is None and start - 0.5 <= end and begin <= stop + RESTART:
                return 'killed'
        return None

    # What was told

    def judge_listener(self, name):
        told = self.read(name)
        opened = next(entry['at'] for entry in told if 'open' in entry)
        last = told[-1]['at']
        events = [(entry['at'], *entry['event']) for entry in told if 'event' in entry]
        for entry in told:
            if 'release' in entry:
                self.lie(f'{name}: released from {entry["release"]}', entry['at'])
        by_line = collections.defaultdict(list)
        for at, line, *event in events:
            by_line[line].append((at, *event))
        snapshots = {entry['snapshot'][0]: entry for entry in told if 'snapshot' in entry}
        for line in self.end['lines']:
            kept = self.judge_serials(name, line, by_line[line])
            paths = self.judge_states(name, kept, snapshots[line])
            self.judge_invented(name, line, paths)
            self.judge_lost(name, line, paths, opened, last)

    def judge_serials(self, name, line, events):
        """None lost, none doubled but one that a daemon before had no answer to: the same once more."""
        kept = []
        for event in events:
            serial = event[1]
            self.compared['events'] += 1
            if kept and serial == kept[-1][1]:
                between = [k for k in self.kills if event[0] - 1 <= k[1] and k[0] <= event[0] + 3]  # of its time
                if not between or event[1:] != kept[-1][1:]:
                    self.lie(f'{name}: {line}: serial {serial} twice', event[0])
                continue
            if serial != (kept[-1][1] + 1 if kept else 1):
                self.lie(f'{name}: {line}: serial {serial} after {kept[-1][1] if kept else 0}', event[0])
            kept.append(event)
        return kept

    def judge_states(self, name, events, snapshot):
        """path -> what is told of it; each begins once, ends once, and what is between is in order."""
        paths = {path: {'began': snapshot['at'], 'state': details['State'], 'ended': None, 'numbers': set(),
                        'found': True} for path, details in snapshot['snapshot'][1]}
        for at, _, kind, path, details in events:
            if path == '/':
                continue
            call = paths.get(path)
            if kind == 'new-call':
                if call is not None:
                    self.lie(f'{name}: {path}: begins twice', at)
                paths[path] = {'began': at, 'state': details.get('State'), 'ended': None, 'numbers': set(),
                               'found': details.get('Origin') == 'found' and self.dial_was_cut(path, at)}
                call = paths[path]
            elif call is None:
                self.lie(f'{name}: {path}: {kind} before its new-call', at)
                continue
            if call['ended'] is not None:
                self.lie(f'{name}: {path}: {kind} after its end', at)
            if 'Number' in details:
                call['numbers'].add(details['Number'])
            if kind == 'call-state':
                self.judge_step(name, path, call, details['State'], at)
        for path, call in paths.items():
            if call['ended'] is None and name not in self.dead:
                self.lie(f'{name}: {path}: never ended', call['began'])
        return paths

    def dial_was_cut(self, path, at):
        """The daemon was killed between Dial and its reply: what the modem did of it nobody knows."""
        line = path.split('/')[-3]
        return any(entry.get('asked') == [line, 'Dial'] and 'NoReply' in entry.get('error', '')
                   and at - RESTART <= entry['at'] <= at for entry in self.ledger)

    def judge_step(self, name, path, call, state, at):
        before = call['state']
        self.compared['steps'] += 1
        if before not in ('unknown', state) and state != 'unknown' and state not in LEGAL[before]:
            self.lie(f'{name}: {path}: {state} after {before}', at)
        call['state'] = state
        if state == 'ended':
            call['ended'] = at

    def judge_invented(self, name, line, paths):
        for path, told in paths.items():
            if told['found']:
                continue
            self.compared['calls told'] += 1
            at = told['began']
            real = [call for call in self.calls[line]
                    if call.began - 1 <= at and (call.ended is None or at <= call.ended + 2)]
            numbers = {call.number for call in self.calls[line]}
            made_up = self.trouble(line, at, at, MAKES_UP)
            if not real and not made_up and not (self.trouble(line, at, at) and numbers & told['numbers']):
                self.lie(f'{name}: {path}: there was no such call', at)
            if told['numbers'] - numbers and not made_up:
                self.lie(f'{name}: {path}: nobody has such a number', at)

    def judge_lost(self, name, line, paths, opened, last):
        for call in self.calls[line]:
            end = call.ended if call.ended is not None else call.began
            if call.began < opened + 0.5 or end + SOON > last or self.trouble(line, call.began - 1, end + 1):
                self.compared['calls excused'] += 1
                continue
            self.compared['calls'] += 1
            found = [path for path, told in paths.items() if call.number in told['numbers']]
            if not found:
                found = [path for path, told in paths.items() if not told['numbers']
                         and told['began'] <= call.began + SOON and self.call_of(line, told) is call]
            if len(found) != 1:
                self.lie(f'{name}: {line}: the call that began at {call.began:.2f} was told {len(found)} times', call.began)
                continue
            told = paths[found[0]]
            if abs(told['began'] - call.began) > SOON:
                self.lie(f'{name}: {found[0]}: told {told["began"] - call.began:.1f} s late', call.began)
            if call.ended is not None and not self.trouble(line, call.began, call.ended + LATE) \
                    and told['ended'] is not None and told['ended'] > call.ended + LATE and not call.unheard:
                self.lie(f'{name}: {found[0]}: its end was told {told["ended"] - call.ended:.1f} s late', call.ended)

    def call_of(self, line, told):
        """The one that began last before it was told of."""
        return next((call for call in reversed(self.calls[line]) if call.began <= told['began'] + 0.5), None)

    # How it is at the end

    def judge_end(self):
        for line, shown in self.end['lines'].items():
            self.compared['lines'] += 1
            if (shown['State'], shown['Health']) != ('in-service', 'healthy'):
                self.lie(f'{line}: {shown["State"]} ({shown["StateReason"]}), {shown["Health"]} ({shown["HealthReason"]}), '
                         'and the modem has no fault')
            if shown['NumHandles'] != self.end['listeners']:
                self.lie(f'{line}: {shown["NumHandles"]} handles of {self.end["listeners"]} listeners')
        before, after = self.end['before'], self.end['after']
        more = collections.Counter(after['descriptors']) - collections.Counter(before['descriptors'])
        if len(after['descriptors']) > len(before['descriptors']):
            self.lie(f'{len(after["descriptors"])} descriptors, there were {len(before["descriptors"])}: {dict(more)}')
        if after['private_kb'] > before['private_kb'] * 1.5 + GROWTH_KB:
            self.lie(f'{after["private_kb"]} kB of memory, there were {before["private_kb"]}')

    def judge_log(self):
        with open(os.path.join(self.folder, 'log'), encoding='utf-8', errors='replace') as file:
            for text in file:
                self.compared['lines of the log'] += 1
                if BAD_LOG.search(text) and not ALLOWED_LOG.search(text):
                    self.lie('the daemon wrote: ' + text.strip()[:160])

    def judge(self):
        for path in sorted(glob.glob(os.path.join(self.folder, 'told-*'))):
            self.judge_listener(os.path.basename(path))
        self.judge_end()
        self.judge_log()
        print('# compared: ' + ', '.join(f'{n} {what}' for what, n in sorted(self.compared.items())))
        print(f'# {len(self.lies)} lies')
        return 1 if self.lies else 0


if __name__ == '__main__':
    sys.exit(Judge(sys.argv[1]).judge())
