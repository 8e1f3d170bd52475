#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The judge of the soak test: a true account passes, and each lie in it is found."""

import contextlib
import copy
import io
import json
import sys
import tempfile
import unittest
import unittest.mock

sys.dont_write_bytecode = True
import sim_fixture  # noqa: E402
import soak_judge  # noqa: E402

LINE = 'home'
CALL = '/org/offhook/Telephony1/line/home/call/'


def event(at, serial, kind, call, **details):
    return {'at': at, 'event': [LINE, serial, kind, CALL + str(call), details]}


# An incoming call that is answered, one that nobody takes, an outgoing one; the second while the daemon is killed.
LEDGER = [
    {'at': 0, 'daemon': 'ready'},
    {'at': 10, 'line': LINE, 'do': 'ring number=111'}, {'at': 10, 'line': LINE, 'said': 'ring 1'},
    {'at': 11, 'line': LINE, 'said': 'answered-by-host'}, {'at': 12, 'line': LINE, 'said': 'remote-hung-up'},
    {'at': 30, 'line': LINE, 'do': 'ring number=222'}, {'at': 30, 'line': LINE, 'said': 'ring 1'},
    {'at': 30.5, 'daemon': 'killed'}, {'at': 30.6, 'daemon': 'ready'},
    {'at': 31, 'line': LINE, 'said': 'caller-gave-up'},
    {'at': 50, 'line': LINE, 'said': 'dialled 333'}, {'at': 51, 'line': LINE, 'said': 'remote-answered'},
    {'at': 52, 'line': LINE, 'said': 'hung-up-by-host'},
    {'at': 70, 'settles': True},
]
TOLD = [
    {'at': 1, 'snapshot': [LINE, []]}, {'at': 1, 'open': [LINE]},
    event(10.1, 1, 'new-call', 1, State='offering'), event(10.2, 2, 'call-info', 1, Number='111'),
    event(11, 3, 'call-state', 1, State='connected'), event(12, 4, 'call-state', 1, State='disconnected'),
    event(12, 5, 'call-state', 1, State='ended'),
    event(30.1, 6, 'new-call', 2, State='offering', Number='222'), event(30.7, 6, 'new-call', 2, State='offering', Number='222'),
    event(31, 7, 'call-state', 2, State='unknown'), event(31.1, 8, 'call-state', 2, State='ended'),
    event(50, 9, 'new-call', 3, State='dialing', Number='333'), event(51, 10, 'call-state', 3, State='connected'),
    event(52, 11, 'call-state', 3, State='ended'),
    {'at': 80, 'event': [LINE, 12, 'line-state', '/', {'State': 'in-service'}]},
]
SHOWN = {'State': 'in-service', 'StateReason': '', 'Health': 'healthy', 'HealthReason': '', 'NumHandles': 1}
END = {'before': {'descriptors': ['/dev/pts/N', 'socket:[N]'], 'private_kb': 1500},
       'after': {'descriptors': ['/dev/pts/N', 'socket:[N]'], 'private_kb': 1600},
       'lines': {LINE: SHOWN}, 'listeners': 1}


class Case(unittest.TestCase):
    def setUp(self):
        self.ledger, self.told, self.end = copy.deepcopy(LEDGER), copy.deepcopy(TOLD), copy.deepcopy(END)
        self.log = 'offhook-Message: Line home is in-service\n'

    def judge(self):
        """The lies."""
        with tempfile.TemporaryDirectory() as folder:
            for name, entries in ('ledger', self.ledger), ('told-1', self.told):
                with open(f'{folder}/{name}', 'w', encoding='utf-8') as file:
                    file.writelines(json.dumps(entry) + '\n' for entry in sorted(entries, key=lambda e: e['at']))
            with open(folder + '/end', 'w', encoding='utf-8') as file:
                json.dump(self.end, file)
            with open(folder + '/log', 'w', encoding='utf-8') as file:
                file.write(self.log)
            with contextlib.redirect_stdout(io.StringIO()):
                judge = soak_judge.Judge(folder)
                status = judge.judge()
            self.assertEqual(status, 1 if judge.lies else 0)
            return judge.lies

    def assert_found(self, text):
        lies = self.judge()
        self.assertTrue([lie for lie in lies if text in lie], lies)

    def forget(self, *serials):
        """Those events, and the serials behind them move up."""
        told, serial = [], 0
        for entry in self.told:
            if 'event' in entry and entry['event'][1] in serials:
                continue
            if 'event' in entry:
                doubled = told and 'event' in told[-1] and entry['event'][2:4] == told[-1]['event'][2:4] == ['new-call', CALL + '2']
                serial += not doubled
                entry['event'][1] = serial
            told.append(entry)
        self.told = told


class Truth(Case):
    def test_truth(self):
        """a true account"""
        self.assertEqual(self.judge(), [])

    def test_unheard_end(self):
        """a late end, where it was answered too late and nothing is heard"""
        self.ledger.append({'at': 52.5, 'line': LINE, 'said': 'off-hook'})
        self.told[-2]['at'] = 65
        with unittest.mock.patch.object(soak_judge, 'NO_TONE', LINE):
            self.assertEqual(self.judge(), [])
        self.assert_found('its end was told')

    def test_cut_dial(self):
        """a call that was being dialled when the daemon was killed"""
        self.ledger.append({'at': 60, 'asked': [LINE, 'Dial'], 'error': 'GDBus.Error:org.freedesktop.DBus.Error.NoReply: x'})
        self.told[-1:] = [event(60.1, 12, 'new-call', 4, State='dialing', Number='444', Origin='found'),
                          event(60.2, 13, 'call-state', 4, State='ended'),
                          dict(self.told[-1], event=[LINE, 14, 'line-state', '/', {'State': 'in-service'}])]
        self.assertEqual(self.judge(), [])
        del self.ledger[-1]
        self.assert_found('there was no such call')

    def test_fault_explains(self):
        """a call that a fault may have swallowed"""
        self.forget(1, 2, 3, 4, 5)
        self.ledger += [{'at': 8, 'fault': 'mute', 'line': LINE, 'begins': True},
                        {'at': 14, 'fault': 'mute', 'line': LINE, 'begins': False}]
        self.assertEqual(self.judge(), [])

    def test_two_without_number(self):
        """two calls in a row whose numbers nobody has told"""
        self.ledger += [{'at': 12.5, 'line': LINE, 'do': 'ring number=444'}, {'at': 12.5, 'line': LINE, 'said': 'ring 1'},
                        {'at': 13.5, 'line': LINE, 'said': 'caller-gave-up'}]
        self.told[3]['event'][4] = {}
        self.told += [event(12.6, 13, 'new-call', 4, State='offering'), event(13.6, 14, 'call-state', 4, State='ended')]
        self.told.sort(key=lambda entry: entry['at'])
        self.forget()
        self.assertEqual(self.judge(), [])

    def test_found_at_open(self):
        """a call that there was when the listener came"""
        self.told[0]['snapshot'][1] = [[CALL + '9', {'State': 'connected'}]]
        self.told.append(event(81, 13, 'call-state', 9, State='ended'))
        self.assertEqual(self.judge(), [])


class Lies(Case):
    def test_lost_call(self):
        """a call that nobody was told of"""
        self.forget(1, 2, 3, 4, 5)
        self.assert_found('was told 0 times')

    def test_fault_elsewhere(self):
        """another line's fault explains nothing"""
        self.forget(1, 2, 3, 4, 5)
        self.ledger += [{'at': 8, 'fault': 'mute', 'line': 'other', 'begins': True},
                        {'at': 14, 'fault': 'mute', 'line': 'other', 'begins': False}]
        self.assert_found('was told 0 times')

    def test_invented_call(self):
        """a call that there was not"""
        self.told += [event(81, 13, 'new-call', 4, State='offering'), event(82, 14, 'call-state', 4, State='ended')]
        self.assert_found('there was no such call')

    def test_invented_number(self):
        """a number that nobody has"""
        self.told[3]['event'][4]['Number'] = '999'
        self.assert_found('nobody has such a number')

    def test_told_twice(self):
        """one call as two"""
        self.told += [event(12.5, 13, 'new-call', 4, State='offering', Number='111'), event(12.6, 14, 'call-state', 4, State='ended')]
        self.assert_found('was told 2 times')

    def test_doubled(self):
        """the same event twice, though no daemon died"""
        self.told.append(copy.deepcopy(self.told[4]))
        self.assert_found('serial 3 twice')

    def test_doubled_other(self):
        """the same serial with another content after the daemon has died"""
        self.told[8]['event'][4]['Number'] = '111'
        self.assert_found('serial 6 twice')

    def test_gap(self):
        """a serial is missing"""
        del self.told[-1]
        self.told[-1]['event'][1] = 12
        self.assert_found('serial 12 after 10')

    def test_state(self):
        """a state that cannot follow"""
        self.told[4]['event'][4]['State'] = 'ringback'
        self.assert_found('ringback after offering')

    def test_after_end(self):
        """something after the end"""
        self.told.append(event(81, 13, 'call-info', 1, Number='111'))
        self.assert_found('call-info after its end')

    def test_no_begin(self):
        """a call that never began"""
        self.told.append(event(81, 13, 'call-state', 7, State='connected'))
        self.assert_found('before its new-call')

    def test_no_end(self):
        """a call that never ends"""
        self.forget(11)
        self.assert_found('never ended')

    def test_late_end(self):
        """an end that is told much later"""
        self.told[-2]['at'] = 65
        self.assert_found('its end was told')

    def test_release(self):
        """a listener that was let go"""
        self.told.append({'at': 60, 'release': [LINE, 'unresponsive']})
        self.assert_found('released')

    def test_health(self):
        """a line that does not recover"""
        self.end['lines'][LINE] = dict(SHOWN, Health='failed', HealthReason='not-responding')
        self.assert_found('failed (not-responding)')

    def test_handles(self):
        """a handle of a client that is dead"""
        self.end['lines'][LINE] = dict(SHOWN, NumHandles=2)
        self.assert_found('2 handles')

    def test_descriptors(self):
        """a descriptor that is not closed"""
        self.end['after']['descriptors'].append('/dev/pts/N')
        self.assert_found('3 descriptors')

    def test_memory(self):
        """memory that is not given back"""
        self.end['after']['private_kb'] = 9000
        self.assert_found('9000 kB')

    def test_critical(self):
        """a complaint of the daemon about itself"""
        self.log += '(process:1): offhook-CRITICAL **: oh_line_open: assertion failed\n'
        self.assert_found('CRITICAL')


def main():
    suite = unittest.defaultTestLoader.loadTestsFromModule(sys.modules[__name__])
    print(f'1..{suite.countTestCases()}', flush=True)
    result = sim_fixture.TapResult()
    suite.run(result)
    return 0 if result.wasSuccessful() else 1


if __name__ == '__main__':
    sys.exit(main())
