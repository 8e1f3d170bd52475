# SPDX-License-Identifier: LGPL-2.1-or-later
"""What landline modems do when the host dials; run by test-sim.py."""

import time

from sim_voice import VoiceCase


class Dialling(VoiceCase):
    def test_ends_of_dialling(self):
        for make, told in (('landline-conexant', rb'^\r\nOK\r\n$'), ('landline-usr', rb'^\r\nOK\r\n$'),
                           ('landline-multitech', rb'^\r\nVCON\r\n$'),
                           ('landline-agere', rb'^\r\nVCON\r\n$')):
            with self.subTest(make):
                sim, host = self.modem(make, 'AT+FCLASS=8')
                host.write(b'ATDT5551234\r')
                sim.happened('dialled 5551234')
                sim.happened('remote-answered')
                host.until(told)
        sim, host = self.modem('landline-rockwell', 'AT#CLS=8')
        host.write(b'ATDT1\r')
        sim.happened('remote-answered')
        host.until(rb'^(\r\nRINGING\r\n)+\r\nVCON\r\n$')

    def test_no_result(self):
        sim, host = self.modem('landline-smartlink', 'AT+FCLASS=8', 'ATS7=255')
        host.write(b'ATDT1\r')
        sim.happened('remote-answered')
        host.write(b'A')
        host.until(rb'^\r\nNO CARRIER\r\n$')
        sim.say('on-dial busy=1')
        sim.sync()
        host.command('ATDT1', 'BUSY')

    def test_late_results(self):
        sim, host = self.modem('landline-smartlink', 'AT+FCLASS=8', 'ATS7=3', scale='0.1')
        for plan, result, seconds in (('no-dialtone', 'NO DIALTONE', 0.51), ('manual', 'NO ANSWER', 0.56),
                                      ('busy=1', 'BUSY', 0.45)):
            with self.subTest(plan):
                sim.say('on-dial ' + plan)
                sim.sync()
                begun = time.monotonic()
                host.command('ATD1', result)
                self.assertGreater(time.monotonic() - begun, seconds * 0.8)

    def test_answer_is_heard_late(self):
        """For +VRA after the last ringback."""
        sim, host = self.modem('landline-usr', 'AT+FCLASS=8', 'AT+VRA=200', scale='0.05')
        sim.say('on-dial alert=0 answer=1')
        sim.sync()
        host.write(b'ATDT1\r')
        sim.happened('remote-answered')
        answered = time.monotonic()
        host.until(b'OK\r\n')
        self.assertGreater(time.monotonic() - answered, 0.5)

    def test_conexant_hears_the_rest(self):
        sim, host = self.modem('landline-conexant', 'AT+FCLASS=8')
        sim.say('on-dial alert=1 answer=60 polarity')
        sim.sync()
        host.command('ATDT1')
        self.receive(host)
        self.codes(host, b'r', b'r', b'L')

    def test_dial_string(self):
        sim, host = self.modem('landline', 'AT+FCLASS=8')
        for string, number in (('T9W555,12', '9W555,12'), ('P123', '123'), ('T(555) 1-2', '55512')):
            with self.subTest(string):
                host.write(b'ATD' + string.encode() + b'\r')
                sim.happened('dialled ' + number)
                host.until(b'VCON')
                host.command('ATH')

    def test_quiet_answer(self):
        sim, host = self.modem('landline', 'ATS7=9', scale='0.1')
        host.write(b'ATD1@;\r')
        sim.happened('remote-answered')
        answered = time.monotonic()
        host.until(rb'^\r\nOK\r\n$')
        self.assertGreater(time.monotonic() - answered, 0.4)
        host.command('ATH')
        sim.say('on-dial manual')
        sim.sync()
        host.command('ATD1@', 'NO ANSWER')

    def test_partial_dialling(self):
        sim, host = self.modem('landline', 'AT+FCLASS=8')
        sim.say('on-dial alert=200 answer=201')
        sim.sync()
        host.command('ATD55;')
        sim.happened('dialled 55')
        host.command('ATD51;')
        sim.happened('dialled 5551')
        host.write(b'ATD2\r')
        sim.happened('dialled 55512')
        sim.say('answer')
        host.until(b'VCON')

    def test_blind_dialling(self):
        sim, host = self.modem('landline', 'AT+FCLASS=8', 'ATS7=9')
        sim.say('on-dial no-dialtone')
        sim.sync()
        for level, string, result in ((4, 'ATD1', 'NO DIALTONE'), (2, 'ATD1', 'NO DIALTONE'),
                                      (3, 'ATD1', 'NO ANSWER'), (0, 'ATD1', 'NO ANSWER'),
                                      (0, 'ATDW1', 'NO DIALTONE'), (4, 'ATD1;', 'NO DIALTONE')):
            with self.subTest(level=level, string=string):
                host.command('ATX%d' % level)
                host.command(string, result)
                sim.happened('on-hook')

    def test_extension_in_use(self):
        sim, host = self.modem('landline', 'AT+FCLASS=8')
        sim.say('extension up')
        sim.sync()
        host.command('ATD1', 'NO DIALTONE')

    def test_delayed_and_blacklisted(self):
        sim, host = self.modem('landline', 'AT+FCLASS=8')
        for word, result, code in (('delayed', 'DELAYED', b'24'), ('blacklisted', 'BLACKLISTED', b'32')):
            sim.say('on-dial ' + word)
            sim.sync()
            host.command('ATX4')
            host.command('ATD1', result)
            host.command('ATX3')
            host.command('ATD1', 'ERROR')
            host.write(b'ATX4V0\r')
            host.until(b'0\r')
            host.write(b'ATD1\r')
            host.until(b'^' + code + b'\r$')
            host.write(b'ATV1\r')
            host.until(b'OK\r\n')
        sim.say('on-dial delayed alert=1')
        sim.err.until(b'stand alone')

    def test_flash(self):
        sim, host = self.talk()
        self.stop(host)
        host.command('ATD!')
        sim.happened('flash-by-host')
        sim.say('waiting number=7')
        sim.happened('waiting 7')
        host.command('ATD!')
        sim.happened('answered-by-host')
        host.command('AT+VTS=!')
        sim.happened('swapped-by-host')

    def test_tones(self):
        sim, host = self.talk()
        self.stop(host)
        for tones, seconds in (('5', '1.00'), ('{5,20},{#,30}', '0.50'), ('[440,480,200]', '2.00'),
                               ('1,2,[0,0,50]', '2.50')):
            host.command('AT+VTS=' + tones)
            sim.happened('tones-by-host ' + seconds)
        host.command('AT+VTD=7')
        host.command('AT+VTS=5')
        sim.happened('tones-by-host 0.07')

    def test_audio_route(self):
        sim, host = self.modem('landline-usr', 'AT+FCLASS=8')
        host.command('AT+VLS=5')
        sim.happened('off-hook')
        sim.happened('audio-route 5')
        self.assertEqual(host.command('AT+VLS?'), ['5'])
        host.command('AT+VLS=4')
        sim.happened('on-hook')
        sim.happened('audio-route 4')
        for wrong in ('AT+VLS=8', 'AT+VLS=x'):
            host.command(wrong, 'ERROR')
        self.assertEqual(host.command('AT+VSP?'), ['0'])

    def test_codings(self):
        for make, good, bad, silence in (('landline-conexant', '1,8000,0,0', '128,8000', b'\x80'),
                                         ('landline-usr', '130,8000', '1,8000', b'\xff'),
                                         ('landline-agere', '130,8000', '128,8000', b'\xff')):
            with self.subTest(make):
                sim, host = self.modem(make, 'AT+FCLASS=8', 'AT+VSM=' + good, 'AT+VLS=1')
                host.command('AT+VSM=' + bad, 'ERROR')
                self.receive(host)
                host.until(silence + b'{100}')

    def test_identity(self):
        for make, word in (('landline-conexant', '56000'), ('landline-usr', '5601'),
                           ('landline-multitech', 'MT5634ZBA'), ('landline-smartlink', 'SmartLink'),
                           ('landline-rockwell', '14400'), ('landline-agere', 'LT V.92 1.0')):
            with self.subTest(make):
                sim, host = self.modem(make)
                self.assertIn(word, host.command('ATI')[0])
                self.assertEqual('8' in host.command('AT+FCLASS=?')[0], make != 'landline-rockwell')
                for wrong in ('AT+FCLASS=9', 'AT+FCLASS=', 'AT+FCLASS=(0'):
                    host.command(wrong, 'ERROR')
