# SPDX-License-Identifier: LGPL-2.1-or-later
"""The cellular modem of offhook-sim; run by test-sim.py."""

from sim_fixture import Case


class Cellular(Case):
    def enabled(self, sim):
        host = self.quiet_host(sim)
        for command in ('AT+CRC=1', 'AT+CLIP=1', 'AT+CCWA=1', 'AT+CMEE=1'):
            host.command(command)
        return host

    def list(self, host):
        return host.command('AT+CLCC')

    def call(self, sim, host):
        sim.say('ring number=+15550100')
        sim.happened('ring 1')
        host.command('ATA')
        sim.happened('answered-by-host')

    def second_call(self, sim, host):
        self.call(sim, host)
        sim.say('waiting number=200')
        host.until(rb'\+CCWA: [^\r]*\r\n')
        sim.happened('waiting 200')

    def test_identity_and_settings(self):
        sim = self.start('cellular', 'cellular')
        host = self.quiet_host(sim)
        imei = host.command('AT+CGSN')[0]
        self.assertRegex(imei, r'^\d{15}$')
        doubled = [int(d) * (1 + i % 2) for i, d in enumerate(imei)]
        self.assertEqual(sum(d // 10 + d % 10 for d in doubled) % 10, 0)
        self.assertNotEqual(imei, self.quiet_host(sim, 1).command('AT+CGSN')[0])
        for command, wanted in (('AT+CPIN?', '+CPIN: READY'), ('AT+CREG?', '+CREG: 0,1'),
                                ('AT+CLIP?', '+CLIP: 0,1'), ('AT+CRC?', '+CRC: 0'),
                                ('AT+CRC=?', '+CRC: (0-1)'), ('AT+CSQ', '+CSQ: 20,99'),
                                ('AT+CGMI', 'OFFHOOK'), ('AT+CPAS', '+CPAS: 0'),
                                ('AT+CCWA=1,2', '+CCWA: 1,1')):
            self.assertEqual(host.command(command), [wanted])
        for command in ('AT+CGMM', 'AT+CGMR', 'AT+GMI', 'AT+GMM', 'AT+GMR', 'AT+COPS?', 'AT+CNUM',
                        'AT+CIMI', 'ATI', 'AT+CFUN?'):
            self.assertTrue(host.command(command))
        for command in ('AT+CSSN=1,1', 'AT+CVHU=0', 'AT+CNMI=2,1', 'AT+CSCS="IRA"', 'AT+COLP=0',
                        'AT+CREG=1', 'AT+CLCC=?', 'AT+CHUP=?', 'AT+VTS=?', 'AT+VTD=1', 'AT+CFUN=1'):
            host.command(command)
        self.assertEqual(host.command('AT+CSCS?'), ['+CSCS: "IRA"'])
        for command in ('AT+NONSENSE', 'AT+CRC=2', 'AT+CHLD=2', 'AT+CPIN=1234', 'AT+VTS=x',
                        'AT+CLIP=1;+CRC=1'):
            host.command(command, 'ERROR')

    def test_errors(self):
        host = self.quiet_host(self.start('cellular'))
        host.command('AT+CMEE=1')
        host.command('AT+CHLD=2', '+CME ERROR: 3')
        host.command('AT+CHLD=17', '+CME ERROR: 21')
        host.command('AT+CMEE=2')
        host.command('AT+VTS=5', '+CME ERROR: operation not allowed')
        host.command('ATD>1;', '+CME ERROR: not found')

    def test_ring(self):
        sim = self.start('cellular')
        host = self.enabled(sim)
        sim.say('ring number=+15551234567 name="Doe, Jane"')
        host.until(rb'^\r\n\+CRING: VOICE\r\n'
                   rb'\r\n\+CLIP: "\+15551234567",145,"",0,"Doe, Jane",0\r\n'
                   rb'\r\n\+CRING: VOICE\r\n\r\n\+CLIP:[^\r]*\r\n')
        sim.say('modem0')
        host.command('AT+CNAP=1')
        host.until(rb'\+CNAP: "Doe, Jane",0\r\n')
        sim.say('give-up')
        host.until(b'\r\nNO CARRIER\r\n$')
        sim.happened('caller-gave-up')
        self.assertEqual(self.list(host), [])

    def test_plain_ring(self):
        sim = self.start('cellular')
        host = self.quiet_host(sim)
        sim.say('ring number=123')
        host.until(rb'^\r\nRING\r\n\r\nRING\r\n')
        self.assertIn('+CLCC: 1,1,4,0,0,"123",129', self.list(host))
        self.assertIn('+CPAS: 3', host.command('AT+CPAS'))

    def test_presentations(self):
        sim = self.start('cellular')
        host = self.enabled(sim)
        for word, wanted in (('withheld', rb'\+CLIP: "",128,"",0,"",1\r\n'),
                             ('unavailable', rb'\+CLIP: "",128,"",0,"",2\r\n'),
                             ('none', rb'VOICE\r\n\r\nNO CARRIER\r\n')):
            with self.subTest(word):
                sim.say('ring rings=1 ' + word)
                host.until(wanted)
                sim.happened('caller-gave-up')
        sim.say('ring', 'give-up silent')
        sim.happened('caller-gave-up')
        self.assertEqual(host.command('AT'), ['+CRING: VOICE', '+CLIP: "",128,"",0,"",2'])

    def test_list_row_with_name(self):
        sim = self.start('cellular')
        host = self.quiet_host(sim)
        sim.say('ring number=+15550100 name=Jane')
        sim.happened('ring 1')
        host.until(b'RING\r\n')
        host.write(b'AT+CLCC\r')
        host.until(rb'^\r\n\+CLCC: 1,1,4,0,0,"\+15550100",145,"Jane"\r\n\r\nOK\r\n$')

    def test_answer_and_hang_up(self):
        sim = self.start('cellular')
        host = self.enabled(sim)
        host.command('ATA', 'NO CARRIER')
        for command in ('AT+CHUP', 'ATH', 'AT+CHLD=11', 'AT+CHLD=1'):
            with self.subTest(command):
                self.call(sim, host)
                self.assertEqual(self.list(host), ['+CLCC: 1,1,0,0,0,"+15550100",145'])
                host.command(command)
                sim.happened('hung-up-by-host')
                self.assertEqual(self.list(host), [])
        for command in ('AT+CHUP', 'AT+CHLD=0', 'ATH'):
            sim.say('ring')
            sim.happened('ring 1')
            host.command(command)
            sim.happened('hung-up-by-host')
        host.command('AT')
        self.call(sim, host)
        sim.say('hangup')
        host.until(rb'^\r\nNO CARRIER\r\n')
        self.call(sim, host)
        sim.say('hangup silent')
        sim.happened('remote-hung-up')
        self.assertEqual(self.list(host), [])
        sim.say('hangup')
        sim.err.until(b'no call to end')

    def test_automatic_answer(self):
        sim = self.start('cellular')
        host = self.quiet_host(sim)
        host.command('ATS0=2')
        sim.say('ring')
        sim.happened('ring 2')
        sim.happened('answered-by-host')

    def test_digits(self):
        sim = self.start('cellular')
        host = self.enabled(sim)
        host.command('AT+VTS=5', '+CME ERROR: 3')
        self.call(sim, host)
        for command, digits in (('AT+VTS=5', '5'), ('AT+VTS="*"', '*'), ('AT+VTS=7,3', '7 3'),
                                ('AT+VTS={8,4}', '8 4'), ('AT+VTS="12",2', '1 2|2 2'),
                                ('AT+VTS={"1",3},{2,4}', '1 3|2 4'), ('AT+VTD=6', ''),
                                ('AT+VTS=#', '# 6'), ('AT+VTS={A,2}', 'A 2')):
            host.command(command)
            for digit in filter(None, digits.split('|')):
                sim.happened('digit-sent-by-host ' + digit)
        for command in ('AT+VTS=', 'AT+VTS=x', 'AT+VTS={5', 'AT+VTS="5', 'AT+VTS=5,', 'AT+VTS={5}6'):
            host.command(command, 'ERROR')
        host.command('AT+DDET=1')
        sim.say('digits 12#')
        host.until(rb'^\r\n\+RXDTMF: 1\r\n\r\n\+RXDTMF: 2\r\n\r\n\+RXDTMF: #\r\n')

    def test_dial(self):
        sim = self.start('cellular')
        host = self.enabled(sim)
        sim.say('on-dial manual')
        sim.sync()
        host.command('ATD+15550100;')
        sim.happened('dialled +15550100')
        self.assertEqual(self.list(host), ['+CLCC: 1,0,2,0,0,"+15550100",145'])
        host.command('ATD1;', '+CME ERROR: 3')
        sim.say('alert')
        sim.happened('remote-alerting')
        self.assertEqual(self.list(host), ['+CLCC: 1,0,3,0,0,"+15550100",145'])
        sim.say('answer')
        sim.happened('remote-answered')
        self.assertEqual(self.list(host), ['+CLCC: 1,0,0,0,0,"+15550100",145'])
        sim.say('on-dial alert=1 answer=2')
        sim.sync()
        host.command('ATD200I;')
        sim.happened('remote-answered')
        self.assertEqual(self.list(host), ['+CLCC: 1,0,1,0,0,"+15550100",145',
                                           '+CLCC: 2,0,0,0,0,"200",129'])
        host.command('ATD300;', '+CME ERROR: 3')
        host.command('ATD300', 'NO CARRIER')
        host.command('ATD;', 'ERROR')
        host.command('ATH')
        self.assertEqual(self.list(host), [])

    def test_hidden_number(self):
        sim = self.start('cellular')
        host = self.enabled(sim)
        sim.say('on-dial manual')
        sim.sync()
        self.assertEqual(host.command('AT+CLIR?'), ['+CLIR: 0,4'])
        for setting, dialled, word in (('0', '123', ''), ('0', '123I', ' hidden'),
                                       ('0', '123i', ' shown'), ('1', '123', ' hidden'),
                                       ('1', '123i', ' shown'), ('2', '123', ' shown')):
            with self.subTest(setting + dialled):
                host.command('AT+CLIR=' + setting)
                self.assertEqual(host.command('AT+CLIR?'), ['+CLIR: %s,4' % setting])
                host.command('atd%s;' % dialled)
                sim.happened('dialled 123' + word)
                host.command('AT+CHUP')

    def test_cause(self):
        sim = self.start('cellular')
        host = self.enabled(sim)
        self.assertEqual(host.command('AT+CEER'), ['+CEER: 0,"No cause"'])

        def dial(*lines):
            sim.say(*lines)
            sim.sync()
            host.command('ATD1;')

        def cause(line, wanted):
            host.until(b'\r\n' + line + b'\r\n')
            self.assertEqual(host.command('AT+CEER'), ['+CEER: ' + wanted])

        for plan, line, wanted in (
                ('busy=1', b'BUSY', '17,"User busy"'),
                ('no-answer=2', b'NO ANSWER', '19,"User alerting, no answer"'),
                ('reject', b'NO CARRIER', '21,"Call rejected"'),
                ('alert=1 reject=2', b'NO CARRIER', '21,"Call rejected"'),
                ('unassigned', b'NO CARRIER', '1,"Unassigned number"'),
                ('congestion=1', b'NO CARRIER', '34,"No channel available"'),
                ('no-carrier=1 cause=38', b'NO CARRIER', '38,"Network out of order"')):
            with self.subTest(plan):
                dial('on-dial ' + plan)
                cause(line, wanted)
        for command, line, wanted in (
                ('busy', b'BUSY', '17,"User busy"'),
                ('reject', b'NO CARRIER', '21,"Call rejected"'),
                ('reject cause=88', b'NO CARRIER', '88,"Incompatible destination"'),
                ('hangup', b'NO CARRIER', '16,"Normal call clearing"'),
                ('hangup cause=99', b'NO CARRIER', '99,"Unknown cause"')):
            with self.subTest(command):
                dial('on-dial manual')
                sim.say(command)
                cause(line, wanted)
        sim.say('ring', 'give-up cause=31')
        cause(b'NO CARRIER', '31,"Normal, unspecified"')
        sim.happened('caller-gave-up')
        sim.say('ring')
        sim.happened('ring 1')
        host.command('AT+CHUP')
        sim.happened('hung-up-by-host')
        host.command('AT')
        self.assertEqual(host.command('AT+CEER'), ['+CEER: 21,"Call rejected"'])
        sim.say('busy cause=x', 'hangup cause=200', 'on-dial reject busy=1')
        for _ in range(3):
            sim.err.until(b'error: [^\n]+\n')

    def test_dial_failures(self):
        sim = self.start('cellular')
        host = self.enabled(sim)
        for plan, line in (('busy=1', b'BUSY'), ('no-answer=2', b'NO ANSWER'),
                           ('alert=1 no-carrier=2', b'NO CARRIER')):
            with self.subTest(plan):
                sim.say('on-dial ' + plan)
                sim.sync()
                host.command('ATD1;')
                host.until(b'^\r\n' + line + b'\r\n$')
                self.assertEqual(self.list(host), [])
        sim.say('on-dial no-dialtone')
        sim.sync()
        host.command('ATD1;', 'NO DIALTONE')
        sim.say('on-dial manual')
        sim.sync()
        host.command('ATD1;')
        sim.say('busy')
        host.until(b'BUSY')
        host.command('ATD1;')
        host.command('AT+CHUP')
        sim.happened('hung-up-by-host')

    def test_waiting(self):
        sim = self.start('cellular')
        host = self.enabled(sim)
        sim.say('waiting')
        sim.err.until(b'error: ')
        self.call(sim, host)
        host.command('AT')
        sim.say('waiting number=200 name=Joe')
        host.until(rb'^\r\n\+CCWA: "200",129,1,"Joe",0\r\n$')
        self.assertEqual(self.list(host)[1], '+CLCC: 2,1,5,0,0,"200",129,"Joe"')
        sim.say('give-up')
        sim.happened('caller-gave-up')
        self.assertEqual(len(self.list(host)), 1)
        sim.say('waiting number=200', 'hangup')
        host.until(rb'\r\nNO CARRIER\r\n\r\n\+CRING: VOICE\r\n\r\n\+CLIP: "200",129')
        self.assertIn('+CLCC: 2,1,4,0,0,"200",129', self.list(host))
        host.command('ATA')
        self.assertEqual(self.list(host), ['+CLCC: 2,1,0,0,0,"200",129'])

    def states(self, host):
        return [row.split(',')[2] for row in self.list(host)]

    def test_supplementary_services(self):
        sim = self.start('cellular')
        host = self.enabled(sim)
        self.second_call(sim, host)
        host.command('AT+CHLD=0')
        self.assertEqual(self.states(host), ['0'])
        sim.say('waiting number=200')
        sim.happened('waiting 200')
        host.command('AT+CHLD=2')
        sim.happened('held-by-host 1')
        sim.happened('answered-by-host')
        self.assertEqual(self.states(host), ['1', '0'])
        host.command('AT+CHLD=2')
        self.assertEqual(self.states(host), ['0', '1'])
        host.command('AT+CHLD=3')
        sim.happened('joined-by-host')
        self.assertEqual([row.split(',')[2:5] for row in self.list(host)], [['0', '0', '1']] * 2)
        host.command('AT+CHLD=21')
        self.assertEqual(self.states(host), ['0', '1'])
        host.command('AT+CHLD=1')
        sim.happened('retrieved-by-host 2')
        self.assertEqual(self.states(host), ['0'])
        host.command('AT+CHLD=3', '+CME ERROR: 3')
        sim.say('waiting')
        sim.happened('waiting ')
        host.command('AT+CHLD=1')
        self.assertEqual(self.states(host), ['0'])
        host.command('AT+CHLD=2')
        sim.say('hangup')
        host.until(b'NO CARRIER')
        self.assertEqual(self.list(host), [])

    def test_forwarded_and_called(self):
        sim = self.start('cellular')
        host = self.enabled(sim)
        sim.say('ring number=1 called=+15550199 forwarded rings=1')
        host.until(b'NO CARRIER')
        self.assertNotIn(b'+CDIP', host.skipped)
        self.assertNotIn(b'+CSSU', host.skipped)
        host.command('AT+CDIP=1')
        host.command('AT+CSSN=0,1')
        sim.say('ring number=1 called=+15550199 forwarded')
        host.until(rb'\+CLIP: "1",129,"",0,"",0\r\n\r\n\+CDIP: "\+15550199",145\r\n'
                   rb'\r\n\+CSSU: 0\r\n')
        host.command('ATA')
        sim.say('waiting number=2 called=3')
        host.until(rb'\+CCWA: "2",129,1,"",0\r\n\r\n\+CDIP: "3",129\r\n$')

    def test_held_by_far_end(self):
        sim = self.start('cellular')
        host = self.enabled(sim)
        sim.say('hold')
        sim.err.until(b'error: ')
        self.call(sim, host)
        sim.say('hold')
        sim.happened('remote-held')
        sim.say('unhold')
        sim.happened('remote-retrieved')
        self.assertNotIn(b'+CSSU', b''.join(line.encode() for line in host.command('AT')))
        host.command('AT+CSSN=1,1')
        sim.say('hold')
        host.until(rb'^\r\n\+CSSU: 2\r\n')
        self.assertEqual(self.states(host), ['0'])
        sim.say('hold')
        sim.err.until(b'error: ')
        sim.say('unhold')
        host.until(rb'^\r\n\+CSSU: 3\r\n')
        sim.say('unhold')
        sim.err.until(b'error: ')

    def test_deflection(self):
        sim = self.start('cellular')
        host = self.enabled(sim)
        host.command('AT+CTFR=?')
        host.command('AT+CTFR=200', '+CME ERROR: 3')
        self.call(sim, host)
        host.command('AT+CTFR=200', '+CME ERROR: 3')
        sim.say('waiting number=7')
        sim.happened('waiting 7')
        host.command('AT+CTFR="+15550200",145')
        sim.happened('deflected-by-host +15550200')
        self.assertEqual(self.states(host), ['0'])
        host.command('AT+CHUP')
        sim.say('ring')
        host.until(b'RING')
        host.command('AT+CTFR=no', 'ERROR')
        host.command('AT+CTFR=200')
        sim.happened('deflected-by-host 200')
        self.assertEqual(self.list(host), [])

    def test_transfer(self):
        sim = self.start('cellular')
        host = self.enabled(sim)
        self.second_call(sim, host)
        host.command('AT+CHLD=2')
        host.command('AT+CHLD=4')
        sim.happened('transferred-by-host')
        self.assertEqual(self.list(host), [])

    def test_radio_off_ends_calls(self):
        sim = self.start('cellular')
        host = self.enabled(sim)
        self.call(sim, host)
        host.command('AT+CFUN=0')
        self.assertEqual(self.list(host), [])
