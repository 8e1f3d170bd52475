# SPDX-License-Identifier: LGPL-2.1-or-later
"""The SIM and the network of offhook-sim's cellular modems; run by test-sim.py."""

import re

from sim_fixture import Case

CELL = '"00C3","0000B2A1",7'


class NetworkCase(Case):
    def modem(self, kind='cellular', **rest):
        """A modem that says the numbers of its errors."""
        sim = self.start(kind, **rest)
        host = self.quiet_host(sim)
        host.command('AT+CMEE=1')
        return sim, host

    def answers(self, host, command, *wanted):
        self.assertEqual(host.command(command), list(wanted))

    def hears(self, host, *texts):
        """Next come these lines, and nothing between them."""
        for text in texts:
            host.until(rb'^\r\n' + re.escape(text.encode()) + rb'\r\n')

    def says(self, sim, host, line, *texts):
        sim.say(line)
        self.hears(host, *texts)

    def wrong(self, sim, *lines):
        for line in lines:
            with self.subTest(line):
                sim.say(line)
                sim.err.until(b'error: [^\n]+\n')

    def quiet(self, sim, host):
        """Nothing more was said."""
        sim.sync()
        self.answers(host, 'AT')
        self.assertEqual(host.seen, b'')


class Card(NetworkCase):
    def test_pin(self):
        sim, host = self.modem()
        host.command('AT+CREG=1')
        self.answers(host, 'AT+CPIN?', '+CPIN: READY')
        host.command('AT+CPIN=1234', '+CME ERROR: 3')
        self.says(sim, host, 'sim pin=1234', '+CPIN: SIM PIN', '+CREG: 0')
        self.answers(host, 'AT+CPIN?', '+CPIN: SIM PIN')
        self.answers(host, 'AT+CREG?', '+CREG: 1,0')
        for malformed in ('', '123', '123456789', '12a4', '1234,5678'):
            host.command('AT+CPIN=' + malformed, '+CME ERROR: 50')
        host.command('AT+CPIN=0000', '+CME ERROR: 16')
        self.answers(host, 'AT+CPINR', '+CPINR: SIM PIN,2,3', '+CPINR: SIM PUK,10,10')
        host.write(b'AT+CPIN="1234"\r')
        self.hears(host, 'OK', '+CPIN: READY', '+CREG: 1')
        self.answers(host, 'AT+CPINR', '+CPINR: SIM PIN,3,3', '+CPINR: SIM PUK,10,10')
        self.quiet(sim, host)

    def test_puk(self):
        sim, host = self.modem()
        sim.say('sim pin=1234 puk=87654321')
        host.until(b'SIM PIN\r\n')
        for _ in range(3):
            host.command('AT+CPIN=1111', '+CME ERROR: 16')
        self.answers(host, 'AT+CPIN?', '+CPIN: SIM PUK')
        host.command('AT+CPIN=1234', '+CME ERROR: 12')
        host.command('AT+CPIN=12345678,4321', '+CME ERROR: 16')
        self.answers(host, 'AT+CPINR', '+CPINR: SIM PIN,0,3', '+CPINR: SIM PUK,9,10')
        host.write(b'AT+CPIN="87654321","4321"\r')
        self.hears(host, 'OK', '+CPIN: READY')
        sim.say('reboot')
        sim.happened('rebooted')
        host.command('ATE0')
        self.answers(host, 'AT+CPIN?', '+CPIN: SIM PIN')
        host.command('AT+CPIN=4321')

    def test_blocked(self):
        sim, host = self.modem()
        self.says(sim, host, 'sim pin=1234 tries=0 puk-tries=2', '+CPIN: SIM PUK')
        for _ in range(2):
            host.command('AT+CPIN=00000000,1111', '+CME ERROR: 16')
        host.command('AT+CPIN=12345678,1111', '+CME ERROR: 13')
        self.answers(host, 'AT+CPIN?', '+CPIN: SIM PUK')
        self.answers(host, 'AT+CPINR', '+CPINR: SIM PIN,0,3', '+CPINR: SIM PUK,0,10')

    def test_states(self):
        sim, host = self.modem()
        for word, told, code in (('absent', 'NOT INSERTED', 10), ('busy', 'NOT READY', 14),
                                 ('failure', 'NOT READY', 13)):
            with self.subTest(word):
                self.says(sim, host, 'sim ' + word, '+CPIN: ' + told)
                for command in ('+CPIN?', '+CPIN=1234', '+CPINR', '+CCID', '+CRSM=176,12258,0,0,10',
                                '+COPS?', '+CIMI', '+CNUM', '+CLIP=1'):
                    host.command('AT' + command, '+CME ERROR: %d' % code)
        self.says(sim, host, 'sim ready', '+CPIN: READY')
        self.answers(host, 'AT+CIMI', '001010123456789')
        self.wrong(sim, 'sim', 'sim pin', 'sim pin=12', 'sim pin=1234 tries=4', 'sim ready absent',
                   'sim pin=1234 puk=x', 'sim tries=2')
        self.wrong(self.start('landline'), 'sim ready', 'network home', 'signal 1')

    def test_locked(self):
        sim, host = self.modem()
        self.answers(host, 'AT+CNUM', '+CNUM: "","+491701234567",145')
        for line, code in (('sim pin=1234', 11), ('sim pin=1234 tries=0', 12)):
            sim.say(line)
            host.until(b'SIM P')
            for command in ('+COPS?', '+CNUM', '+CIMI', '+CLIP=1', '+CLIR?'):
                host.command('AT' + command, '+CME ERROR: %d' % code)
            for number in ('112', '911'):
                host.command('ATD%s;' % number)
                sim.happened('dialled ' + number)
                host.command('AT+CHUP')
            host.command('ATD123;', 'NO CARRIER')
        self.wrong(sim, 'ring')

    def test_changed_while_away(self):
        sim = self.start('cellular')
        sim.say('vanish', 'sim pin=1234', 'signal 3', 'return')
        sim.happened('returned')
        host = sim.host()
        host.write(b'ATE0\r')
        host.until(rb'^ATE0\r\r\nOK\r\n')
        self.answers(host, 'AT+CPIN?', '+CPIN: SIM PIN')
        self.answers(host, 'AT+CSQ', '+CSQ: 3,99')

    def test_tries(self):
        for family, command, ready, pin, puk in (
                ('huawei', '^CPIN?', ['^CPIN: READY,,10,3,10,3'], ['^CPIN: SIM PIN,2,10,2,10,3'],
                 ['^CPIN: SIM PUK,9,9,0,10,3']),
                ('quectel', '+QPINC?', ['+QPINC: "SC",3,10', '+QPINC: "P2",3,10'],
                 ['+QPINC: "SC",2,10', '+QPINC: "P2",3,10'],
                 ['+QPINC: "SC",0,9', '+QPINC: "P2",3,10']),
                ('simcom', '+SPIC', ['+SPIC: 3,10,3,10'], ['+SPIC: 2,10,3,10'],
                 ['+SPIC: 0,9,3,10']),
                ('telit', '#PCT', ['#PCT: 3'], ['#PCT: 2'], ['#PCT: 9']),
                ('cinterion', '^SPIC', ['^SPIC: 3'], ['^SPIC: 2'], ['^SPIC: 9']),
                ('ublox', '+UPINCNT', ['+UPINCNT: 3,3,10,10'], ['+UPINCNT: 2,3,10,10'],
                 ['+UPINCNT: 0,3,9,10']),
                ('mediatek', '+EPINC', ['+EPINC: 3,3,10,10'], ['+EPINC: 2,3,10,10'],
                 ['+EPINC: 0,3,9,10'])):
            with self.subTest(family):
                sim, host = self.modem('cellular-' + family)
                host.command('AT+CPINR', 'ERROR')
                self.answers(host, 'AT' + command, *ready)
                for line, wanted in (('sim pin=1234 tries=2', pin),
                                     ('sim pin=1234 tries=0 puk-tries=9', puk)):
                    sim.say(line)
                    host.until(rb'\+CPIN: SIM P.K?N?\r\n')
                    self.answers(host, 'AT' + command, *wanted)
        host = self.modem('cellular-wavecom')[1]
        self.answers(host, 'AT+CPINR', '+CPINR: SIM PIN,3,3', '+CPINR: SIM PUK,10,10')

    def test_card_number(self):
        number = '8949010000012345672'
        for kind, command, wanted in (
                ('cellular', '+CCID', '+CCID: ' + number),
                ('cellular-wavecom', '+CCID', '+CCID: "%s"' % number),
                ('cellular-huawei', '^ICCID?', '^ICCID: ' + number),
                ('cellular-quectel', '+QCCID', '+QCCID: %sF' % number),
                ('cellular-simcom', '+ICCID', '+ICCID: ' + number),
                ('cellular-ublox', '+CCID', '+CCID: ' + number),
                ('cellular-cinterion', '^SCID', '^SCID: ' + number),
                ('cellular-telit', '#CCID', '#CCID: ' + number),
                ('cellular-mediatek', '+ICCID', '+ICCID: ' + number)):
            with self.subTest(kind):
                sim, host = self.modem(kind)
                self.answers(host, 'AT' + command, wanted)
                sim.say('sim pin=1234')
                host.until(b'SIM PIN\r\n')
                self.answers(host, 'AT+CRSM=176,12258,0,0,10',
                             '+CRSM: 144,0,"989410000010325476F2"')

    def test_emergency_numbers(self):
        for kind in ('cellular', 'cellular-wavecom'):
            host = self.modem(kind)[1]
            self.answers(host, 'AT+CRSM=176,28599,0,0,15',
                         '+CRSM: 144,0,"11F2FF80FFFF' + 'FF' * 9 + '"')
            self.answers(host, 'AT+CRSM=178,28599,1,4,0', '+CRSM: 148,8')
        for family in ('huawei', 'quectel', 'mediatek'):
            host = self.modem('cellular-' + family)[1]
            for command, wanted in (('176,28599,0,0,15', '148,8'), ('178,28599,1,4,0', '108,5'),
                                    ('178,28599,1,4,5', '144,0,"11F2FFFF00"'),
                                    ('178,28599,2,4,5', '144,0,"80FFFFFF00"'),
                                    ('178,28599,3,4,0', '148,2'), ('178,12258,1,4,10', '148,8'),
                                    ('176,28480,0,0,1', '148,4'), ('214,12258,0,0,1', '109,0')):
                self.answers(host, 'AT+CRSM=' + command, '+CRSM: ' + wanted)


class Network(NetworkCase):
    def test_registration(self):
        sim, host = self.modem()
        for name in ('CREG', 'CGREG', 'CEREG'):
            self.answers(host, 'AT+%s?' % name, '+%s: 0,1' % name)
            host.command('AT+%s=2' % name)
            self.answers(host, 'AT+%s?' % name, '+%s: 2,1,%s' % (name, CELL))
            host.command('AT+%s=3' % name, 'ERROR')
            host.command('AT+%s=1' % name)
            self.answers(host, 'AT+%s?' % name, '+%s: 1,1' % name)
        for word, stat in (('roaming', 5), ('searching', 2), ('denied', 3), ('none', 0),
                           ('emergency', 8), ('sms-only', 6), ('home', 1)):
            self.says(sim, host, 'network ' + word, '+CREG: %d' % stat, '+CGREG: %d' % stat,
                      '+CEREG: %d' % stat)
        self.says(sim, host, 'network home')
        self.quiet(sim, host)
        host.command('AT+CREG=2')
        host.command('AT+CGREG=0')
        self.says(sim, host, 'network home lac=1F act=2', '+CREG: 1,"001F","0000B2A1",2')
        self.says(sim, host, 'network searching', '+CREG: 2', '+CEREG: 2')
        self.wrong(sim, 'network', 'network away', 'network home act=14', 'network ims=yes',
                   'network lac=g', 'network code=123', 'network code=26a01')

    def test_calls_need_a_network(self):
        sim, host = self.modem()
        for word, ordinary, emergency in (('home', True, True), ('roaming', True, True),
                                          ('denied', False, True), ('emergency', False, True),
                                          ('sms-only', False, True), ('searching', False, False),
                                          ('none', False, False)):
            with self.subTest(word):
                sim.say('network ' + word)
                sim.sync()
                for number, works in (('123', ordinary), ('112', emergency)):
                    host.command('ATD%s;' % number, 'OK' if works else 'NO CARRIER')
                    host.command('ATH')
        self.wrong(sim, 'ring')

    def test_radio_off(self):
        sim, host = self.modem()
        host.command('AT+CREG=1')
        for command in ('AT+CFUN=0', 'AT+CFUN=4'):
            host.write(command.encode() + b'\r')
            self.hears(host, '+CREG: 0', 'OK')
            self.answers(host, 'AT+CREG?', '+CREG: 1,0')
            host.command('ATD112;', 'NO CARRIER')
            host.command('AT&FE0')
            self.answers(host, 'AT+CFUN?', '+CFUN: ' + command[-1])
            host.command('AT+CREG=1')
            host.command('AT+CFUN=1')
            self.hears(host, '+CREG: 1')
        host.command('AT+CFUN=5', 'ERROR')

    def test_noise(self):
        sim = self.start('cellular-ublox')
        host = self.quiet_host(sim)
        sim.say('network roaming', 'ring')
        host.until(rb'\+CREG: 5\r\n')

    def test_operator(self):
        sim, host = self.modem()
        self.answers(host, 'AT+COPS?', '+COPS: 0,0,"Offhook Test",7')
        host.command('AT+COPS=3,2')
        self.answers(host, 'AT+COPS?', '+COPS: 0,2,"00101",7')
        host.command('AT+COPS=3,1')
        self.answers(host, 'AT+COPS?', '+COPS: 0,1,"Offhook ",7')
        host.command('AT+COPS=3,0')
        sim.say('network operator="Café, S.A." code=26201 act=2')
        sim.sync()
        self.answers(host, 'AT+COPS?', '+COPS: 0,0,"Café, S.A.",2')
        sim.say('network searching')
        sim.sync()
        self.answers(host, 'AT+COPS?', '+COPS: 0')
        sim.say('network roaming')
        sim.sync()
        host.command('AT+CREG=1')
        host.write(b'AT+COPS=2\r')
        self.hears(host, '+CREG: 0', 'OK')
        host.command('AT+COPS=0')
        self.hears(host, '+CREG: 5')
        host.command('AT+COPS=1,2,"26201"', '+CME ERROR: 4')
        host.command('AT+COPS=?')

    def test_ims(self):
        sim, host = self.modem('cellular-quectel')
        self.answers(host, 'AT+CIREG?', '+CIREG: 0,0')
        sim.say('network ims=on')
        sim.sync()
        self.answers(host, 'AT+CIREG?', '+CIREG: 0,1,5')
        host.command('AT+CIREG=2')
        self.says(sim, host, 'network ims=off', '+CIREGU: 0')
        self.says(sim, host, 'network ims=on', '+CIREGU: 1,5')
        for kind in ('cellular', 'cellular-wavecom'):
            self.modem(kind)[1].command('AT+CIREG?', 'ERROR')

    def test_character_set(self):
        host = self.modem()[1]
        for name in ('GSM', 'UCS2', 'IRA'):
            host.command('AT+CSCS="%s"' % name)
            self.answers(host, 'AT+CSCS?', '+CSCS: "%s"' % name)
        host.command('AT+CSCS="KLINGON"', 'ERROR')

    def test_signal(self):
        sim, host = self.modem()
        self.answers(host, 'AT+CSQ', '+CSQ: 20,99')
        for value in (0, 31, 99):
            sim.say('signal %d' % value)
            sim.sync()
            self.answers(host, 'AT+CSQ', '+CSQ: %d,99' % value)
        self.wrong(sim, 'signal', 'signal 32', 'signal good', 'signal 100')

    def test_signal_reports(self):
        for family, command, line in (('huawei', '^CURC=1', '^RSSI: 5'),
                                      ('quectel', '+QINDCFG="csq",1', '+QIND: "csq",5,99'),
                                      ('simcom', '+AUTOCSQ=1,1', '+CSQ: 5,99')):
            with self.subTest(family):
                sim, host = self.modem('cellular-' + family)
                host.command('AT^CURC=0' if family == 'huawei' else 'AT')
                sim.say('signal 4')
                self.quiet(sim, host)
                host.command('AT' + command)
                self.says(sim, host, 'signal 5', line)
                self.quiet(sim, host)

    def test_indicators(self):
        for kind in ('cellular', 'cellular-ublox', 'cellular-cinterion', 'cellular-telit',
                     'cellular-mediatek', 'cellular-wavecom'):
            with self.subTest(kind):
                sim, host = self.modem(kind)
                self.answers(host, 'AT+CIND=?', '+CIND: ("battchg",(0-5)),("signal",(0-5)),'
                             '("service",(0,1)),("call",(0,1)),("roam",(0,1))')
                self.answers(host, 'AT+CIND?', '+CIND: 5,4,1,0,0')
                sim.say('signal 30')
                self.quiet(sim, host)
                host.command('AT+CMER=3,0,0,1')
                self.says(sim, host, 'signal 1', '+CIEV: 2,1')
                sim.say('signal 2')
                self.quiet(sim, host)
                self.says(sim, host, 'signal 99', '+CIEV: 2,0')
                self.says(sim, host, 'network roaming', '+CIEV: 5,1')
                self.says(sim, host, 'network none', '+CIEV: 3,0', '+CIEV: 5,0')
                self.answers(host, 'AT+CIND?', '+CIND: 5,0,0,0,0')
                host.command('AT+CMER=3,0,0,0')
                sim.say('signal 31')
                self.quiet(sim, host)
                host.command('AT+CMER=1,0,0,1')
                self.says(sim, host, 'signal 1', '+CIEV: 2,1')


class Services(NetworkCase):
    def test_call_waiting(self):
        sim, host = self.modem()
        self.answers(host, 'AT+CCWA=?', '+CCWA: (0-1)')
        self.answers(host, 'AT+CCWA?', '+CCWA: 0')
        self.answers(host, 'AT+CCWA=0,2', '+CCWA: 1,1')
        host.command('AT+CCWA=1,0,2')
        self.answers(host, 'AT+CCWA=1,2,1', '+CCWA: 1,1')
        self.answers(host, 'AT+CCWA?', '+CCWA: 1')
        host.command('AT+CCWA=1,0,1')
        sim.happened('call-waiting-by-host off')
        self.answers(host, 'AT+CCWA=1,2', '+CCWA: 0,1')
        sim.say('ring')
        sim.happened('ring 1')
        host.command('ATA')
        self.wrong(sim, 'waiting number=2')
        host.command('AT+CCWA=,1')
        sim.happened('call-waiting-by-host on')
        self.says(sim, host, 'waiting number=2', '+CCWA: "2",129,1,"",0')
        host.command('AT+CCWA=2', 'ERROR')
        for malformed in ('1,3', '1,x', '1,1,300'):
            host.command('AT+CCWA=' + malformed, '+CME ERROR: 50')

    def test_forwarding(self):
        sim, host = self.modem()
        self.answers(host, 'AT+CCFC=?', '+CCFC: (0-5)')
        for reason in range(4):
            self.answers(host, 'AT+CCFC=%d,2' % reason, '+CCFC: 0,7')
        host.command('AT+CCFC=0,1', '+CME ERROR: 3')
        host.command('AT+CCFC=0,3,"+4930123",145,1')
        sim.happened('forwarding-by-host 0 3 +4930123')
        self.answers(host, 'AT+CCFC=0,2', '+CCFC: 1,1,"+4930123",145')
        self.answers(host, 'AT+CCFC=0,2,,,2', '+CCFC: 0,7')
        host.command('AT+CCFC=0,0')
        self.answers(host, 'AT+CCFC=0,2', '+CCFC: 0,1,"+4930123",145')
        host.command('AT+CCFC=0,1,,,1')
        self.answers(host, 'AT+CCFC=0,2', '+CCFC: 1,1,"+4930123",145')
        host.command('AT+CCFC=2,3,"030123",129,7,,,15')
        self.answers(host, 'AT+CCFC=2,2', *('+CCFC: 1,%d,"030123",129,,,15' % n for n in (1, 2, 4)))
        host.command('AT+CCFC=2,3,"4930",145,1')
        self.answers(host, 'AT+CCFC=2,2,,,1', '+CCFC: 1,1,"+4930",145,,,20')
        host.command('AT+CCFC=5,4')
        self.answers(host, 'AT+CCFC=2,2', '+CCFC: 0,7')
        self.answers(host, 'AT+CCFC=0,2', '+CCFC: 1,1,"+4930123",145')
        host.command('AT+CCFC=4,3,"1"')
        self.answers(host, 'AT+CCFC=3,2,,,1', '+CCFC: 1,1,"1",129')
        sim.say('reboot')
        sim.happened('rebooted')
        host.command('ATE0')
        host.command('AT+CMEE=1')
        self.answers(host, 'AT+CCFC=1,2,,,4', '+CCFC: 1,4,"1",129')
        host.command('AT+CCFC=4,4')
        host.command('AT+CCFC=0,3,"%s",129,1' % ('1' * 40))
        self.answers(host, 'AT+CCFC=0,2', '+CCFC: 1,1,"%s",129' % ('1' * 40))
        host.command('AT+CCFC=0,4')
        for reason in range(4):
            self.answers(host, 'AT+CCFC=%d,2' % reason, '+CCFC: 0,7')
        host.command('AT+CCFC=4,2', '+CME ERROR: 3')
        for malformed in ('', '6,2', '0', '0,5', '0,3', '0,3,"x"', '0,3,"' + '1' * 41 + '"',
                          '0,3,"1",9', '2,3,"1",129,1,,,31', '0,2,,,0'):
            host.command('AT+CCFC=' + malformed, '+CME ERROR: 50')

    def test_refused(self):
        sim, host = self.modem()
        sim.say('network searching')
        sim.sync()
        for command in ('+CCWA=1,2', '+CCFC=0,2'):
            host.command('AT' + command, '+CME ERROR: 30')
        host.command('AT+CCWA=1')
        sim.say('sim pin=1234')
        host.until(b'SIM PIN\r\n')
        for command in ('+CCWA=1,2', '+CCFC=0,2', '+CCWA=1'):
            host.command('AT' + command, '+CME ERROR: 11')


class Ussd(NetworkCase):
    def test_answer(self):
        sim, host = self.modem()
        self.answers(host, 'AT+CUSD?', '+CUSD: 0')
        host.write(b'AT+CUSD=1,"*100#",15\r')
        self.hears(host, 'OK', '+CUSD: 0,"Balance: 5.00 EUR",15')
        sim.happened('ussd-by-host *100#')
        self.answers(host, 'AT+CUSD?', '+CUSD: 1')
        self.answers(host, 'AT+CUSD=?', '+CUSD: (0-2)')
        sim.say('on-ussd ""', r"on-ussd 'One\ntwo' 'Say {5€}, Jürgen'", 'on-ussd refused Here')
        sim.sync()
        for command, wanted in (('AT+CUSD=1,"*0#"', '0,"",15'),
                                ('AT+CUSD=1,"*1#"', '0,"One\ntwo",15'),
                                ('AT+CUSD=1,*2#', '0,"Say {5€}, Jürgen",15'),
                                ('AT+CUSD=1,"*3#",15', '4'), ('AT+CUSD=1,"*4#"', '0,"Here",15')):
            host.write(command.encode() + b'\r')
            self.hears(host, 'OK', '+CUSD: ' + wanted)
        for malformed in ('3', '', '1,""', '1,"zz",72', '1,"002",72'):
            host.command('AT+CUSD=' + malformed, '+CME ERROR: 50')
        host.command('AT+CUSD=0,"*5#"')
        sim.happened('ussd-by-host *5#')
        self.wrong(sim, 'ussd', 'ussd a b', 'on-ussd', 'on-ussd request', 'ussd-end never')
        self.wrong(self.start('landline'), 'ussd a', 'on-ussd a', 'ussd-end')

    def test_session(self):
        sim, host = self.modem()
        sim.say('on-ussd Menu request Bye')
        sim.sync()
        host.write(b'AT+CUSD=1,"*100#",15\r')
        self.hears(host, 'OK', '+CUSD: 1,"Menu",15')
        host.write(b'AT+CUSD=1,"1",15\r')
        self.hears(host, 'OK', '+CUSD: 0,"Bye",15')
        sim.happened('ussd-by-host 1')
        self.wrong(sim, 'ussd-end')
        for end, kind in (('ussd-end', 2), ('ussd-end timeout', 5)):
            self.says(sim, host, 'ussd "Your PIN?" request', '+CUSD: 1,"Your PIN?",15')
            self.says(sim, host, end, '+CUSD: %d' % kind)
        sim.say('on-ussd silent')
        sim.sync()
        host.command('AT+CUSD=1,"*1#"')
        host.command('AT+CUSD=1,"*2#"', '+CME ERROR: 3')
        host.command('AT+CUSD=2')
        sim.happened('ussd-ended-by-host')
        host.command('AT+CUSD=2')
        sim.say('on-ussd silent')
        sim.sync()
        host.command('AT+CUSD=1,"*3#"')
        self.says(sim, host, 'ussd Late', '+CUSD: 0,"Late",15')
        host.command('AT+CUSD=0')
        sim.say('ussd Unheard')
        self.quiet(sim, host)

    def test_one_answer(self):
        sim, host = self.modem(scale='1')
        host.command('AT+CUSD=1,"*1#"')
        self.says(sim, host, 'ussd Early', '+CUSD: 0,"Early",15')
        host.command('ATD1;')
        sim.happened('remote-alerting')
        self.quiet(sim, host)

    def test_codings(self):
        sim, host = self.modem('cellular-huawei')
        sim.say('on-ussd *100# 1234567 12345678 [€] Ωmega Щука')
        sim.sync()
        host.write(b'AT+CUSD=1,"AA180C3602",15\r')
        self.hears(host, 'OK', '+CUSD: 0,"AA180C3602",15')
        sim.happened('ussd-by-host *100#')
        # Seven characters leave seven bits, which a CR fills.
        for packed, text in (('31D98C56B3DD1A', '1234567'), ('31D98C56B3DD70', '12345678'),
                             ('1BDEA6BCF101', '[€]'), ('9576F91C06', 'Ωmega')):
            host.write(b'AT+CUSD=1,"%s",15\r' % packed.encode())
            self.hears(host, 'OK', '+CUSD: 0,"%s",15' % packed)
            sim.happened('ussd-by-host ' + text)
        host.write(b'AT+CUSD=1,"0429",72\r')
        self.hears(host, 'OK', '+CUSD: 0,"04290443043A0430",72')
        sim.happened('ussd-by-host Щ')
        host.write(b'AT+CUSD=1,AA180C3602,15\r')
        self.hears(host, 'OK', '+CUSD: 0,"C2303BEC1E9775A09A0B060315AB52",15')
        host.command('AT+CUSD=1,"*100#",15', '+CME ERROR: 50')

    def test_character_set(self):
        sim, host = self.modem('cellular-quectel')
        sim.say('on-ussd Hi Щ', 'network operator=Ä')
        sim.sync()
        host.command('AT+CSCS="UCS2"')
        host.write(b'AT+CUSD=1,"002A00310023",15\r')
        self.hears(host, 'OK', '+CUSD: 0,"00480069",15')
        sim.happened('ussd-by-host *1#')
        self.answers(host, 'AT+COPS?', '+COPS: 0,0,"00C4",7')
        host.command('AT+CSCS="GSM"')
        host.write(b'AT+CUSD=1,"*1#",15\r')
        self.hears(host, 'OK', '+CUSD: 0,"0429",72')

    def test_refused(self):
        sim, host = self.modem()
        sim.say('network searching')
        sim.sync()
        host.command('AT+CUSD=1,"*1#"', '+CME ERROR: 30')
        self.wrong(sim, 'ussd Hello')
        sim.say('network home', 'sim pin=1234')
        host.until(b'SIM PIN\r\n')
        host.command('AT+CUSD=1,"*1#"', '+CME ERROR: 11')


class Reboot(NetworkCase):
    def test_reboot(self):
        for family, before, after in (
                ('quectel', ('RDY', '+CFUN: 1'), ('+QIND: SMS DONE', '+QIND: PB DONE')),
                ('simcom', ('RDY', '+CFUN: 1'), ('Call Ready', 'SMS Ready'))):
            with self.subTest(family):
                sim = self.start('cellular-' + family)
                host = self.quiet_host(sim)
                boot = (*before, '+CPIN: READY', *after)
                host.command('AT+CREG=1')
                self.says(sim, host, 'ring', 'RING')
                sim.say('reboot')
                sim.happened('rebooted')
                host.until(b'RDY.*' + re.escape(after[-1].encode()) + b'\r\n')
                host.write(b'AT+CREG?\r')
                host.until(rb'^AT\+CREG\?\r\r\n\+CREG: 0,1\r\n\r\nOK\r\n')
                host.command('ATE0')
                self.assertNotIn('+CLCC: 1,1', ''.join(host.command('AT+CLCC')))
                self.says(sim, host, 'reboot', *boot)
                self.says(sim, host, 'sim pin=1234', '+CPIN: SIM PIN')
                self.says(sim, host, 'reboot', *before, '+CPIN: SIM PIN')
                host.command('ATE0')
                host.write(b'AT+CPIN=1234\r')
                self.hears(host, 'OK', '+CPIN: READY', *after)
        sim = self.start('cellular-cinterion')
        host = self.quiet_host(sim)
        self.says(sim, host, 'reboot', '^SYSSTART')
