#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Drives offhook-sim as a host would. Usage: test-sim.py PATH-TO-OFFHOOK-SIM [TEST...]"""

import os
import select
import signal
import subprocess
import sys
import tempfile
import time

# The sources may be read-only.
sys.dont_write_bytecode = True

import sim_fixture
from sim_cellular import Cellular
from sim_dialling import Dialling
from sim_fixture import DEADLINE, DLE, Case, Host
from sim_landline import Landline
from sim_network import Card, Network, Reboot, Services, Ussd
from sim_voice import CallerId, Listening, Rings

CASES = ('Program', 'LineDiscipline', 'Landline', 'CallerId', 'Rings', 'Listening', 'Dialling', 'Cellular',
         'Card', 'Network', 'Services', 'Ussd', 'Reboot', 'Faults', 'Examples')


class Program(Case):
    def run_program(self, *arguments):
        return subprocess.run([sim_fixture.PROGRAM, *arguments], stdin=subprocess.DEVNULL,
                              capture_output=True, timeout=DEADLINE)

    def test_usage(self):
        self.assertEqual(self.run_program('--help').returncode, 0)
        self.assertRegex(self.run_program('--version').stdout, rb'^offhook-sim [0-9]')
        for wrong in ([], ['landline'], ['fax:/nowhere/a'], ['landline:'], ['--nonsense'],
                      ['landline:/nonexistent/folder/a'], ['landline:x/ring'],
                      ['--time-scale', '0', 'landline:x'], ['landline:a/x', 'cellular:b/x']):
            with self.subTest(wrong):
                result = self.run_program(*wrong)
                self.assertEqual(result.returncode, 1)
                self.assertIn(b'offhook-sim: ', result.stderr)

    def test_link_is_removed_and_a_file_kept(self):
        sim = self.start('landline')
        self.assertTrue(os.path.islink(sim.links[0]))
        sim.process.send_signal(signal.SIGTERM)
        self.assertEqual(sim.wait(), 0)
        self.assertFalse(os.path.lexists(sim.links[0]))
        with open(sim.links[0], 'w') as file:
            file.write('precious')
        self.assertEqual(self.run_program('landline:' + sim.links[0]).returncode, 1)
        self.assertTrue(os.path.isfile(sim.links[0]))

    def test_old_link_is_replaced(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        link = os.path.join(folder.name, 'modem')
        os.symlink('/nonexistent', link)
        result = self.run_program('cellular:' + link)
        self.assertEqual(result.returncode, 0)
        self.assertIn(b'modem ready ', result.stdout)

    def test_end_of_input(self):
        sim = self.start('landline')
        sim.process.stdin.close()
        sim.process.stdin = None
        self.assertEqual(sim.wait(), 0)

    def test_stay(self):
        sim = self.start('landline', options=['--stay'], stdin=subprocess.DEVNULL)
        host = self.quiet_host(sim)
        host.command('AT')
        self.assertIsNone(sim.process.poll())
        sim.process.send_signal(signal.SIGINT)
        self.assertEqual(sim.wait(), 0)

    def test_quit(self):
        for line, status in (('quit', 0), ('quit 7', 7)):
            sim = self.start('landline')
            sim.say(line)
            self.assertEqual(sim.wait(), status)

    def test_console_errors(self):
        sim = self.start('landline')
        sim.say('nonsense', '', '# a comment', 'wait 1', 'expect AT', 'until ring', 'ring rungs=2',
                'ring number=1 withheld', 'ring rings=many', 'give-up', 'answer', 'busy', 'alert',
                'hangup', 'hangup loudly', 'digits 5x', 'digits 5', 'waiting', 'on-dial',
                'on-dial manual answer=1', 'on-dial busy=1 answer=1', 'mute maybe', 'delay soon',
                'return', "ring 'unclosed", 'hold', 'reject', 'quit x')
        numbers = [1, *range(4, 29)]
        for number in numbers:
            with self.subTest(number):
                sim.err.until(b'error: %d: [^\n]+\n' % number)
        sim.sync()
        self.assertIsNone(sim.process.poll())

    def test_script(self):
        script = '# comment\necho one\nwait 1\necho two\n'
        sim = self.start('landline', script=script, stdin=subprocess.DEVNULL)
        sim.out.until(b'one\ntwo\n')
        self.assertEqual(sim.wait(), 0)

    def test_script_leaves_console(self):
        sim = self.start('landline', script='echo done\n')
        sim.out.until(b'done\n')
        sim.sync()
        sim.say('quit 3')
        self.assertEqual(sim.wait(), 3)

    def test_script_from_input(self):
        sim = self.start('landline', options=['--script', '-'])
        sim.say('wait 1', 'echo waited', 'nonsense')
        sim.out.until(b'waited\n')
        sim.err.until(b'error: 3: ')
        self.assertEqual(sim.wait(), 2)

    def test_bad_script(self):
        for script in ('nonsense', 'expect AT within 0.1', 'until ring* within 0.1', 'wait',
                       'wait long', 'expect', 'expect A within never'):
            with self.subTest(script):
                sim = self.start('landline', script='echo on\n' + script + '\necho off\n')
                self.assertEqual(sim.wait(), 2)
                sim.err.until(b'error: 2: ')
                sim.out.until_end()
                self.assertNotIn(b'off\n', sim.out.seen)

    def test_missing_script(self):
        folder = tempfile.mkdtemp()
        self.addCleanup(os.rmdir, folder)
        result = self.run_program('--script', folder + '/none', 'landline:' + folder + '/modem')
        self.assertEqual(result.returncode, 2)

    def test_expect_and_until(self):
        script = ('expect AT+VCID=1 within 900\necho caller ID\n'
                  'ring\nuntil ring 2 within 900\necho second\n'
                  'until answered-by-host\nquit 5\n')
        sim = self.start('landline', script=script, stdin=subprocess.DEVNULL)
        host = self.quiet_host(sim)
        host.command('AT+VCID=1')
        sim.out.until(b'caller ID\n')
        sim.out.until(b'second\n')
        host.command('AT+FCLASS=8')
        host.write(b'AT+VLS=1\r')
        self.assertEqual(sim.wait(), 5)

    def test_names(self):
        sim = self.start('landline', 'cellular')
        sim.say('modem1 ring number=+15550100', 'give-up', 'modem0', 'ring rings=1')
        for text in (b'modem1 ring 1', b'modem1 caller-gave-up', b'modem0 ring 1',
                     b'modem0 caller-gave-up'):
            sim.out.until(text + b'\n')

    def test_trace(self):
        sim = self.start('landline', options=['--trace'])
        sim.host().command('AT')
        sim.err.until(rb'modem0 < AT\n')
        sim.err.until(rb'modem0 > \\r\\nOK\\r\\n\n')


class LineDiscipline(Case):
    def test_echo(self):
        for kind in ('landline', 'cellular'):
            with self.subTest(kind):
                host = self.start(kind).host()
                host.write(b'at\r')
                host.until(rb'^at\r\r\nOK\r\n$')
                host.write(b'ATE0Q0V1\r')
                host.until(rb'^ATE0Q0V1\r\r\nOK\r\n$')
                host.write(b'AT\r\n')
                host.until(rb'^\r\nOK\r\n$')

    def test_lines(self):
        host = self.quiet_host(self.start('landline'))
        host.write(b'at \n\r')
        host.until(rb'^\r\nOK\r\n$')
        host.write(b'nothing\r\rA/AT+NONSENSE\r')
        host.until(rb'^\r\nOK\r\n\r\nERROR\r\n$')
        host.write(b'ATX\x08I\r')
        host.until(rb'^\r\n56000\r\n\r\nOK\r\n$')
        host.write(b'AT' + b'x' * 3000 + b'\r')
        host.until(rb'^\r\nERROR\r\n$')

    def test_basic_commands(self):
        host = self.quiet_host(self.start('landline'))
        self.assertEqual(host.command('ATS0=0S7=30S7?'), ['030'])
        self.assertEqual(host.command('AT&FE0L1M1X4&C1&D2\\N3%C0S7?'), ['050'])
        for wrong in ('ATE2', 'ATX9', 'ATS7', 'ATS7=999', 'ATS999?', 'ATG', 'ATI99', 'ATH1',
                      'AT&', 'AT+VCID=0;+FCLASS=0', 'AT+FCLASS=2', 'AT+VCID=3', 'AT+VCID!'):
            with self.subTest(wrong):
                host.command(wrong, 'ERROR')
        host.command('ATO', 'NO CARRIER')
        host.write(b'ATV0\r')
        host.until(rb'^0\r$')
        host.write(b'AT+NONSENSE\r')
        host.until(rb'^4\r$')
        host.write(b'ATQ1\rATQ0V1\r')
        host.until(rb'^\r\nOK\r\n$')
        host.command('ATZ')
        host.write(b'AT\r')
        host.until(rb'^AT\r\r\nOK\r\n$')

    def test_host_may_close(self):
        sim = self.start('cellular')
        for _ in range(3):
            host = Host(sim.links[0])
            host.command('AT')
            host.close()


class Faults(Case):
    def test_mute(self):
        sim = self.start('cellular')
        host = self.quiet_host(sim)
        sim.say('mute on')
        sim.sync()
        host.write(b'AT+CRC=1\r')
        sim.say('ring', 'send heard')
        host.until(rb'^heard$')
        sim.say('mute off')
        sim.sync()
        self.assertIn('+CRC: 0', host.command('AT+CRC?'))

    def test_delay(self):
        sim = self.start('cellular')
        host = self.quiet_host(sim)
        sim.say('delay 300')
        sim.sync()
        began = time.monotonic()
        host.write(b'AT\rAT+CPIN?\r')
        sim.say('ring')
        host.until(rb'^\r\nRING\r\n')
        host.until(rb'\r\nOK\r\n(\r\nRING\r\n)*\r\n\+CPIN: READY\r\n')
        self.assertGreaterEqual(time.monotonic() - began, 0.3)

    def test_garbage(self):
        seen = []
        for seed in ('1', '1', '2'):
            sim = self.start('landline', options=['--seed', seed])
            host = sim.host()
            sim.say('garbage 200')
            while len(host.seen) < 200:
                self.assertTrue(host.fill(time.monotonic() + DEADLINE))
            seen.append(host.seen)
        self.assertEqual([len(text) for text in seen], [200] * 3)
        self.assertEqual(seen[0], seen[1])
        self.assertNotEqual(seen[0], seen[2])

    def test_split(self):
        sim = self.start('cellular')
        host = self.quiet_host(sim)
        sim.say('split 1')
        sim.sync()
        host.write(b'AT+CPIN?\r')
        reads = 0
        deadline = time.monotonic() + DEADLINE
        while not host.seen.endswith(b'OK\r\n') and host.fill(deadline):
            reads += 1
        self.assertEqual(host.seen, b'\r\n+CPIN: READY\r\n\r\nOK\r\n')
        self.assertGreater(reads, 3)
        host.seen = b''
        sim.say('split off')
        sim.sync()
        host.command('AT')

    def test_merge(self):
        sim = self.start('cellular')
        host = self.quiet_host(sim)
        host.command('AT+CLIP=1')
        sim.say('merge on')
        sim.sync()
        sim.say('ring number=1')
        self.assertTrue(host.fill(time.monotonic() + DEADLINE))
        self.assertRegex(host.seen, rb'^\r\nRING\r\n\r\n\+CLIP: "1",129,"",0,"",0\r\n')
        sim.say('give-up')
        host.until(b'NO CARRIER\r\n')
        for _ in range(20):
            sim.say(*['send x'] * 300)
            self.assertTrue(host.fill(time.monotonic() + DEADLINE))
            self.assertEqual(host.seen, b'x' * 300)
            host.seen = b''
        sim.say('merge off', 'send y')
        host.until(b'^y')

    def test_lose(self):
        sim = self.start('landline')
        host = self.quiet_host(sim)
        sim.say('lose 9')
        sim.sync()
        host.write(b'AT\rAT\r')
        host.until(rb'^\r\nOK\r\n\r\nK\r\n$')
        sim.say('lose-host 2')
        sim.sync()
        host.write(b'AT\rATI\r')
        host.until(rb'^\r\n56000\r\n\r\nOK\r\n$')

    def test_inject(self):
        sim = self.start('cellular')
        host = self.quiet_host(sim)
        sim.say(r"inject '\r\nRING\r\n'")
        sim.sync()
        self.assertEqual(host.command('AT+CPIN?'), ['+CPIN: READY', 'RING'])
        self.assertEqual(host.command('AT+CPIN?'), ['+CPIN: READY'])
        sim.say(r"inject 'a\x00\101\t\\'")
        sim.sync()
        host.write(b'AT\r')
        host.until(rb'^a\x00A\t\\\r\nOK\r\n$')

    def test_refuse(self):
        sim = self.start('cellular')
        host = self.quiet_host(sim)
        sim.say('refuse +CLIP*', 'refuse at+crc=1 "+CME ERROR: 30"', 'refuse ATI ""')
        sim.sync()
        host.command('AT+CLIP=1', 'ERROR')
        host.command('at+clip?', 'ERROR')
        host.command('AT+CRC=1', '+CME ERROR: 30')
        host.write(b'ATI\rAT\r')
        host.until(rb'^\r\nOK\r\n$')
        sim.say('accept')
        sim.sync()
        host.command('AT+CLIP=1')

    def test_vanish_and_return(self):
        for kind in ('landline', 'cellular'):
            with self.subTest(kind):
                sim = self.start(kind)
                host = self.quiet_host(sim)
                sim.say('ring')
                sim.happened('ring 1')
                sim.say('vanish')
                sim.happened('vanished')
                host.until_end()
                self.assertFalse(os.path.lexists(sim.links[0]))
                sim.say('vanish', 'ring', 'send x')
                for number in (3, 4, 5):
                    sim.err.until(b'error: %d: modem0 has vanished\n' % number)
                sim.say('return')
                sim.happened('returned')
                again = sim.host()
                again.write(b'AT\r')
                again.until(rb'^AT\r\r\nOK\r\n$')
                sim.say('ring')
                sim.happened('ring 1')

    def test_host_that_does_not_read(self):
        sim = self.start('landline')
        host = sim.host()
        sim.say(*['send ' + 'x' * 2000] * 100)
        sim.happened('host-not-reading')
        sim.sync()
        total = 0
        deadline = time.monotonic() + DEADLINE
        while b'bytes-dropped' not in sim.out.seen and time.monotonic() < deadline:
            ready = select.select([host.fd, sim.out.fd], [], [], 1)[0]
            if host.fd in ready:
                total += len(os.read(host.fd, 65536))
            if sim.out.fd in ready:
                sim.out.fill(deadline)
        dropped = int(sim.out.until(rb'bytes-dropped (\d+)\n').group(1))
        while select.select([host.fd], [], [], 0.2)[0]:
            total += len(os.read(host.fd, 65536))
        self.assertEqual(total + dropped, 200000)
        host.command('AT')


class Examples(Case):
    """The scripts that are installed must run to their end."""

    def example(self, name):
        folder = os.environ.get('OFFHOOK_SIM_EXAMPLES') or os.path.join(
            os.path.dirname(os.path.abspath(__file__)), '..', 'sim', 'examples')
        with open(os.path.join(folder, name)) as file:
            return file.read()

    def test_landline_incoming(self):
        sim = self.start('landline', script=self.example('landline-incoming.sim'),
                         stdin=subprocess.DEVNULL)
        host = self.quiet_host(sim)
        host.command('AT+FCLASS=8')
        host.command('AT+VCID=1')
        host.until(b'NMBR = 5551234567')
        host.command('AT+VLS=1')
        host.write(b'AT+VRX\r')
        host.until(rb'\x10/\x104\x10~.*\x10/\x102\x10~.*\x10/\x10#\x10~.*\x10b')
        host.write(DLE + b'!')
        host.until(b'OK\r\n')
        host.command('ATH')
        host.until(b'NMBR = P')
        self.assertEqual(sim.wait(), 0)

    def test_cellular_outgoing(self):
        sim = self.start('cellular', script=self.example('cellular-outgoing.sim'),
                         stdin=subprocess.DEVNULL)
        host = self.quiet_host(sim)
        host.command('ATD1;')
        sim.happened('remote-answered')
        host.command('AT+VTS=5')
        host.until(b'NO CARRIER')
        host.command('ATD2;')
        host.until(b'BUSY')
        sim.out.until(b'next: no answer\n')
        host.command('ATD3;')
        host.until(b'NO ANSWER')
        self.assertEqual(sim.wait(), 0)

    def test_call_waiting(self):
        sim = self.start('cellular', script=self.example('call-waiting.sim'),
                         stdin=subprocess.DEVNULL)
        host = self.quiet_host(sim)
        host.command('AT+CCWA=1')
        sim.happened('ring 1')
        host.command('ATA')
        host.until(rb'\+CCWA: ')
        host.command('AT+CHLD=2')
        host.until(b'NO CARRIER')
        host.command('AT+CHLD=2')
        host.until(b'NO CARRIER')
        self.assertEqual(sim.wait(), 0)


if __name__ == '__main__':
    sys.exit(sim_fixture.run(CASES, sys.modules[__name__]))
