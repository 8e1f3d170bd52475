#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""offhookctl ports, against a private bus and mock-offhookd.py.

Usage: test-offhookctl-ports.py OFFHOOKCTL SOURCE-ROOT LOCALE-DIRECTORY
"""

import os
import subprocess
import sys

from gi.repository import GLib

sys.dont_write_bytecode = True  # the source tree may be read-only

from offhookctl_fixture import Base, DEADLINE, LINE, PROGRAM, environment, run  # noqa: E402

NOT_AUTHORIZED = 'org.offhook.Telephony1.Error.NotAuthorized'
TAKEN = ('/dev/ttyACM0', 'taken', {
    'Reason': 'announced', 'Text': 'Line "home" uses it', 'Line': LINE, 'Id': 'home', 'UsbId': '0572:1329',
    'Path': 'pci-0000:00:14.0-usb-0:1', 'Interface': 0, 'Driver': 'cdc_acm'})
SKIPPED = ('/dev/ttyUSB0', 'skipped', {'Reason': 'not-announced', 'Text': 'No rule announces it', 'Model': 'FT232R'})
LOST = ('/dev/ttyUSB9', 'lost', {'Reason': 'removed', 'Text': 'It was unplugged', 'Line': LINE})


class PortsTest(Base):
    def set_ports(self, *ports):
        types = {'Interface': 'u', 'Line': 'o'}
        self.ask('SetPorts', '(a(ssa{sv}))', ([
            (device, verdict, {k: GLib.Variant(types.get(k, 's'), v) for k, v in details.items()})
            for device, verdict, details in ports],))

    def rows(self, *arguments):
        return self.ctl('ports', *arguments).stdout.splitlines()

    def open_terminal(self):
        """A terminal that a program of ours has open, by its name and number."""
        master, slave = os.openpty()
        self.addCleanup(os.close, master)
        name = os.ttyname(slave)
        holder = self.spawn(['cat'], stdin=slave)
        os.close(slave)
        return name, holder

    def busy(self, name, **details):
        return (name, 'busy', {'Reason': 'locked', 'Text': 'Another program holds it', **details})

    def test_table(self):
        self.set_ports(TAKEN, SKIPPED, LOST)
        self.assertEqual(self.rows(), [
            'DEVICE        VERDICT  LINE  WHAT       WHY',
            '/dev/ttyACM0  taken    home  0572:1329  Line "home" uses it',
            '/dev/ttyUSB0  skipped  -     FT232R     No rule announces it',
            '/dev/ttyUSB9  lost     home  -          It was unplugged'])

    def test_disk_full(self):
        self.set_ports(TAKEN)
        with open('/dev/full', 'w', encoding='utf-8') as full:
            result = subprocess.run([PROGRAM, '--address', self.address, 'ports'], text=True, stdout=full,
                                    stderr=subprocess.PIPE, env=environment(), timeout=DEADLINE, check=False)
        self.assertEqual(result.returncode, 1)
        self.assertIn('The output could not be written: No space left on device', result.stderr)

    def test_colours(self):
        self.set_ports(TAKEN, SKIPPED, LOST, self.busy('/dev/ttyUSB1', Holder='pppd'))
        text = self.ctl('ports', '--color=always').stdout
        for word, colour in ('taken', '32'), ('skipped', '2'), ('lost', '31'), ('busy', '33'):
            self.assertIn(f'\033[{colour}m{word}\033[0m', text)

    def test_json(self):
        self.set_ports(TAKEN, SKIPPED)
        self.assertEqual(self.json('ports'), [
            {'Device': '/dev/ttyACM0', 'Verdict': 'taken', **TAKEN[2]},
            {'Device': '/dev/ttyUSB0', 'Verdict': 'skipped', **SKIPPED[2]}])

    def test_none(self):
        self.assertEqual(self.rows(), ['There are no serial ports.'])
        self.assertEqual(self.json('ports'), [])

    def test_reason_alone(self):
        self.set_ports(('/dev/ttyS0', 'skipped', {'Reason': 'not-announced'}), ('/dev/ttyS1', 'strange', {}))
        self.assertEqual([row.split() for row in self.rows()[1:]], [
            ['/dev/ttyS0', 'skipped', '-', '-', 'not-announced'], ['/dev/ttyS1', 'strange', '-', '-', '-']])

    def test_hostile_model(self):
        self.set_ports(('/dev/ttyUSB0', 'skipped', {'Reason': 'not-announced', 'Model': 'a\033[2Jb\nc\u202ed'}))
        text = self.ctl('ports').stdout
        self.assertIn('a\\u001b[2Jb\\u000ac\\u202ed', text)
        self.assertEqual(len(text.splitlines()), 2)
        self.assertNotIn('\033', self.ctl('--json', 'ports').stdout)

    def test_holder_is_looked_for(self):
        name, holder = self.open_terminal()
        for known in {}, {'Holder': 'unknown'}:
            self.set_ports(self.busy(name, **known))
            self.assertIn(f'Another program holds it (held by cat {holder.pid})', self.ctl('ports').stdout)
            self.assertEqual(self.json('ports')[0]['Holder'], f'cat {holder.pid}')

    def test_holder_is_known(self):
        name, holder = self.open_terminal()
        self.set_ports(self.busy(name, Holder='pppd'))
        self.assertNotIn(str(holder.pid), self.ctl('ports').stdout)
        self.assertEqual(self.json('ports')[0]['Holder'], 'pppd')

    def test_only_busy_ports_have_a_holder(self):
        name, _ = self.open_terminal()
        self.set_ports((name, 'taken', {'Reason': 'added', 'Text': 'Line "x" uses it'}))
        self.assertNotIn('held by', self.ctl('ports').stdout)
        self.assertNotIn('Holder', self.json('ports')[0])

    def test_nobody_holds_it(self):
        master, slave = os.openpty()
        name = os.ttyname(slave)
        os.close(slave)
        self.addCleanup(os.close, master)
        self.set_ports(self.busy(name), self.busy('/dev/ttyUSB77'), self.busy('/etc/passwd'))
        self.assertNotIn('held by', self.ctl('ports').stdout)
        self.assertEqual([port.get('Holder') for port in self.json('ports')], [None] * 3)

    def test_not_authorized(self):
        self.fail_next('ExplainPorts', NOT_AUTHORIZED, 'You may not')
        error = self.ctl('ports', code=4).stderr
        self.assertIn('You may not (NotAuthorized)', error)
        self.assertIn('Only an administrator may', error)

    def test_usage(self):
        self.assertIn('Too many arguments', self.ctl('ports', 'x', code=2).stderr)

    def test_no_daemon(self):
        self.stop(self.daemon)
        self.assertIn('systemctl start', self.ctl('ports', code=3).stderr)

    def test_completion(self):
        script = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), 'client', 'offhookctl.bash')
        shown = subprocess.run(
            ['bash', '-c', f'. {script}; COMP_WORDS=(offhookctl po); COMP_CWORD=1; _offhookctl; echo "${{COMPREPLY[@]}}"'],
            capture_output=True, text=True, check=True, stdin=subprocess.DEVNULL).stdout
        self.assertEqual(shown.strip(), 'ports')


if __name__ == '__main__':
    sys.exit(run(sys.modules[__name__]))
