#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The families of cellular modems, byte by byte. Usage: test-sim-families.py OFFHOOK-SIM [TEST...]

Time is stretched, so that nothing rings twice and no call lasts a second."""

import functools
import re
import sys

# The sources may be read-only.
sys.dont_write_bytecode = True

import sim_fixture
from sim_families import FAMILIES, lines
from sim_fixture import Case

CASES = ('Families', 'Differences', 'Lost')
NUMBER = '+15550100'


def each_family(test):
    """Runs a test for a modem of each family; told is what it says."""
    @functools.wraps(test)
    def run(self):
        for family, told in FAMILIES.items():
            with self.subTest(family):
                test(self, *self.modem(family), told)
    return run


class FamilyCase(Case):
    def modem(self, family, *commands, scale='20'):
        """A modem whose reports are on, its noise off."""
        sim = self.start('cellular-' + family, scale=scale)
        host = self.quiet_host(sim)
        sim.say('noise off', 'on-dial manual')
        sim.sync()
        for command in ('AT+CLIP=1', *FAMILIES[family]['reports'], *commands):
            host.command(command)
        return sim, host

    def hears(self, host, *texts):
        """Exactly these bytes come next, and nothing in front of them."""
        for text in texts:
            host.until(b'^' + (re.escape(text) if isinstance(text, bytes) else text.pattern))

    def asks(self, host, command, *texts):
        host.write(command.encode() + b'\r')
        self.hears(host, *texts)

    def quiet(self, sim, host):
        """Nothing more was said."""
        sim.sync()
        self.asks(host, 'AT', b'\r\nOK\r\n')
        self.assertEqual(host.seen, b'')


class Families(FamilyCase):
    @each_family
    def test_answered(self, sim, host, told):
        sim.say('ring number=' + NUMBER)
        self.hears(host, told['ring'])
        self.asks(host, 'AT+CLCC', told['ringing-list'], lines('OK'))
        self.asks(host, 'ATA', told['answered'], lines('OK'))
        self.asks(host, 'AT+CLCC', told['answered-list'], lines('OK'))
        sim.say('hangup')
        self.hears(host, told['hung-up'])
        self.quiet(sim, host)
        self.asks(host, 'AT+CLCC', told.get('empty-list', b''), lines('OK'))

    @each_family
    def test_missed(self, sim, host, told):
        sim.say('ring number=' + NUMBER)
        self.hears(host, told['ring'])
        sim.say('give-up')
        self.hears(host, told['missed'])
        self.quiet(sim, host)

    @each_family
    def test_rejected(self, sim, host, told):
        sim.say('ring number=' + NUMBER)
        self.hears(host, told['ring'])
        self.asks(host, 'AT+CHUP', told['rejected'], lines('OK'))
        self.quiet(sim, host)

    @each_family
    def test_withheld(self, sim, host, told):
        sim.say('ring withheld')
        self.hears(host, told['withheld'])
        self.asks(host, 'AT+CLCC', told['withheld-list'], lines('OK'))

    @each_family
    def test_dialled(self, sim, host, told):
        self.asks(host, 'ATD%s;' % NUMBER, told['dialled'])
        sim.happened('dialled ' + NUMBER)
        sim.say('alert')
        self.hears(host, told['alerting'])
        sim.say('answer')
        self.hears(host, told['connected'])
        self.asks(host, 'AT+CLCC', told['connected-list'], lines('OK'))
        self.asks(host, 'AT+CHUP', told['ended-by-host'], lines('OK'))
        self.quiet(sim, host)

    @each_family
    def test_busy(self, sim, host, told):
        self.asks(host, 'ATD%s;' % NUMBER, told['dialled'])
        sim.happened('dialled ' + NUMBER)
        sim.say('busy')
        self.hears(host, told['busy'])
        self.quiet(sim, host)
        self.assertEqual(host.command('AT+CEER'), ['+CEER: 17,"User busy"'])

    @each_family
    def test_held(self, sim, host, told):
        sim.say('ring number=' + NUMBER)
        self.hears(host, told['ring'])
        self.asks(host, 'ATA', told['answered'], lines('OK'))
        self.asks(host, 'AT+CHLD=2', told['held'], lines('OK'))
        self.asks(host, 'AT+CHLD=2', told['retrieved'], lines('OK'))
        self.quiet(sim, host)

    @each_family
    def test_list_of_two(self, sim, host, told):
        sim.say('ring number=1')
        host.until(b'RING')
        host.command('ATA')
        sim.say('waiting number=2')
        sim.happened('waiting 2')
        host.command('AT')
        self.asks(host, 'AT+CLCC', re.compile(
            rb'\r\n[^\n]*(\r\n[^\n]*)?,"1",129[^\n]*\r\n' + told['between-rows']
            + rb'\+CLCC: \d,1,5,0,0,"2",129[^\n]*\r\n\r\nOK\r\n'))

    @each_family
    def test_identity(self, _, host, told):
        for command, wanted in zip(('+CGMI', '+CGMM', '+CHLD=?'), told['identity']):
            self.assertEqual(host.command('AT' + command), [wanted])
        for command in ('+CGMR', 'I', '+GMI', '+GMM', '+GMR'):
            self.assertTrue(host.command('AT' + command))

    def test_reports_off_at_first(self):
        """But for those of Huawei, and the beginning and end that SIMCom tells of."""
        for family in FAMILIES.keys() - {'huawei', 'simcom'}:
            with self.subTest(family):
                sim = self.start('cellular-' + family, scale='20')
                host = self.quiet_host(sim)
                sim.say('noise off', 'ring')
                self.hears(host, lines('RING'))
                self.asks(host, 'ATA', lines('OK'))
                self.asks(host, 'AT+CHUP', lines('OK'))
                self.quiet(sim, host)


class Differences(FamilyCase):
    def test_huawei(self):
        sim, host = self.modem('huawei', 'AT+CSSN=0,1')
        self.asks(host, 'AT^CVOICE?', lines('^CVOICE: 0,8000,16,20', 'OK'))
        sim.say('ring number=1 forwarded')
        self.hears(host, lines('RING', '+CLIP: "1",129,,,,0'), b'\r\n\r\n+CSSU: 0\r\n')
        self.asks(host, 'ATA', lines('^CONN:1,0', 'OK'))
        sim.say('digits 5')
        self.hears(host, lines('^DDTMF: 5'))
        host.command('AT^CURC=0')
        sim.say('hangup cause=31')
        sim.happened('remote-hung-up')
        self.quiet(sim, host)

    def test_length_of_call(self):
        """Between two lines of noise are three seconds."""
        for family, noise, end in (('huawei', rb'\^RSSI', rb'\^CEND:1,(\d+),104,16\r\n'),
                                   ('simcom', rb'\+CREG: 1\r\n.*WARNNING',
                                    rb'VOICE CALL: END: (\d{6})\r\n')):
            with self.subTest(family):
                sim, host = self.modem(family, scale='0.02')
                host.command('ATD1;')
                sim.say('answer')
                sim.happened('remote-answered')
                sim.say('noise on')
                host.until(noise + rb'.*' + noise)
                sim.say('hangup')
                self.assertIn(int(host.until(end).group(1)), range(3, 900))

    def test_quectel_indexes(self):
        sim, host = self.modem('quectel')
        host.command('ATD1;')
        sim.say('answer')
        self.hears(host, lines('^DSCI: 2,0,2,0,1,129', '^DSCI: 2,0,3,0,1,129'))
        host.command('ATD2;')
        host.until(rb'\^DSCI: 3,0,2,0,2,129\r\n')
        sim.say('answer')
        self.hears(host, lines('^DSCI: 3,0,3,0,2,129'))
        self.asks(host, 'AT+CLCC', b'\r\n+CLCC: 1,0,0,1,0,"",128\r\n+CLCC: 2,0,1,0,0,"1",129\r\n'
                  b'+CLCC: 3,0,0,0,0,"2",129\r\n', lines('OK'))
        self.asks(host, 'AT+CHLD=12', lines('^DSCI: 2,0,6,0,1,129', 'OK'))
        self.asks(host, 'AT+CLCC', b'\r\n+CLCC: 1,0,0,1,0,"",128\r\n+CLCC: 2,0,0,0,0,"2",129\r\n',
                  lines('OK'))

    def test_quectel_indications(self):
        sim, host = self.modem('quectel', 'AT^DSCI=0', 'AT+QINDCFG="ccinfo",1')
        self.asks(host, 'AT+QINDCFG="ccinfo"', lines('+QINDCFG: "ccinfo",1', 'OK'))
        for wrong in ('"nonsense",1', 'ccinfo,1', ''):
            host.command('AT+QINDCFG=' + wrong, 'ERROR')
        sim.say('ring number=1 name=Jo')
        self.hears(host, lines('RING', '+CLIP: "1",129,,,"Jo",0',
                               '+QIND: "ccinfo",2,1,4,0,0,"1",129,"Jo"'))
        sim.say('give-up')
        self.hears(host, lines('+QIND: "ccinfo",2,1,-1,0,0,"1",129,"Jo"', 'NO CARRIER'))
        host.command('AT+QINDCFG="ring",0')
        sim.say('ring number=1')
        self.hears(host, lines('+QIND: "ccinfo",2,1,4,0,0,"1",129'))
        host.command('ATA')
        host.command('AT+QTONEDET=1')
        sim.say('digits 5')
        self.hears(host, lines('+QTONEDET: 53'))
        host.command('AT+QHUP=17,2')
        self.assertEqual(host.command('AT+CEER'), ['+CEER: 17,"User busy"'])
        host.command('AT+QHUP=17,2', 'ERROR')
        host.command('AT+QHUP=21')
        self.assertEqual(host.command('AT+CEN?'), ['+CEN1: 0,001,01', '+CEN2: 1,110',
                                                   '+CEN2: 31,112'])

    def test_simcom(self):
        sim, host = self.modem('simcom', 'AT+CRC=1', 'AT+DDET=1')
        self.assertEqual(host.command('AT+CLCC=?'), ['+CLCC: (0-1)'])
        sim.say('ring number=1 name=Jo')
        self.hears(host, b'\r\n+CLCC: 1,1,4,0,0,"1",129,"Jo"\r\n',
                   b'\r\r\n+CRING: VOICE\r\r\n', lines('+CLIP: "1",129,,,,0'))
        host.command('ATA')
        sim.say('digits 5')
        self.hears(host, b'\r\r\n+RXDTMF: 5\r\r\n')
        sim.say('waiting number=2')
        self.hears(host, b'\r\n+CLCC: 1,1,0,0,0,"1",129,"Jo"\r\n+CLCC: 2,1,5,0,0,"2",129\r\n')

    def test_ublox(self):
        sim, host = self.modem('ublox', 'AT+UDTMFD=1,2')
        sim.say('ring number=1')
        host.until(b'CLIP')
        self.assertIn('+CPAS: 3', host.command('AT+CPAS'))
        host.command('ATA')
        self.assertEqual(host.command('AT+CPAS'), ['+CPAS: 0'])
        sim.say('digits 5', 'waiting number=2')
        self.hears(host, lines('+UUDTMFD: 5', '+UCALLSTAT: 2,5'))
        self.asks(host, 'AT+CLCC', lines('+CLCC: 1,1,0,0,0,"1",129,""',
                                         '+CLCC: 2,1,5,0,0,"2",129,""', 'OK'))

    def test_no_ring(self):
        sim, host = self.modem('ublox')
        sim.say('ring number=1 silent')
        self.hears(host, lines('+UCALLSTAT: 1,4'))
        self.asks(host, 'AT+CLCC', lines('+CLCC: 1,1,4,0,0,"1",129,""', 'OK'))
        host.command('AT+CCWA=1')
        host.command('ATA')
        sim.say('waiting number=2 silent')
        self.hears(host, lines('+UCALLSTAT: 2,5'))
        self.quiet(sim, host)

    def test_cinterion(self):
        sim, host = self.modem('cinterion', 'AT+CMER=2,0,0,2')
        sim.say('ring number=1 name=Jo')
        self.hears(host, b'\r\n^SLCC: 1,1,4,0,0,0,"1",129,"Jo"\r\n^SLCC: \r\n')
        host.until(b'CLIP: "1",129,,,,0\r\n')
        self.asks(host, 'ATA', lines('+CIEV: call,1'),
                  b'\r\n^SLCC: 1,1,0,0,0,0,"1",129,"Jo"\r\n^SLCC: \r\n', lines('OK'))
        host.command('AT+VTS=5', 'ERROR')
        host.command('AT+VTS="5"')
        host.command('AT+CMEE=1')
        host.command('AT+CHLD=4', '+CME ERROR: 4')
        sim.say('waiting number=2')
        self.hears(host, b'\r\n^SLCC: 1,1,0,0,0,0,"1",129,"Jo"\r\n^SLCC: 2,1,5,0,0,0,"2",129\r\n'
                   b'^SLCC: \r\n')
        host.command('AT+CHLD=2')
        self.asks(host, 'AT+CHLD=3', b'\r\n^SLCC: 1,1,0,0,1,0,"1",129,"Jo"\r\n'
                  b'^SLCC: 2,1,0,0,1,0,"2",129\r\n^SLCC: \r\n', lines('OK'))
        self.assertIn('+CIEV: call,0', host.command('ATH'))

    def test_telit(self):
        sim, host = self.modem('telit')
        host.command('ATD1;')
        sim.say('answer')
        self.hears(host, lines('#ECAM: 0,1,1,,,"1",129', '#ECAM: 0,3,1,,,'))
        sim.say('waiting number=2')
        self.hears(host, lines('#ECAM: 1,5,1,,,'))
        self.asks(host, 'AT+CHLD=2', lines('#ECAM: 0,4,1,,,', '#ECAM: 1,3,1,,,', 'OK'))

    def test_mediatek(self):
        sim, host = self.modem('mediatek')
        self.assertEqual(host.command('AT+CEN?')[0], '+CEN1: 0,001,01')
        host.command('ATD1;')
        sim.say('reject cause=63')
        self.hears(host, lines('+ECPI: 1,1,0,0', '+ECPI: 1,133,0,0,0,0,"1",129,"",63',
                               'NO CARRIER'))

    def test_wavecom_dial_can_be_ended(self):
        sim, host = self.modem('wavecom')
        self.asks(host, 'ATD1;', lines('+WIND: 5,1'))
        sim.happened('dialled 1')
        self.asks(host, '', lines('+WIND: 6,1', 'NO CARRIER'))
        sim.happened('hung-up-by-host')
        self.asks(host, 'ATD1;', lines('+WIND: 5,1'))
        sim.happened('dialled 1')
        sim.say('hangup silent')
        self.hears(host, lines('+WIND: 6,1', 'NO CARRIER'))
        self.quiet(sim, host)

    def test_wavecom_waiting_is_created_once(self):
        sim, host = self.modem('wavecom', scale='1')
        sim.say('ring number=1')
        self.hears(host, lines('+WIND: 5,1', 'RING', '+CLIP: "1",129'))
        host.command('ATA')
        sim.say('waiting number=2', 'hangup')
        self.hears(host, lines('+WIND: 5,2', '+WIND: 6,1', 'NO CARRIER', 'RING',
                               '+CLIP: "2",129'))

    def test_connected_line(self):
        for family in FAMILIES:
            with self.subTest(family):
                sim, host = self.modem(family, 'AT+COLP=1')
                sim.say('reports off')
                sim.sync()
                host.write(b'ATD%s;\r' % NUMBER.encode())
                sim.happened('dialled ' + NUMBER)
                sim.say('answer')
                self.hears(host, lines('+COLP: "%s",145' % NUMBER, 'OK'))
                host.command('ATH')
                host.write(b'ATD1;\r')
                sim.happened('dialled 1')
                sim.say('busy')
                self.hears(host, lines('BUSY'))
                self.quiet(sim, host)

    def test_boot(self):
        for family, wanted in (
                ('quectel', lines('RDY', '+CFUN: 1', '+CPIN: READY', '+QIND: SMS DONE',
                                  '+QIND: PB DONE')),
                ('simcom', lines('RDY', '+CFUN: 1', '+CPIN: READY', 'Call Ready', 'SMS Ready')),
                ('cinterion', lines('^SYSSTART')), ('telit', b'')):
            with self.subTest(family):
                sim = self.start('cellular-' + family)
                host = sim.host()
                self.hears(host, wanted)
                sim.say('vanish', 'return')
                sim.happened('returned')
                self.asks(sim.host(), 'AT', wanted + b'AT\r\r\nOK\r\n')


class Lost(FamilyCase):
    def test_reports_off(self):
        for family, told in FAMILIES.items():
            with self.subTest(family):
                sim, host = self.modem(family)
                sim.say('reports off', 'ring number=' + NUMBER)
                host.until(b'CLIP[^\r]*\r\n$')
                self.asks(host, 'ATA', lines('OK'))
                self.asks(host, 'AT+CLCC', told['answered-list'], lines('OK'))
                sim.say('hangup silent')
                sim.happened('remote-hung-up')
                self.quiet(sim, host)
                self.asks(host, 'AT+CLCC', told.get('empty-list', b''), lines('OK'))
                sim.say('reports on', 'ring number=' + NUMBER)
                self.hears(host, told['ring'])

    def test_reports_cut(self):
        sim, host = self.modem('ublox')
        sim.say('reports cut', 'ring number=1')
        self.hears(host, lines('+U', 'RING', '+CLIP: "1",129,,,"",0'))
        sim, host = self.modem('cinterion')
        sim.say('reports cut', 'ring number=1')
        self.hears(host, lines('^S', 'RING'))

    def test_noise(self):
        for family, told in FAMILIES.items():
            with self.subTest(family):
                sim = self.start('cellular-' + family)
                host = self.quiet_host(sim)
                sim.say('ring')
                for text in told['noise']:
                    host.until(re.escape(text))
                sim.say('noise off')
                sim.sync()
                host.command('AT')
                sim.out.until(rb'ring \d+\n.*ring \d+\n')
                heard = [line for line in host.command('AT') if line != 'RING']
                self.assertEqual(heard, [])


if __name__ == '__main__':
    sys.exit(sim_fixture.run(CASES, sys.modules[__name__]))
