# SPDX-License-Identifier: LGPL-2.1-or-later
"""The landline modem of offhook-sim; run by test-sim.py."""

import re

from sim_fixture import DLE, Case


class Landline(Case):
    def voice(self, sim):
        host = self.quiet_host(sim)
        host.command('AT+FCLASS=8')
        host.command('AT+VCID=1')
        return host

    def receive(self, host):
        host.write(b'AT+VRX\r')
        host.until(rb'^\r\nCONNECT\r\n')

    def code(self, host, code):
        host.until(re.escape(DLE + code))

    def test_identity_and_settings(self):
        host = self.quiet_host(self.start('landline'))
        self.assertEqual(host.command('AT+FCLASS=?'), ['0,1,8'])
        self.assertEqual(host.command('AT+VCID=?'), ['(0-2)'])
        self.assertEqual(host.command('AT+VCID?'), ['0'])
        self.assertEqual(host.command('AT+GMI'), ['CONEXANT'])
        for command in ('AT+GMM', 'AT+GMR', 'ATI3'):
            self.assertEqual(len(host.command(command)), 1)
        for command in ('AT+VSM=128,8000', 'AT+VSD=128,50', 'AT+VGT=128', 'AT+VGR=128', 'AT+VIT=0',
                        'AT+VNH=1', 'AT+VRA=50', 'AT+VRN=10', 'AT+GCI=B5', 'AT-STE=1', 'AT#CID=1',
                        'AT+VTD=10', 'AT+VIP', 'AT+VSM=?'):
            host.command(command)
        self.assertEqual(host.command('AT+VTD?'), ['10'])
        for command in ('AT+VLS=1', 'AT+VRX', 'AT+VTS=5'):
            host.command(command, 'ERROR')

    def test_ring_with_caller_id(self):
        sim = self.start('landline')
        host = self.voice(sim)
        sim.say('ring number=5551234 name="JANE DOE"')
        host.until(rb'^\r\nRING\r\n\r\nDATE = \d{4}\r\nTIME = \d{4}\r\nNMBR = 5551234\r\n'
                   rb'NAME = JANE DOE\r\n\r\nRING\r\n\r\nRING\r\n')
        sim.happened('ring 3')
        sim.say('give-up')
        sim.happened('caller-gave-up')
        self.assertIn('NMBR = 5551234', host.command('AT+VRID=0'))

    def test_presentations(self):
        sim = self.start('landline')
        host = self.voice(sim)
        for word, wanted in (('withheld', rb'NMBR = P\r\nNAME = P\r\n\r\nRING'),
                             ('unavailable', rb'NMBR = O\r\nNAME = O\r\n\r\nRING'),
                             ('none', rb'^\r\nRING\r\n\r\nRING\r\n$'),
                             ('before-first-ring number=7', rb'^\r\nDATE[^R]*NMBR = 7\r\n\r\nRING'),
                             ('number=7', rb'NMBR = 7\r\n\r\nRING')):
            with self.subTest(word):
                host.command('AT')
                sim.say('ring rings=2 ' + word)
                host.until(wanted)
                sim.happened('caller-gave-up')

    def test_unformatted_caller_id(self):
        sim = self.start('landline')
        host = self.quiet_host(sim)
        for command, mark in (('AT+VCID=2', rb'MESG = '), ('AT#CID=2', b'\n')):
            host.command('AT+VCID=0')
            host.command(command)
            sim.say('ring number=5551234 name=JANE rings=1')
            packet = bytes.fromhex(host.until(mark + rb'(80[0-9A-F]+)\r\n').group(1).decode())
            self.assertEqual(sum(packet) % 256, 0)
            self.assertEqual(packet[1], len(packet) - 3)
            self.assertIn(b'\x02\x075551234\x07\x04JANE', packet)
            sim.happened('caller-gave-up')

    def test_no_caller_id_unless_asked(self):
        sim = self.start('landline')
        host = self.quiet_host(sim)
        sim.say('ring number=5551234')
        host.until(rb'^\r\nRING\r\n\r\nRING\r\n')

    def test_answer_talk_hang_up(self):
        sim = self.start('landline')
        host = self.voice(sim)
        sim.say('ring')
        host.until(b'RING')
        host.write(b'AT+VLS=1\r')
        sim.happened('answered-by-host')
        host.until(b'OK\r\n')
        self.assertEqual(host.command('AT+VLS?'), ['1'])
        sim.say('ring')
        sim.err.until(b'line is busy')
        self.receive(host)
        sim.happened('voice-receive on')
        host.until(b'\x80{800}')
        sim.say('digits 5#')
        for digit in (b'5', b'#'):
            host.until(re.escape(DLE + b'/' + DLE + digit + DLE + b'~'))
        sim.say('waiting number=5559876')
        sim.happened('waiting 5559876')
        self.code(host, b'w')
        self.code(host, b'w')
        sim.say('give-up')
        sim.happened('caller-gave-up')
        sim.say('hangup')
        self.code(host, b'b')
        self.code(host, b'b')
        sim.happened('remote-hung-up')
        host.write(DLE + b'!')
        host.until(rb'\x10\x03\r\nOK\r\n$')
        sim.happened('voice-receive off')
        host.command('AT+VLS=0')
        sim.happened('hung-up-by-host')
        self.assertEqual(host.command('AT+VLS?'), ['0'])

    def test_hang_up_signs(self):
        sim = self.start('landline')
        host = self.voice(sim)
        for word, code in (('busy', b'b'), ('dialtone', b'd'), ('loop', b'l'), ('silence', b's')):
            with self.subTest(word):
                sim.say('ring')
                sim.happened('ring 1')
                host.command('ATA')
                self.receive(host)
                sim.say('hangup ' + word)
                self.code(host, code)
                host.write(DLE + b'^')
                host.until(rb'\x10\x03\r\nOK\r\n$')
                host.command('ATH')
                sim.happened('hung-up-by-host')

    def test_silent_hang_up(self):
        sim = self.start('landline')
        host = self.voice(sim)
        sim.say('ring')
        sim.happened('ring 1')
        host.command('ATA')
        self.receive(host)
        sim.say('hangup silent')
        sim.happened('remote-hung-up')
        host.until(b'\x80{4000}')
        self.assertNotIn(DLE, host.skipped + host.seen)

    def test_hang_up_is_not_told_in_command_state(self):
        sim = self.start('landline')
        host = self.voice(sim)
        sim.say('ring')
        sim.happened('ring 1')
        host.command('ATA')
        sim.say('hangup')
        sim.happened('remote-hung-up')
        self.assertEqual(host.command('AT+VCID?'), ['1'])
        self.receive(host)
        self.code(host, b'b')

    def test_transmit_and_duplex(self):
        sim = self.start('landline')
        host = self.voice(sim)
        host.command('AT+VLS=1')
        sim.happened('off-hook')
        host.write(b'AT+VTX\r')
        host.until(rb'^\r\nCONNECT\r\n$')
        sim.happened('voice-transmit on')
        host.write(b'\x80' * 1000 + DLE + DLE + b'\x03\x80' + DLE + b'\x03')
        host.until(rb'^\r\nOK\r\n$')
        sim.happened('voice-transmit off')
        host.write(b'AT+VTR\r')
        host.until(rb'^\r\nCONNECT\r\n')
        self.code(host, b'd')
        host.write(b'\x80' * 1000 + DLE + b'^')
        host.until(rb'\x10\x03\r\nOK\r\n$')
        host.command('ATH')
        sim.happened('on-hook')
        host.command('AT+VRX', 'ERROR')

    def test_answer_in_data_class(self):
        sim = self.start('landline')
        host = self.quiet_host(sim)
        host.command('ATS7=5')
        sim.say('ring')
        sim.happened('ring 1')
        host.command('ATA', 'NO CARRIER')
        sim.happened('answered-by-host')
        sim.happened('on-hook')
        host.command('ATS7=255')
        sim.say('ring')
        sim.happened('ring 1')
        host.write(b'ATA\r\n')
        sim.happened('answered-by-host')
        host.write(b'A')
        host.until(rb'\r\nNO CARRIER\r\n$')
        sim.happened('hung-up-by-host')
        sim.say('ring')
        sim.happened('ring 1')
        host.write(b'ATA\r')
        sim.happened('answered-by-host')
        sim.say('hangup')
        host.until(rb'\r\nNO CARRIER\r\n$')

    def test_automatic_answer(self):
        sim = self.start('landline')
        host = self.voice(sim)
        host.command('ATS0=2')
        sim.say('ring')
        sim.happened('ring 2')
        sim.happened('answered-by-host')
        host.until(b'\r\nVCON\r\n')

    def test_dial(self):
        sim = self.start('landline')
        host = self.voice(sim)
        sim.say('on-dial alert=1 answer=16')
        sim.sync()
        host.write(b'ATDT555-1234\r')
        sim.happened('dialled 5551234')
        host.until(rb'^(\r\nRINGING\r\n){2,3}\r\nVCON\r\n$')
        sim.happened('remote-answered')
        host.command('ATDT7')
        sim.happened('digit-sent-by-host 7')
        host.command('ATH')
        sim.happened('hung-up-by-host')

    def test_dial_failures(self):
        sim = self.start('landline')
        host = self.voice(sim)
        for plan, result in (('busy=1', 'BUSY'), ('no-answer=3', 'NO ANSWER'),
                             ('no-carrier=1', 'NO CARRIER'), ('no-dialtone', 'NO DIALTONE'),
                             ('alert=1', 'NO ANSWER')):
            with self.subTest(plan):
                host.command('ATS7=9')
                sim.say('on-dial ' + plan)
                sim.sync()
                host.command('ATDT1', result)
                sim.happened('on-hook')
                self.assertEqual(host.command('AT+VLS?'), ['0'])
        host.command('ATX1')
        sim.say('on-dial busy=1')
        sim.sync()
        host.command('ATD1', 'NO CARRIER')
        for wrong in ('ATD', 'ATDT1?2'):
            host.command(wrong, 'ERROR')
        sim.say('ring')
        host.until(b'RING\r\n')
        host.command('ATD1', 'NO CARRIER')

    def test_dial_by_hand(self):
        sim = self.start('landline')
        host = self.voice(sim)
        sim.say('on-dial manual')
        sim.sync()
        host.write(b'ATD1\r')
        sim.happened('dialled 1')
        sim.say('alert')
        host.until(b'RINGING')
        sim.say('answer')
        host.until(b'VCON')
        host.command('ATH')
        host.write(b'ATD2\r')
        sim.happened('dialled 2')
        sim.say('busy')
        host.until(b'BUSY')
        host.write(b'ATD3\r')
        sim.happened('dialled 3')
        sim.say('hangup')
        host.until(b'NO CARRIER')

    def test_byte_aborts_dialling(self):
        sim = self.start('landline')
        host = self.voice(sim)
        sim.say('on-dial manual')
        sim.sync()
        host.write(b'ATDT1\r\n')
        sim.happened('dialled 1')
        host.write(b'AT+VCID?\r')
        host.until(rb'^\r\nNO CARRIER\r\n$')
        sim.happened('hung-up-by-host')
        host.command('ATI')

    def test_dial_with_semicolon(self):
        sim = self.start('landline')
        host = self.voice(sim)
        sim.say('on-dial alert=1 answer=60')
        sim.sync()
        host.command('ATDT123;')
        sim.happened('dialled 123')
        self.receive(host)
        self.code(host, b'r')
        self.code(host, b'r')
        sim.happened('remote-answered')
        host.write(DLE + b'!')
        host.until(b'OK\r\n')
        host.command('ATH')
        sim.say('on-dial busy=2')
        sim.sync()
        host.command('ATDT123;')
        self.receive(host)
        self.code(host, b'b')

    def test_dial_by_tones(self):
        sim = self.start('landline')
        host = self.voice(sim)
        host.command('AT+VTS=5', 'ERROR')
        host.command('ATD;')
        host.command('AT+VTS={1,10},{2,10}')
        host.command('AT+VTS=3,[770,1336,20]')
        for digit in '123':
            sim.happened('digit-sent-by-host ' + digit)
        sim.happened('dialled 123')
        sim.happened('remote-answered')
        for wrong in ('AT+VTS=', 'AT+VTS=x', 'AT+VTS={1', 'AT+VTS={x,1}', 'AT+VTS=[1,2'):
            host.command(wrong, 'ERROR')
        sim.say('waiting')
        sim.happened('waiting ')
        host.command('AT+VTS=!')
        sim.happened('flash-by-host')
        sim.happened('answered-by-host')
