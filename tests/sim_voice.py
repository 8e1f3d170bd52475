# SPDX-License-Identifier: LGPL-2.1-or-later
"""Makes of landline modems, countries, and what is heard on a line; run by test-sim.py."""

import re
import time

from sim_fixture import DLE, Case


class VoiceCase(Case):
    def modem(self, make, *commands, scale='0.02'):
        sim = self.start(make, scale=scale)
        host = self.quiet_host(sim)
        for command in commands:
            host.command(command)
        return sim, host

    def talk(self, make='landline', *commands, scale='0.02'):
        """In a call, in voice receive."""
        rockwell = make == 'landline-rockwell'
        sim, host = self.modem(make, 'AT#CLS=8' if rockwell else 'AT+FCLASS=8', *commands,
                               scale=scale)
        sim.say('ring none')
        sim.happened('ring 1')
        host.write(b'AT#VLS=1\r' if rockwell else b'AT+VLS=1\r')
        sim.happened('answered-by-host')
        host.until(b'(OK|VCON)\r\n')
        self.receive(host, 'AT#VRX' if rockwell else 'AT+VRX')
        return sim, host

    def receive(self, host, command='AT+VRX'):
        host.write(command.encode() + b'\r')
        host.until(b'\r\nCONNECT\r\n')

    def codes(self, host, *codes):
        for code in codes:
            host.until(re.escape(DLE + code))

    def stop(self, host):
        host.write(DLE + b'!')
        host.until(rb'\x10\x03\r\nOK\r\n')

    def told(self, sim, host):
        """All that has come once the modem has done what was said; no more audio."""
        sim.sync()
        self.stop(host)
        return host.skipped


class CallerId(VoiceCase):
    def test_layouts(self):
        for make, block in (
                ('landline-conexant', b'\r\nRING\r\n\r\nMESG = 110101\r\nDATE = 0102\r\nTIME = 0304\r\n'
                                      b'NMBR = 5551234\r\nNAME = DOE\r\n\r\nRING'),
                ('landline-usr', b'\r\nRING\r\n\r\nDATE=0102\r\nTIME=0304\r\nNMBR=5551234\r\nNAME=DOE\r\n'
                                 b'MESG=110101\r\n\r\nRING'),
                ('landline-multitech', b'NAME = DOE\r\n\r\nRING'),
                ('landline-smartlink', b'\r\nRING\r\nDATE = 0102\r\nTIME = 0304\r\nNMBR = 5551234\r\n'
                                       b'NAME = DOE\r\nRING\r\n\r\nRING\r\nRING'),
                ('landline-agere', b'NMBR=5551234\r\nNAME=DOE')):
            with self.subTest(make):
                sim, host = self.modem(make, 'AT+VCID=1')
                sim.say('ring number=5551234 name=DOE date=0102 time=0304 mesg=110101')
                host.until(b'^.*' + re.escape(block) if 'multi' in make or 'agere' in make
                           else b'^' + re.escape(block))
        sim, host = self.modem('landline-rockwell', 'AT#CID=1')
        host.command('AT+VCID=1', 'ERROR')
        sim.say('ring number=5 date=none time=')
        host.until(rb'^\r\nRING\r\n\r\nTIME = \r\nNMBR = 5\r\n\r\nRING')

    def test_no_number(self):
        for make, withheld, unavailable in (
                ('landline-conexant', b'NMBR = P\r\nNAME = P\r\n', b'NMBR = O\r\nNAME = O\r\n'),
                ('landline-usr', b'NMBR=P\r\nNAME=P\r\n', b'NMBR=O\r\nNAME=O\r\n'),
                ('landline-smartlink', b'NMBR = \r\nR', b'NMBR = \r\nR')):
            for word, wanted in (('withheld', withheld), ('unavailable', unavailable)):
                with self.subTest(make=make, word=word):
                    sim, host = self.modem(make, 'AT+VCID=1')
                    sim.say('ring ' + word)
                    host.until(re.escape(wanted))
        sim, host = self.modem('landline', 'AT+VCID=1')
        sim.say('ring number=Restricted masked')
        host.until(rb'NMBR = Restricted\r\nNMBR = O\r\n')

    def test_packets(self):
        sim, host = self.modem('landline-conexant', 'AT+VCID=2')
        for words, packet in (
                ('number=6095551212 packet=sdmf date=0930 time=1224',
                 b'MESG = 04123039333031323234363039353535313231325' + b'1\r\n'),
                ('withheld packet=sdmf date=0930 time=1224', b'MESG = 04093039333031323234500E\r\n'),
                ('number=8005551212 name="JOHN DOE" date=0930 time=1224',
                 b'MESG = 80200108303933303132323402' b'0A38303035353531323132' b'07084A4F484E20444F4583\r\n'),
                ('number=1 packet=sdmf date=0930 time=1224 checksum=bad',
                 b'MESG = 040930393330313232343' + b'12C\r\n'),
                ('number=1 packet=sdmf date=0930 time=1224 short', b'MESG = 0409303933303132323431\r\n'),
                ('number=1 packet=sdmf date=0930 time=1224 copies=2 checksum=good',
                 b'\r\nMESG = 04093039333031323234312D\r\nMESG = 04093039333031323234312D\r\n')):
            with self.subTest(words):
                sim.say('ring rings=1 ' + words)
                host.until(re.escape(packet))
                if 'bad' not in words and 'short' not in words:
                    self.assertEqual(sum(bytes.fromhex(packet.split()[-1].decode())) % 256, 0)
                sim.happened('caller-gave-up')
        sim.say('ring rings=1 mesg=030735353531323132 number=1 date=none time=none')
        host.until(b'020131030735353531323132..\r\n')

    def test_bad_checksum_formatted(self):
        for make, wanted in (('landline-conexant', rb'^\r\nRING\r\n\r\nERRM = \r\n\r\nRING'),
                             ('landline-usr', rb'^\r\nRING\r\n\r\nRING')):
            sim, host = self.modem(make, 'AT+VCID=1')
            sim.say('ring number=5 checksum=bad')
            host.until(wanted)

    def test_bare_packet(self):
        sim, host = self.modem('landline-rockwell', 'AT#CID=2')
        sim.say('ring number=1 packet=sdmf date=0930 time=1224')
        host.until(rb'RING\r\n\r\n04093039333031323234312D\r\n')

    def test_raw(self):
        sim, host = self.modem('landline')
        sim.say(r"ring raw='FM:5551234 TO:10\r\n\xe9'")
        host.until(rb'RING\r\nFM:5551234 TO:10\r\n\xe9')

    def test_last_caller(self):
        sim, host = self.modem('landline-multitech', 'AT+VCID=1')
        sim.say('ring number=1 packet=sdmf date=0930 time=1224 rings=1')
        sim.happened('caller-gave-up')
        host.until(b'NMBR')
        self.assertEqual(host.command('AT+VRID=0')[-1], 'NMBR = 1')
        self.assertEqual(host.command('AT+VRID=1')[-1], 'MESG = 04093039333031323234312D')
        host.command('AT+VRID=2', 'ERROR')

    def test_reports_in_voice_class(self):
        sim, host = self.modem('landline-usr', 'AT+FCLASS=8', 'AT+VCID=1')
        sim.say('ring number=5 date=0102 time=0304')
        host.until(rb'^\x10R\x10X\r\nDATE=0102\r\nTIME=0304\r\nNMBR=5\r\n\x10\.\x10R')
        sim, host = self.modem('landline-agere', 'AT+FCLASS=8', 'AT+VCID=1')
        sim.say('ring number=5 date=0102 time=0304')
        host.until(rb'^\x10R\x10X\r\nDATE=0102\r\nTIME=0304\r\n\x10\.\x10XNMBR=5\r\n\x10\.\x10R')
        sim, host = self.modem('landline-smartlink', 'AT+FCLASS=8', 'AT+VCID=1')
        sim.say('ring number=5')
        host.until(rb'^\r\nRING\r\nDATE')
        sim, host = self.modem('landline-rockwell', 'AT#CLS=8', 'AT#CID=1')
        sim.say('ring number=5')
        host.until(rb'^\x10R\r\nDATE[^\x10]*NMBR = 5\r\n\x10R')

    def test_waiting_caller(self):
        sim, host = self.talk('landline-usr', 'AT+VCID=1')
        sim.say('waiting number=7 name=DOE date=0102 time=0304')
        host.until(rb'\x10w.*\x10X\r\nDATE=0102\r\nTIME=0304\r\nNMBR=7\r\nNAME=DOE\r\n\x10\.')
        self.codes(host, b'w')

    def test_forgetful(self):
        sim, host = self.modem('landline-smartlink', 'AT+VCID=1', scale='0.1')
        sim.say('ring number=5 rings=1')
        sim.happened('caller-gave-up')
        host.until(b'NMBR')
        sim.say('ring number=6')
        host.until(rb'RING\r\nRING\r\n')
        self.assertNotIn(b'NMBR', host.skipped)

    def test_bad_words(self):
        sim, host = self.modem('landline')
        for wrong in ('packet=x', 'checksum=x', 'mesg=1', 'mesg=xx', 'copies=99', 'pattern=9'):
            sim.say('ring number=1 ' + wrong)
            sim.err.until(b'error: ')
        sim.say('ring')
        sim.happened('ring 1')


class Rings(VoiceCase):
    def rings(self, sim, host, count):
        """The moments of rings."""
        times = []
        for _ in range(count):
            host.until(b'RING\r\n')
            times.append(time.monotonic())
        return times

    def test_countries(self):
        for words, wanted in (
                ('us', rb'^\r\nRING\r\n\r\nDATE.*NMBR = 5\r\nNAME = DOE\r\n\r\nRING'),
                ('uk', rb'^\r\nDATE.*NMBR = 5\r\nNAME = DOE\r\n\r\nRING\r\n\r\nRING'),
                ('se', rb'^\r\nNMBR = 5\r\n\r\nRING\r\n\r\nRING'),
                ('br', rb'^\r\nRING\r\n\r\nNMBR = 5\r\n\r\nRING'),
                ('us id=second', rb'^\r\nRING\r\n\r\nRING\r\n\r\nDATE.*NMBR = 5\r\nNAME = DOE\r\n\r\nRING'),
                ('us id=never', rb'^\r\nRING\r\n\r\nRING\r\n\r\nRING'),
                ('fr kind=dtmf id=before', rb'^\r\nNMBR = 5\r\n\r\nRING'),
                ('nl kind=fsk', rb'^\r\nDATE'),
                ('uk strict', rb'^\r\nRING\r\n\r\nRING')):
            with self.subTest(words):
                sim, host = self.modem('landline', 'AT+VCID=1')
                sim.say('country ' + words, 'ring number=5 name=DOE')
                host.until(wanted)
        sim, host = self.modem('landline', 'AT+VCID=1', 'AT+GCI=B4')
        sim.say('country uk strict', 'ring number=5')
        host.until(b'^\r\nDATE')

    def test_country_words(self):
        sim, host = self.modem('landline')
        for wrong in ('xx', 'us id=x', 'us kind=x', 'us date=x', 'us x'):
            sim.say('country ' + wrong)
            sim.err.until(b'error: ')
        sim.say('ring')
        sim.happened('ring 1')
        sim.say('country uk')
        sim.err.until(b'the line rings')

    def test_date_order(self):
        sim, host = self.modem('landline', 'AT+VCID=1')
        sim.say('country au date=dmy', 'ring number=5')
        told = host.until(rb'DATE = (\d{4})\r').group(1).decode()
        self.assertIn(told, (time.strftime('%d%m'), time.strftime('%d%m', time.localtime(time.time() - 60))))

    def test_cadence(self):
        sim, host = self.modem('landline', scale='0.1')
        for country, period in (('us', 0.6), ('uk', 0.3), ('fr', 0.5)):
            with self.subTest(country):
                sim.say('country ' + country, 'ring none rings=4')
                times = self.rings(sim, host, 4)
                self.assertGreater((times[-1] - times[0]) / 3, period * 0.8)
                self.assertLess((times[-1] - times[0]) / 3, period * 1.6)
                sim.happened('caller-gave-up')

    def test_call_type_and_reversal(self):
        sim, host = self.modem('landline-usr', 'AT+FCLASS=8', 'AT+VCID=2')
        sim.say('country uk', 'ring number=5 date=none time=none')
        host.until(rb'^\x10L\x10X\r\nMESG=8006110101020135(..)\r\n\x10\.\x10R')

    def test_distinctive(self):
        for make, command, wanted in (('landline-usr', 'ATS41=1', b'RING B'),
                                      ('landline-usr', 'ATS41=0', b'RING'),
                                      ('landline-conexant', 'AT-SDR=7', b'RING 2'),
                                      ('landline-conexant', 'AT-SDR=0', b'RING'),
                                      ('landline-rockwell', 'AT-SDR=7', b'RING 2')):
            with self.subTest(make=make, command=command):
                sim, host = self.modem(make, command)
                sim.say('ring pattern=2')
                host.until(b'^\r\n' + wanted + b'\r\n')
        sim, host = self.modem('landline-usr')
        host.command('AT-SDR=7', 'ERROR')

    def test_measured_cadence(self):
        sim, host = self.modem('landline-multitech', 'AT+VDR=1,5')
        sim.say('country uk', 'ring none')
        host.until(rb'^\r\nDROF=0\r\n\r\nDRON=4\r\n\r\nDROF=2\r\n\r\nDRON=4\r\n\r\nRING\r\n'
                   rb'\r\nDROF=20\r\n\r\nDRON=4\r\n')
        for make, wanted in (('landline-conexant', rb'^\r\nDROF=0\r\n\r\nDRON=20\r\n\r\nDROF=40\r\n'),
                             ('landline-multitech', rb'^\r\nDROF=0\r\n\r\nDRON=20\r\n\r\nRING\r\n')):
            sim, host = self.modem(make, 'AT+VDR=1,0')
            sim.say('ring none')
            host.until(wanted)

    def test_extension_takes_the_call(self):
        for make, setting, codes in (('landline-conexant', 'AT-STE=3', rb'\x10P\x10p$'),
                                     ('landline-conexant', 'AT-STE=0', rb'\x10R$'),
                                     ('landline-usr', 'AT', rb'\x10H\x10h$'),
                                     ('landline-smartlink', 'AT', rb'RING\r\n$')):
            with self.subTest(make=make, setting=setting):
                sim, host = self.modem(make, 'AT+FCLASS=8', setting)
                sim.say('ring none')
                sim.happened('ring 1')
                sim.say('extension up')
                sim.happened('answered-by-extension')
                sim.say('ring')
                sim.err.until(b'line is busy')
                sim.say('extension down', 'extension down')
                sim.err.until(b'so already')
                host.until(codes)
                sim.say('ring')
                sim.happened('ring 1')


class Listening(VoiceCase):
    def test_tones(self):
        for make, sound, codes in (
                ('landline', 'busy', b'bb'), ('landline', 'dial', b'dd'), ('landline', 'fax', b'cc'),
                ('landline', 'data', b'ee'), ('landline', 'ringback', b'rr'), ('landline', 'sit', b'J'),
                ('landline', 'reorder', b'KK'), ('landline', 'answer', b'aa'), ('landline', 'bong', b'$'),
                ('landline-usr', 'tdd', b'tt'), ('landline-usr', 'data-answer', b'ff'),
                ('landline-smartlink', 'busy', b'bb'), ('landline-rockwell', 'reorder', b'bb')):
            with self.subTest(make=make, sound=sound):
                sim, host = self.talk(make)
                sim.say('tone ' + sound)
                self.codes(host, *(bytes([code]) for code in codes))

    def test_unknown_codes_are_not_told(self):
        for make, sound in (('landline-smartlink', 'tone dial'), ('landline-smartlink', 'polarity'),
                            ('landline-rockwell', 'polarity'), ('landline-smartlink', 'voice')):
            with self.subTest(make=make, sound=sound):
                sim, host = self.talk(make, scale='0.001')
                sim.say(sound, 'overrun')
                self.codes(host, b'o')
                self.assertNotIn(DLE, host.skipped.replace(DLE + DLE, b''))

    def test_bad_sounds(self):
        sim, host = self.modem('landline')
        for words, error in (('tone x', b'is no sound'), ('tone busy', b'on hook'), ('silence', b'on hook'),
                             ('tone busy for=x', b'number of seconds'), ('loop x', b'neither'),
                             ('loop on', b'so already'), ('extension x', b'neither'),
                             ('voltage 999', b'error')):
            sim.say(words)
            sim.err.until(error)

    def test_tone_ends(self):
        sim, host = self.talk()
        sim.say('tone busy for=1')
        self.codes(host, b'b')
        host.until(b'\x80{4000}')
        self.assertNotIn(DLE, self.told(sim, host))

    def test_fax_every_20_ms(self):
        sim, host = self.talk('landline-smartlink', scale='0.2')
        sim.say('tone fax')
        self.codes(host, *[b'c'] * 25)
        self.takes(0.6, host, b'c')

    def takes(self, seconds, host, code):
        """A code comes no sooner, but for what the clocks differ."""
        begun = time.monotonic()
        self.codes(host, code)
        self.assertGreater(time.monotonic() - begun, seconds * 0.8)

    def test_late_signs(self):
        for sound, code, seconds in (('tone busy', b'b', 0.35), ('silence', b'q', 0.47)):
            with self.subTest(sound):
                sim, host = self.talk('landline-smartlink', scale='0.1')
                sim.say(sound)
                self.takes(seconds, host, code)

    def test_silence(self):
        for make, before, code in (('landline', (), b's'), ('landline-usr', (), b's'),
                                   ('landline-usr', ('voice',), b'q'), ('landline-smartlink', (), b'q'),
                                   ('landline-agere', ('voice',), b's')):
            with self.subTest(make=make, before=before):
                sim, host = self.talk(make)
                sim.say(*before, 'silence')
                self.codes(host, code)

    def test_once(self):
        for words, code in (('polarity', b'L'), ('underrun', b'u'), ('overrun', b'o'),
                            ('voice', b'V'), ('loop off', b'l'), ('extension up', b'H')):
            with self.subTest(words):
                sim, host = self.talk()
                sim.say(words)
                self.codes(host, code)

    def test_digits(self):
        for make, form in (('landline-usr', rb'\x10/\x105\x10~'), ('landline-rockwell', rb'(^|\x80)\x105\x80'),
                           ('landline-multitech', rb'\x10/\x105\x105\x105\x10~')):
            with self.subTest(make):
                sim, host = self.talk(make, scale='1')
                sim.say('digits 5')
                host.until(form)

    def test_dle_in_the_audio(self):
        for make, pair in (('landline', DLE * 4), ('landline-usr', DLE + b'\x1a')):
            with self.subTest(make):
                sim, host = self.talk(make)
                sim.say('voice')
                host.until(b'\x08\x08' + re.escape(pair) + b'\x18\x18')

    def test_rate(self):
        for scale, least, most in (('1', 6000, 10000), ('0.5', 12000, 20000), ('0.001', 20000, 40000)):
            with self.subTest(scale):
                sim, host = self.talk(scale=scale)
                begun = time.monotonic()
                host.seen = b''
                while time.monotonic() < begun + 1:
                    host.fill(begun + 1)
                self.assertGreater(len(host.seen), least)
                self.assertLess(len(host.seen), most)

    def test_host_that_does_not_read(self):
        sim, host = self.talk(scale='0.1')
        sim.happened('audio-lost')
        # What there was, and then a code that tells of the loss.
        self.codes(host, b'o')
        self.assertLess(len(host.skipped), 60000)
        sim.say('hangup')
        self.codes(host, b'b')

    def test_false_dial_tone(self):
        sim, host = self.talk('landline-usr')
        self.codes(host, b'd')
        sim, host = self.talk('landline-multitech', scale='0.001')
        sim.say('overrun')
        self.codes(host, b'o')
        self.assertNotIn(DLE + b'd', host.skipped)

    def test_leave_voice(self):
        sim, host = self.talk()
        sim.say('leave-voice')
        host.until(rb'\x10\x03\r\nOK\r\n$')
        sim.happened('voice-receive off')
        self.receive(host)
        sim.say('leave-voice class hook')
        host.until(rb'\x10\x03\r\nOK\r\n$')
        sim.happened('hung-up-by-host')
        self.assertEqual(host.command('AT+FCLASS?'), ['0'])
        sim.say('leave-voice')
        sim.err.until(b'no voice state')

    def test_loop(self):
        sim, host = self.talk()
        sim.say('loop off')
        self.codes(host, b'l')
        sim.say('loop on')
        self.codes(host, b'd')
        sim.say('loop off')
        self.codes(host, b'l')
        self.stop(host)
        host.command('AT+VLS=0')
        sim.say('ring')
        sim.err.until(b'line is dead')
        self.assertEqual(host.command('AT-TRV?'), ['-TRV: 0'])
        host.command('ATD1', 'NO DIALTONE')
        sim.say('loop on', 'voltage 52')
        sim.sync()
        self.assertEqual(host.command('AT-TRV?'), ['-TRV: 52'])
        host.command('AT+VLS=1')
        self.assertEqual(host.command('AT-TRV?'), ['-TRV: 8'])

    def test_message_waiting(self):
        sim, host = self.modem('landline-conexant')
        sim.say('message-waiting on')
        sim.sync()
        host.command('AT+VCID=1')
        sim.say('message-waiting on sdmf')
        host.until(rb'^\r\nMESG = 060342424231\r\n$')
        sim.say('message-waiting off sdmf')
        host.until(rb'^\r\nMESG = 06036F6F6FAA\r\n$')
        sim.say('message-waiting on')
        host.until(rb'^\r\nMESG = 82030B01FF70\r\n$')
        sim.say('extension up')
        sim.sync()
        self.assertEqual(host.command('AT-TRV?'), ['-TRV: 8'])
        host.command('AT+FCLASS=8')
        host.command('AT+VLS=1')
        sim.say('message-waiting on')
        sim.sync()
        host.command('AT')
        self.assertEqual(host.skipped, b'')
        sim.say('message-waiting off stutter', 'message-waiting x')
        sim.err.until(b"neither on nor off")
        self.assertEqual(host.seen, b'')

    def test_transmit(self):
        sim, host = self.modem('landline', 'AT+FCLASS=8', 'AT+VLS=1')
        host.write(b'AT+VTX\r')
        host.until(b'CONNECT\r\n')
        host.write(b'\x80' * 500 + DLE + DLE + DLE + b'\x03')
        host.until(b'OK\r\n')
        sim.happened('voice-taken 501')

    def test_only_landlines(self):
        sim, host = self.modem('cellular')
        for words in ('country us', 'tone busy', 'silence', 'voice', 'extension up', 'loop off', 'polarity',
                      'voltage 3', 'underrun', 'overrun', 'leave-voice', 'message-waiting on'):
            sim.say(words)
            sim.err.until(b'is no landline modem')
